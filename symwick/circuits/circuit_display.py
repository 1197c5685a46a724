"""Circuits as a notebook shows them: counts, and one equation a gate where there are few gates."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sympy

from symwick.algebra.notebook import Math, dollars, html_page, html_table, latex_name, listed
from symwick.algebra.numbers import to_flint
from symwick.circuits import structure
from symwick.circuits.gates import SYMPY, Gate
from symwick.circuits.printing import latex_text

__all__ = ["circuit_html", "circuit_latex", "tree_html"]

_FEW_GATES = 30
"""Gates that are written out, one by one."""

_MOST_ARGUMENTS = 12
"""Arguments of a gate that is written out."""

_MOST_COUNTED = 20_000
"""Gates whose levels and width are counted to be shown; ``statistics()`` counts those of any circuit."""


def _equations(circuit: Any) -> list[tuple[str, str]]:
    """Name and meaning of every gate that is no input, as LaTeX."""
    last = {position: name for name, position in circuit.outputs.items()}
    names = [last.get(i, wire) for i, wire in enumerate(circuit.wires)]
    symbols = [sympy.Symbol(name) for name in names]
    return [
        (latex_name(symbols[i]), _meaning(gate, symbols)) for i, gate in enumerate(circuit.gates) if gate.op != "input"
    ]


def _meaning(gate: Gate, symbols: list[sympy.Symbol]) -> str:
    if gate.op == "table" or len(gate.args) > _MOST_ARGUMENTS:
        return rf"\text{{a {gate.op} of {len(gate.args):,} arguments}}"
    return latex_text(SYMPY[gate.op](gate, symbols, to_flint), ())


def circuit_latex(circuit: Any) -> str | None:
    """One equation a gate; None for more than 30 gates."""
    if not 0 < len(circuit) <= _FEW_GATES:
        return None
    lines = r" \\ ".join(f"{name} &= {meaning}" for name, meaning in _equations(circuit))
    return dollars(rf"\begin{{aligned}}{lines}\end{{aligned}}")


def circuit_html(circuit: Any, title: str = "Circuit") -> str:
    """Inputs, outputs, gates by kind, levels and width; the gates themselves where there are few."""
    rows: list[tuple[str, object]] = [
        ("inputs", f"{len(circuit.inputs):,}: {listed(circuit.inputs)}"),
        ("outputs", f"{len(circuit.outputs):,}: {listed(circuit.outputs)}"),
    ]
    kinds = Counter(gate.op for gate in circuit.gates if gate.op != "input")
    rows.append(("gates", f"{len(circuit):,}: {listed(f'{kinds[op]:,} {op}' for op in sorted(kinds))}"))
    if len(circuit.gates) <= _MOST_COUNTED:
        found = structure.statistics(circuit.gates, list(circuit.outputs.values()))
        rows += [("multiplicative levels", f"{found.levels:,}"), ("live width", f"{found.width:,}")]
    gates = ""
    if 0 < len(circuit) <= _FEW_GATES:
        equations = [(Math(name), Math(meaning)) for name, meaning in _equations(circuit)]
        half = (len(equations) + 1) // 2 if len(equations) > 15 else len(equations)  # two columns of gates stay within 20 rows
        left, right = equations[:half], equations[half:]
        gates = html_table(
            [(*one, *(right[i] if i < len(right) else ())) for i, one in enumerate(left)],
            ["gate", "is", *(["gate", "is"] if right else [])],
        )
    return html_page(title, html_table(rows), gates)


def tree_html(tree: Any) -> str:
    """A tree: how many paths each input has."""
    copies = Counter(tree.copies.values())
    rows = [(name, f"{copies[name]:,}") for name in tree.source.inputs if copies[name]]
    head = [("paths", f"{len(tree.copies):,}"), ("gates", f"{len(tree.circuit):,}"), ("of", repr(tree.source))]
    return html_page("Tree", html_table(head), html_table(rows, ["input", "copies"]))
