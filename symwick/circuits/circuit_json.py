"""The JSON format ``symwick-circuit/1``: schema, reader and writer."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from symwick.algebra.numbers import format_number, to_flint
from symwick.circuits.gates import MAX_EXPONENT, Gate
from symwick.circuits.ordering import stable_order
from symwick.circuits.writer import Writer
from symwick.errors import FormatError, InvalidArgument, SymwickError

__all__ = ["FORMAT", "SCHEMA", "read_json", "without_repeats", "write_json"]

FORMAT = "symwick-circuit/1"
_MOST_CHARACTERS = 200_000_000
_NAME = {"type": "string", "minLength": 1, "maxLength": 1000}
_NUMBER = {"type": "string", "minLength": 1, "maxLength": 10_000}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": FORMAT,
    "description": "An arithmetic circuit over exact numbers: weighted sums, products and integer powers of wires.",
    "type": "object",
    "required": ["format", "inputs", "gates", "outputs"],
    "additionalProperties": False,
    "properties": {
        "format": {"const": FORMAT},
        "inputs": {"type": "array", "items": _NAME},
        "gates": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "op"],
                "properties": {"name": _NAME, "op": {"enum": ["sum", "product", "power"]}},
                "oneOf": [
                    {
                        "required": ["terms"],
                        "additionalProperties": False,
                        "properties": {
                            "name": _NAME,
                            "op": {"const": "sum"},
                            "terms": {
                                "type": "array",
                                "items": {
                                    "type": "array",
                                    "prefixItems": [_NUMBER, _NAME],
                                    "minItems": 2,
                                    "maxItems": 2,
                                },
                            },
                            "constant": _NUMBER,
                        },
                    },
                    {
                        "required": ["args"],
                        "additionalProperties": False,
                        "properties": {
                            "name": _NAME,
                            "op": {"const": "product"},
                            "args": {"type": "array", "items": _NAME, "minItems": 1},
                        },
                    },
                    {
                        "required": ["args", "exponent"],
                        "additionalProperties": False,
                        "properties": {
                            "name": _NAME,
                            "op": {"const": "power"},
                            "args": {"type": "array", "items": _NAME, "minItems": 1, "maxItems": 1},
                            "exponent": {"type": "integer", "minimum": 2, "maximum": MAX_EXPONENT},
                        },
                    },
                ],
            },
        },
        "outputs": {"type": "object", "additionalProperties": _NAME},
        "aliases": {"type": "object", "additionalProperties": _NAME},
    },
}
"""Numbers are exact, as text. ``aliases`` are further names of wires, left out where there are none."""

_FIELDS = SCHEMA["properties"].keys()


def read_json(text: Any) -> Writer:
    """A circuit from text. Raises FormatError naming gate and value: malformed, cyclic, undefined or duplicate names."""
    document = _parsed(text)
    writer = Writer()
    for name in document["inputs"]:
        if name in writer.names:
            raise FormatError(f"Input {name!r} is declared twice.")
        writer.input(name)
    gates: dict[str, dict[str, Any]] = {}
    for gate in document["gates"]:
        if gate["name"] in gates or gate["name"] in writer.names:
            raise FormatError(f"Gate {gate['name']!r} has the name of another gate or input.")
        gates[gate["name"]] = gate

    def undefined(name: str, reads: str) -> FormatError:
        return FormatError(f"Gate {name!r} reads {reads!r}, which is no input and no gate.")

    def cyclic(name: str, reads: str) -> FormatError:
        return FormatError(f"Gate {name!r} reads {reads!r}, which depends on {name!r}: a cycle.")

    reads = {name: _names_read(gate) for name, gate in gates.items()}
    for name in stable_order(reads, document["inputs"], undefined=undefined, cyclic=cyclic):
        _write_gate(writer, gates[name])
    for kind, names in (("Alias", document.get("aliases", {})), ("Output", document["outputs"])):
        for name, wire in names.items():
            if wire not in writer.names:
                raise FormatError(f"{kind} {name!r} names {wire!r}, which is no wire.")
            if kind == "Alias" and name in writer.names:
                raise FormatError(f"Alias {name!r} is the name of another wire.")
    for name, wire in document.get("aliases", {}).items():
        writer.names[name] = writer.names[wire]
    writer.outputs = {name: writer.names[wire] for name, wire in document["outputs"].items()}
    return writer


def _parsed(text: Any) -> dict[str, Any]:
    if not isinstance(text, (str, bytes)):
        raise InvalidArgument(f"Argument 'text' must be JSON text, not {text!r}; read a file's text first.")
    if len(text) > _MOST_CHARACTERS:
        raise FormatError(f"A circuit must have at most {_MOST_CHARACTERS:,} characters of JSON, not {len(text):,}.")
    try:
        document = json.loads(text, object_pairs_hook=without_repeats)
    except json.JSONDecodeError as error:
        raise FormatError(f"Line {error.lineno}, column {error.colno}: this is no JSON: {error.msg}.") from None
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        if isinstance(error, SymwickError):
            raise
        raise FormatError("This is no JSON of a circuit: it is not UTF-8, too deep, or holds too long a number.") from None
    if not _well_formed(document):
        raise FormatError(_first_problem(document))
    found: dict[str, Any] = document
    return found


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs, for ``json.loads(object_pairs_hook=…)``. Raises FormatError for a name that comes twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise FormatError(f"The name {name!r} comes twice in one object.")
            seen.add(name)
    return found


def _is_name(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= 1000


def _is_number(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= 10_000


def _well_formed(document: Any) -> bool:
    """Whether a document keeps the schema: the rules of ``SCHEMA``, far quicker, without saying what is wrong."""
    if not isinstance(document, dict) or not {"format", "inputs", "gates", "outputs"} <= document.keys() <= _FIELDS:
        return False
    if document["format"] != FORMAT or not (isinstance(document["inputs"], list) and isinstance(document["gates"], list)):
        return False
    if not all(map(_is_name, document["inputs"])) or not all(map(_is_gate, document["gates"])):
        return False
    return all(
        isinstance(document.get(field, {}), dict) and all(map(_is_name, document.get(field, {}).values()))
        for field in ("outputs", "aliases")
    )


def _is_gate(gate: Any) -> bool:
    if not isinstance(gate, dict) or not _is_name(gate.get("name")):
        return False
    op = gate.get("op")
    if op == "sum":
        terms = gate.get("terms")
        return (
            gate.keys() <= {"name", "op", "terms", "constant"}
            and isinstance(terms, list)
            and all(isinstance(t, list) and len(t) == 2 and _is_number(t[0]) and _is_name(t[1]) for t in terms)
            and _is_number(gate.get("constant", "0"))
        )
    args = gate.get("args")
    if not isinstance(args, list) or not args or not all(map(_is_name, args)):
        return False
    if op == "product":
        return gate.keys() == {"name", "op", "args"}
    exponent = gate.get("exponent")
    return (
        op == "power"
        and gate.keys() == {"name", "op", "args", "exponent"}
        and len(args) == 1
        and type(exponent) is int
        and 2 <= exponent <= MAX_EXPONENT
    )


def _first_problem(document: Any) -> str:
    """What breaks the schema, with the gate that it is in."""
    if isinstance(document, dict) and isinstance(document.get("gates"), list):
        for number, gate in enumerate(document["gates"], start=1):
            if not _is_gate(gate):
                name = gate.get("name") if isinstance(gate, dict) else None
                where = f"Gate {name!r}" if _is_name(name) else f"Gate {number}"
                return f"{where} breaks the format {FORMAT}{_reason(gate, _GATE_SCHEMA)}."
        document = {**document, "gates": []}  # they are well formed
    return f"The circuit breaks the format {FORMAT}{_reason(document, SCHEMA)}."


_GATE_SCHEMA: dict[str, Any] = SCHEMA["properties"]["gates"]["items"]


def _reason(instance: Any, schema: dict[str, Any]) -> str:
    """The first rule that is broken, and where; of a gate, among the rules for its kind."""
    if schema is _GATE_SCHEMA and isinstance(instance, dict):
        for branch in schema["oneOf"]:
            if branch["properties"]["op"]["const"] == instance.get("op"):
                schema = {"type": "object", **branch, "required": ["name", "op", *branch["required"]]}
                break
        else:
            schema = {key: rule for key, rule in schema.items() if key != "oneOf"}
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(instance))
    if error is None:  # what JSON counts as the integer 2 and Python does not: 2.0
        return ": 'exponent' must be written as an integer"
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    return f"{f' at {place}' if place else ''}: {error.message[:300]}"


def _names_read(gate: dict[str, Any]) -> list[str]:
    return [wire for _, wire in gate["terms"]] if gate["op"] == "sum" else gate["args"]


def _write_gate(writer: Writer, gate: dict[str, Any]) -> None:
    def number(text: str) -> Any:
        try:
            return to_flint(text)
        except SymwickError:
            raise FormatError(f"Gate {gate['name']!r} must have exact numbers as text, not {text!r}.") from None

    if gate["op"] == "sum":
        terms = [(number(weight), writer.names[wire]) for weight, wire in gate["terms"]]
        writer.sum(terms, number(gate.get("constant", "0")), gate["name"])
    elif gate["op"] == "product":
        writer.product([writer.names[wire] for wire in gate["args"]], gate["name"])
    else:
        writer.power(writer.names[gate["args"][0]], gate["exponent"], gate["name"])


def write_json(circuit: Any, indent: int | None = None) -> str:
    """The circuit as text. Raises InvalidArgument for a gate that the format does not have."""
    names = circuit.wires
    gates = []
    for position, gate in enumerate(circuit.gates):
        if gate.op != "input":
            gates.append(_described(gate, names[position], names))
    canonical = {name: i for i, name in enumerate(names)}
    aliases = {name: names[i] for name, i in circuit.names.items() if canonical.get(name) != i}
    document: dict[str, Any] = {"format": FORMAT, "inputs": list(circuit.inputs), "gates": gates}
    document["outputs"] = {name: names[i] for name, i in circuit.outputs.items()}
    if aliases:
        document["aliases"] = aliases
    return json.dumps(document, ensure_ascii=False, indent=indent)


def _described(gate: Gate, name: str, names: tuple[str, ...]) -> dict[str, Any]:
    if gate.op in ("sum", "constant"):
        terms = [[format_number(w), names[a]] for w, a in zip(gate.weights, gate.args, strict=True)]
        found: dict[str, Any] = {"name": name, "op": "sum", "terms": terms}
        if gate.payload or not terms:
            found["constant"] = format_number(gate.payload)
        return found
    if gate.op == "product":
        return {"name": name, "op": "product", "args": [names[a] for a in gate.args]}
    if gate.op == "power":
        return {"name": name, "op": "power", "args": [names[gate.args[0]]], "exponent": gate.payload}
    raise InvalidArgument(f"Gate {name!r} must be a sum, a product or a power to be written, not a {gate.op}.")
