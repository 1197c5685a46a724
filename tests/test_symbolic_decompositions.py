"""What must hold for decompositions under laws with symbols: sum rules, vanishing means, text, files, zeros and sizes."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.testing import strategies

x, y, z, a, b, p, m = sympy.symbols("x y z a b p m")
normal = sw.MultivariateNormal(["x", "y", "z"], ["m", "n", 0], [["s", "c", 0], ["c", "t", "d"], [0, "d", 1]])
unlike = sw.MultivariateNormal(["x", "y", "z"], [0, 0, 0], [["v", 0, 0], [0, 1, 0], [0, 0, 2]])
LAWS: dict[str, sw.Law] = {
    "moments": sw.Moments(["x", "y", "z"]),
    "centred moments": sw.Moments(["x", "y", "z"], centred=True),
    "exchangeable moments": sw.Moments(["x", "y", "z"], exchangeable=True),
    "moments in groups": sw.Moments(["x", "y", "z"], groups=[["x", "z"], ["y"]], means={"y": "m"}),
    "cumulants": sw.Cumulants(["x", "y", "z"]),
    "cumulants of order 2": sw.Cumulants(["x", "y", "z"], max_order=2, means={"x": 0}),
    "normal": normal,
    "singular normal": sw.MultivariateNormal(["x", "y", "z"], ["m"] * 3, [["s"] * 3] * 3),
    "marginals": sw.Independent({"x": sw.Bernoulli("p"), "y": sw.Gamma("k", "s"), "z": sw.Categorical({-1: "q", 2: "1 - q"})}),
    "counts": sw.Independent({"x": sw.Poisson("l"), "y": sw.Geometric("p"), "z": sw.Binomial("n", "q")}),
    "continuous": sw.Independent({"x": sw.Uniform("a1", "b1"), "y": sw.Laplace("m", "s"), "z": sw.StudentT("nu")}),
    "side by side": sw.Independent([sw.Moments(["x", "z"]), sw.Independent({"y": sw.Bernoulli("p")})]),
    "beside a table": sw.Independent([sw.Finite({(0, 1): "1/3", (1, 0): "2/3"}, ["x", "y"]), sw.Cumulants(["z"])]),
    "mixture": sw.Mixture([("w", normal), ("1 - w", unlike)]),
    "mixture of marginals": sw.Independent({"x": sw.Mixture([("w", sw.Normal()), ("1 - w", sw.Bernoulli("p"))]),
                                            "y": sw.Normal("m"), "z": sw.LogNormal("m", "s")}),
}  # fmt: skip
every_law = pytest.mark.parametrize("name", LAWS)
BLOCKS: list[Any] = [None, {"u": ["x", "z"], "v": ["y"]}, {"all": ["z", "y", "x"]}]
POLYNOMIALS = ["x*y*z", "a*x**2*y - y*z + 3", "(x + y)**2*z/2", "x + y**2", "0", "a", "z"]


@every_law
@pytest.mark.parametrize("blocks", BLOCKS, ids=["single", "two blocks", "one block"])
def test_sum_rules_hold_and_see_wrong_terms(name: str, blocks: Any) -> None:
    for f in POLYNOMIALS:
        D, G = sw.gwpd(f, LAWS[name], inputs=blocks), sw.gcpd(f, LAWS[name], inputs=blocks)
        assert D.check()
        assert G.check()
        assert D.total() == D.target == sympy.sympify(f)
        assert G.total() == G.target == sw.expectation(f, LAWS[name])
        key = max(D, key=len)
        wrong = D.replace({key: D[key].expr + sympy.Symbol("a") + 1})
        assert not wrong.check()
        assert str(wrong.check()).startswith("f(x) = Σ_S W_f(x_S): VIOLATED, the difference is a + 1")
        partition = next(iter(G))
        assert not G.replace({partition: 2 * G[partition].expr + 1}).check()
        assert G.replace({partition: G[partition].expr}).check()


@every_law
def test_means_of_wick_products_vanish(name: str) -> None:
    law = LAWS[name]
    for f in ("x*y*z", "x**2*y + a*y*z"):
        for S in (["x"], ["x", "y"], ["y", "z"], ["x", "y", "z"]):
            fixed = sw.gwp(f, law, S)
            assert sw.expectation(fixed, law, over=S).is_zero()
            assert sw.expectation(sw.gwp(f, law, S, others="average"), law).is_zero()
    assert not sw.expectation(sw.gwp("x*y**2*z**2", law, ["x"]), law, over=["y", "z"]).is_zero()


@every_law
@given(st.data())
@settings(max_examples=3)
def test_linearity(name: str, data: st.DataObject) -> None:
    f, g = (data.draw(strategies.polynomials(["x", "y", "z"], max_terms=2, max_exponent=2)) for _ in range(2))
    law, both = LAWS[name], a * f - 2 * g
    for S in (["x", "y"], ["y"], []):
        one, two, three = (sw.gwp(h, law, S, others="average").expr for h in (f, g, both))
        assert sw.ClosedForm.of(three - a * one + 2 * two).is_zero()
    parts = [["x", "z"], ["y"]]
    assert sw.gcp(both, law, parts) == a * sw.gcp(f, law, parts).expr - 2 * sw.gcp(g, law, parts).expr


@every_law
def test_the_average_of_an_attribution_is_an_interaction(name: str) -> None:
    """E_P[ω_{[n]∖i} f] = K_f([n]), whatever the law."""
    law = LAWS[name]
    whole = sw.gcp("x*y*z", law)
    for S in (["x", "y"], ["y", "z"], ["x", "z"]):
        assert sw.expectation(sw.gwp("x*y*z", law, S), law) == whole


@every_law
def test_files_keep_terms_and_text(name: str) -> None:
    for f, blocks in (("x*y*z + a*x", None), ("x**2*y + z", {"u": ["x", "z"], "v": ["y"]}), ("a", None)):
        for D in (sw.gwpd(f, LAWS[name], inputs=blocks), sw.gcpd(f, LAWS[name], inputs=blocks)):
            again = sw.from_json(D.to_json())
            assert list(again) == list(D)
            assert str(again) == str(D)
            assert again.latex() == D.latex()
            for key in D:
                assert again[key] == D[key]
                assert str(again[key]) == str(D[key])
                assert again[key].assumptions == D[key].assumptions
            assert again.check()
            assert not again.replace({next(iter(again)): "17"}).check()


def test_forms_on_a_grid_of_some_of_their_variables_are_compared() -> None:
    law = sw.Independent({"x": sw.Bernoulli("p"), "y": sw.DiscreteUniform(0, 2), "z": sw.Normal("m", "s")})
    form = sw.gwp("Max(x, y)*z**2", law, [])
    assert form == "(x + y - Min(x, y))*z**2"
    assert form != "(x + y)*z**2"  # another function at x = y = 1 only
    assert form != "Max(x, y)*z"
    assert form == "Max(x, y)*z**2 + z*x*(x - 1)"  # the same on the grid
    assert form != "t"


def test_files_of_functions_with_indicators_and_exponentials() -> None:
    law = sw.Independent({"x": sw.Bernoulli("p"), "y": sw.DiscreteUniform(0, 2), "z": sw.Normal("m", "s")})
    for f in ("Max(x, y)*z**2", "exp(a*z)*x + cos(z)*y", sympy.Symbol("x") ^ sympy.true):
        D = sw.gwpd(f, law)
        again = sw.from_json(D.to_json())
        assert all(again[S] == D[S] and str(again[S]) == str(D[S]) and again[S].domain == D[S].domain for S in D)
        assert again.check()


# -- symbols in, numbers out -------------------------------------------------------------------------------------------


def test_numbers_for_parameters_and_points() -> None:
    law = sw.Independent({"x": sw.Bernoulli("p"), "y": sw.Normal("m", "s")})
    D = sw.gwpd("a*x*y**2", law)
    W = D["x", "y"].subs({"p": "1/3", "m": 2, "s": "1/2", "a": 6})
    assert W.parameters == ()
    assert W.at({"x": 1, "y": 3}) == 6 * Fraction(2, 3) * (9 - 4 - Fraction(1, 4))
    assert D["x"].subs({"m": 0, "s": 1, "a": 1}).subs({"x": 1}) == 1 - p
    with pytest.raises(sw.NotRational, match="the parameters a, m, p, s remain"):
        D.at({"x": 1, "y": 1})
    numeric = sw.gwpd("x*y", sw.Independent({"x": sw.Normal(1), "y": sw.Uniform(0, 4)}))
    assert numeric.at({"x": 3, "y": 3}) == {
        frozenset(): 2, frozenset({x}): 4, frozenset({y}): 1, frozenset({x, y}): 2
    }  # fmt: skip
    assert numeric.top({"x": 3, "y": 3}, 1) == [(frozenset({x}), 4)]


def test_moment_symbols_are_parameters_of_a_form() -> None:
    form = sw.gwp("x*y", sw.Moments(["x", "y"]))
    assert [s.name for s in form.parameters] == ["E[x*y]", "E[x]", "E[y]"]
    assert form.subs({"E[x]": "1/2", "E[y]": 2, "E[x*y]": 3}).at({"x": 1, "y": 1}) == Fraction(1, 2) * -1 - 2
    assert form.diff("E[x*y]") == -1
    centred = sw.gwp("x*y*z", sw.Moments(["x", "y", "z"], centred=True))
    wanted = x * y * z - sum(v * sympy.Symbol(f"E[{w}]") for v, w in ((x, "y*z"), (y, "x*z"), (z, "x*y")))
    assert centred == wanted - sympy.Symbol("E[x*y*z]")


def test_text_and_latex_in_the_notation_of_the_paper() -> None:
    D = sw.gwpd("x*y*z", sw.Moments(["x", "y", "z"]))
    assert str(D["x", "y"]) == "E[z]*((x - E[x])*(y - E[y]) - Cov(x, y))"
    latex = D.latex()
    for piece in (r"\mathbb{E}[x y z]", r"\operatorname{Cov}(x, y)", r"\mathbb{E} f", r"W_f(x_{\{x, y\}})", r"{\mu}(x, y, z)"):
        assert piece in latex
    G = sw.gcpd("x*y*z", sw.Cumulants(["x", "y", "z"]))
    assert str(G).splitlines()[1:] == [
        "  x, y, z: κ[x,y,z]", "  x, y | z: κ[x,y]*κ[z]", "  x, z | y: κ[x,z]*κ[y]", "  x | y, z: κ[x]*κ[y,z]",
        "  x | y | z: κ[x]*κ[y]*κ[z]",
    ]  # fmt: skip
    assert r"\kappa(x, y) \kappa(z)" in G.latex()
    assert str(sw.gcp("x*y*z", sw.Moments(["x", "y", "z"]), [["x", "y"], ["z"]])) == "Cov(x, y)*E[z]"
    xor = sw.gwpd(x ^ y, sw.Independent({"x": sw.Bernoulli("p"), "y": sw.Bernoulli("q")}))
    assert [str(form) for form in xor.values()] == [
        "-2*p*q + p + q", "(1 - 2*q)*(x - p)", "(1 - 2*p)*(y - q)", "-2*(x - p)*(y - q)"
    ]  # fmt: skip


def test_assumptions_are_told() -> None:
    law = sw.MultivariateNormal(["x", "y"], ["m", "n"], [["s", "c"], ["c", "t"]])
    s, c, t, nu = sympy.symbols("s c t nu")
    D = sw.gwpd("x*y", law)
    assert set(D["x", "y"].assumptions) == set(D.assumptions) == {s >= 0, t >= 0, s * t - c**2 >= 0}
    assert D["x", "y"].simplify().assumptions == D["x", "y"].diff("x").assumptions == D["x", "y"].assumptions
    heavy = sw.Independent({"x": sw.Normal(), "y": sw.StudentT("nu")})
    assert set(sw.gcp("x*y**2", heavy, [["x"], ["y"]]).assumptions) == {nu > 0, nu > 2}
    assert sw.gwp("x*y", sw.Moments(["x", "y"])).assumptions == ()


# -- structural zeros --------------------------------------------------------------------------------------------------


@every_law
def test_structural_zeros_say_why(name: str) -> None:
    law = LAWS[name]
    assert sw.gwp("x*y", law).reason == "f does not depend on z"
    assert sw.gwpd("x + y", law)["x", "y"].reason == "no product in f holds x, y together: f is a sum that separates them"
    assert sw.gcp("x**2", law, [["x", "y"], ["z"]]).reason == (
        "f does not depend on y, which lies in a block of several inputs"
    )
    assert [len(S) for S in sw.gwpd("x + a*y", law)] == [0, 1, 1]
    assert sw.gwp("x*y*z", law).reason is None


def test_independent_blocks_are_structural_zeros() -> None:
    text = "the block {x, y, z} splits into {x, z} and {y}, which are independent"
    assert sw.gcp("x*y*z", LAWS["moments in groups"]).reason == text
    assert sw.gcp("x*y*z", LAWS["side by side"]).reason == text.replace("x, y, z", "x, z, y")
    assert sw.gcp("x*y*z", LAWS["marginals"]).reason == (
        "the block {x, y, z} splits into {x} and {y} and {z}, which are independent"
    )
    assert sw.gcp("x*z", LAWS["normal"], [["x", "z"], ["y"]]).reason is not None
    assert sw.gcp("x*y*z", LAWS["normal"]).reason is None
    assert sw.gcp("x*y*z", LAWS["normal"]).is_zero()  # the third cumulant of normal variables: zero by value
    assert sw.gcp("x*y*z", LAWS["mixture"]).reason is None
    assert not sw.gcp("x*y*z", LAWS["mixture"]).is_zero()
    assert len(sw.gcpd("x*y*z", LAWS["moments in groups"])) == 2


# -- small and large ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "law", [sw.Moments([]), sw.Cumulants([]), sw.MultivariateNormal([], [], []), sw.Independent({})], ids=str
)
def test_no_inputs(law: sw.Law) -> None:
    for f, value in ((0, 0), ("3/2", Fraction(3, 2)), ("a + 1", a + 1)):
        D, G = sw.gwpd(f, law), sw.gcpd(f, law)
        assert list(D) == [frozenset()]
        assert list(G) == [frozenset()]
        assert D[()] == value
        assert G[()] == value
        assert sw.gwp(f, law) == value
        assert sw.gcp(f, law) == value
        assert D.check()
        assert G.check()
        assert not D.replace({(): "2*a"}).check()


@pytest.mark.parametrize("law", [sw.Normal("m", "s").named("x"), sw.Moments(["x"]), sw.Bernoulli("p").named("x")], ids=str)
def test_one_input(law: sw.Law) -> None:
    mean = sympy.sympify(law.moment(["x"]))
    D, G = sw.gwpd("a*x + 1", law), sw.gcpd("a*x + 1", law)
    assert D["x"] == a * (x - mean)
    assert D[[]] == a * mean + 1
    assert list(G) == [frozenset({frozenset({x})})]
    assert G[[["x"]]] == a * mean + 1
    assert sw.gwp("x", law) == x - mean
    assert sw.gcp("x", law) == mean
    assert D.second_moment("x") == a**2 * (sympy.sympify(law.moment({"x": 2})) - mean**2)


@every_law
def test_constants(name: str) -> None:
    for f in (0, "a"):
        D, G = sw.gwpd(f, LAWS[name]), sw.gcpd(f, LAWS[name])
        assert list(D) == [frozenset()]
        assert D[[]] == f
        assert D.check()
        assert [len(partition) for partition in G] == [3]
        assert G.total() == f
        assert G.check()
        assert sw.gwp(f, LAWS[name]).reason == "f does not depend on " + ", ".join(map(str, LAWS[name].variables))
        assert sw.expectation(f, LAWS[name], over="x") == f


def test_thirty_symbolic_bits_and_a_sparse_function() -> None:
    names = [f"x{i}" for i in range(30)]
    law = sw.Independent({name: sw.Bernoulli(f"p{i}") for i, name in enumerate(names)})
    D = sw.gwpd(" + ".join(f"a*{u}*{v}" for u, v in itertools.pairwise(names)), law)
    assert len(D) == 1 + 30 + 29
    assert D.check()
    assert D.total() == D.target
    assert D["x1"] == a * sympy.sympify("(p0 + p2)*(x1 - p1)")
    assert D["x0", "x2"].reason is not None
    assert sw.gcpd(D.target, law).check()


def test_ten_variables_of_which_nothing_is_said_stay_a_circuit() -> None:
    names = [f"x{i}" for i in range(1, 11)]
    D = sw.gwpd("*".join(names), sw.Moments(names))
    top = D[names]
    assert top.reason is None
    assert len(top.circuit) < 100_000  # multiplied out, it would have Bell(11) = 678,570 terms
    assert str(top).startswith("<ClosedForm of x1, x2, x3, x4, x5, x6, x7, x8, x9, x10: ")
    assert str(D).splitlines()[2] == "  {x1}: E[x2*x3*x4*x5*x6*x7*x8*x9*x10]*(x1 - E[x1])"
    for refused in (lambda: top.equals(0), top.terms, top.is_zero):
        with pytest.raises(sw.TooLarge, match="^Terms of the form multiplied out: predicted .* above the limit of 2,000,000"):
            refused()
    assert D["x1"] == (sympy.Symbol("x1") - sympy.Symbol("E[x1]")) * sympy.Symbol("E[" + "*".join(names[1:]) + "]")


def test_squares_too_large_to_be_multiplied_out_are_refused() -> None:
    names = [f"x{i}" for i in range(7)]
    with pytest.raises(sw.TooLarge) as error:
        sw.gwpd("*".join(names), sw.Cumulants(names)).second_moment(names)
    assert str(error.value).startswith("Terms of the square of a term of the decomposition: predicted 17,139,600, above")
    with pytest.raises(sw.TooLarge) as error:
        sw.gwpd("*".join(names), sw.Moments(names), limit=10_000).second_moment(names)
    assert str(error.value).startswith("Products in the square of a term of the decomposition: predicted 16,384, above")


def test_the_top_term_of_a_circuit_has_the_right_value() -> None:
    """All moments 1 is the law of the constant 1, whose Wick product is Π(x − 1)."""
    names = [f"x{i}" for i in range(7)]
    top = sw.gwpd("*".join(names), sw.Moments(names))[names]
    numbers = top.subs(dict.fromkeys(top.parameters, 1))
    assert numbers.at(dict.fromkeys(names, 3)) == 2**7
    assert numbers.at({**dict.fromkeys(names, 3), "x4": 1}) == 0


def test_assumptions_are_those_of_the_term_whatever_was_asked_before() -> None:
    law = sw.Independent({"x": sw.Normal("m", "s"), "y": sw.StudentT("nu")})
    nu, s = sympy.symbols("nu s")
    for order in (["x", "y"], ["y", "x"]):
        D = sw.gwpd("x + y**4", law)
        found = {name: D[name].assumptions for name in order}
        assert found == {"x": (s >= 0, nu > 0), "y": (s >= 0, nu > 0, nu > 4)}
    assert sw.gwp("x*y**4", law, "x").assumptions == (s >= 0, nu > 0)  # y is held
    assert sw.expectation("x*y**4", law, over="y").assumptions == (s >= 0, nu > 0, nu > 4)


def test_a_term_without_a_mean_says_so_in_the_list() -> None:
    D = sw.gwpd("x + y**3", sw.Independent({"x": sw.Normal(0, 1), "y": sw.StudentT(2)}))
    assert str(D).splitlines()[2:] == [
        "  {x}: x",
        "  {y}: none: E[X**3] does not exist under StudentT(2): it needs more than 3 degrees of freedom.",
    ]
    with pytest.raises(sw.NoClosedForm, match=r"^E\[X\*\*3\] does not exist under StudentT\(2\)"):
        D["y"]


def test_the_limit_of_a_decomposition_is_that_of_its_sum_rule() -> None:
    names = [f"x{i}" for i in range(5)]
    law = sw.Moments(names)
    assert sw.gwpd("*".join(names), law).check()
    with pytest.raises(sw.TooLarge) as error:
        sw.gwpd("*".join(names), law, limit=300).check()
    assert f"Pass limit={error.value.predicted}" in str(error.value)
    assert sw.gwpd("*".join(names), law, limit=error.value.predicted).check()
