"""`sw.hypothesis` and `sw.search` against sums over the support, term by term from the oracle."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.errors import InexactError, InvalidArgument, NoClosedForm, SymwickError, TooLarge, UnknownVariable
from symwick.testing import oracle
from symwick.testing.strategies import blockings, finite_laws, points, polynomials, tables
from tests.refusals import refuses

X = sympy.symbols("x0:4")
x, y, z, a = sympy.symbols("x y z a")
ROWS = {(0, 0): Fraction(1, 2), (0, 1): Fraction(1, 8), (1, 0): Fraction(1, 8), (1, 1): Fraction(1, 4)}
P = sw.Finite(ROWS, [x, y])
XOR = sw.Finite({(p, q, p ^ q): "1/4" for p, q in product((0, 1), repeat=2)}, [x, y, z])
FAIR = sw.Independent({v: sw.Bernoulli("1/2") for v in (x, y, z)})

Weights = Mapping[Any, Fraction]
Values = Mapping[Any, Fraction]


def named(point: Sequence[Any], variables: Sequence[sympy.Symbol] = X) -> dict[sympy.Symbol, Any]:
    return dict(zip(variables, point, strict=False))


def mean(values: Values, weights: Weights) -> Fraction:
    return sum((w * values[p] for p, w in weights.items() if w), Fraction(0))


def square(values: Values, weights: Weights) -> Fraction:
    return mean({p: v**2 for p, v in values.items()}, weights)


class Terms:
    """All W_f(x_S) at the points of the support, by the oracle."""

    def __init__(self, f: Callable[[Any], Any], weights: Weights, blocks: Any = None) -> None:
        self.weights = {p: w for p, w in weights.items() if w}
        self.f = {p: Fraction(f(p)) for p in self.weights}
        at = {p: oracle.gwpd(f, weights, p, blocks) for p in self.weights}
        self.sets = list(next(iter(at.values())))
        self.terms = {s: {p: at[p][s] for p in self.weights} for s in self.sets}

    def error(self, kept: Any) -> dict[Any, Fraction]:
        chosen = {frozenset(), *map(frozenset, kept)}
        return {p: self.f[p] - sum(self.terms[s][p] for s in chosen) for p in self.weights}

    def mse(self, kept: Any) -> Fraction:
        return square(self.error(kept), self.weights)

    @property
    def variance(self) -> Fraction:
        return square(self.f, self.weights) - mean(self.f, self.weights) ** 2

    def best(self, size: int, order: int | None = None) -> Fraction:
        """The least mean squared error of any set of exactly so many terms beside the mean."""
        pool = [s for s in self.sets if s and (order is None or len(s) <= order)]
        return min(self.mse(chosen) for chosen in combinations(pool, size)) if size <= len(pool) else self.mse(pool)


def by_table(table: Mapping[Any, Any]) -> Callable[[Any], Fraction]:
    return lambda point: Fraction(table[tuple(map(Fraction, point))])


def keys(subset: Any, names: Sequence[Any] = X) -> frozenset[Any]:
    return frozenset(names[i] for i in subset)


# -- against the definition -------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=20)
def test_what_a_hypothesis_costs_by_brute_force(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    table = data.draw(tables(weights))
    terms = Terms(by_table(table), weights)
    kind = data.draw(st.sampled_from(["order", "keep", "drop"]))
    some = data.draw(st.lists(st.sampled_from(terms.sets), min_size=1, unique=True))
    if kind == "order":
        order = data.draw(st.integers(0, n + 1))
        H = sw.hypothesis(table, law, order)
        kept = [s for s in terms.sets if len(s) <= order]
    elif kind == "keep":
        H = sw.hypothesis(table, law, keep=[keys(s) for s in some])
        kept = some
    else:
        dropped = [s for s in some if s]
        assume(dropped)
        H = sw.hypothesis(table, law, drop=[[v.name for v in keys(s)] for s in dropped])
        kept = [s for s in terms.sets if s not in dropped]
    error = terms.error(kept)
    assert H.mean_squared_error.value == square(error, terms.weights)
    for p in terms.weights:
        assert H.error.at(named(p)) == error[p]
        assert H.approximation.at(named(p)) == terms.f[p] - error[p]
    # what is kept or neglected, structural zeros (which are zero) aside
    assert frozenset() in H.kept
    assert set(H.kept) <= {frozenset(), *map(keys, kept)}
    assert not set(H.kept) & set(H.neglected)
    assert all(keys(s) in {*H.kept, *H.neglected} for s in terms.sets if any(terms.terms[s].values()))
    if terms.variance:
        assert H.relative_error.value == square(error, terms.weights) / terms.variance
    worst = H.worst()
    assert abs(worst.error) == max(map(abs, error.values()))
    assert error[tuple(Fraction(worst.point[v]) for v in X[:n])] == worst.error
    assert H.check().ok


@given(data=st.data())
@settings(max_examples=15)
def test_approximation_and_error_of_a_polynomial_add_up_everywhere(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    f = sympy.sympify(data.draw(polynomials(X[:n], max_exponent=2, max_terms=3)))

    def value(point: Any) -> Fraction:
        found = f.subs(dict(zip(X, map(sympy.Rational, point), strict=False)))
        return Fraction(int(found.p), int(found.q))

    order = data.draw(st.integers(0, n))
    H = sw.hypothesis(f, law, order)
    at = data.draw(points(weights))  # off the support too
    terms = oracle.gwpd(value, weights, at)
    assert H.approximation.at(named(at)) == sum(t for s, t in terms.items() if len(s) <= order)
    assert H.error.at(named(at)) == sum(t for s, t in terms.items() if len(s) > order)
    assert (H.approximation + H.error).equals(f)
    assert H.mean_squared_error.value == Terms(value, weights).mse([s for s in terms if len(s) <= order])
    assert H.check().ok


@given(data=st.data())
@settings(max_examples=15)
def test_blocks_are_inputs(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    blocks = data.draw(blockings(3))
    names = [f"b{i}" for i in range(len(blocks))]
    inputs = {k: [X[j] for j in block] for k, block in zip(names, blocks, strict=True)}
    table = data.draw(tables(weights))
    terms = Terms(by_table(table), weights, blocks)
    kept = data.draw(st.lists(st.sampled_from(terms.sets), min_size=1, unique=True))
    H = sw.hypothesis(table, law, keep=[keys(s, names) for s in kept], inputs=inputs)
    error = terms.error(kept)
    assert H.mean_squared_error.value == square(error, terms.weights)
    assert all(H.error.at(named(p)) == e for p, e in error.items())
    assert abs(H.worst().error) == max(map(abs, error.values()))
    assert set(H.kept) <= {frozenset(), *(keys(s, names) for s in kept)}
    budget = data.draw(st.integers(0, 2))
    found = sw.search(table, law, budget=budget, inputs=inputs)
    assert found.mean_squared_error.value == min(terms.best(size) for size in range(budget + 1))


@given(data=st.data())
@settings(max_examples=15)
def test_the_largest_terms_left_out_by_brute_force(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    table = data.draw(tables(weights))
    terms = Terms(by_table(table), weights)
    order, count = data.draw(st.integers(0, 2)), data.draw(st.integers(1, 8))
    H = sw.hypothesis(table, law, order)
    sizes = {keys(s): square(terms.terms[s], terms.weights) for s in terms.sets if len(s) > order}
    ranked = H.largest_neglected(count)
    assert all(sizes[key] == value for key, value in ranked)
    assert [v for _, v in ranked if v] == [v for v in sorted(sizes.values(), reverse=True)[:count] if v]
    at = data.draw(st.sampled_from(list(terms.weights)))
    here = {keys(s): abs(terms.terms[s][at]) for s in terms.sets if len(s) > order}
    ranked = H.largest_neglected(count, at=named(at))
    assert all(here[key] == value for key, value in ranked)
    assert [v for _, v in ranked if v] == [v for v in sorted(here.values(), reverse=True)[:count] if v]


# -- traps under dependence -------------------------------------------------------------------------------------------


def test_squares_of_neglected_terms_do_not_add_up_under_dependence() -> None:
    H = sw.hypothesis("x + y", P, keep=0)
    sizes = H.largest_neglected()
    assert sizes == [(frozenset({x}), Fraction(15, 64)), (frozenset({y}), Fraction(15, 64))]
    # Var(x + y) has 2 Cov(x, y) = 7/32 more
    assert H.mean_squared_error.value == Fraction(15, 32) + Fraction(7, 32)


@given(data=st.data())
@settings(max_examples=15)
def test_squares_of_neglected_terms_add_up_under_independence(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], kinds=["independent"], max_support_per_variable=2))
    table = data.draw(tables(weights))
    H = sw.hypothesis(table, law, data.draw(st.integers(0, 3)))
    assert H.mean_squared_error.value == sum((value for _, value in H.largest_neglected(8)), Fraction(0))


def test_a_term_more_may_make_the_error_larger() -> None:
    # on the support (y − 1/2)(z − 1/2) = −(x − 1/2)/2, so that f = (x − 1/2)/4
    f = "(x - 1/2) + 3/2*(y - 1/2)*(z - 1/2)"
    alone, more = sw.hypothesis(f, XOR, keep=0), sw.hypothesis(f, XOR, keep=["x"])
    assert set(more.kept) - set(alone.kept) == {frozenset({x})}
    assert alone.mean_squared_error.value == Fraction(1, 64)
    assert more.mean_squared_error.value == Fraction(9, 64)
    assert more.relative_error.value == 9


# -- symbolic laws ----------------------------------------------------------------------------------------------------


def expected(f: sympy.Expr, law: sw.Law) -> sympy.Expr:
    """E of a polynomial, moment by moment."""
    variables = list(law.variables)
    total = sympy.Integer(0)
    for powers, c in sympy.Poly(sympy.expand(f), *variables).terms():
        moment = law.moment(dict(zip(variables, powers, strict=True))) if any(powers) else 1
        total += c * sympy.sympify(moment)
    return sympy.expand(total)


@pytest.mark.parametrize("law", [
    sw.Moments([x, y]), sw.Cumulants([x, y]), sw.Cumulants([x, y], max_order=2),
    sw.MultivariateNormal([x, y], ["m", 1], [["v", "c"], ["c", 2]]),
    sw.Independent({x: sw.Normal("m", "s"), y: sw.Exponential("r")}),
], ids=lambda law: type(law).__name__)  # fmt: skip
def test_the_error_under_a_symbolic_law_moment_by_moment(law: sw.Law) -> None:
    f = a * x * y + x**2
    mx, my, mxx, mxy = (sympy.sympify(law.moment(p)) for p in ({x: 1}, {y: 1}, {x: 2}, {x: 1, y: 1}))
    # order 1: W_x = a E[y] (x − E x) + x² − E x², W_y = a E[x] (y − E y)
    approximation = a * mxy + mxx + a * my * (x - mx) + x**2 - mxx + a * mx * (y - my)
    H = sw.hypothesis(f, law, 1)
    assert H.approximation.equals(approximation)
    assert H.error.equals(f - approximation)
    mse = expected((f - approximation) ** 2, law)
    assert H.mean_squared_error.equals(mse)
    assert H.check().ok
    assert sw.hypothesis(f, law, 2).mean_squared_error.is_zero()
    alone = sw.hypothesis(f, law, 0)
    variance = expected((f - mxx - a * mxy) ** 2, law)
    assert alone.mean_squared_error.equals(variance)
    assert sympy.simplify(H.relative_error.expr - mse / variance) == 0


def test_independent_normals_with_parameters_by_hand() -> None:
    law = sw.Independent({x: sw.Normal("m", "s"), y: sw.Normal(0, "t")})
    s, t, m = sympy.symbols("s t m")
    H = sw.hypothesis("x*y + x**2", law, 1)
    assert H.mean_squared_error.equals(s**2 * t**2)
    variance = s**2 * t**2 + m**2 * t**2 + 4 * m**2 * s**2 + 2 * s**4
    assert sympy.simplify(H.relative_error.expr - s**2 * t**2 / variance) == 0
    assert sw.hypothesis("x*y + x**2", law, keep=["x", "y"]).kept == (frozenset(), frozenset({x}), frozenset({y}))


@pytest.mark.parametrize(("law", "name"), [
    (sw.Moments([x, y]), "Moments([x, y])"),
    (sw.MultivariateNormal([x, y], [0, 0], [[1, 0], [0, 1]]), "MultivariateNormal([x, y], [0, 0], [[1, 0], [0, 1]])"),
], ids=["Moments", "MultivariateNormal"])  # fmt: skip
def test_an_infinite_law_has_no_worst_case(law: sw.Law, name: str) -> None:
    with pytest.raises(NoClosedForm) as caught:
        sw.hypothesis("x*y", law, 1).worst()
    assert str(caught.value) == f"The worst case needs a law of finite support, and {name} is no finite table of numbers."


def test_a_law_of_infinitely_many_integers() -> None:
    law = sw.Independent({x: sw.Poisson("l"), y: sw.Geometric("1/2")})
    H = sw.hypothesis("x*y", law, 1)
    assert H.mean_squared_error.equals(2 * sympy.Symbol("l"))  # Var x · Var y
    with pytest.raises(NoClosedForm, match=r"^The worst case needs a law of finite support, and "):
        H.worst()


def test_parameters_in_f() -> None:
    H = sw.hypothesis("a*x*y", P, 1)
    assert H.mean_squared_error.equals(a**2 * sw.hypothesis("x*y", P, 1).mean_squared_error.value)
    assert H.relative_error.value == Fraction(17, 64)
    with pytest.raises(InvalidArgument) as caught:
        H.worst()
    assert str(caught.value) == "The worst case needs numbers, but parameters or constants such as pi remain in f."
    with pytest.raises(InvalidArgument) as caught:
        H.largest_neglected()
    assert str(caught.value) == "The size of a term needs numbers, but parameters, moments or constants such as pi remain."


# -- kinds of functions and rings -------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=10)
def test_float64_is_near_the_exact_numbers(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    table = data.draw(tables(weights))
    order = data.draw(st.integers(0, n))
    exact = sw.hypothesis(table, law, order)
    rounded = sw.hypothesis({p: float(v) for p, v in table.items()}, law, order, ring="float64")
    assert rounded.mean_squared_error.value == pytest.approx(float(exact.mean_squared_error.value), abs=1e-9)
    assert isinstance(rounded.mean_squared_error.value, float)
    assert abs(rounded.worst().error) == pytest.approx(float(abs(exact.worst().error)), abs=1e-9)
    at = data.draw(points(weights, on_grid=True))
    assert rounded.error.at(named(at)) == pytest.approx(float(exact.error.at(named(at))), abs=1e-9)
    sizes = dict(exact.largest_neglected(8))
    assert all(value == pytest.approx(float(sizes.get(key, 0)), abs=1e-9) for key, value in rounded.largest_neglected(8))


def test_float64_of_an_expression() -> None:
    exact, rounded = sw.hypothesis("x*y/3 + x", P, 1), sw.hypothesis("x*y/3 + x", P, 1, ring="float64")
    assert rounded.mean_squared_error.value == pytest.approx(float(exact.mean_squared_error.value))
    assert rounded.relative_error.value == pytest.approx(float(exact.relative_error.value))
    assert rounded.mean_squared_error.error_bound > 0
    with pytest.raises(InvalidArgument) as caught:
        rounded.check()
    assert str(caught.value) == "A float64 hypothesis has no exact sum rule; its numbers carry error bounds."


def test_the_worst_case_of_an_expression_in_float64() -> None:
    worst = sw.hypothesis("x*y/3", P, 1, ring="float64").worst()
    assert worst.error == pytest.approx(-11 / 96)


def test_several_outputs() -> None:
    first, second = sw.hypothesis(["x*y", lambda p, q: p - q], P, 1)
    assert first.mean_squared_error.value == Fraction(51, 1024)
    assert second.mean_squared_error.value == 0
    found = sw.hypothesis(lambda p, q: {"u": p * q, "v": p}, P, 0)
    assert {name: H.mean_squared_error.value for name, H in found.items()} == {"u": Fraction(3, 16), "v": Fraction(15, 64)}
    searched = sw.search({"u": "x*y", "v": "x"}, P, error=0)
    assert {name: len(H.kept) for name, H in searched.items()} == {"u": 4, "v": 2}


def test_constants() -> None:
    for f in (3, "3", lambda p, q: 3):
        H = sw.hypothesis(f, P, 0)
        assert H.mean_squared_error.value == 0
        assert H.approximation.value == 3
        assert H.error.is_zero()
        assert H.worst().error == 0
        assert H.check().ok
        with pytest.raises(InvalidArgument) as caught:
            H.relative_error  # noqa: B018
        assert str(caught.value) == "The relative error needs an f that varies, but Var f is 0 under this law."
        assert sw.search(f, P, error=0).kept == (frozenset(),)


def test_keeping_all_leaves_nothing() -> None:
    H = sw.hypothesis("x*y + x", P, 2)
    assert H.neglected == ()
    assert H.error.is_zero()
    assert H.largest_neglected() == []
    assert H.worst().error == 0
    assert "\n  neglected: nothing\n" in repr(H)


def test_spellings_of_what_is_kept() -> None:
    same = [sw.hypothesis("x*y + x", P, keep=kept).kept for kept in (["x", ("x", "y")], [{"x"}, [x, "y"], ()], [x, "xy", None])
            if "xy" not in kept]  # fmt: skip
    assert set(same) == {(frozenset(), frozenset({x}), frozenset({x, y}))}
    assert sw.hypothesis("x*y", P, keep=[()]).kept == sw.hypothesis("x*y", P, 0).kept == (frozenset(),)
    assert sw.hypothesis("x*y", P, drop=["x"]).kept == (frozenset(), frozenset({y}), frozenset({x, y}))
    assert sw.hypothesis("x*y", P, 99).neglected == ()
    # a set that is structurally zero may be named
    assert sw.hypothesis("x + y", P, keep=[["x", "y"]]).kept == (frozenset(),)


# -- the search -------------------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=20)
def test_an_exact_search_finds_the_best_of_all_sets(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    table = data.draw(tables(weights))
    terms = Terms(by_table(table), weights)
    best = [terms.best(size) for size in range(2**n)]
    budget = data.draw(st.integers(0, 2**n))
    found = sw.search(table, law, budget=budget)
    assert found.found.startswith("exact search: ")
    assert found.mean_squared_error.value == min(best[: budget + 1])
    assert len(found.kept) - 1 <= budget
    target = data.draw(st.sampled_from([Fraction(0), *best, terms.variance / 3]))
    fewest = next(size for size in range(2**n) if best[size] <= target)
    found = sw.search(table, law, error=target)
    assert len(found.kept) - 1 == fewest
    assert found.mean_squared_error.value == best[fewest] <= target
    assert square({p: found.error.at(named(p)) for p in terms.weights}, terms.weights) == best[fewest]
    if fewest <= budget:
        assert sw.search(table, law, error=target, budget=budget).kept == found.kept
    else:
        with pytest.raises(InvalidArgument, match=rf"^Argument 'budget' cannot be met with {budget}: no set of at most "):
            sw.search(table, law, error=target, budget=budget)


@given(data=st.data())
@settings(max_examples=20)
def test_an_exact_search_among_small_sets(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2, kinds=["joint", "independent", "copy"]))
    table = data.draw(tables(weights))
    terms = Terms(by_table(table), weights)
    order, budget = data.draw(st.integers(0, 2)), data.draw(st.integers(0, 3))
    pool = sum(1 for s in terms.sets if 0 < len(s) <= order)
    found = sw.search(table, law, budget=budget, max_order=order)
    assert all(len(s) <= order for s in found.kept)
    assert found.mean_squared_error.value == min(terms.best(size, order) for size in range(min(budget, pool) + 1))


def test_terms_left_out_of_the_search_may_be_correlated_with_those_in_it() -> None:
    # On the support (y − 1/2)(z − 1/2) = −(x − 1/2)/2, so that f = 1/2 and the mean alone is f
    found = sw.search("x + 2*(y - 1/2)*(z - 1/2)", XOR, budget=1, max_order=1)
    assert found.kept == (frozenset(),)
    assert found.mean_squared_error.value == 0


def test_an_error_that_is_met_before_the_largest_terms_say_so() -> None:
    # f = −(x − 1/2) + 9y/10 + 1/2 on the support, so that y alone leaves 1/4; x has the larger term, and makes it worse
    f = "x + 4*(y - 1/2)*(z - 1/2) + 9/10*y"
    found = sw.search(f, XOR, error="1/4", max_order=1)
    assert found.kept == (frozenset(), frozenset({y}))


@given(data=st.data())
@settings(max_examples=15)
def test_under_independence_the_search_takes_the_largest(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], kinds=["independent"], max_support_per_variable=2))
    table = data.draw(tables(weights))
    sizes = [value for _, value in sw.hypothesis(table, law, 0).largest_neglected(8) if value]
    budget = data.draw(st.integers(0, 7))
    H = sw.search(table, law, budget=budget)
    assert H.found == "exact search: terms are uncorrelated"
    assert H.mean_squared_error.value == sum(sizes[budget:], Fraction(0))
    assert len(H.kept) - 1 == min(budget, len(sizes))


def test_the_largest_by_hand() -> None:
    # sizes: x 16, y 4, xy 1/4, z 1/16 — times their variances 1/4 (1/16 for the pair of 2xy: 2·2/16 = 1/4)
    f = "8*x + 4*y + 2*x*y + z/2"
    assert sw.search(f, FAIR, budget=2).kept == (frozenset(), frozenset({x}), frozenset({y}))
    assert sw.search(f, FAIR, budget=3).kept == (frozenset(), frozenset({x}), frozenset({y}), frozenset({x, y}))
    assert sw.search(f, FAIR, error="1/16").mean_squared_error.value == Fraction(1, 16)
    assert sw.search(f, FAIR, error="1/17").neglected == ()


@given(data=st.data())
@settings(max_examples=15)
def test_a_greedy_search_never_claims_to_be_exact_and_keeps_its_word(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2, kinds=["joint", "copy"]))
    table = data.draw(tables(weights))
    terms = Terms(by_table(table), weights)
    target = data.draw(st.sampled_from([Fraction(0), terms.variance / 10, terms.variance / 2]))
    budget = data.draw(st.integers(0, 7))
    with pytest.MonkeyPatch.context() as patch:  # as if there were too many sets of terms
        patch.setattr(importlib.import_module("symwick.decompose.attribution.search"), "_EXACT", 0)
        found = sw.search(table, law, error=target)
        bounded = sw.search(table, law, budget=budget)
        try:
            both = sw.search(table, law, error=target, budget=budget)
        except InvalidArgument:
            both = None
    if found.found == "exact search: terms are uncorrelated":
        return
    assert found.found == bounded.found == "greedy search: a smaller or better set may exist"
    assert found.mean_squared_error.value <= target
    assert len(bounded.kept) - 1 <= budget
    assert bounded.mean_squared_error.value >= min(terms.best(size) for size in range(min(budget, 7) + 1))
    assert bounded.mean_squared_error.value <= terms.variance  # the mean alone is always there
    for H in filter(None, (found, bounded, both)):
        assert H.mean_squared_error.value == square({p: H.error.at(named(p)) for p in terms.weights}, terms.weights)
    if both is not None:
        assert both.mean_squared_error.value <= target
        assert len(both.kept) - 1 <= budget
    # no term is kept that is not needed
    indices = [[X.index(v) for v in s] for s in found.kept if s]
    for left_out in indices:
        assert terms.mse([s for s in indices if s != left_out]) > target


def dependent_bits(n: int, seed: int) -> tuple[sw.Law, dict[Any, Fraction], dict[Any, int]]:
    drawn = random.Random(seed)
    cells = list(product((0, 1), repeat=n))
    raw = [drawn.randint(1, 6) for _ in cells]
    weights = {p: Fraction(w, sum(raw)) for p, w in zip(cells, raw, strict=True)}
    return sw.Finite(weights, sympy.symbols(f"x0:{n}")), weights, {p: drawn.randint(-4, 4) for p in cells}


def test_many_terms_are_searched_greedily_and_the_result_says_so() -> None:
    law, weights, table = dependent_bits(5, 3)
    names = sympy.symbols("x0:5")
    H = sw.search(table, law, error="1/4")
    assert H.found == "greedy search: a smaller or better set may exist"
    assert "\n  found by greedy search: a smaller or better set may exist\n" in repr(H)
    mse = sum(w * H.error.at(named(p, names)) ** 2 for p, w in weights.items())
    assert H.mean_squared_error.value == mse <= Fraction(1, 4)
    bounded = sw.search(table, law, budget=9)
    assert len(bounded.kept) <= 10
    assert bounded.found.startswith("greedy")
    # few enough: all sets of at most three of the 31
    small = sw.search(table, law, budget=3)
    assert small.found == "exact search: all sets of terms"
    assert small.mean_squared_error.value >= bounded.mean_squared_error.value
    with pytest.raises(InvalidArgument) as caught:
        sw.search(table, law, error="1/1000", budget=6)
    assert str(caught.value).startswith(
        "Argument 'budget' cannot be met with 6: the greedy search found no set of at most 6 terms reaches a mean squared "
        "error of 1/1000; the best has "
    )


def test_a_search_under_an_infinite_law() -> None:
    law = sw.MultivariateNormal([x, y], [0, 0], [[1, "1/2"], ["1/2", 1]])
    # W_x = x² − 1, W_xy = xy − 1/2; E W_x² = 2, E W_xy² = 5/4, E W_x W_xy = 1: Var f = 21/4
    H = sw.search("x**2 + x*y", law, budget=1)
    assert H.kept == (frozenset(), frozenset({x}))
    assert H.mean_squared_error.value == Fraction(5, 4)
    assert sw.search("x**2 + x*y", law, error="1/2").mean_squared_error.value == 0


def test_a_search_in_float64() -> None:
    for f in (lambda p, q: 0.25 * p * q + 2.0 * p, "x*y/4 + 2*x"):
        H = sw.search(f, P, budget=1, ring="float64")
        assert H.kept == sw.search("x*y/4 + 2*x", P, budget=1).kept
        assert isinstance(H.mean_squared_error.value, float)


# -- what it says -----------------------------------------------------------------------------------------------------


def test_repr_says_what_is_kept_and_that_inputs_are_dependent() -> None:
    assert repr(sw.hypothesis("4*x + 2*y + x*y", P, keep=1)) == (
        "Hypothesis that keeps ∅, {x}, {y}; dependent inputs: {x, y}\n"
        "  neglected: {x, y}\n"
        "  approximation: 35*(x - 3/8)/8 + 19*(y - 3/8)/8 + 5/2\n"
        "  mean squared error: 51/1024 ≈ 0.0498047"
    )
    independent = repr(sw.search("x*y + z", FAIR, error="1/2"))
    assert independent.startswith("Hypothesis that keeps ∅; independent inputs\n")
    assert "\n  found by exact search: terms are uncorrelated\n" in independent
    assert "\n  found by exact search: all sets of terms\n" in repr(sw.search("2*x + y + x*y", P, error="1/100"))
    assert "found by" not in repr(sw.hypothesis("x*y", P, 1))


def test_repr_of_many_terms_counts_the_rest() -> None:
    law, _, table = dependent_bits(5, 1)
    lines = repr(sw.hypothesis(table, law, 2)).splitlines()
    assert lines[0].startswith("Hypothesis that keeps ∅, {x0}, {x1}, {x2}, {x3}, {x4}, {x0, x1}, {x0, x2}, … and 8 more; ")
    assert lines[1].endswith(", … and 8 more")


def test_repr_of_a_worst_case_and_of_a_check() -> None:
    H = sw.hypothesis("2*x + y + x*y", P, 1)
    assert repr(H.worst()) == "WorstCase(error=-11/32, at x = 0, y = 1)"
    assert repr(sw.hypothesis(3, P, 0).worst()) == "WorstCase(error=0, at the only point)"
    assert repr(H.check()) == "f = approximation + neglected terms: holds exactly"
    assert H._repr_latex_().startswith(r"$\displaystyle f \approx ")


# -- refusals ---------------------------------------------------------------------------------------------------------

SYMBOLS = "A search for terms needs numbers, but parameters, moments or constants such as pi remain."


@pytest.mark.parametrize(("kind", "text", "work"), [
    (InvalidArgument, "Arguments 'keep' and 'drop': exactly one must be given.", lambda: sw.hypothesis("x*y", P)),
    (InvalidArgument, "Arguments 'keep' and 'drop': exactly one must be given.",
     lambda: sw.hypothesis("x*y", P, 1, drop=["x"])),
    (InvalidArgument, "Argument 'keep' must hold at least one set; it is empty; keep=[()] keeps the mean alone.",
     lambda: sw.hypothesis("x*y", P, keep=[])),
    (InvalidArgument, "Argument 'drop' must hold at least one set; it is empty.", lambda: sw.hypothesis("x*y", P, drop=[])),
    (InvalidArgument, "Argument 'drop' must not hold ∅: the mean is always kept.", lambda: sw.hypothesis("x*y", P, drop=[()])),
    (InvalidArgument, "Argument 'keep' must be an order that is at least 0 or sets of inputs, not -1.",
     lambda: sw.hypothesis("x*y", P, -1)),
    (InvalidArgument, "Argument 'drop' must be sets of inputs, not 1.", lambda: sw.hypothesis("x*y", P, drop=1)),
    (InvalidArgument, "Argument 'keep' must be a collection of sets of inputs, not True.", lambda: sw.hypothesis("x*y", P, True)),
    (InvalidArgument, "Argument 'keep' must be a collection of sets of inputs, not 1.5.", lambda: sw.hypothesis("x*y", P, 1.5)),
    (InvalidArgument, "Argument 'keep' must be a collection of sets of inputs, not 'x'.", lambda: sw.hypothesis("x*y", P, "x")),
    (InvalidArgument, "Argument 'drop' must be a collection of sets of inputs, not x.",
     lambda: sw.hypothesis("x*y", P, drop=x)),
    (InvalidArgument, "Argument 'keep' must be a set of inputs, not 3.", lambda: sw.hypothesis("x*y", P, [3])),
    (UnknownVariable, "Argument 'keep' names q, which is no input; the inputs are: x, y.",
     lambda: sw.hypothesis("x*y", P, [["x", "q"]])),
    (UnknownVariable, "Argument 'drop' names q, which is no input; the inputs are: x, y.",
     lambda: sw.hypothesis("x*y", P, drop=["q"])),
    (InvalidArgument, "Argument 'P' must be a law (Finite, Empirical, Independent, …), not None.",
     lambda: sw.hypothesis("x*y", None, 1)),
    (InvalidArgument, "Arguments 'error' and 'budget': at least one must be given.", lambda: sw.search("x*y", P)),
    (InvalidArgument, "Argument 'error' must be at least 0, not -1.", lambda: sw.search("x*y", P, error=-1)),
    (InvalidArgument, "Argument 'error' must be a number such as '1/3' or '0.25', not 'a'.",
     lambda: sw.search("x*y", P, error="a")),
    (InexactError, "Argument 'error' must be exact, not the float 0.5. Write it as text ('0.5'), as a Fraction or as a sympy "
     "Rational; or ask for ring='float64' where that is offered.", lambda: sw.search("x*y", P, error=0.5)),
    *((InvalidArgument, f"Argument 'budget' must be an integer that is at least 0, not {wrong!r}.",
       lambda wrong=wrong: sw.search("x*y", P, budget=wrong)) for wrong in (-1, True, 1.5, "1")),
    (InvalidArgument, "Argument 'max_order' must be an integer that is at least 0, not -1.",
     lambda: sw.search("x*y", P, budget=1, max_order=-1)),
    (InvalidArgument, "Argument 'budget' cannot be met with 1: no set of at most 1 term reaches a mean squared error of 0; "
     "the best has 2327/4096 ≈ 0.5681.", lambda: sw.search("2*x + y + x*y", P, error=0, budget=1)),
    (InvalidArgument, "Argument 'budget' cannot be met with 0: no set of at most 0 terms reaches a mean squared error of 0; "
     "the best has 175/64 ≈ 2.734.", lambda: sw.search("2*x + y + x*y", P, error=0, budget=0)),
    (InvalidArgument, "Argument 'error' cannot be met with 0: no set of the 2 terms looked at reaches a mean squared error of "
     "0; the best has 51/1024 ≈ 0.0498.", lambda: sw.search("2*x + y + x*y", P, error=0, max_order=1)),
    (InvalidArgument, SYMBOLS, lambda: sw.search("a*x*y", P, error=1)),
    (InvalidArgument, SYMBOLS, lambda: sw.search("x*y", sw.Moments([x, y]), error=1)),
    (InvalidArgument, SYMBOLS, lambda: sw.search("x*y", sw.Independent({x: sw.Normal("m", 1), y: sw.Normal(0, 1)}), budget=1)),
    (InvalidArgument, SYMBOLS, lambda: sw.search(sympy.pi * x * y, P, error=1)),
], ids=lambda part: part[:70] if isinstance(part, str) else None)  # fmt: skip
def test_refusals(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    refuses(kind, text, work)


def test_too_many_terms_say_how_many() -> None:
    names = [f"x{i}" for i in range(20)]
    law = sw.Independent({v: sw.Bernoulli("1/2") for v in names})
    with pytest.raises(TooLarge) as caught:
        sw.search("*".join(names), law, budget=1)
    assert caught.value.predicted == (2**20) ** 2
    assert str(caught.value).startswith("Second moments between the terms to search: predicted ")
    with pytest.raises(TooLarge, match=r"^Terms to keep or neglect: predicted 1,048,576, above the limit of 1,000\. "):
        sw.hypothesis("*".join(names), law, 1, limit=1000)


def test_an_irrational_error_is_printed() -> None:
    fair = sw.Independent({v: sw.Bernoulli("1/3") for v in ("x", "y")})
    assert "mean squared error: " in repr(sw.hypothesis("sqrt(x + 1)*y", fair, keep=1))


def test_a_support_that_is_too_large_is_called_so() -> None:
    wide = sw.Independent({f"x{i}": sw.Bernoulli("1/2") for i in range(30)})
    H = sw.hypothesis(" + ".join(f"x{i}*x{i + 1}" for i in range(29)), wide, keep=1)
    assert H.mean_squared_error.value == Fraction(29, 16)
    with pytest.raises(sw.TooLarge):
        H.worst()
