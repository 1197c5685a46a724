"""Reader of ``.bench`` netlists (ISCAS): logic gates as arithmetic over bits.

AND is the left-to-right chain of binary products; OR is 1 − AND of (1 − a); XOR is folded from the left, r ← r + a − 2 r a;
NAND, NOR, XNOR and NOT are 1 − it; BUF is the same wire under another name. Every net is a wire of its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symwick.circuits.ordering import stable_order
from symwick.circuits.writer import Writer
from symwick.errors import FormatError, InvalidArgument

__all__ = ["read_bench"]

_MOST_CHARACTERS = 50_000_000
_NAME = r"[^\s(),=#]+"
_PORT = re.compile(rf"(INPUT|OUTPUT)\s*\(\s*({_NAME})\s*\)", re.IGNORECASE)
_GATE = re.compile(rf"({_NAME})\s*=\s*({_NAME})\s*\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    name: str
    kind: str
    args: tuple[str, ...]


def read_bench(text: str) -> Writer:
    """The circuit of a netlist given as text.

    Raises FormatError with the line: syntax, an unknown gate, a net that is driven twice, by nothing, or by itself.
    """
    if not isinstance(text, str):
        raise InvalidArgument(f"Argument 'text' must be the text of a netlist, not {text!r}.")
    if len(text) > _MOST_CHARACTERS:
        raise FormatError(f"A netlist must have at most {_MOST_CHARACTERS:,} characters, not {len(text):,}.")
    inputs: dict[str, int] = {}
    outputs: dict[str, int] = {}
    gates: dict[str, _Line] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        port, gate = _PORT.fullmatch(content), _GATE.fullmatch(content)
        if port:
            name = port[2]
            if port[1].upper() == "OUTPUT":
                if name in outputs:
                    raise FormatError(f"Line {number}: output {name} is declared twice, first in line {outputs[name]}.")
                outputs[name] = number
                continue
            _once(name, number, inputs, gates)
            inputs[name] = number
        elif gate:
            name, kind = gate[1], gate[2].upper()
            if kind not in _RULES:
                raise FormatError(f"Line {number}: gate {name} must be one of {', '.join(_RULES)}, not {gate[2]!r}.")
            args = tuple(argument.strip() for argument in gate[3].split(","))
            if not all(re.fullmatch(_NAME, argument) for argument in args):
                raise FormatError(f"Line {number}: gate {name} must have names between commas as inputs, not {gate[3]!r}.")
            if kind in _SINGLE and len(args) != 1:
                raise FormatError(f"Line {number}: gate {name}, a {kind}, must have one input, not {len(args)}.")
            _once(name, number, inputs, gates)
            gates[name] = _Line(number, name, kind, args)
        else:
            raise FormatError(f"Line {number}: expected INPUT(name), OUTPUT(name) or name = GATE(names), not {content[:60]!r}.")
    if not inputs:
        raise FormatError("A netlist must have at least one INPUT.")
    for name, number in outputs.items():
        if name not in inputs and name not in gates:
            raise FormatError(f"Line {number}: output {name} is driven by nothing.")
    return _written(inputs, outputs, gates)


def _once(name: str, number: int, inputs: dict[str, int], gates: dict[str, _Line]) -> None:
    first = inputs.get(name) or (gates[name].number if name in gates else 0)
    if first:
        raise FormatError(f"Line {number}: net {name} is driven twice, first in line {first}.")


def _written(inputs: dict[str, int], outputs: dict[str, int], gates: dict[str, _Line]) -> Writer:
    """Gates in the file's order, each after what it reads."""
    writer = Writer()
    for name in inputs:
        writer.input(name)

    def undefined(name: str, reads: str) -> FormatError:
        return FormatError(f"Line {gates[name].number}: gate {name} reads {reads}, which is driven by nothing.")

    def cyclic(name: str, reads: str) -> FormatError:
        return FormatError(f"Line {gates[name].number}: gate {name} reads {reads}, which depends on {name}: a cycle.")

    for name in stable_order({g.name: g.args for g in gates.values()}, inputs, undefined=undefined, cyclic=cyclic):
        line = gates[name]
        _RULES[line.kind](writer, [writer.names[a] for a in line.args], line.name)
    writer.outputs = {name: writer.names[name] for name in outputs}
    return writer


# -- logic as arithmetic ----------------------------------------------------------------------------------------------

Rule = Callable[[Writer, Sequence[int], str], int]


def _and(writer: Writer, args: Sequence[int], name: str | None = None) -> int:
    return writer.product(args, name) if len(args) > 1 else _same(writer, args, name)


def _not(writer: Writer, args: Sequence[int], name: str | None = None) -> int:
    return writer.sum([(-1, args[0])], 1, name)


def _none_of(writer: Writer, args: Sequence[int], name: str | None = None) -> int:
    return _and(writer, [_not(writer, [a]) for a in args], name)


def _or(writer: Writer, args: Sequence[int], name: str | None = None) -> int:
    return _not(writer, [_none_of(writer, args)], name)


def _xor(writer: Writer, args: Sequence[int], name: str | None = None) -> int:
    result = args[0]
    for position, a in enumerate(args[1:], start=2):
        both = writer.product([result, a])
        result = writer.sum([(1, result), (1, a), (-2, both)], 0, name if position == len(args) else None)
    return result if len(args) > 1 else _same(writer, args, name)


def _same(writer: Writer, args: Sequence[int], name: str | None) -> int:
    if name is not None:
        writer.names[name] = args[0]
    return args[0]


def _negated(rule: Callable[..., int]) -> Rule:
    return lambda writer, args, name: _not(writer, [rule(writer, args)], name)


_RULES: dict[str, Rule] = {
    "AND": _and,
    "OR": _or,
    "NAND": _negated(_and),
    "NOR": _negated(_or),
    "XOR": _xor,
    "XNOR": _negated(_xor),
    "NOT": _not,
    "BUF": _same,
    "BUFF": _same,
}
_SINGLE = ("NOT", "BUF", "BUFF")
