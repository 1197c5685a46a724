"""The exact law of one real number with finitely many values: tails, distances, sums of independent draws."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import gcd, lcm
from typing import Any

import numpy as np

from symwick.algebra.lattice_sums import compositions, dense_power, sparse_power
from symwick.algebra.notebook import MOST_ROWS, html_page, html_table
from symwick.algebra.numbers import Number, to_fraction, to_number, to_sympy, whole_number
from symwick.algebra.vectors import INT64, IntVector
from symwick.decompose.attribution.printed_tables import table
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["Distribution", "brief"]

_SHOWN = 8
_POINTS = 10_000_000
_SPARSE_COST = 8  # a point of the sparse power takes about as long as so many of the dense one


class Distribution:
    """The law of a real number W with finitely many values: {value: probability}, all of them exact.

    Made by :meth:`of`; a term's are ``.reference`` and ``.observed`` of :func:`symwick.novelty`. ``==`` compares laws.

    >>> W = Distribution.of([-1, 0, 1, 0], ["1/4", "1/8", "1/4", "3/8"])
    >>> W
    Distribution of 3 values; mean 0, variance 1/2
      value  probability
         -1          1/4
          0          1/2
          1          1/4
    >>> W.tail("1/2"), W.upper(0), W.lower(-1)
    (Fraction(1, 2), Fraction(3, 4), Fraction(1, 4))
    >>> W.sum_of(2).tail(2), W.mean_of(2) == W
    (Fraction(1, 8), False)
    """

    __slots__ = ("__dict__", "points", "weights")

    def __init__(self, points: IntVector, weights: IntVector) -> None:
        """``points`` are ascending and distinct, ``weights`` positive with sum 1; see :meth:`of` for what is neither."""
        self.points, self.weights = points, weights

    @classmethod
    def of(cls, values: Any, weights: Any) -> Distribution:
        """The law that puts ``weights[i]`` on ``values[i]``; equal values are added up, weights of 0 left out.

        Both are sequences of exact numbers, or vectors. Raises InvalidArgument (lengths that differ, a negative weight, a sum
        that is not 1) and InexactError (a float).
        """
        points = values if isinstance(values, IntVector) else IntVector.of(values)
        masses = weights if isinstance(weights, IntVector) else IntVector.of(weights)
        if len(points) != len(masses):
            raise InvalidArgument(
                f"Argument 'weights' must have one weight for each of {len(points)} values, not {len(masses)}."
            )
        total = sum(masses.numerators.tolist())
        if total != masses.denominator:
            raise InvalidArgument(f"Argument 'weights' must sum to 1, not {Fraction(total, masses.denominator)}.")
        if (masses.numerators < 0).any():
            least = Fraction(int(masses.numerators.min()), masses.denominator)
            raise InvalidArgument(f"Argument 'weights' must hold no negative weight, not {least}.")
        distinct, inverse = np.unique(points.numerators, return_inverse=True)
        fits = masses.bound * len(masses) < INT64
        merged = np.zeros(len(distinct), dtype=np.int64 if fits else object)
        np.add.at(merged, inverse, masses.numerators.astype(merged.dtype, copy=False))
        keep = merged != 0
        return cls(
            IntVector.from_integers(distinct[keep], points.denominator),
            IntVector.from_integers(merged[keep], masses.denominator),
        )

    def __len__(self) -> int:
        """The number of values of positive probability."""
        return len(self.points)

    def items(self) -> Iterator[tuple[Number, Number]]:
        """(value, probability), values ascending."""
        for n, w in zip(self.points.numerators.tolist(), self.weights.numerators.tolist(), strict=True):
            yield to_number(Fraction(n, self.points.denominator)), to_number(Fraction(w, self.weights.denominator))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Distribution):
            return NotImplemented
        return list(self.items()) == list(other.items())

    __hash__ = None  # type: ignore[assignment]  # as forms and laws: compared, never a key

    # -- moments -------------------------------------------------------------------------------------------------------

    def _moment(self, power: int) -> Number:
        pairs = zip(self.points.numerators.tolist(), self.weights.numerators.tolist(), strict=True)
        total = sum(n**power * w for n, w in pairs)
        return to_number(Fraction(total, self.points.denominator**power * self.weights.denominator))

    @cached_property
    def mean(self) -> Number:
        """E W."""
        return self._moment(1)

    @cached_property
    def second_moment(self) -> Number:
        """E W²."""
        return self._moment(2)

    @property
    def variance(self) -> Number:
        """E W² − (E W)²."""
        return to_number(Fraction(self.second_moment) - Fraction(self.mean) ** 2)

    # -- tails ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _ascending(self) -> tuple[list[int], list[int]]:
        """Numerators of the values, and below[i]: the weight of the first i of them."""
        return self.points.numerators.tolist(), [0, *accumulate(self.weights.numerators.tolist())]

    def _weight(self, weight: int) -> Number:
        return to_number(Fraction(weight, self.weights.denominator))

    def upper(self, x: Any) -> Number:
        """P(W ≥ x)."""
        values, below = self._ascending
        return self._weight(below[-1] - below[bisect_left(values, to_fraction(x, "x") * self.points.denominator)])

    def lower(self, x: Any) -> Number:
        """P(W ≤ x)."""
        values, below = self._ascending
        return self._weight(below[bisect_right(values, to_fraction(x, "x") * self.points.denominator)])

    def tail(self, x: Any) -> Number:
        """P(|W| ≥ |x|): 1 at x = 0, 0 beyond all values."""
        size = abs(to_fraction(x, "x"))
        return 1 if not size else to_number(Fraction(self.upper(size)) + Fraction(self.lower(-size)))

    # -- sums of independent draws ---------------------------------------------------------------------------------------

    def sum_of(self, m: int, *, limit: int = _POINTS) -> Distribution:
        """The law of W_1 + … + W_m, independent draws of W, exactly.

        Values on a common lattice of few points: the m-th power of the generating polynomial. Else all ways to share the
        draws out among the values, equal sums added up. Raises InvalidArgument (m no integer that is at least 1) and
        TooLarge (more words of 64 bits than ``limit``, a bound from the number of points and the size of a weight).
        """
        whole_number(m, "m", 1)
        if m == 1:
            return self
        values, weights, d = self.points.numerators.tolist(), self.weights.numerators.tolist(), self.points.denominator
        step = gcd(*(v - values[0] for v in values)) or 1
        steps = [(v - values[0]) // step for v in values]
        dense = m * steps[-1] + 1
        sparse = compositions(len(values), m, dense)
        words = m * self.weights.denominator.bit_length() // 64 + 1
        points = min(dense, sparse)
        if points * words > limit:
            raise TooLarge(
                f"Words of 64 bits in the law of a sum of {m} draws, of {points:,} points", points * words, limit
            )
        power = dense_power if dense <= _SPARSE_COST * sparse and dense * words <= limit else sparse_power
        found = power(steps, weights, m)
        return Distribution(
            IntVector.from_integers([m * values[0] + step * k for k in found], d),
            IntVector.from_integers(list(found.values()), self.weights.denominator**m),
        )

    def mean_of(self, m: int, *, limit: int = _POINTS) -> Distribution:
        """The law of (W_1 + … + W_m) / m, independent draws of W; see :meth:`sum_of`."""
        total = self.sum_of(m, limit=limit)
        return Distribution(
            IntVector.from_integers(total.points.numerators, total.points.denominator * m), total.weights
        )

    # -- distances -------------------------------------------------------------------------------------------------------

    def _differences(self, other: Distribution) -> tuple[list[int], int]:
        """p − q at every value of either law, ascending, over one denominator."""
        if not isinstance(other, Distribution):
            raise InvalidArgument(f"Argument 'other' must be a Distribution, not {other!r}.")
        places = lcm(self.points.denominator, other.points.denominator)
        masses = lcm(self.weights.denominator, other.weights.denominator)
        found: dict[int, int] = {}
        for law, sign in ((self, 1), (other, -1)):
            stretch, scale = places // law.points.denominator, sign * (masses // law.weights.denominator)
            for n, w in zip(law.points.numerators.tolist(), law.weights.numerators.tolist(), strict=True):
                found[n * stretch] = found.get(n * stretch, 0) + w * scale
        return [found[n] for n in sorted(found)], masses

    def distance(self, other: Distribution) -> Number:
        """sup_x |F(x) − G(x)|, Kolmogorov's distance of the distribution functions: 0 exactly where the laws are equal.

        >>> Distribution.of([0], [1]).distance(Distribution.of([-1, 1], ["1/2", "1/2"]))
        Fraction(1, 2)
        """
        differences, masses = self._differences(other)
        return to_number(Fraction(max(map(abs, accumulate(differences))), masses))

    def total_variation(self, other: Distribution) -> Number:
        """½ Σ_x |p(x) − q(x)|, the largest difference of the probabilities of an event.

        >>> Distribution.of([0], [1]).total_variation(Distribution.of([-1, 1], ["1/2", "1/2"]))
        1
        """
        differences, masses = self._differences(other)
        return to_number(Fraction(sum(map(abs, differences)), 2 * masses))

    def _head(self) -> str:
        values = "value" if len(self) == 1 else "values"
        return f"Distribution of {len(self):,} {values}; mean {brief(self.mean)}, variance {brief(self.variance)}"

    def _repr_html_(self) -> str:
        first = [(str(value), str(probability)) for (value, probability), _ in zip(self.items(), range(MOST_ROWS), strict=False)]
        return html_page(self._head(), html_table(first, ["value", "probability"], more=len(self) - len(first)))

    def __repr__(self) -> str:
        lines = [self._head()]
        rows = [["value", "probability"]]
        for (value, probability), _ in zip(self.items(), range(_SHOWN), strict=False):
            rows.append([brief(value), brief(probability)])
        width = max(len(row[0]) for row in rows)
        lines.append(table([[row[0].rjust(width), *row[1:]] for row in rows]))
        return "\n".join([*lines, "  …"] if len(self) > _SHOWN else lines)


def brief(value: Any) -> str:
    """An exact number where it is short, else six digits of it.

    >>> brief(Fraction(1, 3)), brief(Fraction(10**9 + 1, 3 * 10**9))
    ('1/3', '0.333333')
    """
    text = str(value) if (isinstance(value, int) and abs(value) < 10**12) or isinstance(value, float) else ""
    if isinstance(value, Fraction) and max(abs(value.numerator), value.denominator) < 10**4:
        text = str(value)
    if text:
        return text
    size = abs(to_fraction(value))
    return f"{float(value):.6g}" if 1e-300 < size < 10**300 else str(to_sympy(value).evalf(6))
