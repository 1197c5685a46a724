"""Results by set of inputs: dicts and lists that answer to names, print in the order of the inputs, and stay dicts and lists."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy

import symwick as sw
from symwick.algebra.notebook import MOST_TEXT
from symwick.decompose.by_set import BySet, Ranking
from symwick.errors import UnknownVariable
from tests.refusals import refuses

P = sw.Finite({(0, 0): "0.70", (0, 1): "0.10", (1, 0): "0.05", (1, 1): "0.15"}, ["fever", "cough"])
F = "2*fever + cough + 3*fever*cough"
HERE = {"fever": 1, "cough": 1}
fever, cough = sympy.symbols("fever cough")


def values() -> BySet:
    found: BySet = sw.gwpd(F, P).at(HERE)
    return found


def test_values_at_a_point_are_a_dict_of_frozensets() -> None:
    found = values()
    plain = {
        frozenset(): Fraction(11, 10), frozenset({fever}): Fraction(11, 5), frozenset({cough}): Fraction(6, 5),
        frozenset({fever, cough}): Fraction(3, 2),
    }  # fmt: skip
    assert isinstance(found, dict)
    assert found == plain
    assert plain == found
    assert dict(found) == plain
    assert all(type(key) is frozenset for key in found)
    assert {**found} == plain
    assert sum(found.values()) == 6


@pytest.mark.parametrize("key", [
    ("fever", "cough"), ("cough", "fever"), ["fever", "cough"], {"fever", "cough"}, {fever, "cough"}, (cough, fever),
    frozenset({fever, cough}), frozenset({"fever", "cough"}),
])  # fmt: skip
def test_a_set_is_asked_for_as_in_the_decomposition(key: Any) -> None:
    assert values()[key] == sw.gwpd(F, P)[key].at(HERE) == Fraction(3, 2)
    assert key in values()
    assert values().get(key) == Fraction(3, 2)


def test_single_inputs_and_the_empty_set() -> None:
    found = values()
    assert found["fever"] == found[fever] == found[("fever",)] == found[sympy.Symbol("fever", positive=True)] == Fraction(11, 5)
    assert found[()] == found[frozenset()] == found[None] == found[[]] == Fraction(11, 10)


def test_sets_without_a_result_are_refused_by_name() -> None:
    found = sw.gwpd("fever + cough", P).at(HERE)
    text = "Argument 'S' must be a set with a result, not {fever, cough}; there are: ∅, {fever}, {cough}."
    refuses(UnknownVariable, text, lambda: found["cough", "fever"])
    refuses(UnknownVariable, "Argument 'S' names fver, which is no input; the inputs are: fever, cough.", lambda: found["fver"])
    for key in (("fever", "cough"), "fver", 3, frozenset({7})):
        assert key not in found
        assert found.get(key) is None
        assert found.get(key, 0) == 0
    with pytest.raises(KeyError):
        found["fever", "cough"]
    nine = sw.Independent({f"x{i}": sw.Bernoulli("1/2") for i in range(9)})
    many = sw.gwpd(" + ".join(f"x{i}" for i in range(9)), nine).at({f"x{i}": 1 for i in range(9)})
    shown = "∅, {x0}, {x1}, {x2}, {x3}, {x4}, {x5}, {x6}, …"
    refuses(UnknownVariable, f"Argument 'S' must be a set with a result, not {{x0, x1}}; there are: {shown}.",
            lambda: many["x0", "x1"])  # fmt: skip


def test_what_is_printed() -> None:
    assert repr(values()) == str(values()) == "{∅: 11/10, {fever}: 11/5, {cough}: 6/5, {fever, cough}: 3/2}"
    top = sw.gwpd(F, P).top(HERE, 2)
    assert repr(top) == "[({fever}, 11/5), ({fever, cough}, 3/2)]"
    assert repr(BySet(top.inputs)) == "{}"
    assert repr(Ranking(top.inputs)) == "[]"
    floats = sw.gwpd(F, P, ring="float64").at(HERE)
    assert repr(floats).startswith("{∅: 1.1")
    assert "float64(" not in repr(floats)
    assert "<td" in values()._repr_html_()
    assert "{fever, cough}" in top._repr_html_()


def test_what_is_printed_is_bounded() -> None:
    names = [f"a_name_of_some_length_{i}" for i in range(10)]
    law = sw.Independent({name: sw.Bernoulli("1/3") for name in names})
    D = sw.gwpd(" * ".join(f"(1 + {name})" for name in names), law)
    found = D.at(dict.fromkeys(names, 1))
    assert len(found) == 1024
    for thing in (found, D.top(dict.fromkeys(names, 1), 1000)):
        assert len(repr(thing)) <= MOST_TEXT
        shown = repr(thing).count("{a_name")
        left = len(thing) - shown - (thing is found)
        assert f", … {left:,} more" in repr(thing)
    assert len(repr(BySet(found.inputs, {frozenset(): sympy.Symbol("y" * 5000)}))) < 300


def test_the_largest_terms_are_a_list_of_pairs() -> None:
    top = sw.gwpd(F, P).top(HERE)
    pairs = [({fever}, Fraction(11, 5)), ({fever, cough}, Fraction(3, 2)), ({cough}, Fraction(6, 5))]
    assert isinstance(top, list)
    assert top == pairs
    assert top[0] == pairs[0]
    assert top[:2] == pairs[:2]
    assert repr(top[1:2]) == "[({fever, cough}, 3/2)]"
    assert [S for S, _ in top] == [S for S, _ in pairs]
    top.append("a note")
    assert repr(top).endswith(", 'a note']")
    assert "a note" in top._repr_html_()


@pytest.mark.parametrize("twin", [
    copy.copy, copy.deepcopy, lambda thing: thing.copy(), lambda thing: pickle.loads(pickle.dumps(thing)),
    lambda thing: pickle.loads(pickle.dumps(thing, protocol=2)),
])  # fmt: skip
def test_copies_and_pickles(twin: Callable[[Any], Any]) -> None:
    for thing in (values(), sw.gwpd(F, P).top(HERE)):
        again = twin(thing)
        assert type(again) is type(thing)
        assert again == thing
        assert again is not thing
        assert repr(again) == repr(thing)
    assert twin(values())["cough", "fever"] == Fraction(3, 2)


def test_other_results_by_set() -> None:
    assert repr(sw.game(F, P).moebius_values(HERE)) == "{∅: 11/10, {fever}: 19/10, {cough}: 9/10, {fever, cough}: 21/10}"
    K = sw.interactions("a*fever*cough", P)
    assert repr(K.between("fever")) == "{{fever, cough}: a/10}"
    assert repr(sw.interactions(F, P).top()) == "[({fever, cough}, 3/10)]"
    assert repr(sw.hypothesis(F, P, keep=1).largest_neglected()) == "[({fever, cough}, 9/20)]"
    score = sw.novelty(F, P).score(HERE)
    assert repr(score.top(1)) == "[({fever, cough}, value 3/2, tail 3/20)]"
    assert sw.gwpd(F, P).concentration(HERE).by_set["fever"] == Fraction(11, 5)
    blocks = sw.gwpd(F, P, inputs={"both": ["fever", "cough"]}).at(HERE)
    assert repr(blocks) == "{∅: 11/10, {both}: 49/10}"
    assert blocks["both"] == Fraction(49, 10)


def test_keys_are_completed() -> None:
    assert values()._ipython_key_completions_() == ["fever", "cough"]
    assert sw.gwpd("fever", P).at(HERE)._ipython_key_completions_() == ["fever"]


def test_it_does_not_depend_on_the_hash_seed(printed_under_hash_seeds: Callable[[str], set[str]]) -> None:
    script = """
import symwick as sw
names = [f"x{i}" for i in range(5)]
D = sw.gwpd(" * ".join(names), sw.Independent({name: sw.Bernoulli("1/3") for name in names}))
print(D.at(dict.fromkeys(names, 1)), D.top(dict.fromkeys(names, 1)))
"""
    (printed,) = printed_under_hash_seeds(script)
    assert "{x0, x1, x2, x3, x4}: 32/243" in printed
