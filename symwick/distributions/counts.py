"""Marginals that count: Binomial, Poisson, Geometric, NegativeBinomial.

Their factorial moments E[X(X−1)…(X−j+1)] are products, and E[X^k] = Σ_j S(k, j) E[X(X−1)…(X−j+1)] with Stirling numbers of
the second kind; cumulants are such sums too.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.numbers import Number, ratio
from symwick.algebra.partitions import stirling2
from symwick.algebra.symbolic import Symbolic, power, reciprocal
from symwick.distributions.marginal_law import Marginal
from symwick.distributions.parameters import (
    HALF_OPEN_UNIT,
    POSITIVE,
    UNIT,
    Parameter,
    as_element,
    as_weight,
    inside,
    natural_parameter,
    read_parameter,
)
from symwick.errors import TooLarge

__all__ = ["Binomial", "Geometric", "NegativeBinomial", "Poisson"]

_MOST_TRIALS = 5_000  # the n + 1 probabilities of a binomial law have about n digits each
_MOST_SYMBOLIC_TRIALS = 200  # … or about n terms each


def _stirling_sum(k: int, factor: Callable[[int], Any]) -> Any:
    """Σ_{j=1}^{k} S(k, j) factor(1) ⋯ factor(j)."""
    total, product = ratio(0, 1), ratio(1, 1)
    for j in range(1, k + 1):
        product = product * factor(j)
        if not product:
            break
        total = total + stirling2(k, j) * product
    return total


class _Count(Marginal):
    """A law on the integers from ``_first`` on."""

    _first = 0

    def _values(self) -> str:
        return f"the integers from {self._first} on"

    def _event(self, value: Fraction) -> tuple[sympy.Basic, ...] | None:
        if self._positive is not None:
            return super()._event(value)
        needed = self._needed(value.numerator) if value.denominator == 1 and value >= self._first else [sympy.false]
        return None if sympy.false in needed else tuple(relation for relation in needed if relation != sympy.true)

    def _needed(self, value: int) -> list[sympy.Basic]:
        """The relations for P(X = value) to be positive, for an integer that is at least ``_first``."""
        return []


class Binomial(_Count):
    """The number of successes in n independent trials: P(X = k) = C(n, k) p^k (1 − p)^{n−k}.

    >>> Binomial(2, "1/3").probabilities, Binomial("n", "p").mean
    ((Fraction(4, 9), Fraction(4, 9), Fraction(1, 9)), n*p)

    Raises InvalidArgument (n no integer or negative, p outside [0, 1]), InexactError (a float), TooLarge (more than
    ``limit`` trials: the n + 1 exact probabilities have about n digits each).
    """

    n: Parameter
    p: Parameter

    def __init__(self, n: Any, p: Any, *, limit: int = _MOST_TRIALS) -> None:
        trials, success = read_parameter(n, "n"), read_parameter(p, "p")
        relations = natural_parameter("n", trials) + inside("p", success, UNIT)
        if type(trials) is int and trials > limit:
            raise TooLarge("Trials of Binomial", trials, limit)
        super().__init__(relations, n=trials, p=success)

    def _table(self) -> tuple[tuple[Number, Any], ...] | None:
        n, p = self.n, as_weight(self.p)
        if type(n) is not int or (isinstance(p, Symbolic) and n > _MOST_SYMBOLIC_TRIALS):
            return None
        if not isinstance(p, Symbolic):
            a, b, total = p.numerator, p.denominator - p.numerator, p.denominator**n
            return tuple((k, Fraction(comb(n, k) * a**k * b ** (n - k), total)) for k in range(n + 1))
        return tuple((k, comb(n, k) * power(p, k) * power(1 - p, n - k)) for k in range(n + 1))

    def _values(self) -> str:
        return f"the integers from 0 to {self.n}"

    @cached_property
    def support(self) -> tuple[Number, ...]:
        if self._positive is None and type(self.n) is int:
            return tuple(range(self.n + 1))
        return super().support

    def _needed(self, value: int) -> list[sympy.Basic]:
        n, p = self._expressions()
        positive = [sympy.Gt(p, 0)] if value else []
        return [sympy.Ge(n, value), *positive, sympy.Or(sympy.Lt(p, 1), sympy.Eq(n, value))]

    def _power_mean(self, k: int) -> Any:
        n, p = as_element(self.n), as_element(self.p)
        return _stirling_sum(k, lambda j: (n - (j - 1)) * p)

    def _known_cumulant(self, k: int) -> Any:
        p = as_element(self.p)
        return as_element(self.n) * _stirling_sum(k, lambda j: p if j == 1 else (1 - j) * p)

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        n, p = self._expressions()
        return (1 - p + p * sympy.exp(t)) ** n

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        trials, p = self._floats()
        return rng.binomial(int(trials), p, n)


class Poisson(_Count):
    """P(X = k) = exp(−λ) λ^k / k! with the rate λ > 0, which is mean and variance.

    >>> Poisson("lam").moment(3), Poisson(2).cumulant(7)
    (lam**3 + 3*lam**2 + lam, 2)

    Raises InvalidArgument (rate not above 0) and InexactError (a float).
    """

    rate: Parameter

    def __init__(self, rate: Any) -> None:
        value = read_parameter(rate, "rate")
        super().__init__(inside("rate", value, POSITIVE), rate=value)

    def _power_mean(self, k: int) -> Any:
        rate = as_element(self.rate)
        return _stirling_sum(k, lambda j: rate)

    def _known_cumulant(self, k: int) -> Any:
        return as_element(self.rate)

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        (rate,) = self._expressions()
        return sympy.exp(rate * (sympy.exp(t) - 1))

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        return rng.poisson(self._floats()[0], n)


def _failure_odds(p: Parameter) -> Any:
    """(1 − p)/p."""
    return reciprocal(as_element(p)) - 1


class _Waiting(_Count):
    """Trials, each a success with probability p, until there are enough successes."""

    p: Parameter

    def _needed(self, value: int) -> list[sympy.Basic]:
        return [] if value == self._first else [sympy.Lt(self._expressions()[-1], 1)]

    def _rates(self) -> tuple[sympy.Expr | None, sympy.Expr | None]:
        p = self._expressions()[-1]
        return None, None if p == 1 else -sympy.log(1 - p)


class Geometric(_Waiting):
    """The number of trials up to the first success, that one included: P(X = k) = p (1 − p)^{k−1} for k = 1, 2, ….

    As in sympy, NumPy and SciPy; the number of failures before it is ``NegativeBinomial(1, p)``.

    >>> Geometric("1/3").mean, Geometric("p").variance
    (3, -1/p + p**(-2))

    Raises InvalidArgument (p outside (0, 1]) and InexactError (a float).
    """

    _first = 1

    def __init__(self, p: Any) -> None:
        value = read_parameter(p, "p")
        super().__init__(inside("p", value, HALF_OPEN_UNIT), p=value)

    def _table(self) -> tuple[tuple[Number, Any], ...] | None:
        return ((1, Fraction(1)),) if self.p == 1 else None

    def _power_mean(self, k: int) -> Any:
        once, odds = reciprocal(as_element(self.p)), _failure_odds(self.p)
        return _stirling_sum(k, lambda j: once if j == 1 else j * odds)

    def _known_cumulant(self, k: int) -> Any:
        odds = _failure_odds(self.p)
        return _stirling_sum(k, lambda j: odds if j == 1 else (j - 1) * odds) + (1 if k == 1 else 0)

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        (p,) = self._expressions()
        return p * sympy.exp(t) / (1 - (1 - p) * sympy.exp(t))

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        return rng.geometric(self._floats()[0], n)


class NegativeBinomial(_Waiting):
    """The number of failures before the r-th success: P(X = k) = C(k + r − 1, k) p^r (1 − p)^k for k = 0, 1, …; r > 0 is real.

    As in NumPy and SciPy.

    >>> NegativeBinomial(2, "1/3").mean, NegativeBinomial("r", "1/2").variance
    (4, 2*r)

    Raises InvalidArgument (r not above 0, p outside (0, 1]) and InexactError (a float).
    """

    r: Parameter

    def __init__(self, r: Any, p: Any) -> None:
        successes, success = read_parameter(r, "r"), read_parameter(p, "p")
        relations = inside("r", successes, POSITIVE) + inside("p", success, HALF_OPEN_UNIT)
        super().__init__(relations, r=successes, p=success)

    def _table(self) -> tuple[tuple[Number, Any], ...] | None:
        return ((0, Fraction(1)),) if self.p == 1 else None

    def _power_mean(self, k: int) -> Any:
        r, odds = as_element(self.r), _failure_odds(self.p)
        return _stirling_sum(k, lambda j: (r + (j - 1)) * odds)

    def _known_cumulant(self, k: int) -> Any:
        odds = _failure_odds(self.p)
        return as_element(self.r) * _stirling_sum(k, lambda j: odds if j == 1 else (j - 1) * odds)

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        r, p = self._expressions()
        return p**r * (1 - (1 - p) * sympy.exp(t)) ** (-r)

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        r, p = self._floats()
        return rng.negative_binomial(r, p, n)
