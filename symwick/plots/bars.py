"""Horizontal bars that start and end anywhere, one a row, each with its number beside it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symwick.plots.axes import NEUTRAL, axes_for, colour_of, drawn, number_text

__all__ = ["Row", "draw_rows"]

_WIDTH = 7.0

_THICKNESS = 0.62
_LONGEST = 34
_LEFT, _RIGHT = 0.05, 0.2
"""Room beside the bars in parts of their span; the numbers stand on the right."""


@dataclass(frozen=True)
class Row:
    """One row: a label, a number, and where its bar starts; ``mark`` is a mark at the number instead of a bar."""

    label: str
    value: Any
    start: Any = Fraction(0)
    mark: bool = False

    @property
    def end(self) -> Any:
        """Where the bar ends, as exact as value and start."""
        return self.value if self.mark else self.start + self.value


def draw_rows(rows: list[Row], ax: Any, *, joined: bool = False) -> Any:
    """The rows from the top down; ``joined`` ties the end of each bar to the next row by a thin line. Returns the Axes."""
    bars = [(drawn(row.end if row.mark else row.start), drawn(row.end)) for row in rows]
    low, high = min(map(min, bars)), max(map(max, bars))
    span = (high - low) or max(abs(high), 1.0)
    ax = axes_for(ax, _WIDTH, 1.35 + 0.34 * len(rows))
    for i, (row, (start, end)) in enumerate(zip(rows, bars, strict=True)):
        if row.mark:
            ax.plot([end, end], [i - _THICKNESS / 2, i + _THICKNESS / 2], color=NEUTRAL, linewidth=4, solid_capstyle="butt")
        else:
            ax.barh(i, end - start, left=start, height=_THICKNESS, color=colour_of(end - start))
        text = number_text(row.value, sign=not row.mark)
        ax.annotate(text, (max(start, end), i), xytext=(5, 0), textcoords="offset points", va="center", fontsize="small")
        if joined and i + 1 < len(rows):
            ax.plot([end, end], [i, i + 1], color=NEUTRAL, linewidth=0.7, zorder=0.5)
    labels = [_broken(row.label) for row in rows]
    small = any("\n" in label for label in labels)
    ax.set_yticks(range(len(rows)), labels, fontsize="small" if small else "medium")
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(low - _LEFT * span, high + _RIGHT * span)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def _broken(label: str) -> str:
    """A long label on two lines, broken at the comma or bar that is nearest to its middle."""
    if len(label) <= _LONGEST:
        return label
    breaks = [i + 1 for i, letter in enumerate(label[:-1]) if letter in ",|" and label[i + 1] == " "]
    if not breaks:
        return label
    at = min(breaks, key=lambda i: abs(2 * i - len(label)))
    return label[:at] + "\n" + label[at + 1 :]
