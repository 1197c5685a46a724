"""LaTeX of every result in the paper's notation: what it is stands in front of the formula."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import symwick as sw

LAW = sw.Moments(["x1", "y", "z"])
BLOCKS = {"left": ["x1", "y"], "right": ["z"]}


@pytest.mark.parametrize(("make", "text"), [
    (lambda: sw.gwp("x1*y", LAW, ["x1", "y"]),
     r"\omega_{\{x_{1}, y\}} f = \left(x_{1} - \mathbb{E}[x_{1}]\right) \left(y - \mathbb{E}[y]\right)"
     r" - \operatorname{Cov}(x_{1}, y)"),
    (lambda: sw.gwp("x1*y", LAW, "y", others="average"),
     r"W_f(x_{\{y\}}) = \mathbb{E}[x_{1}] \left(y - \mathbb{E}[y]\right)"),
    (lambda: sw.gwp("x1", LAW, []), "f = x_{1}"),
    (lambda: sw.gwpd("x1*y", LAW)["z"], r"W_f(x_{\{z\}}) = 0"),
    (lambda: sw.gwpd("x1*y", LAW)[()], r"\mathbb{E} f = \mathbb{E}[x_{1} y]"),
    (lambda: sw.expectation("x1*y**2", LAW, over=["y"]), r"\mathbb{E}_{\{y\}} f = x_{1} \mathbb{E}[y^{2}]"),
    (lambda: sw.expectation("x1*y", LAW), r"\mathbb{E} f = \mathbb{E}[x_{1} y]"),
    (lambda: sw.gcp("x1*y*z", LAW, [["x1", "y"], ["z"]]),
     r"K_f(x_{1}, y \mid z) = \mathbb{E}[z] \operatorname{Cov}(x_{1}, y)"),
    (lambda: sw.gcp("x1*y*z", sw.Cumulants(["x1", "y", "z"])), r"K_f(x_{1}, y, z) = \kappa(x_{1}, y, z)"),
    (lambda: sw.gwp("x1*z", LAW, "right", others="average", inputs=BLOCKS),
     r"W_f(x_{\{right\}}) = \mathbb{E}[x_{1}] \left(z - \mathbb{E}[z]\right)"),
])  # fmt: skip
def test_what_it_is_and_the_formula(make: Callable[[], sw.ClosedForm], text: str) -> None:
    form = make()
    assert form.latex(equation=True) == text
    assert form._repr_latex_() == f"$\\displaystyle {text}$"
    assert form.latex() == text.partition(" = ")[2]


def test_a_form_made_by_hand_or_from_another_has_no_name() -> None:
    named = sw.gwp("x1*y", LAW, ["x1", "y"])
    for form in (sw.ClosedForm.of("a + 1"), named.diff("y"), named.subs({"y": 2})):
        assert form.latex(equation=True) == form.latex()
        assert " = " not in form.latex()


def test_decompositions_put_it_in_front_of_every_term() -> None:
    latex = sw.gcpd("x1*y", LAW.marginal(["x1", "y"])).latex()
    assert r"K_f(x_{1}, y) &= \operatorname{Cov}(x_{1}, y)" in latex
    assert r"K_f(x_{1} \mid y) &= \mathbb{E}[x_{1}] \mathbb{E}[y]" in latex
