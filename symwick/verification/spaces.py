"""What a numeric function is given: which arguments, under which keywords, and at which cases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import chain, product
from math import prod
from random import Random
from typing import Any

import sympy

from symwick.algebra.named_multisets import natural_key
from symwick.algebra.numbers import to_sympy
from symwick.circuits.moment_names import moment_powers
from symwick.errors import InvalidArgument
from symwick.verification.cases import LARGE, SPECIAL, TINY, Case, draw_law, draw_number, representable

__all__ = ["PRESENTED", "Space", "cumulant_entries", "keyword_of", "law_value", "moment_exponents", "order_of_symbols"]

PRESENTED = ("moments", "rows", "columns", "weighted")
"""How the law of a case is handed over: its moments as arguments, a matrix of rows, columns by name, or rows with weights."""

_TRIES = 60
_MOST_GRID = 512


@lru_cache(maxsize=4096)
def moment_exponents(name: str) -> tuple[tuple[str, int], ...] | None:
    """The powers of E[x**2*y]; None for other names. Names are read once.

    >>> moment_exponents("E[x**2*y]"), moment_exponents("x")
    ((('x', 2), ('y', 1)), None)
    """
    powers = moment_powers(name)
    return None if powers is None else tuple((v.name, k) for v, k in powers.items())


def cumulant_entries(name: str) -> tuple[str, ...] | None:
    """The variables of κ[x,x,y]; None for other names.

    >>> cumulant_entries("κ[x,x,y]"), cumulant_entries("E[x]")
    (('x', 'x', 'y'), None)
    """
    return tuple(name[2:-1].split(",")) if name.startswith("κ[") and name.endswith("]") else None


def keyword_of(symbol: str) -> str:
    """The keyword for a symbol: its name, or for a moment a name that can be written: E_x2y, E_fever_cough, k_xx.

    >>> keyword_of("x"), keyword_of("E[x**2*y]"), keyword_of("κ[x,x]"), keyword_of("E[fever*cough]")
    ('x', 'E_x2y', 'k_xx', 'E_fever_cough')
    """
    powers = moment_exponents(symbol)
    entries = cumulant_entries(symbol)
    if powers is not None:
        parts = [f"{v}{power if power > 1 else ''}" for v, power in powers]
        return "E_" + ("" if all(len(v) == 1 for v, _ in powers) else "_").join(parts)
    if entries is not None:
        return "k_" + ("" if all(len(v) == 1 for v in entries) else "_").join(entries)
    return re.sub(r"\W+", "_", symbol).strip("_") or "argument"


def order_of_symbols(symbols: Sequence[str]) -> list[str]:
    """Parameters by name, then moments: short ones first, E[x], E[y], E[x**2], E[x*y].

    >>> order_of_symbols(["E[x*y]", "v", "E[y]", "E[x]"])
    ['v', 'E[x]', 'E[y]', 'E[x*y]']
    """

    def key(name: str) -> tuple[Any, ...]:
        powers, entries = moment_exponents(name), cumulant_entries(name)
        degree = sum(power for _, power in powers) if powers else len(entries) if entries else 0
        return degree, natural_key(name)

    return sorted(symbols, key=key)


@dataclass(frozen=True)
class Space:
    """The arguments of a numeric function in order, and the cases for them.

    ``keywords`` maps the symbols of the exact form, in the order of position, to the names they are passed by. Those that are
    moments or cumulants get their values from the law of the case over ``variables``, the others are drawn.
    """

    keywords: Mapping[str, str]
    variables: tuple[str, ...] = ()
    presented: str = "moments"
    domain: Mapping[str, tuple[Fraction, ...]] = field(default_factory=dict)
    where: Callable[..., Any] | None = None
    assumptions: tuple[sympy.Basic, ...] = ()
    supports: Mapping[str, tuple[Fraction, ...]] = field(default_factory=dict)
    least_rows: int = 1

    @property
    def of_rows(self) -> bool:
        """Whether the numeric function is given data, one law a call."""
        return self.presented != "moments"

    @property
    def free(self) -> tuple[str, ...]:
        return tuple(s for s in self.keywords if not self._derived(s))

    def _derived(self, symbol: str) -> bool:
        return moment_exponents(symbol) is not None or cumulant_entries(symbol) is not None

    def values(self, case: Case) -> dict[str, Fraction]:
        """The argument values at a case, by symbol; all of them are floats."""
        return {s: case.numbers[s] if s in case.numbers else representable(law_value(case, s)) for s in self.keywords}

    def admits(self, case: Case) -> bool:
        """Whether a case keeps to ``domain``, ``where``, assumptions and the least number of rows."""
        if any(value not in self.domain[s] for s, value in case.numbers.items() if s in self.domain):
            return False
        if self.of_rows and len(case.atoms) < self.least_rows:
            return False
        if self.assumptions:
            known = {sympy.Symbol(s): to_sympy(value) for s, value in self.values(case).items()}
            if any(assumed.xreplace(known) == sympy.false for assumed in self.assumptions):
                return False
        if self.where is None:
            return True
        return bool(self.where(**{self.keywords[s]: value for s, value in self.values(case).items()}))

    # -- the cases ----------------------------------------------------------------------------------------------------

    def cases(self, samples: int, seed: int) -> list[Case]:
        """So many cases at most, special ones first, the same for the same seed. Raises InvalidArgument where there are none."""
        random = Random(seed)
        found: list[Case] = []
        seen: set[Any] = set()
        for case in self._candidates(random, samples):
            if len(found) == samples:
                break
            key = (tuple(sorted(case.numbers.items())), case.atoms, case.weights)
            if key not in seen and self.admits(case):
                seen.add(key)
                found.append(case)
        if not found:
            raise InvalidArgument("Arguments 'where' and 'domain' must admit some of the points that are tried, not none.")
        return found

    def _candidates(self, random: Random, samples: int) -> Iterator[Case]:
        if not self.variables:
            yield from self._special()
        else:
            yield from self._special_laws()
            for case in self._special():
                yield self._with_law(random, case)
        for _ in range(samples * _TRIES):
            case = Case(self._drawn(random), what="random")
            yield self._with_law(random, case) if self.variables else case

    def _with_law(self, random: Random, case: Case) -> Case:
        weighted = self.presented in ("moments", "weighted")
        most = max(8, self.least_rows + 4)
        atoms, weights = draw_law(random, self.variables, weighted=weighted, least=self.least_rows, most=most)
        return Case(case.numbers, self.variables, atoms, weights, not weighted, case.what)

    def _special(self) -> Iterator[Case]:
        """0, ±1, unit vectors, ties, large and tiny numbers, points of the support, and of a small grid all."""
        free = self.free
        grid = [self.domain.get(s) for s in free]
        if free and all(grid) and prod(len(g) for g in grid if g) <= _MOST_GRID:
            for point in product(*(g for g in grid if g)):
                yield Case(dict(zip(free, point, strict=True)), what="a point of the domain")
        for value, what in zip(SPECIAL, chain(("all 0", "all 1", "all -1"), *(("a tie",) * 8,)), strict=True):
            yield Case(dict.fromkeys(free, value), what=what)
        for s in free:
            for sign in (1, -1):
                yield Case({t: Fraction(sign if t == s else 0) for t in free}, what="one alone")
        yield Case({s: Fraction(k + 2) for k, s in enumerate(free)}, what="small integers")
        yield Case({s: Fraction((-1) ** k * (k + 1), 2) for k, s in enumerate(free)}, what="small rationals")
        if len(free) <= 8:
            for s, size in product(free, (LARGE, -LARGE, TINY)):
                yield Case({t: size if t == s else Fraction(k + 2) for k, t in enumerate(free)}, what="one large or tiny")
        for scale, what in ((LARGE, "all large"), (TINY, "all tiny")):
            yield Case({s: scale * (2 * k + 3) for k, s in enumerate(free)}, what=what)
        if self.supports:
            widest = max(map(len, self.supports.values()))
            for i in range(min(widest, 16)):
                numbers = {s: Fraction(1) for s in free}
                numbers |= {s: points[i % len(points)] for s, points in self.supports.items() if s in numbers}
                yield Case(numbers, what="on the support")

    def _special_laws(self) -> Iterator[Case]:
        """One row, two rows, all numbers 0 or equal: the laws where code divides by 0 or forgets a correction."""
        ones = dict.fromkeys(self.free, Fraction(1))
        width = len(self.variables)
        zero, one = (Fraction(0),) * width, (Fraction(1),) * width
        steps = tuple(Fraction(k + 1) for k in range(width))
        half = (Fraction(1, 2),) * 2
        for atoms, what in (
            ((steps,), "one row"), ((zero, one), "two rows"), ((steps, tuple(reversed(steps))), "two rows"),
            ((tuple(-v for v in steps), steps), "centred"),
        ):  # fmt: skip
            weights = half if len(atoms) == 2 else (Fraction(1),)
            if self.presented in ("moments", "weighted") and len(set(atoms)) < len(atoms):
                continue
            yield Case(ones, self.variables, atoms, weights, self.presented in ("rows", "columns"), what)

    def _drawn(self, random: Random) -> dict[str, Fraction]:
        numbers: dict[str, Fraction] = {}
        style = random.random()
        for s in self.free:
            if s in self.domain:
                numbers[s] = random.choice(self.domain[s])
            elif s in self.supports and random.random() < 0.25:
                numbers[s] = random.choice(self.supports[s])
            elif style < 0.1 and numbers:
                numbers[s] = next(iter(numbers.values()))  # ties
            elif style > 0.9:
                numbers[s] = Fraction(random.randint(0, 1))
            else:
                numbers[s] = draw_number(random)
        return numbers


def law_value(case: Case, symbol: str) -> Fraction:
    """The value of E[x**2*y] or κ[x,x,y] under the law of a case."""
    powers = moment_exponents(symbol)
    if powers is not None:
        return case.moment(dict(powers))
    entries = cumulant_entries(symbol)
    assert entries is not None  # internal: only moments and cumulants come from the law
    return _cumulant(case, entries)


def _cumulant(case: Case, entries: tuple[str, ...]) -> Fraction:
    """κ by the recursion κ(1…r) = E[1…r] − Σ_{B ∋ 1, B ≠ all} κ(B) E[rest]."""
    known: dict[int, Fraction] = {}

    def mean(mask: int) -> Fraction:
        powers: dict[str, int] = {}
        for i, name in enumerate(entries):
            if mask >> i & 1:
                powers[name] = powers.get(name, 0) + 1
        return case.moment(powers) if powers else Fraction(1)

    def kappa(mask: int) -> Fraction:
        if mask not in known:
            low = mask & -mask
            rest = mask ^ low
            total, part = mean(mask), (rest - 1) & rest if rest else -1
            while part >= 0:
                total -= kappa(part | low) * mean(rest ^ part)
                part = (part - 1) & rest if part else -1
            known[mask] = total
        return known[mask]

    return kappa((1 << len(entries)) - 1)
