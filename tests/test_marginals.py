"""Univariate laws: tables against definitions, domains, text, identity."""

from __future__ import annotations

import copy
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.distributions.finite import Finite
from symwick.distributions.marginals import (
    Bernoulli,
    Binomial,
    Categorical,
    Constant,
    DiscreteUniform,
    Marginal,
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
        (lambda: Bernoulli("half"), InvalidArgument, "Argument 'p' must be a number such as .*, not 'half'."),
        (lambda: Bernoulli(None), InexactError, "Argument 'p' must be an exact number, not NoneType None."),
        (lambda: Bernoulli(p), NoClosedForm, "Bernoulli with argument 'p' = p .* symbolic parameters are not supported"),
        (lambda: Bernoulli(sympy.sqrt(2) / 2), InexactError, "Argument 'p' must be an exact rational number, not sqrt"),
        (lambda: Constant(p + 1), NoClosedForm, r"Constant with argument 'value' = p \+ 1"),
        (lambda: Constant(1.0), InexactError, "Argument 'value' must be exact, not the float 1.0"),
        (lambda: Categorical({0: "1/2", 1: "1/3"}), InvalidArgument, "'probabilities' must sum to 1, not 5/6."),
        (lambda: Categorical([]), InvalidArgument, "Argument 'probabilities' must sum to 1, not 0."),
        (lambda: Categorical([2, -1]), InvalidArgument, r"Argument 'probabilities' must lie in \[0, 1\], not 2."),
        (lambda: Categorical([0.5, 0.5]), InexactError, "Argument 'probabilities' must be exact, not the float 0.5"),
        (lambda: Categorical({0.5: 1}), InexactError, "Argument 'probabilities' must be exact, not the float 0.5"),
        (lambda: Categorical({p: 1}), NoClosedForm, "Categorical with argument 'probabilities' = p"),
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
        (lambda: Binomial(sympy.Symbol("n"), 0), NoClosedForm, "Binomial with argument 'n' = n"),
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
