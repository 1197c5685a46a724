"""Reading what a numeric function returns: a number, a sequence or a mapping, for one point or for arrays of points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["Layout", "Outputs", "WrongOutput", "precision"]

SHAPE, NOT_A_NUMBER = "wrong shape", "not a number"


class WrongOutput(Exception):
    """A result that is no number or not as many as there should be; ``verdict`` says which."""

    def __init__(self, verdict: str, text: str) -> None:
        self.verdict = verdict
        super().__init__(text)


@dataclass(frozen=True)
class Outputs:
    """One column of numbers for each output, one number for each point; ``paths`` are the ways to them, as code."""

    columns: list[Sequence[Any]]
    paths: tuple[str, ...] = ("{}",)


def precision(number: Any) -> int:
    """Bits of the significand of a number's type: 24 for float32, 11 for float16, 53 for all else.

    >>> precision(np.float32(1)), precision(0.5)
    (24, 53)
    """
    dtype = getattr(number, "dtype", None)
    return {"float32": 24, "float16": 11, "bfloat16": 8}.get(str(dtype), 53)


@dataclass(frozen=True)
class Layout:
    """The outputs that are expected: ``labels`` in order, None for a single number; ``read_key`` finds the label of a key.

    ``shown`` says a label as text. A mapping may lack no label; keys beyond them must hold zeros where ``spare`` allows them.
    """

    labels: tuple[Any, ...] | None
    read_key: Callable[[Any], Any] | None = None
    shown: Callable[[Any], str] = str

    def read(self, result: Any, count: int, *, arrays: bool) -> Outputs:
        """The columns of a result. Raises WrongOutput."""
        if self.labels is None:
            if isinstance(result, Mapping):
                raise WrongOutput(SHAPE, f"it returns a mapping with the keys {_few(list(result))} instead of a number")
            return Outputs([_column(result, count, arrays, "")])
        if isinstance(result, Mapping):
            return self._from_mapping(result, count, arrays)
        if len(self.labels) == 1 and not isinstance(result, (list, tuple)) and np.ndim(_array(result, "")) <= int(arrays):
            return Outputs([_column(result, count, arrays, "")])
        if isinstance(result, (list, tuple)):
            items = list(result)
        else:
            whole = _array(result, "")
            if whole.ndim == 0:
                raise WrongOutput(SHAPE, f"it returns one number instead of {len(self.labels)}: {self._names()}")
            if arrays and whole.ndim == 2 and whole.shape == (count, len(self.labels)) and count != len(self.labels):
                right = (len(self.labels), count)
                raise WrongOutput(SHAPE, f"it returns an array of shape {whole.shape} instead of {right}: transpose it")
            items = list(whole)
        if len(items) != len(self.labels):
            raise WrongOutput(SHAPE, f"it returns {len(items)} outputs instead of {len(self.labels)}: {self._names()}")
        columns = [_column(v, count, arrays, self.shown(s)) for v, s in zip(items, self.labels, strict=True)]
        return Outputs(columns, tuple(f"{{}}[{i}]" for i in range(len(columns))))

    def _from_mapping(self, result: Mapping[Any, Any], count: int, arrays: bool) -> Outputs:
        labels = self.labels or ()
        found: dict[Any, Any] = {}
        paths: dict[Any, str] = {}
        for i, (key, value) in enumerate(result.items()):
            label = self._label(key)
            if label in found:
                raise WrongOutput(SHAPE, f"it returns the output {self.shown(label)} twice")
            found[label] = value
            paths[label] = f"{{}}[{key!r}]" if _is_literal(key) else f"list({{}}.values())[{i}]"
        if missing := [self.shown(label) for label in labels if label not in found]:
            raise WrongOutput(SHAPE, f"it returns no output {_few(missing)}")
        for label in found:
            if label not in labels:
                extra = np.asarray(_column(found[label], count, arrays, self.shown(label)), dtype=object)
                if any(bool(v != 0) for v in extra.flat):
                    raise WrongOutput(SHAPE, f"it returns the output {self.shown(label)}, which is not among: {self._names()}")
        columns = [_column(found[label], count, arrays, self.shown(label)) for label in labels]
        return Outputs(columns, tuple(paths[label] for label in labels))

    def _label(self, key: Any) -> Any:
        if self.read_key is not None:
            try:
                return self.read_key(key)
            except Exception:
                raise WrongOutput(SHAPE, f"it returns the key {key!r}, which is none of: {self._names()}") from None
        by_text = {str(label): label for label in self.labels or ()}
        return by_text.get(str(key), key)

    def _names(self) -> str:
        return _few([self.shown(label) for label in self.labels or ()])


def _is_literal(key: Any) -> bool:
    if isinstance(key, (tuple, frozenset)):
        return all(map(_is_literal, key))
    return type(key) in (str, int, bool)


def _few(names: Sequence[Any]) -> str:
    return ", ".join(map(str, names[:8])) + (", …" if len(names) > 8 else "")


def _array(value: Any, where: str) -> Any:
    of = f" for {where}" if where else ""
    if value is None:
        raise WrongOutput(NOT_A_NUMBER, f"it returns None{of}: is a return missing?")
    try:
        array = np.asarray(value)
    except Exception as error:
        raise WrongOutput(SHAPE, f"it returns a {type(value).__name__}{of}, of which NumPy makes no array: {error}") from None
    if array.dtype.kind not in "biufO":
        raise WrongOutput(NOT_A_NUMBER, f"it returns {_sort(array)}{of} instead of a number")
    return array


def _sort(array: Any) -> str:
    if array.dtype.kind == "c":
        return "a complex number" if array.ndim == 0 else "complex numbers"
    return f"{array.dtype} values"


def _column(value: Any, count: int, arrays: bool, where: str) -> Sequence[Any]:
    """The numbers of one output at the points."""
    of = f" for {where}" if where else ""
    array = _array(value, where)
    if not arrays:
        if array.shape != ():
            raise WrongOutput(SHAPE, f"it returns an array of shape {array.shape}{of} instead of a number")
        array = array.reshape(1)
    elif array.shape == ():
        array = np.broadcast_to(array, (count,))  # a constant
    elif array.shape != (count,):
        raise WrongOutput(SHAPE, f"it returns an array of shape {array.shape}{of} for {count} points instead of ({count},)")
    if array.dtype.kind == "O":
        return [_object(v, of) for v in array]
    return list(array)  # NaN and infinities are left to the judge, who knows what the exact value is


def _object(value: Any, of: str) -> Any:
    if isinstance(value, (int, Fraction)):
        return value
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise WrongOutput(NOT_A_NUMBER, f"it returns a {type(value).__name__}{of} instead of a number") from None
