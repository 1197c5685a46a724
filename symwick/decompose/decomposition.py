"""Decompositions as Mappings: the GWPD, f(x) = Σ_S W_f(x_S), and the GCPD, E f = Σ_π K_f(π)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import sympy

from symwick.algebra.notebook import MOST_ROWS, MOST_TEXT, Math, bounded, cut, dollars, html_page, html_table, listed
from symwick.circuits.arithmetic import combined
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_display import form_cell
from symwick.circuits.variables import close_names
from symwick.circuits.whole_files import write_whole
from symwick.decompose.inputs import Inputs
from symwick.decompose.json_format import dump
from symwick.errors import InvalidArgument, MissingLibrary, NoClosedForm, TooLarge, amount

__all__ = ["Check", "Decomposition", "sum_of_forms"]

_MOST_COUNTED = 100_000
"""Predicted terms up to which a notebook is told their exact number."""


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict of a sum rule, made by ``D.check()``: true where the terms add up; ``difference`` says what is wrong.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> D = sw.gwpd("x*y", P)
    >>> D.check().ok, D.replace({("x",): 0}).check()
    (True, f(x) = Σ_S W_f(x_S): VIOLATED, the difference is -3*x/8 + 9/64)
    """

    rule: str
    ok: bool
    difference: str = ""

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return (
            f"{self.rule}: holds exactly" if self.ok else f"{self.rule}: VIOLATED, the difference is {self.difference}"
        )

    def __repr__(self) -> str:
        return cut(str(self), MOST_TEXT)


def sum_of_forms(terms: list[tuple[int, ClosedForm]], **about: Any) -> ClosedForm:
    """Σ sign · form as one form on one shared circuit."""
    if not terms:
        return ClosedForm.constant(0, **about)
    signs = [sign for sign, _ in terms]
    form: ClosedForm = combined(
        [form for _, form in terms], lambda build, nodes: build.sum(list(zip(signs, nodes, strict=True))), **about
    )
    return form


