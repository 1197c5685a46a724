"""The circuit: an immutable DAG of gates in one flat arena; the only intermediate representation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any, Self

import sympy

from symwick.algebra.notebook import cut
from symwick.algebra.numbers import to_flint, whole_number
from symwick.algebra.symbolic import number_or_expression
from symwick.circuits import structure
from symwick.circuits.circuit_display import circuit_html, circuit_latex
from symwick.circuits.circuit_json import read_json, write_json
from symwick.circuits.evaluation import at_arrays, is_array
from symwick.circuits.gates import EVALUATE, GATE_NAMES, SIZE, SYMPY, Gate, Table
from symwick.circuits.graphs import from_graph, to_dot, to_graph
from symwick.circuits.named_functions import FUNCTIONS
from symwick.circuits.netlist import read_bench
from symwick.circuits.outputs import Outputs
from symwick.circuits.passes import Named, pruned, shared, slopes, spliced
from symwick.circuits.trees import MOST_PATHS, Tree, TreePath, paths, unfolded
from symwick.circuits.variables import Variable, as_variables, close_names
from symwick.circuits.writer import Writer
from symwick.circuits.written_expressions import write_expressions
from symwick.errors import FormatError, InvalidArgument, UnknownVariable

__all__ = ["Circuit", "Label"]

Label = tuple[str, str]
"""How a gate that has a name of its own is printed: text and LaTeX, ("Cov(x, y)", …)."""


class Circuit:
    """Gates in an order in which arguments come first; ``outputs`` names some of them, ``labels`` says how some are printed.

    A sum is weighted, with any number of terms and a constant; a product of more than two factors is the left-to-right chain
    of binary products, and an integer power the chain of its copies. Made by :func:`symwick.trace` or by ``from_expr``,
    ``from_bench``, ``from_json``, ``from_networkx``, gates as written: none merged, none reordered. ``inputs``, ``wires`` and
    ``outputs`` are names; a wire without one is called g1, g2, …; an output's name wins over a wire's.

    >>> import symwick as sw
    >>> c = sw.Circuit.from_expr({"out": "x*y + 3*x"}, ["x", "y"])
    >>> c
    <Circuit: 2 inputs, 2 gates, outputs out>
    >>> c.evaluate({"x": 5, "y": "1/2"}), c.wires, c.levels["out"]
    ({'out': Fraction(35, 2)}, ('x', 'y', 'g1', 'g2'), 1)
    """

    __slots__ = ("_places", "_wires", "gates", "inputs", "labels", "names", "outputs")

    def __init__(
        self,
        gates: Iterable[Gate],
        outputs: Mapping[str, int],
        labels: Mapping[int, Label] | None = None,
        names: Mapping[str, int] | None = None,
    ) -> None:
        self.gates = tuple(gates)
        self.labels = dict(labels or {})
        self.inputs = tuple(gate.payload for gate in self.gates if gate.op == "input")
        self.outputs = Outputs(outputs)
        self.names = dict(names or {})
        self._wires: tuple[str, ...] | None = None
        self._places: dict[str, int] | None = None

    @classmethod
    def _written(cls, writer: Writer) -> Self:
        circuit = cls(writer.gates, writer.outputs, names=writer.names)
        circuit.check()
        return circuit

    # -- in and out ---------------------------------------------------------------------------------------------------

    @classmethod
    def from_expr(cls, outputs: Mapping[str, Any], inputs: Iterable[Variable]) -> Self:
        """Polynomials (sympy or text) gate by gate: post-order, arguments in printed order, nothing merged.

        Raises UnknownVariable (a symbol that is no input), InexactError (a float), InvalidArgument (no polynomial).
        """
        if not isinstance(outputs, Mapping):
            outputs = {"out": outputs}
        return cls._written(write_expressions(outputs, as_variables(inputs, "inputs")))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The circuit that JSON text of the format ``symwick-circuit/1`` describes; a file out of order is sorted stably.

        Raises FormatError: malformed, names undefined or twice, a cycle.
        """
        return cls._written(read_json(text))

    def to_json(self, indent: int | None = None) -> str:
        """The circuit as JSON text, read back by ``from_json`` as an equal circuit."""
        return write_json(self, indent)

    @classmethod
    def from_bench(cls, path: str | PathLike[str]) -> Self:
        """An ISCAS netlist (AND OR NAND NOR XOR XNOR NOT BUF of any arity) as arithmetic over bits; every net is a wire.

        AND is a product; OR is 1 − AND of (1 − a); XOR is folded from the left, r ← r + a − 2 r a; NAND, NOR, XNOR, NOT are
        1 − it; BUF is another name. Raises FormatError with the line.
        """
        try:
            return cls.from_bench_text(Path(path).read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise FormatError(f"{path} is no netlist: it is not UTF-8 text.") from error

    @classmethod
    def from_bench_text(cls, text: str) -> Self:
        """A netlist given as text; see ``from_bench``."""
        return cls._written(read_bench(text))

    @classmethod
    def from_networkx(cls, graph: Any) -> Self:
        """A circuit from a directed networkx graph, nodes and edges as ``to_networkx`` writes them."""
        return cls._written(from_graph(graph))

    def to_networkx(self) -> Any:
        """A networkx MultiDiGraph: wires with ``op``, ``constant``, ``exponent``; edges with ``place`` and ``weight``."""
        return to_graph(self)

    def to_dot(self) -> str:
        """DOT text that Graphviz draws."""
        return to_dot(self)

    # -- wires ----------------------------------------------------------------------------------------------------------

    @property
    def wires(self) -> tuple[str, ...]:
        """One name for every wire, inputs included, in circuit order."""
        if self._wires is None:
            found: dict[int, str] = {}
            for name, position in self.names.items():
                found.setdefault(position, name)
            taken, count = {*self.names, *self.inputs}, 0
            for position, gate in enumerate(self.gates):
                if gate.op == "input":
                    found[position] = gate.payload
                elif position not in found:
                    count += 1
                    while (name := f"g{count}") in taken:
                        count += 1
                    found[position] = name
            self._wires = tuple(found[i] for i in range(len(self.gates)))
        return self._wires

    def position(self, name: Any, argument: str = "wire") -> int:
        """The gate of an output or a wire; an output's name wins."""
        text = name.name if isinstance(name, sympy.Symbol) else name
        if isinstance(text, str):
            if self._places is None:
                self._places = {**{wire: i for i, wire in enumerate(self.wires)}, **self.names, **self.outputs}
            if text in self._places:
                return self._places[text]
            if close := close_names(text, self._places):
                shown = " or ".join(close)
                raise UnknownVariable(f"Argument '{argument}' names {name!r}, which is no wire; did you mean {shown}?")
        known = ", ".join(list(self.outputs)[:8]) + (", …" if len(self.outputs) > 8 else "")
        raise UnknownVariable(f"Argument '{argument}' names {name!r}, which is no wire; the outputs are: {known or 'none'}.")

    def __getitem__(self, name: Any) -> Circuit:
        """The circuit with one output only: an output or any wire."""
        return Circuit(self.gates, {str(name): self.position(name, "name")}, self.labels, self.names)

    @property
    def levels(self) -> dict[str, int]:
        """Multiplicative depth of every wire and output: sums add none, a binary product is one above its factors."""
        return self._by_name(structure.levels(self.gates))

    @property
    def degree(self) -> dict[str, int | None]:
        """Degree of every wire and output in the inputs, before anything cancels; None for no polynomial."""
        return self._by_name(structure.degrees(self.gates))

    @property
    def width(self) -> int:
        """The largest number of live wires: computed, and to be read later or an output."""
        return max(structure.live_widths(self.gates, self.outputs.values()), default=0)

    def cone(self, name: Any) -> tuple[str, ...]:
        """The inputs that a wire or output is made of."""
        found = structure.needed(self.gates, [self.position(name, "name")])
        return tuple(self.gates[i].payload for i in found if self.gates[i].op == "input")

    def statistics(self) -> structure.Statistics:
        """Counts of gates, depth, levels, live width, degree."""
        return structure.statistics(self.gates, list(self.outputs.values()))

    def _by_name(self, values: Sequence[Any]) -> dict[str, Any]:
        named = dict(zip(self.wires, values, strict=True))
        return {**named, **{name: values[i] for name, i in {**self.names, **self.outputs}.items()}}

    # -- circuits from circuits -----------------------------------------------------------------------------------------

    def _named(self) -> Named:
        return self.gates, self.outputs, self.names

    def prune(self) -> Circuit:
        """Without the gates that no output is made of; all inputs stay."""
        return Circuit._written(pruned(self._named()))

    def share(self) -> Circuit:
        """Equal gates made once. Estimates that truncate may change; exact values do not."""
        return Circuit._written(shared(self._named()))

    def substitute(self, changes: Mapping[Any, Any]) -> Circuit:
        """Inputs replaced by exact numbers, or by circuits: one with a single output, or ``(circuit, output)``.

        Inputs of one name are one input. This composes circuits.
        """
        if not isinstance(changes, Mapping):
            raise InvalidArgument(f"Argument 'changes' must map inputs to numbers or circuits, not be {changes!r}.")
        numbers: dict[str, Any] = {}
        circuits: dict[str, tuple[Circuit, str]] = {}
        for key, value in changes.items():
            name = str(key)
            if name not in self.inputs:
                raise UnknownVariable(f"Argument 'changes' names {name}, which is no input; they are: {', '.join(self.inputs)}.")
            other, output = value if isinstance(value, tuple) and len(value) == 2 else (value, None)
            if not isinstance(other, Circuit):
                numbers[name] = to_flint(value, f"changes[{name}]")
                continue
            if output is None and len(other.outputs) != 1:
                shown = ", ".join(other.outputs) or "none"
                raise InvalidArgument(f"Argument 'changes[{name}]' must say which output, (circuit, output): it has {shown}.")
            chosen = next(iter(other.outputs)) if output is None else output
            if chosen not in other.outputs:
                raise UnknownVariable(f"Argument 'changes[{name}]' names {chosen!r}, which is no output of that circuit.")
            circuits[name] = other, chosen
        return Circuit._written(spliced(self._named(), numbers, circuits))

    def treeify(self, *, limit: int = MOST_PATHS) -> Tree:
        """The circuit without sharing: every path from an output to an input is an input of its own, a copy.

        Raises TooLarge before it starts where there are more than ``limit`` paths, to inputs and constants; ``paths`` goes
        through any number.
        """
        names = self.wires
        writer, copies, origins = unfolded(self.gates, names, self.outputs, whole_number(limit, "limit", 1))
        return Tree(self, Circuit._written(writer), copies, origins)

    def paths(self, output: Any = None) -> Iterator[TreePath]:
        """All paths from an output (all outputs by default) down to inputs, from left to right, one at a time.

        >>> import symwick as sw
        >>> c = sw.trace(lambda x, y: (x + y) ** 2, ["x", "y"])
        >>> [(path.copy, path.wires) for path in c.paths()]
        [('x.1', ('out', 'g1', 'x')), ('y.1', ('out', 'g1', 'y')), ('x.2', ('out', 'g1', 'x')), ('y.2', ('out', 'g1', 'y'))]
        """
        ends = self.outputs if output is None else {str(output): self.position(output, "output")}
        return paths(self.gates, self.wires, ends)

    def diff(self, by: Any) -> Circuit:
        """The partial derivative of every output by one input, as a circuit. Raises InvalidArgument for gates without one."""
        name = str(by)
        if name not in self.inputs:
            raise UnknownVariable(f"Argument 'by' names {name}, which is no input; they are: {', '.join(self.inputs)}.")
        return Circuit._written(slopes(self._named(), name)).prune()

    def check(self) -> Circuit:
        """The circuit itself, once every rule of the arena has been seen to hold."""
        for position, gate in enumerate(self.gates):
            if gate.op not in GATE_NAMES:
                raise InvalidArgument(f"Gate {position} must be one of {', '.join(GATE_NAMES)}, not {gate.op!r}.")
            if any(type(argument) is not int or not 0 <= argument < position for argument in gate.args):
                raise InvalidArgument(f"Gate {position} must have earlier gates as arguments, not {gate.args}.")
            if problem := _problem(gate):
                raise InvalidArgument(f"Gate {position} must {problem}")
        if len(set(self.inputs)) != len(self.inputs):
            raise InvalidArgument("Every input must have a name of its own.")
        for name, position in self.outputs.items():
            if not 0 <= position < len(self.gates):
                raise InvalidArgument(f"Output {name!r} must be a gate, not {position}.")
        return self

    def run(
        self,
        values: Mapping[str, Any],
        coerce: Callable[[Any], Any],
        rules: Mapping[str, Any] = EVALUATE,
        known: Mapping[int, Any] | None = None,
    ) -> dict[str, Any]:
        """Values of the outputs under a table of rules; ``coerce`` brings constants in, ``known`` gates are not worked out."""
        results: list[Any] = []
        for position, gate in enumerate(self.gates):
            if known and position in known:
                results.append(known[position])
            elif gate.op == "input":
                results.append(values[gate.payload])
            else:
                results.append(rules[gate.op](gate, results, coerce))
        return {name: results[position] for name, position in self.outputs.items()}

    def evaluate(self, point: Mapping[Any, Any], wires: Iterable[Any] | None = None) -> dict[str, Any]:
        """Exact values of the outputs (or of ``wires``) at a point ``{input: exact number}``; at arrays, arrays.

        Arrays broadcast; floats in one of them give floats, else the values are exact, in object arrays. Expressions where
        constants such as exp(1) remain.
        """
        if not isinstance(point, Mapping):
            raise InvalidArgument(f"Argument 'point' must map inputs to numbers, not be {point!r}.")
        given = {str(name): value.item() if _is_scalar(value) else value for name, value in point.items()}
        if len(given) != len(point):
            raise InvalidArgument("Argument 'point' must give every input once, but one comes as text and as a symbol.")
        missing = [name for name in self.inputs if name not in given]
        if missing:
            raise InvalidArgument(f"Argument 'point' must give every input; it lacks {', '.join(missing)}.")
        if isinstance(wires, (str, sympy.Symbol)):
            wires = [wires]
        wanted = self.outputs if wires is None else {str(name): self.position(name, "wires") for name in wires}
        if any(is_array(given[name]) for name in self.inputs):
            return at_arrays(self, given, wanted)
        values = {name: to_flint(given[name], f"point[{name}]") for name in self.inputs}
        chosen = self if wires is None else Circuit(self.gates, wanted)
        return {name: number_or_expression(value) for name, value in chosen.run(values, to_flint).items()}

    def to_sympy(
        self, leaves: Mapping[str, sympy.Expr], known: Mapping[int, sympy.Expr] | None = None
    ) -> dict[str, sympy.Expr]:
        """The outputs as sympy expressions, not expanded, with expressions put for the inputs (and for ``known`` gates)."""
        return self.run(leaves, to_flint, SYMPY, known)

    def written_size(self, known: Mapping[int, Any] | None = None) -> int:
        """Symbols and operations of all outputs written out, where the DAG shares nothing any more."""
        ones = dict.fromkeys(known or (), 1)
        return sum(self.run(dict.fromkeys(self.inputs, 1), int, SIZE, ones).values())

    def __len__(self) -> int:
        """The number of gates that are no inputs."""
        return len(self.gates) - len(self.inputs)

    def __repr__(self) -> str:
        names = ", ".join(list(self.outputs)[:6]) + (", …" if len(self.outputs) > 6 else "")
        counts = [f"{n} {what}{'' if n == 1 else 's'}" for n, what in ((len(self.inputs), "input"), (len(self), "gate"))]
        return f"<Circuit: {', '.join(counts)}, outputs {cut(names) or 'none'}>"

    def _repr_html_(self) -> str:
        return circuit_html(self)

    def _repr_latex_(self) -> str | None:
        return circuit_latex(self)

    def _ipython_key_completions_(self) -> list[str]:
        return list(dict.fromkeys([*self.outputs, *self.names, *self.inputs]))

    def __eq__(self, other: object) -> bool:
        """Same gates, same outputs. Circuits that compute the same need not be equal."""
        if not isinstance(other, Circuit):
            return NotImplemented
        return self.gates == other.gates and self.outputs == other.outputs

    def __hash__(self) -> int:
        return hash((self.gates, tuple(sorted(self.outputs.items()))))


def _is_scalar(value: Any) -> bool:
    """Whether a value is an array without axes."""
    return hasattr(value, "__array__") and hasattr(value, "item") and not is_array(value)


def _problem(gate: Gate) -> str | None:
    """What is wrong with the shape of a gate, or None."""
    if gate.op == "sum" and len(gate.weights) != len(gate.args):
        return "have one weight for each argument."
    if gate.op == "product" and not gate.args:
        return "be a product of at least one argument."
    if gate.op in ("power", "reciprocal") and len(gate.args) != 1:
        return f"have one argument for a {gate.op}, not {len(gate.args)}."
    if gate.op == "power" and (not isinstance(gate.payload, int) or isinstance(gate.payload, bool) or gate.payload < 2):
        return f"have an integer of at least 2 as exponent, not {gate.payload!r}."
    if gate.op == "function" and gate.payload not in FUNCTIONS:
        return f"apply one of {', '.join(FUNCTIONS)}, not {gate.payload!r}."
    if gate.op == "function" and not gate.args:
        return "apply its function to at least one argument."
    if gate.op == "function" and len(gate.args) > 1 and gate.payload not in ("max", "min"):
        return f"apply {gate.payload} to one argument, not {len(gate.args)}."
    if gate.op == "table" and not (isinstance(gate.payload, Table) and len(gate.payload.points) == len(gate.args)):
        return "have a table with one axis for each argument."
    if gate.op == "table" and len(gate.payload.values) != prod(map(len, gate.payload.points)):
        return "have a table with one value for each point of its grid."
    if gate.op == "table" and any(len(set(axis)) != len(axis) for axis in gate.payload.points):
        return "have a table with the points of each axis once."
    return None
