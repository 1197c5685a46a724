"""The plan of a forward pass: which wires are alive when, in which slots, and what the pass will take.

Affine gates of few terms are folded into the products that read them; sums of many terms are computed in batches, one
matrix product each. Inputs come to life with the first gate that depends on their independent group, and every wire dies
after its last reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from symwick.propagation.program import CONSTANT, INPUT, PRODUCT, SUM, Program

__all__ = ["Form", "Plan", "Step", "planned"]

_FOLDED = 4
"""Terms up to which an affine wire is put into its readers; longer ones get slots of their own."""

Form = tuple[float, tuple[tuple[float, int], ...]]
"""constant + Σ weight · base wire."""


@dataclass(slots=True)
class Step:
    """One step: inputs brought in, a product, or a batch of sums; then the slots that are free again.

    ``wires`` and ``slots`` are what is computed, ``forms`` what from, in slots: of a product its two factors, of a batch one
    for each wire.
    """

    kind: int
    wires: list[int]
    slots: list[int]
    forms: list[Form] = field(default_factory=list)
    freed: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """Steps, slots needed at most, the form of every wire in base wires, and where kept base wires end up."""

    steps: list[Step]
    width: int
    forms: list[Form]
    kept: dict[int, int]

    def bytes(self, order: int) -> int:
        """Memory of the arrays of cumulants."""
        return 8 * sum(self.width**j for j in range(1, order + 1))

    def operations(self, order: int) -> int:
        """Floating-point operations, roughly: each new wire touches every array but for one of its axes."""
        total = 0
        for step in self.steps:
            terms = 2 * order if step.kind == PRODUCT else self.width if step.kind == SUM else 1
            total += len(step.wires) * terms * sum(self.width ** (j - 1) for j in range(1, order + 1))
        return total


def planned(program: Program, kept: Iterable[int]) -> Plan:
    """The plan that keeps the joint cumulants of some wires to the end."""
    forms = _forms(program)
    based = [_needs_slot(program, wire, forms) for wire in range(len(program))]
    wanted = {base for wire in kept for _, base in forms[wire][1]}
    order, reads = _order(program, forms, based, wanted)
    last = {wire: len(order) for wire in wanted}
    for position, wires in enumerate(order):
        for wire in wires:
            for base in reads[wire]:
                last[base] = max(last.get(base, -1), position)
    return _allotted(program, forms, order, last, wanted)


def _forms(program: Program) -> list[Form]:
    """Every wire as an affine form of base wires: inputs, products, and sums of many terms."""
    forms: list[Form] = []
    for wire in range(len(program)):
        kind = program.kinds[wire]
        if kind == CONSTANT:
            forms.append((program.constants[wire], ()))
        elif kind == SUM:
            total: dict[int, float] = {}
            constant = program.constants[wire]
            for weight, a in program.terms[wire]:
                inner, terms = forms[a]
                constant += weight * inner
                for w, base in terms:
                    total[base] = total.get(base, 0.0) + weight * w
            kept = tuple((w, base) for base, w in total.items() if w)
            forms.append((constant, kept) if len(kept) <= _FOLDED else (0.0, ((1.0, wire),)))
        elif kind == PRODUCT:
            forms.append(_scaled(forms[program.left[wire]], forms[program.right[wire]]) or (0.0, ((1.0, wire),)))
        else:
            forms.append((0.0, ((1.0, wire),)))
    return forms


def _scaled(left: Form, right: Form) -> Form | None:
    """The product of two forms where one is a constant."""
    if left[1] and right[1]:
        return None
    factor, form = (left[0], right) if not left[1] else (right[0], left)
    return factor * form[0], tuple((factor * w, base) for w, base in form[1] if factor * w)


def _needs_slot(program: Program, wire: int, forms: list[Form]) -> bool:
    return forms[wire] == (0.0, ((1.0, wire),))


def _expanded(program: Program, wire: int, forms: list[Form]) -> Form:
    """A sum of many terms in base wires other than itself."""
    total: dict[int, float] = {}
    constant = program.constants[wire]
    for weight, a in program.terms[wire]:
        inner, terms = forms[a]
        constant += weight * inner
        for w, base in terms:
            total[base] = total.get(base, 0.0) + weight * w
    return constant, tuple((w, base) for base, w in total.items() if w)


def _order(
    program: Program, forms: list[Form], based: list[bool], wanted: set[int]
) -> tuple[list[list[int]], dict[int, list[int]]]:
    """Lists of base wires to be computed together, and what each of them reads; what nobody needs is left out."""
    reads: dict[int, list[int]] = {}
    needed = set(wanted)
    for wire in range(len(program) - 1, -1, -1):
        if not based[wire] or wire not in needed:
            continue
        if program.kinds[wire] == PRODUCT:
            factors = (forms[program.left[wire]], forms[program.right[wire]])
            reads[wire] = [base for _, terms in factors for _, base in terms]
        elif program.kinds[wire] == SUM:
            reads[wire] = [base for _, base in _expanded(program, wire, forms)[1]]
        else:
            reads[wire] = []
        needed.update(reads[wire])
    members: dict[int, list[int]] = {}
    for wire in sorted(needed):
        if program.kinds[wire] == INPUT:
            members.setdefault(program.groups[wire], []).append(wire)
    order: list[list[int]] = []
    present: set[int] = set()
    batch: list[int] = []
    inside: set[int] = set()

    def close() -> None:
        nonlocal batch, inside
        if batch:
            order.append(batch)
            present.update(batch)
            batch, inside = [], set()

    for wire in sorted(needed):
        if program.kinds[wire] == INPUT:
            continue
        if program.kinds[wire] != SUM or any(base in inside for base in reads[wire]):
            close()
        arriving = [g for g in members if g & program.groups[wire]]
        for group in arriving:
            order.append(members.pop(group))
        if program.kinds[wire] == SUM:
            batch.append(wire)
            inside.add(wire)
        else:
            order.append([wire])
    close()
    order += members.values()
    return order, reads


def _allotted(
    program: Program, forms: list[Form], order: list[list[int]], last: dict[int, int], wanted: set[int]
) -> Plan:
    """Slots from a free list, the smallest first, so that the arrays stay as narrow as the circuit is."""
    slot: dict[int, int] = {}
    free: list[int] = []
    width = 0
    steps = []
    dying: list[list[int]] = [[] for _ in range(len(order) + 1)]
    for position, wires in enumerate(order):
        for wire in wires:
            dying[max(last.get(wire, position), position)].append(wire)
    for position, wires in enumerate(order):
        kind = program.kinds[wires[0]]
        inputs: list[Form] = []
        if kind == PRODUCT:
            inputs = [forms[program.left[wires[0]]], forms[program.right[wires[0]]]]
        elif kind == SUM:
            inputs = [_expanded(program, wire, forms) for wire in wires]
        placed: list[Form] = [(constant, tuple((w, slot[base]) for w, base in terms)) for constant, terms in inputs]
        slots = []
        for wire in wires:
            if free:
                slot[wire] = free.pop()
            else:
                slot[wire] = width
                width += 1
            slots.append(slot[wire])
        freed = [slot[wire] for wire in dying[position]]
        free += sorted(freed, reverse=True)
        steps.append(Step(kind, wires, slots, placed, freed))
    return Plan(steps, width, forms, {wire: slot[wire] for wire in wanted})
