"""12 values at every row, in float64.

    p0 = x**4*y**4 + 9*x**4*y**3 + 6*x**4*y**2 + 3*x**4*y + x**3*y**4 + 9*x**3*y**3 + 6*x**3*y**2 + 3*x**3*y +
        x**2*y**4 + 9*x**2*y**3 + 6*x**2*y**2 + 3*x**2*y + x*y**4 + 9*x*y**3 + 6*x*y**2 + 3*x*y + y**4 +
        9*y**3 + 6*y**2 + 3*y
    p1 = 8*x**4*y**4 + 5*x**4*y**3 + 2*x**4*y**2 + 10*x**4*y + 7*x**4 + 8*x**3*y**4 + 5*x**3*y**3 +
        2*x**3*y**2 + 10*x**3*y + 7*x**3 + 8*x**2*y**4 + 5*x**2*y**3 + 2*x**2*y**2 + 10*x**2*y + 7*x**2 +
        8*x*y**4 + 5*x*y**3 + 2*x*y**2 + 10*x*y + 7*x + 8*y**4 + 5*y**3 + 2*y**2 + 10*y + 7
    p2 = 4*x**4*y**4 + x**4*y**3 + 9*x**4*y**2 + 6*x**4*y + 3*x**4 + 4*x**3*y**4 + x**3*y**3 + 9*x**3*y**2 +
        6*x**3*y + 3*x**3 + 4*x**2*y**4 + x**2*y**3 + 9*x**2*y**2 + 6*x**2*y + 3*x**2 + 4*x*y**4 + x*y**3 +
        9*x*y**2 + 6*x*y + 3*x + 4*y**4 + y**3 + 9*y**2 + 6*y + 3
    p3 = 8*x**4*y**3 + 5*x**4*y**2 + 2*x**4*y + 10*x**4 + 8*x**3*y**3 + 5*x**3*y**2 + 2*x**3*y + 10*x**3 +
        8*x**2*y**3 + 5*x**2*y**2 + 2*x**2*y + 10*x**2 + 8*x*y**3 + 5*x*y**2 + 2*x*y + 10*x + 8*y**3 + 5*y**2
        + 2*y + 10
    p4 = 7*x**4*y**4 + 4*x**4*y**3 + x**4*y**2 + 9*x**4*y + 6*x**4 + 7*x**3*y**4 + 4*x**3*y**3 + x**3*y**2 +
        9*x**3*y + 6*x**3 + 7*x**2*y**4 + 4*x**2*y**3 + x**2*y**2 + 9*x**2*y + 6*x**2 + 7*x*y**4 + 4*x*y**3 +
        x*y**2 + 9*x*y + 6*x + 7*y**4 + 4*y**3 + y**2 + 9*y + 6
    p5 = 3*x**4*y**4 + 8*x**4*y**2 + 5*x**4*y + 2*x**4 + 3*x**3*y**4 + 8*x**3*y**2 + 5*x**3*y + 2*x**3 +
        3*x**2*y**4 + 8*x**2*y**2 + 5*x**2*y + 2*x**2 + 3*x*y**4 + 8*x*y**2 + 5*x*y + 2*x + 3*y**4 + 8*y**2 +
        5*y + 2
    p6 = 10*x**4*y**4 + 7*x**4*y**3 + 4*x**4*y**2 + x**4*y + 9*x**4 + 10*x**3*y**4 + 7*x**3*y**3 + 4*x**3*y**2
        + x**3*y + 9*x**3 + 10*x**2*y**4 + 7*x**2*y**3 + 4*x**2*y**2 + x**2*y + 9*x**2 + 10*x*y**4 + 7*x*y**3
        + 4*x*y**2 + x*y + 9*x + 10*y**4 + 7*y**3 + 4*y**2 + y + 9
    p7 = 6*x**4*y**4 + 3*x**4*y**3 + 8*x**4*y + 5*x**4 + 6*x**3*y**4 + 3*x**3*y**3 + 8*x**3*y + 5*x**3 +
        6*x**2*y**4 + 3*x**2*y**3 + 8*x**2*y + 5*x**2 + 6*x*y**4 + 3*x*y**3 + 8*x*y + 5*x + 6*y**4 + 3*y**3 +
        8*y + 5
    p8 = 2*x**4*y**4 + 10*x**4*y**3 + 7*x**4*y**2 + 4*x**4*y + x**4 + 2*x**3*y**4 + 10*x**3*y**3 + 7*x**3*y**2
        + 4*x**3*y + x**3 + 2*x**2*y**4 + 10*x**2*y**3 + 7*x**2*y**2 + 4*x**2*y + x**2 + 2*x*y**4 + 10*x*y**3
        + 7*x*y**2 + 4*x*y + x + 2*y**4 + 10*y**3 + 7*y**2 + 4*y + 1
    p9 = 9*x**4*y**4 + 6*x**4*y**3 + 3*x**4*y**2 + 8*x**4 + 9*x**3*y**4 + 6*x**3*y**3 + 3*x**3*y**2 + 8*x**3 +
        9*x**2*y**4 + 6*x**2*y**3 + 3*x**2*y**2 + 8*x**2 + 9*x*y**4 + 6*x*y**3 + 3*x*y**2 + 8*x + 9*y**4 +
        6*y**3 + 3*y**2 + 8
    p10 = 5*x**4*y**4 + 2*x**4*y**3 + 10*x**4*y**2 + 7*x**4*y + 4*x**4 + 5*x**3*y**4 + 2*x**3*y**3 +
        10*x**3*y**2 + 7*x**3*y + 4*x**3 + 5*x**2*y**4 + 2*x**2*y**3 + 10*x**2*y**2 + 7*x**2*y + 4*x**2 +
        5*x*y**4 + 2*x*y**3 + 10*x*y**2 + 7*x*y + 4*x + 5*y**4 + 2*y**3 + 10*y**2 + 7*y + 4
    p11 = x**4*y**4 + 9*x**4*y**3 + 6*x**4*y**2 + 3*x**4*y + x**3*y**4 + 9*x**3*y**3 + 6*x**3*y**2 + 3*x**3*y
        + x**2*y**4 + 9*x**2*y**3 + 6*x**2*y**2 + 3*x**2*y + x*y**4 + 9*x*y**3 + 6*x*y**2 + 3*x*y + y**4 +
        9*y**3 + 6*y**2 + 3*y

Arguments, by keyword: arrays of numbers that broadcast together, or single numbers.
    x: variable
    y: variable
Result: a dict of arrays of the broadcast shape, float64; a number where all arguments are numbers.
Operations a row: 10 add, 264 entries, 1 matrix, 22 multiply. Buffers: 4,587,520 bytes at most.
"""

