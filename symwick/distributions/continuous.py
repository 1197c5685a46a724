"""Marginals with a density: Normal, Uniform, Laplace, LogNormal, StudentT."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial, isqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.numbers import Number, ratio, to_flint
from symwick.algebra.symbolic import power, reciprocal
from symwick.algebra.symbolic_reading import element
from symwick.distributions.marginal_law import Marginal
from symwick.distributions.parameters import (
    NONNEGATIVE,
    POSITIVE,
    Parameter,
    as_element,
    as_expression,
    below,
    inside,
    latex_of,
    read_parameter,
)
from symwick.distributions.univariate import rounded
from symwick.errors import InvalidArgument, NoClosedForm

__all__ = ["Laplace", "LogNormal", "Normal", "StudentT", "Uniform"]

_ZERO, _ONE = ratio(0, 1), ratio(1, 1)
_Bounds = tuple[sympy.Expr | None, sympy.Expr | None]


class Normal(Marginal):
    """Density exp(−(x − μ)²/2σ²)/√(2πσ²) with mean μ and standard deviation σ ≥ 0; or with ``variance=`` σ² instead of σ.

    σ = 0 is the constant μ. A standard deviation that is the root of a rational number is kept as variance.

    >>> Normal("mu", "sigma").moment(4)
    mu**4 + 6*mu**2*sigma**2 + 3*sigma**4
    >>> Normal(0, 3), Normal(0, variance=2), Normal(0, variance=2).moment(6)
    (Normal(0, 3), Normal(0, variance=2), 120)

    Raises InvalidArgument (a negative std or variance, both given) and InexactError (a float).
    """

    def __init__(self, mean: Any = 0, std: Any = None, *, variance: Any = None) -> None:
        if std is not None and variance is not None:
            raise InvalidArgument("Normal must be given 'std' or 'variance', not both.")
        centre = read_parameter(mean, "mean")
        name = "std" if variance is None else "variance"
        spread = read_parameter((1 if std is None else std) if variance is None else variance, name)
        relations = inside(name, spread, NONNEGATIVE)
        if name == "std" and isinstance(spread, sympy.Basic):
            square = read_parameter(spread**2, "std")
            if not isinstance(square, sympy.Basic):
                name, spread = "variance", square
        elif name == "variance" and not isinstance(spread, sympy.Basic):
            root = Fraction(isqrt(Fraction(spread).numerator), isqrt(Fraction(spread).denominator))
            if root**2 == spread:
                name, spread = "std", read_parameter(root, "std")
        super().__init__(relations, **{"mean": centre, name: spread})

    def _squared(self) -> sympy.Expr:
        spread = self._expressions()[1]
        return spread**2 if "std" in self.__dict__["_parameters"] else spread

    def _table(self) -> tuple[tuple[Number, Any], ...] | None:
        centre = self.__dict__["mean"]
        degenerate = self._squared() == 0 and not isinstance(centre, sympy.Basic)
        return ((centre, Fraction(1)),) if degenerate else None

    def _known_cumulant(self, k: int) -> Any:
        return as_element(self.__dict__["mean"]) if k == 1 else element(self._squared()) if k == 2 else _ZERO

    def _power_mean(self, k: int) -> Any:
        mean, variance = as_element(self.__dict__["mean"]), element(self._squared())
        total, ways = _ZERO, 1  # C(k, 2j) (2j − 1)!!
        for j in range(k // 2 + 1):
            total = total + ways * power(variance, j) * power(mean, k - 2 * j)
            ways = ways * (k - 2 * j) * (k - 2 * j - 1) // (2 * j + 2)
        return total

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        return sympy.exp(self._expressions()[0] * t + self._squared() * t**2 / 2)

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        return rng.normal(self._floats()[0], rounded(sympy.sqrt(self._squared())), n)

    def _arguments(self) -> list[str]:
        (_, centre), (name, spread) = self.__dict__["_parameters"].items()
        return [str(centre), str(spread) if name == "std" else f"variance={spread}"]

    def latex(self) -> str:
        r"""LaTeX of the law, with the variance as second argument.

        >>> print(Normal("mu", "sigma").latex())
        \mathcal{N}\left(\mu, \sigma^{2}\right)
        """
        return rf"\mathcal{{N}}\left({latex_of(self.__dict__['mean'])}, {latex_of(self._squared())}\right)"


class Uniform(Marginal):
    """Density 1/(high − low) on [low, high].

    >>> Uniform("a", "b").mean, Uniform(-1, 1).moment(4), Uniform(-sympy.pi, sympy.pi).moment(2)
    (a/2 + b/2, Fraction(1, 5), pi**2/3)

    Raises InvalidArgument (high not above low) and InexactError (a float).
    """

    low: Parameter
    high: Parameter

    def __init__(self, low: Any = 0, high: Any = 1) -> None:
        left, right = read_parameter(low, "low"), read_parameter(high, "high")
        relation = below(as_expression(left), as_expression(right))
        if relation == sympy.false:
            raise InvalidArgument(f"Argument 'high' must be above 'low', which is {left}, not {right}.")
        super().__init__(() if relation == sympy.true else (relation,), low=left, high=right)

    def _values(self) -> str:
        return f"the numbers from {self.low} to {self.high}"

    def _power_mean(self, k: int) -> Any:
        low, high = as_element(self.low), as_element(self.high)
        return sum((power(low, j) * power(high, k - j) for j in range(k + 1)), _ZERO) * ratio(1, k + 1)

    def _known_cumulant(self, k: int) -> Any:
        low, high = as_element(self.low), as_element(self.high)
        if k == 1:
            return (low + high) * ratio(1, 2)
        return power(high - low, k) * to_flint(sympy.bernoulli(k)) * ratio(1, k) if k % 2 == 0 else _ZERO

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        low, high = self._expressions()
        return (sympy.exp(t * high) - sympy.exp(t * low)) / (t * (high - low))

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        low, high = self._floats()
        return rng.uniform(low, high, n)

    def latex(self) -> str:
        return rf"\mathcal{{U}}\left({self._latex_arguments()}\right)"


class Laplace(Marginal):
    """Density exp(−|x − μ|/b)/2b, with mean μ and scale b > 0; the variance is 2b².

    >>> Laplace("mu", "b").moment(2), Laplace(0, 1).cumulant(4)
    (2*b**2 + mu**2, 12)

    Raises InvalidArgument (scale not above 0) and InexactError (a float).
    """

    scale: Parameter

    def __init__(self, mean: Any = 0, scale: Any = 1) -> None:
        centre, spread = read_parameter(mean, "mean"), read_parameter(scale, "scale")
        super().__init__(inside("scale", spread, POSITIVE), mean=centre, scale=spread)

    def _power_mean(self, k: int) -> Any:
        mean, scale = as_element(self.__dict__["mean"]), as_element(self.scale)
        terms = (comb(k, j) * factorial(j) * power(scale, j) * power(mean, k - j) for j in range(0, k + 1, 2))
        return sum(terms, _ZERO)

    def _known_cumulant(self, k: int) -> Any:
        if k == 1:
            return as_element(self.__dict__["mean"])
        return 2 * factorial(k - 1) * power(as_element(self.scale), k) if k % 2 == 0 else _ZERO

    def _transform(self, t: sympy.Expr) -> sympy.Expr:
        mean, scale = self._expressions()
        return sympy.exp(mean * t) / (1 - scale**2 * t**2)

    def _rates(self) -> _Bounds:
        scale = self._expressions()[1]
        return -1 / scale, 1 / scale

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        mean, scale = self._floats()
        return rng.laplace(mean, scale, n)


class LogNormal(Marginal):
    """exp(Y) for a normal Y of mean μ and standard deviation σ > 0: E[X^k] = exp(kμ + k²σ²/2).

    >>> LogNormal("mu", "sigma").moment(2), LogNormal(0, 1).mean
    (exp(2*mu + 2*sigma**2), exp(1/2))

    Raises InvalidArgument (sigma not above 0) and InexactError (a float).
    """

    mu: Parameter
    sigma: Parameter

    def __init__(self, mu: Any = 0, sigma: Any = 1) -> None:
        centre, spread = read_parameter(mu, "mu"), read_parameter(sigma, "sigma")
        super().__init__(inside("sigma", spread, POSITIVE), mu=centre, sigma=spread)

    def _values(self) -> str:
        return "the numbers above 0"

    def _power_mean(self, k: int) -> Any:
        mu, sigma = self._expressions()
        return element(sympy.exp(sympy.expand(k * mu + k**2 * sigma**2 / 2)))

    def _generating_domain(self, t: sympy.Expr) -> tuple[sympy.Basic, ...]:
        self._generating(t)
        return ()

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        mu, sigma = self._floats()
        return rng.lognormal(mu, sigma, n)

    def latex(self) -> str:
        mu, sigma = self._expressions()
        return rf"\mathrm{{LogNormal}}\left({latex_of(mu)}, {latex_of(sigma**2)}\right)"


class StudentT(Marginal):
    """Student's t with ν > 0 degrees of freedom; E[X^k] exists for k < ν only: E[X^{2m}] = ν^m Π_{i=1}^m (2i − 1)/(ν − 2i).

    For a symbol ν, moments are those under the assumption ν > k, which ``assumed(k)`` tells.

    >>> StudentT(5).variance, StudentT("nu").moment(2), StudentT("nu").assumed(2)
    (Fraction(5, 3), nu/(nu - 2), (nu > 2,))

    Raises InvalidArgument (nu not above 0) and InexactError (a float).
    """

    nu: Parameter

    def __init__(self, nu: Any) -> None:
        value = read_parameter(nu, "nu")
        super().__init__(inside("nu", value, POSITIVE), nu=value)

    def assumed(self, k: int) -> tuple[sympy.Basic, ...]:
        relation = sympy.Gt(self._expressions()[0], k) if k else sympy.true
        return () if relation in (sympy.true, sympy.false) else (relation,)

    def _power_mean(self, k: int) -> Any:
        if sympy.Gt(self._expressions()[0], k) == sympy.false:
            power_of = "X" if k == 1 else f"X**{k}"
            plural = "degree" if k == 1 else "degrees"
            raise NoClosedForm(
                f"E[{power_of}] does not exist under {self!r}: it needs more than {k} {plural} of freedom."
            )
        if k % 2:
            return _ZERO
        nu, product = as_element(self.nu), _ONE
        for i in range(1, k // 2 + 1):
            product = product * (2 * i - 1) * nu * reciprocal(nu - 2 * i)
        return product

    def _generating_domain(self, t: sympy.Expr) -> tuple[sympy.Basic, ...]:
        self._generating(t)
        return ()

    def _draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
        return rng.standard_t(self._floats()[0], n)

    def latex(self) -> str:
        return rf"t_{{{self._latex_arguments()}}}"
