"""The named functions that gates may apply: one table from name to sympy's function, and their exact values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.symbolic import expression
from symwick.algebra.symbolic_reading import element
from symwick.errors import InvalidArgument

__all__ = ["FUNCTIONS", "apply", "derivative", "function_name"]

FUNCTIONS: dict[str, Callable[..., sympy.Expr]] = {
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt, "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh, "atan": sympy.atan, "abs": sympy.Abs,
    "sign": sympy.sign, "floor": sympy.floor, "ceiling": sympy.ceiling, "max": sympy.Max, "min": sympy.Min,
}  # fmt: skip
"""The closed set of function names."""

_NAMES = {function: name for name, function in FUNCTIONS.items() if isinstance(function, type)}


def function_name(expr: sympy.Expr) -> str | None:
    """The name of the function that an expression applies, or None.

    >>> x = sympy.Symbol("x")
    >>> function_name(sympy.exp(x)), function_name(sympy.sqrt(x)), function_name(x**2)
    ('exp', 'sqrt', None)
    """
    if expr.is_Pow and expr.exp == sympy.Rational(1, 2):
        return "sqrt"
    return _NAMES.get(expr.func)


def apply(name: str, values: Sequence[Any]) -> Any:
    """The function at exact values or balls: an element of the exact ring, or a ball.

    Raises InvalidArgument where it has no finite real value.

    >>> apply("max", [1, 2]), apply("exp", [1]), apply("sqrt", [8])
    (2, E, 2*sqrt(2))
    """
    if any(isinstance(value, Ball) for value in values):
        return _ball(name, [Ball.of(value) for value in values])
    arguments = [sympy.Integer(value) if isinstance(value, int) else expression(value) for value in values]
    result = FUNCTIONS[name](*arguments)
    _require_real(name, arguments, result)
    return element(result)


def _require_real(name: str, arguments: Sequence[sympy.Expr], result: sympy.Expr) -> None:
    if result.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I) or result.is_real is False:
        shown = ", ".join(map(str, arguments))
        raise InvalidArgument(f"Argument 'f' must have a finite real value: {name}({shown}) is {result}.")


def _ball(name: str, values: Sequence[Ball]) -> Ball:
    """Only exactly known arguments: a bound for a function of an interval is not offered."""
    if any(value.radius for value in values):
        raise InvalidArgument(f"The function {name} is not evaluated at values with an error in float64; derive exactly.")
    arguments = [sympy.Rational(Fraction(value.value)) for value in values]
    result = FUNCTIONS[name](*arguments)
    _require_real(name, arguments, result)
    if isinstance(result, sympy.Rational):
        return Ball.of(Fraction(int(result.p), int(result.q)))
    ball = Ball.of(Fraction(str(sympy.N(result, 30))))
    return Ball(ball.value, ball.radius * (1 + 2.0**-20) + abs(ball.value) * 2.0**-90)


def derivative(name: str, arguments: Sequence[sympy.Symbol], by: int) -> sympy.Expr | None:
    """∂/∂a_by of the function as an expression in its arguments; None where it is not differentiable everywhere.

    >>> t = sympy.Symbol("t")
    >>> derivative("exp", [t], 0), derivative("max", [t, t], 0)
    (exp(t), None)
    """
    if name in ("abs", "sign", "floor", "ceiling", "max", "min"):
        return None
    result: sympy.Expr = FUNCTIONS[name](*arguments).diff(arguments[by])
    return result
