"""Rational vectors over one common denominator: how exact sums over many rows run at NumPy speed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from symwick.algebra.balls import BallArray
from symwick.algebra.numbers import to_fraction

__all__ = ["INT64", "IntVector", "weighted_product_sum"]

INT64 = 1 << 62
"""Integers below this in size are kept in int64: the sum of two of them still fits."""

_FLOAT_INTEGERS = 1 << 53


@dataclass(frozen=True, slots=True, eq=False)
class IntVector:
    """The rational vector ``numerators / denominator``; ``bound`` is the largest absolute numerator.

    >>> v = IntVector.of(["1/2", "1/3"])
    >>> v.numerators.tolist(), v.denominator
    ([3, 2], 6)
    """

    numerators: npt.NDArray[Any]
    denominator: int
    bound: int

    @classmethod
    def of(cls, values: Iterable[Any]) -> IntVector:
        """The vector of exact numbers ``values``."""
        exact = [value if type(value) is int else to_fraction(value) for value in values]
        denominator = math.lcm(*{q.denominator for q in exact})
        return cls._frozen([q.numerator * (denominator // q.denominator) for q in exact], denominator)

    @classmethod
    def from_integers(cls, numerators: Any, denominator: int) -> IntVector:
        """The vector of the integers ``numerators`` over a positive ``denominator``, in lowest terms.

        >>> v = IntVector.from_integers(np.array([2, 4]), 6)
        >>> v.numerators.tolist(), v.denominator
        ([1, 2], 3)
        """
        integers = numerators.tolist() if isinstance(numerators, np.ndarray) else [int(value) for value in numerators]
        common = math.gcd(denominator, *integers)
        return cls._frozen([value // common for value in integers] if common > 1 else integers, denominator // common)

    @classmethod
    def _frozen(cls, numerators: list[int], denominator: int) -> IntVector:
        bound = max(max(numerators), -min(numerators)) if numerators else 0
        array = np.array(numerators, dtype=np.int64 if bound < INT64 else object)
        array.setflags(write=False)
        return cls(array, denominator, bound)

    def __len__(self) -> int:
        return len(self.numerators)

    def power(self, exponent: int) -> IntVector:
        """The vector of the powers v^k, k ≥ 1.

        >>> IntVector.of(["1/2", 3]).power(2).numerators.tolist()
        [1, 36]
        """
        if exponent == 1:
            return self
        bound = self.bound**exponent
        numerators = self.numerators.astype(np.int64 if bound < INT64 else object, copy=False) ** exponent
        numerators.setflags(write=False)
        return IntVector(numerators, self.denominator**exponent, bound)

    def rounded(self) -> BallArray:
        """The nearest floats with a bound of their error; infinite where the number is too large for a float.

        >>> IntVector.of(["1/2", 3]).rounded().value.tolist()
        [0.5, 3.0]
        """
        d = self.denominator
        if self.bound <= _FLOAT_INTEGERS and d <= _FLOAT_INTEGERS:
            value = self.numerators.astype(np.float64) / d  # one rounding
            exact = d & (d - 1) == 0
            return BallArray(value, np.zeros(len(self)) if exact else np.abs(value) * 2.0**-52)
        value = np.array([_quotient(n, d) for n in self.numerators.tolist()], dtype=np.float64)
        return BallArray(value, np.abs(value) * 2.0**-52 + 5e-324)


def _quotient(numerator: int, denominator: int) -> float:
    try:
        return numerator / denominator  # Python rounds the quotient of two integers once, correctly
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def weighted_product_sum(
    weights: IntVector, factors: Sequence[tuple[IntVector, npt.NDArray[np.intp]]]
) -> tuple[int, int]:
    """Σ_r w_r Π_j factor_j[code_j[r]] as (numerator, denominator), exactly.

    Runs in int64 where a bound on all partial products and sums shows that nothing can overflow, else in Python ints.

    >>> weighted_product_sum(IntVector.of([1, 2]), [(IntVector.of([5, "1/2"]), np.array([0, 1]))])
    (12, 2)
    """
    denominator = weights.denominator
    bound = max(weights.bound, 1) * max(len(weights), 1)
    for vector, _ in factors:
        denominator *= vector.denominator
        bound *= max(vector.bound, 1)
    dtype = np.int64 if bound < INT64 else object
    total = weights.numerators.astype(dtype, copy=False)
    for vector, codes in factors:
        total = total * vector.numerators.astype(dtype, copy=False)[codes]
    return int(total.sum()), denominator
