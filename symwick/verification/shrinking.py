"""Shrinking: from a case that shows a fault to the smallest and simplest one that still does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import floor

from symwick.verification.cases import Case

__all__ = ["shrunk"]

BUDGET = 400
"""Runs of the numeric function that shrinking may take."""


def shrunk(case: Case, fails: Callable[[Case], bool], budget: int = BUDGET) -> Case:
    """Greedily simpler cases for as long as they fail: fewer rows, more zeros, shorter numbers.

    >>> case = Case({"x": Fraction(37, 8), "y": Fraction(-5)})
    >>> dict(shrunk(case, lambda c: c.numbers["x"] > 1).numbers)
    {'x': Fraction(2, 1), 'y': Fraction(0, 1)}
    """
    tried = 0
    improved = True
    while improved:
        improved = False
        for candidate in _simpler(case):
            if candidate.complexity() >= case.complexity():
                continue
            if tried >= budget:
                return case
            tried += 1
            if fails(candidate):
                case, improved = candidate, True
                break
    return case


def _simpler(case: Case) -> Iterator[Case]:
    for i in range(len(case.atoms)):
        if len(case.atoms) > 1:
            yield _without(case, i)
    if len(set(case.weights)) > 1 and len(case.atoms) & (len(case.atoms) - 1) == 0:
        yield replace(case, weights=(Fraction(1, len(case.atoms)),) * len(case.atoms))
    for name, value in case.numbers.items():
        for simple in _numbers(value):
            yield case.with_number(name, simple)
    for i, atom in enumerate(case.atoms):
        for j, value in enumerate(atom):
            for simple in _numbers(value):
                changed = (*atom[:j], simple, *atom[j + 1 :])
                atoms = (*case.atoms[:i], changed, *case.atoms[i + 1 :])
                if case.even or len(set(atoms)) == len(atoms):
                    yield replace(case, atoms=atoms)


def _without(case: Case, i: int) -> Case:
    """A row less; its weight goes to the first of the others, where rows have weights of their own."""
    atoms = case.atoms[:i] + case.atoms[i + 1 :]
    if case.even:
        return replace(case, atoms=atoms, weights=(Fraction(1, len(atoms)),) * len(atoms))
    weights = list(case.weights[:i] + case.weights[i + 1 :])
    weights[0] += case.weights[i]
    return replace(case, atoms=atoms, weights=tuple(weights))


def _numbers(value: Fraction) -> Iterator[Fraction]:
    """Simpler numbers, the simplest first."""
    yield from (Fraction(k) for k in (0, 1, -1, 2, 3, -2))
    yield Fraction(1, 2)
    if value < 0:
        yield -value
    yield Fraction(floor(value))
    yield Fraction(floor(value) + 1)
    for denominator in (2, 4, 16):
        yield Fraction(round(value * denominator), denominator)
    yield Fraction(floor(value / 2))
