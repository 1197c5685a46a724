"""What is compiled, read into one shape: named parts, each an output of a circuit whose inputs mean something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.named_multisets import natural_key
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.expressions import parse_expression
from symwick.circuits.form_builder import OUTPUT
from symwick.circuits.leaves import PARAMETER, Leaf
from symwick.circuits.moment_names import cumulant_entries, moment_powers, symbol_latex
from symwick.circuits.variables import as_variable
from symwick.decompose.decomposition import Decomposition
from symwick.distributions.law import Law
from symwick.errors import InexactError, InvalidArgument

__all__ = ["MOST_FORMULAS", "Part", "Source", "folded", "read_source"]

MOST_FORMULAS = 12  # that a docstring shows
_LONGEST = 300  # characters of a formula that is shown in a docstring
_MOST_SHOWN = 200  # gates up to which a formula is written out at all


@dataclass(frozen=True)
class Part:
    """One value to compute: an output of a circuit. ``leaves`` say what its inputs mean; None: they are variables.

    ``domain`` holds the points of variables on which a form is known. A float64 form is ``inexact``.
    """

    name: str
    circuit: Circuit
    output: str
    leaves: Mapping[str, Leaf] | None = None
    domain: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    inexact: bool = False
    formula: str = ""


@dataclass(frozen=True)
class Source:
    """Parts, their keys, and the names of the arguments: variables first, in the order of the laws, then parameters.

    ``single`` says that the result is one array and no mapping; ``ignored`` are variables of the law that no part uses.
    """

    parts: tuple[Part, ...]
    keys: tuple[Any, ...]
    single: bool
    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    ignored: frozenset[str] = frozenset()

    @property
    def inexact(self) -> bool:
        """Whether a part is a float64 form, which has no exact values."""
        return any(part.inexact for part in self.parts)

    def gates(self) -> int:
        """The number of gates of all circuits; neighbouring parts that are outputs of one circuit count it once."""
        circuits = [part.circuit for part in self.parts]
        return sum(len(one.gates) for one, before in zip(circuits, [None, *circuits], strict=False) if one is not before)


def read_source(x: Any) -> Source:
    """A ClosedForm, Circuit, Decomposition, a mapping of names to forms, or a sympy expression (or text)."""
    if isinstance(x, Circuit):
        if not x.outputs:
            raise InvalidArgument("Argument 'x' must be a circuit with an output, not one without.")
        parts = tuple(Part(name, x, name, formula=_circuit_text(x)) for name in x.outputs)
        return Source(parts, tuple(x.outputs), len(parts) == 1, x.inputs, ())
    if isinstance(x, Decomposition):
        len(x)  # raises TooLarge before the work starts
        forms = {key: x[key] for key in x}
        return _joined([(_key_text(key), key, form) for key, form in forms.items()], single=False)
    if isinstance(x, Mapping):
        if not x:
            raise InvalidArgument("Argument 'x' must map names to forms, not be empty.")
        return _joined([(_name_of(key), key, _as_form(value, f"x[{key}]")) for key, value in x.items()], single=False)
    return _joined([("value", "value", _as_form(x, "x"))], single=True)


def _name_of(key: Any) -> str:
    if isinstance(key, str) and key:
        return key
    if isinstance(key, sympy.Symbol):
        return str(key.name)
    if isinstance(key, (frozenset, tuple)):
        return _key_text(key)
    raise InvalidArgument(f"Argument 'x' must map names to forms, but {key!r} is no name.")


def _key_text(key: Any) -> str:
    """A key of a decomposition: {x, y}, or {x, y} | {z}; names in natural order."""
    if not isinstance(key, (frozenset, tuple)):
        return str(key)
    if not key:
        return "∅"
    if all(isinstance(block, (frozenset, tuple)) for block in key):
        blocks = [sorted(map(str, block), key=natural_key) for block in key]
        return " | ".join("{" + ", ".join(b) + "}" for b in sorted(blocks, key=lambda b: list(map(natural_key, b))))
    return "{" + ", ".join(sorted(map(str, key), key=natural_key)) + "}"


def _as_form(value: Any, argument: str) -> ClosedForm | tuple[Circuit, str]:
    if isinstance(value, ClosedForm):
        return value
    if isinstance(value, Circuit):
        if len(value.outputs) != 1:
            shown = ", ".join(value.outputs) or "none"
            raise InvalidArgument(f"Argument '{argument}' must be a circuit with one output; it has {shown}.")
        return value, next(iter(value.outputs))
    kinds = "a ClosedForm, a Circuit, a Decomposition, a mapping of names to forms, an expression or its text"
    if isinstance(value, str):
        value = parse_expression(value)
    if isinstance(value, float):
        raise InexactError(f"Argument '{argument}' must be exact, but {value!r} is a float.")
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return ClosedForm.of(value, (), argument)
    if not isinstance(value, sympy.Expr):
        raise InvalidArgument(f"Argument '{argument}' must be {kinds}, not {value!r}.")
    symbols = sorted({s.name for s in value.free_symbols}, key=natural_key)
    return ClosedForm.of(value, [as_variable(s) for s in symbols], argument)


def _joined(items: Iterable[tuple[str, Any, Any]], *, single: bool) -> Source:
    parts, keys = [], []
    variables: dict[str, None] = {}
    parameters: set[str] = set()
    known: dict[str, None] = {}
    for position, (name, key, form) in enumerate(items):
        if isinstance(form, tuple):
            circuit, output = form
            parts.append(Part(name, circuit, output, formula=_circuit_text(circuit)))
            variables.update(dict.fromkeys(circuit.inputs))
        else:
            leaves = form.leaves
            domain = tuple((v.name, form.domain[v]) for v in form.variables if v in form.domain)
            formula = _form_text(form) if position < MOST_FORMULAS else ""
            parts.append(Part(name, form.circuit, OUTPUT, leaves, domain, form.inexact, formula))
            used = {v.name for leaf in leaves.values() for v in leaf.variables} | {v.name for v in form.variables}
            variables.update(dict.fromkeys(v.name for v in form.known if v.name in used))
            known.update(dict.fromkeys(v.name for v in form.known))
            parameters.update(v.name for v in form.parameters)
        keys.append(key)
    names = [part.name for part in parts]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidArgument(f"Argument 'x' must give every name once, but {twice!r} comes twice.")
    order = [name for name in known if name in variables] + [name for name in variables if name not in known]
    rest = sorted(parameters - variables.keys(), key=_parameter_key)
    ignored = frozenset(known) - variables.keys() - set(rest)
    return Source(tuple(parts), tuple(keys), single, tuple(order), tuple(rest), ignored)


def _parameter_key(name: str) -> tuple[Any, ...]:
    """Plain parameters first, then moments and cumulants, smaller ones first."""
    moment = symbol_latex(name) is not None
    return moment, len(name) if moment else 0, natural_key(name)


def _form_text(form: ClosedForm) -> str:
    if len(form.circuit) > _MOST_SHOWN:
        return f"a form of {len(form.circuit):,} gates"
    text = str(form)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(form.circuit):,} gates)"


def _circuit_text(circuit: Circuit) -> str:
    return f"an output of a circuit of {len(circuit):,} gates"


def folded(source: Source, law: Law) -> Source:
    """The source with the moments and cumulants of a law put in for the parameters that stand for them."""
    if not isinstance(law, Law):
        raise InvalidArgument(f"Argument 'law' must be a law, not {law!r}.")
    parts = []
    for part in source.parts:
        if part.leaves is None:
            parts.append(part)
            continue
        leaves = {name: _told(leaf, law) for name, leaf in part.leaves.items()}
        parts.append(replace(part, leaves=leaves, inexact=part.inexact or not law.exact))
    left = tuple(name for name in source.parameters if symbol_latex(name) is None)
    return replace(source, parts=tuple(parts), parameters=left)


def _told(leaf: Leaf, law: Law) -> Leaf:
    """A leaf that is a moment or cumulant, as the constant that it is under the law."""
    if leaf.kind != PARAMETER or symbol_latex(leaf.expr.name) is None:
        return leaf
    powers = moment_powers(leaf.expr.name)
    value: Any = law.moment(powers) if powers is not None else law.cumulant(cumulant_entries(leaf.expr.name) or [])
    if isinstance(value, Ball):
        value = value.value
    exact = sympy.Rational(Fraction(value)) if isinstance(value, (int, float, Fraction)) else value
    if exact.free_symbols:
        raise InvalidArgument(f"Argument 'law' must tell numbers, but {leaf.expr} is {exact} under it.")
    return Leaf(leaf.name, "constant", exact)
