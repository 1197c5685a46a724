"""``verify`` and ``assert_matches``: a numeric function against exact values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from symwick.algebra.numbers import to_fraction, whole_number
from symwick.errors import InvalidArgument
from symwick.verification.calling import OTHER_ARGUMENTS, Caller, Misbehaviour
from symwick.verification.cases import Case
from symwick.verification.counterexample import Counterexample, counterexample_of
from symwick.verification.diagnosis import diagnoses
from symwick.verification.exact_values import Expected, Forms
from symwick.verification.judging import Judge, Sample
from symwick.verification.reading import Options, Subject, read
from symwick.verification.report import DIFFERS, MATCHES, Report, Worst
from symwick.verification.shrinking import shrunk

__all__ = ["assert_matches", "verify"]

POINTS, LAWS = 200, 60
_MOST_GATES = 400_000
_FEWEST = 40
_REPEATED = {True: POINTS, False: 20}
_MOST_DIAGNOSED = 8


def verify(
    numeric: Callable[..., Any],
    exact: Any,
    *,
    arguments: Any = None,
    samples: int | None = None,
    rtol: Any = None,
    seed: int = 0,
    rows: Any = None,
    columns: Any = None,
    weighted: Any = None,
    domain: Any = None,
    where: Callable[..., Any] | None = None,
    least_rows: int = 1,
) -> Report:
    """Compare a numeric function with exact values; say what is wrong, where, and with which term.

    ``exact`` is a form, an expression, a circuit (a number where it has one output), a decomposition (all its terms: a mapping
    by sets or partitions, or a sequence in the order of iteration), a mapping or list of forms, or a callable over exact
    numbers. ``numeric`` is called by keyword, or else by position in the same order: variables, parameters, then moments, E[x]
    as ``E_x``, E[x*y] as ``E_xy`` or ``E_x_y``; ``arguments`` lists the symbols in another order, or maps names to them. It
    takes numbers or arrays, which is found out by trial. An error counts from 1e-9 · Σ|terms| at the point on (32 ulps of
    Σ|terms| for float32), or from ``rtol`` · Σ|terms|.

    Functions of data: with ``rows=["x", "y"]`` the function is given a matrix of observations, with ``columns=`` one array
    for each variable, with ``weighted=`` rows and weights; ``exact`` is then a form in moments, or a callable that takes the
    law of these rows (or ``Moments``). ``domain`` lists the numbers an argument may be, ``where`` says which points count,
    ``least_rows`` how many rows there are at least.

    >>> from symwick import Moments, gwp
    >>> right = gwp("x*y", Moments(["x", "y"]))
    >>> verify(lambda x, y, E_x, E_y, E_xy: x*y - E_x*y - E_y*x + 2*E_x*E_y - E_xy, right).ok
    True
    >>> report = verify(lambda x, y, E_x, E_y, E_xy: x*y - E_x*y - E_y*x + E_x*E_y - E_xy, right)
    >>> print(*report.diagnosis)
    matches with the coefficient of E[x]*E[y] = 1 instead of 2

    Raises InvalidArgument where its own arguments are wrong; whatever the function does is a verdict of the report.
    """
    if samples is not None:
        whole_number(samples, "samples", 1)
    whole_number(seed, "seed", 0)
    whole_number(least_rows, "least_rows", 1)
    tolerance = _tolerance(rtol)
    subject = read(numeric, exact, Options(arguments, rows, columns, weighted, domain, where, least_rows))
    caller = Caller(numeric, subject.space, subject.layout)
    judge = Judge(caller, subject.exact, subject.space, tolerance)
    cases = subject.space.cases(samples or _affordable(subject), seed)
    fair = judge.fair(cases)
    if not fair:
        raise InvalidArgument("Argument 'exact' must have a finite real value at some of the points tried, not at none.")
    return _Run(subject, caller, judge, fair, seed).report()


def assert_matches(numeric: Callable[..., Any], exact: Any, **options: Any) -> None:
    """Raise AssertionError with the report unless :func:`verify` finds that the function matches; for tests.

    >>> assert_matches(lambda x: x * x, "x**2")

    The options are those of :func:`verify`. Raises AssertionError, with the smallest counterexample as code, and
    InvalidArgument as :func:`verify` does.
    """
    __tracebackhide__ = True
    report = verify(numeric, exact, **options)
    if not report.ok:
        code = f"\n\n{report.counterexample.code}" if report.counterexample else ""
        raise AssertionError(f"{report}{code}")


def _tolerance(rtol: Any) -> Fraction | None:
    if rtol is None:
        return None
    try:
        value = to_fraction(rtol, "rtol") if isinstance(rtol, str) else Fraction(rtol)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError, InvalidArgument):
        value = Fraction(0)
    if value <= 0 or isinstance(rtol, bool):
        raise InvalidArgument(f"Argument 'rtol' must be a positive number, not {rtol!r}.")
    return value


def _affordable(subject: Subject) -> int:
    """Fewer points for very large exact sides."""
    usual = LAWS if subject.space.of_rows else POINTS
    gates = sum(len(part.circuit.gates) for part in subject.exact.parts) if isinstance(subject.exact, Forms) else 1
    return min(usual, max(_FEWEST, _MOST_GATES // max(gates, 1)))


class _Run:
    """One comparison, from the cases to the report."""

    def __init__(
        self, subject: Subject, caller: Caller, judge: Judge, fair: Sequence[tuple[Case, list[Expected]]], seed: int
    ) -> None:
        self.subject, self.caller, self.judge, self.fair, self.seed = subject, caller, judge, list(fair), seed

    def report(self) -> Report:
        try:
            self.caller.find_out([case for case, _ in self.fair])
            samples = self.judge.samples(self.fair)
            self.judge.repeat(samples[: _REPEATED[self.caller.style.arrays]])
        except Misbehaviour as found:
            return self._misbehaved(found)
        return self._compared(samples)

    def _label(self, place: int) -> str:
        labels = self.subject.layout.labels
        return "" if labels is None else self.subject.layout.shown(labels[place])

    def _made(self, verdict: str, detail: str, **found: Any) -> Report:
        outputs = len(self.subject.layout.labels or (None,))
        return Report(verdict, detail, len(self.fair), str(self.caller.style), self.seed, outputs=outputs, **found)

    def _misbehaved(self, found: Misbehaviour) -> Report:
        if found.case is None or found.verdict == OTHER_ARGUMENTS:
            return self._made(found.verdict, found.text)
        latest = found

        def fails(case: Case) -> bool:
            nonlocal latest
            again = self._fault(case)
            if again is None or again.verdict != found.verdict:
                return False
            latest = again
            return True

        case = shrunk(found.case, fails) if fails(found.case) else found.case
        if fails(case):
            found = latest
        return self._made(found.verdict, found.text, counterexample=self._counterexample(case, found.verdict))

    def _one(self, case: Case) -> Sample | None:
        """The case judged alone; None where it does not count."""
        if not self.subject.space.admits(case):
            return None
        fair = self.judge.fair([case])
        return self.judge.samples(fair)[0] if fair else None

    def _fault(self, case: Case) -> Misbehaviour | None:
        try:
            sample = self._one(case)
            if sample is not None:
                self.judge.repeat([sample])
        except Misbehaviour as found:
            return found
        return None

    def _differs(self, case: Case) -> bool:
        try:
            sample = self._one(case)
        except Misbehaviour:
            return False
        return sample is not None and not sample.ok

    def _compared(self, samples: Sequence[Sample]) -> Report:
        worst = self._worst(samples)
        failing = [sample for sample in samples if not sample.ok]
        if not failing:
            return self._made(MATCHES, "", worst=worst)
        places = [i for i in range(len(failing[0].comparisons)) if any(_fails(sample, i) for sample in failing)]
        start = min((sample.case for sample in failing), key=Case.complexity)
        case = shrunk(start, self._differs) if self._differs(start) else start
        said = diagnoses(self.subject, samples, places[:_MOST_DIAGNOSED], self.judge, self._label)
        detail = f"at {len(failing)} of {len(samples)} points, {self.caller.style}, seed {self.seed}"
        wrong = tuple(map(self._label, places)) if self.subject.layout.labels is not None else ()
        return self._made(
            DIFFERS, detail, worst=worst, counterexample=self._counterexample(case, DIFFERS), diagnosis=said, wrong=wrong
        )

    def _worst(self, samples: Sequence[Sample]) -> Worst | None:
        found = [(place, c, sample.case) for sample in samples if (pair := sample.worst()) for place, c in [pair]]
        if not found:
            return None
        place, c, case = max(found, key=lambda triple: triple[1].error / triple[1].bound)
        keywords = self.subject.space.keywords
        point = {keywords[s]: v for s, v in self.subject.space.values(case).items()}
        return Worst.of(point, self._label(place), c)

    def _counterexample(self, case: Case, verdict: str) -> Counterexample:
        place, comparison = 0, None
        if verdict == DIFFERS:
            sample = self._one(case)
            pair = sample.worst() if sample is not None else None
            if pair is not None:
                place, comparison = pair
        return counterexample_of(case, self.caller, verdict, self._label(place) if comparison else "", place, comparison)


def _fails(sample: Sample, place: int) -> bool:
    c = sample.comparisons[place]
    return c is not None and not c.ok
