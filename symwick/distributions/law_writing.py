"""Laws written as documents of the format ``symwick-law/1``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import sympy

from symwick.algebra.notebook import cut
from symwick.algebra.numbers import format_number, to_number
from symwick.algebra.symbolic import number_or_expression
from symwick.circuits.expressions import parse_expression
from symwick.circuits.whole_files import write_whole
from symwick.distributions.discrete import Categorical, DiscreteUniform
from symwick.distributions.empirical import Empirical
from symwick.distributions.finite import Finite
from symwick.distributions.independent import Independent
from symwick.distributions.law import Law
from symwick.distributions.law_schema import FORMAT
from symwick.distributions.marginal_law import Marginal, MarginalLaw
from symwick.distributions.marginal_text import parse_marginal
from symwick.distributions.mixture import Mixture, MixtureMarginal
from symwick.distributions.normal import MultivariateNormal
from symwick.distributions.unspecified import Cumulants, Moments
from symwick.errors import FormatError, InvalidArgument

__all__ = ["law_to_json", "save_law"]


def law_to_json(law: Law) -> str:
    """The law as JSON text, from which :func:`law_from_text` makes an equal one; exact numbers are text.

    Finite laws and rows of data become a list of points with their probabilities.

    >>> import symwick as sw
    >>> text = law_to_json(sw.Independent({"x": sw.Normal(0, "s"), "y": sw.Bernoulli("1/4")}))
    >>> sw.law_from_text(text)
    Independent({x: Normal(0, s), y: Bernoulli(1/4)})

    Raises InvalidArgument for laws that the format cannot say: Bayesian networks (keep their BIF), laws in floats, parameters
    with constants such as π.
    """
    if not isinstance(law, Law):
        raise InvalidArgument(f"Argument 'law' must be a law, not {law!r}.")
    return json.dumps({"format": FORMAT, **_document(law)}, ensure_ascii=False, indent=1) + "\n"


def save_law(law: Law, path: str | os.PathLike[str]) -> None:
    """Write the law to a JSON file, whole or not at all; :func:`load_law` reads it. See :func:`law_to_json`.

    >>> import pathlib, tempfile
    >>> import symwick as sw
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "law.json")
    ...     save_law(sw.Finite({0: "1/3", 1: "2/3"}, ["x"]), path)
    ...     sw.load_law(path)
    Finite({0: 1/3, 1: 2/3}, [x])

    Raises InvalidArgument (a law that the format cannot say) and OSError (a file that cannot be written).
    """
    write_whole(path, law_to_json(law))


def _document(law: Law) -> dict[str, Any]:
    for kind, rule in _RULES.items():
        if type(law) is kind:
            return rule(law)
    raise InvalidArgument(f"Argument 'law' must be of a kind that {FORMAT} can say, not {law!r}.")


def _text(value: Any) -> str:
    """A number or expression as text that reads back as the same."""
    if not isinstance(value, sympy.Basic):
        return format_number(to_number(value))
    text = str(value)
    try:
        same = parse_expression(text) == value
    except FormatError:
        same = False
    if not same:
        raise _no_text(text)
    return text


def _no_text(text: str) -> InvalidArgument:
    return InvalidArgument(f"Argument 'law' must have parameters that text can say, not {text}: every name is a symbol there.")


def _names(law: Law) -> list[str]:
    return [v.name for v in law.variables]


def _tabulated(law: Any) -> dict[str, Any]:
    if not law.exact:
        raise InvalidArgument(f"Argument 'law' must be exact, not {law!r}.")
    points = [[[format_number(x) for x in point], format_number(weight)] for point, weight in law.items()]
    return {"kind": "finite", "variables": _names(law), "points": points}


def _marginal(marginal: Marginal) -> str:
    text = _spelled(marginal)
    try:
        same = parse_marginal(text) == marginal
    except FormatError:
        same = False
    if not same:
        raise _no_text(cut(text))
    return text


def _spelled(marginal: Any) -> str:
    """A marginal as its repr would be if that left nothing out."""
    if isinstance(marginal, Categorical):
        return "Categorical({" + ", ".join(f"{point}: {weight}" for point, weight in marginal.__dict__["table"]) + "})"
    if isinstance(marginal, DiscreteUniform) and not marginal._ends():
        return f"DiscreteUniform(values=[{', '.join(map(str, marginal.__dict__['values']))}])"
    if isinstance(marginal, MixtureMarginal):
        return "Mixture([" + ", ".join(f"({weight}, {_spelled(part)})" for weight, part in marginal.components) + "])"
    return f"{type(marginal).__name__}({', '.join(marginal._arguments())})"


def _independent(law: Independent) -> dict[str, Any]:
    if not law.variables:  # all of them conditioned on: one point without coordinates
        return {"kind": "finite", "variables": [], "points": [[[], "1"]]}
    entries = [(names, value.source if isinstance(value, MarginalLaw) else value) for names, value in law._entries()]
    marginals = {names[0].name: _marginal(value) for names, value in entries if isinstance(value, Marginal)}
    laws = [_document(value) for _, value in entries if isinstance(value, Law)]
    document = {"kind": "independent", "marginals": marginals, "laws": laws}
    order = [*marginals, *(name for part in laws for name in _document_names(part))]
    return document if order == _names(law) else {**document, "keep": _names(law)}


def _document_names(document: dict[str, Any]) -> list[str]:
    if "keep" in document:
        return list(document["keep"])
    if document["kind"] == "independent":
        return [*document["marginals"], *(name for part in document["laws"] for name in _document_names(part))]
    if document["kind"] == "mixture":
        return _document_names(document["components"][0]["law"])
    return list(document["variables"])


def _normal(law: MultivariateNormal) -> dict[str, Any]:
    return {
        "kind": "normal",
        "variables": _names(law),
        "mean": list(map(_text, law.mean)),
        "covariance": [list(map(_text, row)) for row in law.covariance],
    }


def _unspecified(law: Moments | Cumulants) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": "moments" if type(law) is Moments else "cumulants",
        "variables": _names(law),
        "groups": [[v.name for v in group] for group in law._groups],
        "means": {v.name: _text(number_or_expression(mean)) for v, mean in law._means.items()},
    }
    if any(law._pools):
        if any(set(pool) != set(group) for group, pool in zip(law._groups, law._pools, strict=True)):
            raise InvalidArgument(f"Argument 'law' must hold all of its exchangeable variables to be written, not {law!r}.")
        document["exchangeable"] = True
    if isinstance(law, Cumulants) and law._max_order is not None:
        document["max_order"] = law._max_order
    return document


def _mixture(law: Mixture) -> dict[str, Any]:
    parts = [{"weight": _text(number_or_expression(weight)), "law": _document(part)} for weight, part in law.components]
    return {"kind": "mixture", "components": parts}


def _single(law: MarginalLaw) -> dict[str, Any]:
    return {"kind": "independent", "marginals": {law.variables[0].name: _marginal(law.source)}, "laws": []}


_RULES: dict[type[Law], Callable[[Any], dict[str, Any]]] = {
    Finite: _tabulated,
    Empirical: _tabulated,
    Independent: _independent,
    MarginalLaw: _single,
    MultivariateNormal: _normal,
    Moments: _unspecified,
    Cumulants: _unspecified,
    Mixture: _mixture,
}
"""How each kind of law is written."""
