"""Functions known through their values on a grid: callables, tables, and expressions that do not separate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from inspect import Signature, signature
from itertools import product
from math import prod
from typing import Any

import numpy as np
import sympy
from tqdm import tqdm

from symwick.algebra.balls import Ball, BallArray
from symwick.algebra.numbers import Number, to_flint, to_number
from symwick.algebra.symbolic_reading import element
from symwick.circuits.leaves import rational_value
from symwick.circuits.variables import Variable, as_variables
from symwick.errors import InexactError, InvalidArgument, TooLarge

__all__ = ["Function", "GridValues", "from_callable", "from_expression", "from_table"]


@dataclass(frozen=True, slots=True)
class Function:
    """A callable or a table with the names of its arguments; made by :func:`symwick.function`.

    >>> import symwick as sw
    >>> P = sw.Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> f = sw.function(lambda a, b: a * b, ["x", "y"])
    >>> f.variables, sw.gwp(f, P).at({"x": 1, "y": 1})
    ((x, y), Fraction(9, 32))
    """

    f: Any
    variables: tuple[sympy.Symbol, ...]

    @classmethod
    def of(cls, f: Any, variables: Iterable[Variable]) -> Function:
        """Name the arguments of a callable, or the axes of a table, so that it need not take all variables of a law.

        >>> Function.of(lambda a, b: a * b, ["xray", "dysp"])
        <function of xray, dysp>

        Raises InvalidArgument (neither a callable nor a table, a name given twice).
        """
        if not (callable(f) or isinstance(f, (Mapping, np.ndarray, list))):
            raise InvalidArgument(f"Argument 'f' must be a callable or a table, not {f!r}.")
        return cls(f, as_variables(variables))

    def __repr__(self) -> str:
        return f"<function of {', '.join(map(str, self.variables))}>"


@dataclass(frozen=True, slots=True)
class GridValues:
    """Values of one or several functions on the product of ``points``.

    ``values`` has one axis for each variable and a last one for the outputs; elements are those of the exact
    ring; in float64 the values are a float array (exact as given) or a BallArray. ``names``
    are the outputs' names: None for one plain function.
    ``expression`` is set where f is known off the grid too. ``parameters`` are the symbols in the values.
    """

    variables: tuple[sympy.Symbol, ...]
    points: tuple[tuple[Number, ...], ...]
    values: Any
    names: tuple[Any, ...] | None = None
    expression: sympy.Expr | None = None
    parameters: frozenset[sympy.Symbol] = frozenset()


Points = Sequence[tuple[Number, ...]]

_INSTEAD = "A polynomial given as an expression or a circuit needs no such table."


def _guard(points: Points, limit: int) -> int:
    size = prod(len(column) for column in points)
    if size > limit:
        raise TooLarge("Values of f on the product of the marginal supports", size, limit, instead=_INSTEAD)
    return size


def _element(value: Any, where: Callable[[], str], floats: bool) -> Any:
    """One value in the engine: a rational (a ball where floats are asked for), or a sympy expression."""
    if floats and isinstance(value, (float, np.floating)):
        if not np.isfinite(value):
            raise InvalidArgument(f"Argument 'f' must have finite values, not {value} at {where()}.")
        return Ball(float(value), 0.0)
    if isinstance(value, sympy.Basic) and not isinstance(value, sympy.Rational):
        value = rational_value(value, {}, "f")
        if floats and isinstance(value, sympy.Basic):
            return _enclosed(value, where)
    try:
        return Ball.of(value) if floats else value if isinstance(value, sympy.Basic) else to_flint(value, "f")
    except InexactError as error:
        raise InexactError(f"{error} This is f at {where()}.") from None


def _enclosed(value: sympy.Basic, where: Callable[[], str]) -> Ball:
    """An irrational constant as a ball: 30 digits are far more than the rounding to a float keeps."""
    if value.free_symbols:
        names = ", ".join(sorted(map(str, value.free_symbols)))
        raise InvalidArgument(f"Argument 'f' must have no parameters in float64, but {names} remain at {where()}.")
    ball = Ball.of(Fraction(str(sympy.N(value, 30))))
    return Ball(ball.value, ball.radius * (1 + 2.0**-20) + abs(ball.value) * 2.0**-90)


def _array(rows: list[Any], shape: tuple[int, ...], width: int, floats: bool) -> Any:
    """The values as one array: balls, or elements of the exact ring."""
    if floats:
        balls = BallArray(np.array([b.value for b in rows]), np.array([b.radius for b in rows]))
        return balls.reshape(*shape, width)
    array = np.empty(len(rows), dtype=object)
    array[:] = [element(value) if isinstance(value, sympy.Basic) else value for value in rows]
    return array.reshape(*shape, width)


def _split(value: Any) -> tuple[list[Any], tuple[Any, ...] | None]:
    """The outputs of one call, and their names (positions for sequences, None for one plain value)."""
    if isinstance(value, Mapping):
        return list(value.values()), tuple(value)
    if isinstance(value, (tuple, list)) or (isinstance(value, np.ndarray) and value.ndim == 1):
        return list(value), tuple(range(len(value)))
    return [value], None


def _takes(f: Callable[..., Any], variables: tuple[sympy.Symbol, ...]) -> None:
    """Refuse a callable that cannot be called with one value for each variable; of some nothing can be known."""
    found: Signature | None = None
    with suppress(TypeError, ValueError):  # builtins and the like have no signature to ask
        found = signature(f)
    if found is None:
        return
    try:
        found.bind(*variables)
    except TypeError:
        names = ", ".join(map(str, variables))
        raise InvalidArgument(
            f"Argument 'f' must take one argument for each of {names}, not {found}; "
            "symwick.function(f, names) says which variables f takes."
        ) from None


def from_callable(
    f: Callable[..., Any], variables: tuple[sympy.Symbol, ...], points: Points, *, floats: bool, limit: int
) -> GridValues:
    """Call f once, by position, at every point of the product of ``points``; a tuple or dict is several outputs."""
    size = _guard(points, limit)
    _takes(f, variables)
    rows: list[Any] = []
    names: tuple[Any, ...] | None = None
    width = 1
    bar = tqdm(product(*points), total=size, desc="values of f", delay=2, leave=False, disable=None)
    for number, point in enumerate(bar):
        outputs, these = _split(f(*point))
        if number == 0:
            names, width = these, len(outputs)
        elif these != names:
            raise InvalidArgument(
                f"Argument 'f' must return the same outputs everywhere: {names} first, {these} at {point}."
            )

        def where(point: tuple[Number, ...] = point) -> str:
            return ", ".join(f"{v} = {x}" for v, x in zip(variables, point, strict=True)) or "its only point"

        rows.extend(_element(value, where, floats) for value in outputs)
    shape = tuple(len(column) for column in points)
    symbols = frozenset(s for value in rows if isinstance(value, sympy.Basic) for s in value.free_symbols)
    return GridValues(variables, tuple(points), _array(rows, shape, width, floats), names, parameters=symbols)


def from_table(
    table: Any, variables: tuple[sympy.Symbol, ...], points: Points, *, floats: bool, limit: int
) -> GridValues:
    """A table: ``{point: value}`` over the product of the marginal supports, or a NumPy array with one axis a variable.

    An axis of an array goes over the marginal support of its variable, ascending.
    """
    shape = tuple(len(column) for column in points)
    _guard(points, limit)
    if isinstance(table, np.ndarray):
        if table.shape != shape:
            raise InvalidArgument(
                f"Argument 'f' must be an array of shape {shape}, one axis for each of "
                f"{', '.join(map(str, variables))} over its marginal support, not {table.shape}."
            )
        if floats and table.dtype.kind in "fiub":
            if not np.isfinite(table).all():
                raise InvalidArgument("Argument 'f' must have finite values; the array holds nan or inf.")
            return GridValues(variables, tuple(points), np.array(table, dtype=float)[..., None])
        cells = table.ravel().tolist() if table.dtype.kind in "iub" else list(table.ravel())
        return from_callable(_Next(cells), variables, points, floats=floats, limit=limit)
    exact: dict[tuple[Number, ...], Any] = {}
    for key, value in table.items():
        coordinates = key if isinstance(key, tuple) else (key,)
        if len(coordinates) != len(variables):
            raise InvalidArgument(f"Argument 'f' must have keys of {len(variables)} coordinates, not {key!r}.")
        exact[tuple(to_number(x, "f") for x in coordinates)] = value
    missing = next((point for point in product(*points) if point not in exact), None)
    if missing is not None:
        where = ", ".join(f"{v} = {x}" for v, x in zip(variables, missing, strict=True))
        raise InvalidArgument(
            f"Argument 'f' must give a value at every point of the product of the marginal supports; {where} is missing."
        )
    return from_callable(lambda *point: exact[point], variables, points, floats=floats, limit=limit)


class _Next:
    """Hands out the cells of an array in order, whatever the point."""

    def __init__(self, cells: list[Any]) -> None:
        self._cells = iter(cells)

    def __call__(self, *point: Any) -> Any:
        return next(self._cells)


def from_expression(
    expression: sympy.Expr, variables: tuple[sympy.Symbol, ...], points: Points, *, floats: bool, limit: int
) -> GridValues:
    """Values of an expression on the grid; parameters and irrational constants stay symbols."""

    def evaluate(*point: Number) -> Any:
        return rational_value(expression, dict(zip(variables, map(Fraction, point), strict=True)), "f")

    grid = from_callable(evaluate, variables, points, floats=floats, limit=limit)
    return replace(grid, names=None, expression=expression)
