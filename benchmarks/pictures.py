"""The pictures in docs/pictures, drawn by the code of the pages that show them: ``python -m benchmarks.pictures``.

A page shows ``pictures/NAME.png``, and a block of its code writes ``NAME.png`` into the current folder. So a picture is what the
code beside it draws, and no second script has to be kept in step.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURES = DOCS / "pictures"

_CODE = re.compile(r"^```python\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
_SHOWN = re.compile(r"^!\[[^\]]+\]\((?:\.\./)?pictures/([\w-]+\.png)\)$", flags=re.MULTILINE)


def shown(text: str) -> list[str]:
    """The names of the pictures in docs/pictures that a page shows."""
    return _SHOWN.findall(text)


def pages() -> Iterator[Path]:
    """The pages that show some."""
    yield from (page for page in sorted(DOCS.rglob("*.md")) if shown(page.read_text(encoding="utf-8")))


def draw(page: Path, into: Path) -> list[Path]:
    """Run the code of a page in a folder of its own and keep the pictures that it shows. Returns their new places.

    Raises FileNotFoundError for a picture that the code does not write.
    """
    import matplotlib.pyplot as plt

    plt.switch_backend("Agg")
    text = page.read_text(encoding="utf-8")
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        names: dict[str, object] = {"__name__": "__main__"}
        for code in _CODE.findall(text):
            exec(compile(code, page.name, "exec"), names)
        plt.close("all")
        return [Path(shutil.copy(name, into / name)) for name in shown(text)]


def main() -> None:
    for page in pages():
        for path in draw(page, PICTURES):
            print(f"{path.relative_to(DOCS)}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
