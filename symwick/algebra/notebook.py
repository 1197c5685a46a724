"""How results show themselves: text of bounded size, small HTML tables, LaTeX between dollar signs.

Styles set no colours and no background, so that light and dark notebooks both stay readable; nothing here computes anything.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

import sympy

__all__ = ["MOST_LATEX", "MOST_ROWS", "MOST_TEXT", "Math", "bounded", "cut", "dollars", "html_code", "html_lines", "html_page",
           "html_table", "html_text", "latex_name", "listed"]  # fmt: skip

MOST_LINES, MOST_WIDTH = 16, 200
"""Lines of a repr, and characters of one of them."""

MOST_ROWS = 20
"""Rows of a table."""

MOST_CELL = 200
"""Characters of a cell of text."""

MOST_LATEX = 20_000
"""Characters of a formula above which a notebook shows a table or text instead."""

MOST_TEXT = 1_000
"""Characters of an expression on one line."""

_MOST_CODE = 10_000
_MOST_MATH = 2_000  # characters of a formula in a cell
_DELIMITER = re.compile(r"[$\\]")  # what a notebook takes for the start of a formula
_UNSEEN = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold, and line breaks
_UNSEEN_IN_CODE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ODD = re.compile(r"[<>&$%#~]")
_IN_LATEX = {
    "\\": r"\backslash ", "~": r"\sim ", "^": r"{\wedge}", " ": r"\ ", **{c: "\\" + c for c in "&%$#_{}"},
    "<": "{<}", ">": "{>}",  # in brackets of their own they are no tag where a formula is copied into HTML as it is
}  # fmt: skip


_COMMAND = re.compile(r"\\([A-Za-z]+)")
_LATEX_NAME = re.compile(r"(\\[A-Za-z]+|[\w{}^'*+, -])+")
_LETTERS = """Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon Phi Chi
Psi Omega alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi
omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega ell hbar infty partial nabla prime
star dagger ast circ bullet top bot perp parallel pm mp hat widehat bar tilde widetilde vec dot ddot check breve
acute grave overline underline mathrm mathbf mathcal mathbb mathit mathsf mathfrak mathscr boldsymbol bm
operatorname text"""
_COMMANDS = frozenset(_LETTERS.split())
"""What a name may hold that is LaTeX itself. Other commands, such as those of links, would act in the notebook of a reader."""


class Math(str):
    """A cell of a table that holds LaTeX."""

    __slots__ = ()


def cut(text: str, most: int = MOST_WIDTH) -> str:
    """A text of at most so many characters.

    >>> cut("abcdefgh", 5)
    'abcd…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def bounded(text: str, lines: int = MOST_LINES, width: int = MOST_WIDTH) -> str:
    """A text of few lines, none of them long.

    >>> print(bounded("a b c\\nd\\ne\\nf", lines=3, width=4))
    a b…
    d
    …
    """
    found = text.splitlines() or [""]
    if len(found) > lines:
        found = [*found[: lines - 1], "…" if not found[1].startswith(" ") else "  …"]
    return "\n".join(cut(line, width) for line in found)


def listed(names: Iterable[object], most: int = 8, *, none: str = "none") -> str:
    """Names with commas between them, the first few of many.

    >>> listed("abc"), listed("abc", 2), listed("")
    ('a, b, c', 'a, b, … 1 more', 'none')
    """
    found = list(names)
    shown = [cut(str(name), MOST_CELL) for name in found[:most]]
    return ", ".join([*shown, *([f"… {len(found) - most:,} more"] if len(found) > most else [])]) or none


def dollars(text: str | None, *, display: bool = True) -> str | None:
    """LaTeX as a notebook takes it; None, upon which it shows something else, where there is none or it is long."""
    if text is None or len(text) > MOST_LATEX:
        return None
    return f"$\\displaystyle {text}$" if display else f"${text}$"


