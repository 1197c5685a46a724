"""Laws put side by side independently: named marginals, smaller joint laws, or both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.notebook import MOST_ROWS, MOST_TEXT, cut, html_table, latex_name, listed
from symwick.algebra.numbers import Number, ratio
from symwick.algebra.vectors import IntVector
from symwick.circuits.variables import Variable, as_variable, as_variables, lookup, variable_mapping
from symwick.distributions.law import Law, Vectors
from symwick.distributions.marginals import Marginal
from symwick.distributions.tabulated import BoundedCache, row_keys, sample_count
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["Independent", "renamed"]

_MOST_ROWS = 1 << 22
_Names = tuple[sympy.Symbol, ...]


class Independent(Law):
    """Independent factors: E Π_j φ_j = Π_j E φ_j over marginals ``{variable: marginal}`` and laws of several variables.

    A value may also be a law. A law of one variable takes the name that its key is. A law of several variables keeps
    its names under a key that is one name, a mere label; under a tuple of as many names it takes these, one by one in
    the order of its variables (a tuple of its own names reorders it). A sequence of laws needs no keys.

    >>> import symwick as sw
    >>> P = sw.Independent({"x": sw.Bernoulli("1/3"), "y": sw.Rademacher()})
    >>> P.moment({"x": 1, "y": 2}), P.cumulant(["x", "y"])
    (Fraction(1, 3), 0)
    >>> P
    Independent({x: Bernoulli(1/3), y: Rademacher()})

    Raises InvalidArgument: a variable in two factors, a key that does not fit its law, a value that is no law.
    """

    def __init__(self, factors: Mapping[Any, Marginal | Law] | Iterable[Law]) -> None:
        names: dict[sympy.Symbol, Marginal] = {}
        laws: list[Law] = []
        if isinstance(factors, Mapping):
            for key, value in factors.items():
                law = _keyed(key, value)
                laws.append(law)
                if isinstance(value, Marginal):
                    names[law.variables[0]] = value
        elif isinstance(factors, Iterable) and not isinstance(factors, (str, bytes, Law)):
            for value in factors:
                if isinstance(value, Marginal):
                    raise InvalidArgument(
                        f"Argument 'factors' must name the variable of {value!r}: pass {{variable: marginal}}."
                    )
                laws.append(_checked(value))
        else:
            raise InvalidArgument(
                f"Argument 'factors' must map variables to marginals or laws, or be a list of laws, not {factors!r}."
            )
        seen: set[sympy.Symbol] = set()
        for law in laws:
            for variable in law.variables:
                if variable in seen:
                    raise InvalidArgument(
                        f"Argument 'factors' must hold each variable in one factor, but {variable} is in two."
                    )
                seen.add(variable)
        self._set(laws, tuple(v for law in laws for v in law.variables), names)

    def _set(
        self, laws: Sequence[Law], variables: _Names, names: Mapping[sympy.Symbol, Marginal]
    ) -> None:
        flat: list[Law] = []
        self._names = dict(names)
        for law in laws:
            if isinstance(law, Independent):
                flat += law.factors
                self._names |= law._names
            elif law.variables:
                flat.append(law)
        self._factors = tuple(flat)
        self.variables = variables
        self.exact = all(law.exact for law in laws)
        self.notes = tuple(note for law in laws for note in law.notes)
        self.assumptions = tuple(dict.fromkeys(a for law in laws for a in law.assumptions))
        self.unspecified = any(law.unspecified for law in laws)
        self._owner = {v: i for i, law in enumerate(flat) for v in law.variables}
        self._groups: BoundedCache[_Names, tuple[frozenset[sympy.Symbol], ...]] = BoundedCache()
        self._tables: BoundedCache[_Names, tuple[npt.NDArray[np.intp], IntVector]] = BoundedCache()

    @property
    def factors(self) -> tuple[Law, ...]:
        """The independent laws, each over its own variables.

        >>> from symwick.distributions.marginals import Bernoulli
        >>> Independent({"x": Bernoulli("1/3"), "y": Bernoulli("1/2")}).factors[1].support("y")
        (0, 1)
        """
        return self._factors

    def _combined(self, laws: list[Law], variables: _Names) -> Law:
        """The laws side by side, their variables in the order given; one law stands for itself."""
        if len(laws) == 1 and laws[0].variables == variables:
            return laws[0]
        law = Independent.__new__(Independent)
        law._set(laws, variables, {v: self._names[v] for v in variables if v in self._names})
        return law

    def _by_factor(self, variables: Iterable[sympy.Symbol]) -> dict[int, list[sympy.Symbol]]:
        parts: dict[int, list[sympy.Symbol]] = {}
        for variable in variables:
            parts.setdefault(self._owner[variable], []).append(variable)
        return parts

    def _factor_of(self, variable: Variable) -> Law:
        if not (isinstance(variable, sympy.Symbol) and variable in self._owner):
            variable = lookup(variable, self.variables, "variable", "the law")
        return self._factors[self._owner[variable]]

    def support(self, variable: Variable) -> tuple[Number, ...]:
        return self._factor_of(variable).support(variable)

    def tabulated(self, variables: Iterable[Variable] | None = None) -> bool:
        parts = self._by_factor(self._select(variables))
        return all(self._factors[i].tabulated(part) for i, part in parts.items())

    def parts(self, variables: Sequence[sympy.Symbol]) -> list[tuple[Law, list[sympy.Symbol]]]:
        return [
            part for i, chosen in self._by_factor(variables).items() for part in self._factors[i].parts(chosen)
        ]

    def weights(self, variable: Variable) -> tuple[tuple[Number, Any], ...] | None:
        return self._factor_of(variable).weights(variable)

    def generating_function(self, rates: Mapping[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
        parts = [(self._factors[i], part) for i, part in self._by_factor(rates).items()]
        return sympy.Mul(*(law.generating_function({v: rates[v] for v in part}) for law, part in parts))

    def generating_domain(self, rates: Mapping[sympy.Symbol, sympy.Expr]) -> tuple[sympy.Basic, ...]:
        parts = [(self._factors[i], part) for i, part in self._by_factor(rates).items()]
        found = [c for law, part in parts for c in law.generating_domain({v: rates[v] for v in part})]
        return tuple(dict.fromkeys(found))

    def assumed(self, powers: Mapping[sympy.Symbol, int]) -> tuple[sympy.Basic, ...]:
        parts = [(self._factors[i], part) for i, part in self._by_factor(powers).items()]
        return tuple(dict.fromkeys(a for law, part in parts for a in law.assumed({v: powers[v] for v in part})))

    @property
    def parameters(self) -> tuple[sympy.Symbol, ...]:
        return tuple(sorted({s for law in self._factors for s in law.parameters}, key=lambda s: s.name))

    def mean_of_product(self, vectors: Vectors) -> Any:
        parts = [(self._factors[i], part) for i, part in self._by_factor(vectors).items()]
        return self._product(law.mean_of_product({v: vectors[v] for v in part}) for law, part in parts)

    def _mean_of_powers(self, powers: Mapping[sympy.Symbol, int]) -> Any:
        parts = [(self._factors[i], part) for i, part in self._by_factor(powers).items()]
        return self._product(law._mean_of_powers({v: powers[v] for v in part}) for law, part in parts)

    def _product(self, means: Iterable[Any]) -> Any:
        return prod(means, start=ratio(1, 1)) if self.exact else prod(map(Ball.of, means), start=Ball(1.0, 0.0))

    def marginal(self, variables: Iterable[Variable]) -> Law:
        chosen = self._select(variables)
        parts = self._by_factor(chosen)
        laws = [
            law if law.variables == tuple(part) else law.marginal(part)
            for law, part in ((self._factors[i], part) for i, part in parts.items())
        ]
        return self._combined(laws, chosen)

    def condition(self, event: Mapping[Any, Any]) -> Law:
        known = variable_mapping(event, self.variables, "event", "the law")
        parts = self._by_factor(known)
        laws = [
            law.condition({v: known[v] for v in parts[i]}) if i in parts else law for i, law in enumerate(self._factors)
        ]
        laws = [law for law in laws if law.variables]
        return self._combined(laws, tuple(v for v in self.variables if v not in known))

    def independent_groups(self, variables: Iterable[Variable] | None = None) -> tuple[frozenset[sympy.Symbol], ...]:
        """The groups of every factor; the finest partition where those of the factors are."""
        chosen = self._select(variables)
        if chosen not in self._groups:
            groups: list[frozenset[sympy.Symbol]] = []
            for i, part in self._by_factor(chosen).items():
                groups += [frozenset(part)] if len(part) == 1 else self._factors[i].independent_groups(part)
            position = {v: j for j, v in enumerate(chosen)}
            groups.sort(key=lambda group: min(position[v] for v in group))
            self._groups.keep(chosen, tuple(groups), len(chosen))
        return self._groups[chosen]

    def joint_table(
        self, variables: Sequence[sympy.Symbol], *, limit: int = _MOST_ROWS
    ) -> tuple[npt.NDArray[np.intp], IntVector]:
        """The product of the tables of the factors. Raises TooLarge where it would have more than ``limit`` rows."""
        chosen = tuple(variables)
        if len(chosen) == 1:
            return self._factor_of(chosen[0]).joint_table(chosen)
        if chosen in self._tables:
            return self._tables[chosen]
        parts = self._by_factor(chosen)
        tables = [self._factors[i].joint_table(part) for i, part in parts.items()]
        rows = prod(len(codes) for codes, _ in tables)
        if rows > limit:
            raise TooLarge(f"Rows of the joint table of {len(chosen)} variables", rows, limit)
        columns: dict[sympy.Symbol, npt.NDArray[np.intp]] = {}
        weights, denominator, bound, before = np.ones(1, dtype=np.int64), 1, 1, 1
        for part, (codes, weight) in zip(parts.values(), tables, strict=True):
            after = rows // before // len(codes)
            for j, variable in enumerate(part):
                columns[variable] = np.tile(np.repeat(codes[:, j], after), before)
            denominator, bound, before = denominator * weight.denominator, bound * weight.bound, before * len(codes)
            dtype = np.int64 if bound < 1 << 62 else object
            factor = weight.numerators.astype(dtype, copy=False)
            weights = np.multiply.outer(weights.astype(dtype, copy=False), factor).ravel()
        table = np.empty((rows, len(chosen)), dtype=np.intp)
        for j, variable in enumerate(chosen):
            table[:, j] = columns[variable]
        order = np.argsort(row_keys(table))
        table = table[order]
        table.setflags(write=False)
        result = table, IntVector.from_integers(weights[order], denominator)
        self._tables.keep(chosen, result, table.size + rows)
        return result

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[Any]:
        count = sample_count(n)
        rng = np.random.default_rng(seed)
        drawn = [law.sample(count, rng) for law in self._factors]
        kinds = {array.dtype for array in drawn}
        if kinds <= {np.dtype(np.int64)}:
            dtype: Any = np.int64
        elif np.dtype(np.float64) in kinds or not self.exact:
            dtype = np.float64
        else:
            dtype = object
        result = np.empty((count, len(self.variables)), dtype=dtype)
        for law, array in zip(self._factors, drawn, strict=True):
            for j, variable in enumerate(law.variables):
                result[:, self._positions[variable]] = array[:, j]
        return result

    def renamed(self, names: Mapping[sympy.Symbol, sympy.Symbol]) -> Independent:
        """The same law with the variables in ``names`` called otherwise; the new names are distinct."""
        law = Independent.__new__(Independent)
        marginals = {names.get(v, v): marginal for v, marginal in self._names.items()}
        law._set([renamed(f, names) for f in self._factors], tuple(names.get(v, v) for v in self.variables), marginals)
        return law

    def _entries(self) -> list[tuple[_Names, Marginal | Law]]:
        return [
            (law.variables, self._names.get(law.variables[0], law) if len(law.variables) == 1 else law)
            for law in self._factors
        ]

    def __repr__(self) -> str:
        shown = [
            f"{names[0] if len(names) == 1 else '(' + ', '.join(map(str, names)) + ')'}: {value!r}"
            for names, value in self._entries()[:8]
        ]
        return cut("Independent({" + ", ".join([*shown, *(["…"] if len(self._factors) > 8 else [])]) + "})", MOST_TEXT)

    _by_formula = False

    def _shown_facts(self) -> list[tuple[str, object]]:
        return [("independent factors", f"{len(self._factors):,}")]

    def _shown_tables(self) -> list[str]:
        rows = [(listed(names), repr(value)) for names, value in self._entries()[:MOST_ROWS]]
        return [html_table(rows, ["variables", "law"], more=len(self._factors) - len(rows))]

    def latex(self) -> str:
        """LaTeX of the factors, one after the other."""
        shown = [
            rf"{latex_name(names[0])} \sim {value.latex()}" if isinstance(value, Marginal) else value.latex()
            for names, value in self._entries()[:8]
        ]
        more = [r"\ldots"] if len(self._factors) > 8 else []
        return r" \;\perp\; ".join([*shown, *more]) or super().latex()


def _checked(value: Any) -> Law:
    if isinstance(value, Law):
        return value
    hint = " (a class; call it)" if isinstance(value, type) else ""
    raise InvalidArgument(f"Argument 'factors' must hold marginals or laws, not {value!r}{hint}.")


def _keyed(key: Any, value: Any) -> Law:
    """The law of one entry of the mapping, under the names that its key gives."""
    if isinstance(value, Marginal):
        if isinstance(key, tuple) and len(key) == 1:
            key = key[0]
        if isinstance(key, tuple):
            raise InvalidArgument(
                f"Argument 'factors' must give one variable for {value!r}, not {len(key)}: {_text(key)}."
            )
        return value.named(as_variable(key, "factors"))
    law = _checked(value)
    if isinstance(key, tuple):
        names = as_variables(key, "factors")
    elif len(law.variables) == 1:
        names = (as_variable(key, "factors"),)
    else:
        return law  # a label
    if len(names) != len(law.variables):
        raise InvalidArgument(
            f"Argument 'factors' must give as many names as {law!r} has variables, {len(law.variables)}, "
            f"not {len(names)}: {_text(names)}."
        )
    if set(names) == set(law.variables):
        return law if names == law.variables else law.marginal(names)
    for old, new in zip(law.variables, names, strict=True):
        if new != old and new in law.variables:
            raise InvalidArgument(
                f"Argument 'factors' must not call {old} by the name of another variable of its law, {new}, "
                f"in the key {_text(names)}."
            )
    return renamed(law, dict(zip(law.variables, names, strict=True)))


def _text(names: Iterable[Any]) -> str:
    return "(" + ", ".join(map(str, names)) + ")"


# -- renaming ------------------------------------------------------------------------------------------------------


def renamed(law: Law, names: Mapping[sympy.Symbol, sympy.Symbol]) -> Law:
    """The same law with the variables in ``names`` called otherwise.

    >>> from symwick.distributions.marginals import Bernoulli
    >>> x, y = sympy.symbols("x y")
    >>> renamed(Bernoulli("1/3").named("x"), {x: y}).variables
    (y,)
    """
    own = getattr(law, "renamed", None)
    return own(names) if own is not None else _Renamed(law, names)


class _Renamed(Law):
    """Any law under other names."""

    def __init__(self, law: Law, names: Mapping[sympy.Symbol, sympy.Symbol]) -> None:
        self._law = law
        self.variables = tuple(names.get(v, v) for v in law.variables)
        self._old = dict(zip(self.variables, law.variables, strict=True))
        self.exact, self.notes = law.exact, law.notes

    @cached_property
    def _new(self) -> dict[sympy.Symbol, sympy.Symbol]:
        return {old: new for new, old in self._old.items()}

    def _back(self, law: Law) -> Law:
        return renamed(law, self._new)

    def support(self, variable: Variable) -> tuple[Number, ...]:
        return self._law.support(self._old[lookup(variable, self.variables, "variable", "the law")])

    def mean_of_product(self, vectors: Vectors) -> Any:
        return self._law.mean_of_product({self._old[v]: vector for v, vector in vectors.items()})

    def _mean_of_powers(self, powers: Mapping[sympy.Symbol, int]) -> Any:
        return self._law._mean_of_powers({self._old[v]: power for v, power in powers.items()})

    def marginal(self, variables: Iterable[Variable]) -> Law:
        return self._back(self._law.marginal([self._old[v] for v in self._select(variables)]))

    def condition(self, event: Mapping[Any, Any]) -> Law:
        known = variable_mapping(event, self.variables, "event", "the law")
        return self._back(self._law.condition({self._old[v]: value for v, value in known.items()}))

    def independent_groups(self, variables: Iterable[Variable] | None = None) -> tuple[frozenset[sympy.Symbol], ...]:
        groups = self._law.independent_groups([self._old[v] for v in self._select(variables)])
        return tuple(frozenset(self._new[v] for v in group) for group in groups)

    def joint_table(self, variables: Sequence[sympy.Symbol]) -> tuple[npt.NDArray[np.intp], IntVector]:
        return self._law.joint_table([self._old[v] for v in variables])

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[Any]:
        return self._law.sample(n, seed)

    def __repr__(self) -> str:
        return cut(f"{self._law!r} as {_text(self.variables)}", MOST_TEXT)

    def _shown_facts(self) -> list[tuple[str, object]]:
        return [("the law", repr(self._law))]

    def latex(self) -> str:
        """LaTeX of the law: the kind of the law behind, the new names."""
        return super().latex().replace(type(self).__name__, type(self._law).__name__)
