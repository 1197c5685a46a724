"""Closures against their definitions, spelled out here by brute force: "boolean" in exact fractions, "impute" in floats.

The brute force takes gates of a circuit as data and knows nothing else of symwick: set partitions, cumulants of inputs and the
recursion are written again.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import factorial, prod
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.writer import Writer
from symwick.errors import InvalidArgument
from tests.refusals import refuses

SCHEDULES = ("gate", "layer")
Weights = dict[tuple[Any, ...], Fraction]
Wires = tuple[int, ...]


# -- the definition of "zero" and "boolean" ---------------------------------------------------------------------------------


def partitions(items: Sequence[Any]) -> Iterator[list[list[Any]]]:
    """All set partitions of labelled items."""
    if not items:
        yield []
        return
    first, *rest = items
    for smaller in partitions(rest):
        yield [[first], *smaller]
        for i, block in enumerate(smaller):
            yield [*smaller[:i], [first, *block], *smaller[i + 1 :]]


def joins(blocks: list[list[int]], elements: int) -> bool:
    """Whether blocks, given by the elements that they touch, join all elements to one piece."""
    piece, before = {0}, 0
    while len(piece) > before:
        before = len(piece)
        for block in blocks:
            if piece & set(block):
                piece |= set(block)
    return len(piece) == elements


class Wiring:
    """The wires of a circuit: chains as binary products, the terms of a sum collected; which are bits, and their levels."""

    def __init__(self, circuit: sw.Circuit, bits: Sequence[bool]) -> None:
        self.kind: list[str] = []
        self.of: list[tuple[Any, ...]] = []
        self.constant: list[Any] = []
        self.level: list[int] = []
        self.bit: list[bool] = []
        self.place: list[int] = []
        for gate in circuit.gates:
            args = [self.place[a] for a in gate.args]
            if gate.op == "input":
                n = self.kind.count("input")
                self.place.append(self.add("input", (n,), 0, bits[n]))
            elif gate.op == "constant":
                self.place.append(self.number(Fraction(str(gate.payload))))
            elif gate.op == "sum":
                weights = [Fraction(str(w)) for w in gate.weights]
                self.place.append(self.sum(list(zip(weights, args, strict=True)), Fraction(str(gate.payload))))
            else:
                first, *others = args * gate.payload if gate.op == "power" else args
                for other in others:
                    level = 1 + max(self.level[first], self.level[other])
                    first = self.add("product", (first, other), level, self.bit[first] and self.bit[other])
                self.place.append(first)

    def add(self, kind: str, of: tuple[Any, ...], level: int, bit: bool, constant: Any = 0) -> int:
        for attribute, value in zip(
            (self.kind, self.of, self.level, self.bit, self.constant), (kind, of, level, bit, constant), strict=True
        ):
            attribute.append(value)  # type: ignore[attr-defined]
        return len(self.kind) - 1

    def number(self, value: Fraction) -> int:
        return self.add("constant", (), 0, value in (0, 1), value)

    def sum(self, terms: list[tuple[Fraction, int]], constant: Fraction) -> int:
        collected = {a: sum((w for w, b in terms if b == a), Fraction(0)) for _, a in terms}
        kept = [(w, a) for a, w in collected.items() if w]
        if not kept:
            return self.number(constant)
        level = max(self.level[a] for _, a in kept)
        bit = False
        if all(self.bit[a] for _, a in kept):
            if len(kept) == 1:
                bit = (kept[0][0], constant) in ((-1, 1), (1, 0))
            elif sorted(w for w, _ in kept) == [-2, 1, 1] and constant == 0:
                ((_, both),) = (term for term in kept if term[0] == -2)
                alone = sorted(a for w, a in kept if w == 1)
                bit = self.kind[both] == "product" and sorted(self.of[both]) == alone
        return self.add("sum", tuple(kept), level, bit, constant)


def input_cumulant(weights: Weights, which: Sequence[int]) -> Fraction:
    """κ = Σ_π (−1)^(|π|−1) (|π|−1)! Π_B E Π_B."""
    total = Fraction(0)
    for partition in partitions(list(which)):
        term = Fraction((-1) ** (len(partition) - 1) * factorial(len(partition) - 1))
        for block in partition:
            term *= sum((p * prod(Fraction(point[i]) for i in block) for point, p in weights.items()), Fraction(0))
        total += term
    return total


class Definition(Wiring):
    """κ of multisets of wires in a run of some order, by the closure "zero" or "boolean" as its text says."""

    def __init__(self, circuit: sw.Circuit, weights: Weights, order: int, schedule: str, closure: str) -> None:
        columns = zip(*(point for point, p in weights.items() if p), strict=True)
        super().__init__(circuit, [set(column) <= {0, 1} for column in columns])
        self.weights, self.order, self.by_layer, self.boolean = (
            weights,
            order,
            schedule == "layer",
            closure == "boolean",
        )
        self.known: dict[Wires, Fraction] = {}

    def cumulant(self, *gates: int) -> Fraction:
        return self.kappa(*(self.place[gate] for gate in gates))

    def kappa(self, *wires: int) -> Fraction:
        key = tuple(sorted(wires))
        if key not in self.known:
            self.known[key] = self.by_definition(list(key))
        return self.known[key]

    def by_definition(self, wires: list[int]) -> Fraction:
        if any(self.kind[wire] == "constant" for wire in wires):
            return self.constant[wires[0]] if len(wires) == 1 else Fraction(0)
        if self.boolean:
            for z in sorted(set(wires)):
                if self.bit[z] and wires.count(z) > 1:
                    return self.bit_twice(z, without(wires, z, z))
        if len(wires) > self.order:
            open_ones = [w for w in wires if self.opens(w)]
            return self.opened(open_ones[-1], wires) if self.boolean and open_ones else Fraction(0)
        inner = [wire for wire in wires if self.kind[wire] != "input"]
        if not inner:
            return input_cumulant(self.weights, [self.of[wire][0] for wire in wires])
        if self.by_layer:
            top = max(self.level[wire] for wire in inner)
            inner = [wire for wire in inner if self.level[wire] == top]
            sums = [wire for wire in inner if self.kind[wire] == "sum"]
            now = sums[:1] or inner
        else:
            now = [wire for wire in inner if wire == max(inner)]
        if self.kind[now[0]] == "sum":
            return self.opened(now[0], wires)
        return self.products([self.of[wire] if wire in now else (wire,) for wire in wires])

    def bit_twice(self, z: int, others: list[int]) -> Fraction:
        """κ(Z, Z, C) = κ(Z, C) − Σ_{C = C1 ⊎ C2} κ(Z, C1) κ(Z, C2)."""
        total = self.kappa(z, *others)
        for chosen in itertools.product((True, False), repeat=len(others)):
            first = self.kappa(z, *itertools.compress(others, chosen))
            if first:
                total -= first * self.kappa(z, *itertools.compress(others, [not one for one in chosen]))
        return total

    def fixed(self, wire: int) -> bool:
        """Whether a wire depends on no input."""
        if self.kind[wire] in ("input", "constant"):
            return self.kind[wire] == "constant"
        return all(self.fixed(part if self.kind[wire] == "product" else part[1]) for part in self.of[wire])

    def opens(self, wire: int) -> bool:
        if self.kind[wire] == "product":
            return any(self.fixed(factor) for factor in self.of[wire])
        return self.kind[wire] == "sum" and (not self.bit[wire] or len(self.of[wire]) == 1)

    def opened(self, wire: int, wires: list[int]) -> Fraction:
        rest = without(wires, wire)
        if self.kind[wire] == "product":
            factor, other = self.of[wire] if self.fixed(self.of[wire][0]) else reversed(self.of[wire])
            return self.kappa(factor) * self.kappa(*rest, other)
        return sum((w * self.kappa(*rest, a) for w, a in self.of[wire]), Fraction(0) if rest else self.constant[wire])

    def products(self, elements: list[tuple[int, ...]]) -> Fraction:
        """Leonov and Shiryaev."""
        factors = [(wire, i) for i, element in enumerate(elements) for wire in element]
        total = Fraction(0)
        for partition in partitions(factors):
            if joins([[i for _, i in block] for block in partition], len(elements)):
                total += product_of(self.kappa(*(wire for wire, _ in block)) for block in partition)
        return total


def product_of(values: Iterator[Any]) -> Any:
    total = Fraction(1)
    for value in values:
        if not value:
            return Fraction(0)
        total *= value
    return total


def without(wires: list[int], *some: int) -> list[int]:
    left = list(wires)
    for wire in some:
        left.remove(wire)
    return left


# -- random circuits and laws -----------------------------------------------------------------------------------------------


def logic(writer: Writer, kind: str, a: int, b: int) -> int:
    """AND, NOT, a copy, OR as 1 − (1 − a)(1 − b), XOR as a + b − 2 (a b), and constants 0 and 1."""
    if kind == "and":
        return writer.product([a, b])
    if kind == "not":
        return writer.sum([(-1, a)], 1)
    if kind == "copy":
        return writer.sum([(1, a)])
    if kind == "or":
        neither = writer.product([writer.sum([(-1, a)], 1), writer.sum([(-1, b)], 1)])
        return writer.sum([(-1, neither)], 1)
    if kind == "xor":
        return writer.sum([(1, a), (1, b), (-2, writer.product([a, b]))])
    return writer.constant(int(kind == "one"))


def mixture(writer: Writer, kind: str, a: int, b: int) -> int:
    """What is no logic: weighted sums, a square, shapes of bits that are none, unless a and b are bits."""
    if kind == "sum":
        return writer.sum([(2, a), (-1, b)], Fraction(1, 2))
    if kind == "plus":
        return writer.sum([(1, a), (1, b)])
    if kind == "affine":
        return writer.sum([(1 - 2 * (a % 2), a)], b % 2 + 1 - 2 * (a % 2))  # a + 1, a + 2, −a, 1 − a
    if kind == "twice":
        return writer.sum([(2, a)], -1)
    if kind == "no xor":
        return writer.sum([(1, a), (1, b), (-2, writer.product([a, 0]))])
    if kind == "nothing":
        return writer.sum([(1, a), (-1, a)], 1)
    return writer.power(a, 2)


LOGIC = ("and", "and", "or", "xor", "xor", "not", "copy", "zero", "one")
MIXED = (
    "and",
    "and",
    "and",
    "xor",
    "not",
    "or",
    "sum",
    "plus",
    "plus",
    "twice",
    "affine",
    "no xor",
    "square",
    "nothing",
)


@st.composite
def circuits(draw: st.DrawFn, n: int, kinds: tuple[str, ...], most: int = 6) -> sw.Circuit:
    """Gates that read late wires as a rule, the same one twice now and then."""
    writer = Writer()
    for i in range(n):
        writer.input(f"x{i}")
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=most)):
        last = len(writer.gates) - 1
        wire = st.integers(max(0, last - 2), last) | st.integers(0, last)
        a, b = draw(wire), draw(wire)
        (logic if kind in LOGIC else mixture)(writer, kind, a, b)
    writer.outputs["out"] = len(writer.gates) - 1
    return sw.Circuit(writer.gates, writer.outputs).check()


@st.composite
def tables(draw: st.DrawFn, n: int, values: tuple[int, ...] = (0, 1)) -> Weights:
    """Dependent inputs: bits, the last of other values if wanted; few points, so that some are constant; one may have none."""
    columns = [st.sampled_from([0, 1])] * (n - 1) + [st.sampled_from(values)]
    points = draw(st.lists(st.tuples(*columns), min_size=1, max_size=4, unique=True))
    counts = [draw(st.integers(1, 3)) for _ in points]
    weights: Weights = {p: Fraction(c, sum(counts)) for p, c in zip(points, counts, strict=True)}
    weights.setdefault(tuple(draw(st.sampled_from([0, 1, 2])) for _ in range(n)), Fraction(0))
    return weights


def finite(weights: Weights) -> sw.Finite:
    return sw.Finite(weights, [f"x{i}" for i in range(len(next(iter(weights))))])


Case = tuple[sw.Circuit, Weights]


@st.composite
def logic_cases(draw: st.DrawFn, most: int = 6) -> Case:
    n = draw(st.integers(2, 3))
    return draw(circuits(n, LOGIC, most)), draw(tables(n))


@st.composite
def mixed_cases(draw: st.DrawFn) -> Case:
    return draw(circuits(3, MIXED)), draw(tables(3, (0, 1, 2, -1)))


def some_wires(draw: Any, circuit: sw.Circuit, size: int) -> list[int]:
    last = len(circuit.gates) - 1
    return draw(st.lists(st.integers(max(0, last - 2), last), min_size=size, max_size=size))


def agree(case: Case, order: int, schedule: str, known: str, draw: Any, **options: Any) -> None:
    circuit, weights = case
    run = sw.propagate(circuit, finite(weights), order, schedule, **options)
    definition = Definition(circuit, weights, order, schedule, known)
    for position, name in enumerate(circuit.wires):
        assert run.mean(name) == definition.cumulant(position), name
    for size in range(2, order + 2):
        wires = some_wires(draw, circuit, size)
        wanted = definition.cumulant(*wires)
        assert run.cumulant(*(circuit.wires[i] for i in wires)) == wanted, wires


# -- "boolean" --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(case=logic_cases(), order=st.integers(1, 4), data=st.data())
def test_logic_under_boolean_is_the_definition(schedule: str, case: Case, order: int, data: st.DataObject) -> None:
    agree(case, order, schedule, "boolean", data.draw, closure="boolean")


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(case=mixed_cases(), order=st.integers(1, 4), data=st.data())
def test_mixed_circuits_under_boolean_are_the_definition(
    schedule: str, case: Case, order: int, data: st.DataObject
) -> None:
    agree(case, order, schedule, "boolean", data.draw, closure="boolean")


SHAPES: list[tuple[list[tuple[int, int]], int, list[int], bool]] = [
    # weights of the wires x0, x1, x2 and, last, of a product; the constant; the factors of the product; whether it is a bit
    ([(1, 0), (1, 1), (-2, 3)], 0, [0, 1], True),
    ([(1, 1), (-2, 3), (1, 0)], 0, [0, 1], True),
    ([(1, 0), (1, 1), (-2, 3)], 0, [0, 2], False),
    ([(1, 0), (1, 1), (-2, 3)], 1, [0, 1], False),
    ([(1, 0), (1, 1), (-1, 3)], 0, [0, 1], False),
    ([(1, 0), (1, 1), (-2, 2)], 0, [0, 1], False),
    ([(-1, 0)], 1, [0, 1], True),
    ([(1, 3)], 0, [0, 1], True),
    ([(-1, 0)], 0, [0, 1], False),
    ([(1, 0)], 1, [0, 1], False),
    ([(2, 0)], 0, [0, 1], False),
]


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize(("terms", "constant", "factors", "bit"), SHAPES)
def test_what_is_a_bit_by_its_shape(
    terms: list[tuple[int, int]], constant: int, factors: list[int], bit: bool, schedule: str
) -> None:
    writer = Writer()
    wires = [writer.input(f"x{i}") for i in range(3)]
    wires.append(writer.product(factors))
    writer.outputs["s"] = writer.sum([(w, wires[a]) for w, a in terms], constant)
    writer.outputs["out"] = writer.product([writer.product([writer.outputs["s"], 1]), writer.outputs["s"]])
    circuit = sw.Circuit(writer.gates, writer.outputs).check()
    weights: Weights = {
        (0, 0, 1): Fraction(1, 2),
        (1, 0, 0): Fraction(1, 8),
        (1, 1, 1): Fraction(1, 4),
        (0, 1, 0): Fraction(1, 8),
    }
    for order in (1, 2, 3):
        run = sw.propagate(circuit, finite(weights), order, schedule, closure="boolean")
        definition = Definition(circuit, weights, order, schedule, "boolean")
        assert definition.bit[definition.place[circuit.outputs["s"]]] == bit
        for chosen in (["s"], ["out"], ["s", "s"], ["out", "s"], ["s", "s", "s"]):
            assert run.cumulant(*chosen) == definition.cumulant(*(circuit.outputs[name] for name in chosen)), chosen
        m = run.mean("s")
        assert not bit or run.variance("s") == m - m * m


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(case=mixed_cases(), order=st.integers(1, 3), data=st.data())
@settings(max_examples=25)
def test_zero_is_the_default_and_its_definition(schedule: str, case: Case, order: int, data: st.DataObject) -> None:
    agree(case, order, schedule, "zero", data.draw)
    agree(case, order, schedule, "zero", data.draw, closure="zero")


def test_a_product_with_a_constant_is_the_same_wire_to_both_engines() -> None:
    writer = Writer()
    x, one = writer.input("x0"), writer.constant(1)
    writer.outputs["out"] = writer.product([writer.product([one, x]), x])
    circuit = sw.Circuit(writer.gates, writer.outputs).check()
    law = sw.Independent({"x0": sw.Bernoulli("1/2")})
    demand, forward = (
        sw.propagate(circuit, law, 1, ring="float64", closure="boolean", engine=engine)
        for engine in ("demand", "frontier")
    )
    assert demand.mean("out") == forward.mean("out")


@given(case=logic_cases(), order=st.integers(1, 4))
def test_the_forward_pass_has_the_same_estimates_of_logic(case: Case, order: int) -> None:
    """All wires are outputs, so that all of them stay; joint cumulants with repeats. A sum 2a − 2ab is no bit by its shape."""
    circuit, weights = case
    names = list(circuit.wires)
    outputs = {name: circuit.position(name) for name in names[-3:]}
    circuit = sw.Circuit(circuit.gates, outputs)
    wiring = Definition(circuit, weights, order, "gate", "boolean")
    if not all(wiring.bit):
        return
    exact = sw.propagate(circuit, finite(weights), order, closure="boolean")
    forward = sw.propagate(circuit, finite(weights), order, ring="float64", closure="boolean", engine="frontier")
    for size in range(1, order + 1):
        for chosen in itertools.combinations_with_replacement(outputs, size):
            found, wanted = forward.cumulant(*chosen), float(exact.cumulant(*chosen))
            assert abs(found - wanted) <= 1e-9 * (1 + abs(wanted)), chosen
    assert forward._engine.known == ({}, {})  # nothing was asked of the other engine


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_a_carry_and_a_sum_of_two_adders_in_the_forward_pass(order: int) -> None:
    """Wires that live long: the repeated ones are in every slab."""

    nets = ["s = XOR(a, b)", "t = XOR(s, c)", "ab = AND(a, b)", "sc = AND(s, c)", "carry = OR(ab, sc)", "u = XOR(t, d)"]
    more = ["td = AND(t, d)", "ce = NAND(carry, e)", "top = NOR(td, ce)"]
    ports = [f"INPUT({net})" for net in "abcde"] + [f"OUTPUT({net})" for net in ("u", "top", "carry", "s")]
    circuit = sw.Circuit.from_bench_text("\n".join([*ports, *nets, *more]))
    pair = sw.Finite({(0, 0): "1/2", (1, 1): "1/4", (0, 1): "1/4"}, ["a", "b"])
    triple = sw.Finite({(0, 0, 1): "1/3", (1, 0, 0): "1/2", (1, 1, 1): "1/6"}, ["c", "d", "e"])
    law = sw.Independent([pair, triple])
    forward = sw.propagate(circuit, law, order, ring="float64", closure="boolean", engine="frontier")
    exact = sw.propagate(circuit, law, order, closure="boolean")
    for size in range(1, order + 1):
        for chosen in itertools.combinations_with_replacement(circuit.outputs, size):
            assert np.isclose(forward.cumulant(*chosen), float(exact.cumulant(*chosen)), rtol=1e-9, atol=1e-9), chosen


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(case=mixed_cases(), order=st.integers(1, 4))
@settings(max_examples=30)
def test_the_variance_of_a_bit_is_that_of_its_mean(schedule: str, case: Case, order: int) -> None:
    circuit, weights = case
    run = sw.propagate(circuit, finite(weights), order, schedule, closure="boolean")
    wiring = Definition(circuit, weights, order, schedule, "boolean")
    for position, name in enumerate(circuit.wires):
        wire = wiring.place[position]
        if wiring.bit[wire] and wiring.kind[wire] != "constant":
            m = run.mean(name)
            assert run.variance(name) == m - m**2, name
            assert run.cumulant(name, name, name) == m - 3 * m**2 + 2 * m**3, name


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(case=logic_cases(most=2), data=st.data())
@settings(max_examples=40)
def test_an_order_of_as_many_as_there_are_bits_is_exact(schedule: str, case: Case, data: st.DataObject) -> None:
    circuit, weights = case
    exact = sw.propagate(circuit, finite(weights), None)
    order = len(circuit.gates)
    run = sw.propagate(circuit, finite(weights), order, schedule, closure="boolean")
    for name in circuit.wires:
        assert run.mean(name) == exact.mean(name), name
    wires = [circuit.wires[i] for i in some_wires(data.draw, circuit, 3)]
    assert run.cumulant(*wires) == exact.cumulant(*wires)
    assert run.dropped == 0


def test_a_bit_that_meets_itself_again_needs_no_higher_order() -> None:
    """(x y) x = x y: order 2 knows κ(x, y), and with Z² = Z that is all."""
    circuit = sw.Circuit.from_bench_text(
        "INPUT(x)\nINPUT(y)\nOUTPUT(again)\nOUTPUT(xor)\nagain = AND(x, y, x)\nxor = XOR(x, y)"
    )
    law = sw.Finite({(0, 0): "1/3", (1, 1): "1/3", (1, 0): "1/3"}, ["x", "y"])
    for schedule in SCHEDULES:
        closed, cut = (sw.propagate(circuit, law, 2, schedule, closure=closure) for closure in ("boolean", "zero"))
        assert closed.mean("again") == Fraction(1, 3)
        assert cut.mean("again") != Fraction(1, 3)
        assert (closed.dropped, cut.dropped) == (0, 1)  # κ(x, x, y)
        assert closed.mean("xor") == Fraction(1, 3)
        assert closed.variance("xor") == Fraction(2, 9)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_dropped_counts_what_the_closure_does_not_stand_for(schedule: str) -> None:
    """E xyz x at order 2: κ(x, y, z) has no bit twice and is left out, κ(g, z, x) and κ(x, x, y) … are not."""
    law = sw.Finite({(0, 0, 0): "1/2", (1, 1, 1): "1/4", (1, 1, 0): "1/8", (1, 0, 1): "1/8"}, ["x", "y", "z"])
    circuit = sw.trace(lambda x, y, z: {"xy": x * y, "xyz": (x * y) * z, "yx": (x * y) * x}, ["x", "y", "z"])
    run = sw.propagate(circuit, law, 2, schedule, closure="boolean")
    run.mean("yx")
    run.variance("xy")
    assert run.dropped == 0
    run.mean("xyz")
    assert run.dropped == 1
    zero = sw.propagate(circuit, law, 2, schedule)
    zero.mean("yx")
    zero.variance("xy")
    assert zero.dropped == 3  # κ(x, x, y), κ(x, y, y), κ(x, x, y, y)
    zero.mean("xyz")
    assert zero.dropped == 4


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_dropped_counts_what_is_left_out_behind_a_sum_that_is_opened(schedule: str) -> None:
    """E (1 − x) y at order 1: κ(1 − x, y) is opened to −κ(x, y), which is left out."""
    law = sw.Finite({(0, 0): "1/2", (1, 1): "1/2"}, ["x", "y"])
    run = sw.propagate(sw.trace(lambda x, y: (1 - x) * y, ["x", "y"]), law, 1, schedule, closure="boolean")
    assert run.mean("out") == Fraction(1, 4)  # exactly it is 0
    assert run.dropped == 1


def test_a_run_shows_its_closure() -> None:
    circuit = sw.trace(lambda x, y: x * y, ["x", "y"])
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/2")})
    of = "through <Circuit: 2 inputs, 1 gate, outputs out>"
    closed = sw.propagate(circuit, law, 2, closure="boolean")
    assert repr(closed) == f"Propagation (order 2, schedule 'gate', closure 'boolean', exact) {of}"
    imputed = sw.propagate(circuit, law, 3, "layer", "float64", closure="impute")
    assert repr(imputed) == f"Propagation (order 3, schedule 'layer', closure 'impute', float64) {of}"
    assert imputed.mean("out") == 0.25
    assert repr(imputed).splitlines()[1:] == ["  E out = 0.25"]
    assert repr(sw.propagate(circuit, law, closure="zero")) == f"Propagation (order 2, schedule 'gate', exact) {of}"


# -- "impute" ---------------------------------------------------------------------------------------------------------------


class Imputed(Wiring):
    """The definition of "impute" for a cut between two wires, under jointly normal inputs."""

    def __init__(
        self,
        circuit: sw.Circuit,
        mean: Sequence[int],
        covariance: npt.NDArray[np.int64],
        order: int,
        left: int,
        right: int,
    ) -> None:
        super().__init__(circuit, [False] * len(mean))
        self.law = (mean, covariance)
        self.order = order
        self.sides = (self.below(left), self.below(right))
        self.known: dict[Wires, float] = {}

    def below(self, gate: int) -> set[int]:
        """The wires that a wire is made of, itself too."""
        found, waiting = set(), [self.place[gate]]
        while waiting:
            wire = waiting.pop()
            found.add(wire)
            if self.kind[wire] in ("sum", "product"):
                waiting += self.of[wire] if self.kind[wire] == "product" else [a for _, a in self.of[wire]]
        return found

    def side(self, wire: int) -> int | None:
        """0 left, 1 right; None for a wire of both sides or of none."""
        left, right = (wire in side for side in self.sides)
        return None if left == right else int(right)

    def cumulant(self, *gates: int) -> float:
        return self.kappa(*(self.place[gate] for gate in gates))

    def kappa(self, *wires: int) -> float:
        key = tuple(sorted(wires))
        if key not in self.known:
            self.known[key] = self.by_definition(list(key))
        return self.known[key]

    def by_definition(self, wires: list[int]) -> float:
        if all(self.kind[wire] == "input" for wire in wires):
            which = [self.of[wire][0] for wire in wires]
            mean, covariance = self.law
            return float(
                mean[which[0]] if len(which) == 1 else covariance[which[0], which[1]] if len(which) == 2 else 0
            )
        if len(wires) > self.order:
            return self.across(wires)
        top = max(self.level[wire] for wire in wires)
        sums = [wire for wire in wires if self.level[wire] == top and self.kind[wire] == "sum"]
        if sums:
            rest = without(wires, sums[0])
            return sum(
                (float(w) * self.kappa(*rest, a) for w, a in self.of[sums[0]]),
                float(0 if rest else self.constant[sums[0]]),
            )
        now = {wire for wire in wires if self.level[wire] == top and self.kind[wire] == "product"}
        elements = [self.of[wire] if wire in now else (wire,) for wire in wires]
        factors = [(wire, i) for i, element in enumerate(elements) for wire in element]
        total = 0.0
        for partition in partitions(factors):
            if joins([[i for _, i in block] for block in partition], len(elements)):
                total += float(product_of(self.kappa(*(wire for wire, _ in block)) for block in partition))
        return total

    def across(self, wires: list[int]) -> float:
        """κ(left, R) Σ⁺ κ(L, right)."""
        held = [[wire for wire in wires if self.side(wire) == side] for side in (0, 1)]
        if len(held[0]) + len(held[1]) < len(wires) or min(map(len, held)) <= 1:
            return 0.0
        level = max(self.level[wire] for wire in wires)
        lefts, rights = (
            [
                w
                for w, kind in enumerate(self.kind)
                if kind in ("input", "product") and self.side(w) == s and self.level[w] <= level
            ]
            for s in (0, 1)
        )
        covariance = np.array([[self.kappa(a, b) for b in rights] for a in lefts])
        row = np.array([self.kappa(*held[0], b) for b in rights])
        column = np.array([self.kappa(a, *held[1]) for a in lefts])
        return float(row @ inverse(covariance) @ column)


def inverse(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Moore and Penrose by the singular values above 1e-9 of the largest."""
    u, s, v = np.linalg.svd(matrix, full_matrices=False)
    kept = s > 1e-9 * s.max(initial=0.0)
    return (v[kept].T / s[kept]) @ u[:, kept].T


