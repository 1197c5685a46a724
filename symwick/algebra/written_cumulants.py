"""Cumulants written out in moments, and back: one integer coefficient for each partition of the variables.

    κ[x_1, …, x_n] = Σ_π (-1)^(|π|-1) (|π|-1)! Π_{B in π} E[x_B]        E[x_1 ⋯ x_n] = Σ_π Π_{B in π} κ[x_B]

over all partitions π of the list of variables. Central moments μ take the place of E where no block has one element, for
μ[x] = 0. Variables may be repeated: partitions that look alike are then one term, with the number of them as a factor.

Bell(n) terms are for reading and for other programs; values are computed by :mod:`symwick.algebra.conversions`, which
never writes a sum out. Blocks are kept as integers and spelled when somebody looks at them.

Literature: V. P. Leonov and A. N. Shiryaev, *On a method of calculation of semi-invariants* (1959); T. P. Speed, *Cumulants
and partition lattices* (1983); P. McCullagh, *Tensor Methods in Statistics* (1987), chapter 2.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, groupby, islice
from math import factorial
from reprlib import repr as short
from typing import Any

import sympy

from symwick.algebra.coded_partitions import coded_partitions, count_coded_partitions
from symwick.algebra.multisets import multiset_partitions
from symwick.algebra.named_multisets import Codes, multiset, quoted, spelled, total, values_by_multiset
from symwick.algebra.notebook import MOST_TEXT, cut, dollars, latex_name
from symwick.algebra.numbers import to_flint
from symwick.algebra.partitions import Partition, mask_partitions, natural
from symwick.algebra.symbolic import number_or_expression
from symwick.errors import InvalidArgument, TooLarge, UnknownVariable

__all__ = [
    "Written",
    "central_in_cumulants",
    "cumulant_in_central",
    "cumulant_in_moments",
    "cumulant_terms",
    "moment_in_cumulants",
    "moment_terms",
]

LIMIT = 1_000_000
"""Default of ``limit``: twelve different variables have 4,213,597 partitions, eleven have 678,570."""

_SHOWN = 15


# One symbol, as text and as LaTeX --------------------------------------------------------------------------------------


def _text(letter: str, counts: Mapping[str, int]) -> str:
    if letter == "E":
        powers = (quoted(name) + (f"**{number}" if number > 1 else "") for name, number in counts.items())
        return f"E[{'*'.join(powers) or 1}]"
    return f"{letter}[{','.join(chain.from_iterable([quoted(name)] * number for name, number in counts.items()))}]"


def _latex(letter: str, counts: Mapping[str, int]) -> str:
    symbols = {sympy.Symbol(name): number for name, number in counts.items()}
    if letter == "E":
        names = {symbol: latex_name(symbol) for symbol in symbols}
        powers = (sympy.latex(sympy.Pow(symbol, number), symbol_names=names) for symbol, number in symbols.items())
        return rf"\mathbb{{E}}[{' '.join(powers) or 1}]"
    listed = ", ".join(chain.from_iterable([latex_name(symbol)] * number for symbol, number in symbols.items()))
    return rf"\{'kappa' if letter == 'κ' else 'mu'}({listed})"


# The written form ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class Written(Mapping[Partition[str], int]):
    """Σ coefficient · Π of one symbol a block: an immutable mapping from partitions to coefficients, none of them zero.

    A partition is a sorted tuple of blocks, a block a sorted tuple of names, both with repeats; it may be asked for
    in any order. Terms come with fewest blocks first.

    >>> kappa = cumulant_in_moments(["x", "x", "y"])
    >>> kappa
    κ[x,x,y] = E[x**2*y] - 2*E[x]*E[x*y] - E[x**2]*E[y] + 2*E[x]**2*E[y]
    >>> len(kappa), kappa[("y", "x"), ["x"]], kappa.variables
    (4, -2, ('x', 'x', 'y'))
    >>> kappa.at({"x": 1, "y": 2, ("x", "x"): 3, ("x", "y"): 5, ("x", "x", "y"): 7})
    -5
    """

    left: str
    right: str
    _codes: Codes
    _terms: dict[tuple[int, ...], int]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the left-hand side, sorted, with repeats."""
        return self._codes.names(self._codes.whole)

    # -- the mapping -----------------------------------------------------------------------------------------------

    @cached_property
    def _table(self) -> dict[Partition[str], int]:
        names = {code: self._codes.names(code) for code in self._blocks()}
        return {tuple(map(names.__getitem__, key)): value for key, value in self._terms.items()}

    def _blocks(self) -> dict[int, None]:
        return dict.fromkeys(chain.from_iterable(self._terms))

    def __len__(self) -> int:
        return len(self._terms)

    def __iter__(self) -> Iterator[Partition[str]]:
        return iter(self._table)

    def __getitem__(self, partition: Iterable[Any]) -> int:
        if "_table" in self.__dict__ and isinstance(partition, tuple):
            try:
                return self._table[partition]
            except (KeyError, TypeError):
                pass
        try:
            found = [] if isinstance(partition, str) else [multiset(block, "partition") for block in partition]
        except (InvalidArgument, TypeError):
            found = [{}]
        codes = [self._codes.encode(counts) for counts in found]
        known = [code for code in codes if code]
        value = self._terms.get(tuple(sorted(known, key=self._codes.places)))
        if value is None or len(known) < len(codes) or isinstance(partition, str):
            whole = spelled(self._codes.bounds)
            raise UnknownVariable(
                f"Argument 'partition' must be a partition of {whole} that has a term, not {short(partition)}."
            )
        return value

    def keys(self) -> KeysView[Partition[str]]:
        return self._table.keys()

    def values(self) -> ValuesView[int]:
        return self._terms.values()

    def items(self) -> ItemsView[Partition[str], int]:
        return self._table.items()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Written):
            mine, theirs = (self.left, self.right, self._codes.bounds), (other.left, other.right, other._codes.bounds)
            return mine == theirs and self._terms == other._terms
        return self._table == other if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.left, self.right, self.variables))

    # -- as text ---------------------------------------------------------------------------------------------------

    def _sum(self, max_terms: int | None, latex: bool) -> str:
        write = _latex if latex else _text
        shown = len(self) if max_terms is None else natural(max_terms, "max_terms")
        symbols: dict[int, str] = {}
        parts: list[str] = []
        for key, coefficient in islice(self._terms.items(), shown):
            factors = [] if abs(coefficient) == 1 and key else [str(abs(coefficient))]
            for code, run in groupby(key):
                symbol = symbols.get(code)
                if symbol is None:
                    symbol = symbols[code] = write(self.right, self._codes.counts(code))
                times = sum(1 for _ in run)
                factors.append(symbol if times == 1 else f"{symbol}^{{{times}}}" if latex else f"{symbol}**{times}")
            sign = "-" if coefficient < 0 else "+"
            term = (r"\," if latex else "*").join(factors)
            parts.append(f" {sign} {term}" if parts else term if sign == "+" else f"-{term}")
        if shown < len(self):
            parts.append(rf" \cdots \text{{ ({len(self)} terms)}}" if latex else f" … ({len(self)} terms)")
        return f"{write(self.left, self._codes.bounds)} = {''.join(parts) or 0}"

    def text(self, *, max_terms: int | None = None) -> str:
        """The equation as plain text, all terms unless ``max_terms`` says otherwise.

        >>> central_in_cumulants({"x": 4}).text()
        'μ[x,x,x,x] = κ[x,x,x,x] + 3*κ[x,x]**2'
        """
        return self._sum(max_terms, latex=False)

    def latex(self, *, max_terms: int | None = None) -> str:
        r"""The equation as LaTeX (no dollar signs).

        >>> print(cumulant_in_moments(["x", "x"]).latex())
        \kappa(x, x) = \mathbb{E}[x^{2}] - \mathbb{E}[x]^{2}
        """
        return self._sum(max_terms, latex=True)

    def __repr__(self) -> str:
        return cut(self.text(max_terms=_SHOWN), MOST_TEXT)

    def _repr_latex_(self) -> str | None:
        return dollars(self.latex(max_terms=_SHOWN), display=False)

    # -- as a value ------------------------------------------------------------------------------------------------

    def to_sympy(self) -> sympy.Expr:
        """The right-hand side as a sympy expression in symbols named ``E[x**2*y]``, ``κ[x,x,y]`` or ``μ[x,x,y]``.

        >>> cumulant_in_moments(["x", "x"]).to_sympy()
        E[x**2] - E[x]**2
        """
        symbols = {code: sympy.Symbol(_text(self.right, self._codes.counts(code))) for code in self._blocks()}
        return sympy.Add(
            *(sympy.Mul(value, *map(symbols.__getitem__, key)) for key, value in self._terms.items()),
        )

    def at(self, values: Any) -> Any:
        """The exact value: int or Fraction, or a sympy expression while symbols remain.

        ``values`` maps multisets of variables to what stands on the right-hand side (an iterable of such pairs will do); more of
        them than needed may be given. Raises :class:`~symwick.errors.InvalidArgument` for one that is missing.

        >>> cumulant_in_moments(["x", "y"]).at({"x": "1/2", "y": sympy.Symbol("m"), ("x", "y"): 3})
        3 - m/2
        """
        given = {self._codes.encode(counts): value for counts, value in values_by_multiset(values, "values")}
        for code in self._blocks():
            if code not in given:
                needed, whole = _text(self.right, self._codes.counts(code)), _text(self.left, self._codes.bounds)
                raise InvalidArgument(f"Argument 'values' must hold {needed}, which {whole} needs.")
        terms: list[Any] = []
        for key, coefficient in self._terms.items():
            term: Any = to_flint(coefficient)
            for code in key:
                term = term * given[code]
            terms.append(term)
        return number_or_expression(total(terms))


