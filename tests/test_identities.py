"""The documents of ``identity``: each holds, each can fail, and the calculus behind them agrees with the oracle."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import FrozenInstanceError
from fractions import Fraction
from itertools import combinations, product
from math import comb, factorial, prod
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symwick.algebra.partitions import bell
from symwick.decompose import (
    formal,
    formal_calculus,
    identities,
    identity_catalogue,
    identity_examples,
    identity_hypotheses,
    identity_shapley,
)
from symwick.decompose.formal_calculus import (
    ONE,
    Expression,
    Factor,
    Operator,
    bits,
    constant,
    cumulant,
    cumulant_by_recursion,
    cumulant_product,
    derivative,
    draw,
    independent,
    inflate,
    moment_cumulant,
    moment_wick,
    on,
    on_factors,
    on_product,
    relabel,
    second_moment,
    wick,
    wick_by_recursion,
)
from symwick.decompose.identities import Identity, identity
from symwick.decompose.identity_case import Case, chains, shapes, wick_terms
from symwick.decompose.identity_document import Notation, Step, as_latex, counts, differs, equation, example
from symwick.errors import InvalidArgument, TooLarge
from symwick.testing import oracle
from symwick.testing.strategies import partitions, points, tables, weights

NAMES = list(identity())
LEAST = {"separable": 2, "product-independent": 2, "independent-block": 2, "footnote": 2, "xor": 2}
Law = Mapping[Any, Any]
Function = Callable[[tuple[Any, ...]], Any]


def documents(largest: int = 5) -> list[tuple[str, int]]:
    return [(name, n) for name in NAMES for n in range(LEAST.get(name, 1), largest + 1)]


# The documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, n", documents())
def test_every_identity_holds(name: str, n: int) -> None:
    found = identity(name, n)
    assert found.holds is True
    assert bool(found)
    assert (found.name, found.n) == (name, n)
    assert found.title == identity()[name]
    assert all(step.holds for step in found.steps)
    assert str(found).endswith("\nHolds.")
    assert "NOT EQUAL" not in str(found)


def test_the_catalogue_has_all_fifteen_properties_in_order() -> None:
    numbers = [identity(name, 2).property for name in NAMES]
    assert numbers == [None] * 4 + [1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14, 15]
    assert NAMES[:4] == ["gwpd", "gcpd", "inversion", "centring"]
    lines = str(identity()).splitlines()
    assert lines[0] == "     gwpd                 The GWP decomposition"
    assert " 11  footnote             The sign of the third footnote" in lines
    assert len(lines) == len(NAMES) == 20


def test_a_document_reads_as_a_derivation() -> None:
    assert str(identity("footnote", 2)) == "\n".join(
        [
            "The sign of the third footnote (n = 2, property 11)",
            "The mean of how the attribution of X changes when Y is drawn anew, E[E_Y (f − E_X f) − (f − E_X f)], is minus "
            "K_f(X, Y). X and Y may be blocks of inputs.",
            "A small letter is held, a capital is drawn; letters with equally many primes are drawn together.",
            "1. X is (x), Y is (y); the mean of E_Y (f − E_X f) − (f − E_X f), term by term.",
            "   E_xy E_y f = E[f(X, Y')]",
            "   −E_xy E_y E_x f = -E[f(X, Y')]",
            "   −E_xy f = -E[f(X, Y)]",
            "   E_xy E_x f = E[f(X, Y')]",
            "   coefficient of E[f(X, Y')]: 1 - 1 + 1 = 1",
            "   Left side, collected: -E[f(X, Y)] + E[f(X, Y')]",
            "   Right side: −K_f(X, Y) = -E[f(X, Y)] + E[f(X, Y')]",
            "   Why: after E_Y both parts have the mean E_X E_Y f; what is left is minus the mean of f − E_X f (property 10).",
            "   Both sides are equal, term by term.",
            "2. K_f(X, Y), from the closed form of κ for two inputs, is",
            "   E_[n] f − E_X E_Y f: 2 terms, both sides equal",
            "   E_[n] (f − E_X f): 2 terms, both sides equal",
            "Holds.",
        ]
    )


def test_the_decomposition_of_two_inputs_is_written_out() -> None:
    lines = identity("gwpd", 2).lines
    for line in (
        "   E_y ω_x f = E[f(x, Y)] - E[f(X, Y')]",
        "   ω_xy f = f(x, y) - E[f(X, y)] - E[f(x, Y)] - E[f(X, Y)] + 2 E[f(X, Y')]",
        "   coefficient of E[f(X, Y')]: -1 - 1 + 2 = 0",
        "   Right side: f(x, y)",
    ):
        assert line in lines
    assert identity("gwpd").n == 3
    assert identity("gwpd", 2).statement.endswith("f(x) = Σ_S W_f(x_S) with W_f(x_S) = E_{[n]∖S} ω_S f.")


def test_long_sums_are_cut_and_say_so() -> None:
    text = str(identity("gwpd", 5))
    assert " … (203 terms)" in text
    assert "… (32 summands)" in text
    assert max(map(len, text.splitlines())) < 400
    assert "X_2'" in str(identity("average", 7))


def test_a_document_is_a_frozen_value() -> None:
    found = identity("xor", 2)
    assert found == identity("xor", 2)
    assert found != identity("xor", 3)
    assert hash(found) == hash(identity("xor", 2))
    with pytest.raises(FrozenInstanceError):
        found.n = 3  # type: ignore[misc]
    assert isinstance(found, Identity)


# LaTeX --------------------------------------------------------------------------------------------------------------


def balanced(text: str) -> bool:
    depth = 0
    for mark in re.findall(r"(?<!\\)(?:\\\\)*([{}])", text):
        depth += 1 if mark == "{" else -1
        if depth < 0:
            return False
    return depth == 0


@pytest.mark.parametrize(
    "name, n", [*documents(3), *((name, 7) for name in ("average", "hermite", "ignored", "novelty", "separable"))]
)
def test_latex_is_well_formed(name: str, n: int) -> None:
    found = identity(name, n)
    for text in (found.latex(), found._repr_latex_()):
        assert balanced(text)
        # What pdflatex does not know: every symbol has become a command.
        assert text.replace("ö", "").isascii()
        assert not re.search(r"\\(?:text|mathbb)(?![{])", text)
    latex = found.latex()
    assert latex.count("$") % 2 == 0
    assert latex.startswith(r"\subsection*{")
    assert latex.count(r"\begin{itemize}") == latex.count(r"\end{itemize}") == len(found.steps)
    for line in latex.splitlines():
        assert line.count("$") % 2 == 0
        assert balanced(line)
        # A script of more than one letter is in braces.
        for formula in line.split("$")[1::2]:
            assert balanced(formula)
            assert not re.search(r"[_^][A-Za-z0-9]{2}", formula)
    assert found._repr_latex_().startswith("$\\begin{array}{l}\n")


def test_latex_has_the_symbols_of_the_paper() -> None:
    latex = identity("gwpd", 2).latex()
    for symbol in (
        r"\omega_S f = f - \sum_{T\subsetneq S} \mathbb{E}_{S\setminus T} \omega_T f",
        r"f(x) = \sum_S W_f(x_S)",
        r"W_f(x_S) = \mathbb{E}_{[n]\setminus S} \omega_S f",
        r"\mathbb{E}_y \omega_x f = \mathbb{E}[f(x, Y)] - \mathbb{E}[f(X, Y')]",
    ):
        assert symbol in latex
    latex = identity("gcpd", 4).latex()
    for symbol in (r"K_f(\pi)", r"\kappa_B", r"\kappa_{xy}", r"K_f(x, y | z, u)", r"f(X, Y', Z'', U''')"):
        assert symbol in latex
    assert r"\tfrac{1}{2} f(x, y)" in identity("shapley", 2).latex()
    assert r"\cdots\text{ (203 terms)}" in identity("gwpd", 5).latex()
    assert r"\partial_x \omega_{xy} f" in identity("appell", 2).latex()
    assert r"X_1, X_2', X_3'', X_4''', X_5^{(4)}" in as_latex("$X_1, X_2', X_3'', X_4''', X_5^(4)$")
    assert as_latex("a set $S = {x, y}$, 100%") == r"a set $S = \{x, y\}$, 100\%"


# Each check can fail ------------------------------------------------------------------------------------------------


def wrong_wick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formal_calculus, "wick_coefficient", lambda k: (-1) ** k * factorial(k) + (k == 2))


def wrong_cumulant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        formal_calculus, "cumulant_coefficient", lambda k: (-1) ** (k - 1) * factorial(k - 1) + (k == 2)
    )


def forgotten_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def lopsided(mask: int) -> Operator:
        return Operator({word: c for word, c in wick(mask).items() if word != (1,)})

    for module in (identity_catalogue, identity_hypotheses, identity_examples, identity_shapley):
        monkeypatch.setattr(module, "wick", lopsided)


def derivative_of_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_hypotheses, "derivative", lambda operator, i: operator)


def unfair_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    fair = identity_shapley.Bernoulli
    monkeypatch.setattr(identity_shapley, "Bernoulli", lambda p: fair("1/3"))


MUTATIONS: dict[str, list[Callable[[pytest.MonkeyPatch], None]]] = {
    **{name: [wrong_wick, forgotten_word] for name in NAMES},
    "gcpd": [wrong_cumulant],
    "inversion": [wrong_cumulant],
    "independent-block": [wrong_cumulant],
    "footnote": [wrong_cumulant],
    "linear": [forgotten_word],
    "appell": [derivative_of_drawn],
    "average": [wrong_wick, wrong_cumulant, forgotten_word],
    "products": [wrong_wick, wrong_cumulant, forgotten_word],
    "hermite": [wrong_wick, wrong_cumulant],
    "xor": [unfair_bits],
}


@pytest.mark.parametrize("name, mutation", [(name, mutation) for name in NAMES for mutation in MUTATIONS[name]])
def test_every_check_can_fail(
    name: str, mutation: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert identity(name, 4)
    mutation(monkeypatch)
    found = identity(name, 4)
    assert found.holds is False
    assert not found
    failed = [str(number) for number, step in enumerate(found.steps, 1) if not step.holds]
    assert str(found).endswith(f"\nFAILS in step {', '.join(failed)}.")
    assert "NOT EQUAL" in str(found) or "ZERO, which was not to be" in str(found)
    assert found.latex().endswith(f"FAILS in step {', '.join(failed)}.")


@pytest.mark.parametrize("rule", ["independent", "on_factors"])
def test_the_hypotheses_are_used(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the independence of the groups a draw of both does not factor."""
    if rule == "independent":
        for module in (identity_hypotheses, identity_shapley):
            monkeypatch.setattr(module, "independent", lambda operator, groups: operator)
        assert not identity("independent-block", 3)
        assert not identity("shapley", 3)
        with pytest.raises(ValueError, match="Under independence every block must be one input"):
            identity("hoeffding", 3)
    else:
        with pytest.raises(ValueError, match="A word must not draw inputs of two factors together, as \\(3,\\) does."):
            on_factors(draw(3), {"g": 1, "h": 2})


