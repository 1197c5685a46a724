"""Properties 9 and 11 to 15 of the theory over random dependent laws, by exact equality; and the traps next to them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations, product
from math import factorial
from typing import Any

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.testing import oracle
from symwick.testing.strategies import finite_laws, points, polynomials, tables

X = sympy.symbols("x0:4")
XOR = {(a, b, a ^ b): Fraction(1, 4) for a, b in product((0, 1), repeat=2)}
FAIR = {point: Fraction(1, 8) for point in product((0, 1), repeat=3)}


def named(point: Iterable[Any], variables: Iterable[sympy.Symbol] = X) -> dict[sympy.Symbol, Any]:
    return dict(zip(variables, point, strict=False))


def mean(form: Any, weights: dict[Any, Fraction]) -> Fraction:
    """E of a form under a law given point by point."""
    return sum((w * form.at(named(point)) for point, w in weights.items() if w), Fraction(0))


# -- 9: Appell -------------------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=20)
def test_derivatives_lower_wick_products(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n]))
    f = sympy.sympify(data.draw(polynomials(X[:n])))
    subset = data.draw(st.sets(st.sampled_from(X[:n]), min_size=1))
    i = data.draw(st.sampled_from(sorted(subset, key=str)))
    left = sw.gwp(f, law, subset).diff(i)
    right = sw.gwp(f.diff(i), law, subset - {i})
    assert left.equals(right)
    point = data.draw(points(weights))
    assert left.at(named(point)) == right.at(named(point))


@pytest.mark.parametrize("law", [
    sw.Moments(X[:3]),
    sw.Cumulants(X[:3]),
    sw.MultivariateNormal(X[:3], ["m", 0, 1], [["v", "c", 0], ["c", 2, 1], [0, 1, 1]]),
    sw.Independent({X[0]: sw.Exponential("r"), (X[1], X[2]): sw.Moments(["u", "v"])}),
], ids=lambda law: type(law).__name__)  # fmt: skip
def test_derivatives_lower_wick_products_of_symbolic_laws(law: sw.Law) -> None:
    x, y, z = X[:3]
    f = sympy.Symbol("a") * x**2 * y * z + x * y**3 - z
    for size in (1, 2, 3):
        for subset in combinations((x, y, z), size):
            i = subset[-1]
            assert sw.gwp(f, law, subset).diff(i).equals(sw.gwp(f.diff(i), law, [v for v in subset if v != i]))


# -- 11: the sign of the footnote ------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=25)
def test_the_footnote_has_the_other_sign(data: st.DataObject) -> None:
    """E[E_Y (f − E_X f) − (f − E_X f)] = −K_f(X, Y)."""
    _, weights = data.draw(finite_laws(2, variables=X[:2]))
    table = data.draw(tables(weights))

    def f(point: Any) -> Fraction:
        return Fraction(table[tuple(point)])

    def gain(point: Any) -> Fraction:
        return f(point) - oracle.expect(f, weights, {0}, point)

    footnote = sum(
        (w * (oracle.expect(gain, weights, {1}, point) - gain(point)) for point, w in weights.items() if w), Fraction(0)
    )
    assert footnote == -sw.gcp(table, sw.Finite(weights, X[:2])).value


# -- 12: another law against the reference ---------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=20)
def test_novelty_depends_on_the_marginal_only(data: st.DataObject) -> None:
    reference, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    table = data.draw(tables(weights))
    terms = sw.gwpd(table, reference)
    subset = data.draw(st.sets(st.sampled_from(range(3)), min_size=1, max_size=2))
    form = terms[[X[i] for i in subset]]
    # Q keeps the marginal of S and draws the rest apart: same mean, which is 0 as under P itself
    rest = [i for i in range(3) if i not in subset]
    positive = {point: w for point, w in weights.items() if w}
    inside, outside = oracle.marginal(positive, sorted(subset)), oracle.marginal(positive, rest)
    other: dict[Any, Fraction] = {}
    for (a, p), (b, q) in product(inside.items(), outside.items()):
        point = [Fraction(0)] * 3
        for i, value in zip([*sorted(subset), *rest], [*a, *b], strict=True):
            point[i] = Fraction(value)
        other[tuple(point)] = p * q
    assert mean(form, other) == mean(form, weights) == 0
    # another law on the grid: its mean is that of its marginal on S, drawn alone
    grid = list(product(*(reference.support(v) for v in X[:3])))
    raw = data.draw(st.lists(st.integers(0, 3), min_size=len(grid), max_size=len(grid)).filter(any))
    shifted = {p: Fraction(w, sum(raw)) for p, w in zip(grid, raw, strict=True) if w}
    alone = oracle.marginal(shifted, sorted(subset))
    short = sum(
        (w * form.at(dict(zip([X[i] for i in sorted(subset)], p, strict=True))) for p, w in alone.items()), Fraction(0)
    )
    assert mean(form, shifted) == short


def test_no_novelty_below_order_three_in_the_xor_triple() -> None:
    terms = sw.gwpd("x0*x1*x2", sw.Finite(FAIR, X[:3]))
    for key, form in terms.items():
        expected = Fraction(-1, 8) if len(key) == 3 else terms[()].value if not key else 0
        assert mean(form, XOR) == expected


def test_a_mean_of_zero_is_not_absence_of_novelty() -> None:
    # Q moves all weight to the middle: E_Q W = 0 still, but the distribution of W has changed
    reference = sw.Finite({(-1,): "1/4", (0,): "1/2", (1,): "1/4"}, [X[0]])
    form = sw.gwpd("x0", reference)["x0"]
    assert mean(form, {(0,): Fraction(1)}) == 0
    assert {form.at({X[0]: v}) for v in (-1, 0, 1)} != {form.at({X[0]: 0})}


# -- 13: the cheap check ---------------------------------------------------------------------------------------------


def ablation_gap(f: Any, law: sw.Law, subset: list[sympy.Symbol], at: dict[Any, Any]) -> Any:
    """Δ = (f − E_S f) − Σ_{i∈S} (f − E_i f) at a point."""
    here = sw.expectation(f, law, over=[]).at(at)
    alone = sum(here - sw.expectation(f, law, over=[v]).at(at) for v in subset)
    return here - sw.expectation(f, law, over=subset).at(at) - alone


@given(data=st.data())
@settings(max_examples=15)
def test_what_the_cheap_check_adds_up(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    table = data.draw(tables(weights))
    at = named(data.draw(points(weights, on_grid=True)))
    everything = list(X[:n])
    expansion: Any = 0
    for size in range(2, n + 1):
        for inner in combinations(everything, size):
            wick = sw.gwp(table, law, inner)
            expansion += sw.expectation(wick, law, over=[v for v in everything if v not in inner]).at(at)
    for v in everything:
        wick = sw.gwp(table, law, v)
        rest = [u for u in everything if u != v]
        expansion -= wick.at(at) - sw.expectation(wick, law, over=rest).at(at)
    assert ablation_gap(table, law, everything, at) == expansion
    if n == 2:
        wick, average = sw.gwp(table, law).at(at), sw.gcp(table, law).value
        assert ablation_gap(table, law, everything, at) == -wick - 2 * average


def test_a_gap_of_zero_is_not_an_interaction_of_zero() -> None:
    law = sw.Finite({(0, 0): "3/8", (1, 1): "3/8", (0, 1): "1/8", (1, 0): "1/8"}, X[:2])
    covariance = Fraction(1, 8)
    f = sympy.Symbol("x0") * sympy.Symbol("x1")
    # ω_xy f = −2 K: pick the off-support point where (x − 1/2)(y − 1/2) = −Cov
    at = {X[0]: Fraction(1), X[1]: Fraction(1, 2) - 2 * covariance}
    assert ablation_gap(f, law, list(X[:2]), at) == 0
    assert sw.gwp(f, law).at(at) == -2 * covariance != 0


# -- 14: Shapley -----------------------------------------------------------------------------------------------------


def shapley_of_terms(f: Any, law: sw.Law, at: dict[Any, Any]) -> dict[sympy.Symbol, Fraction]:
    values = sw.gwpd(f, law).at(at)
    return {v: sum((Fraction(w) / len(s) for s, w in values.items() if v in s), Fraction(0)) for v in law.variables}


def shapley_of_game(f: Any, law: sw.Law, at: dict[Any, Any]) -> dict[sympy.Symbol, Fraction]:
    """Shapley values of v(S) = E f(x_S, X_−S)."""
    n = len(law.variables)
    game = {
        frozenset(held): Fraction(sw.expectation(f, law, over=[v for v in law.variables if v not in held]).at(at))
        for size in range(n + 1)
        for held in combinations(law.variables, size)
    }
    return {
        v: sum(
            (
                Fraction(factorial(len(s)) * factorial(n - len(s) - 1), factorial(n)) * (game[s | {v}] - game[s])
                for s in game
                if v not in s
            ),
            Fraction(0),
        )
        for v in law.variables
    }


@given(data=st.data())
@settings(max_examples=10)
def test_both_kinds_of_shapley_values_share_out_f(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    table = data.draw(tables(weights))
    at = named(data.draw(points(weights, on_grid=True)))
    total = sw.expectation(table, law, over=[]).at(at) - sw.expectation(table, law).value
    terms, game = shapley_of_terms(table, law, at), shapley_of_game(table, law, at)
    assert sum(terms.values()) == sum(game.values()) == total
    if len(law.independent_groups()) == 3:
        assert terms == game


def test_under_dependence_the_two_kinds_differ() -> None:
    law = sw.Finite({(0, 0, 0): "1/2", (1, 1, 0): "1/4", (1, 1, 1): "1/4"}, X[:3])
    at = named((1, 1, 1))
    f = X[0] * X[1] * X[2]
    assert shapley_of_terms(f, law, at) != shapley_of_game(f, law, at)


@given(data=st.data())
@settings(max_examples=15)
def test_covariance_shares_sum_to_one(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    table = data.draw(tables(weights))
    weights = {p: w for p, w in weights.items() if w}
    average = sum((w * table[p] for p, w in weights.items()), Fraction(0))
    variance = sum((w * (table[p] - average) ** 2 for p, w in weights.items()), Fraction(0))
    assume(variance)
    shares = [
        sum((w * form.at(named(p)) * table[p] for p, w in weights.items()), Fraction(0)) / variance
        for key, form in sw.gwpd(table, law).items()
        if key
    ]
    assert sum(shares) == 1


# -- 15: xor ---------------------------------------------------------------------------------------------------------


def test_single_attributions_see_nothing_of_xor() -> None:
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/2")})
    held = sw.gwp("x ^ y", law, "y")
    assert {(x, y): held.at({"x": x, "y": y}) for x, y in product((0, 1), repeat=2)} == {
        (0, 0): Fraction(-1, 2), (0, 1): Fraction(1, 2), (1, 0): Fraction(1, 2), (1, 1): Fraction(-1, 2)
    }  # fmt: skip
    terms = sw.gwpd("x ^ y", law)
    assert terms["y"].is_zero()
    assert terms["x"].is_zero()
    assert {abs(terms["x", "y"].at({"x": x, "y": y})) for x, y in product((0, 1), repeat=2)} == {Fraction(1, 2)}
