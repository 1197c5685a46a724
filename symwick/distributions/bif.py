"""Reader of BIF, the interchange format of discrete Bayesian networks: text in, exact conditional tables out.

The grammar follows F. G. Cozman, "The Interchange Format for Bayesian Networks", version 0.15 (1998): the child is the
first name of a ``probability`` block and runs slowest in a ``table`` entry, the separators ``,`` and ``|`` may be left
out, comments are ``//`` and ``/* */``, and ``property`` entries mean nothing here. A number stays text until it becomes
a Fraction; no float is ever made.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from math import prod
from typing import Any, cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken

from symwick.distributions.conditional_tables import ConditionalTable
from symwick.distributions.elimination import find_cycle
from symwick.errors import FormatError, InvalidArgument, TooLarge

__all__ = [
    "BifNetwork",
    "BifRow",
    "BifTable",
    "BifType",
    "BifVariable",
    "conditional_tables",
    "parse_bif",
    "read_text",
]

MAX_BYTES = 64 * 2**20
"""The largest text that is read unless the caller says otherwise."""

ROUNDINGS = ("error", "normalise")

_GRAMMAR = r"""
start: network (variable | probability)*
network: NETWORK name* "{" PROPERTY* "}"
variable: VARIABLE name "{" (PROPERTY | type)* "}"
type: TYPE DISCRETE "[" name "]" "{" names "}" ";"
probability: PROBABILITY "(" name (("|" | ",")? names)? ")" "{" (PROPERTY | row)* "}"
row: (TABLE | DEFAULT) names ";"   -> row
   | "(" names ")" names ";"       -> given
names: name (","? name)*
name: WORD | STRING