def test_the_counterexamples_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        identity_hypotheses, "parity_law", lambda n: identity_hypotheses.Finite({(0,) * n: 1}, list("xyz"[:n]))
    )
    found = identity("independent-block", 3)
    assert not found
    assert [step.holds for step in found.steps] == [True, True, True, False]
    assert "Independent groups among all 3 of them: 3, which should be 1: NOT EQUAL" in str(found)


def test_steps_say_what_is_wrong() -> None:
    to = Notation(2)
    one, other = on(draw(1), "f", 3), on(draw(2), "f", 3)
    step = equation(to, "Not so.", [("E_x f", one)], ("E_y f", other))
    assert step == Step(
        "Not so.",
        (
            "$E_x f = E[f(X, y)]$",
            "Right side: $E_y f = E[f(x, Y)]$",
            "NOT EQUAL: left side minus right side is $E[f(X, y)] - E[f(x, Y)]$",
        ),
        False,
    )
    assert differs(to, "t", "d", Expression()) == Step("t", ("$d = 0$", "ZERO, which was not to be."), False)
    assert counts("t", [("a", one, other)]).lines == ("$a$: NOT EQUAL",)
    assert example("t", [("a", 1, 2)]) == Step("t", ("$a = 1$, which should be $2$: NOT EQUAL",), False)
    many = counts("t", [(f"a_{i}", one, one if i != 90 else other) for i in range(100)])
    assert many.lines[-2:] == ("$a_90$: NOT EQUAL", "… (100 cases)")
    assert not many.holds


