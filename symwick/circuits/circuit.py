"""The circuit: an immutable DAG of gates in one flat arena; the only intermediate representation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import Number, from_flint, to_flint
from symwick.circuits.gates import EVALUATE, GATE_NAMES, SYMPY, Gate
from symwick.errors import InvalidArgument

__all__ = ["Builder", "Circuit"]


class Circuit:
    """Gates in an order in which arguments come first; ``outputs`` names some of them.

    >>> build = Builder()
    >>> x, y = build.input("x"), build.input("y")
    >>> c = build.finish({"out": build.sum([(2, build.product([x, y]))], 3)})
    >>> c
    <Circuit: 2 inputs, 2 gates, outputs out>
    >>> c.evaluate({"x": 5, "y": "1/2"})
    {'out': 8}
    """

    __slots__ = ("gates", "inputs", "outputs")

    def __init__(self, gates: Iterable[Gate], outputs: Mapping[str, int]) -> None:
        self.gates = tuple(gates)
        self.inputs = tuple(gate.payload for gate in self.gates if gate.op == "input")
        self.outputs = dict(outputs)

    def check(self) -> Circuit:
        """The circuit itself, once every rule of the arena has been seen to hold."""
        for position, gate in enumerate(self.gates):
            if gate.op not in GATE_NAMES:
                raise InvalidArgument(f"Gate {position} must be one of {', '.join(GATE_NAMES)}, not {gate.op!r}.")
            if any(not 0 <= argument < position for argument in gate.args):
                raise InvalidArgument(f"Gate {position} must have earlier gates as arguments, not {gate.args}.")
            if gate.op == "sum" and len(gate.weights) != len(gate.args):
                raise InvalidArgument(f"Gate {position} must have one weight for each argument.")
            if gate.op == "product" and not gate.args:
                raise InvalidArgument(f"Gate {position} must be a product of at least one argument.")
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
    ) -> dict[str, Any]:
        """Values of the outputs in any ring; ``coerce`` brings constants into it."""
        results: list[Any] = []
        for gate in self.gates:
            if gate.op == "input":
                results.append(values[gate.payload])
            else:
                results.append(rules[gate.op](gate, results, coerce))
        return {name: results[position] for name, position in self.outputs.items()}

    def evaluate(self, point: Mapping[str, Any]) -> dict[str, Number]:
        """Exact values of the outputs at a point ``{input: exact number}``."""
        missing = [name for name in self.inputs if name not in point]
        if missing:
            raise InvalidArgument(f"Argument 'point' must give every input; it lacks {', '.join(missing)}.")
        values = {name: to_flint(point[name], name) for name in self.inputs}
        return {name: from_flint(value) for name, value in self.run(values, to_flint).items()}

    def to_sympy(self, leaves: Mapping[str, sympy.Expr]) -> dict[str, sympy.Expr]:
        """The outputs as sympy expressions, not expanded, with expressions put for the inputs."""
        return self.run(leaves, to_flint, SYMPY)

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


class Builder:
    """Builds an arena; equal gates are made once (interned by value), constants are folded."""

    def __init__(self) -> None:
        self._gates: list[Gate] = []
        self._positions: dict[Gate, int] = {}
        self.zero = self.constant(0)
        self.one = self.constant(1)

    def _intern(self, gate: Gate) -> int:
        position = self._positions.get(gate)
        if position is None:
            position = self._positions[gate] = len(self._gates)
            self._gates.append(gate)
        return position

    def _constant(self, node: int) -> Any:
        gate = self._gates[node]
        return gate.payload if gate.op == "constant" else None

    def input(self, name: str) -> int:
        """The input of that name."""
        return self._intern(Gate("input", payload=name))

    def constant(self, value: Any) -> int:
        """A constant: an exact number, or a ball in a float64 form."""
        return self._intern(Gate("constant", payload=_number(value)))

    def sum(self, terms: Iterable[tuple[Any, int]], constant: Any = 0) -> int:
        """Σ weight·node + constant; zero weights go, constants are added up, equal nodes are collected."""
        collected: dict[int, Any] = {}
        rest = _number(constant)
        for weight, node in terms:
            weight = _number(weight)
            value = self._constant(node)
            if value is not None:
                rest = _add(rest, _mul(weight, value))
            else:
                collected[node] = _add(collected[node], weight) if node in collected else weight
        kept = {node: weight for node, weight in collected.items() if weight}
        if not kept:
            return self.constant(rest)
        if len(kept) == 1 and not rest:
            node, weight = next(iter(kept.items()))
            if weight == 1:
                return node
        return self._intern(Gate("sum", tuple(kept), tuple(kept.values()), rest))

    def product(self, nodes: Sequence[int]) -> int:
        """The product of nodes; constants are folded into one weight."""
        weight: Any = _number(1)
        factors: list[int] = []
        for node in nodes:
            value = self._constant(node)
            if value is None:
                factors.append(node)
            else:
                weight = _mul(weight, value)
        if not factors or not weight:
            return self.constant(weight)
        node = factors[0] if len(factors) == 1 else self._intern(Gate("product", tuple(factors)))
        return node if weight == 1 else self.sum([(weight, node)])

    def power(self, node: int, exponent: int) -> int:
        """A positive integer power, as the left-to-right chain of products that it is."""
        result = node
        for _ in range(exponent - 1):
            result = self.product([result, node])
        return result

    def finish(self, outputs: Mapping[str, int]) -> Circuit:
        """The circuit of the gates that the outputs need."""
        needed: set[int] = set()
        stack = list(outputs.values())
        while stack:
            node = stack.pop()
            if node not in needed:
                needed.add(node)
                stack.extend(self._gates[node].args)
        order = sorted(needed)
        position = {node: i for i, node in enumerate(order)}
        gates = []
        for node in order:
            gate = self._gates[node]
            gates.append(Gate(gate.op, tuple(position[a] for a in gate.args), gate.weights, gate.payload))
        return Circuit(gates, {name: position[node] for name, node in outputs.items()})


def _number(value: Any) -> Any:
    return value if isinstance(value, Ball) else to_flint(value)


def _add(a: Any, b: Any) -> Any:
    return Ball.of(a) + Ball.of(b) if isinstance(a, Ball) or isinstance(b, Ball) else a + b


def _mul(a: Any, b: Any) -> Any:
    return Ball.of(a) * Ball.of(b) if isinstance(a, Ball) or isinstance(b, Ball) else a * b
