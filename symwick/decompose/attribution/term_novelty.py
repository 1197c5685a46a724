"""`TermNovelty`: one term W_f(X_S) under the reference P and under another law Q."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from symwick.algebra.balls import Ball, BallArray
from symwick.algebra.numbers import Number, ratio, to_flint
from symwick.algebra.vectors import IntVector, weighted_product_sum
from symwick.circuits.closed_form import ClosedForm
from symwick.decompose.attribution.distribution import Distribution
from symwick.decompose.attribution.printed_tables import short
from symwick.decompose.attribution.rows import Rows
from symwick.decompose.attribution.scores import probability
from symwick.decompose.attribution.term_laws import TermLaws
from symwick.decompose.attribution.term_values import Values
from symwick.decompose.wick import GWPD, expectation
from symwick.errors import InvalidArgument, NoClosedForm, TooLarge

__all__ = ["TermNovelty"]


class TermNovelty:
    """One term under P and under Q, derived when asked for; made by a :class:`Novelty`.

    What asks for Q raises InvalidArgument where :func:`novelty` had none. What asks for the law of W_f(X_S) raises NoClosedForm
    where that is no finite table of rational numbers, and InvalidArgument in float64.
    """

    def __init__(self, terms: GWPD, P: TermLaws, Q: Callable[[], TermLaws] | None, mask: int, ring: str) -> None:
        """``Q`` is asked for only when it is needed; None where there is none."""
        self._terms, self._under_p, self._observed, self._mask, self._ring = terms, P, Q, mask, ring

    @property
    def _under_q(self) -> TermLaws:
        if self._observed is None:
            raise InvalidArgument(
                "Argument 'Q' must be a law or rows to compare P with; this novelty was asked without it."
            )
        return self._observed()

    def _number(self, element: Any) -> ClosedForm:
        form: ClosedForm = self._under_p.engine.number(element)
        return form

    @property
    def inputs(self) -> frozenset[Any]:
        """S."""
        return self._under_p.engine.inputs.key(self._mask)

    @property
    def term(self) -> ClosedForm:
        """W_f(x_S), under the reference P."""
        return self._terms[self.inputs]

    @cached_property
    def mean(self) -> ClosedForm:
        """E_Q[W_f(X_S)], always as a form: a number in ``.value``, or what symbols in P, Q or f make of it."""
        observed, variables = self._under_q, self._under_p.variables(self._mask)
        if not variables:
            return self._number(to_flint(0))
        law = observed.law
        if law.tabulated(variables):
            rows, weights = Rows.of_law(law, variables)
            found = _mean(observed.values(self._mask, rows, "Q"), weights)
            if found is not None:
                return self._number(found)
        try:
            marginal, limit = law.marginal(variables), self._under_p.limit
            form: ClosedForm = expectation(self.term, marginal, ring=self._ring, limit=limit)
        except InvalidArgument as error:
            text = str(error).replace("Argument 'P'", "Argument 'Q'").replace("Argument 'point'", "Argument 'Q'")
            raise type(error)(text) from None
        return form

    @property
    def reference(self) -> Distribution:
        """The law of W_f(X_S) under P; its mean is 0."""
        return self._under_p.distribution(self._mask)

    @property
    def observed(self) -> Distribution:
        """The law of W_f(X_S) under Q."""
        return self._under_q.distribution(self._mask)

    @cached_property
    def distance(self) -> Number:
        """Kolmogorov's distance of the two laws, sup_w |P(W ≤ w) − Q(W ≤ w)|: 0 exactly where they are equal."""
        return self.reference.distance(self.observed)

    @cached_property
    def total_variation(self) -> Number:
        """The total variation distance of the two laws."""
        return self.reference.total_variation(self.observed)

    @cached_property
    def standardised(self) -> ClosedForm | float:
        """(E_Q W)² / E_P[W²] as a form: 0 where both are 0, ``math.inf`` where W is 0 under P and its mean under Q is not."""
        mean = self.mean
        if not self._under_p.variables(self._mask):
            return self._number(to_flint(0))
        square = self._terms.second_moment(self.inputs)
        if square.inexact:
            ball = Ball.of(mean._element({}))
            return self._number(ball * ball * Ball.of(square._element({})).reciprocal())
        if _surely_zero(square):
            return self._number(to_flint(0)) if _surely_zero(mean) else math.inf
        form: ClosedForm = mean**2 / square
        return form

    def __repr__(self) -> str:
        name = self._under_p.named(self._mask)
        if self._observed is None:
            return f"{name} = {short(self.term)}"
        distance = f", distance {self.distance_text}" if self.distance_text else ""
        return f"{name} under Q: mean {short(self.mean)}{distance}"

    @property
    def distance_text(self) -> str:
        """The distance as text; empty where there is none."""
        try:
            return probability(self.distance)
        except (NoClosedForm, InvalidArgument):
            return ""


def _mean(values: Values, weights: IntVector) -> Any:
    """Σ w v as an element of the ring; None where symbols remain."""
    if isinstance(values, IntVector):
        return ratio(*weighted_product_sum(weights, [(values, np.arange(len(values)))]))
    if isinstance(values, BallArray):
        return (values * weights.rounded()).sum(axis=0).item()
    return None


def _surely_zero(form: ClosedForm) -> bool:
    try:
        return form.is_zero()
    except (NoClosedForm, TooLarge):
        return False  # undecided: a formal quotient is right wherever its denominator is not 0
