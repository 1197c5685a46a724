"""What a sequential test of an estimator has shown."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symwick.algebra.notebook import MOST_TEXT, bounded, cut, html_lines, html_page, html_table
from symwick.verification.cases import as_float

__all__ = ["ESTIMATOR_VERDICTS", "Estimate", "EstimatorReport"]

ESTIMATOR_VERDICTS = (
    "matches", "biased", "undecided", "raises", "wrong shape", "not a number", "not deterministic", "takes other arguments",
)  # fmt: skip
"""All verdicts of :func:`symwick.verify_estimator`."""


@dataclass(frozen=True)
class Estimate:
    """One output: its exact value, the mean of the draws, the standard deviation of one, and an interval for the bias."""

    label: str
    exact: Fraction
    mean: float
    deviation: float
    low: float
    high: float
    ok: bool

    @property
    def bias(self) -> float:
        """The mean of the draws less the exact value."""
        return (self.low + self.high) / 2

    def __repr__(self) -> str:
        return cut(str(self), MOST_TEXT)

    def __str__(self) -> str:
        name = f"{self.label}: " if self.label else ""
        exact = str(self.exact) if len(str(self.exact)) <= 24 else f"{as_float(self.exact):.6g}"
        return f"{name}mean {self.mean:.6g}, exactly {exact}; bias {self.bias:+.2g} in [{self.low:+.2g}, {self.high:+.2g}]"


@dataclass(frozen=True)
class EstimatorReport:
    """A test of an estimator, made by :func:`symwick.verify_estimator`; true where no bias was found.

    ``needed`` draws decided it, of the ``draws`` that were made. ``estimates`` hold an interval for each bias; all of them, at
    all numbers of draws, are right with probability 1 − ``alpha``. "matches" means that a bias of ``effect`` standard
    deviations of one draw would have been found with probability ``power``.

    >>> import symwick as sw
    >>> report = sw.verify_estimator(lambda rng: rng.normal(size=4).var(), 1)
    >>> report.verdict, report.needed, report.ok
    ('biased', 512, False)
    """

    verdict: str
    detail: str
    draws: int
    needed: int
    estimates: tuple[Estimate, ...]
    alpha: float
    effect: float
    power: float
    assumes: str
    seed: int
    diagnosis: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no bias was found, and one of ``effect`` deviations would have been."""
        return self.verdict == "matches"

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def __repr__(self) -> str:
        return bounded(str(self), width=MOST_TEXT)

    def _lines(self) -> list[str]:
        made = f"decided after {self.needed:,} of {self.draws:,} draws, seed {self.seed}"
        lines = [f"{self.verdict}: {self.detail or made}"]
        shown = [e for e in self.estimates if not e.ok] or list(self.estimates)
        lines += [str(e) for e in shown[:8]] + ([f"… ({len(shown)} in all)"] if len(shown) > 8 else [])
        lines += [f"diagnosis: {text}" for text in self.diagnosis]
        if self.estimates:
            lines.append(f"false alarms: at most {self.alpha:g}; assumes {self.assumes}")
        if self.ok:
            lines.append(f"a bias of {self.effect:g} standard deviations of one draw is found with probability {self.power:g}")
        return lines

    def _repr_html_(self) -> str:
        """The verdict, a table of the estimates, and what was assumed."""
        verdict, *lines = [text for text in self._lines() if text not in map(str, self.estimates)]
        rows = [(e.label, f"{e.mean:.6g}", str(e.exact), f"{e.low:+.2g} to {e.high:+.2g}", "" if e.ok else "biased")
                for e in self.estimates]  # fmt: skip
        table = html_table(rows, ["", "mean", "exactly", "bias between", ""]) if rows else ""
        return html_page("EstimatorReport", html_lines([verdict]), table, html_lines(lines))
