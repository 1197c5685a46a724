"""The exact law of one number: tails, moments, sums of draws and distances against sums over all outcomes."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symwick.algebra.lattice_sums import compositions, dense_power, sparse_power
from symwick.algebra.vectors import IntVector
from symwick.decompose.attribution.distribution import Distribution
from symwick.decompose.attribution.term_laws import TailTable
from symwick.errors import InexactError, InvalidArgument, TooLarge
from symwick.testing.strategies import rationals

HUGE = st.builds(Fraction, st.integers(-(10**25), 10**25), st.integers(1, 10**12))

Pairs = list[tuple[Fraction, Fraction]]


@st.composite
def laws(draw: st.DrawFn, most: int = 4, values: Any = None) -> Pairs:
    """(value, probability) with equal values and zeros among them."""
    found = draw(st.lists(rationals() if values is None else values, min_size=1, max_size=most))
    raw = draw(st.lists(st.integers(0, 4), min_size=len(found), max_size=len(found)).filter(any))
    return [(v, Fraction(w, sum(raw))) for v, w in zip(found, raw, strict=True)]


def of(pairs: Pairs) -> Distribution:
    return Distribution.of([v for v, _ in pairs], [w for _, w in pairs])


def chance(pairs: Pairs, event: Any) -> Fraction:
    return sum((w for v, w in pairs if event(v)), Fraction(0))


def merged(pairs: Pairs) -> list[tuple[Fraction, Fraction]]:
    return [(v, p) for v in sorted({v for v, _ in pairs}) if (p := chance(pairs, lambda x, v=v: x == v))]


@given(pairs=laws() | laws(values=HUGE), x=rationals() | HUGE)
def test_tails_and_moments_are_sums_over_the_values(pairs: Pairs, x: Fraction) -> None:
    law = of(pairs)
    assert list(law.items()) == merged(pairs)
    assert len(law) == len(merged(pairs))
    for at in (x, *(v for v, _ in pairs)):
        assert law.upper(at) == chance(pairs, lambda v, at=at: v >= at)
        assert law.lower(at) == chance(pairs, lambda v, at=at: v <= at)
        assert law.tail(at) == chance(pairs, lambda v, at=at: abs(v) >= abs(at))
    mean = sum(v * w for v, w in pairs)
    assert law.mean == mean
    assert law.second_moment == sum(v * v * w for v, w in pairs)
    assert law.variance == sum((v - mean) ** 2 * w for v, w in pairs)


@given(pairs=laws(3) | laws(3, values=HUGE), m=st.integers(1, 4))
@settings(max_examples=40)
def test_sums_and_means_of_draws(pairs: Pairs, m: int) -> None:
    total: dict[Fraction, Fraction] = {}
    for draws in product(pairs, repeat=m):
        weight = Fraction(1)
        for _, w in draws:
            weight *= w
        at = sum((v for v, _ in draws), Fraction(0))
        total[at] = total.get(at, Fraction(0)) + weight
    assert list(of(pairs).sum_of(m).items()) == sorted((v, w) for v, w in total.items() if w)
    assert list(of(pairs).mean_of(m).items()) == sorted((v / m, w) for v, w in total.items() if w)


@given(
    steps=st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True).map(sorted),
    weights=st.lists(st.integers(1, 5), min_size=4, max_size=4),
    m=st.integers(1, 5),
)
def test_the_dense_and_the_sparse_power_agree(steps: list[int], weights: list[int], m: int) -> None:
    found = dense_power(steps, weights[: len(steps)], m)
    assert sparse_power(steps, weights[: len(steps)], m) == found
    assert len(found) <= compositions(len(steps), m, 10**6) == comb(m + len(steps) - 1, m)
    assert sum(found.values()) == sum(weights[: len(steps)]) ** m


def test_many_draws_on_a_lattice() -> None:
    coin = Distribution.of([-1, 1], ["1/2", "1/2"])
    assert coin.sum_of(2000).upper(2000) == Fraction(1, 2**2000)
    assert coin.mean_of(12).tail(1) == Fraction(2, 2**12)
    assert len(coin.sum_of(2000)) == 2001
    far = Distribution.of([0, 10**30], ["1/2", "1/2"])  # one step wide, however far apart
    assert [w for _, w in far.sum_of(50).items()] == [Fraction(comb(50, k), 2**50) for k in range(51)]


def test_draws_that_would_be_too_many_are_refused_beforehand() -> None:
    ragged = Distribution.of([Fraction(1, p) for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)], ["1/10"] * 10)
    with pytest.raises(
        TooLarge, match="Words of 64 bits in the law of a sum of 40 draws, of 2,054,455,634 points"
    ) as caught:
        ragged.sum_of(40)
    assert caught.value.predicted == 2_054_455_634 * (40 * 4 // 64 + 1)
    with pytest.raises(TooLarge, match="Pass limit=220"):
        ragged.sum_of(3, limit=10)
    assert len(ragged.sum_of(3, limit=220)) == comb(12, 3)


@given(one=laws() | laws(values=HUGE), other=laws())
def test_distances(one: Pairs, other: Pairs) -> None:
    p, q = of(one), of(other)
    places = {v for v, _ in [*one, *other]}
    steps = [abs(chance(one, lambda v, x=x: v <= x) - chance(other, lambda v, x=x: v <= x)) for x in places]
    jumps = [abs(chance(one, lambda v, x=x: v == x) - chance(other, lambda v, x=x: v == x)) for x in places]
    assert p.distance(q) == q.distance(p) == max(steps)
    assert p.total_variation(q) == q.total_variation(p) == sum(jumps) / 2
    assert p.distance(q) <= p.total_variation(q) <= 1
    assert (p == q) == (p.distance(q) == 0) == (merged(one) == merged(other))
    assert p == of([*one, (Fraction(7), Fraction(0))])


@given(pairs=laws() | laws(values=HUGE), values=st.lists(rationals() | HUGE, min_size=1, max_size=6))
def test_many_tails_at_once(pairs: Pairs, values: list[Fraction]) -> None:
    law, values = of(pairs), [*values, *(v for v, _ in pairs)]
    known, vector = TailTable(law), IntVector.of(values)
    wanted = [law.tail(v) for v in values]
    places = known.places(vector)
    assert known.above[places].tolist() == [float(p) for p in wanted]
    d = 6 * law.weights.denominator
    assert [Fraction(int(n), d) for n in known.above_over(d)[places]] == wanted
    balls = vector.rounded()
    found, undecided = known.within(balls.value, balls.radius)
    for place, right, open_ in zip(found, places, undecided, strict=True):
        assert open_ or place == right


def test_nothing_equals_something_else() -> None:
    assert Distribution.of([0], [1]) != 0
    with pytest.raises(TypeError):
        hash(Distribution.of([0], [1]))


def test_printed() -> None:
    assert repr(Distribution.of([3], [1])) == "\n".join(
        ["Distribution of 1 value; mean 3, variance 0", "  value  probability", "      3            1"]
    )
    die = Distribution.of([*range(1, 7), 7, 8, 9, 10], ["1/10"] * 10)
    assert repr(die).endswith("      8         1/10\n  …")
    assert "e+" in repr(Distribution.of([10**400], [1]))
    assert "0.333333" in repr(Distribution.of([Fraction(10**20, 3 * 10**20 + 1), 0], ["1/2", "1/2"]))


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: Distribution.of([1, 2], [1]), InvalidArgument,
         "Argument 'weights' must have one weight for each of 2 values, not 1."),
        (lambda: Distribution.of([1, 2], ["1/2", "1/3"]), InvalidArgument, "Argument 'weights' must sum to 1, not 5/6."),
        (lambda: Distribution.of([], []), InvalidArgument, "Argument 'weights' must sum to 1, not 0."),
        (lambda: Distribution.of([1, 2], ["3/2", "-1/2"]), InvalidArgument,
         "Argument 'weights' must hold no negative weight, not -1/2."),
        (lambda: Distribution.of([1], [1]).sum_of(0), InvalidArgument,
         "Argument 'm' must be an integer that is at least 1, not 0."),
        (lambda: Distribution.of([1], [1]).mean_of(True), InvalidArgument,
         "Argument 'm' must be an integer that is at least 1, not True."),
        (lambda: Distribution.of([1], [1]).distance(1), InvalidArgument,
         "Argument 'other' must be a Distribution, not 1."),
    ],
)  # fmt: skip
def test_errors(make: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == sentence


def test_floats_are_refused() -> None:
    with pytest.raises(InexactError, match="Argument 'x' must be exact, not the float 0.5."):
        Distribution.of([1], [1]).tail(0.5)
    with pytest.raises(InexactError):
        Distribution.of([0.5], [1])
