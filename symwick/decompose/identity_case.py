"""What the entries of the catalogue of identities share: the inputs of a document, its sets and partitions, and their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from symwick.algebra.partitions import bell, mask_partitions, stirling2
from symwick.algebra.set_series import submasks
from symwick.decompose.formal_calculus import Expression, Operator, Word, bits, on
from symwick.decompose.identity_document import Notation, Step

__all__ = ["Case", "Entry", "centred", "chains", "integer_partitions", "refinements", "shapes", "subsets", "wick_terms"]


class Case:
    """n inputs, numbered from 0, and what the entries need of them."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.full = (1 << n) - 1
        self.notation = Notation(n)
        self.singles = [1 << i for i in range(n)]
        self.first = (1 << (n + 1) // 2) - 1
        """The first half of the inputs (the larger one), and the second."""
        self.second = self.full ^ self.first

    @cached_property
    def prefixes(self) -> list[int]:
        """{first}, {first, second}, ...: by symmetry one set of each size is enough."""
        return [(1 << k) - 1 for k in range(1, self.n + 1)]

    def f(self, operator: Operator) -> Expression:
        """The operator applied to f."""
        return on(operator, "f", self.full)

    def k(self, blocks: Iterable[int]) -> str:
        """``K_f(x, y | z)``."""
        return f"K_f({self.notation.partition(blocks)})"

    def e(self, blocks: Iterable[int]) -> str:
        """``E_xy E_z f``."""
        return " ".join([*(f"E{self.notation.below(block)}" for block in blocks), "f"])

    def parts_of_sets(self) -> Iterator[tuple[int, int]]:
        """Sets that meet the first half in a inputs and the second in b, for all a and b."""
        start = self.first.bit_count()
        for a in range(start + 1):
            for b in range(self.n - start + 1):
                yield (1 << a) - 1, ((1 << b) - 1) << start


@dataclass(frozen=True)
class Entry:
    """One identity: what it says, how its steps are built, how many terms are formed for n inputs, the least n."""

    title: str
    property: int | None
    statement: str
    build: Callable[[Case], list[Step]]
    predicted: Callable[[int], int]
    least: int = 1


# Sets, partitions and counts ----------------------------------------------------------------------------------------


def subsets(full: int) -> list[int]:
    """All subsets, small ones first.

    >>> subsets(0b111)
    [0, 1, 2, 4, 3, 5, 6, 7]
    """
    return sorted(submasks(full), key=lambda mask: (mask.bit_count(), bits(mask)))


def integer_partitions(n: int, largest: int) -> Iterator[list[int]]:
    if not n:
        yield []
    for part in range(min(n, largest), 0, -1):
        for rest in integer_partitions(n - part, part):
            yield [part, *rest]


def shapes(n: int) -> list[Word]:
    """One partition of n inputs of each shape: up to symmetry, all there are.

    >>> shapes(3)
    [(7,), (3, 4), (1, 2, 4)]
    """
    found = []
    for sizes in integer_partitions(n, n):
        starts = [sum(sizes[:i]) for i in range(len(sizes))]
        found.append(tuple(((1 << size) - 1) << start for size, start in zip(sizes, starts, strict=True)))
    return found


def refinements(blocks: Word) -> list[Word]:
    return [
        tuple(sorted((part for parts in choice for part in parts), key=lambda part: part & -part))
        for choice in product(*map(mask_partitions, blocks))
    ]


def chains(n: int) -> int:
    """How many pairs "τ refines σ" of partitions of n elements there are (OEIS A000258): Σ_k S(n, k) B(k).

    >>> [chains(n) for n in range(6)]
    [1, 1, 3, 12, 60, 358]
    """
    return sum(stirling2(n, k) * bell(k) for k in range(n + 1))


def wick_terms(n: int) -> int:
    """How many terms all ω_S, S ⊆ [n], have together: Σ_k C(n, k) B(k + 1) = B(n + 2) − B(n + 1)."""
    return bell(n + 2) - bell(n + 1)


def centred(mask: int) -> Operator:
    """Π_{i∈S} (1 − E_i).

    >>> from symwick.decompose.formal_calculus import ONE, draw
    >>> centred(0b11) == ONE - draw(0b01) - draw(0b10) + draw(0b01, 0b10)
    True
    """
    return Operator({tuple(1 << i for i in bits(sub)): (-1) ** sub.bit_count() for sub in submasks(mask)})
