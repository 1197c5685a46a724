"""Marginals as text, written as in Python and as they print: ``Normal(0, s)``, ``Bernoulli(1/4)``; read without evaluation."""

from __future__ import annotations

import ast
import difflib
import inspect
import re
from typing import Any

from symwick.circuits.excerpts import fault
from symwick.distributions import marginals
from symwick.distributions.marginal_law import Marginal
from symwick.distributions.mixture import Mixture
from symwick.errors import FormatError, InexactError, InvalidArgument

__all__ = ["FAMILIES", "parse_marginal"]

_MAX_LENGTH = 100_000
_MAX_DEPTH = 10

FAMILIES: dict[str, Any] = {
    **{name: getattr(marginals, name) for name in marginals.__all__ if name not in ("Marginal", "MarginalLaw")},
    "Mixture": Mixture,
}
"""The names that may be written, in any case of their letters."""

_LOWER = {name.lower(): name for name in FAMILIES}


def parse_marginal(text: str, *, where: str = "Marginal") -> Marginal:
    """The univariate law that the text writes; parameters are exact numbers or expressions, in which names are symbols.

    >>> parse_marginal("Normal(0, variance=1/3)"), parse_marginal("categorical({1: 1/4, 3: 0.75})")
    (Normal(0, variance=1/3), Categorical({1: 1/4, 3: 3/4}))
    >>> parse_marginal(repr(parse_marginal("Mixture([(p, Bernoulli(1/2)), (1 - p, Poisson(2))])")))
    Mixture([(p, Bernoulli(1/2)), (1 - p, Poisson(2))])

    Raises FormatError, which names column and rule; ``where`` is what it calls the text.
    """
    if not isinstance(text, str):
        raise FormatError(f"{where}: a marginal must be text such as \"Normal(0, 1)\", not {text!r}.")
    if len(text) > _MAX_LENGTH:
        raise FormatError(f"{where}: a marginal must have at most {_MAX_LENGTH:,} characters, not {len(text):,}.")
    flat = " ".join(text.split())
    try:
        tree = ast.parse(flat, mode="eval").body
    except (RecursionError, MemoryError):
        raise FormatError(f"{where}: a marginal must be nested less deeply.") from None
    except (SyntaxError, ValueError) as error:
        hint = " Parameters stand in parentheses: Normal(0, 1)." if re.match(r"\s*\w+\s*[:~ ]", flat) else ""
        raise fault(where, flat, (getattr(error, "offset", None) or 1) - 1, f"{getattr(error, 'msg', error)}.{hint}") from None
    return _Reader(flat, where).marginal(tree, 0)


_SHORT = {"n": "Normal", "gaussian": "Normal", "u": "Uniform", "unif": "Uniform", "bern": "Bernoulli", "b": "Bernoulli",
          "exp": "Exponential", "t": "StudentT", "chi2": "ChiSquared", "dice": "DiscreteUniform"}  # fmt: skip


def _meant(name: str) -> str:
    """The family that a name may mean, as a sentence with a space in front."""
    if re.fullmatch(r"\d+(\.\d*)?|\.\d+", name):
        bit = f" A bit that is 1 with probability {name} is Bernoulli({name})." if re.fullmatch(r"0?\.\d+", name) else ""
        return f"{bit} An input that is always {name} is Constant({name})."
    close = difflib.get_close_matches(name.lower(), _LOWER, 1)
    family = _SHORT.get(name.lower()) or (_LOWER[close[0]] if close else "")
    return f" Perhaps {family} is meant." if family else ""


class _Reader:
    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        self.encoded = text.encode()  # ast counts bytes; its get_source_segment reads the whole text for every value

    def fail(self, node: ast.AST, what: str) -> FormatError:
        offset = len(self.encoded[: getattr(node, "col_offset", 0)].decode())
        return fault(self.where, self.text, offset, what)

    def marginal(self, node: ast.expr, depth: int) -> Marginal:
        if isinstance(node, ast.Name):  # Rademacher, without its ()
            node = ast.Call(node, [], [], lineno=node.lineno, col_offset=node.col_offset, end_col_offset=node.end_col_offset)
        name = _LOWER.get(node.func.id.lower()) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
        if name is None or not isinstance(node, ast.Call):
            hint = _meant(ast.get_source_segment(self.text, node.func if isinstance(node, ast.Call) else node) or "")
            raise self.fail(node, f"must be one of {', '.join(sorted(FAMILIES))}, with parameters in (…).{hint}")
        if any(isinstance(argument, ast.Starred) for argument in node.args) or any(k.arg is None for k in node.keywords):
            raise self.fail(node, "must list its parameters without stars.")
        make = FAMILIES[name]
        given = [self.value(argument, depth + 1) for argument in node.args]
        named = {str(k.arg): self.value(k.value, depth + 1) for k in node.keywords}
        known = [p for p in inspect.signature(make).parameters.values() if p.name != "limit"]
        try:
            inspect.signature(make).replace(parameters=known).bind(*given, **named)
        except TypeError as error:
            takes = ", ".join(p.name for p in known) or "no parameters"
            raise self.fail(node, f"{name} takes {takes}: {error}.") from None
        try:
            made = make(*given, **named)
        except (InvalidArgument, InexactError, FormatError) as error:
            raise self.fail(node, f"{name}: {error}") from None
        return made

    def value(self, node: ast.expr, depth: int) -> Any:
        """Numbers and expressions stay text, which the family reads; lists, tables and marginals inside are read here."""
        if depth > _MAX_DEPTH:
            raise self.fail(node, f"must be nested at most {_MAX_DEPTH} deep.")
        if isinstance(node, (ast.List, ast.Tuple)):
            parts = [self.value(part, depth + 1) for part in node.elts]
            return tuple(parts) if isinstance(node, ast.Tuple) else parts
        if isinstance(node, ast.Dict):
            table: dict[Any, Any] = {}
            for key, value in zip(node.keys, node.values, strict=True):
                point = None if key is None else self.value(key, depth + 1)
                if not isinstance(point, str) or point in table:
                    raise self.fail(key or value, "must name each point once.")
                table[point] = self.value(value, depth + 1)
            return table
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.lower() in _LOWER:
            return self.marginal(node, depth + 1)
        return self.encoded[node.col_offset : node.end_col_offset].decode()
