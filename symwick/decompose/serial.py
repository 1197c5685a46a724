"""Decompositions read back from JSON; see :mod:`symwick.decompose.json_format` for the format."""

from __future__ import annotations

import json
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import jsonschema
import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import to_number
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.expressions import read_expression
from symwick.circuits.form_builder import OUTPUT
from symwick.circuits.variables import as_variables
from symwick.decompose.cumulant import GCPD
from symwick.decompose.decomposition import Decomposition
from symwick.decompose.inputs import Inputs
from symwick.decompose.json_format import FORMAT, SCHEMA, read_gate, read_leaf
from symwick.decompose.wick import GWPD
from symwick.errors import FormatError, SymwickError

__all__ = ["from_json", "load"]

_MAX_BYTES = 512 * 2**20


def from_json(text: str) -> Decomposition:
    """A decomposition from the text of ``to_json``. Its terms are as saved; ``check()`` adds them up anew.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> D = sw.from_json(sw.gwpd("x*y", P).to_json())
    >>> D["x", "y"], D.check().ok
    ((x - 3/8)*(y - 3/8) - 7/64, True)

    Raises FormatError (malformed text; the place is named).
    """
    if not isinstance(text, str):
        raise FormatError(f"A decomposition is read from text, not {type(text).__name__}.")
    if len(text) > _MAX_BYTES:
        raise FormatError(f"A decomposition must have at most {_MAX_BYTES:,} characters, not {len(text):,}.")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"The text is no JSON: {error}") from None
    problem = next(iter(jsonschema.Draft202012Validator(SCHEMA).iter_errors(raw)), None)
    if problem is not None:
        raise FormatError(f"The text is no {FORMAT} at {problem.json_path}: {problem.message[:200]}")
    try:
        return _assemble(raw)
    except FormatError:
        raise
    except (SymwickError, IndexError, KeyError) as error:
        raise FormatError(f"The text is no {FORMAT}: {error}") from None


def _assemble(raw: dict[str, Any]) -> Decomposition:
    leaves = {row["name"]: read_leaf(row) for row in raw["leaves"]}
    if len(leaves) != len(raw["leaves"]):
        raise FormatError("Leaves must have names of their own.")
    gates = [read_gate(row) for row in raw["gates"]]
    labels = {position: tuple(row["label"]) for position, row in enumerate(raw["gates"]) if "label" in row}
    circuit = Circuit(gates, {}, labels).check()
    unknown = [name for name in circuit.inputs if name not in leaves]
    if unknown:
        raise FormatError(f"Gate input {unknown[0]!r} must be one of the leaves.")
    blocks = {row["name"]: [sympy.Symbol(name) for name in row["variables"]] for row in raw["inputs"]}
    if len(blocks) != len(raw["inputs"]):
        raise FormatError("Inputs must have names of their own.")
    variables = as_variables([v for block in blocks.values() for v in block], "inputs")
    for leaf in leaves.values():
        if hidden := sorted({s.name for s in leaf.expr.free_symbols.intersection(variables).difference(leaf.variables)}):
            raise FormatError(f"Leaf {leaf.name!r} depends on {hidden[0]}, which its variables must name.")
    inputs = Inputs.of(variables, blocks if raw.get("blocks") else None)
    inexact = bool(raw.get("inexact"))
    if not inexact and any(isinstance(number, Ball) for gate in gates for number in (*gate.weights, gate.payload)):
        raise FormatError("The numbers of an exact decomposition are written as text, not as [value, radius].")

    def form(row: dict[str, Any]) -> ClosedForm:
        if type(row["gate"]) is not int or row["gate"] >= len(gates):  # JSON Schema takes 1.0 for an integer
            raise FormatError(f"Term gate {row['gate']} must be one of the {len(gates)} gates.")
        part = _reachable(circuit, row["gate"])
        known = {v.name: v for v in variables}
        needed = {v.name for name in part.inputs for v in leaves[name].variables}
        for name in [*row["variables"], *row.get("domain", {})]:
            if name not in known:
                raise FormatError(f"A term names {name!r}, which no input holds.")
        if not needed <= set(row["variables"]):
            names = ", ".join(sorted(needed - set(row["variables"])))
            raise FormatError(f"A term depends on {names}, which its variables must name.")
        held = [known[name] for name in row["variables"]]
        domain = {known[name]: tuple(to_number(x) for x in points) for name, points in row.get("domain", {}).items()}
        assumptions = [read_expression(text) for text in row.get("assumptions", ())]
        return ClosedForm(
            (part, leaves), variables=held, known=variables, domain=domain, inexact=inexact, assumptions=assumptions
        )

    terms: dict[Any, ClosedForm] = {}
    for row in raw["terms"]:
        if "key" not in row:
            raise FormatError("Every term must have a key.")
        key = inputs.mask(row["key"], "key") if raw["kind"] == "gwpd" else inputs.partition(row["key"], "key")
        if key in terms:
            raise FormatError(f"Term {row['key']} comes twice.")
        terms[key] = form(row)
    target = form(raw["target"])
    about: dict[str, Any] = {"terms": terms, "target": target, "inexact": inexact}
    about["parameters"] = as_variables(raw.get("parameters", ()), "parameters")
    return GWPD(inputs, **about, max_order=raw.get("max_order")) if raw["kind"] == "gwpd" else GCPD(inputs, **about)


def _reachable(circuit: Circuit, node: int) -> Circuit:
    """The circuit of one gate: only what it needs, so that a term costs its own size and not that of the file."""
    needed: set[int] = set()
    stack = [node]
    while stack:
        position = stack.pop()
        if position not in needed:
            needed.add(position)
            stack.extend(circuit.gates[position].args)
    order = sorted(needed)
    place = {position: i for i, position in enumerate(order)}
    kept = [
        replace(circuit.gates[position], args=tuple(place[a] for a in circuit.gates[position].args)) for position in order
    ]
    labels = {place[position]: circuit.labels[position] for position in order if position in circuit.labels}
    return Circuit(kept, {OUTPUT: place[node]}, labels)


def load(path: str | PathLike[str]) -> Decomposition:
    """Read a decomposition that ``save`` has written.

    >>> import os, tempfile
    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sw.gwpd("x*y", P).save(os.path.join(folder, "terms.json"))
    ...     D = sw.load(os.path.join(folder, "terms.json"))
    >>> D["x", "y"]
    (x - 3/8)*(y - 3/8) - 7/64

    Raises FormatError (malformed text; the place is named) and OSError (a file that cannot be read).
    """
    return from_json(Path(path).read_text(encoding="utf-8"))
