"""Exact numbers at the borders: what counts as exact, and the way in and out of the engine's rationals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational
from operator import index
from typing import Any

import flint
import sympy

from symwick.errors import InexactError, InvalidArgument

__all__ = [
    "Exact",
    "Number",
    "format_number",
    "from_flint",
    "ratio",
    "to_flint",
    "to_fraction",
    "to_number",
    "to_sympy",
    "whole_number",
]

Number = int | Fraction
"""What symwick returns: an int, or a Fraction where the value is no integer."""

Exact = int | Fraction | Decimal | sympy.Rational | str
"""What symwick accepts as an exact number; NumPy integers and flint rationals too."""

_MAX_DIGITS = 10_000


def _from_text(text: str, argument: str) -> Fraction:
    if len(text) > _MAX_DIGITS:
        raise InvalidArgument(f"Argument '{argument}' must have at most {_MAX_DIGITS:,} digits, not {len(text):,}.")
    # "1e999999999" is short text for a number that fills the memory.
    exponent = text.lower().partition("e")[2].lstrip("+-")
    if len(exponent) > 4:
        raise InvalidArgument(f"Argument '{argument}' must have an exponent of at most 4 digits, not {text!r}.")
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InvalidArgument(
            f"Argument '{argument}' must be a number such as '1/3' or '0.25', not {text!r}."
        ) from None


def to_fraction(value: Any, argument: str = "value") -> Fraction:
    """An exact number as a Fraction.

    Accepts int, Fraction, Decimal, sympy Rational, NumPy integers, flint rationals and decimal text. Raises
    :class:`~symwick.errors.InexactError` for a float and for anything that is no number.

    >>> to_fraction("0.1"), to_fraction(3)
    (Fraction(1, 10), Fraction(3, 1))
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, flint.fmpq):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, (bool, Integral, flint.fmpz)):
        return Fraction(int(value))
    if isinstance(value, sympy.Basic):
        if isinstance(value, sympy.Rational):
            return Fraction(int(value.p), int(value.q))
        if value in (sympy.true, sympy.false):
            return Fraction(int(bool(value)))
        raise InexactError(f"Argument '{argument}' must be an exact rational number, not {value!r}.")
    if isinstance(value, str):
        return _from_text(value.strip(), argument)
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise InvalidArgument(f"Argument '{argument}' must be finite, not {value}.")
        return _from_text(str(value), argument)
    if type(value).__name__ == "bool_" or type(value).__name__ == "bool":
        return Fraction(int(value))
    if isinstance(value, float) or hasattr(value, "__float__"):
        raise InexactError(
            f"Argument '{argument}' must be exact, not the float {value!r}. Write it as text ('{value}'), as a "
            f"Fraction or as a sympy Rational; or ask for ring='float64' where that is offered."
        )
    raise InexactError(f"Argument '{argument}' must be an exact number, not {type(value).__name__} {value!r}.")


def to_flint(value: Any, argument: str = "value") -> flint.fmpq:
    """An exact number as the engine's rational.

    >>> to_flint("2/6")
    1/3
    """
    if isinstance(value, flint.fmpq):
        return value
    if type(value) is int:
        return flint.fmpq(value)
    q = value if isinstance(value, Fraction) else to_fraction(value, argument)
    return flint.fmpq(q.numerator, q.denominator)


def ratio(numerator: int, denominator: int) -> flint.fmpq:
    """The engine's rational numerator / denominator.

    >>> ratio(2, 6)
    1/3
    """
    return flint.fmpq(numerator, denominator)


def from_flint(value: flint.fmpq) -> Number:
    """The engine's rational as int or Fraction."""
    if value.q == 1:
        return int(value.p)
    # in lowest terms already: Python's own reduction of long numbers would take longer than what made them
    number = object.__new__(Fraction)
    number._numerator, number._denominator = int(value.p), int(value.q)  # type: ignore[attr-defined]
    return number


def to_number(value: Any, argument: str = "value") -> Number:
    """An exact number as int or, where it is no integer, Fraction.

    >>> to_number("4/2"), to_number("1/2")
    (2, Fraction(1, 2))
    """
    q = to_fraction(value, argument)
    return q.numerator if q.denominator == 1 else q


def to_sympy(value: Any) -> sympy.Rational:
    """An exact number as a sympy Rational.

    >>> to_sympy(to_flint("1/3"))
    1/3
    """
    q = to_fraction(value)
    return sympy.Rational(q.numerator, q.denominator)


def whole_number(value: Any, argument: str, least: int) -> int:
    """The value as an int of at least ``least``, NumPy's integers too; True and False are none.

    >>> whole_number(3, "order", 1)
    3
    """
    try:
        number = index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or number < least:
        raise InvalidArgument(f"Argument '{argument}' must be an integer that is at least {least}, not {value!r}.")
    return number


def format_number(value: Any) -> str:
    """Text of an exact number, as it is written in files and reprs.

    >>> format_number(to_fraction("0.5"))
    '1/2'
    """
    return str(to_flint(value))  # Python itself refuses to write numbers of more than 4,300 digits
