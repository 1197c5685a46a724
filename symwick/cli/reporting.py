"""What every command shares: the console, JSON, and errors as sentences with exit codes."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from symwick.errors import InvalidArgument, SymwickError, TooLarge

__all__ = ["BAD_INPUT", "DIFFERENT", "INTERRUPTED", "TOO_LARGE", "Reporter", "printable", "reported"]

DIFFERENT, BAD_INPUT, TOO_LARGE, INTERRUPTED = 1, 2, 3, 130
"""Exit codes: what was verified differs; arguments or files are wrong; more work than allowed; Ctrl-C."""

_PIPED_WIDTH = 160

_MOST_DIGITS = 100_000
"""Digits of an integer that Python may write: formulas hold numbers of up to 30,000."""

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that a terminal acts upon, or that turn the order of letters: a name in a file may hold them."""


def printable(text: str) -> str:
    """A text with such characters as Python writes them.

    >>> print(printable("a\\x1b[31mb"))
    a\\x1b[31mb
    """
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def _json(document: Any, **options: Any) -> str:
    """JSON, in which the characters that are no ASCII stand for themselves where a terminal only shows them."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, **options)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class Reporter:
    """Where a command prints: tables on a terminal, plain text in a pipe, or one JSON document."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.console = _console(sys.stdout)

    def writable(self, output: Path | None, force: bool) -> None:
        """Raises InvalidArgument where a file cannot be written, before any work is done for it."""
        if output is None:
            return
        if output.exists() and not force:
            raise InvalidArgument(f"Option '--output' must name a new file, and {str(output)!r} exists; --force writes over it.")
        if output.is_dir() or not output.parent.is_dir() or not os.access(output.parent, os.W_OK):
            raise InvalidArgument(f"Option '--output' must name a file in a folder that can be written, not {str(output)!r}.")

    def json(self, document: Any) -> None:
        self.console.file.write(_json(document, indent=1) + "\n")

    def line(self, text: str = "", style: str = "") -> None:
        self.console.print(Text(printable(text), style))

    def whole(self, text: str) -> None:
        """A text on lines as long as they are: a formula, LaTeX, code to be copied."""
        self.console.print(printable(text), markup=False, soft_wrap=True)

    def table(self, columns: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]], last: Iterable[str] | None = None) -> None:
        """``columns`` are (head, "left" or "right"); ``last`` is a row set off from the others."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for head, justify in columns:
            table.add_column(head, justify="right" if justify == "right" else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        if last is not None:
            table.add_section()
            table.add_row(*(Text(printable(cell), "bold") for cell in last))
        self.console.print(table)


def _console(stream: Any) -> Console:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")  # without Greek letters: question marks, no traceback
    console = Console(file=stream, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPED_WIDTH
    return console


@contextlib.contextmanager
def reported(as_json: bool) -> Iterator[Reporter]:
    """Runs a command: errors of the library become one sentence on stderr and an exit code, never a traceback."""
    reporter = Reporter(as_json)
    digits = sys.get_int_max_str_digits()
    try:
        with warnings.catch_warnings():
            sys.set_int_max_str_digits(_MOST_DIGITS)
            warnings.showwarning = lambda message, *_: _say(as_json, "warning", str(message), {})
            yield reporter
    except KeyboardInterrupt:
        _say(False, "", "Interrupted; no file was left half-written.", {})
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at its end
        raise typer.Exit(0) from None
    except SymwickError as error:
        place = {name: value for name in ("line", "column") if (value := getattr(error, name, None)) is not None}
        message = str(error).replace(" Pass limit=", " Pass --limit ") if isinstance(error, TooLarge) else str(error)
        _say(as_json, "error", message, {"kind": type(error).__name__, **place}, getattr(error, "__notes__", ()))
        raise typer.Exit(TOO_LARGE if isinstance(error, TooLarge) else BAD_INPUT) from None
    except OSError as error:
        name = "" if error.filename is None else f"{error.filename}: "
        _say(as_json, "error", f"{name}{error.strerror or error}.", {"kind": type(error).__name__})
        raise typer.Exit(BAD_INPUT) from None
    except RecursionError:
        what = "The formula is nested too deeply to be worked with; write it with fewer functions inside each other."
        _say(as_json, "error", what, {"kind": TooLarge.__name__})
        raise typer.Exit(TOO_LARGE) from None
    except ValueError as error:
        if "set_int_max_str_digits" not in str(error):
            raise
        what = f"The result holds numbers of more than {_MOST_DIGITS:,} digits, which are not written."
        _say(as_json, "error", what, {"kind": TooLarge.__name__})
        raise typer.Exit(TOO_LARGE) from None
    finally:
        sys.set_int_max_str_digits(digits)


def _say(as_json: bool, what: str, message: str, about: dict[str, Any], notes: Iterable[str] = ()) -> None:
    if as_json:
        print(_json({what: {"message": message, **about}}), file=sys.stderr)
        return
    if sys.stderr is None:  # closed: rich would print on the standard output
        return
    console = _console(sys.stderr)
    style = {"error": "bold red", "warning": "bold yellow"}.get(what, "")
    console.print(Text(f"{what}: " if what else "", style) + Text(printable(message), "default"))
    for note in notes:
        console.print(Text(printable(note)), soft_wrap=True)
