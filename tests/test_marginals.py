"""Discrete univariate laws: tables and sums against definitions, domains, text, identity."""

from __future__ import annotations

import copy
from fractions import Fraction
from math import comb, sqrt
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from symwick.algebra.partitions import stirling2
from symwick.distributions.finite import Finite
from symwick.distributions.marginals import (
    Bernoulli,
    Binomial,
    Categorical,
    Constant,
    DiscreteUniform,
    Geometric,
    Marginal,
    MarginalLaw,
    NegativeBinomial,
    Poisson,
    Rademacher,
)
from symwick.errors import InexactError, InvalidArgument, NoClosedForm, TooLarge
from symwick.testing import oracle, strategies

THIRD = Fraction(1, 3)
probabilities = st.fractions(0, 1, max_denominator=6)


@st.composite
def categoricals(draw: st.DrawFn) -> Categorical:
    values = draw(st.lists(strategies.rationals(), min_size=1, max_size=4, unique=True))
    counts = draw(st.lists(st.integers(0, 3), min_size=len(values), max_size=len(values)).filter(any))
    return Categorical({v: Fraction(n, sum(counts)) for v, n in zip(values, counts, strict=True)})


marginals = st.one_of(
    probabilities.map(Bernoulli),
    st.just(Rademacher()),
    strategies.rationals().map(Constant),
    categoricals(),
    st.tuples(st.integers(-3, 3), st.integers(0, 4)).map(lambda t: DiscreteUniform(t[0], t[0] + t[1])),
    st.lists(strategies.rationals(), min_size=1, unique=True, max_size=4).map(lambda v: DiscreteUniform(values=v)),
    st.builds(Binomial, st.integers(0, 5), probabilities),
)


@pytest.mark.parametrize(
    ("law", "table"),
    [
        (Bernoulli("1/3"), {0: 2 * THIRD, 1: THIRD}),
        (Bernoulli(0), {0: 1}),
        (Bernoulli(1), {1: 1}),
        (Bernoulli(sympy.Rational(1, 3)), {0: 2 * THIRD, 1: THIRD}),
        (Rademacher(), {-1: Fraction(1, 2), 1: Fraction(1, 2)}),
        (Constant("5/2"), {Fraction(5, 2): 1}),
        (Categorical({2: THIRD, "-1/2": 2 * THIRD, 9: 0}), {Fraction(-1, 2): 2 * THIRD, 2: THIRD}),
        (Categorical([THIRD, 0, "2/3"]), {0: THIRD, 2: 2 * THIRD}),
        (DiscreteUniform(-1, 1), {-1: THIRD, 0: THIRD, 1: THIRD}),
        (DiscreteUniform(np.int64(4), 4), {4: 1}),
        (DiscreteUniform(values=[3, "1/2", -1]), {-1: THIRD, Fraction(1, 2): THIRD, 3: THIRD}),
        (Binomial(0, THIRD), {0: 1}),
        (Binomial(3, 0), {0: 1}),
        (Binomial(3, 1), {3: 1}),
        (Binomial(2, THIRD), {0: 4 * THIRD**2, 1: 4 * THIRD**2, 2: THIRD**2}),
    ],
)
def test_tables(law: Marginal, table: dict[Any, Any]) -> None:
    assert dict(zip(law.support, law.probabilities, strict=True)) == table
    assert list(law.support) == sorted(table)
    assert all(type(n) is int or n.denominator > 1 for n in (*law.support, *law.probabilities))


@given(marginals, st.integers(0, 5))
def test_moments_and_cumulants_agree_with_the_oracle(law: Marginal, k: int) -> None:
    weights = {(point,): weight for point, weight in zip(law.support, law.probabilities, strict=True)}
    assert sum(law.probabilities) == 1
    assert law.moment(k) == oracle.moment(weights, [k])
    assert law.cumulant(k) == oracle.cumulant(weights, [0] * k)
    assert (law.mean, law.variance) == (law.moment(1), law.moment(2) - law.moment(1) ** 2)


@given(marginals)
def test_a_named_marginal_is_that_law(law: Marginal) -> None:
    named = law.named("x")
    assert isinstance(named, Finite)
    again = Finite(dict(zip(law.support, law.probabilities, strict=True)), "x")
    assert list(named.items()) == list(again.items())
    assert repr(named) == repr(again)
    assert named.cumulant(["x", "x", "x"]) == law.cumulant(3)
    assert named.variables == (sympy.Symbol("x"),)


