"""Multiset partitions: against set partitions with the labels rubbed out, and against known numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra import multisets as ms
from symwick.algebra import partitions as sp
from symwick.errors import InvalidArgument, TooLarge

PARTITIONS = [1, 1, 2, 3, 5, 7, 11, 15, 22, 30, 42]  # OEIS A000041
DOUBLES = [1, 2, 9, 66, 712, 10457]  # OEIS A020555: n elements, each twice


def rubbed_out(items: list[Any]) -> Counter[Any]:
    """Multiset partitions and their counts, by listing the set partitions of the places."""
    return Counter(
        tuple(sorted(tuple(sorted(items[i] for i in block)) for block in partition))
        for partition in sp.set_partitions(range(len(items)))
    )


@given(st.lists(st.integers(-2, 1), max_size=7))
def test_against_labelled_lists(items: list[int]) -> None:
    found = list(ms.multiset_partitions(items))
    assert dict(found) == rubbed_out(items)
    assert len(dict(found)) == len(found) == ms.count_multiset_partitions(items)
    assert sum(count for _, count in found) == sp.bell(len(items))
    for partition, count in found:
        assert ms.canonical(partition) == partition
        assert ms.labelled_count(partition) == count
    assert list(ms.multiset_partitions(Counter(items))) == found
    assert list(ms.multiset_partitions(reversed(items))) == found


@pytest.mark.parametrize("n", range(11))
def test_equal_elements_give_integer_partitions(n: int) -> None:
    assert ms.count_multiset_partitions({"a": n}) == PARTITIONS[n]
    assert len(list(ms.multiset_partitions("a" * n))) == PARTITIONS[n]


@pytest.mark.parametrize("n", range(9))
def test_distinct_elements_give_set_partitions(n: int) -> None:
    assert ms.count_multiset_partitions(range(n)) == sp.bell(n)
    found = list(ms.multiset_partitions(range(n)))
    assert {partition for partition, _ in found} == set(sp.set_partitions(range(n)))
    assert all(count == 1 for _, count in found)


def test_known_counts() -> None:
    assert [ms.count_multiset_partitions(list(range(n)) * 2) for n in range(6)] == DOUBLES
    assert len(list(ms.multiset_partitions([0, 1, 2, 3] * 2))) == 712
    assert ms.count_multiset_partitions({0: 1000}) == 24061467864032622473692149727991
    assert ms.count_multiset_partitions(range(120)) == sp.bell(120)
    assert ms.count_multiset_partitions({0: 3, 1: 1, 2: 2, 3: 1}) == len(rubbed_out([0, 0, 0, 1, 2, 2, 3]))


def test_the_empty_multiset_and_zero_multiplicities() -> None:
    assert list(ms.multiset_partitions([])) == [((), 1)]
    assert list(ms.multiset_partitions({"a": 0, "b": 1})) == [((("b",),), 1)]
    assert ms.count_multiset_partitions({"a": 0}) == 1
    assert ms.labelled_count([]) == 1


@pytest.mark.parametrize("multiset", [range(2000), [0] * 2000, {"a": 1000, "b": 999, "c": 1}])
def test_two_thousand_elements(multiset: Any) -> None:
    found = list(islice(ms.multiset_partitions(multiset), 60))
    assert len({partition for partition, _ in found}) == 60
    assert all(sum(map(len, partition)) == 2000 for partition, _ in found)


def test_more_blocks_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = list(ms.multiset_partitions("aabbcd"))
    monkeypatch.setattr(ms, "_KEPT_BLOCKS", 3)
    assert list(ms.multiset_partitions("aabbcd")) == expected


def test_a_thousand_blocks_deep() -> None:
    # All equal, the last partitions have as many blocks as elements: deeper than Python's recursion limit.
    everything = ms.multiset_partitions([0] * 1200 + [1])
    assert next(everything)[0] == ((0,) * 1200 + (1,),)
    frames = list(islice(ms.multiset_partitions({0: 1100}), 3))
    assert [len(partition) for partition, _ in frames] == [1, 2, 2]
    assert ms.labelled_count([[0]] * 3000) == 1


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda: ms.multiset_partitions({"a": -1}), "Argument 'multiset' must be at least 0, not -1."),
        (lambda: ms.multiset_partitions({"a": True}), "Argument 'multiset' must be an integer, not True."),
        (
            lambda: ms.multiset_partitions([[1]]),  # type: ignore[type-var]
            "Argument 'multiset' must be a mapping or an iterable of hashable elements, not [[1]].",
        ),
        (
            lambda: ms.count_multiset_partitions(3),  # type: ignore[arg-type]
            "Argument 'multiset' must be a mapping or an iterable of hashable elements, not 3.",
        ),
        (
            lambda: ms.canonical([1], argument="pi"),  # type: ignore[arg-type]
            "Argument 'pi' must be an iterable of blocks that are iterables, not [1].",
        ),
        (lambda: ms.canonical([[1], []]), "Argument 'partition' must have no empty block, not [(1,), ()]."),
        (lambda: ms.count_multiset_partitions("a", limit=-1), "Argument 'limit' must be at least 0, not -1."),
    ],
)
def test_errors(call: Any, text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        call()
    assert str(caught.value) == text


def test_too_large_comes_beforehand() -> None:
    with pytest.raises(TooLarge, match="count_multiset_partitions: additions: predicted 122,444,006,400") as caught:
        ms.count_multiset_partitions(dict.fromkeys(range(10), 2) | {10: 8, 11: 8}, limit=10**6)
    assert caught.value.predicted == 6**10 * 45**2
    assert caught.value.argument == "limit"


SCRIPT = """
from symwick.algebra import multisets as ms
print(list(ms.multiset_partitions({"pear": 2, "fig": 1, ("a", 1): 1})))
print(ms.canonical([{"pear", "fig", "kiwi"}, {"nut", "kiwi"}]))
"""


def test_same_output_for_every_hash_seed(printed_under_hash_seeds: Callable[[str], set[str]]) -> None:
    outputs = printed_under_hash_seeds(SCRIPT)
    assert len(outputs) == 1
    assert "fig" in outputs.pop()
