"""How circuits are made, read, written and changed: gates as written, exact values, errors that name the gate.

Circuits are random JSON documents here, so that every test of a transformation also reads the format.
"""

from __future__ import annotations

import copy
import json
import pickle
import random
import re
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import networkx as nx
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.circuit_json import FORMAT, SCHEMA, _well_formed
from symwick.circuits.gates import Gate
from symwick.circuits.structure import live_widths
from symwick.errors import FormatError, InexactError, InvalidArgument, UnknownVariable
from symwick.testing.strategies import polynomials, rationals
from tests.refusals import refuses

Document = dict[str, Any]
x, y, z = sympy.symbols("x y z")
R = sympy.Rational

ISSUE = (
    '{"format": "symwick-circuit/1", "inputs": ["x", "y"], "gates": [{"name": "g1", "op": "sum", "terms": [["2", "x"], '
    '["-1/3", "y"]], "constant": "5"}, {"name": "g2", "op": "product", "args": ["x", "g1"]}], "outputs": {"out": "g2"}}'
)


def lines(circuit: sw.Circuit) -> list[str]:
    """The gates that are no inputs, one a line: ``g1 = 2 x + -1/3 y + 5``, ``g2 = x * g1``, ``g3 = g2 ^ 4``."""
    found = []
    for gate in json.loads(circuit.to_json())["gates"]:
        if gate["op"] == "sum":
            constant = [gate["constant"]] if "constant" in gate else []
            text = " + ".join([f"{weight} {wire}" for weight, wire in gate["terms"]] + constant)
        else:
            text = " * ".join(gate["args"]) if gate["op"] == "product" else f"{gate['args'][0]} ^ {gate['exponent']}"
        found.append(f"{gate['name']} = {text}")
    return found


def output_wires(circuit: sw.Circuit) -> dict[str, str]:
    return {name: circuit.wires[position] for name, position in circuit.outputs.items()}


# -- random circuits ------------------------------------------------------------------------------------------------

GATE_NAMES = ["g1", "g2", "g3", "out", "N22", "a b", "é", 'quo"te\\', "x*y", "0"]


def numbers_as_text() -> st.SearchStrategy[str]:
    return rationals().map(str)


@st.composite
def documents(draw: st.DrawFn, *, most_gates: int = 7, most_factors: int = 4, inputs: Sequence[str] = "xyz") -> Document:
    """Sums with constants and repeated wires, products, powers, constants, dead gates, several outputs or none."""
    names = list(inputs[: draw(st.integers(0, len(inputs)))])
    wires, gates = list(names), []
    for name in draw(st.lists(st.sampled_from(GATE_NAMES), unique=True, max_size=most_gates)):
        gate: Document = {"name": name, "op": draw(st.sampled_from(["sum", "product", "power"]) if wires else st.just("sum"))}
        some = st.sampled_from(wires or ["no wire"])
        if gate["op"] == "sum":
            gate["terms"] = [[draw(numbers_as_text()), wire] for wire in draw(st.lists(some, max_size=3 if wires else 0))]
            if draw(st.booleans()) or not gate["terms"]:
                gate["constant"] = draw(numbers_as_text())
        elif gate["op"] == "product":
            gate["args"] = draw(st.lists(some, min_size=1, max_size=most_factors))
        else:
            gate["args"], gate["exponent"] = [draw(some)], draw(st.integers(2, most_factors))
        gates.append(gate)
        wires.append(name)
    chosen = [draw(st.sampled_from(wires)) for _ in range(draw(st.sampled_from([2, 1, 3, 0])))] if wires else []
    outputs = dict(zip(draw(st.permutations(["out", "g1", "second"])), chosen, strict=False))
    document = {"format": FORMAT, "inputs": names, "gates": gates, "outputs": outputs}
    if wires and draw(st.booleans()):
        document["aliases"] = {"other name": draw(st.sampled_from(wires))}
    return document


def read(document: Document) -> sw.Circuit:
    return sw.Circuit.from_json(json.dumps(document))


def values_of(document: Document, point: dict[str, Fraction]) -> dict[str, Fraction]:
    """The value of every wire, by the meaning of the format alone."""
    found = dict(point)
    for gate in document["gates"]:
        if gate["op"] == "sum":
            value = Fraction(gate.get("constant", 0))
            for weight, wire in gate["terms"]:
                value += Fraction(weight) * found[wire]
        elif gate["op"] == "product":
            value = reduce(lambda a, b: a * b, (found[wire] for wire in gate["args"]))
        else:
            value = found[gate["args"][0]] ** gate["exponent"]
        found[gate["name"]] = value
    return found


points = st.fixed_dictionaries({name: rationals() for name in "xyz"})


# -- trace ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "function, inputs, expected",
    [
        (lambda x, y: x * y + 3 * x, ["x", "y"], ["g1 = x * y", "g2 = 3 x", "g3 = 1 g1 + 1 g2"]),
        (lambda x: (x + x) * (x + x), ["x"], ["g1 = 1 x + 1 x", "g2 = 1 x + 1 x", "g3 = g1 * g2"]),
        (lambda x, y: y * x * y, ["x", "y"], ["g1 = y * x", "g2 = g1 * y"]),
        (lambda x, y: y * (x * y), ["x", "y"], ["g1 = x * y", "g2 = y * g1"]),
        (lambda x, y: x - y, ["x", "y"], ["g1 = 1 x + -1 y"]),
        (lambda x: 1 - x, ["x"], ["g1 = -1 x + 1"]),
        (lambda x: x - 1, ["x"], ["g1 = 1 x + -1"]),
        (lambda x: x + 0, ["x"], ["g1 = 1 x"]),
        (lambda x: -x, ["x"], ["g1 = -1 x"]),
        (lambda x: +x, ["x"], []),
        (lambda x: x / 3, ["x"], ["g1 = 1/3 x"]),
        (lambda x: x / Fraction(2, 5), ["x"], ["g1 = 5/2 x"]),
        (lambda x: x**3, ["x"], ["g1 = x ^ 3"]),
        (lambda x: x**1, ["x"], []),
        (lambda x: x**0, ["x"], ["g1 = 1"]),
        (lambda x: x ** np.int64(2), ["x"], ["g1 = x ^ 2"]),
        (lambda x: x**2 * 0, ["x"], ["g1 = x ^ 2", "g2 = 0 g1"]),
        (lambda x: 7, ["x"], ["g1 = 7"]),
        (lambda: Fraction(1, 2), [], ["g1 = 1/2"]),
        (lambda x: np.int64(3) * x, ["x"], ["g1 = 3 x"]),
        (lambda x: True * x, ["x"], ["g1 = 1 x"]),
        (lambda x: Decimal("0.1") * x, ["x"], ["g1 = 1/10 x"]),
        (lambda x: x * R(1, 2), ["x"], ["g1 = 1/2 x"]),
        (lambda x: R(1, 2) * x, ["x"], ["g1 = 1/2 x"]),
        (lambda x: 2 - R(1, 2) - x, ["x"], ["g1 = -1 x + 3/2"]),
        (lambda x, y: sum([x, y, x]), ["x", "y"], ["g1 = 1 x + 1 y", "g2 = 1 g1 + 1 x"]),
        (lambda x: sum(i * x for i in (4, 7)), "x", ["g1 = 4 x", "g2 = 7 x", "g3 = 1 g1 + 1 g2"]),
        (lambda x: x @ x, {"x": 2}, ["g1 = x0 * x0", "g2 = x1 * x1", "g3 = 1 g1 + 1 g2"]),
        (lambda x: x.prod(), {"x": 3}, ["g1 = x0 * x1", "g2 = g1 * x2"]),
        (lambda x: x.sum() / 2, {"x": 2}, ["g1 = 1 x0 + 1 x1", "g2 = 1/2 g1"]),
        (lambda x: (np.array([1, 2]) - x).tolist(), {"x": 2}, ["g1 = -1 x0 + 1", "g2 = -1 x1 + 2"]),
        (lambda x, y: y * x, {"x": 2, "y": ()}, ["g1 = y * x0", "g2 = y * x1"]),
        (lambda x, y: x / np.array([1, 2]), ["x", "y"], ["g1 = 1 x", "g2 = 1/2 x"]),
        (lambda x: x * np.array(2), ["x"], ["g1 = 2 x"]),
    ],
)  # fmt: skip
def test_tracing_writes_the_gates_as_the_code_does_them(function: Any, inputs: Any, expected: list[str]) -> None:
    assert lines(sw.trace(function, inputs)) == expected


