"""Partitions of multisets: each once, with the number of partitions of the labelled list that look like it.

A multiset partition is a multiset of multisets, e.g. ``(('a', 'a'), ('b',))`` for the list ``a a b``. It stands for
as many partitions of the labelled list a1 a2 b as map to it when the labels are rubbed out, so these counts add up to
a Bell number.

Sources: D. E. Knuth, *The Art of Computer Programming 4A*, section 7.2.1.5 (multiset partitions as vector partitions);
G. E. Andrews, *The Theory of Partitions*, chapter 12. The enumeration here is our own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, product, repeat
from math import comb, factorial, prod
from operator import sub
from reprlib import repr as short
from typing import TypeVar

from symwick.algebra.partitions import Partition, natural, ordered
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["canonical", "coefficient", "count_multiset_partitions", "labelled_count", "multiset_partitions"]

T = TypeVar("T", bound=Hashable)

_KEPT_BLOCKS = 4096


def _multiplicities(multiset: Mapping[T, int] | Iterable[T], argument: str) -> dict[T, int]:
    """Element -> multiplicity, elements in the order of :func:`ordered`, zeros dropped."""
    if isinstance(multiset, Mapping):
        counts = {item: natural(number, argument) for item, number in multiset.items()}
    else:
        try:
            counts = dict(Counter(multiset))
        except TypeError:
            raise InvalidArgument(
                f"Argument '{argument}' must be a mapping or an iterable of hashable elements, not {short(multiset)}."
            ) from None
    return {item: counts[item] for item in ordered(counts) if counts[item]}


def canonical(partition: Iterable[Iterable[T]], argument: str = "partition") -> Partition[T]:
    """The multiset partition as a sorted tuple of sorted tuples.

    Raises :class:`~symwick.errors.InvalidArgument` for an empty block and for what is no iterable of iterables.

    >>> canonical(["ba", "a", "ab"])
    (('a',), ('a', 'b'), ('a', 'b'))
    """
    try:
        blocks = [tuple(ordered(block)) for block in partition]
    except TypeError:
        raise InvalidArgument(
            f"Argument '{argument}' must be an iterable of blocks that are iterables, not {short(partition)}."
        ) from None
    if not all(blocks):
        raise InvalidArgument(f"Argument '{argument}' must have no empty block, not {short(blocks)}.")
    return tuple(ordered(blocks))


def labelled_count(partition: Iterable[Iterable[T]]) -> int:
    """How many partitions of the labelled list map to this multiset partition when labels are rubbed out.

    prod_e m_e! / ( prod_B prod_e B(e)! * prod over distinct blocks of (times it occurs)! ).

    >>> labelled_count([("a", "b"), ("a", "b")]), labelled_count([("a", "a"), ("b",)])
    (2, 1)
    """
    blocks = canonical(partition)
    counts = [Counter(block) for block in blocks]
    whole = Counter(chain.from_iterable(blocks))
    same = Counter(frozenset(count.items()) for count in counts)
    inside = prod(factorial(m) for count in counts for m in count.values())
    return prod(map(factorial, whole.values())) // (inside * prod(map(factorial, same.values())))


def multiset_partitions(multiset: Mapping[T, int] | Iterable[T]) -> Iterator[tuple[Partition[T], int]]:
    """All partitions of a multiset, lazily, each once, as pairs ``(partition, count)``.

    ``multiset`` maps elements to multiplicities or is a sequence with repeats. ``partition`` is canonical (see
    :func:`canonical`), ``count`` is its :func:`labelled_count`; the counts add up to the Bell number B(n). The order is
    that of the sequences of exponent vectors, greatest first. Nothing recurses, memory is linear in n times the
    number of distinct elements. Raises :class:`~symwick.errors.InvalidArgument` for a multiplicity that is no natural
    number.

    >>> for partition, count in multiset_partitions("aab"):
    ...     print(count, partition)
    1 (('a', 'a', 'b'),)
    1 (('a', 'a'), ('b',))
    2 (('a',), ('a', 'b'))
    1 (('a',), ('a',), ('b',))
    """
    return _multiset_partitions(_multiplicities(multiset, "multiset"))


def _largest(rest: tuple[int, ...], bound: tuple[int, ...]) -> tuple[int, ...]:
    """The lexicographically greatest vector that is <= rest in every component and <= bound lexicographically."""
    for i, (available, allowed) in enumerate(zip(rest, bound, strict=True)):
        if available < allowed:
            return bound[:i] + rest[i:]
    return bound


def _next_smaller(block: tuple[int, ...], rest: tuple[int, ...]) -> tuple[int, ...] | None:
    """The lexicographic predecessor among the vectors <= rest that hold a copy of the first element of rest."""
    lead = next(i for i, available in enumerate(rest) if available)
    # Without that copy no later block, being smaller, could use up the first element: a dead end.
    for i in range(len(block) - 1, lead - 1, -1):
        if block[i] > (i == lead):
            return (*block[:i], block[i] - 1, *rest[i + 1 :])
    return None


def _multiset_partitions(multiplicities: dict[T, int]) -> Iterator[tuple[Partition[T], int]]:
    # A multiset partition is a lexicographically non-increasing sequence of exponent vectors with the right sum.
    elements = list(multiplicities)
    whole = tuple(multiplicities.values())
    total = prod(map(factorial, whole))
    spelled: dict[tuple[int, ...], tuple[tuple[int, ...], tuple[T, ...], int]] = {}

    def spell(block: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[T, ...], int]:
        """The block as positions (to sort by), as elements, and the product of its factorials."""
        if block not in spelled:
            if len(spelled) == _KEPT_BLOCKS:
                spelled.clear()
            places = tuple(chain.from_iterable(map(repeat, range(len(block)), block)))
            spelled[block] = places, tuple(elements[i] for i in places), prod(map(factorial, block))
        return spelled[block]

    # One frame a block: what was left before it, the block, the times it has occurred in a row, and the divisor of
    # `total` up to here.
    frames: list[tuple[tuple[int, ...], tuple[int, ...], int, int]] = []
    rest, bound, run, divisor = whole, whole, 0, 1
    block: tuple[int, ...] | None
    while True:
        while any(rest):
            block = _largest(rest, bound)
            run = run + 1 if block == bound else 1
            divisor *= run * spell(block)[2]
            frames.append((rest, block, run, divisor))
            rest, bound = tuple(map(sub, rest, block)), block
        parts = sorted(spell(frame[1])[:2] for frame in frames)
        yield tuple(part for _, part in parts), total // divisor
        while frames:
            rest, block, _, _ = frames.pop()
            block = _next_smaller(block, rest)
            if block is not None:
                run, divisor = 1, (frames[-1][3] if frames else 1) * spell(block)[2]
                frames.append((rest, block, run, divisor))
                rest, bound = tuple(map(sub, rest, block)), block
                break
        else:
            return


def count_multiset_partitions(multiset: Mapping[T, int] | Iterable[T], *, limit: int = 20_000_000) -> int:
    """How many partitions a multiset has: the coefficient of x^m in prod over vectors v != 0 of 1 / (1 - x^v).

    OEIS A000041 for n equal elements, A000110 for n distinct ones. Elements that occur once cost little: with u a new
    element, p(m + u) = sum over v <= m of p(m - v). Raises :class:`~symwick.errors.TooLarge` beforehand where the
    elements that occur more often would take more than ``limit`` additions.

    >>> count_multiset_partitions("aabb"), count_multiset_partitions({"a": 10}), count_multiset_partitions(range(10))
    (9, 42, 115975)
    """
    counts = _multiplicities(multiset, "multiset").values()
    sides = [m + 1 for m in counts if m > 1]
    singles = sum(m == 1 for m in counts)
    steps = prod(side * (side + 1) // 2 for side in sides)
    limit = natural(limit, "limit")
    if sides and steps > limit:
        raise TooLarge("count_multiset_partitions: additions", steps, limit)
    return coefficient(sides, singles)


def coefficient(sides: Sequence[int], singles: int, *, smallest: int = 1) -> int:
    """The number of partitions into blocks of at least ``smallest`` (1 or 2) elements.

    ``sides`` are the multiplicities of the repeated elements plus one, ``singles`` the number of elements that occur once. It is
    the coefficient of x^m in Π over |v| ≥ smallest of 1/(1 − x^v).

    >>> coefficient([3], 1), coefficient([3], 1, smallest=2)
    (4, 1)
    """
    # A table over all vectors <= m of the repeated elements, laid out flat.
    strides = [prod(sides[i + 1 :]) for i in range(len(sides))]
    table = [0] * prod(sides)
    table[0] = 1
    for vector in product(*map(range, sides)):
        if sum(vector) < smallest:
            continue
        shift = sum(v * stride for v, stride in zip(vector, strides, strict=True))
        starts = [range(0, (s - v) * stride, stride) for s, v, stride in zip(sides, vector, strides, strict=True)]
        # Ascending order lets a block be used again: table[start] already counts the uses of this vector.
        for start in map(sum, product(*starts)):
            table[start + shift] += table[start]

    # Now the single elements, one at a time; below[j] sums the table for j singles over all v <= m: what does not share
    # a block with the new one. Blocks of two or more leave out that nothing does.
    below: list[list[int]] = []
    for count in range(singles):
        sums = list(table)
        for side, stride in zip(sides, strides, strict=True):
            for i in range(len(sums)):
                if i // stride % side:
                    sums[i] += sums[i - stride]
        below.append(sums)
        alone = table if smallest == 2 else [0] * len(table)
        table = [sum(comb(count, j) * row[i] for j, row in enumerate(below)) - alone[i] for i in range(len(table))]
    return table[-1]
