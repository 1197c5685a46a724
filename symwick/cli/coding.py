"""What the commands about code are asked for, and how they answer."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from symwick.circuits.whole_files import write_whole
from symwick.cli.estimating import circuit_of
from symwick.cli.reading import LawOptions, formula_of, law_for, names_of
from symwick.cli.reporting import Reporter
from symwick.codegen.compilation import compile as compiled
from symwick.decompose.cumulant import gcp, gcpd
from symwick.decompose.wick import expectation, gwp, gwpd
from symwick.distributions.law import Law
from symwick.distributions.unspecified import Moments
from symwick.errors import InvalidArgument
from symwick.verification.verify import verify

__all__ = ["CodeQuestion", "function_of", "judge", "write_code"]

_TERMS: dict[str, Callable[..., Any]] = {"gwp": gwp, "gwpd": gwpd, "gcp": gcp, "gcpd": gcpd, "mean": expectation}
_CIRCUITS = (".bench", ".json")


class CodeQuestion:
    """The formula or circuit, and what of it is meant: ``subject`` is what is compiled, or compared with."""

    def __init__(
        self,
        what: str,
        term: str,
        of: str,
        law: Path | None,
        inputs: Sequence[str],
        moments: str,
        columns: str,
        codes: Sequence[str],
        missing: str,
        delimiter: str,
        decimal: str,
        parameters: str,
        limit: int | None,
    ) -> None:
        if term != "f" and term not in _TERMS:
            raise InvalidArgument(f"Option '--term' must be one of f, {', '.join(_TERMS)}, not {term!r}.")
        if of and term != "gwp":
            raise InvalidArgument(f"Option '--of' must come with --term gwp, not with --term {term}.")
        lawful = law is not None or bool(inputs) or bool(moments)
        if lawful and term == "f":
            raise InvalidArgument("Options '--law', '--input' and '--moments' must come with --term: f itself has no law.")
        if term == "f" or moments:
            LawOptions(None, (), columns, codes, missing, delimiter, decimal).refuse_options_of_data()
        if parameters and (term == "f" or moments):
            raise InvalidArgument("Option '--parameters' must come with '--law' or '--input': elsewhere every name is free.")
        if limit is not None and term == "f":
            raise InvalidArgument("Option '--limit' must come with --term: f itself is not expanded.")
        circuit = not what.startswith("@") and what.lower().endswith(_CIRCUITS)
        f: Any = circuit_of(Path(what)) if circuit else formula_of(what)
        self.name = what
        if term == "f":
            self.subject = f
            return
        options = LawOptions(law, inputs, columns, codes, missing, delimiter, decimal, parameters)
        chosen = _moments(moments, law, inputs) if moments else law_for(options, None if circuit else f)
        more: dict[str, Any] = {} if limit is None else {"limit": limit}
        if term == "gwp":
            more["of"] = names_of(of, "--of") or None
        self.subject = _TERMS[term](f, chosen, **more)


def _moments(names: str, law: Path | None, inputs: Sequence[str]) -> Law:
    if law is not None or inputs:
        raise InvalidArgument("Option '--moments' must not be given together with '--law' or '--input'.")
    return Moments(names_of(names, "--moments"))


def write_code(out: Reporter, asked: CodeQuestion, backend: str, dtype: str, output: Path | None) -> None:
    fn = compiled(asked.subject, backend=backend, dtype=dtype)
    if output is not None:
        write_whole(output, fn.source)
    if out.as_json:
        about = {
            "of": asked.name, "arguments": list(fn.arguments), "renamed": dict(fn.renamed), "backend": fn.backend,
            "dtype": str(fn.dtype), "outputs": [str(name) for name in fn.outputs],
        }  # fmt: skip
        out.json({**about, **({"source": fn.source} if output is None else {"file": str(output)})})
    elif output is None:
        out.console.file.write(fn.source)
    else:
        out.line(f"written: {output}, evaluate({', '.join(fn.arguments)})")
        for name, identifier in fn.renamed.items():
            out.line(f"{name} is the argument {identifier}", "dim")


def function_of(target: str) -> Callable[..., Any]:
    """The function that ``package.module:name`` or ``file.py:name`` names.

    Its module is imported, which runs it. Raises InvalidArgument where there is none.
    """
    module_name, colon, name = target.rpartition(":")
    if not colon or not module_name or not name:
        raise InvalidArgument(f"Argument 'MODULE:FUNCTION' must be written package.module:function, not {target!r}.")
    module = _from_file(Path(module_name)) if module_name.endswith(".py") else _from_path(module_name)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise InvalidArgument(f"Argument 'MODULE:FUNCTION' must name a function of {module_name}, and {part!r} is none.")
        found = getattr(found, part)
    if not callable(found):
        raise InvalidArgument(f"Argument 'MODULE:FUNCTION' must name a function, and {name} of {module_name} is {found!r}.")
    return found


def _from_file(path: Path) -> Any:
    if not path.is_file():
        raise InvalidArgument(f"Argument 'MODULE:FUNCTION' must name a file that exists, not {str(path)!r}.")
    name = f"{path.stem}_to_verify"  # a file json.py must not become json for everybody
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with _at_fault(str(path)), _beside(path.resolve().parent):
        spec.loader.exec_module(module)
    return module


def _from_path(name: str) -> Any:
    with _at_fault(name), _beside(Path.cwd()):
        return importlib.import_module(name)


@contextlib.contextmanager
def _beside(folder: Path) -> Any:
    """The folder in front of those that modules are looked for in."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


@contextlib.contextmanager
def _at_fault(name: str) -> Any:
    try:
        yield
    except (Exception, SystemExit) as error:  # whatever the user's module raises; sys.exit(0) would be the exit code of a match
        raise InvalidArgument(f"{name} cannot be imported: {type(error).__name__}: {error}.") from error


def judge(out: Reporter, target: str, asked: CodeQuestion, samples: int | None, seed: int, rtol: str) -> bool:
    """Whether the function matches."""
    options: dict[str, Any] = {"samples": samples, "seed": seed, **({"rtol": rtol} if rtol else {})}
    with contextlib.redirect_stdout(sys.stderr):  # what their code prints is no part of the answer
        report = verify(function_of(target), asked.subject, **options)
    if out.as_json:
        worst, example = report.worst, report.counterexample
        out.json(
            {
                "target": target, "verdict": report.verdict, "ok": report.ok, "detail": report.detail, "points": report.points,
                "seed": report.seed, "diagnosis": list(report.diagnosis), "wrong": list(report.wrong),
                "counterexample": None if example is None else {"text": str(example), "code": example.code},
                "worst": None if worst is None else str(worst),
            }
        )  # fmt: skip
        return report.ok
    head, *rest = str(report).split("\n")
    out.line(head, "bold green" if report.ok else "bold red")
    for line in rest:
        out.line(line)
    if report.counterexample is not None:
        out.line("\nTo see it again:\n", "dim")
        out.whole(report.counterexample.code)
    return report.ok
