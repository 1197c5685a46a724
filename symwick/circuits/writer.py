"""Writing circuits down gate by gate: nothing is merged, folded or reordered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from symwick.algebra.numbers import to_flint
from symwick.circuits.gates import MAX_EXPONENT, Gate
from symwick.errors import InvalidArgument

__all__ = ["Writer"]


class Writer:
    """Gates in the order in which they are written, names of wires, outputs.

    Unlike :class:`~symwick.circuits.builder.Builder`, which makes equal gates once: where truncated estimates are to be
    made, sharing and order matter.
    """

    def __init__(self) -> None:
        self.gates: list[Gate] = []
        self.names: dict[str, int] = {}
        self.outputs: dict[str, int] = {}

    def _write(self, gate: Gate, name: str | None) -> int:
        self.gates.append(gate)
        if name is not None:
            self.names[name] = len(self.gates) - 1
        return len(self.gates) - 1

    def input(self, name: str) -> int:
        """An input; its wire has its name."""
        return self._write(Gate("input", payload=name), name)

    def constant(self, value: Any, name: str | None = None) -> int:
        """A constant, exact."""
        return self._write(Gate("constant", payload=to_flint(value, "constant")), name)

    def sum(self, terms: Iterable[tuple[Any, int]], constant: Any = 0, name: str | None = None) -> int:
        """Σ weight · wire + constant, the terms as given; a wire may come twice. Without terms, a constant."""
        terms = list(terms)
        if not terms:
            return self.constant(constant, name)
        weights = tuple(to_flint(weight, "terms") for weight, _ in terms)
        return self._write(Gate("sum", tuple(a for _, a in terms), weights, to_flint(constant, "constant")), name)

    def product(self, args: Sequence[int], name: str | None = None) -> int:
        """The product of wires in their order; more than two are the left-to-right chain of binary products."""
        return self._write(Gate("product", tuple(args)), name)

    def power(self, argument: int, exponent: int, name: str | None = None) -> int:
        """The product of so many copies of one wire."""
        if not 2 <= exponent <= MAX_EXPONENT:
            shown = f"{exponent:,}" if exponent.bit_length() < 1000 else "a number of that many digits"
            raise InvalidArgument(f"Argument 'exponent' must be from 2 to {MAX_EXPONENT:,}, not {shown}.")
        return self._write(Gate("power", (argument,), (), exponent), name)

    def copy(self, gate: Gate, args: Sequence[int], name: str | None = None) -> int:
        """A gate of another circuit with other arguments."""
        return self._write(Gate(gate.op, tuple(args), gate.weights, gate.payload), name)
