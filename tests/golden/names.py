"""Value at every row, in float64.

    value = __import__(\"os\")*lambda + b0*shape

Arguments, by keyword: arrays of numbers that broadcast together, or single numbers.
    import_os: variable '__import__(\"os\")'
    b0: variable
    lambda_: variable 'lambda'
    shape: variable
Result: an array of the broadcast shape, float64; a number where all arguments are numbers.
Operations a row: 1 add, 2 multiply. Buffers: 262,144 bytes at most.
"""

import numpy as np

BLOCK = 16384


def evaluate(*, import_os, b0, lambda_, shape, out=None, rows=None):
    """The values; see above. ``out`` is C-contiguous; ``rows=(first, last)`` computes these rows of it only."""
    given = [np.asarray(a) for a in (import_os, b0, lambda_, shape)]
    shape_ = np.broadcast_shapes(*(a.shape for a in given))
    size = int(np.prod(shape_))
    flat = []
    for a in given:
        if a.size == 1:
            a = np.broadcast_to(a.reshape(()), (size,))
        elif a.shape == shape_ and a.flags.c_contiguous:
            a = a.reshape(-1)
        else:
            a = np.broadcast_to(a, shape_).flat  # copies one block at a time
        flat.append(a)
    if out is not None and not out.flags.c_contiguous:
        raise ValueError("out must be C-contiguous")
    result = np.empty(size, np.float64) if out is None else out.reshape(-1)
    first, last = (0, size) if rows is None else rows
    scratch = np.empty(2 * min(BLOCK, max(last - first, 0)), np.float64)
    for start in range(first, last, BLOCK):
        stop = min(start + BLOCK, last)
        import_os, b0, lambda_, shape = (a[start:stop].astype(np.float64, casting="same_kind", copy=False) for a in
            flat[:4])
        count = stop - start
        block = scratch[:2 * count].reshape(2, count)
        b_0, b_1 = block
        r0 = result[start:stop]
        np.multiply(import_os, lambda_, out=b_0)
        np.multiply(b0, shape, out=b_1)
        np.add(b_0, b_1, out=r0)
    if out is not None:
        return out
    return result.reshape(shape_)[()]
