"""Floats that know their error: scalar and array arithmetic with a rigorous running-error bound.

A ball (value, radius) stands for every real number within ``radius`` of ``value``. Each operation returns a ball that
holds every result of the exact operation on members of its arguments. With u = 2^-53 a rounded result r̂ of an exact r has
|r̂ − r| ≤ u·|r̂| + 2^-1075 (round to nearest, subnormals included); radii are themselves computed in floats and therefore
inflated by a few units of u. See Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from symwick.algebra.numbers import to_fraction
from symwick.errors import InvalidArgument

__all__ = ["Ball", "BallArray", "concatenate", "element"]

_U = 2.0**-53
_TINY = 5e-324  # the smallest subnormal: bounds what underflow loses
_SLACK = 1 + 16 * _U  # covers the roundings of the few float operations that compute one radius


@dataclass(frozen=True, slots=True)
class Ball:
    """A float with a bound of its absolute error.

    >>> third = Ball.of("1/3")
    >>> abs(Fraction(third.value) - Fraction(1, 3)) <= Fraction(third.radius)
    True
    """

    value: float
    radius: float

    @classmethod
    def of(cls, number: Any) -> Ball:
        """The ball of an exact number: the nearest float, with radius 0 where it is that number."""
        if isinstance(number, Ball):
            return number
        if isinstance(number, float):
            return cls(float(number), 0.0)
        exact = to_fraction(number)
        try:
            value = float(exact)
        except OverflowError:
            raise InvalidArgument("A number of more than 1.8e308 has no float64; use ring='exact'.") from None
        return cls(value, 0.0 if Fraction(value) == exact else abs(value) * _U * _SLACK + _TINY)

    def __add__(self, other: Ball) -> Ball:
        if not other:
            return self
        if not self:
            return other
        value = self.value + other.value
        return Ball(value, (self.radius + other.radius + abs(value) * _U) * _SLACK + _TINY)

    def __sub__(self, other: Ball) -> Ball:
        if not other:
            return self
        value = self.value - other.value
        return Ball(value, (self.radius + other.radius + abs(value) * _U) * _SLACK + _TINY)

    def __mul__(self, other: Ball) -> Ball:
        if not self or not other:
            return Ball(0.0, 0.0)
        if other.value == 1.0 and other.radius == 0.0:
            return self
        if self.value == 1.0 and self.radius == 0.0:
            return other
        value = self.value * other.value
        radius = abs(self.value) * other.radius + self.radius * (abs(other.value) + other.radius) + abs(value) * _U
        return Ball(value, radius * _SLACK + 3 * _TINY)

    def reciprocal(self) -> Ball:
        """1/x. Raises InvalidArgument where 0 lies within the radius, or 1/x has no float64.

        >>> Ball(4.0, 0.0).reciprocal().contains("1/4")
        True
        """
        size = abs(self.value)
        if size <= self.radius:
            raise InvalidArgument(f"A value must not be divided by {self.value} within {self.radius}, which may be 0.")
        value = 1.0 / self.value
        spread = (self.radius / size + _TINY) / (size - self.radius)  # one after the other: size² may underflow
        if max(abs(value), spread) == float("inf"):
            raise InvalidArgument(f"1/{self.value} is more than 1.8e308 and has no float64; use ring='exact'.")
        return Ball(value, (spread + abs(value) * _U) * _SLACK + _TINY)

    def __neg__(self) -> Ball:
        return Ball(-self.value, self.radius)

    def __bool__(self) -> bool:
        """False only for an exact zero."""
        return self.value != 0.0 or self.radius != 0.0

    def contains(self, number: Any) -> bool:
        """Whether the exact number lies within the ball."""
        return abs(Fraction(self.value) - to_fraction(number)) <= Fraction(self.radius)


class BallArray:
    """An array of balls; the few array operations that the dense algorithms use.

    >>> a = BallArray.of([Fraction(1, 3), Fraction(1)])
    >>> (a + a).value.tolist()
    [0.6666666666666666, 2.0]
    """

    __slots__ = ("radius", "value")

    def __init__(self, value: npt.NDArray[np.float64], radius: npt.NDArray[np.float64]) -> None:
        self.value = value
        self.radius = radius

    @classmethod
    def of(cls, numbers: Any) -> BallArray:
        """From floats (taken as exact) or from an array or sequence of exact numbers, rounded."""
        if isinstance(numbers, BallArray):
            return numbers
        array = np.asarray(numbers)
        if array.dtype == np.float64:
            return cls(array, np.zeros(array.shape))
        balls = [Ball.of(number) for number in array.ravel()]
        value = np.array([ball.value for ball in balls], dtype=float).reshape(array.shape)
        radius = np.array([ball.radius for ball in balls], dtype=float).reshape(array.shape)
        return cls(value, radius)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def ndim(self) -> int:
        return self.value.ndim

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: Any) -> BallArray:
        return BallArray(self.value[index], self.radius[index])

    def __setitem__(self, index: Any, other: BallArray) -> None:
        self.value[index] = other.value
        self.radius[index] = other.radius

    def item(self, *index: int) -> Ball:
        """One element as a scalar ball."""
        return Ball(float(self.value[index]), float(self.radius[index]))

    def reshape(self, *shape: Any) -> BallArray:
        return BallArray(self.value.reshape(*shape), self.radius.reshape(*shape))

    def transpose(self, *axes: Any) -> BallArray:
        return BallArray(self.value.transpose(*axes), self.radius.transpose(*axes))

    def __add__(self, other: BallArray) -> BallArray:
        value = self.value + other.value
        return BallArray(value, (self.radius + other.radius + np.abs(value) * _U) * _SLACK + _TINY)

    def __sub__(self, other: BallArray) -> BallArray:
        value = self.value - other.value
        return BallArray(value, (self.radius + other.radius + np.abs(value) * _U) * _SLACK + _TINY)

    def __neg__(self) -> BallArray:
        return BallArray(-self.value, self.radius)

    def __mul__(self, other: BallArray) -> BallArray:
        value = self.value * other.value
        radius = np.abs(self.value) * other.radius + self.radius * (np.abs(other.value) + other.radius)
        radius += np.abs(value) * _U
        radius *= _SLACK
        radius += 3 * _TINY
        return BallArray(value, radius)

    def sum(self, axis: int) -> BallArray:
        """Sum over an axis, whatever order NumPy adds in: the error is at most (n−1)·u·Σ|x| to first order."""
        n = self.value.shape[axis]
        absolute = np.abs(self.value).sum(axis=axis)
        gamma = n * _U * (1 + 2 * n * _U)
        radius = (self.radius.sum(axis=axis) + gamma * absolute) * (1 + 4 * n * _U) * _SLACK + _TINY
        return BallArray(self.value.sum(axis=axis), radius)

    def reduceat(self, starts: npt.NDArray[np.intp], longest: int, axis: int) -> BallArray:
        """Sums over runs that begin at ``starts``; no run is longer than ``longest``."""
        absolute = np.add.reduceat(np.abs(self.value), starts, axis=axis)
        gamma = longest * _U * (1 + 2 * longest * _U)
        spread = np.add.reduceat(self.radius, starts, axis=axis)
        radius = (spread + gamma * absolute) * (1 + 4 * longest * _U) * _SLACK + _TINY
        return BallArray(np.add.reduceat(self.value, starts, axis=axis), radius)


def concatenate(arrays: Sequence[Any], axis: int = 0) -> Any:
    """``numpy.concatenate`` for plain arrays and for ball arrays."""
    if isinstance(arrays[0], BallArray):
        return BallArray(
            np.concatenate([a.value for a in arrays], axis=axis), np.concatenate([a.radius for a in arrays], axis=axis)
        )
    return np.concatenate(arrays, axis=axis)


def element(array: Any, index: tuple[int, ...]) -> Any:
    """One element of a plain array (or of what NumPy makes of a single number) or of a ball array."""
    return array.item(*index) if isinstance(array, BallArray) else np.asarray(array)[index]
