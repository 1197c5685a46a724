"""Identities of the theory as documents: the words of the calculus written out, in plain text and in LaTeX.

A document is written once, in the notation of arXiv 2310.06686 with formulas between dollar signs (``$E_B ω_S f$``); plain text
drops the dollars, LaTeX translates what is between them. A small letter is held, a capital is drawn, letters with equally many
primes are drawn together: ``E[f(X, Y', z)]``.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from symwick.algebra.notebook import MOST_TEXT, bounded, dollars, html_code, html_lines, html_page
from symwick.decompose.formal_calculus import Combination, Expression, Factor, Term, bits

__all__ = ["Identity", "Notation", "Parts", "Step", "as_latex", "as_text", "counts", "differs", "equation", "example"]

Parts = Sequence[tuple[str, Expression]]
"""Labelled summands of one side of an equation."""

_SHOWN_TERMS = 8
_SHOWN_PARTS = 16
_LETTERS = "xyzuvw"
_LEGEND = "A small letter is held, a capital is drawn; letters with equally many primes are drawn together."


# Formulas -----------------------------------------------------------------------------------------------------------

_COMMANDS = {
    "ω": r"\omega", "κ": r"\kappa", "π": r"\pi", "σ": r"\sigma", "τ": r"\tau", "ε": r"\varepsilon", "ι": r"\iota",
    "φ": r"\varphi", "Δ": r"\Delta", "Σ": r"\sum", "Π": r"\prod", "∂": r"\partial", "∅": r"\emptyset", "∈": r"\in",
    "∋": r"\ni", "⊆": r"\subseteq", "⊊": r"\subsetneq", "∖": r"\setminus", "∪": r"\cup", "∩": r"\cap", "⟂": r"\perp",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "·": r"\cdot", "…": r"\ldots", "⊎": r"\uplus", "±": r"\pm", "μ": r"\mu",
    "⊕": r"\oplus", "ψ": r"\psi", "→": r"\to",
}  # fmt: skip
_SIGNS = {"−": "-", "²": "^{2}", "*": "^{*}", "%": r"\%", "#": r"\#", "&": r"\&"}
_NAMES = {
    "E": r"\mathbb{E}",
    **{name: rf"\operatorname{{{name}}}" for name in ("Cov", "He", "Var")},
    **{name: rf"\text{{{name}}}" for name in ("alone", "for", "held", "shared")},
}
_TOKEN = re.compile(
    r"(?P<group>[_^]\{)|\^\((?P<copy>\d+)\)|(?P<script>[_^])(?P<low>\[n\]|[A-Za-z]+|\d+)|… \((?P<count>\d+ \w+)\)"
    r"|(?P<fraction>\d+/\d+)|(?P<word>[A-Za-z]+)|(?P<char>.)"
)


def _formula_latex(formula: str) -> str:
    out: list[str] = []
    closing: list[str] = []
    for match in _TOKEN.finditer(formula):
        kind, text = match.lastgroup, match.group()
        if kind == "group":
            closing.append("}")
            out.append(text)
        elif kind == "copy":
            out.append(f"^{{({match['copy']})}}")
        elif kind == "low":
            low = match["low"]
            out.append(match["script"] + (low if len(low) == 1 else f"{{{low}}}"))
        elif kind == "count":
            out.append(rf"\cdots \text{{ ({match['count']})}}")
        elif kind == "fraction":
            out.append(r"\tfrac{{{}}}{{{}}}".format(*text.split("/")))
        elif kind == "word":
            out.append(_NAMES.get(text, text))
        elif text == "{":
            closing.append(r"\}")
            out.append(r"\{")
        elif text == "}" and closing:
            out.append(closing.pop())
        else:
            out.append(_COMMANDS[text] + " " if text in _COMMANDS else _SIGNS.get(text, text))
    # A command needs the space after it before a letter only.
    return re.sub(r"(\\[A-Za-z]+) +(?![A-Za-z])", r"\1", "".join(out))


_ESCAPES = str.maketrans(
    {mark: "\\" + mark for mark in "&%#_{}"}
    | {mark: f"${command}$" for mark, command in {**_COMMANDS, "−": "-", "²": "^2"}.items()}
)


def _pieces(source: str) -> Iterable[tuple[bool, str]]:
    return ((bool(i % 2), piece) for i, piece in enumerate(source.split("$")))


def as_text(source: str) -> str:
    """The source as plain text.

    >>> as_text("A mean: $E_xy f$.")
    'A mean: E_xy f.'
    """
    return source.replace("$", "")


def as_latex(source: str) -> str:
    r"""The source as LaTeX, its formulas between dollar signs.

    >>> print(as_latex("A mean: $E_xy f − K_f(π)$, π of two blocks."))
    A mean: $\mathbb{E}_{xy} f - K_f(\pi)$, $\pi$ of two blocks.
    """
    return "".join(f"${_formula_latex(p)}$" if inside else p.translate(_ESCAPES) for inside, p in _pieces(source))


def _as_array_row(source: str) -> str:
    # For notebooks: MathJax knows formulas, and text only inside them.
    return "".join(
        _formula_latex(piece) if inside else rf"\text{{{piece.translate(_ESCAPES)}}}"
        for inside, piece in _pieces(source)
        if piece
    )


@dataclass(frozen=True, slots=True)
class Notation:
    """How n inputs are written: x, y, z, u, v, w, or with numbers from the seventh on."""

    n: int
    starred: bool = False
    """Whether what is held is written as a starred capital: drawn from another law, all of it together."""

    def variable(self, i: int, copy: int = -1) -> str:
        """Input i: held (copy −1), or drawn in the block of the given number.

        >>> Notation(3).variable(1), Notation(3).variable(1, 2), Notation(7).variable(1, 4)
        ('y', "Y''", 'X_2^(4)')
        """
        letter, below = (_LETTERS[i], "") if self.n <= len(_LETTERS) else ("x", f"_{i + 1}")
        if copy < 0:
            return letter.upper() + below + "*" if self.starred else letter + below
        return letter.upper() + below + ("'" * copy if copy <= 3 else f"^({copy})")

    def names(self, mask: int) -> list[str]:
        """The small letters of some inputs."""
        return [Notation(self.n).variable(i) for i in bits(mask)]

    def w(self, mask: int) -> str:
        """The term of a set as a random variable: ``W_f(X, Y)``, or the mean."""
        return f"W_f({', '.join(self.variable(i, 0) for i in bits(mask))})" if mask else "E f"

    def below(self, mask: int) -> str:
        """A set as a subscript: ``_xy``.

        >>> "ω" + Notation(3).below(0b110), "E" + Notation(8).below(0b11), "ω" + Notation(2).below(0)
        ('ω_yz', 'E_{1,2}', 'ω_∅')
        """
        if not mask:
            return "_∅"
        if self.n <= len(_LETTERS):
            return "_" + "".join(self.names(mask))
        return "_{" + ",".join(str(i + 1) for i in bits(mask)) + "}"

    def listed(self, mask: int) -> str:
        """A set: ``{x, y}``, or ∅."""
        return "{" + ", ".join(self.names(mask)) + "}" if mask else "∅"

    def partition(self, blocks: Iterable[int]) -> str:
        """A partition: ``x, y | z``."""
        return " | ".join(", ".join(self.names(block)) for block in blocks)

    def applied(self, over: int, of: int, f: str = "f") -> str:
        """``E_z ω_xy f``; identities are left out.

        >>> Notation(3).applied(0b100, 0b011), Notation(3).applied(0, 0b111), Notation(3).applied(0b111, 0)
        ('E_z ω_xy f', 'ω_xyz f', 'E_xyz f')
        """
        parts = [f"E{self.below(over)}"] * bool(over) + [f"ω{self.below(of)}"] * bool(of)
        return " ".join([*parts, f])

    def factor(self, factor: Factor) -> str:
        """One factor of a term."""
        symbol, scope, blocks = factor
        if symbol == "q":
            return f"E[(E{self.below(blocks[0])} f)²]" if blocks[0] else "E[f²]"
        if not scope:
            return symbol
        copies = {i: number for number, block in enumerate(blocks) for i in bits(block)}
        written = [self.variable(i, copies.get(i, -1)) for i in bits(scope)]
        body = " ".join(written) if not symbol else f"{symbol}({', '.join(written)})"
        return f"E[{body}]" if blocks or self.starred else body

    def term(self, term: Term) -> str:
        """A product of factors, constants first, then what is held; equal factors as a power."""
        factors = sorted(term, key=lambda part: (bool(part.scope), len(part.blocks) > 0, part))
        powers = [(factor, factors.count(factor)) for factor in dict.fromkeys(factors)]
        return " ".join(self.factor(factor) + (f"^{power}" if power > 1 else "") for factor, power in powers)

    def expression(self, expression: Expression, shown: int = _SHOWN_TERMS) -> str:
        """A sum, its first terms at least.

        >>> from symwick.decompose.formal_calculus import on, wick
        >>> Notation(2).expression(on(wick(0b11), "f", 0b11))
        "f(x, y) - E[f(X, y)] - E[f(x, Y)] - E[f(X, Y)] + 2 E[f(X, Y')]"
        """
        text = ""
        for term in sorted(expression, key=_place)[:shown]:
            coefficient = expression[term]
            size = "" if abs(coefficient) == 1 else f"{abs(coefficient)} "
            sign = "-" if coefficient < 0 else "+"
            body = size + self.term(term) if term else str(abs(coefficient))
            text += f" {sign} {body}" if text else body if sign == "+" else f"-{body}"
        return (text or "0") + (f" … ({len(expression)} terms)" if len(expression) > shown else "")


def _place(term: Term) -> Any:
    # As in formal.gwp: by the number of inputs drawn, by which, then by the number of blocks. Before that by degree.
    drawn = sorted(i for factor in term for block in factor.blocks for i in bits(block))
    constants = sum(1 for factor in term if not factor.scope)
    return -constants, len(drawn), drawn, sum(len(factor.blocks) for factor in term), [tuple(factor) for factor in term]


# Steps --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a document: a sentence, lines below it, and whether what it says holds."""

    title: str
    lines: tuple[str, ...]
    holds: bool


