"""Two routes to one number: product basis and table basis, exact and float64, and what independence and copies must give."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from math import comb, prod
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.testing import oracle, strategies
from symwick.testing.oracle import Point

NAMES = ["x", "y", "z", "t"]


def value_of(f: sympy.Expr, names: Sequence[str], point: Point) -> Fraction:
    """f at a point, by sympy alone."""
    values = {sympy.Symbol(name): sympy.Rational(v) for name, v in zip(names, point, strict=True)}
    return Fraction(str(sympy.sympify(f).subs(values, simultaneous=True)))


def grid(law: sw.Law) -> list[Point]:
    return list(product(*(law.support(v) for v in law.variables)))


def named(law: sw.Law, point: Point) -> dict[sympy.Symbol, Any]:
    return dict(zip(law.variables, point, strict=True))


# -- expression and callable, product basis and table basis ------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=15)
def test_an_expression_and_a_callable_of_it_have_equal_decompositions(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 4))
    law, weights = data.draw(strategies.finite_laws(n, variables=NAMES[:n], max_support_per_variable=3 if n < 3 else 2))
    f = data.draw(strategies.polynomials(NAMES[:n]))
    values = {point: value_of(f, NAMES[:n], point) for point in grid(law)}
    first, second = sw.gwpd(f, law), sw.gwpd(lambda *point: values[point], law)
    for key in {*first, *second}:
        for point in grid(law):
            assert first[key].at(named(law, point)) == second[key].at(named(law, point)), key
    point = data.draw(strategies.points(weights, on_grid=True))
    for key in oracle.subsets(NAMES[:n]):
        held = [sw.gwp(h, law, key).at(named(law, point)) for h in (f, values)]
        assert held[0] == held[1], key
        averaged = [sw.expectation(h, law, key).at(named(law, point)) for h in (f, values)]
        assert averaged[0] == averaged[1], key
    first_k, second_k = sw.gcpd(f, law), sw.gcpd(values, law)
    for partition in oracle.set_partitions(NAMES[:n]):
        assert first_k[partition].value == second_k[partition].value, partition
    sizes = [D.concentration().by_set for D in (first, second)]
    assert all(sizes[0].get(key, 0) == sizes[1].get(key, 0) for key in {*sizes[0], *sizes[1]})


@pytest.mark.parametrize("name", ["and", "or", "xor", "implies", "ite"])
def test_boolean_expressions_and_truth_tables(name: str) -> None:
    x, y, z = sympy.symbols("x y z")
    f, g = {
        "and": (x & y & ~z, lambda p, q, r: p & q & (1 - r)),
        "or": (x | y | z, lambda p, q, r: p | q | r),
        "xor": (sympy.Xor(x, y, z), lambda p, q, r: p ^ q ^ r),
        "implies": (x >> (y | z), lambda p, q, r: (1 - p) | q | r),
        "ite": (sympy.ITE(x, y, z), lambda p, q, r: q if p else r),
    }[name]
    points = list(product((0, 1), repeat=3))
    law = sw.Finite({point: Fraction(1 + i, 36) for i, point in enumerate(points)}, [x, y, z])
    first, second = sw.gwpd(f, law), sw.gwpd(g, law)
    for point in points:
        at = named(law, point)
        assert {k: v for k, v in first.at(at).items() if v} == {k: v for k, v in second.at(at).items() if v}
    assert {p: form.value for p, form in sw.gcpd(g, law).items()} == {
        p: sw.gcp(f, law, p).value for p in oracle.set_partitions([x, y, z])
    }


# -- independence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", ["x*y*z", lambda x, y, z: x * y * z], ids=["expression", "callable"])
def test_pairwise_independence_gives_no_zero(f: Any) -> None:
    law = sw.Finite({(x, y, x ^ y): "1/4" for x, y in product((0, 1), repeat=2)}, ["x", "y", "z"])
    form = sw.gcp(f, law)
    assert form.value == Fraction(-1, 8)
    assert form.reason is None
    assert len(law.independent_groups()) == 1
    for p, q, single in ("xyz", "xzy", "yzx"):
        zero = sw.gcp(f, law, [[p, q], [single]])
        assert zero.value == 0
        assert zero.reason == f"the block {{{p}, {q}}} splits into {{{p}}} and {{{q}}}, which are independent"
    assert sw.gcp(f, law, [["x"], ["y"], ["z"]]).value == Fraction(1, 8)
    assert sw.gwpd(f, law)["x", "y"].at({"x": 1, "y": 1}) != 0  # Wick products do not vanish under independence


@pytest.mark.parametrize("kind", ["Finite", "Independent"])
@given(data=st.data())
@settings(max_examples=12)
def test_independent_inputs_give_hoeffding_sobol_and_moebius(kind: str, data: st.DataObject) -> None:
    names = NAMES[:3]
    singles = [data.draw(strategies.finite_laws(1, variables=[name], zero_points=False)) for name in names]
    weights = {
        tuple(p[0] for p, _ in row): prod((w for _, w in row), start=Fraction(1))
        for row in product(*(law.items() for _, law in singles))
    }
    law = sw.Finite(weights, names) if kind == "Finite" else sw.Independent([single for single, _ in singles])
    table = data.draw(strategies.tables(weights))
    decomposition = sw.gwpd(table, law)
    assert law.independent_groups() == tuple(frozenset({v}) for v in law.variables)

    mean = sum(w * table[p] for p, w in weights.items())
    variance = sum(w * (table[p] - mean) ** 2 for p, w in weights.items())
    spread = decomposition.concentration()
    assert spread.total == variance
    assert sum(spread.by_order.values()) == variance
    assert set(spread.by_set) == set(decomposition) - {frozenset()}

    point = data.draw(strategies.points(weights, on_grid=True))
    game = {
        frozenset(names[i] for i in s): oracle.expect(table.__getitem__, weights, {0, 1, 2} - s, point)
        for s in oracle.subsets(range(3))
    }  # v(S) = E f(x_S, X_rest)
    for s in game:
        interaction = sum((-1) ** len(s - t) * v for t, v in game.items() if t <= s)
        assert decomposition[s].at(named(law, point)) == interaction, s
        assert sw.gwp(table, law, s, others="average").at(named(law, point)) == interaction, s


# -- products and copies -----------------------------------------------------------------------------------------------------


def appell(moments: Sequence[Fraction], n: int, x: Fraction) -> Fraction:
    """The n-th Appell polynomial of a law: n! times the coefficient of t^n in exp(xt) / E exp(tX)."""
    inverse = [Fraction(1)]
    for k in range(1, n + 1):
        inverse.append(-sum(comb(k, j) * moments[j] * inverse[k - j] for j in range(1, k + 1)))
    return sum((comb(n, k) * inverse[n - k] * x**k for k in range(n + 1)), Fraction(0))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("weights", [
    {-1: Fraction(1, 2), 1: Fraction(1, 2)},
    {0: Fraction(2, 3), 1: Fraction(1, 3)},
    {-2: Fraction(1, 6), 0: Fraction(1, 2), 1: Fraction(1, 3)},
], ids=["sign", "bit", "three points"])  # fmt: skip
def test_copies_of_one_variable_give_its_appell_polynomials(weights: dict[int, Fraction], n: int) -> None:
    names = [f"x{i}" for i in range(n)]
    law = sw.Finite({(v,) * n: w for v, w in weights.items()}, names)
    moments = [sum(w * Fraction(v) ** k for v, w in weights.items()) for k in range(n + 1)]
    form = sw.gwp(sympy.Mul(*map(sympy.Symbol, names)), law)
    for x in (*weights, Fraction(5, 7)):
        assert form.at(dict.fromkeys(names, x)) == appell(moments, n, Fraction(x))
    if len(weights) == 2 or n < 4:
        table = sw.gwp(lambda *point: prod(point), law)
        assert all(table.at(dict.fromkeys(names, x)) == appell(moments, n, Fraction(x)) for x in weights)
    cumulant = oracle.cumulant({(v,): w for v, w in weights.items()}, [0] * n)
    assert sw.gcp(sympy.Mul(*map(sympy.Symbol, names)), law).value == cumulant


def test_copies_of_a_standard_normal_give_hermite_polynomials() -> None:
    # the three-point rule of Gauss and Hermite has the normal's moments up to order 5, after scaling by sqrt(3)
    rule = {-1: Fraction(1, 6), 0: Fraction(2, 3), 1: Fraction(1, 6)}
    t = sympy.Symbol("t")
    for n in range(1, 6):
        names = [f"x{i}" for i in range(n)]
        form = sw.gwp(sympy.Mul(*map(sympy.Symbol, names)), sw.Finite({(v,) * n: w for v, w in rule.items()}, names))
        hermite = sympy.expand(2 ** sympy.Rational(-n, 2) * sympy.hermite(n, t / sympy.sqrt(2)))
        scaled = sympy.expand(hermite.subs(t, sympy.sqrt(3) * t) / sympy.sqrt(3) ** n)
        assert form.at(dict.fromkeys(names, Fraction(2, 3))) == Fraction(str(scaled.subs(t, sympy.Rational(2, 3))))


# -- float64 -------------------------------------------------------------------------------------------------------------------


def near(value: float, radius: float, exact: Any) -> bool:
    return abs(Fraction(value) - Fraction(exact)) <= Fraction(radius)


@pytest.mark.parametrize("kind", ["table", "polynomial"])
@given(data=st.data())
@settings(max_examples=12)
def test_the_exact_value_lies_within_the_error_bound(kind: str, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 4))
    law, weights = data.draw(strategies.finite_laws(n, variables=NAMES[:n], max_support_per_variable=3 if n < 3 else 2))
    f = data.draw(strategies.tables(weights) if kind == "table" else strategies.polynomials(NAMES[:n]))
    exact, floats = sw.gwpd(f, law), sw.gwpd(f, law, ring="float64")
    size = max(1, *(abs(f[p] if kind == "table" else value_of(f, NAMES[:n], p)) for p in grid(law)))
    assert floats.inexact
    for key in exact:
        for point in grid(law):
            at = named(law, point)
            ball, truth = floats[key].ball(at), exact[key].at(at)
            assert near(ball.value, ball.radius, truth), (key, point)
            assert ball.radius <= 1e-11 * size, "a bound this wide would tell nothing"
            assert floats[key].at(at) == ball.value
    cumulants = sw.gcpd(f, law, ring="float64")
    for partition, form in sw.gcpd(f, law).items():
        assert near(cumulants[partition].value, cumulants[partition].error_bound, form.value), partition
    mean = sw.expectation(f, law, ring="float64")
    assert near(mean.value, mean.error_bound, sw.expectation(f, law).value)
    for key in combinations(NAMES[:n], 2):
        for point in grid(law)[:4]:
            ball = sw.gwp(f, law, key, ring="float64").ball(named(law, point))
            assert near(ball.value, ball.radius, sw.gwp(f, law, key).at(named(law, point))), key


def test_eight_dependent_bits_in_float64() -> None:
    rng = np.random.default_rng(20231006)
    n, points = 8, list(product((0, 1), repeat=8))
    counts = rng.integers(1, 100, size=len(points)).tolist()
    names = [f"b{i}" for i in range(n)]
    law = sw.Finite({p: Fraction(c, sum(counts)) for p, c in zip(points, counts, strict=True)}, names)
    table = dict(zip(points, (Fraction(v, 64) for v in rng.integers(-64, 65, size=len(points)).tolist()), strict=True))
    largest = max(map(abs, table.values()))
    exact, floats = sw.gwpd(table, law), sw.gwpd(table, law, ring="float64")
    assert len(exact) == len(floats) == 256
    for position in (0, 85, 170, 255, *rng.integers(0, 256, size=4).tolist()):
        at = named(law, points[position])
        truth, values = exact.at(at), floats.at(at)
        assert sum(truth.values()) == table[points[position]]
        for key, value in truth.items():
            assert abs(Fraction(values[key]) - Fraction(value)) <= Fraction(1e-13) * largest, key
    for key in list(exact)[::16]:
        ball = floats[key].ball(at)
        assert near(ball.value, ball.radius, exact[key].at(at)), key
    whole, approximate = sw.gcp(table, law).value, sw.gcp(table, law, ring="float64")
    assert abs(Fraction(approximate.value) - whole) <= Fraction(1e-12) * abs(whole)
    assert near(approximate.value, approximate.error_bound, whole)


def test_float_coefficients_lie_within_their_bounds() -> None:
    rng = np.random.default_rng(5)
    weights = {p: Fraction(int(w)) for p, w in zip(product((0, 1), repeat=5), rng.integers(0, 50, size=32), strict=True)}
    total = sum(weights.values())
    dependent = sw.Finite({p: w / total for p, w in weights.items()}, list("abcde"))
    independent = sw.Independent({name: sw.Bernoulli(Fraction(1, 3 + i)) for i, name in enumerate("abcde")})
    values = rng.normal(size=(2,) * 5)
    for law in (dependent, independent):
        floats = sw.gwpd(values, law, ring="float64")
        exact = sw.gwpd(lambda *p: Fraction(float(values[p])), law)
        bounds = floats.coefficient_bounds
        assert (bounds < 1e-12).all()
        for index in product((0, 1), repeat=5):
            assert abs(Fraction(float(floats.coefficients[index])) - Fraction(str(exact.coefficients[index]))) <= Fraction(
                float(bounds[index])
            )
        assert not exact.coefficient_bounds.any()
