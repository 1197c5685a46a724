"""Möbius values m(S) = Σ_{T⊆S} (−1)^{|S∖T|} v(T) of the game v(S) = E[f(x_S, X_−S)]: how they are computed.

For a sum of products, product by product: the dividends of f̂ Π φ_i lie within its inputs, so that many inputs do no harm while
products are short. For a table on the grid, group by group: an axis is held at the point or drawn with the other drawn ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

import numpy as np
import sympy

from symwick.algebra.balls import BallArray, concatenate, element
from symwick.algebra.set_series import submasks
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_builder import FormBuilder
from symwick.circuits.leaves import element_value
from symwick.decompose.forms import weighted_sum
from symwick.decompose.inputs import bits
from symwick.decompose.table_terms import TableTerms
from symwick.errors import TooLarge

__all__ = ["form_of_products", "values_of_forms", "values_of_products", "values_of_table", "weights_of_values"]

Array = Any
Point = Mapping[sympy.Symbol, Any]


def _from_below(values: dict[int, Any], mask: int) -> None:
    """In place on the subsets S of a mask: Σ_{T⊆S} (−1)^{|S∖T|} value(T), n 2^n subtractions."""
    for i in bits(mask):
        for held in submasks(mask):
            if held >> i & 1:
                values[held] = values[held] - values[held ^ (1 << i)]


def _from_above(values: dict[int, Any], mask: int) -> None:
    """In place on the subsets T of a mask: Σ_{S⊇T} (−1)^{|S∖T|} value(S)."""
    for i in bits(mask):
        for held in submasks(mask):
            if not held >> i & 1:
                values[held] = values[held] - values[held | 1 << i]


def weights_of_values(weights: Mapping[int, Any], limit: int) -> dict[int, Any]:
    """Σ_S weight · m(S) as Σ_T weight' · v(T): {T: weight'}, by size."""
    work = sum(1 << mask.bit_count() for mask in weights)
    if work > limit:
        raise TooLarge("Values of the game in one sum of Möbius values", work, limit)
    found: dict[int, Any] = {}
    for mask, weight in weights.items():
        for held in submasks(mask):
            found[held] = found.get(held, 0) + (-weight if (mask ^ held).bit_count() & 1 else weight)
    order = sorted(found, key=lambda mask: (mask.bit_count(), tuple(bits(mask))))
    return {mask: found[mask] for mask in order if found[mask]}


# -- sums of products ------------------------------------------------------------------------------------------------


def _afford_products(engine: Any, limit: int) -> None:
    work = sum(monomial.inputs.bit_count() << monomial.inputs.bit_count() for monomial in engine.monomials)
    if work > limit:
        raise TooLarge("Ring operations of the Möbius values of the game", work, limit)


def values_of_products(engine: Any, point: Point, limit: int) -> dict[int, Any]:
    """{S: m(S)} at a point: the game of one product is f̂ Π_{i∈S} φ_i(x_i) · E Π_{i∉S} φ_i."""
    _afford_products(engine, limit)
    ring = engine.ring
    features = []
    for factors in engine.features:
        value: Any = ring.one
        for variable, expression in factors:
            value = value * ring.coerce(element_value(expression, {variable: point[variable]}))
        features.append(value)
    total: dict[int, Any] = dict.fromkeys(engine.supports(None), ring.zero)
    for monomial in engine.monomials:
        values = {}
        for held in submasks(monomial.inputs):
            inside, outside = engine._cut(monomial.features, held)
            term = monomial.coefficient * engine.series.moments[outside]
            for i in bits(inside):
                term = term * features[i]
            values[held] = term
        _from_below(values, monomial.inputs)
        for held, term in values.items():
            total[held] = total[held] + term
    return total


def form_of_products(engine: Any, weights: Mapping[int, Any], limit: int) -> ClosedForm:
    """Σ_S weight · m(S) as a form: the weights of the values of each product's game, its features held or integrated."""
    _afford_products(engine, limit)
    coefficients: dict[int, Any] = {}
    integrated = depends = 0
    ring = engine.ring
    for monomial in engine.monomials:
        of_values = {held: weights.get(held, 0) for held in submasks(monomial.inputs)}
        _from_above(of_values, monomial.inputs)
        for held, weight in of_values.items():
            if not weight:
                continue
            inside, outside = engine._cut(monomial.features, held)
            value = ring.coerce(weight) * monomial.coefficient * engine.series.moments[outside]
            coefficients[inside] = coefficients[inside] + value if inside in coefficients else value
            integrated |= outside
            depends |= held
    build = FormBuilder()
    order = sorted(coefficients, key=lambda mask: (-mask.bit_count(), tuple(bits(mask))))
    parts = [(build.product([engine._raw(build, i) for i in bits(mask)]), coefficients[mask]) for mask in order]
    return ClosedForm.built(build, weighted_sum(build, parts), **engine._about(depends, 0, integrated))


# -- tables ------------------------------------------------------------------------------------------------------------


def values_of_table(engine: TableTerms, point: Point, limit: int) -> dict[int, Any]:
    """{S: m(S)} at a point of the grid."""
    basis, shape = engine.basis, engine.axes.shape
    work = sum(
        prod(shape[axis] + 1 for axis in group) * prod(max(shape[a], 2) for a in range(len(shape)) if a not in group)
        for group in basis.groups
    )
    if work > limit:
        raise TooLarge("Ring operations of the values of the game", work, limit)
    found = [engine.axes.index(axis, dict(point)) for axis in range(len(shape))]
    values = BallArray.of(basis._values) if basis.kind == "ball" else basis._values
    array = values[..., engine.output : engine.output + 1]
    for group in basis.groups:
        array = _contracted(basis, array, sorted(group), found)
    games = {}
    for subset in engine.supports(None):
        index = tuple(int(bool(subset >> position & 1)) for position in engine.axes.positions)
        games[subset] = element(array, (*index, 0))
    _from_below(games, engine.axes.mask)
    return games


def _contracted(basis: Any, array: Array, group: list[int], found: list[int | None]) -> Array:
    """The array with the axes of a group made 0 (drawn, together with the others of the group that are) and 1 (held)."""
    order = [*group, *(axis for axis in range(len(array.shape)) if axis not in group)]
    moved = array.transpose(order)
    rest = moved.shape[len(group) :]
    joint = basis._table(group)
    joint = joint.reshape(*joint.shape, 1)  # one axis is always left
    parts = []
    for chosen in product((0, 1), repeat=len(group)):
        cut = moved[(*(found[axis] if held else slice(None) for axis, held in zip(group, chosen, strict=True)), ...)]
        if all(chosen):
            parts.append(cut.reshape(1, *rest))
            continue
        marginal = joint
        for j in reversed(range(len(group))):
            marginal = marginal.sum(axis=j) if chosen[j] else marginal
        size = prod(marginal.shape)
        weighted = marginal.reshape(size, *(1,) * len(rest)) * cut.reshape(size, *rest)
        parts.append(weighted.sum(axis=0).reshape(1, *rest))
    return concatenate(parts).reshape(*(2,) * len(group), *rest).transpose(list(np.argsort(order)))


def values_of_forms(engine: TableTerms, point: Point) -> dict[int, Any]:
    """{S: m(S)} at a point off the grid of an expression, from the forms of the values."""
    everything = engine.inputs.everything
    games = {s: engine.expectation(everything & ~s)._element(dict(point)) for s in engine.supports(None)}
    _from_below(games, engine.axes.mask)
    return games
