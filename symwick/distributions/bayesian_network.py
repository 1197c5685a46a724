"""Bayesian networks as laws: every question is answered by exact elimination, never through the full joint table."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.notebook import MOST_ROWS, MOST_TEXT, cut, html_table, latex_name, listed
from symwick.algebra.numbers import Number, ratio, to_flint, to_fraction
from symwick.algebra.vectors import INT64, IntVector
from symwick.circuits.variables import Variable, lookup, variable_mapping
from symwick.distributions.bif import MAX_BYTES, conditional_tables, parse_bif, read_text
from symwick.distributions.conditional_tables import CodedNetwork, ConditionalTable, tables_of_graph
from symwick.distributions.elimination import Factor, components, draw, eliminate, elimination_steps, make_plan
from symwick.distributions.finite import Finite
from symwick.distributions.law import Law, Vectors
from symwick.distributions.tabulated import TabulatedLaw, sample_count
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["BayesianNetwork"]

LIMIT = 1_000_000
_SMALL = 4096
"""Cells up to which a joint table is worth making and keeping for a single mean."""
_CACHED_TABLES = 1024
_CACHED_CELLS = 1_000_000
_PREPARED = 16


class BayesianNetwork(Law):
    """The law P(x) = Π_v P(x_v | x_parents(v)) of a Bayesian network with discrete variables.

    Made by :meth:`from_bif`, :meth:`from_bif_text` or :meth:`from_networkx`. A state of a variable stands for a number:
    0, 1, … in the order of the states unless ``values`` says otherwise. Means, marginals and conditionals come from
    exact elimination of variables (N. L. Zhang, D. Poole, "Exploiting causal independence in Bayesian network
    inference", JAIR 5, 1996; R. Dechter, "Bucket elimination", 1999) over the ancestors of what is asked for and known.
    No table of more than ``limit`` cells is ever made: TooLarge comes first, with the predicted number.

    >>> from symwick.distributions.bayesian_network import BayesianNetwork
    >>> text = '''network rain { }
    ... variable rain { type discrete [ 2 ] { no, yes }; }
    ... variable wet { type discrete [ 2 ] { no, yes }; }
    ... probability ( rain ) { table 0.8, 0.2; }
    ... probability ( wet | rain ) { (no) 0.9, 0.1; (yes) 0.25, 0.75; }'''
    >>> P = BayesianNetwork.from_bif_text(text)
    >>> P, P.moment(["wet"]), P.condition({"wet": 1}).moment(["rain"])
    (BayesianNetwork(2 variables, 1 edge), Fraction(23, 100), Fraction(15, 23))
    """

    def __init__(
        self,
        tables: Iterable[ConditionalTable],
        *,
        values: Any = None,
        notes: Iterable[str] = (),
        limit: int = LIMIT,
    ) -> None:
        self._start(CodedNetwork.of(tuple(tables), values), {}, Fraction(1), tuple(notes), _checked_limit(limit))

    def _start(
        self, core: CodedNetwork, evidence: dict[int, int], weight: Fraction, notes: tuple[str, ...], limit: int
    ) -> None:
        self._core, self._evidence, self._weight, self.notes, self.limit = core, evidence, weight, notes, limit
        self.variables = tuple(symbol for i, symbol in enumerate(core.symbols) if i not in evidence)
        self._factors = tuple(factor.at(evidence) for factor in core.factors)
        self._tables: dict[frozenset[int], Factor] = {}
        self._prepared: dict[frozenset[int], Factor] = {}
        self._cells = 0
        self._present: dict[int, npt.NDArray[np.intp]] = {}

    # -- construction ------------------------------------------------------------------------------------------

    @classmethod
    def from_bif(
        cls,
        path: str | os.PathLike[str],
        *,
        rounding: str = "error",
        values: Any = None,
        limit: int = LIMIT,
        max_bytes: int = MAX_BYTES,
    ) -> BayesianNetwork:
        """The network of a BIF file (F. G. Cozman, "The Interchange Format for Bayesian Networks", 0.15, 1998).

        Probabilities are read as decimal text, exactly. ``rounding="normalise"`` divides a row whose digits miss the
        sum 1 by at most one unit in the last place per entry by its sum, and names it in ``notes``. ``values`` is
        ``{variable: {state: number}}``, ``{variable: [number, …]}`` in the order of the file, or ``{state: number}``.

        >>> from importlib.resources import files
        >>> P = BayesianNetwork.from_bif(files("symwick") / "data" / "asia.bif", values={"yes": 1, "no": 0})
        >>> P, P.moment(["dysp"])
        (BayesianNetwork(8 variables, 8 edges), Fraction(2179853, 5000000))

        Raises FormatError (line and token), InvalidArgument (``rounding``, ``values``), TooLarge (``limit`` for the
        cells of a table, ``max_bytes`` for the file) and OSError.
        """
        return cls.from_bif_text(read_text(path, max_bytes), rounding=rounding, values=values, limit=limit)

    @classmethod
    def from_bif_text(
        cls, text: str, *, rounding: str = "error", values: Any = None, limit: int = LIMIT
    ) -> BayesianNetwork:
        """The network of a BIF text; arguments and errors are those of :meth:`from_bif`.

        >>> text = "network n { } variable x { type discrete [ 2 ] { a, b }; } probability ( x ) { table 0.1 0.9; }"
        >>> BayesianNetwork.from_bif_text(text, values={"x": [-1, "1/2"]}).moment({"x": 1})
        Fraction(7, 20)
        """
        if not isinstance(text, str):
            raise InvalidArgument(f"Argument 'text' must be a str, not {type(text).__name__}.")
        tables, notes = conditional_tables(parse_bif(text), rounding, _checked_limit(limit))
        return cls(tables, values=values, notes=notes, limit=limit)

    @classmethod
    def from_networkx(
        cls,
        graph: nx.DiGraph,
        tables: Mapping[Any, Any],
        states: Mapping[Any, Any] | None = None,
        *,
        values: Any = None,
        limit: int = LIMIT,
    ) -> BayesianNetwork:
        """The network of a networkx DiGraph whose nodes are variables, with ``tables[node][parent states][state] = p``.

        Parent states are a tuple in the order of the node attribute ``parents``, or else of ``graph.predecessors``;
        ``()`` for a root, and a bare state will do for one parent. A state is text or an exact number; states of a
        variable are in the order of ``states[node]``, or else of first appearance, and one left out of a row has
        probability 0. A variable whose states are all numbers takes them as values; ``values`` is as in
        :meth:`from_bif`.

        >>> graph = nx.DiGraph([("rain", "wet")])
        >>> wet = {("no",): {0: "0.9", 1: "0.1"}, ("yes",): {0: "1/4", 1: "3/4"}}
        >>> P = BayesianNetwork.from_networkx(graph, {"rain": {(): {"no": "0.8", "yes": "0.2"}}, "wet": wet})
        >>> P.moment(["rain", "wet"])
        Fraction(3, 20)

        Raises InvalidArgument (a cycle, a missing table or row, an unknown state, a row that does not sum to 1),
        InexactError (a float) and TooLarge (a table of more than ``limit`` cells).
        """
        return cls(tables_of_graph(graph, tables, states, _checked_limit(limit)), values=values, limit=limit)

    # -- the network -------------------------------------------------------------------------------------------

    @property
    def states(self) -> dict[sympy.Symbol, tuple[str, ...]]:
        """The names of the states of every variable, in the order of the file."""
        return {v: self._core.tables[self._core.index[v]].states for v in self.variables}

    @property
    def graph(self) -> nx.DiGraph:
        """A copy of the whole network's graph, nodes by name, with attributes ``states`` and ``parents``."""
        graph = nx.DiGraph()
        for table in self._core.tables:
            graph.add_node(table.variable, states=table.states, parents=table.parents)
        graph.add_edges_from((parent, table.variable) for table in self._core.tables for parent in table.parents)
        return graph

    @property
    def given(self) -> dict[sympy.Symbol, Number]:
        """What the law is conditioned on; empty for a network as read."""
        return {self._core.symbols[i]: self._core.numbers[i][code] for i, code in self._evidence.items()}

    def value_of(self, variable: Variable, state: str) -> Number:
        """The number that a state stands for. Raises InvalidArgument for an unknown state.

        >>> graph = nx.DiGraph()
        >>> graph.add_node("x")
        >>> BayesianNetwork.from_networkx(graph, {"x": {(): {"no": "1/2", "yes": "1/2"}}}).value_of("x", "yes")
        1
        """
        points = self._core.points[self._index(variable)]
        if state not in points:
            raise InvalidArgument(f"Argument 'state' must be one of {', '.join(points)} for {variable}, not {state!r}.")
        return points[state]

    def __repr__(self) -> str:
        n, edges = len(self.variables), sum(len(table.parents) for table in self._core.tables)
        given = ", ".join(f"{v} = {value}" for v, value in self.given.items())
        counts = f"{n} variable{'s' * (n != 1)}, {edges} edge{'s' * (edges != 1)}"
        return cut(f"BayesianNetwork({counts}{', given ' if given else ''}{given})", MOST_TEXT)

    def _shown_facts(self) -> list[tuple[str, object]]:
        edges = sum(len(table.parents) for table in self._core.tables)
        given = listed(f"{v} = {value}" for v, value in self.given.items())
        return [("edges", f"{edges:,}"), *([("given", given)] if self.given else [])]

    def _shown_tables(self) -> list[str]:
        rows = [
            (self._core.tables[i].variable, listed(self._core.tables[i].parents), listed(self._core.points[i]))
            for i in range(min(len(self._core.tables), MOST_ROWS))
        ]
        return [html_table(rows, ["variable", "parents", "values"], more=len(self._core.tables) - len(rows))]

    def latex(self) -> str:
        """LaTeX of the factorisation Π_v P(v | parents), for up to eight variables; of the kind of law for more."""
        if len(self._core.tables) > 8 or self._evidence:
            return super().latex()
        names = {table.variable: latex_name(v) for table, v in zip(self._core.tables, self.variables, strict=True)}
        parts = []
        for table in self._core.tables:
            bar = r" \mid " + ", ".join(names[p] for p in table.parents) if table.parents else ""
            parts.append(f"P({names[table.variable]}{bar})")
        return rf"({', '.join(names.values())}) \sim {' '.join(parts)}"

    # -- elimination and its caches ----------------------------------------------------------------------------

    def _index(self, variable: Variable) -> int:
        return self._core.index[lookup(variable, self.variables, "variable", "the law")]

    def _relevant(self, wanted: Iterable[int]) -> list[Factor]:
        """The factors of the ancestors of ``wanted`` and of the evidence; all others sum to 1."""
        needed: set[int] = set().union(*(self._core.ancestors[i] for i in (*wanted, *self._evidence)))
        return [self._factors[i] for i in sorted(needed)]

    def _joint(self, wanted: frozenset[int]) -> Factor:
        """The joint table of some variables, its denominator the sum of its numerators."""
        table = self._known(wanted)
        if table is None:
            factors = self._relevant(wanted)
            if self._evidence:
                tied = [group for group in components(f.variables for f in factors) if group & wanted]
                factors = [f for f in factors if any(group.issuperset(f.variables) and f.variables for group in tied)]
            found = eliminate(factors, wanted, self._core.sizes, self.limit)
            total = sum(found.numerators.ravel().tolist())
            table = Factor.of(found.variables, found.numerators, total)
            self._keep(wanted, table)
        return table

    def _known(self, wanted: frozenset[int]) -> Factor | None:
        """The table of ``wanted`` by what the caches hold: itself, or a sum of the smallest table of more variables."""
        if wanted in self._tables:
            return self._tables[wanted]
        above = [t for cache in (self._tables, self._prepared) for key, t in cache.items() if wanted <= key]
        if not above:
            return None
        table = min(above, key=lambda t: t.numerators.size)
        axes = tuple(axis for axis, v in enumerate(table.variables) if v not in wanted)
        array = table.numerators if table.denominator < INT64 else table.numerators.astype(object)
        summed = np.asarray(np.add.reduce(array, axis=axes), dtype=array.dtype)
        result = Factor.of(tuple(v for v in table.variables if v in wanted), summed, table.denominator)
        self._keep(wanted, result)
        return result

    def _keep(self, wanted: frozenset[int], table: Factor) -> None:
        cells = table.numerators.size
        if cells > _CACHED_CELLS // 4:
            return
        while self._tables and (len(self._tables) >= _CACHED_TABLES or self._cells + cells > _CACHED_CELLS):
            self._cells -= self._tables.pop(next(iter(self._tables))).numerators.size
        self._tables[wanted] = table
        self._cells += cells

    def prepare(self, variables: Iterable[Variable]) -> None:
        """Compute and keep the joint table of some variables: means and marginals of any of them are then sums over it.

        The last sixteen such tables are kept. Raises TooLarge above ``limit`` cells.

        >>> graph = nx.DiGraph([("x", "y")])
        >>> y = {(0,): {0: "1/3", 1: "2/3"}, (1,): {1: 1}}
        >>> P = BayesianNetwork.from_networkx(graph, {"x": {(): {0: "1/2", 1: "1/2"}}, "y": y})
        >>> P.prepare(["x", "y"])
        """
        wanted = frozenset(self._core.index[v] for v in self._select(variables))
        table = self._joint(wanted)
        while len(self._prepared) >= _PREPARED:
            del self._prepared[next(iter(self._prepared))]
        self._prepared[wanted] = table

    def _codes(self, i: int) -> npt.NDArray[np.intp]:
        """The codes of positive probability of one variable."""
        if i not in self._present:
            self._present[i] = np.flatnonzero(self._joint(frozenset((i,))).numerators)
        return self._present[i]

    # -- what a law must tell ----------------------------------------------------------------------------------

    def support(self, variable: Variable) -> tuple[Number, ...]:
        i = self._index(variable)
        return tuple(self._core.numbers[i][code] for code in self._codes(i))

    def mean_of_product(self, vectors: Vectors) -> Any:
        if not vectors:
            return ratio(1, 1)
        columns = {self._core.index[v]: vector for v, vector in vectors.items()}
        wanted, sizes = frozenset(columns), self._core.sizes
        full = {}
        for i, vector in columns.items():
            full[i] = np.zeros(sizes[i], dtype=vector.numerators.dtype)
            full[i][self._codes(i)] = vector.numerators
        table = self._known(wanted)
        if table is None and prod(sizes[i] for i in columns) <= _SMALL:
            table = self._joint(wanted)
        if table is None:
            unary = [Factor.of((i,), full[i], vector.denominator) for i, vector in columns.items()]
            found = eliminate([*self._relevant(wanted), *unary], (), sizes, self.limit)
            return ratio(int(found.numerators), found.denominator) / to_flint(self._weight)
        bound = table.denominator * prod(max(vector.bound, 1) for vector in columns.values())
        dtype = np.int64 if bound < INT64 else object
        array = table.numerators.astype(dtype, copy=False)
        for i in reversed(table.variables):
            array = np.dot(array, full[i].astype(dtype, copy=False))
        scale = table.denominator * prod(vector.denominator for vector in columns.values())
        return ratio(int(array), scale)

    def joint_table(self, variables: Sequence[sympy.Symbol]) -> tuple[npt.NDArray[np.intp], IntVector]:
        columns = [self._core.index[v] for v in variables]
        table = self._joint(frozenset(columns))
        array = table.numerators.transpose([table.variables.index(i) for i in columns])
        if columns:
            array = array[np.ix_(*(self._codes(i) for i in columns))]
        rows = np.argwhere(array)
        weights = array.ravel()[np.flatnonzero(array)]
        for frozen in (rows, weights):
            frozen.setflags(write=False)
        return rows, IntVector(weights, table.denominator, table.bound)

    def marginal(self, variables: Iterable[Variable]) -> Law:
        """The joint law of some variables, a :class:`Finite` found by elimination; the law itself for all, in order.

        Raises TooLarge where the table, or one on the way to it, would have more than ``limit`` cells.
        """
        chosen = self._select(variables)
        if chosen == self.variables:
            return self
        codes, weights = self.joint_table(chosen)
        law = Finite.__new__(Finite)
        TabulatedLaw.__init__(law, chosen, tuple(self.support(v) for v in chosen), codes, weights)
        law.notes = self.notes
        return law

    def condition(self, event: Mapping[Any, Any]) -> BayesianNetwork:
        """The law of the other variables given ``{variable: value}``, of this class too: P(x, e) / P(e), exactly.

        Raises InvalidArgument for a value that the variable does not have, or an event of probability 0.
        """
        evidence = dict(self._evidence)
        for variable, value in variable_mapping(event, self.variables, "event", "the law").items():
            i = self._core.index[variable]
            point = to_fraction(value, "event")
            if point not in self._core.numbers[i]:
                points = ", ".join(f"{number} ({state})" for state, number in self._core.points[i].items())
                raise InvalidArgument(f"Argument 'event' must give {variable} one of the values {points}, not {value}.")
            evidence[i] = self._core.numbers[i].index(point)
        law = type(self).__new__(type(self))
        law._start(self._core, evidence, Fraction(1), self.notes, self.limit)
        found = eliminate(law._relevant(()), (), self._core.sizes, self.limit)
        law._weight = Fraction(int(found.numerators), found.denominator)
        if not law._weight:
            text = ", ".join(f"{v} = {value}" for v, value in event.items())
            raise InvalidArgument(f"Argument 'event' must have positive probability, but {text} has probability 0.")
        return law

    def independent_groups(self, variables: Iterable[Variable] | None = None) -> tuple[frozenset[sympy.Symbol], ...]:
        """The variables by connected parts of the moral graph of their ancestors and the evidence's, evidence removed.

        That is d-separation (S. L. Lauritzen and others, "Independence properties of directed Markov fields", Networks
        20, 1990); without evidence two variables are tied where they have a common ancestor, and so on from tie to tie.
        """
        chosen = self._select(variables)
        groups = components(f.variables for f in self._relevant(self._core.index[v] for v in chosen))
        parts: dict[int, list[sympy.Symbol]] = {}
        for variable in chosen:
            part = next(n for n, group in enumerate(groups) if self._core.index[variable] in group)
            parts.setdefault(part, []).append(variable)
        return tuple(frozenset(part) for part in parts.values())

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[Any]:
        count, rng = sample_count(n), np.random.default_rng(seed)
        if self._evidence:  # draw backwards along an elimination, which has the exact conditionals
            plan = make_plan((f.variables for f in self._factors), (), self._core.sizes)
            if plan.largest > self.limit:
                raise TooLarge("Cells of the largest table of the elimination", plan.largest, self.limit)
            steps = elimination_steps(self._factors, plan.order)[1][::-1]
        else:
            steps = [(i, self._factors[i]) for i in self._core.order]
        drawn = draw(steps, count, rng)
        columns = [self._core.index[v] for v in self.variables]
        points = [self._core.numbers[i] for i in columns]
        small = all(isinstance(p, int) and abs(p) < INT64 for some in points for p in some)
        result = np.empty((count, len(columns)), dtype=np.int64 if small else object)
        for j, (i, some) in enumerate(zip(columns, points, strict=True)):
            values = np.empty(len(some), dtype=result.dtype)
            values[:] = some
            result[:, j] = values[drawn[i]]
        return result


def _checked_limit(limit: Any) -> int:
    if isinstance(limit, bool) or not isinstance(limit, (int, np.integer)) or limit < 1:
        raise InvalidArgument(f"Argument 'limit' must be an integer that is at least 1, not {limit!r}.")
    return int(limit)
