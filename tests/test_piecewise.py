"""Means of piecewise polynomials of a uniform variable: against sympy's integrals and against integrals cut by hand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Abs, Heaviside, Max, Min, Piecewise, Rational, sign

import symwick as sw
from symwick.decompose.piecewise import integral, pieces
from tests.refusals import refuses

x, y, a, b = sympy.symbols("x y a b")


def mean(f: Any, low: Any = 0, high: Any = 1) -> sw.ClosedForm:
    return sw.expectation(f, sw.Independent({"x": sw.Uniform(low, high)}))


@pytest.mark.parametrize(
    ("f", "low", "high", "expected"),
    [
        (Abs(4 * x - 2), 0, 1, 1),
        (Abs(4 * x - 2) ** 2, 0, 1, Rational(4, 3)),
        (Abs(4 * x - 2) * x, 0, 1, Rational(1, 2)),
        (Abs(x) ** 3, -1, 2, Rational(17, 12)),
        (Max(x, Rational(1, 2)), 0, 1, Rational(5, 8)),
        (Min(x, x**2), 0, 2, Rational(11, 12)),
        (Max(x, -x, Rational(1, 2)), -1, 1, Rational(5, 8)),
        (sign(x - Rational(1, 4)), 0, 1, Rational(1, 2)),
        (sign(x) * x, -1, 1, Rational(1, 2)),
        (Heaviside(x - Rational(1, 3)), 0, 1, Rational(2, 3)),
        (Heaviside(x) * x**2, -1, 1, Rational(1, 6)),
        (Piecewise((x, x < Rational(1, 2)), (1 - x, True)), 0, 1, Rational(1, 4)),
        (Piecewise((1, (x > 1) & (x <= 2)), (0, True)), 0, 4, Rational(1, 4)),
        (Piecewise((1, (x < 1) | ~(x < 3)), (0, True)), 0, 4, Rational(1, 2)),
        (Piecewise((5, sympy.Eq(x, 1)), (1, sympy.Ne(x, 2)), (7, True)), 0, 4, 1),
        (Piecewise((1, x**2 < 4), (0, True)), -4, 4, Rational(1, 2)),
        (Piecewise((1 / x, x < -1), (x, True)), 0, 1, Rational(1, 2)),  # no case that never holds is looked at
        (Abs(Abs(x) - 1), -2, 2, Rational(1, 2)),
        (Abs((x**2 - 2) ** 2 * (x - 1)), 0, 2, None),  # touches 0 at the root of 2, changes its sign at 1 only
        (Abs(x**2 - 2), 0, 1, Rational(5, 3)),  # an irrational root outside
        (Abs(x**3 - x), -2, 2, Rational(5, 4)),
        (a * Abs(x) + b, -1, 1, a / 2 + b),
        ((Abs(4 * x - 2) + a) / (1 + a), 0, 1, 1),
        ((Abs(x) + a) ** 2, -1, 1, Rational(1, 3) + a + a**2),
        (Piecewise((a * x, x < 0), (b * x, True)), -1, 1, (b - a) / 4),
        (Abs(x) * sympy.pi, -1, 1, sympy.pi / 2),
    ],
    ids=str,
)
def test_means(f: sympy.Expr, low: int, high: int, expected: Any) -> None:
    if expected is None:
        real = sympy.Symbol("x", real=True)
        g = (real**2 - 2) ** 2 * (real - 1)
        expected = (sympy.integrate(g, (real, 1, 2)) - sympy.integrate(g, (real, 0, 1))) / (high - low)
    assert mean(f, low, high) == expected


@pytest.mark.parametrize("f", [
    Abs(2 * x - 1) * Max(x, Rational(1, 3)), Min(x, Rational(1, 4)) * (x - 2) ** 2, Abs(x - Rational(1, 5)) ** 3 * x,
    Max(x, 1 - x) ** 2, Piecewise((x**2, x < Rational(1, 3)), (2, x < Rational(2, 3)), (x, True)),
])  # fmt: skip
def test_against_sympy(f: sympy.Expr) -> None:
    real = sympy.Symbol("x", real=True)
    g = f.subs(x, real).rewrite(Piecewise)
    assert mean(f) == sympy.nsimplify(sympy.integrate(g, (real, 0, 1)))


RATIONALS = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 3))
KINDS: dict[str, tuple[Callable[[sympy.Expr], sympy.Expr], Callable[[Fraction, Fraction], Fraction]]] = {
    "abs": (Abs, lambda u, t: abs(u)),
    "max": (lambda e: Max(e, x), max),
    "min": (lambda e: Min(e, 1), lambda u, t: min(u, Fraction(1))),
    "sign": (sign, lambda u, t: Fraction((u > 0) - (u < 0))),
    "step": (Heaviside, lambda u, t: Fraction(u > 0)),
}
"""Each kind of factor as an expression of a linear function u(x), and as a function of the numbers u and x."""


def of_polynomial(g: Callable[[Fraction], Fraction], left: Fraction, right: Fraction, degree: int) -> Fraction:
    """∫ g for a polynomial of at most that degree, from its values at inner points: Lagrange's polynomials integrated."""
    nodes = [Fraction(k, degree + 2) for k in range(1, degree + 2)]
    total = Fraction(0)
    for i, node in enumerate(nodes):
        basis = [Fraction(1)]  # coefficients by exponent
        for j, other in enumerate(nodes):
            if i != j:
                raised, lowered = [Fraction(0), *basis], [c * other for c in basis] + [Fraction(0)]
                basis = [(u - v) / (node - other) for u, v in zip(raised, lowered, strict=True)]
        total += g(left + (right - left) * node) * sum(c / (k + 1) for k, c in enumerate(basis))
    return total * (right - left)


