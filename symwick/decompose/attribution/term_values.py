"""Terms W_f(x_S) at many rows at once: exact vectors over one denominator, or floats with a bound of their error."""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.balls import Ball, BallArray
from symwick.algebra.numbers import to_flint, to_fraction
from symwick.algebra.symbolic import Symbolic
from symwick.algebra.vectors import INT64, IntVector
from symwick.circuits.leaves import element_value
from symwick.circuits.node_ring import Linear
from symwick.decompose.attribution.rows import Rows
from symwick.decompose.expansions import expansion, function_expansion
from symwick.decompose.inputs import bits
from symwick.decompose.integrate import Factor, power_of
from symwick.decompose.table_terms import TableTerms
from symwick.errors import InvalidArgument

__all__ = ["TermValues", "Values", "as_elements", "vector"]

Values = IntVector | BallArray | npt.NDArray[Any]
"""Values at rows: exact numbers, balls, or (where symbols remain) an object array of ring elements."""



def vector(elements: list[Any]) -> Values:
    """Ring elements as the tightest kind of vector that holds them."""
    if any(isinstance(e, (Symbolic, Linear)) for e in elements):
        found = np.empty(len(elements), dtype=object)
        found[:] = elements
        return found
    if elements and isinstance(elements[0], Ball):
        return BallArray(np.array([e.value for e in elements]), np.array([e.radius for e in elements]))
    return IntVector.of(elements)


