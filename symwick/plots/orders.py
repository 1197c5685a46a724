"""How the size of a decomposition spreads over orders, and within an order over sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symwick.decompose.concentration import Concentration
from symwick.decompose.wick import GWPD
from symwick.errors import InvalidArgument
from symwick.plots.axes import SIZE, axes_for, drawn, point_text, titled

__all__ = ["sizes_by_order"]

_PARTS = 30
"""Sets of an order that have a piece of the bar each; smaller ones are one piece."""


def sizes_by_order(D: GWPD | Concentration, *, point: Mapping[Any, Any] | None = None, ax: Any = None) -> Any:
    """The sum of the sizes of all terms of 1, 2, … inputs as bars, with their shares, a piece of the bar for each set.

    Sizes are E[W_f(X_S)²], or |W_f(x_S)| at a point: ``D.concentration()``, which may also be given itself. Sizes add up to Var f
    only where the inputs are independent; where they are not, the title says so. The thirty largest sets of an order have a
    piece of their own.

    >>> import symwick as sw
    >>> P = sw.Independent({v: sw.Bernoulli("1/2") for v in "xyz"})
    >>> ax = sw.plots.sizes_by_order(sw.gwpd("x + y + 4*x*z", P))
    >>> [text.get_text() for text in ax.texts]
    ['77.8 %', '22.2 %']

    Returns the Axes. Raises InvalidArgument (parameters; no term beside the mean), UnknownVariable, TooLarge, MissingLibrary.
    """
    sizes = _sizes(D, point)
    total = sizes.total
    if not total:
        raise InvalidArgument("Argument 'D' must have a term that is not 0 beside the mean, but there is none.")
    by_order = sizes.by_order
    orders = range(1, max(by_order) + 1)
    heights = {order: drawn(by_order.get(order, 0)) for order in orders}
    axes = axes_for(ax, max(5.2, min(1.6 + 0.75 * len(orders), 11.0)), 3.6)
    for order, height in heights.items():
        parts = sorted((size for key, size in sizes.by_set.items() if len(key) == order), reverse=True)
        parts = [*parts[:_PARTS], sum(parts[_PARTS:])] if len(parts) > _PARTS else parts
        bottom: Any = 0
        for part in parts:
            axes.bar(order, drawn(part), bottom=drawn(bottom), width=0.7, color=SIZE, edgecolor="white", linewidth=0.6)
            bottom += part
        share = _share_text(100 * drawn(bottom / total))
        letters = "small" if len(orders) < 6 else "x-small"
        axes.annotate(share, (order, height), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=letters)
    axes.set_xticks(orders)
    axes.set_xlim(0.4, len(orders) + 0.6)
    axes.set_ylim(0, 1.12 * max(heights.values()))
    axes.set_xlabel("order: how many inputs together")
    axes.set_ylabel(f"sum of {sizes.measure}")
    axes.spines[["top", "right"]].set_visible(False)
    where = "" if point is None else "at " + point_text(point)
    note = "dependent inputs: sizes do not add up to Var\u00a0f" if sizes.note else ""
    titled(axes, "Size of the terms by order", where, note)
    return axes


def _share_text(percent: float) -> str:
    return "< 0.1 %" if 0 < percent < 0.1 else f"{percent:.3g} %"


def _sizes(D: Any, point: Mapping[Any, Any] | None) -> Concentration:
    if isinstance(D, GWPD):
        try:
            return D.concentration(point)
        except InvalidArgument as error:
            raise InvalidArgument(str(error).replace("at=", "point=")) from None
    if not isinstance(D, Concentration):
        raise InvalidArgument(f"Argument 'D' must be a GWPD, made by sw.gwpd, or its concentration(), not {D!r}.")
    if point is not None:
        raise InvalidArgument(f"Argument 'point' must be None for sizes that are known already, not {point!r}.")
    return D
