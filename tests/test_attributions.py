"""Attributions: an estimate as a sum over monomials and partitions, checked term by term against docs/theory.md, section 21."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.resources import files
from itertools import islice, product
from math import prod
from random import Random
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.account.unfolding import Unfolding
from symwick.algebra.partitions import set_partitions
from symwick.algebra.small_blocks import small_blocks_first
from symwick.circuits.gates import Gate
from symwick.circuits.writer import Writer
from symwick.errors import InvalidArgument, TooLarge, UnknownVariable
from symwick.testing import oracle, strategies
from symwick.testing.oracle import Point
from tests.refusals import refuses
from tests.test_propagation import Definition

SCHEDULES = ("gate", "layer")
ORDERS = (1, 2, 3, None)
Weights = dict[Point, Fraction]
Blocks = frozenset[frozenset[str]]


# -- circuits and laws -------------------------------------------------------------------------------------------------


@st.composite
def circuits(
    draw: st.DrawFn, n: int = 2, *, gates: int = 6, most_degree: int = 5, most_monomials: int = 24, most_paths: int = 40
) -> sw.Circuit:
    """Sharing, sums with constants, zero weights and cancelling terms, products of one to three, powers, constants; small trees.

    Only a seed is drawn: circuits drawn gate by gate are trivial as a rule.
    """
    random = Random(draw(st.integers(0, 2**32 - 1)))
    while True:
        circuit, degree, monomials = random_circuit(random, n, gates, most_degree, most_monomials, most_paths)
        if (degree > 2 and monomials > 1) or random.random() < 0.05:
            return circuit


KINDS = ["sum", "sum", "product", "product", "product", "ternary", "power", "cancel", "constant", "one"]


def random_circuit(
    random: Random, n: int, gates: int, most_degree: int, most_monomials: int, most_paths: int
) -> tuple[sw.Circuit, int, int]:
    """A circuit, with the degree and the number of monomials of its output."""
    writer = Writer()
    sizes: list[tuple[int, int, int]] = []  # degree, monomials, paths of each wire
    for i in range(n):
        writer.input(f"x{i}")
        sizes.append((1, 1, 1))

    def wire() -> int:
        last = len(writer.gates) - 1
        return random.randint(max(0, last - 2), last) if random.random() < 0.6 else random.randint(0, last)

    for kind in random.choices(KINDS, k=gates):
        if kind == "constant":
            writer.constant(random.choice([0, 1, -1, 2]))
            sizes.append((0, 1, 0))
        elif kind in ("sum", "cancel"):
            chosen = [(random.choice([1, 1, -1, 2, 0, Fraction(1, 2)]), wire()) for _ in range(random.randint(1, 3))]
            if kind == "cancel":
                both = wire()
                chosen = [(1, both), *chosen[:1], (-1, both)]
            constant = random.choice([0, 0, 1, Fraction(-1, 2)])
            held = [sizes[a] for _, a in chosen]
            monomials, paths = sum(m for _, m, _ in held) + bool(constant), sum(p for *_, p in held)
            if monomials <= most_monomials and paths <= most_paths:
                writer.sum(chosen, constant)
                sizes.append((max(d for d, *_ in held), monomials, paths))
        else:
            size = {"product": 2, "ternary": 3, "power": random.randint(2, 3), "one": 1}[kind]
            factors = [wire()] * size if kind == "power" else [wire() for _ in range(size)]
            held = [sizes[a] for a in factors]
            degree, monomials, paths = sum(d for d, *_ in held), prod(m for _, m, _ in held), sum(p for *_, p in held)
            if degree <= most_degree and monomials <= most_monomials and paths <= most_paths:
                if kind == "power":
                    writer.power(factors[0], size)
                else:
                    writer.product(factors)
                sizes.append((degree, monomials, paths))
    writer.outputs["out"] = len(writer.gates) - 1
    return sw.Circuit(writer.gates, writer.outputs).check(), sizes[-1][0], sizes[-1][1]


@st.composite
def tables(draw: st.DrawFn, n: int) -> tuple[sw.Law, Weights]:
    """A dependent law as a rule; others, with points of probability 0, now and then."""
    random = Random(draw(st.integers(0, 2**32 - 1)))
    names = [f"x{i}" for i in range(n)]
    if random.random() < 0.1:
        return draw(strategies.finite_laws(n, variables=names, max_support_per_variable=2, max_points=4))
    points: set[Point] = set()
    while len(points) < 4:
        points.add(tuple(random.choice([0, 1, -1, 2]) for _ in range(n)))
    counts = [random.randint(1, 3) for _ in points]
    weights: Weights = {point: Fraction(c, sum(counts)) for point, c in zip(sorted(points), counts, strict=True)}
    if random.random() < 0.3:
        weights[(7,) * n] = Fraction(0)
    return sw.Finite(weights, names), weights


MIXED = sw.Independent([
    sw.MultivariateNormal(["x0"], ["1/2"], [[2]]),
    sw.Finite({(0, 1): "1/2", (1, 0): "1/4", (2, 2): "1/4"}, ["x1", "x2"]),
])  # fmt: skip
NORMAL = sw.MultivariateNormal(["x0", "x1", "x2"], [1, 0, "1/2"], [[2, 1, 0], [1, 2, -1], [0, -1, 3]])
INDEPENDENT = sw.Independent({"x0": sw.Bernoulli("1/3"), "x1": sw.Normal(1, 2), "x2": sw.Rademacher()})


@st.composite
def laws(draw: st.DrawFn, n: int) -> sw.Law:
    table, _ = draw(tables(n))
    chosen: sw.Law = draw(st.sampled_from([table, table, table, MIXED, NORMAL, INDEPENDENT]))
    return chosen if len(chosen.variables) == n else chosen.marginal([f"x{i}" for i in range(n)])


# -- the definition of retention ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """An occurrence of a wire in one monomial. ``turn`` orders wires as the circuit does, inner wires of chains too."""

    kind: str
    turn: tuple[int, int]
    level: int
    below: tuple[Node, ...]
    leaves: frozenset[str]
    wire: str


class Tree:
    """The monomials of the last wire of a circuit, and what becomes of them, by the definitions alone."""

    def __init__(self, circuit: sw.Circuit, schedule: str) -> None:
        self.circuit, self.schedule = circuit, schedule
        self.seen: Counter[str] = Counter()
        self.levels: list[int] = []
        for gate in circuit.gates:
            below = [self.levels[a] for a in gate.args]
            if gate.op in ("product", "power"):
                level = below[0]
                for factor in (below * gate.payload if gate.op == "power" else below)[1:]:
                    level = max(level, factor) + 1
                self.levels.append(level)
            else:
                self.levels.append(max(below, default=0))
        self.monomials = self.of(circuit.outputs["out"])

    def of(self, at: int) -> list[tuple[Fraction, Node, tuple[str, ...]]]:
        """(coefficient, occurrences, copies from left to right) of all monomials of a wire; copies are numbered on the way."""
        gate, name, level = self.circuit.gates[at], self.circuit.wires[at], self.levels[at]
        if gate.op == "input":
            self.seen[name] += 1
            copy = f"{name}.{self.seen[name]}"
            return [(Fraction(1), Node("input", (at, 0), 0, (), frozenset({copy}), name), (copy,))]
        if gate.op == "constant":
            return [(Fraction(str(gate.payload)), Node("constant", (at, 0), 0, (), frozenset(), name), ())]
        if gate.op == "sum":
            found = []
            for weight, a in zip(gate.weights, gate.args, strict=True):
                for coefficient, node, copies in self.of(a):
                    whole = Node("sum", (at, 0), level, (node,), node.leaves, name)
                    found.append((coefficient * Fraction(str(weight)), whole, copies))
            if gate.payload:
                constant = Node("constant", (at, -1), 0, (), frozenset(), name)
                found.append((Fraction(str(gate.payload)), Node("sum", (at, 0), level, (constant,), frozenset(), name), ()))
            return found
        factors = list(gate.args) * (gate.payload if gate.op == "power" else 1)
        left = self.of(factors[0])
        for place, factor in enumerate(factors[1:]):
            left = [
                (
                    c * d,
                    Node("product", (at, place), max(u.level, v.level) + 1, (u, v), u.leaves | v.leaves, name),
                    (*some, *more),
                )
                for (c, u, some), (d, v, more) in product(left, self.of(factor))
            ]
        return left

    def growth(self, root: Node, blocks: Sequence[frozenset[str]]) -> list[tuple[tuple[int, int], str, int]]:
        """(turn and name of the product that made it, size) of every component that is met; the first is made by none."""
        met: list[tuple[tuple[int, int], str, int]] = []
        pending: list[tuple[tuple[int, int], str, list[Node]]] = [((1 << 60, 0), "", [root])]
        while pending:
            turn, name, component = pending.pop()
            met.append((turn, name, len(component)))
            inner = [node for node in component if node.below]
            if not inner:
                continue
            if self.schedule == "gate":
                now = {max(node.turn for node in inner)}
            else:
                top = [node for node in inner if node.level == max(other.level for other in inner)]
                now = {node.turn for node in top if node.kind == "sum"} or {node.turn for node in top}
            following = [part for node in component for part in (node.below if node.turn in now else (node,))]
            opened = next(node for node in component if node.turn in now)
            if opened.kind == "product":
                turn, name = max((node.turn, node.wire) for node in component if node.turn in now)
            pending += [(turn, name, part) for part in tied(following, blocks)]
        return met


def tied(nodes: Sequence[Node], blocks: Sequence[frozenset[str]]) -> list[list[Node]]:
    """Occurrences in one component iff a chain of blocks meets their leaves; one without leaves is a component of its own."""
    parts: list[tuple[set[int], list[Node]]] = []
    for node in nodes:
        touched = {i for i, block in enumerate(blocks) if block & node.leaves}
        members = [node]
        for other in [part for part in parts if part[0] & touched]:
            parts.remove(other)
            touched |= other[0]
            members = [*other[1], *members]
        parts.append((touched, members))
    return [members for _, members in parts]


def expected_terms(circuit: sw.Circuit, weights: Weights, schedule: str) -> Iterator[tuple[Any, ...]]:
    """(copies, partition, coefficient, value, growth) of all terms that are not 0."""
    tree = Tree(circuit, schedule)
    place = {name: i for i, name in enumerate(circuit.inputs)}
    for coefficient, root, copies in tree.monomials:
        for partition in oracle.set_partitions(copies):
            value = coefficient
            for block in partition:
                value *= oracle.cumulant(weights, [place[copy.rpartition(".")[0]] for copy in block])
                if not value:
                    break
            if value:
                yield copies, partition, coefficient, value, tree.growth(root, list(partition))


def blocks_of(term: sw.Attribution) -> Blocks:
    return frozenset(frozenset(block) for block in term.partition)


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(circuit=circuits(most_degree=4, most_monomials=12), law=tables(2))
@settings(max_examples=60)
def test_terms_are_those_of_the_definition(schedule: str, circuit: sw.Circuit, law: tuple[sw.Law, Weights]) -> None:
    wanted: Counter[Any] = Counter()
    fates: Counter[Any] = Counter()
    for copies, partition, coefficient, value, growth in expected_terms(circuit, law[1], schedule):
        least = max(size for _, _, size in growth)
        wanted[copies, partition, coefficient, value, least] += 1
        for order in ORDERS:
            fates[order, copies, partition, order is None or least <= order] += 1
    for order in ORDERS:
        terms = list(sw.propagate(circuit, law[0], order, schedule).attributions("out"))
        assert Counter((t.monomial, blocks_of(t), t.coefficient, t.value, t.order) for t in terms) == wanted
        found = Counter((order, t.monomial, blocks_of(t), t.retained) for t in terms)
        assert found == Counter({key: n for key, n in fates.items() if key[0] == order})
        assert all((t.dropped_at is None) == t.retained for t in terms)


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(circuit=circuits(most_degree=4, most_monomials=12), law=tables(2))
@settings(max_examples=40)
def test_a_cumulant_product_of_the_tree_is_retained_as_a_whole(schedule: str, circuit: sw.Circuit, law: Any) -> None:
    """What is above single leaves only is a component of its own: the order that π needs is that of its larger blocks."""
    needed: dict[Any, set[int]] = {}
    for term in sw.propagate(circuit, law[0], 1, schedule).attributions("out"):
        needed.setdefault(frozenset(block for block in blocks_of(term) if len(block) > 1), set()).add(term.order)
    assert all(len(orders) == 1 for blocks, orders in needed.items() if blocks)


def where_dropped(circuit: sw.Circuit, weights: Weights, schedule: str, order: int) -> Counter[Any]:
    """(copies, partition, name of the product at which the first component of more than ``order`` comes up) of the dropped."""
    wanted: Counter[Any] = Counter()
    for copies, partition, _, _, growth in expected_terms(circuit, weights, schedule):
        large = [(turn, name) for turn, name, size in growth if size > order]
        if large:
            wanted[copies, partition, max(large)[1]] += 1
    return wanted


TRIPLE: Weights = {(0, 0, 0): Fraction(1, 2), (1, 2, 1): Fraction(1, 4), (2, 1, 3): Fraction(1, 4)}
CHAIN = sw.trace(lambda x, y, z: {"out": (x * y) * z}, ["x", "y", "z"])


@given(circuit=circuits(most_degree=4, most_monomials=12), law=tables(2), order=st.sampled_from([1, 2, 3]))
@example(circuit=CHAIN, law=(sw.Finite(TRIPLE, ["x", "y", "z"]), TRIPLE), order=2)
@settings(max_examples=60)
def test_terms_are_dropped_at_the_first_gate_that_makes_too_large_a_component(
    circuit: sw.Circuit, law: tuple[sw.Law, Weights], order: int
) -> None:
    terms = sw.propagate(circuit, law[0], order).attributions("out", retained=False)
    assert Counter((t.monomial, blocks_of(t), t.dropped_at) for t in terms) == where_dropped(circuit, law[1], "gate", order)


def test_a_triple_is_dropped_where_its_third_wire_comes_up() -> None:
    """out = g2 = g1 z with g1 = x y: (g1, z) is a pair, so that order 2 drops κ(x, y, z) at g1, as the ledger says."""
    run = sw.propagate(CHAIN, sw.Finite(TRIPLE, ["x", "y", "z"]), 2)
    (term,) = run.attributions("out", retained=False)
    assert run.ledger()["x", "y", "z"].gates == ("g1",)
    assert term.dropped_at == "g1"


def test_at_order_one_a_term_is_dropped_where_two_wires_are_first_tied() -> None:
    terms = list(sw.propagate(CHAIN, sw.Finite(TRIPLE, ["x", "y", "z"]), 1).attributions("out"))
    fates = {" ".join("".join(copy[0] for copy in block) for block in t.partition): (t.order, t.dropped_at) for t in terms}
    assert fates == {"xyz": (3, "g2"), "xy z": (2, "g1"), "xz y": (2, "g2"), "x yz": (2, "g2"), "x y z": (1, None)}


def test_the_schedule_of_layers_goes_by_the_levels_of_the_circuit() -> None:
    """s = 0 · x y + z is of level 1, s x of level 2: it is expanded before the other x y, not together with it."""
    writer = Writer()
    x, y, z = (writer.input(name) for name in "xyz")
    s = writer.sum([(0, writer.product([x, y])), (1, z)])
    writer.outputs["out"] = writer.product([writer.product([s, x], "left"), writer.product([x, y], "right")])
    circuit = sw.Circuit(writer.gates, writer.outputs, names=writer.names)
    assert (circuit.levels["left"], circuit.levels["right"]) == (2, 1)
    wanted = Definition(circuit, TRIPLE, 2, "layer").cumulant(len(circuit.gates) - 1)
    assert sw.propagate(circuit, sw.Finite(TRIPLE, ["x", "y", "z"]), 2, "layer").mean("out") == wanted


# -- the sums ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(data=st.data(), n=st.integers(2, 3))
@settings(max_examples=60)
def test_retained_terms_sum_to_the_estimate_and_all_terms_to_the_mean(schedule: str, data: st.DataObject, n: int) -> None:
    circuit, law = data.draw(circuits(n)), data.draw(laws(n))
    exact = sw.propagate(circuit, law, None).mean("out")
    for order in ORDERS:
        run = sw.propagate(circuit, law, order, schedule)
        found = run.attributions("out")
        assert found.total(retained=True) == run.mean("out")
        assert found.total() == exact
        assert found.total(retained=False) == exact - run.mean("out")
        dropped = found.by_gate()
        assert sum(dropped.values()) == exact - run.mean("out")
        assert list(dropped) == sorted(dropped, key=circuit.position)


@given(circuit=circuits(2), law=tables(2), schedule=st.sampled_from(SCHEDULES), order=st.sampled_from(ORDERS))
@settings(max_examples=60)
def test_sums_hold_in_floats_up_to_rounding(circuit: sw.Circuit, law: Any, schedule: str, order: int | None) -> None:
    run = sw.propagate(circuit, law[0], order, schedule, "float64")
    found = run.attributions("out")
    scale = 1 + sum(abs(term.value) for term in found)
    assert isinstance(found.total(), float)
    assert abs(found.total(retained=True) - run.mean("out")) <= 1e-9 * scale
    assert abs(found.total() - sw.propagate(circuit, law[0], None, ring="float64").mean("out")) <= 1e-9 * scale


@given(
    circuit=circuits(2, gates=5, most_degree=3, most_monomials=6),
    schedule=st.sampled_from(SCHEDULES),
    order=st.sampled_from(ORDERS),
)
@settings(max_examples=15)
def test_sums_hold_as_forms(circuit: sw.Circuit, schedule: str, order: int | None) -> None:
    law = sw.Cumulants(["x0", "x1"])
    run = sw.propagate(circuit, law, order, schedule, "symbolic")
    found = run.attributions("out")
    assert found.total(retained=True).equals(run.mean("out"))
    assert found.total().equals(sw.propagate(circuit, law, None, ring="symbolic").mean("out"))


@given(circuit=circuits(2, most_degree=4), law=tables(2), order=st.integers(1, 2), data=st.data())
@settings(max_examples=60)
def test_any_wrong_retained_flag_fails_the_sum(circuit: sw.Circuit, law: Any, order: int, data: st.DataObject) -> None:
    run = sw.propagate(circuit, law[0], order)
    terms = list(run.attributions("out"))
    assume(terms)
    assert sum(term.value for term in terms if term.retained) == run.mean("out")
    wrong = data.draw(st.integers(0, len(terms) - 1))
    assert terms[wrong].value != 0
    terms[wrong] = replace(terms[wrong], retained=not terms[wrong].retained)
    assert sum(term.value for term in terms if term.retained) != run.mean("out")


# -- by partition ------------------------------------------------------------------------------------------------------


@given(circuit=circuits(2, gates=5, most_degree=4, most_paths=5), law=laws(2), order=st.sampled_from(ORDERS))
@settings(max_examples=60)
def test_sums_by_partition_are_the_gcpd_of_the_tree(circuit: sw.Circuit, law: sw.Law, order: int | None) -> None:
    decomposition = sw.components(circuit.treeify(), law).gcpd()
    wanted = {
        frozenset(frozenset(str(v) for v in block) for block in partition): form.value
        for partition, form in decomposition.items()
        if form.value != 0
    }
    found = sw.propagate(circuit, law, order).attributions("out").by_partition()
    assert found == wanted


@given(circuit=circuits(2, gates=5, most_degree=4, most_paths=4), law=tables(2))
@settings(max_examples=25)
def test_sums_by_partition_are_those_of_the_definition(circuit: sw.Circuit, law: Any) -> None:
    tree = circuit.treeify()
    copies = list(tree.circuit.inputs)
    place = [circuit.inputs.index(tree.copies[copy]) for copy in copies]
    unfolded: Weights = {}
    for point, weight in law[1].items():
        row = tuple(point[i] for i in place)
        unfolded[row] = unfolded.get(row, Fraction(0)) + weight

    def f(point: Point) -> Fraction:
        return Fraction(tree.circuit.evaluate(dict(zip(copies, point, strict=True)))["out"])

    wanted = {
        frozenset(frozenset(copies[i] for i in block) for block in partition): value
        for partition, value in oracle.gcpd(f, unfolded).items()
        if value
    }
    assert sw.propagate(circuit, law[0], 1).attributions("out").by_partition() == wanted


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_monomials_of_one_partition_add_up(schedule: str) -> None:
    """(x + x y) y: κ(y.2) alone beside singletons is in both monomials, the pair (x.2, y.1) in the second only."""
    circuit = sw.trace(lambda x, y: {"out": (x + x * y) * y}, ["x", "y"])
    law = sw.Finite({(0, 1): "1/2", (1, 2): "1/4", (2, 0): "1/4"}, ["x", "y"])
    found = sw.propagate(circuit, law, 2, schedule).attributions("out")
    ex, ey, exy = (law.moment(some) for some in (["x"], ["y"], ["x", "y"]))
    singles = frozenset(frozenset({copy}) for copy in ("x.1", "x.2", "y.1", "y.2"))
    pair = frozenset({frozenset({"x.1"}), frozenset({"x.2", "y.1"}), frozenset({"y.2"})})
    assert found.by_partition()[singles] == ex * ey + ex * ey * ey
    assert found.by_partition()[pair] == (exy - ex * ey) * ey
    assert sw.propagate(circuit, law, 1, schedule).attributions("out", retained=True).by_partition() == {
        singles: ex * ey + ex * ey * ey
    }


# -- choosing ----------------------------------------------------------------------------------------------------------


@given(circuit=circuits(3, most_degree=4, most_monomials=12), data=st.data(), schedule=st.sampled_from(SCHEDULES))
@settings(max_examples=60)
def test_filters_choose_from_the_whole_list(circuit: sw.Circuit, data: st.DataObject, schedule: str) -> None:
    law = data.draw(laws(3))
    run = sw.propagate(circuit, law, data.draw(st.sampled_from([1, 2])), schedule)
    terms = list(run.attributions("out"))
    rules: dict[str, Any] = {
        "size": (st.integers(0, 4), lambda term, n: len(term.monomial) <= n),
        "order": (st.integers(1, 4), lambda term, n: term.order <= n),
        "input": (st.sampled_from(circuit.inputs), lambda term, name: name in term.inputs),
        "gate": (st.sampled_from(circuit.wires), lambda term, name: term.dropped_at == name),
        "retained": (st.booleans(), lambda term, flag: term.retained is flag),
    }
    for names in [*([name] for name in rules), data.draw(st.lists(st.sampled_from([*rules]), min_size=2, unique=True))]:
        options = {name: data.draw(rules[name][0]) for name in names}
        wanted = [term for term in terms if all(rules[name][1](term, value) for name, value in options.items())]
        found = run.attributions("out", **options)
        assert list(found) == wanted
        assert list(found) == wanted  # once more: it starts anew
        step = run.attributions("out")
        for name, value in options.items():
            step = step.filter(**{name: value})
        assert list(step) == wanted
        assert found.total() == sum((term.value for term in wanted), Fraction(0))
        assert found.total(retained=True) == sum((term.value for term in wanted if term.retained), Fraction(0))


@given(circuit=circuits(2), law=tables(2), n=st.integers(0, 6))
@settings(max_examples=30)
def test_the_largest_are_the_first_of_the_sorted_list(circuit: sw.Circuit, law: Any, n: int) -> None:
    found = sw.propagate(circuit, law[0], 1).attributions("out")
    assert found.largest(n) == sorted(found, key=lambda term: -abs(term.value))[:n]


@given(circuit=circuits(2, most_degree=4, most_monomials=12))
@settings(max_examples=60)
def test_monomials_are_counted_before_any_filter(circuit: sw.Circuit) -> None:
    found = sw.propagate(circuit, MIXED, 1).attributions("out", size=0)
    assert found.monomials == len(Tree(circuit, "gate").monomials)


def test_inputs_of_a_term_come_once_in_the_order_of_the_tree() -> None:
    circuit = sw.trace(lambda x, y: {"out": (y * x) ** 2}, ["x", "y"])
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    for term in sw.propagate(circuit, law, 1).attributions("out"):
        assert term.monomial == ("y.1", "x.1", "y.2", "x.2")
        assert term.inputs == ("y", "x")


def test_names_of_inputs_may_hold_dots() -> None:
    circuit = sw.trace(lambda *v: {"out": v[0] * v[1] * v[1]}, ["x", "x.1"])
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "x.1": sw.Bernoulli("1/4")})
    run = sw.propagate(circuit, law, 1)
    assert {term.monomial for term in run.attributions("out")} == {("x.1", "x.1.1", "x.1.2")}
    assert {term.inputs for term in run.attributions("out", input="x.1")} == {("x", "x.1")}


def test_attributions_of_any_wire() -> None:
    law = sw.Finite(TRIPLE, ["x", "y", "z"])
    run = sw.propagate(CHAIN, law, 1)
    assert [t.monomial for t in run.attributions("g1")] == [("x.1", "y.1")] * 2
    assert run.attributions("g1").total() == law.moment(["x", "y"])
    assert [(t.monomial, t.value, t.retained) for t in run.attributions("z")] == [(("z.1",), 1, True)]


def test_copies_are_those_of_the_tree_of_that_output_alone() -> None:
    circuit = sw.trace(lambda x, y: {"p": x * x * y, "q": (x + y) * x}, ["x", "y"])
    run = sw.propagate(circuit, sw.Finite({(0, 1): "1/2", (1, 2): "1/4", (2, 0): "1/4"}, ["x", "y"]), 1)
    for output in ("p", "q"):
        copies = list(circuit[output].treeify().copies)
        assert list(dict.fromkeys(copy for term in run.attributions(output) for copy in term.monomial)) == ["x.1", "x.2", "y.1"]
        assert {copy for part in run.attributions(output).by_partition() for block in part for copy in block} == set(copies)
        assert run.attributions(output).total(retained=True) == run.mean(output)


# -- one at a time -----------------------------------------------------------------------------------------------------


def doublings(n: int) -> sw.Circuit:
    writer = Writer()
    wire = writer.input("x")
    for _ in range(n):
        wire = writer.sum([(1, wire), (-1, wire)])
    writer.outputs["out"] = wire
    return sw.Circuit(writer.gates, writer.outputs)


COIN = sw.Independent({"x": sw.Bernoulli("1/2")})


def test_the_first_of_more_terms_than_anyone_can_list() -> None:
    run = sw.propagate(doublings(100), COIN, 1)
    found = run.attributions("out")
    assert found.monomials == 2**100 > 10**30
    first = list(islice(found, 3))
    assert [(t.monomial, t.value) for t in first] == [
        (("x.1",), Fraction(1, 2)), (("x.2",), Fraction(-1, 2)), (("x.3",), Fraction(-1, 2)),
    ]  # fmt: skip
    assert repr(found).splitlines()[0] == "Attributions of E out: 1,267,650,600,228,229,401,496,703,205,376 monomials"
    assert repr(found).splitlines()[-1] == "  …"
    assert len(repr(found).splitlines()) == 10
    wide = sw.trace(lambda *v: {"out": prod_of_sums(v)}, [f"x{i}" for i in range(200)])
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in wide.inputs})
    term = next(iter(sw.propagate(wide, law, 1).attributions("out")))
    assert len(term.monomial) == 100
    assert term.value == Fraction(1, 2**100)


def prod_of_sums(v: Sequence[Any]) -> Any:
    total: Any = v[0] + v[1]
    for a, b in zip(v[2::2], v[3::2], strict=True):
        total = total * (a + b)
    return total


def test_the_first_partition_of_more_than_anyone_can_list() -> None:
    """x^300 has one monomial and more partitions of its leaves than there are atoms; the first is the one into singletons."""
    found = sw.propagate(sw.trace(lambda x: x**300, ["x"]), COIN, 2).attributions("out")
    first = next(iter(found))
    assert len(first.partition) == len(first.monomial) == 300
    assert first.value == Fraction(1, 2**300)
    assert next(iter(found.filter(order=1))) == first
    assert sum(1 for _ in found.filter(order=1)) == 1
    assert repr(found).splitlines()[1].endswith("κ(x.12) … 288 more blocks = 4.90909e-91, retained")
    text = "Partitions of the leaves of the first monomial of out: predicted "
    with pytest.raises(TooLarge, match=f"^{text}"):
        found.total()


def test_all_partitions_come_once_with_small_blocks_first() -> None:
    for n in range(7):
        for most in range(1, n + 2):
            made = list(small_blocks_first(n, most))
            wanted = [partition for partition in set_partitions(range(n)) if max(map(len, partition), default=0) <= most]
            assert sorted(made) == sorted(wanted)
            assert made[:1] == [tuple((i,) for i in range(n))]


@pytest.mark.parametrize("ring", ["exact", "float64"])
def test_terms_of_a_real_netlist_come_one_at_a_time(ring: str) -> None:
    """More than 10^6900 monomials of hundreds of leaves each."""
    circuit = sw.Circuit.from_bench_text((files("symwick") / "data" / "c432.bench").read_text(encoding="utf-8"))
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in circuit.inputs})
    found = sw.propagate(circuit, law, 1, ring=ring).attributions("N432")
    assert found.monomials.bit_length() > 20_000
    terms = [term for term, _ in zip(found.filter(order=1), range(3), strict=False)]
    assert all(term.order == 1 and term.retained for term in terms)
    text = "Monomials of N432: predicted about 10^6936, above the limit of 1,000,000. That is out of reach whatever the limit. "
    refuses(TooLarge, f"{text}In a loop over the attributions the terms come one at a time.", found.total)


def test_a_long_chain_is_no_recursion() -> None:
    writer = Writer()
    wire = writer.input("x")
    for _ in range(10_000):
        wire = writer.sum([(1, wire)], 1)
    writer.outputs["out"] = wire
    found = sw.propagate(sw.Circuit(writer.gates, writer.outputs), COIN, 1).attributions("out")
    assert found.monomials == 10_001
    assert [(t.monomial, t.value) for t in islice(found, 2)] == [(("x.1",), Fraction(1, 2)), ((), 1)]


def test_a_monomial_of_many_independent_inputs_is_no_recursion() -> None:
    circuit = sw.trace(lambda *v: {"out": prod(v[1:], start=v[0])}, [f"x{i}" for i in range(1200)])
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in circuit.inputs})
    assert sw.propagate(circuit, law, 1).attributions("out").total() == Fraction(1, 2**1200)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_sums_hold_where_partitions_are_too_many_to_be_kept(schedule: str) -> None:
    """x^9 next to y^2: 21,147 partitions of copies of x, made one at a time, for each of two of y."""
    circuit = sw.trace(lambda x, y: {"out": (x**9) * y**2}, ["x", "y"])
    law = sw.Independent({"x": sw.Normal(1, 1), "y": sw.Bernoulli("1/3")})
    run = sw.propagate(circuit, law, 2, schedule)
    terms = list(run.attributions("out"))
    assert len(terms) == 2 * 2620  # involutions of 9: cumulants of a normal end with pairs
    assert sum(term.value for term in terms) == law.moment({"x": 9, "y": 2})
    assert sum(term.value for term in terms if term.retained) == run.mean("out")
    assert len({(term.monomial, term.partition) for term in terms}) == len(terms)


def test_sums_of_too_many_terms_are_refused_before_they_start() -> None:
    found = sw.propagate(doublings(100), COIN, 1).attributions("out")
    n = 2**100
    text = f"Monomials of out: predicted {n:,}, above the limit of 1,000,000. That is out of reach whatever the limit. "
    text += "In a loop over the attributions the terms come one at a time."
    for work in (found.total, found.largest, found.by_gate, found.by_partition, lambda: found.total(retained=True)):
        refuses(TooLarge, text, work)
    small = sw.propagate(doublings(3), COIN, 1).attributions("out")
    text = "Monomials of out: predicted 8, above the limit of 7. Pass limit=8 (or more) to do it all the same."
    for some in (small.total, small.largest, small.by_gate, small.by_partition):
        refuses(TooLarge, text, lambda some=some: some(limit=7))  # type: ignore[misc]
    assert small.total(limit=8) == 0


# -- printing and refusing ---------------------------------------------------------------------------------------------

SQUARE = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
BITS = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})


def test_a_small_example_prints_its_terms() -> None:
    run = sw.propagate(SQUARE, BITS, 1)
    assert repr(run.attributions("out")) == (
        "Attributions of E out: 4 monomials\n"
        "  1 κ(x.1) κ(x.2) κ(y.3) = 1/16, retained\n"
        "  1 κ(x.1, x.2) κ(y.3) = 1/16, dropped at g2\n"
        "  1 κ(x.1) κ(y.2) κ(y.3) = 1/32, retained\n"
        "  1 κ(x.1) κ(y.2, y.3) = 3/32, dropped at g3\n"
        "  1 κ(y.1) κ(x.2) κ(y.3) = 1/32, retained\n"
        "  1 κ(y.1, y.3) κ(x.2) = 3/32, dropped at g3\n"
        "  1 κ(y.1) κ(y.2) κ(y.3) = 1/64, retained\n"
        "  1 κ(y.1) κ(y.2, y.3) = 3/64, dropped at g3\n"
        "  …"
    )
    assert repr(run.attributions("out", size=3, order=2, input="x", gate="g2", retained=False)) == (
        "Attributions of E out: 4 monomials, filtered by size=3, order=2, input='x', gate='g2', retained=False\n"
        "  1 κ(x.1, x.2) κ(y.3) = 1/16, dropped at g2"
    )
    assert repr(run.attributions("out", size=2)) == "Attributions of E out: 4 monomials, filtered by size=2"
    constant = sw.Circuit([Gate("input", payload="x"), Gate("constant", payload=3)], {"out": 1})
    assert repr(sw.propagate(constant, COIN, 1).attributions("out")) == "Attributions of E out: 1 monomials\n  3 1 = 3, retained"


def test_printing_does_not_look_through_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that no term of 2^100 meets: printing must end."""
    whole = Unfolding.monomials

    def counted(self: Unfolding, wire: int) -> Iterator[Any]:
        for i, monomial in enumerate(whole(self, wire)):
            assert i < 10_000
            yield monomial

    monkeypatch.setattr(Unfolding, "monomials", counted)
    assert repr(sw.propagate(doublings(100), COIN, 1).attributions("out", size=0)).endswith("(among the first 2,000 terms)")


