"""The straight-line module: one function ``evaluate`` in plain NumPy, rows in blocks, results written into reused buffers."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from symwick.codegen.buffers import Layout, laid_out
from symwick.codegen.machine import Machine, Step
from symwick.codegen.module_text import PRODUCT, Signature, as_text, module_head, output_names
from symwick.codegen.names import unused_prefix
from symwick.codegen.numpy_rules import as_expression, lines, table_arrays
from symwick.codegen.rounding import dtype_text, literal, rational

__all__ = ["block_rows", "numpy_source"]

_WIDTH = 120
_SCRATCH = 16_000_000  # bytes of buffers that a block should not exceed
_LEAST, _MOST = 256, 16384  # rows of a block: below, the calls cost more than the arithmetic


def block_rows(slots: int, dtype: np.dtype[Any]) -> int:
    """Rows of a block: a power of two from 256 to 16,384, so that the buffers take at most 16 MB where they can.

    >>> block_rows(5, np.dtype("float64")), block_rows(400, np.dtype("float64"))
    (16384, 4096)
    """
    rows = _MOST
    while rows > _LEAST and rows * slots * dtype.itemsize > _SCRATCH:
        rows //= 2
    return rows


def numpy_source(machine: Machine, signature: Signature, dtype: np.dtype[Any]) -> str:
    """The text of the module."""
    return _Module(machine, signature, dtype).text()


class _Module:
    def __init__(self, machine: Machine, signature: Signature, dtype: np.dtype[Any]) -> None:
        self.machine, self.signature, self.dtype = machine, signature, dtype
        self.layout: Layout = laid_out(machine)
        arguments = [*signature.identifiers.values()]
        self.name = {word: self._local(word, arguments) for word in (
            "given", "shape", "size", "flat", "result", "first", "last", "scratch", "start", "stop", "same", "block",
            "a", "count", "name",
        )}  # fmt: skip
        self.prefix = {letter: unused_prefix(letter, arguments) for letter in "btrMA"}
        self.arrays: list[str] = []
        self.tables: dict[str, str] = {}
        self.text_of: dict[int, str] = {r: signature.identifiers[name] for r, name in machine.inputs.items()}
        for k, step in enumerate(machine.prelude):
            self.text_of[step.dest] = f"{self.prefix['t']}{k}"
        for register, slot in self.layout.slot.items():
            self.text_of[register] = f"{self.prefix['b']}{slot}"
        for register, k in self.layout.target.items():
            self.text_of[register] = f"{self.prefix['r']}{k}"

    @staticmethod
    def _local(word: str, arguments: Sequence[str]) -> str:
        while word in arguments:
            word += "_"
        return word

    def operand(self, operand: Any) -> str:
        """A register by its name, a constant as a number."""
        return self.text_of[operand] if isinstance(operand, int) else literal(rational(operand[1]), self.dtype)

    # -- the text ------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        blocks = block_rows(max(self.layout.slots, 1), self.dtype)
        head = module_head(self.signature, self.dtype, self.layout.slots * blocks * self.dtype.itemsize)
        body = [*self.start(), *self.loop(), *self.end()]
        names = [] if self.signature.single else output_names(self.signature)
        constants = [f"BLOCK = {blocks}", *names, *self.matrices(), *self.arrays]
        helper = ["", *PRODUCT.splitlines()] if any(step.op == "matrix" for step in self.machine.steps) else []
        return "\n".join([*head, "", *constants, *helper, "", "", *body]) + "\n"

    def matrices(self) -> list[str]:
        found = []
        for k, step in enumerate(step for step in self.machine.steps if step.op == "matrix"):
            rows = [", ".join(literal(rational(w), self.dtype) for w in row) for row in step.data]
            found.append(f"{self.matrix(k)} = np.array([")
            for row in rows:
                found += wrap(f"[{row}],", _WIDTH, initial_indent="    ", subsequent_indent="     ")
            found.append(f"], {dtype_text(self.dtype)})")
        return found

    def matrix(self, k: int) -> str:
        return f"{self.prefix['M']}{k}"

    def start(self) -> list[str]:
        """The signature, and arguments made flat."""
        n, signature = self.name, self.signature
        arguments = list(signature.identifiers.values())
        several = not signature.single
        long = f"{len(signature.outputs)}, {n['size']}"
        head = ", ".join(["*", *arguments, "out=None", "rows=None"])
        return [
            *as_text(f"def evaluate({head}):", 4),
            '    """The values; see above. ``out`` is C-contiguous; ``rows=(first, last)`` computes these rows of it only."""',
            *as_text(f"    {n['given']} = [np.asarray({n['a']}) for {n['a']} in ({_tuple(arguments)})]", 8),
            f"    {n['shape']} = np.broadcast_shapes(*({n['a']}.shape for {n['a']} in {n['given']}))",
            f"    {n['size']} = int(np.prod({n['shape']}))",
            f"    {n['flat']} = []",
            f"    for {n['a']} in {n['given']}:",
            f"        if {n['a']}.size == 1:",
            f"            {n['a']} = np.broadcast_to({n['a']}.reshape(()), ({n['size']},))",
            f"        elif {n['a']}.shape == {n['shape']} and {n['a']}.flags.c_contiguous:",
            f"            {n['a']} = {n['a']}.reshape(-1)",
            "        else:",
            f"            {n['a']} = np.broadcast_to({n['a']}, {n['shape']}).flat  # copies one block at a time",
            f"        {n['flat']}.append({n['a']})",
            "    if out is not None and not out.flags.c_contiguous:",
            '        raise ValueError("out must be C-contiguous")',
            f"    {n['result']} = np.empty({f'({long})' if several else n['size']}, {dtype_text(self.dtype)}) "
            f"if out is None else out.reshape({long if several else '-1'})",
            f"    {n['first']}, {n['last']} = (0, {n['size']}) if rows is None else rows",
        ]

    def loop(self) -> list[str]:
        """The blocks."""
        n, machine, layout = self.name, self.machine, self.layout
        names = [self.signature.identifiers[name] for name in self.signature.variables]
        parameters = [self.signature.identifiers[name] for name in self.signature.parameters]
        cast = f".astype({dtype_text(self.dtype)}, casting=\"same_kind\", copy=False)"
        found = []
        if layout.slots:
            size = f"min(BLOCK, max({n['last']} - {n['first']}, 0))"
            found.append(f"    {n['scratch']} = np.empty({layout.slots} * {size}, {dtype_text(self.dtype)})")
        if parameters:
            whole = f"{n['given']}[{len(names)}:]"
            found.append(f"    {n['same']} = all({n['a']}.size == 1 for {n['a']} in {whole})  # one value for all rows")
        found += [
            f"    for {n['start']} in range({n['first']}, {n['last']}, BLOCK):",
            f"        {n['stop']} = min({n['start']} + BLOCK, {n['last']})",
        ]
        piece = f"{n['a']}[{n['start']}:{n['stop']}]{cast}"
        if names:
            found += _assigned(_targets(names), f"({piece} for {n['a']} in {n['flat']}[:{len(names)}])", 8)
        if parameters:
            found.append(f"        if {n['start']} == {n['first']} or not {n['same']}:")
            found += _assigned(_targets(parameters), f"({piece} for {n['a']} in {n['flat']}[{len(names)}:])", 12)
            found.append(f"            if {n['same']}:")
            found += _assigned(_targets(parameters), f"({n['a']}[0] for {n['a']} in ({_tuple(parameters)}))", 16)
            found += [f"            {line}" for line in self.prelude()]
        elif self.machine.prelude:  # constants that have no exact value, such as no number
            found += [f"        {line}" for line in self.prelude()]
        if layout.slots:
            found.append(f"        {n['count']} = {n['stop']} - {n['start']}")
            shape = f"{layout.slots}, {n['count']}"
            found.append(f"        {n['block']} = {n['scratch']}[:{layout.slots} * {n['count']}].reshape({shape})")
            buffers = _targets([f"{self.prefix['b']}{k}" for k in range(layout.slots)])
            found += _assigned(buffers, n["block"], 8)
        for k in range(len(self.signature.outputs)):
            row = f"{n['result']}[{n['start']}:{n['stop']}]" if self.signature.single else (
                f"{n['result']}[{k}, {n['start']}:{n['stop']}]"
            )  # fmt: skip
            found.append(f"        {self.prefix['r']}{k} = {row}")
        for register, slot in layout.copies.items():
            source = self.signature.identifiers[machine.inputs[register]]
            found.append(f"        {self.prefix['b']}{slot}[...] = {source}")
        found += [f"        {line}" for line in self.steps()]
        return found

    def prelude(self) -> list[str]:
        return [
            f"{self.text_of[step.dest]} = "
            + as_expression(step.op, [self.operand(o) for o in step.operands], self.data(step), self.dtype)
            for step in self.machine.prelude
        ]

    def steps(self) -> list[str]:
        found, matrix = [], 0
        for step in self.machine.steps:
            if step.op == "matrix":
                found += self.product(step, matrix)
                matrix += 1
            elif step.dest in self.text_of:
                operands = [self.operand(o) for o in step.operands]
                found += lines(step.op, self.text_of[step.dest], operands, self.data(step), self.dtype)
        for k, operand in enumerate(self.machine.outputs):
            if not (isinstance(operand, int) and self.layout.target.get(operand) == k):
                found.append(f"{self.prefix['r']}{k}[...] = {self.operand(operand)}")
        return found

    def data(self, step: Step) -> Any:
        """What belongs to a step; axes and values of a table by the names of constants of the module."""
        if step.op != "table":
            return step.data
        axes, values = table_arrays(step.data, self.dtype)
        lengths = [len(axis) for axis in step.data.points]
        return [self.array(axis) for axis in axes], self.array(values) if values else "", lengths

    def array(self, text: str) -> str:
        """The name of a constant array."""
        if text not in self.tables:
            self.tables[text] = f"{self.prefix['A']}{len(self.tables)}"
            self.arrays += as_text(f"{self.tables[text]} = {text}", 4)
        return self.tables[text]

    def product(self, step: Step, k: int) -> list[str]:
        """A matrix product; columns that are scattered are brought together first."""
        product, block = self.layout.products[step.dest], self.name["block"]
        result = f"{block}[{product.first}:{product.first + product.rows}]"
        if product.contiguous:
            low = product.columns[0]
            return [f"product({self.matrix(k)}, {block}[{low}:{low + len(product.columns)}], {result})"]
        low, high = self.layout.gathered, self.layout.gathered + len(product.columns)
        found = as_text(
            f"np.take({block}[:{low}], [{', '.join(map(str, product.columns))}], axis=0, "
            f'out={block}[{low}:{high}], mode="clip")',
            4,
        )
        return [*found, f"product({self.matrix(k)}, {block}[{low}:{high}], {result})"]

    def end(self) -> list[str]:
        n = self.name
        if self.signature.single:
            return ["    if out is not None:", "        return out", f"    return {n['result']}.reshape({n['shape']})[()]"]
        row = f"{n['a']}.reshape({n['shape']})[()]"
        return [f"    return {{{n['name']}: {row} for {n['name']}, {n['a']} in zip(OUTPUTS, {n['result']})}}"]


_JOINED = "\0"


def _tuple(items: Sequence[str]) -> str:
    """The inside of a tuple."""
    return ", ".join(items) + ("," if len(items) == 1 else "")


def _targets(items: Sequence[str]) -> str:
    """Names to which the members of an iterable are given, in brackets where the line may be broken among them."""
    text = _tuple(items)
    return f"({text})" if len(text) > _WIDTH // 2 else text


def _assigned(targets: str, value: str, indent: int) -> list[str]:
    """``targets = value``, broken inside brackets where it is long; the value has brackets, or is a name."""
    if value.startswith("("):  # the places around the sign are outside brackets: no line may end there
        line = " " * indent + f"{targets}{_JOINED}={_JOINED}{value}"
        return [part.replace(_JOINED, " ") for part in as_text(line, indent + 4)]
    *lines, last = as_text(" " * indent + targets, indent + 4)
    return [*lines, f"{last} = {value}"]
