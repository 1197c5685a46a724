"""The account of an estimate: attributions one by one, the ledger, the pass back against the pass forward."""

from __future__ import annotations

import time
from itertools import islice
from typing import Any

import symwick as sw
from benchmarks.bench_propagation import timed
from benchmarks.errors import netlist
from symwick.account.ledger import _OpenEngine
from symwick.algebra.tape import Tape
from symwick.propagation.demand import CUMULANT, TruncatedEngine

TERMS = 100_000

Row = dict[str, Any]


def attributions() -> list[Row]:
    def dense(*x: Any) -> Any:
        first = [sum((1 + (i * j) % 3) * x[j] for j in range(5)) + 1 for i in range(3)]
        second = [a * b + 1 for a, b in zip(first, first[1:] + first[:1], strict=True)]
        return second[0] * second[1] * second[2]

    circuit = sw.trace(dense, [f"x{i}" for i in range(5)])
    law = sw.Independent({name: sw.Bernoulli("1/3") for name in circuit.inputs})
    rows: list[Row] = []
    for schedule in ("gate", "layer"):
        terms = sw.propagate(circuit, law, 2, schedule).attributions("out")
        start = time.perf_counter()
        found = sum(1 for _ in islice(terms, TERMS))
        seconds = time.perf_counter() - start
        if found != TERMS:
            raise AssertionError("too few terms")
        name = f"{TERMS:,} (monomial, partition) terms with their fate, exact, schedule {schedule}"
        rows.append({"name": name, "seconds": seconds, "target": "< 5 s"})
    return rows


def ledgers() -> list[Row]:
    rows: list[Row] = []
    for name, order, target in (("c880", 2, "< 2 s"), ("c432", 1, ""), ("c432", 2, "")):
        circuit, law, _ = netlist(name)
        seconds, ledger = timed(lambda c=circuit, p=law, k=order: sw.propagate(c, p, k, ring="float64").ledger(), rounds=3)
        row: Row = {"name": f"ledger of {name} at order {order}, float64: {len(ledger):,} dropped", "seconds": seconds}
        rows.append(row | ({"target": target} if target else {}))
    for name in ("c432", "c880"):
        circuit, law, _ = netlist(name)
        run = sw.propagate(circuit, law, 2, ring="float64")
        common = (run._program, run._inputs, run._zero, run._one, run._limit)
        wire = run._wire(list(circuit.outputs)[-1])
        recorded = _OpenEngine(*common, order=2, schedule="gate", kept={})
        recorded.tape = Tape()
        recorded.cumulant((wire,))
        leaves = [(CUMULANT, key) for key in recorded.known[CUMULANT] if recorded.open(key)]

        def forward(common: Any = common, wire: int = wire) -> Any:
            return TruncatedEngine(*common, order=2, schedule="gate").cumulant((wire,))

        def backward(engine: Any = recorded, wire: int = wire, leaves: Any = leaves) -> Any:
            return engine.tape.backward((CUMULANT, (wire,)), leaves)

        ours, _ = timed(backward)
        peer, _ = timed(forward)
        rows.append({"name": f"one pass back, {name} at order 2: slopes by {len(leaves):,} dropped cumulants", "seconds": ours,
                     "peer": "one pass forward of the same engine", "peer_seconds": peer, "target": "ratio > 0.2"})  # fmt: skip
    return rows


def run() -> list[Row]:
    return [*attributions(), *ledgers()]
