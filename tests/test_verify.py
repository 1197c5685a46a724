"""verify: what it calls, what it compares, which verdicts it gives, how small counterexamples get."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.algebra.numbers import to_flint
from symwick.circuits.gates import GATE_NAMES
from symwick.errors import InexactError, InvalidArgument, SymwickError
from symwick.testing import oracle, strategies
from symwick.verification.calling import Style
from symwick.verification.cases import Case, representable
from symwick.verification.coefficients import simplest
from symwick.verification.magnitudes import MAGNITUDE, value_and_magnitude
from symwick.verification.report import VERDICTS
from symwick.verification.shrinking import shrunk
from tests.refusals import refuses

TWO = sw.Moments(["x", "y"])
BITS = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])


# -- how functions are called -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numeric", "called"),
    [
        (lambda x, y: x * y, "arrays, by keyword"),
        (lambda **point: point["x"] * point["y"], "arrays, by keyword"),
        (lambda a, b: a * b, "arrays, by position"),
        (lambda *point: point[0] * point[1], "arrays, by position"),
        (np.multiply, "arrays, by position"),
        (lambda x, y: float(x) * float(y), "one call a point, by keyword"),
        (lambda x, y: x * y if x > 0 else y * x, "one call a point, by keyword"),
        (lambda x, y: (x * y).reshape(x.shape), "arrays, by keyword"),
        (lambda x, y: [a * b for a, b in zip(x, y, strict=True)], "arrays, by keyword"),
        (lambda x, y, scale=1: scale * x * y, "arrays, by keyword"),
    ],
)
def test_the_way_of_calling_is_found_by_trial(numeric: Callable[..., Any], called: str) -> None:
    report = sw.verify(numeric, "x*y")
    assert (report.verdict, report.called) == ("matches", called)


def test_a_function_of_no_arguments_and_a_constant() -> None:
    assert sw.verify(lambda: 0.25, sw.expectation("x*y", BITS)).ok
    assert not sw.verify(lambda: 0.5, sw.expectation("x*y", BITS)).ok
    assert sw.verify(lambda x: 3, "x*0 + 3", arguments=["x"]).ok


def test_arguments_are_renamed_and_reordered() -> None:
    form = sw.gwp("x*y", TWO)

    def numeric(x: Any, y: Any, mean: Any, other: Any, joint: Any) -> Any:
        return x * y - mean * y - other * x + 2 * mean * other - joint

    assert sw.verify(numeric, form).ok  # by position: variables, then moments, short ones first
    names = {"x": "x", "y": "y", "mean": "E[x]", "other": "E[y]", "joint": "E[x*y]"}
    assert sw.verify(numeric, form, arguments=names).called == "arrays, by keyword"
    turned = ["E[x*y]", "x", "y", "E[x]", "E[y]"]
    assert sw.verify(lambda j, x, y, a, b: numeric(x, y, a, b, j), form, arguments=turned).ok


def test_what_converts_to_arrays_will_do() -> None:
    class Tensor:
        def __init__(self, values: Any) -> None:
            self.values = values

        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            return np.asarray(self.values, dtype=dtype)

    assert sw.verify(lambda x: Tensor(np.asarray(x) ** 2), "x**2").ok
    assert sw.verify(lambda x: Fraction(x) ** 2, "x**2").ok
    assert sw.verify(lambda x: sympy.Float(float(x), 30) ** 2, "x**2").ok


# -- kinds of exact sides -----------------------------------------------------------------------------------------------


def test_circuits_with_one_output_and_with_several() -> None:
    circuit = sw.trace(lambda x, y: {"s": x + y, "p": x * y}, ["x", "y"])
    assert sw.verify(lambda x, y: {"p": x * y, "s": x + y}, circuit).ok
    assert sw.verify(lambda x, y: (x + y, x * y), circuit).ok
    assert sw.verify(lambda x, y: np.stack([x + y, x * y]), circuit).ok
    assert sw.verify(lambda x, y: x * y, circuit["p"]).ok
    report = sw.verify(lambda x, y: (x + y, x - y), circuit)
    assert report.wrong == ("p",)
    assert report.counterexample is not None
    assert report.counterexample.term == "p"


def test_whole_decompositions_as_mappings_and_sequences() -> None:
    terms = sw.gwpd("x*y", BITS)
    p = 0.375

    def by_set(x: Any, y: Any) -> dict[Any, Any]:
        x_term, y_term = p * (x - p), p * (y - p)
        return {frozenset(): 0.25, frozenset({"x"}): x_term, ("y",): y_term, "x, y": (x - p) * (y - p) - 7 / 64}

    assert sw.verify(by_set, terms).ok
    assert sw.verify(lambda x, y: list(by_set(x, y).values()), terms).ok
    assert sw.verify(lambda: {((sympy.Symbol("x"),), ("y",)): 9 / 64, (("y", "x"),): 7 / 64}, sw.gcpd("x*y", BITS)).ok
    assert sw.verify(lambda: [7 / 64, 9 / 64], sw.gcpd("x*y", BITS)).ok


def test_structural_zeros_may_be_returned_as_zeros() -> None:
    terms = sw.gwpd("x + y", BITS)
    right = {"": 0.75, "x": 0, "y": 0, "x, y": 0}
    assert sw.verify(lambda x, y: right | {"x": x - 0.375, "y": y - 0.375}, terms).ok
    report = sw.verify(lambda x, y: right | {"x": x - 0.375, "y": y - 0.375, "x, y": x * y}, terms)
    assert report.verdict == "wrong shape"
    assert "it returns the output {x, y}, which is not among: ∅, {x}, {y}" in str(report)


def test_blocks_of_variables() -> None:
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/2"), "z": sw.Bernoulli("1/4")})
    terms = sw.gwpd("x*y*z", law, inputs={"left": ["x", "y"], "right": ["z"]})

    def numeric(x: Any, y: Any, z: Any) -> dict[str, Any]:
        left, right = x * y - 0.25, z - 0.25
        return {"": 1 / 16, "left": left / 4, "right": right / 4, "left, right": left * right}

    assert sw.verify(numeric, terms).ok


def test_mappings_and_lists_of_forms_and_numbers() -> None:
    exact = {"mean": sw.ClosedForm.of("m + 1", ["m"]), "two": 2}
    assert sw.verify(lambda m: {"mean": m + 1, "two": 2}, exact).ok
    assert sw.verify(lambda m: [m + 1, 2.0], ["m + 1", 2]).ok


@pytest.mark.parametrize(
    "exact",
    [
        lambda x, y: x * x - y,
        lambda x, y: x * x - y if x > y else x**2 - y,
        lambda x, y: Fraction(x) * x - y,
        lambda x, y: sympy.Rational(x.numerator, x.denominator) ** 2 - y if isinstance(x, Fraction) else x.nothing,
        sympy.Symbol("x") ** 2 - sympy.Symbol("y", positive=True),
    ],
)
def test_callables_over_exact_numbers(exact: Any) -> None:
    assert sw.verify(lambda x, y: x * x - y, exact).ok
    assert sw.verify(lambda x, y: x * x + y, exact).verdict == "differs"


def test_callables_with_several_outputs() -> None:
    assert sw.verify(lambda x: (x, x * x), lambda x: (x, max(x * x, 0))).ok
    assert sw.verify(lambda x: {"a": x}, lambda x: {"a": abs(abs(x)) if x > 0 else x}).ok
    assert sw.verify(lambda *p: p[0] - p[1], lambda *p: p[0] - p[1], arguments=["x", "y"]).ok


def test_functions_of_data_in_three_forms() -> None:
    def exact(law: Any) -> Any:
        return sw.gcp("x*y", law)

    assert sw.verify(lambda rows: np.cov(rows.T, bias=True)[0, 1], exact, rows=["x", "y"]).ok
    assert sw.verify(lambda x, y: ((x - x.mean()) * (y - y.mean())).mean(), exact, columns=["x", "y"]).ok
    assert sw.verify(lambda rows, w: w @ rows.prod(axis=1) - (w @ rows).prod(), exact, weighted=["x", "y"]).ok
    assert sw.verify(lambda rows: np.cov(rows.T, bias=True)[0, 1], sw.gcp("x*y", TWO), rows=["x", "y"]).ok
    report = sw.verify(lambda rows, w: rows.prod(axis=1).mean() - rows.mean(axis=0).prod(), exact, weighted=["x", "y"])
    assert report.verdict == "differs"  # it forgets the weights


def test_functions_of_data_that_only_the_law_of_the_rows_tells() -> None:
    def largest(law: Any) -> Any:
        return max(law.support("x"))

    assert sw.verify(lambda x: x.max(), largest, columns=["x"]).ok
    report = sw.verify(lambda x: np.abs(x).max(), largest, columns=["x"])
    assert report.counterexample is not None
    assert report.counterexample.rows == ((-1,),)


def test_decompositions_of_data_at_points() -> None:
    """Estimates of all terms under the law of the rows, at a point of their own."""

    def numeric(rows: Any, x: Any, y: Any) -> list[Any]:
        (a, b), ab = rows.mean(axis=0), rows.prod(axis=1).mean()
        return [ab, b * (x - a), a * (y - b), (x - a) * (y - b) - (ab - a * b)]

    assert sw.verify(numeric, lambda law: sw.gwpd("x*y", law), rows=["x", "y"]).ok
    report = sw.verify(lambda rows, x, y: numeric(rows, y, x), lambda law: sw.gwpd("x*y", law), rows=["x", "y"])
    assert report.wrong == ("{x}", "{y}", "{x, y}")
    assert report.diagnosis == ("matches with the arguments x and y transposed",)


def test_weighted_data_that_only_the_law_tells() -> None:
    def largest(law: Any) -> Any:
        return max(law.support("x"))

    assert sw.verify(lambda rows, weights: rows[:, 0].max(), largest, weighted=["x"]).ok


def test_cumulants_as_arguments() -> None:
    form = sw.expectation("x**2*y", sw.Cumulants(["x", "y"]))

    def numeric(k_x: Any, k_y: Any, k_xx: Any, k_xy: Any, k_xxy: Any) -> Any:
        return k_xxy + 2 * k_xy * k_x + k_xx * k_y + k_x**2 * k_y

    assert sw.verify(numeric, form).called == "arrays, by keyword"
    assert sw.verify(numeric, form).ok
    report = sw.verify(lambda k_x, k_y, k_xx, k_xy, k_xxy: numeric(k_x, k_y, k_xx, 0, 0), form)
    assert report.diagnosis == ("matches with x and y taken for independent",)
    report = sw.verify(lambda k_x, k_y, k_xx, k_xy, k_xxy: numeric(k_x, k_y, k_xx, k_xy, 0), form)
    assert report.diagnosis == ("matches with the coefficient of κ[x,x,y] = 0 instead of 1: the term is left out",)


# -- errors, conditions, tolerances ---------------------------------------------------------------------------------------


def test_cancellation_is_not_blamed_on_the_function() -> None:
    coefficients = np.poly([3] * 8)
    exact = sw.ClosedForm.of(sympy.expand((sympy.Symbol("x") - 3) ** 8), ["x"])
    report = sw.verify(lambda x: np.polyval(coefficients, x), exact)
    assert report.ok
    assert report.worst is not None
    near = sw.verify(lambda x: np.polyval(coefficients, x), exact, where=lambda x: 2 < x < 4)
    assert near.ok
    assert near.worst is not None
    assert near.worst.relative > 1e-12
    assert near.worst.condition > 1e6


def test_errors_above_the_tolerance_are_found_and_measured() -> None:
    report = sw.verify(lambda x: x * (1 + 3e-9), "x")
    assert not report.ok
    assert report.worst is not None
    assert 2e-9 < report.worst.relative < 4e-9
    assert 1e6 < report.worst.ulps < 3e7
    assert sw.verify(lambda x: x * (1 + 3e-9), "x", rtol=1e-8).ok
    assert not sw.verify(lambda x: x * (1 + 1e-14), "x", rtol="1/1000000000000000").ok


@pytest.mark.parametrize(("kind", "ok"), [(np.float32, True), (np.float64, True)])
def test_short_floats_have_a_tolerance_of_their_own(kind: Any, ok: bool) -> None:
    assert sw.verify(lambda x, y: np.asarray(x, kind) * np.asarray(y, kind) - np.asarray(y, kind), "x*y - y").ok is ok
    assert not sw.verify(lambda x: np.asarray(x, np.float32) * np.float32(1 + 1e-4), "x").ok
    assert not sw.verify(lambda x: np.asarray(x * (1 + 1e-7), float), "x").ok


def test_short_floats_may_overflow_where_the_exact_value_is_out_of_their_range() -> None:
    assert sw.verify(lambda x: np.asarray(x, np.float32) ** 8, "x**8").ok


def test_every_gate_has_a_magnitude() -> None:
    assert set(MAGNITUDE) == set(GATE_NAMES)


@pytest.mark.parametrize(
    ("text", "size"),
    [("x - y", 5), ("(x - y)**2", 25), ("1/(x - y)", 5), ("x*y - 6", 12), ("sqrt(x*x) - 2", 5), ("max(x, y)", 3), ("abs(x)", 2)],
)
def test_magnitudes_do_not_cancel(text: str, size: int) -> None:
    form = sw.ClosedForm.of(text, ["x", "y"])
    point = {"x": to_flint(2), "y": to_flint(3)}
    _, found = value_and_magnitude(form.circuit, {n: point[n] for n in form.circuit.inputs})["value"]
    assert found == size


@given(strategies.circuits(2), strategies.points(["x0", "x1"]))
def test_magnitudes_bound_values_and_values_are_exact(circuit: Any, point: dict[str, Fraction]) -> None:
    (value, size), = value_and_magnitude(circuit, {n: to_flint(v) for n, v in point.items()}).values()  # fmt: skip
    assert abs(value) <= size
    assert Fraction(int(value.p), int(value.q)) == circuit.evaluate(point)["out"]


def test_functions_that_are_no_rationals() -> None:
    assert sw.verify(lambda x: np.exp(x) - 1, "exp(x) - 1").ok
    assert sw.verify(lambda x: np.sin(x) * x, "x*sin(x)").ok
    assert sw.verify(lambda x: np.log(x), "log(x)").ok  # only where it is real
    assert sw.verify(lambda x: np.expm1(x), "exp(x)").verdict == "differs"


@settings(max_examples=20)
@given(strategies.circuits(2, max_gates=5))
def test_circuits_run_in_floats_match_themselves(circuit: Any) -> None:
    def numeric(x0: Any, x1: Any) -> Any:
        return circuit.evaluate({"x0": np.atleast_1d(x0), "x1": np.atleast_1d(x1)})["out"]

    assert sw.verify(numeric, circuit, samples=60).ok


@settings(max_examples=20)
@given(strategies.finite_laws(2, variables=["x", "y"]), strategies.polynomials(["x", "y"], max_terms=2, max_exponent=2))
def test_the_oracle_matches_the_decomposition(law: Any, f: sympy.Expr) -> None:
    P, weights = law
    x, y = sympy.symbols("x y")

    def function(point: Any) -> Fraction:
        value = f.subs({x: sympy.Rational(point[0]), y: sympy.Rational(point[1])})
        return Fraction(int(value.p), int(value.q))

    def numeric(x: float, y: float) -> dict[Any, float]:
        found = oracle.gwpd(function, weights, (Fraction(x), Fraction(y)))
        return {tuple("xy"[i] for i in key): float(value) for key, value in found.items()}

    assert sw.verify(numeric, sw.gwpd(f, P), arguments=["x", "y"], samples=5).ok


# -- verdicts -------------------------------------------------------------------------------------------------------------


def _mutates(x: Any) -> Any:
    x -= 1
    return x + 1


_CALLS = iter(range(10**9))

BAD: list[tuple[Callable[..., Any], str, str]] = [
    (lambda x: 1 / float(x) * float(x) ** 3, "raises", "it raises ZeroDivisionError: float division by zero"),
    (lambda x: [][0], "raises", "it raises IndexError: list index out of range"),
    (lambda x: sys.exit(3), "raises", "it raises SystemExit: 3"),
    (lambda x: [x, x], "wrong shape", "it returns an array of shape (2,) instead of a number"),
    (lambda x: {"a": x}, "wrong shape", "it returns a mapping with the keys a instead of a number"),
    (lambda x: np.ones(2) * 3, "wrong shape", "it returns an array of shape (2,) instead of a number"),
    (lambda x: [[1], [2, 3]], "wrong shape", "it returns a list, of which NumPy makes no array"),
    (lambda x: x * np.nan, "not a number", "it gives nan where the exact value is 0"),
    (lambda x: x**3 / x, "not a number", "it gives nan where the exact value is 0"),
    (lambda x: x**2 + np.where(x == 0, np.inf, 0), "not a number", "it gives inf where the exact value is 0"),
    (lambda x: None, "not a number", "it returns None: is a return missing?"),
    (lambda x: "4", "not a number", "it returns <U1 values instead of a number"),
    (lambda x: x * 1j, "not a number", "it returns a complex number instead of a number"),
    (lambda x: object(), "not a number", "it returns a object instead of a number"),
    (lambda x: x**2 + next(_CALLS), "not deterministic", "called again it gives"),
    (lambda: 0, "takes other arguments", "it takes (), but the exact side has the arguments: x"),
    (lambda x, y: x, "takes other arguments", "it takes (x, y), but the exact side has the arguments: x"),
]


@pytest.mark.parametrize(("numeric", "verdict", "text"), BAD)
def test_what_functions_should_not_do_is_a_verdict(numeric: Callable[..., Any], verdict: str, text: str) -> None:
    report = sw.verify(numeric, "x**2")
    assert report.verdict == verdict
    assert verdict in VERDICTS
    assert report.detail.startswith(text)
    assert not report
    with pytest.raises(AssertionError) as caught:
        sw.assert_matches(numeric, "x**2")
    assert str(caught.value).startswith(f"{verdict}: {text}")


def test_mutated_arguments() -> None:
    report = sw.verify(_mutates, "x")
    assert (report.verdict, report.detail) == ("mutates its arguments", "it changes its argument x")

    def centres(rows: Any) -> Any:
        rows -= rows.mean(axis=0)
        return (rows**2).mean()

    report = sw.verify(centres, lambda law: law.cumulant(["x", "x"]), rows=["x"])
    assert (report.verdict, report.detail) == ("mutates its arguments", "it changes its argument rows")


def test_missing_and_unknown_outputs() -> None:
    terms = sw.gwpd("x*y", BITS)
    missing = sw.verify(lambda x, y: {"x": x}, terms)
    assert missing.detail == "it returns no output ∅, {y}, {x, y}"
    unknown = sw.verify(lambda x, y: {"z": x}, terms)
    assert unknown.detail == "it returns the key 'z', which is none of: ∅, {x}, {y}, {x, y}"
    assert sw.verify(lambda x, y: [x, y], terms).detail == "it returns 2 outputs instead of 4: ∅, {x}, {y}, {x, y}"
    assert sw.verify(lambda x, y: 1.0, terms).detail == "it returns one number instead of 4: ∅, {x}, {y}, {x, y}"
    twice = sw.verify(lambda x, y: {"x": x, ("x",): x}, terms)
    assert twice.detail == "it returns the output {x} twice"


def test_points_before_outputs_is_said() -> None:
    def numeric(x: Any) -> Any:
        return np.column_stack([x.ravel(), x.ravel() ** 2])

    report = sw.verify(numeric, ["x", "x**2"])
    assert report.verdict in ("raises", "wrong shape")


def test_no_traceback_of_ours_whatever_a_function_returns() -> None:
    for result in (b"", {}, [], (), set(), type, Ellipsis, [None], {"": None}, np.array([]), np.array("x"), lambda: 0):
        assert not sw.verify(lambda x, result=result: result, "x").ok
        assert not sw.verify(lambda x, result=result: result, ["x", "x + 1"]).ok


# -- counterexamples --------------------------------------------------------------------------------------------------------


def test_counterexamples_are_small() -> None:
    report = sw.verify(lambda x, y, z: x * y * z + (x > 2), "x*y*z")
    assert report.counterexample is not None
    assert report.counterexample.point == {"x": 3, "y": 0, "z": 0}
    report = sw.verify(lambda rows: rows.prod(axis=1).mean(), lambda law: sw.gcp("x*y", law), rows=["x", "y"])
    assert report.counterexample is not None
    assert report.counterexample.rows == ((1, 1),)
    report = sw.verify(lambda x: np.mean(x**2) + (len(x) > 3), lambda law: law.moment({"x": 2}), columns=["x"])
    assert report.counterexample is not None
    assert report.counterexample.rows == ((0,),) * 4


@given(st.lists(st.fractions(-9, 9, max_denominator=8), min_size=3, max_size=3), st.integers(0, 2))
def test_shrinking_ends_at_a_case_that_fails_and_is_not_longer(values: list[Fraction], place: int) -> None:
    case = Case(dict(zip("xyz", values, strict=True)))

    def fails(case: Case) -> bool:
        return abs(case.numbers["xyz"[place]]) >= abs(values[place]) / 2

    found = shrunk(case, fails)
    assert fails(found)
    assert found.complexity() <= case.complexity()
    assert sum(map(bool, found.numbers.values())) == bool(values[place])


def _wrong(x: Any, y: Any) -> Any:
    return x * y + 1


@pytest.mark.parametrize(
    ("numeric", "exact", "options"),
    [
        (_wrong, "x*y", {}),
        (lambda x, y: float(x) * float(y) + 1, "x*y", {}),
        (lambda a, b: a + b + 1e-3, "x + y", {}),
        (lambda x: 1 / float(x), "x", {}),
        (lambda x: x / x * x, "x", {}),
        (_mutates, "x", {}),
        (lambda x: x + np.random.default_rng().normal(), "x", {}),
        (lambda x, y: {"": 0, "x": x, "y": y, "x, y": 0}, sw.gwpd("x*y", BITS), {}),
        (lambda x, y: {frozenset({sympy.Symbol("x")}): x, (): 1, ("y",): y, ("x", "y"): x}, sw.gwpd("x*y", BITS), {}),
        (lambda rows: rows.prod(axis=1).mean(), lambda law: sw.gcp("x*y", law), {"rows": ["x", "y"]}),
        (lambda x, y: (x * y).mean(), lambda law: sw.gcp("x*y", law), {"columns": ["x", "y"]}),
        (lambda rows, w: rows.prod(axis=1).mean(), lambda law: sw.expectation("x*y", law), {"weighted": ["x", "y"]}),
        (lambda rows: rows.__imul__(0).sum(), lambda law: 0 * law.moment(["x"]), {"rows": ["x"]}),
        (lambda x, y, a, b, ab: (x - a) * (y - b), sw.gwp("x*y", TWO), {}),
    ],
)
def test_the_code_of_a_counterexample_fails_as_the_function_does(numeric: Any, exact: Any, options: Any) -> None:
    report = sw.verify(numeric, exact, **options)
    assert report.counterexample is not None
    name = getattr(numeric, "__name__", "numeric")
    code = report.counterexample.code
    if f"import {name}\n" in code:
        code = "\n".join(line for line in code.splitlines() if not line.endswith(f"import {name}"))
    with np.errstate(all="ignore"), pytest.raises((AssertionError, ZeroDivisionError)):
        exec(code, {"numeric": numeric, name: numeric})


def test_points_are_floats_the_same_for_a_seed_and_others_for_another() -> None:
    seen: list[list[float]] = []
    for seed in (0, 0, 1):
        points: list[float] = []
        sw.verify(lambda x, points=points: points.append(float(x)) or float(x), "x", seed=seed)
        seen.append(points)
    assert seen[0] == seen[1] != seen[2]
    for special in (0, 1, -1, 0.5, 2.0**20, 2.0**-20):
        assert special in seen[0]


def test_points_of_the_support_and_off_it() -> None:
    seen: set[tuple[float, float]] = set()

    def numeric(x: float, y: float) -> list[float]:
        seen.add((float(x), float(y)))
        p = 0.375
        return [0.25, p * (x - p), p * (y - p), (x - p) * (y - p) - 7 / 64]

    assert sw.verify(numeric, sw.gwpd("x*y", BITS)).ok
    assert {(0.0, 0.0), (1.0, 1.0)} <= seen
    assert any(x not in (0, 1) for x, _ in seen)


def test_forms_on_a_grid_are_compared_on_it() -> None:
    form = sw.gwp(lambda x, y: max(x, y), BITS)
    mean = sw.expectation(lambda x, y: max(x, y), BITS).value
    assert mean == Fraction(1, 2)
    table = {(x, y): float(form.at({"x": x, "y": y})) for x in (0, 1) for y in (0, 1)}
    report = sw.verify(lambda x, y: table[x, y], form)
    assert report.ok
    assert report.points == 4


def test_domains_and_conditions() -> None:
    xor = sw.trace(lambda x, y: x + y - 2 * x * y, ["x", "y"])
    assert sw.verify(lambda x, y: float(int(x) ^ int(y)), xor, domain={"x": [0, 1], "y": [0, 1]}).points == 4
    assert sw.verify(lambda x: np.sqrt(x) ** 2, "x", where=lambda x: x >= 0).ok
    normal = sw.MultivariateNormal(["x", "y"], ["m", "n"], [["v", "c"], ["c", "w"]])
    seen: list[tuple[float, float, float]] = []

    def numeric(m: float, n: float, v: float, c: float, w: float) -> float:
        seen.append((float(v), float(c), float(w)))
        return float(m) * float(n) + float(c) + 0 * float(v) ** 0.5

    assert sw.verify(numeric, sw.expectation("x*y", normal), arguments=["m", "n", "v", "c", "w"]).ok
    assert all(v >= 0 and w >= 0 and c * c <= v * w for v, c, w in seen)


def test_moments_are_those_of_laws() -> None:
    seen = []

    def numeric(a: Any, b: Any) -> Any:
        seen.append((np.array(a), np.array(b)))
        return b - a**2

    assert sw.verify(numeric, sw.gcp("x**2", sw.Moments(["x"])) - sw.ClosedForm.of("E[x]**2")).ok
    assert all((b >= a * a * (1 - 1e-12)).all() for a, b in seen)


# -- diagnoses that the mutants do not show -----------------------------------------------------------------------------


def test_nothing_is_diagnosed_where_nothing_explains() -> None:
    report = sw.verify(lambda x, y: np.sin(x * y), "x*y - 3*x")
    assert (report.verdict, report.diagnosis) == ("differs", ())


def test_several_coefficients() -> None:
    report = sw.verify(lambda x, y: 5 * x * y - 2 * x + y / 2, "3*x*y - 2*x + y")
    assert report.diagnosis == ("matches with the coefficients of x*y = 5 instead of 3, y = 1/2 instead of 1",)


def test_wrong_outputs_are_diagnosed_one_by_one() -> None:
    report = sw.verify(lambda x, y: [x * y, 2 * x], ["x*y + 1", "x"])
    assert report.wrong == ("0", "1")
    assert report.diagnosis == (
        "0: matches with the constant = 0 instead of 1: the term is left out",
        "1: matches with the coefficient of x = 2 instead of 1",
    )


def test_what_is_zero_everywhere() -> None:
    """No term of any size: nothing to measure an error in."""
    same = sw.Finite({(0, 0): "1/2", (1, 1): "1/2"}, ["x", "y"])
    zero = sw.gwp(lambda x, y: x + y, same)
    assert sw.verify(lambda x, y: 0.0, zero, arguments=["x", "y"]).ok
    report = sw.verify(lambda x, y: float(x > 0), zero, arguments=["x", "y"])
    assert report.diagnosis == ("matches with the coefficient of x = 1 instead of 0: a term too many",)


@pytest.mark.parametrize(("low", "high", "value"), [("0.3", "0.4", "1/3"), ("-0.4", "-0.3", "-1/3"), ("2.9", "3.2", "3")])
def test_the_simplest_rational(low: str, high: str, value: str) -> None:
    assert simplest(Fraction(low), Fraction(high)) == Fraction(value)


@given(st.fractions(-5, 5), st.fractions(0, 1))
def test_the_simplest_rational_lies_between(low: Fraction, width: Fraction) -> None:
    assert low <= simplest(low, low + width) <= low + width


# -- reports --------------------------------------------------------------------------------------------------------------


def test_reports_print_and_show() -> None:
    report = sw.verify(lambda x, y: x * y + 1, "x*y")
    assert str(report).splitlines()[:3] == [
        "differs: at 199 of 200 points, arrays, by keyword, seed 0",
        "smallest counterexample: at x = 0, y = 0: it gives 1.0, exactly it is 0",
        "diagnosis: matches with the constant = 1 instead of 0: a term too many",
    ]
    assert "<td" in report._repr_html_()
    assert repr(report) == str(report)
    assert str(Style(True, True)) == "arrays, by keyword"
    fine = sw.verify(lambda x, y: x * y, "x*y")
    assert str(fine).startswith("matches: 200 points, arrays, by keyword, seed 0")
    sw.assert_matches(lambda x, y: x * y, "x*y")


# -- misuse ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "arguments", "options"),
    [
        (InvalidArgument, "Argument 'numeric' must be callable, not 3.", (3, "x"), {}),
        (
            InvalidArgument,
            "Argument 'exact' must be a form, an expression, a circuit, a decomposition, a mapping or list of forms, or a "
            "callable over exact numbers, not None.",
            (abs, None),
            {},
        ),
        (InvalidArgument, "Argument 'samples' must be an integer that is at least 1, not 0.", (abs, "x"), {"samples": 0}),
        (InvalidArgument, "Argument 'seed' must be an integer that is at least 0, not -1.", (abs, "x"), {"seed": -1}),
        (InvalidArgument, "Argument 'rtol' must be a positive number, not 0.", (abs, "x"), {"rtol": 0}),
        (InvalidArgument, "Argument 'rtol' must be a positive number, not nan.", (abs, "x"), {"rtol": float("nan")}),
        (InvalidArgument, "Argument 'rtol' must be a positive number, not 'much'.", (abs, "x"), {"rtol": "much"}),
        (
            InvalidArgument,
            "Argument 'least_rows' must be an integer that is at least 1, not 0.",
            (abs, "x"),
            {"least_rows": 0},
        ),
        (
            InvalidArgument,
            "Argument 'arguments' must name every argument of the exact side; it lacks y.",
            (abs, "x + y"),
            {"arguments": ["x"]},
        ),
        (
            InvalidArgument,
            "Argument 'arguments' must list symbols, or map names to them, not be 3.",
            (abs, "x + y"),
            {"arguments": 3},
        ),
        (
            InvalidArgument,
            "Argument 'arguments' must have names of arguments as keys, not 'a b'.",
            (abs, "x"),
            {"arguments": {"a b": "x"}},
        ),
        (
            InvalidArgument,
            "Argument 'arguments' must name each symbol once.",
            (abs, "x"),
            {"arguments": {"a": "x", "b": "x"}},
        ),
        (
            InvalidArgument,
            "Argument 'arguments' must give every argument a name of its own: two are passed under one.",
            (abs, "x"),
            {"arguments": ["x", "E[x]", "E_x"]},
        ),
        (
            InvalidArgument,
            "Argument 'arguments' must name the arguments where 'exact' is a callable that does not, such as one with *args.",
            (abs, lambda *a: a[0]),
            {},
        ),
        (
            InvalidArgument,
            "Arguments 'rows' and 'columns' exclude each other: the data come in one way.",
            (abs, "x"),
            {"rows": ["x"], "columns": ["x"]},
        ),
        (InvalidArgument, "Argument 'rows' must name at least one variable.", (abs, "E[x]"), {"rows": []}),
        (
            InvalidArgument,
            "Argument 'rows' must name every variable of the exact side; it lacks y.",
            (abs, sw.gcp("x*y", TWO)),
            {"rows": ["x"]},
        ),
        (
            InvalidArgument,
            "Argument 'columns' must not name x, on which the exact side depends as well: pass rows= instead.",
            (abs, sw.gwp("x*y", TWO)),
            {"columns": ["x", "y"]},
        ),
        (
            InvalidArgument,
            "Argument 'where' must be a callable that says which points count, not 3.",
            (abs, "x"),
            {"where": 3},
        ),
        (
            InvalidArgument,
            "Arguments 'where' and 'domain' must admit some of the points that are tried, not none.",
            (abs, "x"),
            {"where": lambda x: False},
        ),
        (
            InvalidArgument,
            "Argument 'domain' must map arguments to the numbers they may be, not be 3.",
            (abs, "x"),
            {"domain": 3},
        ),
        (
            InvalidArgument,
            "Argument 'domain' names y, which is no argument; they are: x.",
            (abs, "x"),
            {"domain": {"y": [1]}},
        ),
        (InvalidArgument, "Argument 'domain[x]' must list numbers, not be 3.", (abs, "x"), {"domain": {"x": 3}}),
        (InvalidArgument, "Argument 'domain[x]' must list at least one number.", (abs, "x"), {"domain": {"x": []}}),
        (
            InvalidArgument,
            "Argument 'domain[x]' must hold numbers that are floats exactly, not 1/3.",
            (abs, "x"),
            {"domain": {"x": ["1/3"]}},
        ),
        (
            InvalidArgument,
            "Argument 'exact' must have a finite real value at some of the points tried, not at none.",
            (abs, "sqrt(-1 - x*x)"),
            {},
        ),
        (
            InvalidArgument,
            "Argument 'exact' must be exact, not a form of floats (ring='float64').",
            (abs, sw.gwp("x*y", BITS, ring="float64")),
            {},
        ),
    ],
)
def test_misuse_is_refused(kind: type[SymwickError], text: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    refuses(kind, text, lambda: sw.verify(*arguments, **options))


def test_an_exact_side_that_is_not_exact_or_not_one_thing() -> None:
    with pytest.raises(InexactError, match="Argument 'exact' must be exact, not the float 0.5"):
        sw.verify(abs, lambda x: 0.5 if x > -9e9 else 0)
    outputs = iter([(1, 2), 3] * 500)
    refuses(
        InvalidArgument,
        "Argument 'exact' must have a finite real value at some of the points tried, not at none.",
        lambda: sw.verify(lambda x: x, lambda x: next(outputs) if x > -9e9 else 0, samples=1),
    )


def test_numbers_that_are_floats() -> None:
    assert representable(Fraction(1, 4)) == Fraction(1, 4)
    assert representable(Fraction(1, 3)) != Fraction(1, 3)


def test_it_works_without_pytest_and_hypothesis(tmp_path: Any) -> None:
    code = (
        "import sys\n"
        "for name in ('pytest', 'hypothesis'):\n    sys.modules[name] = None\n"
        "import symwick as sw\n"
        "sw.assert_matches(lambda x: x * x, 'x**2')\n"
        "print(sw.verify(lambda x: x, 'x**2').verdict)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "differs"
