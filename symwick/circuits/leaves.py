"""Leaves: what the inputs of a closed form's circuit mean.

The circuit of a form is arithmetic over named inputs. A leaf says what such an input stands for: a variable of the law, a
function of variables (``exp(x)``), an indicator ``[x = 2]``, a parameter, or a constant that is no rational (``pi``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symwick.algebra.numbers import to_flint, to_fraction, to_sympy
from symwick.algebra.symbolic_reading import element
from symwick.circuits.moment_names import symbol_latex
from symwick.circuits.printing import behind, latex_text
from symwick.errors import InexactError, InvalidArgument

__all__ = ["CONSTANT", "FUNCTION", "INDICATOR", "PARAMETER", "VARIABLE", "Leaf", "as_indicator", "element_value",
           "rational_value"]  # fmt: skip

VARIABLE, FUNCTION, INDICATOR, PARAMETER, CONSTANT = "variable", "function", "indicator", "parameter", "constant"


def rational_value(expression: sympy.Basic, point: Mapping[sympy.Symbol, Any], argument: str = "f") -> Any:
    """The expression at a point, as the engine's rational, or as a sympy expression where it is none.

    Raises InvalidArgument where the expression has no finite real value there.
    """
    value: sympy.Basic = expression
    if point:
        try:
            value = expression.xreplace({symbol: to_sympy(number) for symbol, number in point.items()})
        except TypeError:  # sympy's word for a number other than 0 and 1 where a truth value is wanted
            where = ", ".join(f"{symbol} = {number}" for symbol, number in point.items())
            raise InvalidArgument(f"Argument '{argument}' uses a truth value that is neither 0 nor 1 at {where}.") from None
    if isinstance(value, sympy.Rational):
        return to_flint(value)
    if value in (sympy.true, sympy.false):
        return to_flint(int(bool(value)))
    if value.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I) or getattr(value, "is_real", None) is False:
        where = " at " + ", ".join(f"{symbol} = {number}" for symbol, number in point.items()) if point else ""
        raise InvalidArgument(f"Argument '{argument}' must have a finite real value: {expression} is {value}{where}.")
    if value.has(sympy.Float):
        raise InexactError(f"Argument '{argument}' must be exact, but {expression} holds a float.")
    return value


def element_value(expression: sympy.Basic, point: Mapping[sympy.Symbol, Any]) -> Any:
    """The expression at a point, as an element of the exact ring; see :func:`rational_value` for the errors.

    >>> x = sympy.Symbol("x")
    >>> element_value(sympy.exp(x) / 2, {x: 1}), element_value(x**2, {x: 3})
    (E/2, 9)
    """
    value = rational_value(expression, point)
    return element(value) if isinstance(value, sympy.Basic) else value


def as_indicator(expression: sympy.Basic) -> tuple[sympy.Symbol, Fraction] | None:
    """(variable, point) of an expression that is 1 where a variable has a value and 0 elsewhere; None for others.

    >>> as_indicator(Leaf.indicator(sympy.Symbol("x"), Fraction(2)).expr)
    (x, Fraction(2, 1))
    """
    if not isinstance(expression, sympy.Piecewise) or len(expression.args) != 2:
        return None
    (one, condition), (zero, rest) = expression.args
    if (one, zero, rest) != (1, 0, True) or not isinstance(condition, sympy.Eq):
        return None
    variable, point = condition.args
    if not (isinstance(variable, sympy.Symbol) and isinstance(point, sympy.Rational)):
        return None
    return variable, to_fraction(point)


@dataclass(frozen=True, slots=True)
class Leaf:
    """The meaning of one circuit input.

    ``kind`` is one of variable, function, indicator, parameter, constant; ``variables`` are the law's variables it
    depends on; ``expr`` is its sympy expression; an indicator has its ``point`` as well.
    """

    name: str
    kind: str
    expr: sympy.Expr
    variables: tuple[sympy.Symbol, ...] = ()
    point: Fraction | None = None

    @classmethod
    def variable(cls, symbol: sympy.Symbol) -> Leaf:
        """The variable itself."""
        return cls(symbol.name, VARIABLE, symbol, (symbol,))

    @classmethod
    def indicator(cls, symbol: sympy.Symbol, point: Fraction) -> Leaf:
        """1 where the variable has the given value, else 0.

        >>> Leaf.indicator(sympy.Symbol("x"), Fraction(2)).name
        '[x = 2]'
        """
        condition = sympy.Eq(symbol, to_sympy(point))
        expression = sympy.Piecewise((1, condition), (0, True))
        return cls(f"[{symbol.name} = {point}]", INDICATOR, expression, (symbol,), Fraction(point))

    @classmethod
    def function(cls, expression: sympy.Expr, variables: tuple[sympy.Symbol, ...]) -> Leaf:
        """A function of variables that is no polynomial of them."""
        return cls(f"({expression})", FUNCTION, expression, variables)

    @classmethod
    def generator(cls, expression: sympy.Expr) -> Leaf:
        """A parameter (a symbol) or a constant that is no rational number."""
        if isinstance(expression, sympy.Symbol):
            return cls(f"parameter {expression.name}", PARAMETER, expression)
        return cls(f"({expression})", CONSTANT, expression)

    def shown(self, *, latex: bool = False) -> sympy.Expr:
        """How the leaf is printed: an indicator as [x = 2], moment symbols in the paper's notation, all else as it is."""
        if self.kind == PARAMETER:
            written = symbol_latex(self.expr.name)
            return self.expr if written is None else behind(written if latex else self.expr.name)
        if self.kind != INDICATOR:
            return self.expr
        if not latex:
            return sympy.Symbol(self.name)
        condition = latex_text(sympy.Eq(self.variables[0], to_sympy(self.point)), ())
        return sympy.Symbol(rf"\mathbf{{1}}_{{{condition}}}")

    def at(self, point: Mapping[sympy.Symbol, Any]) -> Any:
        """The value at a point, as an element of the exact ring."""
        if self.kind == VARIABLE:
            return to_flint(point[self.variables[0]])
        if self.kind == INDICATOR:
            return to_flint(int(point[self.variables[0]] == self.point))
        return element_value(self.expr, {symbol: point[symbol] for symbol in self.variables})
