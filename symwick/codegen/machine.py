"""The program as machine steps: one operation each, operands registers or constants, in an order that keeps few alive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symwick.algebra.symbolic import Symbolic
from symwick.codegen.chains import steps
from symwick.codegen.program import Program

__all__ = ["Machine", "Step", "machine"]

Operand = int | tuple[str, Any]
"""A register, or ("constant", value)."""

FOLDED = frozenset({"max", "min", "and", "or", "xor"})
"""Functions of any number of arguments that are taken two by two."""


@dataclass(frozen=True, slots=True)
class Step:
    """``dest = op(operands)``; ``data`` is what else belongs to it. A matrix has one register for each of its rows."""

    op: str
    dest: int
    operands: tuple[Operand, ...]
    data: Any = None


@dataclass(frozen=True, slots=True)
class Machine:
    """``prelude``: steps of parameters and constants alone; ``steps``: those of every row; ``inputs``: {register: name}.

    ``outputs`` are operands. ``matrices`` maps the destination of a matrix step to the registers of its rows.
    """

    inputs: dict[int, str]
    prelude: tuple[Step, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Operand, ...]
    matrices: dict[int, tuple[int, ...]]


def machine(program: Program, uniform: Sequence[bool]) -> Machine:
    """Steps of a program; ``uniform`` says which instructions are made of parameters alone."""
    return _Writer(program, uniform).run()


class _Writer:
    def __init__(self, program: Program, uniform: Sequence[bool]) -> None:
        self.program, self.uniform = program, uniform
        self.inputs: dict[int, str] = {}
        self.prelude: list[Step] = []
        self.steps: list[Step] = []
        self.matrices: dict[int, tuple[int, ...]] = {}
        self.registers = 0
        self.value: dict[int, Operand] = {}
        self.powers: dict[tuple[int, int], Operand] = {}
        self.exponents: dict[int, list[int]] = {}
        self.uses = program.uses()
        for i, op in enumerate(program.ops):
            if op == "power":
                self.exponents.setdefault(program.args[i][0], []).append(program.data[i])
        self.need = self._needs()

    def _needs(self) -> list[int]:
        """How many registers each instruction needs at once (Sethi and Ullman's numbers, as if nothing were shared)."""
        need: list[int] = []
        for i, args in enumerate(self.program.args):
            below = sorted((need[a] for a in args), reverse=True)
            kept = (n + min(k, 1) for k, n in enumerate(below)) if self.program.ops[i] in ("sum", "product") else (
                n + k for k, n in enumerate(below)
            )  # fmt: skip
            need.append(0 if self.program.ops[i] in ("input", "constant") else max(1, *kept) if args else 1)
        return need

    def run(self) -> Machine:
        for i, op in enumerate(self.program.ops):
            if op == "input":
                self.value[i] = self._register()
                self.inputs[self.registers - 1] = self.program.data[i]
        for i in self.program.outputs:
            if i not in self.value:
                self._work(i)
        outputs = tuple(self.value[i] for i in self.program.outputs)
        return Machine(self.inputs, tuple(self.prelude), tuple(self.steps), outputs, dict(self.matrices))

    def _work(self, node: int) -> None:
        """Depth first, on a stack of its own."""
        stack = [self._visit(node)]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
            elif child not in self.value:
                stack.append(self._visit(child))

    def _register(self) -> int:
        self.registers += 1
        return self.registers - 1

    def _emit(self, node: int, op: str, operands: Sequence[Operand], data: Any = None) -> int:
        """One step, in the prelude where the instruction is made of parameters alone."""
        step = Step(op, self._register(), tuple(operands), data)
        (self.prelude if self.uniform[node] else self.steps).append(step)
        return step.dest

    def _ordered(self, args: Sequence[int]) -> list[int]:
        """Arguments, the one that needs most registers first."""
        return sorted(args, key=lambda a: -self.need[a])

    def _visit(self, node: int) -> Iterator[int]:
        program = self.program
        op, args, data = program.ops[node], program.args[node], program.data[node]
        if op == "constant":
            self.value[node] = ("constant", data)
        elif op == "sum":
            yield from self._sum(node, args, data)
        elif op == "product":
            yield from self._product(node, args)
        elif op == "power":
            yield from args
            self._power(node, args[0], data)
        elif op == "reciprocal":
            yield from args
            self.value[node] = self._emit(node, "divide", [("constant", 1), self.value[args[0]]])
        elif op == "function" and data in FOLDED:
            yield from self._ordered(args)
            total: Operand = self.value[args[0]]
            for a in args[1:]:
                total = self._emit(node, data, [total, self.value[a]])
            self.value[node] = total
        elif op == "matrix":
            yield from self._ordered(args)
            rows = tuple(self._register() for _ in data)
            self.value[node] = place = self._emit(node, "matrix", [self.value[a] for a in args], data)
            self.matrices[place] = rows
        elif op == "row":
            yield from args
            of = self.value[args[0]]
            assert isinstance(of, int)  # a matrix is a register
            self.value[node] = self.matrices[of][data]
        else:
            yield from self._ordered(args)
            self.value[node] = self._emit(node, data if op == "function" else op, [self.value[a] for a in args], data)

    def _sum(self, node: int, args: Sequence[int], data: Any) -> Iterator[int]:
        weights, constant = data
        weight = dict(zip(args, weights, strict=True))
        order = self._ordered(args)
        if weight[order[0]] == -1:  # begin with a term that needs no change of sign, where one costs as little
            order.sort(key=lambda a: (-self.need[a], weight[a] == -1))
        total: Operand | None = None
        for a in order:
            yield a
            value, w = self.value[a], weight[a]
            if total is None and len(order) == 1 and w == -1 and constant:
                self.value[node] = self._emit(node, "subtract", [("constant", constant), value])
                return
            if total is None:
                total = value if w == 1 else self._scaled(node, value, w)
            elif w == 1 or w == -1:
                total = self._emit(node, "add" if w == 1 else "subtract", [total, value])
            else:
                total = self._emit(node, "add", [total, self._scaled(node, value, w)])
        assert total is not None  # a sum has a term
        if constant:
            negative = not isinstance(constant, Symbolic) and constant < 0
            operands = [total, ("constant", -constant if negative else constant)]
            total = self._emit(node, "subtract" if negative else "add", operands)
        self.value[node] = total

    def _scaled(self, node: int, value: Operand, weight: Any) -> int:
        if weight == -1:
            return self._emit(node, "negative", [value])
        return self._emit(node, "multiply", [value, ("constant", weight)])

    def _product(self, node: int, args: Sequence[int]) -> Iterator[int]:
        under = [a for a in args if self.program.ops[a] == "reciprocal" and self.uses[a] == 1]
        over = [a for a in args if a not in under] or under[:1]
        under = [a for a in under if a not in over]
        total: Operand | None = None
        for a in self._ordered(over):
            yield a
            total = self.value[a] if total is None else self._emit(node, "multiply", [total, self.value[a]])
        assert total is not None  # a product has a factor
        for a in under:
            inner = self.program.args[a][0]
            yield inner
            total = self._emit(node, "divide", [total, self.value[inner]])
        self.value[node] = total

    def _power(self, node: int, base: int, exponent: int) -> None:
        """By an addition chain through the powers of this base that others need as well."""
        self.powers.setdefault((base, 1), self.value[base])
        for power, left, right in steps(e for e in self.exponents[base] if e <= exponent):
            if (base, power) not in self.powers:
                operands = [self.powers[base, left], self.powers[base, right]]
                self.powers[base, power] = self._emit(node, "multiply", operands)
            if power == exponent:
                break
        self.value[node] = self.powers[base, exponent]
