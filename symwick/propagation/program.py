"""Circuits laid out for propagation: binary products, linear sums, and which independent groups a wire depends on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy

from symwick.circuits.circuit import Circuit
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["CONSTANT", "INPUT", "PRODUCT", "SUM", "Program", "laid_out", "out_of_range"]

INPUT, CONSTANT, SUM, PRODUCT = range(4)


def out_of_range(gate: str) -> InvalidArgument:
    """The refusal of a value that is no finite float."""
    return InvalidArgument(f"Argument 'c' leaves the range of float64 at gate {gate!r}: pass ring='exact', or scale it.")


def _same(value: Any) -> Any:
    return value


@dataclass
class Program:
    """Wires in circuit order, the unnamed inner wires of chains in their place; all lists are by wire.

    A sum has ``terms`` (weight, wire), each wire once, and a ``constant``; a product has ``left`` and ``right``. ``groups`` is
    the mask of the independent groups of inputs that a wire depends on, ``levels`` its multiplicative depth, ``bits`` whether
    its values are certainly 0 and 1. ``place`` maps gates of the circuit to wires.
    """

    kinds: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    terms: list[tuple[tuple[Any, int], ...]] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)
    variables: list[sympy.Symbol | None] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    bits: list[bool] = field(default_factory=list)
    place: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.kinds)

    def _wire(
        self,
        kind: int,
        groups: int,
        level: int,
        bit: bool,
        *,
        left: int = -1,
        right: int = -1,
        terms: tuple[tuple[Any, int], ...] = (),
        constant: Any = None,
        variable: sympy.Symbol | None = None,
    ) -> int:
        self.kinds.append(kind)
        self.left.append(left)
        self.right.append(right)
        self.terms.append(terms)
        self.constants.append(constant)
        self.variables.append(variable)
        self.groups.append(groups)
        self.levels.append(level)
        self.bits.append(bit)
        return len(self.kinds) - 1

    def input(self, variable: sympy.Symbol, group: int, bit: bool) -> int:
        return self._wire(INPUT, group, 0, bit, variable=variable)

    def constant(self, value: Any) -> int:
        return self._wire(CONSTANT, 0, 0, value in (0, 1), constant=value)

    def sum(self, terms: Sequence[tuple[Any, int]], constant: Any) -> int:
        if len(terms) == 1 and terms[0][0]:  # what logic is full of: 1 − a
            ((weight, wire),) = terms
            bit = self.bits[wire] and bool((weight == -1 and constant == 1) or (weight == 1 and not constant))
            return self._wire(SUM, self.groups[wire], self.levels[wire], bit, terms=((weight, wire),), constant=constant)
        collected: dict[int, Any] = {}
        groups = level = 0
        for weight, wire in terms:
            collected[wire] = collected[wire] + weight if wire in collected else weight
            level = max(level, self.levels[wire])  # as written: of terms that cancel, too
        kept = tuple((weight, wire) for wire, weight in collected.items() if weight)
        if not kept:
            return self._wire(CONSTANT, 0, level, constant in (0, 1), constant=constant)
        for _, wire in kept:
            groups |= self.groups[wire]
        return self._wire(SUM, groups, level, self._is_bit(kept, constant), terms=kept, constant=constant)

    def _is_bit(self, terms: tuple[tuple[Any, int], ...], constant: Any) -> bool:
        """Whether a sum is a bit by its shape: a, 1 − a, or a + b − 2ab."""
        if len(terms) not in (1, 3) or not all(self.bits[wire] for _, wire in terms):
            return False
        weights = [weight for weight, _ in terms]
        if len(terms) == 1:
            return bool((weights[0] == -1 and constant == 1) or (weights[0] == 1 and not constant))
        if constant != 0 or sorted(weights) != [-2, 1, 1]:
            return False
        both = terms[weights.index(-2)][1]
        others = {wire for weight, wire in terms if weight == 1}
        return self.kinds[both] == PRODUCT and {self.left[both], self.right[both]} == others

    def product(self, left: int, right: int) -> int:
        groups = self.groups[left] | self.groups[right]
        level = max(self.levels[left], self.levels[right]) + 1
        return self._wire(PRODUCT, groups, level, self.bits[left] and self.bits[right], left=left, right=right)


def laid_out(circuit: Circuit, laws: Sequence[Law], limit: int, coerce: Callable[[Any], Any] = _same) -> Program:
    """The program of a circuit under laws that have a variable for every input; ``coerce`` brings numbers into the ring.

    Inputs are in one group where any of the laws has them in one, and bits where they are bits under all.

    Raises InvalidArgument (a gate that is no sum, product or power), TooLarge (chains of more than ``limit`` products).
    """
    known = {v.name: v for v in laws[0].variables}
    group_of = _groups(laws, [known[name] for name in circuit.inputs])
    chains = [gate for gate in circuit.gates if gate.op in ("product", "power")]
    length = sum((gate.payload if gate.op == "power" else len(gate.args)) - 1 for gate in chains)
    if length > limit:
        raise TooLarge("Products in the chains of this circuit", length, limit)
    program = Program()
    names = circuit.wires
    for position, gate in enumerate(circuit.gates):
        args = [program.place[a] for a in gate.args]
        if gate.op == "input":
            v = known[gate.payload]
            wire = program.input(v, group_of[v], all(_is_bit(law, v) for law in laws))
        elif gate.op == "constant":
            wire = program.constant(coerce(gate.payload))
        elif gate.op == "sum":
            wire = program.sum([(coerce(w), a) for w, a in zip(gate.weights, args, strict=True)], coerce(gate.payload))
        elif gate.op in ("product", "power"):
            factors = args if gate.op == "product" else args * gate.payload
            wire = factors[0]
            for factor in factors[1:]:
                wire = program.product(wire, factor)
        else:
            raise InvalidArgument(
                f"Argument 'c' must be made of sums, products and powers, but gate {names[position]!r} is a {gate.op}."
            )
        program.place.append(wire)
    return program


def _groups(laws: Sequence[Law], symbols: list[sympy.Symbol]) -> dict[sympy.Symbol, int]:
    """The mask of the group of each symbol: one bit each."""
    leader = {v: v for v in symbols}

    def root(v: sympy.Symbol) -> sympy.Symbol:
        while leader[v] != v:
            leader[v] = leader[leader[v]]
            v = leader[v]
        return v

    for law in laws if symbols else ():
        for group in law.independent_groups(symbols):
            first, *others = group
            for v in others:
                leader[root(v)] = root(first)
    numbers: dict[sympy.Symbol, int] = {}
    return {v: 1 << numbers.setdefault(root(v), len(numbers)) for v in symbols}


def _is_bit(law: Law, variable: sympy.Symbol) -> bool:
    weights = law.weights(variable)
    return weights is not None and all(point in (0, 1) for point, _ in weights)
