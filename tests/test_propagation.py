"""Propagation against its definition, spelled out here by brute force, against enumeration, and against published figures.

The brute force knows nothing of ``symwick.propagation``: labelled wires, set partitions, cumulants of inputs by the oracle.
"""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Sequence
from fractions import Fraction
from importlib.resources import files
from itertools import combinations_with_replacement, pairwise, product
from math import factorial, prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.gates import Gate
from symwick.circuits.writer import Writer
from symwick.errors import (
    InexactError,
    InvalidArgument,
    NoClosedForm,
    NotRational,
    SymwickError,
    TooLarge,
    UnknownVariable,
)
from symwick.testing import oracle, strategies
from symwick.testing.oracle import Point

DATA = Path(__file__).parent / "data"
SCHEDULES = ("gate", "layer")
Weights = dict[Point, Fraction]
x, y, z, p = sympy.symbols("x y z p")


# -- the definition -------------------------------------------------------------------------------------------------


class Definition:
    """The truncated cumulants of the wires of a circuit, by the definition of an order and a schedule alone.

    Every cumulant of more than ``order`` wires is 0. "gate": expand the latest wire in circuit order, all its copies at once.
    "layer": expand all sums of the top level by linearity, until none is left, then all products of that level at once. A
    product of n factors and a power are chains of binary products whose inner wires stand in their place.
    """

    def __init__(self, circuit: sw.Circuit, weights: Weights, order: int, schedule: str) -> None:
        self.weights, self.order, self.schedule = weights, order, schedule
        self.wires: list[tuple[Any, ...]] = []
        self.level: list[int] = []
        self.place: list[int] = []
        self.known: dict[tuple[int, ...], Fraction] = {}
        inputs = 0
        for gate in circuit.gates:
            args = [self.place[a] for a in gate.args]
            if gate.op == "input":
                self.add(("input", inputs), 0)
                inputs += 1
            elif gate.op == "constant":
                self.add(("constant", Fraction(str(gate.payload))), 0)
            elif gate.op == "sum":
                terms = [(Fraction(str(w)), a) for w, a in zip(gate.weights, args, strict=True)]
                self.add(("sum", terms, Fraction(str(gate.payload))), max(self.level[a] for a in args))
            else:
                factors = args * gate.payload if gate.op == "power" else args
                if len(factors) == 1:  # a chain without a product: the wire itself
                    self.place.append(factors[0])
                    continue
                left = factors[0]
                for right in factors[1:]:
                    self.add(("product", left, right), max(self.level[left], self.level[right]) + 1)
                    left = len(self.wires) - 1
            self.place.append(len(self.wires) - 1)

    def add(self, wire: tuple[Any, ...], level: int) -> None:
        self.wires.append(wire)
        self.level.append(level)

    def cumulant(self, *gates: int) -> Fraction:
        return self.kappa([self.place[gate] for gate in gates])

    def kappa(self, labelled: Sequence[int]) -> Fraction:
        key = tuple(sorted(labelled))
        if key not in self.known:
            self.known[key] = self.expanded(list(key))
        return self.known[key]

    def expanded(self, wires: list[int]) -> Fraction:
        if len(wires) > self.order:
            return Fraction(0)
        kinds = [self.wires[wire][0] for wire in wires]
        if "constant" in kinds:
            return self.wires[wires[0]][1] if len(wires) == 1 else Fraction(0)
        inner = [wire for wire, kind in zip(wires, kinds, strict=True) if kind != "input"]
        if not inner:
            return oracle.cumulant(self.weights, [self.wires[wire][1] for wire in wires])
        if self.schedule == "gate":
            now = {max(inner)}
        else:
            top = max(self.level[wire] for wire in inner)
            now = {wire for wire in inner if self.level[wire] == top}
            sums = [wire for wire in now if self.wires[wire][0] == "sum"]
            now = set(sums) or now
        chosen = max(now)
        if self.wires[chosen][0] == "sum":
            _, terms, constant = self.wires[chosen]
            rest = list(wires)
            rest.remove(chosen)
            return sum((w * self.kappa([*rest, a]) for w, a in terms), Fraction(0) if rest else constant)
        elements = [list(self.wires[wire][1:]) if wire in now else [wire] for wire in wires]
        return self.joining(elements)

    def joining(self, elements: list[list[int]]) -> Fraction:
        """Σ over the partitions of all factors that join the elements to one, of the product of the blocks' cumulants."""
        leaves = [(wire, element) for element, factors in enumerate(elements) for wire in factors]
        total = Fraction(0)
        for partition in oracle.set_partitions(range(len(leaves))):
            tied = {0}
            for _ in elements:
                for block in partition:
                    met = {leaves[i][1] for i in block}
                    tied |= met if met & tied else set()
            if len(tied) < len(elements):
                continue
            term = Fraction(1)
            for block in partition:
                term *= self.kappa([leaves[i][0] for i in block])
                if not term:
                    break
            total += term
        return total


def joint_weights(circuit: sw.Circuit, weights: Weights) -> Weights:
    """The joint law of all gates of a circuit whose inputs have a law, by enumeration."""
    names = circuit.wires
    found: Weights = {}
    for point, weight in weights.items():
        values = circuit.evaluate(dict(zip(circuit.inputs, point, strict=True)), wires=names)
        row = tuple(values[name] for name in names)
        found[row] = found.get(row, Fraction(0)) + weight
    return found


# -- random circuits --------------------------------------------------------------------------------------------------


KINDS = "sum sum product product product ternary square constant"


