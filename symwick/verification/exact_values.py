"""The exact side: values and Σ|terms| of forms, circuits, decompositions and callables at a case."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symwick.algebra.numbers import from_flint, to_flint, to_fraction
from symwick.algebra.symbolic import Symbolic
from symwick.circuits.circuit import Circuit
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.equality import symbolic_value
from symwick.circuits.leaves import INDICATOR, PARAMETER, VARIABLE, Leaf, element_value
from symwick.distributions.empirical import Empirical
from symwick.distributions.finite import Finite
from symwick.errors import InvalidArgument, SymwickError, TooLarge
from symwick.verification.cases import Case, merged, representable
from symwick.verification.magnitudes import digits_of, value_and_magnitude
from symwick.verification.sized_numbers import magnitude_of_call
from symwick.verification.spaces import Space, law_value, moment_exponents

__all__ = ["CallableValues", "Exact", "Expected", "Forms", "LawValues", "Part", "Term"]

Term = tuple[Fraction, dict[str, int]]
"""A coefficient and a monomial in the arguments, {argument: exponent}."""

_MOST_TERMS = 2000
_LARGEST = Fraction(10) ** 250


@dataclass(frozen=True)
class Expected:
    """One exact value and the Σ|terms| it is measured in."""

    value: Fraction
    magnitude: Fraction


class Exact(ABC):
    """Exact values by label; ``labels`` is None for a single number."""

    labels: tuple[Any, ...] | None

    @abstractmethod
    def at(self, case: Case, values: Mapping[str, Fraction]) -> list[Expected]:
        """The expected outputs at a case. Raises InvalidArgument where there are none."""

    def fair(self, case: Case, values: Mapping[str, Fraction]) -> list[Expected] | None:
        """The same, or None where no float could hold them, or they do not exist."""
        try:
            found = self.at(case, values)
        except (InvalidArgument, ZeroDivisionError):
            return None
        return found if all(e.magnitude < _LARGEST for e in found) else None

    def terms(self, place: int) -> list[Term] | None:
        """The terms of one output multiplied out; None where it has none, or too many."""
        return None


@dataclass(frozen=True)
class Part:
    """One output of a circuit, its inputs explained by leaves."""

    circuit: Circuit
    leaves: Mapping[str, Leaf]
    output: str

    @classmethod
    def of_form(cls, form: ClosedForm) -> Part:
        if form.inexact:
            raise InvalidArgument("Argument 'exact' must be exact, not a form of floats (ring='float64').")
        return cls(form.circuit, form.leaves, "value")


class Forms(Exact):
    """Forms, or outputs of a circuit; moments of the case's law where the numeric function is given the data itself."""

    def __init__(self, parts: Sequence[Part], labels: tuple[Any, ...] | None, space: Space) -> None:
        self.parts, self.labels, self.space = tuple(parts), labels, space
        self._terms: dict[int, list[Term] | None] = {}

    def at(self, case: Case, values: Mapping[str, Fraction]) -> list[Expected]:
        found = self.evaluate(self.assignment(case, values))
        if not self.space.of_rows:
            return found
        # rows are summed: what cancels within a mean counts as well
        sizes = self.evaluate(self.assignment(case, values, absolute=True))
        return [Expected(e.value, max(e.magnitude, s.magnitude)) for e, s in zip(found, sizes, strict=True)]

    def symbols(self) -> list[str]:
        return list(dict.fromkeys(s.name for part in self.parts for n in part.circuit.inputs for s in _symbols(part.leaves[n])))

    def assignment(self, case: Case, values: Mapping[str, Fraction], *, absolute: bool = False) -> dict[str, Fraction]:
        """Numbers for all symbols: the arguments, and the moments of the rows where the function is given these."""
        result = dict(values)
        if not self.space.of_rows:
            return result
        for name in self.symbols():
            if name in result:
                continue
            powers = moment_exponents(name)
            if absolute and powers is not None:
                result[name] = case.absolute_moment(dict(powers))
            else:
                result[name] = law_value(case, name)
        return result

    def evaluate(self, values: Mapping[str, Fraction]) -> list[Expected]:
        """All outputs at numbers for the symbols."""
        last: Part | None = None
        outputs: dict[str, tuple[Any, Any]] = {}
        found = []
        for part in self.parts:
            if last is None or part.circuit is not last.circuit:  # the outputs of one circuit come together
                inputs = {name: _leaf_value(part.leaves[name], values) for name in part.circuit.inputs}
                outputs, last = value_and_magnitude(part.circuit, inputs), part
            value, size = outputs[part.output]
            found.append(Expected(to_fraction(value), _short(to_fraction(size))))
        return found

    def terms(self, place: int) -> list[Term] | None:
        if place not in self._terms:
            self._terms[place] = self._multiplied_out(self.parts[place])
        return self._terms[place]

    def _multiplied_out(self, part: Part) -> list[Term] | None:
        try:
            value = symbolic_value(part.circuit, part.leaves, part.output, limit=_MOST_TERMS)
        except (TooLarge, SymwickError, TypeError):
            return None
        if not isinstance(value, Symbolic):
            return [(to_fraction(value), {})]
        terms: list[Term] = []
        for factors, coefficient in value.ordered():
            if any(not base.is_Symbol or not isinstance(k, int) for base, k in factors):
                return None
            terms.append((Fraction(from_flint(coefficient)), {base.name: int(k) for base, k in factors}))
        return terms


