"""The command line: the demo tells its stories with the right numbers, help and version work, mistakes exit with 2."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import symwick
from symwick.cli.main import app

ROOT = Path(__file__).resolve().parent.parent


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "100", "TERM": "dumb"})


@pytest.fixture(scope="module")
def shown() -> str:
    done = invoke("demo")
    assert done.exit_code == 0, done.output
    return done.output


def section(text: str, number: int) -> str:
    """One story, with the lines joined so that wrapping does not matter."""
    start = text.index(f"\n{number}  ")
    end = text.find(f"\n{number + 1}  ", start)
    return " ".join(text[start : end if end > 0 else None].split())


def test_every_sum_rule_holds_and_none_fails(shown: str) -> None:
    for number in range(1, 8):
        assert "holds exactly" in section(shown, number)
    assert "VIOLATED" not in shown
    assert "NO" not in shown


@pytest.mark.parametrize(
    ("number", "facts"),
    [
        (
            1,
            ["ω_xy f = (x - 3/8)*(y - 3/8) - 7/64", "2 E[f(X, Y')]", "E f = 1/4 = 7/64 {x, y} + 9/64 {x} {y}", ": yes"],
        ),
        (2, ["x = 0: ω_y f = -1/2 at y = 0, ω_y f = 1/2 at y = 1", "f(1, 1) = 0: ∅ 1/2, {x} 0, {y} 0, {x, y} -1/2"]),
        (3, ["ω_w1 f = 0", "127/200", "exact sum of the 32 terms: 1", "covariance 4/25"]),
        (4, ["8 variables", "-29952230339103/62500000000000", "sum 8", "17439503/7812500", "{xray, dysp} {smoke}"]),
        (5, ["150 flowers", "virginica", "80937/1000", "Cov(petal_length, petal_width) = 321743/250000"]),
        (6, ["ω_xy (x·y) = (x - E[x])*(y - E[y]) - Cov(x, y)", "= E[x*y] - E[x]*E[y]", "ω_yz ∂f/∂x: yes", "μ[x,y,z]"]),
        (7, ["He_4(x) = x**4 - 6*x**2 + 3", "(y - n)*(exp(x) - exp(m + v/2)) - c*exp(m + v/2)", "-c**2 + v*w >= 0"]),
        (8, ["variance (pi**4*b + 5)**2/50", "a**2/8", "8*pi**8*b**2/225", "Var f: yes", "{x2} 44.24%", "{x1, x3} 24.37%"]),
        (9, ["66728247/25000000", "6762546261/1250000000", "335303951864103/62500000000000", "Δ = 1311023661/1250000000",
             "-29952230339103/31250000000000", "holds exactly", "here it is not"]),
        (10, ["mean squared error 0.2460 (of Var f 3.7%)", "worst case -0.9942 at xray = 1, dysp = 1, smoke = 0",
              "{dysp, smoke} 0.1838", "mean squared error 0.0600, exact search: all sets of terms"]),
        (11, ["{x, y, z} +0.2500 0", "{x, y} +0.1250 1",
              "sepal_length 2/5, sepal_width 7/15, petal_length 19/50, petal_width 19/50",
              "{sepal_length, petal_length, petal_width} -8.1260 0"]),
        (12, ["order 1: P(N22 = 1) = 17/32, P(N23 = 1) = 39/64", "exact : P(N22 = 1) = 9/16",
              "0.05580 0.35140", "0.02050 0.24355"]),
        (13, ["order 2, layer: E out = 47/2, 2; Var, Cov, Var = 3307/4, 385/8, 755/2",
              "exact: E out = 47/2, 2; Var, Cov, Var = 3307/4, 385/8, 755/2", "W(x0, x1) = 4*(x1*(x0 - 1/2) - 1/2)"]),
        (14, ["1 κ(x.1, x.2) κ(y.3) = 1/16, dropped at g2", "retained: 9/64; dropped: 31/64", "dropped 137 covariances",
              "κ(N157, N224) = 0.04999", "mean error at order 1: 0.1317", "with 3 covariances kept: 0.1304"]),
        (15, ["ω_xy f = ", "np.multiply(", "On 1,000,000 rows", "on 1,000 of the rows", ": as expected",
              "numpy, float64, 4 outputs"]),
        (16, ["exactly: (x - E[x])*(y - E[y]) - Cov(x, y)", "right: matches (200 points, arrays, by keyword)", "wrong: differs",
              "at x = 0, y = 0, E_x = 1, E_y = 1, E_xy = 1, the law of the rows (1, 1): it gives 0.0, exactly it is 1",
              "matches with the coefficient of E[x]*E[y] = 1 instead of 2", "Cov(x, y)/8 = 1/32", "biased after 1280 draws"]),
    ],
)
def test_the_stories_tell_their_facts(shown: str, number: int, facts: list[str]) -> None:
    story = section(shown, number)
    assert [fact for fact in facts if fact not in story] == []


def test_the_xor_signs_flip(shown: str) -> None:
    assert "x = 1: ω_y f = 1/2 at y = 0, ω_y f = -1/2 at y = 1" in section(shown, 2)


def test_no_colours_where_there_is_no_terminal(shown: str) -> None:
    assert "\x1b" not in shown


def test_lines_fit_a_terminal_of_100_columns(shown: str) -> None:
    assert max(map(len, shown.splitlines())) <= 100


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_demo_runs_as_a_program_in_any_encoding(encoding: str) -> None:
    code = "from symwick.cli.main import app; app(['demo'])"
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    env = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert b"holds exactly" in done.stdout


def test_help_names_the_commands() -> None:
    done = invoke("--help")
    assert done.exit_code == 0
    assert "demo" in done.output
    assert "--version" in done.output


def test_version() -> None:
    done = invoke("--version")
    assert (done.exit_code, done.output) == (0, f"symwick {symwick.__version__}\n")


@pytest.mark.parametrize("arguments", [["nonsense"], ["demo", "--nonsense"], ["demo", "more"]])
def test_mistakes_exit_with_2(arguments: list[str]) -> None:
    done = invoke(*arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_no_command_shows_the_help() -> None:
    assert "demo" in invoke().output
