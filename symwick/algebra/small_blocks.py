"""Set partitions in another order: small blocks first, so that the first of very many comes at once."""

from __future__ import annotations

from collections.abc import Iterator

from symwick.algebra.partitions import Partition

__all__ = ["small_blocks_first"]


def small_blocks_first(n: int, most: int) -> Iterator[Partition[int]]:
    """Partitions of 0, …, n − 1 into blocks of at most ``most``, lazily: the one into singletons comes first.

    >>> list(small_blocks_first(3, 2))
    [((0,), (1,), (2,)), ((0,), (1, 2)), ((0, 2), (1,)), ((0, 1), (2,))]
    """
    if n == 0:
        yield ()
        return
    blocks: list[list[int]] = []
    place = [0] * n  # where each element went; descending from a new block of its own
    element, fresh = 0, True
    while element >= 0:
        if fresh:
            place[element] = len(blocks)
        else:
            blocks[place[element]].pop()
            if not blocks[place[element]]:
                blocks.pop()
            place[element] -= 1
            while place[element] >= 0 and len(blocks[place[element]]) >= most:
                place[element] -= 1
            if place[element] < 0:
                element -= 1
                continue
        if place[element] == len(blocks):
            blocks.append([])
        blocks[place[element]].append(element)
        fresh = element + 1 < n
        if fresh:
            element += 1
        else:
            yield tuple(map(tuple, blocks))
