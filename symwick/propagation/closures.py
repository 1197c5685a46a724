"""Closures: what stands in place of the cumulants that a truncated run would drop.

``"zero"`` drops them, but for those that are kept by name. ``"boolean"`` keeps those in which a bit occurs twice, by Z² = Z.
``"impute"`` estimates those that lie on both sides of a product, by regression across it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from symwick.errors import TooLarge
from symwick.propagation.demand import CUMULANT, MOMENT, TruncatedEngine
from symwick.propagation.patterns import Key, inserted, split_first
from symwick.propagation.program import INPUT, PRODUCT, SUM, Program

__all__ = ["CLOSURES", "BooleanEngine", "Imputer", "ImputingEngine", "KeepingEngine"]

CLOSURES = ("zero", "boolean", "impute")

RCOND = 1e-9
"""Singular values of a cross-covariance below this part of the largest count as 0: they are noise of the estimates."""

Step = Generator[tuple[int, Key], Any, Any]


class BooleanEngine(TruncatedEngine):
    """Every cumulant in which a bit Z occurs twice is κ(Z, Z, C) = κ(Z, C) − Σ_{C = C1 ⊎ C2} κ(Z, C1) κ(Z, C2).

    That is the rule of products for Z² = Z, an identity, so that it is used below the order too. A key that is too long is first
    opened, so that a bit in it can be seen to occur twice: along products with a constant, and along sums, but for those that
    are bits of their own (a + b − 2ab).
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.left_out: set[Key] = set()
        """Keys that are too long and not closed, met while others were closed."""
        self._opens = [self._hides(wire) for wire in range(len(self.program))]

    def _hides(self, wire: int) -> bool:
        program = self.program
        if program.kinds[wire] == PRODUCT:
            return not (program.groups[program.left[wire]] and program.groups[program.right[wire]])
        return program.kinds[wire] == SUM and (len(program.terms[wire]) == 1 or not program.bits[wire])

    def _twice(self, key: Key) -> int | None:
        """The last bit that occurs twice."""
        bits = self.program.bits
        for i in range(len(key) - 1, 0, -1):
            if key[i] == key[i - 1] and bits[key[i]]:
                return i
        return None

    def drops(self, key: Key) -> bool:
        """Too long, without a bit that occurs twice or a wire that may hide one."""
        return len(key) > self.order and self._twice(key) is None and not any(self._opens[wire] for wire in key)

    def _lost(self, key: Key) -> bool:
        """Whether a key counts as 0, noted where that leaves something out."""
        if self.vanishes(key):
            return True
        if self.drops(key):
            self.left_out.add(key)
            return True
        return False

    def _joint(self, key: Key) -> Step:
        place = self._twice(key)
        if place is not None:
            return (yield from self._as_one(key, place))
        if len(key) > self.order:
            hidden = max(i for i, wire in enumerate(key) if self._opens[wire])
            total = self.zero
            for weight, a in (yield from self._parts(key[hidden])):
                new = inserted((*key[:hidden], *key[hidden + 1 :]), a)
                if not self._lost(new):
                    total = total + weight * (yield CUMULANT, new)
            return total
        return (yield from super()._joint(key))

    def _parts(self, wire: int) -> Step:
        """(weight, wire) of what a wire that opens is a weighted sum of, constants aside."""
        program = self.program
        if program.kinds[wire] == SUM:
            return program.terms[wire]
        left, right = program.left[wire], program.right[wire]
        factor, other = (right, left) if program.groups[left] else (left, right)
        return [((yield CUMULANT, (factor,)), other)]

    def _as_one(self, key: Key, place: int) -> Step:
        z, rest = key[place], (*key[: place - 1], *key[place + 1 :])
        once = inserted(rest, z)
        total = self.zero
        if not self._lost(once):
            total = yield CUMULANT, once
        for inside, others, count in split_first((-1, *rest), len(rest) + 1):
            first, second = inserted(inside[1:], z), inserted(others, z)
            if self._lost(first) or self._lost(second):
                continue
            value = yield CUMULANT, first
            if value:
                total = total - count * (value * (yield CUMULANT, second))
        return total

    def _moment(self, key: Key) -> Step:
        """Opened, and bits once: what is left holds no cumulant that would be rewritten."""
        program = self.program
        key = tuple(w for i, w in enumerate(key) if not (i and key[i - 1] == w and program.bits[w]))
        hidden = [i for i, wire in enumerate(key) if self._opens[wire]]
        if not hidden:
            return (yield from super()._moment(key))
        place = hidden[-1]
        wire, rest = key[place], (*key[:place], *key[place + 1 :])
        constant = program.constants[wire] if program.kinds[wire] == SUM else None
        total = constant * (yield MOMENT, rest) if constant else self.zero
        for weight, a in (yield from self._parts(wire)):
            total = total + weight * (yield MOMENT, inserted(rest, a))
        return total


