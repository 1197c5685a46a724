"""Gates: what a node of a circuit is. A gate is only a name; each meaning of it is a table from name to rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import to_sympy

__all__ = ["EVALUATE", "GATE_NAMES", "SYMPY", "Gate"]

GATE_NAMES = ("input", "constant", "sum", "product")
"""The closed set of gate names. Every table below has a rule for each of them; a test holds this."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One immutable record of the arena.

    ``input``: ``payload`` is the name. ``constant``: ``payload`` is the number. ``sum``: Σ weights[j]·args[j] + payload.
    ``product``: the product of ``args`` in order. Arguments are positions of earlier gates.
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


EVALUATE: dict[str, Rule] = {
    "input": _no_input,
    "constant": lambda gate, values, coerce: coerce(gate.payload),
    "sum": _sum,
    "product": _product,
}
"""Value of a gate in any ring whose elements bring ``+`` and ``*``."""


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


SYMPY: dict[str, Rule] = {
    "input": _no_input,
    "constant": lambda gate, values, coerce: _number(gate.payload),
    "sum": _sum_sympy,
    "product": lambda gate, values, coerce: sympy.Mul(*(values[argument] for argument in gate.args)),
}
"""sympy expression of a gate, not expanded."""
