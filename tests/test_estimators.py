"""verify_estimator: stated error rates, named verdicts, intervals that hold at all sample sizes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import symwick as sw
from symwick.errors import InvalidArgument
from symwick.verification.estimator_report import ESTIMATOR_VERDICTS
from symwick.verification.sequential import Bounded, Unbounded, draws_needed, half_width
from tests.refusals import refuses

BITS = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
QUICK = {"effect": 0.2, "alpha": 1e-4}


def pairs(rng: np.random.Generator, n: int = 10) -> Any:
    code = rng.choice(4, p=[0.5, 0.125, 0.125, 0.25], size=n)
    return code // 2, code % 2


def product_of_means(rng: np.random.Generator) -> Any:
    """Both means from one sample: off by Cov/n."""
    x, y = pairs(rng, 4)
    return x.mean() * y.mean()


def product_of_separate_means(rng: np.random.Generator) -> Any:
    return pairs(rng, 4)[0].mean() * pairs(rng, 4)[1].mean()


APART = sw.gcp("x*y", BITS, [["x"], ["y"]])


def test_a_biased_product_of_means_is_found() -> None:
    report = sw.verify_estimator(product_of_means, APART, effect=0.1)
    assert report.verdict == "biased"
    (estimate,) = report.estimates
    assert estimate.low < 7 / 64 / 4 < estimate.high  # Cov/n
    assert report.needed <= report.draws
    assert "biased: decided after" in str(report)
    assert "assumes independent draws of finite variance" in report._repr_html_()


@pytest.mark.parametrize("bounds", [None, (0, 1)])
def test_separate_means_are_right(bounds: Any) -> None:
    report = sw.verify_estimator(product_of_separate_means, APART, bounds=bounds, **QUICK)
    assert report.ok
    assert bool(report) is True
    assert report.estimates[0].low < 0 < report.estimates[0].high
    assert "a bias of 0.2 standard deviations of one draw is found with probability 0.99" in repr(report)


def test_whole_decompositions_and_vectors() -> None:
    def terms(rng: np.random.Generator) -> dict[Any, float]:
        x, y = pairs(rng)
        _, apart = pairs(rng)
        return {(("x", "y"),): (x * y).mean() - x.mean() * apart.mean(), (("x",), ("y",)): x.mean() * apart.mean()}

    assert sw.verify_estimator(terms, sw.gcpd("x*y", BITS), **QUICK).ok
    report = sw.verify_estimator(lambda rng: list(terms(rng).values())[::-1], sw.gcpd("x*y", BITS), **QUICK)
    assert [e.label for e in report.estimates if not e.ok] == ["x, y", "x | y"]
    wick = sw.gwpd("x*y", BITS)

    def at_one(rng: np.random.Generator) -> list[float]:
        x, y = (v.mean() for v in pairs(rng))
        p = 3 / 8
        return [float(pairs(rng)[0] @ np.ones(10)) / 10 * 2 / 3, p * (1 - x), (1 - p) * y + p - y, (1 - p) * (1 - y) - 7 / 64]

    assert sw.verify_estimator(at_one, wick, at={"x": 1, "y": 1}, **QUICK).ok
    circuit = sw.trace(lambda x: {"a": x + 1, "b": x * x}, ["x"])
    assert sw.verify_estimator(lambda rng: {"a": 3 + rng.normal(), "b": 4}, circuit, at={"x": 2}, **QUICK).ok
    assert sw.verify_estimator(lambda rng: [rng.normal(), 1], {"zero": 0, "one": 1}, **QUICK).ok


def test_generators_and_seeds() -> None:
    import random

    assert sw.verify_estimator(lambda seed: random.Random(seed).gauss(0, 1), 0, **QUICK).ok
    assert sw.verify_estimator(lambda s: random.Random(int(s)).gauss(0, 1), 0, **QUICK).ok
    assert sw.verify_estimator(lambda g: np.random.default_rng(g).normal(), 0, **QUICK).ok


@pytest.mark.parametrize(
    ("fn", "verdict", "text"),
    [
        (lambda rng: 1 / 0, "raises", "it raises ZeroDivisionError: division by zero"),
        (lambda rng: [1, 2], "wrong shape", "it returns an array of shape (2,) instead of a number"),
        (lambda rng: math.nan, "not a number", "it gives nan after at least 0 draws"),
        (lambda rng: np.random.default_rng().normal(), "not deterministic", "drawn twice from the same seed it gives different"),
        (lambda: 0, "takes other arguments", "it takes (), but an estimator takes one argument"),
        (lambda rng: rng.standard_cauchy() ** 3, "undecided", "12,800 draws do not decide it"),
    ],
)
def test_verdicts(fn: Callable[..., Any], verdict: str, text: str) -> None:
    report = sw.verify_estimator(fn, 0, effect=0.2, alpha=1e-6)
    assert report.verdict == verdict
    assert verdict in ESTIMATOR_VERDICTS
    assert report.detail.startswith(text)
    assert not report


def test_constants_and_factors() -> None:
    assert sw.verify_estimator(lambda rng: 3.0, 3, **QUICK).ok
    assert sw.verify_estimator(lambda rng: 0.1 + 0.2, "3/10", **QUICK).ok  # rounding is allowed for
    assert sw.verify_estimator(lambda rng: 3.0, 4, **QUICK).diagnosis == ("the mean may be 3/4 times the exact value",)
    assert sw.verify_estimator(lambda rng: rng.lognormal(0, 0.5), "exp(1/8)", effect=0.1).ok


def test_the_rate_of_false_alarms_is_kept() -> None:
    """alpha = 1/20, looked at after every batch: fewer than one in twenty of 300 right estimators is accused."""
    alarms = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        means = Unbounded(0.05, 2000)
        for _ in range(8):
            means.add(rng.exponential(size=(256, 1)))
            if means.ready() and abs(means.mean[0] - 1) > means.half()[0]:
                alarms += 1
                break
    assert alarms <= 15


def test_the_power_is_as_stated() -> None:
    """A bias of exactly the effect is found nearly always."""
    planned = draws_needed(1e-3, 0.2, 0.9)
    found = 0
    for seed in range(200):
        means = Unbounded(1e-3, planned)
        means.add(np.random.default_rng(seed).normal(0.2, 1, size=(planned, 1)))
        found += abs(means.mean[0]) > means.half()[0]
    assert found >= 165  # 0.9 of them, less four standard deviations


def test_bounded_intervals_hold_for_skew_laws() -> None:
    """Draws that are nearly always 0: what a normal interval gets wrong."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        means = Bounded(1e-3, 0, 1)
        means.add((rng.random((600, 1)) < 0.002).astype(float))
        assert abs(means.mean[0] - 0.002) <= means.half()[0]


