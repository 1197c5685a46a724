"""`propagate`: means and joint cumulants of the wires of a circuit, gate by gate, exact or truncated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, overload

import sympy

from symwick.account.propagation import Propagation
from symwick.algebra.numbers import whole_number
from symwick.circuits.circuit import Circuit
from symwick.distributions.law import Law
from symwick.errors import InexactError, InvalidArgument, UnknownVariable
from symwick.propagation.closures import CLOSURES
from symwick.propagation.inputs import holds_symbols, law_of
from symwick.propagation.run import DEFAULT_LIMIT, MOST_MOMENTS, Options
from symwick.propagation.sweep import Sweep

__all__ = ["propagate"]

ENGINES = ("auto", "demand", "frontier")
RINGS = ("exact", "symbolic", "float64")
SCHEDULES = ("gate", "layer")
DEFAULT_MEMORY = 2_000_000_000
"""Bytes of the arrays of a frontier above which the demand-driven engine is taken, or TooLarge raised."""

MOST_ORDER = 4
"""The largest order of a frontier."""


@overload
def propagate(
    c: Circuit,
    P: Law,
    order: int | None = 2,
    schedule: str = "gate",
    ring: str = "exact",
    outputs: Iterable[Any] | None = None,
    *,
    closure: str = "zero",
    keep: Any = None,
    limit: int | None = None,
    engine: str = "auto",
    memory: int = DEFAULT_MEMORY,
) -> Propagation: ...
@overload
def propagate(
    c: Circuit,
    P: Sequence[Law],
    order: int | None = 2,
    schedule: str = "gate",
    ring: str = "exact",
    outputs: Iterable[Any] | None = None,
    *,
    closure: str = "zero",
    keep: Any = None,
    limit: int | None = None,
    engine: str = "auto",
    memory: int = DEFAULT_MEMORY,
) -> Sweep[Propagation]: ...
def propagate(
    c: Circuit,
    P: Law | Sequence[Law],
    order: int | None = 2,
    schedule: str = "gate",
    ring: str = "exact",
    outputs: Iterable[Any] | None = None,
    *,
    closure: str = "zero",
    keep: Any = None,
    limit: int | None = None,
    engine: str = "auto",
    memory: int = DEFAULT_MEMORY,
) -> Propagation | Sweep[Propagation]:
    """Estimates of means and joint cumulants of all wires of a circuit whose inputs follow a law, computed when asked for.

    ``order`` k counts every joint cumulant of more than k wires as 0; ``None`` truncates nothing, and is exact. The rules: κ is
    linear, and for a product κ(AB, C) = κ(A, B, C) + Σ_{C = C1 ⊎ C2} κ(A, C1) κ(B, C2). ``schedule`` says what is expanded first,
    which changes the estimate of a truncated run and never the exact value:

    - ``"gate"`` (arXiv 2211.06738): the latest wire in circuit order, all its copies at once;
    - ``"layer"`` (arXiv 2410.01290): all sums of the highest multiplicative level by linearity, then all its products at once.

    ``closure`` says what stands in place of the cumulants that are too long:

    - ``"zero"``: nothing;
    - ``"boolean"``: those in which a wire that is certainly 0 or 1 occurs twice follow from shorter ones by Z² = Z;
    - ``"impute"`` (arXiv 2410.01290): those that lie on both sides of a product are regressed across it, with the pseudo-inverse
      of the covariances between both sides (float64, schedule "layer", order 3 or more).

    ``keep`` is a set of tuples of more than ``order`` wires: these cumulants enter all the same, with their exact values where
    few inputs are below them, else with those of a run of the next order; ``{wires: value}`` gives values. See ``r.ledger()``.

    ``ring`` is "exact" (int and Fraction), "symbolic" (closed forms; laws with symbols) or "float64". ``outputs`` restricts what
    may be asked for. Cumulants across mutually independent groups of inputs are never computed.

    A list of laws gives a :class:`Sweep`: every answer is an array with one entry, or one matrix, for each law, and the forward
    pass is taken once for all of them.

    ``engine`` is "demand", which computes what is asked for, or "frontier": one forward pass in float64, orders 1 to 4, schedule
    "gate", that keeps dense arrays of the cumulants of the live wires, and to the end those of the outputs. "auto" takes the
    frontier where it can run within ``memory`` bytes; ``plan`` says beforehand what it will take. Estimates are the same.

    ``limit`` bounds the joint cumulants of wires that a run computes (10 million by default), or, without an order, the moments
    (1 million, about 20 seconds and 250 MB). How many are needed shows only as they are computed: TooLarge, which comes when
    the limit is reached, is no prediction. For a first try of a large circuit pass a small one.

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    >>> P = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    >>> sw.propagate(c, P, order=None).mean("out"), sw.propagate(c, P, order=2).mean("out")
    (Fraction(5, 8), Fraction(17, 32))

    Raises InvalidArgument (an order below 1, a gate that is no sum, product or power), UnknownVariable (an input that the
    law lacks), InexactError, NoClosedForm (a moment that the law lacks), TooLarge.
    """
    if not isinstance(c, Circuit):
        raise InvalidArgument(f"Argument 'c' must be a Circuit, not {c!r}.")
    several = isinstance(P, (list, tuple))
    laws: list[Any] = list(P) if isinstance(P, (list, tuple)) else [P]
    for law in laws:
        if not isinstance(law, Law):
            raise InvalidArgument(
                f"Argument 'P' must be a law (Finite, Independent, MultivariateNormal, …) or a list of laws, not {law!r}."
            )
    if not laws:
        raise InvalidArgument("Argument 'P' must be a law or a list of at least one, not an empty list.")
    if order is not None:
        try:
            order = whole_number(order, "order", 1)
        except InvalidArgument:
            raise InvalidArgument(f"Argument 'order' must be an integer that is at least 1, or None, not {order!r}.") from None
    _one_of("schedule", schedule, SCHEDULES)
    _one_of("ring", ring, RINGS)
    _check_closure(closure, order, schedule, ring)
    if limit is None:
        limit = DEFAULT_LIMIT if order is not None else MOST_MOMENTS
    limit = whole_number(limit, "limit", 1)
    if isinstance(outputs, (str, sympy.Symbol)):
        outputs = [outputs]
    if outputs is not None and not isinstance(outputs, Iterable):
        raise InvalidArgument(f"Argument 'outputs' must be a list of wires, not {outputs!r}.")
    laws = [_law_of_inputs(c, law, ring) for law in laws]
    _one_of("engine", engine, ENGINES)
    memory = whole_number(memory, "memory", 1)
    can = ring == "float64" and schedule == "gate" and order is not None and order <= MOST_ORDER
    if engine == "frontier" and not can:
        raise InvalidArgument(
            f"Argument 'engine' must be 'demand' or 'auto' unless ring is 'float64', schedule 'gate' and order 1 to "
            f"{MOST_ORDER}; here they are {ring!r}, {schedule!r} and {order}."
        )
    options = Options(order, schedule, ring, None if outputs is None else tuple(outputs), limit, closure)
    run = Sweep(c, laws, options, Propagation) if several else Propagation(c, laws[0], options)
    runs = run if isinstance(run, Sweep) else [run]
    if closure == "boolean" and not any(any(one._program.bits) for one in runs):
        raise InvalidArgument("Argument 'closure' may be 'boolean' where some wire is certainly 0 or 1; here none is.")
    if keep is not None:
        if isinstance(run, Sweep):
            raise InvalidArgument("Argument 'keep' must be None for a list of laws: what is kept has a value for one law.")
        if engine == "frontier":
            raise InvalidArgument("Argument 'engine' must be 'demand' or 'auto' with 'keep', not 'frontier'.")
        return run._keeping_named(keep)
    if can and engine != "demand":
        run._plan_forward(memory, required=engine == "frontier")
    return run


def _law_of_inputs(c: Circuit, P: Law, ring: str) -> Law:
    """The joint law of the inputs of a circuit, fit for a ring."""
    known = {v.name for v in P.variables}
    for name in c.inputs:
        if name not in known:
            shown = ", ".join(map(str, P.variables[:20])) + (", …" if len(P.variables) > 20 else "")
            raise UnknownVariable(f"Argument 'P' must have a variable for every input, but lacks {name}; it has: {shown}.")
    if ring != "float64" and not P.exact:
        raise InexactError("Argument 'P' was read from floats (numbers='float64'): pass ring='float64', or read it exactly.")
    law = law_of(c.inputs, P)
    if ring != "symbolic" and holds_symbols(law):
        raise InvalidArgument(f"Argument 'ring' must be 'symbolic' under {P!r}, whose moments hold symbols, not {ring!r}.")
    return law


def _one_of(argument: str, value: Any, known: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in known:
        raise InvalidArgument(f"Argument '{argument}' must be one of {', '.join(known)}, not {value!r}.")


def _check_closure(closure: str, order: int | None, schedule: str, ring: str) -> None:
    _one_of("closure", closure, CLOSURES)
    if closure != "zero" and order is None:
        raise InvalidArgument(f"Argument 'closure' must be 'zero' where order is None, which drops nothing, not {closure!r}.")
    if closure == "impute" and (ring != "float64" or schedule != "layer" or order is None or order < 3):
        raise InvalidArgument(
            f"Argument 'closure' may be 'impute' with ring 'float64', schedule 'layer' and an order of at least 3, "
            f"not with {ring!r}, {schedule!r} and {order}."
        )
