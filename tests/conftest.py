"""What all tests share: Hypothesis profiles, and a header that names the versions at work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

# Exact arithmetic on a busy two-core machine is slow now and then; that is no failure.
_CALM: dict[str, Any] = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("quick", max_examples=10, phases=(Phase.explicit, Phase.generate), **_CALM)
settings.register_profile("default", max_examples=60, **_CALM)
settings.register_profile("ci", max_examples=60, derandomize=True, **_CALM)
settings.register_profile("deep", max_examples=2000, **_CALM)

PROFILE = os.environ.get("SYMWICK_HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default")
settings.load_profile(PROFILE)


@pytest.fixture
def printed_under_hash_seeds() -> Callable[[str], set[str]]:
    """The different outputs of a script that is run as a process under three hash seeds: order must not depend on them."""

    def run(script: str) -> set[str]:
        path = os.pathsep.join(filter(None, sys.path))
        outputs = set()
        for seed in ("0", "1", "12345"):
            environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path}
            done = subprocess.run(
                [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=120
            )
            outputs.add(done.stdout)
        return outputs

    return run


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def pytest_report_header(config: pytest.Config) -> str:
    names = ("symwick", "python-flint", "sympy", "numpy")
    return ", ".join(f"{name} {_version(name)}" for name in names) + f"; hypothesis profile {PROFILE}"