# The calculus against the oracle ------------------------------------------------------------------------------------


def apply(operator: Operator, f: Function, law: Law) -> Function:
    """The operator on numbers: each word block by block, by the definition."""

    def word(blocks: tuple[int, ...]) -> Function:
        g = f
        for block in blocks:
            g = drawn(g, bits(block))
        return g

    def drawn(g: Function, inputs: list[int]) -> Function:
        return lambda point: oracle.expect(g, law, inputs, point)

    return lambda point: sum((Fraction(c) * word(blocks)(point) for blocks, c in operator.items()), Fraction(0))


@st.composite
def operators(draw_: st.DrawFn, n: int) -> Operator:
    words = draw_(st.lists(st.lists(st.integers(-1, n - 1), min_size=n, max_size=n), min_size=1, max_size=3))
    result = []
    for homes in words:
        masks = [sum(1 << i for i in range(n) if homes[i] == home) for home in range(n)]
        result.append(draw(*masks).times(draw_(st.integers(-3, 3))))
    return Operator.total(result)


@given(data=st.data())
@settings(max_examples=40)
def test_composition_is_composition(data: st.DataObject) -> None:
    law = data.draw(weights(3, max_support_per_variable=2))
    f = data.draw(tables(law)).__getitem__
    point = data.draw(points(law, on_grid=True))
    first, second = data.draw(operators(3)), data.draw(operators(3))
    assert apply(first @ second, f, law)(point) == apply(first, apply(second, f, law), law)(point)
    assert apply(first - second, f, law)(point) == apply(first, f, law)(point) - apply(second, f, law)(point)


