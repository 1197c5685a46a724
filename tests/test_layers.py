"""The house rules, read from the source by ``ast``: floors, foreign libraries, forbidden calls, names, sizes.

The checker takes a mapping from path to source, so that it can be shown planted violations as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS = {
    "errors": -1,
    "algebra": 0,
    "circuits": 1,
    "distributions": 2,
    "functions": 2,
    "decompose": 3,
    "propagation": 3,
    "account": 4,
    "codegen": 4,
    "verification": 5,
    "testing": 5,
    "plots": 6,
    "interop": 6,
    "cli": 7,
    "report": 7,
}
FACES = frozenset({"cli", "report"})
"""The rooms that may import the public face, ``symwick`` itself."""

OPTIONAL = frozenset({"numba", "jax", "jaxlib", "matplotlib", "pandas", "dask", "torch"})
"""Libraries that an installed symwick may lack: imported inside functions only, and in these files only."""
OPTIONAL_ALLOWED = {
    "matplotlib": frozenset({"symwick/plots/axes.py"}),
    "pandas": frozenset({"symwick/decompose/decomposition.py"}),
}

FORBIDDEN_NAMES = frozenset({"eval", "exec", "sympify", "parse_expr", "lambdify"})
"""What turns text into code. Code generation may ``exec`` its own source, in the files named here."""
EXEC_ALLOWED: frozenset[str] = frozenset({"symwick/codegen/backends.py"})
FORBIDDEN_MODULES = frozenset({"pickle", "cloudpickle", "dill", "marshal", "shelve"})

VAGUE = frozenset({"util", "utils", "helper", "helpers", "common", "misc"})
MAX_LINES = 400
ORACLE = "symwick/testing/oracle.py"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name in full, and whether it is imported only when a function runs (or a type checker reads)."""

    name: str
    line: int
    lazy: bool


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def room(module: str) -> str:
    """``symwick.algebra.numbers`` -> ``algebra``; the face ``symwick`` has no room."""
    return module.partition(".")[2].partition(".")[0]


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _imported_by_name(call: ast.Call) -> str | None:
    """``import_module("numba")`` -> ``numba``."""
    if ast.unparse(call.func) in ("import_module", "importlib.import_module", "__import__"):
        match call.args:
            case [ast.Constant(value=str(name)), *_]:
                return name
    return None


def imports(path: str, tree: ast.AST, lazy: bool = False) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = path.removesuffix(".py").split("/")[: -node.level]
                base = ".".join([*package, *([base] if base else [])])
            yield from (Import(f"{base}.{alias.name}", node.lineno, lazy) for alias in node.names)
        elif isinstance(node, ast.Call) and (name := _imported_by_name(node)):
            yield Import(name, node.lineno, lazy)
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from imports(path, node, lazy or function or _is_type_checking(node))


def resolve(name: str, modules: frozenset[str]) -> str | None:
    """The module of ours that an imported name is, or is taken from; None for a foreign one."""
    if name.partition(".")[0] != "symwick":
        return None
    while name not in modules and "." in name and name.removeprefix("symwick.") not in FLOORS:
        name = name.rpartition(".")[0]
    return name


def floor_violations(path: str, found: list[Import], modules: frozenset[str]) -> Iterator[str]:
    here = room(module_name(path))
    for item in found:
        target = resolve(item.name, modules)
        if target is None:
            continue
        there, where = room(target), f"{path}:{item.line}"
        if path == ORACLE:
            yield f"{where}: the oracle imports {item.name}; it must share no code with its subject"
        elif here in ("", "__main__") or here == there:
            continue
        elif not there:
            if here not in FACES:
                yield f"{where}: room '{here}' imports {item.name} from the public face, which is above it"
        elif here in FLOORS and there in FLOORS and FLOORS[there] >= FLOORS[here]:
            way = "sideways, its neighbour" if FLOORS[there] == FLOORS[here] else "upwards,"
            yield f"{where}: room '{here}' imports {way} '{there}'"


