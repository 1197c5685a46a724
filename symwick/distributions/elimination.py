"""Exact sum-product elimination of variables from factors over integer-coded variables.

A factor is a nonnegative (or, once moments are asked for, signed) rational table. The sum of a product of factors over
some variables is found one variable at a time (R. Dechter, "Bucket elimination: a unifying framework for reasoning",
Artificial Intelligence 113, 1999); the order is greedy, and its cost is known before any table is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import gcd, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from symwick.algebra.vectors import INT64
from symwick.errors import TooLarge

__all__ = [
    "Factor",
    "Plan",
    "ancestors",
    "components",
    "draw",
    "eliminate",
    "elimination_steps",
    "find_cycle",
    "make_plan",
    "suppress_zeros",
]

_CHEAP = 2_000
"""Cells of work below which a second elimination order is not worth looking for."""


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """The table ``numerators / denominator`` with one axis for each of the ascending ``variables``.

    ``bound`` is the largest absolute numerator; below 2^62 the numerators are int64, else Python ints.

    >>> f = Factor.of((0,), np.array([2, 4], dtype=object), 6)
    >>> f.numerators.tolist(), f.denominator, f.bound
    ([1, 2], 3, 2)
    """

    variables: tuple[int, ...]
    numerators: npt.NDArray[Any]
    denominator: int
    bound: int

    @classmethod
    def of(cls, variables: tuple[int, ...], numerators: npt.NDArray[Any], denominator: int) -> Factor:
        """The factor in lowest terms."""
        if numerators.dtype == object:
            flat = numerators.ravel().tolist()
            divisor = gcd(denominator, *flat)
            bound = max(map(abs, flat), default=0) // divisor
        else:
            divisor = gcd(denominator, int(np.gcd.reduce(numerators, axis=None)))
            bound = int(np.abs(numerators).max(initial=0)) // divisor
        dtype = np.int64 if bound < INT64 else object
        if divisor > 1:
            numerators, denominator = numerators // divisor, denominator // divisor
        return cls(variables, np.asarray(numerators, dtype=dtype), denominator, bound)

    def at(self, evidence: Mapping[int, int]) -> Factor:
        """The factor with some variables held at a code.

        >>> Factor.of((0, 3), np.array([[1, 2], [3, 4]]), 10).at({3: 1}).numerators.tolist()
        [1, 2]
        """
        if evidence.keys().isdisjoint(self.variables):
            return self
        index = tuple(evidence.get(v, slice(None)) for v in self.variables)
        rest = tuple(v for v in self.variables if v not in evidence)
        return Factor.of(rest, np.asarray(self.numerators[index]), self.denominator)


def _product_and_sum(factors: Sequence[Factor], summed: int | None) -> Factor:
    """The product of factors, summed over one variable (over none for None)."""
    scope = tuple(sorted({v for factor in factors for v in factor.variables}))
    sizes = {v: n for factor in factors for v, n in zip(factor.variables, factor.numerators.shape, strict=True)}
    bound = prod(factor.bound for factor in factors) * sizes.get(-1 if summed is None else summed, 1)
    dtype = np.int64 if bound < INT64 else object
    tables = []
    for factor in sorted(factors, key=lambda f: f.numerators.size):
        shape = tuple(sizes[v] if v in factor.variables else 1 for v in scope)
        tables.append(factor.numerators.astype(dtype, copy=False).reshape(shape))
    table = reduce(np.multiply, tables) if tables else np.ones((), dtype=np.int64)
    if summed is not None:
        table = np.add.reduce(table, axis=scope.index(summed))
        scope = tuple(v for v in scope if v != summed)
    return Factor.of(scope, np.asarray(table, dtype=dtype), prod(factor.denominator for factor in factors))


# -- the order and its cost --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """An elimination order; ``largest`` and ``total`` count the cells of the tables it makes, the result included."""

    order: tuple[int, ...]
    largest: int
    total: int


def make_plan(scopes: Iterable[Iterable[int]], keep: Collection[int], sizes: Mapping[int, int]) -> Plan:
    """A greedy order, the same on every machine: smallest next table (min-weight), or fewest new ties (min-fill).

    Min-fill is tried too where the min-weight order is not cheap, and the cheaper order is taken. Ties go to the lower
    variable.

    >>> make_plan([(0,), (0, 1), (1, 2)], keep={2}, sizes={0: 2, 1: 3, 2: 4})
    Plan(order=(0, 1), largest=12, total=22)
    """
    near: dict[int, set[int]] = {}
    for scope in map(set, scopes):
        for v in scope:
            near.setdefault(v, set()).update(scope)
    for v, others in near.items():
        others.discard(v)
    first = _greedy(near, keep, sizes, fill=False)
    if first.total <= _CHEAP:
        return first
    return min(first, _greedy(near, keep, sizes, fill=True), key=lambda plan: (plan.largest, plan.total))


def _greedy(near: Mapping[int, set[int]], keep: Collection[int], sizes: Mapping[int, int], fill: bool) -> Plan:
    near = {v: set(others) for v, others in near.items()}
    waiting = sorted(v for v in near if v not in keep)

    def cost(v: int) -> tuple[int, int]:
        weight = sizes[v] * prod(sizes[u] for u in near[v])
        return (sum(len(near[v] - near[u]) - 1 for u in near[v]), weight) if fill else (weight, len(near[v]))

    costs = {v: cost(v) for v in waiting}
    order: list[int] = []
    result = prod(sizes[v] for v in keep)
    largest, total = result, result
    while costs:
        best = min(costs, key=lambda v: (costs[v], v))
        cells = sizes[best] * prod(sizes[u] for u in near[best])
        largest, total = max(largest, cells), total + cells
        order.append(best)
        del costs[best]
        others = near.pop(best)
        stale = set(others)
        for u in others:
            near[u].discard(best)
            if fill and not others - {u} <= near[u]:
                stale |= near[u]  # a new tie changes the fill of common neighbours
            near[u] |= others - {u}
        for u in stale:
            if u in costs:
                costs[u] = cost(u)
    return Plan(tuple(order), largest, total)


# -- elimination -------------------------------------------------------------------------------------------------------


def suppress_zeros(factors: Sequence[Factor]) -> tuple[list[Factor], dict[int, npt.NDArray[np.intp]]]:
    """The same factors without the codes at which some factor is all zero, and the codes that are left where some went.

    A code that one factor forbids is dropped from every factor, until nothing changes.

    >>> allowed = Factor.of((0,), np.array([0, 1]), 1)
    >>> factors, left = suppress_zeros([allowed, Factor.of((0, 1), np.array([[1, 2], [3, 4]]), 10)])
    >>> [f.numerators.tolist() for f in factors], left[0].tolist()
    ([[1], [[3, 4]]], [1])
    """
    result = list(factors)
    left: dict[int, npt.NDArray[np.intp]] = {}
    queue = [i for i, factor in enumerate(result) if not np.all(factor.numerators)]
    while queue:
        factor = result[queue.pop()]
        present = np.asarray(factor.numerators != 0)
        for axis, v in enumerate(factor.variables):
            alive = present.any(axis=tuple(a for a in range(present.ndim) if a != axis))
            if alive.all():
                continue
            kept = np.flatnonzero(alive)
            left[v] = left[v][kept] if v in left else kept
            for i, other in enumerate(result):
                if v in other.variables:
                    table = other.numerators.take(kept, axis=other.variables.index(v))
                    result[i] = Factor(other.variables, table, other.denominator, other.bound)
                    if i not in queue and not np.all(table):
                        queue.append(i)
            present = present.take(kept, axis=axis)
    return result, left


def elimination_steps(factors: Sequence[Factor], order: Sequence[int]) -> tuple[list[Factor], list[tuple[int, Factor]]]:
    """Eliminate the variables in that order: the factors left, and (variable, product before its sum) for each step.

    >>> prior, test = Factor.of((0,), np.array([1, 1]), 2), Factor.of((0, 1), np.array([[1, 3], [4, 0]]), 4)
    >>> rest, steps = elimination_steps([prior, test], [0])
    >>> rest[0].numerators.tolist(), rest[0].denominator
    ([5, 3], 8)
    """
    pool = list(factors)
    steps: list[tuple[int, Factor]] = []
    for v in order:
        chosen = [factor for factor in pool if v in factor.variables]
        pool = [factor for factor in pool if v not in factor.variables]
        table = _product_and_sum(chosen, None)
        steps.append((v, table))
        pool.append(_product_and_sum([table], v))
    return pool, steps


def eliminate(
    factors: Sequence[Factor], keep: Collection[int], sizes: Mapping[int, int], limit: int, argument: str = "limit"
) -> Factor:
    """Σ over all variables but ``keep`` of the product of ``factors``, a factor over the ascending ``keep``.

    Every variable of ``keep`` must be in a factor. Raises TooLarge, before the work, where a table, the result
    included, would have more than ``limit`` cells.

    >>> prior, test = Factor.of((0,), np.array([1, 1]), 2), Factor.of((0, 1), np.array([[1, 3], [4, 0]]), 4)
    >>> total = eliminate([prior, test], [1], {0: 2, 1: 2}, limit=100)
    >>> total.numerators.tolist(), total.denominator
    ([5, 3], 8)
    """
    pool, left = suppress_zeros(factors)
    plan = make_plan((f.variables for f in pool), keep, {**sizes, **{v: len(codes) for v, codes in left.items()}})
    full = prod(sizes[v] for v in keep)
    if max(plan.largest, full) > limit:
        raise TooLarge("Cells of the largest table of the elimination", max(plan.largest, full), limit, argument)
    for v in plan.order:
        chosen = [factor for factor in pool if v in factor.variables]
        pool = [factor for factor in pool if v not in factor.variables]
        pool.append(_product_and_sum(chosen, v))
    result = _product_and_sum(pool, None)
    if not any(v in left for v in result.variables):
        return result
    table = np.zeros([sizes[v] for v in result.variables], dtype=result.numerators.dtype)
    table[np.ix_(*(left.get(v, np.arange(sizes[v])) for v in result.variables))] = result.numerators
    return Factor(result.variables, table, result.denominator, result.bound)


# -- sampling ----------------------------------------------------------------------------------------------------------

_UNIT = 1 << 63


def draw(steps: Iterable[tuple[int, Factor]], n: int, rng: np.random.Generator) -> dict[int, npt.NDArray[np.intp]]:
    """``n`` codes for every variable, one after the other: v with probability ∝ its table, given the codes before.

    The table of a step holds v and variables drawn before it. A 63-bit integer is compared with exact thresholds, so a
    code of probability 0 is never drawn, and every probability is met up to 2^-63.

    >>> always = Factor.of((0,), np.array([0, 5, 0]), 5)
    >>> draw([(0, always)], 4, np.random.default_rng(0))[0].tolist()
    [1, 1, 1, 1]
    """
    codes: dict[int, npt.NDArray[np.intp]] = {}
    for v, table in steps:
        counts = np.moveaxis(table.numerators.astype(object), table.variables.index(v), -1)
        sums = np.add.accumulate(counts, axis=-1)
        totals = np.where(sums[..., -1:] == 0, 1, sums[..., -1:])  # a row of zeros is never reached
        limits = np.asarray(-(-(sums * _UNIT) // totals)).astype(np.uint64)
        rows = limits[tuple(codes[u] for u in table.variables if u != v)]
        uniform = rng.integers(0, _UNIT, size=n, dtype=np.uint64)
        codes[v] = (uniform[:, None] >= rows).sum(axis=1).astype(np.intp)
    return codes


# -- graphs ------------------------------------------------------------------------------------------------------------


def components(scopes: Iterable[Iterable[int]]) -> list[set[int]]:
    """The connected sets of variables, two variables of one scope being connected.

    >>> components([(0, 1), (2,), (1, 3)])
    [{2}, {0, 1, 3}]
    """
    groups: list[set[int]] = []
    for scope in map(set, scopes):
        merged = scope.union(*(group for group in groups if not group.isdisjoint(scope)))
        groups = [group for group in groups if group.isdisjoint(scope)]
        if merged:
            groups.append(merged)
    return groups


def find_cycle(parents: Sequence[Sequence[int]]) -> list[int]:
    """A directed cycle of the graph with edges parent -> child, its first node repeated at the end; [] without one.

    >>> find_cycle([[], [0, 2], [1]]), find_cycle([[], [0], [1]])
    ([1, 2, 1], [])
    """
    state = [0] * len(parents)  # 0 new, 1 on the path, 2 done
    for root in range(len(parents)):
        path = [root] if state[root] == 0 else []
        branches = [iter(parents[root])] if path else []
        if path:
            state[root] = 1
        while path:
            step = next(branches[-1], None)
            if step is None:
                state[path.pop()] = 2
                branches.pop()
            elif state[step] == 1:
                circle = [*path[path.index(step) :], step]
                return circle[::-1]
            elif state[step] == 0:
                state[step] = 1
                path.append(step)
                branches.append(iter(parents[step]))
    return []


def ancestors(parents: Sequence[Sequence[int]]) -> tuple[tuple[frozenset[int], ...], tuple[int, ...]]:
    """For every node of an acyclic graph the set of its ancestors and itself; and an order with parents first.

    >>> ancestors([[1], [], [0]])[1]
    (1, 0, 2)
    """
    sets: dict[int, frozenset[int]] = {}
    order: list[int] = []
    for root in range(len(parents)):
        stack = [root]
        while stack:
            node = stack[-1]
            missing = [p for p in parents[node] if p not in sets]
            if node in sets or missing:
                stack = stack[:-1] if node in sets else stack + missing[::-1]
                continue
            sets[node] = frozenset((node,)).union(*(sets[p] for p in parents[node]))
            order.append(stack.pop())
    return tuple(sets[i] for i in range(len(parents))), tuple(order)
