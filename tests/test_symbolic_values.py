"""Exact values with symbols: a ring that agrees with sympy, decides zero, and prints the same whatever came before."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import flint
import pytest
import sympy
from hypothesis import assume, example, given
from hypothesis import strategies as st

from symwick.algebra.symbolic import Symbolic, expression, number_or_expression, power, reciprocal, vanishes
from symwick.algebra.symbolic_reading import base_power, element, substituted
from symwick.errors import InexactError, InvalidArgument
from symwick.testing.strategies import polynomials

ROOT = Path(__file__).parents[1]
a, b, c = sympy.symbols("a b c")
half = sympy.Rational(1, 2)


def added_up(rows: Iterable[Any]) -> Any:
    """Σ coefficient · Π base^exponent of the rows that ``ordered`` gives."""
    total: Any = 0
    for factors, coefficient in rows:
        term: Any = coefficient
        for base, exponent in factors:
            term = term * base_power(base, exponent)
        total = term + total
    return total


def rational_functions() -> st.SearchStrategy[sympy.Expr]:
    """Sums, products and reciprocals of small polynomials in a and b, not simplified by anyone."""
    small = polynomials([a, b], max_terms=2, max_exponent=1)
    return st.recursive(
        small,
        lambda inner: st.one_of(
            st.builds(lambda e, f: e + f, inner, inner),
            st.builds(lambda e, f: e * f, inner, inner),
            st.builds(lambda e: 1 / e, inner.filter(bool)),
        ),
        max_leaves=4,
    )


ATOMS = (
    a, b, 1 / a, a ** (-half), sympy.sqrt(a), b ** sympy.Rational(2, 3), 1 / (a + b), sympy.sqrt(a + b),
    1 / sympy.sqrt(a + b), (a + b) ** sympy.Rational(3, 2), 1 / (a + sympy.sqrt(2)), sympy.sqrt(2), 1 / sympy.sqrt(6),
    sympy.Integer(2) ** sympy.Rational(5, 3),
    sympy.pi, sympy.log(2), sympy.exp(a), sympy.exp(a - 2 * b + 1), sympy.exp(-a / 2), sympy.E, 2**a, a**b, sympy.Rational(-3, 2),
    1 / (1 + 1 / (a + b)), sympy.sqrt(a * b), 1 / (sympy.exp(a) + 1), sympy.log(a), sympy.cos(a),
)  # fmt: skip


def values() -> st.SearchStrategy[sympy.Expr]:
    """Sums and products of what occurs in moments: parameters, roots, exponentials, constants, denominators."""
    atoms = st.sampled_from(ATOMS)
    products = st.lists(atoms, min_size=1, max_size=3).map(lambda factors: sympy.Mul(*factors))
    return st.lists(products, min_size=1, max_size=3).map(lambda terms: sympy.Add(*terms))


def reduced(e: sympy.Expr) -> sympy.Expr:
    """0 for a rational function that is 0, nan for one that divides by 0, and something else for others."""
    numerator, denominator = map(sympy.expand, sympy.fraction(sympy.together(e)))
    return sympy.nan if denominator == 0 or numerator.has(sympy.zoo, sympy.nan) else numerator


def at(e: sympy.Expr) -> sympy.Expr:
    """30 digits at a point where everything above is real."""
    return e.subs({a: sympy.Rational(7, 5), b: sympy.Rational(3, 11), c: sympy.Rational(5, 3)}).evalf(30)


def close(left: sympy.Expr, right: sympy.Expr) -> bool:
    x, y = at(left), at(right)
    return bool(abs(x - y) <= sympy.Float("1e-22", 30) * (1 + abs(x)))


# -- the ring ----------------------------------------------------------------------------------------------------------


@given(u=values(), v=values(), w=values())
def test_arithmetic_is_that_of_sympy(u: sympy.Expr, v: sympy.Expr, w: sympy.Expr) -> None:
    x, y, z = map(element, (u, v, w))
    assert close(expression(x * y - z), u * v - w)
    assert close(expression(x + 2 * y - flint.fmpq(1, 3)), u + 2 * v - sympy.Rational(1, 3))
    assert close(expression(-(1 - x) * flint.fmpq(2, 7)), (u - 1) * sympy.Rational(2, 7))


@given(u=values(), v=values(), w=values())
@example(u=sympy.sqrt(a + b), v=sympy.sqrt(a + b), w=1 / (a + b))
@example(u=(a + b) ** sympy.Rational(3, 2), v=1 / (a + b), w=sympy.sqrt(a + b))
def test_ring_axioms(u: sympy.Expr, v: sympy.Expr, w: sympy.Expr) -> None:
    x, y, z = map(element, (u, v, w))
    assert x + y == y + x
    assert x * y == y * x
    assert (x + y) - y == x
    assert x * (y + z) == x * y + x * z
    assert vanishes((x * y) * z - x * (y * z))
    assert vanishes(element(u * v) - x * y)
    assert vanishes(element(sympy.expand(u * w)) - x * z)
    assert x * 0 == 0
    assert x * 1 == x + 0 == x


@given(u=values(), exponent=st.integers(-3, 4))
def test_powers_are_repeated_products(u: sympy.Expr, exponent: int) -> None:
    x = element(u)
    assume(not vanishes(x) and abs(at(u)) > 1e-6)
    product: Any = 1
    for _ in range(abs(exponent)):
        product = product * x
    assert vanishes(power(x, exponent) * product - 1 if exponent < 0 else power(x, exponent) - product)
    assert close(expression(power(x, exponent)), u**exponent)


@given(u=values())
def test_values_survive_the_way_through_sympy(u: sympy.Expr) -> None:
    x = element(u)
    assert element(expression(x)) == x
    assert not isinstance(x, Symbolic) or x.terms
    if isinstance(x, Symbolic):
        assert set(x.terms) != {()}
        assert vanishes(added_up(x.ordered()) - x)


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (sympy.sqrt(8) * sympy.sqrt(2), 4),
        (sympy.sqrt(2) * sympy.sqrt(3) - sympy.sqrt(6), 0),
        ((sympy.sqrt(2) + sympy.sqrt(3)) ** 2, 5 + 2 * sympy.sqrt(6)),
        (1 / (1 + sympy.sqrt(2)), sympy.sqrt(2) - 1),
        (sympy.sqrt(sympy.Rational(2, 27)), sympy.sqrt(6) / 9),
        (sympy.exp(a + b) * sympy.exp(-a), sympy.exp(b)),
        (sympy.exp(a / 2) ** 2, sympy.exp(a)),
        (sympy.exp((a + b) ** 2), sympy.exp(a**2) * sympy.exp(2 * a * b) * sympy.exp(b**2)),
        (sympy.exp(half) ** 2, sympy.E),
        (2 ** (a + 1), 2 * 2**a),
        ((2**a) ** 2, 2 ** (2 * a)),
        (a ** (b + 2) / a**b, a**2),
        (sympy.sqrt(a + b) ** 3, a * sympy.sqrt(a + b) + b * sympy.sqrt(a + b)),
        (a / sympy.sqrt(a + b) + b / sympy.sqrt(a + b), sympy.sqrt(a + b)),
        (1 / (a**2 - b**2), 1 / ((a - b) * (a + b))),
        (1 / (2 * a + 2 * b), half / (a + b)),
        (1 / (a / (a + b) + b / (a + b)), 1),
        (1 / (1 / a + 1 / b), a * b / (a + b)),
        (1 / (sympy.exp(-a) + 1), sympy.exp(a) / (sympy.exp(a) + 1)),
        (1 / (1 + 1 / (1 + 1 / a)), (a + 1) / (2 * a + 1)),
    ],
)
def test_the_same_value_written_twice(value: Any, same: Any) -> None:
    x, y = element(sympy.sympify(value)), element(sympy.sympify(same))
    assert vanishes(x - y)
    assert not vanishes(x - y + element(c))
    assert not vanishes(x - y + 1)


def test_minus_one_and_minus_two_stay_apart() -> None:
    assert hash(-1) == hash(-2)
    x = element(a)
    pairs: list[tuple[Any, Any]] = [
        (-1 * x, -2 * x),
        (reciprocal(x), reciprocal(x * x)),
        (base_power(a, -1), base_power(a, -2)),
        (element(1 / (a + b)), element(1 / (a + b) ** 2)),
        (element(sympy.exp(-a)), element(sympy.exp(-2 * a))),
        (element(2**-a), element(2 ** (-2 * a))),
    ]
    for one, two in pairs:
        assert one != two
        assert not vanishes(one - two)
        assert number_or_expression(one) != number_or_expression(two)
    assert substituted(pairs[1][0] + pairs[1][1], {a: flint.fmpq(-2)}.get) == flint.fmpq(-1, 4)


def test_numbers_come_out_as_numbers() -> None:
    x = element(a)
    for value in (x - x + 3, x * reciprocal(x) * 3, element(sympy.sqrt(9))):
        assert isinstance(value, flint.fmpq)
        assert number_or_expression(value) == 3
        assert type(number_or_expression(value)) is int
    assert number_or_expression(element(half)) == Fraction(1, 2)
    assert number_or_expression(x) is a
    assert (x == 3, x == Fraction(1, 2), x == element(a), x == "a") == (False, False, True, False)


# -- is it zero? -------------------------------------------------------------------------------------------------------


@given(u=rational_functions(), v=rational_functions(), rewritten=st.sampled_from(["together", "factor", "apart", "cancel", "no"]))
@example(u=a / (a + b) + b / (a + b), v=sympy.Integer(1), rewritten="no")
@example(u=1 / (a / (a + b) + b / (a + b)), v=sympy.Integer(1), rewritten="no")
def test_zero_is_decided_for_rational_functions(u: sympy.Expr, v: sympy.Expr, rewritten: str) -> None:
    assume(not (u.has(sympy.zoo, sympy.nan) or v.has(sympy.zoo, sympy.nan)))
    if rewritten != "no":
        try:
            v = {"apart": lambda e: sympy.apart(e, a)}.get(rewritten, getattr(sympy, rewritten))(u)
        except (ZeroDivisionError, NotImplementedError):
            assume(False)
    zero = reduced(u - v)
    if zero is sympy.nan:
        with pytest.raises(InvalidArgument, match="A value must not be divided by zero"):
            vanishes(element(u) - element(v))
        return
    assert vanishes(element(u) - element(v)) == (zero == 0)


@given(u=rational_functions())
def test_a_reciprocal_is_one(u: sympy.Expr) -> None:
    assume(not u.has(sympy.zoo, sympy.nan))
    zero = reduced(u)
    assume(zero is not sympy.nan)
    if zero == 0:
        with pytest.raises(InvalidArgument, match="A value must not be divided by zero"):
            reciprocal(element(u))
    else:
        assert vanishes(reciprocal(element(u)) * element(u) - 1)
        assert vanishes(reciprocal(reciprocal(element(u))) - element(u))


@given(u=values(), v=values())
def test_what_vanishes_is_zero(u: sympy.Expr, v: sympy.Expr) -> None:
    for difference in (element(u) - element(v), element(u) - element(sympy.together(u)), element(u * (v + 1)) - element(u * v)):
        number = at(expression(difference))
        if vanishes(difference):
            assert abs(number) < 1e-20
        else:
            assert abs(number) > 1e-20


# -- printing ----------------------------------------------------------------------------------------------------------

_PRINT = """
import sys, sympy
from symwick.algebra.symbolic import reciprocal
from symwick.algebra.symbolic_reading import element
from symwick.circuits.closed_form import ClosedForm
names = sys.argv[1]
for name in names:
    element(sympy.Symbol(name)), element(sympy.exp(sympy.Symbol(name)))
