"""The protocol of laws: what every joint distribution of named variables can tell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.notebook import MOST_TEXT, cut, dollars, latex_name
from symwick.algebra.numbers import Number, ratio
from symwick.algebra.rings import FLOAT64, RATIONAL, Ring
from symwick.algebra.set_series import SetSeries, log
from symwick.algebra.symbolic import number_or_expression
from symwick.algebra.vectors import IntVector
from symwick.circuits.variables import Variable, as_variables, lookup, variable_mapping
from symwick.distributions.law_display import ShownLaw
from symwick.errors import InvalidArgument, NoClosedForm

__all__ = ["Law", "Vectors"]

Vectors = Mapping[sympy.Symbol, IntVector]
"""One rational value for each point of a variable's marginal support, in the order of ``law.support(variable)``."""


class Law(ShownLaw, ABC):
    """A joint distribution P of named real variables, dependent or not.

    ``exact`` is False for laws read from floats (:class:`Empirical` with ``numbers="float64"``), whose means are balls
    (a float with a rigorous bound of its error) and whose moments and cumulants are floats; ``notes`` lists what a
    reader had to mend (see :meth:`BayesianNetwork.from_bif`). ``assumptions`` are the relations that its symbolic
    parameters are taken to fulfil. ``unspecified`` is True where moments are symbols of their own (:class:`Moments`).

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> P.variables, P.support("x"), P.moment(["x", "y"]), P.marginal(["y"]), P.condition({"y": 1})
    ((x, y), (0, 1), Fraction(1, 4), Finite({0: 5/8, 1: 3/8}, [y]), Finite({0: 1/3, 1: 2/3}, [x]))
    """

    variables: tuple[sympy.Symbol, ...]
    exact: bool = True
    notes: tuple[str, ...] = ()
    assumptions: tuple[sympy.Basic, ...] = ()
    unspecified: bool = False

    # -- what a law must tell ----------------------------------------------------------------------------------

    @abstractmethod
    def support(self, variable: Variable) -> tuple[Number, ...]:
        """The points of positive probability of one variable, ascending."""

    @abstractmethod
    def mean_of_product(self, vectors: Vectors) -> Any:
        """E[Π_v φ_v(X_v)] as the engine's rational, φ_v given by its values on the marginal support of v.

        A :class:`~symwick.algebra.balls.Ball` where the law is not ``exact``.
        """

    @abstractmethod
    def marginal(self, variables: Iterable[Variable]) -> Law:
        """The joint law of some of the variables, in the order given."""

    @abstractmethod
    def condition(self, event: Mapping[Any, Any]) -> Law:
        """The law of the other variables given ``{variable: value}``, exactly.

        Raises InvalidArgument where the event has probability 0.
        """

    @abstractmethod
    def independent_groups(self, variables: Iterable[Variable] | None = None) -> tuple[frozenset[sympy.Symbol], ...]:
        """A partition of ``variables`` (all by default) into jointly, mutually independent groups.

        Mutual independence of whole groups; pairwise independence is not enough. Independence of the groups is
        guaranteed; that no finer such partition exists is not.
        """

    @abstractmethod
    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[Any]:
        """``n`` independent draws, one row each, columns in the order of ``variables``.

        Integers where all support points are integers, else an object array of exact Fractions.
        """

    @abstractmethod
    def joint_table(self, variables: Sequence[sympy.Symbol]) -> tuple[npt.NDArray[np.intp], IntVector]:
        """The joint marginal as (codes, weights): row r has the points ``support(v)[codes[r, column]]``.

        Rows are distinct and have positive weight; weights sum to one.
        """

    # -- what a law that is no finite table of rationals tells instead ---------------------------------------------

    def tabulated(self, variables: Iterable[Variable] | None = None) -> bool:
        """Whether the joint law of the variables is a finite table of rationals, which ``joint_table`` tells."""
        return True

    def parts(self, variables: Sequence[sympy.Symbol]) -> list[tuple[Law, list[sympy.Symbol]]]:
        """Independent laws that the variables are spread over, each with its own of them; often just this law."""
        return [(self, list(variables))]

    @property
    def components(self) -> tuple[tuple[Any, Law], ...]:
        """(weight, law) of a mixture, the weights elements of the exact ring; empty for other laws."""
        return ()

    def weights(self, variable: Variable) -> tuple[tuple[Number, Any], ...] | None:
        """(point, probability) of a variable of finite support, probabilities elements of the exact ring; None for others."""
        symbol = lookup(variable, self.variables, "variable", "the law")
        if not self.tabulated([symbol]):
            return None
        codes, table = self.joint_table([symbol])
        points = self.support(symbol)
        rows = zip(codes[:, 0].tolist(), table.numerators.tolist(), strict=True)
        return tuple((points[code], ratio(int(weight), table.denominator)) for code, weight in rows)

    def generating_function(self, rates: Mapping[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
        """E exp(Σ_v t_v X_v) for ``{v: t_v}`` as a sympy expression. Raises NoClosedForm where there is none."""
        names = ", ".join(map(str, rates))
        raise NoClosedForm(f"The generating function of {names} under {self!r} has no closed form here.")

    def generating_domain(self, rates: Mapping[sympy.Symbol, sympy.Expr]) -> tuple[sympy.Basic, ...]:
        """Relations that real ``rates`` must fulfil for the generating function to exist, as far as they are undecided.

        Raises NoClosedForm where it certainly does not exist.
        """
        return ()

    def assumed(self, powers: Mapping[sympy.Symbol, int]) -> tuple[sympy.Basic, ...]:
        """Relations that the moment E Π x^k needs beyond ``assumptions`` (Student's t with a symbol has few moments)."""
        return ()

    @property
    def parameters(self) -> tuple[sympy.Symbol, ...]:
        """The symbols among the law's parameters, by name."""
        return ()

    # -- what follows from it ----------------------------------------------------------------------------------

    @cached_property
    def _positions(self) -> dict[sympy.Symbol, int]:
        return {variable: position for position, variable in enumerate(self.variables)}

    def _select(self, variables: Iterable[Variable] | None, argument: str = "variables") -> tuple[sympy.Symbol, ...]:
        """Distinct variables of this law; all of them for None."""
        if variables is None:
            return self.variables
        chosen = as_variables(variables, argument)
        for symbol in chosen:
            if symbol not in self._positions:
                lookup(symbol, self.variables, argument, "the law")  # raises, and names what there is
        return chosen

    def _with_repeats(self, names: Any, argument: str) -> list[sympy.Symbol]:
        """A list of this law's variables in which one may come more than once; one variable counts as a list of one."""
        if isinstance(names, (str, sympy.Symbol)):
            names = [names]
        if not isinstance(names, Iterable):
            raise InvalidArgument(f"Argument '{argument}' must be a list of variables, not {names!r}.")
        return [lookup(name, self.variables, argument, "the law") for name in names]

    def moment(self, exponents: Mapping[Any, int] | Iterable[Variable]) -> Number | sympy.Expr:
        """E[Π x^e], exactly, for ``{variable: exponent}`` or a list of variables with repeats.

        ``moment({})`` is 1 and zero exponents are allowed. A sympy expression while symbols or constants remain.

        >>> import symwick as sw
        >>> sw.Finite({(0, 0): "1/2", (2, 1): "1/2"}, ["x", "y"]).moment({"x": 2, "y": 1})
        2
        """
        if not isinstance(exponents, Mapping):
            counts: dict[Any, int] = {}
            for symbol in self._with_repeats(exponents, "exponents"):
                counts[symbol] = counts.get(symbol, 0) + 1
            exponents = counts
        powers: dict[sympy.Symbol, int] = {}
        for variable, power in variable_mapping(exponents, self.variables, "exponents", "the law").items():
            if isinstance(power, bool) or not isinstance(power, (int, np.integer, sympy.Integer)) or power < 0:
                raise InvalidArgument(
                    f"Argument 'exponents' must hold integers that are at least 0, not {power!r} for {variable}."
                )
            if power:
                powers[variable] = int(power)
        value: Number | sympy.Expr = self._as_number(self._mean_of_powers(powers))
        return value

    def _mean_of_powers(self, powers: Mapping[sympy.Symbol, int]) -> Any:
        """E[Π x^e] as an element of the law's ring; the exponents are positive."""
        return self.mean_of_product(
            {v: IntVector.of(point**power for point in self.support(v)) for v, power in powers.items()}
        )

    @property
    def _ring(self) -> Ring[Any]:
        """Where means live: exact rationals, or floats with a bound of their error."""
        return RATIONAL if self.exact else FLOAT64

    def cumulant(self, variables: Iterable[Variable]) -> Number | sympy.Expr:
        """The joint cumulant κ(X_1, …, X_r) of a list of variables, repeats allowed; 0 for the empty list.

        By the recursion κ_U = μ_U − Σ_{B ∌ all, B ∋ first} κ_B μ_{U∖B} over positions of the list: 3^r steps at most.

        >>> import symwick as sw
        >>> sw.Bernoulli("1/3").named("x").cumulant(["x", "x", "x"])
        Fraction(2, 27)
        """
        symbols = self._with_repeats(variables, "variables")
        if not symbols:
            return 0

        def moment(mask: int) -> Any:
            powers: dict[sympy.Symbol, int] = {}
            for i, symbol in enumerate(symbols):
                if mask >> i & 1:
                    powers[symbol] = powers.get(symbol, 0) + 1
            return self._mean_of_powers(powers)

        series: SetSeries[Any] = log(SetSeries(self._ring, moment))
        value: Number | sympy.Expr = self._as_number(series[(1 << len(symbols)) - 1])
        return value

    def _as_number(self, value: Any) -> Any:
        """int, Fraction or a sympy expression; the float in the middle of a ball."""
        return value.value if isinstance(value, Ball) else number_or_expression(value)

    def __repr__(self) -> str:
        names = ", ".join(map(str, self.variables[:8])) + (", …" if len(self.variables) > 8 else "")
        return cut(f"{type(self).__name__}({names})", MOST_TEXT)

    def latex(self) -> str:
        """LaTeX of the law: its kind and variables."""
        names = ", ".join(latex_name(v) for v in self.variables[:8]) + (r", \ldots" if len(self.variables) > 8 else "")
        return rf"({names}) \sim \mathrm{{{type(self).__name__}}}"

    def _repr_html_(self) -> str:
        return self._page(self.variables, self.parameters)

    def _repr_latex_(self) -> str | None:
        return dollars(self.latex(), display=False)
