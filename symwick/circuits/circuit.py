"""The circuit: an immutable DAG of gates in one flat arena; the only intermediate representation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import prod
from typing import Any

import sympy

from symwick.algebra.numbers import Number, to_flint
from symwick.algebra.symbolic import number_or_expression
from symwick.circuits.gates import EVALUATE, GATE_NAMES, SIZE, SYMPY, Gate, Table
from symwick.circuits.named_functions import FUNCTIONS
from symwick.errors import InvalidArgument

__all__ = ["Circuit", "Label"]

Label = tuple[str, str]
"""How a gate that has a name of its own is printed: text and LaTeX, ("Cov(x, y)", …)."""


class Circuit:
    """Gates in an order in which arguments come first; ``outputs`` names some of them, ``labels`` says how some are printed.

    >>> from symwick.circuits.builder import Builder
    >>> build = Builder()
    >>> x, y = build.input("x"), build.input("y")
    >>> c = build.finish({"out": build.sum([(2, build.product([x, y]))], 3)})
    >>> c
    <Circuit: 2 inputs, 2 gates, outputs out>
    >>> c.evaluate({"x": 5, "y": "1/2"})
    {'out': 8}
    """

    __slots__ = ("gates", "inputs", "labels", "outputs")

    def __init__(
        self, gates: Iterable[Gate], outputs: Mapping[str, int], labels: Mapping[int, Label] | None = None
    ) -> None:
        self.gates = tuple(gates)
        self.labels = dict(labels or {})
        self.inputs = tuple(gate.payload for gate in self.gates if gate.op == "input")
        self.outputs = dict(outputs)

    def check(self) -> Circuit:
        """The circuit itself, once every rule of the arena has been seen to hold."""
        for position, gate in enumerate(self.gates):
            if gate.op not in GATE_NAMES:
                raise InvalidArgument(f"Gate {position} must be one of {', '.join(GATE_NAMES)}, not {gate.op!r}.")
            if any(type(argument) is not int or not 0 <= argument < position for argument in gate.args):
                raise InvalidArgument(f"Gate {position} must have earlier gates as arguments, not {gate.args}.")
            if problem := _problem(gate):
                raise InvalidArgument(f"Gate {position} must {problem}")
        if len(set(self.inputs)) != len(self.inputs):
            raise InvalidArgument("Every input must have a name of its own.")
        for name, position in self.outputs.items():
            if not 0 <= position < len(self.gates):
                raise InvalidArgument(f"Output {name!r} must be a gate, not {position}.")
        return self

    def run(
        self,
        values: Mapping[str, Any],
        coerce: Callable[[Any], Any],
        rules: Mapping[str, Any] = EVALUATE,
        known: Mapping[int, Any] | None = None,
    ) -> dict[str, Any]:
        """Values of the outputs under a table of rules; ``coerce`` brings constants in, ``known`` gates are not worked out."""
        results: list[Any] = []
        for position, gate in enumerate(self.gates):
            if known and position in known:
                results.append(known[position])
            elif gate.op == "input":
                results.append(values[gate.payload])
            else:
                results.append(rules[gate.op](gate, results, coerce))
        return {name: results[position] for name, position in self.outputs.items()}

    def evaluate(self, point: Mapping[str, Any]) -> dict[str, Number | sympy.Expr]:
        """Exact values of the outputs at a point ``{input: exact number}``; expressions where constants such as exp(1) remain."""
        missing = [name for name in self.inputs if name not in point]
        if missing:
            raise InvalidArgument(f"Argument 'point' must give every input; it lacks {', '.join(missing)}.")
        values = {name: to_flint(point[name], name) for name in self.inputs}
        return {name: number_or_expression(value) for name, value in self.run(values, to_flint).items()}

    def to_sympy(
        self, leaves: Mapping[str, sympy.Expr], known: Mapping[int, sympy.Expr] | None = None
    ) -> dict[str, sympy.Expr]:
        """The outputs as sympy expressions, not expanded, with expressions put for the inputs (and for ``known`` gates)."""
        return self.run(leaves, to_flint, SYMPY, known)

    def written_size(self, known: Mapping[int, Any] | None = None) -> int:
        """Symbols and operations of all outputs written out, where the DAG shares nothing any more."""
        ones = dict.fromkeys(known or (), 1)
        return sum(self.run(dict.fromkeys(self.inputs, 1), int, SIZE, ones).values())

    def __len__(self) -> int:
        """The number of gates that are no inputs."""
        return len(self.gates) - len(self.inputs)

    def __repr__(self) -> str:
        names = ", ".join(list(self.outputs)[:6]) + (", …" if len(self.outputs) > 6 else "")
        return f"<Circuit: {len(self.inputs)} inputs, {len(self)} gates, outputs {names or 'none'}>"

    def __eq__(self, other: object) -> bool:
        """Same gates, same outputs. Circuits that compute the same need not be equal."""
        if not isinstance(other, Circuit):
            return NotImplemented
        return self.gates == other.gates and self.outputs == other.outputs

    def __hash__(self) -> int:
        return hash((self.gates, tuple(sorted(self.outputs.items()))))


def _problem(gate: Gate) -> str | None:
    """What is wrong with the shape of a gate, or None."""
    if gate.op == "sum" and len(gate.weights) != len(gate.args):
        return "have one weight for each argument."
    if gate.op == "product" and not gate.args:
        return "be a product of at least one argument."
    if gate.op in ("power", "reciprocal") and len(gate.args) != 1:
        return f"have one argument for a {gate.op}, not {len(gate.args)}."
    if gate.op == "power" and (not isinstance(gate.payload, int) or isinstance(gate.payload, bool) or gate.payload < 2):
        return f"have an integer of at least 2 as exponent, not {gate.payload!r}."
    if gate.op == "function" and gate.payload not in FUNCTIONS:
        return f"apply one of {', '.join(FUNCTIONS)}, not {gate.payload!r}."
    if gate.op == "function" and not gate.args:
        return "apply its function to at least one argument."
    if gate.op == "function" and len(gate.args) > 1 and gate.payload not in ("max", "min"):
        return f"apply {gate.payload} to one argument, not {len(gate.args)}."
    if gate.op == "table" and not (isinstance(gate.payload, Table) and len(gate.payload.points) == len(gate.args)):
        return "have a table with one axis for each argument."
    if gate.op == "table" and len(gate.payload.values) != prod(map(len, gate.payload.points)):
        return "have a table with one value for each point of its grid."
    if gate.op == "table" and any(len(set(axis)) != len(axis) for axis in gate.payload.points):
        return "have a table with the points of each axis once."
    return None
