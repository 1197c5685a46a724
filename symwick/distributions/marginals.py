"""Univariate laws of finite support, without a name: the values of :class:`Independent`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import comb
from typing import Any

import numpy as np
import sympy

from symwick.algebra.numbers import Number, from_flint, ratio, to_fraction, to_number
from symwick.algebra.vectors import IntVector, weighted_product_sum
from symwick.circuits.variables import Variable, as_variable
from symwick.distributions.finite import Finite
from symwick.errors import InvalidArgument, NoClosedForm, TooLarge

__all__ = ["Bernoulli", "Binomial", "Categorical", "Constant", "DiscreteUniform", "Marginal", "Rademacher"]

_MOST_POINTS = 100_000
_MOST_TRIALS = 5_000  # the n + 1 probabilities of a binomial law have about n digits each


class Marginal(ABC):
    """The law of one real variable that has no name yet: E φ(X) = Σ_x P(X = x) φ(x).

    Immutable; two are equal where kind and parameters are. ``named("x")`` is the law of a variable x.
    """

    def __init__(self, **parameters: Any) -> None:
        self.__dict__.update(parameters)
        self.__dict__["_parameters"] = parameters

    @abstractmethod
    def _table(self) -> tuple[tuple[Number, Fraction], ...]:
        """(point, probability) for every point, ascending; probability 0 is allowed."""

    @cached_property
    def _positive(self) -> tuple[tuple[Number, Fraction], ...]:
        return tuple((point, weight) for point, weight in self._table() if weight)

    @cached_property
    def support(self) -> tuple[Number, ...]:
        """The points of positive probability, ascending."""
        return tuple(point for point, _ in self._positive)

    @cached_property
    def probabilities(self) -> tuple[Number, ...]:
        """The probabilities of the points of ``support``; they sum to 1."""
        return tuple(to_number(weight) for _, weight in self._positive)

    @cached_property
    def _vectors(self) -> tuple[IntVector, IntVector]:
        return IntVector.of(self.support), IntVector.of(self.probabilities)

    def moment(self, k: int) -> Number:
        """E[X^k].

        >>> Bernoulli("1/3").moment(5)
        Fraction(1, 3)
        """
        return from_flint(self._moment(_order(k)))

    def _moment(self, k: int) -> Any:
        points, weights = self._vectors
        every = np.arange(len(points))
        return ratio(*weighted_product_sum(weights, [(points.power(k), every)] if k else []))

    def cumulant(self, k: int) -> Number:
        """κ_k(X) = μ_k − Σ_{0<j<k} C(k−1, j−1) κ_j μ_{k−j}; κ_0 = 0.

        >>> Bernoulli("1/3").cumulant(3)
        Fraction(2, 27)
        """
        moments = [self._moment(j) for j in range(_order(k) + 1)]
        cumulants = [ratio(0, 1)]
        for m in range(1, k + 1):
            tail = sum((comb(m - 1, j - 1) * cumulants[j] * moments[m - j] for j in range(1, m)), ratio(0, 1))
            cumulants.append(moments[m] - tail)
        return from_flint(cumulants[k])

    @property
    def mean(self) -> Number:
        """E[X]."""
        return self.moment(1)

    @property
    def variance(self) -> Number:
        """E[X²] − E[X]²."""
        return self.cumulant(2)

    def named(self, variable: Variable) -> Finite:
        """The law of a variable of that name.

        >>> Bernoulli("1/3").named("x").moment({"x": 2})
        Fraction(1, 3)
        """
        codes = np.arange(len(self.support), dtype=np.intp).reshape(-1, 1)
        law = Finite.__new__(Finite)
        super(Finite, law).__init__((as_variable(variable),), (self.support,), codes, self._vectors[1])
        return law

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; build a new one.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; build a new one.")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return bool(self.__dict__["_parameters"] == other.__dict__["_parameters"])

    def __hash__(self) -> int:
        return hash((type(self).__name__, *self.__dict__["_parameters"].values()))

    def _arguments(self) -> list[str]:
        return [str(value) for value in self.__dict__["_parameters"].values()]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._arguments())})"

    def _latex_arguments(self) -> str:
        return ", ".join(_latex(value) for value in self.__dict__["_parameters"].values())

    def latex(self) -> str:
        r"""LaTeX of the law.

        >>> print(Bernoulli("1/3").latex())
        \mathrm{Bernoulli}\left(\frac{1}{3}\right)
        """
        return rf"\mathrm{{{type(self).__name__}}}\left({self._latex_arguments()}\right)"

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"


class Bernoulli(Marginal):
    """P(X = 1) = p, P(X = 0) = 1 − p.

    >>> Bernoulli("1/3"), Bernoulli("1/3").variance
    (Bernoulli(1/3), Fraction(2, 9))

    Raises InvalidArgument (p outside [0, 1]), InexactError (a float), NoClosedForm (a symbol, not yet).
    """

    p: Number

    def __init__(self, p: Any) -> None:
        super().__init__(p=_probability(p, "p", "Bernoulli"))

    def _table(self) -> tuple[tuple[Number, Fraction], ...]:
        p = Fraction(self.p)
        return ((0, 1 - p), (1, p))


class Rademacher(Marginal):
    """A fair sign: P(X = 1) = P(X = −1) = 1/2.

    >>> Rademacher().support, Rademacher().cumulant(4)
    ((-1, 1), -2)
    """

    def __init__(self) -> None:
        super().__init__()

    def _table(self) -> tuple[tuple[Number, Fraction], ...]:
        return ((-1, Fraction(1, 2)), (1, Fraction(1, 2)))


class Constant(Marginal):
    """P(X = value) = 1.

    >>> Constant("5/2").mean, Constant("5/2").variance
    (Fraction(5, 2), 0)

    Raises InexactError (a float), NoClosedForm (a symbol, not yet).
    """

    value: Number

    def __init__(self, value: Any) -> None:
        super().__init__(value=to_number(_exact(value, "value", "Constant")))

    def _table(self) -> tuple[tuple[Number, Fraction], ...]:
        return ((self.value, Fraction(1)),)


class Categorical(Marginal):
    """P(X = v) = p_v, given as ``{v: p_v}`` or as the sequence of p_0, …, p_{k−1}; probability 0 leaves a value out.

    >>> Categorical({-1: "1/4", 2: "3/4"}).mean, Categorical(["1/2", 0, "1/2"]).support
    (Fraction(5, 4), (0, 2))

    Raises InvalidArgument (a probability outside [0, 1], a sum other than 1, a value named twice), InexactError (a
    float), NoClosedForm (a symbol, not yet).
    """

    def __init__(self, probabilities: Mapping[Any, Any] | Iterable[Any]) -> None:
        if isinstance(probabilities, Mapping):
            pairs = list(probabilities.items())
        elif isinstance(probabilities, Iterable) and not isinstance(probabilities, (str, bytes)):
            pairs = list(enumerate(probabilities))
        else:
            raise InvalidArgument(
                f"Argument 'probabilities' must map values to probabilities, or list those of 0, 1, …, "
                f"not be {probabilities!r}."
            )
        table: dict[Fraction, Number] = {}
        for value, weight in pairs:
            point = _exact(value, "probabilities", "Categorical")
            if point in table:
                raise InvalidArgument(f"Argument 'probabilities' must name each value once, but {point} comes twice.")
            table[point] = _probability(weight, "probabilities", "Categorical")
        total = sum(map(Fraction, table.values()), Fraction(0))
        if total != 1:
            raise InvalidArgument(f"Argument 'probabilities' must sum to 1, not {total}.")
        super().__init__(table=tuple((to_number(point), weight) for point, weight in sorted(table.items()) if weight))

    def _table(self) -> tuple[tuple[Number, Fraction], ...]:
        return tuple((point, Fraction(weight)) for point, weight in self.__dict__["table"])

    def _arguments(self) -> list[str]:
        shown = [f"{point}: {weight}" for point, weight in self.__dict__["table"][:8]]
        return ["{" + ", ".join([*shown, *(["…"] if len(self.support) > 8 else [])]) + "}"]

    def _latex_arguments(self) -> str:
        shown = [f"{_latex(point)}: {_latex(weight)}" for point, weight in self.__dict__["table"][:8]]
        return ", ".join([*shown, *([r"\ldots"] if len(self.support) > 8 else [])])


class DiscreteUniform(Marginal):
    """Every integer from ``low`` to ``high``, both included, or every one of ``values``, with equal probability.

    >>> DiscreteUniform(1, 6).mean, DiscreteUniform(values=[0, "1/2"]).probabilities
    (Fraction(7, 2), (Fraction(1, 2), Fraction(1, 2)))

    Raises InvalidArgument (bounds that are no integers or in the wrong order, a value named twice, no value),
    InexactError (a float), NoClosedForm (a symbol, not yet), TooLarge (more than ``limit`` values).
    """

    def __init__(self, low: Any = None, high: Any = None, *, values: Any = None, limit: int = _MOST_POINTS) -> None:
        if (low is None) != (high is None) or (low is None) == (values is None):
            raise InvalidArgument("DiscreteUniform must be given both arguments 'low' and 'high', or 'values' alone.")
        if values is None:
            first, last = (_integer(x, name, "DiscreteUniform") for x, name in ((low, "low"), (high, "high")))
            if last < first:
                raise InvalidArgument(f"Argument 'high' must be at least 'low', which is {first}, not {last}.")
            if last - first >= limit:
                raise TooLarge("Points of DiscreteUniform", last - first + 1, limit)
            super().__init__(values=tuple(range(first, last + 1)))
            return
        if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
            raise InvalidArgument(f"Argument 'values' must be a sequence of numbers, not {values!r}.")
        points = sorted(_exact(value, "values", "DiscreteUniform") for value in values)
        if not points:
            raise InvalidArgument("Argument 'values' must hold at least one value.")
        for left, right in pairwise(points):
            if left == right:
                raise InvalidArgument(f"Argument 'values' must name each value once, but {left} comes twice.")
        super().__init__(values=tuple(to_number(point) for point in points))

    def _table(self) -> tuple[tuple[Number, Fraction], ...]:
        points = self.__dict__["values"]
        return tuple((point, Fraction(1, len(points))) for point in points)

    def _ends(self) -> tuple[int, int] | None:
        """(low, high) where the values are consecutive integers."""
        points = self.__dict__["values"]
        low, high = points[0], points[-1]
        return (low, high) if type(low) is int and points == tuple(range(low, low + len(points))) else None

    def _arguments(self) -> list[str]:
        if ends := self._ends():
            return [str(end) for end in ends]
        points = self.__dict__["values"]
        return ["values=[" + ", ".join([*map(str, points[:8]), *(["…"] if len(points) > 8 else [])]) + "]"]

    def _latex_arguments(self) -> str:
        if ends := self._ends():
            return rf"{ends[0]}, \ldots, {ends[1]}"
        points = self.__dict__["values"]
        return ", ".join([*map(_latex, points[:8]), *([r"\ldots"] if len(points) > 8 else [])])


class Binomial(Marginal):
    """The number of successes in n independent trials: P(X = k) = C(n, k) p^k (1 − p)^{n−k}.

    >>> Binomial(2, "1/3").probabilities
    (Fraction(4, 9), Fraction(4, 9), Fraction(1, 9))

    Raises InvalidArgument (n no integer or negative, p outside [0, 1]), InexactError (a float), NoClosedForm (a symbol,
    not yet), TooLarge (more than ``limit`` trials: the n + 1 exact probabilities have about n digits each).
    """

    n: int
    p: Number

    def __init__(self, n: Any, p: Any, *, limit: int = _MOST_TRIALS) -> None:
        trials = _integer(n, "n", "Binomial")
        if trials < 0:
            raise InvalidArgument(f"Argument 'n' must be at least 0, not {trials}.")
        success = _probability(p, "p", "Binomial")
        if trials > limit:
            raise TooLarge("Trials of Binomial", trials, limit)
        super().__init__(n=trials, p=success)

    def _table(self) -> tuple[tuple[Number, Fraction], ...]:
        n, p = self.n, Fraction(self.p)
        a, b, total = p.numerator, p.denominator - p.numerator, p.denominator**self.n
        return tuple((k, Fraction(comb(n, k) * a**k * b ** (n - k), total)) for k in range(n + 1))


def _exact(value: Any, argument: str, family: str) -> Fraction:
    if isinstance(value, sympy.Basic) and value.free_symbols:
        raise NoClosedForm(
            f"{family} with argument '{argument}' = {value} has no closed form here: symbolic parameters are not "
            f"supported yet; substitute a number."
        )
    return to_fraction(value, argument)


def _probability(value: Any, argument: str, family: str) -> Number:
    p = _exact(value, argument, family)
    if not 0 <= p <= 1:
        raise InvalidArgument(f"Argument '{argument}' must lie in [0, 1], not {p}.")
    return to_number(p)


def _integer(value: Any, argument: str, family: str) -> int:
    q = _exact(value, argument, family)
    if q.denominator != 1:
        raise InvalidArgument(f"Argument '{argument}' must be an integer, not {q}.")
    return q.numerator


def _order(k: Any) -> int:
    if isinstance(k, bool) or not isinstance(k, (int, np.integer, sympy.Integer)) or k < 0:
        raise InvalidArgument(f"Argument 'k' must be an integer that is at least 0, not {k!r}.")
    return int(k)


def _latex(value: Any) -> str:
    q = to_fraction(value)
    return str(sympy.latex(sympy.Rational(q.numerator, q.denominator)))