def test_a_matrix_of_weights_is_one_weighted_wire_for_each_entry() -> None:
    weights = np.array([[1, 2], [Fraction(1, 2), -1]], dtype=object)
    circuit = sw.trace(lambda x: weights @ x, {"x": 2})
    assert circuit.inputs == ("x0", "x1")
    assert lines(circuit) == [
        "g1 = 1 x0", "g2 = 2 x1", "g3 = 1 g1 + 1 g2",
        "g4 = 1/2 x0", "g5 = -1 x1", "g6 = 1 g4 + 1 g5",
    ]  # fmt: skip
    assert output_wires(circuit) == {"out0": "g3", "out1": "g6"}


def test_a_network_of_layers_evaluates_as_numpy_does() -> None:
    rng = np.random.default_rng(5)
    first, second = rng.integers(-3, 4, (3, 4)), rng.integers(-3, 4, (2, 3))
    circuit = sw.trace(lambda x: {"y": second @ ((first @ x + 1) ** 2)}, {"x": 4})
    point = rng.integers(-3, 4, 4)
    expected = second @ ((first @ point + 1) ** 2)
    assert circuit.evaluate({f"x{i}": int(v) for i, v in enumerate(point)}) == {f"y{i}": int(v) for i, v in enumerate(expected)}


def test_arrays_are_named_by_their_places() -> None:
    circuit = sw.trace(lambda m, v, s: {"a": m @ v, "b": [s, 1], "c": m[1, 0]}, {"m": (2, 2), "v": 2, "s": ()})
    assert circuit.inputs == ("m0_0", "m0_1", "m1_0", "m1_1", "v0", "v1", "s")
    assert list(circuit.outputs) == ["a0", "a1", "b0", "b1", "c"]
    matrix = sw.trace(lambda m: m.T, {"m": (2, 2)})
    assert output_wires(matrix) == {"out0_0": "m0_0", "out0_1": "m1_0", "out1_0": "m0_1", "out1_1": "m1_1"}


def test_outputs_are_named_by_what_is_returned() -> None:
    assert list(sw.trace(lambda x: x, ["x"]).outputs) == ["out"]
    assert list(sw.trace(lambda x: (x, x * x), ["x"]).outputs) == ["out0", "out1"]
    assert list(sw.trace(lambda x: {"a": x, "b": 3}, [x]).outputs) == ["a", "b"]
    assert list(sw.trace(lambda x: {"a": [x, x]}, ["x"]).outputs) == ["a0", "a1"]
    assert sw.trace(lambda x: {"a": x, "b": 3}, ["x"]).evaluate({"x": 5}) == {"a": 5, "b": 3}
    assert sw.trace(lambda x: [], ["x"]).outputs == {}


def test_sharing_makes_equal_gates_once_and_is_asked_for() -> None:
    def f(x: Any, y: Any) -> Any:
        return (x + y) * (x + y) + (y + x)

    plain, shared = sw.trace(f, ["x", "y"]), sw.trace(f, ["x", "y"], share=True)
    assert lines(plain) == ["g1 = 1 x + 1 y", "g2 = 1 x + 1 y", "g3 = g1 * g2", "g4 = 1 y + 1 x", "g5 = 1 g3 + 1 g4"]
    assert lines(shared) == ["g1 = 1 x + 1 y", "g2 = g1 * g1", "g3 = 1 y + 1 x", "g4 = 1 g2 + 1 g3"]
    assert plain.share() == shared != plain


def test_floats_are_read_as_asked() -> None:
    def f(x: Any) -> Any:
        return 0.1 * x + np.float64(0.5)

    assert lines(sw.trace(f, ["x"], numbers="decimal")) == ["g1 = 1/10 x", "g2 = 1 g1 + 1/2"]
    tenth = Fraction(*(0.1).as_integer_ratio())
    assert lines(sw.trace(f, ["x"], numbers="binary")) == [f"g1 = {tenth} x", "g2 = 1 g1 + 1/2"]
    assert lines(sw.trace(lambda x: 1e-3 * x, ["x"], numbers="decimal")) == ["g1 = 1/1000 x"]


FOREIGN: list[Any] = []
RETURNS = "Argument 'function' must return "
ONLY = "Argument 'function' must use sums, products and powers "
DIVIDES = "Argument 'function' must not divide by a wire: circuits have sums, products and powers."
BRANCHES = "Argument 'function' must not compare wires or branch on them: the circuit is the same for all inputs."


@pytest.mark.parametrize(
    "function, text",
    [
        (lambda x: 1 / x, DIVIDES),
        (lambda x: x / x, DIVIDES),
        (lambda x: np.array([1, 2]) / x, DIVIDES),
        (lambda x: x / 0, "Argument 'function' must not divide by 0."),
        (lambda x: x**-1, "Argument 'function' must raise wires to whole powers of at least 0, not -1."),
        (lambda x: x ** R(1, 2), "Argument 'function' must raise wires to whole powers of at least 0, not 1/2."),
        (lambda x: x**2_000_000, "Argument 'exponent' must be from 2 to 1,000,000, not 2,000,000."),
        (lambda x: x if x > 0 else -x, BRANCHES),
        (lambda x: max(x, 0), BRANCHES),
        (lambda x: x == 1, BRANCHES),
        (lambda x: x and 1, BRANCHES),
        (lambda x: 2**x, ONLY + "of wires only: unsupported operand type(s) for ** or pow(): 'int' and 'Wire'."),
        (lambda x: x + "a", ONLY + "of wires only: unsupported operand type(s) for +: 'Wire' and 'str'."),
        (abs, ONLY + "of wires only: bad operand type for abs(): 'Wire'."),
        (lambda x: "a", RETURNS + "wires or exact numbers, but the output 'out' is 'a'."),
        (lambda x: None, RETURNS + "wires or exact numbers, but the output 'out' is None."),
        (lambda x: {"a": [x], "a0": x}, RETURNS + "outputs of different names, but 'a0' comes twice."),
        (lambda x: x * float("nan"), "Argument 'function' must use finite numbers, not nan."),
        (lambda x: x * FOREIGN[0], RETURNS + "wires of this trace, but a factor is one of another."),
        (lambda x: FOREIGN[0] + x, RETURNS + "wires of this trace, but a summand is one of another."),
        (lambda x: FOREIGN[0], RETURNS + "wires of this trace, but the output 'out' is one of another."),
    ],
)  # fmt: skip
def test_what_no_circuit_can_do_is_refused(function: Any, text: str) -> None:
    FOREIGN.clear()
    sw.trace(lambda x: FOREIGN.append(x) or x, ["x"])
    with pytest.raises(InvalidArgument, match=f"^{re.escape(text)}$"):
        sw.trace(function, ["x"])


def test_functions_of_numpy_are_refused_for_scalars_and_arrays() -> None:
    with pytest.raises(InvalidArgument, match=f"^{re.escape(ONLY)}of wires only: operand 'Wire' does not support ufuncs"):
        sw.trace(lambda x: np.exp(x), ["x"])
    with pytest.raises(InvalidArgument, match=f"^{re.escape(ONLY)}of wires only: .*no callable exp method"):
        sw.trace(lambda x: np.exp(x), {"x": 2})


def test_floats_are_refused_where_nothing_says_how_to_read_them() -> None:
    text = (
        "Argument 'function' must use exact numbers, not the float 0.1: write it as a Fraction, or pass numbers='decimal' "
        "or 'binary' to read floats so."
    )
    for function in (lambda x: 0.1 * x, lambda x: x + 0.1, lambda x: 0.1, lambda x: x / 0.1):
        with pytest.raises(InexactError, match=f"^{re.escape(text)}$"):
            sw.trace(function, ["x"])


@pytest.mark.parametrize(
    "arguments, more, text",
    [
        ((3, ["x"]), {}, "Argument 'function' must be callable, not 3."),
        ((abs, 3), {}, "Argument 'inputs' must be names, or map names to shapes, not 3."),
        ((abs, {"x": -1}), {}, "Argument 'inputs' must map x to a length or a tuple of lengths, not -1."),
        ((abs, {"x": 1.5}), {}, "Argument 'inputs' must map x to a length or a tuple of lengths, not 1.5."),
        ((abs, ["x", x]), {}, "Argument 'inputs' must name each input once, but x comes twice."),
        ((abs, {"x": 2, "x0": ()}), {}, "Argument 'inputs' must give every input a name of its own, but x0 comes twice."),
        ((abs, ["x"]), {"numbers": "float"}, "Argument 'numbers' must be one of exact, decimal, binary, not 'float'."),
    ],
)
def test_the_arguments_of_trace_are_checked(arguments: Any, more: Any, text: str) -> None:
    with pytest.raises(InvalidArgument, match=f"^{re.escape(text)}$"):
        sw.trace(*arguments, **more)


