"""The strategies draw what they promise, and the awkward cases do turn up."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
import sympy
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from symwick.testing import strategies
from symwick.testing.oracle import Point, Weights, cumulant, gcpd, marginal, set_partitions

X, Y = sympy.symbols("x y")
SEARCH = settings(
    max_examples=3000, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None
)


def occurs(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> None:
    find(strategy, condition, settings=SEARCH, random=Random(0))  # raises NoSuchExample if there is none


@given(strategies.weights())
def test_weights_are_laws(weights: Weights) -> None:
    assert sum(weights.values()) == 1
    assert min(weights.values()) >= 0
    (n,) = {len(point) for point in weights}
    assert 0 <= n <= 3
    assert all(isinstance(value, Fraction) for point in weights for value in (*point, weights[point]))


@given(st.data(), st.integers(0, 4), st.integers(1, 3))
def test_weights_respect_their_limits(data: st.DataObject, n: int, max_support: int) -> None:
    law = data.draw(strategies.weights(n, max_support_per_variable=max_support, zero_points=False))
    assert all(law.values())
    assert [len(support) <= max_support for support in strategies.supports(law)] == [True] * n
    law = data.draw(strategies.weights(n, max_points=2, kinds=["joint"]))
    assert sum(weight > 0 for weight in law.values()) <= 2


@given(strategies.weights(n=3, kinds=["independent"]))
def test_independent_laws(weights: Weights) -> None:
    columns = [marginal(weights, [i]) for i in range(3)]
    for point in product(*strategies.supports(weights)):
        weight = columns[0][point[:1]] * columns[1][point[1:2]] * columns[2][point[2:]]
        assert weights[point] == weight


@given(strategies.weights(n=3, kinds=["xor"]))
def test_xor_laws_are_independent_in_pairs_only(weights: Weights) -> None:
    assert [cumulant(weights, pair) for pair in ([0, 1], [0, 2], [1, 2])] == [0, 0, 0]
    assert cumulant(weights, [0, 1, 2]) == Fraction(-1, 8)


@given(strategies.weights(n=3, kinds=["copy"]))
def test_copies_are_equal_almost_surely(weights: Weights) -> None:
    support = [point for point, weight in weights.items() if weight]
    assert any(all(point[i] == point[j] for point in support) for i, j in [(0, 1), (0, 2), (1, 2)])


@given(strategies.weights(n=2, kinds=["constant"]))
def test_constant_coordinates(weights: Weights) -> None:
    assert 1 in map(len, strategies.supports(weights))


def test_awkward_laws_occur() -> None:
    two = strategies.weights(n=2)
    occurs(two, lambda law: cumulant(law, [0, 1]) != 0)
    occurs(two, lambda law: cumulant(law, [0, 1]) == 0 and all(len(s) > 1 for s in strategies.supports(law)))
    occurs(two, lambda law: 0 in law.values())
    occurs(two, lambda law: any(not w and p[0] not in strategies.supports(law)[0] for p, w in law.items()))
    occurs(two, lambda law: len(strategies.supports(law)[0]) == 3)
    occurs(two, lambda law: any({-1, -2} <= set(support) for support in strategies.supports(law)))
    occurs(strategies.weights(), lambda law: () in law)


@given(st.data(), strategies.weights())
def test_tables_cover_the_grid(data: st.DataObject, weights: Weights) -> None:
    table = data.draw(strategies.tables(weights))
    assert list(table) == list(product(*strategies.supports(weights)))
    assert sum(gcpd(table.__getitem__, weights).values()) == sum(w * table[x] for x, w in weights.items() if w)


@given(strategies.tables([[0, 1], [5]], values=st.just(Fraction(2))))
def test_tables_over_a_given_grid(table: dict[Point, Fraction]) -> None:
    assert table == {(0, 5): 2, (1, 5): 2}


@given(strategies.polynomials([X, Y]))
def test_polynomials_are_polynomials(f: sympy.Expr) -> None:
    poly = sympy.Poly(f, X, Y)
    assert poly.domain in (sympy.ZZ, sympy.QQ)
    assert poly.is_zero or max(poly.degree_list()) <= 6


def test_awkward_polynomials_occur() -> None:
    drawn = strategies.polynomials(["x", "y"])
    occurs(drawn, lambda f: f == 0)
    occurs(drawn, lambda f: f != 0 and not f.free_symbols)
    occurs(drawn, lambda f: f.free_symbols == {Y})
    occurs(drawn, lambda f: f.has(X**2) and f.has(Y))
    occurs(drawn, lambda f: f != f.expand())
    occurs(strategies.polynomials([]), lambda f: f != 0)


@given(strategies.partitions("abcd"))
def test_partitions(partition: frozenset[frozenset[str]]) -> None:
    assert all(partition)
    assert sorted(item for block in partition for item in block) == list("abcd")


def test_every_partition_and_blocking_occurs() -> None:
    for wanted in set_partitions(range(3)):
        occurs(strategies.partitions(range(3)), wanted.__eq__)
    occurs(strategies.partitions([]), lambda partition: partition == frozenset())
    occurs(strategies.blockings(3), lambda blocks: blocks == ((2,), (1, 0)))
    occurs(strategies.blockings(0), lambda blocks: blocks == ())


@given(st.data(), strategies.weights())
def test_points(data: st.DataObject, weights: Weights) -> None:
    grid = strategies.supports(weights)
    assert len(data.draw(strategies.points(weights))) == len(grid)
    on_grid = data.draw(strategies.points(weights, on_grid=True))
    assert all(value in support for value, support in zip(on_grid, grid, strict=True))


def test_points_on_and_off_the_support_occur() -> None:
    law: Weights = {(0, 0): Fraction(1, 2), (1, 1): Fraction(1, 2)}
    occurs(strategies.points(law), lambda point: point in law)
    occurs(strategies.points(law), lambda point: point not in law and set(point) <= {0, 1})
    occurs(strategies.points(law), lambda point: not set(point) & {0, 1})


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (["spam"], r"Argument 'kinds' must be some of .*, not \('spam',\)\."),
        (["xor"], r"Argument 'kinds' must have a kind that fits 2 coordinates, not only \('xor',\)\."),
    ],
)
def test_unusable_kinds_are_refused(kinds: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        find(strategies.weights(2, kinds=kinds), lambda law: True, settings=SEARCH)


@given(st.data(), strategies.circuits(3, outputs=2))
def test_circuits_are_valid_and_have_points(data: st.DataObject, circuit: Any) -> None:
    assert circuit.check() is circuit
    assert (circuit.inputs, list(circuit.outputs)) == (("x0", "x1", "x2"), ["out0", "out1"])
    point = data.draw(strategies.points(circuit))
    assert set(circuit.evaluate(point)) == {"out0", "out1"}


@pytest.mark.parametrize("op", ["sum", "product", "power", "constant"])
def test_circuits_have_all_arithmetic_gates(op: str) -> None:
    occurs(strategies.circuits(["a"]), lambda circuit: circuit.gates[-1].op == op)
    occurs(strategies.circuits(0), lambda circuit: len(circuit.gates) > 1)


@given(strategies.moment_laws(["x", "y"]))
def test_moment_laws_have_the_numbers_of_a_law_that_exists(drawn: Any) -> None:
    law, numbers = drawn
    assert [str(v) for v in law.variables] == ["x", "y"]
    for powers in ({"x": 1}, {"y": 2}, {"x": 2, "y": 1}, {"x": 1, "y": 1}):
        assert sympy.sympify(law.moment(powers)).subs({s: sympy.Rational(v) for s, v in numbers.items()}).is_Rational
    variance = sympy.sympify(law.cumulant(["x", "x"])).subs({s: sympy.Rational(v) for s, v in numbers.items()})
    assert variance >= 0


def test_moment_laws_with_and_without_groups_occur() -> None:
    occurs(strategies.moment_laws(["x", "y"]), lambda drawn: drawn[0].cumulant(["x", "y"]) == 0)
    occurs(strategies.moment_laws(["x", "y"], groups=False), lambda drawn: len(drawn[1]) == 9)


def test_points_of_forms_and_names() -> None:
    form = sympy.Symbol("x")
    occurs(strategies.points(["x", form]), lambda point: point == {"x": 0})
