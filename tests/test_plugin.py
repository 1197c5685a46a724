"""The plugin for pytest: the fixture compares, fails with the report, and is counted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

TESTS = """
import symwick as sw

def test_right(assert_matches):
    assert_matches(lambda x, y: x * y, "x*y")
    assert_matches(lambda x: x, "x", samples=7)

def test_wrong(assert_matches):
    assert_matches(lambda x, y: x * y + 1, "x*y")
"""


def run(folder: Path, *options: str) -> str:
    (folder / "test_mine.py").write_text(TESTS, encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "symwick.verification.plugin", *options, "test_mine.py"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def test_the_fixture_compares_and_the_report_is_the_failure(tmp_path: Path) -> None:
    shown = run(tmp_path, "--symwick-samples", "50", "--symwick-seed", "3")
    assert "1 failed, 1 passed" in shown
    assert "of 50 points, arrays, by keyword" in shown
    assert "matches with the constant = 1 instead of 0: a term too many" in shown
    assert "symwick: 3 comparisons with exact values, 107 points" in shown


def test_the_plugin_is_registered() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\nsymwick = "symwick.verification.plugin"' in text
