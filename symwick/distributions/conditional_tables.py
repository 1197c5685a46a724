"""Conditional tables P(variable | parents): their record, the numbers of their states, their coding as factors.

And how they are read from a networkx graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import networkx as nx
import numpy as np
import sympy

from symwick.algebra.numbers import Number, to_fraction, to_number
from symwick.algebra.vectors import IntVector
from symwick.circuits.variables import as_variables, variable_mapping
from symwick.distributions.elimination import Factor, ancestors, find_cycle
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["CodedNetwork", "ConditionalTable", "numbers_of_states", "tables_of_graph"]


@dataclass(frozen=True, slots=True)
class ConditionalTable:
    """P(variable | parents): one row for each combination of the parents' states, the last parent running fastest.

    ``points`` are the numbers that the states stand for by themselves, if they are numbers.
    """

    variable: str
    states: tuple[str, ...]
    parents: tuple[str, ...]
    rows: tuple[tuple[Fraction, ...], ...]
    points: tuple[Number, ...] | None = None


# -- the numbers that states stand for ---------------------------------------------------------------------------------


def numbers_of_states(tables: Sequence[ConditionalTable], values: Any = None) -> tuple[tuple[Number, ...], ...]:
    """For each table the distinct numbers of its states, in the order of the states.

    ``values`` is None, ``{variable: {state: number}}``, ``{variable: [number, …]}`` in the order of the states, or
    ``{state: number}`` for all variables that have such states. A variable of which nothing is said has the numbers
    that its states are, or else 0, 1, ….

    >>> table = ConditionalTable("x", ("yes", "no"), (), ((Fraction(1), Fraction(0)),))
    >>> numbers_of_states([table]), numbers_of_states([table], {"yes": 1, "no": "1/2"})
    (((0, 1),), ((1, Fraction(1, 2)),))

    Raises InvalidArgument (unknown variable or state, a state left out, two states with one number).
    """
    given = {} if values is None else values
    if not isinstance(given, Mapping):
        raise InvalidArgument(f"Argument 'values' must map variables or states to numbers, not be {values!r}.")
    nested = [_is_nested(value) for value in given.values()]
    if any(nested) and not all(nested):
        raise InvalidArgument("Argument 'values' must map either variables or states, not some of each.")
    chosen: dict[str, Any] = {}
    if all(nested):
        symbols = [sympy.Symbol(table.variable) for table in tables]
        chosen = {symbol.name: value for symbol, value in variable_mapping(given, symbols, "values", "the law").items()}
    else:
        known = {state for table in tables for state in table.states}
        for state in given:
            if state not in known:
                raise InvalidArgument(f"Argument 'values' names {state!r}, which is no state of any variable.")
        for table in tables:
            here = {state: given[state] for state in table.states if state in given}
            if here:
                chosen[table.variable] = here
    return tuple(_numbers(table, chosen.get(table.variable)) for table in tables)


def _is_nested(value: Any) -> bool:
    return isinstance(value, (Mapping, Sequence)) and not isinstance(value, str)


def _numbers(table: ConditionalTable, given: Any) -> tuple[Number, ...]:
    if given is None:
        return table.points or tuple(range(len(table.states)))
    if isinstance(given, Mapping):
        unknown = [state for state in given if state not in table.states]
        missing = [state for state in table.states if state not in given]
        if unknown or missing:
            what = f"names {unknown[0]!r}, which is no state" if unknown else f"lacks the state {missing[0]!r}"
            raise InvalidArgument(f"Argument 'values' {what} of {table.variable}; states: {', '.join(table.states)}.")
        given = [given[state] for state in table.states]
    if len(given) != len(table.states):
        raise InvalidArgument(
            f"Argument 'values' must hold {len(table.states)} numbers for {table.variable}, not {len(given)}."
        )
    numbers = tuple(to_number(value, "values") for value in given)
    if len(set(numbers)) != len(numbers):
        text = f"distinct numbers, not {', '.join(map(str, numbers))}"
        raise InvalidArgument(f"Argument 'values' must give the states of {table.variable} {text}.")
    return numbers


@dataclass(frozen=True, slots=True, eq=False)
class CodedNetwork:
    """A network with its variables and their states as integers: what it and all its conditional laws share.

    Variable i is the i-th table's; its codes count its ``numbers`` upwards. ``ancestors`` include the variable itself,
    ``order`` has parents first, and ``factors[i]`` is P(i | parents).

    >>> table = ConditionalTable("x", ("yes", "no"), (), ((Fraction(1, 3), Fraction(2, 3)),))
    >>> net = CodedNetwork.of((table,), {"yes": 1, "no": 0})
    >>> net.numbers, net.factors[0].numerators.tolist()
    (((0, 1),), [2, 1])
    """

    symbols: tuple[sympy.Symbol, ...]
    tables: tuple[ConditionalTable, ...]
    points: tuple[dict[str, Number], ...]
    numbers: tuple[tuple[Number, ...], ...]
    sizes: dict[int, int]
    index: dict[sympy.Symbol, int]
    ancestors: tuple[frozenset[int], ...]
    order: tuple[int, ...]
    factors: tuple[Factor, ...]

    @classmethod
    def of(cls, tables: tuple[ConditionalTable, ...], values: Any = None) -> CodedNetwork:
        """The network of tables whose parents make no cycle; ``values`` is read by :func:`numbers_of_states`."""
        assigned = numbers_of_states(tables, values)
        number = {table.variable: i for i, table in enumerate(tables)}
        parents = [tuple(number[p] for p in table.parents) for table in tables]
        rank = [sorted(range(len(some)), key=some.__getitem__) for some in assigned]
        sets, order = ancestors(parents)
        factors = []
        for i, table in enumerate(tables):
            scope = (*parents[i], i)
            entries = IntVector.of(p for row in table.rows for p in row)
            array = entries.numerators.reshape([len(rank[v]) for v in scope])[np.ix_(*(rank[v] for v in scope))]
            axes = sorted(range(len(scope)), key=scope.__getitem__)
            factors.append(Factor.of(tuple(sorted(scope)), array.transpose(axes), entries.denominator))
        symbols = tuple(sympy.Symbol(table.variable) for table in tables)
        return cls(
            symbols,
            tables,
            tuple(dict(zip(t.states, some, strict=True)) for t, some in zip(tables, assigned, strict=True)),
            tuple(tuple(sorted(some)) for some in assigned),
            {i: len(some) for i, some in enumerate(assigned)},
            {symbol: i for i, symbol in enumerate(symbols)},
            sets,
            order,
            tuple(factors),
        )


# -- tables of a networkx graph ----------------------------------------------------------------------------------------


def tables_of_graph(
    graph: nx.DiGraph, tables: Mapping[Any, Any], states: Mapping[Any, Any] | None, limit: int
) -> tuple[ConditionalTable, ...]:
    """The checked tables in the order of the graph's nodes; see :meth:`BayesianNetwork.from_networkx`.

    >>> graph = nx.DiGraph([("x", "y")])
    >>> tables = {"x": {(): {0: "1/2", 1: "1/2"}}, "y": {(0,): {5: 1}, (1,): {7: 1}}}
    >>> tables_of_graph(graph, tables, None, 100)[1].rows
    ((Fraction(1, 1), Fraction(0, 1)), (Fraction(0, 1), Fraction(1, 1)))
    """
    if not isinstance(graph, nx.Graph) or not graph.is_directed() or graph.is_multigraph():
        raise InvalidArgument(f"Argument 'graph' must be a networkx DiGraph, not {type(graph).__name__}.")
    nodes = list(graph.nodes)
    symbols = as_variables(nodes, "graph")
    number = {node: i for i, node in enumerate(nodes)}
    parents = [_parents(graph, node) for node in nodes]
    if circle := find_cycle([[number[p] for p in some] for some in parents]):
        raise InvalidArgument(f"Argument 'graph' has a cycle: {' -> '.join(symbols[i].name for i in circle)}.")
    given_tables = variable_mapping(tables, symbols, "tables", "the graph")
    given_states = variable_mapping({} if states is None else states, symbols, "states", "the graph")
    for symbol in symbols:
        if symbol not in given_tables:
            raise InvalidArgument(f"Argument 'tables' lacks the table of {symbol}.")
    named = [_states(symbol, given_tables[symbol], given_states.get(symbol)) for symbol in symbols]
    result = []
    for symbol, (own, points), above in zip(symbols, named, parents, strict=True):
        sides = [named[number[p]][0] for p in above]
        cells = len(own) * prod(map(len, sides))
        if cells > limit:
            raise TooLarge(f"Entries of the table of {symbol}", cells, limit)
        names = tuple(symbols[number[p]].name for p in above)
        rows = _rows(symbol, given_tables[symbol], own, names, sides)
        result.append(ConditionalTable(symbol.name, own, names, rows, points))
    return tuple(result)


def _parents(graph: nx.DiGraph, node: Any) -> list[Any]:
    found = list(graph.predecessors(node))
    asked = graph.nodes[node].get("parents")
    if asked is None:
        return found
    if len(asked) != len(found) or set(asked) != set(found):
        raise InvalidArgument(
            f"Argument 'graph' must list in the attribute 'parents' of {node} its predecessors "
            f"{', '.join(map(str, found)) or 'none'}, not {asked!r}."
        )
    return list(asked)


def _state(state: Any, argument: str) -> str:
    return state if isinstance(state, str) else str(to_fraction(state, argument))


def _states(symbol: sympy.Symbol, table: Any, asked: Any) -> tuple[tuple[str, ...], tuple[Number, ...] | None]:
    """The names of the states in order of first appearance or as asked for; their numbers where all are numbers."""
    if not isinstance(table, Mapping) or not table or not all(isinstance(row, Mapping) for row in table.values()):
        raise InvalidArgument(
            f"Argument 'tables' must map tuples of parent states of {symbol} to rows {{state: probability}}, not be "
            f"{table!r}."
        )
    raw: Iterable[Any] = asked if asked is not None else [state for row in table.values() for state in row]
    named = {_state(state, "tables" if asked is None else "states"): state for state in raw}
    if asked is not None and len(named) != len(asked):
        raise InvalidArgument(f"Argument 'states' must name each state of {symbol} once.")
    if not named:
        raise InvalidArgument(f"Argument 'tables' must give {symbol} at least one state.")
    numeric = not any(isinstance(state, str) for state in named.values())
    return tuple(named), tuple(to_number(state) for state in named.values()) if numeric else None


def _rows(
    symbol: sympy.Symbol, table: Mapping[Any, Any], own: tuple[str, ...], parents: tuple[str, ...], sides: list[Any]
) -> tuple[tuple[Fraction, ...], ...]:
    found: dict[tuple[str, ...], tuple[Fraction, ...]] = {}
    for key, row in table.items():
        given = key if isinstance(key, tuple) else (key,)
        if len(given) != len(parents):
            raise InvalidArgument(
                f"Argument 'tables' must name one state for each parent of {symbol} ({', '.join(parents) or 'none'}), "
                f"not {key!r}."
            )
        states = tuple(_state(state, "tables") for state in given)
        for parent, state, side in zip(parents, states, sides, strict=True):
            if state not in side:
                raise InvalidArgument(f"Argument 'tables' names in row {key!r} of {symbol} no state of {parent}.")
        if states in found:
            raise InvalidArgument(f"Argument 'tables' gives the row {key!r} of {symbol} a second time.")
        entries = dict.fromkeys(own, Fraction(0))
        for state, weight in row.items():
            if _state(state, "tables") not in entries:
                raise InvalidArgument(f"Argument 'tables' names {state!r}, which is no state of {symbol}.")
            entries[_state(state, "tables")] += to_fraction(weight, "tables")
            if to_fraction(weight, "tables") < 0:
                raise InvalidArgument(f"Argument 'tables' must hold no negative probability, not {weight} of {symbol}.")
        total = sum(entries.values(), Fraction(0))
        if total != 1:
            raise InvalidArgument(
                f"Argument 'tables' must have rows with sum 1, not {total} (row {key!r} of {symbol})."
            )
        found[states] = tuple(entries.values())
    for combination in product(*sides):
        if combination not in found:
            raise InvalidArgument(f"Argument 'tables' lacks the row ({', '.join(combination)}) of {symbol}.")
    return tuple(found[combination] for combination in product(*sides))
