"""The commands ``law``, ``data`` and ``identity``: what a law file says, the data in the package, identities as documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from symwick.cli import options as opt

__all__ = ["data", "identity", "law"]

EXAMPLE_FILES = ("asia.bif", "c17.bench", "c432.bench", "c880.bench", "flowers.csv", "patients.toml", "square.json")
_MOST_PAIRS = 15


def law(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A law: .toml, .json, .bif, .csv or .tsv.")] = None,
    columns: opt.Columns = "",
    codes: opt.Codes = [],  # noqa: B006
    missing: opt.Missing = "error",
    delimiter: opt.Delimiter = "",
    decimal: opt.Decimal = "",
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of law files instead.")] = False,
    output: opt.Output = None,
    force: opt.Force = False,
    as_json: opt.Json = False,
) -> None:
    """Check a law file, and show the variables with their means and variances; -o writes it as JSON."""
    from symwick.cli.reporting import reported

    with reported(as_json or schema) as out:
        from symwick.circuits.whole_files import write_whole
        from symwick.cli.reading import LawOptions, law_for
        from symwick.distributions.law_schema import SCHEMA
        from symwick.distributions.law_writing import law_to_json
        from symwick.errors import InvalidArgument

        if schema:
            if file is not None or output is not None:
                raise InvalidArgument("Option '--schema' must stand alone: it prints the format, of no law and to no file.")
            out.json(SCHEMA)
            return
        if file is None:
            raise InvalidArgument("Argument 'FILE' must name a law; --schema prints the format of law files.")
        out.writable(output, force)
        found = law_for(LawOptions(file, (), columns, codes, missing, delimiter, decimal), None)
        if output is not None:
            write_whole(output, law_to_json(found))
        rows = [(v.name, found.moment([v]), found.cumulant([v, v])) for v in found.variables]
        if out.as_json:
            listed = [{"variable": name, "mean": str(mean), "variance": str(variance)} for name, mean, variance in rows]
            out.json({"law": repr(found), "variables": listed, "notes": list(found.notes)})
            return
        out.whole(repr(found))
        heads = [("variable", "left"), ("mean", "right"), ("variance", "right")]
        out.table(heads, [[name, _short(mean), _short(variance)] for name, mean, variance in rows])
        for note in found.notes:
            out.line(f"note: {note}", "dim")
        if output is not None:
            out.line(f"written: {output}")


def _short(value: Any) -> str:
    """A fraction with its decimal, or the decimal alone where the fraction is long; whatever else there is as text."""
    from fractions import Fraction

    from symwick.cli.deriving import decimal, number_text

    if not isinstance(value, Fraction):
        return number_text(value) if isinstance(value, int) else str(value)
    text = str(value)
    return f"{text} ≈ {decimal(value)}" if len(text) <= 16 else f"≈ {decimal(value)}"


def data(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Files to copy into this folder.")] = None,
    force: opt.Force = False,
    as_json: opt.Json = False,
) -> None:
    """List the data that come with symwick, or copy some of them into the current folder, to try things on."""
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        from importlib.resources import files

        from symwick.circuits.whole_files import write_whole
        from symwick.errors import InvalidArgument

        folder = files("symwick") / "data"
        wanted = list(names or [])
        for name in wanted:
            if name not in EXAMPLE_FILES:
                raise InvalidArgument(f"Argument 'NAME' must be one of {', '.join(EXAMPLE_FILES)}, not {name!r}.")
        for name in wanted:
            if Path(name).exists() and not force:
                hint = "--force writes over it"
                raise InvalidArgument(f"Argument 'NAME' must name files that are not here yet, and {name!r} exists; {hint}.")
        for name in wanted:
            write_whole(Path(name), (folder / name).read_text(encoding="utf-8"))
        if out.as_json:
            out.json({"files": list(EXAMPLE_FILES), "written": wanted})
        else:
            for name in wanted or EXAMPLE_FILES:
                out.line(f"written: {name}" if wanted else name)


def identity(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Which identity; without a name they are listed.")] = "",
    n: Annotated[int, typer.Option("-n", min=1, help="How many inputs.")] = 3,
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    limit: opt.Limit = None,
    as_json: opt.Json = False,
) -> None:
    """An identity of the theory for n inputs, derived and checked with f and law left abstract."""
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        from symwick.decompose.identities import identity as derive

        if not name:
            catalogue = dict(derive())
            if out.as_json:
                out.json(catalogue)
            else:
                out.table([("name", "left"), ("identity", "left")], list(catalogue.items()))
            return
        document = derive(name, n, **({} if limit is None else {"limit": limit}))
        if out.as_json:
            out.json({"name": name, "n": n, "text": str(document), "latex": document.latex()})
        else:
            out.whole(document.latex() if latex else str(document))