# Building --------------------------------------------------------------------------------------------------------------


def _written(left: str, right: str, what: str, variables: Any, limit: int) -> Written:
    codes = Codes(multiset(variables, "variables"))
    limit = natural(limit, "limit")
    smallest = 2 if "μ" in (left, right) else 1
    size = sum(codes.bounds.values())
    if right == "μ" and size == 1:
        raise InvalidArgument(
            f"Argument 'variables' must name no variable or at least two, not {spelled(codes.bounds)}: a cumulant of one "
            f"variable is its mean, which central moments do not tell."
        )
    predicted, exact = count_coded_partitions(codes.bounds.values(), smallest)
    if predicted > limit or not exact:
        raise TooLarge(f"conversions.{what}: number of terms" + ("" if exact else ", at least"), predicted, limit)
    factors = [1] * (size + 1)
    if left == "κ":
        factors = [0, *((-1) ** k * factorial(k) for k in range(size))]
    if codes.whole.bit_count() == size == len(codes.variables) and smallest == 1:
        keys = sorted(mask_partitions(codes.whole), key=len)
        terms = dict(zip(keys, map(factors.__getitem__, map(len, keys)), strict=True))
    else:
        rows = sorted(coded_partitions(codes, smallest), key=lambda row: len(row[0]))
        terms = {key: factors[len(key)] * count for key, count in rows}
    if left == "κ" and not size:
        terms = {}
    return Written(left, right, codes, terms)


