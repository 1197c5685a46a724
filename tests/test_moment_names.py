"""Names of moment symbols: one name for one moment, read back for LaTeX."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.circuits.moment_names import cumulant_symbol, moment_powers, moment_symbol, symbol_latex
from symwick.errors import InvalidArgument

NAMES = st.text(st.sampled_from('xy12*,"[]\\ _'), min_size=1, max_size=4)


@pytest.mark.parametrize(("powers", "name", "latex"), [
    ({"x": 1}, "E[x]", r"\mathbb{E}[x]"),
    ({"y": 1, sympy.Symbol("x", positive=True): 2}, "E[x**2*y]", r"\mathbb{E}[x^{2} y]"),
    ({"x10": 1, "x2": 3, "z": 0}, "E[x2**3*x10]", r"\mathbb{E}[x_{2}^{3} x_{10}]"),
    ({"x*y": 1, "z": 2}, 'E["x*y"*z**2]', r"\mathbb{E}[x*y z^{2}]"),
])  # fmt: skip
def test_moments(powers: dict[Any, int], name: str, latex: str) -> None:
    assert moment_symbol(powers) == sympy.Symbol(name)
    assert symbol_latex(name) == latex


@pytest.mark.parametrize(("variables", "name", "latex"), [
    (["x"], "κ[x]", r"\kappa(x)"),
    (["y", "x", sympy.Symbol("x", real=True)], "κ[x,x,y]", r"\kappa(x, x, y)"),
    (["x10", "x2"], "κ[x2,x10]", r"\kappa(x_{2}, x_{10})"),
    (["a,b"], 'κ["a,b"]', r"\kappa(a,b)"),
])  # fmt: skip
def test_cumulants(variables: list[Any], name: str, latex: str) -> None:
    assert cumulant_symbol(variables) == sympy.Symbol(name)
    assert symbol_latex(name) == latex


@given(st.dictionaries(NAMES, st.integers(1, 3), min_size=1, max_size=3), st.dictionaries(NAMES, st.integers(1, 3), min_size=1))
def test_awkward_names_stay_apart(one: dict[str, int], other: dict[str, int]) -> None:
    assert (moment_symbol(one) == moment_symbol(other)) == (one == other)
    listed = [[n for n, k in powers.items() for _ in range(k)] for powers in (one, other)]
    assert (cumulant_symbol(listed[0]) == cumulant_symbol(listed[1])) == (one == other)
    assert {v.name: k for v, k in (moment_powers(moment_symbol(one).name) or {}).items()} == one
    assert symbol_latex(moment_symbol(one).name) is not None
    assert symbol_latex(cumulant_symbol(listed[0]).name) is not None


@pytest.mark.parametrize("name", [
    "x", "", "E", "]", "E[]", "E[x", "E[x**]", "E[y*x]", "E[x**1]", "E[x*x]", "E[x**02]", "E[x*]", 'E["x"]', 'E["x]',
    'E[""]', "κ[]", "κ[y,x]", "κ[x,]", 'κ["\\q"]', "F[x]",
])  # fmt: skip
def test_other_names_are_left_alone(name: str) -> None:
    assert symbol_latex(name) is None
    assert moment_powers(name) is None


def test_nothing_has_no_name() -> None:
    with pytest.raises(InvalidArgument, match="Argument 'powers' must name a variable with a positive exponent."):
        moment_symbol({"x": 0})
    with pytest.raises(InvalidArgument, match="Argument 'powers' must be at least 0, not -1."):
        moment_symbol({"x": -1})
    with pytest.raises(InvalidArgument, match="Argument 'variables' must name at least one variable."):
        cumulant_symbol([])
