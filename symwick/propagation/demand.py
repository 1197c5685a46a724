"""Demand-driven propagation: cumulants of multisets of wires, each computed once, when something asks for it.

The recursion is written as generators that ``yield`` the key they need and are sent its value; one loop runs them on a
stack of its own, so that circuits may be deep. A key is a sorted tuple of wires.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from typing import Any

from symwick.algebra.tape import Tape
from symwick.errors import TooLarge
from symwick.propagation.inputs import InputMoments
from symwick.propagation.patterns import Key, inserted, joined, split_first
from symwick.propagation.program import CONSTANT, INPUT, PRODUCT, SUM, Program

__all__ = ["ExactEngine", "TruncatedEngine"]

Step = Generator[tuple[int, Key], Any, Any]
CUMULANT, MOMENT = 0, 1


class _Engine(ABC):
    """What both engines share: the memo, the loop, structural zeros."""

    instead = "a smaller order"
    """What needs fewer of them than there are within the limit."""

    def __init__(self, program: Program, inputs: InputMoments, zero: Any, one: Any, limit: int) -> None:
        self.program, self.inputs, self.zero, self.one, self.limit = program, inputs, zero, one, limit
        self.known: tuple[dict[Key, Any], dict[Key, Any]] = ({}, {})
        self.check: Callable[[Key, Any], None] | None = None
        """Where given, sees every key with its value as it becomes known."""
        self.tape: Tape | None = None
        """Where given, all that becomes known is recorded on it, by (kind, key)."""

    @abstractmethod
    def _step(self, kind: int, key: Key) -> Step:
        """The recursion of one key."""

    def value(self, kind: int, key: Key) -> Any:
        """The cumulant or moment of a key."""
        if key in self.known[kind]:
            return self.known[kind][key]
        stack = [(kind, key, self._step(kind, key))]
        sent: Any = None
        while stack:
            kind, key, step = stack[-1]
            try:
                wanted = step.send(sent)
            except StopIteration as done:
                sent = done.value if self.tape is None else self.tape.keep((kind, key), done.value)
                if self.check is not None:
                    self.check(key, sent)
                self.known[kind][key] = sent
                stack.pop()
                if len(self.known[kind]) > self.limit:
                    raise self._too_many(kind) from None
                continue
            sent = self.known[wanted[0]].get(wanted[1])
            if sent is None:
                stack.append((*wanted, self._step(*wanted)))
        return sent

    def _too_many(self, kind: int) -> TooLarge:
        """The refusal in the midst of the work: to count the keys that are wanted is to walk the same recursion."""
        what = "Cumulants of wires" if kind == CUMULANT else "Moments of wires"
        return TooLarge(what, len(self.known[kind]), self.limit, instead=self.instead, counted=True)

    def drops(self, key: Key) -> bool:
        """Whether the cumulant of a key counts as 0 because of its size."""
        return False

    def cumulant(self, key: Key) -> Any:
        """κ of the wires of a key."""
        return self.zero if self.vanishes(key) else self.value(CUMULANT, key)

    def vanishes(self, key: Key) -> bool:
        """Whether the wires split into independent parts (constants are parts of their own): then κ is 0."""
        if len(key) == 1:
            return False
        groups = self.program.groups
        if len(key) == 2:
            return not groups[key[0]] & groups[key[1]]
        mask = groups[key[0]]
        rest = list(key[1:])
        while rest:
            met = [wire for wire in rest if groups[wire] & mask]
            if not met:
                return True
            rest = [wire for wire in rest if not groups[wire] & mask]
            for wire in met:
                mask |= groups[wire]
        return not mask


class TruncatedEngine(_Engine):
    """Order k: every cumulant of more than k wires counts as 0, by the schedule "gate" or "layer".

    What is put in place of such a cumulant is a *closure*: a subclass says which keys it does not drop (``drops``) and has a
    ``_joint`` for them; see :mod:`symwick.propagation.closures`.
    """

    def __init__(self, *arguments: Any, order: int, schedule: str, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.order, self.by_layer = order, schedule == "layer"
        self.expanded: list[tuple[Key, Key]] = []
        """(key, what its products were replaced by) of every expansion of products, for the account of what was dropped."""

    def drops(self, key: Key) -> bool:
        """It has more than k wires."""
        return len(key) > self.order

    def largest(self, key: Key) -> int:
        """How many wires a block of these has at most that is not dropped."""
        return self.order

    def largest_of_inputs(self, key: Key) -> int:
        """The same of inputs alone, where the law may say that longer cumulants vanish."""
        return min(self.largest(key), self.inputs.largest(key) or len(key))

    def knows(self, key: Key) -> bool:
        """Whether no block of these inputs is dropped, so that their moment is the law's."""
        return len(key) <= self.order

    def _step(self, kind: int, key: Key) -> Step:
        return self._moment(key) if kind == MOMENT else self._single(key[0]) if len(key) == 1 else self._joint(key)

    def _single(self, wire: int) -> Step:
        program = self.program
        kind = program.kinds[wire]
        if kind == INPUT:
            return self.inputs.cumulant((wire,))
        if kind == CONSTANT:
            return program.constants[wire]
        if kind == SUM:
            total = program.constants[wire]
            for weight, a in program.terms[wire]:
                total = total + weight * (yield CUMULANT, (a,))
            return total
        a, b = program.left[wire], program.right[wire]
        pair = inserted((), a, b)
        self.expanded.append(((wire,), pair))
        total = (yield CUMULANT, (a,)) * (yield CUMULANT, (b,))
        if not (self.drops(pair) or self.vanishes(pair)):
            total = total + (yield CUMULANT, pair)
        return total

    def _joint(self, key: Key) -> Step:
        """κ of several wires, none of which splits off."""
        program = self.program
        chosen, rest = self._turn(key)
        if not chosen:
            return self.inputs.cumulant(key)
        if program.kinds[chosen[0]] == SUM:
            return (yield from self._one_sum(chosen[0], rest))
        factors = [wire for product in chosen for wire in (program.left[product], program.right[product])]
        self.expanded.append((key, inserted(rest, *factors)))
        if len(chosen) == 1:
            return (yield from self._one_product(factors[0], factors[1], rest))
        return (yield from self._several(key, frozenset(chosen)))

    def _turn(self, key: Key) -> tuple[list[int], Key]:
        """The wires whose turn it is (one sum, or products that are expanded at once) and the others; none: all are inputs."""
        program = self.program
        inner = [wire for wire in key if program.kinds[wire] != INPUT]
        if not inner:
            return [], key
        if self.by_layer:
            top = max(program.levels[wire] for wire in key)
            inner = [wire for wire in inner if program.levels[wire] == top]
            sums = [wire for wire in inner if program.kinds[wire] == SUM]
            if sums:
                return self._one_of(key, sums[-1])
            products = set(inner)
            return inner, tuple(wire for wire in key if wire not in products)
        latest = inner[-1]
        if program.kinds[latest] == SUM:
            return self._one_of(key, latest)
        return [wire for wire in key if wire == latest], tuple(wire for wire in key if wire != latest)

    @staticmethod
    def _one_of(key: Key, wire: int) -> tuple[list[int], Key]:
        place = key.index(wire)
        return [wire], (*key[:place], *key[place + 1 :])

    def _one_sum(self, wire: int, rest: Key) -> Step:
        """κ(c + Σ w A, C) = Σ w κ(A, C)."""
        total = self.zero
        for weight, a in self.program.terms[wire]:
            new = inserted(rest, a)
            if not (self.drops(new) or self.vanishes(new)):
                total = total + weight * (yield CUMULANT, new)
        return total

    def _one_product(self, a: int, b: int, rest: Key) -> Step:
        """κ(AB, C) = κ(A, B, C) + Σ_{C = C1 ⊎ C2} κ(A, C1) κ(B, C2)."""
        total = self.zero
        whole = inserted(rest, a, b)
        if not (self.drops(whole) or self.vanishes(whole)):
            total = total + (yield CUMULANT, whole)
        # a label of its own in front makes every C1, empty ones too, a choice that holds the first element
        for inside, others, count in split_first((-1, *rest), len(rest) + 1):
            first, second = inserted(inside[1:], a), inserted(others, b)
            if self.drops(first) or self.drops(second) or self.vanishes(first) or self.vanishes(second):
                continue
            value = yield CUMULANT, first
            if value:
                total = total + count * (value * (yield CUMULANT, second))
        return total

    def _several(self, key: Key, products: frozenset[int]) -> Step:
        """Leonov and Shiryaev for several products at once, as the logarithm of moments over the elements of the key.

        κ(E) = μ(E) − Σ_{F∋first, F≠E} κ(F) μ(E∖F), μ(E) the truncated moment of the factors of E. For F smaller than E,
        κ(F) is the cumulant of the run itself: F has no more than k wires, and expands the same products.
        """
        program = self.program

        def opened(part: Key) -> Key:
            wires: list[int] = []
            for wire in part:
                wires += [program.left[wire], program.right[wire]] if wire in products else [wire]
            return tuple(sorted(wires))

        total = yield MOMENT, opened(key)
        for inside, rest, count in split_first(key, len(key) - 1):
            if self.vanishes(inside):
                continue
            value = yield CUMULANT, inside
            if value:
                total = total - count * (value * (yield MOMENT, opened(rest)))
        return total

    def _moment(self, key: Key) -> Step:
        """Σ over the partitions of the wires into blocks that are not dropped, of the product of the blocks' cumulants."""
        if not key:
            return self.one
        parts = joined(key, self.program.groups)
        if len(parts) > 1:
            total = self.one
            for part in parts:
                value = yield MOMENT, part
                if not value:
                    return self.zero
                total = total * value
            return total
        most = self.largest(key)
        if all(self.program.kinds[wire] == INPUT for wire in key):
            if self.knows(key):
                return self.inputs.moment(key)
            most = self.largest_of_inputs(key)
        total = self.zero
        for inside, rest, count in split_first(key, most):
            if self.drops(inside) or self.vanishes(inside):
                continue
            value = yield CUMULANT, inside
            if value:
                total = total + count * (value * (yield MOMENT, rest))
        return total


