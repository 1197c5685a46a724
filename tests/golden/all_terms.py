"""4 values at every row, in float64.

    ∅ = 2
    {x} = x - 1
    {y} = 2*y
    {x, y} = y*(x**2 - 2) - 1

Arguments, by keyword: arrays of numbers that broadcast together, or single numbers.
    x: variable
    y: variable
Result: a dict of arrays of the broadcast shape, float64; a number where all arguments are numbers.
Operations a row: 3 multiply, 3 subtract. Buffers: 131,072 bytes at most.
"""

import numpy as np

BLOCK = 16384
OUTPUTS = (
    '\u2205',
    '{x}',
    '{y}',
    '{x, y}',
)


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
    result = np.empty((4, size), np.float64) if out is None else out.reshape(4, size)
    first, last = (0, size) if rows is None else rows
    scratch = np.empty(1 * min(BLOCK, max(last - first, 0)), np.float64)
    for start in range(first, last, BLOCK):
        stop = min(start + BLOCK, last)
        x, y = (a[start:stop].astype(np.float64, casting="same_kind", copy=False) for a in flat[:2])
        count = stop - start
        block = scratch[:1 * count].reshape(1, count)
        b0, = block
        r0 = result[0, start:stop]
        r1 = result[1, start:stop]
        r2 = result[2, start:stop]
        r3 = result[3, start:stop]
        np.subtract(x, 1.0, out=r1)
        np.multiply(y, 2.0, out=r2)
        np.multiply(x, x, out=b0)
        np.subtract(b0, 2.0, out=b0)
        np.multiply(b0, y, out=b0)
        np.subtract(b0, 1.0, out=r3)
        r0[...] = 2.0
    return {name: a.reshape(shape)[()] for name, a in zip(OUTPUTS, result)}
