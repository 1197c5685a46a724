"""How far estimates of means through a circuit are off, by the order of propagation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import floor, isfinite, log10
from typing import Any

import sympy

from symwick.account.propagate import propagate
from symwick.algebra.numbers import to_fraction, whole_number
from symwick.circuits.circuit import Circuit
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument
from symwick.plots.axes import LINES, NEUTRAL, PALE, axes_for, drawn, plain_text, titled

__all__ = ["error_by_order"]

_MOST_LINES = len(LINES)
_MARKS = "osD^vPX*"
_BESIDE = 0.05
"""How far lines are moved sideways from each other, in orders: those of equal errors would hide each other."""


def error_by_order(
    circuit: Circuit,
    law: Law,
    orders: Iterable[int],
    *,
    outputs: Any = None,
    exact: Mapping[Any, Any] | None = None,
    schedule: str = "gate",
    closure: str = "zero",
    ring: str = "exact",
    ax: Any = None,
) -> Any:
    """|estimate − exact| of the means of wires against the order of ``sw.propagate``.

    ``outputs`` lists the wires (all outputs). ``exact`` maps them to their exact means; without it a run without truncation
    computes these. Up to eight wires have a line each; of more, every error is a dot, and the lines are the mean and the largest
    of all. The scale is logarithmic down to the smallest error that is not 0, and linear below: an estimate without error
    is drawn at 0, not left out. ``ring="float64"`` rounds: its zeros are rarely 0.

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    >>> P = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    >>> ax = sw.plots.error_by_order(c, P, [1, 2, 3])
    >>> ax.get_lines()[0].get_ydata().tolist()
    [0.484375, 0.09375, 0.0]

    Returns the Axes. Raises InvalidArgument, UnknownVariable, TooLarge, MissingLibrary, and what ``sw.propagate`` raises.
    """
    if not isinstance(circuit, Circuit):
        raise InvalidArgument(f"Argument 'circuit' must be a Circuit, not {circuit!r}.")
    if not isinstance(law, Law):
        raise InvalidArgument(f"Argument 'law' must be a law (Finite, Independent, MultivariateNormal, …), not {law!r}.")
    if isinstance(orders, (str, Mapping)) or not isinstance(orders, Iterable):
        raise InvalidArgument(f"Argument 'orders' must be a list of orders, such as [1, 2, 3], not {orders!r}.")
    chosen = sorted({whole_number(order, "orders", 1) for order in orders})
    if not chosen:
        raise InvalidArgument("Argument 'orders' must hold at least one order; it is empty.")
    if ring not in ("exact", "float64"):
        raise InvalidArgument(f"Argument 'ring' must be 'exact' or 'float64', not {ring!r}.")
    wires = _wires(circuit, outputs)
    truth = _truth(circuit, law, wires, exact)
    errors: dict[str, list[float]] = {wire: [] for wire in wires}
    for order in chosen:
        run = propagate(circuit, law, order, schedule, ring, closure=closure)
        for wire in wires:
            errors[wire].append(drawn(abs(_exactly(run.mean(wire), wire) - truth[wire])))
    axes = axes_for(ax, 6.4, 4.2)
    _draw(axes, chosen, errors)
    axes.set_xticks(chosen)
    axes.set_xlim(chosen[0] - 0.4, chosen[-1] + 0.4)
    axes.set_xlabel("order of propagation")
    axes.set_ylabel("|estimate − exact mean|")
    axes.grid(axis="y", color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    options = {"schedule": (schedule, "gate"), "closure": (closure, "zero")}
    told = ", ".join(f"{name} {value}" for name, (value, usual) in options.items() if value != usual)
    what = f"means of {len(wires)} wires" if len(wires) > 1 else f"the mean of {plain_text(wires[0])}"
    titled(axes, f"Error of {what} by order" + (f" ({told})" if told else ""))
    return axes


def _wires(circuit: Circuit, outputs: Any) -> list[str]:
    if outputs is None:
        wires = list(circuit.outputs)
    elif isinstance(outputs, (str, sympy.Symbol)):
        wires = [str(outputs)]
    elif isinstance(outputs, Iterable):
        wires = [str(wire) for wire in outputs]
    else:
        raise InvalidArgument(f"Argument 'outputs' must be a list of wires, not {outputs!r}.")
    if not wires:
        raise InvalidArgument("Argument 'outputs' must name at least one wire; there is none.")
    for wire in wires:
        circuit.position(wire, "outputs")
    return list(dict.fromkeys(wires))


def _truth(circuit: Circuit, law: Law, wires: list[str], exact: Any) -> dict[str, Fraction]:
    if exact is None:
        run = propagate(circuit, law, None)
        return {wire: to_fraction(run.mean(wire)) for wire in wires}
    if not isinstance(exact, Mapping):
        raise InvalidArgument(f"Argument 'exact' must map wires to their exact means, not be {exact!r}.")
    known = {str(wire): value for wire, value in exact.items()}
    if lacking := [wire for wire in wires if wire not in known]:
        raise InvalidArgument(f"Argument 'exact' must give the mean of every wire, but lacks {lacking[0]}.")
    return {wire: to_fraction(known[wire], f"exact[{wire}]") for wire in wires}


def _exactly(estimate: Any, wire: str) -> Fraction:
    """An estimate as the number that it is, floats too."""
    if isinstance(estimate, float):
        if not isfinite(estimate):
            raise InvalidArgument(f"The estimate of {wire} must be a finite number to be drawn, not {estimate}.")
        return Fraction(estimate)
    return to_fraction(estimate, wire)


def _draw(axes: Any, orders: list[int], errors: Mapping[str, list[float]]) -> None:
    smallest = min((e for line in errors.values() for e in line if e), default=None)
    if smallest is not None:
        largest = max(e for line in errors.values() for e in line)
        axes.set_yscale("symlog", linthresh=10.0 ** floor(log10(smallest)), linscale=0.4)
        ticks = _ticks(smallest, largest)
        axes.set_yticks(ticks, [_tick_text(tick) for tick in ticks])
        axes.set_yticks([], minor=True)
    if len(errors) <= _MOST_LINES:
        for i, (wire, line) in enumerate(errors.items()):
            beside = [order + _BESIDE * (i - (len(errors) - 1) / 2) for order in orders]
            axes.plot(beside, line, color=LINES[i], marker=_MARKS[i], label=plain_text(wire), clip_on=False, zorder=3)
    else:
        for line in errors.values():
            axes.plot(orders, line, ".", color=NEUTRAL, alpha=0.35, markersize=4, clip_on=False, zorder=2, gid="wire")
        columns = list(zip(*errors.values(), strict=True))
        for order, column in zip(orders, columns, strict=True):
            if none := column.count(0.0):
                text = f"{none} of {len(column)}\nwithout error"
                axes.annotate(text, (order, 0), xytext=(6, 2), textcoords="offset points", fontsize="x-small", color=NEUTRAL)
        axes.plot(orders, list(map(max, columns)), "o-", color=LINES[1], label="largest", clip_on=False, zorder=3)
        means = [sum(column) / len(column) for column in columns]
        axes.plot(orders, means, "s-", color=LINES[0], label="mean", clip_on=False, zorder=3)
    axes.set_ylim(bottom=0)
    if len(errors) > 1:
        axes.legend(frameon=False, fontsize="small")


def _ticks(smallest: float, largest: float) -> list[float]:
    """0 and the powers of ten that the errors span; 2 and 5 times them too where these are few."""
    decades = range(floor(log10(smallest)), floor(log10(largest)) + 2)
    steps = (1,) if len(decades) > 4 else (1, 2, 5)
    ticks = [step * 10.0**decade for decade in decades for step in steps]
    top = next(tick for tick in ticks if tick >= largest)
    apart = 1 + (len(decades) - 1) // 12
    return [0.0, *[tick for tick in ticks if tick <= top][::apart]]


def _tick_text(tick: float) -> str:
    if tick == 0 or 1e-4 < tick < 1e5:
        return f"{tick:g}"
    digit, exponent = f"{tick:.0e}".split("e")
    factor = "" if digit == "1" else digit + r"\cdot "
    return f"${factor}10^{{{int(exponent)}}}$"
