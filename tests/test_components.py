"""Components: gates and paths as inputs. Derived laws against enumeration, values against the definitions, and stories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import prod
from random import Random
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.account.derived_law import MOST_POINTS, DerivedLaw
from symwick.circuits.gates import Gate
from symwick.circuits.writer import Writer
from symwick.errors import InexactError, InvalidArgument, NoClosedForm, UnknownVariable
from symwick.testing import oracle
from symwick.testing.oracle import Point
from tests.refusals import refuses

Weights = dict[Point, Fraction]


# -- random circuits ---------------------------------------------------------------------------------------------------


def random_circuit(random: Random, n: int, gates: int = 5, most_degree: int = 4) -> sw.Circuit:
    """Sums with constants, products, squares, constants; every gate is read, or is the output."""
    writer = Writer()
    degree = [1 for i in range(n) if writer.input(f"x{i}") >= 0]

    def wire() -> int:
        last = len(writer.gates) - 1
        return random.randint(max(0, last - 2), last) if random.random() < 0.5 else random.randint(0, last)

    while len(writer.gates) < n + gates:
        kind = random.choice(["sum", "sum", "product", "product", "power", "constant"])
        if kind == "constant":
            writer.constant(random.choice([1, 2]))
            degree.append(0)
        elif kind == "sum":
            chosen = [wire(), wire()]
            writer.sum([(random.choice([1, -1, 2]), a) for a in chosen], random.choice([0, 1]))
            degree.append(max(degree[a] for a in chosen))
        else:
            factors = [wire()] * 2 if kind == "power" else [wire(), wire()]
            if sum(degree[a] for a in factors) <= most_degree:
                writer.power(factors[0], 2) if kind == "power" else writer.product(factors)
                degree.append(sum(degree[a] for a in factors))
    loose = set(range(n, len(writer.gates))) - {a for gate in writer.gates for a in gate.args}
    writer.outputs["out"] = writer.sum([(1, a) for a in sorted(loose)])
    return sw.Circuit(writer.gates, writer.outputs).check()


def random_table(random: Random, n: int, size: int = 4) -> Weights:
    points: set[Point] = set()
    while len(points) < min(size, 3**n):
        points.add(tuple(random.choice([0, 1, 2]) for _ in range(n)))
    counts = [random.randint(1, 3) for _ in points]
    return {point: Fraction(c, sum(counts)) for point, c in zip(sorted(points), counts, strict=True)}


@st.composite
def cases(draw: st.DrawFn, n: int = 3) -> tuple[sw.Circuit, sw.Law, Weights, list[str]]:
    """A circuit, a law in one piece or in independent pieces, its table, and some wires."""
    random = Random(draw(st.integers(0, 2**32 - 1)))
    circuit = random_circuit(random, n)
    names = [f"x{i}" for i in range(n)]
    if random.random() < 0.5:
        weights = random_table(random, n)
        law: sw.Law = sw.Finite(weights, names)
    else:
        first, second = random_table(random, 1, 2), random_table(random, n - 1, 3)
        law = sw.Independent([sw.Finite(first, names[:1]), sw.Finite(second, names[1:])])
        weights = {a + b: p * q for a, p in first.items() for b, q in second.items()}
    wires = random.sample(circuit.wires[n:], random.randint(1, 2))
    return circuit, law, weights, wires


def pushed(weights: Weights, circuit: sw.Circuit, wires: Sequence[str]) -> Weights:
    """The joint law of wires, by enumeration."""
    found: Weights = {}
    for point, weight in weights.items():
        values = circuit.evaluate(dict(zip(circuit.inputs, point, strict=True)), wires)
        row = tuple(values[wire] for wire in wires)
        found[row] = found.get(row, Fraction(0)) + weight
    return {row: weight for row, weight in found.items() if weight}


def as_table(law: sw.Law) -> Weights:
    codes, weights = law.joint_table(law.variables)
    supports = [law.support(v) for v in law.variables]
    return {
        tuple(support[code] for support, code in zip(supports, row, strict=True)): Fraction(int(w), weights.denominator)
        for row, w in zip(codes.tolist(), weights.numerators.tolist(), strict=True)
    }


def names_of(law: sw.Law) -> list[str]:
    return [v.name for v in law.variables]


# -- the derived law ---------------------------------------------------------------------------------------------------


@given(case=cases(), data=st.data())
def test_the_law_of_components_is_the_image_of_the_law_of_inputs(case: Any, data: st.DataObject) -> None:
    circuit, law, weights, wires = case
    k = sw.components(circuit, law, wires)
    assert k.names == tuple(wires)
    assert names_of(k.law) == [*k.names, *k.rest]
    assert set(k.circuit.inputs) == {*k.names, *k.rest}
    assert set(k.rest) <= set(circuit.inputs)
    joint = pushed(weights, circuit, names_of(k.law))
    assert as_table(k.law) == joint
    powers = [data.draw(st.integers(0, 2)) for _ in k.law.variables]
    assert k.law.moment(dict(zip(names_of(k.law), powers, strict=True))) == oracle.moment(joint, powers)
    some = [data.draw(st.integers(0, len(powers) - 1)) for _ in range(3)]
    assert k.law.cumulant([names_of(k.law)[i] for i in some]) == oracle.cumulant(joint, some)


@given(case=cases())
def test_components_are_called_independent_only_where_they_are(case: Any) -> None:
    circuit, law, weights, wires = case
    k = sw.components(circuit, law, wires)
    names = names_of(k.law)
    groups = [sorted(v.name for v in group) for group in k.law.independent_groups()]
    assert sorted(name for group in groups for name in group) == sorted(names)
    for point, weight in pushed(weights, circuit, names).items():
        values = dict(zip(names, point, strict=True))
        alone = [pushed(weights, circuit, group)[tuple(values[name] for name in group)] for group in groups]
        assert weight == prod(alone)


def test_components_of_independent_inputs_are_independent_and_shared_inputs_tie_them() -> None:
    circuit = sw.trace(lambda a, b, c, d: {"out": (a * b) * (b + c) * (d * d)}, list("abcd"))
    law = sw.Independent({name: sw.DiscreteUniform(1, 3) for name in "abcd"})

    def groups(*wires: str, under: sw.Law = law) -> set[frozenset[str]]:
        found = sw.components(circuit, under, wires).law.independent_groups(wires)
        return {frozenset(v.name for v in group) for group in found}

    assert [gate.op for gate in circuit.gates[4:]] == ["product", "sum", "product", "product", "product"]
    assert groups("g1", "g4") == {frozenset({"g1"}), frozenset({"g4"})}
    assert groups("g1", "g2") == {frozenset({"g1", "g2"})}
    assert groups("g1", "g2", "g4") == {frozenset({"g1", "g2"}), frozenset({"g4"})}
    tied = sw.Independent([sw.Finite({(1, 1): "1/2", (2, 3): "1/2"}, ["a", "d"]), law.marginal(["b", "c"])])
    assert groups("g1", "g4", under=tied) == {frozenset({"g1", "g4"})}


@given(seed=st.integers(0, 2**32 - 1))
@example(seed=1196)
@example(seed=21040)
@settings(max_examples=30)
def test_moments_under_normal_inputs_are_those_of_the_polynomial(seed: int) -> None:
    random = Random(seed)
    circuit = random_circuit(random, 2, gates=4, most_degree=3)
    law = sw.MultivariateNormal(["x0", "x1"], [random.choice([0, 1, "1/2"]), 1], [[2, 1], [1, random.choice([1, 3])]])
    wires = random.sample(circuit.wires[2:], 2)
    k = sw.components(circuit, law, wires)
    assert all(isinstance(part, (DerivedLaw, sw.Finite)) for part, _ in k.law.parts(k.law.variables))
    symbols = {name: sympy.Symbol(name) for name in circuit.inputs}
    chosen = sw.Circuit(circuit.gates, {wire: circuit.position(wire) for wire in wires}).to_sympy(symbols)
    written = {wire: sympy.expand(f.doit()) for wire, f in chosen.items()}  # sums of sums are made one
    for powers in [(1, 0), (0, 1), (1, 1), (2, 0)]:
        f = sympy.Poly(prod(written[w] ** e for w, e in zip(wires, powers, strict=True)), *symbols.values())
        wanted = sum(Fraction(str(c)) * law.moment(dict(zip(symbols, exponents, strict=True))) for exponents, c in f.terms())
        assert k.law.moment(dict(zip(wires, powers, strict=True))) == wanted


def test_laws_of_components_without_a_table_tell_moments_alone() -> None:
    circuit = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    k = sw.components(circuit, sw.MultivariateNormal(["x", "y"], [1, 0], [[1, 1], [1, 2]]), ["g2"])
    assert isinstance(k.law, DerivedLaw)
    assert k.law.moment(["g2"]) == 1 + 1 + 2 + 2 * 1  # (E g1)² + Var g1
    assert k.gcp().value == k.law.cumulant(["y", "g2"]) == 2 * (1 + 2)  # 2 Cov(y, g1) E g1
    marginal = k.law.marginal(["y"])
    assert names_of(marginal) == ["y"]
    assert marginal.moment({"y": 2}) == 2
    text = "The law of other wires given y under DerivedLaw(g2, y) is not known: only moments are."
    refuses(NoClosedForm, text, lambda: k.law.condition({"y": 0}))
    rows = k.law.sample(4000, seed=1)
    assert rows.shape == (4000, 2)
    assert abs(np.mean(rows[:, 0].astype(float)) - 6) < 1
    assert abs(np.mean(rows[:, 1].astype(float))) < 0.2
    assert abs(np.mean((rows[:, 0] * rows[:, 1]).astype(float)) - 6) < 2
    assert (rows == k.law.sample(4000, seed=1)).all()


def test_many_points_make_no_table_and_the_same_moments() -> None:
    """14 bits have 2^14 points; their number is binomial."""
    names = [f"x{i}" for i in range(14)]
    assert 2**14 > MOST_POINTS >= 2**12
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in names})
    circuit = sw.trace(lambda *v: {"out": (sum(v[1:], v[0])) ** 2 * v[0]}, names)
    total = circuit.wires[circuit.gates[circuit.outputs["out"]].args[0]]
    k = sw.components(circuit, law, [total])
    assert isinstance(k.law, DerivedLaw)
    small = sw.components(sw.trace(lambda *v: {"out": (sum(v[1:], v[0])) ** 2 * v[0]}, names[:12]), law, output="out")
    assert not isinstance(small.law, DerivedLaw)
    sum_of_bits = circuit.wires[circuit.gates[circuit.position(total)].args[0]]
    k = sw.components(circuit, law, [sum_of_bits])
    binomial = sw.Binomial(14, "1/2").named("b")
    for power in (1, 2, 3):
        assert k.law.moment({sum_of_bits: power}) == binomial.moment({"b": power})
    assert k.law.cumulant([sum_of_bits, "x0"]) == Fraction(1, 4)
    rows = k.law.sample(2000, seed=3)
    assert abs(rows[:, 0].astype(float).mean() - 7) < 0.5


# -- the cut circuit ---------------------------------------------------------------------------------------------------


@given(case=cases(), data=st.data())
def test_the_cut_circuit_at_the_components_is_the_circuit_at_the_inputs(case: Any, data: st.DataObject) -> None:
    circuit, law, _, wires = case
    k = sw.components(circuit, law, wires)
    point = {name: data.draw(st.integers(-3, 3)) for name in circuit.inputs}
    at = k.at(point)
    assert at == circuit.evaluate(point, wires=[*k.names, *k.rest])
    assert k.circuit.evaluate(at) == circuit.evaluate(point)


def values_on(k: sw.Components) -> Any:
    names = names_of(k.law)
    (name,) = k.circuit.outputs

    def f(point: Point) -> Fraction:
        return Fraction(k.circuit.evaluate(dict(zip(names, point, strict=True)))[name])

    return f


def subsets(names: Iterable[str]) -> list[tuple[str, ...]]:
    pool = list(names)
    return [some for size in range(len(pool) + 1) for some in combinations(pool, size)]


@given(case=cases(n=2), data=st.data())
@settings(max_examples=30)
def test_decompositions_by_components_are_those_of_the_definitions(case: Any, data: st.DataObject) -> None:
    circuit, law, weights, wires = case
    k = sw.components(circuit, law, wires)
    names = names_of(k.law)
    joint, f = pushed(weights, circuit, names), values_on(k)
    given = {name: data.draw(st.integers(-1, 2)) for name in circuit.inputs}
    point = tuple(k.at(given)[name] for name in names)
    at = dict(zip(names, point, strict=True))
    terms = k.gwpd()
    wanted = oracle.gwpd(f, joint, point)
    total = Fraction(0)
    for some in subsets(names):
        place = [names.index(name) for name in some]
        assert k.gwp(some).at(at) == oracle.gwp(f, joint, place, point)
        assert k.gwp(some).at(at) == sw.gwp(k.circuit, k.law, some).at(at)
        assert terms[some].at(at) == wanted[frozenset(place)]
        total += terms[some].at(at)
    assert total == circuit.evaluate(given)["out"]
    products = k.gcpd()
    for partition, value in oracle.gcpd(f, joint).items():
        blocks = [[names[i] for i in block] for block in partition]
        assert k.gcp(blocks).value == products[blocks].value == value
    assert products.target.value == oracle.cumulant(pushed(weights, circuit, ["out"]), [0])
    lost = k.ablate({names[0]: "resample"}, at=at)
    assert lost.value == f(point) - oracle.expect(f, joint, [0], point)
    knocked = k.ablate(dict.fromkeys(names, 1), at=at)
    assert knocked.value == f(point) - f((1,) * len(names))
    if len(names) > 1:
        check = k.interaction_check(names[:2])
        gap = oracle.expect(f, joint, [0], point) + oracle.expect(f, joint, [1], point)
        gap += -f(point) - oracle.expect(f, joint, [0, 1], point)
        assert check.at(at).gap == gap
        assert repr(check.at(at)) == repr(sw.interaction_check(k.circuit, k.law, names[:2]).at(at))


# -- stories -----------------------------------------------------------------------------------------------------------


def redundant() -> sw.Components:
    """Two heads that both report the bit x; the output is 1 as soon as one does: out = a + b − a b."""
    writer = Writer()
    x = writer.input("x")
    a, b = writer.sum([(1, x)], 0, "a"), writer.sum([(1, x)], 0, "b")
    both = writer.product([a, b], "both")
    writer.outputs["out"] = writer.sum([(1, a), (1, b), (-1, both)], 0, "or")
    circuit = sw.Circuit(writer.gates, writer.outputs, names=writer.names)
    return sw.components(circuit, sw.Independent({"x": sw.Bernoulli("3/4")}), ["a", "b"])


def test_of_two_redundant_components_each_alone_shows_nothing() -> None:
    k = redundant()
    assert (k.names, k.rest) == (("a", "b"), ())
    here = k.at({"x": 1})
    assert here == {"a": 1, "b": 1}
    for one in "ab":  # the other one still says 1
        for how in (0, "mean", "resample"):
            assert k.ablate({one: how}, at=here).value == 0
    # both together: knocked out, all is lost; at their means 3/4, 1 − (1/4)² is left; resampled together, 3/4 is left
    assert k.ablate({"a": 0, "b": 0}, at=here).value == 1
    assert k.ablate({"a": "mean", "b": "mean"}, at=here).value == Fraction(1, 16)
    assert k.ablate({"a": "resample", "b": "resample"}, at=here).value == Fraction(1, 4)
    # the pair interacts: −(a − 3/4)(b − 3/4) + Cov(a, b), the heads being one and the same bit, Cov = 3/16
    assert k.law.cumulant(["a", "b"]) == Fraction(3, 16)
    assert k.gwp(["a", "b"]).at(here) == -Fraction(1, 16) + Fraction(3, 16) == Fraction(1, 8)
    assert k.gcp([["a", "b"]]).value == -Fraction(3, 16)
    assert k.gwp(["a"]).at(here) == k.gwp(["b"]).at(here) == 0
    # a law that took the heads for independent would be wrong about the mean already
    taken = sw.Independent({"a": sw.Bernoulli("3/4"), "b": sw.Bernoulli("3/4")})
    assert sw.expectation(k.circuit, k.law).value == Fraction(3, 4)
    assert sw.expectation(k.circuit, taken).value == Fraction(15, 16)


def backup() -> tuple[sw.Circuit, sw.Law]:
    """A signal s; the primary a = s u reports it where it works (u, nine times in ten), else the backup b = s (1 − a) does."""
    writer = Writer()
    s, u = writer.input("s"), writer.input("u")
    a = writer.product([s, u], "a")
    silent = writer.sum([(-1, a)], 1, "silent")
    b = writer.product([s, silent], "b")
    writer.outputs["out"] = writer.sum([(1, a), (1, b)], 0, "sum")
    law = sw.Independent({"s": sw.Bernoulli("1/2"), "u": sw.Bernoulli("9/10")})
    return sw.Circuit(writer.gates, writer.outputs, names=writer.names), law


def test_a_backup_acts_only_where_the_primary_is_silent() -> None:
    circuit, law = backup()
    works, broken = {"s": 1, "u": 1}, {"s": 1, "u": 0}
    # the primary alone is a component: the backup is below the output still, and steps in
    primary = sw.components(circuit, law, ["a"])
    assert (primary.names, primary.rest) == (("a",), ("s",))
    assert primary.ablate({"a": 0}, at=primary.at(works)).value == 0
    assert primary.ablate({"a": "mean"}, at=primary.at(works)).value == 0
    # both are components: the backup is held at what it was, silent, so that the primary is all there is
    both = sw.components(circuit, law, ["a", "b"])
    assert both.at(works) == {"a": 1, "b": 0}
    assert both.ablate({"a": 0}, at=both.at(works)).value == 1
    assert both.ablate({"b": 0}, at=both.at(works)).value == 0
    # where the primary is silent, the backup is
    assert both.at(broken) == {"a": 0, "b": 1}
    assert both.ablate({"a": 0}, at=both.at(broken)).value == 0
    assert both.ablate({"b": 0}, at=both.at(broken)).value == 1
    # never both: E a b = 0, and the law knows: Cov(a, b) = −9/20 · 1/20
    assert as_table(both.law) == {(0, 0): Fraction(1, 2), (0, 1): Fraction(1, 20), (1, 0): Fraction(9, 20)}
    assert both.law.cumulant(["a", "b"]) == -Fraction(9, 400)
    assert both.gwp(["a", "b"]).value == 0  # out = a + b


def test_an_input_through_one_path_and_through_all() -> None:
    """out = x y + x z: x goes two ways. The block of both copies is x itself."""
    circuit = sw.trace(lambda x, y, z: {"out": x * y + x * z}, ["x", "y", "z"])
    law = sw.Finite({(0, 0, 1): "1/4", (1, 1, 0): "1/4", (1, 2, 2): "1/4", (2, 0, 1): "1/4"}, ["x", "y", "z"])
    k = sw.components(circuit.treeify(), law)
    assert k.names == ("x.1", "y.1", "x.2", "z.1")
    point = {"x": 2, "y": 3, "z": 5}
    here = k.at(point)
    assert here == {"x.1": 2, "x.2": 2, "y.1": 3, "z.1": 5}
    # E x = 1: through the first path (2 − 1) 3, through the second (2 − 1) 5, through both (2 − 1)(3 + 5)
    assert k.gwp(["x.1"]).at(here) == 3
    assert k.gwp(["x.2"]).at(here) == 5
    assert k.gwp(["x.1", "x.2"]).at(here) == 0  # the paths do not interact
    blocks = {"x": ["x.1", "x.2"], "y": ["y.1"], "z": ["z.1"]}
    assert k.gwp(["x"], inputs=blocks).at(here) == 8 == sw.gwp(circuit, law, ["x"]).at(point)
    whole, tree = sw.gwpd(circuit, law), k.gwpd(inputs=blocks)
    for some in subsets("xyz"):
        assert tree[some].at(here) == whole[some].at(point)
    assert k.gcp([["x", "y", "z"]], inputs=blocks).value == sw.gcp(circuit, law, [["x", "y", "z"]]).value
    # knocked out on one path only
    assert k.ablate({"x.1": 0}, at=here).value == 6
    assert k.ablate({"x.1": 0, "x.2": 0}, at=here).value == 16 == sw.ablate(circuit, law, {"x": 0}, at=point).value


# -- what may be a component -------------------------------------------------------------------------------------------

SQUARE = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
BITS = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})


def test_a_component_below_another_keeps_its_direct_effect_only() -> None:
    """out = g2 y + 3 g1 with g1 = x + y and g2 = g1²."""

    def f(x: Any, y: Any) -> Any:
        total = x + y
        return {"out": total**2 * y + 3 * total}

    circuit, here = sw.trace(f, ["x", "y"]), {"x": 1, "y": 1}
    assert [gate.op for gate in circuit.gates[2:4]] == ["sum", "power"]
    alone = sw.components(circuit, BITS, ["g1"])
    both = sw.components(circuit, BITS, ["g1", "g2"])
    assert alone.at(here) == {"g1": 2, "y": 1}
    assert both.at(here) == {"g1": 2, "g2": 4, "y": 1}
    assert alone.ablate({"g1": 0}, at=alone.at(here)).value == 4 + 6  # all that goes through it
    assert both.ablate({"g1": 0}, at=both.at(here)).value == 6  # the square stays at 4
    assert both.ablate({"g2": 0}, at=both.at(here)).value == 4
    assert both.gwp(["g1"]).at(both.at(here)) == 3 * (2 - Fraction(3, 4))
    nothing = sw.components(SQUARE, BITS, ["g1", "g2"])  # out = g2 y: without a direct effect there is none
    form = nothing.gwp(["g1"])
    assert form.value == 0
    assert nothing.gcp([["g1", "y"], ["g2"]]).value == 0
    assert nothing.law.cumulant(["g1", "g2"]) != 0


def test_the_output_itself_may_be_a_component() -> None:
    for name in ("out", "g3"):
        k = sw.components(SQUARE, BITS, [name])
        assert (k.names, k.rest, k.circuit.inputs, len(k.circuit)) == ((name,), (), (name,), 0)
        assert as_table(k.law) == {(0,): Fraction(6, 8), (1,): Fraction(1, 8), (4,): Fraction(1, 8)}
        assert k.gwp([name]).at({name: 4}) == 4 - Fraction(5, 8)
        assert k.gcp().value == Fraction(5, 8)


def test_a_component_that_the_output_does_not_read_attributes_nothing() -> None:
    writer = Writer()
    x, y = writer.input("x"), writer.input("y")
    writer.product([x, y], "dead")
    writer.outputs["out"] = writer.sum([(1, x), (2, y)])
    circuit = sw.Circuit(writer.gates, writer.outputs, names=writer.names)
    k = sw.components(circuit, BITS, ["dead"])
    assert (k.names, k.rest) == (("dead",), ("x", "y"))
    assert k.law.cumulant(["dead", "x"]) == Fraction(1, 16)
    for some in (["dead"], ["dead", "x"]):
        form = k.gwp(some)
        assert form.value == 0
        assert "dead" in str(form.reason)
    assert k.gcp([["dead", "x"], ["y"]]).value == 0
    assert k.ablate({"dead": 5}, at=k.at({"x": 1, "y": 1})).value == 0


def test_constants_may_be_components() -> None:
    writer = Writer()
    x, three = writer.input("x"), writer.constant(3, "three")
    writer.outputs["out"] = writer.product([x, three])
    circuit = sw.Circuit(writer.gates, writer.outputs, names=writer.names)
    k = sw.components(circuit, sw.Independent({"x": sw.Bernoulli("1/2")}), ["three"])
    assert as_table(k.law) == {(3, 0): Fraction(1, 2), (3, 1): Fraction(1, 2)}
    assert {frozenset({"three"}), frozenset({"x"})} == {frozenset(v.name for v in g) for g in k.law.independent_groups()}
    assert k.gwp(["three"]).at({"three": 3, "x": 1}) == 0
    assert k.gwp(["x"]).at({"three": 3, "x": 1}) == Fraction(3, 2)
    assert k.gcp([["three", "x"]]).value == 0
    assert k.ablate({"three": 0}, at=k.at({"x": 1})).value == 3


def test_names_once_twice_and_alone() -> None:
    twice, alone = sw.components(SQUARE, BITS, ["g2", "g1", "g2"]), sw.components(SQUARE, BITS, "g2")
    assert twice.names == ("g2", "g1")
    assert alone.names == sw.components(SQUARE, BITS, [sympy.Symbol("g2")]).names == ("g2",)
    inputs = sw.components(SQUARE, BITS)
    assert (inputs.names, inputs.rest) == (("x", "y"), ())
    assert inputs.gcp([["x"], ["y"]]).value == sw.gcp(SQUARE, BITS, [["x"], ["y"]]).value
    none = sw.components(SQUARE, BITS, [])
    assert (none.names, none.rest) == ((), ("x", "y"))
    assert sw.components(SQUARE, BITS, ["x"]).rest == ("y",)


def test_occurrences_of_a_tree_may_be_components() -> None:
    tree = SQUARE.treeify()
    one = sw.components(tree, BITS, ["g1.2"])
    assert (one.names, one.rest) == (("g1.2",), ("x.1", "y.1", "y.3"))
    here = one.at({"x": 1, "y": 1})
    assert here == {"g1.2": 2, "x.1": 1, "y.1": 1, "y.3": 1}
    assert one.ablate({"g1.2": 0}, at=here).value == 4
    assert one.ablate({"g1.2": 1}, at=here).value == 2
    both = sw.components(tree, BITS, ["g1.1", "g1.2"])
    assert (both.names, both.rest) == (("g1.1", "g1.2"), ("y.3",))
    assert both.law.cumulant(["g1.1", "g1.2"]) == Fraction(7, 16)  # Var g1: the occurrences are one wire
    assert set(as_table(both.law)) == {(0, 0, 0), (1, 1, 0), (1, 1, 1), (2, 2, 1)}
    # E (g1)² y: 1/8 · 1 · 1 + 1/8 · 4 · 1
    assert sum(form.value for form in both.gcpd().values()) == Fraction(5, 8)


def test_one_of_several_outputs() -> None:

    def f(x: Any, y: Any) -> Any:
        both = x * y
        return {"p": both, "q": both**2 + x}

    circuit = sw.trace(f, ["x", "y"])
    text = "Argument 'output' must name one of p, q."
    refuses(InvalidArgument, text, lambda: sw.components(circuit, BITS, ["g1"]))
    k = sw.components(circuit, BITS, ["p"], output="q")
    assert (k.names, k.rest, list(k.circuit.outputs)) == (("p",), ("x",), ["q"])
    assert k.circuit.evaluate({"p": 3, "x": 1}) == {"q": 10}
    assert sw.components(circuit, BITS, ["x"], output="p").rest == ("y",)
    text = "Argument 'output' names 'r', which is no wire; the outputs are: p, q."
    refuses(UnknownVariable, text, lambda: sw.components(circuit, BITS, ["g1"], output="r"))
    tree = circuit.treeify()
    one, other = (sw.components(tree, BITS, output=name) for name in "pq")
    assert (one.names, other.names) == (("x.1", "y.1"), ("x.2", "y.2", "x.3", "y.3", "x.4"))
    assert other.law.cumulant(["x.2", "x.4"]) == Fraction(1, 4)
    assert other.circuit.evaluate({"x.2": 1, "y.2": 2, "x.3": 3, "y.3": 4, "x.4": 5}) == {"q": 29}
    none = sw.Circuit([Gate("input", payload="x")], {})
    refuses(InvalidArgument, "Argument 'output' must name one of no outputs.", lambda: sw.components(none, BITS, ["x"]))
    assert sw.components(none, BITS, output="x").names == ("x",)


@pytest.mark.parametrize("of", [["y"], None])
def test_an_input_with_the_name_of_an_output_keeps_its_own_law(of: list[str] | None) -> None:
    """The output x is x y, the output out is x y + x: the cut circuit reads the input x, whose law is that of a fair bit."""
    writer = Writer()
    x, y = writer.input("x"), writer.input("y")
    both = writer.product([x, y])
    writer.outputs.update({"x": both, "out": writer.sum([(1, both), (1, x)])})
    k = sw.components(sw.Circuit(writer.gates, writer.outputs), BITS, of, output="out")
    assert k.law.moment(["x"]) == Fraction(1, 2)
    assert k.at({"x": 1, "y": 0}) == {"x": 1, "y": 0}


def test_a_path_with_the_name_of_an_output_keeps_its_own_law() -> None:
    circuit = sw.trace(lambda x, y: {"x.1": x * y + x}, ["x", "y"])
    k = sw.components(circuit.treeify(), BITS)
    assert k.law.moment(["x.1"]) == Fraction(1, 2)


def test_laws_with_parameters_and_laws_with_more_variables() -> None:
    p = sympy.Symbol("p")
    k = sw.components(SQUARE, sw.Independent({"x": sw.Bernoulli(p), "y": sw.Bernoulli("1/4")}), ["g1"])
    assert k.law.moment(["g1"]) - (p + sympy.Rational(1, 4)) == 0
    assert k.law.cumulant(["g1", "y"]) == Fraction(3, 16)
    wide = sw.Finite({(7, 0, 1): "1/2", (8, 1, 1): "1/2"}, ["z", "y", "x"])
    assert sw.components(SQUARE, wide, ["g1"]).law.moment(["g1"]) == Fraction(3, 2)


def test_components_print_themselves() -> None:
    assert repr(sw.components(SQUARE, BITS, ["g2"])) == (
        "Components g2 beside y of <Circuit: 2 inputs, 1 gate, outputs out>, "
        "Finite({(0, 0): 3/8, (1, 0): 3/8, (1, 1): 1/8, (4, 1): 1/8}, [g2, y])"
    )
    assert repr(sw.components(SQUARE, BITS, ["out"])) == (
        "Components out of <Circuit: 1 input, 0 gates, outputs out>, Finite({0: 3/4, 1: 1/8, 4: 1/8}, [out])"
    )


def test_what_is_asked_is_checked() -> None:
    wrong: Mapping[str, Any] = {"c": "x*y", "P": 2, "of": 3}
    text = "Argument 'c' must be a Circuit or a tree (c.treeify()), not 'x*y'."
    refuses(InvalidArgument, text, lambda: sw.components(wrong["c"], BITS))
    text = "Argument 'P' must be a law (Finite, Independent, MultivariateNormal, …), not 2."
    refuses(InvalidArgument, text, lambda: sw.components(SQUARE, wrong["P"]))
    refuses(InvalidArgument, "Argument 'of' must be a list of wires, not 3.", lambda: sw.components(SQUARE, BITS, wrong["of"]))
    text = "Argument 'of' names {}, which is no wire; the outputs are: out."
    refuses(UnknownVariable, text.format("'q'"), lambda: sw.components(SQUARE, BITS, ["g1", "q"]))
    refuses(UnknownVariable, text.format("'g1'"), lambda: sw.components(SQUARE.treeify(), BITS, ["g1"]))
    near = "Argument 'of' names 'g1.3', which is no wire; did you mean g1.2 or g1.1?"
    refuses(UnknownVariable, near, lambda: sw.components(SQUARE.treeify(), BITS, ["g1.3"]))
    refuses(UnknownVariable, text.format("3"), lambda: sw.components(SQUARE, BITS, [3]))
    floats = sw.Empirical([[0.5, 1.5], [1.0, 2.0]], ["x", "y"], numbers="float64")
    text = "Argument 'P' was read from floats (numbers='float64'): components need an exact law."
    refuses(InexactError, text, lambda: sw.components(SQUARE, floats, ["g1"]))
    text = "Argument 'P' must have a variable for every input, but lacks y."
    refuses(UnknownVariable, text, lambda: sw.components(SQUARE, BITS.marginal(["x"]), ["g1"]))
    refuses(UnknownVariable, text, lambda: sw.components(SQUARE.treeify(), BITS.marginal(["x"])))
