"""What every machine operation is in NumPy: one table from operation to the lines that write its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symwick.codegen.rounding import dtype_text, literal

__all__ = ["NUMPY", "UFUNCS", "as_expression", "lines", "sorted_table", "table_arrays"]

UFUNCS = {
    "add": "np.add", "subtract": "np.subtract", "multiply": "np.multiply", "divide": "np.divide", "negative": "np.negative",
    "exp": "np.exp", "log": "np.log", "sqrt": "np.sqrt", "sin": "np.sin", "cos": "np.cos", "tan": "np.tan",
    "sinh": "np.sinh", "cosh": "np.cosh", "tanh": "np.tanh", "atan": "np.arctan", "asin": "np.arcsin", "acos": "np.arccos",
    "asinh": "np.arcsinh", "acosh": "np.arccosh", "atanh": "np.arctanh", "atan2": "np.arctan2", "abs": "np.absolute",
    "sign": "np.sign", "floor": "np.floor", "ceiling": "np.ceil", "max": "np.maximum", "min": "np.minimum",
    "mod": "np.mod", "pow": "np.power", "heaviside": "np.heaviside", "indicator": "np.equal", "equal": "np.equal",
    "unequal": "np.not_equal", "less": "np.less", "less_equal": "np.less_equal", "greater": "np.greater",
    "greater_equal": "np.greater_equal", "and": "np.minimum", "or": "np.maximum", "xor": "np.not_equal", "copy": "np.positive",
}  # fmt: skip
"""Operations that are one universal function; truth values are 0 and 1."""

Rule = Callable[[str, Sequence[str], Any, "np.dtype[Any]"], list[str]]


def _ufunc(name: str) -> Rule:
    def rule(dest: str, operands: Sequence[str], data: Any, dtype: np.dtype[Any]) -> list[str]:
        return [f"{UFUNCS[name]}({', '.join(operands)}, out={dest})"]

    return rule


def _select(dest: str, operands: Sequence[str], data: Any, dtype: np.dtype[Any]) -> list[str]:
    condition, yes, no = operands
    return [f"{dest}[...] = np.where(np.not_equal({condition}, 0), {yes}, {no})"]


def _nan(dest: str, operands: Sequence[str], data: Any, dtype: np.dtype[Any]) -> list[str]:
    return [f"{dest}[...] = np.nan"]


def sorted_table(data: Any) -> tuple[list[list[Any]], list[Any]]:
    """The axes of a table ascending, and its values in that order."""
    orders = [sorted(range(len(axis)), key=axis.__getitem__) for axis in data.points]
    values = np.empty(len(data.values), dtype=object)
    values[:] = data.values
    values = values.reshape([len(axis) for axis in data.points])
    for k, order in enumerate(orders):
        values = values.take(order, axis=k)
    return [sorted(axis) for axis in data.points], values.reshape(-1).tolist()


def table_arrays(data: Any, dtype: np.dtype[Any]) -> tuple[list[str], str]:
    """Text of the axes of a table, and of its values where they are not all 1."""
    axes, values = sorted_table(data)

    def text(numbers: Sequence[Any]) -> str:
        return f"np.array([{', '.join(literal(x, dtype) for x in numbers)}], {dtype_text(dtype)})"

    return [text(axis) for axis in axes], "" if all(v == 1 for v in values) else text(values)


def _table_value(operands: Sequence[str], data: tuple[Sequence[str], str, Sequence[int]]) -> str:
    """The value of a table whose axes and values are constants with the given names; no number off its grid."""
    axes, values, lengths = data
    hits = " & ".join(f"np.isin({operand}, {axis})" for operand, axis in zip(operands, axes, strict=True))
    if not values:
        return f"np.where({hits}, 1.0, np.nan)"
    place = ""
    for operand, axis, length in zip(operands, axes, lengths, strict=True):
        found = f"np.minimum(np.searchsorted({axis}, {operand}), {length - 1})"
        place = f"({place}) * {length} + {found}" if place else found
    return f"np.where({hits}, {values}[{place}], np.nan)"


def _table(dest: str, operands: Sequence[str], data: Any, dtype: np.dtype[Any]) -> list[str]:
    return [f"{dest}[...] = {_table_value(operands, data)}"]


NUMPY: dict[str, Rule] = {
    **{name: _ufunc(name) for name in UFUNCS},
    "select": _select,
    "nan": _nan,
    "table": _table,
}
"""The lines that write ``dest``; inputs, constants, matrices and their rows are laid out, not computed."""


def lines(op: str, dest: str, operands: Sequence[str], data: Any, dtype: np.dtype[Any]) -> list[str]:
    """The lines of one step."""
    if op == "indicator":
        operands = [*operands, literal(data, dtype)]
    return NUMPY[op](dest, operands, data, dtype)


_INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


def as_expression(op: str, operands: Sequence[str], data: Any, dtype: np.dtype[Any]) -> str:
    """One step as an expression, for numbers and arrays alike."""
    if op in _INFIX:
        return f" {_INFIX[op]} ".join(operands)
    if op == "indicator":
        operands = [*operands, literal(data, dtype)]
    if op == "select":
        return f"np.where(np.not_equal({operands[0]}, 0), {operands[1]}, {operands[2]})"
    if op == "nan":
        return "np.nan"
    if op == "table":
        return _table_value(operands, data)
    text = f"{UFUNCS[op]}({', '.join(operands)})"
    return f"1.0 * {text}" if UFUNCS[op].startswith(("np.equal", "np.less", "np.great", "np.not_")) else text
