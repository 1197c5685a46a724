"""Sobol indices and covariance shares: against brute force over random laws, against known formulas, and their refusals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.decompose.attribution.shares import CovarianceShares, SobolIndices, covariance_shares, sobol
from symwick.testing import oracle
from symwick.testing.strategies import blockings, finite_laws, polynomials, tables

X = sympy.symbols("x0:4")
pi = sympy.pi
Law = dict[Any, Fraction]
NEGATIVE = {(0, 0): Fraction(3, 8), (1, 1): Fraction(3, 8), (0, 1): Fraction(1, 8), (1, 0): Fraction(1, 8)}


def named_blocks(blocks: Any) -> dict[str, list[sympy.Symbol]]:
    return {f"b{i}": [X[j] for j in block] for i, block in enumerate(blocks)}


def sympy_value(f: sympy.Expr, point: Any) -> Fraction:
    value = f.subs({v: sympy.Rational(Fraction(t).numerator, Fraction(t).denominator) for v, t in zip(X, point, strict=False)})
    return Fraction(int(value.p), int(value.q))


def brute(f: Callable[[Any], Any], weights: Law, blocks: Any = None) -> tuple[Fraction, dict[Any, tuple[Fraction, Fraction]]]:
    """(Var f, {S: (E[W_S f], E[W_S²])}) by the definitions alone; S in positions of inputs."""
    positive = {p: w for p, w in weights.items() if w}
    mean = sum((w * f(p) for p, w in positive.items()), Fraction(0))
    variance = sum((w * (f(p) - mean) ** 2 for p, w in positive.items()), Fraction(0))
    found: dict[Any, tuple[Fraction, Fraction]] = {}
    for p, w in positive.items():
        for key, term in oracle.gwpd(f, weights, p, blocks).items():
            cross, square = found.get(key, (Fraction(0), Fraction(0)))
            found[key] = cross + w * term * f(p), square + w * term**2
    return variance, {key: value for key, value in found.items() if key}


def agree(shares: CovarianceShares, keys: list[Any], expected: Any) -> None:
    variance, parts = expected
    assert shares.variance.value == variance
    for positions, (cross, square) in parts.items():
        names = [keys[i] for i in positions]
        assert shares[names].value == cross / variance
        assert shares.structural(names).value == square / variance >= 0
        assert shares.correlative(names).value == (cross - square) / variance
    assert shares.check()
    assert sum(form.value for form in shares.values()) == 1


# -- covariance shares -----------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=25)
def test_covariance_shares_of_tables(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n]))
    table = data.draw(tables(weights))
    expected = brute(lambda p: table[tuple(p)], weights)
    if not expected[0]:
        with pytest.raises(sw.InvalidArgument, match="must have a variance above 0, but it is 0"):
            covariance_shares(table, law)
        return
    agree(covariance_shares(table, law), list(X), expected)


@given(data=st.data())
@settings(max_examples=25)
def test_covariance_shares_of_polynomials(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    f = data.draw(polynomials(X[:n], max_exponent=2))
    expected = brute(lambda p: sympy_value(f, p), weights)
    if not expected[0]:
        return  # nothing to share, which is refused: tested below
    agree(covariance_shares(f, law), list(X), expected)


@given(data=st.data())
@settings(max_examples=20)
def test_covariance_shares_of_blocks(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    blocks = data.draw(blockings(3))
    table = data.draw(tables(weights))
    expected = brute(lambda p: table[tuple(p)], weights, blocks)
    if not expected[0]:
        return  # nothing to share, which is refused: tested below
    inputs = named_blocks(blocks)
    agree(covariance_shares(table, law, inputs=inputs), list(inputs), expected)


def test_a_share_may_be_negative() -> None:
    """y takes part with a minus sign while it goes along with x."""
    law = sw.Finite(NEGATIVE, X[:2])
    shares = covariance_shares("x0 - x1/4", law)
    agree(shares, list(X), brute(lambda p: p[0] - Fraction(p[1], 4), NEGATIVE))
    assert shares["x1"] == Fraction(-1, 13)
    assert shares.structural("x1") == Fraction(1, 13)
    assert shares["x0", "x1"].reason == "no product in f holds x0, x1 together: f is a sum that separates them"
    assert list(shares) == [frozenset({X[0]}), frozenset({X[1]})]
    assert (frozenset(X[:2]) in shares, "x0" in shares, "q" in shares, () in shares) == (False, True, False, False)


def test_second_moments_are_no_shares_of_the_variance_under_dependence() -> None:
    law = sw.Finite(NEGATIVE, X[:2])
    f = "x0 + x1"
    shares = covariance_shares(f, law)
    sizes = sw.gwpd(f, law).concentration()
    assert sizes.total != shares.variance.value
    assert sum(shares.structural(key).value for key in shares) == Fraction(sizes.total) / shares.variance.value
    assert sum(form.value for form in shares.values()) == 1


@pytest.mark.parametrize("law", [
    sw.Moments(X[:2]),
    sw.MultivariateNormal(X[:2], ["m", 0], [["v", "c"], ["c", 2]]),
    sw.Independent({X[0]: sw.Normal("m", "s"), X[1]: sw.Exponential("r")}),
    sw.Independent({X[0]: sw.Bernoulli("p"), X[1]: sw.Bernoulli("q")}),
    sw.Mixture([("w", sw.Independent({X[0]: sw.Bernoulli("p"), X[1]: sw.Normal()})),
                ("1 - w", sw.Independent({X[0]: sw.Bernoulli("1/2"), X[1]: sw.Normal(1, 1)}))]),
], ids=lambda law: type(law).__name__)  # fmt: skip
def test_symbolic_laws(law: sw.Law) -> None:
    """Against E[W_S f] and E[f²] − (E f)², with forms multiplied and integrated."""
    f = sympy.Symbol("a") * X[0] * X[1] + X[1] ** 2
    shares = covariance_shares(f, law)
    assert shares.check()
    square, mean = sw.expectation(f**2, law), sw.expectation(f, law)
    assert shares.variance.equals(square - mean**2)
    terms = sw.gwpd(f, law)
    for key in shares:
        assert (shares[key] * shares.variance - sw.expectation(terms[key] * f, law)).is_zero()
        assert (shares.structural(key) * shares.variance - sw.expectation(terms[key] ** 2, law)).is_zero()
        assert (shares.structural(key) + shares.correlative(key) - shares[key]).is_zero()


def test_the_shares_say_that_they_overlap() -> None:
    dependent = covariance_shares("x0 - x1/4", sw.Finite(NEGATIVE, X[:2]))
    assert repr(dependent) == (
        "CovarianceShares over x0, x1: dependent inputs: {x0, x1} (shares overlap and may be negative); Var f = 13/64\n"
        "  set       share  structural  correlative\n"
        "  {x0}   1.076923    1.230769    -0.153846\n"
        "  {x1}  -0.076923    0.076923    -0.153846"
    )
    assert r"\{x_{0}\} & \frac{14}{13}" in dependent._repr_latex_()
    independent = covariance_shares("x0 + a*x1", sw.Independent({v: sw.Uniform(0, 1) for v in X[:2]}))
    assert "independent inputs; Var f = a**2/12 + 1/12" in repr(independent)
    assert "negative" not in repr(independent)
    assert independent["x1"] == sympy.Symbol("a") ** 2 / (1 + sympy.Symbol("a") ** 2)


def test_float64_shares_hold_the_exact_ones() -> None:
    law = sw.Finite(NEGATIVE, X[:2])
    table = {(0, 0): Fraction(1, 3), (0, 1): 2, (1, 0): Fraction(1, 7), (1, 1): -1}
    for f in (table, "x0*x1 + x0/3"):
        exact, floats = covariance_shares(f, law), covariance_shares(f, law, ring="float64")
        for key, form in exact.items():
            assert floats[key].ball({}).contains(form.value)
            assert floats.structural(key).ball({}).contains(exact.structural(key).value)
        with pytest.raises(sw.InvalidArgument, match="Float64 shares have no exact sum rule"):
            floats.check()
        with pytest.raises(sw.InvalidArgument, match="must have a variance above 0, but in float64 it is "):
            covariance_shares(dict.fromkeys(table, Fraction(1, 3)), law, ring="float64")


def test_vector_valued_functions() -> None:
    law = sw.Finite(NEGATIVE, X[:2])
    both = covariance_shares(["x0", "x0 - x1/4"], law)
    assert isinstance(both, tuple)
    assert [s["x0"].value for s in both] == [1, Fraction(14, 13)]
    assert set(covariance_shares({"f": "x0", "g": "x1"}, law)) == {"f", "g"}
    fair = sw.Independent({v: sw.Bernoulli("1/2") for v in X[:2]})
    assert [s.first["x0"].value for s in sobol(lambda u, v: (u, u + v), fair)] == [1, Fraction(1, 2)]


# -- Sobol indices ---------------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=25)
def test_sobol_indices_of_tables(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n], kinds=["independent"], zero_points=False))
    table = data.draw(tables(weights))
    variance, parts = brute(lambda p: table[tuple(p)], weights)
    assume(variance)
    if len(law.independent_groups()) < n:  # the law need not see every independence
        law = sw.Independent([law.marginal([v]) for v in X[:n]])
    indices = sobol(table, law)
    assert indices.variance.value == variance == sum(square for _, square in parts.values())
    for positions, (cross, square) in parts.items():
        assert cross == square
        assert indices.interaction([X[i] for i in positions]).value == square / variance
    for i in range(n):
        assert indices.first[X[i]].value == parts[frozenset({i})][1] / variance
        assert indices.total[X[i]].value == sum(square for key, (_, square) in parts.items() if i in key) / variance
    for k in range(1, n + 1):
        assert indices.order(k).value == sum(square for key, (_, square) in parts.items() if len(key) == k) / variance
    assert sum(form.value for form in indices.interactions.values()) == 1


@given(data=st.data())
@settings(max_examples=15)
def test_sobol_indices_are_the_covariance_shares_under_independence(data: st.DataObject) -> None:
    f = data.draw(polynomials(X[:3], max_exponent=2))
    marginals = [sw.Normal("1/2", 2), sw.Uniform(-1, 2), sw.Poisson("3/2"), sw.Bernoulli("1/3"), sw.Exponential(2)]
    law = sw.Independent({v: data.draw(st.sampled_from(marginals)) for v in X[:3]})
    assume(sw.expectation(f**2, law) != sw.expectation(f, law) ** 2)  # x² − x of a bit is constant
    indices, shares = sobol(f, law), covariance_shares(f, law)
    assert indices.variance == shares.variance
    assert dict(indices.interactions) == dict(shares)
    assert all(shares.correlative(key).is_zero() for key in shares)


@given(data=st.data())
@settings(max_examples=15)
def test_dependence_within_a_block_does_no_harm(data: st.DataObject) -> None:
    pair, weights = data.draw(finite_laws(2, variables=X[:2]))
    single, others = data.draw(finite_laws(1, variables=X[2:3]))
    law = sw.Independent([pair, single])
    joint = {(*p, *q): u * v for (p, u), (q, v) in product(weights.items(), others.items())}
    inputs = {"pair": X[:2], "single": [X[2]]}
    f: Any = data.draw(st.one_of(tables(joint), polynomials(X[:3], max_exponent=2)))
    value = f.__getitem__ if isinstance(f, dict) else (lambda p: sympy_value(f, p))
    variance, parts = brute(value, joint, [[0, 1], [2]])
    assume(variance)
    indices = sobol(f, law, inputs=inputs)
    assert indices.variance.value == variance
    names = ["pair", "single"]
    for key, (_, square) in parts.items():
        assert indices.interaction([names[i] for i in key]).value == square / variance
    assert set(indices.first) == set(names)


def test_the_ishigami_function_with_parameters() -> None:
    """Ishigami and Homma (1990): sin x1 + a sin² x2 + b x3⁴ sin x1, inputs uniform on [−π, π]."""
    a, b = sympy.symbols("a b")
    law = sw.Independent({name: sw.Uniform(-pi, pi) for name in ("x1", "x2", "x3")})
    indices = sobol("sin(x1) + a*sin(x2)**2 + b*x3**4*sin(x1)", law)
    variance = a**2 / 8 + b * pi**4 / 5 + b**2 * pi**8 / 18 + sympy.Rational(1, 2)
    parts = {"x1": (1 + b * pi**4 / 5) ** 2 / 2, "x2": a**2 / 8, "x3": 0}
    mixed = 8 * b**2 * pi**8 / 225
    assert indices.variance == variance
    for name, part in parts.items():
        assert indices.first[name] == part / variance
    assert indices.interaction(["x1", "x3"]) == mixed / variance
    assert indices.interaction(["x1", "x2"]).is_zero()
    assert indices.total["x1"] == (parts["x1"] + mixed) / variance
    assert indices.total["x3"] == mixed / variance
    assert indices.order(2) == mixed / variance
    assert indices.order(3).is_zero()
    numbers = sobol("sin(x1) + 7*sin(x2)**2 + x3**4*sin(x1)/10", law)
    assert [round(float(form.evalf()), 4) for form in numbers.first.values()] == [0.3139, 0.4424, 0]
    assert "  x1     0.313905  0.557589\n" in repr(numbers)


def g_function(weights: list[Any]) -> tuple[sympy.Expr, sw.Law, list[sympy.Symbol]]:
    names = list(sympy.symbols(f"x1:{len(weights) + 1}"))
    f = sympy.Mul(*((sympy.Abs(4 * v - 2) + c) / (1 + c) for v, c in zip(names, weights, strict=True)))
    return f, sw.Independent({v: sw.Uniform(0, 1) for v in names}), names


def test_the_g_function_of_eight_inputs() -> None:
    """Saltelli and Sobol' (1995): V_i = 1/(3(1 + a_i)²), V_S = Π V_i, Var f = Π (1 + V_i) − 1; all 255 sets."""
    weights = [0, 1, sympy.Rational(9, 2), 9, 99, 99, 99, 99]
    f, law, names = g_function(weights)
    parts = [Fraction(1, 3) / (1 + Fraction(int(c.p), int(c.q))) ** 2 for c in map(sympy.Rational, weights)]
    variance = Fraction(1)
    for part in parts:
        variance *= 1 + part
    variance -= 1
    indices = sobol(f, law)
    assert indices.variance.value == variance
    assert len(indices.interactions) == 255
    for size in range(1, 9):
        for chosen in combinations(range(8), size):
            expected = Fraction(1)
            for i in chosen:
                expected *= parts[i]
            assert indices.interaction([names[i] for i in chosen]).value == expected / variance


