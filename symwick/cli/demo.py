"""The demo: five short stories on real input, every number in them derived on the spot."""

from __future__ import annotations

import time
from collections.abc import Iterable
from fractions import Fraction
from importlib.resources import files
from itertools import product
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

import symwick as sw

__all__ = ["run"]

WIDEST = 100
LONGEST_FRACTION = 36
NUMBER = 119
"""The flower that is looked at, counted from 1."""


def run(console: Console | None = None) -> None:
    """Print the whole demo."""
    out = console or Console(highlight=False)
    out.width = min(out.width, WIDEST)
    start = time.perf_counter()
    for story in (worked_example, exclusive_or, redundancy, triage, flowers):
        story(out)
    out.print(f"\n[dim]Every number above was derived just now, exactly, in {time.perf_counter() - start:.1f} s.[/dim]")


# Printing ------------------------------------------------------------------------------------------------------------


def _title(out: Console, text: str) -> None:
    out.print()
    out.rule(f"[bold]{escape(text)}", align="left")


def _say(out: Console, text: str) -> None:
    out.print(escape(" ".join(text.split())))


def _show(out: Console, text: Any) -> None:
    """A line of results, indented."""
    out.print(Padding(f"[cyan]{escape(str(text))}", (0, 0, 0, 2), expand=False))


def _number(value: Any) -> str:
    """Exact, with the decimal beside a fraction whose size is hard to see."""
    text = str(value)
    return text if len(text) <= 5 or "/" not in text else f"{text} ≈ {float(value):.4f}"


def _names(key: Iterable[Any], order: list[str]) -> str:
    return "{" + ", ".join(sorted(map(str, key), key=order.index)) + "}" if key else "∅"


def _partition(key: Iterable[Iterable[Any]], order: list[str]) -> str:
    blocks = [sorted(map(str, block), key=order.index) for block in key]
    return " ".join("{" + ", ".join(block) + "}" for block in sorted(blocks, key=lambda b: order.index(b[0])))


def _terms(out: Console, heads: tuple[str, str], rows: list[tuple[str, Any]], total: tuple[str, Any] | None) -> None:
    """A table of names, exact values where they are short enough to read, and decimals."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_footer=False)
    table.add_column(heads[0])
    table.add_column(heads[1], justify="right")
    table.add_column("decimal", justify="right")
    for name, value in rows:
        text = str(value)
        table.add_row(name, text if len(text) <= LONGEST_FRACTION else "(long)", f"{float(value):+.4f}")
    if total is not None:
        table.add_section()
        table.add_row(f"[bold]{total[0]}", f"[bold]{total[1]}", f"[bold]{float(total[1]):+.4f}")
    out.print(Padding(table, (0, 0, 0, 2), expand=False))


def _orders(sizes: Any) -> str:
    return ", ".join(f"order {order} {float(sizes.share(order)):.1%}" for order in sizes.by_order)


# The stories -----------------------------------------------------------------------------------------------------------


def worked_example(out: Console) -> None:
    """f = xy, the worked example of the post."""
    order = ["x", "y"]
    law = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, order)
    _title(out, "1  The worked example: f = x·y with dependent x and y")
    _say(
        out,
        """How much does f at this input owe to x and y together? The generalized Wick product says it, for every f and
        every law. A capital is a fresh draw: X, Y drawn together, X, Y' apart.""",
    )
    _show(out, f"ω_xy f = {sw.formal.gwp(2, names=order)}")
    mean_x, mean_y = law.moment(["x"]), law.moment(["y"])
    _say(out, f"Here E x = {mean_x}, E y = {mean_y} and Cov(x, y) = {law.cumulant(order)}, so for f = x·y:")
    form = sw.gwp("x*y", law)
    _show(out, f"ω_xy f = {form}")
    said = sw.parse_expression(f"(x - {mean_x})*(y - {mean_y}) - {law.cumulant(order)}")
    _show(out, f"equals (x - E x)(y - E y) - Cov(x, y): {'yes' if form.equals(said) else 'NO'}")
    average = sw.gcpd("x*y", law)
    _say(out, "On average, E f is one interaction K_f for each partition of the inputs:")
    parts = " + ".join(f"{term.value} {_partition(key, order)}" for key, term in average.items())
    _show(out, f"E f = {average.target} = {parts}")
    _show(out, average.check())


