"""An estimate as a sum of attributions: every monomial with every partition of its leaves, retained or dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nlargest
from math import prod
from typing import Any, TypeVar

from symwick.account.attribution import Attribution, row_of
from symwick.account.unfolding import Monomial, Record, Unfolding
from symwick.algebra.notebook import MOST_ROWS, bounded, html_page, html_table
from symwick.algebra.numbers import whole_number
from symwick.algebra.partitions import bell
from symwick.algebra.small_blocks import small_blocks_first
from symwick.errors import InvalidArgument, TooLarge, amount
from symwick.propagation.patterns import Key
from symwick.propagation.run import Run, coercion

__all__ = ["Attributions"]

MOST_TERMS = 1_000_000
"""Monomials that a sum goes through without being asked twice."""

MOST_SHOWN, MOST_LOOKED_AT = 8, 2_000
"""Terms that a repr shows, and that it looks at to find them."""

MOST_COUNTED = 60
"""Leaves of a group whose partitions are counted; those of more are more than anyone can list."""

MOST_LISTED = 8
"""Leaves of a group whose partitions (4,140) are kept; those of more are made anew each time, one at a time."""

_END: Any = object()

T = TypeVar("T")

_INSTEAD = "In a loop over the attributions the terms come one at a time."

Blocks = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class _Filter:
    size: int | None = None
    order: int | None = None
    input: str | None = None
    gate: str | None = None
    retained: bool | None = None


class Attributions(Iterable[Attribution]):
    """All attributions of an estimate of a mean; made by ``r.attributions(out)``, one at a time, in the order of the tree.

    The values of the retained ones sum to the estimate, and all of them to the exact mean; summed by partition they are the
    generalized cumulant products K_f(π) of the unfolded circuit, ``c[out].treeify()``. Terms of value 0 are left out: blocks
    across independent groups, cumulants that vanish.

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    >>> bits = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    >>> r = sw.propagate(c, bits, order=2)
    >>> A = r.attributions("out")
    >>> A.total(retained=True), A.total(retained=False), A.total()
    (Fraction(17, 32), Fraction(3, 32), Fraction(5, 8))
    >>> A.largest(1)
    [1 κ(x.1) κ(y.2, y.3) = 3/32, retained]
    """

    def __init__(self, run: Run, name: str, wire: int) -> None:
        self._run, self._name, self._wire = run, name, wire
        self._filters: tuple[_Filter, ...] = ()
        self._unfolding = Unfolding(run.circuit, run._program, run.schedule, coercion(run.ring))
        self._groups: dict[tuple[tuple[int, ...], int], list[tuple[Blocks, Any]]] = {}
        self._names: dict[int, str] = {}

    def filter(
        self,
        *,
        size: int | None = None,
        order: int | None = None,
        input: Any = None,
        gate: Any = None,
        retained: bool | None = None,
    ) -> Attributions:
        """Those of monomials of at most ``size`` leaves; that a run of this ``order`` retains; with an ``input``; dropped at a
        ``gate``; ``retained``, or not.
        """
        circuit = self._run.circuit
        if size is not None:
            whole_number(size, "size", 0)
        if order is not None:
            whole_number(order, "order", 1)
        if input is not None and str(input) not in circuit.inputs:
            raise InvalidArgument(f"Argument 'input' must be one of {', '.join(circuit.inputs[:20])}, not {input!r}.")
        if retained is not None and not isinstance(retained, bool):
            raise InvalidArgument(f"Argument 'retained' must be True, False or None, not {retained!r}.")
        given: dict[str, Any] = {
            "size": size, "order": order, "input": None if input is None else str(input),
            "gate": None if gate is None else circuit.wires[circuit.position(gate, "gate")], "retained": retained,
        }  # fmt: skip
        found = Attributions.__new__(Attributions)
        found.__dict__.update(self.__dict__)  # what is known of monomials and groups is shared
        if any(value is not None for value in given.values()):
            found._filters = (*self._filters, _Filter(**given))
        return found

    # -- one by one ----------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Attribution]:
        return (term for term in self._looked_at() if term is not None)

    def _looked_at(self) -> Iterator[Attribution | None]:
        """Every term, None for what a filter keeps out: so that one who waits can see how much was looked at."""
        for monomial in self._unfolding.monomials(self._wire):
            if not self._wants(monomial):
                yield None
                continue
            names = self._copies(monomial)
            for found in self._terms(monomial):
                if found is None or not self._keeps(found[2]):
                    yield None
                    continue
                blocks, value, record = found
                partition = tuple(tuple(names[i] for i in block) for block in blocks)
                retained, gate = self._fate(record)
                number = self._run._number
                yield Attribution(names, partition, number(monomial.coefficient), number(value), record[-1][0], retained, gate)

    def _values(self) -> Iterator[tuple[Any, bool] | None]:
        """Values in the ring of the run, and whether they are retained: what sums need; None for what a filter keeps out."""
        for monomial in self._unfolding.monomials(self._wire):
            if not self._wants(monomial):
                yield None
            else:
                for found in self._terms(monomial):
                    if found is not None and self._keeps(found[2]):
                        yield found[1], self._fate(found[2])[0]
                    else:
                        yield None

    def _terms(self, monomial: Monomial) -> Iterator[tuple[Blocks, Any, Record] | None]:
        for found in self._partitions(monomial):
            if found is None:
                yield None
            else:
                labels = _labels(found[0], len(monomial.leaves))
                yield *found, self._unfolding.record(monomial.shape, labels)

    def _wants(self, monomial: Monomial) -> bool:
        variables = self._run._program.variables
        for one in self._filters:
            if one.size is not None and len(monomial.leaves) > one.size:
                return False
            if one.input is not None and all(str(variables[wire]) != one.input for wire, _ in monomial.leaves):
                return False
        return True

    def _keeps(self, record: Record) -> bool:
        retained, gate = self._fate(record)
        for one in self._filters:
            if one.order is not None and record[-1][0] > one.order:
                return False
            if one.retained not in (None, retained) or one.gate not in (None, gate):
                return False
        return True

    def _fate(self, record: Record) -> tuple[bool, str | None]:
        order = self._run.order
        for size, product_wire in record:
            if order is not None and size > order:
                return False, self._run._name(product_wire)
        return True, None

    def _copies(self, monomial: Monomial) -> tuple[str, ...]:
        found = []
        for leaf, path in monomial.leaves:
            if path not in self._names:
                name = self._run._program.variables[leaf]
                self._names[path] = f"{name}.{self._unfolding.copy(self._wire, leaf, path)}"
            found.append(self._names[path])
        return tuple(found)

    def _partitions(self, monomial: Monomial) -> Iterator[tuple[Blocks, Any] | None]:
        """Partitions of the leaves without blocks of cumulant 0, and the values of their terms; None for one left out."""
        groups = self._run._program.groups
        places: dict[int, list[int]] = {}
        for i, (wire, _) in enumerate(monomial.leaves):
            places.setdefault(groups[wire], []).append(i)
        parts = [tuple(monomial.leaves[i][0] for i in held) for held in places.values()]
        for choice in self._choices(parts):
            if choice is None:
                yield None
                continue
            value = monomial.coefficient
            blocks: list[tuple[int, ...]] = []
            for held, (inside, factor) in zip(places.values(), choice, strict=True):
                value = value * factor
                blocks += [tuple(held[i] for i in block) for block in inside]
            yield tuple(sorted(blocks)), value

    def _choices(self, parts: list[tuple[int, ...]]) -> Iterator[tuple[tuple[Blocks, Any], ...] | None]:
        """One partition for each group, in all ways, none listed before it is needed."""
        if not parts:
            yield ()
            return
        chosen: list[tuple[Blocks, Any]] = []
        open_parts = [iter(self._of_group(parts[0]))]
        while open_parts:
            following = next(open_parts[-1], _END)
            if following is _END:
                open_parts.pop()
                if chosen:
                    chosen.pop()
            elif following is None:
                yield None
            elif len(open_parts) == len(parts):
                yield (*chosen, following)
            else:
                chosen.append(following)
                open_parts.append(iter(self._of_group(parts[len(chosen)])))

    def _largest_block(self) -> int | None:
        """A block of more leaves than this needs a higher order than the filters let through."""
        orders = [one.order for one in self._filters if one.order is not None]
        if any(one.retained for one in self._filters) and self._run.order is not None:
            orders.append(self._run.order)
        return min(orders, default=None)

    def _of_group(self, wires: tuple[int, ...]) -> Iterable[Any]:
        """Partitions of leaves of one independent group with the products of their cumulants, zeros left out."""
        most = self._largest_block() or len(wires)
        if len(wires) > MOST_LISTED:
            return self._of_large_group(wires, most)
        if (wires, most) not in self._groups:
            self._groups[wires, most] = [found for found in self._of_large_group(wires, most) if found is not None]
        return self._groups[wires, most]

    def _of_large_group(self, wires: tuple[int, ...], most: int) -> Iterator[tuple[Blocks, Any] | None]:
        cumulant = self._run._inputs.cumulant
        for partition in small_blocks_first(len(wires), most):
            value: Any = self._run._one
            for block in partition:
                key: Key = tuple(sorted(wires[i] for i in block))
                factor = cumulant(key)
                if not factor:
                    yield None
                    break
                value = value * factor
            else:
                yield partition, value

    # -- all together ----------------------------------------------------------------------------------------------------

    @property
    def monomials(self) -> int:
        """How many monomials the unfolded circuit has, before any filter."""
        return self._unfolding.count(self._wire)

    def _bounded(self, terms: Iterable[T | None], limit: int) -> Iterator[T]:
        """The terms, of which not more than ``limit`` are looked at; what is certain to be more is refused beforehand."""
        whole_number(limit, "limit", 1)
        if self.monomials > limit:
            raise TooLarge(f"Monomials of {self._name}", self.monomials, limit, instead=_INSTEAD)
        if not self._filters and (least := self._partitions_of_first()) > limit:
            what = f"Partitions of the leaves of the first monomial of {self._name}"
            raise TooLarge(what, least, limit, instead=_INSTEAD)
        for count, term in enumerate(terms, start=1):
            if count > limit:
                raise TooLarge(f"Terms of {self._name}", count, limit, counted=True)
            if term is not None:
                yield term

    def _partitions_of_first(self) -> int:
        """How many partitions the first monomial has, at least."""
        groups = self._run._program.groups
        first = next(self._unfolding.monomials(self._wire), None)
        sizes = Counter(groups[wire] for wire, _ in first.leaves) if first is not None else {}
        return prod(bell(min(size, MOST_COUNTED)) for size in sizes.values())

    def total(self, *, retained: bool | None = None, limit: int = MOST_TERMS) -> Any:
        """The sum of all values, or of the retained (True) or dropped (False) ones: exact, estimate, what was left out."""
        total = self._run._zero
        for value, kept in self._bounded(self._values(), limit):
            if retained in (None, kept):
                total = total + value
        return self._run._number(total)

    def largest(self, n: int = 10, *, limit: int = MOST_TERMS) -> list[Attribution]:
        """The n terms of largest absolute value, among those chosen. Raises InvalidArgument in the ring "symbolic"."""
        if self._run.ring == "symbolic":
            raise InvalidArgument("Argument 'ring' of the run must be 'exact' or 'float64' to compare terms, not 'symbolic'.")
        terms = self._bounded(self._looked_at(), limit)
        return nlargest(whole_number(n, "n", 0), terms, key=lambda term: abs(term.value))

    def by_gate(self, *, limit: int = MOST_TERMS) -> dict[str, Any]:
        """What was dropped at each gate, summed, in the order of the circuit."""
        found: dict[str, Any] = {}
        for term in self._bounded(self._looked_at(), limit):
            if term.dropped_at is not None:
                found[term.dropped_at] = found.get(term.dropped_at, 0) + term.value
        return dict(sorted(found.items(), key=lambda item: self._run.circuit.position(item[0])))

    def by_partition(self, *, limit: int = MOST_TERMS) -> dict[frozenset[frozenset[str]], Any]:
        """The sums by partition of all copies, completed by singletons: K_f(π) of the unfolded circuit, zeros left out."""
        found: dict[frozenset[frozenset[str]], Any] = {}
        copies: list[str] = []
        for term in self._bounded(self._looked_at(), limit):
            copies = copies or [path.copy for path in self._run.circuit.paths(self._name)]
            held = set(term.monomial)
            rest = [(copy,) for copy in copies if copy not in held]
            partition = frozenset(frozenset(block) for block in (*term.partition, *rest))
            found[partition] = found.get(partition, 0) + term.value
        return {partition: value for partition, value in found.items() if value != 0}

    def _head(self) -> str:
        what = ", ".join(f"{name}={value!r}" for one in self._filters for name, value in vars(one).items() if value is not None)
        return f"Attributions of E {self._name}: {amount(self.monomials)} monomials{', filtered by ' + what if what else ''}"

    def _first(self, most: int) -> tuple[list[Attribution], str]:
        """The first terms, and what to say of those that follow."""
        found: list[Attribution] = []
        for count, term in enumerate(self._looked_at()):
            if len(found) == most:
                return found, "…"
            if count == MOST_LOOKED_AT:
                return found, f"… (among the first {MOST_LOOKED_AT:,} terms)"
            if term is not None:
                found.append(term)
        return found, ""

    def __repr__(self) -> str:
        found, more = self._first(MOST_SHOWN)
        return bounded("\n".join([self._head(), *(f"  {term!r}" for term in found), *([f"  {more}"] if more else [])]))

    def _repr_html_(self) -> str:
        found, more = self._first(MOST_ROWS)
        return html_page(self._head(), html_table(map(row_of, found), ["coefficient", "cumulants", "value", ""], more=more))


def _labels(blocks: Blocks, n: int) -> tuple[int, ...]:
    """The number of the block of each leaf; blocks are sorted, so that equal partitions have equal labels."""
    labels = [0] * n
    for label, block in enumerate(blocks):
        for i in block:
            labels[i] = label
    return tuple(labels)
