"""Normal laws against pairings written out, linear images of independent normals, and the textbook formulas."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symwick.algebra.numbers import to_flint
from symwick.algebra.symbolic import expression
from symwick.algebra.symbolic_reading import element
from symwick.algebra.symmetric_matrices import determinant, inverse, minors, pivots, times, without_zeros
from symwick.algebra.vectors import IntVector
from symwick.circuits.variables import as_variable
from symwick.distributions.independent import Independent
from symwick.distributions.marginals import Bernoulli, Normal
from symwick.distributions.normal import MultivariateNormal
from symwick.errors import (
    FormatError,
    InexactError,
    InvalidArgument,
    NoClosedForm,
    SymwickError,
    TooLarge,
    UnknownVariable,
)
from symwick.testing import strategies

x, y, z, rho, m, v = sympy.symbols("x y z rho m v")
HALF = Fraction(1, 2)


def equal(left: Any, right: Any) -> bool:
    return bool(sympy.cancel(sympy.Rational(left) - right if isinstance(left, Fraction) else sympy.S(left) - right) == 0)


def names(n: int) -> list[str]:
    return [f"x{i}" for i in range(1, n + 1)]


def matchings(items: Sequence[int], *, singles: bool) -> Iterator[list[tuple[int, ...]]]:
    """Partitions of a list into pairs, and into single elements where allowed."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    if singles:
        for others in matchings(rest, singles=singles):
            yield [(first,), *others]
    for i, second in enumerate(rest):
        for others in matchings([*rest[:i], *rest[i + 1 :]], singles=singles):
            yield [(first, second), *others]


def symbolic_covariance(n: int) -> list[list[sympy.Symbol]]:
    return [[sympy.Symbol(f"c{min(i, j)}_{max(i, j)}") for j in range(n)] for i in range(n)]


