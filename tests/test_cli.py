"""The command line: what it prints, its JSON, its exit codes, and every wrong turn as a sentence."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import symwick as sw
from symwick.circuits.whole_files import write_whole
from symwick.cli.files import EXAMPLE_FILES
from symwick.cli.main import EXAMPLES, app

COMMANDS = ("demo", *EXAMPLES)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def symwick(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin, env={"COLUMNS": "160", "TERM": "dumb"})


def line(command: str) -> Result:
    words = shlex.split(command)
    assert words[0] == "symwick"
    return symwick(*words[1:])


def said(command: str, *, code: int = 0) -> str:
    done = line(command)
    assert done.exit_code == code, done.output
    return done.stdout


def document(command: str, *, code: int = 0) -> Any:
    return json.loads(said(f"{command} --json", code=code))


def refusal(command: str, *, code: int = 2) -> str:
    """What is said on stderr, nothing being printed; the same sentence with --json."""
    done = line(command)
    assert (done.exit_code, done.stdout) == (code, ""), done.output
    assert "Traceback" not in done.stderr
    again = line(f"{command} --json")
    assert again.exit_code == code
    first = " ".join(done.stderr.split())
    assert first.startswith("error: " + " ".join(json.loads(again.stderr)["error"]["message"].split()))
    return done.stderr.rstrip("\n")


PATIENTS = "--law patients.toml"


# -- help --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_the_examples(name: str) -> None:
    text = " ".join(said(f"symwick {name} --help").split())
    for example in EXAMPLES.get(name, ()):
        assert " ".join(example.split()) in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_help_run_in_an_empty_folder(name: str) -> None:
    for example in EXAMPLES[name]:
        assert said(example).strip()


def test_version_and_no_arguments() -> None:
    assert said("symwick --version") == f"symwick {sw.__version__}\n"
    done = symwick()
    assert "Usage" in done.output
    assert done.exit_code in (0, 2)
    assert line("symwick gwdp x").exit_code == 2


def test_help_imports_nothing_of_the_mathematics() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom symwick.cli.main import app\n"
        "assert CliRunner().invoke(app, ['gwpd', '--help']).exit_code == 0\n"
        "print([m for m in ('sympy', 'numpy', 'flint', 'networkx', 'lark', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_python_m_symwick() -> None:
    done = subprocess.run([sys.executable, "-m", "symwick", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"symwick {sw.__version__}\n"


# -- decompositions ----------------------------------------------------------------------------------------------------

F = "2*fever + cough + 3*fever*cough"


def test_a_decomposition_at_a_point_as_a_table() -> None:
    said("symwick data patients.toml")
    rows = [
        text.split()
        for text in said(f"symwick gwpd '{F}' {PATIENTS} --at fever=1,cough=1").splitlines()
        if text.strip()
    ]
    assert rows[0] == ["inputs", "together", "value", "decimal", "term"]
    assert [row[:2] for row in rows[2:6]] == [
        ["{fever}", "11/5"],
        ["{fever,", "cough}"],
        ["{cough}", "6/5"],
        ["∅,", "the"],
    ]
    assert rows[6] == ["sum", "6", "6", "f", "at", "fever=1,", "cough=1"]
    assert rows[7] == ["f(x)", "=", "Σ_S", "W_f(x_S):", "holds", "exactly"]


def test_a_decomposition_as_json_is_that_of_the_library() -> None:
    said("symwick data patients.toml")
    found = document(f"symwick gwpd '{F}' {PATIENTS} --at fever=1,cough=1")
    law = sw.load_law("patients.toml")
    exact = sw.gwpd(F, law)
    at = exact.at({"fever": 1, "cough": 1})
    assert found["check"] == {"rule": exact.rule, "holds": True}
    assert found["at"] == {"fever": "1", "cough": "1"}
    assert len(found["terms"]) == len(exact)
    for term in found["terms"]:
        form = exact[term["inputs"]]
        assert term["form"] == str(form)
        assert Fraction(term["value"]) == at[frozenset(map(sw.parse_expression, term["inputs"]))]
        assert term["decimal"] == float(Fraction(term["value"]))


def test_on_average() -> None:
    said("symwick data patients.toml")
    found = document(f"symwick gcpd '{F}' {PATIENTS}")
    assert {tuple(map(tuple, term["partition"])): term["value"] for term in found["terms"]} == {
        (("fever", "cough"),): "3/10",
        (("fever",), ("cough",)): "4/5",
    }
    assert document(f"symwick gcp '{F}' {PATIENTS}")["value"] == "3/10"
    assert document(f"symwick gcp '{F}' {PATIENTS} --partition 'fever|cough'")["value"] == "4/5"
    text = said(f"symwick gcpd '{F}' {PATIENTS}")
    assert "fever | cough" in text
    assert "E f = Σ_π K_f(π): holds exactly" in text


def test_one_term() -> None:
    said("symwick data patients.toml")
    assert said(f"symwick gwp '{F}' {PATIENTS} --of fever --others average").strip() == "11*(fever - 1/5)/4"
    assert (
        said(f"symwick gwp '{F}' {PATIENTS} --of fever,cough --at fever=1,cough=0").splitlines()[-1]
        == "at fever=1, cough=0: -9/10 ≈ -0.9"
    )
    assert "zero, because" in said(f"symwick gwp '2*fever' {PATIENTS} --of cough")
    assert document(f"symwick gwp '2*fever' {PATIENTS} --of cough")["zero_because"]
    assert said(f"symwick gwp '{F}' {PATIENTS} --latex").startswith(r"\omega")


def test_blocks_parameters_and_symbols() -> None:
    law = "--input 'x=Normal(m, s)' --input 'y=Normal(0, 1)' --input 'z=Bernoulli(1/4)'"
    found = document(f"symwick gwpd 'a*x*y*z' {law} --parameters a --block left=x,y --block z=z")
    assert found["inputs"] == ["left", "z"]
    text = said(f"symwick gwp 'a*x*y' {law} --parameters a --of x,y")
    assert "assuming s >= 0" in text
    assert "a*" in text
    assert document("symwick gwp 'exp(x)' --input 'x=Normal(0, 1)' --at x=1")["value"] == "E - exp(1/2)"


def test_only_small_sets_and_only_some_terms() -> None:
    law = " ".join(f"--input 'x{i}=Bernoulli(1/3)'" for i in range(5))
    f = "*".join(f"(1 + x{i})" for i in range(5))
    assert len(document(f"symwick gwpd '{f}' {law} --max-order 1")["terms"]) == 6
    text = said(f"symwick gwpd '{f}' {law} --most 3")
    assert "29 more terms are not shown (--most 32 shows all)." in text


def test_formulas_from_a_file_and_from_stdin(folder: Path) -> None:
    (folder / "f.txt").write_text("# the score\nx*y\n  + 2\n")
    law = ("--input", "x=Bernoulli(1/2)", "--input", "y=Bernoulli(1/2)", "--json")
    from_file = symwick("gwp", "@f.txt", *law)
    assert json.loads(from_file.stdout)["form"] == "(x - 1/2)*(y - 1/2)"
    assert symwick("gwp", "@-", *law, stdin="x*y").stdout == from_file.stdout


# -- data -----------------------------------------------------------------------------------------------------------------


def test_rows_of_data_with_words_names_and_missing_cells(folder: Path) -> None:
    (folder / "d.tsv").write_text("length (cm)\tsmoker\tnote\n5.5\tyes\ta\n4.5\tno\tb\n3.5\tyes\t\n?\tno\tc\n3.5\tno\td\n")
    command = "symwick gwpd 'length_cm*smoker' --law d.tsv --codes smoker=no,yes --missing drop"
    assert document(f"{command} --row 5")["at"] == {"length_cm": "7/2", "smoker": "0"}
    assert refusal(f"{command} --row 4") == "error: Option '--row' must name a row without missing cells, and row 4 has some."
    found = document(f"{command} --row 1")
    assert found["at"] == {"length_cm": "11/2", "smoker": "1"}
    assert sum(Fraction(term["value"]) for term in found["terms"]) == Fraction(11, 2)
    assert found["notes"] == ["1 of 5 rows left out: cells are missing"]
    assert "note: 1 of 5 rows left out" in said(command)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (
            "symwick gwpd 'a*b' --law d.csv",
            "d.csv: Argument 'variables' names b, which the data lack; their columns: a, word, gap.\n"
            "A name in the formula that should stay a symbol: --parameters NAME.",
        ),
        (
            "symwick gwpd 'a*word' --law d.csv",
            "d.csv: Argument 'rows' must hold numbers, not 'x' in line 2, column word.\n"
            "Words become numbers with --codes 'COLUMN=FIRST,SECOND,…': 0, 1, …",
        ),
        (
            "symwick gwpd 'a*gap' --law d.csv",
            "d.csv: Argument 'rows' must have no missing cells, not 'NaN' in line 3, column gap.\n"
            "--missing drop leaves such rows out.",
        ),
        (
            "symwick gwpd 'a*word' --law d.csv --codes word=x,z",
            "d.csv: Line 3, column word: must be one of the words x, z, not 'y'.",
        ),
        ("symwick gwpd a --law d.csv --codes word", "Option '--codes' must be written NAME=…, not 'word'."),
        (
            "symwick gwpd a --law d.csv --codes word=x,x",
            "d.csv: Argument 'codes' must list each word of word once, not x, x.",
        ),
        (
            "symwick gwpd a --law d.csv --columns a,,gap",
            "Option '--columns' must be names with commas between them, not 'a,,gap'.",
        ),
        ("symwick gwpd a --law d.csv --row 9", "Option '--row' must be at most 2, the rows of the data, not 9."),
        ("symwick gwpd a --law d.csv --row 1 --at a=1", "Options '--at' and '--row' must not be given together."),
        (
            "symwick gwpd a --law d.csv --missing ignore",
            "d.csv: Argument 'missing' must be 'error' or 'drop', not 'ignore'.",
        ),
        (
            "symwick gwpd a --law d.csv --delimiter ab",
            "d.csv: Argument 'delimiter' must be one character or None, not 'ab'.",
        ),
        ("symwick gwpd a --law empty.csv", "empty.csv: The file has no line that names the columns."),
        ("symwick gwpd a --law head.csv", "head.csv: Argument 'rows' must hold at least one row."),
        ("symwick gwpd a --law ragged.csv", "ragged.csv: Line 2: 1 cells, but there are 2 columns."),
        (
            "symwick gwpd a --law twins.csv",
            "twins.csv: Columns 'a b' and 'a_b' would both be written a_b; rename one of them.",
        ),
        (
            "symwick gwpd 'a*gap' --law d.csv --missing drop --codes gap=u",
            "d.csv: Line 2, column gap: must be one of the words u, not '3'.",
        ),
        (
            "symwick gwpd 'gap' --law gaps.csv --missing drop",
            "gaps.csv: Argument 'missing' must leave at least one row, but all 2 have missing cells.",
        ),
    ],
)
def test_wrong_turns_with_data(command: str, sentence: str, folder: Path) -> None:
    (folder / "d.csv").write_text("a,word,gap\n1,x,3\n2,y,NaN\n")
    (folder / "empty.csv").write_text("")
    (folder / "head.csv").write_text("a,b\n")
    (folder / "ragged.csv").write_text("a,b\n1\n")
    (folder / "twins.csv").write_text("a b,a_b\n1,2\n")
    (folder / "gaps.csv").write_text("gap\nNA\n?\n")
    assert refusal(command) == f"error: {sentence}"


def test_the_delimiter_is_found_out_or_said(folder: Path) -> None:
    for delimiter in ",;\t|":
        (folder / "d.csv").write_text(delimiter.join(["a", "b"]) + "\n" + delimiter.join(["1", "2"]) + "\n")
        assert document("symwick gcp 'a*b' --law d.csv")["form"] == "0"
    (folder / "d.csv").write_text("a:b\n1:2\n")
    assert document("symwick gwpd 'a*b' --law d.csv --delimiter :")["inputs"] == ["a", "b"]


def test_a_spreadsheet_with_decimal_commas(folder: Path) -> None:
    lines = ['"Preis (€)";"Menge [Stück]";Datum', '"1.234,50";3;01.02.2023', "", '"99,90";10;02.02.2023']
    (folder / "d.csv").write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    command = "symwick gwpd 'Preis*Menge_Stück' --law d.csv"
    assert refusal(command) == (
        "error: d.csv: Argument 'rows' must hold numbers, not '1.234,50' in line 2, column Preis.\n"
        "A decimal comma: decimal=',', on the command line --decimal ','. Then a point may stand between thousands."
    )
    assert document(f"{command} --decimal , --row 1")["at"] == {"Preis": "2469/2", "Menge_Stück": "3"}


def test_a_name_nearly_that_of_a_column_and_a_power_of_bits(folder: Path) -> None:
    (folder / "d.csv").write_text("Age,y\n1,2\n3,4\n")
    assert refusal("symwick gwpd 'age*y' --law d.csv") == (
        "error: d.csv: Argument 'variables' names age, which the data lack; their columns: Age, y.\n"
        "Did you mean Age? A name in the formula that should stay a symbol: --parameters NAME."
    )
    assert refusal("symwick gwpd 'Age^y' --law d.csv") == (
        "error: Argument 'f' uses Age as a truth value, but its values are 1, 3, not 0 and 1.\n"
        "^ is exclusive or, & and, | or; a power is written **."
    )
    (folder / "both.csv").write_text("a,b,a\n1,2,3\n")
    assert refusal("symwick gwpd a --law both.csv") == "error: both.csv: Two columns are called 'a'; rename one of them."


# -- other wrong turns ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (
            "symwick gwpd 'x +* y' --law patients.toml",
            "Expression, column 4: invalid syntax in 'x +* y'.\n    x +* y\n       ^",
        ),
        (
            "symwick gwpd 'fevr*cough' --law patients.toml",
            "The formula names fevr, which the law lacks; "
            "did you mean fever? (A name that should stay a symbol: --parameters fevr.)",
        ),
        (
            "symwick gwpd 'q' --law patients.toml",
            "The formula names q, which the law lacks; its variables are fever, cough. "
            "(A name that should stay a symbol: --parameters q.)",
        ),
        (
            "symwick gwpd 'fever*cough' --law patients.toml --at fever=1",
            "Argument 'point' must give every variable of the form; it lacks cough.",
        ),
        (
            "symwick gwpd 'fever*cough' --law patients.toml --at fever=1,cough=x",
            "Option '--at' must give cough an exact number such as 3, 1/3 or 0.25, not 'x'.",
        ),
        (
            "symwick gwpd 'fever' --law patients.toml --at fever=1,fever=2",
            "Option '--at' must give each variable once, but fever comes twice.",
        ),
        (
            "symwick gwpd 'fever' --law patients.toml --row 1",
            "Option '--row' must come with data in a .csv or .tsv file as law.",
        ),
        ("symwick gwpd x --law nofile.toml", "nofile.toml: No such file or directory."),
        ("symwick gwpd @nofile.txt --law patients.toml", "nofile.txt: No such file or directory."),
        (
            "symwick gwpd x",
            "Option '--law' must name a file with the law of the inputs, or '--input' give each of them.",
        ),
        (
            "symwick gwpd x --law patients.toml --input 'x=Normal(0,1)'",
            "Options '--law' and '--input' must not be given together.",
        ),
        ("symwick gwpd x --input 'x=Nomal(0,1)'", None),
        ("symwick gwpd x --input x", "Option '--input' must be written NAME=…, not 'x'."),
        (
            "symwick gwpd x --input 'x=Bernoulli(1/2)' --input 'x=Bernoulli(1/3)'",
            "Option '--input' must name each input once, but x comes twice.",
        ),
        (
            "symwick gwp fever --law patients.toml --of fevr",
            "Argument 'of' names fevr, which is no input; the inputs are: fever, cough.",
        ),
        ("symwick gcp fever --law patients.toml --partition 'fever|'", None),
        ("symwick gwpd 'fever > 1 or' --law patients.toml", None),
        (
            "symwick gwpd fever --law patients.toml -o patients.toml",
            "Option '--output' must name a new file, and 'patients.toml' exists; --force writes over it.",
        ),
        (
            "symwick gwpd fever --law patients.toml -o no/such.json",
            "Option '--output' must name a file in a folder that can be written, not 'no/such.json'.",
        ),
        (
            "symwick propagate square.json",
            "Option '--law' must name a file with the law of the inputs, or '--input' give each of them.",
        ),
        (
            "symwick propagate square.json --input 'x=Bernoulli(1/2)'",
            "Option '--input' must give the law of y; '*=Bernoulli(1/2)' is for all not named.",
        ),
        (
            "symwick propagate square.json --input 'q=Bernoulli(1/2)'",
            "Option '--input' must name an input of the circuit, and 'q' is none.",
        ),
        (
            "symwick propagate square.json --input '*=Bernoulli(1/2)' --input '*=Bernoulli(1/3)'",
            "Option '--input' must give '*', all inputs not named, once.",
        ),
        (
            "symwick propagate square.json --input '*=Bernoulli(1/2)' --order two",
            "Option '--order' must be a whole number from 1 on, or exact, not 'two'.",
        ),
        (
            "symwick propagate square.json --input '*=Bernoulli(1/2)' --order 0",
            "Argument 'order' must be an integer that is at least 1, or None, not 0.",
        ),
        ("symwick propagate patients.toml", "Argument 'CIRCUIT' must end in .bench or .json, not 'patients.toml'."),
        (
            "symwick compile x --law patients.toml",
            "Options '--law', '--input' and '--moments' must come with --term: f itself has no law.",
        ),
        ("symwick compile x --term gpw", "Option '--term' must be one of f, gwp, gwpd, gcp, gcpd, mean, not 'gpw'."),
        ("symwick compile x --of x", "Option '--of' must come with --term gwp, not with --term f."),
        (
            "symwick compile x --term gwp --moments x --law patients.toml",
            "Option '--moments' must not be given together with '--law' or '--input'.",
        ),
        (
            "symwick verify mine --against x",
            "Argument 'MODULE:FUNCTION' must be written package.module:function, not 'mine'.",
        ),
        (
            "symwick verify nosuchmodule:f --against x",
            "nosuchmodule cannot be imported: ModuleNotFoundError: No module named 'nosuchmodule'.",
        ),
        ("symwick verify no.py:f --against x", "Argument 'MODULE:FUNCTION' must name a file that exists, not 'no.py'."),
        (
            "symwick verify math:sine --against x",
            "Argument 'MODULE:FUNCTION' must name a function of math, and 'sine' is none.",
        ),
        ("symwick law", "Argument 'FILE' must name a law; --schema prints the format of law files."),
        ("symwick data iris", f"Argument 'NAME' must be one of {', '.join(EXAMPLE_FILES)}, not 'iris'."),
        (
            "symwick data patients.toml",
            "Argument 'NAME' must name files that are not here yet, and 'patients.toml' exists; --force writes over it.",
        ),
        ("symwick identity pythagoras", None),
    ],
)
def test_wrong_turns(command: str, sentence: str | None) -> None:
    said("symwick data patients.toml square.json")
    found = refusal(command)
    if sentence is not None:
        assert found == f"error: {sentence}"
    else:
        assert found.startswith("error: ")


def test_a_constant_that_is_no_function_is_named() -> None:
    found = refusal("symwick verify math:pi --against x")
    assert found.startswith("error: Argument 'MODULE:FUNCTION' must name a function, and pi of math is 3.14")


def test_too_large_is_an_exit_code_of_its_own() -> None:
    law = " ".join(f"--input 'x{i}=Bernoulli(1/2)'" for i in range(24))
    command = f"symwick gwpd 'max({', '.join(f'x{i}' for i in range(24))})' {law} --limit 100"
    assert "above the limit of 100" in refusal(command, code=3)


def test_errors_as_json_have_line_and_column() -> None:
    said("symwick data patients.toml")
    done = line(f"symwick gwpd 'x +* y' {PATIENTS} --json")
    assert json.loads(done.stderr)["error"] == {
        "message": "Expression, column 4: invalid syntax in 'x +* y'.", "kind": "FormatError", "line": 1, "column": 4,
    }  # fmt: skip


# -- files --------------------------------------------------------------------------------------------------------------


def test_a_decomposition_is_written_and_read_back(folder: Path) -> None:
    said("symwick data patients.toml")
    assert "written: d.json" in said(f"symwick gwpd '{F}' {PATIENTS} -o d.json")
    assert sw.load("d.json").check().ok
    before = Path("d.json").read_text()
    refusal(f"symwick gwpd 'fever' {PATIENTS} -o d.json")
    assert Path("d.json").read_text() == before
    said(f"symwick gwpd 'fever' {PATIENTS} -o d.json --force")
    assert Path("d.json").read_text() != before
    assert sorted(path.name for path in folder.iterdir()) == ["d.json", "patients.toml"]


def test_laws_are_shown_and_converted(folder: Path) -> None:
    said("symwick data flowers.csv")
    text = said("symwick law flowers.csv --columns petal_length,petal_width -o law.json")
    assert "1879/500 ≈ 3.758" in text
    law = sw.load_law("law.json")
    assert law.moment(["petal_length"]) == Fraction(1879, 500)
    assert json.loads(said("symwick law --schema"))["title"] == "symwick-law/1"
    assert document("symwick law law.json")["variables"][0]["mean"] == "1879/500"


def test_nothing_is_left_of_a_file_that_was_interrupted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole("a.txt", "old")

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole("a.txt", "new")
    assert [path.name for path in folder.iterdir()] == ["a.txt"]
    assert Path("a.txt").read_text() == "old"


def test_files_are_written_with_the_permissions_of_others(folder: Path) -> None:
    Path("plain.txt").write_text("")
    write_whole("a.txt", "é")
    assert Path("a.txt").stat().st_mode == Path("plain.txt").stat().st_mode
    Path("a.txt").chmod(0o600)
    write_whole("a.txt", "b")
    assert Path("a.txt").stat().st_mode & 0o777 == 0o600
    for path, kind in (("no/a.txt", FileNotFoundError), (".", IsADirectoryError)):
        with pytest.raises(kind) as caught:
            write_whole(path, "x")
        assert caught.value.filename == path


def test_interrupting_a_command_is_quiet(folder: Path) -> None:
    code = (
        "import sys\nfrom symwick.functions import grid\n"
        "def waiting(*a, **k):\n    print('started', flush=True)\n    import time\n    time.sleep(60)\n"
        "import symwick.cli.deriving as d\nd.formula_of = waiting\n"
        "from symwick.cli.main import app\napp(['gwpd', 'x', '--input', 'x=Bernoulli(1/2)', '-o', 'out.json'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "Interrupted; no file was left half-written.\n"
    assert list(folder.iterdir()) == []


def test_a_pipe_that_is_closed_early_is_no_error() -> None:
    command = f"{shlex.quote(sys.executable)} -m symwick identity gwpd -n 4 | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] in ("0", "141")


def test_no_colours_and_no_bars_in_a_pipe() -> None:
    said("symwick data patients.toml")
    done = subprocess.run(
        [sys.executable, "-m", "symwick", "gwpd", "fever*cough", "--law", "patients.toml"],
        capture_output=True,
        text=True,
        check=True,
        env={k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "COLUMNS")},
    )
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


# -- circuits, code, verification --------------------------------------------------------------------------------------


def test_propagation_is_that_of_the_library() -> None:
    said("symwick data c17.bench square.json")
    c = sw.Circuit.from_bench("c17.bench")
    law = sw.Independent(dict.fromkeys(c.inputs, sw.Bernoulli("1/2")))
    for order in (1, 2, None):
        found = document(f"symwick propagate c17.bench --order {order or 'exact'}")
        run = sw.propagate(c, law, order=order)
        assert found["order"] == order
        assert {row["output"]: Fraction(row["mean"]) for row in found["outputs"]} == {
            out: run.mean(out) for out in c.outputs
        }
        assert {row["output"]: Fraction(row["variance"]) for row in found["outputs"]} == {
            out: run.variance(out) for out in c.outputs
        }
    assert "independent fair bits" in said("symwick propagate c17.bench")
    mixed = document(
        "symwick propagate c17.bench --input 'N1=Bernoulli(0.9)' --input '*=Bernoulli(1/2)' --outputs N1,N22"
    )
    assert mixed["outputs"][0]["mean"] == "9/10"
    symbolic = document(
        "symwick propagate square.json --input 'x=Bernoulli(p)' --input 'y=Bernoulli(q)' --ring symbolic --order exact"
    )
    assert "p" in symbolic["outputs"][0]["mean"]
    assert isinstance(document("symwick propagate c17.bench --ring float64")["outputs"][0]["mean"], float)


def test_a_law_of_data_for_a_circuit(folder: Path) -> None:
    said("symwick data square.json")
    (folder / "d.csv").write_text("y,x,note\n1,2,a\n3,4,b\n")
    assert document("symwick propagate square.json --law d.csv --order exact")["outputs"][0]["mean"] == str(
        (9 + 3 * 49) // 2
    )


def test_attributions_and_ledger() -> None:
    said("symwick data square.json c17.bench")
    bits = "--input '*=Bernoulli(1/4)'"
    found = document(f"symwick attributions square.json {bits} --dropped")
    assert [term["value"] for term in found["attributions"]] == ["3/32"]
    assert Fraction(found["exact_mean"]) - Fraction(found["estimate"]) == Fraction(3, 32)
    kept = document(f"symwick attributions square.json {bits} --retained")
    assert sum(Fraction(term["value"]) for term in kept["attributions"]) == Fraction(found["estimate"])
    assert "The first 2 are shown" in said(f"symwick attributions square.json {bits} --most 2")
    entries = document("symwick ledger c17.bench --order 1")
    assert entries["dropped"] == len(entries["ledger"]) == 2
    assert entries["ledger"][0]["effects"] == {"N23": "-3/64"}


def test_code_is_written_and_runs(folder: Path) -> None:
    found = document("symwick compile 'x**2/3' -o f.py")
    assert found["arguments"] == ["x"]
    space: dict[str, Any] = {}
    exec(Path("f.py").read_text(), space)
    assert float(space["evaluate"](x=3.0)) == 3.0
    assert document("symwick compile 'x**2/3'")["source"] == Path("f.py").read_text()
    assert said("symwick compile 'x**2/3'") == Path("f.py").read_text()
    said("symwick data c17.bench patients.toml")
    assert document("symwick compile c17.bench")["outputs"] == ["N22", "N23"]
    assert len(document(f"symwick compile '{F}' --term gwpd {PATIENTS}")["outputs"]) == 4


WRONG = "def mine(x, y, E_x, E_y, E_xy):\n    return x*y - E_x*y - E_y*x + E_x*E_y - E_xy\n"


def test_verification_finds_a_wrong_coefficient(folder: Path) -> None:
    (folder / "mine.py").write_text(WRONG)
    command = "--against 'x*y' --term gwp --moments x,y"
    found = document(f"symwick verify mine.py:mine {command}", code=1)
    assert (found["verdict"], found["ok"]) == ("differs", False)
    assert found["diagnosis"] == ["matches with the coefficient of E[x]*E[y] = 1 instead of 2"]
    text = said(f"symwick verify mine:mine {command}", code=1)
    assert "matches with the coefficient" in text
    assert "To see it again:" in text
    (folder / "mine.py").write_text(WRONG.replace("+ E_x*E_y", "+ 2*E_x*E_y"))
    assert document(f"symwick verify mine.py:mine {command} --samples 50 --seed 3 --rtol 1e-12")["ok"]


def test_a_module_that_fails_is_named(folder: Path) -> None:
    (folder / "broken.py").write_text("1 / 0\n")
    assert refusal("symwick verify broken.py:f --against x") == (
        "error: broken.py cannot be imported: ZeroDivisionError: division by zero."
    )


def test_generated_code_is_verified_under_its_own_names() -> None:
    said("symwick compile 'x*y*z' --term gwp --moments x,y,z -o mine.py")
    assert (
        document("symwick verify mine.py:evaluate --against 'x*y*z' --term gwp --moments x,y,z")["verdict"] == "matches"
    )


def test_identities() -> None:
    assert "gwpd" in document("symwick identity")
    found = document("symwick identity gwpd -n 2")
    assert found["text"] == str(sw.identity("gwpd", 2))
    assert said("symwick identity gwpd -n 2 --latex").strip() == sw.identity("gwpd", 2).latex().strip()


def test_terms_that_are_too_long_are_not_written_out() -> None:
    """The term of 12 bits averages f over thousands of points; its value at a point needs none of that."""
    law = " ".join(f"--input 'x{i}=Bernoulli(1/3)'" for i in range(12))
    at = ",".join(f"x{i}=1" for i in range(12))
    text = said(f"symwick gwpd 'max({', '.join(f'x{i}' for i in range(12))})' {law} --at {at} --most 3")
    assert text.count("(long)") == 3
    assert "4093 smaller terms are not shown" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["sum", "1", "1"] in [row[:3] for row in rows]


def test_numbers_of_very_many_digits() -> None:
    said("symwick data c432.bench")
    found = document("symwick propagate c432.bench --order 2 --outputs N432 --input '*=Bernoulli(1/997)'")
    assert len(found["outputs"][0]["mean"]) > 4300
    assert "digits)" in said("symwick propagate c432.bench --order 2 --outputs N432 --input '*=Bernoulli(1/997)'")
