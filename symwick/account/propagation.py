"""A propagation with its account: what the estimate is made of, and what it left out."""

from __future__ import annotations

from symwick.propagation.run import Run

__all__ = ["Propagation"]


class Propagation(Run):
    """Means and cumulants of the wires of a circuit; made by :func:`symwick.propagate`, computed when asked for.

    ``mean``, ``variance``, ``cumulant`` and ``covariance`` take any wire or output by name. ``kept`` and ``dropped`` count the
    joint cumulants that the run so far has computed, and left out, one by one; a forward pass, ``plan``, counts none.
    """
