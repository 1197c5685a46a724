"""The terms of the decomposition of a mean, E f = Σ_π K_f(π), as bars."""

from __future__ import annotations

from typing import Any

from symwick.algebra.numbers import whole_number
from symwick.decompose.cumulant import GCPD
from symwick.errors import InvalidArgument
from symwick.plots.axes import NEUTRAL, number_text, set_text, titled, value_at
from symwick.plots.bars import Row, draw_rows

__all__ = ["partitions"]

_LONGEST = 32
_APART = "…"
"""Stands for all blocks of one input."""


def partitions(D: GCPD, *, top: int = 12, ax: Any = None) -> Any:
    """K_f(π) for the partitions π of the inputs as bars, largest first; the blocks of a partition are parted by ``|``.

    The ``top`` largest have a bar each, all others one bar together. Where a label would be too long, all of them show the
    blocks of several inputs alone, and … for the rest.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> ax = sw.plots.partitions(sw.gcpd("x*y", P))
    >>> ax.get_title(), [label.get_text() for label in ax.get_yticklabels()]
    ('E f = Σ_π K_f(π) = 0.25', ['x | y', 'x, y'])

    Returns the Axes. Raises InvalidArgument, NotRational (parameters remain), TooLarge, MissingLibrary.
    """
    if not isinstance(D, GCPD):
        raise InvalidArgument(f"Argument 'D' must be a GCPD, made by sw.gcpd, not {D!r}.")
    whole_number(top, "top", 1)
    len(D)  # raises TooLarge where there are too many
    mean = value_at(D.target)
    ranked = sorted(((key, value_at(D[key])) for key in D), key=lambda item: -abs(item[1]))
    shown = ranked[:top]
    texts = _partition_texts(D, [key for key, _ in shown])
    rows = [Row(text, value) for text, (_, value) in zip(texts, shown, strict=True)]
    if rest := ranked[top:]:
        rows.append(Row(f"{len(rest)} other{'s' if len(rest) > 1 else ''}", sum(value for _, value in rest)))
    axes = draw_rows(rows, ax)
    axes.axvline(0, color=NEUTRAL, linewidth=0.8)
    shortened = any(text.endswith(_APART) for text in texts)
    axes.set_xlabel(f"K_f(π);  {_APART} stands for the other inputs, each apart" if shortened else "K_f(π)")
    titled(axes, f"E f = Σ_π K_f(π) = {number_text(mean)}")
    return axes


def _partition_texts(D: GCPD, keys: list[Any]) -> list[str]:
    """Partitions in the order of the inputs; where one is too long, only blocks of several inputs, of all of them."""
    partitions = [D.inputs.partition(key) for key in keys]
    whole = [" | ".join(_block_text(D, mask) for mask in masks) or "no inputs" for masks in partitions]
    if all(len(text) <= _LONGEST for text in whole):
        return whole
    short = []
    for masks in partitions:
        large = [_block_text(D, mask) for mask in masks if mask & (mask - 1)]
        short.append(" | ".join([*large, _APART] if len(large) < len(masks) else large) if large else "each apart")
    return short


def _block_text(D: GCPD, mask: int) -> str:
    return set_text(D.inputs, D.inputs.key(mask))[1:-1]
