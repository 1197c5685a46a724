"""Shapley values of the terms, and the game v(S) = E[f(x_S, X_−S)]: against brute force, and never mixed up."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product
from math import factorial
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.decompose.attribution.games import Game, game, shapley_of_terms
from symwick.testing import oracle
from symwick.testing.strategies import blockings, finite_laws, points, polynomials, tables

X = sympy.symbols("x0:4")
Sets = dict[frozenset[int], Fraction]
DEPENDENT = {(0, 0, 0): Fraction(1, 2), (1, 1, 0): Fraction(1, 4), (1, 1, 1): Fraction(1, 4)}


def named(point: Any) -> dict[sympy.Symbol, Any]:
    return dict(zip(X, point, strict=False))


def rational(f: sympy.Expr, point: Any) -> Fraction:
    value = f.subs({v: sympy.Rational(Fraction(t).numerator, Fraction(t).denominator) for v, t in zip(X, point, strict=False)})
    return Fraction(int(value.p), int(value.q))


# -- brute force: the definitions, n! and 2^n written out ------------------------------------------------------------


def values_of(f: Callable[[Any], Any], weights: Any, n: int, point: Any, blocks: Any = None) -> Sets:
    """v(S) for all S."""
    return {s: oracle.expect(f, weights, frozenset(range(n)) - s, point, blocks) for s in oracle.subsets(range(n))}


def dividends(v: Sets) -> Sets:
    return {s: sum(((-1) ** (len(s) - len(t)) * v[t] for t in oracle.subsets(s)), Fraction(0)) for s in v}


def gains(v: Sets, s: frozenset[int], t: frozenset[int]) -> Fraction:
    """Δ_S v(T) = Σ_{L⊆S} (−1)^{|S∖L|} v(T ∪ L)."""
    return sum(((-1) ** (len(s) - len(inner)) * v[t | inner] for inner in oracle.subsets(s)), Fraction(0))


def interaction_by_coalitions(v: Sets, s: frozenset[int], n: int) -> Fraction:
    """Grabisch and Roubens: Σ_{T⊆N∖S} |T|! (n − |T| − |S|)! / (n − |S| + 1)! · Δ_S v(T)."""
    rest = frozenset(range(n)) - s
    scale = factorial(n - len(s) + 1)
    return sum(
        (Fraction(factorial(len(t)) * factorial(n - len(t) - len(s)), scale) * gains(v, s, t) for t in oracle.subsets(rest)),
        Fraction(0),
    )


def banzhaf_by_coalitions(v: Sets, i: int, n: int) -> Fraction:
    rest = frozenset(range(n)) - {i}
    return sum((gains(v, frozenset({i}), t) for t in oracle.subsets(rest)), Fraction(0)) / 2 ** (n - 1)


def agree(found: Game, keys: list[Any], v: Sets, at: Any) -> None:
    """Values at the point, and the forms evaluated there."""
    n = len(keys)
    m = dividends(v)
    known = {frozenset(keys.index(k) for k in key): value for key, value in found.moebius_values(at).items()}
    assert set(known) <= set(m)
    for s in m:
        names = [keys[i] for i in s]
        assert known.get(s, 0) == m[s]  # what is missing is a structural zero
        assert found.value(names, at) == found.value(names).at(at) == v[s]
        assert found.moebius(names, at) == found.moebius(names).at(at) == m[s]
        expected = interaction_by_coalitions(v, s, n)
        assert found.shapley_interaction(names, at) == found.shapley_interaction(names).at(at) == expected
    forms, numbers, banzhaf = found.shapley(), found.shapley(at), found.banzhaf(at)
    for i, key in enumerate(keys):
        assert numbers[key] == forms[key].at(at) == interaction_by_coalitions(v, frozenset({i}), n)
        assert banzhaf[key] == found.banzhaf()[key].at(at) == banzhaf_by_coalitions(v, i, n)
    assert sum(numbers.values()) == v[frozenset(range(n))] - v[frozenset()]


@given(data=st.data())
@settings(max_examples=20)
def test_games_of_tables(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n]))
    table = data.draw(tables(weights))
    point = data.draw(points(weights, on_grid=True))
    agree(game(table, law), list(X[:n]), values_of(lambda p: table[tuple(p)], weights, n, point), named(point))


@given(data=st.data())
@settings(max_examples=20)
def test_games_of_polynomials_on_and_off_the_support(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n]))
    f = sympy.sympify(data.draw(polynomials(X[:n], max_exponent=2)))
    point = data.draw(points(weights))
    agree(game(f, law), list(X[:n]), values_of(lambda p: rational(f, p), weights, n, point), named(point))


@given(data=st.data())
@settings(max_examples=6)
def test_games_of_expressions_that_do_not_separate(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(2, variables=X[:2]))
    f = sympy.Max(X[0], X[1]) + X[0] ** 2
    point = data.draw(points(weights))
    agree(game(f, law), list(X[:2]), values_of(lambda p: rational(f, p), weights, 2, point), named(point))


@given(data=st.data())
@settings(max_examples=15)
def test_games_of_blocks(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    blocks = data.draw(blockings(3))
    inputs = {f"b{i}": [X[j] for j in block] for i, block in enumerate(blocks)}
    point = data.draw(points(weights, on_grid=True))
    f: Any = data.draw(st.one_of(tables(weights), polynomials(X[:3], max_exponent=1)))
    value = f.__getitem__ if isinstance(f, dict) else (lambda p: rational(sympy.sympify(f), p))
    v = values_of(value, weights, len(blocks), point, blocks)
    agree(game(f, law, inputs=inputs), list(inputs), v, named(point))


# -- Shapley values of the terms -------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=20)
def test_shapley_values_of_the_terms(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n]))
    tabulated = data.draw(st.booleans())
    f: Any = data.draw(tables(weights)) if tabulated else sympy.sympify(data.draw(polynomials(X[:n], max_exponent=2)))
    point = data.draw(points(weights, on_grid=tabulated))
    terms = oracle.gwpd(f.__getitem__ if tabulated else lambda p: rational(f, p), weights, point)
    forms, numbers = shapley_of_terms(f, law), shapley_of_terms(f, law, named(point))
    assert list(forms) == list(numbers) == list(X[:n])
    for i in range(n):
        expected = sum((w / len(s) for s, w in terms.items() if i in s), Fraction(0))
        assert numbers[X[i]] == forms[X[i]].at(named(point)) == expected
    if n:
        assert sum(numbers.values()) == sum(terms.values()) - terms[frozenset()]


@given(data=st.data())
@settings(max_examples=15)
def test_under_independence_both_are_the_same(data: st.DataObject) -> None:
    f = data.draw(polynomials(X[:3], max_exponent=2))
    marginals = [sw.Normal("m", 2), sw.Uniform(-1, 2), sw.Poisson("3/2"), sw.Bernoulli("1/3")]
    law = sw.Independent({v: data.draw(st.sampled_from(marginals)) for v in X[:3]})
    found, terms = game(f, law), sw.gwpd(f, law)
    assert dict(found.shapley()) == dict(shapley_of_terms(f, law))
    for key, form in terms.items():
        assert found.moebius(key).equals(form)


def test_under_dependence_they_are_different_numbers() -> None:
    """f = x0 x1 x2 with x1 a copy of x0, all at 1; both share out 1 − E f = 3/4."""
    law, at = sw.Finite(DEPENDENT, X[:3]), named((1, 1, 1))
    terms, found = shapley_of_terms("x0*x1*x2", law, at), game("x0*x1*x2", law).shapley(at)
    assert sum(terms.values()) == sum(found.values()) == Fraction(3, 4)
    assert terms != found
    v = values_of(lambda p: Fraction(p[0] * p[1] * p[2]), DEPENDENT, 3, (1, 1, 1))
    assert list(found.values()) == [interaction_by_coalitions(v, frozenset({i}), 3) for i in range(3)]
    w = oracle.gwpd(lambda p: p[0] * p[1] * p[2], DEPENDENT, (1, 1, 1))
    assert list(terms.values()) == [sum(value / len(s) for s, value in w.items() if i in s) for i in range(3)]


def test_under_dependence_the_terms_within_a_set_are_not_the_value_of_the_game() -> None:
    law, at = sw.Finite(DEPENDENT, X[:3]), named((1, 1, 1))
    found, terms = game("x0*x1*x2", law), sw.gwpd("x0*x1*x2", law).at(at)
    differences = [
        found.value(s, at) - sum(w for t, w in terms.items() if t <= frozenset(s))
        for size in range(4)
        for s in combinations(X[:3], size)
    ]
    assert differences[0] == differences[-1] == 0  # E f and f(x) are
    assert any(differences)


def test_the_others_are_drawn_from_their_marginal_not_given_the_point() -> None:
    """x1 is a copy of x0: E[x1 | x0 = 1] = 1, but v({x0}) = E x1 = 1/2."""
    law = sw.Finite({(0, 0): "1/2", (1, 1): "1/2"}, X[:2])
    found = game("x1", law)
    assert found.value("x0", {"x0": 1, "x1": 1}) == Fraction(1, 2)
    assert found.shapley({"x0": 1, "x1": 1}) == {X[0]: 0, X[1]: Fraction(1, 2)}


# -- many inputs, few of them together -------------------------------------------------------------------------------


def test_forty_dependent_inputs_in_short_products() -> None:
    names = sympy.symbols("x0:40")
    covariance = [[2 if i == j else Fraction(1, 2) for j in range(40)] for i in range(40)]
    law = sw.MultivariateNormal(names, [0] * 40, covariance)
    f = sum((names[i] * names[i + 1] * names[i + 2] for i in range(38)), sympy.Integer(0)) + names[0] * names[39]
    found = game(f, law)
    at = dict.fromkeys(names, 2)
    values = found.moebius_values(at)
    assert len(values) == 1 + 40 + (39 + 38 + 1) + 38
    assert sum(values.values()) == sw.expectation(f, law, over=[]).at(at)
    assert values[frozenset(names[:3])] == 8 - 3 * (4 * 0) + 3 * (2 * Fraction(1, 2)) - 0
    apart = found.moebius(["x0", "x20"])
    assert apart == 0
    assert apart.reason == "no product in f holds x0, x20 together: f is a sum that separates them"
    assert found.moebius(["x0", "x20"], at) == 0
    assert {k: form.at(at) for k, form in found.shapley().items()} == found.shapley(at)
    assert sum(shapley_of_terms(f, law, at).values()) == sum(found.shapley(at).values())


def test_ten_dependent_bits_given_as_a_callable() -> None:
    grid = list(product((0, 1), repeat=10))
    raw = [1 + (17 * i + i * i) % 23 for i in range(len(grid))]
    names = sympy.symbols("x0:10")
    law = sw.Finite({p: Fraction(w, sum(raw)) for p, w in zip(grid, raw, strict=True)}, names)

    def f(*x: int) -> int:
        return sum(x) % 3 + x[0] * x[1]

    found, at = game(f, law), dict.fromkeys(names, 1)
    values = found.moebius_values(at)
    assert len(values) == 1024
    assert sum(values.values()) == f(*(1,) * 10)
    for size in (0, 1, 5, 9, 10):
        s = names[:size]
        inside = sum((m for t, m in values.items() if t <= frozenset(s)), Fraction(0))
        assert inside == found.value(s, at) == sw.expectation(f, law, over=[v for v in names if v not in s]).at(at)
    assert sum(found.shapley(at).values()) == f(*(1,) * 10) - sw.expectation(f, law).value


def test_against_shapiq() -> None:
    """An independent implementation, in floats: Möbius values, Shapley values and pairwise interactions of eight bits."""
    shapiq = pytest.importorskip("shapiq")
    import numpy as np

    n = 8
    names = sympy.symbols(f"x0:{n}")
    law = sw.Independent({v: sw.Bernoulli(Fraction(i + 1, n + 2)) for i, v in enumerate(names)})

    def f(*x: int) -> Fraction:
        return Fraction(3 * x[0] * x[1] * x[2] - 2 * (x[3] ^ x[4]) + max(x[5:]), 1 + x[0])

    at = {v: i % 2 for i, v in enumerate(names)}
    found = game(f, law)
    table = [float(found.value([v for i, v in enumerate(names) if code >> i & 1], at)) for code in range(1 << n)]
    weights = 1 << np.arange(n)
    computer = shapiq.ExactComputer(lambda coalitions: np.array(table)[coalitions @ weights], n_players=n)
    moebius = computer("Moebius", n)
    for key, value in found.moebius_values(at).items():
        if key:
            assert moebius[tuple(sorted(names.index(v) for v in key))] == pytest.approx(float(value), abs=1e-9)
    shapley, pairs = computer("SV", 1), computer("SII", 2)
    for i, v in enumerate(names):
        assert shapley[(i,)] == pytest.approx(float(found.shapley(at)[v]), abs=1e-9)
    for i, j in combinations(range(n), 2):
        expected = float(found.shapley_interaction([names[i], names[j]], at))
        assert pairs[(i, j)] == pytest.approx(expected, abs=1e-9)


# -- symbols, floats, faces ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", [
    sw.Moments(X[:3]),
    sw.MultivariateNormal(X[:3], ["m", 0, 1], [["v", "c", 0], ["c", 2, 1], [0, 1, 1]]),
    sw.Independent({X[0]: sw.Exponential("r"), (X[1], X[2]): sw.Moments(["u", "v"])}),
], ids=lambda law: type(law).__name__)  # fmt: skip
def test_symbolic_laws(law: sw.Law) -> None:
    x, y, z = X[:3]
    f = sympy.Symbol("a") * x**2 * y * z + x * y - z
    found = game(f, law)
    for size in range(4):
        for s in combinations((x, y, z), size):
            expected = sum(
                ((-1) ** (size - len(t)) * found.value(t) for k in range(size + 1) for t in combinations(s, k)), start=0
            )
            assert found.moebius(s).equals(expected)
    shapley = found.shapley()
    total = shapley["x0"] + shapley["x1"] + shapley["x2"]
    assert total.equals(sw.expectation(f, law, over=[]) - sw.expectation(f, law))
    with pytest.raises(sw.NotRational):
        found.shapley({x: 1, y: 1, z: 1})
    with pytest.raises(sw.NotRational):
        shapley_of_terms(f, law, {x: 1, y: 1, z: 1})


def test_float64_games_are_close() -> None:
    law = sw.Finite(DEPENDENT, X[:3])
    table = {p: Fraction(sum(p), 3) ** 2 for p in product((0, 1), repeat=3)}
    at = named((1, 0, 1))
    for f in (table, "x0*x1*x2/3 + x2"):
        exact, floats = game(f, law), game(f, law, ring="float64")
        assert floats.shapley(at) == pytest.approx({k: float(v) for k, v in exact.shapley(at).items()}, abs=1e-12)
        assert floats.shapley()["x2"].ball(at).contains(exact.shapley(at)["x2"])
        assert floats.moebius_values(at) == pytest.approx({k: float(v) for k, v in exact.moebius_values(at).items()}, abs=1e-12)
        terms = shapley_of_terms(f, law, at, ring="float64")
        assert terms == pytest.approx({k: float(v) for k, v in shapley_of_terms(f, law, at).items()}, abs=1e-12)


def test_vector_valued_functions() -> None:
    law = sw.Finite(DEPENDENT, X[:3])
    first, second = game(["x0", "x0*x2"], law)
    assert (first.value(X[:1]), second.moebius(["x0", "x2"], named((1, 1, 1)))) == (X[0], Fraction(1, 2))
    assert set(game({"f": "x0", "g": "x1"}, law)) == {"f", "g"}
    assert set(shapley_of_terms({"f": "x0", "g": "x1"}, law)) == {"f", "g"}


def test_what_a_game_says_of_itself() -> None:
    assert repr(game("x0*x1", sw.Finite(DEPENDENT, X[:3]))) == (
        "Game v(S) = E[f(x_S, X_-S)] over x0, x1, x2: dependent inputs: {x0, x1, x2}\n"
        "  X_-S is drawn from its joint marginal, not given x_S.\n"
        "  Under dependence its Möbius values are not the terms W_f(x_S)."
    )
    assert repr(game("x0*x1", sw.Independent({v: sw.Normal() for v in X[:2]}))) == (
        "Game v(S) = E[f(x_S, X_-S)] over x0, x1: independent inputs\n"
        "  X_-S is drawn from its joint marginal, not given x_S."
    )


def test_refusals() -> None:
    law = sw.Finite(DEPENDENT, X[:3])
    found = game("x0*x1*x2", law, limit=7)
    with pytest.raises(sw.TooLarge, match="Sets of inputs to attribute to: predicted 8, above the limit of 7"):
        found.shapley()
    with pytest.raises(sw.TooLarge, match="Sets of inputs to attribute to: predicted 8, above the limit of 7"):
        found.moebius_values(named((1, 1, 1)))
    with pytest.raises(sw.TooLarge, match="Ring operations of the Möbius values of the game: predicted 24"):
        game("x0*x1*x2", law, limit=10).shapley()
    with pytest.raises(sw.TooLarge, match="Sets of inputs to attribute to: predicted 8, above the limit of 7"):
        shapley_of_terms("x0*x1*x2", law, limit=7)
    with pytest.raises(sw.UnknownVariable, match="Argument 'S' names q, which is no input"):
        game("x0", law).value("q")
    with pytest.raises(sw.InvalidArgument, match="it lacks x1"):
        game("x0*x1", law).moebius_values({"x0": 1})
    with pytest.raises(sw.InexactError):
        game("x0*x1", law).shapley({"x0": 0.5, "x1": 1})
    with pytest.raises(sw.InvalidArgument, match="must lie on the grid"):
        game(lambda *x: sum(x), law).shapley(named((2, 0, 0)))


def test_the_order_does_not_depend_on_the_hash_seed(printed_under_hash_seeds: Callable[[str], set[str]]) -> None:
    script = """
import symwick as sw
from symwick.decompose.attribution.games import game, shapley_of_terms
P = sw.Moments(["u", "v", "w"])
f = "a*u*v*w + b*u*v + w**2"
print(game(f, P), game(f, P).shapley(), shapley_of_terms(f, P), game(f, P).shapley_interaction(["u", "v"]))
Q = sw.Finite({(0, 0, 0): "1/2", (1, 1, 0): "1/4", (1, 1, 1): "1/4"}, ["u", "v", "w"])
values = game("u*v + max(u, v, w)", Q).moebius_values({"u": 1, "v": 0, "w": 1})
print([(sorted(map(str, S)), m) for S, m in values.items()], game("u*v + max(u, v, w)", Q).shapley())
"""
    assert len(printed_under_hash_seeds(script)) == 1