def cumulant_in_moments(variables: Any, *, limit: int = LIMIT) -> Written:
    """The joint cumulant written out in moments: Σ_π (-1)^(|π|-1) (|π|-1)! Π_B E[x_B].

    ``variables`` is a list of symbols or names, repeats allowed, or ``{variable: times}``. The cumulant of nothing is 0.
    Raises :class:`~symwick.errors.TooLarge`, before any work, if there are more than ``limit`` terms.

    >>> cumulant_in_moments(["x", "y"])
    κ[x,y] = E[x*y] - E[x]*E[y]
    >>> dict(cumulant_in_moments({"x": 3}))
    {(('x', 'x', 'x'),): 1, (('x',), ('x', 'x')): -3, (('x',), ('x',), ('x',)): 2}
    """
    return _written("κ", "E", "cumulant_in_moments", variables, limit)


def moment_in_cumulants(variables: Any, *, limit: int = LIMIT) -> Written:
    """The moment of a product written out in joint cumulants: Σ_π Π_B κ[x_B]. Arguments as in :func:`cumulant_in_moments`.

    >>> moment_in_cumulants(["x", "x", "y"])
    E[x**2*y] = κ[x,x,y] + 2*κ[x]*κ[x,y] + κ[x,x]*κ[y] + κ[x]**2*κ[y]
    """
    return _written("E", "κ", "moment_in_cumulants", variables, limit)


