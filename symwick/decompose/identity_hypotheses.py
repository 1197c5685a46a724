"""The identities that hold under a hypothesis on f or on the law: properties 5 to 9.

Hypotheses enter as the rules of the formal calculus that rewrite words: blocks split where inputs are independent, a mean of a
product becomes a moment. Source of all statements: C. MacLeod, E. Nitishinskaya, B. Shlegeris, *Generalized Wick Decompositions*
(arXiv 2310.06686).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

from symwick.algebra.partitions import bell
from symwick.algebra.set_series import submasks
from symwick.decompose import cumulant as cumulants
from symwick.decompose.formal_calculus import (
    ONE,
    Expression,
    Operator,
    Word,
    bits,
    constant,
    cumulant,
    cumulant_product,
    derivative,
    draw,
    independent,
    moment_cumulant,
    moment_wick,
    on,
    on_factors,
    on_product,
    second_moment,
    wick,
)  # fmt: skip
from symwick.decompose.identity_case import Case, Entry, centred, shapes, subsets, wick_terms
from symwick.decompose.identity_document import Notation, Step, counts, differs, equation, example
from symwick.distributions.finite import Finite

__all__ = ["HYPOTHESES", "parity_law"]


def parity_law(n: int) -> Finite:
    """n fair bits of even sum, uniform: any n − 1 of them are independent, all n are not. For n = 3: the xor triple.

    >>> parity_law(3).cumulant(["x", "y", "z"])
    Fraction(-1, 8)
    """
    points = [point for point in product((0, 1), repeat=n) if sum(point) % 2 == 0]
    names = [Notation(n).variable(i) for i in range(n)]
    return Finite({point: Fraction(1, len(points)) for point in points}, names)


def _product_independent(case: Case) -> list[Step]:
    to, full = case.notation, case.full
    a, b = case.first, case.second

    def left(s: int) -> Expression:
        return on_factors(independent(wick(s), [a, b]), {"g": a, "h": b})

    def right(p: int, q: int) -> Expression:
        return on(wick(p), "g", a) * on(wick(q), "h", b)

    def name(p: int, q: int) -> str:
        return f"({to.applied(0, p, 'g')}) ({to.applied(0, q, 'h')})"

    return [
        equation(
            to,
            f"S all inputs, $A = {to.listed(a)}$ and $B = {to.listed(b)}$: each block C splits into $C ∩ A$ and $C ∩ B$.",
            [(f"ω{to.below(full)} (g h)", left(full))],
            (name(a, b), right(a, b)),
            "$ε = ε_A ε_B$ and $ι = ι_A ι_B$, so $ι/ε$ is a product as well.",
        ),
        counts(
            "For every $S = A' ∪ B'$, up to symmetry.",
            [(f"{name(p, q)}, S = {to.listed(p | q)}", left(p | q), right(p, q)) for p, q in case.parts_of_sets()],
        ),
    ]


def _independent_block(case: Case) -> list[Step]:
    to, n, full = case.notation, case.n, case.full
    a, b = case.first, case.second
    whole = cumulant(full)
    words = sorted(whole, key=lambda word: (len(word), word))
    parts = []
    for word in words:
        c = whole[word]
        size = "" if abs(c) == 1 else f"{abs(c)} "
        parts.append((f"{'−' if c < 0 else ''}{size}{case.e(word)}", case.f(independent(Operator({word: c}), [a, b]))))
    splits = []
    for m in range(2, n + 1):
        for k in range(1, m):
            left, block, rest = (1 << k) - 1, (1 << m) - 1, full ^ ((1 << m) - 1)
            pi = (block, rest) if rest else (block,)
            name = f"{case.k(pi)}, {to.listed(left)} ⟂ {to.listed(block ^ left)}"
            # The rule is for the inputs of the block only, so it goes before the cumulant of the rest.
            operator = cumulant_product(pi[1:]) @ independent(cumulant(block), [left, block ^ left])
            splits.append((name, operator, Operator()))
    pairwise = Case(max(n, 3))
    rewritten = Operator.total(
        Operator({word: c}) if word == (pairwise.full,) else independent(Operator({word: c}), pairwise.singles)
        for word, c in cumulant(pairwise.full).items()
    )
    names = pairwise.notation.names(pairwise.full)
    law, f = parity_law(pairwise.n), "*".join(names)
    groups = {len(law.independent_groups(names[:i] + names[i + 1 :])) for i in range(pairwise.n)}
    wanted = Fraction((-1) ** pairwise.n, 2**pairwise.n)
    return [
        equation(
            to,
            f"π of one block, $C_1 = {to.listed(a)}$ independent of $C_2 = {to.listed(b)}$; each term rewritten.",
            parts,
            ("0", Expression()),
            "$ε = ε_1 ε_2$ on C, so $log ε = log ε_1 + log ε_2$ has no term that meets both.",
        ),
        counts("For blocks of each size, split anywhere; the other inputs are a block of their own.", splits),
        differs(
            pairwise.notation,
            f"Independence of any {pairwise.n - 1} of {pairwise.n} inputs is not enough: only the block of all does not split.",
            pairwise.k((pairwise.full,)),
            pairwise.f(rewritten),
        ),
        example(
            f"Indeed: bits $x ⊕ y ⊕ … = 0$, uniform, and f their product ({pairwise.n} bits).",
            [
                (f"Independent groups among any ${pairwise.n - 1}$ of the bits", min(groups), pairwise.n - 1),
                (f"Independent groups among all ${pairwise.n}$ of them", len(law.independent_groups()), 1),
                (pairwise.k((pairwise.full,)), cumulants.gcp(f, law).value, wanted),
            ],
        ),
    ]


def _hoeffding(case: Case) -> list[Step]:
    to, n, full = case.notation, case.n, case.full
    terms = {s: independent(draw(full ^ s) @ wick(s), case.singles) for s in subsets(full)}

    def game(s: int) -> Operator:
        signed = (draw(full ^ t).times((-1) ** (s ^ t).bit_count()) for t in submasks(s))
        return independent(Operator.total(signed), case.singles)

    pairs = []
    for a in range(n + 1):
        for b in range(1, n + 1 - a):
            for c in range(min(b, n - a - b) + 1):
                # S and T share a inputs, b are in S only, c in T only.
                pairs.append(((1 << a + b) - 1, ((1 << a) - 1) | ((1 << c) - 1) << a + b))
    squares = [(f"E[{to.w(s)}²]", second_moment(terms[s], terms[s])) for s in subsets(full) if s]
    factors = " ".join(f"(1 − E{to.below(i)})" for i in case.singles)
    return [
        equation(
            to,
            "Every block splits into single inputs.",
            [(f"ω{to.below(full)} f", case.f(independent(wick(full), case.singles)))],
            (f"{factors} f", case.f(centred(full))),
            "$ε = Π_i (1 + E_i t_i)$ and $ι = Π_i (1 + t_i)$ are products.",
        ),
        counts(
            "The same for S of each size.",
            [(f"ω{to.below(s)} f", independent(wick(s), case.singles), centred(s)) for s in case.prefixes],
        ),
        counts(
            "Terms of different sets are orthogonal, up to symmetry; by $E[(E_U f)(E_V f)] = E[(E_{U∪V} f)²]$.",
            [(f"E[{to.w(s)} {to.w(t)}]", second_moment(terms[s], terms[t]), Expression()) for s, t in pairs],
        ),
        equation(
            to,
            "So the variances add up, as every term but the mean has mean 0.",
            squares,
            ("Var f", second_moment(ONE, ONE) - second_moment(draw(*case.singles), draw(*case.singles))),
        ),
        counts(
            "Terms are Möbius (Harsanyi) interactions: $W_f(x_S)$ and $Σ_{T⊆S} (−1)^{|S∖T|} v(T)$, $v(T) = E_{[n]∖T} f$.",
            [(to.applied(full ^ s, s), terms[s], game(s)) for s in (0, *case.prefixes)],
        ),
    ]


def _products(case: Case) -> list[Step]:
    to, full = case.notation, case.full

    def blockwise(pi: Word) -> Expression:
        result = Expression({(): 1})
        for block in pi:
            result = result * moment_cumulant(block)
        return result

    steps = [
        equation(
            to,
            f"$f = {' '.join(to.names(full))}$ (the factors may be any one-variable functions).",
            [(f"ω{to.below(full)} f", on_product(wick(full), full))],
            (f":{' '.join(to.names(full))}:", moment_wick(full)),
            "on a product $E_B$ multiplies by the moment of $x_B$, so both sides obey one recursion.",
        ),
        counts(
            "$K_f(π)$ and the product of the joint cumulants of the blocks, from their own recursion in moments.",
            [(case.k(pi), on_product(cumulant_product(pi), full), blockwise(pi)) for pi in shapes(case.n)],
        ),
    ]
    if case.n == 2:
        x, y = (on_product(ONE - draw(i), i) for i in case.singles)
        covariance = on_product(draw(3), 3) - on_product(draw(1, 2), 3)
        steps.append(
            equation(
                to,
                "The worked example.",
                [("ω_xy f", on_product(wick(3), 3))],
                ("(x − E[X]) (y − E[Y]) − Cov(X, Y)", x * y - covariance),
            )
        )
    return steps


def _hermite(case: Case) -> list[Step]:
    n = case.n

    def moment(k: int) -> int:
        return 0 if k % 2 else prod(range(1, k, 2))

    def value(operator: Operator, held: int) -> int:
        # All inputs are copies of one variable: a block of b copies has its moment of order b.
        return sum(
            int(c) * prod(moment(block.bit_count()) for block in word)
            for word, c in operator.items()
            if n - sum(word).bit_count() == held
        )

    x, one = constant("x"), Expression({(): 1})
    powers, hermite = [one, x], [one, x]
    for k in range(1, n):
        powers.append(x * powers[k])
        hermite.append(x * hermite[k] - hermite[k - 1].times(k))
    omega = wick(case.full)
    return [
        equation(
            case.notation,
            "ω of n copies, by the number of copies held; the moments of a standard normal are 1, 0, 1, 0, 3, 0, 15, …",
            [(f"(ω_[n] f)_{{|T| = {k}}}", powers[k].times(value(omega, k))) for k in range(n, -1, -1)],
            (f"He_{n}(x)", hermite[n]),
            "$ι/ε$ is $exp(t x − t²/2)$, which generates them; the right side is from $He_{k+1} = x He_k − k He_{k−1}$.",
        ),
        example(
            "The cumulants of a standard normal vanish, but for the second.",
            [("K_f([n])", value(cumulant(case.full), 0), int(n == 2))],
        ),
    ]


def _appell(case: Case) -> list[Step]:
    to, full = case.notation, case.full

    def sides(s: int, i: int) -> tuple[str, Expression, Expression]:
        by = f"∂{to.below(1 << i)}"
        left, right = on(derivative(wick(s), i), f"{by} f", full), on(wick(s ^ 1 << i), f"{by} f", full)
        return f"{by} ω{to.below(s)} f", left, right

    name, left, right = sides(full, 0)
    return [
        equation(
            to,
            "A term that integrates the input does not depend on it; the others are differentiated under the mean.",
            [(name, left)],
            (to.applied(0, full ^ 1, f"∂{to.below(1)} f"), right),
            "the terms of $ω_S$ that hold $x_i$ are those of $ω_{S∖i}$.",
        ),
        counts("For S of each size and every input of it.", [sides(s, i) for s in case.prefixes for i in bits(s)]),
    ]


def _hoeffding_terms(n: int) -> int:
    return wick_terms(n) + 5**n + n * n * 4**n


HYPOTHESES = {
    "product-independent": Entry(
        "A product over independent groups",
        5,
        "If $f = g(x_A) h(x_B)$, $A ⊎ B = [n]$ and $X_A ⟂ X_B$ jointly, then $ω_{A' ∪ B'} f = (ω_{A'} g)(ω_{B'} h)$ for all "
        "$A' ⊆ A$ and $B' ⊆ B$; neither group need be independent inside.",
        _product_independent,
        lambda n: n * n * (bell(n + 1) + bell(n // 2 + 1) * bell((n + 1) // 2 + 1)),
        2,
    ),
    "independent-block": Entry(
        "A block that splits",
        6,
        "If a block of π is $C_1 ⊎ C_2$, both not empty, and $X_{C_1} ⟂ X_{C_2}$ jointly, then $K_f(π) = 0$ for every f. "
        "Independence of members of the block, pair by pair, is not enough.",
        _independent_block,
        lambda n: n * n * bell(n) + 4 ** max(n, 3),
        2,
    ),
    "hoeffding": Entry(
        "Independent inputs: Hoeffding, Sobol, functional ANOVA",
        7,
        "If all inputs are independent, then $ω_S f = Π_{i∈S} (1 − E_i) f$, the $W_f(X_S)$ are orthogonal, "
        "$Var f = Σ_S Var W_f(X_S)$, and the terms at x are the Möbius interactions of the game $v(S) = E_{[n]∖S} f$.",
        _hoeffding,
        _hoeffding_terms,
    ),
    "products": Entry(
        "Products: Wick products and joint cumulants",
        8,
        "If f is a product of one-variable functions, then $ω_S f$ is their Wick product, and $K_f(π)$ is the product over the "
        "blocks of π of their joint cumulants.",
        _products,
        lambda n: 2 * wick_terms(n) + n * bell(n),
    ),
    "hermite": Entry(
        "Copies of a normal variable: Hermite polynomials",
        8,
        "If f is the product of n copies of one standard normal variable, then $ω_[n] f = He_n(x)$.",
        _hermite,
        lambda n: bell(n + 1),
    ),
    "appell": Entry(
        "The Appell property",
        9,
        "$∂_i (ω_S f) = ω_{S∖i} (∂_i f)$ for $i ∈ S$, where $∂_i$ is the derivative in $x_i$.",
        _appell,
        lambda n: n * n * bell(n + 1),
    ),
}
"""Properties 5 to 9."""
