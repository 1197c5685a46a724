"""A function with some of its variables put at values: every kind of f that the decompositions take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from sympy.logic.boolalg import Boolean, BooleanFunction

from symwick.algebra.numbers import to_number, to_sympy
from symwick.algebra.symbolic import expression
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.expressions import parse_expression
from symwick.circuits.variables import lookup, plain
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument
from symwick.functions.expression import bits_in_conditions, lower_booleans, product_sum
from symwick.functions.grid import Function

__all__ = ["restricted"]

Values = Mapping[sympy.Symbol, Any]


def restricted(f: Any, law: Law, values: Values, argument: str, limit: int) -> Any:
    """f with the variables in ``values`` at exact numbers (or, for expressions and forms, at sympy expressions).

    Callables and tables come back with their arguments named. A callable is called with the values, whether they are in
    the support or not; a table must have an entry for them. Raises InvalidArgument, naming ``argument``, where it has none,
    and TooLarge where an f of truth values has more than ``limit`` terms multiplied out.
    """
    if isinstance(f, (list, tuple)):
        return [restricted(part, law, values, argument, limit) for part in f]
    if isinstance(f, sympy.MatrixBase):
        return [restricted(part, law, values, argument, limit) for part in f]
    if isinstance(f, Mapping) and f and all(isinstance(key, (str, sympy.Symbol)) for key in f):
        return {key: restricted(part, law, values, argument, limit) for key, part in f.items()}
    if isinstance(f, str):
        f = parse_expression(f)
    if isinstance(f, sympy.Basic):
        return _put(plain(f), law, values, argument, limit)
    if isinstance(f, Circuit):
        put = {v: x for v, x in values.items() if v.name in f.inputs}
        if any(isinstance(x, sympy.Basic) and not isinstance(x, sympy.Rational) for x in put.values()):
            ((_, written),) = f.to_sympy({name: sympy.Symbol(name) for name in f.inputs}).items()
            return _put(written, law, put, argument, limit)
        return f.substitute({v.name: x for v, x in put.items()})
    if isinstance(f, ClosedForm):
        return f.subs({v: x for v, x in values.items() if v in f.variables})
    if isinstance(f, Function):
        variables = tuple(lookup(v, law.variables, "f", "the law") for v in f.variables)
        return _known_by_values(f.f, variables, law, values, argument)
    if isinstance(f, (Mapping, np.ndarray)) or callable(f):
        return _known_by_values(f, law.variables, law, values, argument)
    return f  # a number; anything else is refused where f is read


def _put(f: sympy.Basic, law: Law, values: Values, argument: str, limit: int) -> sympy.Basic:
    """Truth values become numbers first: x xor y is x + y − 2xy, also where x is put at its mean."""
    told = ", ".join(f"{v} at {x}" for v, x in values.items())
    conditions = bits_in_conditions(f)
    if any(v in conditions and x not in (0, 1) for v, x in values.items()):
        raise InvalidArgument(f"Argument '{argument}' puts {told}, but f uses a truth value there.")
    if conditions or f.has(BooleanFunction) or (isinstance(f, Boolean) and not isinstance(f, sympy.Symbol)):
        found = product_sum(f, law.variables, limit)
        f = lower_booleans(f)[0]
        if not found.joint:
            f = sympy.Add(*(sympy.Mul(expression(t.coefficient), *(e for _, e in t.factors)) for t in found.terms))
    put = {v: x if isinstance(x, sympy.Basic) else to_sympy(x) for v, x in values.items()}
    found = f.xreplace(put)
    if found.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I) and not f.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I):
        raise InvalidArgument(f"Argument '{argument}' must put variables where f is finite, but with {told} it is {found}.")
    return found


def _known_by_values(f: Any, variables: tuple[sympy.Symbol, ...], law: Law, values: Values, argument: str) -> Any:
    """A callable or table of the variables that are left."""
    put: dict[int, Any] = {}
    for place, v in enumerate(variables):
        if v in values:
            if isinstance(values[v], sympy.Basic) and not isinstance(values[v], sympy.Rational):
                raise InvalidArgument(
                    f"Argument '{argument}' must put {v} at a number, not {values[v]}, for a callable or table."
                )
            put[place] = to_number(values[v], argument)
    if not put:
        return Function(f, variables)
    rest = tuple(v for place, v in enumerate(variables) if place not in put)
    call = f if callable(f) else _lookup(f, variables, law, argument)

    def part(*point: Any) -> Any:
        found = iter(point)
        return call(*(put[place] if place in put else next(found) for place in range(len(variables))))

    return Function(part, rest)


def _lookup(table: Any, variables: tuple[sympy.Symbol, ...], law: Law, argument: str) -> Callable[..., Any]:
    """A table as a callable."""
    if isinstance(table, np.ndarray):
        places = [{x: i for i, x in enumerate(law.support(v))} for v in variables]

        def find(point: tuple[Any, ...]) -> Any:
            return table[tuple(place[x] for place, x in zip(places, point, strict=True))]
    else:
        entries = {
            tuple(Fraction(to_number(x, "f")) for x in (key if isinstance(key, tuple) else (key,))): value
            for key, value in table.items()
        }

        def find(point: tuple[Any, ...]) -> Any:
            return entries[tuple(map(Fraction, point))]

    def call(*point: Any) -> Any:
        try:
            return find(point)
        except KeyError:
            where = ", ".join(f"{v} = {x}" for v, x in zip(variables, point, strict=True))
            raise InvalidArgument(f"Argument '{argument}' asks for f at {where}, where the table has no value.") from None

    return call