def equation(notation: Notation, title: str, left: Parts, right: tuple[str, Expression], why: str = "") -> Step:
    """Left and right side written out, collected term by term and compared; ``left`` are the summands of the left side."""
    total = Expression.total(part for _, part in left)
    lines = [_equals(label, notation.expression(part)) for label, part in left]
    if len(lines) > _SHOWN_PARTS:
        # The last summand is the one with most in it.
        lines[_SHOWN_PARTS - 1 : -1] = [f"… ({len(left)} summands)"]
    if len(left) > 1:
        lines += _collected(notation, left)
        lines.append(f"Left side, collected: ${notation.expression(total)}$")
    name, wanted = right
    value = notation.expression(wanted)
    lines.append("Right side: " + (f"${value}$" if name == value else _equals(name, value)))
    lines += [f"Why: {why}"] if why else []
    lines.append(_verdict(notation, total, wanted))
    return Step(title, tuple(lines), total == wanted)


def _formula(label: str) -> str:
    # A label is a formula, unless it has formulas marked in it.
    return label if "$" in label else f"${label}$"


def _equals(label: str, value: Any) -> str:
    return f"{label}: ${value}$" if "$" in label else f"${label} = {value}$"


def _collected(notation: Notation, left: Parts) -> list[str]:
    """How the terms that occur in several summands add up."""
    found: dict[Term, list[Any]] = {}
    for _, part in left:
        for term, coefficient in part.items():
            found.setdefault(term, []).append(coefficient)
    several = sorted((term for term, numbers in found.items() if len(numbers) > 1), key=_place)
    lines = []
    for term in several[:_SHOWN_TERMS]:
        numbers = found[term]
        shown = str(numbers[0]) + "".join(f" {'-' if c < 0 else '+'} {abs(c)}" for c in numbers[1:_SHOWN_PARTS])
        more = f" … ({len(numbers)} numbers)" if len(numbers) > _SHOWN_PARTS else ""
        lines.append(f"coefficient of ${notation.term(term) or '1'}$: ${shown}{more} = {sum(numbers)}$")
    if len(several) > _SHOWN_TERMS:
        lines.append(f"… ({len(several)} terms that occur more than once)")
    return lines


