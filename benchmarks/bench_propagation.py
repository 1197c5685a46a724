"""Cumulant propagation: balanced products of normals, the c432 netlist, a deep chain."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from random import Random
from statistics import median
from typing import Any

import numpy as np
import sympy

import symwick as sw
from symwick.circuits.writer import Writer
from symwick.propagation.frontier import FrontierRun
from symwick.propagation.frontier_plan import planned
from symwick.propagation.inputs import InputMoments
from symwick.propagation.program import laid_out
from symwick.propagation.run import coercion

ROUNDS, GATES = 5, 100_000

Row = dict[str, Any]
TO_FLOAT = coercion("float64")


def normal_product(n: int, seed: int = 1) -> tuple[sw.Circuit, sw.MultivariateNormal, list[list[int]]]:
    """The balanced product tree of n centred, jointly normal inputs."""
    random = Random(seed)
    root = [[random.randint(-2, 2) for _ in range(n)] for _ in range(n)]
    covariance = [[sum(a * b for a, b in zip(u, v, strict=True)) for v in root] for u in root]

    def product(*wires: Any) -> Any:
        half = len(wires) // 2
        return wires[0] if len(wires) == 1 else product(*wires[:half]) * product(*wires[half:])

    names = [f"x{i}" for i in range(n)]
    return sw.trace(product, names), sw.MultivariateNormal(names, [0] * n, covariance), covariance


def hafnian(covariance: list[list[int]]) -> int:
    """The peer: E x_1 ⋯ x_n of centred normals by a recursion over subsets, nothing else."""

    @cache
    def value(mask: int) -> int:
        if not mask:
            return 1
        first = mask.bit_length() - 1
        rest = mask ^ 1 << first
        return sum(covariance[first][j] * value(rest ^ 1 << j) for j in range(first) if rest >> j & 1)

    return value((1 << len(covariance)) - 1)


def timed(work: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return median(seconds), result


def products() -> list[Row]:
    circuit, law, covariance = normal_product(12)

    def untruncated() -> Any:
        fresh = sw.MultivariateNormal(law.variables, [0] * 12, covariance)  # a law keeps the moments it was asked for
        return sw.propagate(circuit, fresh, order=None, schedule="layer").mean("out")

    ours, value = timed(untruncated)
    peer, expected = timed(lambda: hafnian(covariance))
    if value != expected:
        raise AssertionError("a wrong hafnian")
    rows = [
        {"name": "product tree of 12 centred normals, untruncated, exact", "seconds": ours,
         "peer": "hafnian by a plain recursion over subsets", "peer_seconds": peer, "target": "< 0.2 s"},
    ]  # fmt: skip
    circuit, law, covariance = normal_product(16)
    for order in (2, 3, 4):

        def truncated(order: int = order) -> Any:
            fresh = sw.MultivariateNormal(law.variables, [0] * 16, covariance)
            return sw.propagate(circuit, fresh, order=order, schedule="layer").mean("out")

        seconds, _ = timed(truncated)
        row: Row = {"name": f"16 of them at order {order}, schedule layer, exact", "seconds": seconds}
        rows.append(row | ({"target": "< 0.2 s"} if order == 4 else {}))
    return rows


def netlist() -> list[Row]:
    text = (files("symwick") / "data" / "c432.bench").read_text(encoding="utf-8")
    circuit = sw.Circuit.from_bench_text(text)
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in circuit.inputs})
    rows: list[Row] = []
    for order, ring in ((1, "exact"), (2, "exact")):

        def run(order: int = order, ring: str = ring) -> list[Any]:
            found = sw.propagate(circuit, law, order=order, ring=ring)
            return [found.mean(name) for name in circuit.outputs]

        rows.append({"name": f"c432, all outputs, order {order}, {ring}", "seconds": timed(run)[0]})
    return rows


def forward(circuit: sw.Circuit, law: sw.Law, order: int, engine: str = "frontier") -> Any:
    """Planning and the pass."""
    run = sw.propagate(circuit, law, order=order, ring="float64", engine=engine)
    return [run.mean(name) for name in circuit.outputs]


def averages(gates: int, width: int, seed: int = 1) -> sw.Circuit:
    """Leaky averages of products of random pairs: a circuit of any length whose live width is fixed."""
    random = Random(seed)
    writer = Writer()
    live = [writer.input(f"x{i}") for i in range(width)]
    for _ in range(gates // 2):
        i, j, k = random.sample(range(width), 3)
        live[k] = writer.sum([("1/2", writer.product([live[i], live[j]])), ("1/2", live[k])])
    writer.outputs = {f"o{i}": wire for i, wire in enumerate(live)}
    return sw.Circuit(writer.gates, writer.outputs, names=writer.names)


def frontier() -> list[Row]:
    rows: list[Row] = []
    for name, order, target in (("c880", 2, "< 0.01 s"), ("c432", 3, "< 0.05 s")):
        text = (files("symwick") / "data" / f"{name}.bench").read_text(encoding="utf-8")
        circuit = sw.Circuit.from_bench_text(text)
        law = sw.Independent({wire: sw.Bernoulli("1/2") for wire in circuit.inputs})
        seconds, found = timed(lambda circuit=circuit, law=law, order=order: forward(circuit, law, order))
        peer, wanted = timed(lambda circuit=circuit, law=law, order=order: forward(circuit, law, order, "demand"), rounds=1)
        if max(abs(a - b) for a, b in zip(found, wanted, strict=True)) > 1e-9:
            raise AssertionError("the engines differ")
        rows.append({"name": f"{name}, order {order}, float64, forward pass with planning", "seconds": seconds,
                     "peer": "our demand-driven engine", "peer_seconds": peer, "target": target})  # fmt: skip
    for gates, width, order, target in ((10_000, 60, 3, "< 3 s"), (100_000, 200, 2, "< 3 s"), (20_000, 200, 2, "")):
        circuit = averages(gates, width)
        law = sw.Independent({wire: sw.Bernoulli("1/2") for wire in circuit.inputs})
        run = sw.propagate(circuit, law, order=order, ring="float64")
        assert run.plan is not None
        seconds, _ = timed(lambda circuit=circuit, law=law, order=order: forward(circuit, law, order), rounds=1)
        name = f"{gates:,} gates of live width {run.plan.width}, order {order}: arrays of {run.plan.bytes / 1e6:.2g} MB"
        rows.append({"name": name, "seconds": seconds} | ({"target": target} if target else {}))
    return rows


def layer(n: int = 1000) -> list[Row]:
    """A dense layer of sums, and the two matrix products W S Wᵀ that its covariances need."""
    random = Random(1)
    weights = [[random.choice((-3, -2, -1, 1, 2, 3)) for _ in range(n)] for _ in range(n)]
    writer = Writer()
    wires = [writer.input(f"x{i}") for i in range(n)]
    writer.outputs = {f"o{i}": writer.sum(list(zip(row, wires, strict=True))) for i, row in enumerate(weights)}
    circuit = sw.Circuit(writer.gates, writer.outputs, names=writer.names)
    law = sw.Independent({wire: sw.Bernoulli("1/2") for wire in circuit.inputs})
    run = laid_out(circuit, [law], 10**7, TO_FLOAT)
    plan = planned(run, (run.place[i] for i in circuit.outputs.values()), 2)
    done = FrontierRun(run, plan, InputMoments(run, law, TO_FLOAT), 2, str)
    matrix = np.array(weights, dtype=float)
    covariance = done.arrays[1].copy()
    (step,) = [step for step in plan.steps if step.layer is not None]
    ours, _ = timed(lambda: done._take(step))
    peer, _ = timed(lambda: matrix @ covariance @ matrix.T)
    name = f"a dense layer of {n:,} by {n:,} at order 2, the step alone"
    rows: list[Row] = [{"name": name, "seconds": ours, "peer": "its two matrix products in NumPy", "peer_seconds": peer,
                        "target": "ratio > 0.5"}]  # fmt: skip
    whole, _ = timed(lambda: FrontierRun(run, plan, InputMoments(run, law, TO_FLOAT), 2, str))
    return [*rows, {"name": "the whole pass, 1,000 inputs read from the law", "seconds": whole}]


def depth() -> list[Row]:
    """Peak memory of the pass alone, at fixed width: flat in the depth."""
    rows: list[Row] = []
    for gates in (2_000, 8_000, 32_000):
        circuit = averages(gates, 60)
        law = sw.Independent({wire: sw.Bernoulli("1/2") for wire in circuit.inputs})
        program = laid_out(circuit, [law], 10**7, TO_FLOAT)
        plan = planned(program, (program.place[i] for i in circuit.outputs.values()), 2)
        inputs = InputMoments(program, law, TO_FLOAT)
        tracemalloc.start()
        start = time.perf_counter()
        run = FrontierRun(program, replace(plan, steps=[]), inputs, 2, str)
        for step in plan.steps:
            run._take(step)
            run.means.clear()  # the means of all gates, which a run keeps to answer questions, are no arrays
        seconds = time.perf_counter() - start
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        name = f"pass over {gates:,} gates of live width {plan.width}: {plan.bytes / 1000:.3g} kB of arrays; memory traced"
        rows.append({"name": name, "seconds": seconds, "peak_mb": peak / 1e6})
    return rows


def sweeps() -> list[Row]:
    text = (files("symwick") / "data" / "c432.bench").read_text(encoding="utf-8")
    circuit = sw.Circuit.from_bench_text(text)
    laws = [sw.Independent({wire: sw.Bernoulli(sympy.Rational(i, 101)) for wire in circuit.inputs}) for i in range(1, 101)]
    rows: list[Row] = []
    for order in (2, 3):
        ours, found = timed(lambda order=order: sw.propagate(circuit, laws, order=order, ring="float64").mean("N432"), rounds=3)
        peer, wanted = timed(
            lambda order=order: [sw.propagate(circuit, law, order=order, ring="float64").mean("N432") for law in laws], rounds=1
        )
        if max(abs(a - b) for a, b in zip(found, wanted, strict=True)) > 1e-9:
            raise AssertionError("a sweep differs from its runs")
        rows.append({"name": f"c432 under 100 laws, order {order}, float64", "seconds": ours, "peer": "one run for each",
                     "peer_seconds": peer})  # fmt: skip
    law = laws[49]
    ours, _ = timed(lambda: sw.propagate(circuit, law, order=2, ring="float64").gradient("N432"))
    peer, _ = timed(lambda: sw.propagate(circuit, law, order=2, ring="float64", engine="demand").mean("N432"))
    rows.append({"name": "gradient of one output of c432 by 72 cumulants of inputs, order 2", "seconds": ours,
                 "peer": "one estimate by the same engine", "peer_seconds": peer})  # fmt: skip
    return rows


def chain() -> list[Row]:
    def deep(x: Any, y: Any) -> Any:
        for i in range(GATES // 2):
            x = (x * y if i % 2 else x + y) / 2
        return x

    circuit = sw.trace(deep, ["x", "y"])
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    seconds, _ = timed(lambda: forward(circuit, law, 2, "demand"), rounds=3)
    return [{"name": f"a chain of {GATES:,} gates, order 2, float64, demand-driven", "seconds": seconds}]


def run() -> list[Row]:
    return [*products(), *netlist(), *frontier(), *layer(), *depth(), *sweeps(), *chain()]
