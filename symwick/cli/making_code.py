"""The commands ``compile`` and ``verify``: a formula, an interaction or a circuit becomes NumPy code, or judges other code."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from symwick.cli import options as opt

__all__ = ["compile_code", "verify"]

What = Annotated[
    str,
    typer.Argument(metavar="FORMULA|CIRCUIT", help="A formula, @FILE with a formula, or a circuit in a .bench or .json file."),
]
Term = Annotated[
    str,
    typer.Option("--term", metavar="f|gwp|gwpd|gcp|gcpd|mean", help="What of it: itself, or an interaction under the law."),
]
Of = Annotated[str, typer.Option("--of", metavar="NAMES", help="For --term gwp: the inputs; all unless said.")]
Moments = Annotated[
    str, typer.Option("--moments", metavar="NAMES", help="Instead of --law: inputs whose moments stay symbols, E[x*y] and so on.")
]


def compile_code(
    what: What,
    term: Term = "f",
    of: Of = "",
    law: opt.LawFile = None,
    inputs: opt.Inputs = [],  # noqa: B006
    moments: Moments = "",
    columns: opt.Columns = "",
    codes: opt.Codes = [],  # noqa: B006
    missing: opt.Missing = "error",
    delimiter: opt.Delimiter = "",
    decimal: opt.Decimal = "",
    parameters: opt.Parameters = "",
    backend: Annotated[str, typer.Option(metavar="numpy|numba", help="What the code is written for.")] = "numpy",
    dtype: Annotated[str, typer.Option(metavar="NAME", help="float64, float32 or longdouble.")] = "float64",
    limit: opt.Limit = None,
    output: opt.Output = None,
    force: opt.Force = False,
    as_json: opt.Json = False,
) -> None:
    """NumPy code of a formula, of its interactions under a law, or of a circuit, checked against exact values.

    The module has one function, evaluate, and imports NumPy alone. Without -o it is printed.
    """
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        out.writable(output, force)
        from symwick.cli.coding import CodeQuestion, write_code

        asked = CodeQuestion(what, term, of, law, inputs, moments, columns, codes, missing, delimiter, decimal, parameters, limit)
        write_code(out, asked, backend, dtype, output)


def verify(
    target: Annotated[
        str, typer.Argument(metavar="MODULE:FUNCTION", help="package.module:function or file.py:function; imported and run.")
    ],
    against: Annotated[str, typer.Option("--against", metavar="FORMULA|CIRCUIT", help="What it should compute.")],
    term: Term = "f",
    of: Of = "",
    law: opt.LawFile = None,
    inputs: opt.Inputs = [],  # noqa: B006
    moments: Moments = "",
    columns: opt.Columns = "",
    codes: opt.Codes = [],  # noqa: B006
    missing: opt.Missing = "error",
    delimiter: opt.Delimiter = "",
    decimal: opt.Decimal = "",
    parameters: opt.Parameters = "",
    samples: Annotated[int | None, typer.Option(min=1, help="How many points; enough unless said.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Makes the same points again.")] = 0,
    rtol: Annotated[str, typer.Option(metavar="NUMBER", help="Allowed error by the size of the terms; 1e-9 unless said.")] = "",
    limit: opt.Limit = None,
    as_json: opt.Json = False,
) -> None:
    """Compare a numeric function with exact values: 0 where it matches, 1 with a counterexample where it does not."""
    from symwick.cli.reporting import DIFFERENT, reported

    with reported(as_json) as out:
        from symwick.cli.coding import CodeQuestion, judge

        asked: Any = CodeQuestion(
            against, term, of, law, inputs, moments, columns, codes, missing, delimiter, decimal, parameters, limit
        )
        if not judge(out, target, asked, samples, seed, rtol):
            raise typer.Exit(DIFFERENT)
