"""A sweep: one circuit under many laws of its inputs, in one forward pass where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from symwick.algebra.notebook import MOST_ROWS, bounded, html_lines, html_page, html_table
from symwick.circuits.circuit import Circuit
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, NoClosedForm
from symwick.propagation.forward import Forward, plan_within
from symwick.propagation.frontier_plan import Plan
from symwick.propagation.inputs import InputMoments
from symwick.propagation.patterns import Key
from symwick.propagation.program import laid_out
from symwick.propagation.run import Options, Run, coercion, listed

__all__ = ["Sweep"]

R = TypeVar("R", bound=Run)

AT_ONCE = 64_000_000
"""Bytes of arrays up to which more laws in one pass make it faster, by measurement at orders 1 to 3."""


class Sweep(Generic[R]):
    """Means and cumulants of the wires of a circuit under several laws; made by :func:`symwick.propagate` from a list of them.

    Every answer is an array whose first axis is the laws: of floats in float64, of exact numbers or forms otherwise. ``sweep[i]``
    is the run under the law i, ``len(sweep)`` the number of laws.

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: x * y, ["x", "y"])
    >>> laws = [sw.Independent({"x": sw.Bernoulli(p), "y": sw.Bernoulli("1/2")}) for p in ("0", "1/2", "1")]
    >>> sw.propagate(c, laws, ring="float64").mean("out")
    array([0.  , 0.25, 0.5 ])
    """

    def __init__(
        self, circuit: Circuit, laws: Sequence[Law], options: Options, make: Callable[[Circuit, Law, Options], R]
    ) -> None:
        self.circuit, self.laws, self.options, self.ring = circuit, tuple(laws), options, options.ring
        self._make = make
        self._runs: dict[int, R] = {}
        self._forward: list[Forward] = []

    def _plan_forward(self, memory: int, *, required: bool) -> None:
        first = self[0]
        assert first.order is not None
        coerce = coercion(self.ring)
        program = laid_out(self.circuit, self.laws, first._limit, coerce)
        kept = [program.place[i] for i in first._kept_gates]
        plan = plan_within(program, kept, first.order, first.closure, memory, required=required)
        if plan is not None:
            inputs = [InputMoments(program, law, coerce, several=True) for law in self.laws]
            size = max(1, min(memory, AT_ONCE) // max(1, plan.bytes))  # laws in one pass
            parts = [inputs[i : i + size] for i in range(0, len(inputs), size)]
            self._forward = [Forward(program, plan, part, first.closure, first._name, required=required) for part in parts]

    @property
    def plan(self) -> Plan | None:
        """What the forward pass takes for each law; None where each law has a run of its own."""
        return self._forward[0].plan if self._forward else None

    def cumulant(self, *wires: Any) -> npt.NDArray[Any]:
        """The joint cumulant κ of some wires under each law."""
        first = self[0]
        key = first._key(wires)
        found = [] if first._engine.drops(key) else self._by_forward_pass(key)
        if found:
            values = np.concatenate(found)
            for value in values:
                first._in_range(key, value)
            return values
        return self._array([run.cumulant(*wires) for run in self])

    def _by_forward_pass(self, key: Key) -> list[Any]:
        """The values of a key, part by part, where the pass has it; else nothing."""
        try:
            found = [one.value(key) for one in self._forward]
        except NoClosedForm:
            if self._forward[0].required:
                raise
            self._forward = []
            return []
        return [] if any(value is None for value in found) else found

    def mean(self, wire: Any) -> npt.NDArray[Any]:
        """The mean of a wire under each law."""
        return self.cumulant(wire)

    def variance(self, wire: Any) -> npt.NDArray[Any]:
        """The variance of a wire under each law."""
        return self.cumulant(wire, wire)

    def covariance(self, wires: Iterable[Any]) -> npt.NDArray[Any]:
        """The covariance matrices of some wires, of shape (laws, wires, wires)."""
        names = listed(wires)
        found = np.empty((len(self), len(names), len(names)), dtype=float if self.ring == "float64" else object)
        for i, one in enumerate(names):
            for j, other in enumerate(names[: i + 1]):
                found[:, i, j] = found[:, j, i] = self.cumulant(one, other)
        return found

    def _array(self, values: list[Any]) -> npt.NDArray[Any]:
        found = np.empty(len(values), dtype=float if self.ring == "float64" else object)
        found[:] = values
        return found

    def __len__(self) -> int:
        return len(self.laws)

    def __getitem__(self, index: int) -> R:
        if not hasattr(index, "__index__"):
            raise InvalidArgument(f"Argument 'index' must be the number of a law, not {index!r}.")
        position = range(len(self.laws))[index]
        if position not in self._runs:
            self._runs[position] = self._make(self.circuit, self.laws[position], self.options)
        return self._runs[position]

    def __iter__(self) -> Iterator[R]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        how = f"\n  forward pass for all laws, each: {self.plan!r}" if self._forward else ""
        return bounded(f"Sweep of {len(self)} laws through {self.circuit!r}{how}")

    def _repr_html_(self) -> str:
        first = self.laws[:MOST_ROWS]
        rows = [(str(i), repr(law)) for i, law in enumerate(first)]
        title, *lines = repr(self).splitlines()
        return html_page(title, html_lines(lines), html_table(rows, ["", "law"], more=len(self) - len(rows)))
