"""Exact joint cumulants of wires of which the inputs below have few points: by going through all of these."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from symwick.algebra.numbers import ratio
from symwick.propagation.patterns import Key, split_first
from symwick.propagation.program import CONSTANT, INPUT, PRODUCT, SUM
from symwick.propagation.run import Run, coercion

__all__ = ["WireTables"]

_Table = tuple[Any, dict[int, Any]]
"""Weights of the points, and the values of wires there, in the ring of the run."""


class WireTables:
    """Values of wires at all points of the inputs that they are made of; one table for each set of inputs."""

    def __init__(self, run: Run) -> None:
        self._run = run
        program = run._program
        self._cones: list[int] = []
        for wire, kind in enumerate(program.kinds):
            cone = 1 << wire if kind == INPUT else 0
            for a in self._parts(wire):
                cone |= self._cones[a]
            self._cones.append(cone)
        self._counts: dict[int, int | None] = {}
        self._tables: dict[int, _Table] = {}
        self._coerce = coercion(run.ring)

    def _parts(self, wire: int) -> tuple[int, ...]:
        program = self._run._program
        if program.kinds[wire] == PRODUCT:
            return program.left[wire], program.right[wire]
        return tuple(a for _, a in program.terms[wire]) if program.kinds[wire] == SUM else ()

    def _cone(self, key: Key) -> int:
        cone = 0
        for wire in key:
            cone |= self._cones[wire]
        return cone

    def _inputs(self, cone: int) -> list[Any]:
        return [v for wire, v in enumerate(self._run._program.variables) if cone >> wire & 1 and v is not None]

    def points(self, key: Key) -> int | None:
        """How many points the inputs below have at most; None where they have no finite table."""
        cone = self._cone(key)
        if cone not in self._counts:
            law, inputs = self._run.law, self._inputs(cone)
            self._counts[cone] = prod(len(law.support(v)) for v in inputs) if law.tabulated(inputs) else None
        return self._counts[cone]

    def cumulant(self, key: Key) -> Any:
        """κ_U = μ_U − Σ_{B∋first, B≠U} κ_B μ_{U∖B} of moments over the table."""
        weights, values = self._table(self._cone(key))
        for wire in key:
            self._fill(values, wire, len(weights))
        moments: dict[Key, Any] = {}
        cumulants: dict[Key, Any] = {}

        def moment(wires: Key) -> Any:
            if wires not in moments:
                product = weights
                for wire in wires:
                    product = product * values[wire]
                moments[wires] = product.sum()
            return moments[wires]

        def cumulant(wires: Key) -> Any:
            if wires not in cumulants:
                value = moment(wires)
                for inside, rest, count in split_first(wires, len(wires) - 1):
                    value = value - count * (cumulant(inside) * moment(rest))
                cumulants[wires] = value
            return cumulants[wires]

        return cumulant(key)

    def _table(self, cone: int) -> _Table:
        if cone not in self._tables:
            law, inputs = self._run.law, self._inputs(cone)
            program = self._run._program
            if not inputs:
                self._tables[cone] = self._array([1]), {}
                return self._tables[cone]
            codes, table = law.joint_table(inputs)
            weights = self._array([ratio(int(n), table.denominator) for n in table.numerators.tolist()])
            columns = {v: self._array(list(law.support(v)))[codes[:, j]] for j, v in enumerate(inputs)}
            values = {wire: columns[v] for wire, v in enumerate(program.variables) if v in columns}
            self._tables[cone] = weights, values
        return self._tables[cone]

    def _array(self, numbers: list[Any]) -> Any:
        found = np.empty(len(numbers), dtype=float if self._run.ring == "float64" else object)
        found[:] = [self._coerce(number) for number in numbers]
        return found

    def _fill(self, values: dict[int, Any], wire: int, points: int) -> None:
        """The values of a wire and of all that it is made of."""
        program = self._run._program
        pending = [wire]
        while pending:
            at = pending[-1]
            missing = [a for a in self._parts(at) if a not in values]
            if at in values or missing:
                pending += missing
                if at in values:
                    pending.pop()
                continue
            if program.kinds[at] == PRODUCT:
                values[at] = values[program.left[at]] * values[program.right[at]]
            else:
                total = self._array([program.constants[at]]).repeat(points)
                for weight, a in program.terms[at] if program.kinds[at] != CONSTANT else ():
                    total = total + weight * values[a]
                values[at] = total
            pending.pop()
