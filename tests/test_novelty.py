"""`sw.novelty` against brute force over the points of P and Q, and what it refuses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from importlib.resources import files
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.decompose.attribution.distribution import Distribution
from symwick.decompose.attribution.novelty import Novelty, novelty
from symwick.decompose.attribution.scores import Score
from symwick.errors import InexactError, InvalidArgument, NoClosedForm, SymwickError, TooLarge, UnknownVariable
from symwick.testing import oracle
from symwick.testing.strategies import blockings, finite_laws, points, polynomials, rationals, supports, tables

X = sympy.symbols("x0:4")
x, y, z, a, r = sympy.symbols("x y z a r")
BITS = list(product((0, 1), repeat=3))
TRIPLE = {(p, q, p ^ q): Fraction(1, 4) for p, q in product((0, 1), repeat=2)}
FAIR = sw.Independent({v: sw.Bernoulli("1/2") for v in (x, y, z)})
XOR = sw.Finite(TRIPLE, [x, y, z])
P2 = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, [x, y])

Point = tuple[Any, ...]
Weights = Mapping[Point, Any]


# -- brute force -------------------------------------------------------------------------------------------------------


def positive(weights: Weights) -> dict[Point, Fraction]:
    return {point: Fraction(w) for point, w in weights.items() if w}


def term(f: Any, weights: Weights, blocks: Any, subset: Any) -> Any:
    """W_f(x_S) as a function of points, by the oracle."""
    known: dict[Point, Fraction] = {}

    def at(point: Point) -> Fraction:
        if point not in known:
            known[point] = oracle.gwpd_term(f, weights, subset, point, blocks)
        return known[point]

    return at


def law_of(W: Any, weights: Weights) -> Distribution:
    pairs = [(W(point), w) for point, w in positive(weights).items()]
    return Distribution.of([v for v, _ in pairs], [w for _, w in pairs])


def mean_of(W: Any, weights: Weights) -> Fraction:
    return sum((w * W(point) for point, w in positive(weights).items()), Fraction(0))


def tail(W: Any, weights: Weights, value: Fraction) -> Fraction:
    return sum((w for point, w in positive(weights).items() if abs(W(point)) >= abs(value)), Fraction(0))


@st.composite
def other_laws(draw: st.DrawFn, columns: Any) -> dict[Point, Fraction]:
    """A law Q on some points of a grid."""
    grid = list(product(*columns))
    raw = draw(st.lists(st.integers(0, 3), min_size=len(grid), max_size=len(grid)).filter(any))
    return {p: Fraction(w, sum(raw)) for p, w in zip(grid, raw, strict=True) if w}


@st.composite
def problems(draw: st.DrawFn, least: int = 0, most: int = 3) -> tuple[Any, ...]:
    """f as symwick reads it, f as a function of points, P, its weights, Q's weights, blocks, whether f is a polynomial."""
    n = draw(st.integers(least, most))
    law, weights = draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    columns = supports(weights)
    blocks = draw(st.none() | blockings(n))
    if draw(st.booleans()):
        table = draw(tables(weights))
        if draw(st.booleans()):
            return table, table.__getitem__, law, weights, draw(other_laws(columns)), blocks, False
        return lambda *p: table[p], table.__getitem__, law, weights, draw(other_laws(columns)), blocks, False
    f = draw(polynomials(X[:n], max_terms=3, max_exponent=2))
    evaluate = value_of(f, X[:n])
    columns = [sorted({*column, draw(rationals())}) for column in columns]
    return f, evaluate, law, weights, draw(other_laws(columns)), blocks, True


def value_of(f: sympy.Expr, variables: Any) -> Any:
    form = sw.ClosedForm.of(f, variables)
    return lambda point: Fraction(form.at(dict(zip(variables, point, strict=True))))


def keyed(blocks: Any, n: int) -> tuple[Any, dict[Any, int]]:
    """The ``inputs`` argument, and the oracle's input number of every key."""
    if blocks is None:
        return None, {X[i]: i for i in range(n)}
    return {f"b{i}": [X[j] for j in block] for i, block in enumerate(blocks)}, {f"b{i}": i for i in range(len(blocks))}


# -- a law Q against P ---------------------------------------------------------------------------------------------------


