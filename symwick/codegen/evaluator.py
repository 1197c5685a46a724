"""The evaluator: a compiled form as a function of arrays, with its source, its operations and its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from os import PathLike
from typing import Any

import numpy as np

from symwick.algebra.notebook import cut, html_page, html_table, listed
from symwick.circuits.whole_files import write_whole
from symwick.codegen.argument_arrays import as_arrays, broadcast_shape, checked_out, matched
from symwick.codegen.exact import exact_rows
from symwick.codegen.sources import Source
from symwick.errors import InvalidArgument

__all__ = ["Evaluator"]

_PER_THREAD = 16_384  # rows below which a thread is not worth its start
_MOST_SHOWN = 8


class Evaluator:
    """A compiled form, circuit or decomposition: call it with arrays. Made by :func:`symwick.compile`.

    Arguments are given by keyword (the identifier, or the variable's own name) or by position in the order of ``arguments``:
    arrays of integers, truth values or floats that broadcast together, or single numbers. The result is an array of the
    broadcast shape, a number where all arguments are numbers; of several outputs a dict. ``out=`` takes the array, or a dict of
    arrays, to write into. NaN and infinities propagate as NumPy's functions let them; off the grid of a form that is known on
    a grid only, values are NaN.

    ``source`` is a self-contained module that imports NumPy alone; ``operations`` are those of one row, by kind; ``renamed``
    maps the names that are no identifiers to what they are called. Evaluators may be used from several threads, and are
    pickled by their circuit.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> fn = sw.compile(sw.gwp("x*y", P))
    >>> fn
    <Evaluator of x, y: numpy, float64, 4 operations a row>
    >>> fn(x=np.array([0, 1]), y=1).tolist(), float(fn(1, 1)), fn.operations
    ([-0.34375, 0.28125], 0.28125, {'multiply': 1, 'subtract': 3})
    """

    def __init__(
        self,
        content: Source,
        options: Mapping[str, Any],
        identifiers: Mapping[str, str],
        source: str,
        operations: Mapping[str, int],
        run: Callable[..., Any] | None,
        rebuild: Callable[[Source, dict[str, Any]], Evaluator],
    ) -> None:
        self._content = content
        self._options = dict(options)
        self._identifiers = dict(identifiers)
        self._run = run
        self._rebuild = rebuild
        self._parameters = frozenset(content.parameters)
        self.source = source
        self.operations = dict(operations)

    # -- what it is ------------------------------------------------------------------------------------------------------

    @property
    def arguments(self) -> tuple[str, ...]:
        """The identifiers of all arguments: variables in the law's order, then parameters."""
        return tuple(self._identifiers.values())

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments that are parameters: symbols, moments, cumulants."""
        return self._content.parameters

    @property
    def renamed(self) -> dict[str, str]:
        """{name: identifier} of the arguments whose name could not be used as it is."""
        return {name: identifier for name, identifier in self._identifiers.items() if name != identifier}

    @property
    def outputs(self) -> tuple[Any, ...]:
        """The keys of the results, in order."""
        return self._content.keys

    @property
    def backend(self) -> str:
        """The name of the backend; "exact" for exact evaluators."""
        return "exact" if self._run is None else str(self._options["backend"])

    @property
    def dtype(self) -> np.dtype[Any]:
        """What it computes in; object for exact evaluators."""
        return np.dtype(object if self._run is None else self._options["dtype"])

    def write(self, path: str | PathLike[str]) -> None:
        """Write ``source`` to a file, whole or not at all."""
        write_whole(path, self.source)

    def __repr__(self) -> str:
        names = ", ".join(self.arguments[:_MOST_SHOWN]) + (", …" if len(self.arguments) > _MOST_SHOWN else "")
        count = "" if self._content.single else f", {len(self.outputs):,} outputs"
        if self._run is None:
            return cut(f"<Evaluator of {names or 'nothing'}: exact{count}>")
        return cut(f"<Evaluator of {names or 'nothing'}: {self.backend}, {self.dtype}{count}, {self._a_row:,} operations a row>")

    @property
    def _a_row(self) -> int:
        return sum(self.operations.get(op, 0) for op in self.operations if op not in ("entries", "prelude"))

    def _repr_html_(self) -> str:
        parameters = listed(self.parameters)
        rows = [("arguments", listed(self.arguments)), ("parameters among them", parameters), ("backend", self.backend)]
        if not self._content.single:
            rows.append(("outputs", f"{len(self.outputs):,}"))
        if self._run is not None:
            counts = listed(f"{self.operations[op]:,} {op}" for op in sorted(self.operations) if op not in ("entries", "prelude"))
            rows += [("computes in", str(self.dtype)), ("operations a row", f"{self._a_row:,}: {counts}")]
            rows.append(("source", f"{self.source.count(chr(10)):,} lines in .source"))
        return html_page("Evaluator", html_table(rows))

    def __reduce__(self) -> Any:
        return self._rebuild, (self._content, {**self._options, "check": False})

    # -- the call --------------------------------------------------------------------------------------------------------

    def __call__(self, *arguments: Any, out: Any = None, **named: Any) -> Any:
        given = matched(arguments, named, self._identifiers, self._content.ignored, self._parameters)
        if self._run is None:
            return self._exactly(given, out)
        arrays = as_arrays(given, self._identifiers, self.dtype)
        shape = broadcast_shape(arrays, self.arguments)
        keys = None if self._content.single else self.outputs
        if out is None:
            results = self._computed(arrays, shape, None)
        else:
            targets = checked_out(out, keys, shape, self.dtype)
            ready = keys is None and targets[0].dtype == self.dtype and targets[0].flags.c_contiguous
            if ready and not any(np.may_share_memory(targets[0], a) for a in arrays):
                self._computed(arrays, shape, targets[0])
            else:
                for target, result in zip(targets, self._computed(arrays, shape, None), strict=True):
                    target[...] = result
            return out
        return results[0] if keys is None else dict(zip(keys, results, strict=True))

    def _computed(self, arrays: list[Any], shape: tuple[int, ...], out: Any) -> list[Any]:
        """The results, one for each output, on as many threads as were asked for."""
        assert self._run is not None
        named = dict(zip(self.arguments, arrays, strict=True))
        size, threads = int(np.prod(shape)), int(self._options["threads"])
        single = self._content.single
        count = len(self.outputs)
        if out is None:
            out = np.empty(shape if single else (count, *shape), self.dtype)
        threads = min(threads, max(size // _PER_THREAD, 1))
        run = self._run
        if threads == 1:
            run(**named, out=out)
        else:
            cuts = [size * k // threads for k in range(threads + 1)]
            with ThreadPoolExecutor(threads) as pool:
                parts = [pool.submit(run, **named, out=out, rows=rows) for rows in pairwise(cuts)]
            for part in parts:
                part.result()
        return [out[()]] if single else [row[()] for row in out]

    def _exactly(self, given: Mapping[str, Any], out: Any) -> Any:
        if out is not None:
            raise InvalidArgument("Argument 'out' must be left out for an exact evaluator, whose results are new arrays.")
        results = exact_rows(self._content, given, self.arguments)
        return results[0] if self._content.single else dict(zip(self.outputs, results, strict=True))