def test_errors_of_the_function_itself_stay_as_they_are() -> None:
    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        sw.trace(lambda x: x, ["x", "y"])
    with pytest.raises(ZeroDivisionError):
        sw.trace(lambda x: x * (1 // 0), ["x"])


@pytest.mark.parametrize("make", [lambda k: sw.trace(lambda x: x**k, ["x"]), lambda k: sw.Circuit.from_expr(x**k, [x])])
@pytest.mark.parametrize("exponent", [1_000_001, 10**20, 10**5000], ids=["one more", "large", "5001 digits"])
def test_huge_powers_are_refused(make: Any, exponent: int) -> None:
    with pytest.raises(InvalidArgument, match=r"^Argument 'exponent' must be from 2 to 1,000,000, not "):
        make(exponent)


# -- from_expr --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression, expected",
    [
        ("x*y + 3*x", ["g1 = x * y", "g2 = 1 g1 + 3 x"]),
        ("(x - 1/2)*(x + y)**2", ["g1 = 1 x + -1/2", "g2 = 1 x + 1 y", "g3 = g2 ^ 2", "g4 = g1 * g3"]),
        ("(x + y)*z + (x + y)**2", ["g1 = 1 x + 1 y", "g2 = z * g1", "g3 = 1 x + 1 y", "g4 = g3 ^ 2", "g5 = 1 g2 + 1 g4"]),
        ("x**2*y*z + 1/3", ["g1 = x ^ 2", "g2 = g1 * y * z", "g3 = 1 g2 + 1/3"]),
        ("3*x*y", ["g1 = x * y", "g2 = 3 g1"]),
        ("z + y + x", ["g1 = 1 x + 1 y + 1 z"]),
        ("-x*y - y + 7", ["g1 = x * y", "g2 = -1 g1 + -1 y + 7"]),
        ("-x", ["g1 = -1 x"]),
        ("x", []),
        ("5", ["g1 = 5"]),
        ("0", ["g1 = 0"]),
        ("1/3", ["g1 = 1/3"]),
    ],
)
def test_an_expression_is_written_in_post_order_as_printed(expression: str, expected: list[str]) -> None:
    for given_as in (expression, sw.parse_expression(expression)):
        assert lines(sw.Circuit.from_expr({"out": given_as}, ["x", y, "z"])) == expected


def test_several_expressions_share_inputs_and_nothing_else() -> None:
    circuit = sw.Circuit.from_expr({"a": (x + y) ** 2, "b": x + y, "c": y, "d": 2}, [x, y])
    assert lines(circuit) == ["g1 = 1 x + 1 y", "g2 = g1 ^ 2", "g3 = 1 x + 1 y", "g4 = 2"]
    assert output_wires(circuit) == {"a": "g2", "b": "g3", "c": "y", "d": "g4"}
    assert list(sw.Circuit.from_expr(x * y, [x, y]).outputs) == ["out"]
    assert sw.Circuit.from_expr("x", [sympy.Symbol("x", positive=True)]).inputs == ("x",)


def test_outputs_may_be_any_exact_number() -> None:
    assert sw.Circuit.from_expr({"out": 5}, []).evaluate({}) == {"out": 5}
    assert sw.Circuit.from_expr({"out": Fraction(1, 2)}, []).evaluate({}) == {"out": Fraction(1, 2)}


@given(expression=polynomials([x, y]), point=points)
def test_expressions_and_their_circuits_have_equal_values(expression: sympy.Expr, point: dict[str, Fraction]) -> None:
    circuit = sw.Circuit.from_expr({"out": expression}, [x, y])
    expected = expression.subs({x: R(point["x"]), y: R(point["y"])})
    assert circuit.evaluate(point)["out"] == Fraction(int(expected.p), int(expected.q))
    back = circuit.to_sympy({"x": x, "y": y})["out"]
    assert sympy.expand(back - expression) == 0


@pytest.mark.parametrize(
    "expression, error, text",
    [
        ("sin(x)", InvalidArgument, "Output 'out' must be a polynomial with rational coefficients; sin(x) is none."),
        ("y + 1/x", InvalidArgument, "Output 'out' must be a polynomial with rational coefficients; 1/x is none."),
        ("x**y", InvalidArgument, "Output 'out' must be a polynomial with rational coefficients; x**y is none."),
        (sympy.pi * x, InvalidArgument, "Output 'out' must be a polynomial with rational coefficients; pi is none."),
        ("x*q", UnknownVariable, "Output 'out' uses q, which is no input; the inputs are: x, y."),
        (0.5 * x, InexactError, "Argument 'outputs' must be exact, but 'out' holds a float: 0.5*x."),
        (0.5, InexactError, "Argument 'outputs[out]' must be exact, not the float 0.5. Write it as text ('0.5'), "
         "as a Fraction or as a sympy Rational; or ask for ring='float64' where that is offered."),
    ],
)
def test_what_is_no_polynomial_is_refused(expression: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=f"^{re.escape(text)}$"):
        sw.Circuit.from_expr({"out": expression}, ["x", "y"])


def test_an_output_that_is_no_expression_is_refused() -> None:
    with pytest.raises(InexactError, match=r"^Argument 'outputs\[out\]' must be an exact number, not NoneType None\.$"):
        sw.Circuit.from_expr({"out": None}, ["x"])
    with pytest.raises(InvalidArgument, match=r"^Argument 'inputs' must name each variable once, but x comes twice\.$"):
        sw.Circuit.from_expr({"out": "x"}, ["x", "x"])


# -- JSON -------------------------------------------------------------------------------------------------------------


def test_the_format_of_the_issue_is_read_and_written() -> None:
    circuit = sw.Circuit.from_json(ISSUE)
    assert lines(circuit) == ["g1 = 2 x + -1/3 y + 5", "g2 = x * g1"]
    assert circuit.inputs == ("x", "y")
    assert circuit.evaluate({"x": 3, "y": 6}) == {"out": 27}
    assert circuit.to_json() == ISSUE
    assert json.loads(circuit.to_json(indent=2)) == json.loads(ISSUE)
    assert circuit.to_json(indent=2).startswith('{\n  "format": "symwick-circuit/1",\n  "inputs": [')
    assert sw.Circuit.from_json(ISSUE.encode()) == circuit
    by_hand = sw.trace(lambda x, y: x * (2 * x), ["x", "y"])
    assert by_hand != circuit


@given(document=documents())
def test_circuits_survive_json_and_networkx(document: Document) -> None:
    circuit = read(document)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(circuit.to_json()))
    for again in (sw.Circuit.from_json(circuit.to_json()), sw.Circuit.from_networkx(circuit.to_networkx())):
        assert again == circuit
        assert hash(again) == hash(circuit)
        assert again.wires == circuit.wires
        assert output_wires(again) == output_wires(circuit)
    assert sw.Circuit.from_json(circuit.to_json()).names == circuit.names
    assert circuit.wires == (*document["inputs"], *(gate["name"] for gate in document["gates"]))
    assert output_wires(circuit) == document["outputs"]
    assert circuit.check() is circuit


@given(document=documents(), data=st.data())
def test_gates_out_of_order_are_sorted_stably(document: Document, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(document["gates"]))
    by_name = {gate["name"]: gate for gate in shuffled}
    expected: list[str] = []

    def place(name: str) -> None:  # a gate, once what it reads and is not there yet is placed in the order of reading
        if name in by_name and name not in expected:
            gate = by_name[name]
            for wire in gate.get("args") or [wire for _, wire in gate.get("terms", [])]:
                place(wire)
            expected.append(name)

    for gate in shuffled:
        place(gate["name"])
    circuit = read({**document, "gates": shuffled})
    assert list(circuit.wires[len(circuit.inputs) :]) == expected
    assert lines(read(document)) == lines(read({**document, "gates": list(document["gates"])}))
    assert sorted(lines(circuit)) == sorted(lines(read(document)))


