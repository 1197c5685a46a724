"""Properties 1 to 8 and 10 of the theory as identities between results, over random dependent laws; by exact equality."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.testing.strategies import finite_laws, partitions, points, polynomials

X = sympy.symbols("x0:4")
def subsets(n: int) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(range(n), k) for k in range(n + 1)))


def rational(expression: sympy.Expr) -> Fraction:
    return Fraction(int(expression.p), int(expression.q))


def as_function(expression: sympy.Expr, n: int) -> Callable[[tuple[Any, ...]], Fraction]:
    def f(point: tuple[Any, ...]) -> Fraction:
        values = {X[i]: sympy.Rational(Fraction(p).numerator, Fraction(p).denominator) for i, p in enumerate(point[:n])}
        return rational(sympy.sympify(expression).subs(values, simultaneous=True))

    return f


@given(data=st.data())
@settings(max_examples=15)
def test_linear_in_f_and_symmetric_in_the_inputs(data: st.DataObject) -> None:  # property 1
    law, weights = data.draw(finite_laws(3))
    f, g = data.draw(polynomials(X[:3])), data.draw(polynomials(X[:3]))
    a = data.draw(st.fractions(min_value=-3, max_value=3, max_denominator=4))
    combined = sympy.Rational(a.numerator, a.denominator) * f + g
    at = dict(zip(law.variables, data.draw(points(weights)), strict=True))
    assert sw.gwp(combined, law).at(at) == a * sw.gwp(f, law).at(at) + sw.gwp(g, law).at(at)
    assert sw.gcp(combined, law).value == a * sw.gcp(f, law).value + sw.gcp(g, law).value
    order = data.draw(st.permutations(range(3)))
    shuffled = sw.Finite({tuple(p[i] for i in order): w for p, w in weights.items()}, [X[i] for i in order])
    assert sw.gwp(f, shuffled, X[:2]).at(at) == sw.gwp(f, law, X[:2]).at(at)


@given(data=st.data())
@settings(max_examples=15)
def test_terms_are_centred(data: st.DataObject) -> None:  # property 2
    law, weights = data.draw(finite_laws(3))
    f = data.draw(polynomials(X[:3]))
    for subset in subsets(3)[1:]:
        key = [X[i] for i in subset]
        assert sw.expectation(sw.gwp(f, law, key), law, over=key).is_zero()
        assert sw.expectation(sw.gwp(f, law, key, others="average"), law).value == 0
    assert weights


@given(data=st.data())
@settings(max_examples=15)
def test_unused_inputs_and_separated_sums_vanish(data: st.DataObject) -> None:  # properties 3 and 4
    law, _ = data.draw(finite_laws(3))
    g, h = data.draw(polynomials(X[:2])), data.draw(polynomials(X[2:3]))
    assert sw.gwp(g, law, [X[0], X[2]]).reason is not None
    assert sw.gwp(g + h, law, [X[0], X[2]]).is_zero()
    assert sw.gwp(g + h, law).is_zero()
    assert sw.gcp(g, law, [[X[0]], [X[1], X[2]]]).value == 0
    called = as_function(g + h, 3)
    assert sw.gwp(lambda *p: called(p), law, [X[1], X[2]]).is_zero()


@given(data=st.data())
@settings(max_examples=15)
def test_independent_groups_factorise(data: st.DataObject) -> None:  # properties 5 and 6
    left, left_weights = data.draw(finite_laws(2, variables=X[:2]))
    right, right_weights = data.draw(finite_laws(2, variables=X[2:4]))
    law = sw.Independent([left, right])
    g, h = data.draw(polynomials(X[:2])), data.draw(polynomials(X[2:4]))
    at = dict(zip(X, (*data.draw(points(left_weights)), *data.draw(points(right_weights))), strict=True))
    for a in ([X[0]], [X[0], X[1]]):
        for b in ([X[2]], [X[2], X[3]]):
            whole = sw.gwp(g * h, law, [*a, *b]).at(at)
            assert whole == sw.gwp(g, left, a).at({v: at[v] for v in X[:2]}) * sw.gwp(h, right, b).at({v: at[v] for v in X[2:4]})
    split = sw.gcp(g * h + X[0] * X[2], law, [[X[0], X[2]], [X[1]], [X[3]]])
    assert split.value == 0


def test_the_xor_triple_against_zeros_from_pairwise_independence() -> None:  # property 6
    triple = sw.Finite({(0, 0, 0): "1/4", (0, 1, 1): "1/4", (1, 0, 1): "1/4", (1, 1, 0): "1/4"}, X[:3])
    f = X[0] * X[1] * X[2]
    for how in (f, lambda a, b, c: a * b * c):
        term = sw.gcp(how, triple)
        assert term.value == Fraction(-1, 8)
        assert term.reason is None
        pair = sw.gcp(how, triple, [[X[0], X[1]], [X[2]]])
        assert pair.value == 0
        assert pair.reason == "the block {x0, x1} splits into {x0} and {x1}, which are independent"
    assert triple.independent_groups() == (frozenset(X[:3]),)
    assert len(triple.independent_groups(X[:2])) == 2


@given(data=st.data())
@settings(max_examples=15)
def test_independence_gives_hoeffding_sobol_and_moebius(data: st.DataObject) -> None:  # property 7
    marginals = [data.draw(finite_laws(1, variables=[v]))[0] for v in X[:3]]
    law = sw.Independent(marginals)
    f = data.draw(polynomials(X[:3]))
    terms = sw.gwpd(f, law)
    second = sw.expectation(sympy.expand(f**2), law).value
    mean = sw.expectation(f, law).value
    assert second - mean**2 == terms.concentration().total
    point = {v: data.draw(st.sampled_from(law.support(v))) for v in X[:3]}
    for subset in subsets(3):
        # the Möbius transform of v(S) = E f(x_S, X_-S)
        moebius = Fraction(0)
        for k in range(len(subset) + 1):
            for inner in combinations(subset, k):
                game = sw.expectation(f, law, over=[X[i] for i in range(3) if i not in inner])
                moebius += (-1) ** (len(subset) - k) * Fraction(game.at(point))
        assert terms[[X[i] for i in subset]].at(point) == moebius


@pytest.mark.parametrize("n", range(1, 7))
def test_copies_of_a_fair_sign_give_its_appell_polynomials(n: int) -> None:  # property 8
    names = [f"c{i}" for i in range(n)]
    law = sw.Finite({(1,) * n: "1/2", (-1,) * n: "1/2"}, names)
    t = sympy.Symbol("t")
    # exp(t x) / E exp(t X) = exp(t x) / cosh t generates them
    generating = sympy.series(sympy.exp(2 * t) / sympy.cosh(t), t, 0, n + 1).removeO()
    expected = rational(sympy.Poly(generating, t).coeff_monomial(t**n) * sympy.factorial(n))
    f = sympy.prod(sympy.symbols(names))
    assert sw.gwp(f, law).at(dict.fromkeys(names, 2)) == expected
    assert sw.gcp(f, law).value == law.cumulant(names)


@given(data=st.data())
@settings(max_examples=15)
def test_cumulants_of_products_multiply_over_blocks(data: st.DataObject) -> None:  # property 8
    law, weights = data.draw(finite_laws(3))
    partition = data.draw(partitions(range(3)))
    expected = Fraction(1)
    for block in partition:
        expected *= law.cumulant([X[i] for i in block])
    assert sw.gcp(X[0] * X[1] * X[2], law, [[X[i] for i in block] for block in partition]).value == expected
    assert weights


@given(data=st.data())
@settings(max_examples=15)
def test_the_average_of_an_attribution_is_an_interaction(data: st.DataObject) -> None:  # property 10
    law, weights = data.draw(finite_laws(3))
    f = data.draw(polynomials(X[:3]))
    whole = sw.gcp(f, law).value
    for left_out in range(3):
        form = sw.gwp(f, law, [X[i] for i in range(3) if i != left_out])
        mean = sum((w * form.at(dict(zip(X[:3], p, strict=True))) for p, w in weights.items()), Fraction(0))
        assert mean == whole
