"""``moments_of``: the moments and cumulants that a form needs, from rows of data, in one pass over blocks of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import factorial, fsum, prod
from typing import Any

import numpy as np

from symwick.algebra.multisets import multiset_partitions
from symwick.circuits.moment_names import cumulant_entries, moment_powers
from symwick.circuits.variables import Variable, as_variables
from symwick.codegen.compilation import names_of_arguments
from symwick.codegen.evaluator import Evaluator
from symwick.codegen.sources import read_source
from symwick.errors import InvalidArgument

__all__ = ["moments_of"]

_BLOCK = 16_384

Powers = tuple[tuple[str, int], ...]
"""(variable, exponent), in order; the exponents are positive."""


def moments_of(data: Any, x: Any, variables: Iterable[Variable] | None = None) -> dict[str, float]:
    """{argument: value} of the moments and cumulants among the arguments of a form or evaluator, as means over rows of data.

    ``data`` maps variables to columns (a dict, a DataFrame), or is an array of rows whose columns are ``variables``. A moment
    E[x**2*y] is the mean of x²y over the rows, a cumulant κ[x,y] that of the data's law (no correction for their number),
    worked out from means about a first guess of the centre, so that a large mean costs no digits. One pass over the rows, in
    blocks; only what the form needs. NaN in a column that is needed gives NaN.

    >>> import symwick as sw
    >>> form = sw.gwp("x*y", sw.Moments(["x", "y"]))
    >>> sw.moments_of({"x": [0, 1, 1, 2], "y": [1, 1, 3, 3]}, form)
    {'E_x': 1.0, 'E_y': 2.0, 'E_x_y': 2.5}
    >>> fn = sw.compile(form)
    >>> float(fn(x=2, y=3, **sw.moments_of({"x": [0, 1, 1, 2], "y": [1, 1, 3, 3]}, fn)))
    0.5

    Raises InvalidArgument (columns of different lengths, no rows, a variable without a column, a column of no real numbers).
    """
    if isinstance(x, Evaluator):
        names = dict(zip(x.parameters, x.arguments[len(x.arguments) - len(x.parameters) :], strict=True))
    else:
        content = read_source(x)
        identifiers = names_of_arguments(content)
        names = {name: identifiers[name] for name in content.parameters}
    moments: dict[str, Powers] = {}
    cumulants: dict[str, list[str]] = {}
    for name in names:
        if (powers := moment_powers(name)) is not None:
            moments[name] = tuple(sorted((v.name, k) for v, k in powers.items()))
        elif (entries := cumulant_entries(name)) is not None:
            cumulants[name] = sorted(v.name for v in entries)
    used = sorted({v for powers in moments.values() for v, _ in powers} | {v for entries in cumulants.values() for v in entries})
    columns, count = _columns(data, used, variables)
    if not used:
        return {}
    plain = set(moments.values()) | {((entries[0], 1),) for entries in cumulants.values() if len(entries) == 1}
    centred = {part for entries in cumulants.values() if len(entries) > 1 for part in _parts(entries)}
    centre = {v: float(np.mean(np.asarray(columns[v][:_BLOCK], float))) for v in used} if centred else {}
    means = _means(columns, count, plain, dict.fromkeys(used, 0.0))
    about = _means(columns, count, centred, centre)
    found: dict[str, float] = {}
    for name, identifier in names.items():
        if name in moments:
            found[identifier] = means[moments[name]]
        elif name in cumulants:
            entries = cumulants[name]
            found[identifier] = means[((entries[0], 1),)] if len(entries) == 1 else _cumulant(entries, about)
    return found


def _columns(data: Any, used: list[str], variables: Iterable[Variable] | None) -> tuple[dict[str, Any], int]:
    """The columns that are needed, as arrays without axes but the rows."""
    if isinstance(data, Mapping) or hasattr(data, "columns"):
        if variables is not None:
            raise InvalidArgument("Argument 'variables' must be left out where 'data' names its columns.")
        given = {str(key): data[key] for key in (data if isinstance(data, Mapping) else data.columns)}
    else:
        rows = np.asarray(data)
        symbols = None if variables is None else as_variables(variables)
        if symbols is None or rows.ndim != 2 or rows.shape[1] != len(symbols):
            wanted = "variables" if symbols is None else f"{len(symbols)} variables"
            raise InvalidArgument(
                f"Argument 'data' must map variables to columns, or be rows with a column for each of the {wanted}, not an "
                f"array of shape {rows.shape}."
            )
        given = {symbol.name: rows[:, k] for k, symbol in enumerate(symbols)}
    if missing := [v for v in used if v not in given]:
        raise InvalidArgument(f"Argument 'data' must have a column for {missing[0]}; it has {', '.join(given) or 'none'}.")
    columns: dict[str, Any] = {}
    for v in used:
        column = np.asarray(given[v])
        if column.ndim != 1 or column.dtype.kind not in "iubf":
            raise InvalidArgument(
                f"Argument 'data' must hold real numbers in one column for {v}, not {column.dtype} of shape {column.shape}."
            )
        columns[v] = column
    lengths = {v: len(column) for v, column in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{v} {n}" for v, n in lengths.items())
        raise InvalidArgument(f"Argument 'data' must have columns of one length, not {shown}.")
    count = next(iter(lengths.values()), 0)
    if used and not count:
        raise InvalidArgument("Argument 'data' must hold at least one row.")
    return columns, count


def _parts(entries: list[str]) -> set[Powers]:
    """All multisets within a multiset, but the empty one."""
    counts = {v: entries.count(v) for v in dict.fromkeys(entries)}
    found: set[Powers] = {()}
    for v, most in counts.items():
        found |= {(*part, (v, k)) for part in found for k in range(1, most + 1)}
    return found - {()}


def _means(columns: Mapping[str, Any], count: int, wanted: set[Powers], centre: Mapping[str, float]) -> dict[Powers, float]:
    """E Π (x − centre)^k of every multiset: sums of blocks, which are added without rounding on the way."""
    sums: dict[Powers, list[float]] = {powers: [] for powers in sorted(wanted)}
    for start in range(0, count if wanted else 0, _BLOCK):
        rows = {v: np.asarray(columns[v][start : start + _BLOCK], float) - centre[v] for v in centre}
        known: dict[tuple[str, int], Any] = {}
        for powers, parts in sums.items():
            values: Any = None
            for v, k in powers:
                if (v, k) not in known:
                    known[v, k] = rows[v] ** k
                values = known[v, k] if values is None else values * known[v, k]
            parts.append(float(np.sum(values)))
    return {powers: _total(parts) / count for powers, parts in sums.items()}


def _total(parts: list[float]) -> float:
    try:
        return fsum(parts)
    except (OverflowError, ValueError):  # infinities of both signs, or beyond floats
        return float(np.sum(parts))


def _cumulant(entries: list[str], means: Mapping[Powers, float]) -> float:
    """Σ_π (−1)^{|π|−1} (|π|−1)! Π_B E[Π_B] over the partitions of a multiset, of centred variables: shifts change nothing."""
    names = sorted(set(entries))
    terms = []
    for partition, count in multiset_partitions({i: entries.count(v) for i, v in enumerate(names)}):
        blocks = [tuple((names[i], block.count(i)) for i in sorted(set(block))) for block in partition]
        sign = -1 if len(blocks) % 2 == 0 else 1
        terms.append(sign * count * factorial(len(blocks) - 1) * prod(means[block] for block in blocks))
    return _total(terms)
