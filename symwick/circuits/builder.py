"""Building circuits: equal gates are made once, constants are folded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import Symbolic, reciprocal
from symwick.circuits.circuit import Circuit, Label
from symwick.circuits.gates import EVALUATE, MAX_EXPONENT, Gate, Table
from symwick.circuits.named_functions import apply
from symwick.errors import InvalidArgument

__all__ = ["Builder"]


class Builder:
    """Builds an arena; equal gates are made once (interned by value), constants are folded."""

    def __init__(self) -> None:
        self._gates: list[Gate] = []
        self._positions: dict[Gate, int] = {}
        self._labels: dict[int, Label] = {}
        self.zero = self.constant(0)
        self.one = self.constant(1)

    def _intern(self, gate: Gate) -> int:
        position = self._positions.get(gate)
        if position is None:
            position = self._positions[gate] = len(self._gates)
            self._gates.append(gate)
        return position

    def gate(self, node: int) -> Gate:
        """The record of a node."""
        return self._gates[node]

    def number(self, node: int) -> Any:
        """The number that a node is, or None."""
        gate = self._gates[node]
        return gate.payload if gate.op == "constant" else None

    def label(self, node: int, label: Label) -> int:
        """The node itself, printed under a name from now on; the first name stays."""
        if self._gates[node].op not in ("input", "constant"):
            self._labels.setdefault(node, label)
        return node

    def input(self, name: str) -> int:
        """The input of that name."""
        return self._intern(Gate("input", payload=name))

    def constant(self, value: Any) -> int:
        """A constant: an exact number, or a ball in a float64 form."""
        return self._intern(Gate("constant", payload=_number(value)))

    def sum(self, terms: Iterable[tuple[Any, int]], constant: Any = 0) -> int:
        """Σ weight·node + constant; zero weights go, constants are added up, equal nodes and multiples of them are collected."""
        collected: dict[int, Any] = {}
        rest = _number(constant)
        for weight, node in terms:
            weight, gate = _number(weight), self._gates[node]
            if gate.op == "sum" and len(gate.args) == 1 and not gate.payload and node not in self._labels:
                weight, node = _mul(weight, gate.weights[0]), gate.args[0]
            value = self.number(node)
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
            value = self.number(node)
            if value is None:
                factors.append(node)
            else:
                weight = _mul(weight, value)
        if not factors or not weight:
            return self.constant(weight)
        node = factors[0] if len(factors) == 1 else self._intern(Gate("product", tuple(factors)))
        return node if weight == 1 else self.sum([(weight, node)])

    def power(self, node: int, exponent: int) -> int:
        """node^exponent for any integer exponent; a negative one is the reciprocal of the power."""
        if abs(exponent) > MAX_EXPONENT:
            raise InvalidArgument(f"Argument 'exponent' must be at most {MAX_EXPONENT:,} in size, not {exponent:,}.")
        if exponent < 0:
            return self.reciprocal(self.power(node, -exponent))
        if exponent == 0:
            return self.one
        value = self.number(node)
        if exponent == 1:
            return node
        if value is not None:
            return self.constant(EVALUATE["power"](Gate("power", (0,), (), exponent), [value], _number))
        gate = self._gates[node]
        if gate.op == "power" and gate.payload * exponent <= MAX_EXPONENT:
            return self._intern(Gate("power", gate.args, (), gate.payload * exponent))
        return self._intern(Gate("power", (node,), (), exponent))

    def reciprocal(self, node: int) -> int:
        """1/node. Raises InvalidArgument for the number 0: what a circuit multiplies by 0 is gone, 0 · (1/0) must not be."""
        value = self.number(node)
        if value is not None:
            return self.constant(value.reciprocal() if isinstance(value, Ball) else reciprocal(value))
        gate = self._gates[node]
        return gate.args[0] if gate.op == "reciprocal" else self._intern(Gate("reciprocal", (node,)))

    def function(self, name: str, nodes: Sequence[int]) -> int:
        """The named function of nodes; where all are numbers and so is the value, a constant."""
        values = [self.number(node) for node in nodes]
        if all(value is not None for value in values):
            result = apply(name, values)
            if not isinstance(result, Symbolic):
                return self.constant(result)
        return self._intern(Gate("function", tuple(nodes), (), name))

    def table(self, table: Table, nodes: Sequence[int]) -> int:
        """The value of a table at nodes."""
        return self._intern(Gate("table", tuple(nodes), (), table))

    def copy(self, gate: Gate, args: Sequence[int]) -> int:
        """A gate that is no input, with other arguments."""
        if gate.op == "constant":
            return self.constant(gate.payload)
        if gate.op == "sum":
            return self.sum(zip(gate.weights, args, strict=True), gate.payload)
        if gate.op == "product":
            return self.product(args)
        if gate.op == "power":
            return self.power(args[0], gate.payload)
        if gate.op == "reciprocal":
            return self.reciprocal(args[0])
        if gate.op == "function":
            return self.function(gate.payload, args)
        return self.table(gate.payload, args)

    def needed(self, nodes: Iterable[int]) -> list[int]:
        """All nodes that some nodes are made of, ascending."""
        found: set[int] = set()
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if node not in found:
                found.add(node)
                stack.extend(self._gates[node].args)
        return sorted(found)

    def finish(self, outputs: Mapping[str, int]) -> Circuit:
        """The circuit of the gates that the outputs need."""
        order = self.needed(outputs.values())
        position = {node: i for i, node in enumerate(order)}
        gates = []
        for node in order:
            gate = self._gates[node]
            gates.append(Gate(gate.op, tuple(position[a] for a in gate.args), gate.weights, gate.payload))
        labels = {position[node]: self._labels[node] for node in order if node in self._labels}
        return Circuit(gates, {name: position[node] for name, node in outputs.items()}, labels)


def _number(value: Any) -> Any:
    return value if isinstance(value, Ball) else to_flint(value)


def _add(a: Any, b: Any) -> Any:
    return Ball.of(a) + Ball.of(b) if isinstance(a, Ball) or isinstance(b, Ball) else a + b


def _mul(a: Any, b: Any) -> Any:
    return Ball.of(a) * Ball.of(b) if isinstance(a, Ball) or isinstance(b, Ball) else a * b
