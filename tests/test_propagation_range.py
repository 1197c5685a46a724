"""What a review found: independence along chains of groups, values outside the range of floats, laws that lack moments."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.writer import Writer
from symwick.errors import InvalidArgument, NoClosedForm
from symwick.testing import oracle
from tests.refusals import refuses

# -- independence ------------------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=40)
def test_joint_cumulants_of_wires_that_hang_together_through_others(data: st.DataObject) -> None:
    """κ(a, d, ab, bd): a and d meet only through b. Against the definition, over all points of five independent inputs."""
    names = [f"x{i}" for i in range(5)]
    writer = Writer()
    wires = [writer.input(name) for name in names]
    pairs = data.draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=4))
    made = [writer.product([wires[i], wires[j]]) for i, j in pairs]
    chosen = [*data.draw(st.lists(st.sampled_from(wires), max_size=2)), *made]
    writer.outputs = {f"o{i}": wire for i, wire in enumerate(chosen)}
    circuit = sw.Circuit(writer.gates, writer.outputs, names=writer.names)
    law = sw.Independent({name: sw.Finite({0: "1/2", 2: "1/4", 3: "1/4"}, [name]) for name in names})
    points = list(itertools.product((0, 2, 3), repeat=5))
    weights: dict[tuple[Any, ...], Any] = {}
    for point in points:
        values = circuit.evaluate(dict(zip(names, point, strict=True)))
        key = tuple(values[f"o{i}"] for i in range(len(chosen)))
        weights[key] = weights.get(key, 0) + prod(Fraction(1, 2 if value == 0 else 4) for value in point)
    wanted = oracle.cumulant(weights, list(range(len(chosen))))
    for order in (None, 2 * len(chosen)):
        assert sw.propagate(circuit, law, order).cumulant(*circuit.outputs) == wanted


def test_both_engines_see_a_chain_of_groups() -> None:
    circuit = sw.trace(lambda a, b, d: {"p": a * b, "q": b * d}, ["a", "b", "d"])
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in "abd"})
    wires = ["a", "d", "p", "q"]
    exact = sw.propagate(circuit, law, None).cumulant(*wires)
    assert float(exact) == 1 / 64
    run = sw.propagate(circuit, law, 4, ring="float64", engine="frontier", outputs=wires)
    assert run.cumulant(*wires) == pytest.approx(1 / 64)


# -- the range of floats -------------------------------------------------------------------------------------------------


def squarings(n: int) -> sw.Circuit:
    def tower(x: Any) -> Any:
        for _ in range(n):
            x = x**2
        return x

    return sw.trace(tower, ["x"])


LARGE = sw.Finite({10: "1/2", 11: "1/2"}, ["x"])
SAID = r"^Argument 'c' leaves the range of float64 at gate 'g\d+': pass ring='exact', or scale it\.$"


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    "options",
    [{"schedule": "layer"}, {"schedule": "gate", "engine": "demand"}, {"schedule": "gate"}, {"keep": {("x",) * 4: 1.0}}],
    ids=["layer", "gate, demand", "gate, pass", "keep"],
)
def test_what_leaves_the_range_is_said_in_every_engine(order: int, options: dict[str, Any]) -> None:
    run = sw.propagate(squarings(12), LARGE, order, ring="float64", **options)
    for work in (lambda: run.mean("out"), lambda: run.gradient("out")):
        with pytest.raises(InvalidArgument, match=SAID):
            work()


@pytest.mark.parametrize("schedule", ["gate", "layer"])
def test_what_leaves_the_range_in_a_sweep(schedule: str) -> None:
    with pytest.raises(InvalidArgument, match=SAID):
        sw.propagate(squarings(12), [LARGE, LARGE], 2, schedule, "float64").mean("out")


def test_a_third_cumulant_that_leaves_the_range() -> None:
    circuit = sw.trace(lambda x, y: {"out": 10**20 * (x * y) + 10**20 * x}, ["x", "y"])
    law = sw.Independent({"x": sw.Finite({0: "1/2", 10**90: "1/2"}, ["x"]), "y": sw.Bernoulli("1/2")})
    with pytest.raises(InvalidArgument, match="^Argument 'c' leaves the range of float64 at gate "):
        sw.propagate(circuit, law, 3, ring="float64").cumulant("out", "out", "out")


# -- moments that a law lacks ----------------------------------------------------------------------------------------------


def test_a_pass_that_wants_too_much_leaves_it_to_the_other_engine() -> None:
    circuit = sw.trace(lambda x, y: x + y, ["x", "y"])
    law = sw.Independent({"x": sw.StudentT(2), "y": sw.Bernoulli("1/2")})
    run = sw.propagate(circuit, law, 2, ring="float64")
    assert run.plan is not None
    assert run.mean("out") == 0.5
    assert run.plan is None
    assert sw.propagate(circuit, [law, law], 2, ring="float64").mean("out").tolist() == [0.5, 0.5]
    for laws in (law, [law]):
        with pytest.raises(NoClosedForm, match=r"^E\[X\*\*2\] does not exist under StudentT\(2\)"):
            sw.propagate(circuit, laws, 2, ring="float64", engine="frontier").mean("out")
    with pytest.raises(NoClosedForm):
        run.variance("out")


# -- plans ----------------------------------------------------------------------------------------------------------------


def test_a_wire_that_cancels_on_the_way_up_is_asked_of_the_other_engine() -> None:
    def built(*x: Any) -> Any:
        c = x[0] * x[1]
        k = c + x[0]
        u = k - c
        total = u
        for other in x[2:]:
            total = total * other + other
        return {"k": k, "out": total}

    circuit = sw.trace(built, [f"x{i}" for i in range(12)])
    law = sw.Independent({name: sw.Bernoulli("1/3") for name in circuit.inputs})
    exact = sw.propagate(circuit, law, 2)
    run = sw.propagate(circuit, law, 2, ring="float64", memory=400, outputs=["out"])
    whole = sw.propagate(circuit["out"], law, 2, ring="float64", memory=400)
    assert run.mean("out") == pytest.approx(float(exact.mean("out")))
    for wire in circuit.wires:
        assert whole.mean(wire) == pytest.approx(float(exact.mean(wire))), wire


def test_many_groups_of_inputs_take_linear_time_to_find() -> None:
    """An operation count in disguise: with a quadratic search 30,000 inputs would take minutes."""
    n = 30_000
    writer = Writer()
    wires = [writer.input(f"x{i}") for i in range(n)]
    writer.outputs = {"out": writer.sum([(1, wire) for wire in wires])}
    circuit = sw.Circuit(writer.gates, writer.outputs, names=writer.names)
    law = sw.Independent({f"x{i}": sw.Bernoulli("1/2") for i in range(n)})
    assert sw.propagate(circuit, law, 1, ring="float64").mean("out") == n / 2


# -- kinds of arguments ----------------------------------------------------------------------------------------------------


def test_numbers_of_numpy_are_numbers() -> None:
    circuit = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    run = sw.propagate(circuit, law, np.int64(1))
    assert run.mean("out") == sw.propagate(circuit, law, 1).mean("out")
    ledger = run.ledger()
    assert ledger[np.int64(0)] is ledger[0]
    assert len(run.refine(np.int64(1)).keep) == 1
    floats = sw.propagate(circuit, law, 1, ring="float64", keep={("g1", "g1"): np.float32(0.5)})
    assert floats.keep == {("g1", "g1"): 0.5}
    sweep = sw.propagate(circuit, [law], 1)
    assert sweep[np.int64(0)].mean("out") == run.mean("out")
    refuses(InvalidArgument, "Argument 'index' must be the number of a law, not 'out'.", lambda: sweep["out"])
    text = "Argument 'schedule' must be one of gate, layer, not array(['gate'], dtype='<U4')."
    refuses(InvalidArgument, text, lambda: sw.propagate(circuit, law, 1, np.array(["gate"])))  # type: ignore[call-overload]


def test_values_of_kept_cumulants_are_checked() -> None:
    circuit = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})

    def keeping(keep: Any) -> Any:
        return lambda: sw.propagate(circuit, law, 1, ring="float64", keep=keep)

    text = "Argument 'keep' must hold finite values, not nan for ('g1', 'g1')."
    refuses(InvalidArgument, text, keeping({("g1", "g1"): float("nan")}))
    text = "Argument 'keep' must hold no cumulant of independent wires, which is 0, such as ('x', 'y')."
    refuses(InvalidArgument, text, keeping({("x", "y"): 1.0}))
    text = "Argument 'keep' must hold each cumulant once, but ('y', 'g2') comes twice."
    refuses(InvalidArgument, text, keeping({("g2", "y"): 1.0, ("y", "g2"): 2.0}))
