"""What Sobol indices and covariance shares have in common: elements of a ring over Var f, as closed forms."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.notebook import (
    listed,
)
from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import Symbolic, reciprocal
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.node_ring import Linear
from symwick.decompose.attribution.dependence import statement
from symwick.decompose.attribution.pair_moments import ProductPairs, TablePairs, pair_moments
from symwick.decompose.attribution.printed_tables import short
from symwick.decompose.forms import is_zero
from symwick.decompose.groups import absent
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["MOST_SHARES", "VarianceShares"]

MOST_SHARES = 10
"""Shares that a repr shows."""

_DECIDED = 20_000  # terms up to which a symbolic variance is multiplied out to see whether it is 0


class VarianceShares:
    """Numbers of a ring over Var f as closed forms."""

    def __init__(self, engine: Any, limit: int) -> None:
        predicted = engine.predicted_terms(None)
        if predicted > limit:
            raise TooLarge("Sets of inputs to share the variance among", predicted, limit)
        self.inputs, self.limit = engine.inputs, limit
        self._engine = engine
        self._pairs: ProductPairs | TablePairs = pair_moments(engine, limit)
        self._assumed: tuple[sympy.Basic, ...] = ()
        self._total: Any = None

    def _shared_out(self, variance: Any) -> None:
        """Set Var f. Raises InvalidArgument where it is 0."""
        if isinstance(variance, Ball) and abs(variance.value) <= variance.radius:
            raise InvalidArgument(
                f"Argument 'f' must have a variance above 0, but in float64 it is {variance.value} within {variance.radius}."
            )
        if not isinstance(variance, Ball) and _vanishes(variance, min(self.limit, _DECIDED)):
            raise InvalidArgument("Argument 'f' must have a variance above 0, but it is 0: there is nothing to share out.")
        self._total = variance
        self._assumed = tuple(self._pairs.assumed)  # all that variance needs, whatever is asked afterwards

    def _number(self, element: Any) -> ClosedForm:
        form: ClosedForm = self._engine.number(element)
        form.assumptions = tuple(dict.fromkeys((*form.assumptions, *self._assumed)))
        return form

    def _over(self, part: Any) -> ClosedForm:
        """part / Var f."""
        whole = _without_gates(self._total)
        if isinstance(whole, Ball):
            return self._number(Ball.of(part) * whole.reciprocal())
        if not part:
            return self._number(0)
        if not isinstance(whole, (Symbolic, Linear)):
            return self._number(part * (1 / whole))
        if part == whole:
            return self._number(1)
        if isinstance(whole, Symbolic) and isinstance(part, Symbolic) and 1 in (len(whole.terms), len(part.terms)):
            return self._number(part * reciprocal(whole))
        if isinstance(whole, Linear):  # on the arena that both are gates of
            ring = whole.ring
            node = ring.build.product([ring.coerce(part).node, ring.build.reciprocal(whole.node)])
            return self._number(Linear(ring, {node: to_flint(1)}, to_flint(0)))
        quotient: ClosedForm = self._number(part) / self.variance
        return quotient

    @cached_property
    def variance(self) -> ClosedForm:
        """Var f."""
        return self._number(self._total)

    def _mask(self, S: Any) -> int:
        mask: int = self.inputs.mask(() if S is None else S, "S")
        if not mask:
            raise InvalidArgument("Argument 'S' must hold at least one input, not none: the mean has no share of the variance.")
        return mask

    def _share(self, mask: int, part: Any) -> ClosedForm:
        """part(mask) / Var f, or 0 with the reason where that is a structural zero."""
        reason = absent(self._engine, mask)
        if reason:
            return ClosedForm.constant(0, known=self._engine.law.variables, reason=reason)
        return self._over(part(mask))

    def _head(self, note: str = "") -> str:
        names = listed(self.inputs.keys, 24, none="no inputs")
        said = statement(self._engine.law, self.inputs)
        told = f": {said}{note}" if said else ""
        return f"{type(self).__name__} over {names}{told}; Var f = {short(self.variance)}"

    def _shown_sets(self) -> tuple[list[int], bool]:
        masks: list[int] = []
        for mask in self._engine.supports(None):
            if len(masks) == MOST_SHARES:
                return masks, True
            masks += [mask] if mask else []
        return masks, False


def _vanishes(value: Any, limit: int) -> bool:
    try:
        return is_zero(value, limit)
    except TooLarge:
        return False  # undecided; a formal quotient is right wherever its denominator is not 0


def _without_gates(value: Any) -> Any:
    return value.constant if isinstance(value, Linear) and not value.terms else value
