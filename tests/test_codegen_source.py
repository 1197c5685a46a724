"""Generated source: golden modules that are run and compared, byte for byte the same under every hash seed, NumPy alone."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

import symwick as sw
from symwick.codegen import backends
from symwick.codegen.numba_source import numba_available

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
UPDATE = "SYMWICK_UPDATE_GOLDEN"
"""Set it to write the golden modules anew; then read the difference."""

x, y, z = sympy.symbols("x y z")
WORKED = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])


def layers() -> sw.Circuit:
    return sw.trace(lambda x, y: {"a": max_of(x * y, x + y / 3) ** 3, "b": x - 2 * y + 1, "c": x * x * y}, ["x", "y"])


def max_of(a: Any, b: Any) -> Any:
    return a * b + (a - b) ** 2


CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "worked_example": (sw.gwp("x*y", WORKED), {}),
    "all_terms": (sw.gwpd("x**2*y + x", sw.MultivariateNormal(["x", "y"], [1, 0], [[1, "1/2"], ["1/2", 2]])), {}),
    "moments": (sw.gwp("x*y*z", sw.Moments(["x", "y", "z"])), {}),
    "table": (sw.gwp(lambda x, y: max(x, y) ** 2, WORKED), {}),
    "functions": (sympy.Piecewise((sympy.exp(x) / y, x < y), (sympy.sqrt(x), True)) + sympy.pi * x**7, {"dtype": "float32"}),
    "names": (sympy.Symbol("lambda") * sympy.Symbol('__import__("os")') + sympy.Symbol("b0") * sympy.Symbol("shape"), {}),
    "matrix": ({f"p{k}": sum((k * 7 + j * 3) % 11 * x**i * y**j for i in range(5) for j in range(5)) for k in range(12)}, {}),
    "tape": (layers(), {}),
}  # fmt: skip


def compiled(name: str) -> sw.Evaluator:
    source, options = CASES[name]
    with pytest.MonkeyPatch.context() as patch:
        if name == "tape":
            patch.setattr(backends, "STRAIGHT", -1)
        return sw.compile(source, **options)


@pytest.mark.parametrize("name", CASES)
def test_golden_sources_are_what_is_generated(name: str) -> None:
    source, path = compiled(name).source, GOLDEN / f"{name}.py"
    if os.environ.get(UPDATE):
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == source, f"run the tests with {UPDATE}=1 if the change is meant"


@pytest.mark.parametrize("name", CASES)
def test_golden_sources_run_alone_and_give_exact_values(name: str) -> None:
    namespace: dict[str, Any] = {}
    exec((GOLDEN / f"{name}.py").read_text(encoding="utf-8"), namespace)
    source, options = CASES[name]
    fn, exact = compiled(name), sw.compile(source, exact=True)
    points = [[Fraction(1), Fraction(0), Fraction(1), Fraction(1, 2)], [Fraction(1), Fraction(1), Fraction(2), Fraction(3)]]
    for row, values in enumerate(points):
        if name == "table":
            values = [Fraction(1), Fraction(row), Fraction(0)]
        given = dict(zip(fn.arguments, [*values, *[Fraction(k + 1, 4) for k in range(20)]], strict=False))
        if name == "functions":
            given = {"x": Fraction(3 * row + 1), "y": Fraction(2)}
        found = namespace["evaluate"](**{key: float(value) for key, value in given.items()})
        wanted = exact(**given)
        rows = [(found, wanted)] if not isinstance(found, dict) else list(zip(found.values(), wanted.values(), strict=True))
        for got, value in rows:
            assert float(got) == pytest.approx(float(sympy.N(value)), rel=1e-5 if "dtype" in options else 1e-12, abs=1e-12)


def imported(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("name", CASES)
def test_sources_import_numpy_alone_and_define_evaluate(name: str) -> None:
    source = compiled(name).source
    assert imported(source) == {"numpy"}
    functions = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    helpers = {"tape": ["product", "decoded"], "matrix": ["product"]}.get(name, [])
    assert functions == [*helpers, "evaluate"]
    docstring = ast.get_docstring(ast.parse(source)) or ""
    assert "Arguments, by keyword" in docstring
    assert "Result: a" in docstring
    assert max(map(len, source.splitlines())) <= 130
    assert source.endswith("\n")


def test_the_docstring_tells_formula_and_what_arguments_stand_for() -> None:
    docstring = ast.get_docstring(ast.parse(compiled("moments").source)) or ""
    assert "E_x_y: parameter 'E[x*y]'" in docstring
    assert "x: variable" in docstring
    assert "value = (x - 3/8)*(y - 3/8) - 7/64" in (ast.get_docstring(ast.parse(compiled("worked_example").source)) or "")


def test_a_module_on_disk_runs_in_a_process_of_its_own_without_symwick(tmp_path: Path) -> None:
    fn = compiled("all_terms")
    fn.write(tmp_path / "terms.py")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["terms.py"]
    code = (
        "import sys; sys.path.insert(0, '.'); import terms, numpy as np; found = terms.evaluate(x=np.arange(3.0), y=1.0); "
        "print({k: v.tolist() for k, v in found.items()}); print('symwick' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    values = [value.tolist() for value in fn(x=np.arange(3.0), y=1.0).values()]
    assert done.stdout.splitlines() == [str(dict(zip(["∅", "{x}", "{y}", "{x, y}"], values, strict=True))), "False"]


def test_no_half_written_module_is_left(tmp_path: Path) -> None:
    fn = compiled("worked_example")
    with pytest.raises(OSError, match="."):
        fn.write(tmp_path / "missing" / "module.py")
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="."):
        fn.write(tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


_SEEDED = """
import sympy, symwick as sw
x, y, z = sympy.symbols("x y z")
forms = dict(sw.gwpd((x + y + z)**3, sw.Moments(["x", "y", "z"])))
normal = sw.MultivariateNormal(["x", "y", "z"], [1, 2, 3], [[2, 1, 0], [1, 2, 1], [0, 1, 2]])
for fn in (sw.compile(sw.gwpd((x + 2*y - z)**4, normal)),
           sw.compile(sympy.exp(x*y) + sympy.Max(x, y, z) + x**y), sw.compile(forms)):
    print(fn.source, fn.operations, fn.arguments)
