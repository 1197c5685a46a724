"""symwick: exact interactions between the inputs of a function, dependent inputs included.

Start with a law (:class:`Finite`, :class:`Empirical`, :class:`Independent`, :class:`BayesianNetwork`) and a function, then ask
for :func:`gwp`, :func:`gwpd`, :func:`gcp` or :func:`gcpd`.
"""

from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.expressions import parse_expression
from symwick.decompose import formal
from symwick.decompose.cumulant import GCPD, gcp, gcpd
from symwick.decompose.decomposition import Check, Decomposition
from symwick.decompose.serial import from_json, load
from symwick.decompose.wick import GWPD, expectation, gwp, gwpd
from symwick.distributions.bayesian_network import BayesianNetwork
from symwick.distributions.empirical import Empirical
from symwick.distributions.finite import Finite
from symwick.distributions.independent import Independent
from symwick.distributions.law import Law
from symwick.distributions.marginals import (
    Bernoulli,
    Binomial,
    Categorical,
    Constant,
    DiscreteUniform,
    Rademacher,
)
from symwick.errors import (
    FormatError,
    InexactError,
    InvalidArgument,
    NoClosedForm,
    NotRational,
    SymwickError,
    TooLarge,
    UnknownVariable,
)
from symwick.functions.grid import Function

__version__ = "0.1.0"

function = Function.of

__all__ = [
    "BayesianNetwork",
    "Bernoulli",
    "Binomial",
    "Categorical",
    "Check",
    "Circuit",
    "ClosedForm",
    "Constant",
    "Decomposition",
    "DiscreteUniform",
    "Empirical",
    "Finite",
    "FormatError",
    "Function",
    "GCPD",
    "GWPD",
    "Independent",
    "InexactError",
    "InvalidArgument",
    "Law",
    "NoClosedForm",
    "NotRational",
    "Rademacher",
    "SymwickError",
    "TooLarge",
    "UnknownVariable",
    "__version__",
    "expectation",
    "formal",
    "from_json",
    "function",
    "gcp",
    "gcpd",
    "gwp",
    "gwpd",
    "load",
    "parse_expression",
]
