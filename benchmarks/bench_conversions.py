"""Cumulants written out in moments: against the plain dict of frozensets, and against sympy; values against the written sum."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from math import factorial
from statistics import median
from typing import Any

import sympy

from benchmarks.bench_formal import recursive_partitions
from symwick.algebra import conversions

NAMES = tuple(f"x{i}" for i in range(8))
TERMS = 4140
ROUNDS = 7


def _factors() -> list[int]:
    return [0, *((-1) ** k * factorial(k) for k in range(len(NAMES)))]


def _names(mask: int) -> list[str]:
    return [name for i, name in enumerate(NAMES) if mask >> i & 1]


def plain_dict() -> dict[Any, int]:
    """The peer of the sparse form: a dict keyed by frozensets of interned blocks, filled in a plain loop."""
    blocks = [frozenset(_names(mask)) for mask in range(1 << len(NAMES))]
    factors = _factors()
    result = {}
    for partition in recursive_partitions((1 << len(NAMES)) - 1):
        result[frozenset(map(blocks.__getitem__, partition))] = factors[len(partition)]
    return result


def sympy_sum() -> Any:
    """The same sum as sympy writes it: one Symbol a block, one Mul a term, one Add."""
    symbols = [sympy.Symbol(f"E[{'*'.join(_names(mask))}]") for mask in range(1 << len(NAMES))]
    factors = _factors()
    partitions = recursive_partitions((1 << len(NAMES)) - 1)
    return sympy.Add(*(sympy.Mul(factors[len(p)], *map(symbols.__getitem__, p)) for p in partitions))


def _seconds(work: Callable[[], Any], check: Callable[[Any], bool]) -> float:
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    if not check(result):
        raise AssertionError("a wrong result")
    return seconds


def _alternated(
    ours: Callable[[], Any],
    peer: Callable[[], Any],
    check: Callable[[Any], bool],
    peer_check: Callable[[Any], bool] | None = None,
) -> tuple[float, float]:
    """Medians of alternate runs, so that a slow minute of the machine slows both."""
    pairs = []
    for _ in range(ROUNDS):
        # what sympy remembers from the last round is not part of its work
        sympy.core.cache.clear_cache()
        pairs.append((_seconds(ours, check), _seconds(peer, peer_check or check)))
    return median(one for one, _ in pairs), median(two for _, two in pairs)


def _row(name: str, figures: tuple[float, float], peer: str, target: str) -> dict[str, Any]:
    seconds, peer_seconds = figures
    return {
        "name": name,
        "seconds": seconds,
        "peer": peer,
        "peer_seconds": peer_seconds,
        "ratio": peer_seconds / seconds,
        "peak_mb": None,
        "target": target,
    }


def run() -> list[dict[str, Any]]:
    """The rows, as ``benchmarks/__init__.py`` describes them."""

    def ours() -> Any:
        return conversions.cumulant_in_moments(NAMES)

    def spelled() -> Any:
        return list(conversions.cumulant_in_moments(NAMES).items())

    def full(terms: Any) -> bool:
        return len(terms) == TERMS

    moments = {
        key: Fraction(7 * size + 3, 5 + int(key[0][1:]))
        for size in range(1, len(NAMES) + 1)
        for key in combinations(NAMES, size)
    }
    written = ours()
    value = written.at(moments)

    def joint() -> Any:
        return conversions.joint_cumulants(moments)[NAMES]

    def summed() -> Any:
        blocks = {mask: moments[tuple(_names(mask))] for mask in range(1, 1 << len(NAMES))}
        factors = _factors()
        total = Fraction(0)
        for partition in recursive_partitions((1 << len(NAMES)) - 1):
            term = Fraction(factors[len(partition)])
            for mask in partition:
                term *= blocks[mask]
            total += term
        return total

    return [
        _row(
            "cumulant_in_moments, 8 variables",
            _alternated(ours, plain_dict, full),
            "plain dict of frozensets",
            "ratio at least 1/3",
        ),
        _row(
            "the same, every term spelled in names",
            _alternated(spelled, plain_dict, full),
            "plain dict of frozensets",
            "ratio at least 1/3",
        ),
        _row(
            "cumulant_in_moments, 8 variables",
            _alternated(ours, sympy_sum, full, lambda total: len(total.args) == TERMS),
            "sympy Add and Mul",
            "ratio at least 30",
        ),
        _row(
            "joint_cumulants, 255 moments, all 255 values",
            _alternated(joint, summed, lambda found: found == value),
            "sum of Fractions over partitions, 1 value",
            "ratio at least 1",
        ),
    ]


if __name__ == "__main__":
    for row in run():
        print(
            ", ".join(
                f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}" for key, value in row.items()
            )
        )
