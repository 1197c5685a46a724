"""symwick: exact interactions between the inputs of a function, dependent inputs included.

Start with a law (:class:`Finite`, :class:`Empirical`, :class:`Independent`, :class:`BayesianNetwork`; with symbols in it,
:class:`MultivariateNormal`, :class:`Moments`, :class:`Cumulants`) and a function, then ask for :func:`gwp`, :func:`gwpd`,
:func:`gcp` or :func:`gcpd`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symwick import plots
    from symwick.account.attribution import Attribution
    from symwick.account.attributions import Attributions
    from symwick.account.components import Components, components
    from symwick.account.ledger import Ledger
    from symwick.account.propagate import propagate
    from symwick.account.propagation import Propagation
    from symwick.algebra import conversions
    from symwick.circuits.circuit import Circuit
    from symwick.circuits.closed_form import ClosedForm
    from symwick.circuits.expressions import parse_expression
    from symwick.circuits.tracing import trace
    from symwick.codegen.compilation import compile
    from symwick.codegen.data_moments import moments_of
    from symwick.codegen.evaluator import Evaluator
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
    from symwick.distributions.law_files import law_from_text, load_law
    from symwick.distributions.law_writing import law_to_json, save_law
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
        MissingLibrary,
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

    function = Function.of

__version__ = "0.1.0"

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
    "Evaluator",
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
    "MissingLibrary",
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
    "compile",
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
    "law_from_text",
    "law_to_json",
    "load",
    "load_law",
    "moments_of",
    "novelty",
    "parse_expression",
    "plots",
    "propagate",
    "save_law",
    "search",
    "shapley_of_terms",
    "sobol",
    "trace",
    "verify",
    "verify_estimator",
]

_HOMES = {
    "account.attribution": "Attribution",
    "account.attributions": "Attributions",
    "account.components": "Components components",
    "account.ledger": "Ledger",
    "account.propagate": "propagate",
    "account.propagation": "Propagation",
    "circuits.circuit": "Circuit",
    "circuits.closed_form": "ClosedForm",
    "circuits.expressions": "parse_expression",
    "circuits.tracing": "trace",
    "codegen.compilation": "compile",
    "codegen.data_moments": "moments_of",
    "codegen.evaluator": "Evaluator",
    "decompose.attribution.ablation": "Ablation ablate",
    "decompose.attribution.games": "Game game shapley_of_terms",
    "decompose.attribution.hypotheses": "Hypothesis hypothesis",
    "decompose.attribution.interaction_check": "InteractionCheck interaction_check",
    "decompose.attribution.interactions": "Interactions interactions",
    "decompose.attribution.novelty": "Novelty novelty",
    "decompose.attribution.search": "search",
    "decompose.attribution.shares": "CovarianceShares SobolIndices covariance_shares sobol",
    "decompose.cumulant": "GCPD gcp gcpd",
    "decompose.decomposition": "Check Decomposition",
    "decompose.identities": "Identity identity",
    "decompose.serial": "from_json load",
    "decompose.wick": "GWPD expectation gwp gwpd",
    "distributions.bayesian_network": "BayesianNetwork",
    "distributions.empirical": "Empirical",
    "distributions.finite": "Finite",
    "distributions.independent": "Independent",
    "distributions.law": "Law",
    "distributions.law_files": "law_from_text load_law",
    "distributions.law_writing": "law_to_json save_law",
    "distributions.marginals": "Bernoulli Beta Binomial Categorical ChiSquared Constant DiscreteUniform Exponential Gamma "
    "Geometric Laplace LogNormal NegativeBinomial Normal Poisson Rademacher StudentT Uniform",
    "distributions.mixture": "Mixture",
    "distributions.normal": "MultivariateNormal",
    "distributions.unspecified": "Cumulants Moments",
    "errors": "FormatError InexactError InvalidArgument MissingLibrary NoClosedForm NotRational SizeWarning SymwickError "
    "TooLarge UnknownVariable",
    "functions.grid": "Function",
    "verification.estimator": "verify_estimator",
    "verification.estimator_report": "EstimatorReport",
    "verification.report": "Report",
    "verification.verify": "assert_matches verify",
}
"""The names of every module: it is imported when one of them is first asked for, so that importing symwick is quick."""

_HOME_OF = {name: module for module, names in _HOMES.items() for name in names.split()}
_MODULES = {"conversions": "algebra.conversions", "formal": "decompose.formal", "plots": "plots"}


def __getattr__(name: str) -> Any:
    if name == "function":
        value = import_module("symwick.functions.grid").Function.of
    elif name in _MODULES:
        value = import_module(f"symwick.{_MODULES[name]}")
    elif name in _HOME_OF:
        value = getattr(import_module(f"symwick.{_HOME_OF[name]}"), name)
    else:
        raise AttributeError(f"module 'symwick' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, "__all__", "__doc__", "__file__", "__name__", "__path__"})
