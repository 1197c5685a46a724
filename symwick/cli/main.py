"""The command ``symwick``: which commands there are, and the ends of their help pages. The library is imported inside them."""

from __future__ import annotations

from collections.abc import Callable

import typer

from symwick.cli import decomposing, files, making_code, propagating
from symwick.cli.options import examples

__all__ = ["EXAMPLES", "app"]

EXAMPLES: dict[str, tuple[str, ...]] = {
    "gwpd": (
        "symwick data flowers.csv patients.toml",
        "symwick gwpd '2*fever + cough + 3*fever*cough' --law patients.toml --at fever=1,cough=1",
        "symwick gwpd 'petal_length*petal_width' --law flowers.csv --row 119",
    ),
    "gwp": (
        "symwick gwp 'x*y' --input 'x=Normal(m, 1)' --input 'y=Bernoulli(1/4)'",
        "symwick gwp 'x^y' --input 'x=Bernoulli(1/2)' --input 'y=Bernoulli(1/2)' --of y --at x=0,y=1 --json",
    ),
    "gcp": ("symwick data patients.toml", "symwick gcp 'fever*cough' --law patients.toml"),
    "gcpd": ("symwick data patients.toml", "symwick gcpd 'fever*cough' --law patients.toml"),
    "propagate": (
        "symwick data c432.bench square.json",
        "symwick propagate c432.bench --order 2 --ring float64",
        "symwick propagate square.json --input 'x=Normal(0, 1)' --input 'y=Bernoulli(1/4)' --order exact",
    ),
    "attributions": ("symwick data square.json", "symwick attributions square.json --input '*=Bernoulli(1/4)' --dropped"),
    "ledger": ("symwick data c17.bench", "symwick ledger c17.bench --order 1"),
    "compile": (
        "symwick compile 'exp(-x**2/2)' -o density.py",
        "symwick compile 'x*y*z' --term gwp --moments x,y,z",
    ),
    "verify": (
        "symwick compile 'x*y' --term gwp --moments x,y -o mine.py",
        "symwick verify mine.py:evaluate --against 'x*y' --term gwp --moments x,y",
    ),
    "law": ("symwick data flowers.csv", "symwick law flowers.csv --codes 'kind=setosa,versicolor,virginica'"),
    "data": ("symwick data", "symwick data asia.bif c17.bench"),
    "identity": ("symwick identity", "symwick identity gwpd -n 3"),
}
"""Commands that run one after the other in an empty folder, by the command whose help shows them."""

app = typer.Typer(
    name="symwick",
    help="Exact interactions between the inputs of a function, dependent inputs included.",
    epilog="First steps: symwick demo, or symwick gwpd --help. Exit codes: 0 done, 1 what was verified differs, "
    "2 wrong arguments or files, 3 more work than --limit allows, 130 interrupted.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
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
def demo(
    as_json: bool = typer.Option(False, "--json", help="Print the stories as JSON, {\"text\": …}."),
) -> None:
    """The main job on real input, in a minute: exact decompositions, each summed back exactly."""
    from symwick.cli.reporting import reported

    with reported(as_json) as out:
        from symwick.cli.demo import run

        if not as_json:
            run(out.console)
            return
        with out.console.capture() as captured:
            run(out.console)
        out.json({"text": captured.get()})


_COMMANDS: dict[str, Callable[..., None]] = {
    "gwpd": decomposing.gwpd,
    "gwp": decomposing.gwp,
    "gcpd": decomposing.gcpd,
    "gcp": decomposing.gcp,
    "propagate": propagating.propagate,
    "attributions": propagating.attributions,
    "ledger": propagating.ledger,
    "compile": making_code.compile_code,
    "verify": making_code.verify,
    "identity": files.identity,
    "law": files.law,
    "data": files.data,
}

for _name, _command in _COMMANDS.items():
    app.command(_name, epilog=examples(*EXAMPLES[_name]))(_command)
