"""Marginals of finitely many points: Bernoulli, Rademacher, Constant, Categorical, DiscreteUniform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.numbers import Number, ratio, to_fraction, to_number
from symwick.algebra.symbolic import Symbolic, expression, power, vanishes
from symwick.circuits.variables import plain
from symwick.distributions.marginal_law import Marginal
from symwick.distributions.parameters import (
    UNIT,
    Parameter,
    as_element,
    as_weight,
    inside,
    latex_of,
    read_parameter,
)
from symwick.errors import InvalidArgument, NoClosedForm, TooLarge

__all__ = ["Bernoulli", "Categorical", "Constant", "DiscreteUniform", "Rademacher"]

_MOST_POINTS = 100_000


class Bernoulli(Marginal):
    """P(X = 1) = p, P(X = 0) = 1 − p.

    >>> Bernoulli("1/3"), Bernoulli("1/3").variance, Bernoulli("p").variance
    (Bernoulli(1/3), Fraction(2, 9), -p**2 + p)

    Raises InvalidArgument (p outside [0, 1]) and InexactError (a float).
    """

    p: Parameter

    def __init__(self, p: Any) -> None:
        value = read_parameter(p, "p")
        super().__init__(inside("p", value, UNIT), p=value)

    def _table(self) -> tuple[tuple[Number, Any], ...]:
        p = as_weight(self.p)
        return ((0, 1 - p), (1, p))

    def _power_mean(self, k: int) -> Any:
        return as_element(self.p)


class Rademacher(Marginal):
    """A fair sign: P(X = 1) = P(X = −1) = 1/2.

    >>> Rademacher().support, Rademacher().cumulant(4)
    ((-1, 1), -2)
    """

    def __init__(self) -> None:
        super().__init__()

    def _table(self) -> tuple[tuple[Number, Any], ...]:
        return ((-1, Fraction(1, 2)), (1, Fraction(1, 2)))


class Constant(Marginal):
    """P(X = value) = 1.

    >>> Constant("5/2").mean, Constant("5/2").variance, Constant("c").moment(3)
    (Fraction(5, 2), 0, c**3)

    Raises InexactError (a float).
    """

    value: Parameter

    def __init__(self, value: Any) -> None:
        super().__init__(value=read_parameter(value, "value"))

    def _table(self) -> tuple[tuple[Number, Any], ...] | None:
        return None if isinstance(self.value, sympy.Basic) else ((self.value, Fraction(1)),)

    def _no_support(self) -> str:
        return f"{self!r} has no support of rational numbers: its value is {self.value}."

    def _power_mean(self, k: int) -> Any:
        return power(as_element(self.value), k)

    def _known_cumulant(self, k: int) -> Any:
        return as_element(self.value) if k == 1 else ratio(0, 1)

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        (value,) = self._expressions()
        return sympy.exp(t * value)

    def _event(self, value: Fraction) -> tuple[sympy.Basic, ...] | None:
        (own,) = self._expressions()
        relation = sympy.Eq(own, sympy.Rational(value.numerator, value.denominator))
        if relation == sympy.false:
            return None
        return () if relation == sympy.true else (relation,)

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        return np.full(n, self._floats()[0])


class Categorical(Marginal):
    """P(X = v) = p_v, given as ``{v: p_v}`` or as the sequence of p_0, …, p_{k−1}; probability 0 leaves a value out.

    The values are numbers; probabilities may hold symbols if their sum is 1 whatever these are.

    >>> Categorical({-1: "1/4", 2: "3/4"}).mean, Categorical(["1/2", 0, "1/2"]).support
    (Fraction(5, 4), (0, 2))
    >>> Categorical({-1: "p", 2: "1 - p"}).mean
    2 - 3*p

    Raises InvalidArgument (a probability outside [0, 1], a sum other than 1, a value named twice), InexactError (a
    float), NoClosedForm (a symbol for a value).
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
        table: dict[Fraction, Parameter] = {}
        relations: tuple[sympy.Basic, ...] = ()
        for value, weight in pairs:
            point = _exact(value, "probabilities", "Categorical")
            if point in table:
                raise InvalidArgument(f"Argument 'probabilities' must name each value once, but {point} comes twice.")
            probability = read_parameter(weight, "probabilities")
            relations += inside("probabilities", probability, UNIT)
            table[point] = probability
        total: Any = sum(map(as_weight, table.values()), Fraction(0))
        if not (vanishes(total - 1) if isinstance(total, Symbolic) else total == 1):
            shown = expression(total) if isinstance(total, Symbolic) else total
            raise InvalidArgument(f"Argument 'probabilities' must sum to 1, not {shown}.")
        kept = tuple((to_number(point), table[point]) for point in sorted(table) if table[point] != 0)
        super().__init__(relations, table=kept)

    def _table(self) -> tuple[tuple[Number, Any], ...]:
        return tuple((point, as_weight(weight)) for point, weight in self.__dict__["table"])

    def _arguments(self) -> list[str]:
        shown = [f"{point}: {weight}" for point, weight in self.__dict__["table"][:8]]
        return ["{" + ", ".join([*shown, *(["…"] if len(self.support) > 8 else [])]) + "}"]

    def _latex_arguments(self) -> str:
        shown = [f"{latex_of(point)}: {latex_of(weight)}" for point, weight in self.__dict__["table"][:8]]
        return ", ".join([*shown, *([r"\ldots"] if len(self.support) > 8 else [])])


class DiscreteUniform(Marginal):
    """Every integer from ``low`` to ``high``, both included, or every one of ``values``, with equal probability.

    >>> DiscreteUniform(1, 6).mean, DiscreteUniform(values=[0, "1/2"]).probabilities
    (Fraction(7, 2), (Fraction(1, 2), Fraction(1, 2)))

    Raises InvalidArgument (bounds that are no integers or in the wrong order, a value named twice, no value),
    InexactError (a float), NoClosedForm (a symbol), TooLarge (more than ``limit`` values).
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

    def _table(self) -> tuple[tuple[Number, Any], ...]:
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
        return ", ".join([*map(latex_of, points[:8]), *([r"\ldots"] if len(points) > 8 else [])])


def _exact(value: Any, argument: str, family: str) -> Fraction:
    if isinstance(value, sympy.Expr) and value.free_symbols:
        raise NoClosedForm(
            f"{family} with argument '{argument}' = {plain(value)} has no closed form here: its values must be numbers; "
            f"substitute one."
        )
    return to_fraction(value, argument)


def _integer(value: Any, argument: str, family: str) -> int:
    q = _exact(value, argument, family)
    if q.denominator != 1:
        raise InvalidArgument(f"Argument '{argument}' must be an integer, not {q}.")
    return q.numerator
