"""Functions of variables of finite support as sums of products of indicators, for laws that are no tables themselves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
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
    text: sympy.Basic, function: ProductSum, law: Law, limit: int
) -> ProductSum:
    """An expression whose inseparable parts are of variables of finite support: these become sums of indicators."""
    changes = {}
    for part in function.joint:
        used = [v for v in law.variables if v in part.free_symbols]
        columns = finite_points(law, used, f"The sub-expression {part}")
        size = prod(map(len, columns))
        if size > limit:
            raise TooLarge(f"Values of {part}", size, limit)
        rows = []
        for point in product(*columns):
            put = dict(zip(used, point, strict=True))
            value: Any = part.subs({v: to_sympy(x) for v, x in put.items()}, simultaneous=True)
            if not value.free_symbols:
                value = rational_value(value, {})
                value = value if isinstance(value, sympy.Basic) else to_sympy(value)
            rows.append(value * sympy.Mul(*(Leaf.indicator(v, x).expr for v, x in put.items())))
        changes[part] = sympy.Add(*rows)
    result = product_sum(text.xreplace(changes), law.variables)
    if result.joint:
        raise NoClosedForm(f"The sub-expression {result.joint[0]} has no closed form under {law!r}: it mixes its variables.")
    return result


def from_grid(grid: GridValues, output: int) -> ProductSum:
    """Values on a grid as Σ coefficient · Π [x_i = u_i]: differences along every axis, so that only k − 1 indicators are used."""
    values = grid.values[..., output]
    for axis, column in enumerate(grid.points):
        first = np.take(values, [0], axis=axis)
        rest = np.take(values, range(1, len(column)), axis=axis)
        values = np.concatenate([first, rest - first], axis=axis)
    terms = []
    for index in np.ndindex(*values.shape):
        coefficient = values[index]
        if coefficient:
            factors = tuple(
                (v, Leaf.indicator(v, column[j]).expr)
                for v, column, j in zip(grid.variables, grid.points, index, strict=True)
                if j
            )
            terms.append(ProductTerm(coefficient, factors))
    present = {v for term in terms for v, _ in term.factors}
    return ProductSum(tuple(terms), (), tuple(v for v in grid.variables if v in present))
