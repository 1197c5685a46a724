"""GUIDE.md names every module, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def guide_paths(text: str) -> list[str]:
    """The first cells of the table rows, without their backticks."""
    return re.findall(r"^\|\s*`([^`|]+)`\s*\|\s*[^|\s]", text, flags=re.MULTILINE)


def modules() -> set[str]:
    """All modules; an empty ``__init__.py`` needs no explanation."""
    files = (ROOT / "symwick").rglob("*.py")
    return {path.relative_to(ROOT).as_posix() for path in files if path.name != "__init__.py" or path.stat().st_size}


def test_every_module_has_a_line() -> None:
    missing = modules() - set(guide_paths((ROOT / "GUIDE.md").read_text(encoding="utf-8")))
    assert not missing, f"GUIDE.md has no line for {sorted(missing)}"


def test_every_line_has_a_file() -> None:
    paths = guide_paths((ROOT / "GUIDE.md").read_text(encoding="utf-8"))
    assert paths
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert not missing, f"GUIDE.md names {missing}, which do not exist"


def test_no_path_has_two_lines() -> None:
    paths = guide_paths((ROOT / "GUIDE.md").read_text(encoding="utf-8"))
    assert len(paths) == len(set(paths))


def test_rows_are_read_and_lines_without_a_purpose_are_not() -> None:
    text = "| path | what it is for |\n|---|---|\n| `symwick/a.py` | does a |\n| `symwick/b.py` |  |\n"
    assert guide_paths(text) == ["symwick/a.py"]
