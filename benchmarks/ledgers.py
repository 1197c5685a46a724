"""How good the ledger's first-order effects are, and what keeping the largest does: the tables and picture of docs/account.md.

``python -m benchmarks.ledgers``, some two minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

import symwick as sw
from benchmarks.errors import INPUTS, POINTS, exact_network, netlist, network

HERE = Path(__file__).resolve().parent
BUDGETS = (0, 3, 10, 30, 100, 300)
SAMPLED, NETWORKS = 100, 20
"""Cumulants of a netlist whose exact effect is measured; random networks of each depth."""


def ranks(values: Any) -> Any:
    """Ranks, equal values sharing their mean rank."""
    ordered, inverse, counts = np.unique(np.asarray(values, dtype=float), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse] if len(ordered) else np.zeros(0)


def spearman(one: list[float], other: list[float]) -> float:
    """The correlation of ranks."""
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def cases(name: str) -> Iterator[tuple[sw.Circuit, sw.Law, Mapping[str, float], float]]:
    """(circuit, law, exact means of outputs, unit of errors): a netlist, or all networks of a depth."""
    if name.startswith("c"):
        circuit, law, exact = netlist(name)
        yield circuit, law, {out: exact[out] for out in circuit.outputs if out in exact}, 1.0
        return
    law = sw.Independent({f"x{i}": sw.Finite(POINTS, [f"x{i}"]) for i in range(INPUTS)})
    depth = int(name.removeprefix("depth "))
    for seed in range(NETWORKS):
        mean, deviation = exact_network(depth, seed)
        yield network(depth, seed), law, {"out": mean}, deviation


def agreement(name: str, order: int, schedule: str) -> tuple[int, int, float]:
    """(dropped, effects compared, Spearman) of first-order effects with those of runs that keep one cumulant each."""
    dropped = 0
    first, exact = [], []
    for circuit, law, _, unit in cases(name):
        run = sw.propagate(circuit, law, order, schedule, "float64")
        ledger = run.ledger()
        dropped += len(ledger)
        entries = [entry for entry in ledger if entry.weight]
        for entry in Random(1).sample(entries, min(SAMPLED, len(entries))):
            kept = sw.propagate(circuit, law, order, schedule, "float64", keep={entry.wires: entry.value})
            for out, effect in entry.effects.items():
                if effect:
                    first.append(abs(effect) / unit)
                    exact.append(abs(kept.mean(out) - run.mean(out)) / unit)
    return dropped, len(first), spearman(first, exact)


def error(run: Any, exact: Mapping[str, float], unit: float) -> float:
    return sum(abs(run.mean(out) - mean) for out, mean in exact.items()) / len(exact) / unit


def refinement(name: str, order: int, schedule: str) -> tuple[list[float], float]:
    """Mean errors of the outputs by the number of kept cumulants, and of the next order."""
    by_budget: list[list[float]] = []
    above = []
    for circuit, law, exact, unit in cases(name):
        run = sw.propagate(circuit, law, order, schedule, "float64")
        ledger = run.ledger()
        by_budget.append([error(run._keeping(ledger.values_of_first(budget)), exact, unit) for budget in BUDGETS])
        above.append(error(sw.propagate(circuit, law, order + 1, schedule, "float64"), exact, unit))
    return np.mean(by_budget, axis=0).tolist(), float(np.mean(above))


def runs() -> Iterator[tuple[str, int, str]]:
    for name in ("c432", "c880", "depth 2", "depth 3"):
        for order in (1, 2):
            for schedule in ("gate", "layer"):
                yield name, order, schedule


def draw(rows: list[tuple[str, int, str, list[float], float]], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = list(dict.fromkeys(row[0] for row in rows))
    figure, axes = plt.subplots(1, len(names), figsize=(14, 4.2), layout="constrained")
    lines: dict[str, Any] = {}
    for ax, name in zip(axes, names, strict=True):
        for row_name, order, schedule, errors, above in rows:
            if row_name == name:
                label = f"order {order}, {schedule}"
                style = f"C{2 * order - 2 + (schedule == 'layer')}"
                lines[label] = ax.plot(range(len(BUDGETS)), errors, f"{style}o-", label=label)[0]
                lines[f"{label}: next order"] = ax.axhline(above, color=style, ls=":", label=f"{label}: next order")
        ax.set_xticks(range(len(BUDGETS)), [str(budget) for budget in BUDGETS])
        ax.set_xlabel("cumulants kept, largest effect first")
        ax.set_ylabel("mean error of outputs" + ("" if name.startswith("c") else ", standard deviations"))
        ax.set_title(name if name.startswith("c") else f"random networks of {name}")
        ax.set_ylim(bottom=0)
        ax.grid(alpha=0.3)
    figure.legend(list(lines.values()), list(lines), loc="outside lower center", ncols=4, frameon=False)
    figure.savefig(path, dpi=110)


def main() -> None:
    print("| circuit | order | schedule | dropped | effects compared | Spearman |\n|---|---|---|---|---|---|")
    for name, order, schedule in runs():
        dropped, compared, rho = agreement(name, order, schedule)
        print(f"| {name} | {order} | {schedule} | {dropped:,} | {compared:,} | {rho:.3f} |", flush=True)
    print("\n| circuit | order | schedule | " + " | ".join(f"{budget} kept" for budget in BUDGETS) + " | next order |")
    print("|" + "---|" * (len(BUDGETS) + 4))
    rows = []
    for name, order, schedule in runs():
        errors, above = refinement(name, order, schedule)
        rows.append((name, order, schedule, errors, above))
        cells = " | ".join(f"{value:.2g}" for value in [*errors, above])
        print(f"| {name} | {order} | {schedule} | {cells} |", flush=True)
    draw(rows, HERE.parent / "docs" / "account.png")


if __name__ == "__main__":
    main()