def test_what_is_asked_is_checked() -> None:
    run = sw.propagate(SQUARE, BITS, 1)
    known = "which is no wire; the outputs are: out."
    refuses(UnknownVariable, f"Argument 'wire' names 'q', {known}", lambda: run.attributions("q"))
    refuses(UnknownVariable, f"Argument 'gate' names 'q', {known}", lambda: run.attributions("out", gate="q"))
    refuses(InvalidArgument, "Argument 'input' must be one of x, y, not 'g1'.", lambda: run.attributions("out", input="g1"))
    for size in (-1, 1.5, "2", True):
        text = f"Argument 'size' must be an integer that is at least 0, not {size!r}."
        refuses(InvalidArgument, text, lambda size=size: run.attributions("out", size=size))  # type: ignore[misc]
    for order in (0, 1.5, True):
        text = f"Argument 'order' must be an integer that is at least 1, not {order!r}."
        refuses(InvalidArgument, text, lambda order=order: run.attributions("out", order=order))  # type: ignore[misc]
    text = "Argument 'retained' must be True, False or None, not 1."
    refuses(InvalidArgument, text, lambda: run.attributions("out", retained=1))  # type: ignore[arg-type]
    text = "Argument 'n' must be an integer that is at least 0, not -1."
    refuses(InvalidArgument, text, lambda: run.attributions("out").largest(-1))
    text = "Argument 'limit' must be an integer that is at least 1, not 0."
    refuses(InvalidArgument, text, lambda: run.attributions("out").total(limit=0))
    kept = sw.propagate(SQUARE, BITS, 1, outputs=["out"])
    assert kept.attributions("out").total() == Fraction(5, 8)
    text = "Argument 'wire' must be one of the 'outputs' that the run keeps (out), not 'g1'."
    refuses(InvalidArgument, text, lambda: kept.attributions("g1"))


def test_runs_whose_estimates_are_no_sums_over_partitions_are_refused() -> None:
    text = "Argument 'closure' of the run must be 'zero' for attributions, not 'boolean'."
    refuses(InvalidArgument, text, lambda: sw.propagate(SQUARE, BITS, 1, closure="boolean").attributions("out"))
    imputed = sw.propagate(SQUARE, BITS, 3, "layer", "float64", closure="impute")
    text = "Argument 'closure' of the run must be 'zero' for attributions, not 'impute'."
    refuses(InvalidArgument, text, lambda: imputed.attributions("out"))
    text = "Argument 'keep' of the run must be empty for attributions: a kept cumulant is no partition."
    refuses(InvalidArgument, text, lambda: sw.propagate(SQUARE, BITS, 1, keep={("g1", "g1")}).attributions("out"))


def test_the_largest_of_forms_are_refused() -> None:
    found = sw.propagate(SQUARE, sw.Cumulants(["x", "y"]), 1, ring="symbolic").attributions("out")
    text = "Argument 'ring' of the run must be 'exact' or 'float64' to compare terms, not 'symbolic'."
    refuses(InvalidArgument, text, lambda: found.largest(1))
