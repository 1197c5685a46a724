"""The exact evaluator: the circuit itself, gate by gate, at rows of exact numbers; it shares no pass with generated code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy

from symwick.algebra.numbers import from_flint, to_flint, to_fraction
from symwick.algebra.symbolic import Symbolic, number_or_expression
from symwick.circuits.leaves import PARAMETER
from symwick.codegen.argument_arrays import broadcast_shape
from symwick.codegen.sources import Part, Source
from symwick.errors import InvalidArgument

__all__ = ["exact_rows", "exact_values"]


def exact_values(source: Source, point: Mapping[str, Any]) -> list[Any]:
    """The values of all parts at one point {argument: exact number}, as elements of the exact ring.

    Raises InvalidArgument where a part has no finite real value, or is not known.
    """
    numbers = {name: to_flint(value, name) for name, value in point.items()}
    symbols = {sympy.Symbol(name): to_fraction(value) for name, value in numbers.items()}
    found: list[Any] = []
    circuits: list[tuple[Any, Any, dict[str, Any]]] = []
    for part in source.parts:
        values = next((v for c, leaves, v in circuits if c is part.circuit and leaves is part.leaves), None)
        if values is None:
            values = part.circuit.run(_inputs(part, numbers, symbols), to_flint)
            circuits.append((part.circuit, part.leaves, values))
        for name, points in part.domain:
            if from_flint(numbers[name]) not in points:
                shown = ", ".join(map(str, points[:12]))
                value = from_flint(numbers[name])
                raise InvalidArgument(f"Argument '{name}' must lie on the grid where the form is known, {shown}, not be {value}.")
        found.append(values[part.output])
    return found


def _inputs(part: Part, numbers: Mapping[str, Any], symbols: Mapping[sympy.Symbol, Any]) -> dict[str, Any]:
    if part.leaves is None:
        return {name: numbers[name] for name in part.circuit.inputs}
    return {
        name: numbers[part.leaves[name].expr.name] if part.leaves[name].kind == PARAMETER else part.leaves[name].at(
            {s: symbols[s] for s in part.leaves[name].expr.free_symbols | set(part.leaves[name].variables)}
        )
        for name in part.circuit.inputs
    }  # fmt: skip


def exact_rows(source: Source, given: Mapping[str, Any], shown: Sequence[str]) -> list[Any]:
    """Values at arrays of exact numbers that broadcast: an object array for each part, of int, Fraction, or expressions."""
    arrays = {name: _objects(value, name) for name, value in given.items()}
    shape = broadcast_shape(list(arrays.values()), shown)
    spread = {name: np.broadcast_to(a, shape) for name, a in arrays.items()}
    results = [np.empty(shape, dtype=object) for _ in source.parts]
    for index in np.ndindex(*shape):
        values = exact_values(source, {name: a[index] for name, a in spread.items()})
        for result, value in zip(results, values, strict=True):
            result[index] = number_or_expression(value) if isinstance(value, Symbolic) else from_flint(to_flint(value))
    return [result[()] for result in results]


def _objects(value: Any, name: str) -> Any:
    """An array of exact numbers; a float is an error that says how to write it."""
    array = np.asarray(value) if hasattr(value, "__array__") or isinstance(value, (list, tuple)) else None
    if array is None or array.dtype.kind in "fc":
        single = value if array is None else array.flat[0] if array.size else 0
        result = np.empty((), dtype=object)
        result[()] = to_flint(single, name)
        if array is None or array.size:
            return result
        return np.empty(array.shape, dtype=object)
    result = np.empty(array.shape, dtype=object)
    for index in np.ndindex(*array.shape):
        item = array[index]
        result[index] = to_flint(item.item() if isinstance(item, np.generic) else item, name)
    return result
