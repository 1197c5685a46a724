"""How large the numbers in an expression from outside may become: checked before sympy computes them.

10**10000 is a number to work with; (10**10000)**10000 would fill the memory while it is read. Every constant that has been
read is below e^(10^5), so that sympy's own numerical decisions (floor, comparisons) end as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy

__all__ = ["broken_rule", "fits", "power"]

_MOST_BITS = 100_000
"""Bits of a numerator or denominator."""

_MOST_ROOT_BITS = 1_000  # a root of an integer looks for its prime factors
_MOST = 10_000
_MOST_COMPARED = 64  # sympy compares each with each
_DIGITS = "must have numbers of at most 30,000 digits"


def power(base: Any, exponent: Any) -> Any:
    """base ** exponent."""
    return base**exponent


def bits(value: Any) -> int:
    """The larger of the lengths of numerator and denominator, 0 for what is no rational number."""
    return max(abs(int(value.p)), int(value.q)).bit_length() if isinstance(value, sympy.Rational) else 0


def fits(values: Sequence[Any]) -> bool:
    """Whether sum and product of the values stay within the bound, whatever they are.

    >>> fits([sympy.Integer(10) ** 10_000]), fits([sympy.Integer(10) ** 10_000] * 4)
    (True, False)
    """
    return sum(map(bits, values)) <= _MOST_BITS


def _number(value: Any) -> bool:
    return isinstance(value, sympy.Expr) and not value.free_symbols


def _small(value: Any) -> bool:
    """No number, or one of at most 10,000 in size."""
    if not _number(value):
        return True
    size = sympy.Abs(value).evalf(5) if not isinstance(value, sympy.Rational) else abs(value)
    return bool(size.is_comparable and size <= _MOST)


def _bounded_power(base: Any, exponent: Any) -> str:
    if not _number(exponent):
        return ""
    if not _small(exponent):
        return f"must have exponents of at most {_MOST:,}"
    if isinstance(base, sympy.Rational):
        if isinstance(exponent, sympy.Integer):
            return _DIGITS if bits(base) * abs(int(exponent)) > _MOST_BITS else ""
        return "must have roots of numbers of at most 300 digits" if bits(base) > _MOST_ROOT_BITS else ""
    if _number(base):  # an irrational constant; its size is known by induction
        size = sympy.log(sympy.Abs(base)).evalf(5) * exponent.evalf(5)
        return _DIGITS if size.is_comparable and abs(size) > _MOST_BITS else ""
    return ""


def _bounded_product(*values: Any) -> str:
    return "" if fits(values) or len(values) == 1 else _DIGITS


def _bounded_argument(*values: Any) -> str:
    return "" if all(map(_small, values)) else f"must have numbers of at most {_MOST:,} as arguments here"


def _bounded_number(*values: Any) -> str:
    return "" if len(values) <= _MOST_COMPARED else f"must compare at most {_MOST_COMPARED} values"


_RULES: dict[Callable[..., Any], Callable[..., str]] = {
    power: _bounded_power,
    sympy.Pow: _bounded_power,
    sympy.Mul: _bounded_product,
    sympy.Add: _bounded_product,
    sympy.sqrt: lambda value: _bounded_power(value, sympy.Rational(1, 2)),
    **dict.fromkeys((sympy.Min, sympy.Max), _bounded_number),
    **dict.fromkeys(
        (sympy.exp, sympy.sinh, sympy.cosh, sympy.tanh, sympy.sin, sympy.cos, sympy.tan, sympy.factorial, sympy.binomial),
        _bounded_argument,
    ),
}


def broken_rule(function: Callable[..., Any], values: Sequence[Any]) -> str:
    """The rule that a function of these values would break; "" where it may be computed.

    >>> broken_rule(power, (sympy.Integer(10), sympy.Integer(10_000)))
    ''
    >>> broken_rule(power, (sympy.Integer(10) ** 10_000, sympy.Integer(10_000)))
    'must have numbers of at most 30,000 digits'
    >>> broken_rule(sympy.factorial, (sympy.Integer(10) ** 9,))
    'must have numbers of at most 10,000 as arguments here'
    """
    rule = _RULES.get(function)
    return rule(*values) if rule else ""
