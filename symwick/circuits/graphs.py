"""Circuits as networkx graphs, and as DOT text to draw."""

from __future__ import annotations

from typing import Any

import networkx as nx

from symwick.algebra.numbers import format_number, to_number
from symwick.circuits.writer import Writer
from symwick.errors import FormatError, InvalidArgument

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

    Nodes are taken in topological order, ties in the order of the graph. Raises FormatError: a cycle, an unknown op.
    """
    if not isinstance(graph, nx.DiGraph):
        raise InvalidArgument(f"Argument 'graph' must be a directed networkx graph, not {graph!r}.")
    writer = Writer()
    nodes = {str(node): node for node in graph.nodes}
    if len(nodes) != graph.number_of_nodes():
        raise FormatError("The nodes of the graph must have names that differ as text.")
    place = {node: i for i, node in enumerate(graph.nodes)}
    try:
        order = list(nx.lexicographical_topological_sort(graph, key=place.__getitem__))
    except nx.NetworkXUnfeasible:
        cycle = " -> ".join(str(edge[0]) for edge in nx.find_cycle(graph))
        raise FormatError(f"The graph must have no cycle, but has {cycle}.") from None
    inputs = [node for node in graph.nodes if graph.nodes[node].get("op", "input") == "input"]
    for node in inputs:
        if graph.in_degree(node):
            raise FormatError(f"Node {node} is an input (it has no 'op'), but has edges into it.")
        writer.input(str(node))
    for node in order:
        if node not in writer.names and str(node) not in writer.names:
            _write_node(writer, graph, node)
    outputs = graph.graph.get("outputs")
    if outputs is None:
        outputs = {str(node): node for node in graph.nodes if not graph.out_degree(node)}
    for name, node in outputs.items():
        if str(node) not in writer.names:
            raise FormatError(f"Output {name!r} names {node}, which is no node.")
        writer.outputs[str(name)] = writer.names[str(node)]
    return writer


def _write_node(writer: Writer, graph: Any, node: Any) -> None:
    about = graph.nodes[node]
    edges = sorted(enumerate(graph.in_edges(node, data=True)), key=lambda item: (item[1][2].get("place", item[0]), item[0]))
    args = [writer.names[str(source)] for _, (source, _, _) in edges]
    op, name = about["op"], str(node)
    if op in ("sum", "constant"):
        writer.sum([(e[2].get("weight", 1), a) for (_, e), a in zip(edges, args, strict=True)], about.get("constant", 0), name)
    elif op == "product" and args:
        writer.product(args, name)
    elif op == "power" and len(args) == 1 and isinstance(about.get("exponent"), int):
        writer.power(args[0], about["exponent"], name)
    else:
        raise FormatError(
            f"Node {node} must be an input, a sum, a product of at least one wire or a power of one wire with an integer "
            f"'exponent', not {op!r} of {len(args)}."
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
