"""The format ``symwick-law/1`` of laws in JSON and TOML: its schema, and what is wrong with a document that breaks it."""

from __future__ import annotations

from typing import Any

import jsonschema

from symwick.distributions.text_places import Path

__all__ = ["FORMAT", "KINDS", "SCHEMA", "first_problem"]

FORMAT = "symwick-law/1"

_NUMBER = {
    "type": ["string", "integer", "number"],
    "description": "an exact number: an integer, or text such as \"1/3\", \"0.25\"; a decimal is read by its digits",
}
_VALUE = {**_NUMBER, "description": "an exact number, or text with symbols in it such as \"2*rho\""}
_NAME = {"type": "string", "minLength": 1, "maxLength": 1000}
_NAMES = {"type": "array", "items": _NAME}
_LAW = {"$ref": "#/$defs/law"}
_ROW = {"type": "array", "items": _NUMBER}
_WORDS = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1}}
_UNKNOWN = {
    "variables": _NAMES,
    "groups": {"type": "array", "items": _NAMES},
    "means": {"type": "object", "additionalProperties": _VALUE},
    "centred": {"type": "boolean"},
    "exchangeable": {"type": "boolean"},
}

_COMMON: dict[str, Any] = {
    "format": {"const": FORMAT},
    "kind": {"type": "string"},
    "keep": {**_NAMES, "description": "the joint law of these variables only"},
    "given": {"type": "object", "additionalProperties": _NUMBER, "description": "the law given that variables have values"},
}

KINDS: dict[str, dict[str, Any]] = {
    "finite": {
        "required": ["variables", "points"],
        "properties": {
            "variables": _NAMES,
            "points": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "array", "prefixItems": [_ROW, _NUMBER], "minItems": 2, "maxItems": 2},
                "description": "[[value of each variable, …], probability]",
            },
        },
    },
    "independent": {
        "required": [],
        "properties": {
            "marginals": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "the law of each variable as text, such as \"Normal(0, 1)\"",
            },
            "laws": {"type": "array", "items": _LAW, "description": "joint laws of several variables"},
        },
    },
    "normal": {
        "required": ["variables", "mean", "covariance"],
        "properties": {
            "variables": _NAMES,
            "mean": {"type": "array", "items": _VALUE},
            "covariance": {"type": "array", "items": {"type": "array", "items": _VALUE}},
        },
    },
    "moments": {"required": ["variables"], "properties": _UNKNOWN},
    "cumulants": {
        "required": ["variables"],
        "properties": {**_UNKNOWN, "max_order": {"type": "integer", "minimum": 1}},
    },
    "mixture": {
        "required": ["components"],
        "properties": {
            "components": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["weight", "law"],
                    "additionalProperties": False,
                    "properties": {"weight": _VALUE, "law": _LAW},
                },
            }
        },
    },
    "rows": {
        "required": ["variables", "rows"],
        "properties": {
            "variables": _NAMES,
            "rows": {"type": "array", "minItems": 1, "items": _ROW},
            "weights": {"type": "array", "items": _NUMBER},
        },
    },
    "table": {
        "required": ["file"],
        "properties": {
            "file": {**_NAME, "description": "a CSV file in the folder of this one"},
            "columns": _NAMES,
            "delimiter": {"type": "string", "minLength": 1, "maxLength": 1},
            "codes": {**_WORDS, "description": "words of a column in the order 0, 1, 2, …"},
            "missing": {"enum": ["error", "drop"]},
            "decimal": {"enum": [".", ","]},
        },
    },
    "network": {
        "required": ["file"],
        "properties": {
            "file": {**_NAME, "description": "a BIF file in the folder of this one"},
            "rounding": {"enum": ["error", "normalise"]},
        },
    },
}
"""What each kind of law needs and may have."""

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": FORMAT,
    "description": "A joint law of named variables, exact.",
    "$ref": "#/$defs/law",
    "$defs": {
        "law": {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"enum": list(KINDS)}},
            "allOf": [
                {
                    "if": {"required": ["kind"], "properties": {"kind": {"const": kind}}},
                    "then": {
                        "required": about["required"],
                        "additionalProperties": False,
                        "properties": {**_COMMON, **about["properties"]},
                    },
                }
                for kind, about in KINDS.items()
            ],
        }
    },
}
"""JSON Schema, for JSON and TOML alike."""

_TYPES = {"object": "a table", "array": "a list", "string": "text", "integer": "an integer", "number": "a decimal",
          "boolean": "true or false"}  # fmt: skip


def first_problem(document: Any) -> tuple[Path, str] | None:
    """Where a document first breaks the schema, and the rule it breaks; None where it is well-formed.

    >>> first_problem({"kind": "normal", "variables": ["x"], "mean": [0], "covariance": 1})
    (('covariance',), 'must be a list, not 1')
    >>> first_problem({"kind": "finite", "variables": ["x"]})
    ((), "needs the field 'points'")
    """
    problems = jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)
    # a name that is misspelled is also one that is missing: what is there helps more
    worst = min(problems, key=lambda e: ([str(p).rjust(9) for p in e.absolute_path], e.validator == "required"), default=None)
    return None if worst is None else (tuple(worst.absolute_path), _sentence(worst))


def _sentence(error: jsonschema.ValidationError) -> str:
    value = repr(error.instance)
    shown = value if len(value) <= 60 else value[:57] + "…"
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return f"needs the field {missing!r}{', one of ' + ', '.join(KINDS) if missing == 'kind' else ''}"
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        extra = next(name for name in error.instance if name not in known)
        return f"has no field {extra!r}; its fields are {', '.join(known)}"
    if error.validator == "type":
        wanted = error.validator_value
        names = [_TYPES[t] for t in ([wanted] if isinstance(wanted, str) else wanted)]
        return f"must be {' or '.join(names)}, not {shown}"
    if error.validator == "enum":
        return f"must be one of {', '.join(map(repr, error.validator_value))}, not {shown}"
    if error.validator == "const":
        return f"must be {error.validator_value!r}, not {shown}"
    if error.validator in ("minItems", "maxItems"):
        bound = "at least" if error.validator == "minItems" else "at most"
        return f"must have {bound} {error.validator_value} entries, not {len(error.instance)}"
    if error.validator in ("minLength", "maxLength"):
        bound = "at least" if error.validator == "minLength" else "at most"
        return f"must have {bound} {error.validator_value} characters, not {len(error.instance)}"
    return f"must be at least {error.validator_value}, not {shown}"  # minimum, the only rule left
