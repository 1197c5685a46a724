"""Deliberately wrong implementations, each to be found by ``verify``, and right ones, never to be accused.

``python -m benchmarks.mutants`` prints the table of docs/verify.md; ``python -m benchmarks.mutants --right 10000`` compares
so many right implementations and counts those that are accused.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import numpy as np

import symwick as sw

Numbers = Any


@dataclass(frozen=True, eq=False)
class Mutant:
    """A wrong implementation: what is wrong with it, the exact side, what the diagnosis is to say (None: nothing is known)."""

    what: str
    of: str
    numeric: Callable[..., Any]
    exact: Callable[[], Any]
    verdict: str = "differs"
    diagnosis: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


TWO, THREE = sw.Moments(["x", "y"]), sw.Moments(["x", "y", "z"])
BITS = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
NORMAL = sw.MultivariateNormal(["x", "y"], ["m", "n"], [["v", "c"], ["c", "w"]])

MOMENTS = ["E[x]", "E[y]", "E[z]", "E[x*y]", "E[x*z]", "E[y*z]", "E[x*y*z]"]


def wick_two(x: Numbers, y: Numbers, E_x: Numbers, E_y: Numbers, E_xy: Numbers, *, c: Any = (1, -1, -1, 2, -1)) -> Numbers:
    """ω_xy (x·y) with its five coefficients."""
    return c[0] * x * y + c[1] * E_x * y + c[2] * E_y * x + c[3] * E_x * E_y + c[4] * E_xy


def wick_three(x: Any, y: Any, z: Any, a: Any, b: Any, c: Any, ab: Any, ac: Any, bc: Any, abc: Any, *, k: Any = (1, 1, 2, 6),
               sign: int = -1, pairs: int = 2) -> Numbers:  # fmt: skip
    """ω_xyz (x·y·z); k holds |σ|! for 0 to 3 blocks."""
    one, two, three = sign * k[1], sign**2 * k[2], sign**3 * k[3]
    held = x * y * z + one * (a * y * z + b * x * z + c * x * y) + two * (a * b * z + a * c * y + b * c * x)
    held = held + one * (ab * z + ac * y + bc * x)
    return held + three * a * b * c + (two if pairs == 2 else pairs) * (ab * c + ac * b + bc * a) + one * abc


def kappa_three(a: Any, b: Any, c: Any, ab: Any, ac: Any, bc: Any, abc: Any, *, last: int = 2, pairs: int = -1) -> Numbers:
    """κ(x, y, z) from moments."""
    return abc + pairs * (ab * c + ac * b + bc * a) + last * a * b * c


def centred_product(rows: Any) -> Any:
    return np.prod(rows - rows.mean(axis=0), axis=1).mean()


def kurtosis(x: Any) -> Any:
    """κ(x, x, x, x) of a column."""
    c = x - x.mean()
    return (c**4).mean() - 3 * (c**2).mean() ** 2


def naive_mean(values: Any) -> Any:
    """A running sum in single precision."""
    total = np.float32(0)
    for value in values:
        total = total + np.float32(value)
    return float(total) / len(values)


def product_of_means(rng: Any) -> Any:
    """E x · E y under BITS by one sample of 8: off by Cov/8."""
    code = np.searchsorted([4, 5, 6], rng.integers(0, 8, 8), side="right")
    return (code // 2).mean() * (code % 2).mean()


def terms_of_product(x: Any, y: Any, *, mean: float = 0.25, cov: float = 7 / 64) -> dict[Any, Any]:
    """The decomposition of x·y under BITS."""
    p = 3 / 8
    return {"": mean, "x": p * (x - p), "y": p * (y - p), ("x", "y"): (x - p) * (y - p) - cov}


def propagated(m: Any, v: Any, n: Any, w: Any, c: Any, *, square: float = 2, cross: float = 1) -> dict[str, Any]:
    """Mean and variance of x² + y for normal inputs."""
    return {"mean": m**2 + v + n, "variance": square * v**2 + 4 * m**2 * v + w + cross * 4 * m * c}


def propagated_exactly() -> dict[str, Any]:
    run = sw.propagate(sw.trace(lambda x, y: {"out": x * x + y}, ["x", "y"]), NORMAL, order=None, ring="symbolic")
    return {"mean": run.mean("out"), "variance": run.variance("out")}


PARAMETERS = ["m", "v", "n", "w", "c"]


def _gwp(f: str, law: Any, **options: Any) -> Callable[[], Any]:
    return lambda: sw.gwp(f, law, **options)


def _three(wrong: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *numbers: wrong(*numbers)


WICK_3 = {"arguments": ["x", "y", "z", *MOMENTS]}
KAPPA_3 = {"arguments": MOMENTS}
XYZ = ["x", "y", "z"]
MUTANTS = (
    Mutant("dropped term E[x*y]", "ω_xy (x·y)", lambda x, y, E_x, E_y, E_xy: wick_two(x, y, E_x, E_y, 0), _gwp("x*y", TWO),
           diagnosis="the coefficient of E[x*y] = 0 instead of -1: the term is left out"),
    Mutant("dropped term x·y", "ω_xy (x·y)", lambda x, y, E_x, E_y, E_xy: wick_two(x, y, E_x, E_y, E_xy, c=(0, -1, -1, 2, -1)),
           _gwp("x*y", TWO), diagnosis="the coefficient of x*y = 0 instead of 1: the term is left out"),
    Mutant("wrong sign of E[x] y", "ω_xy (x·y)",
           lambda x, y, E_x, E_y, E_xy: wick_two(x, y, E_x, E_y, E_xy, c=(1, 1, -1, 2, -1)), _gwp("x*y", TWO),
           diagnosis="the coefficient of E[x]*y = 1 instead of -1: the sign is wrong"),
    Mutant("wrong sign of E[x*y]", "ω_xy (x·y)",
           lambda x, y, E_x, E_y, E_xy: wick_two(x, y, E_x, E_y, E_xy, c=(1, -1, -1, 2, 1)), _gwp("x*y", TWO),
           diagnosis="the coefficient of E[x*y] = 1 instead of -1: the sign is wrong"),
    Mutant("1 for 2", "ω_xy (x·y)", lambda x, y, E_x, E_y, E_xy: wick_two(x, y, E_x, E_y, E_xy, c=(1, -1, -1, 1, -1)),
           _gwp("x*y", TWO), diagnosis="the coefficient of E[x]*E[y] = 1 instead of 2"),
    Mutant("independence assumed", "ω_xy (x·y)", lambda x, y, E_x, E_y, E_xy: (x - E_x) * (y - E_y), _gwp("x*y", TWO),
           diagnosis="x and y taken for independent"),
    Mutant("all of it negative", "ω_xy (x·y)", lambda x, y, E_x, E_y, E_xy: -wick_two(x, y, E_x, E_y, E_xy), _gwp("x*y", TWO),
           diagnosis="-1 times the exact value: the sign is wrong"),
    Mutant("arguments E[x], E[y] transposed", "ω_xy (x·y)", lambda x, y, E_x, E_y, E_xy: wick_two(x, y, E_y, E_x, E_xy),
           _gwp("x*y", TWO), diagnosis="the arguments"),
    Mutant("2 for 6", "ω_xyz (x·y·z)", _three(lambda *n: wick_three(*n, k=(1, 1, 2, 2))), _gwp("x*y*z", THREE),
           diagnosis="the coefficient of E[x]*E[y]*E[z] = -2 instead of -6", options=WICK_3),
    Mutant("(|σ| − 1)! for |σ|!", "ω_xyz (x·y·z)", _three(lambda *n: wick_three(*n, k=(1, 1, 1, 2))), _gwp("x*y*z", THREE),
           diagnosis="(|σ| − 1)! in place of |σ|!", options=WICK_3),
    Mutant("(|σ| + 1)! for |σ|!", "ω_xyz (x·y·z)", _three(lambda *n: wick_three(*n, k=(1, 2, 6, 24))), _gwp("x*y*z", THREE),
           diagnosis="(|σ| + 1)! in place of |σ|!", options=WICK_3),
    Mutant("no factorials", "ω_xyz (x·y·z)", _three(lambda *n: wick_three(*n, k=(1, 1, 1, 1))), _gwp("x*y*z", THREE),
           diagnosis="1 in place of |σ|!", options=WICK_3),
    Mutant("no alternating sign", "ω_xyz (x·y·z)", _three(lambda *n: wick_three(*n, sign=1)), _gwp("x*y*z", THREE),
           diagnosis="the sign of (−1)^|σ| left out", options=WICK_3),
    Mutant("|σ|! for (|σ| − 1)!", "κ(x, y, z)", _three(lambda *n: kappa_three(*n, pairs=-2, last=6)),
           lambda: sw.gcp("x*y*z", THREE), diagnosis="|σ|! in place of (|σ| − 1)!", options=KAPPA_3),
    Mutant("1 for 2", "κ(x, y, z)", _three(lambda *n: kappa_three(*n, last=1)), lambda: sw.gcp("x*y*z", THREE),
           diagnosis="the coefficient of E[x]*E[y]*E[z] = 1 instead of 2", options=KAPPA_3),
    Mutant("marginals for joint: E[x*y] E[z] for E[x*y*z], …", "ω_xyz (x·y·z)",
           _three(lambda x, y, z, a, b, c, ab, ac, bc, abc: wick_three(x, y, z, a, b, c, ab, a * c, b * c, ab * c)),
           _gwp("x*y*z", THREE), diagnosis="{x, y} and z taken for independent", options=WICK_3),
    Mutant("marginal for joint: E[x] E[y] for E[x*y]", "E[x*y]", lambda rows: rows[:, 0].mean() * rows[:, 1].mean(),
           lambda: lambda P: sw.expectation("x*y", P), diagnosis="x and y taken for independent", options={"rows": ["x", "y"]}),
    Mutant("E[x²] taken for E[x]²", "E[x²·y]", lambda x, y: x.mean() * (x * y).mean(),
           lambda: lambda P: sw.expectation("x**2*y", P), diagnosis="Var(x) taken for 0", options={"columns": ["x", "y"]}),
    Mutant("n − 1 for n", "Cov(x, y) of rows", lambda rows: np.cov(rows.T)[0, 1], lambda: lambda P: sw.gcp("x*y", P),
           diagnosis="n/(n - 1) times", options={"rows": ["x", "y"], "least_rows": 2}),
    Mutant("columns transposed", "E[x²·y] of rows", lambda x, y: (y * y * x).mean(),
           lambda: lambda P: sw.expectation("x**2*y", P),
           diagnosis="the columns x and y transposed", options={"columns": ["x", "y"]}),
    Mutant("order 2 truncation", "E[x·y·z] of rows",
           lambda rows: (rows.prod(axis=1)).mean() - centred_product(rows), lambda: lambda P: sw.expectation("x*y*z", P),
           diagnosis="at order 2: joint cumulants of more than 2 variables left out", options={"rows": XYZ}),
    Mutant("order 1 truncation", "E[x²·y] of rows", lambda x, y: x.mean() ** 2 * y.mean(),
           lambda: lambda P: sw.expectation("x**2*y", P), diagnosis="at order 1", options={"columns": ["x", "y"]}),
    Mutant("3 for 6: pairings", "κ(x, x, x, x) of rows", lambda x: kurtosis(x) + 1.5 * x.var() ** 2,
           lambda: lambda P: P.cumulant(["x"] * 4), options={"columns": ["x"]}),
    Mutant("running sum in float32", "E[x·y] of rows", lambda x, y: naive_mean(x * y), lambda: lambda P: sw.expectation("x*y", P),
           diagnosis="look like rounding: float32", options={"columns": ["x", "y"]}),
    Mutant("drift: float32 inside, float64 out", "x·y − z", lambda x, y, z: float(np.float32(x) * np.float32(y) - np.float32(z)),
           lambda: "x*y - z", diagnosis="look like rounding: float32"),
    Mutant("0.1 in float32", "3·x/10", lambda x: float(np.float32(x) * np.float32(0.1)) * 3, lambda: "3*x/10",
           diagnosis="look like rounding: float32"),
    Mutant("Var of a squared wire forgotten", "Var(x² + y), normal", lambda m, v, n, w, c: propagated(m, v, n, w, c, square=0),
           propagated_exactly, diagnosis="variance: matches with the coefficient of v**2 = 0 instead of 2: the term is left out",
           options={"arguments": PARAMETERS}),
    Mutant("covariance of wires forgotten", "Var(x² + y), normal", lambda m, v, n, w, c: propagated(m, v, n, w, c, cross=0),
           propagated_exactly, diagnosis="coefficient of c*m = 0 instead of 4: the term is left out",
           options={"arguments": PARAMETERS}),
    Mutant("half the covariance", "Var(x² + y), normal", lambda m, v, n, w, c: propagated(m, v, n, w, c, cross=0.5),
           propagated_exactly, diagnosis="coefficient of c*m = 2 instead of 4", options={"arguments": PARAMETERS}),
    Mutant("mean taken for independent", "all terms of x·y", lambda x, y: terms_of_product(x, y, mean=9 / 64),
           lambda: sw.gwpd("x*y", BITS), diagnosis="∅: matches with the constant = 9/64 instead of 1/4"),
    Mutant("dependence left out", "all terms of x·y", lambda x, y: terms_of_product(x, y, mean=9 / 64, cov=0),
           lambda: sw.gwpd("x*y", BITS), diagnosis="the decomposition under independent inputs"),
    Mutant("wrong sign of Cov", "all terms of x·y", lambda x, y: terms_of_product(x, y, cov=-7 / 64),
           lambda: sw.gwpd("x*y", BITS), diagnosis="{x, y}: matches with the constant = 1/4 instead of 1/32"),
    Mutant("terms in another order", "all terms of x + 2·y",
           lambda x, y: [9 / 8, 2 * (y - 3 / 8), x - 3 / 8], lambda: sw.gwpd("x + 2*y", BITS),
           diagnosis="{x}: matches what {y} should be"),
    Mutant("partitions: K(x y) without E x E y", "K_f of x·y", lambda: {(("x", "y"),): 1 / 4, (("x",), ("y",)): 9 / 64},
           lambda: sw.gcpd("x*y", BITS), diagnosis="1/4 instead of 7/64"),
    Mutant("bias of 1/1000", "x − y", lambda x, y: x - y + 0.001, lambda: (lambda x, y: x - y),
           diagnosis="the constant = 1/1000 instead of 0: a term too many"),
    Mutant("arguments transposed", "x² y − y", lambda x, y: y * y * x - x, lambda: (lambda x, y: x * x * y - y),
           diagnosis="the arguments x and y transposed"),
    Mutant("wrong gate: OR for XOR", "x xor y", lambda x, y: {"other": x + y - x * y},
           lambda: sw.trace(lambda x, y: {"out": x + y - 2 * x * y}, ["x", "y"]),
           verdict="wrong shape"),
    Mutant("wrong gate: OR for XOR", "x xor y, bits", lambda x, y: x + y - x * y,
           lambda: sw.trace(lambda x, y: {"out": x + y - 2 * x * y}, ["x", "y"]),
           diagnosis="the coefficient of x*y = -1 instead of -2", options={"domain": {"x": [0, 1], "y": [0, 1]}}),
    Mutant("one output of two", "sum and product", lambda x, y: x + y,
           lambda: sw.trace(lambda x, y: {"s": x + y, "p": x * y}, ["x", "y"]), verdict="wrong shape"),
    Mutant("0/0 at a tie", "x + y", lambda x, y: (x * x - y * y) / (x - y), lambda: "x + y", verdict="not a number"),
    Mutant("raises at 0", "x²", lambda x: x**2 if x else [][0], lambda: "x**2", verdict="raises"),
    Mutant("centres its data in place", "Var of a column", lambda x: np.mean(np.square(x.__isub__(x.mean()))),
           lambda: lambda P: P.cumulant(["x", "x"]), verdict="mutates its arguments", options={"columns": ["x"]}),
    Mutant("draws at random", "x", lambda x: x + np.random.default_rng().normal(), lambda: "x", verdict="not deterministic"),
    Mutant("other arguments", "x + y", lambda a: a, lambda: "x + y", verdict="takes other arguments"),
)  # fmt: skip


@cache
def found(mutant: Mutant) -> tuple[bool, sw.Report]:
    """Whether verify finds the mutant, with the right diagnosis where one is named; and its report."""
    report = sw.verify(mutant.numeric, mutant.exact(), **mutant.options)
    said = mutant.diagnosis is None or any(mutant.diagnosis in text for text in report.diagnosis)
    return said and report.verdict == mutant.verdict, report


def table() -> Iterator[str]:
    yield "| computed | what is wrong | verdict | diagnosis |"
    yield "|---|---|---|---|"
    for mutant in MUTANTS:
        right, report = found(mutant)
        said = "; ".join(report.diagnosis).replace("|σ|", "\\|σ\\|").replace("(|σ", "(\\|σ").replace("σ| ", "σ\\| ")
        what = mutant.what.replace("|", "\\|")
        yield f"| {mutant.of} | {what} | {report.verdict}{'' if right else ' (NOT AS EXPECTED)'} | {said} |"


# -- right implementations --------------------------------------------------------------------------------------------


def right_ones(random: Random) -> Iterator[tuple[Callable[..., Any], Any, dict[str, Any]]]:
    """Right implementations without end: (numeric, exact, options), of all kinds by turns."""
    for kind in itertools.cycle(RIGHT):
        yield kind(random)


def _polynomial(random: Random) -> Any:
    names = ["x", "y", "z"][: random.randint(1, 3)]
    terms = [(random.randint(-4, 4) / 2 ** random.randint(0, 2), [random.randint(0, 3) for _ in names]) for _ in range(4)]

    def numeric(**point: Any) -> Any:
        return sum(c * np.prod([point[s] ** k for s, k in zip(names, powers, strict=True)], axis=0) for c, powers in terms)

    def exact(*point: Any) -> Any:
        total: Any = 0
        for c, powers in terms:
            part: Any = Fraction(c)
            for value, k in zip(point, powers, strict=True):
                part = part * value**k
            total = total + part
        return total

    return numeric, exact, {"arguments": names}


def _horner(random: Random) -> Any:
    """Cancellation that is nobody's fault: (x − a)^k multiplied out."""
    k, a = random.randint(2, 7), random.randint(1, 5)
    coefficients = np.poly([a] * k)

    def exact(x: Any) -> Any:
        return sum(Fraction(float(c)) * x ** (k - i) for i, c in enumerate(coefficients))

    return lambda x: np.polyval(coefficients, x), exact, {}


