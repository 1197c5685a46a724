"""One live instance of every public class, and of every class that a public call returns; huge and oddly named ones too."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import sympy

import symwick as sw
from symwick.decompose import formal

__all__ = ["HUGE", "ODD", "PUBLIC", "REACHED", "made"]

BITS = {(0, 0): "0.70", (0, 1): "0.10", (1, 0): "0.05", (1, 1): "0.15"}
F = "2*x + y + 3*x*y"


def pair(names: tuple[str, str] = ("x", "y")) -> sw.Finite:
    return sw.Finite(BITS, list(names))


def independent() -> sw.Independent:
    return sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})


def circuit() -> sw.Circuit:
    return sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])


def network() -> sw.BayesianNetwork:
    nx = __import__("networkx")
    graph = nx.DiGraph([("rain", "wet")])
    tables: Any = {
        "rain": {(): {"no": "3/4", "yes": "1/4"}},
        "wet": {("no",): {"dry": "9/10", "wet": "1/10"}, ("yes",): {"dry": "1/5", "wet": "4/5"}},
    }
    return sw.BayesianNetwork.from_networkx(graph, tables)


def asked() -> sw.Propagation:
    run = sw.propagate(circuit(), independent(), order=2)
    run.mean("out"), run.variance("out")
    return run


def wrong(x: Any, y: Any, E_x: Any, E_y: Any, E_xy: Any) -> Any:
    return x * y - E_x * y - E_y * x + E_x * E_y - E_xy


def biased(rng: np.random.Generator) -> Any:
    return rng.random() + 0.3


def report() -> sw.Report:
    return sw.verify(wrong, sw.gwp("x*y", sw.Moments(["x", "y"])), seed=1)


def error(kind: type[Exception]) -> Callable[[], Any]:
    return lambda: sw.TooLarge("Terms", 10**9, 10**6) if kind is sw.TooLarge else kind("Argument 'n' must be at least 1, not 0.")


PUBLIC: dict[str, Callable[[], Any]] = {
    "Ablation": lambda: sw.ablate(F, pair(), {"x": "resample"}, at={"x": 1, "y": 1}),
    "Attribution": lambda: next(iter(made("Attributions"))),
    "Attributions": lambda: sw.propagate(circuit(), independent(), order=2).attributions("out"),
    "BayesianNetwork": network,
    "Bernoulli": lambda: sw.Bernoulli("p"),
    "Beta": lambda: sw.Beta("a", "b"),
    "Binomial": lambda: sw.Binomial(10, "1/3"),
    "Categorical": lambda: sw.Categorical({1: "1/2", "3/2": "1/4", 7: "1/4"}),
    "Check": lambda: sw.gwpd(F, pair()).check(),
    "ChiSquared": lambda: sw.ChiSquared("k"),
    "Circuit": circuit,
    "ClosedForm": lambda: sw.gwp("x*y", sw.Moments(["x", "y"])),
    "Components": lambda: sw.components(circuit(), independent(), ["g2"]),
    "Constant": lambda: sw.Constant("1/3"),
    "CovarianceShares": lambda: sw.covariance_shares(F, pair()),
    "Cumulants": lambda: sw.Cumulants(["x", "y"]),
    "Decomposition": lambda: sw.gwpd(F, pair()),
    "DiscreteUniform": lambda: sw.DiscreteUniform(1, 6),
    "Empirical": lambda: sw.Empirical([(0, 0), (1, "1/2"), (1, 2)], ["x", "y"]),
    "EstimatorReport": lambda: sw.verify_estimator(biased, "1/2", seed=1),
    "Evaluator": lambda: sw.compile(sw.gwpd(F, pair())),
    "Exponential": lambda: sw.Exponential("lambda_0"),
    "Finite": pair,
    "FormatError": error(sw.FormatError),
    "Function": lambda: sw.function(lambda x, y: x * y, ["x", "y"]),
    "GCPD": lambda: sw.gcpd(F, pair()),
    "GWPD": lambda: sw.gwpd(F, pair()),
    "Game": lambda: sw.game(F, pair()),
    "Gamma": lambda: sw.Gamma("k", "theta"),
    "Geometric": lambda: sw.Geometric("1/3"),
    "Hypothesis": lambda: sw.hypothesis(F, pair(), keep=1),
    "Identity": lambda: sw.identity("gwpd", n=2),
    "Independent": independent,
    "InexactError": error(sw.InexactError),
    "InteractionCheck": lambda: sw.interaction_check(F, pair()),
    "Interactions": lambda: sw.interactions(F, pair()),
    "InvalidArgument": error(sw.InvalidArgument),
    "Laplace": lambda: sw.Laplace(0, "b"),
    "Law": pair,
    "Ledger": lambda: sw.propagate(circuit(), independent(), order=1).ledger(),
    "LogNormal": lambda: sw.LogNormal(0, 1),
    "MissingLibrary": error(sw.MissingLibrary),
    "Mixture": lambda: sw.Mixture([("1/2", pair()), ("w", pair()), (sympy.Rational(1, 2) - sympy.Symbol("w"), independent())]),
    "Moments": lambda: sw.Moments(["x", "y", "z"], groups=[["x", "y"], ["z"]]),
    "MultivariateNormal": lambda: sw.MultivariateNormal(["x", "y"], ["m", "n"], [["v", "c"], ["c", "w"]]),
    "NegativeBinomial": lambda: sw.NegativeBinomial(3, "1/3"),
    "NoClosedForm": error(sw.NoClosedForm),
    "Normal": lambda: sw.Normal("mu", "sigma"),
    "NotRational": error(sw.NotRational),
    "Novelty": lambda: sw.novelty("x*y", pair(), independent()),
    "Poisson": lambda: sw.Poisson("lambda"),
    "Propagation": asked,
    "Rademacher": lambda: sw.Rademacher(),
    "Report": report,
    "SizeWarning": error(sw.SizeWarning),
    "SobolIndices": lambda: sw.sobol("a*x*y + x", independent()),
    "StudentT": lambda: sw.StudentT(5),
    "SymwickError": error(sw.SymwickError),
    "TooLarge": error(sw.TooLarge),
    "Uniform": lambda: sw.Uniform("a", "b"),
    "UnknownVariable": error(sw.UnknownVariable),
}
"""By name: every class of ``symwick.__all__``."""

REACHED: dict[str, Callable[[], Any]] = {
    "a constant form": lambda: sw.gcp(F, pair()),
    "a form in float64": lambda: sw.gwp(F, pair(), ring="float64"),
    "a structural zero": lambda: sw.gwp("x", independent(), of=["x", "y"]),
    "a named marginal": lambda: sw.Normal("m", "s").named("x"),
    "a mixture of marginals": lambda: sw.Mixture([("1/2", sw.Normal(0, 1)), ("1/2", sw.Normal("m", 1))]),
    "a condition": lambda: network().condition({"wet": 1}),
    "a derived law": lambda: made("Components").law,
    "Dropped": lambda: made("Ledger")[0],
    "Sweep": lambda: sw.propagate(circuit(), [independent(), pair()], order=2),
    "Gradient": lambda: sw.propagate(circuit(), independent()).gradient("out"),
    "a run not asked yet": lambda: sw.propagate(circuit(), independent(), order=2),
    "a symbolic run": lambda: sw.propagate(circuit(), sw.Moments(["x", "y"]), ring="symbolic"),
    "Plan": lambda: sw.propagate(circuit(), independent(), order=2, ring="float64").plan,
    "Statistics": lambda: circuit().statistics(),
    "Tree": lambda: circuit().treeify(),
    "TreePath": lambda: next(circuit().paths()),
    "ByInput": lambda: made("SobolIndices").first,
    "BySet": lambda: sw.gwpd(F, pair()).at({"x": 1, "y": 1}),
    "Ranking": lambda: sw.gwpd(F, pair()).top({"x": 1, "y": 1}),
    "forms by set": lambda: sw.interactions("a*x*y", pair()).between("x"),
    "outputs of a circuit": lambda: circuit().outputs,
    "Sobol interactions": lambda: made("SobolIndices").interactions,
    "Score": lambda: made("Novelty").score({"x": 1, "y": 1}),
    "a batch": lambda: made("Novelty").batch([(1, 1), (0, 1)]),
    "Scores": lambda: made("Novelty").scores([(1, 1), (0, 0)]),
    "RowNovelty": lambda: made("Scores").most_novel(1)[0],
    "TermScore": lambda: next(iter(made("Score").values())),
    "TermNovelty": lambda: made("Novelty")["x", "y"],
    "Distribution": lambda: made("TermNovelty").reference,
    "Concentration": lambda: sw.gwpd(F, pair()).concentration(),
    "PointCheck": lambda: made("InteractionCheck").at({"x": 1, "y": 1}),
    "Part": lambda: made("InteractionCheck").parts[0],
    "WorstCase": lambda: made("Hypothesis").worst(),
    "Counterexample": lambda: made("Report").counterexample,
    "Worst": lambda: made("Report").worst,
    "Estimate": lambda: made("EstimatorReport").estimates[0],
    "an evaluator of a form": lambda: sw.compile(sw.gwp(F, pair())),
    "Written": lambda: sw.conversions.cumulant_in_moments({"x": 3}),
    "formal.gwp": lambda: formal.gwp(2),
    "formal.gcp": lambda: formal.gcp([["a", "b"]]),
}
"""By name: results that calls return, beside the classes above."""

ODD_NAMES = ("<b>x</b>", "R&D_50%")

ODD: dict[str, Callable[[], Any]] = {
    "Finite": lambda: pair(ODD_NAMES),
    "Independent": lambda: sw.Independent({v: sw.Bernoulli("1/3") for v in ODD_NAMES}),
    "Moments": lambda: sw.Moments(list(ODD_NAMES)),
    "MultivariateNormal": lambda: sw.MultivariateNormal(list(ODD_NAMES), [0, 0], [[1, 0], [0, 1]]),
    "ClosedForm": lambda: sw.gwp(product(), sw.Moments(list(ODD_NAMES))),
    "GWPD": lambda: sw.gwpd(product(), pair(ODD_NAMES)),
    "GCPD": lambda: sw.gcpd(product(), pair(ODD_NAMES)),
    "Circuit": lambda: sw.Circuit.from_expr({"a<b & $c$": product()}, ODD_NAMES),
    "Propagation": lambda: sw.propagate(ODD["Circuit"](), pair(ODD_NAMES)),
    "Ablation": lambda: sw.ablate(product(), pair(ODD_NAMES), {ODD_NAMES[0]: "resample"}),
    "InteractionCheck": lambda: sw.interaction_check(product(), pair(ODD_NAMES)),
    "Interactions": lambda: sw.interactions(product(), pair(ODD_NAMES)),
    "CovarianceShares": lambda: sw.covariance_shares(product(), pair(ODD_NAMES)),
    "Hypothesis": lambda: sw.hypothesis(product(), pair(ODD_NAMES), keep=1),
    "Novelty": lambda: sw.novelty(product(), pair(ODD_NAMES), pair(ODD_NAMES)),
    "Game": lambda: sw.game(product(), pair(ODD_NAMES)),
    "Evaluator": lambda: sw.compile(sw.gwp(product(), pair(ODD_NAMES))),
    "BySet": lambda: sw.gwpd(product(), pair(ODD_NAMES)).at(dict.fromkeys(ODD_NAMES, 1)),
    "Ranking": lambda: sw.gwpd(product(), pair(ODD_NAMES)).top(dict.fromkeys(ODD_NAMES, 1)),
    "Written": lambda: sw.conversions.cumulant_in_moments(dict.fromkeys(ODD_NAMES, 1)),
}
"""Objects with names that HTML and LaTeX take for their own signs."""


def product() -> sympy.Expr:
    first, second = map(sympy.Symbol, ODD_NAMES)
    return first * second + 2 * first


def chain(gates: int) -> sw.Circuit:
    """A circuit of so many gates."""

    def run(x: Any, y: Any) -> Any:
        for _ in range(gates // 2):
            x = x * y + 1
        return x

    return sw.trace(run, ["x", "y"])


HUGE: dict[str, Callable[[], Any]] = {
    "Empirical of 10,000 rows": lambda: sw.Empirical([(i, i * i % 97) for i in range(10_000)], ["x", "y"]),
    "Finite of 40 variables": lambda: sw.Finite({(0,) * 40: "1/2", (1,) * 40: "1/2"}, [f"x{i}" for i in range(40)]),
    "Independent of 40": lambda: sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(40)}),
    "Categorical of 10,000 values": lambda: sw.Categorical(dict.fromkeys(range(10000), "1/10000")),
    "Mixture of 300 marginals": lambda: sw.Mixture([("1/300", sw.Normal(i, 1)) for i in range(300)]),
    "MultivariateNormal of 40": lambda: sw.MultivariateNormal(
        [f"x{i}" for i in range(40)], [0] * 40, [[int(i == j) for i in range(40)] for j in range(40)]
    ),
    "Moments of 40": lambda: sw.Moments([f"x{i}" for i in range(40)]),
    "circuit of 100,000 gates": lambda: chain(100_000),
    "circuit of 5,000 outputs": lambda: sw.Circuit.from_expr({f"a long name {i}": "x*y" for i in range(5_000)}, ["x", "y"]),
    "a wide gate": lambda: sw.Circuit.from_expr(
        {"out": sympy.Add(*(sympy.Symbol(f"x{i}") for i in range(5_000)))}, [f"x{i}" for i in range(5_000)]
    ),
    "decomposition of 4,096 terms": lambda: sw.gwpd(
        sympy.Mul(*(1 + sympy.Symbol(f"x{i}") for i in range(12))),
        sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(12)}),
    ),
    "decomposition of 40 inputs": lambda: sw.gwpd(
        sympy.Add(*(sympy.Symbol(f"x{i}") * sympy.Symbol(f"x{i + 1}") for i in range(39))),
        sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(40)}),
    ),
    "form of 100,000 terms": lambda: wide_form(100_000),
    "evaluator of 40 inputs": lambda: sw.compile(sw.gwp(
        sympy.Add(*(sympy.Symbol(f"x{i}") for i in range(40))), sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(40)}),
        of=["x0"],
    )),
    "long names": lambda: pair(("x" * 5_000, "y" * 5_000)),
    "a long number": lambda: sw.gcp(f"{10**2_999 + 7}*x*y", pair()),
}  # fmt: skip
"""Objects a thousand times as large as what fits on a screen."""


def wide_form(terms: int) -> sw.ClosedForm:
    """Σ x_i over so many variables, as one form."""
    from symwick.circuits.form_builder import FormBuilder
    from symwick.circuits.leaves import Leaf

    build = FormBuilder()
    symbols = [sympy.Symbol(f"x{i}") for i in range(terms)]
    nodes = [build.leaf(Leaf.variable(s)) for s in symbols]
    return sw.ClosedForm.built(build, build.sum([(1, node) for node in nodes]), variables=symbols)


@cache
def made(name: str) -> Any:
    """The instance of that name, made once."""
    return (PUBLIC | REACHED)[name]()
