"""Where in a JSON or TOML text a value stands, so that an error about the value can show its line.

Neither parser tells. But a text in which one token is exchanged differs, once parsed, in exactly one value: so the
occurrences of the token are tried one after the other until the value looked for is the one that changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["Path", "path_text", "place_of"]

Path = tuple[str | int, ...]
"""Keys and positions from the root of a document to a value."""

_WORD, _NUMBER = "zq9x7w5k3", 918273645546372819
_MOST_WORK = 30_000_000
"""Characters that may be parsed in search of one place; without a place the error names the path alone."""


def path_text(path: Path) -> str:
    """A path as it is written in errors.

    >>> path_text(("points", 2, "at", 0))
    'points[2].at[0]'
    """
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def place_of(text: str, parse: Callable[[str], Any], path: Path) -> int | None:
    """The offset of the value at the path: of its token, or of the key it stands under; None where it is not found.

    >>> place_of('{"a": [1, 10, 1]}', json.loads, ("a", 2))
    14
    """
    if not path:
        return len(text) - len(text.lstrip()) if text.strip() else 0
    document = parse(text)
    try:
        value = _at(document, path)
    except (KeyError, IndexError, TypeError):
        return place_of(text, parse, path[:-1])
    if isinstance(path[-1], int) and isinstance(value, (list, dict)) and value:
        first: Path = (*path, 0 if isinstance(value, list) else next(iter(value)))
        return place_of(text, parse, first)
    work = 0
    for start, end, token, expected in _candidates(text, value, path):
        work += len(text)
        if work > _MOST_WORK:
            return None
        try:
            changed = _at(parse(text[:start] + token + text[end:]), path[:-1])
            found = changed[path[-1]] == expected if expected is not None else _WORD in changed
        except (ValueError, LookupError, TypeError, RecursionError):  # the exchanged text is none, or another place changed
            continue
        if found:
            return start
    return place_of(text, parse, path[:-1]) if isinstance(path[-1], int) else None


def _at(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document


def _candidates(text: str, value: Any, path: Path) -> Iterator[tuple[int, int, str, Any]]:
    """(start, end, token put in its place, the value it makes there; None for a key)."""
    if isinstance(value, str) and value:
        for written in dict.fromkeys((json.dumps(value, ensure_ascii=False)[1:-1], json.dumps(value)[1:-1], value)):
            for found in re.finditer(re.escape(written), text):
                yield found.start(), found.end(), _WORD, _WORD
    if (isinstance(value, str) and value) or type(value) is int:  # text: a decimal that stood without quotes
        for found in re.finditer(rf"(?<![\w.+-]){re.escape(str(value))}(?![\w.])", text):
            yield found.start(), found.end(), str(_NUMBER), _NUMBER
    if isinstance(path[-1], str):
        for found in re.finditer(rf"(?<![\w-]){re.escape(path[-1])}(?![\w-])", text):
            yield found.start(), found.end(), _WORD, None
