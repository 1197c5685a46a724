"""Reading the arguments of ``verify``: which exact side is meant, which arguments it has, which outputs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symwick.algebra.named_multisets import natural_key
from symwick.algebra.numbers import to_fraction
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.expressions import parse_expression
from symwick.circuits.leaves import Leaf
from symwick.circuits.tracing import trace
from symwick.circuits.variables import as_variables
from symwick.codegen.names import identifiers
from symwick.decompose.decomposition import Decomposition
from symwick.distributions.unspecified import Moments
from symwick.errors import InvalidArgument, SymwickError
from symwick.verification.cases import representable
from symwick.verification.exact_values import CallableValues, Exact, Forms, LawValues, Part
from symwick.verification.outputs import Layout
from symwick.verification.spaces import Space, cumulant_entries, keyword_of, moment_exponents, order_of_symbols

__all__ = ["Options", "Subject", "read"]

_KINDS = "a form, an expression, a circuit, a decomposition, a mapping or list of forms, or a callable over exact numbers"


@dataclass(frozen=True)
class Options:
    """What ``verify`` is told about the arguments."""

    arguments: Any = None
    rows: Any = None
    columns: Any = None
    weighted: Any = None
    domain: Any = None
    where: Any = None
    least_rows: int = 1


@dataclass(frozen=True)
class Subject:
    """The exact side, read: where it is compared, its values, its outputs, the decomposition or callable it comes from."""

    space: Space
    exact: Exact
    layout: Layout
    source: Any = None


@dataclass(frozen=True)
class _Named:
    """Forms or outputs of a circuit with their labels, and what they say of their variables."""

    parts: tuple[Part, ...]
    labels: tuple[Any, ...] | None
    forms: tuple[ClosedForm, ...] = ()
    inputs: tuple[str, ...] = ()
    layout: Layout | None = None
    source: Any = None


def read(numeric: Any, exact: Any, options: Options) -> Subject:
    """The subject that ``exact`` is, for a numeric function. Raises InvalidArgument."""
    if not callable(numeric):
        raise InvalidArgument(f"Argument 'numeric' must be callable, not {numeric!r}.")
    presented, variables = _presentation(options)
    named = _as_named(exact, options) if presented == "moments" else _of_law(exact, variables)
    if named is None and not callable(exact):
        raise InvalidArgument(f"Argument 'exact' must be {_KINDS}, not {exact!r}.")
    if named is None:
        return _of_callable(exact, options) if presented == "moments" else _of_law_callable(exact, options, presented, variables)
    symbols = _symbols(named)
    if presented != "moments":
        symbols = [s for s in symbols if not _is_moment(s)]
        if presented == "columns" and (both := [s for s in symbols if s in variables]):
            text = f"Argument 'columns' must not name {both[0]}, on which the exact side depends as well: pass rows= instead."
            raise InvalidArgument(text)
    known = _known(named) if presented == "moments" else [v for v in _known(named) if v in symbols]
    keywords = _keywords(symbols, options.arguments, numeric, known)
    law = variables or _law_variables(keywords)
    space = _space(keywords, law, presented, options, named)
    forms = Forms(named.parts, named.labels, space)
    if missing := [v for v in _law_variables(forms.symbols()) if presented != "moments" and v not in law]:
        raise InvalidArgument(f"Argument '{presented}' must name every variable of the exact side; it lacks {missing[0]}.")
    return Subject(space, forms, named.layout or Layout(named.labels), named.source)


# -- kinds of exact sides ---------------------------------------------------------------------------------------------


def _as_named(exact: Any, options: Options) -> _Named | None:
    """Forms, circuits, decompositions, expressions and numbers; None for anything else."""
    if isinstance(exact, Decomposition):
        return _of_decomposition(exact)
    if isinstance(exact, Circuit):
        return _of_circuit(exact)
    if isinstance(exact, Mapping) and exact:
        parts = [_form(value, f"exact[{key}]") for key, value in exact.items()]
        return _Named(tuple(map(Part.of_form, parts)), tuple(exact), tuple(parts))
    if isinstance(exact, (list, tuple)) and exact:
        parts = [_form(value, f"exact[{i}]") for i, value in enumerate(exact)]
        return _Named(tuple(map(Part.of_form, parts)), tuple(range(len(parts))), tuple(parts))
    if isinstance(exact, (ClosedForm, str, sympy.Expr, int, Fraction)):
        form = _form(exact, "exact")
        return _Named((Part.of_form(form),), None, (form,))
    return None


def _form(value: Any, argument: str) -> ClosedForm:
    """A form; all symbols of an expression are arguments."""
    if isinstance(value, ClosedForm):
        return value
    if isinstance(value, str):
        value = parse_expression(value)
    known: list[sympy.Symbol] = []
    if isinstance(value, sympy.Expr):
        known = sorted(value.free_symbols, key=lambda s: natural_key(s.name))
    return ClosedForm.of(value, [s for s in known if not _is_moment(s.name)], argument)


def _of_decomposition(exact: Decomposition) -> _Named:
    keys = list(exact)
    forms = tuple(exact[key] for key in keys)

    def read_key(key: Any) -> Any:
        if isinstance(key, str) and exact.kind == "gwpd" and key not in map(str, exact.inputs.keys):
            key = [name.strip() for name in key.split(",") if name.strip()]  # "x, y"; "" is the empty set
        return exact._write_key(exact._read_key(key))

    layout = Layout(tuple(keys), read_key, lambda key: exact._key_text(exact._read_key(key)))
    return _Named(tuple(map(Part.of_form, forms)), tuple(keys), forms, layout=layout, source=exact)


def _of_circuit(circuit: Circuit) -> _Named:
    leaves = {name: Leaf.variable(sympy.Symbol(name)) for name in circuit.inputs}
    parts = tuple(Part(circuit, leaves, output) for output in circuit.outputs)
    if not parts:
        raise InvalidArgument("Argument 'exact' must be a circuit with an output.")
    labels = None if len(parts) == 1 else tuple(circuit.outputs)
    return _Named(parts, labels, inputs=circuit.inputs, source=circuit)


def _of_law(exact: Any, variables: tuple[str, ...]) -> _Named | None:
    """The forms under a law of which nothing is known but moments, where the exact side has them: they say most."""
    if not callable(exact) or isinstance(exact, (ClosedForm, Decomposition, Circuit)):
        return _as_named(exact, Options())
    try:
        return _as_named(exact(Moments(list(variables))), Options())
    except (SymwickError, TypeError, AttributeError, NotImplementedError):
        return None  # it asks for numbers: the law of the rows gives them


def _of_callable(exact: Callable[..., Any], options: Options) -> Subject:
    names = _parameter_names(exact)
    if options.arguments is None and names is None:
        text = "Argument 'arguments' must name the arguments where 'exact' is a callable that does not, such as one with *args."
        raise InvalidArgument(text)
    given = options.arguments
    listed = list(given.values()) if isinstance(given, Mapping) else _texts(given) if given is not None else list(names or ())
    keywords = _keywords(names or listed, given, None, ())
    by_keyword = names is not None and set(names) == set(keywords)
    space = _space(keywords, (), "moments", options, None)
    circuit = _traced(exact, list(keywords), by_keyword)
    if circuit is not None:
        named = _of_circuit(circuit)
        return Subject(space, Forms(named.parts, named.labels, space), Layout(named.labels), exact)
    values = CallableValues(exact, space, by_keyword)
    values.learn(space.cases(1, 0)[0])
    return Subject(space, values, Layout(values.labels), exact)


def _traced(exact: Callable[..., Any], names: list[str], by_keyword: bool) -> Circuit | None:
    """The circuit of a callable that only adds and multiplies, with the outputs as it names them."""
    try:
        circuit = trace(lambda *wires: exact(**dict(zip(names, wires, strict=True))) if by_keyword else exact(*wires), names)
        return circuit if list(circuit.outputs) == ["out"] and set(circuit.inputs) == set(names) else None
    except Exception:
        return None  # whatever a wire does not do: numbers will


def _of_law_callable(exact: Callable[..., Any], options: Options, presented: str, variables: tuple[str, ...]) -> Subject:
    space = _space(_keywords([], options.arguments, None, ()), variables, presented, options, None)
    values = LawValues(exact, space)
    values.learn(space.cases(1, 0)[0])
    return Subject(space, values, Layout(values.labels), exact)


# -- arguments --------------------------------------------------------------------------------------------------------


def _presentation(options: Options) -> tuple[str, tuple[str, ...]]:
    given = [(how, names) for how in ("rows", "columns", "weighted") if (names := getattr(options, how)) is not None]
    if len(given) > 1:
        raise InvalidArgument(f"Arguments '{given[0][0]}' and '{given[1][0]}' exclude each other: the data come in one way.")
    if not given:
        return "moments", ()
    how, names = given[0]
    variables = tuple(s.name for s in as_variables(names, how))
    if not variables:
        raise InvalidArgument(f"Argument '{how}' must name at least one variable.")
    return how, variables


def _is_moment(name: str) -> bool:
    return moment_exponents(name) is not None or cumulant_entries(name) is not None


def _law_variables(names: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in names:
        powers = moment_exponents(name)
        for v in [v for v, _ in powers] if powers else cumulant_entries(name) or ():
            found[v] = None
    return tuple(sorted(found, key=natural_key))


def _known(named: _Named) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*named.inputs, *(s.name for form in named.forms for s in form.known)]))


def _symbols(named: _Named) -> list[str]:
    """What the outputs depend on: variables in the order of the law, then parameters, then moments."""
    if named.inputs or not named.forms:
        return list(named.inputs)
    held = {s.name for part in named.parts for n in part.circuit.inputs for s in part.leaves[n].expr.free_symbols}
    variables = [v for v in _known(named) if v in held]
    return variables + order_of_symbols([s for s in sorted(held) if s not in variables])


def _texts(names: Any) -> list[str]:
    if isinstance(names, (str, sympy.Symbol)):
        names = [names]
    if not isinstance(names, Iterable):
        raise InvalidArgument(f"Argument 'arguments' must list symbols, or map names to them, not be {names!r}.")
    return [s.name for s in as_variables(list(names), "arguments")]


def _keywords(symbols: Sequence[str], arguments: Any, numeric: Any, known: Sequence[str]) -> dict[str, str]:
    """{symbol: keyword} in the order of position."""
    if isinstance(arguments, Mapping):
        keywords = {}
        for keyword, symbol in arguments.items():
            if not isinstance(keyword, str) or not keyword.isidentifier():
                raise InvalidArgument(f"Argument 'arguments' must have names of arguments as keys, not {keyword!r}.")
            keywords[_texts([symbol])[0]] = keyword
        if len(keywords) < len(arguments):
            raise InvalidArgument("Argument 'arguments' must name each symbol once.")
    elif arguments is not None:
        keywords = {s: keyword_of(s) for s in _texts(arguments)}
    else:
        spare = [v for v in known if v not in symbols and v in (_parameter_names(numeric) or ())]
        order = [v for v in known if v in symbols or v in spare]
        keywords = _spelled([*order, *(s for s in symbols if s not in order)], _parameter_names(numeric) or ())
    if missing := [s for s in symbols if s not in keywords]:
        raise InvalidArgument(f"Argument 'arguments' must name every argument of the exact side; it lacks {', '.join(missing)}.")
    if len(set(keywords.values())) < len(keywords):
        raise InvalidArgument("Argument 'arguments' must give every argument a name of its own: two are passed under one.")
    return keywords


def _spelled(symbols: Sequence[str], taken: Sequence[str]) -> dict[str, str]:
    """The keyword of each symbol: E_xy, or E_x_y as generated code spells it where the function's own parameter is called so."""
    generated = identifiers(symbols)
    return {s: generated[s] if generated[s] in taken else keyword_of(s) for s in symbols}


