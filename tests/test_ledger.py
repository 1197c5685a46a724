"""The ledger: slopes against exact differences of a definition that keeps cumulants, values against enumeration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.writer import Writer
from symwick.errors import InexactError, InvalidArgument, UnknownVariable
from symwick.testing import oracle, strategies
from symwick.testing.oracle import Point
from tests.refusals import refuses

SCHEDULES = ("gate", "layer")
Weights = dict[Point, Fraction]
Names = tuple[str, ...]


# -- the definition, with cumulants that are kept ----------------------------------------------------------------------


class Definition:
    """Truncated cumulants by the definition of order and schedule, where some cumulants of too many wires have values."""

    def __init__(self, circuit: sw.Circuit, weights: Weights, order: int, schedule: str) -> None:
        self.circuit, self.weights, self.order, self.schedule = circuit, weights, order, schedule
        self.wires: list[tuple[Any, ...]] = []
        self.level: list[int] = []
        self.names: list[str] = []
        place: list[int] = []
        for position, gate in enumerate(circuit.gates):
            args, name = [place[a] for a in gate.args], circuit.wires[position]
            if gate.op == "input":
                self.add(name, 0, "input", circuit.inputs.index(gate.payload))
            elif gate.op == "constant":
                self.add(name, 0, "constant", Fraction(str(gate.payload)))
            elif gate.op == "sum":
                terms = [(Fraction(str(w)), a) for w, a in zip(gate.weights, args, strict=True)]
                self.add(name, max(self.level[a] for a in args), "sum", terms, Fraction(str(gate.payload)))
            else:
                factors = args * gate.payload if gate.op == "power" else args
                left = factors[0]
                for i, right in enumerate(factors[1:], 2):
                    inner = name if i == len(factors) else f"{name}[{i}]"
                    self.add(inner, max(self.level[left], self.level[right]) + 1, "product", left, right)
                    left = len(self.wires) - 1
            place.append(len(self.wires) - 1)
        self.out = place[circuit.outputs["out"]]

    def add(self, name: str, level: int, *wire: Any) -> None:
        self.names.append(name)
        self.level.append(level)
        self.wires.append(wire)

    def key(self, names: Iterable[str]) -> tuple[int, ...]:
        return tuple(sorted(self.names.index(name) for name in names))

    def mean(self, kept: Mapping[tuple[int, ...], Fraction] | None = None) -> Fraction:
        """The estimate of the mean of the output with kept cumulants; ``wanted`` gets what was dropped."""
        self.kept, self.known, self.wanted = dict(kept or {}), {}, set()
        return self.kappa([self.out])

    kept: dict[tuple[int, ...], Fraction]
    known: dict[tuple[int, ...], Fraction]
    wanted: set[tuple[int, ...]]

    def kappa(self, labelled: Sequence[int]) -> Fraction:
        key = tuple(sorted(labelled))
        if key not in self.known:
            self.known[key] = self.expanded(list(key))
        return self.known[key]

    def expanded(self, wires: list[int]) -> Fraction:
        if len(wires) > self.order:
            self.wanted.add(tuple(wires))
            return self.kept.get(tuple(wires), Fraction(0))
        kinds = [self.wires[wire][0] for wire in wires]
        if "constant" in kinds:
            return self.wires[wires[0]][1] if len(wires) == 1 else Fraction(0)
        inner = [wire for wire, kind in zip(wires, kinds, strict=True) if kind != "input"]
        if not inner:
            return oracle.cumulant(self.weights, [self.wires[wire][1] for wire in wires])
        now = {max(inner)}
        if self.schedule == "layer":
            top = max(self.level[wire] for wire in inner)
            now = {wire for wire in inner if self.level[wire] == top}
            now = {wire for wire in now if self.wires[wire][0] == "sum"} or now
        chosen = max(now)
        if self.wires[chosen][0] == "sum":
            _, terms, constant = self.wires[chosen]
            rest = list(wires)
            rest.remove(chosen)
            return sum((w * self.kappa([*rest, a]) for w, a in terms), Fraction(0) if rest else constant)
        elements = [list(self.wires[wire][1:]) if wire in now else [wire] for wire in wires]
        leaves = [(wire, element) for element, factors in enumerate(elements) for wire in factors]
        total = Fraction(0)
        for partition in oracle.set_partitions(range(len(leaves))):
            tied = {0}
            for _ in elements:
                for block in partition:
                    met = {leaves[i][1] for i in block}
                    tied |= met if met & tied else set()
            if len(tied) == len(elements):
                term = Fraction(1)
                for block in partition:
                    term *= self.kappa([leaves[i][0] for i in block])
                total += term
        return total

    def exact(self, key: Sequence[int]) -> Fraction:
        """The cumulant of some wires, by enumeration."""
        law: Weights = {}
        for point, weight in self.weights.items():
            values: list[Fraction] = []
            for kind, *what in self.wires:
                if kind == "input":
                    values.append(Fraction(point[what[0]]))
                elif kind == "constant":
                    values.append(what[0])
                elif kind == "sum":
                    values.append(sum((w * values[a] for w, a in what[0]), what[1]))
                else:
                    values.append(values[what[0]] * values[what[1]])
            row = tuple(values[wire] for wire in key)
            law[row] = law.get(row, Fraction(0)) + weight
        return oracle.cumulant(law, list(range(len(key))))


POINTS = (-2, -1, 0, 1, 2, 3)


def slope_at_zero(values: Mapping[int, Fraction]) -> Fraction:
    """The derivative at 0 of the polynomial of degree < n through n points, 0 one of them."""
    total = Fraction(0)
    others = [u for u in values if u != 0]
    for u in others:  # L_u'(0) = Π_{w≠u,0} (−w)/(u−w) · 1/u
        term = Fraction(1, u)
        for w in others:
            if w != u:
                term *= Fraction(-w, u - w)
        total += (values[u] - values[0]) * term
    return total


def test_the_interpolated_slope_is_that_of_the_polynomial() -> None:
    assert slope_at_zero({u: Fraction(5 + 7 * u - 3 * u**2 + 2 * u**5) for u in POINTS}) == 7


# -- random circuits ---------------------------------------------------------------------------------------------------


KINDS = "sum product product product power triple"


@st.composite
def circuits(draw: st.DrawFn, n: int = 2, *, most_degree: int = 5, kinds: str = KINDS) -> sw.Circuit:
    """Sums with constants, products of two and three, powers; small degrees. No sum has terms of weight 0 or that cancel.

    Only a seed is drawn: circuits drawn gate by gate are trivial as a rule.
    """
    random = Random(draw(st.integers(0, 2**32 - 1)))
    while True:
        writer = Writer()
        degree = [1 for i in range(n) if writer.input(f"x{i}") >= 0]
        for kind in random.choices(kinds.split(), k=random.randint(2, 6)):
            last = len(writer.gates) - 1

            def wire(last: int = last) -> int:
                return random.randint(max(0, last - 1), last) if random.random() < 0.6 else random.randint(0, last)

            if kind == "sum":
                chosen = {wire(), wire()}
                writer.sum([(random.choice([1, -1, 2]), a) for a in sorted(chosen)], random.choice([0, 1, Fraction(-1, 2)]))
                degree.append(max(degree[a] for a in chosen))
                continue
            size = {"product": 2, "triple": 3, "power": 3}[kind]
            factors = [wire()] * size if kind == "power" else [wire() for _ in range(size)]
            if sum(degree[a] for a in factors) <= most_degree:
                if kind == "power":
                    writer.power(factors[0], size)
                else:
                    writer.product(factors)
                degree.append(sum(degree[a] for a in factors))
        if degree[-1] > 3 or random.random() < 0.05:
            writer.outputs["out"] = len(writer.gates) - 1
            return sw.Circuit(writer.gates, writer.outputs).check()


@st.composite
def tables(draw: st.DrawFn, n: int = 2) -> tuple[sw.Law, Weights]:
    """A dependent law as a rule."""
    random = Random(draw(st.integers(0, 2**32 - 1)))
    names = [f"x{i}" for i in range(n)]
    if random.random() < 0.1:
        return draw(strategies.finite_laws(n, variables=names, max_support_per_variable=2, max_points=4))
    points: set[Point] = set()
    while len(points) < 4:
        points.add(tuple(random.choice([0, 1, -1, 2]) for _ in range(n)))
    counts = [random.randint(1, 3) for _ in points]
    weights: Weights = {point: Fraction(c, sum(counts)) for point, c in zip(sorted(points), counts, strict=True)}
    return sw.Finite(weights, names), weights


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("order", [1, 2])
@given(circuit=circuits(), law=tables())
@settings(max_examples=50)
def test_slopes_are_derivatives_of_the_definition(order: int, schedule: str, circuit: sw.Circuit, law: Any) -> None:
    definition = Definition(circuit, law[1], order, schedule)
    run = sw.propagate(circuit, law[0], order, schedule)
    ledger = run.ledger()
    estimate = definition.mean()
    assert run.mean("out") == estimate
    effects = {}
    for key in sorted(definition.wanted)[:25]:
        exact = definition.exact(key)
        slope = slope_at_zero({v: definition.mean({key: Fraction(v)}) for v in POINTS})
        if slope * exact:
            effects[tuple(definition.names[wire] for wire in key)] = (slope, exact, slope * exact)
    found = {entry.wires: entry for entry in ledger}
    definition.mean()
    some = [entry for entry in ledger if entry.effects and definition.key(entry.wires) in sorted(definition.wanted)[:25]]
    assert {entry.wires for entry in some if entry.effects["out"]} == set(effects)
    for wires, (slope, exact, effect) in effects.items():
        entry = found[wires]
        assert entry.exact
        assert (entry.slopes, entry.value, entry.effects) == ({"out": slope}, exact, {"out": effect})
        assert entry.weight == abs(effect)
    assert [entry.weight for entry in ledger] == sorted((entry.weight for entry in ledger), reverse=True)


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(circuit=circuits(), law=tables(), order=st.integers(1, 2), data=st.data())
@settings(max_examples=60)
def test_kept_cumulants_enter_where_the_definition_says(
    schedule: str, circuit: sw.Circuit, law: Any, order: int, data: st.DataObject
) -> None:
    definition = Definition(circuit, law[1], order, schedule)
    ledger = sw.propagate(circuit, law[0], order, schedule).ledger()
    if not ledger:
        return
    some = data.draw(st.lists(st.sampled_from([entry.wires for entry in ledger]), min_size=1, max_size=3, unique=True))
    values = {wires: data.draw(strategies.rationals()) for wires in some}
    by_key = {definition.key(wires): value for wires, value in values.items()}
    run = sw.propagate(circuit, law[0], order, schedule, keep={tuple(reversed(wires)): v for wires, v in values.items()})
    assert run.mean("out") == definition.mean(by_key)
    assert run.keep == values
    exact = {definition.key(wires): definition.exact(definition.key(wires)) for wires in some}
    assert sw.propagate(circuit, law[0], order, schedule, keep=set(some)).mean("out") == definition.mean(exact)
    floats = sw.propagate(circuit, law[0], order, schedule, "float64", keep=values)
    assert floats.mean("out") == pytest.approx(float(run.mean("out")), rel=1e-9, abs=1e-9)
    if not any("[" in name for wires in some for name in wires):
        assert all(run.cumulant(*wires) == value for wires, value in values.items())


@given(circuit=circuits(kinds="sum product product product"), law=tables(), schedule=st.sampled_from(SCHEDULES))
@settings(max_examples=60)
def test_all_pairs_kept_at_order_one_with_values_of_order_two_give_the_means_of_order_two(
    circuit: sw.Circuit, law: Any, schedule: str
) -> None:
    first, second = (sw.propagate(circuit, law[0], order, schedule) for order in (1, 2))
    pairs = [entry.wires for entry in first.ledger()]
    assert all(len(pair) == 2 for pair in pairs)
    kept = sw.propagate(circuit, law[0], 1, schedule, keep={pair: second.cumulant(*pair) for pair in pairs})
    assert kept.mean("out") == second.mean("out")
    for entry in first.ledger(affordable=0):
        if entry.slopes:
            assert not entry.exact
            assert entry.value == second.cumulant(*entry.wires)


def test_values_are_exact_up_to_the_number_of_points_that_is_affordable() -> None:
    """out = (a b)(c d): below κ(g1, g2) are 3 · 3 · 3 · 2 points, below κ(a, b) 3 · 3."""
    circuit = sw.trace(lambda a, b, c, d: {"out": (a * b) * (c * d)}, list("abcd"))
    points = {(0, 0, 0, 1): "1/2", (1, 2, 1, 0): "1/4", (2, 1, 3, 1): "1/8", (1, 1, 1, 1): "1/8"}
    law = sw.Finite(points, list("abcd"))
    run, second, exact = (sw.propagate(circuit, law, order) for order in (1, 2, None))
    assert second.cumulant("g1", "g2") != exact.cumulant("g1", "g2")
    for affordable in (0, 8, 9, 53, 54, 100):
        ledger = run.ledger(affordable=affordable)
        assert ledger["g1", "g2"].exact == (affordable >= 54)
        assert ledger["g1", "g2"].value == (exact if affordable >= 54 else second).cumulant("g1", "g2")
        assert ledger["a", "b"].exact == (affordable >= 9)
        assert ledger["a", "b"].value == exact.cumulant("a", "b")  # a pair of inputs is exact at order 2 too
    assert run.refine(3, affordable=0).keep["g1", "g2"] == second.cumulant("g1", "g2")
    assert run.refine(3).keep["g1", "g2"] == exact.cumulant("g1", "g2")


# -- examples by hand --------------------------------------------------------------------------------------------------

SQUARE = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
BITS = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})


def test_a_small_ledger_by_hand() -> None:
    """E g3 = E g2 E y + κ(g2, y), and E g2 = (E g1)² + κ(g1, g1): slopes 1 and E y."""
    ledger = sw.propagate(SQUARE, BITS, 1).ledger()
    assert repr(ledger) == (
        "Ledger of 2 dropped cumulants (order 1, schedule 'gate') for out\n"
        "  κ(y, g2) = 3/8, wanted 1×; effects: out: 3/8\n"
        "  κ(g1, g1) = 7/16, wanted 1×; effects: out: 7/64"
    )
    pair, square = ledger
    assert (pair.wires, pair.gates, pair.wanted, pair.value, pair.exact) == (("y", "g2"), ("g3",), 1, Fraction(3, 8), True)
    assert (square.slopes, square.effects, square.gates) == ({"out": Fraction(1, 4)}, {"out": Fraction(7, 64)}, ("g2",))
    assert square.weight == Fraction(7, 64)
    floats = sw.propagate(SQUARE, BITS, 1, ring="float64").ledger(affordable=1)
    # at order 2, κ(g1 g1, y) = 2 κ(g1, y) E g1 = 2 · 3/16 · 3/4
    assert repr(floats[0]) == "κ(y, g2) = 0.2812 (next order), wanted 1×; effects: out: 0.2812"
    assert repr(floats[1]) == "κ(g1, g1) = 0.4375 (next order), wanted 1×; effects: out: 0.1094"


def shared() -> tuple[sw.Circuit, sw.Law]:
    """Two products of the same wires, one of them read twice: u = x y, v = x y, p = u z, q = v z."""
    writer = Writer()
    x, y, z = (writer.input(name) for name in "xyz")
    u, v = writer.product([x, y], "u"), writer.product([y, x], "v")
    writer.outputs.update({"p": writer.product([u, z], "p"), "q": writer.product([v, z], "q"), "r": writer.product([u, u], "r")})
    points = {(0, 0, 1): "1/2", (1, 2, 1): "1/4", (2, 1, 3): "1/4"}
    return sw.Circuit(writer.gates, writer.outputs, names=writer.names), sw.Finite(points, list("xyz"))


def test_how_often_and_where_cumulants_were_wanted() -> None:
    circuit, law = shared()
    ledger = sw.propagate(circuit, law, 1).ledger()
    counts = {entry.wires: (entry.wanted, entry.gates) for entry in ledger}
    assert counts == {
        ("x", "y"): (2, ("u", "v")), ("z", "u"): (1, ("p",)), ("z", "v"): (1, ("q",)), ("u", "u"): (1, ("r",)),
    }  # fmt: skip
    by_gate = ledger.by_gate()
    assert list(by_gate) == ["u", "v", "p", "q", "r"]
    assert {gate: [entry.wires for entry in held] for gate, held in by_gate.items()} == {
        "u": [("x", "y")], "v": [("x", "y")], "p": [("z", "u")], "q": [("z", "v")], "r": [("u", "u")],
    }  # fmt: skip
    # at order 2, κ(z, u) meets κ(x, y, z) where u is expanded, and so does κ(z, v)
    triple = sw.propagate(circuit, law, 2).ledger(["p", "q"])["x", "y", "z"]
    assert (triple.wanted, triple.gates) == (2, ("u", "v"))


def test_the_outputs_of_a_ledger() -> None:
    circuit, law = shared()
    run = sw.propagate(circuit, law, 1)
    whole = run.ledger()
    assert whole["x", "y"].slopes == {"p": law.moment(["z"]), "q": law.moment(["z"]), "r": 2 * run.mean("u")}
    assert whole["x", "y"].weight == sum(map(abs, whole["x", "y"].effects.values()))
    assert repr(whole).splitlines()[0].endswith(" for p, q, r")
    part = run.ledger(["p"])
    assert {entry.wires for entry in part} == {("x", "y"), ("z", "u")}
    assert part["x", "y"].slopes == {"p": law.moment(["z"])}
    assert [entry.wires for entry in run.ledger("u")] == [("x", "y")]  # any wire, and one alone
    kept = sw.propagate(circuit, law, 1, outputs=["q", "u"])
    assert repr(kept.ledger()).splitlines()[0].endswith(" for q, u")
    text = "Argument 'wire' must be one of the 'outputs' that the run keeps (q, u), not 'p'."
    refuses(InvalidArgument, text, lambda: kept.ledger(["p"]))
    text = "Argument 'wire' names 'nothing', which is no wire; the outputs are: p, q, r."
    refuses(UnknownVariable, text, lambda: run.ledger(["nothing"]))
    refined = kept.refine(1)
    assert refined.keep != {}
    refuses(InvalidArgument, text.replace("names 'nothing', which is no wire; the outputs are: p, q, r.",
            "must be one of the 'outputs' that the run keeps (q, u), not 'p'."), lambda: refined.mean("p"))  # fmt: skip


def test_a_ledger_is_a_sequence_that_knows_names() -> None:
    circuit, law = shared()
    ledger = sw.propagate(circuit, law, 1).ledger()
    entries = list(ledger)
    assert len(ledger) == len(entries) == 4
    assert [ledger[i] for i in range(4)] == entries
    assert (ledger[-1], ledger[1:3], ledger[::-1]) == (entries[-1], entries[1:3], entries[::-1])
    assert ledger["u", "z"] is ledger["z", "u"] is ledger[["z", "u"]]
    assert entries[2] in ledger
    with pytest.raises(IndexError):
        ledger[4]
    text = "Argument 'index' must name a cumulant that the run dropped, not ('x', 'z')."
    refuses(InvalidArgument, text, lambda: ledger["z", "x"])
    text = "Argument 'index' must name a cumulant that the run dropped, not ('x',)."
    refuses(InvalidArgument, text, lambda: ledger["x"])
    text = "Argument 'index' names 'w', which is no wire; the outputs are: p, q, r."
    refuses(UnknownVariable, text, lambda: ledger["x", "w"])


def test_a_long_ledger_prints_its_first_ten() -> None:
    run = sw.propagate(sw.trace(lambda x: {"out": x**14}, ["x"]), sw.Independent({"x": sw.Bernoulli("1/2")}), 1)
    lines = repr(run.ledger()).splitlines()
    assert lines[0] == "Ledger of 13 dropped cumulants (order 1, schedule 'gate') for out"
    assert len(lines) == 12
    assert lines[-1] == "  … 3 more"


def test_nothing_is_dropped_where_nothing_is_too_long() -> None:
    ledger = sw.propagate(SQUARE, BITS, 3).ledger()
    assert len(ledger) == 0
    assert ledger.by_gate() == {}
    assert repr(ledger) == "Ledger of 0 dropped cumulants (order 3, schedule 'gate') for out"
    assert sw.propagate(SQUARE, BITS, 3).refine(5).mean("out") == Fraction(5, 8)


TRIPLE: Weights = {(0, 0): Fraction(1, 2), (1, 2): Fraction(1, 4), (2, 1): Fraction(1, 4)}
TABLE = sw.Finite(TRIPLE, ["x", "y"])


def test_inner_wires_of_chains_have_names() -> None:
    """g = x x y x: E g = E g[3] E x + κ(g[3], x) and so on down; g[2] is x x, g[3] is x x y."""
    writer = Writer()
    x, y = writer.input("x"), writer.input("y")
    writer.outputs["out"] = writer.product([x, x, y, x], "g")
    circuit = sw.Circuit(writer.gates, writer.outputs, names=writer.names)
    run = sw.propagate(circuit, TABLE, 1)
    ledger = run.ledger()
    assert {entry.wires: entry.gates for entry in ledger} == {
        ("x", "g[3]"): ("g",), ("y", "g[2]"): ("g[3]",), ("x", "x"): ("g[2]",),
    }  # fmt: skip
    assert list(ledger.by_gate()) == ["g[2]", "g[3]", "g"]
    moments = {(i, j): oracle.moment(TRIPLE, (i, j)) for i in range(4) for j in range(2)}
    assert ledger["g[3]", "x"].value == moments[3, 1] - moments[2, 1] * moments[1, 0]
    assert ledger["g[2]", "y"].value == moments[2, 1] - moments[2, 0] * moments[0, 1]
    everything = sw.propagate(circuit, TABLE, 1, keep={("x", "g[3]"), ("g[2]", "y"), ("x", "x")})
    assert everything.mean("out") == moments[3, 1]
    assert everything.keep["x", "g[3]"] == ledger["x", "g[3]"].value
    power = sw.propagate(sw.trace(lambda x: {"out": x**3}, ["x"]), TABLE, 1, keep={("g1[2]", "x"): 5, ("x", "x"): "1/2"})
    assert power.mean("out") == 5 + (Fraction(3, 4) ** 2 + Fraction(1, 2)) * Fraction(3, 4)
    no_chain = "but g is no chain of more than {} factors."
    for name, count in [("g[1]", 1), ("g[4]", 4), ("g[9]", 9), ("g[0]", 0)]:
        text = f"Argument 'keep' names {name!r}, {no_chain.format(count)}"
        refuses(UnknownVariable, text, lambda name=name: sw.propagate(circuit, TABLE, 1, keep={("x", name)}))  # type: ignore[misc]
    text = "Argument 'keep' names 'x[2]', but x is no chain of more than 2 factors."
    refuses(UnknownVariable, text, lambda: sw.propagate(circuit, TABLE, 1, keep={("x", "x[2]")}))
    text = "Argument 'keep' names 'h', which is no wire; the outputs are: out."
    refuses(UnknownVariable, text, lambda: sw.propagate(circuit, TABLE, 1, keep={("x", "h[2]")}))


def test_repeated_wires_and_the_order_of_names() -> None:
    run = sw.propagate(SQUARE, BITS, 1, keep={("g1", "g1"): 3, ("g2", "y"): "1/2"})
    assert run.mean("out") == (Fraction(9, 16) + 3) / 4 + Fraction(1, 2)
    assert run.keep == {("g1", "g1"): 3, ("y", "g2"): Fraction(1, 2)}
    assert run.cumulant("g1", "g1") == run.variance("g1") == 3
    assert run.cumulant("y", "g2") == Fraction(1, 2)
    assert run.cumulant("x", "x") == 0
    whole = sw.propagate(SQUARE, BITS, 1, keep=[["g1", "g1"], ("y", "g2")])
    assert whole.mean("out") == Fraction(5, 8)
    assert whole.keep == {("g1", "g1"): Fraction(7, 16), ("y", "g2"): Fraction(3, 8)}
    assert len(whole.ledger()) == 0
    assert sw.propagate(SQUARE, BITS, 1, keep=set()).keep == {}
    assert sw.propagate(SQUARE, BITS, 1).keep == {}
    floats = sw.propagate(SQUARE, BITS, 1, ring="float64", keep={("g1", "g1"): 0.5})
    assert floats.keep == {("g1", "g1"): 0.5}
    assert floats.mean("out") == pytest.approx((9 / 16 + 0.5) / 4)


def test_names_of_entries_name_their_wires_beside_outputs_of_these_names() -> None:
    """The output x is p = x y, out is p p: the ledger tells κ(x, y) and κ(p, p), and may be asked for both by these names."""
    writer = Writer()
    x, y = writer.input("x"), writer.input("y")
    p = writer.product([x, y])
    writer.outputs.update({"x": p, "out": writer.product([p, p])})
    run = sw.propagate(sw.Circuit(writer.gates, writer.outputs), TABLE, 1)
    ledger = run.ledger()
    assert len(ledger) == 2
    assert [ledger[entry.wires] for entry in ledger] == list(ledger)


def test_what_is_kept_is_dropped_no_more() -> None:
    run = sw.propagate(SQUARE, BITS, 1, keep={("g1", "g1")})
    assert [entry.wires for entry in run.ledger()] == [("y", "g2")]
    assert run.mean("out") == Fraction(5, 8) - Fraction(3, 8)


MATRIX = [[2, 1], [1, 2]]


@pytest.mark.parametrize("shape", ["pair", pytest.param("square", )])
def test_a_kept_cumulant_enters_under_any_law(shape: str) -> None:
    """Values may be anybody's guess, of a third cumulant of normal variables too; E (xy)² holds 2 E y κ(x, x, y)."""
    law = sw.MultivariateNormal(["x", "y"], [1, 2], MATRIX)
    f = {"pair": lambda x, y: {"out": (x * y) * x}, "square": lambda x, y: {"out": (x * y) ** 2}}[shape]
    circuit = sw.trace(f, ["x", "y"])
    plain, kept = sw.propagate(circuit, law, 2), sw.propagate(circuit, law, 2, keep={("x", "x", "y"): 5})
    assert kept.mean("out") - plain.mean("out") == (5 if shape == "pair" else 2 * 2 * 5)


