"""`Score`: the terms W_f(x_S) of one observation, or of the mean over a batch, with their exact tails under P."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from symwick.algebra.notebook import MOST_ROWS, bounded, html_lines, html_page, html_table
from symwick.algebra.numbers import Number, whole_number
from symwick.circuits.closed_form import ClosedForm
from symwick.decompose.attribution.distribution import Distribution, brief
from symwick.decompose.attribution.printed_tables import short, table
from symwick.decompose.by_set import Ranking
from symwick.decompose.inputs import Inputs
from symwick.errors import InvalidArgument, NoClosedForm, TooLarge, UnknownVariable

__all__ = ["Score", "TermScore", "counted", "looked_at", "probability"]

_SHOWN = 8


def looked_at(inputs: Inputs, masks: tuple[int, ...], key: Any) -> int:
    """The mask of a set, which must be one of those looked at. Raises UnknownVariable."""
    mask = inputs.mask(() if key is None else key, "S")
    if mask not in masks:
        shown = ", ".join("{" + inputs.names(m) + "}" for m in masks[:_SHOWN]) + (", …" if len(masks) > _SHOWN else "")
        raise UnknownVariable(
            f"Argument 'S' must be one of the sets looked at, not {{{inputs.names(mask)}}}; these are: {shown or 'none'}."
        )
    return mask


def counted(number: int, what: str) -> str:
    """ "1 set", "1,000 sets"."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def probability(value: Number | float) -> str:
    """A probability as text: short fractions as they are, else in four digits."""
    text = str(value)
    return text if len(text) <= 9 and not isinstance(value, float) else f"{float(value):.4g}"


class TermScore:
    """One term of an observation or a batch: ``value`` and where it lies under P.

    ``value`` is W_f(x_S), or its mean over the batch: an exact number, a float in float64, a ClosedForm where symbols remain.
    ``tail``, ``upper`` and ``lower`` are P(|W| ≥ |value|), P(W ≥ value) and P(W ≤ value), exactly, W being W_f(X_S) with
    X ~ P or the mean of as many independent draws as the batch has rows. They raise NoClosedForm (a law that is no finite
    table), InvalidArgument (float64) and TooLarge (a batch whose mean has too many values).
    """

    def __init__(self, value: Any, law: Callable[[], Distribution]) -> None:
        self.value, self._law = value, law

    @cached_property
    def reference(self) -> Distribution:
        """The law of W under P."""
        return self._law()

    @cached_property
    def tail(self) -> Number:
        """P(|W| ≥ |value|)."""
        return self.reference.tail(self.value)

    @cached_property
    def upper(self) -> Number:
        """P(W ≥ value)."""
        return self.reference.upper(self.value)

    @cached_property
    def lower(self) -> Number:
        """P(W ≤ value)."""
        return self.reference.lower(self.value)

    def __repr__(self) -> str:
        try:
            return f"value {_value(self.value)}, tail {probability(self.tail)}"
        except (NoClosedForm, InvalidArgument, TooLarge):
            return f"value {_value(self.value)}"


class Score(Mapping[frozenset[Any], TermScore]):
    """The terms of one observation, or of a batch, the most unusual under P first; made by a :class:`Novelty`.

    A Mapping S -> :class:`TermScore`, by ascending tail (sets of equal tail in their own order; all in their own order
    where tails do not exist). ``rows`` is the number of rows of a batch, None for one observation.
    """

    def __init__(
        self,
        inputs: Inputs,
        terms: Mapping[int, TermScore],
        smallest: Callable[[], Distribution] | None,
        rows: int | None = None,
    ) -> None:
        self.inputs, self.rows, self._terms, self._smallest = inputs, rows, dict(terms), smallest

    @cached_property
    def _ranked(self) -> tuple[int, ...]:
        masks = tuple(self._terms)
        try:
            return tuple(sorted(masks, key=lambda mask: self._terms[mask].tail))
        except (NoClosedForm, InvalidArgument):
            return masks

    def __getitem__(self, key: Any) -> TermScore:
        return self._terms[looked_at(self.inputs, tuple(self._terms), key)]

    def __iter__(self) -> Iterator[frozenset[Any]]:
        return (self.inputs.key(mask) for mask in self._ranked)

    def __len__(self) -> int:
        return len(self._terms)

    def top(self, k: int = 10) -> Ranking:
        """The k sets of smallest tail."""
        chosen = self._ranked[: whole_number(k, "k", 0)]
        return Ranking(self.inputs, ((self.inputs.key(mask), self._terms[mask]) for mask in chosen))

    @cached_property
    def overall(self) -> Number:
        """P(min_S tail_S(X) ≤ the smallest tail here), X ~ P: how unusual it is that any of the sets looks so unusual.

        Looking at many sets finds small tails by chance; this counts that in, exactly, and dependence of the terms with it.
        Raises InvalidArgument for a batch, NoClosedForm where P is no finite table, TooLarge.
        """
        if self._smallest is None:
            raise InvalidArgument(
                "The overall probability is that of one observation; a batch has the tails of single sets only."
            )
        smallest = self._smallest()  # says first what is no finite table
        return smallest.lower(min((score.tail for score in self._terms.values()), default=1))

    def _overall_text(self) -> str:
        try:
            return f"probability {probability(self.overall)} under P"
        except TooLarge as error:
            return f"not computed: {error}"

    def _shown(self, most: int) -> tuple[list[str], list[list[str]]]:
        """Lines, and a heading with the first rows."""
        what = "one observation" if self.rows is None else f"the mean over {counted(self.rows, 'row')}"
        name = "value" if self.rows is None else "mean"
        lines = [f"Score of {what}: {counted(len(self._terms), 'set')}"]
        try:
            rows = [["set", name, "P(|W| ≥ |·|)", "P(W ≥ ·)", "P(W ≤ ·)"]]
            for mask in self._ranked[:most]:
                score = self._terms[mask]
                tails = (probability(p) for p in (score.tail, score.upper, score.lower))
                rows.append([f"{{{self.inputs.names(mask)}}}", _value(score.value), *tails])
            if self._smallest is not None:
                lines.append(f"  a tail this small in any of them: {self._overall_text()}")
        except (NoClosedForm, InvalidArgument, TooLarge) as error:
            lines = [*lines[:1], f"  no tails: {error}"]
            rows = [["set", name]]
            rows += [[f"{{{self.inputs.names(m)}}}", _value(score.value)] for m, score in [*self._terms.items()][:most]]
        return lines, rows

    def __repr__(self) -> str:
        lines, rows = self._shown(_SHOWN)
        return bounded("\n".join([*lines, table(rows), *(["  …"] if len(self._terms) > _SHOWN else [])]))

    def _repr_html_(self) -> str:
        (title, *lines), (head, *rows) = self._shown(MOST_ROWS)
        return html_page(title, html_lines(lines), html_table(rows, head, more=len(self._terms) - len(rows)))

    def _ipython_key_completions_(self) -> list[str]:
        return [str(key) for key in self.inputs.keys]


def _value(value: Any) -> str:
    if isinstance(value, ClosedForm):
        return short(value)
    return brief(value) if isinstance(value, (int, Fraction)) else f"{value:.6g}"
