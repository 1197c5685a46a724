"""Tables of a CSV file as people keep them: any delimiter, columns of any name, words as codes, cells that are missing."""

from __future__ import annotations

import keyword
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from symwick.circuits.variables import Variable, as_variables
from symwick.distributions.cells import csv_rows, is_missing, select
from symwick.distributions.written_numbers import plain_number
from symwick.errors import FormatError, InvalidArgument

__all__ = ["CsvTable", "as_identifiers", "guessed_delimiter", "read_table"]

DELIMITERS = ",;\t|"
_MISSING_RULES = ("error", "drop")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """Columns of a file: their variables and cells, the line and the number (from 1) of each row, how many were left out."""

    variables: tuple[sympy.Symbol, ...]
    columns: list[list[Any]]
    lines: list[int]
    numbers: list[int]
    dropped: int

    def place(self, row: int) -> str:
        return f"line {self.lines[row]}"


def guessed_delimiter(path: str | os.PathLike[str], skip: int = 0, default: str = ",") -> str:
    """The delimiter that the first line holds most often outside quotes, of comma, semicolon, tab and bar; else the default."""
    with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
        for _ in range(skip):
            next(file, None)
        first = re.sub(r'"[^"]*"', "", file.readline(1_000_000))
    return max((default, *DELIMITERS), key=first.count)


def as_identifiers(names: Sequence[str]) -> tuple[str, ...]:
    """Column names as they can be written in a formula: other characters become _.

    >>> as_identifiers(["sepal length (cm)", "x", "2nd", "in"])
    ('sepal_length_cm', 'x', '_2nd', 'in_')

    Raises FormatError where two become one.
    """
    found: dict[str, str] = {}
    for name in names:
        short = unicodedata.normalize("NFC", name.strip())
        if not short.isidentifier():
            compatible = unicodedata.normalize("NFKC", short)  # m² is m2: ² is a digit to a pattern, but not to Python
            short = re.sub("_+", "_", "".join(c if f"_{c}".isidentifier() else "_" for c in compatible)).strip("_")
        short = short if short.isidentifier() else f"_{short}"
        short = f"{short}_" if keyword.iskeyword(short) else short
        if short in found:
            if found[short] == name:
                raise FormatError(f"Two columns are called {name!r}; rename one of them.")
            raise FormatError(f"Columns {found[short]!r} and {name!r} would both be written {short}; rename one of them.")
        found[short] = name
    return tuple(found)


def read_table(
    path: str | os.PathLike[str],
    chosen: Iterable[Variable] | None,
    *,
    header: bool,
    skip: int,
    delimiter: str | None,
    codes: Mapping[Any, Sequence[str]] | None,
    missing: str,
    identifiers: bool,
    decimal: str | None = None,
) -> CsvTable:
    """The columns of a file that are wanted (None: all); see :meth:`Empirical.from_csv`."""
    if delimiter is None:
        delimiter = guessed_delimiter(path, skip)
    try:
        return _table(path, chosen, header, skip, delimiter, codes, missing, identifiers, decimal)
    except (FormatError, InvalidArgument) as error:
        if delimiter in tuple(DELIMITERS) and (guess := guessed_delimiter(path, skip, delimiter)) != delimiter:
            error.add_note(f"The first line holds more of {guess!r}: delimiter={guess!r}, or delimiter=None to find it out.")
        raise


def _table(
    path: str | os.PathLike[str],
    chosen: Iterable[Variable] | None,
    header: bool,
    skip: int,
    delimiter: str,
    codes: Mapping[Any, Sequence[str]] | None,
    missing: str,
    identifiers: bool,
    decimal: str | None,
) -> CsvTable:
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise InvalidArgument(f"Argument 'delimiter' must be one character or None, not {delimiter!r}.")
    if decimal not in (None, ".", ","):
        raise InvalidArgument(f"Argument 'decimal' must be '.', ',' or None, not {decimal!r}.")
    if missing not in _MISSING_RULES:
        raise InvalidArgument(f"Argument 'missing' must be 'error' or 'drop', not {missing!r}.")
    wanted = None if chosen is None else as_variables(chosen)
    lines, rows = csv_rows(path, delimiter, skip)
    if header:
        if not rows:
            raise FormatError("The file has no line that names the columns.")
        written = [name.strip() for name in rows[0]]
        names = as_variables(as_identifiers(written) if identifiers else written, "path")
        lines, rows = lines[1:], rows[1:]
    elif wanted is not None:
        names = wanted
    else:
        raise InvalidArgument("Argument 'variables' must name the columns where header=False.")
    for line, row in zip(lines, rows, strict=True):
        if len(row) != len(names):
            raise FormatError(f"Line {line}: {len(row)} cells, but there are {len(names)} columns.")
    kept = names if wanted is None else wanted
    positions = [select(v, names) for v in kept]
    words = _code_tables(codes, names)
    dropped, numbers = 0, list(range(1, len(rows) + 1))
    if missing == "drop":
        whole = [i for i, row in enumerate(rows) if not any(is_missing(row[p]) for p in positions)]
        dropped = len(rows) - len(whole)
        lines, rows, numbers = [lines[i] for i in whole], [rows[i] for i in whole], [i + 1 for i in whole]
        if dropped and not rows:
            raise InvalidArgument(f"Argument 'missing' must leave at least one row, but all {dropped} have missing cells.")
    columns: list[list[Any]] = []
    for variable, position in zip(kept, positions, strict=True):
        cells: list[Any] = [row[position] for row in rows]
        if variable in words:
            cells = [_code(cell.strip(), words[variable], line, variable) for cell, line in zip(cells, lines, strict=True)]
        elif decimal is not None:
            cells = [plain_number(cell, decimal) for cell in cells]
        columns.append(cells)
    return CsvTable(kept, columns, lines, numbers, dropped)


def _code_tables(codes: Any, names: tuple[sympy.Symbol, ...]) -> dict[sympy.Symbol, dict[str, int]]:
    if codes is None:
        return {}
    if not isinstance(codes, Mapping):
        raise InvalidArgument(f"Argument 'codes' must map columns to lists of words, not be {codes!r}.")
    tables: dict[sympy.Symbol, dict[str, int]] = {}
    for variable, words in zip(as_variables(list(codes), "codes"), codes.values(), strict=True):
        select(variable, names)
        if isinstance(words, str) or not isinstance(words, Sequence) or not all(isinstance(w, str) for w in words):
            raise InvalidArgument(f"Argument 'codes' must map columns to lists of words, not {variable} to {words!r}.")
        table = {word.strip(): code for code, word in enumerate(words)}
        if len(table) < len(words):
            raise InvalidArgument(f"Argument 'codes' must list each word of {variable} once, not {', '.join(words)}.")
        tables[variable] = table
    return tables


def _code(cell: str, table: Mapping[str, int], line: int, variable: sympy.Symbol) -> int:
    if cell not in table:
        known = ", ".join(list(table)[:20])
        raise FormatError(f"Line {line}, column {variable}: must be one of the words {known}, not {cell!r}.")
    return table[cell]

