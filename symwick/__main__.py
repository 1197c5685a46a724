"""``python -m symwick``: the command line."""

from symwick.cli.main import app

app(prog_name="symwick")
