"""Expressions as text: what people type, what files hold, and what is refused."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.circuits.expressions import parse_expression, read_expression, write_expression
from symwick.errors import FormatError, InexactError
from symwick.testing.strategies import polynomials

x, y = sympy.symbols("x y")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1*x", x / 10),
        ("x**2 - 3/4*y", x**2 - sympy.Rational(3, 4) * y),
        ("E + I + pi", sum(sympy.symbols("E I pi"))),
        ("max(x, y) + abs(-x)", sympy.Max(x, y) + sympy.Abs(x)),
        ("x & ~y", sympy.And(x, sympy.Not(y))),
        ("x ^ y", sympy.Xor(x, y)),
        ("0 < x <= 1", sympy.And(sympy.Lt(0, x), sympy.Le(x, 1))),
        ("Piecewise((1, x > 2), (0, True))", sympy.Piecewise((1, x > 2), (0, True))),
    ],
)
def test_what_people_type(text: str, expected: sympy.Basic) -> None:
    assert parse_expression(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x +", "column"),
        ("__import__('os').system('true')", "must call known functions"),
        ("x.__class__", "must consist of numbers"),
        ("[x for x in y]", "must consist of numbers"),
        ("lambda: 0", "must consist of numbers"),
        ("'text'", "must hold exact numbers only"),
        ("1j*x", "must"),
        ("x**100000", "must have exponents of at most 10,000"),
        ("1/0", "must have one finite value"),
        ("foo(x)", "must call known functions"),
        ("(x, y)", "must have one finite value"),
        ("-" * 250 + "x", "must be nested at most 200 deep"),
        ("x" * 200_000, "at most 100,000 characters"),
        ("1e99999", "exponents of at most 4 digits"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_expression(text)


@given(expression=polynomials([x, y, "E", "pi"]))
def test_files_bring_polynomials_back(expression: sympy.Expr) -> None:
    assert read_expression(write_expression(expression)) == expression


@pytest.mark.parametrize(
    "expression",
    [
        sympy.exp(1) * sympy.Symbol("E"),
        sympy.Piecewise((x, x > 2), (sympy.sqrt(2), True)),
        sympy.Max(x, y) / (1 + sympy.pi),
        sympy.And(x > 0, sympy.Ne(y, 1)),
        sympy.Symbol("a name with 'quotes'"),
    ],
)
def test_files_bring_everything_back(expression: sympy.Basic) -> None:
    assert read_expression(write_expression(expression)) == expression


def test_floats_are_not_written() -> None:
    with pytest.raises(InexactError, match="Only exact expressions"):
        write_expression(sympy.Float(0.5) * x)


@given(text=st.text(max_size=40))
def test_no_text_gets_through_but_as_an_expression_or_a_named_error(text: str) -> None:
    for read in (parse_expression, read_expression):
        try:
            result = read(text)
        except FormatError:
            continue
        assert isinstance(result, sympy.Basic)
