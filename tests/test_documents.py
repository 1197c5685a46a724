"""The code of README, docs and examples runs, and prints what the documents say it prints."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
EXAMPLE_SECONDS = 300

_FENCE = re.compile(r"^(?P<indent>\s*)(?P<ticks>`{3,}|~{3,})\s*(?P<info>[^`]*)$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its info string, its text, the line of its first line, whether it touches the block before."""

    info: tuple[str, ...]
    text: str
    line: int
    adjacent: bool


def blocks(document: str) -> list[Block]:
    """All fenced blocks in order; a block is adjacent when only blank lines part it from the one before."""
    found: list[Block] = []
    opening: re.Match[str] | None = None
    body: list[str] = []
    start, adjacent = 0, False
    for number, line in enumerate(document.splitlines(), start=1):
        if opening is None:
            opening = _FENCE.match(line)
            if opening is not None:
                body, start = [], number + 1
            elif line.strip():
                adjacent = False
        elif re.fullmatch(rf"\s*{opening['ticks'][0]}{{{len(opening['ticks'])},}}\s*", line):
            found.append(Block(tuple(opening["info"].split()), "\n".join(body), start, adjacent))
            opening, adjacent = None, True
        else:
            indent = opening["indent"]  # a block inside a list item
            body.append(line.removeprefix(indent) if line.strip() else "")
    if opening is not None:
        raise AssertionError(f"line {start - 1}: this fence is never closed")
    return found


def _lines(output: str) -> list[str]:
    return "\n".join(line.rstrip() for line in output.splitlines()).rstrip("\n").split("\n")


