"""Expressions as text: what people type, what files hold, and what is refused."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.expressions import parse_expression, read_expression, write_expression
from symwick.circuits.moment_names import cumulant_symbol, moment_symbol
from symwick.decompose.wick import expectation, gwp
from symwick.distributions.law import Law
from symwick.distributions.unspecified import Cumulants, Moments
from symwick.errors import FormatError, InexactError
from symwick.testing.strategies import polynomials
from tests.refusals import refuses

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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E[x]", moment_symbol({x: 1})),
        ("E[x**2*y]", moment_symbol({x: 2, y: 1})),
        ("E[y*x*x]", moment_symbol({x: 2, y: 1})),
        ("E[x10*x2]", sympy.Symbol("E[x2*x10]")),
        ("κ[x,x,y]", cumulant_symbol([x, x, y])),
        ("κ[y, x, x]", cumulant_symbol([x, x, y])),
        ("κ[x]", sympy.Symbol("κ[x]")),
        ("E[x]**2*E", sympy.Symbol("E[x]") ** 2 * sympy.Symbol("E")),
        ("Var(x)", sympy.Symbol("E[x**2]") - sympy.Symbol("E[x]") ** 2),
        ("Cov(x, y)", sympy.Symbol("E[x*y]") - sympy.Symbol("E[x]") * sympy.Symbol("E[y]")),
        ("Cov(y, x)", sympy.Symbol("E[x*y]") - sympy.Symbol("E[x]") * sympy.Symbol("E[y]")),
        ("Cov(x**2, x*y)", sympy.Symbol("E[x**3*y]") - sympy.Symbol("E[x**2]") * sympy.Symbol("E[x*y]")),
        ("Cov(x, x) - Var(x)", sympy.Integer(0)),
        ("μ[x,y] - Cov(x, y)", sympy.Integer(0)),
    ],
)
def test_moments_are_read_as_they_are_printed(text: str, expected: sympy.Expr) -> None:
    assert sympy.expand(parse_expression(text) - expected) == 0


def test_central_moments_are_means_of_centred_products() -> None:
    # E of (x − m)(x − m)(y − n) by the linearity of E alone, m = E[x], n = E[y]
    m, n = sympy.symbols("E[x] E[y]", seq=True)
    centred = sympy.Poly((x - m) ** 2 * (y - n), x, y)
    expected = sum(
        c * (moment_symbol({x: j, y: k}) if j + k else 1) for (j, k), c in zip(centred.monoms(), centred.coeffs(), strict=True)
    )
    assert sympy.expand(parse_expression("μ[x,x,y]") - expected) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("E[x + y]", "x + y is no product of powers of variables"),
        ("E[2*x]", "2*x is no product of powers of variables"),
        ("E[x**(1/2)]", "is no product of powers of variables"),
        ("E[1/x]", "1/x is no product of powers of variables"),
        ("E[1]", "1 is no product of powers of variables"),
        ("E[x > 0]", "x > 0 is no product of powers of variables"),
        ("E[x, y]", "must name a moment as E"),
        ("E[1:2]", "must consist of numbers"),
        ("E[]", "column"),
        ("E['x']", "must hold exact numbers only"),
        ("κ[x**2]", "must name a moment as E"),
        ("κ[x + y, x]", "must name a moment as E"),
        ("x[0]", "must name a moment as E"),
        ("E[x][y]", "must name a moment as E"),
        ("(x + y)[x]", "must name a moment as E"),
        ("Cov(x)", "cannot be read"),
        ("Cov(x, y, x)", "cannot be read"),
        ("Cov(x + 1, y)", "x + 1 is no product of powers of variables"),
        ("Cov(x**(3/2), y)", "is no product of powers of variables"),
        ("Cov(2, y)", "2 is no product of powers of variables"),
        ("Var(x > y)", "x > y is no product of powers of variables"),
        ("μ[x + y, x]", "is no product of powers of variables"),
        ("μ[" + ",".join(["x"] * 40) + "]", "must name a moment as E"),
    ],
)
def test_what_is_no_moment_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_expression(text)
    assert message in str(caught.value)
    assert str(caught.value).startswith("Expression, column ")


def test_files_hold_moments_as_symbols() -> None:
    for text in ("E[x]", "κ[x]", "Cov(Symbol('x'), Symbol('y'))", "Var(Symbol('x'))"):
        with pytest.raises(FormatError):
            read_expression(text)
    symbol = moment_symbol({x: 2, y: 1})
    assert read_expression(write_expression(symbol + 1)) == symbol + 1


@given(f=polynomials([x, y], max_terms=2, max_exponent=1))
def test_printed_products_are_read_back(f: sympy.Expr) -> None:
    law = Moments(["x", "y"])
    for form in (gwp(f, law), expectation(f, law)):
        assert form.equals(str(form))
        assert not form.equals(f"({form}) + Var(x)*E[y]")


@pytest.mark.parametrize("f", ["x", "x*y", "x**2", "x*y*z", "x**2*y", "x**3", "(x + y + z)**3"])
@pytest.mark.parametrize("law", [Moments([*"xyz"]), Cumulants([*"xyz"]), Moments([*"xyz"], groups=[[*"xy"], ["z"]])], ids=str)
def test_printed_products_of_unspecified_laws_are_read_back(f: str, law: Law) -> None:
    form = gwp(f, law)
    assert ClosedForm.of(str(form), law.variables).equals(form)
    assert ClosedForm.of(str(form.simplify()), law.variables).equals(form)


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


KNOWN = (
    "must call known functions (Abs, And, Cov, Eq, Equivalent, Heaviside, ITE, Implies, Max, Min, Mod, Ne, Not, Or, Piecewise, "
    "Rational, Var, Xor, abs, atan, binomial, ceiling, cos, cosh, exp, factorial, floor, log, max, min, sign, sin, sinh, sqrt, "
    "tan, tanh)"
)
LOGIC = "must have truth values on both sides of & | ^, which are and, or, exclusive or"
PRODUCT = "A product is written with *: 2*x, x*y."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x^2", f"column 1: {LOGIC}, not 'x^2'. A power is written **: x**2."),
        ("x^2*y", f"column 1: {LOGIC}, not 'x^2*y'. A power is written **: x**2."),
        ("1 + (x*y ^ z)", f"column 6: {LOGIC}, not 'x*y ^ z'. A power is written **: x**2."),
        ("x & 2", f"column 1: {LOGIC}, not 'x & 2'."),
        ("2x*y", f"column 1: invalid decimal literal in '2x*y'. {PRODUCT}"),
        ("x y", f"column 3: invalid syntax in 'x y'. {PRODUCT}"),
        ("2(x + y)", f"column 1: {KNOWN}, not '2(x + y)'. A product is written with *: 2*(…)."),
        ("x(y + 1)", f"column 1: {KNOWN}, not 'x(y + 1)'. A product is written with *: x*(…)."),
        ("ln(x)", f"column 1: {KNOWN}, not 'ln(x)'. The natural logarithm is log."),
        ("np.log(x)", f"column 1: {KNOWN}, not 'np.log(x)'. It is written log."),
        ("logg(x)", f"column 1: {KNOWN}, not 'logg(x)'. Perhaps log is meant."),
        ("pow(x, 2)", f"column 1: {KNOWN}, not 'pow(x, 2)'. A power is written **: x**2."),
        ("where(x > 2, y, 0)", f"column 1: {KNOWN}, not 'where(x > 2, y, 0)'. A choice is written: y if x > 2 else z."),
        ("x && y", "column 4: invalid syntax in 'x && y'. Both is written: and."),
        ("x || y", "column 4: invalid syntax in 'x || y'. At least one is written: or."),
        ("!x", "column 1: invalid syntax in '!x'. The opposite is written: not."),
        ("x = y", "column 3: invalid syntax in 'x = y'. Equality is written ==; a formula has no name, f = in front of it."),
        ("x > 2 ? y : 0", "column 7: invalid syntax in 'x > 2 ? y : 0'. A choice is written: y if x > 2 else z."),
        ("x \u2212 y", "column 3: invalid character '\u2212' (U+2212) in 'x \u2212 y'. \u2212 is written -."),
        ("x²", "column 2: invalid character '²' (U+00B2) in 'x²'. ² is written **2."),
        ("50% * x", "column 5: invalid syntax in '50% * x'. 50% is written 0.5 or 50/100; % is the remainder of a division."),
        (
            "class*x",
            "column 1: invalid syntax in 'class*x'. class is a word of the language; a variable may not be called so, and a "
            "column class is written class_.",
        ),
        (
            "price_€*x",
            "column 7: invalid character '€' (U+20AC) in 'price_€*x'. Names hold letters, digits and _ only: a column such as "
            "'price (€)' is written price.",
        ),
        ("", "column 1: invalid syntax in ''. A formula is asked for, such as 2*x + x*y."),
        (
            "df['x']",
            "column 4: must hold exact numbers only, not \"'x'\". Names stand without quotes, df['x'] is x; words of a column "
            "are numbers, 0, 1, …, by codes.",
        ),
        ("y if x + 1 else 0", "column 6: must be a condition such as x > 2 and y == 1, not 'x + 1'."),
        ("(x ^ y)*z", "column 2: must compare, as in (x == 1 and y == 1)*z, where a condition is a number, not 'x ^ y'."),
    ],
)
def test_what_other_languages_write_is_refused_with_what_is_written_here(text: str, message: str) -> None:
    refuses(FormatError, f"Expression, {message}", lambda: parse_expression(text))


def test_a_decimal_comma_in_a_formula_is_named() -> None:
    text = "An expression must have one finite value, not '0,5*x'. Decimals are written with a point: 0.5."
    refuses(FormatError, text, lambda: parse_expression("0,5*x"))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("(x > 2)*y", {(1, 5): 0, (3, 5): 5}),
        ("y - (x > 2 and y > 4)/2", {(1, 5): 5, (3, 5): sympy.Rational(9, 2), (3, 4): 4}),
        ("-(x > 2)", {(1, 5): 0, (3, 5): -1}),
        ("2**(x > 2)", {(1, 5): 1, (3, 5): 2}),
        ("y if x > 2 else x", {(1, 5): 1, (3, 5): 5}),
        ("y if x else 7", {(0, 5): 7, (2, 5): 5}),
        ("1 if x > 2 else 2 if x > 1 else 3", {(1, 0): 3, (2, 0): 2, (3, 0): 1}),
        ("x > 2 if y > 2 else y > 1", {(3, 3): 1, (1, 3): 0, (9, 2): 1, (9, 1): 0}),
    ],
)
def test_conditions_are_numbers_and_choose(text: str, values: dict[tuple[int, int], sympy.Rational]) -> None:
    read = parse_expression(text)
    assert {point: read.subs({x: point[0], y: point[1]}) for point in values} == values
