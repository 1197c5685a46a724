"""E_B: the one place that knows how to integrate a product of one-variable functions under a law.

``RULES`` is tried in its order, always; the first that applies gives the mean, which is kept. What no rule integrates raises
NoClosedForm with sub-expression and law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

import sympy

from symwick.algebra.numbers import ratio, to_flint
from symwick.algebra.vectors import IntVector
from symwick.circuits.leaves import as_indicator, element_value, rational_value
from symwick.decompose.exponentials import exponential_form, mean_of_exponentials
from symwick.decompose.piecewise import integral
from symwick.distributions.continuous import Uniform
from symwick.distributions.law import Law
from symwick.distributions.marginal_law import MarginalLaw
from symwick.errors import InvalidArgument, NoClosedForm

__all__ = ["RULES", "Factor", "Integrator", "IrrationalFactor", "check_truth_values", "factor_vector"]

Factor = tuple[sympy.Symbol, sympy.Expr]
"""A function of one variable: the variable and the expression in it."""

Factors = Mapping[sympy.Symbol, sympy.Expr]


class IrrationalFactor(Exception):
    """Internal: a factor takes a value that is no rational on the support; f is then known through its values."""


def power_of(variable: sympy.Symbol, expression: sympy.Expr) -> int | None:
    """k where the expression is variable^k with k ≥ 1, else None."""
    if expression == variable:
        return 1
    if expression.is_Pow and expression.base == variable and expression.exp.is_Integer and expression.exp > 0:
        return int(expression.exp)
    return None


def factor_vector(law: Law, factor: Factor) -> IntVector:
    """The values of a one-variable function on the marginal support. Raises IrrationalFactor."""
    variable, expression = factor
    support = law.support(variable)
    power = power_of(variable, expression)
    if power is not None:
        return IntVector.of(point**power for point in support)
    values = [rational_value(expression, {variable: point}) for point in support]
    if any(isinstance(value, sympy.Basic) for value in values):
        raise IrrationalFactor(f"{expression} takes irrational values on the support of {variable}")
    return IntVector.of(values)


class Integrator:
    """Means of products of factors under one law, each computed once, with what it takes for granted."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.taken: dict[sympy.Basic, None] = {}
        """Assumptions of the mean that is being computed; the rules add to it."""
        self._assumed: dict[frozenset[Factor], tuple[sympy.Basic, ...]] = {}
        self._vectors: dict[tuple[Law, Factor], IntVector] = {}
        self._means: dict[frozenset[Factor], Any] = {}

    def vector(self, factor: Factor, law: Law | None = None) -> IntVector:
        """The values of a factor on the marginal support, kept."""
        key = law or self.law, factor
        vector = self._vectors.get(key)
        if vector is None:
            vector = self._vectors[key] = factor_vector(*key)
        return vector

    def mean(self, factors: Iterable[Factor]) -> Any:
        """E[Π factors]: an element of the exact ring, or a ball for a law read from floats."""
        key = frozenset(factors)
        if key not in self._means:
            by_variable = dict(sorted(key, key=lambda factor: factor[0].name))
            if len(by_variable) != len(key):
                raise RuntimeError("a product of factors has one factor for each variable")
            self.taken = {}
            self._means[key] = self.integrate(self.law, by_variable)
            self._assumed[key] = tuple(self.taken)
        return self._means[key]

    def assumed(self, factors: Iterable[Factor]) -> tuple[sympy.Basic, ...]:
        """The relations that E[Π factors] takes for granted beyond those of the law."""
        self.mean(factors)
        return self._assumed[frozenset(factors)]

    def integrate(self, law: Law, factors: Factors) -> Any:
        """E[Π factors] under a law, by the first rule that applies."""
        for rule in RULES:
            value = rule(self, law, factors)
            if value is not None:
                return value
        raise no_closed_form(law, factors)

    def prepare(self, products: Iterable[frozenset[sympy.Symbol]]) -> None:
        """Tell a law that has to work for its marginals which joint ones will be wanted, largest first."""
        prepare = getattr(self.law, "prepare", None)
        if prepare is not None:
            for variables in sorted(set(products), key=lambda s: (-len(s), sorted(v.name for v in s))):
                if len(variables) > 1:
                    prepare([v for v in self.law.variables if v in variables])


def no_closed_form(law: Law, factors: Factors) -> NoClosedForm:
    """The refusal, naming the factor that is to blame where one is."""
    blamed = {v: e for v, e in factors.items() if power_of(v, e) is None} or dict(factors)
    product = sympy.Mul(*blamed.values())
    return NoClosedForm(f"The mean of {product} under {law!r} has no closed form that symwick knows.")


# -- the rules, in their order -----------------------------------------------------------------------------------------


def _nothing(integrator: Integrator, law: Law, factors: Factors) -> Any | None:
    return None if factors else to_flint(1)


