"""Mixtures: a law drawn at random with known weights, then a draw from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.named_multisets import total
from symwick.algebra.notebook import MOST_TEXT, cut
from symwick.algebra.numbers import Number, ratio, to_fraction, to_number
from symwick.algebra.symbolic import Symbolic, expression, number_or_expression, reciprocal
from symwick.algebra.symmetric_matrices import without_zeros
from symwick.algebra.vectors import IntVector
from symwick.circuits.printing import latex_text
from symwick.circuits.variables import Variable, as_variable, lookup, variable_mapping
from symwick.distributions.grouped import exact_parameter, free_symbols, nonnegative
from symwick.distributions.independent import renamed
from symwick.distributions.law import Law, Vectors
from symwick.distributions.law_display import components_table
from symwick.distributions.marginal_law import Marginal
from symwick.distributions.parameters import Parameter, as_element, latex_of
from symwick.distributions.tabulated import BoundedCache, merge_rows, sample_count
from symwick.distributions.univariate import rounded
from symwick.errors import InexactError, InvalidArgument, NoClosedForm

__all__ = ["Mixture", "MixtureMarginal"]

_MOST_SHOWN = 4
Pair = tuple[Any, Any]


class Mixture(Law):
    """E φ(X) = Σ_i w_i E_i φ(X) for pairs (weight, law): numbers or symbols that sum to 1, and laws of the same variables.

    Variables match by name and stand in the order of the first law. Weights must not be negative; for symbols
    ``assumptions`` say so. Components of weight 0 are left out. Of univariate laws without a name the result has no name
    either: it is a :class:`MixtureMarginal`, made here.

    >>> from symwick.distributions.finite import Finite
    >>> from symwick.distributions.marginals import Normal
    >>> P = Mixture([("p", Finite({(0, 0): 1}, ["x", "y"])), ("1 - p", Finite({(1, 1): 1}, ["x", "y"]))])
    >>> P.cumulant(["x", "y"]), P.assumptions
    (-p**2 + p, (p >= 0, 1 - p >= 0))
    >>> Mixture([("1/2", Normal(0, 1)), ("1/2", Normal(0, 3))]).moment(4)
    123

    Raises InvalidArgument (a negative weight, a sum other than 1, laws of other variables) and InexactError (a float, a
    law read from floats).
    """

    _pairs: tuple[Pair, ...]
    _stated: tuple[sympy.Basic, ...]

    def __new__(cls, components: Iterable[tuple[Any, Law | Marginal]]) -> Any:
        pairs = _checked(components)
        if any(isinstance(law, Marginal) for _, law in pairs):
            return MixtureMarginal([(number_or_expression(weight), law) for weight, law in pairs])
        return cls._of(_matched(pairs), _nonnegative_weights(pairs))

    @classmethod
    def _of(cls, pairs: Sequence[Pair], stated: Iterable[sympy.Basic]) -> Mixture:
        self: Mixture = object.__new__(cls)
        self._pairs = tuple(pairs)
        self.variables = pairs[0][1].variables
        laws = [law for _, law in pairs]
        self.notes = tuple(note for law in laws for note in law.notes)
        self.assumptions = tuple(dict.fromkeys([*stated, *(a for law in laws for a in law.assumptions)]))
        self._stated = tuple(stated)
        self.unspecified = any(law.unspecified for law in laws)
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        return ([(number_or_expression(weight), law) for weight, law in self._pairs],)

    @property
    def components(self) -> tuple[tuple[Any, Law], ...]:
        """(weight, law), the weights elements of the exact ring."""
        return self._pairs

    @property
    def parameters(self) -> tuple[sympy.Symbol, ...]:
        found = {s for _, law in self._pairs for s in law.parameters} | set(free_symbols(w for w, _ in self._pairs))
        return tuple(sorted(found, key=lambda s: s.name))

    # -- means -------------------------------------------------------------------------------------------------

    def _mean_of_powers(self, powers: Mapping[sympy.Symbol, int]) -> Any:
        return total(weight * law._mean_of_powers(powers) for weight, law in self._pairs)

    def assumed(self, powers: Mapping[sympy.Symbol, int]) -> tuple[sympy.Basic, ...]:
        return tuple(dict.fromkeys(a for _, law in self._pairs for a in law.assumed(powers)))

    def generating_function(self, rates: Mapping[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
        """Σ_i w_i M_i(t)."""
        return sympy.Add(*(expression(weight) * law.generating_function(rates) for weight, law in self._pairs))

    def generating_domain(self, rates: Mapping[sympy.Symbol, sympy.Expr]) -> tuple[sympy.Basic, ...]:
        return tuple(dict.fromkeys(a for _, law in self._pairs for a in law.generating_domain(rates)))

    @cached_property
    def _weights(self) -> dict[sympy.Symbol, tuple[tuple[Number, Any], ...] | None]:
        return {}

    def weights(self, variable: Variable) -> tuple[tuple[Number, Any], ...] | None:
        symbol = lookup(variable, self.variables, "variable", "the law")
        if symbol not in self._weights:
            self._weights[symbol] = _mixed([(weight, law.weights(symbol)) for weight, law in self._pairs])
        return self._weights[symbol]

    def support(self, variable: Variable) -> tuple[Number, ...]:
        """The points that some component has, ascending. Raises NoClosedForm where one has no finite support."""
        weights = self.weights(variable)
        if weights is None:
            raise NoClosedForm(f"The support of {as_variable(variable)} under {self!r} is no finite list of numbers.")
        return tuple(point for point, _ in weights)

    def mean_of_product(self, vectors: Vectors) -> Any:
        means = []
        for weight, law in self._pairs:
            own = {}
            for v, vector in vectors.items():
                places = self._places(v, law)
                own[v] = IntVector.from_integers(vector.numerators[places], vector.denominator)
            means.append(weight * law.mean_of_product(own))
        return total(means)

    def _places(self, variable: sympy.Symbol, law: Law) -> npt.NDArray[np.intp]:
        """Where the support of a component's variable lies in the support of the mixture's."""
        place = {point: i for i, point in enumerate(self.support(variable))}
        return np.array([place[point] for point in law.support(variable)], dtype=np.intp)

    # -- tables ------------------------------------------------------------------------------------------------

    def tabulated(self, variables: Iterable[Variable] | None = None) -> bool:
        """Where all weights are rational and the components are tabulated."""
        chosen = self._select(variables)
        return all(not isinstance(weight, Symbolic) and law.tabulated(chosen) for weight, law in self._pairs)

    @cached_property
    def _tables(self) -> BoundedCache[tuple[sympy.Symbol, ...], tuple[npt.NDArray[np.intp], IntVector]]:
        return BoundedCache()

    def joint_table(self, variables: Sequence[sympy.Symbol]) -> tuple[npt.NDArray[np.intp], IntVector]:
        chosen = tuple(variables)
        if not self.tabulated(chosen):
            raise NoClosedForm(f"The law of {', '.join(map(str, chosen))} under {self!r} is no finite table of numbers.")
        if chosen not in self._tables:
            tables = [law.joint_table(chosen) for _, law in self._pairs]
            shares = [
                to_fraction(weight) / table.denominator
                for (weight, _), (_, table) in zip(self._pairs, tables, strict=True)
            ]
            common = lcm(*(share.denominator for share in shares))
            blocks, numerators = [], []
            for (_, law), (codes, table), share in zip(self._pairs, tables, shares, strict=True):
                block = np.empty_like(codes)
                for j, v in enumerate(chosen):
                    block[:, j] = self._places(v, law)[codes[:, j]]
                blocks.append(block)
                factor = int(share * common)
                numerators += [factor * n for n in table.numerators.tolist()]
            rows, weights = merge_rows(np.concatenate(blocks), IntVector.from_integers(numerators, common))
            self._tables.keep(chosen, (rows, weights), rows.size + len(rows))
        return self._tables[chosen]

    # -- other laws --------------------------------------------------------------------------------------------

    def marginal(self, variables: Iterable[Variable]) -> Mixture:
        """The mixture of the components' marginals."""
        chosen = self._select(variables)
        return self._of([(weight, law.marginal(chosen)) for weight, law in self._pairs], self._stated)

    def renamed(self, names: Mapping[sympy.Symbol, sympy.Symbol]) -> Mixture:
        """The same law with the variables in ``names`` called otherwise; the new names are distinct."""
        return self._of([(weight, renamed(law, names)) for weight, law in self._pairs], self._stated)

    def condition(self, event: Mapping[Any, Any]) -> Law:
        """Bayes: the components given the event, with weights w_i P_i(event) / Σ_j w_j P_j(event).

        Raises NoClosedForm where the event is about variables that are no finite table in some component.

        >>> from symwick.distributions.finite import Finite
        >>> P = Mixture([("1/2", Finite({(0, 0): 1}, ["x", "y"])), ("1/2", Finite({(0, 5): "1/3", (1, 1): "2/3"}, ["x", "y"]))])
        >>> P.condition({"x": 0}).weights("y")
        ((0, 3/4), (5, 1/4))
        """
        known = {v: to_fraction(value, "event") for v, value in
                 variable_mapping(event, self.variables, "event", "the law").items()}  # fmt: skip
        if not known:
            return self
        pairs = [(weight * _probability(law, known, self), law) for weight, law in self._pairs]
        pairs = [(weight, law) for weight, law in pairs if weight]
        whole = without_zeros(total(weight for weight, _ in pairs))
        if not whole:
            text = ", ".join(f"{v} = {value}" for v, value in known.items())
            raise InvalidArgument(f"Argument 'event' must have positive probability, but {text} has probability 0.")
        scale = reciprocal(whole)
        stated = [*self._stated, *([sympy.Gt(expression(whole), 0)] if isinstance(whole, Symbolic) else [])]
        return self._of([(weight * scale, law.condition(known)) for weight, law in pairs], dict.fromkeys(stated))

    def parts(self, variables: Sequence[sympy.Symbol]) -> list[tuple[Law, list[sympy.Symbol]]]:
        return self._pairs[0][1].parts(variables) if len(self._pairs) == 1 else [(self, list(variables))]

    def independent_groups(self, variables: Iterable[Variable] | None = None) -> tuple[frozenset[sympy.Symbol], ...]:
        """One group: which component was drawn makes variables dependent, as a rule."""
        chosen = self._select(variables)
        if len(self._pairs) == 1:
            return self._pairs[0][1].independent_groups(chosen)
        return (frozenset(chosen),) if chosen else ()

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[Any]:
        """Draws of the components, each as often as it was drawn itself. Raises InvalidArgument while weights are symbols."""
        count = sample_count(n)
        rng = np.random.default_rng(seed)
        drawn = _drawn(self, [weight for weight, _ in self._pairs], rng, count)
        samples = [law.sample(int((drawn == i).sum()), rng) for i, (_, law) in enumerate(self._pairs)]
        return _put_together(drawn, samples)

    def __repr__(self) -> str:
        return super().__repr__() if len(self._pairs) > _MOST_SHOWN else _shown(self._pairs)

    def _shown_facts(self) -> list[tuple[str, object]]:
        return [("components", f"{len(self._pairs):,}")]

    def _shown_tables(self) -> list[str]:
        return [components_table(self._pairs)]

    def latex(self) -> str:
        """LaTeX of the components and their weights."""
        if len(self._pairs) > _MOST_SHOWN:
            return super().latex()
        rows = r" \\ ".join(rf"{law.latex()} & {latex_text(expression(weight), ())}" for weight, law in self._pairs)
        return rf"\left\{{\begin{{array}}{{ll}} {rows} \end{{array}}\right."


