"""The pages on theory: what they name exists, formulas are plain LaTeX, the toy is right on other circuits too."""

from __future__ import annotations

import contextlib
import io
import json
import re
from fractions import Fraction
from typing import Any

import pytest

import symwick as sw
from tests.test_documents import ROOT, blocks

THEORY = (ROOT / "docs" / "theory.md").read_text(encoding="utf-8")
TOY = (ROOT / "docs" / "from_scratch.md").read_text(encoding="utf-8")
REFUSED = re.compile(r"\\[,;:!{}|\\#*]|\\operatorname|\\newcommand|\\def\b|[*<]{2}|[^\x00-\x7f]")


def code(document: str) -> list[str]:
    return [block.text for block in blocks(document) if block.info == ("python",)]


def rows(document: str) -> list[list[str]]:
    """The cells of the table of properties, without its two lines of heading."""
    lines = [line for line in document.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_identity_of_the_catalogue_is_in_the_table_with_its_number() -> None:
    listed = {row[3].strip("`"): row[0] for row in rows(THEORY) if row[3]}
    known = {name: sw.identity(name, 3).property for name in sw.identity()}
    assert listed == {name: "" if number is None else str(number) for name, number in known.items()}


def test_every_identity_is_run_on_the_page() -> None:
    run = "\n".join(code(THEORY))
    assert [name for name in sw.identity() if f'"{name}"' not in run] == []


def test_the_sections_and_tests_of_the_table_exist() -> None:
    headings = set(re.findall(r"^## (\d+)\. ", THEORY, re.M))
    for row in rows(THEORY):
        assert set(row[2].split(", ")) <= headings, row
        assert (ROOT / row[4].strip("`")).is_file(), row


@pytest.mark.parametrize("document", ["theory.md", "from_scratch.md"])
def test_modules_and_pages_that_are_named_exist(document: str) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    modules = re.findall(r"`(?:symwick/)?(\w+/\w+\.py)`", prose)
    assert [path for path in modules if not (ROOT / path).is_file() and not (ROOT / "symwick" / path).is_file()] == []
    links = re.findall(r"\]\(([^)#]+)\)", prose)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).is_file()] == []


def test_formulas_are_plain_latex() -> None:
    """Of what GitHub takes for escapes of Markdown or refuses, nothing; braces and dollars in pairs."""
    prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", THEORY, flags=re.S | re.M)
    displayed = re.findall(r"\$\$(.+?)\$\$", prose, re.S)
    inline = re.findall(r"\$([^$]+)\$", re.sub(r"\$\$.+?\$\$", "", prose, flags=re.S))
    assert prose.count("$") == 4 * len(displayed) + 2 * len(inline)
    assert len(displayed) > 15
    for formula in displayed + inline:
        assert formula.count("{") == formula.count("}"), formula
        assert not REFUSED.search(formula), formula
        assert formula in displayed or "\n" not in formula, formula
        assert formula == formula.strip(), formula


def test_the_toy_is_as_short_as_it_says() -> None:
    lines = sum(1 for text in code(TOY) for line in text.splitlines() if line.strip())
    assert f"is {lines} lines" in TOY
    assert lines <= 220


@pytest.fixture(scope="module")
def toy() -> dict[str, Any]:
    """The names that the page defines, all but its comparison with the library."""
    names: dict[str, Any] = {"__name__": "toy"}
    with contextlib.redirect_stdout(io.StringIO()):
        for text in code(TOY)[:-1]:
            exec(text, names)
    return names


def test_the_toy_is_made_of_the_standard_library(toy: dict[str, Any]) -> None:
    imports = re.findall(r"^(?:from|import) (\w+)", "\n".join(code(TOY)[:-1]), re.M)
    assert sorted(imports) == ["fractions", "functools", "itertools", "math"]


CIRCUITS: list[dict[str, Any]] = [
    # a product of one wire with itself
    {"g1": ("*", "x", "y"), "g2": ("+", {"g1": 1, "z": 1}, 0), "out": ("*", "g2", "g2")},
    # levels that are out of step, weights, constants, one product read by two gates
    {
        "g1": ("*", "x", "y"), "g2": ("*", "g1", "z"), "g3": ("+", {"g2": 2, "x": -3}, 5), "g4": ("*", "y", "z"),
        "g5": ("+", {"g4": 1, "g1": 1}, 0), "out": ("*", "g3", "g5"),
    },
]  # fmt: skip


def library_circuit(gates: dict[str, Any]) -> sw.Circuit:
    """The same gates, one by one, as the library's circuit."""
    written: list[dict[str, Any]] = []
    for name, (op, *given) in gates.items():
        if op == "*":
            written.append({"name": name, "op": "product", "args": given})
        else:
            terms = [[str(weight), wire] for wire, weight in given[0].items()]
            written.append({"name": name, "op": "sum", "terms": terms, "constant": str(given[1])})
    whole = {"format": "symwick-circuit/1", "inputs": ["x", "y", "z"], "gates": written, "outputs": {"out": "out"}}
    return sw.Circuit.from_json(json.dumps(whole))


@pytest.mark.parametrize("number", range(len(CIRCUITS)))
def test_the_toy_propagates_and_attributes_as_the_library_does(toy: dict[str, Any], number: int) -> None:
    gates = CIRCUITS[number]
    circuit = library_circuit(gates)
    law = sw.Finite({tuple(point.values()): p for point, p in toy["P"]}, ["x", "y", "z"])
    toy.update(circuit=gates, place={name: i for i, name in enumerate([*"xyz", *gates])})
    runs = {order: sw.propagate(circuit, law, order) for order in (1, 2, 3, None)}
    for order, run in runs.items():
        assert toy["propagate"](order)("out") == run.mean("out")
        assert order in (3, None) or toy["propagate"](order)("out", "out") == run.variance("out")
    kappa = toy["propagate"]()
    found = []
    for c, node in toy["monomials"]("out"):
        for pi in toy["partitions"](toy["leaves"](node)):
            value: Fraction = c
            for block in pi:
                value *= kappa(*(name for name, _ in block))
            found.append((value, toy["needs"]([node], pi)))
    assert sorted(term for term in found if term[0]) == sorted((t.value, t.order) for t in runs[1].attributions("out"))
    assert len({order for _, order in found}) > 2


def test_the_toy_verifier_names_the_coefficient(toy: dict[str, Any]) -> None:
    exact = toy["right"]
    assert toy["verify"](lambda **a: exact(a), exact) == "agrees"
    said = toy["verify"](lambda **a: exact(a) + 3 * a["x"] * a["E_y"], exact)
    assert said.endswith("the coefficient of E_y·x is 2 instead of -1")
    assert "coefficient" not in toy["verify"](lambda **a: exact(a) + a["x"] + a["y"], exact)
