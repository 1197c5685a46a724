"""Derivatives of an estimate by the means and joint cumulants of the inputs, in reverse: one pass back over the recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import sympy

from symwick.algebra.notebook import MOST_ROWS, bounded, html_page, html_table
from symwick.algebra.tape import Recorded, Tape
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_display import form_cell
from symwick.errors import InvalidArgument, UnknownVariable
from symwick.propagation.closures import Imputer
from symwick.propagation.demand import CUMULANT, ExactEngine, TruncatedEngine
from symwick.propagation.inputs import InputMoments
from symwick.propagation.patterns import Key, split_first

__all__ = ["Differentiation", "Gradient"]

INPUT_CUMULANT, INPUT_MOMENT = "cumulant of inputs", "moment of inputs"
"""Kinds of leaves on the tape, beside the cumulants and moments of wires of an engine."""


class RecordedInputs:
    """Cumulants of input wires as parameters; moments are made from them, so that nothing is used that is no parameter."""

    def __init__(self, inputs: InputMoments, tape: Tape) -> None:
        self.inputs, self.tape = inputs, tape
        self._cumulants: dict[Key, Recorded] = {}
        self._moments: dict[Key, Any] = {(): 1}
        self.largest = inputs.largest

    @property
    def parameters(self) -> list[Key]:
        """The cumulants that were asked for, short ones first."""
        return sorted(self._cumulants, key=lambda key: (len(key), key))

    def cumulant(self, key: Key) -> Recorded:
        """κ of the wires, which all lie in one independent group."""
        if key not in self._cumulants:
            self._cumulants[key] = self.tape.leaf((INPUT_CUMULANT, key), self.inputs.cumulant(key))
        return self._cumulants[key]

    def moment(self, key: Key) -> Any:
        """E Π of the wires: Σ_{B∋first} κ_B μ_{U∖B}."""
        if key not in self._moments:
            total: Any = 0
            for inside, rest, count in split_first(key, len(key)):
                total = total + count * (self.cumulant(inside) * self.moment(rest))
            self._moments[key] = self.tape.keep((INPUT_MOMENT, key), total)
        return self._moments[key]


class Differentiation:
    """The recursion of a run over recorded numbers, kept for further questions."""

    def __init__(self, demand: Callable[[Any], ExactEngine | TruncatedEngine | Imputer], inputs: InputMoments) -> None:
        self.tape = Tape()
        self.inputs = RecordedInputs(inputs, self.tape)
        engine = demand(self.inputs)
        if isinstance(engine, Imputer):
            raise InvalidArgument("Argument 'closure' of the run must be 'zero' or 'boolean' for a gradient, not 'impute'.")
        self.engine = engine
        engine.tape = self.tape

    def of(self, key: Key) -> dict[Key, Any]:
        """Derivatives of κ of the wires of a key, without zeros."""
        if self.engine.drops(key):
            return {}
        self.engine.cumulant(key)
        leaves = {parameter: (INPUT_CUMULANT, parameter) for parameter in self.inputs.parameters}
        found = self.tape.backward((CUMULANT, key), leaves.values())
        return {parameter: found[leaf] for parameter, leaf in leaves.items() if found[leaf] != 0}


_SHOWN = 10


class Gradient(Mapping[tuple[str, ...], Any]):
    """Derivatives by joint cumulants of inputs: ``g["x"]`` by the mean of x, ``g["x", "y"]`` by their covariance, …

    Each multiset of inputs is one parameter. Iteration is over the cumulants that the estimate depends on; by other parameters
    the derivative is 0, as it is by those of more inputs than the order. No parameters are cumulants across independent groups,
    which are 0 by law, and, where the run uses Z² = Z, those in which a bit occurs twice: InvalidArgument.
    """

    def __init__(
        self,
        inputs: Iterable[str],
        values: Mapping[tuple[str, ...], Any],
        of: str,
        no_parameter: Callable[[tuple[str, ...]], str],
    ) -> None:
        self._place = {name: i for i, name in enumerate(inputs)}
        self._values, self._of, self._no_parameter = dict(values), of, no_parameter

    def _key(self, key: Any) -> tuple[str, ...]:
        names = (key,) if isinstance(key, (str, sympy.Symbol)) or not isinstance(key, Iterable) else tuple(key)
        texts = [name.name if isinstance(name, sympy.Symbol) else name for name in names]
        for text in texts:
            if not isinstance(text, str) or text not in self._place:
                known = ", ".join(list(self._place)[:20]) + (", …" if len(self._place) > 20 else "")
                raise UnknownVariable(f"Argument 'key' names {text!r}, which is no input; the inputs are: {known}.")
        return tuple(sorted(texts, key=self._place.__getitem__))

    def __getitem__(self, key: Any) -> Any:
        names = self._key(key)
        if names in self._values:
            return self._values[names]
        if reason := self._no_parameter(names):
            raise InvalidArgument(f"Argument 'key' must name a parameter of the estimate, not {names}: {reason}.")
        return 0

    def __contains__(self, key: object) -> bool:
        try:
            return self._key(key) in self._values
        except UnknownVariable:
            return False

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        shown = [f"∂/∂κ[{','.join(key)}] = {value}" for key, value in list(self._values.items())[:_SHOWN]]
        more = [f"… {len(self) - _SHOWN:,} more"] if len(self) > _SHOWN else []
        return bounded("\n  ".join([f"Gradient of {self._of}:", *shown, *more]))

    def _repr_html_(self) -> str:
        first = list(self._values.items())[:MOST_ROWS]
        rows = [(f"κ[{','.join(key)}]", form_cell(v) if isinstance(v, ClosedForm) else str(v)) for key, v in first]
        return html_page(f"Gradient of {self._of}", html_table(rows, ["by", "derivative"], more=len(self) - len(rows)))

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._place)
