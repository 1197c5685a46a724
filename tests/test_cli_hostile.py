"""The command line against hostile or careless use: odd files and streams, huge numbers, options that do not fit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import symwick as sw
from symwick.circuits.whole_files import write_whole
from symwick.distributions.csv_tables import as_identifiers
from symwick.errors import InvalidArgument
from tests.refusals import refuses
from tests.test_cli import document, folder, line, refusal, said, symwick

__all__ = ["folder"]

COIN = "--input 'x=Bernoulli(1/2)'"
STEERING = "\x1b]0;title\x07\x1b[31m\x9b31m\u202e[bold]x"
SHOWN = r"\x1b]0;title\x07\x1b[31m\x9b31m\u202e[bold]x"


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_link_stays_and_leads_to_what_is_written(folder: Path) -> None:
    Path("aim.txt").write_text("old")
    Path("link.txt").symlink_to("aim.txt")
    write_whole("link.txt", "new")
    assert Path("link.txt").is_symlink()
    assert Path("aim.txt").read_text() == "new"
    assert sorted(path.name for path in folder.iterdir()) == ["aim.txt", "link.txt"]


def test_what_is_no_file_is_written_into_and_stays(folder: Path) -> None:
    os.mkfifo("pipe")
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(Path("pipe").read_text()))
    reader.start()
    write_whole("pipe", "text\n")
    reader.join()
    assert found == ["text\n"]
    assert Path("pipe").is_fifo()


def test_laws_that_are_no_data_go_with_circuits() -> None:
    said("symwick data square.json")
    Path("law.toml").write_text('kind = "independent"\nmarginals = {x = "Normal(0, 1)", y = "Bernoulli(1/4)"}\n')
    by_file = document("symwick propagate square.json --law law.toml --order exact")
    by_inputs = document("symwick propagate square.json --input 'x=Normal(0, 1)' --input 'y=Bernoulli(1/4)' --order exact")
    assert by_file["outputs"] == by_inputs["outputs"]
    assert by_file["outputs"][0]["mean"] == "1/2"


def test_a_circuit_that_is_no_text() -> None:
    Path("c.json").write_bytes(b"\xff\xfe")
    assert refusal("symwick propagate c.json") == "error: c.json: this is no UTF-8 text: invalid start byte at byte 0."


def test_names_that_steer_a_terminal_are_shown_as_text() -> None:
    points = [[[0, 1], "1/2"], [[1, 0], "1/2"]]
    Path("law.json").write_text(json.dumps({"kind": "finite", "variables": [STEERING, "y"], "points": points}))
    text = said("symwick law law.json")
    assert SHOWN in text
    assert text.isprintable() or not set(text) & set("\x1b\x07\x9b\u202e")
    written = said("symwick law law.json --json")
    assert not set(written) & set("\x1b\x07\x9b\u202e")
    assert json.loads(written)["variables"][0]["variable"] == STEERING
    wrong = line("symwick gwp z --law law.json")
    assert not set(wrong.stderr) & set("\x1b\x07\x9b\u202e")
    assert SHOWN in wrong.stderr


def test_columns_are_named_as_formulas_can_name_them() -> None:
    assert as_identifiers(["area m²", "①", "½ x", "\u00b5", "e\u0301", "٣"]) == ("area_m2", "_1", "_1_2_x", "\u00b5", "é", "_٣")
    assert all(name.isidentifier() for name in as_identifiers(["²", "a²b", "\u2160", "x\u200b", "☃"]))
    Path("t.csv").write_text("area m²,\u00b5,\u03bc\n1,2,10\n3,4,20\n", encoding="utf-8")
    assert said("symwick gcp 'area_m2*\u00b5' --law t.csv").startswith("1\n")
    assert document("symwick gwp 'area_m2 + \u00b5 - \u03bc' --law t.csv --of '\u00b5' --row 2")["value"] == "1"


# -- streams -----------------------------------------------------------------------------------------------------------


def started(shell: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "SYMWICK": f"{sys.executable} -m symwick", **more}
    return subprocess.run(["sh", "-c", shell], capture_output=True, env=environment, check=False)


def test_streams_that_are_closed_or_no_text() -> None:
    closed = started(f"$SYMWICK gwp @- {COIN} <&-")
    assert closed.stderr.decode() == "error: standard input: must be open where a formula is read from it.\n"
    assert closed.returncode == 2
    binary = started(f"printf '\\377' | $SYMWICK gwp @- {COIN}", PYTHONIOENCODING="utf-8:strict")
    assert binary.stderr.decode() == "error: standard input: this is no UTF-8 text: invalid start byte at byte 0.\n"
    silent = started("$SYMWICK law none.toml 2>&-")
    assert (silent.returncode, silent.stdout) == (2, b"")


# -- numbers -----------------------------------------------------------------------------------------------------------


def no_constant(text: str) -> Any:
    raise AssertionError(f"{text} is no JSON")


def test_numbers_beyond_floats() -> None:
    found = json.loads(said(f"symwick gwp '10**400*x' {COIN} --at x=1 --json"), parse_constant=no_constant)
    assert (found["value"], found["decimal"]) == (str(10**400 // 2), None)
    found = json.loads(said("symwick gwp 'exp(x)' --input 'x=Normal(0, 1)' --at x=800 --json"), parse_constant=no_constant)
    assert found["decimal"] is None
    table = said(f"symwick gwpd '10**400*x/3 + x' {COIN} --at x=1")
    assert "1.66667e+399" in table
    Path("huge.csv").write_text("x\n1e400\n0\n0\n")
    assert "≈ 3.33333e+399" in said("symwick law huge.csv")


def test_integers_longer_than_python_writes_at_once() -> None:
    assert document(f"symwick gwp '1e5000*x' {COIN} --at x=1")["value"] == f"5{'0' * 4999}"
    longest = sys.get_int_max_str_digits()
    assert "sum" in said("symwick gwpd 'x' --input 'x=Normal(0, 1)' --at x=9e9999")
    assert sys.get_int_max_str_digits() == longest
    sentence = "error: The result holds numbers of more than 100,000 digits, which are not written."
    assert "(200,000 digits)" in said("symwick gwpd 'x**20' --input 'x=Normal(0, 1)' --at x=9e9999")
    assert refusal("symwick gwpd '(9e9999*x)**20' --input 'x=Normal(0, 1)'", code=3) == sentence


def test_a_formula_nested_too_deeply() -> None:
    sentence = "error: The formula is nested too deeply to be worked with; write it with fewer functions inside each other."
    found = refusal(f"symwick gwp '{'exp(' * 199}x{')' * 199}' {COIN}", code=3)
    assert " ".join(found.split()) == sentence


def test_a_sum_of_some_terms_is_not_called_f() -> None:
    inputs = "--input 'x=Bernoulli(1/2)' --input 'y=Bernoulli(1/2)' --at x=1,y=1"
    assert "f at x=1, y=1" in said(f"symwick gwpd 'x*y' {inputs}")
    some = said(f"symwick gwpd 'x*y' {inputs} --max-order 1")
    assert "of these terms, at x=1, y=1" in some
    assert " f at" not in some


# -- options -----------------------------------------------------------------------------------------------------------


def test_json_goes_before_latex() -> None:
    both = document(f"symwick gwpd x {COIN} --latex")
    assert both["terms"][1].pop("latex") == r"x - \frac{1}{2}"
    both["terms"][0].pop("latex")
    assert both == document(f"symwick gwpd x {COIN}")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (f"symwick gwp x {COIN} --codes x=a,b", "Option '--codes' must come with data in a .csv or .tsv file as law."),
        (f"symwick gcp x {COIN} --columns x", "Option '--columns' must come with data in a .csv or .tsv file as law."),
        (f"symwick gwpd x {COIN} --missing drop", "Option '--missing' must come with data in a .csv or .tsv file as law."),
        (f"symwick gcpd x {COIN} --delimiter tab", "Option '--delimiter' must come with data in a .csv or .tsv file as law."),
        (f"symwick gcpd x {COIN} --decimal ,", "Option '--decimal' must come with data in a .csv or .tsv file as law."),
        ("symwick compile x --decimal ,", "Option '--decimal' must come with data in a .csv or .tsv file as law."),
        ("symwick compile x --codes x=a,b", "Option '--codes' must come with data in a .csv or .tsv file as law."),
        ("symwick compile x --term gwp --moments x --columns x",
         "Option '--columns' must come with data in a .csv or .tsv file as law."),
        ("symwick compile x --parameters x",
         "Option '--parameters' must come with '--law' or '--input': elsewhere every name is free."),
        ("symwick compile x --limit 9", "Option '--limit' must come with --term: f itself is not expanded."),
        ("symwick law --schema -o a.json",
         "Option '--schema' must stand alone: it prints the format, of no law and to no file."),
    ],
)  # fmt: skip
def test_no_option_is_passed_over(command: str, sentence: str) -> None:
    done = line(command)
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in done.stderr


# -- code by others ----------------------------------------------------------------------------------------------------


def test_a_module_that_exits_does_not_match() -> None:
    Path("leaving.py").write_text("import sys\ndef f(x):\n    return x\nsys.exit(0)\n")
    assert refusal("symwick verify leaving.py:f --against x") == "error: leaving.py cannot be imported: SystemExit: 0."


def test_what_the_code_prints_is_no_part_of_the_answer() -> None:
    Path("loud.py").write_text("print('imported')\ndef f(x):\n    print('called')\n    return x\n")
    done = symwick("verify", "loud.py:f", "--against", "x", "--json")
    assert json.loads(done.stdout)["verdict"] == "matches"
    assert {"imported", "called"} <= set(done.stderr.split())


def test_a_file_named_like_a_module_does_not_take_its_place() -> None:
    Path("json.py").write_text("def f(x):\n    return x\n")
    assert document("symwick verify json.py:f --against x")["ok"]
    assert sys.modules["json"] is json


@pytest.mark.parametrize("rtol", ["1e999999999", "1e-999999999", "nan", "-1", "0"])
def test_a_tolerance_that_is_no_small_text(rtol: str) -> None:
    refuses(
        InvalidArgument,
        f"Argument 'rtol' must be a positive number, not {rtol!r}.",
        lambda: sw.verify(lambda x: x, "x", rtol=rtol),
    )
    assert sw.verify(lambda x: x, "x", rtol="1e-9").ok
    assert sw.verify(lambda x: x, "x", rtol=Fraction(1, 10**9)).ok
