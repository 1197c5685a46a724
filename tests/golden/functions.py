"""Value at every row, in float32.

    value = pi*x**7 + Piecewise((exp(x)/y, x < y), (sqrt(x), True))

Arguments, by keyword: arrays of numbers that broadcast together, or single numbers.
    x: variable
    y: variable
Result: an array of the broadcast shape, float32; a number where all arguments are numbers.
Operations a row: 1 add, 1 divide, 1 exp, 1 less, 5 multiply, 1 select, 1 sqrt. Buffers: 196,608 bytes at most.
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
    result = np.empty(size, np.float32) if out is None else out.reshape(-1)
    first, last = (0, size) if rows is None else rows
    scratch = np.empty(3 * min(BLOCK, max(last - first, 0)), np.float32)
    for start in range(first, last, BLOCK):
        stop = min(start + BLOCK, last)
        x, y = (a[start:stop].astype(np.float32, casting="same_kind", copy=False) for a in flat[:2])
        count = stop - start
        block = scratch[:3 * count].reshape(3, count)
        b0, b1, b2 = block
        r0 = result[start:stop]
        np.exp(x, out=b0)
        np.divide(b0, y, out=b0)
        np.less(x, y, out=b1)
        np.sqrt(x, out=b2)
        b0[...] = np.where(np.not_equal(b1, 0), b0, b2)
        np.multiply(x, x, out=b1)
        np.multiply(b1, b1, out=b2)
        np.multiply(b1, b2, out=b1)
        np.multiply(x, b1, out=b1)
        np.multiply(b1, 3.1415927410125732, out=b1)
        np.add(b0, b1, out=r0)
    if out is not None:
        return out
    return result.reshape(shape)[()]
