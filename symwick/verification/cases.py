"""Cases: the exact inputs at which a numeric function is compared, all of them floats, and the laws behind moments.

A case has numbers for the free arguments and, where moments or rows are wanted, a small law. Moments of a law that exists are
always consistent (no negative variances), so that code which takes roots of them is not led astray.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any

from symwick.algebra.numbers import ratio, to_flint, to_fraction

__all__ = ["SPECIAL", "Atoms", "Case", "as_float", "draw_law", "draw_number", "merged", "representable"]

SPECIAL = tuple(map(Fraction, ("0", "1", "-1", "1/2", "-1/2", "2", "-2", "3", "3/4", "-3/2", "5/4")))
LARGE, TINY = Fraction(2**20), Fraction(1, 2**20)

Atoms = tuple[tuple[Fraction, ...], ...]


def as_float(number: Fraction) -> float:
    """The nearest float; infinite where there is none."""
    try:
        return number.numerator / number.denominator
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def representable(number: Fraction) -> Fraction:
    """The nearest number that is a float, exactly.

    >>> representable(Fraction(3, 4)), representable(Fraction(1, 3)) == Fraction(1, 3)
    (Fraction(3, 4), False)
    """
    return Fraction(as_float(number))


@dataclass(frozen=True)
class Case:
    """``numbers`` by argument; ``atoms`` (rows) and their ``weights`` in the order of ``variables``, none where no law is wanted.

    ``even`` rows have weight 1/n each, whatever happens to them; ``what`` says what is special.
    """

    numbers: Mapping[str, Fraction]
    variables: tuple[str, ...] = ()
    atoms: Atoms = ()
    weights: tuple[Fraction, ...] = ()
    even: bool = False
    what: str = field(default="", compare=False)

    def moment(self, powers: Mapping[str, int]) -> Fraction:
        """E Π x^k under the law of the case."""
        return self._mean({self.variables.index(name): power for name, power in powers.items()}, absolute=False)

    def absolute_moment(self, powers: Mapping[str, int]) -> Fraction:
        """E Π |x|^k."""
        return self._mean({self.variables.index(name): power for name, power in powers.items()}, absolute=True)

    def _mean(self, powers: Mapping[int, int], *, absolute: bool) -> Fraction:
        key = (tuple(sorted(powers.items())), absolute)
        if key not in self._means:
            rows, weights = self._rows
            total = ratio(0, 1)
            for weight, atom in zip(weights, rows, strict=True):
                value = weight
                for i, power in powers.items():
                    value = value * atom[i] ** power
                total = total + (abs(value) if absolute else value)
            self._means[key] = to_fraction(total)
        return self._means[key]

    @cached_property
    def _rows(self) -> tuple[list[list[Any]], list[Any]]:
        """Atoms and weights in the engine's rationals."""
        return [[to_flint(v) for v in atom] for atom in self.atoms], [to_flint(w) for w in self.weights]

    @cached_property
    def _means(self) -> dict[object, Fraction]:
        return {}

    def with_number(self, name: str, value: Fraction) -> Case:
        return replace(self, numbers={**self.numbers, name: value})

    def complexity(self) -> tuple[int, int, int]:
        """What shrinking makes smaller: rows, numbers other than 0, and how long the numbers are to write."""
        cells = [*self.numbers.values(), *(value for atom in self.atoms for value in atom)]
        lengths = sum(_length(value) for value in cells) + sum(_length(weight) for weight in set(self.weights))
        return len(self.atoms), sum(map(bool, cells)), lengths


def _length(value: Fraction) -> int:
    """0 for 0, 1 for 1, more for −1, for larger and for broken numbers."""
    size = value.numerator.bit_length() + 2 * (value.denominator.bit_length() - 1)
    return 2 * size - (value > 0)


def draw_number(random: Random) -> Fraction:
    """A number that is a float: special, a dyadic fraction of few bits, with all 53 bits, large or tiny."""
    kind = random.random()
    if kind < 0.25:
        return random.choice(SPECIAL)
    if kind < 0.7:
        return Fraction(random.randint(-64, 64), 2 ** random.randint(0, 5))
    if kind < 0.8:
        return Fraction(random.random())
    if kind < 0.92:
        return Fraction(random.uniform(-8, 8))
    return Fraction(random.choice((-1, 1)) * random.randint(1, 7)) * random.choice((LARGE, TINY))


def draw_law(
    random: Random, variables: Sequence[str], *, weighted: bool, least: int = 1, most: int = 8
) -> tuple[Atoms, tuple[Fraction, ...]]:
    """Rows and their weights: anywhere, ties, a constant column, copies of a column, a product of two-valued columns.

    Unweighted rows each have weight 1/n. Weights are multiples of 1/16 or so, hence floats.
    """
    width = len(variables)
    kind = random.choice(("anywhere", "anywhere", "ties", "constant", "copy", "product", "bits", "apart", "spread"))
    count = random.randint(least, max(least, most))
    small = [Fraction(random.randint(-16, 16), 4) for _ in range(3)]

    def cell() -> Fraction:
        if kind == "ties":
            return random.choice(small)
        if kind == "bits":
            return Fraction(random.randint(0, 1))
        if kind == "apart":
            return Fraction(random.randint(-8, 8)) + 1024
        if kind == "spread":
            return Fraction(random.randint(-9, 9)) * random.choice((Fraction(1), Fraction(1024), Fraction(1, 1024)))
        return Fraction(random.randint(-24, 24), random.choice((1, 1, 2, 4)))

    rows = [[cell() for _ in range(width)] for _ in range(count)]
    if kind == "constant":
        held, value = random.randrange(width), cell()
        for row in rows:
            row[held] = value
    if kind == "copy" and width > 1:
        source, target = random.sample(range(width), 2)
        for row in rows:
            row[target] = row[source]
    if kind == "product" and width <= 4:
        pairs = [(cell(), cell()) for _ in range(width)]
        rows = [[pair[i >> j & 1] for j, pair in enumerate(pairs)] for i in range(1 << width)]
    atoms = tuple(map(tuple, rows))
    if not weighted:
        return atoms, (Fraction(1, len(atoms)),) * len(atoms)
    if kind == "product":
        return merged(atoms, [Fraction(1, len(atoms))] * len(atoms))
    parts = 2 ** (max(3, (len(atoms) - 1).bit_length() + 1))
    cuts = sorted(random.sample(range(1, parts), len(atoms) - 1))
    weights = [Fraction(b - a, parts) for a, b in zip([0, *cuts], [*cuts, parts], strict=True)]
    return merged(atoms, weights)


def merged(atoms: Atoms, weights: Sequence[Fraction]) -> tuple[Atoms, tuple[Fraction, ...]]:
    """Equal rows once, with the sum of their weights."""
    total: dict[tuple[Fraction, ...], Fraction] = {}
    for atom, weight in zip(atoms, weights, strict=True):
        total[atom] = total.get(atom, Fraction(0)) + weight
    return tuple(total), tuple(total.values())
