"""The multivariate normal law, exactly: mean and covariance in numbers or symbols, singular ones included.

Moments: L. Isserlis, *On a formula for the product-moment coefficient of any order of a normal frequency distribution*
(1918). Conditioning: the Schur complement, e.g. M. L. Eaton, *Multivariate Statistics*, chapter 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.notebook import MOST_TEXT, cut, latex_name
from symwick.algebra.numbers import Number, from_flint, ratio
from symwick.algebra.partitions import natural
from symwick.algebra.symbolic import Symbolic, expression, number_or_expression
from symwick.algebra.symmetric_matrices import (
    Matrix,
    components,
    dot,
    inverse,
    is_rational,
    minors,
    mirrored,
    pivots,
    times,
    without_zeros,
)
from symwick.algebra.vectors import IntVector
from symwick.circuits.printing import latex_text
from symwick.circuits.variables import Variable, as_variables, lookup, variable_mapping
from symwick.distributions.covariance import check_expansion, covariance_rows, mean_vector, stated_relations, symmetric
from symwick.distributions.grouped import MOST_TERMS, CumulantLaw, Key, exact_parameter, free_symbols
from symwick.distributions.law import Vectors
from symwick.distributions.tabulated import sample_count
from symwick.errors import InvalidArgument

__all__ = ["MultivariateNormal"]

_MOST_SHOWN = 4


class MultivariateNormal(CumulantLaw):
    """Jointly normal variables: κ(X_i) = μ_i, κ(X_i, X_j) = Σ_ij, all other cumulants 0.

    So E[x_i Π] = μ_i E[Π] + Σ_j k_j Σ_ij E[Π / x_j], k_j the exponent of x_j in Π. ``mean`` is a sequence or
    ``{variable: number}``; ``covariance`` is a nested sequence, a sympy matrix, an array of integers, or
    ``{(variable, variable): number}`` with 0 for pairs left out. It may be singular: copies of one variable have
    covariance 1. With numbers it is checked exactly; with symbols ``assumptions`` state that variances and 2 × 2
    minors are not negative. Variables of covariance 0 are independent.

    >>> P = MultivariateNormal(["x", "y"], [0, 0], [[1, "rho"], ["rho", 1]])
    >>> P.moment({"x": 2, "y": 2}), P.assumptions
    (2*rho**2 + 1, (1 - rho**2 >= 0,))
    >>> P.condition({"y": 3})
    MultivariateNormal([x], [3*rho], [[1 - rho**2]])

    Raises InvalidArgument (shape; not symmetric; not positive semidefinite), InexactError (a float), and TooLarge (a
    moment of more than ``limit`` terms).
    """

    _max_order = 2

    def __init__(self, variables: Iterable[Variable], mean: Any, covariance: Any, *, limit: int = MOST_TERMS) -> None:
        symbols = as_variables(variables)
        means = mean_vector(mean, symbols)
        rows = covariance_rows(covariance, symbols)
        for argument, values in (("mean", means), ("covariance", [value for row in rows for value in row])):
            if own := [s for s in free_symbols(values) if s in symbols]:
                raise InvalidArgument(f"Argument '{argument}' must not hold a variable of the law, but {own[0]} is one.")
        self._limit = natural(limit, "limit")
        checked = symmetric(rows, symbols)
        self._set(symbols, means, checked, stated_relations(checked, symbols, self._limit))

    def _set(
        self, variables: tuple[sympy.Symbol, ...], mean: Sequence[Any], rows: Matrix, stated: Iterable[sympy.Basic]
    ) -> None:
        self.variables = variables
        self._mean, self._rows = tuple(mean), tuple(map(tuple, rows))
        self.assumptions = tuple(dict.fromkeys(stated))
        self._place = {v: i for i, v in enumerate(variables)}
        self._groups = tuple(tuple(variables[i] for i in group) for group in components(rows))
        self._constant = tuple(not row[i] for i, row in enumerate(rows))

    def _like(
        self, variables: tuple[sympy.Symbol, ...], mean: Sequence[Any], rows: Matrix, stated: Iterable[sympy.Basic]
    ) -> MultivariateNormal:
        law = MultivariateNormal.__new__(MultivariateNormal)
        law._limit = self._limit
        law._set(variables, mean, rows, stated)
        return law

    @property
    def mean(self) -> tuple[Number | sympy.Expr, ...]:
        """E[X_i] in the order of the variables."""
        return tuple(map(number_or_expression, self._mean))

    @property
    def covariance(self) -> tuple[tuple[Number | sympy.Expr, ...], ...]:
        """Cov(X_i, X_j), rows and columns in the order of the variables.

        >>> MultivariateNormal(["x", "y"], [0, 0], {("x", "x"): 1, ("y", "y"): "1/2"}).covariance
        ((1, 0), (0, Fraction(1, 2)))
        """
        return tuple(tuple(map(number_or_expression, row)) for row in self._rows)

    @property
    def parameters(self) -> tuple[sympy.Symbol, ...]:
        return free_symbols([*self._mean, *(value for row in self._rows for value in row)])

    # -- moments -----------------------------------------------------------------------------------------------

    def _cumulant_of(self, key: Key) -> Any:
        places = [self._place[v] for v, power in key for _ in range(min(power, 3))]
        if len(places) > 2:
            return ratio(0, 1)
        return self._mean[places[0]] if len(places) == 1 else self._rows[places[0]][places[1]]

    def _numeric(self, key: Key) -> bool:
        places = [self._place[v] for v, _ in key]
        return not any(
            isinstance(value, Symbolic) for i in places for value in (self._mean[i], *(self._rows[i][j] for j in places))
        )

    def generating_function(self, rates: Mapping[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
        """exp(Σ_i t_i μ_i + Σ_ij t_i Σ_ij t_j / 2).

        >>> MultivariateNormal(["x"], ["m"], [["v"]]).generating_function({sympy.Symbol("x"): sympy.Integer(1)})
        exp(m + v/2)
        """
        known = variable_mapping(rates, self.variables, "rates", "the law")
        terms = [rate * expression(self._mean[self._place[v]]) for v, rate in known.items()]
        for v, rate in known.items():
            row = self._rows[self._place[v]]
            terms += [rate * other * expression(row[self._place[w]]) / 2 for w, other in known.items()]
        return sympy.exp(sympy.Add(*terms))

    # -- constants are tables ----------------------------------------------------------------------------------

    def _is_number(self, variable: sympy.Symbol) -> bool:
        i = self._place[variable]
        return self._constant[i] and not isinstance(self._mean[i], Symbolic)

    def tabulated(self, variables: Iterable[Variable] | None = None) -> bool:
        """Only where every variable is a rational number: its variance is 0."""
        return all(map(self._is_number, self._select(variables)))

    def support(self, variable: Variable) -> tuple[Number, ...]:
        symbol = lookup(variable, self.variables, "variable", "the law")
        if self._is_number(symbol):
            return (from_flint(self._mean[self._place[symbol]]),)
        return super().support(symbol)

    def mean_of_product(self, vectors: Vectors) -> Any:
        self._refuse_table([v for v in vectors if not self._is_number(v)])
        return prod((ratio(int(v.numerators[0]), v.denominator) for v in vectors.values()), start=ratio(1, 1))

    def joint_table(self, variables: Sequence[sympy.Symbol]) -> tuple[npt.NDArray[np.intp], IntVector]:
        self._refuse_table([v for v in variables if not self._is_number(v)])
        return np.zeros((1, len(variables)), dtype=np.intp), IntVector.of([1])

    # -- other laws --------------------------------------------------------------------------------------------

    def marginal(self, variables: Iterable[Variable]) -> MultivariateNormal:
        """The normal law of some of the variables."""
        chosen = self._select(variables)
        means, rows = [self._mean[self._place[v]] for v in chosen], self._block(chosen, chosen)
        kept = set(free_symbols([*means, *(value for row in rows for value in row)]))
        return self._like(chosen, means, rows, (a for a in self.assumptions if a.free_symbols <= kept))

    def renamed(self, names: Mapping[sympy.Symbol, sympy.Symbol]) -> MultivariateNormal:
        """The same law with the variables in ``names`` called otherwise; the new names are distinct."""
        return self._like(tuple(names.get(v, v) for v in self.variables), self._mean, self._rows, self.assumptions)

    def condition(self, event: Mapping[Any, Any]) -> MultivariateNormal:
        """The conditional law of the other variables given values of some, by the Schur complement.

        With A the other variables and B the given ones: mean μ_A + Σ_AB Σ_BB⁻¹ (b − μ_B), covariance
        Σ_AA − Σ_AB Σ_BB⁻¹ Σ_BA. A single value of a normal variable has probability 0; what is meant is the conditional
        distribution, the continuous version of it. Values may be symbols. Where Σ_BB is singular, some given variables are
        functions of the others; values that contradict this raise InvalidArgument.

        >>> MultivariateNormal(["x", "y"], [1, 2], [[2, 1], [1, 3]]).condition({"y": "b"})
        MultivariateNormal([x], [b/3 + 1/3], [[5/3]])
        """
        known = {
            v: exact_parameter(value, "event")
            for v, value in variable_mapping(event, self.variables, "event", "the law").items()
        }
        rest = [v for v in self.variables if v not in known]
        if own := [s for s in free_symbols(known.values()) if s in rest]:
            raise InvalidArgument(f"Argument 'event' must not hold a variable that is not given, but {own[0]} is one.")
        gaps = {v: value - self._mean[self._place[v]] for v, value in known.items()}
        stated = list(self.assumptions)
        block = self._block(known, known)
        check_expansion(block, self._limit)
        chosen: list[sympy.Symbol] = []  # the given variables that are no function of those before
        for (_, minor, _), v in zip(minors(block), known, strict=True):
            if minor:
                chosen.append(v)
            if free_symbols([minor]):
                stated.append(sympy.Gt(expression(minor), 0))
        given = [gaps[v] for v in chosen]
        left = [*rest, *(v for v in known if v not in chosen)]
        cross = self._block(left, chosen)
        weights = times(cross, inverse(self._block(chosen, chosen)))  # Σ_AB Σ_BB⁻¹
        shifts = [dot(row, given) for row in weights]
        for v, shift in zip(left[len(rest) :], shifts[len(rest) :], strict=True):
            gap = without_zeros(gaps[v] - shift)
            if gap and not free_symbols([gap]):
                text = ", ".join(f"{w} = {value}" for w, value in known.items())
                raise InvalidArgument(f"Argument 'event' must be possible, but {text} is not under {self!r}.")
            if gap:
                stated.append(sympy.Eq(expression(gap), 0))
        means = [without_zeros(self._mean[self._place[v]] + shift) for v, shift in zip(rest, shifts, strict=False)]
        half = [
            [without_zeros(value - dot(weights[i], cross[j])) for j, value in enumerate(row[: i + 1])]
            for i, row in enumerate(self._block(rest, rest))
        ]
        return self._like(tuple(rest), means, mirrored(half), stated)

    def _block(self, left: Iterable[sympy.Symbol], right: Iterable[sympy.Symbol]) -> Matrix:
        columns = [self._place[v] for v in right]
        return tuple(tuple(self._rows[self._place[v]][j] for j in columns) for v in left)

    def independent_groups(self, variables: Iterable[Variable] | None = None) -> tuple[frozenset[sympy.Symbol], ...]:
        """The components of the pattern of non-zero covariances of these variables: the finest partition there is."""
        chosen = self._select(variables)
        return tuple(frozenset(chosen[i] for i in group) for group in components(self._block(chosen, chosen)))

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[np.float64]:
        """``n`` independent draws as floats, one row each. Raises InvalidArgument while parameters are symbols."""
        count = sample_count(n)
        if self.parameters:
            names = ", ".join(map(str, self.parameters))
            raise InvalidArgument(f"Only a law of numbers can be sampled, but {self!r} holds the parameters {names}.")
        factor = _factor(self._rows)
        normal = np.random.default_rng(seed).standard_normal((count, len(factor)))
        result = np.empty((count, len(factor)))
        for i, mean in enumerate(self._mean):
            result[:, i] = normal @ factor[i] + _float(mean)  # one by one: copies of a variable stay equal
        return result

    # -- text --------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        if len(self.variables) > _MOST_SHOWN:
            return super().__repr__()
        rows = ", ".join(f"[{', '.join(map(str, row))}]" for row in self._rows)
        names, means = (", ".join(map(str, values)) for values in (self.variables, self._mean))
        return cut(f"MultivariateNormal([{names}], [{means}], [{rows}])", MOST_TEXT)

    def latex(self) -> str:
        r"""LaTeX of the law.

        >>> print(MultivariateNormal(["x"], [0], [["s"]]).latex())
        x \sim \mathcal{N}\left(0, s\right)
        """
        names = ", ".join(latex_name(v) for v in self.variables[:8]) + (r", \ldots" if len(self.variables) > 8 else "")
        if not 0 < len(self.variables) <= _MOST_SHOWN:
            return rf"({names}) \sim \mathcal{{N}}_{{{len(self.variables)}}}"
        if len(self.variables) == 1:
            mean, variance = (latex_text(expression(value), ()) for value in (self._mean[0], self._rows[0][0]))
            return rf"{names} \sim \mathcal{{N}}\left({mean}, {variance}\right)"
        column, table = (_latex_rows(rows) for rows in ([[value] for value in self._mean], self._rows))
        return rf"({names}) \sim \mathcal{{N}}\left({column}, {table}\right)"


def _latex_rows(rows: Iterable[Iterable[Any]]) -> str:
    inner = r" \\ ".join(" & ".join(latex_text(expression(value), ()) for value in row) for row in rows)
    return rf"\begin{{pmatrix}} {inner} \end{{pmatrix}}"


def _factor(rows: Matrix) -> npt.NDArray[np.float64]:
    """A with A Aᵀ = Σ, in floats; rationals are eliminated exactly, so that equal rows of Σ are equal rows of A."""
    size = len(rows)
    if not is_rational(rows):
        values, vectors = np.linalg.eigh(np.array([list(map(_float, row)) for row in rows]).reshape(size, size))
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
    factor = np.zeros((size, size))
    for k, pivot, column in pivots(rows):
        if pivot:
            factor[k:, k] = [_float(value) / np.sqrt(_float(pivot)) for value in (pivot, *column)]
    return factor


def _float(value: Any) -> float:
    return float(expression(value).evalf(30)) if isinstance(value, Symbolic) else float(from_flint(value))
