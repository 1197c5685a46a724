"""Expressions as text and LaTeX in a reader's order: what depends on variables first, names of moments behind parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from symwick.algebra.notebook import latex_name

__all__ = ["behind", "is_large", "latex_text", "plain_text", "shown"]

_PRINTED_SIZE = 2_000  # symbols and operations above which a form prints as a summary

_BEHIND = "\u2060"  # sorts behind letters, so that sympy's order of factors puts such symbols last; taken out of the text


def behind(name: str) -> sympy.Symbol:
    """A symbol that is printed as ``name`` and sorted behind all others.

    >>> plain_text(behind("E[x]") * sympy.Symbol("a"), [])
    'a*E[x]'
    """
    return sympy.Symbol(_BEHIND + name)


def is_large(circuit: Any) -> bool:
    """Whether a form is too large to be printed by itself."""
    return bool(circuit.written_size(circuit.labels) > _PRINTED_SIZE)


def shown(circuit: Any, leaves: Mapping[str, Any], *, latex: bool) -> dict[str, sympy.Expr]:
    """The outputs of a form's circuit as they are printed: moments in their notation, gates with a name under that name."""
    named = {position: behind(label[latex]) for position, label in circuit.labels.items()}
    outputs: dict[str, sympy.Expr] = circuit.to_sympy({n: leaves[n].shown(latex=latex) for n in circuit.inputs}, named)
    return outputs


class _Text(StrPrinter):  # type: ignore[misc]
    def __init__(self, variables: frozenset[sympy.Symbol]) -> None:
        super().__init__()
        self._variables = variables

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        return _variables_first(super()._as_ordered_terms(expr, order), self._variables)


class _Latex(LatexPrinter):  # type: ignore[misc]
    def __init__(self, variables: frozenset[sympy.Symbol]) -> None:
        super().__init__()
        self._variables = variables

    def _print_Symbol(self, expr: Any, style: str = "plain") -> str:
        # names of ours that are LaTeX already begin with a backslash, or with the mark
        return str(super()._print_Symbol(expr, style)) if expr.name[:1] in (_BEHIND, "\\") else latex_name(expr)

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        return _variables_first(super()._as_ordered_terms(expr, order), self._variables)


def _variables_first(terms: Iterable[Any], variables: frozenset[sympy.Symbol]) -> list[Any]:
    return sorted(terms, key=lambda term: variables.isdisjoint(term.free_symbols))


def plain_text(expression: sympy.Expr, variables: Iterable[sympy.Symbol]) -> str:
    """The expression as text, summands that hold variables first.

    >>> b, x = sympy.symbols("b x")
    >>> plain_text(x - b, [x]), plain_text(x - b, [b])
    ('x - b', '-b + x')
    """
    return str(_Text(frozenset(variables)).doprint(expression)).replace(_BEHIND, "")


def latex_text(expression: sympy.Expr, variables: Iterable[sympy.Symbol]) -> str:
    """The expression as LaTeX, summands that hold variables first."""
    return str(_Latex(frozenset(variables)).doprint(expression)).replace(_BEHIND, "")
