"""How public objects show themselves: short text, well-formed HTML, balanced LaTeX, all bounded, and no long work started."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import symwick as sw
from symwick.algebra.notebook import (
    MOST_LATEX,
    MOST_LINES,
    MOST_ROWS,
    MOST_TEXT,
    Math,
    bounded,
    cut,
    dollars,
    html_code,
    html_lines,
    html_page,
    html_table,
    html_text,
    latex_name,
    listed,
)
from tests.public_objects import HUGE, ODD, ODD_NAMES, PUBLIC, REACHED, chain, independent, made, pair
from tests.refusals import refuses

MOST_HTML = 60_000
"""Characters of HTML, whatever the object."""

CLASSES = sorted(name for name in sw.__all__ if inspect.isclass(getattr(sw, name)))
ERRORS = {name for name in CLASSES if issubclass(getattr(sw, name), BaseException)}
WITH_HTML = set(CLASSES) - ERRORS - {"Attribution", "Check", "ClosedForm", "Function", "Identity"}
"""Classes with a table; forms and identities have a formula instead, as long as it is short."""
WITH_LATEX = {
    "Ablation", "BayesianNetwork", "Bernoulli", "Beta", "Binomial", "Categorical", "ChiSquared", "Circuit", "ClosedForm",
    "Constant", "CovarianceShares", "Cumulants", "Decomposition", "DiscreteUniform", "Empirical", "Exponential", "Finite",
    "GCPD", "GWPD", "Gamma", "Geometric", "Hypothesis", "Identity", "Independent", "InteractionCheck", "Laplace", "Law",
    "LogNormal", "Mixture", "Moments", "MultivariateNormal", "NegativeBinomial", "Normal", "Poisson", "Rademacher",
    "SobolIndices", "StudentT", "Uniform",
}  # fmt: skip


def shown(thing: Any, how: str) -> str | None:
    method = getattr(thing, how, None)
    return None if method is None else method()


class Tags(HTMLParser):
    """The tags, attributes and text of HTML as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.styles = ""
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.styles += ";".join(value or "" for name, value in attrs if name == "style")

    def handle_data(self, data: str) -> None:
        self.text += data


def read_html(html: str) -> Tags:
    """HTML that is well-formed, holds nothing but tables and text, and sets no colours."""
    assert len(html) <= MOST_HTML
    ElementTree.fromstring(html)  # ours, and it raises where a tag is left open or a sign is not escaped
    found = Tags()
    found.feed(html)
    assert found.names <= {"div", "b", "i", "table", "tr", "th", "td", "code", "pre"}
    assert found.attributes <= {"style", "colspan"}
    assert "color" not in found.styles
    assert "background" not in found.styles
    assert html.count("<tr>") <= 5 * (MOST_ROWS + 2)
    return found


def check_latex(latex: str) -> None:
    """LaTeX between two dollar signs, its brackets and environments balanced."""
    assert len(latex) <= MOST_LATEX + len("$\\displaystyle $")
    assert latex.startswith("$")
    assert latex.endswith("$")
    plain = re.sub(r"\\[{}$&%#_\\ ]", "", latex[1:-1])
    assert plain.count("$") % 2 == 0
    depth = 0
    for character in plain:
        depth += (character == "{") - (character == "}")
        assert depth >= 0, latex
    assert depth == 0, latex
    assert len(re.findall(r"\\left\b", latex)) == len(re.findall(r"\\right\b", latex))
    assert sorted(re.findall(r"\\begin\{(\w+)\}", latex)) == sorted(re.findall(r"\\end\{(\w+)\}", latex))


def check(thing: Any) -> None:
    text = repr(thing)
    lines = text.splitlines()
    assert 1 <= len(lines) <= MOST_LINES, text
    assert max(map(len, lines)) <= MOST_TEXT, text
    assert not re.search(r" at 0x[0-9a-f]+>", text)
    assert text == repr(thing)
    html, latex = shown(thing, "_repr_html_"), shown(thing, "_repr_latex_")
    if html is not None:
        assert read_html(html).text.strip()
        assert html == shown(thing, "_repr_html_")
    if latex is not None:
        check_latex(latex)


# -- the survey --------------------------------------------------------------------------------------------------------


