"""What a result says of dependence, where a reader might take the inputs for independent."""

from __future__ import annotations

from symwick.decompose.groups import input_groups
from symwick.decompose.inputs import Inputs
from symwick.distributions.law import Law

__all__ = ["dependent_inputs", "statement"]

_SHOWN = 8


def dependent_inputs(law: Law, inputs: Inputs, mask: int | None = None) -> list[int]:
    """Groups of two or more inputs (masks) that the law does not make independent, all inputs by default.

    Groups are mutually independent of each other; within one nothing is assumed.
    """
    groups = input_groups(law, inputs, inputs.everything if mask is None else mask)
    return [group for group in groups if group & (group - 1)]


def statement(law: Law, inputs: Inputs, mask: int | None = None) -> str:
    """"dependent inputs: {x, y}", or "independent inputs"; empty for fewer than two inputs.

    >>> import symwick as sw
    >>> P = sw.Independent({"z": sw.Bernoulli("1/2"), "xy": sw.Moments(["x", "y"])})
    >>> statement(P, Inputs.of(P.variables))
    'dependent inputs: {x, y}'
    """
    asked = inputs.everything if mask is None else mask
    if not asked & (asked - 1):
        return ""
    groups = dependent_inputs(law, inputs, asked)
    if not groups:
        return "independent inputs"
    shown = ", ".join("{" + _short(inputs, group) + "}" for group in groups[:_SHOWN])
    return f"dependent inputs: {shown}" + (", …" if len(groups) > _SHOWN else "")


def _short(inputs: Inputs, mask: int) -> str:
    names = inputs.names(mask).split(", ")
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
