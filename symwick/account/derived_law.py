"""The joint law of wires of a circuit, derived from the law of its inputs: a table where that is small, else exact moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.circuits.circuit import Circuit
from symwick.circuits.structure import needed
from symwick.circuits.variables import Variable
from symwick.distributions.finite import Finite
from symwick.distributions.grouped import GroupedLaw, Key
from symwick.distributions.independent import Independent
from symwick.distributions.law import Law
from symwick.errors import InexactError, NoClosedForm
from symwick.propagation.demand import ExactEngine
from symwick.propagation.inputs import holds_symbols
from symwick.propagation.patterns import joined
from symwick.propagation.run import DEFAULT_LIMIT, Options, Run

__all__ = ["MOST_POINTS", "DerivedLaw", "derived_law"]

MOST_POINTS = 1 << 13
"""Points of the inputs up to which the joint law of wires is made as a table."""


class DerivedLaw(GroupedLaw):
    """Wires of a circuit as variables: E Π w^k is the mean of a polynomial of the inputs, by propagation without truncation.

    What is no moment (points, conditional laws) it cannot tell.
    """

    def __init__(self, run: Run, wires: Mapping[sympy.Symbol, int]) -> None:
        self._run, self._wires = run, dict(wires)
        self.variables = tuple(wires)
        law = run.law
        self.exact, self.notes, self.assumptions = law.exact, law.notes, law.assumptions
        self._groups = tuple(tuple(group) for group in _joined(run, wires))

    def _of_group(self, key: Key) -> Any:
        engine = self._run._engine
        assert isinstance(engine, ExactEngine)
        return engine.moment([wire for v, power in key for wire in [self._wires[v]] * power])

    @property
    def parameters(self) -> tuple[sympy.Symbol, ...]:
        return self._run.law.parameters

    def marginal(self, variables: Iterable[Variable]) -> DerivedLaw:
        return DerivedLaw(self._run, {v: self._wires[v] for v in self._select(variables)})

    def condition(self, event: Mapping[Any, Any]) -> Law:
        given = ", ".join(map(str, event))
        raise NoClosedForm(f"The law of other wires given {given} under {self!r} is not known: only moments are.")

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[Any]:
        """Draws of the inputs, and what the wires are there."""
        run = self._run
        rows = run.law.sample(n, seed)
        point = {str(v): rows[:, i] for i, v in enumerate(run.law.variables)}
        names = [v.name for v in self.variables]  # the outputs of the run's circuit
        values = run.circuit.evaluate({name: point[name] for name in run.circuit.inputs}, names)
        return np.stack([np.broadcast_to(values[name], (n,)) for name in names], axis=1)


def _joined(run: Run, wires: Mapping[sympy.Symbol, int]) -> list[list[sympy.Symbol]]:
    """Variables whose wires depend, directly or through others, on a common independent group of inputs."""
    parts = joined(tuple(sorted(set(wires.values()))), run._program.groups)
    return [[v for v, wire in wires.items() if wire in set(part)] for part in parts]


def derived_law(circuit: Circuit, law: Law, *, limit: int = DEFAULT_LIMIT) -> Law:
    """The joint law of the outputs of a circuit whose inputs follow a law; independent groups side by side.

    A group whose inputs have up to ``MOST_POINTS`` points together is a :class:`Finite` law, another a :class:`DerivedLaw`.
    """
    if not law.exact:
        raise InexactError("Argument 'P' was read from floats (numbers='float64'): components need an exact law.")
    ring = "symbolic" if holds_symbols(law) else "exact"
    run = Run(circuit, law, Options(None, "gate", ring, None, limit, "zero"))
    variables = {name: sympy.Symbol(name) for name in circuit.outputs}
    places = {variables[name]: run._program.place[gate] for name, gate in circuit.outputs.items()}
    parts: list[Law] = []
    for members in _joined(run, places):
        table = _table(circuit, law, members)
        parts.append(table or DerivedLaw(run, {v: places[v] for v in members}))
    joint = parts[0] if len(parts) == 1 else Independent(parts)
    return joint.marginal(list(places))  # in the order of the outputs


def _table(circuit: Circuit, law: Law, wires: list[sympy.Symbol]) -> Finite | None:
    """The joint law of some outputs as a table, going through all points of the inputs, where these are few."""
    names = [v.name for v in wires]
    held = {gate.payload for i in needed(circuit.gates, [circuit.outputs[name] for name in names])
            if (gate := circuit.gates[i]).op == "input"}  # fmt: skip
    inputs = [v for v in law.variables if v.name in held]
    if not inputs:
        point = circuit.evaluate(dict.fromkeys(circuit.inputs, 0), names)
        return Finite({tuple(point[name] for name in names): 1}, wires)
    if not law.tabulated(inputs) or prod(len(law.support(v)) for v in inputs) > MOST_POINTS:
        return None
    codes, table = law.joint_table(inputs)
    columns: dict[str, Any] = dict.fromkeys(circuit.inputs, 0)
    for j, v in enumerate(inputs):
        points = np.empty(len(law.support(v)), dtype=object)
        points[:] = law.support(v)
        columns[v.name] = points[codes[:, j]]
    values = circuit.evaluate(columns, names)
    rows = zip(*(np.broadcast_to(values[name], (len(codes),)).tolist() for name in names), strict=True)
    weights: dict[tuple[Any, ...], Fraction] = {}
    for row, weight in zip(rows, table.numerators.tolist(), strict=True):
        weights[row] = weights.get(row, Fraction(0)) + Fraction(int(weight), table.denominator)
    return Finite(weights, wires)