class KeepingEngine(TruncatedEngine):
    """Some cumulants of too many wires have given values."""

    def __init__(self, *arguments: Any, kept: Mapping[Key, Any], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.kept = kept
        self._longest = max((len(key) for key in kept), default=0)

    def drops(self, key: Key) -> bool:
        """Too long, and no value is given."""
        return len(key) > self.order and key not in self.kept

    def largest(self, key: Key) -> int:
        """As many as the longest that is kept."""
        return max(self.order, self._longest)

    def largest_of_inputs(self, key: Key) -> int:
        """What is kept is kept, whatever the law says."""
        return self.largest(key)

    def _joint(self, key: Key) -> Step:
        return self.kept[key] if len(key) > self.order else (yield from super()._joint(key))


class ImputingEngine(TruncatedEngine):
    """A cut through a product AB: wires that only A is made of are left, those that only B is made of are right.

    A cumulant of too many wires, l of them left and r right, l, r ≥ 2, none elsewhere, is κ(left, R) Σ⁺ κ(L, right): L and R are
    the inputs and products of each side up to the level of the wires, Σ their cross-covariance, Σ⁺ its pseudo-inverse. Joint
    cumulants of inputs alone are those of the law, whatever their size. Schedule "layer", float64.
    """

    def __init__(self, *arguments: Any, left: int = -1, right: int = -1, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._sides = self._cut(left, right)
        self._inverses: dict[int, npt.NDArray[np.float64]] = {}

    def _cut(self, left: int, right: int) -> list[int]:
        """0 left, 1 right, −1 neither."""
        program = self.program
        reached = [0] * len(program)
        for wire, mark in ((left, 1), (right, 2)):
            if wire >= 0:
                reached[wire] |= mark
        for wire in range(len(program) - 1, -1, -1):
            if reached[wire] and program.kinds[wire] == PRODUCT:
                reached[program.left[wire]] |= reached[wire]
                reached[program.right[wire]] |= reached[wire]
            elif reached[wire] and program.kinds[wire] == SUM:
                for _, a in program.terms[wire]:
                    reached[a] |= reached[wire]
        return [{1: 0, 2: 1}.get(mark, -1) for mark in reached]

    def drops(self, key: Key) -> bool:
        """Too long, not of inputs alone, and not two wires on either side."""
        if len(key) <= self.order or all(self.program.kinds[wire] == INPUT for wire in key):
            return False
        sides = [self._sides[wire] for wire in key]
        return -1 in sides or sides.count(0) < 2 or sides.count(1) < 2

    def largest(self, key: Key) -> int:
        """All of them."""
        return len(key)

    def knows(self, key: Key) -> bool:
        """What the law knows is not dropped."""
        return True

    def _joint(self, key: Key) -> Step:
        if len(key) <= self.order or all(self.program.kinds[wire] == INPUT for wire in key):
            return (yield from super()._joint(key))
        level = max(self.program.levels[wire] for wire in key)
        left, right = (tuple(wire for wire in key if self._sides[wire] == side) for side in (0, 1))
        lefts, rights = self._regressors(level, 0), self._regressors(level, 1)
        if level not in self._inverses:
            self._inverses[level] = yield from self._inverse(lefts, rights)
        across = []
        for held, others in ((left, rights), (right, lefts)):
            row = np.zeros(len(others))
            for i, wire in enumerate(others):
                row[i] = yield from self._known(inserted(held, wire))
            across.append(row)
        return float(across[0] @ self._inverses[level] @ across[1])

    def _regressors(self, level: int, side: int) -> list[int]:
        program = self.program
        return [
            wire
            for wire, kind in enumerate(program.kinds)
            if self._sides[wire] == side and program.levels[wire] <= level and kind in (INPUT, PRODUCT)
        ]

    def _inverse(self, lefts: list[int], rights: list[int]) -> Step:
        if len(lefts) * len(rights) > self.limit:
            raise TooLarge("Covariances across the cut of an imputation", len(lefts) * len(rights), self.limit)
        matrix = np.zeros((len(lefts), len(rights)))
        for i, one in enumerate(lefts):
            for j, other in enumerate(rights):
                matrix[i, j] = yield from self._known(inserted((one,), other))
        return np.linalg.pinv(matrix, rcond=RCOND)

    def _known(self, key: Key) -> Step:
        return self.zero if self.drops(key) or self.vanishes(key) else (yield CUMULANT, key)


class Imputer:
    """Imputing engines, one for each cut: a product is cut between its factors, the covariance of two wires between these.

    Of more wires nothing is imputed.
    """

    def __init__(self, program: Program, *arguments: Any, order: int) -> None:
        self.program, self.arguments, self.order = program, arguments, order
        self.zero = arguments[1]
        self.check: Callable[[Key, Any], None] | None = None
        self.engines: dict[tuple[int, int], ImputingEngine] = {}

    def _engine(self, left: int, right: int) -> ImputingEngine:
        if (left, right) not in self.engines:
            more: dict[str, Any] = {"order": self.order, "schedule": "layer", "left": left, "right": right}
            self.engines[left, right] = ImputingEngine(self.program, *self.arguments, **more)
            self.engines[left, right].check = self.check
        return self.engines[left, right]

    def drops(self, key: Key) -> bool:
        """What is asked for is no key that an expansion needs: too long is too long."""
        return len(key) > self.order

    def cumulant(self, key: Key) -> Any:
        """κ of the wires of a key."""
        if len(key) > 1:
            return self._engine(*(key if len(key) == 2 else (-1, -1))).cumulant(key)
        program = self.program
        weights = {key[0]: 1.0}
        total = 0.0
        while weights:
            wire = max(weights)
            weight = weights.pop(wire)
            if program.kinds[wire] == SUM:
                total += weight * program.constants[wire]
                for w, a in program.terms[wire]:
                    weights[a] = weights.get(a, 0.0) + weight * w
            elif program.kinds[wire] == PRODUCT:
                total += weight * self._engine(program.left[wire], program.right[wire]).cumulant((wire,))
            else:
                total += weight * self._engine(-1, -1).cumulant((wire,))
        return total