@st.composite
def circuits(draw: st.DrawFn, n: int, most_gates: int = 6, kinds: str = KINDS) -> sw.Circuit:
    """Sums with constants and repeated wires, products of two and three, squares, constants; wires read often, or never."""
    writer = Writer()
    for i in range(n):
        writer.input(f"x{i}")
    for kind in draw(st.lists(st.sampled_from(kinds.split()), min_size=1, max_size=most_gates)):
        last = len(writer.gates) - 1
        wire = st.sampled_from([*range(max(0, last - 3), last + 1)]) | st.integers(0, last)
        if kind == "sum":
            terms = draw(st.lists(st.tuples(st.sampled_from([1, -1, 2, 0]), wire), min_size=1, max_size=3))
            writer.sum(terms, draw(st.sampled_from([0, 0, 1, Fraction(-1, 2)])))
        elif kind == "constant":
            writer.constant(draw(st.integers(-1, 2)))
        elif kind == "square":
            writer.power(draw(wire), 2)
        else:
            size = draw(st.sampled_from([2, 2, 2, 1])) if kind == "product" else 3
            writer.product([draw(wire) for _ in range(size)])
    writer.outputs["out"] = len(writer.gates) - 1
    return sw.Circuit(writer.gates, writer.outputs)


@st.composite
def crossed(draw: st.DrawFn, n: int) -> sw.Circuit:
    """Products of products of sums of random inputs: what the schedules treat differently is certain to occur."""
    writer = Writer()
    wires = [writer.input(f"x{i}") for i in range(n)]
    for _ in range(draw(st.integers(0, 2))):
        wires.append(writer.sum([(draw(st.sampled_from([1, -1])), draw(st.sampled_from(wires))) for _ in range(2)], 1))
    low = [writer.product([draw(st.sampled_from(wires)) for _ in range(2)]) for _ in range(draw(st.integers(2, 3)))]
    between = draw(st.sampled_from([*low, writer.sum([(1, low[0]), (2, low[-1]), (1, wires[0])])]))
    writer.product([between, draw(st.sampled_from(low))])
    writer.outputs["out"] = len(writer.gates) - 1
    return sw.Circuit(writer.gates, writer.outputs)


@st.composite
def dependent_laws(draw: st.DrawFn, n: int) -> tuple[sw.Law, Weights]:
    """Three or four points: as a rule all inputs depend on each other."""
    values = [st.sampled_from([0, 1, -1, 2])] * n
    points = draw(st.lists(st.tuples(*values), min_size=3, max_size=4, unique=True))
    counts = [draw(st.integers(1, 3)) for _ in points]
    weights: Weights = {point: Fraction(count, sum(counts)) for point, count in zip(points, counts, strict=True)}
    return sw.Finite(weights, [f"x{i}" for i in range(n)]), weights


@st.composite
def circuits_and_laws(draw: st.DrawFn, **more: Any) -> tuple[sw.Circuit, sw.Law, Weights]:
    n = draw(st.integers(2, 4))
    any_law = strategies.finite_laws(n, max_support_per_variable=2, max_points=4)
    law, weights = draw(st.one_of(dependent_laws(n), dependent_laws(n), any_law))
    return draw(circuits(n, **more) if more else st.one_of(circuits(n), circuits(n), crossed(n))), law, weights


def some_wires(draw: Any, circuit: sw.Circuit, size: int) -> list[int]:
    latest = st.integers(max(0, len(circuit.gates) - 3), len(circuit.gates) - 1)
    return draw(st.lists(latest, min_size=size, max_size=size))


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("order", [1, 2, 3])
@given(case=circuits_and_laws(), data=st.data())
def test_truncated_cumulants_are_those_of_the_definition(order: int, schedule: str, case: Any, data: st.DataObject) -> None:
    circuit, law, weights = case
    run, definition = sw.propagate(circuit, law, order, schedule), Definition(circuit, weights, order, schedule)
    names = circuit.wires
    for position, name in enumerate(names):
        assert run.mean(name) == definition.cumulant(position), name
    for size in range(2, 4):
        for _ in range(3):
            wires = some_wires(data.draw, circuit, size)
            assert run.cumulant(*(names[i] for i in wires)) == definition.cumulant(*wires), wires
    assert run.variance("out") == definition.cumulant(len(names) - 1, len(names) - 1)


def tree_of_six() -> sw.Circuit:
    return sw.trace(lambda a, b, c, d, e, f: ((a * b) * c) * ((d * e) * f), [f"x{i}" for i in range(6)])


def test_the_schedules_differ_where_something_is_dropped() -> None:
    matrix = [[3 if i == j else (i + j) % 2 for j in range(6)] for i in range(6)]
    law = sw.MultivariateNormal([f"x{i}" for i in range(6)], [0] * 6, matrix)
    estimates = {s: [sw.propagate(tree_of_six(), law, k, s).mean("out") for k in (1, 2, 3, 4, 6)] for s in SCHEDULES}
    assert estimates == {"gate": [0, 1, 4, 6, 6], "layer": [0, 2, 4, 6, 6]}


def test_the_schedules_differ_as_their_definitions_do() -> None:
    circuit = sw.trace(lambda x0, x1: ((x0 * x1) + x0) * ((x0 * x1) + 1), ["x0", "x1"])
    weights = {(0, 0): Fraction(1, 2), (1, 0): Fraction(1, 8), (1, 2): Fraction(1, 4), (3, 1): Fraction(1, 8)}
    law = sw.Finite(weights, ["x0", "x1"])
    last = len(circuit.gates) - 1
    found = {}
    for schedule in SCHEDULES:
        found[schedule] = sw.propagate(circuit, law, 2, schedule).mean("out")
        assert found[schedule] == Definition(circuit, weights, 2, schedule).cumulant(last)
    assert found["gate"] != found["layer"]


def test_copies_of_a_product_are_expanded_at_once() -> None:
    weights = {(0, 0): Fraction(1, 2), (1, 2): Fraction(1, 4), (3, 1): Fraction(1, 4)}
    circuit = sw.trace(lambda a, b: {"square": a * b}, ["x0", "x1"])
    k = {size: {q: oracle.cumulant(weights, q) for q in combinations_with_replacement((0, 1), size)} for size in (1, 2)}
    (a, b), (aa, ab, bb) = k[1].values(), k[2].values()
    by_hand = aa * bb + ab * ab + aa * b * b + bb * a * a + 2 * ab * a * b
    for schedule in SCHEDULES:
        assert sw.propagate(circuit, sw.Finite(weights, ["x0", "x1"]), 2, schedule).variance("square") == by_hand


