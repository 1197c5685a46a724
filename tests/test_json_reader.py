"""Decompositions from files are untrusted: what a file says of its terms is held against its gates."""

from __future__ import annotations

import json
from typing import Any

import pytest

import symwick as sw
from symwick.errors import FormatError, InexactError

LAW = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])


def damaged(change: Any) -> str:
    text = json.loads(sw.gwpd("x*y", LAW).to_json())
    change(text)
    return json.dumps(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t["terms"][1].update(variables=[]), "A term depends on x, which its variables must name"),
        (lambda t: t["terms"][1].update(variables=["q"]), "A term names 'q', which no input holds"),
        (lambda t: t["terms"][1].pop("key"), "Every term must have a key"),
        (lambda t: t["leaves"].append(t["leaves"][0]), "Leaves must have names of their own"),
        (lambda t: t["terms"].append(t["terms"][0]), "comes twice"),
        (lambda t: t["terms"][1].update(gate=10_000), "must be one of the"),
        (lambda t: t["gates"][-1].update(args=[10_000]), "must have earlier gates as arguments"),
    ],
)
def test_contradictions_are_named(change: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        sw.from_json(damaged(change))


def test_terms_of_a_file_are_as_large_as_what_they_need() -> None:
    law = sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(6)})
    terms = sw.gwpd(lambda *bits: sum(bits) ** 2 % 5, law)
    read = sw.from_json(terms.to_json())
    assert len(read["x0"].circuit) <= len(terms["x0"].circuit) + 1
    assert all(read[key] == terms[key] for key in terms)
    assert read.check()


def test_floats_do_not_get_in_by_comparison_or_replacement() -> None:
    terms = sw.gwpd("x*y", LAW)
    half = 0.5 * sw.parse_expression("x")
    with pytest.raises(InexactError, match="Argument 'other' must be exact"):
        terms["x"].equals(half)
    with pytest.raises(InexactError, match="Argument 'terms' must be exact"):
        terms.replace({"x": half})
    assert terms["x"].equals("3/8*(x - 3/8)")
