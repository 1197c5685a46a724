"""Circuits from circuits: what is needed, equal gates made once, inputs replaced, derivatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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


def spliced(circuit: Named, changes: Mapping[str, Any], others: Mapping[str, tuple[Named, str]]) -> Writer:
    """Inputs replaced by exact numbers (``changes``) or by outputs of other circuits (``others``), whose gates come first.

    Inputs of one name are one input. Names of wires stay those of the outer circuit where they clash.
    """
    gates, outputs, names = circuit
    replaced = {**changes, **others}
    writer = Writer()
    inputs: dict[str, int] = {}
    wanted = [gate.payload for gate in gates if gate.op == "input" and gate.payload not in replaced]
    for inner, _ in others.values():
        wanted += [gate.payload for gate in inner[0] if gate.op == "input"]
    for name in dict.fromkeys(wanted):
        inputs[name] = writer.input(name)
    put: dict[str, int] = {}
    copied: list[tuple[Named, dict[int, int]]] = []
    for name, (inner, output) in others.items():
        place = next((known for one, known in copied if one is inner), None)
        if place is None:
            place = _copied(writer, inner[0], inputs)
            copied.append((inner, place))
            for wire, i in inner[2].items():
                if wire not in names and wire not in writer.names:
                    writer.names[wire] = place[i]
        put[name] = place[inner[1][output]]
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
    """∂output/∂by of all outputs, after the gates themselves; what is certainly 0 or a factor 1 is not written.

    Of sums, products and powers only: raises InvalidArgument for other gates that depend on ``by``.
    """
    gates, outputs, _ = circuit
    writer = Writer()
    found: list[int | None] = []  # None: 0
    one: list[int] = []

    def unit() -> int:
        if not one:
            one.append(writer.constant(1))
        return one[0]

    def times(factors: list[int], slope: int) -> int:
        kept = factors if one and slope == one[0] else [*factors, slope]
        return kept[0] if len(kept) == 1 else writer.product(kept) if kept else unit()

    place: list[int] = []
    for gate in gates:
        place.append(writer.input(gate.payload) if gate.op == "input" else writer.copy(gate, [place[a] for a in gate.args]))
    for position, gate in enumerate(gates):
        below = [(j, slope) for j, a in enumerate(gate.args) if (slope := found[a]) is not None]
        if gate.op == "input":
            found.append(unit() if gate.payload == by else None)
        elif not below:
            found.append(None)
        elif gate.op == "sum":
            found.append(writer.sum([(gate.weights[j], slope) for j, slope in below]))
        elif gate.op == "product":
            args = [place[a] for a in gate.args]
            parts = [(1, times([*args[:j], *args[j + 1 :]], slope)) for j, slope in below]
            found.append(writer.sum(parts) if len(parts) > 1 else parts[0][1])
        elif gate.op == "power":
            base, k = place[gate.args[0]], gate.payload
            lowered = writer.power(base, k - 1) if k > 2 else base
            found.append(writer.sum([(k, times([lowered], below[0][1]))]))
        else:
            raise InvalidArgument(f"Gate {position} must be a sum, a product or a power to be differentiated, not a {gate.op}.")
    writer.names = {name: i for name, i in writer.names.items() if writer.gates[i].op == "input"}
    zero = [None if found[i] is not None else 0 for i in outputs.values()]
    nothing = writer.constant(0) if 0 in zero else 0
    writer.outputs = {name: nothing if (slope := found[i]) is None else slope for name, i in outputs.items()}
    return writer