@pytest.mark.parametrize("n", [3, 5])
def test_the_g_function_with_parameters(n: int) -> None:
    """Short coefficients are multiplied out, long ones stay gates; both agree at numbers."""
    symbols = list(sympy.symbols(f"a1:{n + 1}"))
    f, law, names = g_function(symbols)
    indices = sobol(f, law)
    numbers = dict(zip(symbols, range(1, n + 1), strict=True))
    parts = [Fraction(1, 3) / (1 + c) ** 2 for c in numbers.values()]
    variance = Fraction(1)
    for part in parts:
        variance *= 1 + part
    variance -= 1
    assert indices.variance.subs(numbers).value == variance
    assert indices.first[names[0]].subs(numbers).value == parts[0] / variance
    assert indices.total[names[1]].subs(numbers).value == parts[1] * (variance + 1) / (1 + parts[1]) / variance
    assert indices.interaction(names).subs(numbers).value == sympy.prod(parts) / variance


def test_unspecified_laws_with_independent_inputs() -> None:
    law = sw.Independent([sw.Moments(["x"]), sw.Moments(["y"])])
    indices = sobol("x*y + x", law)
    assert indices.variance.equals(sw.expectation("(x*y + x)**2", law) - sw.expectation("x*y + x", law) ** 2)
    x1, x2, y1 = sympy.Symbol("E[x]"), sympy.Symbol("E[x**2]"), sympy.Symbol("E[y]")
    assert (indices.first["x"] * indices.variance).equals((x2 - x1**2) * (1 + y1) ** 2)


