"""Hypothesis strategies for laws, functions, partitions and points, for your own property tests.

Everything drawn is plain exact data: a law is a dict from points (tuples of Fractions) to probabilities, a table a
dict from points to values, a partition a frozenset of frozensets. Only `finite_laws` and `moment_laws` build law objects,
and `circuits` circuits. The laws
are dependent unless chance makes them independent, and the awkward ones are drawn on purpose: points of probability
zero, constant coordinates, copies of a coordinate, bits that are pairwise independent only.

    from hypothesis import given, strategies as st
    from symwick.testing import strategies as sws

    @given(st.data(), sws.weights(n=2))
    def test_mine(data, law):
        f = data.draw(sws.tables(law))
        point = data.draw(sws.points(law, on_grid=True))
        assert f[point] == ...

Draws stay small and shrink towards small supports, small numbers and plain joint laws.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, TypeVar

import sympy
from hypothesis import strategies as st

if TYPE_CHECKING:
    from symwick.circuits.circuit import Circuit
    from symwick.distributions.finite import Finite
    from symwick.distributions.unspecified import Moments

__all__ = [
    "KINDS",
    "blockings",
    "circuits",
    "finite_laws",
    "moment_laws",
    "partitions",
    "points",
    "polynomials",
    "rationals",
    "supports",
    "tables",
    "weights",
]

T = TypeVar("T", bound=Hashable)
Point = tuple[int | Fraction, ...]
Grid = Sequence[Sequence[int | Fraction]]

KINDS = ("joint", "independent", "constant", "copy", "xor")
"""The kinds of law that `weights` draws; see there."""


def rationals(max_numerator: int = 4, max_denominator: int = 3) -> st.SearchStrategy[Fraction]:
    """Draw a Fraction with |numerator| <= max_numerator and 1 <= denominator <= max_denominator, zero included."""
    return st.builds(Fraction, st.integers(-max_numerator, max_numerator), st.integers(1, max_denominator))


@st.composite
def weights(
    draw: st.DrawFn,
    n: int | None = None,
    *,
    max_support_per_variable: int = 3,
    max_points: int = 6,
    zero_points: bool = True,
    kinds: Sequence[str] = KINDS,
) -> dict[Point, Fraction]:
    """Draw a joint law of n coordinates (None: 0 to 3) as a dict from points to probabilities that sum to 1.

    A law is of one of these `kinds`, as far as n allows:

    - "joint": at most `max_points` points anywhere on a grid, dependent as a rule (the smaller laws below too);
    - "independent": a product of n marginals;
    - "constant": a smaller law and one coordinate that is constant (n >= 1);
    - "copy": a smaller law and one coordinate that repeats another, a singular law (n >= 2);
    - "xor": two fair bits and their exclusive or, pairwise independent but not jointly, next to an independent law
      of the other coordinates, all in any order (n >= 3, max_support_per_variable >= 2).

    With `zero_points` some keys, on or off the grid of the others, have probability zero.
    """
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown or not kinds:
        raise ValueError(f"Argument 'kinds' must be some of {KINDS}, not {tuple(kinds)}.")
    size = draw(st.integers(0, 3)) if n is None else n
    least = {"joint": 0, "independent": 0, "constant": 1, "copy": 2, "xor": 3}
    possible = [kind for kind in KINDS if kind in kinds and least[kind] <= size]
    if max_support_per_variable < 2 and "xor" in possible:
        possible.remove("xor")
    if not possible:
        raise ValueError(f"Argument 'kinds' must have a kind that fits {size} coordinates, not only {tuple(kinds)}.")
    kind = draw(st.sampled_from(possible))
    values = st.lists(rationals(), min_size=1, max_size=max_support_per_variable, unique=True)

    if kind == "independent":
        law: dict[Point, Fraction] = {(): Fraction(1)}
        for _ in range(size):
            law = _beside(law, draw(_joint(1, values, max_support_per_variable)))
    elif kind == "constant":
        position, value = draw(st.integers(0, size - 1)), draw(rationals())
        law = {
            (*point[:position], value, *point[position:]): weight
            for point, weight in draw(_joint(size - 1, values, max_points)).items()
        }
    elif kind == "copy":
        original, position = draw(st.integers(0, size - 2)), draw(st.integers(0, size - 1))
        law = {
            (*point[:position], point[original], *point[position:]): weight
            for point, weight in draw(_joint(size - 1, values, max_points)).items()
        }
    elif kind == "xor":
        bits: dict[Point, Fraction] = {(Fraction(x), Fraction(y), Fraction(x ^ y)): Fraction(1, 4) for x, y in _BITS}
        order = draw(st.permutations(range(size)))
        law = {
            tuple(point[position] for position in order): weight
            for point, weight in _beside(bits, draw(_joint(size - 3, values, max_points))).items()
        }
    else:
        law = draw(_joint(size, values, max_points))

    if zero_points:
        for point in draw(st.lists(points(law), max_size=2)):
            law.setdefault(point, Fraction(0))
    return law


@st.composite
def _joint(
    draw: st.DrawFn, n: int, values: st.SearchStrategy[list[Fraction]], max_points: int
) -> dict[Point, Fraction]:
    grid = list(product(*(draw(values) for _ in range(n))))
    support = draw(st.lists(st.sampled_from(grid), min_size=1, max_size=max_points, unique=True))
    counts = draw(st.lists(st.integers(1, 4), min_size=len(support), max_size=len(support)))
    return {point: Fraction(count, sum(counts)) for point, count in zip(support, counts, strict=True)}


_BITS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def _beside(left: Mapping[Point, Fraction], right: Mapping[Point, Fraction]) -> dict[Point, Fraction]:
    """The law of (X, Y) for independent X and Y."""
    return {a + b: p * q for (a, p), (b, q) in product(left.items(), right.items())}


def supports(law: Mapping[Point, int | Fraction]) -> list[list[int | Fraction]]:
    """Return the sorted support of every coordinate of a law given as weights; weight-zero points do not count.

    >>> supports({(0, 7): Fraction(1, 2), (1, 7): Fraction(1, 2), (2, 8): Fraction(0)})
    [[0, 1], [7]]
    """
    positive = [point for point, weight in law.items() if weight]
    return [sorted(set(column)) for column in zip(*positive, strict=True)]


@st.composite
def tables(
    draw: st.DrawFn,
    weights_or_grid: Mapping[Point, int | Fraction] | Grid,
    *,
    values: st.SearchStrategy[Fraction] | None = None,
) -> dict[Point, Fraction]:
    """Draw a function as a dict over a whole grid: the product of the supports of a law, or of the given lists.

    `table.__getitem__` is then a function of points on the grid, e.g. for `symwick.testing.oracle`.
    """
    grid = supports(weights_or_grid) if isinstance(weights_or_grid, Mapping) else weights_or_grid
    cells = list(product(*grid))
    entries = draw(st.lists(rationals() if values is None else values, min_size=len(cells), max_size=len(cells)))
    return dict(zip(cells, entries, strict=True))


@st.composite
def polynomials(
    draw: st.DrawFn, variables: Sequence[sympy.Symbol | str], *, max_terms: int = 4, max_exponent: int = 3
) -> sympy.Expr:
    """Draw a sympy polynomial with rational coefficients in (some of) the given symbols, or names of plain symbols.

    Zero, constants, repeated powers and polynomials that miss variables all occur, and next to sums of monomials
    also products and powers of sums that are not expanded, of degree up to 2 * max_exponent in one variable.
    """
    shape = draw(st.sampled_from(["sum", "product", "power"]))
    symbols = [sympy.Symbol(variable) if isinstance(variable, str) else variable for variable in variables]
    sums = _sums_of_monomials(symbols, max_terms, max_exponent)
    f = draw(sums)
    if shape == "product":
        return f * draw(sums)
    return f**2 if shape == "power" else f


@st.composite
def _sums_of_monomials(
    draw: st.DrawFn, variables: Sequence[sympy.Symbol], max_terms: int, max_exponent: int
) -> sympy.Expr:
    exponents = st.tuples(*(st.integers(0, max_exponent) for _ in variables))
    terms = draw(st.dictionaries(exponents, rationals(), max_size=max_terms))
    monomials = [
        sympy.Mul(
            sympy.Rational(coefficient.numerator, coefficient.denominator),
            *(variable**power for variable, power in zip(variables, powers, strict=True)),
        )
        for powers, coefficient in terms.items()
    ]
    return sympy.Add(*monomials)


@st.composite
def partitions(draw: st.DrawFn, items: Iterable[T]) -> frozenset[frozenset[T]]:
    """Draw a set partition of distinct items as a frozenset of frozensets; shrinks towards one block."""
    blocks: list[list[T]] = []
    for item in items:
        index = draw(st.integers(0, len(blocks)))
        if index == len(blocks):
            blocks.append([item])
        else:
            blocks[index].append(item)
    return frozenset(map(frozenset, blocks))


@st.composite
def _law_points(draw: st.DrawFn, law: Mapping[Point, int | Fraction], on_grid: bool) -> Point:
    places = ["support", "grid"] if on_grid else ["support", "grid", "anywhere"]
    place = draw(st.sampled_from(places))
    if place == "support":
        return tuple(draw(st.sampled_from([point for point, weight in law.items() if weight])))
    columns = [st.sampled_from(support) for support in supports(law)]
    if place == "grid":
        return tuple(draw(column) for column in columns)
    return tuple(draw(rationals() | column) for column in columns)


def points(where: Any, *, on_grid: bool = False) -> st.SearchStrategy[Any]:
    """Draw a point: of a law given as weights, or for the inputs of a circuit, the variables of a form, or names.

    Of a law: a tuple from the support, with every coordinate in its own support, or anywhere; with `on_grid` never anywhere, so
    that a table over the supports has a value there. Of the others: a dict from names to Fractions.
    """
    if isinstance(where, Mapping):
        return _law_points(where, on_grid)
    found = getattr(where, "inputs", None) or getattr(where, "variables", None) or where
    return st.fixed_dictionaries({str(name): rationals() for name in found})


@st.composite
def blockings(draw: st.DrawFn, n: int) -> tuple[tuple[int, ...], ...]:
    """Draw a grouping of the coordinates 0..n-1 into inputs, blocks and their coordinates in any order."""
    blocks = sorted(map(sorted, draw(partitions(range(n)))))
    return tuple(tuple(draw(st.permutations(block))) for block in draw(st.permutations(blocks)))


@st.composite
def finite_laws(
    draw: st.DrawFn,
    n: int | None = None,
    *,
    variables: Sequence[sympy.Symbol | str] | None = None,
    max_support_per_variable: int = 3,
    max_points: int = 6,
    zero_points: bool = True,
    kinds: Sequence[str] = KINDS,
) -> tuple[Finite, dict[Point, Fraction]]:
    """Draw a `symwick.Finite` and the weights it was built from; n and variables default to 1 to 3 of x0, x1, x2.

    The other arguments are those of `weights`.
    """
    from symwick.distributions.finite import Finite

    if n is None:
        n = draw(st.integers(1, 3)) if variables is None else len(variables)
    names = [f"x{i}" for i in range(n)] if variables is None else variables
    law = draw(
        weights(
            n,
            max_support_per_variable=max_support_per_variable,
            max_points=max_points,
            zero_points=zero_points,
            kinds=kinds,
        )
    )
    return Finite(law, names), law


@st.composite
def moment_laws(
    draw: st.DrawFn, variables: Sequence[sympy.Symbol | str], *, max_degree: int = 3, groups: bool = True
) -> tuple[Moments, dict[sympy.Symbol, Fraction]]:
    """Draw a `symwick.Moments` and numbers for its moments up to `max_degree`, those of a finite law that exists.

    With `groups` the variables may fall into independent groups. A form under the law becomes a number by
    `form.subs(numbers)` where it has no higher moments.
    """
    from symwick.circuits.moment_names import moment_symbol
    from symwick.distributions.unspecified import Moments

    names = [str(v) for v in variables]
    blocks = sorted(map(sorted, draw(partitions(names)))) if groups else [names]
    numbers: dict[sympy.Symbol, Fraction] = {}
    for block in blocks:
        law = draw(weights(len(block), zero_points=False))
        for powers in product(range(max_degree + 1), repeat=len(block)):
            if 0 < sum(powers) <= max_degree:
                value = sum((w * prod(x**k for x, k in zip(p, powers, strict=True)) for p, w in law.items()), Fraction(0))
                numbers[moment_symbol(dict(zip(block, powers, strict=True)))] = Fraction(value)
    return Moments(names, groups=blocks), numbers


@st.composite
def circuits(
    draw: st.DrawFn, inputs: int | Sequence[str] = 2, *, max_gates: int = 6, max_exponent: int = 3, outputs: int = 1
) -> Circuit:
    """Draw a circuit of weighted sums, products, powers and constants over inputs x0, x1, … or the names given.

    Wires may go unused, a sum may name one twice, an output may be an input. Outputs are named out0, out1, …, or out where
    there is one.
    """
    from symwick.circuits.circuit import Circuit
    from symwick.circuits.writer import Writer

    writer = Writer()
    names = [f"x{i}" for i in range(inputs)] if isinstance(inputs, int) else list(inputs)
    wires = [writer.input(name) for name in names]
    small = rationals(3, 2)
    for _ in range(draw(st.integers(0 if wires else 1, max_gates))):
        kinds = ["constant", *(["sum", "product", "power"] if wires else [])]
        kind, wire = draw(st.sampled_from(kinds[::-1])), st.sampled_from(wires) if wires else st.nothing()
        if kind == "sum":
            terms = draw(st.lists(st.tuples(small, wire), min_size=1, max_size=3))
            wires.append(writer.sum(terms, draw(small)))
        elif kind == "product":
            wires.append(writer.product(draw(st.lists(wire, min_size=2, max_size=3))))
        elif kind == "power":
            wires.append(writer.power(draw(wire), draw(st.integers(2, max_exponent))))
        else:
            wires.append(writer.constant(draw(small)))
    for i in range(outputs):
        writer.outputs["out" if outputs == 1 else f"out{i}"] = wires[-1] if i == 0 else draw(st.sampled_from(wires))
    return Circuit(writer.gates, writer.outputs, names=writer.names).check()
