"""Multisets of wires as sorted tuples: sub-multisets that hold the first element, with how often each occurs."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from math import comb

__all__ = ["inserted", "joined", "split_first"]

Key = tuple[int, ...]


@lru_cache(maxsize=4096)
def _choices(multiplicities: tuple[int, ...], most: int) -> tuple[tuple[tuple[int, ...], int], ...]:
    """All choices of j_i ≤ m_i with j_0 ≥ 1 and Σ j ≤ most, the first element labelled; with the number of labelled ones."""
    found: list[tuple[tuple[int, ...], int]] = [((), 1)]
    for i, m in enumerate(multiplicities):
        longer = []
        for chosen, count in found:
            taken = sum(chosen)
            for j in range(1 if i == 0 else 0, min(m, most - taken) + 1):
                ways = comb(m - 1, j - 1) if i == 0 else comb(m, j)
                longer.append(((*chosen, j), count * ways))
        found = longer
    return tuple(found)


def split_first(key: Key, most: int) -> list[tuple[Key, Key, int]]:
    """(B, rest, count) for every sub-multiset B of at most so many elements that holds the first element of the key.

    ``count`` is the number of ways when equal elements are told apart.

    >>> split_first((7, 7, 9), 2)
    [((7,), (7, 9), 1), ((7, 9), (7,), 1), ((7, 7), (9,), 1)]
    """
    runs = [(wire, len(list(run))) for wire, run in groupby(key)]
    wires = [wire for wire, _ in runs]
    multiplicities = tuple(m for _, m in runs)
    result = []
    for chosen, count in _choices(multiplicities, min(most, len(key))):
        inside: list[int] = []
        outside: list[int] = []
        for wire, m, j in zip(wires, multiplicities, chosen, strict=True):
            inside += [wire] * j
            outside += [wire] * (m - j)
        result.append((tuple(inside), tuple(outside), count))
    return result


def inserted(key: Key, *wires: int) -> Key:
    """The key with more wires."""
    return tuple(sorted((*key, *wires)))


def joined(key: Key, groups: list[int]) -> list[Key]:
    """The key cut where parts depend on no common group: parts whose masks of ``groups`` meet, directly or through others.

    A wire that depends on nothing is a part of its own.
    """
    parts: list[tuple[int, list[int]]] = []
    for wire in key:
        mask = groups[wire]
        members = [wire]
        apart = []
        for other, others in parts:
            if other & mask:
                mask |= other
                members = others + members
            else:
                apart.append((other, others))
        parts = [*apart, (mask, members)]
    return [tuple(sorted(members)) for _, members in parts]
