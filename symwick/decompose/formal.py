"""Generalized Wick and cumulant products written out, with f and the law left abstract.

The Wick operator of the inputs S = {0, ..., n-1} and the cumulant operator of a partition p of them are

    omega_S = sum over T in S, partitions pi of S - T, of (-1)^|pi| |pi|! E_pi      (x_T held)
    K_f(p)  = (prod over B in p of kappa_B) f,   kappa_B = sum over partitions pi of B of (-1)^(|pi|-1) (|pi|-1)! E_pi

where E_pi replaces the inputs of each block of pi by a draw of their joint law, blocks drawn independently, and takes
the mean. The first has Bell(n+1) terms, the second prod Bell(|B|): this module is for reading such sums and for
checking others against them, not for computing values.

Printed forms follow C. MacLeod, E. Nitishinskaya, B. Shlegeris, *Generalized Wick Decompositions* (arXiv 2310.06686):
a held input is a small x_i, a drawn one a capital X_i; inputs drawn together carry the same number of primes.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations, islice, repeat
from math import factorial
from typing import Any, NamedTuple, TypeVar

from symwick.algebra.notebook import MOST_TEXT, cut, dollars
from symwick.algebra.partitions import bell, canonical, mask_partitions, natural, ordered
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["FormalGCP", "FormalGWP", "compact", "gcp", "gwp"]

K = TypeVar("K")
Blocks = frozenset[frozenset[Any]]

LIMIT = 5_000_000
"""Default of ``limit``: gwp(10) has 678,570 terms and takes 0.3 GB, gwp(11) has 4,213,597."""

# As many as gwp(3) and gcp(4) have.
_SHOWN = 15
# Bell(999) has 1,925 digits, far above any limit and below the 4,300 digits that Python writes out.
_LARGEST_BELL = 999


# Names and terms as text --------------------------------------------------------------------------------------------


class _Name(NamedTuple):
    """A small-letter head and what stands below the line, e.g. ("x", "1")."""

    head: str
    below: str


def _spelled_name(name: Any) -> _Name | None:
    if isinstance(name, str) and name.isidentifier() and name[0].islower():
        head, _, below = name.partition("_")
        return _Name(head, below)
    return None


def _input_names(labels: Sequence[Hashable], names: Sequence[str] | None) -> dict[Hashable, _Name]:
    if names is None:
        if list(labels) == list(range(len(labels))):
            return {label: _Name("x", str(i + 1)) for i, label in enumerate(labels)}
        spelled = [_spelled_name(label) for label in labels]
        return {label: name or _Name("x", str(label)) for label, name in zip(labels, spelled, strict=True)}
    if isinstance(names, str) or len(names) != len(labels) or len(set(names)) != len(names):
        raise InvalidArgument(f"Argument 'names' must hold {len(labels)} distinct names, not {names!r}.")
    result = {}
    for label, text in zip(labels, names, strict=True):
        # The capital letter is what tells a drawn input from a held one.
        name = _spelled_name(text)
        if name is None:
            raise InvalidArgument(
                f"Argument 'names' must hold identifiers that begin with a small letter, not {text!r}."
            )
        result[label] = name
    return result


def _text_variable(name: _Name, copy: int) -> str:
    # A copy number of -1 means held.
    head = name.head if copy < 0 else name.head[0].upper() + name.head[1:]
    primes = "'" * copy if copy <= 3 else f"^({copy})"
    return head + (f"_{name.below}" if name.below else "") + primes


_LATEX_ESCAPES = str.maketrans(
    {
        **{mark: "\\" + mark for mark in "&%$#_{}"},
        "\\": r"\backslash{}",
        "^": r"\hat{}",
        "~": r"\sim{}",
    }
)


def _latex_variable(name: _Name, copy: int) -> str:
    head = name.head if copy < 0 else name.head[0].upper() + name.head[1:]
    if len(head) > 1:
        head = rf"\mathrm{{{head}}}"
    below = name.below.translate(_LATEX_ESCAPES)
    if len(below) > 1:
        below = f"{{{below}}}" if below.isdecimal() else rf"{{\mathrm{{{below}}}}}"
    primes = "'" * copy if copy <= 3 else f"^{{({copy})}}"
    return head + (f"_{below}" if below else "") + primes


class _FormalSum(dict[K, int]):
    """A dict from terms to integers that prints as the sum it stands for."""

    def __init__(self, labels: Sequence[Hashable], names: Sequence[str] | None = None) -> None:
        super().__init__()
        self.labels = tuple(labels)
        self.names = None if names is None else tuple(names)
        _input_names(self.labels, names)

    def _blocks(self, key: Any) -> Blocks:
        raise NotImplementedError

    def _sum(self, latex: bool, max_terms: int | None, names: Sequence[str] | None) -> str:
        spelled = _input_names(self.labels, self.names if names is None else names)
        variable = _latex_variable if latex else _text_variable
        mean = r"\mathbb{E}" if latex else "E"
        place = {label: i for i, label in enumerate(self.labels)}
        shown = len(self) if max_terms is None else natural(max_terms, "max_terms")
        parts: list[str] = []
        for key, coefficient in islice(self.items(), shown):
            # Blocks in the order of their first inputs: the first is drawn without, the second with one prime.
            blocks = sorted(self._blocks(key), key=lambda block: min(place[label] for label in block))
            copies = {label: i for i, block in enumerate(blocks) for label in block}
            body = "f(" + ", ".join(variable(spelled[label], copies.get(label, -1)) for label in self.labels) + ")"
            size = abs(coefficient)
            text = ("" if size == 1 else f"{size} ") + (f"{mean}[{body}]" if blocks else body)
            sign = "-" if coefficient < 0 else "+"
            parts.append(f" {sign} {text}" if parts else text if sign == "+" else f"-{text}")
        if not self:
            return "0"
        if shown < len(self):
            parts.append(rf" \cdots \text{{ ({len(self)} terms)}}" if latex else f" … ({len(self)} terms)")
        return "".join(parts)

    def text(self, *, max_terms: int | None = None, names: Sequence[str] | None = None) -> str:
        """The sum as plain text; all terms unless ``max_terms`` says otherwise. ``names`` go before those of the sum.

        >>> gwp(1).text(names=["width"])
        'f(width) - E[f(Width)]'
        """
        return self._sum(False, max_terms, names)

    def latex(self, *, max_terms: int | None = None, names: Sequence[str] | None = None) -> str:
        r"""The sum as LaTeX (no dollar signs); arguments as in :meth:`text`.

        >>> print(gwp(1).latex())
        f(x_1) - \mathbb{E}[f(X_1)]
        """
        return self._sum(True, max_terms, names)

    def __repr__(self) -> str:
        return cut(self.text(max_terms=_SHOWN), MOST_TEXT)

    __str__ = __repr__

    def _repr_latex_(self) -> str | None:
        return dollars(self.latex(max_terms=_SHOWN), display=False)


class FormalGWP(_FormalSum[tuple[frozenset[int], frozenset[frozenset[int]]]]):
    """What :func:`gwp` returns: ``{(T, pi): coefficient}``, a dict that prints as its sum."""

    def _blocks(self, key: Any) -> Blocks:
        pi: Blocks = key[1]
        return pi


class FormalGCP(_FormalSum[frozenset[frozenset[Any]]]):
    """What :func:`gcp` returns: ``{pi: coefficient}``, a dict that prints as its sum."""

    def _blocks(self, key: Any) -> Blocks:
        pi: Blocks = key
        return pi


# Building -----------------------------------------------------------------------------------------------------------


def _check_size(what: str, sizes: Iterable[int], limit: int) -> None:
    """Refuse a sum of prod Bell(size) terms if that is above the limit."""
    limit = natural(limit, "limit")
    predicted, exact = 1, True
    for size in sizes:
        if size > _LARGEST_BELL or predicted.bit_length() > 6000:
            exact = False
        else:
            predicted *= bell(size)
    if not exact:
        raise TooLarge(f"{what}: number of terms, at least", max(predicted, bell(_LARGEST_BELL)), limit)
    if predicted > limit:
        raise TooLarge(f"{what}: number of terms", predicted, limit)


@contextmanager
def _collector_paused() -> Iterator[None]:
    # The keys are hundreds of thousands of live containers without cycles; each pass of the cyclic garbage collector
    # over them would be in vain, and together the passes would take longer than the work.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _subsets(n: int) -> Iterator[int]:
    """All masks of n bits, by number of bits, then by the tuple of their positions."""
    for size in range(n + 1):
        for places in combinations(range(n), size):
            yield sum(1 << i for i in places)


def _blocks_by_mask(labels: Sequence[Hashable]) -> list[frozenset[Any]]:
    """Every subset of the labels once, so that equal blocks are one object in all keys."""
    blocks: list[frozenset[Any]] = [frozenset()]
    for label in labels:
        blocks += [block | {label} for block in blocks]
    return blocks


def _partitions(mask: int, singles: Sequence[Blocks], known: Callable[[int], list[Blocks]]) -> list[Blocks]:
    """All partitions of the labels in the mask, fewest blocks first, out of the known ones of smaller masks.

    They are {B} | rest with B any block that holds the lowest bit, and rest a partition of what B leaves: one set union
    each. ``singles`` has {B} for every mask B.
    """
    low = mask & -mask
    others = inside = mask ^ low
    found: list[Blocks] = []
    while True:
        found += map(singles[low | inside].__or__, known(others ^ inside))
        if not inside:
            break
        inside = (inside - 1) & others
    found.sort(key=len)
    return found


def gwp(n: int, *, names: Sequence[str] | None = None, limit: int = LIMIT) -> FormalGWP:
    """The generalized Wick product omega_S f, S = {0, ..., n-1}, written out: ``{(T, pi): coefficient}``.

    T is the frozenset of the inputs held at x, pi the partition (a frozenset of frozensets) of the others into blocks
    drawn together, empty if nothing is integrated; the coefficient is (-1)^|pi| |pi|!. There are Bell(n+1) terms.
    Order: by the number of inputs integrated, by which, then by the number of blocks. In print index i is
    numbered i + 1, unless ``names`` are given. Source: arXiv 2310.06686; the closed form is omega = iota / epsilon
    of set power series.

    Raises :class:`~symwick.errors.InvalidArgument` if n is no natural number, :class:`~symwick.errors.TooLarge`, before
    any work, if there are more than ``limit`` terms.

    >>> gwp(2)
    f(x_1, x_2) - E[f(X_1, x_2)] - E[f(x_1, X_2)] - E[f(X_1, X_2)] + 2 E[f(X_1, X_2')]
    >>> gwp(2)[frozenset(), frozenset({frozenset({0}), frozenset({1})})]
    2
    """
    n = natural(n, "n")
    _check_size("formal.gwp", [n + 1], limit)
    result = FormalGWP(range(n), names)
    coefficient = [(-1) ** k * factorial(k) for k in range(n + 1)].__getitem__
    with _collector_paused():
        blocks = _blocks_by_mask(range(n))
        singles = [frozenset((block,)) for block in blocks]
        partitions: list[list[Blocks]] = [[frozenset()]]
        full = len(blocks) - 1
        for mask in range(1, full + 1):
            partitions.append(_partitions(mask, singles, partitions.__getitem__))
        for mask in _subsets(n):
            found = partitions[mask]
            result.update(zip(zip(repeat(blocks[full ^ mask]), found), map(coefficient, map(len, found)), strict=True))
    return result


def _one_cumulant(block: Sequence[Hashable]) -> Iterator[tuple[Blocks, int]]:
    """The terms of kappa_B."""
    blocks = _blocks_by_mask(block)
    full = len(blocks) - 1
    singles = [frozenset((inside,)) for inside in blocks]
    known: dict[int, list[Blocks]] = {0: [frozenset()]}
    # Only sets without the first label are ever left over, and for the whole block each of them once: pop frees them.
    for mask in range(2, full, 2):
        known[mask] = _partitions(mask, singles, known.__getitem__)
    found = _partitions(full, singles, known.pop)
    coefficients = [0, *((-1) ** k * factorial(k) for k in range(len(block)))]
    return zip(found, map(coefficients.__getitem__, map(len, found)), strict=True)


def gcp(
    partition: int | Iterable[Iterable[Hashable]], *, names: Sequence[str] | None = None, limit: int = LIMIT
) -> FormalGCP:
    """The generalized cumulant product K_f(partition) written out: ``{pi: coefficient}``.

    ``partition`` is an iterable of iterables of hashable labels, or a number n for the one block {0, ..., n-1}. The
    keys are the partitions pi that refine it (frozensets of frozensets); the coefficient is the Moebius function, the
    product over the blocks B of (-1)^(k-1) (k-1)!, k the number of blocks of pi in B. There are prod Bell(|B|) terms,
    fewest blocks first for each B. In print labels 0, ..., n-1 are numbered 1, ..., n, labels that are
    small-letter identifiers stand for themselves, others are subscripts; or ``names`` are given, in the order of the
    sorted labels. Source: arXiv 2310.06686.

    Raises :class:`~symwick.errors.InvalidArgument` for what is no partition, :class:`~symwick.errors.TooLarge`, before
    any work, if there are more than ``limit`` terms.

    >>> gcp(2)
    E[f(X_1, X_2)] - E[f(X_1, X_2')]
    >>> gcp([[0, 1], [2]])
    E[f(X_1, X_2, X_3')] - E[f(X_1, X_2', X_3'')]
    """
    if isinstance(partition, Iterable):
        blocks = canonical(partition)
        _check_size("formal.gcp", map(len, blocks), limit)
    else:
        n = natural(partition, "partition")
        _check_size("formal.gcp", [n], limit)
        blocks = (tuple(range(n)),) if n else ()
    result = FormalGCP(ordered(label for block in blocks for label in block), names)
    with _collector_paused():
        if not blocks:
            result[frozenset()] = 1
        for number, block in enumerate(blocks):
            factor = _one_cumulant(block)
            if number:
                kappa = list(factor)
                factor = iter([(pi | sigma, a * b) for pi, a in result.items() for sigma, b in kappa])
                result.clear()
            result.update(factor)
    return result


def compact(n: int) -> Iterator[tuple[int, tuple[int, ...], int]]:
    """The terms of :func:`gwp` as bit masks, lazily: ``(mask of T, masks of the blocks of pi, coefficient)``.

    Bit i stands for input i. The held sets come in the order of :func:`gwp`; under each, partitions come in that of
    :func:`~symwick.algebra.partitions.mask_partitions`. Memory is linear in n, so there is no limit.

    >>> list(compact(2))
    [(3, (), 1), (2, (1,), -1), (1, (2,), -1), (0, (3,), -1), (0, (1, 2), 2)]
    """
    return _compact(natural(n, "n"))


def _compact(n: int) -> Iterator[tuple[int, tuple[int, ...], int]]:
    full = (1 << n) - 1
    coefficients = [(-1) ** k * factorial(k) for k in range(n + 1)]
    for mask in _subsets(n):
        held = full ^ mask
        for blocks in mask_partitions(mask):
            yield held, blocks, coefficients[len(blocks)]
