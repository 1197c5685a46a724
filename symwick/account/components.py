"""Gates and paths of a circuit as the inputs that are attributed to, with their derived joint law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy

from symwick.account.derived_law import derived_law
from symwick.algebra.notebook import MOST_TEXT, cut, html_page, html_table, listed
from symwick.circuits.circuit import Circuit
from symwick.circuits.structure import needed
from symwick.circuits.trees import Tree
from symwick.circuits.writer import Writer
from symwick.decompose.attribution.ablation import Ablation, ablate
from symwick.decompose.attribution.interaction_check import InteractionCheck, interaction_check
from symwick.decompose.cumulant import GCPD, gcp, gcpd
from symwick.decompose.wick import GWPD, gwp, gwpd
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, UnknownVariable
from symwick.propagation.inputs import law_of

__all__ = ["Components", "components"]


class Components:
    """A circuit cut at some of its wires; made by :func:`components`.

    ``circuit`` reads these components as inputs, ``law`` is their derived joint law. Both go into every
    decomposition: ``sw.gwp(k.circuit, k.law, of=…)`` is ``k.gwp(of=…)``. Inputs of the original circuit that the cut one still
    reads are inputs beside the components (``rest``).

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    >>> bits = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    >>> k = sw.components(c, bits, ["g2"])
    >>> k.gwpd()
    GWPD over g2, y
      ∅: 5/8
      {g2}: (g2 - 1)/4
      {y}: y - 1/4
      {g2, y}: (g2 - 1)*(y - 1/4) - 3/8
    >>> k.rest, k.at({"x": 1, "y": 1})
    (('y',), {'g2': 4, 'y': 1})
    """

    def __init__(self, circuit: Circuit, law: Law, names: tuple[str, ...], rest: tuple[str, ...], whole: Circuit) -> None:
        self.circuit, self.law, self.names, self.rest = circuit, law, names, rest
        self._whole = whole

    def at(self, point: Mapping[Any, Any]) -> dict[str, Any]:
        """What the components, and the rest, are at a point of the original inputs: where to evaluate a form."""
        values = self._whole.evaluate(point)
        return {name: values[name] for name in (*self.names, *self.rest)}

    def gwp(self, of: Any = None, **options: Any) -> Any:
        """ω_S f of components: :func:`symwick.gwp`."""
        return gwp(self.circuit, self.law, of, **options)

    def gwpd(self, **options: Any) -> GWPD:
        """All terms: :func:`symwick.gwpd`."""
        return gwpd(self.circuit, self.law, **options)

    def gcp(self, partition: Any = None, **options: Any) -> Any:
        """K_f(π): :func:`symwick.gcp`."""
        return gcp(self.circuit, self.law, partition, **options)

    def gcpd(self, **options: Any) -> GCPD:
        """All K_f(π): :func:`symwick.gcpd`."""
        return gcpd(self.circuit, self.law, **options)

    def ablate(self, *arguments: Any, **options: Any) -> Ablation:
        """What an ablation of components does: :func:`symwick.ablate`."""
        return ablate(self.circuit, self.law, *arguments, **options)

    def interaction_check(self, *arguments: Any, **options: Any) -> InteractionCheck:
        """Δ of components: :func:`symwick.interaction_check`."""
        return interaction_check(self.circuit, self.law, *arguments, **options)

    def __repr__(self) -> str:
        rest = f" beside {', '.join(self.rest)}" if self.rest else ""
        return cut(f"Components {', '.join(self.names)}{rest} of {self.circuit!r}, {self.law!r}", MOST_TEXT)

    def _repr_html_(self) -> str:
        rows = [("beside", listed(self.rest)), ("circuit", repr(self.circuit)), ("law", repr(self.law))]
        return html_page(f"Components {listed(self.names)}", html_table(rows if self.rest else rows[1:]))


def components(c: Circuit | Tree, P: Law, of: Iterable[Any] | None = None, *, output: Any = None) -> Components:
    """A circuit with some of its wires as inputs, and their joint law, derived from P and never assumed independent.

    ``of`` names wires. With a tree, ``c.treeify()``, wires are occurrences ("g1.2") and inputs are paths, copies of the inputs of
    the circuit ("x.1"); without ``of``, all paths. A component may be made of another one: the function then reads both, and what
    the inner one does *through* the outer one counts for the outer one: an inner component keeps its direct effect only.

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    >>> P = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    >>> k = sw.components(c, P, ["g2"])
    >>> k.circuit.inputs, k.law.cumulant(["g2", "y"]), k.gcp().value
    (('y', 'g2'), Fraction(3, 8), Fraction(3, 8))

    Raises UnknownVariable, InvalidArgument, InexactError (a law read from floats), TooLarge.
    """
    tree = c if isinstance(c, Tree) else None
    whole = c.circuit if isinstance(c, Tree) else c
    if not isinstance(whole, Circuit):
        raise InvalidArgument(f"Argument 'c' must be a Circuit or a tree (c.treeify()), not {c!r}.")
    if not isinstance(P, Law):
        raise InvalidArgument(f"Argument 'P' must be a law (Finite, Independent, MultivariateNormal, …), not {P!r}.")
    if output is None and len(whole.outputs) != 1:
        raise InvalidArgument(f"Argument 'output' must name one of {', '.join(whole.outputs) or 'no outputs'}.")
    name = next(iter(whole.outputs)) if output is None else str(output)
    end = whole.position(name, "output")
    if isinstance(of, (str, sympy.Symbol)):
        of = [of]
    if of is not None and not isinstance(of, Iterable):
        raise InvalidArgument(f"Argument 'of' must be a list of wires, not {of!r}.")
    chosen: dict[int, str] = {} if of is None else {whole.position(wire, "of"): str(wire) for wire in of}
    cut, rest = _cut(whole, chosen, name, end)
    if of is None:
        chosen, rest = rest, {}
    wires = {taken: place for place, taken in (chosen | rest).items()}
    origin: Circuit = whole
    if tree is not None:
        origin = tree.source
        place_of = {wire: i for i, wire in enumerate(origin.wires)}
        wires = {taken: place_of[tree.origins[whole.wires[place]]] for taken, place in wires.items()}
    known = {v.name for v in P.variables}
    lacking = [wire for wire in origin.inputs if wire not in known]
    if lacking:
        raise UnknownVariable(f"Argument 'P' must have a variable for every input, but lacks {lacking[0]}.")
    below = Circuit(origin.gates, wires, names=origin.names).prune()  # what is above plays no part
    joint = derived_law(below, law_of(origin.inputs, P))
    return Components(cut, joint, tuple(chosen.values()), tuple(rest.values()), below)


def _cut(whole: Circuit, chosen: Mapping[int, str], name: str, end: int) -> tuple[Circuit, dict[int, str]]:
    """The circuit below an output with inputs in place of some wires, and the original inputs that it still reads."""
    stopped = [gate if i not in chosen else type(gate)("input", payload=chosen[i]) for i, gate in enumerate(whole.gates)]
    kept = sorted(set(needed(stopped, [end])) | set(chosen))
    rest = {i: whole.gates[i].payload for i in kept if stopped[i].op == "input" and i not in chosen}
    read = set(rest.values())
    for i, taken in chosen.items():
        if taken in read:
            raise InvalidArgument(
                f"Argument 'of' names {taken!r}, but the function also reads an input of that name: "
                f"name the wire {whole.wires[i]!r}."
            )
    writer = Writer()
    place: dict[int, int] = {}
    for i in kept:
        gate = stopped[i]
        place[i] = writer.input(gate.payload) if gate.op == "input" else writer.copy(gate, [place[a] for a in gate.args])
    writer.outputs = {name: place[end]}
    return Circuit._written(writer), rest
