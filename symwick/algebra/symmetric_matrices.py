"""Symmetric matrices over the exact ring: components, pivots, inverses; entries are rationals or have symbols in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import flint

from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import Symbolic, expression, reciprocal, vanishes

__all__ = [
    "Matrix",
    "components",
    "determinant",
    "dot",
    "inverse",
    "is_rational",
    "minors",
    "mirrored",
    "pivots",
    "times",
    "without_zeros",
]

Matrix = Sequence[Sequence[Any]]
"""Rows of elements."""

_TINY = 1e-20
_ZERO, _ONE = to_flint(0), to_flint(1)


def without_zeros(value: Any) -> Any:
    """The element, or 0 where it is certainly zero: denominators are multiplied out, constants compared by sympy.

    >>> from symwick.algebra.symbolic_reading import element
    >>> import sympy
    >>> without_zeros(element(sympy.log(4)) - 2 * element(sympy.log(2)))
    0
    """
    if not isinstance(value, Symbolic):
        return value
    if any(base.free_symbols for base in value.bases()):
        return _ZERO if vanishes(value) else value
    constant = expression(value)
    # digits tell most constants from 0 at once; proving that one is 0 is slow
    if abs(constant.evalf(30)) > _TINY:
        return value
    return _ZERO if vanishes(value) or constant.equals(0) else value


def mirrored(half: Matrix) -> tuple[tuple[Any, ...], ...]:
    """The symmetric matrix with these rows of its lower triangle, diagonal included.

    >>> mirrored([[1], [2, 3]])
    ((1, 2), (2, 3))
    """
    size = range(len(half))
    return tuple(tuple(half[max(i, j)][min(i, j)] for j in size) for i in size)


def components(rows: Matrix) -> list[list[int]]:
    """Positions that the non-zero entries connect, each component ascending, by their first positions.

    >>> components([[1, 0, 2], [0, 1, 0], [2, 0, 1]])
    [[0, 2], [1]]
    """
    found: list[list[int]] = []
    left = list(range(len(rows)))
    while left:
        part, front = [], [left[0]]
        left = left[1:]
        while front:
            i = front.pop()
            part.append(i)
            front += [j for j in left if rows[i][j]]
            left = [j for j in left if not rows[i][j]]
        found.append(sorted(part))
    return found


def pivots(rows: Matrix) -> Iterator[tuple[int, Any, list[Any]]]:
    """(k, pivot, the rest of column k) of symmetric elimination of rationals; a pivot 0 is passed over.

    The matrix is positive semidefinite if and only if all pivots are at least 0 and columns under pivots 0 vanish; it is then
    Σ_k c_k c_kᵀ / pivot_k over the columns c_k with their pivots on top.

    >>> [(k, pivot) for k, pivot, _ in pivots([[to_flint(4), to_flint(2)], [to_flint(2), to_flint(1)]])]
    [(0, 4), (1, 0)]
    """
    work = [list(row) for row in rows]
    for k in range(len(work)):
        column = [row[k] for row in work[k:]]
        yield k, column[0], column[1:]
        if column[0]:
            touched = [(i, value) for i, value in enumerate(column, start=k) if i > k and value]
            for i, value in touched:
                factor = value / column[0]
                for j, other in touched:
                    if j > i:
                        break
                    work[i][j] = work[i][j] - factor * other


def minors(rows: Matrix) -> Iterator[tuple[int, Any, int | None]]:
    """(k, minor, tie) for every position: the minor of k and of the earlier positions whose minors are not 0.

    Where it is 0, ``tie`` is a later position whose row shows that the matrix is not positive semidefinite, if there is one:
    the minor that has this position too is negative where those before are positive.

    >>> list(minors([[to_flint(4), to_flint(2)], [to_flint(2), to_flint(1)]]))
    [(0, 4, None), (1, 0, None)]
    >>> list(minors([[to_flint(0), to_flint(2)], [to_flint(2), to_flint(1)]]))[0]
    (0, 0, 1)
    """
    if is_rational(rows):
        minor = _ONE
        for k, pivot, column in pivots(rows):
            tie = None if pivot else next((k + 1 + i for i, value in enumerate(column) if value), None)
            yield k, minor * pivot, tie
            minor = minor * pivot if pivot else minor
        return
    used: list[int] = []

    def bordered(i: int, j: int) -> Any:
        return without_zeros(determinant([[rows[a][b] for b in (*used, j)] for a in (*used, i)]))

    for k in range(len(rows)):
        value = bordered(k, k)
        yield k, value, None if value else next((j for j in range(k + 1, len(rows)) if bordered(k, j)), None)
        if value:
            used.append(k)


def is_rational(rows: Matrix) -> bool:
    """Whether no entry has symbols or irrational constants in it."""
    return not any(isinstance(value, Symbolic) for row in rows for value in row)


def determinant(rows: Matrix) -> Any:
    """Row by row over sets of columns: k 2^k products, no division.

    >>> determinant([[to_flint(1), to_flint(2)], [to_flint(3), to_flint(4)]])
    -2
    """
    known: dict[int, Any] = {0: _ONE}
    for row in rows:
        longer: dict[int, Any] = {}
        for mask, value in known.items():
            for j, entry in enumerate(row):
                if entry and not mask >> j & 1:
                    product = value * entry
                    if (mask >> j).bit_count() & 1:
                        product = -product
                    longer[mask | 1 << j] = longer[mask | 1 << j] + product if mask | 1 << j in longer else product
        known = longer
    return known.get((1 << len(rows)) - 1, _ZERO)


def inverse(rows: Matrix) -> tuple[tuple[Any, ...], ...]:
    """The inverse of a symmetric matrix that has one; with symbols the adjugate over the determinant, one denominator.

    >>> inverse([[to_flint(2), to_flint(1)], [to_flint(1), to_flint(1)]])
    ((1, -1), (-1, 2))
    """
    size = len(rows)
    if not is_rational(rows):
        scale = reciprocal(determinant(rows))
        return mirrored([[_cofactor(rows, i, j) * scale for j in range(i + 1)] for i in range(size)])
    solved = flint.fmpq_mat(size, size, [value for row in rows for value in row]).inv()
    return tuple(tuple(solved[i, j] for j in range(size)) for i in range(size))


def _cofactor(rows: Matrix, i: int, j: int) -> Any:
    minor = determinant([[*row[:j], *row[j + 1 :]] for k, row in enumerate(rows) if k != i])
    return -minor if (i + j) % 2 else minor


def dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """Σ_i a_i b_i."""
    return sum((a * b for a, b in zip(left, right, strict=True) if a and b), _ZERO)


def times(left: Matrix, right: Matrix) -> list[list[Any]]:
    """The product of two matrices, the second one symmetric.

    >>> times([[to_flint(1), to_flint(2)]], [[0, 1], [1, 3]])
    [[2, 7]]
    """
    return [[dot(row, column) for column in right] for row in left]