def test_chains_of_factors_are_binary_products_in_their_place() -> None:
    law = sw.Finite({(0, 1, 1): "1/2", (1, 0, 3): "1/4", (1, 2, 1): "1/4"}, ["a", "b", "c"])
    document = {"format": "symwick-circuit/1", "inputs": ["a", "b", "c"], "outputs": {"out": "g"}}
    one = {"name": "g", "op": "product", "args": ["a", "b", "c", "a"]}
    chain = [("h", "a", "b"), ("i", "h", "c"), ("g", "i", "a")]
    steps = [{"name": name, "op": "product", "args": list(args)} for name, *args in chain]
    joined, binary = (sw.Circuit.from_json(json.dumps(document | {"gates": some})) for some in ([one], steps))
    power, copies = sw.trace(lambda a: a**4, ["a"]), sw.trace(lambda a: a * a * a * a, ["a"])
    for order, schedule in product([1, 2, 3], SCHEDULES):
        for first, second in [(joined, binary), (power, copies)]:
            runs = [sw.propagate(circuit, law, order, schedule) for circuit in (first, second)]
            assert runs[0].mean("out") == runs[1].mean("out")
            assert runs[0].variance("out") == runs[1].variance("out")


# -- nothing truncated --------------------------------------------------------------------------------------------------


@given(case=circuits_and_laws(), data=st.data())
def test_an_exact_run_is_the_enumeration(case: Any, data: st.DataObject) -> None:
    circuit, law, weights = case
    run, joint, names = sw.propagate(circuit, law, order=None), joint_weights(circuit, weights), circuit.wires
    for position, name in enumerate(names):
        assert run.mean(name) == oracle.cumulant(joint, [position]), name
        assert run.mean(name) == sw.expectation(circuit, law, output=name).value
    for size in (2, 2, 3, 4):
        wires = some_wires(data.draw, circuit, size)
        assert run.cumulant(*(names[i] for i in wires)) == oracle.cumulant(joint, wires), wires
    assert run.dropped == 0


@given(case=circuits_and_laws(most_gates=4, kinds="sum product square"), data=st.data())
@settings(max_examples=30)
def test_an_order_that_nothing_exceeds_is_exact_under_every_schedule(case: Any, data: st.DataObject) -> None:
    circuit, law, _ = case
    exact, names = sw.propagate(circuit, law, order=None), circuit.wires
    for size in (1, 2):
        wires = [names[i] for i in some_wires(data.draw, circuit, size)]
        order = max(1, sum(circuit.degree[wire] or 0 for wire in wires), size)
        if order > 9:
            continue
        for schedule in SCHEDULES:
            run = sw.propagate(circuit, law, order, schedule)
            assert run.cumulant(*wires) == exact.cumulant(*wires)
            assert run.dropped == 0


def expanded(circuit: sw.Circuit, wires: Sequence[str]) -> list[tuple[tuple[int, ...], Fraction]]:
    """The product of some wires as monomials in the inputs."""
    symbols = {name: sympy.Symbol(name) for name in circuit.inputs}
    one = sw.Circuit(circuit.gates, {str(i): circuit.position(wire) for i, wire in enumerate(wires)})
    written = sympy.Mul(*one.to_sympy(symbols).values())
    return [(powers, Fraction(str(c))) for powers, c in sympy.Poly(written, *symbols.values(), domain="QQ").terms()]


@given(circuit=circuits(3, most_gates=4), data=st.data())
@settings(max_examples=30)
def test_exact_runs_under_normal_laws_follow_from_steins_identity(circuit: sw.Circuit, data: st.DataObject) -> None:
    if max(d or 0 for d in circuit.degree.values()) > 9:
        return
    root = [[data.draw(st.integers(-1, 1)) for _ in range(3)] for _ in range(3)]
    covariance = [[sum(a * b for a, b in zip(u, v, strict=True)) for v in root] for u in root]
    mean = [data.draw(strategies.rationals(2, 2)) for _ in range(3)]

    def moment(powers: tuple[int, ...]) -> Fraction:
        """E[X_i ∏ rest] = m_i E ∏ rest + Σ_j Cov(i, j) E ∂_j ∏ rest."""
        if not any(powers):
            return Fraction(1)
        i = next(i for i, k in enumerate(powers) if k)
        rest = [k - (j == i) for j, k in enumerate(powers)]
        total = mean[i] * moment(tuple(rest))
        for j, k in enumerate(rest):
            if k:
                total += covariance[i][j] * k * moment(tuple(r - (s == j) for s, r in enumerate(rest)))
        return total

    law = sw.MultivariateNormal([f"x{i}" for i in range(3)], mean, covariance)
    run = sw.propagate(circuit, law, order=None)
    expected = sum(c * moment(powers) for powers, c in expanded(circuit, ["out"]))
    assert run.mean("out") == expected == sw.expectation(circuit, law).value
    if (circuit.degree["out"] or 0) <= 4:
        square = sum(c * moment(powers) for powers, c in expanded(circuit, ["out", "out"]))
        assert run.variance("out") == square - expected**2


