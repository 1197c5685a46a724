"""Confidence sequences: intervals for a mean that hold at all sample sizes at once, so that one may stop whenever one likes.

With finite variance, and nothing else known: the asymptotic sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas
(Annals of Statistics, 2024), by a normal mixture. With known bounds: the empirical Bernstein sequence of Waudby-Smith and Ramdas
(JRSS B, 2024), which holds for every sample size and every law within the bounds.
"""

from __future__ import annotations

from math import log, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Bounded", "Unbounded", "draws_needed"]

Vector = npt.NDArray[np.float64]

FEWEST = 512
"""Draws before which an asymptotic interval is not looked at."""

_PER_SKEWNESS = 25


def _mixture(alpha: float, draws: int) -> float:
    """ρ² that makes the interval shortest after so many draws."""
    return (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / draws


def half_width(n: int, alpha: float, rho: float) -> float:
    """Half of the interval after n draws, in standard deviations of one draw: √(2(nρ²+1)/(n²ρ²) · log(√(nρ²+1)/α))."""
    return sqrt(2 * (n * rho + 1) / (n * n * rho) * log(sqrt(n * rho + 1) / alpha))


def draws_needed(alpha: float, effect: float, power: float) -> int:
    """Draws after which a bias of ``effect`` standard deviations lies outside the interval with probability ``power``.

    >>> draws_needed(1e-6, 0.05, 0.99), draws_needed(0.05, 0.5, 0.9)
    (25549, 512)
    """
    z = NormalDist().inv_cdf(power)
    low, high = FEWEST, FEWEST
    while half_width(high, alpha, _mixture(alpha, high)) + z / sqrt(high) > effect:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if half_width(middle, alpha, _mixture(alpha, middle)) + z / sqrt(middle) > effect:
            low = middle + 1
        else:
            high = middle
    return high


class Unbounded:
    """Means of vectors of finite variance; ``alpha`` is the error rate of each component."""

    def __init__(self, alpha: float, draws: int) -> None:
        self.alpha, self.rho = alpha, _mixture(alpha, draws)
        self.n = 0
        self._shift: Vector | None = None
        self._sums: list[Vector] = []

    def add(self, draws: Vector) -> None:
        """Rows of draws."""
        if self._shift is None:
            self._shift = draws[0].copy()
            self._sums = [np.zeros_like(self._shift) for _ in range(3)]
        self.n += len(draws)
        centred = draws - self._shift
        for k in range(3):
            self._sums[k] = self._sums[k] + (centred ** (k + 1)).sum(axis=0)

    @property
    def mean(self) -> Vector:
        assert self._shift is not None  # internal: something has been added
        return np.asarray(self._shift + self._sums[0] / self.n)

    @property
    def deviation(self) -> Vector:
        first, second = self._sums[0] / self.n, self._sums[1] / self.n
        return np.sqrt(np.maximum(second - first**2, 0) * self.n / max(self.n - 1, 1))

    @property
    def skewness(self) -> Vector:
        first, second, third = (s / self.n for s in self._sums)
        spread = np.maximum(second - first**2, 0) ** 1.5
        cube = third - 3 * first * second + 2 * first**3
        return np.divide(cube, spread, out=np.zeros_like(cube), where=spread > 0)

    def ready(self) -> bool:
        """Whether means are near enough to normal: at least 512 draws, and 25 · skewness² of them."""
        return self.n >= FEWEST and bool((self.n >= _PER_SKEWNESS * self.skewness**2).all())

    def half(self) -> Vector:
        """Half widths of the intervals."""
        return np.asarray(self.deviation * half_width(self.n, self.alpha, self.rho))


class Bounded:
    """Means of vectors within known bounds: no assumption but these, at any number of draws."""

    def __init__(self, alpha: float, low: float, high: float) -> None:
        self.alpha, self.low, self.width = alpha, low, high - low
        self.n = 0
        self._state: list[Any] = []

    def add(self, draws: Vector) -> None:
        """Rows of draws; the weight of each follows from those before it."""
        if not self._state:
            zero = np.zeros(draws.shape[1])
            self._state = [zero + 0.5, zero + 0.25, zero.copy(), zero.copy(), zero.copy(), zero.copy(), zero.copy()]
        total, spread, weights, weighted, price, plain, squares = self._state
        for row in (draws - self.low) / self.width:
            self.n += 1
            n = self.n
            centre, variance = total / n, spread / n
            bet = np.minimum(np.sqrt(2 * log(2 / self.alpha) / (variance * n * log(n + 1))), 0.5)
            price = price + 4 * (row - centre) ** 2 * (-np.log1p(-bet) - bet) / 4
            weights, weighted = weights + bet, weighted + bet * row
            total = total + row
            spread = spread + (row - total / (n + 1)) ** 2
            plain, squares = plain + row, squares + row**2
        self._state = [total, spread, weights, weighted, price, plain, squares]

    @property
    def mean(self) -> Vector:
        """The centre of the interval."""
        return np.asarray(self.low + self.width * self._state[3] / self._state[2])

    @property
    def deviation(self) -> Vector:
        plain, squares = self._state[5] / self.n, self._state[6] / self.n
        return np.asarray(self.width * np.sqrt(np.maximum(squares - plain**2, 0)))

    def ready(self) -> bool:
        return True

    def half(self) -> Vector:
        """Half widths of the intervals."""
        return np.asarray(self.width * (log(2 / self.alpha) + self._state[4]) / self._state[2])