@given(
    parts=st.lists(st.tuples(st.sampled_from(sorted(KINDS)), RATIONALS, RATIONALS), min_size=1, max_size=3),
    ends=st.tuples(RATIONALS, RATIONALS),
    power=st.integers(0, 2),
)
@settings(max_examples=40)
def test_products_cut_by_hand(parts: list[Any], ends: tuple[Fraction, Fraction], power: int) -> None:
    """Between neighbouring breakpoints the product is a polynomial of known degree, which its values determine."""
    low, high = min(ends), max(ends)
    assume(low < high)
    assume(not any(kind == "step" and not s and not c for kind, s, c in parts))  # Heaviside(0) everywhere is 1/2

    def linear(slope: Fraction, constant: Fraction) -> sympy.Expr:
        return Rational(slope.numerator, slope.denominator) * x + Rational(constant.numerator, constant.denominator)

    def g(t: Fraction) -> Fraction:
        value = t**power
        for kind, s, c in parts:
            value *= KINDS[kind][1](s * t + c, t)
        return value

    cuts = {low, high}
    for kind, s, c in parts:
        s, c = (s - 1, c) if kind == "max" else (s, c - 1) if kind == "min" else (s, c)
        if s and low < -c / s < high:
            cuts.add(-c / s)
    total = sum((of_polynomial(g, u, v, power + len(parts)) for u, v in pairwise(sorted(cuts))), Fraction(0))
    f = sympy.Mul(x**power, *(KINDS[kind][0](linear(s, c)) for kind, s, c in parts))
    assert mean(f, low, high).value == total / (high - low)


def test_pieces_lie_side_by_side() -> None:
    found = pieces(Max(Abs(x), Rational(1, 2)) * sign(x), x, Fraction(-1), Fraction(1))
    assert found is not None
    assert [(left, right) for left, right, _ in found] == [
        (-1, Fraction(-1, 2)), (Fraction(-1, 2), 0), (0, Fraction(1, 2)), (Fraction(1, 2), 1)
    ]  # fmt: skip


@pytest.mark.parametrize("f", [
    Abs(x**2 - Rational(1, 2)), Abs(x - a), Max(x, a), Abs(a * x), Piecewise((x, a > 0), (0, True)), Abs(x - sympy.pi / 4),
    Piecewise((x, x < Rational(1, 2))), Abs(x) ** Rational(1, 2), sympy.log(Abs(x) + 1), 1 / (Abs(x) + 1),
    sympy.exp(Abs(2 * x - 1)),
])  # fmt: skip
def test_what_is_refused(f: sympy.Expr) -> None:
    assert integral(f, x, Fraction(0), Fraction(1)) is None
    with pytest.raises(sw.NoClosedForm, match="under Uniform\\(0, 1\\) as x has no closed form that symwick knows"):
        mean(f)


