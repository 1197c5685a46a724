"""Reference inputs: points given as ``at``, checked and named so in errors; points that repeat what a condition fixes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy

from symwick.algebra.numbers import Number, to_number
from symwick.circuits.closed_form import ClosedForm
from symwick.errors import InexactError, InvalidArgument

__all__ = ["point_at", "without_known"]


def point_at(form: ClosedForm, at: Any) -> dict[sympy.Symbol, Fraction]:
    """The point ``at`` which a form is looked at, complete and exact. Errors name the argument 'at'."""
    if not isinstance(at, Mapping):
        raise InvalidArgument(f"Argument 'at' must map variables to numbers, not be {at!r}.")
    try:
        return form.checked_point(at)
    except (InvalidArgument, InexactError) as error:
        raise type(error)(str(error).replace("Argument 'point", "Argument 'at")) from None


def without_known(point: Any, known: Mapping[sympy.Symbol, Number]) -> dict[Any, Any]:
    """A point without the variables that a condition fixes, which it may repeat."""
    if not isinstance(point, Mapping):
        raise InvalidArgument(f"Argument 'point' must map variables to numbers, not be {point!r}.")
    left = dict(point)
    for key in point:
        for v, value in known.items():
            if str(key) == v.name:
                if to_number(point[key], f"point[{v}]") != value:
                    raise InvalidArgument(f"Argument 'point' must agree with 'given': {v} is {value}, not {point[key]}.")
                del left[key]
    return left
