"""Gradients of estimates: derivatives of the symbolic estimate, exact differences, the chain rule along families of laws."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import factorial
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.writer import Writer
from symwick.errors import InvalidArgument, UnknownVariable
from symwick.testing import oracle
from tests.refusals import refuses

SCHEDULES = ("gate", "layer")
Weights = dict[tuple[Any, ...], Fraction]

RINGS = ("exact", "symbolic")


def number(value: Any) -> Any:
    """A number of the exact ring, or the value of a form."""
    return value.value if isinstance(value, sw.ClosedForm) else value


# -- circuits and laws ------------------------------------------------------------------------------------------------------


@st.composite
def circuits(
    draw: st.DrawFn, n: int, kinds: tuple[str, ...] = ("sum", "product", "product", "square"), most: int = 4
) -> sw.Circuit:
    """Sums with constants, products of two and three, squares; logic where asked for; not too deep."""
    writer = Writer()
    degree = [1 for i in range(n) if writer.input(f"x{i}") >= 0]
    for _ in range(draw(st.integers(1, most))):
        last = len(writer.gates) - 1
        kind = draw(st.sampled_from(kinds))
        some = (
            [w for w in range(last + 1) if degree[w] <= 2]
            if kind in ("product", "square", "and", "or", "xor")
            else [*range(last + 1)]
        )
        a, b = draw(st.sampled_from(some[-3:])), draw(st.sampled_from(some))
        if kind == "sum":
            writer.sum(
                [(draw(st.sampled_from([1, 2, -1])), a), (draw(st.sampled_from([1, -1, 0])), b)],
                draw(st.integers(-1, 1)),
            )
        elif kind == "square":
            writer.power(a, 2)
        elif kind in ("product", "and"):
            writer.product([a, b])
        elif kind == "not":
            writer.sum([(-1, a)], 1)
        elif kind == "xor":
            writer.sum([(1, a), (1, b), (-2, writer.product([a, b]))])
        else:
            writer.sum([(-1, writer.product([writer.sum([(-1, a)], 1), writer.sum([(-1, b)], 1)]))], 1)
        for gate in writer.gates[len(degree) :]:
            reached = [degree[w] for w in gate.args]
            degree.append(max(reached) if gate.op == "sum" else 2 * reached[0] if gate.op == "power" else sum(reached))
    writer.outputs["out"] = len(writer.gates) - 1
    return sw.Circuit(writer.gates, writer.outputs).check()


@st.composite
def tables(draw: st.DrawFn, n: int, values: tuple[int, ...]) -> Weights:
    points = draw(st.lists(st.tuples(*[st.sampled_from(values)] * n), min_size=2, max_size=4, unique=True))
    counts = [draw(st.integers(1, 3)) for _ in points]
    return {point: Fraction(count, sum(counts)) for point, count in zip(points, counts, strict=True)}


def finite(weights: Weights) -> sw.Finite:
    return sw.Finite(weights, [f"x{i}" for i in range(len(next(iter(weights))))])


def multisets(law: sw.Law, most: int) -> Iterator[tuple[str, ...]]:
    """Multisets of inputs within one independent group each."""
    names = [v.name for v in law.variables]
    group = {v.name: i for i, group in enumerate(law.independent_groups(law.variables)) for v in group}
    for size in range(1, most + 1):
        for chosen in itertools.combinations_with_replacement(names, size):
            if len({group[name] for name in chosen}) == 1:
                yield chosen


# -- against the derivative of the symbolic estimate --------------------------------------------------------------------------


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize("schedule", SCHEDULES)
@given(data=st.data(), order=st.sampled_from([1, 2, 3, None]))
@settings(max_examples=25)
def test_the_gradient_is_the_derivative_of_the_symbolic_estimate(
    schedule: str, ring: str, data: st.DataObject, order: int | None
) -> None:
    n = data.draw(st.integers(1, 2))
    circuit, weights = data.draw(circuits(n)), data.draw(tables(n, (-1, 2, 3)))  # no bits: x² = x is no rule here
    law, unspecified = finite(weights), sw.Cumulants([f"x{i}" for i in range(n)])
    wires = data.draw(st.sampled_from([["out"], ["out"], ["out", "x0"], ["out", "out"], [circuit.wires[-2]]]))
    degree = sum(circuit.degree[wire] or 0 for wire in wires)
    if degree > 6:
        wires, degree = ["out"], circuit.degree["out"] or 0
    estimate = sw.propagate(circuit, unspecified, order, schedule, "symbolic").cumulant(*wires)
    written = sympy.expand(estimate.expr)
    every = [key for size in range(1, 7) for key in itertools.combinations_with_replacement(circuit.inputs, size)]
    symbol = {key: unspecified.cumulant(list(key)) for key in every}
    value = {symbol[key]: sympy.Rational(str(oracle.cumulant(weights, [int(v[1:]) for v in key]))) for key in every}
    assert written.free_symbols <= set(value)
    run = sw.propagate(circuit, law, order, schedule, ring)
    assert number(run.cumulant(*wires)) == Fraction(str(written.subs(value)))
    gradient = run.gradient(*wires)
    wanted = {key: Fraction(str(written.diff(symbol[key]).subs(value))) for key in multisets(law, 6)}
    for key, slope in wanted.items():
        assert number(gradient[key]) == slope, key
    assert set(gradient) == {key for key, slope in wanted.items() if slope}


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("order", [1, 2, 3, None])
def test_a_gradient_of_forms_is_the_derivative_of_the_form(order: int | None, schedule: str) -> None:
    circuit = sw.trace(lambda x, y: {"out": (x * y + y) * (x - 2), "u": x * x * y}, ["x", "y"])
    law = sw.Cumulants(["x", "y"])
    run = sw.propagate(circuit, law, order, schedule, "symbolic")
    for wires in (["out"], ["u"], ["u", "x"], ["x", "y"]):
        written, gradient = run.cumulant(*wires).expr, run.gradient(*wires)
        seen = set()
        for size in range(1, 5):
            for key in itertools.combinations_with_replacement("xy", size):
                slope = sympy.expand(written.diff(law.cumulant(list(key))))
                found = gradient[key]
                seen |= {key} if slope != 0 else set()
                assert sympy.expand((found.expr if isinstance(found, sw.ClosedForm) else found) - slope) == 0, (
                    wires,
                    key,
                )
        assert set(gradient) == seen


# -- differences in exact arithmetic ----------------------------------------------------------------------------------------


def slope(f: Callable[[Fraction], Any], at: Fraction, half: int, step: Fraction) -> Fraction:
    """f'(at) of a polynomial of degree up to 2 h, h = half: Σ_k (−1)^(k+1) h!² / (k (h − k)! (h + k)!) f(at + k step) / step."""
    total = Fraction(0)
    for k in [*range(-half, 0), *range(1, half + 1)]:
        weight = Fraction(factorial(half) ** 2, k * factorial(half - k) * factorial(half + k))
        total += (weight if k % 2 else -weight) * f(at + k * step)
    return total / step


