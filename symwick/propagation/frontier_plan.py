"""The plan of a forward pass: which wires are alive when, in which slots, and what the pass will take.

An affine gate is put into its readers where that keeps no more wires alive than giving it a slot would; gates of many terms
that products read get slots of their own, consecutive ones as one matrix product. Inputs come to life with the first gate that
depends on their independent group, and every wire dies after its last reader.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from symwick.propagation.program import CONSTANT, INPUT, PRODUCT, SUM, Program

__all__ = ["BATCH", "Form", "Plan", "Step", "planned"]

_FEW = 4
"""Terms up to which a sum is cheaper to read through than to compute."""

BATCH = 4
"""Sums that are worth a matrix product."""

_FLOPS = 1e9
"""Floating-point operations a second, for the predicted time; every step takes ten microseconds besides."""

Form = tuple[float, tuple[tuple[float, int], ...]]
"""constant + Σ weight · base wire (or slot)."""


@dataclass(slots=True)
class Layer:
    """A batch of sums as constants + matrix · the wires in slots ``used``; ``alive`` are the other slots that are read later."""

    matrix: npt.NDArray[np.float64]
    constants: npt.NDArray[np.float64]
    used: list[int]
    alive: list[int]


@dataclass(slots=True)
class Step:
    """One step: inputs brought in, a product, or sums that do not read each other.

    ``wires`` and ``slots`` are what is computed, ``forms`` what from, in slots: of a product its two factors, of sums one for
    each wire, unless they are many: then ``layer``.
    """

    kind: int
    wires: list[int]
    slots: list[int]
    forms: list[Form] = field(default_factory=list)
    layer: Layer | None = None


@dataclass(slots=True, repr=False)
class Plan:
    """Steps, slots needed at most, the form of every wire in base wires, and where kept base wires end up."""

    order: int
    steps: list[Step]
    width: int
    forms: list[Form]
    kept: dict[int, int]
    reached: list[bool]
    """Which wires the kept ones are made of, the only ones that the pass knows."""
    narrow: bool = False
    """Whether wires are computed depth first instead of in circuit order."""

    @property
    def bytes(self) -> int:
        """Memory of the arrays of cumulants."""
        return 8 * sum(self.width**j for j in range(1, self.order + 1))

    @property
    def seconds(self) -> float:
        """Roughly: each new wire touches every array but for one of its axes, some ten times."""
        slabs = sum(self.width ** (j - 1) for j in range(1, self.order + 1))
        work = 0
        for step in self.steps:
            if step.layer is not None:
                work += step.layer.matrix.size * slabs
            elif step.kind == SUM:
                work += sum(len(terms) for _, terms in step.forms) * slabs
            else:
                work += 10 * len(step.wires) * slabs
        return work / _FLOPS + 1e-5 * len(self.steps)

    def __repr__(self) -> str:
        size = self.bytes
        unit, scale = ("GB", 1e9) if size >= 1e9 else ("MB", 1e6) if size >= 1e6 else ("kB", 1e3)
        time = f"{self.seconds:.2g} s" if self.seconds >= 0.1 else f"{1000 * self.seconds:.2g} ms"
        how = ", gates depth first" if self.narrow else ""
        return f"order {self.order}{how}, live width {self.width:,}, {size / scale:.3g} {unit}, about {time}"


def planned(program: Program, kept: Iterable[int], order: int, *, bits: bool = False, narrow: bool = False) -> Plan:
    """The plan that keeps the joint cumulants of some wires to the end.

    With ``bits``, bits have slots and other sums none. With ``narrow``, wires are computed depth first instead of in circuit
    order, which may need fewer slots; estimates stay the same at orders 1 and 2 only.
    """
    collecting = gc.isenabled()
    gc.disable()  # some million small tuples and no cycles among them: looking for these takes longer than the plan
    try:
        return _planned(program, list(kept), order, bits, narrow)
    finally:
        if collecting:
            gc.enable()


def _planned(program: Program, ends: list[int], order: int, bits: bool, narrow: bool) -> Plan:
    needed, last, multiplied = _readers(program, ends)
    forms, based = _forms(program, needed, last, multiplied, bits)
    wanted = list(dict.fromkeys(base for wire in ends for _, base in forms[wire][1]))
    if narrow:
        based = _depth_first(based, wanted)
        # what cancels on the way up is on no way down
        needed = [found and all(base in based for _, base in form[1]) for found, form in zip(needed, forms, strict=True)]
    plan = _allotted(forms, _steps(program, based), set(wanted), needed, order)
    plan.narrow = narrow
    return plan


def _readers(program: Program, ends: list[int]) -> tuple[list[bool], list[int], list[bool]]:
    """Which wires the ends are made of; the last needed gate that reads each (none is -1); whether a product or the end does."""
    n = len(program)
    needed, last, multiplied = [False] * n, [-1] * n, [False] * n
    for wire in ends:
        needed[wire] = multiplied[wire] = True
        last[wire] = n
    for wire in range(n - 1, -1, -1):
        if not needed[wire]:
            continue
        kind = program.kinds[wire]
        if kind == PRODUCT:
            for a in (program.left[wire], program.right[wire]):
                needed[a] = multiplied[a] = True
                last[a] = max(last[a], wire)
        elif kind == SUM:
            for _, a in program.terms[wire]:
                needed[a] = True
                last[a] = max(last[a], wire)
    return needed, last, multiplied


def _forms(
    program: Program, needed: list[bool], last: list[int], multiplied: list[bool], bits: bool
) -> tuple[list[Form], dict[int, list[Form]]]:
    """Every needed wire as an affine form of base wires; and, of base wires that are gates, what they are computed from."""
    forms: list[Form] = []
    based: dict[int, list[Form]] = {}
    final = list(last)  # the last gate that reads a base wire, through forms too
    for wire, kind in enumerate(program.kinds):
        itself: Form = (0.0, ((1.0, wire),))
        if not needed[wire]:
            forms.append((0.0, ()))
        elif kind == INPUT:
            based[wire] = []
            forms.append(itself)
        elif kind == CONSTANT:
            forms.append((program.constants[wire], ()))
        elif kind == PRODUCT:
            left, right = forms[program.left[wire]], forms[program.right[wire]]
            if left[1] and right[1]:
                based[wire] = [left, right]
                forms.append(itself)
            else:
                factor, form = (left[0], right) if not left[1] else (right[0], left)
                forms.append(_through(factor, form, 0.0))
                _prolong(final, forms[-1], last[wire])
        else:
            form = _expanded(program, wire, forms, based)
            terms = form[1]
            if bits:
                own = program.bits[wire]
            else:
                own = sum(final[base] <= wire for _, base in terms) > 1 or (len(terms) > _FEW and multiplied[wire])
            if len(terms) > 1 and own:
                based[wire] = [form]
                form = itself
            forms.append(form)
            _prolong(final, form, last[wire])
    return forms, based


def _prolong(final: list[int], form: Form, reader: int) -> None:
    for _, base in form[1]:
        if final[base] < reader:
            final[base] = reader


def _through(weight: float, form: Form, constant: float) -> Form:
    return constant + weight * form[0], tuple((weight * w, base) for w, base in form[1] if weight * w)


def _expanded(program: Program, wire: int, forms: list[Form], based: dict[int, list[Form]]) -> Form:
    """A sum in base wires."""
    parts = program.terms[wire]
    if len(parts) == 1:
        ((weight, a),) = parts
        return _through(weight, forms[a], program.constants[wire])
    if all(a in based for _, a in parts):  # base wires: as written
        return program.constants[wire], parts
    total: dict[int, float] = {}
    constant = program.constants[wire]
    for weight, a in parts:
        inner, terms = forms[a]
        constant += weight * inner
        for w, base in terms:
            total[base] = total.get(base, 0.0) + weight * w
    return constant, tuple((w, base) for base, w in total.items() if w)


def _depth_first(based: dict[int, list[Form]], ends: list[int]) -> dict[int, list[Form]]:
    """Base wires depth first: of what a wire is made of, what needs most slots comes first (Sethi and Ullman, 1970)."""
    need: dict[int, int] = {}
    made_of: dict[int, list[int]] = {}
    for wire, sources in based.items():
        parts = sorted({base for _, terms in sources for _, base in terms}, key=lambda base: (-need[base], base))
        made_of[wire] = parts
        need[wire] = max((need[base] + i for i, base in enumerate(parts)), default=1)
    found: dict[int, list[Form]] = {}
    for end in ends:
        stack = [(end, iter(made_of[end]))] if end not in found else []
        while stack:
            wire, parts_left = stack[-1]
            following = next((base for base in parts_left if base not in found), None)
            if following is None:
                found[wire] = based[wire]
                stack.pop()
            else:
                stack.append((following, iter(made_of[following])))
    return found


def _steps(program: Program, based: dict[int, list[Form]]) -> list[tuple[int, list[int], list[Form]]]:
    """(kind, wires, forms) in the order of the circuit; a group of inputs right before the first gate that depends on it."""
    waiting: dict[int, list[int]] = {}
    for wire in based:
        if program.kinds[wire] == INPUT:
            waiting.setdefault(program.groups[wire], []).append(wire)
    pending = 0
    for group in waiting:
        pending |= group
    steps: list[tuple[int, list[int], list[Form]]] = []
    batch: dict[int, None] = {}

    def close() -> None:
        nonlocal batch
        if batch:
            steps.append((SUM, list(batch), [based[wire][0] for wire in batch]))
            batch = {}

    for wire, sources in based.items():
        kind = program.kinds[wire]
        if kind == INPUT:
            continue
        if arriving := pending & program.groups[wire]:
            # before the batch that is open, which goes on: inputs may always come earlier
            pending &= ~arriving
            found: list[int] = []
            while arriving:
                group = arriving & -arriving
                found += waiting.pop(group)
                arriving ^= group
            steps.append((INPUT, found, []))
        if kind == SUM:
            if batch and any(base in batch for _, base in sources[0][1]):
                close()
            batch[wire] = None
        else:
            close()
            steps.append((PRODUCT, [wire], sources))
    close()
    if waiting:
        steps.append((INPUT, [i for wires in waiting.values() for i in wires], []))
    return steps


def _allotted(
    forms: list[Form], steps: list[tuple[int, list[int], list[Form]]], wanted: set[int], needed: list[bool], order: int
) -> Plan:
    """Slots from a free list, so that the arrays are as narrow as the circuit is."""
    last: dict[int, int] = dict.fromkeys(wanted, len(steps))
    for position in range(len(steps) - 1, -1, -1):
        _, wires, sources = steps[position]
        for _, terms in sources:
            for _, base in terms:
                last.setdefault(base, position)
        for wire in wires:
            last.setdefault(wire, position)
    slot: dict[int, int] = {}
    free: list[int] = []
    width = 0
    found = []
    alive: set[int] = set()
    layers = [kind == SUM and len(wires) >= BATCH for kind, wires, _ in steps]
    watched = any(layers)  # only a layer asks who is alive
    for position, (kind, wires, sources) in enumerate(steps):
        ending = {base for _, terms in sources for _, base in terms if last[base] == position}
        if layers[position]:
            placed: list[Form] = []
            layer = _layer(sources, slot, sorted(slot[wire] for wire in alive if last[wire] > position))
            free += sorted((slot[wire] for wire in ending), reverse=True)  # a layer may be written over what it read
        else:
            placed = [(c, tuple([(w, slot[base]) for w, base in terms])) for c, terms in sources]
            layer = None
        slots = []
        for wire in wires:
            if free:
                slot[wire] = free.pop()
            else:
                slot[wire] = width
                width += 1
            slots.append(slot[wire])
        if watched:
            alive.update(wires)
            alive -= ending
        if ending and layer is None:
            free += sorted([slot[wire] for wire in ending], reverse=True)
        found.append(Step(kind, wires, slots, placed, layer))
    return Plan(order, found, width, forms, {wire: slot[wire] for wire in wanted}, needed)


def _layer(sources: list[Form], slot: dict[int, int], alive: list[int]) -> Layer:
    bases = sorted({base for _, terms in sources for _, base in terms})
    column = np.zeros(bases[-1] + 1 if bases else 0, dtype=np.intp)
    column[bases] = range(len(bases))
    matrix = np.zeros((len(sources), len(bases)))
    for row, (_, terms) in enumerate(sources):
        if terms:
            weights, read = zip(*terms, strict=True)
            matrix[row, column[list(read)]] = weights
    return Layer(matrix, np.array([constant for constant, _ in sources]), [slot[base] for base in bases], alive)
