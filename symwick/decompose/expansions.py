"""Terms of the product basis as sums of products of features: {mask of features: coefficient}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symwick.algebra.set_series import submasks

__all__ = ["Expansion", "added", "expansion", "function_expansion", "multiplied_out"]

Expansion = dict[int, Any]


def added(left: Mapping[int, Any], right: Mapping[int, Any], *, minus: bool = False) -> Expansion:
    """left + right, or left − right; zeros are dropped.

    >>> added({0: 1, 3: 2}, {3: 2}, minus=True)
    {0: 1}
    """
    total = dict(left)
    for mask, value in right.items():
        term = -value if minus else value
        total[mask] = total[mask] + term if mask in total else term
    return {mask: value for mask, value in total.items() if value}


def expansion(basis: Any, subset: int) -> Expansion:
    """W_f(x_S) = Σ_T a_T Π_{i∈T} φ_i as {T: a_T}.

    From W_f(x_S) = Σ_b c_b Σ_{T⊆b} ρ_{b∖T} Π_{i∈T} (φ_i − E φ_i). Raises TooLarge where the Wick products would.
    """
    weights: Expansion = {}
    for mask, c in basis.coefficients(subset).items():
        for part in basis.series.split(mask):
            basis.affordable(part)
        for held in submasks(mask):
            rho = basis.series.rho[mask ^ held]
            if rho:
                weight = c * rho
                weights[held] = weights[held] + weight if held in weights else weight
    return multiplied_out(basis, weights)


def multiplied_out(basis: Any, weights: Expansion) -> Expansion:
    """Centred features written in the plain ones, one feature after the other."""
    present = 0
    for mask in weights:
        present |= mask
    for i in range(present.bit_length()):
        if present >> i & 1:
            minus = -basis.series.mean(i)
            shifted = {mask ^ (1 << i): value * minus for mask, value in weights.items() if mask >> i & 1}
            weights = added(weights, shifted)
    return weights


def function_expansion(basis: Any) -> Expansion:
    """f itself."""
    total: Expansion = {}
    for monomial in basis.monomials:
        mask, value = monomial.features, monomial.coefficient
        total[mask] = total[mask] + value if mask in total else value
    return total
