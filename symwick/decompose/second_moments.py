"""E[W(X)²] of a form under a law, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import ratio, to_flint
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.equality import expanded_terms
from symwick.decompose.integrate import Factor, Integrator
from symwick.errors import TooLarge
from symwick.functions.expression import product_sum

__all__ = ["mean_square", "products_mean", "products_squared"]


def mean_square(form: ClosedForm, integrator: Integrator, limit: int) -> Any:
    """E[form²]: an element of the exact ring, or a ball.

    Σ over the joint table where the law has one, else the square is multiplied out and integrated term by term.
    Raises TooLarge where it would have more than ``limit`` terms.
    """
    law = integrator.law
    if not law.tabulated(form.variables):
        predicted = expanded_terms(form.circuit) ** 2
        if predicted > limit:
            raise TooLarge("Terms of the square of a term of the decomposition", predicted, limit)
        function = product_sum(form.expr**2, law.variables, limit)
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


def products_squared(
    weights: Mapping[int, Any], factors: Callable[[int], Iterable[Factor]], integrator: Integrator, zero: Any, limit: int
) -> Any:
    """E[(Σ_T a_T Π φ_T)²]: see :func:`products_mean`."""
    return products_mean(weights, weights, factors, integrator, zero, limit)


def products_mean(
    left: Mapping[int, Any],
    right: Mapping[int, Any],
    factors: Callable[[int], Iterable[Factor]],
    integrator: Integrator,
    zero: Any,
    limit: int,
) -> Any:
    """E[Σ_T a_T φ_T · Σ_U b_U φ_U] = Σ_{T, U} a_T b_U E[φ_T φ_U] for ``{T: a_T}`` and ``{U: b_U}``, nothing multiplied out.

    ``factors`` are the functions of one variable that φ_T is the product of.
    """
    if len(left) * len(right) > limit:
        raise TooLarge("Products in the square of a term of the decomposition", len(left) * len(right), limit)
    square = left is right
    columns = [(dict(factors(mask)), weight) for mask, weight in right.items()]
    rows = columns if square else [(dict(factors(mask)), weight) for mask, weight in left.items()]

    def products() -> Iterator[Any]:
        for i, (one, a) in enumerate(rows):
            for j, (other, b) in enumerate(columns[: i + 1] if square else columns):
                both = {v: one.get(v, sympy.Integer(1)) * other.get(v, sympy.Integer(1)) for v in {**one, **other}}
                yield (2 if square and i != j else 1) * (a * b * integrator.mean(both.items()))

    return _added(products(), zero)


def _added(values: Iterable[Any], zero: Any) -> Any:
    """The sum, by pairs of equally long parts: sums that grow with their number of terms are copied log n times, not n."""
    parts: list[tuple[int, Any]] = []
    for value in values:
        size = 1
        while parts and parts[-1][0] == size:
            value = parts.pop()[1] + value
            size *= 2
        parts.append((size, value))
    return sum((value for _, value in reversed(parts)), zero)
