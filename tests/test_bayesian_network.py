"""Bayesian networks against the full joint table, which these tests make by the definition alone."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra.vectors import IntVector
from symwick.distributions import bayesian_network
from symwick.distributions.bayesian_network import BayesianNetwork
from symwick.distributions.bif import conditional_tables, parse_bif, read_text
from symwick.distributions.conditional_tables import ConditionalTable
from symwick.distributions.elimination import Factor, eliminate, make_plan
from symwick.distributions.finite import Finite
from symwick.errors import InexactError, InvalidArgument, TooLarge, UnknownVariable

ROOT = Path(__file__).resolve().parent.parent
ASIA = ROOT / "symwick" / "data" / "asia.bif"
CANCER = ROOT / "tests" / "data" / "cancer.bif"
ALARM = ROOT / "tests" / "data" / "alarm.bif"
SACHS = ROOT / "tests" / "data" / "sachs.bif"
YES = {"yes": 1, "no": 0}

Weights = dict[tuple[Any, ...], Fraction]


def joint(tables: Sequence[ConditionalTable], values: Sequence[Sequence[Any]]) -> Weights:
    """Π_v P(v | parents) at every combination of states, zeros left out; keys hold the states' numbers."""
    place = {table.variable: i for i, table in enumerate(tables)}
    result: Weights = {}
    for codes in itertools.product(*(range(len(table.states)) for table in tables)):
        weight = Fraction(1)
        for i, table in enumerate(tables):
            row = 0
            for parent in table.parents:
                row = row * len(tables[place[parent]].states) + codes[place[parent]]
            weight *= table.rows[row][codes[i]]
        if weight:
            result[tuple(values[i][code] for i, code in enumerate(codes))] = weight
    return result


def project(weights: Weights, columns: Sequence[int]) -> Weights:
    result: Weights = {}
    for point, weight in weights.items():
        key = tuple(point[j] for j in columns)
        result[key] = result.get(key, Fraction(0)) + weight
    return result


def conditioned(weights: Weights, known: Mapping[int, Any]) -> Weights:
    """The other columns given some, normalised; {} where that has probability 0."""
    kept = {p: w for p, w in weights.items() if all(p[j] == value for j, value in known.items())}
    total = sum(kept.values())
    width = len(next(iter(weights)))
    scaled = {p: w / total for p, w in kept.items()}
    return project(scaled, [j for j in range(width) if j not in known])


def rows(law: Any, variables: Sequence[sympy.Symbol]) -> Weights:
    """The joint table of a law as {point: weight}; its promises are checked on the way."""
    codes, weights = law.joint_table(variables)
    assert [tuple(row) for row in codes] == sorted({tuple(row) for row in codes})
    supports = [law.support(v) for v in variables]
    assert all(list(support) == sorted(support) for support in supports)
    numerators = weights.numerators.tolist()
    assert all(n > 0 for n in numerators)
    assert weights.bound >= max(numerators)
    points = [tuple(s[c] for s, c in zip(supports, row, strict=True)) for row in codes.tolist()]
    return {p: Fraction(n, weights.denominator) for p, n in zip(points, numerators, strict=True)}


def agree(law: Any, weights: Weights) -> None:
    """Every marginal of one to three variables and of all, some moments and cumulants, and the support."""
    n = len(law.variables)
    subsets = [s for k in (0, 1, 2, 3, n) for s in itertools.islice(itertools.combinations(range(n), k), 25)]
    for subset in subsets:
        columns = subset[::-1]
        assert rows(law, [law.variables[j] for j in columns]) == project(weights, columns)
    for j, variable in enumerate(law.variables):
        assert law.support(variable) == tuple(sorted({point[j] for point in weights}))
    for subset in subsets[:30]:
        powers = {law.variables[j]: 1 + j % 2 for j in subset}
        expected = sum((w * prod(p[j] ** (1 + j % 2) for j in subset) for p, w in weights.items()), Fraction(0))
        assert law.moment(powers) == expected
    for a, b in itertools.islice(itertools.combinations(range(n), 2), 10):
        ea, eb, eab = (sum(w * prod(p[j] for j in js) for p, w in weights.items()) for js in ((a,), (b,), (a, b)))
        assert law.cumulant([law.variables[a], law.variables[b]]) == eab - ea * eb


