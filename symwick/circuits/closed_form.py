"""The closed form: a circuit whose inputs mean something."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import Number, from_flint, to_flint, to_fraction, to_sympy
from symwick.algebra.polynomials import constant_term, generators, is_polynomial
from symwick.circuits.circuit import Builder, Circuit
from symwick.circuits.expressions import parse_expression
from symwick.circuits.leaves import FUNCTION, INDICATOR, PARAMETER, VARIABLE, Leaf
from symwick.circuits.variables import as_variable, lookup
from symwick.errors import FormatError, InexactError, InvalidArgument, NoClosedForm, NotRational

__all__ = ["OUTPUT", "ClosedForm", "FormBuilder", "lower"]

OUTPUT = "value"
_GRID_LIMIT = 1_000_000


class FormBuilder(Builder):
    """A circuit builder that keeps the meaning of the inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.leaves: dict[str, Leaf] = {}
        self._names: dict[Leaf, str] = {}

    def leaf(self, leaf: Leaf) -> int:
        """The input that stands for a leaf; names that two leaves share are told apart by primes."""
        name = self._names.get(leaf)
        if name is None:
            name = leaf.name
            while name in self.leaves:
                name += "'"
            self.leaves[name], self._names[leaf] = leaf, name
        return self.input(name)

    def include(self, circuit: Circuit, leaves: Mapping[str, Leaf], output: str = OUTPUT) -> int:
        """Take over the gates of a form's circuit; equal gates are shared."""
        nodes: list[int] = []
        for gate in circuit.gates:
            if gate.op == "input":
                nodes.append(self.leaf(leaves[gate.payload]))
            elif gate.op == "constant":
                nodes.append(self.constant(gate.payload))
            elif gate.op == "product":
                nodes.append(self.product([nodes[i] for i in gate.args]))
            else:
                nodes.append(
                    self.sum([(w, nodes[i]) for w, i in zip(gate.weights, gate.args, strict=True)], gate.payload)
                )
        return nodes[circuit.outputs[output]]

    def form(self, node: int, **about: Any) -> ClosedForm:
        """The closed form of a node."""
        circuit = self.finish({OUTPUT: node})
        return ClosedForm((circuit, self.leaves), **about)


