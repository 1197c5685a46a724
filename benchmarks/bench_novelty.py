"""Novelty: 100,000 rows against a reference, every set of up to three of eight inputs, with exact tails."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations_with_replacement, product
from random import Random
from statistics import median
from typing import Any

import numpy as np
import sympy

import symwick as sw
from symwick import novelty

ROWS, INPUTS, ORDER, FLOWERS, SAMPLE, ROUNDS = 100_000, 8, 3, 400, 10, 3
SIZES = (2, 2, 3, 2, 3, 2, 3, 2)

Row = dict[str, Any]
NAMES = [f"x{i}" for i in range(INPUTS)]


def categories() -> tuple[Any, sw.Law, Any]:
    """A callable over eight dependent inputs of two or three categories, and rows."""
    random = Random(5)
    points = list(product(*map(range, SIZES)))
    weights = [random.randint(1, 50) for _ in points]
    law = sw.Finite({p: Fraction(w, sum(weights)) for p, w in zip(points, weights, strict=True)}, NAMES)

    def f(*xs: int) -> int:
        return (sum(xs) ** 3 * xs[0] + 7 * xs[1] * xs[2] - xs[3] * xs[4] * xs[5]) % 101

    return f, law, np.array(points)[np.random.default_rng(5).integers(0, len(points), ROWS)]


def decimals() -> tuple[Any, sw.Law, Any]:
    """A polynomial of degree three in eight inputs, the law of a few hundred rows of decimals, and fresh rows."""
    random, numpy_random = Random(6), np.random.default_rng(6)
    symbols = sympy.symbols(NAMES)
    f = sympy.Add(
        *(
            random.randint(-9, 9) * sympy.Mul(*chosen)
            for degree in range(1, ORDER + 1)
            for chosen in combinations_with_replacement(symbols, degree)
        ),
        sympy.Mul(*symbols[:ORDER]),
    )
    mixing = numpy_random.normal(size=(INPUTS, INPUTS)) / 3
    seen, fresh = (np.round(5 + numpy_random.normal(size=(n, INPUTS)) @ mixing, 2) for n in (FLOWERS, ROWS))
    return f, sw.Empirical(seen, NAMES), fresh


def plain_loop(terms: sw.GWPD, rows: Any) -> list[list[Any]]:
    """The peer: each term of the decomposition at each row, ``D[S].at(row)``; values only, no tails."""
    points = [dict(zip(NAMES, map(str, row), strict=True)) for row in rows.tolist()]
    return [[terms[key].at(point) for key in terms if key] for point in points]


def seconds_of(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def case(name: str, make: Callable[[], tuple[Any, sw.Law, Any]]) -> Row:
    rounds = []
    for _ in range(ROUNDS):
        f, law, rows = make()

        def ours(f: Any = f, law: Any = law, rows: Any = rows) -> Any:
            scores = novelty(f, law, max_order=ORDER).scores(rows)
            return scores.values, scores.bounds, scores.tails

        rounds.append(seconds_of(ours))
    f, law, rows = make()
    terms = sw.gwpd(f, law, max_order=ORDER)
    plain_loop(terms, rows[:1])  # the terms are derived before: only what each row costs may be multiplied
    peer, wanted = seconds_of(lambda: plain_loop(terms, rows[:SAMPLE]))
    values, bounds, tails = rounds[-1][1]
    for i, row in enumerate(wanted):
        for j, value in enumerate(row):
            if abs(Fraction(float(values[i, j])) - Fraction(value)) > Fraction(float(bounds[i, j])):
                raise AssertionError("a value out of its bounds")
    score = novelty(f, law, max_order=ORDER).score(dict(zip(NAMES, map(str, rows[0].tolist()), strict=True)))
    if [float(term.tail) for term in map(score.__getitem__, [*novelty(f, law, max_order=ORDER)])] != tails[0].tolist():
        raise AssertionError("a wrong tail")
    return {
        "name": f"scores of {ROWS:,} rows, {name}, {values.shape[1]} sets, with tails",
        "seconds": median(seconds for seconds, _ in rounds),
        "peer": f"loop of D[S].at(row), without tails: {SAMPLE} rows timed, times {ROWS // SAMPLE:,}",
        "peer_seconds": peer * (ROWS // SAMPLE),
        "target": "under 5 s",
    }


def batch() -> Row:
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in NAMES})
    rows = np.random.default_rng(7).integers(0, 2, (1000, INPUTS))
    N = novelty(sympy.Add(*sympy.symbols(NAMES)) ** 2, law)
    seconds, _ = seconds_of(lambda: [term.tail for term in N.batch(rows).values()])
    return {
        "name": f"a batch of 1,000 rows over {INPUTS} fair bits, {len(N)} sets, exact tails of the means",
        "seconds": seconds,
    }


def run() -> list[Row]:
    return [
        case("a callable over eight dependent inputs of 2 or 3 categories", categories),
        case(f"a cubic polynomial, P {FLOWERS} rows of decimals", decimals),
        batch(),
    ]
