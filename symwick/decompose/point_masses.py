"""Operators as signed measures: closed forms for an expression that is no sum of products.

In the basis of point masses, ε has the coefficients P(x_B = u_B), so ι/ε = Σ ρ(u_{S∖T}) · "x_T held, x_{S∖T} put at u". A term is
then a sum of partial evaluations of f, valid at every point, on the grid or off it:
W_f(x_S) = Σ_{T⊆S} Σ_u ρ_{S∖T}(u) E_{[n]∖S} f(x_T, u).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np
import sympy

from symwick.algebra.dense_series import inverse, pair_count
from symwick.algebra.numbers import ratio, to_flint, to_sympy
from symwick.circuits.form_builder import FormBuilder
from symwick.circuits.form_builder import lower as lower_expression
from symwick.circuits.leaves import Leaf
from symwick.decompose.inputs import Inputs
from symwick.distributions.law import Law
from symwick.errors import TooLarge

__all__ = ["PointMasses"]


class PointMasses:
    """Circuits of E_B f, ω_S f and W_f(x_S) for an expression over a law of finite support."""

    def __init__(
        self, law: Law, inputs: Inputs, expression: sympy.Expr, variables: tuple[sympy.Symbol, ...], limit: int
    ) -> None:
        self.law, self.inputs, self.expression, self.variables, self.limit = law, inputs, expression, variables, limit

    def _used(self, mask: int) -> list[tuple[sympy.Symbol, ...]]:
        """The used variables of every input of the mask, an input a tuple."""
        used = set(self.variables)
        blocks = (
            tuple(v for v in self.inputs.blocks[i] if v in used) for i in range(len(self.inputs)) if mask >> i & 1
        )
        return [block for block in blocks if block]

    def _rows(self, variables: Sequence[sympy.Symbol]) -> list[tuple[tuple[Any, ...], Any]]:
        """The support of a joint marginal with its probabilities."""
        if not variables:
            return [((), to_flint(1))]
        codes, weights = self.law.joint_table(list(variables))
        supports = [self.law.support(v) for v in variables]
        return [
            (tuple(support[c] for support, c in zip(supports, row, strict=True)), ratio(int(w), weights.denominator))
            for row, w in zip(codes.tolist(), weights.numerators.tolist(), strict=True)
        ]

    def _signed_masses(self, blocks: list[tuple[sympy.Symbol, ...]]) -> tuple[Any, list[list[tuple[Any, ...]]]]:
        """ρ as an array: index 0 = not integrated, index j = the j-th point of the input."""
        points = [list(product(*(self.law.support(v) for v in block))) for block in blocks]
        shape = tuple(len(column) + 1 for column in points)
        work = pair_count(shape)
        if work > self.limit:
            raise TooLarge("Ring operations of this closed form", work, self.limit)
        epsilon = np.full(shape, to_flint(0), dtype=object)
        for chosen in product((False, True), repeat=len(blocks)):
            variables = [v for block, inside in zip(blocks, chosen, strict=True) if inside for v in block]
            for values, probability in self._rows(variables):
                index, taken = [], 0
                for block, column, inside in zip(blocks, points, chosen, strict=True):
                    if inside:
                        index.append(column.index(values[taken : taken + len(block)]) + 1)
                        taken += len(block)
                    else:
                        index.append(0)
                epsilon[tuple(index)] = probability
        return inverse(epsilon), points

    def circuit(self, subset: int, hold: int) -> tuple[Any, Any]:
        """ω_S f; inputs outside S are held where ``hold`` has them and integrated together where it has not."""
        blocks = self._used(subset)
        rho, points = self._signed_masses(blocks)
        outside = [v for block in self._used(~subset & ~hold & self.inputs.everything) for v in block]
        rows = self._rows(outside)
        leaves = prod(len(column) + 1 for column in points) * len(rows)
        if leaves > self.limit:
            raise TooLarge("Partial evaluations of f in this closed form", leaves, self.limit)
        build = FormBuilder()
        parts = []
        for index in np.ndindex(*rho.shape):
            weight = rho[index]
            if not weight:
                continue
            put = {
                v: x
                for block, column, j in zip(blocks, points, index, strict=True)
                if j
                for v, x in zip(block, column[j - 1], strict=True)
            }
            for values, probability in rows:
                node = self._evaluated(build, {**put, **dict(zip(outside, values, strict=True))})
                parts.append((weight * probability, node))
        return build.finish({"value": build.sum(parts)}), build.leaves

    def expectation(self, subset: int) -> tuple[Any, Any]:
        """E_B f."""
        variables = [v for block in self._used(subset) for v in block]
        build = FormBuilder()
        parts = [
            (probability, self._evaluated(build, dict(zip(variables, values, strict=True))))
            for values, probability in self._rows(variables)
        ]
        return build.finish({"value": build.sum(parts)}), build.leaves

    def _evaluated(self, build: FormBuilder, put: dict[sympy.Symbol, Any]) -> int:
        """f with some variables at numbers, as a gate: a polynomial in what stays irrational, or a leaf."""
        value = self.expression.subs({v: to_sympy(x) for v, x in put.items()}, simultaneous=True)
        free = tuple(v for v in self.variables if v in value.free_symbols)
        if not free:
            return lower_expression(build, sympy.expand(value), frozenset())
        return build.leaf(Leaf.function(value, free))
