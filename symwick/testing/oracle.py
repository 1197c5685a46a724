"""Generalized Wick and cumulant products computed by their recursive definitions alone.

This module is the independent check on the rest of the package, so it shares no code with it: `itertools`,
`Fraction` and plain Python are all it uses. It is clear rather than fast, and meant for about five inputs at most.

Everything is plain data. A *law* maps points (tuples of int or Fraction, one entry per coordinate) to probabilities;
points of weight zero are ignored. A *function* takes a whole point, on or off the support, and returns an exact
number. An *input* is a block of coordinates: `blocks[i]` lists the coordinate positions of input i, and by default
every coordinate is an input of its own. Subsets and partitions speak of inputs, numbered from 0.

`E_B` draws the inputs in B together from their joint marginal, holds the others and takes the mean; independence is
never assumed. The definitions are those of C. MacLeod, E. Nitishinskaya, B. Shlegeris, *Generalized Wick
Decompositions* (arXiv 2310.06686).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations, product
from typing import TypeVar

__all__ = [
    "Blocks",
    "Function",
    "Partition",
    "Point",
    "Weights",
    "cumulant",
    "expect",
    "expect_partition",
    "gcp",
    "gcpd",
    "gwp",
    "gwpd",
    "gwpd_term",
    "marginal",
    "moment",
    "refinements",
    "set_partitions",
    "subsets",
]

T = TypeVar("T")
Point = tuple[int | Fraction, ...]
Weights = Mapping[Point, int | Fraction]
Function = Callable[[Point], int | Fraction]
Blocks = Sequence[Sequence[int]]
Partition = frozenset[frozenset[int]]


def subsets(items: Iterable[T]) -> Iterator[frozenset[T]]:
    """Yield the 2^n subsets of distinct items, small ones first.

    >>> [sorted(subset) for subset in subsets([1, 2])]
    [[], [1], [2], [1, 2]]
    """
    pool = _distinct(items)
    for size in range(len(pool) + 1):
        yield from map(frozenset, combinations(pool, size))


def set_partitions(items: Iterable[T]) -> Iterator[frozenset[frozenset[T]]]:
    """Yield the Bell(n) partitions of distinct items into non-empty blocks. No items: one partition, without blocks.

    >>> [sorted(map(sorted, partition)) for partition in set_partitions([1, 2, 3])]
    [[[1, 2, 3]], [[1, 2], [3]], [[1, 3], [2]], [[1], [2, 3]], [[1], [2], [3]]]
    """
    pool = _distinct(items)
    if not pool:
        yield frozenset()
        return
    first, others = pool[0], pool[1:]
    for size in range(len(others), -1, -1):
        for companions in combinations(others, size):
            rest = [item for item in others if item not in companions]
            for partition in set_partitions(rest):
                yield partition | {frozenset({first, *companions})}


def refinements(partition: Iterable[Iterable[T]]) -> Iterator[frozenset[frozenset[T]]]:
    """Yield the partitions that refine `partition`, itself included: each block is partitioned on its own.

    >>> [sorted(map(sorted, finer)) for finer in refinements([[1, 2], [3]])]
    [[[1, 2], [3]], [[1], [2], [3]]]
    """
    for choice in product(*(tuple(set_partitions(block)) for block in partition)):
        yield frozenset(chain.from_iterable(choice))


def marginal(weights: Weights, positions: Iterable[int]) -> dict[Point, Fraction]:
    """Return the joint law of the coordinates at `positions`, without points of weight zero.

    >>> marginal({(0, 5): Fraction(1, 3), (1, 5): Fraction(2, 3)}, [1])
    {(5,): Fraction(1, 1)}
    """
    law = _law(weights)
    kept = tuple(positions)
    if not set(kept) <= set(range(_dimension(law))):
        raise ValueError(f"Argument 'positions' must lie in 0..{_dimension(law) - 1}, not {kept}.")
    result: dict[Point, Fraction] = {}
    for point, weight in law.items():
        part = tuple(point[position] for position in kept)
        result[part] = result.get(part, Fraction(0)) + weight
    return result


def moment(weights: Weights, exponents: Sequence[int]) -> Fraction:
    """Return E[prod_i X_i^(a_i)], one exponent a_i per coordinate.

    >>> moment({(1, 2): Fraction(1, 2), (3, 4): Fraction(1, 2)}, [1, 2])
    Fraction(26, 1)
    """
    law = _law(weights)
    if len(exponents) != _dimension(law) or any(exponent < 0 for exponent in exponents):
        raise ValueError(f"Argument 'exponents' must be {_dimension(law)} non-negative integers, not {exponents}.")
    total = Fraction(0)
    for point, weight in law.items():
        for value, exponent in zip(point, exponents, strict=True):
            weight *= Fraction(value) ** exponent
        total += weight
    return total


def cumulant(weights: Weights, positions: Sequence[int]) -> Fraction:
    """Return the joint cumulant of the coordinates at `positions`; repeats are allowed.

    kappa(all) = E[prod X] - sum over the partitions with more than one block of prod kappa(block), the repeats taken
    as distinct labels. The cumulant of nothing is 0.

    >>> bit = {(0,): Fraction(2, 3), (1,): Fraction(1, 3)}
    >>> cumulant(bit, [0, 0]), cumulant(bit, [0, 0, 0])
    (Fraction(2, 9), Fraction(2, 27))
    """
    dimension = _dimension(_law(weights))
    known: dict[tuple[int, ...], Fraction] = {(): Fraction(0)}

    def kappa(wanted: tuple[int, ...]) -> Fraction:
        if wanted not in known:
            value = moment(weights, [wanted.count(position) for position in range(dimension)])
            for partition in set_partitions(range(len(wanted))):
                if len(partition) > 1:
                    term = Fraction(1)
                    for block in partition:
                        term *= kappa(tuple(wanted[label] for label in sorted(block)))
                    value -= term
            known[wanted] = value
        return known[wanted]

    if not set(positions) <= set(range(dimension)):
        raise ValueError(f"Argument 'positions' must lie in 0..{dimension - 1}, not {tuple(positions)}.")
    return kappa(tuple(sorted(positions)))


def expect(
    f: Function, weights: Weights, block_inputs: Iterable[int], point: Point, blocks: Blocks | None = None
) -> Fraction:
    """Return (E_B f)(point): the inputs in B drawn together, the others held at `point`.

    >>> coin = {(0, 0): Fraction(1, 2), (1, 1): Fraction(1, 2)}
    >>> expect(lambda x: x[0] * x[1], coin, [0, 1], (7, 7)), expect(lambda x: x[0] * x[1], coin, [0], (7, 7))
    (Fraction(1, 2), Fraction(7, 2))
    """
    return _Operators(weights, blocks).expectation(f, frozenset(block_inputs))(tuple(point))


def expect_partition(
    f: Function,
    weights: Weights,
    partition: Iterable[Iterable[int]],
    blocks: Blocks | None = None,
    *,
    point: Point | None = None,
) -> Fraction:
    """Return E_pi f = E_B1 ... E_Bm f: every block drawn from its joint marginal, the blocks independently.

    Inputs outside all blocks are held at `point`; without a point the partition has to cover every input.

    >>> coin = {(0, 0): Fraction(1, 2), (1, 1): Fraction(1, 2)}
    >>> expect_partition(lambda x: x[0] * x[1], coin, [[0], [1]])
    Fraction(1, 4)
    """
    return _Operators(weights, blocks).partition_mean(f, _partition(partition), point)


def gwp(f: Function, weights: Weights, subset: Iterable[int], point: Point, blocks: Blocks | None = None) -> Fraction:
    """Return the generalized Wick product (omega_S f)(point), the inputs outside S held.

    omega_S f = f - sum over the proper subsets T of S of E_{S - T} omega_T f.

    >>> coin = {(0, 0): Fraction(1, 2), (1, 1): Fraction(1, 2)}
    >>> gwp(lambda x: x[0] * x[1], coin, [0, 1], (3, 5))  # (3 - 1/2) (5 - 1/2) - 1/4
    Fraction(11, 1)
    """
    return _Operators(weights, blocks).wick(f)(frozenset(subset))(tuple(point))


def gwpd_term(
    f: Function, weights: Weights, subset: Iterable[int], point: Point, blocks: Blocks | None = None
) -> Fraction:
    """Return the term W_f(x_S) = E_{[n] - S} omega_S f; of `point` only the inputs in S matter.

    >>> coin = {(0, 0): Fraction(1, 2), (1, 1): Fraction(1, 2)}
    >>> gwpd_term(lambda x: x[0] * x[1], coin, [0], (3, 99))  # (3 - 1/2) / 2
    Fraction(5, 4)
    """
    operators = _Operators(weights, blocks)
    wanted = frozenset(subset)
    return operators.expectation(operators.wick(f)(wanted), operators.inputs - wanted)(tuple(point))


def gwpd(f: Function, weights: Weights, point: Point, blocks: Blocks | None = None) -> dict[frozenset[int], Fraction]:
    """Return the generalized Wick decomposition at `point`: every term W_f(x_S), which together sum to f(point).

    >>> coin = {(0, 0): Fraction(1, 2), (1, 1): Fraction(1, 2)}
    >>> {tuple(subset): str(term) for subset, term in gwpd(lambda x: x[0] * x[1], coin, (3, 5)).items()}
    {(): '1/2', (0,): '5/4', (1,): '9/4', (0, 1): '11'}
    """
    operators = _Operators(weights, blocks)
    omega = operators.wick(f)
    return {
        subset: operators.expectation(omega(subset), operators.inputs - subset)(tuple(point))
        for subset in subsets(sorted(operators.inputs))
    }


def gcp(f: Function, weights: Weights, partition: Iterable[Iterable[int]], blocks: Blocks | None = None) -> Fraction:
    """Return the generalized cumulant product K_f(pi) of a partition pi of all inputs.

    K_f(pi) = E_pi f - sum over the sigma that strictly refine pi of K_f(sigma).

    >>> coin = {(0, 0): Fraction(1, 2), (1, 1): Fraction(1, 2)}
    >>> gcp(lambda x: x[0] * x[1], coin, [[0, 1]])  # Cov(X, Y)
    Fraction(1, 4)
    """
    return _Operators(weights, blocks).cumulant_product(f)(_partition(partition))


def gcpd(f: Function, weights: Weights, blocks: Blocks | None = None) -> dict[Partition, Fraction]:
    """Return the generalized cumulant decomposition: K_f(pi) for every partition pi; together they sum to E f.

    >>> coin = {(0, 0): Fraction(1, 2), (1, 1): Fraction(1, 2)}
    >>> [str(value) for value in gcpd(lambda x: x[0] * x[1], coin).values()]
    ['1/4', '1/4']
    """
    operators = _Operators(weights, blocks)
    value = operators.cumulant_product(f)
    return {partition: value(partition) for partition in set_partitions(sorted(operators.inputs))}


class _Operators:
    """The expectation operators of one law over one choice of inputs, and the two recursions built from them."""

    def __init__(self, weights: Weights, blocks: Blocks | None) -> None:
        self.law = _law(weights)
        self.dimension = _dimension(self.law)
        self.blocks = [[i] for i in range(self.dimension)] if blocks is None else [list(block) for block in blocks]
        if sorted(chain.from_iterable(self.blocks)) != list(range(self.dimension)) or [] in self.blocks:
            raise ValueError(f"Argument 'blocks' must split 0..{self.dimension - 1} into blocks, not {blocks}.")
        self.inputs = frozenset(range(len(self.blocks)))
        self.draws: dict[frozenset[int], list[tuple[dict[int, int | Fraction], Fraction]]] = {}

    def drawn(self, subset: frozenset[int]) -> list[tuple[dict[int, int | Fraction], Fraction]]:
        """The joint marginal of the inputs in `subset`, as (coordinate -> value, probability) pairs."""
        if not subset <= self.inputs:
            raise ValueError(f"Inputs must lie in 0..{len(self.blocks) - 1}, not {sorted(subset)}.")
        if subset not in self.draws:
            positions = sorted(chain.from_iterable(self.blocks[i] for i in subset))
            law = marginal(self.law, positions)
            self.draws[subset] = [(dict(zip(positions, part, strict=True)), weight) for part, weight in law.items()]
        return self.draws[subset]

    def memoised(self, g: Function) -> Callable[[Point], Fraction]:
        values: dict[Point, Fraction] = {}

        def value(point: Point) -> Fraction:
            if point not in values:
                if len(point) != self.dimension:
                    raise ValueError(f"Argument 'point' must have {self.dimension} coordinates, not {len(point)}.")
                values[point] = _exact(g(point), "f")
            return values[point]

        return value

    def expectation(self, g: Function, subset: frozenset[int]) -> Callable[[Point], Fraction]:
        """E_B as an operator: a function of the point in, a function of the point out."""
        draws = self.drawn(subset)
        return self.memoised(
            lambda point: sum((weight * g(_moved(point, values)) for values, weight in draws), Fraction(0))
        )

    def wick(self, f: Function) -> Callable[[frozenset[int]], Callable[[Point], Fraction]]:
        f = self.memoised(f)
        known: dict[frozenset[int], Callable[[Point], Fraction]] = {}

        def omega(subset: frozenset[int]) -> Callable[[Point], Fraction]:
            if subset not in known:
                proper = [part for part in subsets(sorted(subset)) if part != subset]
                lower = [self.expectation(omega(part), subset - part) for part in proper]
                known[subset] = self.memoised(lambda point: f(point) - sum(g(point) for g in lower))
            return known[subset]

        return omega

    def partition_mean(self, f: Function, partition: Partition, point: Point | None = None) -> Fraction:
        if point is None:
            if frozenset().union(*partition) != self.inputs:
                shown = sorted(map(sorted, partition))
                raise ValueError(f"Argument 'partition' must cover inputs 0..{len(self.blocks) - 1}, not {shown}.")
            point = next(iter(self.law))  # every coordinate of it is about to be replaced
        g = f
        for block in partition:
            g = self.expectation(g, block)
        return self.memoised(g)(tuple(point))

    def cumulant_product(self, f: Function) -> Callable[[Partition], Fraction]:
        f = self.memoised(f)
        known: dict[Partition, Fraction] = {}

        def value(partition: Partition) -> Fraction:
            if partition not in known:
                finer = [sigma for sigma in refinements(map(sorted, partition)) if sigma != partition]
                known[partition] = self.partition_mean(f, partition) - sum(value(sigma) for sigma in finer)
            return known[partition]

        return value


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    pool = tuple(items)
    if len(dict.fromkeys(pool)) != len(pool):
        raise ValueError(f"Argument 'items' must have no repeats, not {pool}.")
    return pool


def _exact(value: object, argument: str) -> Fraction:
    if not isinstance(value, int | Fraction):
        raise TypeError(f"Argument '{argument}' must use int or Fraction, not {value!r}.")
    return Fraction(value)


def _law(weights: Weights) -> dict[Point, Fraction]:
    law = {tuple(point): _exact(weight, "weights") for point, weight in weights.items()}
    for value in chain.from_iterable(law):
        _exact(value, "weights")
    if len({len(point) for point in law}) > 1:
        raise ValueError("Argument 'weights' must have points of one length.")
    if any(weight < 0 for weight in law.values()) or sum(law.values()) != 1:
        raise ValueError(f"Argument 'weights' must be non-negative and sum to 1, not {sum(law.values())}.")
    return {point: weight for point, weight in law.items() if weight}


def _dimension(law: Mapping[Point, Fraction]) -> int:
    return len(next(iter(law)))


def _moved(point: Point, values: Mapping[int, int | Fraction]) -> Point:
    return tuple(values.get(position, held) for position, held in enumerate(point))


def _partition(partition: Iterable[Iterable[int]]) -> Partition:
    listed = [tuple(block) for block in partition]
    members = list(chain.from_iterable(listed))
    if () in listed or len(set(members)) != len(members):
        raise ValueError(f"Argument 'partition' must have non-empty disjoint blocks, not {listed}.")
    return frozenset(map(frozenset, listed))