def foreign_violations(path: str, found: list[Import]) -> Iterator[str]:
    for item in found:
        top, where = item.name.partition(".")[0], f"{path}:{item.line}"
        if top == "flint" and room(module_name(path)) != "algebra":
            yield f"{where}: flint is imported outside the room 'algebra'"
        if top in OPTIONAL and path not in OPTIONAL_ALLOWED.get(top, ()):
            yield f"{where}: {top} is imported in a file that is not on its list"
        elif top in OPTIONAL and not item.lazy:
            yield f"{where}: {top} is imported when the module is; import it inside the function that needs it"
        if top in FORBIDDEN_MODULES:
            yield f"{where}: {top} is not safe on text from outside"
        if item.name.rpartition(".")[2] in FORBIDDEN_NAMES:
            yield f"{where}: {item.name} turns text into code"


def call_violations(path: str, tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            name = node.id
        elif isinstance(node, ast.Attribute):
            name = node.attr
        else:
            continue
        if name in FORBIDDEN_NAMES and not (name == "exec" and path in EXEC_ALLOWED):
            yield f"{path}:{node.lineno}: {name} turns text into code"


def shape_violations(path: str, source: str) -> Iterator[str]:
    lines = len(source.splitlines())
    if lines > MAX_LINES:
        yield f"{path}: {lines} lines, above {MAX_LINES}; it is two modules"
    for part in path.removesuffix(".py").split("/"):
        if part.strip("_") in VAGUE:
            yield f"{path}: '{part}' says nothing about what is inside"
    home = room(module_name(path))
    if home and home != "__main__" and home not in FLOORS and source.strip():
        yield f"{path}: '{home}' is no room of the house; give it a floor"


def cycle(edges: Mapping[str, frozenset[str]]) -> list[str]:
    """A circular chain of imports, first module repeated at the end; empty when there is none."""
    done: set[str] = set()
    chain: list[str] = []

    def visit(module: str) -> list[str]:
        if module in chain:
            return [*chain[chain.index(module) :], module]
        if module not in done:
            chain.append(module)
            for target in sorted(edges.get(module, ())):
                if found := visit(target):
                    return found
            chain.pop()
            done.add(module)
        return []

    return next((found for module in sorted(edges) if (found := visit(module))), [])


def violations(sources: Mapping[str, str]) -> list[str]:
    """Everything in the given files (path -> source) that breaks a house rule, one sentence each."""
    modules = frozenset(map(module_name, sources))
    edges: dict[str, frozenset[str]] = {}
    problems: list[str] = []
    for path, source in sorted(sources.items()):
        tree = ast.parse(source, path)
        found = list(imports(path, tree))
        targets = {resolve(item.name, modules) for item in found}
        edges[module_name(path)] = frozenset(target for target in targets if target is not None)
        problems += floor_violations(path, found, modules)
        problems += foreign_violations(path, found)
        problems += call_violations(path, tree)
        problems += shape_violations(path, source)
    if circle := cycle(edges):
        problems.append("circular import: " + " -> ".join(circle))
    return problems


def test_the_house_rules_hold() -> None:
    files = sorted((ROOT / "symwick").rglob("*.py"))
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}
    assert len(sources) > len({"errors", "algebra"})
    problems = violations(sources)
    assert not problems, "\n".join(problems)


# The checker itself ------------------------------------------------------------------------------------------------

HOUSE = {
    "symwick/__init__.py": "from symwick.decompose.gwp import gwp\nfrom symwick.errors import SymwickError\n",
    "symwick/errors.py": "class SymwickError(Exception): ...\n",
    "symwick/algebra/__init__.py": "",
    "symwick/algebra/rings.py": "import flint\nfrom symwick.errors import SymwickError\n",
    "symwick/distributions/finite.py": "from symwick.algebra import rings\n",
    "symwick/functions/table.py": "from ..algebra.rings import x\n",
    "symwick/decompose/__init__.py": "",
    "symwick/decompose/gwp.py": "from symwick.distributions.finite import x\nfrom .decomposition import y\n",
    "symwick/decompose/decomposition.py": "def to_pandas():\n    import pandas\n",
    "symwick/testing/oracle.py": "from fractions import Fraction\n",
    "symwick/cli/main.py": "import symwick as sw\nfrom symwick import errors\n",
}


