"""`Scores`: the terms W_f(x_S) of very many rows with their tails under P, floats first, exact wherever floats cannot tell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from symwick.algebra.balls import Ball, BallArray
from symwick.algebra.notebook import MOST_ROWS, bounded, cut, html_lines, html_page, html_table
from symwick.algebra.numbers import whole_number
from symwick.algebra.symbolic import Symbolic
from symwick.algebra.vectors import IntVector
from symwick.circuits.leaves import element_value
from symwick.circuits.node_ring import Linear
from symwick.decompose.attribution.printed_tables import table
from symwick.decompose.attribution.rows import Rows
from symwick.decompose.attribution.scores import counted, probability
from symwick.decompose.attribution.term_laws import TailTable, TermLaws
from symwick.decompose.attribution.term_values import vector
from symwick.decompose.expansions import Expansion, expansion
from symwick.decompose.groups import absent
from symwick.decompose.inputs import bits
from symwick.decompose.integrate import Factor, power_of
from symwick.decompose.table_terms import TableTerms
from symwick.errors import InvalidArgument, NoClosedForm

__all__ = ["RowNovelty", "Scores"]

_U = 2.0**-53
_TINY = 5e-324
_CELLS = 1 << 21  # cells of the matrix of products that is made at a time
_SHOWN = 8
_MOST_WORKED_OUT = 200_000
"""Values, rows times sets, up to which tails are worked out only to be shown."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class RowNovelty:
    """A row (its position in the data), the set in which it is most unusual, its value and tail there."""

    row: int
    set: frozenset[Any]
    value: float
    tail: float

    def __repr__(self) -> str:
        names = ", ".join(sorted(map(str, self.set)))
        return cut(f"row {self.row}: {{{names}}} = {self.value:.6g}, tail {probability(self.tail)}")