@given(data=problems())
@settings(max_examples=80)
def test_every_set_under_another_law(data: Any) -> None:
    f, evaluate, law, weights, other, blocks, _ = data
    inputs, number = keyed(blocks, len(law.variables))
    N = novelty(f, law, sw.Finite(other, law.variables), inputs=inputs)
    assert list(N) == [key for key in sw.gwpd(f, law, inputs=inputs) if key]
    assert len(N) == len(list(N))
    for key, found in N.items():
        W = term(evaluate, weights, blocks, {number[k] for k in key})
        assert found.inputs == key
        mean, square = mean_of(W, other), mean_of(lambda p, W=W: W(p) ** 2, weights)
        assert found.mean.value == mean
        reference, observed = law_of(W, weights), law_of(W, other)
        assert found.reference == reference
        assert found.reference.mean == 0
        assert found.observed == observed
        assert found.distance == reference.distance(observed)
        assert found.total_variation == reference.total_variation(observed)
        if square:
            assert found.standardised.value == mean**2 / square
        else:
            assert found.standardised == (math.inf if mean else 0)
    ranks = [(-found.distance, -abs(found.mean.value)) for _, found in N.top(len(N))]
    assert ranks == sorted(ranks)
    assert [row["set"] for row in N.table()] == [key for key, _ in N.top(99)]
    assert repr(N)


@given(data=st.data())
@settings(max_examples=25)
def test_q_counts_through_its_marginal_only(data: st.DataObject) -> None:
    f, _, law, _, other, _, _ = data.draw(problems(2))
    n = len(law.variables)
    whole, order = sw.Finite(other, law.variables), data.draw(st.permutations(range(n)))
    shuffled = sw.Finite({tuple(p[i] for i in order): w for p, w in other.items()}, [X[i] for i in order])
    N, same = novelty(f, law, whole), novelty(f, law, shuffled)
    for key, found in N.items():
        assert same[key].mean == found.mean
        assert same[key].observed == found.observed
        inside = [i for i in range(n) if X[i] in key]
        rest = [i for i in range(n) if X[i] not in key]
        apart: dict[Point, Fraction] = {}
        for (p, v), (q, w) in product(oracle.marginal(other, inside).items(), oracle.marginal(other, rest).items()):
            point = [Fraction(0)] * n
            for i, value in zip([*inside, *rest], [*p, *q], strict=True):
                point[i] = Fraction(value)
            apart[tuple(point)] = v * w
        again = novelty(f, law, sw.Finite(apart, law.variables), sets=[key])[key]
        assert (again.mean, again.observed, again.distance) == (found.mean, found.observed, found.distance)
        assert novelty(f, law, law, sets=[key])[key].distance == 0


def test_nothing_is_new_below_order_three_in_the_xor_triple() -> None:
    N = novelty("x*y*z", FAIR, XOR)
    for key, found in N.items():
        assert found.mean == (Fraction(-1, 8) if len(key) == 3 else 0)
        assert found.distance == (Fraction(1, 2) if len(key) == 3 else 0)
    assert N["x", "y", "z"].standardised == 1
    assert [key for key, _ in N.top(1)] == [frozenset((x, y, z))]


def test_a_mean_of_zero_is_not_absence_of_novelty() -> None:
    reference = sw.Finite({(-1,): "1/4", (0,): "1/2", (1,): "1/4"}, [x])
    found = novelty("x", reference, sw.Finite({(0,): 1}, [x]))["x"]
    assert found.mean == 0 == found.standardised.value
    assert found.distance == Fraction(1, 4)
    assert found.total_variation == Fraction(1, 2)
    wider = novelty("x", sw.Rademacher().named("x"), sw.Finite({(-2,): "1/2", (2,): "1/2"}, [x]))["x"]
    assert (wider.mean.value, wider.distance, wider.total_variation) == (0, Fraction(1, 2), 1)


def test_rows_are_their_empirical_law() -> None:
    rows = [(0.5, 1), (0.5, 1), (2, 0), ("1/4", 1)]
    reference = sw.Finite({(0, 0): "1/2", (1, 0): "1/8", (0, 1): "1/8", (1, 1): "1/4"}, [x, y])
    by_law = novelty("x*y + x", reference, sw.Empirical(rows, [x, y]))
    dicts = [{"y": q, "x": p, "other": 7} for p, q in rows]
    for given_rows in (rows, dicts, iter(rows)):
        found = novelty("x*y + x", reference, given_rows)
        assert found.table() == by_law.table()
    array = np.array([(0.5, 1), (0.1, 0)])
    assert novelty("x", reference, array)["x"].mean == Fraction(3, 10) - Fraction(3, 8)
    exact = novelty("x", reference, array, numbers="binary")["x"].mean.value
    assert exact == (Fraction(0.5) + Fraction(0.1)) / 2 - Fraction(3, 8)


