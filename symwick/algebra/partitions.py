"""Set partitions: canonical form, lazy enumeration, exact counts and the partition lattice.

Partitions are ordered by refinement: ``finer <= coarser`` iff each block of ``finer`` lies in a block of ``coarser``.

Source of the facts used: R. P. Stanley, *Enumerative Combinatorics 1*, sections 1.9 (Bell and Stirling numbers) and
3.10 (the partition lattice); D. E. Knuth, *The Art of Computer Programming 4A*, section 7.2.1.5 (growth strings).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, islice
from math import comb, factorial, prod
from numbers import Real
from operator import index
from reprlib import repr as short
from typing import Any, TypeVar

from symwick.errors import InvalidArgument

__all__ = [
    "Partition",
    "bell",
    "canonical",
    "frozen",
    "join",
    "mask_partitions",
    "meet",
    "moebius",
    "natural",
    "ordered",
    "refinements",
    "refines",
    "set_partitions",
    "stirling2",
]

T = TypeVar("T", bound=Hashable)

Partition = tuple[tuple[T, ...], ...]
"""The canonical form: sorted blocks, ordered by their first elements."""


def natural(value: Any, argument: str, least: int = 0) -> int:
    """A whole number that is at least ``least``, as int; True and False are refused.

    >>> natural(3, "n")
    3
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        number = index(value)
    except TypeError:
        raise InvalidArgument(f"Argument '{argument}' must be an integer, not {short(value)}.") from None
    if number < least:
        raise InvalidArgument(f"Argument '{argument}' must be at least {least}, not {number}.")
    return number


def _sort_key(item: Any) -> tuple[Any, ...]:
    # The rank in front keeps unlike kinds apart; sets compare by inclusion, which is no total order, so they are
    # keyed by their sorted elements. Nothing here depends on hashes.
    if isinstance(item, Real):
        return (0, item)
    if isinstance(item, str):
        return (1, item)
    if isinstance(item, tuple):
        return (2, tuple(map(_sort_key, item)))
    if isinstance(item, frozenset):
        return (3, len(item), sorted(map(_sort_key, item)))
    return (4, type(item).__qualname__, str(item))


def ordered(items: Iterable[T]) -> list[T]:
    """The items in one order for every machine and hash seed: numbers, then text, then tuples, sets and the rest.

    Objects that symwick knows no order for are put in the order of their text; equal texts keep the order given.

    >>> ordered(["b", 2, "a", 1])
    [1, 2, 'a', 'b']
    """
    pool: list[Any] = list(items)
    kinds = set(map(type, pool))
    if kinds == {int} or kinds == {str}:
        pool.sort()
    else:
        pool.sort(key=_sort_key)
    return pool


def _blocks(partition: Iterable[Iterable[T]], argument: str) -> list[tuple[T, ...]]:
    if not isinstance(partition, Iterable):
        raise InvalidArgument(f"Argument '{argument}' must be an iterable of blocks, not {short(partition)}.")
    blocks = []
    for block in partition:
        if not isinstance(block, Iterable):
            raise InvalidArgument(f"Argument '{argument}' must consist of iterable blocks, not {short(block)}.")
        blocks.append(tuple(block))
    return blocks


def canonical(
    partition: Iterable[Iterable[T]], universe: Iterable[T] | None = None, argument: str = "partition"
) -> Partition[T]:
    """The partition as a tuple of sorted tuples, ordered by their first elements (see :func:`ordered`).

    With ``universe`` the blocks must cover exactly its elements. Raises :class:`~symwick.errors.InvalidArgument`,
    naming ``argument``, for an empty block, a repeated element, overlapping blocks, a missing or an unknown element.

    >>> canonical([{3}, [2, 0], (1,)], universe=range(4))
    ((0, 2), (1,), (3,))
    """
    blocks = _blocks(partition, argument)
    home: dict[T, int] = {}
    for number, block in enumerate(blocks):
        if not block:
            raise InvalidArgument(f"Argument '{argument}' must have no empty block, not {short(blocks)}.")
        for item in block:
            try:
                before = home.setdefault(item, number)
            except TypeError:
                raise InvalidArgument(f"Argument '{argument}' must have hashable items, not {short(item)}.") from None
            if before != number:
                raise InvalidArgument(
                    f"Argument '{argument}' must have disjoint blocks, not {short(blocks[before])} and {short(block)}, "
                    f"which share {short(item)}."
                )
    if len(home) != sum(map(len, blocks)):
        block = next(block for block in blocks if len(set(block)) != len(block))
        raise InvalidArgument(f"Argument '{argument}' must name each element of a block once, not {short(block)}.")
    if universe is not None:
        known = dict.fromkeys(universe)
        unknown = [item for item in home if item not in known]
        if unknown:
            allowed, found = short(ordered(known)), short(ordered(unknown)[0])
            raise InvalidArgument(f"Argument '{argument}' must contain only elements of {allowed}, not {found}.")
        missing = [item for item in known if item not in home]
        if missing:
            allowed, lost = short(ordered(known)), short(ordered(missing)[0])
            raise InvalidArgument(f"Argument '{argument}' must cover every element of {allowed}, not leave out {lost}.")
    return _assemble(home, list(home.values()))


