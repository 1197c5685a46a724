"""Circuits from circuits: what is needed, equal gates made once, inputs replaced, derivatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from symwick.algebra.numbers import to_flint
from symwick.circuits.gates import Gate
from symwick.circuits.structure import needed
from symwick.circuits.writer import Writer
from symwick.errors import InvalidArgument

__all__ = ["pruned", "shared", "slopes", "spliced"]

Named = tuple[Sequence[Gate], Mapping[str, int], Mapping[str, int]]
"""Gates, outputs and names of a circuit."""


def _transcribed(circuit: Named, kept: Iterable[int], merge: bool = False) -> Writer:
    """Some of the gates, closed under arguments, in their order; ``merge``: of equal gates only the first."""
    gates, outputs, names = circuit
    writer = Writer()
    place: dict[int, int] = {}
    seen: dict[Gate, int] = {}
    for position in kept:
        gate = gates[position]
        moved = Gate(gate.op, tuple(place[a] for a in gate.args), gate.weights, gate.payload)
        if merge and moved in seen:
            place[position] = seen[moved]
            continue
        place[position] = seen[moved] = writer.copy(moved, moved.args)
    writer.names = {name: place[i] for name, i in names.items() if i in place}
    writer.outputs = {name: place[i] for name, i in outputs.items()}
    return writer


def pruned(circuit: Named) -> Writer:
    """Without the gates that no output is made of; all inputs stay."""
    gates, outputs, _ = circuit
    inputs = {i for i, gate in enumerate(gates) if gate.op == "input"}
    return _transcribed(circuit, sorted(inputs.union(needed(gates, outputs.values()))))


def shared(circuit: Named) -> Writer:
    """Equal gates (same kind, arguments in the same order, weights) made once, the first of them."""
    return _transcribed(circuit, range(len(circuit[0])), merge=True)


def spliced(circuit: Named, changes: Mapping[str, Any], others: Mapping[str, tuple[Any, str]]) -> Writer:
    """Inputs replaced by exact numbers (``changes``) or by outputs of other circuits (``others``), whose gates come first.

    A circuit that is given for several inputs is copied once. Inputs of one name are one input. Names of wires stay those of
    the outer circuit where they clash.
    """
    gates, outputs, names = circuit
    replaced = {**changes, **others}
    writer = Writer()
    inputs: dict[str, int] = {}
    wanted = [gate.payload for gate in gates if gate.op == "input" and gate.payload not in replaced]
    for inner, _ in others.values():
        wanted += inner.inputs
    for name in dict.fromkeys(wanted):
        inputs[name] = writer.input(name)
    put: dict[str, int] = {}
    copied: list[tuple[Any, dict[int, int]]] = []
    for name, (inner, output) in others.items():
        place = next((known for one, known in copied if one is inner), None)
        if place is None:
            place = _copied(writer, inner.gates, inputs)
            copied.append((inner, place))
            for wire, i in inner.names.items():
                if wire not in names and wire not in writer.names:
                    writer.names[wire] = place[i]
        put[name] = place[inner.outputs[output]]
    for name, value in changes.items():
        put[name] = writer.constant(value)
    place = _copied(writer, gates, {**inputs, **put})
    for wire, i in names.items():
        if wire not in replaced and wire not in writer.names:
            writer.names[wire] = place[i]
    writer.outputs = {name: place[i] for name, i in outputs.items()}
    return writer


def _copied(writer: Writer, gates: Sequence[Gate], inputs: Mapping[str, int]) -> dict[int, int]:
    place: dict[int, int] = {}
    for position, gate in enumerate(gates):
        if gate.op == "input":
            place[position] = inputs[gate.payload]
        else:
            place[position] = writer.copy(gate, [place[a] for a in gate.args])
    return place


def slopes(circuit: Named, by: str) -> Writer:
    """∂output/∂by of all outputs, after the gates themselves; slopes that are certainly constant are numbers, not gates.

    Of sums, products and powers only: raises InvalidArgument for other gates that depend on ``by``.
    """
    gates, outputs, _ = circuit
    writer = Writer()
    place: list[int] = []
    for gate in gates:
        place.append(writer.input(gate.payload) if gate.op == "input" else writer.copy(gate, [place[a] for a in gate.args]))
    found: list[_Slope] = []
    for position, gate in enumerate(gates):
        args = [place[a] for a in gate.args]
        below = [(j, found[a]) for j, a in enumerate(gate.args) if found[a] != (_ZERO, None)]
        if gate.op == "input":
            found.append((to_flint(int(gate.payload == by)), None))
        elif not below:
            found.append((_ZERO, None))
        elif gate.op == "sum":
            found.append(_collected(writer, [(gate.weights[j] * c, node) for j, (c, node) in below]))
        elif gate.op == "product":
            parts = []
            for j, (c, node) in below:
                others = [*args[:j], *args[j + 1 :], *([] if node is None else [node])]
                parts.append((c, others[0] if len(others) == 1 else writer.product(others) if others else None))
            found.append(_collected(writer, parts))
        elif gate.op == "power":
            c, node = below[0][1]
            lowered = writer.power(args[0], gate.payload - 1) if gate.payload > 2 else args[0]
            whole = lowered if node is None else writer.product([lowered, node])
            found.append((gate.payload * c, whole))
        else:
            raise InvalidArgument(f"Gate {position} must be a sum, a product or a power to be differentiated, not a {gate.op}.")
    writer.names = {name: i for name, i in writer.names.items() if writer.gates[i].op == "input"}
    ends: dict[tuple[str, int | None], int] = {}  # a slope that several outputs have is written once
    for name, i in outputs.items():
        c, node = found[i]
        key = str(c), node
        if key not in ends:
            ends[key] = writer.constant(c) if node is None else node if c == 1 else writer.sum([(c, node)])
        writer.outputs[name] = ends[key]
    return writer


_Slope = tuple[Any, int | None]
"""weight · wire, or a number (None for the wire)."""

_ZERO = to_flint(0)


def _collected(writer: Writer, parts: list[_Slope]) -> _Slope:
    """Σ weight · wire + numbers."""
    constant = sum((c for c, node in parts if node is None), _ZERO)
    terms = [(c, node) for c, node in parts if node is not None]
    if not terms:
        return constant, None
    if len(terms) == 1 and not constant:
        return terms[0]
    return to_flint(1), writer.sum(terms, constant)
