"""`interactions`: average interactions K_f of pairs (triples, …) of many inputs, without 2^n work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from tqdm import tqdm

from symwick.algebra.balls import Ball
from symwick.algebra.notebook import MOST_ROWS, bounded, html_lines, html_page, html_table
from symwick.algebra.numbers import whole_number
from symwick.algebra.symbolic import number_or_expression
from symwick.circuits.closed_form import ClosedForm
from symwick.circuits.form_display import form_cell
from symwick.circuits.node_ring import Linear
from symwick.decompose.attribution.dependence import statement
from symwick.decompose.by_set import BySet, Ranking
from symwick.decompose.groups import absent, splits
from symwick.decompose.inputs import Inputs, bits
from symwick.decompose.problem import DEFAULT_LIMIT, read
from symwick.decompose.product_basis import ProductBasis
from symwick.distributions.law import Law
from symwick.errors import InvalidArgument, TooLarge

__all__ = ["Interactions", "interactions"]


def interactions(
    f: Any, P: Law, order: int = 2, *, inputs: Any = None, ring: str = "exact", limit: int = DEFAULT_LIMIT
) -> Any:
    """The average interactions K_f(S) of all sets of 2 to ``order`` inputs: S drawn together, the others each apart.

    K_f(S) is K_f(π) for the partition of S and single inputs, a generalized covariance; for f = Π x_i it is κ(x_S) times
    the means of the others. A sum of products needs the joint moments of S only: Σ over its products of C(d, order)
    numbers, d factors each, so that sixty inputs are no problem. Source: arXiv 2310.06686.

    The post's third footnote computes E[E_Y(f − E_X f) − (f − E_X f)]. That is *minus* K_f(X, Y).

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> K = sw.interactions("3*x*y + x", P)
    >>> K["x", "y"].value, K.matrix().tolist()
    (Fraction(21, 64), [[0, Fraction(21, 64)], [Fraction(21, 64), 0]])

    Returns an :class:`Interactions`; a tuple or dict of them for vector-valued f. Raises UnknownVariable, InvalidArgument,
    InexactError, NoClosedForm, TooLarge.
    """
    whole_number(order, "order", 2)
    problem = read(f, P, inputs, ring, limit)
    return problem.shaped(lambda engine: Interactions(engine, P, problem.inputs, order, limit))


_MOST_WORKED_OUT = 20_000
"""Work up to which interactions are derived only to be shown."""


class Interactions(Mapping[frozenset[Any], ClosedForm]):
    """K_f(S) by S, for the sets that are not structurally zero; made by :func:`interactions`.

    ``[S]`` answers for every S, with the reason of a zero; ``matrix()`` is the table of pairs as an array, ``top(k)`` the
    largest, ``between(i)`` those of one input.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> sw.interactions("3*x*y + x", P)
    Interactions K_f of up to 2 of 2 inputs; dependent inputs: {x, y}
      {x, y}: 21/64
    """

    def __init__(self, engine: Any, law: Law, inputs: Inputs, order: int, limit: int) -> None:
        self.law, self.inputs, self.order = law, inputs, order
        self._engine, self._limit = engine, limit

    @cached_property
    def _values(self) -> dict[int, Any]:
        """K_f(S) by mask, as ring elements, in order of size and inputs."""
        found = self._by_product() if isinstance(self._engine, ProductBasis) else self._by_set()
        return dict(sorted(found.items(), key=lambda item: (item[0].bit_count(), tuple(bits(item[0])))))

    def _work(self) -> int:
        """Sets, or numbers within the products of f, that all interactions take."""
        if not isinstance(self._engine, ProductBasis):
            return int(self._engine.predicted_terms(self.order))
        sizes = [m.inputs.bit_count() for m in self._engine.monomials]
        return sum(comb(d, k) * max(d, 1) for d in sizes for k in range(2, min(d, self.order) + 1))

    def _by_set(self) -> dict[int, Any]:
        engine = self._engine
        work = self._work()
        if work > self._limit:
            raise TooLarge("Sets of inputs to interact", work, self._limit)
        masks = [mask for mask in engine.supports(self.order) if mask & (mask - 1) and self._joined(mask)]
        bar = tqdm(masks, desc="interactions", delay=2, leave=False, disable=None)
        rest = self.inputs.everything
        return {mask: engine.cumulant([mask, *(1 << i for i in bits(rest & ~mask))]) for mask in bar}

    def _by_product(self) -> dict[int, Any]:
        """Σ over the products of f: f̂_a κ(φ_S) Π E φ_i, for the sets S within each product."""
        basis: ProductBasis = self._engine
        work = self._work()
        if work > self._limit:
            raise TooLarge("Interactions within the products of f", work, self._limit)
        found: dict[int, Any] = {}
        for monomial in tqdm(basis.monomials, desc="interactions", delay=2, leave=False, disable=None):
            features = list(bits(monomial.features))
            for size in range(2, min(len(features), self.order) + 1):
                for chosen in combinations(features, size):
                    together = sum(1 << i for i in chosen)
                    kappa = basis.series.kappa[basis.affordable(together)]
                    mask = basis.inputs_of(together)
                    if kappa:
                        value = monomial.coefficient * kappa
                        for i in bits(monomial.features ^ together):
                            value = value * basis.series.mean(i)
                        found[mask] = found[mask] + value if mask in found else value
                    else:
                        found.setdefault(mask, basis.ring.zero)
        return {mask: value for mask, value in found.items() if value or self._joined(mask)}

    def _joined(self, mask: int) -> bool:
        """Whether the inputs are not split into independent parts, where K_f is structurally zero."""
        return splits(self.law, self.inputs, mask) is None

    def _form(self, mask: int) -> ClosedForm:
        reason = None if mask in self._values else absent(self._engine, mask)
        if not reason and mask not in self._values:
            parts = splits(self.law, self.inputs, mask)
            if parts:
                text = " and ".join("{" + self.inputs.names(part) + "}" for part in parts)
                reason = f"{{{self.inputs.names(mask)}}} splits into {text}, which are independent"
        if reason:
            return ClosedForm.constant(0, known=self.law.variables, reason=reason)
        form: ClosedForm = self._engine.number(self._values[mask], known=self.law.variables)
        form.notation = f"K_f({self.inputs.latex(mask)})"
        return form

    def __getitem__(self, S: Any) -> ClosedForm:
        mask = self.inputs.mask(S, "S")
        if not 2 <= mask.bit_count() <= self.order:
            many = "2" if self.order == 2 else f"2 to {self.order}"
            raise InvalidArgument(f"Argument 'S' must hold {many} inputs, not {{{self.inputs.names(mask)}}}; see 'order'.")
        return self._form(mask)

    def __contains__(self, S: Any) -> bool:
        try:
            return self.inputs.mask(S, "S") in self._values
        except InvalidArgument:
            return False

    def get(self, S: Any, default: Any = None) -> Any:
        """K_f(S), or the default for what is no set of 2 to ``order`` inputs."""
        try:
            return self[S]
        except InvalidArgument:
            return default

    def __iter__(self) -> Iterator[frozenset[Any]]:
        return (self.inputs.key(mask) for mask in self._values)

    def __len__(self) -> int:
        return len(self._values)

    def _number(self, mask: int) -> Any:
        """int, Fraction or float; the form's expression where symbols remain."""
        value = self._values[mask]
        if isinstance(value, Ball):
            return value.value
        return self._form(mask).expr if isinstance(value, Linear) else number_or_expression(value)

    def matrix(self, dtype: Any = object) -> npt.NDArray[Any]:
        """K_f of all pairs as a symmetric array in the order of the inputs; the diagonal, where nothing interacts, is 0.

        Elements are exact (``object``), or floats with ``dtype=float``.
        """
        n = len(self.inputs)
        try:
            kind = np.dtype(dtype)
        except TypeError:
            kind = np.dtype("V")
        if kind.kind not in "Of":
            raise InvalidArgument(f"Argument 'dtype' must be object, for exact numbers, or a floating dtype, not {dtype!r}.")
        result = np.zeros((n, n), dtype=kind)
        for mask in self._values:
            if mask.bit_count() == 2:
                i, j = bits(mask)
                value = self._number(mask)
                if result.dtype != object and getattr(value, "free_symbols", None):
                    raise InvalidArgument(
                        f"Argument 'dtype' must be object where symbols remain: K_f({self.inputs.names(mask)}) is {value}."
                    )
                result[i, j] = result[j, i] = value
        return result

    def top(self, k: int = 10, *, order: int | None = None) -> Ranking:
        """The k largest in absolute value (of one order, or of all), as (S, K_f(S)). Needs numbers."""
        count = whole_number(k, "k", 0)
        masks = [mask for mask in self._values if order is None or mask.bit_count() == order]
        values = [(mask, self._number(mask)) for mask in masks]
        for mask, value in values:
            if getattr(value, "free_symbols", None):
                names = self.inputs.names(mask)
                raise InvalidArgument(f"The largest interactions need numbers, but K_f({names}) is {value}.")
        ranked = sorted(enumerate(values), key=lambda item: (-abs(item[1][1]), item[0]))
        return Ranking(self.inputs, ((self.inputs.key(mask), value) for _, (mask, value) in ranked[:count]))

    def between(self, name: Any) -> BySet:
        """The interactions that one input is part of."""
        bit = 1 << self.inputs.position(name, "name")
        return BySet(self.inputs, ((self.inputs.key(mask), self._form(mask)) for mask in self._values if mask & bit))

    def _head(self) -> str:
        said = statement(self.law, self.inputs)
        count = f"{len(self.inputs)} input{'' if len(self.inputs) == 1 else 's'}"
        return f"Interactions K_f of up to {self.order} of {count}{'; ' if said else ''}{said}"

    def _ready(self) -> bool:
        """Whether the interactions are known, or little work."""
        return "_values" in self.__dict__ or self._work() <= _MOST_WORKED_OUT

    def __repr__(self) -> str:
        head = self._head()
        if not self._ready():
            return bounded(f"{head}\n  not worked out yet: .top(k), .matrix(), [S]")
        try:
            rows = [(self.inputs.mask(S, "S"), str(value)) for S, value in self.top(8)]
        except InvalidArgument:  # symbols have no size: in their order
            rows = [(mask, str(self._form(mask))) for mask in list(self._values)[:8]]
        lines = [f"  {{{self.inputs.names(mask)}}}: {text if len(text) <= 90 else text[:87] + '…'}" for mask, text in rows]
        more = len(self._values) - len(rows)
        return bounded("\n".join([head, *lines, *([f"  … and {more} more"] if more > 0 else [])]))

    def _repr_html_(self) -> str:
        if not self._ready():
            return html_page(self._head(), html_lines(["not worked out yet: .top(k), .matrix(), [S]"]))
        try:
            masks = [self.inputs.mask(S, "S") for S, _ in self.top(MOST_ROWS)]
        except InvalidArgument:  # symbols have no size: in their order
            masks = list(self._values)[:MOST_ROWS]
        rows = [(f"{{{self.inputs.names(mask)}}}", form_cell(self._form(mask))) for mask in masks]
        return html_page(self._head(), html_table(rows, ["S", "K_f(S)"], more=len(self._values) - len(rows)))

    def _ipython_key_completions_(self) -> list[str]:
        return [str(key) for key in self.inputs.keys]

    def table(self) -> str:
        """The pairs as a table of text, inputs across and down; decimals, ``·`` for a structural zero."""
        keys = [str(key) for key in self.inputs.keys]
        if len(keys) < 2:
            return "no pairs"
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for head in ("", *keys[1:]):
            table.add_column(escape(head), justify="right" if head else "left", no_wrap=True)
        for i, name in enumerate(keys[:-1]):
            cells = [self._cell(1 << i | 1 << j) if j > i else "" for j in range(1, len(keys))]
            table.add_row(escape(name), *map(escape, cells))
        console = Console(width=10_000, force_terminal=False, color_system=None)
        with console.capture() as text:
            console.print(table)
        return "\n".join(line.rstrip() for line in text.get().rstrip().splitlines())

    def _cell(self, mask: int) -> str:
        if mask not in self._values:
            return "·"
        value = self._number(mask)
        return f"{float(value):+.4g}" if not getattr(value, "free_symbols", None) else str(self._form(mask))
