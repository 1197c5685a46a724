"""Reading sympy expressions of parameters and constants as exact values with symbols, and replacing bases of such values."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy

from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import Symbolic, base_of, expression, number_of, plain_exponent, power, product_of, raised
from symwick.errors import InexactError, InvalidArgument

__all__ = ["base_power", "element", "substituted"]


@lru_cache(maxsize=20_000)
def element(value: sympy.Expr) -> Any:
    """A sympy expression of parameters and constants as an element; sums and products are multiplied out.

    Raises InexactError (a float) and InvalidArgument (no finite real value).

    >>> element(sympy.exp(sympy.Symbol("m") + sympy.Rational(1, 2)) * sympy.sqrt(8))
    2*sqrt(2)*exp(m + 1/2)
    """
    if isinstance(value, sympy.Rational):
        return to_flint(value)
    if value.is_Symbol:
        return base_power(value, 1)
    if floats := value.atoms(sympy.Float):
        raise InexactError(f"Only exact expressions have exact values, not the float {min(floats)}.")
    if value.has(sympy.oo, -sympy.oo, sympy.zoo, sympy.nan, sympy.I):
        raise InvalidArgument(f"A value must be a finite real number, not {value}.")
    if value.is_Add:
        total: Any = to_flint(0)
        for argument in value.args:
            total = total + element(argument)
        return total
    if value.is_Mul:
        return product_of(map(element, value.args))
    if isinstance(value, sympy.exp) or value is sympy.E:
        return _exponential(sympy.expand(value.args[0]) if value.args else sympy.Integer(1))
    if value.is_Pow:
        return _power_element(value.base, value.exp)
    if not isinstance(value, sympy.Expr) or value.is_real is False:
        raise InvalidArgument(f"A value must be a finite real number, not {value}.")
    return base_power(value, 1)


def _exponential(argument: sympy.Expr) -> Any:
    """exp of a sum as the product of exp(monomial)^coefficient."""
    factors = []
    for term in sympy.Add.make_args(argument):
        coefficient, rest = term.as_coeff_Mul()
        if not isinstance(coefficient, sympy.Rational):
            coefficient, rest = sympy.Integer(1), term
        factors.append(raised(number_of(sympy.exp(rest)), _exponent(coefficient)))
    return product_of(factors)


def _exponent(value: sympy.Rational) -> Any:
    return int(value) if value.is_Integer else Fraction(int(value.p), int(value.q))


def _power_element(base: sympy.Expr, exponent: sympy.Expr) -> Any:
    if isinstance(exponent, sympy.Integer):
        return power(element(base), int(exponent))
    if not isinstance(exponent, sympy.Rational):
        if exponent.is_Add:
            return product_of(element(sympy.Pow(base, part)) for part in exponent.args)
        coefficient, rest = exponent.as_coeff_Mul()
        if isinstance(coefficient, sympy.Rational) and coefficient != 1:
            return base_power(sympy.Pow(base, rest), _exponent(coefficient))
        return base_power(sympy.Pow(base, exponent), 1)
    q = _exponent(exponent)
    if isinstance(base, sympy.Rational):
        if base < 0:
            raise InvalidArgument(f"A value must be real, not {sympy.Pow(base, exponent)}.")
        factors = sympy.factorrat(base)
        return product_of(raised(number_of(sympy.Integer(p)), q * e) for p, e in factors.items())
    return base_power(base, q)


def base_power(base: sympy.Expr, exponent: Any) -> Any:
    """base^exponent; sums and products to an exponent of 1 or more are multiplied out, exponentials of sums are split.

    >>> base_power(sympy.Symbol("s"), Fraction(1, 2)) * base_power(sympy.Symbol("s"), Fraction(1, 2))
    s
    """
    if isinstance(base, sympy.exp):
        return element(sympy.exp(base.args[0] * sympy.Rational(exponent)))
    if not exponent:
        return to_flint(1)
    composite = base.is_Add or base.is_Mul or (base.is_Pow and base.exp.is_Integer)
    return raised(number_of(base, element(base) if composite else None), plain_exponent(exponent))


def substituted(value: Any, change: Callable[[sympy.Expr], Any | None]) -> Any:
    """The element with bases replaced: ``change(base)`` is an element, or None to keep the base.

    Replaced bases must have integer exponents, or be changed to a single term.
    """
    if not isinstance(value, Symbolic):
        return value
    known: dict[int, Any] = {}
    total: Any = to_flint(0)
    for monomial, coefficient in value.terms.items():
        product: Any = coefficient
        for i, e in monomial:
            if i not in known:
                known[i] = change(base_of(i))
            new = known[i]
            if new is None:
                product = product * raised(i, e)
            elif type(e) is int:
                product = product * power(new, e)
            else:
                product = product * element(sympy.Pow(expression(new), sympy.Rational(e)))
        total = total + product
    return total