def of(tables: Iterable[ConditionalTable], values: Sequence[Sequence[Any]] | None = None, **options: Any) -> Any:
    tables = tuple(tables)
    named = None if values is None else {t.variable: list(v) for t, v in zip(tables, values, strict=True)}
    return BayesianNetwork(tables, values=named, **options)


def numbers(tables: Sequence[ConditionalTable]) -> list[list[int]]:
    return [list(range(len(table.states))) for table in tables]


@st.composite
def networks(draw: st.DrawFn) -> tuple[tuple[ConditionalTable, ...], list[list[Any]]]:
    """Up to six variables of one to three states, rows with many zeros, numbers of any order, a shuffled file."""
    n = draw(st.integers(1, 6))
    sizes = [draw(st.sampled_from([1, 2, 2, 2, 3])) for _ in range(n)]
    number = st.fractions(-3, 3, max_denominator=4)
    tables, values = [], []
    for i in range(n):
        parents = draw(st.lists(st.integers(0, i - 1), max_size=3, unique=True)) if i else []
        entries = []
        for _ in range(prod(sizes[p] for p in parents)):
            row = draw(st.lists(st.sampled_from([0, 0, 1, 1, 2, 5]), min_size=sizes[i], max_size=sizes[i]))
            row = row if any(row) else [1, *row[1:]]
            entries.append(tuple(Fraction(entry, sum(row)) for entry in row))
        states = tuple(f"s{k}" for k in range(sizes[i]))
        tables.append(ConditionalTable(f"v{i}", states, tuple(f"v{p}" for p in parents), tuple(entries)))
        values.append(draw(st.lists(number, min_size=sizes[i], max_size=sizes[i], unique=True)))
    order = draw(st.permutations(range(n)))
    return tuple(tables[i] for i in order), [values[i] for i in order]


# -- against the full joint --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [ASIA, CANCER], ids=["asia", "cancer"])
def test_a_file_agrees_with_its_joint_table(path: Path) -> None:
    tables, _ = conditional_tables(parse_bif(read_text(path)))
    agree(BayesianNetwork.from_bif(path), joint(tables, numbers(tables)))


@given(networks())
def test_small_networks_agree_with_their_joint_table(case: tuple[Any, Any]) -> None:
    agree(of(*case), joint(*case))


@given(networks(), st.data())
def test_conditional_laws_agree_with_the_joint_table(case: tuple[Any, Any], data: st.DataObject) -> None:
    law, weights = of(*case), joint(*case)
    for variable in law.variables[:2]:
        law.support(variable)  # something is in the caches
    point = data.draw(st.sampled_from(sorted(weights)))
    known = data.draw(st.sets(st.integers(0, len(point) - 1)))
    given_law = law.condition({law.variables[j]: point[j] for j in known})
    assert given_law.given == {law.variables[j]: point[j] for j in known}
    agree(given_law, conditioned(weights, {j: point[j] for j in known}))
    later = sorted(known)
    if later:  # one condition after the other is the condition on all
        step = law.condition({law.variables[later[0]]: point[later[0]]})
        step = step.condition({law.variables[j]: point[j] for j in later[1:]})
        assert rows(step, step.variables) == rows(given_law, given_law.variables)


@given(networks(), st.data())
def test_impossible_events_are_refused(case: tuple[Any, Any], data: st.DataObject) -> None:
    law, weights = of(*case), joint(*case)
    point = tuple(data.draw(st.sampled_from(values)) for values in case[1])
    event = dict(zip(law.variables, point, strict=True))
    if point in weights:
        assert law.condition(event).variables == ()
        assert law.condition(event).moment({}) == 1
    else:
        with pytest.raises(InvalidArgument, match="must have positive probability"):
            law.condition(event)


