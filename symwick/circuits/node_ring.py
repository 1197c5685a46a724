"""The ring of circuits: elements are linear combinations of gates, so that nothing is ever expanded.

For laws whose moments are symbols of their own the coefficients of a decomposition are polynomials of Bell-number size; as gates
they stay as small as the computation that made them. Sums are kept as linear combinations, products of single gates as
monomials, so that what cancels or coincides in plain sight does; whether anything else is zero is asked of ``vanishes``.
"""

from __future__ import annotations

from typing import Any

import sympy

from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import Symbolic
from symwick.algebra.symbolic import vanishes as element_vanishes
from symwick.circuits.circuit import Label
from symwick.circuits.equality import DEFAULT_TERMS, symbolic_value
from symwick.circuits.form_builder import OUTPUT, FormBuilder

__all__ = ["Linear", "NodeRing"]

_DISTRIBUTE = 8  # a sum of at most so many terms is multiplied out by a single term, which lets terms cancel


class Linear:
    """Σ weight · gate + constant, an element of a :class:`NodeRing`."""

    __slots__ = ("_node", "constant", "ring", "terms")

    def __init__(self, ring: NodeRing, terms: dict[int, Any], constant: Any) -> None:
        self.ring, self.terms, self.constant = ring, terms, constant
        self._node: int | None = None

    def __add__(self, other: Any) -> Linear:
        return self._combined(self.ring.coerce(other), 1)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Linear:
        return self._combined(self.ring.coerce(other), -1)

    def __rsub__(self, other: Any) -> Linear:
        return self.ring.coerce(other) - self

    def __neg__(self) -> Linear:
        return Linear(self.ring, {node: -weight for node, weight in self.terms.items()}, -self.constant)

    def _combined(self, other: Linear, sign: int) -> Linear:
        terms = dict(self.terms)
        for node, weight in other.terms.items():
            total = terms.get(node, 0) + sign * weight
            if total:
                terms[node] = total
            else:
                del terms[node]
        return Linear(self.ring, terms, self.constant + sign * other.constant)

    def __mul__(self, other: Any) -> Linear:
        return self.ring.times(self, self.ring.coerce(other))

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return bool(self.terms) or bool(self.constant)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Linear):
            return self.terms == other.terms and self.constant == other.constant
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    @property
    def node(self) -> int:
        """The element as one gate of the ring's arena."""
        if self._node is None:  # a long sum is asked for its gate by every product it is in
            self._node = self.ring.build.sum([(w, n) for n, w in self.terms.items()], self.constant)
        return self._node


class NodeRing:
    """A commutative ring over one arena; equal monomials are made once.

    >>> from symwick.algebra.symbolic_reading import element
    >>> import sympy
    >>> ring = NodeRing()
    >>> x, y = (ring.coerce(element(s)) for s in sympy.symbols("x y"))
    >>> bool(x * y - y * x), bool((x + y) * x - x * x - x * y)
    (False, False)
    """

    name = "circuit"

    def __init__(self) -> None:
        self.build = FormBuilder()
        self.zero = Linear(self, {}, to_flint(0))
        self.one = Linear(self, {}, to_flint(1))
        self._factors: dict[int, tuple[tuple[int, int], ...]] = {}

    def coerce(self, value: Any) -> Linear:
        """Numbers and elements of the exact ring; elements of this ring as they are."""
        if isinstance(value, Linear):
            return value
        if isinstance(value, Symbolic):
            total = self.zero
            for factors, coefficient in value.ordered():
                term = Linear(self, {}, coefficient)
                for base, exponent in factors:
                    term = term * self._base_power(base, exponent)
                total = total + term
            return total
        return Linear(self, {}, to_flint(value))

    def _base_power(self, base: sympy.Expr, exponent: Any) -> Linear:
        node = self.build._base(base, exponent)
        if isinstance(exponent, int) and exponent > 1:
            self._factors[node] = ((self.build._base(base, 1), exponent),)  # the monomial that x * x is
        return Linear(self, {node: to_flint(1)}, to_flint(0))

    def add(self, a: Linear, b: Linear) -> Linear:
        return a + b

    def sub(self, a: Linear, b: Linear) -> Linear:
        return a - b

    def mul(self, a: Linear, b: Linear) -> Linear:
        return self.times(a, b)

    def is_zero(self, a: Linear) -> bool:
        """Whether the element is zero in plain sight."""
        return not a

    def times(self, a: Linear, b: Linear) -> Linear:
        """The product: numbers scale, single gates form monomials, short sums are multiplied out by single gates."""
        if not a or not b:
            return self.zero
        for left, right in ((a, b), (b, a)):
            if not left.terms:
                scaled = {node: weight * left.constant for node, weight in right.terms.items()}
                return Linear(self, scaled, right.constant * left.constant)
        a_terms, b_terms = self._summands(a), self._summands(b)
        if min(len(a_terms), len(b_terms)) == 1 and max(len(a_terms), len(b_terms)) <= _DISTRIBUTE:
            total = self.zero
            for m, u in a_terms:
                for n, v in b_terms:
                    total = total + self._monomial(m, n, u * v)
            return total
        return self._monomial(a.node, b.node, to_flint(1))

    def _summands(self, a: Linear) -> list[tuple[int | None, Any]]:
        constant = [(None, a.constant)] if a.constant else []
        return [*a.terms.items(), *constant]

    def _monomial(self, m: int | None, n: int | None, weight: Any) -> Linear:
        if m is None or n is None:
            node = n if m is None else m
            return Linear(self, {}, weight) if node is None else Linear(self, {node: weight}, to_flint(0))
        exponents: dict[int, int] = {}
        for node in (m, n):
            for factor, exponent in self._factors.get(node, ((node, 1),)):
                exponents[factor] = exponents.get(factor, 0) + exponent
        factors = tuple(sorted(exponents.items()))
        node = self.build.product([self.build.power(factor, exponent) for factor, exponent in factors])
        self._factors[node] = factors
        return Linear(self, {node: weight}, to_flint(0))

    def labelled(self, value: Linear, label: Label) -> Linear:
        """The element as a single gate that is printed under a name; sums of several terms only, others need no name."""
        if len(value.terms) + bool(value.constant) < 2:
            return value
        return Linear(self, {self.build.label(value.node, label): to_flint(1)}, to_flint(0))

    def vanishes(self, value: Linear, limit: int = DEFAULT_TERMS) -> bool:
        """Whether the element is zero, decided exactly by multiplying out. Raises TooLarge above ``limit`` terms."""
        if not value:
            return True
        circuit = self.build.finish({OUTPUT: value.node})
        return element_vanishes(symbolic_value(circuit, self.build.leaves, limit=limit))
