"""One real variable: what a family of laws tells, and the moments, cumulants and generating functions that follow."""

from __future__ import annotations

from abc import ABC
from fractions import Fraction
from functools import cached_property
from math import comb, isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.numbers import Number, ratio, to_flint, to_sympy
from symwick.algebra.symbolic import Symbolic, expression, number_or_expression
from symwick.algebra.vectors import IntVector, weighted_product_sum
from symwick.distributions.parameters import as_expression, below, symbols_of
from symwick.distributions.tabulated import BoundedCache
from symwick.errors import InvalidArgument, NoClosedForm

__all__ = ["Univariate", "rounded"]

_KEPT_CUMULANTS = 256
_ZERO, _ONE = ratio(0, 1), ratio(1, 1)


class Univariate(ABC):
    """The law of one real variable, given by its family's parameters; the base of :class:`Marginal`.

    ``assumptions`` are the relations that symbols among the parameters are taken to fulfil.
    """

    assumptions: tuple[sympy.Basic, ...]

    def __init__(self, assumptions: tuple[sympy.Basic, ...] = (), /, **parameters: Any) -> None:
        self.__dict__.update(parameters)
        self.__dict__["_parameters"] = parameters
        self.__dict__["assumptions"] = tuple(dict.fromkeys(assumptions)) if assumptions else ()

    # -- what a family tells ---------------------------------------------------------------------------------------

    def _table(self) -> tuple[tuple[Number, Any], ...] | None:
        """(point, probability) for every point, ascending, as Fraction or symbolic element; None where there is no table."""
        return None

    def _no_support(self) -> str:
        """Why there is no ``support``."""
        return f"{self!r} has no finite support: its values are {self._values()}."

    def _values(self) -> str:
        return "all real numbers"

    def _power_mean(self, k: int) -> Any:
        """E[X^k] for k ≥ 1 as an element of the exact ring."""
        if self._vectors is None:
            return sum((weight * to_flint(point) ** k for point, weight in self.weights), _ZERO)
        points, weights = self._vectors
        return ratio(*weighted_product_sum(weights, [(points.power(k), np.arange(len(points)))]))

    def _known_cumulant(self, k: int) -> Any | None:
        """κ_k for k ≥ 1 where there is a formula for it; None leaves it to the moments."""
        return None

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        """E exp(t X) for t ≠ 0."""
        if self._positive is None:
            raise NoClosedForm(f"E exp(t*X) has no closed form under {self!r}.")
        terms = ((to_sympy(point), expression(weight)) for point, weight in self.weights)
        return sympy.Add(*(weight * sympy.exp(t * point) for point, weight in terms))

    def _rates(self) -> tuple[sympy.Expr | None, sympy.Expr | None]:
        """The open interval of real t for which E exp(t X) exists; None where it has no end."""
        return None, None

    def _event(self, value: Fraction) -> tuple[sympy.Basic, ...] | None:
        """The relations for P(X = value) to be positive; None where it is 0."""
        for point, weight in self._positive or ():
            if point == value:
                needed = sympy.Gt(expression(weight), 0) if isinstance(weight, Symbolic) else sympy.true
                return () if needed == sympy.true else (needed,)
        return None

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        """``n`` draws; the parameters are numbers."""
        weights = np.array([rounded(expression(weight)) for _, weight in self.weights])
        integral = all(type(point) is int and abs(point) < 1 << 62 for point in self.support)
        points = np.array([point if integral else Fraction(point) for point in self.support])
        return points[rng.choice(len(points), size=n, p=weights / weights.sum())]

    def assumed(self, k: int) -> tuple[sympy.Basic, ...]:
        """What E[X^k] needs beyond ``assumptions`` in order to exist."""
        return ()

    # -- parameters ------------------------------------------------------------------------------------------

    @cached_property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        """The symbols among the parameters, by name."""
        return tuple(sorted(symbols_of(tuple(self.__dict__["_parameters"].values())), key=lambda symbol: symbol.name))

    def _expressions(self) -> tuple[sympy.Expr, ...]:
        """The parameters as expressions, in the order of the constructor."""
        return tuple(map(as_expression, self.__dict__["_parameters"].values()))

    def _floats(self) -> Any:
        """The parameters as a tuple of floats, for drawing."""
        return tuple(map(rounded, self._expressions()))

    # -- points ----------------------------------------------------------------------------------------------------

    @cached_property
    def _positive(self) -> tuple[tuple[Number, Any], ...] | None:
        table = self._table()
        return None if table is None else tuple((point, weight) for point, weight in table if weight)

    @cached_property
    def _vectors(self) -> tuple[IntVector, IntVector] | None:
        """Points and probabilities, where all are rational."""
        rows = self._positive
        if rows is None or any(isinstance(weight, Symbolic) for _, weight in rows):
            return None
        return IntVector.of(point for point, _ in rows), IntVector.of(weight for _, weight in rows)

    @cached_property
    def support(self) -> tuple[Number, ...]:
        """The points of positive probability, ascending; of any probability that is not certainly 0, while symbols remain.

        Raises NoClosedForm where they are no finite list of rational numbers.
        """
        if self._positive is None:
            raise NoClosedForm(self._no_support())
        return tuple(point for point, _ in self._positive)

    @cached_property
    def weights(self) -> tuple[tuple[Number, Any], ...]:
        """(point, probability) for the points of ``support``, probabilities as elements of the exact ring."""
        if self._positive is None:
            raise NoClosedForm(self._no_support())
        return tuple((x, weight if isinstance(weight, Symbolic) else to_flint(weight)) for x, weight in self._positive)

    @cached_property
    def probabilities(self) -> tuple[Number | sympy.Expr, ...]:
        """The probabilities of the points of ``support``; they sum to 1."""
        return tuple(number_or_expression(weight) for _, weight in self.weights)

    # -- moments ---------------------------------------------------------------------------------------------------

    def moment(self, k: int) -> Number | sympy.Expr:
        """E[X^k]; a sympy expression while symbols or constants remain.

        >>> from symwick.distributions.discrete import Bernoulli
        >>> Bernoulli("1/3").moment(5), Bernoulli("p").moment(5)
        (Fraction(1, 3), p)

        Raises NoClosedForm where there is no such moment.
        """
        value: Number | sympy.Expr = number_or_expression(self._moment(_order(k)))
        return value

    @cached_property
    def _moments(self) -> BoundedCache[int, Any]:
        return BoundedCache(1 << 20)

    def _moment(self, k: int) -> Any:
        """E[X^k] as an element of the exact ring."""
        if not k:
            return _ONE
        found = self._moments.get(k)
        if found is None:
            found = self._power_mean(k)
            self._moments.keep(k, found, len(found.terms) if isinstance(found, Symbolic) else 1)
        return found

    def cumulant(self, k: int) -> Number | sympy.Expr:
        """κ_k(X) = μ_k − Σ_{0<j<k} C(k−1, j−1) κ_j μ_{k−j}, or by a formula of the family; κ_0 = 0.

        >>> from symwick.distributions.discrete import Bernoulli
        >>> Bernoulli("1/3").cumulant(3), Bernoulli("p").cumulant(2)
        (Fraction(2, 27), -p**2 + p)
        """
        value: Number | sympy.Expr = number_or_expression(self._cumulant(_order(k)))
        return value

    def _cumulant(self, k: int) -> Any:
        """κ_k as an element of the exact ring."""
        known = self._known_cumulant(k) if k else _ZERO
        return self._recursion(k) if known is None else known

    def _recursion(self, k: int) -> Any:
        self._moment(k)  # raises where it does not exist, before a lower one does
        kept: list[Any] = self.__dict__.setdefault("_cumulants", [_ZERO])
        values = kept if k < _KEPT_CUMULANTS else list(kept)
        for m in range(len(values), k + 1):
            tail = sum((comb(m - 1, j - 1) * values[j] * self._moment(m - j) for j in range(1, m)), _ZERO)
            values.append(self._moment(m) - tail)
        return values[k]

    def central_moment(self, k: int) -> Number | sympy.Expr:
        """E[(X − E X)^k] = Σ_j C(k, j) μ_j (−μ_1)^{k−j}.

        >>> from symwick.distributions.continuous import Normal
        >>> Normal("mu", "sigma").central_moment(4)
        3*sigma**4
        """
        total, power = _ZERO, _ONE
        for j in range(_order(k) + 1):
            total = total + comb(k, j) * power * self._moment(k - j)
            if j < k:
                power = power * -self._moment(1)
        value: Number | sympy.Expr = number_or_expression(total)
        return value

    @property
    def mean(self) -> Number | sympy.Expr:
        """E[X]."""
        return self.moment(1)

    @property
    def variance(self) -> Number | sympy.Expr:
        """E[X²] − E[X]²."""
        return self.cumulant(2)

    # -- generating function -----------------------------------------------------------------------------------------

    def _generating(self, t: sympy.Expr) -> sympy.Expr:
        """E exp(t X) for t real or complex; where t is a symbol, for t ≠ 0. Raises NoClosedForm where there is none."""
        return sympy.Integer(1) if t.is_zero else self._transform(t)

    def _generating_domain(self, t: sympy.Expr) -> tuple[sympy.Basic, ...]:
        """What is left undecided of the condition that E exp(t X) exists at real t.

        Raises NoClosedForm where it certainly does not.
        """
        low, high = (None, None) if t.is_zero else self._rates()
        found = []
        for bound, word, relation in (
            (low, "above", low is not None and below(low, t)),
            (high, "below", high is not None and below(t, high)),
        ):
            if bound is not None and relation == sympy.false:
                raise NoClosedForm(
                    f"E[exp({t * sympy.Symbol('X')})] does not exist under {self!r}: the rate must be {word} {bound}, "
                    f"not {t}."
                )
            if bound is not None and relation != sympy.true:
                found.append(relation)
        return tuple(found)


def rounded(value: sympy.Expr) -> float:
    """A number as a float, for drawing. Raises OverflowError where there is none."""
    result = float(sympy.N(value, 17))
    if not isfinite(result):
        raise OverflowError(f"{sympy.N(value, 5)} is too large for a float")
    return result


def _order(k: Any) -> int:
    if isinstance(k, bool) or not isinstance(k, (int, np.integer, sympy.Integer)) or k < 0:
        raise InvalidArgument(f"Argument 'k' must be an integer that is at least 0, not {k!r}.")
    return int(k)
