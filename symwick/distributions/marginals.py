"""All univariate laws without a name: the values of :class:`Independent`.

Parameters are exact numbers, symbols or expressions, or text that writes one; in text every name is a symbol, ``pi`` too.
Symbols are plain and stand for real numbers that fulfil the law's ``assumptions``; one with assumptions of its own becomes the
plain symbol of its name.

>>> import sympy
>>> Normal("mu", "sigma").moment(3), Normal("mu", "sigma").assumptions
(mu**3 + 3*mu*sigma**2, (sigma >= 0,))
>>> Poisson("1/2").cumulant(9), Uniform(-sympy.pi, sympy.pi).moment(4)
(Fraction(1, 2), pi**4/5)
"""

from __future__ import annotations

from symwick.distributions.continuous import Laplace, LogNormal, Normal, StudentT, Uniform
from symwick.distributions.counts import Binomial, Geometric, NegativeBinomial, Poisson
from symwick.distributions.discrete import Bernoulli, Categorical, Constant, DiscreteUniform, Rademacher
from symwick.distributions.gamma_family import Beta, ChiSquared, Exponential, Gamma
from symwick.distributions.marginal_law import Marginal, MarginalLaw

__all__ = [
    "Bernoulli",
    "Beta",
    "Binomial",
    "Categorical",
    "ChiSquared",
    "Constant",
    "DiscreteUniform",
    "Exponential",
    "Gamma",
    "Geometric",
    "Laplace",
    "LogNormal",
    "Marginal",
    "MarginalLaw",
    "NegativeBinomial",
    "Normal",
    "Poisson",
    "Rademacher",
    "StudentT",
    "Uniform",
]
