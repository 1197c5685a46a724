"""Data sets read into columns of exact numbers: rows, dicts, arrays, data frames and CSV text."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.numbers import Number, to_fraction, to_number
from symwick.algebra.vectors import IntVector
from symwick.circuits.variables import Variable, as_variables
from symwick.distributions.written_numbers import cell_hint
from symwick.errors import FormatError, InexactError, InvalidArgument, UnknownVariable

__all__ = ["Column", "Columns", "Place", "csv_rows", "encode_column", "is_missing", "read_columns", "select"]

Column = tuple[tuple[Number, ...], npt.NDArray[np.intp]]
"""Ascending distinct values, and for every row the position of its value in them."""

Columns = tuple[tuple[sympy.Symbol, ...], list[Any], int]
"""Variables, the cells of each, and the number of rows."""

Place = Callable[[int], str]
"""Where the row of a position (from 0) is found, for errors."""


def read_columns(rows: Any, variables: Iterable[Variable] | None) -> Columns:
    """The columns of a data set in any of the forms that Empirical takes; the cells are left as they are.

    >>> read_columns([(1, "0.5"), (2, "0.7")], ["x", "y"])
    ((x, y), [(1, 2), ('0.5', '0.7')], 2)
    """
    chosen = None if variables is None else as_variables(variables)
    if hasattr(rows, "columns") and hasattr(rows, "iloc"):  # a pandas DataFrame; pandas itself is not needed
        return _from_frame(rows, chosen)
    if isinstance(rows, Mapping):
        raise InvalidArgument("Argument 'rows' must be a sequence of rows, not a mapping; weighted points: see Finite.")
    if isinstance(rows, (str, bytes)) or not isinstance(rows, Iterable):
        raise InvalidArgument(f"Argument 'rows' must be a sequence of rows, not {rows!r}.")
    if isinstance(rows, np.ma.MaskedArray):
        mask, rows = np.ma.getmaskarray(rows), rows.data
        if mask.any():
            rows = rows.astype(object)
            rows[mask] = None
    if not isinstance(rows, np.ndarray):
        rows = list(rows)
        if rows and isinstance(rows[0], Mapping):
            return _from_dicts(rows, chosen)
    if chosen is None:
        raise InvalidArgument("Argument 'variables' must name the columns; only dicts and data frames name their own.")
    if isinstance(rows, np.ndarray):
        return _from_array(rows, chosen)
    return _from_sequences(rows, chosen)


def _from_array(array: npt.NDArray[Any], names: tuple[sympy.Symbol, ...]) -> Columns:
    if array.ndim == 1 and len(names) == 1:
        array = array.reshape(-1, 1)
    if array.ndim != 2:
        raise InvalidArgument(f"Argument 'rows' must have two dimensions, not {array.ndim}.")
    if array.shape[1] != len(names):
        raise _wrong_width(array.shape[1], names, "the array")
    return names, [array[:, j] for j in range(len(names))], len(array)


def _from_sequences(rows: list[Any], names: tuple[sympy.Symbol, ...]) -> Columns:
    if len(names) == 1:
        rows = [row if _is_row(row) or isinstance(row, Mapping) else (row,) for row in rows]
    for i, row in enumerate(rows):
        if not _is_row(row):
            raise InvalidArgument(f"Argument 'rows' must hold tuples, lists or dicts, not {row!r} in row {i + 1}.")
        if len(row) != len(names):
            raise _wrong_width(len(row), names, f"row {i + 1}")
    return names, list(zip(*rows, strict=True)) if rows else [()] * len(names), len(rows)


def _is_row(row: Any) -> bool:
    if isinstance(row, (tuple, list)):
        return True
    if isinstance(row, np.ndarray):
        return row.ndim == 1
    return isinstance(row, Sequence) and not isinstance(row, (str, bytes))


def _from_dicts(rows: list[Any], chosen: tuple[sympy.Symbol, ...] | None) -> Columns:
    kept = as_variables(list(rows[0]), "rows") if chosen is None else chosen
    columns: list[list[Any]] = [[] for _ in kept]
    for i, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise InvalidArgument(f"Argument 'rows' must hold dicts only, as row 1 is one, not {row!r} in row {i + 1}.")
        cells = {str(key): cell for key, cell in row.items()}
        for column, variable in zip(columns, kept, strict=True):
            if variable.name not in cells:
                raise InvalidArgument(f"Argument 'rows' must give every variable, but row {i + 1} lacks {variable}.")
            column.append(cells[variable.name])
        if chosen is None and len(cells) != len(kept):
            extra = ", ".join(sorted(cells.keys() - {v.name for v in kept}))
            raise InvalidArgument(f"Argument 'rows' must have one set of columns, but row {i + 1} adds {extra}.")
    return kept, columns, len(rows)


def _from_frame(frame: Any, chosen: tuple[sympy.Symbol, ...] | None) -> Columns:
    named = [(j, str(name)) for j, name in enumerate(frame.columns) if isinstance(name, (str, sympy.Symbol))]
    if chosen is None:
        if len(named) < len(frame.columns):
            other = next(name for name in frame.columns if not isinstance(name, (str, sympy.Symbol)))
            raise InvalidArgument(
                f"Argument 'rows' must have columns named by text, not {other!r}; pass its to_numpy() and 'variables'."
            )
    else:
        named = [(j, name) for j, name in named if name in {v.name for v in chosen}]
    names = as_variables([name for _, name in named], "rows")
    kept = names if chosen is None else chosen
    present = names if chosen is None else tuple(sympy.Symbol(str(name)) for name in frame.columns)
    columns = [frame.iloc[:, named[names.index(v)][0] if v in names else select(v, present)].to_numpy() for v in kept]
    return kept, columns, len(frame)


def select(variable: sympy.Symbol, names: tuple[sympy.Symbol, ...]) -> int:
    """The position of a column.

    >>> select(sympy.Symbol("y"), sympy.symbols("x y"))
    1
    """
    if variable not in names:
        shown = ", ".join(map(str, names[:20])) + (", …" if len(names) > 20 else "")
        raise UnknownVariable(f"Argument 'variables' names {variable}, which the data lack; their columns: {shown}.")
    return names.index(variable)


def _wrong_width(found: int, names: tuple[sympy.Symbol, ...], what: str) -> InvalidArgument:
    shown = ", ".join(map(str, names))
    plural = "" if len(names) == 1 else "s"
    return InvalidArgument(f"Argument 'rows' must have {len(names)} column{plural} ({shown}), but {what} has {found}.")


def csv_rows(path: str | os.PathLike[str], delimiter: str, skip: int) -> tuple[list[int], list[list[str]]]:
    """Line numbers (from 1) and cells of the lines after the first ``skip`` that are not empty."""
    lines, rows = [], []
    number = 0
    with open(path, encoding="utf-8-sig", newline="") as file:
        try:
            for _ in range(skip):
                next(file, None)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for row in reader:
                number = skip + reader.line_num
                if row:
                    lines.append(number)
                    rows.append(row)
        except csv.Error as error:
            raise FormatError(f"Line {number + 1}: {error}.") from None
        except UnicodeDecodeError as error:
            refused = FormatError(f"Line {number + 1} or later is not UTF-8 text: {error}.")
            refused.add_note("Save the file as UTF-8; spreadsheets call it CSV UTF-8.")
            raise refused from None
    return lines, rows


# -- cells to numbers ------------------------------------------------------------------------------------------------


def encode_column(cells: Any, numbers: str, variable: sympy.Symbol, place: Place) -> Column:
    """The column as ascending distinct exact numbers and positions in them.

    >>> encode_column([0.3, 0.1, 0.3], "decimal", sympy.Symbol("x"), str)
    ((Fraction(1, 10), Fraction(3, 10)), array([1, 0, 1]))
    """
    array = _typed(cells)
    if array is None:
        return _encode_cells(list(cells), numbers, variable, place)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        row = int(np.argmin(np.isfinite(array)))
        raise InvalidArgument(_bad("must hold finite numbers", array[row].item(), row, variable, place))
    if numbers == "float64":
        array = array.astype(np.float64)
    distinct, codes = np.unique(array, return_inverse=True)
    return tuple(_numbers_of(distinct, numbers)), codes


def _numbers_of(distinct: npt.NDArray[Any], numbers: str) -> Iterator[Number]:
    if distinct.dtype.kind != "f":
        return (int(value) for value in distinct.tolist())
    if numbers != "decimal":
        return (_quotient(*value.as_integer_ratio()) for value in distinct.tolist())
    texts = map(repr, distinct.tolist()) if distinct.itemsize == 8 else map(np.format_float_scientific, distinct)
    return (_quotient(*Decimal(text).as_integer_ratio()) for text in texts)


def _quotient(numerator: int, denominator: int) -> Number:
    return numerator if denominator == 1 else Fraction(numerator, denominator)


def _typed(cells: Any) -> npt.NDArray[Any] | None:
    """The cells as an array of integers or of floats of at most 64 bits, where they are all of one such kind."""
    if isinstance(cells, np.ndarray):
        return cells if cells.dtype.kind in "iub" or (cells.dtype.kind == "f" and cells.itemsize <= 8) else None
    kinds = set(map(type, cells))
    if kinds == {float}:
        return np.array(cells, dtype=np.float64)
    if kinds == {int} and min(cells) >= -(1 << 63) and max(cells) < 1 << 63:
        return np.array(cells, dtype=np.int64)
    return None


def _encode_cells(cells: list[Any], numbers: str, variable: sympy.Symbol, place: Place) -> Column:
    positions: dict[Number, int] = {}
    known: dict[tuple[type, Any], int] = {}  # by type as well: 0.1 == Fraction(0.1), yet 0.1 may be read as 1/10
    found = np.empty(len(cells), dtype=np.intp)
    for row, cell in enumerate(cells):
        try:
            found[row] = known[type(cell), cell]
        except (KeyError, TypeError):  # not yet seen, or not hashable
            value = _number(cell, numbers, row, variable, place)
            found[row] = known[type(cell), cell] = positions.setdefault(value, len(positions))
    distinct = list(positions)
    order = np.argsort(IntVector.of(distinct).numerators)
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    return tuple(distinct[i] for i in order.tolist()), rank[found]


def _number(cell: Any, numbers: str, row: int, variable: sympy.Symbol, place: Place) -> Number:
    """One cell as an exact number; everything that is one is hashable."""
    if is_missing(cell):
        raise InvalidArgument(_bad("must have no missing cells", cell, row, variable, place))
    floating = isinstance(cell, (float, np.floating))
    if floating and not np.isfinite(cell):
        raise InvalidArgument(_bad("must hold finite numbers", cell, row, variable, place))
    if floating and numbers == "decimal":
        text = np.format_float_scientific(cell) if isinstance(cell, np.floating) else repr(cell)
        exact = Fraction(*Decimal(text).as_integer_ratio())
    elif floating:
        exact = Fraction(*cell.as_integer_ratio())
    else:
        try:
            if isinstance(cell, (np.datetime64, np.timedelta64)):
                raise InexactError
            exact = to_fraction(cell, "rows")
        except InexactError:
            raise InexactError(_bad("must hold exact numbers or floats", cell, row, variable, place)) from None
        except InvalidArgument:
            refused = InvalidArgument(_bad("must hold numbers", cell, row, variable, place))
            if isinstance(cell, str) and (hint := cell_hint(cell, variable.name)):
                refused.add_note(hint)
            raise refused from None
    if numbers == "float64":
        try:
            exact = Fraction(float(exact))
        except OverflowError:
            raise InvalidArgument(_bad("must lie in the range of float64", cell, row, variable, place)) from None
    return to_number(exact)


_MISSING = frozenset({"NAType", "NaTType", "MaskedConstant"})
_MISSING_TEXT = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})


def is_missing(cell: Any) -> bool:
    """Whether a cell stands for nothing: None, pandas' NA, empty text, text such as NA, NaN, null, ?.

    >>> is_missing(" NaN "), is_missing("0")
    (True, False)
    """
    text = isinstance(cell, str) and cell.strip().lower() in _MISSING_TEXT
    return cell is None or text or type(cell).__name__ in _MISSING


def _bad(rule: str, cell: Any, row: int, variable: sympy.Symbol, place: Place) -> str:
    shown = repr(cell) if isinstance(cell, (str, bytes)) else str(cell)
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return f"Argument 'rows' {rule}, not {shown} in {place(row)}, column {variable}."
