"""The terms of a decomposition at one point, step by step from the mean to f(x)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symwick.algebra.numbers import whole_number
from symwick.decompose.wick import GWPD
from symwick.errors import InvalidArgument, NotRational
from symwick.plots.axes import point_text, set_text, titled, value_at
from symwick.plots.bars import Row, draw_rows

__all__ = ["values_at", "waterfall"]


def waterfall(D: GWPD, point: Mapping[Any, Any], *, top: int = 10, ax: Any = None) -> Any:
    """The terms W_f(x_S) at a point, largest first, each bar starting where the one before ended: from E f to f(x).

    The ``top`` largest terms have a bar each, all others one bar together. Where D stops at ``max_order``, what the terms left
    out add up to has a bar of its own, so that the bars always end at f(x).

    >>> import symwick as sw
    >>> D = sw.gwpd("2*x + 3*x*y", sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")}))
    >>> ax = sw.plots.waterfall(D, {"x": 1, "y": 1})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['E f', '{x}', '{y}', '{x, y}', 'f(x)']

    Returns the Axes. Raises InvalidArgument, UnknownVariable, NotRational (parameters remain), TooLarge, MissingLibrary.
    """
    if not isinstance(D, GWPD):
        raise InvalidArgument(f"Argument 'D' must be a GWPD, made by sw.gwpd, not {D!r}.")
    whole_number(top, "top", 1)
    values = values_at(D, point)
    mean = values.pop(frozenset())
    ranked = sorted(values.items(), key=lambda item: -abs(item[1]))  # stable: equal ones in the order of D
    rows = [Row("E f", mean, mark=True)]

    def step(label: str, value: Any) -> None:
        rows.append(Row(label, value, rows[-1].end))

    for key, value in ranked[:top]:
        step(set_text(D.inputs, key), value)
    if rest := ranked[top:]:
        step(f"{len(rest)} other{'s' if len(rest) > 1 else ''}", sum(value for _, value in rest))
    here = value_at(D.target, point)
    if D.max_order is not None and here != rows[-1].end:
        step(f"orders above {D.max_order}", here - rows[-1].end)
    rows.append(Row("f(x)", here, mark=True))
    axes = draw_rows(rows, ax, joined=True)
    axes.set_xlabel("from the mean E f to f(x)")
    titled(axes, "Terms W_f(x_S) at " + point_text(point))
    return axes


def values_at(D: GWPD, point: Mapping[Any, Any]) -> dict[frozenset[Any], Any]:
    """The values of all terms at a point, those that are no rational numbers with 30 digits."""
    try:
        return D.at(point)
    except NotRational:
        return {key: value_at(D[key], point) for key in D}
