"""The operators E_B on whole tables, and the set series of operators that act on them.

This is the definition (docs/theory.md, sections 1 and 7) taken literally, and the second, independent route to every
result: ε = Σ E_B t^B with E_B a contraction of a table against a joint marginal, ω_S f and κ_S f by the generic series over
commuting operators. It costs 3^n contractions; the product basis is the algorithm to use, this the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.numbers import from_flint, ratio, to_flint
from symwick.algebra.set_series import OperatorAction, SetSeries, divide, log
from symwick.decompose.inputs import bits
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["TableOperators"]

Table = npt.NDArray[Any]


class TableOperators:
    """E_B, ω_S and κ_B on tables over the product of the marginal supports; one axis a variable, each an input.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> operators = TableOperators(P)
    >>> f = operators.table(lambda x, y: x * y)
    >>> operators.wick(f, 0b11)[1, 1], operators.cumulant(f, [0b11])
    (9/32, Fraction(7, 64))

    Raises TooLarge where the grid has more than ``limit`` points.
    """

    def __init__(self, law: Law, *, limit: int = 1_000_000) -> None:
        self.law = law
        self.variables = law.variables
        self.points = [law.support(v) for v in self.variables]
        self.shape = tuple(len(column) for column in self.points)
        size = int(np.prod(self.shape, dtype=object)) if self.shape else 1
        if size > limit:
            raise TooLarge("Points of the grid", size, limit)
        self._marginals: dict[int, Table] = {}

    def table(self, f: Callable[..., Any]) -> Table:
        """The values of f, called by position with the points of the grid."""
        values = np.empty(self.shape, dtype=object)
        for index in np.ndindex(*self.shape):
            values[index] = to_flint(f(*(column[i] for column, i in zip(self.points, index, strict=True))), "f")
        return values

    def _marginal(self, mask: int) -> Table:
        """The joint probabilities of a block over its grid, broadcastable against a table."""
        if mask not in self._marginals:
            chosen = list(bits(mask))
            codes, weights = self.law.joint_table([self.variables[i] for i in chosen])
            table = np.full([self.shape[i] for i in chosen], to_flint(0), dtype=object)
            for row, weight in zip(codes.tolist(), weights.numerators.tolist(), strict=True):
                table[tuple(row)] = ratio(int(weight), weights.denominator)
            shape = [self.shape[i] if mask >> i & 1 else 1 for i in range(len(self.shape))]
            self._marginals[mask] = table.reshape(shape)
        return self._marginals[mask]

    def mean(self, mask: int) -> Callable[[Table], Table]:
        """E_B: the axes of the block contracted against its joint marginal; their length becomes one."""
        axes = tuple(bits(mask))

        def operator(f: Table) -> Table:
            if not axes:
                return f
            # an axis that f no longer depends on has length one: the marginal sums it out all the same
            return np.sum(f * self._marginal(mask), axis=axes, keepdims=True)

        return operator

    def _operators(self) -> SetSeries[Callable[[Table], Table]]:
        return SetSeries(OperatorAction(np.full((1,) * len(self.shape), to_flint(0), dtype=object)), self.mean)

    def wick(self, f: Table, subset: int) -> Table:
        """ω_S f, the other inputs held: Σ_{T⊆S} (x_T held) · (1/ε)_{S∖T} f, by the recursion of the inverse series."""
        epsilon = self._operators()
        held = SetSeries(epsilon.ring, lambda mask: f)  # ι: every x_T held, the identity on f
        result: Table = np.broadcast_to(divide(held, epsilon, epsilon.ring)[subset], self.shape)
        return result

    def term(self, f: Table, subset: int) -> Table:
        """W_f(x_S) = E_{[n]∖S} ω_S f; axes outside S have length one."""
        everything = (1 << len(self.shape)) - 1
        return self.mean(everything & ~subset)(self.wick(f, subset))

    def cumulant(self, f: Table, blocks: Iterable[int]) -> Any:
        """K_f(π) = (Π_{B∈π} κ_B) f for blocks that cover all inputs."""
        covered = 0
        for block in (blocks := list(blocks)):
            if covered & block or not block:
                raise InvalidArgument("Argument 'blocks' must be disjoint and not empty.")
            covered |= block
            f = np.asarray(log(self._operators(), self._operators().ring, on=f)[block])
        if covered != (1 << len(self.shape)) - 1:
            raise InvalidArgument("Argument 'blocks' must cover all inputs.")
        return from_flint(np.asarray(f).reshape(-1)[0])

    def at(self, table: Table, point: dict[sympy.Symbol, Any]) -> Any:
        """The value of a table at a point of the grid."""
        index = [
            column.index(point[v]) if length > 1 else 0
            for v, column, length in zip(self.variables, self.points, table.shape, strict=True)
        ]
        return from_flint(table[tuple(index)])

    def grid(self) -> Iterable[dict[sympy.Symbol, Any]]:
        """All points of the grid."""
        for values in product(*self.points):
            yield dict(zip(self.variables, values, strict=True))
