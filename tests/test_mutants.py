"""Deliberately wrong implementations are found, with the right diagnosis; right ones are not accused."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.mutants import MUTANTS, Mutant, accused, found, table

ROOT = Path(__file__).resolve().parent.parent


def test_there_are_thirty_of_them() -> None:
    assert len(MUTANTS) >= 30


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.of}: {mutant.what}")
def test_the_mutant_is_found(mutant: Mutant) -> None:
    right, report = found(mutant)
    assert right, report
    assert not report.ok


def test_right_implementations_are_not_accused() -> None:
    assert accused(204) == []


@pytest.mark.deep
def test_ten_thousand_right_implementations_are_not_accused() -> None:
    assert accused(10_000, seed=1) == []


def test_the_table_of_the_document_is_the_one_that_is_made() -> None:
    document = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in table() if line not in document] == []