MEAN = {"a": Fraction(1), "b": Fraction(-1, 2), "c": Fraction(2)}
COVARIANCE = {
    "aa": Fraction(3),
    "ab": Fraction(1),
    "ac": Fraction(1, 2),
    "bb": Fraction(4),
    "bc": Fraction(-1),
    "cc": Fraction(2),
}
THREE = sw.trace(lambda a, b, c: {"u": a * b * c + a**2, "v": a * b + c, "w": (a + b) * (a - c) - b / 3}, list("abc"))


def normal(key: str = "", by: Fraction = Fraction(0)) -> sw.Law:
    """The law with one mean (a, b, c) or covariance (aa, ab, …) moved."""
    mean = [value + (by if name == key else 0) for name, value in MEAN.items()]
    pairs = {name: value + (by if name == key else 0) for name, value in COVARIANCE.items()}
    return sw.MultivariateNormal(list("abc"), mean, [[pairs["".join(sorted(i + j))] for j in "abc"] for i in "abc"])


@pytest.mark.parametrize("ring", ["exact", "symbolic", "float64"])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_means_and_covariances_of_normal_inputs_moved_one_by_one(schedule: str, ring: str) -> None:
    """Every estimate is of degree 4 at most in each of them, so that five values have the exact derivative."""
    for order, wires in itertools.product([1, 2, 3, None], [("u",), ("w",), ("u", "c"), ("v", "v"), ("v", "w")]):
        gradient = sw.propagate(THREE, normal(), order, schedule, ring).gradient(*wires)
        for key in [*MEAN, *COVARIANCE]:
            moved = slope(
                lambda t, key=key, order=order, wires=wires: sw.propagate(
                    THREE, normal(key, t), order, schedule
                ).cumulant(*wires),
                Fraction(0),
                2,
                Fraction(1, 8),
            )
            if ring == "float64":
                assert isinstance(gradient[tuple(key)], (int, float))
                assert np.isclose(gradient[tuple(key)], float(moved), rtol=1e-9, atol=1e-9), (order, wires, key)
            else:
                assert number(gradient[tuple(key)]) == moved, (order, wires, key)


