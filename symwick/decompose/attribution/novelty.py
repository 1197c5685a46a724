"""`novelty`: the terms of a decomposition under another law, in one observation, in a batch, in many rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import sympy
from tqdm import tqdm

from symwick.algebra.balls import BallArray
from symwick.algebra.notebook import MOST_ROWS, bounded, html_lines, html_page, html_table, listed
from symwick.algebra.numbers import ratio, to_fraction, to_number, whole_number
from symwick.algebra.vectors import IntVector
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.variables import variable_mapping
from symwick.decompose.attribution.dependence import statement
from symwick.decompose.attribution.distribution import Distribution, brief
from symwick.decompose.attribution.printed_tables import short, table
from symwick.decompose.attribution.row_scores import Scores
from symwick.decompose.attribution.rows import Rows
from symwick.decompose.attribution.scores import Score, TermScore, counted, looked_at
from symwick.decompose.attribution.term_laws import TermLaws
from symwick.decompose.attribution.term_novelty import TermNovelty
from symwick.decompose.attribution.term_values import Values
from symwick.decompose.by_set import Ranking
from symwick.decompose.inputs import Inputs
from symwick.decompose.problem import DEFAULT_LIMIT, read
from symwick.decompose.wick import GWPD
from symwick.distributions.empirical import Empirical
from symwick.distributions.law import Law
from symwick.errors import InexactError, InvalidArgument, NoClosedForm, NotRational, TooLarge, UnknownVariable

__all__ = ["Novelty", "TermNovelty", "novelty"]

_SHOWN = 8
_WARNING = "A mean of 0 is no proof that nothing is new: the distance compares the whole laws of W_f(X_S)."
_RANKED = 1_000  # sets up to which a repr compares the laws of all of them
_NUMBERS = ("decimal", "binary", "float64")


def novelty(
    f: Any,
    P: Law,
    Q: Any = None,
    *,
    max_order: int | None = None,
    sets: Iterable[Any] | None = None,
    inputs: Any = None,
    ring: str = "exact",
    numbers: str = "decimal",
    limit: int = DEFAULT_LIMIT,
) -> Any:
    """What is new against the reference P: the terms W_f(X_S) of f under P, looked at under Q or at observations.

    E_P[W_f(X_S)] = 0 for S ≠ ∅. Under Q the mean E_Q[W_f(X_S)] depends on Q only through its marginal on S, and is 0 where
    that equals P's; it may be 0 otherwise, so the whole laws of W_f(X_S) are compared too.
    ``Q`` is a law of the same variables, or rows in any form that Empirical reads (``numbers`` as there), whose empirical law
    is meant. ``sets`` chooses what is looked at, by default all sets of up to ``max_order`` inputs that meet in f. Without Q
    there are ``score(observation)``, ``batch(rows)`` and ``scores(rows)`` still. Sources: the terms are those of
    arXiv 2310.06686; the question is that of P. Christiano, *Mechanistic anomaly detection and ELK* (2022).

    >>> import symwick as sw
    >>> bits = sw.Independent({v: sw.Bernoulli("1/2") for v in ("x", "y", "z")})
    >>> xor = sw.Finite({(0, 0, 0): "1/4", (0, 1, 1): "1/4", (1, 0, 1): "1/4", (1, 1, 0): "1/4"}, ["x", "y", "z"])
    >>> N = novelty("x*y*z", bits, xor)
    >>> N["x", "y"].mean, N["x", "y"].distance, N["x", "y", "z"].mean, N["x", "y", "z"].distance
    (0, 0, -1/8, Fraction(1, 2))
    >>> novelty("x*y*z", xor).score({"x": 1, "y": 1, "z": 1})["x", "y", "z"].tail
    0

    Returns a :class:`Novelty`; a tuple or dict of them for vector-valued f. Raises InvalidArgument (no sets, Q no law nor
    rows, a law of other variables), UnknownVariable, InexactError, NoClosedForm, TooLarge.
    """
    if max_order is not None:
        whole_number(max_order, "max_order", 1)
    if max_order is not None and sets is not None:
        raise InvalidArgument("Argument 'max_order' must not be given together with 'sets', which says all.")
    if numbers not in _NUMBERS:
        raise InvalidArgument(f"Argument 'numbers' must be one of {', '.join(map(repr, _NUMBERS))}, not {numbers!r}.")
    problem = read(f, P, inputs, ring, limit)
    observed = None if Q is None else _observed(Q, P, ring, numbers)
    chosen = None if sets is None else _chosen(sets, problem.inputs)

    def make(engine: Any) -> Novelty:
        masks = chosen
        if masks is None:
            predicted = engine.predicted_terms(max_order)
            if predicted > limit:
                raise TooLarge("Sets of inputs to look at", predicted, limit)
            masks = tuple(mask for mask in engine.supports(max_order) if mask)
        return Novelty(engine, P, observed, masks, numbers=numbers, ring=ring, limit=limit)

    return problem.shaped(make)


def _observed(Q: Any, P: Law, ring: str, numbers: str) -> Law:
    """Q as a law of P's variables."""
    if not isinstance(Q, Law):
        if isinstance(Q, (str, bytes, Mapping)) or not (isinstance(Q, Iterable) or hasattr(Q, "iloc")):
            raise InvalidArgument(f"Argument 'Q' must be a law or rows of data, not {Q!r}.")
        try:
            Q = Empirical(Q, P.variables, numbers=numbers)
        except (InvalidArgument, InexactError) as error:
            text = str(error).replace("Argument 'rows'", "Argument 'Q'").replace("Argument 'variables'", "Argument 'P'")
            raise type(error)(text) from None
    names = ", ".join(map(str, P.variables)) or "none"
    if missing := [v for v in P.variables if v not in Q.variables]:
        raise UnknownVariable(
            f"Argument 'Q' must be a law of the variables of P ({names}), but it lacks {', '.join(map(str, missing))}."
        )
    if others := [v for v in Q.variables if v not in P.variables]:
        raise UnknownVariable(
            f"Argument 'Q' must be a law of the variables of P ({names}), but it has {', '.join(map(str, others))} too."
        )
    if both := [s for s in Q.parameters if s in P.variables]:
        raise InvalidArgument(f"Argument 'Q' must have parameters that are no variables, but {both[0]} is both.")
    if ring == "exact" and not Q.exact:
        raise InexactError(
            "Argument 'Q' was read from floats (numbers='float64'): pass ring='float64', or read it exactly."
        )
    return Q