@given(networks(), st.data())
def test_means_of_products_by_table_and_by_elimination(case: tuple[Any, Any], data: st.DataObject) -> None:
    weights = joint(*case)
    chosen = data.draw(st.sets(st.integers(0, len(case[0]) - 1)))
    known = data.draw(st.sets(st.integers(0, len(case[0]) - 1)))
    point = data.draw(st.sampled_from(sorted(weights)))
    known -= chosen
    results = []
    for small in (0, 4096):  # with 0, the vectors go into the elimination
        law = of(*case).condition({sympy.Symbol(case[0][j].variable): point[j] for j in known})
        phi = {v: [Fraction(3 * k * k - 5, 7) for k in range(len(law.support(v)))] for v in law.variables}
        wanted = [v for v in law.variables if str(v) in {case[0][j].variable for j in chosen}]
        law._tables.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bayesian_network, "_SMALL", small)
            results.append(law._as_number(law.mean_of_product({v: IntVector.of(phi[v]) for v in wanted})))
        column = {v: j for j, v in enumerate(law.variables)}
        expected = Fraction(0)
        for p, w in conditioned(weights, {j: point[j] for j in known}).items():
            expected += w * prod(phi[v][law.support(v).index(p[column[v]])] for v in wanted)
        results.append(expected)
    assert len(set(results)) == 1


@given(networks(), st.data())
def test_groups_are_mutually_independent(case: tuple[Any, Any], data: st.DataObject) -> None:
    law, weights = of(*case), joint(*case)
    if data.draw(st.booleans()):
        point = data.draw(st.sampled_from(sorted(weights)))
        known = data.draw(st.sets(st.integers(0, len(point) - 1), max_size=2))
        law = law.condition({law.variables[j]: point[j] for j in known})
        weights = conditioned(weights, {j: point[j] for j in known})
    chosen = data.draw(st.permutations(law.variables))[: data.draw(st.integers(0, len(law.variables)))]
    groups = law.independent_groups(chosen)
    assert sorted(v for group in groups for v in map(str, group)) == sorted(map(str, chosen))
    assert [min(chosen.index(v) for v in g) for g in groups] == sorted(min(chosen.index(v) for v in g) for g in groups)
    columns = [law.variables.index(v) for v in chosen]
    parts = [[law.variables.index(v) for v in chosen if v in group] for group in groups]
    marginals = [project(weights, part) for part in parts]
    whole = project(weights, columns)
    for codes in itertools.product(*({p[j] for p in weights} for j in columns)):
        at = dict(zip(columns, codes, strict=True))
        product = prod(
            (m.get(tuple(at[j] for j in part), Fraction(0)) for m, part in zip(marginals, parts, strict=True)),
            start=Fraction(1),
        )
        assert whole.get(codes, 0) == product


# -- known values and a guided tour of asia ----------------------------------------------------------------------------

KNOWN = {
    "tub": "0.0104",
    "lung": "0.055",
    "bronc": "0.45",
    "either": "0.064828",
    "xray": "0.11029004",
    "dysp": "0.4359706",
}


def test_known_marginals_of_asia() -> None:
    P = BayesianNetwork.from_bif(ASIA, values=YES)
    assert {name: P.moment([name]) for name in KNOWN} == {name: Fraction(text) for name, text in KNOWN.items()}
    file_order = BayesianNetwork.from_bif(str(ASIA))
    assert file_order.moment(["xray"]) == 1 - Fraction(KNOWN["xray"])


