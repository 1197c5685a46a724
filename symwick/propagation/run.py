"""The result of a propagation: means and joint cumulants of wires, computed when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.notebook import MOST_ROWS, bounded, html_lines, html_page, html_table
from symwick.algebra.numbers import from_flint, to_flint
from symwick.algebra.symbolic import Symbolic, expression
from symwick.algebra.tape import Recorded
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_builder import FormBuilder
from symwick.circuits.form_display import form_cell
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, NoClosedForm, NotRational
from symwick.propagation.closures import BooleanEngine, Imputer, KeepingEngine
from symwick.propagation.demand import ExactEngine, TruncatedEngine
from symwick.propagation.dropped import dropped_keys
from symwick.propagation.forward import Forward, plan_within
from symwick.propagation.frontier_plan import Plan
from symwick.propagation.gradient import Differentiation, Gradient
from symwick.propagation.inputs import InputMoments
from symwick.propagation.patterns import Key
from symwick.propagation.program import laid_out, out_of_range

__all__ = ["DEFAULT_LIMIT", "MOST_MOMENTS", "Options", "Run", "coercion", "listed"]

E = TypeVar("E", bound="ExactEngine | TruncatedEngine | Imputer")

DEFAULT_LIMIT = 10_000_000
"""Cumulants of wires that a run computes without being asked twice."""

MOST_MOMENTS = 1_000_000
"""The same for moments in a run without an order: they may be exponentially many, which shows only when the limit is reached,
so that it has to be reached soon. A moment takes about 20 microseconds and 250 bytes."""

_COMMON = ((-1, -1.0), (1, 1.0), (0, 0.0))
"""What most weights and constants of a netlist are."""


@dataclass(frozen=True)
class Options:
    """What a run is asked to do; see :func:`symwick.propagate`."""

    order: int | None
    schedule: str
    ring: str
    outputs: tuple[Any, ...] | None
    limit: int
    closure: str
    kept: Mapping[Key, Any] = field(default_factory=dict)
    """Cumulants of more than ``order`` wires that have a value all the same, by wires of the program."""


class Run:
    """Means and cumulants of the wires of a circuit; made by :func:`propagate`, computed when asked for.

    ``mean``, ``variance``, ``cumulant`` and ``covariance`` take any wire or output by name. ``kept`` and ``dropped`` count the
    joint cumulants that the run so far has computed, and left out, one by one; a forward pass, ``plan``, counts none.
    """

    def __init__(self, circuit: Circuit, law: Law, options: Options) -> None:
        self.circuit, self.law, self.options = circuit, law, options
        self.order, self.schedule, self.ring, self.closure = options.order, options.schedule, options.ring, options.closure
        outputs = options.outputs
        self._outputs = None if outputs is None else {circuit.position(name, "outputs") for name in outputs}
        self._shown = None if outputs is None else [str(name) for name in outputs]
        coerce = coercion(self.ring)
        self._limit = options.limit
        self._zero, self._one = coerce(0), coerce(1)
        self._program = laid_out(circuit, [law], options.limit, coerce)
        self._inputs = inputs = InputMoments(self._program, law, coerce)
        self._engine = self._demand(inputs)
        self._differentiation: Differentiation | None = None
        self._forward: Forward | None = None
        self._gates: list[int] | None = None

    def _demand(self, inputs: Any) -> ExactEngine | TruncatedEngine | Imputer:
        """The demand-driven engine of the run; the inputs are the law's, or stand for them."""
        more: dict[str, Any] = {"order": self.order, "schedule": self.schedule}
        if self.order is None:
            return self._made(ExactEngine, inputs)
        if self.closure == "impute":
            return self._made(Imputer, inputs, order=self.order)
        if self.options.kept:
            return self._made(KeepingEngine, inputs, **more, kept=self.options.kept)
        return self._made(BooleanEngine if self.closure == "boolean" else TruncatedEngine, inputs, **more)

    def _made(self, kind: type[E], inputs: Any, **more: Any) -> E:
        """An engine over the program of the run, which says where values leave the range of floats."""
        engine = kind(self._program, inputs, self._zero, self._one, self._limit, **more)
        if self.ring == "float64":
            engine.check = self._in_range
        return engine

    def _in_range(self, key: Key, value: Any) -> None:
        """InvalidArgument where a value, recorded or not, is no finite float."""
        if not isfinite(value.value if isinstance(value, Recorded) else value):
            raise out_of_range(self._name(key[-1]))

    def _plan_forward(self, memory: int, *, required: bool) -> None:
        assert self.order is not None
        kept = [self._program.place[i] for i in self._kept_gates]
        plan = plan_within(self._program, kept, self.order, self.closure, memory, required=required)
        if plan is not None:
            self._forward = Forward(self._program, plan, self._inputs, self.closure, self._name, required=required)

    @property
    def _kept_gates(self) -> list[int]:
        return list(self.circuit.outputs.values()) if self._outputs is None else sorted(self._outputs)

    @property
    def plan(self) -> Plan | None:
        """What the forward pass takes; None where the demand-driven engine alone is used."""
        return None if self._forward is None else self._forward.plan

    def _gate(self, wire: int) -> int:
        """The gate of a wire; of an inner one of a chain, the gate that it is part of."""
        if self._gates is None:
            gates: dict[int, int] = {}
            for i, place in enumerate(self._program.place):
                gates.setdefault(place, i)
            following = len(self.circuit.gates)
            self._gates = [0] * len(self._program)
            for at in range(len(self._program) - 1, -1, -1):
                following = self._gates[at] = gates.get(at, following)
        return self._gates[wire]

    def _name(self, wire: int) -> str:
        """The name of a wire; of an inner one of a chain, the name of the gate that it is part of."""
        return self.circuit.wires[self._gate(wire)]

    # -- what is asked --------------------------------------------------------------------------------------------------

    def _wire(self, name: Any) -> int:
        position = self.circuit.position(name)
        if self._outputs is not None and position not in self._outputs:
            raise InvalidArgument(
                f"Argument 'wire' must be one of the 'outputs' that the run keeps ({', '.join(self._shown or ())}), not {name!r}."
            )
        return self._program.place[position]

    def _by_forward_pass(self, key: Key) -> Any | None:
        """The cumulant of a key by the forward pass, where there is one and it has it."""
        if self._forward is None:
            return None
        try:
            found = self._forward.value(key)
        except NoClosedForm:
            if self._forward.required:
                raise
            self._forward = None  # it needs all cumulants of inputs; the other engine, those that are asked for
            return None
        if found is not None:
            self._in_range(key, found)
        return found

    def _key(self, wires: Sequence[Any]) -> Key:
        if not wires:
            raise InvalidArgument("Arguments 'wires': at least one must be given.")
        return tuple(sorted(self._wire(name) for name in wires))

    def cumulant(self, *wires: Any) -> Any:
        """The joint cumulant κ of some wires, repeats allowed; 0 for more than ``order`` without a value by the closure."""
        key = self._key(wires)
        if self._engine.drops(key):
            return self._number(self._zero)
        found = self._by_forward_pass(key)
        return self._number(self._engine.cumulant(key)) if found is None else self._number(found)

    def mean(self, wire: Any) -> Any:
        """The mean of a wire."""
        return self.cumulant(wire)

    def variance(self, wire: Any) -> Any:
        """The variance of a wire: 0 in a run of order 1."""
        return self.cumulant(wire, wire)

    def covariance(self, wires: Iterable[Any]) -> npt.NDArray[Any]:
        """The covariance matrix of some wires: an object array of exact numbers or forms, of floats in float64."""
        names = listed(wires)
        matrix = np.empty((len(names), len(names)), dtype=float if self.ring == "float64" else object)
        for i, one in enumerate(names):
            for j, other in enumerate(names[: i + 1]):
                matrix[i, j] = matrix[j, i] = self.cumulant(one, other)
        return matrix

    def gradient(self, *wires: Any) -> Gradient:
        """Derivatives of the estimate of κ(wires), of one wire its mean, by the means and joint cumulants of the inputs.

        The estimate is a polynomial in the cumulants of the inputs, those within independent groups and, in a truncated run, of
        up to ``order`` inputs. One pass back over the recursion of the demand-driven engine differentiates it by all of them.
        Where a run uses Z² = Z (without truncation, or closure "boolean"), cumulants in which a bit occurs twice follow from
        shorter ones, and are no parameters.

        >>> import symwick as sw
        >>> c = sw.trace(lambda x, y: x * y + 3 * x, ["x", "y"])
        >>> P = sw.MultivariateNormal(["x", "y"], [2, 5], [[1, 1], [1, 2]])
        >>> sw.propagate(c, P).gradient("out")
        Gradient of E out:
          ∂/∂κ[x] = 8
          ∂/∂κ[y] = 2
          ∂/∂κ[x,y] = 1

        Raises InvalidArgument (closure "impute"), UnknownVariable.
        """
        key = self._key(wires)
        if self._differentiation is None:
            self._differentiation = Differentiation(self._demand, self._inputs)
        values = {
            tuple(self._input_name(wire) for wire in parameter): self._number(value)
            for parameter, value in self._differentiation.of(key).items()
        }
        shown = ", ".join(map(str, wires))
        return Gradient(self.circuit.inputs, values, f"E {shown}" if len(wires) == 1 else f"κ({shown})", self._no_parameter)

    def _no_parameter(self, names: tuple[str, ...]) -> str:
        """Why a cumulant of inputs is no parameter of estimates; nothing where it is one."""
        program = self._program
        place = {v.name: wire for wire, v in enumerate(program.variables) if v is not None}
        wires = [place[name] for name in names]
        if not names:
            return "it names no input"
        if len({program.groups[wire] for wire in wires}) > 1:
            return "cumulants across independent groups of inputs are 0 by law"
        if (self.order is None or self.closure == "boolean") and any(
            program.bits[wire] and wires.count(wire) > 1 for wire in wires
        ):
            return "a bit occurs in it twice, Z² = Z"
        return ""

    def _input_name(self, wire: int) -> str:
        variable = self._program.variables[wire]
        assert variable is not None
        return variable.name

    def _number(self, value: Any) -> Any:
        if self.ring == "float64":
            return float(value)
        value = to_flint(value) if isinstance(value, int) else value  # a slope of 1
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
        found += [engine.left_out for engine in self._engines if isinstance(engine, BooleanEngine)]
        return len(set().union(*found))

    def _title(self) -> str:
        order = "exact" if self.order is None else f"order {self.order}, schedule {self.schedule!r}"
        order += "" if self.closure == "zero" else f", closure {self.closure!r}"
        return f"Propagation ({order}, {self.ring}) through {self.circuit!r}"

    @property
    def _named_outputs(self) -> list[str]:
        return self._shown or list(self.circuit.outputs)

    def _pass_text(self) -> list[str]:
        if self._forward is None:
            return []
        return [f"forward pass{' done' if self._forward.done else ''}: {self.plan!r}"]

    def _known(self, name: str, times: int) -> Any | None:
        """The mean (once) or variance (twice) of an output where it has been computed already; None where that is to be done."""
        key = (self._program.place[self.circuit.position(name)],) * times
        if self._forward is not None:
            if not self._forward.done or times > self._forward.plan.order:
                return None
        elif not any(key in engine.known[0] for engine in self._engines):
            return None
        return self.cumulant(*[name] * times)

    def __repr__(self) -> str:
        lines = [self._title(), *(f"  {text}" for text in self._pass_text())]
        known = [(name, self._known(name, 1)) for name in self._named_outputs[:6]]
        return bounded("\n".join([*lines, *(f"  E {name} = {mean}" for name, mean in known if mean is not None)]))

    def _repr_html_(self) -> str:
        names = self._named_outputs
        rows = []
        for name in names[:MOST_ROWS]:
            found = [self._known(name, times) for times in (1, 2)]
            rows.append((name, *("not asked for yet" if value is None else _cell(value) for value in found)))
        facts = html_lines([*self._pass_text(), f"the law: {self.law!r}"])
        return html_page(self._title(), facts, html_table(rows, ["output", "mean", "variance"], more=len(names) - len(rows)))


def _cell(value: Any) -> str:
    return form_cell(value) if isinstance(value, ClosedForm) else str(value)


def listed(wires: Any) -> list[Any]:
    """A list of wires, which one name is not."""
    if isinstance(wires, (str, sympy.Symbol)) or not isinstance(wires, Iterable):
        raise InvalidArgument(f"Argument 'wires' must be a list of wires, not {wires!r}.")
    return list(wires)


def coercion(ring: str) -> Callable[[Any], Any]:
    """What brings a number into a ring."""
    return _float if ring == "float64" else _element


def _element(value: Any) -> Any:
    return value if isinstance(value, Symbolic) else to_flint(value)


def _float(value: Any) -> float:
    if isinstance(value, float):
        return value
    for common, converted in _COMMON:  # compared, not hashed: that would take longer than the conversion
        if value == common:
            return converted
    if isinstance(value, Symbolic):
        return float(sympy.N(expression(value), 17))
    number = from_flint(to_flint(value))
    try:
        return number.numerator / number.denominator
    except OverflowError:
        raise InvalidArgument("A number of more than 1.8e308 has no float64: pass ring='exact'.") from None
