"""verify: default runs on scalar and vectorised functions, shrinking, decompositions, data, estimators."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import symwick as sw
from benchmarks.mutants import THREE, WICK_3, XYZ, centred_product, product_of_means, terms_of_product, wick_three

Row = dict[str, Any]
BITS = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])


def timed(name: str, work: Callable[[], Any], verdict: str, target: str = "", rounds: int = 5) -> Row:
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        report = work()
        seconds.append(time.perf_counter() - start)
        if report.verdict != verdict:
            raise AssertionError(f"{name}: {report}")
    return {"name": name, "seconds": median(seconds)} | ({"target": target} if target else {})


def run() -> list[Row]:
    exact = sw.gwp("x*y*z", THREE)

    def scalar(*numbers: Any) -> float:
        return float(wick_three(*map(float, numbers)))

    def wrong_scalar(*numbers: Any) -> float:
        return float(wick_three(*map(float, numbers), k=(1, 1, 2, 2)))

    def vectorised(*arrays: Any) -> Any:
        return wick_three(*arrays)

    def unexplained(*arrays: Any) -> Any:
        return wick_three(*arrays) + abs(arrays[0]) ** 1.5

    many = sw.Independent({f"x{i}": sw.Bernoulli("1/3") for i in range(10)})
    terms = sw.gwpd("*".join(f"(1 + {v})" for v in map(str, many.variables)), many, max_order=2)
    forms = list(terms.values())

    def pairs(**point: Any) -> list[Any]:
        outputs = []
        for key in terms:
            value = (4 / 3) ** 10
            for v in key:
                value = value * 3 / 4 * (point[str(v)] - 1 / 3)
            outputs.append(value)
        return outputs

    return [
        timed("scalar function, ω_xyz (x·y·z), 10 arguments, 200 points", lambda: sw.verify(scalar, exact, **WICK_3), "matches",
              "< 2 s"),
        timed("the same vectorised", lambda: sw.verify(vectorised, exact, **WICK_3), "matches", "< 1 s"),
        timed("wrong scalar function: shrunk and diagnosed", lambda: sw.verify(wrong_scalar, exact, **WICK_3), "differs",
              "< 5 s"),
        timed("wrong, and nothing explains it", lambda: sw.verify(unexplained, exact, **WICK_3), "differs", "< 5 s"),
        timed("exp and sin in the exact form", lambda: sw.verify(_waves, "exp(-x*x)*sin(y)"), "matches", "< 1 s", 3),
        timed("κ(x, y, z) of rows, 60 laws", lambda: sw.verify(centred_product, lambda P: sw.gcp("x*y*z", P), rows=XYZ),
              "matches", "< 1 s"),
        timed("all terms of x·y", lambda: sw.verify(terms_of_product, sw.gwpd("x*y", BITS)), "matches", "< 1 s"),
        timed(f"{len(forms)} terms of 10 inputs, orders up to 2", lambda: sw.verify(pairs, terms), "matches", "", 3),
        timed("estimator that is right, 25,600 draws", lambda: sw.verify_estimator(_normal, 0), "matches", "", 3),
        timed("product of means, biased", lambda: sw.verify_estimator(product_of_means, "9/64"), "biased", "", 3),
    ]  # fmt: skip


def _waves(x: Any, y: Any) -> Any:
    import numpy as np

    return np.exp(-x * x) * np.sin(y)


def _normal(rng: Any) -> float:
    return float(rng.normal())
