"""A circuit as the function f of a decomposition is the function that it computes."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.errors import InvalidArgument, UnknownVariable
from symwick.functions.circuit import term_bound
from symwick.testing import oracle, strategies
from symwick.testing.oracle import Point

x, y, z, p = sympy.symbols("x y z p")
NAMES = ["x", "y", "z"]
LAW = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])


def in_python(circuit: sw.Circuit) -> oracle.Function:
    (output,) = circuit.outputs
    return lambda point: Fraction(circuit.evaluate(dict(zip(NAMES, point, strict=False)))[output])


@given(data=st.data())
@settings(max_examples=40)
def test_a_circuit_is_decomposed_as_its_expression_is(data: st.DataObject) -> None:
    law, weights = data.draw(strategies.finite_laws(3, variables=NAMES, max_support_per_variable=2))
    f = data.draw(strategies.polynomials(NAMES[: data.draw(st.integers(1, 3))]))
    circuit = sw.Circuit.from_expr({"out": f}, NAMES)
    at = dict(zip(NAMES, data.draw(strategies.points(weights)), strict=True))
    subset = sorted(data.draw(st.sets(st.sampled_from(NAMES))))
    for others in ("fixed", "average"):
        forms = [sw.gwp(g, law, subset, others=others) for g in (circuit, f)]
        assert forms[0].at(at) == forms[1].at(at)
        assert forms[0] == forms[1]
    assert sw.expectation(circuit, law, subset) == sw.expectation(f, law, subset)
    decompositions = [sw.gwpd(g, law) for g in (circuit, f)]
    assert set(decompositions[0]) == set(decompositions[1])
    assert decompositions[0].at(at) == decompositions[1].at(at)
    assert decompositions[0].check()
    partition = data.draw(strategies.partitions(NAMES))
    assert sw.gcp(circuit, law, partition).value == sw.gcp(f, law, partition).value
    products = [sw.gcpd(g, law) for g in (circuit, f)]
    values = [{key: form.value for key, form in found.items()} for found in products]
    assert values[0] == values[1]
    assert products[0].check()


@given(data=st.data())
@settings(max_examples=25)
def test_a_circuit_is_decomposed_as_the_definitions_say(data: st.DataObject) -> None:
    """Values of the circuit and nothing else: also where expressions never were."""
    law, weights = data.draw(strategies.finite_laws(2, variables=NAMES[:2], max_support_per_variable=2))
    steps = data.draw(st.lists(st.sampled_from("spqm"), min_size=1, max_size=5))

    def f(x: Any, y: Any) -> Any:
        wires = [x, y, x - y]
        rules: dict[str, Callable[[Any, Any], Any]] = {
            "s": lambda a, b: 2 * a + b - Fraction(1, 2),
            "p": lambda a, b: a * b,
            "q": lambda a, b: b**2,
            "m": lambda a, b: b - a,
        }
        for step in steps:
            wires.append(rules[step](wires[-1], wires[-2]))
        return wires[-1]

    circuit = sw.trace(f, NAMES[:2])
    g, point = in_python(circuit), data.draw(strategies.points(weights))
    at = dict(zip(NAMES, point, strict=False))
    for subset, value in oracle.gwpd(g, weights, point).items():
        named = [NAMES[i] for i in subset]
        assert sw.gwp(circuit, law, named, others="average").at(at) == value
        assert sw.gwp(circuit, law, named).at(at) == oracle.gwp(g, weights, subset, point)
    for partition, value in oracle.gcpd(g, weights).items():
        assert sw.gcp(circuit, law, [[NAMES[i] for i in block] for block in partition]).value == value


@pytest.mark.parametrize(
    "law",
    [
        sw.Cumulants(["x", "y"]),
        sw.Moments(["x", "y"]),
        sw.Independent({"x": sw.Bernoulli(p), "y": sw.Normal(0, 1)}),
        sw.MultivariateNormal(["x", "y"], [0, p], [[1, "1/2"], ["1/2", 2]]),
        sw.Independent({"x": sw.Exponential(2), "y": sw.Poisson(3)}),
    ],
    ids=["cumulants", "moments", "independent", "normal", "counts"],
)
def test_symbolic_and_infinite_laws_take_circuits(law: sw.Law) -> None:
    circuit = sw.trace(lambda x, y: (x + y) ** 2 * y - x / 3, ["x", "y"])
    f = (x + y) ** 2 * y - x / 3
    assert sw.expectation(circuit, law).equals(sw.expectation(f, law))
    assert sw.gwp(circuit, law).equals(sw.gwp(f, law).expr)
    assert sw.gcp(circuit, law).equals(sw.gcp(f, law).expr)
    assert sw.gwp(circuit, law, "y", others="average").equals(sw.gwp(f, law, "y", others="average").expr)
    first, second = sw.gwpd(circuit, law), sw.gwpd(f, law)
    assert set(first) == set(second)
    assert all(first[key].equals(second[key].expr) for key in first)
    assert first.check()
    assert sw.gcpd(circuit, law).check()


@pytest.mark.parametrize("exponent", [2, 8, 14, 15, 40])
def test_high_powers_of_sums_are_polynomials(exponent: int) -> None:
    law = sw.Independent({"x": sw.Normal(0, 1)})
    circuit = sw.trace(lambda x: (x + 1) ** exponent, ["x"])
    assert sw.expectation(circuit, law).value == sw.expectation((x + 1) ** exponent, law).value


def test_what_is_too_large_to_multiply_out_is_known_through_its_values() -> None:
    names = [f"x{i}" for i in range(5)]
    circuit = sw.trace(lambda *v: (sum(v) + 1) ** 9 * (sum(v) - 2) ** 9, names)
    assert (term_bound(circuit, "out") or 0) > 20_000
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in names})
    weights: dict[Point, Fraction] = {tuple(map(int, f"{i:05b}")): Fraction(1, 32) for i in range(32)}
    mean = sum(w * circuit.evaluate(dict(zip(names, point, strict=True)))["out"] for point, w in weights.items())
    assert sw.expectation(circuit, law).value == mean
    assert sw.gwpd(circuit, law, max_order=1).at(dict.fromkeys(names, 1))[frozenset()] == mean


def test_logic_is_decomposed_as_functions_of_bits() -> None:
    lines = ["INPUT(x)", "INPUT(y)", "INPUT(z)", "OUTPUT(out)", "a = XOR(x, y)", "b = NAND(y, z)", "out = OR(a, b)"]
    circuit = sw.Circuit.from_bench_text("\n".join(lines))
    table = {(i, j, k): int((i ^ j) or not (j and k)) for i in (0, 1) for j in (0, 1) for k in (0, 1)}
    weights = {point: Fraction(count, 20) for point, count in zip(table, [1, 2, 3, 4, 1, 2, 3, 4], strict=True)}
    law = sw.Finite(weights, ["x", "y", "z"])
    assert sw.expectation(circuit, law).value == sum(weights[point] * value for point, value in table.items())
    for given_as in (circuit, circuit["out"], sw.Circuit.from_json(circuit.to_json())):
        decomposition = sw.gwpd(given_as, law)
        for point in table:
            at = dict(zip("xyz", point, strict=True))
            assert decomposition.at(at) == sw.gwpd(table, law).at(at)
        assert {k: f.value for k, f in sw.gcpd(given_as, law).items() if f.value} == {
            k: f.value for k, f in sw.gcpd(table, law).items() if f.value
        }


def test_output_chooses_one_of_several() -> None:
    circuit = sw.trace(lambda x, y: {"a": x * y, "b": x + y}, ["x", "y"])
    at = {"x": 1, "y": 0}
    for ask in (sw.gwp, sw.gcp, sw.expectation):
        for name, f in [("a", x * y), ("b", x + y)]:
            assert ask(circuit, LAW, output=name).at(at) == ask(circuit[name], LAW).at(at) == ask(f, LAW).at(at)
    for ask in (sw.gwpd, sw.gcpd):
        for name, f in [("a", x * y), ("b", x + y)]:
            chosen, expected = ask(circuit, LAW, output=name), ask(f, LAW)
            assert {key: form.at(at) for key, form in chosen.items()} == {key: form.at(at) for key, form in expected.items()}
    assert sw.expectation(circuit, LAW, output="g1").value == Fraction(1, 4)  # any wire
    assert sw.expectation(circuit, LAW, output="x").value == Fraction(3, 8)
    only = sw.trace(lambda x, y: {"a": x * y}, ["x", "y"])
    assert sw.gcp(only, LAW) == sw.gcp(only, LAW, output="a")


def test_vectors_may_hold_circuits() -> None:
    circuit = sw.trace(lambda x, y: {"a": x * y, "b": x + y}, ["x", "y"])
    both = sw.expectation({"one": circuit["a"], "two": circuit["b"], "three": "x"}, LAW)
    expected = {"one": Fraction(1, 4), "two": Fraction(3, 4), "three": Fraction(3, 8)}
    assert {name: form.value for name, form in both.items()} == expected


FUNCTIONS = [sw.gwp, sw.gwpd, sw.gcp, sw.gcpd, sw.expectation]


@pytest.mark.parametrize("ask", FUNCTIONS)
def test_what_cannot_be_chosen_is_said(ask: Any) -> None:
    circuit = sw.trace(lambda x, y: {"a": x * y, "b": x + y}, ["x", "y"])
    text = "Argument 'f' is a circuit of 2 outputs (a, b): choose one: pass f[name], or output=."
    with pytest.raises(InvalidArgument, match=f"^{re.escape(text)}$"):
        ask(circuit, LAW)
    none = sw.Circuit.from_expr({}, ["x"])
    with pytest.raises(InvalidArgument, match=r"^Argument 'f' is a circuit of 0 outputs \(none\): choose one"):
        ask(none, LAW)
    with pytest.raises(InvalidArgument, match=r"^Argument 'output' chooses an output of a circuit, but f is 'x\*y'\.$"):
        ask("x*y", LAW, output="a")
    with pytest.raises(UnknownVariable, match=r"which is no wire; the outputs are: a, b\.$"):
        ask(circuit, LAW, output="q")
    lacking = sw.trace(lambda x, q: x * q, ["x", "q"])
    with pytest.raises(UnknownVariable, match=r"^Argument 'P' names q, which the law lacks; it has: x, y\.$"):
        ask(lacking, LAW)
    unused = sw.trace(lambda x, q: x, ["x", "q"])
    with pytest.raises(UnknownVariable, match="q, which the law lacks"):
        ask(unused, LAW)


def test_the_error_of_an_unknown_output_names_the_argument_output() -> None:
    circuit = sw.trace(lambda x, y: {"a": x * y, "b": x + y}, ["x", "y"])
    text = "Argument 'output' names 'q', which is no wire; the outputs are: a, b."
    with pytest.raises(UnknownVariable, match=f"^{re.escape(text)}$"):
        sw.expectation(circuit, LAW, output="q")


def test_inputs_that_the_circuit_lacks_are_structural_zeros() -> None:
    circuit = sw.trace(lambda x: x * x, ["x"])
    assert sw.gwp(circuit, LAW, ["x", "y"]).equals(0)
    assert sw.gwp(circuit, LAW, ["x", "y"]).reason == "f does not depend on y"
    assert frozenset({y}) not in sw.gwpd(circuit, LAW)


def test_blocks_are_inputs_of_circuits_too() -> None:
    weights = {(0, 0, 1): "1/2", (1, 0, 2): "1/8", (1, 2, 0): "1/8", (2, 1, 1): "1/4"}
    law = sw.Finite(weights, ["x", "y", "z"])
    circuit = sw.trace(lambda z, x, y: (x + y) ** 2 * z, ["z", "x", "y"])  # inputs in another order than the law's
    f, inputs = (x + y) ** 2 * z, {"left": ["x", "y"], "right": ["z"]}
    assert sw.gcp(circuit, law, inputs=inputs).value == sw.gcp(f, law, inputs=inputs).value
    at = {"x": 1, "y": 2, "z": 0}
    assert sw.gwp(circuit, law, "left", inputs=inputs).at(at) == sw.gwp(f, law, "left", inputs=inputs).at(at)
    assert sw.gwpd(circuit, law, inputs=inputs).at(at) == sw.gwpd(f, law, inputs=inputs).at(at)
    with pytest.raises(InvalidArgument, match=r"^Argument 'inputs' must have a block for z, which f uses\.$"):
        sw.gcp(circuit, law, inputs={"left": ["x", "y"]})


@pytest.mark.parametrize("how", [{"x": "resample"}, {"x": "mean", "y": 0}, {"x": "resample", "y": "resample"}])
def test_circuits_are_ablated_as_their_expressions_are(how: dict[str, Any]) -> None:
    circuit = sw.trace(lambda x, y: (x + y) ** 2 * y - x, ["x", "y"])
    ablations = [sw.ablate(f, LAW, how, at={"x": 1, "y": 1}) for f in (circuit, (x + y) ** 2 * y - x)]
    assert ablations[0].value == ablations[1].value
    assert ablations[0].mean.value == ablations[1].mean.value
    assert ablations[0].effect == ablations[1].effect
    several = sw.trace(lambda x, y: (x, y), ["x", "y"])
    with pytest.raises(InvalidArgument, match=r"^Argument 'f' is a circuit of 2 outputs \(out0, out1\): choose one"):
        sw.ablate(several, LAW, how)


def test_floats_run_for_circuits_too() -> None:
    law = sw.Empirical([[0.5, 1.5], [0.25, -1.0]], ["x", "y"], numbers="float64")
    circuit = sw.trace(lambda x, y: x * y + x, ["x", "y"])
    assert sw.expectation(circuit, law, ring="float64").value == pytest.approx((0.5 * 2.5 + 0) / 2)


def test_term_bounds_are_bounds() -> None:
    circuit = sw.trace(lambda x, y: {"out": (x + y) ** 3 * (x - 1), "huge": ((x + y) ** 100) ** 100}, ["x", "y"])
    assert term_bound(circuit, "out") == 15  # the gates multiply out to 16, but there are 15 monomials of degree 4
    assert term_bound(circuit, "huge") == 1 << 60
    terms = sympy.Poly(circuit["out"].to_sympy({"x": x, "y": y})["out"]).terms()
    assert len(terms) <= 15
