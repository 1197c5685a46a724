"""Decompositions over real Bayesian networks against the definitions, on the joint law of the variables that f uses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

import symwick as sw
from symwick.testing import oracle

ROOT = Path(__file__).parent.parent
NETWORKS: list[tuple[str, list[str], str, Callable[[Any], Any]]] = [
    ("symwick/data/asia.bif", ["smoke", "xray", "dysp"], "smoke*xray*dysp + 2*xray - dysp",
     lambda p: p[0] * p[1] * p[2] + 2 * p[1] - p[2]),
    ("tests/data/cancer.bif", ["Smoker", "Xray", "Dyspnoea"], "(Smoker + Xray)*Dyspnoea", lambda p: (p[0] + p[1]) * p[2]),
    ("tests/data/sachs.bif", ["Akt", "Erk", "PKA"], "max(Akt, Erk)*PKA", lambda p: max(p[0], p[1]) * p[2]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "names", "text", "truth"), NETWORKS, ids=["asia", "cancer", "sachs"])
def test_terms_and_cumulants_are_those_of_the_definitions(
    path: str, names: list[str], text: str, truth: Callable[[Any], Any]
) -> None:
    law = sw.BayesianNetwork.from_bif(ROOT / path, rounding="normalise")
    weights = dict(law.marginal(names).items())  # type: ignore[attr-defined]
    point = max(weights)
    at = dict(zip(names, point, strict=True))
    terms = sw.gwpd(text, law)
    for order in range(4):
        for subset in combinations(range(3), order):
            assert terms[[names[i] for i in subset]].at(at) == oracle.gwpd_term(truth, weights, subset, point)
            fixed = sw.gwp(text, law, [names[i] for i in subset])
            assert fixed.at(at) == oracle.gwp(truth, weights, subset, point)
    assert terms.check()
    assert sum(terms.at(at).values()) == truth(point)
    average = sw.gcpd(text, law)
    rest = [[v] for v in law.variables if str(v) not in names]
    for partition, value in oracle.gcpd(truth, weights).items():
        assert average[[[names[i] for i in block] for block in partition] + rest].value == value
    assert average.check()
    # a callable of the same three variables takes the other road, through the table
    called = sw.gwpd(sw.function(lambda *p: truth(p), names), law)
    assert all(called[key].at(at) == terms[key].at(at) for key in terms)


def test_a_network_of_37_variables_is_decomposed_without_its_joint_law() -> None:
    law = sw.BayesianNetwork.from_bif(ROOT / "tests/data/alarm.bif", rounding="normalise")
    terms = sw.gwpd("HR*CO*BP + CVP*PCWP - HRBP", law)
    assert terms.check()
    assert len(terms) == 1 + 6 + 4 + 1
    names = ["HR", "CO", "BP"]
    weights = dict(law.marginal(names).items())  # type: ignore[attr-defined]
    point = (1, 2, 0)
    expected = oracle.gwp(lambda p: p[0] * p[1] * p[2], weights, (0, 1, 2), point)
    assert terms[names].at(dict(zip(names, point, strict=True))) == expected
    with pytest.raises(sw.TooLarge, match="Values of f on the product of the marginal supports: predicted"):
        sw.gwpd(lambda *everything: 0, law)
