"""Unspecified laws: written-out formulas against set partitions, and against laws put in place of the symbols."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import chain, permutations, product
from math import factorial, prod
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra.multisets import multiset_partitions
from symwick.algebra.vectors import IntVector
from symwick.circuits.moment_names import cumulant_symbol, moment_symbol
from symwick.distributions.finite import Finite
from symwick.distributions.grouped import count_terms
from symwick.distributions.independent import Independent
from symwick.distributions.law import Law
from symwick.distributions.normal import MultivariateNormal
from symwick.distributions.unspecified import Cumulants, Moments
from symwick.errors import InexactError, InvalidArgument, NoClosedForm, SymwickError, TooLarge, UnknownVariable
from symwick.testing import oracle, strategies

x, y, z, w, m = sympy.symbols("x y z w m")


def lists(n: int, size: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, n - 1), min_size=1, max_size=size)


def insert(expression: Any, law: Law) -> Any:
    """The moments and cumulants of a law in place of the symbols."""
    changes = {}
    for symbol in sympy.S(expression).free_symbols:
        inside = symbol.name[2:-1]
        if symbol.name.startswith("E["):
            powers = {p.split("**")[0]: int(p.split("**")[1]) if "**" in p else 1 for p in re.split(r"(?<!\*)\*(?!\*)", inside)}
            changes[symbol] = sympy.Rational(law.moment(powers))
        elif symbol.name.startswith("κ["):
            changes[symbol] = sympy.Rational(law.cumulant(inside.split(",")))
    return sympy.S(expression).xreplace(changes)


# -- written out -----------------------------------------------------------------------------------------------------------


def by_partitions(labels: Sequence[str], term: Callable[[int], int], symbol: Callable[[Sequence[str]], Any]) -> Any:
    """Σ over the set partitions of the places of a list with repeats."""
    return sympy.Add(*(
        term(len(partition)) * prod(symbol([labels[i] for i in block]) for block in partition)
        for partition in oracle.set_partitions(range(len(labels)))
    ))  # fmt: skip


@given(st.lists(st.sampled_from(["x", "y", "x2", "x10"]), min_size=1, max_size=6))
def test_formulas_by_set_partitions(labels: list[str]) -> None:
    names = ["x10", "y", "x", "x2"]
    cumulant = by_partitions(labels, lambda b: (-1) ** (b - 1) * factorial(b - 1), lambda c: moment_symbol(Counter(c)))
    assert Moments(names).cumulant(labels) == cumulant
    assert Cumulants(names).moment(labels) == by_partitions(labels, lambda b: 1, cumulant_symbol)


def test_eight_variables() -> None:
    names = [f"x{i}" for i in range(8)]
    assert len(Moments(names).cumulant(names).args) == 4140
    assert len(Cumulants(names).moment(names).args) == 4140


def test_names_do_not_depend_on_the_order() -> None:
    assert Moments([y, x]).moment({y: 1, x: 2}) == sympy.Symbol("E[x**2*y]")
    assert Moments(["x10", "x2"]).moment({"x10": 1, "x2": 1}) == sympy.Symbol("E[x2*x10]")
    assert Cumulants([y, x]).cumulant([y, x, x]) == sympy.Symbol("κ[x,x,y]")
    assert Moments([z, y, x]).marginal([x, z]).moment([z, x]) == Moments([x, z]).moment([x, z])
    assert Moments([x]).moment({}) == Cumulants([x]).moment({x: 0}) == 1
    assert Moments([x]).cumulant([]) == Cumulants([x]).cumulant([]) == 0


# -- laws in place of the symbols --------------------------------------------------------------------------------------------


@given(strategies.finite_laws(), st.data())
def test_any_law_fits(pair: tuple[Finite, Any], data: st.DataObject) -> None:
    law, weights = pair
    names = [v.name for v in law.variables]
    places = data.draw(lists(len(names), 4))
    labels = [names[i] for i in places]
    exponents = [places.count(i) for i in range(len(names))]
    assert insert(Moments(names).cumulant(labels), law) == sympy.Rational(oracle.cumulant(weights, places))
    assert insert(Cumulants(names).moment(labels), law) == sympy.Rational(oracle.moment(weights, exponents))


@given(strategies.weights(2), strategies.weights(1), st.data())
def test_groups_fit_independent_laws(left: Any, right: Any, data: st.DataObject) -> None:
    law = Independent([Finite(left, [x, z]), Finite(right, [y])])
    labels = [law.variables[i] for i in data.draw(lists(3, 4))]
    for unspecified in (Moments([x, y, z], groups=[[z, x], ["y"]]), Cumulants([x, y, z], groups=[[y], [x, z]])):
        assert insert(unspecified.cumulant(labels), law) == sympy.Rational(law.cumulant(labels))
        assert insert(unspecified.moment(labels), law) == sympy.Rational(law.moment(labels))
        assert unspecified.independent_groups() == (frozenset([x, z]), frozenset([y]))
        assert unspecified.independent_groups([y, z]) == (frozenset([y]), frozenset([z]))


@given(strategies.finite_laws(2), st.data())
def test_known_means_fit(pair: tuple[Finite, Any], data: st.DataObject) -> None:
    law, _ = pair
    a, b = law.variables
    labels = [law.variables[i] for i in data.draw(lists(2, 4))]
    means = {a: law.moment([a])}
    for unspecified in (Moments([a, b], means=means), Cumulants([a, b], means=means)):
        for kind in (Law.cumulant, Law.moment):
            value, exact = getattr(unspecified, kind.__name__)(labels), kind(law, labels)
            assert not sympy.S(value).free_symbols & {moment_symbol({a: 1}), cumulant_symbol([a])}
            assert insert(value, law) == sympy.Rational(exact)


@given(strategies.weights(2), st.data())
def test_centred_fits_centred_laws(weights: Any, data: st.DataObject) -> None:
    mean = [sum(weight * point[i] for point, weight in weights.items()) for i in range(2)]
    law = Finite({tuple(c - e for c, e in zip(point, mean, strict=True)): weight for point, weight in weights.items()}, [x, y])
    labels = [(x, y)[i] for i in data.draw(lists(2, 5))]
    for unspecified in (Moments([x, y], centred=True), Cumulants([x, y], centred=True)):
        assert unspecified.moment([x]) == unspecified.cumulant([y]) == 0
        assert insert(unspecified.cumulant(labels), law) == sympy.Rational(law.cumulant(labels))
        assert insert(unspecified.moment(labels), law) == sympy.Rational(law.moment(labels))


@given(strategies.weights(3), st.data())
def test_exchangeable_fits_symmetric_laws(weights: Any, data: st.DataObject) -> None:
    symmetric: dict[Any, Fraction] = {}
    for point, weight in weights.items():
        for image in permutations(point):
            symmetric[image] = symmetric.get(image, Fraction(0)) + weight / 6
    law = Finite(symmetric, [z, x, y])
    labels = [(x, y, z)[i] for i in data.draw(lists(3, 4))]
    first = law.marginal([x])
    for unspecified in (Moments([z, x, y], exchangeable=True), Cumulants([z, x, y], exchangeable=True)):
        for part in (unspecified, unspecified.marginal(sorted(set(labels), key=str))):
            assert insert(part.cumulant(labels), law) == sympy.Rational(law.cumulant(labels))
            assert insert(part.moment(labels), law) == sympy.Rational(law.moment(labels))
        assert insert(unspecified.moment({z: 2}), first) == sympy.Rational(first.moment({x: 2}))


def test_exchangeable_symbols() -> None:
    law = Moments([z, y, x], exchangeable=True)
    assert law.moment({z: 2, x: 1}) == sympy.Symbol("E[x**2*y]")
    assert law.marginal([z]).moment({z: 2}) == sympy.Symbol("E[x**2]")
    assert Cumulants([x, y, z], exchangeable=True).cumulant([z, y, z]) == sympy.Symbol("κ[x,x,y]")
    assert Cumulants([x, y, z, w], groups=[[x, z], [y, w]], exchangeable=True).moment([y, w, z]) == sympy.expand(
        sympy.Symbol("κ[x]") * (sympy.Symbol("κ[w,y]") + sympy.Symbol("κ[w]") ** 2)
    )
    assert Moments([x, y], exchangeable=True, means={y: "m"}).moment([x]) == m
    assert law.renamed({z: w}).moment({y: 2, w: 1}) == sympy.Symbol("E[w**2*x]")


def test_order_two_is_normal() -> None:
    names = [x, y, z]
    law = Cumulants(names, max_order=2)
    normal = MultivariateNormal(names, ["m0", "m1", "m2"], [[f"c{min(i, j)}{max(i, j)}" for j in range(3)] for i in range(3)])
    changes = {sympy.Symbol(f"m{i}"): law.cumulant([v]) for i, v in enumerate(names)}
    changes |= {sympy.Symbol(f"c{i}{j}"): law.cumulant([names[i], names[j]]) for i, j in product(range(3), repeat=2) if i <= j}
    for powers in product(range(4), repeat=3):
        exponents = dict(zip(names, powers, strict=True))
        assert law.moment(exponents) == sympy.S(normal.moment(exponents)).xreplace(changes)
    assert law.cumulant([x, y, z]) == 0
    assert Cumulants([x], max_order=1).moment({x: 5}) == sympy.Symbol("κ[x]") ** 5
    assert Cumulants([x], centred=True, max_order=1).moment({x: 5}) == 0


# -- other laws ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Moments, Cumulants])
def test_marginals_parts_names_and_conditions(kind: type[Any]) -> None:
    law = kind([x, y, z], groups=[[x, y], [z]], means={z: m})
    assert law.parameters == (m,)
    assert law.marginal([y]).parameters == ()
    assert [(part.variables, own) for part, own in law.parts([z, y])] == [((z,), [z]), ((x, y), [y])]
    whole = kind([x, y])
    assert whole.parts([y]) == [(whole, [y])]
    assert law.condition({z: 3}).variables == (x, y)
    assert law.condition({x: 1, y: "1/2"}).moment([z]) == m
    assert law.condition({}).moment([x, y]) == law.moment([x, y])
    other = law.renamed({x: w, z: x})
    assert other.variables == (w, y, x)
    assert other.moment([x]) == m
    assert other.moment([w, y, w]) == kind([w, y]).moment([y, w, w])
    assert other.independent_groups() == (frozenset([w, y]), frozenset([x]))
    beside = Independent({"a": kind(["b"]), "c": kind(["d"])})
    assert beside.moment(["a", "c"]) == kind(["a"]).moment(["a"]) * kind(["c"]).moment(["c"])
    assert not law.tabulated([x])
    assert law.weights(x) is None
    assert law.assumptions == ()
    assert kind([]).moment({}) == 1


def test_which_one_is_unspecified() -> None:
    assert Moments([x]).unspecified
    assert not Cumulants([x]).unspecified
    assert Independent([Moments([x])]).unspecified


def test_text() -> None:
    assert repr(Moments([x, y])) == "Moments([x, y])"
    assert repr(Moments([x, y], centred=True, groups=[[y], [x]])) == "Moments([x, y], groups=[[x], [y]], centred=True)"
    assert repr(Cumulants([x, y], means={x: "1/2"}, exchangeable=True, max_order=3)) == (
        "Cumulants([x, y], means={x: 1/2, y: 1/2}, exchangeable=True, max_order=3)"
    )
    assert repr(Moments(sympy.symbols("x0:9"))) == "Moments(x0, x1, x2, x3, x4, x5, x6, x7, …)"
    assert Moments([x, y]).latex() == r"(x, y) \sim \mathrm{Moments}"
    assert repr(Cumulants([x, y], max_order=2).marginal([y])) == "Cumulants([y], max_order=2)"


@pytest.mark.parametrize("counts", [(1, 1, 1, 1), (2, 2), (3, 1, 1), (5,), (2, 1, 3)])
@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("most", [None, 1, 2, 3])
def test_counts_of_terms(counts: tuple[int, ...], least: int, most: int | None) -> None:
    sizes = [tuple(map(len, partition)) for partition, _ in multiset_partitions(dict(enumerate(counts)))]
    expected = sum(all(least <= size <= (most or sum(counts)) for size in row) for row in sizes)
    assert count_terms(counts, least, most) == expected


def test_counts_that_would_be_long_are_bounds() -> None:
    assert count_terms((1,) * 30) == 846749014511809332450147
    assert count_terms((200, 200, 200), 1, 2) > 10**6
    assert count_terms((60, 60), 2, 2) == 31


# -- errors ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "text", "work"), [
    (InvalidArgument, "Argument 'groups' must cover all variables, but y is in none.", lambda k: k([x, y], groups=[[x]])),
    (InvalidArgument, "Argument 'groups' must hold each variable in one group, but x is in two.",
     lambda k: k([x, y], groups=[[x, y], [x]])),
    (UnknownVariable, "Argument 'groups' names z, which the law lacks", lambda k: k([x], groups=[[x], [z]])),
    (InvalidArgument, "Argument 'groups' must be a list of lists of variables, not 'x'.", lambda k: k([x], groups="x")),
    (UnknownVariable, "Argument 'means' names z, which the law lacks", lambda k: k([x], means={z: 0})),
    (InvalidArgument, "Argument 'means' must map variables to values, not be [1].", lambda k: k([x], means=[1])),
    (InexactError, "Argument 'means' must be exact, not the float 0.5.", lambda k: k([x], means={x: 0.5})),
    (InvalidArgument, "Argument 'means' must not hold a variable of the law, but y is one.", lambda k: k([x, y], means={x: y})),
    (InvalidArgument, "Argument 'means' must be 0 where 'centred' is set, not 1/2 for x.",
     lambda k: k([x], means={x: "1/2"}, centred=True)),
    (InvalidArgument, "Argument 'means' must be equal for exchangeable variables, not 1 for x and 2 for y.",
     lambda k: k([x, y], means={x: 1, y: 2}, exchangeable=True)),
    (InvalidArgument, "Argument 'variables' must not hold the name of a moment or cumulant, E[x].", lambda k: k(["x", "E[x]"])),
    (InvalidArgument, "Argument 'limit' must be an integer, not 'a'.", lambda k: k([x], limit="a")),
    (NoClosedForm, "The law of y given x under NAME([x, y]) is not known.", lambda k: k([x, y]).condition({x: 0})),
    (InexactError, "Argument 'event' must be exact, not the float 0.5.", lambda k: k([x]).condition({x: 0.5})),
    (NoClosedForm, "The support of x under NAME([x]) is no finite list of numbers.", lambda k: k([x]).support(x)),
    (UnknownVariable, "Argument 'variable' names y, which the law lacks", lambda k: k([x]).support(y)),
    (NoClosedForm, "The law of x, y under NAME([x, y]) is no finite table.", lambda k: k([x, y]).joint_table([x, y])),
    (NoClosedForm, "The law of x under NAME([x]) is no finite table.", lambda k: k([x]).mean_of_product({x: IntVector.of([1])})),
    (NoClosedForm, "NAME([x]) cannot be sampled: its moments are symbols.", lambda k: k([x]).sample(1)),
    (NoClosedForm, "The generating function of x under NAME([x]) has no closed form here.",
     lambda k: k([x]).generating_function({x: sympy.Integer(1)})),
])  # fmt: skip
@pytest.mark.parametrize("law", [Moments, Cumulants])
def test_refusals_by_their_text(kind: type[SymwickError], text: str, work: Callable[[Any], Any], law: type[Any]) -> None:
    with pytest.raises(kind, match=re.escape(text.replace("NAME", law.__name__))) as caught:
        work(law)
    assert type(caught.value) is kind


def test_refusals_of_one_kind() -> None:
    with pytest.raises(InvalidArgument, match="Argument 'max_order' must be at least 1, not 0."):
        Cumulants([x], max_order=0)
    with pytest.raises(InvalidArgument, match="Argument 'max_order' must be at least 0, not -1."):
        Cumulants([x], max_order=-1)
    many = sympy.symbols("x0:12")
    message = r"predicted 4,213,597, above the limit of 1,000,000. Pass limit=4213597"
    with pytest.raises(TooLarge, match=rf"Terms of κ\[x0,x1,.*,x11\] under Moments\(.*\): {message}"):
        Moments(many).cumulant(many)
    with pytest.raises(TooLarge, match=rf"Terms of E\[x0\*x1\*.*x11\] under Cumulants\(.*\): {message}"):
        Cumulants(many).moment(many)
    assert len(Cumulants(many, max_order=2, centred=True).moment(many).args) == 10395
    assert len(Moments([x], limit=5).cumulant([x] * 4).args) == 5
    with pytest.raises(TooLarge, match="predicted 7, above the limit of 5"):
        Moments([x], limit=5).marginal([x]).cumulant([x] * 5)
    assert list(chain(Moments(many).cumulant(many[:2]).args))
