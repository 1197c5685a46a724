"""The terms of one decomposition as vectors with the inner product E[U V]: second moments of sums of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, reduce
from math import lcm
from typing import Any

import numpy as np

from symwick.algebra.balls import Ball, BallArray
from symwick.algebra.gram import gram
from symwick.algebra.numbers import ratio, to_flint
from symwick.algebra.vectors import INT64, IntVector, weighted_product_sum
from symwick.decompose.attribution.rows import Rows
from symwick.decompose.attribution.term_values import TermValues, Values, as_elements
from symwick.decompose.expansions import Expansion, added, expansion, function_expansion
from symwick.decompose.product_basis import ProductBasis
from symwick.decompose.second_moments import products_mean
from symwick.errors import NoClosedForm, TooLarge

__all__ = ["TermSpace"]


class TermSpace:
    """Inner products E[U V] of f and its terms under the law.

    Over the rows of the law's joint table where it has one of a size that can be held; else sums of products are
    multiplied and integrated, product by product.
    """

    def __init__(self, engine: Any, limit: int) -> None:
        self.engine, self.limit = engine, limit
        self._too_large: TooLarge | None = None
        self._vectors: dict[int, Values] = {}
        self._expansions: dict[int, Expansion] = {}

    @cached_property
    def table(self) -> tuple[Rows, IntVector] | None:
        """The support of the variables of f with its weights, where that is a finite table of rationals."""
        law, variables = self.engine.law, self.engine.function_variables
        if not law.tabulated(variables):
            return None
        try:
            return Rows.of_law(law, variables)
        except TooLarge as error:
            if isinstance(self.engine, ProductBasis):
                self._too_large = error
                return None
            raise

    def rows(self, asked: str) -> tuple[Rows, IntVector]:
        """The table. Raises NoClosedForm where there is none; ``asked`` is what needs it."""
        if self.table is None and self._too_large is not None:
            raise self._too_large
        if self.table is None:
            raise NoClosedForm(f"{asked} needs a law of finite support, and {self.engine.law!r} is no finite table of numbers.")
        return self.table

    # -- over rows -----------------------------------------------------------------------------------------------------

    @cached_property
    def _values(self) -> TermValues:
        return TermValues(self.engine)

    def vector(self, subset: int) -> Values:
        """W_f(x_S) at the rows of the table."""
        if subset not in self._vectors:
            self._vectors[subset] = self._values.on(subset, self.rows("The values of a term")[0])
        return self._vectors[subset]

    def remainder_vector(self, kept: Iterable[int]) -> Values:
        """f − Σ_{S kept} W_f(x_S) at the rows of the table."""
        total = self._values.function(self.rows("The values of f")[0])
        for subset in kept:
            total = _minus(total, self.vector(subset))
        return total

    # -- by products ----------------------------------------------------------------------------------------------------

    def _expansion(self, subset: int) -> Expansion:
        if subset not in self._expansions:
            self._expansions[subset] = expansion(self.engine, subset)
        return self._expansions[subset]

    def _between(self, left: Expansion, right: Expansion) -> Any:
        engine = self.engine
        return products_mean(left, right, engine.factors, engine.integrator, engine.ring.zero, self.limit)

    # -- second moments ---------------------------------------------------------------------------------------------------

    def remainder_square(self, kept: Sequence[int]) -> Any:
        """E[(f − Σ_{S kept} W_f(X_S))²] as a ring element, or a ball."""
        if self.table is not None:
            vector = self.remainder_vector(kept)
            return _mean_of_product(vector, vector, self.table[1])
        left = reduce(lambda total, s: added(total, self._expansion(s), minus=True), kept, function_expansion(self.engine))
        return self._between(left, left)

    def gram(self, subsets: Sequence[int]) -> list[list[Any]]:
        """E[W_f(X_S) W_f(X_T)] for all S and T in ``subsets``."""
        if len(subsets) ** 2 > self.limit:
            raise TooLarge("Second moments between terms", len(subsets) ** 2, self.limit)
        if self.table is not None:
            vectors = [self.vector(s) for s in subsets]
            exact = [v for v in vectors if isinstance(v, IntVector)]
            if len(exact) == len(vectors):
                return gram(exact, self.table[1])
            return [[_mean_of_product(u, v, self.table[1]) for v in vectors] for u in vectors]
        half = [[self._between(self._expansion(s), self._expansion(t)) for t in subsets[: i + 1]] for i, s in enumerate(subsets)]
        return [[half[max(i, j)][min(i, j)] for j in range(len(subsets))] for i in range(len(subsets))]


def _minus(left: Values, right: Values) -> Values:
    if isinstance(left, IntVector) and isinstance(right, IntVector):
        denominator = lcm(left.denominator, right.denominator)
        a, b = denominator // left.denominator, denominator // right.denominator
        bound = left.bound * a + right.bound * b
        kind: Any = np.int64 if bound < INT64 else object
        numerators = left.numerators.astype(kind, copy=False) * a - right.numerators.astype(kind, copy=False) * b
        return IntVector(numerators, denominator, bound)
    if isinstance(left, BallArray) and isinstance(right, BallArray):
        return left - right
    difference: Values = as_elements(left) - as_elements(right)
    return difference


def _mean_of_product(left: Values, right: Values, weights: IntVector) -> Any:
    if isinstance(left, IntVector) and isinstance(right, IntVector):
        every = np.arange(len(weights))
        return ratio(*weighted_product_sum(weights, [(left, every), (right, every)]))
    if isinstance(left, BallArray) and isinstance(right, BallArray):
        total: Ball = (left * right * weights.rounded()).sum(axis=0).item()
        return total
    total_exact: Any = to_flint(0)
    for u, v, w in zip(as_elements(left), as_elements(right), weights.numerators.tolist(), strict=True):
        total_exact = total_exact + u * v * ratio(w, weights.denominator)
    return total_exact