def test_symbols_stay_in_the_mean() -> None:
    N = novelty("a*x*y", P2, sw.Moments(["x", "y"]))
    found = N["x", "y"]
    assert found.mean.equals(sw.ClosedForm.of(sw.expectation(N.terms["x", "y"], sw.Moments(["x", "y"])).expr))
    assert str(N["x"].mean.parameters) == "(E[x], a)"
    assert "E[x]" in str(N["x"].standardised)
    assert N["x"].standardised.subs({"a": 5}).equals(N["x"].standardised.subs({"a": 7}))
    for what in ("reference", "observed", "distance", "total_variation"):
        with pytest.raises(NoClosedForm, match="The law of W_f\\(x, y\\) "):
            getattr(found, what)
    assert N.table()[0]["distance"] is None
    assert repr(N).splitlines()[2].split() == ["most", "novel", "mean", "under", "Q", "distance", "standardised"]
    mixed = novelty("x*y", P2, sw.Independent({x: sw.Bernoulli("p"), y: sw.Bernoulli("1/2")}))
    assert mixed["x"].mean.equals("(p - 3/8)*3/8")
    table = {p: p[0] * p[1] for p in product((0, 1), repeat=2)}
    same = novelty(table, P2, sw.Independent({x: sw.Bernoulli("p"), y: sw.Bernoulli("1/2")}))
    assert same["x"].mean.subs({"p": "1/2"}) == mixed["x"].mean.subs({"p": "1/2"}) == Fraction(3, 64)


def test_infinite_laws() -> None:
    normal = sw.MultivariateNormal([x, y], [1, 2], [[1, "1/2"], ["1/2", 2]])
    N = novelty("x*y + x**2", normal, [(1, 2), (3, "1/2"), (0, 0)])
    W = {key: sw.gwpd("x*y + x**2", normal)[key] for key in N}
    rows = [(1, 2), (3, Fraction(1, 2)), (0, 0)]
    for key, found in N.items():
        values = [Fraction(W[key].at({x: p, y: q})) for p, q in rows]
        assert found.mean == sum(values) / 3
        assert found.observed == Distribution.of(values, ["1/3"] * 3)
        assert found.standardised.value == (sum(values) / 3) ** 2 / sw.gwpd("x*y + x**2", normal).second_moment(key).value
        with pytest.raises(NoClosedForm, match="The law of W_f.* under P, MultivariateNormal.*is no finite table of numbers"):
            _ = found.reference
    score = N.score({"x": 1, "y": "2.5"})
    assert score["x", "y"].value == W[frozenset((x, y))].at({x: 1, y: "5/2"})
    for what in ("tail", "upper", "lower"):
        with pytest.raises(NoClosedForm, match="has no exact tails"):
            getattr(score["x", "y"], what)
    with pytest.raises(NoClosedForm, match="The law of the smallest tail under P"):
        _ = score.overall
    assert list(score) == list(N)
    assert "no tails: The law of W_f(x) under P" in repr(score)
    many = N.scores(rows)
    for j, key in enumerate(many.sets):
        for i, (p, q) in enumerate(rows):
            exact = Fraction(W[key].at({x: p, y: q}))
            assert abs(Fraction(many.values[i, j]) - exact) <= Fraction(many.bounds[i, j])
    with pytest.raises(NoClosedForm, match="has no exact tails"):
        _ = many.tails
    assert "no tails" in repr(many)
    batch = N.batch(rows)
    assert all(batch[key].value == found.mean.value for key, found in N.items())
    shifted = sw.MultivariateNormal([y, x], [1, "m"], [[1, 0], [0, 1]])
    assert novelty("x*y", normal, shifted)["x", "y"].mean.equals("-1/2 - (m - 1)")


def test_irrational_values_have_no_tables() -> None:
    law = sw.Finite({(0,): "1/2", (1,): "1/2"}, [x])
    N = novelty("exp(x)", law, sw.Finite({(1,): 1}, [x]))
    assert N["x"].mean.equals("(exp(1) - 1)/2")
    with pytest.raises(NoClosedForm, match="is no table of rational numbers: they hold constants such as pi"):
        _ = N["x"].distance
    with pytest.raises(NoClosedForm, match="no table of rational numbers"):
        _ = N.scores([(0,), (1,)]).values
    score = N.score({"x": 1})
    assert score["x"].value.equals("(exp(1) - 1)/2")
    with pytest.raises(NoClosedForm, match="the parameters a remain"):
        _ = novelty("a*x", law).scores([(0,)]).values
    assert novelty("a*x", law).batch([(0,), (1,), (1,)])["x"].value.equals("a/6")


