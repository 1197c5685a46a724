"""Closed forms of Wick terms: from coefficients (numbers, balls, exact values with symbols, gates) to circuits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from symwick.algebra.set_series import submasks
from symwick.algebra.symbolic import Symbolic, vanishes
from symwick.circuits.form_builder import FormBuilder
from symwick.circuits.node_ring import Linear
from symwick.decompose.inputs import bits

__all__ = ["coefficient_node", "is_zero", "scaled", "weighted_sum", "wick_node"]


def coefficient_node(build: FormBuilder, coefficient: Any) -> int:
    """A coefficient as a gate."""
    if isinstance(coefficient, Linear):
        return build.take(coefficient.ring.build, coefficient.node)
    return build.element(coefficient)


def scaled(build: FormBuilder, coefficient: Any, node: int) -> tuple[Any, int]:
    """coefficient · node as a summand (weight, node); the number in front of a product stays a weight."""
    if isinstance(coefficient, Linear):
        if len(coefficient.terms) == 1 and not coefficient.constant:
            ((inner, weight),) = coefficient.terms.items()
            return weight, build.product([build.take(coefficient.ring.build, inner), node])
        return 1, build.product([coefficient_node(build, coefficient), node])
    if isinstance(coefficient, Symbolic):
        terms = build.element_terms(coefficient)
        if len(terms) == 1:
            return terms[0][0], build.product([terms[0][1], node])
        return 1, build.product([build.sum(terms), node])
    return coefficient, node


def wick_node(build: FormBuilder, mask: int, rho: Callable[[int], Any], feature: Callable[[int], int]) -> int:
    """The Wick product w = Σ_{T⊆b} ρ_{b∖T} Π_{i∈T} φ_i of the features in ``mask``, T in descending order.

    ``rho`` answers for masks of features, ``feature`` gives the gate of one (centred) feature.
    """
    parts = []
    for held in submasks(mask):
        weight = rho(mask ^ held)
        if weight:
            parts.append(scaled(build, weight, build.product([feature(i) for i in bits(held)])))
    return build.sum(parts)


def weighted_sum(build: FormBuilder, parts: Iterable[tuple[int, Any]]) -> int:
    """Σ coefficient · node."""
    return build.sum([scaled(build, coefficient, node) for node, coefficient in parts])


def is_zero(value: Any, limit: int) -> bool:
    """Whether a coefficient is zero, decided exactly. Raises TooLarge where that takes more than ``limit`` terms."""
    if isinstance(value, Linear):
        return value.ring.vanishes(value, limit)
    return vanishes(value) if isinstance(value, Symbolic) else not value
