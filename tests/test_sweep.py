"""Sweeps: a circuit under a list of laws is a run for each, whatever they have in common."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.errors import InvalidArgument, TooLarge, UnknownVariable
from symwick.propagation import sweep as sweep_module
from symwick.propagation.sweep import Sweep
from symwick.testing.strategies import finite_laws, weights
from tests.refusals import refuses

NAMES = ["a", "b", "c"]
CIRCUIT = sw.trace(lambda a, b, c: {"u": a * b + c, "v": (a - c) ** 2 * b + 1, "w": a * b * c - a / 2, "a": a}, NAMES)
LOGIC = sw.Circuit.from_bench_text(
    "INPUT(a)\nINPUT(b)\nINPUT(c)\nOUTPUT(u)\nOUTPUT(v)\nOUTPUT(w)\n"
    "x = XOR(a, b)\nu = AND(x, c)\ny = OR(x, u)\nv = NAND(y, a, c)\nw = XOR(v, b)"
)
BITS: list[sw.Law] = [
    sw.Independent({"a": sw.Bernoulli("1/2"), "b": sw.Bernoulli("1/3"), "c": sw.Bernoulli("1/5")}),
    sw.Independent([sw.Finite({(0, 0): "1/2", (1, 1): "1/2"}, ["a", "b"]), sw.Finite({0: "1/4", 1: "3/4"}, ["c"])]),
    sw.Independent([sw.Finite({(0, 1): "1/3", (1, 0): "2/3"}, ["c", "b"]), sw.Finite({1: 1}, ["a"])]),
    sw.Finite({(0, 0, 0): "1/4", (0, 1, 1): "1/4", (1, 0, 1): "1/4", (1, 1, 0): "1/4"}, NAMES),
]
OTHERS: list[sw.Law] = [
    sw.MultivariateNormal(NAMES, [1, 0, "1/2"], [[2, 1, 0], [1, 2, 1], [0, 1, 1]]),
    sw.Independent({"c": sw.Normal(1, 2), "a": sw.Uniform(0, 1), "b": sw.Exponential(2)}),
    sw.Independent(
        [sw.MultivariateNormal(["b", "c"], [0, 1], [[1, 1], [1, 3]]), sw.Finite({0: "1/2", 3: "1/2"}, ["a"])]
    ),
    sw.Finite({(0, 2, -1): "1/2", (1, 1, 0): "1/4", (3, 0, 1): "1/4"}, ["c", "a", "b"]),
]
"""Independent groups and order of variables differ, bits are none under others."""


def same(found: Any, wanted: Any, ring: str) -> bool:
    if ring == "float64":
        return bool(np.isclose(float(found), float(wanted), rtol=1e-9, atol=1e-9))
    return bool(found.equals(wanted)) if ring == "symbolic" else type(found) is type(wanted) and found == wanted


def one_run(circuit: sw.Circuit, law: sw.Law, order: int | None, options: dict[str, Any]) -> sw.Propagation:
    """A run alone refuses the closure "boolean" where there is no bit; within a sweep it then drops what "zero" drops."""
    try:
        return sw.propagate(circuit, law, order, **options)
    except InvalidArgument as error:
        if str(error) != "Argument 'closure' may be 'boolean' where some wire is certainly 0 or 1; here none is.":
            raise
        return sw.propagate(circuit, law, order, **{**options, "closure": "zero"})


def agrees(
    circuit: sw.Circuit, laws: Sequence[sw.Law], names: Sequence[str], order: int | None, **options: Any
) -> Sweep:
    """All cumulants of some wires, up to one more than the order, are those of a run for each law."""
    ring = options.get("ring", "exact")
    sweep = sw.propagate(circuit, laws, order, **options)
    runs = [one_run(circuit, law, order, options) for law in laws]
    for size in range(1, (order or 2) + 2):
        for chosen in itertools.combinations_with_replacement(names, size):
            found = sweep.cumulant(*chosen)
            assert isinstance(found, np.ndarray)
            assert found.shape == (len(laws),)
            assert found.dtype == (float if ring == "float64" else object)
            assert all(same(value, run.cumulant(*chosen), ring) for value, run in zip(found, runs, strict=True)), chosen
    for name in names:
        assert all(same(value, run.mean(name), ring) for value, run in zip(sweep.mean(name), runs, strict=True))
        assert all(same(value, run.variance(name), ring) for value, run in zip(sweep.variance(name), runs, strict=True))
    matrices = sweep.covariance(names)
    assert matrices.shape == (len(laws), len(names), len(names))
    assert matrices.dtype == (float if ring == "float64" else object)
    for matrix, run in zip(matrices, runs, strict=True):
        pairs = zip(matrix.flat, run.covariance(names).flat, strict=True)
        assert all(same(value, wanted, ring) for value, wanted in pairs)
    return sweep


@pytest.mark.parametrize("schedule", ["gate", "layer"])
@pytest.mark.parametrize("order", [1, 2, 3, None])
def test_an_exact_sweep_is_a_run_for_each_law(order: int | None, schedule: str) -> None:
    sweep = agrees(CIRCUIT, BITS[:2] + OTHERS[-3:], ["u", "v"], order, schedule=schedule)
    assert sweep.plan is None


@pytest.mark.parametrize("engine", ["auto", "demand", "frontier"])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_sweep_in_floats_is_a_run_for_each_law(order: int, engine: str) -> None:
    sweep = agrees(CIRCUIT, BITS + OTHERS, ["u", "v", "w", "a"], order, ring="float64", engine=engine)
    assert (sweep.plan is None) == (engine == "demand")
    exact = [sw.propagate(CIRCUIT, law, order).cumulant("v") for law in BITS + OTHERS]
    assert np.allclose(sweep.mean("v"), np.array(exact, dtype=float))


@given(data=st.data(), order=st.integers(1, 3))
@settings(max_examples=25)
def test_laws_of_any_dependence_in_one_pass(data: st.DataObject, order: int) -> None:
    laws = [
        data.draw(finite_laws(3, variables=data.draw(st.permutations(NAMES))))[0]
        for _ in range(data.draw(st.integers(1, 4)))
    ]
    sweep = sw.propagate(CIRCUIT, laws, order, ring="float64", engine="frontier")
    for size in range(1, order + 1):
        for chosen in itertools.combinations_with_replacement(["u", "v", "w"], size):
            exact = [float(sw.propagate(CIRCUIT, law, order).cumulant(*chosen)) for law in laws]
            assert np.allclose(sweep.cumulant(*chosen), exact, rtol=1e-8, atol=1e-7 * (1 + max(map(abs, exact)))), (
                chosen
            )


@given(
    tables=st.lists(weights(3, kinds=("joint", "independent", "xor")), min_size=1, max_size=3), order=st.integers(1, 4)
)
@settings(max_examples=20)
def test_random_bits_under_boolean_in_one_pass(tables: list[dict[Any, Fraction]], order: int) -> None:
    laws = []
    for table in tables:
        bits: dict[tuple[int, ...], Fraction] = {}
        for point, weight in table.items():
            bit = tuple(int(x > 0) for x in point)
            bits[bit] = bits.get(bit, Fraction(0)) + weight
        laws.append(sw.Finite(bits, NAMES))
    sweep = sw.propagate(LOGIC, laws, order, ring="float64", closure="boolean", engine="frontier")
    for size in range(1, order + 1):
        for chosen in itertools.combinations_with_replacement(["u", "v", "w"], size):
            exact = [float(sw.propagate(LOGIC, law, order, closure="boolean").cumulant(*chosen)) for law in laws]
            assert np.allclose(sweep.cumulant(*chosen), exact, rtol=1e-9, atol=1e-9), chosen


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_sweep_under_boolean_is_a_run_for_each_law(order: int) -> None:
    for options in (
        {},
        {"schedule": "layer"},
        {"ring": "float64", "schedule": "layer"},
        {"ring": "float64", "engine": "demand"},
    ):
        assert agrees(LOGIC, BITS, ["u", "w"], order, closure="boolean", **options).plan is None
    assert agrees(LOGIC, BITS, ["u", "v", "w"], order, ring="float64", closure="boolean").plan is not None


@pytest.mark.parametrize("order", [1, 2, 3])
def test_bits_under_some_laws_only_count_as_bits_under_these(order: int) -> None:
    """In one pass a wire would be a bit under all or none: each law has a run of its own."""
    laws = [BITS[1], OTHERS[3], BITS[3]]
    for several in (laws, laws[1:], laws[1:] + laws[:1]):
        assert agrees(LOGIC, several, ["u", "w", "x"], order, ring="float64", closure="boolean").plan is None
        agrees(LOGIC, several, ["u", "w", "x"], order, closure="boolean")
    assert agrees(LOGIC, laws, ["u", "w", "x"], order, ring="float64").plan is not None
    with pytest.raises(
        InvalidArgument, match="^Argument 'engine' must be 'demand' or 'auto' for closure 'boolean' in a circuit"
    ):
        sw.propagate(LOGIC, laws, order, ring="float64", closure="boolean", engine="frontier")


def test_a_sweep_under_impute_is_a_run_for_each_law() -> None:
    names = [f"x{i}" for i in range(8)]
    circuit = sw.trace(
        lambda a, b, c, d, e, f, g, h: {"out": ((a * b) * (c * d)) * ((e * f) * (g * h)), "ab": a * b}, names
    )
    laws = [
        sw.MultivariateNormal(
            names, [shift] * 8, [[3 if i == j else (i * j + shift) % 2 for j in range(8)] for i in range(8)]
        )
        for shift in (0, 1)
    ]
    options: dict[str, Any] = {"schedule": "layer", "ring": "float64", "closure": "impute"}
    assert agrees(circuit, laws, ["out", "ab"], 3, **options).plan is None


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_sweep_of_symbolic_laws_has_forms(order: int) -> None:
    p, q, s = sympy.symbols("p q s")
    laws = [
        sw.Independent({"x": sw.Bernoulli(p), "y": sw.Bernoulli(q)}),
        sw.Independent({"x": sw.Bernoulli("1/3"), "y": sw.Normal(0, s)}),
        sw.MultivariateNormal(["x", "y"], [p, 1], [[2, q], [q, 2]]),
        sw.Cumulants(["x", "y"]),
    ]
    circuit = sw.trace(lambda x, y: {"out": x * y + 2 * x, "x": x}, ["x", "y"])
    sweep = agrees(circuit, laws, ["out", "x"], order, ring="symbolic")
    assert isinstance(sweep.mean("out")[0], sw.ClosedForm)
    assert sweep.mean("out")[0].equals(p * q + 2 * p)


def test_wires_that_the_pass_does_not_keep() -> None:
    """Means of all wires on the way come from the pass, their cumulants from runs; a wire beside the way too."""
    laws = BITS + OTHERS
    circuit = sw.Circuit(CIRCUIT.gates, {"v": CIRCUIT.outputs["v"]}, names={"beside": CIRCUIT.outputs["w"]})
    sweep = sw.propagate(circuit, laws, 2, ring="float64")
    runs = [sw.propagate(circuit, law, 2) for law in laws]
    for wire in circuit.wires:
        assert np.allclose(sweep.mean(wire), [float(run.mean(wire)) for run in runs]), wire
        assert np.allclose(sweep.variance(wire), [float(run.variance(wire)) for run in runs]), wire
        assert np.allclose(sweep.cumulant(wire, "v"), [float(run.cumulant(wire, "v")) for run in runs]), wire
    assert not np.allclose(sweep.variance("beside"), 0)


@pytest.mark.parametrize("ring", ["exact", "float64"])
def test_outputs_are_what_may_be_asked_for(ring: str) -> None:
    laws = [BITS[0], OTHERS[0], OTHERS[3]]
    sweep = sw.propagate(CIRCUIT, laws, 2, ring=ring, outputs=["u", "a"])
    assert np.allclose(sweep.mean("u").astype(float), [float(sw.propagate(CIRCUIT, law).mean("u")) for law in laws])
    assert sweep.covariance(["a", "u"]).shape == (3, 2, 2)
    text = "Argument 'wire' must be one of the 'outputs' that the run keeps (u, a), not 'v'."
    for work in (
        lambda: sweep.mean("v"),
        lambda: sweep.cumulant("u", "v"),
        lambda: sweep.covariance(["v"]),
        lambda: sweep[1].mean("v"),
    ):
        refuses(InvalidArgument, text, work)


@pytest.mark.parametrize("closure", ["zero", "boolean"])
def test_laws_that_do_not_fit_into_one_pass_are_cut_into_parts(monkeypatch: pytest.MonkeyPatch, closure: str) -> None:
    circuit, laws = (CIRCUIT, BITS + OTHERS) if closure == "zero" else (LOGIC, BITS * 2)
    options: dict[str, Any] = {"ring": "float64", "closure": closure, "engine": "frontier"}
    for order in (1, 2, 3):
        whole = sw.propagate(circuit, laws, order, **options)
        assert len(whole._forward) == 1
        assert whole.plan is not None
        for at_once, passes in [(1, 8), (3, 3), (4, 2), (7, 2), (8, 1)]:
            monkeypatch.setattr(sweep_module, "AT_ONCE", at_once * whole.plan.bytes)
            parts = sw.propagate(circuit, laws, order, **options)
            assert len(parts._forward) == passes
            for size in range(1, order + 1):
                for chosen in itertools.combinations_with_replacement(["u", "w"], size):
                    assert parts.cumulant(*chosen).shape == (8,)
                    assert np.allclose(parts.cumulant(*chosen), whole.cumulant(*chosen), rtol=1e-12)
        monkeypatch.setattr(sweep_module, "AT_ONCE", 1)  # less than one law takes
        assert len(sw.propagate(circuit, laws, order, **options)._forward) == 8
        monkeypatch.undo()
        assert len(sw.propagate(circuit, laws, order, memory=whole.plan.bytes, **options)._forward) == 8
        assert len(sw.propagate(circuit, laws, order, memory=2 * whole.plan.bytes, **options)._forward) == 4


def test_memory_is_that_of_one_law() -> None:
    plan = sw.propagate(CIRCUIT, BITS, 2, ring="float64").plan
    assert plan is not None
    assert sw.propagate(CIRCUIT, BITS, 2, ring="float64", memory=plan.bytes - 1).plan is None
    with pytest.raises(TooLarge, match=f"^Bytes of the cumulants of .*: predicted {plan.bytes}, above"):
        sw.propagate(CIRCUIT, BITS, 2, ring="float64", memory=plan.bytes - 1, engine="frontier")


@pytest.mark.parametrize("ring", ["exact", "float64"])
def test_a_sweep_is_a_sequence_of_runs(ring: str) -> None:
    sweep = sw.propagate(CIRCUIT, [*BITS, OTHERS[0]], 2, ring=ring)
    assert isinstance(sweep, Sweep)
    assert len(sweep) == 5
    assert sweep.laws == (*BITS, OTHERS[0])
    for i, run in enumerate(sweep):
        assert run is sweep[i]  # made once
        assert sweep[i - 5] is run
        assert run.law == sweep.laws[i]
        assert (run.order, run.schedule, run.ring, run.closure) == (2, "gate", ring, "zero")
        for name in ("u", "v"):
            assert same(sweep.variance(name)[i], run.variance(name), ring)
    assert len(list(sweep)) == 5
    for index in (5, -6, 100):
        with pytest.raises(IndexError):
            sweep[index]


def test_one_law_in_a_list_or_a_tuple_is_a_sweep() -> None:
    for laws in ([BITS[1]], (BITS[1],)):
        for ring in ("exact", "float64"):
            sweep = sw.propagate(CIRCUIT, laws, 2, ring=ring)
            assert isinstance(sweep, Sweep)
            assert sweep.mean("v").shape == (1,)
            assert sweep.covariance(["u", "v"]).shape == (1, 2, 2)
            assert float(sweep.mean("v")[0]) == pytest.approx(float(sw.propagate(CIRCUIT, BITS[1]).mean("v")))


def test_covariances_of_no_wires_and_of_a_name() -> None:
    sweep = sw.propagate(CIRCUIT, BITS, 2, ring="float64")
    assert sweep.covariance([]).shape == (4, 0, 0)
    for wrong in ("u", 3, sympy.Symbol("u")):
        refuses(
            InvalidArgument,
            f"Argument 'wires' must be a list of wires, not {wrong!r}.",
            lambda w=wrong: sweep.covariance(w),
        )
    refuses(InvalidArgument, "Arguments 'wires': at least one must be given.", lambda: sweep.cumulant())
    text = "Argument 'wire' names 'q', which is no wire; the outputs are: u, v, w, a."
    refuses(UnknownVariable, text, lambda: sweep.mean("q"))


def test_lists_that_are_no_lists_of_laws_are_refused() -> None:
    text = "Argument 'P' must be a law or a list of at least one, not an empty list."
    for empty in ([], ()):
        refuses(InvalidArgument, text, lambda empty=empty: sw.propagate(CIRCUIT, empty))
    for wrong in (3, None, "law", [BITS[0]]):
        text = (
            f"Argument 'P' must be a law (Finite, Independent, MultivariateNormal, …) or a list of laws, not {wrong!r}."
        )
        refuses(InvalidArgument, text, lambda w=wrong: sw.propagate(CIRCUIT, [BITS[0], w]))


def test_a_law_that_lacks_a_variable_is_refused_wherever_it_stands() -> None:
    text = "Argument 'P' must have a variable for every input, but lacks c; it has: a, b."
    lacking = BITS[0].marginal(BITS[0].variables[:2])
    for place in range(3):
        laws = [BITS[0], OTHERS[0]]
        laws.insert(place, lacking)
        for ring in ("exact", "float64"):
            refuses(UnknownVariable, text, lambda laws=laws, ring=ring: sw.propagate(CIRCUIT, laws, ring=ring))


def test_laws_may_have_more_variables_each_its_own() -> None:
    wider = sw.Independent([BITS[3], sw.Finite({(0, 5): "1/2", (1, 7): "1/2"}, ["d", "e"])])
    tail = sw.Finite({(0, 0, 1, 2): "1/2", (1, 1, 0, 1): "1/4", (2, 0, 1, 0): "1/4"}, ["d", "a", "b", "c"])
    for ring in ("exact", "float64"):
        agrees(CIRCUIT, [wider, tail, BITS[0]], ["u", "v"], 2, ring=ring)


def test_symbols_in_one_of_the_laws_need_the_symbolic_ring() -> None:
    p = sympy.Symbol("p")
    law = sw.Independent({"a": sw.Bernoulli(p), "b": sw.Bernoulli("1/2"), "c": sw.Bernoulli("1/2")})
    text = f"Argument 'ring' must be 'symbolic' under {law!r}, whose moments hold symbols, not 'float64'."
    refuses(InvalidArgument, text, lambda: sw.propagate(CIRCUIT, [BITS[0], law], ring="float64"))


def test_what_leaves_the_range_of_floats_under_one_law_is_said_with_the_gate() -> None:
    circuit = sw.trace(lambda x: {"out": (((x * 10**90) ** 2) ** 2) ** 2}, ["x"])
    laws = [sw.Finite({x: 1}, ["x"]) for x in (0, 0, 1)]
    text = "Argument 'c' leaves the range of float64 at gate 'g3': pass ring='exact', or scale it."
    sweep = sw.propagate(circuit, laws, 2, ring="float64")
    refuses(InvalidArgument, text, lambda: sweep.mean("out"))
    assert sw.propagate(circuit, laws[:2], 2, ring="float64").mean("out").tolist() == [0, 0]
    assert sw.propagate(circuit, laws, 2).mean("out").tolist() == [0, 0, 10**720]


def test_a_sweep_shows_its_laws_and_its_pass() -> None:
    of = "through <Circuit: 3 inputs, 10 gates, outputs u, v, w, a>"
    exact = sw.propagate(CIRCUIT, BITS, 2)
    assert repr(exact) == f"Sweep of 4 laws {of}"
    floats = sw.propagate(CIRCUIT, BITS, 2, ring="float64")
    assert repr(floats) == f"Sweep of 4 laws {of}\n  forward pass for all laws, each: {floats.plan!r}"
    assert "order 2, live width" in repr(floats)