def test_what_has_no_slope_has_no_value_computed() -> None:
    """E (ab)(ab) at order 1 with means 0: κ(a, b) enters by its square alone; its slope is 0."""
    law = sw.Finite({(1, 1): "1/2", (-1, -1): "1/2"}, ["a", "b"])
    ledger = sw.propagate(sw.trace(lambda a, b: {"out": (a * b) ** 2}, ["a", "b"]), law, 1).ledger()
    assert ledger["a", "b"].slopes == {}
    assert ledger["a", "b"].value is None
    assert repr(ledger["a", "b"]) == "κ(a, b), wanted 1×; no first-order effect"


# -- refining ----------------------------------------------------------------------------------------------------------


@given(circuit=circuits(), law=tables(), order=st.integers(1, 2), schedule=st.sampled_from(SCHEDULES), budget=st.integers(0, 4))
@settings(max_examples=30)
def test_refining_keeps_the_first_of_the_ledger(circuit: sw.Circuit, law: Any, order: int, schedule: str, budget: int) -> None:
    run = sw.propagate(circuit, law[0], order, schedule)
    first = {entry.wires: entry.value for entry in run.ledger()[:budget] if entry.value}
    refined = run.refine(budget)
    assert refined.keep == first
    assert refined.mean("out") == sw.propagate(circuit, law[0], order, schedule, keep=first).mean("out")
    again = refined.refine(budget)
    assert again.keep == {**first, **{entry.wires: entry.value for entry in refined.ledger()[:budget] if entry.value}}
    assert run.refine(2 * budget, rounds=2).keep == again.keep


