"""The ledger of a truncated run: each cumulant that it dropped, how often it was wanted, and what it would do to first order.

The run is repeated with every dropped cumulant as a parameter of value 0 and recorded; one pass back for each output gives
∂estimate/∂κ for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from tqdm import tqdm

from symwick.account.inner_wires import key_of, names_of, wire_name
from symwick.account.wire_tables import WireTables
from symwick.algebra.notebook import MOST_ROWS, MOST_TEXT, bounded, cut, html_page, html_table
from symwick.algebra.tape import Tape
from symwick.errors import InvalidArgument
from symwick.propagation.closures import KeepingEngine
from symwick.propagation.demand import CUMULANT, MOMENT, TruncatedEngine
from symwick.propagation.patterns import Key
from symwick.propagation.program import PRODUCT
from symwick.propagation.run import Run

__all__ = ["AFFORDABLE", "Dropped", "DroppedValues", "Ledger"]

AFFORDABLE = 256
"""Points of the inputs below a cumulant up to which its exact value is computed; above it is that of a run of the next order."""


_MOST_OUTPUTS = 6


class _OpenEngine(KeepingEngine):
    """No cumulant is dropped: those that are too long and not kept are parameters, of value 0."""

    def drops(self, key: Key) -> bool:
        """None."""
        return False

    def largest(self, key: Key) -> int:
        """All of them."""
        return len(key)

    def open(self, key: Key) -> bool:
        """Whether a key is a parameter."""
        return len(key) > self.order and key not in self.kept

    def _joint(self, key: Key) -> Any:
        return self.zero if self.open(key) else (yield from super()._joint(key))


class DroppedValues:
    """Values of cumulants that a run drops: exact where the inputs below have few points, else those of the next order."""

    def __init__(self, run: Run, affordable: int = AFFORDABLE) -> None:
        self.affordable = affordable
        assert run.order is not None
        self._next = run._made(TruncatedEngine, run._inputs, order=run.order + 1, schedule=run.schedule)
        self._tables = WireTables(run)

    def vanishes(self, key: Key) -> bool:
        """Whether wires are independent, or constant."""
        return self._next.vanishes(key)

    def is_exact(self, key: Key) -> bool:
        """Whether the value of a key is its exact one."""
        points = self._tables.points(key)
        return points is not None and points <= self.affordable

    def value(self, key: Key) -> Any:
        """κ of the wires of a key, as an element of the ring of the run."""
        if self.is_exact(key):
            return self._tables.cumulant(key)
        return self._next.zero if self._next.drops(key) else self._next.cumulant(key)


@dataclass(frozen=True, repr=False)
class Dropped:
    """A dropped cumulant.

    ``wires`` names its wires ("g[2]": the product of the first two factors of g); ``gates`` the products at whose expansion it
    was wanted, ``wanted`` by how many cumulants or moments; ``value`` is exact or that of the next order (``exact``), None where
    no output has a slope; ``slopes`` are ∂estimate/∂κ by output, ``effects`` these times the value.
    """

    wires: tuple[str, ...]
    gates: tuple[str, ...]
    wanted: int
    value: Any
    exact: bool
    slopes: Mapping[str, Any]
    effects: Mapping[str, Any]

    @property
    def weight(self) -> Any:
        """The sum of the absolute effects on all outputs: what ``refine`` goes by."""
        return sum(abs(effect) for effect in self.effects.values())

    def __repr__(self) -> str:
        if self.value is None:
            return cut(f"κ({', '.join(self.wires)}), wanted {self.wanted}×; no first-order effect")
        effects = ", ".join(f"{name}: {_short(effect)}" for name, effect in list(self.effects.items())[:4] if effect)
        source = "" if self.exact else " (next order)"
        kappa = f"κ({', '.join(self.wires)}) = {_short(self.value)}{source}"
        return cut(f"{kappa}, wanted {self.wanted}×; effects: {effects or 'none'}", MOST_TEXT)


class Ledger(Sequence[Dropped]):
    """What a run dropped, largest total effect first; made by ``r.ledger()``. ``ledger["g1", "g2"]`` is one entry.

    >>> import symwick as sw
    >>> c = sw.trace(lambda x, y: {"out": (x + y) ** 2 * y}, ["x", "y"])
    >>> bits = sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")})
    >>> r = sw.propagate(c, bits, order=2)
    >>> r.ledger()
    Ledger of 1 dropped cumulants (order 2, schedule 'gate') for out
      κ(y, g1, g1) = 3/32, wanted 1×; effects: out: 3/32
    >>> r.ledger()["y", "g1", "g1"].value
    Fraction(3, 32)
    """

    def __init__(self, run: Run, outputs: Mapping[str, int], values: DroppedValues) -> None:
        self._run, self._outputs = run, dict(outputs)
        self._by_key: dict[Key, Dropped] = {}
        self._values: dict[Key, Any] = {}
        tape = Tape()
        engine = run._made(_OpenEngine, run._inputs, order=run.order, schedule=run.schedule, kept=run.options.kept)
        engine.tape = tape
        for wire in self._outputs.values():
            engine.cumulant((wire,))
        parameters = [key for key in engine.known[CUMULANT] if engine.open(key)]
        leaves = {key: (CUMULANT, key) for key in parameters}
        slopes = {name: tape.backward((CUMULANT, (wire,)), leaves.values()) for name, wire in self._outputs.items()}
        wanted, gates = _wanted(engine, tape)
        sizes: dict[Key, Any] = {}  # in the ring of the run, where exact numbers of thousands of digits are quick
        for key, leaf in tqdm(leaves.items(), desc="cumulants", delay=2, leave=False, disable=None):
            by_output = {name: slope[leaf] for name, slope in slopes.items() if slope[leaf] != 0}
            if by_output:  # values are the work; what has no slope has no effect whatever its value
                self._values[key] = values.value(key)
            value = self._values.get(key)
            sizes[key] = sum((abs(slope * value) for slope in by_output.values()), 0)
            self._by_key[key] = Dropped(
                names_of(run, key),
                tuple(wire_name(run, wire) for wire in sorted(gates.get(key, ()))),
                wanted.get(key, 0),
                None if value is None else run._number(value),
                value is not None and values.is_exact(key),
                {name: run._number(slope) for name, slope in by_output.items()},
                {name: run._number(slope * value) for name, slope in by_output.items()},
            )
        self._keys = sorted(self._by_key, key=lambda key: (-sizes[key], len(key), key))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._by_key[key] for key in self._keys[index]]
        if hasattr(index, "__index__"):
            return self._by_key[self._keys[index]]
        one = isinstance(index, (str, sympy.Symbol)) or not isinstance(index, Iterable)
        key = key_of(self._run, (index,) if one else index, "index")
        if key not in self._by_key:
            raise InvalidArgument(f"Argument 'index' must name a cumulant that the run dropped, not {names_of(self._run, key)}.")
        return self._by_key[key]

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Dropped]:
        return (self._by_key[key] for key in self._keys)

    def by_gate(self) -> dict[str, list[Dropped]]:
        """The dropped cumulants that were wanted at each product, in the order of the circuit."""
        found: dict[str, list[Dropped]] = {}
        for entry in self:
            for gate in entry.gates:
                found.setdefault(gate, []).append(entry)
        return dict(sorted(found.items(), key=lambda item: key_of(self._run, (item[0],), "gate")))

    def values_of_first(self, count: int) -> dict[Key, Any]:
        """The first so many, as wires of the program, with their values in the ring: what a run may keep."""
        return {key: self._values[key] for key in self._keys[:count] if self._values.get(key)}

    def _head(self) -> str:
        order = f"order {self._run.order}, schedule {self._run.schedule!r}"
        return f"Ledger of {len(self):,} dropped cumulants ({order}) for {', '.join(list(self._outputs)[:6])}"

    def __repr__(self) -> str:
        more = [f"  … {len(self) - 10:,} more"] if len(self) > 10 else []
        return bounded("\n".join([self._head(), *(f"  {entry!r}" for entry in self[:10]), *more]))

    def _repr_html_(self) -> str:
        shown = list(self._outputs)[:_MOST_OUTPUTS]
        rows = []
        for entry in self[:MOST_ROWS]:
            value = "not needed" if entry.value is None else _short(entry.value) + ("" if entry.exact else " (next order)")
            effects = [_short(entry.effects[name]) if name in entry.effects else "0" for name in shown]
            rows.append((f"κ({', '.join(entry.wires)})", value, f"{entry.wanted:,}", *effects))
        heads = ["dropped", "value", "wanted", *(f"effect on {name}" for name in shown)]
        return html_page(self._head(), html_table(rows, heads, more=len(self) - len(rows)))


def _wanted(engine: _OpenEngine, tape: Tape) -> tuple[dict[Key, int], dict[Key, set[int]]]:
    """By how many kept cumulants and moments each parameter was wanted, and at the expansion of which products."""
    wanted: dict[Key, int] = {}
    gates: dict[Key, set[int]] = {}
    moments: dict[Key, set[int]] = {}
    slopes: dict[Any, dict[Any, Any]] = dict(tape.slopes)  # names are (kind, key)
    for kind, key in reversed(slopes):
        products: set[int] = set()
        if kind == MOMENT:
            products = moments.get(key, set())
        elif not engine.open(key):
            products = {wire for wire in engine._turn(key)[0] if engine.program.kinds[wire] == PRODUCT}
        for other_kind, other in slopes[kind, key]:
            if other_kind == MOMENT:
                moments.setdefault(other, set()).update(products)
            elif engine.open(other):
                wanted[other] = wanted.get(other, 0) + 1
                gates.setdefault(other, set()).update(products)
    return wanted, gates


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
