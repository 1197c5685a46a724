"""Sums over the same terms as matrix products: rows of weights times a table of values, where it pays."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Any

from symwick.algebra.numbers import ratio
from symwick.algebra.symbolic import Symbolic
from symwick.codegen.program import Program

__all__ = ["with_matrices"]

# Costs in nanoseconds a row of the data, measured with NumPy on buffers that fit into the cache: they decide what is
# grouped, and the counts that follow from them are tested; other machines differ by less than the choices do.
_ENTRY = 0.05  # of a matrix, in a product of matrices
_TERM = 0.5  # a multiplication by a number and an addition
_COLUMN = 0.6  # a value that keeps a buffer of its own until the product
_ROW = 0.5  # a result that does
_CALL = 30.0  # a product of matrices at all

_MOST_ROWS = 500  # compared with each other at a time


def with_matrices(program: Program, uniform: list[bool]) -> Program:
    """The same values, with the terms that several sums share as products of a matrix and a table.

    Only sums of one rank come together (the rank counts the shared sums below), so that no table waits for its own rows.
    Instructions that are ``uniform`` (made of parameters alone) stay out of tables.
    """
    groups, rank = _groups(program, uniform)
    return _rebuilt(program, groups, rank) if groups else program


Group = tuple[list[int], list[int]]
"""(sums, shared terms) of a matrix."""


def _groups(program: Program, uniform: list[bool]) -> tuple[list[Group], list[int]]:
    """The matrices, and the rank of every instruction."""
    readers: dict[int, int] = {}
    for i, args in enumerate(program.args):
        if program.ops[i] == "sum" and len(args) > 1:
            for a in args:
                readers[a] = readers.get(a, 0) + 1
    shared = {a for a, count in readers.items() if count > 1 and not uniform[a]}
    rank = [0] * len(program)
    rows: dict[int, list[int]] = {}
    for i, args in enumerate(program.args):
        below = max((rank[a] for a in args), default=0)
        fit = (
            program.ops[i] == "sum"
            and not uniform[i]
            and sum(a in shared for a in args) > 1
            and not any(isinstance(w, Symbolic) for w in program.data[i][0])
        )
        rank[i] = below + fit
        if fit:
            rows.setdefault(rank[i], []).append(i)
    found = []
    for _, members in sorted(rows.items()):
        members.sort(key=lambda i: program.args[i])
        for start in range(0, len(members), _MOST_ROWS):
            found += _clustered(program, members[start : start + _MOST_ROWS], shared)
    return found, rank


def _cost(rows: int, columns: int) -> float:
    return rows * columns * _ENTRY + columns * _COLUMN + rows * _ROW


def _clustered(program: Program, rows: list[int], shared: set[int]) -> list[Group]:
    """Rows joined as long as one larger matrix is cheaper than two smaller ones."""
    columns = sorted({a for i in rows for a in program.args[i] if a in shared})
    bit = {a: 1 << k for k, a in enumerate(columns)}
    masks = [sum(bit[a] for a in program.args[i] if a in shared) for i in rows]
    members: dict[int, list[int]] = {k: [i] for k, i in enumerate(rows)}
    mask = dict(enumerate(masks))
    costs = {k: min(m.bit_count() * _TERM, _cost(1, m.bit_count())) for k, m in mask.items()}

    def gain(a: int, b: int) -> float:
        """What one matrix saves against two."""
        together = _cost(len(members[a]) + len(members[b]), (mask[a] | mask[b]).bit_count())
        return costs[a] + costs[b] - together

    fresh = len(rows)
    for call in (0.0, _CALL):  # small groups first, where nothing is saved by one call less; then fewer, larger ones
        keys = sorted(members)
        queue = [
            (-g, a, b)
            for k, a in enumerate(keys)
            for b in keys[k + 1 :]
            if mask[a] & mask[b] and (g := gain(a, b) + call * (len(members[a]) > 1 and len(members[b]) > 1)) > 0
        ]
        heapify(queue)
        while queue:
            _, a, b = heappop(queue)
            if a not in members or b not in members:
                continue
            joined, union = members.pop(a) + members.pop(b), mask.pop(a) | mask.pop(b)
            members[fresh], mask[fresh] = joined, union
            costs[fresh] = _cost(len(joined), union.bit_count())
            for other in members:
                bonus = call * (len(members[other]) > 1)
                if other != fresh and mask[other] & union and (g := gain(other, fresh) + bonus) > 0:
                    heappush(queue, (-g, other, fresh))
            fresh += 1
    found = []
    for key, group in members.items():
        entries = sum(masks[rows.index(i)].bit_count() for i in group)
        if len(group) > 1 and costs[key] + _CALL < entries * _TERM:
            found.append((sorted(group), [a for a in columns if mask[key] & bit[a]]))
    return sorted(found)


def _rebuilt(program: Program, groups: list[Group], rank: list[int]) -> Program:
    """Rank by rank, so that all columns of a matrix are there when its first row is."""
    new = Program()
    place = [-1] * len(program)
    group_of = {i: g for g, (rows, _) in enumerate(groups) for i in rows}
    matrices: dict[int, int] = {}
    zero = ratio(0, 1)
    for i in sorted(range(len(program)), key=rank.__getitem__):
        op, data = program.ops[i], program.data[i]
        nodes = tuple(place[a] for a in program.args[i])
        if op != "sum":
            place[i] = new.make(op, nodes, data)
            continue
        terms: list[tuple[Any, int]] = list(zip(data[0], nodes, strict=True))
        if i in group_of:
            g = group_of[i]
            rows, columns = groups[g]
            if g not in matrices:
                weights = []
                for row in rows:
                    entries = dict(zip(program.args[row], program.data[row][0], strict=True))
                    weights.append(tuple(entries.get(a, zero) for a in columns))
                matrices[g] = new.make("matrix", tuple(place[a] for a in columns), tuple(weights), g)
            held = set(columns)
            terms = [(w, place[a]) for w, a in zip(data[0], program.args[i], strict=True) if a not in held]
            terms.insert(0, (1, new.make("row", (matrices[g],), rows.index(i))))
        place[i] = new.sum(terms, data[1])
    new.outputs = [place[i] for i in program.outputs]
    return new