def _assemble(elements: Iterable[T], labels: Iterable[Hashable]) -> Partition[T]:
    """The canonical partition whose blocks are the elements with equal labels."""
    home = dict(zip(elements, labels, strict=True))
    blocks: dict[Hashable, list[T]] = {}
    for item in ordered(home):
        blocks.setdefault(home[item], []).append(item)
    return tuple(map(tuple, blocks.values()))


def frozen(partition: Iterable[Iterable[T]]) -> frozenset[frozenset[T]]:
    """The partition as a frozenset of frozensets: the form of keys. Validates nothing.

    >>> frozen([[0, 1], [2]]) == frozenset({frozenset({0, 1}), frozenset({2})})
    True
    """
    return frozenset(map(frozenset, partition))


def set_partitions(items: Iterable[T]) -> Iterator[Partition[T]]:
    """All partitions of distinct items in canonical form, lazily, in the order of their growth strings.

    The growth string gives for each item the number of its block, blocks numbered by first element. Memory is linear in
    the number of items, and nothing recurses. The empty set has one partition, the empty one.

    >>> list(set_partitions("abc"))[:3]
    [(('a', 'b', 'c'),), (('a', 'b'), ('c',)), (('a', 'c'), ('b',))]
    >>> len(next(set_partitions(range(2000)))[0])
    2000
    """
    pool = [item for block in canonical([[item] for item in items], argument="items") for item in block]
    return _set_partitions(pool)


def _set_partitions(pool: list[T]) -> Iterator[Partition[T]]:
    count = len(pool)
    if not count:
        yield ()
        return
    growth = [0] * count
    blocks = [list(pool)]
    while True:
        yield tuple(map(tuple, blocks))
        # Take items back from the right until one of them can go to the next block. An item that is alone in its
        # block opened that block, so it is in the last place it may have.
        i = count - 1
        while i > 0:
            block = blocks[growth[i]]
            block.pop()
            if block:
                break
            blocks.pop()
            i -= 1
        else:
            return
        target = growth[i] = growth[i] + 1
        if target == len(blocks):
            blocks.append([])
        blocks[target].append(pool[i])
        blocks[0].extend(pool[i + 1 :])
        growth[i + 1 :] = [0] * (count - 1 - i)


def mask_partitions(mask: int) -> Iterator[tuple[int, ...]]:
    """All partitions of the set bits of ``mask``, lazily; each a tuple of disjoint masks ordered by lowest bit.

    The order is that of :func:`set_partitions`. This is the fast form: no tuple of items is built.

    >>> list(mask_partitions(0b111))
    [(7,), (3, 4), (5, 2), (1, 6), (1, 2, 4)]
    """
    mask = natural(mask, "mask")
    bits = []
    while mask:
        bits.append(mask & -mask)
        mask &= mask - 1
    return _mask_partitions(bits)


def _mask_partitions(bits: list[int]) -> Iterator[tuple[int, ...]]:
    if not bits:
        yield ()
        return
    # As in _set_partitions, for all bits but the last; the last one is put everywhere in an inner loop, which is
    # where nearly all of the partitions are made.
    last = bits.pop()
    count = len(bits)
    growth = [0] * count
    blocks = [sum(bits)] if bits else []
    while True:
        for j, block in enumerate(blocks):
            blocks[j] = block | last
            yield tuple(blocks)
            blocks[j] = block
        yield (*blocks, last)
        i = count - 1
        while i > 0:
            rest = blocks[growth[i]] ^ bits[i]
            if rest:
                blocks[growth[i]] = rest
                break
            blocks.pop()
            i -= 1
        else:
            return
        target = growth[i] = growth[i] + 1
        if target == len(blocks):
            blocks.append(bits[i])
        else:
            blocks[target] |= bits[i]
        if i + 1 < count:
            blocks[0] |= sum(bits[i + 1 :])
            growth[i + 1 :] = [0] * (count - 1 - i)


def _bell_numbers() -> Iterator[int]:
    row = [1]
    while True:
        yield row[0]
        row = list(accumulate(row, initial=row[-1]))


@lru_cache(maxsize=256)
def _bell(n: int) -> int:
    return next(islice(_bell_numbers(), n, None))


def bell(n: int) -> int:
    """The Bell number: how many partitions n elements have (OEIS A000110). B(n+1) = sum_k C(n, k) B(k).

    >>> [bell(n) for n in range(8)]
    [1, 1, 2, 5, 15, 52, 203, 877]
    """
    return _bell(natural(n, "n"))


@lru_cache(maxsize=4096)
def _stirling2(n: int, k: int) -> int:
    total: int = sum((-1) ** (k - j) * comb(k, j) * j**n for j in range(k + 1))
    return total // factorial(k)