a, b, c, d = sympy.symbols("a b c d")
first = [sympy.sqrt(2), sympy.pi, sympy.log(2), 1/(a + b), sympy.sqrt(c + d), sympy.exp(a*b), 3**c, sympy.sqrt(3)]
for e in first if names[0] == "a" else first[::-1]:
    element(e)
for e in [
    (a + b + c + d)**3, (sympy.exp(a) + sympy.exp(b*c) + sympy.sqrt(6) + sympy.pi)**2 / (d - c + b),
    (sympy.sqrt(c + d) + sympy.log(2) - 3**c)*(1/(b + a) - 1/(b*c - d)), sympy.exp(a + b/2 - c*d)/sympy.sqrt(3),
]:
    value = element(e)
    print(value, value.ordered(), value.bases(), reciprocal(value))
    print(ClosedForm.of(e, ["a", "c"]).terms(), ClosedForm.of(e, "c").simplify())
"""


def test_printing_depends_on_the_value_alone() -> None:
    def printed(seed: str, names: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", _PRINT, names]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    expected = printed("1", "abcd")
    assert expected.count("\n") == 8
    assert printed("2", "dcba") == expected


# -- what is refused ---------------------------------------------------------------------------------------------------


FLOAT = "Only exact expressions have exact values, not the float "


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: element(sympy.Float(0.5)), InexactError, FLOAT + "0.500000000000000."),
        (lambda: element(a + 0.5), InexactError, FLOAT + "0.500000000000000."),
        (lambda: element(sympy.exp(0.5 * a)), InexactError, FLOAT + "0.500000000000000."),
        (lambda: element(a**0.5), InexactError, FLOAT + "0.500000000000000."),
        (lambda: element(sympy.log(a + 0.25)), InexactError, FLOAT + "0.250000000000000."),
        (lambda: element(sympy.oo), InvalidArgument, "A value must be a finite real number, not oo."),
        (lambda: element(-sympy.oo), InvalidArgument, "A value must be a finite real number, not -oo."),
        (lambda: element(sympy.zoo), InvalidArgument, "A value must be a finite real number, not zoo."),
        (lambda: element(sympy.nan), InvalidArgument, "A value must be a finite real number, not nan."),
        (lambda: element(sympy.I), InvalidArgument, "A value must be a finite real number, not I."),
        (lambda: element(a + 2 * sympy.I), InvalidArgument, "A value must be a finite real number, not a + 2*I."),
        (lambda: element(sympy.exp(sympy.I)), InvalidArgument, "A value must be a finite real number, not exp(I)."),
        (lambda: element(sympy.sqrt(-2)), InvalidArgument, "A value must be a finite real number, not sqrt(2)*I."),
        (lambda: element(sympy.Integer(-8) ** sympy.Rational(1, 3)), InvalidArgument, "A value must be real, not (-1)**(1/3)."),
        (lambda: element(sympy.asin(2)), InvalidArgument, "A value must be a finite real number, not asin(2)."),
        (lambda: element(sympy.true), InvalidArgument, "A value must be a finite real number, not True."),
        (lambda: reciprocal(flint.fmpq(0)), InvalidArgument, "A value must not be divided by zero."),
        (lambda: power(element(a) - element(a), -2), InvalidArgument, "A value must not be divided by zero."),
        (lambda: reciprocal(element(a / (a + b) + b / (a + b)) - 1), InvalidArgument, "A value must not be divided by zero."),
        (lambda: substituted(element(1 / a), {a: flint.fmpq(0)}.get), InvalidArgument, "A value must not be divided by zero."),
        (lambda: substituted(element(sympy.sqrt(a)), {a: flint.fmpq(-2)}.get), InvalidArgument,
         "A value must be a finite real number, not sqrt(2)*I."),
    ],
)  # fmt: skip
def test_what_is_refused(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


def test_caches_do_not_take_one_for_true_or_two_for_a_float() -> None:
    assert element(sympy.Integer(1)) == 1
    assert element(sympy.Integer(2)) == 2
    with pytest.raises(InvalidArgument, match="not True"):
        element(sympy.true)
    with pytest.raises(InexactError, match=r"not the float 2\.0"):
        element(sympy.Float(2.0))
    with pytest.raises(InexactError, match=r"not the float 2\.0"):
        element(a ** sympy.Float(2.0))
    assert element(a**2) == element(a) * element(a)


# -- replacing bases ---------------------------------------------------------------------------------------------------


@given(f=polynomials([a, b]), value=polynomials([b, c], max_terms=2, max_exponent=1))
def test_replacing_agrees_with_sympy(f: sympy.Expr, value: sympy.Expr) -> None:
    replaced = substituted(element(f), {a: element(value)}.get)
    assert vanishes(replaced - element(sympy.expand(f.subs(a, value))))


def test_roots_are_replaced_as_well() -> None:
    x = element(sympy.sqrt(a) + a ** sympy.Rational(-3, 2) + b)
    assert substituted(x, {a: flint.fmpq(4), b: element(c)}.get) == element(c) + Fraction(17, 8)
    assert substituted(x, {a: element(c**2)}.get) == element(sympy.sqrt(c**2) + (c**2) ** sympy.Rational(-3, 2) + b)