# -- one observation -----------------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=60)
def test_scores_of_an_observation(data: st.DataObject) -> None:
    f, evaluate, law, weights, _, blocks, anywhere = data.draw(problems())
    inputs, number = keyed(blocks, len(law.variables))
    point = data.draw(points(weights, on_grid=not anywhere))
    N = novelty(f, law, inputs=inputs)
    score = N.score(dict(zip(law.variables, point, strict=True)))
    terms = {key: term(evaluate, weights, blocks, {number[k] for k in key}) for key in N}
    tails = {}
    for key, W in terms.items():
        found, value = score[key], W(point)
        assert found.value == value
        assert found.tail == tail(W, weights, value)
        assert found.upper == sum((w for p, w in positive(weights).items() if W(p) >= value), Fraction(0))
        assert found.lower == sum((w for p, w in positive(weights).items() if W(p) <= value), Fraction(0))
        tails[key] = found.tail
    assert sorted(tails.values()) == [found.tail for found in score.values()]
    assert [key for key, _ in score.top(3)] == list(score)[:3]
    least = min(tails.values(), default=1)
    overall = sum(
        (
            w
            for p, w in positive(weights).items()
            if min((tail(W, weights, W(p)) for W in terms.values()), default=1) <= least
        ),
        Fraction(0),
    )
    assert score.overall == overall
    assert overall >= least or least == 1
    assert "probability" in repr(score)


def test_single_bits_and_pairs_are_normal_and_the_triple_is_not() -> None:
    score = novelty("x*y*z", XOR).score({"x": 1, "y": 1, "z": 1})
    assert {key: found.tail for key, found in score.items()} == {
        key: 0 if len(key) == 3 else 1 for key in novelty("x*y*z", XOR)
    }
    found = score["x", "y", "z"]
    assert (found.value, found.upper, found.lower) == (Fraction(1, 4), 0, 1)
    assert found.reference == Distribution.of([0], [1])
    assert score.overall == 0
    assert novelty("x*y*z", XOR).score({"x": 1, "y": 0, "z": 1}).overall == 1
    seen = novelty("x*y*z", XOR, [(1, 1, 1)])["x", "y", "z"]
    assert (seen.mean.value, seen.standardised, seen.distance) == (Fraction(1, 4), math.inf, 1)
    assert "∞" in repr(novelty("x*y*z", XOR, [(1, 1, 1)]))


def test_looking_at_many_sets_costs() -> None:
    law = sw.Independent({v: sw.DiscreteUniform(1, 10) for v in (x, y)})
    score = novelty("x + y", law, sets=[x, y]).score({"x": 10, "y": 5})
    assert score["x"].tail == Fraction(1, 5)
    assert score.overall == 1 - Fraction(4, 5) ** 2


def test_observations_of_every_kind() -> None:
    N = novelty("x*y", P2)
    for given_x in ("1/2", "0.5", Fraction(1, 2), sympy.Rational(1, 2)):
        assert N.score({"x": given_x, y: 1})["x"].value == Fraction(3, 64)
    assert novelty("x", P2).score({"x": 1})["x"].tail == 1 - Fraction(5, 8)  # y is not looked at
    assert novelty("x", P2).score({"x": 1, "y": 99})["x"].tail == Fraction(3, 8)
    assert novelty("x*y", P2, sets=[y]).score({"y": 1})["y"].value == Fraction(3, 8) * Fraction(5, 8)


# -- batches ---------------------------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=30)
def test_batches_against_all_draws(data: st.DataObject) -> None:
    f, evaluate, law, weights, _, blocks, anywhere = data.draw(problems(1, 2))
    inputs, number = keyed(blocks, len(law.variables))
    rows = data.draw(st.lists(points(weights, on_grid=not anywhere), min_size=1, max_size=3))
    batch = novelty(f, law, inputs=inputs).batch(rows)
    assert batch.rows == len(rows)
    for key, found in batch.items():
        W = term(evaluate, weights, blocks, {number[k] for k in key})
        value = sum(map(W, rows), Fraction(0)) / len(rows)
        assert found.value == value
        tails = dict.fromkeys(("tail", "upper", "lower"), Fraction(0))
        for draws in product(positive(weights).items(), repeat=len(rows)):
            chance, mean = Fraction(1), Fraction(0)
            for p, w in draws:
                chance, mean = chance * w, mean + W(p) / len(rows)
            tails["tail"] += chance * (abs(mean) >= abs(value))
            tails["upper"] += chance * (mean >= value)
            tails["lower"] += chance * (mean <= value)
        assert (found.tail, found.upper, found.lower) == tuple(tails.values())
    assert repr(batch).startswith(f"Score of the mean over {len(rows)} row")