JUNK: list[Any] = [None, True, False, 0, 1, 2, 7, 1_000_001, 0.5, "", "x", "sum", "power", "1/2", "q" * 1001, FORMAT, [], {}]
JUNK += [["x"], ["1", "x"], ["1", "x", "x"], [["1", "x"]], [["1", 2]], {"name": "x"}, {"a": "x"}, {"a": 1}, [[]], {"op": "sum"}]
FIELDS = ["name", "op", "terms", "constant", "args", "exponent", "format", "inputs", "gates", "outputs", "aliases", "more"]


@given(document=documents(), data=st.data())
@settings(max_examples=150)
def test_the_quick_check_agrees_with_the_schema(document: Document, data: st.DataObject) -> None:
    """Whole numbers written as floats, 2.0, aside: for JSON Schema they are integers; here they are refused."""
    document = json.loads(json.dumps(document))  # lists and dicts of its own
    for _ in range(data.draw(st.integers(1, 2))):
        here: Any = document
        while isinstance(here, (dict, list)) and here and data.draw(st.integers(0, 3)):
            key = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
            if not isinstance(here[key], (dict, list)) or not here[key]:
                break
            here = here[key]
        junk = json.loads(json.dumps(data.draw(st.sampled_from(JUNK))))
        what = data.draw(st.sampled_from(["put", "add", "drop"]))
        if isinstance(here, list):
            place = data.draw(st.integers(0, len(here)))
            here[place : place + (what != "add")] = [] if what == "drop" else [junk]
        else:
            key = data.draw(st.sampled_from(FIELDS if what == "add" or not here else sorted(here)))
            if what == "drop":
                here.pop(key, None)
            else:
                here[key] = junk
    assert _well_formed(document) == jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


@pytest.mark.parametrize("junk", JUNK)
def test_the_quick_check_agrees_with_the_schema_on_what_is_no_object(junk: Any) -> None:
    assert _well_formed(junk) == jsonschema.Draft202012Validator(SCHEMA).is_valid(junk)


@given(document=documents(most_gates=3), text=st.text(max_size=3), data=st.data())
def test_any_text_is_a_circuit_or_a_format_error(document: Document, text: str, data: st.DataObject) -> None:
    whole = json.dumps(document)
    cut = data.draw(st.integers(0, len(whole)))
    for broken in (whole[:cut] + text + whole[cut:], whole[:cut], text):
        with suppress(FormatError):
            assert isinstance(sw.Circuit.from_json(broken), sw.Circuit)


def gates(*some: Document, **more: Any) -> str:
    """A document with inputs x and y and some gates; the first is the output."""
    outputs = {"out": some[0].get("name", "x")} if some else {}
    return json.dumps({"format": FORMAT, "inputs": ["x", "y"], "gates": list(some), "outputs": outputs, **more})


def product_of(name: str, *args: str) -> Document:
    return {"name": name, "op": "product", "args": list(args)}


def sum_of(weight: Any, **more: Any) -> Document:
    return {"name": "g1", "op": "sum", "terms": [[weight, "x"]], **more}


BREAKS = "breaks the format symwick-circuit/1"
TOO_DEEP = "This is no JSON of a circuit: it is not UTF-8, too deep, or holds too long a number."


