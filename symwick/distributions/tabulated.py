"""Laws held as weighted rows: the shared machinery of :class:`Finite` and :class:`Empirical`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.numbers import Number, from_flint, ratio, to_fraction
from symwick.algebra.vectors import INT64, IntVector, weighted_product_sum
from symwick.circuits.variables import Variable, lookup, variable_mapping
from symwick.distributions.law import Law, Vectors
from symwick.distributions.law_display import moments_table, points_table
from symwick.errors import InvalidArgument

__all__ = ["BoundedCache", "TabulatedLaw", "merge_rows", "row_keys", "sample_count", "stacked"]

K = TypeVar("K")
V = TypeVar("V")


def sample_count(n: Any) -> int:
    """The number of draws, checked."""
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 0:
        raise InvalidArgument(f"Argument 'n' must be an integer that is at least 0, not {n!r}.")
    return int(n)


def row_keys(codes: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """One integer for each row of codes ≥ 0, ordered as the rows are: equal where and only where the rows are equal."""
    keys = np.zeros(len(codes), dtype=np.int64)
    radix = 1
    for column in codes.T:
        size = int(column.max(initial=0)) + 1
        if radix * size >= INT64:
            distinct, keys = np.unique(keys, return_inverse=True)
            radix = len(distinct)
        keys = keys * size + column
        radix *= size
    return keys


def stacked(columns: Sequence[npt.NDArray[np.intp]], rows: int) -> npt.NDArray[np.intp]:
    """The columns side by side; no columns are ``rows`` empty rows."""
    return np.stack(columns, axis=1) if columns else np.zeros((rows, 0), dtype=np.intp)


def merge_rows(codes: npt.NDArray[np.intp], weights: IntVector) -> tuple[npt.NDArray[np.intp], IntVector]:
    """Equal rows added up, in ascending order of the codes; rows of weight zero are dropped."""
    _, first, inverse = np.unique(row_keys(codes), return_index=True, return_inverse=True)
    fits = weights.bound * len(weights) < INT64
    total = np.zeros(len(first), dtype=np.int64 if fits else object)
    np.add.at(total, inverse, weights.numerators.astype(total.dtype, copy=False))
    keep = total != 0
    rows = codes[first[keep]]
    rows.setflags(write=False)
    return rows, IntVector.from_integers(total[keep], weights.denominator)


_SHOWN_POINTS = 10


class TabulatedLaw(Law):
    """A law given by distinct rows of positive weight, ascending; the base of Finite and Empirical.

    ``codes[r, j]`` is the position of row r's value in the ascending ``supports[j]``.
    """

    def __init__(
        self,
        variables: tuple[sympy.Symbol, ...],
        supports: tuple[tuple[Number, ...], ...],
        codes: npt.NDArray[np.intp],
        weights: IntVector,
    ) -> None:
        self.variables = variables
        self._supports = supports
        self._codes = codes
        self._codes.setflags(write=False)
        self._weights = weights

    def __len__(self) -> int:
        """The number of points of positive probability."""
        return len(self._codes)

    def support(self, variable: Variable) -> tuple[Number, ...]:
        symbol = lookup(variable, self.variables, "variable", "the law")
        return self._supports[self._positions[symbol]]

    def items(self) -> Iterator[tuple[tuple[Number, ...], Number]]:
        """The points of the support with their probabilities, ascending."""
        return self._first(len(self))

    def _first(self, count: int) -> Iterator[tuple[tuple[Number, ...], Number]]:
        for row, weight in zip(self._codes[:count].tolist(), self._weights.numerators[:count].tolist(), strict=True):
            point = tuple(support[code] for support, code in zip(self._supports, row, strict=True))
            yield point, from_flint(ratio(weight, self._weights.denominator))

    _by_formula = False

    def _shown_facts(self) -> list[tuple[str, object]]:
        return [("points", f"{len(self):,}")]

    def _shown_tables(self) -> list[str]:
        rows = [] if not self.variables else list(self._first(_SHOWN_POINTS))
        return [points_table(self.variables, rows, len(self)), moments_table(self, len(self))]

    def mean_of_product(self, vectors: Vectors) -> Any:
        factors = [(vector, self._codes[:, self._positions[v]]) for v, vector in vectors.items()]
        return ratio(*weighted_product_sum(self._weights, factors))

    @cached_property
    def _powers(self) -> BoundedCache[tuple[sympy.Symbol, int], IntVector]:
        return BoundedCache()

    def _power(self, variable: sympy.Symbol, exponent: int) -> IntVector:
        """The k-th powers of the points of one variable's support."""
        key = variable, exponent
        if key not in self._powers:
            if exponent == 1:
                vector = IntVector.of(self._supports[self._positions[variable]])
            else:
                vector = self._power(variable, 1).power(exponent)
            self._powers.keep(key, vector, len(vector))
        return self._powers[key]

    def _mean_of_powers(self, powers: Mapping[sympy.Symbol, int]) -> Any:
        return self.mean_of_product({v: self._power(v, exponent) for v, exponent in powers.items()})

    @cached_property
    def _tables(self) -> BoundedCache[tuple[sympy.Symbol, ...], tuple[npt.NDArray[np.intp], IntVector]]:
        return BoundedCache()

    def joint_table(self, variables: Sequence[sympy.Symbol]) -> tuple[npt.NDArray[np.intp], IntVector]:
        key = tuple(variables)
        if key == self.variables:
            return self._codes, self._weights
        if key not in self._tables:
            codes, weights = merge_rows(self._codes[:, [self._positions[v] for v in key]], self._weights)
            self._tables.keep(key, (codes, weights), codes.size + len(codes))
        return self._tables[key]

    def marginal(self, variables: Iterable[Variable]) -> Self:
        chosen = self._select(variables)
        return self._like(chosen, tuple(self.support(v) for v in chosen), *self.joint_table(chosen))

    def renamed(self, names: Mapping[sympy.Symbol, sympy.Symbol]) -> Self:
        """The same law with the variables in ``names`` called otherwise; the new names are distinct."""
        variables = tuple(names.get(v, v) for v in self.variables)
        return self._like(variables, self._supports, self._codes, self._weights)

    def _like(
        self,
        variables: tuple[sympy.Symbol, ...],
        supports: tuple[tuple[Number, ...], ...],
        codes: npt.NDArray[np.intp],
        weights: IntVector,
    ) -> Self:
        """A law of the same kind from rows that need no further check."""
        law = type(self).__new__(type(self))
        TabulatedLaw.__init__(law, variables, supports, codes, weights)
        law.exact, law.notes = self.exact, self.notes
        return law

    def condition(self, event: Mapping[Any, Any]) -> Self:
        known = variable_mapping(event, self.variables, "event", "the law")
        keep = np.ones(len(self._codes), dtype=bool)
        for variable, value in known.items():
            point = self._point(value, "event")
            support = self._supports[self._positions[variable]]
            column = self._codes[:, self._positions[variable]]
            keep &= column == support.index(point) if point in support else False
        if not keep.any():
            text = ", ".join(f"{v} = {value}" for v, value in known.items())
            raise InvalidArgument(f"Argument 'event' must have positive probability, but {text} has probability 0.")
        rest = tuple(v for v in self.variables if v not in known)
        supports, columns = [], []
        for variable in rest:
            position = self._positions[variable]
            present, column = np.unique(self._codes[keep, position], return_inverse=True)
            supports.append(tuple(self._supports[position][i] for i in present.tolist()))
            columns.append(column)
        kept = self._weights.numerators[keep].tolist()
        weights = IntVector.from_integers(kept, sum(kept))
        return self._like(rest, tuple(supports), *merge_rows(stacked(columns, len(kept)), weights))

    def _point(self, value: Any, argument: str) -> Any:
        """One coordinate of a point, as it is compared with the support."""
        return to_fraction(value, argument)

    # -- independence -------------------------------------------------------------------------------------------

    def independent_groups(self, variables: Iterable[Variable] | None = None) -> tuple[frozenset[sympy.Symbol], ...]:
        """The finest partition into mutually independent groups, found exactly (coarser where that would be long).

        Pairwise dependence first: its components can only be merged. Then a component, or a union of components, is
        split off where the joint law is the product of the two marginals.
        """
        chosen = self._select(variables)
        if chosen not in self._groups:
            self._groups.keep(chosen, tuple(_finest_groups(self, chosen)), len(chosen))
        return self._groups[chosen]

    @cached_property
    def _groups(self) -> BoundedCache[tuple[sympy.Symbol, ...], tuple[frozenset[sympy.Symbol], ...]]:
        return BoundedCache()

    def _factorises(self, left: tuple[sympy.Symbol, ...], right: tuple[sympy.Symbol, ...]) -> bool:
        """Whether X_left and X_right are independent, exactly."""
        (codes_l, weights_l), (codes_r, weights_r) = self.joint_table(left), self.joint_table(right)
        size = len(codes_l) * len(codes_r)
        if size > len(self):
            return False  # more points than the whole law has
        codes, weights = self.joint_table(left + right)
        if size != len(codes):
            return False
        # joint rows are sorted with the left columns first, so they are the product in its natural order
        first, second, joint = (w.numerators.astype(object) for w in (weights_l, weights_r, weights))
        product = np.multiply.outer(first, second).ravel() * weights.denominator
        return bool(np.all(joint * (weights_l.denominator * weights_r.denominator) == product))

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[Any]:
        count = sample_count(n)
        rng = np.random.default_rng(seed)
        drawn = self._codes[rng.choice(len(self._codes), size=count, p=self._weights.rounded().value)]
        integral = all(isinstance(x, int) and abs(x) < INT64 for support in self._supports for x in support)
        result = np.empty((count, len(self.variables)), dtype=np.int64 if integral else object)
        for j, support in enumerate(self._supports):
            values = np.empty(len(support), dtype=result.dtype)
            values[:] = support
            result[:, j] = values[drawn[:, j]]
        return result


