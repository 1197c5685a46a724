"""Decompositions as objects: Mappings with checks, sums, tables, files and texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sympy

import symwick as sw
from symwick.errors import InvalidArgument, TooLarge
from symwick.testing import oracle
from tests.refusals import refuses

x, y, z, a = sympy.symbols("x y z a")
POST = {(0, 0): Fraction(1, 2), (0, 1): Fraction(1, 8), (1, 0): Fraction(1, 8), (1, 1): Fraction(1, 4)}
P = sw.Finite(POST, [x, y])
WEIGHTS = {
    (0, -1, 0): Fraction(1, 12), (0, 2, 1): Fraction(3, 12), (1, -1, 1): Fraction(2, 12), (1, 2, 1): Fraction(1, 12),
    (2, 2, 0): Fraction(4, 12), (2, -1, 1): Fraction(1, 12),
}  # fmt: skip
THREE = sw.Finite(WEIGHTS, [x, y, z])
EVERYWHERE = list(product((0, 1, 2), (-1, 2), (0, 1)))
TABLE = {point: Fraction(7 * point[0] ** 2 - 3 * point[1] * point[2] + point[0] * point[1], 5) for point in EVERYWHERE}

FUNCTIONS: dict[str, Any] = {
    "polynomial": x * y * z - 3 * x**2 * z + sympy.Rational(2, 7),
    "table": TABLE,
    "callable": lambda p, q, r: p * q - max(p, r),
    "joint": sympy.Max(x, y) / (1 + x**2 + y**2),
    "piecewise": sympy.Piecewise((x * z, x > y), (y - 1, True)),
    "one-variable functions": sympy.exp(x) * y + sympy.Abs(y - 1),
    "boolean": (x > y) & (z > 0),
    "constants": sympy.pi * x * y + sympy.sqrt(2) * z,
    "parameters": a * x * y + a**2 * z,
    "joint with parameters": a * sympy.Max(x, z),
    "constant": Fraction(3, 7),
}


def at(point: tuple[int, ...]) -> dict[sympy.Symbol, int]:
    return dict(zip((x, y, z), point, strict=True))


# -- Mapping ---------------------------------------------------------------------------------------------------------


def test_gwpd_is_a_mapping() -> None:
    D = sw.gwpd("x*y + z**2", THREE)
    keys = [frozenset(), {x}, {y}, {z}, {x, y}]
    assert isinstance(D, Mapping)
    assert list(D) == list(D.keys()) == keys
    assert len(D) == 5
    assert [form.variables for form in D.values()] == [(), (x,), (y,), (z,), (x, y)]
    for same in (["x", "y"], ("y", "x"), {x, y}, frozenset({x, y}), [x, "y"], iter("xy")):
        assert D[same] is D[{x, y}]
    assert D["x"] is D[x] is D[["x"]]
    assert D[()] is D[frozenset()] is D[[]]
    assert D[()].value == sum(w * (p[0] * p[1] + p[2] ** 2) for p, w in WEIGHTS.items())
    assert {x, y} in D
    assert "x" in D
    assert () in D
    assert ["x", "z"] not in D
    assert "q" not in D
    assert 3 not in D


def test_structural_zeros_answer_and_say_why() -> None:
    D = sw.gwpd("x*y + z**2", THREE)
    for key in ("xz", "yz", "xyz"):
        assert D[list(key)].value == 0
        assert D[list(key)].reason == (
            f"no product in f holds {', '.join(key)} together: f is a sum that separates them"
        )
    assert D["x"].reason is None
    unused = sw.gwpd("x*y", THREE)
    assert len(unused) == 4
    assert unused[["x", "z"]].reason == "f does not depend on z"
    assert unused["x", "z"].at({"x": 2, "z": 1}) == 0

    G = sw.gcpd("x*y + z**2", THREE)
    assert G[[["x", "z"], ["y"]]].reason == "no product in f holds x, z together: f is a sum that separates them"
    unused_k = sw.gcpd("x*y", THREE)[[["x", "y", "z"]]]
    hint = "; P.marginal(['x', 'y']) leaves it out"
    assert unused_k.reason == "f does not depend on z, which lies in a block of several inputs" + hint
    assert sw.gcp("x*y", THREE.marginal(["x", "y"])).reason is None
    blocks = sw.gcp("x*y", THREE, inputs={"u": ["x"], "v": ["y"], "w": ["z"]})
    assert blocks.reason == "f does not depend on w, which lies in a block of several inputs"
    assert sw.gcp("x", THREE).reason == "f does not depend on y, z, which lie in a block of several inputs"


def test_gcpd_is_a_mapping() -> None:
    G = sw.gcpd(TABLE, THREE)
    partitions = list(oracle.set_partitions([x, y, z]))
    assert set(G) == set(partitions)
    assert len(G) == 5
    assert G[[["x", "y"], ["z"]]] is G[{frozenset({z}), frozenset({y, x})}] is G[["z", ("y", x)]]
    assert [["x", "y", "z"]] in G
    assert [["x"], ["y"]] not in G
    assert {key: form.value for key, form in G.items()} == {
        frozenset(frozenset((x, y, z)[i] for i in block) for block in partition): value
        for partition, value in oracle.gcpd(TABLE.__getitem__, WEIGHTS).items()
    }


def test_block_names_are_keys() -> None:
    inputs = {"left": ["x", "z"], "right": ["y"]}
    D = sw.gwpd(TABLE, THREE, inputs=inputs)
    assert list(D) == [frozenset(), {"left"}, {"right"}, {"left", "right"}]
    assert D["left"].variables == (x, z)
    assert D["left"].at({"x": 2, "z": 1}) == oracle.gwpd_term(TABLE.__getitem__, WEIGHTS, [0], (2, 2, 1), [[0, 2], [1]])
    G = sw.gcpd(TABLE, THREE, inputs=inputs)
    assert set(G) == {frozenset({frozenset({"left", "right"})}), frozenset({frozenset({"left"}), frozenset({"right"})})}
    assert "x" not in D


def test_max_order_keeps_the_small_sets() -> None:
    D = sw.gwpd(TABLE, THREE)
    for order, count in ((0, 1), (1, 4), (2, 7), (3, 8), (9, 8)):
        cut = sw.gwpd(TABLE, THREE, max_order=order)
        assert len(cut) == len(list(cut)) == count
        assert all(len(key) <= order and cut[key].equals(D[key]) for key in cut)
        assert cut.at(at((2, -1, 1))) == {key: v for key, v in D.at(at((2, -1, 1))).items() if len(key) <= order}
    assert ["x", "y"] not in sw.gwpd(TABLE, THREE, max_order=1)


# -- checks and sums -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_the_terms_add_up(kind: str) -> None:
    f = FUNCTIONS[kind]
    for D in (sw.gwpd(f, THREE), sw.gcpd(f, THREE)):
        assert D.check().ok
        assert D.check()
        assert D.total().equals(D.target)
        assert str(D.check()).endswith(": holds exactly")


@pytest.mark.parametrize("kind", FUNCTIONS)
@pytest.mark.parametrize("decompose", [sw.gwpd, sw.gcpd])
def test_a_changed_term_is_seen(decompose: Any, kind: str) -> None:
    D = decompose(FUNCTIONS[kind], THREE)
    key = list(D)[-1]
    damaged = D.replace({key: sympy.Rational(1, 1000) + D[key].expr if not D[key].domain else 5})
    check = damaged.check()
    assert not check
    assert not check.ok
    assert "VIOLATED, the difference is" in str(check)
    assert D.check()  # the original is as it was
    assert damaged.replace({key: D[key]}).check()


def test_the_difference_is_named() -> None:
    D = sw.gwpd("x*y", P)
    damaged = D.replace({"x": 0, ("x", "y"): D["x", "y"]})
    check = damaged.check()
    assert check.rule == "f(x) = Σ_S W_f(x_S)"
    assert str(check) == f"{check.rule}: VIOLATED, the difference is {check.difference}"
    missing = sympy.Rational(3, 8) * (x - sympy.Rational(3, 8))
    assert sympy.expand(sympy.sympify(check.difference) + missing) == 0
    assert damaged["x"].value == 0
    assert damaged.total().equals(D.total()) is False
    G = sw.gcpd("x*y", P).replace({(("x", "y"),): "1/8"})
    assert str(G.check()) == "E f = Σ_π K_f(π): VIOLATED, the difference is 1/64"


def test_damage_inside_an_engine_is_seen() -> None:
    table, cumulants, products = sw.gwpd(TABLE, THREE), sw.gcpd(TABLE, THREE), sw.gwpd("x*y*z + x", THREE)
    basis = table._engine.basis
    basis.coefficients = basis.coefficients + 1
    basis = cumulants._engine.basis
    basis.kappa = [2 * series for series in basis.kappa]
    right = products._engine.coefficients
    products._engine.coefficients = lambda subset: {mask: 2 * c for mask, c in right(subset).items()}
    for damaged in (table, cumulants, products):
        assert not damaged.check()
        assert str(damaged.check()).endswith("VIOLATED, the difference is in the derived terms")


def test_damaged_text_is_seen() -> None:
    text = sw.gwpd("x*y", P).to_json()
    assert text.count('"-7/64"') == 1
    assert sw.from_json(text).check()
    assert not sw.from_json(text.replace('"-7/64"', '"-7/65"')).check()
    raw = json.loads(text)
    raw["terms"].pop()
    assert not sw.from_json(json.dumps(raw)).check()
    gcpd = sw.gcpd(TABLE, THREE)
    raw = json.loads(gcpd.to_json())
    constant = next(gate for gate in raw["gates"] if gate["op"] == "constant" and gate["constant"] != "0")
    constant["constant"] = str(Fraction(constant["constant"]) + Fraction(1, 10**9))
    assert not sw.from_json(json.dumps(raw)).check()


def test_at_and_top() -> None:
    D = sw.gwpd(TABLE, THREE)
    for point in EVERYWHERE:
        values = D.at(at(point))
        assert list(values) == list(D)
        assert sum(values.values()) == TABLE[point]
        expected = oracle.gwpd(TABLE.__getitem__, WEIGHTS, point)
        assert values == {frozenset((x, y, z)[i] for i in s): v for s, v in expected.items()}
        top = D.top(at(point), 3)
        sizes = sorted((abs(v) for key, v in values.items() if key), reverse=True)
        assert [abs(v) for _, v in top] == sizes[:3]
        assert all(values[key] == v for key, v in top)
        assert len(D.top(at(point), 100)) == 7
    replaced = D.replace({"x": 11})
    assert replaced.at(at((0, 2, 1)))[frozenset({x})] == 11
    assert replaced.top(at((0, 2, 1)), 1) == [(frozenset({x}), 11)]


def test_concentration() -> None:
    D = sw.gwpd(TABLE, THREE)
    spread = D.concentration()
    squares = {
        key: sum(w * D[key].at(at(p)) ** 2 for p, w in WEIGHTS.items()) for key in D if key
    }  # E[W_f(X_S)²] under P
    assert spread.by_set == squares
    assert spread.by_order == {n: sum(v for key, v in squares.items() if len(key) == n) for n in (1, 2, 3)}
    assert spread.total == sum(squares.values())
    assert sum(spread.share(n) for n in (1, 2, 3)) == 1
    assert spread.share(["x", "y"]) == spread.share(["y", x]) == sympy.Rational(squares[frozenset({x, y})]) / spread.total
    assert spread.share(4) == 0
    point = at((2, -1, 1))
    here = D.concentration(at=point)
    assert here.by_set == {key: abs(v) for key, v in D.at(point).items() if key}
    assert sum(here.by_order.values()) == here.total
    assert sw.gwpd("5", P).concentration().share(1) == 0
    assert repr(sw.gwpd("x*y", P).concentration()) == (
        "E[W_f(X_S)²], by order (dependent inputs: {x, y}: terms overlap, the sizes do not add up to Var f):\n"
        "  order 1:  56.96%\n  order 2:  43.04%\n"
        "largest sets:\n  {x, y}:  43.04%\n  {x}:  28.48%\n  {y}:  28.48%"
    )


def test_the_size_of_a_structural_zero_is_zero() -> None:
    terms = sw.gwpd(sw.function(lambda a: a * a + 3, ["x"]), P)
    assert terms.second_moment(["x", "y"]).value == 0
    assert terms.second_moment("y").value == 0
    assert terms.second_moment("x").value > 0


def test_pandas() -> None:
    frame = sw.gwpd("x*y", P).to_pandas(at={"x": 1, "y": 1})
    assert list(frame["term"]) == [frozenset(), {x}, {y}, {x, y}]
    assert list(frame["order"]) == [0, 1, 1, 2]
    assert list(frame["form"]) == ["1/4", "3*(x - 3/8)/8", "3*(y - 3/8)/8", "(x - 3/8)*(y - 3/8) - 7/64"]
    assert list(frame["value"]) == [Fraction(1, 4), Fraction(15, 64), Fraction(15, 64), Fraction(9, 32)]
    cumulants = sw.gcpd("x*y", P).to_pandas()
    assert dict(zip(cumulants["order"], cumulants["value"], strict=True)) == {2: Fraction(7, 64), 1: Fraction(9, 64)}


# -- files -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blocks", [None, {"left": ["x", "z"], "right": ["y"]}], ids=["variables", "blocks"])
@pytest.mark.parametrize("kind", FUNCTIONS)
@pytest.mark.parametrize("decompose", [sw.gwpd, sw.gcpd])
def test_round_trip(decompose: Any, kind: str, blocks: Any, tmp_path: Path) -> None:
    D = decompose(FUNCTIONS[kind], THREE, inputs=blocks)
    path = tmp_path / "decomposition.json"
    D.save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["decomposition.json"]
    E = sw.load(path)
    assert type(E) is type(D)
    assert list(E) == list(D)
    for key in D:
        assert E[key].equals(D[key]), key
        assert E[key].variables == D[key].variables
        assert E[key].parameters == D[key].parameters
        assert E[key].domain == D[key].domain
    assert E.check()
    assert E.target.equals(D.target)
    assert E.to_json() == D.to_json()
    if decompose is sw.gwpd and kind in ("polynomial", "table", "joint"):
        assert E.at(at((2, -1, 1))) == D.at(at((2, -1, 1)))


@pytest.mark.parametrize("kind", ["polynomial", "table", "joint"])
def test_round_trip_of_floats_with_their_bounds(kind: str) -> None:
    D = sw.gwpd(FUNCTIONS[kind], THREE, ring="float64")
    E = sw.from_json(D.to_json())
    exact = sw.gwpd(FUNCTIONS[kind], THREE)
    assert E.inexact
    assert list(E) == list(D)
    for key in D:
        for point in EVERYWHERE:
            ball, truth = E[key].ball(at(point)), Fraction(exact[key].at(at(point)))
            assert abs(Fraction(ball.value) - truth) <= Fraction(ball.radius)
            assert abs(ball.value - D[key].at(at(point))) <= 1e-12


def test_the_order_of_the_loaded_is_kept() -> None:
    E = sw.from_json(sw.gwpd(FUNCTIONS["polynomial"], THREE, max_order=2).to_json())
    assert len(E) == 7
    assert E["x", "y"].at({"x": 1, "y": 2}) == sw.gwpd(FUNCTIONS["polynomial"], THREE)["x", "y"].at({"x": 1, "y": 2}) != 0
    assert E["x", "y", "z"].reason == "the saved decomposition has no such term"
    assert not E.check()


# -- texts -------------------------------------------------------------------------------------------------------------------


def test_texts_of_the_worked_example() -> None:
    D, G = sw.gwpd("x*y", P), sw.gcpd("x*y", P)
    assert repr(D) == str(D) == (
        "GWPD over x, y\n  ∅: 1/4\n  {x}: 3*(x - 3/8)/8\n  {y}: 3*(y - 3/8)/8\n  {x, y}: (x - 3/8)*(y - 3/8) - 7/64"
    )
    assert repr(G) == "GCPD over x, y\n  x, y: 7/64\n  x | y: 9/64"
    third = r"\frac{3}{8}"
    assert D["x", "y"].latex() == (
        rf"\left(x - {third}\right) \left(y - {third}\right) - \frac{{7}}{{64}}"
    )
    assert D.latex() == (
        r"\begin{aligned}\mathbb{E} f &= \frac{1}{4} \\ "
        r"W_f(x_{\{x\}}) &= \frac{3 \left(x - \frac{3}{8}\right)}{8} \\ "
        r"W_f(x_{\{y\}}) &= \frac{3 \left(y - \frac{3}{8}\right)}{8} \\ "
        r"W_f(x_{\{x, y\}}) &= \left(x - \frac{3}{8}\right) \left(y - \frac{3}{8}\right) - \frac{7}{64}\end{aligned}"
    )
    assert G.latex() == r"\begin{aligned}K_f(x, y) &= \frac{7}{64} \\ K_f(x \mid y) &= \frac{9}{64}\end{aligned}"
    assert D._repr_latex_() == f"$\\displaystyle {D.latex()}$"
    assert repr(D.check()) == "f(x) = Σ_S W_f(x_S): holds exactly"


def test_long_decompositions_are_cut() -> None:
    names = [f"b{i}" for i in range(5)]
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in names})
    D = sw.gwpd("*".join(names), law)
    assert len(D) == 32
    assert len(repr(D).splitlines()) == 10
    assert repr(D).endswith("\n  …")
    assert D.latex(max_terms=3).count("&=") == 3
    assert r"\vdots" in D.latex(max_terms=3)


# -- parameters --------------------------------------------------------------------------------------------------------

LENGTH = sympy.Symbol("petal_length")
PETALS = sw.Independent({"petal_length": sw.Bernoulli("1/2"), "petal_width": sw.Bernoulli("1/4")})


@pytest.mark.parametrize("derive", [sw.gwpd, sw.gcpd])
@pytest.mark.parametrize(("f", "told"), [
    ("petal_lenght*petal_width", "petal_lenght (did you mean petal_length?)"),
    ("a*petal_length*petal_width", "a"),
    ("b*petal_length + a*exp(c*petal_width)", "a, b, c"),
    ("a*petal_length + petal_widht", "petal_widht (did you mean petal_width?), a"),  # the slip first
    ("a/(petal_length + petal_width + 1)", "a"),  # tabulated
    (sw.ClosedForm.of("a*petal_length", ["petal_length"]), "a"),
    (lambda length, width: sympy.Symbol("a") * length + width, "a"),
])  # fmt: skip
def test_parameters_are_told_and_slips_with_the_variable_that_may_be_meant(
    derive: Callable[..., Any], f: Any, told: str
) -> None:
    D = derive(f, PETALS)
    lines = repr(D).splitlines()
    assert lines[:2] == [f"{type(D).__name__} over petal_length, petal_width", f"  parameters: {told}"]
    assert f"parameters</td><td style=\"text-align:left;padding:0.15em 1em 0.15em 0.3em\">{told}</td>" in D._repr_html_()
    again = sw.from_json(D.to_json())
    assert (again.parameters, repr(again)) == (D.parameters, repr(D))
    assert again.replace({}).parameters == D.replace({}).parameters == D.parameters


@pytest.mark.parametrize("f", ["petal_length*petal_width", "2", sympy.pi * LENGTH, lambda length, width: length])
def test_a_function_without_parameters_tells_none(f: Any) -> None:
    for D in (sw.gwpd(f, PETALS), sw.gcpd(f, PETALS)):
        assert D.parameters == ()
        assert "parameters" not in repr(D)
        assert "parameters" not in D._repr_html_()
        assert "parameters" not in json.loads(D.to_json())


def test_parameters_are_those_of_f_not_of_the_law() -> None:
    law = sw.Independent({"x": sw.Normal("m", "s"), "y": sw.Bernoulli("p")})
    assert sw.gwpd("x*y", law).parameters == ()
    assert sw.gwpd("p*x*y + q", law).parameters == sympy.symbols("p q")
    both = sw.gwpd({"u": "a*x", "v": "b*y"}, law)
    assert sw.gwpd("pi*x", law).parameters == (sympy.Symbol("pi"),)  # in text every name is a symbol
    assert (both["u"].parameters, both["v"].parameters) == ((sympy.Symbol("a"),), (sympy.Symbol("b"),))


def test_the_limit_of_second_moments() -> None:
    law = sw.MultivariateNormal(["x", "y", "z"], [0, 0, 0], [[2, 1, 1], [1, 2, 1], [1, 1, 2]])
    f = "(x + y)*(x*y + 1)*(y + 2)"
    text = "Terms of the square of a term of the decomposition: predicted 169, above the limit of {}. Pass limit=169 (or more) "
    text += "to do it all the same."
    D, large = sw.gwpd(f, law, limit=20), sw.gwpd(f, law)
    for ask in (D.second_moment, lambda S, **limit: D.concentration(**limit)):
        refuses(TooLarge, text.format(20), lambda ask=ask: ask(["x", "y"]))  # type: ignore[misc]
        refuses(TooLarge, text.format(168), lambda ask=ask: ask(["x", "y"], limit=168))  # type: ignore[misc]
        rule = "Argument 'limit' must be an integer that is at least 1, not 0."
        refuses(InvalidArgument, rule, lambda ask=ask: ask("x", limit=0))  # type: ignore[misc]
    assert D.second_moment(["x", "y"], limit=169) == large.second_moment(["x", "y"])
    assert D.concentration(limit=169).by_set == large.concentration().by_set
    changed = D.replace({("x", "y"): D["x", "y"]})
    assert changed.second_moment(["x", "y"], limit=169) == large.second_moment(["x", "y"])
    refuses(TooLarge, text.format(20), lambda: changed.second_moment(["x", "y"]))
    text = "Terms to square: predicted 4, above the limit of 2. Pass limit=4 (or more) to do it all the same."
    refuses(TooLarge, text, lambda: sw.gwpd("x*y", law).concentration(limit=2))
