"""What all pictures share: matplotlib asked for, axes, colours, names of inputs, exact values turned into floats."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import sympy

from symwick.circuits.closed_form import ClosedForm
from symwick.decompose.inputs import Inputs
from symwick.errors import InvalidArgument, MissingLibrary, NotRational

__all__ = [
    "LINES", "NEGATIVE", "NEUTRAL", "PALE", "POSITIVE", "SIZE", "axes_for", "colour_of", "colours_for", "drawn", "legend_mark",
    "number_text", "plain_text", "point_text", "set_text", "titled", "value_at",
]  # fmt: skip

POSITIVE, NEGATIVE, SIZE = "#D55E00", "#0072B2", "#009E73"
"""Vermillion, blue and green of Okabe and Ito, told apart with every kind of colour vision."""
LINES = (NEGATIVE, POSITIVE, SIZE, "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C8C8C")
NEUTRAL, PALE = "#595959", "#E4E4E4"

_LONGEST = 64
_LETTERS_PER_INCH = 13.5


def _pyplot() -> Any:
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise MissingLibrary('Pictures need matplotlib, which is not installed: pip install "symwick[plots]".') from error
    return plt


def axes_for(ax: Any, width: float, height: float) -> Any:
    """The axes given, or the axes of a new figure of this size in inches.

    Raises MissingLibrary where matplotlib is not installed, InvalidArgument for what is no Axes.
    """
    plt = _pyplot()
    if ax is None:
        return plt.subplots(figsize=(width, height), layout="constrained")[1]
    if not isinstance(ax, plt.Axes):
        raise InvalidArgument(f"Argument 'ax' must be matplotlib Axes, not {ax!r}.")
    return ax


def colours_for(largest: float, *, signed: bool) -> dict[str, Any]:
    """Colour map and norm for ``imshow``: diverging with 0 in the middle, or from 0 up."""
    plt = _pyplot()
    from matplotlib.colors import Normalize

    top = largest or 1.0
    colours = plt.get_cmap("RdBu_r" if signed else "Greens").with_extremes(bad=PALE)
    return {"cmap": colours, "norm": Normalize(-top if signed else 0.0, top)}


def colour_of(value: float) -> str:
    """The colour of a sign."""
    return NEGATIVE if value < 0 else POSITIVE


def legend_mark(colour: str, text: str, **style: Any) -> Any:
    """A line or a mark for a legend, not part of any axes."""
    _pyplot()
    from matplotlib.lines import Line2D

    return Line2D([], [], color=colour, label=text, **style)


# -- exact values ----------------------------------------------------------------------------------------------------


def value_at(form: ClosedForm, point: Mapping[Any, Any] | None = None) -> Any:
    """The value of a form, at a point where one is given: exact where it is rational, else with 30 digits.

    Raises NotRational where parameters remain, and what ``form.at`` raises.
    """
    try:
        return form.value if point is None else form.at(point)
    except NotRational:
        if form.parameters:
            raise
        return form.evalf(30, at=point)


def drawn(value: Any) -> float:
    """An exact value as the float that is drawn: the one place where pictures round.

    >>> from fractions import Fraction
    >>> drawn(Fraction(1, 4))
    0.25
    """
    try:
        return float(value)
    except OverflowError:
        size = int(sympy.Rational(abs(value))).bit_length() * 0.30103
        raise InvalidArgument(f"A value to be drawn must fit into a float, not be about 10^{int(size)}.") from None


def number_text(value: Any, *, sign: bool = False) -> str:
    """A number as it is written into a picture, to four digits.

    >>> from fractions import Fraction
    >>> number_text(Fraction(-1, 3)), number_text(2, sign=True), number_text(0, sign=True)
    ('−0.3333', '+2', '0')
    """
    text = f"{drawn(value):{'+' if sign and value else ''}.4g}"
    return text.replace("-", "−")


# -- names -----------------------------------------------------------------------------------------------------------


def plain_text(name: Any) -> str:
    """A name that matplotlib does not read as a formula."""
    return str(name).replace("$", r"\$")


def set_text(inputs: Inputs, key: Any) -> str:
    """A set of inputs in their order, shortened where it is long.

    >>> import symwick as sw
    >>> D = sw.gwpd("x*y", sw.Independent({"y": sw.Bernoulli("1/2"), "x": sw.Bernoulli("1/2")}))
    >>> set_text(D.inputs, ["x", "y"])
    '{y, x}'
    """
    mask = inputs.mask(key, "S")
    names = [plain_text(name) for i, name in enumerate(inputs.keys) if mask >> i & 1]
    shown = names
    while len(shown) > 1 and len(", ".join(shown)) > _LONGEST:
        shown = shown[:-1]
    more = f", … {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return "{" + ", ".join(shown) + more + "}"


def point_text(point: Mapping[Any, Any], many: int = 4) -> str:
    """A point on a line, the first few coordinates of it, none of which a line break may part."""
    shown = [f"{plain_text(name)}\u00a0=\u00a0{value}" for name, value in list(point.items())[:many]]
    return ", ".join(shown) + (", …" if len(point) > many else "")


def titled(ax: Any, *lines: str) -> None:
    """A title that is broken where it would be wider than the axes."""
    width = ax.get_position(original=True).width * ax.figure.get_figwidth()
    beside = max((len(line) for label in ax.get_yticklabels() for line in label.get_text().split("\n")), default=0)
    letters = max(24, int(width * _LETTERS_PER_INCH) - max(0, beside - 8))  # labels take room from the axes
    ax.set_title("\n".join(part for line in lines if line for part in wrap(line, letters)), fontsize="medium")

