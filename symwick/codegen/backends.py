"""The registry of backends: how a program becomes source, and how source is run. The one place that runs generated text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from symwick.codegen.horner import nested
from symwick.codegen.machine import Machine, machine
from symwick.codegen.matrices import with_matrices
from symwick.codegen.module_text import Signature
from symwick.codegen.numba_source import numba_available, numba_source
from symwick.codegen.numpy_source import numpy_source
from symwick.codegen.program import Program
from symwick.codegen.shared_products import with_shared_products
from symwick.codegen.tape import taped
from symwick.codegen.tape_source import tape_source
from symwick.errors import InvalidArgument

__all__ = ["BACKENDS", "Backend", "Code", "backend_named", "run_source"]

STRAIGHT = 20_000
"""Arguments of all instructions up to which a program becomes one function; larger ones become a tape."""


@dataclass(frozen=True)
class Code:
    """What a backend makes: the module's text, and how many operations of each kind a row takes."""

    source: str
    operations: dict[str, int]


@dataclass(frozen=True)
class Backend:
    """A way to generate code. ``missing`` says what is not installed, or nothing."""

    name: str
    generate: Callable[[Program, Signature, np.dtype[Any], frozenset[str]], Code]
    missing: Callable[[], str]
    dtypes: tuple[str, ...] = ("float64", "float32", "longdouble")


def optimised(program: Program, parameters: frozenset[str], matrices: bool) -> tuple[Program, list[bool]]:
    """The passes, and which instructions are made of parameters alone."""
    program = with_shared_products(nested(program, parameters))
    uniform = uniform_of(program, parameters)
    if matrices:
        program = with_matrices(program, uniform)
        uniform = uniform_of(program, parameters)
    return program, uniform


def uniform_of(program: Program, parameters: frozenset[str]) -> list[bool]:
    """For every instruction, whether it is made of parameters and constants alone."""
    found: list[bool] = []
    for i, op in enumerate(program.ops):
        found.append(program.data[i] in parameters if op == "input" else all(found[a] for a in program.args[i]))
    return found


def _numpy(program: Program, signature: Signature, dtype: np.dtype[Any], parameters: frozenset[str]) -> Code:
    if program.terms() > STRAIGHT:
        tape = taped(program, dtype)
        return Code(tape_source(tape, signature, dtype), dict(tape.operations))
    made = machine(*optimised(program, parameters, matrices=True))
    operations = counted(made)
    return Code(numpy_source(made, _with_counts(signature, operations), dtype), operations)


def _numba(program: Program, signature: Signature, dtype: np.dtype[Any], parameters: frozenset[str]) -> Code:
    if program.terms() > STRAIGHT:
        raise InvalidArgument(
            f"Argument 'x' must have at most {STRAIGHT:,} operands for backend='numba', not {program.terms():,}; "
            f"backend='numpy' runs it as a tape."
        )
    made = machine(*optimised(program, frozenset(), matrices=False))
    operations = counted(made)
    return Code(numba_source(made, _with_counts(signature, operations), dtype), operations)


def _with_counts(signature: Signature, operations: Mapping[str, int]) -> Signature:
    shown = ", ".join(f"{count} {op}" for op, count in operations.items()) or "none"
    return Signature(
        signature.variables, signature.parameters, signature.identifiers, signature.outputs, signature.formulas,
        signature.single, shown,
    )  # fmt: skip


def counted(made: Machine) -> dict[str, int]:
    """Operations by kind, by name; a matrix counts as that, and its entries as ``entries``; ``prelude`` is done once."""
    counts = Counter(step.op for step in made.steps)
    entries = sum(len(step.data) * len(step.operands) for step in made.steps if step.op == "matrix")
    if entries:
        counts["entries"] = entries
    if made.prelude:
        counts["prelude"] = len(made.prelude)
    return {op: counts[op] for op in sorted(counts)}


BACKENDS: dict[str, Backend] = {
    backend.name: backend
    for backend in (
        Backend("numpy", _numpy, lambda: ""),
        Backend("numba", _numba, lambda: "" if numba_available() else "pip install symwick[numba]", ("float64", "float32")),
    )
}
"""All backends, by name."""


def backend_named(name: Any) -> Backend:
    """The backend of that name. Raises InvalidArgument, which lists them, and for one that is not installed."""
    found = BACKENDS.get(name.strip().lower()) if isinstance(name, str) else None
    if found is None:
        raise InvalidArgument(f"Argument 'backend' must be one of {', '.join(BACKENDS)}, not {name!r}.")
    if hint := found.missing():
        raise InvalidArgument(f"Argument 'backend' must be installed, but {found.name} is not: {hint}.")
    return found


def run_source(source: str) -> Callable[..., Any]:
    """The function ``evaluate`` of a module that this package has generated."""
    code: CodeType = compile(source, "<generated by symwick>", "exec")
    namespace: dict[str, Any] = {"__name__": "symwick_generated"}
    exec(code, namespace)
    function: Callable[..., Any] = namespace["evaluate"]
    return function
