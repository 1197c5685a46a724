"""Rows of points as codes: the support of a law, or observations, each column as positions in its distinct values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.numbers import Number
from symwick.distributions.cells import encode_column, read_columns
from symwick.distributions.law import Law
from symwick.distributions.tabulated import row_keys, stacked
from symwick.errors import InvalidArgument

__all__ = ["Rows"]


@dataclass(frozen=True, eq=False)
class Rows:
    """``codes[r, j]`` is the position of row r's value of variable j in ``points[j]``."""

    variables: tuple[sympy.Symbol, ...]
    points: tuple[tuple[Number, ...], ...]
    codes: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of_law(cls, law: Law, variables: Sequence[sympy.Symbol]) -> tuple[Rows, Any]:
        """The points of positive probability of a joint marginal, and their weights (an IntVector)."""
        codes, weights = law.joint_table(list(variables))
        return cls(tuple(variables), tuple(law.support(v) for v in variables), codes), weights

    @classmethod
    def read(cls, data: Any, variables: tuple[sympy.Symbol, ...], numbers: str, argument: str) -> Rows:
        """Observations in any form that :class:`~symwick.Empirical` reads, in their order."""
        try:
            symbols, columns, count = read_columns(data, variables)
        except InvalidArgument as error:
            # the readers of data call what they read 'rows'
            raise type(error)(str(error).replace("Argument 'rows'", f"Argument '{argument}'")) from None
        if not count:
            raise InvalidArgument(f"Argument '{argument}' must hold at least one row.")
        encoded = [
            encode_column(cells, numbers, v, lambda row: f"row {row + 1}")
            for v, cells in zip(symbols, columns, strict=True)
        ]
        return cls(symbols, tuple(points for points, _ in encoded), stacked([codes for _, codes in encoded], count))

    def distinct(self, variables: Iterable[sympy.Symbol]) -> tuple[Rows, npt.NDArray[np.intp]]:
        """The distinct rows of some variables, and for every row its place among them."""
        chosen = tuple(variables)
        places = [self.variables.index(v) for v in chosen]
        codes = self.codes[:, places]
        _, first, inverse = np.unique(row_keys(codes), return_index=True, return_inverse=True)
        return Rows(chosen, tuple(self.points[j] for j in places), codes[first]), inverse

    def point(self, row: int) -> dict[sympy.Symbol, Number]:
        """One row as {variable: value}."""
        found = zip(self.variables, self.points, self.codes[row].tolist(), strict=True)
        return {v: points[code] for v, points, code in found}
