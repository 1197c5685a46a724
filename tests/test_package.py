"""The package as a user gets it: typed, complete, light to import."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import symwick

ROOT = Path(__file__).resolve().parent.parent
OPTIONAL = ("numba", "jax", "matplotlib", "pandas", "dask", "torch", "hypothesis", "pytest", "_pytest")


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert symwick.__version__ == project["version"]


def test_public_names_resolve_and_are_sorted() -> None:
    names = list(symwick.__all__)
    assert names == sorted(set(names))
    assert [name for name in names if not hasattr(symwick, name)] == []


def test_public_names_are_typed_as_they_are_found() -> None:
    """What a type checker reads in ``if TYPE_CHECKING`` is what ``__getattr__`` imports."""
    tree = ast.parse(Path(symwick.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    homes = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    for name, module in homes.items():
        home = importlib.import_module(module or "")
        assert getattr(symwick, name) is getattr(home, name)
    assert set(homes) | {"function", "__version__"} == set(symwick.__all__)
    assert symwick.function == symwick.Function.of
    assert set(symwick.__all__) <= set(dir(symwick))
    with pytest.raises(AttributeError, match="module 'symwick' has no attribute 'nonsense'"):
        symwick.nonsense  # noqa: B018


def test_importing_symwick_waits_for_the_first_name() -> None:
    code = (
        "import sys, symwick; print('sympy' in sys.modules, 'numpy' in sys.modules); symwick.SymwickError; "
        "print('sympy' in sys.modules); symwick.Finite; print('sympy' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["False", "False", "False", "True"]


def test_importing_symwick_imports_no_optional_library() -> None:
    code = (
        "import sys, symwick; [getattr(symwick, name) for name in symwick.__all__]; "
        f"print(*sorted(set(sys.modules) & set({OPTIONAL!r})))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_the_package_is_marked_as_typed() -> None:
    assert (Path(symwick.__file__).parent / "py.typed").is_file()


def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")  # a test extra
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = (path for path in (ROOT / "symwick").rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert names == {path.relative_to(ROOT).as_posix() for path in files}
    assert {"symwick/py.typed", "symwick/data/asia.bif"} <= names
