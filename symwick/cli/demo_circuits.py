"""The stories of the demo about circuits: netlists of logic gates, and a polynomial network."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from importlib.resources import files

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

import symwick as sw
from symwick.cli.telling import number_text, say, show, title

__all__ = ["exact_probabilities", "netlist", "netlists", "network"]

def netlist(name: str) -> tuple[sw.Circuit, sw.Law]:
    """An embedded netlist with fair inputs."""
    circuit = sw.Circuit.from_bench_text((files("symwick") / "data" / f"{name}.bench").read_text(encoding="utf-8"))
    return circuit, sw.Independent({wire: sw.Bernoulli("1/2") for wire in circuit.inputs})


def exact_probabilities(name: str) -> dict[str, Fraction]:
    """P(net = 1) of all nets of an embedded netlist with fair inputs."""
    text = (files("symwick") / "data" / "iscas85_probabilities.json").read_text(encoding="utf-8")
    return {net: Fraction(a, 2**b) for net, (a, b) in json.loads(text)["circuits"][name].items()}


def netlists(out: Console) -> None:
    """Signal probabilities of ISCAS-85 netlists by cumulant propagation."""
    title(out, "12  Cumulants through a circuit: signal probabilities of netlists")
    small, fair = netlist("c17")
    say(
        out,
        f"""c17 (ISCAS-85): {len(small.inputs)} inputs, NAND gates as arithmetic over bits, 1 − ab. With fair, independent input
        bits, the probability that an output is 1; order k leaves out joint cumulants of more than k wires:""",
    )
    for order in (1, 2, None):
        run = sw.propagate(small, fair, order=order)
        values = ", ".join(f"P({name} = 1) = {number_text(run.mean(name))}" for name in small.outputs)
        show(out, f"{'exact  ' if order is None else f'order {order}'}: {values}")
    large, fair = netlist("c432")
    truth = exact_probabilities("c432")
    say(
        out,
        f"""c432: {len(large.inputs)} inputs, {len(large):,} gates, 2^{len(large.inputs)} input vectors. Orders 1 and 2 against
        the exact probabilities of its {len(truth)} nets:""",
    )
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in ("order", "mean error", "worst error", "P(N223), P(N329), P(N370)", "cumulants", "seconds"):
        table.add_column(head, justify="right")
    for order in (1, 2):
        start = time.perf_counter()
        run = sw.propagate(large, fair, order=order)
        shown = ", ".join(f"{float(run.mean(name)):.4f}" for name in ("N223", "N329", "N370"))
        seconds = time.perf_counter() - start
        kept = run.kept
        errors = [abs(float(run.mean(name) - value)) for name, value in truth.items()]
        table.add_row(
            str(order), f"{sum(errors) / len(errors):.5f}", f"{max(errors):.5f}", shown, f"{kept:,}", f"{seconds:.2f}"
        )
    out.print(Padding(table, (0, 0, 0, 2), expand=False))


def network(out: Console) -> None:
    """A polynomial network traced from NumPy code, inputs jointly normal."""
    title(out, "13  A polynomial network, traced from NumPy code")
    first = np.array([[1, -1, 2], [2, 1, -1], [1, 1, 1]])
    second = np.array([[1, 2, -1], [-1, 1, 1]])
    circuit = sw.trace(lambda x: second @ (first @ x) ** 2, {"x": 3})
    law = sw.MultivariateNormal(circuit.inputs, ["1/2", 0, 1], [[1, "1/2", 0], ["1/2", 1, "1/4"], [0, "1/4", 2]])
    say(
        out,
        """out = V (W x)², squares taken one by one, W and V integer matrices, x jointly normal with correlated inputs. Means and
        covariances of the outputs, exactly and at order 2, in either schedule:""",
    )
    show(out, "sw.trace(lambda x: V @ (W @ x) ** 2, {'x': 3})")
    show(out, circuit.statistics())
    for order, schedule in ((2, "gate"), (2, "layer"), (None, "gate")):
        run = sw.propagate(circuit, law, order=order, schedule=schedule)
        told = "exact" if order is None else f"order {order}, {schedule}"
        means = ", ".join(str(run.mean(name)) for name in circuit.outputs)
        covariance = run.covariance(list(circuit.outputs))
        rows = ", ".join(str(covariance[i, j]) for i, j in ((0, 0), (0, 1), (1, 1)))
        show(out, f"{told}: E out = {means};  Var, Cov, Var = {rows}")
    say(out, "And what is the output's interaction of inputs? A circuit is a function like any other:")
    terms = sw.gwpd(circuit["out0"], law)
    show(out, f"W(x0, x1) = {terms['x0', 'x1']}")
    show(out, terms.check())