def test_every_public_class_is_in_the_survey() -> None:
    assert sorted(PUBLIC) == CLASSES
    for name in CLASSES:
        if name != "Law" and name != "Mixture":  # a mixture of joint laws; the name also makes marginals
            assert isinstance(made(name), getattr(sw, name)), name


@pytest.mark.parametrize("name", [*PUBLIC, *REACHED])
def test_what_it_shows_is_short_well_formed_and_the_same_twice(name: str) -> None:
    check(made(name))


@pytest.mark.parametrize("name", CLASSES)
def test_which_classes_have_tables_and_formulas(name: str) -> None:
    assert (shown(made(name), "_repr_html_") is not None) == (name in WITH_HTML)
    assert (shown(made(name), "_repr_latex_") is not None) == (name in WITH_LATEX)


@pytest.mark.parametrize("name", ODD)
def test_names_are_escaped(name: str) -> None:
    thing = ODD[name]()
    check(thing)
    html, latex = shown(thing, "_repr_html_"), shown(thing, "_repr_latex_")
    assert html is not None or latex is not None
    if html is not None:
        assert "<b>x" not in html
        assert "R&D" not in html
        assert "x" in read_html(html).text
    if latex is not None:
        assert "<b>" not in latex
        assert r"R\&D\_50\%" in latex or name == "Written" or r"R\&D" in latex


@pytest.mark.parametrize("name", HUGE)
def test_huge_objects_are_shown_in_little_space(name: str) -> None:
    check(HUGE[name]())


def test_it_does_not_depend_on_the_hash_seed(printed_under_hash_seeds: Callable[[str], set[str]]) -> None:
    script = """
from tests.public_objects import PUBLIC, REACHED, made
for name in [*PUBLIC, *REACHED]:
    thing = made(name)
    print(name, repr(thing))
    for how in ("_repr_html_", "_repr_latex_"):
        print(getattr(thing, how)() if hasattr(thing, how) else None)
"""
    outputs = printed_under_hash_seeds(script)
    assert len(outputs) == 1


# -- no work -----------------------------------------------------------------------------------------------------------


def no(*arguments: Any, **options: Any) -> Any:
    raise AssertionError("showing an object has started work")


def show(thing: Any) -> None:
    repr(thing), shown(thing, "_repr_html_"), shown(thing, "_repr_latex_")


def test_a_form_of_many_terms_is_not_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    form = HUGE["form of 100,000 terms"]()
    monkeypatch.setattr(sw.Circuit, "to_sympy", no)
    show(form)
    assert form._repr_latex_() is None
    assert "99,992 more" in form._repr_html_()


def test_a_form_on_a_large_grid_is_not_made_to_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    points = {f"x{i}": sw.DiscreteUniform(0, 3) for i in range(8)}
    form = sw.gwp(lambda *x: max(x), sw.Independent(points))
    assert form._built is None
    show(form)
    assert form._built is None
    assert form._repr_latex_() is None
    assert "a table of up to 65,536 points" in repr(form) == str(form)
    assert "not" not in read_html(form._repr_html_()).text
    assert isinstance(form.at(dict.fromkeys(points, 1)).numerator, int)


