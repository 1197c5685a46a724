"""`trace`: circuits from ordinary Python and NumPy code, gate by gate as the code runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from symwick.algebra.numbers import to_flint
from symwick.circuits.circuit import Circuit
from symwick.circuits.variables import as_variable
from symwick.circuits.writer import Writer
from symwick.errors import InexactError, InvalidArgument

__all__ = ["Wire", "trace"]

_NUMBERS = ("exact", "decimal", "binary")


def trace(function: Callable[..., Any], inputs: Any, *, share: bool = False, numbers: str = "exact") -> Circuit:
    """The circuit of the sums, products and powers that a Python function does, as written: none merged, none reordered.

    ``inputs`` are names, or ``{name: shape}`` for arrays (a length, or a tuple): x of shape 3 becomes the inputs x0, x1, x2,
    of shape (2, 2) x0_0, …; the function gets them by position, scalars as wires, arrays as NumPy object arrays, so that
    ``W @ x``, comprehensions and ``sum`` work. It returns a wire, an array, a tuple, or a dict of these: outputs ``out``,
    ``out0``, …, or as named. A float weight is an error unless ``numbers`` says how to read it: "decimal" (0.1 is 1/10) or
    "binary". ``share=True`` merges equal gates, which may change estimates that truncate.

    >>> c = trace(lambda x, y: {"out": x * y + 3 * x}, ["x", "y"])
    >>> c.wires, c.evaluate({"x": 5, "y": "1/2"})
    (('x', 'y', 'g1', 'g2', 'g3'), {'out': Fraction(35, 2)})
    >>> layer = np.array([[1, 2], [3, -1]])
    >>> trace(lambda x: (layer @ x) ** 2, {"x": 2}).evaluate({"x0": 1, "x1": 1})
    {'out0': 9, 'out1': 4}

    Raises InvalidArgument (a comparison, a division by a wire, a negative power, something returned that is no wire) and
    InexactError (a float).
    """
    if numbers not in _NUMBERS:
        raise InvalidArgument(f"Argument 'numbers' must be one of {', '.join(_NUMBERS)}, not {numbers!r}.")
    if not callable(function):
        raise InvalidArgument(f"Argument 'function' must be callable, not {function!r}.")
    writer = Writer()
    tape = _Tape(writer, numbers)
    arguments = [_argument(tape, name, shape) for name, shape in _shapes(inputs).items()]
    try:
        result = function(*arguments)
    except TypeError as error:
        if "Wire" not in str(error):
            raise
        raise InvalidArgument(f"Argument 'function' must use sums, products and powers of wires only: {error}.") from error
    named = result if isinstance(result, Mapping) else {"out": result}
    for name, value in named.items():
        for suffix, element in _elements(value):
            output = f"{name}{suffix}"
            if output in writer.outputs:
                raise InvalidArgument(f"Argument 'function' must return outputs of different names, but {output!r} comes twice.")
            writer.outputs[output] = tape.node(element, f"the output {output!r}")
    circuit = Circuit._written(writer)
    return circuit.share() if share else circuit


def _shapes(inputs: Any) -> dict[str, tuple[int, ...]]:
    if isinstance(inputs, (str, sympy.Symbol)):
        inputs = [inputs]
    if not isinstance(inputs, Iterable):
        raise InvalidArgument(f"Argument 'inputs' must be names, or map names to shapes, not {inputs!r}.")
    shapes: dict[str, tuple[int, ...]] = {}
    for name in inputs:
        shape = inputs[name] if isinstance(inputs, Mapping) else ()
        sizes = (shape,) if isinstance(shape, (int, np.integer)) and not isinstance(shape, bool) else shape
        if not isinstance(sizes, tuple) or not all(isinstance(s, (int, np.integer)) and s >= 0 for s in sizes):
            raise InvalidArgument(f"Argument 'inputs' must map {name} to a length or a tuple of lengths, not {shape!r}.")
        symbol = as_variable(name, "inputs")
        if symbol.name in shapes:
            raise InvalidArgument(f"Argument 'inputs' must name each input once, but {symbol.name} comes twice.")
        shapes[symbol.name] = tuple(int(s) for s in sizes)
    return shapes


def _argument(tape: _Tape, name: str, shape: tuple[int, ...]) -> Any:
    if not shape:
        return Wire(tape, tape.input(name))
    array = np.empty(shape, dtype=object)
    for index in np.ndindex(*shape):
        array[index] = Wire(tape, tape.input(name + "_".join(map(str, index))))
    return array


def _elements(value: Any) -> list[tuple[str, Any]]:
    """(suffix of the name, scalar) of what a function returns."""
    if isinstance(value, (list, tuple)):
        value = np.array(value, dtype=object)
    if isinstance(value, np.ndarray):
        if not value.ndim:
            return [("", value.item())]
        return [("_".join(map(str, index)), value[index]) for index in np.ndindex(*value.shape)]
    return [("", value)]


class _Tape:
    """Where the wires of one trace are written; numbers become weights and constants."""

    def __init__(self, writer: Writer, numbers: str) -> None:
        self.writer, self.numbers = writer, numbers

    def input(self, name: str) -> int:
        if name in self.writer.names:
            raise InvalidArgument(f"Argument 'inputs' must give every input a name of its own, but {name} comes twice.")
        return self.writer.input(name)

    def number(self, value: Any) -> Any | None:
        """An exact number, or None for what is none."""
        if isinstance(value, (bool, np.bool_)):
            return to_flint(int(value))
        if isinstance(value, (float, np.floating)):
            if not np.isfinite(value):
                raise InvalidArgument(f"Argument 'function' must use finite numbers, not {value}.")
            if self.numbers == "binary":
                return to_flint(Fraction(*value.as_integer_ratio()))
            if self.numbers == "decimal":
                shortest = np.format_float_scientific(value) if isinstance(value, np.floating) else repr(value)
                return to_flint(Decimal(shortest))
            raise InexactError(
                f"Argument 'function' must use exact numbers, not the float {value!r}: write it as a Fraction, or pass "
                f"numbers='decimal' or 'binary' to read floats so."
            )
        if isinstance(value, (int, np.integer, Fraction, Decimal, sympy.Rational)):
            return to_flint(value)
        return None

    def node(self, value: Any, what: str) -> int:
        """A wire of this trace; a number becomes a constant."""
        if isinstance(value, Wire):
            if value.tape is not self:
                raise InvalidArgument(f"Argument 'function' must return wires of this trace, but {what} is one of another.")
            return value.position
        number = self.number(value)
        if number is None:
            raise InvalidArgument(f"Argument 'function' must return wires or exact numbers, but {what} is {value!r}.")
        return self.writer.constant(number)


class Wire:
    """A value under trace: ``+ - * **`` write gates, everything else is refused."""

    __slots__ = ("position", "tape")
    __array_ufunc__ = None  # NumPy leaves mixed arithmetic to this class

    def __init__(self, tape: _Tape, position: int) -> None:
        self.tape, self.position = tape, position

    def _elementwise(self, other: Any, rule: Callable[[Any], Any]) -> Any:
        result = np.empty(other.shape, dtype=object)
        for index in np.ndindex(*other.shape):
            result[index] = rule(other[index])
        return result if other.ndim else result.item()

    def _sum(self, other: Any, mine: int, its: int) -> Any:
        if isinstance(other, np.ndarray):
            return self._elementwise(other, lambda x: self._sum(x, mine, its))
        writer = self.tape.writer
        if isinstance(other, Wire):
            return Wire(self.tape, writer.sum([(mine, self.position), (its, self.tape.node(other, "a summand"))]))
        number = self.tape.number(other)
        if number is None:
            return NotImplemented
        return Wire(self.tape, writer.sum([(mine, self.position)], its * number))

    def __add__(self, other: Any) -> Any:
        return self._sum(other, 1, 1)

    def __radd__(self, other: Any) -> Any:
        if type(other) is int and other == 0:  # where ``sum`` starts
            return self
        return self._sum(other, 1, 1)

    def __sub__(self, other: Any) -> Any:
        return self._sum(other, 1, -1)

    def __rsub__(self, other: Any) -> Any:
        return self._sum(other, -1, 1)

    def __neg__(self) -> Wire:
        return Wire(self.tape, self.tape.writer.sum([(-1, self.position)]))

    def __pos__(self) -> Wire:
        return self

    def _product(self, other: Any, *, first: bool) -> Any:
        if isinstance(other, np.ndarray):
            return self._elementwise(other, lambda x: self._product(x, first=first))
        if isinstance(other, Wire):
            theirs = self.tape.node(other, "a factor")
            return Wire(self.tape, self.tape.writer.product([self.position, theirs] if first else [theirs, self.position]))
        number = self.tape.number(other)
        if number is None:
            return NotImplemented
        return Wire(self.tape, self.tape.writer.sum([(number, self.position)]))

    def __mul__(self, other: Any) -> Any:
        return self._product(other, first=True)

    def __rmul__(self, other: Any) -> Any:
        return self._product(other, first=False)

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return self._elementwise(other, lambda x: self / x)
        number = None if isinstance(other, Wire) else self.tape.number(other)
        if number is None:
            raise InvalidArgument("Argument 'function' must not divide by a wire: circuits have sums, products and powers.")
        if not number:
            raise InvalidArgument("Argument 'function' must not divide by 0.")
        return Wire(self.tape, self.tape.writer.sum([(1 / number, self.position)]))

    def __rtruediv__(self, other: Any) -> Any:
        raise InvalidArgument("Argument 'function' must not divide by a wire: circuits have sums, products and powers.")

    def __pow__(self, exponent: Any) -> Any:
        number = None if isinstance(exponent, Wire) else self.tape.number(exponent)
        if number is None or number.q != 1 or number < 0:
            raise InvalidArgument(f"Argument 'function' must raise wires to whole powers of at least 0, not {exponent!r}.")
        k = int(number.p)
        if k == 0:
            return Wire(self.tape, self.tape.writer.constant(1))
        return self if k == 1 else Wire(self.tape, self.tape.writer.power(self.position, k))

    def _refuse(self, *_: Any) -> Any:
        raise InvalidArgument(
            "Argument 'function' must not compare wires or branch on them: the circuit is the same for all inputs."
        )

    __bool__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _refuse
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<wire {self.position}>"
