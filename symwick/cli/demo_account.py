"""The story of the demo about the account of an estimate: what it is made of, what it left out, what keeping that does."""

from __future__ import annotations

from rich.console import Console

import symwick as sw
from symwick.cli.demo_circuits import exact_probabilities, netlist
from symwick.cli.telling import number_text, say, show, title

__all__ = ["account"]


def account(out: Console) -> None:
    """Attributions of a small circuit; the three largest dropped cumulants of c432 at order 1, and a run that keeps them."""
    title(out, "14  What did the estimate leave out?")
    circuit = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    law = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    run = sw.propagate(circuit, law, order=1)
    terms = run.attributions("out")
    say(
        out,
        f"""(x + y)² y at order 1, all wires as if independent: {number_text(run.mean("out"))}, and exactly
        {number_text(terms.total())}. Unfolded, every path to an input a copy of its own, the mean is a sum over monomials and
        partitions; each is retained or dropped:""",
    )
    for term in terms:
        show(out, repr(term))
    show(out, f"retained: {number_text(terms.total(retained=True))}; dropped: {number_text(terms.total(retained=False))}")

    large, fair = netlist("c432")
    truth = exact_probabilities("c432")
    run = sw.propagate(large, fair, order=1, ring="float64")
    ledger = run.ledger()
    say(
        out,
        f"""c432 at order 1 has dropped {len(ledger)} covariances. One pass back over the recursion gives the first-order effect
        of each on each output; the three largest, the error of the {len(large.outputs)} outputs, and what keeping some does:""",
    )
    for entry in ledger[:3]:
        show(out, repr(entry))

    def error(run: sw.Propagation) -> str:
        return f"{sum(abs(run.mean(name) - float(truth[name])) for name in large.outputs) / len(large.outputs):.4f}"

    show(out, f"mean error at order 1: {error(run)}")
    for budget in (3, 30, 100):
        show(out, f"with {budget} covariances kept: {error(run.refine(budget))}")
    show(out, f"at order 2, all kept: {error(sw.propagate(large, fair, order=2, ring='float64'))}")
