"""Marginals with a density of gamma type, and the quotient of two: Gamma, Exponential, ChiSquared, Beta."""

from __future__ import annotations

from abc import abstractmethod
from math import factorial
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.numbers import ratio
from symwick.algebra.symbolic import power, reciprocal
from symwick.algebra.symbolic_reading import element
from symwick.distributions.marginal_law import Marginal
from symwick.distributions.parameters import POSITIVE, Parameter, as_element, inside, read_parameter
from symwick.distributions.univariate import rounded

__all__ = ["Beta", "ChiSquared", "Exponential", "Gamma"]


def _rising(value: Any, k: int) -> Any:
    """value (value + 1) ⋯ (value + k − 1)."""
    product = ratio(1, 1)
    for j in range(k):
        product = product * (value + j)
    return product


class _GammaShaped(Marginal):
    """Density x^{s−1} exp(−x/θ)/(Γ(s) θ^s) on x > 0."""

    @abstractmethod
    def _shape_scale(self) -> tuple[sympy.Expr, sympy.Expr]:
        """s and θ."""

    def _values(self) -> str:
        return "the numbers from 0 on"

    def _power_mean(self, k: int) -> Any:
        shape, scale = map(element, self._shape_scale())
        return _rising(shape, k) * power(scale, k)

    def _known_cumulant(self, k: int) -> Any:
        shape, scale = map(element, self._shape_scale())
        return factorial(k - 1) * shape * power(scale, k)

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        shape, scale = self._shape_scale()
        return (1 - scale * t) ** (-shape)

    def _rates(self) -> tuple[sympy.Expr | None, sympy.Expr | None]:
        return None, 1 / self._shape_scale()[1]

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        shape, scale = map(rounded, self._shape_scale())
        return rng.gamma(shape, scale, n)


class Gamma(_GammaShaped):
    """Density x^{s−1} exp(−x/θ)/(Γ(s) θ^s) on x > 0, with shape s and scale θ (a rate is the reciprocal of a scale).

    >>> Gamma("s", 2).moment(2), Gamma("1/2", "theta").cumulant(3)
    (4*s**2 + 4*s, theta**3)

    Raises InvalidArgument (shape or scale not above 0) and InexactError (a float).
    """

    shape: Parameter
    scale: Parameter

    def __init__(self, shape: Any, scale: Any = 1) -> None:
        s, theta = read_parameter(shape, "shape"), read_parameter(scale, "scale")
        super().__init__(inside("shape", s, POSITIVE) + inside("scale", theta, POSITIVE), shape=s, scale=theta)

    def _shape_scale(self) -> tuple[sympy.Expr, sympy.Expr]:
        shape, scale = self._expressions()
        return shape, scale


class Exponential(_GammaShaped):
    """Density λ exp(−λx) on x > 0, with the rate λ, the reciprocal of the mean.

    >>> Exponential("lam").moment(3), Exponential(2).mean
    (6/lam**3, Fraction(1, 2))

    Raises InvalidArgument (rate not above 0) and InexactError (a float).
    """

    rate: Parameter

    def __init__(self, rate: Any = 1) -> None:
        value = read_parameter(rate, "rate")
        super().__init__(inside("rate", value, POSITIVE), rate=value)

    def _shape_scale(self) -> tuple[sympy.Expr, sympy.Expr]:
        return sympy.Integer(1), 1 / self._expressions()[0]

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        (rate,) = self._expressions()
        return rate / (rate - t)

    def _rates(self) -> tuple[sympy.Expr | None, sympy.Expr | None]:
        return None, self._expressions()[0]

    def latex(self) -> str:
        return rf"\mathrm{{Exp}}\left({self._latex_arguments()}\right)"


class ChiSquared(_GammaShaped):
    """The sum of k squares of independent standard normal variables: Gamma(k/2, 2); k > 0 is real.

    >>> ChiSquared(3).mean, ChiSquared("k").variance
    (3, 2*k)

    Raises InvalidArgument (k not above 0) and InexactError (a float).
    """

    k: Parameter

    def __init__(self, k: Any) -> None:
        value = read_parameter(k, "k")
        super().__init__(inside("k", value, POSITIVE), k=value)

    def _shape_scale(self) -> tuple[sympy.Expr, sympy.Expr]:
        return self._expressions()[0] / 2, sympy.Integer(2)

    def latex(self) -> str:
        return rf"\chi^{{2}}_{{{self._latex_arguments()}}}"


class Beta(Marginal):
    """Density x^{a−1} (1 − x)^{b−1}/B(a, b) on (0, 1): E[X^k] = Π_{j<k} (a + j)/(a + b + j).

    >>> Beta(2, 3).mean, Beta("1/2", "1/2").moment(2), Beta("a", "b").mean
    (Fraction(2, 5), Fraction(3, 8), a/(a + b))

    Raises InvalidArgument (a or b not above 0) and InexactError (a float).
    """

    a: Parameter
    b: Parameter

    def __init__(self, a: Any, b: Any) -> None:
        left, right = read_parameter(a, "a"), read_parameter(b, "b")
        super().__init__(inside("a", left, POSITIVE) + inside("b", right, POSITIVE), a=left, b=right)

    def _values(self) -> str:
        return "the numbers from 0 to 1"

    def _power_mean(self, k: int) -> Any:
        a, b = as_element(self.a), as_element(self.b)
        product = _rising(a, k)
        for j in range(k):
            product = product * reciprocal(a + b + j)
        return product

    def _known_cumulant(self, k: int) -> Any | None:
        if k != 2:
            return None
        a, b = as_element(self.a), as_element(self.b)
        return a * b * power(reciprocal(a + b), 2) * reciprocal(a + b + 1)

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        a, b = self._floats()
        return rng.beta(a, b, n)
