"""The straight-line program: instructions of few kinds, equal ones made once, constants folded in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from symwick.algebra.numbers import ratio, to_flint
from symwick.algebra.symbolic import Symbolic, power, reciprocal
from symwick.circuits.named_functions import FUNCTIONS, apply
from symwick.errors import InvalidArgument

__all__ = ["OPERATIONS", "Program"]

OPERATIONS = ("input", "constant", "sum", "product", "power", "reciprocal", "function", "indicator", "table", "matrix", "row")
"""The closed set of instructions. Every table of rules of a backend has a rule for each of them; a test holds this."""

_ZERO, _ONE = ratio(0, 1), ratio(1, 1)
_ALONE = ((1, 1), (0, 1))  # a sum that is one node: weight 1, constant 0


class Program:
    """Instructions in an order in which arguments come first; ``outputs`` are places of some of them.

    ``ops[i]``, ``args[i]`` and ``data[i]`` are kind, arguments and what else belongs to instruction i: ``input``: the name;
    ``constant``: the value, an element of the exact ring; ``sum``: Σ weights[j]·args[j] + constant, data is (weights,
    constant); ``product`` of distinct arguments; ``power``: data is the exponent, at least 2; ``reciprocal``; ``function``:
    data is its name; ``indicator``: 1 where the argument is the point ``data``; ``table``: data is a Table of the circuits;
    ``matrix``: data holds the rows of weights of a matrix times its arguments; ``row``: one row of a matrix.

    >>> p = Program()
    >>> x = p.input("x")
    >>> p.product([x, x]) == p.power(x, 2), p.sum([(2, x), (-2, x)], 3) == p.constant(3)
    (True, True)
    """

    __slots__ = ("_places", "args", "data", "ops", "outputs")

    def __init__(self) -> None:
        self.ops: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.data: list[Any] = []
        self.outputs: list[int] = []
        self._places: dict[tuple[str, tuple[int, ...], Any], int] = {}

    def __len__(self) -> int:
        return len(self.ops)

    def make(self, op: str, args: tuple[int, ...] = (), data: Any = None, spelled: Any = None) -> int:
        """The instruction, made where there is none that is equal; ``spelled``: the data as a key that is fast to hash."""
        fresh = len(self.ops)
        place = self._places.setdefault((op, args, data if spelled is None else spelled), fresh)
        if place == fresh:
            self.ops.append(op)
            self.args.append(args)
            self.data.append(data)
        return place

    def number(self, node: int) -> Any:
        """The value that a constant has; None for others."""
        return self.data[node] if self.ops[node] == "constant" else None

    def input(self, name: str) -> int:
        """The argument of that name."""
        return self.make("input", (), name)

    def constant(self, value: Any) -> int:
        """A constant: an exact number or an element of the exact ring without symbols."""
        value = value if isinstance(value, Symbolic) else to_flint(value)
        return self.make("constant", (), value, _key(value))

    def sum(self, terms: Iterable[tuple[Any, int]], constant: Any = _ZERO) -> int:
        """Σ weight·node + constant; constants, and equal nodes, are collected; multiples of a node are seen through."""
        collected: dict[int, Any] = {}
        rest = constant
        ops, args, data = self.ops, self.args, self.data
        for weight, node in terms:
            op = ops[node]
            if op == "constant":
                rest = rest + data[node] * weight
                continue
            if op == "sum" and len(args[node]) == 1 and not data[node][1]:
                weight, node = data[node][0][0] * weight, args[node][0]
            collected[node] = collected[node] + weight if node in collected else weight
        # Terms commute: one order, so that equal sums are equal instructions.
        nodes = sorted([node for node, weight in collected.items() if weight])
        rest = to_flint(rest) if type(rest) is int else rest
        if not nodes:
            return self.constant(rest)
        weights = tuple(to_flint(w) if type(w) is int else w for w in map(collected.__getitem__, nodes))
        spelled = (*map(_key, weights), _key(rest))
        if len(nodes) == 1 and spelled == _ALONE:
            return nodes[0]
        return self.make("sum", tuple(nodes), (weights, rest), spelled)

    def product(self, nodes: Sequence[int]) -> int:
        """The product of nodes: constants folded into a weight, repeated factors as powers."""
        weight: Any = _ONE
        counts: dict[int, int] = {}
        ops = self.ops
        for node in nodes:
            if ops[node] == "constant":
                weight = weight * self.data[node]
            elif ops[node] == "sum" and len(self.args[node]) == 1 and not self.data[node][1]:
                weight = weight * self.data[node][0][0]
                inner = self.args[node][0]
                counts[inner] = counts.get(inner, 0) + 1
            else:
                counts[node] = counts.get(node, 0) + 1
        if not weight or not counts:
            return self.constant(weight)
        factors = sorted([node if count == 1 else self.power(node, count) for node, count in counts.items()])
        place = factors[0] if len(factors) == 1 else self.make("product", tuple(factors))
        return place if weight is _ONE or weight == 1 else self.sum([(weight, place)])

    def power(self, node: int, exponent: int) -> int:
        """node^exponent for an exponent of at least 1."""
        if exponent == 1:
            return node
        value = self.number(node)
        if value is not None:
            return self.constant(power(value, exponent))
        if self.ops[node] == "power":
            return self.make("power", self.args[node], self.data[node] * exponent)
        return self.make("power", (node,), exponent)

    def reciprocal(self, node: int) -> int:
        """1 / node."""
        value = self.number(node)
        if value is None:
            return self.make("reciprocal", (node,))
        if not value:
            raise InvalidArgument("Argument 'x' must have finite values: it divides by the constant 0.")
        return self.constant(reciprocal(value))

    def function(self, name: str, nodes: Sequence[int]) -> int:
        """The named function of nodes; where it is one of the circuits' and all are constants, a constant."""
        values = [self.number(node) for node in nodes]
        if name in FUNCTIONS and all(value is not None for value in values):
            return self.constant(apply(name, values))
        return self.make("function", tuple(nodes), name)

    def terms(self) -> int:
        """The number of arguments of all instructions: what evaluation costs, roughly."""
        return sum(map(len, self.args))

    def uses(self) -> list[int]:
        """How often each instruction is an argument or an output."""
        found = [0] * len(self.ops)
        for args in self.args:
            for a in args:
                found[a] += 1
        for place in self.outputs:
            found[place] += 1
        return found

    def pruned(self) -> Program:
        """The instructions that outputs need, in the same order; a program that is finished."""
        needed = bytearray(len(self.ops))
        for place in self.outputs:
            needed[place] = 1
        for i in range(len(self.ops) - 1, -1, -1):
            if needed[i]:
                for a in self.args[i]:
                    needed[a] = 1
        if all(needed):
            return self
        result, place_of = Program(), {}
        for i in range(len(self.ops)):
            if needed[i]:
                place_of[i] = len(result.ops)
                result.ops.append(self.ops[i])
                result.args.append(tuple(place_of[a] for a in self.args[i]))
                result.data.append(self.data[i])
        result.outputs = [place_of[i] for i in self.outputs]
        return result


def _key(value: Any) -> Any:
    """A constant as a key: numerator and denominator are hashed many times faster than the engine's rational."""
    return value if isinstance(value, Symbolic) else (int(value.p), int(value.q))