def _wick(random: Random) -> Any:
    return (lambda *n: wick_three(*n)), sw.gwp("x*y*z", THREE), WICK_3


def _short_floats(random: Random) -> Any:
    return (lambda x, y: np.asarray(x, np.float32) * np.asarray(y, np.float32) - np.asarray(x, np.float32)), "x*y - x", {}


def _cumulants(random: Random) -> Any:
    return (lambda *n: kappa_three(*n)), sw.gcp("x*y*z", THREE), KAPPA_3


def _rows(random: Random) -> Any:
    return centred_product, lambda P: sw.gcp("x*y*z", P), {"rows": XYZ}


def _covariance(random: Random) -> Any:
    return (lambda x, y: (x * y).mean() - x.mean() * y.mean()), lambda P: P.cumulant(["x", "y"]), {"columns": ["x", "y"]}


def _weighted(random: Random) -> Any:
    return (lambda rows, weights: weights @ rows[:, 0] ** 2), lambda P: P.moment({"x": 2}), {"weighted": ["x", "y"]}


def _decomposition(random: Random) -> Any:
    weights = [random.randint(1, 8) for _ in range(4)]
    points = itertools.product((0, 1), (0, 2))
    law = sw.Finite({p: Fraction(w, sum(weights)) for p, w in zip(points, weights, strict=True)}, ["x", "y"])
    a, b, ab = (float(law.moment(m)) for m in ({"x": 1}, {"y": 1}, {"x": 1, "y": 1}))

    def numeric(x: Any, y: Any) -> Any:
        return {"": ab, "x": b * (x - a), "y": a * (y - b), "x, y": (x - a) * (y - b) - (ab - a * b)}

    return numeric, sw.gwpd("x*y", law), {}


