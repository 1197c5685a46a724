"""Derivatives of a form's circuit, as a circuit again: one table from gate name to rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy

from symwick.circuits.circuit import Circuit
from symwick.circuits.form_builder import OUTPUT, FormBuilder, lower
from symwick.circuits.gates import Gate
from symwick.circuits.leaves import PARAMETER, VARIABLE, Leaf
from symwick.circuits.named_functions import derivative as function_derivative
from symwick.errors import NoClosedForm

__all__ = ["DERIVATIVE", "derivative"]

Rule = Callable[[FormBuilder, Gate, list[int], list[int]], int]
"""(arena, gate, nodes of all gates so far, nodes of their derivatives) -> node of this gate's derivative."""


def _sum(build: FormBuilder, gate: Gate, nodes: list[int], slopes: list[int]) -> int:
    return build.sum([(w, slopes[a]) for w, a in zip(gate.weights, gate.args, strict=True)])


def _product(build: FormBuilder, gate: Gate, nodes: list[int], slopes: list[int]) -> int:
    parts = []
    for i, argument in enumerate(gate.args):
        others = [nodes[a] for j, a in enumerate(gate.args) if j != i]
        parts.append((1, build.product([*others, slopes[argument]])))
    return build.sum(parts)


def _power(build: FormBuilder, gate: Gate, nodes: list[int], slopes: list[int]) -> int:
    (argument,) = gate.args
    lowered = build.power(nodes[argument], gate.payload - 1)
    return build.sum([(gate.payload, build.product([lowered, slopes[argument]]))])


def _reciprocal(build: FormBuilder, gate: Gate, nodes: list[int], slopes: list[int]) -> int:
    (argument,) = gate.args
    return build.sum([(-1, build.product([build.power(nodes[argument], -2), slopes[argument]]))])


def _function(build: FormBuilder, gate: Gate, nodes: list[int], slopes: list[int]) -> int:
    symbols = [sympy.Symbol(f"argument {i}") for i in range(len(gate.args))]
    parts = []
    for i, argument in enumerate(gate.args):
        if build.number(slopes[argument]) == 0:
            continue
        slope = function_derivative(gate.payload, symbols, i)
        if slope is None:
            raise NoClosedForm(f"The function {gate.payload} has no derivative everywhere.")
        inner = FormBuilder()
        circuit = inner.finish({OUTPUT: lower(inner, slope, frozenset())})
        node = build.include(circuit, inner.leaves, given={s: nodes[a] for s, a in zip(symbols, gate.args, strict=True)})
        parts.append((1, build.product([node, slopes[argument]])))
    return build.sum(parts)


def _table(build: FormBuilder, gate: Gate, nodes: list[int], slopes: list[int]) -> int:
    if all(build.number(slopes[a]) == 0 for a in gate.args):
        return build.zero
    raise NoClosedForm("A table has no derivative: it is known on its grid only.")


def _constant(build: FormBuilder, gate: Gate, nodes: list[int], slopes: list[int]) -> int:
    return build.zero


DERIVATIVE: dict[str, Rule] = {
    "input": _constant,  # what an input means is the leaf's business: see _leaf
    "constant": _constant,
    "sum": _sum,
    "product": _product,
    "power": _power,
    "reciprocal": _reciprocal,
    "table": _table,
    "function": _function,
}
"""Derivative of a gate from those of its arguments (chain rule, forward mode)."""


_STEPS = (sympy.Piecewise, sympy.Heaviside, sympy.Mod, sympy.Abs, sympy.sign, sympy.floor, sympy.ceiling, sympy.Max, sympy.Min,
          sympy.factorial, sympy.binomial)  # fmt: skip
"""Functions with jumps or kinks, indicators among them, and functions of whole numbers."""


def _leaf(build: FormBuilder, leaf: Leaf, by: sympy.Symbol) -> int:
    if by not in leaf.expr.free_symbols:
        return build.zero
    if leaf.kind in (VARIABLE, PARAMETER):
        return build.one
    slope: Any = leaf.expr.diff(by)
    if leaf.expr.has(*_STEPS) or slope.has(sympy.Derivative):
        raise NoClosedForm(f"{leaf.expr} has no derivative by {by}.")
    return lower(build, slope, frozenset(v.name for v in leaf.variables))


def derivative(circuit: Circuit, leaves: Mapping[str, Leaf], by: sympy.Symbol) -> tuple[FormBuilder, int]:
    """The arena and node of ∂/∂by of a form. Raises NoClosedForm (a table, an indicator, max and the like)."""
    build = FormBuilder()
    nodes: list[int] = []
    slopes: list[int] = []
    for gate in circuit.gates:
        if gate.op == "input":
            leaf = leaves[gate.payload]
            nodes.append(build.leaf(leaf))
            slopes.append(_leaf(build, leaf, by))
        else:
            nodes.append(build.copy(gate, [nodes[a] for a in gate.args]))
            slopes.append(DERIVATIVE[gate.op](build, gate, nodes, slopes))
    return build, slopes[circuit.outputs[OUTPUT]]
