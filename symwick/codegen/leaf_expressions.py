"""sympy expressions that are leaves of forms as instructions: pieces, comparisons, logic, powers, further functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from sympy.core.relational import Relational

from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic_reading import element
from symwick.circuits.leaves import as_indicator
from symwick.circuits.named_functions import function_name
from symwick.codegen.program import Program
from symwick.errors import NoClosedForm

__all__ = ["UNSUPPORTED", "lower_expression"]

UNSUPPORTED = {
    "factorial": "NumPy has no gamma function",
    "gamma": "NumPy has no gamma function",
    "binomial": "NumPy has no gamma function",
    "erf": "NumPy has no error function",
    "erfc": "NumPy has no error function",
}
"""Functions that are known to have no rule, and why."""

_FURTHER: dict[Any, str] = {
    sympy.asin: "asin", sympy.acos: "acos", sympy.asinh: "asinh", sympy.acosh: "acosh", sympy.atanh: "atanh",
    sympy.atan2: "atan2", sympy.Mod: "mod", sympy.Eq: "equal", sympy.Ne: "unequal", sympy.Lt: "less", sympy.Le: "less_equal",
    sympy.Gt: "greater", sympy.Ge: "greater_equal", sympy.And: "and", sympy.Or: "or", sympy.Xor: "xor",
}  # fmt: skip

Lower = Callable[[Any], int]


def lower_expression(program: Program, expression: Any) -> int:
    """The expression as a node; every symbol is an argument. Raises NoClosedForm where NumPy has no rule for a part of it."""

    def lower(e: Any) -> int:
        if e in (sympy.true, sympy.false):
            return program.constant(int(bool(e)))
        if isinstance(e, sympy.Rational):
            return program.constant(to_flint(e))
        if isinstance(e, sympy.Symbol):
            return program.input(e.name)
        if not e.free_symbols and isinstance(e, sympy.Expr) and not isinstance(e, sympy.Piecewise):
            return program.constant(element(e))
        return _composite(program, e, lower)

    return lower(expression)


def _composite(program: Program, e: Any, lower: Lower) -> int:
    if e.is_Add:
        return program.sum([(1, lower(a)) for a in e.args])
    if e.is_Mul:
        return program.product([lower(a) for a in e.args])
    if e.is_Pow:
        return _power(program, e, lower)
    if name := function_name(e):
        return program.function(name, [lower(a) for a in _arguments(e)])
    indicator = as_indicator(e)
    if indicator is not None:
        return program.make("indicator", (program.input(indicator[0].name),), indicator[1])
    if isinstance(e, sympy.Piecewise):
        return _pieces(program, e, lower)
    if isinstance(e, sympy.ITE):
        return program.function("select", [lower(a) for a in e.args])
    if isinstance(e, sympy.Not):
        return program.sum([(-1, lower(e.args[0]))], 1)
    if isinstance(e, sympy.Heaviside):
        return program.function("heaviside", [lower(e.args[0]), lower(e.args[1])])
    for kind, name in _FURTHER.items():
        if isinstance(e, kind):
            nodes = [lower(a) for a in _arguments(e)]
            return nodes[0] if len(nodes) == 1 and name in ("and", "or", "xor") else program.function(name, nodes)
    return _rewritten(program, e, lower)


def _arguments(e: Any) -> list[Any]:
    """The arguments; those of a function that sympy keeps in a set, in an order that does not depend on hashes."""
    unordered = isinstance(e, (sympy.Max, sympy.Min, sympy.And, sympy.Or, sympy.Xor))
    return sorted(e.args, key=sympy.default_sort_key) if unordered else list(e.args)


def _rewritten(program: Program, e: Any, lower: Lower) -> int:
    """Functions that are others in disguise, and a refusal that says why."""
    if isinstance(e, (sympy.Implies, sympy.Equivalent, sympy.Nand, sympy.Nor)):
        simpler = sympy.logic.boolalg.to_nnf(e, simplify=False)
        if simpler != e:
            return lower(simpler)
    if isinstance(e, (sympy.sec, sympy.csc, sympy.cot, sympy.sech, sympy.csch, sympy.coth)):
        sines = (sympy.sinh, sympy.cosh) if isinstance(e, (sympy.sech, sympy.csch, sympy.coth)) else (sympy.sin, sympy.cos)
        numerator, denominator = {
            "sec": (1, sines[1]), "sech": (1, sines[1]), "csc": (1, sines[0]), "csch": (1, sines[0]),
            "cot": (sines[1], sines[0]), "coth": (sines[1], sines[0]),
        }[type(e).__name__]  # fmt: skip
        under = program.reciprocal(lower(denominator(e.args[0])))
        return under if numerator == 1 else program.product([lower(numerator(e.args[0])), under])
    name = type(e).__name__
    why = UNSUPPORTED.get(name, "there is no rule for it" if not isinstance(e, Relational) else "it compares no numbers")
    raise NoClosedForm(f"{name} in {e} has no NumPy code: {why}.")


def _power(program: Program, e: Any, lower: Lower) -> int:
    base, exponent = e.base, e.exp
    if exponent.is_Integer:
        node = program.power(lower(base), abs(int(exponent)))
        return program.reciprocal(node) if exponent < 0 else node
    if isinstance(exponent, sympy.Rational) and exponent.q == 2:
        root = program.function("sqrt", [lower(base)])
        node = program.power(root, abs(int(exponent.p)))
        return program.reciprocal(node) if exponent < 0 else node
    return program.function("pow", [lower(base), lower(exponent)])


def _pieces(program: Program, e: sympy.Piecewise, lower: Lower) -> int:
    """The first piece whose condition holds; no number where none does."""
    node = None
    for piece in reversed(e.args):
        if piece.cond == sympy.true:
            node = lower(piece.expr)
        else:
            other = program.function("nan", []) if node is None else node
            node = program.function("select", [lower(piece.cond), lower(piece.expr), other])
    assert node is not None  # sympy makes no function without a piece
    return node