def test_the_whole_derivative_of_a_bit_moves_all_its_cumulants() -> None:
    """κ1 = p, κ2 = p − p², κ3 = p (1 − p)(1 − 2p): d/dp is ∂κ1 + (1 − 2p) ∂κ2 + (1 − 6p + 6p²) ∂κ3."""
    circuit = sw.trace(lambda x, y: {"out": (x * y + x) * (x - y) * 2 + x, "u": x * x + y}, ["x", "y"])
    for order, schedule in itertools.product([1, 2, 3], SCHEDULES):

        def run(p: Fraction, order: int = order, schedule: str = schedule) -> sw.Propagation:
            law = sw.Independent({"x": sw.Bernoulli(p), "y": sw.Bernoulli("1/3")})
            return sw.propagate(circuit, law, order, schedule)

        p = Fraction(1, 4)
        for wires in (["out"], ["u", "u"], ["out", "x"]):
            gradient = run(p).gradient(*wires)
            by_hand = (
                gradient["x"] + (1 - 2 * p) * gradient["x", "x"] + (1 - 6 * p + 6 * p**2) * gradient["x", "x", "x"]
            )
            assert by_hand == slope(lambda t, run=run, wires=wires: run(t).cumulant(*wires), p, 5, Fraction(1, 40))
        assert order == 1 or gradient["x", "x"] != 0


Family = Callable[[Fraction], Weights]


def mixed(first: Weights, second: Weights) -> Family:
    """(1 − t) first + t second."""
    points = sorted({*first, *second})
    return lambda t: {x: (1 - t) * first.get(x, Fraction(0)) + t * second.get(x, Fraction(0)) for x in points}


