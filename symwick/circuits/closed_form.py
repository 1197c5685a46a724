"""The closed form: a circuit whose inputs mean something."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import sympy

from symwick.algebra.balls import Ball
from symwick.algebra.numbers import Number, from_flint, to_flint, to_fraction, whole_number
from symwick.algebra.symbolic import Symbolic, expression
from symwick.circuits import derivatives, simplification
from symwick.circuits.arithmetic import Arithmetic
from symwick.circuits.circuit import Circuit
from symwick.circuits.equality import DEFAULT_TERMS, same_function, same_on_grid, symbolic_value
from symwick.circuits.expressions import parse_expression
from symwick.circuits.form_builder import OUTPUT, FormBuilder, lower
from symwick.circuits.form_display import ShownForm
from symwick.circuits.leaves import Leaf
from symwick.circuits.substitution import replaced, still_assumed
from symwick.circuits.variables import as_variable, plain, variable_mapping
from symwick.errors import FormatError, InexactError, InvalidArgument, NotRational, SizeWarning

__all__ = ["ClosedForm"]

_WARNED_SIZE = 100_000  # symbols and operations above which writing a form out is worth a warning


class ClosedForm(Arithmetic, ShownForm):
    """An exact closed form: a term, an expectation, an interaction; made by :func:`gwp` and its kin, or by :meth:`of`.

    ``expr`` is its sympy expression, ``circuit`` the shared DAG behind it, ``parameters`` the symbols that are no variables,
    ``variables`` what it depends on, ``reason`` says why a structural zero is zero. ``at(point)`` and ``value`` give exact
    numbers (a float within ``error_bound`` for ``ring="float64"``). ``==`` and ``equals`` compare exactly; ``+ - * / **``
    make new forms.

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
        "assumptions",
        "centres",
        "domain",
        "inexact",
        "known",
        "notation",
        "reason",
        "variables",
        "work",
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
        assumptions: Iterable[sympy.Basic] = (),
        centres: Mapping[sympy.Symbol, Any] | None = None,
        work: int = 0,
    ) -> None:
        self._built = build if isinstance(build, tuple) else None
        self._build = None if isinstance(build, tuple) else build
        self._evaluate = evaluate
        self._expr: sympy.Expr | None = None
        self.variables = tuple(variables)
        self.known = tuple(dict.fromkeys((*self.variables, *known)))
        self.reason = reason
        self.notation: str | None = None
        self.domain = dict(domain) if domain else {}
        self.inexact = inexact
        self.assumptions = tuple(assumptions)
        self.centres = dict(centres or {})
        self.work = work  # evaluations of f that the circuit takes before it is there

    @classmethod
    def constant(cls, value: Any, **about: Any) -> ClosedForm:
        """A number as a form."""
        build = FormBuilder()
        return cls.built(build, build.constant(value), inexact=isinstance(value, Ball), **about)

    @classmethod
    def built(cls, build: FormBuilder, node: int, **about: Any) -> ClosedForm:
        """The form of a node of an arena."""
        return cls((build.finish({OUTPUT: node}), build.leaves), **about)

    @classmethod
    def of(cls, value: Any, known: Iterable[sympy.Symbol] = (), argument: str = "value") -> ClosedForm:
        """A number or an expression (sympy or text) as a form; symbols that are not ``known`` variables are parameters."""
        variables = tuple(as_variable(v) for v in known)
        build = FormBuilder()
        if isinstance(value, str):
            value = parse_expression(value)
        if not isinstance(value, sympy.Basic) or isinstance(value, sympy.Rational):
            return cls.built(build, build.constant(to_flint(value, argument)), known=variables)
        if value.has(sympy.Float):
            raise InexactError(f"Argument '{argument}' must be exact, but {value} holds a float.")
        if not isinstance(value, sympy.Expr):
            raise InvalidArgument(f"Argument '{argument}' must be a form, a number or an expression, not {value!r}.")
        value = plain(value, argument)
        node = lower(build, value, frozenset(s.name for s in variables))
        return cls.built(build, node, variables=[s for s in variables if s in value.free_symbols], known=variables)

    def __copy__(self) -> ClosedForm:
        return self  # immutable

    def __deepcopy__(self, memo: Any) -> ClosedForm:
        return self

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        slots = {name: getattr(self, name) for name in ClosedForm.__slots__}
        return None, {**slots, "_built": self._parts(), "_build": None, "_evaluate": None}  # the circuit says it all

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
        """The sympy expression, not expanded. Of a form on a grid: a sum of indicators. Warns (SizeWarning) where it is huge."""
        if self._expr is None:
            circuit, leaves = self._parts()
            self._warn(circuit.written_size())
            inputs = {name: leaves[name].expr for name in circuit.inputs}
            self._expr = circuit.to_sympy(inputs)[OUTPUT]
        return self._expr

    def _warn(self, size: int) -> None:
        if size > _WARNED_SIZE:
            text = f"Writing out a form of {len(self.circuit):,} gates takes {size:,} symbols and operations."
            warnings.warn(text, SizeWarning, stacklevel=3)

    def terms(self, limit: int = DEFAULT_TERMS) -> tuple[tuple[Number, dict[sympy.Expr, Any]], ...]:
        """The form multiplied out, sparse: (coefficient, {symbol or constant: exponent}) for every term.

        Raises TooLarge where more than ``limit`` terms are predicted.

        >>> ClosedForm.of("(x + 1)*(x - 1)").terms()
        ((1, {x: 2}), (-1, {}))
        """
        value = self._symbolic(limit)
        rows = value.ordered() if isinstance(value, Symbolic) else [((), value)] if value else []
        return tuple((from_flint(coefficient), dict(factors)) for factors, coefficient in rows)

    def _symbolic(self, limit: int = DEFAULT_TERMS) -> Any:
        if self.inexact:
            raise InvalidArgument("A float64 form is not multiplied out: its numbers are not exact.")
        circuit, leaves = self._parts()
        return symbolic_value(circuit, leaves, limit=limit)

    # -- new forms from old ---------------------------------------------------------------------------------------

    def _derived(self, build: FormBuilder, node: int, **about: Any) -> ClosedForm:
        """A form made from this one; it depends on those of the variables that its circuit holds."""
        circuit = build.finish({OUTPUT: node})
        held = {v for name in circuit.inputs for v in build.leaves[name].variables}
        variables = [v for v in about.pop("variables", self.variables) if v in held]
        kept = {"known": self.known, "domain": self.domain, "inexact": self.inexact, "assumptions": self.assumptions}
        return ClosedForm((circuit, build.leaves), variables=variables, **{**kept, "centres": self.centres, **about})

    def subs(self, changes: Mapping[Any, Any]) -> ClosedForm:
        """The form with variables or parameters replaced, all at once, by numbers, expressions (or text) or forms.

        >>> form = ClosedForm.of("a*x**2 + x", ["x"])
        >>> form.subs({"a": "1/2", "x": "y + 1"})
        y + (y + 1)**2/2 + 1

        Raises UnknownVariable (a name the form lacks), InexactError (a float), InvalidArgument (a variable of a form that
        is known on a grid, unless replaced by a number of the grid; numbers that an assumption rules out).
        """
        news: dict[sympy.Symbol, ClosedForm] = {}
        domain = dict(self.domain)
        for symbol, value in variable_mapping(changes, (*self.known, *self.parameters), "changes", "the form").items():
            new = value if isinstance(value, ClosedForm) else ClosedForm.of(value, self.known, f"changes[{symbol}]")
            news[symbol] = new
            grid = domain.pop(symbol, None)
            if grid is not None and (new.leaves or new._element({}) not in map(to_flint, grid)):
                points = ", ".join(map(str, grid[:12]))
                raise InvalidArgument(f"Argument 'changes' must keep {symbol} on its grid: it is one of {points}, not {new}.")
        for new in news.values():
            for v, grid in new.domain.items():
                domain[v] = tuple(point for point in domain.get(v, grid) if point in grid)
        brought = dict.fromkeys(v for new in news.values() for v in new.variables)
        names = dict.fromkeys((*self.known, *brought))
        variables = [v for v in names if v in brought or (v in self.variables and v not in news)]
        puts = {s: (partial(_included, new), partial(getattr, new, "expr")) for s, new in news.items()}
        build, node = replaced(*self._parts(), puts, frozenset(v.name for v in names))
        inexact = self.inexact or any(new.inexact for new in news.values())
        kept = still_assumed(self.assumptions, {s: puts[s][1] for s in puts})
        assumptions = dict.fromkeys((*kept, *(a for new in news.values() for a in new.assumptions)))
        return self._derived(build, node, variables=variables, domain=domain, inexact=inexact, assumptions=assumptions)

    def diff(self, symbol: Any, order: int = 1) -> ClosedForm:
        """The derivative by a variable or parameter, as a circuit again.

        >>> ClosedForm.of("a*x**3", ["x"]).diff("x", 2)
        6*a*x

        Raises InvalidArgument (a form that is known on a grid), NoClosedForm (a step such as max, an indicator).
        """
        whole_number(order, "order", 0)
        by = as_variable(symbol, "symbol")
        if by in self.domain:
            raise InvalidArgument(f"The form is known on a grid of {by} only: it has no derivative by {by}.")
        form = self
        for _ in range(order):
            form = form._derived(*derivatives.derivative(*form._parts(), by))
        return form

    def simplify(self) -> ClosedForm:
        """The same function written shorter, by cheap means: multiplied out, common factors, centred variables, covariances.

        Of these the shortest is taken; large forms are returned as they are.

        >>> ClosedForm.of("x*y + 2*x*z", ["x", "y", "z"]).simplify()
        x*(y + 2*z)
        """
        if self.inexact:
            return self
        found = simplification.shortest(*self._parts(), self.variables, self.centres)
        if found is None:
            return self
        return self._derived(*found, reason=self.reason)

    # -- values -----------------------------------------------------------------------------------------------------

    def checked_point(self, point: Mapping[Any, Any]) -> dict[sympy.Symbol, Fraction]:
        """A point as exact numbers by Symbol, complete and on the grid where there is one; see ``at`` for the errors."""
        found = variable_mapping(point, self.known, "point", "the form", "numbers")
        given = {symbol: to_fraction(value, f"point[{symbol}]") for symbol, value in found.items()}
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
        """The value in the engine: an element of the exact ring, or a ball."""
        return self.run_circuit(given) if self._evaluate is None else self._evaluate(given)

    def run_circuit(self, given: Mapping[sympy.Symbol, Any]) -> Any:
        """The value of the circuit at a point: an element of the exact ring, or a ball."""
        circuit, leaves = self._parts()
        if self.inexact:
            balls = {name: Ball.of(leaves[name].at(given)) for name in circuit.inputs}
            return circuit.run(balls, Ball.of)[OUTPUT]
        values = {name: leaves[name].at(given) for name in circuit.inputs}
        return circuit.run(values, to_flint)[OUTPUT]

    def _rational(self, given: dict[sympy.Symbol, Fraction], asked: str) -> Any:
        """The value in the engine, which is a number or a ball."""
        value = self._element(given)
        if isinstance(value, Symbolic):
            shown = expression(value)
            if self.parameters:
                names = ", ".join(map(str, self.parameters))
                raise NotRational(f"{asked} is no number: the parameters {names} remain. It is {shown}; see .expr.")
            raise NotRational(f"{asked} is no rational number but {shown}; see .expr, or .evalf(digits) for digits.")
        return value

    def _number(self, given: dict[sympy.Symbol, Fraction], asked: str) -> Any:
        value = self._rational(given, asked)
        return value.value if isinstance(value, Ball) else from_flint(value)

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
        return Ball.of(self._rational(self.checked_point(point), "The form at this point"))

    def _require_constant(self, asked: str) -> None:
        if self.variables:
            names = ", ".join(map(str, self.variables))
            raise InvalidArgument(
                f"{asked} needs a form without variables; this one depends on {names}: use .at(point)."
            )

    def evalf(self, digits: int = 15, at: Mapping[Any, Any] | None = None) -> sympy.Expr:
        """The value with so many correct digits, constants such as pi included."""
        given = self.checked_point(at or {})
        value = self._element(given)
        return sympy.Float(value.value, 17) if isinstance(value, Ball) else sympy.N(expression(value), digits)

    # -- comparison -------------------------------------------------------------------------------------------------

    def equals(self, other: Any, *, limit: int = DEFAULT_TERMS) -> bool:
        """Whether both are the same function, decided exactly; ``other`` is a form, a number or an expression.

        Raises NoClosedForm where that cannot be decided, TooLarge where more than ``limit`` terms are predicted.
        """
        if not isinstance(other, ClosedForm):
            other = ClosedForm.of(other, self.known, "other")
        if self.inexact or other.inexact:
            raise InvalidArgument(
                "Float64 forms have no exact equality; compare .at(point) within .ball(point).radius."
            )
        return same_on_grid(self, other, limit) if self.domain or other.domain else self._same_circuit(other, limit)

    def _same_circuit(self, other: ClosedForm, limit: int) -> bool:
        return same_function(self._symbolic(limit), other._symbolic(limit), lambda: self.expr - other.expr)

    def __eq__(self, other: object) -> bool:
        try:
            return self.equals(other)
        except (InvalidArgument, InexactError, FormatError):
            return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equality is mathematical, and forms of one value differ in shape

    def is_zero(self) -> bool:
        """Whether the form is 0 everywhere."""
        return bool(self.reason) or self.equals(0)


def _included(form: ClosedForm, build: FormBuilder) -> int:
    return build.include(*form._parts())
