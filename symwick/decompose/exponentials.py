"""Products of powers and exponentials of linear functions: what a generating function integrates.

E Π x_v^k_v exp(z_v x_v) is a derivative of the generating function M(t) = E exp(Σ t_v X_v) at t = z; sin, cos, sinh and cosh
are combinations of such exponentials with complex z.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from typing import Any

import sympy

from symwick.algebra.symbolic_reading import element
from symwick.distributions.law import Law
from symwick.errors import NoClosedForm

__all__ = ["exponential_form", "mean_of_exponentials"]

Terms = dict[tuple[int, sympy.Expr], sympy.Expr]
"""{(k, z): c} for Σ c · x^k · exp(z x)."""

_MOST_TERMS = 10_000


def _times(a: Terms, b: Terms) -> Terms:
    result: Terms = {}
    for (j, y), c in a.items():
        for (k, z), d in b.items():
            key = j + k, sympy.expand(y + z)
            result[key] = result.get(key, sympy.Integer(0)) + c * d
    return result


def _linear(e: sympy.Expr, x: sympy.Symbol) -> tuple[sympy.Expr, sympy.Expr] | None:
    """(slope, constant) of a linear expression in x, or None."""
    flat = sympy.expand(e)
    slope, constant = flat.coeff(x, 1), flat.coeff(x, 0)
    if slope.has(x) or constant.has(x) or sympy.expand(flat - slope * x - constant) != 0:
        return None
    return slope, constant


@lru_cache(maxsize=4096)
def exponential_form(e: sympy.Expr, x: sympy.Symbol) -> Mapping[tuple[int, sympy.Expr], sympy.Expr] | None:
    """An expression in x as Σ c · x^k · exp(z x), or None where it is no such sum.

    >>> x = sympy.Symbol("x")
    >>> exponential_form(x * sympy.exp(2 * x + 1), x)
    {(1, 2): E}
    >>> exponential_form(sympy.log(x), x) is None
    True
    """
    zero, one = sympy.Integer(0), sympy.Integer(1)
    if not e.has(x):
        return {(0, zero): e}
    if e == x:
        return {(1, zero): one}
    if e.is_Add:
        total: Terms = {}
        for argument in e.args:
            part = exponential_form(argument, x)
            if part is None:
                return None
            for key, c in part.items():
                total[key] = total.get(key, zero) + c
        return total
    if e.is_Mul or (e.is_Pow and e.exp.is_Integer and e.exp > 0):
        result: Terms = {(0, zero): one}
        factors = e.args if e.is_Mul else [e.base] * int(e.exp)
        for argument in factors:
            part = exponential_form(argument, x)
            if part is None or len(part) * len(result) > _MOST_TERMS:
                return None
            result = _times(result, dict(part))
        return result
    return _exponential(e, x)


def _exponential(e: sympy.Expr, x: sympy.Symbol) -> Terms | None:
    if e.is_Pow and not e.base.has(x):
        e = sympy.exp(sympy.expand(e.exp * sympy.log(e.base)), evaluate=False)
    if not isinstance(e, (sympy.exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh)):
        return None
    line = _linear(e.args[0], x)
    if line is None:
        return None
    slope, constant = line
    if isinstance(e, sympy.exp):
        return {(0, slope): sympy.exp(constant)}
    turn = sympy.I if isinstance(e, (sympy.sin, sympy.cos)) else sympy.Integer(1)
    half = sympy.Rational(1, 2) / (sympy.I if isinstance(e, sympy.sin) else 1)
    sign = -1 if isinstance(e, (sympy.sin, sympy.sinh)) else 1
    result: Terms = {}
    for direction, weight in ((1, half), (-1, sign * half)):
        key = 0, sympy.expand(direction * turn * slope)
        result[key] = result.get(key, sympy.Integer(0)) + weight * sympy.exp(direction * turn * constant)
    return result


def mean_of_exponentials(law: Law, factors: Mapping[sympy.Symbol, Mapping[Any, sympy.Expr]]) -> tuple[Any, tuple[Any, ...]]:
    """E Π_v (Σ c x_v^k exp(z x_v)) as an element, and the relations that its existence needs.

    Raises NoClosedForm where the law has no generating function there.
    """
    assumed: dict[sympy.Basic, None] = {}
    total: Any = element(sympy.Integer(0))
    for choice in product(*(form.items() for form in factors.values())):
        coefficient = sympy.Mul(*(c for _, c in choice))
        rates = {v: z for v, ((_, z), _) in zip(factors, choice, strict=True)}
        powers = {v: k for v, ((k, _), _) in zip(factors, choice, strict=True)}
        if coefficient == 0:
            continue
        if all(z == 0 for z in rates.values()):
            moment = law._mean_of_powers({v: k for v, k in powers.items() if k})
            total = total + moment * element(_real_part(coefficient))
            continue
        slopes = {v: _real_part(z) for v, z in rates.items()}
        if any(slope != 0 for slope in slopes.values()):
            assumed |= dict.fromkeys(law.generating_domain(slopes))
        total = total + element(_real_part(coefficient * _derivative(law, rates, powers)))
    return total, tuple(assumed)


def _derivative(law: Law, rates: Mapping[sympy.Symbol, sympy.Expr], powers: Mapping[sympy.Symbol, int]) -> sympy.Expr:
    """∂^k M at t = z."""
    if not any(powers.values()):
        return law.generating_function(rates)
    dummies = {v: sympy.Symbol(f"rate of {v}") for v in rates}
    result = law.generating_function(dummies)
    for v, k in powers.items():
        if k:
            result = sympy.diff(result, dummies[v], k)
    return result.subs({dummies[v]: z for v, z in rates.items()}, simultaneous=True)


# -- real parts, all symbols real --------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _real_part(e: sympy.Expr) -> sympy.Expr:
    """The real part, all symbols real and powers the principal ones: Σ coefficient · cos(angle) over a real denominator.

    >>> a, s = sympy.symbols("a s")
    >>> _real_part(sympy.exp(sympy.I * a) / (1 - sympy.I))
    -sin(a)/2 + cos(a)/2
    >>> _real_part((1 - sympy.I * a) ** (-s))
    cos(s*atan(a))/(a**2 + 1)**(s/2)
    """
    if not e.has(sympy.I):
        return e
    above, below = sympy.fraction(sympy.together(_turns(e)))
    divisor = sympy.Integer(1)
    for factor in sympy.Mul.make_args(below):
        if factor.has(sympy.I):
            above, factor = above * _conjugate(factor), _sum_of_real_parts(sympy.expand(factor * _conjugate(factor)))
        divisor *= factor
    return _sum_of_real_parts(sympy.expand(above)) / divisor


def _conjugate(e: sympy.Expr) -> sympy.Expr:
    return e.xreplace({sympy.I: -sympy.I})


def _turns(e: sympy.Expr) -> sympy.Expr:
    """The expression with all its complex exponentials and powers as real ones times exp(i · angle)."""
    if not e.has(sympy.I) or e == sympy.I:
        return e
    if isinstance(e, sympy.exp):
        size, angle = (_real_part(sympy.expand(part)) for part in (e.args[0], -sympy.I * e.args[0]))
        return sympy.exp(size) * sympy.exp(sympy.I * angle)
    if e.is_Pow and not e.exp.is_Integer and not e.exp.has(sympy.I):
        real, imaginary = (_real_part(sympy.expand(part)) for part in (e.base, -sympy.I * e.base))
        angle = sympy.atan(imaginary / real) if real.is_positive else sympy.atan2(imaginary, real)
        return (real**2 + imaginary**2) ** (e.exp / 2) * sympy.exp(sympy.I * e.exp * angle)
    if e.is_Add or e.is_Mul or e.is_Pow:
        return e.func(*map(_turns, e.args))
    raise NoClosedForm(f"The real part of {e} has no closed form here.")


def _sum_of_real_parts(e: sympy.Expr) -> sympy.Expr:
    """The real part of a sum of products of real factors, powers of i and exp(i · angle)."""
    collected: dict[sympy.Expr, sympy.Expr] = {}
    for term in sympy.Add.make_args(e):
        real, angle = sympy.Integer(1), sympy.Integer(0)
        for factor in sympy.Mul.make_args(term):
            if factor == sympy.I:
                angle += sympy.pi / 2
            elif factor.has(sympy.I):
                angle += sympy.expand(-sympy.I * factor.args[0])
            else:
                real *= factor
        collected[angle] = collected.get(angle, sympy.Integer(0)) + real
    return sympy.Add(*(real * sympy.cos(angle) for angle, real in collected.items()))
