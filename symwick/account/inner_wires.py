"""Names for all wires of a run: "g[2]" is the product of the first two factors of g, "#12" a wire whose name an output took.

What is called so is read back as the same wire.
"""

from __future__ import annotations

import re
from typing import Any

from symwick.errors import UnknownVariable
from symwick.propagation.patterns import Key
from symwick.propagation.run import Run

__all__ = ["key_of", "names_of", "wire_name", "wire_of"]

_INNER = re.compile(r"(.+)\[(\d+)\]")
_NUMBERED = re.compile(r"#(\d+)")


def wire_name(run: Run, wire: int) -> str:
    """The name of a wire."""
    gate = run._gate(wire)
    place = run._program.place[gate]
    name = run.circuit.wires[gate]
    if run.circuit.position(name) != gate:  # an output's name wins
        name = f"#{gate}"
    return name if wire == place else f"{name}[{_factors(run, gate) - (place - wire)}]"


def _factors(run: Run, gate: int) -> int:
    found = run.circuit.gates[gate]
    return found.payload if found.op == "power" else len(found.args)


def wire_of(run: Run, name: Any, argument: str) -> int:
    """The wire of a name. Raises UnknownVariable."""
    try:
        return run._program.place[_gate_of(run, name, argument)]
    except UnknownVariable:
        found = _INNER.fullmatch(name) if isinstance(name, str) else None
        if found is None:
            raise
    gate, count = _gate_of(run, found[1], argument), int(found[2])
    factors = _factors(run, gate) if run.circuit.gates[gate].op in ("product", "power") else 0
    if not 2 <= count < factors:
        raise UnknownVariable(f"Argument '{argument}' names {name!r}, but {found[1]} is no chain of more than {count} factors.")
    return run._program.place[gate] - (factors - count)


def _gate_of(run: Run, name: Any, argument: str) -> int:
    try:
        return run.circuit.position(name, argument)
    except UnknownVariable:
        found = _NUMBERED.fullmatch(name) if isinstance(name, str) else None
        if found is None or int(found[1]) >= len(run.circuit.gates):
            raise
        return int(found[1])


def names_of(run: Run, key: Key) -> tuple[str, ...]:
    """The names of the wires of a key."""
    return tuple(wire_name(run, wire) for wire in key)


def key_of(run: Run, names: Any, argument: str) -> Key:
    """The key of some names."""
    return tuple(sorted(wire_of(run, name, argument) for name in names))