class MixtureMarginal(Marginal):
    """A mixture of univariate laws without a name; ``Mixture`` makes it.

    >>> from symwick.distributions.marginals import Bernoulli, Constant
    >>> Mixture([("p", Constant(3)), ("1 - p", Bernoulli("1/2"))]).weights
    ((0, 1/2 - p/2), (1, 1/2 - p/2), (3, p))
    """

    components: tuple[tuple[Parameter, Marginal], ...]

    def __init__(self, components: Iterable[tuple[Any, Marginal]]) -> None:
        pairs = _checked(components)
        for _, marginal in pairs:
            if not isinstance(marginal, Marginal):
                raise InvalidArgument(f"Argument 'components' must name all laws or none, but {marginal!r} has names.")
        stated = [*_nonnegative_weights(pairs), *(a for _, marginal in pairs for a in marginal.assumptions)]
        super().__init__(tuple(stated), components=tuple((number_or_expression(w), m) for w, m in pairs))

    def _pairs(self) -> list[Pair]:
        return [(as_element(weight), marginal) for weight, marginal in self.components]

    @cached_property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        found = {s for weight, m in self._pairs() for s in (*m.symbols, *free_symbols([weight]))}
        return tuple(sorted(found, key=lambda s: s.name))

    def _table(self) -> tuple[tuple[Number, Any], ...] | None:
        mixed = _mixed([(w, None if m._positive is None else m.weights) for w, m in self._pairs()])
        return mixed and tuple((x, w if isinstance(w, Symbolic) else to_fraction(w)) for x, w in mixed)

    def _values(self) -> str:
        return "those of its components"

    def _power_mean(self, k: int) -> Any:
        return total(weight * marginal._moment(k) for weight, marginal in self._pairs())

    def assumed(self, k: int) -> tuple[sympy.Basic, ...]:
        return tuple(dict.fromkeys(a for _, marginal in self.components for a in marginal.assumed(k)))

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        return sympy.Add(*(expression(weight) * marginal._generating(t) for weight, marginal in self._pairs()))

    def _generating_domain(self, t: sympy.Expr) -> tuple[sympy.Basic, ...]:
        return tuple(dict.fromkeys(a for _, marginal in self.components for a in marginal._generating_domain(t)))

    def named(self, variable: Variable) -> Law:
        """The law of a variable of that name: a mixture of named laws, or one table where all is rational."""
        if self._vectors is not None:
            return super().named(variable)
        return Mixture._of([(w, m.named(variable)) for w, m in self._pairs()], _nonnegative_weights(self._pairs()))

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        drawn = _drawn(self, [weight for weight, _ in self._pairs()], rng, n)
        samples = [m._draw(rng, int((drawn == i).sum())) for i, (_, m) in enumerate(self.components)]
        return _put_together(drawn, [sample.reshape(-1, 1) for sample in samples])[:, 0]

    def __repr__(self) -> str:
        return _shown(self._pairs())

    def _shown_facts(self) -> list[tuple[str, object]]:
        return [("components", f"{len(self.components):,}"), *super()._shown_facts()]

    def _shown_tables(self) -> list[str]:
        return [components_table(self._pairs())]

    def latex(self) -> str:
        shown = [rf"{latex_of(weight)} \cdot {marginal.latex()}" for weight, marginal in self.components[:_MOST_SHOWN]]
        return " + ".join([*shown, *([r"\ldots"] if len(self.components) > _MOST_SHOWN else [])])


