"""Reports: what comparing a numeric function with exact values has shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symwick.algebra.notebook import MOST_TEXT, bounded, cut, html_code, html_page, html_table
from symwick.verification.cases import as_float
from symwick.verification.counterexample import Counterexample
from symwick.verification.judging import Comparison

__all__ = ["MATCHES", "Report", "VERDICTS", "Worst"]

MATCHES, DIFFERS = "matches", "differs"
VERDICTS = (
    MATCHES, DIFFERS, "raises", "wrong shape", "not a number", "mutates its arguments", "not deterministic",
    "takes other arguments",
)  # fmt: skip
"""All verdicts of :func:`symwick.verify`."""


@dataclass(frozen=True)
class Worst:
    """The comparison with the largest error for what is allowed: where, what came out, and the error in three measures."""

    point: Mapping[str, Fraction]
    term: str
    got: Any
    exact: Fraction
    error: float
    relative: float
    ulps: float
    condition: float
    allowed: float

    @classmethod
    def of(cls, point: Mapping[str, Fraction], term: str, c: Comparison) -> Worst:
        return cls(point, term, c.got, c.exact, as_float(c.error), c.relative, c.ulps, c.condition, as_float(c.bound))

    def __repr__(self) -> str:
        return cut(str(self), MOST_TEXT)

    def __str__(self) -> str:
        term = f" of {self.term}" if self.term else ""
        return (
            f"error{term} {self.error:.2g}: relative {self.relative:.2g}, {self.ulps:.3g} ulps; "
            f"allowed {self.allowed:.2g}, condition {self.condition:.3g}"
        )


@dataclass(frozen=True)
class Report:
    """A comparison of numeric code with exact values, made by :func:`symwick.verify`; true where the function matches.

    ``verdict`` is one of matches, differs, raises, wrong shape, not a number, mutates its arguments, not deterministic, takes
    other arguments; ``detail`` says it in a sentence. ``worst`` is the largest error for what is allowed, ``counterexample``
    the smallest case found at which the function fails, with ``.code``; ``diagnosis`` says what would explain the difference,
    one sentence for each wrong output at most; ``wrong`` names the outputs that differ. ``points`` were compared, as
    ``called``; ``seed`` makes them again.

    >>> import symwick as sw
    >>> report = sw.verify(lambda x: x * x + x, "x**2")
    >>> report.verdict, str(report.counterexample)
    ('differs', 'at x = 1: it gives 2.0, exactly it is 1')
    >>> report.diagnosis
    ('matches with the coefficient of x = 1 instead of 0: a term too many',)
    """

    verdict: str
    detail: str
    points: int
    called: str
    seed: int
    worst: Worst | None = None
    counterexample: Counterexample | None = None
    diagnosis: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    outputs: int = 1

    @property
    def ok(self) -> bool:
        """Whether the function matches."""
        return self.verdict == MATCHES

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return "\n".join(f"{title}: {text}" if title else text for title, text in self._lines())

    def __repr__(self) -> str:
        return bounded(str(self), width=MOST_TEXT)

    def _lines(self) -> list[tuple[str, str]]:
        several = f", {self.outputs} outputs" if self.outputs > 1 else ""
        head = f"{self.verdict}: " + (self.detail or f"{self.points} points{several}, {self.called}, seed {self.seed}")
        lines = [("", head)]
        if self.wrong:
            lines.append(("wrong outputs", _few(self.wrong)))
        if self.counterexample is not None:
            lines.append(("smallest counterexample", str(self.counterexample)))
        lines += [("diagnosis", text) for text in self.diagnosis]
        if self.worst is not None:
            lines.append(("worst", str(self.worst)))
        return lines

    def _repr_html_(self) -> str:
        """A small table; the counterexample's code under it."""
        rows = [(title or "verdict", text) for title, text in self._lines()]
        return html_page("Report", html_table(rows), html_code(self.counterexample.code if self.counterexample else ""))


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f", … ({len(names)} in all)" if len(names) > 8 else "")
