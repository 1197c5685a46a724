"""A question about a formula and a law, as the commands about decompositions ask it, and how its answer is shown."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any

import sympy
from tqdm import tqdm

from symwick.algebra.numbers import format_number
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.whole_files import write_whole
from symwick.cli.reading import LawOptions, blocks_of, formula_of, law_for, point_of
from symwick.cli.reporting import Reporter
from symwick.decompose.decomposition import Decomposition
from symwick.decompose.wick import GWPD
from symwick.errors import InvalidArgument, NoClosedForm, NotRational, TooLarge

__all__ = ["Question", "as_float", "decimal", "number_text", "in_order"]

_LONGEST_FORM = 300
_LONGEST_NUMBER = 40


def number_text(value: Any) -> str:
    """An exact number as text; very long fractions by their size."""
    text = format_number(value) if isinstance(value, (int, Fraction)) else str(value)
    return text if len(text) <= _LONGEST_NUMBER else f"({len(text):,} digits)"


def decimal(value: Any) -> str:
    """About how large a number is, in six digits.

    >>> decimal(Fraction(1, 3)), decimal(10**400)
    ('0.333333', '1.00000e+400')
    """
    number = as_float(value)
    return str(sympy.N(value, 6)) if number is None or (not number and value) else f"{number:.6g}"


def as_float(value: Any) -> float | None:
    """A number as a float; None where it is too large for one, since JSON has no infinity."""
    try:
        number = float(value)
    except (OverflowError, TypeError):
        return None
    return number if isfinite(number) else None


def _size(value: Any) -> Any:
    """How large a number is, to sort by."""
    number = as_float(value)
    return sympy.Abs(value).evalf(20) if number is None else abs(number)


class Question:
    """The formula, the law, the inputs and the point that a command was given."""

    def __init__(
        self,
        formula: str,
        law: Path | None,
        inputs: Sequence[str],
        columns: str,
        codes: Sequence[str],
        missing: str,
        delimiter: str,
        decimal: str,
        parameters: str,
        blocks: Sequence[str],
        at: str,
        row: int | None,
        limit: int | None,
    ) -> None:
        options = LawOptions(law, inputs, columns, codes, missing, delimiter, decimal, parameters)
        self.f = formula_of(formula)
        self.law = law_for(options, self.f)
        self.blocks = blocks_of(blocks)
        self.limits: dict[str, Any] = {} if limit is None else {"limit": limit}
        self.point: dict[str, Any] | None = point_of(at)
        if row is not None:
            if self.point is not None:
                raise InvalidArgument("Options '--at' and '--row' must not be given together.")
            self.point = options.row([v.name for v in self.law.variables], row)

    # -- one form ---------------------------------------------------------------------------------------------------------

    def show_form(self, out: Reporter, form: ClosedForm, latex: bool) -> None:
        value = self._value(form)
        if out.as_json:
            out.json({**self._form(form, latex), "inputs": [v.name for v in self.law.variables], "at": self._point()})
            return
        if latex:
            out.whole(form.latex(equation=True))
            return
        out.whole(str(form))
        if form.reason:
            out.line(f"zero, because {form.reason}", "dim")
        if value is not None and self.point is not None:
            out.line(f"at {self._point_text()}: {_with_decimal(value)}")
        elif value is not None and "/" in str(value):
            out.line(f"≈ {decimal(value)}", "dim")
        self._remarks(out, form.assumptions)

    def _form(self, form: ClosedForm, latex: bool) -> dict[str, Any]:
        found: dict[str, Any] = {"form": _text(form), **({"latex": form.latex()} if latex else {})}
        if form.reason:
            found["zero_because"] = form.reason
        if form.assumptions:
            found["assumptions"] = list(map(str, form.assumptions))
        value = self._value(form)
        if value is not None:
            found |= {"value": str(value) if isinstance(value, sympy.Basic) else format_number(value), "decimal": as_float(value)}
        return found

    def _value(self, form: ClosedForm) -> Any:
        """The number at the point, or of a form that depends on nothing; None where there is none."""
        if form.parameters or (form.variables and self.point is None):
            return None
        try:
            return form.at(self.point) if self.point is not None and form.variables else form.value
        except NotRational:
            at = {sympy.Symbol(name): value for name, value in (self.point or {}).items()}
            return form.expr.subs(at)

    # -- all terms ------------------------------------------------------------------------------------------------------

    def show_terms(
        self, out: Reporter, terms: Decomposition, most: int, latex: bool, output: Path | None, *, complete: bool = True
    ) -> None:
        if output is not None:
            write_whole(output, terms.to_json())
        if out.as_json:
            self._terms_as_json(out, terms, latex, complete)
            return
        if latex:
            out.whole(terms.latex(most))
            return
        keys, values = self._values(terms)
        if values:
            keys = sorted(keys, key=lambda key: _size(values[key]), reverse=True)
        number = [("value", "right"), ("decimal", "right")] if values else []
        term = [("term", "left")] if terms.kind == "gwpd" or not values else []
        rows = []
        for key in keys[:most]:
            cells = [number_text(values[key]), decimal(values[key])] if values else []
            rows.append([self._key(terms, key), *cells, *([_written(terms[key])] if term else [])])
        last = None
        if values:
            total = sum(values.values())
            last = ["sum", number_text(total), decimal(total), *([self._sum_text(complete)] if term else [])]
        head = "drawn together" if terms.kind == "gcpd" else "inputs together"
        out.table([(head, "left"), *number, *term], rows, last)
        if len(keys) > most:
            smaller = "smaller" if values else "more"
            out.line(f"{len(keys) - most} {smaller} terms are not shown (--most {len(keys)} shows all).", "dim")
        if complete:
            out.line(str(terms.check()))
        if output is not None:
            out.line(f"written: {output}")
        self._remarks(out, terms.assumptions)

    def _values(self, terms: Decomposition) -> tuple[list[Any], dict[Any, Any]]:
        """The keys in the order of iteration, and the value of each term; none where terms have no values."""
        keys = list(terms)
        if terms.kind == "gwpd" and self.point is None:
            return keys, {}
        try:
            if isinstance(terms, GWPD):
                return keys, dict(terms.at(self.point or {}))
            bar = tqdm(terms.items(), total=len(keys), desc="terms", delay=2, leave=False, disable=None)
            return keys, {key: form.value for key, form in bar}
        except NotRational:  # π, roots, or symbols that remain
            values = {key: self._value(terms[key]) for key in keys}
            return keys, {} if None in values.values() else values

    def _sum_text(self, complete: bool) -> str:
        return f"f at {self._point_text()}" if complete else f"of these terms, at {self._point_text()}"

    def _terms_as_json(self, out: Reporter, terms: Decomposition, latex: bool, complete: bool) -> None:
        order = [str(key) for key in terms.inputs.keys]
        listed = []
        for key, form in tqdm(terms.items(), total=len(terms), desc="terms", delay=2, leave=False, disable=None):
            names: Any = in_order(key, order) if terms.kind == "gwpd" else _blocks(key, order)
            listed.append({("inputs" if terms.kind == "gwpd" else "partition"): names, **self._form(form, latex)})
        document: dict[str, Any] = {"kind": terms.kind, "inputs": order, "at": self._point(), "terms": listed}
        if complete:
            check = terms.check()
            document["check"] = {"rule": check.rule, "holds": check.ok}
        document["notes"] = list(self.law.notes)
        out.json(document)

    @staticmethod
    def _key(terms: Decomposition, key: Any) -> str:
        order = [str(name) for name in terms.inputs.keys]
        if terms.kind == "gwpd":
            return "{" + ", ".join(in_order(key, order)) + "}" if key else "∅, the mean"
        return " | ".join(", ".join(names) for names in _blocks(key, order)) or "nothing"

    # -- remarks ----------------------------------------------------------------------------------------------------------

    def _remarks(self, out: Reporter, assumptions: Sequence[Any]) -> None:
        if assumptions:
            out.line(f"assuming {', '.join(map(str, assumptions))}", "dim")
        for note in self.law.notes:
            out.line(f"note: {note}", "dim")

    def _point(self) -> dict[str, str] | None:
        return None if self.point is None else {name: format_number(value) for name, value in self.point.items()}

    def _point_text(self) -> str:
        return ", ".join(f"{name}={number_text(value)}" for name, value in (self.point or {}).items())


def in_order(members: Any, order: Sequence[str]) -> list[str]:
    """The members of a set of inputs, in the order of all inputs."""
    return sorted(map(str, members), key=order.index)


def _text(form: ClosedForm) -> str:
    """A term as text; where it cannot be written out, why."""
    try:
        return str(form)
    except (TooLarge, NoClosedForm) as error:
        return f"({error})"


def _written(form: ClosedForm) -> str:
    """A term in a cell of a table."""
    text = _text(form)
    if text.startswith("<"):  # a summary of what is too long to be written out
        return "(long)"
    return text if len(text) <= _LONGEST_FORM else f"{text[: _LONGEST_FORM - 1]}…"


def _blocks(partition: Any, order: Sequence[str]) -> list[list[str]]:
    """The blocks of a partition, each in the order of all inputs, and by their first."""
    return sorted((in_order(block, order) for block in partition), key=lambda names: order.index(names[0]))


def _with_decimal(value: Any) -> str:
    text = number_text(value)
    return text if isinstance(value, int) or "/" not in str(value) else f"{text} ≈ {decimal(value)}"

