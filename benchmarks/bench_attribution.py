"""Attribution: pairwise interactions of sixty inputs, hypotheses and their search over eight dependent bits."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product
from random import Random
from statistics import median
from typing import Any

import sympy

import symwick as sw

INPUTS, BITS, BUDGET, ROUNDS = 60, 8, 20, 3

Row = dict[str, Any]
Cubic = dict[tuple[int, ...], int]


def cubic(n: int, seed: int = 1) -> Cubic:
    """Every product of one to three of n inputs, with a random coefficient."""
    random = Random(seed)
    return {chosen: random.randint(1, 9) for size in (1, 2, 3) for chosen in combinations(range(n), size)}


def normal_law(n: int, seed: int = 2) -> tuple[sw.MultivariateNormal, list[int], list[list[int]]]:
    """A law of n variables that is given by its pairwise moments."""
    random = Random(seed)
    root = [[random.randint(-2, 2) for _ in range(n)] for _ in range(n)]
    covariance = [[sum(a * b for a, b in zip(u, v, strict=True)) for v in root] for u in root]
    mean = [random.randint(-3, 3) for _ in range(n)]
    return sw.MultivariateNormal([f"x{i}" for i in range(n)], mean, covariance), mean, covariance


def plain_pairs(f: Cubic, mean: list[int], covariance: list[list[int]]) -> dict[tuple[int, ...], Fraction]:
    """The peer: the formula for products of distinct inputs, in a loop over a plain dict of Fractions."""
    found: dict[tuple[int, ...], Fraction] = {}
    for chosen, c in f.items():
        for pair in combinations(chosen, 2):
            value = Fraction(c * covariance[pair[0]][pair[1]])
            for k in chosen:
                if k not in pair:
                    value *= mean[k]
            found[pair] = found.get(pair, Fraction(0)) + value
    return found


def _seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def pairs() -> list[Row]:
    f = cubic(INPUTS)
    law, mean, covariance = normal_law(INPUTS)
    symbols = sympy.symbols([f"x{i}" for i in range(INPUTS)])
    expression = sympy.Add(*(c * sympy.Mul(*(symbols[i] for i in chosen)) for chosen, c in f.items()))
    ours, peers, warm = [], [], []
    for _ in range(ROUNDS):
        seconds, K = _seconds(lambda: sw.interactions(expression, law))
        again, matrix = _seconds(K.matrix)
        ours.append(seconds + again)
        warm.append(again)
        seconds, expected = _seconds(lambda: plain_pairs(f, mean, covariance))
        peers.append(seconds)
        if any(matrix[i, j] != value for (i, j), value in expected.items()):
            raise AssertionError("a wrong interaction")
    name = f"{INPUTS * (INPUTS - 1) // 2:,} pairwise interactions, {INPUTS} inputs, all {len(f):,} products of degree <= 3"
    peer = "plain loop over a dict of Fractions"
    return [
        {"name": f"{name}, sympy expression read", "seconds": median(ours), "peer": peer, "peer_seconds": median(peers),
         "target": "< 5 s"},
        {"name": "the same once the expression is read", "seconds": median(warm), "peer": peer,
         "peer_seconds": median(peers)},
    ]  # fmt: skip


def hypotheses() -> list[Row]:
    random = Random(3)
    names = [f"b{i}" for i in range(BITS)]
    weights = {point: random.randint(1, 9) for point in product((0, 1), repeat=BITS)}
    total = sum(weights.values())
    law = sw.Finite({point: Fraction(w, total) for point, w in weights.items()}, names)

    def f(*bits: int) -> int:
        return sum(bits) ** 3 // 2 + 5 * bits[0] * bits[3]

    seconds, found = _seconds(lambda: sw.search(f, law, budget=BUDGET))
    error, value = _seconds(lambda: found.mean_squared_error.value)
    if found.mean_squared_error.value != value or len(found.kept) != BUDGET + 1:
        raise AssertionError("a wrong hypothesis")
    return [
        {"name": f"search of {BUDGET} of {2**BITS - 1} terms, {BITS} dependent bits, exact numbers", "seconds": seconds},
        {"name": "its mean squared error, exactly", "seconds": error},
    ]


def run() -> list[Row]:
    return [*pairs(), *hypotheses()]
