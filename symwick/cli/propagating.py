"""The commands ``propagate``, ``attributions`` and ``ledger``: estimates for circuits, and their account."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from symwick.cli import options as opt

__all__ = ["attributions", "ledger", "propagate"]

CircuitFile = Annotated[Path, typer.Argument(metavar="CIRCUIT", help="A netlist .bench, or a circuit .json (symwick-circuit/1).")]
Order = Annotated[
    str, typer.Option("--order", metavar="k|exact", help="Joint cumulants of more than k wires are left out; exact: none are.")
]
Schedule = Annotated[str, typer.Option(metavar="gate|layer", help="What is expanded first.")]
Closure = Annotated[str, typer.Option(metavar="zero|boolean|impute", help="What stands in place of what is left out.")]
Ring = Annotated[str, typer.Option(metavar="exact|symbolic|float64", help="The numbers that are computed with.")]
Outputs = Annotated[str, typer.Option("--outputs", metavar="NAMES", help="Wires to print; the circuit's outputs unless said.")]
Of = Annotated[str, typer.Option("--of", metavar="OUTPUT", help="The output; the only one, or the first, unless said.")]
Most = Annotated[int, typer.Option("--most", min=1, help="How many to print.")]


def propagate(
    circuit: CircuitFile,
    law: opt.LawFile = None,
    inputs: opt.Inputs = [],  # noqa: B006
    order: Order = "2",
    schedule: Schedule = "gate",
    closure: Closure = "zero",
    ring: Ring = "exact",
    outputs: Outputs = "",
    as_json: opt.Json = False,
) -> None:
    """Means and variances of the outputs of a circuit, gate by gate, exact or truncated at an order.

    Without a law the inputs of a netlist are independent fair bits; --input '*=Bernoulli(1/4)' is for all inputs not named.
    """
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        from symwick.cli.estimating import Estimate, show_moments

        show_moments(out, Estimate(circuit, law, inputs, order, schedule, closure, ring), outputs)


def attributions(
    circuit: CircuitFile,
    law: opt.LawFile = None,
    inputs: opt.Inputs = [],  # noqa: B006
    of: Of = "",
    order: Order = "2",
    schedule: Schedule = "gate",
    dropped: Annotated[bool, typer.Option("--dropped", help="Only those that the estimate leaves out.")] = False,
    retained: Annotated[bool, typer.Option("--retained", help="Only those that it keeps.")] = False,
    most: Most = 20,
    limit: opt.Limit = None,
    as_json: opt.Json = False,
) -> None:
    """The terms that an estimate of a mean is the sum of: every path to an input a copy, each term kept or dropped."""
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        from symwick.cli.estimating import Estimate, show_attributions

        estimate = Estimate(circuit, law, inputs, order, schedule, "zero", "exact")
        only: Any = None if dropped == retained else retained
        show_attributions(out, estimate, of, only, most, limit)


def ledger(
    circuit: CircuitFile,
    law: opt.LawFile = None,
    inputs: opt.Inputs = [],  # noqa: B006
    order: Order = "2",
    schedule: Schedule = "gate",
    ring: Ring = "exact",
    most: Most = 20,
    as_json: opt.Json = False,
) -> None:
    """The cumulants that an estimate left out, and what each would do to the outputs, to first order."""
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        from symwick.cli.estimating import Estimate, show_ledger

        show_ledger(out, Estimate(circuit, law, inputs, order, schedule, "zero", ring), most)
