"""E[W(X)²] of a form under a law, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import ratio, to_flint
from symwick.circuits.closed_form import ClosedForm
from symwick.decompose.integrate import Integrator
from symwick.functions.expression import product_sum

__all__ = ["mean_square"]


def mean_square(form: ClosedForm, integrator: Integrator) -> Any:
    """E[form²]: an element of the exact ring, or a ball.

    Σ over the joint table where the law has one, else the square is multiplied out and integrated term by term.
    """
    law = integrator.law
    if not law.tabulated(form.variables):
        function = product_sum(form.expr**2, law.variables)
        square: Any = to_flint(0)
        for term in function.terms:
            square = square + term.coefficient * integrator.mean(term.factors)
        return square
    codes, weights = law.joint_table(form.variables)
    supports = [law.support(v) for v in form.variables]
    total: Any = Ball(0.0, 0.0) if form.inexact else to_flint(0)
    for row, weight in zip(codes.tolist(), weights.numerators.tolist(), strict=True):
        point = {v: Fraction(s[c]) for v, s, c in zip(form.variables, supports, row, strict=True)}
        value = form.run_circuit(point)
        probability: Any = ratio(int(weight), weights.denominator)
        total = total + value * value * (Ball.of(probability) if form.inexact else probability)
    return total
