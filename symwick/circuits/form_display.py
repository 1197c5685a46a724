"""Closed forms as they are shown: a line of text, a formula where it is small, a summary where it is not."""

from __future__ import annotations

from math import prod
from typing import Any

from symwick.algebra.notebook import MOST_TEXT, Math, cut, dollars, html_lines, html_page, html_table, listed
from symwick.circuits.form_builder import OUTPUT
from symwick.circuits.printing import is_large, latex_text, plain_text, shown

__all__ = ["ShownForm", "form_cell"]

_CELL_SIZE = 150
"""Symbols and operations of a form that is typeset in a cell of a table."""

_MOST_POINTS = 300
"""Points of a grid from which a form is not written out only to be shown: work grows faster than with their square."""


_MOST_WORK = 500
"""Evaluations of f, each by sympy, from which a form is not written out only to be shown."""


class ShownForm:
    """How a closed form is printed; see :class:`~symwick.circuits.closed_form.ClosedForm`."""

    __slots__ = ()

    def __str__(self: Any) -> str:
        if text := _unwritten(self):
            return f"<{text}>"
        circuit, leaves = self._parts()
        if is_large(circuit):
            names = listed(self.variables, 24, none="nothing")
            return f"<ClosedForm of {names}: {len(circuit):,} gates; .expr writes it out>"
        return plain_text(shown(circuit, leaves, latex=False)[OUTPUT], self.variables)

    def __repr__(self) -> str:
        return cut(str(self), MOST_TEXT)

    def latex(self: Any, *, equation: bool = False) -> str:
        r"""LaTeX of the expression in the paper's notation; as an ``equation``, what it is stands in front: \omega_{\{x\}} f = …

        Warns (SizeWarning) where it is huge.
        """
        circuit, leaves = self._parts()
        self._warn(circuit.written_size(circuit.labels))
        text = latex_text(shown(circuit, leaves, latex=True)[OUTPUT], self.variables)
        return f"{self.notation} = {text}" if equation and self.notation else text

    def _repr_latex_(self: Any) -> str | None:
        large = _unwritten(self) is not None or is_large(self.circuit)
        return None if large else dollars(self.latex(equation=True))

    def _repr_html_(self: Any) -> str | None:
        """What is known of a form that is too large for a formula; None where there is a formula, which says it all."""
        if self._repr_latex_() is not None:
            return None
        rows: list[tuple[str, object]] = [("stands for", Math(self.notation))] if self.notation else []
        rows += [("variables", listed(self.variables)), ("assuming", listed(self.assumptions))]
        if _unwritten(self) is None:
            rows[-1:-1] = [("parameters", listed(self.parameters)), ("gates", f"{len(self.circuit):,}")]
        title = "ClosedForm, float64" if self.inexact else "ClosedForm"
        return html_page(title, html_table(rows), html_lines([".at(point) evaluates it, .expr writes it out"]))


def _unwritten(form: Any) -> str | None:
    """A form on a large grid, or the mean of one, whose circuit has not been made yet: being shown must not start that."""
    if form._built is not None:
        return None
    points = prod(len(form.domain[v]) for v in form.variables if v in form.domain)
    if points <= _MOST_POINTS and form.work <= _MOST_WORK:
        return None
    what = f"a table of up to {points:,} points" if points > _MOST_POINTS else f"a mean of {form.work:,} values of f"
    return f"ClosedForm of {listed(form.variables, none='nothing')}: {what}; .expr writes it out"


def form_cell(form: Any) -> str:
    """A form in a cell of a table: typeset where it is short, text elsewhere."""
    if text := _unwritten(form):
        return text
    circuit = form.circuit
    if circuit.written_size(circuit.labels) > _CELL_SIZE:
        return f"a form of {len(circuit):,} gates"
    return Math(form.latex())
