"""Names of arguments in generated source: identifiers, one for each name, given deterministically and never pasted."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

from symwick.circuits.moment_names import cumulant_entries, moment_powers, symbol_latex

__all__ = ["RESERVED", "identifiers", "unused_prefix"]

_USED = """BLOCK FOLDS FUNCTIONS INPUTS NUMBERS OUTPUTS RESULTS SLOTS STEPS TAPE ValueError WIDTH all decoded enumerate evaluate
int kernel len list max min njit np numba out product range rows slice type zip"""
RESERVED = frozenset(_USED.split())
"""What generated source, and the call of an evaluator, use themselves."""

_REPEATED = re.compile(r"__+")


def identifiers(names: Iterable[str], reserved: Iterable[str] = ()) -> dict[str, str]:
    """{name: identifier}: a name that is a plain identifier stays; others are respelled, and told apart by _2, _3, ….

    Identifiers as given come first, so that no respelling takes the name of another variable.

    >>> identifiers(["x", "lambda", "x.1", "x_1", "E[x*y**2]", "κ[x,x]"])
    {'x': 'x', 'lambda': 'lambda_', 'x.1': 'x_1_2', 'x_1': 'x_1', 'E[x*y**2]': 'E_x_y2', 'κ[x,x]': 'kappa_x_x'}
    """
    names = list(dict.fromkeys(names))
    forbidden = RESERVED | frozenset(reserved)
    kept = {name for name in names if _is_plain(name) and name not in forbidden}
    taken = set(kept) | forbidden
    found: dict[str, str] = {}
    for name in names:
        if name in kept:
            found[name] = name
            continue
        stem = respelled = _respelled(name)
        count = 1
        while respelled in taken:
            count += 1
            respelled = f"{stem}_{count}"
        taken.add(respelled)
        found[name] = respelled
    return found


def unused_prefix(letter: str, taken: Iterable[str]) -> str:
    """A prefix such that no taken name is this prefix and a number.

    >>> unused_prefix("b", ["x", "b7"]), unused_prefix("b", ["x", "bar"])
    ('b_', 'b')
    """
    taken = list(taken)
    while any(re.fullmatch(rf"{re.escape(letter)}\d*", name) for name in taken):
        letter += "_"
    return letter


def _is_plain(name: str) -> bool:
    """Whether Python reads the name as this very identifier (it reads identifiers in the normal form NFKC)."""
    return (
        name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("__")
        and unicodedata.normalize("NFKC", name) == name
    )


def _respelled(name: str) -> str:
    if symbol_latex(name):  # E[x**2*y] or κ[x,x,y]
        powers = moment_powers(name)
        if powers is None:
            text = "kappa_" + "_".join(v.name for v in cumulant_entries(name) or [])
        else:
            text = "E_" + "_".join(f"{v.name}{k if k > 1 else ''}" for v, k in powers.items())
    else:
        text = name
    text = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in text)
    text = _REPEATED.sub("_", text).strip("_") or "v"
    if text[0].isdigit():
        text = "v" + text
    return text + "_" if keyword.iskeyword(text) or text in RESERVED else text
