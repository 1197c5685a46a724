"""`sw.interactions`: K_f(S) of small sets of inputs against the oracle, `sw.gcp` and hand formulas."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symwick as sw
from symwick.errors import InvalidArgument, SymwickError, TooLarge, UnknownVariable
from symwick.testing import oracle
from symwick.testing.strategies import blockings, finite_laws, polynomials, tables
from tests.refusals import refuses

X = sympy.symbols("x0:4")
x, y, z, a = sympy.symbols("x y z a")
P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, [x, y])
XOR = sw.Finite({(p, q, p ^ q): "1/4" for p, q in product((0, 1), repeat=2)}, [x, y, z])
FAIR = sw.Independent({v: sw.Bernoulli("1/2") for v in (x, y, z)})


def singled(subset: Any, everything: Any) -> list[list[Any]]:
    """The partition of S and single inputs."""
    return [list(subset), *([v] for v in everything if v not in subset)]


def sets(everything: Any, order: int) -> list[Any]:
    return [s for size in range(2, order + 1) for s in combinations(everything, size)]


# -- against the definition -------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=20)
def test_every_interaction_of_a_table_by_the_oracle(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 4))
    law, weights = data.draw(finite_laws(n, variables=X[:n], max_support_per_variable=2))
    table = data.draw(tables(weights))
    K = sw.interactions(table, law, 3)
    for subset in sets(range(n), min(n, 3)):
        wanted = oracle.gcp(table.__getitem__, weights, singled(subset, range(n)))
        form = K[[X[i] for i in subset]]
        assert form.value == wanted
        key = frozenset(X[i] for i in subset)
        assert (key in K) == (form.reason is None)
        if key in K:
            assert K.get(key).value == wanted
    assert len(K) == len(list(K)) == len(set(K))


@given(data=st.data())
@settings(max_examples=20)
def test_every_interaction_of_a_polynomial_by_the_oracle_and_by_gcp(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 3))
    law, weights = data.draw(finite_laws(n, variables=X[:n]))
    f = sympy.sympify(data.draw(polynomials(X[:n], max_exponent=2, max_terms=3)))

    def value(point: Any) -> Fraction:
        found = f.subs(dict(zip(X, map(sympy.Rational, point), strict=False)))
        return Fraction(int(found.p), int(found.q))

    K = sw.interactions(f, law, n)
    for subset in sets(range(n), n):
        symbols = [X[i] for i in subset]
        wanted = oracle.gcp(value, weights, singled(subset, range(n)))
        assert K[symbols].value == wanted == sw.gcp(f, law, singled(symbols, X[:n])).value


@given(data=st.data())
@settings(max_examples=15)
def test_blocks_are_inputs(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(4, variables=X, max_support_per_variable=2))
    blocks = data.draw(blockings(4).filter(lambda b: len(b) > 1))
    inputs = {f"b{i}": [X[j] for j in block] for i, block in enumerate(blocks)}
    f = sympy.sympify(data.draw(polynomials(X, max_exponent=1, max_terms=3)))
    table = {p: Fraction(int(v.p), int(v.q)) for p in product(*(law.support(v) for v in X))
             for v in [f.subs(dict(zip(X, map(sympy.Rational, p), strict=True)))]}  # fmt: skip
    everything = range(len(blocks))
    by_products, by_table = sw.interactions(f, law, 3, inputs=inputs), sw.interactions(table, law, 3, inputs=inputs)
    for subset in sets(everything, min(len(blocks), 3)):
        wanted = oracle.gcp(
            lambda p: table[tuple(map(Fraction, p))], weights, singled(subset, everything), blocks
        )
        names = [f"b{i}" for i in subset]
        assert by_products[names].value == by_table[names].value == wanted


@pytest.mark.parametrize("f", [
    "a*x*y*z + x**2*y - z", "x**2*y**2*z + 3*a*y*z", "(x + y)**2*(z - a)", "x*y + y*z + x*z + 7",
], ids=str)  # fmt: skip
@pytest.mark.parametrize("law", [
    sw.Moments([x, y, z]), sw.Cumulants([x, y, z]), sw.Cumulants([x, y, z], max_order=2),
    sw.MultivariateNormal([x, y, z], ["m", 0, 1], [["v", "c", 0], ["c", 2, 1], [0, 1, 1]]),
    sw.Independent({x: sw.Exponential("r"), (y, z): sw.Moments(["u", "w"])}), XOR,
], ids=lambda law: type(law).__name__)  # fmt: skip
def test_every_interaction_under_symbolic_laws_is_the_cumulant_product_with_single_inputs(f: str, law: sw.Law) -> None:
    K = sw.interactions(f, law, 3)
    for subset in sets((x, y, z), 3):
        assert K[subset].equals(sw.gcp(f, law, singled(subset, (x, y, z))))


def test_a_product_is_a_cumulant_times_the_means_of_the_others() -> None:
    law = sw.Moments([x, y, z])
    K = sw.interactions("a*x*y*z", law, 3)
    assert K["x", "y"].equals(a * law.cumulant([x, y]) * law.moment([z]))
    assert K["x", "y", "z"].equals(a * law.cumulant([x, y, z]))
    assert str(K["x", "y"]) == "a*Cov(x, y)*E[z]"
    assert K["x", "y"].latex(equation=True).startswith("K_f(x, y) = ")


# -- arrays, rankings, texts ------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=15)
def test_the_matrix_is_symmetric_with_an_empty_diagonal(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    K = sw.interactions(data.draw(tables(weights)), law)
    exact, rounded = K.matrix(), K.matrix(float)
    assert exact.dtype == object
    assert rounded.dtype == np.dtype(float)
    assert exact.shape == rounded.shape == (3, 3)
    assert (exact == exact.T).all()
    assert not exact.diagonal().any()
    for i, j in combinations(range(3), 2):
        assert exact[i, j] == K[X[i], X[j]].value
        assert rounded[i, j] == float(exact[i, j])


@given(data=st.data())
@settings(max_examples=15)
def test_the_largest_come_first(data: st.DataObject) -> None:
    law, weights = data.draw(finite_laws(3, variables=X[:3], max_support_per_variable=2))
    K = sw.interactions(data.draw(tables(weights)), law, 3)
    for order in (None, 2, 3):
        ranked = K.top(order=order)
        chosen = [key for key in K if order is None or len(key) == order]
        assert sorted(map(str, (key for key, _ in ranked))) == sorted(map(str, chosen))
        assert all(value == K[key].value for key, value in ranked)
        sizes = [abs(value) for _, value in ranked]
        assert sizes == sorted(sizes, reverse=True)
        assert K.top(1, order=order) == ranked[:1]
    for v in X[:3]:
        assert {key: form.value for key, form in K.between(v).items()} == {k: K[k].value for k in K if v in k}
    assert K.between("x0").keys() == K.between(X[0]).keys()


def test_ties_keep_the_order_of_the_inputs() -> None:
    law = sw.Finite({(0, 0, 0): "1/2", (1, 1, 1): "1/2"}, [x, y, z])
    assert [sorted(map(str, key)) for key, _ in sw.interactions("x*y + y*z + x*z", law).top()] == [
        ["x", "y"], ["x", "z"], ["y", "z"]
    ]  # fmt: skip


def test_repr_says_how_many_and_that_inputs_are_dependent() -> None:
    law = sw.MultivariateNormal([x, y, z], [1, 2, 3], [[2, 1, 0], [1, 2, 1], [0, 1, 2]])
    K = sw.interactions("x*y*z + x**2*z", law)
    assert repr(K) == (
        "Interactions K_f of up to 2 of 3 inputs; dependent inputs: {x, y, z}\n  {x, y}: 3\n  {y, z}: 1"
    )
    assert repr(sw.interactions("x*y", FAIR)) == "Interactions K_f of up to 2 of 3 inputs; independent inputs"
    many = sw.Finite({tuple([0] * 6): "1/2", tuple([1] * 6): "1/2"}, sympy.symbols("u0:6"))
    assert repr(sw.interactions("u0*u1*u2*u3*u4*u5", many)).splitlines()[-1] == "  … and 7 more"
    symbols = repr(sw.interactions("a*x*y*z", sw.Moments([x, y, z]), 3)).splitlines()
    assert symbols[1:] == [
        "  {x, y}: a*Cov(x, y)*E[z]", "  {x, z}: a*Cov(x, z)*E[y]", "  {y, z}: a*Cov(y, z)*E[x]",
        "  {x, y, z}: a*μ[x,y,z]",
    ]  # fmt: skip


def test_the_table_has_dots_for_structural_zeros() -> None:
    law = sw.MultivariateNormal([x, y, z], [1, 2, 3], [[2, 1, 0], [1, 2, 1], [0, 1, 2]])
    words = sw.interactions("x*y*z + x**2*z/3", law).table().split()
    assert [word for word in words if set(word) != {"─"}] == ["y", "z", "x", "+3", "·", "y", "+1"]
    negative = sw.interactions("-x*y/3", P).table()
    assert "-0.03646" in negative  # −7/64/3
    assert sw.interactions("a*x*y", P).table().split()[-2:] == ["x", "7*a/64"]


def test_repr_and_table_of_names_with_brackets() -> None:
    law = sw.Finite({(0, 0): "1/2", (1, 1): "1/2"}, [sympy.Symbol("h[0]"), sympy.Symbol("h[1]")])
    K = sw.interactions(lambda p, q: p * q, law)
    assert "h[1]" in K.table()
    assert "{h[0], h[1]}: 1/4" in repr(K)


# -- structural zeros -------------------------------------------------------------------------------------------------


def test_structural_zeros_say_why() -> None:
    law = sw.MultivariateNormal([x, y, z], [1, 2, 3], [[2, 1, 0], [1, 2, 1], [0, 1, 2]])
    split = sw.interactions("x*y*z", law)["x", "z"]
    assert split.reason == "{x, z} splits into {x} and {z}, which are independent"
    apart = sw.interactions("x*y + z", law)["x", "z"]
    assert apart.reason == "no product in f holds x, z together: f is a sum that separates them"
    assert split.value == apart.value == 0
    assert frozenset({x, z}) not in sw.interactions("x*y + z", law)


def test_the_xor_triple_interacts_and_its_pairs_do_not() -> None:
    K = sw.interactions("x*y*z", XOR, 3)
    for pair in combinations("xyz", 2):
        assert K[pair].value == 0
        assert K[pair].reason == f"{{{pair[0]}, {pair[1]}}} splits into {{{pair[0]}}} and {{{pair[1]}}}, which are independent"
    assert K["x", "y", "z"].value == -Fraction(1, 8)
    assert K["x", "y", "z"].reason is None
    assert list(K) == [frozenset({x, y, z})]
    assert not K.matrix().any()


def test_a_zero_by_chance_is_not_structural() -> None:
    # uncorrelated and dependent: y = x² on −1, 0, 1
    law = sw.Finite({(-1, 1): "1/3", (0, 0): "1/3", (1, 1): "1/3"}, [x, y])
    K = sw.interactions("x*y", law)
    assert K["x", "y"].value == 0
    assert K["x", "y"].reason is None
    assert frozenset({x, y}) in K
    assert sw.interactions("x**2*y", law)["x", "y"].value == Fraction(2, 9)


def test_independent_inputs_never_interact_on_average() -> None:
    for f in ("x*y*z", "x ^ y", {p: sum(p) ** 2 for p in product((0, 1), repeat=3)}):
        K = sw.interactions(f, FAIR, 3)
        assert not K.keys()
        assert K["x", "y"].reason is not None


def test_no_inputs_and_constants() -> None:
    one = sw.interactions("x", sw.Finite({0: "1/2", 1: "1/2"}, [x]))
    assert dict(one) == {}
    assert one.matrix().tolist() == [[0]]
    assert one.top() == []
    constant = sw.interactions(5, XOR)
    assert dict(constant) == {}
    assert constant.matrix(float).tolist() == [[0.0] * 3] * 3
    table = sw.interactions(lambda *p: 5, XOR)
    assert not any(form.value for form in table.values())


# -- the footnote -----------------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=15)
def test_the_footnote_of_the_post_is_minus_the_interaction(data: st.DataObject) -> None:
    """E[E_Y(f − E_X f) − (f − E_X f)] = −K_f(X, Y), by operators and by ablations."""
    law, weights = data.draw(finite_laws(2, variables=X[:2]))
    table = data.draw(tables(weights))
    K = sw.interactions(table, law)[X[:2]].value
    gain = sw.ablate(table, law, {"x0": "resample"}).effect
    footnote = sw.expectation(sw.expectation(gain, law, over="x1"), law).value - sw.expectation(gain, law).value
    assert footnote == -K
    # the effect of ablating x0 averaged jointly is K itself
    assert sw.ablate(table, law, {"x0": "resample"}).mean.value == K
    both = {"x0": "resample", "x1": "resample"}
    assert sw.ablate(table, law, both, draws="independent").mean.value == K


# -- many inputs ------------------------------------------------------------------------------------------------------

COUNT = 60
MANY = sympy.symbols(f"v0:{COUNT}")


def sums_of_products() -> tuple[Any, dict[Any, Fraction], dict[frozenset[int], Fraction]]:
    """A cubic of sixty variables, and its coefficients by variables."""
    cubic = {(i, (i + 1) % COUNT, (i + 7) % COUNT): Fraction(i % 5 - 2, 3) for i in range(COUNT) if i % 5 != 2}
    pairs = {frozenset({i, (i + 1) % COUNT}): Fraction(1 + i % 3) for i in range(COUNT)}
    text = [f"({c})*v{i}*v{j}*v{k}" for (i, j, k), c in cubic.items()]
    text += ["({})*v{}*v{}".format(c, *sorted(pair)) for pair, c in pairs.items()]
    return " + ".join(text), cubic, pairs


def test_a_cubic_of_sixty_normal_variables_by_a_hand_formula() -> None:
    f, cubic, pairs = sums_of_products()
    means = [Fraction(i % 4, 2) for i in range(COUNT)]
    covariance = [[Fraction(2) if i == j else Fraction(1, 1 + abs(i - j)) if abs(i - j) < 3 else Fraction(0)
                   for j in range(COUNT)] for i in range(COUNT)]  # fmt: skip
    K = sw.interactions(f, sw.MultivariateNormal(MANY, means, covariance))
    wanted: dict[frozenset[int], Fraction] = {}
    for indices, c in cubic.items():
        for pair in combinations(indices, 2):
            (other,) = set(indices) - set(pair)
            key = frozenset(pair)
            wanted[key] = wanted.get(key, Fraction(0)) + c * covariance[pair[0]][pair[1]] * means[other]
    for key, c in pairs.items():
        i, j = key
        wanted[key] = wanted.get(key, Fraction(0)) + c * covariance[i][j]
    matrix = K.matrix()
    for i, j in combinations(range(COUNT), 2):
        assert matrix[i, j] == wanted.get(frozenset({i, j}), 0)
    nonzero = {key for key, value in wanted.items() if value}
    assert nonzero <= {frozenset(MANY.index(v) for v in key) for key in K}
    # only pairs that a product of f holds: no work for the others
    assert len(K) <= len(wanted) < COUNT * (COUNT - 1) // 2
    assert K.top(1)[0][1] == max(wanted.values(), key=abs)
    assert repr(K).endswith(f"… and {len(K) - 8} more")


def test_a_cubic_of_sixty_variables_with_unknown_moments() -> None:
    f, cubic, pairs = sums_of_products()
    law = sw.Cumulants(MANY, max_order=2)
    K = sw.interactions(f, law, 3)
    held = {frozenset(pair) for indices in cubic for pair in combinations(indices, 2)} | set(pairs)
    assert {key for key in K if len(key) == 2} == {frozenset(MANY[i] for i in key) for key in held}
    first = law.cumulant([MANY[0], MANY[1]])
    # v0*v1 lies in the cubic term (0, 1, 7), and in 1*v0*v1
    assert K[MANY[0], MANY[1]].equals(cubic[0, 1, 7] * first * law.moment([MANY[7]]) + pairs[frozenset({0, 1})] * first)
    assert K[MANY[0], MANY[7]].equals(cubic[0, 1, 7] * law.cumulant([MANY[0], MANY[7]]) * law.moment([MANY[1]]))
    assert K[MANY[0], MANY[30]].reason == "no product in f holds v0, v30 together: f is a sum that separates them"
    triple = K[MANY[0], MANY[1], MANY[7]]
    assert triple.is_zero()  # cumulants of order three are zero in this law


def test_a_float64_interaction_is_near_the_exact_one() -> None:
    for f in ("x*y*z - x*y", lambda p, q, r: p * q * r - p * q):
        exact, rounded = sw.interactions(f, XOR, 3), sw.interactions(f, XOR, 3, ring="float64")
        assert rounded["x", "y", "z"].value == pytest.approx(float(exact["x", "y", "z"].value))
        ((_, value),) = rounded.top(1)
        assert isinstance(value, float)
        assert rounded.matrix(float) == pytest.approx(exact.matrix(float))


def test_several_outputs() -> None:
    first, second = sw.interactions(["x*y", lambda p, q: p + q], P)
    assert (first["x", "y"].value, second["x", "y"].value) == (Fraction(7, 64), 0)
    found = sw.interactions(lambda p, q: {"u": p * q, "v": -2 * p * q}, P)
    assert {name: K["x", "y"].value for name, K in found.items()} == {"u": Fraction(7, 64), "v": Fraction(-7, 32)}


def test_an_irrational_interaction_is_ranked_and_rounded() -> None:
    K = sw.interactions(sympy.pi * x * y, P)
    assert float(K["x", "y"].evalf(10)) == pytest.approx(7 * np.pi / 64)
    assert K.matrix(float)[0, 1] == pytest.approx(7 * np.pi / 64)
    assert [key for key, _ in K.top()] == [frozenset({x, y})]


def test_floats_of_symbols_are_refused_by_name() -> None:
    with pytest.raises(SymwickError):
        sw.interactions("a*x*y", P).matrix(float)


def test_get_of_a_set_without_an_interaction_is_the_default() -> None:
    K = sw.interactions("x*y", P)
    assert K.get(["x", "q"]) is None
    assert K.get("x") is None


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [1, 0, -2, True, 2.0, "2", None], ids=repr)
def test_an_order_below_two(wrong: Any) -> None:
    with pytest.raises(InvalidArgument) as caught:
        sw.interactions("x*y", P, wrong)
    assert str(caught.value) == f"Argument 'order' must be an integer that is at least 2, not {wrong!r}."


@pytest.mark.parametrize(("kind", "text", "work"), [
    (UnknownVariable, "Argument 'S' names q, which is no input; the inputs are: x, y.",
     lambda: sw.interactions("x*y", P)["x", "q"]),
    (UnknownVariable, "Argument 'name' names q, which is no input; the inputs are: x, y.",
     lambda: sw.interactions("x*y", P).between("q")),
    (UnknownVariable, "Argument 'S' names x, which is no input; the inputs are: b, c.",
     lambda: sw.interactions("x*y", P, inputs={"b": ["x"], "c": ["y"]})["x", "b"]),
    (InvalidArgument, "Argument 'S' must hold 2 to 3 inputs, not {x}; see 'order'.",
     lambda: sw.interactions("x*y*z", XOR, 3)["x"]),
    (InvalidArgument, "Argument 'S' must hold 2 to 3 inputs, not {}; see 'order'.",
     lambda: sw.interactions("x*y*z", XOR, 3)[()]),
    (InvalidArgument, "Argument 'S' must hold 2 inputs, not {x, y, z}; see 'order'.",
     lambda: sw.interactions("x*y*z", XOR)["x", "y", "z"]),
    (InvalidArgument, "Argument 'S' must be a set of inputs, not 3.", lambda: sw.interactions("x*y", P)[3]),
    (InvalidArgument, "The largest interactions need numbers, but K_f(x, y) is 7*a/64.",
     lambda: sw.interactions("a*x*y", P).top()),
    (InvalidArgument, "Argument 'P' must be a law (Finite, Empirical, Independent, …), not None.",
     lambda: sw.interactions("x*y", None)),
], ids=lambda part: part[:70] if isinstance(part, str) else None)  # fmt: skip
def test_refusals(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    refuses(kind, text, work)


def test_too_many_sets_say_how_many() -> None:
    with pytest.raises(TooLarge, match=r"^Interactions within the products of f: predicted "):
        len(sw.interactions(sympy.Mul(*MANY), sw.MultivariateNormal(MANY, [0] * COUNT, np.eye(COUNT, dtype=int)), 30))


def test_a_product_with_a_limit_still_gives_pairs() -> None:
    law = sw.MultivariateNormal(MANY, [1] * COUNT, [[2 if i == j else 1 for j in range(COUNT)] for i in range(COUNT)])
    K = sw.interactions(sympy.Mul(*MANY), law)
    assert len(K) == COUNT * (COUNT - 1) // 2
    assert set(K.matrix()[np.triu_indices(COUNT, 1)]) == {1}


@pytest.mark.parametrize("wrong", [int, "int64", bool, "zzz", "U5"], ids=str)
def test_no_matrix_rounds_silently(wrong: Any) -> None:
    with pytest.raises(InvalidArgument, match="^Argument 'dtype' must be object, for exact numbers, or a floating dtype, not "):
        sw.interactions("x*y", P).matrix(wrong)
    with pytest.raises(InvalidArgument):
        sw.interactions("x*y", P).top(-1)