def test_only_the_batch_is_novel() -> None:
    N = novelty("x*y*z", FAIR)
    for point in TRIPLE:
        assert N.score(dict(zip((x, y, z), point, strict=True))).overall == 1  # no row says anything
    batch = N.batch([*TRIPLE] * 3)
    assert batch["x", "y", "z"].value == Fraction(-1, 8)
    assert batch["x", "y", "z"].tail == Fraction(2, 2**12)
    assert batch["x", "y", "z"].upper == 1
    assert {found.tail for key, found in batch.items() if len(key) < 3} == {1}
    assert next(iter(batch)) == frozenset((x, y, z))
    with pytest.raises(InvalidArgument, match="The overall probability is that of one observation; a batch has the tails"):
        _ = batch.overall


def test_a_batch_whose_mean_has_too_many_values() -> None:
    law = sw.Empirical([(Fraction(1, p),) for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)], [x])
    batch = novelty("x", law).batch([(1,)] * 40)
    assert batch["x"].value == 1 - law.moment(["x"])
    with pytest.raises(TooLarge, match="in the law of a sum of 40 draws"):
        _ = batch["x"].tail
    assert "no tails: Words of 64 bits" in repr(batch)


# -- many rows -------------------------------------------------------------------------------------------------------------


def agrees(N: Novelty, rows: list[Point], terms: Mapping[Any, Any], weights: Weights) -> None:
    """Values within bounds, and every tail the float next to the exact one."""
    found = N.scores(rows)
    assert found.sets == tuple(N)
    assert len(found) == len(rows)
    assert found.values.shape == found.bounds.shape == found.tails.shape == (len(rows), len(N))
    for j, key in enumerate(found.sets):
        W = terms[key]
        for i, row in enumerate(rows):
            assert abs(Fraction(found.values[i, j]) - W(row)) <= Fraction(found.bounds[i, j])
            assert found.tails[i, j] == float(tail(W, weights, W(row)))
    novel = found.most_novel(len(rows))
    if len(N):
        least = found.tails.min(axis=1)
        assert [item.tail for item in novel] == sorted(least.tolist())
        assert all(item.tail == least[item.row] for item in novel)
        assert all(item.value == found.values[item.row, found.sets.index(item.set)] for item in novel)
    else:
        assert novel == []
    assert repr(found)


@given(data=st.data())
@settings(max_examples=50)
def test_scores_of_many_rows(data: st.DataObject) -> None:
    f, evaluate, law, weights, _, blocks, anywhere = data.draw(problems(1))
    inputs, number = keyed(blocks, len(law.variables))
    rows = data.draw(st.lists(points(weights, on_grid=not anywhere), min_size=1, max_size=6))
    N = novelty(f, law, inputs=inputs)
    agrees(N, rows, {key: term(evaluate, weights, blocks, {number[k] for k in key}) for key in N}, weights)


@given(
    seed=st.integers(0, 10**6),
    size=st.sampled_from([1, 10**9, 10**40, Fraction(1, 10**30)]),
    f=polynomials(X[:2], max_terms=4, max_exponent=3),
)
@example(seed=0, size=10**160, f=X[0] ** 3)  # beyond floats: decided in exact numbers
@settings(max_examples=30)
def test_tails_of_awkward_numbers_are_decided_exactly(seed: int, size: Any, f: Any) -> None:
    random = np.random.default_rng(seed)
    draw = [(Fraction(int(p), 7) * size, Fraction(int(q), 10)) for p, q in random.integers(-9, 10, (5, 2))]
    law = sw.Empirical(draw, X[:2])
    weights = dict(law.items())
    N = novelty(f, law)
    near = [(p * (1 + Fraction(1, 10**18)), q) for p, q in draw[:2]]  # no float tells these from points of P
    rows = [*draw, *near, (-draw[0][0], draw[0][1])]
    found = N.scores(rows)
    evaluate = value_of(f, X[:2])
    for j, key in enumerate(found.sets):
        W = term(evaluate, weights, None, {X.index(v) for v in key})
        for i, row in enumerate(rows):
            if np.isfinite(found.bounds[i, j]):
                assert abs(Fraction(found.values[i, j]) - W(row)) <= Fraction(found.bounds[i, j])
            assert found.tails[i, j] == float(tail(W, weights, W(row)))


def test_rows_in_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    import symwick.decompose.attribution.row_scores as module

    monkeypatch.setattr(module, "_CELLS", 7)
    law = sw.Empirical([(0.1, 2.5), (1.7, 2), (0.4, 0)], [x, y])
    rows = [(Fraction(i, 10), Fraction(i * i, 4)) for i in range(9)]
    N = novelty("x**2*y + x - y**3", law)
    weights = dict(law.items())
    f = value_of(x**2 * y + x - y**3, (x, y))
    agrees(N, rows, {key: term(f, weights, None, {(x, y).index(v) for v in key}) for key in N}, weights)