@st.composite
def grams(draw: st.DrawFn, n: int | None = None) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    """A with A Aᵀ, which is singular as often as not."""
    rows = draw(st.integers(1, 4)) if n is None else n
    columns = draw(st.integers(1, 4))
    small = strategies.rationals(2, 2)
    a = draw(st.lists(st.lists(small, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    return a, [[sum(p * q for p, q in zip(r, s, strict=True)) for s in a] for r in a]


# -- moments -----------------------------------------------------------------------------------------------------------


def test_eight_variables_have_105_pairings() -> None:
    cov = symbolic_covariance(8)
    found = MultivariateNormal(names(8), [0] * 8, cov).moment(names(8))
    terms = [prod(cov[i][j] for i, j in pairing) for pairing in matchings(range(8), singles=False)]
    assert len(terms) == len(found.args) == 105
    assert found == sympy.Add(*terms)


@pytest.mark.parametrize("labels", [(0, 1, 2, 3, 4), (0, 0, 1, 1, 2), (0, 0, 0, 1), (0, 0, 0, 0), (2, 2)])
def test_means_are_single_elements_of_matchings(labels: tuple[int, ...]) -> None:
    cov, means = symbolic_covariance(5), sympy.symbols("m0:5")
    found = MultivariateNormal(names(5), means, cov).moment([names(5)[i] for i in labels])
    expected = sympy.Add(*(
        prod(means[labels[b[0]]] if len(b) == 1 else cov[labels[b[0]]][labels[b[1]]] for b in matching)
        for matching in matchings(range(len(labels)), singles=True)
    ))  # fmt: skip
    assert sympy.expand(found - expected) == 0


@pytest.mark.parametrize("n", range(11))
def test_copies_of_one_standard_normal(n: int) -> None:
    law = MultivariateNormal(names(n), [0] * n, [[1] * n] * n)
    assert law.moment(names(n)) == (0 if n % 2 else prod(range(1, n, 2)))


@given(grams(), st.data())
def test_linear_images_of_independent_normals(pair: tuple[Any, Any], data: st.DataObject) -> None:
    a, cov = pair
    means = data.draw(st.lists(strategies.rationals(2, 2), min_size=len(a), max_size=len(a)))
    powers = data.draw(st.lists(st.integers(0, 2), min_size=len(a), max_size=len(a)))
    law = MultivariateNormal(names(len(a)), means, cov)
    assert law.assumptions == law.parameters == ()
    zs = sympy.symbols(f"z0:{len(a[0])}")
    images = [sympy.Rational(mean) + sum(sympy.Rational(q) * t for q, t in zip(r, zs, strict=True))
              for mean, r in zip(means, a, strict=True)]  # fmt: skip
    polynomial = sympy.Poly(prod(image**k for image, k in zip(images, powers, strict=True)), *zs)
    expected = sum(
        coefficient * prod(0 if k % 2 else sympy.factorial2(k - 1) for k in exponents)
        for exponents, coefficient in polynomial.terms()
    )
    assert sympy.Rational(law.moment(dict(zip(law.variables, powers, strict=True)))) == expected


def test_cumulants_are_read_off() -> None:
    law = MultivariateNormal([x, y], [m, 2], [[v, rho], [rho, "1/2"]])
    assert [law.cumulant(c) for c in ([], [x], [y], [x, x], [y, x], [y, y], [x, x, y], [x] * 7)] == [
        0, m, 2, v, rho, HALF, 0, 0]  # fmt: skip
    assert law.mean == (m, 2)
    assert law.covariance == ((v, rho), (rho, HALF))
    assert law.parameters == (m, rho, v)


def test_agrees_with_the_univariate_law() -> None:
    one, many = Normal("m", "s"), MultivariateNormal([x], [m], [["s**2"]])
    assert [many.moment({x: k}) for k in range(8)] == [one.moment(k) for k in range(8)]
    t = sympy.Symbol("t")
    assert equal(sympy.log(many.generating_function({x: t})).expand(force=True),
                 sympy.log(one._generating(t)).expand(force=True))  # fmt: skip


def test_long_powers_do_not_recurse() -> None:
    assert MultivariateNormal([x], [0], [[1]]).moment({x: 3000}) == prod(range(1, 3000, 2))


def test_moments_of_many_variables_go_group_by_group() -> None:
    n = 60
    law = MultivariateNormal(names(n), [1] * n, [[int(i == j) for j in range(n)] for i in range(n)])
    assert law.moment(dict.fromkeys(names(n), 2)) == 2**n


def test_generating_function_has_the_moments_as_derivatives() -> None:
    law = MultivariateNormal([x, y], [m, 1], [[v, rho], [rho, 3]])
    s, t = sympy.symbols("s t")
    g = law.generating_function({x: s, y: t})
    assert law.generating_domain({x: s, y: t}) == ()
    assert law.generating_function({}) == 1
    for i, j in product(range(3), repeat=2):
        derived = g.diff(s, i, t, j) if i or j else g
        assert equal(sympy.expand(derived.subs({s: 0, t: 0})), law.moment({x: i, y: j}))


# -- the matrix --------------------------------------------------------------------------------------------------------


@given(grams(), st.data())
def test_gram_matrices_pass_and_lowered_ones_fail(pair: tuple[Any, Any], data: st.DataObject) -> None:
    _, cov = pair
    n = len(cov)
    MultivariateNormal(names(n), [0] * n, cov)
    i = data.draw(st.integers(0, n - 1))
    lowered = [list(row) for row in cov]
    lowered[i][i] -= data.draw(st.fractions("1/2", 3, max_denominator=4))
    worst = min(sympy.Matrix([[lowered[a][b] for b in s] for a in s]).det() for s in _subsets(n))
    if worst < 0:
        with pytest.raises(InvalidArgument, match=r"no negative variance|positive semidefinite, but its principal minor"):
            MultivariateNormal(names(n), [0] * n, lowered)
    else:
        MultivariateNormal(names(n), [0] * n, lowered)


def _subsets(n: int) -> Iterator[list[int]]:
    for mask in range(1, 1 << n):
        yield [i for i in range(n) if mask >> i & 1]


def test_symbols_state_what_they_must_fulfil() -> None:
    law = MultivariateNormal([x, y, z], [0, 0, 0], [["a", "c", 0], ["c", "b", 0], [0, 0, "s**2"]])
    a, b, c = sympy.symbols("a b c")
    assert law.assumptions == (sympy.Ge(a, 0), sympy.Ge(b, 0), sympy.Ge(a * b - c**2, 0))
    assert law.marginal([x, z]).assumptions == (sympy.Ge(a, 0),)
    assert MultivariateNormal([x, y], [0, 0], [["a**2", "a**2"], ["a**2", "a**2"]]).assumptions == ()


def test_constants_are_decided() -> None:
    root = sympy.sqrt(2)
    law = MultivariateNormal([x, y, z], [0, 0, 0], sympy.Matrix([[2, root, 1], [root, 1, 1 / root], [1, 1 / root, sympy.pi]]))
    assert law.assumptions == ()
    assert law.moment({x: 1, y: 1}) == root
    assert law.condition({x: 1}).covariance[0][0] == 0  # y is x / sqrt(2)
    log = sympy.log(4), 2 * sympy.log(2)
    assert MultivariateNormal([x, y], [0, 0], [[5, log[0]], [log[1], 5]]).covariance[0][1] in log


def test_kinds_of_matrices_and_means() -> None:
    expected = ((2, 1), (1, Fraction(3, 2)))
    given_as: list[Any] = [
        [[2, 1], ["1", "3/2"]],
        ((2, 1), (1, Fraction(3, 2))),
        sympy.Matrix([[2, 1], [1, sympy.Rational(3, 2)]]),
        np.array([[2, 1], [1, Fraction(3, 2)]], dtype=object),
        {(x, x): 2, ("y", "x"): 1, (y, y): "1.5"},
        {(x, x): 2, (y, x): 1, (x, y): 1, (y, y): "1.5"},
    ]
    for covariance in given_as:
        for mean in ([1, "a"], (1, "a"), {"y": "a", x: 1}, sympy.Matrix([1, sympy.Symbol("a", positive=True)])):
            law = MultivariateNormal([x, y], mean, covariance)
            assert (law.covariance, law.mean) == (expected, (1, sympy.Symbol("a")))
    assert MultivariateNormal("x", [0], np.array([[4]])).covariance == ((4,),)
    assert MultivariateNormal([], [], []).moment({}) == 1


def test_pivots_and_inverses_by_sympy() -> None:
    a, b, c = sympy.symbols("a b c")
    symbolic = sympy.Matrix([[a, c, 1], [c, b, 2], [1, 2, 5]])
    solved = inverse([[element(value) for value in row] for row in symbolic.tolist()])
    found = sympy.Matrix([[expression(value) for value in row] for row in solved])
    assert (found * symbolic).applyfunc(sympy.cancel) == sympy.eye(3)
    rows = [[to_flint(value) for value in row] for row in ([4, 2, 1], [2, 1, 1], [1, 1, 0])]
    assert [(k, minor, tie) for k, minor, tie in minors(rows)] == [(0, 4, None), (1, 0, 2), (2, -1, None)]
    assert [pivot for _, pivot, _ in pivots(rows)] == [4, 0, to_flint('-1/4')]
    assert determinant(rows) == sympy.Matrix([[4, 2, 1], [2, 1, 1], [1, 1, 0]]).det()
    assert times(rows, inverse(rows)) == [[int(i == j) for j in range(3)] for i in range(3)]
    assert without_zeros(element(1 / (a + b)) * element(a + b) - 1) == 0


# -- other laws ----------------------------------------------------------------------------------------------------------


def test_conditions_by_the_textbook() -> None:
    law = MultivariateNormal([x, y], ["mx", "my"], [["a", "c"], ["c", "b"]])
    mx, my, a, b, c, t = sympy.symbols("mx my a b c t")
    given_y = law.condition({y: t})
    assert given_y.variables == (x,)
    assert equal(given_y.mean[0], mx + c / b * (t - my))
    assert equal(given_y.covariance[0][0], a - c**2 / b)
    assert sympy.Gt(b, 0) in given_y.assumptions
    assert law.condition({y: y}).parameters == tuple(sorted([mx, my, a, b, c, y], key=str))
    assert law.condition({}).covariance == law.covariance
    assert law.condition({x: 0, y: "t"}).variables == ()


@given(grams(4), st.data())
def test_conditions_in_numbers_are_consistent(pair: tuple[Any, Any], data: st.DataObject) -> None:
    """X − E[X | B] is uncorrelated with B; one given after the other is both at once."""
    a, cov = pair
    law = MultivariateNormal(names(4), [1, 2, 3, 4], cov)
    w = data.draw(st.lists(strategies.rationals(2, 2), min_size=len(a[0]), max_size=len(a[0])))
    values = [i + 1 + sum(p * q for p, q in zip(r, w, strict=True)) for i, r in enumerate(a)]  # on the support
    event = dict(zip(names(4)[2:], values[2:], strict=True))
    both = law.condition(event)
    after = law.condition({"x3": event["x3"]}).condition({"x4": event["x4"]})
    assert (both.mean, both.covariance) == (after.mean, after.covariance)
    shifted = [law.condition({"x3": sympy.Symbol("p"), "x4": sympy.Symbol("q")})] if _regular(cov) else []
    for symbolic in shifted:
        slope = sympy.Matrix([[sympy.S(mean).diff(s) for s in sympy.symbols("p q")] for mean in symbolic.mean])
        block = sympy.Matrix([[cov[i][j] for j in (2, 3)] for i in (2, 3)])
        cross = sympy.Matrix([[cov[i][j] for j in (2, 3)] for i in (0, 1)])
        assert slope * block == cross
        schur = sympy.Matrix([[cov[i][j] for j in (0, 1)] for i in (0, 1)]) - slope * cross.T
        assert sympy.Matrix([list(row) for row in both.covariance]) == schur


def _regular(cov: list[list[Fraction]]) -> bool:
    return cov[2][2] * cov[3][3] != cov[2][3] ** 2


def test_singular_conditions() -> None:
    copies = MultivariateNormal([x, y, z], [0, 0, 0], [[1, 1, 1]] * 3)
    known = copies.condition({y: 3, z: 3})
    assert (known.mean, known.covariance) == ((3,), ((0,),))
    assert known.tabulated()
    with pytest.raises(InvalidArgument, match=r"Argument 'event' must be possible, but y = 3, z = 4 is not under "):
        copies.condition({y: 3, z: 4})
    assert sympy.Eq(sympy.Symbol("b") - 3, 0) in copies.condition({y: 3, z: "b"}).assumptions
    assert sympy.Eq(sympy.Symbol("b") - sympy.Symbol("a"), 0) in copies.condition({y: "a", z: "b"}).assumptions


def test_marginals_and_names() -> None:
    law = MultivariateNormal([x, y, z], [1, 2, m], [[2, 1, 0], [1, 3, 0], [0, 0, v]])
    part = law.marginal([z, x])
    assert (part.variables, part.mean, part.covariance) == ((z, x), (m, 1), ((v, 0), (0, 2)))
    other = law.renamed({x: sympy.Symbol("u")})
    assert other.variables == (sympy.Symbol("u"), y, z)
    assert other.moment({"u": 1, "y": 1}) == law.moment({x: 1, y: 1}) == 3
    assert Independent({("p", "q", "r"): law}).moment({"p": 1, "q": 1}) == 3
    assert copy.deepcopy(law).moment({x: 1, y: 1}) == 3


def test_groups_are_components_of_the_covariance() -> None:
    law = MultivariateNormal(names(5), [0, 0, 7, 0, 0],
                             [[1, 0, 0, 0, 1], [0, 1, 0, rho, 0], [0] * 5, [0, rho, 0, 1, 0], [1, 0, 0, 0, 1]])  # fmt: skip
    expected = [("x1", "x5"), ("x2", "x4"), ("x3",)]
    assert law.independent_groups() == tuple(frozenset(map(as_variable, group)) for group in expected)
    assert law.independent_groups(["x4", "x1"]) == (frozenset([as_variable("x4")]), frozenset([as_variable("x1")]))
    chain = MultivariateNormal([x, y, z], [0] * 3, [[2, 1, 0], [1, 2, 1], [0, 1, 2]])
    assert chain.independent_groups() == (frozenset([x, y, z]),)
    assert chain.independent_groups([x, z]) == (frozenset([x]), frozenset([z]))
    parts = law.parts([as_variable(n) for n in ("x4", "x5", "x1")])
    assert [(part.variables, own) for part, own in parts] == [
        (tuple(map(as_variable, ("x2", "x4"))), [as_variable("x4")]),
        (tuple(map(as_variable, ("x1", "x5"))), [as_variable("x5"), as_variable("x1")]),
    ]
    hidden = MultivariateNormal([x, y], [0, 0], [[9, "(rho + 1)**2 - rho**2 - 2*rho - 1"], [0, 9]])
    assert len(hidden.independent_groups()) == 2


def test_constant_variables_are_tables() -> None:
    law = MultivariateNormal([x, y, z], ["5/2", 0, m], [[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    assert law.support(x) == (Fraction(5, 2),)
    assert [law.tabulated([s]) for s in (x, y, z)] == [True, False, False]
    assert law.mean_of_product({x: IntVector.of(["1/3"])}) == to_flint("1/3")
    assert law.weights(x) == ((Fraction(5, 2), 1),)
    assert law.weights(y) is None
    codes, weights = law.joint_table([x])
    assert (codes.tolist(), weights.numerators.tolist()) == ([[0]], [1])


@pytest.mark.parametrize("kind", ["rational", "constants"])
def test_samples(kind: str) -> None:
    scale = 1 if kind == "rational" else sympy.pi
    cov = [[2 * scale, 1 * scale, 2 * scale], [1 * scale, 1 * scale, 1 * scale], [2 * scale, 1 * scale, 2 * scale]]
    law = MultivariateNormal([x, y, z], [1, -2, 1], cov)
    drawn = law.sample(200_000, seed=1)
    assert drawn.dtype == np.float64
    assert np.array_equal(drawn[:5], law.sample(200_000, seed=1)[:5])
    assert np.allclose(drawn[:, 0], drawn[:, 2], atol=1e-6)
    if kind == "rational":
        assert np.array_equal(drawn[:, 0], drawn[:, 2])
    assert np.allclose(drawn.mean(axis=0), [1, -2, 1], atol=0.03)
    assert np.allclose(np.cov(drawn.T), np.array(cov, dtype=float), atol=0.05)
    assert MultivariateNormal([], [], []).sample(3).shape == (3, 0)
    beside = Independent([law, Bernoulli("1/2").named("b")]).sample(4, seed=0)
    assert beside.shape == (4, 4)
    assert set(beside[:, 3]) <= {0.0, 1.0}


def test_a_long_matrix() -> None:
    n = 60
    a = np.random.default_rng(0).integers(-2, 3, (n, n))
    law = MultivariateNormal(names(n), [0] * n, a @ a.T)
    assert len(law.condition(dict.fromkeys(names(n)[:20], 1)).variables) == 40


def test_text_and_latex() -> None:
    law = MultivariateNormal([x, y], [m, 0], [[1, rho], [rho, 1]])
    assert repr(law) == "MultivariateNormal([x, y], [m, 0], [[1, rho], [rho, 1]])"
    assert law.latex() == (
        r"(x, y) \sim \mathcal{N}\left(\begin{pmatrix} m \\ 0 \end{pmatrix}, "
        r"\begin{pmatrix} 1 & \rho \\ \rho & 1 \end{pmatrix}\right)"
    )
    assert law.marginal([x]).latex() == r"x \sim \mathcal{N}\left(m, 1\right)"
    large = MultivariateNormal(names(9), [0] * 9, np.eye(9, dtype=int))
    assert repr(large) == "MultivariateNormal(x1, x2, x3, x4, x5, x6, x7, x8, …)"
    assert large.latex() == r"(x_{1}, x_{2}, x_{3}, x_{4}, x_{5}, x_{6}, x_{7}, x_{8}, \ldots) \sim \mathcal{N}_{9}"


# -- errors ----------------------------------------------------------------------------------------------------------------


def refused(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    with pytest.raises(kind, match=re.escape(text)) as caught:
        work()
    assert type(caught.value) is kind


EYE = [[1, 0], [0, 1]]


@pytest.mark.parametrize(("kind", "text", "work"), [
    (InvalidArgument, "Argument 'mean' must have 2 entries, one for each variable, not 3.",
     lambda: MultivariateNormal([x, y], [0, 0, 0], EYE)),
    (InvalidArgument, "Argument 'mean' must be a sequence or map variables to numbers, not 0.",
     lambda: MultivariateNormal([x], 0, [[1]])),
    (InvalidArgument, "Argument 'mean' must give a number for every variable, but lacks y.",
     lambda: MultivariateNormal([x, y], {x: 0}, EYE)),
    (UnknownVariable, "Argument 'mean' names z, which the law lacks", lambda: MultivariateNormal([x], {z: 0}, [[1]])),
    (InexactError, "Argument 'mean' must be exact, not the float 0.5.", lambda: MultivariateNormal([x], [0.5], [[1]])),
    (InexactError, "Argument 'covariance' must be exact, not the float 1.0.",
     lambda: MultivariateNormal([x], [0], np.eye(1))),
    (InexactError, "Argument 'covariance' must be exact, but 0.5*a holds a float.",
     lambda: MultivariateNormal([x], [0], [[0.5 * sympy.Symbol("a")]])),
    (FormatError, "Argument 'mean': Expression, column", lambda: MultivariateNormal([x], ["1 +"], [[1]])),
    (InvalidArgument, "Argument 'mean' must be a finite real number, not oo.",
     lambda: MultivariateNormal([x], [sympy.oo], [[1]])),
    (InvalidArgument, "Argument 'mean' must not hold a variable of the law, but x is one.",
     lambda: MultivariateNormal([x], ["x"], [[1]])),
    (InvalidArgument, "Argument 'covariance' must not hold a variable of the law, but x is one.",
     lambda: MultivariateNormal([x], [0], [["x"]])),
    (InvalidArgument, "Argument 'covariance' must have 2 rows of 2 entries, not 1 rows.",
     lambda: MultivariateNormal([x, y], [0, 0], [[1, 0]])),
    (InvalidArgument, "Argument 'covariance' must have 2 rows of 2 entries, not one of 3.",
     lambda: MultivariateNormal([x, y], [0, 0], [[1, 0], [0, 1, 0]])),
    (InvalidArgument, "Argument 'covariance' must be a square matrix or a mapping of pairs, not 4.",
     lambda: MultivariateNormal([x], [0], 4)),
    (InvalidArgument, "Argument 'covariance' must have pairs of variables as keys, not x.",
     lambda: MultivariateNormal([x], [0], {x: 1})),
    (InvalidArgument, "Argument 'covariance' must give every variance, but lacks that of y.",
     lambda: MultivariateNormal([x, y], [0, 0], {(x, x): 1})),
    (InvalidArgument, "Argument 'covariance' must name each pair once, but ('x', 'x') comes twice.",
     lambda: MultivariateNormal([x], [0], {(x, x): 1, ("x", "x"): 1})),
    (InvalidArgument, "Argument 'covariance' must be symmetric, not 1/2 for x, y and 1/3 for y, x.",
     lambda: MultivariateNormal([x, y], [0, 0], [[1, "1/2"], ["1/3", 1]])),
    (InvalidArgument, "Argument 'covariance' must be symmetric, not a for x, y and b for y, x.",
     lambda: MultivariateNormal([x, y], [0, 0], [[1, "a"], ["b", 1]])),
    (InvalidArgument, "Argument 'covariance' must have no negative variance, not -1 for x.",
     lambda: MultivariateNormal([x], [0], [[-1]])),
    (InvalidArgument, "Argument 'covariance' must have no negative variance, not -s**2 - 1 for x.",
     lambda: MultivariateNormal([x], [0], [["-s**2 - 1"]])),
    (InvalidArgument, "Argument 'covariance' must be positive semidefinite, but its principal minor of x, y is -3.",
     lambda: MultivariateNormal([x, y], [0, 0], [[1, 2], [2, 1]])),
    (InvalidArgument, "Argument 'covariance' must be positive semidefinite, but its principal minor of x, y is -1.",
     lambda: MultivariateNormal([x, y], [0, 0], [[0, 1], [1, 1]])),
    (InvalidArgument, "positive semidefinite, but its principal minor of x, y, z is -1/2.",
     lambda: MultivariateNormal([x, y, z], [0] * 3, [[1, "1/2", "-1/2"], ["1/2", 1, "1/2"], ["-1/2", "1/2", "1/3"]])),
    (InvalidArgument, "positive semidefinite, but its principal minor of x, y, z is -1.",
     lambda: MultivariateNormal([x, y, z], [0] * 3, [[1, 1, 0], [1, 1, 1], [0, 1, 9]])),
    (InvalidArgument, "positive semidefinite, but its principal minor of x, y is 2 - pi**2.",
     lambda: MultivariateNormal([x, y], [0, 0], [[1, sympy.pi], [sympy.pi, 2]])),
    (InvalidArgument, "positive semidefinite, but its principal minor of x, y is -a**2 - 1.",
     lambda: MultivariateNormal([x, y], [0, 0], [["a**2", "2*a"], ["2*a", "3 - 1/a**2"]])),
    (InvalidArgument, "positive semidefinite, but its principal minor of x, z is -3.",
     lambda: MultivariateNormal([x, y, z], [0] * 3, [[1, "a", 2], ["a", 1, "b"], [2, "b", 1]])),
    (InvalidArgument, "Argument 'limit' must be at least 0, not -1.",
     lambda: MultivariateNormal([x], [0], [[1]], limit=-1)),
    (TooLarge, "Smaller moments for E[x*y] under MultivariateNormal([x, y], [0, 0], [[2, 1], [1, 2]]): predicted 4, above "
     "the limit of 3. Pass limit=4", lambda: MultivariateNormal([x, y], [0, 0], [[2, 1], [1, 2]], limit=3).moment([x, y])),
    (TooLarge, "Terms of E[x**4] under MultivariateNormal([x], [m], [[1]]): predicted 3, above the limit of 2.",
     lambda: MultivariateNormal([x], [m], [[1]], limit=2).moment({x: 4})),
    (TooLarge, "Terms of a determinant of covariances: predicted 6, above the limit of 5.",
     lambda: MultivariateNormal(names(4), [0] * 4, symbolic_covariance(4), limit=5).condition(dict.fromkeys(names(3), 0))),
    (TooLarge, "Terms of a determinant of covariances: predicted 2, above the limit of 1.",
     lambda: MultivariateNormal([x, y], [0, 0], [[sympy.pi, 1], [1, 1]], limit=1)),
    (InexactError, "Argument 'event' must be exact, not the float 0.5.",
     lambda: MultivariateNormal([x, y], [0, 0], EYE).condition({x: 0.5})),
    (UnknownVariable, "Argument 'event' names z, which the law lacks",
     lambda: MultivariateNormal([x, y], [0, 0], EYE).condition({z: 1})),
    (InvalidArgument, "Argument 'event' must not hold a variable that is not given, but x is one.",
     lambda: MultivariateNormal([x, y], [0, 0], EYE).condition({y: x})),
    (InvalidArgument, "Argument 'event' must be possible, but x = 2 is not under MultivariateNormal([x], [1], [[0]]).",
     lambda: MultivariateNormal([x], [1], [[0]]).condition({x: 2})),
    (NoClosedForm, "The support of x under MultivariateNormal([x], [0], [[1]]) is no finite list of numbers.",
     lambda: MultivariateNormal([x], [0], [[1]]).support("x")),
    (NoClosedForm, "The law of x under MultivariateNormal([x], [0], [[1]]) is no finite table.",
     lambda: MultivariateNormal([x], [0], [[1]]).joint_table([x])),
    (NoClosedForm, "The law of x under MultivariateNormal([x], [0], [[1]]) is no finite table.",
     lambda: MultivariateNormal([x], [0], [[1]]).mean_of_product({x: IntVector.of([1])})),
    (InvalidArgument, "Only a law of numbers can be sampled, but MultivariateNormal([x], [m], [[1]]) holds the parameters m.",
     lambda: MultivariateNormal([x], [m], [[1]]).sample(1)),
    (InvalidArgument, "Argument 'n' must be an integer that is at least 0, not -1.",
     lambda: MultivariateNormal([x], [0], [[1]]).sample(-1)),
])  # fmt: skip
def test_refusals_by_their_text(kind: type[SymwickError], text: str, work: Callable[[], Any]) -> None:
    refused(kind, text, work)
