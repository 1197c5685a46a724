"""Independent factors against the product law written out point by point."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra.balls import Ball
from symwick.algebra.vectors import IntVector
from symwick.distributions.empirical import Empirical
from symwick.distributions.finite import Finite
from symwick.distributions.independent import Independent, renamed
from symwick.distributions.law import Law
from symwick.distributions.marginals import Bernoulli, Binomial, Categorical, Rademacher
from symwick.errors import InvalidArgument, TooLarge, UnknownVariable
from symwick.testing import oracle, strategies
from tests.tables import table_of

a, b, u, v, x, y, z = sympy.symbols("a b u v x y z")
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
PAIR = Finite({(0, 0): HALF, (1, 2): HALF}, [u, v])
XOR = Finite({(i, j, i ^ j): "1/4" for i, j in product((0, 1), repeat=2)}, [x, y, z])


class Opaque(Law):
    """A law of no kind that Independent knows: what it does for it goes through the protocol alone."""

    def __init__(self, law: Law) -> None:
        self.law, self.variables = law, law.variables

    def support(self, variable: Any) -> Any:
        return self.law.support(variable)

    def mean_of_product(self, vectors: Any) -> Any:
        return self.law.mean_of_product(vectors)

    def marginal(self, variables: Any) -> Law:
        return Opaque(self.law.marginal(variables))

    def condition(self, event: Mapping[Any, Any]) -> Law:
        return Opaque(self.law.condition(event))

    def independent_groups(self, variables: Any = None) -> Any:
        return self.law.independent_groups(variables)

    def sample(self, n: int, seed: Any = None) -> Any:
        return self.law.sample(n, seed)

    def joint_table(self, variables: Any) -> Any:
        return self.law.joint_table(variables)


@st.composite
def products(draw: st.DrawFn) -> tuple[Independent, dict[tuple[Any, ...], Fraction]]:
    """Two or three factors, some of them opaque, with the weights of the product law."""
    sizes = draw(st.lists(st.integers(0, 2), min_size=2, max_size=3))
    laws: list[Law] = []
    joint: dict[tuple[Any, ...], Fraction] = {(): Fraction(1)}
    for i, size in enumerate(sizes):
        law, weights = draw(strategies.finite_laws(size, variables=[f"x{i}{j}" for j in range(size)], max_points=4))
        laws.append(Opaque(law) if draw(st.booleans()) else law)
        joint = {p + q: m * Fraction(n) for (p, m), (q, n) in product(joint.items(), weights.items()) if m * n}
    return Independent(laws), joint


@given(products(), st.data())
def test_moments_and_cumulants_by_the_definition(
    pair: tuple[Independent, dict[tuple[Any, ...], Fraction]], data: st.DataObject
) -> None:
    law, joint = pair
    n = len(law.variables)
    exponents = data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    assert law.moment(dict(zip(law.variables, exponents, strict=True))) == oracle.moment(joint, exponents)
    if n:
        positions = data.draw(st.lists(st.integers(0, n - 1), max_size=4))
        assert law.cumulant([law.variables[i] for i in positions]) == oracle.cumulant(joint, positions)
    values = {w: [data.draw(strategies.rationals()) for _ in law.support(w)] for w in law.variables}
    expected = Fraction(0)
    for point, weight in joint.items():
        for w, coordinate in zip(law.variables, point, strict=True):
            weight *= values[w][law.support(w).index(coordinate)]
        expected += weight
    mean = law.mean_of_product({w: IntVector.of(column) for w, column in values.items()})
    assert Fraction(int(mean.p), int(mean.q)) == expected


@given(products(), st.data())
def test_tables_marginals_and_conditions_by_the_definition(
    pair: tuple[Independent, dict[tuple[Any, ...], Fraction]], data: st.DataObject
) -> None:
    law, joint = pair
    n = len(law.variables)
    assert table_of(law) == joint
    order = data.draw(st.permutations(range(n)))[: data.draw(st.integers(0, n))]
    chosen = [law.variables[i] for i in order]
    assert table_of(law, chosen) == oracle.marginal(joint, order)
    part = law.marginal(chosen)
    assert part.variables == tuple(chosen)
    assert table_of(part) == oracle.marginal(joint, order)

    at = data.draw(st.sampled_from(sorted(joint)))
    kept = {p: w for p, w in joint.items() if all(p[i] == at[i] for i in order)}
    rest = [i for i in range(n) if i not in order]
    conditioned = law.condition({law.variables[i]: at[i] for i in order})
    assert conditioned.variables == tuple(law.variables[i] for i in rest)
    assert table_of(conditioned) == oracle.marginal({p: w / sum(kept.values()) for p, w in kept.items()}, rest)


@given(products(), st.data())
def test_groups_are_those_of_the_whole_table(
    pair: tuple[Independent, dict[tuple[Any, ...], Fraction]], data: st.DataObject
) -> None:
    law, joint = pair
    chosen = data.draw(st.permutations(law.variables))[: data.draw(st.integers(0, len(law.variables)))]
    whole = Finite(joint, law.variables)
    assert law.independent_groups() == whole.independent_groups()
    assert law.independent_groups(chosen) == whole.independent_groups(chosen)


def test_a_dependent_factor_stays_one_group() -> None:
    law = Independent({"lab": XOR, a: Rademacher(), (b, v): PAIR})
    assert law.variables == (x, y, z, a, b, v)
    assert law.independent_groups() == (frozenset({x, y, z}), frozenset({a}), frozenset({b, v}))
    assert law.independent_groups([v, z, x]) == (frozenset({v}), frozenset({z}), frozenset({x}))
    assert law.cumulant([x, y, z]) == Fraction(-1, 8)
    assert law.cumulant([x, y, a]) == law.cumulant([x, b]) == 0


def test_variables_that_interleave_keep_their_order() -> None:
    law = Independent({"pair": PAIR, a: Bernoulli(THIRD)}).marginal([v, a, u])
    assert law.variables == (v, a, u)
    assert table_of(law) == {(w * 2, i, w): HALF * (THIRD if i else 2 * THIRD) for w in (0, 1) for i in (0, 1)}
    assert set(map(tuple, law.sample(200, 0).tolist())) == set(table_of(law))
    assert table_of(Independent([law, Rademacher().named("z")]).marginal([u, v])) == table_of(PAIR)


def test_one_factor_stands_for_itself() -> None:
    law = Independent({a: Bernoulli(THIRD), "pair": PAIR})
    assert isinstance(law.marginal([a]), Finite)
    assert law.marginal([u, v]) is law.factors[1]
    assert isinstance(law.condition({a: 1}), Finite)
    assert law.condition({u: 1, a: 0}).moment(["v"]) == 2


# -- keys --------------------------------------------------------------------------------------------------------------


def test_keys_rename_reorder_or_merely_label() -> None:
    assert Independent({"any label": PAIR}).variables == (u, v)
    assert Independent({(a, b): PAIR}).variables == (a, b)
    assert Independent({("v", "u"): PAIR}).moment({"v": 1}) == 1
    assert Independent({("v", "u"): PAIR}).variables == (v, u)
    assert Independent({("u", "w"): PAIR}).moment({"w": 1}) == 1
    assert Independent({a: Bernoulli(THIRD).named("q")}).variables == (a,)
    assert Independent({("a",): Bernoulli(THIRD)}).variables == (a,)
    assert Independent({(a, b): PAIR, (x, y): PAIR}).moment([a, b, x, y]) == 1
    assert Independent([PAIR, XOR]).variables == (u, v, x, y, z)
    assert Independent({sympy.Symbol("a", positive=True): Rademacher()}).variables == (a,)


def test_nested_products_are_flat() -> None:
    inner = Independent({x: Bernoulli(THIRD), y: Rademacher()})
    law = Independent({(a, b): inner, "u": Binomial(2, HALF)})
    assert len(law.factors) == 3
    assert repr(law) == "Independent({a: Bernoulli(1/3), b: Rademacher(), u: Binomial(2, 1/2)})"
    assert law.moment({a: 1, b: 2, u: 1}) == THIRD


@given(products())
def test_renaming_any_law(pair: tuple[Independent, dict[tuple[Any, ...], Fraction]]) -> None:
    law, joint = pair
    names = {w: sympy.Symbol(f"new_{w}") for w in law.variables}
    other = renamed(law, names)
    assert other.variables == tuple(names[w] for w in law.variables)
    assert table_of(other) == joint
    assert [set(g) for g in other.independent_groups()] == [{names[w] for w in g} for g in law.independent_groups()]
    for w in law.variables:
        assert other.moment([names[w]]) == law.moment([w])


def test_renaming_a_law_of_another_kind() -> None:
    law = renamed(Opaque(XOR), {x: a})
    assert law.variables == (a, y, z)
    assert law.support("a") == (0, 1)
    assert law.moment({a: 2, y: 1}) == Fraction(1, 4)
    assert law.mean_of_product({a: IntVector.of([1, 5])}) == 3
    assert law.marginal([z, a]).variables == (z, a)
    assert law.condition({a: 1}).moment([y, z]) == 0
    assert law.independent_groups([a, y]) == (frozenset({a}), frozenset({y}))
    assert law.sample(3, 0).shape == (3, 3)
    assert table_of(law) == table_of(XOR)
    assert repr(law) == "Opaque(x, y, z) as (a, y, z)"
    assert law.latex() == r"(a, y, z) \sim \mathrm{Opaque}"
    with pytest.raises(UnknownVariable, match="names x, which the law lacks; it has: a, y, z."):
        law.moment([x])


# -- sizes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", [Independent({}), Independent([]), Independent([Finite({(): 1}, [])])])
def test_no_variables(law: Independent) -> None:
    assert law.variables == ()
    assert law.moment({}) == 1
    assert law.independent_groups() == ()
    assert table_of(law) == {(): 1}
    assert law.sample(2, 0).shape == (2, 0)
    assert law.marginal([]).variables == law.condition({}).variables == ()
    assert repr(law) == "Independent({})"


def test_thousand_marginals_are_no_problem() -> None:
    law = Independent({f"x{i}": Bernoulli(THIRD) for i in range(1000)})
    assert len(law.independent_groups()) == 1000
    assert law.moment({f"x{i}": 2 for i in range(0, 1000, 100)}) == THIRD**10
    assert law.cumulant(["x1", "x1", "x999"]) == 0
    assert law.sample(5, 0).shape == (5, 1000)
    assert len(law.marginal(law.variables[::2]).independent_groups()) == 500
    assert repr(law).endswith("x7: Bernoulli(1/3), …})")


def test_a_table_too_large_is_refused_before_the_work_starts() -> None:
    law = Independent({f"x{i}": Bernoulli(THIRD) for i in range(100)})
    with pytest.raises(TooLarge, match="Rows of the joint table of 100 variables: predicted 1,267,650,600,228") as caught:
        law.joint_table(law.variables)
    assert caught.value.predicted == 2**100
    with pytest.raises(TooLarge, match="predicted 4, above the limit of 3. Pass limit=4"):
        law.joint_table(law.variables[:2], limit=3)
    assert len(law.joint_table(law.variables[:2], limit=4)[0]) == 4
    assert law.joint_table(law.variables[:2])[0] is law.joint_table(law.variables[:2])[0]


def test_large_denominators_leave_the_machine_integers() -> None:
    p = Fraction(1, 10**12)
    law = Independent({f"x{i}": Bernoulli(p) for i in range(3)})
    assert table_of(law)[0, 0, 0] == (1 - p) ** 3
    assert sum(table_of(law).values()) == 1


# -- sampling, exactness, text -----------------------------------------------------------------------------------------


def test_samples() -> None:
    law = Independent({a: Bernoulli(THIRD), "pair": PAIR, b: Rademacher()})
    drawn = law.sample(3000, seed=3)
    assert drawn.dtype == np.int64
    assert np.array_equal(drawn, law.sample(3000, seed=3))
    for point, weight in table_of(law).items():
        share = np.mean(np.all(drawn == point, axis=1))
        assert abs(share - float(weight)) < 6 * (float(weight) / 3000) ** 0.5
    fractions = Independent({a: Categorical({"1/2": 1}), b: Bernoulli(1)}).sample(1)
    assert fractions.tolist() == [[HALF, 1]]
    with pytest.raises(InvalidArgument, match="Argument 'n' must be an integer that is at least 0, not 'many'."):
        law.sample("many")  # type: ignore[arg-type]


def test_a_float_factor_makes_the_law_inexact() -> None:
    data = Empirical([(0.1, 1), (0.2, 0), (0.4, 1)], [u, v], numbers="float64")
    law = Independent({a: Bernoulli(THIRD), "data": data})
    assert not law.exact
    assert Independent({a: Bernoulli(THIRD)}).exact
    mean = law.mean_of_product({a: IntVector.of([0, 1]), u: IntVector.of(data.support(u))})
    true = THIRD * sum(map(Fraction, (0.1, 0.2, 0.4))) / 3
    assert isinstance(mean, Ball)
    assert mean.contains(true)
    assert type(law.moment([a, u])) is float
    assert law.moment([a, u]) == pytest.approx(float(true), rel=1e-15)
    assert law.cumulant([a, u]) == pytest.approx(0, abs=1e-15)
    assert law.sample(3, 0).dtype == np.float64
    assert law.marginal([a]).exact


def test_text() -> None:
    law = Independent({x: Bernoulli(THIRD), (a, b): PAIR, y: Finite({2: 1}, "y")})
    pair = "(a, b): Finite({(0, 0): 1/2, (1, 2): 1/2}, [a, b])"
    assert repr(law) == f"Independent({{x: Bernoulli(1/3), {pair}, y: Finite({{2: 1}}, [y])}})"
    assert law.latex().startswith(r"x \sim \mathrm{Bernoulli}\left(\frac{1}{3}\right) \;\perp\; (a, b) \sim")
    assert repr(law.marginal([y, x])) == "Independent({y: Finite({2: 1}, [y]), x: Bernoulli(1/3)})"
    assert repr(law.condition({y: 2, b: 0})) == "Independent({x: Bernoulli(1/3), a: Finite({0: 1}, [a])})"
    assert Independent({f"x{i}": Rademacher() for i in range(9)}).latex().endswith(r"\perp\; \ldots")


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factors", "text"),
    [
        ({x: Bernoulli(THIRD), "pair": Finite({(1, 1): 1}, [x, y])}, "one factor, but x is in two."),
        ([PAIR, PAIR], "Argument 'factors' must hold each variable in one factor, but u is in two."),
        ({x: Bernoulli(THIRD), "x": Rademacher()}, "in one factor, but x is in two."),
        ({x: 1}, "Argument 'factors' must hold marginals or laws, not 1."),
        ({x: Rademacher}, r"must hold marginals or laws, not <class '.*Rademacher'> \(a class; call it\)."),
        ([Rademacher()], r"must name the variable of Rademacher\(\): pass \{variable: marginal\}."),
        ([x], "Argument 'factors' must hold marginals or laws, not x."),
        (7, "Argument 'factors' must map variables to marginals or laws, or be a list of laws, not 7."),
        (PAIR, "must map variables to marginals or laws, or be a list of laws, not Finite"),
        ({(x, y): Bernoulli(THIRD)}, r"must give one variable for Bernoulli\(1/3\), not 2: \(x, y\)."),
        ({(x, y, z): PAIR}, r"as many names as Finite\(.*\) has variables, 2, not 3: \(x, y, z\)."),
        ({(x, x): PAIR}, "must name each variable once, but x comes twice."),
        ({(v, a): PAIR}, r"must not call u by the name of another variable of its law, v, in the key \(v, a\)."),
        ({3: Bernoulli(THIRD)}, "Argument 'factors' must be a Symbol or the name of a variable, not 3."),
        ({"": Bernoulli(THIRD)}, "Argument 'factors' must name a variable, not be empty."),
    ],
)
def test_errors_of_the_constructor(factors: Any, text: str) -> None:
    with pytest.raises(InvalidArgument, match=text):
        Independent(factors)


def test_errors_of_the_methods() -> None:
    law = Independent({x: Bernoulli(THIRD), "pair": PAIR})
    for call in (law.support, lambda w: law.marginal([w]), lambda w: law.moment({w: 1}), lambda w: law.condition({w: 1})):
        with pytest.raises(UnknownVariable, match="names w, which the law lacks; it has: x, u, v."):
            call("w")
    with pytest.raises(InvalidArgument, match="'event' must have positive probability, but u = 5 has probability 0."):
        law.condition({x: 1, u: 5})
    with pytest.raises(InvalidArgument, match="must hold integers that are at least 0, not -1 for x."):
        law.moment({x: -1})
