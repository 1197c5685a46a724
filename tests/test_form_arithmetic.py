"""Forms add, multiply and divide as functions do, and keep what is known of them."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.closed_form import ClosedForm
from symwick.testing.strategies import polynomials

x, y, a = sympy.symbols("x y a")
UNKNOWN = sw.Moments([x, y])


@given(f=polynomials([x, y, a]), g=polynomials([x, y]), at=st.tuples(*[st.fractions(-3, 3, max_denominator=4)] * 3))
def test_values_are_those_of_the_operations(
    f: sympy.Expr, g: sympy.Expr, at: tuple[Fraction, Fraction, Fraction]
) -> None:
    left, right = ClosedForm.of(f, [x, y]), ClosedForm.of(g, [x, y])
    point, number = {x: at[0], y: at[1]}, {a: at[2]}

    def value(form: ClosedForm) -> Fraction:
        return Fraction((form.subs(number) if a in form.parameters else form).at(point))

    u, v = value(left), value(right)
    assert value(left + right) == value(right + left) == u + v
    assert value(left - right) == u - v
    assert value(left * right) == u * v
    assert value(-left) == -u
    assert value(left**3) == u**3
    assert value(2 - left) == 2 - u
    assert value("1/2" * left + g) == u / 2 + v
    if v:
        assert value(left / right) == u / v
        assert value(1 / right) == value(right**-1) == 1 / v
    assert (left - left).variables == ()
    assert left + right == f + g


def test_the_parts_of_an_identity() -> None:
    wick, average = sw.gwp(x * y, UNKNOWN), sw.gcp(x * y, UNKNOWN)
    assert str(wick + average) == "(x - E[x])*(y - E[y])"
    assert str(-average) == "-Cov(x, y)"
    assert wick + average == "(x - E[x])*(y - E[y])"
    assert str(x * average) == "x*Cov(x, y)"
    assert (x * average).variables == (x,)
    law = sw.Independent({x: sw.Normal("m", "s"), y: sw.Bernoulli("p")})
    both = sw.expectation(x**2, law) + sw.expectation("t", sw.Exponential("r").named("t"))
    r, s, p = sympy.symbols("r s p")
    assert set(both.assumptions) == {r > 0, s >= 0, p >= 0, p <= 1}


def test_a_grid_stays_a_grid() -> None:
    law = sw.Finite({(0, 1): "1/2", (2, 5): "1/2"}, [x, y])
    on_grid = sw.gwp(lambda u, v: u * v, law)
    total = on_grid + x * y
    assert total.at({x: 2, y: 5}) == on_grid.at({x: 2, y: 5}) + 10
    with pytest.raises(sw.InvalidArgument, match=r"^Argument 'point' must lie on the grid on which f is known: x is one of"):
        total.at({x: 1, y: 5})


def test_what_is_refused() -> None:
    form = sw.gcp(x * y, UNKNOWN)
    with pytest.raises(sw.InexactError, match=r"^Argument 'other' must be exact, not the float 0\.5\."):
        form + 0.5
    with pytest.raises(sw.InvalidArgument, match=r"^Argument 'exponent' must be an integer, not Fraction\(1, 2\)\.$"):
        form ** Fraction(1, 2)  # type: ignore[operator]
    with pytest.raises(sw.InvalidArgument):
        form / 0


def test_numbers_must_keep_what_is_assumed() -> None:
    law = sw.Independent({x: sw.Normal("m", "s"), y: sw.Bernoulli("p")})
    form = sw.expectation(x**2 * y, law)
    p, s, q = sympy.symbols("p s q")
    assert form.assumptions == (s >= 0, p >= 0, p <= 1)
    assert form.subs({p: "1/3"}).assumptions == (s >= 0,)
    assert form.subs({p: "q/2"}).assumptions == (s >= 0, q / 2 >= 0, q / 2 <= 1)
    assert form.subs({"m": 1}).assumptions == form.assumptions
    with pytest.raises(sw.InvalidArgument) as error:
        form.subs({p: 2, "m": 0})
    assert str(error.value) == "Argument 'changes' must keep the assumption p <= 1, which is false at p = 2."
