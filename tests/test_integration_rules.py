"""The rules of integration against quadrature and sums of densities written here, and what the rules refuse."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy
from mpmath import mp, mpf

import symwick as sw
from symwick.decompose.integrate import RULES

x, y, z, a, b = sympy.symbols("x y z a b")
pi = sympy.pi
TIGHT = mpf(10) ** -12

Mean = Callable[[Callable[[Any], Any]], Any]
"""E g(X), computed by quadrature or by summation."""


def quadrature(density: Callable[[Any], Any], *ends: Any) -> Mean:
    return lambda g: mpmath.quad(lambda t: g(t) * density(t), list(ends))


def summation(mass: Callable[[int], Any], first: int, last: int) -> Mean:
    return lambda g: mpmath.fsum(g(k) * mass(k) for k in range(first, last + 1))


def normal(t: Any) -> Any:
    return mp.exp(-((t - mpf(1) / 2) ** 2) / (2 * 4)) / mp.sqrt(2 * mp.pi * 4)


FAMILIES: dict[str, tuple[Any, Any, dict[str, Any], Mean]] = {
    "Normal": (
        sw.Normal("1/2", 2), sw.Normal("m", "s"), {"m": Fraction(1, 2), "s": 2},
        quadrature(normal, -30, -6, 0, 6, 30),
    ),
    "Uniform": (
        sw.Uniform(-1, 3), sw.Uniform("l", "h"), {"l": -1, "h": 3},
        quadrature(lambda t: mpf(1) / 4, -1, 3),
    ),
    "Laplace": (
        sw.Laplace(1, "1/2"), sw.Laplace("m", "s"), {"m": 1, "s": Fraction(1, 2)},
        quadrature(lambda t: mp.exp(-abs(t - 1) * 2), -50, -8, 1, 10, 50),
    ),
    "Gamma": (
        sw.Gamma(3, "1/2"), sw.Gamma("k", "s"), {"k": 3, "s": Fraction(1, 2)},
        quadrature(lambda t: t**2 * mp.exp(-2 * t) * 4, 0, 5, 15, 60),
    ),
    "Gamma of fractional shape": (
        sw.Gamma("5/2", "1/2"), sw.Gamma("k", "s"), {"k": Fraction(5, 2), "s": Fraction(1, 2)},
        quadrature(lambda t: t ** mpf("1.5") * mp.exp(-2 * t) * mpf(2) ** mpf("2.5") / mp.gamma(mpf("2.5")), 0, 1, 5, 15, 60),
    ),
    "Exponential": (
        sw.Exponential(2), sw.Exponential("l"), {"l": 2},
        quadrature(lambda t: 2 * mp.exp(-2 * t), 0, 5, 15, 60),
    ),
    "ChiSquared": (
        sw.ChiSquared(4), sw.ChiSquared("k"), {"k": 4},
        quadrature(lambda t: t * mp.exp(-t / 2) / 4, 0, 10, 40, 150, 400),
    ),
    "Poisson": (
        sw.Poisson("3/2"), sw.Poisson("l"), {"l": Fraction(3, 2)},
        summation(lambda k: mp.exp(-mpf(3) / 2) * mpf("1.5") ** k / mp.factorial(k), 0, 80),
    ),
    "Geometric": (
        sw.Geometric("2/3"), sw.Geometric("p"), {"p": Fraction(2, 3)},
        summation(lambda k: mpf(2) / 3 * (mpf(1) / 3) ** (k - 1), 1, 120),
    ),
    "NegativeBinomial": (
        sw.NegativeBinomial(3, "2/3"), sw.NegativeBinomial("r", "p"), {"r": 3, "p": Fraction(2, 3)},
        summation(lambda k: mp.binomial(k + 2, k) * (mpf(2) / 3) ** 3 * (mpf(1) / 3) ** k, 0, 150),
    ),
    "Binomial": (
        sw.Binomial(4, "1/3"), sw.Binomial("n", "p"), {"n": 4, "p": Fraction(1, 3)},
        summation(lambda k: mp.binomial(4, k) * (mpf(1) / 3) ** k * (mpf(2) / 3) ** (4 - k), 0, 4),
    ),
    "Bernoulli": (
        sw.Bernoulli("1/3"), sw.Bernoulli("p"), {"p": Fraction(1, 3)},
        lambda g: (2 * g(mpf(0)) + g(mpf(1))) / 3,
    ),
    "Mixture": (
        sw.Mixture([("1/3", sw.Normal("1/2", 2)), ("2/3", sw.Exponential(2))]),
        sw.Mixture([("w", sw.Normal("m", "s")), ("1 - w", sw.Exponential("l"))]),
        {"w": Fraction(1, 3), "m": Fraction(1, 2), "s": 2, "l": 2},
        lambda g: (
            quadrature(normal, -30, -6, 0, 6, 30)(g) + 2 * quadrature(lambda t: 2 * mp.exp(-2 * t), 0, 5, 15, 60)(g)
        ) / 3,
    ),
    "Constant": (
        sw.Constant(pi / 4), sw.Constant("c"), {"c": pi / 4},
        lambda g: g(mp.pi / 4),
    ),
}  # fmt: skip

FUNCTIONS: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("exp(a*x)", lambda t, r: mp.exp(r * t)),
    ("x**2*exp(a*x + 1)", lambda t, r: t**2 * mp.exp(r * t + 1)),
    ("x*sin(a*x)", lambda t, r: t * mp.sin(r * t)),
    ("x**3*cos(a*x - 1)", lambda t, r: t**3 * mp.cos(r * t - 1)),
    ("x*sinh(a*x)", lambda t, r: t * mp.sinh(r * t)),
    ("cosh(a*x)*sin(x)**2", lambda t, r: mp.cosh(r * t) * mp.sin(t) ** 2),
    ("exp(a*x)*cos(x)*x - 2**(a*x)", lambda t, r: mp.exp(r * t) * mp.cos(t) * t - mpf(2) ** (r * t)),
]


def digits(form: sw.ClosedForm) -> Any:
    return mpmath.mpmathify(form.evalf(25))


@pytest.mark.parametrize("family", FAMILIES)
def test_exponentials_and_circular_functions_against_quadrature(family: str) -> None:
    """With numbers for rate and parameters, and with symbols that the numbers are put in for afterwards."""
    marginal, symbolic, values, mean = FAMILIES[family]
    rate = Fraction(1, 4)
    for text, g in FUNCTIONS:
        with mp.workdps(20):
            wanted = mean(lambda t, g=g: g(t, mpf(1) / 4))
        with_numbers = sw.expectation(sympy.sympify(text, {"a": sympy.Rational(1, 4)}), marginal.named("x"))
        assert abs(digits(with_numbers) - wanted) < TIGHT * (1 + abs(wanted)), text
        with_symbols = sw.expectation(text, symbolic.named("x"))
        put = {s: {"a": rate, **values}[s.name] for s in with_symbols.parameters}
        assert abs(digits(with_symbols.subs(put)) - wanted) < TIGHT * (1 + abs(wanted)), text


def test_several_independent_variables_against_products_of_quadratures() -> None:
    law = sw.Independent({"x": FAMILIES["Normal"][0], "y": FAMILIES["Gamma"][0], "z": FAMILIES["Poisson"][0]})
    in_x, in_y, in_z = (FAMILIES[name][3] for name in ("Normal", "Gamma", "Poisson"))
    with mp.workdps(20):
        turn = [mean(lambda t, r=r: mp.expj(r * t)) for mean, r in ((in_x, 1), (in_y, -2), (in_z, mpf(1) / 2))]
        growth = in_x(lambda t: t * mp.exp(t / 4)) * in_y(lambda t: mp.sin(t) * t**2) * in_z(mp.cosh)
        tied = in_y(lambda t: t * mp.expj(3 * t)) * turn[0]
        assert abs(digits(sw.expectation("sin(x - 2*y + z/2 + 1)", law)) - (mpmath.fprod(turn) * mp.expj(1)).imag) < TIGHT
        assert abs(digits(sw.expectation("x*exp(x/4)*sin(y)*y**2*cosh(z)", law)) - growth) < TIGHT * 100
        assert abs(digits(sw.expectation("y*cos(x + 3*y)", law)) - tied.real) < TIGHT
    for f in ("sin(x - 2*y + z/2 + 1)", "x*exp(x/4)*sin(y)*y**2*cosh(z) + x*y", "y*cos(x + 3*y)"):
        assert sw.gwpd(f, law).check()
        assert sw.gcpd(f, law).check()


def test_exponentials_of_dependent_normal_variables_by_differentiation() -> None:
    m, n, s, c, t = sympy.symbols("m n s c t")
    law = sw.MultivariateNormal(["x", "y"], ["m", "n"], [["s", "c"], ["c", "t"]])
    generating = sympy.exp(a * m + b * n + (a**2 * s + 2 * a * b * c + b**2 * t) / 2)
    for i, j in ((0, 0), (1, 1), (2, 1), (0, 3)):
        wanted = sympy.diff(generating, *[a] * i, *[b] * j) if i + j else generating
        assert sw.expectation(x**i * y**j * sympy.exp(a * x + b * y), law) == wanted
        assert sw.expectation(x**i * y**j * sympy.exp(a * x + b * y), law) != 2 * wanted
    turned = sw.expectation("x*cos(x - y)", law)
    by_hand = sympy.exp(-(s - 2 * c + t) / 2) * (m * sympy.cos(m - n) - (s - c) * sympy.sin(m - n))
    values = {"m": Fraction(1, 3), "n": -1, "s": 2, "c": Fraction(1, 2), "t": 3}
    numbers = {sympy.Symbol(k): sympy.Rational(str(v)) for k, v in values.items()}
    assert abs(digits(turned.subs(values)) - mpmath.mpmathify(by_hand.subs(numbers).evalf(25))) < TIGHT
    assert sw.gwpd("cos(x - y)*x", law).check()
    assert sw.gcpd("exp(a*x)*y*sin(y)", law).check()


def test_mixtures_of_dependent_normal_variables_component_by_component() -> None:
    one = sw.MultivariateNormal(["x", "y"], ["m", 0], [[1, "c"], ["c", 2]])
    two = sw.Independent({"x": sw.Gamma(2, "1/2"), "y": sw.Bernoulli("p")})
    law = sw.Mixture([("w", one), ("1 - w", two)])
    w = sympy.Symbol("w")
    for f in ("x*y", "exp(a*x + y)*x", "cos(x - y)*y**2"):
        mean = sw.expectation(f, law)
        assert mean == w * sw.expectation(f, one).expr + (1 - w) * sw.expectation(f, two).expr
        assert sw.gwpd(f, law).check()
        assert sw.gcpd(f, law).check()
    assert sw.gcp("x*y", law) == law.cumulant(["x", "y"])
    assert (a < 2) in sw.expectation("exp(a*x + y)*x", law).assumptions


def test_the_ishigami_function() -> None:
    law = sw.Independent({name: sw.Uniform(-pi, pi) for name in ("x1", "x2", "x3")})
    D = sw.gwpd("sin(x1) + a*sin(x2)**2 + b*x3**4*sin(x1)", law)
    assert D[[]] == a / 2
    sizes = {S: D.second_moment(S) for S in (("x1",), ("x2",), ("x3",), ("x1", "x2"), ("x1", "x3"), ("x2", "x3"))}
    assert sizes["x1",] == (1 + b * pi**4 / 5) ** 2 / 2
    assert sizes["x2",] == a**2 / 8
    assert sizes["x1", "x3"] == 8 * b**2 * pi**8 / 225
    assert all(sizes[S].is_zero() for S in (("x3",), ("x1", "x2"), ("x2", "x3")))
    f = D.target
    variance = sw.expectation(f.expr**2, law).expr - sw.expectation(f, law).expr ** 2
    assert sympy.expand(sum(size.expr for size in sizes.values()) - variance) == 0
    shares = sw.gwpd("sin(x1) + 7*sin(x2)**2 + x3**4*sin(x1)/10", law).concentration()
    assert "{x2}:  44.24%" in str(shares)
    assert "order 2:  24.37%" in str(shares)


# -- finite and continuous variables together --------------------------------------------------------------------------


def mixed() -> sw.Law:
    return sw.Independent({"x": sw.Bernoulli("p"), "y": sw.DiscreteUniform(0, 2), "z": sw.Normal("m", "s")})


MIXED: list[tuple[str, Callable[[int, int], Sequence[Any]]]] = [
    # f = Σ_k c_k(x, y) z^k, given by the c_k
    ("Max(x, y)*z**2", lambda i, j: (0, 0, max(i, j))),
    ("Piecewise((1, x > y), (0, True)) + z", lambda i, j: (int(i > j), 1, 0)),
    ("z*Abs(x - y) + 1/(1 + x + y)", lambda i, j: (Fraction(1, 1 + i + j), abs(i - j), 0)),
    ("(x > y)", lambda i, j: (int(i > j), 0, 0)),
]


@pytest.mark.parametrize(("text", "in_z"), MIXED)
def test_inseparable_parts_in_finite_variables(text: str, in_z: Callable[[int, int], Sequence[Any]]) -> None:
    law, p, m, s = mixed(), *sympy.symbols("p m s")
    f = x > y if text == "(x > y)" else text
    D = sw.gwpd(f, law)
    assert D.check()
    assert sw.gcpd(f, law).check()

    def value(i: Any, j: Any, powers: Sequence[Any]) -> Any:
        return sum(c * power for c, power in zip(in_z(i, j), powers, strict=True))

    moments, held = (1, m, m**2 + s**2), (1, z, z**2)
    share = {0: 1 - p, 1: p}
    mean = sum(share[i] * value(i, j, moments) / 3 for i in (0, 1) for j in (0, 1, 2))
    assert D[[]] == mean
    for i in (0, 1):
        form = sw.gwp(f, law, "x").subs({"x": i, "y": 1})
        assert form == value(i, 1, held) - sum(share[k] * value(k, 1, held) for k in (0, 1))
        term = D["x", "z"].subs({"x": i})
        row = {k: [sum(value(k, j, w) for j in range(3)) / sympy.Integer(3) for w in (held, moments)] for k in (0, 1)}
        off = [sum(share[k] * row[k][w] for k in (0, 1)) for w in (0, 1)]
        assert term == row[i][0] - row[i][1] - off[0] + off[1]


def test_truth_values_beside_a_normal_variable() -> None:
    law = sw.Independent({"x": sw.Bernoulli("p"), "y": sw.Bernoulli("q"), "z": sw.Normal()})
    p, q = sympy.symbols("p q")
    D = sw.gwpd(x ^ y, law)
    assert D["x", "y"] == -2 * (x - p) * (y - q)
    assert sw.expectation(x & ~y, law) == p * (1 - q)
    assert sw.expectation(sw.gwp(x ^ y, law), law, over=["x"]).is_zero()
    with pytest.raises(sw.InvalidArgument) as refused:
        D["x"].at({"x": 2})
    assert str(refused.value) == "Argument 'point' must lie on the grid on which f is known: x is one of 0, 1, not 2."


def test_one_variable_functions_need_no_generating_function_on_finite_support() -> None:
    p = sympy.Symbol("p")
    law = sw.Independent({"x": sw.Bernoulli("p"), "y": sw.Normal("m", 1)})
    assert sw.expectation("y/(1 + x)", law) == sympy.Symbol("m") * (1 - p / 2)
    assert sw.expectation("log(1 + x)*sqrt(2 + x)*y", law) == p * sympy.log(2) * sympy.sqrt(3) * sympy.Symbol("m")
    assert sw.gwp("1/(1 + x)", law, "x") == 1 / (1 + x) - 1 + p / 2


# -- order and repetition ----------------------------------------------------------------------------------------------


def test_the_order_of_the_rules() -> None:
    assert isinstance(RULES, tuple)
    assert [rule.__name__.strip("_") for rule in RULES] == [
        "nothing", "rows", "independent_parts", "mixture", "symbolic_weights", "powers", "exponentials",
        "piecewise_polynomials",
    ]  # fmt: skip


SCRIPT = """
import symwick as sw
law = sw.Independent([sw.Moments(["u", "v", "w"]), sw.MultivariateNormal(["x", "y"], ["m", "n"], [["a", "c"], ["c", "b"]]),
                      sw.Independent({"k": sw.Poisson("l"), "s": sw.Bernoulli("p"), "t": sw.Bernoulli("q")})])
