"""The series of a law over features: moments ε, centred moments, 1/ε and log ε as set power series.

A feature is a function of one input; a set of features, at most one of each input, is a bit mask. Features are centred first:
nothing is left to cancel, and single features vanish from every recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from symwick.algebra.rings import Ring
from symwick.algebra.set_series import SetSeries, divide, log, unit
from symwick.circuits.node_ring import NodeRing
from symwick.circuits.simplification import central_label
from symwick.decompose.groups import feature_groups
from symwick.decompose.inputs import bits
from symwick.decompose.integrate import Factor, Integrator

__all__ = ["FeatureSeries"]


class FeatureSeries:
    """``moments``, ``central``, ``rho`` (1/ε of centred features) and ``kappa`` (log ε), computed on demand and kept."""

    def __init__(self, features: Sequence[tuple[Factor, ...]], integrator: Integrator, ring: Ring[Any]) -> None:
        self._features, self._integrator, self.ring = features, integrator, ring
        self._groups = feature_groups(integrator.law, features)
        self.moments = self.by_groups(SetSeries(ring, self._moment))
        self._partly: dict[tuple[int, int], Any] = {}
        self.central = self.by_groups(SetSeries(ring, self._central))
        self.rho = self.by_groups(divide(unit(ring), self.central, ring))
        cumulants: SetSeries[Any] = log(self.central)
        self.kappa = SetSeries(ring, lambda mask: cumulants[mask] if len(self.split(mask)) == 1 else ring.zero)

    def split(self, mask: int) -> list[int]:
        """The parts of a mask that lie in different, mutually independent groups of features."""
        return [mask & group for group in self._groups if mask & group]

    def mean(self, feature: int) -> Any:
        """The mean of one feature."""
        return self.moments[1 << feature]

    def by_groups(self, inner: Any) -> SetSeries[Any]:
        """Under independence of the groups the coefficient of a mask is the product over the groups it meets."""
        ring = self.ring

        def coefficient(mask: int) -> Any:
            parts = self.split(mask)
            if len(parts) < 2:
                return inner[mask]
            total = ring.one
            for part in parts:
                total = ring.mul(total, inner[part])
            return total

        return SetSeries(ring, coefficient)

    def _moment(self, mask: int) -> Any:
        return self.ring.coerce(self._integrator.mean(factor for i in bits(mask) for factor in self._features[i]))

    def _central(self, mask: int) -> Any:
        """E Π (φ_i − E φ_i). Single centred features have mean zero: said, not computed, so that floats see it too.

        Where coefficients are gates, they are printed as Cov(x, y), μ[x,y,z].
        """
        if not mask & (mask - 1):
            return self.ring.zero if mask else self.ring.one
        value = self._centred(mask, 0)
        if not isinstance(self.ring, NodeRing):
            return value
        places = {v: j for j, v in enumerate(self._integrator.law.variables)}
        members = sorted((self._features[i] for i in bits(mask)), key=lambda factors: places[factors[0][0]])
        return self.ring.labelled(value, central_label([sympy.Mul(*(e for _, e in factors)) for factors in members]))

    def _centred(self, centred: int, raw: int) -> Any:
        """E Π_{i ∈ centred} (φ_i − m_i) Π_{i ∈ raw} φ_i, one feature after the other: n 2^n steps for all sets of n features."""
        if not centred:
            return self.moments[raw]
        key = centred, raw
        if key not in self._partly:
            low = centred & -centred
            rest = centred ^ low
            plain, constant = self._centred(rest, raw | low), self._centred(rest, raw)
            self._partly[key] = self.ring.sub(plain, self.ring.mul(self.mean(low.bit_length() - 1), constant))
        return self._partly[key]