def test_intervals_shrink() -> None:
    widths = [half_width(n, 1e-6, 0.01) for n in (512, 5_000, 50_000)]
    assert widths == sorted(widths, reverse=True)
    assert draws_needed(1e-6, 0.05, 0.99) > draws_needed(1e-3, 0.05, 0.99) > draws_needed(1e-3, 0.1, 0.99)


@pytest.mark.parametrize(
    ("text", "arguments", "options"),
    [
        ("Argument 'fn' must be callable, not 3.", (3, 0), {}),
        ("Argument 'alpha' must be a number between 0 and 0.5, not 1.", (abs, 0), {"alpha": 1}),
        ("Argument 'effect' must be a number between 0 and 10, not 0.", (abs, 0), {"effect": 0}),
        ("Argument 'power' must be a number between 0 and 1, not '0.9'.", (abs, 0), {"power": "0.9"}),
        ("Argument 'bounds' must be two numbers, the smaller first, not (1, 0).", (abs, 0), {"bounds": (1, 0)}),
        ("Argument 'bounds' must be two numbers, the smaller first, not 3.", (abs, 0), {"bounds": 3}),
        ("Argument 'seed' must be an integer that is at least 0, not None.", (abs, 0), {"seed": None}),
        ("Argument 'at' must be given: the exact side depends on x, y.", (abs, sw.gwp("x*y", BITS)), {}),
        ("Argument 'exact' must be a number, but a remains in it.", (abs, "a + 1"), {}),
        (
            "Argument 'exact' must be exact, not a form of floats (ring='float64').",
            (abs, sw.gcp("x*y", BITS, ring="float64")),
            {},
        ),
        ("Argument 'bounds' must bound all draws, but one is 2.", (lambda rng: 2, 0), {"bounds": (0, 1)}),
    ],
)
def test_misuse_is_refused(text: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    refuses(InvalidArgument, text, lambda: sw.verify_estimator(*arguments, **options))
