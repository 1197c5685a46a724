"""The decompositions of random dependent laws against the definitions alone, by exact equality, and what must follow.

The first half holds every number of the library against `symwick.testing.oracle`, for every kind of function. The
second half checks the identities that hold for every law: linearity, vanishing means, ignored inputs, separation,
products over independent parts, and the average of an attribution.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations, permutations, product
from math import prod
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.testing import oracle, strategies
from symwick.testing.oracle import Blocks, Point

Weights = dict[Point, Fraction]
x, y, z = sympy.symbols("x y z")
NAMES = ["x", "y", "z", "t"]

# An expression no sum of products can hold, and the same in plain Python.
JOINT: list[tuple[sympy.Expr, Callable[[Fraction, Fraction], Fraction]]] = [
    (sympy.Max(x, y), max),
    (1 / (1 + x**2 + y**2), lambda a, b: 1 / Fraction(1 + a * a + b * b)),
    (sympy.Piecewise((x * y, x > y), (y**2 - 1, True)), lambda a, b: a * b if a > b else b * b - 1),
    (sympy.Abs(x - y), lambda a, b: abs(a - b)),
    (x / (2 + sympy.Abs(y)) - sympy.Min(x, y) ** 2, lambda a, b: a / Fraction(2 + abs(b)) - min(a, b) ** 2),
]


def polynomial_in_python(f: sympy.Expr, names: Sequence[str]) -> oracle.Function:
    """The polynomial as a function of points, by its coefficients."""
    if not names:
        constant = Fraction(str(f))
        return lambda point: constant
    terms = [(powers, Fraction(str(c))) for powers, c in sympy.Poly(f, *map(sympy.Symbol, names), domain="QQ").terms()]

    def value(point: Point) -> Fraction:
        total = Fraction(0)
        for powers, coefficient in terms:
            total += coefficient * prod(Fraction(v) ** k for v, k in zip(point, powers, strict=True))
        return total

    return value


def functions(draw: st.DrawFn, weights: Weights, names: Sequence[str], kind: str) -> tuple[Any, oracle.Function]:
    """A random function as the library takes it and as the oracle takes it."""
    if kind == "polynomial":
        f = draw(strategies.polynomials(names))
        return f, polynomial_in_python(f, names)
    if kind == "joint":
        (f, g), weight = draw(st.sampled_from(JOINT)), draw(strategies.rationals())
        if len(names) < 3:
            return f + x * sympy.Rational(weight), lambda point: g(*point[:2]) + point[0] * weight
        return f * (z + sympy.Rational(weight)), lambda point: g(*point[:2]) * (point[2] + weight)
    table = draw(strategies.tables(weights))
    return (table if kind == "table" else lambda *point: table[point]), table.__getitem__


KINDS = ["polynomial", "joint", "table", "callable"]
ON_GRID = {"table", "callable"}


def assert_agrees(
    f: Any, law: sw.Law, g: oracle.Function, weights: Weights, point: Point,
    inputs: dict[str, list[str]] | None = None, blocks: Blocks | None = None,
) -> None:  # fmt: skip
    """Everything that there is to ask about f, at one point."""
    at = dict(zip(law.variables, point, strict=True))
    keys = list(inputs) if inputs else [str(v) for v in law.variables]
    assert inputs is None or len(keys) == len(blocks or ())
    decomposition = sw.gwpd(f, law, inputs=inputs)
    terms = oracle.gwpd(g, weights, point, blocks)
    for subset, term in terms.items():
        of = [keys[i] for i in sorted(subset)]
        assert sw.gwp(f, law, of, inputs=inputs).at(at) == oracle.gwp(g, weights, subset, point, blocks), of
        assert sw.gwp(f, law, of, others="average", inputs=inputs).at(at) == term, of
        assert decomposition[of].at(at) == term, of
        assert sw.expectation(f, law, of, inputs=inputs).at(at) == oracle.expect(g, weights, subset, point, blocks), of
    values = decomposition.at(at)
    assert values == {s: decomposition[s].at(at) for s in decomposition}
    assert sum(values.values()) == g(point)
    assert sum(terms.values()) == g(point)
    assert decomposition.check()

    cumulants = sw.gcpd(f, law, inputs=inputs)
    for partition, value in oracle.gcpd(g, weights, blocks).items():
        named = [[keys[i] for i in block] for block in partition]
        assert sw.gcp(f, law, named, inputs=inputs).value == value, named
        assert cumulants[named].value == value, named
        assert value == 0 or named in cumulants, named
    mean = sum(w * g(p) for p, w in weights.items() if w)
    assert sum(form.value for form in cumulants.values()) == mean == sw.expectation(f, law, inputs=inputs).value
    assert cumulants.check()


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=20)
def test_every_number_is_that_of_the_definitions(kind: str, data: st.DataObject) -> None:
    n = 2 if kind == "joint" else data.draw(st.integers(0, 3))
    most = 2 if kind == "joint" else 3
    law, weights = data.draw(strategies.finite_laws(n, variables=NAMES[:n], max_support_per_variable=most))
    f, g = functions(data.draw, weights, NAMES[:n], kind)
    point = data.draw(strategies.points(weights, on_grid=kind in ON_GRID))
    assert_agrees(f, law, g, weights, point)


@pytest.mark.parametrize("kind", ["polynomial", "table", "callable"])
@given(data=st.data())
@settings(max_examples=15)
def test_blocks_are_inputs_of_their_own(kind: str, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 4 if kind == "table" else 3))
    law, weights = data.draw(strategies.finite_laws(n, variables=NAMES[:n], max_support_per_variable=2))
    f, g = functions(data.draw, weights, NAMES[:n], kind)
    blocks = data.draw(strategies.blockings(n))
    inputs = {f"block {i}": [NAMES[j] for j in block] for i, block in enumerate(blocks)}
    point = data.draw(strategies.points(weights, on_grid=kind in ON_GRID))
    assert_agrees(f, law, g, weights, point, inputs, blocks)


@given(data=st.data())
@settings(max_examples=2)
def test_three_inputs_that_no_product_separates(data: st.DataObject) -> None:
    law, weights = data.draw(strategies.finite_laws(3, variables=NAMES[:3], max_support_per_variable=2))
    f, g = functions(data.draw, weights, NAMES[:3], "joint")
    point = data.draw(strategies.points(weights))
    assert_agrees(f, law, g, weights, point)
    assert_agrees(f, law, g, weights, point, {"middle": ["y"], "outer": ["z", "x"]}, [[1], [2, 0]])


@pytest.mark.parametrize("kind", ["polynomial", "table"])
@given(data=st.data())
@settings(max_examples=4)
def test_four_inputs(kind: str, data: st.DataObject) -> None:
    law, weights = data.draw(strategies.finite_laws(4, variables=NAMES, max_support_per_variable=2))
    f, g = functions(data.draw, weights, NAMES, kind)
    assert_agrees(f, law, g, weights, data.draw(strategies.points(weights, on_grid=kind in ON_GRID)))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=5)
def test_one_block_that_holds_everything(kind: str, data: st.DataObject) -> None:
    law, weights = data.draw(strategies.finite_laws(3, variables=NAMES[:3]))
    f, g = functions(data.draw, weights, NAMES[:3], kind)
    point = data.draw(strategies.points(weights, on_grid=kind in ON_GRID))
    assert_agrees(f, law, g, weights, point, {"all": ["z", "x", "y"]}, [[2, 0, 1]])


@pytest.mark.parametrize("shape", ["list", "dict", "tuple of a callable"])
@given(data=st.data())
@settings(max_examples=8)
def test_every_output_of_a_vector_is_decomposed_alone(shape: str, data: st.DataObject) -> None:
    law, weights = data.draw(strategies.finite_laws(2, variables=["x", "y"]))
    at = dict(zip("xy", data.draw(strategies.points(weights, on_grid=True)), strict=True))
    first, second = data.draw(strategies.tables(weights)), data.draw(strategies.polynomials(["x", "y"]))
    both = {
        "list": [first, second],
        "dict": {"a": first, "b": second},
        "tuple of a callable": lambda *p: (first[p], polynomial_in_python(second, "xy")(p)),
    }[shape]
    place = ["a", "b"] if shape == "dict" else [0, 1]
    for ask in (sw.gwp, sw.gcp, sw.expectation):
        together, alone = ask(both, law), [ask(first, law), ask(second, law)]
        assert len(together) == 2
        assert [together[k].at(at) for k in place] == [form.at(at) for form in alone]
    for ask in (sw.gwpd, sw.gcpd):
        together, alone = ask(both, law), [ask(first, law), ask(second, law)]
        for k, single in zip(place, alone, strict=True):
            assert together[k].check()
            assert all(together[k][key].at(at) == single[key].at(at) for key in {*together[k], *single})


@given(data=st.data())
@settings(max_examples=15)
def test_f_may_use_fewer_variables_than_the_law_and_more_symbols(data: st.DataObject) -> None:
    law, weights = data.draw(strategies.finite_laws(3, variables=["x", "y", "z"]))
    a = sympy.Symbol("a")
    f, value = data.draw(strategies.polynomials(["x", "z"])), data.draw(strategies.rationals())
    g, at = polynomial_in_python(f, "xyz"), data.draw(strategies.points(weights))
    assert_agrees(f, law, g, weights, at)
    named = dict(zip("xyz", at, strict=True))
    form = sw.gwp(a * f + x, law, ["x", "z"])
    assert set(form.parameters) <= {a}
    number = form.expr.subs({**{sympy.Symbol(k): sympy.Rational(v) for k, v in named.items()}, a: sympy.Rational(value)})
    assert number == sympy.Rational(value * oracle.gwp(g, weights, [0, 2], at))
    assert sw.gwp(f, law, ["x", "y"]).reason == "f does not depend on y" or "y" not in str(f)
    assert sw.gwp(f, law, "y").equals(0)
    assert sw.gwpd(a * f + x, law).check()
    assert sw.gcpd(a * f + x, law).check()


@pytest.mark.parametrize(
    "f", [Fraction(7, 3), 0, "5", lambda: Fraction(7, 3), {(): 2}], ids=["fraction", "zero", "text", "callable", "table"]
)
def test_no_inputs_at_all(f: Any) -> None:
    law = sw.Finite({(): 1}, [])
    value = f() if callable(f) else f[()] if isinstance(f, dict) else Fraction(f)
    assert_agrees(f, law, lambda point: value, {(): Fraction(1)}, ())
    assert list(sw.gwpd(f, law)) == [frozenset()]
    assert list(sw.gcpd(f, law)) == [frozenset()]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_constants_have_the_mean_alone(n: int) -> None:
    names = NAMES[:n]
    law = sw.Finite({(0,) * n: "1/3", (1,) * n: "2/3"}, names)
    for f in (Fraction(7, 3), "7/3", lambda *point: Fraction(7, 3)):
        terms = sw.gwpd(f, law).at(dict.fromkeys(names, 1))
        assert terms.pop(frozenset()) == Fraction(7, 3)
        assert not any(terms.values())
        assert sw.gcp(f, law, [[name] for name in names]).value == Fraction(7, 3)
        assert sw.gcp(f, law).value == (Fraction(7, 3) if n == 1 else 0)


# -- identities ------------------------------------------------------------------------------------------------------


def subsets(items: Sequence[str]) -> list[tuple[str, ...]]:
    return [chosen for size in range(len(items) + 1) for chosen in combinations(items, size)]


@given(data=st.data())
@settings(max_examples=15)
def test_linear_in_f_and_symmetric_under_relabelling(data: st.DataObject) -> None:
    names = NAMES[:3]
    law, weights = data.draw(strategies.finite_laws(3, variables=names))
    f, g = data.draw(strategies.polynomials(names)), data.draw(strategies.polynomials(names))
    a, b = (sympy.Rational(data.draw(strategies.rationals())) for _ in range(2))
    point = dict(zip(names, data.draw(strategies.points(weights)), strict=True))
    order = data.draw(st.sampled_from(list(permutations(range(3)))))
    shuffled = sw.Finite({tuple(p[i] for i in order): w for p, w in weights.items()}, [names[i] for i in order])
    for of in subsets(names):
        parts = [sw.gwp(h, law, of).at(point) for h in (f, g)]
        assert sw.gwp(a * f + b * g, law, of).at(point) == a * parts[0] + b * parts[1]
        assert sw.gwp(f, shuffled, of).at(point) == parts[0]
    for partition in ([names], [["x", "z"], ["y"]], [["x"], ["y"], ["z"]]):
        numbers = [sw.gcp(h, law, partition).value for h in (f, g)]
        assert sw.gcp(a * f + b * g, law, partition).value == a * numbers[0] + b * numbers[1]
        assert sw.gcp(f, shuffled, partition).value == numbers[0]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=8)
def test_the_mean_of_a_wick_product_is_zero(kind: str, data: st.DataObject) -> None:
    names = NAMES[: 2 if kind == "joint" else data.draw(st.integers(2, 3))]
    law, weights = data.draw(strategies.finite_laws(len(names), variables=names, max_support_per_variable=2))
    f, _ = functions(data.draw, weights, names, kind)
    decomposition = sw.gwpd(f, law)
    point = dict(zip(names, data.draw(strategies.points(weights, on_grid=True)), strict=True))
    for of in subsets(names)[1:]:
        mean = sw.expectation(sw.gwp(f, law, of), law, of)  # a form is a function too
        assert mean.at(point) == 0, of
        assert kind == "joint" or mean.equals(0), of
        term = decomposition[of]
        assert sum(w * term.at(dict(zip(names, p, strict=True))) for p, w in weights.items() if w) == 0, of


@pytest.mark.parametrize("kind", ["polynomial", "callable"])
@given(data=st.data())
@settings(max_examples=10)
def test_an_ignored_input_has_no_part_in_any_interaction(kind: str, data: st.DataObject) -> None:
    law, weights = data.draw(strategies.finite_laws(3, variables=NAMES[:3]))
    ignored = data.draw(st.sampled_from([0, 1, 2]))
    kept = [i for i in range(3) if i != ignored]
    if kind == "polynomial":
        f: Any = data.draw(strategies.polynomials([NAMES[i] for i in kept]))
    else:
        table = data.draw(strategies.tables(oracle.marginal(weights, kept)))
        f = lambda *p: table[tuple(p[i] for i in kept)]  # noqa: E731
    at = dict(zip(NAMES, data.draw(strategies.points(weights, on_grid=kind in ON_GRID)), strict=False))
    for of in subsets(NAMES[:3]):
        if NAMES[ignored] in of:
            assert sw.gwp(f, law, of).at(at) == 0
    for partition in oracle.set_partitions(range(3)):
        if any(ignored in block and len(block) > 1 for block in partition):
            assert sw.gcp(f, law, [[NAMES[i] for i in block] for block in partition]).value == 0


@pytest.mark.parametrize("kind", ["polynomial", "callable"])
@given(data=st.data())
@settings(max_examples=10)
def test_a_sum_of_separate_parts_has_no_interaction_between_them(kind: str, data: st.DataObject) -> None:
    law, weights = data.draw(strategies.finite_laws(3, variables=NAMES[:3]))
    if kind == "polynomial":
        f: Any = data.draw(strategies.polynomials(["x", "y"])) + data.draw(strategies.polynomials(["z"]))
    else:
        g, h = (data.draw(strategies.tables(oracle.marginal(weights, part))) for part in ([0, 1], [2]))
        f = lambda *p: g[p[:2]] + h[p[2:]]  # noqa: E731
    at = dict(zip(NAMES, data.draw(strategies.points(weights, on_grid=kind in ON_GRID)), strict=False))
    for of in (["x", "z"], ["y", "z"], ["x", "y", "z"]):
        assert sw.gwp(f, law, of).at(at) == 0


@pytest.mark.parametrize("joined", ["Finite", "Independent"])
@given(data=st.data())
@settings(max_examples=10)
def test_products_over_independent_parts(joined: str, data: st.DataObject) -> None:
    left, a = data.draw(strategies.finite_laws(2, variables=["x", "y"], zero_points=False))
    right, b = data.draw(strategies.finite_laws(2, variables=["z", "t"], max_support_per_variable=2, zero_points=False))
    both = {p + q: v * w for (p, v), (q, w) in product(a.items(), b.items())}
    law = sw.Finite(both, NAMES) if joined == "Finite" else sw.Independent({("x", "y"): left, ("z", "t"): right})
    g, h = data.draw(strategies.polynomials(["x", "y"])), data.draw(strategies.polynomials(["z", "t"]))
    at = dict(zip(NAMES, data.draw(strategies.points(both)), strict=True))
    for first, second in product(subsets(["x", "y"]), subsets(["z", "t"])):
        inside = sw.gwp(g, left, first).at({k: at[k] for k in "xy"}) * sw.gwp(h, right, second).at({k: at[k] for k in "zt"})
        assert sw.gwp(g * h, law, [*first, *second]).at(at) == inside
    table = data.draw(strategies.tables(both))
    for split in ([NAMES], [["x", "z"], ["y"], ["t"]], [["x", "y", "t"], ["z"]], [["x", "t"], ["y", "z"]]):
        for f in (table, (g + x) * (h + z)):
            assert sw.gcp(f, law, split).value == 0  # a block splits into independent parts
    assert oracle.gcp(table.__getitem__, both, [[0, 1, 2, 3]]) == 0
    assert oracle.gcp(table.__getitem__, both, [[0, 2], [1], [3]]) == 0


@given(data=st.data())
@settings(max_examples=15)
def test_under_independence_a_wick_product_is_a_product_of_differences(data: st.DataObject) -> None:
    law, weights = data.draw(strategies.finite_laws(3, variables=NAMES[:3], kinds=["independent"], zero_points=False))
    table = data.draw(strategies.tables(weights))
    point = data.draw(strategies.points(weights, on_grid=True))
    for subset in oracle.subsets(range(3)):
        def value(p: Point, left: tuple[int, ...]) -> Fraction:
            if not left:
                return table[p]
            rest = left[1:]
            return value(p, rest) - oracle.expect(lambda q: value(q, rest), weights, [left[0]], p)

        form = sw.gwp(table, law, [NAMES[i] for i in subset])
        assert form.at(dict(zip(NAMES, point, strict=False))) == value(point, tuple(sorted(subset)))


@given(data=st.data())
@settings(max_examples=15)
def test_of_a_product_the_cumulant_products_are_products_of_cumulants(data: st.DataObject) -> None:
    law, weights = data.draw(strategies.finite_laws(3, variables=NAMES[:3]))
    for partition in oracle.set_partitions(range(3)):
        cumulants = prod((oracle.cumulant(weights, sorted(block)) for block in partition), start=Fraction(1))
        named = [[NAMES[i] for i in block] for block in partition]
        assert sw.gcp(x * y * z, law, named).value == cumulants
        assert sw.gcp(lambda a, b, c: a * b * c, law, named).value == cumulants
        assert prod(law.cumulant(block) for block in named) == cumulants


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=8)
def test_the_average_of_an_attribution_is_an_interaction(kind: str, data: st.DataObject) -> None:
    names = NAMES[: 2 if kind == "joint" else data.draw(st.integers(2, 3))]
    law, weights = data.draw(strategies.finite_laws(len(names), variables=names))
    f, _ = functions(data.draw, weights, names, kind)
    whole = sw.gcp(f, law).value
    for name in names:
        form = sw.gwp(f, law, [other for other in names if other != name])
        assert sum(w * form.at(dict(zip(names, p, strict=True))) for p, w in weights.items() if w) == whole, name