@given(data=st.data(), n=st.integers(1, 3))
@settings(max_examples=40)
def test_wick_and_cumulant_operators_are_those_of_the_oracle(data: st.DataObject, n: int) -> None:
    law = data.draw(weights(n, max_support_per_variable=2))
    f = data.draw(tables(law)).__getitem__
    point = data.draw(points(law, on_grid=True))
    full = (1 << n) - 1
    for s in range(full + 1):
        assert apply(wick(s), f, law)(point) == oracle.gwp(f, law, bits(s), point)
        assert apply(draw(full ^ s) @ wick(s), f, law)(point) == oracle.gwpd_term(f, law, bits(s), point)
    pi = data.draw(partitions(range(n)))
    masks = [sum(1 << i for i in block) for block in pi]
    assert apply(cumulant_product(masks), f, law)(point) == oracle.gcp(f, law, pi)
    assert apply(draw(*masks), f, law)(point) == oracle.expect_partition(f, law, pi)


@given(data=st.data())
@settings(max_examples=25)
def test_operator_identities_in_numbers(data: st.DataObject) -> None:
    """The statements of the documents, with oracle values only: dependent laws, tables."""
    n = 3
    law = data.draw(weights(n, max_support_per_variable=2))
    table = data.draw(tables(law))
    f = table.__getitem__
    point = data.draw(points(law, on_grid=True))
    everything = range(n)
    support = {p: w for p, w in law.items() if w}
    whole = oracle.gcp(f, law, [everything])
    assert sum(oracle.gwpd(f, law, point).values()) == f(point)  # gwpd
    mean = sum(w * f(p) for p, w in support.items())
    assert sum(oracle.gcpd(f, law).values()) == mean  # gcpd
    assert oracle.expect(lambda x: oracle.gwp(f, law, [0, 1], x), law, [0, 1], point) == 0  # mean-zero
    for i in everything:  # average
        rest = [j for j in everything if j != i]
        assert sum(w * oracle.gwp(f, law, rest, p) for p, w in support.items()) == whole
    both = oracle.gcp(f, law, [[0, 1]], [[0, 1], [2]])  # footnote: X = (x, y), Y = z

    def attribution(x: Any) -> Any:
        return f(x) - oracle.expect(f, law, [0, 1], x)

    change = sum(w * (oracle.expect(attribution, law, [2], p) - attribution(p)) for p, w in support.items())
    assert change == -both
    apart: Any = 0  # the mean of ω under independent marginals, for n = 3
    marginals = [oracle.marginal(law, [i]) for i in everything]
    for parts in product(*(m.items() for m in marginals)):
        x = tuple(value for (value,), _ in parts)
        apart += prod((w for _, w in parts), start=Fraction(1)) * oracle.gwp(f, law, everything, x)
    assert apart == -whole
    delta = f(point) - mean - sum(f(point) - oracle.expect(f, law, [i], point) for i in everything)  # ablation
    expansion = sum(oracle.gwpd_term(f, law, t, point) for size in (2, 3) for t in combinations(everything, size))
    for i in everything:
        rest = [j for j in everything if j != i]

        def single(x: Any, i: int = i) -> Any:
            return oracle.gwp(f, law, [i], x)

        expansion -= single(point) - oracle.expect(single, law, rest, point)
    assert delta == expansion


