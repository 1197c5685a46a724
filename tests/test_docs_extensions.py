"""How docstrings and signatures are shown in the reference; needs no Sphinx."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

import symwick as sw

PATH = Path(__file__).resolve().parent.parent / "docs" / "_extensions" / "docstrings.py"


@pytest.fixture(scope="module")
def docstrings() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_docstrings", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "written, shown",
    [
        ("|S| terms, x_ held", "\\|S\\| terms, x\\_ held"),
        ("a ``|S|`` b", "a ``|S|`` b"),
        ("the `blocks`", "the ``blocks``"),
        ("see :func:`gwp`", "see :func:`~symwick.gwp`"),
        ("a :class:`~symwick.errors.TooLarge`", "a :class:`~symwick.TooLarge`"),
        ("a :class:`TermNovelty`", "a :class:`.TermNovelty`"),
        ("a :class:`~symwick.algebra.balls.Ball`", "a ``Ball``"),
        ("*minus* E_B", "*minus* E_B"),
    ],
)
def test_prose(docstrings: ModuleType, written: str, shown: str) -> None:
    assert docstrings.prepared([written]) == [shown]


def test_an_indented_block_is_shown_as_written(docstrings: ModuleType) -> None:
    lines = ["With m_0 = 1", "", "    m_n = Σ_k C(n, k) |a|", "", "    and on", "", "after |b|."]
    assert docstrings.prepared(lines) == ["With m_0 = 1", "", "::", "", *lines[2:6], "after \\|b\\|."]
    marked = ["So::", "", "    a * b", ""]
    assert docstrings.prepared(marked) == marked


def test_lists_and_examples_are_left_alone(docstrings: ModuleType) -> None:
    listed = ["- one, which", "  goes on", "- two"]
    assert docstrings.prepared(listed) == listed
    example = [">>> abs(x | y)", "a|b", "", "End."]
    assert docstrings.prepared(example) == example


def test_signatures_say_what_there_is_to_say(docstrings: ModuleType) -> None:
    assert docstrings.signature_of(sw.gwpd) == (
        "(f, P: Law, *, max_order: int | None = None, inputs=None, ring: str = 'exact', limit: int = 10_000_000, output=None)"
    )
    assert docstrings.signature_of(sw.Law.moment) == "(exponents: Mapping[Any, int] | Iterable[Variable]) -> Number | Expr"


def test_constructors_that_nobody_calls_are_hidden(docstrings: ModuleType) -> None:
    def shown(name: str, what: str = "class") -> object:
        thing = getattr(sw, name)
        return docstrings.signature(None, what, f"symwick.{name}", thing, None, "(…)", None)

    assert shown("GWPD") == ("", None)
    assert shown("TooLarge", "exception") == ("", None)
    assert shown("Bernoulli") == ("(p)", None)


def test_a_named_function_stands_apart_from_its_argument() -> None:
    """But not from a bracket. Sphinx and the converter are there where the site is built."""
    pytest.importorskip("sphinx")
    pytest.importorskip("latex2mathml")
    spec = importlib.util.spec_from_file_location("docs_mathml", PATH.parent / "mathml.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert '<mi>log</mi><mspace width="0.17em"/><mi>x</mi>' in module.mathml(r"\log x", None, "inline")
    assert "mspace" not in module.mathml(r"\exp(-x) + f", None, "inline")
