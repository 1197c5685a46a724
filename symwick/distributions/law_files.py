"""Laws in files: ``load_law`` reads TOML, JSON, BIF and CSV by the ending of the name; ``law_from_text`` reads text."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from symwick.circuits.circuit_json import without_repeats
from symwick.circuits.excerpts import fault
from symwick.circuits.variables import Variable
from symwick.circuits.whole_files import read_text
from symwick.distributions.bayesian_network import BayesianNetwork
from symwick.distributions.empirical import Empirical
from symwick.distributions.law import Law
from symwick.distributions.law_documents import LawReader
from symwick.errors import FormatError, InvalidArgument

__all__ = ["ENDINGS", "law_from_text", "load_law"]

ENDINGS = (".toml", ".json", ".bif", ".csv", ".tsv")


def load_law(
    path: str | os.PathLike[str],
    *,
    columns: Iterable[Variable] | None = None,
    codes: Mapping[Any, Sequence[str]] | None = None,
    missing: str = "error",
    delimiter: str | None = None,
    decimal: str | None = None,
    rounding: str = "error",
) -> Law:
    """The law in a file: a description (.toml, .json), a Bayesian network (.bif) or rows of data (.csv, .tsv).

    ``columns``, ``codes``, ``missing``, ``delimiter`` and ``decimal`` are for data, see :meth:`Empirical.from_csv`; columns
    are renamed so that formulas can name them. ``rounding`` is for networks, see :meth:`BayesianNetwork.from_bif`.
    Everything else a description says itself; docs/law_files.md has the format, and files it names must lie in its own folder.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "law.toml")
    ...     _ = path.write_text('kind = "independent"\\nmarginals = {x = "Normal(0, 1)", y = "Bernoulli(1/4)"}\\n')
    ...     load_law(path)
    Independent({x: Normal(0, 1), y: Bernoulli(1/4)})

    Raises FormatError (with line, column and rule), InvalidArgument (an unknown ending, options that do not fit), OSError.
    """
    file = Path(path)
    ending = file.suffix.lower()
    if ending not in ENDINGS:
        raise InvalidArgument(f"Argument 'path' must end in {', '.join(ENDINGS)}, not {file.name!r}.")
    data = ending in (".csv", ".tsv")
    for name, given, fits in (
        ("columns", columns is not None, data), ("codes", codes is not None, data), ("missing", missing != "error", data),
        ("delimiter", delimiter is not None, data), ("decimal", decimal is not None, data),
        ("rounding", rounding != "error", ending == ".bif"),
    ):  # fmt: skip
        if given and not fits:
            raise InvalidArgument(f"Argument '{name}' must be left out for a law in a {ending} file.")
    try:
        if data:
            return Empirical.from_csv(
                file, columns, delimiter=delimiter, codes=codes, missing=missing, identifiers=True, decimal=decimal
            )
        if ending == ".bif":
            return BayesianNetwork.from_bif(file, rounding=rounding)
    except (FormatError, InvalidArgument) as error:
        named = type(error)(f"{file.name}: {error}")
        for note in getattr(error, "__notes__", ()):
            named.add_note(note)
        raise named from None
    text = read_text(file, "a law", called=file.name)
    return law_from_text(text, ending.removeprefix("."), where=file.name, folder=file.parent)


def law_from_text(
    text: str, form: str = "json", *, where: str = "Law", folder: str | os.PathLike[str] | None = None
) -> Law:
    """The law that a JSON or TOML text describes; see :func:`load_law`. Without ``folder`` it may not name files.

    >>> law_from_text('{"kind": "normal", "variables": ["x"], "mean": [0], "covariance": [["s"]]}')
    MultivariateNormal([x], [0], [[s]])

    Raises FormatError.
    """
    if form not in ("json", "toml"):
        raise InvalidArgument(f"Argument 'form' must be 'json' or 'toml', not {form!r}.")
    if not isinstance(text, str):
        raise InvalidArgument(f"Argument 'text' must be text, not {text!r}.")
    parse = _from_json if form == "json" else _from_toml
    try:
        document = parse(text)
    except json.JSONDecodeError as error:
        raise fault(where, text, error.pos, f"this is no JSON: {error.msg}.") from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)$", str(error))
        rule = f"this is no TOML: {re.sub(r' *[(]at .*[)]$', '', str(error))}."
        lines = text.splitlines(keepends=True)
        offset = len("".join(lines[: int(place[1]) - 1])) + int(place[2]) - 1 if place else len(text)
        raise fault(where, text, offset, rule) from None
    except FormatError as error:
        sentence = str(error)  # of a name that comes twice; it goes on after the name of the file
        raise FormatError(f"{where}: {sentence[0].lower()}{sentence[1:]}") from None
    except RecursionError:
        raise FormatError(f"{where}: laws must be nested less deeply.") from None
    except ValueError as error:  # an integer of more than 4,300 digits
        raise FormatError(f"{where}: this cannot be read: {error}.") from None
    return LawReader(where, text, parse, None if folder is None else Path(folder)).law(document)


def _from_toml(text: str) -> Any:
    return tomllib.loads(text, parse_float=str)  # a decimal is its digits: no float is made


def _from_json(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_constant=str, object_pairs_hook=without_repeats)
