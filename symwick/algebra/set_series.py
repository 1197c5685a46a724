"""Set power series: formal sums Σ_S a_S t^S over subsets, t_i² = 0, with coefficients computed on demand.

Written once for every commutative ring, and for commuting operators that act on a module: the generating series of
docs/theory.md, section 7, ε (moments), κ = log ε (cumulants) and ι/ε (Wick products), are all obtained here. A subset is a bit
mask. Each coefficient is computed when it is asked for and kept, so a full table of n inputs costs 3^n ring operations
and a few wanted coefficients cost the subsets below them only; nowhere is a sum over set partitions written out.

Literature: Björklund, Husfeldt, Kaski, Koivisto, *Fourier meets Möbius: fast subset convolution* (2007), for the ring;
Speed, *Cumulants and partition lattices* (1983), for log and exp.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from symwick.algebra.rings import Ring
from symwick.errors import InvalidArgument

__all__ = ["Action", "OperatorAction", "SetSeries", "divide", "exp", "inverse", "log", "product", "submasks", "unit"]

R = TypeVar("R")
M = TypeVar("M")
R_contra = TypeVar("R_contra", contravariant=True)


def submasks(mask: int) -> Iterator[int]:
    """All submasks of a mask, descending from the mask itself to 0.

    >>> list(submasks(0b101))
    [5, 4, 1, 0]
    """
    sub = mask
    while True:
        yield sub
        if not sub:
            return
        sub = (sub - 1) & mask


class Action(Protocol[R_contra, M]):
    """Coefficients R acting on a module M. A ring acts on itself by multiplication."""

    @property
    def zero(self) -> M: ...
    def add(self, a: M, b: M, /) -> M: ...
    def sub(self, a: M, b: M, /) -> M: ...
    def mul(self, r: R_contra, m: M, /) -> M: ...
    def is_zero(self, r: R_contra, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class OperatorAction(Generic[M]):
    """Commuting linear operators (callables) acting on module elements that bring their own ``+`` and ``-``.

    >>> double = OperatorAction(0)
    >>> double.mul(lambda m: 2 * m, 21)
    42
    """

    zero: M

    def add(self, a: Any, b: Any) -> Any:
        return a + b

    def sub(self, a: Any, b: Any) -> Any:
        return a - b

    def mul(self, operator: Callable[[M], M], m: M) -> M:
        return operator(m)

    def is_zero(self, operator: Callable[[M], M] | None) -> bool:
        return operator is None


class SetSeries(Generic[R]):
    """A set power series; ``series[mask]`` is the coefficient of t^S, S the set bits of the mask.

    ``coefficient`` is called at most once per mask; it may ask for coefficients of this or other series at smaller masks.

    >>> from symwick.algebra.rings import FRACTION
    >>> moments = SetSeries(FRACTION, lambda mask: FRACTION.coerce([1, 3, 5, 17][mask]))
    >>> log(moments)[0b11]            # covariance: 17 - 3 * 5
    Fraction(2, 1)
    """

    __slots__ = ("_coefficient", "_known", "ring")

    def __init__(self, ring: Action[Any, Any], coefficient: Callable[[int], R]) -> None:
        self.ring = ring
        self._coefficient = coefficient
        self._known: dict[int, R] = {}

    def __getitem__(self, mask: int) -> R:
        try:
            return self._known[mask]
        except KeyError:
            value = self._known[mask] = self._coefficient(mask)
            return value

    def __copy__(self) -> SetSeries[R]:
        return self  # what is known is all that changes, and it may be shared

    def __deepcopy__(self, memo: Any) -> SetSeries[R]:
        return self

    def __reduce__(self) -> Any:
        raise InvalidArgument(
            "A result that derives its terms on demand cannot be pickled: pickle forms, laws and numbers, "
            "or write a decomposition with .to_json()."
        )

    def known(self) -> int:
        """How many coefficients have been computed so far."""
        return len(self._known)


def unit(ring: Ring[Any]) -> SetSeries[Any]:
    """The series 1."""
    return SetSeries(ring, lambda mask: ring.zero if mask else ring.one)


def product(a: SetSeries[R], b: SetSeries[M], action: Action[R, M] | None = None) -> SetSeries[M]:
    """(ab)_U = Σ_{B⊆U} a_B b_{U∖B}, the coefficients of ``a`` acting on those of ``b``."""
    act: Action[Any, Any] = action or a.ring

    def coefficient(mask: int) -> Any:
        total = act.zero
        for sub in submasks(mask):
            factor = a[sub]
            if not act.is_zero(factor):
                total = act.add(total, act.mul(factor, b[mask ^ sub]))
        return total

    return SetSeries(act, coefficient)


def divide(numerator: SetSeries[M], denominator: SetSeries[R], action: Action[R, M] | None = None) -> SetSeries[M]:
    """q = numerator / denominator for a denominator with constant term one.

    q_U = a_U − Σ_{∅≠B⊆U} b_B q_{U∖B}. With operators as ``denominator`` and functions as ``numerator`` this is the recursion
    of the Wick operators; the constant term, the identity, is never applied.
    """
    act: Action[Any, Any] = action or denominator.ring

    def coefficient(mask: int) -> Any:
        total = numerator[mask]
        for sub in submasks(mask):
            if sub:
                factor = denominator[sub]
                if not act.is_zero(factor):
                    total = act.sub(total, act.mul(factor, result[mask ^ sub]))
        return total

    result: SetSeries[Any] = SetSeries(act, coefficient)
    return result


def inverse(a: SetSeries[R], ring: Ring[R] | None = None) -> SetSeries[R]:
    """1/a for constant term one: ρ_U = −Σ_{∅≠B⊆U} a_B ρ_{U∖B}.

    >>> from symwick.algebra.rings import FRACTION
    >>> a = SetSeries(FRACTION, lambda mask: FRACTION.coerce([1, 2, 3, 7][mask]))
    >>> inverse(a)[0b11]              # 2 * 2 * 3 - 7
    Fraction(5, 1)
    """
    base: Any = ring or a.ring
    _require(a[0] == base.one, "one", a[0])
    return divide(unit(base), a, base)


def log(a: SetSeries[R], action: Action[R, M] | None = None, on: M | None = None) -> SetSeries[M]:
    """log a for constant term one: κ_U = a_U − Σ_{B⊊U, B ∋ min U} a_{U∖B} κ_B; κ_∅ = 0.

    With operators as coefficients, ``on`` is the module element f they act on and the result is κ_U f.
    """
    act: Action[Any, Any] = action or a.ring
    if on is None:
        _require(a[0] == act.one, "one", a[0])  # type: ignore[attr-defined]

    def coefficient(mask: int) -> Any:
        if not mask:
            return act.zero
        low = mask & -mask
        rest = mask ^ low
        total: Any = a[mask] if on is None else act.mul(a[mask], on)
        for sub in submasks(rest):
            if sub:  # sub = U∖B is not empty: B is a proper subset that keeps the lowest element
                factor = a[sub]
                if not act.is_zero(factor):
                    total = act.sub(total, act.mul(factor, result[mask ^ sub]))
        return total

    result: SetSeries[Any] = SetSeries(act, coefficient)
    return result


def exp(k: SetSeries[R], ring: Ring[R] | None = None) -> SetSeries[R]:
    """exp k for constant term zero: ε_U = Σ_{B⊆U, B ∋ min U} κ_B ε_{U∖B}; ε_∅ = 1.

    >>> from symwick.algebra.rings import FRACTION
    >>> a = SetSeries(FRACTION, lambda mask: FRACTION.coerce([1, 3, 5, 17][mask]))
    >>> exp(log(a))[0b11]
    Fraction(17, 1)
    """
    base: Any = ring or k.ring
    _require(base.is_zero(k[0]), "zero", k[0])

    def coefficient(mask: int) -> Any:
        if not mask:
            return base.one
        low = mask & -mask
        total = base.zero
        for sub in submasks(mask ^ low):
            factor = k[sub | low]
            if not base.is_zero(factor):
                total = base.add(total, base.mul(factor, result[mask ^ low ^ sub]))
        return total

    result: SetSeries[Any] = SetSeries(base, coefficient)
    return result


def _require(holds: bool, wanted: str, constant: Any) -> None:
    if not holds:
        raise InvalidArgument(f"The series must have the constant term {wanted}, not {constant}.")
