"""Laws in files: every kind, round trips, and every fault with line, column and caret."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import symwick as sw
from symwick.distributions.law_schema import KINDS, SCHEMA, first_problem
from symwick.distributions.law_writing import law_to_json
from symwick.distributions.marginal_text import FAMILIES, parse_marginal
from symwick.distributions.text_places import place_of
from symwick.errors import FormatError, InvalidArgument
from symwick.testing import strategies
from tests.refusals import refuses

PATIENTS = """kind = "finite"
variables = ["fever", "cough"]
points = [
  [[0, 0], "0.70"],
  [[0, 1], 0.10],
  [[1, 0], "1/20"],
  [[1, 1], 0.15],
]
"""


# -- marginals as text ------------------------------------------------------------------------------------------------

MARGINALS = [
    sw.Bernoulli("p"),
    sw.Beta("a", 2),
    sw.Binomial(3, "1/2"),
    sw.Categorical(["1/2", "1/4", "1/4"]),
    sw.Categorical({1: "p", 3: "1-p"}),
    sw.ChiSquared(3),
    sw.Constant("5/2"),
    sw.DiscreteUniform(1, 6),
    sw.DiscreteUniform(values=[1, "1/2"]),
    sw.Exponential(2),
    sw.Gamma(2, "t"),
    sw.Geometric("1/3"),
    sw.Laplace(0, 1),
    sw.LogNormal("m", 1),
    sw.NegativeBinomial(2, "1/3"),
    sw.Normal(0, "s"),
    sw.Normal("m", variance=2),
    sw.Poisson("r"),
    sw.Rademacher(),
    sw.StudentT(5),
    sw.Uniform("a", "a + 1"),
    sw.Mixture([("w", sw.Normal(0, 1)), ("1 - w", sw.Bernoulli("p"))]),
]


@pytest.mark.parametrize("marginal", MARGINALS, ids=repr)
def test_marginals_are_read_as_they_print(marginal: Any) -> None:
    assert parse_marginal(repr(marginal)) == marginal


def test_every_family_is_among_them() -> None:
    assert {type(m).__name__.removesuffix("Marginal") for m in MARGINALS} == set(FAMILIES)


def test_ways_of_writing() -> None:
    assert parse_marginal("  normal( 0,\n std = 1/2 )") == sw.Normal(0, "1/2")
    assert parse_marginal("Rademacher") == sw.Rademacher()
    assert parse_marginal("Bernoulli(0.1)") == sw.Bernoulli("1/10")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Normal(0, 1, 2)", "Marginal, column 1: Normal takes mean, std, variance: too many positional arguments."),
        (
            "Normal(sd=1)",
            "Marginal, column 1: Normal takes mean, std, variance: got an unexpected keyword argument 'sd'.",
        ),
        ("Binomial(3)", "Marginal, column 1: Binomial takes n, p: missing a required argument: 'p'."),
        ("Rademacher(1)", "Marginal, column 1: Rademacher takes no parameters: too many positional arguments."),
        (
            "Binomial(3, 1/2, limit=5)",
            "Marginal, column 1: Binomial takes n, p: got an unexpected keyword argument 'limit'.",
        ),
        (
            "Nomal(0)",
            f"Marginal, column 1: must be one of {', '.join(sorted(FAMILIES))}, with parameters in (…). "
            "Perhaps Normal is meant.",
        ),
        ("1/2", f"Marginal, column 1: must be one of {', '.join(sorted(FAMILIES))}, with parameters in (…)."),
        ("Bernoulli(3/2)", "Marginal, column 1: Bernoulli: Argument 'p' must lie in [0, 1], not 3/2."),
        ("Normal(*x)", "Marginal, column 1: must list its parameters without stars."),
        ("Categorical({1: 1/4, 1: 3/4})", "Marginal, column 22: must name each point once."),
        ("Categorical({**x})", "Marginal, column 16: must name each point once."),
        ("Normal(0", "Marginal, column 7: '(' was never closed."),
        ("Categorical(" + "[" * 20 + "]" * 20 + ")", "Marginal, column 23: must be nested at most 10 deep."),
        (
            "[" * 150 + "]" * 150,
            f"Marginal, column 1: must be one of {', '.join(sorted(FAMILIES))}, with parameters in (…).",
        ),
        ("x" * 100_001, "Marginal: a marginal must have at most 100,000 characters, not 100,001."),
        (5, 'Marginal: a marginal must be text such as "Normal(0, 1)", not 5.'),
    ],
)
def test_faults_of_marginals(text: Any, sentence: str) -> None:
    refuses(FormatError, sentence, lambda: parse_marginal(text))


KNOWN = f"must be one of {', '.join(sorted(FAMILIES))}, with parameters in (…)."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("N(0, 1)", f"column 1: {KNOWN} Perhaps Normal is meant."),
        ("Possion(2)", f"column 1: {KNOWN} Perhaps Poisson is meant."),
        ("zipf(2)", f"column 1: {KNOWN}"),
        (
            "0.5",
            f"column 1: {KNOWN} A bit that is 1 with probability 0.5 is Bernoulli(0.5). An input that is always 0.5 is "
            "Constant(0.5).",
        ),
        ("3", f"column 1: {KNOWN} An input that is always 3 is Constant(3)."),
        ("normal:0,1", "column 7: invalid syntax. Parameters stand in parentheses: Normal(0, 1)."),
    ],
)
def test_what_a_marginal_may_mean(text: str, sentence: str) -> None:
    refuses(FormatError, f"Marginal, {sentence}", lambda: parse_marginal(text))


def test_a_parameter_that_is_no_expression() -> None:
    with pytest.raises(
        FormatError, match=r"^Marginal, column 1: Bernoulli: Argument 'p': Expression, column 1: must consist"
    ):
        parse_marginal("Bernoulli(lambda x: x)")


# -- every kind ---------------------------------------------------------------------------------------------------------


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_finite_law_in_toml(tmp_path: Path) -> None:
    law = sw.load_law(written(tmp_path, "law.toml", PATIENTS))
    points = {(0, 0): "7/10", (0, 1): "1/10", (1, 0): "1/20", (1, 1): "3/20"}
    assert dict(law.items()) == dict(sw.Finite(points, ["fever", "cough"]).items())
    conditioned = sw.load_law(written(tmp_path, "law.toml", PATIENTS + "given = {fever = 1}\n"))
    assert dict(conditioned.items()) == {(0,): Fraction(1, 4), (1,): Fraction(3, 4)}
    kept = sw.load_law(written(tmp_path, "law.toml", PATIENTS + 'keep = ["cough"]\n'))
    assert dict(kept.items()) == {(0,): Fraction(3, 4), (1,): Fraction(1, 4)}


def test_independent_and_joint_laws() -> None:
    law = sw.law_from_text(
        """
        kind = "independent"
        [marginals]
        x = "Normal(0, s)"
        [[laws]]
        kind = "normal"
        variables = ["y", "z"]
        mean = [0, "m"]
        covariance = [[1, "rho"], ["rho", "1/2"]]
        """,
        "toml",
    )
    y, z, rho, m = sympy.symbols("y z rho m")
    assert law.cumulant([y, z]) == rho
    assert law.moment([z]) == m
    assert law.cumulant(["x", "y"]) == 0


def test_unspecified_laws_and_mixtures() -> None:
    law = sw.law_from_text('{"kind": "cumulants", "variables": ["x", "y"], "groups": [["x"], ["y"]], "max_order": 2}')
    assert repr(law) == "Cumulants([x, y], groups=[[x], [y]], max_order=2)"
    law = sw.law_from_text('{"kind": "moments", "variables": ["x", "y"], "means": {"x": "m"}}')
    assert repr(law) == "Moments([x, y], means={x: m})"
    point = '{"kind": "finite", "variables": ["x"], "points": [[[%s], 1]]}'
    parts = ", ".join(f'{{"weight": "1/2", "law": {point % x}}}' for x in (0, 3))
    assert sw.law_from_text(f'{{"kind": "mixture", "components": [{parts}]}}').moment(["x"]) == Fraction(3, 2)


def test_a_table_with_decimal_commas(tmp_path: Path) -> None:
    data = written(tmp_path, "d.csv", "x;y\n1,5;2\n0,5;4\n")
    law = sw.load_law(written(tmp_path, "law.toml", 'kind = "table"\nfile = "d.csv"\ndecimal = ","\n'))
    assert law.moment(["x", "y"]) == sw.load_law(data, decimal=",").moment(["x", "y"]) == Fraction(5, 2)
    refuses(
        InvalidArgument,
        "Argument 'decimal' must be left out for a law in a .toml file.",
        lambda: sw.load_law(tmp_path / "law.toml", decimal=","),
    )
    with pytest.raises(InvalidArgument, match=r"^d.csv: Argument 'rows' must hold numbers, not '1,5' in line 2") as caught:
        sw.load_law(data)
    assert "decimal=','" in caught.value.__notes__[0]


def test_rows_tables_and_networks(tmp_path: Path) -> None:
    rows = '{"kind": "rows", "variables": ["x"], "rows": [[1], [2.5]], "weights": [1, 3]}'
    assert sw.law_from_text(rows).moment(["x"]) == Fraction(17, 8)
    written(tmp_path, "d.csv", "length (cm);smoker;note\n5.5;yes;a\n4.5;no;b\n?;no;c\n")
    table = 'kind = "table"\nfile = "d.csv"\ncolumns = ["length_cm", "smoker"]\nmissing = "drop"\n'
    table += '[codes]\nsmoker = ["no", "yes"]\n'
    law = sw.load_law(written(tmp_path, "law.toml", table))
    assert [v.name for v in law.variables] == ["length_cm", "smoker"]
    assert law.moment(["length_cm"]) == 5
    assert law.cumulant(["length_cm", "smoker"]) == Fraction(1, 4)
    assert law.notes == ("1 of 3 rows left out: cells are missing",)
    data = Path(sw.__file__).parent / "data" / "asia.bif"
    written(tmp_path, "asia.bif", data.read_text(encoding="utf-8"))
    law = sw.load_law(
        written(tmp_path, "law.toml", 'kind = "network"\nfile = "asia.bif"\nkeep = ["smoke"]\ngiven = {lung = 0}\n')
    )
    assert law.moment(["smoke"]) == sw.load_law(tmp_path / "asia.bif").condition({"lung": 0}).moment(["smoke"])


def test_the_published_schema_is_one_and_takes_what_is_written() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert set(KINDS) == {
        "finite",
        "independent",
        "normal",
        "moments",
        "cumulants",
        "mixture",
        "rows",
        "table",
        "network",
    }


# -- round trips ----------------------------------------------------------------------------------------------------------

LAWS = [
    sw.Finite({(0, "1/2"): "1/3", (1, -2): "2/3"}, ["x", "y"]),
    sw.Finite({(): 1}, []),
    sw.Empirical([(1, 2), (1, 2), (3, 4)], ["x", "y"]),
    sw.Independent({"x": sw.Normal(0, "s"), "y": sw.Bernoulli("1/4")}),
    sw.Independent([sw.Finite({(0, 0): "1/2", (1, 1): "1/2"}, ["a", "b"]), sw.Bernoulli("q").named("c")]),
    sw.Independent({"c": sw.Bernoulli("q"), "g": sw.Finite({(0, 0): "1/2", (1, 1): "1/2"}, ["a", "b"])}).marginal(
        ["b", "c", "a"]
    ),
    sw.Normal("m", 2).named("x"),
    sw.MultivariateNormal(["x", "y"], ["m", 0], [["v", "c*v"], ["c*v", "1/3"]]),
    sw.Moments(["x", "y", "z"], groups=[["x"], ["y", "z"]], means={"y": "m"}),
    sw.Moments(["x", "y"], exchangeable=True),
    sw.Cumulants(["x", "y"], centred=True, max_order=3),
    sw.Mixture([("w", sw.Normal(0, 1).named("x")), ("1 - w", sw.Exponential("r").named("x"))]),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: repr(law)[:40])
def test_round_trips(law: Any, tmp_path: Path) -> None:
    sw.save_law(law, tmp_path / "law.json")
    again = sw.load_law(tmp_path / "law.json")
    assert again.variables == law.variables
    assert again.parameters == law.parameters
    names = [v.name for v in law.variables]
    for powers in ({}, *({name: 2} for name in names), dict.fromkeys(names, 1)):
        assert again.moment(powers) == law.moment(powers)
    assert sw.law_to_json(again) == sw.law_to_json(law)
    jsonschema.validate(json.loads(sw.law_to_json(law)), SCHEMA)


@given(drawn=strategies.finite_laws())
def test_round_trips_of_random_laws(drawn: Any) -> None:
    law, _ = drawn
    assert dict(sw.law_from_text(sw.law_to_json(law)).items()) == dict(law.items())


@pytest.mark.parametrize(
    ("law", "sentence"),
    [
        (5, "Argument 'law' must be a law, not 5."),
        (
            sw.Uniform(-sympy.pi, sympy.pi).named("x"),
            "Argument 'law' must have parameters that text can say, not Uniform(-pi, pi): every name is a symbol there.",
        ),
        (
            sw.MultivariateNormal(["x"], [sympy.pi], [[1]]),
            "Argument 'law' must have parameters that text can say, not pi: every name is a symbol there.",
        ),
        (
            sw.Empirical([(0.5,)], ["x"], numbers="float64"),
            "Argument 'law' must be exact, not Empirical(1 row, 1 distinct; x; float64).",
        ),
        (
            sw.Moments(["x", "y"], exchangeable=True).marginal(["y"]),
            "Argument 'law' must hold all of its exchangeable variables to be written, not Moments([y], exchangeable=True).",
        ),
    ],
)
def test_laws_that_the_format_cannot_say(law: Any, sentence: str, tmp_path: Path) -> None:
    refuses(InvalidArgument, sentence, lambda: sw.save_law(law, tmp_path / "law.json"))
    assert not list(tmp_path.iterdir())


# -- faults -----------------------------------------------------------------------------------------------------------------

JOINT = (
    '{"kind": "independent", "marginals": {"x": "Normal(0, 1)"},\n'
    ' "laws": [{"kind": "normal", "variables": ["y", "z"], "mean": [0, 0], "covariance": [[1, "rho"], ["rho", 1]]}]}'
)


@pytest.mark.parametrize(
    ("text", "change", "sentence", "marked"),
    [
        (
            PATIENTS,
            ("0.15", "0.16"),
            "line 3, column 1: points cannot be read: Argument 'weights' must sum to 1, not 101/100.",
            "points",
        ),
        (PATIENTS, ("[1, 0]", "[1, O]"), "line 6, column 8: this is no TOML: Invalid value.", "O]"),
        (
            PATIENTS,
            ('"1/20"', '"1/2O"'),
            "line 6, column 13: points[2][1] must be a number such as '1/3' or '0.25', not '1/2O'.",
            "1/2O",
        ),
        (
            PATIENTS,
            ("0.10", "inf"),
            "line 5, column 12: points[1][1] must be a number such as '1/3' or '0.25', not 'inf'.",
            "inf",
        ),
        (
            PATIENTS,
            ("0.10", "1979-05-27"),
            "line 5, column 5: points[1][1] must be text or an integer or a decimal, not datetime.date(1979, 5, 27).",
            None,
        ),
        (
            PATIENTS,
            ("[[1, 1]", "[[1, 1, 1]"),
            "line 7, column 5: points[3] must have 2 values, one for each variable, not 3.",
            "1, 1, 1",
        ),
        (
            PATIENTS,
            ("[[1, 1]", "[[1, 0]"),
            "line 7, column 5: points[3] must name each point once, not (1, 0) again.",
            "1, 0",
        ),
        (
            PATIENTS,
            ("points", "pints"),
            "line 1, column 1: the law has no field 'pints'; its fields are format, kind, keep, given, variables, points.",
            "kind",
        ),
        (
            PATIENTS,
            ("finite", "finit"),
            f"line 1, column 9: kind must be one of {', '.join(map(repr, KINDS))}, not 'finit'.",
            "finit",
        ),
        (
            PATIENTS,
            ('["fever", "cough"]', '"fever"'),
            "line 2, column 14: variables must be a list, not 'fever'.",
            "fever",
        ),
        (
            PATIENTS,
            ("variables", "given = {fver = 1}\nvariables"),
            "line 2, column 1: given cannot be read: Argument 'event' names fver, which the law lacks; it has: fever, cough.",
            "given",
        ),
        (
            PATIENTS,
            ("variables", "colour = 1\nvariables"),
            "line 1, column 1: the law has no field 'colour'; its fields are format, kind, keep, given, variables, points.",
            "kind",
        ),
        (
            PATIENTS,
            ("variables", 'format = "symwick-law/2"\nvariables'),
            "line 2, column 11: format must be 'symwick-law/1', not 'symwick-law/2'.",
            "symwick-law/2",
        ),
        (
            PATIENTS,
            ("variables", 'kind = "finite"\nvariables'),
            "line 2, column 16: this is no TOML: Cannot overwrite a value.",
            "",
        ),
        (
            JOINT,
            ("0, 1)", "0 1)"),
            "line 1, column 52: marginals.x: invalid syntax. Perhaps you forgot a comma?.",
            "0 1)",
        ),
        (
            JOINT,
            ("0, 1)", "0, -1)"),
            "line 1, column 45: marginals.x: Normal: Argument 'std' must be at least 0, not -1.",
            "Normal",
        ),
        (
            JOINT,
            ('[1, "rho"]', '[1, "roh"]'),
            "line 2, column 72: laws[0].covariance cannot be read: "
            "Argument 'covariance' must be symmetric, not roh for y, z and rho for z, y.",
            None,
        ),
        (
            JOINT,
            ('[1, "rho"]', "[1, [2]]"),
            "line 2, column 91: laws[0].covariance[0][1] must be text or an integer or a decimal, not [2].",
            None,
        ),
        (JOINT, ("}]}", "]}"), "line 2, column 109: this is no JSON: Expecting ',' delimiter.", None),
        (
            JOINT,
            ('"x":', '"y":'),
            "line 1, column 1: the law cannot be read: "
            "Argument 'factors' must hold each variable in one factor, but y is in two.",
            None,
        ),
        ("{}", ("", ""), f"column 1: the law needs the field 'kind', one of {', '.join(KINDS)}.", "{}"),
        ('{"kind": "independent"}', ("", ""), "column 1: the law needs 'marginals' or 'laws'.", "{"),
        ("[]", ("", ""), "column 1: the law must be a table, not [].", "["),
        ("", ("", ""), "column 1: this is no JSON: Expecting value.", ""),
        (
            '{"kind": "mixture", "components": []}',
            ("", ""),
            "column 22: components must have at least 1 entries, not 0.",
            "components",
        ),
        (
            '{"kind": "cumulants", "variables": ["x"], "max_order": 0}',
            ("", ""),
            "column 56: max_order must be at least 1, not 0.",
            "0}",
        ),
        (
            '{"kind": "finite", "variables": [""], "points": [[[0], 1]]}',
            ("", ""),
            "column 21: variables[0] must have at least 1 characters, not 0.",
            "variables",
        ),
        (
            '{"kind": "table", "file": "../x.csv"}',
            ("", ""),
            "column 28: file must be a file in the folder of law.json, not '../x.csv'.",
            "../x.csv",
        ),
        (
            '{"kind": "table", "file": "/etc/hosts"}',
            ("", ""),
            "column 28: file must be a file in the folder of law.json, not '/etc/hosts'.",
            "/etc/hosts",
        ),
        (
            '{"kind": "network", "file": "a.bif"}',
            ("", ""),
            "column 30: file must be a file in the folder of law.json, and 'a.bif' is none.",
            "a.bif",
        ),
    ],
)
def test_faults_have_line_column_and_caret(
    text: str, change: tuple[str, str], sentence: str, marked: str | None, tmp_path: Path
) -> None:
    name = "law.toml" if text == PATIENTS else "law.json"
    path = written(tmp_path, name, text.replace(*change) if change[0] else text)
    with pytest.raises(FormatError) as caught:
        sw.load_law(path)
    assert str(caught.value) == f"{name}, {sentence}"
    (note,) = caught.value.__notes__
    line, caret = note.split("\n")
    if marked is not None:
        assert line[caret.index("^") :].startswith(marked)


def test_faults_without_a_place(tmp_path: Path) -> None:
    refuses(
        FormatError,
        "Law: the name 'kind' comes twice in one object.",
        lambda: sw.law_from_text('{"kind": 1, "kind": 2}'),
    )
    deep = '{"kind": "independent", "laws": [' * 40 + "]}" * 40
    refuses(FormatError, "Law: laws must be nested at most 10 deep.", lambda: sw.law_from_text(deep))
    refuses(FormatError, "Law: laws must be nested less deeply.", lambda: sw.law_from_text("[" * 100_000))
    with pytest.raises(FormatError, match=r"^Law: this cannot be read: Exceeds the limit"):
        sw.law_from_text('{"kind": ' + "1" * 5000 + "}")
    refuses(
        FormatError,
        "Law, column 28: file names a file, which a law without a folder cannot.",
        lambda: sw.law_from_text('{"kind": "table", "file": "d.csv"}'),
    )
    written(tmp_path, "a.json", "").write_bytes(b"\xff\xfe")
    refuses(
        FormatError,
        "a.json: this is no UTF-8 text: invalid start byte at byte 0.",
        lambda: sw.load_law(tmp_path / "a.json"),
    )


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    written(tmp_path, "secret.csv", "x\n1\n")
    (inside / "d.csv").symlink_to(tmp_path / "secret.csv")
    path = written(inside, "law.json", '{"kind": "table", "file": "d.csv"}')
    refuses(
        FormatError,
        "law.json, column 28: file must be a file in the folder of law.json, and 'd.csv' is none.",
        lambda: sw.load_law(path),
    )


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("law.xlsx", {}, "Argument 'path' must end in .toml, .json, .bif, .csv, .tsv, not 'law.xlsx'."),
        ("law.toml", {"columns": ["x"]}, "Argument 'columns' must be left out for a law in a .toml file."),
        ("law.bif", {"missing": "drop"}, "Argument 'missing' must be left out for a law in a .bif file."),
        ("law.csv", {"rounding": "normalise"}, "Argument 'rounding' must be left out for a law in a .csv file."),
        ("law.csv", {}, "law.csv: The file has no line that names the columns."),
    ],
)
def test_options_that_do_not_fit(name: str, options: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    kind = FormatError if "no line" in sentence else InvalidArgument
    path = written(tmp_path, name, "")
    refuses(kind, sentence, lambda: sw.load_law(path, **options))
    refuses(
        InvalidArgument, "Argument 'form' must be 'json' or 'toml', not 'yaml'.", lambda: sw.law_from_text("", "yaml")
    )
    refuses(InvalidArgument, "Argument 'text' must be text, not 5.", lambda: sw.law_from_text(5))  # type: ignore[arg-type]


# -- where a value stands -----------------------------------------------------------------------------------------------


@given(
    document=st.recursive(
        st.integers(-50, 50) | st.text(alphabet='ab01."\\é', min_size=1, max_size=4),
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, min_size=1, max_size=3)
        ),
        max_leaves=8,
    ).filter(lambda d: isinstance(d, (list, dict))),
    data=st.data(),
)
def test_the_place_of_a_value_is_that_of_its_token(document: Any, data: st.DataObject) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1)
    path: tuple[Any, ...] = ()
    value = document
    while isinstance(value, (list, dict)):
        part = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        path, value = (*path, part), value[part]
    offset = place_of(text, json.loads, path)
    assert offset is not None
    rest = text[offset:]
    assert rest.startswith(json.dumps(value, ensure_ascii=False)[1:-1] if isinstance(value, str) else str(value)) or (
        isinstance(path[-1], str) and rest.startswith(path[-1])
    )


def test_whatever_the_document_is_there_is_a_sentence() -> None:
    for junk in (None, 5, "x", [], {}, {"kind": []}, {"kind": "finite", "variables": [5], "points": [[0]]}):
        problem = first_problem(junk)
        assert problem is not None
        assert problem[1].split()[0] in ("must", "needs", "has")


@pytest.mark.parametrize(
    "marginal",
    [
        sw.Categorical({i: Fraction(1, 900) for i in range(900)}),
        sw.DiscreteUniform(values=[*range(20), "41/2"]),
        sw.Mixture([(Fraction(1, 12), sw.Normal(i, "s")) for i in range(12)]),
        sw.Normal("a" + "b" * 2000, 1),
    ],
)
def test_marginals_that_print_shortened_are_written_whole(marginal: Any) -> None:
    law = sw.law_from_text(law_to_json(sw.Independent({"x": marginal, "y": sw.Bernoulli("1/3")})))
    assert law_to_json(law) == law_to_json(sw.Independent({"x": marginal, "y": sw.Bernoulli("1/3")}))
    assert law.moment({"x": 2}) == marginal.moment(2)


def test_a_marginal_that_is_too_long_for_a_file_is_refused() -> None:
    law = sw.Independent({"x": sw.Categorical({i: Fraction(1, 9000) for i in range(9000)})})
    with pytest.raises(InvalidArgument, match="^Argument 'law' must have parameters that text can say, not Categorical"):
        law_to_json(law)


def test_two_laws_of_the_same_variables_are_refused() -> None:
    parts = [{"kind": "normal", "variables": ["x", "y"], "mean": [m, 0], "covariance": [[1, 0], [0, 1]]} for m in (0, 5)]
    refuses(
        FormatError,
        "Law, column 44: laws[0] must hold variables of its own, but x, y are in another law as well.",
        lambda: sw.law_from_text(json.dumps({"kind": "independent", "laws": parts})),
    )


def test_the_time_of_reading_grows_with_the_text() -> None:
    marginal = parse_marginal("Categorical({" + ", ".join(f"{i}: 1/4000" for i in range(4000)) + "})")
    assert marginal.mean == Fraction(3999, 2)  # took minutes while each value was looked for in the whole text


def test_a_law_of_no_variables_is_written() -> None:
    law = sw.Independent({"x": sw.Bernoulli("p")}).condition({"x": 1})
    read = sw.law_from_text(law_to_json(law))
    assert read.variables == law.variables == ()
    assert law_to_json(read) == law_to_json(law)
