"""E_B: the one place that knows how to integrate a product of one-variable functions under a law."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy

from symwick.algebra.numbers import to_flint
from symwick.algebra.vectors import IntVector
from symwick.circuits.leaves import rational_value
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument

__all__ = ["Factor", "Integrator", "IrrationalFactor", "factor_vector"]

Factor = tuple[sympy.Symbol, sympy.Expr]
"""A function of one variable: the variable and the expression in it."""


class IrrationalFactor(Exception):
    """Internal: a factor takes a value that is no rational on the support; f is then known through its values."""


def factor_vector(law: Law, factor: Factor) -> IntVector:
    """The values of a one-variable function on the marginal support. Raises IrrationalFactor."""
    variable, expression = factor
    support = law.support(variable)
    if expression == variable:
        return IntVector.of(support)
    if expression.is_Pow and expression.base == variable and expression.exp.is_Integer and expression.exp > 0:
        power = int(expression.exp)
        return IntVector.of(point**power for point in support)
    values = [rational_value(expression, {variable: point}) for point in support]
    if any(isinstance(value, sympy.Basic) for value in values):
        raise IrrationalFactor(f"{expression} takes irrational values on the support of {variable}")
    return IntVector.of(values)


class Integrator:
    """Means of products of factors under one law, each computed once."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._vectors: dict[Factor, IntVector] = {}
        self._means: dict[frozenset[Factor], Any] = {}

    def vector(self, factor: Factor) -> IntVector:
        """The values of a factor on the marginal support, kept."""
        vector = self._vectors.get(factor)
        if vector is None:
            vector = self._vectors[factor] = factor_vector(self.law, factor)
        return vector

    def mean(self, factors: Iterable[Factor]) -> Any:
        """E[Π factors]: the engine's rational, or a ball for a law read from floats."""
        key = frozenset(factors)
        if key not in self._means:
            vectors = {factor[0]: self.vector(factor) for factor in key}
            if len(vectors) != len(key):
                raise RuntimeError("a product of factors has one factor for each variable")
            self._means[key] = self.law.mean_of_product(vectors) if key else to_flint(1)
        return self._means[key]

    def prepare(self, products: Iterable[frozenset[sympy.Symbol]]) -> None:
        """Tell a law that has to work for its marginals which joint ones will be wanted, largest first."""
        prepare = getattr(self.law, "prepare", None)
        if prepare is not None:
            for variables in sorted(set(products), key=lambda s: (-len(s), sorted(v.name for v in s))):
                if len(variables) > 1:
                    prepare([v for v in self.law.variables if v in variables])


def check_truth_values(law: Law, variables: Iterable[sympy.Symbol]) -> None:
    """Variables used as truth values must be bits under the law."""
    for variable in variables:
        support = law.support(variable)
        if any(point not in (0, 1) for point in support):
            points = ", ".join(map(str, support[:8]))
            raise InvalidArgument(
                f"Argument 'f' uses {variable} as a truth value, but its values are {points}, not 0 and 1."
            )
