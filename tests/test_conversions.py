"""Moments, central moments, cumulants: against sums over labelled set partitions, laws with known values, and each other."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations, islice, product
from math import comb, factorial, prod
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from symwick.algebra import conversions as cv
from symwick.algebra.coded_partitions import coded_partitions, count_coded_partitions
from symwick.algebra.multisets import count_multiset_partitions, multiset_partitions
from symwick.algebra.named_multisets import Codes, natural_key
from symwick.algebra.partitions import bell
from symwick.circuits.moment_names import cumulant_symbol, moment_symbol
from symwick.errors import InexactError, InvalidArgument, TooLarge, UnknownVariable

Names = tuple[str, ...]
x, y, z, a, b = sympy.symbols("x y z a b")
rationals = st.fractions(min_value=-3, max_value=3, max_denominator=4)
multisets = st.lists(st.sampled_from(["x", "x2", "x10"]), max_size=5)

# -- by the definition alone -------------------------------------------------------------------------------------------


def set_partitions(items: Sequence[int]) -> Iterator[list[list[int]]]:
    if not items:
        yield []
        return
    first, rest = items[0], list(items[1:])
    for size in range(len(rest) + 1):
        for others in combinations(rest, size):
            for blocks in set_partitions([i for i in rest if i not in others]):
                yield [[first, *others], *blocks]


def labelled(names: Sequence[str], smallest: int = 1) -> Iterator[tuple[Names, ...]]:
    """All partitions of the places, each written with the names in them."""
    names = sorted(names, key=natural_key)

    def order(block: Sequence[str]) -> list[Any]:
        return [natural_key(name) for name in block]

    for partition in set_partitions(range(len(names))):
        if all(len(block) >= smallest for block in partition):
            yield tuple(sorted((tuple(names[i] for i in block) for block in partition), key=order))


def moebius(partition: Sequence[Any]) -> int:
    return (-1) ** (len(partition) - 1) * factorial(len(partition) - 1) if partition else 0


def summed(names: Sequence[str], values: Mapping[Names, Any], cumulant: bool, smallest: int = 1) -> Any:
    total: Any = 0
    for blocks in labelled(names, smallest):
        total += (moebius(blocks) if cumulant else 1) * prod((values[block] for block in blocks), start=Fraction(1))
    return total


def below(names: Sequence[str]) -> list[Names]:
    """All multisets inside one but the empty one, as sorted tuples."""
    counts = Counter(names)
    order = sorted(counts, key=natural_key)
    vectors = product(*(range(counts[name] + 1) for name in order))
    return [tuple(chain.from_iterable([n] * e for n, e in zip(order, v, strict=True))) for v in vectors if any(v)]


def fair_moments(
    rows: Sequence[Sequence[Fraction]], keys: Sequence[Names], names: Sequence[str]
) -> dict[Names, Fraction]:
    """E of products under the law that gives each row the same weight."""
    place = {name: i for i, name in enumerate(names)}
    return {key: sum(prod(row[place[n]] for n in key) for row in rows) * Fraction(1, len(rows)) for key in keys}


@st.composite
def moment_tables(draw: st.DrawFn) -> dict[Names, Fraction]:
    keys = below(draw(multisets))
    return {key: draw(rationals) for key in keys}


# -- one variable ------------------------------------------------------------------------------------------------------


def touchard(n: int, rate: Fraction) -> Fraction:
    stirling = [sum((-1) ** (k - j) * comb(k, j) * j**n for j in range(k + 1)) // factorial(k) for k in range(n + 1)]
    return sum((s * rate**k for k, s in enumerate(stirling)), Fraction(0))


@given(st.fractions(min_value=0, max_value=5, max_denominator=6), st.integers(1, 9))
def test_poisson(rate: Fraction, n: int) -> None:
    moments = cv.cumulants_to_moments([rate] * n)
    assert moments == tuple(touchard(k, rate) for k in range(1, n + 1))
    assert cv.moments_to_cumulants(moments) == (rate,) * n


def test_poisson_with_a_symbol() -> None:
    rate = sympy.Symbol("lambda", positive=True)
    moments = cv.cumulants_to_moments([rate] * 4)
    assert moments == (rate, rate**2 + rate, rate**3 + 3 * rate**2 + rate, rate**4 + 6 * rate**3 + 7 * rate**2 + rate)
    assert cv.moments_to_cumulants(moments) == (rate,) * 4


def test_normal() -> None:
    assert cv.cumulants_to_central([7, 1, *[0] * 8]) == (0, 1, 0, 3, 0, 15, 0, 105, 0, 945)
    assert cv.central_to_cumulants([0, 1, 0, 3, 0, 15, 0, 105], mean=7) == (7, 1, 0, 0, 0, 0, 0, 0)
    m, s = sympy.symbols("m s")
    assert cv.cumulants_to_moments([m, s, 0, 0])[3] == m**4 + 6 * m**2 * s + 3 * s**2


def test_exponential_and_bernoulli() -> None:
    assert cv.moments_to_cumulants(factorial(n) for n in range(1, 9)) == tuple(factorial(n - 1) for n in range(1, 9))
    p = sympy.Symbol("p")
    kappa = cv.moments_to_cumulants([p] * 4)
    assert [sympy.factor(k) for k in kappa[:3]] == [p, -p * (p - 1), p * (p - 1) * (2 * p - 1)]
    assert sympy.expand(kappa[3] - p * (1 - p) * (1 - 6 * p + 6 * p**2)) == 0


@given(st.lists(rationals, max_size=8))
def test_every_direction_and_back(values: list[Fraction]) -> None:
    row = tuple(values)
    assert cv.cumulants_to_moments(cv.moments_to_cumulants(row)) == row
    assert cv.moments_to_cumulants(cv.cumulants_to_moments(row)) == row
    central = cv.moments_to_central(row)
    mean = row[0] if row else 0
    assert central[:1] == (0,) * bool(row)
    assert cv.central_to_moments(central, mean) == row
    assert cv.central_to_cumulants(central, mean) == cv.moments_to_cumulants(row)
    assert cv.cumulants_to_central(cv.moments_to_cumulants(row)) == central
    assert cv.central_to_cumulants(central)[1:] == cv.moments_to_cumulants(row)[1:]


@given(st.lists(st.tuples(rationals, rationals), max_size=5))
def test_every_direction_and_back_with_symbols(rows: list[tuple[Fraction, Fraction]]) -> None:
    values = tuple(sympy.Rational(p) * a + sympy.Rational(q) for p, q in rows)
    mean = values[0] if values else 0
    assert cv.cumulants_to_moments(cv.moments_to_cumulants(values)) == values
    assert cv.central_to_moments(cv.moments_to_central(values), mean) == values
    assert cv.cumulants_to_central(cv.central_to_cumulants(cv.moments_to_central(values))) == cv.moments_to_central(
        values
    )


@given(st.lists(rationals, min_size=1, max_size=6))
def test_one_variable_is_the_joint_case_with_one_name(values: list[Fraction]) -> None:
    table = {("x",) * (n + 1): value for n, value in enumerate(values)}
    assert tuple(cv.joint_cumulants(table).values()) == cv.moments_to_cumulants(values)
    assert tuple(cv.joint_moments(table).values()) == cv.cumulants_to_moments(values)
    assert tuple(cv.joint_central(table).values()) == cv.moments_to_central(values)
    assert tuple(cv.joint_central_from_cumulants(table).values()) == cv.cumulants_to_central(values)


@given(st.lists(rationals, min_size=1, max_size=6), st.integers(1, 6))
def test_central_moments_are_what_their_name_says(points: list[Fraction], n: int) -> None:
    mean = sum(points) / len(points)
    central = [sum((p - mean) ** k for p in points) / len(points) for k in range(1, n + 1)]
    assert cv.moments_to_central(sum(p**k for p in points) / len(points) for k in range(1, n + 1)) == tuple(central)


def test_what_counts_as_a_value() -> None:
    found = cv.moments_to_cumulants(["1/2", sympy.Rational(1, 2), Fraction(3, 4), 2, np.int64(7)])
    assert found[:2] == (Fraction(1, 2), Fraction(1, 4))
    assert all(type(value) in (int, Fraction) for value in found)
    assert cv.moments_to_cumulants(np.array([1, 2])) == (1, 1)
    assert cv.moments_to_central([sympy.sqrt(2), sympy.pi]) == (0, sympy.pi - 2)
    assert cv.moments_to_central([1 / (a + b), 0])[1] == -1 / (a + b) ** 2
    # identity is equality: -1 and -2 have one hash
    assert cv.moments_to_cumulants([-1, -2, -2]) == (-1, -3, -2 - 3 * 2 - 2)


def test_nothing_and_order_one() -> None:
    for convert in (cv.moments_to_cumulants, cv.cumulants_to_moments, cv.moments_to_central, cv.cumulants_to_central):
        assert convert([]) == ()
    assert cv.central_to_moments([], 5) == cv.central_to_cumulants([], 5) == ()
    assert cv.moments_to_cumulants([a]) == cv.cumulants_to_moments([a]) == (a,)
    assert cv.moments_to_central([3]) == cv.cumulants_to_central([3]) == (0,)
    assert cv.central_to_moments([0], "1/3") == cv.central_to_cumulants([0], "1/3") == (Fraction(1, 3),)


def test_long_sequences() -> None:
    moments = cv.cumulants_to_moments([1] * 120)
    assert moments[-1] == bell(120)
    assert cv.moments_to_cumulants(moments) == (1,) * 120


# -- several variables -------------------------------------------------------------------------------------------------


@given(moment_tables())
@example({})
def test_joint_values_are_sums_over_labelled_partitions(table: dict[Names, Fraction]) -> None:
    assert cv.joint_cumulants(table) == {key: summed(key, table, cumulant=True) for key in table}
    assert cv.joint_moments(table) == {key: summed(key, table, cumulant=False) for key in table}
    assert cv.joint_central_from_cumulants(table) == {key: summed(key, table, False, smallest=2) for key in table}
    central = {key: value for key, value in table.items() if len(key) > 1}
    means = {key[0]: value for key, value in table.items() if len(key) == 1}
    expected = {key: summed(key, table, True, smallest=2) for key in central} | {(n,): v for n, v in means.items()}
    assert cv.joint_cumulants_from_central(central, means) == expected


@given(moment_tables())
def test_joint_round_trips(table: dict[Names, Fraction]) -> None:
    means = {key[0]: value for key, value in table.items() if len(key) == 1}
    cumulants, central = cv.joint_cumulants(table), cv.joint_central(table)
    assert cv.joint_moments(cumulants) == table
    assert cv.joint_cumulants(cv.joint_moments(table)) == table
    assert cv.joint_moments_from_central(central, means) == table
    assert cv.joint_cumulants_from_central(central, means) == cumulants
    assert cv.joint_central_from_cumulants(cumulants) == central


@given(multisets)
def test_joint_round_trips_with_symbols(names: list[str]) -> None:
    table = {key: sympy.Symbol("m_" + "_".join(key)) for key in below(names)}
    means = {key[0]: value for key, value in table.items() if len(key) == 1}
    cumulants = cv.joint_cumulants(table)
    assert cv.joint_moments(cumulants) == table
    assert cv.joint_moments_from_central(cv.joint_central(table), means) == table
    assert cv.joint_cumulants_from_central(cv.joint_central(table), means) == cumulants
    for key, value in cumulants.items():
        assert sympy.expand(value - summed(key, table, cumulant=True)) == 0


@given(st.lists(st.tuples(rationals, rationals), min_size=1, max_size=4))
def test_joint_central_moments_are_what_their_name_says(rows: list[tuple[Fraction, Fraction]]) -> None:
    keys = below(["u", "u", "v", "v"])
    means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    centred = [[value - mean for value, mean in zip(row, means, strict=True)] for row in rows]
    assert cv.joint_central(fair_moments(rows, keys, "uv")) == fair_moments(centred, keys, "uv")


def test_independent_variables_have_no_joint_cumulants() -> None:
    one, two = cv.cumulants_to_moments([1, 2, 3]), cv.cumulants_to_moments([a, b, 1])
    table = {("x",) * i + ("y",) * j: (1, *one)[i] * (1, *two)[j] for i in range(4) for j in range(4)}
    found = cv.joint_cumulants(table)
    assert {key: value for key, value in found.items() if value != 0} == {
        ("x",): 1,
        ("y",): a,
        ("x", "x"): 2,
        ("y", "y"): b,
        ("x", "x", "x"): 3,
        ("y", "y", "y"): 1,
    }


def test_wick_theorem_for_a_normal_law() -> None:
    names = "abcd"
    covariance = {pair: sympy.Symbol("s_" + "".join(pair)) for pair in combinations(names, 2)}
    table = {tuple(key): 0 for size in (1, 3, 4) for key in combinations(names, size)} | covariance
    s = covariance
    pairings = s["a", "b"] * s["c", "d"] + s["a", "c"] * s["b", "d"] + s["a", "d"] * s["b", "c"]
    assert cv.joint_moments(table)["a", "b", "c", "d"] == pairings


def test_keys_are_read_in_every_form_and_returned_in_one() -> None:
    expected = {("x2",): 1, ("x10",): 2, ("x2", "x10"): 3, ("x2", "x2"): 4, ("x2", "x2", "x10"): 5}
    x2, x10 = sympy.Symbol("x2", real=True), sympy.Symbol("x10")
    forms: list[Any] = [
        [("x10", 2), ({"x2": 1}, 1), (["x10", "x2"], 3), ({"x2": 2, "x10": 0}, 4), (("x2", "x10", "x2"), 5)],
        {x2: 1, x10: 2, frozenset((x2, x10)): 3, (x2, "x2"): 4, (x10, x2, x2): 5},
        iter(expected.items()),
    ]
    moments = cv.joint_moments(expected)
    assert list(moments) == [("x2",), ("x10",), ("x2", "x2"), ("x2", "x10"), ("x2", "x2", "x10")]
    for form in forms:
        assert cv.joint_moments(form) == moments


def test_names_are_names() -> None:
    table = {"E": 1, "I": 2, ("E", "I"): 3, "x y": 4, "λ": 5}
    assert cv.joint_cumulants(table)["E", "I"] == 1
    assert list(cv.joint_central(table)) == [("E",), ("I",), ("x y",), ("λ",), ("E", "I")]
    assert sorted(["x" + "9" * 5000, "x2", "x02"], key=natural_key)[:2] == ["x02", "x2"]


def test_the_empty_multiset() -> None:
    assert cv.joint_cumulants({(): 1, "x": 2}) == {(): 0, ("x",): 2}
    assert cv.joint_moments({(): 0, "x": 2}) == {(): 1, ("x",): 2}
    assert cv.joint_central({(): 1, "x": 2}) == {(): 1, ("x",): 0}
    assert cv.joint_central_from_cumulants({(): 0, "x": 2}) == {(): 1, ("x",): 0}
    assert cv.joint_moments_from_central({(): 1}, {"x": 2}) == {(): 1, ("x",): 2}
    assert cv.joint_cumulants_from_central({(): 1}, {"x": 2}) == {(): 0, ("x",): 2}
    for convert in (cv.joint_cumulants, cv.joint_moments, cv.joint_central, cv.joint_central_from_cumulants):
        assert convert({}) == convert([]) == {}
    assert cv.joint_moments_from_central({}, {}) == cv.joint_cumulants_from_central({}, {}) == {}


def test_means_are_multisets_given() -> None:
    assert cv.joint_moments_from_central({"x": 0, ("x", "x"): 1}, {x: a}) == {("x",): a, ("x", "x"): a**2 + 1}
    assert cv.joint_cumulants_from_central({("x", "x"): 1}, {("x",): a, "y": b}) == {
        ("x",): a,
        ("y",): b,
        ("x", "x"): 1,
    }
    # a mean that nothing needs may be missing
    assert cv.joint_cumulants_from_central({("x", "x"): 1}, {}) == {("x", "x"): 1}


def test_central_moments_need_no_multiset_that_leaves_one_variable() -> None:
    assert cv.joint_cumulants_from_central({("x", "y", "z"): 5}, {}) == {("x", "y", "z"): 5}
    assert cv.joint_central_from_cumulants({("x", "x", "x"): 5}) == {("x", "x", "x"): 5}
    pairs: dict[Names, Any] = dict.fromkeys(combinations("abcd", 2), 1)
    assert cv.joint_central_from_cumulants(pairs | {tuple("abcd"): 2})[tuple("abcd")] == 5


def test_many_copies_and_many_variables_are_quick() -> None:
    table = {("x",) * n: bell(n) for n in range(1, 61)}
    assert set(cv.joint_cumulants(table).values()) == {1}
    wide: dict[Names, int] = {(f"v{i}",): i for i in range(400)}
    wide |= {(f"v{i}", f"v{i + 1}"): 1 for i in range(399)}
    assert cv.joint_cumulants(wide)["v7", "v8"] == 1 - 56


def test_huge_multisets_are_refused_at_once() -> None:
    assert_text(
        lambda: cv.joint_cumulants([({"x": 10**9, "y": 1}, 1)]),
        "Argument 'moments' must hold ('x',), which {'x': 1000000000, 'y': 1} needs.",
    )
    names = [f"x{i}" for i in range(3000)]
    with pytest.raises(InvalidArgument, match="must hold \\('x0', 'x1'\\), which {'x0': 1, .*, 'x11': 1, …} needs."):
        cv.joint_central_from_cumulants([(names, 1)])


# -- written out -------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["x", "x2", "x10", "y"]), max_size=7))
def test_written_forms_against_labelled_partitions(names: list[str]) -> None:
    everything, pairs = Counter(labelled(names)), Counter(labelled(names, smallest=2))
    kappa, moment, central = (
        cv.cumulant_in_moments(names),
        cv.moment_in_cumulants(names),
        cv.central_in_cumulants(names),
    )
    assert dict(moment) == dict(everything)
    assert dict(kappa) == {key: moebius(key) * count for key, count in everything.items() if key}
    assert dict(central) == dict(pairs)
    assert len(kappa) == len(list(kappa)) == len(dict(kappa)) == len(kappa.items())
    if len(names) != 1:
        assert dict(cv.cumulant_in_central(names)) == {key: moebius(key) * n for key, n in pairs.items() if key}
    assert dict(cv.moment_terms(names)) == dict(moment)
    assert dict(cv.cumulant_terms(names)) == dict(kappa)
    assert moment.variables == kappa.variables == tuple(sorted(names, key=natural_key))
    assert [len(key) for key in moment] == sorted(len(key) for key in moment)
    # as many as the labelled version: Bell numbers, and 0 for a cumulant of two or more
    assert sum(moment.values()) == bell(len(names))
    assert sum(kappa.values()) == int(len(names) == 1)


@given(moment_tables())
def test_values_of_written_forms_are_the_joint_values(table: dict[Names, Fraction]) -> None:
    cumulants, central = cv.joint_cumulants(table), cv.joint_central(table)
    for key in islice(reversed(list(table)), 2):
        assert cv.cumulant_in_moments(key).at(table) == cumulants[key]
        assert cv.moment_in_cumulants(key).at(cumulants) == table[key]
        assert cv.central_in_cumulants(key).at(cumulants) == central[key]
        if len(key) > 1:
            assert cv.cumulant_in_central(key).at(central) == cumulants[key]


@pytest.mark.parametrize("n", range(9))
def test_closed_counts(n: int) -> None:
    names = [f"x{i}" for i in range(n)]
    kappa = cv.cumulant_in_moments(names)
    assert len(kappa) == (bell(n) if n else 0)
    assert sum(kappa.values()) == int(n == 1)
    assert sum(map(abs, kappa.values())) == [0, 1, 2, 6, 26, 150, 1082, 9366, 94586][n]  # OEIS A000629
    assert len(cv.central_in_cumulants(names)) == [1, 0, 1, 1, 4, 11, 41, 162, 715][n]  # OEIS A000296
    assert len(cv.moment_in_cumulants({"x": n})) == [1, 1, 2, 3, 5, 7, 11, 15, 22][n]  # OEIS A000041


@given(st.lists(st.integers(1, 4), max_size=4), st.sampled_from([1, 2]))
@example([1, 1, 1, 1, 1, 1], 2)
@example([7, 2], 2)
def test_the_predicted_number_of_terms_is_the_number_of_terms(multiplicities: list[int], smallest: int) -> None:
    codes = Codes({f"x{i}": m for i, m in enumerate(multiplicities)})
    predicted, exact = count_coded_partitions(multiplicities, smallest)
    if predicted < 3000:
        found = dict(coded_partitions(codes, smallest))
        assert (predicted, exact) == (len(found), True)
        if smallest == 1:
            assert sum(found.values()) == bell(sum(multiplicities))
            spelled = {tuple(map(codes.names, key)): count for key, count in found.items()}
            assert spelled == dict(multiset_partitions(codes.bounds))


def test_lower_bounds_are_lower_bounds() -> None:
    assert count_coded_partitions([9, 9, 9])[1]
    for multiplicities in ([1] * 40 + [3], [2000]):
        bound, exact = count_coded_partitions(multiplicities)
        assert not exact
        assert 10**8 < bound <= count_multiset_partitions(dict(enumerate(multiplicities)))
        assert 10**7 < count_coded_partitions(multiplicities, 2)[0] < bound
    assert count_coded_partitions([2] * 9, 2) == (116060042, False)


def test_known_formulas() -> None:
    assert cv.cumulant_in_moments(["x"]).text() == "κ[x] = E[x]"
    assert repr(cv.cumulant_in_moments(["x", "y"])) == "κ[x,y] = E[x*y] - E[x]*E[y]"
    third = cv.cumulant_in_moments(["x", "y", "z"])
    assert dict(third) == {
        (("x", "y", "z"),): 1,
        (("x", "y"), ("z",)): -1,
        (("x", "z"), ("y",)): -1,
        (("x",), ("y", "z")): -1,
        (("x",), ("y",), ("z",)): 2,
    }
    assert cv.cumulant_in_moments({"x": 4}).text() == (
        "κ[x,x,x,x] = E[x**4] - 4*E[x]*E[x**3] - 3*E[x**2]**2 + 12*E[x]**2*E[x**2] - 6*E[x]**4"
    )
    assert cv.central_in_cumulants({"x": 6}).text() == (
        "μ[x,x,x,x,x,x] = κ[x,x,x,x,x,x] + 15*κ[x,x]*κ[x,x,x,x] + 10*κ[x,x,x]**2 + 15*κ[x,x]**3"
    )
    assert cv.cumulant_in_central({"x": 4}).text() == "κ[x,x,x,x] = μ[x,x,x,x] - 3*μ[x,x]**2"


def test_nothing_and_one_variable_written_out() -> None:
    assert (dict(cv.cumulant_in_moments([])), repr(cv.cumulant_in_moments([]))) == ({}, "κ[] = 0")
    assert (dict(cv.moment_in_cumulants([])), repr(cv.moment_in_cumulants([]))) == ({(): 1}, "E[1] = 1")
    assert (dict(cv.cumulant_in_central({"x": 0})), dict(cv.central_in_cumulants({}))) == ({}, {(): 1})
    assert (dict(cv.central_in_cumulants("x")), repr(cv.central_in_cumulants("x"))) == ({}, "μ[x] = 0")
    assert cv.cumulant_in_moments([]).at({}) == 0
    assert cv.moment_in_cumulants([]).at({}) == 1
    assert cv.moment_in_cumulants([]).to_sympy() == 1
    assert cv.moment_in_cumulants([])[()] == 1
    assert list(cv.cumulant_terms([])) == []
    assert list(cv.moment_terms([])) == [((), 1)]


def test_lookup_in_any_order_and_form() -> None:
    kappa = cv.cumulant_in_moments({"x2": 1, "x10": 2})
    expected = kappa[("x2",), ("x10", "x10")]
    assert expected == -1
    assert kappa[[["x10", sympy.Symbol("x10")], "x2"]] == kappa[{"x10": 2}, {"x2": 1}] == -1
    assert kappa.get((("x10", "x2"), ("x10",))) == -2
    assert (("x2",), ("x10",)) not in kappa
    assert "x2" not in kappa
    assert 5 not in kappa
    assert [[], ["x2"]] not in kappa
    assert dict(kappa)[("x2",), ("x10", "x10")] == -1
    assert kappa[[["x10", "x10"], "x2"]] == -1
    assert (("x2",), ("x10",)) not in kappa


def test_written_forms_are_immutable_values() -> None:
    kappa = cv.cumulant_in_moments(["x", "y"])
    with pytest.raises(AttributeError):
        kappa.left = "E"  # type: ignore[misc]
    with pytest.raises(TypeError):
        kappa[("x",), ("y",)] = 3  # type: ignore[index]
    again = cv.cumulant_in_moments([y, x])
    assert kappa == again
    assert hash(kappa) == hash(again)
    assert kappa == dict(again)
    assert dict(again) == kappa
    assert kappa != cv.cumulant_in_moments(["x", "z"])
    assert kappa != cv.cumulant_in_moments(["x", "x"])
    assert kappa != 5
    # the same coefficients, and yet not the same statement
    assert cv.cumulant_in_moments("x") != cv.moment_in_cumulants("x")
    assert pickle.loads(pickle.dumps(kappa)) == kappa


def test_text_is_cut_when_long() -> None:
    kappa = cv.cumulant_in_moments(list("abcdefgh"))
    assert repr(kappa).endswith(" … (4140 terms)")
    assert repr(kappa).count("E[") < 50
    assert kappa.text().count(" - ") + kappa.text().count(" + ") == 4139
    assert kappa.text(max_terms=0) == "κ[a,b,c,d,e,f,g,h] =  … (4140 terms)"
    assert kappa.latex(max_terms=1).endswith(r"\cdots \text{ (4140 terms)}")


def test_latex() -> None:
    written = cv.cumulant_in_moments(["x_1", "x_1", "beta"])
    assert written.latex() == (
        r"\kappa(\beta, x_{1}, x_{1}) = \mathbb{E}[\beta x_{1}^{2}] - \mathbb{E}[\beta]\,\mathbb{E}[x_{1}^{2}]"
        r" - 2\,\mathbb{E}[\beta x_{1}]\,\mathbb{E}[x_{1}] + 2\,\mathbb{E}[\beta]\,\mathbb{E}[x_{1}]^{2}"
    )
    assert written._repr_latex_() == f"${written.latex()}$"
    assert cv.central_in_cumulants({"x": 2}).latex() == r"\mu(x, x) = \kappa(x, x)"
    assert cv.moment_in_cumulants([]).latex() == r"\mathbb{E}[1] = 1"


def test_sympy_symbols_have_the_names_of_unspecified_laws() -> None:
    written = cv.cumulant_in_moments(["x", "y", "x"]).to_sympy()
    assert {s.name for s in written.free_symbols} == {"E[x**2*y]", "E[x**2]", "E[x*y]", "E[x]", "E[y]"}
    assert {s.name for s in cv.moment_in_cumulants({"x": 2, "y": 1}).to_sympy().free_symbols} == {
        "κ[x,x,y]",
        "κ[x,x]",
        "κ[x,y]",
        "κ[x]",
        "κ[y]",
    }
    e, ex, ey = sympy.Symbol("E[x*y]"), sympy.Symbol("E[x]"), sympy.Symbol("E[y]")
    assert cv.cumulant_in_moments("xy").to_sympy() == sympy.Symbol("E[xy]")
    assert cv.cumulant_in_moments([x, y]).to_sympy() == e - ex * ey


@pytest.mark.parametrize("names", [["x10", "x2", "x2"], ["a,b", 'say "x"', " ", "x*y"], ["λ", "E", "E[x]"]])
def test_names_agree_with_those_of_laws(names: list[str]) -> None:
    everything = below(names)
    moments = {moment_symbol(Counter(key)) for key in everything}
    assert cv.cumulant_in_moments(names).to_sympy().free_symbols == moments
    assert cv.moment_in_cumulants(names).to_sympy().free_symbols == set(map(cumulant_symbol, everything))
    # and the text of a symbol can be read back
    assert len({symbol.name for symbol in moments}) == len(everything)


def test_symbolic_values() -> None:
    values = {"x": a, "y": b, ("x", "y"): a * b + 1, "unused": 7}
    assert cv.cumulant_in_moments([x, y]).at(values) == 1
    assert cv.cumulant_in_moments([x, y]).at([({"x": 1}, "1/2"), ("y", a), (["y", "x"], 0)]) == -a / 2
    names = list("abcdef")
    symbols = {key: sympy.Symbol("".join(key)) for size in range(1, 7) for key in combinations(names, size)}
    value = cv.cumulant_in_moments(names).at(symbols)
    assert len(value.args) == 203
    assert value == cv.joint_cumulants(symbols)[tuple(names)]


def test_too_large_comes_beforehand() -> None:
    with pytest.raises(TooLarge) as caught:
        cv.cumulant_in_moments([f"x{i}" for i in range(12)])
    assert str(caught.value) == (
        "conversions.cumulant_in_moments: number of terms: predicted 4,213,597, above the limit of 1,000,000. "
        "Pass limit=4213597 (or more) to do it all the same."
    )
    with pytest.raises(TooLarge, match="conversions.central_in_cumulants: number of terms: predicted 715, above"):
        cv.central_in_cumulants(list("abcdefgh"), limit=714)
    assert len(cv.central_in_cumulants(list("abcdefgh"), limit=715)) == 715
    with pytest.raises(TooLarge, match="conversions.cumulant_in_central: number of terms, at least: predicted"):
        cv.cumulant_in_central({"x": 10**9, "y": 10**9})
    with pytest.raises(TooLarge, match="conversions.moment_in_cumulants: number of terms: predicted 204,226, above"):
        cv.moment_in_cumulants({"x": 50}, limit=10**5)


@pytest.mark.parametrize("variables", [[f"x{i}" for i in range(2000)], {"x": 1500, "y": 1}])
def test_lazy_terms_have_no_limit(variables: Any) -> None:
    found = list(islice(cv.cumulant_terms(variables), 50))
    assert [len(key) for key, _ in found[:2]] == [1, 2]
    assert [coefficient for _, coefficient in found[:2]] == [1, -1]
    assert len({key for key, _ in found}) == 50


# -- errors ------------------------------------------------------------------------------------------------------------


def assert_text(call: Any, text: str, kind: type[Exception] = InvalidArgument) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text


@pytest.mark.parametrize(
    "call, text",
    [
        (
            lambda: cv.moments_to_cumulants("12"),
            "Argument 'moments' must be a sequence of values from order 1 on, not '12'.",
        ),
        (
            lambda: cv.cumulants_to_moments({1: 2}),
            "Argument 'cumulants' must be a sequence of values from order 1 on, not {1: 2}.",
        ),
        (lambda: cv.moments_to_central(3), "Argument 'moments' must be a sequence of values from order 1 on, not 3."),  # type: ignore[arg-type]
        (
            lambda: cv.central_to_moments([1, 2], 0),
            "Argument 'central' must begin with 0, the central moment of order 1, not 1.",
        ),
        (
            lambda: cv.central_to_cumulants([a, 2]),
            "Argument 'central' must begin with 0, the central moment of order 1, not a.",
        ),
        (
            lambda: cv.moments_to_cumulants(["x"]),
            "Argument 'moments' must be a number such as '1/3' or '0.25', not 'x'.",
        ),
        (lambda: cv.moments_to_cumulants([sympy.oo]), "A value must be a finite real number, not oo."),
        (
            lambda: cv.joint_cumulants({"x": 1, ("x", "y"): 2}),
            "Argument 'moments' must hold ('y',), which ('x', 'y') needs.",
        ),
        (
            lambda: cv.joint_moments({"x": 1, ("x", "x", "x"): 2}),
            "Argument 'cumulants' must hold ('x', 'x'), which ('x', 'x', 'x') needs.",
        ),
        (lambda: cv.joint_central({("x", "x"): 2}), "Argument 'moments' must hold ('x',), which ('x', 'x') needs."),
        (
            lambda: cv.joint_moments_from_central({("x", "x", "x"): 2}, {"x": 0}),
            "Argument 'central' must hold ('x', 'x'), which ('x', 'x', 'x') needs.",
        ),
        (
            lambda: cv.joint_moments_from_central({("x", "y"): 2}, {"x": 0}),
            "Argument 'means' must hold the mean of y, which ('x', 'y') needs.",
        ),
        (
            lambda: cv.joint_cumulants_from_central({"x": 0}, {}),
            "Argument 'means' must hold the mean of x, which ('x',) needs.",
        ),
        (
            lambda: cv.joint_cumulants_from_central({("x",) * 4: 0}, {}),
            "Argument 'central' must hold ('x', 'x'), which ('x', 'x', 'x', 'x') needs.",
        ),
        (
            lambda: cv.joint_central_from_cumulants({("x",) * 5: 0, ("x", "x"): 1}),
            "Argument 'cumulants' must hold ('x', 'x', 'x'), which ('x', 'x', 'x', 'x', 'x') needs.",
        ),
        (
            lambda: cv.joint_cumulants_from_central({"x": "1/2"}, {"x": 1}),
            "Argument 'central' must have 0, the central moment of one variable, for ('x',), not 1/2.",
        ),
        (
            lambda: cv.joint_moments_from_central({}, {("x", "x"): 1}),
            "Argument 'means' must map single variables to values, not ('x', 'x').",
        ),
        (lambda: cv.joint_cumulants({(): 2}), "Argument 'moments' must have 1 for the empty multiset, not 2."),
        (lambda: cv.joint_moments({(): a}), "Argument 'cumulants' must have 0 for the empty multiset, not a."),
        (
            lambda: cv.joint_moments_from_central({(): 0}, {}),
            "Argument 'central' must have 1 for the empty multiset, not 0.",
        ),
        (
            lambda: cv.joint_cumulants({("x", "y"): 1, ("y", "x"): 1}),
            "Argument 'moments' must hold each multiset once, but ('x', 'y') comes twice.",
        ),
        (lambda: cv.joint_cumulants({3: 1}), "Argument 'moments' must be a multiset of variables, not 3."),
        (lambda: cv.joint_cumulants({(3,): 1}), "Argument 'moments' must hold symbols or names of variables, not 3."),
        (lambda: cv.joint_cumulants({"": 1}), "Argument 'moments' must name a variable, not be empty."),
        (lambda: cv.joint_cumulants([({"x": -1}, 1)]), "Argument 'moments' must be at least 0, not -1."),
        (lambda: cv.joint_cumulants([({"x": 1.0}, 1)]), "Argument 'moments' must be an integer, not 1.0."),
        (lambda: cv.joint_cumulants(["xy"]), "Argument 'moments' must consist of pairs (multiset, value), not 'xy'."),
        (lambda: cv.joint_cumulants(5), "Argument 'moments' must map multisets of variables to values, not be 5."),
        (
            lambda: cv.joint_moments_from_central({}, None),
            "Argument 'means' must map multisets of variables to values, not be None.",
        ),
        (lambda: cv.cumulant_in_moments(5), "Argument 'variables' must be a multiset of variables, not 5."),
        (lambda: cv.cumulant_in_moments(["x"], limit=-1), "Argument 'limit' must be at least 0, not -1."),
        (lambda: cv.cumulant_in_moments("x").text(max_terms=-1), "Argument 'max_terms' must be at least 0, not -1."),
        (
            lambda: cv.cumulant_in_central(["x"]),
            "Argument 'variables' must name no variable or at least two, not ('x',): a cumulant of one variable is its mean, "
            "which central moments do not tell.",
        ),
        (
            lambda: cv.cumulant_in_moments(["x", "x", "y"]).at({"x": 1, "y": 1, ("x", "y"): 1, ("x", "x"): 1}),
            "Argument 'values' must hold E[x**2*y], which κ[x,x,y] needs.",
        ),
        (
            lambda: cv.central_in_cumulants({"x": 4}).at({("x",) * 4: 1}),
            "Argument 'values' must hold κ[x,x], which μ[x,x,x,x] needs.",
        ),
    ],
)
def test_errors(call: Any, text: str) -> None:
    assert_text(call, text)


def test_partitions_without_a_term() -> None:
    kappa = cv.cumulant_in_moments(["x", "y"])
    text = "Argument 'partition' must be a partition of ('x', 'y') that has a term, not (('x',),)."
    assert_text(lambda: kappa[(("x",),)], text, UnknownVariable)
    central = cv.central_in_cumulants(["x", "x"])
    text = "Argument 'partition' must be a partition of ('x', 'x') that has a term, not ['x', 'x']."
    assert_text(lambda: central[["x", "x"]], text, UnknownVariable)


@pytest.mark.parametrize("value", [0.5, np.float64(0.5), sympy.Float(0.5), 1j])
@pytest.mark.parametrize(
    "call",
    [
        lambda value: cv.moments_to_cumulants([1, value]),
        lambda value: cv.cumulants_to_moments([value]),
        lambda value: cv.moments_to_central([value]),
        lambda value: cv.cumulants_to_central([value]),
        lambda value: cv.central_to_moments([0], value),
        lambda value: cv.central_to_cumulants([0], value),
        lambda value: cv.joint_cumulants({"x": value}),
        lambda value: cv.joint_moments({"x": value}),
        lambda value: cv.joint_central({"x": value}),
        lambda value: cv.joint_central_from_cumulants({"x": value}),
        lambda value: cv.joint_moments_from_central({}, {"x": value}),
        lambda value: cv.joint_cumulants_from_central({("x", "x"): value}, {}),
        lambda value: cv.cumulant_in_moments("x").at({"x": 1, "unused": value}),
    ],
)
def test_floats_are_refused_everywhere(call: Any, value: Any) -> None:
    with pytest.raises(InexactError, match="must be"):
        call(value)


def test_a_float_inside_an_expression_is_refused() -> None:
    text = "Only exact expressions have exact values, not the float 0.500000000000000."
    assert_text(lambda: cv.moments_to_cumulants([0.5 * a]), text, InexactError)


SCRIPT = """
from symwick.algebra import conversions as cv
print(cv.cumulant_in_moments({"pear": 2, "fig": 1, "x10": 1, "x2": 1}).text())
print(list(cv.central_in_cumulants(["pear", "fig", "x10", "x2", "x2"])))
print(cv.joint_moments({"pear": 2, "fig": 1, ("fig", "pear"): "1/3"}))
"""


def test_same_output_for_every_hash_seed(printed_under_hash_seeds: Callable[[str], set[str]]) -> None:
    outputs = printed_under_hash_seeds(SCRIPT)
    assert len(outputs) == 1
    assert "fig" in outputs.pop()
