"""The laws of the terms W_f(X_S) under a finite law of the inputs, and exact tails of many values at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from math import gcd
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.balls import BallArray
from symwick.algebra.vectors import INT64, IntVector
from symwick.decompose.attribution.distribution import Distribution
from symwick.decompose.attribution.rows import Rows
from symwick.decompose.attribution.term_values import TermValues, Values
from symwick.decompose.groups import absent
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, NoClosedForm, TooLarge

__all__ = ["TailTable", "TermLaws"]

Places = npt.NDArray[np.intp]


class TermLaws:
    """Values of the terms of one engine, and their laws under ``law``; ``argument`` names the law in errors."""

    def __init__(self, engine: Any, law: Law, argument: str, limit: int) -> None:
        self.engine, self.law, self.argument, self.limit = engine, law, argument, limit
        self.term_values = TermValues(engine)
        self._laws: dict[int, Distribution] = {}

    def named(self, mask: int) -> str:
        """The term as text."""
        return f"W_f({self.engine.inputs.names(mask)})"

    def variables(self, mask: int) -> tuple[sympy.Symbol, ...]:
        """The variables that the term depends on; none for a structural zero."""
        return () if absent(self.engine, mask) else self.term_values.variables(mask)

    def used(self, masks: Iterable[int]) -> tuple[sympy.Symbol, ...]:
        """The variables that any of the terms depends on, in the order of the law."""
        found = {v for mask in masks for v in self.variables(mask)}
        return tuple(v for v in self.law.variables if v in found)

    def values(self, mask: int, rows: Rows, argument: str) -> Values:
        """W_f(x_S) at rows; ``argument`` is what the rows are called where one lies off the grid of f."""
        if absent(self.engine, mask):
            zero = np.zeros(len(rows))
            return BallArray(zero, zero) if self.engine.inexact else IntVector(zero.astype(np.int64), 1, 0)
        try:
            return self.term_values.on(mask, rows)
        except InvalidArgument as error:
            raise type(error)(str(error).replace("Argument 'point'", f"Argument '{argument}'")) from None

    def on_grid(self, rows: Rows, argument: str) -> None:
        """Refuse rows off the grid on which f is known."""
        try:
            self.term_values.check_grid(rows)
        except InvalidArgument as error:
            raise type(error)(str(error).replace("Argument 'point'", f"Argument '{argument}'")) from None

    def exact(self, mask: int, values: Values) -> IntVector:
        """The values, which must be rational numbers. Raises InvalidArgument (float64) and NoClosedForm (symbols, constants)."""
        if isinstance(values, IntVector):
            return values
        if isinstance(values, BallArray):
            raise InvalidArgument(
                f"Argument 'ring' must be 'exact' for the law of {self.named(mask)}: in float64 its values are known within "
                "bounds only."
            )
        found = self.engine.average(mask).parameters
        why = (
            f"the parameters {', '.join(map(str, found))} remain"
            if found
            else "they hold constants such as pi or exp(1)"
        )
        raise NoClosedForm(f"The law of {self.named(mask)} is no table of rational numbers: {why}.")

    def tabulated(self, variables: tuple[sympy.Symbol, ...], what: str) -> tuple[Rows, IntVector]:
        """The points of some variables and their weights. Raises NoClosedForm where they are no finite table."""
        if not self.law.tabulated(variables):
            raise NoClosedForm(
                f"The law of {what} under {self.argument}, {self.law!r}, is no finite table of numbers: it has no exact tails "
                "or distances here. Its mean can be asked for."
            )
        return Rows.of_law(self.law, variables)

    def distribution(self, mask: int) -> Distribution:
        """The law of W_f(X_S) under the law; it depends on the marginal of S only."""
        if mask not in self._laws:
            variables = self.variables(mask)
            if not variables:
                self._laws[mask] = Distribution.of([0], [1])
            else:
                rows, weights = self.tabulated(variables, self.named(mask))
                values = self.exact(mask, self.values(mask, rows, self.argument))
                self._laws[mask] = Distribution.of(values, weights)
        return self._laws[mask]

    def smallest_tail(self, masks: tuple[int, ...]) -> Distribution:
        """The law of min_S P(|W_f(X'_S)| ≥ |W_f(X_S)|), X and X' independent draws from the law; 1 where no S is looked at."""
        used = self.used(masks)
        if not used:
            return Distribution.of([1], [1])
        rows, weights = self.tabulated(used, "the smallest tail")
        if len(rows) * len(masks) > self.limit:
            raise TooLarge("Values of the terms at the points of P", len(rows) * len(masks), self.limit)
        d = weights.denominator
        smallest: Any = np.full(len(rows), d, dtype=np.int64 if d < INT64 else object)
        for mask in masks:
            tails = TailTable(self.distribution(mask))
            found = tails.above_over(d)[tails.places(self.exact(mask, self.values(mask, rows, self.argument)))]
            smallest = np.minimum(smallest, found)
        return Distribution.of(IntVector.from_integers(smallest, d), weights)


class TailTable:
    """P(|W| ≥ |w|) of one law for many w: the sizes |W| ascending, and the weight from each of them on.

    ``places`` finds the first size that is at least |w|, exactly; ``within`` does for floats with bounds, and says which of
    them are too close to a size to tell.
    """

    def __init__(self, law: Distribution) -> None:
        sizes, inverse = np.unique(np.abs(law.points.numerators), return_inverse=True)
        weights = [0] * len(sizes)
        for place, weight in zip(inverse.tolist(), law.weights.numerators.tolist(), strict=True):
            weights[place] += weight
        self.sizes = IntVector(sizes, law.points.denominator, law.points.bound)
        self._total = law.weights.denominator
        self._above = [*reversed([0, *accumulate(reversed(weights))])]

    def above_over(self, denominator: int) -> npt.NDArray[Any]:
        """The weight from every size on as a numerator over a multiple of the law's own denominator."""
        scale = denominator // self._total
        return np.array([w * scale for w in self._above], dtype=np.int64 if denominator < INT64 else object)

    @cached_property
    def above(self) -> npt.NDArray[np.float64]:
        """P(|W| ≥ size), the nearest float, for every size; 0 behind the last."""
        return np.array([w / self._total for w in self._above])  # int / int is correctly rounded in Python

    def places(self, values: IntVector) -> Places:
        """The first size that is at least |w|, for every w."""
        common = gcd(values.denominator, self.sizes.denominator)
        left, right = values.denominator // common, self.sizes.denominator // common
        fits = max(self.sizes.bound * left, values.bound * right) < INT64
        kind: Any = np.int64 if fits else object
        sizes = self.sizes.numerators.astype(kind, copy=False) * left
        return np.searchsorted(sizes, np.abs(values.numerators.astype(kind, copy=False)) * right)

    @cached_property
    def _enclosed(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        found = self.sizes.rounded()
        with np.errstate(invalid="ignore"):
            low, high = (
                np.nextafter(found.value - found.radius, -np.inf),
                np.nextafter(found.value + found.radius, np.inf),
            )
        large = ~np.isfinite(found.value)  # more than any float, so certainly at least what has a finite bound
        return np.where(large, np.inf, low), np.where(large, np.inf, high)

    def within(
        self, value: npt.NDArray[np.float64], bound: npt.NDArray[np.float64]
    ) -> tuple[Places, npt.NDArray[np.bool_]]:
        """The same for every number within ``bound`` of ``value``, and where that is undecided."""
        low, high = self._enclosed
        size, bound = np.abs(value), np.where(np.isfinite(value), bound, 0)
        last = np.searchsorted(low, np.nextafter(size + bound, np.inf))  # from here on sizes are certainly at least |w|
        first = np.searchsorted(high, np.nextafter(size - bound, -np.inf))  # before, certainly less
        return last, (first != last) | ~np.isfinite(size + bound)
