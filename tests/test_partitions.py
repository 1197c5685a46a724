"""Set partitions: counts, canonical form, the lattice, laziness, and independence of the hash seed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from fractions import Fraction
from itertools import islice, permutations, product
from math import comb, factorial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import symbols

from symwick.algebra import partitions as sp
from symwick.errors import InvalidArgument

BELL = [1, 1, 2, 5, 15, 52, 203, 877, 4140, 21147, 115975]


@st.composite
def labelled(draw: st.DrawFn, size: int = 6, several: int = 2) -> tuple[Any, ...]:
    """Several partitions of one set, as lists of lists."""
    n = draw(st.integers(0, size))
    result = []
    for _ in range(several):
        blocks: dict[int, list[int]] = {}
        for item, block in enumerate(draw(st.lists(st.integers(0, n), min_size=n, max_size=n))):
            blocks.setdefault(block, []).append(item)
        result.append(list(blocks.values()))
    return tuple(result)


def below(finer: Iterable[Iterable[Hashable]], coarser: Iterable[Iterable[Hashable]]) -> bool:
    """Refinement by its definition."""
    return all(any(set(fine) <= set(coarse) for coarse in coarser) for fine in finer)


# Counts -------------------------------------------------------------------------------------------------------------


def test_bell_numbers() -> None:
    assert [sp.bell(n) for n in range(11)] == BELL
    assert sp.bell(25) == 4638590332229999353
    assert sp.bell(70) == sum(comb(69, k) * sp.bell(k) for k in range(70))
    assert sp.bell(90) == sum(sp.stirling2(90, k) for k in range(91))
    # Touchard's congruence, B(n + p) = B(n) + B(n + 1) modulo a prime p.
    assert (sp.bell(1101) - sp.bell(1000) - sp.bell(1001)) % 101 == 0


def test_stirling_numbers() -> None:
    assert [sp.stirling2(5, k) for k in range(7)] == [0, 1, 15, 25, 10, 1, 0]
    assert sp.stirling2(0, 0) == 1
    for n, k in product(range(1, 12), repeat=2):
        assert sp.stirling2(n, k) == k * sp.stirling2(n - 1, k) + sp.stirling2(n - 1, k - 1)


def test_caches_are_bounded() -> None:
    for n in range(300):
        sp.bell(n)
    assert sp._bell.cache_info().currsize == 256
    for n, k in product(range(95), repeat=2):
        sp.stirling2(n, k)
    assert sp._stirling2.cache_info().currsize == 4096
    assert [sp.bell(n) for n in range(11)] == BELL


@pytest.mark.parametrize("n", range(9))
def test_enumerations_are_complete_and_distinct(n: int) -> None:
    listed = list(sp.set_partitions(range(n)))
    assert len(listed) == len(set(listed)) == BELL[n]
    for partition in listed:
        assert sp.canonical(partition, universe=range(n)) == partition
    for k in range(n + 1):
        assert sum(len(partition) == k for partition in listed) == sp.stirling2(n, k)
    masks = [tuple(sum(1 << i for i in block) for block in partition) for partition in listed]
    assert list(sp.mask_partitions((1 << n) - 1)) == masks


def test_order_is_that_of_growth_strings() -> None:
    def growth(partition: tuple[tuple[int, ...], ...]) -> list[int]:
        home = {item: i for i, block in enumerate(partition) for item in block}
        return [home[item] for item in range(6)]

    strings = [growth(partition) for partition in sp.set_partitions(range(6))]
    assert strings == sorted(strings)


def test_masks_with_gaps() -> None:
    assert list(sp.mask_partitions(0b101000)) == [(0b101000,), (0b1000, 0b100000)]
    assert list(sp.mask_partitions(0)) == [()]
    assert list(sp.set_partitions([])) == [()]


def test_partitions_of_unlike_things() -> None:
    x, y = symbols("x y")
    assert list(sp.set_partitions([y, x])) == [((x, y),), ((x,), (y,))]
    assert list(sp.set_partitions(["a", 2])) == [((2, "a"),), ((2,), ("a",))]
    # hash(-1) == hash(-2)
    assert list(sp.set_partitions([-1, -2])) == [((-2, -1),), ((-2,), (-1,))]


# Laziness -----------------------------------------------------------------------------------------------------------


def head(partitions: Iterator[Any]) -> list[Any]:
    return list(islice(partitions, 200))


def test_two_thousand_items() -> None:
    items = range(2000)
    first = head(sp.set_partitions(items))
    assert len(set(first)) == 200
    assert first[0] == (tuple(items),)
    assert all(sum(map(len, partition)) == 2000 for partition in first)
    assert len(set(head(sp.mask_partitions((1 << 2000) - 1)))) == 200
    halves = [items[:1000], items[1000:]]
    finer = head(sp.refinements(halves))
    assert len(set(finer)) == 200
    assert all(sp.refines(partition, halves) for partition in finer[:5])
    assert head(sp.refinements([[i] for i in items])) == [tuple((i,) for i in items)]


def test_two_thousand_singletons_can_be_compared() -> None:
    fine = [[i] for i in range(2000)]
    chain = [[i, i + 1] for i in range(0, 2000, 2)]
    shifted = [[0], *([i, i + 1] for i in range(1, 1999, 2)), [1999]]
    assert sp.join(chain, shifted) == (tuple(range(2000)),)
    assert sp.meet(chain, shifted) == sp.canonical(fine)
    assert sp.moebius(fine, [range(2000)]) == -factorial(1999)


# Canonical form -----------------------------------------------------------------------------------------------------


def test_canonical_does_not_depend_on_how_it_is_given() -> None:
    expected = ((0, 3), (1,), (2, 4))
    for blocks in permutations([[3, 0], {1}, (4, 2)]):
        assert sp.canonical(blocks) == expected
        assert sp.canonical(iter(map(iter, blocks)), universe=range(5)) == expected
    assert sp.canonical(sp.frozen(expected)) == expected
    assert sp.canonical([]) == ()
    assert sp.canonical([], universe=[]) == ()
    assert sp.canonical(["ba", "c"]) == (("a", "b"), ("c",))


def test_ordered_is_total_on_mixed_kinds() -> None:
    x, y = symbols("x y")
    items: list[Any] = [x, frozenset("ab"), (1, "a"), "b", Fraction(1, 2), 1, frozenset("c"), (1, 2), y, "a", 0]
    expected = [0, Fraction(1, 2), 1, "a", "b", (1, 2), (1, "a"), frozenset("c"), frozenset("ab"), x, y]
    assert sp.ordered(items) == expected
    assert sp.ordered(reversed(items)) == expected


@pytest.mark.parametrize(
    "blocks, universe, text",
    [
        (3, None, "Argument 'pi' must be an iterable of blocks, not 3."),
        ([[0], 1], None, "Argument 'pi' must consist of iterable blocks, not 1."),
        ([[0], [[1]]], None, "Argument 'pi' must have hashable items, not [1]."),
        ([[0], []], None, "Argument 'pi' must have no empty block, not [(0,), ()]."),
        (
            [[0, 1], [2], [1, 3]],
            None,
            "Argument 'pi' must have disjoint blocks, not (0, 1) and (1, 3), which share 1.",
        ),
        ([[0], [1, 1]], None, "Argument 'pi' must name each element of a block once, not (1, 1)."),
        ([[0], [5, 4]], [0, 1], "Argument 'pi' must contain only elements of [0, 1], not 4."),
        ([[0]], [2, 1, 0], "Argument 'pi' must cover every element of [0, 1, 2], not leave out 1."),
    ],
)
def test_canonical_errors(blocks: Any, universe: Any, text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        sp.canonical(blocks, universe=universe, argument="pi")
    assert str(caught.value) == text


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda: sp.bell(-1), "Argument 'n' must be at least 0, not -1."),
        (lambda: sp.bell(True), "Argument 'n' must be an integer, not True."),
        (lambda: sp.bell(2.0), "Argument 'n' must be an integer, not 2.0."),  # type: ignore[arg-type]
        (lambda: sp.stirling2(3, -2), "Argument 'k' must be at least 0, not -2."),
        (lambda: sp.mask_partitions(-1), "Argument 'mask' must be at least 0, not -1."),
        (lambda: sp.set_partitions([1, 1]), "Argument 'items' must have disjoint blocks, not (1,) and (1,)"),
        (lambda: sp.refinements([[]]), "Argument 'partition' must have no empty block"),
        (lambda: sp.refines([[0]], [[0, 1]]), "Argument 'coarser' must contain only elements of [0], not 1."),
        (lambda: sp.meet([[0], [1]], [[0]]), "Argument 'second' must cover every element of [0, 1], not leave out 1."),
        (lambda: sp.join([[0], [0]], [[0]]), "Argument 'first' must have disjoint blocks"),
        (lambda: sp.moebius([[0], 1], [[0]]), "Argument 'finer' must consist of iterable blocks, not 1."),  # type: ignore[list-item]
    ],
)
def test_other_errors_come_at_the_call(call: Any, text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        call()
    assert str(caught.value).startswith(text)


# The lattice --------------------------------------------------------------------------------------------------------


@given(labelled())
def test_refinement_meet_join_by_definition(pair: Any) -> None:
    first, second = pair
    assert sp.refines(first, second) == below(first, second)
    meet, join = sp.meet(first, second), sp.join(first, second)
    assert below(meet, first)
    assert below(meet, second)
    assert below(first, join)
    assert below(second, join)
    assert meet == sp.canonical(meet)
    assert join == sp.canonical(join)


@given(labelled(size=5, several=3))
def test_meet_and_join_are_the_bounds(triple: Any) -> None:
    first, second, third = triple
    assert (sp.refines(third, first) and sp.refines(third, second)) == sp.refines(third, sp.meet(first, second))
    assert (sp.refines(first, third) and sp.refines(second, third)) == sp.refines(sp.join(first, second), third)


@given(labelled(several=1))
def test_refinements_are_all_that_refine(one: Any) -> None:
    (partition,) = one
    universe = [item for block in partition for item in block]
    expected = [finer for finer in sp.set_partitions(universe) if below(finer, partition)]
    found = list(sp.refinements(partition))
    assert len(found) == len(expected)
    assert set(found) == set(expected)
    assert found[0] == sp.canonical(partition)


@pytest.mark.parametrize("n", range(5))
def test_moebius_inverts_zeta(n: int) -> None:
    everything = list(sp.set_partitions(range(n)))
    for low, high in product(everything, repeat=2):
        # sum over low <= middle <= high of mu(middle, high) is 1 if low == high, else 0, and on the other side too.
        between = [middle for middle in everything if below(low, middle) and below(middle, high)]
        assert sum(sp.moebius(middle, high) for middle in between) == (low == high)
        assert sum(sp.moebius(low, middle) for middle in between) == (low == high)
        if not below(low, high):
            assert sp.moebius(low, high) == 0


def test_moebius_of_the_whole_lattice() -> None:
    for n in range(1, 12):
        assert sp.moebius([[i] for i in range(n)], [range(n)]) == (-1) ** (n - 1) * factorial(n - 1)


# Hash seeds ---------------------------------------------------------------------------------------------------------

SCRIPT = """
from symwick.algebra import partitions as sp
words = {"pear", "fig", "plum", "kiwi"}
print(list(sp.set_partitions(words)))
print(list(sp.refinements([words, {"nut", ("a", 1), ("a", "b")}]))[:9])
print(sp.canonical(frozenset({frozenset(words), frozenset({"nut"})})))
print(sp.join([words], [{word} for word in words]))
print(list(sp.mask_partitions(27)))
"""


def test_same_output_for_every_hash_seed(printed_under_hash_seeds: Callable[[str], set[str]]) -> None:
    outputs = printed_under_hash_seeds(SCRIPT)
    assert len(outputs) == 1
    assert "fig" in outputs.pop()
