"""Decompositions under laws with symbols: numbers put in for the symbols must give what the finite law gives.

The finite side is `symwick.testing.oracle`, the definitions alone. Normal laws are held against a brute-force sum over
pairings and against Hermite polynomials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.moment_names import moment_powers
from symwick.testing import oracle, strategies
from symwick.testing.oracle import Point

x, y, z = sympy.symbols("x y z")
NAMES = ["x", "y", "z"]
probabilities = st.integers(0, 4).map(lambda k: Fraction(k, 4))
Weights = dict[Point, Fraction]


def put(form: sw.ClosedForm, values: Mapping[str, Any]) -> sw.ClosedForm:
    """Numbers for those of the symbols that the form holds."""
    return form.subs({s: values[s.name] for s in form.parameters if s.name in values})


def number(value: Any, values: Mapping[str, Any] = {}) -> Fraction:
    """A number, a form without variables or an expression, as a Fraction."""
    if isinstance(value, sw.ClosedForm):
        return Fraction(put(value, values).value)
    found = sympy.sympify(value).subs({sympy.Symbol(n): sympy.Rational(str(v)) for n, v in values.items()})
    assert isinstance(found, sympy.Rational), found
    return Fraction(int(found.p), int(found.q))


def in_python(f: sympy.Expr, names: Sequence[str]) -> oracle.Function:
    """A polynomial as a function of points, by its coefficients."""
    terms = [(powers, number(c)) for powers, c in sympy.Poly(f, *sympy.symbols(names), domain="QQ").terms()]
    return lambda point: sum(
        (c * prod((Fraction(v) ** k for v, k in zip(point, powers, strict=True)), start=Fraction(1)) for powers, c in terms),
        Fraction(0),
    )


def pairings(items: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    if not items:
        yield []
        return
    first, *rest = items
    for i, other in enumerate(rest):
        for more in pairings(rest[:i] + rest[i + 1 :]):
            yield [(first, other), *more]


def assert_same_decompositions(
    f: Any, law: sw.Law, values: Mapping[str, Any], g: oracle.Function, weights: Weights, points: Sequence[Point]
) -> None:
    """ω, W, K, E_B and second moments under a law with symbols, numbers put in, against the definitions."""
    names = [v.name for v in law.variables]
    D, G = sw.gwpd(f, law), sw.gcpd(f, law)
    for S in oracle.subsets(range(len(names))):
        held = [names[i] for i in sorted(S)]
        fixed, average = put(sw.gwp(f, law, held), values), put(sw.gwp(f, law, held, others="average"), values)
        term, mean = put(D[held], values), put(sw.expectation(f, law, held), values)
        for point in points:
            at = dict(zip(names, point, strict=True))
            assert fixed.at(at) == oracle.gwp(g, weights, S, point)
            wanted = oracle.gwpd_term(g, weights, S, point)
            assert average.at(at) == term.at(at) == wanted
            assert mean.at(at) == oracle.expect(g, weights, S, point)
        square = sum(p * oracle.gwpd_term(g, weights, S, point) ** 2 for point, p in weights.items())
        assert number(D.second_moment(held), values) == square
    for partition, wanted in oracle.gcpd(g, weights).items():
        blocks = [[names[i] for i in sorted(block)] for block in partition]
        assert number(G[blocks], values) == number(sw.gcp(f, law, blocks), values) == wanted


# -- joint normal laws -------------------------------------------------------------------------------------------------


def test_eight_normal_variables_have_105_pairings() -> None:
    names = [f"x{i}" for i in range(8)]
    covariance = [[sympy.Symbol(f"c{min(i, j)}{max(i, j)}") for j in range(8)] for i in range(8)]
    law = sw.MultivariateNormal(names, [0] * 8, covariance)
    mean = sw.expectation("*".join(names), law)
    wanted = sympy.Add(*(sympy.Mul(*(covariance[i][j] for i, j in pairs)) for pairs in pairings(range(8))))
    assert len(mean.terms()) == len(wanted.args) == 105
    assert mean == wanted
    assert not mean.equals(wanted - covariance[0][1] * covariance[2][3] * covariance[4][5] * covariance[6][7])


@pytest.mark.parametrize("n", range(9))
def test_copies_of_a_standard_normal_give_hermite_polynomials(n: int) -> None:
    names = [f"x{i}" for i in range(n)]
    law = sw.MultivariateNormal(names, [0] * n, [[1] * n for _ in range(n)])
    form = sw.gwp("*".join(names) or "1", law).subs(dict.fromkeys(names, x))
    assert form == sympy.hermite_prob(n, x)
    assert form != sympy.hermite_prob(n, x) + x


@pytest.mark.parametrize("n", range(6))
def test_copies_of_any_normal_give_scaled_hermite_polynomials(n: int) -> None:
    names = [f"x{i}" for i in range(n)]
    m, s = sympy.symbols("m s")
    law = sw.MultivariateNormal(names, ["m"] * n, [[s**2] * n for _ in range(n)])
    form = sw.gwp("*".join(names) or "1", law).subs(dict.fromkeys(names, x))
    scaled = sympy.expand(s**n * sympy.hermite_prob(n, (x - m) / s))
    assert form == scaled
    assert n < 2 or form != scaled + s**2


@given(st.data(), st.integers(1, 3))
@settings(max_examples=15)
def test_symbolic_normal_laws_are_the_numeric_ones(data: st.DataObject, n: int) -> None:
    names = NAMES[:n]
    rows = [[data.draw(st.integers(-2, 2)) for _ in range(n)] for _ in range(n)]
    matrix = [[sum(rows[i][k] * rows[j][k] for k in range(n)) for j in range(n)] for i in range(n)]
    means = [data.draw(strategies.rationals(3, 2)) for _ in range(n)]
    values = {f"m{i}": means[i] for i in range(n)} | {f"c{i}{j}": matrix[i][j] for i in range(n) for j in range(i, n)}
    symbolic = sw.MultivariateNormal(
        names, [f"m{i}" for i in range(n)], [[f"c{min(i, j)}{max(i, j)}" for j in range(n)] for i in range(n)]
    )
    numeric = sw.MultivariateNormal(names, means, matrix)
    by_cumulants = sw.Cumulants(names, max_order=2)
    kappa = {f"κ[{names[i]}]": means[i] for i in range(n)}
    kappa |= {f"κ[{names[i]},{names[j]}]": matrix[i][j] for i in range(n) for j in range(i, n)}
    f = data.draw(strategies.polynomials(names, max_terms=3, max_exponent=2))
    G = sw.gcpd(f, numeric)
    for S in oracle.subsets(names):
        held = sorted(S)
        for others in ("fixed", "average"):
            wanted = sw.gwp(f, numeric, held, others=others)
            assert put(sw.gwp(f, symbolic, held, others=others), values) == wanted
            assert put(sw.gwp(f, by_cumulants, held, others=others), kappa) == wanted
    for partition in oracle.set_partitions(names):
        assert number(sw.gcp(f, symbolic, partition), values) == number(G[partition])
        assert number(sw.gcp(f, by_cumulants, partition), kappa) == number(G[partition])


# -- marginals of finite support ---------------------------------------------------------------------------------------


@st.composite
def marginals(draw: st.DrawFn, symbol: str) -> tuple[Any, dict[str, Fraction], dict[int | Fraction, Fraction]]:
    """A marginal with at most one symbol, what is to be put in for it, and the probabilities that then remain."""
    p = draw(probabilities)
    kind = draw(st.sampled_from(["bernoulli", "binomial", "categorical", "number"]))
    if kind == "bernoulli":
        return sw.Bernoulli(symbol), {symbol: p}, {0: 1 - p, 1: p}
    if kind == "binomial":
        return sw.Binomial(2, symbol), {symbol: p}, {0: (1 - p) ** 2, 1: 2 * p * (1 - p), 2: p**2}
    if kind == "categorical":
        law = sw.Categorical({-1: f"{symbol}/2", "1/2": f"{symbol}/2", 3: f"1 - {symbol}"})
        return law, {symbol: p}, {-1: p / 2, Fraction(1, 2): p / 2, 3: 1 - p}
    return sw.DiscreteUniform(-1, 1), {}, dict.fromkeys((-1, 0, 1), Fraction(1, 3))


@st.composite
def products(draw: st.DrawFn, n: int) -> tuple[sw.Law, dict[str, Fraction], Weights, list[list[Any]]]:
    """Independent marginals with symbols or without; numbers for the symbols; weights; the supports."""
    factors = [draw(marginals(f"p{i}")) for i in range(n)]
    law = sw.Independent({name: factor for name, (factor, _, _) in zip(NAMES, factors, strict=False)})
    values = {s: v for _, part, _ in factors for s, v in part.items()}
    grid = [sorted(table) for _, _, table in factors]
    weights = {point: prod((t[c] for c, (_, _, t) in zip(point, factors, strict=True)), start=Fraction(1))
               for point in product(*grid)}  # fmt: skip
    return law, values, weights, grid


@given(st.data(), st.integers(1, 3))
@settings(max_examples=12)
def test_polynomials_under_symbolic_marginals(data: st.DataObject, n: int) -> None:
    law, values, weights, grid = data.draw(products(n))
    f = data.draw(strategies.polynomials(NAMES[:n], max_terms=3, max_exponent=2))
    points = [data.draw(st.tuples(*map(st.sampled_from, grid))), data.draw(st.tuples(*[strategies.rationals()] * n))]
    assert_same_decompositions(f, law, values, in_python(f, NAMES[:n]), weights, points)


@given(st.data(), st.integers(1, 3), st.booleans())
@settings(max_examples=12)
def test_tables_and_callables_under_symbolic_marginals(data: st.DataObject, n: int, called: bool) -> None:
    law, values, weights, grid = data.draw(products(n))
    table = data.draw(strategies.tables(grid))
    f: Any = (lambda *point: table[point]) if called else table
    assert_same_decompositions(f, law, values, table.__getitem__, weights, [data.draw(st.tuples(*map(st.sampled_from, grid)))])


INSEPARABLE: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("Max(x, y)", max),
    ("1/(2 + x**2 + y**2)", lambda a, b: 1 / Fraction(2 + a * a + b * b)),
    ("Piecewise((x*y, x > y), (y**2 - 1, True))", lambda a, b: a * b if a > b else b * b - 1),
    ("x*Abs(x - y) + y", lambda a, b: a * abs(a - b) + b),
]


@given(st.data(), st.sampled_from(INSEPARABLE))
@settings(max_examples=12)
def test_expressions_that_do_not_separate(data: st.DataObject, pair: tuple[str, Callable[[Any, Any], Any]]) -> None:
    law, values, weights, grid = data.draw(products(2))
    f, g = pair
    point = data.draw(st.tuples(*map(st.sampled_from, grid)))
    assert_same_decompositions(f, law, values, lambda p: Fraction(g(*p)), weights, [point])


@given(st.data())
@settings(max_examples=10)
def test_a_dependent_table_beside_a_symbolic_marginal(data: st.DataObject) -> None:
    table, joint = data.draw(strategies.finite_laws(2, variables=["x", "y"], max_points=4))
    factor, values, rows = data.draw(marginals("p"))
    law = sw.Independent([table, sw.Independent({"z": factor})])
    weights = {(*a, b): v * w for a, v in joint.items() for b, w in rows.items()}
    f = data.draw(strategies.polynomials(NAMES, max_terms=3, max_exponent=2))
    points = [data.draw(st.tuples(*[strategies.rationals()] * 3))]
    assert_same_decompositions(f, law, values, in_python(f, NAMES), weights, points)


# -- laws of which nothing is said -------------------------------------------------------------------------------------


class _Looked(dict[str, Fraction]):
    """Moments E[x**2*y], or cumulants κ[x,x,y], of a finite law, computed when their name is asked for."""

    def __init__(self, weights: Weights, names: Sequence[str]) -> None:
        super().__init__()
        self.weights, self.names = weights, list(names)

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Fraction:
        if name.startswith("κ"):
            return oracle.cumulant(self.weights, [self.names.index(v) for v in name[2:-1].split(",")])
        powers = moment_powers(name) or {}
        return oracle.moment(self.weights, [powers.get(sympy.Symbol(v), 0) for v in self.names])


@given(st.data(), st.integers(1, 3), st.sampled_from([sw.Moments, sw.Cumulants]))
@settings(max_examples=20)
def test_moments_and_cumulants_of_a_dependent_law_put_in(data: st.DataObject, n: int, kind: Any) -> None:
    names = NAMES[:n]
    weights = data.draw(strategies.weights(n, max_points=4))
    f = data.draw(strategies.polynomials(names, max_terms=3, max_exponent=2 if kind is sw.Moments or n < 3 else 1))
    points = [data.draw(strategies.points(weights)), data.draw(st.tuples(*[strategies.rationals()] * n))]
    g, law, values = in_python(f, names), kind(names), _Looked(weights, names)
    D = sw.gwpd(f, law)
    for S in oracle.subsets(range(n)):
        held = [names[i] for i in sorted(S)]
        fixed, average = put(sw.gwp(f, law, held), values), put(D[held], values)
        for point in points:
            at = dict(zip(names, point, strict=True))
            assert fixed.at(at) == oracle.gwp(g, weights, S, point)
            assert average.at(at) == oracle.gwpd_term(g, weights, S, point)
    for partition, wanted in oracle.gcpd(g, weights).items():
        assert number(sw.gcp(f, law, [[names[i] for i in block] for block in partition]), values) == wanted


@given(st.data(), st.sampled_from([(sw.Moments, 5), (sw.Cumulants, 4)]))
@settings(max_examples=6)
def test_second_moments_of_products_of_many_variables(data: st.DataObject, pair: tuple[Any, int]) -> None:
    """From five variables on, the square under moment symbols is a gate and not multiplied out."""
    kind, n = pair
    names = ["x", "y", "z", "t", "u"][:n]
    weights = data.draw(strategies.weights(n, max_points=3, max_support_per_variable=2))
    f = "*".join(names)
    D, values = sw.gwpd(f, kind(names)), _Looked(weights, names)
    numeric = sw.gwpd(f, sw.Finite(weights, names))
    for S in (names, ["x", "z"], ["x", "y", "t"]):
        assert number(D.second_moment(S), values) == number(numeric.second_moment(S))


@given(st.data())
@settings(max_examples=10)
def test_independent_groups_and_known_means_of_unspecified_laws(data: st.DataObject) -> None:
    """Groups make terms vanish that the numbers make vanish as well; known means stand for their symbols."""
    pair = data.draw(strategies.weights(2, max_points=4))
    single = data.draw(strategies.weights(1))
    weights = {a + b: v * w for a, v in pair.items() for b, w in single.items()}
    law = sw.Moments(NAMES, groups=[["x", "y"], ["z"]], means={"z": oracle.moment(single, [1])})
    values = _Looked(weights, NAMES)
    f = data.draw(strategies.polynomials(NAMES, max_terms=3, max_exponent=2))
    g = in_python(f, NAMES)
    for partition, wanted in oracle.gcpd(g, weights).items():
        form = sw.gcp(f, law, [[NAMES[i] for i in block] for block in partition])
        assert number(form, values) == wanted
    point = data.draw(strategies.points(weights))
    for S, wanted in oracle.gwpd(g, weights, point).items():
        term = sw.gwp(f, law, [NAMES[i] for i in S], others="average")
        assert put(term, values).at(dict(zip(NAMES, point, strict=True))) == wanted
