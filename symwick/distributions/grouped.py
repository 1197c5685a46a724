"""Laws that are no finite table: mutually independent groups of variables, known by moments or by cumulants.

:class:`CumulantLaw` turns cumulants into moments; the multivariate normal law and the unspecified laws stand on it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import product
from math import comb, prod
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.multisets import count_multiset_partitions
from symwick.algebra.named_multisets import natural_key, total
from symwick.algebra.numbers import Number, ratio
from symwick.algebra.symbolic import Symbolic, expression
from symwick.algebra.vectors import IntVector
from symwick.circuits.moment_names import moment_symbol
from symwick.circuits.variables import Variable
from symwick.distributions.law import Law, Vectors
from symwick.distributions.parameters import as_element, read_parameter
from symwick.distributions.tabulated import BoundedCache
from symwick.errors import NoClosedForm, TooLarge

__all__ = ["CumulantLaw", "GroupedLaw", "Key", "MOST_TERMS", "count_terms", "exact_parameter", "free_symbols",
           "nonnegative"]  # fmt: skip

MOST_TERMS = 1_000_000
_MOST_STEPS = 20_000_000
_TINY = 1e-20

Key = tuple[tuple[sympy.Symbol, int], ...]
"""(variable, exponent) for the positive exponents, in the order of the law's variables."""


# -- parameters --------------------------------------------------------------------------------------------------------


def exact_parameter(value: Any, argument: str) -> Any:
    """A real parameter as an element: a number, text, or an expression of parameters; symbols become plain.

    >>> exact_parameter("1/3", "mean"), exact_parameter("2*rho", "mean"), exact_parameter(sympy.pi, "mean")
    (1/3, 2*rho, pi)

    Raises InexactError (a float), FormatError (text that is no expression), InvalidArgument (no finite real number).
    """
    return as_element(read_parameter(value, argument))


def free_symbols(elements: Iterable[Any]) -> tuple[sympy.Symbol, ...]:
    """The symbols in some elements, by name.

    >>> free_symbols([exact_parameter("b*a", "p"), exact_parameter(2, "p")])
    (a, b)
    """
    found = {s for value in elements if isinstance(value, Symbolic) for base in value.bases() for s in base.free_symbols}
    return tuple(sorted(found, key=lambda s: natural_key(s.name)))


def nonnegative(value: Any) -> bool | None:
    """Whether an element is at least 0 for all real values of its symbols; None where that depends on them.

    >>> a = exact_parameter("a", "p")
    >>> nonnegative(a * a), nonnegative(exact_parameter(sympy.sqrt(2) - sympy.pi, "p")), nonnegative(a)
    (True, False, None)
    """
    if not isinstance(value, Symbolic):
        return bool(value >= 0)
    expr = expression(value)
    if not expr.free_symbols and abs(digits := expr.evalf(30)) > _TINY:
        return bool(digits > 0)
    real = expr.xreplace({s: sympy.Dummy(s.name, real=True) for s in expr.free_symbols})
    return True if real.is_nonnegative else False if real.is_negative else None


# -- laws without a table ----------------------------------------------------------------------------------------------


