"""`hypothesis`: "these terms do not matter", as an approximation with its exact error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import sympy
from tqdm import tqdm

from symwick.algebra.balls import Ball, BallArray
from symwick.algebra.notebook import MOST_TEXT, bounded, cut, dollars, html_lines, html_page, html_table
from symwick.algebra.numbers import from_flint, to_number, whole_number
from symwick.algebra.symbolic import Symbolic
from symwick.algebra.vectors import IntVector
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_display import form_cell
from symwick.circuits.node_ring import Linear
from symwick.decompose.attribution.dependence import statement
from symwick.decompose.attribution.printed_tables import line
from symwick.decompose.attribution.term_space import TermSpace
from symwick.decompose.by_set import Ranking
from symwick.decompose.decomposition import Check, sum_of_forms
from symwick.decompose.forms import is_zero
from symwick.decompose.inputs import Inputs
from symwick.decompose.problem import DEFAULT_LIMIT, read
from symwick.decompose.wick import GWPD
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["Hypothesis", "WorstCase", "hypothesis", "plain_number"]


def hypothesis(
    f: Any,
    P: Law,
    keep: Any = None,
    *,
    drop: Any = None,
    inputs: Any = None,
    ring: str = "exact",
    limit: int = DEFAULT_LIMIT,
) -> Any:
    """The hypothesis that only the terms W_f(x_S) with S in ``keep`` matter, and what it costs.

    ``keep`` is a number (all sets of at most so many inputs) or an iterable of sets of inputs; or ``drop`` names the sets
    that do not matter. ∅, the mean E f, is always kept: ``keep=0`` or ``keep=[()]`` is the mean alone. The approximation
    is a sum of terms as they are; nothing is fitted anew. The terms are those of arXiv 2310.06686.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> H = sw.hypothesis("2*x + y + x*y", P, keep=1)
    >>> H.error
    (x - 3/8)*(y - 3/8) - 7/64
    >>> H.mean_squared_error.value, H.worst()
    (Fraction(51, 1024), WorstCase(error=-11/32, at x = 0, y = 1))

    Returns a :class:`Hypothesis`; a tuple or dict of them for vector-valued f. Raises UnknownVariable, InvalidArgument
    (no sets at all; both or neither of ``keep`` and ``drop``), InexactError, NoClosedForm, TooLarge.
    """
    if (keep is None) == (drop is None):
        raise InvalidArgument("Arguments 'keep' and 'drop': exactly one must be given.")
    problem = read(f, P, inputs, ring, limit)
    sets = _sets(keep, "keep", problem.inputs) if drop is None else _sets(drop, "drop", problem.inputs)

    def make(engine: Any) -> Hypothesis:
        if engine.predicted_terms(None) > limit:
            raise TooLarge("Terms to keep or neglect", engine.predicted_terms(None), limit)
        if isinstance(sets, int):
            kept = list(engine.supports(sets))
        else:
            kept = [m for m in engine.supports(None) if not m or (m in sets) == (drop is None)]
        return Hypothesis(engine, kept, problem.inputs, limit)

    return problem.shaped(make)


def _sets(given: Any, argument: str, inputs: Inputs) -> set[int] | int:
    """An order, or a set of masks."""
    if isinstance(given, int) and not isinstance(given, bool):
        if given < 0 or argument == "drop":
            rule = "an order that is at least 0 or sets of inputs" if argument == "keep" else "sets of inputs"
            raise InvalidArgument(f"Argument '{argument}' must be {rule}, not {given}.")
        return given
    if isinstance(given, (str, sympy.Symbol)) or not isinstance(given, Iterable):
        raise InvalidArgument(f"Argument '{argument}' must be a collection of sets of inputs, not {given!r}.")
    masks = {inputs.mask(() if S is None else S, argument) for S in given}
    if not masks:
        hint = "; keep=[()] keeps the mean alone" if argument == "keep" else ""
        raise InvalidArgument(f"Argument '{argument}' must hold at least one set; it is empty{hint}.")
    if argument == "drop" and 0 in masks:
        raise InvalidArgument("Argument 'drop' must not hold ∅: the mean is always kept.")
    return masks


_MOST_WORKED_OUT = 1_024
"""Terms of a decomposition up to which a hypothesis is worked out only to be shown."""

_MOST_COUNTED = 10_000


@dataclass(frozen=True, repr=False)
class WorstCase:
    """The error of largest absolute value on the support, and where it is taken first."""

    error: Any
    point: Mapping[sympy.Symbol, Any]

    def __repr__(self) -> str:
        where = ", ".join(f"{v} = {x}" for v, x in self.point.items())
        return cut(f"WorstCase(error={self.error}, at {where or 'the only point'})", MOST_TEXT)


class Hypothesis:
    """An approximation Σ_{S kept} W_f(x_S) of f and its exact error; made by :func:`hypothesis` and :func:`search`.

    ``kept`` are its sets, ``approximation`` and ``error`` forms, ``found`` says how a search found it.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> sw.hypothesis("x*y", P, keep=1)
    Hypothesis that keeps ∅, {x}, {y}; dependent inputs: {x, y}
      neglected: {x, y}
      approximation: 3*(x - 3/8)/8 + 3*(y - 3/8)/8 + 1/4
      mean squared error: 51/1024 ≈ 0.0498047
    """

    def __init__(
        self, engine: Any, kept: list[int], inputs: Inputs, limit: int, *, space: TermSpace | None = None, found: str = ""
    ) -> None:
        self.inputs, self.law, self.found = inputs, engine.law, found
        self._engine, self._kept, self._limit = engine, kept, limit
        self._space = space or TermSpace(engine, limit)
        self._terms = GWPD(inputs, engine=engine, limit=limit, inexact=engine.inexact)

    # -- the two sides -------------------------------------------------------------------------------------------------

    @property
    def kept(self) -> tuple[frozenset[Any], ...]:
        """The sets of the approximation that are not structurally zero, ∅ first."""
        return tuple(self.inputs.key(mask) for mask in self._kept)

    def _neglected(self) -> Iterator[int]:
        kept = set(self._kept)
        return (mask for mask in self._engine.supports(None) if mask not in kept)

    @property
    def neglected(self) -> tuple[frozenset[Any], ...]:
        """The sets that are left out, structural zeros aside."""
        return tuple(self.inputs.key(mask) for mask in self._neglected())

    @cached_property
    def approximation(self) -> ClosedForm:
        """Σ_{S kept} W_f(x_S)."""
        return sum_of_forms([(1, self._terms._term(mask)) for mask in self._kept])

    @cached_property
    def error(self) -> ClosedForm:
        """f − Σ_{S kept} W_f(x_S), the sum of the neglected terms: exact at every point."""
        neglected = list(self._neglected())
        if len(neglected) <= len(self._kept):
            return sum_of_forms([(1, self._terms._term(mask)) for mask in neglected], known=self.law.variables)
        difference: ClosedForm = self._engine.function() - self.approximation
        return difference

    # -- how large ------------------------------------------------------------------------------------------------------

    @cached_property
    def mean_squared_error(self) -> ClosedForm:
        """E[(f(X) − approximation(X))²] under P."""
        form: ClosedForm = self._engine.number(self._space.remainder_square(self._kept))
        return form

    @cached_property
    def relative_error(self) -> ClosedForm:
        """The mean squared error over Var f: what the hypothesis leaves unexplained. Under dependence it may exceed 1.

        Raises InvalidArgument where f is constant under P.
        """
        variance = self._space.remainder_square([0])
        if not isinstance(variance, Ball) and is_zero(variance, self._limit):
            raise InvalidArgument("The relative error needs an f that varies, but Var f is 0 under this law.")
        if isinstance(variance, Ball):
            error = Ball.of(self._space.remainder_square(self._kept))
            form: ClosedForm = self._engine.number(error * variance.reciprocal())
        else:
            form = self.mean_squared_error / self._engine.number(variance)
        return form

    def worst(self) -> WorstCase:
        """The worst case: the error of largest absolute value over the points of positive probability.

        Raises NoClosedForm where the law is no finite table, InvalidArgument where parameters remain.
        """
        rows, _ = self._space.rows("The worst case")
        vector = self._space.remainder_vector(self._kept)
        if isinstance(vector, IntVector):
            values = vector.numerators.tolist()
            row = max(range(len(values)), key=lambda r: (abs(values[r]), -r))
            return WorstCase(to_number(sympy.Rational(values[row], vector.denominator)), rows.point(row))
        if isinstance(vector, BallArray):
            row = int(abs(vector.value).argmax())
            return WorstCase(float(vector.value[row]), rows.point(row))
        raise InvalidArgument("The worst case needs numbers, but parameters or constants such as pi remain in f.")

    def largest_neglected(self, k: int = 5, *, at: Mapping[Any, Any] | None = None) -> Ranking:
        """The k largest terms left out, as (S, size): by E[W_f(X_S)²] under P, or by |W_f(x_S)| ``at`` a point."""
        count = whole_number(k, "k", 0)
        masks = list(self._neglected())
        if at is not None:
            values = {mask: abs(self._terms._term(mask).at(at)) for mask in masks}
        else:
            bar = tqdm(masks, desc="second moments", delay=2, leave=False, disable=None)
            values = {mask: plain_number(self._space.gram([mask])[0][0], "The size of a term") for mask in bar}
        ranked = sorted(enumerate(masks), key=lambda item: (-values[item[1]], item[0]))
        return Ranking(self.inputs, ((self.inputs.key(mask), values[mask]) for _, mask in ranked[:count]))

    def check(self) -> Check:
        """Whether approximation and neglected terms add up to f, exactly."""
        if self._engine.inexact:
            raise InvalidArgument("A float64 hypothesis has no exact sum rule; its numbers carry error bounds.")
        neglected = [(1, self._terms._term(mask)) for mask in self._neglected()]
        difference = sum_of_forms([(1, self.approximation), *neglected, (-1, self._engine.function())])
        zero = difference.equals(0)
        return Check("f = approximation + neglected terms", zero, "" if zero else str(difference.simplify()))

    # -- printing ---------------------------------------------------------------------------------------------------------

    def _named(self, masks: Iterable[int], most: int) -> str:
        found = list(islice(masks, most + _MOST_COUNTED + 1))
        shown = ["{" + self.inputs.names(mask) + "}" if mask else "∅" for mask in found[:most]]
        more = len(found) - most
        many = f"{more}" if more <= _MOST_COUNTED else f"over {_MOST_COUNTED:,}"
        return ", ".join(shown) + (f", … and {many} more" if more > 0 else "") if shown else "nothing"

    def _told(self) -> list[str]:
        """What is kept: a heading, and lines under it."""
        said = statement(self.law, self.inputs)
        if said.startswith("dependent") and len(list(islice(self._neglected(), 2))) > 1:
            said += "; neglected terms overlap, their squares do not add up to the error"
        lines = [f"Hypothesis that keeps {self._named(self._kept, 8)}" + (f"; {said}" if said else "")]
        if self.found:
            lines.append(f"  found by {self.found}")
        return [*lines, f"  neglected: {self._named(self._neglected(), 8)}"]

    def _ready(self) -> bool:
        """Whether the approximation and its error are known, or few terms away."""
        known = {"approximation", "mean_squared_error"} <= set(self.__dict__)
        return known or len(list(islice(self._engine.supports(None), _MOST_WORKED_OUT + 1))) <= _MOST_WORKED_OUT

    def __repr__(self) -> str:
        if not self._ready():
            return bounded("\n".join([*self._told(), "  .approximation, .mean_squared_error: not worked out yet"]))
        approximation, error = line(self.approximation), _size(self.mean_squared_error)
        return bounded("\n".join([*self._told(), f"  approximation: {approximation}", f"  mean squared error: {error}"]))

    def _repr_html_(self) -> str:
        title, *lines = self._told()
        rows = [(what, "not worked out yet") for what in (".approximation", ".mean_squared_error")]
        if self._ready():
            rows = [("approximation", form_cell(self.approximation)), ("mean squared error", form_cell(self.mean_squared_error))]
        return html_page(title, html_lines(lines), html_table(rows))

    def _repr_latex_(self) -> str | None:
        if not self._ready() or self.approximation._repr_latex_() is None:
            return None
        return dollars(rf"f \approx {self.approximation.latex()}")


def plain_number(element: Any, what: str) -> Any:
    """A ring element as int, Fraction or float. Raises InvalidArgument where symbols remain."""
    if isinstance(element, Ball):
        return element.value
    if isinstance(element, (Symbolic, Linear)):
        raise InvalidArgument(f"{what} needs numbers, but parameters, moments or constants such as pi remain.")
    return from_flint(element)


def _size(form: ClosedForm) -> str:
    text = str(form)
    if not form.parameters and len(text) > 5:
        return f"{text if len(text) <= 40 else '(long)'} ≈ {float(form.evalf()):.6g}"
    return line(form)
