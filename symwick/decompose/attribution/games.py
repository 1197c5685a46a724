"""Two attributions to single inputs that must not be mixed up: Shapley values of the terms W_f, and those of a game.

The *game* is v(S) = E[f(x_S, X_−S)]: the inputs in S held at the point, all others drawn together from their joint marginal,
not from their law given x_S. Its Möbius values m(S) = Σ_{T⊆S} (−1)^{|S∖T|} v(T) are the terms W_f(x_S) where the inputs are
independent, and only there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from symwick.algebra.balls import Ball
from symwick.algebra.notebook import bounded, html_lines, html_page, listed
from symwick.algebra.numbers import from_flint, ratio, to_flint
from symwick.algebra.symbolic import Symbolic
from symwick.circuits.arithmetic import combined
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.node_ring import Linear
from symwick.decompose.attribution.by_input import ByInput
from symwick.decompose.attribution.dependence import dependent_inputs, statement
from symwick.decompose.attribution.game_values import (
    form_of_products,
    values_of_forms,
    values_of_products,
    values_of_table,
    weights_of_values,
)
from symwick.decompose.attribution.reference_points import point_at
from symwick.decompose.by_set import BySet
from symwick.decompose.groups import absent
from symwick.decompose.problem import DEFAULT_LIMIT, read
from symwick.decompose.table_terms import TableTerms
from symwick.distributions.law import Law
from symwick.errors import TooLarge

__all__ = ["Game", "game", "shapley_of_terms"]

Point = Mapping[Any, Any]


def shapley_of_terms(
    f: Any, P: Law, at: Point | None = None, *, inputs: Any = None, ring: str = "exact", limit: int = DEFAULT_LIMIT
) -> Any:
    """φ_i = Σ_{S∋i} W_f(x_S) / |S|: every term of the decomposition shared out equally among its inputs.

    They sum to f(x) − E f. Closed forms by input, or exact numbers at a point. These are the Shapley values of the game
    v(S) = E[f(x_S, X_−S)] (see :func:`game`) where the inputs are independent; under dependence they are other numbers.
    Sources: L. S. Shapley, *A value for n-person games* (1953); arXiv 2310.06686 for the terms.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> shapley_of_terms("x*y", P, {"x": 1, "y": 1})
    {x: Fraction(3, 8), y: Fraction(3, 8)}
    >>> shapley_of_terms("2*x + x*y", sw.Independent({"x": sw.Normal(), "y": sw.Normal()}))["x"]
    x*y/2 + 2*x

    Raises UnknownVariable, InexactError, NoClosedForm, NotRational (a point where symbols remain), TooLarge.
    """
    problem = read(f, P, inputs, ring, limit)

    def make(engine: Any) -> ByInput:
        _guard(engine, limit)
        masks = [mask for mask in engine.supports(None) if mask]
        weights = [
            {mask: ratio(1, mask.bit_count()) for mask in masks if mask >> i & 1} for i in range(len(engine.inputs))
        ]
        if at is None:
            terms = {mask: engine.average(mask) for mask in masks}
            return _by_input(engine, weights, lambda w: _weighted_forms(engine, terms, w))
        point = point_at(engine.function(), at)
        if engine.can_evaluate(point):
            values = engine.values_at(point, masks)
        else:
            values = {mask: engine.average(mask)._element(point) for mask in masks}
        return _by_input(engine, weights, lambda w: _number(engine, _weighted_sum(values, w)))

    return problem.shaped(make)


def game(f: Any, P: Law, *, inputs: Any = None, ring: str = "exact", limit: int = DEFAULT_LIMIT) -> Any:
    """The game v(S) = E[f(x_S, X_−S)] with its Möbius values, Shapley values and Shapley interactions, exactly.

    X_−S is drawn from its joint marginal ("interventional", "marginal" game), not from its law given X_S = x_S. Sources: J. C.
    Harsanyi (1963) for the dividends m(S); M. Grabisch and M. Roubens, *An axiomatic approach to the concept of interaction
    among players in cooperative games* (1999); S. M. Lundberg and S.-I. Lee (2017) for such games of functions.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> v = game("x*y", P)
    >>> v
    Game v(S) = E[f(x_S, X_-S)] over x, y: dependent inputs: {x, y}
      X_-S is drawn from its joint marginal, not given x_S.
      Under dependence its Möbius values are not the terms W_f(x_S).
    >>> v.value("x"), v.moebius(["x", "y"]), v.shapley({"x": 1, "y": 1})
    (3*x/8, x*y - 3*x/8 - 3*y/8 + 1/4, {x: Fraction(3, 8), y: Fraction(3, 8)})

    Returns a Game; a tuple or dict of them for vector-valued f. Raises UnknownVariable, InexactError, TooLarge.
    """
    problem = read(f, P, inputs, ring, limit)
    return problem.shaped(lambda engine: Game(engine, limit))


class Game:
    """v(S) = E[f(x_S, X_−S)]; made by :func:`game`. Every method gives a closed form, or a number at a point ``at``.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> v = sw.game("x*y", P)
    >>> v.shapley({"x": 1, "y": 1}), v.shapley_interaction(["x", "y"])
    ({x: Fraction(3, 8), y: Fraction(3, 8)}, x*y - 3*x/8 - 3*y/8 + 1/4)
    """

    def __init__(self, engine: Any, limit: int = DEFAULT_LIMIT) -> None:
        self.inputs, self.limit = engine.inputs, limit
        self._engine = engine
        self._points: dict[tuple[Any, ...], dict[int, Any]] = {}

    # -- values ------------------------------------------------------------------------------------------------------

    def value(self, S: Any, at: Point | None = None) -> Any:
        """v(S): the inputs in S held, the others drawn together from their joint marginal."""
        mask = self.inputs.mask(() if S is None else S, "S")
        form: ClosedForm = self._engine.expectation(self.inputs.everything & ~mask)
        return form if at is None else form.at(at)

    def moebius(self, S: Any, at: Point | None = None) -> Any:
        """m(S) = Σ_{T⊆S} (−1)^{|S∖T|} v(T), the Harsanyi dividend; 0 with the reason where that is a structural zero."""
        mask = self.inputs.mask(() if S is None else S, "S")
        if at is not None:
            return _number(self._engine, self._at(at).get(mask, 0))
        reason = absent(self._engine, mask)
        if reason:
            return ClosedForm.constant(0, known=self._engine.law.variables, reason=reason)
        return self._form({mask: ratio(1, 1)})

    def moebius_values(self, at: Point) -> BySet:
        """{S: m(S)} at a point for all S that are not structurally zero, by size; f(x) is their sum."""
        found = ((self.inputs.key(mask), _number(self._engine, value)) for mask, value in self._at(at).items())
        return BySet(self.inputs, found)

    def shapley(self, at: Point | None = None) -> ByInput:
        """{input: Σ_{S∋i} m(S)/|S|}: Shapley values; they sum to f(x) − E f."""
        return self._indices(lambda size: ratio(1, size), at)

    def banzhaf(self, at: Point | None = None) -> ByInput:
        """{input: Σ_{S∋i} m(S)/2^(|S|−1)}: Banzhaf values, the mean gain over all coalitions of the others."""
        return self._indices(lambda size: ratio(1, 2 ** (size - 1)), at)

    def shapley_interaction(self, S: Any, at: Point | None = None) -> Any:
        """I(S) = Σ_{T⊇S} m(T)/(|T| − |S| + 1): the Shapley interaction index of Grabisch and Roubens."""
        mask = self.inputs.mask(() if S is None else S, "S")
        _guard(self._engine, self.limit)
        size = mask.bit_count()
        weights = {
            held: ratio(1, held.bit_count() - size + 1) for held in self._engine.supports(None) if held & mask == mask
        }
        return self._combination(weights, at)

    def _indices(self, weight: Callable[[int], Any], at: Point | None) -> ByInput:
        _guard(self._engine, self.limit)
        masks = list(self._engine.supports(None))
        weights = [{m: weight(m.bit_count()) for m in masks if m >> i & 1} for i in range(len(self.inputs))]
        return _by_input(self._engine, weights, lambda w: self._combination(w, at))

    def _combination(self, weights: Mapping[int, Any], at: Point | None) -> Any:
        """Σ_S weight · m(S), as a form or at a point."""
        if at is None:
            return self._form(weights)
        return _number(self._engine, _weighted_sum(self._at(at), weights))

    # -- forms ---------------------------------------------------------------------------------------------------------

    def _form(self, weights: Mapping[int, Any]) -> ClosedForm:
        """Σ_S weight · m(S)."""
        if not isinstance(self._engine, TableTerms):
            return form_of_products(self._engine, weights, self.limit)
        of_values = weights_of_values(weights, self.limit)
        everything = self.inputs.everything
        forms = {held: self._engine.expectation(everything & ~held) for held in of_values}
        return _weighted_forms(self._engine, forms, of_values)

    # -- all Möbius values at a point ----------------------------------------------------------------------------------

    def _at(self, at: Point) -> dict[int, Any]:
        """{S: m(S)} at a point, elements of the engine's ring, kept for each point."""
        point = point_at(self._engine.function(), at)
        key = tuple(sorted((v.name, x) for v, x in point.items()))
        if key not in self._points:
            _guard(self._engine, self.limit)
            if not isinstance(self._engine, TableTerms):
                self._points[key] = values_of_products(self._engine, point, self.limit)
            elif self._engine.can_evaluate(point):
                self._points[key] = values_of_table(self._engine, point, self.limit)
            else:
                self._points[key] = values_of_forms(self._engine, point)
        return self._points[key]

    def __repr__(self) -> str:
        return bounded("\n".join(self._told()))

    def _repr_html_(self) -> str:
        title, *lines = self._told()
        return html_page(title, html_lines(lines))

    def _told(self) -> list[str]:
        names = listed(self.inputs.keys, 24, none="no inputs")
        said = statement(self._engine.law, self.inputs)
        lines = [f"Game v(S) = E[f(x_S, X_-S)] over {names}" + (f": {said}" if said else "")]
        lines.append("  X_-S is drawn from its joint marginal, not given x_S.")
        if dependent_inputs(self._engine.law, self.inputs):
            lines.append("  Under dependence its Möbius values are not the terms W_f(x_S).")
        return lines