def stirling2(n: int, k: int) -> int:
    """The Stirling number of the second kind: partitions of n elements into k blocks (OEIS A008277).

    S(n, k) = (1/k!) sum_j (-1)^(k-j) C(k, j) j^n.

    >>> [stirling2(4, k) for k in range(6)]
    [0, 1, 7, 6, 1, 0]
    """
    n, k = natural(n, "n"), natural(k, "k")
    return _stirling2(n, k) if k <= n else 0


def _pair(
    first: Iterable[Iterable[T]], second: Iterable[Iterable[T]], names: tuple[str, str]
) -> tuple[dict[T, int], dict[T, int]]:
    """For each element the number of its block, in both partitions of one set."""
    one = {item: i for i, block in enumerate(canonical(first, argument=names[0])) for item in block}
    two = {item: i for i, block in enumerate(canonical(second, universe=one, argument=names[1])) for item in block}
    return one, two


def refines(finer: Iterable[Iterable[T]], coarser: Iterable[Iterable[T]]) -> bool:
    """Whether each block of ``finer`` lies in a block of ``coarser``. Both must be partitions of one set.

    >>> refines([[0], [1, 2]], [[0, 1, 2]]), refines([[0], [1, 2]], [[0, 1], [2]])
    (True, False)
    """
    fine, coarse = _pair(finer, coarser, ("finer", "coarser"))
    return len({(block, coarse[item]) for item, block in fine.items()}) == len(set(fine.values()))


def meet(first: Iterable[Iterable[T]], second: Iterable[Iterable[T]]) -> Partition[T]:
    """The coarsest partition that refines both: all non-empty intersections of blocks.

    >>> meet([[0, 1], [2, 3]], [[0, 1, 2], [3]])
    ((0, 1), (2,), (3,))
    """
    one, two = _pair(first, second, ("first", "second"))
    return _assemble(one, [(block, two[item]) for item, block in one.items()])


def join(first: Iterable[Iterable[T]], second: Iterable[Iterable[T]]) -> Partition[T]:
    """The finest partition that both refine: blocks that overlap, directly or through others, become one.

    >>> join([[0, 1], [2], [3]], [[0], [1, 2], [3]])
    ((0, 1, 2), (3,))
    """
    one, two = _pair(first, second, ("first", "second"))
    # Union-find on the blocks of `first`; each block of `second` ties together those it meets.
    parent = list(range(len(one)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    anchor: dict[int, int] = {}
    for item, block in one.items():
        parent[root(block)] = root(anchor.setdefault(two[item], block))
    return _assemble(one, [root(block) for block in one.values()])


def moebius(finer: Iterable[Iterable[T]], coarser: Iterable[Iterable[T]]) -> int:
    """The Moebius function mu(finer, coarser) of the partition lattice.

    mu = prod over blocks C of coarser of (-1)^(k-1) (k-1)!, where C holds k blocks of finer (Stanley, example 3.10.4).
    As in every incidence algebra, mu is 0 where finer does not refine coarser.

    >>> moebius([[0], [1], [2]], [[0, 1, 2]]), moebius([[0], [1], [2]], [[0, 1], [2]]), moebius([[0, 1]], [[0], [1]])
    (2, -1, 0)
    """
    fine, coarse = _pair(finer, coarser, ("finer", "coarser"))
    parts: dict[int, set[int]] = {}
    for item, block in coarse.items():
        parts.setdefault(block, set()).add(fine[item])
    if sum(map(len, parts.values())) != len(set(fine.values())):
        return 0
    return prod([(1 if len(inside) % 2 else -1) * factorial(len(inside) - 1) for inside in parts.values()])


def refinements(partition: Iterable[Iterable[T]]) -> Iterator[Partition[T]]:
    """All partitions that refine the given one, in canonical form, lazily: the given one first.

    There are prod B(|block|) of them. Memory is linear in the number of elements.

    >>> list(refinements([[0, 1], [2, 3]]))
    [((0, 1), (2, 3)), ((0, 1), (2,), (3,)), ((0,), (1,), (2, 3)), ((0,), (1,), (2,), (3,))]
    """
    return _refinements(canonical(partition))


def _refinements(blocks: Partition[T]) -> Iterator[Partition[T]]:
    rank = {item: i for i, item in enumerate(ordered(item for block in blocks for item in block))}
    wheels: list[Iterator[Partition[T]]] = []
    chosen: list[Partition[T]] = []
    while True:
        # An odometer whose wheels restart: itertools.product would first store every partition of every block.
        for block in blocks[len(wheels) :]:
            wheels.append(_set_partitions(list(block)))
            chosen.append(next(wheels[-1]))
        yield tuple(sorted((part for parts in chosen for part in parts), key=lambda part: rank[part[0]]))
        while wheels:
            chosen.pop()
            turned = next(wheels[-1], None)
            if turned is not None:
                chosen.append(turned)
                break
            wheels.pop()
        else:
            return