def balanced(*leaves: Any) -> Any:
    half = len(leaves) // 2
    return leaves[0] if len(leaves) == 1 else balanced(*leaves[:half]) * balanced(*leaves[half:])


def normal(seed: int, n: int, kind: str) -> tuple[list[int], npt.NDArray[np.int64]]:
    """Means and an integer covariance: of full rank, of rank one, or with inputs that repeat others."""
    rng = random.Random(seed)
    rank = 1 if kind == "rank one" else n
    root = np.array([[rng.randint(-2, 2) for _ in range(rank)] for _ in range(n)])
    if kind == "repeated":
        root[n // 2 :] = root[: n - n // 2]
    if kind == "diagonal":
        root = np.diag([rng.randint(1, 3) for _ in range(n)])
    return [rng.randint(0, 1) if seed % 2 else 0 for _ in range(n)], root @ root.T


def multivariate(mean: Sequence[int], covariance: npt.NDArray[np.int64]) -> tuple[list[str], sw.Law]:
    names = [f"x{i}" for i in range(len(mean))]
    return names, sw.MultivariateNormal(names, list(mean), covariance.tolist())


def imputing(circuit: sw.Circuit, law: sw.Law, order: int = 3) -> Any:
    return sw.propagate(circuit, law, order, "layer", "float64", closure="impute")


@pytest.mark.parametrize("kind", ["full", "rank one", "repeated", "diagonal"])
@pytest.mark.parametrize("seed", range(4))
def test_a_product_tree_of_eight_normal_inputs_is_the_definition(seed: int, kind: str) -> None:
    mean, covariance = normal(seed, 8, kind)
    names, law = multivariate(mean, covariance)
    circuit = sw.trace(balanced, names)
    root = circuit.gates[circuit.outputs["out"]]
    wanted = Imputed(circuit, mean, covariance, 3, *root.args).cumulant(circuit.outputs["out"])
    run = imputing(circuit, law)
    assert np.isfinite(run.mean("out"))
    assert np.isclose(run.mean("out"), wanted, rtol=1e-7, atol=1e-7)
    assert run.dropped == 0  # κ(p0, p1, p2, p3) is imputed, nothing else is too long
    if kind == "full":
        zero = sw.propagate(circuit, law, 3, "layer")
        assert not np.isclose(float(zero.mean("out")), wanted)  # what is imputed counts


@pytest.mark.parametrize("order", [3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_trees_of_any_shape_and_repeated_leaves_are_the_definition(seed: int, order: int) -> None:
    """Wires of both sides are neither left nor right; blocks of mixed levels occur."""
    rng = random.Random(seed)
    mean, covariance = normal(seed, 6, "full")
    names, law = multivariate(mean, covariance)

    def tree(*leaves: Any) -> Any:
        parts = [*leaves, leaves[rng.randrange(6)]]
        rng.shuffle(parts)
        while len(parts) > 1:
            i = rng.randrange(len(parts) - 1)
            product = parts[i] * parts[i + 1]
            parts[i : i + 2] = [product + parts[i] if seed == 3 and len(parts) == 4 else product]
        return parts[0]

    circuit = sw.trace(tree, names)
    out = circuit.outputs["out"]
    gate = circuit.gates[out]
    assert gate.op == "product"
    wanted = Imputed(circuit, mean, covariance, order, *gate.args).cumulant(out)
    assert np.isclose(imputing(circuit, law, order).mean("out"), wanted, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_inputs_of_both_sides_are_no_regressors(seed: int) -> None:
    mean, covariance = normal(seed, 7, "full")
    names, law = multivariate(mean, covariance)
    for shared in (lambda *x: balanced(*x, x[0]), lambda *x: balanced(*x[:4], x[0] * x[1], x[4] * x[5])):
        circuit = sw.trace(shared, names)
        out = circuit.outputs["out"]
        wanted = Imputed(circuit, mean, covariance, 3, *circuit.gates[out].args).cumulant(out)
        assert np.isclose(imputing(circuit, law).mean("out"), wanted, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_covariances_are_cut_between_the_two_wires(seed: int) -> None:
    mean, covariance = normal(seed, 8, "full")
    names, law = multivariate(mean, covariance)
    circuit = sw.trace(lambda *x: {"u": balanced(*x[:4]), "v": balanced(*x[4:]), "w": x[0] * x[5]}, names)
    run = imputing(circuit, law)
    at = circuit.outputs
    for one, other in itertools.combinations_with_replacement("uvw", 2):
        wanted = Imputed(circuit, mean, covariance, 3, at[one], at[other]).cumulant(at[one], at[other])
        assert np.isclose(run.cumulant(one, other), wanted, rtol=1e-7, atol=1e-7), (one, other)
        assert np.isclose(
            run.covariance(["u", "v", "w"])["uvw".index(one), "uvw".index(other)], wanted, rtol=1e-7, atol=1e-7
        )
    product = sw.trace(lambda *x: balanced(*x), names)
    whole = imputing(product, law).mean("out")
    assert np.isclose(whole, run.mean("u") * run.mean("v") + run.cumulant("u", "v"), rtol=1e-7)


def test_inputs_have_the_means_of_the_law_and_more_than_two_wires_no_cut() -> None:
    mean, covariance = normal(1, 8, "full")
    names, law = multivariate(mean, covariance)
    circuit = sw.trace(lambda *x: {"u": balanced(*x[:4]), "v": balanced(*x[4:]), "w": x[0] * x[5] + 1}, names)
    run = imputing(circuit, law)
    assert [run.mean(name) for name in names] == mean
    assert run.cumulant("x0", "x1") == covariance[0, 1]
    zero = sw.propagate(circuit, law, 3, "layer", "float64")
    assert np.isclose(run.cumulant("u", "v", "w"), zero.cumulant("u", "v", "w"), rtol=1e-9)
    assert run.cumulant("u", "v", "w", "u") == 0
    assert run.mean("w") == covariance[0, 5] + mean[0] * mean[5] + 1


def test_what_drops_nothing_is_exact() -> None:
    weights = {
        (0, 1, 2, 0): Fraction(1, 2),
        (1, 1, 0, 3): Fraction(1, 4),
        (2, 0, 1, 1): Fraction(1, 8),
        (1, 2, 1, 0): Fraction(1, 8),
    }
    law = sw.Finite(weights, [f"x{i}" for i in range(4)])
    four = sw.trace(balanced, [f"x{i}" for i in range(4)])
    exact = sw.propagate(four, law, None).mean("out")
    assert np.isclose(imputing(four, law).mean("out"), float(exact), rtol=1e-12)  # κ(x0, x1, x2, x3) is the law's own
    assert sw.propagate(four, law, 3, "layer").mean("out") != exact
    mean, covariance = normal(1, 6, "full")
    names, gaussian = multivariate(mean, covariance)
    six = sw.trace(lambda a, b, c, d, e, f: ((a * b) * c) * ((d * e) * f), names)
    wanted = float(sw.propagate(six, gaussian, None).mean("out"))
    assert np.isclose(imputing(six, gaussian, 4).mean("out"), wanted, rtol=1e-9)


def test_each_addend_is_cut_at_its_own_product() -> None:
    mean, covariance = normal(2, 8, "full")
    names, law = multivariate(mean, covariance)
    shapes: list[Callable[..., Any]] = [
        balanced,
        lambda *x: balanced(*x[::2], *x[1::2]),
        lambda *x: balanced(x[0], *x[2:], x[1]),
    ]
    means = [imputing(sw.trace(shape, names), law).mean("out") for shape in shapes]
    assert len({round(m, 3) for m in means}) == 3
    circuit = sw.trace(
        lambda *x: 2 * shapes[0](*x) + (3 * shapes[1](*x) - shapes[2](*x) + x[0] - 5) + shapes[0](*x), names
    )
    wanted = 3 * means[0] + 3 * means[1] - means[2] + mean[0] - 5
    assert np.isclose(imputing(circuit, law).mean("out"), wanted, rtol=1e-7, atol=1e-7)


# -- refusals ---------------------------------------------------------------------------------------------------------------

PAIR = sw.trace(lambda x, y: x * y, ["x", "y"])
BITS = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/2")})
OTHERS = sw.Independent({"x": sw.Normal(0, 1), "y": sw.Bernoulli("1/2")})


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"closure": "normal"}, "Argument 'closure' must be one of zero, boolean, impute, not 'normal'."),
        *(
            (
                {"closure": closure, "order": None, **more},
                f"Argument 'closure' must be 'zero' where order is None, which drops nothing, not '{closure}'.",
            )
            for closure, more in [("boolean", {}), ("impute", {"ring": "float64", "schedule": "layer"})]
        ),
        *(
            (
                {"closure": "impute", "ring": ring, "schedule": schedule, "order": order},
                "Argument 'closure' may be 'impute' with ring 'float64', schedule 'layer' and an order of at least 3, "
                f"not with '{ring}', '{schedule}' and {order}.",
            )
            for ring, schedule, order in [
                ("exact", "layer", 3),
                ("symbolic", "layer", 3),
                ("float64", "gate", 3),
                ("float64", "layer", 2),
            ]
        ),
    ],
)
def test_closures_that_cannot_be_are_refused(options: dict[str, Any], text: str) -> None:
    refuses(InvalidArgument, text, lambda: sw.propagate(PAIR, BITS, **options))
    refuses(InvalidArgument, text, lambda: sw.propagate(PAIR, [BITS, BITS], **options))


def test_a_forward_pass_under_boolean_needs_logic() -> None:
    text = (
        "Argument 'engine' must be 'demand' or 'auto' for closure 'boolean' in a circuit that is not made of bits: "
        "products of wires that are certainly 0 or 1, and sums 1 − a and a + b − 2ab of them."
    )
    half = sw.trace(lambda x, y: (x + y) * y, ["x", "y"])
    options: dict[str, Any] = {"ring": "float64", "closure": "boolean", "engine": "frontier"}
    for circuit, law in [(PAIR, OTHERS), (half, BITS)]:
        refuses(InvalidArgument, text, lambda circuit=circuit, law=law: sw.propagate(circuit, law, **options))
        run = sw.propagate(circuit, law, ring="float64", closure="boolean")
        assert run.plan is None
        assert np.isclose(run.mean("out"), float(sw.propagate(circuit, law, closure="boolean").mean("out")))
    assert sw.propagate(PAIR, BITS, **options).plan is not None


def test_imputed_estimates_have_no_gradient() -> None:
    text = "Argument 'closure' of the run must be 'zero' or 'boolean' for a gradient, not 'impute'."
    refuses(InvalidArgument, text, lambda: imputing(PAIR, BITS).gradient("out"))


def test_a_closure_for_bits_is_refused_where_there_are_none() -> None:
    circuit = sw.trace(lambda x, y: x * y, ["x", "y"])
    law = sw.Independent({"x": sw.Normal(0, 1), "y": sw.Rademacher()})
    text = "Argument 'closure' may be 'boolean' where some wire is certainly 0 or 1; here none is."
    refuses(InvalidArgument, text, lambda: sw.propagate(circuit, law, 2, closure="boolean"))