@given(circuit=circuits(6, most_gates=5), block=strategies.weights(2, max_points=3))
@settings(max_examples=30)
def test_exact_runs_under_mixed_laws_are_products_of_moments(circuit: sw.Circuit, block: Weights) -> None:
    """Two dependent inputs of a table next to a normal, an exponential, a uniform law and a bit."""
    if max(d or 0 for d in circuit.degree.values()) > 9:
        return
    tail = {"x2": sw.Normal(0, 2), "x3": sw.Exponential(2), "x4": sw.Uniform(0, 1), "x5": sw.Bernoulli("1/3")}
    law = sw.Independent({"pair": sw.Finite(block, ["x0", "x1"]), **tail})

    def moment(powers: tuple[int, ...]) -> Fraction:
        normal = 0 if powers[2] % 2 else 2 ** powers[2] * prod(range(1, powers[2], 2))
        parts = [oracle.moment(block, powers[:2]), normal, Fraction(factorial(powers[3]), 2 ** powers[3])]
        return prod([*parts, Fraction(1, powers[4] + 1), Fraction(1, 3) if powers[5] else 1], start=Fraction(1))

    run = sw.propagate(circuit, law, order=None)
    for wire in circuit.wires[6:]:
        expected = sum(c * moment(powers) for powers, c in expanded(circuit, [wire]))
        assert run.mean(wire) == expected == sw.expectation(circuit, law, output=wire).value
    if 0 < (circuit.degree["out"] or 0) <= 3:
        for schedule in SCHEDULES:
            deep = sw.propagate(circuit, law, 6, schedule)
            assert deep.mean("out") == run.mean("out")
            assert deep.variance("out") == run.variance("out")


LOGIC = ["AND", "OR", "NAND", "NOR", "XOR", "XNOR", "NOT", "BUF"]


@given(data=st.data())
def test_exact_runs_of_logic_under_dependent_bits_are_the_enumeration(data: st.DataObject) -> None:
    """A wire that is certainly 0 or 1 counts once, and only such a wire."""
    n = data.draw(st.integers(1, 4))
    points = data.draw(st.lists(st.tuples(*[st.integers(0, 1)] * n), min_size=1, max_size=5, unique=True))
    counts = [data.draw(st.integers(1, 3)) for _ in points]
    weights: Weights = {point: Fraction(count, sum(counts)) for point, count in zip(points, counts, strict=True)}
    nets = [f"x{i}" for i in range(n)]
    text = [f"INPUT({net})" for net in nets]
    for i in range(data.draw(st.integers(1, 5))):
        kind = data.draw(st.sampled_from(LOGIC))
        size = 1 if kind in ("NOT", "BUF") else data.draw(st.integers(1, 3))
        text.append(f"n{i} = {kind}({', '.join(data.draw(st.sampled_from(nets)) for _ in range(size))})")
        nets.append(f"n{i}")
    circuit = sw.Circuit.from_bench_text("\n".join([*text, f"OUTPUT({nets[-1]})"]))
    run, joint = sw.propagate(circuit, sw.Finite(weights, [f"x{i}" for i in range(n)]), None), joint_weights(circuit, weights)
    for net in nets:
        assert run.mean(net) == oracle.cumulant(joint, [circuit.position(net)]), net
    for _ in range(3):
        some = [data.draw(st.sampled_from(nets)) for _ in range(data.draw(st.integers(2, 3)))]
        assert run.cumulant(*some) == oracle.cumulant(joint, [circuit.position(net) for net in some])


def test_shapes_of_bits_are_bits_only_over_bits() -> None:
    """a + b − 2ab, 1 − a and ab are no bits where a and b are none: then squares count."""
    law = sw.Independent({"a": sw.Finite({0: "1/2", 2: "1/2"}, ["a"]), "b": sw.Bernoulli("1/2")})
    shapes: list[Any] = [lambda a, b: a + b - 2 * (a * b), lambda a, b: 1 - a, lambda a, b: a * b, lambda a, b: 2 * b]
    for f in [*shapes, lambda a, b: b + b - 2 * (b * b), lambda a, b: 1 - 2 * b, lambda a, b: b + (1 - b) - 2 * (b * (b * 1))]:
        circuit = sw.trace(lambda a, b, f=f: f(a, b) ** 2, ["a", "b"])
        expected = sum(Fraction(1, 4) * circuit.evaluate({"a": a, "b": b})["out"] for a in (0, 2) for b in (0, 1))
        assert sw.propagate(circuit, law, None).mean("out") == expected


# -- published figures --------------------------------------------------------------------------------------------------


def product_tree(tree: Any, leaves: Sequence[Any]) -> Any:
    if isinstance(tree, int):
        return leaves[tree]
    left, right = tree
    return product_tree(left, leaves) * product_tree(right, leaves)


HAFNIANS = json.loads((DATA / "hafnian_estimates.json").read_text())["cases"]


@pytest.mark.parametrize("case", HAFNIANS, ids=lambda case: f"n={case['n']}")
def test_product_trees_give_the_published_estimates_of_hafnians(case: dict[str, Any]) -> None:
    names = [f"x{i}" for i in range(case["n"])]
    circuit = sw.trace(lambda *leaves: product_tree(case["tree"], leaves), names)
    law = sw.MultivariateNormal(names, [0] * case["n"], case["covariance"])
    for order, expected in case["estimates"].items():
        run = sw.propagate(circuit, law, None if order == "None" else int(order), "layer")
        assert run.mean("out") == expected, order


def benchmark(name: str) -> tuple[sw.Circuit, sw.Law]:
    circuit = sw.Circuit.from_bench_text((files("symwick") / "data" / f"{name}.bench").read_text())
    return circuit, sw.Independent({wire: sw.Bernoulli("1/2") for wire in circuit.inputs})


PROBABILITIES = json.loads((DATA / "iscas85_exact_probabilities.json").read_text())["circuits"]