def _rows(integrator: Integrator, law: Law, factors: Factors) -> Any | None:
    """A finite table of rationals: Σ over its rows, in whole vectors where the factors are rational there."""
    if not law.tabulated(list(factors)):
        return None
    try:
        return law.mean_of_product({v: integrator.vector((v, e), law) for v, e in factors.items()})
    except IrrationalFactor:
        if not law.exact:
            raise
    codes, weights = law.joint_table(list(factors))
    values = [[_value(e, v, point) for point in law.support(v)] for v, e in factors.items()]
    total: Any = to_flint(0)
    for row, weight in zip(codes.tolist(), weights.numerators.tolist(), strict=True):
        term: Any = ratio(int(weight), weights.denominator)
        for column, code in zip(values, row, strict=True):
            term = term * column[code]
        total = total + term
    return total


def _value(expression: sympy.Expr, variable: sympy.Symbol, point: Any) -> Any:
    value: Any = to_flint(1)
    for factor in sympy.Mul.make_args(expression):  # indicators are quick to see through, and slow to substitute in
        found = as_indicator(factor.base if factor.is_Pow and factor.exp.is_positive else factor)
        power = power_of(variable, factor)
        if found is None and power is None:
            break
        value = value * (to_flint(point) ** power if power else int(found is not None and found[1] == point))
    else:
        return value
    return element_value(expression, {variable: point})


def _independent_parts(integrator: Integrator, law: Law, factors: Factors) -> Any | None:
    """Independent laws side by side: the product of their means."""
    parts = law.parts(list(factors))
    if len(parts) == 1 and parts[0][0] is law:
        return None
    total: Any = to_flint(1)
    for part, variables in parts:
        total = total * integrator.integrate(part, {v: factors[v] for v in variables})
    return total


def _mixture(integrator: Integrator, law: Law, factors: Factors) -> Any | None:
    """Σ weight · mean under the component."""
    if not law.components:
        return None
    total: Any = to_flint(0)
    for weight, component in law.components:
        total = total + weight * integrator.integrate(component, factors)
    return total


def _symbolic_weights(integrator: Integrator, law: Law, factors: Factors) -> Any | None:
    """One variable of finite support whose probabilities are symbols: Σ over the points."""
    if len(factors) != 1:
        return None
    ((variable, expression),) = factors.items()
    weights = law.weights(variable)
    if weights is None:
        return None
    total: Any = to_flint(0)
    for point, weight in weights:
        total = total + weight * _value(expression, variable, point)
    return total


def _powers(integrator: Integrator, law: Law, factors: Factors) -> Any | None:
    """Powers of variables: a moment of the law."""
    powers = {v: power_of(v, e) for v, e in factors.items()}
    if any(power is None for power in powers.values()):
        return None
    for v, power in powers.items():
        integrator.taken |= dict.fromkeys(law.assumed({v: power or 0}))
    return law._mean_of_powers({v: power for v, power in powers.items() if power is not None})


def _exponentials(integrator: Integrator, law: Law, factors: Factors) -> Any | None:
    """Powers times exp, sin, cos, sinh or cosh of linear functions: derivatives of the generating function."""
    forms = {}
    for v, e in factors.items():
        form = exponential_form(e, v)
        if form is None:
            return None
        forms[v] = form
    try:
        value, assumed = mean_of_exponentials(law, forms)
    except NoClosedForm as error:
        raise NoClosedForm(f"{no_closed_form(law, factors)} {error}") from None
    integrator.taken |= dict.fromkeys(assumed)
    return value


def _piecewise_polynomials(integrator: Integrator, law: Law, factors: Factors) -> Any | None:
    """One variable, uniform between rationals: a polynomial between each two of its breakpoints."""
    if len(factors) != 1 or not isinstance(law, MarginalLaw) or not isinstance(law.source, Uniform):
        return None
    low, high = law.source.low, law.source.high
    if isinstance(low, sympy.Basic) or isinstance(high, sympy.Basic):
        return None
    ((variable, expression),) = factors.items()
    value = integral(expression, variable, Fraction(low), Fraction(high))
    return None if value is None else value * to_flint(1 / (Fraction(high) - Fraction(low)))


RULES: tuple[Callable[[Integrator, Law, Factors], Any | None], ...] = (
    _nothing,
    _rows,
    _independent_parts,
    _mixture,
    _symbolic_weights,
    _powers,
    _exponentials,
    _piecewise_polynomials,
)
"""The rules of integration, in the order in which they are tried."""


def check_truth_values(law: Law, variables: Iterable[sympy.Symbol]) -> None:
    """Variables used as truth values must be bits under the law."""
    for variable in variables:
        weights = law.weights(variable)
        if weights is None:
            raise InvalidArgument(f"Argument 'f' uses {variable} as a truth value, but it is no bit under {law!r}.")
        if any(point not in (0, 1) for point, _ in weights):
            points = ", ".join(str(point) for point, _ in weights[:8])
            error = InvalidArgument(
                f"Argument 'f' uses {variable} as a truth value, but its values are {points}, not 0 and 1."
            )
            error.add_note("^ is exclusive or, & and, | or; a power is written **.")
            raise error
