"""The inputs of a decomposition: the variables of the law, or blocks of them that are treated as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symwick.algebra.notebook import latex_name
from symwick.algebra.partitions import canonical
from symwick.circuits.variables import as_variables, lookup
from symwick.errors import InvalidArgument, UnknownVariable

__all__ = ["Inputs", "bits"]


def bits(mask: int) -> Iterator[int]:
    """Positions of the set bits, ascending.

    >>> list(bits(0b1010))
    [1, 3]
    """
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass(frozen=True)
class Inputs:
    """Keys (Symbols, or block names as text) and the variables behind each of them; a subset is a bit mask."""

    keys: tuple[Any, ...]
    blocks: tuple[tuple[sympy.Symbol, ...], ...]

    @classmethod
    def of(cls, variables: tuple[sympy.Symbol, ...], inputs: Any = None) -> Inputs:
        """The variables themselves, or the blocks ``{name: variables}``.

        Blocks are disjoint and not empty. A variable that no block names is integrated out, and f must not use it.
        """
        if inputs is None:
            return cls(variables, tuple((v,) for v in variables))
        if not isinstance(inputs, Mapping):
            raise InvalidArgument(f"Argument 'inputs' must map block names to variables, not be {inputs!r}.")
        keys: list[str] = []
        blocks: list[tuple[sympy.Symbol, ...]] = []
        home: dict[sympy.Symbol, str] = {}
        for key, members in inputs.items():
            if not isinstance(key, (str, sympy.Symbol)):
                raise InvalidArgument(f"Argument 'inputs' must have names as keys, not {key!r}.")
            name = str(key)
            block = tuple(lookup(v, variables, "inputs", "the law") for v in as_variables(members, "inputs"))
            if not block:
                raise InvalidArgument(f"Argument 'inputs' must have no empty block, but {name!r} is empty.")
            if name in keys:
                raise InvalidArgument(f"Argument 'inputs' must name each block once, but {name!r} comes twice.")
            for variable in block:
                if variable in home:
                    raise InvalidArgument(
                        f"Argument 'inputs' must have disjoint blocks, but {variable} lies in {home[variable]!r} and {name!r}."
                    )
                home[variable] = name
            keys.append(name)
            blocks.append(block)
        return cls(tuple(keys), tuple(blocks))

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def everything(self) -> int:
        """The mask of all inputs."""
        return (1 << len(self.keys)) - 1

    @cached_property
    def home(self) -> dict[sympy.Symbol, int]:
        """The position of the input that holds a variable."""
        return {v: i for i, block in enumerate(self.blocks) for v in block}

    @cached_property
    def _position(self) -> dict[str, int]:
        return {str(key): i for i, key in enumerate(self.keys)}

    def position(self, name: Any, argument: str) -> int:
        """The position of an input given by Symbol or name."""
        if not isinstance(name, (str, sympy.Symbol)):
            raise InvalidArgument(
                f"Argument '{argument}' must consist of inputs given by symbol or name, not {name!r}."
            )
        position = self._position.get(str(name))
        if position is None:
            known = ", ".join(map(str, self.keys[:20])) + (", …" if len(self.keys) > 20 else "")
            raise UnknownVariable(
                f"Argument '{argument}' names {name}, which is no input; the inputs are: {known or 'none'}."
            )
        return position

    def mask(self, subset: Any, argument: str) -> int:
        """A subset, given as any iterable of inputs or as one input, as a bit mask; None is all inputs."""
        if subset is None:
            return self.everything
        members = [subset] if isinstance(subset, (str, sympy.Symbol)) else subset
        if not isinstance(members, Iterable):
            raise InvalidArgument(f"Argument '{argument}' must be a set of inputs, not {subset!r}.")
        mask = 0
        for name in members:
            mask |= 1 << self.position(name, argument)
        return mask

    def key(self, mask: int) -> frozenset[Any]:
        """A mask as the frozenset of input keys."""
        return frozenset(self.keys[i] for i in bits(mask))

    def names(self, mask: int) -> str:
        """The inputs of a mask as text."""
        return ", ".join(str(self.keys[i]) for i in bits(mask))

    def latex(self, mask: int) -> str:
        """The inputs of a mask in LaTeX."""
        return ", ".join(latex_name(sympy.Symbol(str(self.keys[i]))) for i in bits(mask))

    def variables(self, mask: int) -> tuple[sympy.Symbol, ...]:
        """The variables of the inputs in a mask."""
        return tuple(v for i in bits(mask) for v in self.blocks[i])

    def partition(self, partition: Any, argument: str = "partition") -> tuple[int, ...]:
        """A partition of all inputs, given as any iterable of iterables, as masks; None is the one-block partition.

        Raises InvalidArgument for an empty or overlapping block and for a partition that misses an input.
        """
        if partition is None:
            return (self.everything,) if self.keys else ()
        if isinstance(partition, (str, sympy.Symbol)) or not isinstance(partition, Iterable):
            raise InvalidArgument(f"Argument '{argument}' must be an iterable of blocks, not {partition!r}.")
        blocks = []
        for block in partition:
            members = [block] if isinstance(block, (str, sympy.Symbol)) else block
            if not isinstance(members, Iterable):
                raise InvalidArgument(f"Argument '{argument}' must be an iterable of blocks, not {partition!r}.")
            blocks.append([str(self.keys[self.position(name, argument)]) for name in members])
        shown = canonical(blocks, [str(key) for key in self.keys], argument)
        masks = [sum(1 << self._position[name] for name in block) for block in shown]
        return tuple(sorted(masks, key=lambda mask: mask & -mask))

    def partition_key(self, masks: Iterable[int]) -> frozenset[frozenset[Any]]:
        """A partition in masks as frozensets of keys."""
        return frozenset(self.key(mask) for mask in masks)
