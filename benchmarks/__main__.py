"""Run the benchmarks and print one table: ``python -m benchmarks [--only NAME] [--json FILE]``."""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

HERE = Path(__file__).resolve().parent
Row = dict[str, Any]
KEYS = {"name", "seconds", "peer", "peer_seconds", "ratio", "peak_mb", "target"}


def names() -> list[str]:
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def run_here(name: str) -> list[Row]:
    """The rows of one module, run in this process."""
    rows: list[Row] = importlib.import_module(f"benchmarks.bench_{name}").run()
    for row in rows:
        if unknown := set(row) - KEYS:
            raise ValueError(f"Row {row.get('name')!r} of bench_{name} has unknown keys {sorted(unknown)}.")
        if row.get("ratio") is None and row.get("peer_seconds") is not None and row["seconds"] > 0:
            row["ratio"] = row["peer_seconds"] / row["seconds"]
    return rows


def run_apart(name: str) -> list[Row] | None:
    """The rows of one module, run in a process of its own; None when it fails (its traceback is on stderr)."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "benchmarks", "--worker", name, "--json", str(out)]
        if subprocess.run(command, cwd=HERE.parent, stdin=subprocess.DEVNULL, check=False).returncode != 0:
            return None
        rows: list[Row] = json.loads(out.read_text(encoding="utf-8"))
        return rows


def _number(value: float | None, digits: int = 3) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"


def table(results: dict[str, list[Row] | None]) -> Table:
    table = Table(title="symwick benchmarks", caption="ratio: the peer's seconds over ours, in one run")
    table.add_column("benchmark", overflow="fold")
    for title in ("seconds", "peak MB"):
        table.add_column(title, justify="right")
    table.add_column("compared with", overflow="fold")
    for title in ("its seconds", "ratio"):
        table.add_column(title, justify="right")
    table.add_column("target", overflow="fold")
    for name, rows in results.items():
        table.add_section()
        if rows is None:
            table.add_row(f"bench_{name}", "[red]failed[/red]")
        for row in rows or ():
            table.add_row(
                escape(row["name"]),
                _number(row["seconds"]),
                _number(row.get("peak_mb")),
                escape(row.get("peer") or ""),
                _number(row.get("peer_seconds")),
                _number(row.get("ratio")),
                escape(row.get("target") or ""),
            )
    return table


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Run the benchmarks.")
    parser.add_argument("--only", metavar="NAME", action="append", choices=names(), help="run bench_NAME.py only")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the rows to this file as well")
    parser.add_argument("--worker", metavar="NAME", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        options.json.write_text(json.dumps(run_here(options.worker)), encoding="utf-8")
        return 0

    errors = Console(stderr=True)
    results: dict[str, list[Row] | None] = {}
    for name in options.only or names():
        errors.print(f"bench_{name} ...", style="dim", highlight=False)
        results[name] = run_apart(name)
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(table(results))
    if options.json:
        machine = {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()}
        text = json.dumps({"machine": machine, "results": results}, indent=1, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 1 if None in results.values() else 0


if __name__ == "__main__":
    sys.exit(main())
