"""`interaction_check`: ablating inputs together against one at a time, and what that difference adds up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice
from typing import Any

from symwick.algebra.notebook import bounded, cut, dollars, html_lines, html_page, html_table
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_display import form_cell
from symwick.decompose.attribution.ablation import conditioned, to_plain
from symwick.decompose.attribution.dependence import statement
from symwick.decompose.attribution.printed_tables import line
from symwick.decompose.attribution.reference_points import without_known
from symwick.decompose.attribution.restriction import restricted
from symwick.decompose.decomposition import Check, sum_of_forms
from symwick.decompose.groups import absent, input_groups
from symwick.decompose.inputs import Inputs, bits
from symwick.decompose.problem import DEFAULT_LIMIT, read
from symwick.decompose.wick import expectation, gwpd
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument

__all__ = ["InteractionCheck", "Part", "PointCheck", "interaction_check"]

_MOST_INPUTS = 12


@dataclass(frozen=True, repr=False)
class Part:
    """One summand of Δ, ``form``, with its sign.

    ``kind`` is "interaction" for E_{S∖T} ω_T f, T the set ``inputs`` (two or more), and "drift" for
    −(1 − E_{S∖i}) ω_i f, i the one input: how much i's attribution hangs on where the rest of S is.
    """

    kind: str
    inputs: frozenset[Any]
    label: str
    form: ClosedForm

    def __repr__(self) -> str:
        return cut(f"{self.label} = {line(self.form)}")


_SHOWN = 12
"""Parts that are shown."""


@dataclass(frozen=True, repr=False)
class PointCheck:
    """Δ at one point and the signed values of its parts."""

    gap: Any
    parts: Mapping[str, Any]

    @property
    def cancels(self) -> bool:
        """Whether parts of both signs are there, so that Δ shows less than there is."""
        return any(v > 0 for v in self.parts.values()) and any(v < 0 for v in self.parts.values())

    @property
    def hidden(self) -> Any:
        """Σ |part| − |Σ part|: how much cancelled."""
        return to_plain(sum(map(abs, self.parts.values()), 0) - abs(self.gap))

    def __repr__(self) -> str:
        lines = [f"Δ = {self.gap}" + (f"; parts of both signs, {self.hidden} cancelled" if self.cancels else "")]
        return bounded("\n".join([*lines, *(f"  {label}: {value}" for label, value in islice(self.parts.items(), _SHOWN))]))

    def _repr_html_(self) -> str:
        rows = [("Δ", str(self.gap)), *((label, str(value)) for label, value in self.parts.items())]
        return html_page("Interaction check at a point", html_table(rows))


def interaction_check(
    f: Any,
    P: Law,
    S: Any = None,
    *,
    given: Mapping[Any, Any] | None = None,
    inputs: Any = None,
    ring: str = "exact",
    limit: int = DEFAULT_LIMIT,
) -> Any:
    """The cheap check: the effect of ablating S together minus the effects of ablating its members one at a time.

    Δ = (f − E_S f) − Σ_{i∈S} (f − E_i f), the inputs outside S held, ablation by resampling. For two inputs
    Δ = −ω_xy f − 2 K_f(x, y); in general it adds up:

    Δ = Σ_{T⊆S, |T|≥2} E_{S∖T} ω_T f − Σ_{i∈S} (1 − E_{S∖i}) ω_i f

    Its parts may cancel, so that Δ = 0 *at a point* is not absence of interaction; only for two independent inputs is it,
    Δ being −ω_xy f there. Δ = 0 *everywhere* (on the whole product of the supports, with the others held) is: then f is a
    sum of functions of one member of S each, under every law. (Apply E_i: with independent copies, the part of f in
    exactly the members of T enters Δ 1 − |T| times, but for constants.)

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "3/8", (1, 1): "3/8", (0, 1): "1/8", (1, 0): "1/8"}, ["x", "y"])
    >>> found = sw.interaction_check("x*y", P)
    >>> found.gap.at({"x": 1, "y": 1}), found.additive, found.check().ok
    (Fraction(-3, 8), False, True)
    >>> found.gap.at({"x": 1, "y": "1/4"}), sw.gwp("x*y", P).at({"x": 1, "y": "1/4"})     # no gap, and yet
    (0, Fraction(-1, 4))

    Returns an :class:`InteractionCheck`; a tuple or dict of them for vector-valued f. Raises UnknownVariable,
    InvalidArgument (fewer than two inputs in S, or more than twelve; a condition of probability 0), NoClosedForm, TooLarge.
    """
    f, P, inputs, known = conditioned(f, P, given, inputs, limit)
    problem = read(f, P, inputs, ring, limit)
    mask = problem.inputs.mask(S, "S")
    if not mask & (mask - 1):
        raise InvalidArgument(
            f"Argument 'S' must hold at least two inputs, not {problem.inputs.names(mask) or 'none'}: one has no interaction."
        )
    if mask.bit_count() > _MOST_INPUTS:
        raise InvalidArgument(
            f"Argument 'S' must hold at most {_MOST_INPUTS} inputs, not {mask.bit_count()}: Δ has 2^|S| parts."
        )
    return problem.shaped(
        lambda engine: InteractionCheck(
            engine, P, problem.inputs, mask, {"inputs": inputs, "ring": ring, "limit": limit}, known
        )
    )


class InteractionCheck:
    """Δ and its parts, derived when asked for; made by :func:`interaction_check`.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> check = sw.interaction_check("x*y", P)
    >>> check.together, check.gap, check.average, check.conclusive
    (x*y - 1/4, -x*y + 3*x/8 + 3*y/8 - 1/4, -7/32, False)
    >>> [part.label for part in check.parts]
    ['+ω_{x, y} f', '−(1 − E_{y}) ω_{x} f', '−(1 − E_{x}) ω_{y} f']
    """

    def __init__(
        self, engine: Any, law: Law, inputs: Inputs, mask: int, options: dict[str, Any], known: Mapping[Any, Any]
    ) -> None:
        """``options`` are the keyword arguments that means of forms are taken with; ``known`` variables have a value."""
        self.law, self.inputs, self._engine, self._mask, self._options = law, inputs, engine, mask, options
        self._known = known

    @property
    def S(self) -> frozenset[Any]:
        """The inputs that are checked."""
        return self.inputs.key(self._mask)

    @cached_property
    def together(self) -> ClosedForm:
        """f − E_S f: the effect of ablating S at once."""
        form: ClosedForm = self._engine.function() - self._engine.expectation(self._mask)
        return form

    @cached_property
    def alone(self) -> dict[Any, ClosedForm]:
        """f − E_i f for every member of S: the effects of ablating one."""
        f = self._engine.function()
        return {self.inputs.keys[i]: f - self._engine.expectation(1 << i) for i in bits(self._mask)}

    @cached_property
    def gap(self) -> ClosedForm:
        """Δ as a form."""
        return sum_of_forms([(1, self.together), *((-1, form) for form in self.alone.values())]).simplify()

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The interactions and drifts that Δ adds up, those of a reason to be zero left out."""
        return tuple(self._each_part())

    def _first_parts(self) -> list[Part]:
        """The first parts, and one more where there are more: all that a notebook derives."""
        return list(islice(self.__dict__.get("parts") or self._each_part(), _SHOWN + 1))

    def _each_part(self) -> Iterator[Part]:
        for size in range(2, self._mask.bit_count() + 1):
            for members in combinations(bits(self._mask), size):
                subset = sum(1 << i for i in members)
                if not absent(self._engine, subset):
                    form = self._mean(self._engine.fixed(subset), self._mask & ~subset)
                    yield Part("interaction", self.inputs.key(subset), self._label(subset), form)
        for i in bits(self._mask):
            rest = self._mask & ~(1 << i)
            if not absent(self._engine, 1 << i):
                wick = self._engine.fixed(1 << i)
                form = (self._mean(wick, rest) - wick).simplify()
                label = f"−(1 − {self._operator(rest)}) ω_{{{self.inputs.names(1 << i)}}} f"
                yield Part("drift", self.inputs.key(1 << i), label, form)

    def _mean(self, form: ClosedForm, mask: int) -> ClosedForm:
        if not mask:
            return form
        averaged: ClosedForm = expectation(form, self.law, self.inputs.key(mask), **self._options)
        return averaged

    def _operator(self, mask: int) -> str:
        return f"E_{{{self.inputs.names(mask)}}}"

    def _label(self, subset: int) -> str:
        rest = self._mask & ~subset
        return f"+{self._operator(rest) + ' ' if rest else ''}ω_{{{self.inputs.names(subset)}}} f"

    def at(self, point: Mapping[Any, Any]) -> PointCheck:
        """Δ at a point, and the signed value of every part there."""
        f = self._engine.function()
        given = f.checked_point(without_known(point, self._known))
        held = {v: x for v, x in given.items() if v in f.variables and v not in self._members}
        here = {v: x for v, x in given.items() if v in self._members}
        # with the others at the point, E_{S∖T} ω_T f is the term of T in the decomposition over S alone
        law = self.law.marginal(self.inputs.variables(self._mask))
        blocks = {str(k): self.inputs.blocks[i] for i in bits(self._mask) for k in [self.inputs.keys[i]]}
        options = {**self._options, "inputs": blocks}
        terms = gwpd(restricted(f, self.law, held, "point", self._options["limit"]) if held else f, law, **options).at(here)
        names = {str(k): k for k in self.inputs.keys}
        values = {frozenset(names[n] for n in key): value for key, value in terms.items()}
        parts = {}
        everywhere = to_plain(f.at(given))
        for part in self.parts:
            if part.kind == "interaction":
                parts[part.label] = to_plain(values.get(part.inputs, 0))
            else:
                i = self.inputs.mask(part.inputs, "S")
                wick = everywhere - self._engine.expectation(i).at(given)
                parts[part.label] = to_plain(-(wick - values.get(part.inputs, 0)))
        return PointCheck(to_plain(self.gap.at(given)), parts)

    @cached_property
    def _members(self) -> frozenset[Any]:
        return frozenset(self.inputs.variables(self._mask))

    @cached_property
    def average(self) -> ClosedForm:
        """E_P Δ, all inputs drawn from P: for two inputs −2 K_f(x, y); it may be zero where interactions are not."""
        form: ClosedForm = expectation(self.gap, self.law, **{**self._options, "inputs": None})
        return form

    @cached_property
    def additive(self) -> bool:
        """Whether Δ is zero everywhere, decided exactly: then no two members of S interact, under any law."""
        return self.gap.is_zero()

    @cached_property
    def conclusive(self) -> bool:
        """Whether Δ = 0 at a single point means that the interaction there is 0: two inputs, independent."""
        groups = input_groups(self.law, self.inputs, self._mask)
        return self._mask.bit_count() == 2 and len(groups) == 2

    def check(self) -> Check:
        """Whether the parts add up to Δ, exactly."""
        terms = [(1, part.form) for part in self.parts]
        difference = sum_of_forms([*terms, (-1, self.gap)])
        zero = difference.equals(0)
        return Check("Δ = Σ E_{S∖T} ω_T f − Σ (1 − E_{S∖i}) ω_i f", zero, "" if zero else str(difference.simplify()))

    def _verdict(self) -> str:
        if self.gap.inexact:
            return "float64: whether it is zero everywhere is not decided"
        if self.additive:
            return "zero everywhere: no members of S interact"
        if self.conclusive:
            return "independent inputs, so Δ = −ω f: zero at a point means no interaction at that point"
        return "zero at a point does not mean no interaction there: the parts below can cancel"

    def _head(self) -> str:
        rest = self.inputs.names(self.inputs.everything & ~self._mask)
        head = f"Interaction check of {{{self.inputs.names(self._mask)}}}" + (f"; {rest} fixed" if rest else "")
        said = statement(self.law, self.inputs, self._mask)
        return f"{head}; {said}"

    def __repr__(self) -> str:
        parts = self._first_parts()
        lines = [self._head(), f"  Δ = {line(self.gap)}", f"  {self._verdict()}"]
        lines += [f"  {part.label} = {line(part.form)}" for part in parts[:_SHOWN]]
        return bounded("\n".join([*lines, "  …"] if len(parts) > _SHOWN else lines))

    def _repr_html_(self) -> str:
        parts = self._first_parts()
        rows = [("Δ", form_cell(self.gap)), *((part.label, form_cell(part.form)) for part in parts[:_SHOWN])]
        return html_page(self._head(), html_lines([self._verdict()]), html_table(rows, more="…" if len(parts) > _SHOWN else 0))

    def _repr_latex_(self) -> str | None:
        return None if self.gap._repr_latex_() is None else dollars(rf"\Delta = {self.gap.latex()}")
