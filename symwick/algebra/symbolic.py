"""Exact values with symbols in them: sparse polynomials over Q in parameters, constants and moment symbols.

An element is the engine's rational, or a :class:`Symbolic`: Σ coefficient · Π base^exponent. Bases are sympy expressions that are
taken as independent: symbols, primes (sqrt(2) is the base 2 with exponent 1/2), pi, exp(t), log(2), and composite ones such as
a + b, which occur with negative or fractional exponents only. Exponents are integers or fractions of either sign, so that
1/λ · λ = 1 and sqrt(2)² = 2 hold by themselves. Nothing is declared beforehand: bases are interned by
value when they first occur.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import flint
import sympy

from symwick.algebra.numbers import from_flint, to_flint, to_sympy
from symwick.errors import InvalidArgument

__all__ = ["Monomial", "Symbolic", "base_of", "expression", "number_of", "number_or_expression", "plain_exponent", "power",
           "product_of", "raised", "reciprocal", "vanishes"]  # fmt: skip

Monomial = tuple[tuple[int, Any], ...]
"""(number of the base, exponent) by number; the empty tuple is 1."""

_ZERO, _ONE = flint.fmpq(0), flint.fmpq(1)

# The interning table of bases. It only grows, with the distinct symbols and constants a process has met.
_BASES: list[sympy.Expr] = []
_NUMBERS: dict[sympy.Expr, int] = {}
_PRIMES: dict[int, flint.fmpq] = {}
_COMPOSITE: dict[int, Any] = {}  # composite bases with what they are, multiplied out
_EXPONENTIALS: dict[int, sympy.Expr] = {}


def number_of(base: sympy.Expr, value: Any = None) -> int:
    """The number of a base; a composite one comes with its ``value``, an element."""
    number = _NUMBERS.get(base)
    if number is None:
        number = _NUMBERS[base] = len(_BASES)
        _BASES.append(base)
        if isinstance(base, sympy.exp) or base is sympy.E:
            _EXPONENTIALS[number] = base.args[0] if base.args else sympy.Integer(1)
        elif base.is_Integer:
            _PRIMES[number] = to_flint(base)
        elif value is not None:
            _COMPOSITE[number] = value
    return number


def base_of(number: int) -> sympy.Expr:
    """The base with that number."""
    return _BASES[number]


class Symbolic:
    """Σ coefficient · monomial with at least one base; sums that are plain rationals are never of this class.

    >>> from symwick.algebra.symbolic_reading import element
    >>> a = element(sympy.Symbol("a"))
    >>> (a + 1) * (a - 1)
    a**2 - 1
    >>> a * reciprocal(a), bool(a - a)
    (1, False)
    """

    __slots__ = ("terms",)

    def __init__(self, terms: dict[Monomial, Any]) -> None:
        self.terms = terms

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Symbolic):
            small, large = (self.terms, other.terms) if len(self.terms) < len(other.terms) else (other.terms, self.terms)
            result = dict(large)
            for monomial, coefficient in small.items():
                _add_to(result, monomial, coefficient)
            return _normal(result)
        constant = _constant(other)
        if constant is None:
            return NotImplemented
        result = dict(self.terms)
        if constant:
            _add_to(result, (), constant)
        return _normal(result)

    __radd__ = __add__

    def __neg__(self) -> Symbolic:
        return Symbolic({monomial: -coefficient for monomial, coefficient in self.terms.items()})

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Symbolic):
            return self + (-other)
        constant = _constant(other)
        return NotImplemented if constant is None else self + (-constant)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, Symbolic):
            constant = _constant(other)
            if constant is None:
                return NotImplemented
            if not constant:
                return _ZERO
            return Symbolic({monomial: coefficient * constant for monomial, coefficient in self.terms.items()})
        result: dict[Monomial, Any] = {}
        rest: Any = _ZERO
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                monomial, factor, composite = _times(left, right)
                coefficient = a * b if factor is None else a * b * factor
                if composite:
                    rest = rest + _expanded(monomial) * coefficient
                else:
                    _add_to(result, monomial, coefficient)
        value = _normal(result)
        return value + rest if rest else value

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Any:
        return power(self, exponent)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Symbolic):
            return self.terms == other.terms
        return False if isinstance(other, (int, Fraction, flint.fmpq)) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self.terms))

    def __repr__(self) -> str:
        return str(expression(self))

    def ordered(self) -> list[tuple[tuple[tuple[sympy.Expr, Any], ...], Any]]:
        """(((base, exponent), …), coefficient) in an order that depends on the value alone; exponentials are one base."""
        rows = [
            (tuple(sorted(_factors(monomial), key=_base_key)), coefficient) for monomial, coefficient in self.terms.items()
        ]
        return sorted(rows, key=lambda row: (-sum(e for _, e in row[0]), [(*_base_key(f), -f[1]) for f in row[0]]))

    def bases(self) -> list[sympy.Expr]:
        """The bases that occur, in a fixed order."""
        found = {i for monomial in self.terms for i, _ in monomial}
        return sorted((_BASES[i] for i in found), key=sympy.default_sort_key)


def _factors(monomial: Monomial) -> list[tuple[sympy.Expr, Any]]:
    """The powers of a monomial, its exponentials taken together: exp(m) · exp(v)^(1/2) is exp(m + v/2)."""
    exponents = [(_BASES[i], e) for i, e in monomial if i in _EXPONENTIALS]
    if not exponents:
        return [(_BASES[i], e) for i, e in monomial]
    total = sympy.Add(*(_EXPONENTIALS[_NUMBERS[base]] * sympy.Rational(e) for base, e in exponents))
    return [(sympy.exp(total), 1), *((_BASES[i], e) for i, e in monomial if i not in _EXPONENTIALS)]


@lru_cache(maxsize=100_000)
def _text(base: sympy.Expr) -> tuple[bool, str]:
    return not base.is_Symbol, str(base)


def _base_key(factor: tuple[sympy.Expr, Any]) -> tuple[bool, str]:
    return _text(factor[0])


def _constant(value: Any) -> Any:
    if isinstance(value, flint.fmpq):
        return value
    return to_flint(value) if isinstance(value, (int, Fraction)) else None


def _add_to(terms: dict[Monomial, Any], monomial: Monomial, coefficient: Any) -> None:
    known = terms.get(monomial)
    if known is not None:
        coefficient = known + coefficient
        if not coefficient:
            del terms[monomial]
            return
    terms[monomial] = coefficient


def _normal(terms: dict[Monomial, Any]) -> Any:
    if not terms:
        return _ZERO
    if len(terms) == 1 and () in terms:
        return terms[()]
    return Symbolic(terms)


def _times(left: Monomial, right: Monomial) -> tuple[Monomial, Any, bool]:
    """The product as (monomial, rational factor or None, whether a composite base must be multiplied out)."""
    if not left:
        return right, None, False
    if not right:
        return left, None, False
    exponents = dict(left)
    factor, composite = None, False
    for base, exponent in right:
        if base not in exponents:
            exponents[base] = exponent
            continue
        total = exponents[base] + exponent
        if type(total) is Fraction and total.denominator == 1:
            total = total.numerator
        if base in _PRIMES:
            whole = total.__floor__()
            if whole:
                factor = _PRIMES[base] ** whole if factor is None else factor * _PRIMES[base] ** whole
                total -= whole
        elif base in _COMPOSITE and total >= 1:
            composite = True
        if total:
            exponents[base] = total
        else:
            del exponents[base]
    return tuple(sorted(exponents.items())), factor, composite


def _expanded(monomial: Monomial) -> Any:
    """A monomial whose composite bases have exponents of 1 or more, multiplied out: B^(3/2) is B · B^(1/2)."""
    kept, factors = [], []
    for i, e in monomial:
        whole = e.__floor__() if i in _COMPOSITE and e >= 1 else 0
        if whole:
            factors.append(power(_COMPOSITE[i], whole))
        if e != whole:
            kept.append((i, e - whole))
    return product_of([Symbolic({tuple(kept): _ONE}) if kept else _ONE, *factors])


def power(value: Any, exponent: int) -> Any:
    """value^exponent for any integer exponent.

    >>> from symwick.algebra.symbolic_reading import element
    >>> power(element(sympy.Symbol("a") + 1), 2)
    a**2 + 2*a + 1
    """
    if exponent < 0:
        return power(reciprocal(value), -exponent)
    if isinstance(value, Symbolic) and len(value.terms) == 1:
        ((monomial, coefficient),) = value.terms.items()
        if not any(i in _PRIMES or i in _COMPOSITE for i, _ in monomial):
            raised = tuple((i, plain_exponent(e * exponent)) for i, e in monomial)
            return Symbolic({raised: coefficient**exponent}) if exponent else _ONE
    result: Any = _ONE
    square = value
    while exponent:
        if exponent & 1:
            result = result * square
        exponent >>= 1
        if exponent:
            square = square * square
    return result


def plain_exponent(exponent: Any) -> Any:
    """A whole exponent as an int."""
    return exponent.numerator if type(exponent) is Fraction and exponent.denominator == 1 else exponent


def reciprocal(value: Any) -> Any:
    """1/value; a sum becomes a composite base with exponent −1.

    >>> from symwick.algebra.symbolic_reading import element
    >>> a, b = map(element, sympy.symbols("a b"))
    >>> reciprocal(2 * a), reciprocal(a + b) * (a + b), vanishes(reciprocal(a + b) * (a + b) - 1)
    (1/(2*a), a/(a + b) + b/(a + b), True)
    """
    if not isinstance(value, Symbolic):
        if not value:
            raise InvalidArgument("A value must not be divided by zero.")
        return 1 / to_flint(value)
    if len(value.terms) == 1:
        ((monomial, coefficient),) = value.terms.items()
        return product_of((1 / coefficient, *(raised(i, -e) for i, e in monomial)))
    # the common monomial, denominators and the content go out, so that 1/(2a + 2b) and 1/(a + b) have one base
    shared, rest = _split(value)
    if shared:
        return product_of((reciprocal(rest), *(raised(i, -e) for i, e in shared)))
    content = _content(value)
    primitive = value * (1 / content)
    base = number_of(expression(primitive), primitive)
    return Symbolic({((base, -1),): 1 / content})


def raised(number: int, exponent: Any) -> Any:
    """The base of a number to an exponent; primes give up the whole part, composite bases are multiplied out."""
    if number in _PRIMES:
        whole = exponent.__floor__()
        rest = exponent - whole
        outside = _PRIMES[number] ** whole
        return Symbolic({((number, rest),): outside}) if rest else outside
    if number in _COMPOSITE and exponent >= 1:
        return _expanded(((number, exponent),))
    return Symbolic({((number, exponent),): _ONE})


def product_of(factors: Iterable[Any]) -> Any:
    """The product of elements."""
    total: Any = _ONE
    for factor in factors:
        total = total * factor
    return total


def _split(value: Symbolic) -> tuple[Monomial, Any]:
    """(shared, rest): the common monomial of a sum and all its denominators, and what the sum is shared times."""
    monomials = [dict(monomial) for monomial in value.terms]
    lowest = {i: min(m.get(i, 0) for m in monomials) for m in monomials for i in m if i not in _PRIMES}
    shared = {i: e for i, e in lowest.items() if e}
    rest: Any = _ZERO
    for exponents, coefficient in zip(monomials, value.terms.values(), strict=True):
        lowered = {i: plain_exponent(exponents.get(i, 0) - shared.get(i, 0)) for i in {**exponents, **shared}}
        rest = rest + _expanded(tuple(sorted((i, e) for i, e in lowered.items() if e))) * coefficient
    return tuple(sorted(shared.items())), rest


def _content(value: Symbolic) -> Any:
    """The rational that leaves coprime integers as coefficients, the first of them positive."""
    numerators, denominators = _ZERO, 1
    rows = value.ordered()
    for _, coefficient in rows:
        numerators = flint.fmpq(flint.fmpz(int(numerators.p)).gcd(flint.fmpz(int(coefficient.p))))
        denominators = int(flint.fmpz(denominators).lcm(flint.fmpz(int(coefficient.q))))
    content = numerators / denominators
    return -content if rows[0][1] < 0 else content


@lru_cache(maxsize=100_000)
def _factor(base: sympy.Expr, exponent: Any) -> sympy.Expr:
    return base if exponent == 1 else sympy.Pow(base, sympy.Rational(exponent))


def expression(value: Any) -> sympy.Expr:
    """An element as a sympy expression: a sum of products.

    >>> from symwick.algebra.symbolic_reading import element
    >>> expression(element(sympy.Symbol("a")) * 2 + to_flint("1/3"))
    2*a + 1/3
    """
    if not isinstance(value, Symbolic):
        return to_sympy(value)
    return sympy.Add(
        *(
            sympy.Mul(to_sympy(coefficient), *(_factor(base, e) for base, e in _factors(monomial)))
            for monomial, coefficient in value.terms.items()
        )
    )


def number_or_expression(value: Any) -> Any:
    """What users get: an int or Fraction, or a sympy expression while symbols or constants remain."""
    return expression(value) if isinstance(value, Symbolic) else from_flint(value)


# -- questions ---------------------------------------------------------------------------------------------------------


def vanishes(value: Any) -> bool:
    """Whether an element is zero, composite denominators multiplied out first.

    Bases are taken as independent: True is certain, and so is False where all bases are symbols or powers of one exp each.
    """
    while isinstance(value, Symbolic):
        lowest: dict[int, int] = {}
        for monomial in value.terms:
            for i, e in monomial:
                if i in _COMPOSITE and e < 0:
                    lowest[i] = min(e.__floor__(), lowest.get(i, 0))
        if not lowest:
            return False
        # the product with the base to that power: terms by their exponent of the base, which lose the denominator
        base, least = min(lowest.items())
        parts: dict[Any, dict[Monomial, Any]] = {}
        for monomial, coefficient in value.terms.items():
            exponents = dict(monomial)
            part = parts.setdefault(exponents.pop(base, 0), {})
            part[tuple(exponents.items())] = coefficient
        cleared: Any = _ZERO
        for e, part in parts.items():
            cleared = cleared + _normal(part) * (raised(base, e - least) if e != least else _ONE)
        value = cleared
    return not value
