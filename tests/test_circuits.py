"""Circuits and closed forms: tables of meanings are complete, values agree, equality is mathematical."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import symwick as sw
from symwick.algebra.balls import Ball
from symwick.circuits.builder import Builder
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.derivatives import DERIVATIVE
from symwick.circuits.equality import TERMS
from symwick.circuits.form_builder import FormBuilder
from symwick.circuits.gates import EVALUATE, GATE_NAMES, SIZE, SYMPY, Gate, Table
from symwick.circuits.leaves import Leaf
from symwick.errors import InvalidArgument, NotRational, UnknownVariable
from symwick.testing.strategies import polynomials

x, y, a = sympy.symbols("x y a")
X = Gate("input", payload="x")


@pytest.mark.parametrize(
    "table", [EVALUATE, SYMPY, SIZE, TERMS, DERIVATIVE], ids=["evaluate", "sympy", "size", "terms", "derivative"]
)
def test_every_gate_has_a_rule_in_every_table(table: dict[str, Any]) -> None:
    assert set(table) == set(GATE_NAMES)


@given(expression=polynomials([x, y]), point=st.tuples(st.fractions(max_denominator=9), st.fractions(max_denominator=9)))
def test_forms_evaluate_as_sympy_does(expression: sympy.Expr, point: tuple[Fraction, Fraction]) -> None:
    form = ClosedForm.of(expression, [x, y])
    at = dict(zip((x, y), point, strict=True))
    expected = expression.subs({v: sympy.Rational(q.numerator, q.denominator) for v, q in at.items()})
    assert form.at(at) == Fraction(int(expected.p), int(expected.q))
    assert form.equals(expression)
    assert form.equals(form.expr)
    assert form == sympy.expand(expression)
    assert not form.equals(expression + 1)


def test_equal_gates_are_made_once_and_constants_fold() -> None:
    build = Builder()
    u, v = build.input("u"), build.input("v")
    assert build.product([u, v]) == build.product([u, v])
    assert build.sum([(2, u), (-2, u)], 3) == build.constant(3)
    assert build.product([u, build.zero]) == build.zero
    assert build.product([]) == build.one
    assert build.sum([(1, u)]) == u
    assert build.sum([(1, u), (-1, build.sum([(1, u)]))]) == build.zero
    assert build.sum([(2, build.sum([(3, u)])), (1, v), (-6, u)]) == v
    assert build.power(build.power(u, 2), 3) == build.power(u, 6)
    assert build.power(u, 0) == build.one
    assert build.power(build.constant(2), -3) == build.constant("1/8")
    assert build.reciprocal(build.reciprocal(u)) == u
    assert build.function("max", [build.constant(2), build.constant(5)]) == build.constant(5)


def test_a_gate_with_a_name_stays_a_gate() -> None:
    build = Builder()
    u, v = build.input("u"), build.input("v")
    named = build.label(build.sum([(2, u)]), ("name", "name"))
    circuit = build.finish({"out": build.sum([(1, v), (3, named)])})
    assert list(circuit.labels.values()) == [("name", "name")]
    assert circuit.evaluate({"u": 1, "v": 10}) == {"out": 16}


def test_interning_is_by_value_never_by_hash() -> None:
    # hash(-1) == hash(-2): a table keyed by hash would merge these two
    build = Builder()
    u = build.input("u")
    one, two = build.sum([(-1, u)]), build.sum([(-2, u)])
    assert one != two
    circuit = build.finish({"one": one, "two": two, "c": build.constant(-1), "d": build.constant(-2)})
    assert circuit.evaluate({"u": 1}) == {"one": -1, "two": -2, "c": -1, "d": -2}


def test_check_finds_broken_arenas() -> None:
    for gates, text in [
        ([Gate("root")], "must be one of input, constant, sum, product, power, reciprocal, table, function, not 'root'"),
        ([Gate("product", (0,))], "must have earlier gates as arguments"),
        ([Gate("input", payload="x"), Gate("sum", (0,), (), 0)], "must have one weight for each argument"),
        ([Gate("product")], "must be a product of at least one argument"),
        ([Gate("input", payload="x"), Gate("input", payload="x")], "Every input must have a name of its own"),
        ([X, Gate("product", (0.0,))], r"Gate 1 must have earlier gates as arguments, not \(0.0,\)"),
        ([X, Gate("product", (True,))], "Gate 1 must have earlier gates as arguments"),
        ([X, Gate("power", (0, 0), payload=2)], "Gate 1 must have one argument for a power, not 2."),
        ([X, Gate("power", (0,), payload=1)], "Gate 1 must have an integer of at least 2 as exponent, not 1."),
        ([X, Gate("power", (0,), payload=True)], "Gate 1 must have an integer of at least 2 as exponent, not True."),
        ([X, Gate("reciprocal", ())], "Gate 1 must have one argument for a reciprocal, not 0."),
        ([X, Gate("function", (0,), payload="eval")], "Gate 1 must apply one of exp, log, .*, not 'eval'."),
        ([X, Gate("function", (), payload="max")], "Gate 1 must apply its function to at least one argument."),
        ([X, Gate("function", (0, 0), payload="exp")], "Gate 1 must apply exp to one argument, not 2."),
        ([X, Gate("table", (0,), payload=None)], "Gate 1 must have a table with one axis for each argument."),
        ([X, Gate("table", (0,), payload=Table((), (1,)))], "Gate 1 must have a table with one axis for each argument."),
        ([X, Gate("table", (0,), payload=Table(((1, 2),), (1,)))], "have a table with one value for each point of its grid."),
        ([X, Gate("table", (0,), payload=Table(((1, 1),), (1, 2)))], "must have a table with the points of each axis once."),
    ]:
        with pytest.raises(InvalidArgument, match=text):
            Circuit(gates, {}).check()
    Circuit([X, Gate("function", (0, 0, 0), payload="max"), Gate("table", (0,), payload=Table(((1, 2),), (1, 2)))], {}).check()
    with pytest.raises(InvalidArgument, match="Output 'out' must be a gate, not 4"):
        Circuit([], {"out": 4}).check()


def test_evaluate_names_what_is_missing() -> None:
    build = Builder()
    circuit = build.finish({"out": build.product([build.input("u"), build.input("v")])})
    with pytest.raises(InvalidArgument, match="it lacks v"):
        circuit.evaluate({"u": 1})


def test_leaves_that_share_a_name_stay_apart() -> None:
    build = FormBuilder()
    odd = sympy.Symbol("(exp(x))")  # a legal variable whose name is that of the leaf exp(x)
    node = build.sum([(1, build.leaf(Leaf.variable(odd))), (10, build.leaf(Leaf.function(sympy.exp(x), (x,))))])
    form = ClosedForm.built(build, node, variables=[odd, x])
    assert form.at({odd: 2, x: 0}) == 12


def test_values_that_are_no_rationals() -> None:
    form = ClosedForm.of(sympy.pi * x + a, [x])
    assert form.parameters == (a,)
    with pytest.raises(NotRational, match="the parameters a remain"):
        form.at({x: 1})
    pi = ClosedForm.of(sympy.pi + sympy.sqrt(2))
    with pytest.raises(NotRational, match=r"use|see \.expr, or \.evalf"):
        _ = pi.value
    assert str(pi.evalf(20)) == str(sympy.N(sympy.pi + sympy.sqrt(2), 20))
    assert ClosedForm.of(sympy.pi * x, [x]).at({x: 0}) == 0  # the constant cancels: then there is a value


def test_equality_beyond_polynomials() -> None:
    assert ClosedForm.of(sympy.exp(x) * sympy.exp(-x), [x]).equals(1)
    assert ClosedForm.of(sympy.sqrt(2) ** 2).equals(2)
    assert not ClosedForm.of(sympy.exp(x), [x]).equals(sympy.exp(2 * x))
    assert ClosedForm.of(x, [x]) != "text"
    with pytest.raises(TypeError, match="unhashable"):
        hash(ClosedForm.of(1))


def test_points_are_checked() -> None:
    form = ClosedForm.of(x * y, [x, y])
    with pytest.raises(InvalidArgument, match="it lacks y"):
        form.at({x: 1})
    with pytest.raises(UnknownVariable, match="names z, which the form lacks; it has: x, y"):
        form.at({x: 1, y: 1, "z": 0})
    with pytest.raises(InvalidArgument, match="x comes twice"):
        form.at({x: 1, "x": 2, y: 1})
    with pytest.raises(InvalidArgument, match=r"depends on x, y: use \.at\(point\)"):
        _ = form.value


def test_float_forms_know_their_error() -> None:
    form = ClosedForm.constant(Ball(0.5, 1e-17))
    assert form.value == 0.5
    assert form.error_bound == 1e-17
    with pytest.raises(InvalidArgument, match="Float64 forms have no exact equality"):
        form.equals(1)


def test_a_form_can_be_decomposed_again() -> None:
    law = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, [x, y])
    wick = sw.gwp(x * y, law)
    assert sw.expectation(wick, law).value == 0
    on_grid = sw.gwp(lambda u, v: u * v, law)
    assert sw.expectation(on_grid, law).value == 0
    assert on_grid == wick  # equal on the grid, which is where a callable is known


def test_exponents_have_a_largest() -> None:
    build = Builder()
    u = build.input("u")
    thousand = build.power(u, 1000)
    assert build.power(thousand, 1000) == build.power(u, 1_000_000)
    nested = build.power(build.power(u, 10_000), 1000)  # not merged: a file would refuse to read it
    assert build.gate(nested).payload == 1000
    with pytest.raises(InvalidArgument, match=r"^Argument 'exponent' must be at most 1,000,000 in size, not 1,000,001\.$"):
        build.power(u, 1_000_001)