@pytest.mark.parametrize("name", PROBABILITIES)
def test_exact_probabilities_of_netlists_are_those_of_simulation(name: str) -> None:
    circuit, fair = benchmark(name)
    exact, floats = sw.propagate(circuit, fair, None), sw.propagate(circuit, fair, None, ring="float64")
    for wire, (count, inputs) in PROBABILITIES[name].items():
        probability = Fraction(count, 2**inputs)
        assert exact.mean(wire) == probability, wire
        assert exact.variance(wire) == probability * (1 - probability)
        assert abs(floats.mean(wire) - probability) <= 1e-9


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("order", [1, 2])
def test_a_benchmark_netlist_has_estimates_in_both_rings(order: int, schedule: str) -> None:
    circuit, fair = benchmark("c432")
    exact, floats = (sw.propagate(circuit, fair, order, schedule, ring) for ring in ("exact", "float64"))
    for output in circuit.outputs:
        estimate = exact.mean(output)
        assert isinstance(estimate, (int, Fraction))
        assert isinstance(floats.mean(output), float)
        assert abs(floats.mean(output) - estimate) <= 1e-9 * max(1, abs(estimate))
    independent = sw.propagate(circuit, fair, 1).mean("N154")
    assert independent == Fraction(3, 4)


# -- the float ring -------------------------------------------------------------------------------------------------------


@given(case=circuits_and_laws(), schedule=st.sampled_from(SCHEDULES), order=st.sampled_from([1, 2, 3, None]))
def test_floats_are_close_to_exact_values(case: Any, schedule: str, order: int | None) -> None:
    circuit, law, _ = case
    exact, floats = (sw.propagate(circuit, law, order, schedule, ring) for ring in ("exact", "float64"))
    for wire in circuit.wires:
        for value, near in [(exact.mean(wire), floats.mean(wire)), (exact.variance(wire), floats.variance(wire))]:
            assert isinstance(near, float)
            scale = 1 + abs(value) + (10**6 if abs(exact.mean(wire)) > 10**3 else 10**3)
            assert abs(near - value) <= 1e-9 * scale


def test_float_laws_run_in_floats() -> None:
    rows = [[0.5, 1.5], [1.25, -0.25], [0.1, 0.2]]
    law = sw.Empirical(rows, ["x", "y"], numbers="float64")
    circuit = sw.trace(lambda x, y: x * y + y, ["x", "y"])
    run = sw.propagate(circuit, law, None, ring="float64")
    values = [a * b + b for a, b in rows]
    assert run.mean("out") == pytest.approx(np.mean(values))
    assert run.variance("out") == pytest.approx(np.var(values))
    assert sw.propagate(circuit, law, 4, ring="float64").variance("out") == pytest.approx(np.var(values))


# -- the symbolic ring ----------------------------------------------------------------------------------------------------

PRODUCT = sw.trace(lambda x, y: x * y, ["x", "y"])
LINEAR = sw.trace(lambda x, y: x * y + 3 * x - 1, ["x", "y"])


def test_symbolic_cumulants_follow_the_formulas() -> None:
    law = sw.Cumulants(["x", "y"])

    def k(text: str) -> Any:
        return law.cumulant(list(text))

    for schedule in SCHEDULES:
        assert sw.propagate(LINEAR, law, 1, schedule, "symbolic").mean("out").equals(k("x") * k("y") + 3 * k("x") - 1)
        second = sw.propagate(PRODUCT, law, 2, schedule, "symbolic")
        assert second.mean("out").equals(k("xy") + k("x") * k("y"))
        known = k("xx") * k("yy") + k("xy") ** 2 + k("xx") * k("y") ** 2 + k("yy") * k("x") ** 2 + 2 * k("xy") * k("x") * k("y")
        assert second.variance("out").equals(known)
        assert second.cumulant("out", "x").equals(k("xx") * k("y") + k("x") * k("xy"))
        third = sw.propagate(PRODUCT, law, 3, schedule, "symbolic").variance("out")
        assert third.equals(known + 2 * k("xxy") * k("y") + 2 * k("xyy") * k("x"))
        fourth = sw.propagate(PRODUCT, law, 4, schedule, "symbolic").variance("out")
        assert fourth.equals(known + 2 * k("xxy") * k("y") + 2 * k("xyy") * k("x") + k("xxyy"))
        assert fourth.equals(sw.propagate(PRODUCT, law, None, schedule, "symbolic").variance("out"))


def test_symbolic_moments_follow_the_formulas() -> None:
    law = sw.Moments(["x", "y"])

    def m(a: int, b: int) -> Any:
        return law.moment({x: a, y: b})

    exact = sw.propagate(LINEAR, law, None, ring="symbolic")
    assert exact.mean("out").equals(m(1, 1) + 3 * m(1, 0) - 1)
    second = m(2, 2) + 6 * m(2, 1) + 9 * m(2, 0)
    assert exact.variance("out").equals(second - (m(1, 1) + 3 * m(1, 0)) ** 2)
    order_2 = sw.propagate(PRODUCT, law, 2, ring="symbolic")
    assert order_2.mean("out").equals(m(1, 1))
    assert sw.propagate(PRODUCT, law, 1, ring="symbolic").mean("out").equals(m(1, 0) * m(0, 1))
    xx, yy, xy = m(2, 0) - m(1, 0) ** 2, m(0, 2) - m(0, 1) ** 2, m(1, 1) - m(1, 0) * m(0, 1)
    a, b = m(1, 0), m(0, 1)
    assert order_2.variance("out").equals(xx * yy + xy**2 + xx * b**2 + yy * a**2 + 2 * xy * a * b)


def test_normal_laws_with_symbols_follow_the_formulas() -> None:
    a, b, s, t, c = sympy.symbols("a b s t c")
    law = sw.MultivariateNormal(["x", "y"], [a, b], [[s, c], [c, t]])
    for order in (2, 3, None):
        run = sw.propagate(PRODUCT, law, order, ring="symbolic")
        assert run.mean("out").equals(a * b + c)
        assert run.variance("out").equals(s * t + c**2 + s * b**2 + t * a**2 + 2 * a * b * c)
    assert sw.propagate(PRODUCT, law, 1, ring="symbolic").mean("out").equals(a * b)
    assert set(run.mean("out").parameters) == {a, b, c}
    bit = sw.Independent({"x": sw.Bernoulli(p), "y": sw.Normal(0, s)})
    run = sw.propagate(LINEAR, bit, None, ring="symbolic")
    assert run.mean("out").equals(3 * p - 1)
    assert run.variance("out").equals(9 * p * (1 - p) + p * s**2)