@given(data=st.data())
@settings(max_examples=25)
def test_ignored_and_separable_in_numbers(data: st.DataObject) -> None:
    law = data.draw(weights(3, max_support_per_variable=2))
    f = data.draw(tables(law)).__getitem__
    point = data.draw(points(law, on_grid=True))
    held = point[2]

    def g(x: Any) -> Any:
        return f((x[0], x[1], held))

    def h(x: Any) -> Any:
        return f((point[0], point[1], x[2])) if x[2] in {p[2] for p in law if law[p]} else 0

    assert oracle.gwp(g, law, [0, 2], point) == 0
    assert oracle.gcp(g, law, [[0], [1, 2]]) == 0
    assert oracle.gwp(lambda x: g(x) + h(x), law, [1, 2], point) == 0
    # The rule: draws of the input do nothing.
    operator = data.draw(operators(3))
    for_g = Operator.collect((factors[0].blocks, c) for factors, c in on(operator, "g", 3).items())
    assert apply(for_g, g, law)(point) == apply(operator, g, law)(point)


@given(data=st.data())
@settings(max_examples=25)
def test_rules_of_independence_in_numbers(data: st.DataObject) -> None:
    left = data.draw(weights(2, max_support_per_variable=2, zero_points=False))
    right = data.draw(weights(1, zero_points=False))
    law = {a + b: p * q for a, p in left.items() for b, q in right.items()}
    f = data.draw(tables(law)).__getitem__
    point = data.draw(points(law, on_grid=True))
    operator = data.draw(operators(3))
    split = independent(operator, [3, 4])
    assert all(not (block & 3 and block & 4) for word in split for block in word)
    assert apply(split, f, law)(point) == apply(operator, f, law)(point)
    assert oracle.gcp(f, law, [[0, 1, 2]]) == oracle.gcp(f, law, [[0, 2], [1]]) == 0
    g, h = data.draw(tables(left)), data.draw(tables(right))
    both = oracle.gwp(lambda x: g[x[:2]] * h[x[2:]], law, [0, 1, 2], point)
    assert both == oracle.gwp(g.__getitem__, left, [0, 1], point[:2]) * oracle.gwp(h.__getitem__, right, [0], point[2:])
    # A block with inputs outside the groups is left alone.
    assert independent(draw(7), [1, 2]) == draw(7)


@given(data=st.data())
@settings(max_examples=25)
def test_second_moments_in_numbers(data: st.DataObject) -> None:
    n = 2
    law = data.draw(weights(n, kinds=["independent"], zero_points=False))
    f = data.draw(tables(law)).__getitem__
    first, second = (independent(data.draw(operators(n)), [1, 2]) for _ in range(2))
    expected = sum(w * apply(first, f, law)(p) * apply(second, f, law)(p) for p, w in law.items())
    found: Any = 0
    for (factor,), c in second_moment(first, second).items():
        averaged = apply(draw(*(1 << i for i in bits(factor.blocks[0]))), f, law)
        found += c * sum(w * averaged(p) ** 2 for p, w in law.items())
    assert found == expected


@given(data=st.data())
@settings(max_examples=25)
def test_products_and_derivatives_in_numbers(data: st.DataObject) -> None:
    law = data.draw(weights(3, max_support_per_variable=2))
    point = data.draw(points(law))
    operator = data.draw(operators(3))
    value = apply(operator, lambda x: x[0] * x[1] * x[2], law)(point)
    found: Any = 0
    for factors, c in on_product(operator, 7).items():
        term = Fraction(c)
        for factor in factors:
            inside = bits(factor.scope)
            exponents = [int(i in inside) for i in range(3)]
            term *= oracle.moment(law, exponents) if factor.blocks else point[inside[0]]
        found += term
    assert found == value

    def quadratic(x: Any) -> Any:
        return x[0] ** 2 * x[1] - 3 * x[0] * x[2] + x[1] * x[2] ** 2

    def slope(x: Any) -> Any:
        return 2 * x[0] * x[1] - 3 * x[2]

    # A symmetric difference is the derivative of a quadratic function.
    before, *others = point
    g = apply(operator, quadratic, law)
    difference = (g((before + 1, *others)) - g((before - 1, *others))) / Fraction(2)
    assert apply(derivative(operator, 0), slope, law)(point) == difference


@given(data=st.data())
@settings(max_examples=25)
def test_blocks_as_inputs_in_numbers(data: st.DataObject) -> None:
    law = data.draw(weights(3, max_support_per_variable=2))
    f = data.draw(tables(law)).__getitem__
    point = data.draw(points(law, on_grid=True))
    blocks = [[0, 2], [1]]
    assert apply(inflate(wick(3), [0b101, 0b010]), f, law)(point) == oracle.gwp(f, law, [0, 1], point, blocks)
    assert apply(inflate(cumulant(3), [0b101, 0b010]), f, law)(point) == oracle.gcp(f, law, [[0, 1]], blocks)
    assert relabel(wick(0b011), [2, 0, 1]) == wick(0b101)


