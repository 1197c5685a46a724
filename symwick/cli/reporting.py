"""What every command shares: the console, JSON, and errors as sentences with exit codes."""

from __future__ import annotations

import contextlib
import io
import json
import os
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

__all__ = ["BAD_INPUT", "DIFFERENT", "INTERRUPTED", "TOO_LARGE", "Reporter", "reported"]

DIFFERENT, BAD_INPUT, TOO_LARGE, INTERRUPTED = 1, 2, 3, 130
"""Exit codes: what was verified differs; arguments or files are wrong; more work than allowed; Ctrl-C."""

_PIPED_WIDTH = 160


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
        self.console.file.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")

    def line(self, text: str = "", style: str = "") -> None:
        self.console.print(Text(text, style))

    def table(self, columns: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]], last: Iterable[str] | None = None) -> None:
        """``columns`` are (head, "left" or "right"); ``last`` is a row set off from the others."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for head, justify in columns:
            table.add_column(head, justify="right" if justify == "right" else "left", overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row))
        if last is not None:
            table.add_section()
            table.add_row(*(Text(cell, "bold") for cell in last))
        self.console.print(table)


def _console(stream: Any, **more: Any) -> Console:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")  # without Greek letters: question marks, no traceback
    console = Console(file=stream, highlight=False, soft_wrap=False, **more)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPED_WIDTH
    return console


@contextlib.contextmanager
def reported(as_json: bool) -> Iterator[Reporter]:
    """Runs a command: errors of the library become one sentence on stderr and an exit code, never a traceback."""
    reporter = Reporter(as_json)
    try:
        with warnings.catch_warnings():
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


def _say(as_json: bool, what: str, message: str, about: dict[str, Any], notes: Iterable[str] = ()) -> None:
    if as_json:
        print(json.dumps({what: {"message": message, **about}}, ensure_ascii=False), file=sys.stderr)
        return
    console = _console(sys.stderr)
    style = {"error": "bold red", "warning": "bold yellow"}.get(what, "")
    console.print(Text(f"{what}: " if what else "", style) + Text(message, "default"))
    for note in notes:
        console.print(Text(note), soft_wrap=True)
