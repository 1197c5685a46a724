"""`propagate`: means and joint cumulants of the wires of a circuit, gate by gate, exact or truncated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.numbers import from_flint, to_flint, whole_number
from symwick.algebra.symbolic import Symbolic, expression
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_builder import FormBuilder
from symwick.distributions.law import Law
from symwick.distributions.unspecified import Cumulants
from symwick.errors import InexactError, InvalidArgument, NotRational, TooLarge, UnknownVariable
from symwick.propagation.closures import CLOSURES, BooleanEngine, Imputer
from symwick.propagation.demand import ExactEngine, TruncatedEngine
from symwick.propagation.dropped import dropped_keys
from symwick.propagation.frontier import FrontierRun
from symwick.propagation.frontier_bits import BitsRun, all_bits
from symwick.propagation.frontier_plan import Plan, planned
from symwick.propagation.inputs import InputMoments
from symwick.propagation.patterns import Key
from symwick.propagation.program import laid_out

__all__ = ["Propagation", "propagate"]

ENGINES = ("auto", "demand", "frontier")
RINGS = ("exact", "symbolic", "float64")
SCHEDULES = ("gate", "layer")
DEFAULT_LIMIT = 10_000_000
DEFAULT_MEMORY = 2_000_000_000
"""Bytes of the arrays of a frontier above which the demand-driven engine is taken, or TooLarge raised."""

MOST_ORDER = 4
"""The largest order of a frontier."""

_COMMON = (1, -1, 0)
"""What most weights and constants of a netlist are."""


def propagate(
    c: Circuit,
    P: Law,
    order: int | None = 2,
    schedule: str = "gate",
    ring: str = "exact",
    outputs: Iterable[Any] | None = None,
    *,
    closure: str = "zero",
    limit: int = DEFAULT_LIMIT,
    engine: str = "auto",
    memory: int = DEFAULT_MEMORY,
) -> Propagation:
    """Estimates of means and joint cumulants of all wires of a circuit whose inputs follow a law, computed when asked for.

    ``order`` k counts every joint cumulant of more than k wires as 0; ``None`` truncates nothing, and is exact. The rules: κ is
    linear, and for a product κ(AB, C) = κ(A, B, C) + Σ_{C = C1 ⊎ C2} κ(A, C1) κ(B, C2). ``schedule`` says what is expanded first,
    which changes the estimate of a truncated run and never the exact value:

    - ``"gate"`` (arXiv 2211.06738): the latest wire in circuit order, all its copies at once;
    - ``"layer"`` (arXiv 2410.01290): all sums of the highest multiplicative level by linearity, then all its products at once.

    ``closure`` says what stands in place of the cumulants that are too long:

    - ``"zero"``: nothing;
    - ``"boolean"``: those in which a wire that is certainly 0 or 1 occurs twice follow from shorter ones by Z² = Z;
    - ``"impute"`` (arXiv 2410.01290): those that lie on both sides of a product are regressed across it, with the pseudo-inverse
      of the covariances between both sides (float64, schedule "layer", order 3 or more).

    ``ring`` is "exact" (int and Fraction), "symbolic" (closed forms; laws with symbols) or "float64". ``outputs`` restricts what
    may be asked for. Cumulants across mutually independent groups of inputs are never computed.

    ``engine`` is "demand", which computes what is asked for, or "frontier": one forward pass in float64, orders 1 to 4, schedule
    "gate", that keeps dense arrays of the cumulants of the live wires, and to the end those of the outputs. "auto" takes the
    frontier where it can run within ``memory`` bytes; ``plan`` says beforehand what it will take. Estimates are the same.

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    >>> P = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    >>> sw.propagate(c, P, order=None).mean("out"), sw.propagate(c, P, order=2).mean("out")
    (Fraction(5, 8), Fraction(17, 32))

    Raises InvalidArgument (an order below 1, a gate that is no sum, product or power), UnknownVariable (an input that the
    law lacks), InexactError, NoClosedForm (a moment that the law lacks), TooLarge.
    """
    if not isinstance(c, Circuit):
        raise InvalidArgument(f"Argument 'c' must be a Circuit, not {c!r}.")
    if not isinstance(P, Law):
        raise InvalidArgument(f"Argument 'P' must be a law (Finite, Independent, MultivariateNormal, …), not {P!r}.")
    if order is not None and (isinstance(order, bool) or not isinstance(order, int) or order < 1):
        raise InvalidArgument(f"Argument 'order' must be an integer that is at least 1, or None, not {order!r}.")
    if schedule not in SCHEDULES:
        raise InvalidArgument(f"Argument 'schedule' must be one of {', '.join(SCHEDULES)}, not {schedule!r}.")
    if ring not in RINGS:
        raise InvalidArgument(f"Argument 'ring' must be one of {', '.join(RINGS)}, not {ring!r}.")
    _check_closure(closure, order, schedule, ring)
    whole_number(limit, "limit", 1)
    if isinstance(outputs, (str, sympy.Symbol)):
        outputs = [outputs]
    if outputs is not None and not isinstance(outputs, Iterable):
        raise InvalidArgument(f"Argument 'outputs' must be a list of wires, not {outputs!r}.")
    known = {v.name for v in P.variables}
    for name in c.inputs:
        if name not in known:
            shown = ", ".join(map(str, P.variables[:20])) + (", …" if len(P.variables) > 20 else "")
            raise UnknownVariable(f"Argument 'P' must have a variable for every input, but lacks {name}; it has: {shown}.")
    if ring != "float64" and not P.exact:
        raise InexactError("Argument 'P' was read from floats (numbers='float64'): pass ring='float64', or read it exactly.")
    used = set(c.inputs)
    law = P.marginal([v for v in P.variables if v.name in used]) if len(P.variables) > len(c.inputs) else P
    symbolic = bool(law.parameters) or any(
        part.unspecified or isinstance(part, Cumulants) for part, _ in law.parts(law.variables)
    )
    if ring != "symbolic" and symbolic:
        raise InvalidArgument(f"Argument 'ring' must be 'symbolic' under {P!r}, whose moments hold symbols, not {ring!r}.")
    if engine not in ENGINES:
        raise InvalidArgument(f"Argument 'engine' must be one of {', '.join(ENGINES)}, not {engine!r}.")
    whole_number(memory, "memory", 1)
    can = ring == "float64" and schedule == "gate" and order is not None and order <= MOST_ORDER
    if engine == "frontier" and not can:
        raise InvalidArgument(
            f"Argument 'engine' must be 'demand' or 'auto' unless ring is 'float64', schedule 'gate' and order 1 to "
            f"{MOST_ORDER}; here they are {ring!r}, {schedule!r} and {order}."
        )
    run = Propagation(c, law, order, schedule, ring, None if outputs is None else list(outputs), limit, closure)
    if can and engine != "demand":
        run._plan_frontier(memory, required=engine == "frontier")
    return run


def _check_closure(closure: str, order: int | None, schedule: str, ring: str) -> None:
    if closure not in CLOSURES:
        raise InvalidArgument(f"Argument 'closure' must be one of {', '.join(CLOSURES)}, not {closure!r}.")
    if closure != "zero" and order is None:
        raise InvalidArgument(f"Argument 'closure' must be 'zero' where order is None, which drops nothing, not {closure!r}.")
    if closure == "impute" and (ring != "float64" or schedule != "layer" or order is None or order < 3):
        raise InvalidArgument(
            f"Argument 'closure' may be 'impute' with ring 'float64', schedule 'layer' and an order of at least 3, "
            f"not with {ring!r}, {schedule!r} and {order}."
        )


class Propagation:
    """Means and cumulants of the wires of a circuit; made by :func:`propagate`, computed when asked for.

    ``mean``, ``variance``, ``cumulant`` and ``covariance`` take any wire or output by name. ``kept`` and ``dropped`` count the
    joint cumulants that the run so far has computed, and left out, one by one; a forward pass, ``plan``, counts none.
    """

    def __init__(
        self,
        circuit: Circuit,
        law: Law,
        order: int | None,
        schedule: str,
        ring: str,
        outputs: list[Any] | None,
        limit: int,
        closure: str = "zero",
    ) -> None:
        self.circuit, self.law, self.order, self.schedule, self.ring, self.closure = circuit, law, order, schedule, ring, closure
        self._outputs = None if outputs is None else {circuit.position(name, "outputs") for name in outputs}
        self._shown = None if outputs is None else [str(name) for name in outputs]
        coerce: Callable[[Any], Any] = _float if ring == "float64" else _element
        program = self._program = laid_out(circuit, law, limit, coerce)
        self._inputs = inputs = InputMoments(program, law, coerce)
        common = (program, inputs, coerce(0), coerce(1), limit)
        self._engine: ExactEngine | TruncatedEngine | Imputer
        if order is None:
            self._engine = ExactEngine(*common)
        elif closure == "impute":
            self._engine = Imputer(*common, order=order)
        else:
            chosen = BooleanEngine if closure == "boolean" else TruncatedEngine
            self._engine = chosen(*common, order=order, schedule=schedule)
        self.plan: Plan | None = None
        """What the forward pass takes; None where the demand-driven engine alone is used."""
        self._pass: FrontierRun | None = None

    def _plan_frontier(self, memory: int, *, required: bool) -> None:
        kept = self.circuit.outputs.values() if self._outputs is None else sorted(self._outputs)
        assert self.order is not None
        bits = self.closure == "boolean"
        plan = planned(self._program, (self._program.place[i] for i in kept), self.order, bits=bits)
        if bits and not all_bits(self._program, plan):
            if required:
                raise InvalidArgument(
                    "Argument 'engine' must be 'demand' or 'auto' for closure 'boolean' in a circuit that is not made of bits: "
                    "products of wires that are certainly 0 or 1, and sums 1 − a and a + b − 2ab of them."
                )
        elif plan.bytes <= memory:
            self.plan = plan
        elif required:
            what = f"Bytes of the cumulants of {plan.width:,} live wires at order {self.order}"
            raise TooLarge(what, plan.bytes, memory, "memory")

    def _frontier(self) -> FrontierRun:
        """The forward pass, run when something is first asked of it."""
        if self._pass is None:
            assert self.plan is not None
            assert self.order is not None
            kind = BitsRun if self.closure == "boolean" else FrontierRun
            self._pass = kind(self._program, self.plan, self._inputs, self.order, self._name)
        return self._pass

    def _name(self, wire: int) -> str:
        """The name of a wire; of an inner one of a chain, the name of the gate that it is part of."""
        gate = next(i for i, place in enumerate(self._program.place) if place >= wire)
        return self.circuit.wires[gate]

    def _from_frontier(self, key: Key) -> float | None:
        """The cumulant of a key where the forward pass has it: means of all wires on the way, cumulants of kept ones."""
        plan = self.plan
        if plan is None or not all(plan.reached[wire] for wire in key):
            return None
        forms = [plan.forms[wire] for wire in key]
        if len(key) == 1:
            return float(self._frontier().mean(forms[0]))
        if all(base in plan.kept for _, terms in forms for _, base in terms):
            return float(self._frontier().cumulant(forms))
        return None

    # -- what is asked --------------------------------------------------------------------------------------------------

    def _wire(self, name: Any) -> int:
        position = self.circuit.position(name)
        if self._outputs is not None and position not in self._outputs:
            raise InvalidArgument(
                f"Argument 'wire' must be one of the 'outputs' that the run keeps ({', '.join(self._shown or ())}), not {name!r}."
            )
        return self._program.place[position]

    def cumulant(self, *wires: Any) -> Any:
        """The joint cumulant κ of some wires, repeats allowed; 0 for more wires than ``order``."""
        if not wires:
            raise InvalidArgument("Arguments 'wires': at least one must be given.")
        key: Key = tuple(sorted(self._wire(name) for name in wires))
        if self.order is not None and len(key) > self.order:
            return self._number(self._engine.zero)
        found = self._from_frontier(key)
        return self._number(self._engine.cumulant(key)) if found is None else found

    def mean(self, wire: Any) -> Any:
        """The mean of a wire."""
        return self.cumulant(wire)

    def variance(self, wire: Any) -> Any:
        """The variance of a wire: 0 in a run of order 1."""
        return self.cumulant(wire, wire)

    def covariance(self, wires: Iterable[Any]) -> npt.NDArray[Any]:
        """The covariance matrix of some wires: an object array of exact numbers or forms, of floats in float64."""
        if isinstance(wires, (str, sympy.Symbol)) or not isinstance(wires, Iterable):
            raise InvalidArgument(f"Argument 'wires' must be a list of wires, not {wires!r}.")
        names = list(wires)
        matrix = np.empty((len(names), len(names)), dtype=float if self.ring == "float64" else object)
        for i, one in enumerate(names):
            for j, other in enumerate(names[: i + 1]):
                matrix[i, j] = matrix[j, i] = self.cumulant(one, other)
        return matrix

    def _number(self, value: Any) -> Any:
        if self.ring == "float64":
            return float(value)
        if self.ring == "symbolic":
            build = FormBuilder()
            return ClosedForm.built(build, build.element(value), known=self.law.variables, assumptions=self.law.assumptions)
        if isinstance(value, Symbolic):
            raise NotRational(f"The value is no rational number but {expression(value)}; pass ring='symbolic' to get a form.")
        return from_flint(value)

    # -- what it took -----------------------------------------------------------------------------------------------------

    @property
    def _engines(self) -> list[ExactEngine | TruncatedEngine]:
        return list(self._engine.engines.values()) if isinstance(self._engine, Imputer) else [self._engine]

    @property
    def kept(self) -> int:
        """How many joint cumulants of wires (moments, in an exact run) have been computed so far."""
        return sum(len(engine.known[0 if self.order is not None else 1]) for engine in self._engines)

    @property
    def dropped(self) -> int:
        """How many different joint cumulants of more than ``order`` wires the expansions so far have left out.

        Structural zeros are not counted, nor what a closure stands for.
        """
        found = [dropped_keys(engine) for engine in self._engines if isinstance(engine, TruncatedEngine)]
        return len(set().union(*found))

    def __repr__(self) -> str:
        order = "exact" if self.order is None else f"order {self.order}, schedule {self.schedule!r}"
        order += "" if self.closure == "zero" else f", closure {self.closure!r}"
        names = self._shown or list(self.circuit.outputs)
        lines = [f"Propagation ({order}, {self.ring}) through {self.circuit!r}"]
        if self.plan is not None:
            lines.append(f"  forward pass{'' if self._pass is None else ' done'}: {self.plan!r}")
        for name in names[:6]:
            wire = self._program.place[self.circuit.position(name)]
            if self._pass is not None or any((wire,) in engine.known[0] for engine in self._engines):
                lines.append(f"  E {name} = {self.mean(name)}")
        return "\n".join(lines)


def _element(value: Any) -> Any:
    return value if isinstance(value, Symbolic) else to_flint(value)


def _float(value: Any) -> float:
    if isinstance(value, float):
        return value
    if value in _COMMON:  # compared, not hashed: that would take longer than the conversion
        return float(_COMMON[_COMMON.index(value)])
    if isinstance(value, Symbolic):
        return float(sympy.N(expression(value), 17))
    number = from_flint(to_flint(value))
    try:
        return number.numerator / number.denominator
    except OverflowError:
        raise InvalidArgument("A number of more than 1.8e308 has no float64: pass ring='exact'.") from None
