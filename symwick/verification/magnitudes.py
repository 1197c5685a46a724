"""Values of circuits together with Σ|terms|: how large the numbers are that a value is the sum of.

A rounded sum is wrong by so many units of its largest terms, whatever is left of them once they cancel. An error is therefore
measured in Σ|terms|: the value of the form once every weight, constant and argument is replaced by its absolute value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import sympy

from symwick.algebra.numbers import ratio, to_flint, to_sympy
from symwick.algebra.symbolic import Symbolic, expression
from symwick.algebra.symbolic_reading import element
from symwick.circuits.circuit import Circuit
from symwick.circuits.gates import EVALUATE, Gate
from symwick.circuits.named_functions import derivative
from symwick.errors import InvalidArgument

__all__ = ["MAGNITUDE", "Pair", "digits_of", "value_and_magnitude"]

Pair = tuple[Any, Any]
"""A value of the exact ring, and the Σ|terms| it is made of, a rational."""

_DIGITS = 50
"""Correct digits of values that are no rational numbers."""

_LARGEST = sympy.Float("1e300")
"""Beyond this no float64 could follow."""

_T = sympy.Symbol("t")


def digits_of(value: Any) -> Any:
    """An element of the exact ring as a rational, rounded where it is none, after 50 correct digits.

    >>> digits_of(to_flint("1/3"))
    1/3
    """
    if not isinstance(value, Symbolic):
        return to_flint(value)
    number = sympy.N(expression(value), _DIGITS)
    if not number.is_Float or not number.is_finite or abs(number) > _LARGEST:
        raise InvalidArgument(f"Argument 'exact' must have a finite real value at the point, not {number}.")
    return to_flint(Fraction(str(number)) if abs(number) > 1 / _LARGEST else 0)


def _values(pairs: Sequence[Pair]) -> list[Any]:
    return [value for value, _ in pairs]


def _sum(gate: Gate, pairs: Sequence[Pair], coerce: Callable[[Any], Any]) -> Any:
    terms = zip(gate.weights, gate.args, strict=True)
    return sum((abs(coerce(weight)) * pairs[a][1] for weight, a in terms), abs(coerce(gate.payload)))


def _product(gate: Gate, pairs: Sequence[Pair], coerce: Callable[[Any], Any]) -> Any:
    total = pairs[gate.args[0]][1]
    for a in gate.args[1:]:
        total = total * pairs[a][1]
    return total


def _reciprocal(gate: Gate, pairs: Sequence[Pair], coerce: Callable[[Any], Any]) -> Any:
    value, size = pairs[gate.args[0]]
    number = abs(digits_of(value))
    return size / (number * number)


@cache
def _slope(name: str) -> sympy.Expr | None:
    """The derivative of a named function at _T; None for steps, and for the largest and smallest of several."""
    return derivative(name, [_T], 0)


def _function(gate: Gate, pairs: Sequence[Pair], coerce: Callable[[Any], Any]) -> Any:
    """|f(a)| + |f'(a)| Σ|terms of a|: what rounding the argument does to the value."""
    own = abs(digits_of(EVALUATE["function"](gate, _values(pairs), coerce)))
    sizes = [pairs[a][1] for a in gate.args]
    slope = _slope(gate.payload)
    if slope is None:
        return own if gate.payload in ("sign", "floor", "ceiling") else max(own, *sizes)
    at = slope.subs(_T, to_sympy(digits_of(pairs[gate.args[0]][0])))
    return own + abs(digits_of(element(at))) * sizes[0]


def _table(gate: Gate, pairs: Sequence[Pair], coerce: Callable[[Any], Any]) -> Any:
    return abs(digits_of(EVALUATE["table"](gate, _values(pairs), coerce)))


def _no_input(gate: Gate, pairs: Sequence[Pair], coerce: Callable[[Any], Any]) -> Any:
    raise RuntimeError("inputs get their values from the caller")  # internal: Circuit.run never asks for it


MAGNITUDE: dict[str, Callable[[Gate, Sequence[Pair], Callable[[Any], Any]], Any]] = {
    "input": _no_input,
    "constant": lambda gate, pairs, coerce: abs(coerce(gate.payload)),
    "sum": _sum,
    "product": _product,
    "power": lambda gate, pairs, coerce: pairs[gate.args[0]][1] ** gate.payload,
    "reciprocal": _reciprocal,
    "table": _table,
    "function": _function,
}
"""Σ|terms| of a gate from the pairs of its arguments."""


def _rule(op: str) -> Callable[[Gate, Sequence[Pair], Callable[[Any], Any]], Pair]:
    value, magnitude = EVALUATE[op], MAGNITUDE[op]

    def both(gate: Gate, pairs: Sequence[Pair], coerce: Callable[[Any], Any]) -> Pair:
        return value(gate, _Firsts(pairs), coerce), magnitude(gate, pairs, coerce)

    return both


class _Firsts(Sequence[Any]):
    """The values of a growing list of pairs, without a copy for every gate."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._pairs = pairs

    def __getitem__(self, position: Any) -> Any:
        return self._pairs[position][0]

    def __len__(self) -> int:
        return len(self._pairs)


_BOTH = {op: _rule(op) for op in EVALUATE}


def value_and_magnitude(circuit: Circuit, inputs: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """{output: (value, Σ|terms|)} at exact values of the inputs, both rationals.

    >>> circuit = Circuit.from_expr({"out": "x*y - 3*x"}, ["x", "y"])
    >>> value_and_magnitude(circuit, {"x": to_flint(-2), "y": to_flint(3)})
    {'out': (0, 12)}

    Raises InvalidArgument where there is no finite real value (a division by 0).
    """
    pairs = {name: (value, abs(digits_of(value))) for name, value in inputs.items()}
    found = circuit.run(pairs, to_flint, _BOTH)
    return {name: (digits_of(value), size if size else ratio(0, 1)) for name, (value, size) in found.items()}
