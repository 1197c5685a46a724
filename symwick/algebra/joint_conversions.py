"""Moments, central moments and cumulants of several variables, each from each; public in :mod:`symwick.algebra.conversions`.

Values are given by multiset of variables. With B over the multisets inside M that hold one fixed copy of a variable v of M

    m_M = Σ_B C(M_v - 1, B_v - 1) Π_{u ≠ v} C(M_u, B_u) κ_B m_{M - B},  m_∅ = 1

which gives m from κ and κ from m; it holds for central moments where κ of one variable is taken as 0.

Literature: P. J. Smith, *A recursive formulation of the old problem of obtaining moments from cumulants and vice versa*, The
American Statistician 49 (1995); P. McCullagh, *Tensor Methods in Statistics* (1987), chapter 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import comb, prod
from typing import Any

from symwick.algebra.named_multisets import Codes, natural_key, spelled, total, values_by_multiset
from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import number_or_expression, vanishes
from symwick.errors import InvalidArgument

__all__ = [
    "joint_central",
    "joint_central_from_cumulants",
    "joint_cumulants",
    "joint_cumulants_from_central",
    "joint_moments",
    "joint_moments_from_central",
]

Names = tuple[str, ...]

_ZERO, _ONE = to_flint(0), to_flint(1)


class _Given:
    """Values by multiset, coded over all variables that occur; ``rows`` are (multiset, code), smallest first."""

    def __init__(self, values: Any, argument: str, means: Any = ()) -> None:
        self.argument = argument
        pairs = values_by_multiset(values, argument)
        self.means: dict[str, Any] = {}
        for counts, mean in values_by_multiset(means, "means"):
            if sum(counts.values()) != 1:
                raise InvalidArgument(f"Argument 'means' must map single variables to values, not {spelled(counts)}.")
            self.means[next(iter(counts))] = mean
        singles = {next(iter(counts)) for counts, _ in pairs if sum(counts.values()) == 1}
        pairs += [({name: 1}, _ZERO) for name in self.means if name not in singles]
        bounds: dict[str, int] = {}
        for counts, _ in pairs:
            for name, number in counts.items():
                bounds[name] = max(number, bounds.get(name, 0))
        self.codes = Codes({name: bounds[name] for name in sorted(bounds, key=natural_key)})
        self.rows: list[tuple[dict[str, int], int]] = []
        self.values: dict[int, Any] = {}
        for counts, value in sorted(pairs, key=lambda pair: sum(pair[0].values())):
            code = self.codes.encode(counts)
            assert code is not None
            self.rows.append((counts, code))
            self.values[code] = value

    def require_empty(self, wanted: int) -> None:
        """The value of the empty multiset, if it is given, is 1 for moments and 0 for cumulants."""
        if 0 in self.values and not vanishes(self.values[0] - wanted):
            found = number_or_expression(self.values[0])
            raise InvalidArgument(f"Argument '{self.argument}' must have {wanted} for the empty multiset, not {found}.")

    def require_central(self) -> None:
        self.require_empty(1)
        for counts, code in self.rows:
            if sum(counts.values()) == 1 and not vanishes(self.values[code]):
                found = number_or_expression(self.values[code])
                raise InvalidArgument(
                    f"Argument '{self.argument}' must have 0, the central moment of one variable, for {spelled(counts)}, "
                    f"not {found}."
                )

    def require_inside(self, smallest: int = 1) -> None:
        """Every multiset inside a given one must be given, if it and what it leaves have at least ``smallest`` elements."""
        for counts, _ in self.rows:
            # more multisets than are given: walked through one by one, for one of the first is missing
            few = prod(number + 1 for number in counts.values()) <= 2 * len(self.values) + 8
            parts = (code for code, _ in self.codes.inside(counts)) if few else self._walk(counts)
            for code in parts:
                if code not in self.values and code:
                    part = self.codes.counts(code)
                    if smallest <= sum(part.values()) <= sum(counts.values()) - smallest:
                        raise InvalidArgument(
                            f"Argument '{self.argument}' must hold {spelled(part)}, which {spelled(counts)} needs."
                        )

    def _walk(self, counts: Mapping[str, int]) -> Iterator[int]:
        """The codes of all multisets inside one, lazily."""
        steps = [(self.codes.encode({name: 1}) or 0, number + 1) for name, number in counts.items()]
        for index in range(prod(side for _, side in steps)):
            code = 0
            for step, side in steps:
                index, number = divmod(index, side)
                code += step * number
            yield code

    def mean(self, name: str, counts: Mapping[str, int]) -> Any:
        if name not in self.means:
            raise InvalidArgument(f"Argument 'means' must hold the mean of {name}, which {spelled(counts)} needs.")
        return self.means[name]

    def named(self, values: Mapping[int, Any]) -> dict[Names, Any]:
        """What users get: by size, then in the order of the names."""
        codes = sorted(values, key=lambda code: (len(places := self.codes.places(code)), places))
        return {self.codes.names(code): number_or_expression(values[code]) for code in codes}


def _by_recursion(given: _Given, smallest: int, forward: bool) -> dict[int, Any]:
    """κ from m (forward) or m from κ by m_M = Σ_B weight · κ_B m_{M-B}, over B with a fixed copy of one variable.

    B and M - B have at least ``smallest`` elements: 1 for moments, 2 for central moments.
    """
    given.require_inside(smallest)
    values = given.values
    allowed = {code for counts, code in given.rows if sum(counts.values()) >= smallest}
    result: dict[int, Any] = {}
    kappa, moments = (result, values) if forward else (values, result)
    for counts, whole in given.rows:
        if whole not in allowed:
            result[whole] = _ONE if not (whole or forward) else _ZERO
            continue
        # the rarest variable leaves the fewest multisets that hold a copy of it
        lead = min(counts, key=counts.__getitem__)
        rest = total(
            weight * kappa[part] * moments[whole - part]
            for part, weight in given.codes.inside(counts, lead)
            if part in allowed and whole - part in allowed and kappa[part]
        )
        result[whole] = values[whole] - rest if forward else values[whole] + rest
    return result


def _by_shift(given: _Given, shifts: Mapping[str, Any]) -> dict[int, Any]:
    """E Π (X_v + a_v)^M_v = Σ_{B ⊆ M} Π_v C(M_v, B_v) a_v^(M_v - B_v) · m_B."""
    values = {0: _ONE, **given.values}
    powers: dict[str, list[Any]] = {}
    result: dict[int, Any] = {}
    for counts, whole in given.rows:
        terms: list[tuple[int, Any]] = [(0, _ONE)]
        for name, number in counts.items():
            known = powers.setdefault(name, [_ONE])
            while len(known) <= number:
                known.append(known[-1] * shifts[name])
            step = given.codes.encode({name: 1}) or 0
            row = [(step * e, comb(number, e) * known[number - e]) for e in range(number + 1) if known[number - e]]
            terms = [(code + shift, factor * more) for code, factor in terms for shift, more in row]
        result[whole] = total(factor * values[code] for code, factor in terms)
    return result


def joint_cumulants(moments: Any) -> dict[Names, Any]:
    """Joint cumulants from moments of products: {multiset: κ} for all multisets given.

    Every multiset inside a given one must be given as well; the empty one may be, with the value 1 (its cumulant is 0).

    >>> joint_cumulants({"x": "1/2", "y": 1, ("x", "y"): 2, ("y", "y"): 3, ("x", "y", "y"): 5})
    {('x',): Fraction(1, 2), ('y',): 1, ('x', 'y'): Fraction(3, 2), ('y', 'y'): 2, ('x', 'y', 'y'): Fraction(1, 2)}
    """
    given = _Given(moments, "moments")
    given.require_empty(1)
    return given.named(_by_recursion(given, 1, forward=True))


def joint_moments(cumulants: Any) -> dict[Names, Any]:
    """Moments of products from joint cumulants: {multiset: E} for all multisets given; the inverse of :func:`joint_cumulants`.

    >>> import sympy
    >>> s, t = sympy.symbols("s t")
    >>> joint_moments([("x", 0), ("y", t), (["y", "x"], s)])
    {('x',): 0, ('y',): t, ('x', 'y'): s}
    """
    given = _Given(cumulants, "cumulants")
    given.require_empty(0)
    return given.named(_by_recursion(given, 1, forward=False))


def joint_central(moments: Any) -> dict[Names, Any]:
    """Joint central moments E Π (X_v - E X_v)^M_v from moments of products, for all multisets given.

    Every multiset inside a given one must be given as well.

    >>> joint_central({"x": 1, "y": 2, ("x", "y"): 5})
    {('x',): 0, ('y',): 0, ('x', 'y'): 3}
    """
    given = _Given(moments, "moments")
    given.require_empty(1)
    given.require_inside()
    means = {next(iter(counts)): given.values[code] for counts, code in given.rows if sum(counts.values()) == 1}
    return given.named(_by_shift(given, {name: -mean for name, mean in means.items()}))


def joint_moments_from_central(central: Any, means: Any) -> dict[Names, Any]:
    """Moments of products from joint central moments and ``{variable: mean}``, for all multisets given and all means.

    Multisets of one element may be left out: their central moment is 0.

    >>> joint_moments_from_central({("x", "y"): 3}, {"x": 1, "y": 2})
    {('x',): 1, ('y',): 2, ('x', 'y'): 5}
    """
    given = _Given(central, "central", means)
    given.require_central()
    for counts, _ in given.rows:
        for name in counts:
            given.mean(name, counts)
    given.require_inside()
    return given.named(_by_shift(given, given.means))


def joint_cumulants_from_central(central: Any, means: Any) -> dict[Names, Any]:
    """Joint cumulants from joint central moments and ``{variable: mean}``, for all multisets given and all means.

    Needed are the multisets inside a given one that have, and leave, at least two elements. A mean is the cumulant of its
    variable and enters nowhere else.

    >>> joint_cumulants_from_central({("x", "x"): 2, ("x", "x", "x", "x"): 13}, {"x": 7})
    {('x',): 7, ('x', 'x'): 2, ('x', 'x', 'x', 'x'): 1}
    """
    given = _Given(central, "central", means)
    given.require_central()
    result = _by_recursion(given, 2, forward=True)
    for counts, code in given.rows:
        if sum(counts.values()) == 1:
            result[code] = given.mean(next(iter(counts)), counts)
    return given.named(result)


def joint_central_from_cumulants(cumulants: Any) -> dict[Names, Any]:
    """Joint central moments from joint cumulants, for all multisets given.

    Needed are the multisets inside a given one that have, and leave, at least two elements.

    >>> joint_central_from_cumulants({("x", "x"): 2, ("x", "x", "x", "x"): 1})
    {('x', 'x'): 2, ('x', 'x', 'x', 'x'): 13}
    """
    given = _Given(cumulants, "cumulants")
    given.require_empty(0)
    return given.named(_by_recursion(given, 2, forward=False))
