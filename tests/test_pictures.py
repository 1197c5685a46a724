"""The pictures in the documentation: each is shown by a page whose code draws it, small, and described in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import pictures
from tests.test_documents import shows_something

pytest.importorskip("matplotlib")

PAGES = list(pictures.pages())


def test_every_picture_is_shown_by_one_page() -> None:
    shown = [name for page in PAGES for name in pictures.shown(page.read_text(encoding="utf-8"))]
    assert len(shown) >= 5
    assert sorted(shown) == sorted(path.name for path in pictures.PICTURES.iterdir())


def test_pictures_are_small() -> None:
    assert [path.name for path in pictures.PICTURES.iterdir() if path.stat().st_size > 100_000] == []


@pytest.mark.parametrize("page", sorted(pictures.DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_pictures_are_described(page: Path) -> None:
    """By words that say what is to be seen, for whoever does not see it."""
    described = re.findall(r"!\[([^\]]*)\]\(", page.read_text(encoding="utf-8"))
    assert [words for words in described if len(words.split()) < 4] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_draws_what_it_shows(page: Path, tmp_path: Path) -> None:
    """The script writes every picture of the page, of the size of the one that is kept."""
    from matplotlib.image import imread

    drawn = pictures.draw(page, tmp_path / "pictures")
    assert [path.name for path in drawn] == pictures.shown(page.read_text(encoding="utf-8"))
    assert sorted((tmp_path / "pictures").iterdir()) == sorted(drawn)
    for path in drawn:
        assert shows_something(path), path.name
        assert imread(path).shape == imread(pictures.PICTURES / path.name).shape, path.name


def test_a_picture_that_is_not_drawn_is_missed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```python\nx = 1\n```\n\n![words](../pictures/none.png)\n", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match="none"):
        pictures.draw(page, tmp_path / "pictures")
