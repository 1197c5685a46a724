"""The numba backend: one compiled loop over rows, every step a line of plain Python arithmetic."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from symwick.codegen.machine import Machine
from symwick.codegen.module_text import Signature, as_text, module_head, output_names
from symwick.codegen.names import unused_prefix
from symwick.codegen.rounding import dtype_text, literal, rational

__all__ = ["NUMBA", "numba_available", "numba_source"]


def numba_available() -> bool:
    """Whether numba is installed; it is not imported to find out."""
    return find_spec("numba") is not None


NUMBA: dict[str, str] = {
    "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0} * {1}", "divide": "{0} / {1}", "negative": "-{0}",
    "copy": "{0}", "exp": "np.exp({0})", "log": "np.log({0})", "sqrt": "np.sqrt({0})", "sin": "np.sin({0})",
    "cos": "np.cos({0})", "tan": "np.tan({0})", "sinh": "np.sinh({0})", "cosh": "np.cosh({0})", "tanh": "np.tanh({0})",
    "atan": "np.arctan({0})", "asin": "np.arcsin({0})", "acos": "np.arccos({0})", "asinh": "np.arcsinh({0})",
    "acosh": "np.arccosh({0})", "atanh": "np.arctanh({0})", "atan2": "np.arctan2({0}, {1})", "abs": "abs({0})",
    "sign": "np.sign({0})", "floor": "np.floor({0})", "ceiling": "np.ceil({0})", "max": "np.maximum({0}, {1})",
    "min": "np.minimum({0}, {1})", "mod": "np.mod({0}, {1})", "pow": "np.power({0}, {1})",
    "heaviside": "({1} if {0} == 0 else np.nan if {0} != {0} else 1.0 * ({0} > 0))",
    "indicator": "1.0 * ({0} == {1})", "equal": "1.0 * ({0} == {1})", "unequal": "1.0 * ({0} != {1})",
    "less": "1.0 * ({0} < {1})", "less_equal": "1.0 * ({0} <= {1})", "greater": "1.0 * ({0} > {1})",
    "greater_equal": "1.0 * ({0} >= {1})", "and": "min({0}, {1})", "or": "max({0}, {1})", "xor": "1.0 * ({0} != {1})",
    "select": "{1} if {0} != 0 else {2}", "nan": "np.nan",
}  # fmt: skip
"""An expression for every operation but tables, which are lines of comparisons."""


def numba_source(machine: Machine, signature: Signature, dtype: np.dtype[Any]) -> str:
    """The text of the module."""
    names = list(signature.identifiers.values())
    temporary, kernel_result = unused_prefix("t", names), unused_prefix("r", names)
    text: dict[int, str] = {r: signature.identifiers[name] for r, name in machine.inputs.items()}
    kind = dtype_text(dtype)

    def operand(o: Any) -> str:
        return text[o] if isinstance(o, int) else _number(literal(rational(o[1]), dtype), dtype)

    body: list[str] = []
    for k, step in enumerate((*machine.prelude, *machine.steps)):
        text[step.dest] = f"{temporary}{k}"
        operands = [operand(o) for o in step.operands]
        if step.op == "table":
            body += _table(text[step.dest], operands, step.data, dtype)
            continue
        if step.op == "indicator":
            operands.append(_number(literal(step.data, dtype), dtype))
        body.append(f"{text[step.dest]} = {kind}({NUMBA[step.op].format(*operands)})")
    index = unused_prefix("i", [*names, *text.values()])
    flat = {name: f"{name}_" for name in names}
    while set(flat.values()) & set(names):
        flat = {name: f"{value}_" for name, value in flat.items()}
    local = {w: _local(w, names) for w in ("given", "shape", "size", "flat", "result", "first", "last", "a", "name")}
    outputs = len(signature.outputs)
    head = module_head(signature, dtype, 0)
    head[-1] = "import numpy as np\nfrom numba import njit"
    kernel = [
        "@njit(nogil=True, error_model=\"numpy\")",
        *as_text(f"def kernel({', '.join([*flat.values(), kernel_result, f'{index}0', f'{index}1'])}):", 4),
        f"    for {index} in range({index}0, {index}1):",
        *(f"        {name} = {kind}({flat[name]}[{index}])" for name in names),
        *(f"        {line}" for line in body),
        *(f"        {kernel_result}[{k}, {index}] = {operand(o)}" for k, o in enumerate(machine.outputs)),
    ]
    n = local
    result = "1" if signature.single else str(outputs)
    back = f"{n['result']}[0].reshape({n['shape']})[()]" if signature.single else (
        f"{{{n['name']}: {n['a']}.reshape({n['shape']})[()] for {n['name']}, {n['a']} in zip(OUTPUTS, {n['result']})}}"
    )  # fmt: skip
    evaluate = [
        *as_text(f"def evaluate({', '.join(['*', *names, 'out=None', 'rows=None'])}):", 4),
        '    """The values; see above. ``out`` is C-contiguous; ``rows=(first, last)`` computes these rows of it only."""',
        f"    {n['given']} = [np.asarray({n['a']}) for {n['a']} in ({''.join(f'{name}, ' for name in names)})]",
        f"    {n['shape']} = np.broadcast_shapes(*({n['a']}.shape for {n['a']} in {n['given']}))",
        f"    {n['size']} = int(np.prod({n['shape']}))",
        f"    {n['flat']} = []",
        f"    for {n['a']} in {n['given']}:",
        f"        if {n['a']}.dtype != {kind}:",
        f"            {n['a']} = {n['a']}.astype({kind}, casting=\"same_kind\")",
        f"        {n['flat']}.append(np.broadcast_to({n['a']}, {n['shape']}).reshape(-1))",
        "    if out is not None and not out.flags.c_contiguous:",
        '        raise ValueError("out must be C-contiguous")',
        f"    {n['result']} = np.empty(({result}, {n['size']}), {kind}) if out is None else out.reshape({result}, -1)"
        if signature.single
        else f"    {n['result']} = np.empty(({result}, {n['size']}), {kind}) if out is None "
        f"else out.reshape({result}, {n['size']})",
        f"    {n['first']}, {n['last']} = (0, {n['size']}) if rows is None else rows",
        f"    kernel(*{n['flat']}, {n['result']}, {n['first']}, {n['last']})",
        "    if out is not None:",
        "        return out",
        f"    return {back}",
    ]
    names_lines = [] if signature.single else [*output_names(signature), ""]
    return "\n".join([*head, "", *names_lines, "", *kernel, "", "", *evaluate]) + "\n"


def _number(text: str, dtype: np.dtype[Any]) -> str:
    return f"np.float32({text})" if dtype == np.float32 else f"({text})" if text.startswith("-") else text


def _local(word: str, taken: list[str]) -> str:
    while word in taken or word == "kernel":
        word += "_"
    return word


def _table(dest: str, operands: list[str], data: Any, dtype: np.dtype[Any]) -> list[str]:
    """No number off the grid; then one comparison after the other."""
    found = [f"{dest} = {dtype_text(dtype)}(np.nan)"]
    for r, value in enumerate(data.values):
        rest, places = r, []
        for axis in reversed(data.points):
            places.append(axis[rest % len(axis)])
            rest //= len(axis)
        tests = [
            f"{o} == {_number(literal(p, dtype), dtype)}" for o, p in zip(operands, reversed(places), strict=True)
        ]
        found.append(f"{'if' if r == 0 else 'elif'} {' and '.join(tests)}:")
        found.append(f"    {dest} = {_number(literal(value, dtype), dtype)}")
    return found