import numpy as np

BLOCK = 16384
OUTPUTS = (
    'p0',
    'p1',
    'p2',
    'p3',
    'p4',
    'p5',
    'p6',
    'p7',
    'p8',
    'p9',
    'p10',
    'p11',
)
M0 = np.array([
    [0.0, 3.0, 1.0, 6.0, 9.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 3.0, 3.0, 3.0, 3.0, 6.0, 6.0, 6.0, 6.0, 9.0, 9.0, 9.0,
     9.0],
    [7.0, 10.0, 8.0, 2.0, 5.0, 8.0, 7.0, 8.0, 7.0, 8.0, 7.0, 8.0, 10.0, 10.0, 10.0, 10.0, 2.0, 2.0, 2.0, 2.0, 5.0, 5.0,
     5.0, 5.0],
    [3.0, 6.0, 4.0, 9.0, 1.0, 4.0, 3.0, 4.0, 3.0, 4.0, 3.0, 4.0, 6.0, 6.0, 6.0, 6.0, 9.0, 9.0, 9.0, 9.0, 1.0, 1.0, 1.0,
     1.0],
    [10.0, 2.0, 0.0, 5.0, 8.0, 0.0, 10.0, 0.0, 10.0, 0.0, 10.0, 0.0, 2.0, 2.0, 2.0, 2.0, 5.0, 5.0, 5.0, 5.0, 8.0, 8.0,
     8.0, 8.0],
    [6.0, 9.0, 7.0, 1.0, 4.0, 7.0, 6.0, 7.0, 6.0, 7.0, 6.0, 7.0, 9.0, 9.0, 9.0, 9.0, 1.0, 1.0, 1.0, 1.0, 4.0, 4.0, 4.0,
     4.0],
    [2.0, 5.0, 3.0, 8.0, 0.0, 3.0, 2.0, 3.0, 2.0, 3.0, 2.0, 3.0, 5.0, 5.0, 5.0, 5.0, 8.0, 8.0, 8.0, 8.0, 0.0, 0.0, 0.0,
     0.0],
    [9.0, 1.0, 10.0, 4.0, 7.0, 10.0, 9.0, 10.0, 9.0, 10.0, 9.0, 10.0, 1.0, 1.0, 1.0, 1.0, 4.0, 4.0, 4.0, 4.0, 7.0, 7.0,
     7.0, 7.0],
    [5.0, 8.0, 6.0, 0.0, 3.0, 6.0, 5.0, 6.0, 5.0, 6.0, 5.0, 6.0, 8.0, 8.0, 8.0, 8.0, 0.0, 0.0, 0.0, 0.0, 3.0, 3.0, 3.0,
     3.0],
    [1.0, 4.0, 2.0, 7.0, 10.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0, 7.0, 7.0, 7.0, 7.0, 10.0, 10.0,
     10.0, 10.0],
    [8.0, 0.0, 9.0, 3.0, 6.0, 9.0, 8.0, 9.0, 8.0, 9.0, 8.0, 9.0, 0.0, 0.0, 0.0, 0.0, 3.0, 3.0, 3.0, 3.0, 6.0, 6.0, 6.0,
     6.0],
    [4.0, 7.0, 5.0, 10.0, 2.0, 5.0, 4.0, 5.0, 4.0, 5.0, 4.0, 5.0, 7.0, 7.0, 7.0, 7.0, 10.0, 10.0, 10.0, 10.0, 2.0, 2.0,
     2.0, 2.0],
], np.float64)