# -- pairs of weights and laws -----------------------------------------------------------------------------------------


def _checked(components: Any) -> list[Pair]:
    """The pairs, weights as elements that sum to 1, without those of weight 0."""
    if isinstance(components, (str, Mapping)) or not isinstance(components, Iterable):
        raise InvalidArgument(f"Argument 'components' must be a list of pairs (weight, law), not {components!r}.")
    pairs: list[Pair] = []
    for pair in components:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not isinstance(pair[1], (Law, Marginal)):
            raise InvalidArgument(f"Argument 'components' must hold pairs (weight, law), not {pair!r}.")
        pairs.append((without_zeros(exact_parameter(pair[0], "components")), pair[1]))
    for weight, law in pairs:
        if nonnegative(weight) is False:
            raise InvalidArgument(f"Argument 'components' must have no negative weight, not {weight} for {law!r}.")
        if isinstance(law, Law) and not law.exact:
            raise InexactError(f"Argument 'components' must hold exact laws, not {law!r}, which was read from floats.")
    whole = total(weight for weight, _ in pairs)
    if not pairs or without_zeros(whole - 1):
        raise InvalidArgument(f"Argument 'components' must have weights that sum to 1, not {whole}.")
    return [(weight, law) for weight, law in pairs if weight]


def _nonnegative_weights(pairs: Iterable[Pair]) -> tuple[sympy.Basic, ...]:
    return tuple(sympy.Ge(expression(weight), 0) for weight, _ in pairs if nonnegative(weight) is None)


