"""Expressions as text, read by a small parser over Python's ``ast``: no eval, no sympify, bounded size and depth.

``parse_expression`` reads what people type; every name in it is a variable, E, I, S, N, pi included. ``write_expression`` and
``read_expression`` are the unambiguous form used in files.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from itertools import product
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean, BooleanFunction

from symwick.circuits.excerpts import fault
from symwick.circuits.expression_bounds import broken_rule, fits, power
from symwick.circuits.expression_hints import call_hint, text_hint
from symwick.circuits.moment_names import cumulant_symbol, moment_symbol
from symwick.errors import FormatError, InexactError

__all__ = ["parse_expression", "read_expression", "write_expression"]

_MAX_LENGTH = 100_000
_MAX_DEPTH = 200
_SHORT = 20
"""Links of a chain of + or * up to which they are applied one after the other."""
_MOST_CENTRAL = 12  # a central moment of n factors is written in 2^n raw ones

def _powers(e: Any) -> dict[sympy.Symbol, int]:
    """The exponents of a product of powers of variables. Raises ValueError for anything else."""
    powers = e.as_powers_dict() if isinstance(e, sympy.Expr) else {}
    if not powers or not all(isinstance(v, sympy.Symbol) and k.is_Integer and k > 0 for v, k in powers.items()):
        raise ValueError(f"{e} is no product of powers of variables")
    return {v: int(k) for v, k in powers.items()}


def _moment(*factors: Any) -> sympy.Symbol:
    total: dict[sympy.Symbol, int] = {}
    for factor in factors:
        for v, k in _powers(factor).items():
            total[v] = total.get(v, 0) + k
    return moment_symbol(total)


def _central_moment(*factors: Any) -> sympy.Expr:
    """E Π (a − E a) of products of variables, in moment symbols."""
    terms = []
    for kept in product((True, False), repeat=len(factors)):
        together = [a for a, held in zip(factors, kept, strict=True) if held]
        apart = [-_moment(a) for a, held in zip(factors, kept, strict=True) if not held]
        terms.append(sympy.Mul(*([_moment(*together)] if together else []), *apart))
    return sympy.Add(*terms)


def _covariance(x: Any, y: Any) -> sympy.Expr:
    return _central_moment(x, y)


def _variance(x: Any) -> sympy.Expr:
    return _central_moment(x, x)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": sympy.exp, "log": sympy.log, "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "sqrt": sympy.sqrt,
    "tanh": sympy.tanh, "sinh": sympy.sinh, "cosh": sympy.cosh, "atan": sympy.atan, "abs": sympy.Abs, "Abs": sympy.Abs,
    "min": sympy.Min, "Min": sympy.Min, "max": sympy.Max, "Max": sympy.Max, "sign": sympy.sign, "floor": sympy.floor,
    "ceiling": sympy.ceiling, "factorial": sympy.factorial, "binomial": sympy.binomial, "Mod": sympy.Mod,
    "And": sympy.And, "Or": sympy.Or, "Not": sympy.Not, "Xor": sympy.Xor, "Implies": sympy.Implies, "ITE": sympy.ITE,
    "Equivalent": sympy.Equivalent, "Eq": sympy.Eq, "Ne": sympy.Ne, "Heaviside": sympy.Heaviside,
    "Piecewise": sympy.Piecewise, "Rational": sympy.Rational,
    "Cov": _covariance, "Var": _variance,
}  # fmt: skip

_CONSTRUCTORS: dict[str, Callable[..., Any]] = {
    **{name: function for name, function in _FUNCTIONS.items() if name not in ("Cov", "Var")},
    "Symbol": sympy.Symbol, "Integer": sympy.Integer, "Add": sympy.Add, "Mul": sympy.Mul, "Pow": sympy.Pow,
    "Equality": sympy.Eq, "Unequality": sympy.Ne, "StrictGreaterThan": sympy.Gt, "StrictLessThan": sympy.Lt,
    "GreaterThan": sympy.Ge, "LessThan": sympy.Le, "ExprCondPair": lambda value, condition: (value, condition),
}  # fmt: skip

_CONSTANTS: dict[str, Any] = {"pi": sympy.pi, "E": sympy.E, "true": sympy.true, "false": sympy.false,
                              "EulerGamma": sympy.EulerGamma, "GoldenRatio": sympy.GoldenRatio}  # fmt: skip

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b, ast.Pow: power, ast.Mod: sympy.Mod,
    ast.BitAnd: sympy.And, ast.BitOr: sympy.Or, ast.BitXor: sympy.Xor,
}  # fmt: skip

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: sympy.Lt, ast.LtE: sympy.Le, ast.Gt: sympy.Gt, ast.GtE: sympy.Ge, ast.Eq: sympy.Eq, ast.NotEq: sympy.Ne,
}  # fmt: skip


def _compares(condition: Any) -> bool:
    """Whether a condition is made of comparisons alone: a bare name in it would have to be a bit, which nobody checks there."""
    if isinstance(condition, BooleanFunction):
        return all(map(_compares, condition.args))
    return isinstance(condition, Boolean) and not isinstance(condition, sympy.Symbol)


class _Reader:
    """Reads one expression. ``flat`` is ``text`` on one line, comments blanked, every character where it was."""

    def __init__(self, text: str, flat: str, *, files: bool, where: str) -> None:
        self.text, self.flat, self.files, self.where = text, flat, files, where
        self.margin = len(flat) - len(flat.lstrip())
        self.ascii = flat.isascii()
        self.encoded = flat.strip().encode("utf-8", "replace")  # ast counts bytes; its get_source_segment reads the whole text
        self.functions = _CONSTRUCTORS if files else _FUNCTIONS

    def tree(self) -> ast.Expression:
        try:
            return ast.parse(self.flat.strip(), mode="eval")
        except (RecursionError, MemoryError):
            what = "must have shorter chains of operations: put parentheses around parts of it."
            raise self.fault(0, what) from None
        except (SyntaxError, ValueError) as error:
            text = self.flat.strip()
            early = getattr(error, "lineno", 1) == 1 and getattr(error, "offset", None) == 0  # how Python says: at the end
            column = len(text) + 1 if early else getattr(error, "offset", None) or 1
            what = "must go on after" if early and text else f"{getattr(error, 'msg', error)} in"
            hint = "" if self.files else text_hint(text)
            raise self.fault(column - 1, f"{what} {text[:60]!r}.{hint}") from None

    def fault(self, offset: int, what: str) -> FormatError:
        return fault(self.where, self.text, self.margin + offset, what)

    def fail(self, node: ast.AST, what: str, hint: str = "") -> FormatError:
        line = self.flat.strip().encode()
        offset = len(line[: getattr(node, "col_offset", 0)].decode())  # ast counts bytes
        piece = ast.get_source_segment(self.flat.strip(), node) if isinstance(node, ast.expr) else None
        return self.fault(offset, what + (f", not {piece[:60]!r}." if piece else ".") + hint)

    def spelled(self, node: ast.Name) -> str:
        """A name as it stands in the text: Python makes one name of µ (micro) and μ (mu), the columns of a table stay two."""
        if node.id.isascii() and self.ascii:
            return node.id
        return self.encoded[node.col_offset : node.end_col_offset].decode()

    def read(self, node: ast.AST, depth: int = 0) -> Any:
        if depth > _MAX_DEPTH:
            raise self.fail(node, f"must be nested at most {_MAX_DEPTH} deep")
        if isinstance(node, ast.Expression):
            return self.read(node.body, depth)
        if isinstance(node, ast.Constant):
            return self.constant(node)
        if isinstance(node, ast.Name):
            if not self.files:
                return sympy.Symbol(self.spelled(node))
            if node.id not in _CONSTANTS:
                raise self.fail(node, "must be a known constant")
            return _CONSTANTS[node.id]
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return self.binary(node, depth)
        if isinstance(node, ast.UnaryOp):
            return self.unary(node, depth)
        if isinstance(node, ast.BoolOp):
            connective = sympy.And if isinstance(node.op, ast.And) else sympy.Or
            return connective(*(self.read(value, depth + 1) for value in node.values))
        if isinstance(node, ast.Compare):
            return self.comparison(node, depth)
        if isinstance(node, ast.IfExp) and not self.files:
            return self.choice(node, depth)
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            return tuple(self.read(item, depth + 1) for item in node.elts)
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        if isinstance(node, ast.Subscript) and not self.files:
            return self.moment(node, depth)
        raise self.fail(node, "must consist of numbers, names, + - * / ** & | ^ ~, comparisons and known functions")

    def moment(self, node: ast.Subscript, depth: int) -> Any:
        """Moments as they are printed: the symbols E[x**2*y] and κ[x,x,y]; μ[x,x,y] is written in E[…]."""
        kind = node.value.id if isinstance(node.value, ast.Name) else ""
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        inside = [self.read(part, depth + 1) for part in parts]
        if kind == "κ" and all(isinstance(part, sympy.Symbol) for part in inside):
            return cumulant_symbol(inside)
        if kind == "E" and len(inside) == 1:
            return self.apply(node, _moment, *inside)
        if kind == "μ" and len(inside) <= _MOST_CENTRAL:
            return self.apply(node, _central_moment, *inside)
        raise self.fail(node, "must name a moment as E[x**2*y], a central one as μ[x,x,y] or a cumulant as κ[x,x,y]")

    def constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, bool):
            return sympy.true if node.value else sympy.false
        if isinstance(node.value, int):
            return sympy.Integer(node.value)
        if isinstance(node.value, float) and not self.files:
            # the text of the literal is exact: 0.1 is one tenth
            literal = self.encoded[node.col_offset : node.end_col_offset].decode()
            if len(literal.lower().partition("e")[2].lstrip("+-")) > 4:
                raise self.fail(node, "must have exponents of at most 4 digits")
            return sympy.Rational(literal.replace("_", ""))
        hint = ""
        if isinstance(node.value, str) and not self.files:
            hint = " Names stand without quotes, df['x'] is x; words of a column are numbers, 0, 1, …, by codes."
        raise self.fail(node, "must hold exact numbers only", hint)

    def binary(self, node: ast.BinOp, depth: int) -> Any:
        if isinstance(node.op, (ast.Add, ast.Sub)):
            return self.chain(node, (ast.Add, ast.Sub), depth)
        if isinstance(node.op, ast.Mult):
            return self.chain(node, (ast.Mult,), depth)
        left, right = self.read(node.left, depth + 1), self.read(node.right, depth + 1)
        if isinstance(node.op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
            if not self.files:
                self.logic(node, (left, right))
        else:
            left, right = self.number(node.left, left), self.number(node.right, right)
        return self.apply(node, _BINARY[type(node.op)], left, right)

    def choice(self, node: ast.IfExp, depth: int) -> Any:
        """a if condition else b."""
        test, yes, no = (self.read(part, depth + 1) for part in (node.test, node.body, node.orelse))
        if isinstance(test, sympy.Symbol):
            test = sympy.Ne(test, 0)  # as Python asks a number
        if not _compares(test):
            raise self.fail(node.test, "must be a condition such as x > 2 and y == 1")
        values = self.number(node.body, yes), self.number(node.orelse, no)
        return self.apply(node, sympy.Piecewise, (values[0], test), (values[1], True))

    def number(self, node: ast.expr, value: Any) -> Any:
        """Conditions in arithmetic are 0 and 1, as in (x > 2)*y."""
        if self.files or not isinstance(value, Boolean) or isinstance(value, sympy.Symbol):
            return value
        if not _compares(value):
            raise self.fail(node, "must compare, as in (x == 1 and y == 1)*z, where a condition is a number")
        return sympy.Piecewise((1, value), (0, True))

    def logic(self, node: ast.BinOp, values: tuple[Any, Any]) -> None:
        """^ & | are of truth values. ``x^2`` is meant as a power, and must not become one of the others silently."""
        for value in values:
            if not isinstance(value, Boolean) and value not in (0, 1):
                hint = " A power is written **: x**2." if isinstance(node.op, ast.BitXor) else ""
                what = "must have truth values on both sides of & | ^, which are and, or, exclusive or"
                raise self.fail(node, what, hint)

    def chain(self, node: ast.BinOp, kinds: tuple[type[ast.operator], ...], depth: int) -> Any:
        """a + b − c + … from the left, which Python nests as deeply as the chain is long."""
        links: list[ast.BinOp] = []
        first: ast.expr = node
        while isinstance(first, ast.BinOp) and isinstance(first.op, kinds):
            links.append(first)
            first = first.left
        links.reverse()
        values = [self.number(part, self.read(part, depth + 1)) for part in (first, *(link.right for link in links))]
        if len(values) > _SHORT and fits(values) and all(isinstance(v, sympy.Expr) for v in values):
            if isinstance(node.op, ast.Mult):
                return self.apply(node, sympy.Mul, *values)
            signs = (isinstance(link.op, ast.Sub) for link in links)
            return self.apply(node, sympy.Add, values[0], *(-v if s else v for v, s in zip(values[1:], signs, strict=True)))
        total = values[0]
        for link, value in zip(links, values[1:], strict=True):
            if rule := broken_rule(sympy.Mul, (total, value)):
                raise self.fail(link, rule)
            total = self.apply(link, _BINARY[type(link.op)], total, value)
        return total

    def unary(self, node: ast.UnaryOp, depth: int) -> Any:
        value = self.read(node.operand, depth + 1)
        if isinstance(node.op, (ast.Invert, ast.Not)):
            return self.apply(node, sympy.Not, value)
        value = self.number(node.operand, value)
        return self.apply(node, (lambda v: -v) if isinstance(node.op, ast.USub) else (lambda v: v), value)

    def comparison(self, node: ast.Compare, depth: int) -> Any:
        values = [self.read(item, depth + 1) for item in (node.left, *node.comparators)]
        parts = []
        for operator, left, right in zip(node.ops, values, values[1:], strict=False):
            if type(operator) not in _COMPARE:
                raise self.fail(node, "must compare by < <= > >= == !=")
            parts.append(self.apply(node, _COMPARE[type(operator)], left, right))
        return parts[0] if len(parts) == 1 else sympy.And(*parts)

    def call(self, node: ast.Call, depth: int) -> Any:
        if not isinstance(node.func, ast.Name) or node.func.id not in self.functions or node.keywords:
            known = ", ".join(sorted(name for name in _FUNCTIONS))
            called = ast.get_source_segment(self.flat.strip(), node.func) or ""
            hint = "" if self.files else call_hint(called, _FUNCTIONS)
            raise self.fail(node, f"must call known functions ({known})", hint)
        if node.func.id == "Symbol":
            if len(node.args) != 1 or not (
                isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
            ):
                raise self.fail(node, "must name symbols by text")
            return sympy.Symbol(node.args[0].value)
        return self.apply(node, self.functions[node.func.id], *(self.read(item, depth + 1) for item in node.args))

    def apply(self, node: ast.AST, function: Callable[..., Any], *values: Any) -> Any:
        try:
            if rule := broken_rule(function, values):
                raise self.fail(node, rule)
            result = function(*values)
        except FormatError:
            raise
        except (TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
            raise self.fail(node, f"cannot be read ({error})") from None
        return result


def _parse(text: str, *, files: bool, where: str = "Expression") -> Any:
    if not isinstance(text, str):
        raise FormatError(f"An expression must be text, not {type(text).__name__}.")
    if len(text) > _MAX_LENGTH:
        raise FormatError(f"An expression must have at most {_MAX_LENGTH:,} characters, not {len(text):,}.")
    # in files of ours names are quoted text, which may hold anything
    flat = text if files else re.sub(r"#[^\n]*|[\n\r\t]", lambda found: " " * len(found[0]), text)
    reader = _Reader(text, flat, files=files, where=where)
    result = reader.read(reader.tree())
    if isinstance(result, tuple) or result.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
        hint = " Decimals are written with a point: 0.5." if re.search(r"\d,\d", flat) else ""
        raise FormatError(f"An expression must have one finite value, not {text.strip()[:60]!r}.{hint}")
    return result


def parse_expression(text: str, *, where: str = "Expression") -> sympy.Basic:
    """The expression that the text writes, in Python's syntax; decimals are exact.

    It may run over several lines and hold comments from # on. ``where`` is what errors call it, such as the name of a file.

    E[x*y] and κ[x,y] are the symbols of unspecified moments and cumulants; Cov(x, y), Var(x) and the central μ[x,x,y] are
    written in E[…].

    >>> parse_expression("0.5*x + max(x, y)**2")
    x/2 + Max(x, y)**2

    Raises FormatError, which names column and piece; a note of the error shows the line with a caret.
    """
    return _parse(text, files=False, where=where)


def write_expression(expression: sympy.Basic) -> str:
    """Unambiguous text for files: a variable named E and the constant E stay apart.

    >>> write_expression(sympy.exp(1) * sympy.Symbol("E"))
    "Mul(E, Symbol('E'))"
    """
    if expression.has(sympy.Float):
        raise InexactError(f"Only exact expressions are written to files, not {expression}.")
    return str(sympy.srepr(expression))


def read_expression(text: str) -> sympy.Basic:
    """The inverse of write_expression.

    >>> read_expression("Mul(E, Symbol('E'))") == sympy.exp(1) * sympy.Symbol("E")
    True
    """
    return _parse(text, files=True)