@pytest.mark.parametrize(("name", "derived"), [("decomposition of 4,096 terms", 20), ("decomposition of 40 inputs", 20)])
def test_a_decomposition_derives_no_more_terms_than_it_shows(
    name: str, derived: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    D = HUGE[name]()
    asked: list[Any] = []
    derive = sw.GWPD._derive
    monkeypatch.setattr(sw.GWPD, "_derive", lambda self, key: asked.append(key) or derive(self, key))
    repr(D)
    assert len(asked) == 8
    show(D)
    assert len(asked) == derived
    assert f"… {len(D) - 20:,} more" in D._repr_html_()


def test_a_large_circuit_is_counted_by_kind_only(monkeypatch: pytest.MonkeyPatch) -> None:
    c = chain(100_000)
    for name in ("statistics", "levels", "live_widths"):
        monkeypatch.setattr(f"symwick.circuits.structure.{name}", no)
    monkeypatch.setattr(sw.Circuit, "wires", property(no))
    show(c)
    assert "100,000: 50,000 product, 50,000 sum" in c._repr_html_()
    assert c._repr_latex_() is None


def test_a_large_table_shows_points_and_no_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = sw.Empirical([(i, i % 7) for i in range(20_000)], ["x", "y"])
    monkeypatch.setattr(sw.Empirical, "mean_of_product", no)
    monkeypatch.setattr(sw.Empirical, "items", no)
    show(rows)
    assert "… 19,990 more" in rows._repr_html_()


@pytest.mark.parametrize("options", [{"order": 2}, {"order": None}, {"order": 2, "ring": "float64"}])
def test_a_run_shows_what_is_known_and_runs_nothing(options: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = sw.propagate(made("Circuit"), independent(), **options)
    with monkeypatch.context() as patched:
        patched.setattr(sw.Propagation, "cumulant", no)
        show(run)
    assert run.kept == 0
    assert "not asked for yet" in run._repr_html_()
    run.mean("out"), run.variance("out")
    text = read_html(run._repr_html_()).text
    assert str(run.mean("out")) in text
    assert str(run.variance("out")) in text
    assert "not asked" not in text


def test_a_hypothesis_of_many_terms_is_not_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    P = sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(12)})
    H = sw.hypothesis(sympy.Mul(*(1 + sympy.Symbol(f"x{i}") for i in range(12))), P, keep=1)
    monkeypatch.setattr("symwick.decompose.attribution.hypotheses.sum_of_forms", no)
    monkeypatch.setattr("symwick.decompose.attribution.term_space.TermSpace.remainder_square", no)
    show(H)
    assert ".mean_squared_error: not worked out yet" in repr(H)
    assert "not worked out yet" in H._repr_html_()
    assert H._repr_latex_() is None


def test_interactions_of_many_inputs_are_not_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    P = sw.Finite({(0,) * 300: "1/2", (1,) * 300: "1/2"}, [f"x{i}" for i in range(300)])
    K = sw.interactions(sympy.Mul(*(sympy.Symbol(f"x{i}") for i in range(300))), P)
    with monkeypatch.context() as patched:
        patched.setattr(sw.Interactions, "_by_product", no)
        show(K)
        assert "not worked out yet" in repr(K)
        assert "not worked out yet" in K._repr_html_()


def test_tails_of_many_rows_are_not_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = made("Novelty").scores([(0, 0), (1, 1)] * 50_000)
    monkeypatch.setattr(sw.Novelty, "_smallest", property(no))
    monkeypatch.setattr(type(scores), "_columns", property(no))
    show(scores)
    assert "not worked out yet" in repr(scores)
    assert "not worked out yet" in scores._repr_html_()


def test_an_interaction_check_of_many_inputs_derives_the_parts_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    P = sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(7)})
    check_of = sw.interaction_check(sympy.Mul(*(sympy.Symbol(f"x{i}") for i in range(7))), P)
    labels: list[int] = []
    label = sw.InteractionCheck._label
    monkeypatch.setattr(sw.InteractionCheck, "_label", lambda self, S: labels.append(S) or label(self, S))
    repr(check_of)
    assert len(labels) == 13
    assert repr(check_of).endswith("  …")


# -- what it says ------------------------------------------------------------------------------------------------------


def test_a_law_of_few_points_shows_them_with_means_and_covariances() -> None:
    text = read_html(pair()._repr_html_()).text
    assert text == (
        "Finitevariables2: x, ypoints4xyprobability007/10011/10101/20113/20"
        "meancovariance with xcovariance with yx1/54/251/10y1/41/103/16"
    )


def test_symbols_of_laws_are_typeset_and_missing_moments_explained() -> None:
    assert "$\\mathrm{Bernoulli}\\left(p\\right)$" in sw.Bernoulli("p")._repr_html_()
    text = read_html(sw.StudentT(1)._repr_html_()).text
    assert "none: E[X] does not exist under StudentT(1): it needs more than 1 degree of freedom." in text
    assert "lawnone" not in text


def test_a_decomposition_shows_its_terms() -> None:
    text = read_html(made("GWPD")._repr_html_()).text
    assert text.startswith("GWPD over x, yrulef(x) = Σ_S W_f(x_S)terms that are not structurally zero4")
    assert r"$W_f(x_{\{x\}})$$\frac{11 \left(x - \frac{1}{5}\right)}{4}$" in text


def test_a_term_without_a_closed_form_is_shown_as_such() -> None:
    D = sw.gwpd("exp(x)*y", sw.Independent({"x": sw.LogNormal(0, 1), "y": sw.Bernoulli("1/2")}))
    assert "none: " in read_html(D._repr_html_()).text
    assert D._repr_latex_() is None
    check(D)


