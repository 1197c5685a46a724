"""Reading f and P: which kind of function it is, and so which basis computes with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import prod
from typing import Any, Protocol

import numpy as np
import sympy

from symwick.algebra.balls import Ball, BallArray
from symwick.algebra.numbers import whole_number
from symwick.algebra.rings import FLOAT64, RATIONAL
from symwick.algebra.symbolic import number_or_expression
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.expressions import parse_expression
from symwick.circuits.node_ring import NodeRing
from symwick.circuits.variables import lookup, plain
from symwick.decompose.inputs import Inputs
from symwick.decompose.integrate import Integrator, IrrationalFactor, check_truth_values
from symwick.decompose.product_basis import ProductBasis
from symwick.decompose.separation import finite_points, from_grid, separated
from symwick.decompose.table_basis import Axes, TableBasis, check_work
from symwick.decompose.table_terms import TableTerms
from symwick.distributions.law import Law
from symwick.errors import InexactError, InvalidArgument
from symwick.functions.circuit import product_sum_of, term_bound
from symwick.functions.expression import ProductSum, lower_booleans, product_sum
from symwick.functions.grid import Function, GridValues, from_callable, from_expression, from_table

__all__ = ["DEFAULT_LIMIT", "Engine", "Problem", "read"]

DEFAULT_LIMIT = 10_000_000
"""Predicted ring operations, points of a grid or terms above which work is refused; ``limit=`` raises it."""

RINGS = ("exact", "float64")
_MOST_TERMS = 20_000
"""Terms up to which a circuit is multiplied out rather than known through its values."""


class Engine(Protocol):
    """What the public functions ask of a basis."""

    inputs: Inputs
    inexact: bool
    parameters: tuple[sympy.Symbol, ...]

    @property
    def maximal(self) -> list[int]: ...
    def supports(self, max_order: int | None) -> Iterator[int]: ...
    def predicted_terms(self, max_order: int | None) -> int: ...
    def occurs(self, mask: int) -> bool: ...
    def average(self, subset: int) -> ClosedForm: ...
    def fixed(self, subset: int) -> ClosedForm: ...
    def expectation(self, subset: int) -> ClosedForm: ...
    def function(self) -> ClosedForm: ...
    def cumulant(self, blocks: Sequence[int]) -> Any: ...
    def mean(self) -> Any: ...
    def number(self, element: Any) -> ClosedForm: ...
    def values_at(self, point: dict[sympy.Symbol, Any], subsets: Sequence[int]) -> dict[int, Any]: ...
    def second_moment(self, subset: int, limit: int | None = None) -> Any: ...
    def sum_rule_holds(self) -> bool: ...
    def cumulant_total(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Problem:
    """One or several functions over one law; ``names`` is None for one plain function."""

    law: Law
    inputs: Inputs
    engines: tuple[Any, ...]
    names: tuple[Any, ...] | None

    def shaped(self, make: Callable[[Any], Any]) -> Any:
        """``make(engine)`` for the function, or a tuple or dict of it where f is vector-valued."""
        results = [make(engine) for engine in self.engines]
        if self.names is None:
            return results[0]
        if self.names == tuple(range(len(results))):
            return tuple(results)
        return dict(zip(self.names, results, strict=True))


def read(f: Any, law: Any, inputs: Any, ring: str, limit: int, output: Any = None) -> Problem:
    """The problem behind the arguments of every public function, each checked and named in its error.

    ``output`` chooses one output of a circuit.
    """
    if not isinstance(law, Law):
        error = InvalidArgument(f"Argument 'P' must be a law (Finite, Empirical, Independent, …), not {law!r}.")
        if hasattr(law, "columns") or isinstance(law, (str, os.PathLike)):
            error.add_note("Rows of data are a law by sw.Empirical(frame), a file by sw.load_law(path).")
        raise error
    if ring not in RINGS:
        raise InvalidArgument(f"Argument 'ring' must be one of {', '.join(RINGS)}, not {ring!r}.")
    if ring == "exact" and not law.exact:
        raise InexactError(
            "Argument 'P' was read from floats (numbers='float64'): pass ring='float64', or read it exactly."
        )
    if both := [s for s in law.parameters if s in set(law.variables)]:
        raise InvalidArgument(f"Argument 'P' must have parameters that are no variables, but {both[0]} is both.")
    whole_number(limit, "limit", 1)
    reader = _Reader(law, Inputs.of(law.variables, inputs), ring == "float64", limit)
    f = chosen_output(f, output)
    parts, names = _outputs(f)
    if parts is None:
        engines, names = reader.engines(f)
    else:
        engines = []
        for part in parts:
            if _outputs(part)[0] is not None:
                raise InvalidArgument("Argument 'f' must not nest vector-valued functions.")
            found, inner = reader.engines(part)
            if inner is not None:
                raise InvalidArgument("Argument 'f' must not nest vector-valued functions.")
            engines += found
    if not engines:
        raise InvalidArgument("Argument 'f' must have at least one output.")
    return Problem(law, reader.inputs, tuple(engines), names)


def chosen_output(f: Any, output: Any) -> Any:
    """A circuit with one output; anything else as it is. Raises InvalidArgument where an output is to be chosen, or cannot be."""
    if not isinstance(f, Circuit):
        if output is not None:
            raise InvalidArgument(f"Argument 'output' chooses an output of a circuit, but f is {f!r}.")
        return f
    if output is not None:
        return Circuit(f.gates, {str(output): f.position(output, "output")}, f.labels, f.names)
    if len(f.outputs) != 1:
        names = ", ".join(list(f.outputs)[:8]) + (", …" if len(f.outputs) > 8 else "")
        raise InvalidArgument(
            f"Argument 'f' is a circuit of {len(f.outputs)} outputs ({names or 'none'}): choose one: pass f[name], or output=."
        )
    return f


def _outputs(f: Any) -> tuple[list[Any] | None, tuple[Any, ...] | None]:
    """The parts of a vector of functions; (None, None) for one function, which may itself return several outputs."""
    if isinstance(f, Mapping) and f and all(isinstance(key, (str, sympy.Symbol)) for key in f):
        return list(f.values()), tuple(str(key) for key in f)
    if isinstance(f, sympy.MatrixBase):
        f = list(f)
    if isinstance(f, (list, tuple)):
        return list(f), tuple(range(len(f)))
    return None, None


class _Reader:
    def __init__(self, law: Law, inputs: Inputs, floats: bool, limit: int) -> None:
        self.law, self.inputs, self.floats, self.limit = law, inputs, floats, limit
        self.integrator = Integrator(law)

    def engines(self, f: Any) -> tuple[list[Any], tuple[Any, ...] | None]:
        """The engine of each output of one f, and the outputs' names."""
        if isinstance(f, ClosedForm):
            return self._form(f)
        if isinstance(f, Circuit):
            return self._circuit(chosen_output(f, None))
        if isinstance(f, str):
            f = parse_expression(f)
        if isinstance(f, (int, Fraction)) and not isinstance(f, bool):
            f = sympy.Rational(f.numerator, f.denominator)
        if isinstance(f, sympy.Basic):
            return self._told([self._expression(f)], f.free_symbols), None
        if isinstance(f, Function):
            variables = tuple(lookup(v, self.law.variables, "f", "the law") for v in f.variables)
            return self._values(f.f, variables)
        if isinstance(f, float):
            raise InexactError(f"Argument 'f' must be exact, not the float {f!r}.")
        if isinstance(f, (Mapping, np.ndarray)) or callable(f):
            return self._values(f, self.law.variables)
        raise InvalidArgument(
            f"Argument 'f' must be an expression, a callable, a table or a vector of these, not {f!r}."
        )

    def _form(self, form: ClosedForm) -> tuple[list[Any], None]:
        if form.inexact and not self.floats:
            raise InexactError("Argument 'f' is a float64 form: pass ring='float64', or derive it exactly.")
        variables = tuple(v for v in self.law.variables if v in form.variables)
        if not form.domain and not (form.inexact and self.law.tabulated(variables)):
            return self._told([self._expression(form.expr)], form.parameters), None
        if not (self.law.tabulated(variables) or all(self.law.weights(v) is not None for v in variables)):
            return self._told([self._expression(form.expr, self._grid(form))], form.parameters), None

        def value(*point: Any) -> Any:
            found = form._element(form.checked_point(dict(zip(variables, point, strict=True))))
            return found if isinstance(found, Ball) else number_or_expression(found)

        engines, _ = self._values(value, variables)
        return engines, None

    def _circuit(self, circuit: Circuit) -> tuple[list[Any], None]:
        """A polynomial where it can be multiplied out, else known through its values."""
        (output,) = circuit.outputs
        variables = tuple(lookup(name, self.law.variables, "P", "the law") for name in circuit.inputs)
        self._covered(variables)
        predicted = term_bound(circuit, output)
        if predicted is not None and predicted <= _MOST_TERMS:
            function = product_sum_of(circuit, output, self.law.variables)
            self.integrator.prepare(frozenset(v for v, _ in term.factors) for term in function.terms)
            self._numeric(function.variables)
            return [self._product_basis(function)], None

        def value(*point: Any) -> Any:
            return circuit.evaluate(dict(zip(circuit.inputs, point, strict=True)))[output]

        return self._values(value, variables)[0], None

    def _grid(self, form: ClosedForm) -> dict[sympy.Symbol, Any]:
        """The grid of a form, on which the law must live."""
        known = {v: points for v, points in form.domain.items() if v in self.law.variables}
        for v, points in known.items():
            (column,) = finite_points(self.law, [v], "A form on a grid")
            if off := [x for x in column if x not in points]:
                shown = ", ".join(map(str, points[:12]))
                raise InvalidArgument(f"Argument 'f' is known on a grid only: {v} is one of {shown}, not {off[0]}.")
        return known

    def _numeric(self, variables: Sequence[sympy.Symbol]) -> bool:
        """Whether the law of the variables is a table; float computations need one."""
        if self.law.tabulated(variables):
            return True
        if self.floats:
            raise InvalidArgument(f"Argument 'ring' must be 'exact' under {self.law!r}, which is no finite table of numbers.")
        return False

    def _product_basis(self, function: ProductSum, domain: Mapping[sympy.Symbol, Any] | None = None) -> ProductBasis:
        """The product basis over the ring that the law asks for: gates where its moments are symbols of their own."""
        ring: Any = FLOAT64 if self.floats or not self.law.exact else RATIONAL
        if any(part.unspecified for part, _ in self.law.parts(function.variables)):
            ring = NodeRing()
        return ProductBasis(function, self.integrator, self.inputs, ring=ring, limit=self.limit, domain=domain)

    def _covered(self, variables: Sequence[sympy.Symbol]) -> None:
        for variable in variables:
            if variable not in self.inputs.home:
                raise InvalidArgument(f"Argument 'inputs' must have a block for {variable}, which f uses.")

    def _expression(self, expression: sympy.Basic, known_on: Mapping[sympy.Symbol, Any] | None = None) -> Any:
        function = product_sum(expression, self.law.variables, self.limit)
        check_truth_values(self.law, [v for v in self.law.variables if v in function.booleans])
        self._covered(function.variables)
        if not self._numeric(function.variables):
            domain: dict[sympy.Symbol, Any] = {}
            if function.joint:
                function, domain = separated(lower_booleans(plain(expression))[0], function, self.law, self.limit)
            return self._product_basis(function, {**domain, **(known_on or {})})
        if not function.joint:
            if self.floats and function.generators:
                symbols = ", ".join(map(str, function.generators))
                if any(g.free_symbols for g in function.generators):
                    raise InvalidArgument(f"Argument 'f' must have no parameters in float64, but {symbols} remain.")
            else:
                self.integrator.prepare(frozenset(v for v, _ in term.factors) for term in function.terms)
                try:
                    for term in function.terms:
                        for factor in term.factors:
                            self.integrator.vector(factor)
                    return self._product_basis(function)
                except IrrationalFactor:
                    pass
        lowered, _ = lower_booleans(expression)
        points = self._affordable_points(function.variables)
        grid = from_expression(lowered, function.variables, points, floats=self.floats, limit=self.limit)
        return self._tables(grid)[0]

    def _values(self, f: Any, variables: tuple[sympy.Symbol, ...]) -> tuple[list[Any], tuple[Any, ...] | None]:
        self._covered(variables)
        make = from_callable if callable(f) else from_table
        if not self._numeric(variables):
            points = finite_points(self.law, variables, "A callable or table")
            grid = make(f, variables, points, floats=False, limit=self.limit)
            domain = dict(zip(grid.variables, grid.points, strict=True))
            engines = [self._product_basis(from_grid(grid, i), domain) for i in range(grid.values.shape[-1])]
            return self._told(engines, grid.parameters), grid.names
        grid = make(f, variables, self._affordable_points(variables), floats=self.floats, limit=self.limit)
        return self._told(self._tables(grid), grid.parameters), grid.names

    def _told(self, engines: list[Any], symbols: Iterable[sympy.Symbol]) -> list[Any]:
        """The engines, told which symbols of f are parameters: those that are no variables of the law."""
        variables = {v.name for v in self.law.variables}
        names = sorted({symbol.name for symbol in symbols} - variables)
        for engine in engines:
            engine.parameters = tuple(map(sympy.Symbol, names))
        return engines

    def _affordable_points(self, variables: tuple[sympy.Symbol, ...]) -> list[Any]:
        """The points at which f is to be known; refused where its table could be filled, but not worked with."""
        points = [self.law.support(v) for v in variables]
        if prod(map(len, points)) <= self.limit:  # else the grid itself is refused
            check_work(Axes(self.law, self.inputs, variables), self.law, self.inputs, self.limit)
        return points

    def _tables(self, grid: GridValues) -> list[Any]:
        axes = Axes(self.law, self.inputs, grid.variables)
        flat = [v for block in axes.variables for v in block]
        order = [grid.variables.index(v) for v in flat]
        values = grid.values.transpose(*order, len(order)).reshape(*axes.shape, grid.values.shape[-1])
        balls = None
        if self.floats:
            enclosed = BallArray.of(values)
            first = self._basis(enclosed.value, axes, "float")

            @cache
            def balls() -> TableBasis:
                return self._basis(enclosed, axes, "ball")

        else:
            first = self._basis(values, axes, "exact")
        return [
            TableTerms(first, i, expression=grid.expression, balls=balls, limit=self.limit)
            for i in range(first.outputs)
        ]

    def _basis(self, values: Any, axes: Axes, kind: str) -> TableBasis:
        return TableBasis(values, axes, self.law, self.inputs, kind=kind, limit=self.limit)
