"""3 values at every row, in float64.

    a = an output of a circuit of 13 gates
    b = an output of a circuit of 13 gates
    c = an output of a circuit of 13 gates

Arguments, by keyword: arrays of numbers that broadcast together, or single numbers.
    x: variable
    y: variable
Result: a dict of arrays of the broadcast shape, float64; a number where all arguments are numbers.
Operations a row: 3 power, 3 product, 5 sum. Buffers: 851,968 bytes at most.
"""

import numpy as np

BLOCK = 8192
SLOTS, WIDTH = 9, 2
INPUTS = (0, 1)  # the slot of each argument
RESULTS = (1, 8, 7)  # the slot of each output
FUNCTIONS = {}
FOLDS = {}
OUTPUTS = (
    'a',
    'b',
    'c',
)
# Steps, one after the other: operation, first slot, count, arguments, rows of numbers, length of data; then for every
# argument the slots of all results, and the data. Their numbers are in NUMBERS.
STEPS = np.fromstring("""
1 2 1 2 0 0 0 1 0 3 2 2 2 2 0 0 1 1 0 1 2 5 1 1
0 3 0 2 1 1 1 6 2 2 0 0 2 1 3 5 0 0 1 2 2 2 2 3
0 1 0 8 1 1 1 2 4 1 0 2 1 1 1 0 3 0 2 1 1 0 0 1
2 0 2 6 1 1 1 2 1 1 1 0 6 0 2 1 1 3 1 2
""", np.int64, sep=" ")
NUMBERS = np.fromstring("""
1.0 1.0 0.3333333333333333 -2.0 1.0 -1.0
1.0
""", np.float64, sep=" ")

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


def decoded():
    """The steps as tuples: operation, first slot, count, slots of arguments, numbers, data."""
    steps, i, k = [], 0, 0
    integers = STEPS.tolist()
    while i < len(integers):
        op, first, count, arguments, rows, length = integers[i:i + 6]
        i += 6
        places = [STEPS[i + j * count:i + (j + 1) * count] for j in range(arguments)]
        if count == 1:
            places = integers[i:i + arguments]
        i += arguments * count
        data = integers[i:i + length]
        i += length
        sizes = [count] * rows
        if op == 8:
            sizes = [*data, int(np.prod(data))]
        elif op == 5:
            sizes = [1] * rows
        numbers = []
        for size in sizes:
            numbers.append(NUMBERS[k:k + size] if size > 1 or op == 8 else NUMBERS[k])
            k += size
        if count > 1:
            places = [slice(int(p[0]), int(p[0]) + count) if np.all(np.diff(p) == 1) else p for p in places]
            if op != 8:
                numbers = [a[:, None] for a in numbers]
        steps.append((op, first, count, places, numbers, data))
    return steps


TAPE = decoded()


def evaluate(*, x, y, out=None, rows=None):
    """The values; see above. ``out`` is C-contiguous; ``rows=(first, last)`` computes these rows of it only."""
    given = [np.asarray(a) for a in (x, y, )]
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
    result = np.empty((len(OUTPUTS), size), np.float64) if out is None else out.reshape(len(OUTPUTS), size)
    first_row, last_row = (0, size) if rows is None else rows
    block = min(BLOCK, max(last_row - first_row, 1))
    memory = np.empty((SLOTS + 2 * WIDTH) * block, np.float64)
    add, multiply, take = np.add, np.multiply, np.take
    for start in range(first_row, last_row, BLOCK):
        stop = min(start + BLOCK, last_row)
        n = stop - start
        work = memory[:(SLOTS + 2 * WIDTH) * n].reshape(SLOTS + 2 * WIDTH, n)
        slot, left, right = work[:SLOTS], work[SLOTS:SLOTS + WIDTH], work[SLOTS + WIDTH:]
        row, spare = list(slot), left[0]
        for k, a in zip(INPUTS, flat):
            if k >= 0:
                row[k][...] = a[start:stop].astype(np.float64, casting="same_kind", copy=False)
        for op, first, count, places, numbers, data in TAPE:
            if count == 1:
                target = row[first]
                values = [row[k] for k in places]
            else:
                target = slot[first:first + count]
                values = [slot[k] if type(k) is slice else None for k in places]
            if op == 0:
                plain, without = data
                if count > 1 and values[0] is None:
                    values[0] = take(slot, places[0], axis=0, out=left[:count], mode="clip")
                if plain and len(values) == 1:
                    add(values[0], numbers[0], out=target)
                    continue
                if not plain:
                    multiply(values[0], numbers[0], out=target)
                for j in range(1, len(values)):
                    value = values[j]
                    if value is None:
                        value = take(slot, places[j], axis=0, out=right[:count], mode="clip")
                    if plain:
                        add(values[0] if j == 1 else target, value, out=target)
                    else:
                        multiply(value, numbers[j], out=spare if count == 1 else right[:count])
                        add(target, spare if count == 1 else right[:count], out=target)
                if not without:
                    add(target, numbers[-1], out=target)
                continue
            if op == 5:
                values = np.stack(values)
                product(np.array(numbers[:-1])[None], values, target[None])
                add(target, numbers[-1], out=target)
                continue
            if count > 1:
                for j, value in enumerate(values):
                    if value is None:
                        spread = left[:count] if j == 0 else right[:count] if j == 1 else None
                        values[j] = take(slot, places[j], axis=0, out=spread, mode="clip")
            if op == 1:
                multiply(values[0], values[1], out=target)
                for value in values[2:]:
                    multiply(target, value, out=target)
            elif op in FUNCTIONS:
                FUNCTIONS[op](*values, out=target)
            elif op in FOLDS:
                target[...] = values[0]
                for value in values[1:]:
                    FOLDS[op](target, value, out=target)
            elif op == 2:
                powers = {1: values[0]}
                for j in range(0, len(data), 3):
                    powers[data[j]] = multiply(powers[data[j + 1]], powers[data[j + 2]])
                target[...] = powers[data[-3]]
            elif op == 3:
                np.divide(1.0, values[0], out=target)
            elif op == 4:
                target[...] = numbers[0]
            elif op == 9:
                np.equal(values[0], numbers[0], out=target)
            elif op == 6:
                target[...] = np.where(np.not_equal(values[0], 0), values[1], values[2])
            elif op == 7:
                target[...] = np.nan
            elif op == 8:
                axes, place, known = numbers[:-1], 0, True
                for axis, value in zip(axes, values):
                    place = place * len(axis) + np.minimum(np.searchsorted(axis, value), len(axis) - 1)
                    known = known & np.isin(value, axis)
                target[...] = np.where(known, numbers[-1][place], np.nan)
        for k, a in enumerate(RESULTS):
            result[k, start:stop][...] = row[a]
    if out is not None:
        return out
    return {name: a.reshape(shape)[()] for name, a in zip(OUTPUTS, result)}
