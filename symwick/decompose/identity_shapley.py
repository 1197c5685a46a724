"""Properties 14 and 15: two Shapley values, and what single attributions see of an exclusive or.

Source of all statements: C. MacLeod, E. Nitishinskaya, B. Shlegeris, *Generalized Wick Decompositions* (arXiv 2310.06686), its
companion post, and consequences of the two; L. S. Shapley, *A value for n-person games* (1953).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import factorial
from typing import Any

from symwick.decompose import wick as wicks
from symwick.decompose.formal_calculus import ONE, Operator, cumulant, draw, independent, inflate, wick
from symwick.decompose.identity_case import Case, Entry, subsets, wick_terms
from symwick.decompose.identity_document import Step, counts, differs, equation, example
from symwick.distributions.finite import Finite
from symwick.distributions.independent import Independent
from symwick.distributions.marginals import Bernoulli

__all__ = ["SHAPLEY"]

_HALF = Fraction(1, 2)


def _shapley(case: Case) -> list[Step]:
    to, full, n = case.notation, case.full, case.n
    terms = {s: draw(full ^ s) @ wick(s) for s in subsets(full)}

    def of_terms(i: int) -> Operator:
        return Operator.total(term.times(Fraction(1, s.bit_count())) for s, term in terms.items() if s & i)

    def of_game(i: int) -> Operator:
        def weight(t: int) -> Fraction:
            return Fraction(factorial(t.bit_count()) * factorial(n - t.bit_count() - 1), factorial(n))

        gains = ((draw(full ^ t ^ i) - draw(full ^ t)).times(weight(t)) for t in subsets(full ^ i))
        return Operator.total(gains)

    rest = case.f(ONE - draw(full))
    first, others = case.singles[0], full ^ 1
    phi, psi = ({i: value(i) for i in case.singles} for value in (of_terms, of_game))
    steps = [
        equation(
            to,
            "Each term is shared equally among its inputs: $φ_i = Σ_{S∋i} W_f(x_S) / |S|$. The sum:",
            [(f"φ{to.below(i)}", case.f(phi[i])) for i in case.singles],
            (f"f − {to.applied(full, 0)}", rest),
            "each $W_f(x_S)$ with S not empty comes |S| times.",
        ),
        equation(
            to,
            "The Shapley values ψ of the game $v(S) = E_{[n]∖S} f$. The sum:",
            [(f"ψ{to.below(i)}", case.f(psi[i])) for i in case.singles],
            (f"f − {to.applied(full, 0)}", rest),
        ),
        counts(
            "Independent inputs: $φ_i = ψ_i$.",
            [
                (f"φ{to.below(i)}", independent(phi[i], case.singles), independent(psi[i], case.singles))
                for i in case.singles
            ],
        ),
    ]
    if n < 3:
        steps.append(
            counts(
                "For one or two inputs $φ_i = ψ_i$ under every law.",
                [(f"φ{to.below(i)}", phi[i], psi[i]) for i in case.singles],
            )
        )
    else:
        name = f"φ{to.below(first)} − ψ{to.below(first)}"
        steps += [
            differs(to, "Dependent inputs, three or more: they differ.", name, case.f(phi[first] - psi[first])),
            _shapley_numbers(),
        ]
    if n > 1:
        pair = inflate(cumulant(3), (first, others))
        gap = Operator.total((terms[0], terms[first], -draw(others)))
        steps += [
            equation(
                to,
                f"$Σ_{{T⊆S}} W_f(x_T)$ is not $v(S)$: for $S = {to.listed(first)}$ they differ by an interaction.",
                [
                    (to.applied(full, 0), case.f(terms[0])),
                    (to.applied(others, first), case.f(terms[first])),
                    (f"−v({to.listed(first)})", case.f(-draw(others))),
                ],
                (f"$K_f$ of ${to.listed(first)}$ and ${to.listed(others)}$ as two inputs", case.f(pair)),
            ),
            differs(to, "Which is not zero in general.", "Σ_T W_f(x_T) − v(S)", case.f(gap)),
        ]
    return [*steps, _covariance_shares()]


def _shapley_numbers() -> Step:
    law = Finite({(0, 0, 0): "1/2", (1, 1, 0): "1/4", (1, 1, 1): "1/4"}, ["x", "y", "z"])
    f, names = "x*y*z", ("x", "y", "z")
    values = wicks.gwpd(f, law).at(dict.fromkeys(names, 1))
    phi = sum(Fraction(value) / len(key) for key, value in values.items() if "x" in map(str, key))

    def game(held: tuple[str, ...]) -> Any:
        return wicks.expectation(f, law, over=[name for name in names if name not in held]).at(dict.fromkeys(held, 1))

    gains = [game(("x", *held)) - game(held) for held in ((), ("y",), ("z",), ("y", "z"))]
    psi = Fraction(2 * gains[0] + gains[1] + gains[2] + 2 * gains[3], 6)
    return example(
        "In numbers: f = x y z, P(0, 0, 0) = 1/2, P(1, 1, 0) = P(1, 1, 1) = 1/4, at x = y = z = 1.",
        [("φ_x", phi, Fraction(7, 48)), ("ψ_x", psi, Fraction(1, 6))],
    )


def _covariance_shares() -> Step:
    law = Finite({(0, 0): "3/8", (1, 1): "3/8", (0, 1): "1/8", (1, 0): "1/8"}, ["x", "y"])
    terms = wicks.gwpd("x - 3*y", law)
    f = terms.target.expr
    mean = wicks.expectation(f, law).value
    variance = wicks.expectation((f - mean) ** 2, law).value
    shares = [
        wicks.expectation(terms[key].expr * (f - mean), law).value / variance for key in (["x"], ["y"], ["x", "y"])
    ]
    return example(
        "Covariance shares $Cov(W_f(X_S), f) / Var f$ add up to 1, as the terms do to f, and may be negative: f = x − 3 y, "
        "P(0, 0) = P(1, 1) = 3/8, P(0, 1) = P(1, 0) = 1/8.",
        [
            ("The share of $x$", shares[0], Fraction(-1, 14)),
            ("The share of $y$", shares[1], Fraction(15, 14)),
            ("The sum of all shares, of $S = ∅$ too", sum(shares), 1),
        ],
    )


def _xor(case: Case) -> list[Step]:
    to, n = case.notation, case.n
    names = to.names(case.full)
    law = Independent({name: Bernoulli(_HALF) for name in names})
    f = {point: sum(point) % 2 for point in product((0, 1), repeat=n)}
    last, whole = names[-1], frozenset(names)
    term = to.applied(case.full ^ 1 << n - 1, 1 << n - 1)
    form, terms = wicks.gwp(f, law, last), wicks.gwpd(f, law)
    alone = {point: form.at(dict(zip(names, point, strict=True))) for point in f}
    facts = []
    for point in list(f)[: 1 << n if n < 3 else 4]:
        at = ", ".join(f"{name} = {value}" for name, value in zip(names, point, strict=True))
        facts.append((f"$ω{to.below(1 << n - 1)} f$ at ${at}$", alone[point], f[point] - _HALF))
    flips = [alone[(1 - point[0], *point[1:])] == -value for point, value in alone.items()]
    largest = Fraction(0)
    pair = []
    for point in f:
        for key, value in terms.at(dict(zip(names, point, strict=True))).items():
            if frozenset(map(str, key)) == whole:
                pair.append(value == f[point] - _HALF)
            elif key:
                largest = max(largest, abs(Fraction(value)))
    return [
        example(f"With the others held, ${last}$ matters fully: ±1/2.", facts),
        example(
            f"Its sign flips with ${names[0]}$, so that it is 0 on average.",
            [
                (f"Points of $2^{n}$ at which it flips", sum(flips), 2**n),
                (f"The largest size of ${term}$ and all terms of fewer inputs", largest, 0),
            ],
        ),
        example(
            f"All inputs together see all: $W_f(x_S) = f − 1/2$ for $S = {to.listed(case.full)}$.",
            [
                (f"Points of $2^{n}$ at which they agree", sum(pair), 2**n),
                ("E f", wicks.expectation(f, law).value, _HALF),
            ],
        ),
    ]


SHAPLEY = {
    "shapley": Entry(
        "Two Shapley values",
        14,
        "The Shapley values φ of the terms and those, ψ, of the game $v(S) = E_{[n]∖S} f$ both add up to f less its mean. They "
        "agree for independent inputs, and always for n ≤ 2; not in general for dependent inputs from n = 3 on.",
        _shapley,
        lambda n: 3 * n * wick_terms(n) + 100,
    ),
    "xor": Entry(
        "Exclusive or",
        15,
        "For $f = x ⊕ y ⊕ …$ on independent fair bits, $ω_i f$ is ±1/2 with a sign that flips with every other bit, every "
        "$W_f(x_S)$ of fewer than n inputs is 0, and the term of all n is all of $f − 1/2$.",
        _xor,
        lambda n: 50 * 4**n,
        2,
    ),
}
"""Properties 14 and 15."""
