"""Circuits as functions: polynomials where they are small enough to multiply out."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import sympy

from symwick.algebra.numbers import to_flint
from symwick.algebra.polynomials import generators, terms
from symwick.circuits.circuit import Circuit
from symwick.circuits.structure import degrees
from symwick.functions.expression import ProductSum, ProductTerm

__all__ = ["product_sum_of", "term_bound"]


def term_bound(circuit: Circuit, output: str) -> int | None:
    """An upper bound of the number of terms of an output multiplied out; None where it is no polynomial.

    What its gates multiply out to, and no more than there are monomials of its degree.

    >>> from symwick.circuits.tracing import trace
    >>> term_bound(trace(lambda x, y: (x + y) ** 2 * (x + 1), ["x", "y"]), "out")
    8
    >>> term_bound(trace(lambda x: (x + 1) ** 15, ["x"]), "out")
    16
    """
    counts: list[int] = []
    known = degrees(circuit.gates)
    n = len(circuit.inputs)
    for gate in circuit.gates:
        below = [counts[a] for a in gate.args]
        if gate.op in ("input", "constant"):
            counts.append(1)
        elif gate.op == "sum":
            counts.append(sum(below) + bool(gate.payload))
        elif gate.op == "product":
            total = 1
            for count in below:
                total = min(total * count, 1 << 60)
            counts.append(total)
        elif gate.op == "power":
            counts.append(min(below[0] ** min(gate.payload, 64), 1 << 60))
        else:
            return None
        degree = known[len(counts) - 1]
        if degree is not None and degree < 10_000:
            counts[-1] = min(counts[-1], comb(n + degree, n))
    return counts[circuit.outputs[output]]


def product_sum_of(circuit: Circuit, output: str, variables: Sequence[sympy.Symbol]) -> ProductSum:
    """An output multiplied out, as a sum of products of powers; ``variables`` are the law's, in their order."""
    order = {v.name: v for v in variables}
    used = [v for name, v in order.items() if name in circuit.inputs]
    gens = dict(zip((v.name for v in used), generators(len(used)), strict=True))
    one = Circuit(circuit.gates, {output: circuit.outputs[output]}).prune()
    value = one.run({name: gens[name] for name in one.inputs}, to_flint)[output]
    found = []
    for exponents, coefficient in terms(value):
        factors = tuple((v, v**k) for v, k in zip(used, exponents, strict=False) if k)
        found.append(ProductTerm(coefficient, factors))
    present = {v for term in found for v, _ in term.factors}
    return ProductSum(tuple(found), (), tuple(v for v in used if v in present))