def _verdict(notation: Notation, left: Expression, right: Expression) -> str:
    if left == right:
        return "Both sides are equal, term by term."
    return f"NOT EQUAL: left side minus right side is ${notation.expression(left - right)}$"


def counts(title: str, cases: Iterable[tuple[str, Combination[Any], Combination[Any]]], why: str = "") -> Step:
    """Many equations of one kind: one line each, with the number of terms."""
    lines: list[str] = []
    listed = list(cases)
    for label, left, right in listed:
        equal = left == right
        if len(lines) < _SHOWN_PARTS or not equal:
            terms = f"{len(left)} term{'s' * (len(left) != 1)}" if left else "all terms cancel"
            lines.append(f"{_formula(label)}: {terms + ', both sides equal' if equal else 'NOT EQUAL'}")
    if len(listed) > len(lines):
        lines.append(f"… ({len(listed)} cases)")
    lines += [f"Why: {why}"] if why else []
    return Step(title, tuple(lines), all(left == right for _, left, right in listed))


def differs(notation: Notation, title: str, name: str, difference: Expression) -> Step:
    """Two expressions that are *not* equal for every f and every law: their difference, not zero."""
    verdict = "Not zero, as said." if difference else "ZERO, which was not to be."
    return Step(title, (_equals(name, notation.expression(difference)), verdict), bool(difference))