class GroupedLaw(Law):
    """A law that is no finite table, of mutually independent groups of variables: E Π_j φ_j = Π_groups E Π_j φ_j."""

    _groups: tuple[tuple[sympy.Symbol, ...], ...]
    """The groups, each in the order of the variables."""

    @cached_property
    def _owner(self) -> dict[sympy.Symbol, int]:
        return {v: i for i, group in enumerate(self._groups) for v in group}

    def _by_group(self, variables: Iterable[sympy.Symbol]) -> dict[int, list[sympy.Symbol]]:
        found: dict[int, list[sympy.Symbol]] = {}
        for variable in variables:
            found.setdefault(self._owner[variable], []).append(variable)
        return found

    def _keys(self, powers: Mapping[sympy.Symbol, int]) -> list[Key]:
        """The exponents, group by group."""
        chosen = sorted(powers, key=self._positions.__getitem__)
        return [tuple((v, powers[v]) for v in part) for part in self._by_group(chosen).values()]

    def _counted(self, variables: Iterable[Variable]) -> list[Key]:
        counts: dict[sympy.Symbol, int] = {}
        for symbol in self._with_repeats(variables, "variables"):
            counts[symbol] = counts.get(symbol, 0) + 1
        return self._keys(counts)

    @abstractmethod
    def _of_group(self, key: Key) -> Any:
        """E[Π x^k] as an element, for variables of one group."""

    def _mean_of_powers(self, powers: Mapping[sympy.Symbol, int]) -> Any:
        return prod((self._of_group(key) for key in self._keys(powers)), start=ratio(1, 1))

    def independent_groups(self, variables: Iterable[Variable] | None = None) -> tuple[frozenset[sympy.Symbol], ...]:
        return tuple(frozenset(part) for part in self._by_group(self._select(variables)).values())

    @cached_property
    def _group_laws(self) -> tuple[Law, ...]:
        return tuple(self.marginal(group) for group in self._groups) if len(self._groups) > 1 else (self,)

    def parts(self, variables: Sequence[sympy.Symbol]) -> list[tuple[Law, list[sympy.Symbol]]]:
        """One law for each group."""
        return [(self._group_laws[i], part) for i, part in self._by_group(variables).items()]

    def tabulated(self, variables: Iterable[Variable] | None = None) -> bool:
        return not self._select(variables)

    def support(self, variable: Variable) -> tuple[Number, ...]:
        (symbol,) = self._select([variable], "variable")
        raise NoClosedForm(f"The support of {symbol} under {self!r} is no finite list of numbers.")

    def mean_of_product(self, vectors: Vectors) -> Any:
        self._refuse_table(vectors)
        return ratio(1, 1)

    def joint_table(self, variables: Sequence[sympy.Symbol]) -> tuple[npt.NDArray[np.intp], IntVector]:
        self._refuse_table(variables)
        return np.zeros((1, 0), dtype=np.intp), IntVector.of([1])

    def _refuse_table(self, variables: Iterable[sympy.Symbol]) -> None:
        if names := ", ".join(map(str, variables)):
            raise NoClosedForm(f"The law of {names} under {self!r} is no finite table.")


# -- laws known by their cumulants -------------------------------------------------------------------------------------