def test_a_circuit_is_one_equation_a_gate() -> None:
    assert made("Circuit")._repr_latex_() == (
        r"$\displaystyle \begin{aligned}g_{1} &= x + y \\ g_{2} &= g_{1}^{2} \\ out &= g_{2} y\end{aligned}$"
    )
    text = read_html(made("Circuit")._repr_html_()).text
    assert text.startswith("Circuitinputs2: x, youtputs1: outgates3: 1 power, 1 product, 1 summultiplicative levels2live width2")
    assert "$g_{2}$$g_{1}^{2}$" in text


def test_thirty_gates_are_written_out_and_more_are_not() -> None:
    assert chain(30)._repr_latex_().count("&=") == 30
    assert read_html(chain(30)._repr_html_()).text.count("$") == 2 * 2 * 30
    assert chain(32)._repr_latex_() is None
    assert "gateis" not in read_html(chain(32)._repr_html_()).text


def test_a_report_shows_verdict_counterexample_and_diagnosis() -> None:
    text = read_html(made("Report")._repr_html_()).text
    assert text.startswith("Reportverdictdiffers: at ")
    assert "smallest counterexampleat x = 0, y = 0" in text
    assert "diagnosismatches with the coefficient of" in text
    assert made("Report").counterexample.code.splitlines()[0] in text


def test_identities_are_short_in_a_list_and_whole_in_print() -> None:
    found = made("Identity")
    assert repr(found).splitlines()[-1] == "2 steps; print it to read them. Holds."
    assert str(found).splitlines()[-1] == "Holds."
    assert len(str(found)) > len(repr(found))


def test_an_identity_too_long_for_a_formula_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symwick.algebra.notebook.MOST_LATEX", 100)
    found = made("Identity")
    assert found._repr_latex_() is None
    assert found.statement in read_html(found._repr_html_()).text


# -- completion --------------------------------------------------------------------------------------------------------


def test_names_are_completed() -> None:
    assert set(sw.__all__) <= set(dir(sw))
    assert sw.__version__
    for name in ("GWPD", "GCPD", "CovarianceShares", "Interactions", "Novelty"):
        assert made(name)._ipython_key_completions_() == ["x", "y"], name
    for name in ("ByInput", "Score", "Gradient"):
        assert made(name)._ipython_key_completions_() == ["x", "y"], name
    c = made("Circuit")
    assert c._ipython_key_completions_() == ["out", "x", "y"]
    for name in c._ipython_key_completions_()[:1]:
        assert c[name] is not None


# -- copies ------------------------------------------------------------------------------------------------------------

KEPT = {
    "CovarianceShares", "Decomposition", "GCPD", "GWPD", "Game", "Hypothesis", "InteractionCheck", "Interactions", "Novelty",
    "SobolIndices", "Sobol interactions", "Score", "a batch", "Scores", "TermScore", "TermNovelty",
}  # fmt: skip
"""Results that derive on demand, from the engine that made them."""


@pytest.mark.parametrize("name", [*PUBLIC, *REACHED])
def test_copies_show_the_same_and_pickles_work_or_say_why_not(name: str) -> None:
    thing = (PUBLIC | REACHED)[name]()
    for twin in (copy.copy(thing), copy.deepcopy(thing)):
        assert type(twin) is type(thing)
        assert repr(twin) == repr(thing)
    if name in KEPT:
        refuses(
            sw.InvalidArgument,
            "A result that derives its terms on demand cannot be pickled: pickle forms, laws and numbers, "
            "or write a decomposition with .to_json().",
            lambda: pickle.dumps(thing),
        )
    elif name != "Function":  # a lambda
        back = pickle.loads(pickle.dumps((PUBLIC | REACHED)[name]()))
        assert type(back) is type(thing)
        assert repr(back) == repr(thing)


def test_a_pickled_form_is_the_same_function() -> None:
    for f in ("3*x*y + x", lambda x, y: max(x, y)):
        form = sw.gwp(f, pair())
        back = pickle.loads(pickle.dumps(form))
        assert back == form
        assert back.at({"x": 1, "y": 0}) == form.at({"x": 1, "y": 0})
        assert back.variables == form.variables


