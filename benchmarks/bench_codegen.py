"""Generated code: a long polynomial, all terms of a decomposition, large circuits, the import itself; results are compared."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from itertools import combinations_with_replacement
from random import Random
from statistics import median
from typing import Any

import numpy as np
import sympy

import symwick as sw
from symwick.algebra.numbers import to_fraction
from symwick.circuits.writer import Writer

ROUNDS = 5
Row = dict[str, Any]


def alternated(*works: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """Medians of several works that take turns, so that a busy minute burdens all of them."""
    seconds: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(rounds):
        for kept, work in zip(seconds, works, strict=True):
            start = time.perf_counter()
            work()
            kept.append(time.perf_counter() - start)
    return [median(kept) for kept in seconds]


def once(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def same(a: Any, b: Any, scale: float = 1e-10) -> None:
    size = max(float(np.max(np.abs(a))), 1.0)
    if not float(np.max(np.abs(np.asarray(a) - b))) <= scale * size:
        raise AssertionError("the results differ")


def polynomial() -> list[Row]:
    random, names = Random(1), sympy.symbols("x1:7")
    monomials = [m for d in range(7) for m in combinations_with_replacement(names, d)]
    f = sum(sympy.Rational(random.randint(1, 99), random.randint(1, 50)) * sympy.Mul(*m) for m in random.sample(monomials, 500))
    rows = np.random.default_rng(0).uniform(-1, 1, size=(6, 1_000_000))
    peer = sympy.lambdify(names, f, cse=True)
    one, two = sw.compile(f), sw.compile(f, threads=2)
    out = np.empty(rows.shape[1])
    same(peer(*rows), one(*rows))
    same(one(*rows), two(*rows))
    scratch = int(re.search(r"Buffers: ([\d,]+) bytes", one.source)[1].replace(",", ""))  # type: ignore[index]
    theirs, ours, both = alternated(lambda: peer(*rows), lambda: one(*rows, out=out), lambda: two(*rows, out=out))
    name = "500 terms in 6 variables, 10^6 rows"
    lambdify = "sympy.lambdify(cse=True)"
    found: list[Row] = [
        {"name": f"{name}, one thread, {scratch / 1e6:.2g} MB of buffers", "seconds": ours, "peer": lambdify,
         "peer_seconds": theirs, "target": ">= 3x, <= 16 MB"},
        {"name": f"{name}, two threads", "seconds": both, "peer": lambdify, "peer_seconds": theirs,
         "target": ">= 5x on two free cores"},
    ]  # fmt: skip
    positive = np.abs(rows)  # powers of negative numbers, which lambdify writes, are slow in NumPy: this is its best case
    theirs, ours, both = alternated(
        partial(peer, *positive), partial(one, *positive, out=out), partial(two, *positive, out=out)
    )
    found += [
        {"name": f"{name} of positive inputs, {threads}", "seconds": seconds, "peer": lambdify, "peer_seconds": theirs}
        for threads, seconds in (("one thread", ours), ("two threads", both))
    ]
    try:
        import symengine
    except ImportError:
        return found
    compiled = symengine.Lambdify(names, [f], cse=True)
    columns = np.ascontiguousarray(rows.T)
    same(compiled(columns)[:, 0], one(*rows))
    theirs, ours = alternated(lambda: compiled(columns), lambda: one(*rows, out=out))
    found.append({"name": f"{name}, one thread", "seconds": ours, "peer": "symengine.Lambdify(cse=True)", "peer_seconds": theirs,
                  "target": "level"})  # fmt: skip
    try:
        jitted = sw.compile(f, "numba")
    except sw.InvalidArgument:
        return found
    same(jitted(*rows), one(*rows))
    theirs, ours = alternated(lambda: peer(*rows), lambda: jitted(*rows, out=out))
    found.append({"name": f"{name}, backend numba", "seconds": ours, "peer": lambdify, "peer_seconds": theirs})
    return found


def _all_of(functions: list[Any], rows: Any) -> list[Any]:
    return [function(*rows) for function in functions]


def _row_by_row(loop: Any, rows: Any) -> list[Any]:
    return [loop(row.tolist()) for row in rows.T]


def decomposition() -> list[Row]:
    names = sympy.symbols("x1:9")
    random = Random(1)
    f = sum(random.randint(1, 9) * sympy.Mul(*m) for d in range(5) for m in combinations_with_replacement(names, d))
    data = [[random.randint(-3, 3) for _ in names] for _ in range(40)]
    rows = np.random.default_rng(0).uniform(-1, 1, size=(8, 100_000))
    found: list[Row] = []
    independent = sw.Independent({x: sw.Normal(0, 1) for x in names})
    for told, law in (("data of 40 rows", sw.Empirical(data, names)), ("independent", independent)):
        D = sw.gwpd(f, law)
        terms = [D[key] for key in D]
        peers = [sympy.lambdify(names, term.expr) for term in terms]
        seconds, one = once(lambda D=D: sw.compile(D))
        two = sw.compile(D, threads=2)
        for a, b in zip([peer(*rows) for peer in peers], one(*rows).values(), strict=True):
            same(a, b)
        works = (partial(_all_of, peers, rows), partial(one, *rows), partial(two, *rows))
        theirs, ours, both = alternated(*works)
        name = f"{len(terms)} terms of a GWPD, degree 4 in 8 inputs, {told}, 10^5 rows"
        positive = np.abs(rows)
        works = (partial(_all_of, peers, positive), partial(one, *positive), partial(two, *positive))
        best, *here = alternated(*works)
        found += [
            {"name": name, "seconds": ours, "peer": "separate lambdify calls", "peer_seconds": theirs},
            {"name": f"{name}, two threads", "seconds": both, "peer": "separate lambdify calls", "peer_seconds": theirs,
             "target": ">= 5x"},
            *({"name": f"{name}, positive, {threads}", "seconds": s, "peer": "separate lambdify calls", "peer_seconds": best}
              for threads, s in zip(("one thread", "two threads"), here, strict=True)),
            {"name": f"compiling the {len(terms)} terms", "seconds": seconds, "target": "< 2 s"},
        ]  # fmt: skip
    return found


def chain(gates: int) -> sw.Circuit:
    def deep(x: Any, y: Any) -> Any:
        for i in range(gates // 2):
            x = (x * y if i % 2 else x + y) / 2
        return x

    return sw.trace(deep, ["x", "y"])


def layers(width: int, depth: int) -> sw.Circuit:
    random, writer = Random(1), Writer()
    live = [writer.input(f"x{i}") for i in range(width)]
    for _ in range(depth):
        products = [writer.product([random.choice(live), random.choice(live)]) for _ in range(width)]
        live = [writer.sum([("1/2", p), ("1/2", random.choice(live))]) for p in products]
    writer.outputs = {f"o{i}": wire for i, wire in enumerate(live)}
    return sw.Circuit(writer.gates, writer.outputs, names=writer.names)


def plain_loop(circuit: sw.Circuit) -> Callable[[list[float]], list[float]]:
    """The peer: floats gate by gate in the tightest loop of plain Python, for one row."""
    steps = []
    for gate in circuit.gates:
        if gate.op == "sum":
            weights = tuple(float(to_fraction(w)) for w in gate.weights)
            steps.append((0, gate.args, weights, float(to_fraction(gate.payload))))
        elif gate.op == "product":
            steps.append((1, gate.args, (), 0.0))
    wanted = list(circuit.outputs.values())
    first = len(circuit.inputs)
    if any(gate.op != "input" for gate in circuit.gates[:first]):
        raise AssertionError("inputs come first")

    def run(row: list[float]) -> list[float]:
        values = list(row)
        for kind, args, weights, constant in steps:
            if kind:
                a, b = args
                values.append(values[a] * values[b])
            elif len(args) == 1:
                values.append(values[args[0]] * weights[0] + constant)
            else:
                a, b = args
                values.append(values[a] * weights[0] + values[b] * weights[1] + constant)
        return [values[i] for i in wanted]

    return run


def large() -> list[Row]:
    found: list[Row] = []
    for told, circuit, target in (("levels 200 wide", layers(200, 250), ">= 50x"), ("one chain", chain(100_000), ">= 10x")):
        seconds = alternated(lambda circuit=circuit: sw.compile(circuit), rounds=3)[0]
        fn = sw.compile(circuit)
        rows = np.random.default_rng(0).uniform(0, 1, size=(len(circuit.inputs), 1000))
        results = fn(*rows)
        loop, peer_rows = plain_loop(circuit), 5
        for k in range(peer_rows):
            exact = loop(rows[:, k].tolist())
            got = [v[k] for v in results.values()] if isinstance(results, dict) else [results[k]]
            same(exact, got)
        points = [dict(zip(circuit.inputs, rows[:, k].tolist(), strict=True)) for k in range(2)]
        ours, plain = alternated(partial(fn, *rows), partial(_row_by_row, loop, rows[:, :peer_rows]))
        gates, _ = once(lambda circuit=circuit, points=points: [circuit.run(point, float) for point in points])
        tracemalloc.start()
        fn(*rows)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        name = f"{len(circuit):,} gates, {told}, 1,000 rows"
        found += [
            {"name": name, "seconds": ours, "peer": "row by row, circuit.run in floats (from 2 rows)",
             "peer_seconds": gates * 500, "peak_mb": peak, "target": f"{target}, < 200 MB"},
            {"name": name, "seconds": ours, "peer": f"row by row, plain Python loop (from {peer_rows} rows)",
             "peer_seconds": plain * 1000 / peer_rows, "target": target},
            {"name": f"compiling {len(circuit):,} gates, {told}", "seconds": seconds, "target": "< 2 s"},
        ]  # fmt: skip
    return found


def importing() -> list[Row]:
    def run(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)

    names = "import symwick as sw; [getattr(sw, name) for name in sw.__all__]"
    bare, alone, every = alternated(lambda: run(""), lambda: run("import symwick"), lambda: run(names))
    return [
        {"name": "import symwick", "seconds": alone - bare, "target": "< 1 s"},
        {"name": "import symwick and every public name", "seconds": every - bare},
    ]


def run() -> list[Row]:
    return [*polynomial(), *decomposition(), *large(), *importing()]
