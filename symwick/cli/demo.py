"""The demo: sixteen short stories, most of them on real input; every number and formula in them is derived on the spot."""

from __future__ import annotations

import time
from fractions import Fraction
from importlib.resources import files
from itertools import product
from typing import Any

from rich.console import Console

import symwick as sw
from symwick.cli.demo_account import account
from symwick.cli.demo_attribution import ablations, anomaly, hypotheses
from symwick.cli.demo_circuits import netlists
from symwick.cli.demo_circuits import network as polynomial_network
from symwick.cli.demo_code import formula_to_code
from symwick.cli.demo_symbols import ishigami, normal_inputs, unspecified
from symwick.cli.demo_verification import verification
from symwick.cli.patients import FINDINGS, network, urgency
from symwick.cli.telling import (
    WIDEST,
    number_text,
    order_shares,
    partition_text,
    say,
    show,
    subset_text,
    term_table,
    title,
)

__all__ = ["run"]

NUMBER = 119
"""The flower that is looked at, counted from 1."""


def run(console: Console | None = None) -> None:
    """Print the whole demo."""
    out = console or Console(highlight=False)
    out.width = min(out.width, WIDEST)
    start = time.perf_counter()
    for story in STORIES:
        story(out)
    seconds = time.perf_counter() - start
    how = "in exact arithmetic (c432 in story 14, and the code that story 15 tests: in floats)"
    out.print(f"\n[dim]Every number above was derived just now, {how}, in {seconds:.1f} s.[/dim]")


# The stories -----------------------------------------------------------------------------------------------------------


def worked_example(out: Console) -> None:
    """f = xy, the worked example of the post."""
    order = ["x", "y"]
    law = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, order)
    title(out, "1  The worked example: f = x·y with dependent x and y")
    say(
        out,
        """How much does f at this input owe to x and y together? The generalized Wick product says it, for every f and
        every law. A capital is a fresh draw: X, Y drawn together, X, Y' apart.""",
    )
    show(out, f"ω_xy f = {sw.formal.gwp(2, names=order)}")
    mean_x, mean_y = law.moment(["x"]), law.moment(["y"])
    say(out, f"Here E x = {mean_x}, E y = {mean_y} and Cov(x, y) = {law.cumulant(order)}, so for f = x·y:")
    form = sw.gwp("x*y", law)
    show(out, f"ω_xy f = {form}")
    said = sw.parse_expression(f"(x - {mean_x})*(y - {mean_y}) - {law.cumulant(order)}")
    show(out, f"equals (x - E x)(y - E y) - Cov(x, y): {'yes' if form.equals(said) else 'NO'}")
    average = sw.gcpd("x*y", law)
    say(out, "On average, E f is one interaction K_f for each partition of the inputs:")
    parts = " + ".join(f"{term.value} {partition_text(key, order)}" for key, term in average.items())
    show(out, f"E f = {average.target} = {parts}")
    show(out, average.check())


def exclusive_or(out: Console) -> None:
    """docs/theory.md, exclusive or: single attributions of XOR cancel, the pair sees all."""
    order = ["x", "y"]
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/2")})
    single, terms = sw.gwp("x ^ y", law, of="y"), sw.gwpd("x ^ y", law)
    title(out, "2  XOR: single inputs see nothing, the pair sees all")
    say(out, "f = x xor y on two fair bits. What does y alone contribute, with x held fixed?")
    for x in (0, 1):
        values = ", ".join(f"ω_y f = {single.at({'x': x, 'y': y})} at y = {y}" for y in (0, 1))
        show(out, f"x = {x}:  {values}")
    say(out, "The sign flips with x, so averaged over x nothing is left; the interaction of the pair is everything.")
    for x, y in ((1, 0), (1, 1)):
        values = terms.at({"x": x, "y": y})
        parts = ", ".join(f"{subset_text(key, order)} {value}" for key, value in values.items())
        show(out, f"f({x}, {y}) = {sum(values.values())}:  {parts}")
    show(out, terms.check())


def _followers(names: list[str]) -> sw.Finite:
    """Words that follow one hidden fair bit, each with probability 9/10."""

    def weight(point: tuple[int, ...]) -> Fraction:
        n, positive = len(point), sum(point)
        return Fraction(9**positive + 9 ** (n - positive), 2 * 10**n)  # the mood is good, or it is bad

    return sw.Finite({point: weight(point) for point in product((0, 1), repeat=len(names))}, names)


def redundancy(out: Console) -> None:
    """A majority of redundant words: each alone hardly matters, together they decide."""
    names = [f"w{i}" for i in range(1, 6)]
    law, here = _followers(names), dict.fromkeys(names, 1)
    majority = sw.function(lambda *words: int(2 * sum(words) > len(words)), names)
    title(out, "3  Redundancy: five words that say the same")
    say(
        out,
        f"""Each of five words is positive or negative, and follows one hidden mood with probability 9/10 (so any two
        have covariance {law.cumulant(["w1", "w2"])}). f = 1 if most words are positive; here all five are. Resample some
        of them together, from the law:""",
    )
    dropped = [sw.expectation(majority, law, over=names[:k]).at(here) for k in range(len(names) + 1)]
    term_table(out, ("words resampled", "mean of f"), [(str(k), value) for k, value in enumerate(dropped)], None)
    single = sw.gwp(majority, law, of="w1").at(here)
    say(
        out,
        f"""A single word owes nothing, the others held: ω_w1 f = {single}. Together they decide. The whole
        decomposition says where the credit is: the mean ∅, terms in 1 word, in 2 words, and so on, added up:""",
    )
    terms = sw.gwpd(majority, law)
    sums: dict[int, Any] = {}
    for key, value in terms.at(here).items():
        sums[len(key)] = sums.get(len(key), 0) + value
    show(out, ", ".join(f"{k or '∅'}: {float(value):+.4f}" if value else f"{k}: 0" for k, value in sums.items()))
    show(out, f"exact sum of the {len(terms)} terms: {sum(sums.values())}")
    show(out, terms.check())


