"""Circuits and forms as one straight-line program: one table from gate to rule, one from kind of leaf to rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import ratio, to_flint, to_fraction
from symwick.circuits.circuit import Circuit
from symwick.circuits.gates import Gate, Table
from symwick.circuits.leaves import CONSTANT, FUNCTION, INDICATOR, PARAMETER, VARIABLE, Leaf
from symwick.circuits.structure import needed
from symwick.codegen.leaf_expressions import lower_expression
from symwick.codegen.program import Program
from symwick.codegen.sources import Source

__all__ = ["LEAVES", "LOWER", "lowered"]

Rule = Callable[[Program, Gate, Sequence[int]], int]


_RATIONAL = type(ratio(0, 1))


def _exact(value: Any) -> Any:
    if type(value) is _RATIONAL:
        return value
    return to_flint(Fraction(value.value)) if isinstance(value, Ball) else to_flint(value)


def _sum(program: Program, gate: Gate, nodes: Sequence[int]) -> int:
    terms = zip(map(_exact, gate.weights), map(nodes.__getitem__, gate.args), strict=True)
    return program.sum(terms, _exact(gate.payload))


def _no_input(program: Program, gate: Gate, nodes: Sequence[int]) -> int:
    raise RuntimeError("inputs are lowered as what they mean")  # internal: lowered() never asks for it


def _table(program: Program, gate: Gate, nodes: Sequence[int]) -> int:
    points = tuple(tuple(map(to_fraction, axis)) for axis in gate.payload.points)
    values = tuple(to_fraction(_exact(value)) for value in gate.payload.values)
    return program.make("table", tuple(nodes[a] for a in gate.args), Table(points, values))


LOWER: dict[str, Rule] = {
    "input": _no_input,
    "constant": lambda program, gate, nodes: program.constant(_exact(gate.payload)),
    "sum": _sum,
    "product": lambda program, gate, nodes: program.product([nodes[a] for a in gate.args]),
    "power": lambda program, gate, nodes: program.power(nodes[gate.args[0]], gate.payload),
    "reciprocal": lambda program, gate, nodes: program.reciprocal(nodes[gate.args[0]]),
    "table": _table,
    "function": lambda program, gate, nodes: program.function(gate.payload, [nodes[a] for a in gate.args]),
}
"""A gate as instructions."""

LEAVES: dict[str, Callable[[Program, Leaf], int]] = {
    VARIABLE: lambda program, leaf: program.input(leaf.variables[0].name),
    PARAMETER: lambda program, leaf: program.input(leaf.expr.name),
    INDICATOR: lambda program, leaf: program.make("indicator", (program.input(leaf.variables[0].name),), leaf.point),
    FUNCTION: lambda program, leaf: lower_expression(program, leaf.expr),
    CONSTANT: lambda program, leaf: lower_expression(program, leaf.expr),
}
"""An input of a form's circuit as what it means."""


def lowered(source: Source) -> Program:
    """The program of all parts, what they share made once; outputs in the order of the parts."""
    program = Program()
    for name in (*source.variables, *source.parameters):
        program.input(name)
    circuits: list[tuple[Circuit, Mapping[str, Leaf] | None, list[int]]] = []
    for part in source.parts:
        nodes = next((n for c, leaves, n in circuits if c is part.circuit and leaves is part.leaves), None)
        if nodes is None:
            wanted = [p.circuit.outputs[p.output] for p in source.parts if p.circuit is part.circuit]
            nodes = _circuit(program, part.circuit, part.leaves, wanted)
            circuits = [*circuits[-8:], (part.circuit, part.leaves, nodes)]
        node = nodes[part.circuit.outputs[part.output]]
        guards = [_guard(program, name, points) for name, points in part.domain]
        program.outputs.append(program.product([node, *guards]) if guards else node)
    return program.pruned()


def _circuit(program: Program, circuit: Circuit, leaves: Mapping[str, Leaf] | None, wanted: Sequence[int]) -> list[int]:
    """The places of the gates; -1 for those that are not needed."""
    nodes = [-1] * len(circuit.gates)
    for i in needed(circuit.gates, wanted):
        gate = circuit.gates[i]
        if gate.op != "input":
            nodes[i] = LOWER[gate.op](program, gate, nodes)
        elif leaves is None:
            nodes[i] = program.input(gate.payload)
        else:
            leaf = leaves[gate.payload]
            nodes[i] = LEAVES[leaf.kind](program, leaf)
    return nodes


def _guard(program: Program, name: str, points: tuple[Any, ...]) -> int:
    """1 on the grid of a variable, no number elsewhere: a form that is known on a grid has no value off it."""
    grid = tuple(Fraction(point) for point in points)
    return program.make("table", (program.input(name),), Table((grid,), (Fraction(1),) * len(grid)))