def test_plain_laws_give_forms_with_values_in_the_symbolic_ring() -> None:
    law = sw.Finite({(0, 1): "1/2", (2, 3): "1/2"}, ["x", "y"])
    run = sw.propagate(LINEAR, law, None, ring="symbolic")
    assert run.mean("out").value == 5
    assert isinstance(run.mean("out"), sw.ClosedForm)
    assert run.covariance(["x", "y"]).tolist() == [[1, 1], [1, 1]]
    values = sw.propagate(sw.trace(lambda x: x + 1, ["x"]), sw.Independent({"x": sw.LogNormal(0, 1)}), ring="symbolic")
    assert values.mean("out").equals(1 + sympy.exp(sympy.Rational(1, 2)))


def test_values_that_are_no_rationals_are_refused_in_the_exact_ring() -> None:
    run = sw.propagate(sw.trace(lambda x: x + 1, ["x"]), sw.Independent({"x": sw.LogNormal(0, 1)}))
    text = r"^The value is no rational number but .*exp\(1/2\).*; pass ring='symbolic' to get a form\.$"
    with pytest.raises(NotRational, match=text):
        run.mean("out")
    floats = sw.propagate(sw.trace(lambda x: x + 1, ["x"]), sw.Independent({"x": sw.LogNormal(0, 1)}), ring="float64")
    assert floats.mean("out") == pytest.approx(1 + np.exp(0.5))


# -- structural zeros -----------------------------------------------------------------------------------------------------


def test_cumulants_across_independent_groups_are_never_computed() -> None:
    def kept(pairs: int) -> int:
        names = [f"{letter}{i}" for i in range(pairs) for letter in "xy"]
        circuit = sw.trace(lambda *v: sum(a * b for a, b in zip(v[::2], v[1::2], strict=True)), names)
        pair = {(0, 1): "1/2", (1, 2): "1/4", (2, 1): "1/4"}
        law = sw.Independent({f"pair {i}": sw.Finite(pair, [f"x{i}", f"y{i}"]) for i in range(pairs)})
        run = sw.propagate(circuit, law, 2)
        assert run.variance("out") == pairs * sw.propagate(PRODUCT, sw.Finite(pair, ["x", "y"]), 2).variance("out")
        assert run.dropped == 3 * pairs  # κ(x,x,y), κ(x,y,y) and κ(x,x,y,y) of each pair
        return run.kept

    counts = [kept(pairs) for pairs in (2, 4, 6, 8)]
    assert len({b - a for a, b in pairwise(counts)}) == 1  # linear, though there are n² pairs of wires


def test_independence_of_pairs_is_not_independence() -> None:
    law = sw.Finite({(0, 0, 0): "1/4", (0, 1, 1): "1/4", (1, 0, 1): "1/4", (1, 1, 0): "1/4"}, ["x", "y", "z"])
    circuit = sw.trace(lambda x, y, z: x * y * z, ["x", "y", "z"])
    for schedule in SCHEDULES:
        pairs = sw.propagate(circuit, law, 2, schedule)
        assert pairs.mean("out") == Fraction(1, 8)
        assert pairs.dropped == 1  # κ(x, y, z)
        assert sw.propagate(circuit, law, 3, schedule).mean("out") == 0
    assert sw.propagate(circuit, law, None).mean("out") == 0
    assert sw.propagate(circuit, law, None).cumulant("x", "y", "z") == Fraction(-1, 8)


def test_kept_and_dropped_count_what_a_run_by_hand_meets() -> None:
    law = sw.Finite({(0, 1, 1): "1/2", (1, 0, 3): "1/4", (1, 2, 1): "1/8", (2, 2, 5): "1/8"}, ["x", "y", "z"])
    circuit = sw.trace(lambda x, y, z: x * y * z, ["x", "y", "z"])
    run = sw.propagate(circuit, law, 2)
    assert (run.kept, run.dropped) == (0, 0)  # nothing is computed before it is asked for
    run.mean("g1")
    assert (run.kept, run.dropped) == (4, 0)  # g1, x, y, xy
    run.mean("out")
    assert (run.kept, run.dropped) == (9, 1)  # out, z, (g1, z), xz, yz too; κ(x, y, z) is left out
    run.mean("out")
    assert (run.kept, run.dropped) == (9, 1)
    first = sw.propagate(circuit, law, 1)
    first.mean("out")
    assert (first.kept, first.dropped) == (5, 2)  # out, g1, x, y, z; κ(x, y) and κ(g1, z)
    alone = sw.Independent({name: sw.Bernoulli("1/3") for name in "xyz"})
    for order in (1, 2):
        free = sw.propagate(circuit, alone, order)
        assert free.mean("out") == Fraction(1, 27)
        assert (free.kept, free.dropped) == (5, 0)


def test_what_has_more_wires_than_the_order_is_zero() -> None:
    law = sw.Finite({(0, 1): "1/2", (2, 3): "1/2"}, ["x", "y"])
    for ring, zero in [("exact", 0), ("float64", 0.0)]:
        first, second = sw.propagate(LINEAR, law, 1, ring=ring), sw.propagate(LINEAR, law, 2, ring=ring)
        assert first.variance("out") == first.cumulant("x", "y") == second.cumulant("x", "y", "x") == 0
        assert type(first.variance("out")) is type(second.cumulant("x", "x", "x")) is type(zero)
        assert second.variance("x") == 1
    form = sw.propagate(LINEAR, law, 1, ring="symbolic").variance("out")
    assert form.value == 0


