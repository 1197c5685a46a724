"""What people of other languages mean: for text that is no expression here, how it is written here."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterable

__all__ = ["call_hint", "text_hint"]

_CHOICE = "A choice is written: y if x > 2 else z."
_SYMBOLS = {
    "−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "²": "**2", "³": "**3", "≤": "<=", "≥": ">=",
    "≠": "!=", "√": "sqrt(…)", "∧": "and", "∨": "or", "¬": "not", "⊕": "^", "’": "'",
}  # fmt: skip
_PATTERNS = (
    (r"&&", "Both is written: and."),
    (r"\|\|", "At least one is written: or."),
    (r"[^=<>!]=(?!=)", "Equality is written ==; a formula has no name, f = in front of it."),
    (r"\?|\bif\s*\(.*,", _CHOICE),
    (r"!(?!=)\s*[\w(]", "The opposite is written: not."),
    (r"[\w)]\s*!(?!=)", "A factorial is written: factorial(n)."),
    (r"\d\s*%\s*($|[-+*/),])", "50% is written 0.5 or 50/100; % is the remainder of a division."),
    (r"\bxor\b", "Exclusive or is written ^."),
    (r"^\s*\|.*\|\s*$", "An absolute value is written: abs(x)."),
    (r"\d\s*[^\W\d]|[\w)]\s+[\w(]|\)\s*\w", "A product is written with *: 2*x, x*y."),
)
_WORDS = frozenset(keyword.kwlist) - {"and", "or", "not", "if", "else", "True", "False", "None", "in", "is"}
_HERE = {
    "ln": "The natural logarithm is log.", "log10": "log is the natural logarithm; this is log(x)/log(10).",
    "log2": "log is the natural logarithm; this is log(x)/log(2).", "lg": "log is the natural logarithm; this is log(x)/log(10).",
    "pow": "A power is written **: x**2.", "power": "A power is written **: x**2.", "square": "A power is written **: x**2.",
    "arctan": "It is written atan.", "ceil": "It is written ceiling.", "fabs": "It is written abs.", "sgn": "It is written sign.",
    "mod": "It is written Mod, or %.", "fmod": "It is written Mod, or %.", "sum": "A sum is written with +.",
    "sigmoid": "It is written 1/(1 + exp(-x)).", "expit": "It is written 1/(1 + exp(-x)).",
    "logistic": "It is written 1/(1 + exp(-x)).", "round": "Rounding halves up is floor(x + 1/2).",
    "where": _CHOICE, "iif": _CHOICE, "ifelse": _CHOICE, "If": _CHOICE, "IF": _CHOICE, "cond": _CHOICE,
    "int": "Rounding down is floor(x).", "trunc": "Rounding down is floor(x).",
}  # fmt: skip


def text_hint(text: str) -> str:
    """A sentence on text that Python's grammar refuses, with a space in front; empty where nothing is known of it.

    >>> text_hint("2x + y"), text_hint("x +* y")
    (' A product is written with *: 2*x, x*y.', '')
    """
    if not text.strip():
        return " A formula is asked for, such as 2*x + x*y."
    for sign, here in _SYMBOLS.items():
        if sign in text:
            return f" {sign} is written {here}."
    if odd := re.search(r"[^\W\d]\w*[€$£%°§]|[€$£°§]\w", text):
        return f" Names hold letters, digits and _ only: a column such as 'price ({odd[0].strip('_')[-1]})' is written price."
    for word in re.findall(r"\b[a-z]+\b", text):
        if word in _WORDS:
            return f" {word} is a word of the language; a variable may not be called so, and a column {word} is written {word}_."
    for pattern, hint in _PATTERNS:
        if re.search(pattern, text):
            return f" {hint}"
    return ""


def call_hint(called: str, known: Iterable[str]) -> str:
    """A sentence on something called that is no known function, with a space in front.

    >>> call_hint("ln", ["log"]), call_hint("np.exp", ["exp"]), call_hint("2", ["exp"])
    (' The natural logarithm is log.', ' It is written exp.', ' A product is written with *: 2*(…).')
    """
    names = list(known)
    last = called.rpartition(".")[2]
    if last in _HERE:
        return f" {_HERE[last]}"
    if last in names or last.lower() in names:
        return f" It is written {last if last in names else last.lower()}."
    if close := difflib.get_close_matches(last, names, 1, 0.75):
        return f" Perhaps {close[0]} is meant."
    if re.fullmatch(r"\w+", called):
        return f" A product is written with *: {called}*(…)."
    return ""
