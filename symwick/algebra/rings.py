"""Commutative rings as objects: elements are plain data, operations are methods of the ring.

``FRACTION`` is the reference engine (pure Python), ``RATIONAL`` the fast one (python-flint; its elements may hold symbols,
:class:`~symwick.algebra.symbolic.Symbolic`), ``FLOAT64`` computes with floats that carry a rigorous bound of their error
(:class:`Ball`).
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, TypeVar

import flint

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import to_flint, to_fraction
from symwick.algebra.symbolic import Symbolic

__all__ = ["FLOAT64", "FRACTION", "RATIONAL", "Ring"]

T = TypeVar("T")


class Ring(Protocol[T]):
    """A commutative ring with one: primitive operations only, all else is derived from them."""

    @property
    def name(self) -> str: ...
    @property
    def zero(self) -> T: ...
    @property
    def one(self) -> T: ...
    def add(self, a: T, b: T, /) -> T: ...
    def sub(self, a: T, b: T, /) -> T: ...
    def mul(self, a: T, b: T, /) -> T: ...
    def is_zero(self, a: T, /) -> bool: ...
    def coerce(self, value: Any, /) -> T: ...


@dataclass(frozen=True, slots=True)
class _PythonRing:
    """A ring whose elements bring their own ``+ - *``."""

    name: str
    zero: Any
    one: Any
    coerce: Any

    add = staticmethod(operator.add)
    sub = staticmethod(operator.sub)
    mul = staticmethod(operator.mul)
    is_zero = staticmethod(operator.not_)

    def __repr__(self) -> str:
        return f"<ring {self.name}>"


def _exact(value: Any) -> Any:
    return value if isinstance(value, Symbolic) else to_flint(value)


FRACTION: Ring[Fraction] = _PythonRing("fraction", Fraction(0), Fraction(1), to_fraction)
RATIONAL: Ring[Any] = _PythonRing("exact", flint.fmpq(0), flint.fmpq(1), _exact)
FLOAT64: Ring[Ball] = _PythonRing("float64", Ball(0.0, 0.0), Ball(1.0, 0.0), Ball.of)