def exclusive_or(out: Console) -> None:
    """THEORY 3.15: single attributions of XOR cancel, the pair sees all."""
    order = ["x", "y"]
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/2")})
    single, terms = sw.gwp("x ^ y", law, of="y"), sw.gwpd("x ^ y", law)
    _title(out, "2  XOR: single inputs see nothing, the pair sees all")
    _say(out, "f = x xor y on two fair bits. What does y alone contribute, with x held fixed?")
    for x in (0, 1):
        values = ", ".join(f"ω_y f = {single.at({'x': x, 'y': y})} at y = {y}" for y in (0, 1))
        _show(out, f"x = {x}:  {values}")
    _say(out, "The sign flips with x, so averaged over x nothing is left; the interaction of the pair is everything.")
    for x, y in ((1, 0), (1, 1)):
        values = terms.at({"x": x, "y": y})
        parts = ", ".join(f"{_names(key, order)} {value}" for key, value in values.items())
        _show(out, f"f({x}, {y}) = {sum(values.values())}:  {parts}")
    _show(out, terms.check())


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
    _title(out, "3  Redundancy: five words that say the same")
    _say(
        out,
        f"""Each of five words is positive or negative, and follows one hidden mood with probability 9/10 (so any two
        have covariance {law.cumulant(["w1", "w2"])}). f = 1 if most words are positive; here all five are. Resample some
        of them together, from the law:""",
    )
    dropped = [sw.expectation(majority, law, over=names[:k]).at(here) for k in range(len(names) + 1)]
    _terms(out, ("words resampled", "mean of f"), [(str(k), value) for k, value in enumerate(dropped)], None)
    single = sw.gwp(majority, law, of="w1").at(here)
    _say(
        out,
        f"""A single word owes nothing, the others held: ω_w1 f = {single}. Together they decide. The whole
        decomposition says where the credit is: the mean ∅, terms in 1 word, in 2 words, and so on, added up:""",
    )
    terms = sw.gwpd(majority, law)
    sums: dict[int, Any] = {}
    for key, value in terms.at(here).items():
        sums[len(key)] = sums.get(len(key), 0) + value
    _show(out, ", ".join(f"{k or '∅'}: {float(value):+.4f}" if value else f"{k}: 0" for k, value in sums.items()))
    _show(out, f"exact sum of the {len(terms)} terms: {sum(sums.values())}")
    _show(out, terms.check())


def urgency(xray: int, dysp: int, smoke: int) -> int:
    """6 for both findings, 3 for one, 2 more for a smoker with any."""
    finding = 6 if xray and dysp else 3 if xray or dysp else 0
    return finding + 2 if smoke and finding else finding


def triage(out: Console) -> None:
    """The asia network as a dependent law, a non-linear score, decomposed completely."""
    text = (files("symwick") / "data" / "asia.bif").read_text(encoding="utf-8")
    network = sw.BayesianNetwork.from_bif_text(text, values={"yes": 1, "no": 0})
    order = ["xray", "dysp", "smoke"]
    law = network.marginal(order)
    covariances = ", ".join(
        f"Cov({a}, {b}) = {float(law.cumulant([a, b])):.4f}" for a, b in (("xray", "dysp"), ("dysp", "smoke"))
    )
    _title(out, "4  A Bayesian network: triage of a chest patient")
    _say(
        out,
        f"""The asia network (Lauritzen and Spiegelhalter, 1988): {len(network.variables)} variables. A suspicious x-ray or
        short breath (dysp) has urgency {urgency(1, 0, 0)}, both have {urgency(1, 1, 0)}; a smoker with any of them gets
        {urgency(1, 0, 1) - urgency(1, 0, 0)} more, once. The inputs are dependent through hidden diseases:
        {covariances}.""",
    )
    terms = sw.gwpd(sw.function(urgency, order), law)
    patient = dict.fromkeys(order, 1)
    values = terms.at(patient)
    mean = values.pop(frozenset())
    pair = next(key for key in values if _names(key, order) == _names(order[:2], order))
    largest = [(_names(key, order), value) for key, value in terms.top(patient, len(terms))]
    _say(out, f"A smoker with both findings has urgency {urgency(**patient)}. Why? The terms by size, exactly:")
    total = mean + sum(values.values())
    _terms(out, ("inputs", "W_f at this patient"), [("∅, the mean", mean), *largest], ("sum", total))
    _show(out, terms.check())
    _say(
        out,
        f"""{_names(order[:2], order)} is {float(values[pair]):+.4f}, for one finding already brings the smoker's extra: one
        finding is {urgency(1, 0, 1)}, both are {urgency(1, 1, 1)}, not {2 * urgency(1, 0, 1)}. Over all patients the size
        E[W²] of the terms is spread so:""",
    )
    _show(out, _orders(terms.concentration()))
    average = sw.gcpd(sw.function(urgency, order), law)
    _say(out, "On average, what do the dependences add to the score of independent findings (the last row)?")
    rows = sorted(((_partition(key, order), form.value) for key, form in average.items()), key=lambda row: len(row[0]))
    _terms(out, ("drawn together", "K_f"), rows, ("E f", average.target.value))
    _show(out, average.check())


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
    _title(out, "5  Rows of data as the law: Fisher's iris (1936)")
    _say(
        out,
        f"""{len(rows)} flowers, read as exact decimals (cm), are the reference. The score is the area of the petal times how
        much longer than wide the sepal is:""",
    )
    _show(out, f"f = {f}")
    _say(out, f"Flower {NUMBER} is a {kinds[int(kind)]} with {', '.join(cells)}. The largest of its terms:")
    top = terms.top(flower, 5)
    _terms(out, ("inputs", "W_f at this flower"), [(_names(key, order), value) for key, value in top], None)
    _show(
        out,
        f"exact sum of {len(terms)} terms: {_number(sum(values.values()))}; f at this flower: {terms.target.at(flower)}",
    )
    _show(out, f"{terms.check()}; {2 ** len(order) - len(terms)} of {2 ** len(order)} terms are zero by the shape of f")
    pair = ["petal_length", "petal_width"]
    apart = [pair, *([name] for name in order if name not in pair)]
    _say(out, "Petal length and width vary together. Their covariance, and what it adds to the mean of f:")
    _show(out, f"Cov(petal_length, petal_width) = {_number(law.cumulant(pair))}")
    _show(out, f"K_f({_partition(apart, order)}) = {_number(sw.gcp(f, law, apart).value)}")
    average = sw.gcpd(f, law)
    _show(out, f"E f = {_number(average.target.value)} from {len(average)} such terms; {average.check()}")
