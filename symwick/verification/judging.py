"""Judging numbers: errors against exact values, in Σ|terms|, relative, and in units in the last place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import frexp, isfinite, ldexp
from typing import Any

from symwick.verification.calling import NOT_A_NUMBER, NOT_DETERMINISTIC, Caller, Misbehaviour
from symwick.verification.cases import Case, as_float
from symwick.verification.exact_values import Exact, Expected
from symwick.verification.outputs import precision
from symwick.verification.spaces import Space

__all__ = ["Comparison", "Judge", "Sample"]

DEFAULT_RTOL = Fraction(1, 10**9)
_ULPS_OF_SHORT_FLOATS = 32
_UNDERFLOW = {53: Fraction(1, 10**290), 24: Fraction(1, 10**36), 11: Fraction(1, 10**6), 8: Fraction(1, 10**36)}
"""Errors that are no larger are what is lost below the smallest normal float."""
_RANGE = {24: Fraction(10) ** 36, 11: Fraction(10) ** 4, 8: Fraction(10) ** 36}
"""Σ|terms| above which a short float may well overflow: such points say nothing."""


@dataclass(frozen=True)
class Comparison:
    """One number against its exact value; ``excess`` is the error in units of what is allowed."""

    got: Any
    exact: Fraction
    magnitude: Fraction
    error: Fraction
    bound: Fraction
    bits: int

    @property
    def ok(self) -> bool:
        return self.error <= self.bound

    @property
    def relative(self) -> float:
        """The error over |exact|; infinite where the exact value is 0 and the number is not."""
        return as_float(self.error / abs(self.exact)) if self.exact else (float("inf") if self.error else 0.0)

    @property
    def condition(self) -> float:
        """Σ|terms| / |exact|: what a relative error of the terms is magnified by."""
        return as_float(self.magnitude / abs(self.exact)) if self.exact else float("inf")

    @property
    def ulps(self) -> float:
        """The error in units in the last place of the exact value."""
        if not self.exact:
            return float("inf") if self.error else 0.0
        _, exponent = frexp(abs(as_float(self.exact)))
        return as_float(self.error / Fraction(ldexp(1.0, max(exponent - self.bits, -1074))))


@dataclass(frozen=True)
class Sample:
    """A case, the outputs there and the comparisons; None for an output that says nothing at this case."""

    case: Case
    comparisons: tuple[Comparison | None, ...]

    @property
    def ok(self) -> bool:
        return all(c is None or c.ok for c in self.comparisons)

    def worst(self) -> tuple[int, Comparison] | None:
        found = [(i, c) for i, c in enumerate(self.comparisons) if c is not None]
        return max(found, key=lambda pair: pair[1].error / pair[1].bound, default=None)


class Judge:
    """Runs a numeric function at cases and compares it with the exact side."""

    def __init__(self, caller: Caller, exact: Exact, space: Space, rtol: Fraction | None) -> None:
        self.caller, self.exact, self.space, self.rtol = caller, exact, space, rtol

    def fair(self, cases: Iterable[Case]) -> list[tuple[Case, list[Expected]]]:
        """The cases at which the exact side has a value that floats can hold."""
        found = []
        for case in cases:
            expected = self.exact.fair(case, self.space.values(case))
            if expected is not None:
                found.append((case, expected))
        return found

    def samples(self, fair: Sequence[tuple[Case, list[Expected]]]) -> list[Sample]:
        """Raises Misbehaviour, at the first case that shows one."""
        rows = self.caller.run([case for case, _ in fair])
        return [self._sample(case, expected, row) for (case, expected), row in zip(fair, rows, strict=True)]

    def _sample(self, case: Case, expected: Sequence[Expected], row: Sequence[Any]) -> Sample:
        return Sample(case, tuple(self.compare(case, e, got) for e, got in zip(expected, row, strict=True)))

    def compare(self, case: Case, expected: Expected, got: Any) -> Comparison | None:
        bits = precision(got)
        if isinstance(got, (int, Fraction)):
            number = Fraction(got)
        elif isfinite(got):
            number = Fraction(float(got))
        elif bits in _RANGE and expected.magnitude > _RANGE[bits]:
            return None
        else:
            text = f"it gives {float(got)} where the exact value is {_short(expected.value)}"
            raise Misbehaviour(NOT_A_NUMBER, text, case)
        error = abs(number - expected.value)
        bound = max(self.tolerance(bits) * expected.magnitude, _UNDERFLOW[bits])
        return Comparison(got, expected.value, expected.magnitude, error, bound, bits)

    def tolerance(self, bits: int) -> Fraction:
        """The allowed error over Σ|terms|."""
        if self.rtol is not None:
            return self.rtol
        return DEFAULT_RTOL if bits == 53 else Fraction(_ULPS_OF_SHORT_FLOATS, 2 ** (bits - 1))

    def repeat(self, samples: Sequence[Sample]) -> None:
        """Run again. Raises Misbehaviour where the results differ by more than an error may."""
        rows = self.caller.run([sample.case for sample in samples])
        for sample, row in zip(samples, rows, strict=True):
            for then, now in zip(sample.comparisons, row, strict=True):
                if then is None:
                    continue
                again = self.compare(sample.case, Expected(then.exact, then.magnitude), now)
                if again is not None and abs(_number(again.got) - _number(then.got)) > max(then.bound, again.bound):
                    text = f"called again it gives {float(now)!r} instead of {float(then.got)!r}"
                    raise Misbehaviour(NOT_DETERMINISTIC, text, sample.case)


def _number(got: Any) -> Fraction:
    return Fraction(got) if isinstance(got, (int, Fraction)) else Fraction(float(got))


def _short(value: Fraction) -> str:
    text = str(value)
    return text if len(text) <= 24 else repr(as_float(value))
