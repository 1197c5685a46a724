"""Second moments between many rational vectors at once: one exact matrix product."""

from __future__ import annotations

from collections.abc import Sequence

import flint

from symwick.algebra.vectors import IntVector

__all__ = ["gram"]


def gram(vectors: Sequence[IntVector], weights: IntVector) -> list[list[flint.fmpq]]:
    """G_ij = Σ_r w_r u_i(r) u_j(r), exactly.

    >>> gram([IntVector.of([1, -1]), IntVector.of([2, 0])], IntVector.of(["1/2", "1/2"]))
    [[1, 1], [1, 2]]
    """
    if not vectors:
        return []
    plain = flint.fmpz_mat([v.numerators.tolist() for v in vectors])
    masses = weights.numerators.tolist()
    weighted = flint.fmpz_mat([[n * w for n, w in zip(v.numerators.tolist(), masses, strict=True)] for v in vectors])
    integers = (plain * weighted.transpose()).tolist()
    scales = [v.denominator for v in vectors]
    return [
        [flint.fmpq(n, weights.denominator * a * b) for n, b in zip(row, scales, strict=True)]
        for row, a in zip(integers, scales, strict=True)
    ]
