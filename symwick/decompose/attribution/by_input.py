"""Results by input: a dict from input keys that answers to names and symbols alike."""

from __future__ import annotations

from typing import Any

import sympy

from symwick.errors import UnknownVariable

__all__ = ["ByInput"]


class ByInput(dict[Any, Any]):
    """{input: result}; a variable or block may be asked for by symbol or by name.

    >>> x = sympy.Symbol("x")
    >>> found = ByInput({x: 1})
    >>> found, found["x"], found[x]
    ({x: 1}, 1, 1)
    """

    def __missing__(self, key: Any) -> Any:
        if isinstance(key, (str, sympy.Symbol)):
            for known in self:
                if str(known) == str(key):
                    return self[known]
        names = ", ".join(map(str, list(self)[:20])) or "none"
        raise UnknownVariable(f"There is no input {key}; the inputs are: {names}.")