# The calculus against formal and against itself ---------------------------------------------------------------------


def sets(word: Iterable[int]) -> frozenset[frozenset[int]]:
    return frozenset(frozenset(bits(block)) for block in word)


@pytest.mark.parametrize("n", range(1, 7))
def test_terms_are_those_of_formal(n: int) -> None:
    full = (1 << n) - 1
    assert wick(full) == wick_by_recursion(full)
    assert cumulant(full) == cumulant_by_recursion(full)
    held = {(frozenset(bits(full ^ sum(word))), sets(word)): c for word, c in wick(full).items()}
    assert held == formal.gwp(n)
    assert {sets(word): c for word, c in cumulant(full).items()} == formal.gcp(n)
    for pi in shapes(n):
        assert {sets(word): c for word, c in cumulant_product(pi).items()} == formal.gcp([bits(block) for block in pi])


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7])
def test_sums_are_written_as_formal_writes_them(n: int) -> None:
    full, to = (1 << n) - 1, Notation(n)
    names = to.names(full)

    def terms(text: str) -> set[str]:
        return set(re.split(r" (?=[+-] )", text.removeprefix("- ")))

    for found, wanted in ((wick(full), formal.gwp(n)), (cumulant(full), formal.gcp(n))):
        text = to.expression(on(found, "f", full), shown=10**6)
        assert terms(text) == terms(wanted.text(names=names))
    if n <= 2:
        assert to.expression(on(wick(full), "f", full)) == formal.gwp(n, names=names).text()


@pytest.mark.parametrize("n", range(1, 8))
def test_hermite_polynomials_are_those_of_sympy(n: int) -> None:
    x = sympy.Symbol("x")
    lines = identity("hermite", n).lines
    (line,) = [line for line in lines if line.startswith("   Right side:")]
    text = re.sub(r"(\d) x", r"\1*x", line.partition(" = ")[2]).replace("^", "**")
    assert sympy.expand(sympy.parse_expr(text) - sympy.hermite_prob(n, x)) == 0


def test_wick_products_and_cumulants_of_the_worked_example() -> None:
    x, y = (Expression({(Factor("", i),): 1}) for i in (1, 2))
    ex, ey, exy = (Expression({(Factor("", i, (i,)),): 1}) for i in (1, 2, 3))
    assert moment_cumulant(3) == exy - ex * ey
    assert moment_wick(3) == (x - ex) * (y - ey) - moment_cumulant(3)
    assert on_product(ONE, 3) == x * y
    assert constant("a") * x == Expression({(Factor("", 1), Factor("a")): 1})
    lines = identity("products", 2).lines
    assert "   Right side: (x − E[X]) (y − E[Y]) − Cov(X, Y) = x y - y E[X] - x E[Y] - E[X Y] + 2 E[X] E[Y]" in lines


def test_distinct_words_are_distinct_monomials() -> None:
    """Why equality of tables decides: on a product no two words give the same monomial."""
    full = 0b1111
    words = list(wick(full))
    assert len(words) == bell(5)
    assert len({next(iter(on_product(draw(*word), full))) for word in words}) == len(words)


def test_zero_coefficients_are_not_kept() -> None:
    assert draw(1) - draw(1) == {} == Operator()
    assert draw(1).times(0) == {}
    assert draw(2) @ draw(1) == draw(1) @ draw(2) == draw(2, 1) == draw(1, 0, 2)
    assert draw(0) == ONE


# The examples are what they are said to be ---------------------------------------------------------------------------

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
TRIPLE = {(0, 0, 0): QUARTER, (0, 1, 1): QUARTER, (1, 0, 1): QUARTER, (1, 1, 0): QUARTER}


def test_pairwise_independence_is_not_enough() -> None:
    for i, j in combinations(range(3), 2):
        assert oracle.marginal(TRIPLE, [i, j]) == {(a, b): QUARTER for a in (0, 1) for b in (0, 1)}
    assert oracle.gcp(prod, TRIPLE, [[0, 1, 2]]) == Fraction(-1, 8)
    assert "   K_f(x, y, z) = -1/8" in identity("independent-block", 3).lines
    for n in (3, 4, 5):
        law = {p: Fraction(1, 2 ** (n - 1)) for p in product((0, 1), repeat=n) if sum(p) % 2 == 0}
        rest = oracle.marginal(law, range(n - 1))
        assert set(rest.values()) == {Fraction(1, 2 ** (n - 1))}
        assert f"= {oracle.cumulant(law, range(n))}" in identity("independent-block", n).lines[-1]