@given(st.integers(0, 6), probabilities)
def test_binomial_is_a_sum_of_bernoullis(n: int, p: Fraction) -> None:
    assert [Binomial(n, p).cumulant(k) for k in range(5)] == [n * Bernoulli(p).cumulant(k) for k in range(5)]
    assert sum(comb(n, k) for k in Binomial(n, "1/2").support) == 2**n


@given(marginals, marginals)
def test_equality_is_by_kind_and_value(a: Marginal, b: Marginal) -> None:
    assert (a == b) == (repr(a) == repr(b))
    assert a == copy.deepcopy(a)
    assert len({a, copy.copy(a)}) == 1
    if a == b:
        assert hash(a) == hash(b)


def test_equality_across_spellings() -> None:
    assert Bernoulli("0.5") == Bernoulli(Fraction(1, 2)) == Bernoulli(sympy.Rational(1, 2))
    assert Categorical({0: THIRD, 1: 2 * THIRD}) == Categorical([THIRD, 2 * THIRD, 0])
    assert DiscreteUniform(0, 2) == DiscreteUniform(values=[2, 0, 1])
    assert Bernoulli(THIRD) != Binomial(1, THIRD)
    assert Constant(-1) != Constant(-2)  # hash(-1) == hash(-2)
    assert len({Constant(-1), Constant(-2), Constant(-1)}) == 2
    assert Bernoulli(1) != "Bernoulli(1)"


@pytest.mark.parametrize(
    ("law", "text", "latex"),
    [
        (Bernoulli("1/3"), "Bernoulli(1/3)", r"\mathrm{Bernoulli}\left(\frac{1}{3}\right)"),
        (Rademacher(), "Rademacher()", r"\mathrm{Rademacher}\left(\right)"),
        (Constant(-2), "Constant(-2)", r"\mathrm{Constant}\left(-2\right)"),
        (
            Categorical({0: "1/4", "1/2": "3/4"}),
            "Categorical({0: 1/4, 1/2: 3/4})",
            r"\mathrm{Categorical}\left(0: \frac{1}{4}, \frac{1}{2}: \frac{3}{4}\right)",
        ),
        (
            Categorical([Fraction(1, 9)] * 9),
            "Categorical({" + ", ".join(f"{i}: 1/9" for i in range(8)) + ", …})",
            r"\mathrm{Categorical}\left(" + ", ".join(rf"{i}: \frac{{1}}{{9}}" for i in range(8)) + r", \ldots\right)",
        ),
        (DiscreteUniform(1, 6), "DiscreteUniform(1, 6)", r"\mathrm{DiscreteUniform}\left(1, \ldots, 6\right)"),
        (DiscreteUniform(values=[4, 2]), "DiscreteUniform(values=[2, 4])", r"\mathrm{DiscreteUniform}\left(2, 4\right)"),
        (Binomial(3, "1/2"), "Binomial(3, 1/2)", r"\mathrm{Binomial}\left(3, \frac{1}{2}\right)"),
    ],
)
def test_text(law: Marginal, text: str, latex: str) -> None:
    assert repr(law) == text
    assert law.latex() == latex
    assert law._repr_latex_() == f"${latex}$"


def test_marginals_are_immutable() -> None:
    law = Bernoulli("1/3")
    with pytest.raises(AttributeError, match="Bernoulli is immutable; build a new one."):
        law.p = Fraction(1, 2)  # type: ignore[misc]
    with pytest.raises(AttributeError, match="immutable"):
        del law.p
    assert law.p == THIRD