class TermValues:
    """Values of the terms of one engine at rows; ``on(S, rows)`` for a term, ``function(rows)`` for f itself."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def variables(self, subset: int) -> tuple[sympy.Symbol, ...]:
        """The variables that the term of the inputs ``subset`` may depend on."""
        held = set(self.engine.inputs.variables(subset))
        return tuple(v for v in self.engine.function_variables if v in held)

    def on(self, subset: int, rows: Rows) -> Values:
        """W_f(x_S) at every row. Raises InvalidArgument off the grid of a function that is known on a grid."""
        distinct, inverse = rows.distinct(self.variables(subset))
        if isinstance(self.engine, TableTerms):
            values = self._from_table(subset, distinct)
        else:
            values = self._from_expansion(expansion(self.engine, subset), distinct)
        return _gathered(values, inverse)

    def function(self, rows: Rows) -> Values:
        """f at every row."""
        distinct, inverse = rows.distinct(self.engine.function_variables)
        if isinstance(self.engine, TableTerms):
            form = self.engine.function()
            values = vector([form._element(form.checked_point(distinct.point(r))) for r in range(len(distinct))])
        else:
            values = self._from_expansion(function_expansion(self.engine), distinct)
        return _gathered(values, inverse)

    # -- tables --------------------------------------------------------------------------------------------------------

    def _from_table(self, subset: int, rows: Rows) -> Values:
        """Looked up in the table of the term where all rows lie on the grid; else, for an expression, point by point."""
        axes = self.engine.axes
        chosen = axes.axes(subset)
        positions = [self._positions(axis, rows) for axis in chosen]
        if any(p is None for p in positions):
            form = self.engine.average(subset)
            return vector([form._element(form.checked_point(rows.point(r))) for r in range(len(rows))])
        table = self.engine.term_table(subset)
        found = table[tuple(p for p in positions if p is not None)]
        if isinstance(found, BallArray):
            return found.reshape(-1) if chosen else BallArray(np.full(len(rows), found.value), np.full(len(rows), found.radius))
        return vector(list(found) if chosen else [np.asarray(found).item()] * len(rows))

    def _positions(self, axis: int, rows: Rows) -> npt.NDArray[np.intp] | None:
        """Places of the rows on an axis of the grid; None where one lies off it."""
        axes = self.engine.axes
        place = np.zeros(len(rows), dtype=np.intp)
        for v, column in zip(axes.variables[axis], axes.points[axis], strict=True):
            index = {point: i for i, point in enumerate(column)}
            j = rows.variables.index(v)
            found = np.array([index.get(point, -1) for point in rows.points[j]], dtype=np.intp)[rows.codes[:, j]]
            if (found < 0).any():
                return None
            place = place * len(column) + found
        return place

    # -- sums of products ---------------------------------------------------------------------------------------------

    def _from_expansion(self, weights: Mapping[int, Any], rows: Rows) -> Values:
        """Σ_T a_T Π_{i∈T} φ_i at distinct rows."""
        if self.engine.domain:
            self.check_grid(rows)
        used = {i for mask in weights for i in bits(mask)}
        features = {i: self._feature(i, rows) for i in sorted(used)}
        exact = {i: values for i, values in features.items() if isinstance(values, IntVector)}
        if self.engine.inexact:
            return _ball_sum(weights, {i: _balls(values) for i, values in features.items()}, len(rows))
        if len(exact) == len(features) and not any(isinstance(a, (Symbolic, Linear)) for a in weights.values()):
            return _exact_sum(weights, exact, len(rows))
        return vector(_element_sum(weights, {i: as_elements(values) for i, values in features.items()}, len(rows)))

    def check_grid(self, rows: Rows) -> None:
        """Refuse rows off the grid on which f is known."""
        for v, points in zip(rows.variables, rows.points, strict=True):
            grid = self.engine.domain.get(v)
            off = [x for x in points if x not in grid] if grid is not None else []
            if grid is not None and off:
                shown = ", ".join(map(str, grid[:12]))
                raise InvalidArgument(
                    f"Argument 'point' must lie on the grid on which f is known: {v} is one of {shown}, not {off[0]}."
                )

    def _feature(self, feature: int, rows: Rows) -> Values:
        """One feature at every row: a product of functions of one variable each."""
        total: Values | None = None
        for factor in self.engine.features[feature]:
            j = rows.variables.index(factor[0])
            column = _gathered(_column(factor, rows.points[j]), rows.codes[:, j])
            total = column if total is None else _product(total, column)
        assert total is not None, "a feature has at least one factor"
        return total


def _column(factor: Factor, points: tuple[Any, ...]) -> Values:
    variable, expression = factor
    power = power_of(variable, expression)
    if power is not None:
        return IntVector.of(point**power for point in points)
    return vector([element_value(expression, {variable: point}) for point in points])


def _gathered(values: Values, places: npt.NDArray[np.intp]) -> Values:
    if isinstance(values, IntVector):
        return IntVector(values.numerators[places], values.denominator, values.bound)
    return values[places]


def as_elements(values: Values) -> npt.NDArray[Any]:
    """Exact values as an object array of ring elements."""
    if not isinstance(values, IntVector):
        return np.asarray(values)
    found = np.empty(len(values), dtype=object)
    found[:] = [to_flint(n) / values.denominator for n in values.numerators.tolist()]
    return found


def _balls(values: Values) -> BallArray:
    if isinstance(values, BallArray):
        return values
    return values.rounded() if isinstance(values, IntVector) else BallArray.of(values)


def _product(left: Values, right: Values) -> Values:
    if isinstance(left, IntVector) and isinstance(right, IntVector):
        bound = left.bound * right.bound
        kind = np.int64 if bound < INT64 else object
        numerators = left.numerators.astype(kind, copy=False) * right.numerators.astype(kind, copy=False)
        return IntVector(numerators, left.denominator * right.denominator, bound)
    return as_elements(left) * as_elements(right)


def _exact_sum(weights: Mapping[int, Any], features: Mapping[int, IntVector], rows: int) -> IntVector:
    """Over one denominator, in int64 where a bound shows that nothing can overflow, else in Python's integers."""
    products: dict[int, IntVector] = {0: IntVector(np.ones(rows, dtype=np.int64), 1, 1)}

    def held(mask: int) -> IntVector:
        if mask not in products:
            high = mask.bit_length() - 1
            found = _product(held(mask ^ (1 << high)), features[high])
            assert isinstance(found, IntVector)
            products[mask] = found
        return products[mask]

    parts = [(held(mask), to_fraction(a)) for mask, a in weights.items()]
    denominator = lcm(*(column.denominator * a.denominator for column, a in parts)) if parts else 1
    scaled = [(column, int(a * denominator / column.denominator)) for column, a in parts]
    bound = sum(column.bound * abs(a) for column, a in scaled)
    kind: Any = np.int64 if bound < INT64 else object
    total = np.zeros(rows, dtype=kind)
    for column, a in scaled:
        total = total + column.numerators.astype(kind, copy=False) * a
    return IntVector(total, denominator, bound)


def _ball_sum(weights: Mapping[int, Any], features: Mapping[int, BallArray], rows: int) -> BallArray:
    total = BallArray(np.zeros(rows), np.zeros(rows))
    for mask, a in weights.items():
        ball = Ball.of(a)
        term = BallArray(np.full(rows, ball.value), np.full(rows, ball.radius))
        for i in bits(mask):
            term = term * features[i]
        total = total + term
    return total


def _element_sum(weights: Mapping[int, Any], features: Mapping[int, npt.NDArray[Any]], rows: int) -> list[Any]:
    totals: list[Any] = [to_flint(0)] * rows
    for mask, a in weights.items():
        for r in range(rows):
            term = a
            for i in bits(mask):
                term = term * features[i][r]
            totals[r] = totals[r] + term
    return totals
