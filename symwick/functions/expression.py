"""sympy expressions as functions: finite sums of products of one-variable functions where that is what they are.

The tree is walked straight into a polynomial ring whose generators are the leaves: variables, one-variable functions such as
``exp(x)``, parameters, constants such as ``pi``; nothing is expanded by sympy. Whatever mixes variables inseparably
(``1/(x + y)``, ``x > y``) makes the function *joint*: it is then known through its values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import comb, prod
from typing import Any

import sympy
from sympy.logic.boolalg import ITE, And, Boolean, BooleanFunction, Equivalent, Implies, Not, Or, Xor

from symwick.algebra.numbers import to_flint
from symwick.algebra.polynomials import generators, terms
from symwick.algebra.symbolic import power
from symwick.algebra.symbolic_reading import element as element_of
from symwick.circuits.variables import plain
from symwick.errors import InexactError, InvalidArgument, TooLarge

__all__ = ["ProductSum", "ProductTerm", "lower_booleans", "product_sum"]

_MAX_POWER = 10_000
_MANY = 10**9  # above any limit, and below what would be slow to count


@dataclass(frozen=True, slots=True)
class ProductTerm:
    """coefficient · Π over variables of factor(variable); ``factors`` ordered as the law's variables.

    ``coefficient`` is an element of the exact ring: a rational, or one with parameters and constants in it.
    """

    coefficient: Any
    factors: tuple[tuple[sympy.Symbol, sympy.Expr], ...]


@dataclass(frozen=True, slots=True)
class ProductSum:
    """f = Σ terms; ``generators`` are the parameters and irrational constants of the coefficients, as they are written.

    ``joint`` holds the sub-expressions that are no product of one-variable functions; the terms are then empty.
    ``booleans`` are the variables used as truth values: they must be bits.
    """

    terms: tuple[ProductTerm, ...]
    generators: tuple[sympy.Expr, ...]
    variables: tuple[sympy.Symbol, ...]
    joint: tuple[sympy.Expr, ...] = ()
    booleans: frozenset[sympy.Symbol] = frozenset()


def bits_in_conditions(expression: sympy.Basic) -> frozenset[sympy.Symbol]:
    """The bare names in the conditions of cases: bits, for which no number but 0 and 1 can be put.

    >>> x, y, z = sympy.symbols("x y z")
    >>> sorted(map(str, bits_in_conditions(sympy.Piecewise((z, x & (y > 2)), (0, True)))))
    ['x']
    """
    found: set[sympy.Symbol] = set()
    conditions = [when for e in expression.atoms(sympy.Piecewise) for _, when in e.args]
    while conditions:
        when = conditions.pop()
        if isinstance(when, sympy.Symbol):
            found.add(when)
        elif isinstance(when, BooleanFunction):
            conditions.extend(when.args)
    return frozenset(found)


def lower_booleans(expression: sympy.Basic) -> tuple[sympy.Expr, frozenset[sympy.Symbol]]:
    """Boolean connectives as arithmetic: AND = ab, OR = 1 − (1 − a)(1 − b), XOR = a + b − 2ab, NOT = 1 − a.

    Returns the expression and the symbols that stand for truth values.

    >>> x, y = sympy.symbols("x y")
    >>> lower_booleans(x ^ y)[0]
    -2*x*y + x + y
    """
    bits: set[sympy.Symbol] = set()

    def truth(e: sympy.Basic) -> sympy.Expr:
        if e in (sympy.true, sympy.false):
            return sympy.Integer(int(bool(e)))
        if isinstance(e, sympy.Symbol):
            bits.add(e)
            return e
        if isinstance(e, Not):
            return 1 - truth(e.args[0])
        if isinstance(e, And):
            return sympy.Mul(*map(truth, e.args))
        if isinstance(e, Or):
            return 1 - sympy.Mul(*(1 - truth(a) for a in e.args))
        if isinstance(e, Xor):
            total = sympy.Integer(0)
            for argument in e.args:
                a = truth(argument)
                total = total + a - 2 * total * a
            return sympy.expand(total)
        if isinstance(e, Implies):
            return 1 - truth(e.args[0]) * (1 - truth(e.args[1]))
        if isinstance(e, Equivalent):
            values = list(map(truth, e.args))
            return sympy.Mul(*values) + sympy.Mul(*(1 - v for v in values))
        if isinstance(e, ITE):
            condition, yes, no = map(truth, e.args)
            return condition * yes + (1 - condition) * no
        if not isinstance(e, Boolean):
            raise InvalidArgument(f"Argument 'f' uses {e} as a truth value, which must be a condition or a bit.")
        return sympy.Piecewise((1, e), (0, True))  # a relation such as x > 2

    def condition(e: Any) -> Any:
        """A condition of a case: a bare name in it is a bit that is 1. Numbers put for it leave a condition that way."""
        if isinstance(e, sympy.Symbol):
            bits.add(e)
            return sympy.Eq(e, 1)
        return e.func(*map(condition, e.args)) if isinstance(e, BooleanFunction) else e

    if expression.has(sympy.Piecewise):
        expression = expression.replace(
            lambda e: isinstance(e, sympy.Piecewise),
            lambda e: sympy.Piecewise(*((value, condition(when)) for value, when in e.args)),
        )
    if isinstance(expression, Boolean) and not isinstance(expression, sympy.Symbol):
        return truth(expression), frozenset(bits)
    changes = {e: truth(e) for e in expression.args if isinstance(e, BooleanFunction)}
    return (expression.xreplace(changes) if changes else expression), frozenset(bits)


@dataclass(slots=True)
class _Walk:
    """Collects the leaves of one expression, then rebuilds it as a ring element."""

    variables: frozenset[sympy.Symbol]
    index: dict[sympy.Expr, int] = field(default_factory=dict)
    joint: dict[sympy.Expr, None] = field(default_factory=dict)

    def leaf(self, expression: sympy.Expr) -> Callable[[list[Any]], Any]:
        used = expression.free_symbols & self.variables
        if len(used) > 1:
            self.joint[expression] = None
        position = self.index.setdefault(expression, len(self.index))
        return lambda gens: gens[position]

    def walk(self, e: sympy.Expr) -> Callable[[list[Any]], Any]:
        if isinstance(e, sympy.Rational):
            value = to_flint(e)
            return lambda gens: value
        if isinstance(e, sympy.Symbol):
            return self.leaf(e)
        if e.is_Add or e.is_Mul:
            parts = [self.walk(argument) for argument in e.args]
            return _adder(parts) if e.is_Add else _multiplier(parts)
        if e.is_Pow and e.exp.is_Integer:
            return self._power(e.base, int(e.exp))
        if isinstance(e, sympy.exp):
            parts = sympy.Add.make_args(sympy.expand(e.args[0]))
            return _multiplier([self.walk(sympy.exp(part)) for part in parts]) if len(parts) > 1 else self.leaf(e)
        if isinstance(e, (sympy.sin, sympy.cos, sympy.sinh, sympy.cosh)) and len(e.free_symbols & self.variables) > 1:
            return self._angle_sum(e)
        if e.is_Pow and e.exp.is_Add and not e.base.free_symbols:
            return _multiplier([self.walk(sympy.Pow(e.base, argument)) for argument in e.exp.args])
        return self.leaf(e)

    def _angle_sum(self, e: sympy.Expr) -> Callable[[list[Any]], Any]:
        """sin(u + v) = sin u cos v + cos u sin v and its kin, where u and v share no variable; else a leaf."""
        parts = sympy.Add.make_args(sympy.expand(e.args[0]))
        if any(len(part.free_symbols & self.variables) > 1 for part in parts):
            return self.leaf(e)
        u, v = parts[0], sympy.Add(*parts[1:])
        if isinstance(e, (sympy.sinh, sympy.cosh)):
            sign = 1 if isinstance(e, sympy.cosh) else -1
            return self.walk((sympy.exp(u + v) + sign * sympy.exp(-u - v)) / 2)
        if isinstance(e, sympy.sin):
            return self.walk(sympy.sin(u) * sympy.cos(v) + sympy.cos(u) * sympy.sin(v))
        return self.walk(sympy.cos(u) * sympy.cos(v) - sympy.sin(u) * sympy.sin(v))

    def _power(self, base: sympy.Expr, exponent: int) -> Callable[[list[Any]], Any]:
        if abs(exponent) > _MAX_POWER:
            raise InvalidArgument(f"Argument 'f' must have exponents of at most {_MAX_POWER:,}, not {exponent}.")
        if exponent < 0:
            inner = self.leaf(sympy.Pow(base, -1))
            return lambda gens: inner(gens) ** -exponent
        inner = self.walk(base)
        return lambda gens: inner(gens) ** exponent


@dataclass(frozen=True, slots=True)
class _Count:
    """A first bound of the terms, quick: what sums and products would have if nothing met. It never falls on the way."""

    terms: int

    def __add__(self, other: Any) -> _Count:
        return _Count(self.terms + (other.terms if isinstance(other, _Count) else 1))

    def __mul__(self, other: Any) -> _Count:
        return _Count(self.terms * other.terms) if isinstance(other, _Count) else self

    def __pow__(self, exponent: int) -> _Count:
        return _Count(comb(self.terms + exponent - 1, exponent) if self.terms <= _MANY else self.terms)

    __radd__, __rmul__ = __add__, __mul__


@dataclass(frozen=True)
class _Size:
    """How large a polynomial may become: ring elements are built from it as from a generator, and only terms are counted.

    ``count`` bounds the terms as they are multiplied out, ``degrees`` the exponents of the generators, ``largest`` the terms
    of everything on the way.
    """

    count: int
    degrees: dict[int, int]
    largest: int = 1

    @cached_property
    def terms(self) -> int:
        """No more than there are monomials of these degrees."""
        total = sum(self.degrees.values())
        return min(self.count, comb(len(self.degrees) + total, total), prod(d + 1 for d in self.degrees.values()))

    def _made(self, count: int, degrees: dict[int, int], *parts: _Size) -> _Size:
        made = _Size(count, degrees)
        return _Size(made.terms, degrees, max(made.terms, *(part.largest for part in parts)))

    def __add__(self, other: Any) -> _Size:
        if not isinstance(other, _Size):
            return self._made(self.terms + 1, self.degrees, self)
        degrees = {g: max(self.degrees.get(g, 0), other.degrees.get(g, 0)) for g in self.degrees | other.degrees}
        return self._made(self.terms + other.terms, degrees, self, other)

    def __mul__(self, other: Any) -> _Size:
        if not isinstance(other, _Size):
            return self
        degrees = {g: self.degrees.get(g, 0) + other.degrees.get(g, 0) for g in self.degrees | other.degrees}
        return self._made(self.terms * other.terms, degrees, self, other)

    def __pow__(self, exponent: int) -> _Size:
        degrees = {g: d * exponent for g, d in self.degrees.items()}
        count = comb(self.terms + exponent - 1, exponent) if self.terms <= _MANY else prod(d + 1 for d in degrees.values())
        return self._made(count, degrees, self)

    __radd__, __rmul__ = __add__, __mul__


def _adder(parts: Sequence[Callable[[list[Any]], Any]]) -> Callable[[list[Any]], Any]:
    def add(gens: list[Any]) -> Any:
        values = [part(gens) for part in parts]
        while len(values) > 1:  # neighbours in pairs: one by one, a sum of n terms would be copied n times
            pairs = zip(values[::2], values[1::2], strict=False)
            values = [*(a + b for a, b in pairs), *(values[-1:] if len(values) % 2 else [])]
        return values[0]

    return add


def _multiplier(parts: Sequence[Callable[[list[Any]], Any]]) -> Callable[[list[Any]], Any]:
    def multiply(gens: list[Any]) -> Any:
        total = parts[0](gens)
        for part in parts[1:]:
            total = total * part(gens)
        return total

    return multiply


def product_sum(expression: sympy.Basic, variables: Sequence[sympy.Symbol], limit: int = 10_000_000) -> ProductSum:
    """Read an expression as a finite sum of products of functions of one variable each.

    Symbols that are not among ``variables`` are parameters. Raises InexactError (a float), InvalidArgument (no real
    expression, two symbols of one name, huge powers) and TooLarge (more than ``limit`` terms are predicted).

    >>> x, y, a = sympy.symbols("x y a")
    >>> for term in product_sum(a * (x + y) ** 2, [x, y]).terms:
    ...     print(term.coefficient, term.factors)
    a ((x, x**2),)
    2*a ((x, x), (y, y))
    a ((y, y**2),)
    """
    floats = sorted(expression.atoms(sympy.Float))  # in exponents and conditions too, where no value would show them
    if floats:
        raise InexactError(f"Argument 'f' must be exact, but it holds the float {floats[0]}; write it as a Rational.")
    lowered, booleans = lower_booleans(plain(expression))
    if not isinstance(lowered, sympy.Expr) or lowered.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I):
        raise InvalidArgument(f"Argument 'f' must be a finite real expression, not {expression}.")
    order = {symbol: position for position, symbol in enumerate(variables)}
    unknown = booleans - order.keys()
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise InvalidArgument(f"Argument 'f' uses {names} as a truth value, which must be a variable of the law.")
    walk = _Walk(frozenset(variables))
    rebuild = walk.walk(lowered)
    used = tuple(sorted(lowered.free_symbols & walk.variables, key=order.__getitem__))
    if walk.joint:
        return ProductSum((), (), used, tuple(walk.joint), booleans)
    # generators are numbered by text, so that the result does not depend on sympy's argument order
    leaves = sorted(walk.index, key=sympy.default_sort_key)
    place = {leaf: i for i, leaf in enumerate(leaves)}
    gens = generators(len(leaves))
    if walk.index and rebuild([_Count(1)] * len(walk.index)).terms > min(limit, _MANY):
        size = rebuild([_Size(1, {i: 1}) for i in range(len(walk.index))])
        if size.largest > limit:
            raise TooLarge("Terms of f multiplied out", size.largest, limit)
    element = rebuild([gens[place[leaf]] for leaf in walk.index])
    variable_of = [next(iter(leaf.free_symbols & walk.variables), None) for leaf in leaves]
    values = [None if variable else element_of(leaf) for leaf, variable in zip(leaves, variable_of, strict=True)]
    collected: dict[tuple[tuple[sympy.Symbol, sympy.Expr], ...], Any] = {}
    for exponents, coefficient in terms(element):
        factors: dict[sympy.Symbol, sympy.Expr] = {}
        for leaf, variable, value, exponent in zip(leaves, variable_of, values, exponents, strict=False):
            if not exponent:
                continue
            if variable is None:
                coefficient = coefficient * power(value, exponent)
            else:
                raised = leaf if leaf in booleans else leaf**exponent  # a truth value is a bit: x² = x
                factors[variable] = factors[variable] * raised if variable in factors else raised
        key = tuple(sorted(((s, e) for s, e in factors.items() if e != 1), key=lambda item: order[item[0]]))
        collected[key] = collected[key] + coefficient if key in collected else coefficient
    kept = tuple(ProductTerm(c, key) for key, c in collected.items() if c)
    present = {symbol for term in kept for symbol, _ in term.factors}
    constants = tuple(leaf for leaf, variable in zip(leaves, variable_of, strict=True) if variable is None)
    return ProductSum(kept, constants, tuple(v for v in used if v in present), (), booleans)