def latex_name(symbol: sympy.Symbol) -> str:
    r"""LaTeX of a name: sympy's, with subscripts and Greek letters; letter by letter where it holds signs of LaTeX's own.

    >>> print(latex_name(sympy.Symbol("x_12")), latex_name(sympy.Symbol("R&D_50%")))
    x_{12} \mathrm{R\&D\_50\%}
    """
    name = str(symbol.name)
    latex = name.startswith("\\") and _LATEX_NAME.fullmatch(name) and _COMMANDS.issuperset(_COMMAND.findall(name))
    if _ODD.search(name) or _UNSEEN.search(name) or not _balanced(name) or ("\\" in name and not latex):
        return rf"\mathrm{{{''.join(_IN_LATEX.get(c, c) for c in _UNSEEN.sub(' ', name))}}}"
    written = str(sympy.latex(symbol))
    return written if _balanced(written) else rf"\mathrm{{{''.join(_IN_LATEX.get(c, c) for c in name)}}}"


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


# -- HTML ----------------------------------------------------------------------------------------------------------------

_CELL = "text-align:left;padding:0.15em 1em 0.15em 0.3em"
_TABLE = "border-collapse:collapse;margin:0.3em 0"


def html_text(text: object, most: int = MOST_CELL) -> str:
    """Text, cut and escaped; as code, which no notebook typesets, where it holds what looks like the start of a formula.

    >>> print(html_text("<b>a & b</b>"), html_text("5$"))
    &lt;b&gt;a &amp; b&lt;/b&gt; <code>5$</code>
    """
    shown = html.escape(cut(_UNSEEN.sub("\ufffd", str(text)), most))
    return f"<code>{shown}</code>" if _DELIMITER.search(shown) else shown


def _cell(value: object) -> str:
    if isinstance(value, Math):
        if len(value) <= _MOST_MATH:
            return f"${html.escape(_UNSEEN.sub(' ', value), quote=False)}$"
        return "<i>a long formula</i>"
    return html_text(value)


def html_table(rows: Iterable[Sequence[object]], head: Sequence[object] = (), *, more: int | str = 0) -> str:
    """A small table: text is escaped, :class:`Math` is typeset; rows above 20 are counted, beside ``more`` that are not given.

    >>> html_table([["<x>", Math("x^2")]], more=3).count("</td>")
    3
    """
    found = list(rows)
    if isinstance(more, int):
        left = max(len(found) - MOST_ROWS, 0) + more
        more = f"… {left:,} more" if left else ""
    width = max([len(head), *map(len, found[:MOST_ROWS])], default=0)
    lines = []
    if head:
        cells = "".join(f'<th style="{_CELL}">{_cell(value)}</th>' for value in head)
        lines.append(f"<tr>{cells}</tr>")
    for row in found[:MOST_ROWS]:
        lines.append("<tr>" + "".join(f'<td style="{_CELL}">{_cell(value)}</td>' for value in row) + "</tr>")
    if more:
        lines.append(f'<tr><td style="{_CELL}" colspan="{max(width, 1)}">{html_text(more)}</td></tr>')
    return f'<table style="{_TABLE}">{"".join(lines)}</table>' if lines else ""


def html_lines(lines: Iterable[object]) -> str:
    """Lines of text, one under the other."""
    found = [str(line).strip() for line in lines]
    more = ["…"] if len(found) > MOST_ROWS else []
    return "".join(f"<div>{html_text(line)}</div>" for line in [*found[:MOST_ROWS], *more])


def html_code(text: str) -> str:
    """Source text as it is; nothing where there is none."""
    shown = _UNSEEN_IN_CODE.sub("\ufffd", cut(text, _MOST_CODE))
    return f"<pre>{html.escape(shown)}</pre>" if text else ""


def html_page(title: object, *parts: str) -> str:
    """A title with tables and lines under it: what ``_repr_html_`` returns."""
    return f"<div><div><b>{html_text(title)}</b></div>{''.join(parts)}</div>"
