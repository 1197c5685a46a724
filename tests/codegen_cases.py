"""What the tests of code generation share: random circuits, exact values beside compiled ones, the bound between them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from hypothesis import strategies as st

import symwick as sw
from symwick.circuits.gates import Gate
from symwick.circuits.writer import Writer
from symwick.codegen.self_check import bounded
from symwick.codegen.sources import read_source

NAMES = ("x", "y", "z")
NUMBERS = st.fractions(-3, 3, max_denominator=6)
SMOOTH = ("exp", "sin", "cos", "tanh", "atan", "abs", "max", "min")


@st.composite
def circuits(draw: st.DrawFn, *, functions: bool = True, most: int = 14) -> sw.Circuit:
    """Sums, products, small powers and functions of earlier wires, some of them read by several outputs."""
    writer = Writer()
    wires = [writer.input(name) for name in NAMES[: draw(st.integers(1, 3))]]
    kinds = ["sum", "product", "power", *(["function"] if functions else [])]
    for _ in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(kinds))
        wire = st.sampled_from(wires)
        if kind == "sum":
            terms = draw(st.lists(st.tuples(NUMBERS, wire), min_size=1, max_size=4))
            wires.append(writer.sum(terms, draw(NUMBERS)))
        elif kind == "product":
            wires.append(writer.product(draw(st.lists(wire, min_size=2, max_size=3))))
        elif kind == "power":
            wires.append(writer.power(draw(wire), draw(st.integers(2, 5))))
        else:
            name = draw(st.sampled_from(SMOOTH))
            args = [draw(wire), *([draw(wire)] if name in ("max", "min") else [])]
            wires.append(writer._write(Gate("function", tuple(args), (), name), None))
    for k in range(draw(st.integers(1, 4))):
        writer.outputs[f"o{k}"] = draw(st.sampled_from(wires))
    return sw.Circuit(writer.gates, writer.outputs, names=writer.names)


def as_exact(value: Any) -> float:
    """An exact value as a float: int, Fraction or an expression."""
    return float(sympy.N(value, 30)) if isinstance(value, sympy.Basic) else float(Fraction(value))


def near(source: Any, point: dict[str, Fraction], found: list[float], exact: list[Any], dtype: Any = np.float64) -> None:
    """Every value is within a small multiple of the bound: units in the last place of the sum of the |terms| on the way."""
    unit = float(np.finfo(dtype).eps)
    for got, wanted, (value, error) in zip(found, exact, bounded(read_source(source), point), strict=True):
        if abs(value) < 1e30 and np.isfinite(error):
            assert abs(got - as_exact(wanted)) <= 64 * unit * (error + abs(value)) + 1e-30, (point, got, wanted)
