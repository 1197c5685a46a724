"""Which coefficient is wrong: a difference explained by one term, a common factor, a rule of factorials, or a few terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, prod

import numpy as np

from symwick.verification.cases import as_float
from symwick.verification.exact_values import Term
from symwick.verification.spaces import moment_exponents

__all__ = ["Observation", "by_factor", "by_factorials", "by_one_term", "by_some_terms", "rounding", "simplest"]

_MOST_CHANGED = 4
_MOST_FITTED = 60
_LONGEST = 1000
_SLACK = 4
_ROUNDED = Fraction(1, 2**48)
_DRIFT = Fraction(1, 10**5)


@dataclass(frozen=True)
class Observation:
    """What a function gave at one point and what it should have: ``values`` by symbol, the allowed error, Σ|terms|."""

    values: Mapping[str, Fraction]
    got: Fraction
    exact: Fraction
    bound: Fraction
    magnitude: Fraction

    @property
    def tolerance(self) -> Fraction:
        return self.bound / self.magnitude if self.magnitude else Fraction(1, 10**9)

    def agrees(self, value: Fraction, magnitude: Fraction) -> bool:
        """Whether a formula of that value explains what came out."""
        return abs(self.got - value) <= _SLACK * max(self.bound, self.tolerance * magnitude)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The rational of the smallest denominator between two numbers.

    >>> simplest(Fraction(33, 100), Fraction(34, 100)), simplest(Fraction(-5, 2), Fraction(1))
    (Fraction(1, 3), Fraction(0, 1))
    """
    if low > high:
        low, high = high, low
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest(-high, -low)
    whole = -(-low.numerator // low.denominator)
    if whole <= high:
        return Fraction(whole)
    floor = low.numerator // low.denominator
    return floor + 1 / simplest(1 / (high - floor), 1 / (low - floor))


def _near(value: Fraction, slack: Fraction) -> Fraction:
    return simplest(value - slack, value + slack)


def _monomial(powers: Mapping[str, int], values: Mapping[str, Fraction]) -> Fraction:
    return prod((values[s] ** k for s, k in powers.items()), start=Fraction(1))


def _text(powers: Mapping[str, int]) -> str:
    return "*".join(f"{s}**{k}" if k > 1 else s for s, k in powers.items()) or "1"


def _number(value: Fraction) -> str:
    return str(value) if value.denominator <= _LONGEST else f"{as_float(value):.6g}"


def _said(new: Fraction, old: Fraction, powers: Mapping[str, int]) -> str:
    what = f"the coefficient of {_text(powers)}" if powers else "the constant"
    text = f"matches with {what} = {_number(new)} instead of {_number(old)}"
    if not new:
        return f"{text}: the term is left out"
    if not old:
        return f"{text}: a term too many"
    if new == -old:
        return f"{text}: the sign is wrong"
    return text


def by_one_term(terms: Sequence[Term], points: Sequence[Observation]) -> str | None:
    """A single coefficient, of a term the form has or of one (of degree two at most) that it lacks."""
    held = [dict(powers) for _, powers in terms]
    symbols = sorted({s for point in points[:1] for s in point.values})
    extra: list[dict[str, int]] = [{}]
    if len(symbols) <= 12:
        extra += [{s: 1} for s in symbols] + [{s: 2} for s in symbols]
        extra += [{s: 1, t: 1} for i, s in enumerate(symbols) for t in symbols[i + 1 :]]
    candidates: list[Term] = [*terms, *((Fraction(0), powers) for powers in extra if powers not in held)]
    for old, powers in candidates:
        if any(s not in points[0].values for s in powers):
            continue
        new = _one(old, powers, points)
        if new is not None:
            return _said(new, old, powers)
    return None


def _one(old: Fraction, powers: Mapping[str, int], points: Sequence[Observation]) -> Fraction | None:
    sizes = [_monomial(powers, point.values) for point in points]
    best = max(range(len(points)), key=lambda i: abs(sizes[i]) / points[i].bound)
    if not sizes[best]:
        return None
    point, size = points[best], sizes[best]
    change = (point.got - point.exact) / size
    new = _near(old + change, max(2 * point.bound / abs(size), abs(change) * _ROUNDED))
    if new == old or abs(new - old) < abs(old) * _DRIFT:
        return None  # rounding, not another coefficient
    for other, monomial in zip(points, sizes, strict=True):
        moved = (new - old) * monomial
        if not other.agrees(other.exact + moved, other.magnitude + abs(moved)):
            return None
    return new


def by_factor(points: Sequence[Observation]) -> str | None:
    """All of it times a number."""
    best = max(points, key=lambda point: abs(point.exact) / point.bound)
    if not best.exact:
        return None
    factor = _near(best.got / best.exact, 2 * best.bound / abs(best.exact))
    if factor == 1 or not all(p.agrees(factor * p.exact, abs(factor) * p.magnitude) for p in points):
        return None
    if abs(factor - 1) < _DRIFT:
        return None
    if not factor:
        return "matches 0: nothing is left of the exact value"
    return f"matches {_number(factor)} times the exact value" + (": the sign is wrong" if factor == -1 else "")


_RULES: tuple[tuple[str, Callable[[int], Fraction]], ...] = (
    ("(|σ| − 1)! in place of |σ|!", lambda k: Fraction(1, max(k, 1))),
    ("|σ|! in place of (|σ| − 1)!", lambda k: Fraction(max(k, 1))),
    ("(|σ| + 1)! in place of |σ|!", lambda k: Fraction(k + 1)),
    ("1 in place of |σ|!", lambda k: Fraction(1, factorial(k))),
    ("1 in place of (|σ| − 1)!", lambda k: Fraction(1, factorial(max(k - 1, 0)))),
    ("the sign of (−1)^|σ| left out", lambda k: Fraction((-1) ** k)),
    ("the sign of (−1)^(|σ| − 1) left out", lambda k: Fraction((-1) ** (k + 1)) if k else Fraction(1)),
)


def by_factorials(terms: Sequence[Term], points: Sequence[Observation]) -> str | None:
    """Coefficients wrong by the number of blocks |σ| of the partition that a term belongs to: its moments, counted."""
    blocks = [sum(k for s, k in powers.items() if moment_exponents(s) is not None) for _, powers in terms]
    if max(blocks, default=0) < 2:
        return None
    for text, rule in _RULES:
        changed: list[Term] = [(rule(k) * c, powers) for k, (c, powers) in zip(blocks, terms, strict=True)]
        if [c for c, _ in changed] != [c for c, _ in terms] and _agrees(changed, points):
            return f"matches with {text}, |σ| the number of moments of a term"
    return None


def _agrees(terms: Sequence[Term], points: Sequence[Observation]) -> bool:
    for point in points:
        parts = [c * _monomial(powers, point.values) for c, powers in terms]
        if not point.agrees(sum(parts, Fraction(0)), sum(map(abs, parts), Fraction(0))):
            return False
    return True


def by_some_terms(terms: Sequence[Term], points: Sequence[Observation]) -> str | None:
    """A few coefficients, by least squares over all terms, each read as a rational and the whole checked at all points."""
    if not 2 <= len(terms) <= _MOST_FITTED or len(points) < len(terms) + 3:
        return None
    scale = [point.magnitude or Fraction(1) for point in points]
    rows = [[as_float(_monomial(powers, p.values) / m) for _, powers in terms] for p, m in zip(points, scale, strict=True)]
    matrix = np.array(rows)
    widths = np.sqrt((matrix**2).sum(axis=0))
    widths[widths == 0] = 1
    target = np.array([as_float((p.got - p.exact) / m) for p, m in zip(points, scale, strict=True)])
    if not (np.isfinite(matrix).all() and np.isfinite(target).all()):
        return None
    found, _, rank, _ = np.linalg.lstsq(matrix / widths, target, rcond=1e-12)
    if rank < len(terms):
        return None
    sums = [Fraction(float(d)) for d in found / widths]
    changes = [_near(d, max(Fraction(1), abs(d)) / 10**6) for d in sums]
    changed = [(c + d, c, powers) for d, (c, powers) in zip(changes, terms, strict=True) if d]
    if not 1 <= len(changed) <= min(_MOST_CHANGED, len(terms) - 1):
        return None
    if not _agrees([(c + d, powers) for d, (c, powers) in zip(changes, terms, strict=True)], points):
        return None
    parts = [f"{_text(powers)} = {_number(new)} instead of {_number(old)}" for new, old, powers in changed]
    return f"matches with the coefficients of {', '.join(parts)}"


def rounding(points: Sequence[Observation]) -> str | None:
    """Errors that are small everywhere: short floats, or a sum that drifts."""
    if any(p.got != p.exact and not p.magnitude for p in points):
        return None  # nothing there that could be rounded
    largest = max((abs(p.got - p.exact) / p.magnitude for p in points if p.magnitude), default=Fraction(1))
    if largest > Fraction(1, 2**16):
        return None
    size = f"{as_float(largest):.1g} of Σ|terms|"
    return f"errors of at most {size} look like rounding: float32 (6e-08) somewhere, or a sum that drifts"