p = sympy.Symbol("p")


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: Bernoulli("3/2"), InvalidArgument, r"Argument 'p' must lie in \[0, 1\], not 3/2."),
        (lambda: Bernoulli(-1), InvalidArgument, r"Argument 'p' must lie in \[0, 1\], not -1."),
        (lambda: Bernoulli(0.5), InexactError, "Argument 'p' must be exact, not the float 0.5."),
        (lambda: Bernoulli("1.2.3"), InvalidArgument, "Argument 'p' must be a number such as .*, not '1.2.3'."),
        (lambda: Bernoulli(None), InexactError, "Argument 'p' must be an exact number, not NoneType None."),
        (lambda: Bernoulli(sympy.sqrt(2)), InvalidArgument, r"Argument 'p' must lie in \[0, 1\], not sqrt\(2\)."),
        (lambda: Constant(0.5 * p), InexactError, r"Argument 'value' must be exact, but 0.5\*p holds a float."),
        (lambda: Constant(1.0), InexactError, "Argument 'value' must be exact, not the float 1.0"),
        (lambda: Categorical({0: "1/2", 1: "1/3"}), InvalidArgument, "'probabilities' must sum to 1, not 5/6."),
        (lambda: Categorical([]), InvalidArgument, "Argument 'probabilities' must sum to 1, not 0."),
        (lambda: Categorical([2, -1]), InvalidArgument, r"Argument 'probabilities' must lie in \[0, 1\], not 2."),
        (lambda: Categorical([0.5, 0.5]), InexactError, "Argument 'probabilities' must be exact, not the float 0.5"),
        (lambda: Categorical({0.5: 1}), InexactError, "Argument 'probabilities' must be exact, not the float 0.5"),
        (lambda: Categorical({p: 1}), NoClosedForm, "Categorical with argument 'probabilities' = p has no closed form here"),
        (lambda: Categorical({"1/2": 0, Fraction(1, 2): 1}), InvalidArgument, "once, but 1/2 comes twice."),
        (lambda: Categorical("ab"), InvalidArgument, "Argument 'probabilities' must map values to probabilities, or"),
        (lambda: DiscreteUniform(3, 1), InvalidArgument, "Argument 'high' must be at least 'low', which is 3, not 1."),
        (lambda: DiscreteUniform("1/2", 1), InvalidArgument, "Argument 'low' must be an integer, not 1/2."),
        (lambda: DiscreteUniform(1, 2.5), InexactError, "Argument 'high' must be exact, not the float 2.5"),
        (lambda: DiscreteUniform(p, 2), NoClosedForm, "DiscreteUniform with argument 'low' = p"),
        (lambda: DiscreteUniform(1), InvalidArgument, "both arguments 'low' and 'high', or 'values' alone."),
        (lambda: DiscreteUniform(), InvalidArgument, "both arguments 'low' and 'high', or 'values' alone."),
        (lambda: DiscreteUniform(1, 2, values=[1]), InvalidArgument, "or 'values' alone."),
        (lambda: DiscreteUniform(values=[1, "1"]), InvalidArgument, "must name each value once, but 1 comes twice."),
        (lambda: DiscreteUniform(values=[]), InvalidArgument, "Argument 'values' must hold at least one value."),
        (lambda: DiscreteUniform(values=7), InvalidArgument, "Argument 'values' must be a sequence of numbers, not 7."),
        (lambda: Binomial(-1, 0), InvalidArgument, "Argument 'n' must be at least 0, not -1."),
        (lambda: Binomial("1/2", 0), InvalidArgument, "Argument 'n' must be an integer, not 1/2."),
        (lambda: Binomial(3, "7/5"), InvalidArgument, r"Argument 'p' must lie in \[0, 1\], not 7/5."),
        (lambda: Binomial(sympy.pi, 0), InvalidArgument, "Argument 'n' must be an integer, not pi."),
        (lambda: Geometric(0), InvalidArgument, r"Argument 'p' must lie in \(0, 1\], not 0."),
        (lambda: Geometric("3/2"), InvalidArgument, r"Argument 'p' must lie in \(0, 1\], not 3/2."),
        (lambda: Geometric(0.5), InexactError, "Argument 'p' must be exact, not the float 0.5."),
        (lambda: NegativeBinomial(0, 1), InvalidArgument, "Argument 'r' must be above 0, not 0."),
        (lambda: NegativeBinomial(1, -1), InvalidArgument, r"Argument 'p' must lie in \(0, 1\], not -1."),
        (lambda: Poisson(0), InvalidArgument, "Argument 'rate' must be above 0, not 0."),
        (lambda: Poisson(3 - sympy.pi), InvalidArgument, "Argument 'rate' must be above 0, not 3 - pi."),
        (lambda: Poisson(1.5), InexactError, "Argument 'rate' must be exact, not the float 1.5."),
        (lambda: Bernoulli(1).moment(-1), InvalidArgument, "'k' must be an integer that is at least 0, not -1."),
        (lambda: Bernoulli(1).cumulant(True), InvalidArgument, "'k' must be an integer that is at least 0, not True."),
        (lambda: Bernoulli(1).named(3), InvalidArgument, "'variable' must be a Symbol or the name of a variable, not 3"),
    ],
)
def test_errors(build: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        build()


def test_too_many_points_are_refused_before_the_work_starts() -> None:
    with pytest.raises(TooLarge, match="Points of DiscreteUniform: predicted 1,000,000,000, above the limit") as caught:
        DiscreteUniform(1, 10**9)
    assert (caught.value.predicted, caught.value.argument) == (10**9, "limit")
    with pytest.raises(TooLarge, match="Trials of Binomial: predicted 1,000,000, above the limit of 5,000. Pass limit="):
        Binomial(10**6, "1/2")
    assert DiscreteUniform(1, 11, limit=11).mean == 6
    with pytest.raises(TooLarge, match="predicted 11, above the limit of 10"):
        DiscreteUniform(1, 11, limit=10)
    assert Binomial(11, "1/2", limit=11) == Binomial(11, "1/2")


# -- laws on infinitely many integers ----------------------------------------------------------------------------------

COUNTS: list[tuple[Marginal, Any]] = [
    (Poisson(1), lambda k: mp.exp(-1) / mp.factorial(k)),
    (Poisson("7/2"), lambda k: mp.exp(mpf(-7) / 2) * (mpf(7) / 2) ** k / mp.factorial(k)),
    (Poisson(sympy.pi), lambda k: mp.exp(-mp.pi) * mp.pi**k / mp.factorial(k)),
    (Geometric("1/2"), lambda k: mpf(2) ** -k if k else 0),
    (Geometric("2/3"), lambda k: mpf(2) / 3 * (mpf(1) / 3) ** (k - 1) if k else 0),
    (NegativeBinomial(1, "2/3"), lambda k: mpf(2) / 3 * (mpf(1) / 3) ** k),
    (NegativeBinomial(3, "1/2"), lambda k: comb(k + 2, k) * mpf(2) ** -(k + 3)),
    (
        NegativeBinomial("1/2", "3/4"),
        lambda k: mp.gamma(k + mpf(1) / 2) / mp.gamma(mpf(1) / 2) / mp.factorial(k) * mp.sqrt(mpf(3) / 4) / mpf(4) ** k,
    ),
    (Binomial(6, sympy.pi / 4), lambda k: mp.binomial(6, k) * (mp.pi / 4) ** k * (1 - mp.pi / 4) ** (6 - k)),
    (Binomial(40, "1/7"), lambda k: mp.binomial(40, k) * mpf(6) ** (40 - k) / mpf(7) ** 40 if k <= 40 else 0),
]
NAMES = [repr(law) for law, _ in COUNTS]


def number(value: Any) -> Any:
    return mpmath.mpmathify(sympy.N(sympy.S(value), 40))


def by_summation(mass: Any, f: Any) -> Any:
    """Σ_k P(X = k) f(k), the tail beyond k = 400 being below 2^−350 · k^8 for each of these laws."""
    return mp.fsum(mass(k) * f(k) for k in range(400))


@pytest.mark.parametrize(("law", "mass"), COUNTS, ids=NAMES)
def test_moments_of_counts_are_sums(law: Marginal, mass: Any) -> None:
    with mp.workdps(35):
        weights = [mass(k) for k in range(400)]
        for k in range(9):
            found = mp.fsum(weight * mpf(i) ** k for i, weight in enumerate(weights))
            assert abs(found - number(law.moment(k))) < mpf(10) ** -30 * found, k
        mean = number(law.mean)
        for k in (2, 3, 6):
            found = mp.fsum(weight * (i - mean) ** k for i, weight in enumerate(weights))
            assert abs(found - number(law.central_moment(k))) < mpf(10) ** -25 * (1 + abs(found)), k


@pytest.mark.parametrize(("law", "mass"), COUNTS, ids=NAMES)
@pytest.mark.parametrize("rate", [sympy.Rational(1, 5), sympy.Rational(-3, 2), 2 * sympy.I, sympy.Rational(-1, 2) - sympy.I])
def test_generating_functions_of_counts_are_sums(law: Marginal, mass: Any, rate: Any) -> None:
    assert law._generating_domain(sympy.re(rate)) == ()
    with mp.workdps(30):
        z = mpmath.mpmathify(sympy.N(rate, 35))
        found = by_summation(mass, lambda k: mp.exp(z * k))
        value = mpmath.mpmathify(sympy.N(law._generating(rate), 35))
        assert abs(found - value) < mpf(10) ** -25 * (1 + abs(found))


@pytest.mark.parametrize("law", [law for law, _ in COUNTS], ids=NAMES)
def test_cumulants_of_counts_give_their_moments(law: Marginal) -> None:
    moments: list[Any] = [1]
    for n in range(1, 9):
        moments.append(sum(comb(n - 1, j - 1) * law.cumulant(j) * moments[n - j] for j in range(1, n + 1)))
        assert sympy.expand(sympy.S(moments[n]) - sympy.S(law.moment(n))) == 0


def test_cumulants_of_counts() -> None:
    assert {Poisson("5/2").cumulant(k) for k in range(1, 12)} == {Fraction(5, 2)}
    for k in range(1, 9):
        assert NegativeBinomial(7, "1/3").cumulant(k) == 7 * NegativeBinomial(1, "1/3").cumulant(k)
        shift = 1 if k == 1 else 0  # the trials are the failures and the success
        assert Geometric("1/3").cumulant(k) == NegativeBinomial(1, "1/3").cumulant(k) + shift
        assert Bernoulli("1/3").cumulant(k) * 9 == Binomial(9, "1/3").cumulant(k)
    assert Poisson(1).moment(50) == sum(stirling2(50, j) for j in range(51))  # the Bell number
    assert Binomial(2, "1/2").moment(50) == Fraction(2**50 + 2, 4)


def test_a_sure_success_needs_no_waiting() -> None:
    assert (Geometric(1).support, NegativeBinomial("r", 1).support) == ((1,), (0,))
    assert (Geometric(1).moment(9), NegativeBinomial("5/2", 1).moment(9)) == (1, 0)
    assert isinstance(Geometric(1).named("x"), Finite)
    assert Geometric(1)._generating_domain(sympy.Integer(100)) == ()


@pytest.mark.parametrize(
    ("law", "rate", "text"),
    [
        (
            Geometric("1/2"),
            1,
            "E[exp(X)] does not exist under Geometric(1/2): the rate must be below log(2), not 1.",
        ),
        (
            NegativeBinomial("r", "1/2"),
            sympy.log(2),
            "E[exp(X*log(2))] does not exist under NegativeBinomial(r, 1/2): the rate must be below log(2), not log(2).",
        ),
    ],
)
def test_where_generating_functions_of_counts_do_not_exist(law: Marginal, rate: Any, text: str) -> None:
    with pytest.raises(NoClosedForm) as caught:
        law._generating_domain(sympy.S(rate))
    assert str(caught.value) == text


def test_where_generating_functions_of_counts_exist() -> None:
    a, q = sympy.symbols("a q")
    assert Geometric("q")._generating_domain(a) == (a < -sympy.log(1 - q),)
    assert NegativeBinomial(2, "1/3")._generating_domain(a) == (a < -sympy.log(sympy.Rational(2, 3)),)
    assert Geometric("1/2")._generating_domain(sympy.Rational(69, 100)) == ()
    for law in (Poisson("q"), Binomial(3, "q"), Bernoulli("q"), Rademacher(), Constant("q"), DiscreteUniform(1, 3)):
        assert law._generating_domain(a) == ()


@given(marginals, st.sampled_from([sympy.Rational(2, 3), sympy.Integer(-1), sympy.I, 1 - sympy.I / 2]))
def test_generating_functions_are_sums_over_points(law: Marginal, rate: Any) -> None:
    with mp.workdps(25):
        z = mpmath.mpmathify(sympy.N(rate, 30))
        rows = zip(law.support, law.probabilities, strict=True)
        expected = mp.fsum(number(weight) * mp.exp(z * number(point)) for point, weight in rows)
        assert abs(expected - mpmath.mpmathify(sympy.N(law._generating(rate), 30))) < mpf(10) ** -18 * (1 + abs(expected))
    assert law._generating(sympy.Integer(0)) == 1


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (Poisson(2), "Poisson(2) has no finite support: its values are the integers from 0 on."),
        (Geometric("1/2"), "Geometric(1/2) has no finite support: its values are the integers from 1 on."),
        (Binomial("n", "1/2"), "Binomial(n, 1/2) has no finite support: its values are the integers from 0 to n."),
        (Constant("c"), "Constant(c) has no support of rational numbers: its value is c."),
        (Constant(sympy.pi), "Constant(pi) has no support of rational numbers: its value is pi."),
    ],
)
def test_no_support(law: Marginal, text: str) -> None:
    for call in (lambda: law.support, lambda: law.weights, lambda: law.named("x").support("x")):
        with pytest.raises(NoClosedForm) as caught:
            call()
        assert str(caught.value) == text
    assert law.named("x").weights("x") is None