def test_constants_have_their_mean_and_no_other_cumulant() -> None:
    circuit = sw.trace(lambda x, y: {"two": 2, "six": (x * 0 + 2) ** 2 + 2, "nothing": x - x, "out": x}, ["x", "y"])
    law = sw.Finite({(0, 1): "1/2", (2, 3): "1/2"}, ["x", "y"])
    for order, schedule in product([1, 2, 3, None], SCHEDULES):
        run = sw.propagate(circuit, law, order, schedule)
        assert [run.mean(name) for name in ("two", "six", "nothing")] == [2, 6, 0]
        for name in ("two", "six", "nothing"):
            assert run.cumulant(name, "x") == run.variance(name) == run.cumulant(name, name, "x") == 0
    assert sw.propagate(sw.Circuit.from_expr({"out": 5}, []), law, 2).mean("out") == 5


# -- what may be asked ----------------------------------------------------------------------------------------------------


def test_the_covariance_matrix_is_symmetric_and_of_its_ring() -> None:
    law = sw.Finite({(0, 1): "1/2", (2, 4): "1/4", (1, 0): "1/4"}, ["x", "y"])
    wires = ["x", "out", "y", "g1"]
    exact = sw.propagate(LINEAR, law, 2)
    matrix = exact.covariance(wires)
    assert matrix.dtype == object
    assert matrix.tolist() == [[exact.cumulant(a, b) for b in wires] for a in wires]
    floats = sw.propagate(LINEAR, law, 2, ring="float64").covariance(wires)
    assert floats.dtype == float
    np.testing.assert_allclose(floats, matrix.astype(float))
    forms = sw.propagate(LINEAR, sw.Cumulants(["x", "y"]), 2, ring="symbolic").covariance([x, "y"])
    assert [[form.expr for form in row] for row in forms] == [
        [sw.Cumulants(["x", "y"]).cumulant(list(pair)) for pair in row] for row in (["xx", "xy"], ["xy", "yy"])
    ]
    assert exact.covariance([]).shape == (0, 0)


def test_symbols_and_names_name_wires_and_an_output_wins() -> None:
    circuit = sw.Circuit.from_json(
        '{"format": "symwick-circuit/1", "inputs": ["x", "y"], "gates": [{"name": "g1", "op": "product", "args": ["x", "y"]}, '
        '{"name": "g2", "op": "sum", "terms": [["2", "g1"]]}], "outputs": {"g1": "g2", "x": "y"}}'
    )
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/3")})
    run = sw.propagate(circuit, law)
    assert run.mean("g1") == run.mean("g2") == Fraction(1, 3)
    assert run.mean("x") == run.mean(x) == run.mean("y") == Fraction(1, 3)


def test_outputs_restrict_what_may_be_asked() -> None:
    law = sw.Finite({(0, 1): "1/2", (2, 3): "1/2"}, ["x", "y"])
    run = sw.propagate(LINEAR, law, outputs=["out", y])
    assert run.covariance(["out", "y"]).shape == (2, 2)
    last = LINEAR.wires[-1]
    assert run.mean(last) == run.mean("out")  # the same wire
    text = "Argument 'wire' must be one of the 'outputs' that the run keeps (out, y), not 'g1'."
    for ask in (run.mean, run.variance, lambda wire: run.cumulant("out", wire), lambda wire: run.covariance(["out", wire])):
        with pytest.raises(InvalidArgument, match=f"^{re.escape(text)}$"):
            ask("g1")
    with pytest.raises(UnknownVariable, match=r"^Argument 'outputs' names 'q', which is no wire; the outputs are: out\.$"):
        sw.propagate(LINEAR, law, outputs=["q"])


def test_a_run_prints_what_it_has_found() -> None:
    law = sw.Finite({(0, 1): "1/2", (2, 3): "1/2"}, ["x", "y"])
    run = sw.propagate(LINEAR, law, 1, "layer")
    assert repr(run) == "Propagation (order 1, schedule 'layer', exact) through <Circuit: 2 inputs, 4 gates, outputs out>"
    run.mean("out")
    assert repr(run).splitlines()[1:] == ["  E out = 4"]
    exact = sw.propagate(LINEAR, law, None, ring="float64")
    assert repr(exact).splitlines()[0].startswith("Propagation (exact, float64) through ")


def test_laws_may_have_more_variables_than_the_circuit() -> None:
    law = sw.Finite({(7, 0, 1): "1/2", (8, 2, 3): "1/4", (0, 1, 1): "1/4"}, ["z", "y", "x"])
    for order in (1, 2, None):
        assert sw.propagate(LINEAR, law, order).mean("out") == sw.propagate(LINEAR, law.marginal(["x", "y"]), order).mean("out")
    mixed = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Normal(1, 1), "z": sw.Bernoulli(p)})
    assert sw.propagate(PRODUCT, mixed, None).mean("out") == Fraction(1, 2)  # z has a symbol, but is not in the circuit


FINITE = sw.Finite({(0, 1): "1/2", (2, 3): "1/2"}, ["x", "y"])
FUNCTION = sw.Circuit([Gate("input", payload="x"), Gate("function", (0,), payload="exp")], {"out": 1})


