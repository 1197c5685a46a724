"""Shorter writings of a form by cheap means: multiplied out, common factors, centred variables, named covariances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import comb
from typing import Any

import sympy

from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import Symbolic, expression, power
from symwick.algebra.symbolic_reading import base_power, element, substituted
from symwick.circuits.circuit import Circuit
from symwick.circuits.equality import expanded_terms, symbolic_value
from symwick.circuits.form_builder import OUTPUT, FormBuilder, lower
from symwick.circuits.leaves import INDICATOR, Leaf
from symwick.circuits.moment_names import moment_powers, moment_symbol
from symwick.circuits.printing import latex_text
from symwick.circuits.substitution import replaced

__all__ = ["central_label", "shortest"]

_MOST_TERMS = 500
_MOST_FACTORED = 60  # terms up to which a polynomial is factored completely
_CENTRED = "\0centred "  # names of the stand-ins, which no printed form ever shows and no variable bears
_CENTRAL = "\0central "

Writing = tuple[FormBuilder, int]


def shortest(
    circuit: Circuit, leaves: Mapping[str, Leaf], variables: Sequence[sympy.Symbol], centres: Mapping[sympy.Symbol, Any]
) -> Writing | None:
    """The shortest of the writings, or None where the circuit is that already, or is large.

    ``centres`` are means of variables as elements; moment symbols E[x] name further ones.
    """
    if any(leaf.kind == INDICATOR for leaf in leaves.values()) or expanded_terms(circuit) > _MOST_TERMS:
        return None
    value = symbolic_value(circuit, leaves)
    known = frozenset(v.name for v in variables)
    best, size = None, circuit.written_size(circuit.labels)
    for build, node in _writings(value, variables, centres, known):
        written = build.finish({OUTPUT: node})
        this = written.written_size(written.labels)
        if this < size:
            best, size = (build, node), this
    return best


def _writings(
    value: Any, variables: Sequence[sympy.Symbol], centres: Mapping[sympy.Symbol, Any], known: frozenset[str]
) -> Iterator[Writing]:
    for written in _factored(value):
        build = FormBuilder()
        yield build, lower(build, written, known)
    means = _means(value, variables, centres)
    if means:
        centred = _centred(value, variables, means)
        for written in _factored(centred):
            inner = FormBuilder()
            circuit = inner.finish({OUTPUT: lower(inner, written, known)})
            yield replaced(circuit, inner.leaves, _stand_ins(circuit, inner.leaves, means, known), known)


def _factored(value: Any) -> list[sympy.Expr]:
    """The element multiplied out, and with its factors taken out where that is cheap."""
    flat = expression(value)
    if not isinstance(value, Symbolic) or len(value.terms) < 2:
        return [flat]
    taken = sympy.factor(flat) if len(value.terms) <= _MOST_FACTORED else sympy.factor_terms(flat)
    return [flat, taken, *([sympy.factor_terms(flat)] if taken != flat else [])]


# -- centred variables and moments -------------------------------------------------------------------------------------


def _means(
    value: Any, variables: Sequence[sympy.Symbol], centres: Mapping[sympy.Symbol, Any]
) -> dict[sympy.Symbol, Any]:
    """Means, as elements, of the variables of the form and of those in its moment symbols."""
    bases = value.bases() if isinstance(value, Symbolic) else []
    named = {v for base in bases if base.is_Symbol for v in moment_powers(base.name) or ()}
    means = {v: element(moment_symbol({v: 1})) for v in sorted(named, key=lambda v: v.name)}
    return {**means, **{v: centres[v] for v in variables if v in centres}}


def _centred(value: Any, variables: Sequence[sympy.Symbol], means: Mapping[sympy.Symbol, Any]) -> Any:
    """x = x̃ + E x, and every moment by central ones: E Π x^k = Σ_j Π C(k, j) (E x)^{k−j} · E Π x̃^j."""
    held = set(variables)

    def change(base: sympy.Expr) -> Any | None:
        if not base.is_Symbol:
            return None
        if base in held and base in means:
            return base_power(sympy.Symbol(_CENTRED + base.name), 1) + means[base]
        powers = moment_powers(base.name)
        if powers is None or sum(powers.values()) < 2 or not all(v in means for v in powers):
            return None
        total: Any = to_flint(0)
        for kept in product(*(range(k + 1) for k in powers.values())):
            term: Any = to_flint(1)
            for (v, k), j in zip(powers.items(), kept, strict=True):
                term = term * comb(k, j) * power(means[v], k - j)
            if sum(kept) == 1:
                continue
            if sum(kept):
                order = {v: j for v, j in zip(powers, kept, strict=True) if j}
                term = term * base_power(sympy.Symbol(_CENTRAL + moment_symbol(order).name), 1)
            total = total + term
        return total

    return substituted(value, change)


def _stand_ins(
    circuit: Circuit, leaves: Mapping[str, Leaf], means: Mapping[sympy.Symbol, Any], known: frozenset[str]
) -> dict[sympy.Symbol, Any]:
    """What the stand-ins in a circuit become: x − E x, and central moments as gates with a name."""
    changes: dict[sympy.Symbol, Any] = {}
    for name in circuit.inputs:
        symbol = leaves[name].expr
        if not symbol.is_Symbol:
            continue
        if symbol.name.startswith(_CENTRED):
            variable = sympy.Symbol(symbol.name.removeprefix(_CENTRED))
            changes[symbol] = (lambda b, v=variable: _difference(b, v, means, known)), (lambda s=symbol: s)
        elif symbol.name.startswith(_CENTRAL):
            powers = moment_powers(symbol.name.removeprefix(_CENTRAL)) or {}
            changes[symbol] = (lambda b, p=powers: _central(b, p, means)), (lambda s=symbol: s)
    return changes


def _difference(build: FormBuilder, variable: sympy.Symbol, means: Mapping[sympy.Symbol, Any], known: frozenset[str]) -> int:
    leaf = Leaf.variable(variable) if variable.name in known else Leaf.generator(variable)
    mean = means[variable]
    minus = [(-w, node) for w, node in build.element_terms(mean)] if isinstance(mean, Symbolic) else []
    return build.sum([(1, build.leaf(leaf)), *minus], 0 if isinstance(mean, Symbolic) else -mean)


def _central(build: FormBuilder, powers: Mapping[sympy.Symbol, int], means: Mapping[sympy.Symbol, Any]) -> int:
    """E Π (x − E x)^k in raw moments, named Cov(x, y), Var(x) or μ[…]."""
    total: Any = to_flint(0)
    for kept in product(*(range(k + 1) for k in powers.values())):
        term: Any = to_flint(1)
        for (v, k), j in zip(powers.items(), kept, strict=True):
            term = term * comb(k, j) * power(-means[v], k - j)
        order = {v: j for v, j in zip(powers, kept, strict=True) if j}
        if len(order) == 1 and sum(kept) == 1:
            term = term * means[next(iter(order))]
        elif order:
            term = term * base_power(moment_symbol(order), 1)
        total = total + term
    return build.label(build.element(total), central_label([v for v, k in powers.items() for _ in range(k)]))


def _latex(expression: sympy.Expr) -> str:
    return latex_text(expression, ())


def central_label(arguments: Sequence[sympy.Expr]) -> tuple[str, str]:
    """The printed name of a central moment E Π (a − E a): text and LaTeX.

    >>> x, y = sympy.symbols("x y")
    >>> central_label([x, y])[0], central_label([x, x])[0], central_label([x, x, y])[0]
    ('Cov(x, y)', 'Var(x)', 'μ[x,x,y]')
    """
    text, latex = (", ".join(map(write, arguments)) for write in (str, _latex))
    if len(arguments) == 2 and arguments[0] == arguments[1]:
        return f"Var({arguments[0]})", rf"\operatorname{{Var}}({_latex(arguments[0])})"
    if len(arguments) == 2:
        return f"Cov({text})", rf"\operatorname{{Cov}}({latex})"
    return f"μ[{','.join(map(str, arguments))}]", rf"{{\mu}}({latex})"
