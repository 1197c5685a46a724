"""Arguments of a call as arrays: every one given once, numbers only, shapes that broadcast; else errors that name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Rational
from typing import Any

import numpy as np
import sympy

from symwick.algebra.numbers import to_fraction
from symwick.codegen.rounding import rounded
from symwick.errors import InvalidArgument, UnknownVariable

__all__ = ["as_arrays", "broadcast_shape", "checked_out", "matched"]


def matched(
    positional: Sequence[Any], named: Mapping[str, Any], identifiers: Mapping[str, str], ignored: frozenset[str],
    parameters: frozenset[str],
) -> dict[str, Any]:  # fmt: skip
    """{argument: what is given for it}, by position or by keyword: its identifier, or its own name."""
    listed = ", ".join(identifiers.values()) or "none"
    if len(positional) > len(identifiers):
        raise InvalidArgument(f"Arguments must be at most {len(identifiers)} ({listed}), not {len(positional)}.")
    by_identifier = {identifier: name for name, identifier in identifiers.items()}
    found: dict[str, Any] = dict(zip(identifiers, positional, strict=False))
    for key, value in named.items():
        name = by_identifier.get(key, key)
        if name not in identifiers:
            if key in ignored:
                continue
            raise UnknownVariable(f"Argument {key!r} is unknown; the arguments are: {listed}.")
        if name in found:
            raise InvalidArgument(f"Argument {identifiers[name]!r} must be given once, not twice.")
        found[name] = value
    for name, identifier in identifiers.items():
        if name not in found:
            what = f"Argument {identifier!r}"
            what += f" ({name})" if name != identifier else ""
            what += ", a symbol that is left free," if name in parameters else ""
            raise InvalidArgument(f"{what} must be given; the arguments are: {listed}.")
    return {name: found[name] for name in identifiers}


def as_arrays(given: Mapping[str, Any], identifiers: Mapping[str, str], dtype: np.dtype[Any]) -> list[Any]:
    """Arrays of integers, truth values or floats, in order; single exact numbers are rounded to the dtype.

    Raises InvalidArgument for complex numbers, objects, text and dates.
    """
    arrays = []
    for name, value in given.items():
        if isinstance(value, (Rational, sympy.Rational)) and not isinstance(value, (bool, np.generic)):
            arrays.append(np.asarray(rounded(to_fraction(value), dtype)))
            continue
        try:
            array = np.asarray(value)
        except ValueError:  # rows of different lengths
            raise InvalidArgument(f"Argument {identifiers[name]!r} must be an array of numbers, not ragged rows.") from None
        if array.dtype.kind not in "iubf":
            kind = type(value).__name__ if array.ndim == 0 and array.dtype.kind == "O" else f"of dtype {array.dtype}"
            raise InvalidArgument(f"Argument {identifiers[name]!r} must be an array of real numbers, not {kind}.")
        arrays.append(array)
    return arrays


def broadcast_shape(arrays: Sequence[Any], names: Sequence[str]) -> tuple[int, ...]:
    """The common shape; the error names the shapes that do not go together."""
    try:
        return np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        shapes = ", ".join(f"{name} {a.shape}" for name, a in zip(names, arrays, strict=True))
        raise InvalidArgument(f"Arguments must have shapes that broadcast together, not {shapes}.") from None


def checked_out(out: Any, keys: Sequence[Any] | None, shape: tuple[int, ...], dtype: np.dtype[Any]) -> list[Any]:
    """The arrays to write into, one for each output; ``keys`` is None for a single output."""
    if keys is None:
        found = [("out", out)]
    else:
        if not isinstance(out, Mapping):
            raise InvalidArgument(f"Argument 'out' must map every output to an array, not be {type(out).__name__}.")
        if missing := [key for key in keys if key not in out]:
            raise InvalidArgument(f"Argument 'out' must map every output to an array; it lacks {missing[0]!r}.")
        found = [(f"out[{key!r}]", out[key]) for key in keys]
    for name, array in found:
        if not isinstance(array, np.ndarray):
            raise InvalidArgument(f"Argument '{name}' must be a NumPy array, not {type(array).__name__}.")
        if array.shape != shape:
            raise InvalidArgument(f"Argument '{name}' must have the shape {shape}, not {array.shape}.")
        if not np.can_cast(dtype, array.dtype, "same_kind"):
            raise InvalidArgument(f"Argument '{name}' must be able to hold {dtype}, not be of dtype {array.dtype}.")
        if not array.flags.writeable:
            raise InvalidArgument(f"Argument '{name}' must be writeable.")
    return [array for _, array in found]
