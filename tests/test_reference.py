"""The reference: every public name is on one of its pages, once, and has a docstring that tells what it must."""

from __future__ import annotations

import importlib
import inspect
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import symwick

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
_DIRECTIVE = re.compile(r"^\.\. (?:auto(?:function|class|exception|module)|py:data):: symwick\.([\w.]+)$", flags=re.MULTILINE)

PUBLIC = [name for name in symwick.__all__ if name != "__version__" and not inspect.ismodule(getattr(symwick, name))]

NO_EXAMPLE = {"MissingLibrary": "an example would need a library to be missing"}
NOTHING_TO_RAISE = {"Rademacher": "it takes no argument"}


def pages() -> list[Path]:
    """As docs/conf.py has them: the page of a room that is not there is left out."""
    return [page for page in sorted(REFERENCE.glob("*.md")) if page.stem != "plots" or find_spec("symwick.plots")]


def documented(text: str) -> list[str]:
    return _DIRECTIVE.findall(text)


def is_made_by_others(thing: Any) -> bool:
    """A class whose objects come from functions: what these raise is told there."""
    made = re.search(r"[Mm]ade by (?::func|:meth|``)", inspect.getdoc(thing) or "")
    return inspect.isclass(thing) and bool(made or inspect.isabstract(thing) or issubclass(thing, Exception))


def test_every_public_name_is_in_the_reference_once() -> None:
    names = [name for page in pages() for name in documented(page.read_text(encoding="utf-8"))]
    assert sorted(name for name in names if "." not in name) == sorted(symwick.__all__)
    assert len(names) == len(set(names))


def test_whatever_else_is_in_the_reference_exists() -> None:
    for page in pages():
        for name in documented(page.read_text(encoding="utf-8")):
            home, _, last = name.rpartition(".")
            if home.startswith("testing"):
                assert find_spec(f"symwick.{name}"), name
            elif home:
                assert getattr(importlib.import_module(f"symwick.{home}"), last).__doc__, name


def test_a_directive_is_read() -> None:
    assert documented(".. autoclass:: symwick.Law\n   :members:\n.. py:data:: symwick.__version__\n") == ["Law", "__version__"]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_an_example(name: str) -> None:
    """``make test`` runs it."""
    has = ">>> " in (inspect.getdoc(getattr(symwick, name)) or "")
    assert has != (name in NO_EXAMPLE)


@pytest.mark.parametrize("name", [name for name in PUBLIC if not is_made_by_others(getattr(symwick, name))])
def test_a_public_name_tells_what_it_raises(name: str) -> None:
    """Functions, and classes that a user makes objects of; a name with nothing to raise is listed with the reason."""
    tells = "Raises " in (inspect.getdoc(getattr(symwick, name)) or "")
    assert tells != (name in NOTHING_TO_RAISE)


@pytest.mark.parametrize("module", [symwick.conversions, symwick.formal])
def test_so_do_the_functions_of_public_modules(module: Any) -> None:
    functions = [name for name in module.__all__ if inspect.isfunction(getattr(module, name))]
    assert functions
    for name in functions:
        assert ">>> " in (inspect.getdoc(getattr(module, name)) or ""), name


@pytest.mark.parametrize("name", [name for name in PUBLIC if inspect.isclass(getattr(symwick, name))])
def test_public_methods_have_docstrings(name: str) -> None:
    """Of their own, or from the class that they take their meaning from."""
    thing = getattr(symwick, name)
    members = {member: value for member, value in inspect.getmembers(thing) if not member.startswith("_")}
    bare = [member for member, value in members.items() if callable(value) and not inspect.getdoc(value)]
    assert bare == []
