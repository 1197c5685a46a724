"""Inputs on a circle, single terms as nodes, pairs as lines between them."""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, degrees, pi, sin, sqrt
from typing import Any

from symwick.algebra.numbers import whole_number
from symwick.errors import InvalidArgument
from symwick.plots.axes import NEUTRAL, SIZE, axes_for, colour_of, drawn, legend_mark, number_text, titled
from symwick.plots.pairs import Pairs, read_pairs

__all__ = ["interaction_network"]

_WIDEST, _NARROWEST = 9.0, 0.4
_GAP, _ROOM = 5.0, 0.3
"""Between node and name, in points; around the circle, in radii."""
_ROUND = 12
"""Inputs up to which names are written level; of more, outwards."""


def interaction_network(source: Any, *, point: Mapping[Any, Any] | None = None, top: int = 40, ax: Any = None) -> Any:
    """The inputs on a circle: the area of a node is the size of its single term, the width of a line that of a pair.

    ``source`` is a GWPD, of which the terms W_f(x_S) at ``point`` are shown, or their sizes E[W_f(X_S)²] without a point; or
    the result of ``sw.interactions``, K_f of each pair, all nodes alike. Vermillion is positive, blue negative, green a size.
    Areas and widths are each in proportion to the largest. The ``top`` largest pairs that are not 0 are drawn.

    >>> import symwick as sw
    >>> P = sw.Independent({v: sw.Bernoulli("1/2") for v in "xyz"})
    >>> ax = sw.plots.interaction_network(sw.gwpd("x + 4*x*y", P))
    >>> [line.get_gid() for line in ax.get_lines()], [text.get_text() for text in ax.texts]
    (['x -- y'], ['x', 'y', 'z'])

    Returns the Axes. Raises InvalidArgument, UnknownVariable, NotRational (parameters remain), MissingLibrary.
    """
    whole_number(top, "top", 1)
    table = read_pairs(source, point)
    n = len(table.names)
    if not n:
        raise InvalidArgument("Argument 'source' must have at least one input, not none.")
    alone = [drawn(table.singles.get(i, 0)) for i in range(n)]
    ranked = sorted((item for item in table.pairs.items() if item[1]), key=lambda item: -abs(item[1]))
    shown = [(pair, drawn(value)) for pair, value in ranked[:top]]
    side = min(4.6 + 0.1 * n, 9.0)
    axes = axes_for(ax, side, side + 0.5)
    turns = [pi / 2 - 2 * pi * i / n for i in range(n)]
    places = [(cos(turn), sin(turn)) for turn in turns]
    handles = _lines(axes, table, places, shown)
    areas, largest = _nodes(axes, table, places, alone)
    handles += largest
    _names(axes, table, turns, [sqrt(area) / 2 + _GAP for area in areas])
    axes.set_aspect("equal")
    for limits, along in ((axes.set_xlim, 0), (axes.set_ylim, 1)):
        found = [place[along] for place in places]
        limits(min(found) - _ROOM, max(found) + _ROOM)
    axes.set_axis_off()
    if handles:
        axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), frameon=False, fontsize="small")
    left_out = len(ranked) - top
    titled(axes, table.title, f"the {top} largest of {len(ranked)} pairs" if left_out > 0 else "")
    return axes


def _colour(table: Pairs, value: float) -> str:
    return colour_of(value) if table.signed else SIZE


def _lines(
    axes: Any, table: Pairs, places: list[tuple[float, float]], ranked: list[tuple[tuple[int, int], float]]
) -> list[Any]:
    """The pairs, the largest on top; what the widest line stands for, for the legend."""
    if not ranked:
        return []
    largest = abs(ranked[0][1])
    for (i, j), value in reversed(ranked):
        part = abs(value) / largest if largest else 1.0  # all of them below the smallest float
        axes.plot(
            [places[i][0], places[j][0]],
            [places[i][1], places[j][1]],
            color=_colour(table, value),
            linewidth=_NARROWEST + (_WIDEST - _NARROWEST) * part,
            alpha=0.35 + 0.6 * part,
            solid_capstyle="butt",
            zorder=1,
            gid=f"{table.names[i]} -- {table.names[j]}",
        )
    (i, j), value = ranked[0]
    text = f"{table.measure} of the pair {table.names[i]}, {table.names[j]}: {number_text(value, sign=table.signed)}"
    return [legend_mark(_colour(table, value), text, linewidth=_WIDEST)]


def _nodes(
    axes: Any, table: Pairs, places: list[tuple[float, float]], values: list[float]
) -> tuple[list[float], list[Any]]:
    """The single inputs: areas of the nodes; what the largest stands for, for the legend."""
    n = len(places)
    place, figure = axes.get_position(original=True), axes.figure
    side = min(place.width * figure.get_figwidth(), place.height * figure.get_figheight())
    room = 2 * pi / n * side / 3.2 * 72  # points between neighbours, about
    widest = min(34.0, 0.8 * room)
    largest = max(map(abs, values))
    across, up = zip(*places, strict=True)
    least = (0.2 * widest) ** 2  # a small grey node for every input, whatever its single term is
    axes.scatter(across, up, s=least, color=NEUTRAL, zorder=2)
    if not largest:
        return [least] * n, []
    areas = [widest**2 * abs(value) / largest for value in values]
    colours = [_colour(table, value) for value in values]
    axes.scatter(across, up, s=areas, c=colours, linewidths=0, zorder=3, gid="singles")
    i = max(range(n), key=lambda k: abs(values[k]))
    text = f"{table.measure} of {table.names[i]} alone: {number_text(values[i], sign=table.signed)}"
    mark = legend_mark(colours[i], text, marker="o", markersize=12, linestyle="none")
    return [max(area, least) for area in areas], [mark]


def _names(axes: Any, table: Pairs, turns: list[float], gaps: list[float]) -> None:
    """The names outside the circle, so many points from the middle of their nodes."""
    level = len(turns) <= _ROUND
    for name, turn, gap in zip(table.names, turns, gaps, strict=True):
        across, up = cos(turn), sin(turn)
        right = across > -1e-9
        style: dict[str, Any] = {"ha": "left" if right else "right", "va": "center"}
        if not level:
            angle = degrees(turn) if right else degrees(turn) + 180
            style |= {"rotation": angle, "rotation_mode": "anchor", "fontsize": "small"}
        elif abs(across) < 0.3:
            style = {"ha": "center", "va": "bottom" if up > 0 else "top"}
        axes.annotate(name, (across, up), xytext=(gap * across, gap * up), textcoords="offset points", **style)