def test_budgets() -> None:
    run = sw.propagate(SQUARE, BITS, 1)
    assert run.refine(0).keep == {}
    assert run.refine(0).mean("out") == run.mean("out")
    assert run.refine(1).keep == {("y", "g2"): Fraction(3, 8)}
    for rounds in (1, 2, 7):
        whole = run.refine(1000, rounds=rounds)
        assert whole.keep == {("y", "g2"): Fraction(3, 8), ("g1", "g1"): Fraction(7, 16)}
        assert whole.mean("out") == Fraction(5, 8)
    assert run.refine(1, rounds=3).keep == {("y", "g2"): Fraction(3, 8)}
    for budget in (-1, 1.5, None):
        text = f"Argument 'budget' must be an integer that is at least 0, not {budget!r}."
        refuses(InvalidArgument, text, lambda budget=budget: run.refine(budget))  # type: ignore[misc]
    text = "Argument 'rounds' must be an integer that is at least 1, not 0."
    refuses(InvalidArgument, text, lambda: run.refine(1, rounds=0))
    text = "Argument 'affordable' must be an integer that is at least 0, not -1."
    refuses(InvalidArgument, text, lambda: run.refine(1, affordable=-1))
    refuses(InvalidArgument, text, lambda: run.ledger(affordable=-1))


