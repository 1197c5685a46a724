"""Means and covariances as they are given: read, and checked to be symmetric and positive semidefinite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import factorial
from typing import Any

import sympy

from symwick.algebra.numbers import ratio
from symwick.algebra.symbolic import expression
from symwick.algebra.symmetric_matrices import (
    Matrix,
    components,
    determinant,
    is_rational,
    minors,
    mirrored,
    without_zeros,
)
from symwick.circuits.variables import lookup, variable_mapping
from symwick.distributions.grouped import exact_parameter, free_symbols, nonnegative
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["check_expansion", "covariance_rows", "mean_vector", "stated_relations", "symmetric"]


def mean_vector(mean: Any, symbols: tuple[sympy.Symbol, ...]) -> list[Any]:
    """The means as elements, in the order of the variables, from a sequence or a mapping.

    >>> mean_vector({"y": 1, "x": "a"}, sympy.symbols("x y"))
    [a, 1]
    """
    if isinstance(mean, Mapping):
        known = variable_mapping(mean, symbols, "mean", "the law")
        if missing := [v for v in symbols if v not in known]:
            raise InvalidArgument(f"Argument 'mean' must give a number for every variable, but lacks {missing[0]}.")
        return [exact_parameter(known[v], "mean") for v in symbols]
    if isinstance(mean, sympy.MatrixBase):
        mean = mean.flat()
    if isinstance(mean, str) or not isinstance(mean, Iterable):
        raise InvalidArgument(f"Argument 'mean' must be a sequence or map variables to numbers, not {mean!r}.")
    values = [exact_parameter(value, "mean") for value in mean]
    if len(values) != len(symbols):
        raise InvalidArgument(
            f"Argument 'mean' must have {len(symbols)} entries, one for each variable, not {len(values)}."
        )
    return values


def covariance_rows(covariance: Any, symbols: tuple[sympy.Symbol, ...]) -> list[list[Any]]:
    """Rows of elements, from a square matrix of any kind or a mapping of pairs, whose other half is filled in.

    >>> covariance_rows({("x", "x"): 1, ("x", "y"): "1/2", ("y", "y"): "a"}, sympy.symbols("x y"))
    [[1, 1/2], [1/2, a]]
    """
    size = len(symbols)
    if isinstance(covariance, Mapping):
        found: dict[tuple[sympy.Symbol, ...], Any] = {}
        for key, value in covariance.items():
            if not isinstance(key, tuple) or len(key) != 2:
                raise InvalidArgument(f"Argument 'covariance' must have pairs of variables as keys, not {key!r}.")
            pair = tuple(lookup(v, symbols, "covariance", "the law") for v in key)
            if pair in found:
                raise InvalidArgument(f"Argument 'covariance' must name each pair once, but {key!r} comes twice.")
            found[pair] = exact_parameter(value, "covariance")
        if missing := [v for v in symbols if (v, v) not in found]:
            raise InvalidArgument(f"Argument 'covariance' must give every variance, but lacks that of {missing[0]}.")
        zero = ratio(0, 1)
        return [[found.get((a, b), found.get((b, a), zero)) for b in symbols] for a in symbols]
    rows = covariance.tolist() if hasattr(covariance, "tolist") else covariance
    if isinstance(rows, str) or not isinstance(rows, Iterable):
        raise InvalidArgument(f"Argument 'covariance' must be a square matrix or a mapping of pairs, not {covariance!r}.")
    rows = [list(row) if isinstance(row, Iterable) and not isinstance(row, str) else [row] for row in rows]
    if len(rows) != size:
        raise InvalidArgument(f"Argument 'covariance' must have {size} rows of {size} entries, not {len(rows)} rows.")
    for row in rows:
        if len(row) != size:
            raise InvalidArgument(f"Argument 'covariance' must have {size} rows of {size} entries, not one of {len(row)}.")
    return [[exact_parameter(value, "covariance") for value in row] for row in rows]


def symmetric(rows: list[list[Any]], symbols: tuple[sympy.Symbol, ...]) -> Matrix:
    """The rows without hidden zeros, if they are symmetric. Raises InvalidArgument, naming a pair, where they are not."""
    for i, j in combinations(range(len(rows)), 2):
        if without_zeros(rows[i][j] - rows[j][i]):
            a, b = symbols[i], symbols[j]
            raise InvalidArgument(
                f"Argument 'covariance' must be symmetric, not {rows[i][j]} for {a}, {b} and {rows[j][i]} for {b}, {a}."
            )
    return mirrored([[without_zeros(value) for value in row[: i + 1]] for i, row in enumerate(rows)])


def stated_relations(rows: Matrix, symbols: tuple[sympy.Symbol, ...], limit: int) -> Iterator[sympy.Basic]:
    """What symbols must fulfil for a matrix to be positive semidefinite, variances and 2 × 2 minors; numbers are checked.

    >>> a, x, y = sympy.symbols("a x y")
    >>> rows = covariance_rows([["a", 1], [1, 2]], (x, y))
    >>> list(stated_relations(rows, (x, y), 1000))
    [a >= 0, 2*a - 1 >= 0]

    Raises InvalidArgument where a principal minor is negative: it names the variables.
    """
    for i, row in enumerate(rows):
        if nonnegative(row[i]) is False:
            raise InvalidArgument(f"Argument 'covariance' must have no negative variance, not {row[i]} for {symbols[i]}.")
        if nonnegative(row[i]) is None:
            yield sympy.Ge(expression(row[i]), 0)
    for i, j in combinations(range(len(rows)), 2):
        if rows[i][j] and free_symbols([rows[i][i], rows[i][j], rows[j][j]]):
            minor = rows[i][i] * rows[j][j] - rows[i][j] * rows[i][j]
            decided = nonnegative(minor)
            if decided is False:
                _refuse_minor([symbols[i], symbols[j]], minor)
            if decided is None:
                yield sympy.Ge(expression(minor), 0)
    for block in _numeric_blocks(rows):
        part = [[rows[i][j] for j in block] for i in block]
        check_expansion(part, limit)
        _require_semidefinite(part, [symbols[i] for i in block])


def _numeric_blocks(rows: Matrix) -> Iterator[list[int]]:
    """Sets of variables, together all with numbers for variances, whose covariances are numbers; dependent parts apart."""
    free = [[bool(free_symbols([value])) for value in row] for row in rows]
    left = [i for i, row in enumerate(free) if not row[i]]
    while left:
        block: list[int] = []
        for i in (*left, *(j for j in range(len(rows)) if not free[j][j] and j not in left)):
            if not any(free[i][j] for j in block):
                block.append(i)
        left = [i for i in left if i not in block]
        block.sort()
        for part in components([[rows[i][j] for j in block] for i in block]):
            yield [block[i] for i in part]


def check_expansion(rows: Matrix, limit: int) -> None:
    """Raises TooLarge where determinants that have to be written out may have more than ``limit`` terms."""
    predicted = 0 if is_rational(rows) else factorial(max(map(len, components(rows))))
    if predicted > limit:
        raise TooLarge("Terms of a determinant of covariances", predicted, limit)


def _require_semidefinite(rows: Matrix, symbols: Sequence[sympy.Symbol]) -> None:
    used: list[sympy.Symbol] = []
    for k, minor, tie in minors(rows):
        if minor:
            used.append(symbols[k])
            if nonnegative(minor) is False:
                _refuse_minor(used, minor)
        elif tie is not None:
            places = [*(symbols.index(v) for v in used), k, tie]
            _refuse_minor([symbols[i] for i in places], determinant([[rows[i][j] for j in places] for i in places]))


def _refuse_minor(symbols: Sequence[sympy.Symbol], minor: Any) -> None:
    raise InvalidArgument(
        f"Argument 'covariance' must be positive semidefinite, but its principal minor of "
        f"{', '.join(map(str, symbols))} is {minor}."
    )
