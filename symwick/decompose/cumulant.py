"""Generalized cumulant products K_f(π) and the decomposition E f = Σ_π K_f(π)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symwick.algebra.partitions import bell, mask_partitions
from symwick.circuits.closed_form import ClosedForm
from symwick.decompose.decomposition import Decomposition
from symwick.decompose.forms import is_zero
from symwick.decompose.groups import absent, input_groups, splits
from symwick.decompose.inputs import Inputs, bits
from symwick.decompose.problem import DEFAULT_LIMIT, read
from symwick.distributions.law import Law

__all__ = ["GCPD", "gcp", "gcpd"]

Masks = tuple[int, ...]

_MOST_NAMED = 8
"""Variables that a hint lists."""


def _zero_reason(engine: Any, law: Law, blocks: Masks) -> str | None:
    """Why K_f(π) is structurally zero, where it is (docs/theory.md, sections 10 and 11)."""
    inputs: Inputs = engine.inputs
    large = [block for block in blocks if block & (block - 1)]
    together = 0
    for block in large:
        together |= block
    reason = absent(engine, together, ", which lies in a block of several inputs")
    if reason:
        return reason + _without_unused(engine, together)
    for block in large:
        parts = splits(law, inputs, block)
        if parts:
            text = " and ".join("{" + inputs.names(part) + "}" for part in parts)
            return f"the block {{{inputs.names(block)}}} splits into {text}, which are independent"
    return None


def _without_unused(engine: Any, together: int) -> str:
    """How to ask without the inputs that f ignores, where the inputs are the variables of the law themselves."""
    inputs: Inputs = engine.inputs
    used = 0
    for part in engine.maximal:
        used |= part
    unused = together & ~used
    if not unused or not 1 < used.bit_count() <= _MOST_NAMED or any(isinstance(key, str) for key in inputs.keys):
        return ""
    them = "them" if unused & (unused - 1) else "it"
    return f"; P.marginal({[str(key) for key in inputs.variables(used)]}) leaves {them} out"


def gcp(
    f: Any,
    P: Law,
    partition: Any = None,
    *,
    inputs: Any = None,
    ring: str = "exact",
    limit: int = DEFAULT_LIMIT,
    output: Any = None,
) -> Any:
    """The generalized cumulant product K_f(π) = (Π_{B∈π} κ_B) f, κ = log ε: an interaction on average.

    ``partition=None`` is the one-block partition: the generalized covariance of all inputs. It is 0 where f ignores one of
    them: ``P.marginal([...])`` leaves the others. Source: arXiv 2310.06686.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> sw.gcp("x*y", P).value, sw.gcp("x*y", P, [["x"], ["y"]]).value      # Cov(x, y), E x E y
    (Fraction(7, 64), Fraction(9, 64))

    Returns a ClosedForm without variables. Raises UnknownVariable, InvalidArgument (blocks that overlap, are empty or
    miss an input), InexactError, TooLarge.
    """
    problem = read(f, P, inputs, ring, limit, output)
    blocks = problem.inputs.partition(partition)
    return problem.shaped(lambda engine: _term(engine, P, blocks))


def _notation(inputs: Inputs, blocks: Masks) -> str:
    """K_f(π) in LaTeX."""
    return "K_f(" + (r" \mid ".join(inputs.latex(block) for block in blocks) or r"\varnothing") + ")"


def _term(engine: Any, law: Law, blocks: Masks) -> ClosedForm:
    reason = _zero_reason(engine, law, blocks)
    if reason:
        form = ClosedForm.constant(0, known=law.variables, reason=reason)
    else:
        form = engine.number(engine.cumulant(blocks), known=law.variables)
    form.notation = _notation(engine.inputs, blocks)
    return form


def gcpd(
    f: Any, P: Law, *, inputs: Any = None, ring: str = "exact", limit: int = DEFAULT_LIMIT, output: Any = None
) -> Any:
    """The generalized cumulant product decomposition E f = Σ_π K_f(π), as a Mapping π -> K_f(π).

    Keys are frozensets of frozensets of Symbols (or of block names); a partition may be given as any iterable of iterables.
    Partitions are enumerated lazily; the sum itself is checked through exp κ, never by a sum over Bell(n) partitions.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> G = sw.gcpd("x*y", P)
    >>> G[[["x", "y"]]].value, G.check()
    (Fraction(7, 64), E f = Σ_π K_f(π): holds exactly)

    Source: arXiv 2310.06686. Returns a :class:`GCPD`; a tuple or dict of them for vector-valued f. Raises UnknownVariable,
    InvalidArgument, InexactError, NoClosedForm, TooLarge.
    """
    problem = read(f, P, inputs, ring, limit, output)
    return problem.shaped(
        lambda engine: GCPD(problem.inputs, engine=engine, limit=limit, inexact=engine.inexact, law=P)
    )


class GCPD(Decomposition):
    """E f = Σ_π K_f(π); made by :func:`gcpd`.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> G = sw.gcpd("x*y", P)
    >>> G
    GCPD over x, y
      x, y: 7/64
      x | y: 9/64
    >>> G.target.value, G.check().ok
    (Fraction(1, 4), True)
    """

    kind = "gcpd"
    rule = "E f = Σ_π K_f(π)"
    _instead = "Ask for single terms, D[π]."

    def __init__(self, *args: Any, law: Law | None = None, **about: Any) -> None:
        super().__init__(*args, **about)
        self._law = law
        self._split: dict[int, bool] = {}

    def _read_key(self, key: Any) -> Masks:
        return self.inputs.partition(key)

    def _write_key(self, key: Masks) -> frozenset[frozenset[Any]]:
        return self.inputs.partition_key(key)

    def _splits(self, block: int) -> bool:
        if block not in self._split:
            assert self._law is not None
            self._split[block] = splits(self._law, self.inputs, block) is not None
        return self._split[block]

    def _keys(self) -> Iterator[Masks]:
        if self._engine is None:
            yield from self._given
            return
        assert self._law is not None
        everything = self.inputs.everything
        maximal = self._engine.maximal or [0]
        for position, part in enumerate(maximal):
            groups = input_groups(self._law, self.inputs, part)
            for blocks in _products(groups):
                together = 0
                for block in blocks:
                    if block & (block - 1):
                        together |= block
                if any(together & earlier == together for earlier in maximal[:position]):
                    continue  # enumerated before: it lies within an earlier set as well
                if any(self._splits(block) for block in blocks if block & (block - 1)):
                    continue
                rest = [1 << i for i in bits(everything & ~part)]
                yield tuple(sorted([*blocks, *rest], key=lambda m: m & -m))
        for blocks in self._given:
            if _zero_reason(self._engine, self._law, blocks):
                yield blocks

    def __contains__(self, key: Any) -> bool:
        try:
            blocks = self._read_key(key)
        except ValueError:
            return False
        if self._engine is None or blocks in self._given:
            return blocks in self._given
        assert self._law is not None
        return _zero_reason(self._engine, self._law, blocks) is None

    def _derive(self, key: Masks) -> ClosedForm:
        assert self._law is not None
        return _term(self._engine, self._law, key)

    def _with_terms(self, given: dict[Any, ClosedForm]) -> GCPD:
        return GCPD(
            self.inputs, engine=self._engine, limit=self.limit, terms=given, target=self._target, inexact=self.inexact,
            law=self._law, parameters=self._parameters,
        )  # fmt: skip

    def _key_text(self, key: Masks) -> str:
        return " | ".join(self.inputs.names(block) for block in key) or "∅"

    def _key_latex(self, key: Masks) -> str:
        return _notation(self.inputs, key)

    def _order(self, key: Masks) -> int:
        return max((block.bit_count() for block in key), default=0)

    def _predicted(self) -> int:
        if self._engine is None:
            return len(self._given)
        assert self._law is not None
        total = 0
        for part in self._engine.maximal or [0]:
            count = 1
            for group in input_groups(self._law, self.inputs, part):
                count *= bell(group.bit_count())
            total += count
        return total

    @property
    def target(self) -> ClosedForm:
        """E f."""
        if self._target is None:
            self._target = self._engine.number(self._engine.mean())
        return self._target

    def _engine_rule_holds(self) -> bool:
        return is_zero(self._engine.cumulant_total() - self._engine.mean(), self.limit)


def _products(groups: list[int]) -> Iterator[Masks]:
    """Partitions of which no block meets two groups, lazily."""
    if not groups:
        yield ()
        return
    for head in mask_partitions(groups[0]):
        for tail in _products(groups[1:]):
            yield (*head, *tail)
