"""Multisets of named variables as whole numbers, and exact values given by multiset: read, coded, ordered, spelled.

A multiset x^2 y is coded as one integer: every variable has a field of bits that is wide enough for its greatest multiplicity.
So the difference of a multiset and one inside it is the difference of two integers, and where no variable is repeated a
code is a bit mask.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from math import comb
from reprlib import repr as short
from typing import Any

import sympy

from symwick.algebra.numbers import to_flint
from symwick.algebra.partitions import natural
from symwick.algebra.symbolic import Symbolic
from symwick.algebra.symbolic_reading import element
from symwick.errors import InvalidArgument

__all__ = [
    "Codes",
    "exact_value",
    "multiset",
    "natural_key",
    "quoted",
    "spelled",
    "total",
    "values_by_multiset",
    "variable_name",
]

_SPELLED = 12


def natural_key(name: str) -> tuple[Any, ...]:
    """What names are sorted by: runs of digits as numbers, so that x2 comes before x10.

    >>> sorted(["x10", "x2", "x", "a_1"], key=natural_key)
    ['a_1', 'x', 'x2', 'x10']
    """
    pieces = re.split("([0-9]+)", name)
    # lengths first instead of int(): Python refuses to read numbers of more than 4,300 digits
    digits = [(len(run.lstrip("0")), run.lstrip("0")) for run in pieces[1::2]]
    return (*chain.from_iterable(zip(pieces[::2], [*digits, (0, "")], strict=True)), name)


def quoted(name: str) -> str:
    """A name as it stands among others: in quotes where it holds what separates names.

    >>> quoted("x_1"), quoted("a,b")
    ('x_1', '"a,b"')
    """
    return json.dumps(name, ensure_ascii=False) if re.search(r'[*,"]|^\s|\s$', name) else name


def variable_name(variable: Any, argument: str) -> str:
    """The name of a variable that is given as a symbol or by its name.

    >>> variable_name(sympy.Symbol("x", positive=True), "variables")
    'x'
    """
    if isinstance(variable, sympy.Symbol):
        return str(variable.name)
    if not isinstance(variable, str):
        raise InvalidArgument(f"Argument '{argument}' must hold symbols or names of variables, not {short(variable)}.")
    if not variable:
        raise InvalidArgument(f"Argument '{argument}' must name a variable, not be empty.")
    return str(variable)


def multiset(variables: Any, argument: str) -> dict[str, int]:
    """Name -> multiplicity, names in natural order, of a multiset of variables.

    It is given as an iterable with repeats, as a mapping to multiplicities, or as one symbol or name.

    >>> multiset(["y", "x10", sympy.Symbol("x2"), "y"], "variables")
    {'x2': 1, 'x10': 1, 'y': 2}
    >>> multiset({"x": 3, "y": 0}, "variables"), multiset("xy", "variables")
    ({'x': 3}, {'xy': 1})
    """
    counts: Counter[str] = Counter()
    if isinstance(variables, Mapping):
        for variable, number in variables.items():
            counts[variable_name(variable, argument)] += natural(number, argument)
    elif isinstance(variables, (str, sympy.Symbol)):
        counts[variable_name(variables, argument)] = 1
    elif isinstance(variables, Iterable):
        counts.update(variable_name(variable, argument) for variable in variables)
    else:
        raise InvalidArgument(f"Argument '{argument}' must be a multiset of variables, not {short(variables)}.")
    return {name: counts[name] for name in sorted(counts, key=natural_key) if counts[name]}


def spelled(counts: Mapping[str, int]) -> str:
    """A multiset as text, for messages.

    >>> spelled({"x": 2, "y": 1}), spelled({"x": 50})
    ("('x', 'x', 'y')", "{'x': 50}")
    """
    if sum(counts.values()) > _SPELLED:
        parts = [f"{name!r}: {number}" for name, number in islice(counts.items(), _SPELLED)]
        return "{" + ", ".join(parts) + (", …}" if len(counts) > _SPELLED else "}")
    return repr(tuple(chain.from_iterable([name] * number for name, number in counts.items())))


def exact_value(value: Any, argument: str) -> Any:
    """An exact number, its text or a sympy expression as an element of the exact ring.

    Raises :class:`~symwick.errors.InexactError` for a float, also for one inside an expression.

    >>> exact_value("0.5", "moments"), exact_value(sympy.Symbol("a") / 3, "moments")
    (1/2, a/3)
    """
    if isinstance(value, Symbolic):
        return value
    if isinstance(value, sympy.Expr) and not isinstance(value, (sympy.Rational, sympy.Float)):
        return element(value)
    return to_flint(value, argument)


def values_by_multiset(values: Any, argument: str) -> list[tuple[dict[str, int], Any]]:
    """(multiset, element) of a mapping from multisets to exact values, or of an iterable of such pairs; each multiset once.

    >>> values_by_multiset({("x", "x"): "1/2", "y": 3}, "moments")
    [({'x': 2}, 1/2), ({'y': 1}, 3)]
    """
    if not isinstance(values, Iterable) or isinstance(values, (str, bytes)):
        raise InvalidArgument(
            f"Argument '{argument}' must map multisets of variables to values, not be {short(values)}."
        )
    rows = []
    seen: set[tuple[tuple[str, int], ...]] = set()
    for pair in values.items() if isinstance(values, Mapping) else values:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise InvalidArgument(f"Argument '{argument}' must consist of pairs (multiset, value), not {short(pair)}.")
        counts = multiset(pair[0], argument)
        key = tuple(counts.items())
        if key in seen:
            raise InvalidArgument(
                f"Argument '{argument}' must hold each multiset once, but {spelled(counts)} comes twice."
            )
        seen.add(key)
        rows.append((counts, exact_value(pair[1], argument)))
    return rows


def total(values: Iterable[Any]) -> Any:
    """The sum of elements of the exact ring, halves first: a long sum of symbols is never copied term by term.

    >>> total(map(to_flint, range(5)))
    10
    """
    row = list(values) or [to_flint(0)]
    while len(row) > 1:
        row = [a + b for a, b in zip(row[::2], row[1::2], strict=False)] + row[len(row) & ~1 :]
    return row[0]


class Codes:
    """The multisets inside the one that ``bounds`` gives, as integers.

    >>> codes = Codes({"x": 2, "y": 1})
    >>> codes.encode({"x": 1, "y": 1}), codes.encode({"x": 2}), codes.encode({"y": 2}), codes.names(0b101)
    (5, 2, None, ('x', 'y'))
    """

    __slots__ = ("_fields", "bounds", "variables", "whole")

    def __init__(self, bounds: Mapping[str, int]) -> None:
        self.bounds = dict(bounds)
        self.variables = tuple(self.bounds)
        self._fields: dict[str, tuple[int, int]] = {}
        start = 0
        for name, bound in self.bounds.items():
            width = bound.bit_length()
            self._fields[name] = start, (1 << width) - 1
            start += width
        self.whole = self._sum(self.bounds)

    def _sum(self, counts: Mapping[str, int]) -> int:
        return sum(number << self._fields[name][0] for name, number in counts.items())

    def encode(self, counts: Mapping[str, int]) -> int | None:
        """The code of a multiset, None if it is not inside the bounds."""
        bounds = self.bounds
        if all(number <= bounds.get(name, 0) for name, number in counts.items()):
            return self._sum(counts)
        return None

    def counts(self, code: int) -> dict[str, int]:
        """Name -> multiplicity in the multiset of a code."""
        fields = self._fields.items()
        return {name: number for name, (start, ones) in fields if (number := code >> start & ones)}

    def names(self, code: int) -> tuple[str, ...]:
        """The multiset of a code as a sorted tuple of names with repeats."""
        return tuple(chain.from_iterable([name] * number for name, number in self.counts(code).items()))

    def places(self, code: int) -> tuple[int, ...]:
        """The multiset of a code as the places of its names, with repeats: what blocks are sorted by.

        >>> codes = Codes({"x": 2, "y": 2})
        >>> [codes.names(code) for code in sorted([0b0100, 0b0010, 0b0101, 0b0001], key=codes.places)]
        [('x',), ('x', 'x'), ('x', 'y'), ('y',)]
        """
        fields = enumerate(self._fields.values())
        return tuple(chain.from_iterable([place] * (code >> start & ones) for place, (start, ones) in fields))

    def inside(self, counts: Mapping[str, int], lead: str | None = None) -> list[tuple[int, int]]:
        """(code, weight) of all multisets inside one, weight the number of labelled subsets that each stands for.

        The weight is Π_v C(m_v, e_v). With ``lead`` one copy of that variable is fixed: C(m - 1, e - 1) for it, e >= 1.

        >>> Codes({"x": 2, "y": 1}).inside({"x": 2, "y": 1})
        [(0, 1), (4, 1), (1, 2), (5, 2), (2, 1), (6, 1)]
        >>> Codes({"x": 2, "y": 1}).inside({"x": 2, "y": 1}, lead="x")
        [(1, 1), (5, 1), (2, 1), (6, 1)]
        """
        found = [(0, 1)]
        for name, bound in counts.items():
            start = self._fields[name][0]
            fixed = int(name == lead)
            row = [(e << start, comb(bound - fixed, e - fixed)) for e in range(fixed, bound + 1)]
            found = [(code + shift, weight * factor) for code, weight in found for shift, factor in row]
        return found
