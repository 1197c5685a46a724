"""Parameters of laws: exact numbers or expressions, read once, and the domains that they must lie in."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import sympy

from symwick.algebra.numbers import Number, from_flint, to_flint, to_fraction, to_number, to_sympy
from symwick.algebra.symbolic import Symbolic, number_or_expression
from symwick.algebra.symbolic_reading import element
from symwick.circuits.expressions import parse_expression
from symwick.circuits.printing import latex_text
from symwick.circuits.variables import plain
from symwick.errors import FormatError, InexactError, InvalidArgument

__all__ = [
    "HALF_OPEN_UNIT",
    "NONNEGATIVE",
    "POSITIVE",
    "UNIT",
    "Interval",
    "Parameter",
    "as_element",
    "as_expression",
    "as_weight",
    "below",
    "canonical",
    "inside",
    "latex_of",
    "natural_parameter",
    "read_parameter",
    "symbols_of",
]

Parameter: TypeAlias = Number | sympy.Expr
"""An int or Fraction, or a sympy expression that is no rational number; its symbols are plain, and stand for reals."""

_NUMBER = re.compile(r"\s*([+-]?[\d._]+(e[+-]?\d+)?(/[\d._]+)?)?\s*", re.IGNORECASE)


def read_parameter(value: Any, argument: str) -> Parameter:
    """An exact number, a symbol, an expression, or text that writes one; in text every name is a symbol.

    >>> read_parameter("0.5", "p"), read_parameter("2*q", "p"), read_parameter(sympy.sqrt(2) ** 2, "p")
    (Fraction(1, 2), 2*q, 2)

    Raises InexactError (a float), FormatError (text that is no expression) and InvalidArgument (no finite real number).
    """
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        value = _read_text(value.strip(), argument)
    if isinstance(value, sympy.Basic) and not isinstance(value, sympy.Rational):
        return _read_expression(value, argument)
    return to_number(value, argument)


def _read_text(text: str, argument: str) -> sympy.Basic:
    if text.isidentifier() and text not in ("True", "False", "None"):
        return sympy.Symbol(text)  # "lambda" too
    try:
        return parse_expression(text)
    except FormatError as error:
        raise FormatError(f"Argument '{argument}': {error}") from None


def _read_expression(value: sympy.Basic, argument: str) -> Parameter:
    if value.is_Symbol:
        return sympy.Symbol(value.name)
    if value in (sympy.true, sympy.false) or not isinstance(value, sympy.Expr):
        raise InvalidArgument(f"Argument '{argument}' must be a number or an expression, not {value}.")
    if value.has(sympy.Float):
        raise InexactError(f"Argument '{argument}' must be exact, but {value} holds a float.")
    unreal = value.has(sympy.oo, sympy.S.NegativeInfinity, sympy.zoo, sympy.nan, sympy.I)
    if unreal or value.is_extended_real is False:
        raise InvalidArgument(f"Argument '{argument}' must be a finite real number, not {value}.")
    expression = plain(value, argument)
    exact = element(expression)
    return expression if isinstance(exact, Symbolic) else from_flint(exact)


def as_element(parameter: Parameter) -> Any:
    """A parameter as an element of the exact ring."""
    return element(parameter) if isinstance(parameter, sympy.Basic) else to_flint(parameter)


def as_weight(parameter: Parameter) -> Any:
    """A parameter as Fraction, or as an element with symbols or constants in it."""
    return element(parameter) if isinstance(parameter, sympy.Basic) else Fraction(parameter)


def as_expression(parameter: Parameter) -> sympy.Expr:
    """A parameter as a sympy expression."""
    return parameter if isinstance(parameter, sympy.Basic) else to_sympy(parameter)


def canonical(value: Any) -> Any:
    """One spelling for equal parameters: expressions multiplied out, inside tuples too.

    >>> a = sympy.Symbol("a")
    >>> canonical((a * (a + 1), 2)) == canonical((a**2 + a, 2))
    True
    """
    if isinstance(value, tuple):
        return tuple(map(canonical, value))
    return number_or_expression(element(value)) if isinstance(value, sympy.Basic) else value


def symbols_of(value: Any) -> set[sympy.Symbol]:
    """The symbols in a parameter, or in a tuple of them."""
    if isinstance(value, tuple):
        return {symbol for part in value for symbol in symbols_of(part)}
    return set(value.free_symbols) if isinstance(value, sympy.Basic) else set()


def latex_of(parameter: Any) -> str:
    """LaTeX of a parameter."""
    return latex_text(as_expression(parameter), ())


# -- domains -----------------------------------------------------------------------------------------------------------


class Interval(NamedTuple):
    """A domain and the words for it: from ``low`` (left out where ``open``) to ``high``, or without end."""

    text: str
    low: int
    open: bool
    high: int | None


UNIT = Interval("lie in [0, 1]", 0, False, 1)
HALF_OPEN_UNIT = Interval("lie in (0, 1]", 0, True, 1)
POSITIVE = Interval("be above 0", 0, True, None)
NONNEGATIVE = Interval("be at least 0", 0, False, None)


def inside(argument: str, value: Parameter, domain: Interval) -> tuple[sympy.Basic, ...]:
    """The relations that a parameter must still fulfil to lie in its domain; none for a number.

    >>> inside("p", sympy.Symbol("p"), UNIT), inside("p", sympy.pi / 4, UNIT)
    ((p >= 0, p <= 1), ())

    Raises InvalidArgument where it certainly lies outside.
    """
    low, high = domain.low, domain.high
    relations: list[sympy.Basic] = []
    if isinstance(value, sympy.Basic):
        relations = [sympy.Gt(value, low) if domain.open else sympy.Ge(value, low)]
        relations += [] if high is None else [sympy.Le(value, high)]
        fits = sympy.false not in relations
    else:
        fits = (low < value if domain.open else low <= value) and (high is None or value <= high)
    if not fits:
        raise InvalidArgument(f"Argument '{argument}' must {domain.text}, not {value}.")
    return tuple(relation for relation in relations if relation != sympy.true)


def below(left: sympy.Expr, right: sympy.Expr) -> sympy.Basic:
    """The relation left < right: true, false, or still open.

    >>> a = sympy.Symbol("a")
    >>> below(a, a + 1), below(sympy.pi, sympy.Integer(3)), below(a, sympy.Integer(3))
    (True, False, a < 3)
    """
    decided = sympy.Gt(sympy.expand(right - left), 0)
    return decided if decided in (sympy.true, sympy.false) else sympy.StrictLessThan(left, right)


def natural_parameter(argument: str, value: Parameter) -> tuple[sympy.Basic, ...]:
    """What an integer that is at least 0 must still fulfil.

    >>> natural_parameter("n", sympy.Symbol("n"))
    (n >= 0, Eq(Mod(n, 1), 0))
    """
    if not isinstance(value, sympy.Basic):
        integral = to_fraction(value).denominator == 1
        relation = sympy.true
    else:
        relation = sympy.Eq(sympy.Mod(value, 1), 0)
        integral = relation != sympy.false
    if not integral:
        raise InvalidArgument(f"Argument '{argument}' must be an integer, not {value}.")
    found = inside(argument, value, NONNEGATIVE)
    return found if relation == sympy.true else (*found, relation)