def _guard(engine: Any, limit: int) -> None:
    predicted = engine.predicted_terms(None)
    if predicted > limit:
        raise TooLarge("Sets of inputs to attribute to", predicted, limit)


def _by_input(engine: Any, weights: Iterable[Any], make: Callable[[Any], Any]) -> ByInput:
    return ByInput({key: make(w) for key, w in zip(engine.inputs.keys, weights, strict=True)})


def _weighted_forms(engine: Any, forms: Mapping[int, ClosedForm], weights: Mapping[int, Any]) -> ClosedForm:
    """Σ weight · form on one circuit."""
    chosen = list(weights)
    if not chosen:
        return ClosedForm.constant(Ball(0.0, 0.0) if engine.inexact else 0, known=engine.law.variables)
    form: ClosedForm = combined(
        [forms[mask] for mask in chosen],
        lambda build, nodes: build.sum([(weights[mask], node) for mask, node in zip(chosen, nodes, strict=True)]),
    )
    return form


def _weighted_sum(values: Mapping[int, Any], weights: Mapping[int, Any]) -> Any:
    """Σ weight · value; where values are balls, so is the sum."""
    total: Any = None
    for mask, weight in weights.items():
        if mask in values:
            value = values[mask]
            term = value * (Ball.of(weight) if isinstance(value, Ball) else weight)
            total = term if total is None else total + term
    return 0 if total is None else total


def _number(engine: Any, value: Any) -> Any:
    """What users get: int, Fraction or float. Raises NotRational where symbols remain."""
    if isinstance(value, Ball):
        return value.value
    if isinstance(value, (Symbolic, Linear)):
        return engine.number(value).value
    return 0.0 if engine.inexact else from_flint(to_flint(value))  # an empty sum is the int 0