# -- a netlist ---------------------------------------------------------------------------------------------------------


@cache
def c432() -> tuple[sw.Circuit, sw.Law, dict[str, float]]:
    folder = files("symwick") / "data"
    circuit = sw.Circuit.from_bench_text((folder / "c432.bench").read_text())
    law = sw.Independent({name: sw.Bernoulli("1/2") for name in circuit.inputs})
    counts = json.loads((folder / "iscas85_probabilities.json").read_text())["circuits"]["c432"]
    return circuit, law, {name: counts[name][0] / 2 ** counts[name][1] for name in circuit.outputs}


def test_the_pairs_of_a_netlist_with_values_of_order_two_give_the_means_of_order_two() -> None:
    circuit, law, _ = c432()
    first = sw.propagate(circuit, law, 1, ring="float64")
    ledger = first.ledger(affordable=0)
    assert all(len(entry.wires) == 2 and entry.slopes and not entry.exact for entry in ledger)
    kept = sw.propagate(circuit, law, 1, ring="float64", keep={entry.wires: entry.value for entry in ledger})
    second = sw.propagate(circuit, law, 2, ring="float64")
    for output in circuit.outputs:
        assert abs(kept.mean(output) - second.mean(output)) <= 1e-9
    assert max(abs(first.mean(output) - second.mean(output)) for output in circuit.outputs) > 1e-3


