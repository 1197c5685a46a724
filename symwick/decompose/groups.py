"""Independence as the decompositions see it: groups of inputs and of features, and structural zeros."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from symwick.decompose.inputs import Inputs, bits
from symwick.decompose.integrate import Factor
from symwick.distributions.law import Law

__all__ = ["absent", "feature_groups", "input_groups", "splits"]


def _merge(groups: Sequence[frozenset[sympy.Symbol]], members: Sequence[frozenset[sympy.Symbol]]) -> list[int]:
    """Masks of members, joined where they meet one independence group, directly or through others."""
    home = {v: g for g, group in enumerate(groups) for v in group}
    tied: dict[int, int] = {}  # group -> mask of members, merged
    masks: list[int] = []
    for position, variables in enumerate(members):
        mask = 1 << position
        for g in {home[v] for v in variables}:
            mask |= tied.get(g, 0)
        # every group that an already joined member touches now belongs to the same mask
        touched = {home[v] for i in bits(mask) for v in members[i]}
        for g in touched:
            tied[g] = mask
        masks = [m for m in masks if not m & mask] + [mask]
    return sorted(masks, key=lambda m: m & -m)


def feature_groups(law: Law, features: Sequence[tuple[Factor, ...]]) -> list[int]:
    """Masks of features that are jointly, mutually independent of each other."""
    members = [frozenset(variable for variable, _ in factors) for factors in features]
    used = frozenset().union(*members) if members else frozenset()
    groups = law.independent_groups([v for v in law.variables if v in used])
    return _merge(groups, members)


def input_groups(law: Law, inputs: Inputs, mask: int) -> list[int]:
    """The inputs of a mask in mutually independent groups, as masks."""
    positions = list(bits(mask))
    members = [frozenset(inputs.blocks[i]) for i in positions]
    used = frozenset().union(*members) if members else frozenset()
    groups = law.independent_groups([v for v in law.variables if v in used])
    return [sum(1 << positions[j] for j in bits(group)) for group in _merge(groups, members)]


def splits(law: Law, inputs: Inputs, block: int) -> list[int] | None:
    """The independent parts of a block of a partition, where there are several: then its cumulants are all zero."""
    if not block & (block - 1):
        return None
    groups = input_groups(law, inputs, block)
    return groups if len(groups) > 1 else None


def absent(engine: Any, mask: int, where: str = "") -> str | None:
    """Why the inputs of a mask do not meet in f, where they do not: one is unused, or f is a sum that separates them."""
    if engine.occurs(mask):
        return None
    used = 0
    for part in engine.maximal:
        used |= part
    names = engine.inputs.names
    unused = mask & ~used
    if unused:
        several = where.replace(", which lies", ", which lie") if unused & (unused - 1) else where
        return f"f does not depend on {names(unused)}{several}"
    return f"no product in f holds {names(mask)} together: f is a sum that separates them"