class Decomposition(Mapping[Any, ClosedForm]):
    """What :class:`GWPD` and :class:`GCPD` share, made by :func:`gwpd` and :func:`gcpd`: terms are derived when asked for.

    Iteration runs over the terms that are not structurally zero; ``D[key]`` answers for every key, and a structural zero
    says why in ``.reason``. ``check()`` verifies the sum rule exactly.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> D = sw.gwpd("x + y", P)
    >>> [len(S) for S in D], D["x"], D["x", "y"].reason
    ([0, 1, 1], x - 3/8, 'no product in f holds x, y together: f is a sum that separates them')
    """

    kind: str
    rule: str
    _instead = ""
    """What else can be asked where there are far too many terms."""

    def __init__(
        self,
        inputs: Inputs,
        *,
        engine: Any = None,
        limit: int = 0,
        terms: Mapping[Any, ClosedForm] | None = None,
        target: ClosedForm | None = None,
        inexact: bool = False,
        parameters: tuple[sympy.Symbol, ...] = (),
    ) -> None:
        self.inputs = inputs
        self.limit = limit
        self.inexact = inexact
        self._engine = engine
        self._parameters = parameters
        self._given = dict(terms or {})  # terms that do not come from the engine: loaded or replaced ones
        self._target = target
        self._known: dict[Any, ClosedForm] = {}

    # -- keys -------------------------------------------------------------------------------------------------------------

    @abstractmethod
    def _read_key(self, key: Any) -> Any:
        """A key as users give it, as the internal one (masks). Raises UnknownVariable, a KeyError."""

    @abstractmethod
    def _write_key(self, key: Any) -> Any:
        """The internal key as frozensets."""

    @abstractmethod
    def _keys(self) -> Iterator[Any]:
        """The internal keys of the terms that are not structurally zero, in a fixed order."""

    @abstractmethod
    def _derive(self, key: Any) -> ClosedForm:
        """The term from the engine."""

    @abstractmethod
    def _key_text(self, key: Any) -> str:
        """The internal key as short text."""

    def __getitem__(self, key: Any) -> ClosedForm:
        return self._term(self._read_key(key))

    def _term(self, key: Any) -> ClosedForm:
        if key in self._given:
            return self._given[key]
        if self._engine is None:
            return ClosedForm.constant(0, known=self._variables(), reason="the saved decomposition has no such term")
        if key not in self._known:
            self._known[key] = self._derive(key)
        return self._known[key]

    def _variables(self) -> tuple[sympy.Symbol, ...]:
        return tuple(v for block in self.inputs.blocks for v in block)

    def __iter__(self) -> Iterator[Any]:
        return (self._write_key(key) for key in self._keys())

    def __len__(self) -> int:
        self._guard("Terms to count")
        return sum(1 for _ in self._keys())

    def __contains__(self, key: Any) -> bool:
        """Whether the term is one of the iteration, which structural zeros are not."""
        try:
            wanted = self._read_key(key)
        except InvalidArgument:
            return False
        return any(wanted == known for known in self._keys())

    def replace(self, terms: Mapping[Any, Any]) -> Decomposition:
        """The same decomposition with other terms put in: forms, numbers or expressions; for trying what a check sees."""
        given = dict(self._given)
        for key, value in terms.items():
            form = value if isinstance(value, ClosedForm) else ClosedForm.of(value, self._variables(), "terms")
            given[self._read_key(key)] = form
        return self._with_terms(given)

    @abstractmethod
    def _with_terms(self, given: dict[Any, ClosedForm]) -> Decomposition: ...

    @property
    def assumptions(self) -> tuple[sympy.Basic, ...]:
        """What the law's symbolic parameters, and the means taken so far, are taken to fulfil."""
        law = () if self._engine is None else self._engine.law.assumptions
        found = [a for form in (*self._given.values(), *self._known.values()) for a in form.assumptions]
        return tuple(dict.fromkeys((*law, *found)))

    @property
    def parameters(self) -> tuple[sympy.Symbol, ...]:
        """The symbols of f that are no variables of the law, by name: parameters, a misspelled variable among them.

        >>> import symwick as sw
        >>> P = sw.Independent({"petal_length": sw.Normal(4, 1), "petal_width": sw.Normal(1, 1)})
        >>> D = sw.gwpd("2*petal_lenght*petal_width", P)
        >>> D
        GWPD over petal_length, petal_width
          parameters: petal_lenght (did you mean petal_length?)
          ∅: 2*petal_lenght
          {petal_width}: 2*petal_lenght*(petal_width - 1)
        >>> D.parameters
        (petal_lenght,)
        """
        found: tuple[sympy.Symbol, ...] = self._parameters if self._engine is None else self._engine.parameters
        return found

    def _parameters_text(self) -> str:
        """The parameters, those that look like a slip first, with the variable that may be meant."""
        names = [v.name for v in self._variables()]
        close = {symbol: close_names(symbol.name, names, 1) for symbol in self.parameters}
        slips = [f"{symbol} (did you mean {found[0]}?)" for symbol, found in close.items() if found]
        return listed([*slips, *(symbol for symbol, found in close.items() if not found)])

    # -- the sum rule -------------------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def target(self) -> ClosedForm:
        """What the terms add up to."""

    def total(self) -> ClosedForm:
        """The sum of all terms, as one form on one circuit."""
        self._guard("Terms to add up")
        return sum_of_forms([(1, self._term(key)) for key in self._keys()])

    @abstractmethod
    def _predicted(self) -> int:
        """An upper bound of the number of terms."""

    def _guard(self, what: str, limit: int | None = None) -> None:
        predicted, limit = self._predicted(), limit or self.limit
        if self._engine is not None and predicted > limit:
            raise TooLarge(what, predicted, limit, instead=self._instead)

    @abstractmethod
    def _engine_rule_holds(self) -> bool: ...

    def check(self) -> Check:
        """The sum rule, decided exactly.

        Raises InvalidArgument for float64 decompositions, whose terms carry error bounds instead.
        """
        if self.inexact:
            raise InvalidArgument("A float64 decomposition has no exact sum rule; its terms carry error bounds.")
        if self._engine is None:
            difference = sum_of_forms([*((1, self._term(key)) for key in self._keys()), (-1, self.target)])
            return self._verdict(True, difference)
        self._guard("Terms of the sum rule")
        holds = self._engine_rule_holds()
        changes = []
        for key, form in self._given.items():
            changes += [(1, form), (-1, self._derive(key))]
        return self._verdict(holds, sum_of_forms(changes) if changes else ClosedForm.constant(0))

    def _verdict(self, holds: bool, difference: ClosedForm) -> Check:
        zero = difference.equals(0)
        text = "" if zero else str(difference.simplify())
        return Check(self.rule, holds and zero, text or ("" if holds else "in the derived terms"))

    # -- out ------------------------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The decomposition as JSON text of the format ``symwick-decomposition/1``; see ``symwick.load``."""
        self._guard("Terms to write")
        return dump(self)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the JSON to a file, whole or not at all."""
        write_whole(path, self.to_json())

    def to_pandas(self, at: Mapping[Any, Any] | None = None) -> Any:
        """A pandas DataFrame: key, order, term, and the value at a point where one is given.

        Raises MissingLibrary where pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingLibrary('Data frames need pandas, which is not installed: pip install "symwick[pandas]".') from error

        self._guard("Rows of the table")
        rows = []
        for key in self._keys():
            form = self._term(key)
            row = {"term": self._write_key(key), "order": self._order(key), "form": str(form)}
            if at is not None:
                row["value"] = form.at(at)
            elif not form.variables and not form.parameters:
                row["value"] = form.value if not form.leaves else None
            rows.append(row)
        return pd.DataFrame(rows)

    @abstractmethod
    def _order(self, key: Any) -> int: ...

    # -- printing ---------------------------------------------------------------------------------------------------------------

    def _shown(self, many: int) -> tuple[list[Any], bool]:
        keys: list[Any] = []
        for key in self._keys():
            if len(keys) == many:
                return keys, True
            keys.append(key)
        return keys, False

    def __repr__(self) -> str:
        keys, more = self._shown(8)
        lines = [f"  {self._key_text(key)}: {self._short(key)}" for key in keys]
        if more:
            lines.append("  …")
        told = [f"  parameters: {self._parameters_text()}"] if self.parameters else []
        return bounded("\n".join([self._title(), *told, *lines]))

    def _title(self) -> str:
        return f"{type(self).__name__} over {listed(self.inputs.keys, 24, none='no inputs')}"

    def _short(self, key: Any) -> str:
        """One term on a line; where it does not exist, why."""
        try:
            text = str(self._term(key))
        except NoClosedForm as error:
            text = f"none: {error}"
        return text if len(text) <= 100 else f"{text[:97]}…"

    def latex(self, max_terms: int = 12) -> str:
        """LaTeX of the sum, a term a line."""
        keys, more = self._shown(max_terms)
        lines = [rf"{self._key_latex(key)} &= {self._term(key).latex()}" for key in keys]
        if more:
            lines.append(r"&\;\;\vdots")
        return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"

    @abstractmethod
    def _key_latex(self, key: Any) -> str: ...

    def _repr_latex_(self) -> str | None:
        keys, _ = self._shown(12)
        return dollars(self.latex()) if all(isinstance(self._cell(key), Math) for key in keys) else None

    def _cell(self, key: Any) -> str:
        """One term in a cell of a table; where it does not exist, why."""
        try:
            return form_cell(self._term(key))
        except NoClosedForm as error:
            return f"none: {error}"

    def _repr_html_(self) -> str:
        keys, more = self._shown(MOST_ROWS)
        rows = [(Math(self._key_latex(key)), self._cell(key)) for key in keys]
        total, left = "", ""
        if not more:
            total = f"{len(keys):,}"
        elif self._predicted() <= _MOST_COUNTED:
            total = f"{len(self):,}"
            left = f"… {len(self) - len(keys):,} more"
        else:
            total, left = f"at most {amount(self._predicted())}", "… more"
        facts = [("rule", self.rule), ("terms that are not structurally zero", total)]
        if self.parameters:
            facts.insert(0, ("parameters", self._parameters_text()))
        if self.assumptions:
            facts.append(("assuming", listed(self.assumptions)))
        return html_page(self._title(), html_table(facts), html_table(rows, ["term", "closed form"], more=left))

    def _ipython_key_completions_(self) -> list[str]:
        return [str(key) for key in self.inputs.keys]
