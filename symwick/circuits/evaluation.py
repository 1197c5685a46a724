"""Values of circuits: at a point, or at arrays of points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symwick.algebra.numbers import from_flint, to_flint
from symwick.circuits.gates import EVALUATE
from symwick.errors import InvalidArgument

__all__ = ["at_arrays", "is_array"]


def is_array(value: Any) -> bool:
    """Whether a value stands for several points."""
    return hasattr(value, "__array__") and np.ndim(value) > 0


def at_arrays(circuit: Any, point: Mapping[str, Any], positions: Mapping[str, int]) -> dict[str, Any]:
    """Values of wires at arrays that broadcast: floats where any value is one, else exact, in object arrays."""
    arrays = {name: np.asarray(point[name]) if is_array(point[name]) else _one(point[name], name) for name in circuit.inputs}
    for name, a in arrays.items():
        if a.dtype.kind not in "iubfO":
            raise InvalidArgument(f"Argument 'point' must hold arrays of numbers, not of {a.dtype}, for {name}.")
    floats = any(a.dtype.kind == "f" or any(isinstance(x, (float, np.floating)) for x in a.flat) for a in arrays.values())
    try:
        shape = np.broadcast_shapes(*(a.shape for a in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {a.shape}" for name, a in arrays.items())
        raise InvalidArgument(f"Argument 'point' must hold arrays that broadcast together, not of shapes {shapes}.") from None
    for i, gate in enumerate(circuit.gates):
        if gate.op not in ("input", "constant", "sum", "product", "power"):
            raise InvalidArgument(f"Gate {circuit.wires[i]!r}, a {gate.op}, has no values at arrays: evaluate point by point.")
    values = {name: _floats(a) if floats else _exact(a, name) for name, a in arrays.items()}
    found: list[Any] = []
    for gate in circuit.gates:
        if gate.op == "input":
            found.append(values[gate.payload])
        else:
            found.append(EVALUATE[gate.op](gate, found, _float if floats else to_flint))
    return {name: _shown(found[i], shape, floats) for name, i in positions.items()}


def _one(value: Any, name: str) -> Any:
    """A single value beside arrays, as an array without axes: a float as it is, anything else exact."""
    value = value.item() if hasattr(value, "__array__") else value
    if isinstance(value, float):
        return np.asarray(value)
    result = np.empty((), dtype=object)
    result[()] = to_flint(value, f"point[{name}]")
    return result


def _floats(array: Any) -> Any:
    if array.dtype.kind != "O":
        return array.astype(float)
    result = np.empty(array.shape)
    for index in np.ndindex(*array.shape):
        x = array[index]
        result[index] = x if isinstance(x, (float, np.floating)) else _float(to_flint(x))
    return result


def _float(value: Any) -> float:
    number = from_flint(value)
    try:
        return number.numerator / number.denominator
    except OverflowError:
        raise InvalidArgument("A number of more than 1.8e308 has no float64: evaluate at exact numbers.") from None


def _exact(array: Any, name: str) -> Any:
    result = np.empty(array.shape, dtype=object)
    for index in np.ndindex(*array.shape):
        result[index] = to_flint(array[index], f"point[{name}]")
    return result


def _shown(value: Any, shape: tuple[int, ...], floats: bool) -> Any:
    spread = np.broadcast_to(value, shape)
    if floats:
        return np.array(spread, dtype=float)
    result = np.empty(shape, dtype=object)
    for index in np.ndindex(*shape):
        result[index] = from_flint(to_flint(spread[index]))
    return result
