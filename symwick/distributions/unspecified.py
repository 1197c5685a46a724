"""Laws of which only symbols are known: moments E[x**2*y], or cumulants κ[x,x,y], that stay symbols.

What may be said of them is that groups of variables are mutually independent, what the means are, and that variables
are exchangeable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from math import factorial, prod
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.multisets import multiset_partitions
from symwick.algebra.named_multisets import natural_key, total
from symwick.algebra.notebook import MOST_TEXT, cut, listed
from symwick.algebra.numbers import Number, ratio
from symwick.algebra.partitions import natural
from symwick.algebra.symbolic import vanishes
from symwick.algebra.symbolic_reading import base_power
from symwick.circuits.moment_names import cumulant_symbol, moment_symbol, symbol_latex
from symwick.circuits.variables import Variable, as_variables, variable_mapping
from symwick.distributions.grouped import (
    MOST_TERMS,
    CumulantLaw,
    GroupedLaw,
    Key,
    count_terms,
    exact_parameter,
    free_symbols,
)
from symwick.distributions.tabulated import BoundedCache
from symwick.errors import InvalidArgument, NoClosedForm, TooLarge

__all__ = ["Cumulants", "Moments"]


class _Unspecified(GroupedLaw):
    """Groups, known means and exchangeability of a law that says nothing else."""

    def __init__(
        self,
        variables: Iterable[Variable],
        *,
        groups: Iterable[Iterable[Variable]] | None = None,
        means: Mapping[Any, Any] | None = None,
        centred: bool = False,
        exchangeable: bool = False,
        limit: int = MOST_TERMS,
    ) -> None:
        symbols = as_variables(variables)
        if taken := [v for v in symbols if symbol_latex(v.name)]:
            raise InvalidArgument(f"Argument 'variables' must not hold the name of a moment or cumulant, {taken[0]}.")
        members = [symbols] if groups is None else _checked_groups(groups, symbols)
        known = {
            v: exact_parameter(value, "means")
            for v, value in variable_mapping({} if means is None else means, symbols, "means", "the law").items()
        }
        if own := [s for s in free_symbols(known.values()) if s in symbols]:
            raise InvalidArgument(f"Argument 'means' must not hold a variable of the law, but {own[0]} is one.")
        for v, mean in known.items():
            if centred and not vanishes(mean):
                raise InvalidArgument(f"Argument 'means' must be 0 where 'centred' is set, not {mean} for {v}.")
        if centred:
            known = dict.fromkeys(symbols, ratio(0, 1))
        if exchangeable:
            known = _shared_means(known, members)
        self._limit = natural(limit, "limit")
        self._set(symbols, [(group, group if exchangeable else ()) for group in members], known)

    def _set(
        self,
        variables: tuple[sympy.Symbol, ...],
        groups: Iterable[tuple[Iterable[sympy.Symbol], Iterable[sympy.Symbol]]],
        means: Mapping[sympy.Symbol, Any],
    ) -> None:
        """Groups come with the exchangeable variables that their symbols are named after, none where not exchangeable."""
        self.variables = variables
        place = {v: i for i, v in enumerate(variables)}
        pairs = [(sorted(group, key=place.__getitem__), pool) for group, pool in groups]
        pairs = sorted((pair for pair in pairs if pair[0]), key=lambda pair: place[pair[0][0]])
        self._groups = tuple(tuple(group) for group, _ in pairs)
        self._pools = tuple(tuple(sorted(pool, key=lambda v: natural_key(v.name))) for _, pool in pairs)
        self._means = {v: means[v] for v in variables if v in means}

    def _like(
        self,
        variables: tuple[sympy.Symbol, ...],
        groups: Iterable[tuple[Iterable[sympy.Symbol], Iterable[sympy.Symbol]]],
        means: Mapping[sympy.Symbol, Any],
    ) -> Self:
        law = type(self).__new__(type(self))
        law._limit = self._limit
        law._set(variables, groups, means)
        return law

    def _canonical(self, key: Key) -> dict[sympy.Symbol, int]:
        """The exponents that the symbol is named after: descending, on the first variables, where exchangeable."""
        pool = self._pools[self._owner[key[0][0]]]
        if not pool:
            return dict(key)
        return dict(zip(pool, sorted((power for _, power in key), reverse=True), strict=False))

    def marginal(self, variables: Iterable[Variable]) -> Self:
        """The law of some of the variables, whose symbols are the same."""
        chosen = self._select(variables)
        groups = [([v for v in g if v in chosen], pool) for g, pool in zip(self._groups, self._pools, strict=True)]
        return self._like(chosen, groups, self._means)

    def renamed(self, names: Mapping[sympy.Symbol, sympy.Symbol]) -> Self:
        """A law of which the same is said with other variables; its symbols are named after these."""
        groups = []
        for group, pool in zip(self._groups, self._pools, strict=True):
            new = [names.get(v, v) for v in group]
            groups.append((new, new if pool else ()))
        means = {names.get(v, v): mean for v, mean in self._means.items()}
        return self._like(tuple(names.get(v, v) for v in self.variables), groups, means)

    def condition(self, event: Mapping[Any, Any]) -> Self:
        """The law of the other variables, where the event is about whole independent groups.

        Raises NoClosedForm otherwise: of the law within a group nothing is said.
        """
        known = variable_mapping(event, self.variables, "event", "the law")
        for value in known.values():
            exact_parameter(value, "event")
        for i, part in self._by_group(known).items():
            if rest := [v for v in self._groups[i] if v not in known]:
                names = ", ".join(map(str, rest))
                raise NoClosedForm(f"The law of {names} given {', '.join(map(str, part))} under {self!r} is not known.")
        return self.marginal([v for v in self.variables if v not in known])

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[Any]:
        """Nothing can be drawn: raises NoClosedForm."""
        raise NoClosedForm(f"{self!r} cannot be sampled: its moments are symbols.")

    @property
    def parameters(self) -> tuple[sympy.Symbol, ...]:
        """The symbols in the known means; those of unknown moments are not among them."""
        return free_symbols(self._means.values())

    def _options(self) -> list[str]:
        shown = []
        if len(self._groups) > 1:
            shown.append("groups=[" + ", ".join(f"[{', '.join(map(str, group))}]" for group in self._groups) + "]")
        if len(self._means) == len(self.variables) and not any(self._means.values()):
            shown.append("centred=True")
        elif self._means:
            shown.append("means={" + ", ".join(f"{v}: {mean}" for v, mean in self._means.items()) + "}")
        return shown + (["exchangeable=True"] if any(self._pools) else [])

    def __repr__(self) -> str:
        if len(self.variables) > 8:
            return super().__repr__()
        names = "[" + ", ".join(map(str, self.variables)) + "]"
        return cut(f"{type(self).__name__}({', '.join([names, *self._options()])})", MOST_TEXT)

    def _shown_facts(self) -> list[tuple[str, object]]:
        groups = [("independent groups", listed(map(_braced, self._groups)))] if len(self._groups) > 1 else []
        means = [("means", listed(f"E {v} = {mean}" for v, mean in self._means.items()))] if self._means else []
        return [*groups, *means, *([("exchangeable", "yes")] if any(self._pools) else [])]


def _braced(group: tuple[sympy.Symbol, ...]) -> str:
    return f"{{{listed(group)}}}"


def _checked_groups(groups: Any, symbols: tuple[sympy.Symbol, ...]) -> list[tuple[sympy.Symbol, ...]]:
    if isinstance(groups, str) or not isinstance(groups, Iterable):
        raise InvalidArgument(f"Argument 'groups' must be a list of lists of variables, not {groups!r}.")
    members = [as_variables(group, "groups") for group in groups]
    seen: set[sympy.Symbol] = set()
    for symbol in (v for group in members for v in group):
        variable_mapping({symbol: 0}, symbols, "groups", "the law")
        if symbol in seen:
            raise InvalidArgument(f"Argument 'groups' must hold each variable in one group, but {symbol} is in two.")
        seen.add(symbol)
    if missing := [v for v in symbols if v not in seen]:
        raise InvalidArgument(f"Argument 'groups' must cover all variables, but {missing[0]} is in none.")
    return members


def _shared_means(
    known: dict[sympy.Symbol, Any], groups: Iterable[tuple[sympy.Symbol, ...]]
) -> dict[sympy.Symbol, Any]:
    """Exchangeable variables have one mean."""
    shared: dict[sympy.Symbol, Any] = {}
    for group in groups:
        told = [(v, known[v]) for v in group if v in known]
        for v, mean in told:
            first, common = told[0]
            if not vanishes(mean - common):
                raise InvalidArgument(
                    f"Argument 'means' must be equal for exchangeable variables, not {common} for {first} "
                    f"and {mean} for {v}."
                )
        shared |= dict.fromkeys(group, told[0][1]) if told else {}
    return shared


class Moments(_Unspecified):
    """A law of which nothing is said: E[Π x^k] is the symbol ``E[x**2*y]``.

    The name does not depend on the law's order of variables. ``groups`` are mutually independent (E factorises over
    them) and cover all variables; ``means`` are known, ``centred`` makes all of them 0; ``exchangeable`` variables
    (within each group) have symmetric moments, so that E[z**2*x] is E[x**2*y].

    >>> P = Moments(["x", "y"])
    >>> P.moment({"x": 2, "y": 1}), P.cumulant(["x", "y"])
    (E[x**2*y], E[x*y] - E[x]*E[y])
    >>> Moments(["x", "y", "z"], groups=[["x", "y"], ["z"]], centred=True).moment(["x", "y", "z", "z"])
    E[x*y]*E[z**2]

    Raises InvalidArgument (groups that overlap or miss a variable; means that contradict ``centred`` or
    ``exchangeable``) and TooLarge (a cumulant of more than ``limit`` terms).
    """

    unspecified = True

    @cached_property
    def _known(self) -> BoundedCache[Key, Any]:
        return BoundedCache()

    def _of_group(self, key: Key) -> Any:
        if key not in self._known:
            if len(key) == 1 and key[0][1] == 1 and key[0][0] in self._means:
                value = self._means[key[0][0]]
            else:
                value = base_power(moment_symbol(self._canonical(key)), 1)
            self._known.keep(key, value, 1)
        return self._known[key]

    def cumulant(self, variables: Iterable[Variable]) -> Number | sympy.Expr:
        """Σ_π (−1)^{|π|−1} (|π|−1)! Π_{B∈π} E[Π_B] over the partitions π of the list, written out.

        0 across independent groups. Raises TooLarge where there would be more than the law's ``limit`` of terms.
        """
        keys = self._counted(variables)
        if len(keys) != 1:
            return 0
        (key,) = keys
        means = [self._of_group(((v, 1),)) for v, _ in key]
        predicted = count_terms(tuple(sorted(k for _, k in key)), 1 if any(means) else 2)
        if predicted > self._limit:
            raise TooLarge(f"Terms of {cumulant_symbol(_listed(key))} under {self!r}", predicted, self._limit)
        moments: dict[tuple[int, ...], Any] = {}
        terms = []
        for partition, count in multiset_partitions({i: k for i, (_, k) in enumerate(key)}):
            for block in partition:
                if block not in moments:
                    moments[block] = self._of_group(tuple((key[i][0], block.count(i)) for i in sorted(set(block))))
            factors = [moments[block] for block in partition]
            if all(factors):
                sign = -1 if len(factors) % 2 == 0 else 1
                terms.append(prod(factors) * (sign * count * factorial(len(factors) - 1)))
        value: Number | sympy.Expr = self._as_number(total(terms))
        return value


class Cumulants(_Unspecified, CumulantLaw):
    """A law known by its cumulants, which are symbols: κ(X, X, Y) is ``κ[x,x,y]``.

    E[Π_i x_i] = Σ_π Π_{B∈π} κ(B). The options are those of :class:`Moments`; cumulants of an order above ``max_order``
    are 0, and so are those across independent groups.

    >>> P = Cumulants(["x", "y"])
    >>> P.cumulant(["x", "y", "x"]), P.moment({"x": 1, "y": 1})
    (κ[x,x,y], κ[x,y] + κ[x]*κ[y])
    >>> Cumulants(["x"], centred=True, max_order=2).moment({"x": 4})
    3*κ[x,x]**2

    Raises InvalidArgument as :class:`Moments` does, and TooLarge (a moment of more than ``limit`` terms).
    """

    def __init__(self, variables: Iterable[Variable], *, max_order: int | None = None, **options: Any) -> None:
        self._max_order = None if max_order is None else natural(max_order, "max_order")
        if self._max_order == 0:
            raise InvalidArgument("Argument 'max_order' must be at least 1, not 0.")
        super().__init__(variables, **options)

    def _like(self, *arguments: Any) -> Self:
        law = super()._like(*arguments)
        law._max_order = self._max_order
        return law

    @cached_property
    def _known(self) -> BoundedCache[Key, Any]:
        return BoundedCache()

    def _cumulant_of(self, key: Key) -> Any:
        if key not in self._known:
            order = sum(power for _, power in key)
            if self._max_order is not None and order > self._max_order:
                value: Any = ratio(0, 1)
            elif order == 1 and key[0][0] in self._means:
                value = self._means[key[0][0]]
            else:
                value = base_power(cumulant_symbol(_listed(tuple(self._canonical(key).items()))), 1)
            self._known.keep(key, value, 1)
        return self._known[key]

    def _options(self) -> list[str]:
        return super()._options() + ([] if self._max_order is None else [f"max_order={self._max_order}"])


def _listed(key: Key) -> list[sympy.Symbol]:
    return [v for v, power in key for _ in range(power)]
