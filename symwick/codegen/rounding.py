"""Exact constants rounded to a dtype, to the nearest of its numbers, and written as Python text."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from symwick.algebra.numbers import to_fraction
from symwick.algebra.symbolic import Symbolic, expression
from symwick.errors import InvalidArgument

__all__ = ["DTYPES", "as_dtype", "dtype_text", "literal", "rational", "rounded"]

DTYPES = ("float64", "float32", "longdouble")
"""The dtypes that evaluators compute in."""

_DIGITS = 60  # of constants such as pi: far more than any dtype holds


def as_dtype(dtype: Any) -> np.dtype[Any]:
    """The dtype to compute in. Raises InvalidArgument for others, integers and complex numbers among them."""
    listed = ", ".join(DTYPES)
    try:
        found = np.dtype(dtype)
    except TypeError:
        raise InvalidArgument(f"Argument 'dtype' must be one of {listed}, not {dtype!r}.") from None
    if found.kind in "iub":
        raise InvalidArgument(
            f"Argument 'dtype' must be one of {listed}, not {found}: integers would overflow without a word. "
            f"Integer arrays are taken all the same, as floats; exact=True computes in integers of any size."
        )
    if found not in (np.dtype(name) for name in DTYPES) or not found.isnative:
        raise InvalidArgument(f"Argument 'dtype' must be one of {listed}, not {found}.")
    return found


def dtype_text(dtype: np.dtype[Any]) -> str:
    """The dtype in generated source: np.longdouble is called by another name on every platform.

    >>> dtype_text(np.dtype("float32"))
    'np.float32'
    """
    return "np.longdouble" if dtype.itemsize > 8 else f"np.{dtype.name}"


def rational(value: Any) -> Fraction:
    """A constant as a Fraction: itself, or some sixty digits of an irrational one.

    >>> from symwick.algebra.symbolic_reading import element
    >>> float(rational(element(sympy.pi)))
    3.141592653589793
    """
    if isinstance(value, Symbolic):
        digits = sympy.N(expression(value), _DIGITS)
        return Fraction(str(digits))
    return to_fraction(value)


def rounded(value: Fraction, dtype: np.dtype[Any]) -> Any:
    """The number of the dtype that is nearest to an exact one; of two that are, the even one.

    A detour over float64 would round twice: 1 + 2^-24 + 2^-60 is above the middle of two float32, but its float64 is not.

    >>> float(rounded(1 + Fraction(1, 2**24) + Fraction(1, 2**60), np.dtype("float32"))) - 1 == 2**-23
    True

    Raises InvalidArgument for a number that is too large for the dtype.
    """
    kind: Any = dtype.type
    try:
        nearest = value.numerator / value.denominator
    except OverflowError:
        nearest = float("inf")
    with np.errstate(over="ignore"):
        found = kind(nearest)
        if dtype != np.float64:
            found = _nearest(value, found, kind)
    if np.isfinite(found):
        return found
    size = _magnitude(value)
    raise InvalidArgument(f"A constant of about 10^{size} is too large for {dtype}; pass a wider dtype, or exact=True.")


def _nearest(value: Fraction, guess: Any, kind: Any) -> Any:
    """The neighbour of a guess that is nearest to the value; a longdouble guess is first mended digit by digit."""
    if not np.isfinite(guess):
        return guess
    for _ in range(4):  # a longdouble guess from float64 is mended by what is left over
        rest = value - _exactly(guess)
        try:
            guess = guess + kind(rest.numerator / rest.denominator)
        except OverflowError:
            break
    candidates = [np.nextafter(guess, kind(-np.inf)), guess, np.nextafter(guess, kind(np.inf))]
    finite = [c for c in candidates if np.isfinite(c)]
    return min(finite, key=lambda c: (abs(_exactly(c) - value), _mantissa(c) & 1))


def _exactly(number: Any) -> Fraction:
    return Fraction(*number.as_integer_ratio())


def _mantissa(number: Any) -> int:
    """The mantissa as an integer, whose last bit says whether the number is even."""
    mantissa, _ = np.frexp(number)
    return int(np.ldexp(mantissa, np.finfo(type(number)).nmant + 1))


def _magnitude(value: Fraction) -> int:
    """The decimal exponent, roughly: numbers may have more digits than Python writes out."""
    return round((abs(value.numerator).bit_length() - value.denominator.bit_length()) * 0.30103)


def literal(value: Fraction, dtype: np.dtype[Any]) -> str:
    """Python text of the rounded number.

    >>> literal(Fraction(1, 3), np.dtype("float64")), literal(Fraction(1, 3), np.dtype("float32"))
    ('0.3333333333333333', '0.3333333432674408')
    """
    number = rounded(value, dtype)
    if dtype.itemsize <= 8:
        return repr(float(number))
    return f'np.longdouble("{np.format_float_scientific(number, unique=True)}")'
