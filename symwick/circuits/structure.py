"""The shape of circuits: levels, live wires, degrees, what is needed, what is equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symwick.circuits.gates import Gate

__all__ = ["Statistics", "degrees", "last_reads", "levels", "live_widths", "needed", "statistics"]


def levels(gates: Sequence[Gate]) -> list[int]:
    """Multiplicative depth of every wire: sums add none, a binary product is one above its factors.

    A product of n factors is a chain of n − 1 products; x^k is the chain of k copies.
    """
    result: list[int] = []
    for gate in gates:
        below = [result[a] for a in gate.args]
        if gate.op == "product":
            level = below[0]
            for factor in below[1:]:
                level = max(level, factor) + 1
        elif gate.op == "power":
            level = below[0] + gate.payload - 1
        elif gate.op in ("reciprocal", "function", "table"):
            level = max(below, default=0) + 1
        else:
            level = max(below, default=0)
        result.append(level)
    return result


def degrees(gates: Sequence[Gate]) -> list[int | None]:
    """The degree of every wire as a polynomial in the inputs, before anything cancels; None where it is no polynomial."""
    result: list[int | None] = []
    for gate in gates:
        below = [result[a] for a in gate.args]
        if any(d is None for d in below) or gate.op in ("reciprocal", "function", "table"):
            result.append(None)
            continue
        known = [d for d in below if d is not None]
        if gate.op == "input":
            result.append(1)
        elif gate.op == "product":
            result.append(sum(known))
        elif gate.op == "power":
            result.append(known[0] * gate.payload)
        else:
            result.append(max(known, default=0))
    return result


def last_reads(gates: Sequence[Gate], outputs: Iterable[int]) -> list[int]:
    """The last gate that reads each wire; len(gates) for outputs, the wire itself where nothing reads it."""
    last = list(range(len(gates)))
    for position, gate in enumerate(gates):
        for a in gate.args:
            last[a] = position
    for position in outputs:
        last[position] = len(gates)
    return last


def live_widths(gates: Sequence[Gate], outputs: Iterable[int]) -> list[int]:
    """How many wires are alive once each gate is computed: computed, and to be read later or an output.

    Inputs come to life at their first reading; an input that nothing reads never does, unless it is an output.
    """
    last = last_reads(gates, outputs)
    first: dict[int, int] = {}
    for position, gate in enumerate(gates):
        for a in gate.args:
            first.setdefault(a, position)
    change = [0] * (len(gates) + 2)
    for position, gate in enumerate(gates):
        born = first.get(position, position) if gate.op == "input" else position
        if last[position] > born:
            change[born] += 1
            change[last[position]] -= 1
    widths, alive = [], 0
    for position in range(len(gates)):
        alive += change[position]
        widths.append(alive)
    return widths


def needed(gates: Sequence[Gate], outputs: Iterable[int]) -> list[int]:
    """All wires that the outputs are made of, ascending."""
    wanted = set(outputs)
    for position in range(len(gates) - 1, -1, -1):
        if position in wanted:
            wanted.update(gates[position].args)
    return sorted(wanted)


@dataclass(frozen=True, repr=False)
class Statistics:
    """Counts of a circuit: gates by kind, ``depth`` in gates, multiplicative ``levels``, live ``width``, ``degree``."""

    inputs: int
    outputs: int
    gates: dict[str, int]
    wires: int
    depth: int
    levels: int
    width: int
    degree: int | None
    dead: int

    def __repr__(self) -> str:
        kinds = ", ".join(f"{count:,} {op}" for op, count in self.gates.items()) or "none"
        degree = "no polynomial" if self.degree is None else f"degree {self.degree:,}"
        return (
            f"{self.inputs:,} inputs, {self.outputs:,} outputs, {self.wires:,} wires; gates: {kinds}\n"
            f"depth {self.depth:,}, {self.levels:,} multiplicative levels, live width {self.width:,}, {degree}, "
            f"{self.dead:,} dead gates"
        )


def statistics(gates: Sequence[Gate], outputs: Sequence[int]) -> Statistics:
    """All counts at once."""
    depth: list[int] = []
    for gate in gates:
        depth.append(max((depth[a] for a in gate.args), default=-1) + 1)
    kinds = Counter(gate.op for gate in gates if gate.op != "input")
    found = degrees(gates)
    wanted = set(needed(gates, outputs))
    polynomial = [found[o] for o in outputs]
    known = [d for d in polynomial if d is not None]
    return Statistics(
        inputs=sum(gate.op == "input" for gate in gates),
        outputs=len(outputs),
        gates={op: kinds[op] for op in sorted(kinds)},
        wires=len(gates),
        depth=max(depth, default=0),
        levels=max(levels(gates), default=0),
        width=max(live_widths(gates, outputs), default=0),
        degree=max(known, default=0) if len(known) == len(polynomial) else None,
        dead=sum(1 for i, gate in enumerate(gates) if i not in wanted and gate.op != "input"),
    )