class CumulantLaw(GroupedLaw):
    """A law known by its cumulants: E[x_i Π] = Σ_J κ(x_i, x_J) E[Π without x_J] over the labelled sub-lists J of Π.

    For multisets, with exponents k: m(k) = Σ_j C(k − e_i, j) κ(j + e_i) m(k − e_i − j), each m(k) computed once.
    """

    _limit: int = MOST_TERMS
    _max_order: int | None = None
    """Cumulants of higher order are 0."""

    @abstractmethod
    def _cumulant_of(self, key: Key) -> Any:
        """The joint cumulant of x_i repeated k_i times as an element, for variables of one group."""

    @property
    def cumulant_order(self) -> int | None:
        """The order above which all cumulants are 0; None where there is no such order."""
        return self._max_order

    def _numeric(self, key: Key) -> bool:
        """Whether all cumulants of these variables are rational."""
        return False

    def cumulant(self, variables: Iterable[Variable]) -> Number | sympy.Expr:
        """The joint cumulant κ(X_1, …, X_r) of a list of variables, repeats allowed; 0 for the empty list.

        0 across independent groups.
        """
        keys = self._counted(variables)
        value: Number | sympy.Expr = self._as_number(self._cumulant_of(keys[0])) if len(keys) == 1 else 0
        return value

    @cached_property
    def _moments(self) -> BoundedCache[Key, Any]:
        return BoundedCache()

    def _of_group(self, key: Key) -> Any:
        if key in self._moments:
            return self._moments[key]
        self._check_size(key)
        known: dict[Key, Any] = {(): ratio(1, 1)}
        steps: dict[Key, list[tuple[Any, Key]]] = {}
        stack = [key]
        while stack:
            top = stack[-1]
            if top in known:
                stack.pop()
            elif top in self._moments:
                known[top] = self._moments[top]
            elif top not in steps:
                steps[top] = list(self._steps(top))
                stack += [rest for _, rest in steps[top] if rest not in known]
            else:
                known[top] = value = total(factor * known[rest] for factor, rest in steps.pop(top))
                self._moments.keep(top, value, 8 * len(value.terms) if isinstance(value, Symbolic) else 1)
        return known[key]

    def _steps(self, key: Key) -> Iterator[tuple[Any, Key]]:
        (first, power), *others = key
        rest: Key = ((first, power - 1), *others) if power > 1 else tuple(others)
        most = sum(k for _, k in rest)
        if self._max_order is not None:
            most = min(most, self._max_order - 1)
        for inside, outside, count in _splits(rest, most):
            more = inside[0][1] if inside and inside[0][0] == first else 0
            value = self._cumulant_of(((first, more + 1), *inside[more > 0 :]))
            if value:
                yield value * count, outside

    def _check_size(self, key: Key) -> None:
        counts = tuple(sorted(k for _, k in key))
        if self._numeric(key):
            what, predicted = "Smaller moments for", prod(k + 1 for k in counts)
        else:
            least = 1 if any(self._cumulant_of(((v, 1),)) for v, _ in key) else 2
            what, predicted = "Terms of", count_terms(counts, least, self._max_order)
        if predicted > self._limit:
            raise TooLarge(f"{what} {moment_symbol(dict(key))} under {self!r}", predicted, self._limit)


def _splits(key: Key, most: int) -> Iterator[tuple[Key, Key, int]]:
    """(inside, outside, Π C(k, j)) for all sub-multisets of at most so many elements."""
    if not key or not most:
        yield (), key, 1
        return
    (variable, power), rest = key[0], key[1:]
    for j in range(min(power, most) + 1):
        here: Key = ((variable, j),) if j else ()
        left: Key = ((variable, power - j),) if j < power else ()
        for inside, outside, count in _splits(rest, most - j):
            yield here + inside, left + outside, count * comb(power, j)


@lru_cache(maxsize=10_000)
def count_terms(counts: tuple[int, ...], least: int = 1, most: int | None = None) -> int:
    """How many partitions a multiset has into blocks of ``least`` to ``most`` elements: the terms of a moment.

    An upper bound, the number for distinct elements, where counting itself would be long.

    >>> count_terms((1, 1, 1, 1)), count_terms((1,) * 8, 2, 2), count_terms((4,), 1, 2)
    (15, 105, 3)
    """
    n = sum(counts)
    largest = n if most is None else min(most, n)
    labelled = [1]
    for m in range(1, n + 1):
        labelled.append(sum(comb(m - 1, j - 1) * labelled[m - j] for j in range(least, min(largest, m) + 1)))
    if max(counts, default=0) <= 1:
        return labelled[n]
    sides = [k + 1 for k in counts]
    size = prod(sides)
    if least <= 1 and largest == n:
        steps = prod(side * (side + 1) // 2 for side in sides if side > 2)
        return count_multiset_partitions(dict(enumerate(counts))) if steps <= _MOST_STEPS else labelled[n]
    if size > 1 << 18:
        return labelled[n]
    blocks = [block for block in product(*map(range, sides)) if least <= sum(block) <= largest]
    if len(blocks) * size > _MOST_STEPS:
        return labelled[n]
    strides = [prod(sides[i + 1 :]) for i in range(len(sides))]
    table = [1] + [0] * (size - 1)
    for block in blocks:
        shift = sum(j * stride for j, stride in zip(block, strides, strict=True))
        starts = (range(0, (s - j) * stride, stride) for s, j, stride in zip(sides, block, strides, strict=True))
        for start in map(sum, product(*starts)):
            table[start + shift] += table[start]
    return table[-1]