@pytest.mark.parametrize(
    "argument, rule, values",
    [
        ("order", "be an integer that is at least 1, or None", [0, -2, True, 2.0, "2"]),
        ("schedule", "be one of gate, layer", ["depth", None]),
        ("ring", "be one of exact, symbolic, float64", ["float", None]),
        ("limit", "be an integer that is at least 1", [0, -1, 1.5]),
    ],
)
def test_options_are_checked(argument: str, rule: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(InvalidArgument, match=f"^{re.escape(f'Argument {argument!r} must {rule}, not {value!r}.')}$"):
            sw.propagate(PRODUCT, FINITE, **{argument: value})


def test_circuit_and_law_are_checked() -> None:
    with pytest.raises(InvalidArgument, match=r"^Argument 'c' must be a Circuit, not 'x\*y'\.$"):
        sw.propagate("x*y", FINITE)  # type: ignore[arg-type]
    text = "Argument 'P' must be a law (Finite, Independent, MultivariateNormal, …) or a list of laws, not 3."
    with pytest.raises(InvalidArgument, match=f"^{re.escape(text)}$"):
        sw.propagate(PRODUCT, 3)  # type: ignore[arg-type]
    text = "Argument 'c' must be made of sums, products and powers, but gate 'g1' is a function."
    with pytest.raises(InvalidArgument, match=f"^{re.escape(text)}$"):
        sw.propagate(FUNCTION, FINITE)
    text = "Argument 'P' was read from floats (numbers='float64'): pass ring='float64', or read it exactly."
    for ring in ("exact", "symbolic"):
        with pytest.raises(InexactError, match=f"^{re.escape(text)}$"):
            sw.propagate(PRODUCT, sw.Empirical([[0.5, 1.5]], ["x", "y"], numbers="float64"), ring=ring)


@pytest.mark.parametrize("names", ["x", "t", "xtu"])
def test_a_law_that_lacks_an_input_is_refused(names: str) -> None:
    missing = "y" if "x" in names else "x"
    text = f"Argument 'P' must have a variable for every input, but lacks {missing}; it has: {', '.join(names)}."
    with pytest.raises(UnknownVariable, match=f"^{re.escape(text)}$"):
        sw.propagate(PRODUCT, sw.Finite({(0,) * len(names): 1}, list(names)))


@pytest.mark.parametrize("ring", ["exact", "float64"])
@pytest.mark.parametrize(
    "law",
    [
        sw.Cumulants(["x", "y"]),
        sw.Moments(["x", "y"]),
        sw.Independent({"x": sw.Bernoulli(p), "y": sw.Normal(0, 1)}),
        sw.MultivariateNormal(["x", "y"], [0, 0], [[1, p], [p, 1]]),
    ],
    ids=["cumulants", "moments", "bit", "normal"],
)
def test_symbols_need_the_symbolic_ring(law: sw.Law, ring: str) -> None:
    text = f"Argument 'ring' must be 'symbolic' under {law!r}, whose moments hold symbols, not {ring!r}."
    with pytest.raises(InvalidArgument, match=f"^{re.escape(text)}$"):
        sw.propagate(PRODUCT, law, ring=ring)


def test_what_is_asked_is_checked() -> None:
    run = sw.propagate(PRODUCT, FINITE)
    with pytest.raises(UnknownVariable, match=r"^Argument 'wire' names 'q', which is no wire; the outputs are: out\.$"):
        run.mean("q")
    with pytest.raises(InvalidArgument, match=r"^Arguments 'wires': at least one must be given\.$"):
        run.cumulant()


def test_a_moment_that_the_law_lacks_is_named_when_it_is_needed() -> None:
    circuit = sw.trace(lambda x: {"square": x * x, "cube": x**3, "x": x}, ["x"])
    law = sw.Independent({"x": sw.StudentT(3)})
    run = sw.propagate(circuit, law, 2)
    assert run.mean("square") == run.variance("x") == 3
    for order in (3, None):
        with pytest.raises(NoClosedForm, match=r"StudentT\(3\)"):
            sw.propagate(circuit, law, order).mean("cube")


def test_the_default_limit_is_that_of_the_order() -> None:
    circuit = sw.trace(lambda x, y: x * y, ["x", "y"])
    limits = {order: sw.propagate(circuit, FINITE, order).options.limit for order in (1, 2, None)}
    assert limits == {1: 10_000_000, 2: 10_000_000, None: 1_000_000}
    assert sw.propagate(circuit, FINITE, None, limit=7).options.limit == 7


def test_too_much_work_is_refused() -> None:
    circuit = sw.trace(lambda x, y: (x + y) * (x - y + 1) - 2 * y, ["x", "y"])
    text = "{} of wires: more than the limit of 3; how many cannot be told beforehand. Pass a larger limit, or {}."
    exact = text.format("Moments", "an order, which gives an estimate")
    truncated = text.format("Cumulants", "a smaller order")
    for order, text in [(None, exact), (2, truncated)]:
        run = sw.propagate(circuit, FINITE, order, limit=3)
        with pytest.raises(TooLarge) as stopped:
            run.mean("out")
        again = pickle.loads(pickle.dumps(stopped.value))
        for error in (stopped.value, again):
            assert str(error) == text
            assert (error.predicted, error.limit, error.counted) == (4, 3, True)
        assert sw.propagate(circuit, FINITE, order, limit=1000).mean("out") is not None
    power = sw.trace(lambda x: x**1000, ["x"])
    text = "Products in the chains of this circuit: predicted 999, above the limit of 998. Pass limit=999 (or more)"
    with pytest.raises(TooLarge, match=f"^{re.escape(text)}") as caught:
        sw.propagate(power, FINITE, limit=998)
    assert isinstance(caught.value, SymwickError)
    assert sw.propagate(power, sw.Finite({0: "1/2", 1: "1/2"}, ["x"]), None, limit=1000).mean("out") == Fraction(1, 2)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_hundred_thousand_gates_in_a_chain_are_no_recursion(schedule: str) -> None:
    """w ← 1 − w·y with a fair sign y: an order-2 run knows of w its mean m, its variance v and its covariance c with y."""
    steps = 50_000

    def chain(w: Any, y: Any) -> Any:
        for _ in range(steps):
            w = 1 - w * y
        return w

    circuit = sw.trace(chain, ["w", "y"])
    assert len(circuit) == 2 * steps
    law = sw.Independent({"w": sw.Rademacher(), "y": sw.Rademacher()})
    m, c, v = 0, 0, 1
    for _ in range(steps):
        m, c, v = 1 - c, -m, v + c * c + m * m
    assert sw.propagate(circuit, law, 1, schedule).mean("out") == 1
    run = sw.propagate(circuit, law, 2, schedule)
    assert run.mean("out") == m
    assert run.cumulant("out", "y") == c
    assert run.variance("out") == v