def chain_rule(
    circuit: sw.Circuit, family: Family, wires: list[str], gradient: Mapping[Any, Any], estimate: Any
) -> None:
    """d estimate / dt = Σ over the parameters, of the derivative by it times its own derivative along the family."""
    at, step = Fraction(3, 7), Fraction(1, 40)
    half = max(1, (sum(circuit.degree[wire] or 0 for wire in wires) + 1) // 2)
    total = Fraction(0)
    for key in gradient:
        which = [int(name[1:]) for name in key]
        moved = slope(lambda t, which=which: oracle.cumulant(family(t), which), at, len(key), step)
        total += number(gradient[key]) * moved
    assert total == slope(lambda t: estimate(finite(family(t))), at, half, step)


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize("schedule", SCHEDULES)
@given(data=st.data(), order=st.sampled_from([1, 2, 3]), closure=st.sampled_from(["zero", "boolean", "boolean"]))
@settings(max_examples=25)
def test_the_chain_rule_along_a_family_of_dependent_bits(
    schedule: str, ring: str, data: st.DataObject, order: int, closure: str
) -> None:
    kinds = data.draw(st.sampled_from([("and", "or", "xor", "not", "and"), ("and", "and", "sum", "square", "xor")]))
    circuit = data.draw(circuits(3, kinds, 3))
    family = mixed(data.draw(tables(3, (0, 1))), data.draw(tables(3, (0, 1))))
    law = finite(family(Fraction(3, 7)))
    if len(law.independent_groups(law.variables)) > 1:
        return  # independent here, not so elsewhere in the family
    wires = data.draw(st.sampled_from([["out"], ["out"], ["out", "x0"], ["x0", "x1"]]))

    def estimate(law: sw.Law) -> Any:
        return sw.propagate(circuit, law, order, schedule, closure=closure).cumulant(*wires)

    gradient = sw.propagate(circuit, law, order, schedule, ring, closure=closure).gradient(*wires)
    chain_rule(circuit, family, wires, gradient, estimate)
    if closure == "boolean":
        assert all(len(set(key)) == len(key) for key in gradient)  # what has a bit twice is no parameter
    assert all(len(key) <= order for key in gradient)


@pytest.mark.parametrize("ring", RINGS)
@given(data=st.data())
@settings(max_examples=15)
def test_without_truncation_cumulants_with_a_bit_twice_are_no_parameters(ring: str, data: st.DataObject) -> None:
    circuit = data.draw(circuits(3, ("and", "sum", "square", "xor", "product"), 3))
    family = mixed(data.draw(tables(3, (0, 1))), data.draw(tables(3, (0, 1))))
    law = finite(family(Fraction(3, 7)))
    if len(law.independent_groups(law.variables)) > 1:
        return
    gradient = sw.propagate(circuit, law, None, ring=ring).gradient("out")
    chain_rule(circuit, family, ["out"], gradient, lambda law: sw.propagate(circuit, law, None).mean("out"))
    assert all(len(set(key)) == len(key) for key in gradient)


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_under_boolean_the_mean_of_an_independent_bit_is_all_that_moves(schedule: str, ring: str) -> None:
    text = "INPUT(x0)\nINPUT(x1)\nOUTPUT(out)\nOUTPUT(u)\nu = XOR(x0, x1)\nv = OR(u, x0)\nw = AND(v, x1)\nout = NAND(w, x0, v)"
    circuit = sw.Circuit.from_bench_text(text)

    def run(p: Fraction, order: int, ring: str = "exact") -> sw.Propagation:
        law = sw.Independent({"x0": sw.Bernoulli(p), "x1": sw.Bernoulli("1/3")})
        return sw.propagate(circuit, law, order, schedule, ring, closure="boolean")

    for order, wires in itertools.product([1, 2, 3, 4], [("out",), ("u",), ("out", "u"), ("u", "u"), ("x0",)]):
        gradient = run(Fraction(2, 5), order, ring).gradient(*wires)
        assert set(gradient) <= {("x0",), ("x1",)}
        moved = slope(lambda t, o=order, w=wires: run(t, o).cumulant(*w), Fraction(2, 5), 10, Fraction(1, 40))
        assert number(gradient["x0"]) == moved


@given(data=st.data(), order=st.sampled_from([1, 2, 3, None]), schedule=st.sampled_from(SCHEDULES))
@settings(max_examples=25)
def test_floats_are_close_to_exact_derivatives(data: st.DataObject, order: int | None, schedule: str) -> None:
    circuit, weights = data.draw(circuits(2)), data.draw(tables(2, (0, 1, 2)))
    bits = any({point[i] for point, p in weights.items() if p} <= {0, 1} for i in range(2))
    closure = data.draw(st.sampled_from(["zero", "boolean"])) if bits and order is not None else "zero"
    exact = sw.propagate(circuit, finite(weights), order, schedule, "symbolic", closure=closure)
    floats = sw.propagate(circuit, finite(weights), order, schedule, "float64", closure=closure)
    for wires in (["out"], ["out", "x0"]):
        wanted, found = exact.gradient(*wires), floats.gradient(*wires)
        for key in {*wanted, *found}:
            assert np.isclose(float(found[key]), float(number(wanted[key])), rtol=1e-9, atol=1e-9), key
        assert all(isinstance(value, float) for value in found.values())


# -- a gradient as a mapping ------------------------------------------------------------------------------------------------

DEPENDENT = sw.Finite({(0, 0): "1/2", (1, 2): "1/4", (2, 1): "1/4"}, ["x", "y"])
BITS = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/3")})
PAIR = sw.trace(lambda x, y: {"out": x * y, "x": x, "k": x * 0 + 3, "line": 2 * x - y / 3 + 1}, ["x", "y"])


@pytest.mark.parametrize("order", [1, 2, None])
def test_the_gradient_of_a_product_of_two_dependent_inputs(order: int | None) -> None:
    """E xy = E x E y + κ(x, y)."""
    gradient = sw.propagate(PAIR, DEPENDENT, order).gradient("out")
    wanted: dict[tuple[str, ...], Any] = {("x",): Fraction(3, 4), ("y",): Fraction(3, 4), ("x", "y"): 1}
    assert dict(gradient) == {key: value for key, value in wanted.items() if order != 1 or len(key) == 1}


@pytest.mark.parametrize("ring", ["symbolic", "float64", "exact"])
@pytest.mark.parametrize("order", [1, 2, None])
def test_an_output_that_is_an_input_has_one_derivative(order: int | None, ring: str) -> None:
    for law in (DEPENDENT, BITS):
        run = sw.propagate(PAIR, law, order, ring=ring)
        assert {key: number(value) for key, value in run.gradient("x").items()} == {("x",): 1}
        if order != 1 and law is DEPENDENT:
            assert {key: number(value) for key, value in run.gradient("x", "y").items()} == {("x", "y"): 1}


def test_constants_and_lines() -> None:
    for order in (1, 2, None):
        run = sw.propagate(PAIR, DEPENDENT, order)
        for wires in (["k"], ["k", "x"], ["k", "k"]):
            assert dict(run.gradient(*wires)) == {}
            assert run.gradient(*wires)["x"] == 0
        assert dict(run.gradient("line")) == {("x",): 2, ("y",): Fraction(-1, 3)}
    assert dict(sw.propagate(PAIR, BITS, 2).gradient("x", "y")) == {}  # independent


def test_more_wires_than_the_order_have_no_derivative() -> None:
    for order in (1, 2):
        run = sw.propagate(PAIR, DEPENDENT, order)
        gradient = run.gradient(*["out"] * (order + 1))
        assert dict(gradient) == {}
        assert len(gradient) == 0
        assert gradient["x"] == gradient["x", "y"] == 0
    closed = sw.propagate(PAIR, BITS, 1, closure="boolean")
    assert dict(closed.gradient("out", "out")) != {}  # the closure stands for it


def test_what_a_key_may_be() -> None:
    gradient = sw.propagate(PAIR, DEPENDENT, 2).gradient("out", "line")
    x, y = sympy.symbols("x y")
    assert gradient["x"] == gradient[x] == gradient[("x",)] == gradient[["x"]] != 0
    assert gradient["x", "y"] == gradient["y", "x"] == gradient[x, y] == gradient[y, "x"] != 0
    assert gradient["x", "x"] != gradient["y", "y"]
    assert gradient["x", "x", "x"] == gradient["y", "x", "y", "x"] == 0
    assert ("y", "x") in gradient
    assert ("x", "x", "x") not in gradient
    assert "q" not in gradient
    no = "Argument 'key' must name a parameter of the estimate, not"
    refuses(InvalidArgument, f"{no} (): it names no input.", lambda: gradient[()])
    apart = sw.propagate(PAIR, BITS, 2).gradient("out")
    text = f"{no} ('x', 'y'): cumulants across independent groups of inputs are 0 by law."
    refuses(InvalidArgument, text, lambda: apart["y", "x"])
    exact = sw.propagate(PAIR, BITS, None).gradient("out")
    refuses(InvalidArgument, f"{no} ('x', 'x'): a bit occurs in it twice, Z² = Z.", lambda: exact["x", "x"])
    for key in ("q", ("x", "q"), sympy.Symbol("q")):
        refuses(
            UnknownVariable,
            "Argument 'key' names 'q', which is no input; the inputs are: x, y.",
            lambda k=key: gradient[k],
        )
    many = sw.trace(lambda *v: sum(v), [f"x{i}" for i in range(25)])
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in many.inputs})
    names = ", ".join(f"x{i}" for i in range(20))
    text = f"Argument 'key' names 'q', which is no input; the inputs are: {names}, …."
    refuses(UnknownVariable, text, lambda: sw.propagate(many, law).gradient("out")["q"])


