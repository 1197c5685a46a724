"""Names of moments and cumulants that stay symbols: E[x**2*y] and κ[x,x,y], one name for one moment.

Variables come in the natural order of their names, x2 before x10, whatever order a law has them in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sympy

from symwick.algebra.named_multisets import natural_key, quoted
from symwick.algebra.notebook import latex_name
from symwick.algebra.partitions import natural
from symwick.circuits.printing import latex_text
from symwick.circuits.variables import as_variable
from symwick.errors import InvalidArgument

__all__ = ["cumulant_entries", "cumulant_symbol", "moment_powers", "moment_symbol", "symbol_latex"]

_NAME = r'(?:"(?:[^"\\]|\\.)*"|[^*,"]+)'
_FACTOR = re.compile(rf"({_NAME})(?:\*\*([1-9][0-9]*))?(?:\*(?!\*)|$)")
_ENTRY = re.compile(rf"({_NAME})(?:,|$)")


def _order(variable: sympy.Symbol) -> tuple[Any, ...]:
    return natural_key(variable.name)


def moment_symbol(powers: Mapping[Any, int]) -> sympy.Symbol:
    """The symbol of E[Π x^k] for ``{variable: k}``; exponents 0 are left out.

    >>> moment_symbol({"y": 1, "x": 2, "z": 0})
    E[x**2*y]

    Raises InvalidArgument where no variable is left.
    """
    counts = {as_variable(v, "powers"): natural(power, "powers") for v, power in powers.items()}
    shown = sorted((v for v, power in counts.items() if power), key=_order)
    if not shown:
        raise InvalidArgument("Argument 'powers' must name a variable with a positive exponent.")
    factors = (quoted(v.name) + (f"**{counts[v]}" if counts[v] > 1 else "") for v in shown)
    return sympy.Symbol(f"E[{'*'.join(factors)}]")


def cumulant_symbol(variables: Iterable[Any]) -> sympy.Symbol:
    """The symbol of κ(X_1, …, X_r) for a list of variables, repeats allowed.

    >>> cumulant_symbol(["y", "x", "x"])
    κ[x,x,y]

    Raises InvalidArgument for no variables.
    """
    shown = sorted((as_variable(v, "variables") for v in variables), key=_order)
    if not shown:
        raise InvalidArgument("Argument 'variables' must name at least one variable.")
    return sympy.Symbol(f"κ[{','.join(quoted(v.name) for v in shown)}]")


def symbol_latex(name: str) -> str | None:
    r"""LaTeX of a name that :func:`moment_symbol` or :func:`cumulant_symbol` gives; None for any other name.

    >>> print(symbol_latex("E[x**2*y]"), symbol_latex("κ[x,x,y]"), symbol_latex("x"))
    \mathbb{E}[x^{2} y] \kappa(x, x, y) None
    """
    if not name.endswith("]"):
        return None
    powers = moment_powers(name)
    if powers is not None:
        return rf"\mathbb{{E}}[{' '.join(latex_text(sympy.Pow(v, power), ()) for v, power in powers.items())}]"
    entries = cumulant_entries(name)
    return None if entries is None else rf"\kappa({', '.join(map(latex_name, entries))})"


def moment_powers(name: str) -> dict[sympy.Symbol, int] | None:
    """The powers that a name of :func:`moment_symbol` stands for; None for any other name.

    >>> moment_powers("E[x**2*y]"), moment_powers("E[y*x]")
    ({x: 2, y: 1}, None)
    """
    if not (name.startswith("E[") and name.endswith("]")):
        return None
    powers = {_read(found[1]): int(found[2] or 1) for found in _pieces(_FACTOR, name[2:-1])}
    return powers if powers and moment_symbol(powers).name == name else None


def cumulant_entries(name: str) -> list[sympy.Symbol] | None:
    """The variables, with repeats, that a name of :func:`cumulant_symbol` stands for; None for any other name.

    >>> cumulant_entries("κ[x,x,y]"), cumulant_entries("E[x]")
    ([x, x, y], None)
    """
    if not (name.startswith("κ[") and name.endswith("]")):
        return None
    entries = [_read(found[1]) for found in _pieces(_ENTRY, name[2:-1])]
    return entries if entries and cumulant_symbol(entries).name == name else None


def _pieces(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches one after the other, as far as they go."""
    position = 0
    while position < len(text) and (found := pattern.match(text, position)):
        yield found
        position = found.end()


def _read(written: str) -> sympy.Symbol:
    if written.startswith('"'):
        try:
            return sympy.Symbol(json.loads(written))
        except json.JSONDecodeError:
            pass  # no name of ours: the comparison with the canonical name will tell
    return sympy.Symbol(written)
