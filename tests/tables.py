"""What several test modules ask of a law: its joint table, point by point."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symwick.distributions.law import Law


def table_of(law: Law, variables: Any = None) -> dict[tuple[Any, ...], Fraction]:
    """{point: probability} of some variables, the rows of ``joint_table`` being distinct and ascending."""
    chosen = law.variables if variables is None else tuple(variables)
    codes, weights = law.joint_table(chosen)
    assert [tuple(row) for row in codes.tolist()] == sorted({tuple(row) for row in codes.tolist()})
    supports = [law.support(variable) for variable in chosen]
    return {
        tuple(support[code] for support, code in zip(supports, row, strict=True)): Fraction(n, weights.denominator)
        for row, n in zip(codes.tolist(), weights.numerators.tolist(), strict=True)
    }
