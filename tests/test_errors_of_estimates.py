"""The tables of docs/errors.md and docs/account.md: computed again for all rows that are quick; times are not."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

import symwick as sw
from benchmarks import errors, ledgers

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
LINES = [line for line in TEXT.splitlines() if re.match(r"\| (c\d|depth|rank)", line)]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES]
QUICK = [row for row in ROWS if "ms" in row[6] and int(row[1]) < 4 and row[0] != "depth 3"]


def test_the_tables_hold_every_run() -> None:
    nets = [(name, str(order), schedule, closure) for name, order, schedule, closure in errors.netlist_runs()]
    networks = [
        (f"depth {depth}", str(order), schedule, closure) for depth, order, schedule, closure in errors.network_runs()
    ]
    normals = [(f"rank {rank}", str(order), "layer", closure) for rank, order, closure in errors.normals_runs()]
    assert [tuple(row[:4]) for row in ROWS] == nets + networks + normals
    assert len(QUICK) > 40


@pytest.mark.parametrize("cells", QUICK, ids=lambda cells: " ".join(cells[:4]))
def test_errors_are_as_documented(cells: list[str]) -> None:
    name, order, schedule, closure = cells[0], int(cells[1]), cells[2], cells[3]
    if name.startswith("c"):
        row = errors.netlist_row(name, order, schedule, closure)
    elif name.startswith("depth"):
        row = errors.network_row(int(name.split()[1]), order, schedule, closure)
    else:
        row = errors.normals_row(int(name.split()[1]), order, closure)
    for found, written in ((row.mean, float(cells[4])), (row.worst, float(cells[5]))):
        assert found == pytest.approx(written, rel=0.06, abs=1e-12)  # two digits are written


def test_exact_probabilities_agree_with_those_by_simulation_of_all_inputs() -> None:
    ours = json.loads((files("symwick") / "data" / "iscas85_probabilities.json").read_text(encoding="utf-8"))[
        "circuits"
    ]
    theirs = json.loads((ROOT / "tests" / "data" / "iscas85_exact_probabilities.json").read_text(encoding="utf-8"))[
        "circuits"
    ]
    count = 0
    for name, nets in theirs.items():
        for net, (ones, inputs) in nets.items():
            a, b = ours[name][net]
            assert a * 2**inputs == ones * 2**b
            count += 1
    assert count > 30


@pytest.mark.parametrize("name", ["c432", "c880"])
def test_exact_probabilities_of_all_nets_agree_with_random_patterns(name: str) -> None:
    circuit, _, exact = errors.netlist(name)
    assert set(exact) == {wire for wire in circuit.names if wire not in circuit.inputs}
    words = 4096
    found = errors.simulated(circuit, words, 1)
    for net, p in exact.items():
        deviation = np.sqrt(max(p * (1 - p), 1e-9) / (64 * words))
        assert abs(found[net] - p) < 6 * deviation, net


def test_simulated_patterns_are_those_of_the_circuit() -> None:
    circuit, _, _ = errors.netlist("c17")
    found = errors.simulated(circuit, 1 << 12, 3)
    exact = sw.propagate(circuit, errors.netlist("c17")[1], None)
    for wire in circuit.names:
        assert found[wire] == pytest.approx(float(exact.mean(wire)), abs=0.005)


# -- docs/account.md ---------------------------------------------------------------------------------------------------

ACCOUNT_TEXT = (ROOT / "docs" / "account.md").read_text(encoding="utf-8")
ACCOUNT = [line for line in ACCOUNT_TEXT.splitlines() if re.match(r"\| (c\d|depth)", line)]
ACCOUNT_ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in ACCOUNT]
RANKS = [row for row in ACCOUNT_ROWS if len(row) == 6]
KEPT = [row for row in ACCOUNT_ROWS if len(row) > 6]


def test_the_tables_of_the_account_hold_every_run() -> None:
    runs = [(name, str(order), schedule) for name, order, schedule in ledgers.runs()]
    assert [tuple(row[:3]) for row in RANKS] == runs
    assert [tuple(row[:3]) for row in KEPT] == runs


QUICK_KEPT = [row for row in KEPT if row[1] == "1" and row[0] != "depth 3"]


@pytest.mark.parametrize("cells", QUICK_KEPT, ids=lambda cells: " ".join(cells[:3]))
def test_errors_of_refined_estimates_are_as_documented(cells: list[str]) -> None:
    by_budget, above = ledgers.refinement(cells[0], int(cells[1]), cells[2])
    assert [*by_budget, above] == [pytest.approx(float(cell), rel=0.06, abs=1e-9) for cell in cells[3:]]


@pytest.mark.parametrize(
    "cells", [row for row in RANKS if row[:2] == ["depth 2", "1"]], ids=lambda cells: " ".join(cells[:3])
)
def test_rank_agreements_are_as_documented(cells: list[str]) -> None:
    dropped, compared, rho = ledgers.agreement(cells[0], int(cells[1]), cells[2])
    assert (dropped, compared) == (int(cells[3]), int(cells[4]))
    assert rho == pytest.approx(float(cells[5]), abs=0.001)


def test_ranks_share_their_mean_where_values_are_equal() -> None:
    assert ledgers.ranks([3, 1, 3, 2]).tolist() == [3.5, 1, 3.5, 2]
    assert ledgers.spearman([1, 2, 3, 4], [1, 4, 9, 16]) == pytest.approx(1)
    assert ledgers.spearman([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
