"""The forward pass over live wires: the same estimates as the demand-driven engine, at the width that the circuit has."""

from __future__ import annotations

import itertools
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.writer import Writer
from symwick.errors import InvalidArgument, TooLarge
from symwick.propagation.frontier import FrontierRun
from symwick.propagation.frontier_plan import planned
from symwick.propagation.inputs import InputMoments
from symwick.propagation.product_terms import product_terms
from symwick.propagation.program import laid_out
from symwick.testing.strategies import finite_laws

X = ("x0", "x1", "x2")


@st.composite
def circuits(draw: st.DrawFn, gates: int = 7) -> sw.Circuit:
    """Sums with constants and repeated wires, products of up to three factors, squares, constants; every wire an output."""
    writer = Writer()
    wires = [writer.input(name) for name in X]
    for _ in range(draw(st.integers(1, gates))):
        kind = draw(st.sampled_from(["sum", "product", "power", "constant", "long"]))
        if kind == "constant":
            wires.append(writer.constant(draw(st.integers(-2, 2))))
        elif kind == "power":
            wires.append(writer.power(draw(st.sampled_from(wires)), 2))
        elif kind == "product":
            wires.append(writer.product(draw(st.lists(st.sampled_from(wires), min_size=1, max_size=3))))
        else:
            most = 8 if kind == "long" else 3
            terms = [(draw(st.sampled_from([1, -1, 2, Fraction(1, 2)])), draw(st.sampled_from(wires))) for _ in range(most)]
            wires.append(writer.sum(terms, draw(st.integers(-1, 1))))
    writer.outputs = {f"o{i}": wire for i, wire in enumerate(wires)}
    return sw.Circuit(writer.gates, writer.outputs, names=writer.names).check()


def near(found: Any, wanted: Any) -> bool:
    return bool(np.isclose(float(found), float(wanted), rtol=1e-9, atol=1e-9))


@given(data=st.data(), order=st.integers(1, 4))
@settings(max_examples=60)
def test_estimates_are_those_of_the_demand_driven_engine(data: st.DataObject, order: int) -> None:
    law, _ = data.draw(finite_laws(3, variables=X, max_support_per_variable=2))
    circuit = data.draw(circuits())
    names = data.draw(st.lists(st.sampled_from(list(circuit.outputs)), min_size=1, max_size=4, unique=True))
    forward = sw.propagate(circuit, law, order, ring="float64", outputs=names, engine="frontier")
    exact = sw.propagate(circuit, law, order, outputs=names)
    for size in range(1, order + 1):
        for chosen in itertools.combinations_with_replacement(names, size):
            assert near(forward.cumulant(*chosen), exact.cumulant(*chosen)), chosen
    assert forward._engine.known == ({}, {})  # nothing was asked of the other engine


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_normal_inputs_and_blocks_of_dependent_ones(order: int) -> None:
    law = sw.Independent([
        sw.MultivariateNormal(["a", "b", "c"], [1, 0, "1/2"], [[2, 1, 0], [1, 2, 1], [0, 1, 1]]),
        sw.Finite({(0, 0): "1/2", (1, 1): "1/4", (1, 2): "1/4"}, ["d", "e"]),
    ])  # fmt: skip
    circuit = sw.trace(
        lambda a, b, c, d, e: {"u": (a * d + b) * (e - c), "v": a * b * c + d**2, "w": (a + b + c + d + e) ** 2}, list("abcde")
    )
    forward = sw.propagate(circuit, law, order, ring="float64")
    exact = sw.propagate(circuit, law, order)
    for size in range(1, order + 1):
        for chosen in itertools.combinations_with_replacement("uvw", size):
            assert near(forward.cumulant(*chosen), exact.cumulant(*chosen))


def test_a_layer_is_a_matrix_product() -> None:
    random = Random(1)
    weights = np.array([[random.randint(-2, 2) for _ in range(6)] for _ in range(5)])
    circuit = sw.trace(lambda x: np.ones((2, 5), dtype=int) @ (weights @ x) ** 2 + weights[:2] @ x, {"x": 6})
    law = sw.Independent({name: sw.Bernoulli("1/3") for name in circuit.inputs})
    for order in (1, 2, 3, 4):
        forward = sw.propagate(circuit, law, order, ring="float64", engine="frontier")
        exact = sw.propagate(circuit, law, order)
        assert near(forward.mean("out0"), exact.mean("out0"))
        if order > 1:
            found, wanted = forward.covariance(["out0", "out1"]), exact.covariance(["out0", "out1"])
            assert np.allclose(found, wanted.astype(float))


def test_width_is_that_of_the_circuit_and_not_its_length() -> None:
    """A leaky average of products: each folded into the next would keep all of them alive."""

    def leaky(*wires: Any) -> Any:
        live = list(wires)
        random = Random(3)
        for _ in range(200):
            i, j, k = random.sample(range(len(live)), 3)
            live[k] = live[i] * live[j] / 2 + live[k] / 2
        return live

    circuit = sw.trace(leaky, [f"x{i}" for i in range(8)])
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in circuit.inputs})
    run = sw.propagate(circuit, law, 2, ring="float64")
    assert run.plan is not None
    assert run.plan.width <= 10
    assert run.plan.bytes == 8 * (run.plan.width + run.plan.width**2)
    assert near(run.mean("out3"), sw.propagate(circuit, law, 2, ring="float64", engine="demand").mean("out3"))


