"""Replacing inputs of a form's circuit by other circuits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sympy

from symwick.circuits.circuit import Circuit
from symwick.circuits.form_builder import OUTPUT, FormBuilder, lower
from symwick.circuits.leaves import INDICATOR, PARAMETER, VARIABLE, Leaf
from symwick.errors import InvalidArgument

__all__ = ["replaced", "still_assumed"]

Replacement = tuple[Callable[[FormBuilder], int], Callable[[], sympy.Expr]]
"""What a symbol becomes: as a gate of the new arena, and as an expression for leaves that hold the symbol inside."""


def replaced(
    circuit: Circuit, leaves: Mapping[str, Leaf], changes: Mapping[sympy.Symbol, Replacement], known: frozenset[str]
) -> tuple[FormBuilder, int]:
    """The circuit with symbols replaced, all at once; ``known`` are the names that are variables in the result.

    A printed name of a gate goes where something beneath it has changed.
    """
    build = FormBuilder()
    nodes: list[int] = []
    touched: list[bool] = []
    for position, gate in enumerate(circuit.gates):
        if gate.op == "input":
            leaf = leaves[gate.payload]
            hit = bool(leaf.expr.free_symbols & changes.keys())
            nodes.append(_leaf(build, leaf, changes, known) if hit else build.leaf(leaf))
        else:
            hit = any(touched[a] for a in gate.args)
            nodes.append(build.copy(gate, [nodes[a] for a in gate.args]))
            if position in circuit.labels and not hit:
                build.label(nodes[-1], circuit.labels[position])
        touched.append(hit)
    return build, nodes[circuit.outputs[OUTPUT]]


def still_assumed(
    assumptions: Iterable[sympy.Basic], news: Mapping[sympy.Symbol, Callable[[], sympy.Expr]]
) -> list[sympy.Basic]:
    """The assumptions after a substitution: those that have become true are gone. Raises InvalidArgument for a false one."""
    kept = []
    for assumption in assumptions:
        put = {s: news[s]() for s in sorted(assumption.free_symbols & news.keys(), key=lambda s: s.name)}
        new = assumption.subs(put, simultaneous=True) if put else assumption
        if new == sympy.false:
            shown = ", ".join(f"{s} = {value}" for s, value in put.items())
            raise InvalidArgument(f"Argument 'changes' must keep the assumption {assumption}, which is false at {shown}.")
        if new != sympy.true:
            kept.append(new)
    return kept


def _leaf(build: FormBuilder, leaf: Leaf, changes: Mapping[sympy.Symbol, Replacement], known: frozenset[str]) -> int:
    if leaf.kind in (VARIABLE, PARAMETER):
        return changes[leaf.expr][0](build)
    new: Any = leaf.expr.subs({s: changes[s][1]() for s in leaf.expr.free_symbols & changes.keys()}, simultaneous=True)
    if leaf.kind == INDICATOR and new not in (0, 1):
        raise InvalidArgument(f"An indicator of {leaf.variables[0]} takes numbers only; {new} is none.")
    return lower(build, new, known)
