"""Running a numeric function: how it wants its arguments, whether it takes arrays, and what it does that it should not."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symwick.verification.cases import Case, as_float
from symwick.verification.outputs import Layout, Outputs, WrongOutput
from symwick.verification.spaces import Space

__all__ = ["Caller", "Misbehaviour", "Style"]

RAISES, SHAPE, NOT_A_NUMBER = "raises", "wrong shape", "not a number"
MUTATES, NOT_DETERMINISTIC, OTHER_ARGUMENTS = "mutates its arguments", "not deterministic", "takes other arguments"

_TRIAL = 3


class Misbehaviour(Exception):
    """What a numeric function did instead of returning numbers: the verdict, a sentence, the case at which it did so."""

    def __init__(self, verdict: str, text: str, case: Case | None = None) -> None:
        self.verdict, self.text, self.case = verdict, text, case
        super().__init__(text)


@dataclass(frozen=True)
class Style:
    """How a function is called: arguments by keyword or by position, one point at a time or arrays of points."""

    by_keyword: bool
    arrays: bool

    def __str__(self) -> str:
        return f"{'arrays' if self.arrays else 'one call a point'}, by {'keyword' if self.by_keyword else 'position'}"


class Caller:
    """A numeric function with the way it is called, found out by trial, once."""

    def __init__(self, numeric: Callable[..., Any], space: Space, layout: Layout) -> None:
        self.numeric, self.space, self.layout = numeric, space, layout
        self.style = Style(True, False)
        self.paths: tuple[str, ...] = ()

    # -- finding out --------------------------------------------------------------------------------------------------

    def find_out(self, cases: Sequence[Case]) -> None:
        """Settle the style. Raises Misbehaviour where no way of calling works."""
        for by_keyword in self._bindings(cases[0]):
            self.style = Style(by_keyword, False)
            try:
                self._raw([cases[0]])
            except TypeError as error:
                if by_keyword and _signature(self.numeric) is None and "argument" in str(error):
                    continue  # nothing is known of its signature: by position, perhaps
            except (Exception, SystemExit):
                pass  # judged later, at all points
            break
        if not self.space.of_rows:
            self.style = Style(self.style.by_keyword, self._takes_arrays(cases))

    def _bindings(self, case: Case) -> list[bool]:
        """Whether the arguments can be given by keyword and by position, by the function's signature."""
        signature = _signature(self.numeric)
        if signature is None:
            return [True, False]
        keywords = [*(["rows"] if self.space.of_rows else []), *self.space.keywords.values()]
        args, named = self._arguments([case], Style(True, False))
        found = []
        for by_keyword in (True, False):
            given: tuple[list[Any], dict[str, Any]] = (args, named) if by_keyword else (args + list(named.values()), {})
            try:
                signature.bind(*given[0], **given[1])
            except TypeError:
                continue
            found.append(by_keyword)
        if not found:
            wanted = ", ".join(keywords) or "none"
            raise Misbehaviour(OTHER_ARGUMENTS, f"it takes {signature}, but the exact side has the arguments: {wanted}")
        return found

    def _takes_arrays(self, cases: Sequence[Case]) -> bool:
        """Whether arrays of a few points give what the points give one by one."""
        some = list(cases[len(cases) // 2 :][:_TRIAL]) if len(cases) >= 2 * _TRIAL else list(cases[:_TRIAL])
        singles: list[Outputs] | None = []
        try:
            singles = [self.layout.read(self._raw([case]), 1, arrays=False) for case in some]
        except (Exception, SystemExit):
            singles = None
        together = Style(self.style.by_keyword, True)
        try:
            outputs = self.layout.read(self._raw(some, together), len(some), arrays=True)
        except (Exception, SystemExit):
            return False
        if singles is None:
            return True
        for place in range(len(outputs.columns)):
            one_by_one = np.array([single.columns[place][0] for single in singles], dtype=object).astype(float)
            at_once = np.asarray(outputs.columns[place], dtype=object).astype(float)
            if not np.allclose(one_by_one, at_once, rtol=1e-3, atol=1e-6, equal_nan=True):
                return False
        return True

    # -- calls --------------------------------------------------------------------------------------------------------

    def _arguments(self, cases: Sequence[Case], style: Style) -> tuple[list[Any], dict[str, Any]]:
        """Positional and keyword arguments of one call."""
        columns = [self.space.values(case) for case in cases]
        named: dict[str, Any] = {}
        args: list[Any] = []
        for symbol, keyword in self.space.keywords.items():
            if style.arrays:
                named[keyword] = np.array([as_float(values[symbol]) for values in columns])
            else:
                named[keyword] = as_float(columns[0][symbol])
        if self.space.of_rows:
            case = cases[0]
            matrix = np.array([[as_float(v) for v in atom] for atom in case.atoms]).reshape(len(case.atoms), len(case.variables))
            if self.space.presented == "columns":
                named = {v: matrix[:, j].copy() for j, v in enumerate(case.variables)} | named
            else:
                args = [matrix] + ([np.array([as_float(w) for w in case.weights])] if self.space.presented == "weighted" else [])
        if not style.by_keyword:
            args, named = args + list(named.values()), {}
        return args, named

    def _raw(self, cases: Sequence[Case], style: Style | None = None) -> Any:
        return self._call(*self._arguments(cases, style or self.style))

    def _call(self, args: list[Any], named: Mapping[str, Any]) -> Any:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return self.numeric(*args, **named)

    def run(self, cases: Sequence[Case]) -> list[list[Any]]:
        """The outputs at each case, numbers as they come. Raises Misbehaviour."""
        if self.style.arrays:
            return self._batch(cases)
        return [self._single(case) for case in cases]

    def _single(self, case: Case) -> list[Any]:
        return self._checked([case])[0]

    def _batch(self, cases: Sequence[Case]) -> list[list[Any]]:
        try:
            return self._checked(cases)
        except Misbehaviour as misbehaviour:
            if len(cases) == 1 or misbehaviour.verdict == MUTATES:
                raise
            for case in cases:  # which of them?
                try:
                    self._checked([case])
                except Misbehaviour as found:
                    if found.verdict == misbehaviour.verdict:
                        raise found from None
            raise

    def _checked(self, cases: Sequence[Case]) -> list[list[Any]]:
        """One call, its result read, its arguments seen to be what they were."""
        args, named = self._arguments(cases, self.style)
        before = [np.array(a, copy=True) for a in (*args, *named.values())]
        try:
            result = self._call(args, named)
        except (Exception, SystemExit) as error:
            said = f": {error}" if str(error) else ""
            raise Misbehaviour(RAISES, f"it raises {type(error).__name__}{said}", cases[0]) from error
        try:
            outputs = self.layout.read(result, len(cases), arrays=self.style.arrays)
        except WrongOutput as error:
            raise Misbehaviour(error.verdict, str(error), cases[0]) from None
        self.paths = outputs.paths
        for then, (name, now) in zip(before, self._named(args, named), strict=True):
            if not np.array_equal(then, np.asarray(now), equal_nan=True):
                raise Misbehaviour(MUTATES, f"it changes its argument {name}", cases[0])
        return [[column[k] for column in outputs.columns] for k in range(len(cases))]

    def _named(self, args: list[Any], named: Mapping[str, Any]) -> list[tuple[str, Any]]:
        firsts = {"rows": ["rows"], "weighted": ["rows", "weights"]}.get(self.space.presented, [])
        columns = list(self.space.variables) if self.space.presented == "columns" else []
        positions = [*firsts, *columns, *self.space.keywords.values()]
        return [*zip(positions, args, strict=False), *named.items()]


def _signature(numeric: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(numeric)
    except (TypeError, ValueError):
        return None
