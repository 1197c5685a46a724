"""The forward pass as a run uses it: planned first, run when something is first asked, silent on what it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from symwick.errors import InvalidArgument, TooLarge
from symwick.propagation.frontier import FrontierRun
from symwick.propagation.frontier_bits import BitsRun, all_bits
from symwick.propagation.frontier_plan import Plan, planned
from symwick.propagation.inputs import InputMoments
from symwick.propagation.patterns import Key
from symwick.propagation.program import Program

__all__ = ["Forward", "plan_within"]

ANY_ORDER = 2
"""Up to here the estimates of schedule "gate" are those of any topological order of the gates: no cumulant has three wires, and
in one of two the expansions of wires that are not made of each other commute."""

WORTH_A_LOOK = 1e-4
"""Predicted seconds a step above which another plan, some 20 microseconds a step, is little beside the pass."""


def plan_within(
    program: Program, kept: Iterable[int], order: int, closure: str, memory: int, *, required: bool
) -> Plan | None:
    """The plan of a pass that keeps some wires, if there is one within so many bytes; InvalidArgument, TooLarge if required."""
    bits = closure == "boolean"
    kept = list(kept)
    plan = planned(program, kept, order, bits=bits)
    if order <= ANY_ORDER and not bits and (plan.bytes > memory or plan.seconds > WORTH_A_LOOK * len(plan.steps)):
        other = planned(program, kept, order, narrow=True)
        plan = other if other.width < plan.width else plan
    if bits and not all_bits(program, plan):
        if required:
            raise InvalidArgument(
                "Argument 'engine' must be 'demand' or 'auto' for closure 'boolean' in a circuit that is not made of bits: "
                "products of wires that are certainly 0 or 1, and sums 1 − a and a + b − 2ab of them."
            )
        return None
    if plan.bytes <= memory:
        return plan
    if required:
        raise TooLarge(f"Bytes of the cumulants of {plan.width:,} live wires at order {order}", plan.bytes, memory, "memory")
    return None


class Forward:
    """A planned pass over one law's input moments, or over several laws' at once."""

    def __init__(
        self,
        program: Program,
        plan: Plan,
        inputs: InputMoments | Sequence[InputMoments],
        closure: str,
        name: Callable[[int], str],
        *,
        required: bool,
    ) -> None:
        self.plan, self.done, self.required = plan, False, required
        self._arguments = (program, plan, inputs, plan.order, name)
        self._kind = BitsRun if closure == "boolean" else FrontierRun
        self._run: FrontierRun | None = None

    def value(self, key: Key) -> Any | None:
        """The cumulant of a key where the pass has it: means of all wires on the way, cumulants of kept ones.

        A float, or an array of one for each law.
        """
        plan = self.plan
        if len(key) > plan.order or not all(plan.reached[wire] for wire in key):
            return None
        forms = [plan.forms[wire] for wire in key]
        if len(key) > 1 and not all(base in plan.kept for _, terms in forms for _, base in terms):
            return None
        if self._run is None:
            self._run = self._kind(*self._arguments)
            self.done = True
        return self._run.mean(forms[0]) if len(key) == 1 else self._run.cumulant(forms)
