"""Results by input: a dict from input keys that answers to names and symbols alike."""

from __future__ import annotations

from typing import Any

import sympy

from symwick.algebra.notebook import MOST_TEXT, cut, html_page, html_table
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_display import form_cell
from symwick.errors import UnknownVariable

__all__ = ["ByInput"]


class ByInput(dict[Any, Any]):
    """{input: result}; a variable or block may be asked for by symbol or by name.

    >>> x = sympy.Symbol("x")
    >>> found = ByInput({x: 1})
    >>> found, found["x"], found[x]
    ({x: 1}, 1, 1)
    """

    def _known(self, key: Any) -> list[Any]:
        return [known for known in self if isinstance(key, (str, sympy.Symbol)) and str(known) == str(key)]

    def __repr__(self) -> str:
        return cut(super().__repr__(), MOST_TEXT)

    def _repr_html_(self) -> str:
        rows = [(str(key), form_cell(value) if isinstance(value, ClosedForm) else str(value)) for key, value in self.items()]
        return html_page("By input", html_table(rows, ["input", "value"]))

    def _ipython_key_completions_(self) -> list[str]:
        return [str(key) for key in self]

    def __contains__(self, key: object) -> bool:
        return bool(self._known(key))

    def get(self, key: Any, default: Any = None) -> Any:
        found = self._known(key)
        return super().get(found[0]) if found else default

    def __missing__(self, key: Any) -> Any:
        for known in self._known(key):
            return super().__getitem__(known)
        names = ", ".join(map(str, list(self)[:20])) or "none"
        raise UnknownVariable(f"There is no input {key}; the inputs are: {names}.")
