"""Numbers that remember how they were made, for derivatives in reverse: a recursion run over them differentiates itself.

A :class:`Recorded` number has a value in any ring and the numbers that it was made from, each with the partial derivative. What a
recursion keeps is made a leaf, and its partial derivatives by earlier leaves are all that stays of the way to it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import count
from typing import Any

__all__ = ["Recorded", "Tape"]


_indices = count()


class Recorded:
    """A value with (number, partial derivative) pairs; a leaf has a name instead.

    It is true whatever its value: a factor that is 0 must not be skipped, its derivative need not be.
    """

    __slots__ = ("index", "made_of", "name", "value")

    def __init__(self, value: Any, made_of: tuple[tuple[Recorded, Any], ...] = (), name: Hashable = None) -> None:
        self.value, self.made_of, self.name = value, made_of, name
        self.index = next(_indices)  # later numbers are made of earlier ones

    def __add__(self, other: Any) -> Recorded:
        if isinstance(other, Recorded):
            return Recorded(self.value + other.value, ((self, 1), (other, 1)))
        return Recorded(self.value + other, ((self, 1),))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Recorded:
        if isinstance(other, Recorded):
            return Recorded(self.value - other.value, ((self, 1), (other, -1)))
        return Recorded(self.value - other, ((self, 1),))

    def __rsub__(self, other: Any) -> Recorded:
        return Recorded(other - self.value, ((self, -1),))

    def __mul__(self, other: Any) -> Recorded:
        if isinstance(other, Recorded):
            return Recorded(self.value * other.value, ((self, other.value), (other, self.value)))
        return Recorded(self.value * other, ((self, other),))

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return True

    def slopes(self) -> dict[Hashable, Any]:
        """Partial derivatives by the leaves, by name."""
        reached = {self.index: self}
        pending = [self]
        while pending:
            for made, _ in pending.pop().made_of:
                if made.index not in reached:
                    reached[made.index] = made
                    pending.append(made)
        adjoint: dict[int, Any] = {self.index: 1}
        found: dict[Hashable, Any] = {}
        for index in sorted(reached, reverse=True):
            number = reached[index]
            if number.name is not None:
                found[number.name] = found.get(number.name, 0) + adjoint[index]
            for made, partial in number.made_of:
                adjoint[made.index] = adjoint.get(made.index, 0) + adjoint[index] * partial
        return found


class Tape:
    """Leaves in the order in which they were kept, with their partial derivatives by earlier ones."""

    def __init__(self) -> None:
        self.slopes: dict[Hashable, dict[Hashable, Any]] = {}

    def leaf(self, name: Hashable, value: Any) -> Recorded:
        """A parameter."""
        self.slopes[name] = {}
        return Recorded(value, name=name)

    def keep(self, name: Hashable, number: Any) -> Recorded:
        """A number that was computed, as a leaf."""
        if not isinstance(number, Recorded):
            return self.leaf(name, number)
        self.slopes[name] = number.slopes()
        return Recorded(number.value, name=name)

    def backward(self, name: Hashable, wanted: Iterable[Hashable]) -> dict[Hashable, Any]:
        """Derivatives of what was kept under a name by some leaves; one pass over the tape.

        >>> tape = Tape()
        >>> x, y = tape.leaf("x", 3), tape.leaf("y", 5)
        >>> square = tape.keep("square", x * x + y)
        >>> tape.keep("out", square * square * y).value, tape.backward("out", ["x", "y"])
        (980, {'x': 840, 'y': 336})
        """
        adjoint: dict[Hashable, Any] = {name: 1}
        started = False
        for at in reversed(self.slopes):
            started = started or at == name
            if not started or at not in adjoint:
                continue
            slope = adjoint[at]
            for before, partial in self.slopes[at].items():
                adjoint[before] = adjoint.get(before, 0) + slope * partial
        return {leaf: adjoint.get(leaf, 0) for leaf in wanted}