@pytest.mark.parametrize(
    "text, message",
    [
        (gates(product_of("a", "b"), product_of("b", "a")), "Gate 'b' reads 'a', which depends on 'b': a cycle."),
        (gates(product_of("a", "a")), "Gate 'a' reads 'a', which depends on 'a': a cycle."),
        (
            gates(product_of("a", "b"), product_of("b", "x", "c"), product_of("c", "a")),
            "Gate 'c' reads 'a', which depends on 'c': a cycle.",
        ),
        (gates(product_of("a", "q")), "Gate 'a' reads 'q', which is no input and no gate."),
        (gates(product_of("a", "x"), product_of("a", "y")), "Gate 'a' has the name of another gate or input."),
        (gates(product_of("x", "y")), "Gate 'x' has the name of another gate or input."),
        (gates(inputs=["x", "x"]), "Input 'x' is declared twice."),
        (gates(outputs={"out": "q"}), "Output 'out' names 'q', which is no wire."),
        (gates(aliases={"b": "q"}), "Alias 'b' names 'q', which is no wire."),
        (gates(product_of("a", "x"), aliases={"x": "a"}), "Alias 'x' is the name of another wire."),
        ('{"format": 1, "format": 1}', "The name 'format' comes twice in one object."),
        ("", "Line 1, column 1: this is no JSON: Expecting value."),
        ('{"format": "symwick-circuit/1",\n "inputs": [x]}', "Line 2, column 13: this is no JSON: Expecting value."),
        (gates(sum_of("two")), "Gate 'g1' must have exact numbers as text, not 'two'."),
        (gates(sum_of("1/0")), "Gate 'g1' must have exact numbers as text, not '1/0'."),
        (gates(sum_of("nan")), "Gate 'g1' must have exact numbers as text, not 'nan'."),
        (gates(sum_of("inf")), "Gate 'g1' must have exact numbers as text, not 'inf'."),
        (gates(sum_of("1e99999")), "Gate 'g1' must have exact numbers as text, not '1e99999'."),
        (gates(sum_of("1", constant="x")), "Gate 'g1' must have exact numbers as text, not 'x'."),
        ("[" * 100_000, TOO_DEEP),
        ('{"format":' * 100_000, TOO_DEEP),
        ('{"format": ' + "1" * 6000 + "}", TOO_DEEP),
        (b"\xff", TOO_DEEP),
        ("{}", f"The circuit {BREAKS}: 'format' is a required property."),
        ("[]", f"The circuit {BREAKS}: [] is not of type 'object'."),
        (gates(format="symwick-circuit/2"), f"The circuit {BREAKS} at format: 'symwick-circuit/1' was expected."),
        (gates(more=1), f"The circuit {BREAKS}: Additional properties are not allowed ('more' was unexpected)."),
        (gates(sum_of(0.5)), f"Gate 'g1' {BREAKS} at terms[0][0]: 0.5 is not of type 'string'."),
        (gates(sum_of(2)), f"Gate 'g1' {BREAKS} at terms[0][0]: 2 is not of type 'string'."),
        (gates(sum_of("2", constant=1.5)), f"Gate 'g1' {BREAKS} at constant: 1.5 is not of type 'string'."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(text: str | bytes, message: str) -> None:
    with pytest.raises(FormatError, match=f"^{re.escape(message)}$"):
        sw.Circuit.from_json(text)  # type: ignore[arg-type]


def power_of(exponent: Any) -> Document:
    return {"name": "g1", "op": "power", "args": ["x"], "exponent": exponent}


@pytest.mark.parametrize(
    "gate, where, what",
    [
        (power_of(1), " at exponent", "1 is less than the minimum of 2"),
        (power_of(10**7), " at exponent", "10000000 is greater than the maximum of 1000000"),
        (power_of(True), " at exponent", "True is not of type 'integer'"),
        (power_of("2"), " at exponent", "'2' is not of type 'integer'"),
        (power_of(2.5), " at exponent", "2.5 is not of type 'integer'"),
        (power_of(2.0), "", "'exponent' must be written as an integer"),
        ({"name": "g1", "op": "max", "args": ["x"]}, " at op", "'max' is not one of"),

        (product_of("g1", "x") | {"exponent": 2}, "", "Additional properties are not allowed ('exponent' was unexpected)"),
        (product_of("g1"), " at args", "[] "),
        ({"name": "g1", "op": "sum"}, "", "'terms' is a required property"),
        ({"name": "g1", "args": ["x"]}, "", "'op' is a required property"),
    ],
)  # fmt: skip
def test_a_gate_that_breaks_the_format_is_named_with_the_reason(gate: Document, where: str, what: str) -> None:
    with pytest.raises(FormatError, match=f"^Gate 'g1' {BREAKS}{where}: {re.escape(what)}"):
        sw.Circuit.from_json(gates(gate))


def test_deep_documents_of_any_depth_are_refused() -> None:
    for depth in (10, 300, 800, 950, 1000, 3000, 30_000):
        text = gates().replace('"gates": []', '"gates": ' + "[" * depth + "]" * depth)
        with pytest.raises(FormatError):
            sw.Circuit.from_json(text)


def test_only_text_is_json() -> None:
    for value in ({"format": FORMAT}, None, 3):
        text = f"Argument 'text' must be JSON text, not {value!r}; read a file's text first."
        with pytest.raises(InvalidArgument, match=f"^{re.escape(text)}$"):
            sw.Circuit.from_json(value)  # type: ignore[arg-type]


def test_other_gates_have_values_but_are_not_written() -> None:
    circuit = sw.Circuit([Gate("input", payload="x"), Gate("function", (0,), payload="exp")], {"out": 1})
    text = r"^Gate 'g1' must be a sum, a product or a power to be written, not a function\.$"
    with pytest.raises(InvalidArgument, match=text):
        circuit.to_json()
    with pytest.raises(InvalidArgument, match=r"^Gate 'g1' must be a sum, a product or a power, not a function\.$"):
        circuit.to_networkx()
    text = r"^Gate 1 must be a sum, a product or a power to be differentiated, not a function\.$"
    with pytest.raises(InvalidArgument, match=text):
        circuit.diff("x")
    with pytest.raises(InvalidArgument, match=r"^Gate 'g1', a function, has no values at arrays: evaluate point by point\.$"):
        circuit.evaluate({"x": np.array([0, 1])})
    assert circuit.evaluate({"x": 0}) == {"out": 1}
    assert circuit.degree == {"x": 1, "g1": None, "out": None}


# -- networkx and DOT ---------------------------------------------------------------------------------------------------


def test_a_graph_made_by_hand_is_a_circuit() -> None:
    graph = nx.DiGraph()
    graph.add_node("out", op="sum", constant="1/2")
    graph.add_edge("p", "out", weight=3)
    graph.add_edge("x", "out")
    graph.add_node("p", op="product")
    graph.add_edges_from([("y", "p"), ("x", "p")])
    circuit = sw.Circuit.from_networkx(graph)
    assert circuit.inputs == ("x", "y")
    assert lines(circuit) == ["p = y * x", "out = 3 p + 1 x + 1/2"]
    assert output_wires(circuit) == {"out": "out"}


def graph_of(*edges: tuple[str, str], outputs: Any = None, **nodes: Any) -> Any:
    graph = nx.DiGraph(outputs=outputs) if outputs else nx.DiGraph()
    graph.add_edges_from(edges)
    for name, about in nodes.items():
        graph.add_node(name, **about)
    return graph


SHAPES = "must be an input, a sum, a product of at least one wire or a power of one wire with an integer 'exponent' "
SHAPES += "of at least 2, not"


@pytest.mark.parametrize(
    "graph, text",
    [
        (graph_of(("a", "b"), ("b", "a"), a={"op": "sum"}, b={"op": "sum"}),
         "The graph must have no cycle, but node b reads a, which depends on b."),
        (graph_of(("a", "b")), "Node b is an input (it has no 'op'), but has edges into it."),
        (graph_of(("a", "b"), b={"op": "max"}), f"Node b {SHAPES} 'max' of 1."),
        (graph_of(b={"op": "product"}), f"Node b {SHAPES} 'product' of 0."),
        (graph_of(("a", "b"), b={"op": "power", "exponent": "2"}), f"Node b {SHAPES} 'power' of 1."),
        (graph_of(("a", "b"), ("c", "b"), b={"op": "power", "exponent": 2}), f"Node b {SHAPES} 'power' of 2."),
        (graph_of(("a", "b"), outputs={"o": "q"}, b={"op": "product"}), "Output 'o' names q, which is no node."),
    ],
)
def test_graphs_that_are_no_circuits_are_refused(graph: Any, text: str) -> None:
    with pytest.raises(FormatError, match=f"^{re.escape(text)}$"):
        sw.Circuit.from_networkx(graph)


def test_graphs_are_directed_and_their_nodes_differ_as_text() -> None:
    with pytest.raises(InvalidArgument, match="^Argument 'graph' must be a directed networkx graph, not "):
        sw.Circuit.from_networkx(nx.Graph())
    graph = nx.DiGraph()
    graph.add_nodes_from([1, "1"])
    with pytest.raises(FormatError, match=r"^The nodes of the graph must have names that differ as text\.$"):
        sw.Circuit.from_networkx(graph)


@given(document=documents())
def test_dot_text_has_one_node_for_each_wire_and_one_edge_for_each_reading(document: Document) -> None:
    circuit = read(document)
    first, *body, last = circuit.to_dot().rstrip("\n").split("\n")
    assert (first, last) == ("digraph circuit {", "}")
    titles, arrows = {}, []
    for line in body[2:]:
        node = re.fullmatch(r'  (\d+) \[label="((?:[^"\\]|\\.)*)"(, shape=box, xlabel="(?:[^"\\]|\\.)*")?\];', line)
        edge = re.fullmatch(r'  (\d+) -> (\d+)( \[label="([^"]*)"\])?;', line)
        assert node or edge, line
        if node:
            titles[int(node[1])] = node[2].replace('\\"', '"').replace("\\\\", "\\")
            assert bool(node[3]) == (int(node[1]) in circuit.outputs.values())
        elif edge:
            arrows.append((int(edge[1]), int(edge[2]), edge[4] or "1"))
    assert all(titles[i].startswith(name) for i, name in enumerate(circuit.wires))
    weights = [
        (a, i, str(gate.weights[place]) if gate.op == "sum" else "1")
        for i, gate in enumerate(circuit.gates)
        for place, a in enumerate(gate.args)
    ]
    assert arrows == weights


def test_a_drawing_has_a_largest_size() -> None:
    circuit = sw.trace(lambda x: [x + i for i in range(2000)], ["x"])
    text = "A drawing must have at most 2,000 wires, not 2,001: prune() or cut it first."
    with pytest.raises(InvalidArgument, match=f"^{re.escape(text)}$"):
        circuit.to_dot()


# -- netlists -----------------------------------------------------------------------------------------------------------

TRUTH: dict[str, Any] = {
    "AND": all,
    "OR": any,
    "NAND": lambda bits: not all(bits),
    "NOR": lambda bits: not any(bits),
    "XOR": lambda bits: sum(bits) % 2 == 1,
    "XNOR": lambda bits: sum(bits) % 2 == 0,
    "NOT": lambda bits: not bits[0],
    "BUF": lambda bits: bits[0],
    "BUFF": lambda bits: bits[0],
}


def bench(*text: str) -> sw.Circuit:
    return sw.Circuit.from_bench_text("\n".join(text))


@pytest.mark.parametrize("kind", TRUTH)
@pytest.mark.parametrize("arity", [1, 2, 3, 4, 5])
def test_every_logic_gate_has_its_truth_table(kind: str, arity: int) -> None:
    names = [f"i{j}" for j in range(arity)]
    text = [f"INPUT({name})" for name in names] + ["OUTPUT(out)", f"out = {kind}({', '.join(names)})"]
    if arity > 1 and kind in ("NOT", "BUF", "BUFF"):
        message = f"Line {arity + 2}: gate out, a {kind}, must have one input, not {arity}."
        with pytest.raises(FormatError, match=f"^{re.escape(message)}$"):
            bench(*text)
        return
    for case in (text, [line.replace(kind, kind.lower()) for line in text]):
        circuit = bench(*case)
        assert circuit.inputs == tuple(names)
        for bits in product([0, 1], repeat=arity):
            assert circuit.evaluate(dict(zip(names, bits, strict=True))) == {"out": int(TRUTH[kind](bits))}


@pytest.mark.parametrize(
    "gate, expected",
    [
        ("AND(a, b, c)", ["out = a * b * c"]),
        ("NAND(a, b)", ["g1 = a * b", "out = -1 g1 + 1"]),
        ("OR(a, b)", ["g1 = -1 a + 1", "g2 = -1 b + 1", "g3 = g1 * g2", "out = -1 g3 + 1"]),
        ("NOR(a, b)", ["g1 = -1 a + 1", "g2 = -1 b + 1", "g3 = g1 * g2", "g4 = -1 g3 + 1", "out = -1 g4 + 1"]),
        ("XOR(a, b, c)", ["g1 = a * b", "g2 = 1 a + 1 b + -2 g1", "g3 = g2 * c", "out = 1 g2 + 1 c + -2 g3"]),
        ("XNOR(a, b)", ["g1 = a * b", "g2 = 1 a + 1 b + -2 g1", "out = -1 g2 + 1"]),
        ("XOR(a, a)", ["g1 = a * a", "out = 1 a + 1 a + -2 g1"]),
        ("NOT(a)", ["out = -1 a + 1"]),
        ("BUF(a)", []),
        ("AND(a)", []),
        ("XOR(a)", []),
        ("NAND(a)", ["out = -1 a + 1"]),
    ],
)
def test_logic_is_lowered_exactly_so(gate: str, expected: list[str]) -> None:
    circuit = bench("INPUT(a)", "INPUT(b)", "INPUT(c)", "OUTPUT(out)", f"out = {gate}")
    assert lines(circuit) == expected
    assert list(circuit.outputs) == ["out"]


def test_every_net_is_a_wire_and_a_buffer_another_name_of_one() -> None:
    text = "# comment|input( a )||OUTPUT(n2)   # late|OUTPUT(a)|n2 = NOT(n1)|n1 = BUFF(n0)|n0 = and(a,a)"
    circuit = bench(*text.split("|"))
    assert lines(circuit) == ["n0 = a * a", "n2 = -1 n0 + 1"]
    assert {name: circuit.wires[i] for name, i in circuit.names.items()} == {"a": "a", "n0": "n0", "n1": "n0", "n2": "n2"}
    assert circuit.evaluate({"a": 1}, wires=["n1", "a", "n2"]) == {"n1": 1, "a": 1, "n2": 0}
    assert circuit["n1"].evaluate({"a": 1}) == {"n1": 1}
    assert circuit.levels == {"a": 0, "n0": 1, "n1": 1, "n2": 1}
    again = sw.Circuit.from_json(circuit.to_json())
    assert again == circuit
    assert again.names == circuit.names


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "A netlist must have at least one INPUT."),
        ("OUTPUT(b)\nb = NOT(b)", "A netlist must have at least one INPUT."),
        ("INPUT(a)\n\nb ~ a", "Line 3: expected INPUT(name), OUTPUT(name) or name = GATE(names), not 'b ~ a'."),
        ("INPUT(a)\nb = NOT(a", "Line 2: expected INPUT(name), OUTPUT(name) or name = GATE(names), not 'b = NOT(a'."),
        ("INPUT(a b)", "Line 1: expected INPUT(name), OUTPUT(name) or name = GATE(names), not 'INPUT(a b)'."),
        ("INPUT(a)\nb = AND(a, b)", "Line 2: gate b reads b, which depends on b: a cycle."),
        ("INPUT(a)\nb = AND(a, c)\nc = NOT(b)", "Line 3: gate c reads b, which depends on c: a cycle."),
        ("INPUT(a)\nb = AND(a, c)", "Line 2: gate b reads c, which is driven by nothing."),
        ("INPUT(a)\nOUTPUT(c)\nb = NOT(a)", "Line 2: output c is driven by nothing."),
        ("INPUT(a)\nINPUT(a)", "Line 2: net a is driven twice, first in line 1."),
        ("INPUT(a)\na = NOT(a)", "Line 2: net a is driven twice, first in line 1."),
        ("INPUT(a)\nb = NOT(a)\nb = BUF(a)", "Line 3: net b is driven twice, first in line 2."),
        ("INPUT(a)\nb = NOT(a)\nINPUT(b)", "Line 3: net b is driven twice, first in line 2."),
        ("INPUT(a)\nOUTPUT(a)\nOUTPUT(a)", "Line 3: output a is declared twice, first in line 2."),
        ("INPUT(a)\nb = DFF(a)", "Line 2: gate b must be one of AND, OR, NAND, NOR, XOR, XNOR, NOT, BUF, BUFF, not 'DFF'."),
        ("INPUT(a)\nb = AND()", "Line 2: gate b must have names between commas as inputs, not ''."),
        ("INPUT(a)\nb = AND(a,,a)", "Line 2: gate b must have names between commas as inputs, not 'a,,a'."),
    ],
)
def test_what_is_wrong_with_a_netlist_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=f"^{re.escape(message)}$"):
        sw.Circuit.from_bench_text(text)


