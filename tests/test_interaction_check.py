"""`sw.interaction_check`: Δ = (f − E_S f) − Σ (f − E_i f), its parts (docs/theory.md, 16), and what a zero does not mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.errors import InvalidArgument, SymwickError, UnknownVariable
from symwick.testing import oracle
from symwick.testing.strategies import blockings, finite_laws, points, polynomials, rationals, tables
from tests.refusals import refuses

X = sympy.symbols("x0:4")
x, y, z = sympy.symbols("x y z")
P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, [x, y])
LINKED = sw.Finite({(0, 0): "3/8", (1, 1): "3/8", (0, 1): "1/8", (1, 0): "1/8"}, [x, y])
XOR_ROWS = {(Fraction(a), Fraction(b), Fraction(a ^ b)): Fraction(1, 4) for a, b in product((0, 1), repeat=2)}
XOR = sw.Finite(XOR_ROWS, [x, y, z])

Weights = Mapping[Any, Fraction]
Function = Callable[[Any], Any]


def named(point: Sequence[Any], variables: Sequence[sympy.Symbol] = X) -> dict[sympy.Symbol, Any]:
    return dict(zip(variables, point, strict=False))


def by_table(table: Mapping[Any, Any]) -> Function:
    return lambda point: Fraction(table[tuple(map(Fraction, point))])


def gap(f: Function, weights: Weights, subset: Sequence[int], at: Any, blocks: Any = None) -> Fraction:
    """Δ by its definition."""
    here = Fraction(f(at))
    alone = sum((here - oracle.expect(f, weights, [i], at, blocks) for i in subset), Fraction(0))
    return here - oracle.expect(f, weights, subset, at, blocks) - alone


def interaction(f: Function, weights: Weights, subset: Sequence[int], inner: Any, at: Any, blocks: Any = None) -> Fraction:
    """E_{S∖T} ω_T f by its definition."""
    def wick(point: Any) -> Fraction:
        return oracle.gwp(f, weights, inner, point, blocks)

    return oracle.expect(wick, weights, set(subset) - set(inner), at, blocks)


def drift(f: Function, weights: Weights, subset: Sequence[int], i: int, at: Any, blocks: Any = None) -> Fraction:
    """(1 − E_{S∖i}) ω_i f by its definition."""
    return oracle.gwp(f, weights, [i], at, blocks) - interaction(f, weights, subset, [i], at, blocks)


# -- against the definition -------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=15)
def test_the_gap_and_every_part_of_a_table_by_definition(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    table = data.draw(tables(weights))
    f = by_table(table)
    subset = sorted(data.draw(st.sets(st.sampled_from(range(n)), min_size=2)))
    at = data.draw(points(weights, on_grid=True))
    check = sw.interaction_check(table, law, [X[i] for i in subset])
    found = check.at(named(at))
    assert set(check.S) == {X[i] for i in subset}
    assert found.gap == check.gap.at(named(at)) == gap(f, weights, subset, at)
    assert check.check().ok
    assert sum(found.parts.values()) == found.gap
    parts = {(part.kind, part.inputs): part for part in check.parts}
    assert len(parts) == len(check.parts)
    seen = set()
    for size in range(2, len(subset) + 1):
        for inner in combinations(subset, size):
            key = ("interaction", frozenset(X[i] for i in inner))
            wanted = interaction(f, weights, subset, inner, at)
            seen.add(key)
            if key not in parts:  # left out for a reason: zero
                assert wanted == 0
                continue
            assert parts[key].form.at(named(at)) == found.parts[parts[key].label] == wanted
    for i in subset:
        key = ("drift", frozenset({X[i]}))
        wanted = drift(f, weights, subset, i, at)
        seen.add(key)
        if key not in parts:
            assert wanted == 0
            continue
        assert parts[key].form.at(named(at)) == found.parts[parts[key].label] == -wanted
    assert set(parts) <= seen
    average = sum((w * gap(f, weights, subset, p) for p, w in weights.items() if w), Fraction(0))
    assert check.average.value == average


@given(data=st.data())
@settings(max_examples=15)
def test_the_gap_of_a_polynomial_holds_off_the_support(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    f = sympy.sympify(data.draw(polynomials(X[:n], max_exponent=2, max_terms=3)))
    subset = sorted(data.draw(st.sets(st.sampled_from(range(n)), min_size=2)))
    at = data.draw(points(weights))

    def value(point: Any) -> Fraction:
        found = f.subs(dict(zip(X, map(sympy.Rational, point), strict=False)))
        return Fraction(int(found.p), int(found.q))

    check = sw.interaction_check(f, law, [X[i] for i in subset])
    found = check.at(named(at))
    assert found.gap == check.gap.at(named(at)) == gap(value, weights, subset, at)
    assert sum(found.parts.values()) == found.gap
    assert check.check().ok
    for part in check.parts:
        chosen = [X.index(v) for v in part.inputs]
        if part.kind == "interaction":
            assert found.parts[part.label] == interaction(value, weights, subset, chosen, at)
        else:
            assert found.parts[part.label] == -drift(value, weights, subset, chosen[0], at)


@given(data=st.data())
@settings(max_examples=15)
def test_blocks_are_inputs(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    table = data.draw(tables(weights))
    f = by_table(table)
    blocks = data.draw(blockings(3).filter(lambda b: len(b) > 1))
    inputs = {f"b{i}": [X[j] for j in block] for i, block in enumerate(blocks)}
    at = data.draw(points(weights, on_grid=True))
    check = sw.interaction_check(table, law, inputs=inputs)
    found = check.at(named(at))
    everything = range(len(blocks))
    assert found.gap == gap(f, weights, everything, at, blocks)
    assert sum(found.parts.values()) == found.gap
    assert check.check().ok
    for part in check.parts:
        chosen = [int(key[1:]) for key in part.inputs]
        if part.kind == "interaction":
            assert part.form.at(named(at)) == interaction(f, weights, everything, chosen, at, blocks)
        else:
            assert part.form.at(named(at)) == -drift(f, weights, everything, chosen[0], at, blocks)


@given(data=st.data())
@settings(max_examples=20)
def test_for_two_inputs_the_gap_is_minus_omega_minus_twice_the_interaction(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(2, variables=X[:2]))
    table = data.draw(tables(weights))
    at = data.draw(points(weights, on_grid=True))
    omega, average = oracle.gwp(by_table(table), weights, [0, 1], at), oracle.gcp(by_table(table), weights, [[0, 1]])
    check = sw.interaction_check(table, law)
    assert check.gap.at(named(at)) == -omega - 2 * average
    assert check.average.value == -2 * average  # E_S ω_S f = 0


@given(data=st.data())
@settings(max_examples=15)
def test_given_is_the_same_question_under_the_conditioned_law(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    table = data.draw(tables(weights))
    known = data.draw(st.sampled_from(law.support(X[2])))
    event = {p[:2]: w for p, w in weights.items() if w and p[2] == known}
    conditioned = {p: w / sum(event.values()) for p, w in event.items()}
    f = by_table(table)

    def left(point: Any) -> Fraction:
        return f((*point, known))

    at = data.draw(points(conditioned, on_grid=True))
    check = sw.interaction_check(table, law, given={"x2": known})
    assert check.at(named(at)).gap == check.gap.at(named(at)) == gap(left, conditioned, [0, 1], at)
    assert check.check().ok


def test_a_point_may_repeat_what_is_given() -> None:
    check = sw.interaction_check("x*y*z", XOR, ["x", "y"], given={"z": 1})
    assert check.at({"x": 1, "y": 1, "z": 1}).gap == check.at({"x": 1, "y": 1}).gap


# -- zero everywhere is additive --------------------------------------------------------------------------------------


def on_grid(weights: Weights, draw: Callable[[Any], Any]) -> dict[Any, Any]:
    """A drawn number for each value that some variables take, and the same for the next."""
    columns = [sorted({p[i] for p, w in weights.items() if w}) for i in range(len(next(iter(weights))))]
    return {i: {v: draw(v) for v in column} for i, column in enumerate(columns)}


@given(data=st.data())
@settings(max_examples=20)
def test_a_sum_of_functions_of_one_input_each_is_additive(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n]))
    single = on_grid(weights, lambda v: data.draw(rationals()))
    grid = list(product(*(single[i] for i in range(n))))
    table = {p: sum((single[i][v] for i, v in enumerate(p)), Fraction(0)) for p in grid}
    check = sw.interaction_check(table, law)
    assert check.additive
    assert check.gap.is_zero()
    assert repr(check).splitlines()[2] == "  zero everywhere: no members of S interact"


@given(data=st.data())
@settings(max_examples=25)
def test_additive_is_decided_by_mixed_differences_on_the_product_grid(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    small = st.sampled_from([Fraction(0), Fraction(0), Fraction(0), Fraction(1), Fraction(-1)])
    table = data.draw(tables(weights, values=small))
    subset = sorted(data.draw(st.sets(st.sampled_from(range(n)), min_size=2)))
    check = sw.interaction_check(table, law, [X[i] for i in subset])

    # f is a sum of functions of one member of S each (for every value of the others) iff its mixed differences vanish
    def mixed(i: int, j: int, low: Any, high: Any) -> Fraction:
        def corner(a: Any, b: Any) -> Any:
            return tuple(b[k] if k == j else a[k] if k == i else low[k] for k in range(n))

        return table[corner(high, high)] - table[corner(high, low)] - table[corner(low, high)] + table[low]

    additive = not any(
        mixed(i, j, low, high)
        for i, j in combinations(subset, 2) for low, high in product(table, repeat=2)
    )  # fmt: skip
    assert check.additive is additive


@pytest.mark.parametrize("law", [
    sw.Finite(dict.fromkeys(product((0, 1), repeat=3), "1/8"), [x, y, z]), XOR,
    sw.Finite({(0, 0, 0): "1/2", (1, 1, 0): "1/4", (1, 1, 1): "1/4"}, [x, y, z]),
], ids=["fair", "xor", "dependent"])  # fmt: skip
def test_a_triple_interaction_alone_is_seen(law: sw.Law) -> None:
    # f changes sign with every input: on fair bits no pair interacts
    f = "(2*x - 1)*(2*y - 1)*(2*z - 1)"
    assert not sw.interaction_check(f, law).additive
    assert not sw.interaction_check(f, law, ["x", "y"]).additive  # z held
    zero = {"x": 0, "y": 0, "z": 0}
    assert sw.interaction_check(f, law, given={"z": 0}).additive is False
    assert sw.interaction_check(f, law).at(zero).gap != 0


def test_a_constant_input_does_not_interact() -> None:
    law = sw.Finite({(0, 5): "1/2", (1, 5): "1/2"}, [x, y])
    assert sw.interaction_check(lambda a, b: a * b, law).additive
    assert not sw.interaction_check("x*y", law).additive  # an expression has values off the support


def test_additive_for_expressions_and_symbolic_laws() -> None:
    law = sw.Moments([x, y])
    assert sw.interaction_check("a*x**2 + sin(y)", sw.Independent({x: sw.Normal(0, 1), y: sw.Normal("m", 1)})).additive
    assert sw.interaction_check("a*x**2 + y**3", law).additive
    check = sw.interaction_check("a*x*y**2", law)
    m = {(i, j): law.moment({x: i, y: j}) for i, j in ((1, 0), (0, 2), (1, 2))}
    a = sympy.Symbol("a")
    assert not check.additive
    assert check.gap.equals(-a * x * y**2 + a * m[1, 0] * y**2 + a * m[0, 2] * x - a * m[1, 2])
    assert check.check().ok
    assert check.average.equals(2 * a * m[1, 0] * m[0, 2] - 2 * a * m[1, 2])


# -- what a zero does not mean ----------------------------------------------------------------------------------------


def test_no_gap_at_a_point_hides_an_interaction_under_dependence() -> None:
    check = sw.interaction_check("x*y", LINKED)
    at = {"x": 1, "y": Fraction(1, 4)}
    found = check.at(at)
    assert found.gap == 0
    assert sw.gwp("x*y", LINKED).at(at) == -Fraction(1, 4)
    assert found.parts == {
        "+ω_{x, y} f": Fraction(-1, 4),
        "−(1 − E_{y}) ω_{x} f": Fraction(1, 8),
        "−(1 − E_{x}) ω_{y} f": Fraction(1, 8),
    }
    assert found.cancels
    assert found.hidden == Fraction(1, 2)
    assert not check.additive
    assert not check.conclusive


def test_a_gap_at_a_point_without_an_interaction_there() -> None:
    # ω = 0 where (x − 1/2)(y − 1/2) = Cov = 1/8, and yet Δ = −2 K
    check = sw.interaction_check("x*y", LINKED)
    at = {"x": 1, "y": Fraction(3, 4)}
    assert sw.gwp("x*y", LINKED).at(at) == 0
    assert check.at(at).gap == check.gap.at(at) == -Fraction(1, 4)


@given(data=st.data())
@settings(max_examples=15)
def test_what_is_hidden_by_cancellation(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    found = sw.interaction_check(data.draw(tables(weights)), law).at(named(data.draw(points(weights, on_grid=True))))
    values = list(found.parts.values())
    assert found.hidden == sum(map(abs, values)) - abs(sum(values))
    assert found.cancels == (found.hidden > 0)
    assert ("cancelled" in repr(found)) == found.cancels


def test_a_gap_of_zero_on_average_means_nothing() -> None:
    law = sw.Independent({x: sw.Bernoulli("1/2"), y: sw.Bernoulli("1/2")})
    check = sw.interaction_check("x ^ y", law)
    assert check.average.value == 0
    assert not check.additive
    assert {abs(check.gap.at({"x": a, "y": b})) for a, b in product((0, 1), repeat=2)} == {Fraction(1, 2)}


# -- conclusive -------------------------------------------------------------------------------------------------------


def test_only_two_independent_inputs_are_conclusive() -> None:
    three = sw.Independent({v: sw.Bernoulli("1/3") for v in (x, y, z)})
    assert sw.interaction_check("x*y*z", three, ["x", "y"]).conclusive
    assert not sw.interaction_check("x*y*z", three).conclusive
    assert not sw.interaction_check("x*y", P).conclusive
    # pairwise independent: conclusive with the third held, not for all three
    assert sw.interaction_check("x*y*z", XOR, ["x", "y"]).conclusive
    assert not sw.interaction_check("x*y*z", XOR).conclusive
    blocks = {"a": ["x", "y"], "b": ["z"]}
    assert not sw.interaction_check("x*y*z", XOR, inputs=blocks).conclusive
    assert sw.interaction_check("x*y*z", three, inputs=blocks).conclusive
    # x and y are dependent once their exclusive or is known
    assert not sw.interaction_check("x*y*z", XOR, given={"z": 1}).conclusive


@given(data=st.data())
@settings(max_examples=15)
def test_where_it_is_conclusive_the_gap_is_minus_omega(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], kinds=["independent", "xor", "copy"], max_support_per_variable=2))
    table = data.draw(tables(weights))
    for subset in combinations(range(3), 2):
        check = sw.interaction_check(table, law, [X[i] for i in subset])
        pair, singles = oracle.marginal(weights, subset), [oracle.marginal(weights, [i]) for i in subset]
        independent = all(
            pair.get((*a, *b), 0) == p * q for (a, p), (b, q) in product(singles[0].items(), singles[1].items())
        )
        assert check.conclusive is independent
        if independent:
            at = data.draw(points(weights, on_grid=True))
            assert check.gap.at(named(at)) == -oracle.gwp(by_table(table), weights, subset, at)


@given(data=st.data())
@settings(max_examples=15)
def test_under_independence_the_part_in_exactly_t_enters_one_minus_its_size_times(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], kinds=["independent"], max_support_per_variable=2))
    table = data.draw(tables(weights))
    at = data.draw(points(weights, on_grid=True))
    terms = oracle.gwpd(by_table(table), weights, at)
    wanted = sum((1 - len(t)) * w for t, w in terms.items() if t)
    assert sw.interaction_check(table, law).gap.at(named(at)) == wanted


# -- shapes -----------------------------------------------------------------------------------------------------------


def test_several_outputs() -> None:
    pair, single = sw.interaction_check(["x*y", "x - y"], P)
    assert (pair.additive, single.additive) == (False, True)
    named_outputs = sw.interaction_check(lambda a, b: {"u": a * b, "v": a - b}, P)
    assert {name: check.additive for name, check in named_outputs.items()} == {"u": False, "v": True}
    assert named_outputs["u"].at({"x": 1, "y": 1}).gap == pair.at({"x": 1, "y": 1}).gap


def test_effects_together_and_alone() -> None:
    check = sw.interaction_check("x*y", P)
    assert check.together.equals(x * y - Fraction(1, 4))
    assert set(check.alone) == {x, y}
    assert check.alone[x].equals(x * y - Fraction(3, 8) * y)
    assert check.gap.equals(check.together - check.alone[x] - check.alone[y])


def test_a_function_that_ignores_inputs() -> None:
    assert sw.interaction_check("x", P).additive
    assert sw.interaction_check("3", P).at({"x": 1, "y": 1}).gap == 0
    assert sw.interaction_check(3, P).parts == ()
    assert sw.interaction_check("x*y", XOR).check().ok  # z is of S, not of f


def test_repr_says_what_is_held_dependent_and_how_the_parts_look() -> None:
    assert repr(sw.interaction_check("x*y", LINKED)) == (
        "Interaction check of {x, y}; dependent inputs: {x, y}\n"
        "  Δ = -x*y + x/2 + y/2 - 3/8\n"
        "  zero at a point does not mean no interaction there: the parts below can cancel\n"
        "  +ω_{x, y} f = (x - 1/2)*(y - 1/2) - 1/8\n"
        "  −(1 − E_{y}) ω_{x} f = -x*y + x/2 + y/2 - 1/4\n"
        "  −(1 − E_{x}) ω_{y} f = -x*y + x/2 + y/2 - 1/4"
    )
    held = repr(sw.interaction_check("x*y*z", XOR, ["x", "y"]))
    assert held.startswith("Interaction check of {x, y}; z fixed; independent inputs\n")
    assert "independent inputs, so Δ = −ω f: zero at a point means no interaction at that point" in held
    assert repr(sw.interaction_check("x*y", LINKED).at({"x": 1, "y": "1/4"})) == (
        "Δ = 0; parts of both signs, 1/2 cancelled\n"
        "  +ω_{x, y} f: -1/4\n"
        "  −(1 − E_{y}) ω_{x} f: 1/8\n"
        "  −(1 − E_{x}) ω_{y} f: 1/8"
    )
    assert sw.interaction_check("x*y", P)._repr_latex_().startswith(r"$\displaystyle \Delta = ")


def test_labels_name_the_operators() -> None:
    labels = [part.label for part in sw.interaction_check("x*y*z", XOR).parts]
    assert labels == [
        "+E_{z} ω_{x, y} f", "+E_{y} ω_{x, z} f", "+E_{x} ω_{y, z} f", "+ω_{x, y, z} f",
        "−(1 − E_{y, z}) ω_{x} f", "−(1 − E_{x, z}) ω_{y} f", "−(1 − E_{x, y}) ω_{z} f",
    ]  # fmt: skip


def test_in_float64_the_gap_of_a_callable_is_near_the_exact_one() -> None:
    at = {"x": 1, "y": 1}
    found = sw.interaction_check(lambda a, b: a * b / 3, P, ring="float64").at(at)
    exact = sw.interaction_check("x*y/3", P).at(at)
    assert found.gap == pytest.approx(float(exact.gap))
    assert {k: pytest.approx(float(v)) for k, v in exact.parts.items()} == found.parts
    assert isinstance(found.gap, float)
    assert found.hidden == pytest.approx(float(exact.hidden))


def test_in_float64_the_gap_of_an_expression_is_near_the_exact_one() -> None:
    at = {"x": 1, "y": 1}
    check = sw.interaction_check("x*y", P, ring="float64")
    assert check.at(at).gap == pytest.approx(-0.5)
    assert check.average.value == pytest.approx(-2 * 7 / 64)


@pytest.mark.parametrize("f", ["x*y", lambda a, b: a * b], ids=["expression", "callable"])
def test_in_float64_a_check_can_be_printed(f: Any) -> None:
    assert repr(sw.interaction_check(f, P, ring="float64")).startswith("Interaction check of {x, y}; dependent inputs")


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "text", "work"), [
    (InvalidArgument, "Argument 'S' must hold at least two inputs, not x: one has no interaction.",
     lambda: sw.interaction_check("x*y", P, "x")),
    (InvalidArgument, "Argument 'S' must hold at least two inputs, not none: one has no interaction.",
     lambda: sw.interaction_check("x*y", P, [])),
    (InvalidArgument, "Argument 'S' must hold at least two inputs, not x: one has no interaction.",
     lambda: sw.interaction_check("x*y", P, given={"y": 1})),
    (InvalidArgument, "Argument 'S' must be a set of inputs, not 3.", lambda: sw.interaction_check("x*y", P, 3)),
    (UnknownVariable, "Argument 'S' names q, which is no input; the inputs are: x, y.",
     lambda: sw.interaction_check("x*y", P, ["x", "q"])),
    (UnknownVariable, "Argument 'S' names y, which is no input; the inputs are: x, z.",
     lambda: sw.interaction_check("x*y*z", XOR, ["x", "y"], given={"y": 1})),
    (InvalidArgument, "Argument 'given' must have positive probability, but y = 7 has probability 0.",
     lambda: sw.interaction_check("x*y*z", XOR, given={"y": 7})),
    (UnknownVariable, "Argument 'given' names q, which the law lacks; it has: x, y.",
     lambda: sw.interaction_check("x*y", P, given={"q": 7})),
    (InvalidArgument, "Argument 'point' must give every variable of the form; it lacks z.",
     lambda: sw.interaction_check("x*y*z", XOR, ["x", "y"]).at({"x": 1, "y": 1})),
    (InvalidArgument, "Argument 'point' must lie on the grid on which f is known: z is one of 0, 1, not 5.",
     lambda: sw.interaction_check(lambda a, b, c: a * b * c, XOR, ["x", "y"]).at({"x": 1, "y": 1, "z": 5})),
    (InvalidArgument, "Argument 'P' must be a law (Finite, Empirical, Independent, …), not None.",
     lambda: sw.interaction_check("x*y", None)),
    (InvalidArgument, "Argument 'ring' must be one of exact, float64, not 'float32'.",
     lambda: sw.interaction_check("x*y", P, ring="float32")),
], ids=lambda part: part[:70] if isinstance(part, str) else None)  # fmt: skip
def test_refusals(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    refuses(kind, text, work)


def test_too_many_inputs_say_how_many_there_may_be() -> None:
    law = sw.Independent({f"x{i}": sw.Bernoulli("1/2") for i in range(13)})
    with pytest.raises(InvalidArgument) as caught:
        sw.interaction_check("x0 + x1", law)
    assert str(caught.value) == "Argument 'S' must hold at most 12 inputs, not 13: Δ has 2^|S| parts."