def test_it_iterates_over_what_the_estimate_is_made_of_short_ones_first() -> None:
    circuit = sw.trace(lambda y, x: {"out": 2 * x * y + x**2 / 2}, ["y", "x"])  # in the order of the inputs
    gradient = sw.propagate(circuit, sw.Cumulants(["x", "y"]), 2, ring="symbolic").gradient("out")
    assert list(gradient) == [("y",), ("x",), ("y", "x"), ("x", "x")]
    assert isinstance(gradient, Mapping)
    assert len(gradient) == 4
    assert [key for key, _ in gradient.items()] == list(gradient.keys()) == list(gradient)
    assert ("y", "x") in gradient
    assert ("y", "y") not in list(gradient)
    assert gradient["x", "y"].value == 2
    assert gradient["x", "x"].value == Fraction(1, 2)


def test_what_it_shows() -> None:
    run = sw.propagate(PAIR, DEPENDENT, 2)
    assert repr(run.gradient("line")) == "Gradient of E line:\n  ∂/∂κ[x] = 2\n  ∂/∂κ[y] = -1/3"
    assert repr(run.gradient("k")) == "Gradient of E k:"
    assert repr(run.gradient("k", "x")) == "Gradient of κ(k, x):"
    shown = repr(run.gradient("line", "line"))
    assert shown == "Gradient of κ(line, line):\n  ∂/∂κ[x,x] = 4\n  ∂/∂κ[x,y] = -4/3\n  ∂/∂κ[y,y] = 1/9"
    many = sw.trace(lambda *v: 3 * sum(v), [f"x{i}" for i in range(23)])
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in many.inputs})
    lines = repr(sw.propagate(many, law).gradient("out")).splitlines()
    assert lines == ["Gradient of E out:", *(f"  ∂/∂κ[x{i}] = 3" for i in range(10)), "  … 13 more"]


