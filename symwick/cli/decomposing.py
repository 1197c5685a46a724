"""The commands ``gwp``, ``gwpd``, ``gcp`` and ``gcpd``: a formula and a law go in, interactions come out."""

from __future__ import annotations

from typing import Annotated

import typer

from symwick.cli import options as opt

__all__ = ["gcp", "gcpd", "gwp", "gwpd"]

Of = Annotated[str, typer.Option("--of", metavar="NAMES", help="The inputs whose interaction is asked for; all unless said.")]
Row = Annotated[
    int | None, typer.Option("--row", min=1, help="Instead of --at: this row of the data, counted from 1 without its header.")
]
Partition = Annotated[
    str, typer.Option("--partition", metavar="BLOCKS", help="Which inputs are drawn together: 'x,y|z'; all unless said.")
]
Latex = Annotated[bool, typer.Option("--latex", help="Print LaTeX.")]
Most = Annotated[int, typer.Option("--most", min=1, help="How many terms to print, the largest first where a point is given.")]
MaxOrder = Annotated[int | None, typer.Option("--max-order", min=0, help="Only sets of at most so many inputs.")]


def gwp(
    formula: opt.Formula,
    law: opt.LawFile = None,
    inputs: opt.Inputs = [],  # noqa: B006  typer copies it
    of: Of = "",
    others: Annotated[str, typer.Option(metavar="fixed|average", help="What is done with the other inputs.")] = "fixed",
    at: opt.At = "",
    row: Row = None,
    blocks: opt.Blocks = [],  # noqa: B006
    columns: opt.Columns = "",
    codes: opt.Codes = [],  # noqa: B006
    missing: opt.Missing = "error",
    delimiter: opt.Delimiter = "",
    decimal: opt.Decimal = "",
    parameters: opt.Parameters = "",
    latex: Latex = False,
    limit: opt.Limit = None,
    as_json: opt.Json = False,
) -> None:
    """What f at a point owes to some inputs together: the generalized Wick product ω_S f."""
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        from symwick.cli.deriving import Question
        from symwick.cli.reading import names_of
        from symwick.decompose.wick import gwp as derive

        asked = Question(formula, law, inputs, columns, codes, missing, delimiter, decimal, parameters, blocks, at, row, limit)
        wanted = names_of(of, "--of") or None
        form = derive(asked.f, asked.law, wanted, others=others, inputs=asked.blocks, **asked.limits)
        asked.show_form(out, form, latex)


def gcp(
    formula: opt.Formula,
    law: opt.LawFile = None,
    inputs: opt.Inputs = [],  # noqa: B006
    partition: Partition = "",
    blocks: opt.Blocks = [],  # noqa: B006
    columns: opt.Columns = "",
    codes: opt.Codes = [],  # noqa: B006
    missing: opt.Missing = "error",
    delimiter: opt.Delimiter = "",
    decimal: opt.Decimal = "",
    parameters: opt.Parameters = "",
    latex: Latex = False,
    limit: opt.Limit = None,
    as_json: opt.Json = False,
) -> None:
    """The same on average: the generalized cumulant product K_f(π), a generalized covariance."""
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        from symwick.cli.deriving import Question
        from symwick.cli.reading import partition_of
        from symwick.decompose.cumulant import gcp as derive

        asked = Question(formula, law, inputs, columns, codes, missing, delimiter, decimal, parameters, blocks, "", None, limit)
        form = derive(asked.f, asked.law, partition_of(partition), inputs=asked.blocks, **asked.limits)
        asked.show_form(out, form, latex)


def gwpd(
    formula: opt.Formula,
    law: opt.LawFile = None,
    inputs: opt.Inputs = [],  # noqa: B006
    at: opt.At = "",
    row: Row = None,
    max_order: MaxOrder = None,
    most: Most = 30,
    blocks: opt.Blocks = [],  # noqa: B006
    columns: opt.Columns = "",
    codes: opt.Codes = [],  # noqa: B006
    missing: opt.Missing = "error",
    delimiter: opt.Delimiter = "",
    decimal: opt.Decimal = "",
    parameters: opt.Parameters = "",
    latex: Latex = False,
    limit: opt.Limit = None,
    output: opt.Output = None,
    force: opt.Force = False,
    as_json: opt.Json = False,
) -> None:
    """All of it: f(x) as the sum over all sets S of inputs of W_f(x_S)."""
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        out.writable(output, force)
        from symwick.cli.deriving import Question
        from symwick.decompose.wick import gwpd as derive

        asked = Question(formula, law, inputs, columns, codes, missing, delimiter, decimal, parameters, blocks, at, row, limit)
        terms = derive(asked.f, asked.law, max_order=max_order, inputs=asked.blocks, **asked.limits)
        asked.show_terms(out, terms, most, latex, output, complete=max_order is None)


def gcpd(
    formula: opt.Formula,
    law: opt.LawFile = None,
    inputs: opt.Inputs = [],  # noqa: B006
    most: Most = 30,
    blocks: opt.Blocks = [],  # noqa: B006
    columns: opt.Columns = "",
    codes: opt.Codes = [],  # noqa: B006
    missing: opt.Missing = "error",
    delimiter: opt.Delimiter = "",
    decimal: opt.Decimal = "",
    parameters: opt.Parameters = "",
    latex: Latex = False,
    limit: opt.Limit = None,
    output: opt.Output = None,
    force: opt.Force = False,
    as_json: opt.Json = False,
) -> None:
    """All of it on average: E f as the sum over all partitions π of the inputs of K_f(π)."""
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        out.writable(output, force)
        from symwick.cli.deriving import Question
        from symwick.decompose.cumulant import gcpd as derive

        asked = Question(formula, law, inputs, columns, codes, missing, delimiter, decimal, parameters, blocks, "", None, limit)
        terms = derive(asked.f, asked.law, inputs=asked.blocks, **asked.limits)
        asked.show_terms(out, terms, most, latex, output)