def test_a_refusal_keeps_its_numbers_when_pickled() -> None:
    error = pickle.loads(pickle.dumps(sw.TooLarge("Terms", 10**9, 10**6, "most")))
    assert (error.predicted, error.limit, error.argument) == (10**9, 10**6, "most")
    assert str(error) == str(sw.TooLarge("Terms", 10**9, 10**6, "most"))


# -- the parts ---------------------------------------------------------------------------------------------------------


@given(st.text(max_size=30))
def test_any_text_is_escaped(text: str) -> None:
    html = html_page(text, html_table([[text, Math("x")]], [text], more=text), html_lines([text]), html_code(text))
    read_html(html)
    assert "\n" not in html_text(text)


@given(st.text(min_size=1, max_size=20))
def test_latex_of_any_name_is_balanced(name: str) -> None:
    try:
        symbol = sympy.Symbol(name)
    except UnicodeEncodeError:
        return
    check_latex(dollars(latex_name(symbol)) or "")


def test_latex_of_names() -> None:
    names = ["x", "x_12", "alpha_1", "<b>x</b>", "R&D_50%", "a$b", "{", "a b", r"\lambda", r"a\b", "~^%"]
    assert [latex_name(sympy.Symbol(name)) for name in names] == [
        "x", "x_{12}", r"\alpha_{1}", r"\mathrm{{<}b{>}x{<}/b{>}}", r"\mathrm{R\&D\_50\%}", r"\mathrm{a\$b}", r"\mathrm{\{}",
        "a b", r"\lambda", r"\mathrm{a\backslash b}", r"\mathrm{\sim {\wedge}\%}",
    ]  # fmt: skip
    assert ODD_NAMES[1] not in sw.gwp(sympy.Symbol(ODD_NAMES[1]), sw.Moments(list(ODD_NAMES))).latex()


def test_text_is_cut() -> None:
    assert bounded("\n".join("abcdefghij"), lines=4) == "a\nb\nc\n…"
    assert bounded("head\n  one\n  two\n  three", lines=3) == "head\n  one\n  …"
    assert bounded("") == ""
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
    assert listed(range(10), 3) == "0, 1, 2, … 7 more"
    assert listed([], none="nobody") == "nobody"
    assert dollars("x" * (MOST_LATEX + 1)) is None
    assert dollars(None) is None
    assert dollars("x", display=False) == "$x$"


def test_tables_count_what_they_leave_out() -> None:
    found = read_html(html_table([[str(i)] for i in range(25)], ["n"], more=3))
    assert found.text.endswith("1819… 8 more")
    assert html_table([]) == ""
    assert html_code("") == ""
    assert "a long formula" in html_table([[Math("x" * 3_000)]])
    assert html_text("costs $5") == "<code>costs $5</code>"  # or a notebook typesets from one sign to the next


def test_a_term_that_averages_over_many_points_is_not_written_out_to_be_shown() -> None:
    names = [f"x{i}" for i in range(10)]
    bits = sw.Independent(dict.fromkeys(names, sw.Bernoulli("1/3")))
    terms = sw.gwpd(f"max({', '.join(names)})", bits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("symwick.decompose.point_masses.PointMasses.circuit", _forbidden)
        assert repr(terms["x0"]) == "<ClosedForm of x0: a mean of 1,024 values of f; .expr writes it out>"
        assert "{x0}" in repr(terms)
        assert terms["x0"]._repr_html_() is not None


def _forbidden(*_: object) -> None:
    raise AssertionError("written out")


@pytest.mark.parametrize("name", [r"\alpha", r"\bar{x}", r"\hat{\sigma}_1", r"\mathcal{X}^{2}"])
def test_names_that_are_latex_stay_latex(name: str) -> None:
    assert latex_name(sympy.Symbol(name)) == name


@pytest.mark.parametrize(
    "name",
    [r"\href{javascript:alert(1)}{x}", r"\def\x{\x}\x", r"\unicode{x3c}", r"\end{aligned}", r"\require{html}", "\\"],
)
def test_names_of_other_commands_are_written_letter_by_letter(name: str) -> None:
    written = latex_name(sympy.Symbol(name))
    assert written.startswith(r"\mathrm{\backslash ")
    commands = set(re.findall(r"\\[A-Za-z]+", written))
    assert commands <= {r"\mathrm", r"\backslash"}