def product(weights, table, result):
    """weights @ table, in pieces so small that no BLAS library starts threads for one: they cost more than they save."""
    high = max(262144 // (16 * weights.shape[1]), 1)
    for low in range(0, len(weights), high):
        some, into = weights[low:low + high], result[low:low + high]
        width = max(262144 // some.size, 1)
        whole = table.shape[1] // width * width
        pieces, results = (a[:, :whole].reshape(len(a), -1, width).transpose(1, 0, 2) for a in (table, into))
        np.matmul(some, pieces, out=results)
        np.matmul(some, table[:, whole:], out=into[:, whole:])


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
    result = np.empty((12, size), np.float64) if out is None else out.reshape(12, size)
    first, last = (0, size) if rows is None else rows
    scratch = np.empty(35 * min(BLOCK, max(last - first, 0)), np.float64)
    for start in range(first, last, BLOCK):
        stop = min(start + BLOCK, last)
        x, y = (a[start:stop].astype(np.float64, casting="same_kind", copy=False) for a in flat[:2])
        count = stop - start
        block = scratch[:35 * count].reshape(35, count)
        (b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23,
            b24, b25, b26, b27, b28, b29, b30, b31, b32, b33, b34) = block
        r0 = result[0, start:stop]
        r1 = result[1, start:stop]
        r2 = result[2, start:stop]
        r3 = result[3, start:stop]
        r4 = result[4, start:stop]
        r5 = result[5, start:stop]
        r6 = result[6, start:stop]
        r7 = result[7, start:stop]
        r8 = result[8, start:stop]
        r9 = result[9, start:stop]
        r10 = result[10, start:stop]
        r11 = result[11, start:stop]
        b0[...] = x
        b1[...] = y
        np.multiply(y, y, out=b3)
        np.multiply(y, b3, out=b4)
        np.multiply(y, b4, out=b2)
        np.multiply(x, x, out=b6)
        np.multiply(b2, b6, out=b7)
        np.multiply(x, b6, out=b8)
        np.multiply(b2, b8, out=b9)
        np.multiply(x, b8, out=b10)
        np.multiply(b2, b10, out=b11)
        np.multiply(b3, b6, out=b17)
        np.multiply(b3, b8, out=b18)
        np.multiply(b3, b10, out=b19)
        np.multiply(b4, b6, out=b21)
        np.multiply(b4, b8, out=b22)
        np.multiply(b4, b10, out=b23)
        np.multiply(b2, x, out=b5)
        np.multiply(x, y, out=b12)
        np.multiply(b6, y, out=b13)
        np.multiply(b8, y, out=b14)
        np.multiply(b10, y, out=b15)
        np.multiply(b3, x, out=b16)
        np.multiply(b4, x, out=b20)
        product(M0, block[0:24], block[24:35])
        np.add(b25, 7.0, out=r1)
        np.add(b26, 3.0, out=r2)
        np.add(b27, 10.0, out=r3)
        np.add(b28, 6.0, out=r4)
        np.add(b29, 2.0, out=r5)
        np.add(b30, 9.0, out=r6)
        np.add(b31, 5.0, out=r7)
        np.add(b32, 1.0, out=r8)
        np.add(b33, 8.0, out=r9)
        np.add(b34, 4.0, out=r10)
        r0[...] = b24
        r11[...] = b24
    return {name: a.reshape(shape)[()] for name, a in zip(OUTPUTS, result)}
