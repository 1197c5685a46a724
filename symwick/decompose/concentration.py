"""How the size of a decomposition spreads over orders and sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symwick.algebra.notebook import MOST_ROWS, bounded, html_lines, html_page, html_table

__all__ = ["Concentration"]


@dataclass(frozen=True, repr=False)
class Concentration:
    """Sizes of the terms (without ∅), by set and by order.

    Sizes are second moments E[W_f(X_S)²] or absolute values at a point. They add up to Var f only where the inputs are
    independent; under dependence terms overlap, and the shares are shares of the sum of the sizes.
    """

    measure: str
    by_set: Mapping[frozenset[Any], Any]
    note: str = ""
    """What a reader should know of dependence."""

    @property
    def total(self) -> Any:
        """The sum of all sizes."""
        return sum(self.by_set.values())

    @property
    def by_order(self) -> dict[int, Any]:
        """The sum of the sizes of each order."""
        result: dict[int, Any] = {}
        for key, size in self.by_set.items():
            result[len(key)] = result.get(len(key), 0) + size
        return dict(sorted(result.items()))

    def share(self, key: Any) -> Any:
        """The share of one set, or of one order given as an int; 0 where there is nothing to share."""
        if isinstance(key, int):
            size = self.by_order.get(key, 0)
        else:
            names = {str(key)} if isinstance(key, (str, sympy.Symbol)) else {str(k) for k in key}
            size = next((size for known, size in self.by_set.items() if {str(k) for k in known} == names), 0)
        total = self.total
        if not total:
            return 0
        return Fraction(size, total) if isinstance(total, (int, Fraction)) else size / total

    def _repr_html_(self) -> str:
        total = self.total
        shares = [(str(order), _percent(size, total)) for order, size in self.by_order.items()]
        largest = sorted(self.by_set.items(), key=lambda item: -float(item[1]))[:MOST_ROWS]
        rows = [(f"{{{', '.join(sorted(map(str, key)))}}}", str(size), _percent(size, total)) for key, size in largest]
        sets = html_table(rows, ["largest sets", "size", "share"], more=len(self.by_set) - len(rows))
        return html_page(self.measure, html_lines([self.note] if self.note else []), html_table(shares, ["order", "share"]), sets)

    def __repr__(self) -> str:
        total = self.total
        lines = [f"{self.measure}, by order{f' ({self.note})' if self.note else ''}:"]
        for order, size in self.by_order.items():
            share = f"{float(size / total):7.2%}" if total else "      -"
            lines.append(f"  order {order}: {share}")
        largest = sorted(self.by_set.items(), key=lambda item: -float(item[1]))[:5]
        lines.append("largest sets:")
        for key, size in largest:
            names = ", ".join(sorted(map(str, key)))
            lines.append(f"  {{{names}}}: {float(size / total):7.2%}" if total else f"  {{{names}}}: -")
        return bounded("\n".join(lines))


def _percent(size: Any, total: Any) -> str:
    return f"{float(size / total):.2%}" if total else "-"
