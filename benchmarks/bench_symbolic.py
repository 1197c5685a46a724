"""Symbolic closed forms: a polynomial moment against sympy.stats, and a decomposition over unspecified moments."""

from __future__ import annotations

import time
from itertools import combinations
from statistics import median
from typing import Any

import sympy
from sympy.stats import E, Normal

import symwick as sw

ROUNDS = 7


def _moment() -> list[dict[str, Any]]:
    """E (aX + bY + XY)^8 for standard normal X, Y: from sympy and back."""
    a, b, x, y = sympy.symbols("a b X Y")
    f = (a * x + b * y + x * y) ** 8
    law = sw.Independent({x: sw.Normal(0, 1), y: sw.Normal(0, 1)})

    def ours() -> sympy.Expr:
        return sw.expectation(f, law).expr

    first = ours()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ours()
        times.append(time.perf_counter() - start)
    u, v = Normal("X", 0, 1), Normal("Y", 0, 1)
    start = time.perf_counter()
    theirs = E(sympy.expand((a * u + b * v + u * v) ** 8))
    peer = time.perf_counter() - start
    if sympy.expand(first - theirs) != 0:
        raise AssertionError("sympy.stats disagrees")
    return [
        {
            "name": "E (aX + bY + XY)^8, X and Y standard normal, from sympy and back, warm",
            "seconds": median(times),
            "peer": "sympy.stats.E of the expanded power",
            "peer_seconds": peer,
            "target": "under 10 ms, ratio at least 300",
        }
    ]


def _unspecified() -> list[dict[str, Any]]:
    """All sets of the GWPD of (1 + x1 + … + x8)^4 over Moments, as circuits."""
    variables = sympy.symbols("x1:9")
    f = (1 + sum(variables)) ** 4
    times = []
    for _ in range(3):
        start = time.perf_counter()
        terms = sw.gwpd(f, sw.Moments(variables))
        sets = [s for k in range(1, 9) for s in combinations(variables, k)]
        gates = sum(len(terms[s].circuit) for s in sets)
        times.append(time.perf_counter() - start)
    return [
        {
            "name": f"GWPD of (1 + x1 + … + x8)^4 over Moments: {len(sets)} sets, {gates:,} gates",
            "seconds": median(times),
            "target": "under 1 s",
        }
    ]


def _isserlis() -> list[dict[str, Any]]:
    """E x1 … x8 of jointly normal variables with a symbolic covariance."""
    variables = sympy.symbols("x1:9")
    covariance = [[sympy.Symbol(f"s{min(i, j)}{max(i, j)}") for j in range(8)] for i in range(8)]
    start = time.perf_counter()
    law = sw.MultivariateNormal(variables, [0] * 8, covariance)
    form = sw.expectation(sympy.Mul(*variables), law)
    seconds = time.perf_counter() - start
    if len(form.terms()) != 105:
        raise AssertionError("Isserlis' theorem has 105 terms for eight variables")
    return [{"name": "Isserlis: E x1 … x8, symbolic covariance, 105 terms, law included", "seconds": seconds}]


def run() -> list[dict[str, Any]]:
    """The rows, as ``benchmarks/__init__.py`` describes them."""
    return [*_moment(), *_unspecified(), *_isserlis()]
