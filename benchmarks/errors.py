"""How wrong estimates are: by order, schedule and closure, against exact values, beside Monte Carlo of equal time.

``python -m benchmarks.errors`` prints the tables of docs/errors.md and draws docs/errors.png, in some ten minutes. Errors are the
same on every machine, times are not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import product
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

import symwick as sw
from benchmarks.bench_propagation import timed

HERE = Path(__file__).resolve().parent

NETLISTS = {"c17": (1, 2, 3), "c432": (1, 2, 3, 4), "c880": (1, 2, 3, 4)}
SLOW = {("c432", 4), ("c880", 4), ("c432", 3, "layer"), ("c880", 3, "layer")}
"""Runs of a second and more."""

SEEDS = 20
"""Random networks of each depth, and Monte Carlo runs of each row."""


@dataclass(frozen=True)
class Row:
    """One run: errors over all nets, or all networks; what Monte Carlo makes of the same time."""

    circuit: str
    order: int
    schedule: str
    closure: str
    mean: float
    worst: float
    seconds: float
    samples: int = 0
    sampled_mean: float = 0.0
    sampled_worst: float = 0.0


# -- netlists ----------------------------------------------------------------------------------------------------------


@cache
def netlist(name: str) -> tuple[sw.Circuit, sw.Law, dict[str, float]]:
    """A netlist with fair inputs, and the exact probabilities of its nets."""
    data = files("symwick") / "data"
    circuit = sw.Circuit.from_bench_text((data / f"{name}.bench").read_text(encoding="utf-8"))
    law = sw.Independent({wire: sw.Bernoulli("1/2") for wire in circuit.inputs})
    known = json.loads((data / "iscas85_probabilities.json").read_text(encoding="utf-8"))["circuits"][name]
    return circuit, law, {net: a / 2**b for net, (a, b) in known.items()}


def simulated(circuit: sw.Circuit, words: int, seed: int) -> dict[str, float]:
    """The peer: how often each net is 1 in 64 · words random patterns, 64 of them in a machine word."""
    rng = np.random.default_rng(seed)
    found: list[npt.NDArray[np.uint64]] = []
    for gate in circuit.gates:
        args = [found[a] for a in gate.args]
        if gate.op == "input":
            found.append(rng.integers(0, 2**64, words, dtype=np.uint64))
        elif gate.op == "product":
            value = args[0]
            for other in args[1:]:
                value = value & other
            found.append(value)
        elif len(args) == 3:  # a + b − 2ab
            found.append(args[0] ^ args[1])
        elif gate.weights[0] == -1:
            found.append(~args[0])
        else:
            found.append(args[0])
    names = {**circuit.names, **circuit.outputs}
    return {name: float(np.bitwise_count(found[i]).sum()) / (64 * words) for name, i in names.items()}


def errors(found: dict[str, float], exact: dict[str, float]) -> tuple[float, float]:
    gaps = [abs(found[net] - p) for net, p in exact.items()]
    return sum(gaps) / len(gaps), max(gaps)


def _doubled(work: Callable[[int], Any], least: int, seconds: float) -> int:
    """The largest doubled size whose work takes no longer than so many seconds, or the least."""
    size = least
    while size < 2**22 and timed(lambda size=2 * size: work(size), 3)[0] <= seconds:
        size *= 2
    return size


def netlist_row(name: str, order: int, schedule: str, closure: str, rounds: int = 1) -> Row:
    circuit, law, exact = netlist(name)

    def run() -> dict[str, float]:
        found = sw.propagate(circuit, law, order, schedule, "float64", closure=closure)
        return {net: found.mean(net) for net in exact}

    seconds, estimates = timed(run, rounds)
    return Row(name, order, schedule, closure, *errors(estimates, exact), seconds)


def beside_simulation(row: Row) -> Row:
    """The row with Monte Carlo of as much time: the largest power of two of words that takes no longer, or the least."""
    circuit, _, exact = netlist(row.circuit)
    words = _doubled(lambda size: simulated(circuit, size, 0), 1, row.seconds)
    found = [errors(simulated(circuit, words, seed), exact) for seed in range(SEEDS)]
    mean, worst = (sum(values) / SEEDS for values in zip(*found, strict=True))
    return replace(row, samples=64 * words, sampled_mean=mean, sampled_worst=worst)


def netlist_runs() -> Iterator[tuple[str, int, str, str]]:
    for name, orders in NETLISTS.items():
        for order in orders:
            for schedule in ("gate", "layer"):
                for closure in ("zero", "boolean"):
                    if not ((name, order) in SLOW and (schedule == "layer")):
                        yield name, order, schedule, closure


# -- random polynomial networks -------------------------------------------------------------------------------------------

INPUTS, UNITS = 5, 4
POINTS = {-1: Fraction(1, 2), 0: Fraction(1, 4), 2: Fraction(1, 4)}


def network(depth: int, seed: int) -> sw.Circuit:
    """Layers of UNITS units, each a linear form plus a product of two linear forms of the layer before."""
    random = Random(1000 * depth + seed)

    def form(wires: list[Any]) -> Any:
        return sum(Fraction(random.randint(-3, 3), 4) * wire for wire in wires) + Fraction(random.randint(-2, 2), 4)

    def layers(*wires: Any) -> Any:
        units = list(wires)
        for _ in range(depth):
            units = [form(units) + form(units) * form(units) for _ in range(UNITS)]
        return {"out": form(units)}

    return sw.trace(layers, [f"x{i}" for i in range(INPUTS)])


@cache
def exact_network(depth: int, seed: int) -> tuple[float, float]:
    """Mean and standard deviation of the output, by going through all points."""
    circuit = network(depth, seed)
    points = list(product(POINTS, repeat=INPUTS))
    grid = {name: np.array([point[i] for point in points], dtype=object) for i, name in enumerate(circuit.inputs)}
    values = circuit.evaluate(grid)["out"]
    weights = [np.prod([POINTS[x] for x in point]) for point in points]
    mean = sum(w * v for w, v in zip(weights, values, strict=True))
    variance = sum(w * (v - mean) ** 2 for w, v in zip(weights, values, strict=True))
    return float(mean), float(variance) ** 0.5


def network_row(depth: int, order: int, schedule: str, closure: str) -> Row:
    """Errors of means in standard deviations of the output."""
    law = sw.Independent({f"x{i}": sw.Finite(POINTS, [f"x{i}"]) for i in range(INPUTS)})
    gaps, spent = [], []
    for seed in range(SEEDS):
        circuit = network(depth, seed)

        def run(circuit: sw.Circuit = circuit) -> float:
            return float(sw.propagate(circuit, law, order, schedule, "float64", closure=closure).mean("out"))

        seconds, estimate = timed(run, 3)
        mean, deviation = exact_network(depth, seed)
        gaps.append(abs(estimate - mean) / deviation)
        spent.append(seconds)
    return Row(f"depth {depth}", order, schedule, closure, sum(gaps) / SEEDS, max(gaps), median(spent))


def beside_sampling(row: Row) -> Row:
    """The row with Monte Carlo of as much time, on arrays of rows in floats."""
    depth = int(row.circuit.removeprefix("depth "))

    def estimate(seed: int, rows: int) -> float:
        rng = np.random.default_rng(seed)
        circuit = network(depth, seed)
        values = np.array(list(POINTS), dtype=float)
        chances = [float(p) for p in POINTS.values()]
        point = {name: rng.choice(values, rows, p=chances) for name in circuit.inputs}
        return float(circuit.evaluate(point)["out"].mean())

    rows = _doubled(lambda size: estimate(0, size), 64, row.seconds)
    gaps = []
    for seed in range(SEEDS):
        mean, deviation = exact_network(depth, seed)
        gaps.append(abs(estimate(seed, rows) - mean) / deviation)
    return replace(row, samples=rows, sampled_mean=sum(gaps) / SEEDS, sampled_worst=max(gaps))


def network_runs() -> Iterator[tuple[int, int, str, str]]:
    for depth in (1, 2, 3):
        for order in (1, 2, 3, 4):
            yield depth, order, "gate", "zero"
            yield depth, order, "layer", "zero"
            if order >= 3:
                yield depth, order, "layer", "impute"


# -- products of normals --------------------------------------------------------------------------------------------------


def normals_row(rank: int, order: int, closure: str, n: int = 8) -> Row:
    """E x_1 ⋯ x_n of centred normals, covariances of a rank: errors relative to the root mean square of the exact values."""
    gaps, exacts, spent = [], [], []
    for seed in range(SEEDS):
        random = Random(100 * rank + seed)
        root = [[random.randint(-3, 3) for _ in range(rank)] for _ in range(n)]
        covariance = [[sum(a * b for a, b in zip(u, v, strict=True)) for v in root] for u in root]
        law = sw.MultivariateNormal([f"x{i}" for i in range(n)], [0] * n, covariance)

        def tree(*wires: Any) -> Any:
            half = len(wires) // 2
            return wires[0] if len(wires) == 1 else tree(*wires[:half]) * tree(*wires[half:])

        circuit = sw.trace(tree, [f"x{i}" for i in range(n)])
        run = sw.propagate(circuit, law, order, "layer", "float64", closure=closure)
        seconds, estimate = timed(lambda run=run: run.mean("out"), 1)
        exact = float(sw.propagate(circuit, law, None).mean("out"))
        gaps.append(abs(estimate - exact))
        exacts.append(exact)
        spent.append(seconds)
    scale = float(np.sqrt(np.mean(np.square(exacts))))
    return Row(f"rank {rank}", order, "layer", closure, sum(gaps) / SEEDS / scale, max(gaps) / scale, median(spent))


def normals_runs() -> Iterator[tuple[int, int, str]]:
    for rank in (1, 2, 4, 8):
        for order, closure in ((2, "zero"), (3, "zero"), (3, "impute"), (4, "zero"), (4, "impute")):
            yield rank, order, closure


# -- tables and the picture --------------------------------------------------------------------------------------------------


def table(rows: list[Row], *, sampled: bool = True) -> str:
    head = ["circuit", "order", "schedule", "closure", "mean error", "worst error", "time"]
    head += ["samples in that time", "their mean error", "their worst error"] if sampled else []
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = [row.circuit, str(row.order), row.schedule, row.closure, f"{row.mean:.2g}", f"{row.worst:.2g}"]
        cells.append(f"{1000 * row.seconds:.2g} ms" if row.seconds < 0.1 else f"{row.seconds:.2g} s")
        if sampled:
            cells += [f"{row.samples:,}", f"{row.sampled_mean:.2g}", f"{row.sampled_worst:.2g}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def draw(rows: list[Row], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import NullFormatter

    panels = ["c432", "c880", "depth 2", "depth 3"]
    figure, axes = plt.subplots(1, len(panels), figsize=(14, 4.4), layout="constrained")
    styles = {("gate", "zero"): "C0o-", ("layer", "zero"): "C1s-", ("gate", "boolean"): "C2o--", ("layer", "boolean"): "C3s--",
              ("layer", "impute"): "C4^:"}  # fmt: skip
    lines: dict[str, Any] = {}
    for ax, panel in zip(axes, panels, strict=True):
        own = [row for row in rows if row.circuit == panel]
        for (schedule, closure), style in styles.items():
            # what is exact has no place on a logarithmic axis
            line = [row for row in own if (row.schedule, row.closure) == (schedule, closure) and row.mean > 1e-12]
            if line:
                label = f"{schedule}, {closure}"
                lines[label] = ax.semilogy([row.order for row in line], [row.mean for row in line], style, label=label)[
                    0
                ]
        sampled = [row for row in own if (row.schedule, row.closure) == ("gate", "zero")]
        label = "Monte Carlo in the time of gate, zero"
        points = [row.order for row in sampled], [row.sampled_mean for row in sampled]
        lines[label] = ax.semilogy(*points, "k.-", alpha=0.5, label=label)[0]
        netlist = panel.startswith("c")
        ax.set_title(panel if netlist else f"random networks of {panel}")
        ax.set_xlabel("order" + (" (exact at 4)" if panel == "depth 2" else ""))
        ax.set_ylabel("mean error of a probability" if netlist else "mean error in standard deviations")
        ax.set_xticks([1, 2, 3, 4])
        ax.set_xlim(0.8, 4.2)
        ax.yaxis.set_minor_formatter(NullFormatter())
        ax.grid(alpha=0.3)
    figure.legend(list(lines.values()), list(lines), loc="outside lower center", ncols=len(lines), frameon=False)
    figure.savefig(path, dpi=110)


def main() -> None:
    nets = [beside_simulation(netlist_row(*run, rounds=1 if run[1] == 4 else 5)) for run in netlist_runs()]
    print(table(nets), end="\n\n", flush=True)
    networks = [beside_sampling(network_row(*run)) for run in network_runs()]
    print(table(networks), end="\n\n", flush=True)
    print(table([normals_row(*run) for run in normals_runs()], sampled=False))
    draw(nets + networks, HERE.parent / "docs" / "errors.png")


if __name__ == "__main__":
    main()
