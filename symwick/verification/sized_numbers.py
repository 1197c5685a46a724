"""Numbers that carry Σ|terms| along, for callables: sums add it, products multiply it, whatever cancels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symwick.algebra.numbers import to_fraction
from symwick.errors import SymwickError

__all__ = ["Sized", "magnitude_of_call"]


class Sized:
    """An exact value and the size of the terms it is made of; compares by its value.

    >>> x = Sized(Fraction(3), Fraction(3))
    >>> (x - 3).value, (x - 3).size, ((x - 1) * x).size
    (Fraction(0, 1), Fraction(6, 1), Fraction(12, 1))
    """

    __slots__ = ("size", "value")

    def __init__(self, value: Fraction, size: Fraction) -> None:
        self.value, self.size = value, size

    @classmethod
    def of(cls, other: Any) -> Sized:
        if isinstance(other, Sized):
            return other
        value = to_fraction(other)
        return cls(value, abs(value))

    def __add__(self, other: Any) -> Sized:
        other = Sized.of(other)
        return Sized(self.value + other.value, self.size + other.size)

    def __sub__(self, other: Any) -> Sized:
        other = Sized.of(other)
        return Sized(self.value - other.value, self.size + other.size)

    def __rsub__(self, other: Any) -> Sized:
        return Sized.of(other) - self

    def __mul__(self, other: Any) -> Sized:
        other = Sized.of(other)
        return Sized(self.value * other.value, self.size * other.size)

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Sized:
        other = Sized.of(other)
        return Sized(self.value / other.value, self.size * other.size / other.value**2)

    def __rtruediv__(self, other: Any) -> Sized:
        return Sized.of(other) / self

    def __pow__(self, exponent: int) -> Sized:
        if exponent < 0:
            return 1 / self**-exponent
        return Sized(self.value**exponent, self.size**exponent)

    def __neg__(self) -> Sized:
        return Sized(-self.value, self.size)

    def __pos__(self) -> Sized:
        return self

    def __abs__(self) -> Sized:
        return Sized(abs(self.value), self.size)

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, Sized) else other)

    __hash__ = None  # type: ignore[assignment]  # a number on its way, not a key

    def __lt__(self, other: Any) -> bool:
        return self.value < Sized.of(other).value

    def __le__(self, other: Any) -> bool:
        return self.value <= Sized.of(other).value

    def __gt__(self, other: Any) -> bool:
        return self.value > Sized.of(other).value

    def __ge__(self, other: Any) -> bool:
        return self.value >= Sized.of(other).value

    def __bool__(self) -> bool:
        return bool(self.value)


def magnitude_of_call(
    call: Callable[[Mapping[str, Any]], Sequence[Any]], values: Mapping[str, Fraction], exact: Sequence[Fraction]
) -> list[Fraction]:
    """Σ|terms| of what a callable returns, from a run on :class:`Sized` numbers.

    Where the callable wants plain numbers, what a nudge of the arguments does to the value takes its place.
    """
    try:
        found = call({name: Sized(value, abs(value)) for name, value in values.items()})
        return [max(Sized.of(size).size, abs(value)) for size, value in zip(found, exact, strict=True)]
    except (ArithmeticError, AttributeError, TypeError, ValueError, SymwickError):
        return _by_nudges(call, values, exact)


def _by_nudges(
    call: Callable[[Mapping[str, Any]], Sequence[Any]], values: Mapping[str, Fraction], exact: Sequence[Fraction]
) -> list[Fraction]:
    nudge = 2**20
    sizes = [abs(value) for value in exact]
    for name, value in values.items():
        try:
            near = [to_fraction(v) for v in call({**values, name: value * (1 + Fraction(1, nudge))})]
        except (ArithmeticError, SymwickError):
            continue
        sizes = [size + abs(n - v) * nudge for size, n, v in zip(sizes, near, exact, strict=True)]
    return sizes
