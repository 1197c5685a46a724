"""Univariate laws with symbols for parameters: numbers put in, assumptions, identities, the law of one variable."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra.symbolic import expression
from symwick.algebra.vectors import IntVector
from symwick.distributions.finite import Finite
from symwick.distributions.independent import Independent, renamed
from symwick.distributions.marginals import (
    Bernoulli,
    Beta,
    Binomial,
    Categorical,
    ChiSquared,
    Constant,
    Exponential,
    Gamma,
    Geometric,
    Laplace,
    LogNormal,
    Marginal,
    MarginalLaw,
    NegativeBinomial,
    Normal,
    Poisson,
    StudentT,
    Uniform,
)
from symwick.errors import InvalidArgument, NoClosedForm, UnknownVariable

a, b, n, p, q, x, y = sympy.symbols("a b n p q x y")

unit = st.fractions("1/7", "6/7", max_denominator=7)
positive = st.fractions("1/6", 6, max_denominator=6)
anything = st.fractions(-4, 4, max_denominator=6)
Family = Callable[..., Marginal]

FAMILIES: list[tuple[Family, list[st.SearchStrategy[Any]]]] = [
    (Bernoulli, [unit]),
    (Binomial, [st.integers(0, 6), unit]),
    (Constant, [anything]),
    (lambda p, q: Categorical({-1: p, 3: 1 - p}), [unit, unit]),
    (Poisson, [positive]),
    (Geometric, [unit]),
    (NegativeBinomial, [positive, unit]),
    (Normal, [anything, positive]),
    (lambda m, v: Normal(m, variance=v), [anything, positive]),
    (lambda low, width: Uniform(low, low + width), [anything, positive]),
    (Exponential, [positive]),
    (Gamma, [positive, positive]),
    (ChiSquared, [positive]),
    (Beta, [positive, positive]),
    (Laplace, [anything, positive]),
    (LogNormal, [anything, positive]),
    (lambda nu: StudentT(nu + 9), [positive]),
]


def rational(value: Any) -> sympy.Rational:
    return sympy.Rational(Fraction(value).numerator, Fraction(value).denominator)


@pytest.mark.parametrize(("family", "domains"), FAMILIES, ids=lambda v: getattr(v, "__name__", ""))
@given(data=st.data())
def test_symbols_stand_for_every_number(family: Family, domains: Any, data: st.DataObject) -> None:
    symbols = [a, b][: len(domains)]
    values = [data.draw(domain) for domain in domains]
    k = data.draw(st.integers(0, 6))
    symbolic, numeric = family(*symbols), family(*values)
    put = dict(zip(symbols, map(rational, values), strict=True))
    assert set(symbolic.symbols) <= set(symbols)
    assert all(relation.subs(put) == sympy.true for relation in symbolic.assumptions)
    for way in ("moment", "cumulant", "central_moment"):
        difference = sympy.S(getattr(symbolic, way)(k)).subs(put) - sympy.S(getattr(numeric, way)(k))
        assert sympy.expand(difference) == 0, way
    if symbolic.named(x).weights(x) is not None:
        assert symbolic.support == tuple(point for point, _ in symbolic.weights)
        found = {point: expression(weight).subs(put) for point, weight in symbolic.weights}
        assert found == dict(zip(numeric.support, map(rational, numeric.probabilities), strict=True))
    with_numbers = symbolic.named("x").moment({"x": k})
    assert with_numbers == symbolic.moment(k)


@pytest.mark.parametrize(
    ("law", "moments"),
    [
        (Bernoulli(p), [p, p]),
        (Binomial(n, p), [n * p, n * p * (1 - p) + n**2 * p**2]),
        (Geometric(p), [1 / p, (2 - p) / p**2]),
        (NegativeBinomial(n, p), [n * (1 - p) / p, n * (1 - p) * (1 + n * (1 - p)) / p**2]),
        (Poisson(a), [a, a**2 + a, a**3 + 3 * a**2 + a, a**4 + 6 * a**3 + 7 * a**2 + a]),
        (Normal(a, b), [a, a**2 + b**2, a**3 + 3 * a * b**2, a**4 + 6 * a**2 * b**2 + 3 * b**4]),
        (Uniform(a, b), [(a + b) / 2, (a**2 + a * b + b**2) / 3]),
        (Exponential(a), [1 / a, 2 / a**2, 6 / a**3]),
        (Gamma(a, b), [a * b, a * (a + 1) * b**2]),
        (ChiSquared(a), [a, a * (a + 2), a * (a + 2) * (a + 4)]),
        (Beta(a, b), [a / (a + b), a * (a + 1) / ((a + b) * (a + b + 1))]),
        (Laplace(a, b), [a, a**2 + 2 * b**2]),
        (LogNormal(a, b), [sympy.exp(a + b**2 / 2), sympy.exp(2 * a + 2 * b**2)]),
        (StudentT(a), [0, a / (a - 2), 0, 3 * a**2 / ((a - 2) * (a - 4))]),
        (Constant(a + b), [a + b, (a + b) ** 2]),
    ],
    ids=repr,
)
def test_moments_of_the_literature(law: Marginal, moments: list[sympy.Expr]) -> None:
    positive = {s: sympy.Symbol(s.name, positive=True) for s in (a, b)}  # sqrt(exp(b**2)) is exp(b**2/2) for real b
    for k, moment in enumerate(moments, start=1):
        assert sympy.simplify((sympy.S(law.moment(k)) - moment).subs(positive)) == 0
    assert law.moment(0) == 1


def test_bernoulli_cumulants_by_their_differential_equation() -> None:
    cumulants = [sympy.S(Bernoulli(p).cumulant(k)) for k in range(1, 12)]
    assert cumulants[0] == p
    for lower, higher in pairwise(cumulants):
        assert sympy.expand(p * (1 - p) * sympy.diff(lower, p) - higher) == 0
    for k in range(1, 8):
        assert sympy.expand(Binomial(n, p).cumulant(k) - n * cumulants[k - 1]) == 0


def test_cumulants_with_symbols() -> None:
    assert {Poisson(a).cumulant(k) for k in range(1, 30)} == {a}
    assert [Normal(a, b).cumulant(k) for k in range(6)] == [0, a, b**2, 0, 0, 0]
    assert [Exponential(a).cumulant(k) for k in (1, 2, 3, 4)] == [1 / a, a**-2, 2 / a**3, 6 / a**4]
    assert [Gamma(a, b).cumulant(k) for k in (1, 2, 3)] == [a * b, a * b**2, 2 * a * b**3]
    assert sympy.factor(Uniform(a, b).cumulant(2) - (b - a) ** 2 / 12) == 0
    assert sympy.simplify(Beta(a, b).variance - a * b / ((a + b) ** 2 * (a + b + 1))) == 0


@pytest.mark.parametrize(
    "law",
    [Binomial(n, p), Geometric(p), NegativeBinomial(n, p), Normal(a, b), Uniform(a, b), Gamma(a, b), Laplace(a, b),
     Bernoulli(a + b), Exponential(a * b), LogNormal(a, b), Beta(a, 2), Categorical({1: p, 4: q, 9: 1 - p - q})],
    ids=repr,
)  # fmt: skip
def test_cumulants_give_the_moments(law: Marginal) -> None:
    moments: list[Any] = [sympy.Integer(1)]
    for m in range(1, 6):
        moments.append(sympy.Add(*(comb(m - 1, j - 1) * law.cumulant(j) * moments[m - j] for j in range(1, m + 1))))
        difference = moments[m] - law.moment(m)
        assert sympy.simplify(sympy.expand(difference)) == 0
    assert sympy.simplify(law.central_moment(2) - law.variance) == 0


@pytest.mark.parametrize(
    ("law", "relations", "symbols"),
    [
        (Bernoulli("p"), (p >= 0, p <= 1), (p,)),
        (Bernoulli("p*q"), (p * q >= 0, p * q <= 1), (p, q)),
        (Bernoulli(sympy.pi / 4), (), ()),
        (Binomial(3, "p"), (p >= 0, p <= 1), (p,)),
        (Binomial("n", "1/2"), (n >= 0, sympy.Eq(sympy.Mod(n, 1), 0)), (n,)),
        (Geometric("p"), (p > 0, p <= 1), (p,)),
        (NegativeBinomial("n", "p"), (n > 0, p > 0, p <= 1), (n, p)),
        (Poisson("a"), (a > 0,), (a,)),
        (Constant("a"), (), (a,)),
        (Categorical({0: p, 1: q, 2: 1 - p - q}), (p >= 0, p <= 1, q >= 0, q <= 1, 1 - p - q >= 0, 1 - p - q <= 1), (p, q)),
        (Normal("b", "a"), (a >= 0,), (a, b)),
        (Normal("b", variance="a"), (a >= 0,), (a, b)),
        (Normal("b"), (), (b,)),
        (Uniform("a", "b"), (a < b,), (a, b)),
        (Uniform("a", a + 1), (), (a,)),
        (Exponential("a"), (a > 0,), (a,)),
        (Gamma("a", "b"), (a > 0, b > 0), (a, b)),
        (Gamma("a", "a"), (a > 0,), (a,)),
        (ChiSquared("a"), (a > 0,), (a,)),
        (Beta("b", "a"), (b > 0, a > 0), (a, b)),
        (Laplace("a", "b"), (b > 0,), (a, b)),
        (LogNormal("a", "b"), (b > 0,), (a, b)),
        (StudentT("a"), (a > 0,), (a,)),
    ],
)
def test_assumptions(law: Marginal, relations: Any, symbols: Any) -> None:
    assert law.assumptions == relations
    assert law.symbols == symbols
    named = law.named("x")
    assert named.assumptions == relations
    assert named.parameters == symbols
    assert named.exact
    assert not named.unspecified
    both = Independent({"x": law, "y": Poisson("a")})
    assert set(both.assumptions) == {*relations, a > 0}


def test_parameters_are_read_by_name() -> None:
    assert Poisson(sympy.Symbol("a", positive=True)) == Poisson("a") == Poisson(a)
    assert Poisson("2*a + 1/3") == Poisson(2 * sympy.Symbol("a", real=True) + sympy.Rational(1, 3))
    assert Poisson("E").symbols == (sympy.Symbol("E"),)  # in text every name is a symbol
    assert Poisson("pi").mean == sympy.Symbol("pi") != Poisson(sympy.pi).mean
    assert Poisson("lambda").mean == sympy.Symbol("lambda")
    assert Poisson("0.5*2").mean == 1
    assert (Poisson("2*3").mean, type(Poisson("2*3").mean)) == (6, int)
    assert Poisson((1 + sympy.sqrt(2)) * (sympy.sqrt(2) - 1)).mean == 1
    assert Poisson("sqrt(2)").moment(2) == 2 + sympy.sqrt(2)


@pytest.mark.parametrize(
    ("probabilities", "text"),
    [
        ({0: p, 1: q}, "Argument 'probabilities' must sum to 1, not p + q."),
        ({0: p, 1: "1/2"}, "Argument 'probabilities' must sum to 1, not p + 1/2."),
        ({0: p, 1: 1 - p, 2: "-1/2"}, "Argument 'probabilities' must lie in [0, 1], not -1/2."),
        ({0: sympy.pi, 1: 1 - sympy.pi}, "Argument 'probabilities' must lie in [0, 1], not pi."),
    ],
)
def test_symbolic_probabilities_are_checked(probabilities: Any, text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Categorical(probabilities)
    assert str(caught.value) == text


def test_symbolic_probabilities() -> None:
    law = Categorical({"1/2": a / (a + b), 3: b / (a + b), 7: 0})
    assert law.support == (Fraction(1, 2), 3)
    assert sympy.simplify(law.mean - (a / 2 + 3 * b) / (a + b)) == 0
    assert repr(law) == "Categorical({1/2: a/(a + b), 3: b/(a + b)})"
    assert law.latex() == r"\mathrm{Categorical}\left(\frac{1}{2}: \frac{a}{a + b}, 3: \frac{b}{a + b}\right)"
    assert Categorical([p, 1 - p]).probabilities == (p, 1 - p)
    assert Bernoulli("p").probabilities == (1 - p, p)
    assert Bernoulli(sympy.sqrt(2) / 2).cumulant(2) == sympy.sqrt(2) / 2 - sympy.Rational(1, 2)
    assert Binomial(2, p).probabilities == (1 - 2 * p + p**2, 2 * p - 2 * p**2, p**2)


def test_many_trials_with_a_symbol_have_points_but_no_table() -> None:
    law = Binomial(1000, p)
    assert law.support == tuple(range(1001))
    assert law.named("x").weights("x") is None
    assert law.named("x").support("x") == law.support
    assert sympy.expand(law.variance - 1000 * p * (1 - p)) == 0
    with pytest.raises(InvalidArgument, match="x = 1001 has probability 0"):
        law.named("x").condition({"x": 1001})


# -- the law of one variable -------------------------------------------------------------------------------------------


def test_the_law_of_one_variable() -> None:
    law = Normal("mu", "sigma").named(sympy.Symbol("x", real=True))
    mu, sigma, t = sympy.symbols("mu sigma t")
    assert isinstance(law, MarginalLaw)
    assert law.source == Normal("mu", "sigma")
    assert law.variables == (x,)
    assert law.moment({}) == 1
    assert law.moment({"x": 2}) == law.moment(["x", x]) == mu**2 + sigma**2
    assert law.cumulant(["x", "x"]) == sigma**2
    assert (law.cumulant([]), law.cumulant("x")) == (0, mu)
    assert law.generating_function({x: t}) == sympy.exp(mu * t + sigma**2 * t**2 / 2)
    assert law.generating_function({}) == 1
    assert law.generating_domain({x: t}) == ()
    assert law.marginal(["x"]) is law
    assert law.marginal([]).variables == ()
    assert law.independent_groups() == (frozenset({x}),)
    assert law.independent_groups([]) == ()
    assert (law.tabulated(), law.tabulated(["x"]), law.tabulated([])) == (False, False, True)
    assert law.joint_table(())[0].shape == (1, 0)
    assert law.mean_of_product({}) == 1
    other = renamed(law, {x: y})
    assert (other.variables, repr(other), repr(law)) == ((y,), "Normal(mu, sigma) as y", "Normal(mu, sigma) as x")
    with pytest.raises(UnknownVariable, match="names z, which the law lacks; it has: x."):
        law.moment({"z": 1})
    with pytest.raises(UnknownVariable, match="names z"):
        law.weights("z")
    with pytest.raises(NoClosedForm) as caught:
        law.mean_of_product({x: IntVector.of([1, 2])})
    assert str(caught.value) == (
        "The mean of a function of x that is known by its values has no closed form under Normal(mu, sigma)."
    )


def test_generating_domains_come_through() -> None:
    law = Independent({"x": Exponential("a"), "y": Laplace(0, 2), "z": Poisson(1)})
    t, z = sympy.symbols("t z")
    assert law.generating_domain({x: t, y: t, z: t}) == (t < a, sympy.Rational(-1, 2) < t, t < sympy.Rational(1, 2))
    assert sympy.simplify(law.generating_function({x: t, y: t}) - a / (a - t) / (1 - 4 * t**2)) == 0


def test_means_of_functions_on_symbolic_points() -> None:
    law = Categorical({"1/2": p, 3: 1 - p}).named("x")
    assert expression(law.mean_of_product({x: IntVector.of(["1/3", 5])})) == 5 - p * sympy.Rational(14, 3)
    assert law.weights("x") == Categorical({"1/2": p, 3: 1 - p}).weights
    assert law.support("x") == (Fraction(1, 2), 3)


def test_conditions_keep_what_they_need() -> None:
    r = sympy.Symbol("r")
    cases: list[tuple[Marginal, int, set[Any]]] = [
        (Bernoulli(p), 1, {p >= 0, p <= 1, p > 0}),
        (Bernoulli(p), 0, {p >= 0, p <= 1, 1 - p > 0}),
        (Geometric(p), 1, {p > 0, p <= 1}),
        (Geometric(p), 2, {p > 0, p <= 1, p < 1}),
        (NegativeBinomial(r, "1/2"), 5, {r > 0}),
        (Binomial(n, "1/2"), 2, {n >= 0, sympy.Eq(sympy.Mod(n, 1), 0), n >= 2}),
        (Poisson(a), 7, {a > 0}),
        (Constant(a), 7, {sympy.Eq(a, 7)}),
        (Bernoulli(sympy.pi / 4), 1, set()),
    ]
    for law, value, relations in cases:
        given_value = law.named("x").condition({"x": value})
        assert given_value.variables == ()
        assert set(given_value.assumptions) == relations, law
    for law in (Bernoulli(p), Constant(sympy.pi), Uniform("a", "b"), Binomial(n, p)):
        with pytest.raises(InvalidArgument, match="must have positive probability, but x = -2 has probability 0."):
            law.named("x").condition({"x": -2})


def test_independent_takes_symbolic_marginals() -> None:
    law = Independent({"x": Bernoulli("p"), "y": Normal("a", 1)})
    assert sympy.expand(law.moment({"x": 3, "y": 2}) - p * (a**2 + 1)) == 0
    assert law.cumulant(["x", "y"]) == 0
    assert law.parameters == (a, p)
    assert repr(law) == "Independent({x: Bernoulli(p), y: Normal(a, 1)})"
    assert Independent({"x": Bernoulli("1/2"), "y": Normal(2, 1)}).sample(4, seed=0).dtype == np.float64
    assert not law.tabulated()
    assert Independent({"x": Bernoulli("1/2"), "y": Normal(2, 1)}).tabulated(["x"])


# -- objects -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", [Poisson("2*a"), Normal(0, variance="v"), Categorical([p, 1 - p]), Beta(sympy.pi, "b")], ids=repr)
def test_copies(law: Marginal) -> None:
    law.moment(3), law.cumulant(3)  # what is cached does not travel
    for again in (copy.copy(law), copy.deepcopy(law), pickle.loads(pickle.dumps(law))):
        assert again == law
        assert hash(again) == hash(law)
        assert again.assumptions == law.assumptions
        assert repr(again) == repr(law)
        assert again.cumulant(3) == law.cumulant(3)
    with pytest.raises(AttributeError, match=f"{type(law).__name__} is immutable; build a new one."):
        law.assumptions = ()


def test_a_finite_numeric_marginal_stays_a_table() -> None:
    assert isinstance(Bernoulli("1/2").named("x"), Finite)
    assert isinstance(Binomial(3, "1/2").named("x"), Finite)
    assert isinstance(Bernoulli("p").named("x"), MarginalLaw)


def test_high_moments_and_cumulants_are_derived() -> None:
    for law in (
        Binomial("n", "p"), Poisson("a"), Geometric("p"), NegativeBinomial("r", "p"), Normal("a", "b"), Uniform("a", "b"),
        Gamma("a", "b"), Beta("a", "b"), Laplace("a", "b"), LogNormal("a", "b"), StudentT("a"), Bernoulli("p"),
    ):  # fmt: skip
        assert law._moment(50)
        if not isinstance(law, (Beta, StudentT)):
            assert bool(law._cumulant(30)) is not isinstance(law, Normal)
