"""Value at every row, in float64.

    value = (x - 3/8)*(y - 3/8) - 7/64

Arguments, by keyword: arrays of numbers that broadcast together, or single numbers.
    x: variable
    y: variable
Result: an array of the broadcast shape, float64; a number where all arguments are numbers.
Operations a row: 1 multiply, 3 subtract. Buffers: 262,144 bytes at most.
"""

import numpy as np

BLOCK = 16384


def evaluate(*, x, y, out=None, rows=None):
    """The values; see above. ``out`` is C-contiguous; ``rows=(first, last)`` computes these rows of it only."""
    given = [np.asarray(a) for a in (x, y)]
    shape = np.broadcast_shapes(*(a.shape for a in given))
    size = int(np.prod(shape))
    flat = []
    for a in given:
        if a.size == 1:
            a = np.broadcast_to(a.reshape(()), (size,))
        elif a.shape == shape and a.flags.c_contiguous:
            a = a.reshape(-1)
        else:
            a = np.broadcast_to(a, shape).flat  # copies one block at a time
        flat.append(a)
    if out is not None and not out.flags.c_contiguous:
        raise ValueError("out must be C-contiguous")
    result = np.empty(size, np.float64) if out is None else out.reshape(-1)
    first, last = (0, size) if rows is None else rows
    scratch = np.empty(2 * min(BLOCK, max(last - first, 0)), np.float64)
    for start in range(first, last, BLOCK):
        stop = min(start + BLOCK, last)
        x, y = (a[start:stop].astype(np.float64, casting="same_kind", copy=False) for a in flat[:2])
        count = stop - start
        block = scratch[:2 * count].reshape(2, count)
        b0, b1 = block
        r0 = result[start:stop]
        np.subtract(x, 0.375, out=b0)
        np.subtract(y, 0.375, out=b1)
        np.multiply(b0, b1, out=b0)
        np.subtract(b0, 0.109375, out=r0)
    if out is not None:
        return out
    return result.reshape(shape)[()]
