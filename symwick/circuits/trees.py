"""Circuits unfolded: every path from an output to an input becomes an input of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symwick.circuits.circuit_display import tree_html
from symwick.circuits.gates import Gate
from symwick.circuits.writer import Writer
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["MOST_PATHS", "TreePath", "Tree", "occurrences", "paths", "unfolded"]

MOST_PATHS = 100_000
"""Paths of a tree that is unfolded without being asked twice."""


@dataclass(frozen=True)
class TreePath:
    """A way from an output down to an input: names of wires, the output's first, the input's last; ``copy`` names its end."""

    copy: str
    wires: tuple[str, ...]

    @property
    def input(self) -> str:
        """The input that it ends in."""
        return self.wires[-1]


@dataclass(frozen=True, repr=False)
class Tree:
    """A circuit without sharing, and which of its inputs are copies of which.

    ``circuit`` computes the outputs of ``source`` from copies ("x.1", "x.2", … of x, from left to right); ``copies`` maps each
    to its input, ``origins`` each wire of the tree to the wire that it is an occurrence of.
    """

    source: Any
    circuit: Any
    copies: Mapping[str, str]
    origins: Mapping[str, str]

    def copies_of(self, name: Any) -> tuple[str, ...]:
        """The copies of one input."""
        return tuple(copy for copy, origin in self.copies.items() if origin == str(name))

    def __repr__(self) -> str:
        return f"<Tree of {len(self.copies):,} paths, {len(self.circuit):,} gates>"

    def _repr_html_(self) -> str:
        return tree_html(self)


def occurrences(gate: Gate) -> tuple[int, ...]:
    """The arguments of a gate, one for each edge of the tree: a power reads its argument several times."""
    return gate.args * gate.payload if gate.op == "power" else gate.args


def path_counts(gates: Sequence[Gate], ends: tuple[str, ...] = ("input",)) -> list[int]:
    """How many paths go from each wire down to inputs, or to gates of several kinds."""
    counts: list[int] = []
    for gate in gates:
        if gate.op == "power":
            counts.append(counts[gate.args[0]] * gate.payload)
        else:
            counts.append(1 if gate.op in ends else sum(counts[a] for a in gate.args))
    return counts


def paths(gates: Sequence[Gate], names: Sequence[str], ends: Mapping[str, int]) -> Iterator[TreePath]:
    """All paths from the outputs down to inputs, from left to right, one at a time."""
    counts = path_counts(gates)
    seen: dict[str, int] = {}
    for output, end in ends.items():
        stack: list[tuple[int, Iterator[int]]] = []
        way = [output]
        wire: int | None = end
        while True:
            if wire is not None:
                if gates[wire].op == "input":
                    name = gates[wire].payload
                    seen[name] = seen.get(name, 0) + 1
                    yield TreePath(f"{name}.{seen[name]}", tuple(way) if stack else (output, name))
                    way.pop()
                else:
                    stack.append((wire, iter(occurrences(gates[wire]))))
            if not stack:
                break
            wire = next((a for a in stack[-1][1] if counts[a]), None)
            if wire is None:
                stack.pop()
                way.pop()
            else:
                way.append(names[wire])


def unfolded(
    gates: Sequence[Gate], names: Sequence[str], ends: Mapping[str, int], limit: int
) -> tuple[Writer, dict[str, str], dict[str, str]]:
    """The circuit without sharing, the input of each copy, and the wire of each occurrence; sizes are known before it starts.

    Raises TooLarge, InvalidArgument (a gate that is no sum, product or power).
    """
    counts = path_counts(gates, ("input", "constant"))
    size = sum(counts[end] for end in ends.values())
    if size > limit:
        instead = "The method paths() goes through any number, one by one."
        raise TooLarge("Paths from outputs to inputs and constants", size, limit, instead=instead)
    writer = Writer()
    copies: dict[str, str] = {}
    origins: dict[str, str] = {}
    seen: dict[str, int] = {}

    def numbered(name: str) -> str:
        seen[name] = seen.get(name, 0) + 1
        return f"{name}.{seen[name]}"

    for output, end in ends.items():
        # (wire, its occurrences still to come, occurrences made)
        stack: list[tuple[int, Iterator[int], list[int]]] = []
        wire: int | None = end
        made: int | None = None
        while True:
            if wire is not None:
                gate = gates[wire]
                if gate.op not in ("input", "constant", "sum", "product", "power"):
                    rule = "A tree is made of sums, products and powers"
                    raise InvalidArgument(f"{rule}, but gate {names[wire]!r} is a {gate.op}.")
                if gate.op in ("input", "constant"):
                    name = numbered(gate.payload if gate.op == "input" else names[wire])
                    origins[name] = names[wire]
                    if gate.op == "input":
                        copies[name] = gate.payload
                        made = writer.input(name)
                    else:
                        made = writer.constant(gate.payload, name)
                else:
                    stack.append((wire, iter(occurrences(gate)), []))
                wire = None
            if not stack:
                break
            at, to_come, done = stack[-1]
            if made is not None:
                done.append(made)
                made = None
            wire = next(to_come, None)
            if wire is None:
                stack.pop()
                gate, name = gates[at], numbered(names[at])
                origins[name] = names[at]
                if gate.op == "sum":
                    made = writer.sum(list(zip(gate.weights, done, strict=True)), gate.payload, name)
                else:
                    made = writer.product(done, name)
        assert made is not None
        writer.outputs[output] = made
    return writer, copies, origins
