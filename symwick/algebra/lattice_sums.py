"""Sums of independent draws of one integer: powers of a generating polynomial, dense or sparse.

With integer weights w_1, …, w_s on integers k_1, …, k_s, the weights of the sum of m draws are the coefficients of
(Σ_i w_i z^k_i)^m.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import flint
from tqdm import tqdm

__all__ = ["compositions", "dense_power", "sparse_power"]


def dense_power(steps: Sequence[int], weights: Sequence[int], m: int) -> dict[int, int]:
    """{sum: weight} of m ≥ 1 draws, for steps k_i ≥ 0 in a short range: time and memory go with m · max k_i.

    >>> dense_power([0, 1], [1, 2], 3)
    {0: 1, 1: 6, 2: 12, 3: 8}
    """
    coefficients = [0] * (max(steps) + 1)
    for step, weight in zip(steps, weights, strict=True):
        coefficients[step] += weight
    return {k: int(c) for k, c in enumerate((flint.fmpz_poly(coefficients) ** m).coeffs()) if c}


def sparse_power(steps: Sequence[int], weights: Sequence[int], m: int) -> dict[int, int]:
    """The same for steps of any size and sign, ascending; work goes with the number of compositions, see there.

    One step value after the other: of the draws that are left, k take it, in binomially many ways. Equal sums are added
    up as they come.

    >>> sparse_power([0, 10**9], [1, 2], 3)
    {0: 1, 1000000000: 6, 2000000000: 12, 3000000000: 8}
    """
    states: list[dict[int, int]] = [{} for _ in range(m + 1)]  # by the number of draws that are used up
    states[0][0] = 1
    last = len(steps) - 1
    pairs = zip(steps, weights, strict=True)
    for i, (step, weight) in enumerate(tqdm(pairs, total=len(steps), desc="sums", delay=2, leave=False, disable=None)):
        found: list[dict[int, int]] = [{} for _ in range(m + 1)]
        for used, sums in enumerate(states):
            left = m - used
            for k in range(left if i == last else 0, left + 1):
                factor, shift, into = comb(left, k) * weight**k, k * step, found[used + k]
                for total, ways in sums.items():
                    into[total + shift] = into.get(total + shift, 0) + ways * factor
        states = found
    return dict(sorted(states[m].items()))


def compositions(kinds: int, m: int, most: int) -> int:
    """C(m + kinds − 1, m), the ways to share m draws out among so many values; ``most`` + 1 where it is more than that.

    >>> compositions(3, 2, 100), compositions(1000, 1000, 100)
    (6, 101)
    """
    count = 1
    for i in range(1, min(m, kinds - 1) + 1):
        count = count * (max(m, kinds - 1) + i) // i
        if count > most:
            return most + 1
    return count
