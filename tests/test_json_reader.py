"""Decompositions from files are untrusted: what a file says of its terms is held against its gates."""

from __future__ import annotations

import json
from typing import Any

import pytest

import symwick as sw
from symwick.circuits.closed_form import ClosedForm
from symwick.errors import FormatError, InexactError

LAW = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])


def damaged(change: Any) -> str:
    text = json.loads(sw.gwpd("x*y", LAW).to_json())
    change(text)
    return json.dumps(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t["terms"][1].update(variables=[]), "A term depends on x, which its variables must name"),
        (lambda t: t["terms"][1].update(variables=["q"]), "A term names 'q', which no input holds"),
        (lambda t: t["terms"][1].pop("key"), "Every term must have a key"),
        (lambda t: t["leaves"].append(t["leaves"][0]), "Leaves must have names of their own"),
        (lambda t: t["terms"].append(t["terms"][0]), "comes twice"),
        (lambda t: t["terms"][1].update(gate=10_000), "must be one of the"),
        (lambda t: t["terms"][1].update(gate=1.0), "Term gate 1.0 must be one of the"),
        (lambda t: t["gates"][-1].update(args=[10_000]), "must have earlier gates as arguments"),
    ],
)
def test_contradictions_are_named(change: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        sw.from_json(damaged(change))


def with_every_gate() -> dict[str, Any]:
    text = "(x + a)**3/(1 + y**2) + exp(x) + max(x, y, 2)"
    terms = sw.gwpd("x*y", LAW).replace({"x": ClosedForm.of(text, ["x", "y"])})
    raw = json.loads(terms.to_json())
    raw["gates"].append({"op": "table", "args": [0], "points": [["0", "1"]], "values": ["1/2", "3"]})
    return raw


def gate(raw: dict[str, Any], op: str) -> dict[str, Any]:
    return next(row for row in raw["gates"] if row["op"] == op)


@pytest.mark.parametrize(
    ("op", "change", "message"),
    [
        ("function", {"name": "eval"}, "must apply one of exp, log"),
        ("function", {"args": []}, "must apply its function to at least one argument"),
        ("function", {"name": "exp", "args": [0, 0]}, "must apply exp to one argument, not 2"),
        ("function", {"name": None}, "None is not of type 'string'"),
        ("power", {"exponent": 1}, "1 is less than the minimum of 2"),
        ("power", {"exponent": 10**9}, "1000000000 is greater than the maximum of 10000"),
        ("power", {"exponent": 2.0}, "must have an integer of at least 2 as exponent, not 2.0"),
        ("power", {"exponent": "2"}, "'2' is not of type 'integer'"),
        ("power", {"args": []}, "must have one argument for a power, not 0"),
        ("reciprocal", {"args": [0, 0]}, "must have one argument for a reciprocal, not 2"),
        ("reciprocal", {"args": [0.0]}, "must have earlier gates as arguments"),
        ("reciprocal", {"args": [-1]}, "-1 is less than the minimum of 0"),
        ("product", {"args": []}, "must be a product of at least one argument"),
        ("sum", {"weights": []}, "must have one weight for each argument"),
        ("sum", {"weights": 5}, "5 is not of type 'array'"),
        ("sum", {"weights": [1]}, "Numbers are written as text, not 1"),
        ("sum", {"constant": None}, "Numbers are written as text, not None"),
        ("sum", {"constant": "1/0"}, "must be a number such as"),
        ("sum", {"constant": [0.5, 0.1]}, "of an exact decomposition are written as text"),
        ("sum", {"constant": [0.5, -0.1]}, r"must be written as \[value, radius\], not \[0.5, -0.1\]"),
        ("sum", {"constant": [float("nan"), 0.1]}, r"must be written as \[value, radius\]"),
        ("sum", {"constant": [True, False]}, r"must be written as \[value, radius\]"),
        ("sum", {"label": ["text only"]}, "is too short"),
        ("sum", {"label": [1, 2]}, "1 is not of type 'string'"),
        ("input", {"name": "nobody"}, "Gate input 'nobody' must be one of the leaves"),
        ("input", {"name": None}, "None is not of type 'string'"),
        ("table", {"values": ["1"]}, "must have a table with one value for each point of its grid"),
        ("table", {"points": [["0", "1"], ["0"]]}, "must have a table with one axis for each argument"),
        ("table", {"points": [["0", "0"]]}, "must have a table with the points of each axis once"),
        ("table", {"points": [["0", "half"]]}, "Argument 'points' must be a number such as"),
        ("table", {"values": ["1", 2]}, "Numbers are written as text, not 2"),
        ("table", {"op": "tabel"}, "'tabel' is not one of"),
    ],
)
def test_malformed_gates_are_named(op: str, change: dict[str, Any], message: str) -> None:
    raw = with_every_gate()
    sw.from_json(json.dumps(raw))  # it is whole before the change
    gate(raw, op).update(change)
    with pytest.raises(FormatError, match=message):
        sw.from_json(json.dumps(raw))


@pytest.mark.parametrize(
    ("leaf", "message"),
    [
        ({"name": "f", "kind": "function", "expr": "exp(Symbol('x'))"}, "depends on x, which its variables must name"),
        ({"name": "f", "kind": "parameter", "expr": "y"}, "depends on y, which its variables must name"),
        ({"name": "f", "kind": "constant", "expr": "exp(Symbol('x'))"}, "depends on x, which its variables must name"),
        ({"name": "f", "kind": "function", "expr": "zoo"}, "must be a known constant, not 'zoo'"),
        ({"name": "f", "kind": "function", "expr": "Eq(Symbol('x'), 1)"}, "Leaf 'f' must have an expression as value"),
        ({"name": "f", "kind": "indicator", "variables": ["x"], "point": "q"}, "Argument 'point' must be a number"),
        ({"name": "f", "kind": "indicator", "variables": []}, "Leaf 'f' must have one variable"),
        ({"name": "f", "kind": "magic"}, "'magic' is not one of"),
    ],
)
def test_malformed_leaves_are_named(leaf: dict[str, Any], message: str) -> None:
    raw = with_every_gate()
    raw["leaves"].append(leaf)
    with pytest.raises(FormatError, match=message):
        sw.from_json(json.dumps(raw))


def test_inputs_do_not_share_variables() -> None:
    raw = with_every_gate()
    raw["inputs"].append({"name": "again", "variables": ["x"]})
    with pytest.raises(FormatError, match="Argument 'inputs' must name each variable once, but x comes twice"):
        sw.from_json(json.dumps(raw))


def test_terms_of_a_file_are_as_large_as_what_they_need() -> None:
    law = sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(6)})
    terms = sw.gwpd(lambda *bits: sum(bits) ** 2 % 5, law)
    read = sw.from_json(terms.to_json())
    assert len(read["x0"].circuit) <= len(terms["x0"].circuit) + 1
    assert all(read[key] == terms[key] for key in terms)
    assert read.check()


def test_floats_do_not_get_in_by_comparison_or_replacement() -> None:
    terms = sw.gwpd("x*y", LAW)
    half = 0.5 * sw.parse_expression("x")
    with pytest.raises(InexactError, match="Argument 'other' must be exact"):
        terms["x"].equals(half)
    with pytest.raises(InexactError, match="Argument 'terms' must be exact"):
        terms.replace({"x": half})
    assert terms["x"].equals("3/8*(x - 3/8)")
