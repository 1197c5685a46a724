"""The demo: five short stories, every number in them derived on the spot."""

from __future__ import annotations

import time
from fractions import Fraction
from importlib.resources import files
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

import symwick as sw

__all__ = ["run"]


def run(console: Console | None = None) -> None:
    """Print the whole demo."""
    out = console or Console(highlight=False)
    start = time.perf_counter()
    for story in (worked_example, exclusive_or, redundancy, triage, flowers):
        story(out)
    out.print(f"\n[dim]All of this was derived exactly in {time.perf_counter() - start:.1f} s.[/dim]")


def _title(out: Console, text: str) -> None:
    out.print()
    out.rule(f"[bold]{text}", align="left")


def _number(value: Any) -> str:
    """Exact, and as a decimal where the fraction is long."""
    text = str(value)
    if "/" not in text:
        return text
    return f"{text} ≈ {float(value):.4f}" if len(text) <= 24 else f"≈ {float(value):.6f} (exact)"


def _names(key: frozenset[Any]) -> str:
    return "{" + ", ".join(sorted(map(str, key))) + "}" if key else "∅"


def worked_example(out: Console) -> None:
    """f = xy, the worked example of the post."""
    _title(out, "1. The worked example: f = x·y, x and y dependent")
    law = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    out.print("How much does f at this input owe to x and y [italic]together[/italic]? For every f and every law:")
    out.print(f"  ω_xy f = {escape(str(sw.formal.gwp(2, names=['x', 'y'])))}")
    out.print(f"With E x = E y = {law.moment({'x': 1})} and Cov(x, y) = {law.cumulant(['x', 'y'])} that is")
    out.print(f"  ω_xy f = {sw.gwp('x*y', law)}")
    average = sw.gcpd("x*y", law)
    out.print("On average, E f splits into one term for each partition of the inputs:")
    for partition, form in average.items():
        blocks = " | ".join(sorted(_names(block) for block in partition))
        out.print(f"  K_f({blocks}) = {form.value}")
    out.print(f"  {average.check()}")


def exclusive_or(out: Console) -> None:
    """THEORY 3.15: single attributions of XOR cancel, the pair sees all."""
    _title(out, "2. XOR: single inputs see nothing, the pair sees all")
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/2")})
    single = sw.gwp("x ^ y", law, of="y")
    values = [single.at({"x": x, "y": 1}) for x in (0, 1)]
    out.print("f = x xor y on two fair bits. What does y = 1 contribute, x held fixed?")
    out.print(f"  at x = 0: {values[0]}, at x = 1: {values[1]} — the sign flips with x, so the average is blind:")
    terms = sw.gwpd("x ^ y", law)
    point = {"x": 1, "y": 1}
    for key, value in terms.at(point).items():
        out.print(f"  W_f(x_{_names(key)}) = {value} at x = y = 1")
    out.print(f"  {terms.check()}")


def redundancy(out: Console) -> None:
    """A majority of redundant words: each alone hardly matters, together they decide."""
    _title(out, "3. Redundancy: five words that say the same")
    names = [f"w{i}" for i in range(1, 6)]
    # a hidden sentiment s; each word follows it with probability 9/10
    weights: dict[tuple[int, ...], Fraction] = {}
    for mask in range(32):
        point = tuple(mask >> i & 1 for i in range(5))
        weights[point] = sum(
            (Fraction(1, 2) * _product(Fraction(9, 10) if bit == s else Fraction(1, 10) for bit in point) for s in (0, 1)),
            Fraction(0),
        )
    law = sw.Finite(weights, names)
    point = dict.fromkeys(names, 1)
    majority = sw.function(lambda *words: int(sum(words) >= 3), names)
    without_one = sw.expectation(majority, law, over="w1").at(point)
    without_any = sw.expectation(majority, law).value
    out.print("Five words follow one hidden sentiment, each with probability 9/10; f = 1 if most are positive.")
    out.print("All five are positive. Ablating (resampling) one word, and all five:")
    out.print(f"  f = 1; without w1: {_number(without_one)}; without all five: {_number(without_any)}")
    terms = sw.gwpd(majority, law)
    alone = sw.gwp(majority, law, of="w1").at(point)
    out.print(f"  ω_w1 f = {alone}: with the others held, a single word owes nothing. All 32 terms, added up by order:")
    by_order: dict[int, Fraction] = {}
    for key, value in terms.at(point).items():
        by_order[len(key)] = by_order.get(len(key), Fraction(0)) + value
    out.print("  " + ", ".join(f"order {order}: {float(value):+.4f}" for order, value in by_order.items()))
    out.print(f"  {terms.check()}")