def test_further_questions_and_the_run_itself_are_not_disturbed() -> None:
    """One recursion is kept for all gradients of a run; it is not that of the run."""
    circuit = sw.trace(lambda x, y: {"out": 2 * (x * y + 2 * x) * (y - 3), "u": 2 * x * y}, ["x", "y"])
    run, fresh = sw.propagate(circuit, DEPENDENT, 2), sw.propagate(circuit, DEPENDENT, 2)
    first = dict(run.gradient("u"))
    assert run.kept == 0
    second = dict(run.gradient("out"))
    assert dict(run.gradient("u")) == first
    assert dict(fresh.gradient("out")) == second
    assert dict(fresh.gradient("u")) == first
    assert run.mean("out") == sw.propagate(circuit, DEPENDENT, 2).mean("out")
    floats = sw.propagate(circuit, DEPENDENT, 2, ring="float64")
    assert floats.plan is not None  # a forward pass has no tape: the other engine is asked
    assert floats.gradient("out") == pytest.approx({key: float(value) for key, value in second.items()})


def test_what_is_asked_is_checked() -> None:
    run = sw.propagate(PAIR, DEPENDENT, 2, outputs=["out"])
    refuses(InvalidArgument, "Arguments 'wires': at least one must be given.", run.gradient)
    text = "Argument 'wire' must be one of the 'outputs' that the run keeps (out), not 'line'."
    refuses(InvalidArgument, text, lambda: run.gradient("line"))
    text = "Argument 'wire' names 'q', which is no wire; the outputs are: out, x, k, line."
    refuses(UnknownVariable, text, lambda: run.gradient("q"))
