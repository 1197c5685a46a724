"""Buffers for registers: the last reading of each, and slots given again once nobody reads them."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

from symwick.codegen.machine import Machine

__all__ = ["Layout", "Product", "laid_out"]


@dataclass(frozen=True, slots=True)
class Product:
    """Where a matrix finds its columns and puts its rows: slots ``columns``, and ``first`` to ``first`` + rows."""

    columns: tuple[int, ...]
    first: int
    rows: int

    @property
    def contiguous(self) -> bool:
        """Whether the columns are neighbours in order."""
        return self.columns == tuple(range(self.columns[0], self.columns[0] + len(self.columns)))


@dataclass(frozen=True, slots=True)
class Layout:
    """``slot`` of each register that has one; ``target``: {register: output} for results that are written in place.

    ``copies``: {register of an input: slot} for columns of a matrix that are inputs; ``gathered`` is the first of the slots
    in which scattered columns of a matrix are brought together; ``slots`` is the number of all.
    """

    slot: dict[int, int]
    target: dict[int, int]
    copies: dict[int, int]
    products: dict[int, Product]
    gathered: int
    slots: int


def laid_out(machine: Machine) -> Layout:
    """Slots by linear scan. The step that reads a register last may write its own result over it.

    Columns of matrices, and their rows, have slots of their own, so that a matrix product finds them side by side.
    """
    last: dict[int, int] = {}
    for position, step in enumerate(machine.steps):
        for operand in step.operands:
            if isinstance(operand, int):
                last[operand] = position
    end = len(machine.steps)
    target: dict[int, int] = {}
    made = {step.dest for step in machine.steps if step.op != "matrix"}
    columns = _columns(machine)
    pinned = {register for rows in machine.matrices.values() for register in rows} | set(columns)
    for k, operand in enumerate(machine.outputs):
        if isinstance(operand, int):
            last[operand] = end
            if operand in made and operand not in pinned:
                target.setdefault(operand, k)
    slot: dict[int, int] = {}
    free: list[int] = []
    used = 0
    for position, step in enumerate(machine.steps):
        if step.op == "matrix":
            continue
        for operand in dict.fromkeys(step.operands):
            if isinstance(operand, int) and last[operand] == position and operand in slot:
                heappush(free, slot[operand])
        if step.dest not in target and step.dest not in pinned and step.dest in last:
            if free:
                slot[step.dest] = heappop(free)
            else:
                slot[step.dest] = used
                used += 1
    return _with_matrices(machine, slot, target, columns, used)


def _columns(machine: Machine) -> list[int]:
    """Registers that are columns of matrices, in the order of the first matrix that reads them."""
    found: dict[int, None] = {}
    for step in machine.steps:
        if step.op == "matrix":
            found.update(dict.fromkeys(operand for operand in step.operands if isinstance(operand, int)))
    return list(found)


def _with_matrices(
    machine: Machine, slot: dict[int, int], target: dict[int, int], columns: list[int], used: int
) -> Layout:
    place = {}
    copies = {}
    for register in columns:
        place[register] = used
        if register in machine.inputs:
            copies[register] = used
        else:
            slot[register] = used
        used += 1
    gathered, widest = used, 0
    products: dict[int, Product] = {}
    for step in machine.steps:
        if step.op == "matrix":
            found = tuple(place[operand] for operand in step.operands if isinstance(operand, int))
            product = Product(found, 0, len(machine.matrices[step.dest]))
            widest = max(widest, 0 if product.contiguous else len(found))
            products[step.dest] = product
    used += widest
    for dest, product in products.items():
        products[dest] = Product(product.columns, used, product.rows)
        for k, register in enumerate(machine.matrices[dest]):
            slot[register] = used + k
        used += product.rows
    return Layout(slot, target, copies, products, gathered, used)
