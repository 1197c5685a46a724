"""Numbers at the borders, balls, vectors: exact in, exact out, floats never by accident."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra.balls import Ball, BallArray
from symwick.algebra.numbers import format_number, from_flint, to_flint, to_fraction, to_number, to_sympy
from symwick.algebra.vectors import IntVector, weighted_product_sum
from symwick.errors import InexactError, InvalidArgument

rationals = st.fractions(max_denominator=10**6)


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (3, Fraction(3)),
        (True, Fraction(1)),
        (np.int64(-2), Fraction(-2)),
        (np.bool_(True), Fraction(1)),
        (Fraction(1, 3), Fraction(1, 3)),
        (sympy.Rational(2, 3), Fraction(2, 3)),
        (sympy.true, Fraction(1)),
        (Decimal("0.1"), Fraction(1, 10)),
        ("1/7", Fraction(1, 7)),
        (" 1e-2 ", Fraction(1, 100)),
    ],
)
def test_exact_numbers_are_accepted(given_value: Any, expected: Fraction) -> None:
    assert to_fraction(given_value) == expected


@pytest.mark.parametrize("value", [0.5, np.float64(0.5), np.float32(1), sympy.Float(0.5), sympy.pi, None, [], 1j])
def test_everything_else_is_refused_by_name(value: Any) -> None:
    with pytest.raises(InexactError, match="Argument 'p' must be"):
        to_fraction(value, "p")


@pytest.mark.parametrize("text", ["", "x", "1/0", "nan", "1.2.3"])
def test_text_that_is_no_number(text: str) -> None:
    with pytest.raises(InvalidArgument, match="Argument 'p' must be a number such as"):
        to_fraction(text, "p")


def test_short_text_of_a_huge_number_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(InvalidArgument, match="must have an exponent of at most 4 digits"):
        to_fraction("1e999999999")
    with pytest.raises(InvalidArgument, match="must have at most 10,000 digits"):
        to_fraction("1" * 20_000)


@given(q=rationals)
def test_round_trips(q: Fraction) -> None:
    assert from_flint(to_flint(q)) == q
    assert to_fraction(to_sympy(q)) == q
    assert to_fraction(format_number(q)) == q
    assert isinstance(to_number(q), int) == (q.denominator == 1)


@given(a=rationals, b=rationals, c=rationals)
def test_balls_contain_the_exact_result(a: Fraction, b: Fraction, c: Fraction) -> None:
    x, y, z = Ball.of(a), Ball.of(b), Ball.of(c)
    assert (x * y + z).contains(a * b + c)
    assert (x - y * z).contains(a - b * c)
    assert (-(x + y) * (x + y)).contains(-(a + b) * (a + b))


@given(values=st.lists(rationals, min_size=1, max_size=40))
def test_sums_of_ball_arrays_contain_the_exact_sum(values: list[Fraction]) -> None:
    array = BallArray.of(values)
    assert array.sum(axis=0).item().contains(sum(values))
    assert (array * array).sum(axis=0).item().contains(sum(v * v for v in values))
    runs = array.reduceat(np.array([0]), len(values), axis=0)
    assert runs.item(0).contains(sum(values))


def test_balls_underflow_and_overflow_honestly() -> None:
    tiny = Ball.of(Fraction(1, 2**1074))
    assert (tiny * tiny).contains(Fraction(1, 2**2148))
    assert Ball.of("1e300").radius >= 0
    with pytest.raises(InvalidArgument, match="has no float64"):
        Ball.of(Fraction(10) ** 400)


@given(data=st.data())
def test_sums_over_rows_are_exact_in_small_and_in_huge_integers(data: st.DataObject) -> None:
    scale = data.draw(st.sampled_from([1, 2**40, 2**200]))
    weights = data.draw(st.lists(rationals, min_size=3, max_size=3))
    values = [scale * v for v in data.draw(st.lists(rationals, min_size=2, max_size=2))]
    codes = np.array([0, 1, 0])
    numerator, denominator = weighted_product_sum(IntVector.of(weights), [(IntVector.of(values), codes)] * 2)
    expected = sum((w * values[c] ** 2 for w, c in zip(weights, codes, strict=True)), Fraction(0))
    assert Fraction(numerator, denominator) == expected
