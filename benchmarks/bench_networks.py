"""Bayesian networks: a polynomial of 40 dependent inputs, and all pairs of the alarm network's 37 variables."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import networkx as nx

import symwick as sw

NODES, MONOMIALS, DEGREE, PARENTS = 40, 60, 4, 3
ROUNDS = 3
ALARM = Path(__file__).resolve().parent.parent / "tests" / "data" / "alarm.bif"


def network(seed: int = 7) -> sw.BayesianNetwork:
    """A sparse network of bits: each node has one to three parents among the six before it."""
    random = Random(seed)
    graph = nx.DiGraph()
    tables = {}
    for i in range(NODES):
        near = range(max(0, i - 6), i)
        parents = [f"x{j}" for j in sorted(random.sample(near, min(len(near), random.randint(1, PARENTS))))]
        graph.add_node(f"x{i}", parents=tuple(parents))
        graph.add_edges_from((parent, f"x{i}") for parent in parents)
        table = {}
        for states in product((0, 1), repeat=len(parents)):
            p = Fraction(random.randint(1, 19), 20)
            table[states] = {0: 1 - p, 1: p}
        tables[f"x{i}"] = table
    return sw.BayesianNetwork.from_networkx(graph, tables)


def polynomial(seed: int = 8) -> str:
    random = Random(seed)
    monomials: set[tuple[int, ...]] = set()
    while len(monomials) < MONOMIALS:
        monomials.add(tuple(sorted(random.sample(range(NODES), random.randint(1, DEGREE)))))
    parts = []
    for monomial in sorted(monomials):
        coefficient = Fraction(random.choice((-1, 1)) * random.randint(1, 9), random.randint(1, 9))
        parts.append(f"({coefficient})*" + "*".join(f"x{i}" for i in monomial))
    return " + ".join(parts)


def derive(law: sw.Law, f: str) -> int:
    """The number of terms up to order two, each with its circuit made."""
    return len([term.circuit for term in sw.gwpd(f, law, max_order=2).values()])


def seconds_of(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def read_alarm() -> sw.BayesianNetwork:
    return sw.BayesianNetwork.from_bif(ALARM, rounding="normalise")


def singles(law: sw.BayesianNetwork) -> int:
    return len([law.marginal([v]) for v in law.variables])


def pairs(law: sw.BayesianNetwork) -> int:
    return len([law.cumulant(pair) for pair in combinations(law.variables, 2)])


def run() -> list[dict[str, Any]]:
    """The rows, as ``benchmarks/__init__.py`` describes them; every round starts with a fresh law."""
    f = polynomial()
    derived, one, two = [], [], []
    for _ in range(ROUNDS):
        law = network()
        derived.append(seconds_of(lambda law=law: derive(law, f)))
        alarm, again = read_alarm(), read_alarm()
        one.append(seconds_of(lambda law=alarm: singles(law)))
        two.append(seconds_of(lambda law=again: pairs(law)))
    reading = median(seconds_of(read_alarm)[0] for _ in range(ROUNDS))

    def typical(rounds: list[tuple[float, int]]) -> float:
        return median(seconds for seconds, _ in rounds)

    title = f"gwpd(max_order=2), {MONOMIALS} monomials over a network of {NODES} bits: {derived[0][1]} circuits"
    return [
        {"name": title, "seconds": typical(derived), "peer": None, "target": "under 2 s"},
        {"name": "alarm.bif: read", "seconds": reading},
        {"name": f"alarm.bif: {one[0][1]} single marginals", "seconds": typical(one), "target": "seconds"},
        {"name": f"alarm.bif: {two[0][1]} pair covariances", "seconds": typical(two), "target": "seconds"},
    ]


if __name__ == "__main__":
    for row in run():
        print(
            ", ".join(
                f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}" for key, value in row.items()
            )
        )
