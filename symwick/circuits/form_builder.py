"""Building the circuits of closed forms: inputs that mean something, expressions and exact values as gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import Symbolic
from symwick.circuits.builder import Builder
from symwick.circuits.circuit import Circuit
from symwick.circuits.leaves import Leaf, as_indicator
from symwick.circuits.named_functions import function_name
from symwick.circuits.variables import as_variable

__all__ = ["OUTPUT", "FormBuilder", "lower"]

OUTPUT = "value"


class FormBuilder(Builder):
    """A circuit builder that keeps the meaning of the inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.leaves: dict[str, Leaf] = {}
        self._names: dict[Leaf, str] = {}
        self._taken: dict[FormBuilder, dict[int, int]] = {}
        self._powers: dict[tuple[sympy.Expr, Any], int] = {}

    def leaf(self, leaf: Leaf) -> int:
        """The input that stands for a leaf; names that two leaves share are told apart by primes."""
        name = self._names.get(leaf)
        if name is None:
            name = leaf.name
            while name in self.leaves:
                name += "'"
            self.leaves[name], self._names[leaf] = leaf, name
        return self.input(name)

    def include(
        self,
        circuit: Circuit,
        leaves: Mapping[str, Leaf],
        output: str = OUTPUT,
        given: Mapping[sympy.Expr, int] | None = None,
    ) -> int:
        """Take over the gates of a form's circuit; equal gates are shared. ``given`` nodes stand for some of its leaves."""
        nodes: list[int] = []
        for position, gate in enumerate(circuit.gates):
            if gate.op != "input":
                node = self.copy(gate, [nodes[i] for i in gate.args])
            elif given and leaves[gate.payload].expr in given:
                node = given[leaves[gate.payload].expr]
            else:
                node = self.leaf(leaves[gate.payload])
            if position in circuit.labels:
                self.label(node, circuit.labels[position])
            nodes.append(node)
        return nodes[circuit.outputs[output]]

    def take(self, source: FormBuilder, node: int) -> int:
        """A node of another arena with all it is made of; what was taken before is not copied again."""
        taken = self._taken.setdefault(source, {})
        stack = [node]
        while stack:
            top = stack[-1]
            gate = source.gate(top)
            missing = [a for a in gate.args if a not in taken]
            if missing:
                stack += missing
                continue
            stack.pop()
            if top in taken:
                continue
            if gate.op == "input":
                taken[top] = self.leaf(source.leaves[gate.payload])
            else:
                taken[top] = self.copy(gate, [taken[a] for a in gate.args])
            if top in source._labels:
                self.label(taken[top], source._labels[top])
        return taken[node]

    def element(self, value: Any) -> int:
        """An element of the exact ring, or a ball, as a gate: a number, or a sum of products of powers of its bases."""
        if not isinstance(value, Symbolic):
            return self.constant(value)
        return self.sum(self.element_terms(value))

    def element_terms(self, value: Symbolic) -> list[tuple[Any, int]]:
        """(coefficient, node) of the terms of an element."""
        return [
            (coefficient, self.product([self._base(base, exponent) for base, exponent in factors]))
            for factors, coefficient in value.ordered()
        ]

    def _base(self, base: sympy.Expr, exponent: Any) -> int:
        key = base, exponent
        node = self._powers.get(key)
        if node is None:
            expression = base if exponent == 1 else sympy.Pow(base, sympy.Rational(exponent))
            node = self._powers[key] = lower(self, expression, frozenset())
        return node


def lower(build: FormBuilder, expression: sympy.Expr, known: frozenset[str]) -> int:
    """A sympy expression as gates; ``known`` are the names of variables, other symbols are parameters.

    Arithmetic and named functions become gates, anything else a leaf.
    """
    if isinstance(expression, sympy.Rational):
        return build.constant(to_flint(expression))
    if isinstance(expression, sympy.Symbol):
        symbol = as_variable(expression)
        return build.leaf(Leaf.variable(symbol) if symbol.name in known else Leaf.generator(symbol))
    if expression.is_Add:
        return build.sum([(1, lower(build, argument, known)) for argument in expression.args])
    if expression.is_Mul:
        return build.product([lower(build, argument, known) for argument in expression.args])
    if expression.is_Pow and expression.exp.is_Integer:
        return build.power(lower(build, expression.base, known), int(expression.exp))
    if expression.is_Pow and isinstance(expression.exp, sympy.Rational) and expression.exp.q == 2:
        root = build.function("sqrt", [lower(build, expression.base, known)])
        return build.power(root, int(expression.exp.p))
    name = function_name(expression)
    if name is not None:
        # sympy keeps the arguments of Max and Min in a set: their order is that of the hash seed
        arguments = sorted(expression.args, key=sympy.default_sort_key) if name in ("max", "min") else expression.args
        return build.function(name, [lower(build, argument, known) for argument in arguments])
    indicator = as_indicator(expression)
    if indicator is not None and indicator[0].name in known:
        return build.leaf(Leaf.indicator(*indicator))
    symbols = tuple(sorted((s for s in expression.free_symbols if s.name in known), key=lambda s: s.name))
    return build.leaf(Leaf.function(expression, symbols) if symbols else Leaf.generator(expression))
