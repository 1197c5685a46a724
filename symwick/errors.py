"""The error family: every error symwick raises on purpose is a :class:`SymwickError`.

Messages have one shape: what, the rule, the value. ``Argument 'order' must be at least 1, not 0.``
"""

from __future__ import annotations

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
    """Base class of all errors that symwick raises on purpose."""


class InvalidArgument(SymwickError, ValueError):
    """An argument breaks a rule; the message names argument, rule and value."""


class UnknownVariable(InvalidArgument, KeyError):
    """A name that the law, form or decomposition does not have."""

    # KeyError shows the repr of its argument, which would put the sentence in quotes.
    __str__ = Exception.__str__


class MissingLibrary(SymwickError, ImportError):
    """An optional library is not installed; the message says what to install."""


class InexactError(SymwickError, TypeError):
    """A float (or another inexact number) met an exact context."""


class NoClosedForm(SymwickError, NotImplementedError):
    """There is no closed form for a sub-expression under a law; the message names both."""


class NotRational(SymwickError, ValueError):
    """The value exists but is no rational number; see ``.expr`` and ``.evalf(digits)``."""


class FormatError(SymwickError, ValueError):
    """Text from outside (BIF, JSON, an expression) is malformed; the message names line and token."""


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

    Attributes: ``predicted`` (how much), ``limit`` (how much is allowed), ``argument`` (which argument raises it).
    """

    def __init__(self, what: str, predicted: int, limit: int, argument: str = "limit") -> None:
        self.predicted = predicted
        self.limit = limit
        self.argument = argument
        text = f"{what}: predicted {amount(predicted)}, above the limit of {amount(limit)}."
        if predicted < MOST_WRITTEN:
            text += f" Pass {argument}={predicted} (or more) to do it all the same."
        super().__init__(text)


class SizeWarning(UserWarning):
    """A form is written out that is far larger than its circuit; it is done all the same."""
