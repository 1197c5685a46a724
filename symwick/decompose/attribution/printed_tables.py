"""Tables of closed forms as text and LaTeX: decimals where a form is a number, its text where symbols remain."""

from __future__ import annotations

from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.printing import is_large

__all__ = ["array", "decimal", "latex", "line", "short", "table"]

_WIDTH = 48


def short(form: ClosedForm) -> str:
    """A form in little space."""
    if is_large(form.circuit):
        return f"a form of {len(form.circuit):,} gates"
    text = str(form)
    if len(text) <= _WIDTH:
        return text
    return f"{text[: _WIDTH - 1]}…" if form.parameters else decimal(form)


def line(form: ClosedForm, most: int = 90) -> str:
    """A form on a line of its own, cut where it is long."""
    text = str(form)
    return text if len(text) <= most else f"{text[: most - 3]}…"


def decimal(form: ClosedForm) -> str:
    """Six decimals where the form is a number, else its text; 0 is exact."""
    if form.parameters:
        return short(form)
    number = form.evalf(20)
    return f"{float(number):.6f}" if number else "0"


def table(rows: list[list[str]]) -> str:
    """Columns under each other, the first to the left, the others to the right."""
    widths = [max(len(row[j]) for row in rows) for j in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def array(columns: list[str], rows: list[list[str]], more: bool) -> str:
    """A LaTeX array with a head; ``more`` rows are dots."""
    lines = [" & ".join(columns), *(" & ".join(row) for row in rows)]
    if more:
        lines.append(r"\vdots" + " & " * (len(columns) - 1))
    layout, body = "l" + "r" * (len(columns) - 1), r" \\ ".join(lines[1:])
    return rf"$\displaystyle \begin{{array}}{{{layout}}}{lines[0]} \\ \hline {body}\end{{array}}$"


def latex(form: ClosedForm) -> str:
    """LaTeX of a form; dots where it is large."""
    return r"\ldots" if is_large(form.circuit) else form.latex()
