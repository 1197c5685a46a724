"""``Marginal``, a univariate law without a name, and ``MarginalLaw``, the law of one variable that it becomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.notebook import MOST_TEXT, cut, dollars, latex_name
from symwick.algebra.numbers import Number, ratio, to_fraction
from symwick.algebra.vectors import IntVector
from symwick.circuits.variables import Variable, as_variable, lookup, variable_mapping
from symwick.distributions.finite import Finite
from symwick.distributions.law import Law, Vectors
from symwick.distributions.law_display import ShownLaw, marginal_facts
from symwick.distributions.parameters import canonical, latex_of
from symwick.distributions.tabulated import sample_count
from symwick.distributions.univariate import Univariate
from symwick.errors import InvalidArgument, NoClosedForm

__all__ = ["Marginal", "MarginalLaw"]

_ZERO, _ONE = ratio(0, 1), ratio(1, 1)


class MarginalLaw(Law):
    """The law of one variable with a marginal that is no finite table of rationals; ``source`` is the marginal.

    >>> from symwick.distributions.continuous import Normal
    >>> law = Normal("mu", "sigma").named("x")
    >>> law, law.moment({"x": 2}), law.assumptions
    (Normal(mu, sigma) as x, mu**2 + sigma**2, (sigma >= 0,))
    """

    def __init__(self, source: Marginal, variable: sympy.Symbol) -> None:
        self.source = source
        self.variables = (variable,)
        self.assumptions = source.assumptions

    @property
    def parameters(self) -> tuple[sympy.Symbol, ...]:
        return self.source.symbols

    def tabulated(self, variables: Iterable[Variable] | None = None) -> bool:
        return not self._select(variables)

    def support(self, variable: Variable) -> tuple[Number, ...]:
        lookup(variable, self.variables, "variable", "the law")
        return self.source.support

    def weights(self, variable: Variable) -> tuple[tuple[Number, Any], ...] | None:
        lookup(variable, self.variables, "variable", "the law")
        return None if self.source._positive is None else self.source.weights

    def assumed(self, powers: Mapping[sympy.Symbol, int]) -> tuple[sympy.Basic, ...]:
        """What E[Π x^e] needs beyond ``assumptions`` in order to exist."""
        return tuple(relation for k in powers.values() for relation in self.source.assumed(k))

    def _mean_of_powers(self, powers: Mapping[sympy.Symbol, int]) -> Any:
        return self.source._moment(sum(powers.values()))

    def mean_of_product(self, vectors: Vectors) -> Any:
        for variable, vector in vectors.items():
            weights = self.weights(variable)
            if weights is None:
                raise NoClosedForm(
                    f"The mean of a function of {variable} that is known by its values has no closed form under "
                    f"{self.source!r}."
                )
            values = zip(weights, vector.numerators.tolist(), strict=True)
            return sum((weight * int(value) for (_, weight), value in values), _ZERO) * ratio(1, vector.denominator)
        return _ONE

    def cumulant(self, variables: Iterable[Variable]) -> Number | sympy.Expr:
        """The cumulant of as many copies of the variable as are named."""
        return self.source.cumulant(len(self._with_repeats(variables, "variables")))

    def generating_function(self, rates: Mapping[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
        return sympy.Mul(*(self.source._generating(t) for t in rates.values()))

    def generating_domain(self, rates: Mapping[sympy.Symbol, sympy.Expr]) -> tuple[sympy.Basic, ...]:
        return tuple(relation for t in rates.values() for relation in self.source._generating_domain(t))

    def marginal(self, variables: Iterable[Variable]) -> Law:
        return self if self._select(variables) else _nothing()

    def condition(self, event: Mapping[Any, Any]) -> Law:
        """The empty law, given a point of positive probability; relations for that go to its ``assumptions``."""
        known = variable_mapping(event, self.variables, "event", "the law")
        law: Law = self
        for variable, value in known.items():
            point = to_fraction(value, "event")
            needed = self.source._event(point)
            if needed is None:
                raise InvalidArgument(
                    f"Argument 'event' must have positive probability, but {variable} = {value} has probability 0."
                )
            law = _nothing()
            law.assumptions = (*self.assumptions, *needed)
        return law

    def independent_groups(self, variables: Iterable[Variable] | None = None) -> tuple[frozenset[sympy.Symbol], ...]:
        return tuple(frozenset({variable}) for variable in self._select(variables))

    def joint_table(self, variables: Sequence[sympy.Symbol]) -> tuple[npt.NDArray[np.intp], IntVector]:
        if not variables:
            return _nothing().joint_table(())
        raise NoClosedForm(f"{self.source!r} has no table of rational probabilities.")

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[Any]:
        """Draws in floats, or in integers where all values are; parameters are rounded to floats first."""
        count = sample_count(n)
        if self.source.symbols:
            names = ", ".join(map(str, self.source.symbols))
            verb = "remain" if len(self.source.symbols) > 1 else "remains"
            raise InvalidArgument(f"A sample of {self.source!r} needs numbers for its parameters, but {names} {verb}.")
        try:
            drawn = self.source._draw(np.random.default_rng(seed), count)
        except (ValueError, OverflowError) as error:
            raise InvalidArgument(f"{self.source!r} cannot be drawn from in machine numbers: {error}.") from None
        return drawn.reshape(count, 1)

    def renamed(self, names: Mapping[sympy.Symbol, sympy.Symbol]) -> MarginalLaw:
        """The same law with the variable called otherwise."""
        return MarginalLaw(self.source, names.get(self.variables[0], self.variables[0]))

    def __repr__(self) -> str:
        return cut(f"{self.source!r} as {self.variables[0]}", MOST_TEXT)

    def _shown_facts(self) -> list[tuple[str, object]]:
        return marginal_facts(self.source)

    def latex(self) -> str:
        """LaTeX of the variable and its law."""
        return rf"{latex_name(self.variables[0])} \sim {self.source.latex()}"


class Marginal(ShownLaw, Univariate):
    """The law of one real variable that has no name yet: E φ(X) = Σ_x P(X = x) φ(x), or ∫ φ(x) p(x) dx.

    Immutable; two are equal where kind and parameters are. ``named("x")`` is the law of a variable x.
    """

    def named(self, variable: Variable) -> Law:
        """The law of a variable of that name: a :class:`Finite` where the law is a finite table of rationals.

        >>> from symwick.distributions.discrete import Bernoulli
        >>> Bernoulli("1/3").named("x").moment({"x": 2}), Bernoulli("p").named("x")
        (Fraction(1, 3), Bernoulli(p) as x)
        """
        if self._vectors is None:
            return MarginalLaw(self, as_variable(variable))
        codes = np.arange(len(self.support), dtype=np.intp).reshape(-1, 1)
        law = Finite.__new__(Finite)
        super(Finite, law).__init__((as_variable(variable),), (self.support,), codes, self._vectors[1])
        return law

    @cached_property
    def _key(self) -> tuple[Any, ...]:
        return tuple((name, canonical(value)) for name, value in self.__dict__["_parameters"].items())

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; build a new one.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; build a new one.")

    def __getstate__(self) -> dict[str, Any]:
        parameters = self.__dict__["_parameters"]  # what is derived from them stays behind
        return {**parameters, "_parameters": parameters, "assumptions": self.assumptions}

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Marginal) and type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self).__name__, *self._key))

    def _arguments(self) -> list[str]:
        return [str(value) for value in self.__dict__["_parameters"].values()]

    def __repr__(self) -> str:
        return cut(f"{type(self).__name__}({', '.join(self._arguments())})", MOST_TEXT)

    def _shown_facts(self) -> list[tuple[str, object]]:
        return marginal_facts(self)

    def _latex_arguments(self) -> str:
        return ", ".join(latex_of(value) for value in self.__dict__["_parameters"].values())

    def latex(self) -> str:
        r"""LaTeX of the law.

        >>> from symwick.distributions.discrete import Bernoulli
        >>> print(Bernoulli("1/3").latex())
        \mathrm{Bernoulli}\left(\frac{1}{3}\right)
        """
        return rf"\mathrm{{{type(self).__name__}}}\left({self._latex_arguments()}\right)"

    def _repr_latex_(self) -> str | None:
        return dollars(self.latex(), display=False)

    def _repr_html_(self) -> str:
        return self._page((), self.symbols)


def _nothing() -> Finite:
    """The law of no variables."""
    return Finite({(): 1}, [])
