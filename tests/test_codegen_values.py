"""Compiled forms, circuits and decompositions have the values that exact evaluation has."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.codegen import backends
from symwick.codegen.numba_source import numba_available
from symwick.testing import strategies as sws
from tests.codegen_cases import NAMES, NUMBERS, as_exact, circuits, near

x, y, z = sympy.symbols("x y z")
WORKED = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
POINT = st.fixed_dictionaries({name: st.sampled_from([Fraction(k, 4) for k in range(-8, 9)]) for name in NAMES})


def at_point(fn: sw.Evaluator, point: dict[str, Fraction]) -> list[float]:
    found = fn(**{name: float(point[name]) for name in fn.arguments})
    return [float(value) for value in found.values()] if isinstance(found, dict) else [float(found)]


def exactly(source: Any, point: dict[str, Fraction]) -> list[Any]:
    fn = sw.compile(source, exact=True)
    found = fn(**{name: point[name] for name in fn.arguments})
    return list(found.values()) if isinstance(found, dict) else [found]


@given(circuits(), POINT)
def test_a_random_circuit_has_its_exact_values(circuit: sw.Circuit, point: dict[str, Fraction]) -> None:
    wanted = exactly(circuit, point)
    near(circuit, point, at_point(sw.compile(circuit), point), wanted)


@given(circuits(), POINT)
def test_a_tape_has_the_same_values(circuit: sw.Circuit, point: dict[str, Fraction]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backends, "STRAIGHT", -1)
        fn = sw.compile(circuit)
    assert "STEPS" in fn.source
    near(circuit, point, at_point(fn, point), exactly(circuit, point))


@settings(max_examples=15)
@given(sws.polynomials(NAMES, max_terms=8), POINT, st.sampled_from(["float64", "float32", "longdouble"]))
def test_a_polynomial_in_every_dtype(f: sympy.Expr, point: dict[str, Fraction], dtype: str) -> None:
    fn = sw.compile(f, dtype=dtype)
    result = fn(**{name: float(point[name]) for name in fn.arguments})
    assert result.dtype == np.dtype(dtype)
    near(f, point, [float(result)], exactly(f, point), np.dtype(dtype))


@settings(max_examples=20)
@given(st.data())
def test_all_terms_of_a_decomposition(data: st.DataObject) -> None:
    law, _ = data.draw(sws.finite_laws(3, variables=NAMES))
    D = sw.gwpd(data.draw(sws.polynomials(NAMES)), law)
    point = {v: data.draw(st.sampled_from(law.support(v))) for v in NAMES}
    fn = sw.compile(D)
    found = fn(**{name: float(point[name]) for name in fn.arguments})
    assert list(found) == list(D) == list(fn.outputs)
    near(D, {name: Fraction(value) for name, value in point.items()}, [float(v) for v in found.values()],
         [form.at(point) for form in D.values()])  # fmt: skip


@settings(max_examples=20)
@given(st.data())
def test_terms_of_a_table_are_no_number_off_the_grid(data: st.DataObject) -> None:
    law, weights = data.draw(sws.finite_laws(2, variables=["x", "y"]))
    table = data.draw(sws.tables(weights))
    form = sw.gwp(lambda *point: table[tuple(map(Fraction, point))], law)
    fn = sw.compile(form)
    for a in law.support("x"):
        for b in law.support("y"):
            given_ = {"x": float(a), "y": float(b)}
            value = fn(**{name: given_[name] for name in fn.arguments})
            assert float(value) == pytest.approx(float(form.at({"x": a, "y": b})), rel=1e-12, abs=1e-12)
    for v in form.domain if fn.operations else ():  # a form that is 0 on its grid is the constant 0
        off = {**{w.name: float(law.support(w)[0]) for w in law.variables}, v.name: 1e3}
        assert np.isnan(fn(**{name: off[name] for name in fn.arguments}))


def test_the_worked_example() -> None:
    fn = sw.compile(sw.gwp("x*y", WORKED))
    assert fn(x=[0, 0, 1, 1], y=[0, 1, 0, 1]).tolist() == [1 / 32, -11 / 32, -11 / 32, 9 / 32]
    assert fn.operations == {"multiply": 1, "subtract": 3}


EXPRESSIONS = [
    x / (1 + y**2), 1 / x + 1 / x**3, sympy.sqrt(x) * y, x ** sympy.Rational(-3, 2), x ** sympy.Rational(1, 3), x**y,
    sympy.exp(x) * sympy.log(x) + sympy.tan(y), sympy.sinh(x) - sympy.cosh(y) + sympy.tanh(x * y), sympy.atan(x / y),
    sympy.Abs(x - y) + sympy.sign(x - 2), sympy.floor(3 * x) + sympy.ceiling(y), sympy.Max(x, y, 1) - sympy.Min(x, y, z),
    sympy.Piecewise((x, x < y), (y**2, x < 2 * y), (1, True)), sympy.Piecewise((1, sympy.Eq(x, 2)), (0, True)),
    sympy.Mod(x, y), sympy.Heaviside(x - y),
    sympy.Piecewise((x, sympy.And(x > 1, y > 1)), (-x, sympy.Or(x > 2, y < 1)), (0, True)),
    sympy.asin(x / 4), sympy.acos(y / 4), sympy.asinh(x), sympy.acosh(x + 1), sympy.atanh(x / 4), sympy.atan2(x, y),
    sympy.pi * x + sympy.sqrt(2) - sympy.exp(sympy.Rational(1, 2)), sympy.sec(x) + sympy.cot(y), sympy.coth(x) + sympy.csch(y),
    2**x, sympy.Piecewise((x, sympy.Xor(x > 1, y > 1)), (1, True)), sympy.Piecewise((x, sympy.Not(sympy.Ne(x, y))), (y, True)),
]  # fmt: skip


PAIRS = [(f, backend) for f in EXPRESSIONS for backend in ("numpy", "tape")]
if numba_available():  # which takes its time: every fourth
    PAIRS += [(f, "numba") for f in EXPRESSIONS[::4]]


@pytest.mark.parametrize(("f", "backend"), PAIRS, ids=str)
def test_functions_have_sympys_values(f: sympy.Expr, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if backend == "tape":
        monkeypatch.setattr(backends, "STRAIGHT", -1)
    fn = sw.compile(f, "numba" if backend == "numba" else "numpy")
    points = [(1.25, 0.75, 0.5), (2.0, 2.0, 2.0), (0.5, 3.0, -1.0), (3.5, 1.5, 7.0)]
    columns = dict(zip("xyz", np.array(points).T, strict=True))
    found = fn(**{name: columns[name] for name in fn.arguments})
    for got, point in zip(np.broadcast_to(found, 4), points, strict=True):
        wanted = f.subs(dict(zip((x, y, z), map(sympy.Rational, map(Fraction, point)), strict=True)))
        assert float(got) == pytest.approx(float(sympy.N(wanted, 30)), rel=1e-13, abs=1e-13)


def test_a_piecewise_function_without_a_last_piece_has_no_value_there() -> None:
    fn = sw.compile(sympy.Piecewise((x, x > 0)), check=False)
    assert np.array_equal(fn(x=[1.0, -1.0]), [1.0, np.nan], equal_nan=True)


def test_truth_values_and_integers_are_numbers() -> None:
    fn = sw.compile("3*x + y")
    assert fn(x=np.array([True, False]), y=np.array([1, 2], np.int8)).tolist() == [4.0, 2.0]
    assert fn(x=np.uint64(2**63), y=0) == 3 * 2.0**63
    assert fn(x=Fraction(1, 3), y=sympy.Rational(1, 2)) == 3 * (1 / 3) + 0.5
    assert fn(x=0, y=10**30) == 1e30


def test_nan_and_infinities_propagate_as_in_numpy() -> None:
    fn = sw.compile("x*y + max(x, y)")
    with np.errstate(invalid="ignore"):
        found = fn(x=np.array([np.nan, np.inf, np.inf, 1.0]), y=np.array([1.0, 0.0, 2.0, -np.inf]))
    assert np.array_equal(found, [np.nan, np.nan, np.inf, -np.inf], equal_nan=True)


# -- shapes ------------------------------------------------------------------------------------------------------------------

SHAPES = [(), (1,), (3,), (2, 3), (2, 1), (1, 1, 3), (0,), (2, 0), (4, 2, 3)]


@given(st.sampled_from(SHAPES), st.sampled_from(SHAPES), st.booleans())
def test_arguments_broadcast(first: tuple[int, ...], second: tuple[int, ...], fortran: bool) -> None:
    a = np.arange(np.prod(first), dtype=float).reshape(first)
    b = np.arange(np.prod(second), dtype=float).reshape(second) - 1
    fn = _CUBIC
    try:
        wanted = a * b + 3 * a - b**2
    except ValueError:
        with pytest.raises(sw.InvalidArgument, match="must have shapes that broadcast together"):
            fn(a, b)
        return
    found = fn(np.array(a, order="F" if fortran else "C"), b)
    assert np.shape(found) == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=1e-14)


_CUBIC = sw.compile("x*y + 3*x - y**2")


def test_scalars_give_scalars_and_arrays_arrays() -> None:
    assert isinstance(_CUBIC(1, 2), np.float64)
    assert isinstance(_CUBIC(np.array(1.0), 2), np.float64)
    assert isinstance(_CUBIC([1.0], 2), np.ndarray)
    D = sw.compile(sw.gwpd("x*y", WORKED))
    assert all(isinstance(value, np.float64) for value in D(0, 1).values())
    assert D(x=np.empty((0, 2)), y=1)[frozenset()].shape == (0, 2)


def test_by_position_and_by_keyword() -> None:
    assert _CUBIC.arguments == ("x", "y")
    assert _CUBIC(2, 3) == _CUBIC(2, y=3) == _CUBIC(y=3, x=2)


def test_columns_of_a_table_and_reversed_arrays() -> None:
    table = np.arange(12.0).reshape(6, 2)
    wanted = [_CUBIC(a, b) for a, b in table]
    assert _CUBIC(table[:, 0], table[:, 1]).tolist() == wanted
    assert _CUBIC(table[::-1, 0], table[::-1, 1]).tolist() == wanted[::-1]


def test_other_byte_orders_and_read_only_arrays() -> None:
    a = np.arange(5, dtype=">f8")
    b = np.arange(5.0)
    b.setflags(write=False)
    assert _CUBIC(a, b).tolist() == [_CUBIC(k, k) for k in range(5)]


# -- blocks, threads, out ----------------------------------------------------------------------------------------------------


def test_blocks_of_rows_fit_together() -> None:
    rows = 3 * 16384 + 17
    a, b = np.random.default_rng(0).normal(size=(2, rows))
    found = _CUBIC(a, b)
    np.testing.assert_allclose(found, a * b + 3 * a - b**2, rtol=1e-13, atol=1e-13)
    np.testing.assert_array_equal(found[16380:16400], _CUBIC(a[16380:16400], b[16380:16400]))


def test_large_broadcasts_are_copied_block_by_block() -> None:
    a, b = np.arange(300.0)[:, None], np.arange(400.0)
    np.testing.assert_array_equal(_CUBIC(a, b), a * b + 3 * a - b**2)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_share_the_rows(threads: int) -> None:
    a, b = np.random.default_rng(0).normal(size=(2, 100_003))
    for source in ("x*y + 3*x - y**2", {"f": x * y, "g": x + y}):
        one, several = sw.compile(source), sw.compile(source, threads=threads)
        left, right = one(a, b), several(a, b)
        for key in left if isinstance(left, dict) else [slice(None)]:
            np.testing.assert_array_equal(left[key], right[key])


def test_one_evaluator_in_several_threads() -> None:
    columns = np.random.default_rng(0).normal(size=(8, 2, 20_000))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pair: _CUBIC(*pair), columns))
    for pair, result in zip(columns, found, strict=True):
        np.testing.assert_array_equal(result, _CUBIC(*pair))


def test_results_are_written_into_out() -> None:
    a, b = np.random.default_rng(0).normal(size=(2, 5))
    wanted = _CUBIC(a, b)
    out = np.empty(5)
    assert _CUBIC(a, b, out=out) is out
    np.testing.assert_array_equal(out, wanted)
    strided = np.zeros((5, 2))
    _CUBIC(a, b, out=strided[:, 1])
    np.testing.assert_array_equal(strided, np.column_stack([np.zeros(5), wanted]))
    wide = np.empty(5, np.longdouble)
    np.testing.assert_array_equal(_CUBIC(a, b, out=wide).astype(float), wanted)


def test_out_may_be_an_argument() -> None:
    a, b = np.random.default_rng(0).normal(size=(2, 50_000))
    wanted = _CUBIC(a, b)
    assert _CUBIC(a, b, out=a) is a
    np.testing.assert_array_equal(a, wanted)


def test_out_of_several_outputs_is_a_mapping() -> None:
    fn = sw.compile({"f": x * y, "g": x + y})
    out = {"f": np.empty(2), "g": np.empty(2)}
    assert fn([1, 2], [3, 4], out=out) is out
    assert (out["f"].tolist(), out["g"].tolist()) == ([3, 8], [4, 6])


# -- what is compiled --------------------------------------------------------------------------------------------------------


def test_several_outputs_come_by_name() -> None:
    circuit = sw.trace(lambda x, y: {"sum": x + y, "product": x * y}, ["x", "y"])
    assert sw.compile(circuit)(2, 3) == {"sum": 5, "product": 6}
    mixed = sw.compile({"one": x + 1, "two": sw.ClosedForm.of(2), "three": circuit["sum"]})
    assert mixed(x=1, y=1) == {"one": 2, "two": 2, "three": 2}
    assert sw.compile(circuit["sum"])(2, 3) == 5


def test_a_partition_is_a_key() -> None:
    D = sw.gcpd("x*y", WORKED)
    found = sw.compile(D)()
    assert {key: Fraction(value) for key, value in found.items()} == {key: form.value for key, form in D.items()}


def test_a_constant_is_spread_over_no_rows() -> None:
    fn = sw.compile(sw.gwpd("x*y", WORKED)[()])
    assert (fn.arguments, float(fn())) == ((), 0.25)
    assert fn(x=np.zeros(3)) == 0.25  # a variable of the law that the term does not use


def test_variables_of_the_law_that_a_term_does_not_use_are_ignored() -> None:
    fn = sw.compile(sw.gwpd("x*y", WORKED)["x"])
    assert fn.arguments == ("x",)
    assert fn(x=1, y=np.zeros(5)) == 15 / 64


def test_moments_are_arguments_and_may_be_arrays() -> None:
    fn = sw.compile(sw.gwp("x*y", sw.Moments(["x", "y"])))
    assert fn.renamed == {"E[x]": "E_x", "E[y]": "E_y", "E[x*y]": "E_x_y"}
    rng = np.random.default_rng(0)
    a, b, ex, ey, exy = rng.normal(size=(5, 40_000))
    wanted = (a - ex) * (b - ey) - (exy - ex * ey)
    np.testing.assert_allclose(fn(a, b, ex, ey, exy), wanted, atol=1e-12)
    np.testing.assert_allclose(fn(a, b, ex[0], ey[0], exy[0]), (a - ex[0]) * (b - ey[0]) - (exy[0] - ex[0] * ey[0]), atol=1e-12)
    np.testing.assert_allclose(fn(1.0, 2.0, ex, ey, 3.0), (1 - ex) * (2 - ey) - (3 - ex * ey), atol=1e-12)
    assert fn(**{"x": 1, "y": 2, "E[x]": 0, "E[y]": 0, "E[x*y]": 0.5}) == 1.5


@pytest.mark.parametrize("law", [sw.Moments(["x", "y"]), sw.Cumulants(["x", "y"])], ids=repr)
def test_a_law_folds_its_moments_in(law: sw.Law) -> None:
    form = sw.gwp("x**2*y", law)
    told, derived = sw.compile(form, law=WORKED), sw.gwp("x**2*y", WORKED)
    assert told.arguments == ("x", "y")
    for point in ((0, 1), (1, 1), (2, 3)):
        assert float(told(*point)) == pytest.approx(float(derived.at(dict(zip("xy", point, strict=True)))), rel=1e-13)
    assert sw.compile(form, law=WORKED, exact=True)(2, 3) == derived.at({"x": 2, "y": 3})


def test_float64_forms_compile() -> None:
    D = sw.gwpd("x*y", WORKED, ring="float64")
    assert float(sw.compile(D)(1, 1)["xy" and frozenset((x, y))]) == pytest.approx(9 / 32)


def test_forms_with_functions_and_parameters() -> None:
    form = sw.gwp("exp(x)*y", sw.Independent({"x": sw.Normal("m", 1), "y": sw.Bernoulli("p")}))
    fn = sw.compile(form)
    assert fn.arguments == ("x", "y", "m", "p")
    wanted = (np.exp(1.0) - np.exp(0.25 + 0.5)) * (1 - 0.75)
    assert float(fn(x=1.0, y=1, m=0.25, p=0.75)) == pytest.approx(wanted, rel=1e-14)


# -- exact -------------------------------------------------------------------------------------------------------------------


def test_exact_evaluators_take_arrays_of_exact_numbers() -> None:
    fn = sw.compile(sw.gwp("x*y", WORKED), exact=True)
    assert fn(x=[0, 1], y=Fraction(1)).tolist() == [Fraction(-11, 32), Fraction(9, 32)]
    assert fn(x="1/2", y=np.array([[1], [2]])).tolist() == [[Fraction(-1, 32)], [Fraction(3, 32)]]
    assert fn(1, 1) == Fraction(9, 32)
    assert fn(x=[], y=1).shape == (0,)
    assert sw.compile("exp(x)", exact=True)(1) == sympy.E
    assert (fn.source, fn.operations, repr(fn)) == ("", {}, "<Evaluator of x, y: exact>")


def test_exact_evaluators_know_their_grid() -> None:
    fn = sw.compile(sw.gwp(lambda x, y: x * y, WORKED), exact=True)
    with pytest.raises(sw.InvalidArgument, match="Argument 'x' must lie on the grid where the form is known, 0, 1, not be 2"):
        fn(2, 1)


# -- pickles -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [
    sw.gwp("x*y", WORKED), sw.gwp(lambda x, y: x * y, WORKED), sw.gwpd("x*y + x", WORKED), sw.gwp("x*y", sw.Moments(["x", "y"])),
    sw.trace(lambda x, y: {"o": x * y, "p": x**5}, ["x", "y"]), x * sympy.exp(y),
], ids=lambda s: type(s).__name__)  # fmt: skip
@pytest.mark.parametrize("exact", [False, True])
def test_a_pickle_holds_the_circuit_and_not_the_source(source: Any, exact: bool) -> None:
    fn = sw.compile(source, exact=exact)
    text = pickle.dumps(fn)
    assert b"def evaluate" not in text
    again = pickle.loads(text)
    assert (again.source, again.arguments, again.outputs, repr(again)) == (fn.source, fn.arguments, fn.outputs, repr(fn))
    values = dict.fromkeys(fn.arguments, 1)
    assert again(**values) == fn(**values)


@given(NUMBERS)
def test_constants_are_rounded_once(value: Fraction) -> None:
    assert float(sw.compile(sympy.Rational(value) + 0 * x)()) == value.numerator / value.denominator
    assert as_exact(value) == float(value)