def _chosen(sets: Any, inputs: Inputs) -> tuple[int, ...]:
    """Masks of the sets to look at, each once, in the order given."""
    if isinstance(sets, (str, sympy.Symbol)) or not isinstance(sets, Iterable):
        raise InvalidArgument(f"Argument 'sets' must be an iterable of sets of inputs, not {sets!r}.")
    masks = [inputs.mask(() if subset is None else subset, "sets") for subset in sets]
    if not masks:
        raise InvalidArgument("Argument 'sets' must hold at least one set of inputs; it is empty.")
    if not all(masks):
        raise InvalidArgument("Argument 'sets' must hold sets of at least one input, not ∅: its term is the mean of f.")
    return tuple(dict.fromkeys(masks))


class Novelty(Mapping[frozenset[Any], TermNovelty]):
    """What is new against a reference, set by set; made by :func:`novelty`.

    A Mapping S -> :class:`TermNovelty` over the sets that are looked at, in their own order. ``P`` and ``Q`` are the laws
    (Q None where there was none), ``terms`` is the decomposition under P.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> sw.novelty("x*y", P, sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/2")}))
    Novelty over x, y: 3 sets
      under P dependent inputs: {x, y}; under Q independent inputs
      most novel  mean under Q  distance  standardised
      {x, y}             -3/32       1/4          3/17
      {x}                 3/64       1/8          1/15
      {y}                 3/64       1/8          1/15
      A mean of 0 is no proof that nothing is new: the distance compares the whole laws of W_f(X_S).
    """

    def __init__(
        self, engine: Any, P: Law, Q: Law | None, masks: tuple[int, ...], *, numbers: str, ring: str, limit: int
    ) -> None:
        self.P, self.Q, self.inputs, self.numbers, self.ring, self.limit = P, Q, engine.inputs, numbers, ring, limit
        self.terms = GWPD(engine.inputs, engine=engine, limit=limit, inexact=engine.inexact)
        self._engine, self._masks = engine, masks
        self._under_p = TermLaws(engine, P, "P", limit)
        self._found: dict[int, TermNovelty] = {}

    @cached_property
    def _under_q(self) -> TermLaws:
        assert self.Q is not None, "asked for by terms that have a Q"
        return TermLaws(self._engine, self.Q, "Q", self.limit)

    # -- as a Mapping ----------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> TermNovelty:
        return self._term(looked_at(self.inputs, self._masks, key))

    def _term(self, mask: int) -> TermNovelty:
        if mask not in self._found:
            observed = None if self.Q is None else self._laws_under_q
            self._found[mask] = TermNovelty(self.terms, self._under_p, observed, mask, self.ring)
        return self._found[mask]

    def __iter__(self) -> Iterator[frozenset[Any]]:
        return (self.inputs.key(mask) for mask in self._masks)

    def __len__(self) -> int:
        return len(self._masks)

    def __contains__(self, key: object) -> bool:
        try:
            self[key]
        except InvalidArgument:
            return False
        return True

    # -- under Q -----------------------------------------------------------------------------------------------------------

    @cached_property
    def _ranked(self) -> tuple[int, ...]:
        """The sets by descending distance, then |mean|, then their own order; by |mean| alone where laws are no tables."""
        if self.Q is None:
            raise InvalidArgument(
                "Argument 'Q' must be a law or rows to compare P with; this novelty was asked without it."
            )
        sizes = {}
        for mask in tqdm(self._masks, desc="terms", delay=2, leave=False, disable=None):
            term = self._term(mask)
            sizes[mask] = (-_size(term, "distance"), -_size(term, "mean"))
        return tuple(sorted(self._masks, key=sizes.__getitem__))

    def top(self, k: int = 10) -> Ranking:
        """The k most novel sets: by the distance of the laws, then by |mean|."""
        chosen = self._ranked[: whole_number(k, "k", 0)]
        return Ranking(self.inputs, ((self.inputs.key(mask), self._term(mask)) for mask in chosen))

    def table(self) -> list[dict[str, Any]]:
        """A dict a set, the most novel first: set, mean, standardised, distance, total_variation (None where there is none)."""
        rows = []
        for mask in self._ranked:
            term = self._term(mask)
            row: dict[str, Any] = {"set": term.inputs, "mean": term.mean, "standardised": term.standardised}
            try:
                row |= {"distance": term.distance, "total_variation": term.total_variation}
            except (NoClosedForm, InvalidArgument):
                row |= {"distance": None, "total_variation": None}
            rows.append(row)
        return rows

    # -- at observations -----------------------------------------------------------------------------------------------------

    @cached_property
    def _smallest(self) -> Distribution:
        return self._under_p.smallest_tail(self._masks)

    def score(self, observation: Mapping[Any, Any]) -> Score:
        """One observation {variable: exact number} against P: every W_f(x_S) with its exact tails, and what they mean together.

        Points off the support of P are welcome where f is known there. Raises UnknownVariable, InvalidArgument (a variable that
        is missing, a point off the grid of a table or callable) and InexactError (a float: write it as text).

        >>> import symwick as sw
        >>> P = sw.Empirical([(0, 0), (0, 1), (1, 1), (1, 2), (2, 2)], ["x", "y"])
        >>> novelty("x*y", P).score({"x": 2, "y": 0})
        Score of one observation: 3 sets
          a tail this small in any of them: probability 0 under P
          set      value  P(|W| ≥ |·|)  P(W ≥ ·)  P(W ≤ ·)
          {x, y}  -47/25             0         1         0
          {x}      36/25           1/5       1/5         1
          {y}     -24/25           1/5         1       1/5
        """
        needed = self._under_p.used(self._masks)
        found = variable_mapping(observation, self.P.variables, "observation", "the law", "numbers")
        point = {v: to_fraction(value, f"observation[{v}]") for v, value in found.items()}
        if missing := [str(v) for v in needed if v not in point]:
            raise InvalidArgument(
                f"Argument 'observation' must give every variable that is looked at; it lacks {', '.join(missing)}."
            )
        rows = Rows.read([tuple(point[v] for v in needed)], needed, "decimal", "observation")
        terms = {
            mask: TermScore(self._plain(self._under_p.values(mask, rows, "observation")), self._law_of_one(mask))
            for mask in self._masks
        }
        return Score(self.inputs, terms, self._law_of_smallest)

    def _law_of_one(self, mask: int) -> Any:
        return partial(self._under_p.distribution, mask)

    def batch(self, rows: Any) -> Score:
        """The means of W_f(x_S) over m rows against the law of the mean of m independent draws from P, exactly.

        Many rows may be novel together where none is by itself. ``overall`` is for single observations and raises here. The
        tails raise TooLarge where the mean of m draws has too many values: look at fewer rows, or raise ``limit``.

        >>> import symwick as sw
        >>> bits = sw.Independent({v: sw.Bernoulli("1/2") for v in ("x", "y")})
        >>> novelty("x ^ y", bits).batch([(0, 0), (1, 1), (1, 1), (0, 0), (0, 0)])["x", "y"].tail
        Fraction(1, 16)
        """
        read_rows = Rows.read(rows, self.P.variables, self.numbers, "rows")
        m = len(read_rows)
        terms = {
            mask: TermScore(self._plain(self._under_p.values(mask, read_rows, "rows")), self._law_of_mean(mask, m))
            for mask in self._masks
        }
        return Score(self.inputs, terms, None, m)

    def _law_of_mean(self, mask: int, m: int) -> Any:
        return partial(self._mean_law, mask, m)

    def _mean_law(self, mask: int, m: int) -> Distribution:
        return self._under_p.distribution(mask).mean_of(m, limit=self.limit)

    def _law_of_smallest(self) -> Distribution:
        return self._smallest

    def _laws_under_q(self) -> TermLaws:
        return self._under_q

    def _plain(self, values: Values) -> Any:
        """The mean of values at rows: a number, a float in float64, a form where symbols remain."""
        m = len(values)
        if isinstance(values, IntVector):
            return to_number(Fraction(sum(values.numerators.tolist()), values.denominator * m))
        if isinstance(values, BallArray):
            total = values.sum(axis=0).item()
            return total.value / m
        return self._engine.number(sum(values[1:], values[0]) * ratio(1, m))

    def scores(self, rows: Any) -> Scores:
        """Every row against P at once, for many rows: values with bounds of their errors, and tails, in float arrays.

        >>> import symwick as sw
        >>> bits = sw.Independent({v: sw.Bernoulli("1/2") for v in ("x", "y")})
        >>> found = novelty("x*y", bits).scores([(0, 0), (1, 1), (1, 0)])
        >>> [sorted(map(str, S)) for S in found.sets]
        [['x'], ['y'], ['x', 'y']]
        >>> found.values[2].tolist(), found.tails[2].tolist()
        ([0.25, -0.25, -0.25], [1.0, 1.0, 1.0])
        """
        return Scores(self._under_p, self._masks, Rows.read(rows, self.P.variables, self.numbers, "rows"))

    # -- printing ------------------------------------------------------------------------------------------------------------

    def _heads(self) -> list[str]:
        lines = [f"Novelty over {listed(self.inputs.keys, 24, none='no inputs')}: {counted(len(self), 'set')}", *self._said()]
        if self.Q is None:
            lines.append("  no Q to compare with: .score(observation), .batch(rows), .scores(rows)")
        return lines

    def _rows(self, most: int) -> list[list[str]]:
        """A heading and a row for each of the first sets, the most novel ones where not all too many are to be compared."""
        ranked = len(self) <= _RANKED
        rows = [["most novel" if ranked else "set", "mean under Q", "distance", "standardised"]]
        for term in map(self._term, (self._ranked if ranked else self._masks)[:most]):
            name = f"{{{self.inputs.names(term._mask)}}}"
            rows.append([name, _cell(term, "mean"), term.distance_text or "-", _cell(term, "standardised")])
        return rows

    def __repr__(self) -> str:
        lines = self._heads()
        if self.Q is not None and self._masks:
            lines += [table(self._rows(_SHOWN)) + ("\n  …" if len(self) > _SHOWN else ""), f"  {_WARNING}"]
        return bounded("\n".join(lines))

    def _repr_html_(self) -> str:
        title, *lines = self._heads()
        if self.Q is None or not self._masks:
            return html_page(title, html_lines(lines))
        head, *rows = self._rows(MOST_ROWS)
        return html_page(title, html_lines(lines), html_table(rows, head, more=len(self) - len(rows)), html_lines([_WARNING]))

    def _ipython_key_completions_(self) -> list[str]:
        return [str(key) for key in self.inputs.keys]

    def _said(self) -> list[str]:
        """What is said of the dependence of the inputs."""
        laws = [("P", self.P)] + ([("Q", self.Q)] if self.Q is not None else [])
        found = [(name, statement(law, self.inputs)) for name, law in laws]
        return ["  " + "; ".join(f"under {name} {text}" for name, text in found)] if all(t for _, t in found) else []


def _cell(term: TermNovelty, what: str) -> str:
    """A number of a term as text; a dash where it has none."""
    try:
        number = getattr(term, what)
    except (NoClosedForm, TooLarge, InvalidArgument):
        return "-"
    if not isinstance(number, ClosedForm):
        return "∞"
    try:
        return brief(number.value)
    except NotRational:
        return short(number)


def _size(term: TermNovelty, what: str) -> Any:
    """|number| for an order; 0 where it is none."""
    try:
        number = getattr(term, what)
        return abs(number.value if isinstance(number, ClosedForm) else number)
    except (NoClosedForm, NotRational, InvalidArgument):
        return 0