def cumulant_in_central(variables: Any, *, limit: int = LIMIT) -> Written:
    """The joint cumulant written out in central moments μ, the sum over partitions without blocks of one element.

    Arguments as in :func:`cumulant_in_moments`; one variable alone is refused, for its cumulant is its mean.

    >>> cumulant_in_central("abcd")
    Traceback (most recent call last):
    symwick.errors.InvalidArgument: Argument 'variables' must name no variable or at least two, not ('abcd',): ...
    >>> cumulant_in_central(["a", "b", "c", "d"])
    κ[a,b,c,d] = μ[a,b,c,d] - μ[a,b]*μ[c,d] - μ[a,c]*μ[b,d] - μ[a,d]*μ[b,c]
    """
    return _written("κ", "μ", "cumulant_in_central", variables, limit)


def central_in_cumulants(variables: Any, *, limit: int = LIMIT) -> Written:
    """The joint central moment written out in cumulants, the sum over partitions without blocks of one element.

    Arguments as in :func:`cumulant_in_moments`. The central moment of one variable is 0.

    >>> central_in_cumulants(["x", "x", "x", "y"])
    μ[x,x,x,y] = κ[x,x,x,y] + 3*κ[x,x]*κ[x,y]
    """
    return _written("μ", "κ", "central_in_cumulants", variables, limit)


def moment_terms(variables: Any) -> Iterator[tuple[Partition[str], int]]:
    """The terms of :func:`moment_in_cumulants`, lazily and with no limit: (partition, number of labelled partitions).

    >>> list(moment_terms(["x", "x", "y"]))
    [((('x', 'x', 'y'),), 1), ((('x', 'x'), ('y',)), 1), ((('x',), ('x', 'y')), 2), ((('x',), ('x',), ('y',)), 1)]
    """
    return _terms(multiset(variables, "variables"))


def _terms(bounds: dict[str, int]) -> Iterator[tuple[Partition[str], int]]:
    names = tuple(bounds)
    if all(number == 1 for number in bounds.values()):
        spell = lru_cache(maxsize=4096)(Codes(bounds).names)
        for masks in mask_partitions((1 << len(names)) - 1):
            yield tuple(map(spell, masks)), 1
        return
    write = lru_cache(maxsize=4096)(lambda block: tuple(names[place] for place in block))
    for partition, count in multiset_partitions(dict(enumerate(bounds.values()))):
        yield tuple(map(write, partition)), count


def cumulant_terms(variables: Any) -> Iterator[tuple[Partition[str], int]]:
    """The terms of :func:`cumulant_in_moments`, lazily and with no limit.

    >>> next(cumulant_terms(f"x{i}" for i in range(100)))[1]
    1
    """
    terms = moment_terms(variables)
    return ((key, (-1) ** (len(key) - 1) * factorial(len(key) - 1) * count) for key, count in terms if key)
