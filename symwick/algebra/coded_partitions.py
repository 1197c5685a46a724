"""Partitions of multisets of named variables as tuples of codes: all of them at once, quickly, or only their number.

:mod:`symwick.algebra.multisets` lists the same partitions lazily and spelled; here what two partitions have in common is
listed once, and blocks of one element can be left out, as central moments want it.

Literature: D. E. Knuth, *The Art of Computer Programming 4A*, section 7.2.1.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from math import factorial, prod

from symwick.algebra.multisets import coefficient, count_multiset_partitions
from symwick.algebra.named_multisets import Codes

__all__ = ["coded_partitions", "count_coded_partitions"]

# Above these sizes the number of partitions is not counted but bounded from below, by a number that no memory holds.
_MOST_SINGLES, _MOST_STEPS = 30, 2_000_000


def coded_partitions(codes: Codes, smallest: int = 1) -> Iterator[tuple[tuple[int, ...], int]]:
    """(sorted codes of the blocks, labelled count) of all partitions without blocks below ``smallest``.

    The blocks of a partition ascend, and equal ones are taken at once: what may follow a block depends on what is left and
    on the block alone, and is listed once. A count is Π m_v! over Π_B Π_v B(v)! · Π over distinct blocks (times)!.

    >>> list(coded_partitions(Codes({"x": 2, "y": 1})))
    [((1, 5), 2), ((1, 1, 4), 1), ((2, 4), 1), ((6,), 1)]
    """
    everything = [code for code, _ in codes.inside(codes.bounds) if code]
    rank = {code: place for place, code in enumerate(sorted(everything, key=codes.places))}
    inner = {code: prod(map(factorial, codes.counts(code).values())) for code in everything}
    known: dict[tuple[int, int], tuple[list[tuple[int, ...]], list[int]]] = {(0, -1): ([()], [1])}

    @cache
    def first(code: int) -> str | None:
        return next(iter(codes.counts(code)), None)

    @cache
    def blocks(rest: int) -> dict[int, int]:
        """The blocks that hold the first variable of what is left, ascending, with their ranks."""
        found = (code for code, _ in codes.inside(codes.counts(rest), first(rest)))
        return {code: rank[code] for code in sorted(found, key=rank.__getitem__) if len(codes.places(code)) >= smallest}

    def parts(rest: int, after: int) -> tuple[list[tuple[int, ...]], list[int]]:
        if (rest, after) in known:
            return known[rest, after]
        keys: list[tuple[int, ...]] = []
        divisors: list[int] = []
        for block, place in blocks(rest).items():
            if place <= after:
                continue
            head: tuple[int, ...] = (block,)
            left, divisor = rest - block, inner[block]
            while True:
                # what no longer has the first variable of this block has later blocks only
                bound = place if first(left) == first(block) else -1
                tails, below = parts(left, bound)
                keys += [head + tail for tail in tails]
                divisors += below if divisor == 1 else [divisor * d for d in below]
                if not left or block not in blocks(left):
                    break
                left, head = left - block, (*head, block)
                divisor *= inner[block] * len(head)
        known[rest, after] = keys, divisors
        return keys, divisors

    keys, divisors = parts(codes.whole, -1)
    whole = inner.get(codes.whole, 1)
    return zip(keys, (whole // divisor for divisor in divisors), strict=True)


def count_coded_partitions(multiplicities: Iterable[int], smallest: int = 1) -> tuple[int, bool]:
    """The number of partitions without blocks below ``smallest`` (1 or 2), and False if it is only a lower bound.

    >>> count_coded_partitions([2, 1]), count_coded_partitions([4], smallest=2), count_coded_partitions([1] * 100)[1]
    ((4, True), (2, True), False)
    """
    counts = sorted(multiplicities)
    repeated: list[int] = []
    steps = 1
    for m in counts[counts.count(1) :]:
        # one element less is fewer partitions: put it back into a largest block, which then is the only largest
        m = next((j for j in range(min(m, 1000), 1, -1) if steps * (j + 1) * (j + 2) // 2 <= _MOST_STEPS), 1)
        if m > 1:
            steps *= (m + 1) * (m + 2) // 2
            repeated.append(m)
    singles = min(len(counts) - len(repeated), _MOST_SINGLES)
    kept = [1] * singles + repeated
    exact = kept == counts
    if smallest == 1:
        return count_multiset_partitions(dict(enumerate(kept))), exact
    return coefficient([m + 1 for m in repeated], singles, smallest=2), exact
