"""The tape against sympy's derivatives."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from symwick.algebra.tape import Recorded, Tape
from symwick.testing.strategies import rationals

NAMES = ("x", "y", "z")
X, Y, Z = SYMBOLS = sympy.symbols(NAMES)
Recipe = list[tuple[str, int, Any, bool]]
"""Steps: an operation, the number it is done to, another number or a constant, and whether the result is kept."""

OPERATIONS = ("+", "-", "*", "+c", "c+", "-c", "c-", "*c", "c*")

recipes = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(OPERATIONS[:3]), st.integers(0, 20), st.integers(0, 20), st.booleans()),
        st.tuples(st.sampled_from(OPERATIONS[3:]), st.integers(0, 20), rationals(), st.booleans()),
    ),
    min_size=1,
    max_size=7,
)
values = st.tuples(rationals(), rationals(), st.just(Fraction(0)) | rationals())


def follow(recipe: Recipe, start: list[Any], keep: Any) -> list[Any]:
    """The numbers made by a recipe from some first ones; ``keep(name, number)`` where it says so."""
    numbers = list(start)
    for i, (operation, one, other, kept) in enumerate(recipe):
        a = numbers[one % len(numbers)]
        b = numbers[other % len(numbers)] if len(operation) == 1 else other
        made = {
            "+": lambda a, b: a + b,
            "-": lambda a, b: a - b,
            "*": lambda a, b: a * b,
            "+c": lambda a, b: a + b,
            "c+": lambda a, b: b + a,
            "-c": lambda a, b: a - b,
            "c-": lambda a, b: b - a,
            "*c": lambda a, b: a * b,
            "c*": lambda a, b: b * a,
        }[operation](a, b)
        numbers.append(keep(i, made) if kept else made)
    return numbers


def rational(value: Any) -> sympy.Rational:
    return sympy.Rational(Fraction(value).numerator, Fraction(value).denominator)


def exactly(value: Any) -> Fraction:
    return Fraction(str(value))


@given(recipe=recipes, at=values)
@example(recipe=[("*", 0, 2, True), ("*", 3, 1, True), ("*", 4, 4, False)], at=(Fraction(0), Fraction(0), Fraction(0)))
@example(recipe=[("c-", 0, Fraction(1, 3), False), ("-", 3, 3, True), ("*", 4, 3, False)], at=(Fraction(1, 2),) * 3)
def test_derivatives_of_random_polynomials(recipe: Recipe, at: tuple[Fraction, ...]) -> None:
    tape = Tape()
    leaves = [tape.leaf(name, value) for name, value in zip(NAMES, at, strict=True)]
    made = follow(recipe, leaves, tape.keep)[-1]
    tape.keep("out", made)
    constants = [(o, a, rational(b) if len(o) == 2 else b, kept) for o, a, b, kept in recipe]
    written = follow(constants, list(SYMBOLS), lambda name, number: number)[-1]
    point = {symbol: rational(value) for symbol, value in zip(SYMBOLS, at, strict=True)}
    assert made.value == exactly(written.subs(point))
    wanted = {name: exactly(written.diff(symbol).subs(point)) for name, symbol in zip(NAMES, SYMBOLS, strict=True)}
    assert tape.backward("out", NAMES) == wanted
    slopes = made.slopes()
    if not any(kept for *_, kept in recipe):  # nothing between: the slopes of the number are the derivatives
        assert {name: slopes.get(name, 0) for name in NAMES} == wanted
    assert all(not isinstance(value, float) for value in wanted.values())


@given(recipe=recipes, at=values)
def test_derivatives_by_what_was_kept_on_the_way(recipe: Recipe, at: tuple[Fraction, ...]) -> None:
    """A kept number is a variable of its own: the derivative by it goes through later numbers only."""
    recipe = [(o, a, b, i == 0) for i, (o, a, b, _) in enumerate(recipe)]
    tape = Tape()
    made = follow(recipe, [tape.leaf(name, value) for name, value in zip(NAMES, at, strict=True)], tape.keep)
    tape.keep("out", made[-1])
    w = sympy.Symbol("w")
    constants = [(o, a, rational(b) if len(o) == 2 else b, kept) for o, a, b, kept in recipe]
    written = follow(constants, list(SYMBOLS), lambda name, number: w)[-1]
    point = {**{symbol: rational(value) for symbol, value in zip(SYMBOLS, at, strict=True)}, w: rational(made[3].value)}
    assert tape.backward("out", [0]) == {0: exactly(written.diff(w).subs(point))}


def test_a_factor_that_is_zero_keeps_its_derivative() -> None:
    tape = Tape()
    x, y, z = (tape.leaf(name, value) for name, value in zip(NAMES, (0, 0, 5), strict=True))
    assert bool(x)  # "if value" must not skip it
    assert bool(x * 0)
    one = tape.keep("one", x * z)
    assert one.value == 0
    tape.keep("two", one * y + y)
    assert tape.backward("two", NAMES) == {"x": 0, "y": 1, "z": 0}
    assert tape.backward("one", NAMES) == {"x": 5, "y": 0, "z": 0}
    assert (x * y).slopes() == {"x": 0, "y": 0}
    assert (x * x * z).slopes() == {"x": 0, "z": 0}


@pytest.mark.parametrize("number", [3, Fraction(2, 3), 0, -1])
def test_numbers_on_either_side(number: Any) -> None:
    x = Tape().leaf("x", Fraction(1, 2))
    for made, value, slope in [
        (x + number, Fraction(1, 2) + number, 1),
        (number + x, number + Fraction(1, 2), 1),
        (x - number, Fraction(1, 2) - number, 1),
        (number - x, number - Fraction(1, 2), -1),
        (x * number, number * Fraction(1, 2), number),
        (number * x, number * Fraction(1, 2), number),
    ]:
        assert isinstance(made, Recorded)
        assert made.value == value
        assert made.slopes() == {"x": slope}


def test_sums_of_recorded_numbers_by_python() -> None:
    tape = Tape()
    leaves = [tape.leaf(i, Fraction(i)) for i in range(4)]
    total = sum(leaf * leaf for leaf in leaves)  # starts with 0 + …
    assert total.value == 14
    assert total.slopes() == {0: 0, 1: 2, 2: 4, 3: 6}


def test_a_shared_part_counts_as_often_as_it_is_read() -> None:
    """Squares of squares: 2^20 ways to the leaf, 20 numbers."""
    tape = Tape()
    x = tape.leaf("x", Fraction(1))
    inside = kept = x
    for i in range(20):
        inside = inside * inside
        kept = tape.keep(i, kept * kept)
    assert inside.slopes() == {"x": 2**20}
    assert tape.backward(19, ["x"]) == {"x": 2**20}
    assert tape.backward(4, ["x", 3, 2]) == {"x": 32, 3: 2, 2: 4}
    s = x + 1
    assert (s * s - s).slopes() == {"x": 3}


def test_the_same_leaf_under_two_numbers_is_one() -> None:
    tape = Tape()
    x = tape.leaf("x", 3)
    again = Recorded(3, name="x")
    assert (x * again).slopes() == {"x": 6}


def test_what_is_no_recorded_number_is_kept_as_a_constant() -> None:
    tape = Tape()
    x = tape.leaf("x", 2)
    five = tape.keep("five", 5)
    tape.keep("out", five * x * x)
    assert tape.backward("out", ["x", "five"]) == {"x": 20, "five": 4}
    assert tape.backward("five", ["x", "five"]) == {"x": 0, "five": 1}


def test_only_what_a_number_is_made_of_has_a_derivative() -> None:
    tape = Tape()
    x, y = tape.leaf("x", Fraction(1, 3)), tape.leaf("y", 2)
    early = tape.keep("early", x * y)
    tape.keep("late", early * y - x)
    tape.leaf("after", 1)
    assert tape.backward("early", ["x", "y", "after"]) == {"x": 2, "y": Fraction(1, 3), "after": 0}
    assert tape.backward("late", ["x", "y", "early", "after"]) == {"x": 3, "y": Fraction(4, 3), "early": 2, "after": 0}
    assert tape.backward("x", ["x", "y"]) == {"x": 1, "y": 0}


def test_a_long_chain_is_no_recursion() -> None:
    tape = Tape()
    x = number = tape.leaf("x", 1)
    for _ in range(20_000):
        number = 2 - number * x
    assert number.value == 1
    steps = 0
    for _ in range(20_000):  # d(2 − n x) = −dn − n, and n is 1 throughout
        steps = -steps - 1 if _ else -2
    assert number.slopes() == {"x": steps}