def _parameter_names(function: Any) -> list[str] | None:
    """Names of the parameters of a function that names them all; None for others."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        return None
    return [p.name for p in parameters if p.default is p.empty]


def _space(
    keywords: dict[str, str], variables: tuple[str, ...], presented: str, options: Options, named: _Named | None
) -> Space:
    if options.where is not None and not callable(options.where):
        raise InvalidArgument(f"Argument 'where' must be a callable that says which points count, not {options.where!r}.")
    domain: dict[str, tuple[Fraction, ...]] = {}
    supports: dict[str, tuple[Fraction, ...]] = {}
    assumptions: dict[sympy.Basic, None] = {}
    for form in named.forms if named else ():
        domain |= {s.name: tuple(map(Fraction, points)) for s, points in form.domain.items()}
        assumptions |= dict.fromkeys(form.assumptions)
    if named and isinstance(named.source, Decomposition):
        supports = _supports(named.source, keywords)
    domain |= _domain(options.domain, keywords)
    return Space(
        keywords, variables, presented, {s: points for s, points in domain.items() if s in keywords}, options.where,
        tuple(assumptions), supports, options.least_rows,
    )  # fmt: skip


def _domain(domain: Any, keywords: Mapping[str, str]) -> dict[str, tuple[Fraction, ...]]:
    if domain is None:
        return {}
    if not isinstance(domain, Mapping):
        raise InvalidArgument(f"Argument 'domain' must map arguments to the numbers they may be, not be {domain!r}.")
    by_name = {**{k: s for s, k in keywords.items()}, **{s: s for s in keywords}}
    found = {}
    for name, values in domain.items():
        if str(name) not in by_name:
            raise InvalidArgument(f"Argument 'domain' names {name}, which is no argument; they are: {', '.join(keywords)}.")
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise InvalidArgument(f"Argument 'domain[{name}]' must list numbers, not be {values!r}.")
        numbers = tuple(to_fraction(v, f"domain[{name}]") for v in values)
        if not numbers:
            raise InvalidArgument(f"Argument 'domain[{name}]' must list at least one number.")
        if broken := [v for v in numbers if representable(v) != v]:
            raise InvalidArgument(f"Argument 'domain[{name}]' must hold numbers that are floats exactly, not {broken[0]}.")
        found[by_name[str(name)]] = numbers
    return found


def _supports(source: Decomposition, keywords: Mapping[str, str]) -> dict[str, tuple[Fraction, ...]]:
    """The support points of the law's variables that are floats: f is compared on its support and off it."""
    law = getattr(source._engine, "law", None)
    found: dict[str, tuple[Fraction, ...]] = {}
    if law is None:
        return found
    for v in law.variables:
        if v.name in keywords and law.tabulated([v]):
            points = tuple(Fraction(p) for p in law.support(v)[:64])
            if kept := tuple(p for p in points if representable(p) == p):
                found[v.name] = kept
    return found
