"""The story about checking code written by hand: the formula of the post, right and wrong, counterexample and diagnosis."""

from __future__ import annotations

from typing import Any

from rich.console import Console

import symwick as sw
from symwick.cli.telling import say, show, title

__all__ = ["verification"]


def right(x: Any, y: Any, E_x: Any, E_y: Any, E_xy: Any) -> Any:
    """f − E_X f − E_Y f + 2 E_X E_Y f − E f for f = x·y, in moments."""
    return x * y - E_x * y - E_y * x + 2 * E_x * E_y - E_xy


def wrong(x: Any, y: Any, E_x: Any, E_y: Any, E_xy: Any) -> Any:
    """The same with the 2 forgotten."""
    return x * y - E_x * y - E_y * x + E_x * E_y - E_xy


def product_of_means(rng: Any) -> Any:
    """E x · E y of a fair bit and its copy, both means from one sample of eight."""
    x = rng.integers(0, 2, 8)
    return x.mean() * x.mean()


def verification(out: Console) -> None:
    """Both against ``sw.gwp`` under a law of which nothing is known; an estimator by a sequential test."""
    title(out, "16  Is my own code right?")
    exact = sw.gwp("x*y", sw.Moments(["x", "y"]))
    say(
        out,
        """The formula of the post for two inputs, ω_xy f = f - E_X f - E_Y f + 2 E_X E_Y f - E f, written by hand for
        f = x·y with the moments as arguments. One line compares it with the exact form, at points and laws of all kinds:""",
    )
    show(out, f"exactly: {exact}")
    report = sw.verify(right, exact)
    show(out, f"right: {report.verdict} ({report.points} points, {report.called})")
    report = sw.verify(wrong, exact)
    say(out, "The same with the 2 forgotten. The smallest point and law at which it shows, and the term that is wrong:")
    show(out, f"wrong: {report.verdict}")
    show(out, f"{report.counterexample}")
    for text in report.diagnosis:
        show(out, text)
    copy = sw.Finite({(0, 0): "1/2", (1, 1): "1/2"}, ["x", "y"])
    found = sw.verify_estimator(product_of_means, sw.gcp("x*y", copy, [["x"], ["y"]]), effect=0.2)
    (estimate,) = found.estimates
    say(
        out,
        f"""An estimator is tested by its draws: the product of two means from one sample of 8 is off by Cov(x, y)/8 =
        {copy.cumulant(["x", "y"]) / 8}. A right one would be accused with probability at most {found.alpha:g}:""",
    )
    show(out, f"{found.verdict} after {found.needed} draws; bias between {estimate.low:.3f} and {estimate.high:.3f}")
