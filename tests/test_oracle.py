"""The oracle against values worked out by hand, and its recursions against the written-out sums."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial
from itertools import product
from math import factorial, prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symwick.testing import oracle, strategies
from symwick.testing.oracle import Blocks, Function, Partition, Point, Weights

HALF = Fraction(1, 2)
QUARTER = Fraction(1, 4)

POST: Weights = {(0, 0): HALF, (0, 1): Fraction(1, 8), (1, 0): Fraction(1, 8), (1, 1): QUARTER}
XOR: Weights = {(x, y, x ^ y): QUARTER for x, y in product((0, 1), repeat=2)}
FAIR_BITS: Weights = {bits: Fraction(1, 8) for bits in product((0, 1), repeat=3)}

# A law of four coordinates with dependence in every pair, and a function that no symmetry helps.
FOUR: Weights = {
    (0, 0, 0, 0): Fraction(2, 12),
    (0, 1, 1, 2): Fraction(3, 12),
    (1, 0, 1, 0): Fraction(1, 12),
    (1, 1, 0, 1): Fraction(1, 12),
    (2, 1, 1, 1): Fraction(4, 12),
    (2, 0, -1, 2): Fraction(1, 12),
}


def product_of(point: Point) -> int | Fraction:
    return prod(point)


def lopsided(point: Point) -> int | Fraction:
    x, y, z, t = point
    return x * y * z * t + 3 * x * x * t - 2 * y * z + (1 if x > y else 0) * (z + 5) + t


def mean(weights: Weights, g: Function) -> Fraction:
    """E g, straight from the weights."""
    total = Fraction(0)
    for point, weight in weights.items():
        if weight:
            total += weight * g(point)
    return total


def positions_of(inputs: Iterable[int], blocks: Blocks) -> list[int]:
    return [position for i in inputs for position in blocks[i]]


# Subsets and partitions


@pytest.mark.parametrize(("n", "bell"), list(enumerate([1, 1, 2, 5, 15, 52, 203, 877])))
def test_bell_numbers(n: int, bell: int) -> None:
    listed = list(oracle.set_partitions(range(n)))
    assert len(listed) == len(set(listed)) == bell
    for partition in listed:
        assert all(partition)
        assert sorted(i for block in partition for i in block) == list(range(n))


def test_stirling_numbers() -> None:
    sizes = [len(partition) for partition in oracle.set_partitions("abcde")]
    assert [sizes.count(k) for k in range(6)] == [0, 1, 15, 25, 10, 1]


def test_subsets() -> None:
    listed = list(oracle.subsets("abcd"))
    assert len(listed) == len(set(listed)) == 16
    assert [len(subset) for subset in listed] == sorted(len(subset) for subset in listed)
    assert list(oracle.subsets([])) == [frozenset()]


def test_minus_one_and_minus_two_are_different_items() -> None:
    assert len(set(oracle.set_partitions([-1, -2, 0]))) == 5


def test_refinements() -> None:
    listed = list(oracle.refinements([[0, 1, 2], [3, 4]]))
    assert len(listed) == len(set(listed)) == 5 * 2
    assert frozenset({frozenset({0, 1, 2}), frozenset({3, 4})}) in listed
    assert list(oracle.refinements([])) == [frozenset()]


# Laws


def test_marginal_keeps_dependence_and_drops_zero_weights() -> None:
    assert oracle.marginal(XOR, [2, 0]) == dict.fromkeys(product((0, 1), repeat=2), QUARTER)
    assert oracle.marginal({(0, 1): 1, (5, 5): 0}, [0]) == {(0,): 1}
    assert oracle.marginal(POST, []) == {(): 1}


def test_moments() -> None:
    assert oracle.moment(POST, [1, 0]) == Fraction(3, 8)
    assert oracle.moment(POST, [1, 1]) == QUARTER
    assert oracle.moment(POST, [0, 0]) == 1
    assert oracle.moment({(-2,): HALF, (3,): HALF}, [3]) == Fraction(19, 2)


@pytest.mark.parametrize("p", [Fraction(0), Fraction(1, 3), HALF, Fraction(7, 9), Fraction(1)])
def test_bernoulli_cumulants(p: Fraction) -> None:
    bit: Weights = {(0,): 1 - p, (1,): p}
    variance = p * (1 - p)
    expected = [
        p,
        variance,
        variance * (1 - 2 * p),
        variance * (1 - 6 * p + 6 * p**2),
        variance * (1 - 2 * p) * (1 - 12 * p + 12 * p**2),
    ]
    assert [oracle.cumulant(bit, [0] * order) for order in range(1, 6)] == expected


def test_joint_cumulants() -> None:
    assert oracle.cumulant(POST, [0, 1]) == QUARTER - Fraction(9, 64)
    assert oracle.cumulant(XOR, [0, 1]) == oracle.cumulant(XOR, [0, 2]) == oracle.cumulant(XOR, [1, 2]) == 0
    assert oracle.cumulant(XOR, [0, 1, 2]) == Fraction(-1, 8)
    assert oracle.cumulant(FAIR_BITS, [0, 1, 2]) == 0
    assert oracle.cumulant(POST, []) == 0


@given(strategies.weights(n=2), st.lists(st.integers(0, 1), max_size=4))
def test_cumulant_against_the_written_out_sum(weights: Weights, positions: list[int]) -> None:
    expected = Fraction(0)
    for partition in oracle.set_partitions(range(len(positions))):
        drawn = [[positions[label] for label in block] for block in partition]
        expected += moebius(len(drawn)) * prod(oracle.moment(weights, [b.count(0), b.count(1)]) for b in drawn)
    assert oracle.cumulant(weights, positions) == (expected if positions else 0)


# Expectations


def test_expect_draws_a_block_together() -> None:
    f = product_of
    assert oracle.expect(f, POST, [], (3, 5)) == 15
    assert oracle.expect(f, POST, [0], (3, 5)) == Fraction(15, 8)
    assert oracle.expect(f, POST, [0, 1], (3, 5)) == QUARTER
    assert oracle.expect_partition(f, POST, [[0, 1]]) == QUARTER
    assert oracle.expect_partition(f, POST, [[0], [1]]) == Fraction(9, 64)
    assert oracle.expect_partition(f, POST, [[1]], point=(3, 5)) == Fraction(9, 8)


def test_expect_speaks_of_inputs_not_of_coordinates() -> None:
    blocks = [[2], [0, 1]]
    f = product_of
    assert oracle.expect(f, XOR, [1], (9, 9, 4), blocks) == 1
    assert oracle.expect_partition(f, XOR, [[0], [1]], blocks) == Fraction(1, 8)
    assert oracle.expect_partition(f, XOR, [[0, 1]], blocks) == 0


# Wick products


@given(st.tuples(strategies.rationals(), strategies.rationals()))
def test_product_of_two(point: Point) -> None:
    x, y = point
    mean_x = mean_y = Fraction(3, 8)
    covariance = QUARTER - mean_x * mean_y
    assert oracle.gwp(product_of, POST, [0, 1], point) == (x - mean_x) * (y - mean_y) - covariance
    assert oracle.gwp(product_of, POST, [0], point) == (x - mean_x) * y
    assert oracle.gwpd(product_of, POST, point) == {
        frozenset(): QUARTER,
        frozenset({0}): (x - mean_x) * mean_y,
        frozenset({1}): (y - mean_y) * mean_x,
        frozenset({0, 1}): (x - mean_x) * (y - mean_y) - covariance,
    }


@given(strategies.rationals())
def test_copies_of_a_three_point_law_give_hermite_polynomials(x: Fraction) -> None:
    """P(-1) = P(1) = 1/2 has variance 1; its moments 1, 0, 1, 0 agree with the standard normal below order 4."""
    copies: Weights = {(-1,) * 3: HALF, (1,) * 3: HALF}
    values = [oracle.gwp(product_of, copies, range(size), (x,) * 3) for size in range(4)]
    # Coordinates outside the subset are held at x and multiply.
    assert values == [x**3, x * x**2, (x**2 - 1) * x, x**3 - 3 * x]


def test_attribution_of_xor_averages_to_nothing() -> None:
    bits: Weights = dict.fromkeys(product((0, 1), repeat=2), QUARTER)
    for x, y in bits:
        omega = oracle.gwp(lambda point: int(point[0] != point[1]), bits, [1], (x, y))
        assert abs(omega) == HALF
        assert oracle.gwpd_term(lambda point: int(point[0] != point[1]), bits, [1], (x, y)) == 0


def test_terms_sum_to_f_on_and_off_the_support() -> None:
    points: list[Point] = [(0, 0, 0, 0), (2, 0, -1, 2), (5, -7, HALF, 3)]
    for point in points:
        terms = oracle.gwpd(lopsided, FOUR, point)
        assert len(terms) == 16
        assert sum(terms.values()) == lopsided(point)
        assert terms[frozenset()] == mean(FOUR, lopsided)


# Cumulant products


def test_cumulant_product_of_the_xor_triple() -> None:
    assert oracle.gcp(product_of, XOR, [[0, 1, 2]]) == Fraction(-1, 8)
    assert {tuple(sorted(map(len, pi))): value for pi, value in oracle.gcpd(product_of, XOR).items()} == {
        (3,): Fraction(-1, 8),
        (1, 2): 0,
        (1, 1, 1): Fraction(1, 8),
    }


def test_cumulant_products_of_a_product_are_products_of_cumulants() -> None:
    for partition, value in oracle.gcpd(product_of, FOUR).items():
        assert value == prod(oracle.cumulant(FOUR, sorted(block)) for block in partition)


def test_decomposition_sums_to_the_mean() -> None:
    terms = oracle.gcpd(lopsided, FOUR)
    assert len(terms) == 15
    assert sum(terms.values()) == mean(FOUR, lopsided)
    assert all(terms[partition] == oracle.gcp(lopsided, FOUR, partition) for partition in terms)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_mean_of_a_wick_product_under_independent_marginals(n: int) -> None:
    """With X drawn from independent marginals the mean of omega_[n] f is -K_f([n]) for n = 2 and 3, not for n = 4."""
    law = oracle.marginal(FOUR, range(n))

    def f(point: Point) -> int | Fraction:
        return lopsided((*point, *(1,) * (4 - n)))

    def omega(point: Point) -> Fraction:
        return oracle.gwp(f, law, range(n), point)

    independent_mean = oracle.expect_partition(omega, law, [[i] for i in range(n)])
    assert (independent_mean == -oracle.gcp(f, law, [range(n)])) == (n < 4)


# No inputs, one input


def test_no_inputs() -> None:
    law: Weights = {(): Fraction(1)}

    def f(point: Point) -> int:
        assert point == ()
        return 7

    assert oracle.marginal(law, []) == law
    assert oracle.moment(law, []) == 1
    assert oracle.cumulant(law, []) == 0
    assert oracle.expect(f, law, [], ()) == 7
    assert oracle.expect_partition(f, law, []) == 7
    assert oracle.gwp(f, law, [], ()) == oracle.gwpd_term(f, law, [], ()) == 7
    assert oracle.gwpd(f, law, ()) == {frozenset(): 7}
    assert oracle.gcpd(f, law) == {frozenset(): 7}


@given(strategies.weights(n=1), strategies.rationals())
def test_one_input(weights: Weights, x: Fraction) -> None:
    def f(point: Point) -> Fraction:
        return Fraction(point[0]) ** 2 + 3

    expected = mean(weights, f)
    assert oracle.gwpd(f, weights, (x,)) == {frozenset(): expected, frozenset({0}): f((x,)) - expected}
    assert oracle.gcpd(f, weights) == {frozenset({frozenset({0})}): expected}


# Identities for every law and every function


def moebius(blocks: int) -> int:
    return (-1) ** (blocks - 1) * factorial(blocks - 1) if blocks else 0


def mean_over(f: Function, weights: Weights, positions: Iterable[Iterable[int]], point: Point) -> Fraction:
    """E_sigma f at a point, straight from the weights: the blocks of coordinates drawn independently of each other."""
    total = Fraction(0)
    drawn = [list(block) for block in positions]
    support = [(source, weight) for source, weight in weights.items() if weight]
    for draws in product(support, repeat=len(drawn)):
        moved = list(point)
        for block, (source, _) in zip(drawn, draws, strict=True):
            for position in block:
                moved[position] = source[position]
        total += prod((weight for _, weight in draws), start=Fraction(1)) * f(tuple(moved))
    return total


def wick_at(f: Function, weights: Weights, subset: frozenset[int], blocks: Blocks, point: Point) -> Fraction:
    return oracle.gwp(f, weights, subset, point, blocks)


@st.composite
def cases(draw: st.DrawFn, max_n: int = 3) -> tuple[Function, Weights, Blocks]:
    """A table f over the grid of a dependent law, with coordinates grouped into inputs."""
    n = draw(st.integers(0, max_n))
    weights = draw(strategies.weights(n, max_support_per_variable=2, max_points=4))
    return draw(strategies.tables(weights)).__getitem__, weights, draw(strategies.blockings(n))


@given(st.data(), cases())
def test_wick_product_against_the_written_out_sum(data: st.DataObject, case: tuple[Function, Weights, Blocks]) -> None:
    f, weights, blocks = case
    subset = frozenset(data.draw(st.sets(st.sampled_from(range(len(blocks)))) if blocks else st.just(set())))
    point = data.draw(strategies.points(weights, on_grid=True))
    expected = Fraction(0)
    for held in oracle.subsets(subset):
        for sigma in oracle.set_partitions(subset - held):
            drawn = [positions_of(block, blocks) for block in sigma]
            expected += (-1) ** len(sigma) * factorial(len(sigma)) * mean_over(f, weights, drawn, point)
    assert oracle.gwp(f, weights, subset, point, blocks) == expected


@given(st.data(), cases())
def test_cumulant_product_against_the_written_out_sum(
    data: st.DataObject, case: tuple[Function, Weights, Blocks]
) -> None:
    f, weights, blocks = case
    partition: Partition = data.draw(strategies.partitions(range(len(blocks))))
    held = data.draw(strategies.points(weights, on_grid=True))  # every coordinate is drawn: it must not matter
    expected = Fraction(0)
    for choice in product(*(list(oracle.set_partitions(block)) for block in partition)):
        drawn = [positions_of(block, blocks) for sigma in choice for block in sigma]
        expected += prod(moebius(len(sigma)) for sigma in choice) * mean_over(f, weights, drawn, held)
    assert oracle.gcp(f, weights, partition, blocks) == expected


@given(st.data(), cases())
def test_both_decompositions_are_complete(data: st.DataObject, case: tuple[Function, Weights, Blocks]) -> None:
    f, weights, blocks = case
    point = data.draw(strategies.points(weights, on_grid=True))
    terms = oracle.gwpd(f, weights, point, blocks)
    assert sum(terms.values()) == f(point)
    assert terms == {subset: oracle.gwpd_term(f, weights, subset, point, blocks) for subset in terms}
    assert sum(oracle.gcpd(f, weights, blocks).values()) == mean(weights, f)


@given(st.data(), cases())
def test_wick_products_have_mean_zero_in_their_inputs(
    data: st.DataObject, case: tuple[Function, Weights, Blocks]
) -> None:
    f, weights, blocks = case
    point = data.draw(strategies.points(weights, on_grid=True))
    for subset in oracle.subsets(range(len(blocks))):
        if subset:
            omega = partial(wick_at, f, weights, subset, blocks)
            assert oracle.expect(omega, weights, subset, point, blocks) == 0


@settings(max_examples=50)
@given(cases(max_n=4))
def test_mean_of_an_attribution_is_an_interaction(case: tuple[Function, Weights, Blocks]) -> None:
    """E[(omega_{[n] - i} f)(X)] = K_f([n]) for every i, with X drawn jointly."""
    f, weights, blocks = case
    everything = frozenset(range(len(blocks)))
    for i in everything:
        attribution = partial(wick_at, f, weights, everything - {i}, blocks)
        assert mean(weights, attribution) == oracle.gcp(f, weights, [everything], blocks)


@given(st.data(), strategies.weights(n=3))
def test_an_ignored_input_makes_the_products_vanish(data: st.DataObject, weights: Weights) -> None:
    def f(x: Point) -> int | Fraction:
        return x[0] ** 2 * x[2] + x[2]

    point = data.draw(strategies.points(weights))
    assert oracle.gwp(f, weights, [0, 1], point) == oracle.gwp(f, weights, [0, 1, 2], point) == 0
    assert oracle.gcp(f, weights, [[0, 1], [2]]) == oracle.gcp(f, weights, [[0, 1, 2]]) == 0


@given(strategies.weights(n=3), strategies.blockings(3))
def test_zero_weights_do_not_matter(weights: Weights, blocks: Blocks) -> None:
    support = {point: weight for point, weight in weights.items() if weight}
    assert oracle.gcpd(product_of, weights, blocks) == oracle.gcpd(product_of, support, blocks)
    point = next(iter(weights))
    assert oracle.gwpd(product_of, weights, point, blocks) == oracle.gwpd(product_of, support, point, blocks)


# Refusals


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: oracle.marginal({(0,): HALF}, [0]), "Argument 'weights' must be non-negative and sum to 1, not 1/2."),
        (lambda: oracle.marginal({}, []), "sum to 1, not 0."),
        (lambda: oracle.marginal({(0,): Fraction(3, 2), (1,): -HALF}, [0]), "must be non-negative"),
        (lambda: oracle.marginal({(0,): HALF, (0, 1): HALF}, [0]), "points of one length"),
        (lambda: oracle.marginal(POST, [2]), "Argument 'positions' must lie in 0..1, not (2,)."),
        (lambda: oracle.cumulant(POST, [0, 2]), "Argument 'positions' must lie in 0..1, not (0, 2)."),
        (lambda: oracle.moment(POST, [1]), "Argument 'exponents' must be 2 non-negative integers, not [1]."),
        (lambda: oracle.moment(POST, [1, -1]), "Argument 'exponents' must be 2 non-negative integers, not [1, -1]."),
        (lambda: oracle.gwp(product_of, POST, [0, 2], (0, 0)), "Inputs must lie in 0..1, not [0, 2]."),
        (lambda: oracle.gwp(product_of, POST, [0], (0, 0, 0)), "Argument 'point' must have 2 coordinates, not 3."),
        (lambda: oracle.gcp(product_of, POST, [[0]]), "Argument 'partition' must cover inputs 0..1, not [[0]]."),
        (lambda: oracle.gcp(product_of, POST, [[0, 1], []]), "must have non-empty disjoint blocks"),
        (lambda: oracle.gcp(product_of, POST, [[0, 1], [1]]), "must have non-empty disjoint blocks"),
        (lambda: oracle.gcpd(product_of, POST, [[0]]), "Argument 'blocks' must split 0..1 into blocks, not [[0]]."),
        (lambda: oracle.gcpd(product_of, POST, [[0, 1], []]), "Argument 'blocks' must split 0..1 into blocks"),
        (lambda: list(oracle.set_partitions("aa")), "Argument 'items' must have no repeats, not ('a', 'a')."),
    ],
)
def test_refusals(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match=r"Argument 'weights' must use int or Fraction, not 0\.5\."):
        oracle.marginal({(0,): 0.5, (1,): 0.5}, [0])  # type: ignore[dict-item]
    with pytest.raises(TypeError, match=r"Argument 'weights' must use int or Fraction, not 0\.1\."):
        oracle.marginal({(0.1,): Fraction(1)}, [0])  # type: ignore[dict-item]
    with pytest.raises(TypeError, match=r"Argument 'f' must use int or Fraction, not 0\.5\."):
        oracle.gcpd(lambda point: 0.5, POST)  # type: ignore[arg-type,return-value]


def test_the_oracle_imports_nothing_of_the_package() -> None:
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "collections.abc", "fractions", "itertools", "typing"}
