"""Decompositions as JSON, format ``symwick-decomposition/1``: one shared circuit, exact numbers as text."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

import jsonschema
import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import format_number, to_flint, to_fraction, to_number
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm, FormBuilder
from symwick.circuits.expressions import read_expression, write_expression
from symwick.circuits.gates import Gate
from symwick.circuits.leaves import CONSTANT, FUNCTION, INDICATOR, PARAMETER, VARIABLE, Leaf
from symwick.decompose.cumulant import GCPD
from symwick.decompose.decomposition import Decomposition
from symwick.decompose.inputs import Inputs, bits
from symwick.decompose.wick import GWPD
from symwick.errors import FormatError, SymwickError

__all__ = ["FORMAT", "SCHEMA", "dump", "from_json", "load"]

FORMAT = "symwick-decomposition/1"
_MAX_BYTES = 512 * 2**20
_NAMES = {"type": "array", "items": {"type": "string"}}
_INDEX = {"type": "integer", "minimum": 0}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": FORMAT,
    "type": "object",
    "required": ["format", "kind", "inputs", "leaves", "gates", "terms", "target"],
    "properties": {
        "format": {"const": FORMAT},
        "kind": {"enum": ["gwpd", "gcpd"]},
        "inexact": {"type": "boolean"},
        "blocks": {"type": "boolean"},
        "max_order": {"type": ["integer", "null"], "minimum": 0},
        "inputs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "variables"],
                "properties": {"name": {"type": "string"}, "variables": _NAMES},
            },
        },
        "leaves": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "kind"],
                "properties": {
                    "name": {"type": "string"},
                    "kind": {"enum": [VARIABLE, FUNCTION, INDICATOR, PARAMETER, CONSTANT]},
                    "expr": {"type": "string"},
                    "variables": _NAMES,
                    "point": {"type": "string"},
                },
            },
        },
        "gates": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["op"],
                "properties": {
                    "op": {"enum": ["input", "constant", "sum", "product"]},
                    "name": {"type": "string"},
                    "args": {"type": "array", "items": _INDEX},
                },
            },
        },
        "terms": {"type": "array", "items": {"$ref": "#/$defs/term"}},
        "target": {"$ref": "#/$defs/term"},
    },
    "$defs": {
        "term": {
            "type": "object",
            "required": ["gate", "variables"],
            "properties": {
                "gate": _INDEX,
                "variables": _NAMES,
                "domain": {"type": "object", "additionalProperties": _NAMES},
            },
        }
    },
}


def _write_number(value: Any) -> Any:
    return [value.value, value.radius] if isinstance(value, Ball) else format_number(value)


def _read_number(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, (int, float)) for v in value):
        return Ball(float(value[0]), float(value[1]))
    if not isinstance(value, str):
        raise FormatError(f"Numbers are written as text, not {value!r}.")
    return to_flint(value, "number")


def dump(decomposition: Decomposition) -> str:
    """The JSON text of a decomposition."""
    build = FormBuilder()
    outputs: dict[str, int] = {}

    def term(name: str, form: ClosedForm) -> dict[str, Any]:
        outputs[name] = build.include(form.circuit, form.leaves)
        about: dict[str, Any] = {"gate": name, "variables": [v.name for v in form.variables]}
        if form.domain:
            about["domain"] = {v.name: [format_number(x) for x in points] for v, points in form.domain.items()}
        return about

    rows = []
    for number, key in enumerate(decomposition._keys()):
        row = term(str(number), decomposition._term(key))
        if decomposition.kind == "gwpd":
            row["key"] = [str(decomposition.inputs.keys[i]) for i in bits(key)]
        else:
            row["key"] = [[str(decomposition.inputs.keys[i]) for i in bits(block)] for block in key]
        rows.append(row)
    target = term("target", decomposition.target)
    circuit = build.finish(outputs)
    for row in (*rows, target):
        row["gate"] = circuit.outputs[row["gate"]]
    inputs = decomposition.inputs
    text = {
        "format": FORMAT,
        "kind": decomposition.kind,
        "inexact": decomposition.inexact,
        "blocks": any(isinstance(key, str) for key in inputs.keys),
        "max_order": getattr(decomposition, "max_order", None),
        "inputs": [
            {"name": str(key), "variables": [v.name for v in block]}
            for key, block in zip(inputs.keys, inputs.blocks, strict=True)
        ],
        "leaves": [_write_leaf(name, build.leaves[name]) for name in circuit.inputs],
        "gates": [_write_gate(gate) for gate in circuit.gates],
        "terms": rows,
        "target": target,
    }
    return json.dumps(text, ensure_ascii=False)


def _write_leaf(name: str, leaf: Leaf) -> dict[str, Any]:
    row: dict[str, Any] = {"name": name, "kind": leaf.kind, "variables": [v.name for v in leaf.variables]}
    if leaf.kind == INDICATOR:
        row["point"] = str(leaf.point)
    elif leaf.kind == PARAMETER:
        row["expr"] = str(leaf.expr)
    elif leaf.kind != VARIABLE:
        row["expr"] = write_expression(leaf.expr)
    return row


def _read_leaf(row: dict[str, Any]) -> Leaf:
    variables = tuple(sympy.Symbol(name) for name in row.get("variables", []))
    kind = row["kind"]
    if kind in (VARIABLE, INDICATOR) and len(variables) != 1:
        raise FormatError(f"Leaf {row['name']!r} must have one variable.")
    if kind == VARIABLE:
        return Leaf.variable(variables[0])
    if kind == INDICATOR:
        return Leaf.indicator(variables[0], to_fraction(row.get("point", ""), "point"))
    if kind == PARAMETER:
        return Leaf.generator(sympy.Symbol(row.get("expr", "")))
    expression = read_expression(row.get("expr", ""))
    if not isinstance(expression, sympy.Expr):
        raise FormatError(f"Leaf {row['name']!r} must have an expression as value.")
    return Leaf.function(expression, variables) if kind == FUNCTION else Leaf.generator(expression)


def _write_gate(gate: Gate) -> dict[str, Any]:
    if gate.op == "input":
        return {"op": "input", "name": gate.payload}
    if gate.op == "constant":
        return {"op": "constant", "constant": _write_number(gate.payload)}
    if gate.op == "product":
        return {"op": "product", "args": list(gate.args)}
    weights = [_write_number(w) for w in gate.weights]
    return {"op": "sum", "args": list(gate.args), "weights": weights, "constant": _write_number(gate.payload)}


def _read_gate(row: dict[str, Any]) -> Gate:
    if row["op"] == "input":
        return Gate("input", payload=row.get("name"))
    if row["op"] == "constant":
        return Gate("constant", payload=_read_number(row.get("constant")))
    if row["op"] == "product":
        return Gate("product", tuple(row.get("args", ())))
    weights = tuple(_read_number(w) for w in row.get("weights", ()))
    return Gate("sum", tuple(row.get("args", ())), weights, _read_number(row.get("constant")))


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
    leaves = {row["name"]: _read_leaf(row) for row in raw["leaves"]}
    gates = [_read_gate(row) for row in raw["gates"]]
    circuit = Circuit(gates, {}).check()
    unknown = [name for name in circuit.inputs if name not in leaves]
    if unknown:
        raise FormatError(f"Gate input {unknown[0]!r} must be one of the leaves.")
    blocks = {row["name"]: [sympy.Symbol(name) for name in row["variables"]] for row in raw["inputs"]}
    if len(blocks) != len(raw["inputs"]):
        raise FormatError("Inputs must have names of their own.")
    variables = tuple(v for block in blocks.values() for v in block)
    inputs = Inputs.of(variables, blocks if raw.get("blocks") else None)
    inexact = bool(raw.get("inexact"))

    def form(row: dict[str, Any]) -> ClosedForm:
        if row["gate"] >= len(gates):
            raise FormatError(f"Term gate {row['gate']} must be one of the {len(gates)} gates.")
        part = Circuit(gates, {"value": row["gate"]})
        known = {v.name: v for v in variables}
        held = [known[name] for name in row["variables"]]
        domain = {known[name]: tuple(to_number(x) for x in points) for name, points in row.get("domain", {}).items()}
        return ClosedForm(
            lambda: _pruned(part, leaves), variables=held, known=variables, domain=domain, inexact=inexact
        )

    terms: dict[Any, ClosedForm] = {}
    for row in raw["terms"]:
        key = inputs.mask(row["key"], "key") if raw["kind"] == "gwpd" else inputs.partition(row["key"], "key")
        if key in terms:
            raise FormatError(f"Term {row['key']} comes twice.")
        terms[key] = form(row)
    target = form(raw["target"])
    if raw["kind"] == "gwpd":
        return GWPD(inputs, terms=terms, target=target, inexact=inexact, max_order=raw.get("max_order"))
    return GCPD(inputs, terms=terms, target=target, inexact=inexact)


def _pruned(part: Circuit, leaves: dict[str, Leaf]) -> tuple[Circuit, dict[str, Leaf]]:
    build = FormBuilder()
    node = build.include(part, leaves)
    return build.finish({"value": node}), build.leaves


def load(path: str | PathLike[str]) -> Decomposition:
    """Read a decomposition that ``save`` has written."""
    return from_json(Path(path).read_text(encoding="utf-8"))
