"""Terms of one tabulated function: values on the grid, cumulants, and circuits of indicators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np
import sympy

from symwick.algebra import dense_series
from symwick.algebra.balls import BallArray, element
from symwick.algebra.dense_series import apply_matrices
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_builder import FormBuilder
from symwick.circuits.leaves import Leaf
from symwick.decompose.forms import coefficient_node, weighted_sum
from symwick.decompose.inputs import bits
from symwick.decompose.point_masses import PointMasses
from symwick.decompose.table_basis import TableBasis

__all__ = ["TableTerms"]

Array = Any


class TableTerms:
    """One output of a :class:`TableBasis`, with the interface of :class:`~symwick.decompose.product_basis.ProductBasis`."""

    parameters: tuple[sympy.Symbol, ...] = ()

    def __init__(
        self,
        first: TableBasis,
        output: int,
        *,
        expression: sympy.Expr | None = None,
        balls: Callable[[], TableBasis] | None = None,
        limit: int,
    ) -> None:
        """``first`` is exact, or of plain floats; ``balls`` then makes the basis that carries error bounds, when wanted."""
        self._first, self._balls, self.output = first, balls, output
        self.axes, self.inputs, self.law = first.axes, first.inputs, first.law
        self.inexact = first.kind != "exact"
        self.expression = expression
        used = {v for block in self.axes.variables for v in block}
        self.function_variables = tuple(v for v in self.law.variables if v in used)
        self.masses = (
            None
            if expression is None
            else PointMasses(self.law, self.inputs, expression, self.function_variables, limit)
        )
        self._cumulants: dict[tuple[int, ...], Array] = {}

    # -- structure --------------------------------------------------------------------------------------------------------

    def predicted_terms(self, max_order: int | None) -> int:
        return self._first.predicted_terms(max_order)

    def supports(self, max_order: int | None) -> Iterator[int]:
        return self._first.supports(max_order)

    def occurs(self, mask: int) -> bool:
        return mask & self.axes.mask == mask

    @property
    def maximal(self) -> list[int]:
        return [self.axes.mask]

    @cached_property
    def basis(self) -> TableBasis:
        """The basis that terms are computed with: exact numbers, or balls."""
        return self._first if self._balls is None else self._balls()

    # -- elements -----------------------------------------------------------------------------------------------------------

    def _total(self, array: Array) -> Any:
        if isinstance(array, BallArray):
            return array.reshape(-1).sum(axis=0).item()
        flat = np.asarray(array).reshape(-1)  # one number is no array where the mean is squared
        return flat.sum() if flat.size else self.basis.constants([0], (1,))[0]

    def _scalar(self, array: Array) -> Any:
        flat = array.reshape(-1) if isinstance(array, BallArray) else np.asarray(array).reshape(-1)
        return flat.item(0) if isinstance(flat, BallArray) else flat[0]

    @cached_property
    def _f(self) -> Array:
        return self.basis.coefficients_of_f[..., self.output]

    @cached_property
    def _c(self) -> Array:
        return self.basis.coefficients[..., self.output]

    def coefficient_array(self) -> Array:
        """c[b] for all b: with bits the 2^n numbers c_S; in float64 plain floats, computed without their bounds."""
        return self._first.coefficients[..., self.output]

    def coefficient_bounds(self) -> Array:
        """Rigorous bounds of the errors of ``coefficient_array``: distance to the ball's centre, plus its radius."""
        floats = self.coefficient_array()
        if not isinstance(self._c, BallArray):
            return np.zeros(floats.shape)
        return (np.abs(floats - self._c.value) + self._c.radius) * (1 + 2.0**-50)

    def _cut(self, array: Array, chosen: Sequence[int]) -> Array:
        index = (slice(1, None) if axis in chosen else 0 for axis in range(len(self.axes.shape)))
        return array[(*index, ...)]  # the ellipsis keeps an array where every index is a number

    def _features_at(self, axis: int, position: int) -> list[Any]:
        """φ_1, …, φ_{k−1} at one point of the axis."""
        matrix = self.basis.feature_values(axis)
        k = self.axes.shape[axis]
        return [element(matrix, (position, j)) for j in range(1, k)]

    def _state_matrix(self, axis: int, positions: Iterable[int]) -> Array:
        """Rows: points; columns: (held, colour 1…k−1), then (integrated, colour): φ_colour where held, 1 where not."""
        k = self.axes.shape[axis]
        return self.basis._matrix([[*self._features_at(axis, p), *(1,) * (k - 1)] for p in positions])

    def _term(self, coefficients: Array, chosen: Sequence[int], positions: Sequence[Iterable[int]]) -> Array:
        """Σ_b c_b w_b on a product of points: the states (held or integrated, colour) of each axis are summed one by one."""
        if not chosen:
            return coefficients.reshape(())
        if any(self.axes.shape[axis] == 1 for axis in chosen):
            shape = tuple(len(list(p)) for p in positions)  # an input of one point has no features: nothing to interact
            return self.basis.constants([0] * prod(shape), shape)
        colours = [np.r_[0 : self.axes.shape[axis] - 1, 0 : self.axes.shape[axis] - 1] for axis in chosen]
        at_rho = [np.r_[(0,) * (self.axes.shape[axis] - 1), 1 : self.axes.shape[axis]] for axis in chosen]
        states = coefficients[np.ix_(*colours)] * self.basis.rho_of(chosen)[np.ix_(*at_rho)]
        matrices = [self._state_matrix(axis, list(p)) for axis, p in zip(chosen, positions, strict=True)]
        return apply_matrices(states, matrices)

    def term_table(self, subset: int) -> Array:
        """W_f(x_S) on the whole grid of S, axes in the order of the inputs."""
        chosen = self.axes.axes(subset)
        return self._term(self._cut(self._c, chosen), chosen, [range(self.axes.shape[axis]) for axis in chosen])

    def _positions(self, point: dict[sympy.Symbol, Any], chosen: Iterable[int]) -> list[list[int]] | None:
        found = [self.axes.index(axis, point) for axis in chosen]
        return None if any(position is None for position in found) else [[p] for p in found if p is not None]

    def _hold(self, array: Array, chosen: Iterable[int], positions: Sequence[Sequence[int]]) -> Array:
        """f̂ with the features of some axes at a point: those axes get length one."""
        matrices: list[Array | None] = [None] * len(self.axes.shape)
        for axis, position in zip(chosen, positions, strict=True):
            matrices[axis] = self.basis._matrix([[1, *self._features_at(axis, position[0])]])
        return apply_matrices(array, matrices)

    def can_evaluate(self, point: dict[sympy.Symbol, Any]) -> bool:
        """Whether values_at gives numbers: a point of the grid."""
        return self._positions(point, range(len(self.axes.shape))) is not None

    def values_at(self, point: dict[sympy.Symbol, Any], subsets: Iterable[int]) -> dict[int, Any]:
        """W_f(x_S) for many S at one point of the grid: w = ρ · Π(1 + t φ(x)), one pass an axis."""
        chosen = range(len(self.axes.shape))
        positions = self._positions(point, chosen)
        if positions is None:
            raise RuntimeError("values_at needs a point of the grid: ask can_evaluate first")
        matrices = [self.basis.wick_matrix(axis, self._features_at(axis, positions[axis][0])) for axis in chosen]
        terms = self._c * apply_matrices(self.basis.rho_of(list(chosen)), matrices)
        fold = [self.basis._matrix([[1] + [0] * (k - 1), [0] + [1] * (k - 1)]) for k in self.axes.shape]
        folded = apply_matrices(terms, fold)
        result = {}
        for subset in subsets:
            index = tuple(int(bool(subset >> position & 1)) for position in self.axes.positions)
            result[subset] = element(folded, index)
        return result

    def cumulant(self, blocks: Sequence[int]) -> Any:
        """K_f(π) = Σ_a f̂_a Π_B κ_B[a_B]; single inputs contribute the mean, which is index 0 in centred features."""
        large = [block for block in blocks if block & (block - 1)]
        zero = self.basis.constants([0], (1,))
        if any(not self.occurs(block) for block in large):
            return self._scalar(zero)
        chosen = sorted(axis for block in large for axis in self.axes.axes(block))
        total = self._cut(self._f, chosen)
        if not chosen:
            return self._scalar(total)
        for block in large:
            axes = self.axes.axes(block)
            if not any(set(axes) <= set(group) for group in self.basis.groups):
                return self._scalar(zero)
            kappa = self._kappa(tuple(axes))
            shape = [self.axes.shape[axis] - 1 if axis in axes else 1 for axis in chosen]
            total = total * kappa[(slice(1, None),) * len(axes)].reshape(*shape)
        return self._total(total)

    def _kappa(self, axes: tuple[int, ...]) -> Array:
        """The cumulants of the features of some axes of one group."""
        if axes not in self._cumulants:
            if "kappa" in self.basis.__dict__:
                self._cumulants[axes] = self.basis._restricted(self.basis.kappa, axes)
            else:
                self._cumulants[axes] = dense_series.log(self.basis._restricted(self.basis.moments, axes))
        return self._cumulants[axes]

    def mean(self) -> Any:
        """E f = c_∅: under dependence not f̂_∅, which is the mean under the independent marginals."""
        return self._scalar(self._c)

    def second_moment(self, subset: int, limit: int | None = None) -> Any:
        """E[W_f(X_S)²] under P; a sum over the table, which no ``limit`` bounds."""
        chosen = self.axes.axes(subset)
        table = self.term_table(subset)
        probability = self.basis._table(chosen) if chosen else self.basis.constants([1], ())
        return self._total(table * table * probability)

    def sum_rule_holds(self) -> bool:
        return self.basis.sum_rule_holds(self.basis.coefficients)

    def cumulant_total(self) -> Any:
        """Σ_π K_f(π) through exp κ, a group at a time."""
        one = self.basis.constants([1], (1,))
        series = [dense_series.exp(k, one) for k in self.basis.kappa]
        array = self._f
        rank = len(array.shape)
        for group, factor in zip(self.basis.groups, series, strict=True):
            order = [*group, *(axis for axis in range(rank) if axis not in group)]
            shape = [*factor.shape, *(1,) * (rank - len(group))]
            array = array * factor.reshape(*shape).transpose(list(np.argsort(order)))
        return self._total(array)

    # -- forms ------------------------------------------------------------------------------------------------------------

    def _about(self, subset: int, evaluate: Callable[[dict[sympy.Symbol, Any]], Any]) -> dict[str, Any]:
        held = {v for axis in self.axes.axes(subset) for v in self.axes.variables[axis]}
        variables = [v for v in self.function_variables if v in held]
        everywhere = self.expression is not None and not self.inexact  # point masses know f off the grid, indicators do not
        domain = {} if everywhere else {v: self.law.support(v) for v in variables}
        return {
            "variables": variables,
            "known": self.law.variables,
            "domain": domain,
            "inexact": self.inexact,
            "evaluate": evaluate,
        }

    def _feature(self, build: FormBuilder, axis: int, colour: int) -> int:
        """φ = indicator − probability as a gate; a bit is its own indicator."""
        factors = []
        point = self.axes.grid(axis)[colour]
        for variable, value in zip(self.axes.variables[axis], point, strict=True):
            if self.law.support(variable) == (0, 1):
                bit = build.leaf(Leaf.variable(variable))
                factors.append(bit if value == 1 else build.sum([(-1, bit)], 1))
            else:
                factors.append(build.leaf(Leaf.indicator(variable, sympy.Rational(value))))
        return build.sum([(-1, build.constant(self.basis._entries(axis)[colour])), (1, build.product(factors))])

    def _circuit(self, coefficients: Array, chosen: Sequence[int], rest: Sequence[int]) -> tuple[Any, Any]:
        """Σ_b c_b w_b · Π_{i ∈ rest} (1 or φ_i): array axes are ``chosen`` (colours ≥ 1) and ``rest``, merged in order."""
        build = FormBuilder()
        rho = self.basis.rho_of(chosen)
        both = sorted([*chosen, *rest])
        parts = []
        ranges = [range(1, self.axes.shape[axis]) if axis in chosen else range(self.axes.shape[axis]) for axis in both]
        for colours in product(*ranges):
            index = tuple(c - 1 if axis in chosen else c for axis, c in zip(both, colours, strict=True))
            coefficient = element(coefficients, index)
            if not coefficient:
                continue
            colour = dict(zip(both, colours, strict=True))
            outside = [self._feature(build, axis, colour[axis]) for axis in rest if colour[axis]]
            held = []
            for mask in range((1 << len(chosen)) - 1, -1, -1):
                index = tuple(0 if mask >> i & 1 else colour[axis] for i, axis in enumerate(chosen))
                weight = element(rho, index)
                if weight:
                    held.append(
                        (
                            weight,
                            build.product([self._feature(build, chosen[i], colour[chosen[i]]) for i in bits(mask)]),
                        )
                    )
            parts.append((build.product([build.sum(held), *outside]), coefficient))
        node = weighted_sum(build, parts)
        return build.finish({"value": node}), build.leaves

    def _form(
        self,
        depends: int,
        masses: Callable[[PointMasses], tuple[Any, Any]],
        circuit: Callable[[], tuple[Any, Any]],
        evaluate: Callable[[dict[sympy.Symbol, Any]], Any],
        averaged: Iterable[int],
    ) -> ClosedForm:
        """A form of the inputs ``depends``; off the grid ``evaluate`` answers None and the circuit of point masses serves."""

        def make() -> tuple[Any, Any]:
            return masses(self.masses) if self.masses is not None and not self.inexact else circuit()

        def at(point: dict[sympy.Symbol, Any]) -> Any:
            found = evaluate(point)
            return form.run_circuit(point) if found is None else found

        # point masses evaluate f at every point of the inputs that something is averaged over
        work = prod(self.axes.shape[axis] for axis in averaged) if self.masses is not None and not self.inexact else 0
        form = ClosedForm(make, **self._about(depends, at), work=work)
        return form

    def average(self, subset: int) -> ClosedForm:
        """W_f(x_S)."""
        chosen = self.axes.axes(subset)

        def evaluate(point: dict[sympy.Symbol, Any]) -> Any:
            positions = self._positions(point, chosen)
            return (
                None if positions is None else self._scalar(self._term(self._cut(self._c, chosen), chosen, positions))
            )

        return self._form(
            subset,
            lambda masses: masses.circuit(subset & self.axes.mask, 0),
            lambda: self._circuit(self._cut(self._c, chosen), chosen, []),
            evaluate,
            range(len(self.axes.shape)),
        )

    def fixed(self, subset: int) -> ClosedForm:
        """ω_S f with the other inputs held."""
        chosen = self.axes.axes(subset)
        rest = self.axes.axes(self.axes.mask & ~subset)

        def evaluate(point: dict[sympy.Symbol, Any]) -> Any:
            positions, outside = self._positions(point, chosen), self._positions(point, rest)
            if positions is None or outside is None:
                return None
            held = self._cut(self._hold(self._f, rest, outside), chosen)
            return self._scalar(self._term(held, chosen, positions))

        def array() -> Array:
            return self._f[
                (*(slice(1, None) if axis in chosen else slice(None) for axis in range(len(self.axes.shape))), ...)
            ]

        return self._form(
            self.axes.mask,
            lambda masses: masses.circuit(subset & self.axes.mask, self.axes.mask),
            lambda: self._circuit(array(), chosen, rest),
            evaluate,
            chosen,
        )

    def expectation(self, subset: int) -> ClosedForm:
        """E_B f with the other inputs held."""
        inside = self.axes.axes(subset)
        rest = self.axes.axes(self.axes.mask & ~subset)

        def array() -> Array:
            moments = self.basis._restricted(self.basis.moments, inside) if len(inside) > 1 else None
            if moments is None:
                return self._f[(*(0 if axis in inside else slice(None) for axis in range(len(self.axes.shape))), ...)]
            shape = [self.axes.shape[axis] if axis in inside else 1 for axis in range(len(self.axes.shape))]
            summed = self._f * moments.reshape(*shape)
            rows = [
                self.basis._matrix([[1] * self.axes.shape[axis]]) if axis in inside else None
                for axis in range(len(shape))
            ]
            return apply_matrices(summed, rows)[
                (*(0 if axis in inside else slice(None) for axis in range(len(shape))), ...)
            ]

        def evaluate(point: dict[sympy.Symbol, Any]) -> Any:
            positions = self._positions(point, rest)
            if positions is None:
                return None
            result = array()
            rows = [
                self.basis._matrix([[1, *self._features_at(axis, p[0])]])
                for axis, p in zip(rest, positions, strict=True)
            ]
            return self._scalar(apply_matrices(result, rows) if rows else result)

        return self._form(
            self.axes.mask & ~subset,
            lambda masses: masses.expectation(subset & self.axes.mask),
            lambda: self._circuit(array(), [], rest),
            evaluate,
            inside,
        )

    def number(self, element: Any, **about: Any) -> ClosedForm:
        """An element of the coefficient ring as a form without variables."""
        build = FormBuilder()
        return ClosedForm.built(build, coefficient_node(build, element), inexact=self.inexact, **about)

    def function(self) -> ClosedForm:
        """f itself."""
        return self.expectation(0)
