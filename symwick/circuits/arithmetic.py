"""Arithmetic of forms: several forms on one circuit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy

from symwick.circuits.form_builder import OUTPUT, FormBuilder
from symwick.errors import InvalidArgument

__all__ = ["Arithmetic", "combined"]


def combined(forms: Sequence[Any], make: Callable[[FormBuilder, list[int]], int], **about: Any) -> Any:
    """The form that ``make`` builds from the nodes of several forms; equal gates are shared, and so is what they know.

    It depends on those of their variables that its circuit holds, and is known where all of them are.
    """
    build = FormBuilder()
    node = make(build, [build.include(form.circuit, form.leaves) for form in forms])
    circuit = build.finish({OUTPUT: node})
    held = {v for name in circuit.inputs for v in build.leaves[name].variables}
    known = dict.fromkeys(v for form in forms for v in form.known)
    domain: dict[sympy.Symbol, tuple[Any, ...]] = {}
    for form in forms:
        for v, points in form.domain.items():
            domain[v] = tuple(point for point in domain.get(v, points) if point in points)
    kept = {
        "variables": [v for v in known if v in held],
        "known": known,
        "domain": {v: points for v, points in domain.items() if v in held},
        "inexact": any(form.inexact for form in forms),
        "assumptions": dict.fromkeys(a for form in forms for a in form.assumptions),
        "centres": {v: mean for form in forms for v, mean in form.centres.items()},
    }
    return type(forms[0])((circuit, build.leaves), **{**kept, **about})


class Arithmetic:
    """``+ - * /`` of forms with forms, exact numbers and expressions (or text), and integer powers."""

    __slots__ = ()

    def _with(self, other: Any) -> list[Any]:
        kind: Any = type(self)
        return [self, other if isinstance(other, kind) else kind.of(other, self.known, "other")]  # type: ignore[attr-defined]

    def __add__(self, other: Any) -> Any:
        return combined(self._with(other), lambda build, n: build.sum([(1, n[0]), (1, n[1])]))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return combined(self._with(other), lambda build, n: build.sum([(1, n[0]), (-1, n[1])]))

    def __rsub__(self, other: Any) -> Any:
        return combined(self._with(other), lambda build, n: build.sum([(1, n[1]), (-1, n[0])]))

    def __neg__(self) -> Any:
        return combined([self], lambda build, n: build.sum([(-1, n[0])]))

    def __mul__(self, other: Any) -> Any:
        return combined(self._with(other), lambda build, n: build.product(n))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return combined(self._with(other), lambda build, n: build.product([n[0], build.reciprocal(n[1])]))

    def __rtruediv__(self, other: Any) -> Any:
        return combined(self._with(other), lambda build, n: build.product([n[1], build.reciprocal(n[0])]))

    def __pow__(self, exponent: int) -> Any:
        if isinstance(exponent, bool) or not isinstance(exponent, int):
            raise InvalidArgument(f"Argument 'exponent' must be an integer, not {exponent!r}.")
        return combined([self], lambda build, n: build.power(n[0], exponent))
