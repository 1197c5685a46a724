"""An estimate for a circuit, as the commands about circuits ask for it, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from tqdm import tqdm

from symwick.account.attribution import blocks_text
from symwick.account.propagate import propagate
from symwick.account.propagation import Propagation
from symwick.algebra.notebook import cut
from symwick.algebra.numbers import format_number
from symwick.circuits.circuit import Circuit
from symwick.circuits.whole_files import read_text
from symwick.cli.deriving import as_float, decimal, number_text
from symwick.cli.reading import LawOptions, law_for, names_of
from symwick.cli.reporting import Reporter
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["Estimate", "circuit_of", "show_attributions", "show_ledger", "show_moments"]

_FAIR = "Bernoulli(1/2)"
_LONGEST_TERM = 300


def circuit_of(path: Path) -> Circuit:
    """The circuit in a file: a netlist, or JSON."""
    ending = path.suffix.lower()
    if ending == ".bench":
        return Circuit.from_bench(path)
    if ending == ".json":
        return Circuit.from_json(read_text(path, "a circuit"))
    raise InvalidArgument(f"Argument 'CIRCUIT' must end in .bench or .json, not {path.name!r}.")


class Estimate:
    """The circuit, the law of its inputs and the run."""

    def __init__(
        self, path: Path, law: Path | None, inputs: Sequence[str], order: str, schedule: str, closure: str, ring: str
    ) -> None:
        self.name = path.name
        self.circuit = circuit_of(path)
        self.said = ""
        self.law = self._law(path, law, inputs)
        self.run: Propagation = propagate(
            self.circuit, self.law, order=_order(order), schedule=schedule, ring=ring, closure=closure
        )

    def _law(self, path: Path, law: Path | None, inputs: Sequence[str]) -> Law:
        if law is not None:
            return law_for(LawOptions(law, inputs), None, list(self.circuit.inputs))
        if not inputs and path.suffix.lower() != ".bench":
            raise InvalidArgument("Option '--law' must name a file with the law of the inputs, or '--input' give each of them.")
        named = [text for text in inputs if text.partition("=")[0].strip() != "*"]
        others = [text.partition("=")[2].strip() for text in inputs if text.partition("=")[0].strip() == "*"]
        if len(others) > 1:
            raise InvalidArgument("Option '--input' must give '*', all inputs not named, once.")
        known = {text.partition("=")[0].strip() for text in named}
        if unknown := sorted(known.difference(self.circuit.inputs)):
            raise InvalidArgument(f"Option '--input' must name an input of the circuit, and {unknown[0]!r} is none.")
        rest = [name for name in self.circuit.inputs if name not in known]
        if rest and not others:
            if inputs:
                hint = "'*=Bernoulli(1/2)' is for all not named"
                raise InvalidArgument(f"Option '--input' must give the law of {rest[0]}; {hint}.")
            others = [_FAIR]
            self.said = "inputs: independent fair bits (another law: --law FILE, --input '*=Bernoulli(1/4)')"
        return law_for(LawOptions(inputs=[*named, *(f"{name}={others[0]}" for name in rest)]), None)

    def about(self) -> dict[str, Any]:
        run = self.run
        return {"circuit": self.name, "order": run.order, "schedule": run.schedule, "ring": run.ring}


def _order(text: str) -> int | None:
    if text.strip().lower() in ("exact", "none"):
        return None
    try:
        return int(text)
    except ValueError:
        raise InvalidArgument(f"Option '--order' must be a whole number from 1 on, or exact, not {text!r}.") from None


def _written(value: Any) -> Any:
    """A number for JSON: exact ones and formulas as text, floats as they are, null for those that are not finite."""
    if isinstance(value, float):
        return as_float(value)
    return format_number(value) if not hasattr(value, "circuit") else str(value)


def _cells(value: Any) -> list[str]:
    if isinstance(value, float):
        return [f"{value:.10g}"]
    if hasattr(value, "circuit"):  # a closed form
        return [str(value)]
    return [number_text(value), decimal(value)]


def show_moments(out: Reporter, estimate: Estimate, outputs: str) -> None:
    """Mean and variance of each output."""
    run, circuit = estimate.run, estimate.circuit
    wires = names_of(outputs, "--outputs") or list(circuit.outputs)
    bar = tqdm(wires, desc="outputs", delay=2, leave=False, disable=None)
    found = [(wire, run.mean(wire), run.variance(wire)) for wire in bar]
    if out.as_json:
        rows = [{"output": wire, "mean": _written(m), "variance": _written(v)} for wire, m, v in found]
        out.json({**estimate.about(), "outputs": rows, **_remarks(estimate)})
        return
    exact = run.ring == "exact"
    heads = [("output", "left")]
    for head in ("mean", "variance"):
        heads += [(head, "right"), ("decimal", "right")] if exact else [(head, "right")]
    out.table(heads, [[wire, *_cells(mean), *_cells(variance)] for wire, mean, variance in found])
    _say(out, estimate)


def _remarks(estimate: Estimate) -> dict[str, Any]:
    return {"notes": [*estimate.law.notes, *([estimate.said] if estimate.said else [])]}


def _say(out: Reporter, estimate: Estimate) -> None:
    run = estimate.run
    how = "exact" if run.order is None else f"order {run.order}, schedule {run.schedule!r}"
    inputs = len(estimate.circuit.inputs)
    out.line(f"{how}; {inputs} inputs, {len(estimate.circuit.wires) - inputs} gates", "dim")
    for note in _remarks(estimate)["notes"]:
        out.line(note, "dim")


def show_attributions(out: Reporter, estimate: Estimate, of: str, only: bool | None, most: int, limit: int | None) -> None:
    """The first terms in the order of the tree, and what all of them add up to where that can be computed."""
    run = estimate.run
    output = of or next(iter(estimate.circuit.outputs), "")
    terms = run.attributions(output).filter(retained=only)
    shown = list(islice(terms, most))
    bound: dict[str, Any] = {} if limit is None else {"limit": limit}
    try:
        exact: Any = run.attributions(output).total(**bound)
    except TooLarge:
        exact = None
    mean = run.mean(output)
    if out.as_json:
        listed = [
            {
                "monomial": list(term.monomial), "partition": [list(block) for block in term.partition],
                "coefficient": _written(term.coefficient), "value": _written(term.value), "order": term.order,
                "retained": term.retained, "dropped_at": term.dropped_at,
            }
            for term in shown
        ]  # fmt: skip
        sums = {"estimate": _written(mean), "exact_mean": None if exact is None else _written(exact)}
        out.json({**estimate.about(), "output": output, **sums, "attributions": listed, **_remarks(estimate)})
        return
    rows = []
    for term in shown:
        text = cut(f"{number_text(term.coefficient)} {blocks_text(term)}", _LONGEST_TERM)
        fate = "retained" if term.retained else f"dropped at {term.dropped_at}"
        rows.append([text, *_cells(term.value), str(term.order), fate])
    out.table([("term", "left"), ("value", "right"), ("decimal", "right"), ("order", "right"), ("fate", "left")], rows)
    if len(shown) == most:
        out.line(f"The first {most} are shown (--most for more).", "dim")
    out.line(f"estimate of the mean of {output}: {number_text(mean)} ≈ {decimal(mean)}")
    whole = "too many to add up" if exact is None else f"{number_text(exact)} ≈ {decimal(exact)}"
    out.line(f"exact mean, all terms: {whole}")
    _say(out, estimate)


def show_ledger(out: Reporter, estimate: Estimate, most: int) -> None:
    """The dropped cumulants, those with the largest effects first."""
    book = estimate.run.ledger()
    shown = list(islice(book, most))
    if out.as_json:
        rows = [
            {
                "cumulant": list(entry.wires), "value": None if entry.value is None else _written(entry.value),
                "wanted": entry.wanted, "effects": {name: _written(effect) for name, effect in entry.effects.items()},
            }
            for entry in shown
        ]  # fmt: skip
        out.json({**estimate.about(), "dropped": len(book), "ledger": rows, **_remarks(estimate)})
        return
    cells = [
        [f"κ({', '.join(entry.wires)})", "" if entry.value is None else decimal(entry.value), str(entry.wanted),
         ", ".join(f"{name}: {decimal(effect)}" for name, effect in entry.effects.items())]
        for entry in shown
    ]  # fmt: skip
    out.table([("dropped", "left"), ("value", "right"), ("wanted", "right"), ("effects", "left")], cells)
    out.line(f"{len(shown)} of {len(book)} dropped cumulants are shown.")
    _say(out, estimate)
