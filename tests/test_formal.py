"""The written-out generalized Wick and cumulant products, against recursions of their own."""

from __future__ import annotations

import copy
import gc
import pickle
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from math import factorial, prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra.partitions import bell, frozen, moebius, refinements, stirling2
from symwick.decompose import formal
from symwick.errors import InvalidArgument, TooLarge

Sum = dict[Any, int]


def subsets(items: Iterable[int]) -> Iterator[frozenset[int]]:
    pool = sorted(items)
    for size in range(len(pool) + 1):
        yield from map(frozenset, combinations(pool, size))


def omega(whole: frozenset[int]) -> Sum:
    """omega_S = 1 - sum over T < S of E_{S - T} omega_T; an operator E_B1 E_B2 ... is the set of its blocks."""
    result: Sum = {frozenset(): 1}
    for part in subsets(whole):
        if part != whole:
            for blocks, coefficient in omega(part).items():
                key = blocks | {whole - part}
                result[key] = result.get(key, 0) - coefficient
    return result


def times(first: Sum, second: Sum) -> Sum:
    result: Sum = {}
    for one, a in first.items():
        for two, b in second.items():
            result[one | two] = result.get(one | two, 0) + a * b
    return result


def kappa(whole: frozenset[int]) -> Sum:
    """kappa_S = E_S - sum over B < S with min S in B of kappa_B E_{S - B}: the derivative of log."""
    result: Sum = {frozenset({whole}): 1}
    for part in subsets(whole):
        if part and part != whole and min(whole) in part:
            for blocks, coefficient in times(kappa(part), {frozenset({whole - part}): 1}).items():
                result[blocks] = result.get(blocks, 0) - coefficient
    return result


def held_and_pi(n: int, terms: Sum) -> Sum:
    everything = frozenset(range(n))
    return {(everything.difference(*pi), pi): c for pi, c in terms.items()}


# Values -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(6))
def test_gwp_is_the_inverse_series(n: int) -> None:
    assert formal.gwp(n) == held_and_pi(n, omega(frozenset(range(n))))


@pytest.mark.parametrize("n", range(1, 7))
def test_gcp_is_the_logarithm(n: int) -> None:
    assert formal.gcp(n) == kappa(frozenset(range(n)))


@pytest.mark.parametrize("n", range(5))
def test_gwpd_adds_up_to_f(n: int) -> None:
    """sum over T of E_{S - T} omega_T = 1."""
    whole = frozenset(range(n))
    total: Sum = {}
    for part in subsets(whole):
        names = sorted(part)
        for (_, pi), coefficient in formal.gwp(len(part)).items():
            blocks = frozenset(frozenset(names[i] for i in block) for block in pi)
            key = blocks | ({whole - part} if part != whole else frozenset())
            total[key] = total.get(key, 0) + coefficient
    assert {key: c for key, c in total.items() if c} == {frozenset(): 1}


@given(st.lists(st.integers(1, 3), max_size=3), st.randoms(use_true_random=False))
def test_gcp_is_the_moebius_function_and_gcpd_adds_up(sizes: list[int], random: Any) -> None:
    labels = list(range(sum(sizes)))
    random.shuffle(labels)
    pool = iter(labels)
    partition = [[next(pool) for _ in range(size)] for size in sizes]
    found = formal.gcp(partition)
    assert len(found) == prod(map(bell, sizes))
    for pi, coefficient in found.items():
        assert coefficient == moebius(pi, partition)
    total: Sum = {}
    for finer in refinements(partition):
        for pi, coefficient in formal.gcp(finer).items():
            total[pi] = total.get(pi, 0) + coefficient
    assert {pi: c for pi, c in total.items() if c} == {frozen(partition): 1}


def test_gcp_is_the_product_of_its_blocks() -> None:
    blocks = [[0, 3], [1, 2, 5], [4]]
    expected: Sum = {frozenset(): 1}
    for block in blocks:
        expected = times(expected, kappa(frozenset(block)))
    assert formal.gcp(blocks) == expected