def law_with_few_moments() -> sw.Law:
    return sw.Independent({"x": sw.StudentT("nu"), "y": sw.Normal()})


def test_more_assumptions_are_kept() -> None:
    indices = sobol("x + y", law_with_few_moments())
    assert "nu > 2" in map(str, indices.variance.assumptions)
    assert indices.variance.assumptions == indices.first["x"].assumptions
    assert covariance_shares("x + y", law_with_few_moments()).variance.assumptions == indices.variance.assumptions


# -- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", ["x0 + x1 + x2", {p: sum(p) for p in product((0, 1), repeat=3)}], ids=["expression", "table"])
def test_sobol_refuses_dependent_inputs(f: Any) -> None:
    weights = {(a, b, c): w / 2 for (a, b), w in NEGATIVE.items() for c in (0, 1)}
    law = sw.Finite(weights, X[:3])
    with pytest.raises(sw.InvalidArgument) as refused:
        sobol(f, law)
    assert str(refused.value) == (
        "Argument 'P' must make the inputs independent for Sobol indices, but x0, x1 are dependent: use covariance_shares, "
        "or put them into one block with inputs=."
    )
    assert sobol(f, law, inputs={"pair": X[:2], "rest": X[2:3]}).order(1) == 1


def test_dependent_inputs_that_f_does_not_use_do_no_harm() -> None:
    weights = {(a, b, c): w / 2 for (a, b), w in NEGATIVE.items() for c in (0, 1)}
    indices = sobol("x0 + x2", sw.Finite(weights, X[:3]))
    assert [indices.first[v].value for v in X[:3]] == [Fraction(1, 2), 0, Fraction(1, 2)]
    assert indices.first["x1"].reason == "f does not depend on x1"