class Scores:
    """The terms of many rows; made by :meth:`Novelty.scores`. ``sets`` are the columns, in order.

    ``values`` are W_f(x_S) as floats, within ``bounds`` of the exact ones; ``tails`` are P(|W_f(X_S)| ≥ |W_f(x_S)|), each the
    float next to the exact probability: what floats with bounds leave undecided is done again in exact numbers.
    """

    def __init__(self, laws: TermLaws, masks: tuple[int, ...], rows: Rows) -> None:
        self._laws, self._masks, self._rows = laws, masks, rows
        self.inputs = laws.engine.inputs

    @property
    def sets(self) -> tuple[frozenset[Any], ...]:
        """The sets of the columns."""
        return tuple(self.inputs.key(mask) for mask in self._masks)

    def __len__(self) -> int:
        """The number of rows."""
        return len(self._rows)

    @cached_property
    def _distinct(self) -> tuple[Rows, npt.NDArray[np.intp]]:
        """The rows that differ in what the terms look at, and for every row its place among them."""
        rows, places = self._rows.distinct(self._laws.used(self._masks))
        return _compact(rows), places

    @cached_property
    def _columns(self) -> list[IntVector | BallArray]:
        """The values of every set at the distinct rows: exact for tables, floats with bounds for sums of products."""
        rows, _ = self._distinct
        engine = self._laws.engine
        if isinstance(engine, TableTerms) or engine.inexact:
            found: list[IntVector | BallArray] = []
            for mask in tqdm(self._masks, desc="terms", delay=2, leave=False, disable=None):
                values = self._laws.values(mask, rows, "rows")
                found.append(values if isinstance(values, BallArray) else self._laws.exact(mask, values))
            return found
        if engine.domain:
            self._laws.on_grid(rows, "rows")
        sums = [{} if absent(engine, mask) else expansion(engine, mask) for mask in self._masks]
        for mask, weights in zip(self._masks, sums, strict=True):
            if any(isinstance(a, (Symbolic, Linear)) for a in weights.values()):
                self._laws.exact(mask, np.empty(0, dtype=object))  # says what remains
        return list(_products(engine, sums, rows, self._laws.named(self._masks[0]) if self._masks else ""))

    @cached_property
    def _balls(self) -> tuple[Floats, Floats]:
        rows, places = self._distinct
        values, bounds = np.zeros((len(rows), len(self._masks))), np.zeros((len(rows), len(self._masks)))
        for j, column in enumerate(self._columns):
            balls = column.rounded() if isinstance(column, IntVector) else column
            values[:, j], bounds[:, j] = balls.value, balls.radius
        return values[places], bounds[places]

    @property
    def values(self) -> Floats:
        """W_f(x_S), a row a row and a column a set. Raises NoClosedForm where values hold symbols or constants."""
        return self._balls[0]

    @property
    def bounds(self) -> Floats:
        """Rigorous bounds of the errors of ``values``; infinite where a value is too large for a float."""
        return self._balls[1]

    @cached_property
    def tails(self) -> Floats:
        """P(|W_f(X_S)| ≥ |W_f(x_S)|), rounded once from the exact number.

        Raises NoClosedForm where P is no finite table of rational numbers, InvalidArgument in float64.
        """
        rows, places = self._distinct
        found = np.zeros((len(rows), len(self._masks)))
        tables = [TailTable(self._laws.distribution(mask)) for mask in self._masks]
        pairs = zip(self._masks, tables, self._columns, strict=True)
        bar = tqdm(pairs, total=len(tables), desc="tails", delay=2, leave=False, disable=None)
        for j, (mask, known, column) in enumerate(bar):
            if isinstance(column, IntVector):
                found[:, j] = known.above[known.places(column)]
                continue
            place, undecided = known.within(column.value, column.radius)
            (again,) = np.nonzero(undecided)
            if len(again):
                chosen, back = Rows(rows.variables, rows.points, rows.codes[again]).distinct(self._laws.variables(mask))
                exact = self._laws.exact(mask, self._laws.values(mask, _compact(chosen), "rows"))
                place[again] = known.places(exact)[back]
            found[:, j] = known.above[place]
        return found[places]

    def most_novel(self, k: int = 10) -> list[RowNovelty]:
        """The k rows with the smallest tails, each with the first set that has it; rows of equal tails in their order."""
        if not self._masks:
            return []
        column = np.argmin(self.tails, axis=1)
        smallest = self.tails[np.arange(len(self)), column]
        chosen = np.argsort(smallest, kind="stable")[: whole_number(k, "k", 0)].tolist()
        sets = self.sets
        return [RowNovelty(r, sets[column[r]], float(self.values[r, column[r]]), float(smallest[r])) for r in chosen]

    def _head(self) -> str:
        return f"Scores of {counted(len(self), 'row')} in {counted(len(self._masks), 'set')}"

    def _first(self, most: int) -> tuple[str, list[list[str]]]:
        """Why there are no rows to show, or a heading and the most novel rows."""
        if "tails" not in self.__dict__ and len(self) * len(self._masks) > _MOST_WORKED_OUT:
            return "not worked out yet: .tails, .most_novel(k)", []
        try:
            found = self.most_novel(most)
        except (NoClosedForm, InvalidArgument) as error:
            return f"no tails: {error}", []
        rows = [["row", "set", "value", "tail"]]
        for item in found:
            names = self.inputs.names(self.inputs.mask(item.set, "S"))
            rows.append([str(item.row), f"{{{names}}}", f"{item.value:.6g}", probability(item.tail)])
        return "", rows if found else []

    def __repr__(self) -> str:
        why, rows = self._first(_SHOWN)
        lines = [self._head(), *([f"  {why}"] if why else []), *([table(rows)] if rows else [])]
        return bounded("\n".join([*lines, *(["  …"] if rows and len(self) > _SHOWN else [])]))

    def _repr_html_(self) -> str:
        why, rows = self._first(MOST_ROWS)
        if not rows:
            return html_page(self._head(), html_lines([why] if why else []))
        return html_page(self._head(), html_table(rows[1:], rows[0], more=len(self) - len(rows) + 1))


def _compact(rows: Rows) -> Rows:
    """The same rows, points that none of them has left out."""
    points, columns = [], []
    for j, column in enumerate(rows.points):
        present, codes = np.unique(rows.codes[:, j], return_inverse=True)
        points.append(tuple(column[i] for i in present.tolist()))
        columns.append(codes)
    codes = np.stack(columns, axis=1) if columns else rows.codes
    return Rows(rows.variables, tuple(points), codes)