@pytest.mark.parametrize("n", range(8))
def test_number_of_terms_and_sum_of_coefficients(n: int) -> None:
    terms = formal.gwp(n)
    assert len(terms) == bell(n + 1)
    for size in range(n + 1):
        with_blocks = [c for (_, pi), c in terms.items() if len(pi) == size]
        assert len(with_blocks) == stirling2(n + 1, size + 1)
        assert set(with_blocks) == {(-1) ** size * factorial(size)}
    # Where every E_B is the identity, omega_S f is 0 unless S is empty.
    assert sum(terms.values()) == (n == 0)
    for (held, pi), coefficient in terms.items():
        assert type(coefficient) is int
        assert sum(map(len, pi)) + len(held) == n
        assert held.union(*pi) == set(range(n))
    assert sum(formal.gcp(n).values()) == (n <= 1)
    assert len(formal.gcp(n)) == bell(n)


def test_the_keys_are_as_documented() -> None:
    terms = formal.gwp(2)
    zero, one, both = frozenset({0}), frozenset({1}), frozenset({0, 1})
    assert list(terms.items()) == [
        ((both, frozenset()), 1),
        ((one, frozenset({zero})), -1),
        ((zero, frozenset({one})), -1),
        ((frozenset(), frozenset({both})), -1),
        ((frozenset(), frozenset({zero, one})), 2),
    ]
    assert isinstance(terms, dict)
    assert list(formal.gcp([[0, 1]]).items()) == [(frozenset({both}), 1), (frozenset({zero, one}), -1)]


def test_equal_blocks_are_one_object() -> None:
    """Sharing is what keeps gwp(10) small: 2^n blocks for Bell(n+1) terms."""
    terms = formal.gwp(6)
    assert len({id(block) for _, pi in terms for block in pi}) == 2**6 - 1
    assert len({id(held) for held, _ in terms}) == 2**6


@pytest.mark.parametrize("n", range(8))
def test_compact_has_the_same_terms(n: int) -> None:
    def as_set(mask: int) -> frozenset[int]:
        return frozenset(i for i in range(n) if mask >> i & 1)

    listed = list(formal.compact(n))
    assert {(as_set(held), frozenset(map(as_set, blocks))): c for held, blocks, c in listed} == formal.gwp(n)
    assert len(listed) == bell(n + 1)
    assert list(dict.fromkeys(as_set(held) for held, _, _ in listed)) == list(
        dict.fromkeys(held for held, _ in formal.gwp(n))
    )


def test_compact_is_lazy() -> None:
    terms = formal.compact(200)
    assert next(terms) == (2**200 - 1, (), 1)
    assert next(terms) == (2**200 - 2, (1,), -1)


def test_labels_may_be_any_hashable() -> None:
    minus_one, minus_two = frozenset({-1}), frozenset({-2})  # hash(-1) == hash(-2)
    assert formal.gcp([[-1, -2]]) == {frozenset({minus_one | minus_two}): 1, frozenset({minus_one, minus_two}): -1}
    mixed = formal.gcp([["a", 1], [(2, 3)]])
    assert mixed[frozenset({frozenset({"a"}), frozenset({1}), frozenset({(2, 3)})})] == -1
    assert formal.gcp([]) == formal.gcp(0) == {frozenset(): 1}
    assert formal.gcp([{0}, {1}, {2}]) == {frozenset(frozenset({i}) for i in range(3)): 1}


# Print --------------------------------------------------------------------------------------------------------------


def test_latex_of_two() -> None:
    assert formal.gwp(2).latex() == (
        r"f(x_1, x_2) - \mathbb{E}[f(X_1, x_2)] - \mathbb{E}[f(x_1, X_2)] - \mathbb{E}[f(X_1, X_2)]"
        r" + 2 \mathbb{E}[f(X_1, X_2')]"
    )
    assert formal.gwp(2)._repr_latex_() == f"${formal.gwp(2).latex()}$"


def test_text() -> None:
    expected = "f(x_1, x_2) - E[f(X_1, x_2)] - E[f(x_1, X_2)] - E[f(X_1, X_2)] + 2 E[f(X_1, X_2')]"
    assert str(formal.gwp(2)) == repr(formal.gwp(2)) == formal.gwp(2).text() == expected
    assert str(formal.gwp(0)) == str(formal.gcp([])) == "f()"
    assert str(formal.gcp(1)) == "E[f(X_1)]"
    assert str(formal.gcp([[0, 2], [1]])) == "E[f(X_1, X_2', X_3)] - E[f(X_1, X_2', X_3'')]"
    assert formal.gcp(3).text().endswith("+ 2 E[f(X_1, X_2', X_3'')]")


