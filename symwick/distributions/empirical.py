"""The law of a data set: rows of numbers, each with the same weight or with weights of its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import sympy

from symwick.algebra.balls import Ball, BallArray
from symwick.algebra.notebook import MOST_TEXT, cut
from symwick.algebra.numbers import Number, to_fraction, whole_number
from symwick.algebra.vectors import IntVector
from symwick.circuits.variables import Variable
from symwick.distributions.cells import Place, encode_column, read_columns
from symwick.distributions.csv_tables import read_table
from symwick.distributions.law import Vectors
from symwick.distributions.tabulated import BoundedCache, TabulatedLaw, merge_rows, stacked
from symwick.errors import InvalidArgument

__all__ = ["Empirical"]

_NUMBERS = ("decimal", "binary", "float64")


class Empirical(TabulatedLaw):
    """The law of a data set: E φ(X) = Σ_r w_r φ(x_r), with w_r = 1/len(rows) or weights divided by their sum.

    ``rows``: tuples, lists or dicts (for one variable, bare numbers too), a NumPy array of two dimensions, or a pandas
    DataFrame, whose columns give the variables; with ``variables`` only these columns of a frame or of dicts are read.

    ``numbers`` says how a float cell is read: "decimal" by its shortest decimal (5.1 is 51/10), "binary" by its exact
    value, "float64" likewise, but every cell is rounded to a float and the law computes in floats: ``exact`` is False,
    ``moment`` and ``cumulant`` return floats, ``mean_of_product`` a ball (value, bound of the error). Integers,
    Fractions and decimal text are exact in themselves. ``weights`` are exact and not negative; weight 0 leaves a row
    out.

    >>> from symwick import Empirical
    >>> P = Empirical([(5.1, 1), (4.9, 0), (4.7, 0)], ["length", "kind"])
    >>> P.moment(["length"]), P.cumulant(["length", "kind"])
    (Fraction(49, 10), Fraction(1, 15))

    Errors count rows from 1. Raises InvalidArgument (no rows, ragged rows, a missing, infinite or unreadable cell, a
    wrong number of columns or weights, negative weights, an unknown ``numbers``), UnknownVariable (no such column) and
    InexactError (a float weight, a cell that is neither an exact number nor a float).
    """

    def __init__(
        self,
        rows: Any,
        variables: Iterable[Variable] | None = None,
        *,
        numbers: str = "decimal",
        weights: Iterable[Any] | None = None,
    ) -> None:
        _check_numbers(numbers)
        symbols, columns, count = read_columns(rows, variables)
        self._read(symbols, columns, count, numbers, weights, lambda row: f"row {row + 1}")

    def _read(
        self,
        symbols: tuple[sympy.Symbol, ...],
        columns: Sequence[Any],
        count: int,
        numbers: str,
        weights: Iterable[Any] | None,
        place: Place,
    ) -> None:
        if not count:
            raise InvalidArgument("Argument 'rows' must hold at least one row.")
        encoded = [encode_column(cells, numbers, v, place) for v, cells in zip(symbols, columns, strict=True)]
        supports = [support for support, _ in encoded]
        codes = stacked([column for _, column in encoded], count)
        if weights is None:
            codes, vector = merge_rows(codes, IntVector(np.ones(count, dtype=np.int64), count, 1))
        else:
            codes, vector = merge_rows(codes, _weights(weights, count, place))
            kept = []  # rows of weight 0 may have left points of probability 0
            for j, support in enumerate(supports):
                present, column = np.unique(codes[:, j], return_inverse=True)
                supports[j] = tuple(support[i] for i in present.tolist())
                kept.append(column)
            codes = stacked(kept, len(codes))
        super().__init__(symbols, tuple(supports), codes, vector)
        self.exact = numbers != "float64"
        self._rows = f"{count} {'weighted ' if weights is not None else ''}row{'s' if count > 1 else ''}"

    @classmethod
    def from_csv(
        cls,
        path: str | os.PathLike[str],
        variables: Iterable[Variable] | None = None,
        *,
        numbers: str = "decimal",
        weights: Iterable[Any] | None = None,
        header: bool = True,
        skip: int = 0,
        delimiter: str | None = ",",
        codes: Mapping[Any, Sequence[str]] | None = None,
        missing: str = "error",
        identifiers: bool = False,
        decimal: str | None = None,
    ) -> Self:
        """Read a text file of comma-separated numbers (UTF-8), exactly as its digits say.

        The first line names the columns, and ``variables`` chooses some of them; with ``header=False`` it names them
        all. ``skip`` leaves out so many lines at the top; empty lines are passed over. Errors name line and column.

        ``delimiter=None`` guesses it from the first line. ``codes`` turns words into numbers, {"smoker": ["no", "yes"]}: 0, 1.
        ``missing="drop"`` leaves out rows in which a cell that is read is empty, NA, NaN, null or ?; ``law.notes`` says how
        many. ``identifiers=True`` renames columns so that a formula can name them: "sepal length (cm)" is sepal_length_cm.
        ``decimal=","`` reads 1.234,50 as 1234.50, and ``decimal="."`` 1,234.50: the decimal mark, and thousands may be marked.

        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "data.csv")
        ...     _ = path.write_text("x,y\\n0.1,1\\n0.3,2\\n")
        ...     Empirical.from_csv(path, ["x"]).moment(["x"])
        Fraction(1, 5)

        Raises FormatError (no readable CSV, a line of another length than the first, a word without a code) besides what
        Empirical raises.
        """
        _check_numbers(numbers)
        whole_number(skip, "skip", 0)
        if missing == "drop" and weights is not None:
            raise InvalidArgument("Argument 'missing' must be 'error' where 'weights' are given: they count all rows.")
        table = read_table(
            path, variables, header=header, skip=skip, delimiter=delimiter, codes=codes, missing=missing,
            identifiers=identifiers, decimal=decimal,
        )  # fmt: skip
        law = cls.__new__(cls)
        law._read(table.variables, table.columns, len(table.lines), numbers, weights, table.place)
        if table.dropped:
            total = table.dropped + len(table.lines)
            law.notes = (f"{table.dropped} of {total} rows left out: cells are missing",)
        return law

    # -- what differs from other tabulated laws ----------------------------------------------------------------------

    def _like(
        self,
        variables: tuple[sympy.Symbol, ...],
        supports: tuple[tuple[Number, ...], ...],
        codes: npt.NDArray[np.intp],
        weights: IntVector,
    ) -> Self:
        law = super()._like(variables, supports, codes, weights)
        law._rows = self._rows
        return law

    def condition(self, event: Mapping[Any, Any]) -> Self:
        law = super().condition(event)
        if event:
            law._rows = f"part of {self._rows.removeprefix('part of ')}"
        return law

    def _point(self, value: Any, argument: str) -> Any:
        if self.exact:
            return to_fraction(value, argument)
        return float(value if isinstance(value, (float, np.floating)) else to_fraction(value, argument))

    def mean_of_product(self, vectors: Vectors) -> Any:
        if self.exact:
            return super().mean_of_product(vectors)
        return self._mean_of_balls({v: vector.rounded() for v, vector in vectors.items()})

    @cached_property
    def _floats(self) -> BoundedCache[sympy.Symbol, BallArray]:
        return BoundedCache()

    def _mean_of_powers(self, powers: Mapping[sympy.Symbol, int]) -> Any:
        if self.exact:
            return super()._mean_of_powers(powers)
        balls: dict[sympy.Symbol, BallArray] = {}
        with np.errstate(over="ignore", invalid="ignore"):
            for variable, power in powers.items():
                if variable not in self._floats:
                    support = self._supports[self._positions[variable]]
                    self._floats.keep(variable, BallArray.of(np.array(support, dtype=np.float64)), len(support))
                balls[variable] = cells = self._floats[variable]
                for _ in range(power - 1):
                    balls[variable] = balls[variable] * cells
        return self._mean_of_balls(balls)

    def _mean_of_balls(self, balls: Mapping[sympy.Symbol, BallArray]) -> Ball:
        if not balls:
            return Ball(1.0, 0.0)
        with np.errstate(over="ignore", invalid="ignore"):
            total = self._weights.rounded()
            for variable, cells in balls.items():
                total = total * cells[self._codes[:, self._positions[variable]]]
            ball = total.sum(axis=0).item()
        if not np.isfinite(ball.value + ball.radius):
            names = ", ".join(map(str, balls))
            raise InvalidArgument(f"A mean over {names} is too large for float64; read with numbers='decimal'.")
        return ball

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> npt.NDArray[Any]:
        """``n`` independent draws, one row each; floats where ``numbers="float64"``."""
        drawn = super().sample(n, seed)
        return drawn if self.exact else drawn.astype(np.float64)

    def __repr__(self) -> str:
        names = ", ".join(map(str, self.variables[:8])) + (", …" if len(self.variables) > 8 else "")
        parts = [f"{self._rows}, {len(self)} distinct", names, "" if self.exact else "float64"]
        return cut(f"Empirical({'; '.join(filter(None, parts))})", MOST_TEXT)

    def _shown_facts(self) -> list[tuple[str, object]]:
        numbers = [] if self.exact else [("numbers", "float64, means with a bound of their error")]
        return [("rows", self._rows), *super()._shown_facts(), *numbers]


def _check_numbers(numbers: Any) -> None:
    if numbers not in _NUMBERS:
        raise InvalidArgument(f"Argument 'numbers' must be one of {', '.join(map(repr, _NUMBERS))}, not {numbers!r}.")


def _weights(weights: Iterable[Any], count: int, place: Place) -> IntVector:
    """The weights divided by their sum."""
    if isinstance(weights, (str, bytes, Mapping)) or not isinstance(weights, Iterable):
        raise InvalidArgument(f"Argument 'weights' must be a sequence of numbers, not {weights!r}.")
    exact = [to_fraction(weight, "weights") for weight in weights]
    if len(exact) != count:
        raise InvalidArgument(f"Argument 'weights' must have one weight for each of {count} rows, not {len(exact)}.")
    for row, weight in enumerate(exact):
        if weight < 0:
            raise InvalidArgument(f"Argument 'weights' must hold no negative weight, not {weight} in {place(row)}.")
    vector = IntVector.of(exact)
    total = sum(vector.numerators.tolist())
    if not total:
        raise InvalidArgument("Argument 'weights' must have a positive sum, not 0.")
    return IntVector.from_integers(vector.numerators, total)