NETWORK.2: /network(?![^\s{}()\[\]|,;"\/])/
VARIABLE.2: /variable(?![^\s{}()\[\]|,;"\/])/
TYPE.2: /type(?![^\s{}()\[\]|,;"\/])/
DISCRETE.2: /discrete(?![^\s{}()\[\]|,;"\/])/
PROBABILITY.2: /probability(?![^\s{}()\[\]|,;"\/])/
TABLE.2: /table(?![^\s{}()\[\]|,;"\/])/
DEFAULT.2: /default(?![^\s{}()\[\]|,;"\/])/
PROPERTY.2: /property(?![^\s{}()\[\]|,;"\/])(?:"[^"]*"|[^";])*;/
WORD: /(?:[^\s{}()\[\]|,;"\/]|\/(?![\/*]))+/
STRING: /"[^"\n]+"/
COMMENT.3: /\/\/[^\n]*|\/\*(?s:.*?)\*\//
SPACE: /\s+/
%ignore COMMENT
%ignore SPACE
"""

_READABLE = {"$END": "the end", "STRING": "a quoted name", "WORD": "a name or number", "VBAR": "'|'", "COMMA": "','"}
_READABLE |= {"LBRACE": "'{'", "RBRACE": "'}'", "LPAR": "'('", "RPAR": "')'", "LSQB": "'['", "RSQB": "']'"}
_READABLE |= {"SEMICOLON": "';'"}

_NUMBER = re.compile(r"[+-]?(?:\d+(?P<fraction>\.\d*)?|(?P<bare>\.\d+))(?:[eE](?P<exponent>[+-]?\d{1,3}))?", re.ASCII)
_MAX_DIGITS = 1000


@dataclass(frozen=True, slots=True)
class BifType:
    """A ``type discrete`` entry: the states in the order of the text, and how many the text announces."""

    announced: str
    states: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class BifVariable:
    """A ``variable`` block; a sound one has exactly one type."""

    name: str
    types: tuple[BifType, ...]
    line: int


@dataclass(frozen=True, slots=True)
class BifRow:
    """One entry of a ``probability`` block; ``given`` is None for ``table`` and ``default``. Numbers are still text."""

    kind: str
    given: tuple[str, ...] | None
    numbers: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class BifTable:
    """A ``probability`` block."""

    child: str
    parents: tuple[str, ...]
    rows: tuple[BifRow, ...]
    line: int


@dataclass(frozen=True, slots=True)
class BifNetwork:
    """A BIF text as it is written, before any of it is checked against the rest."""

    name: str
    variables: tuple[BifVariable, ...]
    tables: tuple[BifTable, ...]


# -- text to records ---------------------------------------------------------------------------------------------------


class _Records(Transformer[Token, BifNetwork]):
    def name(self, children: list[Token]) -> Token:
        (token,) = children
        return token.update(value=token[1:-1]) if token.type == "STRING" else token

    def names(self, children: list[Token]) -> tuple[Token, ...]:
        return tuple(children)

    def network(self, children: list[Token]) -> str:
        return " ".join(child for child in children[1:] if child.type != "PROPERTY")

    def type(self, children: list[Any]) -> BifType:
        keyword, _, announced, states = children
        return BifType(str(announced), tuple(map(str, states)), keyword.line or 0)

    def variable(self, children: list[Any]) -> BifVariable:
        keyword, name, *rest = children
        types = tuple(item for item in rest if isinstance(item, BifType))
        return BifVariable(str(name), types, keyword.line or 0)

    def row(self, children: list[Any]) -> BifRow:
        keyword, numbers = children
        return BifRow(str(keyword), None, tuple(map(str, numbers)), keyword.line or 0)

    def given(self, children: list[Any]) -> BifRow:
        states, numbers = children
        return BifRow("row", tuple(map(str, states)), tuple(map(str, numbers)), states[0].line or 0)

    def probability(self, children: list[Any]) -> BifTable:
        keyword, child, *rest = children
        parents = rest.pop(0) if rest and isinstance(rest[0], tuple) else ()
        rows = tuple(item for item in rest if isinstance(item, BifRow))
        return BifTable(str(child), tuple(map(str, parents)), rows, keyword.line or 0)

    def start(self, children: list[Any]) -> BifNetwork:
        name, *blocks = children
        variables = tuple(block for block in blocks if isinstance(block, BifVariable))
        return BifNetwork(name, variables, tuple(block for block in blocks if isinstance(block, BifTable)))


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", transformer=_Records())


def parse_bif(text: str) -> BifNetwork:
    """The records of a BIF text. Raises FormatError, which names line and token, where the text breaks the grammar.

    >>> text = "network n { } variable x { type discrete [ 2 ] { no, yes }; } probability ( x ) { table 1 0; }"
    >>> parse_bif(text).tables
    (BifTable(child='x', parents=(), rows=(BifRow(kind='table', given=None, numbers=('1', '0'), line=1),), line=1),)
    """
    try:
        records: BifNetwork = cast(Any, _parser().parse(text))
    except UnexpectedInput as error:
        raise FormatError(_syntax_message(error, text)) from None
    return records


def _syntax_message(error: UnexpectedInput, text: str) -> str:
    if isinstance(error, UnexpectedToken):
        names = sorted(_READABLE.get(name, f"'{name.lower()}'") for name in error.expected)
        expected = names[0] if len(names) == 1 else f"one of {', '.join(names)}"
        if error.token.type == "$END":
            return f"Line {len(text.rstrip().splitlines()) or 1}: the text ends where {expected} should come."
        return f"Line {error.line}: expected {expected}, not {_short(str(error.token))}."
    rest = text[error.pos_in_stream or 0 :][:80].split("\n")[0]
    return f"Line {error.line}: unexpected {_short(rest)}."


def _short(text: str) -> str:
    return repr(_cut(text, 40))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def read_text(path: str | os.PathLike[str], max_bytes: int = MAX_BYTES) -> str:
    """The UTF-8 text of a file of at most ``max_bytes`` bytes. Raises TooLarge, FormatError and OSError."""
    with open(path, "rb") as file:
        data = file.read(max_bytes + 1)
        if len(data) > max_bytes:
            size = max(os.fstat(file.fileno()).st_size, len(data))
            raise TooLarge("Bytes of the BIF file", size, max_bytes, "max_bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(f"Line {line}: byte {data[error.start]:#04x} is not UTF-8 text.") from None


# -- records to exact tables -------------------------------------------------------------------------------------------


def conditional_tables(
    network: BifNetwork, rounding: str = "error", limit: int = 1_000_000
) -> tuple[tuple[ConditionalTable, ...], tuple[str, ...]]:
    """The tables in the order of the variables, checked and exact, and notes on the rows that were normalised.

    With ``rounding="normalise"`` a row of printed digits p_1, …, p_k with |Σ p_i − 1| ≤ Σ u_i is divided by Σ p_i, u_i
    being one unit in the last printed place of p_i, or 0 where that is no decimal place: a bare 0 or 1 is exact.

    >>> text = "network n { } variable x { type discrete [ 3 ] { a, b, c }; } probability ( x ) { table .33 .33 .33; }"
    >>> tables, notes = conditional_tables(parse_bif(text), "normalise")
    >>> tables[0].rows, notes
    (((Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)),), ("table 'x', line 1: divided by its sum 0.99",))

    Raises FormatError (unknown or repeated name, missing or repeated row or table, a row of the wrong length, with a
    negative entry or with another sum than 1, a cycle), InvalidArgument (unknown rounding) and TooLarge (a table of
    more than ``limit`` entries).
    """
    if rounding not in ROUNDINGS:
        valid = ", ".join(map(repr, ROUNDINGS))
        raise InvalidArgument(f"Argument 'rounding' must be one of {valid}, not {rounding!r}.")
    states = _checked_states(network.variables)
    tables: dict[str, ConditionalTable] = {}
    lines: dict[str, int] = {}
    notes: list[str] = []
    for table in network.tables:
        _check_head(table, states, lines)
        lines[table.child] = table.line
        sizes = [len(states[parent]) for parent in table.parents]
        cells = prod(sizes) * len(states[table.child])
        if cells > limit:
            raise TooLarge(f"Entries of the table of {table.child!r}", cells, limit)
        rows = [
            _exact_row(table.child, given, row, numbers, rounding, notes)
            for given, row, numbers in _complete_rows(table, states)
        ]
        tables[table.child] = ConditionalTable(table.child, states[table.child], table.parents, tuple(rows))
    for variable in network.variables:
        if variable.name not in tables:
            raise FormatError(f"Line {variable.line}: variable {variable.name!r} has no probability table.")
    names = list(states)
    number = {name: i for i, name in enumerate(names)}
    if circle := find_cycle([[number[p] for p in tables[name].parents] for name in names]):
        first, path = lines[names[circle[0]]], " -> ".join(names[i] for i in circle)
        raise FormatError(f"Line {first}: the parents make a cycle, {path}.")
    return tuple(tables[name] for name in names), tuple(notes)


def _checked_states(variables: tuple[BifVariable, ...]) -> dict[str, tuple[str, ...]]:
    states: dict[str, tuple[str, ...]] = {}
    for variable in variables:
        where = f"Line {variable.line}: variable {variable.name!r}"
        if variable.name in states:
            raise FormatError(f"{where} is declared twice.")
        if len(variable.types) != 1:
            raise FormatError(f"{where} must have one 'type discrete' entry, not {len(variable.types)}.")
        (kind,) = variable.types
        where = f"Line {kind.line}: variable {variable.name!r}"
        if not re.fullmatch(r"[0-9]{1,9}", kind.announced):
            raise FormatError(f"{where} must announce a number of states, not {_short(kind.announced)}.")
        if int(kind.announced) != len(kind.states):
            raise FormatError(f"{where} announces {int(kind.announced)} states but lists {len(kind.states)}.")
        if repeated := _repeated(kind.states):
            raise FormatError(f"{where} lists the state {repeated!r} twice.")
        states[variable.name] = kind.states
    return states


def _repeated(names: tuple[str, ...]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _check_head(table: BifTable, states: Mapping[str, tuple[str, ...]], seen: Mapping[str, int]) -> None:
    where = f"Line {table.line}: table {table.child!r}"
    if table.child not in states:
        raise FormatError(f"{where} is of an unknown variable.")
    if table.child in seen:
        raise FormatError(f"{where} is given a second time; the first is in line {seen[table.child]}.")
    for parent in table.parents:
        if parent not in states:
            raise FormatError(f"{where} names the unknown parent {parent!r}.")
    if repeated := _repeated(table.parents):
        raise FormatError(f"{where} names the parent {repeated!r} twice.")


def _complete_rows(
    table: BifTable, states: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], BifRow, tuple[str, ...]]]:
    """(parent states, where it was written, numbers) for every combination of parent states, in order."""
    width = len(states[table.child])
    found: dict[tuple[str, ...], BifRow] = {}
    whole: dict[str, BifRow] = {}
    for row in table.rows:
        where = f"Line {row.line}: table {table.child!r}"
        if row.given is None:
            if row.kind in whole:
                raise FormatError(f"{where} has a second '{row.kind}' entry.")
            whole[row.kind] = row
            continue
        if len(row.given) != len(table.parents):
            raise FormatError(f"{where}, row ({', '.join(row.given)}) must name {len(table.parents)} parent states.")
        for parent, state in zip(table.parents, row.given, strict=True):
            if state not in states[parent]:
                raise FormatError(f"{where} names {state!r}, which is no state of {parent!r}.")
        if row.given in found:
            raise FormatError(f"{where} gives the row ({', '.join(row.given)}) a second time.")
        found[row.given] = row
    if not table.rows:
        raise FormatError(f"Line {table.line}: table {table.child!r} is empty.")
    if "table" in whole and len(table.rows) > 1:
        where = f"Line {whole['table'].line}: table {table.child!r}"
        raise FormatError(f"{where} has a 'table' entry and others beside it.")
    for row in (*found.values(), *whole.values()):
        count = width * prod(len(states[p]) for p in table.parents) if row.kind == "table" else width
        if len(row.numbers) != count:
            raise FormatError(
                f"Line {row.line}: table {table.child!r}{_row_name(row.given or ())} must have {count} numbers, "
                f"not {len(row.numbers)}."
            )
    combinations = list(product(*(states[parent] for parent in table.parents)))
    for position, given in enumerate(combinations):
        if "table" in whole:  # the child runs slowest, the last parent fastest
            yield given, whole["table"], whole["table"].numbers[position :: len(combinations)]
            continue
        row_or_none = found.get(given, whole.get("default"))
        if row_or_none is None:
            raise FormatError(f"Line {table.line}: table {table.child!r} lacks the row ({', '.join(given)}).")
        yield given, row_or_none, row_or_none.numbers


def _row_name(given: tuple[str, ...]) -> str:
    return f", row ({', '.join(given)})" if given else ""


def _exact_row(
    child: str, given: tuple[str, ...], row: BifRow, numbers: tuple[str, ...], rounding: str, notes: list[str]
) -> tuple[Fraction, ...]:
    where = f"table {child!r}{_row_name(given)}"
    entries, units = [], Fraction(0)
    for text in numbers:
        match = _NUMBER.fullmatch(text)
        if match is None or len(text) > _MAX_DIGITS:
            raise FormatError(f"Line {row.line}: {where} must hold decimal numbers, not {_short(text)}.")
        entries.append(Fraction(text))
        if entries[-1] < 0:
            raise FormatError(f"Line {row.line}: {where} has the negative probability {_short(text)}.")
        place = int(match["exponent"] or 0) - len(match["fraction"] or match["bare"] or ".") + 1
        units += Fraction(10) ** place if place < 0 else 0
    total = sum(entries, Fraction(0))
    if total == 1:
        return tuple(entries)
    small = total > 0 and abs(total - 1) <= units
    if small and rounding == "normalise":
        notes.append(f"{where}, line {row.line}: divided by its sum {_decimal(total)}")
        return tuple(entry / total for entry in entries)
    hint = " The miss is of the size of rounding; rounding='normalise' divides the row by its sum." if small else ""
    raise FormatError(f"Line {row.line}: {where} must sum to 1, not {_decimal(total)}.{hint}")


def _decimal(value: Fraction) -> str:
    """A finite decimal as text, at most 40 places of it."""
    whole, rest = divmod(value, 1)
    digits = ""
    while rest and len(digits) < 40:
        digit, rest = divmod(rest * 10, 1)
        digits += str(digit)
    return _cut(f"{whole}.{digits}{'…' if rest else ''}" if digits else str(whole), 60)
