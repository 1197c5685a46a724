"""Docstrings are plain text with a few roles. This brings them, and signatures, into the form that Sphinx reads.

- An indented block is a formula or a table: it is shown as it is written.
- Text between single backticks is code, as in Markdown.
- ``|`` and ``_`` mean nothing outside literal text: |S| is a size and x_ no reference.
- Objects are documented under the names of the public face; a role that names a home names the face instead.
- A class that is made by a function hides its constructor.
"""

from __future__ import annotations

import inspect
import re
import sys
from typing import TYPE_CHECKING, Any

import symwick

if TYPE_CHECKING:
    from sphinx.application import Sphinx

for _name in ("conversions", "formal"):  # documented as the modules that a user sees
    sys.modules.setdefault(f"symwick.{_name}", getattr(symwick, _name))

_LITERAL = re.compile(r"(:[a-z]+:`[^`]*`|``.*?``|(?<![`\w])`[^`]+`(?!`))", flags=re.DOTALL)
_HOME = re.compile(r"(:[a-z]+:`~?)symwick\.[a-z_.]+\.(\w+)`")
_BARE = re.compile(r"(:(?:class|func|meth|exc):`)(\w+)`")
_MADE = re.compile(r"[Mm]ade by (?::func|:meth|``)|^What :func:`\w+` returns")
_ITEM = re.compile(r"\s*(?:[-*]|\d+\.|\(?[a-z]\))\s")


def _public(match: re.Match[str]) -> str:
    name = match[2]
    return f":{match[1].split(':')[1]}:`~symwick.{name}`" if name in symwick.__all__ else f"``{name}``"


def _bare(match: re.Match[str]) -> str:
    """``:class:`Finite``` is the public name where there is one, else whatever is documented under it."""
    face = f"~symwick.{match[2]}" if match[2] in symwick.__all__ else f".{match[2]}"
    return f"{match[1]}{face}`"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _escaped(text: str) -> str:
    parts = _LITERAL.split(text)
    for place in range(0, len(parts), 2):
        parts[place] = re.sub(r"\||(?<=\w)_(?!\w)", r"\\\g<0>", parts[place].replace("\\", "\\\\"))
    for place in range(1, len(parts), 2):
        code = re.fullmatch(r"`([^`]+)`", parts[place])
        parts[place] = f"``{code[1]}``" if code else _BARE.sub(_bare, _HOME.sub(_public, parts[place]))
    return "".join(parts)


def prepared(lines: list[str]) -> list[str]:
    """A docstring as reStructuredText."""
    found: list[str] = []
    prose: list[str] = []

    def close() -> None:
        found.extend(_escaped("\n".join(prose)).split("\n") if prose else [])
        prose.clear()

    literal = example = False
    item = 0  # the indent that belongs to a list item
    for place, line in enumerate(lines):
        blank_before = place == 0 or not lines[place - 1].strip()
        if not line.strip():
            close()
            found.append("")
            example = False
            continue
        if literal and _indent(line) < 4:
            literal = False
        if line.lstrip().startswith(">>>"):
            close()
            example = True
        if example or literal:
            found.append(line)
            continue
        if blank_before and _indent(line) >= max(4, item + 2) and not _ITEM.match(line):
            close()
            if not (len(found) > 1 and found[-2].endswith("::")):
                found.extend(["::", ""])
            found.append(line)
            literal = True
            continue
        if _ITEM.match(line):
            item = _indent(line) + 2
        elif not _indent(line):
            item = 0
        prose.append(line)
    close()
    return found


def docstring(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    lines[:] = prepared(lines)


class _Text(str):
    """An annotation as it is written: ``inspect`` would put a string in quotes."""

    def __repr__(self) -> str:
        return str(self)


_SHORTER = (
    (r"\b(Mapping|Iterable|Sequence|Callable|dict|list|tuple)\[(?:Any|Any, Any|\.\.\., Any)\]", r"\1"),
    (r"\bstructure\.", ""),
    (r"\bsympy\.(Symbol|Basic|Expr|Matrix)\b", r"\1"),
    (r"\s*\|\s*Any\b|\bAny\s*\|\s*", ""),
)


def _annotation(written: Any, home: str) -> Any:
    if written is inspect.Parameter.empty:
        return written
    text = written if isinstance(written, str) else inspect.formatannotation(written)
    if home.startswith("symwick.testing."):
        text = re.sub(r"\bFunction\b", "Callable", text)  # its alias is no sw.Function
    for pattern, short in _SHORTER:
        text = re.sub(pattern, short, text)
    return inspect.Parameter.empty if text in ("Any", "None", "Self") else _Text(text)


def _default(value: Any) -> Any:
    return _Text(f"{value:_}") if type(value) is int else value


def signature_of(obj: Any) -> str:
    """The arguments with their defaults, and with the annotations that say something."""
    found = inspect.signature(obj)
    parameters = [p for p in found.parameters.values() if p.name not in ("self", "cls")]
    home = obj.__module__
    parameters = [p.replace(annotation=_annotation(p.annotation, home), default=_default(p.default)) for p in parameters]
    returned = inspect.Signature.empty if inspect.isclass(obj) else _annotation(found.return_annotation, home)
    return str(found.replace(parameters=parameters, return_annotation=returned))


def signature(app: Sphinx, what: str, name: str, obj: Any, options: Any, args: str, returned: str) -> Any:
    made = name.count(".") > 2 or _MADE.search(obj.__doc__ or "")  # deep names are those of results
    if args and (what == "exception" or (what == "class" and made)):
        return "", None
    if what not in ("class", "function", "method"):
        return None
    try:
        text = signature_of(obj)
    except (TypeError, ValueError):
        return None
    arguments, arrow, result = text.partition(") -> ")
    return (arguments + ")", result) if arrow else (text, None)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", docstring)
    app.connect("autodoc-process-signature", signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