def _short(size: Fraction) -> Fraction:
    """Σ|terms| to the precision of a float: it is a yardstick, and exact ones can be very long."""
    return representable(size) if size < _LARGEST else size


def _symbols(leaf: Leaf) -> list[sympy.Symbol]:
    return sorted(leaf.expr.free_symbols, key=lambda s: s.name)


def _leaf_value(leaf: Leaf, values: Mapping[str, Fraction]) -> Any:
    if leaf.kind in (VARIABLE, PARAMETER):
        return to_flint(values[leaf.expr.name])
    if leaf.kind == INDICATOR:
        return to_flint(int(values[leaf.variables[0].name] == leaf.point))
    return element_value(leaf.expr, {s: values[s.name] for s in leaf.expr.free_symbols})


class CallableValues(Exact):
    """A callable over exact numbers; its outputs as it returns them."""

    def __init__(self, function: Callable[..., Any], space: Space, by_keyword: bool) -> None:
        self.function, self.space, self.by_keyword = function, space, by_keyword
        self.labels = None

    def learn(self, case: Case) -> None:
        """The labels, from one call."""
        self.labels, _ = _labelled(self._call(self.space.values(case)))

    def _call(self, values: Mapping[str, Any]) -> Any:
        given = {k: values[s] for s, k in self.space.keywords.items()}
        return self.function(**given) if self.by_keyword else self.function(*given.values())

    def at(self, case: Case, values: Mapping[str, Fraction]) -> list[Expected]:
        labels, found = _labelled(self._call(values))
        if labels != self.labels:
            raise InvalidArgument(f"Argument 'exact' must return the same outputs each time, not {labels} after {self.labels}.")
        exact = [_number(value) for value in found]
        sizes = magnitude_of_call(lambda sized: _labelled(self._call(sized))[1], values, exact)
        return [Expected(value, size) for value, size in zip(exact, sizes, strict=True)]


class LawValues(Exact):
    """A callable that takes the law of the rows and returns numbers or forms without variables."""

    def __init__(self, function: Callable[[Any], Any], space: Space) -> None:
        self.function, self.space = function, space
        self.labels = None

    def learn(self, case: Case) -> None:
        """The labels, from one call."""
        self.labels, _ = _labelled(self.function(law_of(case, self.space)))

    def at(self, case: Case, values: Mapping[str, Fraction]) -> list[Expected]:
        exact = self._numbers(case)
        near = self._numbers(_perturbed(case))
        positive = self._numbers(Case(case.numbers, case.variables, tuple(tuple(map(abs, a)) for a in case.atoms), case.weights))
        shown = zip(exact, near, positive, strict=True)
        return [Expected(v, max(abs(v), abs(n - v) * _PER_NUDGE, abs(p))) for v, n, p in shown]

    def _numbers(self, case: Case) -> list[Fraction]:
        labels, found = _labelled(self.function(law_of(case, self.space)))
        if labels != self.labels:
            raise InvalidArgument(f"Argument 'exact' must return the same outputs each time, not {labels} after {self.labels}.")
        return [_number(value) for value in found]


_PER_NUDGE = 2**20


def _perturbed(case: Case) -> Case:
    """Every cell off by one part in 2^20, up and down by turns: how far the value moves says how well it is conditioned."""
    nudge = Fraction(1, _PER_NUDGE)
    atoms = tuple(
        tuple(v * (1 + nudge * (1 if (3 * i + 5 * j + i * j) % 4 < 2 else -1)) for j, v in enumerate(atom))
        for i, atom in enumerate(case.atoms)
    )
    return Case(case.numbers, case.variables, atoms, case.weights)


def law_of(case: Case, space: Space) -> Any:
    """The law of the rows of a case."""
    if space.presented == "weighted":
        atoms, weights = merged(case.atoms, case.weights)  # changed rows may coincide
        return Finite(dict(zip(atoms, weights, strict=True)), case.variables)
    return Empirical([list(atom) for atom in case.atoms], list(case.variables))


def _labelled(result: Any) -> tuple[tuple[Any, ...] | None, list[Any]]:
    """What a callable returns as labels and values; None for a single number."""
    if isinstance(result, Mapping):
        return tuple(result), list(result.values())
    if isinstance(result, (list, tuple)):
        return tuple(range(len(result))), list(result)
    if hasattr(result, "__array__") and hasattr(result, "tolist") and getattr(result, "ndim", 0) == 1:
        return tuple(range(len(result))), result.tolist()
    return None, [result]


def _number(value: Any) -> Fraction:
    if isinstance(value, ClosedForm):
        if value.inexact:
            raise InvalidArgument("Argument 'exact' must be exact, not a form of floats (ring='float64').")
        return to_fraction(digits_of(value._element({})) if not value.variables else value.value)
    if isinstance(value, sympy.Expr) and not isinstance(value, sympy.Rational):
        return to_fraction(digits_of(element_value(value, {})))
    return to_fraction(value, "exact")
