"""The stories of the demo about attribution: ablations that mislead, a hypothesis with its error, an anomaly."""

from __future__ import annotations

from importlib.resources import files
from itertools import product
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

import symwick as sw
from symwick.cli.patients import FINDINGS, network, urgency
from symwick.cli.telling import number_text, say, show, subset_text, term_table, title

__all__ = ["ablations", "anomaly", "hypotheses"]

def ablations(out: Console) -> None:
    """Ablating one finding at a time, and both: the difference and what it hides."""
    law = network().marginal(FINDINGS)
    f = sw.function(urgency, FINDINGS)
    patient = dict.fromkeys(FINDINGS, 1)
    title(out, "9  Ablation: one at a time is not together")
    say(
        out,
        """The triage of story 4, the patient with both findings who smokes. Resample a finding (E_B f), put it at its mean, or
        knock it out. What is lost?""",
    )
    rows = []
    for told, how in (
        ("xray resampled", {"xray": "resample"}),
        ("dysp resampled", {"dysp": "resample"}),
        ("both, drawn together", {"xray": "resample", "dysp": "resample"}),
        ("xray knocked out", {"xray": 0}),
        ("both knocked out", {"xray": 0, "dysp": 0}),
    ):
        rows.append((told, sw.ablate(f, law, how, at=patient).value))
    both = {"xray": "resample", "dysp": "resample"}
    rows.insert(3, ("both, drawn apart", sw.ablate(f, law, both, at=patient, draws="independent").value))
    term_table(out, ("ablation", "urgency lost"), rows, None)
    found = sw.interaction_check(f, law, ["xray", "dysp"])
    here = found.at(patient)
    say(
        out,
        """Each finding backs the other up: both together are worth more than one at a time. But that difference, Δ, is not the
        interaction. It adds up the interaction of the pair and two drifts (how much the attribution of one hangs on where the
        other is), and here it even has the other sign:""",
    )
    show(out, f"Δ = {number_text(here.gap)}")
    for label, value in here.parts.items():
        show(out, f"{label} = {number_text(value)}")
    show(out, found.check())
    show(out, f"Δ is zero everywhere only where nothing interacts: {'it is' if found.additive else 'here it is not'}")


def hypotheses(out: Console) -> None:
    """Which terms are enough, and what does leaving out the rest cost?"""
    law = network().marginal(FINDINGS)
    f = sw.function(urgency, FINDINGS)
    title(out, "10  A hypothesis with its error: which terms matter?")
    say(out, "“Single findings are all that matters.” The hypothesis as an approximation, and its exact error:")
    singles = sw.hypothesis(f, law, keep=1)
    show(out, f"f ≈ {singles.approximation}")
    worst = singles.worst()
    where = ", ".join(f"{v} = {x}" for v, x in worst.point.items())
    show(out, f"mean squared error {float(singles.mean_squared_error.value):.4f} (of Var f {_percent(singles)})")
    show(out, f"worst case {float(worst.error):+.4f} at {where}")
    missed = ", ".join(f"{subset_text(S, FINDINGS)} {float(size):.4f}" for S, size in singles.largest_neglected(2))
    show(out, f"largest terms left out, E[W²]: {missed}")
    say(out, "What is the smallest set of terms with a mean squared error of at most 1/10?")
    found = sw.search(f, law, error="1/10")
    kept = ", ".join(subset_text(S, FINDINGS) for S in found.kept)
    show(out, f"{kept}: mean squared error {float(found.mean_squared_error.value):.4f}, {found.found}")


def _percent(found: sw.Hypothesis) -> str:
    return f"{float(found.relative_error.value):.1%}"


def _tails(out: Console, score: Any, order: list[str], many: int) -> None:
    rows = [(subset_text(S, order), found) for S, found in score.top(many)]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in ("inputs", "W_f here", "at least as large under P"):
        table.add_column(head, justify="left" if head == "inputs" else "right")
    for name, found in rows:
        table.add_row(name, f"{float(found.value):+.4f}", str(found.tail))
    out.print(Padding(table, (0, 0, 0, 2), expand=False))


def anomaly(out: Console) -> None:
    """What no single input shows: bits that are each fair, and a flower made of two."""
    title(out, "11  An anomaly that no single input and no pair shows")
    say(
        out,
        """The reference: three bits, z = x xor y; each is fair, any two are independent. Now 1, 1, 1 is seen. How often is a
        term W_f of f = x·y·z at least as large under the reference?""",
    )
    triple = sw.Finite({(x, y, x ^ y): "1/4" for x, y in product((0, 1), repeat=2)}, ["x", "y", "z"])
    score = sw.novelty("x*y*z", triple).score({"x": 1, "y": 1, "z": 1})
    _tails(out, score, ["x", "y", "z"], 7)
    show(out, f"probability of a tail as small as the smallest, in any set: {score.overall}")
    say(
        out,
        """Real rows: the reference is Fisher's 150 flowers, f the product of the four lengths. A flower is made of the sepals
        of a setosa and the petals of a virginica:""",
    )
    order = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    lines = (files("symwick") / "data" / "iris.csv").read_text(encoding="utf-8").split()[1:]
    flowers = sw.novelty("*".join(order), sw.Empirical([line.split(",")[:4] for line in lines], order))
    flower = dict(zip(order, ("5.0", "3.4", "5.9", "2.1"), strict=True))
    score = flowers.score(flower)
    _tails(out, score, order, 3)
    singles = ", ".join(f"{name} {score[name].tail}" for name in order)
    show(out, f"single lengths, all common: {singles}")
    show(out, f"probability of a tail as small as the smallest, in any set: {score.overall}")