@pytest.mark.parametrize(
    ("law", "text", "latex"),
    [
        (Poisson("lambda"), "Poisson(lambda)", r"\mathrm{Poisson}\left(\lambda\right)"),
        (Geometric("1/2"), "Geometric(1/2)", r"\mathrm{Geometric}\left(\frac{1}{2}\right)"),
        (NegativeBinomial("r", "p"), "NegativeBinomial(r, p)", r"\mathrm{NegativeBinomial}\left(r, p\right)"),
    ],
)
def test_text_of_counts(law: Marginal, text: str, latex: str) -> None:
    assert (repr(law), law.latex()) == (text, latex)
    assert repr(law.named("x")) == f"{text} as x"


@pytest.mark.parametrize(
    "law", [Poisson("7/2"), Geometric("1/3"), NegativeBinomial("5/2", "1/3"), Binomial(9, sympy.pi / 4)], ids=repr
)
def test_samples_of_counts(law: Marginal) -> None:
    n, named = 4000, law.named("x")
    assert isinstance(named, MarginalLaw)
    drawn = named.sample(n, seed=11)
    assert drawn.shape == (n, 1)
    assert drawn.dtype == np.int64
    assert np.array_equal(drawn, named.sample(n, seed=11))
    for k in (1, 2):
        exact = float(law.moment(k))
        error = sqrt((float(law.moment(2 * k)) - exact**2) / n)
        assert abs(float(np.mean(drawn.astype(float) ** k)) - exact) < 6 * error


