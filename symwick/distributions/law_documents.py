"""Laws from documents of the format ``symwick-law/1``, errors with the place in the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Any

from symwick.algebra.numbers import to_fraction
from symwick.circuits.excerpts import fault
from symwick.distributions.bayesian_network import BayesianNetwork
from symwick.distributions.empirical import Empirical
from symwick.distributions.finite import Finite
from symwick.distributions.independent import Independent
from symwick.distributions.law import Law
from symwick.distributions.law_schema import KINDS, first_problem
from symwick.distributions.marginal_text import parse_marginal
from symwick.distributions.mixture import Mixture
from symwick.distributions.normal import MultivariateNormal
from symwick.distributions.text_places import Path, path_text, place_of
from symwick.distributions.unspecified import Cumulants, Moments
from symwick.errors import FormatError, InexactError, InvalidArgument, NoClosedForm

__all__ = ["LawReader"]

_MAX_DEPTH = 10


class LawReader:
    """Reads one document. ``where`` and ``text`` are for errors, ``folder`` is where files that it names are looked for."""

    def __init__(self, where: str, text: str, parse: Callable[[str], Any], folder: FilePath | None) -> None:
        self.where, self.text, self.parse, self.folder = where, text, parse, folder

    def fail(self, path: Path, rule: str, *, inside: int = 0, colon: bool = False) -> FormatError:
        """``inside`` is how far into a text value the fault is."""
        offset = place_of(self.text, self.parse, path)
        what = f"{path_text(path) if path else 'the law'}{':' if colon else ''} {rule}"
        what = what if what.endswith(".") else f"{what}."
        if offset is None:
            return FormatError(f"{self.where}: {what}")
        return fault(self.where, self.text, offset + inside, what)

    def law(self, document: Any) -> Law:
        """The law of a whole document. Raises FormatError with line and column."""
        if _depth(document) > 4 * _MAX_DEPTH:
            raise FormatError(f"{self.where}: laws must be nested at most {_MAX_DEPTH} deep.")
        if problem := first_problem(document):
            raise self.fail(*problem)
        return self.read(document, ())

    def read(self, about: Mapping[str, Any], path: Path) -> Law:
        try:
            law = self.made(about, path)
            if "given" in about:
                law = law.condition(about["given"])
            return law.marginal(about["keep"]) if "keep" in about else law
        except FormatError:
            raise
        except (InvalidArgument, InexactError, NoClosedForm) as error:
            raise self.fail(_guilty(str(error), about, path), f"cannot be read: {error}") from None

    def made(self, about: Mapping[str, Any], path: Path) -> Law:
        kind = about["kind"]
        if kind == "finite":
            return self.finite(about, path)
        if kind == "independent":
            factors: dict[Any, Any] = {
                name: self.marginal(text, (*path, "marginals", name)) for name, text in about.get("marginals", {}).items()
            }
            laws = [self.read(law, (*path, "laws", i)) for i, law in enumerate(about.get("laws", ()))]
            if not factors and not laws:
                raise self.fail(path, "needs 'marginals' or 'laws'")
            held = {law.variables: law for law in laws}
            for i, law in enumerate(laws):
                if law is not held[law.variables] and law.variables:
                    names = ", ".join(map(str, law.variables))
                    raise self.fail((*path, "laws", i), f"must hold variables of its own, but {names} are in another law as well")
            return Independent({**factors, **held})
        if kind == "normal":
            return MultivariateNormal(about["variables"], about["mean"], about["covariance"])
        if kind in ("moments", "cumulants"):
            options = {name: about[name] for name in KINDS[kind]["properties"] if name in about and name != "variables"}
            return (Moments if kind == "moments" else Cumulants)(about["variables"], **options)
        if kind == "mixture":
            parts = enumerate(about["components"])
            mixed = Mixture([(p["weight"], self.read(p["law"], (*path, "components", i, "law"))) for i, p in parts])
            assert isinstance(mixed, Law)  # its components have names
            return mixed
        if kind == "rows":
            return Empirical([tuple(row) for row in about["rows"]], about["variables"], weights=about.get("weights"))
        file = self.file(about["file"], (*path, "file"))
        if kind == "table":
            return Empirical.from_csv(
                file, about.get("columns"), delimiter=about.get("delimiter"), codes=about.get("codes"),
                missing=about.get("missing", "error"), identifiers=True, decimal=about.get("decimal"),
            )  # fmt: skip
        return BayesianNetwork.from_bif(file, rounding=about.get("rounding", "error"))

    def finite(self, about: Mapping[str, Any], path: Path) -> Law:
        points: dict[Any, Any] = {}
        for i, (values, probability) in enumerate(about["points"]):
            if len(values) != len(about["variables"]):
                rule = f"must have {len(about['variables'])} values, one for each variable, not {len(values)}"
                raise self.fail((*path, "points", i), rule)
            here = (*path, "points", i)
            point = tuple(self.number(value, (*here, 0, j)) for j, value in enumerate(values))
            if point in points:
                raise self.fail(here, f"must name each point once, not ({', '.join(map(str, point))}) again")
            points[point] = self.number(probability, (*here, 1))
        return Finite(points, about["variables"])

    def number(self, value: Any, path: Path) -> Fraction:
        try:
            return to_fraction(value, path_text(path))
        except (InvalidArgument, InexactError) as error:
            raise self.fail(path, str(error).removeprefix(f"Argument '{path_text(path)}' ")) from None

    def marginal(self, text: str, path: Path) -> Any:
        try:
            return parse_marginal(text, where=path_text(path))
        except FormatError as error:
            raise self.fail(path, error.rule or str(error), inside=(error.column or 1) - 1, colon=True) from None

    def file(self, name: str, path: Path) -> FilePath:
        """A file that the document names. A law from a stranger must not reach beyond the folder it lies in."""
        if self.folder is None:
            raise self.fail(path, "names a file, which a law without a folder cannot")
        given = PurePosixPath(name)
        if given.is_absolute() or ".." in given.parts or "\\" in name or ":" in name:
            raise self.fail(path, f"must be a file in the folder of {self.where}, not {name!r}")
        found = self.folder / given
        if not found.is_file() or not found.resolve().is_relative_to(self.folder.resolve()):
            raise self.fail(path, f"must be a file in the folder of {self.where}, and {name!r} is none")
        return found


def _depth(document: Any) -> int:
    level, layer = 0, [document]
    while layer:
        level += 1
        nested = (value.values() if isinstance(value, dict) else value for value in layer if isinstance(value, (dict, list)))
        layer = [inner for values in nested for inner in values if isinstance(inner, (dict, list))]
    return level


def _guilty(message: str, about: Mapping[str, Any], path: Path) -> Path:
    """The field that an error of a law is about: of a finite law the points hold what its class calls weights."""
    argument = message.split("'")[1] if message.count("'") > 1 else ""
    field = {"weights": "points", "event": "given", "components": "components"}.get(argument, argument)
    if field not in about and argument in about:
        field = argument
    return (*path, field) if field in about else path
