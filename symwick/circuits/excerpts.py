"""Errors in text from outside: line and column in the message, the line itself with a caret in a note."""

from __future__ import annotations

from symwick.errors import FormatError

__all__ = ["excerpt", "fault", "position"]

_WIDEST = 100
_BEFORE = 60


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character.

    >>> position("ab\\ncd", 4)
    (2, 2)
    """
    before = text[: max(offset, 0)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def excerpt(text: str, line: int, column: int) -> str:
    """A line of the text, and a caret under one of its columns; long lines are cut around it.

    >>> print(excerpt("x + ? + y", 1, 5))
        x + ? + y
            ^
    """
    lines = text.split("\n")
    shown = lines[line - 1].rstrip() if 0 < line <= len(lines) else ""
    start = max(0, column - 1 - _BEFORE) if len(shown) > _WIDEST else 0
    left, right = ("…" if start else ""), ("…" if len(shown) > start + _WIDEST else "")
    # one character stays one column: a tab, or a character that steers a terminal, would move the caret
    cut = "".join(c if c.isprintable() else " " for c in shown[start : start + _WIDEST])
    return f"    {left}{cut}{right}\n    {' ' * (len(left) + column - 1 - start)}^"


def fault(where: str, text: str, offset: int, what: str) -> FormatError:
    """A FormatError about the character at an offset; ``where`` says what the text is, such as the name of a file.

    The line with the caret is a note (PEP 678): tracebacks show it, ``str(error)`` stays one sentence.

    >>> error = fault("f.txt", "x +\\n? y", 4, "must be a name")
    >>> print(error, *error.__notes__, sep="\\n")
    f.txt, line 2, column 1: must be a name
        ? y
        ^
    """
    line, column = position(text, offset)
    place = f"line {line}, column {column}" if "\n" in text.strip() else f"column {column}"
    error = FormatError(f"{where}, {place}: {what}")
    error.line, error.column, error.rule = line, column, what
    error.add_note(excerpt(text, line, column))
    return error
