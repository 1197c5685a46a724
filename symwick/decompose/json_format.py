"""The JSON format ``symwick-decomposition/1``: its schema, and how leaves, gates and whole decompositions are written."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import format_number, to_flint, to_fraction
from symwick.circuits.circuit import Label
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.expressions import read_expression, write_expression
from symwick.circuits.form_builder import FormBuilder
from symwick.circuits.gates import GATE_NAMES, MAX_EXPONENT, Gate, Table
from symwick.circuits.leaves import CONSTANT, FUNCTION, INDICATOR, PARAMETER, VARIABLE, Leaf
from symwick.decompose.inputs import bits
from symwick.errors import FormatError

__all__ = ["FORMAT", "SCHEMA", "dump", "read_gate", "read_leaf"]

FORMAT = "symwick-decomposition/1"
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
        "parameters": _NAMES,
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
                    "op": {"enum": list(GATE_NAMES)},
                    "name": {"type": "string"},
                    "label": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
                    "args": {"type": "array", "items": _INDEX},
                    "weights": {"type": "array"},
                    "exponent": {"type": "integer", "minimum": 2, "maximum": MAX_EXPONENT},
                    "points": {"type": "array", "items": _NAMES},
                    "values": {"type": "array"},
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
                "assumptions": _NAMES,
            },
        }
    },
}


def _write_number(value: Any) -> Any:
    return [value.value, value.radius] if isinstance(value, Ball) else format_number(value)


def _read_number(value: Any) -> Any:
    if isinstance(value, list):
        if len(value) != 2 or not all(type(v) is float and isfinite(v) for v in value) or value[1] < 0:
            raise FormatError(f"A float64 number must be written as [value, radius], not {value!r}.")
        return Ball(*value)
    if not isinstance(value, str):
        raise FormatError(f"Numbers are written as text, not {value!r}.")
    return to_flint(value, "number")


def dump(decomposition: Any) -> str:
    """The JSON text of a decomposition."""
    build = FormBuilder()
    outputs: dict[str, int] = {}

    def term(name: str, form: ClosedForm) -> dict[str, Any]:
        outputs[name] = build.include(form.circuit, form.leaves)
        about: dict[str, Any] = {"gate": name, "variables": [v.name for v in form.variables]}
        if form.assumptions:
            about["assumptions"] = [write_expression(a) for a in form.assumptions]
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
        **({"parameters": [s.name for s in decomposition.parameters]} if decomposition.parameters else {}),
        "inputs": [
            {"name": str(key), "variables": [v.name for v in block]}
            for key, block in zip(inputs.keys, inputs.blocks, strict=True)
        ],
        "leaves": [_write_leaf(name, build.leaves[name]) for name in circuit.inputs],
        "gates": [_write_gate(gate, circuit.labels.get(position)) for position, gate in enumerate(circuit.gates)],
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


def read_leaf(row: dict[str, Any]) -> Leaf:
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


def _write_gate(gate: Gate, label: Label | None) -> dict[str, Any]:
    row: dict[str, Any] = {"op": gate.op}
    if label:
        row["label"] = list(label)
    if gate.args:
        row["args"] = list(gate.args)
    if gate.op in ("input", "function"):
        row["name"] = gate.payload
    elif gate.op == "constant":
        row["constant"] = _write_number(gate.payload)
    elif gate.op == "sum":
        row["weights"], row["constant"] = [_write_number(w) for w in gate.weights], _write_number(gate.payload)
    elif gate.op == "power":
        row["exponent"] = gate.payload
    elif gate.op == "table":
        row["points"] = [[format_number(x) for x in axis] for axis in gate.payload.points]
        row["values"] = [_write_number(value) for value in gate.payload.values]
    return row


def read_gate(row: dict[str, Any]) -> Gate:
    """The gate of a row; :meth:`Circuit.check` sees whether it is whole."""
    op, args = row["op"], tuple(row.get("args", ()))
    if op in ("input", "function"):
        return Gate(op, args, payload=row.get("name"))
    if op == "constant":
        return Gate("constant", payload=_read_number(row.get("constant")))
    if op == "sum":
        weights = tuple(_read_number(w) for w in row.get("weights", ()))
        return Gate("sum", args, weights, _read_number(row.get("constant")))
    if op == "power":
        return Gate("power", args, payload=row.get("exponent"))
    if op == "table":
        points = tuple(tuple(to_fraction(x, "points") for x in axis) for axis in row.get("points", ()))
        return Gate("table", args, payload=Table(points, tuple(_read_number(value) for value in row.get("values", ()))))
    return Gate(op, args)
