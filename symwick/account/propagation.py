"""A propagation with its account: what the estimate is made of, and what it left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np
import sympy

from symwick.account.attributions import Attributions
from symwick.account.inner_wires import key_of, names_of
from symwick.account.ledger import AFFORDABLE, DroppedValues, Ledger
from symwick.algebra.numbers import to_flint, whole_number
from symwick.errors import InvalidArgument
from symwick.propagation.patterns import Key
from symwick.propagation.run import Run, coercion

__all__ = ["Propagation"]


class Propagation(Run):
    """Means and cumulants of the wires of a circuit; made by :func:`symwick.propagate`, computed when asked for.

    ``mean``, ``variance``, ``cumulant`` and ``covariance`` take any wire or output by name. ``kept`` and ``dropped`` count the
    joint cumulants that the run so far has computed, and left out, one by one; a forward pass, ``plan``, counts none.

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    >>> bits = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    >>> r = sw.propagate(c, bits, order=2)
    >>> r
    Propagation (order 2, schedule 'gate', exact) through <Circuit: 2 inputs, 3 gates, outputs out>
    >>> r.mean("g1"), r.variance("g1"), r.cumulant("g1", "y")
    (Fraction(3, 4), Fraction(7, 16), Fraction(3, 16))
    """

    def attributions(
        self,
        output: Any,
        *,
        size: int | None = None,
        order: int | None = None,
        input: Any = None,
        gate: Any = None,
        retained: bool | None = None,
    ) -> Attributions:
        """The estimate of the mean of a wire as a sum of attributions, and what it left out, term by term, lazily.

        Each (monomial of the unfolded circuit, partition of its leaves) has a value, and is retained or dropped; see
        :class:`Attributions`, and its ``filter`` for the other arguments.

        >>> import symwick as sw
        >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
        >>> P = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
        >>> r = sw.propagate(c, P, order=1)
        >>> r.attributions("out", input="x", retained=False)
        Attributions of E out: 4 monomials, filtered by input='x', retained=False
          1 κ(x.1, x.2) κ(y.3) = 1/16, dropped at g2
          1 κ(x.1) κ(y.2, y.3) = 3/32, dropped at g3
          1 κ(y.1, y.3) κ(x.2) = 3/32, dropped at g3
        >>> r.attributions("out").total(), r.attributions("out").total(retained=True) == r.mean("out")
        (Fraction(5, 8), True)

        Raises InvalidArgument (another closure than "zero", filters), UnknownVariable.
        """
        if self.closure != "zero":
            raise InvalidArgument(f"Argument 'closure' of the run must be 'zero' for attributions, not {self.closure!r}.")
        if self.options.kept:
            raise InvalidArgument("Argument 'keep' of the run must be empty for attributions: a kept cumulant is no partition.")
        found = Attributions(self, str(output), self._wire(output))
        return found.filter(size=size, order=order, input=input, gate=gate, retained=retained)

    @property
    def keep(self) -> dict[tuple[str, ...], Any]:
        """The cumulants of more than ``order`` wires that this run keeps, with their values."""
        return {names_of(self, key): self._number(value) for key, value in self.options.kept.items()}

    def ledger(self, outputs: Iterable[Any] | None = None, *, affordable: int = AFFORDABLE) -> Ledger:
        """What the estimates of the means of some outputs (all by default) left out, cumulant by cumulant.

        Each has its value, exact where at most ``affordable`` inputs are below its wires and else that of a run of the next
        order, and its first-order effect on each output, ∂estimate/∂κ · κ.

        >>> import symwick as sw
        >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
        >>> P = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
        >>> sw.propagate(c, P, order=1).ledger()
        Ledger of 2 dropped cumulants (order 1, schedule 'gate') for out
          κ(y, g2) = 3/8, wanted 1×; effects: out: 3/8
          κ(g1, g1) = 7/16, wanted 1×; effects: out: 7/64

        Raises InvalidArgument (no order, ring "symbolic", a closure), UnknownVariable.
        """
        self._check_account("ledger")
        if isinstance(outputs, (str, sympy.Symbol)):
            outputs = [outputs]
        if outputs is not None and not isinstance(outputs, Iterable):
            raise InvalidArgument(f"Argument 'outputs' must be a list of wires, not {outputs!r}.")
        kept = list(self.circuit.outputs) if self._shown is None else self._shown
        shown = kept if outputs is None else list(map(str, outputs))
        values = DroppedValues(self, whole_number(affordable, "affordable", 0))
        return Ledger(self, {name: self._wire(name) for name in shown}, values)

    def refine(self, budget: int, *, rounds: int = 1, affordable: int = AFFORDABLE) -> Propagation:
        """A run that also keeps the ``budget`` dropped cumulants of largest total effect, chosen anew in each of ``rounds``."""
        whole_number(budget, "budget", 0)
        whole_number(rounds, "rounds", 1)
        run = self
        for i in range(rounds):
            share = budget * (i + 1) // rounds - budget * i // rounds
            chosen = run.ledger(affordable=affordable).values_of_first(share)
            run = run._keeping({**run.options.kept, **chosen})
        return run

    def _keeping(self, kept: Mapping[Key, Any]) -> Propagation:
        return type(self)(self.circuit, self.law, replace(self.options, kept=dict(kept)))

    def _keeping_named(self, keep: Any) -> Propagation:
        """The run that keeps cumulants given by names of wires: with values, or with those that the ledger would give them."""
        self._check_account("keep")
        if isinstance(keep, str) or not isinstance(keep, Iterable):
            raise InvalidArgument(f"Argument 'keep' must be a set of tuples of wires, or map these to values, not {keep!r}.")
        found: dict[Key, Any] = {}
        values = DroppedValues(self)
        for names in keep:
            if isinstance(names, (str, sympy.Symbol)) or not isinstance(names, Iterable):
                raise InvalidArgument(f"Argument 'keep' must hold tuples of wires, not {names!r}.")
            key = key_of(self, names, "keep")
            assert self.order is not None
            if len(key) <= self.order:
                raise InvalidArgument(
                    f"Argument 'keep' must hold tuples of more than {self.order} wires, as the run keeps all others, "
                    f"not {names_of(self, key)}."
                )
            shown = names_of(self, key)
            if values.vanishes(key):
                raise InvalidArgument(f"Argument 'keep' must hold no cumulant of independent wires, which is 0, such as {shown}.")
            if key in found:
                raise InvalidArgument(f"Argument 'keep' must hold each cumulant once, but {shown} comes twice.")
            found[key] = self._kept_value(keep[names], shown) if isinstance(keep, Mapping) else values.value(key)
        return self._keeping(found)

    def _kept_value(self, value: Any, names: tuple[str, ...]) -> Any:
        """A value given for a kept cumulant, in the ring of the run."""
        if self.ring == "float64" and isinstance(value, (float, np.floating)):
            value = float(value)
            if not isfinite(value):
                raise InvalidArgument(f"Argument 'keep' must hold finite values, not {value!r} for {names}.")
            return value
        return coercion(self.ring)(to_flint(value, f"keep[{', '.join(names)}]"))

    def _check_account(self, what: str) -> None:
        if self.order is None:
            raise InvalidArgument(f"Argument 'order' of the run must be a number for {what}: without one, nothing is dropped.")
        if self.ring == "symbolic":
            raise InvalidArgument(f"Argument 'ring' of the run must be 'exact' or 'float64' for {what}, not 'symbolic'.")
        if self.closure != "zero":
            raise InvalidArgument(f"Argument 'closure' of the run must be 'zero' for {what}, not {self.closure!r}.")
