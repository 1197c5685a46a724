"""What commands are given as text: formulas, laws, points, sets and partitions of inputs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import sympy

from symwick.algebra.numbers import to_fraction
from symwick.circuits.expressions import parse_expression
from symwick.circuits.variables import close_names
from symwick.circuits.whole_files import read_text
from symwick.distributions.csv_tables import read_table
from symwick.distributions.independent import Independent
from symwick.distributions.law import Law
from symwick.distributions.law_files import load_law
from symwick.distributions.marginal_text import parse_marginal
from symwick.errors import FormatError, InvalidArgument, UnknownVariable

__all__ = ["LawOptions", "blocks_of", "formula_of", "law_for", "names_of", "partition_of", "point_of"]

_MAX_BYTES = 200_000
_DATA = (".csv", ".tsv")
_HINTS = {
    "must hold numbers": "Words become numbers with --codes 'COLUMN=FIRST,SECOND,…': 0, 1, …",
    "must have no missing cells": "--missing drop leaves such rows out.",
    "which the data lack": "A name in the formula that should stay a symbol: --parameters NAME.",
}


@dataclass(frozen=True)
class LawOptions:
    """The options that say which law: a file, or independent inputs; those about data go with files of data."""

    file: Path | None = None
    inputs: Sequence[str] = ()
    columns: str = ""
    codes: Sequence[str] = ()
    missing: str = "error"
    delimiter: str = ""
    decimal: str = ""
    parameters: str = ""

    @property
    def is_data(self) -> bool:
        return self.file is not None and self.file.suffix.lower() in _DATA

    @property
    def tables_of_codes(self) -> dict[str, list[str]] | None:
        """Words of columns, {column: words}."""
        pairs = [_pair(text, "--codes") for text in self.codes]
        return {name: [word.strip() for word in words.split(",")] for name, words in pairs} or None

    @property
    def character(self) -> str | None:
        """The delimiter; None where it is to be found out."""
        return {"": None, "tab": "\t"}.get(self.delimiter, self.delimiter)

    def refuse_options_of_data(self) -> None:
        """Raises InvalidArgument where an option would be passed over silently."""
        given = {
            "columns": self.columns, "codes": self.codes, "delimiter": self.delimiter, "decimal": self.decimal,
            "missing": self.missing != "error",
        }  # fmt: skip
        for name in (name for name, value in given.items() if value):
            raise InvalidArgument(f"Option '--{name}' must come with data in a .csv or .tsv file as law.")

    def row(self, names: Sequence[str], number: int) -> dict[str, Fraction]:
        """One row of the data, as a point; counted from 1."""
        if not self.is_data or self.file is None:
            raise InvalidArgument("Option '--row' must come with data in a .csv or .tsv file as law.")
        table = read_table(
            self.file, names, header=True, skip=0, delimiter=self.character, codes=self.tables_of_codes,
            missing=self.missing, identifiers=True, decimal=self.decimal or None,
        )  # fmt: skip
        total = len(table.lines) + table.dropped
        if number > total:
            raise InvalidArgument(f"Option '--row' must be at most {total}, the rows of the data, not {number}.")
        if number not in table.numbers:
            raise InvalidArgument(f"Option '--row' must name a row without missing cells, and row {number} has some.")
        at = table.numbers.index(number)
        cells = zip(table.variables, table.columns, strict=True)
        return {v.name: to_fraction(column[at], "--row") for v, column in cells}


def formula_of(text: str) -> sympy.Expr:
    """The formula; ``@FILE`` reads it from a file, ``@-`` from the standard input."""
    where = "Expression"
    if text.startswith("@"):
        where = text[1:] if text != "@-" else "standard input"
        text = _standard_input() if text == "@-" else read_text(Path(text[1:]), "a formula", most=_MAX_BYTES)
    found = parse_expression(text, where=where)
    if not isinstance(found, (sympy.Expr, sympy.logic.boolalg.Boolean)):
        raise FormatError(f"{where}: must be a formula with a number as value, not {text.strip()[:60]!r}.")
    return found


def _standard_input() -> str:
    if sys.stdin is None:
        raise FormatError("standard input: must be open where a formula is read from it.")
    try:
        return sys.stdin.read(_MAX_BYTES + 1)
    except UnicodeDecodeError as error:
        raise FormatError(f"standard input: this is no UTF-8 text: {error.reason} at byte {error.start}.") from None


def law_for(options: LawOptions, f: Any, wanted: Sequence[str] = ()) -> Law:
    """The law that the options say. Of data, the columns that f names, or those ``wanted``, unless others are asked for.

    Raises UnknownVariable for a name in f that is neither an input nor a declared parameter.
    """
    names = sorted(s.name for s in f.free_symbols) if f is not None else []
    if not options.is_data:
        options.refuse_options_of_data()
    parameters = names_of(options.parameters, "--parameters")
    if options.inputs and options.file is not None:
        raise InvalidArgument("Options '--law' and '--input' must not be given together.")
    if options.inputs:
        law: Law = _independent(options.inputs)
    elif options.file is None:
        raise InvalidArgument("Option '--law' must name a file with the law of the inputs, or '--input' give each of them.")
    else:
        law = _from_file(options, [name for name in names if name not in parameters] or list(wanted))
    known = {v.name for v in law.variables} | {s.name for s in law.parameters} | set(parameters)
    for name in names:
        if name not in known and not name.startswith(("E[", "κ[")):
            raise _unknown(name, [v.name for v in law.variables])
    return law


def _from_file(options: LawOptions, names: list[str]) -> Law:
    assert options.file is not None
    columns: list[str] | None = names_of(options.columns, "--columns") or None
    if options.is_data and columns is None and names:
        columns = names
    try:
        return load_law(
            options.file, columns=columns, codes=options.tables_of_codes, missing=options.missing,
            delimiter=options.character, decimal=options.decimal or None,
        )  # fmt: skip
    except InvalidArgument as error:
        hint = next((hint for sign, hint in _HINTS.items() if sign in str(error)), "")
        if hint and not getattr(error, "__notes__", None):  # the cell itself may have said what to do
            error.add_note(_meant(str(error)) + hint)
        raise


def _independent(inputs: Iterable[str]) -> Law:
    factors: dict[str, Any] = {}
    for text in inputs:
        name, law = _pair(text, "--input")
        if name in factors:
            raise InvalidArgument(f"Option '--input' must name each input once, but {name} comes twice.")
        factors[name] = parse_marginal(law, where=f"--input {name}")
    return Independent(factors)


def _meant(message: str) -> str:
    """Which column may be meant by a name that the data lack."""
    found = re.search(r"names (\S+), which the data lack; their columns: (.*)\.$", message)
    columns = found[2].split(", ") if found else []
    folded = {column.lower(): column for column in columns}
    close = close_names(found[1].lower(), folded, 1) if found else []
    return f"Did you mean {folded[close[0]]}? " if close else ""


def _unknown(name: str, variables: list[str]) -> UnknownVariable:
    close = close_names(name, variables, 1)
    hint = f"did you mean {close[0]}?" if close else f"its variables are {', '.join(variables[:20])}."
    return UnknownVariable(
        f"The formula names {name}, which the law lacks; {hint} (A name that should stay a symbol: --parameters {name}.)"
    )


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, rest = text.partition("=")
    if not sign or not name.strip() or not rest.strip():
        raise InvalidArgument(f"Option '{option}' must be written NAME=…, not {text!r}.")
    return name.strip(), rest.strip()


def names_of(text: str, option: str) -> list[str]:
    """Names with commas between them.

    >>> names_of("x, y", "--of")
    ['x', 'y']
    """
    names = [name.strip() for name in text.split(",")] if text.strip() else []
    if not all(names):
        raise InvalidArgument(f"Option '{option}' must be names with commas between them, not {text!r}.")
    return names


def point_of(text: str, option: str = "--at") -> dict[str, Fraction] | None:
    """A point such as ``x=1,y=1/2``; None where nothing is given.

    >>> point_of("x=1, y=0.5")
    {'x': Fraction(1, 1), 'y': Fraction(1, 2)}
    """
    if not text.strip():
        return None
    point: dict[str, Fraction] = {}
    for part in text.split(","):
        name, value = _pair(part, option)
        if name in point:
            raise InvalidArgument(f"Option '{option}' must give each variable once, but {name} comes twice.")
        try:
            point[name] = to_fraction(value, option)
        except InvalidArgument:
            rule = f"must give {name} an exact number such as 3, 1/3 or 0.25"
            raise InvalidArgument(f"Option '{option}' {rule}, not {value!r}.") from None
    return point


def blocks_of(texts: Sequence[str]) -> dict[str, list[str]] | None:
    """Blocks such as ``left=x,y``; None where there are none."""
    return {name: names_of(members, "--block") for name, members in (_pair(text, "--block") for text in texts)} or None


def partition_of(text: str) -> list[list[str]] | None:
    """A partition such as ``x,y|z``; None where nothing is given.

    >>> partition_of("x,y | z")
    [['x', 'y'], ['z']]
    """
    return [names_of(block, "--partition") for block in text.split("|")] if text.strip() else None
