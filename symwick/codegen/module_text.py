"""What all generated modules share: the signature, and a docstring that says formula, arguments and shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np

from symwick.codegen.sources import MOST_FORMULAS

__all__ = ["PRODUCT", "Signature", "as_text", "module_head", "output_names", "quoted_text"]

_WIDTH = 120

PRODUCT = '''
def product(weights, table, result):
    """weights @ table, in pieces so small that no BLAS library starts threads for one: they cost more than they save."""
    high = max(262144 // (16 * weights.shape[1]), 1)
    for low in range(0, len(weights), high):
        some, into = weights[low:low + high], result[low:low + high]
        width = max(262144 // some.size, 1)
        whole = table.shape[1] // width * width
        pieces, results = (a[:, :whole].reshape(len(a), -1, width).transpose(1, 0, 2) for a in (table, into))
        np.matmul(some, pieces, out=results)
        np.matmul(some, table[:, whole:], out=into[:, whole:])'''
"""A function of generated modules that multiply matrices."""


@dataclass(frozen=True)
class Signature:
    """Arguments and outputs of a module.

    ``identifiers`` maps every argument to its identifier, variables first; ``outputs`` are names, ``formulas`` what they are.
    """

    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    identifiers: Mapping[str, str]
    outputs: tuple[str, ...]
    formulas: tuple[str, ...]
    single: bool
    operations: str = ""


def quoted_text(text: str) -> str:
    """Text that can stand in a docstring, whatever names it holds: nothing in it ends the string or is an escape.

    >>> print(quoted_text('a\\\\b' + '\"' * 3))
    a\\\\b\\"\\"\\"
    """
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain.replace("\\", "\\\\").replace('"', '\\"')


def as_text(line: str, indent: int) -> list[str]:
    """One logical line, broken inside brackets where it is long."""
    if len(line) <= _WIDTH:
        return [line]
    return wrap(line, _WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def module_head(signature: Signature, dtype: np.dtype[Any], scratch: int) -> list[str]:
    """The docstring and the one import."""
    shown = list(zip(signature.outputs, signature.formulas, strict=True))
    formulas = [f"{name} = {formula}" for name, formula in shown[:MOST_FORMULAS]]
    if len(shown) > MOST_FORMULAS:
        formulas.append(f"… and {len(shown) - MOST_FORMULAS} more")
    what = "an array of the broadcast shape" if signature.single else "a dict of arrays of the broadcast shape"
    about = [
        f"{'Value' if signature.single else f'{len(shown)} values'} at every row, in {dtype.name}.",
        "",
        *(line for text in formulas for line in _indented(text)),
        "",
        "Arguments, by keyword: arrays of numbers that broadcast together, or single numbers.",
    ]
    for name in signature.variables:
        about += _indented(f"{signature.identifiers[name]}: {_meaning('variable', name, signature.identifiers[name])}")
    for name in signature.parameters:
        about += _indented(f"{signature.identifiers[name]}: {_meaning('parameter', name, signature.identifiers[name])}")
    if not signature.identifiers:
        about.append("    none")
    about.append(f"Result: {what}, {dtype.name}; a number where all arguments are numbers.")
    about.append(f"Operations a row: {signature.operations}. Buffers: {scratch:,} bytes at most.")
    about[0] = '"""' + about[0]
    return [*about, '"""', "", "import numpy as np"]


def _meaning(kind: str, name: str, identifier: str) -> str:
    return kind if name == identifier else f"{kind} {name!r}"


def _indented(text: str) -> list[str]:
    """Text on lines of its own; escapes are put in after the lines are broken, so that none is torn apart."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    lines = wrap(plain, _WIDTH - 10, initial_indent="    ", subsequent_indent="        ", break_on_hyphens=False)
    return [quoted_text(line) for line in lines]


def output_names(signature: Signature) -> list[str]:
    """The names of several outputs as a constant of the module, one a line: a name is a literal, never code."""
    return ["OUTPUTS = (", *(f"    {name!a}," for name in signature.outputs), ")"]
