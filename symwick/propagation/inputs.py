"""Joint moments and cumulants of input wires, from the law, each once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.symbolic_reading import element
from symwick.distributions.grouped import CumulantLaw
from symwick.distributions.law import Law
from symwick.distributions.marginal_law import MarginalLaw
from symwick.distributions.unspecified import Cumulants
from symwick.propagation.patterns import Key, split_first
from symwick.propagation.program import Program

__all__ = ["InputMoments", "holds_symbols", "law_of"]


def law_of(inputs: Sequence[str], law: Law) -> Law:
    """The joint law of some inputs; the law has a variable for each."""
    used = set(inputs)
    return law.marginal([v for v in law.variables if v.name in used]) if len(law.variables) > len(used) else law


def holds_symbols(law: Law) -> bool:
    """Whether moments of a law are no numbers: parameters are symbols, or the moments themselves."""
    return bool(law.parameters) or any(
        part.unspecified or isinstance(part, Cumulants) for part, _ in law.parts(law.variables)
    )


class InputMoments:
    """E Π and κ of multisets of input wires, as elements of the ring of the run."""

    def __init__(self, program: Program, law: Law, coerce: Callable[[Any], Any], *, several: bool = False) -> None:
        self.program, self.law, self.coerce = program, law, coerce
        # with several laws in one program its groups may be larger than those of this law
        groups = law.independent_groups([v for v in program.variables if v is not None]) if several else ()
        self._groups = {v: i for i, group in enumerate(groups) for v in group}
        self._moments: dict[Key, Any] = {}
        self._cumulants: dict[Key, Any] = {}
        self._direct: dict[sympy.Symbol, CumulantLaw | MarginalLaw | None] = {}

    def _symbols(self, key: Key) -> list[sympy.Symbol]:
        found = [self.program.variables[wire] for wire in key]
        return [v for v in found if v is not None]

    def moment(self, key: Key) -> Any:
        """E Π of the wires."""
        bits = self.program.bits
        key = tuple(wire for i, wire in enumerate(key) if not (i and key[i - 1] == wire and bits[wire]))  # x² = x
        if key not in self._moments:
            powers: dict[sympy.Symbol, int] = {}
            for v in self._symbols(key):
                powers[v] = powers.get(v, 0) + 1
            value = self.law._mean_of_powers(powers)
            self._moments[key] = self.coerce(value.value if isinstance(value, Ball) else value)
        return self._moments[key]

    def _known_by_cumulants(self, variable: sympy.Symbol) -> CumulantLaw | MarginalLaw | None:
        """The law of the independent part that holds a variable, where that knows its cumulants by heart."""
        if variable not in self._direct:
            ((part, _),) = self.law.parts([variable])
            self._direct[variable] = part if isinstance(part, (CumulantLaw, MarginalLaw)) else None
        return self._direct[variable]

    def _apart(self, symbols: list[sympy.Symbol]) -> bool:
        return len({self._groups[v] for v in symbols}) > 1

    def cumulant(self, key: Key) -> Any:
        """κ of the wires, which all lie in one independent group: κ_U = μ_U − Σ_{B∋first, B≠U} κ_B μ_{U∖B}."""
        if key in self._cumulants:
            return self._cumulants[key]
        symbols = self._symbols(key)
        if self._groups and self._apart(symbols):
            return self.coerce(0)
        law = self._known_by_cumulants(symbols[0])
        if law is not None:
            told = law.cumulant(symbols)
            value = self.coerce(element(told) if isinstance(told, sympy.Basic) else told)
        else:
            value = self.moment(key)
            for inside, rest, count in split_first(key, len(key) - 1):
                value = value - count * self.cumulant(inside) * self.moment(rest)
        self._cumulants[key] = value
        return value

    def largest(self, key: Key) -> int | None:
        """The order above which all cumulants of these wires vanish, where the law says so."""
        laws = [self._known_by_cumulants(v) for v in self._symbols(key)]
        orders = [law.cumulant_order if isinstance(law, CumulantLaw) else None for law in laws]
        known = [order for order in orders if order is not None]
        return max(known) if len(known) == len(orders) else None
