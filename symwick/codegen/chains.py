"""Powers by addition chains: few multiplications, intermediate powers shared between the exponents of one base."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

__all__ = ["chain", "steps"]

_SEARCHED = 128  # exponents up to which the shortest chain is searched for


@lru_cache(maxsize=1000)
def chain(exponent: int) -> tuple[int, ...]:
    """A short addition chain 1, …, exponent: every member is the one before plus some member.

    The shortest of this kind up to 128, by the binary method (from the left) above.

    >>> chain(15), len(chain(1000)) - 1  # multiplications
    ((1, 2, 4, 5, 10, 15), 13)
    """
    if exponent <= _SEARCHED:
        depth = max(exponent - 1, 0).bit_length()
        while True:
            found = _search([1], exponent, depth)
            if found:
                return tuple(found)
            depth += 1
    head = exponent >> (exponent.bit_length() - 6)
    members = list(chain(head))
    for shift in range(exponent.bit_length() - 7, -1, -1):
        members.append(members[-1] * 2)
        if exponent >> shift & 1:
            members.append(members[-1] + 1)
    return tuple(members)


def _search(members: list[int], exponent: int, depth: int) -> list[int] | None:
    last = members[-1]
    if last == exponent:
        return members
    if depth == 0 or last << depth < exponent:
        return None
    for other in reversed(members):
        if last + other <= exponent:
            found = _search([*members, last + other], exponent, depth - 1)
            if found:
                return found
    return None


def steps(exponents: Iterable[int]) -> list[tuple[int, int, int]]:
    """(power, left, right) with power = left + right, in order, so that all exponents are reached from 1.

    >>> steps([2, 3, 5])
    [(2, 1, 1), (3, 1, 2), (5, 2, 3)]
    """
    known, found = [1], []
    have = {1}
    for exponent in sorted(set(exponents)):
        if exponent in have:
            continue
        pair = next(((exponent - a, a) for a in reversed(known) if exponent - a in have), None)
        path = [exponent] if pair else [e for e in chain(exponent) if e not in have]
        for e in path:
            left, right = next((e - a, a) for a in reversed(known) if e - a in have)
            found.append((e, min(left, right), max(left, right)))
            known.append(e)
            have.add(e)
    return found
