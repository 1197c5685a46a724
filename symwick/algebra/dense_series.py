"""Set power series as whole arrays: every coefficient at once, for tables over a few inputs.

An array has one axis for each input; index 0 on an axis means "input not in the set", indices 1, 2, … are the input's
*colours* (the non-constant functions of its basis), and the product of two colours of one input is 0. Two colours an axis
give the series of :mod:`symwick.algebra.set_series` over subsets. Elements are exact (object arrays), floats, or balls
(:class:`~symwick.algebra.balls.BallArray`): one code for all three.

inverse, log and exp go axis by axis, 1/(A + tB) = 1/A − tB/A², log(A + tB) = log A + tB/A, exp(A + tB) = exp A · (1 + tB), so
that each costs little more than one product: Π(2k_i − 1) multiplications of elements, 3^n for bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from symwick.algebra.balls import BallArray, concatenate

__all__ = ["adjoint_product", "apply_matrices", "exp", "inverse", "log", "pair_count", "product"]

Array = Any
"""An ndarray of floats or of exact numbers, or a BallArray."""

_CHUNK = 1 << 21  # pairs (times trailing elements) that are gathered at one time


def pair_count(shape: Sequence[int]) -> int:
    """Multiplications of one product over this shape: Π(2k_i − 1).

    >>> pair_count((2, 2, 2))
    27
    """
    return prod(2 * k - 1 for k in shape)


@lru_cache(maxsize=64)
def _pairs(shape: tuple[int, ...], by: int) -> tuple[npt.NDArray[np.intp], ...]:
    """All (u, v, w) with u = v + w, flat indices, sorted by u (by=0) or by v (by=1), and the starts of the runs."""
    u = np.zeros(1, dtype=np.intp)
    v, w = u.copy(), u.copy()
    for k in shape:
        colours = np.arange(1, k, dtype=np.intp)
        zeros = np.zeros(k - 1, dtype=np.intp)
        axis_u = np.concatenate([[0], colours, colours])
        axis_v = np.concatenate([[0], colours, zeros])
        axis_w = np.concatenate([[0], zeros, colours])
        u = np.add.outer(u * k, axis_u).ravel()
        v = np.add.outer(v * k, axis_v).ravel()
        w = np.add.outer(w * k, axis_w).ravel()
    key = (u, v)[by]
    order = np.argsort(key, kind="stable")
    u, v, w, key = u[order], v[order], w[order], key[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    for array in (u, v, w, starts):
        array.setflags(write=False)
    return u, v, w, starts


def _reduce(values: Array, starts: npt.NDArray[np.intp], longest: int) -> Array:
    if isinstance(values, BallArray):
        return values.reduceat(starts, longest, axis=0)
    return np.add.reduceat(values, starts, axis=0)


def _gathered(a: Array, b: Array, shape: tuple[int, ...], by: int) -> Array:
    """The pair sums Σ a[…]·b[…]; b may have one trailing axis."""
    u, v, w, starts = _pairs(shape, by)
    left, right = (v, w) if by == 0 else (w, u)
    trailing = prod(b.shape[1:])
    longest = 2 ** len(shape) if by == 0 else prod(shape)
    whole = len(u) * trailing
    pieces = []
    ends = np.append(starts[1:], len(u))
    begin = 0
    while begin < len(starts):
        # whole runs only, so that every piece can be reduced by itself
        last = begin + 1
        if whole > _CHUNK:
            budget = starts[begin] + max(_CHUNK // trailing, 1)
            last = max(int(np.searchsorted(ends, budget, side="right")), last)
        else:
            last = len(starts)
        cut = slice(int(starts[begin]), int(ends[last - 1]))
        factor = a[left[cut]]
        if b.ndim > 1:
            factor = factor.reshape(-1, *(1,) * (b.ndim - 1))
        pieces.append(_reduce(factor * b[right[cut]], starts[begin:last] - starts[begin], longest))
        begin = last
    return pieces[0] if len(pieces) == 1 else concatenate(pieces)


def product(a: Array, b: Array) -> Array:
    """(ab)_u = Σ_{v + w = u} a_v b_w, for arrays of one shape."""
    shape = tuple(a.shape)
    return _gathered(a.reshape(-1), b.reshape(-1), shape, 0).reshape(shape)


def adjoint_product(a: Array, b: Array, axes: int) -> Array:
    """c_v = Σ_w a_w b_{v + w}, the transpose of multiplication by ``a``; ``b`` may have more axes behind the first ``axes``."""
    shape = tuple(a.shape)
    flat = b.reshape(prod(shape), -1)
    return _gathered(a.reshape(-1), flat, shape, 1).reshape(*shape, *b.shape[axes:])


def _stack(first: Array, rest: Sequence[Array]) -> Array:
    return concatenate([part.reshape(1, *part.shape) for part in (first, *rest)])


def inverse(a: Array) -> Array:
    """1/a for a series with constant term one.

    >>> inverse(np.array([[1, 2], [3, 7]], dtype=object)).tolist()
    [[1, -2], [-3, 5]]
    """
    if len(a.shape) < 2:
        return concatenate([a[:1], -a[1:]]) if a.shape else a
    base = inverse(a[0])
    square = product(base, base)
    return _stack(base, [-product(a[j], square) for j in range(1, a.shape[0])])


def log(a: Array) -> Array:
    """log a for a series with constant term one; the constant term of the result is 0.

    >>> log(np.array([[1, 3], [5, 17]], dtype=object)).tolist()
    [[0, 3], [5, 2]]
    """
    if len(a.shape) < 2:
        return concatenate([a[:1] - a[:1], a[1:]]) if a.shape else a - a
    base = inverse(a[0])
    return _stack(log(a[0]), [product(a[j], base) for j in range(1, a.shape[0])])


def exp(k: Array, one: Array) -> Array:
    """exp k for a series with constant term zero; ``one`` is an array of shape (1,) that holds the one of the ring.

    >>> exp(np.array([[0, 3], [5, 2]], dtype=object), np.array([1], dtype=object)).tolist()
    [[1, 3], [5, 17]]
    """
    if len(k.shape) < 2:
        return concatenate([one, k[1:]]) if k.shape else one.reshape(())
    base = exp(k[0], one)
    return _stack(base, [product(k[j], base) for j in range(1, k.shape[0])])


def apply_matrices(array: Array, matrices: Sequence[Array | None]) -> Array:
    """The array with ``matrices[i]`` applied along axis i (None: axis left as it is); further axes are carried along.

    >>> flip = np.array([[0, 1], [1, 0]], dtype=object)
    >>> apply_matrices(np.array([[1, 2], [3, 4]], dtype=object), [None, flip]).tolist()
    [[2, 1], [4, 3]]
    """
    if isinstance(array, np.ndarray) and array.dtype == np.float64:
        return _apply_floats(array, matrices)
    for axis, matrix in enumerate(matrices):
        if matrix is not None:
            array = _apply_rows(array, matrix, axis)
    return array


def _apply_rows(array: Array, matrix: Array, axis: int) -> Array:
    """One matrix along one axis, row by row, skipping zeros and multiplications by ±1."""
    shape = tuple(array.shape)
    cube = array.reshape(prod(shape[:axis]), shape[axis], prod(shape[axis + 1 :]))
    balls = isinstance(array, BallArray)
    rows = []
    for j in range(matrix.shape[0]):
        total = None
        for i in range(matrix.shape[1]):
            entry = matrix.item(j, i) if balls else matrix[j, i]
            if not entry:
                continue
            piece = cube[:, i]
            exact = not balls or entry.radius == 0.0
            value = entry.value if balls else entry
            if exact and value == -1:
                total = -piece if total is None else total - piece
                continue
            if not (exact and value == 1):
                piece = piece * (matrix[j, i : i + 1] if balls else entry)
            total = piece if total is None else total + piece
        if total is None:
            total = cube[:, 0] - cube[:, 0]
        rows.append(total.reshape(total.shape[0], 1, total.shape[1]))
    return concatenate(rows, axis=1).reshape(*shape[:axis], matrix.shape[0], *shape[axis + 1 :])


def _apply_floats(array: npt.NDArray[np.float64], matrices: Sequence[Array | None]) -> npt.NDArray[np.float64]:
    """Neighbouring axes are taken together as one small Kronecker product: few passes over the memory, each a matmul."""
    shape = list(array.shape)
    axis = 0
    while axis < len(matrices):
        if matrices[axis] is None:
            axis += 1
            continue
        block = np.asarray(matrices[axis], dtype=float)
        end = axis + 1
        while end < len(matrices):
            following = matrices[end]
            if following is None or block.shape[0] * following.shape[0] > 16:
                break
            block = np.kron(block, following)
            end += 1
        before, after = prod(shape[:axis]), prod(shape[end:])
        cube = array.reshape(before, block.shape[1], after)
        array = cube.reshape(before, -1) @ block.T if after == 1 else np.matmul(block, cube)
        shape[axis:end] = [m.shape[0] for m in matrices[axis:end] if m is not None]
        axis = end
    return array.reshape(shape)