def test_long_sums_are_cut_and_say_so() -> None:
    text = repr(formal.gwp(7))
    assert text.count("f(") == 15
    assert text.endswith(" … (4140 terms)")
    assert "…" not in repr(formal.gwp(3))
    assert formal.gwp(2).latex(max_terms=1) == r"f(x_1, x_2) \cdots \text{ (5 terms)}"
    assert formal.gwp(7)._repr_latex_().endswith(r"\text{ (4140 terms)}$")
    assert formal.gwp(5).latex().count("f(") == 203


def test_many_copies_are_numbered() -> None:
    terms = formal.gwp(6)
    assert terms.text().endswith("+ 720 E[f(X_1, X_2', X_3'', X_4''', X_5^(4), X_6^(5))]")
    assert terms.latex().endswith(r"f(X_1, X_2', X_3'', X_4''', X_5^{(4)}, X_6^{(5)})]")
    assert "x_{10}" in formal.gcp([range(10)], limit=10**6).latex(max_terms=1).lower()


def test_names() -> None:
    assert str(formal.gwp(1, names=["x"])) == "f(x) - E[f(X)]"
    terms = formal.gwp(2, names=["width", "x_12"])
    assert terms.text(max_terms=2) == "f(width, x_12) - E[f(Width, x_12)] … (5 terms)"
    assert terms.latex(max_terms=2).startswith(r"f(\mathrm{width}, x_{12}) - \mathbb{E}[f(\mathrm{Width}, x_{12})]")
    assert terms.text(max_terms=1, names=["a", "b"]) == "f(a, b) … (5 terms)"
    assert str(formal.gcp([["b", "a"]])) == "E[f(A, B)] - E[f(A, B')]"
    assert str(formal.gcp([[3, 5]])) == "E[f(X_3, X_5)] - E[f(X_3, X_5')]"
    assert formal.gcp([["A_%"]]).latex() == r"\mathbb{E}[f(X_{\mathrm{A\_\%}})]"
    assert str(formal.gcp([[0, 1]], names=["u", "v"])) == "E[f(U, V)] - E[f(U, V')]"


def test_a_changed_copy_still_prints() -> None:
    terms = formal.gwp(1)
    terms.clear()
    assert str(terms) == "0"
    (key, other) = formal.gwp(1)
    terms[other] = -3
    assert str(terms) == "-3 E[f(X_1)]"
    terms[key] = 2
    assert str(terms) == "-3 E[f(X_1)] + 2 f(x_1)"


def test_copies_and_pickles() -> None:
    for terms in (formal.gwp(3, names=["a", "b", "c"]), formal.gcp([["u", "v"], ["w"]])):
        for other in (copy.deepcopy(terms), pickle.loads(pickle.dumps(terms))):
            assert other == terms
            assert type(other) is type(terms)
            assert str(other) == str(terms)