@given(data=st.data(), order=st.integers(1, 2))
@settings(max_examples=60)
def test_up_to_order_two_any_topological_order_of_the_gates_does(data: st.DataObject, order: int) -> None:
    law, _ = data.draw(finite_laws(3, variables=X, max_support_per_variable=2))
    circuit = data.draw(circuits())
    names = data.draw(st.lists(st.sampled_from(list(circuit.outputs)), min_size=1, max_size=4, unique=True))
    program = laid_out(circuit, [law], 1000, lambda value: float(Fraction(str(value))))
    places = [program.place[circuit.outputs[name]] for name in names]
    plan = planned(program, places, order, narrow=True)
    assert "gates depth first" in repr(plan)
    run = FrontierRun(program, plan, InputMoments(program, law, lambda value: float(Fraction(str(value)))), order, str)
    exact = sw.propagate(circuit, law, order, outputs=names)
    for size in range(1, order + 1):
        for chosen in itertools.combinations_with_replacement(range(len(names)), size):
            found = run.cumulant([plan.forms[places[i]] for i in chosen])
            assert near(found, exact.cumulant(*(names[i] for i in chosen)))


def test_a_circuit_written_level_by_level_is_computed_depth_first_where_that_saves_memory() -> None:
    def levels(*wires: Any) -> Any:
        first = [a * wires[0] + a for a in wires]
        total, *squares = [a**2 for a in first]
        for square in squares:
            total = total * square + total
        return total

    circuit = sw.trace(levels, [f"x{i}" for i in range(20)])
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in circuit.inputs})
    wide = sw.propagate(circuit, law, 2, ring="float64").plan
    narrow = sw.propagate(circuit, law, 2, ring="float64", memory=1000)
    assert wide is not None
    assert narrow.plan is not None
    assert wide.width > 20
    assert narrow.plan.width < 10
    assert near(narrow.mean("out"), sw.propagate(circuit, law, 2).mean("out"))
    assert sw.propagate(circuit, law, 3, ring="float64", memory=1000).plan is None  # at order 3 the order of gates matters


def test_wires_on_the_way_have_means_and_others_are_asked_of_the_other_engine() -> None:
    circuit = sw.trace(lambda x, y: {"out": (x * y + 1) ** 2}, ["x", "y"])
    law = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    run, exact = sw.propagate(circuit, law, 2, ring="float64"), sw.propagate(circuit, law, 2)
    assert repr(run).splitlines()[1].startswith("  forward pass: order 2, live width ")
    for wire in circuit.wires:
        assert near(run.mean(wire), exact.mean(wire))
        assert near(run.variance(wire), exact.variance(wire))
    assert run.variance("g1") != 0
    assert "forward pass done" in repr(run)


def test_the_choice_of_the_engine() -> None:
    circuit = sw.trace(lambda x, y: x * y, ["x", "y"])
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/3")})
    assert sw.propagate(circuit, law, 2, ring="float64").plan is not None
    for options in ({"ring": "exact"}, {"ring": "float64", "schedule": "layer"}, {"ring": "float64", "order": 5}):
        assert sw.propagate(circuit, law, **options).plan is None
        with pytest.raises(InvalidArgument, match="^Argument 'engine' must be 'demand' or 'auto' unless ring is"):
            sw.propagate(circuit, law, engine="frontier", **options)
    assert sw.propagate(circuit, law, 2, ring="float64", memory=10).plan is None
    with pytest.raises(TooLarge, match=r"^Bytes of the cumulants of 3 live wires at order 2: predicted 96, above"):
        sw.propagate(circuit, law, 2, ring="float64", memory=10, engine="frontier")
    with pytest.raises(InvalidArgument, match="^Argument 'engine' must be one of auto, demand, frontier, not 'fast'"):
        sw.propagate(circuit, law, 2, engine="fast")
    with pytest.raises(InvalidArgument, match="^Argument 'memory' must be an integer that is at least 1, not 0"):
        sw.propagate(circuit, law, 2, memory=0)


def test_what_leaves_the_range_of_floats_is_said_with_the_gate() -> None:
    circuit = sw.trace(lambda x: {"out": (((x * 10**90) ** 2) ** 2) ** 2}, ["x"])
    law = sw.Independent({"x": sw.Bernoulli("1/2")})
    run = sw.propagate(circuit, law, 2, ring="float64")
    with pytest.raises(InvalidArgument, match="^Argument 'c' leaves the range of float64 at gate 'g[0-9]': pass ring='exact'"):
        run.mean("out")
    assert sw.propagate(circuit, law, None).mean("out") == Fraction(10**720, 2)


@pytest.mark.parametrize(("copies", "others", "order"), [(1, 0, 2), (1, 2, 3), (2, 0, 2), (2, 1, 3), (3, 0, 3), (2, 2, 4)])
def test_the_terms_of_a_product_are_all_joining_partitions(copies: int, others: int, order: int) -> None:
    """With all cumulants 1 the sum of counts is the number of partitions that join; κ of A B copies is checked above."""
    elements = [(2 * i, 2 * i + 1) for i in range(copies)] + [(2 * copies + j,) for j in range(others)]
    count = 0
    for partition in partitions(list(range(2 * copies + others))):
        if max(map(len, partition)) <= order and one_piece([set(block) for block in partition] + [set(e) for e in elements]):
            count += 1
    assert sum(n for n, _ in product_terms(copies, others, order)) == count


def partitions(items: list[int]) -> Any:
    if not items:
        yield []
        return
    for size in range(len(items)):
        for rest in itertools.combinations(items[1:], size):
            left = [i for i in items[1:] if i not in rest]
            for smaller in partitions(left):
                yield [[items[0], *rest], *smaller]


def one_piece(sets: list[set[int]]) -> bool:
    whole = sets[0]
    rest = sets[1:]
    while met := [s for s in rest if s & whole]:
        whole = whole.union(*met)
        rest = [s for s in rest if not s <= whole]
    return not rest
