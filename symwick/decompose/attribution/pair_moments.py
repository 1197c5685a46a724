"""Second moments of a decomposition: Var f, E[W_S(X_S)²] and E[W_S(X_S) f(X)] = Cov(W_S, f), no square of a term multiplied out.

In the product basis W_S = Σ_b c_{S,b} w_b and f = Σ_a f̂_a φ_a, so that

    E[W_S f] = Σ_{b,a} c_{S,b} f̂_a E[w_b φ_a],        E[W_S²] = Σ_{b,b'} c_{S,b} c_{S,b'} E[w_b w_b'],

and both means are products over the independent groups of features, kept for each pair of parts. In a group of which one
side has no feature the mean is 0, since E w_b = 0; for an independent input it is Cov(φ_b, φ_a). In tables, whole arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from symwick.algebra.balls import Ball, BallArray, element
from symwick.algebra.dense_series import apply_matrices
from symwick.algebra.set_series import submasks
from symwick.algebra.symbolic import Symbolic
from symwick.circuits.node_ring import NodeRing
from symwick.decompose.expansions import function_expansion, multiplied_out
from symwick.decompose.table_terms import TableTerms
from symwick.errors import TooLarge

__all__ = ["ProductPairs", "TablePairs", "pair_moments"]

Array = Any

_EXPANDED = 1_000  # products of two symbolic terms up to which squares are multiplied out; above, they are gates


def pair_moments(engine: Any, limit: int) -> ProductPairs | TablePairs:
    """The second moments of the function of an engine."""
    return TablePairs(engine) if isinstance(engine, TableTerms) else ProductPairs(engine, limit)


class ProductPairs:
    """Second moments in the product basis."""

    def __init__(self, engine: Any, limit: int) -> None:
        self.engine, self.limit = engine, limit
        self.series, self.integrator = engine.series, engine.integrator
        self.groups: list[int] = engine.series._groups
        self.ring = engine.ring
        if not isinstance(self.ring, NodeRing) and not engine.inexact:
            terms = [len(m.coefficient.terms) for m in engine.monomials if isinstance(m.coefficient, Symbolic)]
            if sum(terms) ** 2 > _EXPANDED:
                self.ring = NodeRing()
        self._function = {mask: self.ring.coerce(value) for mask, value in function_expansion(engine).items()}
        self.assumed: dict[sympy.Basic, None] = {}
        """What the means of products of two features take for granted, as far as they have been asked for."""
        self._products: dict[tuple[int, int], Any] = {}
        self._wick: dict[int, Mapping[int, Any]] = {}
        self._mixed: dict[tuple[int, int], Any] = {}
        self._squares: dict[tuple[int, int], Any] = {}

    def variance(self) -> Any:
        """E[f²] − (E f)² = Σ_{a,a'} f̂_a f̂_a' Cov(φ_a, φ_a')."""
        rows = list(self._function.items())
        self._afford(len(rows) ** 2, "Products of two terms of f")
        total = self.ring.zero
        for i, (a, u) in enumerate(rows):
            for b, v in rows[: i + 1]:
                if any(group & a and group & b for group in self.groups):
                    covariance = self._by_groups(a, b, self._product) - self._moment(a) * self._moment(b)
                    value = u * v * covariance
                    total = total + value if a == b else total + value + value
        return total

    def with_function(self, subset: int) -> Any:
        """E[W_S f], S not empty."""
        coefficients = self._coefficients(subset)
        self._afford(len(coefficients) * len(self._function), "Products of a term of f and one of the decomposition")
        total = self.ring.zero
        for b, c in coefficients.items():
            met = [group for group in self.groups if group & b]
            inner = self.ring.zero
            for a, value in self._function.items():
                if all(group & a for group in met):
                    inner = inner + value * self._by_groups(b, a, self._with_product)
            total = total + c * inner
        return total

    def square(self, subset: int) -> Any:
        """E[W_S²], S not empty."""
        rows = list(self._coefficients(subset).items())
        self._afford(len(rows) ** 2, "Products of two terms in the square of a term of the decomposition")
        total = self.ring.zero
        for i, (a, u) in enumerate(rows):
            for b, v in rows[: i + 1]:
                if all(bool(group & a) == bool(group & b) for group in self.groups):
                    value = u * v * self._by_groups(a, b, self._wick_square)
                    total = total + value if a == b else total + value + value
        return total

    def squares(self) -> dict[int, Any]:
        """{S: E[W_S²]} for all S ≠ ∅ that are not structurally zero, by size."""
        return {subset: self.square(subset) for subset in self.engine.supports(None) if subset}

    # -- means of products of two features ------------------------------------------------------------------------------

    def _afford(self, work: int, what: str) -> None:
        if work > self.limit:
            raise TooLarge(what, work, self.limit)

    def _coefficients(self, subset: int) -> dict[int, Any]:
        return {mask: self.ring.coerce(c) for mask, c in self.engine.coefficients(subset).items()}

    def _by_groups(self, left: int, right: int, mean: Callable[[int, int], Any]) -> Any:
        """The mean of a product as the product over independent groups of features."""
        total = self.ring.one
        for part in self.series.split(left | right):
            total = total * mean(left & part, right & part)
        return total

    def _moment(self, mask: int) -> Any:
        return self.ring.coerce(self.series.moments[mask])

    def _product(self, left: int, right: int) -> Any:
        """E[φ_left φ_right]; both may hold features of one input."""
        if not left or not right:
            return self._moment(left | right)
        key = (left, right) if left < right else (right, left)
        if key not in self._products:
            factors = dict(self.engine.factors(left))
            for variable, expression in self.engine.factors(right):
                factors[variable] = factors[variable] * expression if variable in factors else expression
            self.assumed |= dict.fromkeys(self.integrator.assumed(factors.items()))
            self._products[key] = self.ring.coerce(self.integrator.mean(factors.items()))
        return self._products[key]

    def _wick_terms(self, mask: int) -> Mapping[int, Any]:
        """w_b = Σ_T α_T φ_T for the features b of one group, as {T: α_T}."""
        if mask not in self._wick:
            self.engine.affordable(mask)
            weights = {held: rho for held in submasks(mask) if (rho := self.series.rho[mask ^ held])}
            self._wick[mask] = {t: self.ring.coerce(w) for t, w in multiplied_out(self.engine, weights).items()}
        return self._wick[mask]

    def _with_product(self, wick: int, features: int) -> Any:
        """E[w_wick φ_features] within a group."""
        if not wick:
            return self._moment(features)
        key = wick, features
        if key not in self._mixed:
            total = self.ring.zero
            for mask, weight in self._wick_terms(wick).items():
                total = total + weight * self._product(mask, features)
            self._mixed[key] = total
        return self._mixed[key]

    def _wick_square(self, left: int, right: int) -> Any:
        """E[w_left w_right] within a group."""
        key = (left, right) if left < right else (right, left)
        if key not in self._squares:
            total = self.ring.zero
            for mask, weight in self._wick_terms(key[0]).items():
                total = total + weight * self._with_product(key[1], mask)
            self._squares[key] = total
        return self._squares[key]


class TablePairs:
    """Second moments of a table, in whole arrays."""

    def __init__(self, engine: TableTerms) -> None:
        self.engine, self.basis = engine, engine.basis
        self.assumed: dict[sympy.Basic, None] = {}
        self._summed: dict[int, Array] = {}

    @cached_property
    def _values(self) -> Array:
        values = self.basis._values
        return (BallArray.of(values) if self.basis.kind == "ball" else values)[..., self.engine.output]

    @cached_property
    def _probabilities(self) -> Array:
        """P on the whole grid, zeros included, axes as those of f."""
        shape = self.engine.axes.shape
        total: Array = self.basis.constants([1], (1,) * len(shape))
        for group in self.basis.groups:
            sizes = [size if axis in group else 1 for axis, size in enumerate(shape)]
            total = total * self.basis._table(sorted(group)).reshape(*sizes)
        return total

    @cached_property
    def _weighted(self) -> Array:
        """f · P on the grid."""
        return self._values * self._probabilities

    def variance(self) -> Any:
        """E[f²] − (E f)², f counted from its mean."""
        mean = self.engine._total(self._weighted)
        if isinstance(mean, Ball):
            mean = BallArray(np.array(mean.value), np.array(mean.radius))
        centred = self._values - mean
        return self.engine._total(centred * centred * self._probabilities)

    def _marginal(self, axes: int) -> Array:
        """Σ f · P over all axes but those of a mask of axes, each sum made from one with one axis more."""
        rank = len(self.engine.axes.shape)
        missing = [axis for axis in range(rank) if not axes >> axis & 1]
        if not missing:
            return self._weighted
        if axes not in self._summed:
            wider = axes | 1 << missing[0]
            self._summed[axes] = self._marginal(wider).sum(axis=(wider & ((1 << missing[0]) - 1)).bit_count())
        return self._summed[axes]

    def with_function(self, subset: int) -> Any:
        """E[W_S f] = Σ over the grid of S of W_S(x_S) · Σ_{x outside S} f P."""
        table = self.engine.term_table(subset)
        return self.engine._total(table * self._marginal(sum(1 << axis for axis in self.engine.axes.axes(subset))))

    def square(self, subset: int) -> Any:
        """E[W_S²]."""
        return self.engine.second_moment(subset)

    def squares(self) -> dict[int, Any]:
        """{S: E[W_S²]} for all S ≠ ∅: under independence Σ_{b,b'} c_b c_b' Π_i Cov(φ_b, φ_b'), one pass an axis."""
        subsets = [subset for subset in self.engine.supports(None) if subset]
        if any(len(group) > 1 for group in self.basis.groups):
            return {subset: self.square(subset) for subset in subsets}
        shape = self.engine.axes.shape
        c = self.engine._c
        terms = c * apply_matrices(c, [self._covariances(axis) for axis in range(len(shape))])
        fold = [self.basis._matrix([[1] + [0] * (k - 1), [0] + [1] * (k - 1)]) for k in shape]
        folded = apply_matrices(terms, fold)
        positions = self.engine.axes.positions
        return {s: element(folded, tuple(s >> position & 1 for position in positions)) for s in subsets}

    def _covariances(self, axis: int) -> Array:
        """Cov of the centred indicators of one axis, [x = u_j] and [x = u_l]; 1 for the constant feature."""
        p = self.basis._entries(axis)
        k = len(p)
        rows: list[list[Any]] = [[1] + [0] * (k - 1)]
        for j in range(1, k):
            rows.append([0, *(self.basis._minus(0, p[j] * p[m]) if m != j else p[j] - p[j] * p[j] for m in range(1, k))])
        return self.basis._matrix(rows)
