"""Finite laws: moments, cumulants, marginals, conditioning, independence, sampling, errors."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from symwick.algebra.vectors import IntVector, weighted_product_sum
from symwick.distributions.finite import Finite
from symwick.distributions.law import Law
from symwick.distributions.tabulated import BoundedCache, merge_rows, row_keys
from symwick.errors import InexactError, InvalidArgument, UnknownVariable
from symwick.testing import oracle, strategies

x, y, z = sympy.symbols("x y z")
HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
XOR = Finite({(a, b, a ^ b): QUARTER for a, b in product((0, 1), repeat=2)}, [x, y, z])
WORKED = Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, [x, y])

Weights = dict[tuple[Any, ...], Fraction]


def points_of(law: Any) -> Weights:
    return {point: Fraction(weight) for point, weight in law.items()}


def table_of(law: Law, variables: Iterable[Any]) -> Weights:
    """The joint table as {point: probability}."""
    chosen = tuple(variables)
    codes, weights = law.joint_table(chosen)
    supports = [law.support(v) for v in chosen]
    return {
        tuple(support[code] for support, code in zip(supports, row, strict=True)): Fraction(n, weights.denominator)
        for row, n in zip(codes.tolist(), weights.numerators.tolist(), strict=True)
    }


def positive(weights: Weights) -> Weights:
    return {point: Fraction(weight) for point, weight in weights.items() if weight}


def are_independent(weights: Weights, groups: list[list[int]]) -> bool:
    """Whether the joint law is the product of the marginals of the groups, by definition."""
    parts = [oracle.marginal(weights, group) for group in groups]
    size = sum(map(len, groups))
    joint = oracle.marginal(weights, [i for group in groups for i in group])
    for choice in product(*(part.items() for part in parts)):
        point = tuple(v for values, _ in choice for v in values)
        probability = Fraction(1)
        for _, weight in choice:
            probability *= weight
        if joint.get(point, 0) != probability:
            return False
    return len(next(iter(joint))) == size


# -- moments and cumulants ---------------------------------------------------------------------------------------------


def test_the_worked_example() -> None:
    assert WORKED.variables == (x, y)
    assert WORKED.support("x") == (0, 1)
    assert len(WORKED) == 4
    assert WORKED.moment({x: 1, y: 1}) == QUARTER
    assert WORKED.moment([x, "y", x]) == QUARTER
    assert WORKED.cumulant(["x", "y"]) == Fraction(7, 64)


def test_moments_are_int_or_fraction() -> None:
    law = Finite({(0,): HALF, (4,): HALF}, "x")
    assert type(law.moment("x")) is int
    assert law.moment("x") == 2
    assert type(law.moment({})) is int
    assert law.moment({}) == 1
    assert law.moment({x: 0}) == 1
    assert law.moment({x: np.int64(2)}) == 8
    assert type(WORKED.moment("x")) is Fraction
    assert law.cumulant([]) == 0
    assert law.cumulant("x") == 2


@given(strategies.finite_laws(), st.data())
def test_moments_agree_with_the_oracle(pair: tuple[Finite, Weights], data: st.DataObject) -> None:
    law, weights = pair
    exponents = data.draw(st.tuples(*(st.integers(0, 3) for _ in law.variables)))
    value = law.moment(dict(zip(law.variables, exponents, strict=True)))
    assert value == oracle.moment(weights, exponents)
    assert type(value) is int or value.denominator > 1


@given(strategies.finite_laws(), st.data())
def test_cumulants_agree_with_the_oracle(pair: tuple[Finite, Weights], data: st.DataObject) -> None:
    law, weights = pair
    positions = data.draw(st.lists(st.integers(0, len(law.variables) - 1), max_size=4))
    assert law.cumulant([law.variables[i] for i in positions]) == oracle.cumulant(weights, positions)


@given(strategies.finite_laws(), st.data())
def test_mean_of_product_is_the_sum_over_the_support(pair: tuple[Finite, Weights], data: st.DataObject) -> None:
    law, weights = pair
    values = {v: [data.draw(strategies.rationals()) for _ in law.support(v)] for v in law.variables}
    expected = Fraction(0)
    for point, weight in positive(weights).items():
        for v, coordinate in zip(law.variables, point, strict=True):
            weight *= values[v][law.support(v).index(coordinate)]
        expected += weight
    mean = law.mean_of_product({v: IntVector.of(column) for v, column in values.items()})
    assert Fraction(int(mean.p), int(mean.q)) == expected


def test_large_numbers_leave_the_machine_integers() -> None:
    big = 10**30
    law = Finite({(big, 1): Fraction(1, 3), (-big, 2): Fraction(2, 3)}, [x, y])
    assert law.moment({x: 3, y: 1}) == Fraction(big**3 - 4 * big**3, 3)
    assert law.sample(4, 0).dtype == object
    small = Finite({(2**40,): HALF, (0,): HALF}, [x])
    assert small.moment({x: 2}) == 2**79


# -- edge cases --------------------------------------------------------------------------------------------------------


def test_no_variables() -> None:
    law = Finite({(): 1}, [])
    assert law.variables == ()
    assert len(law) == 1
    assert law.moment({}) == 1
    assert law.independent_groups() == ()
    assert law.sample(3, 0).shape == (3, 0)
    assert repr(law) == "Finite({(): 1}, [])"
    assert points_of(law.marginal([])) == {(): 1} == points_of(law.condition({}))


def test_one_variable_takes_bare_values_and_tuples() -> None:
    bare = Finite({0: "1/3", 1: "2/3"}, "x")
    assert points_of(bare) == points_of(Finite({(0,): "1/3", (1,): "2/3"}, [x]))
    assert repr(bare) == "Finite({0: 1/3, 1: 2/3}, [x])"
    assert bare.independent_groups() == (frozenset({x}),)


def test_keys_and_weights_of_every_exact_kind() -> None:
    law = Finite({(np.int64(1), sympy.Rational(1, 2)): sympy.Rational(1, 4), (True, Fraction(3)): "0.75"}, [x, y])
    assert points_of(law) == {(1, HALF): QUARTER, (1, 3): Fraction(3, 4)}
    assert [type(v) for v in law.support(y)] == [Fraction, int]


def test_points_of_weight_zero_stay_out_of_the_support() -> None:
    law = Finite({(0, 0): 1, (5, 7): 0}, [x, y])
    assert law.support(x) == (0,)
    assert len(law) == 1


def test_supports_ascend_and_minus_one_is_not_minus_two() -> None:
    law = Finite({(-1, 3): HALF, (-2, -5): QUARTER, ("1/2", 0): QUARTER}, [x, y])
    assert law.support("x") == (-2, -1, HALF)
    assert law.support("y") == (-5, 0, 3)
    assert law.moment(["x"]) == -HALF - HALF + Fraction(1, 8)


def test_awkward_names_and_assumptions() -> None:
    law = Finite({(1, 2): 1}, ["E", sympy.Symbol("pi", positive=True)])
    assert law.variables == (sympy.Symbol("E"), sympy.Symbol("pi"))
    assert law.moment({"pi": 1}) == 2


# -- marginals and conditioning ----------------------------------------------------------------------------------------


@given(strategies.finite_laws(), st.data())
def test_marginals_by_brute_force(pair: tuple[Finite, Weights], data: st.DataObject) -> None:
    law, weights = pair
    positions = data.draw(st.lists(st.integers(0, len(law.variables) - 1), unique=True))
    chosen = [law.variables[i] for i in positions]
    part = law.marginal(chosen)
    assert part.variables == tuple(chosen)
    assert points_of(part) == oracle.marginal(weights, positions) == table_of(law, chosen)
    assert list(points_of(part)) == sorted(points_of(part))


@given(strategies.finite_laws(), st.data())
def test_conditioning_by_brute_force(pair: tuple[Finite, Weights], data: st.DataObject) -> None:
    law, weights = pair
    known = data.draw(st.lists(st.integers(0, len(law.variables) - 1), unique=True))
    at = data.draw(st.sampled_from(sorted(positive(weights))))
    kept = {p: w for p, w in positive(weights).items() if all(p[i] == at[i] for i in known)}
    total = sum(kept.values())
    rest = [i for i in range(len(law.variables)) if i not in known]
    given_event = law.condition({law.variables[i]: at[i] for i in known})
    assert given_event.variables == tuple(law.variables[i] for i in rest)
    assert points_of(given_event) == oracle.marginal({p: w / total for p, w in kept.items()}, rest)
    for j, i in enumerate(rest):
        assert given_event.support(given_event.variables[j]) == tuple(sorted({p[i] for p in kept}))


def test_renaming() -> None:
    law = WORKED.renamed({x: z})
    assert law.variables == (z, y)
    assert points_of(law) == points_of(WORKED)


# -- independence ------------------------------------------------------------------------------------------------------


def test_the_xor_triple_is_one_group_though_all_pairs_are_independent() -> None:
    assert XOR.independent_groups() == (frozenset({x, y, z}),)
    for pair in ((x, y), (x, z), (y, z)):
        assert XOR.independent_groups(pair) == tuple(frozenset({v}) for v in pair)
        assert XOR.marginal(pair).independent_groups() == tuple(frozenset({v}) for v in pair)


def test_two_xor_triples_and_a_constant() -> None:
    names = sympy.symbols("a1 b1 c1 k a2 b2 c2")
    law = Finite({(*p, 7, *q): v * w for p, v in XOR.items() for q, w in XOR.items()}, names)
    first, second = frozenset(names[:3]), frozenset(names[4:])
    assert law.independent_groups() == (first, frozenset({names[3]}), second)
    shuffled = [names[i] for i in (6, 0, 3, 5, 1, 4, 2)]
    assert law.independent_groups(shuffled) == (second, first, frozenset({names[3]}))


def test_a_copy_depends_and_a_constant_does_not() -> None:
    law = Finite({(0, 0, 5): HALF, (1, 1, 5): HALF}, [x, y, z])
    assert law.independent_groups() == (frozenset({x, y}), frozenset({z}))


@given(strategies.finite_laws(3, max_support_per_variable=2, max_points=8))
@example((XOR, points_of(XOR)))
def test_groups_are_mutually_independent_and_the_finest(pair: tuple[Finite, Weights]) -> None:
    law, weights = pair
    groups = law.independent_groups()
    found = [[law.variables.index(v) for v in group] for group in groups]
    assert sorted(i for group in found for i in group) == list(range(3))
    assert are_independent(weights, found)
    for partition in oracle.set_partitions(range(3)):
        if len(partition) > len(found):
            assert not are_independent(weights, [sorted(block) for block in partition])


def test_many_independent_bits_are_found_in_time() -> None:
    names = sympy.symbols("b0:12")
    law = Finite({bits: Fraction(1, 4096) for bits in product((0, 1), repeat=12)}, names)
    assert law.independent_groups() == tuple(frozenset({v}) for v in names)


def test_parity_of_many_bits_is_one_group() -> None:
    names = sympy.symbols("b0:9")
    law = Finite({(*bits, sum(bits) % 2): Fraction(1, 256) for bits in product((0, 1), repeat=8)}, names)
    assert law.independent_groups() == (frozenset(names),)
    assert len(law.independent_groups(names[1:])) == 8


def test_out_of_trials_the_rest_is_one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symwick.distributions.tabulated._MOST_TRIALS", 0)
    names = sympy.symbols("b0:13")
    rows = [(*bits, sum(bits) % 2) for bits in product((0, 1), repeat=12)]
    law = Finite({row: Fraction(1, 4096) for row in rows}, names)
    assert law.independent_groups() == (frozenset(names),)


# -- sampling, text ----------------------------------------------------------------------------------------------------


def test_samples_are_points_of_the_support_in_the_right_proportions() -> None:
    drawn = WORKED.sample(4000, seed=1)
    assert drawn.shape == (4000, 2)
    assert drawn.dtype == np.int64
    assert np.array_equal(drawn, WORKED.sample(4000, seed=1))
    for point, weight in WORKED.items():
        share = np.mean(np.all(drawn == point, axis=1))
        assert abs(share - float(weight)) < 6 * (float(weight) / 4000) ** 0.5
    thirds = Finite({"1/3": HALF, 2: HALF}, "x").sample(10, np.random.default_rng(0))
    assert thirds.dtype == object
    assert set(thirds.ravel()) == {Fraction(1, 3), 2}
    assert WORKED.sample(0, 0).shape == (0, 2)


def test_text_of_a_law() -> None:
    assert repr(WORKED) == "Finite({(0, 0): 1/2, (0, 1): 1/8, (1, 0): 1/8, (1, 1): 1/4}, [x, y])"
    assert repr(Finite(dict.fromkeys(range(8), "1/8"), "x")) == "Finite(8 points of x)"
    assert WORKED.latex().startswith(r"(x, y) \sim \left\{\begin{array}{ll} (0, 0) & \frac{1}{2}")
    assert Finite(dict.fromkeys(range(8), "1/8"), "x").latex() == r"(x) \sim \mathrm{Finite}"
    assert WORKED._repr_latex_() == f"${WORKED.latex()}$"


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "variables", "error", "text"),
    [
        ({(0,): HALF, (1,): QUARTER}, "x", InvalidArgument, "Argument 'weights' must sum to 1, not 3/4."),
        ({}, "x", InvalidArgument, "Argument 'weights' must sum to 1, not 0."),
        ({(0,): 2, (1,): -1}, "x", InvalidArgument, r"must hold no negative weight, not -1 at \(1,\)."),
        ({(0,): 0.5, (1,): 0.5}, "x", InexactError, "Argument 'weights' must be exact, not the float 0.5."),
        ({(0.5,): 1}, "x", InexactError, "Argument 'weights' must be exact, not the float 0.5."),
        ({(0,): sympy.Symbol("p")}, "x", InexactError, "Argument 'weights' must be an exact rational number, not p."),
        ({(0, 1): 1}, "x", InvalidArgument, r"must have keys of 1 coordinates \(x\), not \(0, 1\)."),
        ({0: 1}, ["x", "y"], InvalidArgument, r"must have keys of 2 coordinates \(x, y\), not 0."),
        ({0: HALF, (0,): HALF}, "x", InvalidArgument, "must name each point once, but two keys are the same point."),
        ({("1/2",): HALF, (HALF,): HALF}, "x", InvalidArgument, "must name each point once"),
        ([(0, 1)], "x", InvalidArgument, "Argument 'weights' must map points to probabilities, not be"),
        ({(0, 0): 1}, ["x", "x"], InvalidArgument, "must name each variable once, but x comes twice."),
        ({("a",): 1}, "x", InvalidArgument, "must be a number such as '1/3' or '0.25', not 'a'."),
    ],
)
def test_errors_of_the_constructor(weights: Any, variables: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        Finite(weights, variables)


def test_errors_of_the_methods() -> None:
    with pytest.raises(UnknownVariable, match="Argument 'exponents' names w, which the law lacks; it has: x, y."):
        WORKED.moment({"w": 1})
    with pytest.raises(InvalidArgument, match="'exponents' must hold integers that are at least 0, not -1 for x."):
        WORKED.moment({x: -1})
    with pytest.raises(InvalidArgument, match="not True for x."):
        WORKED.moment({x: True})
    with pytest.raises(InvalidArgument, match="'exponents' must name each variable once, but x comes twice."):
        WORKED.moment({x: 1, "x": 2})
    with pytest.raises(InvalidArgument, match="Argument 'exponents' must be a list of variables, not 3."):
        WORKED.moment(3)  # type: ignore[arg-type]
    with pytest.raises(UnknownVariable, match="Argument 'variables' names w, which the law lacks"):
        WORKED.cumulant(["x", "w"])
    with pytest.raises(InvalidArgument, match="Argument 'variables' must be a list of variables, not 3."):
        WORKED.cumulant(3)  # type: ignore[arg-type]
    with pytest.raises(UnknownVariable, match="Argument 'variable' names w"):
        WORKED.support("w")
    with pytest.raises(UnknownVariable, match="Argument 'variables' names w"):
        WORKED.marginal(["w"])
    with pytest.raises(InvalidArgument, match="must name each variable once, but x comes twice."):
        WORKED.independent_groups([x, "x"])
    with pytest.raises(InvalidArgument, match="'event' must have positive probability, but x = 7 has probability 0."):
        WORKED.condition({x: 7})
    with pytest.raises(UnknownVariable, match="Argument 'event' names w"):
        WORKED.condition({"w": 7})
    with pytest.raises(InexactError, match="Argument 'event' must be exact, not the float 0.5"):
        WORKED.condition({x: 0.5})
    with pytest.raises(InvalidArgument, match="Argument 'event' must map variables to values, not be"):
        WORKED.condition([x])  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="Argument 'n' must be an integer that is at least 0, not -1."):
        WORKED.sample(-1)


# -- the machinery below -----------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=12), st.data())
def test_rows_are_merged(rows: list[tuple[int, int]], data: st.DataObject) -> None:
    scale = data.draw(st.sampled_from([1, 2**61, 10**30]))
    numbers = [data.draw(st.integers(0, 3)) * scale for _ in rows]
    expected: dict[tuple[int, ...], int] = {}
    for row, number in zip(rows, numbers, strict=True):
        expected[row] = expected.get(row, 0) + number
    codes, weights = merge_rows(np.array(rows, dtype=np.intp), IntVector.of(numbers))
    merged = dict(zip(map(tuple, codes.tolist()), weights.numerators.tolist(), strict=True))
    assert merged == {row: n for row, n in sorted(expected.items()) if n}
    assert list(merged) == sorted(merged)


def test_row_keys_keep_the_order_of_rows_of_any_width() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2**40, size=(200, 3))
    codes[50:100, :2] = codes[:50, :2]
    codes[100:120] = codes[:20]
    keys = row_keys(codes)
    rows = [tuple(row) for row in codes.tolist()]
    for i in range(0, 200, 7):
        assert [(a > b) - (a < b) for a, b in ((int(keys[i]), int(k)) for k in keys)] == [
            (rows[i] > r) - (rows[i] < r) for r in rows
        ]


@given(st.lists(strategies.rationals(), max_size=6), st.integers(1, 70))
def test_powers_of_a_vector(values: list[Fraction], exponent: int) -> None:
    vector = IntVector.of(values).power(exponent)
    assert [Fraction(int(n), vector.denominator) for n in vector.numerators] == [v**exponent for v in values]
    assert vector.bound == max((abs(int(n)) for n in vector.numerators), default=0)


@given(st.lists(st.fractions(), max_size=6))
def test_rounding_a_vector_keeps_the_true_value_in_the_ball(values: list[Fraction]) -> None:
    balls = IntVector.of(values).rounded()
    assert all(balls.item(i).contains(value) for i, value in enumerate(values))


def test_rounding_a_vector_overflows_to_infinity() -> None:
    assert IntVector.of([10**400, -(10**400)]).rounded().value.tolist() == [float("inf"), -float("inf")]


@pytest.mark.parametrize("scale", [1, 2**61])
def test_weighted_sums_are_exact_on_both_sides_of_the_machine_integers(scale: int) -> None:
    weights = IntVector.of([1, 2, 3])
    factor = IntVector.of([scale, -scale, "1/7"])
    numerator, denominator = weighted_product_sum(weights, [(factor, np.array([0, 1, 2]))] * 2)
    assert Fraction(numerator, denominator) == scale**2 + 2 * scale**2 + Fraction(3, 49)


def test_the_cache_starts_anew_at_its_limit() -> None:
    cache: BoundedCache[int, str] = BoundedCache(limit=1000)
    for key in range(100):
        cache.keep(key, "value", 36)
        assert cache.cells <= 1000
        assert cache[key] == "value"
    assert len(cache) <= 10


def test_shared_arrays_cannot_be_written() -> None:
    for codes, weights in (WORKED.joint_table([x, y]), WORKED.joint_table([y])):
        for array in (codes, weights.numerators):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1
