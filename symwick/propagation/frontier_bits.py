"""The forward pass under the closure "boolean", for circuits of bits: whatever has a bit twice follows from shorter cumulants.

κ(Z, Z, C) = κ(Z, C) − Σ_{C = C1 ⊎ C2} κ(Z, C1) κ(Z, C2). In a slab T_j = κ(Z, U_1, …, U_{j−1}) of a new wire Z that gives the
entries in which some U occurs twice, those in which Z does, and, at the full order, the cumulant κ(A, B, U) of the factors of
Z = AB where A or B is among the U.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from symwick.propagation.frontier import FrontierRun
from symwick.propagation.frontier_plan import Plan, Step
from symwick.propagation.program import PRODUCT, Program

__all__ = ["BitsRun", "all_bits"]


def all_bits(program: Program, plan: Plan) -> bool:
    """Whether all that the pass computes are bits, and all factors of products bits or 1 − bits."""
    for step in plan.steps:
        if not all(program.bits[wire] for wire in step.wires):
            return False
        if step.kind == PRODUCT and any(len(terms) != 1 for _, terms in step.forms):
            return False
    return True


def _splits(axes: Sequence[int]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """All ways to put some axes into the first part and the others into the second."""
    for size in range(len(axes) + 1):
        for first in combinations(axes, size):
            yield first, tuple(axis for axis in axes if axis not in first)


class BitsRun(FrontierRun):
    """One pass with the closure "boolean"; see :func:`all_bits` for where it may be used."""

    def _multiply(self, step: Step) -> None:
        (c_a, ((w_a, a),)), (c_b, ((w_b, b),)) = step.forms
        slabs = []
        for others in range(self.order):
            total: Any = w_a * w_b * self._both(a, b, others)
            for first, second in _splits(range(others)):
                one, other = w_a * self._of(a, first, others), w_b * self._of(b, second, others)
                total = total + (one if first else one + c_a) * (other if second else other + c_b)
            slabs.append(total)
        self._repeated_others(slabs)
        self._repeated_new(step.slots[0], slabs)

    def _add(self, step: Step) -> None:
        super()._add(step)
        for s in step.slots:
            self._repeated_new(s, [array[s].copy() for array in self.arrays])

    def _of(self, slot: int, held: Sequence[int], others: int) -> Any:
        """κ(slot, U_held) as an array over all others."""
        value = self.arrays[len(held)][slot]
        return self._spread(value, held, others) if held else value

    def _both(self, a: int, b: int, others: int) -> Any:
        """κ(a, b, U), too long ones closed."""
        if a == b:
            total: Any = self._of(a, range(others), others)
            for first, second in _splits(range(others)):
                total = total - self._of(a, first, others) * self._of(a, second, others)
            return total
        if others + 2 <= self.order:
            return self.arrays[others + 1][a, b]
        closed: Any = 0.0 * self._of(a, range(others), others)
        for one, other in ((a, b), (b, a)) if others else ():
            rest = range(others - 1)
            entry: Any = self.arrays[others][one, other].copy()  # κ(one, one, other, rest)
            for first, second in _splits(rest):
                pair = self.arrays[len(first) + 1][one, other]
                pair = self._spread(pair, first, others - 1) if first else pair
                entry = entry - 2 * pair * self._of(one, second, others - 1)
            for axis in range(others):
                closed[(slice(None),) * axis + (one,)] = entry
        return closed

    def _repeated_others(self, slabs: list[Any]) -> None:
        """Entries of the slabs in which some other wire u occurs twice: κ(u, u, Z, rest), shorter slabs first."""
        every = range(self.plan.width)
        for others in range(2, self.order):
            axes = range(others - 1)  # u, and the rest
            entry = slabs[others - 1]
            for first, second in _splits(axes[1:]):
                one = self._spread(slabs[len(first) + 1], (0, *first), others - 1)
                entry = entry - 2 * one * self._spread(self.arrays[len(second)], (0, *second), others - 1)
            for i, j in combinations(range(others), 2):
                where: list[Any] = [slice(None)] * others
                where[i] = where[j] = every
                # NumPy puts the axis of two index arrays first if a slice lies between them, else where the first one stands
                slabs[others][tuple(where)] = np.moveaxis(entry, 0, i) if j == i + 1 else entry

    def _repeated_new(self, s: int, slabs: list[Any]) -> None:
        """Entries in which the new wire occurs again, shorter slabs first; then all of it is written."""
        for others, slab in enumerate(slabs):
            if others:
                rest = range(others - 1)
                entry: Any = slabs[others - 1]
                for first, second in _splits(rest):
                    one, other = slabs[len(first)], slabs[len(second)]
                    one = self._spread(one, first, others - 1) if first else one
                    other = self._spread(other, second, others - 1) if second else other
                    entry = entry - one * other
                for axis in range(others):
                    slab[(slice(None),) * axis + (s,)] = entry
            array = self.arrays[others]
            for axis in range(others + 1):
                array[(slice(None),) * axis + (s,)] = slab
