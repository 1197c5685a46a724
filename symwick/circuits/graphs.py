"""Circuits as networkx graphs, and as DOT text to draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx

from symwick.algebra.numbers import format_number, to_flint, to_number
from symwick.circuits.gates import MAX_EXPONENT
from symwick.circuits.ordering import stable_order
from symwick.circuits.writer import Writer
from symwick.errors import FormatError, InvalidArgument, SymwickError

__all__ = ["from_graph", "to_dot", "to_graph"]

_MOST_DRAWN = 2000


def to_graph(circuit: Any) -> Any:
    """A MultiDiGraph: nodes are wires with ``op``, ``constant`` or ``exponent``; edges run from argument to gate.

    An edge has its ``place`` among the arguments and, into a sum, its ``weight``. ``graph["outputs"]`` maps output to wire.
    """
    names = circuit.wires
    graph = nx.MultiDiGraph(outputs={name: names[i] for name, i in circuit.outputs.items()})
    for position, gate in enumerate(circuit.gates):
        about: dict[str, Any] = {"op": gate.op}
        if gate.op in ("sum", "constant"):
            about["constant"] = to_number(gate.payload)
        elif gate.op == "power":
            about["exponent"] = gate.payload
        elif gate.op not in ("input", "product"):
            raise InvalidArgument(f"Gate {names[position]!r} must be a sum, a product or a power, not a {gate.op}.")
        graph.add_node(names[position], **about)
        for place, a in enumerate(gate.args):
            weight = {"weight": to_number(gate.weights[place])} if gate.op == "sum" else {}
            graph.add_edge(names[a], names[position], place=place, **weight)
    return graph


def from_graph(graph: Any) -> Writer:
    """A circuit from such a graph (see :func:`to_graph`); edges without ``place`` come in their order, weights default to 1.

    Nodes are taken in their order, each after what it reads. Raises FormatError: a cycle, an unknown op.
    """
    if not isinstance(graph, nx.DiGraph):
        raise InvalidArgument(f"Argument 'graph' must be a directed networkx graph, not {graph!r}.")
    writer = Writer()
    nodes = {str(node): node for node in graph.nodes}
    if len(nodes) != graph.number_of_nodes():
        raise FormatError("The nodes of the graph must have names that differ as text.")
    inner: dict[str, list[str]] = {}
    for name, node in nodes.items():
        if graph.nodes[node].get("op", "input") != "input":
            inner[name] = [str(source) for source in graph.predecessors(node)]
        elif graph.in_degree(node):
            raise FormatError(f"Node {node} is an input (it has no 'op'), but has edges into it.")
        else:
            writer.input(name)

    def cyclic(name: str, reads: str) -> FormatError:
        return FormatError(f"The graph must have no cycle, but node {name} reads {reads}, which depends on {name}.")

    for name in stable_order(inner, list(writer.names), undefined=cyclic, cyclic=cyclic):
        _write_node(writer, graph, nodes[name])
    outputs = graph.graph.get("outputs")
    if outputs is not None and not isinstance(outputs, Mapping):
        raise FormatError(f"The graph's 'outputs' must map names to nodes, not be {outputs!r}.")
    if outputs is None:
        outputs = {str(node): node for node in graph.nodes if not graph.out_degree(node)}
    for name, node in outputs.items():
        if str(node) not in writer.names:
            raise FormatError(f"Output {name!r} names {node}, which is no node.")
        writer.outputs[str(name)] = writer.names[str(node)]
    return writer


def _write_node(writer: Writer, graph: Any, node: Any) -> None:
    about = graph.nodes[node]
    edges = list(enumerate(graph.in_edges(node, data=True)))
    if bad := [e[2]["place"] for _, e in edges if not isinstance(e[2].get("place", 0), int)]:
        raise FormatError(f"Node {node} must have edges with an integer 'place', not {bad[0]!r}.")
    edges.sort(key=lambda item: (item[1][2].get("place", item[0]), item[0]))
    args = [writer.names[str(source)] for _, (source, _, _) in edges]
    op, name = about["op"], str(node)
    exponent = about.get("exponent")
    if op in ("sum", "constant"):
        try:
            terms = [(to_flint(e[2].get("weight", 1)), a) for (_, e), a in zip(edges, args, strict=True)]
            writer.sum(terms, to_flint(about.get("constant", 0)), name)
        except SymwickError as error:
            raise FormatError(f"Node {node} must have exact numbers as weights and constant: {error}") from None
    elif op == "product" and args:
        writer.product(args, name)
    elif op == "power" and len(args) == 1 and type(exponent) is int and 2 <= exponent <= MAX_EXPONENT:
        writer.power(args[0], exponent, name)
    else:
        raise FormatError(
            f"Node {node} must be an input, a sum, a product of at least one wire or a power of one wire with an integer "
            f"'exponent' of at least 2, not {op!r} of {len(args)}."
        )


def to_dot(circuit: Any) -> str:
    """DOT text (Graphviz): boxes are outputs, labels the operations, weights stand on the edges of sums."""
    names = circuit.wires
    if len(names) > _MOST_DRAWN:
        raise InvalidArgument(f"A drawing must have at most {_MOST_DRAWN:,} wires, not {len(names):,}: prune() or cut it first.")
    outputs = {i: name for name, i in circuit.outputs.items()}
    lines = ["digraph circuit {", "  rankdir=BT;", '  node [shape=ellipse, fontname="Helvetica"];']
    for position, gate in enumerate(circuit.gates):
        symbol = {"input": "", "sum": "Σ", "product": "∏"}.get(gate.op, gate.op)
        if gate.op == "constant":
            symbol = format_number(gate.payload)
        elif gate.op == "power":
            symbol = f"( )^{gate.payload}"
        elif gate.op == "sum" and gate.payload:
            symbol = f"Σ + {format_number(gate.payload)}"
        title = names[position] if not symbol else f"{names[position]}: {symbol}"
        shape = f', shape=box, xlabel="{_quoted(outputs[position])}"' if position in outputs else ""
        lines.append(f'  {position} [label="{_quoted(title)}"{shape}];')
        for place, a in enumerate(gate.args):
            weight = gate.weights[place] if gate.op == "sum" else 1
            label = f' [label="{format_number(weight)}"]' if weight != 1 else ""
            lines.append(f"  {a} -> {position}{label};")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
