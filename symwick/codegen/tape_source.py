"""The module of a tape: the tape as text, and one loop that runs it on blocks of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from symwick.codegen.module_text import PRODUCT, Signature, module_head, output_names
from symwick.codegen.numpy_rules import UFUNCS, sorted_table
from symwick.codegen.rounding import dtype_text, rounded
from symwick.codegen.tape import Tape, TapeStep

__all__ = ["TAPE_OPERATIONS", "tape_rows", "tape_source"]

TAPE_OPERATIONS = (
    "sum", "product", "power", "reciprocal", "constant", "dot", "select", "nan", "table", "indicator",
    *(f"fold {name}" for name in ("max", "min", "and", "or", "xor")),
    *sorted(set(UFUNCS) - {"add", "subtract", "multiply", "divide", "negative", "indicator", "copy", "max", "min", "and", "or",
                           "xor"}),
)  # fmt: skip
"""Operations of tape steps; a step holds the position of its operation in this list."""

_CACHE = 1_000_000  # bytes that the widest step should touch
_MEMORY = 16_000_000  # bytes of all slots
_ROWS = (64, 8192)  # the least and the most rows of a block


def tape_rows(tape: Tape, dtype: np.dtype[Any]) -> int:
    """Rows of a block: a power of two, so that the widest step stays in the cache and all slots in bounds."""
    rows = _ROWS[1]
    while rows > _ROWS[0] and (
        3 * tape.width * rows * dtype.itemsize > _CACHE or (tape.slots + 2 * tape.width) * rows * dtype.itemsize > _MEMORY
    ):
        rows //= 2
    return rows


def tape_source(tape: Tape, signature: Signature, dtype: np.dtype[Any]) -> str:
    """The text of the module."""
    integers: list[int] = []
    numbers: list[Any] = []
    for step in tape.steps:
        _write(step, integers, numbers, dtype)
    rows = tape_rows(tape, dtype)
    shown = ", ".join(f"{count} {op}" for op, count in sorted(tape.operations.items())) or "none"
    told = Signature(
        signature.variables, signature.parameters, signature.identifiers, signature.outputs, signature.formulas,
        signature.single, shown,
    )  # fmt: skip
    head = module_head(told, dtype, (tape.slots + 2 * tape.width) * rows * dtype.itemsize)
    used = [step.op for step in tape.steps]
    functions = {op: TAPE_OPERATIONS.index(op) for op in sorted(set(used)) if op in UFUNCS and op not in ("indicator",)}
    folds = {f"fold {op}": TAPE_OPERATIONS.index(f"fold {op}") for op in ("max", "min", "and", "or", "xor")}
    folds = {op: code for op, code in folds.items() if op in set(used)}
    kind = dtype_text(dtype)
    names = list(signature.identifiers.values())
    place = {name: slot for slot, name in tape.inputs.items()}
    text = _LOOP
    for key, value in {
        "ARGUMENTS": "".join(f"{name}, " for name in names),
        "GIVEN": "".join(f"{name}, " for name in names),
        "DTYPE": kind,
        "RESULT": "size" if signature.single else "(len(OUTPUTS), size)",
        "RESHAPED": "-1" if signature.single else "len(OUTPUTS), size",
        "RETURN": "result.reshape(shape)[()]" if signature.single else (
            "{name: a.reshape(shape)[()] for name, a in zip(OUTPUTS, result)}"
        ),
        "ROW": "result[start:stop]" if signature.single else "result[k, start:stop]",
    }.items():  # fmt: skip
        text = text.replace(f"<{key}>", value)
    return "\n".join([
        *head, "",
        f"BLOCK = {rows}",
        f"SLOTS, WIDTH = {tape.slots}, {tape.width}",
        f"INPUTS = {tuple(place.get(name, -1) for name in signature.identifiers)!r}  # the slot of each argument",
        f"RESULTS = {tuple(tape.outputs)!r}  # the slot of each output",
        f"FUNCTIONS = {{{', '.join(f'{code}: {UFUNCS[op]}' for op, code in functions.items())}}}",
        f"FOLDS = {{{', '.join(f'{code}: {UFUNCS[op[5:]]}' for op, code in folds.items())}}}",
        *([] if signature.single else output_names(signature)),
        "# Steps, one after the other: operation, first slot, count, arguments, rows of numbers, length of data; then for every",
        "# argument the slots of all results, and the data. Their numbers are in NUMBERS.",
        *_array("STEPS", _lines(map(str, integers), 24), "np.int64"),
        *_array("NUMBERS", _lines(_texts(numbers, dtype), 6), kind),
    ]) + text  # fmt: skip


def _array(name: str, lines: list[str], kind: str) -> list[str]:
    """An array as text; no text is read as an array of no numbers."""
    if not lines:
        return [f"{name} = np.empty(0, {kind})"]
    return [f'{name} = np.fromstring("""', *lines, f'""", {kind}, sep=" ")']


def _texts(numbers: Sequence[Any], dtype: np.dtype[Any]) -> Iterable[str]:
    if dtype.itemsize > 8:
        return (np.format_float_scientific(x, unique=True) for x in numbers)
    return map(repr, map(float, numbers))


def _lines(items: Iterable[str], many: int) -> list[str]:
    listed = list(items)
    return [" ".join(listed[i : i + many]) for i in range(0, len(listed), many)]


def _write(step: TapeStep, integers: list[int], numbers: list[Any], dtype: np.dtype[Any]) -> None:
    data: list[int] = []
    rows = list(step.numbers)
    if step.op == "sum":
        data = [int(flag) for flag in step.data]
    elif step.op == "power":
        data = [e for power in step.data for e in power]
    elif step.op == "table":
        axes, values = sorted_table(step.data)
        data = [len(axis) for axis in axes]
        rows = [tuple(rounded(x, dtype) for x in row) for row in (*axes, values)]
    integers += [TAPE_OPERATIONS.index(step.op), step.first, step.results, len(step.places), len(rows), len(data)]
    for column in step.places:
        integers += column
    integers += data
    for row in rows:
        numbers += row


_LOOP = '\n' + PRODUCT + '''


def decoded():
    """The steps as tuples: operation, first slot, count, slots of arguments, numbers, data."""
    steps, i, k = [], 0, 0
    integers = STEPS.tolist()
    while i < len(integers):
        op, first, count, arguments, rows, length = integers[i:i + 6]
        i += 6
        places = [STEPS[i + j * count:i + (j + 1) * count] for j in range(arguments)]
        if count == 1:
            places = integers[i:i + arguments]
        i += arguments * count
        data = integers[i:i + length]
        i += length
        sizes = [count] * rows
        if op == <TABLE>:
            sizes = [*data, int(np.prod(data))]
        elif op == <DOT>:
            sizes = [1] * rows
        numbers = []
        for size in sizes:
            numbers.append(NUMBERS[k:k + size] if size > 1 or op == <TABLE> else NUMBERS[k])
            k += size
        if count > 1:
            places = [slice(int(p[0]), int(p[0]) + count) if np.all(np.diff(p) == 1) else p for p in places]
            if op != <TABLE>:
                numbers = [a[:, None] for a in numbers]
        steps.append((op, first, count, places, numbers, data))
    return steps


TAPE = decoded()


def evaluate(*, <ARGUMENTS>out=None, rows=None):
    """The values; see above. ``out`` is C-contiguous; ``rows=(first, last)`` computes these rows of it only."""
    given = [np.asarray(a) for a in (<GIVEN>)]
    shape = np.broadcast_shapes(*(a.shape for a in given))
    size = int(np.prod(shape))
    flat = []
    for a in given:
        if a.size == 1:
            a = np.broadcast_to(a.reshape(()), (size,))
        elif a.shape == shape and a.flags.c_contiguous:
            a = a.reshape(-1)
        else:
            a = np.broadcast_to(a, shape).flat  # copies one block at a time
        flat.append(a)
    if out is not None and not out.flags.c_contiguous:
        raise ValueError("out must be C-contiguous")
    result = np.empty(<RESULT>, <DTYPE>) if out is None else out.reshape(<RESHAPED>)
    first_row, last_row = (0, size) if rows is None else rows
    block = min(BLOCK, max(last_row - first_row, 1))
    memory = np.empty((SLOTS + 2 * WIDTH) * block, <DTYPE>)
    add, multiply, take = np.add, np.multiply, np.take
    for start in range(first_row, last_row, BLOCK):
        stop = min(start + BLOCK, last_row)
        n = stop - start
        work = memory[:(SLOTS + 2 * WIDTH) * n].reshape(SLOTS + 2 * WIDTH, n)
        slot, left, right = work[:SLOTS], work[SLOTS:SLOTS + WIDTH], work[SLOTS + WIDTH:]
        row, spare = list(slot), left[0]
        for k, a in zip(INPUTS, flat):
            if k >= 0:
                row[k][...] = a[start:stop].astype(<DTYPE>, casting="same_kind", copy=False)
        for op, first, count, places, numbers, data in TAPE:
            if count == 1:
                target = row[first]
                values = [row[k] for k in places]
            else:
                target = slot[first:first + count]
                values = [slot[k] if type(k) is slice else None for k in places]
            if op == <SUM>:
                plain, without = data
                if count > 1 and values[0] is None:
                    values[0] = take(slot, places[0], axis=0, out=left[:count], mode="clip")
                if plain and len(values) == 1:
                    add(values[0], numbers[0], out=target)
                    continue
                if not plain:
                    multiply(values[0], numbers[0], out=target)
                for j in range(1, len(values)):
                    value = values[j]
                    if value is None:
                        value = take(slot, places[j], axis=0, out=right[:count], mode="clip")
                    if plain:
                        add(values[0] if j == 1 else target, value, out=target)
                    else:
                        multiply(value, numbers[j], out=spare if count == 1 else right[:count])
                        add(target, spare if count == 1 else right[:count], out=target)
                if not without:
                    add(target, numbers[-1], out=target)
                continue
            if op == <DOT>:
                values = np.stack(values)
                product(np.array(numbers[:-1])[None], values, target[None])
                add(target, numbers[-1], out=target)
                continue
            if count > 1:
                for j, value in enumerate(values):
                    if value is None:
                        spread = left[:count] if j == 0 else right[:count] if j == 1 else None
                        values[j] = take(slot, places[j], axis=0, out=spread, mode="clip")
            if op == <PRODUCT>:
                multiply(values[0], values[1], out=target)
                for value in values[2:]:
                    multiply(target, value, out=target)
            elif op in FUNCTIONS:
                FUNCTIONS[op](*values, out=target)
            elif op in FOLDS:
                target[...] = values[0]
                for value in values[1:]:
                    FOLDS[op](target, value, out=target)
            elif op == <POWER>:
                powers = {1: values[0]}
                for j in range(0, len(data), 3):
                    powers[data[j]] = multiply(powers[data[j + 1]], powers[data[j + 2]])
                target[...] = powers[data[-3]]
            elif op == <RECIPROCAL>:
                np.divide(1.0, values[0], out=target)
            elif op == <CONSTANT>:
                target[...] = numbers[0]
            elif op == <INDICATOR>:
                np.equal(values[0], numbers[0], out=target)
            elif op == <SELECT>:
                target[...] = np.where(np.not_equal(values[0], 0), values[1], values[2])
            elif op == <NAN>:
                target[...] = np.nan
            elif op == <TABLE>:
                axes, place, known = numbers[:-1], 0, True
                for axis, value in zip(axes, values):
                    place = place * len(axis) + np.minimum(np.searchsorted(axis, value), len(axis) - 1)
                    known = known & np.isin(value, axis)
                target[...] = np.where(known, numbers[-1][place], np.nan)
        for k, a in enumerate(RESULTS):
            <ROW>[...] = row[a]
    if out is not None:
        return out
    return <RETURN>
'''
for _op in ("sum", "product", "power", "reciprocal", "constant", "dot", "select", "nan", "table", "indicator"):
    _LOOP = _LOOP.replace(f"<{_op.upper()}>", str(TAPE_OPERATIONS.index(_op)))