import symwick.codegen.backends as b
b.STRAIGHT = -1
print(sw.compile((x + y)**5*z + sympy.Max(x, y, z)).source)
"""


@pytest.mark.parametrize("count", range(10, 45))
def test_lines_of_many_arguments_are_broken_inside_brackets(count: int) -> None:
    names = [f"x{i}" for i in range(count)]
    law = sw.Independent(dict.fromkeys(names, sw.Bernoulli("1/2")))
    evaluate = sw.compile(sw.gwp("+".join(names), law, of=["x0"]))  # x0 − 1/2; the others are arguments all the same
    assert evaluate(**dict.fromkeys(names, 1.0)) == 0.5


def test_source_does_not_depend_on_the_hash_seed(printed_under_hash_seeds: Any) -> None:
    (text,) = printed_under_hash_seeds(_SEEDED)
    assert text.count("def evaluate") == 4


def test_the_same_input_gives_the_same_source() -> None:
    for name in CASES:
        assert compiled(name).source == compiled(name).source


# -- backends ----------------------------------------------------------------------------------------------------------------

needs_numba = pytest.mark.skipif(not numba_available(), reason="numba is not installed")


@needs_numba
@pytest.mark.parametrize("name", ["worked_example", "table", "functions", "moments", "names"])
def test_numba_gives_the_same_values(name: str) -> None:
    source, options = CASES[name]
    fn, other = sw.compile(source, **options), sw.compile(source, "numba", **options)
    rows = np.array([[0.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0], *np.ones((18, 4))])
    if name == "functions":
        rows = rows + 1
    given = dict(zip(fn.arguments, rows, strict=False))
    np.testing.assert_allclose(other(**given), fn(**given), rtol=1e-5 if "dtype" in options else 1e-13)
    assert imported(other.source) == {"numpy", "numba"}


@needs_numba
def test_numba_takes_several_outputs_out_and_threads() -> None:
    fn = sw.compile({"f": x * y, "g": x + y}, "numba", threads=2)
    a, b = np.random.default_rng(0).normal(size=(2, 70_000))
    found = fn(a, b)
    np.testing.assert_array_equal(found["f"], a * b)
    np.testing.assert_array_equal(found["g"], a + b)


@needs_numba
def test_numba_refuses_what_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "STRAIGHT", 1)
    with pytest.raises(sw.InvalidArgument) as caught:
        sw.compile("x*y + x", "numba")
    assert str(caught.value) == (
        "Argument 'x' must have at most 1 operands for backend='numba', not 4; backend='numpy' runs it as a tape."
    )


@needs_numba
def test_numba_refuses_long_doubles() -> None:
    with pytest.raises(sw.InvalidArgument) as caught:
        sw.compile("x", "numba", dtype="longdouble")
    shown = np.dtype(np.longdouble)
    assert str(caught.value) == f"Argument 'dtype' must be one of float64, float32 for backend='numba', not {shown}."


def test_no_optional_library_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, symwick as sw; sw.compile('x*y')(1, 2); sw.compile('x', exact=True)(1); "
        "print(*sorted({'numba', 'jax', 'pandas', 'matplotlib', 'torch'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == ""