def test_netlists_are_read_from_paths(tmp_path: Path) -> None:
    path = tmp_path / "one.bench"
    path.write_text("INPUT(a)\nOUTPUT(b)\nb = NOT(a)\n")
    assert sw.Circuit.from_bench(str(path)) == sw.Circuit.from_bench(path) == bench("INPUT(a)", "OUTPUT(b)", "b = NOT(a)")
    path.write_bytes(b"INPUT(\xff)")
    with pytest.raises(FormatError, match=f"^{re.escape(str(path))} is no netlist: it is not UTF-8 text\\.$"):
        sw.Circuit.from_bench(path)
    with pytest.raises(OSError, match="absent"):
        sw.Circuit.from_bench(tmp_path / "absent.bench")


LOWERED = {"AND": lambda n: int(n > 1), "OR": lambda n: n + (n > 1) + 1, "XOR": lambda n: 2 * (n - 1)}
LOWERED |= {
    "NAND": lambda n: LOWERED["AND"](n) + 1,
    "NOR": lambda n: LOWERED["OR"](n) + 1,
    "XNOR": lambda n: LOWERED["XOR"](n) + 1,
    "NOT": lambda n: 1,
    "BUFF": lambda n: 0,
    "BUF": lambda n: 0,
}


@pytest.mark.parametrize("name, inputs, outputs, nets", [("c17", 5, 2, 6), ("c432", 36, 7, 171), ("c880", 60, 26, 323)])
def test_benchmark_netlists_have_their_counts(name: str, inputs: int, outputs: int, nets: int) -> None:
    text = (files("symwick") / "data" / f"{name}.bench").read_text()
    circuit = sw.Circuit.from_bench_text(text)
    driven = re.findall(r"^(\S+) = (\w+)\((.*)\)$", text, re.MULTILINE)
    assert (len(circuit.inputs), len(circuit.outputs), len(driven)) == (inputs, outputs, nets)
    assert len(circuit) == sum(LOWERED[kind](len(args.split(","))) for _, kind, args in driven)
    assert set(circuit.names) == {*circuit.inputs, *(net for net, _, _ in driven)}
    by_net = {net: (kind, args.split(", ")) for net, kind, args in driven}
    rng = random.Random(3)
    for _ in range(3):
        bits = {wire: rng.randrange(2) for wire in circuit.inputs}

        def value(net: str, bits: dict[str, int] = bits) -> int:
            if net not in bits:
                kind, args = by_net[net]
                bits[net] = int(TRUTH[kind]([value(a, bits) for a in args]))
            return bits[net]

        expected = {net: value(net) for net in by_net}
        assert circuit.evaluate(bits, wires=list(by_net)) == expected


# -- values -------------------------------------------------------------------------------------------------------------


@given(document=documents(), point=points)
def test_values_are_those_of_the_definition(document: Document, point: dict[str, Fraction]) -> None:
    circuit, expected = read(document), values_of(document, point)
    assert circuit.evaluate(point) == {name: expected[wire] for name, wire in document["outputs"].items()}
    inner = [wire for wire in circuit.wires if wire not in document["outputs"]]
    assert circuit.evaluate(point, wires=inner) == {wire: expected[wire] for wire in inner}
    assert all(type(value) is int or value.denominator > 1 for value in circuit.evaluate(point).values())


@given(document=documents(most_gates=4), rows=st.lists(points, min_size=1, max_size=3))
@settings(max_examples=30)
def test_values_at_arrays_are_those_at_their_points(document: Document, rows: list[dict[str, Fraction]]) -> None:
    circuit = read(document)
    if not circuit.inputs:
        return
    columns = {name: np.array([row[name] for row in rows], dtype=object) for name in "xyz"}
    exact = circuit.evaluate(columns)
    for name, column in exact.items():
        assert column.dtype == object
        assert column.tolist() == [circuit.evaluate(row)[name] for row in rows]
    floats = circuit.evaluate({name: column.astype(float) for name, column in columns.items()})
    for name, column in floats.items():
        assert column.dtype == float
        np.testing.assert_allclose(column, exact[name].astype(float), rtol=1e-9, atol=1e-6)


