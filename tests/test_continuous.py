"""Laws with a density: moments, generating functions and samples against quadrature of densities written here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import comb
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from symwick.distributions.finite import Finite
from symwick.distributions.marginals import (
    Beta,
    ChiSquared,
    Exponential,
    Gamma,
    Laplace,
    LogNormal,
    Marginal,
    MarginalLaw,
    Normal,
    StudentT,
    Uniform,
)
from symwick.errors import InexactError, InvalidArgument, NoClosedForm

Density = Callable[[Any], Any]
pi, t = sympy.pi, sympy.Symbol("t")
DIGITS = 24


def real(value: Any) -> Any:
    """A number of any kind at the working precision."""
    if isinstance(value, sympy.Basic):
        return mpmath.mpmathify(sympy.N(value, DIGITS + 10))
    return mpf(Fraction(value).numerator) / Fraction(value).denominator


def normal(mean: Any, variance: Any) -> Density:
    m, v = real(mean), real(variance)
    return lambda x: mp.exp(-((x - m) ** 2) / (2 * v)) / mp.sqrt(2 * mp.pi * v)


def uniform(low: Any, high: Any) -> Density:
    a, b = real(low), real(high)
    return lambda x: 1 / (b - a) if a <= x <= b else mpf(0)


def gamma(shape: Any, scale: Any) -> Density:
    s, c = real(shape), real(scale)
    return lambda x: x ** (s - 1) * mp.exp(-x / c) / (mp.gamma(s) * c**s)


def exponential(rate: Any) -> Density:
    r = real(rate)
    return lambda x: r * mp.exp(-r * x)


def chi_squared(k: Any) -> Density:
    h = real(k) / 2
    return lambda x: x ** (h - 1) * mp.exp(-x / 2) / (2**h * mp.gamma(h))


def beta(a: Any, b: Any) -> Density:
    p, q = real(a), real(b)
    return lambda x: x ** (p - 1) * (1 - x) ** (q - 1) / mp.beta(p, q)


def laplace(mean: Any, scale: Any) -> Density:
    m, b = real(mean), real(scale)
    return lambda x: mp.exp(-abs(x - m) / b) / (2 * b)


def lognormal(mu: Any, sigma: Any) -> Density:
    m, s = real(mu), real(sigma)
    return lambda x: mp.exp(-((mp.log(x) - m) ** 2) / (2 * s**2)) / (x * s * mp.sqrt(2 * mp.pi))


def student(nu: Any) -> Density:
    n = real(nu)
    front = mp.gamma((n + 1) / 2) / (mp.sqrt(n * mp.pi) * mp.gamma(n / 2))
    return lambda x: front * (1 + x**2 / n) ** (-(n + 1) / 2)


INF = mpmath.inf
LINE = [-60, -20, -8, -4, -2, 0, 2, 4, 8, 20, 60]
HALF = [0, 2, 10, 40, 120, 320]

CASES: list[tuple[Marginal, Callable[..., Density], tuple[Any, ...], Sequence[Any]]] = [
    (Normal(), normal, (0, 1), LINE),
    (Normal("-1/3", "3/2"), normal, ("-1/3", "9/4"), LINE),
    (Normal(1, variance=2), normal, (1, 2), LINE),
    (Normal(pi, sympy.sqrt(pi)), normal, (pi, pi), LINE),
    (Uniform(), uniform, (0, 1), [0, 1]),
    (Uniform("-5/2", "1/3"), uniform, ("-5/2", "1/3"), [real("-5/2"), real("1/3")]),
    (Exponential(), exponential, (1,), HALF),
    (Exponential("5/2"), exponential, ("5/2",), HALF),
    (Gamma(3), gamma, (3, 1), HALF),
    (Gamma("1/2", "2/3"), gamma, ("1/2", "2/3"), HALF),
    (Gamma(pi, 2), gamma, (pi, 2), HALF),
    (ChiSquared(1), chi_squared, (1,), HALF),
    (ChiSquared("7/2"), chi_squared, ("7/2",), HALF),
    (Beta(2, 3), beta, (2, 3), [0, 0.5, 1]),
    (Beta("1/2", "5/3"), beta, ("1/2", "5/3"), [0, 0.5, 1]),
    (Laplace(), laplace, (0, 1), [-160, -40, -10, 0, 10, 40, 160]),
    (Laplace("2/3", "1/2"), laplace, ("2/3", "1/2"), [-60, -20, -5, real("2/3"), 5, 20, 60]),
    (LogNormal(0, "1/2"), lognormal, (0, "1/2"), [0, 1, 3, 10, 100, 1000, 10**5]),
    (LogNormal("-1/2", "1/3"), lognormal, ("-1/2", "1/3"), [0, 1, 2, 4, 10, 100, 1000]),
    (StudentT(40), student, (40,), [-INF, 0, INF]),
    (StudentT("19/2"), student, ("19/2",), [-INF, 0, INF]),
]
NAMES = [f"{law!r}" for law, *_ in CASES]
WITH_GENERATING = [case for case in CASES if not isinstance(case[0], (Beta, LogNormal, StudentT))]


def integral(f: Callable[[Any], Any], density: Density, points: Sequence[Any]) -> Any:
    with mp.workdps(DIGITS):
        return mp.quad(lambda x: f(x) * density(x), points)


@pytest.mark.parametrize(("law", "family", "arguments", "points"), CASES, ids=NAMES)
def test_moments_are_integrals(law: Marginal, family: Any, arguments: Any, points: Any) -> None:
    with mp.workdps(DIGITS):
        density = cache(family(*arguments))  # the nodes are the same for all k
        for k in range(9):
            found = integral(lambda x, k=k: x**k, density, points)
            assert abs(found - real(law.moment(k))) < mpf(10) ** -13 * (1 + abs(found)), k
        mean = integral(lambda x: x, density, points)
        for k in (2, 3, 4):
            found = integral(lambda x, k=k: (x - mean) ** k, density, points)
            assert abs(found - real(law.central_moment(k))) < mpf(10) ** -12 * (1 + abs(found)), k


def moments_from_cumulants(law: Marginal, n: int) -> list[Any]:
    """μ_m = Σ_j C(m−1, j−1) κ_j μ_{m−j}."""
    moments: list[Any] = [sympy.Integer(1)]
    for m in range(1, n + 1):
        moments.append(
            sympy.Add(*(comb(m - 1, j - 1) * sympy.S(law.cumulant(j)) * moments[m - j] for j in range(1, m + 1)))
        )
    return moments


@pytest.mark.parametrize("law", [law for law, *_ in CASES], ids=NAMES)
def test_cumulants_give_the_moments(law: Marginal) -> None:
    assert law.cumulant(0) == 0
    for k, moment in enumerate(moments_from_cumulants(law, 8)):
        assert sympy.expand(moment - sympy.S(law.moment(k))) == 0
    assert law.variance == law.central_moment(2) == law.cumulant(2)
    assert law.mean == law.moment(1)


@given(st.fractions("1/5", 5, max_denominator=5), st.fractions(-3, 3, max_denominator=5), st.integers(1, 14))
def test_cumulants_that_are_known_in_the_literature(q: Fraction, m: Fraction, k: int) -> None:
    fact = math.factorial(k - 1)
    assert Exponential(q).cumulant(k) == fact / q**k
    assert Gamma(q, 3).cumulant(k) == fact * q * 3**k
    assert ChiSquared(q).cumulant(k) == 2 ** (k - 1) * fact * q
    assert Normal(m, q).cumulant(k) == {1: m, 2: q**2}.get(k, 0)
    assert Normal(m, variance=q).cumulant(k) == {1: m, 2: q}.get(k, 0)
    # the sum of independent variables: a Laplace variable is a difference of two exponential ones
    difference = Exponential(1 / q).cumulant(k) * (1 + (-1) ** k)
    assert Laplace(m, q).cumulant(k) == difference + (m if k == 1 else 0)
    # uniform: the median of no other law has these even central moments
    h = q / 2
    expected = 0 if k % 2 else h**k / (k + 1)
    assert Uniform(m, m + q).central_moment(k) == expected


def test_figures() -> None:
    assert Uniform(-pi, pi).moment(4) == pi**4 / 5
    assert Uniform(-pi, pi).cumulant(2) == pi**2 / 3
    assert Uniform(-pi, pi).moment(5) == Uniform(-pi, pi).mean == 0
    assert Uniform(0, 1).cumulant(4) == Fraction(-1, 120)
    assert [Normal(0, 1).moment(k) for k in (2, 4, 6, 8)] == [1, 3, 15, 105]
    assert Normal(0, 1).moment(50) == math.prod(range(1, 50, 2))
    assert Exponential(1).moment(50) == math.factorial(50)
    assert LogNormal(0, 1).variance == sympy.exp(2) - sympy.E
    assert LogNormal(sympy.log(2), 1).mean == 2 * sympy.exp(sympy.Rational(1, 2))
    assert LogNormal(0, sympy.sqrt(sympy.log(2) * 2)).moment(3) == 2**9
    assert Beta("1/2", "1/2").variance == Fraction(1, 8)
    assert StudentT("5/2").variance == 5
    assert StudentT(5).moment(4) == 25
    assert StudentT(pi).variance == pi / (pi - 2)


# -- generating functions ----------------------------------------------------------------------------------------------

RATES = [sympy.Rational(1, 7), sympy.Rational(-2, 5), sympy.I, sympy.Rational(1, 5) - 2 * sympy.I]


@pytest.mark.parametrize(
    ("law", "family", "arguments", "points"), WITH_GENERATING, ids=[repr(law) for law, *_ in WITH_GENERATING]
)
def test_generating_functions_are_integrals(law: Marginal, family: Any, arguments: Any, points: Any) -> None:
    with mp.workdps(DIGITS):
        density = cache(family(*arguments))  # the nodes are the same for all k
        for rate in RATES:
            assert law._generating_domain(sympy.re(rate)) == ()
            z = mpmath.mpmathify(sympy.N(rate, DIGITS + 5))
            found = integral(lambda x, z=z: mp.exp(z * x), density, points)
            value = mpmath.mpmathify(sympy.N(law._generating(rate), DIGITS + 5))
            assert abs(found - value) < mpf(10) ** -12 * (1 + abs(found)), rate
        assert law._generating(sympy.Integer(0)) == 1


@pytest.mark.parametrize(
    "law",
    [*[case[0] for case in WITH_GENERATING], Normal("m", "s"), Uniform("a", "b"), Exponential("r"), Gamma("s", "c"),
     ChiSquared("k"), Laplace("m", "b")],
    ids=repr,
)  # fmt: skip
def test_moments_are_derivatives_of_the_generating_function(law: Marginal) -> None:
    """By t G(t), which is smooth at 0 where G has a removable singularity: its (k+1)-st derivative is (k+1) μ_k."""
    product = sympy.expand(t * law._generating(t)) if isinstance(law, Uniform) else t * law._generating(t)
    for k in range(6):
        derivative = sympy.diff(product, t, k + 1).subs(t, 0) / (k + 1)
        assert sympy.simplify(derivative - sympy.S(law.moment(k))) == 0, k


@pytest.mark.parametrize(
    ("law", "rate", "relations"),
    [
        (Normal("m", "s"), "a", []),
        (Uniform(0, 1), "a", []),
        (Exponential(2), "a", ["a < 2"]),
        (Exponential("lam"), 1, ["1 < lam"]),
        (Exponential("lam"), sympy.Symbol("lam") - 1, []),
        (Exponential("lam"), 0, []),
        (Exponential(pi), 3, []),
        (Gamma("s", "c"), "a", ["a < 1/c"]),
        (ChiSquared("k"), "a", ["a < 1/2"]),
        (ChiSquared("k"), "1/3", []),
        (Laplace(0, "b"), "a", ["-1/b < a", "a < 1/b"]),
        (Laplace("m", 2), "a", ["-1/2 < a", "a < 1/2"]),
        (Beta(1, 2), "a", []),
    ],
)
def test_where_generating_functions_exist(law: Marginal, rate: Any, relations: list[str]) -> None:
    value = rate if isinstance(rate, sympy.Basic) else sympy.S(rate)
    assert [str(relation) for relation in law._generating_domain(value)] == relations


@pytest.mark.parametrize(
    ("law", "rate", "text"),
    [
        (Exponential(1), 2, "E[exp(2*X)] does not exist under Exponential(1): the rate must be below 1, not 2."),
        (Exponential(1), 1, "E[exp(X)] does not exist under Exponential(1): the rate must be below 1, not 1."),
        (Exponential(3), pi, "E[exp(pi*X)] does not exist under Exponential(3): the rate must be below 3, not pi."),
        (
            Gamma("s", "1/2"),
            sympy.Rational(5, 2),
            "E[exp(5*X/2)] does not exist under Gamma(s, 1/2): the rate must be below 2, not 5/2.",
        ),
        (ChiSquared(4), 1, "E[exp(X)] does not exist under ChiSquared(4): the rate must be below 1/2, not 1."),
        (
            Laplace(0, "1/2"),
            -2,
            "E[exp(-2*X)] does not exist under Laplace(0, 1/2): the rate must be above -2, not -2.",
        ),
        (Laplace(0, 1), 3, "E[exp(3*X)] does not exist under Laplace(0, 1): the rate must be below 1, not 3."),
        (
            Exponential("a"),
            sympy.Symbol("a") + 1,
            "E[exp(X*(a + 1))] does not exist under Exponential(a): the rate must be below a, not a + 1.",
        ),
    ],
)
def test_where_generating_functions_do_not_exist(law: Marginal, rate: Any, text: str) -> None:
    with pytest.raises(NoClosedForm) as caught:
        law._generating_domain(sympy.S(rate))
    assert str(caught.value) == text


@pytest.mark.parametrize("law", [Beta(2, 3), LogNormal(0, "s"), StudentT(4)], ids=repr)
def test_no_generating_function(law: Marginal) -> None:
    with pytest.raises(NoClosedForm) as caught:
        law._generating(t)
    assert str(caught.value) == f"E exp(t*X) has no closed form under {law!r}."
    assert law._generating(sympy.Integer(0)) == 1


# -- absent moments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nu", "k", "text"),
    [
        (3, 4, "E[X**4] does not exist under StudentT(3): it needs more than 4 degrees of freedom."),
        (3, 3, "E[X**3] does not exist under StudentT(3): it needs more than 3 degrees of freedom."),
        (1, 1, "E[X] does not exist under StudentT(1): it needs more than 1 degree of freedom."),
        (pi, 4, "E[X**4] does not exist under StudentT(pi): it needs more than 4 degrees of freedom."),
    ],
)
def test_moments_that_do_not_exist(nu: Any, k: int, text: str) -> None:
    law = StudentT(nu)
    for call in (law.moment, law.cumulant, law.central_moment, lambda k: law.named("x").moment({"x": k})):
        with pytest.raises(NoClosedForm) as caught:
            call(k)
        assert str(caught.value) == text
    assert law.moment(math.ceil(nu) - 1) is not None
    assert law.assumed(k) == ()


def test_a_symbol_of_degrees_of_freedom_is_assumed_large_enough() -> None:
    law = StudentT("nu")
    nu = sympy.Symbol("nu")
    assert law.assumed(4) == (nu > 4,)
    assert law.assumed(0) == ()
    assert law.assumptions == (nu > 0,)
    assert sympy.simplify(law.moment(4) - 3 * nu**2 / ((nu - 2) * (nu - 4))) == 0
    assert Normal("m", "s").assumed(9) == ()
    named = law.named("x")
    assert isinstance(named, MarginalLaw)
    assert named.assumed({sympy.Symbol("x"): 2}) == (nu > 2,)


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: Normal(0, -1), "Argument 'std' must be at least 0, not -1."),
        (lambda: Normal(0, variance="-1/2"), "Argument 'variance' must be at least 0, not -1/2."),
        (lambda: Normal(0, -sympy.sqrt(2)), "Argument 'std' must be at least 0, not -sqrt(2)."),
        (lambda: Normal(0, 1, variance=1), "Normal must be given 'std' or 'variance', not both."),
        (lambda: Uniform(2, 1), "Argument 'high' must be above 'low', which is 2, not 1."),
        (lambda: Uniform(1, 1), "Argument 'high' must be above 'low', which is 1, not 1."),
        (lambda: Uniform(pi, 3), "Argument 'high' must be above 'low', which is pi, not 3."),
        (lambda: Uniform("a", "a - 1"), "Argument 'high' must be above 'low', which is a, not a - 1."),
        (lambda: Exponential(0), "Argument 'rate' must be above 0, not 0."),
        (lambda: Exponential(3 - pi), "Argument 'rate' must be above 0, not 3 - pi."),
        (lambda: Gamma(-1), "Argument 'shape' must be above 0, not -1."),
        (lambda: Gamma(1, 0), "Argument 'scale' must be above 0, not 0."),
        (lambda: Beta(0, 1), "Argument 'a' must be above 0, not 0."),
        (lambda: Beta(1, "-1/3"), "Argument 'b' must be above 0, not -1/3."),
        (lambda: ChiSquared(0), "Argument 'k' must be above 0, not 0."),
        (lambda: Laplace(0, -2), "Argument 'scale' must be above 0, not -2."),
        (lambda: LogNormal(0, 0), "Argument 'sigma' must be above 0, not 0."),
        (lambda: StudentT(0), "Argument 'nu' must be above 0, not 0."),
        (lambda: Normal(sympy.oo), "Argument 'mean' must be a finite real number, not oo."),
        (lambda: Normal(sympy.I + 1), "Argument 'mean' must be a finite real number, not 1 + I."),
        (lambda: Normal(0, sympy.sqrt(-2)), "Argument 'std' must be a finite real number, not sqrt(2)*I."),
        (lambda: Normal(sympy.Symbol("x") < 1), "Argument 'mean' must be a number or an expression, not x < 1."),
        (lambda: Normal("x < 1"), "Argument 'mean' must be a number or an expression, not x < 1."),
        (
            lambda: Normal(sympy.Symbol("x") * sympy.Symbol("x", positive=True)),
            "Argument 'mean' holds two different symbols named 'x'; variables match by name.",
        ),
        (lambda: Normal(0, 1).moment(-1), "Argument 'k' must be an integer that is at least 0, not -1."),
        (lambda: Normal(0, 1).central_moment("2"), "Argument 'k' must be an integer that is at least 0, not '2'."),
        (lambda: Normal("2 +"), "Argument 'mean': Expression, column 4: must go on after '2 +'."),
        (lambda: Normal("1.2.3"), "Argument 'mean' must be a number such as '1/3' or '0.25', not '1.2.3'."),
        (lambda: Normal(" "), "Argument 'mean' must be a number such as '1/3' or '0.25', not ''."),
    ],
)
def test_errors(build: Callable[[], Any], text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # InvalidArgument or FormatError, the text in full
        build()
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: Normal(0.5), "Argument 'mean' must be exact, not the float 0.5."),
        (lambda: Normal(0, np.float64(2.0)), "Argument 'std' must be exact, not the float"),
        (lambda: Uniform(0, sympy.Float(2)), "Argument 'high' must be exact, but 2.00000000000000 holds a float."),
        (lambda: Gamma(1.5 * sympy.Symbol("a")), r"Argument 'shape' must be exact, but 1.5\*a holds a float."),
        (lambda: Exponential(None), "Argument 'rate' must be an exact number, not NoneType None."),
    ],
)
def test_floats_are_refused(build: Callable[[], Any], text: str) -> None:
    with pytest.raises(InexactError, match=text):
        build()


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (Normal(), "Normal(0, 1) has no finite support: its values are all real numbers."),
        (Uniform("a", 2), "Uniform(a, 2) has no finite support: its values are the numbers from a to 2."),
        (Exponential(), "Exponential(1) has no finite support: its values are the numbers from 0 on."),
        (Beta(1, 2), "Beta(1, 2) has no finite support: its values are the numbers from 0 to 1."),
        (LogNormal(), "LogNormal(0, 1) has no finite support: its values are the numbers above 0."),
    ],
)
def test_no_support(law: Marginal, text: str) -> None:
    named = law.named("x")
    for call in (
        lambda: law.support,
        lambda: law.weights,
        lambda: law.probabilities,
        lambda: named.support("x"),
    ):
        with pytest.raises(NoClosedForm) as caught:
            call()
        assert str(caught.value) == text
    assert named.weights("x") is None
    assert not named.tabulated()
    with pytest.raises(NoClosedForm) as caught:
        named.joint_table(named.variables)
    assert str(caught.value) == f"{law!r} has no table of rational probabilities."
    with pytest.raises(InvalidArgument) as refused:
        named.condition({"x": "1/2"})
    assert str(refused.value) == "Argument 'event' must have positive probability, but x = 1/2 has probability 0."


# -- identity and text -------------------------------------------------------------------------------------------------


def test_one_law_has_one_spelling() -> None:
    assert Normal(0, 2) == Normal("0", variance=4) == Normal(std="2.0")
    assert Normal(0, sympy.sqrt(2)) == Normal(0, variance=2)
    assert Normal(0, "2/3") == Normal(0, variance="4/9")
    assert Normal("m", "s") != Normal("m", variance="s")
    assert Exponential("a*(b + 1)") == Exponential("a*b + a")
    assert hash(Exponential("a*(b + 1)")) == hash(Exponential("a*b + a"))
    assert Gamma(2, 3) != Gamma(3, 2)
    assert Gamma(1, "1/2") != Exponential(2)  # equality is by kind
    assert Normal(sympy.Symbol("m", real=True)) == Normal("m")
    assert (Normal(0, sympy.sqrt(2)).variance, Normal(0, 2).variance) == (2, 4)


@pytest.mark.parametrize(
    ("law", "text", "latex"),
    [
        (Normal("mu", "sigma"), "Normal(mu, sigma)", r"\mathcal{N}\left(\mu, \sigma^{2}\right)"),
        (Normal(0, variance="v"), "Normal(0, variance=v)", r"\mathcal{N}\left(0, v\right)"),
        (Normal(0, "3/2"), "Normal(0, 3/2)", r"\mathcal{N}\left(0, \frac{9}{4}\right)"),
        (Uniform(-pi, pi), "Uniform(-pi, pi)", r"\mathcal{U}\left(- \pi, \pi\right)"),
        (Exponential("lambda"), "Exponential(lambda)", r"\mathrm{Exp}\left(\lambda\right)"),
        (Gamma("s", "1/2"), "Gamma(s, 1/2)", r"\mathrm{Gamma}\left(s, \frac{1}{2}\right)"),
        (ChiSquared("k"), "ChiSquared(k)", r"\chi^{2}_{k}"),
        (Beta("alpha", 1), "Beta(alpha, 1)", r"\mathrm{Beta}\left(\alpha, 1\right)"),
        (Laplace("mu", "b"), "Laplace(mu, b)", r"\mathrm{Laplace}\left(\mu, b\right)"),
        (LogNormal("mu", 2), "LogNormal(mu, 2)", r"\mathrm{LogNormal}\left(\mu, 4\right)"),
        (StudentT("nu"), "StudentT(nu)", r"t_{\nu}"),
    ],
)
def test_text(law: Marginal, text: str, latex: str) -> None:
    assert repr(law) == text
    assert law.latex() == latex
    named = law.named("x")
    assert repr(named) == f"{text} as x"
    assert named.latex() == rf"x \sim {latex}"
    assert named._repr_latex_() == f"${named.latex()}$"


def test_a_normal_law_without_spread_is_a_constant() -> None:
    law = Normal("5/2", 0)
    assert law.support == (Fraction(5, 2),)
    assert isinstance(law.named("x"), Finite)
    assert law.moment(3) == Fraction(125, 8)
    assert (law.variance, law._generating(t)) == (0, sympy.exp(sympy.Rational(5, 2) * t))


# -- samples -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "law",
    [
        Normal("1/3", 2),
        Normal(0, variance=3),
        Uniform(-pi, 1),
        Exponential("1/3"),
        Gamma("3/2", 3),
        ChiSquared(3),
        Beta(2, "1/2"),
        Laplace(-1, "1/2"),
        LogNormal("1/2", "1/4"),
        StudentT(12),
    ],
    ids=repr,
)
def test_samples(law: Marginal) -> None:
    named = law.named("x")
    n = 4000
    drawn = named.sample(n, seed=5)
    assert drawn.shape == (n, 1)
    assert drawn.dtype == np.float64
    assert np.array_equal(drawn, named.sample(n, seed=np.random.default_rng(5)))
    for k in (1, 2):
        exact = float(law.moment(k))
        error = math.sqrt(float(law.moment(2 * k)) - exact**2) / math.sqrt(n)
        assert abs(float(np.mean(drawn**k)) - exact) < 6 * error


def test_samples_need_numbers() -> None:
    with pytest.raises(InvalidArgument) as caught:
        Normal("mu", 1).named("x").sample(3)
    assert str(caught.value) == "A sample of Normal(mu, 1) needs numbers for its parameters, but mu remains."
    with pytest.raises(InvalidArgument) as caught:
        Normal("mu", "sigma").named("x").sample(3)
    assert str(caught.value).endswith("needs numbers for its parameters, but mu, sigma remain.")
    with pytest.raises(InvalidArgument, match="Argument 'n' must be an integer that is at least 0, not -1."):
        Normal().named("x").sample(-1)
    with pytest.raises(InvalidArgument, match=r"0\) cannot be drawn from in machine numbers: 1.0000E\+400 is too large"):
        Gamma(1, 10**400).named("x").sample(1)
