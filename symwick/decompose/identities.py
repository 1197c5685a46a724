"""``identity``: one identity of the theory, written out and checked for n inputs.

The catalogue has the two decompositions, the two rules that come with them, and fifteen properties of the operators. The steps of
each are derived by the formal calculus with f and P left abstract, or are examples in exact numbers. Source: C. MacLeod,
E. Nitishinskaya, B. Shlegeris, *Generalized Wick Decompositions* (arXiv 2310.06686).
"""

from __future__ import annotations

from reprlib import repr as short
from typing import Any, overload

from symwick.algebra.partitions import natural
from symwick.decompose.identity_case import Case
from symwick.decompose.identity_catalogue import DECOMPOSITIONS, GENERAL_PROPERTIES
from symwick.decompose.identity_document import Identity
from symwick.decompose.identity_examples import EXAMPLES
from symwick.decompose.identity_hypotheses import HYPOTHESES
from symwick.decompose.identity_shapley import SHAPLEY
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["Catalogue", "Identity", "identity"]

LIMIT = 1_000_000
"""Default of ``limit``: terms formed for a document, a few seconds."""

# Beyond it numbers of terms have too many digits to print.
_LARGEST = 300

_ENTRIES = {**DECOMPOSITIONS, **GENERAL_PROPERTIES, **HYPOTHESES, **EXAMPLES, **SHAPLEY}


class Catalogue(dict[str, str]):
    """What :func:`identity` returns without a name: name to title, a dict that prints as a table."""

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        rows = []
        for name, title in self.items():
            number = _ENTRIES[name].property if name in _ENTRIES else None
            rows.append(f"{'' if number is None else number:>3}  {name:<{width}}  {title}")
        return "\n".join(rows)

    __str__ = __repr__


@overload
def identity(name: None = None, n: int = 3, *, limit: int = LIMIT) -> Catalogue: ...
@overload
def identity(name: str, n: int = 3, *, limit: int = LIMIT) -> Identity: ...
def identity(name: str | None = None, n: int = 3, *, limit: int = LIMIT) -> Identity | Catalogue:
    """The identity of that name for n inputs, as a document: both sides written out, how they cancel, whether it ``holds``.

    For example "gwpd" is f(x) = Σ_S W_f(x_S), W_f(x_S) = E_{[n]∖S} ω_S f. Without a name: the catalogue. f and P stay abstract
    wherever the identity is one between operators; examples are in exact numbers. Source: arXiv 2310.06686.

    >>> for line in identity("average", n=2).lines[:5]:
    ...     print(line)
    1. Without y, by the set T of the inputs that the terms of ω hold: they are drawn with it.
       (E_xy ω_x f)_{T = ∅} = -E[f(X, Y')]
       (E_xy ω_x f)_{T = {x}} = E[f(X, Y)]
       Left side, collected: E[f(X, Y)] - E[f(X, Y')]
       Right side: K_f(x, y) = E[f(X, Y)] - E[f(X, Y')]
    >>> identity("mean-zero", n=4).holds, identity()["hermite"]
    (True, 'Copies of a normal variable: Hermite polynomials')

    Raises :class:`~symwick.errors.InvalidArgument` for an unknown name, an n that is no integer or too small for the identity;
    :class:`~symwick.errors.TooLarge`, before any work, if more than ``limit`` terms would be formed.
    """
    if name is None:
        return Catalogue({key: entry.title for key, entry in _ENTRIES.items()})
    if not isinstance(name, str) or name not in _ENTRIES:
        known = ", ".join(map(repr, _ENTRIES))
        raise InvalidArgument(f"Argument 'name' must be one of {known}, not {short(name)}.")
    entry = _ENTRIES[name]
    size = _size(n, name, entry.least)
    limit = natural(limit, "limit")
    predicted = entry.predicted(min(size, _LARGEST))
    if predicted > limit:
        least = ", at least" if size > _LARGEST else ""
        raise TooLarge(f"identity {name!r}: number of terms{least}", predicted, limit)
    return Identity(name, entry.title, entry.property, size, entry.statement, tuple(entry.build(Case(size))))


def _size(n: Any, name: str, least: int) -> int:
    size = natural(n, "n", 1)
    if size < least:
        raise InvalidArgument(f"Argument 'n' must be at least {least} for the identity {name!r}, not {size}.")
    return size