def test_the_network_tells_what_it_is() -> None:
    P = BayesianNetwork.from_bif(ASIA)
    assert repr(P) == "BayesianNetwork(8 variables, 8 edges)"
    assert repr(P.condition({"xray": 0})) == "BayesianNetwork(7 variables, 8 edges, given xray = 0)"
    assert [str(v) for v in P.variables] == ["asia", "tub", "smoke", "lung", "bronc", "either", "xray", "dysp"]
    assert P.variables == tuple(map(sympy.Symbol, map(str, P.variables)))
    assert P.states[sympy.Symbol("xray")] == ("yes", "no")
    assert (P.value_of("xray", "no"), P.value_of(sympy.Symbol("xray", real=True), "yes")) == (1, 0)
    with pytest.raises(InvalidArgument, match="Argument 'state' must be one of yes, no for xray, not 'maybe'."):
        P.value_of("xray", "maybe")
    assert P.exact
    assert (P.notes, P.given) == ((), {})
    graph = P.graph
    assert sorted(graph.predecessors("dysp")) == ["bronc", "either"]
    assert graph.nodes["either"]["parents"] == ("lung", "tub")
    graph.remove_node("dysp")
    assert "dysp" in P.graph
    assert P.latex().startswith(r"(asia, tub, smoke, lung, bronc, either, xray, dysp) \sim P(asia) P(tub \mid asia)")
    assert "BayesianNetwork" in P.condition({"xray": 0}).latex()


def test_independent_groups_of_asia() -> None:
    P = BayesianNetwork.from_bif(ASIA)

    def groups(law: BayesianNetwork, *names: str) -> list[list[str]]:
        return [sorted(map(str, group)) for group in law.independent_groups(names)]

    assert groups(P, "lung", "asia", "bronc", "tub") == [["bronc", "lung"], ["asia", "tub"]]
    assert groups(P, "asia", "dysp") == [["asia", "dysp"]]
    assert groups(P.condition({"smoke": 0}), "lung", "asia", "bronc", "tub") == [["lung"], ["asia", "tub"], ["bronc"]]
    assert groups(P.condition({"dysp": 0}), "asia", "smoke") == [["asia", "smoke"]]  # explaining away
    assert groups(P.condition({"smoke": 0, "either": 0}), "xray", "dysp", "asia") == [["xray"], ["dysp"], ["asia"]]
    assert groups(P) == []
    assert len(P.independent_groups()) == 1


def test_marginals_are_finite_laws() -> None:
    P = BayesianNetwork.from_bif(ASIA, values=YES)
    M = P.marginal(["xray", "tub"])
    assert isinstance(M, Finite)
    assert M.variables == (sympy.Symbol("xray"), sympy.Symbol("tub"))
    assert M.moment(["xray", "tub"]) == P.moment(["tub", "xray"])
    assert P.marginal(P.variables) is P
    assert isinstance(P.marginal(P.variables[::-1]), Finite)
    assert P.marginal("tub").moment(["tub"]) == Fraction("0.0104")
    # either is a function of lung and tub: half of the points have probability 0
    assert len(P.marginal(["lung", "tub", "either"])) == 4  # type: ignore[arg-type]
    with pytest.raises(UnknownVariable, match="Argument 'variables' names z"):
        P.marginal(["z"])


def test_prepared_tables_give_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    P, Q = BayesianNetwork.from_bif(ASIA), BayesianNetwork.from_bif(ASIA)
    Q.prepare(Q.variables)
    monkeypatch.setattr(bayesian_network, "eliminate", None)  # nothing is left to eliminate
    got = {s: Q.moment(s) for s in itertools.combinations(Q.variables, 3)}
    monkeypatch.undo()
    assert got == {s: P.moment(s) for s in itertools.combinations(P.variables, 3)}


def test_caches_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bayesian_network, "_CACHED_TABLES", 5)
    monkeypatch.setattr(bayesian_network, "_PREPARED", 2)
    P, fresh = BayesianNetwork.from_bif(ASIA), BayesianNetwork.from_bif(ASIA)
    for subset in itertools.combinations(P.variables, 3):
        P.prepare(subset)
        assert P.moment(subset) == fresh.moment(subset)
    assert len(P._tables) <= 5
    assert len(P._prepared) <= 2
    assert P._cells == sum(t.numerators.size for t in P._tables.values())


