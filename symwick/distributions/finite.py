"""The law of finite support, given point by point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.notebook import MOST_TEXT, cut, latex_name
from symwick.algebra.numbers import Number, to_fraction, to_number
from symwick.algebra.vectors import IntVector
from symwick.circuits.variables import Variable, as_variables
from symwick.distributions.tabulated import TabulatedLaw, merge_rows, stacked
from symwick.errors import InvalidArgument

__all__ = ["Finite", "encode"]


def encode(
    rows: list[tuple[Fraction, ...]], width: int
) -> tuple[tuple[tuple[Number, ...], ...], npt.NDArray[np.intp]]:
    """Ascending distinct values of every column, and the rows as positions in them."""
    supports, columns = [], []
    for j in range(width):
        values = sorted({row[j] for row in rows})
        position = {value: i for i, value in enumerate(values)}
        supports.append(tuple(to_number(value) for value in values))
        columns.append(np.array([position[row[j]] for row in rows], dtype=np.intp))
    return tuple(supports), stacked(columns, len(rows))


class Finite(TabulatedLaw):
    """A joint law given by ``{point: probability}``; points are tuples in the order of ``variables``.

    E φ(X) = Σ_x w_x φ(x). Keys are tuples (for one variable, bare values too) of int, Fraction, Rational or NumPy
    integers; weights are exact and sum to one; points of weight zero stay out of the support.

    >>> from symwick import Finite
    >>> P = Finite({(0, 0): "1/2", (0, 1): "1/8", (1, 0): "1/8", (1, 1): "1/4"}, ["x", "y"])
    >>> P.moment({"x": 1, "y": 1}), P.cumulant(["x", "y"])
    (Fraction(1, 4), Fraction(7, 64))

    Raises InvalidArgument (point of the wrong length, negative weight, weights that do not sum to 1) and InexactError
    (a float).
    """

    def __init__(self, weights: Mapping[Any, Any], variables: Iterable[Variable]) -> None:
        symbols = as_variables(variables)
        if not isinstance(weights, Mapping):
            raise InvalidArgument(f"Argument 'weights' must map points to probabilities, not be {weights!r}.")
        rows: list[tuple[Fraction, ...]] = []
        probabilities: list[Fraction] = []
        for key, weight in weights.items():
            probability = to_fraction(weight, "weights")
            if probability < 0:
                raise InvalidArgument(f"Argument 'weights' must hold no negative weight, not {probability} at {key!r}.")
            rows.append(_point(key, symbols))
            probabilities.append(probability)
        total = sum(probabilities, Fraction(0))
        if total != 1:
            raise InvalidArgument(f"Argument 'weights' must sum to 1, not {total}.")
        if len(set(rows)) != len(rows):
            raise InvalidArgument("Argument 'weights' must name each point once, but two keys are the same point.")
        kept = [i for i, probability in enumerate(probabilities) if probability]
        supports, codes = encode([rows[i] for i in kept], len(symbols))
        super().__init__(symbols, supports, *merge_rows(codes, IntVector.of(probabilities[i] for i in kept)))

    def __repr__(self) -> str:
        names = ", ".join(map(str, self.variables))
        if len(self) > 6:
            return cut(f"Finite({len(self)} points of {names})", MOST_TEXT)
        points = ((str(p[0]) if len(p) == 1 else f"({', '.join(map(str, p))})", weight) for p, weight in self.items())
        inner = ", ".join(f"{point}: {weight}" for point, weight in points)
        return cut(f"Finite({{{inner}}}, [{names}])", MOST_TEXT)

    def latex(self) -> str:
        if len(self) > 6:
            return super().latex()
        names = ", ".join(latex_name(v) for v in self.variables)
        rows = r" \\ ".join(
            rf"({', '.join(sympy.latex(sympy.Rational(x)) for x in point)}) & {sympy.latex(sympy.Rational(weight))}"
            for point, weight in self.items()
        )
        return rf"({names}) \sim \left\{{\begin{{array}}{{ll}} {rows} \end{{array}}\right."


def _point(key: Any, symbols: tuple[sympy.Symbol, ...]) -> tuple[Fraction, ...]:
    coordinates = key if isinstance(key, tuple) else (key,) if len(symbols) == 1 else None
    if coordinates is None or len(coordinates) != len(symbols):
        raise InvalidArgument(
            f"Argument 'weights' must have keys of {len(symbols)} coordinates ({', '.join(map(str, symbols))}), "
            f"not {key!r}."
        )
    return tuple(to_fraction(coordinate, "weights") for coordinate in coordinates)