def triage(out: Console) -> None:
    """The asia network as a dependent law, a non-linear score, decomposed completely."""
    asia, order = network(), FINDINGS
    law = asia.marginal(order)
    covariances = ", ".join(
        f"Cov({a}, {b}) = {float(law.cumulant([a, b])):.4f}" for a, b in (("xray", "dysp"), ("dysp", "smoke"))
    )
    title(out, "4  A Bayesian network: triage of a chest patient")
    say(
        out,
        f"""The asia network (Lauritzen and Spiegelhalter, 1988): {len(asia.variables)} variables. A suspicious x-ray or
        short breath (dysp) has urgency {urgency(1, 0, 0)}, both have {urgency(1, 1, 0)}; a smoker with any of them gets
        {urgency(1, 0, 1) - urgency(1, 0, 0)} more, once. The inputs are dependent through hidden diseases:
        {covariances}.""",
    )
    terms = sw.gwpd(sw.function(urgency, order), law)
    patient = dict.fromkeys(order, 1)
    values = terms.at(patient)
    mean = values.pop(frozenset())
    pair = next(key for key in values if subset_text(key, order) == subset_text(order[:2], order))
    largest = [(subset_text(key, order), value) for key, value in terms.top(patient, len(terms))]
    say(out, f"A smoker with both findings has urgency {urgency(**patient)}. Why? The terms by size, exactly:")
    total = mean + sum(values.values())
    term_table(out, ("inputs", "W_f at this patient"), [("∅, the mean", mean), *largest], ("sum", total))
    show(out, terms.check())
    say(
        out,
        f"""{subset_text(order[:2], order)} is {float(values[pair]):+.4f}, for one finding already brings the smoker's extra: one
        finding is {urgency(1, 0, 1)}, both are {urgency(1, 1, 1)}, not {2 * urgency(1, 0, 1)}. Over all patients the size
        E[W²] of the terms is spread so:""",
    )
    show(out, order_shares(terms.concentration()))
    average = sw.gcpd(sw.function(urgency, order), law)
    say(out, "On average, what do the dependences add to the score of independent findings (the last row)?")
    rows = sorted(((partition_text(key, order), form.value) for key, form in average.items()), key=lambda row: len(row[0]))
    term_table(out, ("drawn together", "K_f"), rows, ("E f", average.target.value))
    show(out, average.check())


def flowers(out: Console) -> None:
    """Fisher's iris as an empirical law."""
    lines = (files("symwick") / "data" / "iris.csv").read_text(encoding="utf-8").split()
    kinds = lines[0].split(",")[2:]
    rows = [line.split(",") for line in lines[1:]]
    order = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    law = sw.Empirical([row[:4] for row in rows], order)
    f = "petal_length*petal_width*(sepal_length - sepal_width)"
    *cells, kind = rows[NUMBER - 1]
    terms = sw.gwpd(f, law)
    flower = dict(zip(order, cells, strict=True))
    values = terms.at(flower)
    title(out, "5  Rows of data as the law: Fisher's iris (1936)")
    say(
        out,
        f"""{len(rows)} flowers, read as exact decimals (cm), are the reference. The score is the area of the petal times how
        much longer than wide the sepal is:""",
    )
    show(out, f"f = {f}")
    say(out, f"Flower {NUMBER} is a {kinds[int(kind)]} with {', '.join(cells)}. The largest of its terms:")
    top = terms.top(flower, 5)
    term_table(out, ("inputs", "W_f at this flower"), [(subset_text(key, order), value) for key, value in top], None)
    show(
        out,
        f"exact sum of {len(terms)} terms: {number_text(sum(values.values()))}; f at this flower: {terms.target.at(flower)}",
    )
    show(out, f"{terms.check()}; {2 ** len(order) - len(terms)} of {2 ** len(order)} terms are zero by the shape of f")
    pair = ["petal_length", "petal_width"]
    apart = [pair, *([name] for name in order if name not in pair)]
    say(out, "Petal length and width vary together. Their covariance, and what it adds to the mean of f:")
    show(out, f"Cov(petal_length, petal_width) = {number_text(law.cumulant(pair))}")
    show(out, f"K_f({partition_text(apart, order)}) = {number_text(sw.gcp(f, law, apart).value)}")
    average = sw.gcpd(f, law)
    show(out, f"E f = {number_text(average.target.value)} from {len(average)} such terms; {average.check()}")


STORIES = (
    worked_example, exclusive_or, redundancy, triage, flowers, unspecified, normal_inputs, ishigami, ablations, hypotheses,
    anomaly, netlists, polynomial_network, account, formula_to_code, verification,
)  # fmt: skip
"""In the order in which they are told."""
