"""The rule of Leonov and Shiryaev for copies of one product, written out once per shape.

κ(Z, …, Z, U) with c copies of Z = AB and r other wires is a sum over the partitions of c copies of A, c of B and the r wires
whose join with the blocks {A, B} and {U_i} is one block. Blocks of more than k wires are dropped. What is alike is collected:
a block is (copies of A, copies of B, which of the r wires).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

__all__ = ["Block", "product_terms"]

Block = tuple[int, int, tuple[int, ...]]
"""Copies of A, copies of B, positions of the other wires."""


def _partitions(items: list[int]) -> Iterator[list[list[int]]]:
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for smaller in _partitions(rest):
        yield [[first], *smaller]
        for i, block in enumerate(smaller):
            yield [*smaller[:i], [first, *block], *smaller[i + 1 :]]


def _joins(blocks: list[list[int]], owner: list[int]) -> bool:
    """Whether blocks and elements together hang in one piece."""
    reached = {owner[0]}
    pending = [{owner[leaf] for leaf in block} for block in blocks]
    while True:
        met = [block for block in pending if block & reached]
        if not met:
            return len(reached) == max(owner) + 1
        for block in met:
            reached |= block
        pending = [block for block in pending if not block <= reached]


@cache
def product_terms(copies: int, others: int, order: int) -> tuple[tuple[int, tuple[Block, ...]], ...]:
    """(how often, blocks) of all terms of κ(Z^copies, U_1, …, U_others) at an order.

    >>> for count, blocks in product_terms(1, 1, 2):
    ...     print(count, blocks)
    1 ((0, 1, ()), (1, 0, (0,)))
    1 ((0, 1, (0,)), (1, 0, ()))
    """
    owner = [i for i in range(copies) for _ in "ab"] + [copies + j for j in range(others)]
    kinds = "ab" * copies + "u" * others
    found: Counter[tuple[Block, ...]] = Counter()
    for partition in _partitions(list(range(len(owner)))):
        if any(len(block) > order for block in partition) or not _joins(partition, owner):
            continue
        blocks = []
        for block in partition:
            names = [kinds[leaf] for leaf in block]
            held = tuple(sorted(leaf - 2 * copies for leaf in block if kinds[leaf] == "u"))
            blocks.append((names.count("a"), names.count("b"), held))
        found[tuple(sorted(blocks))] += 1
    return tuple((count, blocks) for blocks, count in sorted(found.items()))