def test_the_trap_of_independent_marginals() -> None:
    law = {(a, a, b, b): QUARTER for a in (1, -1) for b in (1, -1)}
    mean = sum(Fraction(1, 16) * oracle.gwp(prod, law, range(4), x) for x in product((1, -1), repeat=4))
    assert mean == 1
    assert oracle.gcp(prod, law, [range(4)]) == 0
    lines = identity("average", 4).lines
    assert "   The mean of ω_xyzu f under independent marginals: 1" in lines
    assert "   −K_f(x, y, z, u) = 0" in lines
    for n in range(1, 6):
        case = Case(n)
        equal = draw(*case.singles) @ wick(case.full) == -cumulant(case.full)
        assert equal == (n in (2, 3))
        assert any("Not zero, as said." in line for line in identity("average", n).lines) != equal


def test_two_shapley_values_under_dependence() -> None:
    law = {(0, 0, 0): HALF, (1, 1, 0): QUARTER, (1, 1, 1): QUARTER}
    at = (1, 1, 1)
    terms = oracle.gwpd(prod, law, at)
    phi = sum(value / len(s) for s, value in terms.items() if 0 in s)

    def game(held: Iterable[int]) -> Fraction:
        return oracle.expect(prod, law, [i for i in range(3) if i not in set(held)], at)

    psi = Fraction(0)
    for size in range(3):
        for others in combinations((1, 2), size):
            psi += (game((0, *others)) - game(others)) / (3 * comb(2, size))
    assert (phi, psi) == (Fraction(7, 48), Fraction(1, 6))
    lines = identity("shapley", 3).lines
    assert f"   φ_x = {phi}" in lines
    assert f"   ψ_x = {psi}" in lines
    # The other example: shares of the covariance.
    pair = {(0, 0): Fraction(3, 8), (1, 1): Fraction(3, 8), (0, 1): Fraction(1, 8), (1, 0): Fraction(1, 8)}

    def f(x: Any) -> Any:
        return x[0] - 3 * x[1]

    mean = sum(w * f(p) for p, w in pair.items())
    variance = sum(w * (f(p) - mean) ** 2 for p, w in pair.items())
    share = sum(w * oracle.gwpd_term(f, pair, [0], p) * (f(p) - mean) for p, w in pair.items()) / variance
    assert share == Fraction(-1, 14)
    assert f"   The share of x: {share}" in lines


def test_a_check_that_is_zero_where_the_interaction_is_not() -> None:
    law = {(0, 1): QUARTER, (1, 0): QUARTER, (1, 1): HALF}
    at = (1, 1)
    delta = 1 - oracle.expect(prod, law, [0, 1], at) - sum(1 - oracle.expect(prod, law, [i], at) for i in (0, 1))
    assert delta == 0
    assert oracle.gwp(prod, law, [0, 1], at) == Fraction(1, 8)
    assert oracle.gcp(prod, law, [[0, 1]]) == Fraction(-1, 16)
    assert identity("ablation", 2).lines[-3:] == ("   Δ = 0", "   ω_xy f = 1/8", "   K_f(x, y) = -1/16")


@given(data=st.data())
@settings(max_examples=20)
def test_a_check_that_is_zero_everywhere_means_no_interaction(data: st.DataObject) -> None:
    """For two inputs Δ = 0 at *all* points makes f additive: what a zero misses, it misses at a point."""
    law = data.draw(weights(2, max_support_per_variable=2))
    f = data.draw(tables(law)).__getitem__
    grid = list(product(*({p[i] for p, w in law.items() if w} for i in range(2))))
    delta = draw(1) + draw(2) - draw(3) - ONE
    if all(apply(delta, f, law)(p) == 0 for p in grid):
        assert all(oracle.gwp(f, law, [0, 1], p) == 0 for p in grid)
        assert oracle.gcp(f, law, [[0, 1]]) == 0


def test_novelty_of_the_xor_triple() -> None:
    fair = {p: Fraction(1, 8) for p in product((0, 1), repeat=3)}
    for size in (1, 2, 3):
        for s in combinations(range(3), size):
            novelty = sum(w * oracle.gwpd_term(prod, fair, s, p) for p, w in TRIPLE.items())
            assert novelty == (Fraction(-1, 8) if size == 3 else 0)
    lines = identity("novelty", 3).lines
    assert "   The largest |E_Q[W_f(X_S)]| below: 0" in lines
    assert "   E_Q[W_f(X, Y, Z)] = -1/8" in lines
    assert "   E_Q[W_f(X_S)] = E[f(X*, Y)] - E[f(X, Y')]" in identity("novelty", 2).lines


