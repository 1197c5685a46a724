"""The passes: powers by addition chains, nested sums, shared products, matrices, buffers, tapes; operations are counted."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations_with_replacement
from random import Random
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import symwick as sw
from symwick.algebra.numbers import ratio, to_fraction
from symwick.circuits.gates import GATE_NAMES
from symwick.circuits.named_functions import FUNCTIONS
from symwick.circuits.writer import Writer
from symwick.codegen.backends import BACKENDS, backend_named, optimised, uniform_of
from symwick.codegen.buffers import laid_out
from symwick.codegen.chains import chain, steps
from symwick.codegen.horner import nested
from symwick.codegen.leaf_expressions import UNSUPPORTED
from symwick.codegen.lowering import LEAVES, LOWER, lowered
from symwick.codegen.machine import machine
from symwick.codegen.matrices import with_matrices
from symwick.codegen.numba_source import NUMBA
from symwick.codegen.numpy_rules import NUMPY
from symwick.codegen.program import OPERATIONS, Program
from symwick.codegen.rounding import rounded
from symwick.codegen.self_check import BOUND
from symwick.codegen.shared_products import with_shared_products
from symwick.codegen.sources import read_source
from symwick.codegen.tape import taped
from symwick.codegen.tape_source import TAPE_OPERATIONS
from tests.codegen_cases import circuits

x, y, z = sympy.symbols("x y z")


def program_of(source: Any) -> Program:
    return lowered(read_source(source))


def total(fn: sw.Evaluator, *operations: str) -> int:
    return sum(fn.operations.get(op, 0) for op in operations)


# -- completeness ------------------------------------------------------------------------------------------------------------


def test_every_gate_and_leaf_has_a_rule_in_every_table() -> None:
    assert set(LOWER) == set(BOUND) == set(GATE_NAMES)
    assert set(LEAVES) == {"variable", "function", "indicator", "parameter", "constant"}


def test_every_function_has_a_rule_in_every_backend() -> None:
    assert set(FUNCTIONS) <= set(NUMPY)
    assert set(NUMPY) == set(NUMBA) | {"table"}  # numba writes a table as lines of comparisons
    laid = {"add", "subtract", "multiply", "divide", "negative", "copy", "max", "min", "and", "or", "xor"}
    assert set(NUMPY) - laid <= set(TAPE_OPERATIONS)
    assert not set(UNSUPPORTED) & set(NUMPY)
    assert all(why for why in UNSUPPORTED.values())


def test_every_instruction_is_made_by_something() -> None:
    assert set(OPERATIONS) == {"input", "constant", "sum", "product", "power", "reciprocal", "function", "indicator", "table",
                               "matrix", "row"}  # fmt: skip


@pytest.mark.parametrize("name", list(BACKENDS))
def test_the_registry_finds_every_backend_by_its_name(name: str) -> None:
    if not BACKENDS[name].missing():
        assert backend_named(name) is backend_named(f" {name.upper()} ") is BACKENDS[name]
        assert sw.compile("x**2 + y", name)(x=3, y=1) == 10


# -- powers ------------------------------------------------------------------------------------------------------------------


@given(st.integers(1, 5000))
def test_chains_reach_their_exponent(n: int) -> None:
    members = chain(n)
    assert members[0] == 1
    assert members[-1] == n
    for k, member in enumerate(members[1:], start=1):
        assert member - members[k - 1] in members[:k]
    assert len(members) - 1 <= 2 * (n.bit_length() - 1)


@pytest.mark.parametrize(("n", "most"), [(1, 0), (2, 1), (3, 2), (7, 4), (15, 5), (31, 7), (47, 8), (71, 9), (127, 10)])
def test_chains_are_the_shortest(n: int, most: int) -> None:
    assert len(chain(n)) - 1 == most


@given(st.sets(st.integers(1, 300), min_size=1, max_size=5))
def test_powers_of_one_base_share_their_steps(exponents: set[int]) -> None:
    known = {1}
    for power, left, right in steps(exponents):
        assert {left, right} <= known
        assert left + right == power
        known.add(power)
    assert exponents <= known


def test_powers_are_chains_in_the_code() -> None:
    assert sw.compile("x**15").operations == {"multiply": 5}
    assert sw.compile({"a": x**15, "b": x**10, "c": x**5}).operations == {"multiply": 5}
    assert sw.compile("x**10000").operations == {"multiply": 16}


# -- nested sums -------------------------------------------------------------------------------------------------------------


def test_one_variable_is_horners_rule() -> None:
    fn = sw.compile(sum((k + 2) * x**k for k in range(11)))
    assert fn.operations == {"add": 10, "multiply": 10}
    assert sw.compile(x**10 + x**20).operations == {"add": 1, "multiply": 5}


def test_many_variables_take_out_the_most_common_factor() -> None:
    assert sw.compile(x * y + x * z + x).operations == {"add": 2, "multiply": 1}
    monomials = [m for d in range(4) for m in combinations_with_replacement((x, y, z), d)]
    dense = sum(sympy.Mul(k + 2, *m) for k, m in enumerate(monomials))
    fn = sw.compile(dense)
    assert len(dense.args) == 20
    assert total(fn, "add") == 19
    assert total(fn, "multiply") < 25  # against 45 in the terms as they stand


def test_a_sum_in_a_sum_is_one_sum_where_nothing_else_reads_it() -> None:
    circuit = sw.trace(lambda x, y: {"o": 2 * (x + 3 * y) + 5 * (x - y)}, ["x", "y"])
    assert sw.compile(circuit).operations == {"add": 1, "multiply": 1}


def test_products_are_never_expanded() -> None:
    form = sw.gwp(" * ".join(f"x{i}" for i in range(12)), sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(12)}))
    assert sw.compile(form).operations == {"multiply": 11, "subtract": 12}


@given(circuits(functions=False))
def test_passes_keep_the_exact_values(circuit: sw.Circuit) -> None:
    program = program_of(circuit)
    point = {name: Fraction(k + 2, 3) for k, name in enumerate(circuit.inputs)}
    wanted = values(program, point)
    for changed in (nested(program), with_shared_products(program), with_shared_products(nested(program))):
        assert values(changed, point) == wanted
    grouped = with_matrices(program, uniform_of(program, frozenset()))
    assert values(grouped, point) == wanted


def values(program: Program, point: dict[str, Fraction]) -> list[Fraction]:
    """The outputs of a polynomial program in Fractions: an interpreter of its own."""
    found: list[Any] = []
    for op, args, data in zip(program.ops, program.args, program.data, strict=True):
        if op == "input":
            found.append(point[data])
        elif op == "constant":
            found.append(to_fraction(data))
        elif op == "sum":
            found.append(sum((to_fraction(w) * found[a] for w, a in zip(data[0], args, strict=True)), to_fraction(data[1])))
        elif op == "product":
            value = Fraction(1)
            for a in args:
                value *= found[a]
            found.append(value)
        elif op == "power":
            found.append(found[args[0]] ** data)
        elif op == "matrix":
            found.append([sum((to_fraction(w) * found[a] for w, a in zip(row, args, strict=True)), Fraction(0)) for row in data])
        else:
            assert op == "row"
            found.append(found[args[0]][data])
    return [found[i] for i in program.outputs]


def test_equal_instructions_are_one_and_constants_are_folded_exactly() -> None:
    program = Program()
    a, b = program.input("a"), program.input("b")
    assert program.sum([(2, a), (3, b)], 1) == program.sum([(3, b), (2, a)], 1)
    assert program.product([a, b]) == program.product([b, a])
    assert program.number(program.sum([(ratio(1, 3), program.constant(3))], ratio(2, 3))) == ratio(5, 3)
    assert program.sum([(-1, a)]) != program.sum([(-2, a)])  # their hashes may be equal, they are not
    assert program.constant(-1) != program.constant(-2)


# -- shared products and matrices --------------------------------------------------------------------------------------------


def polynomials_over_one_table(rows: int, seed: int = 1) -> dict[str, sympy.Expr]:
    random = Random(seed)
    monomials = [sympy.Mul(*m) for d in range(1, 5) for m in combinations_with_replacement((x, y, z), d)]
    return {f"p{k}": sum(random.randint(1, 9) * m for m in monomials) for k in range(rows)}


def test_many_outputs_over_the_same_monomials_are_one_matrix_product() -> None:
    outputs = polynomials_over_one_table(20)
    fn = sw.compile(outputs)
    assert fn.operations["matrix"] == 1
    assert fn.operations["entries"] == 20 * 34
    assert total(fn, "add", "subtract") == 0
    assert total(fn, "multiply") <= 34  # one for each monomial of the table
    point = {"x": Fraction(1, 2), "y": Fraction(-3, 4), "z": Fraction(2)}
    found, wanted = fn(**{k: float(v) for k, v in point.items()}), sw.compile(outputs, exact=True)(**point)
    for name in outputs:
        assert float(found[name]) == pytest.approx(float(wanted[name]), rel=1e-13)
    rows = np.random.default_rng(0).normal(size=(3, 40_001))
    for name, value in fn(*rows).items():
        np.testing.assert_allclose(value[[0, 16384, -1]], [float(fn(*rows[:, k])[name]) for k in (0, 16384, -1)], rtol=1e-11)


def test_few_outputs_are_no_matrix() -> None:
    assert "matrix" not in sw.compile({"f": x + 2 * y, "g": x - 3 * y}).operations


def test_a_matrix_never_waits_for_its_own_rows() -> None:
    weights = np.random.default_rng(0).integers(1, 9, size=(4, 16, 16))

    def layered(x: Any) -> Any:
        for layer in weights:
            x = layer @ (x * x / 40)
        return x

    circuit = sw.trace(layered, {"x": 16})
    fn = sw.compile(circuit)
    assert fn.operations["matrix"] == 4
    point = dict.fromkeys(circuit.inputs, Fraction(1, 3))
    exact = circuit.evaluate(point)
    found = fn(**dict.fromkeys(circuit.inputs, 1 / 3))
    for name, value in exact.items():
        assert float(found[name]) == pytest.approx(float(value), rel=1e-12)


# -- buffers -----------------------------------------------------------------------------------------------------------------


@given(circuits())
def test_no_slot_is_written_while_somebody_still_reads_it(circuit: sw.Circuit) -> None:
    made = machine(*optimised(program_of(circuit), frozenset(), matrices=True))
    layout = laid_out(made)
    holder: dict[Any, int] = {}
    for step in made.steps:
        for operand in step.operands:
            if isinstance(operand, int) and operand not in made.inputs:
                place = ("out", layout.target[operand]) if operand in layout.target else ("slot", layout.slot[operand])
                assert holder[place] == operand
        if step.dest in layout.target:
            holder["out", layout.target[step.dest]] = step.dest
        elif step.dest in layout.slot:
            holder["slot", layout.slot[step.dest]] = step.dest
    for k, operand in enumerate(made.outputs):
        if isinstance(operand, int) and operand not in made.inputs:
            place = ("out", layout.target[operand]) if operand in layout.target else ("slot", layout.slot[operand])
            assert holder[place] == operand, k


def test_a_long_polynomial_needs_few_buffers() -> None:
    random = Random(1)
    names = sympy.symbols("x1:7")
    monomials = random.sample([m for d in range(7) for m in combinations_with_replacement(names, d)], 500)
    f = sum(random.randint(1, 99) * sympy.Mul(*m) for m in monomials)
    made = machine(*optimised(program_of(f), frozenset(), matrices=True))
    assert laid_out(made).slots <= 32
    assert len(made.steps) <= 2.3 * 500
    fn = sw.compile(f)
    assert int(fn.source.split("Buffers: ")[1].split(" bytes")[0].replace(",", "")) <= 16_000_000


# -- large circuits ----------------------------------------------------------------------------------------------------------


def chain_of(gates: int) -> sw.Circuit:
    def deep(x: Any, y: Any) -> Any:
        for i in range(gates // 2):
            x = (x * y if i % 2 else x + y) / 2
        return x

    return sw.trace(deep, ["x", "y"])


def layers_of(width: int, depth: int, seed: int = 1) -> sw.Circuit:
    """Averages of products of random pairs, so many side by side."""
    random, writer = Random(seed), Writer()
    live = [writer.input(f"x{i}") for i in range(width)]
    for _ in range(depth):
        products = [writer.product([random.choice(live), random.choice(live)]) for _ in range(width)]
        live = [writer.sum([("1/4", p), ("1/2", random.choice(live))], "1/8") for p in products]
    writer.outputs = {f"o{i}": wire for i, wire in enumerate(live)}
    return sw.Circuit(writer.gates, writer.outputs, names=writer.names)


def gate_by_gate(circuit: sw.Circuit, point: dict[str, float]) -> dict[str, float]:
    return circuit.run(point, float)


@pytest.mark.parametrize("make", [lambda: chain_of(100_000), lambda: layers_of(200, 100)], ids=["chain", "wide"])
def test_a_large_circuit_is_a_tape(make: Callable[[], sw.Circuit]) -> None:
    circuit = make()
    fn = sw.compile(circuit)
    assert fn.source.split("def decoded")[1].count("\n") < 150  # one loop, whatever the number of gates
    rows = np.random.default_rng(0).uniform(0, 1, size=(len(circuit.inputs), 300))
    found = fn(*rows)
    for k in (0, 299):
        wanted = gate_by_gate(circuit, dict(zip(circuit.inputs, rows[:, k].tolist(), strict=True)))
        for name, value in wanted.items():
            got = found[name][k] if isinstance(found, dict) else found[k]
            assert float(got) == pytest.approx(value, rel=1e-9)


def test_slots_of_a_tape_are_given_again() -> None:
    tape = taped(program_of(chain_of(10_000)), np.dtype(float))
    assert tape.slots <= 6
    wide = taped(program_of(layers_of(50, 40)), np.dtype(float))
    assert wide.slots <= 50 * 8
    assert len(wide.steps) <= 2 * 40 * 3
    assert wide.width >= 40


def test_wide_sums_of_a_tape_are_products_of_a_row_and_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symwick.codegen.backends.STRAIGHT", -1)
    names = [f"x{i}" for i in range(40)]
    fn = sw.compile(sum((k + 1) * sympy.Symbol(name) for k, name in enumerate(names)) + 7)
    assert fn.operations == {"dot": 1}
    assert fn(**dict.fromkeys(names, np.ones(5))).tolist() == [827.0] * 5


# -- constants ---------------------------------------------------------------------------------------------------------------


@given(st.fractions(), st.sampled_from(["float32", "float64", "longdouble"]))
def test_no_number_of_the_dtype_is_nearer(value: Fraction, name: str) -> None:
    dtype = np.dtype(name)
    found = rounded(value, dtype)
    distance = abs(Fraction(*found.as_integer_ratio()) - value)
    for beside in (np.nextafter(found, dtype.type(-np.inf)), np.nextafter(found, dtype.type(np.inf))):
        assert distance <= abs(Fraction(*beside.as_integer_ratio()) - value)


def test_float32_constants_are_not_rounded_twice() -> None:
    value = 1 + Fraction(1, 2**24) + Fraction(1, 2**60)
    assert rounded(value, np.dtype("float32")) == np.float32(1) + np.float32(2**-23)
    assert np.float32(float(value)) == 1  # what a detour over float64 would give
    assert rounded(1 + Fraction(1, 2**24), np.dtype("float32")) == 1  # a tie goes to the even one
    assert rounded(1 + Fraction(3, 2**24), np.dtype("float32")) == np.float32(1 + 2**-22)


def test_irrational_constants_are_rounded_from_many_digits() -> None:
    fn = sw.compile(sympy.pi * x + sympy.sqrt(2))
    assert (float(fn(1.0)), float(fn(0.0))) == (float(np.pi) + float(np.sqrt(2)), float(np.sqrt(2)))
