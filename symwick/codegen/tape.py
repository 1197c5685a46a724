"""Large programs as tapes: gates of one kind and level become one step on whole slices of rows, slots are given again.

The level of an instruction is one above its arguments. All results of a step lie side by side; arguments are gathered.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import Symbolic
from symwick.codegen.chains import steps as power_steps
from symwick.codegen.machine import FOLDED
from symwick.codegen.program import Program
from symwick.codegen.rounding import rational, rounded

__all__ = ["Tape", "TapeStep", "taped"]

_WIDE = 6  # terms from which a sum is a product of a row of weights and a table


class TapeStep(NamedTuple):
    """``results`` many results in the slots from ``first``, by the operation ``op`` of arguments in slots.

    ``places[j]`` has the slot of argument j of every result. ``numbers``: the weights likewise and the constants of a sum,
    the constants of others; ``data``: exponent, table, or what else belongs to the operation.
    """

    op: str
    first: int
    results: int
    places: tuple[tuple[int, ...], ...]
    numbers: tuple[tuple[float, ...], ...] = ()
    data: Any = None


@dataclass(slots=True)
class Tape:
    """``inputs``: {slot: name}; ``outputs``: the slot of each; ``width`` is the largest number of results of a step."""

    inputs: dict[int, str]
    steps: list[TapeStep]
    outputs: list[int]
    slots: int
    width: int
    operations: Counter[str] = field(default_factory=Counter)


class _Slots:
    """Free slots as sorted, disjoint intervals; the first that is long enough is taken."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.length: dict[int, int] = {}
        self.used = 0

    def take(self, count: int) -> int:
        for k, start in enumerate(self.starts):
            length = self.length[start]
            if length >= count:
                del self.starts[k], self.length[start]
                if length > count:
                    insort(self.starts, start + count)
                    self.length[start + count] = length - count
                return start
        start = self.used
        self.used += count
        return start

    def give(self, slots: Iterable[int]) -> None:
        for slot in slots:
            start, length = slot, 1
            k = bisect_left(self.starts, slot)
            if k < len(self.starts) and self.starts[k] == slot + 1:
                length += self.length.pop(self.starts.pop(k))
            if k and self.starts[k - 1] + self.length[self.starts[k - 1]] == slot:
                start = self.starts.pop(k - 1)
                length += self.length.pop(start)
                k -= 1
            self.starts.insert(k, start)
            self.length[start] = length


def taped(program: Program, dtype: np.dtype[Any]) -> Tape:
    """The tape of a program, in time linear in its size."""
    levels: list[int] = []
    groups: dict[tuple[int, tuple[Any, ...]], list[int]] = {}
    inputs = []
    for i, op in enumerate(program.ops):
        args = program.args[i]
        level = 1 + max(map(levels.__getitem__, args), default=0) if op != "input" else 0
        levels.append(level)
        if op == "input":
            inputs.append(i)
        else:
            groups.setdefault((level, _kind(program, i)), []).append(i)
    last = _last_levels(program, levels)
    slots, place = _Slots(), [-1] * len(program)
    for i in inputs:
        place[i] = slots.take(1)
    dying: dict[int, list[int]] = {}
    for i, level in enumerate(last):
        dying.setdefault(level, []).append(i)
    found: list[TapeStep] = []
    operations: Counter[str] = Counter()
    numbers: dict[Any, float] = {}
    current = 0
    for (level, kind), members in sorted(groups.items(), key=lambda item: item[0][0]):
        if level != current:
            for done in range(current, level):  # what was read last below this level is free now
                slots.give([place[i] for i in dying.get(done, ()) if place[i] >= 0])
            current = level
        first = slots.take(len(members))
        for offset, i in enumerate(members):
            place[i] = first + offset
        step = _step(program, kind, members, first, place, numbers, dtype)
        found.append(step)
        operations[step.op] += len(members)
    names = {place[i]: program.data[i] for i in inputs}
    width = max((step.results for step in found), default=1)
    return Tape(names, found, [place[i] for i in program.outputs], slots.used, width, operations)


def _kind(program: Program, i: int) -> tuple[Any, ...]:
    """What instructions of one step have in common."""
    op, data, arity = program.ops[i], program.data[i], len(program.args[i])
    if op == "sum":
        weights, constant = data
        if arity > _WIDE:
            return "dot", i
        return "sum", arity, all(w == 1 for w in weights), not constant
    if op in ("constant", "indicator", "reciprocal"):
        return (op,)
    if op == "product":
        return op, arity
    if op == "power":
        return op, data
    return op, arity, data


def _last_levels(program: Program, levels: list[int]) -> list[int]:
    """The last level that reads each instruction; the one after all for outputs."""
    last = list(levels)
    for i, args in enumerate(program.args):
        for a in args:
            if levels[i] > last[a]:
                last[a] = levels[i]
    end = max(levels, default=0) + 1
    for i in program.outputs:
        last[i] = end
    return last


def _step(
    program: Program, kind: tuple[Any, ...], members: list[int], first: int, place: list[int], known: dict[Any, float],
    dtype: np.dtype[Any],
) -> TapeStep:  # fmt: skip
    def number(value: Any) -> Any:
        if isinstance(value, Symbolic):
            return rounded(rational(value), dtype)
        key = int(value.p), int(value.q)
        if key not in known:
            known[key] = rounded(Fraction(*key), dtype)
        return known[key]

    op = kind[0]
    args = [program.args[i] for i in members]
    places = tuple(tuple(place[a] for a in column) for column in zip(*args, strict=True))
    if op in ("sum", "dot"):
        weights = [program.data[i][0] for i in members]
        constants = tuple(number(program.data[i][1]) for i in members)
        columns = tuple(tuple(map(number, column)) for column in zip(*weights, strict=True))
        if op == "dot":
            return TapeStep("dot", first, 1, places, (*columns, constants))
        plain, without = kind[2], kind[3]
        return TapeStep("sum", first, len(members), places, (() if plain else columns) + (() if without else (constants,)),
                        (plain, without))  # fmt: skip
    if op == "constant":
        return TapeStep(op, first, len(members), (), (tuple(number(program.data[i]) for i in members),))
    if op == "indicator":
        return TapeStep(op, first, len(members), places, (tuple(number(to_flint(program.data[i])) for i in members),))
    if op == "power":
        return TapeStep(op, first, len(members), places, (), tuple(power_steps([kind[1]])))
    if op == "function":
        name = kind[2]
        return TapeStep(name if name not in FOLDED else f"fold {name}", first, len(members), places)
    return TapeStep(op, first, len(members), places, (), kind[2] if op == "table" else None)
