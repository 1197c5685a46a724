"""Gates: what a node of a circuit is. A gate is only a name; each meaning of it is a table from name to rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product as points_of
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import to_fraction, to_sympy
from symwick.algebra.symbolic import Symbolic, reciprocal
from symwick.circuits.named_functions import FUNCTIONS, apply
from symwick.errors import InvalidArgument

__all__ = ["EVALUATE", "GATE_NAMES", "MAX_EXPONENT", "SIZE", "SYMPY", "Gate", "Table"]

GATE_NAMES = ("input", "constant", "sum", "product", "power", "reciprocal", "table", "function")
"""The closed set of gate names. Every table of rules has a rule for each of them; a test holds this."""


MAX_EXPONENT = 1_000_000
"""The largest exponent of a power gate."""


_MOST_BITS = 10**9
"""Bits of the largest power that is worked out."""


@dataclass(frozen=True, slots=True)
class Table:
    """A function given by its values on a grid: ``values[r]`` belongs to the r-th point of the product of ``points``."""

    points: tuple[tuple[Any, ...], ...]
    values: tuple[Any, ...]

    def position(self, values: Sequence[Any]) -> int:
        """The row of a point. Raises InvalidArgument off the grid."""
        row = 0
        for value, axis in zip(values, self.points, strict=True):
            if value not in axis:
                shown = ", ".join(map(str, axis[:12]))
                raise InvalidArgument(
                    f"Argument 'point' must lie on the grid of a table: a coordinate is one of {shown}, not {value}."
                )
            row = row * len(axis) + axis.index(value)
        return row


@dataclass(frozen=True, slots=True)
class Gate:
    """One immutable record of the arena.

    ``input``: ``payload`` is the name. ``constant``: ``payload`` is the number. ``sum``: Σ weights[j]·args[j] + payload.
    ``product``: the product of ``args`` in order. ``power``: args[0]^payload, an integer of at least 2: the
    left-to-right chain of products, where the order of products matters. ``reciprocal``: 1/args[0]. ``table``: the value of
    the :class:`Table` ``payload`` at ``args``. ``function``: the named function ``payload`` of ``args``. Arguments are
    positions of earlier gates.
    """

    op: str
    args: tuple[int, ...] = ()
    weights: tuple[Any, ...] = ()
    payload: Any = None


Rule = Callable[[Gate, Sequence[Any], Callable[[Any], Any]], Any]


def _sum(gate: Gate, values: Sequence[Any], coerce: Callable[[Any], Any]) -> Any:
    total = coerce(gate.payload)
    for weight, argument in zip(gate.weights, gate.args, strict=True):
        total = total + (values[argument] if weight == 1 else values[argument] * coerce(weight))
    return total


def _product(gate: Gate, values: Sequence[Any], coerce: Callable[[Any], Any]) -> Any:
    total = values[gate.args[0]]
    for argument in gate.args[1:]:
        total = total * values[argument]
    return total


def _no_input(gate: Gate, values: Sequence[Any], coerce: Callable[[Any], Any]) -> Any:
    raise RuntimeError("inputs get their values from the caller")  # internal: Circuit.run never asks for it


def _power(gate: Gate, values: Sequence[Any], coerce: Callable[[Any], Any]) -> Any:
    base, total = values[gate.args[0]], None
    exponent = gate.payload
    if hasattr(base, "height_bits") and abs(base) != 1 and base.height_bits() * exponent > _MOST_BITS:
        raise InvalidArgument(f"Power {exponent:,} of a number of {base.height_bits():,} bits is too long to be written out.")
    while exponent:
        if exponent & 1:
            total = base if total is None else total * base
        exponent >>= 1
        if exponent:
            base = base * base
    return total


def _reciprocal(gate: Gate, values: Sequence[Any], coerce: Callable[[Any], Any]) -> Any:
    value = values[gate.args[0]]
    if not value:
        raise InvalidArgument("Argument 'f' must have a finite real value: it divides by 0 at this point.")
    if isinstance(value, Ball):
        return value.reciprocal()
    return reciprocal(value)


def _table(gate: Gate, values: Sequence[Any], coerce: Callable[[Any], Any]) -> Any:
    arguments = [values[argument] for argument in gate.args]
    if any(isinstance(value, Symbolic) for value in arguments):
        raise InvalidArgument("Argument 'point' must give numbers: a table has no values at symbols.")
    if any(isinstance(value, Ball) and value.radius for value in arguments):
        raise InvalidArgument("A table is not evaluated at values with an error in float64; derive exactly.")
    point = [to_fraction(value.value if isinstance(value, Ball) else value) for value in arguments]
    return coerce(gate.payload.values[gate.payload.position(point)])


EVALUATE: dict[str, Rule] = {
    "input": _no_input,
    "constant": lambda gate, values, coerce: coerce(gate.payload),
    "sum": _sum,
    "product": _product,
    "power": _power,
    "reciprocal": _reciprocal,
    "table": _table,
    "function": lambda gate, values, coerce: apply(gate.payload, [values[argument] for argument in gate.args]),
}
"""Value of a gate: elements of the exact ring, symbols included, or balls."""


def _number(value: Any) -> sympy.Expr:
    return sympy.Float(value.value, 17) if isinstance(value, Ball) else to_sympy(value)


def _sum_sympy(gate: Gate, values: Sequence[Any], coerce: Callable[[Any], Any]) -> Any:
    terms = [
        values[argument] if w == 1 else _scaled(_number(w), values[argument])
        for w, argument in zip(gate.weights, gate.args, strict=True)
    ]
    return sympy.Add(*terms, _number(gate.payload))


def _scaled(weight: sympy.Expr, value: sympy.Expr) -> sympy.Expr:
    # Mul distributes a number over a sum by itself, which would undo the structure (x - p)(y - q)
    return sympy.Mul(weight, value, evaluate=False) if value.is_Add else weight * value


def _table_sympy(gate: Gate, values: Sequence[Any], coerce: Callable[[Any], Any]) -> Any:
    """A sum of indicators."""
    total = []
    for point, value in zip(points_of(*gate.payload.points), gate.payload.values, strict=True):
        if value:
            conditions = [sympy.Eq(values[a], to_sympy(x)) for a, x in zip(gate.args, point, strict=True)]
            total.append(_number(value) * sympy.Piecewise((1, sympy.And(*conditions)), (0, True)))
    return sympy.Add(*total)


SYMPY: dict[str, Rule] = {
    "input": _no_input,
    "constant": lambda gate, values, coerce: _number(gate.payload),
    "sum": _sum_sympy,
    "product": lambda gate, values, coerce: sympy.Mul(*(values[argument] for argument in gate.args)),
    "power": lambda gate, values, coerce: sympy.Pow(values[gate.args[0]], gate.payload),
    "reciprocal": lambda gate, values, coerce: sympy.Pow(values[gate.args[0]], -1),
    "table": _table_sympy,
    "function": lambda gate, values, coerce: FUNCTIONS[gate.payload](*(values[argument] for argument in gate.args)),
}
"""sympy expression of a gate, not expanded."""


def _total_size(gate: Gate, values: Sequence[int], coerce: Callable[[Any], Any]) -> int:
    return 1 + sum(values[argument] for argument in gate.args)


SIZE: dict[str, Rule] = {
    "input": lambda gate, values, coerce: 1,
    "constant": lambda gate, values, coerce: 1,
    "sum": _total_size,
    "product": _total_size,
    "power": _total_size,
    "reciprocal": _total_size,
    "table": lambda gate, values, coerce: len(gate.payload.values) * (1 + sum(values[a] for a in gate.args)),
    "function": _total_size,
}
"""Number of symbols and operations of a gate when it is written out, shared parts as often as they occur."""
