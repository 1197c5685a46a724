"""The identities that hold for every f and every law: the decompositions, and properties 1 to 4.

Each entry builds the steps of its document for n inputs; every step compares tables of coefficients of the formal calculus that
were obtained in two ways. Source of all statements: C. MacLeod, E. Nitishinskaya, B. Shlegeris, *Generalized Wick
Decompositions* (arXiv 2310.06686).
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb, prod

from symwick.algebra.partitions import bell, mask_partitions, moebius
from symwick.decompose.formal_calculus import (
    ONE,
    Expression,
    Operator,
    Word,
    bits,
    constant,
    cumulant,
    cumulant_by_recursion,
    cumulant_product,
    draw,
    on,
    relabel,
    wick,
    wick_by_recursion,
)  # fmt: skip
from symwick.decompose.identity_case import (
    Case,
    Entry,
    centred,
    chains,
    integer_partitions,
    refinements,
    shapes,
    subsets,
    wick_terms,
)  # fmt: skip
from symwick.decompose.identity_document import Step, counts, differs, equation, example

__all__ = ["DECOMPOSITIONS", "GENERAL_PROPERTIES"]

# Up to here the shapes of partitions (5,604) are counted out.
_FEW = 30


# The decompositions -------------------------------------------------------------------------------------------------


def _gwpd(case: Case) -> list[Step]:
    to = case.notation
    terms = [(to.applied(case.full ^ s, s), case.f(draw(case.full ^ s) @ wick(s))) for s in subsets(case.full)]
    return [
        counts(
            "The closed form of $ω_S$ is what the definition $ω_S f = f − Σ_{T⊊S} E_{S∖T} ω_T f$ gives.",
            [(f"ω{to.below(s)}", wick(s), wick_by_recursion(s)) for s in case.prefixes],
        ),
        equation(
            to,
            "The terms $W_f(x_S) = E_{[n]∖S} ω_S f$ add up to f.",
            terms,
            (to.expression(case.f(ONE)), case.f(ONE)),
            "the left side is the coefficient of $t^[n]$ in $ε · (ι/ε) = ι$.",
        ),
    ]


def _gcpd(case: Case) -> list[Step]:
    to = case.notation
    terms = [(case.k(pi), case.f(cumulant_product(pi))) for pi in mask_partitions(case.full)]
    return [
        counts(
            "The closed form of $κ_S$ is what the recursion of $κ = log ε$ gives.",
            [(f"κ{to.below(s)}", cumulant(s), cumulant_by_recursion(s)) for s in case.prefixes],
        ),
        equation(
            to,
            "The $K_f(π)$ add up to the mean.",
            terms,
            (to.applied(case.full, 0), case.f(draw(case.full))),
            "the left side is the coefficient of $t^[n]$ in $exp κ = ε$.",
        ),
    ]


def _inversion(case: Case) -> list[Step]:
    to = case.notation
    halves = (case.first, case.second) if case.second else (case.first,)

    def by_moebius(pi: Word) -> Operator:
        coarse = [bits(block) for block in pi]
        return Operator.collect((s, moebius([bits(block) for block in s], coarse)) for s in refinements(pi))

    return [
        equation(
            to,
            f"For $π = {to.partition(halves)}$.",
            [(case.k(sigma), case.f(cumulant_product(sigma))) for sigma in refinements(halves)],
            (case.e(halves), case.f(draw(*halves))),
            "block by block it is the GCPD of the inputs of that block, the others held.",
        ),
        counts(
            "For one π of each shape: $Σ_σ K_f(σ)$ and $E_π f$.",
            [(case.e(pi), Operator.total(map(cumulant_product, refinements(pi))), draw(*pi)) for pi in shapes(case.n)],
        ),
        counts(
            "Inverted: $K_f(π)$ and $Σ_σ μ(σ, π) E_σ f$ with the Möbius function μ of the lattice of partitions.",
            [(case.k(pi), cumulant_product(pi), by_moebius(pi)) for pi in shapes(case.n)],
        ),
    ]


def _centring(case: Case) -> list[Step]:
    to, full = case.notation, case.full
    omega = f"ω{to.below(full)}"
    parts = []
    for sub in subsets(full):
        singles = [1 << i for i in bits(sub)]
        sign = "−" if len(singles) % 2 else ""
        parts.append(
            (f"{sign}{omega} {case.e(singles)}", case.f((wick(full) @ draw(*singles)).times((-1) ** len(singles))))
        )
    alone = [word for word in wick(full) if any(block in case.singles for block in word)]
    gone = sum(1 for word in alone if not draw(*word) @ centred(full))
    all_single = tuple(case.singles)
    return [
        equation(
            to,
            "$ω_S f'$ with $f' = Π_{i∈S} (1 − E_i) f$ multiplied out, S all inputs.",
            parts,
            (f"{omega} f", case.f(wick(full))),
            "$E_i f$ ignores $x_i$, and $ω_S$ kills what ignores an input of S (property 3).",
        ),
        counts("For S of each size.", [(f"ω{to.below(s)} f'", wick(s) @ centred(s), wick(s)) for s in case.prefixes]),
        example(
            "On f' every term of $ω_S$ that draws an input alone is 0.",
            [(f"Zeros among these ${len(alone)}$ of the ${len(wick(full))}$ terms", gone, len(alone))],
        ),
        counts(
            "$K_{f'}(π) = K_f(π)$ with f' centred in the inputs that lie in blocks of π of at least two inputs.",
            [
                (case.k(pi), cumulant_product(pi) @ centred(sum(b for b in pi if b & (b - 1))), cumulant_product(pi))
                for pi in shapes(case.n)
            ],
        ),
        differs(
            to,
            f"In those only: for $π = {to.partition(all_single)}$ and f' centred in all inputs $K_f$ changes.",
            "K_f(π) − K_{f'}(π)",
            case.f(cumulant_product(all_single) - cumulant_product(all_single) @ centred(full)),
        ),
    ]


# Properties of ω and K ----------------------------------------------------------------------------------------------


def _linear(case: Case) -> list[Step]:
    to, full = case.notation, case.full
    a, b = constant("a"), constant("b")

    def apart(operator: Operator) -> Expression:
        # Word by word: each E_π is linear, being a mean.
        words = (Operator({word: c}) for word, c in operator.items())
        return Expression.total(a * on(word, "f", full) + b * on(word, "g", full) for word in words)

    def together(operator: Operator) -> Expression:
        return a * on(operator, "f", full) + b * on(operator, "g", full)

    omega = f"ω{to.below(full)}"
    cycle, swap = (*range(1, case.n), 0), (*range(1, case.n)[:1], 0, *range(2, case.n))
    moved = []
    for order in dict.fromkeys((cycle, swap)):
        names = ", ".join(to.variable(i) for i in range(case.n)) + " → " + ", ".join(map(to.variable, order))
        for s in case.prefixes:
            moved.append(
                (f"$ω{to.below(s)}$ under ${names}$", relabel(wick(s), order), wick(sum(1 << order[i] for i in bits(s))))
            )
        for pi in shapes(case.n):
            image = [sum(1 << order[i] for i in bits(block)) for block in pi]
            moved.append((f"${case.k(pi)}$ under ${names}$", relabel(cumulant_product(pi), order), cumulant_product(image)))
    return [
        equation(
            to,
            "Linear in f: each $E_π$ is a mean.",
            [(f"{omega} (a f + b g)", apart(wick(full)))],
            (f"a {omega} f + b {omega} g", together(wick(full))),
        ),
        counts(
            "So is $K_f(π)$, for π of each shape.",
            [(case.k(pi), apart(cumulant_product(pi)), together(cumulant_product(pi))) for pi in shapes(case.n)],
        ),
        counts("Symmetric: renaming the inputs (a cycle and a swap generate all) renames the operators.", moved),
    ]


def _mean_zero(case: Case) -> list[Step]:
    to, full = case.notation, case.full
    name = to.applied(full, full)

    def holding(held: int) -> Operator:
        return Operator((word, c) for word, c in wick(full).items() if full ^ sum(word) == held)

    return [
        equation(
            to,
            f"${name}$, by the set T of the inputs that the terms of ω hold.",
            [(f"({name})_{{T = {to.listed(t)}}}", case.f(draw(full) @ holding(t))) for t in subsets(full)],
            ("0", Expression()),
            "k blocks come about once as $(−1)^k k!$, with all inputs integrated by ω, and k times as $(−1)^{k−1} (k−1)!$, one "
            "of the blocks held by ω and drawn by E.",
        ),
        counts("For S of each size.", [(to.applied(s, s), draw(s) @ wick(s), Operator()) for s in case.prefixes]),
        counts(
            "Hence for every term: the mean of $W_f(X_S)$ under P, an $E_[n]$ in front of $E_{[n]∖S} ω_S f$.",
            [
                (f"E{to.below(full)} {to.applied(full ^ s, s)}", draw(full) @ draw(full ^ s) @ wick(s), Operator())
                for s in case.prefixes
            ],
        ),
    ]


def _by_place(operator: Operator, i: int) -> list[tuple[str, Operator]]:
    """The terms that hold an input, draw it alone, draw it with others."""
    places = {"held": Operator(), "alone": Operator(), "shared": Operator()}
    for word, c in operator.items():
        block = next((block for block in word if block & i), 0)
        places["held" if not block else "alone" if block == i else "shared"][word] = c
    return list(places.items())


def _ignored(case: Case) -> list[Step]:
    to, full = case.notation, case.full
    last = 1 << case.n - 1
    scope = full ^ last
    omega = f"ω{to.below(full)} f"
    large = [
        (pi, 1 << bits(block)[-1]) for pi in shapes(case.n) for block in dict.fromkeys(b for b in pi if b & (b - 1))
    ]
    steps = [
        equation(
            to,
            f"f ignores ${to.variable(case.n - 1)}$; the terms of ω by whether they hold it, draw it alone, or with others.",
            [(f"({omega})_{{{place}}}", on(part, "f", scope)) for place, part in _by_place(wick(full), last)],
            ("0", Expression()),
            "for each way to draw the others in k blocks: once $(−1)^k k!$, once $(−1)^{k+1} (k+1)!$, k times $(−1)^k k!$.",
        ),
        counts(
            "For S of each size and its last input ignored.",
            [(f"ω{to.below(s)} f", on(wick(s), "f", full ^ (s + 1 >> 1)), Expression()) for s in case.prefixes],
        ),
    ]
    if large:
        steps.append(
            counts(
                "$K_f(π) = 0$ where the ignored input lies in a block of at least two inputs.",
                [
                    (
                        f"${case.k(pi)}$ without ${to.names(i)[0]}$",
                        on(cumulant_product(pi), "f", full ^ i),
                        Expression(),
                    )
                    for pi, i in large
                ],
            )
        )
    return steps


def _separable(case: Case) -> list[Step]:
    to, full = case.notation, case.full
    a, b = case.first, case.second

    def summed(s: int) -> Expression:
        return on(wick(s), "g", a) + on(wick(s), "h", b)

    omega = f"ω{to.below(full)}"
    parts = []
    for symbol, scope, lost in (("g", a, 1 << case.n - 1), ("h", b, 1)):
        for place, part in _by_place(wick(full), lost):
            parts.append((f"({omega} {symbol})_{{{place}}}", on(part, symbol, scope)))
    return [
        equation(
            to,
            f"S all inputs, $A = {to.listed(a)}$ and $B = {to.listed(b)}$: draws of B do nothing to g, nor draws of A to h. "
            f"Terms of g by whether they hold ${to.variable(case.n - 1)}$, draw it alone, or with others; of h by "
            f"${to.variable(0)}$.",
            parts,
            ("0", Expression()),
            "g ignores an input of S, and so does h (property 3).",
        ),
        counts(
            "For every S that meets A and B, up to symmetry.",
            [(f"ω{to.below(p | q)} (g + h)", summed(p | q), Expression()) for p, q in case.parts_of_sets() if p and q],
        ),
    ]


# The entries --------------------------------------------------------------------------------------------------------


def _recursion_terms(n: int) -> int:
    return sum(comb(n, k) * wick_terms(k) for k in range(n + 1))


def _over_shapes(count: Callable[[int], int], n: int) -> int:
    """Σ over the shapes of partitions of n inputs of the product of ``count`` over the sizes of the blocks."""
    if n > _FEW:
        return count(n)  # the one-block shape alone: far too large as it is
    return sum(prod(map(count, sizes)) for sizes in integer_partitions(n, n))


DECOMPOSITIONS = {
    "gwpd": Entry(
        "The GWP decomposition",
        None,
        "For every f and every law of the inputs, $f(x) = Σ_S W_f(x_S)$ with $W_f(x_S) = E_{[n]∖S} ω_S f$.",
        _gwpd,
        lambda n: wick_terms(n) + _recursion_terms(n),
    ),
    "gcpd": Entry(
        "The GCP decomposition",
        None,
        "For every f and every law of the inputs, $E f = Σ_π K_f(π)$, with $K_f(π)$ from the operators $κ_B$, B in π.",
        _gcpd,
        lambda n: chains(n) + wick_terms(n),
    ),
    "inversion": Entry(
        "Moments from cumulants",
        None,
        "For every partition π of the inputs, $E_π f = Σ_σ K_f(σ)$ over the partitions σ that refine π.",
        _inversion,
        lambda n: _over_shapes(chains, n) + _over_shapes(bell, n),
    ),
    "centring": Entry(
        "Centre first",
        None,
        "$ω_S f = ω_S f'$ with $f' = Π_{i∈S} (1 − E_i) f$, and $K_f(π) = K_{f'}(π)$ with f' centred in the inputs that lie in "
        "blocks of π of at least two inputs, and in those only.",
        _centring,
        lambda n: 3 * 2**n * bell(n + 1) + 2**n * _over_shapes(bell, n),
    ),
}
"""The two decompositions and the two rules that come with them."""

GENERAL_PROPERTIES = {
    "linear": Entry(
        "Linear and symmetric",
        1,
        "$ω_S f$ and $K_f(π)$ are linear in f, and renaming the inputs renames the operators.",
        _linear,
        lambda n: 2 * n * bell(n + 1) + 8 * _over_shapes(bell, n),
    ),
    "mean-zero": Entry(
        "Mean zero",
        2,
        "$E_S ω_S f = 0$ for $S ≠ ∅$; hence $W_f(X_S)$ has mean 0 under P.",
        _mean_zero,
        lambda n: 2**n * n + 4 * n * bell(n + 1),
    ),
    "ignored": Entry(
        "An ignored input",
        3,
        "If f ignores $x_i$ and $i ∈ S$, then $ω_S f = 0$ under every law; and $K_f(π) = 0$ if i lies in a block of π of at "
        "least two inputs.",
        _ignored,
        lambda n: n * bell(n + 1) + n * _over_shapes(bell, n),
    ),
    "separable": Entry(
        "A separable sum",
        4,
        "If $f = g(x_A) + h(x_B)$, A and B disjoint, and S meets both, then $ω_S f = 0$ under every law.",
        _separable,
        lambda n: n * n * bell(n + 1),
        2,
    ),
}
"""Properties 1 to 4."""