class BoundedCache(dict[K, V]):
    """A cache that starts anew when it would hold more than ``limit`` cells."""

    def __init__(self, limit: int = 1 << 24) -> None:
        self.limit = limit
        self.cells = 0

    def keep(self, key: K, value: V, cells: int) -> None:
        """Store a value that takes about so many cells, besides what every entry costs."""
        cells += 64
        if self.cells + cells > self.limit:
            self.clear()
            self.cells = 0
        self.cells += cells
        self[key] = value


_MOST_TRIALS = 1 << 26
_Names = tuple[sympy.Symbol, ...]


def _finest_groups(law: TabulatedLaw, chosen: _Names) -> list[frozenset[sympy.Symbol]]:
    """Trials are counted in rows looked at; when they run out, what is left is one group, which is always right."""
    left = max(64, _MOST_TRIALS // len(law))

    def independent(inside: _Names, outside: _Names) -> bool:
        nonlocal left
        left -= 1
        return left >= 0 and law._factorises(inside, outside)

    sizes = {v: len(law.support(v)) for v in chosen}
    groups = [frozenset({v}) for v in chosen if sizes[v] == 1]
    components: list[_Names] = []
    for variable in (v for v in chosen if sizes[v] > 1):
        tied = [c for c in components if not all(independent((other,), (variable,)) for other in c)]
        components = [c for c in components if c not in tied] + [(*_joined(tied), variable)]
    while components:
        for union in _unions(components):
            rest = [c for c in components if c not in union]
            if not rest or independent(_joined(union), _joined(rest)):
                break
            if left < 0:
                union, rest = components, []
                break
        groups.append(frozenset(_joined(union)))
        components = rest
    position = {v: i for i, v in enumerate(chosen)}
    return sorted(groups, key=lambda group: min(position[v] for v in group))


def _unions(components: list[_Names]) -> Iterator[list[_Names]]:
    """The sets of components that hold the first one, small ones first."""
    for size in range(len(components)):
        for others in combinations(components[1:], size):
            yield [components[0], *others]


def _joined(components: Iterable[_Names]) -> _Names:
    return tuple(v for component in components for v in component)