def _matched(pairs: Sequence[Pair]) -> list[Pair]:
    """The laws with their variables in the order of the first one."""
    first = pairs[0][1].variables
    names = ", ".join(map(str, first))
    if own := [s for s in free_symbols(weight for weight, _ in pairs) if s in first]:
        raise InvalidArgument(f"Argument 'components' must not hold a variable in a weight, but {own[0]} is one.")
    matched = []
    for weight, law in pairs:
        if set(law.variables) != set(first):
            raise InvalidArgument(f"Argument 'components' must be laws of the same variables, {names}, not {law!r}.")
        matched.append((weight, law if law.variables == first else law.marginal(first)))
    return matched


def _mixed(pairs: Iterable[tuple[Any, tuple[tuple[Number, Any], ...] | None]]) -> tuple[tuple[Number, Any], ...] | None:
    """Σ_i w_i P_i point by point, ascending; None where some P_i has no finite support."""
    found: dict[Number, list[Any]] = {}
    for weight, rows in pairs:
        if rows is None:
            return None
        for point, probability in rows:
            found.setdefault(point, []).append(weight * probability)
    return tuple((point, total(found[point])) for point in sorted(found))


def _probability(law: Law, event: Mapping[sympy.Symbol, Any], mixture: Law) -> Any:
    if not law.tabulated(event):
        text = ", ".join(map(str, event))
        raise NoClosedForm(f"The law given {text} has no closed form under {mixture!r}: it is no finite table there.")
    codes, weights = law.joint_table(tuple(event))
    keep = np.ones(len(codes), dtype=bool)
    for j, (v, value) in enumerate(event.items()):
        support = law.support(v)
        keep &= codes[:, j] == support.index(to_number(value)) if value in support else False
    return ratio(sum(weights.numerators[keep].tolist()), weights.denominator)


def _drawn(law: Any, weights: Sequence[Any], rng: np.random.Generator, n: int) -> npt.NDArray[np.int64]:
    """Numbers of components."""
    if symbols := ", ".join(map(str, free_symbols(weights))):
        raise InvalidArgument(f"A sample of {law!r} needs numbers for its weights, but they hold {symbols}.")
    floats = np.array([rounded(expression(weight)) for weight in weights])
    return rng.choice(len(weights), size=n, p=floats / floats.sum())


def _put_together(drawn: npt.NDArray[np.int64], samples: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    kinds = {sample.dtype for sample in samples}
    kind: Any = kinds.pop() if len(kinds) == 1 else np.float64 if np.dtype(np.float64) in kinds else object
    result = np.empty((len(drawn), samples[0].shape[1]), dtype=kind)
    for i, sample in enumerate(samples):
        result[drawn == i] = sample
    return result


def _shown(pairs: Iterable[Pair]) -> str:
    found = list(pairs)
    shown = [f"({expression(weight)}, {law!r})" for weight, law in found[:_MOST_SHOWN]]
    return cut("Mixture([" + ", ".join([*shown, *(["…"] if len(found) > _MOST_SHOWN else [])]) + "])", MOST_TEXT)
