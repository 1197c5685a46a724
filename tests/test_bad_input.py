"""Every refusal by its text: what is wrong, the rule, the value."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

import symwick as sw
from symwick.errors import (
    FormatError,
    InexactError,
    InvalidArgument,
    NotRational,
    SymwickError,
    TooLarge,
    UnknownVariable,
)
from symwick.functions.expression import product_sum
from tests.refusals import refuses

x, y, a = sympy.symbols("x y a")
P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, [x, y])
TABLE = {(0, 0): 1, (0, 1): 2, (1, 0): 3, (1, 1): Fraction(5, 2)}


def refused(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    """The work raises exactly this error, and its message holds the text."""
    with pytest.raises(kind, match=re.escape(text)) as caught:
        work()
    assert type(caught.value) is kind


def all_cases(cases: dict[str, Callable[[], Any]]) -> list[Any]:
    return [pytest.param(text, work, id=text[:60]) for text, work in cases.items()]


# -- floats in exact contexts ----------------------------------------------------------------------------------------

HOW = "Write it as text ('0.5'), as a Fraction or as a sympy Rational; or ask for ring='float64' where that is offered."


@pytest.mark.parametrize(("text", "work"), all_cases({
    "Argument 'f' must be exact, not the float 0.5.": lambda: sw.gwp(0.5, P),
    f"{HOW} This is f at x = 1, y = 1.": lambda: sw.gwp({**TABLE, (1, 1): 0.5}, P),
    f"Argument 'f' must be exact, not the float 0.5. {HOW} This is f at x = 0, y = 0.": lambda: sw.gcpd(lambda *p: 0.5, P),
    "Argument 'f' must be exact, not the float np.float64(1.0).": lambda: sw.gwpd(np.ones((2, 2)), P),
    f"Argument 'point[x]' must be exact, not the float 0.5. {HOW}": lambda: sw.gwp("x*y", P).at({"x": 0.5, "y": 1}),
    f"Argument 'weights' must be exact, not the float 0.5. {HOW}": lambda: sw.Finite({0: 0.5, 1: 0.5}, ["x"]),
    "Argument 'weights' must be exact, not the float 0.25.": lambda: sw.Finite({(0.25,): 1}, ["x"]),
    "Argument 'p' must be exact, not the float 0.5.": lambda: sw.Bernoulli(0.5),
    "must be exact, not the float 1.5.": lambda: sw.gwp("x*y", P).equals(1.5),
    "must be exact, not the float 2.5.": lambda: sw.gwpd("x*y", P).replace({"x": 2.5}),
}))  # fmt: skip
def test_a_float_says_how_to_pass_it_exactly(text: str, work: Callable[[], Any]) -> None:
    refused(InexactError, text, work)


@pytest.mark.parametrize("f", [
    sympy.Max(x, y, 0.5), sympy.exp(x * 0.5), x**0.5, sympy.Piecewise((1, x > 0.5), (0, True)), sympy.Max(x, y) ** 2.0,
    sympy.Piecewise((1, x > y + 0.5), (0, True)), a * x + 0.5, x * 0.5, sympy.Max(x, y) * 0.25, (x > 0.5) & (y > 0),
], ids=str)  # fmt: skip
def test_a_float_anywhere_inside_an_expression(f: sympy.Expr) -> None:
    refused(InexactError, "Argument 'f' must be exact, but it holds the float ", lambda: sw.expectation(f, P))


# -- laws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "work"), all_cases({
    "Argument 'weights' must sum to 1, not 5/6.": lambda: sw.Finite({0: "1/2", 1: "1/3"}, ["x"]),
    "Argument 'weights' must sum to 1, not 3/2.": lambda: sw.Finite({(0, 0): 1, (0, 1): "1/2"}, ["x", "y"]),
    "Argument 'weights' must sum to 1, not 0.": lambda: sw.Finite({}, ["x"]),
    "Argument 'weights' must hold no negative weight, not -1/2 at 0.": lambda: sw.Finite({0: "-1/2", 1: "3/2"}, ["x"]),
    "Argument 'weights' must have keys of 2 coordinates (x, y), not (0,).": lambda: sw.Finite({(0,): 1}, ["x", "y"]),
    "Argument 'variables' must name each variable once, but x comes twice.": lambda: sw.Finite({(0, 0): 1}, ["x", x]),
    "Argument 'P' must be a law (Finite, Empirical, Independent, …), not {(0, 0): 1}.": lambda: sw.gwp("x", {(0, 0): 1}),
    "Argument 'P' must be a law (Finite, Empirical, Independent, …), not None.": lambda: sw.gcpd("x", None),
}))  # fmt: skip
def test_laws(text: str, work: Callable[[], Any]) -> None:
    refused(InvalidArgument, text, work)


# -- names, subsets, partitions, options -----------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "work"), all_cases({
    "Argument 'of' names q, which is no input; the inputs are: x, y.": lambda: sw.gwp("x*y", P, ["x", "q"]),
    "Argument 'over' names q, which is no input; the inputs are: x, y.": lambda: sw.expectation("x*y", P, "q"),
    "Argument 'partition' names q, which is no input": lambda: sw.gcp("x*y", P, [["x", "y"], ["q"]]),
    "Argument 'partition' names r, which is no input": lambda: sw.gcpd("x*y", P)[[["x", "y"], ["r"]]],
    "Argument 'S' names q, which is no input; the inputs are: x, y.": lambda: sw.gwpd("x*y", P)["q"],
    "Argument 'point' names q, which the form lacks; it has: x, y.": lambda: sw.gwp("x*y", P).at({"x": 1, "y": 1, "q": 1}),
    "Argument 'inputs' names q, which the law lacks; it has: x, y.": lambda: sw.gwp("x*y", P, inputs={"b": ["x", "q"]}),
    "Argument 'of' names x, which is no input; the inputs are: b.": lambda: sw.gwp("x*y", P, "x", inputs={"b": ["x", "y"]}),
    "Argument 'f' names q, which the law lacks; it has: x, y.": lambda: sw.gwp(sw.function(lambda q: q, ["q"]), P),
}))  # fmt: skip
def test_unknown_variables_are_named(text: str, work: Callable[[], Any]) -> None:
    refused(UnknownVariable, text, work)


def test_an_unknown_key_is_a_key_error() -> None:
    assert sw.gwpd("x*y", P).get("q", 5) == 5
    assert "q" not in sw.gwpd("x*y", P)
    assert [["x", "y"], ["q"]] not in sw.gcpd("x*y", P)


@pytest.mark.parametrize(("text", "work"), all_cases({
    "Argument 'inputs' must have disjoint blocks, but x lies in 'a' and 'b'.":
        lambda: sw.gwp("x*y", P, inputs={"a": ["x"], "b": ["y", "x"]}),
    "Argument 'inputs' must have no empty block, but 'b' is empty.":
        lambda: sw.gwp("x*y", P, inputs={"a": ["x", "y"], "b": []}),
    "Argument 'inputs' must have a block for y, which f uses.": lambda: sw.gwpd("x*y", P, inputs={"a": ["x"]}),
    "Argument 'inputs' must map block names to variables, not be [['x'], ['y']].":
        lambda: sw.gwp("x*y", P, inputs=[["x"], ["y"]]),
    "Argument 'inputs' must have names as keys, not 1.": lambda: sw.gwp("x*y", P, inputs={1: ["x", "y"]}),
    "Argument 'inputs' must name each variable once, but x comes twice.":
        lambda: sw.gwp("x*y", P, inputs={"a": ["x", "x", "y"]}),
    "Argument 'partition' must have disjoint blocks, not ('x',) and ('x', 'y'), which share 'x'.":
        lambda: sw.gcp("x*y", P, [["x"], ["x", "y"]]),
    "Argument 'partition' must cover every element of ['x', 'y'], not leave out 'y'.": lambda: sw.gcp("x*y", P, [["x"]]),
    "Argument 'partition' must have no empty block, not [('x', 'y'), ()].": lambda: sw.gcp("x*y", P, [["x", "y"], []]),
    "Argument 'partition' must be an iterable of blocks, not 'xy'.": lambda: sw.gcp("x*y", P, "xy"),
    "Argument 'partition' must be an iterable of blocks, not [3].": lambda: sw.gcp("x*y", P, [3]),
    "Argument 'of' must be a set of inputs, not 3.": lambda: sw.gwp("x*y", P, 3),
    "Argument 'of' must consist of inputs given by symbol or name, not 3.": lambda: sw.gwp("x*y", P, [3]),
    "Argument 'others' must be 'fixed' or 'average', not 'held'.": lambda: sw.gwp("x*y", P, others="held"),
    "Argument 'ring' must be one of exact, float64, not 'float32'.": lambda: sw.gwpd("x*y", P, ring="float32"),
}))  # fmt: skip
def test_inputs_partitions_and_options(text: str, work: Callable[[], Any]) -> None:
    refused(InvalidArgument, text, work)


@pytest.mark.parametrize("wrong", [-1, True, 1.0, "2"], ids=repr)
def test_max_order(wrong: Any) -> None:
    text = f"Argument 'max_order' must be an integer that is at least 0, not {wrong!r}."
    refused(InvalidArgument, text, lambda: sw.gwpd("x*y", P, max_order=wrong))


@pytest.mark.parametrize("ask", [sw.gwp, sw.gwpd, sw.gcp, sw.gcpd, sw.expectation])
@pytest.mark.parametrize("wrong", [0, -5, True, 1e6, None], ids=repr)
def test_limit(ask: Callable[..., Any], wrong: Any) -> None:
    text = f"Argument 'limit' must be an integer that is at least 1, not {wrong!r}."
    refused(InvalidArgument, text, lambda: ask("x*y", P, limit=wrong))


# -- f ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [None, object(), 1 + 2j, b"x", {1, 2}], ids=lambda f: type(f).__name__)
def test_f_of_a_wrong_type(wrong: Any) -> None:
    text = f"Argument 'f' must be an expression, a callable, a table or a vector of these, not {wrong!r}."
    refused(InvalidArgument, text, lambda: sw.gwp(wrong, P))
    refused(InvalidArgument, text, lambda: sw.gwp([x, wrong], P))


@pytest.mark.parametrize(("text", "work"), all_cases({
    "Argument 'f' must not nest vector-valued functions.": lambda: sw.gwp([lambda p, q: (p, q)], P),
    "must not nest vector-valued functions.": lambda: sw.gwp([[x]], P),
    "Argument 'f' must have at least one output.": lambda: sw.gwp([], P),
    "Argument 'f' must give a value at every point of the product of the marginal supports; x = 0, y = 1 is missing.":
        lambda: sw.gwp({(0, 0): 1, (1, 1): 1}, P),
    "Argument 'f' must have keys of 2 coordinates, not (1,).": lambda: sw.gwp({**TABLE, (1,): 1}, P),
    "Argument 'f' must have keys of 2 coordinates, not 7.": lambda: sw.gwp({**TABLE, 7: 1}, P),
    "Argument 'f' must be an array of shape (2, 2), one axis for each of x, y over its marginal support, not (3, 2).":
        lambda: sw.gwp(np.ones((3, 2), dtype=int), P),
    "Argument 'f' must return the same outputs everywhere: (0,) first, (0, 1) at (1, 0).":
        lambda: sw.gwp(lambda p, q: (1, 2) if p else (1,), P),
    "Argument 'f' must return the same outputs everywhere: ('u',) first, ('v',) at (0, 1).":
        lambda: sw.gwp(lambda p, q: {"v": 1} if q else {"u": 1}, P),
    "Argument 'f' must have finite values, not nan at x = 0, y = 0.":
        lambda: sw.gwp(lambda p, q: float("nan"), P, ring="float64"),
    "Argument 'f' must have no parameters in float64, but a remain.": lambda: sw.gwp(a * x, P, ring="float64"),
    "Argument 'f' holds two different symbols named 'x'; variables match by name.":
        lambda: sw.gwp(sympy.Symbol("x", positive=True) * x, P),
    "Argument 'f' must have a finite real value: 1/x is zoo at x = 0.": lambda: sw.gwp(1 / x, P),
    "Argument 'f' must have a finite real value: 1/(x - y) is zoo at x = 0, y = 0.": lambda: sw.gwp(1 / (x - y), P),
    "Argument 'f' must have a finite real value: sqrt(x - 1) is I at x = 0.": lambda: sw.gwp(sympy.sqrt(x - 1), P),
    "Argument 'f' must be a finite real expression, not I*x.": lambda: sw.gwp(sympy.I * x, P),
    "Argument 'f' must be a finite real expression, not x + oo.": lambda: sw.gwp(x + sympy.oo, P),
    "Argument 'f' must have exponents of at most 10,000, not 20000.": lambda: sw.gwp(x**20000, P),
    "Argument 'f' uses x as a truth value, but its values are 0, 2, not 0 and 1.":
        lambda: sw.gwp(x & y, sw.Finite({(0, 0): "1/2", (2, 1): "1/2"}, [x, y])),
    "Argument 'f' uses a as a truth value, which must be a variable of the law.": lambda: sw.gwp(x & a, P),
}))  # fmt: skip
def test_functions(text: str, work: Callable[[], Any]) -> None:
    refused(InvalidArgument, text, work)


def test_a_callable_that_forgets_to_return() -> None:
    text = "Argument 'f' must be an exact number, not NoneType None. This is f at x = 0, y = 0."
    refused(InexactError, text, lambda: sw.gwpd(lambda p, q: None, P))


@pytest.mark.parametrize(("f", "said"), [
    (lambda p: p, "(p)"), (lambda p, q, r: p, "(p, q, r)"), (lambda *, x, y: x, "(*, x, y)"),
])  # fmt: skip
def test_a_callable_of_other_arguments(f: Callable[..., Any], said: str) -> None:
    text = (
        f"Argument 'f' must take one argument for each of x, y, not {said}; "
        "symwick.function(f, names) says which variables f takes."
    )
    for ask in (sw.gwp, sw.gwpd, sw.gcp, sw.gcpd, sw.expectation):
        refuses(InvalidArgument, text, lambda ask=ask: ask(f, P))  # type: ignore[misc]


def test_callables_whose_arguments_fit_or_are_not_known() -> None:
    expected = sw.gwpd("x*y", P)
    for f in (lambda *p: p[0] * p[1], lambda p, q, r=1: p * q * r, sw.function(lambda q, p: p * q, ["y", "x"]), np.multiply):
        assert all(expected[S].at({"x": 1, "y": 1}) == W.at({"x": 1, "y": 1}) for S, W in sw.gwpd(f, P).items())
    assert sw.expectation(max, P).value == Fraction(1, 2)  # max has no signature


@pytest.mark.parametrize("text", ["x*(", "", "x; y", "__import__('os')", "x.real", "x[0]", "lambda: x", "2**99999"])
def test_text_that_is_no_expression(text: str) -> None:
    refused(FormatError, "Expression, column", lambda: sw.gwp(text, P))


# -- points and values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "work"), all_cases({
    "Argument 'point' must lie on the grid on which f is known: x is one of 0, 1, not 2.":
        lambda: sw.gwp(lambda p, q: p * q, P).at({"x": 2, "y": 1}),
    "Argument 'point' must lie on the grid on which f is known: y is one of 0, 1, not 1/2.":
        lambda: sw.gwpd(TABLE, P).at({"x": 1, "y": "1/2"}),
    "Argument 'point' must give every variable of the form; it lacks y.": lambda: sw.gwp("x*y", P).at({"x": 1}),
    "Argument 'point' must name each variable once, but x comes twice.":
        lambda: sw.gwp("x*y", P).at({"x": 1, x: 1, "y": 1}),
    "Argument 'point' must map variables to numbers, not be [1, 1].": lambda: sw.gwp("x*y", P).at([1, 1]),
    ".value needs a form without variables; this one depends on x, y: use .at(point).": lambda: sw.gwp("x*y", P).value,
    "The sum rule needs all orders; this decomposition stops at max_order=1.":
        lambda: sw.gwpd("x*y", P, max_order=1).check(),
    "A float64 decomposition has no exact sum rule; its terms carry error bounds.":
        lambda: sw.gwpd("x*y", P, ring="float64").check(),
    "Float64 forms have no exact equality": lambda: sw.gwp("x*y", P, ring="float64").equals(1),
}))  # fmt: skip
def test_points_and_values(text: str, work: Callable[[], Any]) -> None:
    refused(InvalidArgument, text, work)


@pytest.mark.parametrize(("text", "work"), all_cases({
    "The value is no rational number but 5/8 + 3*E/8; see .expr, or .evalf(digits) for digits.":
        lambda: sw.expectation(sympy.exp(x), P).value,
    "The value is no rational number but 3*pi/8; see .expr": lambda: sw.expectation(sympy.pi * x, P).value,
    "The value is no number: the parameters a remain. It is 3*a/8; see .expr.": lambda: sw.expectation(a * x, P).value,
    "The form at this point is no number: the parameters a remain. It is 9*a/32":
        lambda: sw.gwp(a * x * y, P).at({"x": 1, "y": 1}),
    "The form at this point is no rational number but -9/32 + 9*E/32":
        lambda: sw.gwp(sympy.exp(x) * y, P).at({"x": 1, "y": 1}),
}))  # fmt: skip
def test_values_that_are_no_rationals(text: str, work: Callable[[], Any]) -> None:
    refused(NotRational, text, work)


# -- too large -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [sw.gwp, sw.gwpd, sw.gcp, sw.gcpd, sw.expectation])
def test_too_large_is_said_before_the_callable_is_called(ask: Callable[..., Any]) -> None:
    law = sw.Independent({f"b{i}": sw.Bernoulli("1/2") for i in range(40)})
    calls = []
    with pytest.raises(TooLarge) as caught:
        ask(lambda *point: calls.append(point) or 0, law)
    assert (caught.value.predicted, caught.value.limit, caught.value.argument) == (2**40, 10_000_000, "limit")
    assert str(caught.value) == (
        "Values of f on the product of the marginal supports: predicted 1,099,511,627,776, above the limit of "
        "10,000,000. That is out of reach whatever the limit. A polynomial given as an expression or a circuit needs no such "
        "table."
    )
    assert not calls


def test_a_limit_is_suggested_below_ten_to_the_twelve_and_not_from_there_on() -> None:
    assert str(TooLarge("Terms", 10**12 - 1, 10, instead="Ask for less.")) == (
        "Terms: predicted 999,999,999,999, above the limit of 10. Pass limit=999999999999 (or more) to do it all the same."
    )
    beyond = "Terms: predicted 1,000,000,000,000, above the limit of 10. That is out of reach whatever the limit."
    assert str(TooLarge("Terms", 10**12, 10)) == beyond
    assert str(TooLarge("Terms", 10**12, 10, instead="Ask for less.")) == f"{beyond} Ask for less."
    assert str(TooLarge("Bytes", 10**12, 10, "memory")) == (
        "Bytes: predicted 1,000,000,000,000, above the limit of 10. That is out of reach whatever memory is."
    )
    assert str(TooLarge("Terms", 7**5000, 10)) == (
        "Terms: predicted about 10^4225, above the limit of 10. That is out of reach whatever the limit."
    )
    again = pickle.loads(pickle.dumps(TooLarge("Terms", 10**12, 10, "most", instead="Ask for less.")))
    assert str(again) == "Terms: predicted 1,000,000,000,000, above the limit of 10. " + (
        "That is out of reach whatever most is. Ask for less."
    )


def test_far_too_many_terms_are_not_suggested_as_a_limit() -> None:
    many = sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(64)})
    f = " * ".join(f"x{i}" for i in range(64))
    beyond = "above the limit of 10,000,000. That is out of reach whatever the limit. Ask for single terms, "
    text = f"Terms to count: predicted 18,446,744,073,709,551,616, {beyond}D[S], or for low orders, max_order=."
    refuses(TooLarge, text, lambda: len(sw.gwpd(f, many)))
    joint = sw.Moments([f"x{i}" for i in range(20)])
    text = f"Terms to count: predicted 51,724,158,235,372, {beyond}D[π]."
    refuses(TooLarge, text, lambda: len(sw.gcpd(" * ".join(f"x{i}" for i in range(20)), joint)))


@pytest.mark.parametrize(("f", "terms"), [
    ("(x0 + x1 + x2 + x3)**50", 23_426),               # all monomials of degree 50
    ("(1 + x0 + x1)**9 * (1 + x1 + x2)**9", 1_900),     # degrees of at most 9, 18 and 9
    ("(1 + x0)**2000", 2_001), ("(x0 - x0*x1)**1500*x2 + x3", 1_502),
])  # fmt: skip
def test_an_expression_that_is_too_large_multiplied_out(f: str, terms: int) -> None:
    law = sw.Independent({f"x{i}": sw.Normal(0, 1) for i in range(4)})
    text = (
        f"Terms of f multiplied out: predicted {terms:,}, above the limit of 1,000. "
        f"Pass limit={terms} (or more) to do it all the same."
    )
    for ask in (sw.gwp, sw.gwpd, sw.gcp, sw.gcpd, sw.expectation):
        refuses(TooLarge, text, lambda ask=ask: ask(f, law, limit=1000))  # type: ignore[misc]


@pytest.mark.parametrize("f", [
    "(x + y + a)**5*(x - y)**3", "(1 + x)*(2 + y)*(3 + a) - x*y", "((x + y)**3 + a*x)**4 + exp(x)*exp(2*y)*(1 + y)",
    "(x*y + x + 1)**6/3 + (x*y + x + 1)**2", "(x - a)**4*(sin(x + y) + y**3)**2",
])  # fmt: skip
def test_the_prediction_is_never_below_the_terms(f: str) -> None:
    expression = sw.parse_expression(f)
    found = product_sum(expression, [x, y])
    count = sum(1 for _ in found.terms)
    refused(TooLarge, "Terms of f multiplied out", lambda: product_sum(expression, [x, y], count - 1))


def test_an_expression_that_is_far_too_large_is_refused_at_once() -> None:
    law = sw.Independent({f"x{i}": sw.Bernoulli("1/2") for i in range(14)})
    with pytest.raises(TooLarge) as caught:
        sw.gwpd("(" + " + ".join(f"x{i}" for i in range(14)) + ")**14", law)
    assert caught.value.predicted == 20_058_300  # monomials of degree 14 in 14 variables
    huge = "((1 + x0 + x1 + x2)**9999 + x3)**9999 * " + " * ".join(f"(x{i} + x{i + 1})" for i in range(13))
    with pytest.raises(TooLarge):
        sw.gwpd(huge, law)


def test_the_limit_that_the_error_names_is_enough() -> None:
    calls = []
    f = lambda *point: calls.append(point) or point[0]  # noqa: E731
    refused(TooLarge, "predicted 4, above the limit of 3. Pass limit=4 (or more)", lambda: sw.gwp(f, P, limit=3))
    assert not calls
    assert sw.expectation(f, P, limit=1000).value == Fraction(3, 8)
    assert calls == [(0, 0), (0, 1), (1, 0), (1, 1)]
    refused(TooLarge, "predicted 2, above the limit of 1. Pass limit=2", lambda: sw.gcpd("x*y", P, limit=1).total())


# -- files -----------------------------------------------------------------------------------------------------------

SAVED = sw.gwpd("x*y", P).to_json()


@pytest.mark.parametrize(("text", "wrong"), [
    ("The text is no JSON", SAVED[:100]),
    ("The text is no JSON", ""),
    ("The text is no JSON", "[" * 100_000),
    ("at $: [] is not of type 'object'", "[]"),
    ("A decomposition is read from text, not int.", 3),
], ids=["cut", "empty", "deep", "array", "number"])  # fmt: skip
def test_no_json(text: str, wrong: Any) -> None:
    refused(FormatError, text, lambda: sw.from_json(wrong))


@pytest.mark.parametrize(("text", "place", "value"), [
    ("at $.format: 'symwick-decomposition/1' was expected", ["format"], "other/1"),
    ("at $.kind: 'gwp' is not one of ['gwpd', 'gcpd']", ["kind"], "gwp"),
    ("at $.gates[0].op: 'exec' is not one of", ["gates", 0, "op"], "exec"),
    ("at $.leaves[0].kind: 'code' is not one of", ["leaves", 0, "kind"], "code"),
    ("at $.terms[0].gate: -1 is less than the minimum of 0", ["terms", 0, "gate"], -1),
    ("Term gate 99 must be one of the", ["terms", 0, "gate"], 99),
    ("Gate 2 must have earlier gates as arguments, not (5,).", ["gates", 2, "args"], [5]),
    ("Gate 2 must have one weight for each argument.", ["gates", 2, "weights"], ["1", "2"]),
    ("must be a number such as '1/3' or '0.25', not 'abc'.", ["gates", 0, "constant"], "abc"),
    ("must be a number such as '1/3' or '0.25', not '1/0'.", ["gates", 0, "constant"], "1/0"),
    ("must have an exponent of at most 4 digits, not '1e99999999'.", ["gates", 0, "constant"], "1e99999999"),
    ("Numbers are written as text, not 0.5.", ["gates", 0, "constant"], 0.5),
    ("Argument 'key' names q, which is no input", ["terms", 1, "key"], ["q"]),
    ("Term ['y'] comes twice.", ["terms", 1, "key"], ["y"]),
    ("Gate input 'x' must be one of the leaves.", ["leaves", 0, "name"], "x2"),
    ("Inputs must have names of their own.", ["inputs", 1, "name"], "x"),
], ids=lambda value: str(value)[:40])  # fmt: skip
def test_malformed_decompositions(text: str, place: list[Any], value: Any) -> None:
    raw = json.loads(SAVED)
    inner = raw
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    refused(FormatError, text, lambda: sw.from_json(json.dumps(raw)))


@pytest.mark.parametrize("key", ["format", "kind", "inputs", "leaves", "gates", "terms", "target"])
def test_a_missing_part_is_named(key: str) -> None:
    raw = json.loads(SAVED)
    del raw[key]
    refused(FormatError, f"at $: '{key}' is a required property", lambda: sw.from_json(json.dumps(raw)))


def test_code_in_a_file_is_not_run() -> None:
    raw = json.loads(SAVED)
    raw["leaves"][0] = {"name": "x", "kind": "function", "variables": ["x"], "expr": "__import__('os').getcwd()"}
    refused(FormatError, "Expression, column 1: must call known functions", lambda: sw.from_json(json.dumps(raw)))
