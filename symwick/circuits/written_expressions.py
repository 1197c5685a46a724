"""sympy expressions written down as circuits: post-order, arguments in printed order, nothing merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from symwick.algebra.numbers import to_flint, to_fraction, to_sympy
from symwick.circuits.expressions import parse_expression
from symwick.circuits.variables import plain
from symwick.circuits.writer import Writer
from symwick.errors import InexactError, InvalidArgument, UnknownVariable

__all__ = ["write_expressions"]


def write_expressions(outputs: Mapping[str, Any], inputs: Sequence[sympy.Symbol]) -> Writer:
    """A circuit of polynomials, given as sympy expressions or text; every symbol must be an input."""
    writer = Writer()
    for symbol in inputs:
        writer.input(symbol.name)
    for name, expression in outputs.items():
        if isinstance(expression, str):
            expression = parse_expression(expression)
        elif not isinstance(expression, sympy.Basic):
            expression = to_sympy(to_fraction(expression, f"outputs[{name}]"))
        found = plain(expression, "outputs")
        if found.has(sympy.Float):
            raise InexactError(f"Argument 'outputs' must be exact, but {name!r} holds a float: {expression}.")
        try:
            writer.outputs[str(name)] = _node(writer, found, str(name))
        except RecursionError:
            raise InvalidArgument(f"Output {str(name)!r} is nested too deeply; build the circuit with trace instead.") from None
    return writer


def _node(writer: Writer, e: Any, output: str) -> int:
    if isinstance(e, sympy.Symbol):
        if e.name not in writer.names:
            known = ", ".join(writer.names) or "none"
            raise UnknownVariable(f"Output {output!r} uses {e}, which is no input; the inputs are: {known}.")
        return writer.names[e.name]
    if isinstance(e, sympy.Rational):
        return writer.constant(to_flint(e))
    if e.is_Add:
        terms, constant = [], to_flint(0)
        for argument in e.as_ordered_terms():
            if isinstance(argument, sympy.Rational):
                constant = to_flint(argument)
            else:
                weight, rest = argument.as_coeff_Mul()
                terms.append((to_flint(weight), _node(writer, rest, output)))
        return writer.sum(terms, constant)
    if e.is_Mul:
        weight, rest = e.as_coeff_Mul()
        if weight != 1:
            return writer.sum([(to_flint(weight), _node(writer, rest, output))])
        return writer.product([_node(writer, factor, output) for factor in e.as_ordered_factors()])
    if e.is_Pow and e.exp.is_Integer and e.exp > 1:
        return writer.power(_node(writer, e.base, output), int(e.exp))
    raise InvalidArgument(f"Output {output!r} must be a polynomial with rational coefficients; {e} is none.")
