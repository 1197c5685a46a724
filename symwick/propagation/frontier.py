"""The forward pass: joint cumulants of the live wires as dense arrays, one array for each order, gate by gate.

K_j[s_1, …, s_j] is the joint cumulant of the wires in slots s_1, …, s_j. A new product Z = AB gets κ(Z^c, U_1, …, U_r) for all
live U at once, by the terms of :mod:`symwick.propagation.product_terms`. What stands in a slot that is free means nothing, and is
overwritten before it is read. For several input laws at once the arrays have one more axis, the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, combinations_with_replacement, permutations
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from symwick.propagation.frontier_plan import Form, Layer, Plan, Step
from symwick.propagation.inputs import InputMoments
from symwick.propagation.product_terms import Block, product_terms
from symwick.propagation.program import INPUT, PRODUCT, Program, out_of_range

__all__ = ["FrontierRun"]

Array = npt.NDArray[np.float64]
Cuts = dict[tuple[int, int, int], Any]
"""κ(A^p, B^q, U_1, …, U_r) by (p, q, r), as arrays over r slots."""


class FrontierRun:
    """One pass; afterwards ``means`` of all base wires, and ``arrays`` over the kept slots."""

    def __init__(
        self,
        program: Program,
        plan: Plan,
        inputs: InputMoments | Sequence[InputMoments],
        order: int,
        name: Callable[[int], str],
    ) -> None:
        self.program, self.plan, self.inputs, self.order, self.name = program, plan, inputs, order, name
        self.batch = () if isinstance(inputs, InputMoments) else (len(inputs),)
        self.arrays: list[Array] = [np.zeros((plan.width,) * j + self.batch) for j in range(1, order + 1)]
        self.means: dict[int, Any] = {}
        with np.errstate(over="ignore", invalid="ignore"):
            for step in self._steps():
                self._take(step)

    def _steps(self) -> Iterable[Step]:
        """The steps, with a bar where they take long."""
        steps = self.plan.steps
        return tqdm(steps, desc="gates", delay=2, leave=False, disable=None) if self.plan.seconds > 1 else steps

    def _take(self, step: Step) -> None:
        if step.kind == INPUT:
            self._bring_in(step)
        elif step.kind != PRODUCT:
            self._add(step)
        else:
            self._multiply(step)
        for wire, s in zip(step.wires, step.slots, strict=True):
            mean = self.means[wire] = self.arrays[0][s].copy() if self.batch else float(self.arrays[0][s])
            seen = mean
            for j, array in enumerate(self.arrays[1:], start=2):
                seen = seen + array[(s,) * j]  # finite only where all are
            if not (np.isfinite(seen).all() if self.batch else isfinite(seen)):
                raise out_of_range(self.name(wire))

    # -- inputs --------------------------------------------------------------------------------------------------------

    def _bring_in(self, step: Step) -> None:
        """The cumulants of independent groups of inputs; with all other wires they have none."""
        slot = dict(zip(step.wires, step.slots, strict=True))
        for j, array in enumerate(self.arrays, start=1):
            for axis in range(j):
                array[(slice(None),) * axis + (_run(step.slots),)] = 0.0
        groups: dict[int, list[int]] = {}
        for wire in step.wires:
            groups.setdefault(self.program.groups[wire], []).append(wire)
        for j, array in enumerate(self.arrays, start=1):
            for group in groups.values():
                for key in combinations_with_replacement(sorted(group), j):
                    value = self._input(key)
                    for arranged in set(permutations(key)):
                        array[tuple(slot[wire] for wire in arranged)] = value

    def _input(self, key: tuple[int, ...]) -> Any:
        if isinstance(self.inputs, InputMoments):
            return self.inputs.cumulant(key)
        return np.array([one.cumulant(key) for one in self.inputs], dtype=float)

    # -- products ------------------------------------------------------------------------------------------------------

    def _multiply_pairs(self, step: Step) -> None:
        """Order 2, where the terms are few: κ(AB, U) = E A κ(B, U) + E B κ(A, U)."""
        mean, pairs = self.arrays
        (e_a, a), (e_b, b) = step.forms
        s = step.slots[0]
        row_a, row_b = _contracted(pairs, a), _contracted(pairs, b)
        aa: Any = 0.0
        ab: Any = 0.0
        bb: Any = 0.0
        for w, i in a:
            e_a = e_a + w * mean[i]
            aa = aa + w * row_a[i]
        for w, i in b:
            e_b = e_b + w * mean[i]
            bb = bb + w * row_b[i]
            ab = ab + w * row_a[i]
        row = e_a * row_b
        row += e_b * row_a
        row[s] = aa * (bb + e_b * e_b) + bb * (e_a * e_a) + ab * (ab + 2 * e_a * e_b)
        pairs[s] = row
        pairs[:, s] = row
        mean[s] = e_a * e_b + ab

    def _multiply(self, step: Step) -> None:
        if self.order == 2:
            self._multiply_pairs(step)
            return
        a, b = step.forms
        s = step.slots[0]
        cuts = self._cuts(a, b)
        found = {
            (copies, others): self._summed(product_terms(copies, others, self.order), cuts, others)
            for copies in range(1, self.order + 1)
            for others in range(self.order - copies + 1)
        }
        # more copies later: what several copies of the new wire have is written over what one copy left on the diagonal
        for (copies, others), value in found.items():
            array = self.arrays[copies + others - 1]
            for axes in combinations(range(copies + others), copies):
                array[tuple(s if axis in axes else slice(None) for axis in range(copies + others))] = value

    def _cuts(self, a: Form, b: Form) -> Cuts:
        found: Cuts = {(0, 0, j): array for j, array in enumerate(self.arrays, start=1)}
        for total in range(1, self.order + 1):
            for p in range(total, -1, -1):
                q = total - p
                for r in range(self.order - total + 1):
                    source, form = ((p - 1, q, r + 1), a) if p else ((p, q - 1, r + 1), b)
                    found[p, q, r] = _contracted(found[source], form[1])
        found[1, 0, 0] = found[1, 0, 0] + a[0]
        found[0, 1, 0] = found[0, 1, 0] + b[0]
        return found

    def _summed(self, terms: Sequence[tuple[int, Sequence[Block]]], cuts: Cuts, others: int) -> Any:
        """Σ count · Π blocks as an array over ``others`` slots."""
        total: Any = 0.0
        for count, blocks in terms:
            product: Any = count  # the numbers first: an array is then multiplied once
            for p, q, held in blocks:
                if not held:
                    product = product * cuts[p, q, 0]
            for p, q, held in blocks:
                if held:
                    value = cuts[p, q, len(held)]
                    product = product * (self._spread(value, held, others) if len(held) < others else value)
            total = total + product
        return total

    def _spread(self, value: Any, held: Sequence[int], others: int) -> Any:
        """An array over the slots of some of the other wires as one over all of them."""
        return value.reshape([self.plan.width if i in held else 1 for i in range(others)] + list(self.batch))

    # -- sums --------------------------------------------------------------------------------------------------------

    def _add(self, step: Step) -> None:
        if step.layer is not None:
            self._add_many(step.slots, step.layer)
        else:
            for s, form in zip(step.slots, step.forms, strict=True):
                self._add_one(s, form)

    def _add_one(self, s: int, form: Form) -> None:
        """κ(S, …, S, U, …) of a sum S: contracted along as many axes as it has copies."""
        for j, array in enumerate(self.arrays, start=1):
            value: Any = array
            for copies in range(1, j + 1):
                value = _contracted(value, form[1])
                if j == 1:
                    value = value + form[0]
                for axes in combinations(range(j), copies):
                    array[tuple(s if axis in axes else slice(None) for axis in range(j))] = value

    def _add_many(self, slots: list[int], layer: Layer) -> None:
        """A batch of sums: one matrix product an axis, over the slots that are read and those that live on."""
        used, alive = layer.used, layer.alive
        both = sorted({*used, *alive})
        place = {slot: i for i, slot in enumerate(both)}
        inside, living = (_run([place[slot] for slot in found]) for found in (used, alive))
        new, lasting = _run(slots), _run(alive)
        for j, array in enumerate(self.arrays, start=1):
            part: Any = array[_crossed([_run(both)] * j)]
            for copies in range(1, j + 1):
                # copies − 1 axes are the new wires already, the next one is contracted, the others range over ``both``
                before = (slice(None),) * (copies - 1)
                moved = np.tensordot(layer.matrix, part[(*before, inside)], axes=(1, copies - 1))
                part = np.moveaxis(moved, 0, copies - 1)
                if j == 1:
                    part = part + layer.constants.reshape(-1, *(1 for _ in self.batch))
                if copies < j and not alive:
                    continue
                rest = part
                for axis in range(copies, j):
                    rest = rest[(slice(None),) * axis + (living,)]
                for axes in combinations(range(j), copies):
                    arranged = np.moveaxis(rest, list(range(copies)), list(axes))
                    array[_crossed([new if axis in axes else lasting for axis in range(j)])] = arranged

    # -- results -------------------------------------------------------------------------------------------------------

    def cumulant(self, forms: Sequence[Form]) -> Any:
        """κ of affine forms of kept base wires."""
        slots = self.plan.kept
        value: Any = self.arrays[len(forms) - 1]
        for _, terms in forms:
            value = _contracted(value, [(w, slots[base]) for w, base in terms])
        return value + (forms[0][0] if len(forms) == 1 else 0.0)

    def mean(self, form: Form) -> Any:
        """The mean of an affine form of base wires, kept or not."""
        return sum((w * self.means[base] for w, base in form[1]), start=np.full(self.batch, form[0]) if self.batch else form[0])


def _run(slots: Sequence[int]) -> Any:
    """An index for one axis: a slice where the slots stand side by side, which needs no copy."""
    if slots and list(slots) == list(range(slots[0], slots[0] + len(slots))):
        return slice(slots[0], slots[0] + len(slots))
    return np.array(slots, dtype=np.intp)


def _crossed(runs: Sequence[Any]) -> Any:
    """Indices of all axes together, crossed."""
    if all(isinstance(run, slice) for run in runs):
        return tuple(runs)
    return np.ix_(*(np.arange(run.start, run.stop) if isinstance(run, slice) else run for run in runs))


def _contracted(array: Any, terms: Sequence[tuple[float, int]]) -> Any:
    """Σ weight · array[slot], along the first axis."""
    if not terms:
        return np.zeros(array.shape[1:])
    weight, slot = terms[0]
    total = array[slot] if weight == 1.0 else weight * array[slot]
    for weight, slot in terms[1:]:
        total = total + weight * array[slot]
    return total
