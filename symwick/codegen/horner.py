"""Sums of products as nested (Horner) forms: the most common factor is taken out first, in one variable or many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symwick.algebra.numbers import ratio
from symwick.codegen.program import Program

__all__ = ["nested"]

Term = tuple[Any, dict[int, int]]
"""weight · Π atom^exponent."""

_ONE = ratio(1, 1)


def nested(program: Program, parameters: frozenset[str] = frozenset()) -> Program:
    """The same values from nested sums.

    Products, powers and sums that only one sum reads are taken apart and put together anew; what several read stays one
    instruction, and is a factor like any other. Errors are bounded as those of the plain sum: by a few units in the last
    place of Σ |terms| for each nesting, since every factor is taken out of whole terms. Parameters are taken out last: what
    depends on them alone is computed once and not for every row.
    """
    return _Nesting(program, parameters).run()


class _Nesting:
    def __init__(self, program: Program, parameters: frozenset[str]) -> None:
        self.old, self.new = program, Program()
        uses = program.uses()
        self.inline = bytearray(len(program))
        for i, args in enumerate(program.args):
            into_sum, into_product = program.ops[i] == "sum", program.ops[i] == "product"
            for a in args:
                op = program.ops[a]
                taken = ("product", "power", "sum") if into_sum else ("product", "power") if into_product else ()
                if uses[a] == 1 and op in taken:
                    self.inline[a] = 1
        self.place = [-1] * len(program)
        self.uniform: list[bool] = []
        self.parameters = parameters

    def run(self) -> Program:
        old, new = self.old, self.new
        for i in range(len(old)):
            if self.inline[i]:
                continue
            op = old.ops[i]
            if op == "sum":
                terms, constant = self.terms(i)
                self.place[i] = self.sum(terms, constant)
            elif op == "product":
                weight, factors = self.factors(i)
                node = new.product([new.power(a, k) for a, k in factors.items()])
                self.place[i] = new.sum([(weight, node)])
            elif op == "power":
                self.place[i] = new.power(self.place[old.args[i][0]], old.data[i])
            else:
                self.place[i] = new.make(op, tuple(self.place[a] for a in old.args[i]), old.data[i])
        new.outputs = [self.place[i] for i in old.outputs]
        return new.pruned()

    def factors(self, node: int) -> tuple[Any, dict[int, int]]:
        """A product of the old program as weight · Π atom^exponent over atoms of the new one."""
        old, new = self.old, self.new
        weight: Any = _ONE
        found: dict[int, int] = {}
        stack = [(node, 1)]
        while stack:
            i, exponent = stack.pop()
            op = old.ops[i]
            if i == node or self.inline[i]:
                if op == "product":
                    stack += [(a, exponent) for a in reversed(old.args[i])]
                    continue
                if op == "power":
                    stack.append((old.args[i][0], exponent * old.data[i]))
                    continue
            place = self.place[i]
            if new.ops[place] == "power":
                found[new.args[place][0]] = found.get(new.args[place][0], 0) + exponent * new.data[place]
            elif new.ops[place] == "sum" and len(new.args[place]) == 1 and not new.data[place][1]:
                weight = weight * new.data[place][0][0] ** exponent
                inner = new.args[place][0]
                found[inner] = found.get(inner, 0) + exponent
            elif new.ops[place] == "constant":
                weight = weight * new.data[place] ** exponent
            else:
                found[place] = found.get(place, 0) + exponent
        return weight, found

    def terms(self, node: int) -> tuple[list[Term], Any]:
        """The terms of a sum, sums inside that nothing else reads multiplied in."""
        old = self.old
        collected: dict[tuple[tuple[int, int], ...], Any] = {}
        constant: Any = ratio(0, 1)
        stack: list[tuple[Any, int]] = [(_ONE, node)]
        while stack:
            outer, i = stack.pop()
            if old.ops[i] == "sum" and (i == node or self.inline[i]):
                weights, rest = old.data[i]
                constant = constant + rest * outer
                stack += [(w * outer, a) for w, a in zip(reversed(weights), reversed(old.args[i]), strict=True)]
                continue
            if self.inline[i]:
                weight, factors = self.factors(i)
            else:
                weight, factors = _ONE, {self.place[i]: 1}
            if not factors:
                constant = constant + weight * outer
                continue
            key = tuple(sorted(factors.items()))
            value = weight * outer
            collected[key] = collected[key] + value if key in collected else value
        return [(w, dict(key)) for key, w in collected.items() if w], constant

    def is_uniform(self, atom: int) -> bool:
        """Whether a node of the new program is made of parameters alone."""
        new = self.new
        for i in range(len(self.uniform), len(new)):
            if new.ops[i] == "input":
                self.uniform.append(new.data[i] in self.parameters)
            else:
                self.uniform.append(all(self.uniform[a] for a in new.args[i]))
        return self.uniform[atom]

    def sum(self, terms: list[Term], constant: Any) -> int:
        """The nested form of a sum, built from the inside out on a stack of its own."""
        new = self.new
        done: list[int] = []  # nodes that wait to be joined
        stack: list[tuple[str, Any]] = [("split", (terms, constant))]
        while stack:
            what, payload = stack.pop()
            if what == "split":
                terms, constant = payload
                if (single := _only_atom(terms)) is not None:
                    done.append(self.univariate(single, terms, constant))
                    continue
                choice = self.choose(terms)
                if choice is None:
                    done.append(new.sum([(w, self.monomial(m)) for w, m in terms], constant))
                    continue
                atom, exponent = choice
                inside, outside, inner_constant = _divided(terms, atom, exponent)
                stack.append(("join", (atom, exponent)))
                if outside:
                    stack.append(("split", (outside, constant)))
                else:
                    stack.append(("number", constant))
                stack.append(("split", (inside, inner_constant)))
            elif what == "number":
                done.append(new.constant(payload))
            else:
                atom, exponent = payload
                rest, inner = done.pop(), done.pop()
                product = new.product([new.power(atom, exponent), inner])
                done.append(self.added(product, rest))
        return done[0]

    def univariate(self, atom: int, terms: Sequence[Term], constant: Any) -> int:
        """Horner's rule in one atom, from the highest power down."""
        new = self.new
        weights = {factors[atom]: weight for weight, factors in terms}
        ordered = sorted(weights, reverse=True)
        node = new.constant(weights[ordered[0]])
        for high, low in zip(ordered, [*ordered[1:], 0], strict=True):
            node = new.sum([(1, new.product([new.power(atom, high - low), node]))], weights.get(low, constant))
        return node

    def added(self, product: int, rest: int) -> int:
        """product + rest, the terms of a rest that is a sum itself side by side with the product."""
        new = self.new
        if new.ops[rest] == "sum":
            weights, constant = new.data[rest]
            return new.sum([(1, product), *zip(weights, new.args[rest], strict=True)], constant)
        return new.sum([(1, product), (1, rest)])

    def monomial(self, factors: dict[int, int]) -> int:
        return self.new.product([self.new.power(a, k) for a, k in factors.items()])

    def choose(self, terms: Sequence[Term]) -> tuple[int, int] | None:
        """The atom that most terms hold, and the least exponent in them; None where no two terms share an atom."""
        if len(terms) < 2:
            return None
        counts: dict[int, int] = {}
        least: dict[int, int] = {}
        for _, factors in terms:
            for atom, k in factors.items():
                counts[atom] = counts.get(atom, 0) + 1
                least[atom] = min(k, least.get(atom, k))
        best = max(counts, key=lambda atom: (counts[atom] > 1, not self.is_uniform(atom), counts[atom], -atom))
        return None if counts[best] < 2 else (best, least[best])


def _only_atom(terms: Sequence[Term]) -> int | None:
    """The atom that all terms are powers of, where there is one and more than one term."""
    first = next(iter(terms[0][1])) if terms and len(terms[0][1]) == 1 else None
    if first is None or len(terms) < 2 or any(len(factors) != 1 or first not in factors for _, factors in terms):
        return None
    return first


def _divided(terms: Sequence[Term], atom: int, exponent: int) -> tuple[list[Term], list[Term], Any]:
    """The terms that hold an atom, divided by its power, those that do not, and the constant that division leaves."""
    inside: list[Term] = []
    outside: list[Term] = []
    constant: Any = ratio(0, 1)
    for weight, factors in terms:
        if atom not in factors:
            outside.append((weight, factors))
            continue
        left = dict(factors)
        left[atom] -= exponent
        if not left[atom]:
            del left[atom]
        if left:
            inside.append((weight, left))
        else:
            constant = constant + weight
    return inside, outside, constant
