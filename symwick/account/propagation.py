"""A propagation with its account: what the estimate is made of, and what it left out."""

from __future__ import annotations

from typing import Any

from symwick.account.attributions import Attributions
from symwick.errors import InvalidArgument
from symwick.propagation.run import Run

__all__ = ["Propagation"]


class Propagation(Run):
    """Means and cumulants of the wires of a circuit; made by :func:`symwick.propagate`, computed when asked for.

    ``mean``, ``variance``, ``cumulant`` and ``covariance`` take any wire or output by name. ``kept`` and ``dropped`` count the
    joint cumulants that the run so far has computed, and left out, one by one; a forward pass, ``plan``, counts none.
    """

    def attributions(
        self,
        output: Any,
        *,
        size: int | None = None,
        order: int | None = None,
        input: Any = None,
        gate: Any = None,
        retained: bool | None = None,
    ) -> Attributions:
        """The estimate of the mean of a wire as a sum of attributions, and what it left out, term by term, lazily.

        Each (monomial of the unfolded circuit, partition of its leaves) has a value, and is retained or dropped; see
        :class:`Attributions`, and its ``filter`` for the other arguments.

        >>> import symwick as sw
        >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
        >>> P = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
        >>> r = sw.propagate(c, P, order=1)
        >>> r.attributions("out", input="x", retained=False)
        Attributions of E out: 4 monomials, filtered by input='x', retained=False
          1 κ(x.1, x.2) κ(y.3) = 1/16, dropped at g2
          1 κ(x.1) κ(y.2, y.3) = 3/32, dropped at g3
          1 κ(y.1, y.3) κ(x.2) = 3/32, dropped at g3
        >>> r.attributions("out").total(), r.attributions("out").total(retained=True) == r.mean("out")
        (Fraction(5, 8), True)

        Raises InvalidArgument (another closure than "zero", filters), UnknownVariable.
        """
        if self.closure != "zero":
            raise InvalidArgument(f"Argument 'closure' of the run must be 'zero' for attributions, not {self.closure!r}.")
        found = Attributions(self, str(output), self._wire(output))
        return found.filter(size=size, order=order, input=input, gate=gate, retained=retained)
