"""Forms as exact values with symbols, and whether two of them are the same function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import product
from math import comb, prod
from typing import Any

import sympy

from symwick.algebra.numbers import Number, to_flint
from symwick.algebra.symbolic import Symbolic, expression, vanishes
from symwick.algebra.symbolic_reading import element
from symwick.circuits.circuit import Circuit
from symwick.circuits.gates import Gate
from symwick.circuits.leaves import Leaf
from symwick.errors import NoClosedForm, TooLarge

__all__ = ["DEFAULT_TERMS", "expanded_terms", "same_function", "same_on_grid", "symbolic_value"]

_MOST_POINTS = 1_000_000
_TRIES = 4
_PRODUCTS_A_TERM = 50  # products that a form may take for each term of the limit

DEFAULT_TERMS = 2_000_000
"""Predicted terms above which a form is not multiplied out."""

Count = tuple[int, int]  # an upper bound of the number of terms, and the degree in inputs and other atoms


def _count_sum(gate: Gate, values: Sequence[Count], most: Callable[[int], int]) -> Count:
    degree = max((values[a][1] for a in gate.args), default=0)
    return min(sum(values[a][0] for a in gate.args) + bool(gate.payload), most(degree)), degree


def _count_product(gate: Gate, values: Sequence[Count], most: Callable[[int], int]) -> Count:
    terms, degree = 1, 0
    for argument in gate.args:
        terms, degree = terms * values[argument][0], degree + values[argument][1]
    return min(terms, most(degree)), degree


def _count_power(gate: Gate, values: Sequence[Count], most: Callable[[int], int]) -> Count:
    terms, degree = values[gate.args[0]]
    degree *= gate.payload
    return min(comb(terms + gate.payload - 1, gate.payload), most(degree)), degree


def _count_atom(gate: Gate, values: Sequence[Count], most: Callable[[int], int]) -> Count:
    return 1, 1


def _count_function(gate: Gate, values: Sequence[Count], most: Callable[[int], int]) -> Count:
    # a root is one base, but its powers are powers of what it is the root of
    return values[gate.args[0]] if gate.payload == "sqrt" else (1, 1)


TERMS: dict[str, Any] = {
    "input": _count_atom,
    "constant": lambda gate, values, most: (1, 0),
    "sum": _count_sum,
    "product": _count_product,
    "power": _count_power,
    "reciprocal": _count_atom,
    "table": _count_atom,
    "function": _count_function,
}
"""Upper bounds of the number of terms of a gate that is multiplied out."""


def expanded_terms(circuit: Circuit) -> int:
    """An upper bound of the number of terms of any gate on the way of multiplying the circuit out."""
    return max((terms for terms, _ in _counts(circuit)), default=0)


def _multiplications(circuit: Circuit) -> int:
    """An upper bound of the products of two terms that multiplying the circuit out takes, but for small change."""
    counts = _counts(circuit)
    total = 0
    for gate, (terms, _) in zip(circuit.gates, counts, strict=True):
        sizes = [counts[a][0] for a in gate.args]
        if gate.op == "product":
            total += min(prod(sizes), terms * max(sizes))
        elif gate.op == "power" and sizes[0] > 1:
            total += terms * terms // 4 + terms  # the last squaring, of about half as many terms where they are fewest
    return total


def _counts(circuit: Circuit) -> list[Count]:
    atoms = sum(gate.op in ("input", "reciprocal", "table", "function") for gate in circuit.gates)

    def most(degree: int) -> int:
        return comb(atoms + degree, degree)

    counts: list[Count] = []
    for gate in circuit.gates:
        counts.append(TERMS[gate.op](gate, counts, most))
    return counts


def symbolic_value(
    circuit: Circuit, leaves: Mapping[str, Leaf], output: str = "value", limit: int = DEFAULT_TERMS
) -> Any:
    """A form's circuit multiplied out: an element of the exact ring with its variables as bases. Raises TooLarge."""
    predicted = expanded_terms(circuit)
    if predicted > limit:
        raise TooLarge("Terms of the form multiplied out", predicted, limit)
    work = _multiplications(circuit) // _PRODUCTS_A_TERM
    if work > limit:
        raise TooLarge(f"Products of terms of the form multiplied out, {_PRODUCTS_A_TERM} counted as one", work, limit)
    values = {}
    for name in circuit.inputs:
        values[name] = element(leaves[name].expr)
    return circuit.run(values, to_flint)[output]


def same_function(a: Any, b: Any, expressions: Callable[[], sympy.Expr]) -> bool:
    """Whether two elements with variables as bases are the same function of real numbers; ``expressions`` is their
    difference in sympy.

    Raises NoClosedForm where that cannot be decided.
    """
    difference = a - b
    if vanishes(difference):
        return True
    if not isinstance(difference, Symbolic) or all(_free(base, e) for row, _ in difference.ordered() for base, e in row):
        return False  # rational functions of independent symbols: different means different
    written = expressions()
    real = {symbol: sympy.Symbol(symbol.name, real=True) for symbol in written.free_symbols}
    written = written.xreplace(real)
    if _differs(written):
        return False
    simplified = sympy.simplify(written)
    if simplified.is_zero:
        return True
    verdict = simplified.equals(0)
    if verdict is None:
        raise NoClosedForm(f"Cannot decide whether {simplified} is zero.")
    return bool(verdict)


def _differs(difference: sympy.Expr) -> bool:
    """Whether the difference is surely not 0 at one of a few fixed points."""
    symbols = sorted(difference.free_symbols, key=lambda symbol: symbol.name)
    for k in range(_TRIES):
        point = {s: sympy.Rational((-1) ** (j + k) * (2 * j + 3 * k + 1), k + 2) for j, s in enumerate(symbols)}
        value = difference.subs(point).evalf()
        if value.is_Float and value._prec > 1 and value != 0:  # digits that evalf answers for
            return True
    return False


def same_on_grid(mine: Any, theirs: Any, limit: int) -> bool:
    """Whether two forms, known on a grid of some of their variables, agree at every point of the grid.

    Raises NoClosedForm where the grid is huge, or where that cannot be decided.
    """
    names = tuple(dict.fromkeys((*mine.variables, *theirs.variables)))
    domain: dict[sympy.Symbol, tuple[Number, ...]] = {**theirs.domain, **mine.domain}
    held = [symbol for symbol in names if symbol in domain]
    size = prod(len(domain[symbol]) for symbol in held)
    if size > _MOST_POINTS:
        raise NoClosedForm(f"The forms would have to be compared at {size:,} points.")
    for values in product(*(domain[symbol] for symbol in held)):
        given = dict(zip(held, map(Fraction, values), strict=True))
        if len(held) < len(names):  # functions of the other variables are left
            left, right = (form.subs({v: given[v] for v in form.variables if v in given}) for form in (mine, theirs))
            same = left._same_circuit(right, limit)
        else:
            a, b = mine._element(given), theirs._element(given)
            same = same_function(a, b, partial(_difference, a, b))
        if not same:
            return False
    return True


def _difference(a: Any, b: Any) -> sympy.Expr:
    return expression(a - b)


def _free(base: sympy.Expr, exponent: Any) -> bool:
    """Whether a power can satisfy no relation with others: a symbol, or a rational function of symbols to a whole exponent."""
    return bool(base.is_Symbol) or (isinstance(exponent, int) and bool(base.free_symbols and base.is_rational_function()))
