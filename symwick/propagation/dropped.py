"""Which joint cumulants a truncated run has left out."""

from __future__ import annotations

from itertools import combinations

from symwick.propagation.demand import TruncatedEngine
from symwick.propagation.patterns import Key

__all__ = ["dropped_keys"]


def dropped_keys(engine: TruncatedEngine) -> set[Key]:
    """The multisets of more than ``order`` wires that occur as a block in some expansion, structural zeros aside.

    A block is one of a partition of the factors and other wires that joins all elements of what is expanded; a block that is
    made of whole elements, and not of all, joins nothing to the others and never occurs.
    """
    program, order = engine.program, engine.order
    found: set[Key] = set()
    for key, opened in engine.expanded:
        if len(opened) <= order:
            continue
        elements = _elements(key, engine)
        leaves = [(wire, i) for i, element in enumerate(elements) for wire in element]
        sizes = [len(element) for element in elements]
        for size in range(order + 1, len(leaves) + 1):
            for chosen in combinations(leaves, size):
                held = [0] * len(elements)
                for _, i in chosen:
                    held[i] += 1
                whole = all(h in (0, s) for h, s in zip(held, sizes, strict=True))
                if whole and size < len(leaves):
                    continue
                block = tuple(sorted(wire for wire, _ in chosen))
                if block in found or not engine.drops(block) or engine.vanishes(block):
                    continue
                if all(program.groups[wire] for wire in block):
                    found.add(block)
    return found


def _elements(key: Key, engine: TruncatedEngine) -> list[tuple[int, ...]]:
    """What each wire of a key was replaced by."""
    program = engine.program
    chosen, _ = engine._turn(key)
    products = set(chosen)
    return [(program.left[w], program.right[w]) if w in products else (w,) for w in key]
