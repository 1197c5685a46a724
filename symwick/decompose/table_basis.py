"""The product basis for functions known through their values: whole arrays of centred indicators.

Input i has the points u_0, …, u_{k−1} (for a block: tuples) and the features φ_{i,j} = [x_i = u_j] − P(x_i = u_j), j ≥ 1. The
coefficients f̂ come from one small matrix along each axis, the centred joint moments of an independence group from the same
kind of pass over its table, and the Wick operators from one inverse of a dense series a group. No operator is ever applied
to a whole table; nothing is left to cancel, since features have mean zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations, product
from math import comb, prod
from typing import Any

import numpy as np
import sympy

from symwick.algebra import dense_series
from symwick.algebra.balls import Ball, BallArray, element
from symwick.algebra.dense_series import adjoint_product, apply_matrices, pair_count
from symwick.algebra.numbers import ratio, to_flint
from symwick.decompose.groups import input_groups
from symwick.decompose.inputs import Inputs, bits
from symwick.distributions.law import Law
from symwick.errors import TooLarge

__all__ = ["Axes", "TableBasis"]

Array = Any


class Axes:
    """The inputs that f uses, one array axis each, with their grid points and marginal probabilities."""

    def __init__(self, law: Law, inputs: Inputs, variables: Sequence[sympy.Symbol]) -> None:
        used = set(variables)
        self.positions = [i for i, block in enumerate(inputs.blocks) if used & set(block)]
        self.variables = [tuple(v for v in inputs.blocks[i] if v in used) for i in self.positions]
        self.points = [[law.support(v) for v in block] for block in self.variables]
        self.shape = tuple(prod(len(column) for column in columns) for columns in self.points)
        self.axis_of = {position: axis for axis, position in enumerate(self.positions)}
        self.mask = sum(1 << position for position in self.positions)

    def axes(self, mask: int) -> list[int]:
        """The axes of the used inputs in a mask."""
        return [self.axis_of[i] for i in bits(mask & self.mask)]

    def grid(self, axis: int) -> list[tuple[Any, ...]]:
        """The points of an axis as tuples over the variables of its block."""
        return list(product(*self.points[axis]))

    def index(self, axis: int, point: dict[sympy.Symbol, Any]) -> int | None:
        """The position of a point on an axis; None off the grid."""
        position = 0
        for variable, column in zip(self.variables[axis], self.points[axis], strict=True):
            if point[variable] not in column:
                return None
            position = position * len(column) + column.index(point[variable])
        return position


def check_work(axes: Axes, law: Law, inputs: Inputs, limit: int) -> None:
    """Raises TooLarge where a table of this shape needs more ring operations than the limit; its values are not needed."""
    groups = [group for group in (axes.axes(mask) for mask in input_groups(law, inputs, axes.mask)) if len(group) > 1]
    whole = prod(axes.shape)
    work = sum(pair_count([axes.shape[a] for a in g]) * whole // prod(axes.shape[a] for a in g) for g in groups)
    if work > limit:
        raise TooLarge("Ring operations of the decomposition of this table", work, limit)


class TableBasis:
    """Coefficients f̂, c and the law's series ρ, κ as arrays, for every set of the inputs that f uses."""

    def __init__(self, values: Array, axes: Axes, law: Law, inputs: Inputs, *, kind: str, limit: int) -> None:
        """``values`` has one axis a used input and a last one for the outputs; ``kind`` is exact, float or ball."""
        self.axes, self.law, self.inputs, self.kind = axes, law, inputs, kind
        self.outputs = values.shape[-1]
        self.groups = [axes.axes(mask) for mask in input_groups(law, inputs, axes.mask)]
        self._order = [axis for group in self.groups for axis in group]
        check_work(axes, law, inputs, limit)
        self._values = values
        self._tables = [self._table(group) for group in self.groups]
        self.probabilities = self._marginals()

    # -- numbers in and out of the arrays ---------------------------------------------------------------------------

    def _array(self, numerators: Sequence[Any], denominator: int, shape: tuple[int, ...]) -> Array:
        if self.kind == "float":
            scaled = [int(n) / denominator for n in numerators]  # int / int is correctly rounded in Python
            return np.array(scaled, dtype=float).reshape(shape)
        exact = np.empty(len(numerators), dtype=object)
        exact[:] = [ratio(int(n), denominator) for n in numerators]
        if self.kind == "exact":
            return exact.reshape(shape)
        return BallArray.of(exact.reshape(shape))

    def constants(self, values: Iterable[Any], shape: tuple[int, ...]) -> Array:
        """Small exact numbers as an array of this kind."""
        return self._array([int(v) for v in values], 1, shape)

    # -- the law -----------------------------------------------------------------------------------------------------

    def _table(self, group: list[int]) -> Array:
        """The joint probabilities of a group of axes over its grid, zeros included."""
        variables = [v for axis in group for v in self.axes.variables[axis]]
        codes, weights = self.law.joint_table(variables)
        lengths = [len(column) for axis in group for column in self.axes.points[axis]]
        numerators = [0] * prod(lengths)
        flat = np.ravel_multi_index(tuple(codes.T), lengths)
        for position, weight in zip(flat.tolist(), weights.numerators.tolist(), strict=True):
            numerators[position] = weight
        return self._array(numerators, weights.denominator, tuple(self.axes.shape[axis] for axis in group))

    def _marginals(self) -> list[Array]:
        """P(x_i = u_j) for every axis."""
        result: dict[int, Array] = {}
        for group, table in zip(self.groups, self._tables, strict=True):
            for axis in group:
                result[axis] = table if len(group) == 1 else self._table([axis])
        return [result[axis] for axis in range(len(self.axes.shape))]

    def _matrix(self, entries: list[list[Any]]) -> Array:
        """A small matrix from zeros, ones and elements."""
        size = (len(entries), len(entries[0]))
        flat = [entry for row in entries for entry in row]
        if self.kind == "ball":
            value = np.array([e.value if isinstance(e, Ball) else float(e) for e in flat]).reshape(size)
            radius = np.array([e.radius if isinstance(e, Ball) else 0.0 for e in flat]).reshape(size)
            return BallArray(value, radius)
        if self.kind == "float":
            return np.array(flat, dtype=float).reshape(size)
        matrix = np.empty(len(flat), dtype=object)
        matrix[:] = [to_flint(e) for e in flat]
        return matrix.reshape(size)

    def _entries(self, axis: int) -> list[Any]:
        p = self.probabilities[axis]
        return [element(p, (j,)) for j in range(self.axes.shape[axis])]

    def to_coefficients(self, axis: int) -> Array:
        """Values on the points -> coefficients of 1, φ_1, …: row 0 is the mean, row j is f(u_j) − f(u_0)."""
        k = self.axes.shape[axis]
        rows = [self._entries(axis)]
        rows += [[-1 if i == 0 else int(i == j) for i in range(k)] for j in range(1, k)]
        return self._matrix(rows)

    def feature_values(self, axis: int) -> Array:
        """Column j: φ_j on the points (column 0: the constant 1)."""
        p = self._entries(axis)
        k = len(p)
        return self._matrix([[1, *(self._minus(int(u == j), p[j]) for j in range(1, k))] for u in range(k)])

    @staticmethod
    def _minus(a: int, p: Any) -> Any:
        return (Ball(float(a), 0.0) if isinstance(p, Ball) else a) - p

    @cached_property
    def moments(self) -> list[Array]:
        """Centred joint moments of the features, a group at a time: μ[a] = E Π φ_{i,a_i}."""
        result = []
        for group, table in zip(self.groups, self._tables, strict=True):
            matrices = []
            for axis in group:
                k = self.axes.shape[axis]
                p = self._entries(axis)
                rows: list[list[Any]] = [[1] * k]
                rows += [[self._minus(int(u == j), p[j]) for u in range(k)] for j in range(1, k)]
                matrices.append(self._matrix(rows))
            moments = apply_matrices(table, matrices) if len(group) > 1 else table
            result.append(self._say_exact_ones(moments))
        return result

    def _say_exact_ones(self, moments: Array) -> Array:
        """Constant term one and single moments zero: known, so they are said, not left to rounding."""
        moments = moments[(slice(None),) * len(moments.shape)]
        moments = BallArray(moments.value.copy(), moments.radius.copy()) if self.kind == "ball" else moments.copy()
        flat = moments.reshape(-1)
        stride = flat.shape[0]
        flat[0:1] = self.constants([1], (1,))
        for k in moments.shape:
            stride //= k
            singles = slice(stride, stride * k, stride)
            flat[singles] = self.constants([0] * (k - 1), (k - 1,))
        return flat.reshape(moments.shape)

    @cached_property
    def rho(self) -> list[Array]:
        """1/ε in products of centred features, a group at a time."""
        return [dense_series.inverse(m) if len(m.shape) > 1 else m for m in self.moments]

    @cached_property
    def kappa(self) -> list[Array]:
        """log ε, a group at a time: joint cumulants of the features."""
        return [dense_series.log(m) for m in self.moments]

    # -- f -------------------------------------------------------------------------------------------------------------

    @cached_property
    def coefficients_of_f(self) -> Array:
        """f̂, axes as in ``axes``, the outputs last."""
        return apply_matrices(self._values, [self.to_coefficients(axis) for axis in range(len(self.axes.shape))])

    def _by_group(self, array: Array, series: Sequence[Array]) -> Array:
        """The adjoint product with one series a group, each along its own axes."""
        rank = len(array.shape)
        for group, factor in zip(self.groups, series, strict=True):
            if len(group) < 2:
                continue  # one axis: the series is 1
            rest = [axis for axis in range(rank) if axis not in group]
            order = [*group, *rest]
            moved = adjoint_product(factor, array.transpose(order), len(group))
            array = moved.transpose(list(np.argsort(order)))
        return array

    @cached_property
    def coefficients(self) -> Array:
        """c[b] = Σ over a that extend b of f̂[a] · E Π of the features that a adds: W_f = Σ_b c_b w_b."""
        return self._by_group(self.coefficients_of_f, self.moments)

    def sum_rule_holds(self, coefficients: Array) -> bool:
        """Whether Σ_b c_b w_b = f: multiplied out by 1/ε, the coefficients are those of f again (exact arrays)."""
        return bool(np.all(self._by_group(coefficients, self.rho) == self.coefficients_of_f))

    # -- terms -----------------------------------------------------------------------------------------------------------

    def rho_of(self, axes: Sequence[int]) -> Array:
        """ρ restricted to some axes (index 0 on all others), axes ascending."""
        return self._restricted(self.rho, axes)

    def _restricted(self, series: Sequence[Array], axes: Sequence[int]) -> Array:
        wanted = set(axes)
        result = None
        order: list[int] = []
        for group, factor in zip(self.groups, series, strict=True):
            chosen = [axis for axis in group if axis in wanted]
            if not chosen:
                continue
            order += chosen
            if len(chosen) == 1:
                # a single centred feature: ρ = 1 at "absent", 0 elsewhere
                k = self.axes.shape[chosen[0]]
                part = self.constants([1] + [0] * (k - 1), (k,))
            else:
                part = factor[(*(slice(None) if axis in wanted else 0 for axis in group), ...)]
            result = part if result is None else _outer(result, part)
        if result is None:
            return self.constants([1], ())
        return result.transpose(list(np.argsort(order)))

    def wick_matrix(self, axis: int, values: Sequence[Any]) -> Array:
        """Multiplication by 1 + Σ_j t_j φ_j for feature values φ_1, …: row j of the result is ρ_j + φ_j ρ_0."""
        k = self.axes.shape[axis]
        rows: list[list[Any]] = [[1] + [0] * (k - 1)]
        rows += [[values[j - 1], *(int(i == j) for i in range(1, k))] for j in range(1, k)]
        return self._matrix(rows)

    def predicted_terms(self, max_order: int | None) -> int:
        """The number of sets that are not structurally zero."""
        n = len(self.axes.shape)
        return sum(comb(n, order) for order in range((n if max_order is None else min(n, max_order)) + 1))

    def supports(self, max_order: int | None) -> Iterator[int]:
        """∅ and all sets of used inputs, by size, then in the order of the inputs."""
        n = len(self.axes.shape)
        for order in range((n if max_order is None else min(n, max_order)) + 1):
            for chosen in combinations(self.axes.positions, order):
                yield sum(1 << position for position in chosen)


def _outer(a: Array, b: Array) -> Array:
    if isinstance(a, BallArray):
        left = a.reshape(*a.shape, *(1,) * len(b.shape))
        return left * b.reshape(*(1,) * len(a.shape), *b.shape)
    return np.multiply.outer(a, b)