def _products(engine: Any, sums: list[Expansion], rows: Rows, name: str) -> Iterator[BallArray]:
    """Σ_T a_T Π_{i∈T} φ_i for every sum: products (rows × T) times coefficients (T × sums), some rows at a time.

    |computed − exact| ≤ γ_n |H| |A| + r(H) |A| + |H| r(A) + r(H) r(A), with n products, r their bounds and γ_n = n u / (1 − n u),
    in whatever order a sum of products is added (Higham, *Accuracy and Stability of Numerical Algorithms*, section 3.1).
    """
    masks = sorted({mask for weights in sums for mask in weights}, key=lambda mask: (mask.bit_count(), mask))
    n = len(masks)
    row_of = {mask: t for t, mask in enumerate(masks)}
    a, r = np.zeros((n, len(sums))), np.zeros((n, len(sums)))
    for j, weights in enumerate(sums):
        for mask, weight in weights.items():
            a[row_of[mask], j], r[row_of[mask], j] = _ball(weight)
    gamma = n * _U * (1 + 4 * n * _U)
    with np.errstate(over="ignore", invalid="ignore"):
        size = np.abs(a)
        spread = (r + gamma * size) * (1 + 8 * _U)
        whole = (size + r) * (1 + 4 * _U)
        columns = {i: _feature(engine.features[i], rows, name) for i in sorted({i for m in masks for i in bits(m)})}
        value, radius = np.zeros((len(rows), len(sums))), np.zeros((len(rows), len(sums)))
        step = max(1, _CELLS // max(1, n))
        for start in tqdm(range(0, len(rows), step), desc="rows", delay=2, leave=False, disable=None):
            part = slice(start, start + step)
            h = _matrix(masks, columns, rows.codes[part])
            value[part] = h.value @ a
            error = np.abs(h.value) @ spread + h.radius @ whole
            radius[part] = error * (1 + (4 * n + 16) * _U) + (2 * n + 2) * _TINY
    radius[~np.isfinite(value) | np.isnan(radius)] = np.inf
    for j in range(len(sums)):
        yield BallArray(value[:, j], radius[:, j])


def _ball(weight: Any) -> tuple[float, float]:
    """The float next to a coefficient and a bound of its error; infinite where it is too large for a float."""
    try:
        ball = Ball.of(weight)
    except InvalidArgument:
        return math.inf, 0.0
    return ball.value, ball.radius


def _matrix(
    masks: list[int], columns: dict[int, list[tuple[int, BallArray]]], codes: npt.NDArray[np.intp]
) -> BallArray:
    """The products of features, a column each, at some rows."""
    rows = len(codes)
    features = {}
    for i, factors in columns.items():
        total = None
        for j, column in factors:
            part = column[codes[:, j]]
            total = part if total is None else total * part
        features[i] = total
    known: dict[int, Any] = {0: BallArray(np.ones(rows), np.zeros(rows))}

    def product(mask: int) -> Any:
        if mask not in known:
            high = mask.bit_length() - 1
            rest = mask ^ (1 << high)
            known[mask] = features[high] if not rest else product(rest) * features[high]
        return known[mask]

    found = BallArray(np.empty((rows, len(masks))), np.empty((rows, len(masks))))
    for t, mask in enumerate(masks):
        found[:, t] = product(mask)
    return found


def _feature(factors: tuple[Factor, ...], rows: Rows, name: str) -> list[tuple[int, BallArray]]:
    """The factors of a feature: the position of the variable, and values at its points."""
    found = []
    for variable, expression in factors:
        j = rows.variables.index(variable)
        power = power_of(variable, expression)
        if power is None:
            values = vector([element_value(expression, {variable: point}) for point in rows.points[j]])
            if not isinstance(values, IntVector):
                raise NoClosedForm(f"The values of {name} are no rational numbers: {expression} has none.")
            found.append((j, values.rounded()))
        else:
            base = IntVector.of(rows.points[j]).rounded()
            total = base
            for _ in range(power - 1):
                total = total * base
            found.append((j, total))
    return found
