"""Circuits unfolded into trees: values, copies, their numbers, sizes known beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from math import prod
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.gates import Gate
from symwick.circuits.writer import Writer
from symwick.errors import InvalidArgument, TooLarge, UnknownVariable
from tests.refusals import refuses


@st.composite
def circuits(draw: st.DrawFn, n: int = 3, most_paths: int = 60) -> sw.Circuit:
    """Sharing, sums with weights 0 and wires read twice, products, powers, constants, dead wires; inputs may be outputs."""
    random = Random(draw(st.integers(0, 2**32 - 1)))
    writer = Writer()
    paths = [1 for i in range(n) if writer.input(f"x{i}") >= 0]
    for kind in random.choices(["sum", "sum", "product", "ternary", "power", "constant", "one"], k=random.randint(1, 8)):
        last = len(writer.gates) - 1
        wires = [random.randint(max(0, last - 2), last) if random.random() < 0.6 else random.randint(0, last) for _ in range(3)]
        if kind == "constant":
            writer.constant(random.choice([0, 1, -2, Fraction(1, 2)]))
            paths.append(0)
            continue
        power = random.randint(2, 3)
        read = {"sum": wires, "product": wires[:2], "ternary": wires, "power": wires[:1] * power, "one": wires[:1]}[kind]
        if sum(paths[a] for a in read) > most_paths:
            continue
        if kind == "sum":
            writer.sum([(random.choice([1, -1, 2, 0]), a) for a in read], random.choice([0, 0, 1, Fraction(-1, 2)]))
        elif kind == "power":
            writer.power(read[0], power)
        else:
            writer.product(read)
        paths.append(sum(paths[a] for a in read))
    writer.outputs["out"] = len(writer.gates) - 1
    for i in range(random.randint(0, 2)):
        writer.outputs[f"more{i}"] = random.randrange(len(writer.gates))
    return sw.Circuit(writer.gates, writer.outputs).check()


class Unfolded:
    """The value of every output where each reading of an input, from left to right, takes the next value of that input."""

    def __init__(self, circuit: sw.Circuit, values: dict[str, list[Fraction]]) -> None:
        self.circuit = circuit
        self.coming = {name: iter(some) for name, some in values.items()}
        self.read: list[tuple[str, ...]] = []
        self.outputs = {name: self.value(wire, (name,)) for name, wire in circuit.outputs.items()}

    def value(self, at: int, way: tuple[str, ...]) -> Fraction:
        gate = self.circuit.gates[at]
        if gate.op == "input":
            self.read.append((*way[:-1], gate.payload) if len(way) > 1 else (*way, gate.payload))
            return next(self.coming[gate.payload])
        if gate.op == "constant":
            return Fraction(str(gate.payload))
        read = list(gate.args) * (gate.payload if gate.op == "power" else 1)
        below = [self.value(a, (*way, self.circuit.wires[a])) for a in read]
        if gate.op == "sum":
            weights = [Fraction(str(w)) for w in gate.weights]
            return sum((w * v for w, v in zip(weights, below, strict=True)), Fraction(str(gate.payload)))
        return prod(below, start=Fraction(1))


@given(circuit=circuits(), seed=st.integers(0, 2**32 - 1))
def test_the_tree_is_the_circuit_with_a_value_for_every_path(circuit: sw.Circuit, seed: int) -> None:
    random = Random(seed)
    tree = circuit.treeify()
    point = {copy: Fraction(random.randint(-9, 9), random.randint(1, 3)) for copy in tree.copies}
    values: dict[str, list[Fraction]] = {name: [] for name in circuit.inputs}
    for copy, name in tree.copies.items():
        assert copy == f"{name}.{len(values[name]) + 1}"
        values[name].append(point[copy])
    unfolded = Unfolded(circuit, values)
    assert tree.circuit.evaluate(point) == unfolded.outputs
    assert all(next(left, None) is None for left in unfolded.coming.values())  # no copy is left over
    assert [path.wires for path in circuit.paths()] == unfolded.read
    same = {name: random.randint(-3, 3) for name in circuit.inputs}
    assert tree.circuit.evaluate({copy: same[name] for copy, name in tree.copies.items()}) == circuit.evaluate(same)


@given(circuit=circuits())
def test_copies_are_numbered_as_the_paths_are_and_read_once(circuit: sw.Circuit) -> None:
    tree = circuit.treeify()
    paths = list(circuit.paths())
    assert [path.copy for path in paths] == list(tree.copies) == list(tree.circuit.inputs)
    assert [path.input for path in paths] == list(tree.copies.values())
    for name in circuit.inputs:
        held = tree.copies_of(name)
        assert held == tuple(f"{name}.{i + 1}" for i in range(len(held)))
        assert sum(path.input == name for path in paths) == len(held)
    assert tree.source is circuit
    assert list(tree.circuit.outputs) == list(circuit.outputs)
    read: Counter[int] = Counter(a for gate in tree.circuit.gates for a in gate.args)
    read.update(tree.circuit.outputs.values())
    assert all(read[i] == 1 for i in range(len(tree.circuit.gates)))  # a tree: everything is read once
    assert set(tree.origins) == set(tree.circuit.wires)
    for wire, origin in tree.origins.items():
        name, _, number = wire.rpartition(".")
        assert name == origin
        assert int(number) >= 1
        made, source = (c.gates[c.wires.index(w)] for c, w in ((tree.circuit, wire), (circuit, origin)))
        assert made.op == ("product" if source.op == "power" else source.op)
    for output in circuit.outputs:
        alone = list(circuit.paths(output))
        assert [path.wires for path in alone] == [path.wires for path in paths if path.wires[0] == output]
        assert list(circuit[output].treeify().copies) == [path.copy for path in alone]


@given(circuit=circuits(n=2, most_paths=8), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_a_tree_of_a_tree_is_itself(circuit: sw.Circuit, seed: int) -> None:
    tree = circuit.treeify()
    again = tree.circuit.treeify()
    assert again.copies == {f"{copy}.1": copy for copy in tree.copies}
    point = {copy: Random(seed + i).randint(-9, 9) for i, copy in enumerate(tree.copies)}
    assert again.circuit.evaluate({f"{copy}.1": value for copy, value in point.items()}) == tree.circuit.evaluate(point)


def test_powers_products_sums_and_constants_by_hand() -> None:
    writer = Writer()
    x, y, _ = (writer.input(name) for name in ("x", "y", "dead"))
    three = writer.constant(3, "k")
    s = writer.sum([(2, x), (0, y), (-1, x)], 1, "s")
    p = writer.product([s, x, three], "p")
    writer.outputs.update({"o": writer.power(p, 2, "q"), "i": y, "two": three})
    circuit = sw.Circuit(writer.gates, writer.outputs, names=writer.names)
    tree = circuit.treeify()
    assert tree.copies == {
        "x.1": "x", "y.1": "y", "x.2": "x", "x.3": "x", "x.4": "x", "y.2": "y", "x.5": "x", "x.6": "x", "y.3": "y",
    }  # fmt: skip
    assert tree.origins == dict(tree.copies) | {
        "s.1": "s", "k.1": "k", "p.1": "p", "s.2": "s", "k.2": "k", "p.2": "p", "q.1": "q", "k.3": "k",
    }  # fmt: skip
    assert tree.copies_of("x") == ("x.1", "x.2", "x.3", "x.4", "x.5", "x.6")
    assert tree.copies_of("dead") == tree.copies_of("nothing") == ()
    assert repr(tree) == "<Tree of 9 paths, 8 gates>"
    wires = {wire: tree.circuit.gates[i] for i, wire in enumerate(tree.circuit.wires)}
    assert (wires["s.2"].weights, wires["s.2"].payload) == (circuit.gates[s].weights, circuit.gates[s].payload)
    point = dict(zip(tree.copies, [1, 100, 3, 5, 7, 100, 11, 13, 17], strict=True))
    first, second = (2 * 1 - 3 + 1) * 5 * 3, (2 * 7 - 11 + 1) * 13 * 3
    assert tree.circuit.evaluate(point) == {"o": first * second, "i": 17, "two": 3}
    assert [path.wires for path in circuit.paths("o")][3:5] == [("o", "p", "x"), ("o", "p", "s", "x")]
    assert [(path.copy, path.wires, path.input) for path in circuit.paths("i")] == [("y.1", ("i", "y"), "y")]
    assert list(circuit.paths("two")) == []


def test_outputs_that_are_inputs_and_circuits_without_any() -> None:
    one = sw.trace(lambda x: x, ["x"])
    assert one.treeify().circuit.gates == (Gate("input", payload="x.1"),)
    assert [(path.copy, path.wires) for path in one.paths()] == [("x.1", ("out", "x"))]
    none = sw.Circuit([Gate("input", payload="x")], {})
    assert (list(none.paths()), repr(none.treeify())) == ([], "<Tree of 0 paths, 0 gates>")
    both = sw.Circuit([Gate("input", payload="x")], {"a": 0, "b": 0}).treeify()
    assert both.circuit.evaluate({"x.1": 1, "x.2": 2}) == {"a": 1, "b": 2}


def test_any_wire_has_paths() -> None:
    circuit = sw.trace(lambda x, y: (x + y) ** 2 * y, ["x", "y"])
    assert [path.wires for path in circuit.paths("g1")] == [("g1", "x"), ("g1", "y")]
    assert [path.wires for path in circuit["g2"].paths()] == [("g2", "g1", "x"), ("g2", "g1", "y")] * 2
    text = "Argument 'output' names 'q', which is no wire; the outputs are: out."
    refuses(UnknownVariable, text, lambda: circuit.paths("q"))


def test_names_of_inputs_that_look_like_copies() -> None:
    writer = Writer()
    x, other = writer.input("x"), writer.input("x.1")
    writer.outputs["out"] = writer.product([x, other, x, other], "x.2")
    tree = sw.Circuit(writer.gates, writer.outputs, names=writer.names).treeify()
    assert tree.copies == {"x.1": "x", "x.1.1": "x.1", "x.2": "x", "x.1.2": "x.1"}
    assert (tree.copies_of("x"), tree.copies_of("x.1")) == (("x.1", "x.2"), ("x.1.1", "x.1.2"))
    assert tree.origins["x.2.1"] == "x.2"
    assert tree.circuit.evaluate({"x.1": 2, "x.1.1": 3, "x.2": 5, "x.1.2": 7}) == {"out": 210}


# -- large trees -------------------------------------------------------------------------------------------------------


def test_deep_chains_are_no_recursion() -> None:
    writer = Writer()
    x, y = writer.input("x"), writer.input("y")
    wire = x
    for i in range(5_000):
        wire = writer.sum([(1, writer.product([wire, y]))], i % 3)
    writer.outputs["out"] = wire
    circuit = sw.Circuit(writer.gates, writer.outputs)
    assert len(circuit) == 10_000
    tree = circuit.treeify()
    assert (len(tree.copies_of("x")), len(tree.copies_of("y"))) == (1, 5_000)
    first = next(iter(circuit.paths()))
    assert (first.copy, len(first.wires)) == ("x.1", 10_001)
    assert sum(1 for _ in circuit.paths()) == 5_001
    point = {copy: Fraction(1 if copy == "x.1" else -1 if i % 2 else 1) for i, copy in enumerate(tree.copies)}
    values = {"x": [Fraction(1)], "y": [point[copy] for copy in tree.copies_of("y")]}
    total = values["x"][0]
    for i, factor in enumerate(values["y"]):  # the innermost reading of y is its first copy
        total = total * factor + i % 3
    assert tree.circuit.evaluate(point)["out"] == total


def squarings(n: int, inner: Any = None) -> sw.Circuit:
    writer = Writer()
    wire = writer.input("x")
    if inner is not None:
        wire = writer.constant(inner)
    for _ in range(n):
        wire = writer.power(wire, 2)
    writer.outputs["out"] = wire
    return sw.Circuit(writer.gates, writer.outputs)


def test_trees_that_are_too_large_are_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Paths from outputs to inputs and constants: predicted {0:,}, above the limit of {1:,}. "
    text += "Pass limit={0} (or more) to do it all the same."
    beyond = "Paths from outputs to inputs and constants: predicted 1,152,921,504,606,846,976, above the limit of 100,000. "
    beyond += "That is out of reach whatever the limit. The method paths() goes through any number, one by one."
    refuses(TooLarge, beyond, squarings(60).treeify)
    refuses(TooLarge, text.format(2**17, 100_000), squarings(17).treeify)
    refuses(TooLarge, text.format(8, 7), lambda: squarings(3).treeify(limit=7))
    assert len(squarings(3).treeify(limit=8).copies) == 8
    two = sw.trace(lambda x, y: {"p": x * y, "q": x + x + y}, ["x", "y"])
    refuses(TooLarge, text.format(5, 4), lambda: two.treeify(limit=4))
    assert len(two.treeify(limit=5).copies) == 5
    for limit in (0, -1, 1.5, None):
        rule = f"Argument 'limit' must be an integer that is at least 1, not {limit!r}."
        refuses(InvalidArgument, rule, lambda limit=limit: two.treeify(limit=limit))  # type: ignore[misc]

    def none(*_: Any) -> Iterator[Any]:
        raise AssertionError("work before the size was known")

    monkeypatch.setattr("symwick.circuits.trees.Writer", none)
    refuses(TooLarge, beyond, squarings(60).treeify)


def test_trees_of_constants_are_not_larger_than_the_limit() -> None:
    """Nothing leads to an input, yet 2^n occurrences of a constant are to be made: 60 squarings would never end."""
    with pytest.raises(TooLarge):
        squarings(10, inner=1).treeify(limit=100)


def test_paths_of_a_tree_larger_than_anything_come_one_at_a_time() -> None:
    circuit = squarings(1000)
    first = list(islice(circuit.paths(), 3))
    assert [path.copy for path in first] == ["x.1", "x.2", "x.3"]
    assert first[0].wires == ("out", *(f"g{i}" for i in range(999, 0, -1)), "x")
    assert first[0].wires == first[1].wires
    constants = sw.Circuit(
        [*squarings(70, inner=1).gates, Gate("sum", (0, 71), (1, 1), 0)], {"out": 72}
    )  # nothing below the constant leads to an input
    assert [path.wires for path in constants.paths()] == [("out", "x")]


# -- refusing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gate", "kind"), [(Gate("function", (0,), payload="exp"), "function"), (Gate("reciprocal", (0,)), "reciprocal")]
)
def test_gates_that_are_no_polynomials_are_refused(gate: Gate, kind: str) -> None:
    gates = [Gate("input", payload="x"), gate, Gate("sum", (1, 0), (1, 1), 0)]
    text = f"A tree is made of sums, products and powers, but gate 'g1' is a {kind}."
    refuses(InvalidArgument, text, sw.Circuit(gates, {"out": 2}).treeify)
    dead = sw.Circuit([*gates[:2], Gate("sum", (0,), (1,), 0)], {"out": 2})
    assert list(dead.treeify().copies) == ["x.1"]  # no output is made of it
