"""Numbers as spreadsheets write them: decimal commas, marks between thousands; what a cell may mean that is no number."""

from __future__ import annotations

import re

__all__ = ["cell_hint", "plain_number"]

_SPACES = " \u00a0\u202f\u2009'\u2019"


def plain_number(cell: str, decimal: str) -> str:
    """The number with a decimal point and without marks between thousands; a cell that is not so written is left as it is.

    A mark between thousands is the other one of point and comma, a space or an apostrophe, and stands before three digits.

    >>> plain_number("1.234,50", ","), plain_number("1.5", ","), plain_number("1,200", ".")
    ('1234.50', "1.5 with the decimal mark ','", '1200')
    """
    text = cell.strip()
    marks = ("." if decimal == "," else ",") + _SPACES
    whole = rf"\d+|\d{{1,3}}([{marks}])\d{{3}}(?:\3\d{{3}})*"
    found = re.fullmatch(rf"([+-]?)({whole})?(?:{re.escape(decimal)}(\d*))?([eE][+-]?\d+)?", text)
    if found and (found[2] or found[4]):
        whole = re.sub(r"\D", "", found[2] or "0")
        return f"{found[1]}{whole}" + (f".{found[4]}" if found[4] else "") + (found[5] or "")
    # a point where the decimal mark is a comma would otherwise be read as a decimal point
    return f"{text} with the decimal mark {decimal!r}" if decimal == "," and re.fullmatch(r"[+-]?[\d.]*\.[\d.]*", text) else cell


_TRUTH = (("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y"), ("off", "on"))


def cell_hint(cell: str, column: str) -> str:
    """What to do about a cell that is no number, where it shows; otherwise empty.

    >>> print(cell_hint("TRUE", "smoker"))
    Truth values become 0 and 1 with codes={'smoker': ['FALSE', 'TRUE']}, on the command line --codes 'smoker=FALSE,TRUE'.
    >>> print(cell_hint("1,5", "size"))
    A decimal comma: decimal=',', on the command line --decimal ','. Then a point may stand between thousands.
    """
    text = cell.strip()
    for pair in _TRUTH:
        if text.lower() in pair:
            like = str.upper if text.isupper() else str.title if text.istitle() else str.lower
            no, yes = map(like, pair)
            codes = f"codes={{{column!r}: [{no!r}, {yes!r}]}}, on the command line --codes '{column}={no},{yes}'"
            return f"Truth values become 0 and 1 with {codes}."
    if re.fullmatch(rf"[+-]?[\d.{_SPACES}]*,\d*", text):
        if re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
            return (
                "If the comma is a decimal comma: decimal=',', on the command line --decimal ','; "
                "if it stands between thousands: decimal='.', --decimal '.'."
            )
        return "A decimal comma: decimal=',', on the command line --decimal ','. Then a point may stand between thousands."
    if re.fullmatch(rf"[+-]?\d{{1,3}}([,{_SPACES}]\d{{3}})+(\.\d*)?", text):
        return "Marks between thousands: decimal='.', on the command line --decimal '.', where the decimal mark is a point."
    if re.fullmatch(r"[+-]?[\d.,]+\s*%", text):
        return "Percent signs are not read; take them out of the file, and say in the formula what is meant: rate/100."
    if re.fullmatch(r"[^\w\s+.,-]\s*[\d.,]+|[\d.,]+\s*[^\W\d_]+|[\d.,]+\s*[^\w\s]", text):
        return "Units are not read; take them out of the cells, into the name of the column."
    if text and set(text) <= set("-–—./*"):
        return "If this stands for a missing value, write NA, or leave the cell empty."
    return ""
