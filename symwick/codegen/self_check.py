"""What ``check=True`` does: generated code at a few exact points against exact values, within a bound of rounding errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import inf, isfinite, isnan
from typing import Any

import numpy as np
import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import from_flint, to_flint, to_sympy
from symwick.algebra.symbolic import Symbolic
from symwick.circuits.gates import Gate
from symwick.circuits.leaves import INDICATOR, PARAMETER, VARIABLE
from symwick.codegen.exact import exact_values
from symwick.codegen.rounding import rational
from symwick.codegen.sources import Part, Source
from symwick.errors import InvalidArgument, SymwickError

__all__ = ["BOUND", "check_points", "checked"]

_GRID = tuple(map(Fraction, ("1", "0", "-1", "1/2", "-5/8", "3/4", "2", "-3/8", "5/4")))
_POSITIVE = tuple(map(Fraction, ("1/2", "3/4", "1", "5/4", "5/8", "3/2")))
_EXACT_GATES = 3000  # gates up to which exact values are worked out; above, floats with their bounds are the reference
_SLACK = 64  # times the first-order bound, in units of the dtype: nested forms round in another order

Pair = tuple[float, float]
"""A float and a bound of its error, in units of the rounding error of the dtype."""


def check_points(source: Source) -> list[dict[str, Fraction]]:
    """Points for every argument: positive ones first, then 0, ±1 and small rationals; on the grid where there is one.

    Off grids they are numbers of every dtype, so that steps and indicators are met exactly.
    """
    domain: dict[str, tuple[Any, ...]] = {}
    for part in source.parts:
        domain.update(dict(part.domain))
    names = (*source.variables, *source.parameters)
    points = []
    for k, values in enumerate((_POSITIVE, _GRID, _GRID, _POSITIVE)):
        point = {}
        for i, name in enumerate(names):
            grid = domain.get(name)
            point[name] = Fraction(grid[(i + k) % len(grid)]) if grid else values[(i * (k + 1) + k) % len(values)]
        points.append(point)
    return points


def checked(source: Source, run: Callable[..., Any], identifiers: Mapping[str, str], dtype: np.dtype[Any]) -> None:
    """Raises InvalidArgument where a value is off by more than the bound, naming part, point and both values.

    Small circuits are compared with exact values; large ones, and float64 forms, with floats gate by gate.
    """
    small = source.gates() <= _EXACT_GATES
    points = check_points(source)[: None if small else 1]
    columns = {name: np.array([float(p[name]) for p in points], dtype) for name in identifiers}
    with np.errstate(all="ignore"):
        found = run(**{identifiers[name]: column for name, column in columns.items()})
    results = [found] if source.single else [found[part.name] for part in source.parts]
    for row, point in enumerate(points):
        try:
            bounds = bounded(source, point)
            exact = exact_values(source, point) if small and not source.inexact else [None] * len(bounds)
        except (SymwickError, ArithmeticError, ValueError):
            continue  # no finite real value here
        for part, result, value, (near, error) in zip(source.parts, results, exact, bounds, strict=True):
            got = float(np.broadcast_to(result, (len(points),))[row])
            _compared(part.name, got, near if value is None else _as_float(value), error, dtype, point)


def _compared(name: str, got: float, wanted: float, error: float, dtype: np.dtype[Any], given: Mapping[str, Fraction]) -> None:
    allowed = _SLACK * float(np.finfo(dtype).eps) * (error + abs(wanted)) + float(np.finfo(dtype).tiny)
    if not isfinite(wanted) or not isfinite(allowed) or allowed > float(np.finfo(dtype).max) * 2.0**-40:
        return  # beyond the dtype, or so near that it may overflow on the way
    if isnan(got) or abs(got - wanted) > allowed:
        shown = ", ".join(f"{name} = {number}" for name, number in given.items())
        raise InvalidArgument(
            f"Argument 'x' must be computed to within {allowed:.3g} of its exact value, but {name} is {got!r} and not {wanted!r} "
            f"at {shown}. Please report this; check=False compiles it all the same."
        )


def _as_float(value: Any) -> float:
    return float(rational(value)) if isinstance(value, Symbolic) else _float(from_flint(to_flint(value)))


def _float(value: Any) -> float:
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return inf


# -- values with a bound of their error ------------------------------------------------------------------------------------


def bounded(source: Source, point: Mapping[str, Fraction]) -> list[Pair]:
    """Floats of all parts with first-order bounds: every operation adds half a unit of the sum of its |terms|."""
    found = []
    circuits: list[tuple[Any, Any, dict[str, Pair]]] = []
    for part in source.parts:
        values = next((v for c, leaves, v in circuits if c is part.circuit and leaves is part.leaves), None)
        if values is None:
            values = part.circuit.run({name: _input(part, name, point) for name in part.circuit.inputs}, _pair, BOUND)
            circuits.append((part.circuit, part.leaves, values))
        found.append(values[part.output])
    return found


def _pair(number: Any) -> Pair:
    value = number.value if isinstance(number, Ball) else _float(from_flint(to_flint(number)))
    return value, abs(value)


def _input(part: Part, name: str, point: Mapping[str, Fraction]) -> Pair:
    if part.leaves is None:
        return _pair(point[name])
    leaf = part.leaves[name]
    if leaf.kind in (VARIABLE, PARAMETER):
        return _pair(point[leaf.expr.name])
    if leaf.kind == INDICATOR:
        return float(point[leaf.variables[0].name] == leaf.point), 0.0
    put = leaf.expr.xreplace({s: to_sympy(point[s.name]) for s in leaf.expr.free_symbols})
    if put not in (sympy.true, sympy.false):
        put = sympy.N(put, 20)
        if not put.is_Float and not put.is_Integer:
            raise ArithmeticError(f"{put} is no real number")
    value = float(put)
    return value, 16 * (1 + abs(value))


Rule = Callable[[Gate, Sequence[Pair], Callable[[Any], Pair]], Pair]


def _sum(gate: Gate, values: Sequence[Pair], coerce: Callable[[Any], Pair]) -> Pair:
    total, _ = coerce(gate.payload)
    size, error = abs(total), 0.0
    for weight, a in zip(gate.weights, gate.args, strict=True):
        w = 1.0 if weight == 1 else coerce(weight)[0]
        value, e = values[a]
        total += w * value
        size += abs(w * value)
        error += abs(w) * e
    return total, error + size


def _product(gate: Gate, values: Sequence[Pair], coerce: Callable[[Any], Pair]) -> Pair:
    total, error = values[gate.args[0]]
    for a in gate.args[1:]:
        value, e = values[a]
        error = abs(total) * e + error * abs(value) + abs(total * value)
        total *= value
    return total, error


def _power(gate: Gate, values: Sequence[Pair], coerce: Callable[[Any], Pair]) -> Pair:
    value, error = values[gate.args[0]]
    power: float = value**gate.payload
    return power, gate.payload * (abs(value) ** (gate.payload - 1) * error + abs(power))


def _reciprocal(gate: Gate, values: Sequence[Pair], coerce: Callable[[Any], Pair]) -> Pair:
    value, error = values[gate.args[0]]
    return 1 / value, error / value**2 + abs(1 / value)


_FUNCTIONS: dict[str, Any] = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tan": np.tan, "sinh": np.sinh,
    "cosh": np.cosh, "tanh": np.tanh, "atan": np.arctan, "abs": np.abs,
}  # fmt: skip


def _function(gate: Gate, values: Sequence[Pair], coerce: Callable[[Any], Pair]) -> Pair:
    name = gate.payload
    arguments = [values[a][0] for a in gate.args]
    error = max(values[a][1] for a in gate.args)
    if name in ("max", "min"):
        return (max if name == "max" else min)(arguments), error
    if name in ("sign", "floor", "ceiling"):  # a step: nothing is promised beside one
        return 0.0, inf
    with np.errstate(all="ignore"):
        here = float(_FUNCTIONS[name](arguments[0]))
        step = 2.0**-20 * max(1.0, abs(arguments[0]))
        slopes = [abs(float(_FUNCTIONS[name](arguments[0] + s)) - here) / step for s in (-step, step)]
    if any(isnan(slope) for slope in slopes):
        return here, inf
    return here, 2 * max(slopes) * error + 4 * abs(here)


def _table(gate: Gate, values: Sequence[Pair], coerce: Callable[[Any], Pair]) -> Pair:
    point = [Fraction(values[a][0]) for a in gate.args]
    axes = [[_float(p) for p in axis] for axis in gate.payload.points]
    row = 0
    for value, axis in zip(point, axes, strict=True):
        row = row * len(axis) + axis.index(float(value))
    return coerce(gate.payload.values[row])


def _no_input(gate: Gate, values: Sequence[Pair], coerce: Callable[[Any], Pair]) -> Pair:
    raise RuntimeError("inputs get their values from the caller")  # internal: Circuit.run never asks for it


BOUND: dict[str, Rule] = {
    "input": _no_input,
    "constant": lambda gate, values, coerce: coerce(gate.payload),
    "sum": _sum,
    "product": _product,
    "power": _power,
    "reciprocal": _reciprocal,
    "table": _table,
    "function": _function,
}
"""A float and a bound of its error for every gate."""