def test_other_refusals() -> None:
    law = sw.Independent({v: sw.Bernoulli("1/2") for v in X[:2]})
    for make in (sobol, covariance_shares):
        for constant in (3, "a", lambda u, v: 1):
            with pytest.raises(sw.InvalidArgument) as refused:
                make(constant, law)
            assert str(refused.value) == (
                "Argument 'f' must have a variance above 0, but it is 0: there is nothing to share out."
            )
        with pytest.raises(sw.InvalidArgument, match="it is 0: there is nothing to share out"):
            make(1, sw.Finite({(): 1}, []))
        with pytest.raises(sw.TooLarge, match="Sets of inputs to share the variance among: predicted 4"):
            make("x0*x1", law, limit=3)
    indices = sobol("x0*x1", law)
    with pytest.raises(sw.InvalidArgument, match="Argument 'S' must hold at least one input, not none"):
        indices.interaction(())
    with pytest.raises(sw.InvalidArgument, match="Argument 'k' must be an integer that is at least 1, not 0."):
        indices.order(0)
    with pytest.raises(sw.UnknownVariable, match="There is no input q; the inputs are: x0, x1."):
        indices.first["q"]
    with pytest.raises(sw.NoClosedForm):
        sobol("x", sw.Independent({"x": sw.StudentT(2)}))
    assert isinstance(indices, SobolIndices)
    assert r"\text{input} & S_i & S_{T_i}" in indices._repr_latex_()
    assert repr(indices.interactions) == "<V_S / Var f: {x0}: 0.333333, {x1}: 0.333333, {x0, x1}: 0.333333>"