def test_symbolic_bounds_and_other_laws_are_refused() -> None:
    for marginal in (sw.Uniform("l", "h"), sw.Uniform(0, sympy.pi), sw.Normal(), sw.Exponential(1)):
        with pytest.raises(sw.NoClosedForm, match="The mean of Abs\\(x - 1\\) under "):
            sw.expectation(Abs(x - 1), sw.Independent({"x": marginal}))


def test_the_value_at_a_jump_counts_only_on_a_whole_piece() -> None:
    assert mean(Heaviside(x - Rational(1, 2), 17)) == Rational(1, 2)
    assert mean(Heaviside(Max(x, Rational(1, 2)) - Rational(1, 2), 17)) == 9  # 17 on one half, 1 on the other


def test_mixtures_and_variables_side_by_side() -> None:
    law = sw.Independent({"x": sw.Mixture([("1/3", sw.Uniform(0, 1)), ("2/3", sw.Uniform(-1, 1))]), "y": sw.Uniform(0, 2)})
    assert sw.expectation(Abs(x) * Max(y, 1), law) == Rational(1, 2) * Rational(5, 4)
    assert sw.expectation(sign(x) * Abs(y - 1), law) == Rational(1, 6)


def test_the_decomposition_of_the_sobol_g_function() -> None:
    names = sympy.symbols("x1:4")
    weights = [0, Rational(1, 2), a]  # with a parameter; 1 and a/(1 + a) + 1/(1 + a) are one number, decided when asked
    f = sympy.Mul(*((Abs(4 * v - 2) + c) / (1 + c) for v, c in zip(names, weights, strict=True)))
    law = sw.Independent({v: sw.Uniform(0, 1) for v in names})
    terms = sw.gwpd(f, law)
    assert terms[()] == 1
    assert len(terms) == 8
    for key, form in terms.items():
        known = sympy.Mul(*((Abs(4 * v - 2) - 1) / (1 + c) for v, c in zip(names, weights, strict=True) if v in key))
        assert form == known
    assert terms.check()
    assert terms[names[:2]].subs({"a": 3}).at({names[0]: 0, names[1]: 1}) == Fraction(2, 3)


# -- bare names in conditions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "same"),
    [
        (sympy.Piecewise((1, sympy.And(*sympy.symbols("a b"))), (0, True)), lambda a, b: a * b),
        (
            sympy.Piecewise((sympy.Symbol("a") + 2, sympy.Or(*sympy.symbols("a b"))), (5, True)),
            lambda a, b: a + 2 if a or b else 5,
        ),
        (sympy.Piecewise((sympy.Symbol("b"), sympy.Symbol("a")), (7, True)), lambda a, b: b if a else 7),
        (
            sympy.Piecewise((sympy.Piecewise((1, sympy.Symbol("b")), (2, True)), sympy.Not(sympy.Symbol("a"))), (3, True)),
            lambda a, b: 3 if a else 1 if b else 2,
        ),
        (
            sympy.Symbol("b") * sympy.Piecewise((1, sympy.Xor(*sympy.symbols("a b"))), (4, True)),
            lambda a, b: b * (1 if a != b else 4),
        ),
    ],
    ids=["and", "or", "name", "nested", "inside a product"],
)
def test_a_bare_name_in_a_condition_is_a_bit_that_is_1(f: sympy.Expr, same: Any) -> None:
    law = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["a", "b"])
    terms, others = sw.gwpd(f, law), sw.gwpd(same, law)
    for a in (0, 1):
        for b in (0, 1):
            point = {"a": a, "b": b}
            assert dict(terms.at(point)) == {key: value for key, value in others.at(point).items() if key in terms}
    assert terms.check().ok
    assert str(terms)  # every term can be written out
    three = sw.Independent({"a": sw.DiscreteUniform(0, 2), "b": sw.Bernoulli("1/2")})
    sentence = "Argument 'f' uses a as a truth value, but its values are 0, 1, 2, not 0 and 1."
    refuses(sw.InvalidArgument, sentence, lambda: sw.gwpd(f, three))
