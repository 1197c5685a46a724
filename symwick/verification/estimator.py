"""``verify_estimator``: whether the mean of a Monte-Carlo estimator is the exact value, by a sequential test."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from symwick.algebra.numbers import from_flint, to_fraction, whole_number
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.decompose.decomposition import Decomposition
from symwick.errors import InvalidArgument
from symwick.verification.cases import as_float
from symwick.verification.coefficients import simplest
from symwick.verification.estimator_report import Estimate, EstimatorReport
from symwick.verification.magnitudes import digits_of
from symwick.verification.outputs import Layout, WrongOutput
from symwick.verification.sequential import Bounded, Unbounded, draws_needed

__all__ = ["verify_estimator"]

_BATCH = 256
_LONGEST = 8
"""Times the planned draws after which a test that cannot decide gives up."""

_ROUNDING = 1e-12
_PLAIN = 12


def verify_estimator(
    fn: Callable[[Any], Any],
    exact: Any,
    *,
    at: Mapping[Any, Any] | None = None,
    alpha: float = 1e-6,
    effect: float = 0.05,
    power: float = 0.99,
    bounds: tuple[float, float] | None = None,
    seed: int = 0,
) -> EstimatorReport:
    """Test that a Monte-Carlo estimator is unbiased: E fn = exact, decided by draws, never by a tolerance.

    ``fn`` takes a ``numpy.random.Generator``, or an integer where its argument is called ``seed``, and returns a number, or
    several as a sequence or a mapping. ``exact`` is a number, a form, a circuit, a decomposition (all its terms), or a mapping
    or list of these, at the point ``at`` where they have variables.

    Draws are added until an interval for the bias leaves 0 out ("biased"), or until a bias of ``effect`` standard deviations of
    one draw would have been seen with probability ``power`` ("matches"). The intervals hold at all numbers of draws at once,
    so that a right estimator is called biased with probability at most ``alpha``, however often one looks: for any law
    within ``bounds``; without them, asymptotically for finite variance, and nothing is decided before there are 512 draws
    and 25 · skewness² of them ("undecided" where that takes eight times the draws that were planned). Rounding is allowed
    for, 1e-12 of the largest draw.

    >>> report = verify_estimator(lambda rng: rng.normal(size=4).var(), 1)
    >>> report.verdict, report.needed, *report.diagnosis
    ('biased', 512, 'the mean may be 3/4 times the exact value')
    >>> verify_estimator(lambda rng: rng.normal(size=4).var(ddof=1), 1, effect=0.2).verdict
    'matches'

    Sources: I. Waudby-Smith and others, *Time-uniform central limit theory and asymptotic confidence sequences* (2024), without
    bounds; I. Waudby-Smith and A. Ramdas, *Estimating means of bounded random variables by betting* (2024), with them.

    Raises InvalidArgument where its own arguments are wrong; whatever ``fn`` does is a verdict of the report.
    """
    if not callable(fn):
        raise InvalidArgument(f"Argument 'fn' must be callable, not {fn!r}.")
    for name, value, most in (("alpha", alpha, 0.5), ("effect", effect, 10), ("power", power, 1)):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < most:
            raise InvalidArgument(f"Argument '{name}' must be a number between 0 and {most}, not {value!r}.")
    limits = _limits(bounds)
    whole_number(seed, "seed", 0)
    labels, targets, layout = _targets(exact, at)
    return _Test(fn, labels, targets, layout, alpha, effect, power, limits, seed).report()


def _limits(bounds: Any) -> tuple[float, float] | None:
    if bounds is None:
        return None
    try:
        low, high = map(float, bounds)
    except (TypeError, ValueError):
        low = high = 0.0
    if not low < high or not np.isfinite(high - low):
        raise InvalidArgument(f"Argument 'bounds' must be two numbers, the smaller first, not {bounds!r}.")
    return low, high


# -- what is estimated ------------------------------------------------------------------------------------------------


def _targets(exact: Any, at: Mapping[Any, Any] | None) -> tuple[list[str], list[Fraction], Layout]:
    """Labels, exact values, and how results are read."""
    if isinstance(exact, Circuit):
        values = exact.evaluate(at or {})
        exact = values if len(values) > 1 else next(iter(values.values()))
    if isinstance(exact, Decomposition):
        keys = tuple(exact)
        source = exact

        def shown(key: Any) -> str:
            return source._key_text(source._read_key(key))

        layout = Layout(keys, lambda key: source._write_key(source._read_key(key)), shown)
        return list(map(shown, keys)), [_value(exact[key], at) for key in keys], layout
    if isinstance(exact, Mapping) and exact:
        return list(map(str, exact)), [_value(v, at) for v in exact.values()], Layout(tuple(exact))
    if isinstance(exact, (list, tuple)) and exact:
        labels = tuple(range(len(exact)))
        return list(map(str, labels)), [_value(v, at) for v in exact], Layout(labels)
    return [""], [_value(exact, at)], Layout(None)


def _value(exact: Any, at: Mapping[Any, Any] | None) -> Fraction:
    form = exact if isinstance(exact, ClosedForm) else ClosedForm.of(exact, list(at or ()), "exact")
    if form.inexact:
        raise InvalidArgument("Argument 'exact' must be exact, not a form of floats (ring='float64').")
    if form.parameters:
        raise InvalidArgument(f"Argument 'exact' must be a number, but {form.parameters[0]} remains in it.")
    if form.variables and at is None:
        names = ", ".join(map(str, form.variables))
        raise InvalidArgument(f"Argument 'at' must be given: the exact side depends on {names}.")
    known = {s: v for s, v in (at or {}).items() if str(s) in {v.name for v in form.known}}
    return to_fraction(from_flint(digits_of(form._element(form.checked_point(known)))))


# -- the test ---------------------------------------------------------------------------------------------------------


class _Stop(Exception):
    def __init__(self, verdict: str, text: str) -> None:
        self.verdict, self.text = verdict, text
        super().__init__(text)


class _Test:
    """One test, draw by draw."""

    def __init__(
        self, fn: Callable[[Any], Any], labels: list[str], targets: list[Fraction], layout: Layout, alpha: float,
        effect: float, power: float, bounds: tuple[float, float] | None, seed: int,
    ) -> None:  # fmt: skip
        self.fn, self.labels, self.targets, self.layout = fn, labels, targets, layout
        self.alpha, self.effect, self.power, self.bounds, self.seed = alpha, effect, power, bounds, seed
        self.planned = draws_needed(alpha / len(targets), effect, power)
        each = alpha / len(targets)  # a false alarm in any of them has probability alpha
        self.means = Bounded(each, *bounds) if bounds else Unbounded(each, self.planned)
        self.random = np.random.default_rng(seed)
        self.by_seed = False
        self.largest = 0.0

    def report(self) -> EstimatorReport:
        try:
            self._find_out()
            return self._run()
        except _Stop as stop:
            return self._made(stop.verdict, stop.text, ())

    def _made(
        self, verdict: str, detail: str, estimates: tuple[Estimate, ...], needed: int = 0, diagnosis: tuple[str, ...] = ()
    ) -> EstimatorReport:
        assumes = "independent draws of finite variance, asymptotically"
        if self.bounds:
            assumes = f"independent draws within [{self.bounds[0]:g}, {self.bounds[1]:g}]"
        return EstimatorReport(
            verdict, detail, self.means.n, needed, estimates, self.alpha, self.effect, self.power, assumes, self.seed, diagnosis
        )

    def _find_out(self) -> None:
        """Whether a generator or an integer is wanted; whether the same one gives the same draw."""
        names: list[str] = []
        try:
            signature = inspect.signature(self.fn)
        except (TypeError, ValueError):
            signature = None
        if signature is not None:
            names = list(signature.parameters)
            try:
                signature.bind(None)
            except TypeError:
                text = f"it takes {signature}, but an estimator takes one argument: a random generator, or a seed"
                raise _Stop("takes other arguments", text) from None
        self.by_seed = names[:1] == ["seed"]
        if not self.by_seed:
            try:
                self._draw(np.random.default_rng(self.seed))
            except _Stop as stop:
                self.by_seed = stop.verdict == "raises" and self._works_by_seed()
        given = [self.seed] * 2 if self.by_seed else [np.random.default_rng(self.seed) for _ in range(2)]
        first, again = self._draw(given[0]), self._draw(given[1])
        if not np.allclose(first, again, rtol=1e-6, atol=0, equal_nan=True):
            raise _Stop("not deterministic", "drawn twice from the same seed it gives different numbers")

    def _works_by_seed(self) -> bool:
        try:
            self._draw(self.seed)
        except _Stop:
            return False
        return True

    def _draw(self, source: Any) -> list[float]:
        try:
            result = self.fn(source)
        except (Exception, SystemExit) as error:
            raise _Stop("raises", f"it raises {type(error).__name__}" + (f": {error}" if str(error) else "")) from error
        try:
            columns = self.layout.read(result, 1, arrays=False).columns
        except WrongOutput as error:
            raise _Stop(error.verdict, str(error)) from None
        row = [float(column[0]) for column in columns]
        if not np.isfinite(row).all():
            bad = next(v for v in row if not np.isfinite(v))
            raise _Stop("not a number", f"it gives {bad} after at least {self.means.n:,} draws")
        return row

    def _batch(self) -> np.ndarray[Any, Any]:
        if self.by_seed:
            rows = [self._draw(int(s)) for s in self.random.integers(0, 2**32, _BATCH)]
        else:
            rows = [self._draw(self.random) for _ in range(_BATCH)]
        drawn = np.array(rows, dtype=float)
        self.largest = max(self.largest, float(np.abs(drawn).max()))
        if self.bounds and not (self.bounds[0] <= drawn.min() and drawn.max() <= self.bounds[1]):
            outside = drawn.min() if drawn.min() < self.bounds[0] else drawn.max()
            raise InvalidArgument(f"Argument 'bounds' must bound all draws, but one is {outside:.6g}.")
        return drawn

    def _run(self) -> EstimatorReport:
        needed = 0
        while True:
            self.means.add(self._batch())
            estimates = self._estimates()
            ready = self.means.ready()
            if ready and not needed and not all(e.ok for e in estimates):
                needed = self.means.n  # decided; the rest of the plan makes the interval for the bias shorter
            if needed and self.means.n >= self.planned:
                wrong = [e for e in estimates if not e.ok]
                return self._made("biased", "", estimates, needed, tuple(filter(None, map(_factor, wrong))))
            if needed:
                continue
            if ready and self._seen_enough():
                return self._made("matches", "", estimates, self.means.n)
            if self.means.n >= _LONGEST * self.planned:
                text = f"{self.means.n:,} draws do not decide it: they are too skew, or their bounds too wide"
                return self._made("undecided", text, estimates)

    def _seen_enough(self) -> bool:
        if isinstance(self.means, Unbounded):
            return self.means.n >= self.planned
        slack = self.effect * self.means.deviation
        return bool((self.means.half() * 2 <= slack).all()) or not self.means.deviation.any()

    def _estimates(self) -> tuple[Estimate, ...]:
        mean, half, deviation = self.means.mean, self.means.half(), self.means.deviation
        allowed = _ROUNDING * self.largest
        found = []
        for i, (label, exact) in enumerate(zip(self.labels, self.targets, strict=True)):
            bias = float(mean[i]) - as_float(exact)
            ok = abs(bias) <= float(half[i]) + allowed
            low, high = bias - float(half[i]), bias + float(half[i])
            found.append(Estimate(label, exact, float(mean[i]), float(deviation[i]), low, high, ok))
        return tuple(found)


def _factor(estimate: Estimate) -> str | None:
    """A plain factor that the interval leaves room for."""
    if not estimate.exact:
        return None
    ends = sorted(Fraction(end) / estimate.exact + 1 for end in (estimate.low, estimate.high))
    factor = simplest(ends[0], ends[1])
    if factor.denominator > _PLAIN or ends[1] - ends[0] > Fraction(1, factor.denominator**2):
        return None
    return f"{estimate.label + ': ' if estimate.label else ''}the mean may be {factor} times the exact value"
