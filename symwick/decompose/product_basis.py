"""The product basis for sums of products: operators become numbers (docs/theory.md, section 8).

f = Σ_a f̂_a Π_{i ∈ supp a} φ_{i,a_i}(x_i). On a product the operator E_B only multiplies by a moment, so every Wick product and
every cumulant of f is a number of the law times a polynomial in the *features* φ. A feature is one factor function of one
input; a set of features (at most one of each input) is a bit mask, and ε, κ, ι/ε are set power series over such masks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import combinations
from math import comb
from operator import or_
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.rings import Ring
from symwick.algebra.set_series import SetSeries, exp, product, submasks
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.equality import expanded_terms
from symwick.circuits.form_builder import FormBuilder, lower
from symwick.circuits.node_ring import NodeRing
from symwick.decompose.expansions import expansion
from symwick.decompose.feature_series import FeatureSeries
from symwick.decompose.forms import coefficient_node, is_zero, scaled, weighted_sum, wick_node
from symwick.decompose.inputs import Inputs, bits
from symwick.decompose.integrate import Factor, Integrator
from symwick.decompose.second_moments import mean_square, products_squared
from symwick.errors import NoClosedForm, TooLarge
from symwick.functions.expression import ProductSum

__all__ = ["ProductBasis"]

_SHORT = 200  # terms up to which a second moment is multiplied out


@dataclass(frozen=True, slots=True)
class _Monomial:
    coefficient: Any
    features: int  # mask of features
    inputs: int  # mask of inputs


class ProductBasis:
    """Everything the decompositions of one f under one law need, computed on demand and kept."""

    parameters: tuple[sympy.Symbol, ...] = ()

    def __init__(
        self,
        function: ProductSum,
        integrator: Integrator,
        inputs: Inputs,
        *,
        ring: Ring[Any],
        limit: int,
        domain: Mapping[sympy.Symbol, tuple[Any, ...]] | None = None,
    ) -> None:
        """``ring`` is where the coefficients live: exact values, balls, or gates; ``domain`` is the grid where f is known."""
        self.inputs = inputs
        self.function_variables = function.variables
        self.integrator = integrator
        self.law = integrator.law
        self.limit = limit
        self.ring = ring
        self.inexact = isinstance(ring.one, Ball)
        self.domain: dict[sympy.Symbol, tuple[Any, ...]] = {v: (0, 1) for v in function.booleans if v in function.variables}
        self.domain |= domain or {}
        self.features: list[tuple[Factor, ...]] = []
        self._input_of: list[int] = []
        index: dict[tuple[Factor, ...], int] = {}
        self.monomials: list[_Monomial] = []
        for term in function.terms:
            by_input: dict[int, list[Factor]] = {}
            for factor in term.factors:
                by_input.setdefault(inputs.home[factor[0]], []).append(factor)
            features = 0
            for position in sorted(by_input):
                key = tuple(by_input[position])
                if key not in index:
                    index[key] = len(self.features)
                    self.features.append(key)
                    self._input_of.append(position)
                features |= 1 << index[key]
            self.monomials.append(_Monomial(ring.coerce(term.coefficient), features, sum(1 << p for p in by_input)))
        self.series = FeatureSeries(self.features, integrator, ring)

    # -- what is structurally there ---------------------------------------------------------------------------------

    @cached_property
    def maximal(self) -> list[int]:
        """The maximal sets of inputs that occur together in one product, in a fixed order."""
        found = sorted({m.inputs for m in self.monomials}, key=lambda mask: (-mask.bit_count(), mask))
        kept: list[int] = []
        larger = 0  # how many of them have more inputs than the mask looked at: only these can hold it
        for mask in found:
            while larger < len(kept) and kept[larger].bit_count() > mask.bit_count():
                larger += 1
            if not any(mask & other == mask for other in kept[:larger]):
                kept.append(mask)
        return kept

    def predicted_terms(self, max_order: int | None) -> int:
        """An upper bound of the number of sets that are not structurally zero."""
        total = 1
        for mask in self.maximal:
            size = mask.bit_count()
            top = size if max_order is None else min(size, max_order)
            total += sum(comb(size, order) for order in range(1, top + 1))
        return total

    def supports(self, max_order: int | None) -> Iterator[int]:
        """∅ and the sets of inputs that lie within one product, by size, then in the order of the inputs."""
        yield 0
        top = max((mask.bit_count() for mask in self.maximal), default=0)
        for order in range(1, (top if max_order is None else min(top, max_order)) + 1):
            found = {sum(1 << i for i in chosen) for mask in self.maximal for chosen in combinations(bits(mask), order)}
            yield from sorted(found, key=lambda mask: tuple(bits(mask)))

    def occurs(self, mask: int) -> bool:
        """Whether all inputs of the mask occur together in one product."""
        return any(mask & other == mask for other in self.maximal) or not mask

    # -- coefficients -------------------------------------------------------------------------------------------------

    def coefficients(self, subset: int) -> dict[int, Any]:
        """c_{S,b} for all feature sets b on the inputs S: Σ over products whose part on S is b, the rest integrated."""
        result: dict[int, Any] = {}
        for monomial in self.monomials:
            if monomial.inputs & subset == subset:
                inside, outside = self._cut(monomial.features, subset)
                value = monomial.coefficient * self.series.moments[outside]
                result[inside] = result[inside] + value if inside in result else value
        return {mask: value for mask, value in result.items() if value}

    def _cut(self, features: int, subset: int) -> tuple[int, int]:
        inside = 0
        for i in bits(features):
            if subset >> self._input_of[i] & 1:
                inside |= 1 << i
        return inside, features ^ inside

    def inputs_of(self, features: int) -> int:
        """The inputs that features belong to."""
        return reduce(or_, (1 << self._input_of[i] for i in bits(features)), 0)

    def cumulant(self, blocks: Sequence[int]) -> Any:
        """K_f(π) = Σ_a f̂_a Π_{B∈π} κ(φ_{a_B}); single inputs contribute their mean."""
        needed = 0
        for block in blocks:
            if block & (block - 1):
                needed |= block
        total: Any = self.ring.zero
        for monomial in self.monomials:
            if monomial.inputs & needed == needed:
                value = monomial.coefficient
                for block in blocks:
                    features, _ = self._cut(monomial.features, block)
                    if features:
                        series = self.series.kappa if block & (block - 1) else self.series.moments
                        value = value * series[self.affordable(features)]
                total = total + value
        return total

    def mean(self) -> Any:
        """E f."""
        return self.coefficients(0).get(0, self.ring.zero)

    # -- forms ----------------------------------------------------------------------------------------------------------

    def _about(self, subset: int, wick: int, integrated: int) -> dict[str, Any]:
        """What a form of the inputs ``subset`` knows of itself.

        Its Wick products are of the inputs ``wick``, whose means must exist; ``integrated`` are the features that it
        takes means of, and whose assumptions it makes.
        """
        held = set(self.inputs.variables(subset))
        variables = [v for v in self.function_variables if v in held]
        about = {
            "variables": variables,
            "known": self.law.variables,
            "inexact": self.inexact,
            "domain": {v: self.domain[v] for v in variables if v in self.domain},
        }
        if not self._tabulated:
            for i, position in enumerate(self._input_of):
                if wick >> position & 1:
                    self.series.mean(i)  # refuses now what has no mean, not when the form is looked at
            about["assumptions"] = self._assumptions(integrated)
            about["centres"] = self._centres
        return about

    def _together(self, subset: int) -> int:
        """The features of all products in which the inputs of ``subset`` meet."""
        return reduce(or_, (m.features for m in self.monomials if m.inputs & subset == subset), 0)

    def _assumptions(self, features: int) -> dict[sympy.Basic, None]:
        """What the law, and the means of some features, take for granted; it does not depend on what was asked before."""
        found = dict.fromkeys(self.law.assumptions)
        for i in bits(features):
            with suppress(NoClosedForm):  # a mean that the form does without
                found |= dict.fromkeys(self.integrator.assumed(self.features[i]))
        return found

    @cached_property
    def _tabulated(self) -> bool:
        return self.law.tabulated(self.function_variables)

    @cached_property
    def _centres(self) -> dict[sympy.Symbol, Any]:
        """Means of the variables that are features themselves, or whose moments are symbols of their own."""
        features = {factors[0] for factors in self.features if len(factors) == 1}
        known = [
            (v, v)
            for v in self.function_variables
            if (v, v) in features or any(part.unspecified for part, _ in self.law.parts([v]))
        ]
        return {factor[0]: self.integrator.mean([factor]) for factor in known}

    def _raw(self, build: FormBuilder, feature: int) -> int:
        known = frozenset(v.name for v in self.function_variables)
        return build.product([lower(build, expression, known) for _, expression in self.features[feature]])

    def _centred(self, build: FormBuilder, feature: int) -> int:
        weight, node = scaled(build, -self.series.mean(feature), build.one)
        return build.sum([(1, self._raw(build, feature)), (weight, node)])

    def affordable(self, mask: int) -> int:
        """The mask itself, once the 3^n steps of a series over it are seen to be within the limit."""
        work = 3 ** mask.bit_count()
        if work > self.limit:
            raise TooLarge("Ring operations of one Wick product or cumulant of dependent inputs", work, self.limit)
        return mask

    def _wick(self, build: FormBuilder, mask: int) -> int:
        """Under independence of groups the Wick product is the product over the groups."""
        nodes = [
            wick_node(build, self.affordable(part), self.series.rho.__getitem__, lambda i: self._centred(build, i))
            for part in self.series.split(mask)
        ]
        return build.product(nodes)

    def average(self, subset: int) -> ClosedForm:
        """W_f(x_S) = Σ_b c_{S,b} w_b(x_S)."""

        def make() -> tuple[Any, Any]:
            build = FormBuilder()
            parts = [(self._wick(build, mask), c) for mask, c in coefficients().items()]
            return _parts(build, weighted_sum(build, parts))

        coefficients = self._ready(lambda: self.coefficients(subset))
        return ClosedForm(make, **self._about(subset, subset, self._together(subset)))

    def fixed(self, subset: int) -> ClosedForm:
        """ω_S f with the other inputs held at the point."""

        def make() -> tuple[Any, Any]:
            build = FormBuilder()
            rest: dict[int, list[tuple[int, Any]]] = {}
            for monomial in self.monomials:
                if monomial.inputs & subset == subset:
                    inside, outside = self._cut(monomial.features, subset)
                    node = build.product([self._raw(build, i) for i in bits(outside)])
                    rest.setdefault(inside, []).append((node, monomial.coefficient))
            nodes = [
                (1, build.product([weighted_sum(build, parts), self._wick(build, mask)]))
                for mask, parts in rest.items()
            ]
            return _parts(build, build.sum(nodes))

        inside, _ = self._cut(self._together(subset), subset)
        return ClosedForm(make, **self._about(self.inputs.everything, subset, inside))

    def expectation(self, subset: int) -> ClosedForm:
        """E_B f: the inputs of B integrated together, the others held."""

        def coefficients() -> dict[int, Any]:
            collected: dict[int, Any] = {}
            for monomial in self.monomials:
                inside, outside = self._cut(monomial.features, subset)
                value = monomial.coefficient * self.series.moments[inside]
                collected[outside] = collected[outside] + value if outside in collected else value
            return collected

        def make() -> tuple[Any, Any]:
            build = FormBuilder()
            parts = [(build.product([self._raw(build, i) for i in bits(mask)]), c) for mask, c in ready().items()]
            return _parts(build, weighted_sum(build, parts))

        ready = self._ready(coefficients)
        inside, _ = self._cut(self._together(0), subset)
        return ClosedForm(make, **self._about(self.inputs.everything & ~subset, 0, inside))

    def _ready(self, coefficients: Callable[[], dict[int, Any]]) -> Callable[[], dict[int, Any]]:
        """Coefficients when they are wanted; under laws that may lack a mean they are derived, or refused, at once."""
        if self._tabulated:
            return coefficients
        found = coefficients()
        return lambda: found

    def number(self, element: Any, **about: Any) -> ClosedForm:
        """An element of the coefficient ring as a form without variables."""
        build = FormBuilder()
        if not self._tabulated:
            about["assumptions"] = self._assumptions(self._together(0))
        return ClosedForm.built(build, coefficient_node(build, element), inexact=self.inexact, **about)

    # -- values and checks ------------------------------------------------------------------------------------------------

    def can_evaluate(self, point: dict[sympy.Symbol, Any]) -> bool:
        """Whether values_at gives values: not where coefficients are gates."""
        return not isinstance(self.ring, NodeRing)

    def values_at(self, point: dict[sympy.Symbol, Any], subsets: Iterable[int]) -> dict[int, Any]:
        """W_f(x_S) for many S at one point, as elements of the coefficient ring: w = ρ · Π(1 + t_i φ_i(x_i))."""
        centred: list[Any] = []
        for i, factors in enumerate(self.features):
            build = FormBuilder()
            form = ClosedForm.built(build, self._raw(build, i), variables=[v for v, _ in factors])
            centred.append(self.ring.coerce(form.run_circuit(point)) - self.series.mean(i))

        def held(mask: int) -> Any:
            total = self.ring.one
            for i in bits(mask):
                total = total * centred[i]
            return total

        wick = self.series.by_groups(product(self.series.rho, SetSeries(self.ring, held)))
        result = {}
        for subset in subsets:
            total: Any = self.ring.zero
            for mask, c in self.coefficients(subset).items():
                for part in self.series.split(mask):
                    self.affordable(part)
                total = total + c * wick[mask]
            result[subset] = total
        return result

    def sum_rule_defect(self) -> dict[int, Any]:
        """Coefficients of f − Σ_S W_f in products of centred features; empty exactly where the sum rule holds."""
        defect: dict[int, Any] = {}

        def add(mask: int, value: Any) -> None:
            defect[mask] = defect[mask] + value if mask in defect else value

        for monomial in self.monomials:
            for kept in submasks(monomial.features):
                value = monomial.coefficient
                for i in bits(monomial.features ^ kept):
                    value = value * self.series.mean(i)
                add(kept, value)
        for subset in self.supports(None):
            for mask, c in self.coefficients(subset).items():
                for held in submasks(mask):
                    weight = self.series.rho[mask ^ held]
                    if weight:
                        add(held, -(c * weight))
        return {mask: value for mask, value in defect.items() if not is_zero(value, self.limit)}

    def sum_rule_holds(self) -> bool:
        """Whether Σ_S W_f = f, exactly."""
        work = sum(3 ** monomial.features.bit_count() for monomial in self.monomials)
        if work > self.limit:
            raise TooLarge("Ring operations of the sum rule", work, self.limit)
        return not self.sum_rule_defect()

    def second_moment(self, subset: int, limit: int | None = None) -> Any:
        """E[W_f(X_S)²] under P; where coefficients are gates, so is it, unless it is short."""
        form, limit = self.average(subset), limit or self.limit
        if not isinstance(self.ring, NodeRing) or expanded_terms(form.circuit) <= _SHORT:
            return mean_square(form, self.integrator, limit)
        weights = expansion(self, subset)
        return products_squared(weights, self.factors, self.integrator, self.ring.zero, limit)

    def factors(self, features: int) -> Iterator[Factor]:
        """The functions of one variable that a product of features is made of."""
        return (factor for i in bits(features) for factor in self.features[i])

    def cumulant_total(self) -> Any:
        """Σ_π K_f(π) by the exponential of the cumulant series, never by a sum over partitions."""
        ring = self.ring
        series = SetSeries(ring, lambda m: self.series.kappa[m] if m & (m - 1) else self.series.moments[m] if m else ring.zero)
        moments = exp(series)
        total: Any = ring.zero
        for monomial in self.monomials:
            total = total + monomial.coefficient * moments[monomial.features]
        return total

    def function(self) -> ClosedForm:
        """f itself."""
        return self.expectation(0)


def _parts(build: FormBuilder, node: int) -> tuple[Any, Any]:
    return build.finish({"value": node}), build.leaves