def test_arrays_broadcast_and_mix_with_numbers() -> None:
    circuit = sw.trace(lambda x, y: {"out": x * y + Fraction(1, 2), "five": 5, "in": x}, ["x", "y"])
    found = circuit.evaluate({"x": np.array([[1], [2]]), "y": np.array([10, 20, 30])})
    assert {name: (a.shape, a.dtype.kind) for name, a in found.items()} == {
        "out": ((2, 3), "O"), "five": ((2, 3), "O"), "in": ((2, 3), "O"),
    }  # fmt: skip
    assert found["out"].tolist() == [[Fraction(2 * i * j + 1, 2) for j in (10, 20, 30)] for i in (1, 2)]
    assert found["five"].tolist() == [[5] * 3] * 2
    assert circuit.evaluate({"x": np.array([1, 2]), "y": Fraction(1, 3)})["out"].tolist() == [Fraction(5, 6), Fraction(7, 6)]
    assert circuit.evaluate({"x": np.array([0.5, 1]), "y": Fraction(1, 3)}, wires=["g1"])["g1"].tolist() == [0.5 / 3, 1 / 3]
    big = circuit.evaluate({"x": np.array([2**62, 1]), "y": np.array([2**62, True])})["out"].tolist()
    assert big == [Fraction(2**125 + 1, 2), Fraction(3, 2)]  # no machine integers, no overflow


def test_points_are_checked() -> None:
    circuit = sw.trace(lambda x, y: x * y, ["x", "y"])
    for point in ({"x": 1}, {"x": np.array([1, 2])}):
        with pytest.raises(InvalidArgument, match=r"^Argument 'point' must give every input; it lacks y\.$"):
            circuit.evaluate(point)
    with pytest.raises(InexactError, match=r"^Argument 'point\[x\]' must be exact, not the float 0\.5\."):
        circuit.evaluate({"x": 0.5, "y": 1})
    with pytest.raises(InvalidArgument, match=r"^Argument 'point' must hold arrays of numbers, not of <U1, for x\.$"):
        circuit.evaluate({"x": np.array(["a"]), "y": 1})
    with pytest.raises(UnknownVariable, match=r"^Argument 'wires' names 'q', which is no wire; the outputs are: out\.$"):
        circuit.evaluate({"x": 1, "y": 1}, wires=["q"])
    assert circuit.evaluate({x: "1/2", "y": "0.5", "further": 1}) == {"out": Fraction(1, 4)}


# -- circuits from circuits ---------------------------------------------------------------------------------------------


@given(document=documents(), point=points)
def test_substituted_numbers_agree_with_evaluation(document: Document, point: dict[str, Fraction]) -> None:
    circuit = read(document)
    if "x" not in circuit.inputs:
        return
    changed = circuit.substitute({x: point["x"]})
    assert changed.inputs == circuit.inputs[1:]
    assert changed.evaluate(point) == circuit.evaluate(point)
    constant = circuit.substitute({name: point[name] for name in circuit.inputs})
    assert constant.evaluate({}) == circuit.evaluate(point)


@given(outer=documents(), inner=documents(most_gates=4), point=points)
def test_composition_agrees_with_evaluation(outer: Document, inner: Document, point: dict[str, Fraction]) -> None:
    circuit, other = read(outer), read(inner)
    if len(circuit.inputs) < 2 or not other.outputs:
        return
    between = other.evaluate(point)
    first, last = next(iter(other.outputs)), next(reversed(other.outputs))
    changed = circuit.substitute({"x": (other, first), "y": (other, last)})
    assert changed.evaluate(point) == circuit.evaluate({**point, "x": between[first], "y": between[last]})
    assert set(changed.inputs) == {*circuit.inputs[2:], *other.inputs}
    assert len(changed) == len(circuit) + len(other)  # a circuit that is put in twice is written once
    alone = circuit.substitute({"y": other[first]})
    assert alone.evaluate(point) == circuit.evaluate({**point, "y": between[first]})


def test_substitution_keeps_the_outer_names() -> None:
    outer = sw.Circuit.from_json(ISSUE)
    inner = sw.Circuit.from_json(gates({"name": "g1", "op": "power", "args": ["y"], "exponent": 2}))
    changed = outer.substitute({"x": inner})
    assert changed.inputs == ("y", "x")
    assert lines(changed)[1:] == ["g1 = 2 g3 + -1/3 y + 5", "g2 = g3 * g1"]
    two = sw.trace(lambda t: (t, t), ["t"])
    text = {
        "Argument 'changes' names q, which is no input; they are: x, y.": {"q": 1},
        "Argument 'changes[x]' must say which output, (circuit, output): it has out0, out1.": {"x": two},
        "Argument 'changes[x]' names 'q', which is no output of that circuit.": {"x": (inner, "q")},
    }  # fmt: skip
    for message, changes in text.items():
        with pytest.raises(InvalidArgument, match=f"^{re.escape(message)}$"):
            outer.substitute(changes)
    with pytest.raises(InexactError, match=r"^Argument 'changes\[x\]' must be exact, not the float 0.5"):
        outer.substitute({"x": 0.5})


@given(document=documents(most_gates=4, most_factors=3), point=points)
def test_derivatives_are_those_of_sympy(document: Document, point: dict[str, Fraction]) -> None:
    circuit = read(document)
    at = {sympy.Symbol(name): R(value) for name, value in point.items()}
    written = circuit.to_sympy({name: sympy.Symbol(name) for name in circuit.inputs})
    for name in circuit.inputs:
        slopes = circuit.diff(name)
        assert slopes.inputs == circuit.inputs
        expected = {output: sympy.diff(e, name).subs(at) for output, e in written.items()}
        assert {output: R(value) for output, value in slopes.evaluate(point).items()} == expected


def test_derivatives_write_nothing_that_is_certainly_zero() -> None:
    circuit = sw.trace(lambda x, y: {"a": 3 * x**4 * y, "b": y * y, "c": x, "d": 2}, ["x", "y"])
    slopes = circuit.diff("x")
    assert slopes.evaluate({"x": 2, "y": 5}) == {"a": 480, "b": 0, "c": 1, "d": 0}
    assert slopes.outputs["b"] == slopes.outputs["d"]  # one zero
    written = dict(line.split(" = ") for line in lines(slopes))
    assert written[slopes.wires[slopes.outputs["b"]]] == "0"
    assert written[slopes.wires[slopes.outputs["c"]]] == "1"
    # a slope of 1 is no factor: the derivative of (x + y)² y has one product and no constant
    assert [gate.op for gate in sw.trace(lambda x, y: (x + y) ** 2 * y, ["x", "y"]).diff("x").gates] == [
        "input", "input", "sum", "product", "sum",
    ]  # fmt: skip
    assert circuit.diff(y).evaluate({"x": 2, "y": 5}) == {"a": 48, "b": 10, "c": 0, "d": 0}
    with pytest.raises(UnknownVariable, match=r"^Argument 'by' names q, which is no input; they are: x, y\.$"):
        circuit.diff("q")


@given(document=documents(), point=points)
def test_pruning_and_sharing_keep_inputs_outputs_and_values(document: Document, point: dict[str, Fraction]) -> None:
    circuit = read(document)
    reads = {gate["name"]: gate.get("args") or [wire for _, wire in gate["terms"]] for gate in document["gates"]}
    wanted, waiting = set(), list(document["outputs"].values())
    while waiting:
        wire = waiting.pop()
        if wire not in wanted:
            wanted.add(wire)
            waiting += reads.get(wire, [])
    pruned, shared = circuit.prune(), circuit.share()
    assert list(pruned.wires) == [wire for wire in circuit.wires if wire in wanted or wire in circuit.inputs]
    assert circuit.statistics().dead == sum(name not in wanted for name in reads)
    assert pruned.statistics().dead == 0
    assert len(set(shared.gates)) == len(shared.gates)
    for changed in (pruned, shared, pruned.share(), shared.prune()):
        assert changed.inputs == circuit.inputs
        assert list(changed.outputs) == list(circuit.outputs)
        assert changed.evaluate(point) == circuit.evaluate(point)
    assert pruned.prune() == pruned
    assert shared.share() == shared


# -- shape --------------------------------------------------------------------------------------------------------------


