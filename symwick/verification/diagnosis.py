"""From a difference to the mistake: what a wrong function computes instead, where one mistake explains all that was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from symwick.decompose.cumulant import GCPD, gcpd
from symwick.decompose.decomposition import Decomposition
from symwick.decompose.wick import GWPD, gwpd
from symwick.distributions.independent import Independent
from symwick.errors import SymwickError
from symwick.verification.coefficients import (
    Observation,
    by_factor,
    by_factorials,
    by_one_term,
    by_some_terms,
    rounding,
)
from symwick.verification.exact_values import Exact, Expected, Forms, Part
from symwick.verification.formulas import exchanges, mistaken_laws
from symwick.verification.judging import Judge, Sample
from symwick.verification.reading import Subject
from symwick.verification.spaces import cumulant_entries, moment_exponents

__all__ = ["diagnoses"]

_MOST_WORK = 20_000
"""Terms times points that a search for coefficients looks at."""

_MOST_REDONE = 6
"""Inputs up to which a decomposition is derived once more as if they were independent."""


def diagnoses(
    subject: Subject, samples: Sequence[Sample], places: Sequence[int], judge: Judge, label: Callable[[int], str]
) -> tuple[str, ...]:
    """One sentence for all wrong outputs where one mistake explains them, else one for each that is explained."""
    seen = [_Seen(subject, samples, place) for place in places]
    drifts = [rounding(one.points) for one in seen]
    if any(drifts):
        return tuple(_named(label(p), said) for p, said in zip(places, drifts, strict=True) if said)
    alone = len(places) == 1
    if alone and (said := _coefficient(subject, seen[0])):
        return (_named(label(places[0]), said),)
    shared = _one_formula(subject, samples, seen)
    if shared:
        return (shared,)
    found = []
    for place, one in zip(places, seen, strict=True):
        text = (None if alone else _coefficient(subject, one)) or _one_formula(subject, samples, [one]) or _several(subject, one)
        text = text or _other_output(subject, samples, one, label)
        if text:
            found.append(_named(label(place), text))
    return tuple(found)


def _named(label: str, text: str) -> str:
    return f"{label}: {text}" if label else text


class _Seen:
    """What was observed of one output."""

    def __init__(self, subject: Subject, samples: Sequence[Sample], place: int) -> None:
        self.place = place
        self.samples = [s for s in samples if s.comparisons[place] is not None]
        self.points = [_observation(subject, s, place) for s in self.samples]

    def few(self, terms: int) -> list[Observation]:
        """Some of the points, from all over the list: the first ones are special."""
        count = max(30, _MOST_WORK // max(terms, 1))
        return self.points[:: -(-len(self.points) // count)]


def _observation(subject: Subject, sample: Sample, place: int) -> Observation:
    c = sample.comparisons[place]
    assert c is not None  # internal: only such samples are looked at
    values = subject.space.values(sample.case)
    if isinstance(subject.exact, Forms):
        values = subject.exact.assignment(sample.case, values)
    got = Fraction(c.got) if isinstance(c.got, (int, Fraction)) else Fraction(float(c.got))
    return Observation(values, got, c.exact, c.bound, c.magnitude)


def _coefficient(subject: Subject, seen: _Seen) -> str | None:
    terms = subject.exact.terms(seen.place)
    points = seen.few(len(terms or ()))
    if terms is not None:
        return by_one_term(terms, points) or by_factor(points) or by_factorials(terms, points)
    return by_factor(points)


def _several(subject: Subject, seen: _Seen) -> str | None:
    terms = subject.exact.terms(seen.place)
    return by_some_terms(terms, seen.few(len(terms))) if terms else None


# -- formulas that are wrong in a known way ---------------------------------------------------------------------------


def _one_formula(subject: Subject, samples: Sequence[Sample], seen: Sequence[_Seen]) -> str | None:
    for text, value in _formulas(subject):
        if all(_explains(value, one) for one in seen):
            return text
    return None


_Value = Callable[[Sample], "list[Expected] | None"]


def _explains(value: _Value, seen: _Seen) -> bool:
    told = 0
    for sample, point in zip(seen.samples, seen.points, strict=True):
        found = value(sample)
        if found is None:
            continue
        told += 1
        if not point.agrees(found[seen.place].value, found[seen.place].magnitude):
            return False
    return told > 1


def _formulas(subject: Subject) -> Iterator[tuple[str, _Value]]:
    exact, space = subject.exact, subject.space
    for text, change_case, change_values in exchanges(space):

        def exchanged(sample: Sample, change_case: Any = change_case, change_values: Any = change_values) -> Any:
            case = change_case(sample.case)
            return exact.fair(case, change_values(space.values(sample.case)))

        yield text, exchanged
    if isinstance(exact, Forms):
        symbols = exact.symbols()
        moments = [s for s in symbols if moment_exponents(s) is not None or cumulant_entries(s) is not None]
        for text, of_symbol in mistaken_laws(space.variables) if moments else ():

            def mistaken(sample: Sample, of_symbol: Any = of_symbol) -> Any:
                values = exact.assignment(sample.case, space.values(sample.case))
                return exact.evaluate({**values, **{s: of_symbol(sample.case, s) for s in moments}})

            yield text, mistaken
    if space.of_rows:

        def corrected(sample: Sample) -> Any:
            n = len(sample.case.atoms)
            if n < 2:
                return None
            factor = Fraction(n, n - 1)
            found = exact.at(sample.case, space.values(sample.case))
            return [Expected(factor * e.value, factor * e.magnitude) for e in found]

        yield "matches n/(n - 1) times the exact value: an unbiased estimate, where the value for these rows is wanted", corrected
    yield from _other_decompositions(subject)


def _other_decompositions(subject: Subject) -> Iterator[tuple[str, _Value]]:
    """The decomposition of the same function as if the inputs were independent."""
    source = subject.source
    law = getattr(getattr(source, "_engine", None), "law", None)
    if not isinstance(source, Decomposition) or law is None or law.unspecified or len(source.inputs) > _MOST_REDONE:
        return
    try:
        apart = Independent([law.marginal(block) for block in source.inputs.blocks])
        again: Any = None
        inputs = {str(k): list(b) for k, b in zip(source.inputs.keys, source.inputs.blocks, strict=True)}
        if isinstance(source, GWPD):
            again = gwpd(source.target, apart, inputs=inputs)
        elif isinstance(source, GCPD):
            again = gcpd(source._engine.function(), apart, inputs=inputs)
        forms = [again[_by_text(key)] for key in source]
        other: Exact = Forms([Part.of_form(form) for form in forms], subject.exact.labels, subject.space)
    except (SymwickError, TypeError, AttributeError):
        return

    def independent(sample: Sample) -> Any:
        return other.fair(sample.case, subject.space.values(sample.case))

    yield "matches the decomposition under independent inputs, their dependence left out", independent


def _by_text(key: Any) -> Any:
    """A key in names of blocks, which the other decomposition is asked by."""
    return [_by_text(part) for part in key] if isinstance(key, frozenset) else str(key)


def _other_output(subject: Subject, samples: Sequence[Sample], seen: _Seen, label: Callable[[int], str]) -> str | None:
    """Whether an output is what another one should be."""
    for other in range(len(subject.layout.labels or ())):
        if other == seen.place:
            continue

        def value(sample: Sample, other: int = other) -> list[Expected] | None:
            c = sample.comparisons[other]
            return None if c is None else [Expected(c.exact, c.magnitude)] * (seen.place + 1)

        if _explains(value, seen):
            return f"matches what {label(other)} should be"
    return None
