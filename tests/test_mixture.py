"""Mixtures against the law of the mixed weights, and against sums over components."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra.vectors import IntVector
from symwick.distributions.empirical import Empirical
from symwick.distributions.finite import Finite
from symwick.distributions.independent import Independent
from symwick.distributions.marginals import Bernoulli, Constant, Exponential, Normal, StudentT
from symwick.distributions.mixture import Mixture, MixtureMarginal
from symwick.distributions.normal import MultivariateNormal
from symwick.distributions.unspecified import Cumulants, Moments
from symwick.errors import InexactError, InvalidArgument, NoClosedForm, SymwickError, UnknownVariable
from symwick.testing import oracle, strategies
from tests.tables import table_of

x, y, z, p, q, t, m = sympy.symbols("x y z p q t m")
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
ONE, TWO = Finite({(0, 0): HALF, (1, 2): HALF}, [x, y]), Finite({(1, 2): THIRD, (5, 0): 2 * THIRD}, [x, y])


@st.composite
def mixtures(draw: st.DrawFn) -> tuple[Any, dict[Any, Fraction]]:
    """A mixture of two or three finite laws in any order of variables, with the weights of the mixed law."""
    n = draw(st.integers(1, 3))
    names = [f"x{i}" for i in range(n)]
    counts = draw(st.lists(st.integers(0, 3), min_size=2, max_size=3).filter(any))
    pairs, joint = [], {}
    order: list[int] = list(range(n))
    first: list[int] = []
    for count in counts:
        share = Fraction(count, sum(counts))
        law, weights = draw(strategies.finite_laws(n, variables=[names[i] for i in order], max_points=4))
        pairs.append((share, law))
        first = first or (order if count else [])
        for point, weight in weights.items():
            if weight and count:
                placed = dict(zip(order, point, strict=True))
                key = tuple(placed[i] for i in first)
                joint[key] = joint.get(key, Fraction(0)) + share * weight
        order = list(draw(st.permutations(order)))
    return Mixture(pairs), joint


@given(mixtures(), st.data())
def test_the_law_of_the_mixed_weights(pair: tuple[Any, Any], data: st.DataObject) -> None:
    law, joint = pair
    n = len(law.variables)
    finite = Finite(joint, law.variables)
    assert law.tabulated()
    assert table_of(law) == table_of(finite) == joint
    exponents = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    assert law.moment(dict(zip(law.variables, exponents, strict=True))) == oracle.moment(joint, exponents)
    places = data.draw(st.lists(st.integers(0, n - 1), max_size=4))
    assert law.cumulant([law.variables[i] for i in places]) == oracle.cumulant(joint, places)
    chosen = data.draw(st.permutations(law.variables))[: data.draw(st.integers(0, n))]
    assert table_of(law.marginal(chosen)) == table_of(law, chosen) == table_of(finite, chosen)
    assert [law.support(v) for v in law.variables] == [finite.support(v) for v in law.variables]
    assert [law.weights(v) for v in law.variables] == [finite.weights(v) for v in law.variables]
    vectors = {v: IntVector.of(data.draw(strategies.rationals()) for _ in law.support(v)) for v in chosen}
    assert law.mean_of_product(vectors) == finite.mean_of_product(vectors)


@given(mixtures(), st.data())
def test_conditions_by_bayes(pair: tuple[Any, Any], data: st.DataObject) -> None:
    law, joint = pair
    finite = Finite(joint, law.variables)
    point = data.draw(st.sampled_from(sorted(joint)))
    places = data.draw(st.lists(st.integers(0, len(point) - 1), unique=True))
    event = {law.variables[i]: point[i] for i in places}
    given_event = law.condition(event)
    assert given_event.variables == tuple(v for v in law.variables if v not in event)
    assert table_of(given_event) == table_of(finite.condition(event))


@given(mixtures())
def test_groups_are_never_too_fine(pair: tuple[Any, Any]) -> None:
    law, joint = pair
    finite = Finite(joint, law.variables)
    for group in law.independent_groups():
        assert any(group >= fine for fine in finite.independent_groups())
    assert {v for group in law.independent_groups() for v in group} == set(law.variables)


def test_symbolic_weights() -> None:
    law = Mixture([("p", ONE), ("q", TWO), ("1 - p - q", ONE)])
    assert law.assumptions == (sympy.Ge(p, 0), sympy.Ge(q, 0), sympy.Ge(1 - p - q, 0))
    assert law.parameters == (p, q)
    assert sympy.expand(law.moment([x, y]) - (p + (1 - p - q) + q * THIRD * 2 - 0)) == 0
    assert law.support(x) == (0, 1, 5)
    found = {point: sympy.simplify(w) for point, w in ((c, sympy.S(str(w))) for c, w in law.weights(x))}
    assert found == {0: (1 - q) / 2, 1: (1 - q) / 2 + q / 3, 5: q * sympy.Rational(2, 3)}
    assert not law.tabulated([x])
    mean = law.mean_of_product({x: IntVector.of([0, 0, 1]), y: IntVector.of([3, 0])})
    assert str(mean) == "2*q"
    assert law.moment({x: 1}).subs({p: HALF, q: HALF}) == Mixture([(HALF, ONE), (HALF, TWO)]).moment({x: 1})


def test_bayes_with_symbols() -> None:
    law = Mixture([("p", ONE), ("1 - p", TWO)])
    given_x = law.condition({x: 1})
    assert given_x.support(y) == (2,)
    assert sympy.cancel(given_x.moment({y: 3})) == 8
    assert sympy.Gt(p / 2 + (1 - p) / 3, 0).expand() in [a.expand() for a in given_x.assumptions]
    first = law.condition({y: 0})
    second = sympy.Rational(2, 3) * (1 - p)
    assert sympy.cancel(first.moment({x: 1}) - 5 * second / (p / 2 + second)) == 0


def test_mixtures_of_other_laws() -> None:
    normal = MultivariateNormal([x, y], [m, 0], [[1, HALF], [HALF, 1]])
    law = Mixture([(THIRD, normal), (1 - THIRD, Independent({"y": Exponential(2), "x": Bernoulli("q")}))])
    assert law.variables == (x, y)
    assert sympy.expand(law.moment({x: 1, y: 2}) - (m / 3 + q / 3)) == 0
    assert law.parameters == (m, q)
    assert sympy.Ge(q, 0) in law.assumptions
    g = law.generating_function({y: t})
    assert sympy.simplify(g - (sympy.exp(t**2 / 2) / 3 + sympy.Rational(4, 3) / (2 - t))) == 0
    assert law.generating_domain({y: t}) == (sympy.Lt(t, 2),)
    assert law.independent_groups() == (frozenset([x, y]),)
    assert law.independent_groups([y]) == (frozenset([y]),)
    assert law.parts([y]) == [(law, [y])]
    assert [str(weight) for weight, _ in law.components] == ["1/3", "2/3"]
    assert law.marginal([y]).moment({y: 2}) == Fraction(1, 3) + Fraction(2, 3) * HALF
    assert law.renamed({x: z}).moment({z: 1}) == law.moment({x: 1})
    assert law.weights(y) is None
    assert Mixture([(1, StudentT("n").named("x"))]).assumed({x: 2}) == StudentT("n").assumed(2)
    assert Mixture([(HALF, Moments([x])), (HALF, ONE.marginal([x]))]).unspecified
    mixed = Mixture([(p, Cumulants([x])), (1 - p, Constant(0).named("x"))])
    assert mixed.moment([x]) == p * sympy.Symbol("κ[x]")


def test_a_label_tells_the_component() -> None:
    """Conditions need a table of the given variables only."""
    pieces = [(weight, Independent({"k": Constant(k), "x": Normal(k, 1)})) for k, weight in ((0, THIRD), (1, 2 * THIRD))]
    law = Mixture(pieces)
    assert law.condition({"k": 1}).moment({x: 1}) == 1
    assert law.cumulant(["k", "x"]) == law.cumulant(["k", "k"]) == Fraction(2, 9)
    with pytest.raises(NoClosedForm, match=r"The law given x has no closed form under Mixture\(.*\): it is no finite table"):
        law.condition({x: 1})


def test_one_component_keeps_its_structure() -> None:
    law = Mixture([(1, Independent({"x": Normal(0, 1), "y": Normal(0, 1)})), (0, ONE)])
    assert len(law.components) == 1
    assert law.independent_groups() == (frozenset([x]), frozenset([y]))
    assert len(law.parts([x, y])) == 2


def test_marginals_without_names() -> None:
    law = Mixture([(HALF, Normal(0, 1)), (HALF, Normal("m", 2))])
    assert isinstance(law, MixtureMarginal)
    assert law == Mixture([("1/2", Normal(0, 1)), ("0.5", Normal("m", 2))])
    assert hash(law) == hash(copy.copy(law)) == hash(pickle.loads(pickle.dumps(law)))
    assert law != Mixture([(HALF, Normal(0, 1)), (HALF, Normal("m", 3))])
    assert sympy.expand(law.moment(2) - (HALF + (m**2 + 4) / 2)) == 0
    assert law.symbols == (m,)
    named = Independent({"x": law, "y": Bernoulli(HALF)})
    assert sympy.expand(named.moment({x: 2, y: 1}) - law.moment(2) / 2) == 0
    assert len(law.named("x").components) == 2
    assert law._generating(sympy.Integer(0)) == 1
    assert sympy.simplify(law._generating(t) - (sympy.exp(t**2 / 2) + sympy.exp(m * t + 2 * t**2)) / 2) == 0
    waits = Mixture([(HALF, Exponential(1)), (HALF, Exponential(3))])
    assert waits._generating_domain(t) == (sympy.Lt(t, 1), sympy.Lt(t, 3))
    assert waits.moment(3) == HALF * 6 + HALF * Fraction(6, 27)
    assert Mixture([(1, StudentT("n"))]).assumed(2) == StudentT("n").assumed(2)


def test_marginals_with_points() -> None:
    law = Mixture([(THIRD, Bernoulli(HALF)), (2 * THIRD, Constant(7))])
    assert law.support == (0, 1, 7)
    assert law.probabilities == (Fraction(1, 6), Fraction(1, 6), Fraction(2, 3))
    assert isinstance(law.named("x"), Finite)
    assert law.named("x").moment({x: 2}) == law.moment(2)
    free = Mixture([("p", Bernoulli(HALF)), ("1 - p", Constant(7))])
    assert free.support == (0, 1, 7)
    assert free.assumptions == (sympy.Ge(p, 0), sympy.Ge(1 - p, 0))
    assert free.named("x").assumptions == free.assumptions
    assert free.named("x").weights("x") == free.weights
    spiked = Mixture([(HALF, Constant(0)), (HALF, Normal(0, 1))])
    with pytest.raises(NoClosedForm, match="has no finite support: its values are those of its components."):
        _ = spiked.support
    with pytest.raises(NoClosedForm, match="The law given x has no closed form under"):
        spiked.named("x").condition({x: 0})


def test_samples() -> None:
    law = Mixture([(THIRD, ONE), (2 * THIRD, TWO)])
    drawn = law.sample(30_000, seed=3)
    assert drawn.dtype == np.int64
    assert np.array_equal(drawn, law.sample(30_000, seed=3))
    table = table_of(law)
    for point, weight in table.items():
        assert abs((drawn == np.array(point)).all(axis=1).mean() - float(weight)) < 0.02
    normal = MultivariateNormal([x, y], [10, 0], [[1, 0], [0, 1]])
    beside = Mixture([(HALF, ONE), (HALF, normal)]).sample(1000, seed=0)
    assert beside.dtype == np.float64
    assert 4 < beside[:, 0].mean() < 6
    halves = Mixture([(HALF, Finite({0: 1}, ["x"])), (HALF, Finite({HALF: 1}, ["x"]))]).sample(10, seed=0)
    assert set(halves[:, 0]) <= {0, HALF}
    waits = Mixture([(1 / sympy.pi, Exponential(1)), (1 - 1 / sympy.pi, Constant(2))]).named("x").sample(1000, seed=0)
    assert 0.5 < (waits == 2).mean() < 0.8
    assert Mixture([(1, Normal(0, 1))])._draw(np.random.default_rng(0), 5).shape == (5,)
    assert law.sample(0).shape == (0, 2)


def test_text_and_copies() -> None:
    law = Mixture([(THIRD, ONE), (2 * THIRD, TWO)])
    assert repr(law) == f"Mixture([(1/3, {ONE!r}), (2/3, {TWO!r})])"
    assert law.latex() == (
        rf"\left\{{\begin{{array}}{{ll}} {ONE.latex()} & \frac{{1}}{{3}} \\ {TWO.latex()} & \frac{{2}}{{3}} "
        r"\end{array}\right."
    )
    many = Mixture([("1/5", ONE)] * 5)
    assert repr(many) == "Mixture(x, y)"
    assert many.latex() == r"(x, y) \sim \mathrm{Mixture}"
    marginal = Mixture([(HALF, Constant(1)), (HALF, Constant(2))])
    assert repr(marginal) == "Mixture([(1/2, Constant(1)), (1/2, Constant(2))])"
    assert marginal.latex() == rf"\frac{{1}}{{2}} \cdot {Constant(1).latex()} + \frac{{1}}{{2}} \cdot {Constant(2).latex()}"
    for other in (copy.copy(law), copy.deepcopy(law), pickle.loads(pickle.dumps(law))):
        assert table_of(other) == table_of(law)


@pytest.mark.parametrize(("kind", "text", "work"), [
    (InvalidArgument, "Argument 'components' must have weights that sum to 1, not 5/6.",
     lambda: Mixture([(HALF, ONE), (THIRD, TWO)])),
    (InvalidArgument, "Argument 'components' must have weights that sum to 1, not p + q.",
     lambda: Mixture([("p", ONE), ("q", TWO)])),
    (InvalidArgument, "Argument 'components' must have weights that sum to 1, not 0.", lambda: Mixture([])),
    (InvalidArgument, f"Argument 'components' must have no negative weight, not -1/2 for {TWO!r}.",
     lambda: Mixture([("3/2", ONE), ("-1/2", TWO)])),
    (InvalidArgument, "Argument 'components' must have no negative weight, not 3 - pi for",
     lambda: Mixture([(sympy.pi - 2, ONE), (3 - sympy.pi, TWO)])),
    (InexactError, "Argument 'components' must be exact, not the float 0.5.", lambda: Mixture([(0.5, ONE), (0.5, TWO)])),
    (InvalidArgument, "Argument 'components' must be a list of pairs (weight, law), not {",
     lambda: Mixture({ONE: 1})),
    (InvalidArgument, "Argument 'components' must be a list of pairs (weight, law), not 3.", lambda: Mixture(3)),
    (InvalidArgument, "Argument 'components' must hold pairs (weight, law), not (Finite(", lambda: Mixture([(ONE, 1)])),
    (InvalidArgument, "Argument 'components' must hold pairs (weight, law), not (1,).", lambda: Mixture([(1,)])),
    (InvalidArgument, f"Argument 'components' must be laws of the same variables, x, y, not {Finite({0: 1}, ['x'])!r}.",
     lambda: Mixture([(HALF, ONE), (HALF, Finite({0: 1}, ["x"]))])),
    (InvalidArgument, f"Argument 'components' must name all laws or none, but {ONE!r} has names.",
     lambda: Mixture([(HALF, ONE), (HALF, Normal(0, 1))])),
    (InvalidArgument, "Argument 'components' must not hold a variable in a weight, but x is one.",
     lambda: Mixture([("x", ONE), ("1 - x", TWO)])),
    (InexactError, "Argument 'components' must hold exact laws, not Empirical(",
     lambda: Mixture([(1, Empirical([[0.5]], ["x"], numbers="float64"))])),
    (UnknownVariable, "Argument 'event' names z, which the law lacks", lambda: Mixture([(1, ONE)]).condition({z: 0})),
    (InvalidArgument, "Argument 'event' must have positive probability, but x = 3 has probability 0.",
     lambda: Mixture([(1, ONE)]).condition({x: 3})),
    (InexactError, "Argument 'event' must be exact, not the float 0.5.", lambda: Mixture([(1, ONE)]).condition({x: 0.5})),
    (NoClosedForm, f"The law of x, y under Mixture([(p, {ONE!r}), (1 - p, {TWO!r})]) is no finite table of numbers.",
     lambda: Mixture([("p", ONE), ("1 - p", TWO)]).joint_table([x, y])),
    (NoClosedForm, "The support of x under Mixture([(1, Normal(0, 1) as x)]) is no finite list of numbers.",
     lambda: Mixture([(1, Normal(0, 1).named("x"))]).support(x)),
    (InvalidArgument, "needs numbers for its weights, but they hold p.",
     lambda: Mixture([("p", ONE), ("1 - p", TWO)]).sample(2)),
    (InvalidArgument, "needs numbers for its weights, but they hold p.",
     lambda: Mixture([("p", Normal(0, 1)), ("1 - p", Normal(0, 2))]).named("x").sample(2)),
])  # fmt: skip
def test_refusals_by_their_text(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    with pytest.raises(kind, match=re.escape(text)) as caught:
        work()
    assert type(caught.value) is kind