def run(document: str, name: str) -> int:
    """Execute the python blocks of a document in one namespace and its console blocks, compare what they print; how many."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found = blocks(document)
    executed = 0
    for block, following in zip_longest(found, found[1:]):
        language, *words = block.info or ("",)
        if language == "console":
            in_terminal(block, name)
            executed += 1
            continue
        if language != "python":
            assert not language.lower().startswith("py"), f"{name}:{block.line}: write ```python, not ```{language}"
            continue
        assert words in ([], ["no-run"]), f"{name}:{block.line}: unknown words after ```python: {words}"
        if words:
            continue
        printed = io.StringIO()
        code = compile("\n" * (block.line - 1) + block.text, name, "exec")  # tracebacks show the document's lines
        with contextlib.redirect_stdout(printed):
            exec(code, namespace)
        executed += 1
        if following is not None and following.adjacent and following.info[:1] in (("text",), ("output",)):
            said, does = _lines(following.text), _lines(printed.getvalue())
            if does != said:
                raise AssertionError(f"{name}:{following.line}: the block above prints\n" + "\n".join(does))
    return executed


def in_terminal(block: Block, name: str) -> None:
    """Run the lines after ``$ `` in the current folder, one after the other; what follows each is what it prints."""
    commands: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(block.text.split("\n"), start=block.line):
        if line.startswith("$ "):
            commands.append((number, line.removeprefix("$ "), []))
        else:
            assert commands, f"{name}:{number}: a console block starts with $ and a command"
            commands[-1][2].append(line)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    env = {**os.environ, "PATH": path, "COLUMNS": "110", "PYTHONPATH": str(ROOT), "TERM": "dumb"}
    for number, command, said in commands:
        done = subprocess.run(
            ["bash", "-c", command], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=EXAMPLE_SECONDS, check=False,
        )  # fmt: skip
        does = _lines(done.stdout)
        if does != _lines("\n".join(said)):
            raise AssertionError(f"{name}:{number}: {command}\nprints\n" + "\n".join(does))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_document(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run(path.read_text(encoding="utf-8"), path.name)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example(path: Path, tmp_path: Path) -> None:
    """It runs, and where it can draw, it draws; what it does without a picture is part of that run."""
    draws = "--picture" in path.read_text(encoding="utf-8") and importlib.util.find_spec("matplotlib") is not None
    picture = tmp_path / "picture.png"
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, str(path), *(["--picture", str(picture)] if draws else [])],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": search, "MPLBACKEND": "Agg"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=EXAMPLE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert [file.name for file in tmp_path.iterdir()] == (["picture.png"] if draws else [])
    if draws:
        assert shows_something(picture), "the picture is empty"


def shows_something(path: Path) -> bool:
    """Whether a picture is large enough to be read and holds more than frame and labels: areas in colour."""
    from matplotlib.image import imread

    pixels = imread(path)[:, :, :3]
    coloured = (pixels.max(axis=2) - pixels.min(axis=2) > 0.2).mean()
    return bool(min(pixels.shape[:2]) >= 300 and coloured > 0.002)


def test_the_page_about_examples_names_each_of_them() -> None:
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^- \[`(\w+\.py)`\]\(\1\)(?: \(picture\))?: [^\n]+", text, flags=re.MULTILINE)
    assert sorted(named) == [path.name for path in EXAMPLES]
    pictured = re.findall(r"^- \[`(\w+\.py)`\]\(\1\) \(picture\)", text, flags=re.MULTILINE)
    assert sorted(pictured) == [path.name for path in EXAMPLES if "--picture" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_says_what_it_asks_and_how_it_is_run(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    option = " [--picture FILE.png]" if "--picture" in text else ""
    doc = ast.get_docstring(ast.parse(text)) or ""
    assert doc.endswith(f"Run: python examples/{path.name}{option}")
    assert "?" in doc


# The checker itself ------------------------------------------------------------------------------------------------


def _document(*parts: tuple[str, str]) -> str:
    return "\n\n".join(f"```{info}\n{text}\n```" for info, text in parts)


def test_blocks_share_one_namespace_and_output_is_compared() -> None:
    assert run(_document(("python", "a = 2"), ("python", "print(a)\nprint(a + 1, ' ')"), ("text", "2\n3")), "d") == 2


@pytest.mark.parametrize("info", ["text", "output"])
@pytest.mark.parametrize("said", ["4", "3\n3", "", " 3"])
def test_a_wrong_output_is_caught(info: str, said: str) -> None:
    with pytest.raises(AssertionError, match="d:6: the block above prints\n3"):
        run(_document(("python", "print(1 + 2)"), (info, said)), "d")


def test_an_empty_picture_is_caught(tmp_path: Path) -> None:
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("Agg")
    figure, ax = plt.subplots(figsize=(5, 4))
    figure.savefig(tmp_path / "frame.png")
    ax.bar([1, 2, 3], [3, 1, 2])
    figure.savefig(tmp_path / "bars.png")
    figure.set_size_inches(2, 1)
    figure.savefig(tmp_path / "tiny.png")
    plt.close(figure)
    assert [shows_something(tmp_path / f"{name}.png") for name in ("frame", "bars", "tiny")] == [False, True, False]


def test_a_missing_output_is_caught() -> None:
    with pytest.raises(AssertionError, match="the block above prints"):
        run(_document(("python", "1 + 2"), ("text", "3")), "d")


def test_text_apart_from_the_code_is_not_its_output() -> None:
    assert run(_document(("python", "print(1)")) + "\n\nSomething else:\n\n" + _document(("text", "2")), "d") == 1


def test_an_error_in_a_block_is_raised_with_the_line_of_the_document() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run("# Title\n\n" + _document(("python", "1 / 0")), "d")
    assert caught.traceback[-1].lineno + 1 == 4


def test_blocks_marked_no_run_and_other_languages_are_left_alone() -> None:
    assert run(_document(("python no-run", "1 / 0"), ("sh", "exit 1"), ("", "1 / 0")), "d") == 0


@pytest.mark.parametrize("info", ["py", "Python", "pycon", "python3"])
def test_python_under_another_name_is_refused(info: str) -> None:
    with pytest.raises(AssertionError, match=f"write ```python, not ```{info}"):
        run(_document((info, "1 / 0")), "d")


def test_unknown_words_are_refused() -> None:
    with pytest.raises(AssertionError, match="unknown words after ```python: \\['norun'\\]"):
        run(_document(("python norun", "1 / 0")), "d")


def test_a_fence_left_open_is_refused() -> None:
    with pytest.raises(AssertionError, match="line 3: this fence is never closed"):
        run("a\n\n```python\n1 / 0\n", "d")


def test_a_terminal_is_compared_command_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = _document(("console", "$ echo 1 > a\n$ cat a; echo 2 >&2\n1\n2"), ("console", "$ symwick --version\nsymwick 0.1.0"))
    assert run(text, "d") == 2
    with pytest.raises(AssertionError, match=r"d:2: echo 3\nprints\n3"):
        run(_document(("console", "$ echo 3\n4")), "d")
    with pytest.raises(AssertionError, match=r"d:2: a console block starts with"):
        run(_document(("console", "echo 3")), "d")


def test_a_document_without_code() -> None:
    assert run("# Title\n\nText with `code`.\n", "d") == 0


def test_indented_and_longer_fences() -> None:
    assert run("- item\n\n  ```python\n  for i in [1]:\n      print(i)\n  ```\n\n  ```text\n  1\n  ```\n", "d") == 1
    assert [block.text for block in blocks("````text\n```python\n1 / 0\n```\n````\n")] == ["```python\n1 / 0\n```"]
