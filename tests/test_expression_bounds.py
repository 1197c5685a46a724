"""Expressions from outside: what would grow without bound is refused before it is computed, with line and caret."""

from __future__ import annotations

import pytest
import sympy

from symwick.circuits.expressions import parse_expression
from symwick.errors import FormatError
from tests.refusals import refuses

_DIGITS = "must have numbers of at most 30,000 digits"
_ARGUMENTS = "must have numbers of at most 10,000 as arguments here"


@pytest.mark.parametrize(
    ("text", "column", "rule", "piece"),
    [
        ("(10**10000)**10000", 1, _DIGITS, "(10**10000)**10000"),
        ("x*1e9999**9999", 3, _DIGITS, "1e9999**9999"),
        ("10**9999*10**9999*10**9999*10**9999", 1, _DIGITS, "10**9999*10**9999*10**9999*10**9999"),
        ("1/7**9999+1/3**9999+1/11**9999 + 1/13**9999", 1, _DIGITS, "1/7**9999+1/3**9999+1/11**9999 + 1/13**9999"),
        ("x**10001", 1, "must have exponents of at most 10,000", "x**10001"),
        ("x**exp(10)", 1, "must have exponents of at most 10,000", "x**exp(10)"),
        ("sqrt(10**9999 + 1)", 1, "must have roots of numbers of at most 300 digits", "sqrt(10**9999 + 1)"),
        ("(10**9999)**(1/2)", 1, "must have roots of numbers of at most 300 digits", "(10**9999)**(1/2)"),
        ("floor(exp(exp(50)))", 7, _ARGUMENTS, "exp(exp(50))"),
        ("floor(exp(9999)**9999)", 7, _DIGITS, "exp(9999)**9999"),
        ("factorial(10**9)", 1, _ARGUMENTS, "factorial(10**9)"),
        ("binomial(10**9, 5*10**8)", 1, _ARGUMENTS, "binomial(10**9, 5*10**8)"),
        ("max(" + ", ".join(f"x{i}" for i in range(65)) + ")", 1, "must compare at most 64 values",
         ("max(" + ", ".join(f"x{i}" for i in range(65)) + ")")[:60]),
    ],
)  # fmt: skip
def test_what_would_grow_without_bound(text: str, column: int, rule: str, piece: str) -> None:
    refuses(FormatError, f"Expression, column {column}: {rule}, not {piece!r}.", lambda: parse_expression(text))


def test_large_numbers_within_the_bounds() -> None:
    assert parse_expression("10**10000") == sympy.Integer(10) ** 10_000
    assert parse_expression("x*10**9999*10**9999") == sympy.Symbol("x") * sympy.Integer(10) ** 19_998
    assert parse_expression("factorial(1000)") == sympy.factorial(1000)


def test_long_sums_and_products_are_not_deep() -> None:
    n = 700
    x = [sympy.Symbol(f"x{i}") for i in range(n)]
    assert parse_expression(" + ".join(map(str, x))) == sympy.Add(*x)
    assert parse_expression("1/2" + "".join(f" - 2*{v}" for v in x)) == sympy.Add(
        sympy.Rational(1, 2), *(-2 * v for v in x)
    )
    assert parse_expression("3*" + "*".join(map(str, x))) == sympy.Mul(3, *x)
    refuses(
        FormatError,
        "Expression, column 1: must have shorter chains of operations: put parentheses around parts of it.",
        lambda: parse_expression("+".join("x" for _ in range(20_000))),
    )


def test_a_long_sum_with_a_truth_value_is_read_as_a_short_one_is() -> None:
    long = " + ".join(f"x{i}" for i in range(40))
    assert parse_expression(f"{long} + True") == parse_expression(f"{long} + 1")
    assert parse_expression("x0 + True") == parse_expression("x0 + 1")


@pytest.mark.parametrize(
    ("text", "sentence", "shown"),
    [
        ("x + ", "Expression, column 4: must go on after 'x +'.", "    x +\n       ^"),
        ("x + * y", "Expression, column 5: invalid syntax in 'x + * y'.", "    x + * y\n        ^"),
        ("  x + f(y)", "Expression, column 7: must call known functions", "      x + f(y)\n          ^"),
        ("κ*E[x] + 'a'", "Expression, column 10: must hold exact numbers only", "    κ*E[x] + 'a'\n             ^"),
        (
            "x +  # the first\n  y*'a'",
            "Expression, line 2, column 5: must hold exact numbers only",
            "      y*'a'\n        ^",
        ),
    ],
)
def test_the_note_shows_the_line_and_a_caret(text: str, sentence: str, shown: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_expression(text)
    assert str(caught.value).startswith(sentence)
    assert caught.value.__notes__ == [shown]


def test_expressions_over_several_lines_with_comments() -> None:
    text = "# the score\n2*x   # first\n  + y\n"
    assert parse_expression(text) == 2 * sympy.Symbol("x") + sympy.Symbol("y")


def test_the_place_of_a_fault_in_a_file() -> None:
    refuses(
        FormatError,
        "f.txt, line 2, column 3: must hold exact numbers only, not \"'a'\". Names stand without quotes, df['x'] is x; words of "
        "a column are numbers, 0, 1, …, by codes.",
        lambda: parse_expression("x +\n  'a'", where="f.txt"),
    )


def test_a_long_line_is_cut_around_the_caret() -> None:
    text = " + ".join(f"x{i}" for i in range(100)) + " + 'a'"
    with pytest.raises(FormatError) as caught:
        parse_expression(text)
    line, caret = caught.value.__notes__[0].split("\n")
    assert len(line) <= 110
    assert line[caret.index("^")] == "'"
    assert line.strip().startswith("…")


@pytest.mark.parametrize("text", ["max()", "min()", "log(0) + x", "1/0*x", "floor(x)/0", "x + 1/0 - 1/0"])
def test_no_infinity_hides_in_an_expression(text: str) -> None:
    refuses(FormatError, f"An expression must have one finite value, not {text!r}.", lambda: parse_expression(text))


def test_names_are_those_of_the_text() -> None:
    """Python reads micro and mu as one name, and the ligature as two letters: a table may have columns of both names."""
    micro, mu = sympy.Symbol("\u00b5"), sympy.Symbol("\u03bc")
    assert parse_expression("\u00b5 - \u03bc") == micro - mu
    assert parse_expression("2*\ufb01 + fi*\u00b5") == 2 * sympy.Symbol("\ufb01") + sympy.Symbol("fi") * micro
    assert parse_expression("  é*0.5 + \U0001d465") == sympy.Symbol("é") / 2 + sympy.Symbol("\U0001d465")


def test_many_decimals_are_read_in_one_pass() -> None:
    literals = [f"0.{i:05}" for i in range(12_000)]
    text = "+".join(f"({'+'.join(literals[start : start + 400])})" for start in range(0, 12_000, 400))
    assert parse_expression(text) == sympy.Rational(12_000 * 11_999 // 2, 100_000)
