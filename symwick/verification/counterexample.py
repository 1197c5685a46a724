"""A counterexample: the smallest case found at which a numeric function is wrong, as numbers and as code that runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symwick.algebra.notebook import MOST_TEXT, cut
from symwick.verification.calling import MUTATES, NOT_A_NUMBER, NOT_DETERMINISTIC, RAISES, Caller
from symwick.verification.cases import Atoms, Case, as_float
from symwick.verification.judging import Comparison

__all__ = ["Counterexample", "counterexample_of"]


@dataclass(frozen=True)
class Counterexample:
    """``point`` by keyword, ``rows`` (and ``weights``) of the law where there is one; the output ``term``; what came out.

    ``got`` and ``exact`` are None where the function returned no number. ``code`` runs, and fails as the function does; it
    calls the function ``numeric`` unless it can be imported.
    """

    point: Mapping[str, Fraction]
    rows: Atoms
    weights: tuple[Fraction, ...]
    term: str
    got: Any
    exact: Fraction | None
    bound: Fraction | None
    code: str

    def __repr__(self) -> str:
        return cut(str(self), MOST_TEXT)

    def __str__(self) -> str:
        parts = [f"{k} = {_text(v)}" for k, v in self.point.items()]
        if self.rows:
            law = [f"({', '.join(map(_text, row))})" for row in self.rows]
            if len(set(self.weights)) > 1:
                law = [f"{row}: {w}" for row, w in zip(law, self.weights, strict=True)]
            parts.append(("the law of the rows " if parts else "rows ") + ", ".join(law))
        where = f"at {', '.join(parts)}" if parts else "without arguments"
        if self.exact is None:
            return where
        term = f"{self.term}: " if self.term else ""
        return f"{where}: {term}it gives {float(self.got)!r}, exactly it is {_text(self.exact)}"


def _text(value: Fraction) -> str:
    text = str(value)
    return text if len(text) <= 24 else repr(as_float(value))


def counterexample_of(
    case: Case, caller: Caller, verdict: str, term: str, place: int, comparison: Comparison | None
) -> Counterexample:
    """The record of a case, with its code."""
    space = caller.space
    point = {space.keywords[s]: v for s, v in space.values(case).items()}
    return Counterexample(
        point=point,
        rows=case.atoms,
        weights=case.weights,
        term=term,
        got=None if comparison is None else comparison.got,
        exact=None if comparison is None else comparison.exact,
        bound=None if comparison is None else comparison.bound,
        code=_code(case, point, caller, verdict, place, comparison),
    )


def _code(
    case: Case, point: Mapping[str, Fraction], caller: Caller, verdict: str, place: int, comparison: Comparison | None
) -> str:
    name, source = _imported(caller.numeric)
    space, style = caller.space, caller.style
    lines = ["from fractions import Fraction", "import numpy as np", source]
    shown = {k: f"np.array([{as_float(v)!r}])" if style.arrays else repr(as_float(v)) for k, v in point.items()}
    arguments: list[str] = []
    if space.of_rows:
        weights = "each of the same weight" if case.even else f"with the weights {', '.join(map(str, case.weights))}"
        table = [[as_float(v) for v in row] for row in case.atoms]
        lines.append(f"rows = np.array({table!r})  # {', '.join(space.variables)}; {weights}")
        if space.presented == "columns":
            shown = {v: f"rows[:, {j}].copy()" for j, v in enumerate(space.variables)} | shown
        else:
            arguments.append("rows")
        if space.presented == "weighted":
            arguments.append(f"np.array({[as_float(w) for w in case.weights]!r})")
    elif case.atoms:
        atoms = ", ".join(f"({', '.join(map(str, row))}): {w}" for row, w in zip(case.atoms, case.weights, strict=True))
        lines.append(f"# the moments are those of the law of ({', '.join(case.variables)}) that is {{{atoms}}}")
    arguments += [f"{k}={v}" if style.by_keyword else v for k, v in shown.items()]
    call = f"{name}({', '.join(arguments)})"
    path = caller.paths[place] if place < len(caller.paths) else "{}"
    number = f"np.ravel({path.format(call)})[0]"
    if verdict == RAISES:
        lines.append(f"{call}  # raises")
    elif verdict == MUTATES:
        if "rows" not in arguments:
            inside = ", ".join(f"{k!r}: {v}" for k, v in shown.items())
            lines += [f"given = {{{inside}}}", "before = {k: np.copy(v) for k, v in given.items()}"]
            lines.append(f"{name}({'**given' if style.by_keyword else '*given.values()'})")
            lines.append("assert all(np.array_equal(given[k], before[k]) for k in given), given")
        else:
            lines += ["before = rows.copy()", call, "assert np.array_equal(rows, before), rows"]
    elif verdict == NOT_DETERMINISTIC:
        lines += [f"first = {number}", f"again = {number}", "assert first == again, (first, again)"]
    elif verdict == NOT_A_NUMBER:
        lines += [f"got = {number}", "assert np.isfinite(got), got"]
    elif comparison is not None:
        exact, bound = comparison.exact, as_float(comparison.bound)
        written = str(exact) if exact.denominator == 1 else f"Fraction({exact.numerator}, {exact.denominator})"
        lines += [f"got = {number}", f"exact = {written}", f"assert abs(Fraction(float(got)) - exact) <= {bound!r}, (got, exact)"]
    else:
        lines += [f"result = {call}", "print(result)"]
    if not any("Fraction(" in line for line in lines):
        lines = lines[1:]
    if not any("np." in line for line in lines):
        lines.remove("import numpy as np")
    return "\n".join(filter(None, lines))


def _imported(numeric: Callable[..., Any]) -> tuple[str, str]:
    """The name that code calls the function by, and the line that imports it; none for what has no name to import."""
    module, name = getattr(numeric, "__module__", None), getattr(numeric, "__qualname__", None)
    if not module or not name or not name.isidentifier() or module in ("__main__", "builtins"):
        known = name if name and name.isidentifier() and inspect.isfunction(numeric) else "numeric"
        return known, ""
    return name, f"from {module} import {name}"