def test_refining_a_netlist_brings_its_means_nearer() -> None:
    circuit, law, exact = c432()

    def error(run: sw.Propagation) -> float:
        return float(sum(abs(run.mean(output) - value) for output, value in exact.items()) / len(exact))

    run = sw.propagate(circuit, law, 1, ring="float64")
    refined = run.refine(100)
    assert len(refined.keep) == 100
    assert error(refined) < 0.9 * error(run)
    assert error(run.refine(0)) == error(run)


# -- refusing ----------------------------------------------------------------------------------------------------------


def test_what_is_to_be_kept_is_checked() -> None:
    def keeping(keep: Any, order: int | None = 1, **options: Any) -> Any:
        return lambda: sw.propagate(SQUARE, BITS, order, keep=keep, **options)

    unknown = "Argument 'keep' names 'q', which is no wire; the outputs are: out."
    refuses(UnknownVariable, unknown, keeping({("g1", "q")}))
    refuses(UnknownVariable, unknown, keeping({("q", "q"): 1}))
    text = "Argument 'keep' must hold tuples of more than {} wires, as the run keeps all others, not {}."
    refuses(InvalidArgument, text.format(1, "('g1',)"), keeping({("g1",)}))
    refuses(InvalidArgument, text.format(1, "()"), keeping({()}))
    refuses(InvalidArgument, text.format(2, "('y', 'g2')"), keeping({("g2", "y"): 1}, 2))
    for keep in ("g1", 3, True):
        text = f"Argument 'keep' must be a set of tuples of wires, or map these to values, not {keep!r}."
        refuses(InvalidArgument, text, keeping(keep))
    for inside in ("g1", 3):
        refuses(InvalidArgument, f"Argument 'keep' must hold tuples of wires, not {inside!r}.", keeping({inside}))
    text = "Argument 'order' of the run must be a number for keep: without one, nothing is dropped."
    refuses(InvalidArgument, text, keeping({("g1", "g1")}, None))
    text = "Argument 'ring' of the run must be 'exact' or 'float64' for keep, not 'symbolic'."
    refuses(InvalidArgument, text, keeping({("g1", "g1")}, ring="symbolic"))
    text = "Argument 'closure' of the run must be 'zero' for keep, not 'boolean'."
    refuses(InvalidArgument, text, keeping({("g1", "g1")}, closure="boolean"))
    text = "Argument 'engine' must be 'demand' or 'auto' with 'keep', not 'frontier'."
    refuses(InvalidArgument, text, keeping({("g1", "g1")}, ring="float64", engine="frontier"))
    text = "Argument 'keep' must be None for a list of laws: what is kept has a value for one law."
    refuses(InvalidArgument, text, lambda: sw.propagate(SQUARE, [BITS], 1, keep={("g1", "g1")}))
    with pytest.raises(InexactError):
        sw.propagate(SQUARE, BITS, 1, keep={("g1", "g1"): 0.5})


def test_runs_without_a_ledger() -> None:
    for ask in (lambda run: run.ledger(), lambda run: run.refine(1)):
        text = "Argument 'order' of the run must be a number for ledger: without one, nothing is dropped."
        refuses(InvalidArgument, text, lambda ask=ask: ask(sw.propagate(SQUARE, BITS, None)))  # type: ignore[misc]
        text = "Argument 'ring' of the run must be 'exact' or 'float64' for ledger, not 'symbolic'."
        refuses(InvalidArgument, text, lambda ask=ask: ask(sw.propagate(SQUARE, BITS, 1, ring="symbolic")))  # type: ignore[misc]
        text = "Argument 'closure' of the run must be 'zero' for ledger, not 'boolean'."
        refuses(InvalidArgument, text, lambda ask=ask: ask(sw.propagate(SQUARE, BITS, 1, closure="boolean")))  # type: ignore[misc]
