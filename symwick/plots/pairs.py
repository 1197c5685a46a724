"""Single inputs and pairs of inputs as one table of numbers, whatever they are read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symwick.decompose.attribution.interactions import Interactions
from symwick.decompose.inputs import bits
from symwick.decompose.wick import GWPD
from symwick.errors import InvalidArgument
from symwick.plots.axes import plain_text, point_text, value_at

__all__ = ["Pairs", "read_pairs"]


@dataclass(frozen=True)
class Pairs:
    """Exact numbers of single inputs {i: …} and of pairs {(i, j): …}, i < j; structural zeros are left out.

    ``signed`` numbers may be negative, the others are sizes. ``measure`` names them, ``title`` says where they are from.
    """

    names: tuple[str, ...]
    singles: Mapping[int, Any]
    pairs: Mapping[tuple[int, int], Any]
    signed: bool
    measure: str
    title: str


def read_pairs(source: Any, point: Mapping[Any, Any] | None) -> Pairs:
    """Terms W_f(x_S) at a point or their sizes E[W_f(X_S)²] from a GWPD; K_f(S) from Interactions, pairs alone.

    Raises InvalidArgument, NotRational (parameters remain).
    """
    if isinstance(source, Interactions):
        if point is not None:
            raise InvalidArgument(f"Argument 'point' must be None for Interactions, which are averages, not {point!r}.")
        return _from_interactions(source)
    if not isinstance(source, GWPD):
        raise InvalidArgument(
            f"Argument 'source' must be a GWPD, made by sw.gwpd, or made by sw.interactions, not {source!r}."
        )
    if source.max_order is not None and source.max_order < 2:
        raise InvalidArgument(f"Argument 'source' must hold pairs, but it stops at max_order={source.max_order}.")
    found: dict[int, Any] = {}
    for key in source:
        if len(key) in (1, 2):
            mask = source.inputs.mask(key, "S")
            found[mask] = value_at(source.second_moment(key)) if point is None else value_at(source[key], point)
    return Pairs(
        names=tuple(map(plain_text, source.inputs.keys)),
        singles={next(bits(mask)): value for mask, value in found.items() if mask.bit_count() == 1},
        pairs=_by_position({mask: value for mask, value in found.items() if mask.bit_count() == 2}),
        signed=point is not None,
        measure="E[W_f(X_S)²]" if point is None else "W_f(x_S)",
        title="Sizes of the terms E[W_f(X_S)²]" if point is None else f"Terms W_f(x_S) at {point_text(point)}",
    )


def _from_interactions(source: Interactions) -> Pairs:
    masks = {source.inputs.mask(key, "S"): key for key in source if len(key) == 2}
    return Pairs(
        names=tuple(map(plain_text, source.inputs.keys)),
        singles={},
        pairs=_by_position({mask: value_at(source[key]) for mask, key in masks.items()}),
        signed=True,
        measure="K_f(S)",
        title="Average interactions K_f(S) of pairs",
    )


def _by_position(values: Mapping[int, Any]) -> dict[tuple[int, int], Any]:
    found = {}
    for mask, value in values.items():
        i, j = bits(mask)
        found[i, j] = value
    return found