def test_a_structural_zero_may_be_looked_at() -> None:
    for f in ("x + y", sw.function(lambda p: p, ["x"])):
        N = novelty(f, P2, P2, sets=[("x", "y"), "x"])
        found = N["x", "y"]
        assert found.mean == found.standardised.value == found.distance == 0
        assert found.reference == Distribution.of([0], [1])
        assert N.score({"x": 1, "y": 1})["x", "y"].tail == 1
        assert N.scores([(1, 1), (0, 1)]).tails[:, 0].tolist() == [1, 1]
        assert N.batch([(1, 1), (0, 1)])["x", "y"].tail == 1


# -- shapes and rings ---------------------------------------------------------------------------------------------------------


def test_vector_valued_functions() -> None:
    pair = novelty(["x*y", "x"], P2, FAIR.marginal([x, y]))
    assert isinstance(pair, tuple)
    assert [list(N) == [k for k in sw.gwpd(f, P2) if k] for N, f in zip(pair, ["x*y", "x"], strict=True)] == [True, True]
    named = novelty({"both": "x*y"}, P2)
    assert named["both"].score({"x": 1, "y": 1})["x", "y"].value == Fraction(9, 32)
    several = novelty(lambda p, q: (p, p * q), P2)
    assert [len(N) for N in several] == [3, 3]


def test_float64_has_values_with_bounds_and_no_tails() -> None:
    rows = [(0.1, 2.0), (0.3, 1.0), (0.7, 4.0)]
    law, same = (sw.Empirical(rows, [x, y], numbers=numbers) for numbers in ("float64", "binary"))
    for f in ("x*y", lambda p, q: float(p) * float(q)):
        N = novelty(f, law, [(0.1, 1.0), (0.7, 2.0)], ring="float64", numbers="float64")
        exact = sw.gwpd("x*y", same)
        for key, found in N.items():
            wanted = sum(Fraction(exact[key].at({x: Fraction(p), y: q})) for p, q in ((0.1, 1), (0.7, 2))) / 2
            assert found.mean.value == pytest.approx(float(wanted), abs=1e-12)
            assert abs(Fraction(found.mean.value) - wanted) <= Fraction(found.mean.error_bound) + Fraction(1, 10**14)
            assert found.standardised.value > 0
            with pytest.raises(InvalidArgument, match="Argument 'ring' must be 'exact' for the law of W_f"):
                _ = found.distance
        found = N.scores([(0.1, 1.0), (0.7, 4.0)])
        assert (found.bounds < 1e-12).all()
        with pytest.raises(InvalidArgument, match="must be 'exact'"):
            _ = found.tails
        assert isinstance(N.score({"x": Fraction(0.1), "y": 1})["x"].value, float)
        assert repr(N)
        assert repr(N.score({"x": Fraction(0.1), "y": 1}))
        assert repr(found)


def test_nothing_to_look_at() -> None:
    for f, law in (("3", P2), (sympy.Integer(3), sw.Finite({(): 1}, []))):
        N = novelty(f, law, law)
        assert len(N) == 0
        assert N.top() == N.table() == []
        score = N.score({})
        assert (len(score), score.overall) == (0, 1)
        assert isinstance(score, Score)
        assert repr(N)
        assert repr(score)
    assert novelty("3", P2).scores([(1, 2)]).tails.shape == (1, 0)


def test_sets_are_chosen_and_found() -> None:
    N = novelty("x*y*z", XOR, max_order=2)
    assert [len(key) for key in N] == [1, 1, 1, 2, 2, 2]
    chosen = novelty("x*y*z", XOR, sets=[("z", "y"), x, [y, z]])
    assert list(chosen) == [frozenset((y, z)), frozenset((x,))]
    assert "x" in chosen
    assert ("x", "y") not in chosen
    assert 3 not in chosen
    assert chosen.get(("x", "y")) is None
    assert chosen["y", "z"] is chosen[frozenset((z, y))]


def test_what_is_printed() -> None:
    text = repr(novelty("x*y*z", FAIR, XOR))
    assert "under P independent inputs; under Q dependent inputs: {x, y, z}" in text
    assert "A mean of 0 is no proof that nothing is new" in text
    assert text.splitlines()[3].split() == ["{x,", "y,", "z}", "-1/8", "1/2", "1"]
    assert repr(novelty("x*y*z", FAIR, XOR)["x"]) == "W_f(x) under Q: mean 0, distance 0"
    assert repr(novelty("x*y", P2)["x"]) == "W_f(x) = 3*(x - 3/8)/8"
    assert "no Q to compare with" in repr(novelty("x*y", P2))
    assert repr(novelty("x*y", P2).score({"x": 1, "y": 1})["x"]) == "value 15/64, tail 3/8"


