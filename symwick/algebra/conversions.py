"""Raw moments, central moments and cumulants, each from each: of one variable and jointly, for numbers and symbols.

Exact throughout: values are numbers, text or sympy expressions, and come back as int, Fraction or sympy expression.

**One variable.** All sequences begin with order 1: moments (E X, E X², …), central moments (0, E(X - E X)², …), cumulants
(κ_1, κ_2, …). With m_0 = 1

    m_n = Σ_{k=1..n} C(n-1, k-1) κ_k m_{n-k}        E(X - a)^n = Σ_k C(n, k) (-a)^(n-k) m_k

and the first holds for central moments and κ_1 = 0 as well.

**Several variables.** The ``joint_`` functions take and give values by multiset of variables: a tuple of symbols or names with
repeats, a bare name, or, in a list of pairs (multiset, value), any iterable with repeats or a mapping to multiplicities.
Results have sorted tuples of names (x2 before x10) as keys, smallest first. Recursion runs over multisets, never over labelled
positions, so 20 copies of one variable cost 20 steps. Every multiset that the recursion needs must be given.

**Written out.** :func:`cumulant_in_moments` and its relatives list the terms instead of computing a value.

Literature: A. Stuart and J. K. Ord, *Kendall's Advanced Theory of Statistics 1*, chapter 3; P. McCullagh, *Tensor Methods in
Statistics* (1987), chapter 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from math import comb
from reprlib import repr as short
from typing import Any

from symwick.algebra.joint_conversions import (
    joint_central,
    joint_central_from_cumulants,
    joint_cumulants,
    joint_cumulants_from_central,
    joint_moments,
    joint_moments_from_central,
)
from symwick.algebra.named_multisets import exact_value, total
from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import number_or_expression, vanishes
from symwick.algebra.written_cumulants import (
    Written,
    central_in_cumulants,
    cumulant_in_central,
    cumulant_in_moments,
    cumulant_terms,
    moment_in_cumulants,
    moment_terms,
)
from symwick.errors import InvalidArgument

__all__ = [
    "Written",
    "central_in_cumulants",
    "central_to_cumulants",
    "central_to_moments",
    "cumulant_in_central",
    "cumulant_in_moments",
    "cumulant_terms",
    "cumulants_to_central",
    "cumulants_to_moments",
    "joint_central",
    "joint_central_from_cumulants",
    "joint_cumulants",
    "joint_cumulants_from_central",
    "joint_moments",
    "joint_moments_from_central",
    "moment_in_cumulants",
    "moment_terms",
    "moments_to_central",
    "moments_to_cumulants",
]

_ZERO, _ONE = to_flint(0), to_flint(1)


# One variable ----------------------------------------------------------------------------------------------------------


def _elements(values: Any, argument: str) -> list[Any]:
    if not isinstance(values, Iterable) or isinstance(values, (str, bytes, Mapping, Set)):
        raise InvalidArgument(
            f"Argument '{argument}' must be a sequence of values from order 1 on, not {short(values)}."
        )
    return [exact_value(value, argument) for value in values]


def _central_elements(values: Any, argument: str) -> list[Any]:
    found = _elements(values, argument)
    if found and not vanishes(found[0]):
        raise InvalidArgument(
            f"Argument '{argument}' must begin with 0, the central moment of order 1, not {number_or_expression(found[0])}."
        )
    return found


def _numbers(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(map(number_or_expression, values))


def _to_cumulants(moments: Sequence[Any]) -> list[Any]:
    """κ_n = m_n - Σ_{k=1..n-1} C(n-1, k-1) κ_k m_{n-k}."""
    kappa: list[Any] = []
    for n, moment in enumerate(moments):
        kappa.append(moment - total(comb(n, k) * kappa[k] * moments[n - 1 - k] for k in range(n) if kappa[k]))
    return kappa


def _to_moments(cumulants: Sequence[Any]) -> list[Any]:
    """m_n = Σ_{k=1..n} C(n-1, k-1) κ_k m_{n-k}."""
    moments: list[Any] = []
    for n, kappa in enumerate(cumulants):
        below = (comb(n, k) * cumulants[k] * moments[n - 1 - k] for k in range(n) if cumulants[k])
        moments.append(kappa + total(below))
    return moments


def _shifted(moments: Sequence[Any], shift: Any) -> list[Any]:
    """E(X + a)^n = Σ_k C(n, k) a^(n-k) m_k."""
    powers: list[Any] = [_ONE]
    for _ in moments:
        powers.append(powers[-1] * shift)
    known = [_ONE, *moments]
    return [total(comb(n, k) * powers[n - k] * known[k] for k in range(n + 1)) for n in range(1, len(known))]


def moments_to_cumulants(moments: Iterable[Any]) -> tuple[Any, ...]:
    """(κ_1, …, κ_n) from (E X, …, E X^n): κ_n = m_n - Σ_{k<n} C(n-1, k-1) κ_k m_{n-k}.

    >>> moments_to_cumulants([1, 2, 5, 15, 52])       # Poisson(1): the Bell numbers
    (1, 1, 1, 1, 1)
    >>> import sympy
    >>> moments_to_cumulants(sympy.symbols("m1 m2"))
    (m1, -m1**2 + m2)
    """
    return _numbers(_to_cumulants(_elements(moments, "moments")))


def cumulants_to_moments(cumulants: Iterable[Any]) -> tuple[Any, ...]:
    """(E X, …, E X^n) from (κ_1, …, κ_n): m_n = Σ_k C(n-1, k-1) κ_k m_{n-k}.

    >>> cumulants_to_moments(["1/2", "1/4", 0, 0])    # normal, mean 1/2, variance 1/4
    (Fraction(1, 2), Fraction(1, 2), Fraction(1, 2), Fraction(5, 8))
    """
    return _numbers(_to_moments(_elements(cumulants, "cumulants")))


def moments_to_central(moments: Iterable[Any]) -> tuple[Any, ...]:
    """(0, E(X - E X)², …) from (E X, …, E X^n): Σ_k C(n, k) (-m_1)^(n-k) m_k.

    >>> moments_to_central([2, 5, 14])
    (0, 1, 0)
    """
    known = _elements(moments, "moments")
    return _numbers(_shifted(known, -known[0]) if known else ())


def central_to_moments(central: Iterable[Any], mean: Any) -> tuple[Any, ...]:
    """(E X, …, E X^n) from (0, E(X - E X)², …) and E X: Σ_k C(n, k) mean^(n-k) μ_k.

    >>> central_to_moments([0, 1, 0], 2)
    (2, 5, 14)
    """
    return _numbers(_shifted(_central_elements(central, "central"), exact_value(mean, "mean")))


def central_to_cumulants(central: Iterable[Any], mean: Any = 0) -> tuple[Any, ...]:
    """(κ_1, …, κ_n) from (0, E(X - E X)², …); ``mean`` is κ_1 and enters nowhere else.

    >>> central_to_cumulants([0, 2, 0, 12], mean="1/3")
    (Fraction(1, 3), 2, 0, 0)
    """
    kappa = _to_cumulants(_central_elements(central, "central"))
    first = exact_value(mean, "mean")
    return _numbers([first, *kappa[1:]] if kappa else ())


def cumulants_to_central(cumulants: Iterable[Any]) -> tuple[Any, ...]:
    """(0, E(X - E X)², …) from (κ_1, …, κ_n); κ_1 enters nowhere.

    >>> cumulants_to_central([5, 2, 0, 0])
    (0, 2, 0, 12)
    """
    known = _elements(cumulants, "cumulants")
    return _numbers(_to_moments([_ZERO, *known[1:]]) if known else ())