def test_samples_of_points_with_irrational_probabilities() -> None:
    law = Categorical({"1/2": sympy.pi / 4, 2: 1 - sympy.pi / 4})
    drawn = law.named("x").sample(3000, seed=2)
    assert set(drawn[:, 0].tolist()) == {Fraction(1, 2), Fraction(2)}
    share = float(np.mean(drawn[:, 0] == Fraction(1, 2)))
    assert abs(share - np.pi / 4) < 6 * sqrt(np.pi / 4 * (1 - np.pi / 4) / 3000)
    assert Bernoulli(sympy.pi / 4).named("x").sample(5, seed=1).dtype == np.int64
    assert set(Constant(sympy.pi).named("x").sample(3).ravel().tolist()) == {np.pi}
    with pytest.raises(InvalidArgument, match=r"A sample of Bernoulli\(p\) needs numbers for its parameters, but p remains."):
        Bernoulli("p").named("x").sample(1)


def test_counts_given_a_value() -> None:
    law = Poisson(2).named("x")
    assert law.condition({"x": 3}).variables == ()
    assert law.condition({}) is law
    for value, shown in (("1/2", "1/2"), (-1, "-1")):
        with pytest.raises(InvalidArgument) as caught:
            law.condition({"x": value})
        assert str(caught.value) == f"Argument 'event' must have positive probability, but x = {shown} has probability 0."
    with pytest.raises(InvalidArgument, match="x = 0 has probability 0"):
        Geometric("1/2").named("x").condition({"x": 0})


def test_a_large_binomial_law_has_its_moments_at_once() -> None:
    assert Binomial(10**9, "1/2", limit=10**9).variance == Fraction(10**9, 4)
