"""Generalized Wick products ω_S f and the decomposition f(x) = Σ_S W_f(x_S)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tqdm import tqdm

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import to_flint, whole_number
from symwick.algebra.symbolic import Symbolic, number_or_expression
from symwick.circuits.closed_form import ClosedForm
from symwick.decompose.attribution.dependence import statement
from symwick.decompose.by_set import BySet, Ranking
from symwick.decompose.concentration import Concentration
from symwick.decompose.decomposition import Decomposition
from symwick.decompose.groups import absent
from symwick.decompose.inputs import Inputs
from symwick.decompose.integrate import Integrator
from symwick.decompose.problem import DEFAULT_LIMIT, read
from symwick.decompose.second_moments import mean_square
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument

__all__ = ["GWPD", "expectation", "gwp", "gwpd"]


def expectation(
    f: Any,
    P: Law,
    over: Any = None,
    *,
    inputs: Any = None,
    ring: str = "exact",
    limit: int = DEFAULT_LIMIT,
    output: Any = None,
) -> Any:
    """E_B f: the inputs ``over`` drawn together from their joint marginal and averaged, the others held.

    ``over=None`` takes all inputs and gives the number E f. Source: arXiv 2310.06686, section 2.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> sw.expectation("x*y", P), sw.expectation("x*y", P, over="x")
    (1/4, 3*y/8)

    Raises UnknownVariable, InexactError, NoClosedForm, TooLarge (see ``limit``).
    """
    problem = read(f, P, inputs, ring, limit, output)
    mask = problem.inputs.mask(over, "over")

    def make(engine: Any) -> ClosedForm:
        form: ClosedForm = engine.expectation(mask)
        form.notation = r"\mathbb{E} f" if over is None else rf"\mathbb{{E}}_{{\{{{engine.inputs.latex(mask)}\}}}} f"
        return form

    return problem.shaped(make)


def _fixed(inputs: Inputs, mask: int) -> str:
    """ω_S f in LaTeX."""
    return rf"\omega_{{\{{{inputs.latex(mask)}\}}}} f" if mask else "f"


def _average(inputs: Inputs, mask: int) -> str:
    """W_f(x_S) in LaTeX."""
    return rf"W_f(x_{{\{{{inputs.latex(mask)}\}}}})" if mask else r"\mathbb{E} f"


def gwp(
    f: Any,
    P: Law,
    of: Any = None,
    *,
    others: str = "fixed",
    inputs: Any = None,
    ring: str = "exact",
    limit: int = DEFAULT_LIMIT,
    output: Any = None,
) -> Any:
    """The generalized Wick product ω_S f: how much f at this input owes to the inputs in S together.

    ω_S f = f − Σ_{T⊊S} E_{S∖T} ω_T f. ``of`` is S (None: all inputs). The other inputs are held at the point
    (``others="fixed"``), or averaged over their joint law (``others="average"``): W_f(x_S) = E_{[n]∖S} ω_S f.
    Source: arXiv 2310.06686; the inputs may depend on each other in any way.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> sw.gwp("x*y", P)                 # (x - E x)(y - E y) - Cov(x, y)
    (x - 3/8)*(y - 3/8) - 7/64
    >>> sw.gwp("x*y", P, "x"), sw.gwp("x*y", P, "x", others="average")
    (y*(x - 3/8), 3*(x - 3/8)/8)

    Returns a ClosedForm; a tuple or dict of them for vector-valued f. Raises UnknownVariable, InvalidArgument,
    InexactError, TooLarge.
    """
    if others not in ("fixed", "average"):
        raise InvalidArgument(f"Argument 'others' must be 'fixed' or 'average', not {others!r}.")
    problem = read(f, P, inputs, ring, limit, output)
    mask = problem.inputs.mask(of, "of")

    return problem.shaped(lambda engine: _term(engine, mask, held=others == "fixed"))


def _term(engine: Any, mask: int, *, held: bool) -> ClosedForm:
    """ω_S f with the other inputs held, or W_f(x_S); 0 with the reason where that is a structural zero."""
    reason = absent(engine, mask)
    if reason:
        form = ClosedForm.constant(0, known=engine.law.variables, reason=reason)
    else:
        form = engine.fixed(mask) if held else engine.average(mask)
    form.notation = _fixed(engine.inputs, mask) if held else _average(engine.inputs, mask)
    return form


def gwpd(
    f: Any,
    P: Law,
    *,
    max_order: int | None = None,
    inputs: Any = None,
    ring: str = "exact",
    limit: int = DEFAULT_LIMIT,
    output: Any = None,
) -> Any:
    """The generalized Wick product decomposition f(x) = Σ_S W_f(x_S), as a Mapping S -> W_f(x_S).

    ``max_order`` keeps the sets of at most so many inputs. Keys are frozensets of Symbols (or of block names); ∅ is always
    there and is E f. Under independence this is the Hoeffding, Sobol or functional-ANOVA decomposition.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> D = sw.gwpd("x*y", P)
    >>> D["x", "y"]
    (x - 3/8)*(y - 3/8) - 7/64
    >>> D.check()
    f(x) = Σ_S W_f(x_S): holds exactly

    Source: arXiv 2310.06686. Returns a :class:`GWPD`; a tuple or dict of them for vector-valued f. Raises UnknownVariable,
    InvalidArgument, InexactError, NoClosedForm, TooLarge.
    """
    if max_order is not None:
        whole_number(max_order, "max_order", 0)
    problem = read(f, P, inputs, ring, limit, output)
    return problem.shaped(
        lambda engine: GWPD(problem.inputs, engine=engine, limit=limit, max_order=max_order, inexact=engine.inexact)
    )


class GWPD(Decomposition):
    """f(x) = Σ_S W_f(x_S); made by :func:`gwpd`.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> D = sw.gwpd("x*y", P)
    >>> D
    GWPD over x, y
      ∅: 1/4
      {x}: 3*(x - 3/8)/8
      {y}: 3*(y - 3/8)/8
      {x, y}: (x - 3/8)*(y - 3/8) - 7/64
    >>> D["x", "y"].at({"x": 1, "y": 1}), list(D.at({"x": 1, "y": 1}).values())
    (Fraction(9, 32), [Fraction(1, 4), Fraction(15, 64), Fraction(15, 64), Fraction(9, 32)])
    """

    kind = "gwpd"
    rule = "f(x) = Σ_S W_f(x_S)"
    _instead = "Ask for single terms, D[S], or for low orders, max_order=."

    def __init__(self, *args: Any, max_order: int | None = None, **about: Any) -> None:
        super().__init__(*args, **about)
        self.max_order = max_order

    def _read_key(self, key: Any) -> int:
        return self.inputs.mask(() if key is None else key, "S")

    def _write_key(self, key: int) -> frozenset[Any]:
        return self.inputs.key(key)

    def _keys(self) -> Iterator[int]:
        if self._engine is None:
            yield from sorted(
                self._given, key=lambda m: (m.bit_count(), [i for i in range(m.bit_length()) if m >> i & 1])
            )
            return
        yield from self._engine.supports(self.max_order)
        for mask in self._given:
            if not self._engine.occurs(mask):
                yield mask  # a structural zero that the user has put a term for

    def __contains__(self, key: Any) -> bool:
        try:
            mask = self._read_key(key)
        except InvalidArgument:
            return False
        if self._engine is None or mask in self._given:
            return mask in self._given
        return bool(self._engine.occurs(mask)) and (self.max_order is None or mask.bit_count() <= self.max_order)

    def _derive(self, key: int) -> ClosedForm:
        return _term(self._engine, key, held=False)

    def _with_terms(self, given: dict[Any, ClosedForm]) -> GWPD:
        return GWPD(
            self.inputs, engine=self._engine, limit=self.limit, terms=given, target=self._target, inexact=self.inexact,
            max_order=self.max_order, parameters=self._parameters,
        )  # fmt: skip

    def _key_text(self, key: int) -> str:
        return "{" + self.inputs.names(key) + "}" if key else "∅"

    def _key_latex(self, key: int) -> str:
        return _average(self.inputs, key)

    def _order(self, key: int) -> int:
        return key.bit_count()

    def _predicted(self) -> int:
        return int(self._engine.predicted_terms(self.max_order)) if self._engine else len(self._given)

    @property
    def target(self) -> ClosedForm:
        """f itself."""
        if self._target is None:
            self._target = self._engine.function()
        return self._target

    def _engine_rule_holds(self) -> bool:
        if self.max_order is not None and any(mask.bit_count() > self.max_order for mask in self._engine.maximal):
            raise InvalidArgument(
                f"The sum rule needs all orders; this decomposition stops at max_order={self.max_order}."
            )
        return bool(self._engine.sum_rule_holds())

    # -- values at a point -------------------------------------------------------------------------------------------------------

    def at(self, point: Mapping[Any, Any]) -> BySet:
        """The values of all terms at one point, together, in the order of iteration: a dict that also answers to names.

        >>> import symwick as sw
        >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
        >>> values = sw.gwpd("x*y", P).at({"x": 1, "y": 1})
        >>> values, values["x", "y"]
        ({∅: 1/4, {x}: 15/64, {y}: 15/64, {x, y}: 9/32}, Fraction(9, 32))
        """
        self._guard("Terms to evaluate")
        keys = list(self._keys())
        given = self.target.checked_point(point)
        if self._engine is None or self._given or not self._engine.can_evaluate(given):
            bar = tqdm(keys, desc="terms", delay=2, leave=False, disable=None)
            return BySet(self.inputs, ((self.inputs.key(key), self._term(key).at(point)) for key in bar))
        values = self._engine.values_at(given, keys)
        # a term with symbols in its value says so itself
        plain = (self._term(key).at(point) if isinstance(values[key], Symbolic) else _plain(values[key]) for key in keys)
        return BySet(self.inputs, zip(map(self.inputs.key, keys), plain, strict=True))

    def top(self, point: Mapping[Any, Any], k: int = 10) -> Ranking:
        """The k terms that are largest in absolute value at a point, as (S, value); ∅, the mean, is not among them."""
        values = [(key, value) for key, value in self.at(point).items() if key]
        order = {key: i for i, (key, _) in enumerate(values)}
        return Ranking(self.inputs, sorted(values, key=lambda item: (-abs(item[1]), order[item[0]]))[:k])

    def concentration(self, at: Mapping[Any, Any] | None = None, *, limit: int | None = None) -> Concentration:
        """How the decomposition spreads over orders and sets: E[W_f(X_S)²] under P, or |W_f(x_S)| at a point.

        Raises TooLarge above ``limit`` terms, or products in the square of one; by default that of the decomposition.
        """
        if limit is not None:
            whole_number(limit, "limit", 1)
        if at is not None:
            here = BySet(self.inputs, ((key, abs(value)) for key, value in self.at(at).items() if key))
            return Concentration("|W_f(x_S)| at the point", here)
        if self._engine is None:
            raise InvalidArgument("A loaded decomposition has no law: pass at=, a point.")
        self._guard("Terms to square", limit)
        keys = [key for key in self._keys() if key]
        bar = tqdm(keys, desc="second moments", delay=2, leave=False, disable=None)
        said = statement(self._engine.law, self.inputs)
        note = f"{said}: terms overlap, the sizes do not add up to Var f" if said.startswith("dependent") else ""
        sizes = BySet(self.inputs, ((self.inputs.key(key), self._second_moment(key, limit)) for key in bar))
        return Concentration("E[W_f(X_S)²]", sizes, note)

    def second_moment(self, S: Any, *, limit: int | None = None) -> ClosedForm:
        """E[W_f(X_S)²] under P as a form, parameters included; under independence Var f is their sum over S ≠ ∅.

        >>> import symwick as sw
        >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
        >>> sw.gwpd("a*x", P).second_moment("x")
        15*a**2/64

        Raises InvalidArgument (a loaded decomposition), TooLarge (a square of more than ``limit`` products, by default that of
        the decomposition).
        """
        if limit is not None:
            whole_number(limit, "limit", 1)
        if self._engine is None:
            raise InvalidArgument("A loaded decomposition has no law, so its terms have no second moments.")
        form: ClosedForm = self._engine.number(self._square(self._read_key(S), limit))
        return form

    def _square(self, key: int, limit: int | None) -> Any:
        if key in self._given:
            return mean_square(self._term(key), Integrator(self._engine.law), limit or self.limit)
        if self._engine.occurs(key):
            return self._engine.second_moment(key, limit)
        return Ball(0.0, 0.0) if self._engine.inexact else to_flint(0)

    def _second_moment(self, key: int, limit: int | None) -> Any:
        value = self._square(key, limit)
        if isinstance(value, Symbolic):
            form = self._engine.number(value)
            if form.parameters:
                names = ", ".join(map(str, form.parameters))
                raise InvalidArgument(f"The size of a term needs numbers, but the parameters {names} remain.")
        return _plain(value)

    @property
    def coefficients(self) -> Any:
        """For a tabulated f: the array c of the product basis, one axis a used input; with bits W_f = c_S · w_S.

        Floats in a float64 decomposition (see ``coefficient_bounds``), exact numbers else.
        """
        return self._tabulated().coefficient_array()

    @property
    def coefficient_bounds(self) -> Any:
        """Rigorous bounds of the errors of ``coefficients``, computed when asked for; zeros where they are exact."""
        return self._tabulated().coefficient_bounds()

    def _tabulated(self) -> Any:
        if not hasattr(self._engine, "coefficient_array"):
            raise InvalidArgument("Only a decomposition of a table or callable has an array of coefficients.")
        return self._engine


def _plain(element: Any) -> Any:
    return element.value if isinstance(element, Ball) else number_or_expression(element)