for f in ("u*v*w*x*y + k*s", "exp(g*x + h*y)*x*k**2 + cos(x + k)*u*v", "Max(s, t)*x**2*u", "(x + y + k)**3", "s ^ t"):
    D, G = sw.gwpd(f, law), sw.gcpd(f, law)
    print(D, G, D.latex(), D.to_json(), G.to_json(), D.assumptions, D.target, sep="\\n")
    print([sorted(map(str, S)) for S in D], [form.terms() for form in D.values()], [K.expr for K in G.values()])
try:
    sw.gwp("s ^ x ^ y ^ u ^ v ^ w ^ k", law)
except sw.InvalidArgument as error:
    print(error)
"""


def test_another_process_prints_the_same() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True
        )
        for seed in ("0", "4242")
    ]
    assert runs[0].returncode == 0, runs[0].stderr
    assert len(runs[0].stdout) > 10_000
    assert runs[0].stdout.splitlines() == runs[1].stdout.splitlines()


# -- refusals ----------------------------------------------------------------------------------------------------------

two_normals = sw.Independent({"x": sw.Normal(), "y": sw.Normal(0, 2)})
heavy = sw.Independent({"x": sw.Normal("m"), "y": sw.StudentT(3)})
KNOWS = "has no closed form that symwick knows."
REFUSED: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (
        lambda: sw.gwp("log(x)", sw.Normal().named("x")), sw.NoClosedForm,
        f"The mean of log(x) under Normal(0, 1) as x {KNOWS}",
    ),
    (
        lambda: sw.gwp("x*log(y)", two_normals, "y"), sw.NoClosedForm,
        f"The mean of log(y) under Normal(0, 2) as y {KNOWS}",
    ),
    (
        lambda: sw.gwp("1/(x + y)", two_normals), sw.NoClosedForm,
        "The sub-expression 1/(x + y) has no closed form under Independent({x: Normal(0, 1), y: Normal(0, 2)}): its values "
        "are needed on a finite support, and x has none.",
    ),
    (
        lambda: sw.gwpd("x*exp(x*y)", two_normals), sw.NoClosedForm,
        "The sub-expression exp(x*y) has no closed form under Independent({x: Normal(0, 1), y: Normal(0, 2)}): its values "
        "are needed on a finite support, and x has none.",
    ),
    (
        lambda: sw.gcp(lambda x, y: x * y, two_normals), sw.NoClosedForm,
        "A callable or table has no closed form under Independent({x: Normal(0, 1), y: Normal(0, 2)}): its values are needed "
        "on a finite support, and x has none.",
    ),
    (
        lambda: sw.gwp("sin(x)", sw.Beta(2, 3).named("x")), sw.NoClosedForm,
        f"The mean of sin(x) under Beta(2, 3) as x {KNOWS} E exp(t*X) has no closed form under Beta(2, 3).",
    ),
    (
        lambda: sw.gwp("sin(x)", sw.Moments(["x"])), sw.NoClosedForm,
        f"The mean of sin(x) under Moments([x]) {KNOWS} The generating function of x under Moments([x]) has no closed form "
        "here.",
    ),
    (
        lambda: sw.gwp("x*y**5", heavy), sw.NoClosedForm,
        "E[X**5] does not exist under StudentT(3): it needs more than 5 degrees of freedom.",
    ),
    (
        lambda: sw.gwp("x*y", sw.Independent({"x": sw.Normal(), "y": sw.StudentT(1)}), "x", others="average"),
        sw.NoClosedForm, "E[X] does not exist under StudentT(1): it needs more than 1 degree of freedom.",
    ),
    (
        lambda: sw.gcp("x*y**5", heavy, [["x"], ["y"]]), sw.NoClosedForm,
        "E[X**5] does not exist under StudentT(3): it needs more than 5 degrees of freedom.",
    ),
    (
        lambda: sw.gwpd("x + y**2", heavy).second_moment("y"), sw.NoClosedForm,
        "E[X**4] does not exist under StudentT(3): it needs more than 4 degrees of freedom.",
    ),
    (
        lambda: sw.expectation("exp(2*x)", sw.Exponential(1).named("x")), sw.NoClosedForm,
        f"The mean of exp(2*x) under Exponential(1) as x {KNOWS} E[exp(2*X)] does not exist under Exponential(1): the rate "
        "must be below 1, not 2.",
    ),
    (
        lambda: sw.expectation("sinh(2*x)", sw.Laplace(0, 1).named("x")), sw.NoClosedForm,
        f"The mean of sinh(2*x) under Laplace(0, 1) as x {KNOWS} E[exp(2*X)] does not exist under Laplace(0, 1): the rate "
        "must be below 1, not 2.",
    ),
    (
        lambda: sw.gwp("x", sw.Independent({"x": sw.Bernoulli("p")}), ring="float64"), sw.InvalidArgument,
        "Argument 'ring' must be 'exact' under Independent({x: Bernoulli(p)}), which is no finite table of numbers.",
    ),
    (
        lambda: sw.gwpd(lambda x: x, sw.Bernoulli("p").named("x"), ring="float64"), sw.InvalidArgument,
        "Argument 'ring' must be 'exact' under Bernoulli(p) as x, which is no finite table of numbers.",
    ),
    (
        lambda: sw.gwp(x ^ y, two_normals), sw.InvalidArgument,
        "Argument 'f' uses x as a truth value, but it is no bit under Independent({x: Normal(0, 1), y: Normal(0, 2)}).",
    ),
    (
        lambda: sw.gwp(~x, sw.Categorical({0: "q", 2: "1 - q"}).named("x")), sw.InvalidArgument,
        "Argument 'f' uses x as a truth value, but its values are 0, 2, not 0 and 1.",
    ),
    (
        lambda: sw.gwp("1/x", sw.Bernoulli("p").named("x")), sw.InvalidArgument,
        "Argument 'f' must have a finite real value: 1/x is zoo at x = 0.",
    ),
    (
        lambda: sw.gwp("x*y", sw.Independent({"x": sw.Bernoulli("y"), "y": sw.Bernoulli("p")})), sw.InvalidArgument,
        "Argument 'P' must have parameters that are no variables, but y is both.",
    ),
    (
        lambda: sw.gwpd("x**2", sw.Normal("x").named("x")), sw.InvalidArgument,
        "Argument 'P' must have parameters that are no variables, but x is both.",
    ),
    (
        lambda: sw.MultivariateNormal(["x", "y"], ["y", 0], [[1, 0], [0, 1]]), sw.InvalidArgument,
        "Argument 'mean' must not hold a variable of the law, but y is one.",
    ),
    (
        lambda: sw.Moments(["x", "y"], means={"x": "y"}), sw.InvalidArgument,
        "Argument 'means' must not hold a variable of the law, but y is one.",
    ),
    (
        lambda: sw.gwpd("x*y", sw.Independent({"x": sw.Bernoulli("p"), "y": sw.Normal()})).concentration(),
        sw.InvalidArgument, "The size of a term needs numbers, but the parameters p remain.",
    ),
    (
        lambda: sw.expectation(sw.gwp(x ^ y, sw.Independent({"x": sw.Bernoulli("p"), "y": sw.Bernoulli("q")})),
                               sw.Independent({"x": sw.Binomial(2, "p"), "y": sw.Normal()})),
        sw.InvalidArgument, "Argument 'f' is known on a grid only: x is one of 0, 1, not 2.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("refused", "kind", "sentence"), REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_refusals_by_sentence(refused: Callable[[], Any], kind: type[Exception], sentence: str) -> None:
    with pytest.raises(kind) as error:
        refused()
    assert type(error.value) is kind
    assert str(error.value) == sentence


def test_means_that_are_not_taken_need_not_exist() -> None:
    m = sympy.Symbol("m")
    assert sw.expectation("x*y**5", heavy, over="x") == m * y**5
    assert sw.gwp("x*y**5", heavy, "x") == (x - m) * y**5
    assert sw.gwpd("x + y**5", heavy)["x"] == x - m
    assert sw.gwp("x*y**2", heavy) == (x - m) * (y**2 - 3)


def test_conditions_on_rates_and_degrees_are_told_where_they_are_used() -> None:
    rate, freedom = sympy.symbols("l nu")
    law = sw.Independent({"x": sw.Exponential("l"), "y": sw.StudentT("nu")})
    assert set(sw.gwp("exp(a*x)", law, "x").assumptions) == {rate > 0, freedom > 0, a < rate}
    assert set(sw.gwp("x*y**4", law).assumptions) == {rate > 0, freedom > 0, freedom > 4}
    assert set(sw.gwp("cos(a*x)*x", law, "x").assumptions) == {rate > 0, freedom > 0}
    assert sw.gwp("exp(x)", sw.Exponential(2).named("x")).assumptions == ()
