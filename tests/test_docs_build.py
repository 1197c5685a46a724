"""The pages of the documentation hang together: each one is in the table of contents, each link leads somewhere.

What Sphinx alone can tell (`make docs`, warnings are errors) is not repeated here; these checks need no Sphinx.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from operator import attrgetter
from pathlib import Path

import pytest

import symwick

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
FRONT = DOCS / "index.md"
PAGES = sorted(DOCS.rglob("*.md"))
BESIDE = [ROOT / name for name in ("README.md", "examples/README.md", "GUIDE.md", "CONTRIBUTING.md", "CHANGELOG.md")]

_TREE = re.compile(r"^```\{toctree\}\n(?P<body>.*?)^```$", flags=re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^(?P<mark>```+|~~~+).*?^(?P=mark)\s*?$", flags=re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")


def prose(text: str) -> str:
    """Without fenced blocks and code spans, in which nothing is a link or a heading."""
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", _FENCED.sub("", text), flags=re.DOTALL)


def links(text: str) -> list[str]:
    """The targets of inline links and pictures that are no addresses."""
    return [target for target in _LINK.findall(prose(text)) if not re.match(r"[a-z][a-z+.-]*:", target)]


def anchors(text: str) -> set[str]:
    """What a link may have after ``#``: headings in small letters, spaces as hyphens, other signs left out."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", _FENCED.sub("", text), flags=re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        number = 0
        while (unique := name if not number else f"{name}-{number}") in found:
            number += 1
        found.add(unique)
    return found


def broken(page: Path) -> Iterator[str]:
    for target in links(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            yield f"{target}: no such file"
        elif anchor and anchor not in anchors(file.read_text(encoding="utf-8")):
            yield f"{target}: no such heading"


def entries(page: Path) -> list[Path]:
    """The pages that the tables of contents of a page list, patterns filled in."""
    found: list[Path] = []
    for tree in _TREE.finditer(page.read_text(encoding="utf-8")):
        lines = [line.strip() for line in tree["body"].splitlines() if line.strip()]
        for line in (line for line in lines if not line.startswith(":")):
            if "*" in line:
                pattern = (page.parent / line).as_posix() + ".md"
                found += [path for path in PAGES if fnmatch(path.as_posix(), pattern) and path.parent == Path(pattern).parent]
            else:
                found.append((page.parent / f"{line}.md").resolve())
    return found


def reached(page: Path) -> list[Path]:
    return [page, *(below for entry in entries(page) if entry.exists() for below in reached(entry))]


def test_every_page_is_in_the_table_of_contents_once() -> None:
    found = reached(FRONT)
    assert sorted(found) == sorted([*PAGES, *BESIDE])


def test_every_entry_is_a_page() -> None:
    missing = [entry for page in PAGES for entry in entries(page) if not entry.exists()]
    assert missing == []


@pytest.mark.parametrize("page", [*BESIDE, *PAGES], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


@pytest.mark.parametrize("page", [*BESIDE, *PAGES], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_has_one_title(page: Path) -> None:
    """Its first line: Sphinx and readers take it for the name of the page."""
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", _FENCED.sub("", text), flags=re.MULTILINE)) == 1


def code_spans(text: str) -> list[str]:
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", _FENCED.sub("", text))


@pytest.mark.parametrize("page", [*BESIDE, *PAGES], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_names_in_the_text_are_public(page: Path) -> None:
    """Blocks of code are run (test_documents.py); this is for ``sw.gwp`` and ``sw.formal.gwp`` in sentences and tables."""
    for span in code_spans(page.read_text(encoding="utf-8")):
        for name in re.findall(r"\bsw\.((?:formal\.|conversions\.|plots\.)?[A-Za-z_]\w*)", span):
            if name not in ("NAME",):  # as in docs/reference/index.md: any name
                assert attrgetter(name)(symwick), name


def vocabulary() -> list[str]:
    text = (DOCS / "vocabulary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) \|", text, flags=re.MULTILINE)
    return [term for row in rows if row != "term" for term in row.split(", ")]


def test_every_term_has_one_meaning() -> None:
    terms = vocabulary()
    assert len(terms) > 90
    assert sorted(terms) == sorted(set(terms))


# The checks themselves ---------------------------------------------------------------------------------------------


def test_links_are_found_and_code_is_none() -> None:
    text = 'a [b](c.md#d) ![e](f.png "g") [h](https://i.org) `[j](k)` [`l`](m.md)\n\n```python\n[n](o)\n```\n[[p]](q.md)\n'
    assert links(text) == ["c.md#d", "f.png", "m.md", "q.md"]


def test_code_spans_are_those_of_the_prose() -> None:
    assert code_spans("a `sw.gwp` b `c`\n\n```python\n`d`\n```\n``e``\n") == ["sw.gwp", "c"]


def test_anchors_are_those_of_a_forge() -> None:
    text = "# A title: with `code`!\n\n## Again\n\n## Again\n\n```text\n# no heading\n```\n"
    assert anchors(text) == {"a-title-with-code", "again", "again-1"}


def test_a_broken_link_is_told(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# There\n\n## Part one\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n[a](there.md#part-one) [b](there.md#part-two) [c](gone.md) [d](#page)\n", encoding="utf-8")
    assert list(broken(page)) == ["there.md#part-two: no such heading", "gone.md: no such file"]
