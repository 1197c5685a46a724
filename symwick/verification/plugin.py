"""The plugin for pytest: a fixture ``assert_matches`` whose points depend on the test, and a line that says what was compared.

Installed with symwick; ``-p no:symwick`` leaves it out. ``--symwick-samples`` sets the number of points of all calls that do
not say it themselves, ``--symwick-seed`` draws other points everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zlib import crc32

import pytest

__all__ = ["assert_matches", "pytest_addoption", "pytest_terminal_summary"]

_COUNTS = pytest.StashKey[list[int]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two options."""
    group = parser.getgroup("symwick")
    group.addoption("--symwick-samples", type=int, default=None, help="points at which assert_matches compares")
    group.addoption("--symwick-seed", type=int, default=0, help="other points for all uses of assert_matches")


@pytest.fixture
def assert_matches(request: pytest.FixtureRequest) -> Callable[..., None]:
    """``assert_matches(numeric, exact, **options)``, with a seed made of the test's name: each test has points of its own."""
    counts = request.config.stash.setdefault(_COUNTS, [])

    def check(numeric: Callable[..., Any], exact: Any, **options: Any) -> None:
        from symwick.verification.verify import verify  # not before it is used: pytest reads plugins at every start

        __tracebackhide__ = True
        seed = crc32(request.node.nodeid.encode()) + request.config.getoption("--symwick-seed")
        options = {"seed": seed, "samples": request.config.getoption("--symwick-samples"), **options}
        report = verify(numeric, exact, **options)
        counts.append(report.points)
        if not report.ok:
            code = f"\n\n{report.counterexample.code}" if report.counterexample else ""
            pytest.fail(f"{report}{code}", pytrace=False)

    return check


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """How many functions were compared, at how many points."""
    counts = config.stash.get(_COUNTS, [])
    if counts:
        terminalreporter.write_line(f"symwick: {len(counts)} comparisons with exact values, {sum(counts):,} points")