def test_conditioning_takes_values_of_the_variable_only() -> None:
    P = BayesianNetwork.from_bif(ASIA, values=YES)
    with pytest.raises(InvalidArgument, match=r"must give xray one of the values 1 \(yes\), 0 \(no\), not 2."):
        P.condition({"xray": 2})
    with pytest.raises(InvalidArgument, match="either = 0, tub = 1 has probability 0"):
        P.condition({"either": 0, "tub": 1})
    with pytest.raises(UnknownVariable, match="'event' names xray"):
        P.condition({"xray": 1}).condition({"xray": 1})
    with pytest.raises(InexactError):
        P.condition({"xray": 1.0})
    # P(tub | xray) = 0.98 * 0.0104 / 0.11029004
    assert P.condition({"xray": 1}).moment(["tub"]) == Fraction("0.010192") / Fraction("0.11029004")


# -- values ------------------------------------------------------------------------------------------------------------


def test_values_may_be_given_in_four_ways() -> None:
    def xray(values: Any) -> tuple[Any, Any]:
        P = BayesianNetwork.from_bif(ASIA, values=values)
        return P.value_of("xray", "yes"), P.value_of("tub", "yes")

    assert xray(None) == (0, 0)
    assert xray(YES) == (1, 1)
    assert xray({"xray": YES}) == (1, 0)
    assert xray({sympy.Symbol("xray"): [1, 0]}) == (1, 0)
    assert xray({"xray": ("-1/2", 2), "tub": {"no": -1, "yes": 7}}) == (Fraction(-1, 2), 7)
    P = BayesianNetwork.from_bif(CANCER, values={"True": 1, "False": 0})  # other variables keep 0, 1
    assert (P.value_of("Cancer", "True"), P.value_of("Pollution", "high")) == (1, 1)
    assert P.support("Cancer") == (0, 1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 0], "Argument 'values' must map variables or states to numbers"),
        ({"xray": YES, "yes": 1}, "must map either variables or states, not some of each"),
        ({"x": YES}, "Argument 'values' names x, which the law lacks"),
        ({"maybe": 1}, "names 'maybe', which is no state of any variable"),
        ({"yes": 1}, "lacks the state 'no' of asia; states: yes, no"),
        ({"xray": {"yes": 1, "on": 0}}, "names 'on', which is no state of xray"),
        ({"xray": [1, 0, 2]}, "must hold 2 numbers for xray, not 3"),
        ({"xray": [1, "2/2"]}, "must give the states of xray distinct numbers, not 1, 1"),
        ({"yes": 1, "no": 1}, "must give the states of asia distinct numbers"),
    ],
)
def test_values_that_do_not_fit(values: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        BayesianNetwork.from_bif(ASIA, values=values)


def test_values_are_exact() -> None:
    with pytest.raises(InexactError, match="Argument 'values'"):
        BayesianNetwork.from_bif(ASIA, values={"yes": 0.5, "no": 0})


# -- networkx ----------------------------------------------------------------------------------------------------------

HALF = {(): {"no": "1/2", "yes": "1/2"}}


def chain() -> nx.DiGraph:
    return nx.DiGraph([("rain", "wet")])


def test_a_network_goes_to_networkx_and_back() -> None:
    P = BayesianNetwork.from_bif(SACHS, rounding="normalise")
    tables = {}
    for table in conditional_tables(parse_bif(read_text(SACHS)), "normalise")[0]:
        sides = itertools.product(*(P.states[sympy.Symbol(parent)] for parent in table.parents))
        tables[table.variable] = {
            side: dict(zip(table.states, row, strict=True)) for side, row in zip(sides, table.rows, strict=True)
        }
    Q = BayesianNetwork.from_networkx(P.graph, tables)
    assert Q.variables == P.variables
    assert Q.states == P.states
    assert nx.utils.graphs_equal(P.graph, Q.graph)
    assert Q.moment(["Akt", "Erk", "PIP2"]) == P.moment(["Akt", "Erk", "PIP2"])


def test_states_of_a_graph_are_text_or_numbers() -> None:
    wet = {("no",): {-1: 1}, "yes": {"1/2": "0.25", -1: "3/4"}}
    P = BayesianNetwork.from_networkx(chain(), {"rain": HALF, sympy.Symbol("wet"): wet}, {"wet": ["1/2", -1]})
    assert P.states[sympy.Symbol("wet")] == ("1/2", "-1")
    assert P.moment(["rain", "wet"]) == Fraction(3, 8)  # a state given as text makes them names: 0, 1
    numeric = {(0,): {Fraction(7, 2): 1}, (1,): {np.int64(-1): 1}}
    Q = BayesianNetwork.from_networkx(chain(), {"rain": {(): {0: "1/2", 1: "1/2"}}, "wet": numeric})
    assert Q.support("wet") == (-1, Fraction(7, 2))
    R = BayesianNetwork.from_networkx(chain(), {"rain": HALF, "wet": wet}, values={"wet": {"1/2": 5, "-1": 3}})
    assert R.support("wet") == (3, 5)


def test_parents_come_in_the_order_of_the_attribute() -> None:
    graph = nx.DiGraph([("a", "c"), ("b", "c")])
    roots = {"a": {(): {0: 0, 1: 1}}, "b": {(): {0: 1, 1: 0}}}
    c = {(0, 0): {0: 1}, (0, 1): {1: 1}, (1, 0): {2: 1}, (1, 1): {3: 1}}
    assert BayesianNetwork.from_networkx(graph, {**roots, "c": c}).support("c") == (2,)
    graph.nodes["c"]["parents"] = ["b", "a"]
    assert BayesianNetwork.from_networkx(graph, {**roots, "c": c}).support("c") == (1,)
    graph.nodes["c"]["parents"] = ["b"]
    with pytest.raises(InvalidArgument, match="must list in the attribute 'parents' of c its predecessors a, b"):
        BayesianNetwork.from_networkx(graph, {**roots, "c": c})


@pytest.mark.parametrize(
    ("tables", "states", "message"),
    [
        ({"rain": HALF}, None, "Argument 'tables' lacks the table of wet."),
        ({"rain": HALF, "wet": {}}, None, "must map tuples of parent states of wet to rows"),
        ({"rain": HALF, "wet": {"no": 1}}, None, "must map tuples of parent states of wet to rows"),
        ({"rain": HALF, "wet": {("no",): {}}}, None, "must give wet at least one state"),
        ({"rain": HALF, "wet": {("no",): {0: 1}}}, None, r"lacks the row \(yes\) of wet"),
        (
            {"rain": HALF, "wet": {("no", 1): {0: 1}}},
            None,
            r"one state for each parent of wet \(rain\), not \('no', 1\)",
        ),
        ({"rain": HALF, "wet": {("dry",): {0: 1}}}, None, r"names in row \('dry',\) of wet no state of rain"),
        ({"rain": HALF, "wet": {"no": {0: 1}, ("no",): {0: 1}}}, None, "gives the row .* of wet a second time"),
        ({"rain": HALF, "wet": {"no": {0: "1/2"}, "yes": {0: 1}}}, None, "rows with sum 1, not 1/2 .row 'no' of wet"),
        ({"rain": HALF, "wet": {"no": {0: 2, 1: -1}}}, None, "no negative probability, not -1 of wet"),
        ({"rain": HALF, "wet": {"no": {5: 1}}}, {"wet": [0, 1]}, "names 5, which is no state of wet"),
        ({"rain": HALF, "wet": {"no": {1: 1}}}, {"wet": [1, 1]}, "'states' must name each state of wet once"),
        ({"rain": HALF, "wet": {"no": {1: 1}}}, {"dry": [1]}, "Argument 'states' names dry, which the graph lacks"),
        ({"rain": HALF, "sun": HALF}, None, "Argument 'tables' names sun, which the graph lacks"),
    ],
)
def test_tables_of_a_graph_that_do_not_fit(tables: Any, states: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        BayesianNetwork.from_networkx(chain(), tables, states)


def test_graphs_that_are_no_networks() -> None:
    with pytest.raises(InvalidArgument, match="has a cycle: b -> c -> b"):
        BayesianNetwork.from_networkx(nx.DiGraph([("a", "b"), ("b", "c"), ("c", "b")]), {})
    for graph in (nx.Graph(), nx.MultiDiGraph(), {"a": []}):
        with pytest.raises(InvalidArgument, match="Argument 'graph' must be a networkx DiGraph, not"):
            BayesianNetwork.from_networkx(graph, {})
    with pytest.raises(InvalidArgument, match="Argument 'graph' must be a Symbol or the name"):
        BayesianNetwork.from_networkx(nx.DiGraph([(0, 1)]), {})
    with pytest.raises(InexactError, match="Argument 'tables' must be exact, not the float 0.5"):
        BayesianNetwork.from_networkx(chain(), {"rain": {(): {0: 0.5, 1: 0.5}}, "wet": HALF})
    star = nx.DiGraph([(f"x{i}", "y") for i in range(30)])
    tables: dict[str, Any] = {node: {(): {0: 1, 1: 0}} for node in star}
    with pytest.raises(TooLarge, match="Entries of the table of y"):
        BayesianNetwork.from_networkx(star, tables)
    assert BayesianNetwork.from_networkx(nx.DiGraph(), {}).moment({}) == 1


# -- size --------------------------------------------------------------------------------------------------------------


def largest_tables(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From now on, the predicted largest table of every elimination."""
    seen: list[int] = []

    def spy(factors: Any, keep: Any, sizes: Any, limit: int, argument: str = "limit") -> Factor:
        seen.append(make_plan((f.variables for f in factors), keep, sizes).largest)
        return eliminate(factors, keep, sizes, limit, argument)

    monkeypatch.setattr(bayesian_network, "eliminate", spy)
    return seen


def test_alarm_needs_small_tables_only(monkeypatch: pytest.MonkeyPatch) -> None:
    P = BayesianNetwork.from_bif(ALARM, rounding="normalise", limit=20_000)
    seen = largest_tables(monkeypatch)
    for variable in P.variables:
        _, weights = P.joint_table([variable])
        assert sum(weights.numerators.tolist()) == weights.denominator
    assert len(seen) == 37
    assert max(seen) <= 256
    rng = random.Random(1)
    for _ in range(60):
        P.joint_table(rng.sample(P.variables, 4))
    assert max(seen) <= 16_384
    seen.clear()
    a, b = P.variables[3], P.variables[9]
    P.cumulant([a, b])
    once = len(seen)
    P.cumulant([b, a])
    assert len(seen) == once  # kept
    assert P.moment(P.variables) >= 0  # all 37 at once, by elimination
    assert max(seen) <= 1_000


def test_alarm_agrees_with_a_second_way() -> None:
    P = BayesianNetwork.from_bif(ALARM, rounding="normalise")
    # the law of total probability, one conditional law for each state of another variable
    for target, other in (("BP", "HISTORY"), ("LVFAILURE", "HRBP"), ("VENTLUNG", "PRESS")):
        expected = P.moment([target])
        total = Fraction(0)
        for value, weight in P.marginal([other]).items():  # type: ignore[attr-defined]
            total += weight * P.condition({other: value[0]}).moment([target])
        assert total == expected


def test_what_is_too_large_is_refused_with_the_argument_that_allows_it() -> None:
    P = BayesianNetwork.from_bif(ALARM, rounding="normalise")
    everything = prod(len(states) for states in P.states.values())
    with pytest.raises(TooLarge) as caught:
        P.marginal(P.variables[::-1])
    assert (caught.value.predicted, caught.value.limit, caught.value.argument) == (everything, 1_000_000, "limit")
    with pytest.raises(TooLarge):
        BayesianNetwork.from_bif(ALARM, rounding="normalise", limit=50)
    tight = BayesianNetwork.from_bif(ASIA, limit=8)
    with pytest.raises(TooLarge):
        tight.joint_table(tight.variables)
    assert tight.moment(["tub"]) == Fraction("0.9896")
    for limit in (0, True, "9"):
        with pytest.raises(InvalidArgument, match="Argument 'limit' must be an integer that is at least 1"):
            BayesianNetwork.from_bif(ASIA, limit=limit)  # type: ignore[arg-type]


def test_zeros_are_used_before_the_size_is_judged() -> None:
    # every xi copies z, so given z everything is known: 2^20 cells shrink to one
    graph = nx.DiGraph([("z", f"x{i}") for i in range(12)])
    copies = {(0,): {0: 1, 1: 0}, (1,): {1: 1, 0: 0}}
    tables = {node: copies for node in graph if node != "z"} | {"z": {(): {0: "1/3", 1: "2/3"}}}
    P = BayesianNetwork.from_networkx(graph, tables, limit=4096)
    assert P.moment(P.variables) == Fraction(2, 3)
    Q = P.condition({"x3": 1})
    assert Q.support("z") == Q.support("x0") == (1,)
    assert Q.moment(Q.variables) == 1


# -- sampling ----------------------------------------------------------------------------------------------------------


def test_samples_have_the_right_frequencies() -> None:
    P = BayesianNetwork.from_bif(ASIA, values=YES)
    drawn = P.sample(40_000, seed=7)
    assert drawn.dtype == np.int64
    assert drawn.shape == (40_000, 8)
    assert np.array_equal(drawn, P.sample(40_000, seed=7))
    assert not np.array_equal(drawn, P.sample(40_000, seed=8))
    column = {str(v): j for j, v in enumerate(P.variables)}
    either = drawn[:, column["either"]]
    assert np.array_equal(either, drawn[:, column["lung"]] | drawn[:, column["tub"]])  # zeros are never drawn
    for a, b in itertools.combinations_with_replacement(P.variables, 2):
        mean = float(P.moment([a, b]))
        got = (drawn[:, column[str(a)]] * drawn[:, column[str(b)]]).mean()
        assert abs(got - mean) < 5 * (mean * (1 - mean) / 40_000) ** 0.5 + 1e-12


def test_samples_of_conditional_laws_have_the_right_frequencies() -> None:
    P = BayesianNetwork.from_bif(ASIA, values=YES).condition({"dysp": 1, "xray": 1})
    drawn = P.sample(40_000, seed=np.random.default_rng(3))
    assert drawn.shape == (40_000, 6)
    for j, variable in enumerate(P.variables):
        for k in range(j + 1):
            mean = float(P.moment([variable, P.variables[k]]))
            got = (drawn[:, j] * drawn[:, k]).mean()
            assert abs(got - mean) < 5 * (mean * (1 - mean) / 40_000) ** 0.5 + 1e-12


@given(networks(), st.data())
def test_samples_are_points_of_positive_probability(case: tuple[Any, Any], data: st.DataObject) -> None:
    law, weights = of(*case), joint(*case)
    point = data.draw(st.sampled_from(sorted(weights)))
    known = data.draw(st.sets(st.integers(0, len(point) - 1)))
    law = law.condition({law.variables[j]: point[j] for j in known})
    possible = set(conditioned(weights, {j: point[j] for j in known}))
    for row in law.sample(20, seed=1):
        assert tuple(row.tolist()) in possible


def test_samples_of_fractions_are_exact() -> None:
    P = BayesianNetwork.from_bif(CANCER, values={"Xray": ["1/2", 3]})
    drawn = P.sample(50, seed=0)
    assert drawn.dtype == object
    assert set(drawn[:, 3]) <= {Fraction(1, 2), 3}
    assert P.sample(0).shape == (0, 5)
    for n in (-1, 1.5, True):
        with pytest.raises(InvalidArgument, match="Argument 'n'"):
            P.sample(n)  # type: ignore[arg-type]
    huge = BayesianNetwork.from_bif(CANCER, values={"Xray": [10**30, 3]})
    assert set(huge.sample(50, seed=0)[:, 3]) == {10**30, 3}


def test_conditional_sampling_is_bounded_too() -> None:
    P = BayesianNetwork.from_bif(ALARM, rounding="normalise", limit=120).condition({"BP": 0})
    with pytest.raises(TooLarge, match="largest table of the elimination"):
        copy.copy(P).sample(1)