def test_the_order_does_not_depend_on_the_hash_seed(printed_under_hash_seeds: Callable[[str], set[str]]) -> None:
    script = """
import symwick as sw
from symwick.decompose.attribution.shares import covariance_shares, sobol
P = sw.Independent({v: sw.Uniform(0, 1) for v in "uvwxyz"})
f = "a*u*v*w + b*x*y + abs(z - 1/3)*u + max(x, y/1*0 + 1/2)"
print(sobol(f, P), sobol(f, P).first, [sorted(map(str, S)) for S in sobol(f, P).interactions], covariance_shares(f, P))
Q = sw.Moments(["u", "v"])
print(covariance_shares("u*v + u", Q), covariance_shares("u*v + u", Q)._repr_latex_())
"""
    assert len(printed_under_hash_seeds(script)) == 1


def test_shares_of_functions_with_irrational_values() -> None:
    fair = sw.Independent({v: sw.Bernoulli("1/3") for v in ("x", "y")})
    tied = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    for f in ("exp(x)*y", "sqrt(x + 1)*y", "a*exp(x)*y"):
        for law in (fair, tied):
            shares = covariance_shares(f, law)
            assert sympy.simplify(sum(form.expr for form in shares.values()) - 1) == 0
        by_sobol = sobol(f, fair)
        for key, form in covariance_shares(f, fair).items():
            assert sympy.simplify(form.expr - by_sobol.interaction(key).expr) == 0


def test_results_by_input_answer_to_names() -> None:
    first = sobol("x + 2*y", sw.Independent({v: sw.Bernoulli("1/3") for v in ("x", "y")})).first
    assert "x" in first
    assert first.get("x") == first["x"] == Fraction(1, 5)
    assert "q" not in first
    assert first.get("q") is None
