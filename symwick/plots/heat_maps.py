"""A matrix of pairs of inputs, the single ones on its diagonal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symwick.errors import InvalidArgument
from symwick.plots.axes import axes_for, colours_for, drawn, number_text, titled
from symwick.plots.pairs import read_pairs

__all__ = ["heat_map"]

_WITH_NUMBERS = 8


def heat_map(source: Any, *, point: Mapping[Any, Any] | None = None, singles: bool = True, ax: Any = None) -> Any:
    """The terms of pairs of inputs as a matrix of colours, those of single inputs on the diagonal.

    ``source`` is a GWPD, of which the terms W_f(x_S) at ``point`` are shown, or their sizes E[W_f(X_S)²] without a point; or
    the result of ``sw.interactions``, K_f of each pair. All share one scale of colours, with 0 in its middle where signs matter;
    ``singles=False`` leaves the diagonal out, and the scale is that of the pairs. What is structurally zero, or left out, is
    grey. Up to eight inputs, the numbers are written into the cells.

    >>> import symwick as sw
    >>> P = sw.Independent({v: sw.Bernoulli("1/2") for v in "xyz"})
    >>> ax = sw.plots.heat_map(sw.gwpd("x + 4*x*y", P))
    >>> ax.images[0].get_array().tolist()
    [[2.25, 1.0, None], [1.0, 1.0, None], [None, None, None]]

    Returns the Axes. Raises InvalidArgument, UnknownVariable, NotRational (parameters remain), MissingLibrary.
    """
    if not isinstance(singles, bool):
        raise InvalidArgument(f"Argument 'singles' must be True or False, not {singles!r}.")
    table = read_pairs(source, point)
    n = len(table.names)
    if not n:
        raise InvalidArgument("Argument 'source' must have at least one input, not none.")
    values, known = np.zeros((n, n)), np.zeros((n, n), dtype=bool)
    shown = dict(table.pairs) | ({(i, i): value for i, value in table.singles.items()} if singles else {})
    for (i, j), value in shown.items():
        values[i, j] = values[j, i] = drawn(value)
        known[i, j] = known[j, i] = True
    side = min(3.0 + 0.32 * n + (0.45 * n if n <= _WITH_NUMBERS else 0), 13.0)
    axes = axes_for(ax, side + 1.0, side)
    largest = float(np.abs(values).max())
    image = axes.imshow(np.ma.MaskedArray(values, ~known), **colours_for(largest, signed=table.signed))
    letters = "medium" if n <= 12 else "small" if n <= 24 else "x-small"
    upright = n > 4 or max(map(len, table.names)) > 8
    turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if upright else {}
    axes.set_xticks(range(n), table.names, fontsize=letters, **turned)
    axes.set_yticks(range(n), table.names, fontsize=letters)
    axes.tick_params(length=0)
    axes.set_xticks(np.arange(n - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(n - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1)
    axes.tick_params(which="minor", length=0)
    axes.spines[:].set_visible(False)
    if n <= _WITH_NUMBERS:
        _write(axes, values, known, largest, table.signed, "medium" if n <= 5 else "small")
    axes.figure.colorbar(image, ax=axes, label=table.measure, shrink=0.8)
    titled(axes, table.title, "grey: structurally zero, or left out" if not known.all() else "")
    return axes


def _write(axes: Any, values: Any, known: Any, largest: float, signed: bool, letters: str) -> None:
    """The numbers in the cells, white on dark colours."""
    for i, j in np.argwhere(known):
        value = float(values[i, j])
        dark = abs(value) > 0.6 * largest
        axes.text(j, i, _short(value, signed), ha="center", va="center", fontsize=letters, color="white" if dark else "black")


def _short(value: float, signed: bool) -> str:
    """Two digits, that they fit into the cell."""
    return number_text(float(f"{value:.2g}"), sign=signed)
