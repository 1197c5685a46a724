"""Products that share factors: the pair of factors that most products hold is computed once, then the next."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from itertools import combinations

from symwick.codegen.program import Program

__all__ = ["with_shared_products"]

_MOST_FACTORS = 12  # of a product whose pairs are looked at


def with_shared_products(program: Program) -> Program:
    """The same program with pairs of factors that several products have in common as products of their own.

    >>> p = Program()
    >>> x, y, z, t = map(p.input, "xyzt")
    >>> p.outputs = [p.product([x, y, z]), p.product([x, y, t]), p.product([x, y])]
    >>> sum(len(args) - 1 for args in with_shared_products(p).args if args)
    3
    """
    factors = {
        i: list(args)
        for i, args in enumerate(program.args)
        if program.ops[i] == "product" and 2 <= len(args) <= _MOST_FACTORS
    }
    holders: dict[tuple[int, int], set[int]] = {}
    for i, args in factors.items():
        for pair in combinations(args, 2):
            holders.setdefault(pair, set()).add(i)
    queue = [(-len(held), pair) for pair, held in holders.items() if len(held) > 1]
    heapify(queue)
    size = len(program)
    pairs: list[tuple[int, int]] = []  # new product number size + k has the factors pairs[k]
    while queue:
        count, pair = heappop(queue)
        held = holders[pair]
        if len(held) != -count:
            if len(held) > 1:
                heappush(queue, (-len(held), pair))
            continue
        if len(held) < 2:
            continue
        name = size + len(pairs)
        pairs.append(pair)
        touched: dict[tuple[int, int], None] = {}
        for i in sorted(held):
            for a in factors[i]:
                for b in pair:
                    if a != b:
                        holders[min(a, b), max(a, b)].discard(i)
            factors[i] = [a for a in factors[i] if a not in pair] + [name]
            for a in factors[i][:-1]:
                holders.setdefault((a, name), set()).add(i)
                touched[a, name] = None
        holders[pair] = set()
        for key in touched:
            if len(holders[key]) > 1:
                heappush(queue, (-len(holders[key]), key))
    return _rebuilt(program, factors, pairs) if pairs else program


def _rebuilt(program: Program, factors: dict[int, list[int]], pairs: list[tuple[int, int]]) -> Program:
    new, size = Program(), len(program)
    place: dict[int, int] = {}

    def made(node: int) -> int:
        """A pair, whose parts are there or are pairs themselves."""
        stack = [node]
        while stack:
            top = stack[-1]
            if top in place:
                stack.pop()
                continue
            missing = [a for a in pairs[top - size] if a not in place]
            if missing:
                stack += missing
                continue
            place[top] = new.make("product", tuple(sorted(place[a] for a in pairs[top - size])))
        return place[node]

    for i in range(size):
        op, data = program.ops[i], program.data[i]
        args = factors.get(i, program.args[i])
        nodes = tuple(place[a] if a < size else made(a) for a in args)
        if op == "sum":
            place[i] = new.sum(list(zip(data[0], nodes, strict=True)), data[1])
        elif op == "product":
            place[i] = nodes[0] if len(nodes) == 1 else new.make("product", tuple(sorted(nodes)))
        else:
            place[i] = new.make(op, nodes, data)
    new.outputs = [place[i] for i in program.outputs]
    return new.pruned()
