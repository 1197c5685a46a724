"""One attribution of an estimate: a monomial with a partition of its leaves, retained or dropped."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from symwick.algebra.notebook import MOST_TEXT, cut

__all__ = ["Attribution", "blocks_text", "row_of", "short_number"]

MOST_BLOCKS, MOST_BITS = 12, 200
"""Blocks that a repr spells out; bits of a fraction from which it shows digits only."""


@dataclass(frozen=True, slots=True, repr=False)
class Attribution:
    """coefficient · Π_{B∈π} κ(leaves in B) for one monomial and one partition π of its leaves; made by ``r.attributions(out)``.

    ``monomial`` and ``partition`` name copies of inputs ("x.2": the second path to x, from left to right); ``order`` is the
    least order of a run that retains the term, ``dropped_at`` the first gate in expansion order at which this run drops it (of
    products that schedule "layer" expands together, the latest in the largest component).

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    >>> bits = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    >>> r = sw.propagate(c, bits, order=2)
    >>> (term,) = r.attributions("out", retained=False)
    >>> term
    1 κ(y.1, y.2, y.3) = 3/32, dropped at g2
    >>> term.monomial, term.partition, term.value, term.retained, term.dropped_at
    (('y.1', 'y.2', 'y.3'), (('y.1', 'y.2', 'y.3'),), Fraction(3, 32), False, 'g2')
    """

    monomial: tuple[str, ...]
    partition: tuple[tuple[str, ...], ...]
    coefficient: Any
    value: Any
    order: int
    retained: bool
    dropped_at: str | None

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs whose copies the monomial holds, each once."""
        return tuple(dict.fromkeys(copy.rpartition(".")[0] for copy in self.monomial))

    def __repr__(self) -> str:
        fate = "retained" if self.retained else f"dropped at {self.dropped_at}"
        text = f"{short_number(self.coefficient)} {blocks_text(self)} = {short_number(self.value)}, {fate}"
        return cut(text, MOST_TEXT)


def blocks_text(term: Attribution) -> str:
    """The product of cumulants, of many blocks the first: κ(x.1) κ(y.1, y.2)."""
    shown = " ".join(f"κ({', '.join(block)})" for block in term.partition[:MOST_BLOCKS]) or "1"
    more = f" … {len(term.partition) - MOST_BLOCKS:,} more blocks" if len(term.partition) > MOST_BLOCKS else ""
    return shown + more


def row_of(term: Attribution) -> tuple[str, ...]:
    """Coefficient, cumulants, value and fate, as text."""
    fate = "retained" if term.retained else f"dropped at {term.dropped_at}"
    return short_number(term.coefficient), blocks_text(term), short_number(term.value), fate


def short_number(value: Any) -> str:
    """A number in full where one can read it, else its first digits."""
    if not isinstance(value, (int, Fraction)) or value.numerator.bit_length() + value.denominator.bit_length() < MOST_BITS:
        return str(value)
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.6g}"
