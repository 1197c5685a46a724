"""Laws as a notebook shows them: what is known without working anything out, points of a table, factors, components."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy

from symwick.algebra.notebook import MOST_CELL, MOST_ROWS, Math, html_page, html_table, listed
from symwick.algebra.symbolic import expression
from symwick.circuits.printing import latex_text
from symwick.errors import SymwickError

__all__ = ["ShownLaw", "components_table", "marginal_facts", "moments_table", "number_cell", "points_table"]

_MOST_COLUMNS = 8
"""Variables that have a column of their own."""

_CHEAP_POINTS = 10_000
"""Points of a table up to which means and variances are worked out to be shown."""

_FEW = 4
"""Variables up to which they are."""

_CELL_LATEX = 400


def number_cell(value: Any) -> str:
    """A number or a parameter in a cell: fractions as text, symbols typeset."""
    shown = value if isinstance(value, sympy.Basic) else expression(value)
    if isinstance(shown, sympy.Expr) and shown.free_symbols:
        return Math(latex_text(shown, ()))
    return str(value)


def points_table(variables: Iterable[sympy.Symbol], rows: list[tuple[Any, Any]], total: int) -> str:
    """The first points of a law with their probabilities."""
    named = list(map(str, variables))
    dots = ["…"] if len(named) > _MOST_COLUMNS else []
    cells = [[*map(number_cell, point[:_MOST_COLUMNS]), *dots, number_cell(weight)] for point, weight in rows]
    return html_table(cells, [*named[:_MOST_COLUMNS], *dots, "probability"], more=total - len(rows))


class ShownLaw:
    """How laws are shown; a law adds ``_shown_facts`` and ``_shown_tables``, neither of which may start work that takes long."""

    _by_formula = True
    """Whether the formula says anything beside the tables."""

    def _shown_facts(self) -> list[tuple[str, object]]:
        """What there is to say of a law of this kind: labels and values."""
        return []

    def _shown_tables(self) -> list[str]:
        """Tables of points, factors or components, as HTML."""
        return []

    def _page(self: Any, variables: tuple[sympy.Symbol, ...], parameters: tuple[sympy.Symbol, ...]) -> str:
        rows: list[tuple[str, object]] = []
        text = self._repr_latex_() if self._by_formula else None
        if text is not None and len(text) <= _CELL_LATEX:
            rows.append(("law", Math(text.strip("$"))))
        if len(variables) > 1:
            rows.append(("variables", f"{len(variables):,}: {listed(variables)}"))
        rows += self._shown_facts()
        if parameters:
            rows.append(("parameters", listed(parameters)))
        if self.assumptions:
            rows.append(("assuming", listed(self.assumptions)))
        return html_page(type(self).__name__.lstrip("_"), html_table(rows), *self._shown_tables())


def components_table(pairs: Iterable[tuple[Any, Any]]) -> str:
    """Weights and laws of a mixture."""
    found = list(pairs)
    rows = [(number_cell(weight), repr(law)) for weight, law in found[:MOST_ROWS]]
    return html_table(rows, ["weight", "law"], more=len(found) - len(rows))


def moments_table(law: Any, points: int) -> str:
    """Means, variances and covariances of few variables of a table that is not long; nothing for others."""
    variables = law.variables
    if not 0 < len(variables) <= _FEW or points > _CHEAP_POINTS:
        return ""
    rows = []
    for v in variables:
        row = [str(v), number_cell(law.moment({v: 1}))]
        rows.append([*row, *(number_cell(law.cumulant([v, other])) for other in variables)])
    covariances = [f"covariance with {v}" for v in variables]
    return html_table(rows, ["", "mean", *(covariances if len(variables) > 1 else ["variance"])])


def marginal_facts(law: Any) -> list[tuple[str, object]]:
    """Mean and variance of the law of one variable, where they are at hand."""
    listed_points = law.__dict__.get("table", law.__dict__.get("values", ()))  # only such laws add up point by point
    if len(listed_points) > _CHEAP_POINTS:
        return [("values", f"{len(listed_points):,}")]
    found: list[tuple[str, object]] = []
    for what in ("mean", "variance"):
        try:
            cell = number_cell(getattr(law, what))
        except SymwickError as error:
            found.append((what, f"none: {error}"[:MOST_CELL]))
        else:
            found.append((what, cell))
    return found
