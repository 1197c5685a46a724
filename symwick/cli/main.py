"""The command line: ``symwick demo`` and, in time, more. Imports of the library happen inside the commands."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="symwick",
    help="Exact interactions between the inputs of a function, dependent inputs included.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_show_locals=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from symwick import __version__

        typer.echo(f"symwick {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Print the version."),
) -> None:
    """Exact interactions between the inputs of a function, dependent inputs included."""


@app.command()
def demo() -> None:
    """The main job on real input, in a minute: exact decompositions, each summed back exactly."""
    import io
    import sys

    from symwick.cli.demo import run

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # without Greek letters: question marks, no traceback
    run()