# Refusals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda: formal.gwp(-1), "Argument 'n' must be at least 0, not -1."),
        (lambda: formal.gwp(True), "Argument 'n' must be an integer, not True."),
        (lambda: formal.gwp(2.0), "Argument 'n' must be an integer, not 2.0."),  # type: ignore[arg-type]
        (lambda: formal.gwp("2"), "Argument 'n' must be an integer, not '2'."),  # type: ignore[arg-type]
        (lambda: formal.gwp(2, limit=-1), "Argument 'limit' must be at least 0, not -1."),
        (lambda: formal.compact(-2), "Argument 'n' must be at least 0, not -2."),
        (lambda: formal.gcp(-1), "Argument 'partition' must be at least 0, not -1."),
        (lambda: formal.gcp(False), "Argument 'partition' must be an integer, not False."),
        (
            lambda: formal.gcp([[0, 1], [1]]),
            "Argument 'partition' must have disjoint blocks, not (0, 1) and (1,), which share 1.",
        ),
        (lambda: formal.gcp([[0], []]), "Argument 'partition' must have no empty block, not [(0,), ()]."),
        (lambda: formal.gcp([0, 1]), "Argument 'partition' must consist of iterable blocks, not 0."),  # type: ignore[list-item]
        (lambda: formal.gwp(2, names=["x"]), "Argument 'names' must hold 2 distinct names, not ['x']."),
        (lambda: formal.gwp(2, names="xy"), "Argument 'names' must hold 2 distinct names, not 'xy'."),
        (lambda: formal.gwp(2).text(names=["x", "x"]), "Argument 'names' must hold 2 distinct names, not ['x', 'x']."),
        (
            lambda: formal.gwp(1, names=["X"]),
            "Argument 'names' must hold identifiers that begin with a small letter, not 'X'.",
        ),
        (lambda: formal.gwp(1).latex(max_terms=-1), "Argument 'max_terms' must be at least 0, not -1."),
    ],
)
def test_invalid_arguments(call: Any, text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        call()
    assert str(caught.value) == text


@pytest.mark.parametrize(
    "call, predicted, text",
    [
        (lambda: formal.gwp(11, limit=10**6), bell(12), "formal.gwp: number of terms: predicted 4,213,597, above"),
        (lambda: formal.gwp(12), bell(13), "formal.gwp: number of terms: predicted 27,644,437, above the limit"),
        (lambda: formal.gcp(13), bell(13), "formal.gcp: number of terms: predicted 27,644,437, above"),
        (lambda: formal.gcp([range(9), range(9, 18)]), bell(9) ** 2, "formal.gcp: number of terms: predicted 447,19"),
        (lambda: formal.gwp(10**9), bell(999), "formal.gwp: number of terms, at least: predicted about 10^1925, above"),
        (lambda: formal.gcp([range(k, k + 9) for k in range(0, 90_000, 9)]), None, "formal.gcp: number of terms, at l"),
    ],
)
def test_too_large_comes_before_the_work(
    call: Any, predicted: int | None, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise AssertionError("the work has begun")

    monkeypatch.setattr(formal, "_blocks_by_mask", fail)
    monkeypatch.setattr(formal, "_partitions", fail)
    with pytest.raises(TooLarge) as caught:
        call()
    assert str(caught.value).startswith(text)
    assert caught.value.argument == "limit"
    assert predicted is None or caught.value.predicted == predicted
    assert caught.value.predicted > caught.value.limit


def test_the_limit_is_inclusive() -> None:
    assert len(formal.gwp(4, limit=52)) == 52
    with pytest.raises(TooLarge, match="predicted 52, above the limit of 51"):
        formal.gwp(4, limit=51)
    with pytest.raises(TooLarge, match="predicted 15, above the limit of 14"):
        formal.gcp(4, limit=14)


# The garbage collector ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [lambda: formal.gwp(3), lambda: formal.gcp(3)])
def test_the_collector_is_paused_and_comes_back(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    states = []
    work = formal._partitions

    def spy(*arguments: Any) -> Any:
        states.append(gc.isenabled())
        return work(*arguments)

    def fail(*_: Any) -> Any:
        raise MemoryError("no room")

    assert gc.isenabled()
    monkeypatch.setattr(formal, "_partitions", spy)
    build()
    assert states
    assert not any(states)
    assert gc.isenabled()
    monkeypatch.setattr(formal, "_partitions", fail)
    with pytest.raises(MemoryError, match="no room"):
        build()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        formal.gwp(3)
        assert not gc.isenabled()
    finally:
        gc.enable()


# Hash seeds ---------------------------------------------------------------------------------------------------------

SCRIPT = """
from symwick.decompose import formal
print(formal.gwp(5).text())
print(formal.gcp([["pear", "fig", "plum"], {"kiwi", "nut"}]).latex())
print([(sorted(held), sorted(map(sorted, pi)), c) for (held, pi), c in formal.gwp(4).items()])
print(list(formal.compact(4)))
"""


def test_same_output_for_every_hash_seed(printed_under_hash_seeds: Callable[[str], set[str]]) -> None:
    outputs = printed_under_hash_seeds(SCRIPT)
    assert len(outputs) == 1
    assert "120 E[f(X_1, X_2', X_3'', X_4''', X_5^(4))]" in outputs.pop()