@given(data=st.data())
@settings(max_examples=20)
def test_novelty_depends_on_the_marginal_only(data: st.DataObject) -> None:
    law = data.draw(weights(3, max_support_per_variable=2))
    f = data.draw(tables(law)).__getitem__
    grid = list(product(*({p[i] for p, w in law.items() if w} for i in range(3))))
    mass = data.draw(st.lists(st.integers(0, 3), min_size=len(grid), max_size=len(grid)).filter(any))
    other = {p: Fraction(m, sum(mass)) for p, m in zip(grid, mass, strict=True)}
    for s in ((0,), (0, 1), (0, 1, 2)):
        novelty = sum(w * oracle.gwpd_term(f, law, s, p) for p, w in other.items())
        filler = grid[0]
        by_marginal = sum(
            w * oracle.gwpd_term(f, law, s, (*part, *filler[len(s) :])) for part, w in oracle.marginal(other, s).items()
        )
        assert novelty == by_marginal
        assert sum(w * oracle.gwpd_term(f, law, s, p) for p, w in law.items() if w) == 0


def test_exclusive_or() -> None:
    fair = dict.fromkeys(product((0, 1), repeat=2), QUARTER)

    def f(x: Any) -> Any:
        return x[0] ^ x[1]

    for p in fair:
        assert oracle.gwp(f, fair, [1], p) == f(p) - HALF
        assert oracle.gwpd_term(f, fair, [1], p) == 0
        assert oracle.gwpd_term(f, fair, [0, 1], p) == f(p) - HALF
        assert f"   ω_y f at x = {p[0]}, y = {p[1]}: {f(p) - HALF}" in identity("xor", 2).lines


# Refusals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, text",
    [
        (
            lambda: identity("wick"),
            "Argument 'name' must be one of 'gwpd', 'gcpd', 'inversion', 'centring', 'linear', 'mean-zero', 'ignored', "
            "'separable', 'product-independent', 'independent-block', 'hoeffding', 'products', 'hermite', 'appell', "
            "'average', 'footnote', 'novelty', 'ablation', 'shapley', 'xor', not 'wick'.",
        ),
        (lambda: identity("gwpd", 0), "Argument 'n' must be at least 1, not 0."),
        (lambda: identity("gwpd", -2), "Argument 'n' must be at least 1, not -2."),
        (lambda: identity("separable", 0), "Argument 'n' must be at least 1, not 0."),
        (
            lambda: identity("separable", 1),
            "Argument 'n' must be at least 2 for the identity 'separable', not 1.",
        ),
        (lambda: identity("gwpd", True), "Argument 'n' must be an integer, not True."),
        (lambda: identity("gwpd", 2.0), "Argument 'n' must be an integer, not 2.0."),  # type: ignore[call-overload]
        (lambda: identity("gwpd", 2, limit=-1), "Argument 'limit' must be at least 0, not -1."),
    ],
)
def test_invalid_arguments(call: Any, text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        call()
    assert str(caught.value) == text


def test_a_name_must_be_text() -> None:
    with pytest.raises(InvalidArgument, match="'xor', not \\['gwpd'\\]."):
        identity(["gwpd"])  # type: ignore[call-overload]


@pytest.mark.parametrize("name", NAMES)
def test_too_large_comes_before_the_work(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise AssertionError("the work has begun")

    monkeypatch.setattr(identities, "Case", fail)
    for n in (400, 10**9):
        with pytest.raises(TooLarge) as caught:
            identity(name, n)
        assert str(caught.value).startswith(f"identity '{name}': number of terms, at least: predicted ")
        assert caught.value.argument == "limit"
    with pytest.raises(TooLarge, match=f"identity '{name}': number of terms: predicted "):
        identity(name, 250)


def test_the_limit_is_inclusive() -> None:
    assert identity("hermite", 4, limit=52)
    with pytest.raises(TooLarge) as caught:
        identity("hermite", 4, limit=51)
    assert str(caught.value) == (
        "identity 'hermite': number of terms: predicted 52, above the limit of 51. "
        "Pass limit=52 (or more) to do it all the same."
    )


@pytest.mark.parametrize("n", range(7))
def test_numbers_of_terms(n: int) -> None:
    assert wick_terms(n) == sum(comb(n, k) * bell(k + 1) for k in range(n + 1))
    pairs = sum(prod(bell(len(block)) for block in pi) for pi in oracle.set_partitions(range(n)))
    assert chains(n) == pairs