@given(document=documents())
def test_levels_degrees_and_widths_are_those_of_the_definitions(document: Document) -> None:
    circuit = read(document)
    level: dict[str, int] = dict.fromkeys(document["inputs"], 0)
    degree: dict[str, int] = dict.fromkeys(document["inputs"], 1)
    for gate in document["gates"]:
        name = gate["name"]
        if gate["op"] == "sum":
            level[name] = max((level[wire] for _, wire in gate["terms"]), default=0)
            degree[name] = max((degree[wire] for _, wire in gate["terms"]), default=0)
        else:
            factors = gate["args"] * gate.get("exponent", 1)
            level[name] = reduce(lambda a, b: max(a, b) + 1, (level[wire] for wire in factors))
            degree[name] = sum(degree[wire] for wire in factors)
    renamed = document["outputs"] | {name: name for name in level if name not in document["outputs"]}
    renamed |= {name: wire for name, wire in document.get("aliases", {}).items() if name not in document["outputs"]}
    assert circuit.levels == {name: level[wire] for name, wire in renamed.items()}
    assert circuit.degree == {name: degree[wire] for name, wire in renamed.items()}

    places = range(len(circuit.gates))
    readers = {a: [i for i in places if a in circuit.gates[i].args] for a in places}
    kept = set(circuit.outputs.values())
    widths = []
    for now in places:
        alive = 0
        for wire in places:
            born = readers[wire][0] if wire < len(circuit.inputs) and readers[wire] else wire
            alive += born <= now and (wire in kept or any(reader > now for reader in readers[wire]))
        widths.append(alive)
    assert live_widths(circuit.gates, list(kept)) == widths
    assert circuit.width == max(widths, default=0)


def test_statistics_tell_the_shape() -> None:
    circuit = sw.trace(lambda x, y: {"out": (x + y) ** 3 * y, "same": [y + 1, x * x][0]}, ["x", "y"])
    assert repr(circuit.statistics()) == (
        "2 inputs, 2 outputs, 7 wires; gates: 1 power, 2 product, 2 sum\n"
        "depth 3, 3 multiplicative levels, live width 3, degree 4, 1 dead gates"
    )
    assert repr(sw.Circuit([], {}).statistics()) == (
        "0 inputs, 0 outputs, 0 wires; gates: none\n"
        "depth 0, 0 multiplicative levels, live width 0, degree 0, 0 dead gates"
    )
    assert len(circuit) == 5


def test_a_circuit_prints_its_counts() -> None:
    assert repr(sw.Circuit.from_json(ISSUE)) == "<Circuit: 2 inputs, 2 gates, outputs out>"
    assert repr(sw.Circuit([], {})) == "<Circuit: 0 inputs, 0 gates, outputs none>"
    many = sw.trace(lambda x: [x] * 8, ["x"])
    assert repr(many) == "<Circuit: 1 input, 0 gates, outputs out0, out1, out2, out3, out4, out5, …>"


def test_an_output_wins_over_a_wire_of_its_name() -> None:
    document = json.loads(ISSUE) | {"outputs": {"g1": "g2", "x": "y"}}
    circuit = read(document)
    assert circuit.evaluate({"x": 3, "y": 6}) == {"g1": 27, "x": 6}
    assert circuit.evaluate({"x": 3, "y": 6}, wires=["g1", "g2", "x"]) == {"g1": 27, "g2": 27, "x": 6}
    assert circuit["g1"].evaluate({"x": 3, "y": 6}) == {"g1": 27}
    assert (circuit.levels["g1"], circuit.degree["x"]) == (1, 1)
    assert sw.Circuit.from_json(circuit.to_json()) == circuit


def test_a_misspelled_wire_is_told_with_the_closest_ones() -> None:
    circuit = sw.Circuit.from_expr({"score": "fever*cough", "risk": "fever + cough"}, ["fever", "cough"])
    for name, close in (("fevr", "fever"), ("Score", "score"), ("coughs", "cough")):
        text = f"Argument 'wire' names {name!r}, which is no wire; did you mean {close}?"
        refuses(UnknownVariable, text, lambda name=name: circuit.position(name))  # type: ignore[misc]
    for name in ("q", "sc", 0, ("fever",)):
        text = f"Argument 'wire' names {name!r}, which is no wire; the outputs are: score, risk."
        refuses(UnknownVariable, text, lambda name=name: circuit.position(name))  # type: ignore[misc]
    bench = sw.Circuit.from_bench(Path(sw.__file__).parent / "data" / "c432.bench")
    text = "Argument 'wire' names 'N999', which is no wire; did you mean N99 or N399 or N199?"
    refuses(UnknownVariable, text, lambda: bench.position("N999"))


def test_outputs_are_asked_for_by_name() -> None:
    circuit = sw.Circuit.from_expr({"score": "x*y", "risk": "x + y"}, ["x", "y"])
    assert circuit.outputs == {"score": 2, "risk": 3}
    assert isinstance(circuit.outputs, dict)
    assert circuit.outputs.get("q") is None
    assert circuit.outputs.copy() == circuit.outputs
    for name in (0, "q"):
        text = f"Argument 'name' must be an output, not {name!r}: outputs map names to gates, and the names are: score, risk."
        refuses(UnknownVariable, text, lambda name=name: circuit.outputs[name])  # type: ignore[misc]
    for again in (pickle.loads(pickle.dumps(circuit)), copy.deepcopy(circuit)):
        assert again == circuit
        with pytest.raises(KeyError):
            again.outputs[0]


def test_a_wire_becomes_the_only_output() -> None:
    circuit = sw.Circuit.from_json(ISSUE)
    assert circuit["g1"].outputs == {"g1": 2}
    assert circuit["g1"].evaluate({"x": 3, "y": 6}) == {"g1": 9}
    assert circuit[y].evaluate({"x": 3, "y": 6}) == {"y": 6}
    with pytest.raises(UnknownVariable, match=r"^Argument 'name' names 'q', which is no wire; the outputs are: out\.$"):
        _ = circuit["q"]


def test_wires_without_names_get_those_that_nobody_has() -> None:
    circuit = sw.trace(lambda a, b: (a * b + 1) ** 2, ["g1", "g3"])
    assert circuit.wires == ("g1", "g3", "g2", "g4", "g5")
    assert sw.Circuit.from_json(circuit.to_json()) == circuit


# -- deep circuits ------------------------------------------------------------------------------------------------------


def test_a_hundred_thousand_gates_in_a_chain_are_no_recursion() -> None:
    steps = 50_000

    def chain(x: Any, y: Any) -> Any:
        for _ in range(steps):
            x = (1 - x) * y
        return x

    circuit = sw.trace(chain, ["x", "y"])
    assert len(circuit) == 2 * steps
    assert circuit.evaluate({"x": 3, "y": 1}) == {"out": 3}
    assert circuit.statistics().levels == steps
    assert circuit.levels["out"] == steps
    assert circuit.degree["out"] == steps + 1
    assert circuit.width == 2
    text = circuit.to_json()
    document = json.loads(text)
    assert sw.Circuit.from_json(text) == circuit
    backwards = read({**document, "gates": document["gates"][::-1]})
    assert backwards == circuit  # every gate after what it reads leaves one order only
    slope = circuit.diff("x")
    assert slope.evaluate({"x": 3, "y": 1}) == {"out": 1}
    assert circuit.share() == circuit == circuit.prune()
    assert circuit.substitute({"y": 1}).evaluate({"x": 7}) == {"out": 7}
    inverters = [f"n{i + 1} = NOT(n{i})" for i in range(2 * steps)]
    netlist = bench("INPUT(n0)", f"OUTPUT(n{2 * steps})", *reversed(inverters))
    assert netlist.evaluate({"n0": 1}) == {f"n{2 * steps}": 1}


@pytest.mark.parametrize(("work", "text"), [
    (lambda c: c[["x"]], "Argument 'name' names ['x'], which is no wire; the outputs are: out."),
    (lambda c: c.evaluate([1, 2]), "Argument 'point' must map inputs to numbers, not be [1, 2]."),
    (lambda c: c.substitute(["x"]), "Argument 'changes' must map inputs to numbers or circuits, not be ['x']."),
    (lambda c: sw.Circuit.from_bench_text(None), "Argument 'text' must be the text of a netlist, not None."),
    (lambda c: sw.trace(lambda x: x * 10**400, ["x"]).evaluate({"x": np.array([0.5])}),
     "A number of more than 1.8e308 has no float64: evaluate at exact numbers."),
])  # fmt: skip
def test_what_is_no_name_mapping_or_text_is_said(work: Any, text: str) -> None:
    circuit = sw.trace(lambda x, y: x * y, ["x", "y"])
    with pytest.raises(InvalidArgument) as caught:
        work(circuit)
    assert str(caught.value) == text
    assert list(circuit.evaluate({"x": 2, "y": 3}, wires="out").values()) == [6]


def test_the_cone_of_a_wire_is_the_inputs_it_is_made_of() -> None:
    circuit = sw.trace(lambda x, y, z: {"a": x * y + 1, "b": z, "c": 3}, ["x", "y", "z"])
    assert [circuit.cone(name) for name in ("a", "b", "c", "g1")] == [("x", "y"), ("z",), (), ("x", "y")]
