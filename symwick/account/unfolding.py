"""Monomials of a circuit unfolded into a tree, and the order at which a partition of their leaves is retained.

A monomial is one choice of an addend at every sum on the way down. Following the recursion of a truncated run, a pair (monomial,
partition π of its leaves) is retained at order k iff no component of occurrences met on the way has more than k of them; two
occurrences lie in one component iff a chain of blocks of π meets their leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from symwick.circuits.circuit import Circuit
from symwick.propagation.program import CONSTANT, INPUT, PRODUCT, SUM, Program

__all__ = ["Monomial", "Record", "Unfolding"]

Shape = tuple[int, ...]
"""The products of a monomial, arguments first, and LEAF and CONST. Which inputs the leaves are plays no part for the order that a
term needs, nor do sums: an expanded sum leaves one occurrence where one was, before any product below it has its turn."""

LEAF, CONST = -1, -2

Record = tuple[tuple[int, int], ...]
"""(size, gate): the largest component so far, each time it grew, and the product that was expanded then (−1: the start)."""


@dataclass(frozen=True, slots=True)
class Monomial:
    """A coefficient, and leaves as (input wire, number of the path from the output), in the order of the tree."""

    coefficient: Any
    leaves: tuple[tuple[int, int], ...]
    shape: Shape


@dataclass(slots=True)
class _Occurrence:
    """A product, leaf or constant of a monomial: the leaves below it as a mask, its factors, the product it has just replaced."""

    wire: int
    leaves: int
    parts: tuple[_Occurrence, ...] = ()
    product: int = -1


class Unfolding:
    """The tree below the wires of a circuit, never built."""

    def __init__(self, circuit: Circuit, program: Program, schedule: str, coerce: Callable[[Any], Any]) -> None:
        self._made_from = circuit, program, schedule, coerce
        self.program, self._by_layer, self._one = program, schedule == "layer", coerce(1)
        self._kinds = list(program.kinds)
        self._parts: list[tuple[int, ...]] = [
            (program.left[w], program.right[w]) if kind == PRODUCT else () for w, kind in enumerate(program.kinds)
        ]
        self._weights: dict[int, list[Any]] = {}
        self._constants = list(program.constants)
        for place, gate in zip(program.place, circuit.gates, strict=True):
            if gate.op == "sum":  # as written: a wire that is read twice is two occurrences
                self._kinds[place] = SUM
                self._parts[place] = tuple(program.place[a] for a in gate.args)
                self._weights[place] = [coerce(weight) for weight in gate.weights]
                self._constants[place] = coerce(gate.payload)
        self._paths = self._counted(None)
        self._offsets = {wire: [0, *accumulate(self._paths[a] for a in self._parts[wire])] for wire in self._weights}
        self._paths_to = lru_cache(1_000)(self._counted)
        self._states = lru_cache(10_000)(self._followed)
        self.record = lru_cache(100_000)(self._recorded)

    def __reduce__(self) -> Any:
        return type(self), self._made_from  # caches stay behind

    # -- monomials -----------------------------------------------------------------------------------------------------

    def _counted(self, leaf: int | None) -> list[int]:
        """How many paths go from each wire down to one input, or to any."""
        counts: list[int] = []
        for wire, kind in enumerate(self._kinds):
            counts.append(int(leaf in (None, wire)) if kind == INPUT else sum(counts[a] for a in self._parts[wire]))
        return counts

    def paths(self, wire: int) -> int:
        """How many paths go from a wire down to inputs."""
        return self._paths[wire]

    def copy(self, wire: int, leaf: int, path: int) -> int:
        """Which copy of an input a path from a wire ends in, counted from 1."""
        below = self._paths_to(leaf)
        rank = 1
        while wire != leaf:
            for part in self._parts[wire]:
                if path < self._paths[part]:
                    wire = part
                    break
                path -= self._paths[part]
                rank += below[part]
        return rank

    def count(self, wire: int) -> int:
        """The number of monomials of a wire, those with coefficient 0 included."""
        counts: list[int] = []
        for at in range(wire + 1):
            below = [counts[a] for a in self._parts[at]]
            if self._kinds[at] == PRODUCT:
                counts.append(below[0] * below[1])
            else:
                counts.append(sum(below) + bool(self._constants[at]) if self._kinds[at] == SUM else 1)
        return counts[wire]

    def monomials(self, wire: int) -> Iterator[Monomial]:
        """All monomials of a wire, from left to right, one at a time."""
        chosen: list[int] = []
        while True:
            offered: list[int] = []
            monomial = self._built(wire, chosen, offered)
            if monomial.coefficient:
                yield monomial
            while chosen and chosen[-1] + 1 >= offered[len(chosen) - 1]:
                chosen.pop()
            if not chosen:
                return
            chosen[-1] += 1

    def _built(self, wire: int, chosen: list[int], offered: list[int]) -> Monomial:
        """The monomial of some choices, which are completed by first ones; ``offered`` gets how many there were each time."""
        coefficient = self._one
        leaves: list[tuple[int, int]] = []
        shape: list[int] = []
        work: list[tuple[int, int]] = [(wire, 0)]  # (wire, number of its first path), or (−1 − product, 0): its factors are done
        while work:
            at, first = work.pop()
            if at < 0:
                shape.append(-1 - at)
                continue
            kind = self._kinds[at]
            if kind == INPUT:
                leaves.append((at, first))
                shape.append(LEAF)
            elif kind == CONSTANT:
                coefficient = coefficient * self._constants[at]
                shape.append(CONST)
            elif kind == SUM:
                parts = self._parts[at]
                place = len(offered)
                offered.append(len(parts) + bool(self._constants[at]))
                if place == len(chosen):
                    chosen.append(0)
                choice = chosen[place]
                if choice == len(parts):
                    coefficient = coefficient * self._constants[at]
                    shape.append(CONST)
                else:
                    coefficient = coefficient * self._weights[at][choice]
                    work.append((parts[choice], first + self._offsets[at][choice]))
            else:
                left, right = self._parts[at]
                work += [(-1 - at, 0), (right, first + self._paths[left]), (left, first)]
        return Monomial(coefficient, tuple(leaves), tuple(shape))

    # -- retention -----------------------------------------------------------------------------------------------------------

    def _root(self, shape: Shape) -> _Occurrence:
        done: list[_Occurrence] = []
        leaf = 1
        for wire in shape:
            if wire in (LEAF, CONST):
                done.append(_Occurrence(wire, leaf if wire == LEAF else 0))
                leaf <<= wire == LEAF
            else:
                right, left = done.pop(), done.pop()
                done.append(_Occurrence(wire, left.leaves | right.leaves, (left, right)))
        return done[0]

    def _followed(self, shape: Shape) -> list[list[tuple[int, int]]]:
        """(leaves, product that was just replaced, or −1) of all occurrences, at the start and after each expansion."""
        current = [self._root(shape)]
        states = [[(current[0].leaves, -1)]]
        levels = self.program.levels
        while inner := {occurrence.wire for occurrence in current if occurrence.parts}:
            turn = {max(inner)}
            if self._by_layer:
                top = max(levels[wire] for wire in inner)
                turn = {wire for wire in inner if levels[wire] == top}
            following: list[_Occurrence] = []
            for occurrence in current:
                if occurrence.wire in turn:
                    for part in occurrence.parts:
                        part.product = occurrence.wire
                    following += occurrence.parts
                else:
                    occurrence.product = -1
                    following.append(occurrence)
            current = following
            states.append([(occurrence.leaves, occurrence.product) for occurrence in current])
        return states

    def _recorded(self, shape: Shape, blocks: tuple[int, ...]) -> Record:
        """How the largest component grows, where leaf i lies in block ``blocks[i]``."""
        members = [0] * (max(blocks, default=-1) + 1)
        for leaf, block in enumerate(blocks):
            members[block] |= 1 << leaf
        ties = [inside for inside in members if inside & (inside - 1)]  # single leaves tie nothing
        tied = 0
        for inside in ties:
            tied |= inside
        record = [(1, -1)]
        for state in self._states(shape) if ties else ():
            components: list[tuple[int, int, int]] = []  # (ties as a mask, occurrences, latest product replaced)
            for leaves, product in state:
                if not leaves & tied:
                    continue
                met, size, latest = 0, 1, product
                for i, inside in enumerate(ties):
                    if inside & leaves:
                        met |= 1 << i
                apart = []
                for component in components:
                    if component[0] & met:
                        met |= component[0]
                        size += component[1]
                        latest = max(latest, component[2])
                    else:
                        apart.append(component)
                components = [*apart, (met, size, latest)]
            largest = max(components, key=lambda component: component[1:])
            if largest[1] > record[-1][0]:
                record.append(largest[1:])
        return tuple(record)
