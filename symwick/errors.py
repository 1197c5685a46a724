"""The error family: every error symwick raises on purpose is a :class:`SymwickError`.

Messages have one shape: what, the rule, the value. ``Argument 'order' must be at least 1, not 0.``
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "FormatError",
    "InexactError",
    "InvalidArgument",
    "MissingLibrary",
    "NoClosedForm",
    "NotRational",
    "SizeWarning",
    "SymwickError",
    "TooLarge",
    "UnknownVariable",
    "amount",
]


class SymwickError(Exception):
    """Base class of all errors that symwick raises on purpose.

    >>> import symwick as sw
    >>> try:
    ...     sw.gwp("x*y", sw.Moments(["x", "y"]), of="z")
    ... except sw.SymwickError as error:
    ...     print(type(error).__name__ + ":", error)
    UnknownVariable: Argument 'of' names z, which is no input; the inputs are: x, y.
    """


class InvalidArgument(SymwickError, ValueError):
    """An argument breaks a rule; the message names argument, rule and value.

    >>> import symwick as sw
    >>> sw.Bernoulli("3/2")
    Traceback (most recent call last):
        ...
    symwick.errors.InvalidArgument: Argument 'p' must lie in [0, 1], not 3/2.
    """


class UnknownVariable(InvalidArgument, KeyError):
    """A name that the law, form or decomposition does not have.

    >>> import symwick as sw
    >>> sw.Moments(["x", "y"]).moment(["z"])
    Traceback (most recent call last):
        ...
    symwick.errors.UnknownVariable: Argument 'exponents' names z, which the law lacks; it has: x, y.
    """

    # KeyError shows the repr of its argument, which would put the sentence in quotes.
    __str__ = Exception.__str__


class MissingLibrary(SymwickError, ImportError):
    """An optional library is not installed; the message says what to install."""


class InexactError(SymwickError, TypeError):
    """A float (or another inexact number) met an exact context.

    >>> import symwick as sw
    >>> sw.Bernoulli(0.1)
    Traceback (most recent call last):
        ...
    symwick.errors.InexactError: Argument 'p' must be exact, not the float 0.1. ...
    """


class NoClosedForm(SymwickError, NotImplementedError):
    """There is no closed form for a sub-expression under a law; the message names both.

    >>> import symwick as sw
    >>> sw.expectation("1/x", sw.Independent({"x": sw.Normal(0, 1)})).value
    Traceback (most recent call last):
        ...
    symwick.errors.NoClosedForm: The mean of 1/x under Normal(0, 1) as x has no closed form that symwick knows.
    """


class NotRational(SymwickError, ValueError):
    """The value exists but is no rational number; see ``.expr`` and ``.evalf(digits)``.

    >>> import symwick as sw
    >>> form = sw.expectation("exp(x)", sw.Independent({"x": sw.Normal(0, 1)}))
    >>> form.expr, form.evalf(10)
    (exp(1/2), 1.648721271)
    >>> form.value
    Traceback (most recent call last):
        ...
    symwick.errors.NotRational: The value is no rational number but exp(1/2); see .expr, or .evalf(digits) for digits.
    """


class FormatError(SymwickError, ValueError):
    """Text from outside (BIF, JSON, an expression) is malformed; the message names line and token.

    ``line`` and ``column``, from 1, where they are known, and ``rule``, the message without them; the line itself, with a
    caret, is then a note of the error, which tracebacks show.

    >>> import symwick as sw
    >>> try:
    ...     sw.parse_expression("x + * y")
    ... except sw.FormatError as error:
    ...     print(error, error.column, *error.__notes__, sep="\\n")
    Expression, column 5: invalid syntax in 'x + * y'.
    5
        x + * y
            ^
    """

    line: int | None = None
    column: int | None = None
    rule: str | None = None


OUT_OF_REACH = 10**12
"""Amounts from here on are beyond any machine: no limit is worth raising to them."""

MOST_WRITTEN = 10**100
"""Numbers from here on are written as a power of ten: Python refuses to print those of more than 4,300 digits."""


def amount(number: int) -> str:
    """A whole number in digits, or as about how large it is.

    >>> amount(12345), amount(7**5000)
    ('12,345', 'about 10^4225')
    """
    if number < MOST_WRITTEN:
        return f"{number:,}"
    return f"about 10^{int(number.bit_length() * 0.30102999566398120)}"


class TooLarge(SymwickError, ValueError):
    """The work would be too large. Raised before it starts, with the predicted amount.

    Attributes: ``predicted`` (how much), ``limit`` (how much is allowed), ``argument`` (which argument raises it). From 10^12
    on the message does not suggest to raise it, but says what else to do, where that is known. Where the amount shows only as
    the work goes on, ``counted`` is true: the work has stopped at the limit, and ``predicted`` is what was counted until then.

    >>> import symwick as sw
    >>> sw.formal.gwp(20)
    Traceback (most recent call last):
        ...
    symwick.errors.TooLarge: formal.gwp: number of terms: predicted 474,869,816,156,751, above the limit of 5,000,000. ...
    >>> sw.formal.gwp(10, limit=1000)
    Traceback (most recent call last):
        ...
    symwick.errors.TooLarge: formal.gwp: number of terms: predicted 678,570, above the limit of 1,000. Pass limit=678570 ...
    """

    def __init__(
        self, what: str, predicted: int, limit: int, argument: str = "limit", *, instead: str = "", counted: bool = False
    ) -> None:
        self.predicted = predicted
        self.limit = limit
        self.argument = argument
        self.counted = counted
        self._what, self._instead = what, instead
        text = f"{what}: predicted {amount(predicted)}, above the limit of {amount(limit)}."
        if counted:
            text = f"{what}: more than the limit of {amount(limit)}; how many cannot be told beforehand. Pass a larger {argument}"
            text += f", or {instead}." if instead else "."
        elif predicted < OUT_OF_REACH:
            text += f" Pass {argument}={predicted} (or more) to do it all the same."
        else:
            whatever = "whatever the limit" if argument == "limit" else f"whatever {argument} is"
            text += f" That is out of reach {whatever}." + (f" {instead}" if instead else "")
        super().__init__(text)

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (type(self), self._what, self.predicted, self.limit, self.argument, self._instead, self.counted)


def _remade(
    kind: type[TooLarge], what: str, predicted: int, limit: int, argument: str, instead: str, counted: bool
) -> TooLarge:
    """The error again from its parts, some of which are given by keyword only."""
    return kind(what, predicted, limit, argument, instead=instead, counted=counted)


class SizeWarning(UserWarning):
    """A form is written out that is far larger than its circuit; it is done all the same.

    >>> import warnings
    >>> import symwick as sw
    >>> form = sw.ClosedForm.of("x")
    >>> for _ in range(17):                 # 34 gates; written out, they share nothing any more
    ...     form = form * form + 1
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     written = form.expr
    >>> print(caught[0].category.__name__ + ":", caught[0].message)
    SizeWarning: Writing out a form of 34 gates takes 393,214 symbols and operations.
    """