class ClosedForm:
    """An exact closed form: a term of a decomposition, an expectation, an interaction.

    ``expr`` is its sympy expression, ``circuit`` the shared DAG behind it, ``parameters`` the symbols that are no variables,
    ``variables`` what it depends on, ``reason`` says why a structural zero is zero. ``at(point)`` and ``value`` give exact
    numbers (a float within ``error_bound`` for ``ring="float64"``). ``==`` and ``equals`` compare exactly.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> form = sw.gwp("x*y", P)
    >>> form
    (x - 3/8)*(y - 3/8) - 7/64
    >>> form.at({"x": 1, "y": 1})
    Fraction(9, 32)
    """

    __slots__ = (
        "_build",
        "_built",
        "_evaluate",
        "_expr",
        "domain",
        "inexact",
        "known",
        "reason",
        "variables",
    )

    def __init__(
        self,
        build: tuple[Circuit, Mapping[str, Leaf]] | Callable[[], tuple[Circuit, Mapping[str, Leaf]]],
        *,
        variables: Iterable[sympy.Symbol] = (),
        known: Iterable[sympy.Symbol] = (),
        reason: str | None = None,
        domain: Mapping[sympy.Symbol, tuple[Number, ...]] | None = None,
        evaluate: Callable[[dict[sympy.Symbol, Fraction]], Any] | None = None,
        inexact: bool = False,
    ) -> None:
        self._built = build if isinstance(build, tuple) else None
        self._build = None if isinstance(build, tuple) else build
        self._evaluate = evaluate
        self._expr: sympy.Expr | None = None
        self.variables = tuple(variables)
        self.known = tuple(dict.fromkeys((*self.variables, *known)))
        self.reason = reason
        self.domain = dict(domain) if domain else {}
        self.inexact = inexact

    @classmethod
    def constant(cls, value: Any, **about: Any) -> ClosedForm:
        """A number as a form."""
        build = FormBuilder()
        return build.form(build.constant(value), inexact=isinstance(value, Ball), **about)

    @classmethod
    def of(cls, value: Any, known: Iterable[sympy.Symbol] = (), argument: str = "value") -> ClosedForm:
        """A number or an expression (sympy or text) as a form; symbols that are not ``known`` variables are parameters."""
        return _as_form(value, tuple(known), argument)

    # -- structure ------------------------------------------------------------------------------------------------

    def _parts(self) -> tuple[Circuit, Mapping[str, Leaf]]:
        if self._built is None:
            assert self._build is not None
            self._built = self._build()
            self._build = None
        return self._built

    @property
    def circuit(self) -> Circuit:
        """The DAG; its output is named ``value``, its inputs are explained by ``leaves``."""
        return self._parts()[0]

    @property
    def leaves(self) -> dict[str, Leaf]:
        """What every input of the circuit means."""
        circuit, leaves = self._parts()
        return {name: leaves[name] for name in circuit.inputs}

    @property
    def parameters(self) -> tuple[sympy.Symbol, ...]:
        """Symbols of the form that are no variables of the law, by name."""
        found: set[sympy.Symbol] = set()
        for leaf in self.leaves.values():
            found |= {s for s in leaf.expr.free_symbols if s not in leaf.variables}
        return tuple(sorted(found, key=lambda symbol: symbol.name))

    @property
    def expr(self) -> sympy.Expr:
        """The sympy expression, not expanded. Of a form on a grid: a sum of indicators."""
        if self._expr is None:
            circuit, leaves = self._parts()
            inputs = {name: leaves[name].expr for name in circuit.inputs}
            self._expr = circuit.to_sympy(inputs)[OUTPUT]
        return self._expr

    # -- values -----------------------------------------------------------------------------------------------------

    def checked_point(self, point: Mapping[Any, Any]) -> dict[sympy.Symbol, Fraction]:
        """A point as exact numbers by Symbol, complete and on the grid where there is one; see ``at`` for the errors."""
        if not isinstance(point, Mapping):
            raise InvalidArgument(f"Argument 'point' must map variables to numbers, not be {point!r}.")
        given: dict[sympy.Symbol, Fraction] = {}
        for key, value in point.items():
            symbol = lookup(key, self.known, "point", "the form")
            if symbol in given:
                raise InvalidArgument(f"Argument 'point' must name each variable once, but {symbol} comes twice.")
            given[symbol] = to_fraction(value, f"point[{symbol}]")
        missing = [str(symbol) for symbol in self.variables if symbol not in given]
        if missing:
            raise InvalidArgument(
                f"Argument 'point' must give every variable of the form; it lacks {', '.join(missing)}."
            )
        for symbol in self.variables:
            if symbol in self.domain and given[symbol] not in self.domain[symbol]:
                points = ", ".join(map(str, self.domain[symbol][:12]))
                raise InvalidArgument(
                    f"Argument 'point' must lie on the grid on which f is known: {symbol} is one of {points}, "
                    f"not {given[symbol]}."
                )
        return given

    def _element(self, given: dict[sympy.Symbol, Fraction]) -> Any:
        """The value in the engine: a rational, a ball, or a sympy expression."""
        return self.run_circuit(given) if self._evaluate is None else self._evaluate(given)

    def run_circuit(self, given: Mapping[sympy.Symbol, Any]) -> Any:
        """The value of the circuit at a point: a rational, a ball, or a sympy expression where no rational remains."""
        circuit, leaves = self._parts()
        values = {
            name: leaves[name].at(given) if leaves[name].variables else leaves[name].expr for name in circuit.inputs
        }
        if self.inexact:
            return circuit.run({name: Ball.of(value) for name, value in values.items()}, Ball.of)[OUTPUT]
        symbolic = [name for name, value in values.items() if isinstance(value, sympy.Basic)]
        for name, generator in zip(symbolic, generators(len(symbolic)), strict=True):
            values[name] = generator  # generators may still cancel: then the value is rational
        result = circuit.run(values, to_flint)[OUTPUT]
        rational = constant_term(result)
        if rational is not None:
            return rational
        inputs = {name: leaf.expr for name, leaf in leaves.items()}
        return sympy.expand(circuit.to_sympy(inputs)[OUTPUT].subs({s: to_sympy(q) for s, q in given.items()}))

    def _number(self, given: dict[sympy.Symbol, Fraction], asked: str) -> Any:
        element = self._element(given)
        if isinstance(element, sympy.Basic):
            if isinstance(element, sympy.Rational):
                return from_flint(to_flint(element))
            if self.parameters:
                names = ", ".join(map(str, self.parameters))
                raise NotRational(f"{asked} is no number: the parameters {names} remain. It is {element}; see .expr.")
            raise NotRational(f"{asked} is no rational number but {element}; see .expr, or .evalf(digits) for digits.")
        return element.value if isinstance(element, Ball) else from_flint(element)

    def at(self, point: Mapping[Any, Any]) -> Any:
        """The exact value at ``{variable: exact number}``: int or Fraction; a float in a float64 form.

        Needs every variable the form depends on; further variables of the law are accepted and ignored.
        Raises UnknownVariable, InvalidArgument (missing variable; a point off the grid of a callable or table),
        InexactError (a float) and NotRational (parameters, or constants such as pi, remain).
        """
        return self._number(self.checked_point(point), "The form at this point")

    @property
    def value(self) -> Any:
        """The number that a form without variables is; see ``at`` for forms that depend on variables."""
        self._require_constant(".value")
        return self._number({}, "The value")

    @property
    def error_bound(self) -> float:
        """A rigorous bound of the error of ``value`` in a float64 form; 0.0 for exact forms."""
        if not self.inexact:
            return 0.0
        self._require_constant(".error_bound")
        return float(self._element({}).radius)

    def ball(self, point: Mapping[Any, Any]) -> Ball:
        """Value at a point with a rigorous bound of its error, as ``Ball(value, radius)``."""
        return Ball.of(self._element(self.checked_point(point)))

    def _require_constant(self, asked: str) -> None:
        if self.variables:
            names = ", ".join(map(str, self.variables))
            raise InvalidArgument(
                f"{asked} needs a form without variables; this one depends on {names}: use .at(point)."
            )

    def evalf(self, digits: int = 15, at: Mapping[Any, Any] | None = None) -> sympy.Expr:
        """The value with so many correct digits, constants such as pi included."""
        given = self.checked_point(at or {})
        element = self._element(given)
        if isinstance(element, Ball):
            return sympy.Float(element.value, 17)
        expression = element if isinstance(element, sympy.Basic) else to_sympy(element)
        return sympy.N(expression, digits)

    # -- comparison -------------------------------------------------------------------------------------------------

    def equals(self, other: Any) -> bool:
        """Whether both are the same function, decided exactly; ``other`` is a form, a number or an expression.

        Raises NoClosedForm where that cannot be decided.
        """
        if not isinstance(other, ClosedForm):
            other = _as_form(other, self.known, "other")
        if self.inexact or other.inexact:
            raise InvalidArgument(
                "Float64 forms have no exact equality; compare .at(point) within .ball(point).radius."
            )
        domain = {**other.domain, **self.domain}
        if domain:
            return self._equal_on_grid(other, domain)
        difference, leaves = _difference(self, other)
        if not difference:
            return True
        if all(leaf.kind in (VARIABLE, PARAMETER) for leaf in leaves):
            return False  # polynomials in independent symbols: different means different
        expression = sympy.simplify(self.expr - other.expr)
        if expression.is_zero:
            return True
        verdict = expression.equals(0)
        if verdict is None:
            raise NoClosedForm(f"Cannot decide whether {expression} is zero.")
        return bool(verdict)

    def _equal_on_grid(self, other: ClosedForm, domain: Mapping[sympy.Symbol, tuple[Number, ...]]) -> bool:
        names = tuple(dict.fromkeys((*self.variables, *other.variables)))
        free = [symbol for symbol in names if symbol not in domain]
        if free:
            raise NoClosedForm(
                f"A form on a grid can be compared with one that depends on {free[0]} on that grid only."
            )
        size = 1
        for symbol in names:
            size *= len(domain[symbol])
        if size > _GRID_LIMIT:
            raise NoClosedForm(f"The forms would have to be compared at {size:,} points.")
        for values in product(*(domain[symbol] for symbol in names)):
            given = dict(zip(names, map(Fraction, values), strict=True))
            if sympy.simplify(_sympified(self._element(given)) - _sympified(other._element(given))) != 0:
                return False
        return True

    def __eq__(self, other: object) -> bool:
        try:
            return self.equals(other)
        except (InvalidArgument, InexactError, FormatError):
            return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equality is mathematical, and forms of one value differ in shape

    def is_zero(self) -> bool:
        """Whether the form is 0 everywhere."""
        return bool(self.reason) or self.equals(0)

    # -- printing ---------------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        if len(self.circuit) > 400:
            names = ", ".join(map(str, self.variables)) or "nothing"
            return f"<ClosedForm of {names}: {len(self.circuit)} gates; .expr writes it out>"
        return str(self._shown(latex=False))

    __repr__ = __str__

    def latex(self) -> str:
        """LaTeX of the expression."""
        return str(sympy.latex(self._shown(latex=True)))

    def _shown(self, *, latex: bool) -> sympy.Expr:
        circuit, leaves = self._parts()
        if not any(leaves[name].kind == INDICATOR for name in circuit.inputs):
            return self.expr
        return circuit.to_sympy({name: leaves[name].shown(latex=latex) for name in circuit.inputs})[OUTPUT]

    def _repr_latex_(self) -> str | None:
        return f"$\\displaystyle {self.latex()}$" if len(self.circuit) <= 400 else None


