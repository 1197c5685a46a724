"""Functions of variables of finite support as sums of products of indicators, for laws that are no tables themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

import numpy as np
import sympy

from symwick.algebra.numbers import to_sympy
from symwick.circuits.leaves import Leaf, rational_value
from symwick.distributions.law import Law
from symwick.errors import NoClosedForm, TooLarge
from symwick.functions.expression import ProductSum, ProductTerm, product_sum
from symwick.functions.grid import GridValues

__all__ = ["finite_points", "from_grid", "separated"]


def finite_points(law: Law, variables: Sequence[sympy.Symbol], what: str) -> list[tuple[Any, ...]]:
    """The points of each variable. Raises NoClosedForm, naming ``what`` and the law, where one has infinitely many."""
    columns = []
    for variable in variables:
        weights = law.weights(variable)
        if weights is None:
            raise NoClosedForm(
                f"{what} has no closed form under {law!r}: its values are needed on a finite support, and {variable} has none."
            )
        columns.append(tuple(point for point, _ in weights))
    return columns


def separated(
    expression: sympy.Basic, function: ProductSum, law: Law, limit: int
) -> tuple[ProductSum, dict[sympy.Symbol, tuple[Any, ...]]]:
    """An expression whose inseparable parts are of variables of finite support, these parts as sums of indicators.

    The second result is the grid on which that is the same function.
    """
    changes = {}
    domain: dict[sympy.Symbol, tuple[Any, ...]] = {}
    for part in function.joint:
        used = [v for v in law.variables if v in part.free_symbols]
        columns = finite_points(law, used, f"The sub-expression {part}")
        domain |= dict(zip(used, columns, strict=True))
        size = prod(map(len, columns))
        if size > limit:
            raise TooLarge(f"Values of {part}", size, limit)
        values = np.empty(tuple(map(len, columns)), dtype=object)
        for index in np.ndindex(*values.shape):
            values[index] = _value(part, {v: c[j] for v, c, j in zip(used, columns, index, strict=True)})
        changes[part] = sympy.Add(
            *(sympy.Mul(c, *(e for _, e in factors)) for factors, c in _indicator_terms(values, used, columns))
        )
    result = product_sum(expression.xreplace(changes), law.variables, limit)
    if result.joint:
        raise NoClosedForm(f"The sub-expression {result.joint[0]} has no closed form under {law!r}: it mixes its variables.")
    return result, domain


def _value(part: sympy.Expr, point: dict[sympy.Symbol, Any]) -> sympy.Expr:
    value: Any = part.subs({v: to_sympy(x) for v, x in point.items()}, simultaneous=True)
    if value.free_symbols:
        return value
    number = rational_value(value, {})
    return number if isinstance(number, sympy.Basic) else to_sympy(number)


def _indicator_terms(
    values: Any, variables: Sequence[sympy.Symbol], columns: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[tuple[tuple[sympy.Symbol, sympy.Expr], ...], Any]]:
    """(factors, coefficient) of Σ coefficient · Π [x_i = u_i]: differences along every axis leave k − 1 indicators of each.

    A bit is its own indicator.
    """
    for axis, column in enumerate(columns):
        first = np.take(values, [0], axis=axis)
        rest = np.take(values, range(1, len(column)), axis=axis)
        values = np.concatenate([first, rest - first], axis=axis)
    for index in np.ndindex(*values.shape):
        if values[index]:
            chosen = [(v, column, j) for v, column, j in zip(variables, columns, index, strict=True) if j]
            yield tuple((v, v if c == (0, 1) else Leaf.indicator(v, c[j]).expr) for v, c, j in chosen), values[index]


def from_grid(grid: GridValues, output: int) -> ProductSum:
    """Values on a grid as a sum of products of indicators."""
    found = _indicator_terms(grid.values[..., output], grid.variables, grid.points)
    terms = tuple(ProductTerm(coefficient, factors) for factors, coefficient in found)
    present = {v for term in terms for v, _ in term.factors}
    return ProductSum(terms, (), tuple(v for v in grid.variables if v in present))
