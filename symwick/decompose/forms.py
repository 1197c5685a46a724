"""Closed forms of Wick terms: from numbers of the product basis to circuits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.polynomials import terms
from symwick.algebra.set_series import submasks
from symwick.circuits.closed_form import FormBuilder
from symwick.circuits.leaves import Leaf
from symwick.decompose.inputs import bits

__all__ = ["coefficient_node", "weighted_sum", "wick_node"]


def coefficient_node(build: FormBuilder, coefficient: Any, symbols: Sequence[sympy.Expr]) -> int:
    """A coefficient as a gate: a number, or a polynomial in parameters and constants."""
    if isinstance(coefficient, Ball):
        return build.constant(coefficient)
    parts = []
    for exponents, number in terms(coefficient):
        factors = [
            build.power(build.leaf(Leaf.generator(symbol)), exponent)
            for symbol, exponent in zip(symbols, exponents, strict=False)
            if exponent
        ]
        parts.append((number, build.product(factors)))
    return build.sum(parts)


def wick_node(build: FormBuilder, mask: int, rho: Callable[[int], Any], feature: Callable[[int], int]) -> int:
    """The Wick product w = Σ_{T⊆b} ρ_{b∖T} Π_{i∈T} φ_i of the features in ``mask``, T in descending order.

    ``rho`` answers for masks of features, ``feature`` gives the gate of one (centred) feature.
    """
    parts = []
    for held in submasks(mask):
        weight = rho(mask ^ held)
        if weight:
            parts.append((weight, build.product([feature(i) for i in bits(held)])))
    return build.sum(parts)


def weighted_sum(
    build: FormBuilder, parts: Mapping[int, Any] | Iterable[tuple[int, Any]], symbols: Sequence[sympy.Expr]
) -> int:
    """Σ coefficient · node, the coefficients numbers or polynomials in parameters."""
    pairs = parts.items() if isinstance(parts, Mapping) else parts
    nodes = []
    for node, coefficient in pairs:
        if isinstance(coefficient, Ball) or not symbols:
            nodes.append((coefficient, node))
        else:
            nodes.append((1, build.product([coefficient_node(build, coefficient, symbols), node])))
    return build.sum(nodes)
