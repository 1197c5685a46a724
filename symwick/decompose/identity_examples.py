"""Properties 10 to 13: what averages, changes of reference and cheap checks see of interactions, with examples in numbers.

Identities are decided by the formal calculus; "not in general" is shown by a difference that is not zero, and by exact numbers
from a law and a function that are named. Source of all statements: C. MacLeod, E. Nitishinskaya, B. Shlegeris, *Generalized Wick
Decompositions* (arXiv 2310.06686), its companion post, and consequences of the two.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symwick.algebra.partitions import bell
from symwick.decompose import cumulant as cumulants
from symwick.decompose import wick as wicks
from symwick.decompose.formal_calculus import ONE, Expression, Operator, cumulant, draw, inflate, wick
from symwick.decompose.identity_case import Case, Entry, subsets, wick_terms
from symwick.decompose.identity_document import Notation, Step, counts, differs, equation, example
from symwick.decompose.identity_hypotheses import parity_law
from symwick.distributions.finite import Finite
from symwick.distributions.independent import Independent
from symwick.distributions.law import Law
from symwick.distributions.marginals import Bernoulli, Rademacher

__all__ = ["EXAMPLES"]


def _mean(form: Any, law: Law) -> Any:
    return wicks.expectation(form.expr, law).value


# 10, 11: means of attributions --------------------------------------------------------------------------------------


def _average(case: Case) -> list[Step]:
    to, full, n = case.notation, case.full, case.n
    whole, mean = draw(full), f"E{to.below(full)}"
    rest = full ^ 1 << n - 1
    parts = [
        (f"({mean} {to.applied(0, rest)})_{{T = {to.listed(t)}}}",
         case.f(whole @ Operator((w, c) for w, c in wick(rest).items() if rest ^ sum(w) == t)))
        for t in subsets(rest)
    ]  # fmt: skip
    steps = [
        equation(
            to,
            f"Without ${to.variable(n - 1)}$, by the set T of the inputs that the terms of ω hold: they are drawn with it.",
            parts,
            (case.k((full,)), case.f(cumulant(full))),
            "$∂ log ε / ∂t_i = (∂ε / ∂t_i) / ε$.",
        ),
        counts(
            "Without each of the inputs.",
            [(f"{mean} {to.applied(0, full ^ i)}", whole @ wick(full ^ i), cumulant(full)) for i in case.singles],
        ),
    ]
    apart = draw(*case.singles) @ wick(full)
    name = f"{case.e(case.singles)[:-2]} {to.applied(0, full)}"
    if n in (2, 3):
        steps.append(
            equation(
                to,
                "A trap: the mean of $ω_[n] f$ under independent marginals is $−K_f([n])$ for n = 2 and n = 3, …",
                [(name, case.f(apart))],
                (f"−{case.k((full,))}", case.f(-cumulant(full))),
            )
        )
    else:
        steps.append(
            differs(
                to,
                f"A trap: the mean of $ω_[n] f$ under independent marginals is $−K_f([n])$ for n = 2 and n = 3, not for n = {n}.",
                f"{name} + {case.k((full,))}",
                case.f(apart + cumulant(full)),
            )
        )
    signs = Finite({(a, a, b, b): "1/4" for a in (1, -1) for b in (1, -1)}, ["x", "y", "z", "u"])
    f = "x*y*z*u"
    apart_law = Independent({name: Rademacher() for name in "xyzu"})
    steps.append(
        example(
            "… and not for n = 4: fair signs with x = y and z = u, the pairs independent; f = x y z u.",
            [
                ("The mean of $ω_xyzu f$ under independent marginals", _mean(wicks.gwp(f, signs), apart_law), 1),
                ("−K_f(x, y, z, u)", -cumulants.gcp(f, signs).value, 0),
            ],
        )
    )
    return steps


def _footnote(case: Case) -> list[Step]:
    to, full = case.notation, case.full
    a, b = case.first, case.second
    x, y, whole = draw(a), draw(b), draw(full)
    mean, over_x, over_y = (f"E{to.below(mask)}" for mask in (full, a, b))
    pair = inflate(cumulant(3), (a, b))
    return [
        equation(
            to,
            f"X is $({', '.join(to.names(a))})$, Y is $({', '.join(to.names(b))})$; the mean of $E_Y (f − E_X f) − (f − E_X f)$, "
            "term by term.",
            [
                (f"{mean} {over_y} f", case.f(whole @ y)),
                (f"−{mean} {over_y} {over_x} f", case.f(-(whole @ y @ x))),
                (f"−{mean} f", case.f(-whole)),
                (f"{mean} {over_x} f", case.f(whole @ x)),
            ],
            ("−K_f(X, Y)", case.f(-pair)),
            "after $E_Y$ both parts have the mean $E_X E_Y f$; what is left is minus the mean of $f − E_X f$ (property 10).",
        ),
        counts(
            "$K_f(X, Y)$, from the closed form of κ for two inputs, is",
            [("E_[n] f − E_X E_Y f", pair, whole - x @ y), ("E_[n] (f − E_X f)", pair, whole @ (ONE - x))],
        ),
    ]


# 12, 13: other references, cheap checks -----------------------------------------------------------------------------


def _novelty(case: Case) -> list[Step]:
    n, full = case.n, case.full
    to, star = case.notation, Notation(n, starred=True)

    def term(s: int) -> Operator:
        return draw(full ^ s) @ wick(s)

    def outside(s: int) -> int:
        # How many words draw from Q an input that is not in S.
        return sum(1 for word in term(s) if (full ^ sum(word)) & ~s)

    bits_law, parity = Independent({name: Bernoulli("1/2") for name in to.names(full)}), parity_law(n)
    terms = wicks.gwpd("*".join(to.names(full)), bits_law)
    # In P and Q every set of fewer than n inputs has the same law.
    novelties = {s: _mean(terms[to.names(s)], parity) for s in subsets(full) if s}
    wide = Finite({(2,): "1/2", (-2,): "1/2"}, ["x"])
    sign = wicks.gwpd("x", Independent({"x": Rademacher()}))["x"]
    shown = (1 << max(n - 1, 1)) - 1
    lines = [f"$E_Q[W_f(X_S)] = {star.expression(case.f(term(shown)))}$"]
    return [
        Step(
            f"$S = {to.listed(shown)}$, f and P abstract; a star: drawn from Q, all starred inputs of a term together.",
            (*lines, f"Terms that draw another input from Q: ${outside(shown)}$."),
            not outside(shown),
        ),
        example(
            "So only the law of $X_S$ under Q matters: how many terms draw another input from Q, for S of each size.",
            [(f"Of the ${len(term(s))}$ terms for $S = {to.listed(s)}$", outside(s), 0) for s in case.prefixes],
        ),
        counts(
            "If $Q = P$ on S, then the stars are a joint draw from P, and all terms cancel.",
            [(f"E{to.below(s)} {to.applied(full ^ s, s)}", draw(s) @ term(s), Operator()) for s in case.prefixes],
        ),
        example(
            f"Example: {n} fair bits, independent under P, of even sum under Q; f their product. Nothing is new below order {n}.",
            [
                (
                    "The largest $|E_Q[W_f(X_S)]|$ below",
                    max((abs(v) for s, v in novelties.items() if s != full), default=0),
                    0,
                ),
                (f"E_Q[{to.w(full)}]", novelties[full], Fraction((-1) ** n, 2**n)),
            ],
        ),
        example(
            "A mean of 0 is not absence of novelty: f = x, under P ±1 and under Q ±2, fair; compare the laws of $W_f$.",
            [
                ("E_Q[W_f(X)]", _mean(sign, wide), 0),
                ("E_Q[W_f(X)²]", wicks.expectation(sign.expr**2, wide).value, 4),
                ("E_P[W_f(X)²]", wicks.expectation(sign.expr**2, Independent({"x": Rademacher()})).value, 1),
            ],
        ),
    ]


def _ablation(case: Case) -> list[Step]:
    to, full, n = case.notation, case.full, case.n
    single = [f"E{to.below(i)}" for i in case.singles]
    delta = [(f"f − E{to.below(full)} f", case.f(ONE - draw(full)))]
    delta += [(f"−(f − {e} f)", case.f(draw(i) - ONE)) for e, i in zip(single, case.singles, strict=True)]
    expansion = [
        (to.applied(full ^ t, t), case.f(draw(full ^ t) @ wick(t))) for t in subsets(full) if t.bit_count() > 1
    ]
    for i in case.singles:
        if full ^ i:
            name = f"−(1 − E{to.below(full ^ i)}) ω{to.below(i)} f"
            expansion.append((name, case.f(-((ONE - draw(full ^ i)) @ wick(i)))))
    whole = Expression.total(part for _, part in delta)
    steps = [
        equation(
            to,
            "$Δ$ for S all inputs.",
            delta,
            (
                f"Σ_i E_i f − E_S f − {n - 1} f",
                case.f(Operator.total((ONE.times(1 - n), -draw(full), *map(draw, case.singles)))),
            ),
        ),
        equation(
            to,
            "$Σ_T E_{S∖T} ω_T f$ over T of at least two inputs, less $Σ_i (1 − E_{S∖i}) ω_i f$.",
            expansion or [("0", Expression())],
            ("Δ", whole),
            f"$f − E_S f$ is the sum of all terms but the mean, and $f − E_i f = ω_i f$; n = {n}.",
        ),
    ]
    if n == 2:
        parts = [("−ω_xy f", case.f(-wick(3))), ("−2 K_f(x, y)", case.f(cumulant(3).times(-2)))]
        steps.append(equation(to, "For two inputs.", parts, ("Δ", whole)))
    law = Finite({(0, 1): "1/4", (1, 0): "1/4", (1, 1): "1/2"}, ["x", "y"])
    at, f = {"x": 1, "y": 1}, "x*y"
    means = [wicks.expectation(f, law, over=over) for over in (["x", "y"], ["x"], ["y"])]
    values = [1 - mean.at(dict.fromkeys(mean.variables, 1)) for mean in means]
    steps.append(
        example(
            "Δ = 0 at a point is no absence of interaction: f = x y, P(0, 1) = P(1, 0) = 1/4, P(1, 1) = 1/2, at x = y = 1.",
            [
                ("Δ", values[0] - values[1] - values[2], 0),
                ("ω_xy f", wicks.gwp(f, law).at(at), Fraction(1, 8)),
                ("K_f(x, y)", cumulants.gcp(f, law).value, Fraction(-1, 16)),
            ],
        )
    )
    return steps


EXAMPLES = {
    "average": Entry(
        "The average of an attribution is an interaction",
        10,
        "For every input i, the mean of $(ω_{[n]∖i} f)(X)$ with X drawn jointly from P is $K_f([n])$.",
        _average,
        lambda n: 3 * n * bell(n + 1) + 100,
    ),
    "footnote": Entry(
        "The sign of the third footnote",
        11,
        "The mean of how the attribution of X changes when Y is drawn anew, $E[E_Y (f − E_X f) − (f − E_X f)]$, is minus "
        "$K_f(X, Y)$. X and Y may be blocks of inputs.",
        _footnote,
        lambda n: 20 * n * n,
        2,
    ),
    "novelty": Entry(
        "Change of reference",
        12,
        "For $S ≠ ∅$ the novelty $E_Q[W_f(X_S)]$, $W_f$ taken with respect to P, depends on Q only through its marginal on S, "
        "and is 0 if that is the marginal of P; it may be 0 otherwise.",
        _novelty,
        lambda n: 3 * wick_terms(n) + 20 * 4**n,
    ),
    "ablation": Entry(
        "A cheap check, and what it misses",
        13,
        "$Δ = (f − E_S f) − Σ_{i∈S} (f − E_i f)$ is $Σ_{T⊆S, |T|≥2} E_{S∖T} ω_T f − Σ_{i∈S} (1 − E_{S∖i}) ω_i f$. For two inputs "
        "it is $−ω_xy f − 2 K_f(x, y)$, so that a zero at a point is not a zero interaction.",
        _ablation,
        lambda n: 3 * wick_terms(n) + 100,
    ),
}
"""Properties 10 to 13."""
