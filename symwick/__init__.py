"""symwick: exact interactions between the inputs of a function, dependent inputs included.

Start with a law (:class:`Finite`, :class:`Empirical`, :class:`Independent`, :class:`BayesianNetwork`; with symbols in it,
:class:`MultivariateNormal`, :class:`Moments`, :class:`Cumulants`) and a function, then ask for :func:`gwp`, :func:`gwpd`,
:func:`gcp` or :func:`gcpd`.
"""

from symwick.account.attributions import Attribution, Attributions
from symwick.account.components import Components, components
from symwick.account.ledger import Ledger
from symwick.account.propagate import propagate
from symwick.account.propagation import Propagation
from symwick.algebra import conversions
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.expressions import parse_expression
from symwick.circuits.tracing import trace
from symwick.decompose import formal
from symwick.decompose.attribution.ablation import Ablation, ablate
from symwick.decompose.attribution.games import Game, game, shapley_of_terms
from symwick.decompose.attribution.hypotheses import Hypothesis, hypothesis
from symwick.decompose.attribution.interaction_check import InteractionCheck, interaction_check
from symwick.decompose.attribution.interactions import Interactions, interactions
from symwick.decompose.attribution.novelty import Novelty, novelty
from symwick.decompose.attribution.search import search
from symwick.decompose.attribution.shares import CovarianceShares, SobolIndices, covariance_shares, sobol
from symwick.decompose.cumulant import GCPD, gcp, gcpd
from symwick.decompose.decomposition import Check, Decomposition
from symwick.decompose.identities import Identity, identity
from symwick.decompose.serial import from_json, load
from symwick.decompose.wick import GWPD, expectation, gwp, gwpd
from symwick.distributions.bayesian_network import BayesianNetwork
from symwick.distributions.empirical import Empirical
from symwick.distributions.finite import Finite
from symwick.distributions.independent import Independent
from symwick.distributions.law import Law
from symwick.distributions.marginals import (
    Bernoulli,
    Beta,
    Binomial,
    Categorical,
    ChiSquared,
    Constant,
    DiscreteUniform,
    Exponential,
    Gamma,
    Geometric,
    Laplace,
    LogNormal,
    NegativeBinomial,
    Normal,
    Poisson,
    Rademacher,
    StudentT,
    Uniform,
)
from symwick.distributions.mixture import Mixture
from symwick.distributions.normal import MultivariateNormal
from symwick.distributions.unspecified import Cumulants, Moments
from symwick.errors import (
    FormatError,
    InexactError,
    InvalidArgument,
    NoClosedForm,
    NotRational,
    SizeWarning,
    SymwickError,
    TooLarge,
    UnknownVariable,
)
from symwick.functions.grid import Function
from symwick.verification.estimator import verify_estimator
from symwick.verification.estimator_report import EstimatorReport
from symwick.verification.report import Report
from symwick.verification.verify import assert_matches, verify

__version__ = "0.1.0"

function = Function.of

__all__ = [
    "Ablation",
    "Attribution",
    "Attributions",
    "BayesianNetwork",
    "Bernoulli",
    "Beta",
    "Binomial",
    "Categorical",
    "Check",
    "ChiSquared",
    "Circuit",
    "ClosedForm",
    "Components",
    "Constant",
    "CovarianceShares",
    "Cumulants",
    "Decomposition",
    "DiscreteUniform",
    "Empirical",
    "EstimatorReport",
    "Exponential",
    "Finite",
    "FormatError",
    "Function",
    "GCPD",
    "GWPD",
    "Game",
    "Gamma",
    "Geometric",
    "Hypothesis",
    "Identity",
    "Independent",
    "InexactError",
    "InteractionCheck",
    "Interactions",
    "InvalidArgument",
    "Laplace",
    "Law",
    "Ledger",
    "LogNormal",
    "Mixture",
    "Moments",
    "MultivariateNormal",
    "NegativeBinomial",
    "NoClosedForm",
    "Normal",
    "NotRational",
    "Novelty",
    "Poisson",
    "Propagation",
    "Rademacher",
    "Report",
    "SizeWarning",
    "SobolIndices",
    "StudentT",
    "SymwickError",
    "TooLarge",
    "Uniform",
    "UnknownVariable",
    "__version__",
    "ablate",
    "assert_matches",
    "components",
    "conversions",
    "covariance_shares",
    "expectation",
    "formal",
    "from_json",
    "function",
    "game",
    "gcp",
    "gcpd",
    "gwp",
    "gwpd",
    "hypothesis",
    "identity",
    "interaction_check",
    "interactions",
    "load",
    "novelty",
    "parse_expression",
    "propagate",
    "search",
    "shapley_of_terms",
    "sobol",
    "trace",
    "verify",
    "verify_estimator",
]