def _propagation(random: Random) -> Any:
    return propagated, propagated_exactly(), {"arguments": PARAMETERS}


def _branches(random: Random) -> Any:
    return (lambda x, y: x * y if x > y else y - x), lambda x, y: x * y if x > y else y - x, {}


def _quotient(random: Random) -> Any:
    k = random.randint(1, 4)
    return (lambda x, y: x / (y * y + k)), lambda x, y: x / (y * y + k), {}


RIGHT = (_polynomial, _horner, _wick, _short_floats, _cumulants, _rows, _covariance, _weighted, _decomposition, _propagation,
         _branches, _quotient)  # fmt: skip


def accused(count: int, seed: int = 0) -> list[tuple[int, sw.Report]]:
    """The right implementations among so many that are accused, each compared at points of its own."""
    random = Random(seed)
    wrong = []
    for i, (numeric, exact, options) in enumerate(itertools.islice(right_ones(random), count)):
        report = sw.verify(numeric, exact, seed=i, **options)
        if not report.ok:
            wrong.append((i, report))
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description="Wrong implementations found, right ones not accused.")
    parser.add_argument("--right", type=int, default=0, help="compare so many right implementations instead")
    count = parser.parse_args().right
    if not count:
        print(*table(), sep="\n")
        return
    start = time.perf_counter()
    wrong = accused(count)
    print(f"{count:,} right implementations compared, {len(wrong)} accused, {time.perf_counter() - start:.0f} s")
    for i, report in wrong[:10]:
        print(i, report)


if __name__ == "__main__":
    main()
