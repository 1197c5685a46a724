"""The series of a law over features: moments ε, centred moments, 1/ε and log ε as set power series.

A feature is a function of one input; a set of features, at most one of each input, is a bit mask. Features are centred first:
nothing is left to cancel, and single features vanish from every recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from symwick.algebra.rings import Ring
from symwick.algebra.set_series import SetSeries, divide, log, product, unit
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
        shift: SetSeries[Any] = SetSeries(ring, self._shift)
        self.central = self.by_groups(SetSeries(ring, self._central(product(shift, self.moments))))
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

    def _shift(self, mask: int) -> Any:
        """Π(−m_i): central moments are the coefficients of ε(t) Π(1 − m_i t_i), since t_i² = 0."""
        total = self.ring.one
        for i in bits(mask):
            total = self.ring.mul(total, self.ring.sub(self.ring.zero, self.mean(i)))
        return total

    def _central(self, shifted: SetSeries[Any]) -> Any:
        """Centred features have mean zero: said, not computed, so that floats see it too.

        Where coefficients are gates, they are printed as Cov(x, y), μ[x,y,z].
        """
        ring = self.ring

        def coefficient(mask: int) -> Any:
            if not mask & (mask - 1):
                return ring.zero if mask else ring.one
            if not isinstance(ring, NodeRing):
                return shifted[mask]
            places = {v: j for j, v in enumerate(self._integrator.law.variables)}
            members = sorted((self._features[i] for i in bits(mask)), key=lambda factors: places[factors[0][0]])
            arguments = [sympy.Mul(*(e for _, e in factors)) for factors in members]
            return ring.labelled(shifted[mask], central_label(arguments))

        return coefficient
