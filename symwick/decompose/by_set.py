"""Results by set of inputs: a dict, and a list of pairs, that answer to names and print sets in the order of the inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Number
from typing import Any, Self

from symwick.algebra.notebook import MOST_TEXT, cut, html_page, html_table
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_display import form_cell
from symwick.decompose.inputs import Inputs
from symwick.errors import InvalidArgument, UnknownVariable

__all__ = ["BySet", "Ranking", "set_text"]

_MOST_ITEM = 200
"""Characters of one value."""

_MOST_SETS = 8
"""Sets that an error lists."""


def set_text(inputs: Inputs, key: Any) -> str:
    """A set of inputs as text, in the order of the inputs; what is no such set, as it is."""
    try:
        return f"{{{inputs.names(inputs.mask(key, 'S'))}}}" if key else "∅"
    except InvalidArgument:
        return str(key)


class BySet(dict[Any, Any]):
    """{frozenset of inputs: result}, a dict; a set may also be asked for by names, as in ``D[...]``.

    It prints its sets in the order of the inputs. Raises UnknownVariable (a KeyError) for a set that has no result.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "0.70", (0, 1): "0.10", (1, 0): "0.05", (1, 1): "0.15"}, ["fever", "cough"])
    >>> values = sw.gwpd("2*fever + cough + 3*fever*cough", P).at({"fever": 1, "cough": 1})
    >>> values
    {∅: 11/10, {fever}: 11/5, {cough}: 6/5, {fever, cough}: 3/2}
    >>> values["fever"], values["cough", "fever"], values[()]
    (Fraction(11, 5), Fraction(3, 2), Fraction(11, 10))
    """

    def __init__(self, inputs: Inputs, items: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = ()) -> None:
        super().__init__(items)
        self.inputs = inputs

    def _set(self, key: Any) -> Any:
        """A key as users give it, as the frozenset; a key that is there, as it is."""
        try:
            if super().__contains__(key):
                return key
        except TypeError:  # a list or set of names
            pass
        return self.inputs.key(self.inputs.mask(() if key is None else key, "S"))

    def __getitem__(self, key: Any) -> Any:
        found = self._set(key)
        if super().__contains__(found):
            return super().__getitem__(found)
        sets = ", ".join(set_text(self.inputs, known) for known in list(self)[:_MOST_SETS]) or "none"
        sets += ", …" if len(self) > _MOST_SETS else ""
        raise UnknownVariable(f"Argument 'S' must be a set with a result, not {set_text(self.inputs, found)}; there are: {sets}.")

    def __contains__(self, key: object) -> bool:
        try:
            return super().__contains__(self._set(key))
        except InvalidArgument:
            return False

    def get(self, key: Any, default: Any = None) -> Any:
        try:
            return self[key]
        except InvalidArgument:  # an UnknownVariable, or no set of inputs
            return default

    def copy(self) -> Self:
        return type(self)(self.inputs, self)

    def __repr__(self) -> str:
        return "{" + _listed((f"{set_text(self.inputs, key)}: {_text(value)}" for key, value in self.items()), len(self)) + "}"

    def _repr_html_(self) -> str:
        rows = ((set_text(self.inputs, key), _cell(value)) for key, value in self.items())
        return html_page("By set of inputs", html_table(rows, ["set", "value"]))

    def _ipython_key_completions_(self) -> list[str]:
        return [str(key) for key in self.inputs.keys if super(BySet, self).__contains__(frozenset([key]))]


class Ranking(list[Any]):
    """[(frozenset of inputs, result), …], a list, the largest first; it prints its sets in the order of the inputs.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "0.70", (0, 1): "0.10", (1, 0): "0.05", (1, 1): "0.15"}, ["fever", "cough"])
    >>> sw.gwpd("2*fever + cough + 3*fever*cough", P).top({"fever": 1, "cough": 1})
    [({fever}, 11/5), ({fever, cough}, 3/2), ({cough}, 6/5)]
    """

    def __init__(self, inputs: Inputs, pairs: Iterable[tuple[Any, Any]] = ()) -> None:
        super().__init__(pairs)
        self.inputs = inputs

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return type(self)(self.inputs, found) if isinstance(index, slice) else found

    def copy(self) -> Self:
        return type(self)(self.inputs, self)

    def __repr__(self) -> str:
        return "[" + _listed(map(self._item, self), len(self)) + "]"

    def _item(self, item: Any) -> str:
        if not isinstance(item, tuple) or len(item) != 2:
            return _text(item)  # something that the user has put in
        return f"({set_text(self.inputs, item[0])}, {_text(item[1])})"

    def _repr_html_(self) -> str:
        pairs = (item if isinstance(item, tuple) and len(item) == 2 else ("", item) for item in self)
        rows = ((set_text(self.inputs, key), _cell(value)) for key, value in pairs)
        return html_page("By set of inputs, the largest first", html_table(rows, ["set", "value"]))


def _text(value: Any) -> str:
    """A value on a line: numbers as they are written, 3/2 and not Fraction(3, 2)."""
    return cut(" ".join((str(value) if isinstance(value, Number) else repr(value)).split()), _MOST_ITEM)


def _cell(value: Any) -> str:
    return form_cell(value) if isinstance(value, ClosedForm) else _text(value)


def _listed(items: Iterable[str], count: int) -> str:
    """Items with commas between them, as many as there is room for."""
    shown: list[str] = []
    room = MOST_TEXT - 40  # for what is left
    for item in items:
        room -= len(item) + 2
        if room < 0:
            return ", ".join([*shown, f"… {count - len(shown):,} more"])
        shown.append(item)
    return ", ".join(shown)