def _sympified(element: Any) -> sympy.Expr:
    return element if isinstance(element, sympy.Basic) else to_sympy(element)


def _as_form(value: Any, known: Iterable[sympy.Symbol], argument: str) -> ClosedForm:
    build = FormBuilder()
    if isinstance(value, str):
        value = parse_expression(value)
    if isinstance(value, sympy.Basic) and value.has(sympy.Float):
        raise InexactError(f"Argument '{argument}' must be exact, but {value} holds a float.")
    if not isinstance(value, sympy.Basic) or isinstance(value, sympy.Rational):
        return build.form(build.constant(to_flint(value, argument)), known=known)
    if not isinstance(value, sympy.Expr):
        raise InvalidArgument(f"Argument '{argument}' must be a form, a number or an expression, not {value!r}.")
    node = lower(build, value, frozenset(s.name for s in known))
    symbols = {as_variable(s) for s in value.free_symbols}
    return build.form(node, variables=[s for s in known if s in symbols], known=known)


def lower(build: FormBuilder, expression: sympy.Expr, known: frozenset[str]) -> int:
    """A sympy expression as gates; what is no polynomial becomes a leaf."""
    if isinstance(expression, sympy.Rational):
        return build.constant(to_flint(expression))
    if isinstance(expression, sympy.Symbol):
        symbol = as_variable(expression)
        return build.leaf(Leaf.variable(symbol) if symbol.name in known else Leaf.generator(symbol))
    if expression.is_Add:
        return build.sum([(1, lower(build, argument, known)) for argument in expression.args])
    if expression.is_Mul:
        return build.product([lower(build, argument, known) for argument in expression.args])
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
        return build.power(lower(build, expression.base, known), int(expression.exp))
    symbols = tuple(sorted((s for s in expression.free_symbols if s.name in known), key=lambda s: s.name))
    return build.leaf(Leaf.function(expression, symbols) if symbols else Leaf.generator(expression))


def _difference(a: ClosedForm, b: ClosedForm) -> tuple[Any, list[Leaf]]:
    """a − b as a polynomial in the leaves of both; leaves are the same where they mean the same."""
    keys = list(dict.fromkeys((leaf.kind, leaf.expr) for form in (a, b) for leaf in form.leaves.values()))
    generator = dict(zip(keys, generators(len(keys)), strict=True))
    results = []
    for form in (a, b):
        values = {name: generator[leaf.kind, leaf.expr] for name, leaf in form.leaves.items()}
        results.append(form.circuit.run(values, to_flint)[OUTPUT])
    difference = results[0] - results[1]
    used = [leaf for form in (a, b) for leaf in form.leaves.values() if leaf.kind not in (INDICATOR, FUNCTION)]
    others = [leaf for form in (a, b) for leaf in form.leaves.values() if leaf.kind in (INDICATOR, FUNCTION)]
    return difference if is_polynomial(difference) or difference else 0, used + others
