"""Polynomials over the rationals in a few generators: python-flint's sparse multivariate engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import flint

__all__ = ["generators", "terms"]


def generators(count: int) -> list[Any]:
    """The generators of Q[t_0, …, t_{count−1}]; contexts are interned by flint, so equal counts share one ring.

    >>> a, b = generators(2)
    >>> (a + b) * (a - b)
    t0^2 - t1^2
    """
    if not count:
        return []
    context = flint.fmpq_mpoly_ctx.get([f"t{i}" for i in range(count)], flint.Ordering.lex)
    return list(context.gens())


def terms(value: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    """(exponents, coefficient) of the terms, in a fixed order; a plain rational is one term without exponents.

    >>> a, b = generators(2)
    >>> list(terms(3 * a * b - b))
    [((1, 1), 3), ((0, 1), -1)]
    """
    if isinstance(value, flint.fmpq_mpoly):
        for exponents, coefficient in value.terms():
            yield tuple(int(e) for e in exponents), coefficient
    elif value:
        yield (), value
