"""The options that several commands share; nothing of the library is imported here, so that ``--help`` is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "At", "Blocks", "Codes", "Columns", "Decimal", "Delimiter", "Force", "Formula", "Inputs", "Json", "LawFile", "Limit",
    "Missing", "Output", "Parameters", "examples",
]  # fmt: skip

Formula = Annotated[
    str, typer.Argument(metavar="FORMULA", help="f as a formula such as '2*x + x*y', or @FILE with the formula in it.")
]
LawFile = Annotated[
    Path | None,
    typer.Option("--law", metavar="FILE", help="The law of the inputs: .toml, .json, .bif, or rows of data in .csv or .tsv."),
]
Inputs = Annotated[
    list[str],
    typer.Option("--input", metavar="NAME=LAW", help="Instead of --law: an independent input, 'x=Normal(0, 1)'. Again for each."),
]
Columns = Annotated[
    str, typer.Option(metavar="NAMES", help="Columns of the data that are inputs; those in the formula unless said.")
]
Codes = Annotated[
    list[str], typer.Option("--codes", metavar="COLUMN=WORDS", help="Numbers for words: 'smoker=no,yes' makes them 0, 1.")
]
Missing = Annotated[str, typer.Option(metavar="error|drop", help="What to do with rows of data that have missing cells.")]
Delimiter = Annotated[str, typer.Option(metavar="CHARACTER", help="Between cells of the data; found out unless said.")]
Decimal = Annotated[
    str, typer.Option(metavar=".|,", help="The decimal mark of the data; said, thousands may be marked too: 1.234,5 or 1,234.5.")
]
Parameters = Annotated[
    str, typer.Option("--parameters", metavar="NAMES", help="Names in the formula that are no inputs but stay symbols.")
]
Blocks = Annotated[
    list[str], typer.Option("--block", metavar="NAME=VARIABLES", help="Variables as one input: 'left=x,y'. Again for each.")
]
At = Annotated[str, typer.Option("--at", metavar="POINT", help="A point to take values at: 'x=1,y=1/2'.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables; exact numbers are text.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the result to this file.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that exists.")]
Limit = Annotated[int | None, typer.Option(min=1, help="How much work is allowed; errors about size say how much it takes.")]


def examples(*lines: str) -> str:
    """The end of a help page: commands that run as they stand, in an empty folder."""
    return "Examples:\n\n" + "\n\n".join(lines)
