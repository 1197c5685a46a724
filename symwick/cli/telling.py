"""How the demo tells its stories: titles, paragraphs, results and tables on a terminal of at most 100 columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

__all__ = ["LONGEST_FRACTION", "WIDEST", "number_text", "order_shares", "partition_text", "say", "show",
           "subset_text", "term_table", "title"]  # fmt: skip

WIDEST = 100
LONGEST_FRACTION = 36


def title(out: Console, text: str) -> None:
    out.print()
    out.rule(f"[bold]{escape(text)}", align="left")


def say(out: Console, text: str) -> None:
    out.print(escape(" ".join(text.split())))


def show(out: Console, text: Any) -> None:
    """A line of results, indented."""
    out.print(Padding(f"[cyan]{escape(str(text))}", (0, 0, 0, 2), expand=False))


def number_text(value: Any) -> str:
    """Exact, with the decimal beside a fraction whose size is hard to see."""
    text = str(value)
    return text if len(text) <= 5 or "/" not in text else f"{text} ≈ {float(value):.4f}"


def subset_text(key: Iterable[Any], order: list[str]) -> str:
    return "{" + ", ".join(sorted(map(str, key), key=order.index)) + "}" if key else "∅"


def partition_text(key: Iterable[Iterable[Any]], order: list[str]) -> str:
    blocks = [sorted(map(str, block), key=order.index) for block in key]
    return " ".join("{" + ", ".join(block) + "}" for block in sorted(blocks, key=lambda b: order.index(b[0])))


def term_table(out: Console, heads: tuple[str, str], rows: list[tuple[str, Any]], total: tuple[str, Any] | None) -> None:
    """A table of names, exact values where they are short enough to read, and decimals."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_footer=False)
    table.add_column(heads[0])
    table.add_column(heads[1], justify="right")
    table.add_column("decimal", justify="right")
    for name, value in rows:
        text = str(value)
        table.add_row(name, text if len(text) <= LONGEST_FRACTION else "(long)", f"{float(value):+.4f}")
    if total is not None:
        table.add_section()
        table.add_row(f"[bold]{total[0]}", f"[bold]{total[1]}", f"[bold]{float(total[1]):+.4f}")
    out.print(Padding(table, (0, 0, 0, 2), expand=False))


def order_shares(sizes: Any) -> str:
    return ", ".join(f"order {order} {float(sizes.share(order)):.1%}" for order in sizes.by_order)
