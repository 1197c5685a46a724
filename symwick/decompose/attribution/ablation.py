"""`ablate`: what f loses when some inputs are resampled, put at their mean, or knocked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy

from symwick.algebra.notebook import bounded, html_lines, html_page, html_table
from symwick.algebra.numbers import Number, to_number
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.equality import expanded_terms
from symwick.circuits.form_display import form_cell
from symwick.circuits.leaves import INDICATOR
from symwick.circuits.variables import variable_mapping
from symwick.decompose.attribution.dependence import statement
from symwick.decompose.attribution.printed_tables import line
from symwick.decompose.attribution.reference_points import point_at, without_known
from symwick.decompose.attribution.restriction import restricted
from symwick.decompose.inputs import Inputs, bits
from symwick.decompose.problem import DEFAULT_LIMIT, Problem, read
from symwick.decompose.wick import expectation
from symwick.distributions.independent import Independent
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, NotRational, SymwickError

__all__ = ["Ablation", "ablate", "conditioned", "to_plain"]

RESAMPLE, MEAN = "resample", "mean"

_MOST_GATES, _MOST_TERMS = 200, 60
"""Up to which an effect is written anew to be shorter: a few milliseconds of work."""


@dataclass(frozen=True)
class _Plan:
    """What happens to which input: masks of resampled ones, drawn block by block, and values of the others."""

    ablated: int
    draws: tuple[int, ...]
    values: dict[sympy.Symbol, Any]
    told: tuple[str, ...]


def ablate(
    f: Any,
    P: Law,
    how: Mapping[Any, Any],
    at: Mapping[Any, Any] | None = None,
    *,
    others: str = "fixed",
    draws: Any = "joint",
    given: Mapping[Any, Any] | None = None,
    inputs: Any = None,
    ring: str = "exact",
    limit: int = DEFAULT_LIMIT,
) -> Any:
    """The effect of ablating inputs: f − A f, where A replaces each input that ``how`` names.

    ``how`` maps inputs (blocks with ``inputs=``) to ``"resample"`` (a fresh draw, averaged), ``"mean"`` (every variable at
    its mean under P) or ``0`` or any other exact value (knock-out; for a block one value for all its variables, or a
    mapping). All at once: A f = E_R f(x with x_R redrawn, means and values put in).

    - ``draws`` says how several resampled inputs are drawn: ``"joint"``, together from their joint marginal, E_R;
      ``"independent"``, each from its own, Π E_i; or a partition of them, a block drawn together. Under dependence these
      differ. A draw never looks at the inputs that stay.
    - ``others="fixed"`` holds the other inputs at the point; ``"average"`` averages the effect over their joint marginal.
    - ``at`` is the reference input for ``.value``; without it ``.effect`` is the form, ``.at(point)`` its values, and
      ``.mean`` the effect averaged over all inputs drawn from P.
    - ``given``, values of further variables, asks the whole question under P conditioned on them.

    Source: the ablations of the post behind arXiv 2310.06686; E_B is resampling.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> lost = sw.ablate("x*y", P, {"x": "resample", "y": 0}, at={"x": 1, "y": 1})
    >>> lost.value, lost.mean.value
    (1, Fraction(1, 4))
    >>> sw.ablate("x*y", P, {"x": "mean"}).effect
    x*y - 3*y/8

    Returns an :class:`Ablation`; a tuple or dict of them for vector-valued f. Raises UnknownVariable, InvalidArgument
    (an ablation that is none, a condition of probability 0, a table without a value where it is put), InexactError,
    NoClosedForm, TooLarge.
    """
    if at is not None and not isinstance(at, Mapping):
        raise InvalidArgument(f"Argument 'at' must map variables to values, not be {at!r}.")
    if others not in ("fixed", "average"):
        raise InvalidArgument(f"Argument 'others' must be 'fixed' or 'average', not {others!r}.")
    f, P, inputs, known = conditioned(f, P, given, inputs, limit)
    problem = read(f, P, inputs, ring, limit)
    plan = _plan(how, draws, P, problem.inputs)
    law, over = _drawn(P, problem.inputs, plan)
    after = read(restricted(f, P, plan.values, "how", limit), law, inputs, ring, limit)
    mask = after.inputs.mask(over, "how")

    def make(pair: tuple[Any, Any]) -> Ablation:
        engine, ablated = pair
        form = ablated.expectation(mask)
        rest = problem.inputs.everything & ~plan.ablated if others == "average" else 0
        left = form if not rest else expectation(form, P, problem.inputs.key(rest), inputs=inputs, ring=ring, limit=limit)
        mean = expectation(form, P, ring=ring, limit=limit)
        return Ablation(
            before=engine.expectation(rest), after=left, plan=plan, others=others, law=P, inputs=problem.inputs,
            known=known, point=None if at is None else dict(at), mean=engine.number(engine.mean()) - mean,
        )  # fmt: skip

    pairs = tuple(zip(problem.engines, after.engines, strict=True))
    return Problem(P, problem.inputs, pairs, problem.names).shaped(make)


def conditioned(f: Any, P: Law, given: Any, inputs: Any, limit: int) -> tuple[Any, Law, Any, dict[sympy.Symbol, Number]]:
    """f and P under the condition that variables have ``given`` values; the blocks without them; the values.

    Raises InvalidArgument where the condition has probability 0.
    """
    if given is None or not isinstance(P, Law):
        return f, P, inputs, {}
    known = {
        v: to_number(value, f"given[{v}]") for v, value in variable_mapping(given, P.variables, "given", "the law").items()
    }
    try:
        law = P.condition(known)
    except InvalidArgument as error:
        raise InvalidArgument(str(error).replace("Argument 'event'", "Argument 'given'")) from None
    if isinstance(inputs, Mapping):
        blocks = Inputs.of(P.variables, inputs)
        left = {key: [v for v in block if v not in known] for key, block in zip(blocks.keys, blocks.blocks, strict=True)}
        inputs = {key: block for key, block in left.items() if block}
    return restricted(f, P, known, "given", limit), law, inputs, known


def _plan(how: Any, draws: Any, law: Law, inputs: Inputs) -> _Plan:
    if not isinstance(how, Mapping):
        raise InvalidArgument(f"Argument 'how' must map inputs to 'resample', 'mean' or a value, not be {how!r}.")
    if not how:
        raise InvalidArgument("Argument 'how' must ablate at least one input; it is empty.")
    ablated = resampled = 0
    values: dict[sympy.Symbol, Any] = {}
    told = []
    for name, what in how.items():
        position = inputs.position(name, "how")
        if ablated >> position & 1:
            raise InvalidArgument(f"Argument 'how' must name each input once, but {inputs.keys[position]} comes twice.")
        ablated |= 1 << position
        block = inputs.blocks[position]
        if isinstance(what, str) and what == RESAMPLE:
            resampled |= 1 << position
            told.append(f"{inputs.keys[position]} resampled")
        elif isinstance(what, str) and what == MEAN:
            put = {v: _mean(law, v) for v in block}
            values |= put
            told.append(f"{inputs.keys[position]} at its mean {_shown(put)}")
        else:
            put = _knocked_out(what, inputs.keys[position], block, law)
            values |= put
            told.append(f"{inputs.keys[position]} at {_shown(put)}")
    return _Plan(ablated, _draws(draws, resampled, inputs), values, tuple(told))


def _mean(law: Law, variable: sympy.Symbol) -> Any:
    """The mean of a variable; that of a law read from floats is put in as the float that it is."""
    mean = law.moment([variable])
    return to_number(Fraction(mean)) if isinstance(mean, float) else mean


def _shown(put: Mapping[sympy.Symbol, Any]) -> str:
    return str(*put.values()) if len(put) == 1 else "(" + ", ".join(f"{v} = {x}" for v, x in put.items()) + ")"


def _knocked_out(what: Any, name: Any, block: tuple[sympy.Symbol, ...], law: Law) -> dict[sympy.Symbol, Any]:
    if isinstance(what, Mapping):
        put = variable_mapping(what, block, f"how[{name}]", f"the block {name}")
        if missing := [v for v in block if v not in put]:
            raise InvalidArgument(f"Argument 'how[{name}]' must give a value for {missing[0]}.")
        return {v: _value(x, name, law) for v, x in put.items()}
    value = _value(what, name, law)
    return dict.fromkeys(block, value)


def _value(what: Any, name: Any, law: Law) -> Any:
    """A knock-out value: an exact number, or a sympy expression in parameters."""
    if isinstance(what, sympy.Expr) and not isinstance(what, (sympy.Rational, sympy.Float)):
        if own := sorted({s.name for s in what.free_symbols} & {v.name for v in law.variables}):
            raise InvalidArgument(f"Argument 'how' must not put {name} at an expression in the variable {own[0]}.")
        if what.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I):
            raise InvalidArgument(f"Argument 'how' must put {name} at a finite real value, not {what}.")
        return what
    if isinstance(what, str):
        try:
            return to_number(what, "how")
        except SymwickError:
            pass
        raise InvalidArgument(f"Argument 'how' must say 'resample', 'mean' or an exact value for {name}, not {what!r}.")
    if what is None or (not isinstance(what, (float, int, Fraction)) and not hasattr(what, "__float__")):
        raise InvalidArgument(f"Argument 'how' must say 'resample', 'mean' or an exact value for {name}, not {what!r}.")
    return to_number(what, f"how[{name}]")


def _draws(draws: Any, resampled: int, inputs: Inputs) -> tuple[int, ...]:
    """The blocks of resampled inputs that are drawn together, as masks."""
    if isinstance(draws, str):
        if draws not in ("joint", "independent"):
            raise InvalidArgument(
                f"Argument 'draws' must be 'joint', 'independent' or a partition of the resampled inputs, not {draws!r}."
            )
        if draws == "independent":
            return tuple(1 << i for i in bits(resampled))
        return (resampled,) if resampled else ()
    if not isinstance(draws, Iterable):
        raise InvalidArgument(
            f"Argument 'draws' must be 'joint', 'independent' or a partition of the resampled inputs, not {draws!r}."
        )
    masks = [inputs.mask(block, "draws") for block in draws]
    total = sum(masks)
    if total != resampled or not all(masks) or sum(m.bit_count() for m in masks) != resampled.bit_count():
        raise InvalidArgument(
            f"Argument 'draws' must put each resampled input ({inputs.names(resampled) or 'none'}) in one block, "
            f"not be {[sorted(map(str, inputs.key(m))) for m in masks]}."
        )
    return tuple(masks)


def _drawn(P: Law, inputs: Inputs, plan: _Plan) -> tuple[Law, Any]:
    """The law under which one mean over the resampled inputs is A, and these inputs.

    Blocks that are drawn apart are put side by side independently; a single block needs no new law.
    """
    over = inputs.key(sum(plan.draws))
    if len(plan.draws) < 2:
        return P, over
    laws = [P.marginal(inputs.variables(mask)) for mask in plan.draws]
    taken = {v for law in laws for v in law.variables}
    rest = [v for v in P.variables if v not in taken]
    return Independent([*laws, *([P.marginal(rest)] if rest else [])]), over


class Ablation:
    """The effect f − A f of an ablation; made by :func:`ablate`.

    ``before`` and ``after`` are f and A f (averaged over the other inputs where that was asked for), ``effect`` their
    difference, ``mean`` the effect averaged over all inputs drawn from P, E[f(X) − (A f)(X)].

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> lost = sw.ablate("x*y", P, {"x": "resample"}, at={"x": 1, "y": 1})
    >>> lost.before, lost.after, lost.effect
    (x*y, 3*y/8, x*y - 3*y/8)
    >>> lost.value, lost.at({"x": 1, "y": 0}), lost.mean.value
    (Fraction(5, 8), 0, Fraction(7, 64))
    """

    def __init__(
        self,
        *,
        before: ClosedForm,
        after: ClosedForm,
        plan: _Plan,
        others: str,
        law: Law,
        inputs: Inputs,
        known: Mapping[sympy.Symbol, Number],
        point: Mapping[Any, Any] | None,
        mean: ClosedForm,
    ) -> None:
        self.before, self.after, self.mean, self.others = before, after, mean, others
        self.law, self.inputs, self.point = law, inputs, point
        self._plan, self._known = plan, known
        if point is not None:
            try:
                given = without_known(point, known)
            except InvalidArgument as error:
                raise InvalidArgument(str(error).replace("Argument 'point'", "Argument 'at'")) from None
            for form in (before, after):
                point_at(form, given)

    @cached_property
    def effect(self) -> ClosedForm:
        """f − A f as a form; where it is small, multiplied out or factored if that is shorter."""
        return _tidied(self.before - self.after)

    def at(self, point: Mapping[Any, Any]) -> Any:
        """The effect at a reference input: int or Fraction, a float in float64."""
        given = without_known(point, self._known)
        return to_plain(self.before.at(given) - self.after.at(given))

    @property
    def value(self) -> Any:
        """The effect at the reference input ``at``, or the number that the effect is everywhere."""
        return self.effect.value if self.point is None else self.at(self.point)

    @property
    def draws(self) -> frozenset[frozenset[Any]]:
        """The resampled inputs, in blocks that are drawn together."""
        return self.inputs.partition_key(self._plan.draws)

    def _told(self) -> list[str]:
        """What is ablated, and how: a heading, and lines under it."""
        stay = self.inputs.everything & ~self._plan.ablated
        rest = self.inputs.names(stay)
        where = f"; {rest} {'fixed' if self.others == 'fixed' else 'averaged'}" if rest else ""
        lines = [f"Ablation: {', '.join(self._plan.told)}{where}"]
        if self._known:
            lines.append("  given " + ", ".join(f"{v} = {x}" for v, x in self._known.items()))
        if sum(self._plan.draws).bit_count() > 1:
            blocks = ", ".join("{" + self.inputs.names(mask) + "}" for mask in self._plan.draws)
            lines.append(f"  drawn {'together' if len(self._plan.draws) == 1 else 'apart'}: {blocks}")
        said = statement(self.law, self.inputs)
        if said.startswith("dependent") and self._plan.draws and stay:
            said += "; a draw does not look at the inputs that stay"
        return lines + ([f"  {said}"] if said else [])

    def _where(self) -> str:
        return ", ".join(f"{v} = {x}" for v, x in (self.point or {}).items())

    def __repr__(self) -> str:
        lines = [*self._told(), f"  effect: {line(self.effect, 100)}"]
        if self.point is not None:
            lines.append(f"  at {self._where()}: {self._value_text()}")
        return bounded("\n".join([*lines, f"  on average: {line(self.mean, 100)}"]))

    def _repr_html_(self) -> str:
        title, *lines = self._told()
        here = [(f"at {self._where()}", self._value_text())] if self.point is not None else []
        rows = [("effect", form_cell(self.effect)), *here, ("on average", form_cell(self.mean))]
        return html_page(title, html_lines(lines), html_table(rows))

    def _value_text(self) -> str:
        try:
            return str(self.value)
        except NotRational:  # parameters remain
            given = without_known(self.point, self._known)
            return line(self.effect.subs({v: given[k] for v in self.effect.variables for k in given if str(k) == v.name}), 100)

    def latex(self) -> str:
        """LaTeX of the effect."""
        return self.effect.latex()

    def _repr_latex_(self) -> str | None:
        return self.effect._repr_latex_()


def _tidied(form: ClosedForm) -> ClosedForm:
    """The shorter writing of a small form: 1 − xy − (1 − y/2) is y/2 − xy."""
    if form.inexact or any(leaf.kind == INDICATOR for leaf in form.leaves.values()):
        return form
    circuit = form.circuit
    if len(circuit) > _MOST_GATES or expanded_terms(circuit) > _MOST_TERMS:
        return form
    shorter = form.simplify()
    return shorter if len(str(shorter)) < len(str(form)) else form


def to_plain(value: Any) -> Any:
    """int where a Fraction is one; floats as they are."""
    return value if isinstance(value, float) else to_number(value)
