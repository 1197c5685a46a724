"""The forward pass: joint cumulants of the live wires as dense arrays, one array for each order, gate by gate.

K_j[s_1, …, s_j] is the joint cumulant of the wires in slots s_1, …, s_j; slots that are free hold zeros. A new product
Z = AB gets κ(Z^c, U_1, …, U_r) for all live U at once, by the terms of :mod:`symwick.propagation.product_terms`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, combinations_with_replacement, permutations
from typing import Any

import numpy as np
import numpy.typing as npt

from symwick.errors import InvalidArgument
from symwick.propagation.frontier_plan import Form, Plan, Step
from symwick.propagation.inputs import InputMoments
from symwick.propagation.product_terms import product_terms
from symwick.propagation.program import INPUT, PRODUCT, Program

__all__ = ["FrontierRun"]

Array = npt.NDArray[np.float64]


class FrontierRun:
    """One pass; afterwards ``means`` of all base wires, and ``arrays`` over the kept slots."""

    def __init__(
        self, program: Program, plan: Plan, inputs: InputMoments, order: int, name: Callable[[int], str]
    ) -> None:
        self.program, self.plan, self.inputs, self.order, self.name = program, plan, inputs, order, name
        width = plan.width
        self.arrays: list[Array] = [np.zeros((width,) * j) for j in range(1, order + 1)]
        self.means: dict[int, float] = {}
        with np.errstate(over="ignore", invalid="ignore"):
            for step in plan.steps:
                self._take(step)

    def _take(self, step: Step) -> None:
        if step.kind == INPUT:
            self._bring_in(step)
        elif step.kind == PRODUCT:
            if self.order == 2:
                self._multiply_pairs(step)
            else:
                self._multiply(step)
        else:
            self._add(step)
        for wire, s in zip(step.wires, step.slots, strict=True):
            mean = self.means[wire] = float(self.arrays[0][s])
            if not np.isfinite(mean) or (self.order > 1 and not np.isfinite(self.arrays[1][s, s])):
                raise InvalidArgument(
                    f"Argument 'c' leaves the range of float64 at gate {self.name(wire)!r}: pass ring='exact', or scale it."
                )
        for s in step.freed:
            for j, array in enumerate(self.arrays):
                for axis in range(j + 1):
                    array[(slice(None),) * axis + (s,)] = 0.0

    # -- inputs --------------------------------------------------------------------------------------------------------

    def _bring_in(self, step: Step) -> None:
        """The cumulants of one independent group of inputs; with all other wires they have none."""
        slot = dict(zip(step.wires, step.slots, strict=True))
        for j, array in enumerate(self.arrays, start=1):
            for key in combinations_with_replacement(sorted(step.wires), j):
                value = self.inputs.cumulant(key)
                if value:
                    for arranged in set(permutations(key)):
                        array[tuple(slot[wire] for wire in arranged)] = value

    # -- products ------------------------------------------------------------------------------------------------------

    def _multiply_pairs(self, step: Step) -> None:
        """Order 2, where the terms are few: κ(AB, U) = E A κ(B, U) + E B κ(A, U)."""
        mean, pairs = self.arrays
        (a0, a), (b0, b) = step.forms
        s = step.slots[0]
        row_a, row_b = _contracted(pairs, a), _contracted(pairs, b)
        e_a = a0 + sum(w * mean[i] for w, i in a)
        e_b = b0 + sum(w * mean[i] for w, i in b)
        aa = sum(w * row_a[i] for w, i in a)
        ab = sum(w * row_a[i] for w, i in b)
        bb = sum(w * row_b[i] for w, i in b)
        row = e_a * row_b
        row += e_b * row_a
        row[s] = aa * bb + ab * ab + aa * e_b * e_b + bb * e_a * e_a + 2 * ab * e_a * e_b
        pairs[s] = row
        pairs[:, s] = row
        mean[s] = e_a * e_b + ab

    def _multiply(self, step: Step) -> None:
        a, b = step.forms
        s = step.slots[0]
        cut = self._cuts(a, b)
        found: dict[tuple[int, int], Any] = {}
        for copies in range(1, self.order + 1):
            for others in range(self.order - copies + 1):
                found[copies, others] = _summed(product_terms(copies, others, self.order), cut, others, self.plan.width)
        # more copies later: what several copies of the new wire have is written over what one copy left on the diagonal
        for (copies, others), value in found.items():
            array = self.arrays[copies + others - 1]
            for axes in combinations(range(copies + others), copies):
                array[tuple(s if axis in axes else slice(None) for axis in range(copies + others))] = value

    def _cuts(self, a: Form, b: Form) -> dict[tuple[int, int, int], Any]:
        """κ(A^p, B^q, U_1, …, U_r) for p + q ≥ 1 by (p, q, r), as arrays over r slots."""
        found: dict[tuple[int, int, int], Any] = {(0, 0, j): array for j, array in enumerate(self.arrays, start=1)}
        for total in range(1, self.order + 1):
            for p in range(total, -1, -1):
                q = total - p
                for r in range(self.order - total + 1):
                    source, form = ((p - 1, q, r + 1), a) if p else ((p, q - 1, r + 1), b)
                    found[p, q, r] = _contracted(found[source], form[1])
        found[1, 0, 0] = found[1, 0, 0] + a[0]
        found[0, 1, 0] = found[0, 1, 0] + b[0]
        return found

    # -- sums of many terms --------------------------------------------------------------------------------------------

    def _add(self, step: Step) -> None:
        """A batch of sums: one matrix product an axis."""
        used = sorted({i for _, terms in step.forms for _, i in terms})
        place = {i: j for j, i in enumerate(used)}
        matrix = np.zeros((len(step.forms), len(used)))
        for row, (_, terms) in enumerate(step.forms):
            for w, i in terms:
                matrix[row, place[i]] += w
        chosen = np.array(used, dtype=np.intp)
        new = np.array(step.slots, dtype=np.intp)
        constants = np.array([constant for constant, _ in step.forms])
        for j, array in enumerate(self.arrays, start=1):
            # parts[c]: c axes over the new wires, the others over all slots
            parts = [array]
            for _ in range(j):
                moved = np.tensordot(matrix, np.take(parts[-1], chosen, axis=len(parts) - 1), axes=(1, len(parts) - 1))
                parts.append(np.moveaxis(moved, 0, len(parts) - 1))
            if j == 1:
                parts[1] = parts[1] + constants
            for copies in range(1, j + 1):
                for axes in combinations(range(j), copies):
                    rest = [axis for axis in range(j) if axis not in axes]
                    arranged = np.moveaxis(parts[copies], list(range(copies)), list(axes)) if rest else parts[copies]
                    index = np.ix_(*(new if axis in axes else np.arange(self.plan.width) for axis in range(j)))
                    array[index] = arranged

    # -- results -------------------------------------------------------------------------------------------------------

    def cumulant(self, forms: Sequence[Form]) -> float:
        """κ of affine forms of kept base wires."""
        if len(forms) > self.order:
            return 0.0
        slots = self.plan.kept
        value: Any = self.arrays[len(forms) - 1]
        for _, terms in forms:
            value = _contracted(value, [(w, slots[base]) for w, base in terms])
        return float(value) + (forms[0][0] if len(forms) == 1 else 0.0)


def _contracted(array: Any, terms: Sequence[tuple[float, int]]) -> Any:
    """Σ weight · array[slot], along the first axis."""
    if not terms:
        return np.zeros(array.shape[1:]) if array.ndim > 1 else 0.0
    weight, slot = terms[0]
    total = array[slot] if weight == 1.0 else weight * array[slot]
    for weight, slot in terms[1:]:
        total = total + weight * array[slot]
    return total


def _summed(
    terms: Sequence[tuple[int, Sequence[tuple[int, int, tuple[int, ...]]]]],
    cut: dict[tuple[int, int, int], Any],
    others: int,
    width: int,
) -> Any:
    total: Any = 0.0
    for count, blocks in terms:
        scalar: float = count
        arrays = []
        for p, q, held in blocks:
            value = cut[p, q, len(held)]
            if not held:
                scalar = scalar * value
            else:
                arrays.append(value.reshape([width if i in held else 1 for i in range(others)]))
        if not scalar:
            continue
        product = arrays[0] * scalar if arrays else scalar
        for array in arrays[1:]:
            product = product * array
        total = total + product
    return total
