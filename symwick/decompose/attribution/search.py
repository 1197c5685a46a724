"""`search`: a small set of terms that is enough."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import comb, lcm
from typing import Any

from tqdm import tqdm

from symwick.algebra.numbers import to_fraction, whole_number
from symwick.decompose.attribution.hypotheses import Hypothesis, plain_number
from symwick.decompose.attribution.term_space import TermSpace
from symwick.decompose.groups import input_groups
from symwick.decompose.problem import DEFAULT_LIMIT, read
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["search"]

_EXACT = 1 << 17
"""Sets of terms that an exact search looks at; beyond that the search is greedy."""


def search(
    f: Any,
    P: Law,
    *,
    error: Any = None,
    budget: int | None = None,
    max_order: int | None = None,
    inputs: Any = None,
    ring: str = "exact",
    limit: int = DEFAULT_LIMIT,
) -> Any:
    """The smallest hypothesis of mean squared error at most ``error``, of at most ``budget`` terms beside the mean.

    With ``error`` alone: as few terms as reach it. With ``budget`` alone: the best so many terms. With both: as few as
    reach the error, within the budget. ``max_order`` leaves larger sets out of the search.

    The search is exact where the terms are uncorrelated (independent inputs: take the largest), and where there are few
    enough to try all sets of them, by size; else it is greedy: the term that lowers the error most, one after the other,
    then those dropped that are not needed. Under dependence terms are correlated, and a term more may make the error larger.
    ``.found`` says which it was.

    >>> import symwick as sw
    >>> P = sw.Independent({v: sw.Bernoulli("1/2") for v in "xyz"})
    >>> sw.search("8*x + 4*y + 2*x*y + z/2", P, error="1/2").kept
    (frozenset(), frozenset({x}), frozenset({y}))
    >>> sw.search("8*x + 4*y + 2*x*y + z/2", P, budget=1).found
    'exact search: terms are uncorrelated'

    Returns a :class:`Hypothesis`; a tuple or dict of them for vector-valued f. Raises InvalidArgument (neither argument
    given; a budget with which the error cannot be reached; parameters remain), InexactError, NoClosedForm, TooLarge.
    """
    if error is None and budget is None:
        raise InvalidArgument("Arguments 'error' and 'budget': at least one must be given.")
    if isinstance(error, bool):
        raise InvalidArgument(f"Argument 'error' must be a number, not {error!r}.")
    target = None if error is None else to_fraction(error, "error")
    if target is not None and target < 0:
        raise InvalidArgument(f"Argument 'error' must be at least 0, not {target}.")
    for name, value in (("budget", budget), ("max_order", max_order)):
        if value is not None:
            whole_number(value, name, 0)
    problem = read(f, P, inputs, ring, limit)

    def make(engine: Any) -> Hypothesis:
        predicted = engine.predicted_terms(max_order)
        if predicted**2 > limit:
            raise TooLarge("Second moments between the terms to search", predicted**2, limit)
        space = TermSpace(engine, limit)
        masks = [mask for mask in engine.supports(max_order) if mask]
        costs = _Costs(space, masks)
        independent = len(input_groups(P, problem.inputs, problem.inputs.everything)) == len(problem.inputs)
        chosen, found = costs.best(target, budget, independent)
        kept = [0, *(masks[i] for i in sorted(chosen))]
        return Hypothesis(engine, kept, problem.inputs, limit, space=space, found=found)

    return problem.shaped(make)


class _Costs:
    """Mean squared errors of sets of terms, in integers over one denominator.

    E[(f − E f − Σ_K W)²] = Var f − 2 Σ_{S∈K} b_S + Σ_{S,T∈K} G_ST with b_S = E[W_S f] and G_ST = E[W_S W_T].
    """

    def __init__(self, space: TermSpace, masks: Sequence[int]) -> None:
        what = "A search for terms"

        def number(element: Any) -> Fraction:
            return Fraction(plain_number(element, what))  # a float is decided as it stands

        matrix = [[number(e) for e in row] for row in space.gram(masks)]
        everything = list(space.engine.supports(None))
        full = len(everything) == len(masks) + 1
        if full:
            against_f = [sum(row, Fraction(0)) for row in matrix]  # f − E f is the sum of all terms
            variance = sum(against_f, Fraction(0))
        else:
            # E[W_S f] from errors of single terms: E(f − E f − W)² = Var f − 2 b + E W²
            variance = number(space.remainder_square([0]))
            against_f = [
                (variance + matrix[i][i] - number(space.remainder_square([0, mask]))) / 2 for i, mask in enumerate(masks)
            ]
        self.scale = lcm(variance.denominator, *(x.denominator for x in against_f), *(x.denominator for r in matrix for x in r))
        self.variance = int(variance * self.scale)
        self.gains = [int(x * self.scale) for x in against_f]
        self.matrix = [[int(x * self.scale) for x in row] for row in matrix]
        self.n = len(masks)

    def cost(self, chosen: Sequence[int]) -> int:
        pairs = sum(self.matrix[i][j] for i in chosen for j in chosen)
        return self.variance - 2 * sum(self.gains[i] for i in chosen) + pairs

    def best(self, target: Fraction | None, budget: int | None, independent: bool) -> tuple[list[int], str]:
        """Positions of the terms to keep, and how they were found."""
        enough = None if target is None else target * self.scale
        most = self.n if budget is None else min(budget, self.n)
        uncorrelated = independent or all(not x for i, row in enumerate(self.matrix) for j, x in enumerate(row) if i != j)
        if uncorrelated:
            chosen, exact, how = self._largest(enough, most), True, "exact search: terms are uncorrelated"
        else:
            found = self._all(enough, most)
            exact = found is not None
            chosen = self._greedy(enough, most) if found is None else found
            how = "exact search: all sets of terms" if exact else "greedy search: a smaller or better set may exist"
        cost = self.cost(chosen)
        if enough is not None and cost > enough:
            raise InvalidArgument(self._unmet(target, budget, most, Fraction(cost, self.scale), exact))
        return chosen, how

    def _unmet(self, target: Any, budget: int | None, most: int, reached: Fraction, exact: bool) -> str:
        argument, value = ("budget", budget) if budget is not None else ("error", target)
        some = "no set" if exact else "the greedy search found no set"
        terms = f"of at most {most} term{'' if most == 1 else 's'}" if budget is not None else f"of the {self.n} terms looked at"
        return (
            f"Argument '{argument}' cannot be met with {value}: {some} {terms} reaches a mean squared error of {target}; "
            f"the best has {reached} ≈ {float(reached):.4g}."
        )

    def _largest(self, enough: Fraction | None, most: int) -> list[int]:
        """Terms that are uncorrelated with each other: each lowers the error by 2 b − G on its own, the most first.

        That is its size G where nothing is left out of the search; else it may have something in common with what is, and even
        make the error larger.
        """
        lowers = [2 * self.gains[i] - self.matrix[i][i] for i in range(self.n)]
        ranked = sorted((i for i in range(self.n) if lowers[i] > 0), key=lambda i: (-lowers[i], i))
        chosen: list[int] = []
        cost = self.variance
        for i in ranked[:most]:
            if enough is not None and cost <= enough:
                break
            chosen.append(i)
            cost -= lowers[i]
        return chosen

    def _all(self, enough: Fraction | None, most: int) -> list[int] | None:
        """All sets by size, the first size that is enough; None where there are too many to look at."""
        looked = 0
        best: tuple[int, list[int]] = (self.variance, [])
        for size in range(most + 1):
            looked += comb(self.n, size)
            if looked > _EXACT:
                return None
            bar = tqdm(combinations(range(self.n), size), desc="sets of terms", delay=2, leave=False, disable=None)
            for chosen in bar:
                cost = self.cost(chosen)
                if cost < best[0]:
                    best = cost, list(chosen)
            if enough is not None and best[0] <= enough:
                break
        return best[1]

    def _greedy(self, enough: Fraction | None, most: int) -> list[int]:
        """The best next term, one after the other; the best set on the way; then what is not needed is dropped."""
        left = list(self.gains)  # E[W_i (f − E f − Σ_K W)]: what a term has in common with the error
        rest = set(range(self.n))
        chosen: list[int] = []
        cost = self.variance
        best = cost, list(chosen)
        while len(chosen) < most and not (enough is not None and cost <= enough):
            # adding i changes the error by G_ii − 2 left_i
            i = min(sorted(rest), key=lambda i: (self.matrix[i][i] - 2 * left[i], i))
            cost += self.matrix[i][i] - 2 * left[i]
            chosen.append(i)
            rest.discard(i)
            left = [x - y for x, y in zip(left, self.matrix[i], strict=True)]
            if cost < best[0]:
                best = cost, list(chosen)
        return self._pruned(best[1], best[0] if enough is None else max(enough, best[0]))

    def _pruned(self, chosen: list[int], enough: Any) -> list[int]:
        for i in list(chosen):
            smaller = [j for j in chosen if j != i]
            if self.cost(smaller) <= enough:
                chosen = smaller
        return chosen
