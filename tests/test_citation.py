"""CITATION.cff: the version of the package, and what the format asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import symwick

ROOT = Path(__file__).resolve().parent.parent


def citation() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")  # a test extra
    found: dict[str, Any] = yaml.load((ROOT / "CITATION.cff").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return found


def test_it_has_what_the_format_requires() -> None:
    found = citation()
    assert {"cff-version", "message", "title", "authors"} <= set(found)  # the required keys of version 1.2.0
    assert (found["cff-version"], found["type"], found["license"]) == ("1.2.0", "software", "MIT")
    assert found["authors"] == [{"name": "symwick developers"}]


def test_its_version_is_that_of_the_package() -> None:
    assert citation()["version"] == symwick.__version__


def test_the_paper_is_among_the_references() -> None:
    (paper,) = citation()["references"]
    assert (paper["title"], paper["year"]) == ("Generalized Wick Decompositions", "2023")
    assert [author["family-names"] for author in paper["authors"]] == ["MacLeod", "Nitishinskaya", "Shlegeris"]
    assert paper["url"] == "https://arxiv.org/abs/2310.06686"
