"""Known wrong formulas: the exact side computed as if inputs were independent, constant, exchanged, or cumulants absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import prod

from symwick.algebra.partitions import set_partitions
from symwick.verification.cases import Case
from symwick.verification.spaces import Space, cumulant_entries, law_value, moment_exponents

__all__ = ["Formula", "exchanges", "mistaken_laws"]

Powers = Mapping[str, int]
Formula = tuple[str, Callable[[Case, str], Fraction]]
"""What would be mistaken, and the value of a moment or cumulant symbol under that mistake."""

_MOST_VARIABLES = 5
_MOST_ENTRIES = 6


def exchanges(space: Space) -> Iterator[tuple[str, Callable[[Case], Case], Callable[[dict[str, Fraction]], dict[str, Fraction]]]]:
    """Two arguments, or two columns of the data, exchanged: the sentence, the change of cases, that of values."""

    def same_case(case: Case) -> Case:
        return case

    def same_values(values: dict[str, Fraction]) -> dict[str, Fraction]:
        return values

    symbols = list(space.keywords)
    for s, t in combinations(symbols[:10], 2):

        def swapped(values: dict[str, Fraction], s: str = s, t: str = t) -> dict[str, Fraction]:
            return {**values, s: values[t], t: values[s]}

        yield f"matches with the arguments {space.keywords[s]} and {space.keywords[t]} transposed", same_case, swapped
    for i, j in combinations(range(len(space.variables[:8]) if space.of_rows else 0), 2):

        def columns(case: Case, i: int = i, j: int = j) -> Case:
            order = list(range(len(case.variables)))
            order[i], order[j] = j, i
            return replace(case, atoms=tuple(tuple(atom[k] for k in order) for atom in case.atoms))

        yield f"matches with the columns {space.variables[i]} and {space.variables[j]} transposed", columns, same_values


def mistaken_laws(variables: tuple[str, ...]) -> Iterator[Formula]:
    """Mistakes about a law, the usual ones first."""
    if not 1 <= len(variables) <= _MOST_VARIABLES:
        return
    found = [p for p in set_partitions(list(variables)) if len(p) > 1]
    for partition in sorted(found, key=lambda p: -len(p)):
        blocks = sorted((tuple(v for v in variables if v in b) for b in partition), key=lambda b: variables.index(b[0]))
        sets = [f"{{{', '.join(block)}}}" if len(block) > 1 else block[0] for block in blocks]
        shown = ", ".join(sets[:-1]) + f" and {sets[-1]}"
        yield f"matches with {shown} taken for independent", _independent(blocks)
    for v in variables:
        yield f"matches with Var({v}) taken for 0: E[{v}**2] as E[{v}]**2", _without_variance({v})
    if len(variables) > 1:
        yield "matches with the variances taken for 0: E[x**2] as E[x]**2 for all x", _without_variance(set(variables))
    for order in (1, 2, 3):
        yield f"matches at order {order}: joint cumulants of more than {order} variables left out", _truncated(order)


def _entries(symbol: str) -> tuple[str, ...]:
    powers = moment_exponents(symbol)
    if powers is None:
        return cumulant_entries(symbol) or ()
    return tuple(v for v, k in powers for _ in range(k))


def _moment(case: Case, entries: tuple[str, ...]) -> Fraction:
    powers: dict[str, int] = {}
    for v in entries:
        powers[v] = powers.get(v, 0) + 1
    return case.moment(powers)


def _independent(blocks: list[tuple[str, ...]]) -> Callable[[Case, str], Fraction]:
    def value(case: Case, symbol: str) -> Fraction:
        entries = _entries(symbol)
        parts = [tuple(v for v in entries if v in block) for block in blocks]
        if moment_exponents(symbol) is None:  # a cumulant across independent groups is 0
            return law_value(case, symbol) if sum(map(bool, parts)) == 1 else Fraction(0)
        return prod((_moment(case, part) for part in parts if part), start=Fraction(1))

    return value


def _without_variance(held: set[str]) -> Callable[[Case, str], Fraction]:
    """Copies of a variable beyond the first stand alone: E[x² y] as E[x] E[x y]."""

    def value(case: Case, symbol: str) -> Fraction:
        entries = _entries(symbol)
        if moment_exponents(symbol) is None:
            twice = any(entries.count(v) > 1 for v in held)
            return Fraction(0) if twice else law_value(case, symbol)
        kept: list[str] = []
        total = Fraction(1)
        for v in entries:
            if v in held and v in kept:
                total *= _moment(case, (v,))
            else:
                kept.append(v)
        return total * _moment(case, tuple(kept))

    return value


def _truncated(order: int) -> Callable[[Case, str], Fraction]:
    """E Π x = Σ_π Π_B κ(B) over the partitions into blocks of at most ``order`` entries."""

    def value(case: Case, symbol: str) -> Fraction:
        entries = _entries(symbol)
        if moment_exponents(symbol) is None:
            return law_value(case, symbol) if len(entries) <= order else Fraction(0)
        if len(entries) <= order or len(entries) > _MOST_ENTRIES:
            return law_value(case, symbol)
        total = Fraction(0)
        for partition in set_partitions(list(range(len(entries)))):
            if max(map(len, partition)) <= order:
                kappas = (law_value(case, f"κ[{','.join(entries[i] for i in block)}]") for block in partition)
                total += prod(kappas, start=Fraction(1))
        return total

    return value
