"""``compile``: from a form to an evaluator, by lowering, passes and a backend."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from symwick.algebra.numbers import whole_number
from symwick.codegen.backends import backend_named, run_source
from symwick.codegen.evaluator import Evaluator
from symwick.codegen.lowering import lowered
from symwick.codegen.module_text import Signature
from symwick.codegen.names import identifiers
from symwick.codegen.rounding import as_dtype, dtype_text
from symwick.codegen.self_check import checked
from symwick.codegen.sources import Source, folded, read_source
from symwick.errors import InvalidArgument

__all__ = ["compile", "names_of_arguments"]


def compile(
    x: Any,
    backend: str = "numpy",
    *,
    dtype: Any = "float64",
    check: bool = True,
    exact: bool = False,
    threads: int = 1,
    law: Any = None,
) -> Evaluator:
    """NumPy code of a ClosedForm, a Circuit, a Decomposition (all its terms at once), a mapping of names to forms, an expression.

    The shared circuit is lowered as it is, never expanded; constants are folded exactly and rounded once, to the nearest
    number of ``dtype`` (float64, float32, longdouble). Rows are processed in blocks that fit into the cache. Integer arrays
    are taken as floats. ``check`` compares the code with exact values at a few points. ``exact=True`` evaluates exact numbers
    instead, the circuit gate by gate. ``threads`` share the rows. Moments and cumulants that are symbols are arguments
    (see :func:`symwick.moments_of`), unless a ``law`` tells them.

    >>> import symwick as sw
    >>> fn = sw.compile(sw.gwp("x*y", sw.Moments(["x", "y"])))
    >>> fn.arguments, fn.renamed
    (('x', 'y', 'E_x', 'E_y', 'E_x_y'), {'E[x]': 'E_x', 'E[y]': 'E_y', 'E[x*y]': 'E_x_y'})
    >>> float(fn(x=1.0, y=2.0, E_x=0.5, E_y=0.5, E_x_y=0.25))
    0.75
    >>> sw.compile("x**2/3", exact=True)(x=2)
    Fraction(4, 3)

    Raises InvalidArgument (an unknown backend or dtype, nothing that can be compiled, a constant too large for the dtype)
    and NoClosedForm (a function that NumPy lacks).
    """
    content = read_source(x)
    if law is not None:
        content = folded(content, law)
    options = {"backend": backend, "dtype": dtype, "check": check, "exact": exact, "threads": threads}
    for name in ("check", "exact"):
        if not isinstance(options[name], bool):
            raise InvalidArgument(f"Argument '{name}' must be True or False, not {options[name]!r}.")
    whole_number(threads, "threads", 1)
    return _made(content, options)


def names_of_arguments(content: Source) -> dict[str, str]:
    """{argument: identifier}, variables first."""
    return identifiers((*content.variables, *content.parameters))


def _made(content: Source, options: dict[str, Any]) -> Evaluator:
    """The evaluator of what has been read; also what a pickle calls."""
    chosen = backend_named(options["backend"])
    dtype = as_dtype(options["dtype"])
    names = names_of_arguments(content)
    options = {**options, "backend": chosen.name, "dtype": dtype_text(dtype).removeprefix("np.")}
    if options["exact"]:
        if content.inexact:
            raise InvalidArgument("Argument 'exact' must be False for a float64 form: its numbers are not exact.")
        return Evaluator(content, options, names, "", {}, None, _made)
    if dtype not in map(np.dtype, chosen.dtypes):
        raise InvalidArgument(
            f"Argument 'dtype' must be one of {', '.join(chosen.dtypes)} for backend={chosen.name!r}, not {dtype}."
        )
    signature = Signature(
        content.variables, content.parameters, names, tuple(part.name for part in content.parts),
        tuple(part.formula for part in content.parts), content.single,
    )  # fmt: skip
    with _collector_at_rest():
        code = chosen.generate(lowered(content), signature, dtype, frozenset(content.parameters))
        run = run_source(code.source)
        if options["check"]:
            checked(content, run, names, dtype)
    return Evaluator(content, options, names, code.source, code.operations, run, _made)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Python's search for cycles put off: a large circuit makes some million records, none in a cycle, and no garbage."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