class ExactEngine(_Engine):
    """No truncation: E Π of wires with every product replaced by its factors, cumulants as logarithms of such moments.

    The same values as the truncated recursion with an order that nothing exceeds, whatever the schedule, without the
    partitions. A wire whose values are 0 and 1 counts once: Z² = Z.
    """

    instead = "an order, which gives an estimate"

    def _step(self, kind: int, key: Key) -> Step:
        return self._moment(key) if kind == MOMENT else self._cumulant(key)

    def moment(self, wires: list[int]) -> Any:
        """E Π of some wires, repeats allowed."""
        return self.value(MOMENT, self._reduced(wires)) if wires else self.one

    def _reduced(self, wires: list[int]) -> Key:
        bits = self.program.bits
        kept = sorted(wires)
        return tuple(wire for i, wire in enumerate(kept) if not (i and kept[i - 1] == wire and bits[wire]))

    def _cumulant(self, key: Key) -> Step:
        total = yield MOMENT, self._reduced(list(key))
        for inside, rest, count in split_first(key, len(key) - 1):
            if not self.vanishes(inside):
                value = yield CUMULANT, inside
                total = total - count * (value * (yield MOMENT, self._reduced(list(rest))))
        return total

    def _moment(self, key: Key) -> Step:
        program = self.program
        if not key:
            return self.one
        parts = joined(key, program.groups)
        if len(parts) > 1:
            total = self.one
            for part in parts:
                total = total * (yield MOMENT, part)
            return total
        inner = [wire for wire in key if program.kinds[wire] != INPUT]
        if not inner:
            return self.inputs.moment(key)
        latest = inner[-1]
        if program.kinds[latest] == CONSTANT:
            return program.constants[latest]
        if program.kinds[latest] == PRODUCT:
            wires = [w for wire in key for w in ((program.left[wire], program.right[wire]) if wire == latest else (wire,))]
            return (yield MOMENT, self._reduced(wires))
        place = key.index(latest)
        others = [*key[:place], *key[place + 1 :]]
        total = self.zero
        if program.constants[latest]:
            total = program.constants[latest] * (yield MOMENT, tuple(others))
        for weight, a in program.terms[latest]:
            total = total + weight * (yield MOMENT, self._reduced([*others, a]))
        return total