# -- real rows -----------------------------------------------------------------------------------------------------------------

IRIS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


def test_a_flower_made_of_two() -> None:
    """The sepals of a setosa with the petals of a virginica: every leaf is ordinary, and the flower is none of the 150."""
    path = files("symwick") / "data" / "iris.csv"
    law = sw.Empirical.from_csv(str(path), [*IRIS, "class"], header=False, skip=1).marginal(IRIS)
    N = novelty("*".join(IRIS), law)
    score = N.score(dict(zip(IRIS, ("5.0", "3.4", "5.9", "2.1"), strict=True)))
    single = [score[v].tail for v in IRIS]
    assert single == [Fraction(2, 5), Fraction(7, 15), Fraction(19, 50), Fraction(19, 50)]
    assert score["petal_length", "petal_width"].tail == Fraction(37, 50)
    assert score["sepal_length", "petal_width"].tail == Fraction(1, 50)
    assert score["sepal_length", "petal_length", "petal_width"].tail == 0
    assert score.overall == 0
    for flower in (("5.0", "3.4", "1.5", "0.2"), ("7.1", "3.0", "5.9", "2.1")):  # the two that it is made of
        assert N.score(dict(zip(IRIS, flower, strict=True))).overall > Fraction(1, 5)


# -- what is refused -------------------------------------------------------------------------------------------------------------

