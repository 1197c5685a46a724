"""The ring of circuits: the same arithmetic as exact values with symbols, nothing multiplied out, equal monomials once."""

from __future__ import annotations

from typing import Any

import flint
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra.symbolic_reading import element
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.node_ring import Linear, NodeRing
from symwick.errors import TooLarge
from symwick.testing.strategies import polynomials, rationals

x, y, z = sympy.symbols("x y z")
VALUES = (
    x, y, x + y, x**2 - y, 1 / (x + y), 1 / x, sympy.sqrt(x), sympy.sqrt(2), sympy.exp(x), sympy.exp(y - 2 * x), x * y, sympy.pi,
)  # fmt: skip


def operations(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Trees of + − · over leaves, as nested tuples."""
    return st.recursive(leaf, lambda inner: st.tuples(st.sampled_from("+-*"), inner, inner), max_leaves=8)


def worked_out(tree: Any, leaf: Any) -> Any:
    if not isinstance(tree, tuple):
        return leaf(tree)
    operation, left, right = tree[0], worked_out(tree[1], leaf), worked_out(tree[2], leaf)
    return left + right if operation == "+" else left - right if operation == "-" else left * right


TREES = operations(st.one_of(st.sampled_from(VALUES), rationals().map(lambda q: sympy.Rational(q.numerator, q.denominator))))


@given(tree=TREES)
def test_arithmetic_is_that_of_exact_values(tree: Any) -> None:
    ring = NodeRing()
    found = ring.coerce(worked_out(tree, lambda e: ring.coerce(element(e))))
    assert ring.vanishes(found - element(sympy.expand(worked_out(tree, lambda e: e))))
    assert not ring.vanishes(found - element(sympy.expand(worked_out(tree, lambda e: e))) - element(z))


@given(trees=st.tuples(TREES, TREES, TREES))
def test_ring_axioms(trees: tuple[Any, Any, Any]) -> None:
    ring = NodeRing()
    a, b, c = (ring.coerce(worked_out(tree, lambda e: ring.coerce(element(e)))) for tree in trees)
    assert a + b == b + a
    assert a * b == b * a
    assert not (a + b) - b - a
    assert a * ring.one == a == a + ring.zero
    assert not a * ring.zero
    assert not ring.sub(ring.add(a, b), b) - a
    assert ring.vanishes((a * b) * c - a * (b * c))
    assert ring.vanishes(ring.mul(a, b + c) - a * b - a * c)
    assert ring.vanishes(-a + a)
    assert ring.is_zero(a - a)


@given(f=polynomials([x, y]), g=polynomials([x, y]))
def test_values_go_in_and_come_out(f: sympy.Expr, g: sympy.Expr) -> None:
    ring = NodeRing()
    a, b = ring.coerce(element(f)), ring.coerce(element(g))
    product = ClosedForm.built(ring.build, (a * b).node)
    assert sympy.expand(product.expr - f * g) == 0
    assert (a == b) == (sympy.expand(f - g) == 0)
    assert bool(a) == (sympy.expand(f) != 0)


def test_numbers_are_taken_in() -> None:
    ring = NodeRing()
    for three in (3, "3", flint.fmpq(3), sympy.Integer(3), element(sympy.Integer(3))):
        assert ring.coerce(three) == ring.one + 2
        assert 1 - ring.coerce(three) == ring.coerce(-2)
    assert ring.coerce(ring.one) is ring.one
    assert ring.one.__eq__(1) is NotImplemented
    with pytest.raises(TypeError, match="unhashable"):
        hash(ring.one)


@pytest.mark.parametrize("powers", [(1, 1, 1), (2, 1), (1, 2), (3,)])
def test_equal_monomials_are_one_gate(powers: tuple[int, ...]) -> None:
    ring = NodeRing()
    u, v = ring.coerce(element(x)), ring.coerce(element(y))
    made = ring.one
    for k in powers:
        made = made * ring.coerce(element(x**k))  # x² may come from outside, or be a product made here
    assert made == u * u * u
    assert (made * v).node == (v * (u * (u * u))).node == (u * v * u * u).node
    assert not made * v - ring.coerce(element(x**3 * y))
    assert len(ClosedForm.built(ring.build, (made * v).node).circuit) == 2  # a power and a product


def test_nothing_large_is_multiplied_out() -> None:
    ring = NodeRing()
    sums = [sum((ring.coerce(element(sympy.Symbol(f"x{i}_{j}"))) for j in range(10)), ring.zero) for i in range(20)]
    product = ring.one
    for factor in sums:
        product = product * factor
    form = ClosedForm.built(ring.build, product.node)
    assert len(form.circuit) < 60
    with pytest.raises(TooLarge):
        ring.vanishes(product)


def test_names_of_gates_are_printed_and_nothing_else() -> None:
    ring = NodeRing()
    u, v, m = (ring.coerce(element(s)) for s in (x, y, sympy.Symbol("m")))
    named = ring.labelled(u * v - m, ("Cov(x, y)", r"\operatorname{Cov}(x, y)"))
    form = ClosedForm.built(ring.build, (2 * named * named + u).node)
    assert str(form) == "x + 2*Cov(x, y)**2"
    assert form.latex() == r"x + 2 \operatorname{Cov}(x, y)^{2}"
    assert sympy.expand(form.expr - 2 * (x * y - sympy.Symbol("m")) ** 2 - x) == 0
    assert ring.vanishes(named - u * v + m)
    assert form.subs({"m": 0}).equals(2 * x**2 * y**2 + x)
    for single in (u, 3 * u * v, ring.coerce(5)):
        assert ring.labelled(single, ("name", "name")) is single


@given(f=polynomials([x, y]), g=polynomials([x, y]))
def test_zero_is_decided_by_multiplying_out(f: sympy.Expr, g: sympy.Expr) -> None:
    ring = NodeRing()

    def circuit(e: sympy.Expr) -> Linear:
        return Linear(ring, {node_of(ring, e): flint.fmpq(1)}, flint.fmpq(0))

    difference = circuit(f * g) - circuit(sympy.expand(f * g))
    assert ring.vanishes(difference)
    assert not ring.vanishes(difference + circuit(x**7))


def node_of(ring: NodeRing, e: sympy.Expr) -> int:
    form = ClosedForm.of(e)
    return ring.build.include(form.circuit, form.leaves)
