"""Moments and cumulants from rows of data: those that a form needs, in blocks, with the digits kept."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import symwick as sw

ROWS = st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=1, max_size=8)


def columns(rows: list[tuple[int, int]]) -> dict[str, list[int]]:
    return dict(zip(("x", "y"), map(list, zip(*rows, strict=True)), strict=True))


@given(ROWS, st.sampled_from([sw.Moments, sw.Cumulants]))
def test_moments_are_those_of_the_empirical_law(rows: list[tuple[int, int]], kind: type[sw.Law]) -> None:
    law = sw.Empirical(rows, ["x", "y"])
    fn = sw.compile(sw.gwp("x**2*y + x*y", kind(["x", "y"])))
    found = sw.moments_of(columns(rows), fn)
    assert set(found) == set(fn.arguments) - {"x", "y"}
    for name, identifier in fn.renamed.items():
        if name.startswith("E["):
            powers = {"x": name.count("x") + ("x**2" in name), "y": name.count("y")}
            exact = law.moment(powers)
        else:
            exact = law.cumulant(name[2:-1].split(","))
        assert found[identifier] == pytest.approx(float(exact), rel=1e-12, abs=1e-10)


@given(ROWS)
def test_a_term_with_moments_from_data_is_the_term_of_the_empirical_law(rows: list[tuple[int, int]]) -> None:
    form, exact = sw.gwp("x**2*y", sw.Moments(["x", "y"])), sw.gwp("x**2*y", sw.Empirical(rows, ["x", "y"]))
    value = sw.compile(form)(x=2, y=3, **sw.moments_of(columns(rows), form))
    assert float(value) == pytest.approx(float(exact.at({"x": 2, "y": 3})), rel=1e-10, abs=1e-9)


def test_only_what_the_form_needs_is_computed() -> None:
    form = sw.gwp("x", sw.Moments(["x", "y"]), of="x")
    assert sw.moments_of({"x": [1, 2]}, form) == {"E_x": 1.5}
    assert sw.moments_of({}, sw.ClosedForm.of("x", ["x"])) == {}


def test_all_kinds_of_tables() -> None:
    pd = pytest.importorskip("pandas")
    form = sw.gwp("x*y", sw.Moments(["x", "y"]))
    rows = np.array([[0, 1], [1, 1], [1, 3], [2, 3]])
    wanted = {"E_x": 1.0, "E_y": 2.0, "E_x_y": 2.5}
    assert sw.moments_of(rows, form, ["x", "y"]) == wanted
    assert sw.moments_of(rows.astype(np.float32), form, ["x", "y"]) == wanted
    assert sw.moments_of(pd.DataFrame(rows, columns=["x", "y"]), form) == wanted
    assert sw.moments_of({"y": rows[:, 1], "x": rows[:, 0], "z": None}, form) == wanted


def test_blocks_of_rows_are_added_without_rounding_in_between() -> None:
    rows = np.repeat([1e20, 1.0, -1e20], 16_384)
    assert sw.moments_of({"x": rows}, sw.ClosedForm.of("E[x]")) == {"E_x": 1 / 3}


def test_a_large_mean_costs_a_cumulant_no_digits() -> None:
    rows = 1e9 + np.tile([0.0, 1.0, 2.0], 20_000)
    assert sw.moments_of({"x": rows}, sw.ClosedForm.of("κ[x,x]"))["kappa_x_x"] == pytest.approx(2 / 3, rel=1e-12)
    naive = np.mean(rows**2) - np.mean(rows) ** 2
    assert abs(naive - 2 / 3) > 0.1


def test_missing_numbers_and_infinities_propagate() -> None:
    assert np.isnan(sw.moments_of({"x": [1.0, np.nan]}, sw.ClosedForm.of("E[x]"))["E_x"])
    assert sw.moments_of({"x": [1.0, np.inf]}, sw.ClosedForm.of("E[x]"))["E_x"] == np.inf
    both = np.concatenate([np.full(20_000, np.inf), np.full(20_000, -np.inf)])
    with np.errstate(invalid="ignore"):
        assert np.isnan(sw.moments_of({"x": both}, sw.ClosedForm.of("E[x]"))["E_x"])


def test_parameters_that_are_no_moments_stay_arguments() -> None:
    fn = sw.compile("a*E[x] + x", check=True)
    assert sw.moments_of({"x": [1, 2]}, fn) == {}  # in an expression all symbols are variables
    form = sw.ClosedForm.of("a*E[x] + x", ["x"])
    assert sw.moments_of({"x": [1, 2]}, form) == {"E_x": 1.5}
    assert sw.compile(form)(x=1, a=2, E_x=Fraction(3, 2)) == 4.0
