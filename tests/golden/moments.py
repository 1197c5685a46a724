"""Value at every row, in float64.

    value = -Cov(x, y)*(z - E[z]) - Cov(x, z)*(y - E[y]) - Cov(y, z)*(x - E[x]) + (x - E[x])*(y - E[y])*(z -
        E[z]) - μ[x,y,z]

Arguments, by keyword: arrays of numbers that broadcast together, or single numbers.
    x: variable
    y: variable
    z: variable
    E_x: parameter 'E[x]'
    E_y: parameter 'E[y]'
    E_z: parameter 'E[z]'
    E_x_y: parameter 'E[x*y]'
    E_x_z: parameter 'E[x*z]'
    E_y_z: parameter 'E[y*z]'
    E_x_y_z: parameter 'E[x*y*z]'
Result: an array of the broadcast shape, float64; a number where all arguments are numbers.
Operations a row: 3 add, 4 multiply, 14 prelude, 7 subtract. Buffers: 524,288 bytes at most.
"""

import numpy as np

BLOCK = 16384


def evaluate(*, x, y, z, E_x, E_y, E_z, E_x_y, E_x_z, E_y_z, E_x_y_z, out=None, rows=None):
    """The values; see above. ``out`` is C-contiguous; ``rows=(first, last)`` computes these rows of it only."""
    given = [np.asarray(a) for a in (x, y, z, E_x, E_y, E_z, E_x_y, E_x_z, E_y_z, E_x_y_z)]
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
    scratch = np.empty(4 * min(BLOCK, max(last - first, 0)), np.float64)
    same = all(a.size == 1 for a in given[3:])  # one value for all rows
    for start in range(first, last, BLOCK):
        stop = min(start + BLOCK, last)
        x, y, z = (a[start:stop].astype(np.float64, casting="same_kind", copy=False) for a in flat[:3])
        if start == first or not same:
            E_x, E_y, E_z, E_x_y, E_x_z, E_y_z, E_x_y_z = (a[start:stop].astype(np.float64, casting="same_kind",
                copy=False) for a in flat[3:])
            if same:
                E_x, E_y, E_z, E_x_y, E_x_z, E_y_z, E_x_y_z = (a[0] for a in (E_x, E_y, E_z, E_x_y, E_x_z, E_y_z,
                    E_x_y_z))
            t0 = E_y * E_z
            t1 = np.negative(t0)
            t2 = t1 + E_y_z
            t3 = E_x * E_y
            t4 = np.negative(t3)
            t5 = t4 + E_x_y
            t6 = E_x * E_z
            t7 = np.negative(t6)
            t8 = t7 + E_x_z
            t9 = E_y * E_x_z
            t10 = E_z * E_x_y
            t11 = t0 * -2.0
            t12 = t11 + E_y_z
            t13 = t12 * E_x
        count = stop - start
        block = scratch[:4 * count].reshape(4, count)
        b0, b1, b2, b3 = block
        r0 = result[start:stop]
        np.subtract(y, E_y, out=b0)
        np.subtract(z, E_z, out=b1)
        np.multiply(b0, b1, out=b2)
        np.subtract(b2, t2, out=b2)
        np.subtract(x, E_x, out=b3)
        np.multiply(b2, b3, out=b2)
        np.multiply(b1, t5, out=b1)
        np.subtract(b2, b1, out=b1)
        np.multiply(b0, t8, out=b0)
        np.subtract(b1, b0, out=b0)
        np.add(b0, t9, out=b0)
        np.add(b0, t10, out=b0)
        np.add(b0, t13, out=b0)
        np.subtract(b0, E_x_y_z, out=r0)
    if out is not None:
        return out
    return result.reshape(shape)[()]