OTHER = sw.Finite({(0, 0): 1}, [x, z])
CASES: list[tuple[Any, type[Exception], str]] = [
    (lambda: novelty("x", 3), InvalidArgument, "Argument 'P' must be a law (Finite, Empirical, Independent, …), not 3."),
    (lambda: novelty("x", P2, OTHER), UnknownVariable,
     "Argument 'Q' must be a law of the variables of P (x, y), but it lacks y."),
    (lambda: novelty("x", P2, XOR), UnknownVariable,
     "Argument 'Q' must be a law of the variables of P (x, y), but it has z too."),
    (lambda: novelty("x", P2, 3), InvalidArgument, "Argument 'Q' must be a law or rows of data, not 3."),
    (lambda: novelty("x", P2, "rows"), InvalidArgument, "Argument 'Q' must be a law or rows of data, not 'rows'."),
    (lambda: novelty("x", P2, {(0, 0): 1}), InvalidArgument,
     "Argument 'Q' must be a law or rows of data, not {(0, 0): 1}."),
    (lambda: novelty("x", P2, []), InvalidArgument, "Argument 'Q' must hold at least one row."),
    (lambda: novelty("x", P2, [(1, 2), (1,)]), InvalidArgument,
     "Argument 'Q' must have 2 columns (x, y), but row 2 has 1."),
    (lambda: novelty("x", P2, [(1, "high")]), InvalidArgument,
     "Argument 'Q' must hold numbers, not 'high' in row 1, column y."),
    (lambda: novelty("x", P2, [{"x": 1}]), InvalidArgument,
     "Argument 'Q' must give every variable, but row 1 lacks y."),
    (lambda: novelty("x", P2, [(1, 2)], numbers="float64"), InexactError,
     "Argument 'Q' was read from floats (numbers='float64'): pass ring='float64', or read it exactly."),
    (lambda: novelty("x", P2, [(1, 2)], numbers="decimals"), InvalidArgument,
     "Argument 'numbers' must be one of 'decimal', 'binary', 'float64', not 'decimals'."),
    (lambda: novelty("x", P2, sw.Independent({x: sw.Bernoulli("y"), y: sw.Bernoulli("1/2")})), InvalidArgument,
     "Argument 'Q' must have parameters that are no variables, but y is both."),
    (lambda: novelty("x", P2, sets=[]), InvalidArgument,
     "Argument 'sets' must hold at least one set of inputs; it is empty."),
    (lambda: novelty("x", P2, sets=[()]), InvalidArgument,
     "Argument 'sets' must hold sets of at least one input, not ∅: its term is the mean of f."),
    (lambda: novelty("x", P2, sets=["w"]), UnknownVariable,
     "Argument 'sets' names w, which is no input; the inputs are: x, y."),
    (lambda: novelty("x", P2, sets="x"), InvalidArgument,
     "Argument 'sets' must be an iterable of sets of inputs, not 'x'."),
    (lambda: novelty("x", P2, sets=["x"], max_order=1), InvalidArgument,
     "Argument 'max_order' must not be given together with 'sets', which says all."),
    (lambda: novelty("x", P2, max_order=0), InvalidArgument,
     "Argument 'max_order' must be an integer that is at least 1, not 0."),
    (lambda: novelty("x*y", P2, sets=["x"])["x", "y"], UnknownVariable,
     "Argument 'S' must be one of the sets looked at, not {x, y}; these are: {x}."),
    (lambda: novelty("x*y", P2)["x"].mean, InvalidArgument,
     "Argument 'Q' must be a law or rows to compare P with; this novelty was asked without it."),
    (lambda: novelty("x*y", P2).top(), InvalidArgument,
     "Argument 'Q' must be a law or rows to compare P with; this novelty was asked without it."),
    (lambda: novelty("x*y", P2, P2).top(-1), InvalidArgument,
     "Argument 'k' must be an integer that is at least 0, not -1."),
    (lambda: novelty("x*y", P2).score({"x": 1}), InvalidArgument,
     "Argument 'observation' must give every variable that is looked at; it lacks y."),
    (lambda: novelty("x*y", P2).score({"x": 1, "w": 1}), UnknownVariable,
     "Argument 'observation' names w, which the law lacks; it has: x, y."),
    (lambda: novelty("x*y", P2).score([1, 1]), InvalidArgument,
     "Argument 'observation' must map variables to numbers, not be [1, 1]."),
    (lambda: novelty("x*y", P2).score({"x": 0.5, "y": 1}), InexactError,
     "Argument 'observation[x]' must be exact, not the float 0.5. Write it as text ('0.5'), as a Fraction or as a sympy "
     "Rational; or ask for ring='float64' where that is offered."),
    (lambda: novelty("x*y", P2).score({"x": "one", "y": 1}), InvalidArgument,
     "Argument 'observation[x]' must be a number such as '1/3' or '0.25', not 'one'."),
    (lambda: novelty(max, P2).score({"x": 2, "y": 1}), InvalidArgument,
     "Argument 'observation' must lie on the grid on which f is known: x is one of 0, 1, not 2."),
    (lambda: novelty(max, P2).batch([(0, 1), (2, 1)])["x"].tail, InvalidArgument,
     "Argument 'rows' must lie on the grid on which f is known: x is one of 0, 1, not 2."),
    (lambda: novelty(max, P2).scores([(0, 1), (2, 1)]).values, InvalidArgument,
     "Argument 'rows' must lie on the grid on which f is known: x is one of 0, 1, not 2."),
    (lambda: novelty(max, P2, [(0, 1), (2, 1)])["x"].mean, InvalidArgument,
     "Argument 'Q' must lie on the grid on which f is known: x is one of 0, 1, not 2."),
    (lambda: novelty(max, P2, [(0, 1), (2, 1)])["x"].distance, InvalidArgument,
     "Argument 'Q' must lie on the grid on which f is known: x is one of 0, 1, not 2."),
    (lambda: novelty("x ^ y", P2).scores([(0, 1), (2, 1)]).values, InvalidArgument,
     "Argument 'rows' must lie on the grid on which f is known: x is one of 0, 1, not 2."),
    (lambda: novelty("x*y", P2).batch([]), InvalidArgument, "Argument 'rows' must hold at least one row."),
    (lambda: novelty("x*y", P2).batch([(1, 2), (3,)]), InvalidArgument,
     "Argument 'rows' must have 2 columns (x, y), but row 2 has 1."),
    (lambda: novelty("x*y", P2).scores([(1, None)]), InvalidArgument,
     "Argument 'rows' must have no missing cells, not None in row 1, column y."),
    (lambda: novelty("x*y", P2).scores(7), InvalidArgument, "Argument 'rows' must be a sequence of rows, not 7."),
    (lambda: novelty("x*y", P2).scores([(1, 1)]).most_novel(True), InvalidArgument,
     "Argument 'k' must be an integer that is at least 0, not True."),
]  # fmt: skip


@pytest.mark.parametrize(("make", "error", "sentence"), CASES, ids=[sentence[:60] for _, _, sentence in CASES])
def test_errors(make: Any, error: type[SymwickError], sentence: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == sentence
    assert isinstance(caught.value, SymwickError)


def test_too_many_sets_are_refused_beforehand() -> None:
    law = sw.Independent({f"b{i}": sw.Bernoulli("1/2") for i in range(30)})
    with pytest.raises(TooLarge, match="Sets of inputs to look at: predicted 1,073,741,824"):
        novelty("*".join(f"b{i}" for i in range(30)), law)
    N = novelty("*".join(f"b{i}" for i in range(15)), law, max_order=2, limit=100_000)
    with pytest.raises(TooLarge, match="Values of the terms at the points of P: predicted 3,932,160"):
        _ = N.score({f"b{i}": 1 for i in range(15)}).overall
