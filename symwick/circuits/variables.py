"""Variables match by name: a variable is given as a symbol or by its name, everywhere, and never sympified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import sympy

from symwick.errors import InvalidArgument, UnknownVariable

__all__ = ["Variable", "as_variable", "as_variables", "close_names", "lookup", "plain", "variable_mapping"]

Variable = sympy.Symbol | str
"""A variable as users give it: a sympy Symbol, or its name."""


def as_variable(variable: Any, argument: str = "variable") -> sympy.Symbol:
    """The plain Symbol (no assumptions) of that name.

    The name is never sympified: E, I, S, N, O, Q, pi, beta are ordinary variables.

    >>> as_variable("E"), as_variable(sympy.Symbol("x", positive=True)) == sympy.Symbol("x")
    (E, True)
    """
    if isinstance(variable, sympy.Symbol):
        return sympy.Symbol(variable.name)
    if isinstance(variable, str):
        if not variable:
            raise InvalidArgument(f"Argument '{argument}' must name a variable, not be empty.")
        return sympy.Symbol(variable)
    raise InvalidArgument(f"Argument '{argument}' must be a Symbol or the name of a variable, not {variable!r}.")


def as_variables(variables: Any, argument: str = "variables") -> tuple[sympy.Symbol, ...]:
    """A tuple of distinct plain Symbols; one Symbol or name counts as a list of one.

    >>> as_variables(["x", sympy.Symbol("y")])
    (x, y)
    """
    if isinstance(variables, (str, sympy.Symbol)):
        variables = [variables]
    if not isinstance(variables, Iterable):
        raise InvalidArgument(f"Argument '{argument}' must be a sequence of variables, not {variables!r}.")
    symbols = tuple(as_variable(variable, argument) for variable in variables)
    seen: set[sympy.Symbol] = set()
    for symbol in symbols:
        if symbol in seen:
            raise InvalidArgument(f"Argument '{argument}' must name each variable once, but {symbol} comes twice.")
        seen.add(symbol)
    return symbols


_MOST_COMPARED = 20_000
"""Names up to which close ones are looked for."""


def close_names(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The names that one may be a slip of, the closest first; short names are slips of nothing.

    >>> close_names("petal_lenght", ["petal_length", "petal_width"]), close_names("a", ["ab"])
    (['petal_length'], [])
    """
    names = list(dict.fromkeys(known))
    if len(name) < 3 or len(names) > _MOST_COMPARED:
        return []
    return get_close_matches(name, names, n=most, cutoff=0.7)


def lookup(variable: Any, known: Iterable[sympy.Symbol], argument: str, owner: str) -> sympy.Symbol:
    """The plain Symbol, which must be one of ``known``; the error names the ones there are.

    >>> lookup("x", [sympy.Symbol("x")], "over", "the law")
    x
    """
    symbol = as_variable(variable, argument)
    known = tuple(known)
    if symbol not in known:
        names = ", ".join(map(str, known[:20])) + (", …" if len(known) > 20 else "")
        raise UnknownVariable(f"Argument '{argument}' names {symbol}, which {owner} lacks; it has: {names or 'none'}.")
    return symbol


def variable_mapping(
    mapping: Any, known: Iterable[sympy.Symbol], argument: str, owner: str, to: str = "values"
) -> dict[sympy.Symbol, Any]:
    """A mapping variable -> anything, with plain Symbols of ``known`` as keys."""
    if not isinstance(mapping, Mapping):
        raise InvalidArgument(f"Argument '{argument}' must map variables to {to}, not be {mapping!r}.")
    known = tuple(known)
    result: dict[sympy.Symbol, Any] = {}
    for key, value in mapping.items():
        symbol = lookup(key, known, argument, owner)
        if symbol in result:
            raise InvalidArgument(f"Argument '{argument}' must name each variable once, but {symbol} comes twice.")
        result[symbol] = value
    return result


def plain(expression: sympy.Basic, argument: str = "f") -> sympy.Basic:
    """The expression with every symbol replaced by the plain one of its name; all symbols are real, so that re(x) is x.

    >>> plain(sympy.Symbol("x", positive=True) + 1)
    x + 1
    """
    by_name: dict[str, sympy.Symbol] = {}
    for symbol in sorted(expression.atoms(sympy.Symbol), key=lambda s: (s.name, str(sorted(s.assumptions0.items())))):
        if symbol.name in by_name:
            raise InvalidArgument(
                f"Argument '{argument}' holds two different symbols named {symbol.name!r}; variables match by name."
            )
        by_name[symbol.name] = symbol
    changes = {s: sympy.Symbol(name) for name, s in by_name.items() if s != sympy.Symbol(name)}
    result = expression.xreplace(changes) if changes else expression
    if result.has(sympy.re, sympy.im, sympy.conjugate):  # sympy makes exp(re(x)) of abs(exp(x))
        real = {s: sympy.Symbol(s.name, real=True) for s in result.free_symbols}
        result = result.xreplace(real).xreplace({r: sympy.Symbol(r.name) for r in real.values()})
    return result
