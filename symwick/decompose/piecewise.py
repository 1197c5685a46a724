"""Piecewise polynomials of one variable: ∫ over an interval, exactly.

Abs, Max, Min, sign, Heaviside and Piecewise change their polynomial at roots of polynomials only. Between two neighbouring
roots the function is one polynomial Σ c_k x^k, whose coefficients may hold parameters, and

    E f(X) = 1/(high − low) · Σ_pieces Σ_k c_k (right^(k+1) − left^(k+1))/(k + 1)        for X uniform on [low, high].

Where the function jumps it is a single point, of probability 0, whose value does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

import sympy
from sympy.core.relational import Relational

from symwick.algebra.numbers import ratio, to_flint, to_fraction
from symwick.algebra.symbolic import Symbolic
from symwick.algebra.symbolic_reading import element

__all__ = ["integral", "pieces"]

Polynomial = tuple[Any, ...]
"""Coefficients by exponent, elements of the exact ring; no zero at the end, so that () is the zero polynomial."""

Piece = tuple[Fraction, Fraction, Polynomial]
"""(left, right, polynomial)."""

_MOST_DEGREE = 1000


class _Unknown(Exception):
    """Not a piecewise polynomial whose breakpoints are known rationals."""


def integral(expression: sympy.Expr, variable: sympy.Symbol, low: Fraction, high: Fraction) -> Any | None:
    """∫ f(x) dx from low to high, an element of the exact ring.

    None where f is no piecewise polynomial in x, or one that breaks at irrational or symbolic points in between.

    >>> x = sympy.Symbol("x")
    >>> integral(sympy.Abs(4*x - 2) * x, x, Fraction(0), Fraction(1))
    1/2
    >>> integral(sympy.Abs(x**2 - 2), x, Fraction(0), Fraction(2)) is None
    True
    """
    found = pieces(expression, variable, low, high)
    if found is None:
        return None
    total: Any = to_flint(0)
    for left, right, polynomial in found:
        a, b = to_flint(left), to_flint(right)
        for k, coefficient in enumerate(polynomial):
            total = total + coefficient * ((b ** (k + 1) - a ** (k + 1)) * ratio(1, k + 1))
    return total


@lru_cache(maxsize=4096)
def pieces(expression: sympy.Expr, variable: sympy.Symbol, low: Fraction, high: Fraction) -> tuple[Piece, ...] | None:
    """f on [low, high] as polynomials side by side; None as in :func:`integral`.

    >>> x = sympy.Symbol("x")
    >>> pieces(sympy.Max(x, 1), x, Fraction(0), Fraction(2))
    ((Fraction(0, 1), Fraction(1, 1), (1,)), (Fraction(1, 1), Fraction(2, 1), (0, 1)))
    """
    try:
        return tuple(_read(expression, variable, low, high))
    except _Unknown:
        return None


# -- polynomials -------------------------------------------------------------------------------------------------------


def _trimmed(coefficients: list[Any]) -> Polynomial:
    while coefficients and not coefficients[-1]:
        coefficients.pop()
    return tuple(coefficients)


def _plus(a: Polynomial, b: Polynomial) -> Polynomial:
    short, long = sorted((a, b), key=len)
    return _trimmed([c + short[k] if k < len(short) else c for k, c in enumerate(long)])


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    if not a or not b:
        return ()
    if len(a) + len(b) - 2 > _MOST_DEGREE:
        raise _Unknown
    product: list[Any] = [to_flint(0)] * (len(a) + len(b) - 1)
    for j, c in enumerate(a):
        for k, d in enumerate(b):
            if c and d:
                product[j + k] = product[j + k] + c * d
    return _trimmed(product)


def _scaled(a: Polynomial, number: int) -> Polynomial:
    return tuple(c * number for c in a) if number else ()


def _value(polynomial: Polynomial, point: Fraction) -> Any:
    total: Any = to_flint(0)
    for coefficient in reversed(polynomial):
        total = total * to_flint(point) + coefficient
    return total


# -- where a polynomial changes its sign -----------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _sign_changes(polynomial: tuple[Fraction, ...], left: Fraction, right: Fraction) -> tuple[Fraction, ...]:
    """The roots of odd multiplicity between left and right, ascending. Raises _Unknown where one is irrational."""
    x = sympy.Dummy("x")
    exact = [sympy.Rational(c.numerator, c.denominator) for c in reversed(polynomial)]
    _, factors = sympy.Poly(exact, x, domain=sympy.QQ).factor_list()
    found = []
    a, b = (sympy.Rational(end.numerator, end.denominator) for end in (left, right))
    for factor, multiplicity in factors:
        if multiplicity % 2 == 0:
            continue
        if factor.degree() > 1:
            # irreducible, so that its roots are irrational and no end of the interval is among them
            if factor.count_roots(a, b):
                raise _Unknown
            continue
        slope, constant = factor.all_coeffs()
        root = to_fraction(-constant / slope)
        if left < root < right:
            found.append(root)
    return tuple(sorted(found))


def _signs(polynomial: Polynomial, left: Fraction, right: Fraction) -> list[tuple[Fraction, Fraction, int]]:
    """(from, to, sign) over the interval: −1, 1, or 0 where the polynomial is zero."""
    if not polynomial:
        return [(left, right, 0)]
    if any(isinstance(c, Symbolic) for c in polynomial):
        raise _Unknown  # the sign would depend on what the symbols are
    ends = [left, *_sign_changes(tuple(map(to_fraction, polynomial)), left, right), right]
    return [(a, b, _sign_within(polynomial, a, b)) for a, b in pairwise(ends)]


def _sign_within(polynomial: Polynomial, left: Fraction, right: Fraction) -> int:
    """The sign of a polynomial that does not change it between left and right; it may touch zero at some points."""
    for k in range(1, len(polynomial) + 2):
        value = _value(polynomial, left + (right - left) / (k + 1))
        if value:
            return 1 if value > 0 else -1
    raise RuntimeError("a polynomial has no more roots than its degree")


# -- reading an expression -------------------------------------------------------------------------------------------


def _read(e: sympy.Expr, x: sympy.Symbol, left: Fraction, right: Fraction) -> list[Piece]:
    """e between left and right, in pieces from left to right."""
    if not e.has(x):
        if not isinstance(e, sympy.Expr) or e.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I):
            raise _Unknown
        return [(left, right, _trimmed([element(e)]))]
    if e == x:
        return [(left, right, (to_flint(0), to_flint(1)))]
    if e.is_Add or e.is_Mul:
        return _folded(_plus if e.is_Add else _times, [_read(argument, x, left, right) for argument in e.args])
    if e.is_Pow and e.exp.is_Integer and e.exp > 0:
        base = _read(e.base, x, left, right)
        return [(a, b, _power(polynomial, int(e.exp))) for a, b, polynomial in base]
    if isinstance(e, sympy.Abs):
        return _by_sign(_read(e.args[0], x, left, right), _scaled)
    if isinstance(e, sympy.sign):
        return _by_sign(_read(e.args[0], x, left, right), lambda _, sign: _trimmed([to_flint(sign)]))
    if isinstance(e, sympy.Heaviside):
        return _heaviside(e, x, left, right)
    if isinstance(e, (sympy.Max, sympy.Min)):
        sign = 1 if isinstance(e, sympy.Max) else -1
        return _folded_extremes([_read(argument, x, left, right) for argument in e.args], sign)
    if isinstance(e, sympy.Piecewise):
        return _cases(e, x, left, right)
    raise _Unknown


def _power(polynomial: Polynomial, exponent: int) -> Polynomial:
    if (len(polynomial) - 1) * exponent > _MOST_DEGREE:
        raise _Unknown
    result: Polynomial = (to_flint(1),)
    while exponent:
        if exponent & 1:
            result = _times(result, polynomial)
        exponent >>= 1
        if exponent:
            polynomial = _times(polynomial, polynomial)
    return result


def _side_by_side(first: Sequence[Piece], second: Sequence[Piece]) -> Iterable[tuple[Fraction, Fraction, Polynomial, Polynomial]]:
    """Two functions on the same interval on their common pieces."""
    i = j = 0
    left = first[0][0]
    while i < len(first) and j < len(second):
        right = min(first[i][1], second[j][1])
        yield left, right, first[i][2], second[j][2]
        left, i, j = right, i + (first[i][1] == right), j + (second[j][1] == right)


def _folded(combine: Callable[[Polynomial, Polynomial], Polynomial], parts: Sequence[Sequence[Piece]]) -> list[Piece]:
    total = list(parts[0])
    for part in parts[1:]:
        total = [(a, b, combine(p, q)) for a, b, p, q in _side_by_side(total, part)]
    return total


def _by_sign(parts: Sequence[Piece], chosen: Callable[[Polynomial, int], Polynomial]) -> list[Piece]:
    """Each piece cut where its polynomial changes its sign; ``chosen`` gives the new polynomial."""
    return [(a, b, chosen(polynomial, sign)) for left, right, polynomial in parts
            for a, b, sign in _signs(polynomial, left, right)]  # fmt: skip


def _folded_extremes(parts: Sequence[Sequence[Piece]], sign: int) -> list[Piece]:
    """The largest (sign = 1) or smallest (sign = −1) of several functions."""
    total = list(parts[0])
    for part in parts[1:]:
        merged: list[Piece] = []
        for left, right, p, q in _side_by_side(total, part):
            for a, b, found in _signs(_plus(p, _scaled(q, -1)), left, right):
                merged.append((a, b, p if found * sign >= 0 else q))
        total = merged
    return total


def _heaviside(e: sympy.Expr, x: sympy.Symbol, left: Fraction, right: Fraction) -> list[Piece]:
    """1 above 0, 0 below; the second argument counts only where the first is 0 on a whole piece."""
    result: list[Piece] = []
    for a, b, sign in _sign_pieces(e.args[0], x, left, right):
        if sign:
            result.append((a, b, (to_flint(1),) if sign > 0 else ()))
        else:
            result += _read(e.args[1], x, a, b)
    return result


def _sign_pieces(e: sympy.Expr, x: sympy.Symbol, left: Fraction, right: Fraction) -> list[tuple[Fraction, Fraction, int]]:
    return [cut for a, b, polynomial in _read(e, x, left, right) for cut in _signs(polynomial, a, b)]


_TRUTH: dict[type[sympy.Basic], Callable[[int], bool]] = {
    sympy.StrictGreaterThan: lambda sign: sign > 0,
    sympy.GreaterThan: lambda sign: sign >= 0,
    sympy.StrictLessThan: lambda sign: sign < 0,
    sympy.LessThan: lambda sign: sign <= 0,
    sympy.Equality: lambda sign: sign == 0,
    sympy.Unequality: lambda sign: sign != 0,
}
"""Whether a relation holds, by the sign of left side minus right side; single points do not count."""


def _cases(e: sympy.Piecewise, x: sympy.Symbol, left: Fraction, right: Fraction) -> list[Piece]:
    """The interval is cut at all relations of all conditions; each cut takes the first case whose condition holds there."""
    relations = sorted({r for _, condition in e.args for r in condition.atoms(Relational)}, key=sympy.default_sort_key)
    signs = {r: _sign_pieces(r.lhs - r.rhs, x, left, right) for r in relations}
    cuts = sorted({left, right, *(end for rows in signs.values() for _, end, _ in rows)})
    result: list[Piece] = []
    for a, b in pairwise(cuts):
        truth = {}
        for r, rows in signs.items():
            sign = next(sign for start, end, sign in rows if start <= a and b <= end)
            truth[r] = sympy.true if _TRUTH[type(r)](sign) else sympy.false
        for value, condition in e.args:
            holds = condition.xreplace(truth)
            if holds == sympy.true:
                result += _read(value, x, a, b)
                break
            if holds != sympy.false:
                raise _Unknown  # a truth value of its own, or a parameter
        else:
            raise _Unknown  # no case: the function has no value here
    return result