def example(title: str, facts: Iterable[tuple[str, Any, Any]]) -> Step:
    """Exact numbers: what, the number computed, the number it should be."""
    listed = list(facts)
    lines = [
        _equals(what, found) + ("" if found == wanted else f", which should be ${wanted}$: NOT EQUAL")
        for what, found, wanted in listed
    ]
    return Step(title, tuple(lines), all(found == wanted for _, found, wanted in listed))


# The document -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Identity:
    """An identity for one number of inputs, written out and checked; made by :func:`~symwick.decompose.identities.identity`.

    ``property`` is its number in the list of properties, None for the decompositions and for the two rules about cumulants and
    centring that come before the list. It is true iff it ``holds``.

    >>> import symwick as sw
    >>> found = sw.identity("average", n=2)
    >>> found.title, found.property, found.holds
    ('The average of an attribution is an interaction', 10, True)
    >>> print(found.statement)
    For every input i, the mean of (ω_{[n]∖i} f)(X) with X drawn jointly from P is K_f([n]).
    """

    name: str
    title: str
    property: int | None
    n: int
    source: str
    """The statement with its formulas between dollar signs; see :attr:`statement`."""
    steps: tuple[Step, ...]

    @builtins.property
    def statement(self) -> str:
        """What the identity says."""
        return as_text(self.source)

    @builtins.property
    def holds(self) -> bool:
        """Whether every step holds: computed, never assumed."""
        return all(step.holds for step in self.steps)

    def __bool__(self) -> bool:
        return self.holds

    @builtins.property
    def lines(self) -> tuple[str, ...]:
        """The steps as plain text: what is to be shown, both sides written out, how they cancel."""
        return tuple(map(as_text, self._lines()))

    def _lines(self) -> Iterable[str]:
        for number, step in enumerate(self.steps, 1):
            yield f"{number}. {step.title}"
            yield from (f"   {line}" for line in step.lines)

    @builtins.property
    def _heading(self) -> str:
        place = "" if self.property is None else f", property {self.property}"
        return f"{self.title} ($n = {self.n}${place})"

    @builtins.property
    def _ending(self) -> str:
        failed = [str(number) for number, step in enumerate(self.steps, 1) if not step.holds]
        return f"FAILS in step {', '.join(failed)}." if failed else "Holds."

    def __str__(self) -> str:
        return "\n".join([as_text(self._heading), self.statement, _LEGEND, *self.lines, self._ending])

    def __repr__(self) -> str:
        """The heading, the statement and the verdict; ``print`` shows the whole document."""
        steps = f"{len(self.steps)} step{'s' * (len(self.steps) != 1)}; print it to read them"
        return bounded("\n".join([as_text(self._heading), self.statement, f"{steps}. {self._ending}"]), width=MOST_TEXT)

    def latex(self) -> str:
        """The document as LaTeX, a subsection to be put into a document of yours (amsmath needed)."""
        rows = [rf"\subsection*{{{as_latex(self._heading)}}}", as_latex(self.source), "", _LEGEND, r"\begin{enumerate}"]
        for step in self.steps:
            rows.append(rf"\item {as_latex(step.title)}\begin{{itemize}}")
            rows += [rf"\item {as_latex(line)}" for line in step.lines]
            rows.append(r"\end{itemize}")
        return "\n".join([*rows, r"\end{enumerate}", self._ending])

    def _repr_html_(self) -> str | None:
        """The document as text where it is too long for a formula; None where there is one."""
        if self._repr_latex_() is not None:
            return None
        return html_page(as_text(self._heading), html_lines([self.statement, self._ending]), html_code("\n".join(self.lines)))

    def _repr_latex_(self) -> str | None:
        rows = [self._heading, self.source, _LEGEND, *self._lines(), self._ending]
        body = " \\\\\n".join(r"\quad " * row.startswith("   ") + _as_array_row(row.strip()) for row in rows)
        return dollars("\\begin{array}{l}\n" + body + "\n\\end{array}", display=False)