def test_a_clean_house_passes() -> None:
    assert violations(HOUSE) == []


@pytest.mark.parametrize(
    ("path", "source", "sentence"),
    [
        ("symwick/algebra/a.py", "import symwick.decompose.gwp", "room 'algebra' imports upwards, 'decompose'"),
        ("symwick/algebra/a.py", "from ..functions import table", "room 'algebra' imports upwards, 'functions'"),
        ("symwick/algebra/a.py", "def f():\n    from symwick import decompose", ":2: room 'algebra' imports upwards"),
        ("symwick/errors.py", "from symwick.algebra import rings", "room 'errors' imports upwards, 'algebra'"),
        ("symwick/functions/a.py", "from symwick.distributions.finite import x", "sideways, its neighbour 'distrib"),
        ("symwick/functions/a.py", "from importlib import import_module\nimport_module('symwick.cli.main')", "upwards"),
        ("symwick/decompose/a.py", "import symwick as sw", "from the public face, which is above it"),
        ("symwick/decompose/a.py", "from symwick import gwp", "from the public face, which is above it"),
        ("symwick/testing/oracle.py", "from symwick.algebra import rings", "the oracle imports symwick.algebra.rings"),
        ("symwick/decompose/a.py", "from flint import fmpq", "flint is imported outside the room 'algebra'"),
        ("symwick/decompose/a.py", "def f():\n    import pandas", "pandas is imported in a file that is not on its"),
        ("symwick/decompose/decomposition.py", "import pandas as pd", "pandas is imported when the module is"),
        ("symwick/interop/a.py", "import jax.numpy as jnp", "jax is imported in a file that is not on its list"),
        ("symwick/cli/a.py", "x = eval('1')", ":1: eval turns text into code"),
        ("symwick/cli/a.py", "\nexec('1')", ":2: exec turns text into code"),
        ("symwick/cli/a.py", "import sympy\nlist(map(sympy.sympify, []))", ":2: sympify turns text into code"),
        ("symwick/cli/a.py", "from sympy import sympify as s", "sympy.sympify turns text into code"),
        ("symwick/cli/a.py", "from sympy.parsing.sympy_parser import parse_expr", "parse_expr turns text into code"),
        ("symwick/cli/a.py", "import sympy\nsympy.lambdify([], 1)", ":2: lambdify turns text into code"),
        ("symwick/cli/a.py", "from pickle import loads", "pickle is not safe on text from outside"),
        ("symwick/cli/a.py", "\n" * 401, "symwick/cli/a.py: 401 lines, above 400; it is two modules"),
        ("symwick/cli/_utils.py", "", "'_utils' says nothing about what is inside"),
        ("symwick/helpers/a.py", "", "'helpers' says nothing about what is inside"),
        ("symwick/attic/a.py", "x = 1", "'attic' is no room of the house; give it a floor"),
        ("symwick/errors.py", "import symwick.errors", "circular import: symwick.errors -> symwick.errors"),
        (
            "symwick/decompose/decomposition.py",
            "def f():\n    from symwick.decompose.gwp import gwp",
            "circular import: symwick.decompose.gwp -> symwick.decompose.decomposition -> symwick.decompose.gwp",
        ),
    ],
)
def test_a_planted_violation_is_caught(path: str, source: str, sentence: str) -> None:
    problems = violations({**HOUSE, path: source})
    assert any(sentence in problem for problem in problems), problems


def test_type_checking_imports_count_for_floors_but_load_nothing() -> None:
    path = "symwick/decompose/decomposition.py"
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\n    from symwick.cli import x\n"
    assert violations({**HOUSE, path: source}) == [f"{path}:4: room 'decompose' imports upwards, 'cli'"]
