"""A small exact calculus of resampling operators, f and the law P left abstract.

A *word* is a set of disjoint blocks of inputs, (B1, ..., Bm): the operator E_B1 ... E_Bm. Inputs of one block are drawn
together, blocks apart from each other, inputs in no block are held at x. An :class:`Operator` is a combination of words; applied
to a function it is an :class:`Expression`. Blocks are bit masks. Two rules are all there is to composition:

    E_A E_B = E_B E_A                 for disjoint A and B
    E_A E_B = E_{A∖B} E_B             else: E_B f ignores x_B, so only the marginal law of X_{A∖B} matters

Equality of tables of coefficients *decides* identities between operators: for f a product of one-variable functions, distinct
words are distinct monomials in the moments of these functions (:func:`on_product`), which are free. What f or P is assumed to
be enters as a rule that rewrites words: :func:`independent` for P; :func:`on`, :func:`on_factors`, :func:`on_product` and
:func:`derivative` for f.

Source of the operators: C. MacLeod, E. Nitishinskaya, B. Shlegeris, *Generalized Wick Decompositions* (arXiv 2310.06686).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import factorial
from typing import Any, NamedTuple, Self, TypeVar

from symwick.algebra.partitions import mask_partitions
from symwick.algebra.set_series import submasks

__all__ = [
    "Combination",
    "Expression",
    "Factor",
    "ONE",
    "Operator",
    "Word",
    "bits",
    "constant",
    "cumulant",
    "cumulant_by_recursion",
    "cumulant_coefficient",
    "cumulant_product",
    "derivative",
    "draw",
    "independent",
    "inflate",
    "moment_cumulant",
    "moment_wick",
    "on",
    "on_factors",
    "on_product",
    "relabel",
    "second_moment",
    "wick",
    "wick_by_recursion",
    "wick_coefficient",
]

K = TypeVar("K", bound=Hashable)
Number = int | Fraction
Word = tuple[int, ...]


class Factor(NamedTuple):
    """One factor of a term: a function of the inputs ``scope``, those in ``blocks`` drawn, the others held.

    The symbol "" is the product of the variables in ``scope``; "q" stands for E[(E_U f)²], U the one block; a factor
    without scope is a constant.
    """

    symbol: str
    scope: int = 0
    blocks: Word = ()


Term = tuple[Factor, ...]


class Combination(dict[K, Number]):
    """A dict from terms to coefficients that adds, subtracts and scales; zero coefficients are not kept."""

    @classmethod
    def collect(cls, items: Iterable[tuple[K, Number]]) -> Self:
        """The sum of coefficient times term, equal terms put together."""
        sums: dict[K, Number] = {}
        for key, coefficient in items:
            sums[key] = sums.get(key, 0) + coefficient
        return cls({key: coefficient for key, coefficient in sums.items() if coefficient})

    @classmethod
    def total(cls, summands: Iterable[Mapping[K, Number]]) -> Self:
        """The sum of several combinations."""
        return cls.collect(item for summand in summands for item in summand.items())

    def __add__(self, other: Self) -> Self:
        return self.total((self, other))

    def __sub__(self, other: Self) -> Self:
        return self.total((self, -other))

    def __neg__(self) -> Self:
        return self.times(-1)

    def times(self, number: Number) -> Self:
        """Every coefficient times a number."""
        return self.collect((key, number * coefficient) for key, coefficient in self.items())


class Operator(Combination[Word]):
    """A combination of words; ``A @ B`` is A after B.

    >>> draw(0b11) @ draw(0b01) == draw(0b01, 0b10), draw(0b01) @ draw(0b11) == draw(0b11)
    (True, True)
    """

    def __matmul__(self, other: Operator) -> Operator:
        return Operator.collect((_after(a, b), c * d) for a, c in self.items() for b, d in other.items())


class Expression(Combination[Term]):
    """A combination of products of factors; ``*`` multiplies."""

    def __mul__(self, other: Expression) -> Expression:
        return Expression.collect((tuple(sorted(a + b)), c * d) for a, c in self.items() for b, d in other.items())


def bits(mask: int) -> list[int]:
    """The positions of the set bits.

    >>> bits(0b1010)
    [1, 3]
    """
    return [i for i in range(mask.bit_length()) if mask >> i & 1]


def _word(blocks: Iterable[int]) -> Word:
    return tuple(sorted((block for block in blocks if block), key=lambda block: block & -block))


def _drawn(word: Word) -> int:
    return sum(word)


def _after(first: Word, second: Word) -> Word:
    taken = _drawn(second)
    return _word((*second, *(block & ~taken for block in first)))


def draw(*blocks: int) -> Operator:
    """E_B1 ... E_Bm for disjoint blocks; empty ones are the identity."""
    return Operator({_word(blocks): 1})


ONE = draw()
"""The identity: every input held."""


# Wick and cumulant operators, each on two routes --------------------------------------------------------------------


def wick_coefficient(blocks: int) -> int:
    """(−1)^k k!, the coefficient of a word of k blocks in ω_S."""
    return (-1) ** blocks * factorial(blocks)


def cumulant_coefficient(blocks: int) -> int:
    """(−1)^(k−1) (k−1)!, the coefficient of a word of k blocks in κ_S."""
    return (-1) ** (blocks - 1) * factorial(blocks - 1)


def wick(mask: int) -> Operator:
    """ω_S = Σ_{T⊆S} Σ_{σ partition of S∖T} (−1)^|σ| |σ|! E_σ, x_T held: the closed form (arXiv 2310.06686).

    >>> wick(0b11) == ONE - draw(0b01) - draw(0b10) - draw(0b11) + draw(0b01, 0b10).times(2)
    True
    """
    return Operator.collect(
        (blocks, wick_coefficient(len(blocks))) for sub in submasks(mask) for blocks in mask_partitions(sub)
    )


def wick_by_recursion(mask: int) -> Operator:
    """ω_S = 1 − Σ_{T⊊S} E_{S∖T} ω_T: the definition (arXiv 2310.06686).

    >>> wick_by_recursion(0b111) == wick(0b111)
    True
    """
    known: dict[int, Operator] = {}

    def omega(part: int) -> Operator:
        if part not in known:
            lower = (draw(part ^ sub) @ omega(sub) for sub in submasks(part) if sub != part)
            known[part] = ONE - Operator.total(lower)
        return known[part]

    return omega(mask)


def cumulant(mask: int) -> Operator:
    """κ_S = Σ_{σ partition of S} (−1)^(|σ|−1) (|σ|−1)! E_σ, S not empty: the closed form (arXiv 2310.06686).

    >>> cumulant(0b11) == draw(0b11) - draw(0b01, 0b10)
    True
    """
    return Operator.collect((blocks, cumulant_coefficient(len(blocks))) for blocks in mask_partitions(mask))


def cumulant_by_recursion(mask: int) -> Operator:
    """κ_S = E_S − Σ_{B⊊S, B ∋ min S} κ_B E_{S∖B}: the derivative of κ = log ε (arXiv 2310.06686).

    >>> cumulant_by_recursion(0b111) == cumulant(0b111)
    True
    """
    known: dict[int, Operator] = {}

    def kappa(part: int) -> Operator:
        if part not in known:
            low = part & -part
            lower = (kappa(part ^ sub) @ draw(sub) for sub in submasks(part ^ low) if sub)
            known[part] = draw(part) - Operator.total(lower)
        return known[part]

    return kappa(mask)


def cumulant_product(blocks: Iterable[int]) -> Operator:
    """Π_{B∈π} κ_B, which makes K_f(π) out of f (arXiv 2310.06686).

    >>> cumulant_product([0b01, 0b10]) == draw(0b01, 0b10)
    True
    """
    result = ONE
    for block in blocks:
        result = result @ cumulant(block)
    return result


# What is known of the law -------------------------------------------------------------------------------------------


def independent(operator: Operator, groups: Sequence[int]) -> Operator:
    """Rewrite under mutual independence of disjoint groups of inputs: E_B = Π_G E_{B∩G}, for B inside their union.

    What a block holds outside all groups stays with the block only where it meets no group: else nothing is known, and nothing is
    rewritten.

    >>> independent(cumulant(0b11), [0b01, 0b10])
    {}
    """
    union = sum(groups)

    def parts(block: int) -> Iterator[int]:
        return iter((block,)) if block & ~union else (block & group for group in groups)

    return Operator.collect((_word(part for block in word for part in parts(block)), c) for word, c in operator.items())


def relabel(operator: Operator, order: Sequence[int]) -> Operator:
    """Input i becomes input ``order[i]``.

    >>> relabel(draw(0b011), [2, 1, 0]) == draw(0b110)
    True
    """
    return inflate(operator, [1 << i for i in order])


def inflate(operator: Operator, blocks: Sequence[int]) -> Operator:
    """Input i becomes the block ``blocks[i]`` of inputs, treated as one.

    >>> inflate(cumulant(0b11), [0b011, 0b100]) == draw(0b111) - draw(0b011, 0b100)
    True
    """
    return Operator.collect(
        (_word(sum(blocks[i] for i in bits(block)) for block in word), c) for word, c in operator.items()
    )


# What is known of the function --------------------------------------------------------------------------------------


def _inside(word: Word, scope: int) -> Word:
    return _word(block & scope for block in word)


def constant(symbol: str) -> Expression:
    """A number that is left abstract."""
    return Expression({(Factor(symbol),): 1})


def on(operator: Operator, symbol: str, scope: int) -> Expression:
    """The operator applied to a function of the inputs in ``scope`` alone: draws of others do nothing to it.

    >>> on(wick(0b11), "f", 0b01)       # f ignores the second input
    {}
    """
    return Expression.collect(((Factor(symbol, scope, _inside(word, scope)),), c) for word, c in operator.items())


def on_factors(operator: Operator, scopes: Mapping[str, int]) -> Expression:
    """The operator applied to a product of functions of disjoint sets of inputs, e.g. f = g(x_A) h(x_B).

    A block that meets two of the sets would not factor: see :func:`independent`.
    """
    terms: list[tuple[Term, Number]] = []
    for word, coefficient in operator.items():
        if any(sum(1 for scope in scopes.values() if block & scope) > 1 for block in word):
            raise ValueError(f"A word must not draw inputs of two factors together, as {word} does.")
        factors = sorted(Factor(symbol, scope, _inside(word, scope)) for symbol, scope in scopes.items())
        terms.append((tuple(factors), coefficient))
    return Expression.collect(terms)


def _monomial(held: int, blocks: Iterable[int]) -> Term:
    factors = [Factor("", 1 << i) for i in bits(held)] + [Factor("", block, (block,)) for block in blocks]
    return tuple(sorted(factors))


def on_product(operator: Operator, scope: int) -> Expression:
    """The operator applied to f = Π x_i: a held input stands for itself, a block B for its moment E[Π_{i∈B} X_i].

    The x_i may be any one-variable functions of the inputs.
    """
    return Expression.collect(
        (_monomial(scope & ~_drawn(word), _inside(word, scope)), c) for word, c in operator.items()
    )


def moment_wick(mask: int) -> Expression:
    """The Wick product of random variables by its own recursion, in moments: :x_S: = x_S − Σ_{T⊊S} E[X_{S∖T}] :x_T:.

    Source: G. C. Wick (1950); arXiv 2310.06686 for the name.
    """
    known: dict[int, Expression] = {}

    def product(part: int) -> Expression:
        if part not in known:
            lower = (
                Expression({_monomial(0, (part ^ sub,)): 1}) * product(sub) for sub in submasks(part) if sub != part
            )
            known[part] = Expression({_monomial(part, ()): 1}) - Expression.total(lower)
        return known[part]

    return product(mask)


def moment_cumulant(mask: int) -> Expression:
    """The joint cumulant by its own recursion, in moments: κ(B) = E[X_B] − Σ_{C⊊B, C ∋ min B} κ(C) E[X_{B∖C}]."""
    known: dict[int, Expression] = {}

    def kappa(part: int) -> Expression:
        if part not in known:
            rest = part ^ (part & -part)
            lower = (kappa(part ^ sub) * Expression({_monomial(0, (sub,)): 1}) for sub in submasks(rest) if sub)
            known[part] = Expression({_monomial(0, (part,)): 1}) - Expression.total(lower)
        return known[part]

    return kappa(mask)


def derivative(operator: Operator, i: int) -> Operator:
    """The operator A' with ∂_i (A f) = A' (∂_i f): a word that integrates input i is constant in x_i.

    >>> derivative(draw(0b01) + draw(0b10), 0) == draw(0b10)
    True
    """
    return Operator((word, c) for word, c in operator.items() if not _drawn(word) >> i & 1)


def second_moment(first: Operator, second: Operator) -> Expression:
    """E[(A f)(B f)] under independence of all inputs: E[(E_U f)(E_V f)] = E[(E_{U∪V} f)²].

    There E_U is an orthogonal projection, and E_U E_V = E_{U∪V}. Both operators must have been rewritten by :func:`independent`.
    """
    for word in (*first, *second):
        if any(block & (block - 1) for block in word):
            raise ValueError(f"Under independence every block must be one input, which {word} breaks.")

    def terms() -> Iterator[tuple[Any, Number]]:
        for a, c in first.items():
            for b, d in second.items():
                yield (Factor("q", 0, (_drawn(a) | _drawn(b),)),), c * d

    return Expression.collect(terms())