def _product(factors: Any) -> Fraction:
    total = Fraction(1)
    for factor in factors:
        total *= factor
    return total


def triage(out: Console) -> None:
    """The asia network as a dependent law, a non-linear score, decomposed completely."""
    _title(out, "4. A Bayesian network: triage of a chest patient (asia, Lauritzen and Spiegelhalter 1988)")
    path = files("symwick") / "data" / "asia.bif"
    law = sw.BayesianNetwork.from_bif_text(path.read_text(encoding="utf-8"), values={"yes": 1, "no": 0})

    def urgency(xray: int, dysp: int, smoke: int) -> int:
        both = 6 if xray and dysp else 3 if xray or dysp else 0
        return both + (2 if smoke and (xray or dysp) else 0)

    rule = sw.function(urgency, ["xray", "dysp", "smoke"])
    out.print("Urgency: 6 for a positive x-ray with shortness of breath, 3 for one of them, 2 more for a smoker with a finding.")
    causes = law.moment({"xray": 1, "dysp": 1}) - law.moment({"xray": 1}) * law.moment({"dysp": 1})
    out.print(f"The findings are dependent through their hidden causes: Cov(xray, dysp) = {float(causes):.4f}.")
    terms = sw.gwpd(rule, law)
    patient = {"xray": 1, "dysp": 1, "smoke": 1}
    values = terms.at(patient)
    table = Table(title="A smoker with both findings: urgency 8 = the sum of", title_justify="left")
    table.add_column("inputs")
    table.add_column("exact contribution", justify="right")
    table.add_column("≈", justify="right")
    for key, value in values.items():
        text = str(value)
        table.add_row(_names(key), text if len(text) <= 60 else text[:57] + "…", f"{float(value):+.6f}")
    table.add_section()
    table.add_row("sum", str(sum(values.values())), f"{float(sum(values.values())):+.6f}")
    out.print(table)
    out.print(f"  {terms.check()}")
    largest = [(key, value) for key, value in terms.top(patient, 7) if len(key) > 1]
    out.print("Largest interactions: " + ", ".join(f"{_names(key)} {float(value):+.4f}" for key, value in largest[:3]))
    out.print(str(terms.concentration()))
    average = sw.gcpd(rule, law)
    out.print(f"On average: E f = {_number(average.target.value)} from {len(average)} partitions that can contribute; {average.check()}")


def flowers(out: Console) -> None:
    """Fisher's iris as an empirical law."""
    _title(out, "5. Rows of data: Fisher's iris as the law itself")
    lines = (files("symwick") / "data" / "iris.csv").read_text(encoding="utf-8").splitlines()[1:]
    names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    rows = [line.split(",")[:4] for line in lines if line]
    law = sw.Empirical(rows, names)
    f = "petal_length*petal_width - sepal_length*sepal_width/4"
    out.print(f"150 rows, read as exact decimals; f = {f}.")
    terms = sw.gwpd(f, law)
    flower = dict(zip(names, rows[118], strict=True))
    out.print("The five largest terms for the flower of row 119, " + ", ".join(flower.values()) + ":")
    for key, value in terms.top(flower, 5):
        out.print(f"  {_names(key):30} {float(value):+.4f}")
    out.print(f"  {terms.check()}")
    pair = sw.gcp("petal_length*petal_width", law.marginal(["petal_length", "petal_width"]))
    out.print(f"Petal length and width together add {_number(pair.value)} to E f: their covariance.")
