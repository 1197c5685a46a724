"""Shares of the variance: Sobol indices of independent inputs, covariance shares of dependent ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from symwick.algebra.notebook import (
    MOST_LATEX,
    MOST_ROWS,
    MOST_TEXT,
    bounded,
    cut,
    html_lines,
    html_page,
    html_table,
)
from symwick.algebra.numbers import whole_number
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_display import form_cell
from symwick.decompose.attribution.by_input import ByInput
from symwick.decompose.attribution.dependence import dependent_inputs
from symwick.decompose.attribution.printed_tables import array, decimal, latex, table
from symwick.decompose.attribution.variance_shares import MOST_SHARES, VarianceShares
from symwick.decompose.decomposition import Check
from symwick.decompose.forms import is_zero
from symwick.decompose.problem import DEFAULT_LIMIT, read
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument

__all__ = ["CovarianceShares", "SobolIndices", "covariance_shares", "sobol"]

def sobol(f: Any, P: Law, *, inputs: Any = None, ring: str = "exact", limit: int = DEFAULT_LIMIT) -> Any:
    """Sobol indices of f: which share of Var f each set of independent inputs makes, V_S / Var f with V_S = Var W_f(X_S).

    Under independence the terms of the decomposition are uncorrelated and Var f = Σ_{S≠∅} V_S. The first-order index of an
    input is V_i / Var f, its total index Σ_{S∋i} V_S / Var f. Blocks count as one input; what lies within a block may be
    dependent. Sources: I. M. Sobol', *Sensitivity estimates for nonlinear mathematical models* (1993); T. Homma and
    A. Saltelli, *Importance measures in global sensitivity analysis of nonlinear models* (1996), for total indices.

    >>> import symwick as sw
    >>> P = sw.Independent({"x": sw.Uniform(0, 1), "y": sw.Uniform(0, 1)})
    >>> S = sobol("x + a*x*y", P)
    >>> S.variance
    7*a**2/144 + a/12 + 1/12
    >>> sobol("x + x*y", P)
    SobolIndices over x, y: independent inputs; Var f = 31/144
      input     first     total
      x      0.870968  0.903226
      y      0.096774  0.129032
    >>> sobol("x + x*y", P).total["x"], sobol("x + x*y", P).interaction(["x", "y"])
    (28/31, 1/31)

    Returns SobolIndices; a tuple or dict of them for vector-valued f. Raises InvalidArgument (inputs of f that the law does
    not make independent: see :func:`covariance_shares`; a variance of 0), NoClosedForm, TooLarge.
    """
    problem = read(f, P, inputs, ring, limit)
    return problem.shaped(lambda engine: SobolIndices(engine, limit))


def covariance_shares(f: Any, P: Law, *, inputs: Any = None, ring: str = "exact", limit: int = DEFAULT_LIMIT) -> Any:
    """Cov(W_f(X_S), f) / Var f for every set S ≠ ∅ of inputs, dependent or not; the shares sum to 1 and may be negative.

    Because f = Σ_S W_f(X_S). A share is the sum of a structural part Var W_S / Var f and a correlative one,
    Cov(W_S, f − W_S) / Var f; under independence the latter are 0 and the shares are the Sobol indices. Source: G. Li, H. Rabitz
    et al., *Global sensitivity analysis for systems with independent and/or correlated inputs* (J. Phys. Chem. A, 2010).

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "3/8", (1, 1): "3/8", (0, 1): "1/8", (1, 0): "1/8"}, ["x", "y"])
    >>> shares = covariance_shares("x - y/4", P)
    >>> shares["x"], shares["y"], shares.structural("y"), shares.correlative("y")
    (14/13, -1/13, 1/13, -2/13)
    >>> shares.check()
    Σ_S Cov(W_S, f) / Var f = 1: holds exactly

    Returns CovarianceShares; a tuple or dict of them for vector-valued f. Raises InvalidArgument (a variance of 0),
    NoClosedForm, TooLarge.
    """
    problem = read(f, P, inputs, ring, limit)
    return problem.shaped(lambda engine: CovarianceShares(engine, limit))


# -- the two results -------------------------------------------------------------------------------------------------


class SobolIndices(VarianceShares):
    """Sobol indices; made by :func:`sobol`.

    ``variance`` is Var f, ``first`` and ``total`` map inputs to indices, ``interactions`` maps sets of inputs to V_S / Var f;
    all are closed forms, parameters included. Inputs that f does not use have indices 0.

    >>> import symwick as sw
    >>> bits = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    >>> indices = sw.sobol("x*y", bits)
    >>> indices.variance, indices.first["x"], indices.total["x"], indices.interactions["x", "y"]
    (7/64, 1/7, 4/7, 3/7)
    """

    def __init__(self, engine: Any, limit: int = DEFAULT_LIMIT) -> None:
        super().__init__(engine, limit)
        used = 0
        for mask in engine.maximal:
            used |= mask
        if groups := dependent_inputs(engine.law, engine.inputs, used):
            raise InvalidArgument(
                f"Argument 'P' must make the inputs independent for Sobol indices, but {engine.inputs.names(groups[0])} are "
                "dependent: use covariance_shares, or put them into one block with inputs=."
            )
        self._parts: dict[int, Any] = self._pairs.squares()
        self._shared_out(_sum(self._parts.values()))

    def _index(self, masks: list[int]) -> ClosedForm:
        return self._over(_sum(self._parts[mask] for mask in masks))

    @cached_property
    def first(self) -> ByInput:
        """{input: V_i / Var f}."""
        return ByInput({key: self._share(1 << i, self._parts.__getitem__) for i, key in enumerate(self.inputs.keys)})

    @cached_property
    def total(self) -> ByInput:
        """{input: Σ_{S∋i} V_S / Var f}."""

        def with_input(mask: int) -> Any:
            return _sum(value for subset, value in self._parts.items() if subset & mask)

        return ByInput({key: self._share(1 << i, with_input) for i, key in enumerate(self.inputs.keys)})

    @property
    def interactions(self) -> Mapping[frozenset[Any], ClosedForm]:
        """{S: V_S / Var f} for all S that are not structurally zero, by size; they sum to 1."""
        return _Interactions(self)

    def interaction(self, S: Any) -> ClosedForm:
        """V_S / Var f for one set of inputs; 0 with the reason in ``.reason`` where that is a structural zero."""
        return self._share(self._mask(S), self._parts.__getitem__)

    def order(self, k: int) -> ClosedForm:
        """The share of all sets of k inputs together."""
        whole_number(k, "k", 1)
        return self._index([mask for mask in self._parts if mask.bit_count() == k])

    def __repr__(self) -> str:
        keys = self.inputs.keys[:MOST_SHARES]
        rows = [[str(key), decimal(self.first[key]), decimal(self.total[key])] for key in keys]
        more = "\n  …" if len(keys) < len(self.inputs) else ""
        return bounded(f"{self._head()}\n{table([['input', 'first', 'total'], *rows])}{more}")

    def _repr_html_(self) -> str:
        keys = self.inputs.keys[:MOST_ROWS]
        rows = []
        for key in keys:
            first, total = self.first[key], self.total[key]
            decimals = ["" if form.parameters else decimal(form) for form in (first, total)]
            rows.append((str(key), form_cell(first), decimals[0], form_cell(total), decimals[1]))
        heads = ["input", "first", "", "total", ""]
        return html_page(self._head(), html_table(rows, heads, more=len(self.inputs) - len(keys)))

    def _repr_latex_(self) -> str | None:
        keys = self.inputs.keys[:MOST_SHARES]
        rows = [[self.inputs.latex(1 << i), latex(self.first[key]), latex(self.total[key])] for i, key in enumerate(keys)]
        text = array([r"\text{input}", r"S_i", r"S_{T_i}"], rows, len(keys) < len(self.inputs))
        return text if len(text) <= MOST_LATEX else None


class _Interactions(Mapping[frozenset[Any], ClosedForm]):
    """V_S / Var f by set, each form made when it is asked for."""

    def __init__(self, indices: SobolIndices) -> None:
        self._indices = indices

    def __getitem__(self, S: Any) -> ClosedForm:
        return self._indices.interaction(S)

    def __iter__(self) -> Iterator[frozenset[Any]]:
        return map(self._indices.inputs.key, self._indices._parts)

    def __len__(self) -> int:
        return len(self._indices._parts)

    def __contains__(self, S: object) -> bool:
        try:
            return self._indices._mask(S) in self._indices._parts
        except InvalidArgument:
            return False

    def __repr__(self) -> str:
        keys = list(self._indices._parts)[:MOST_SHARES]
        rows = ", ".join(f"{{{self._indices.inputs.names(m)}}}: {decimal(self._indices._index([m]))}" for m in keys)
        return cut(f"<V_S / Var f: {rows}{', …' if len(keys) < len(self) else ''}>", MOST_TEXT)


class CovarianceShares(VarianceShares, Mapping[frozenset[Any], ClosedForm]):
    """{S: Cov(W_f(X_S), f) / Var f} for the sets S ≠ ∅ that are not structurally zero; made by :func:`covariance_shares`.

    ``shares[S]`` answers for every set. Shares are derived when they are asked for, and kept.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> shares = sw.covariance_shares("x*y", P)
    >>> shares["x"], shares["y"], shares["x", "y"], shares.variance
    (5/16, 5/16, 3/8, 3/16)
    """

    rule = "Σ_S Cov(W_S, f) / Var f = 1"

    def __init__(self, engine: Any, limit: int = DEFAULT_LIMIT) -> None:
        super().__init__(engine, limit)
        self._shared_out(self._pairs.variance())
        self._with_function: dict[int, Any] = {}
        self._squares: dict[int, Any] = {}

    def _covariance(self, mask: int) -> Any:
        if mask not in self._with_function:
            self._with_function[mask] = self._pairs.with_function(mask)
        return self._with_function[mask]

    def _square(self, mask: int) -> Any:
        if mask not in self._squares:
            self._squares[mask] = self._pairs.square(mask)
        return self._squares[mask]

    def __getitem__(self, S: Any) -> ClosedForm:
        return self._share(self._mask(S), self._covariance)

    def structural(self, S: Any) -> ClosedForm:
        """Var W_f(X_S) / Var f: what the term does by itself; never negative."""
        return self._share(self._mask(S), self._square)

    def correlative(self, S: Any) -> ClosedForm:
        """Cov(W_S, f − W_S) / Var f: what it does by its correlation with the other terms; 0 under independence."""
        return self._share(self._mask(S), lambda mask: self._covariance(mask) - self._square(mask))

    def __iter__(self) -> Iterator[frozenset[Any]]:
        return (self.inputs.key(mask) for mask in self._engine.supports(None) if mask)

    def __len__(self) -> int:
        return sum(1 for mask in self._engine.supports(None) if mask)

    def __contains__(self, S: object) -> bool:
        try:
            mask = self.inputs.mask(() if S is None else S, "S")
        except InvalidArgument:
            return False
        return bool(mask) and bool(self._engine.occurs(mask))

    def check(self) -> Check:
        """Whether the shares sum to 1, decided exactly; Var f is computed without them.

        Raises InvalidArgument for float64 shares, which carry error bounds instead.
        """
        if self._engine.inexact:
            raise InvalidArgument("Float64 shares have no exact sum rule; they carry error bounds.")
        difference = _sum(self._covariance(mask) for mask in self._engine.supports(None) if mask) - self._total
        holds = is_zero(difference, self.limit)
        return Check(self.rule, holds, "" if holds else str(self._over(difference)))

    def __repr__(self) -> str:
        masks, more = self._shown_sets()
        dependent = dependent_inputs(self._engine.law, self.inputs)
        note = " (shares overlap and may be negative)" if dependent else ""
        rows = [["set", "share", "structural", "correlative"]]
        for mask in masks:
            forms = self[self.inputs.key(mask)], self.structural(self.inputs.key(mask)), self.correlative(self.inputs.key(mask))
            rows.append(["{" + self.inputs.names(mask) + "}", *map(decimal, forms)])
        return bounded(f"{self._head(note)}\n{table(rows)}" + ("\n  …" if more else ""))

    def _repr_html_(self) -> str:
        masks, more = self._shown_sets()
        rows = []
        for mask in masks:
            S = self.inputs.key(mask)
            forms = self[S], self.structural(S), self.correlative(S)
            rows.append(["{" + self.inputs.names(mask) + "}", form_cell(forms[0]), *map(decimal, forms)])
        heads = ["set", "Cov(W_S, f) / Var f", "share", "structural", "correlative"]
        return html_page(self._head(), html_lines([self.rule]), html_table(rows, heads, more="…" if more else 0))

    def _ipython_key_completions_(self) -> list[str]:
        return [str(key) for key in self.inputs.keys]

    def _repr_latex_(self) -> str | None:
        masks, more = self._shown_sets()
        rows = [
            [rf"\{{{self.inputs.latex(mask)}\}}", latex(self[self.inputs.key(mask)])] for mask in masks
        ]
        text = array([r"S", r"\mathrm{Cov}(W_S, f)/\mathrm{Var} f"], rows, more)
        return text if len(text) <= MOST_LATEX else None


def _sum(values: Any) -> Any:
    """The sum of elements of a ring; the exact 0 of none."""
    total: Any = None
    for value in values:
        total = value if total is None else total + value
    return 0 if total is None else total
