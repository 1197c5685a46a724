"""Mathematics as MathML, made while the site is built: browsers draw it without scripts, fonts or a network."""

from __future__ import annotations

import html
import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)


READ_AS = (
    (r"\\(begin|end)\{aligned\}", r"\\\1{align*}"),  # the one of the two that the converter knows
    (r"\\setminus\b", r"\\smallsetminus"),  # U+2216, the sign that the pages use in text; few fonts have the other one
)
NAMED = re.compile(r"(<mi>(?:exp|log)</mi>)(?!<mo )")  # the converter sets no space between a named function and its argument


def mathml(text: str, node: nodes.Node, display: str) -> str:
    """One formula; what cannot be read is a warning at its place, and stays as it was written."""
    written = text
    for pattern, replacement in READ_AS:
        written = re.sub(pattern, replacement, written)
    try:
        found = convert(written, display=display)
        unread = re.search(r"\\[A-Za-z]+|&(?!#?\w+;)", found)  # the converter lets what it does not know pass
        problem = f"{unread[0]} is not known" if unread else ""
    except Exception as error:  # it has no common base class for what it cannot read
        found, problem = "", f"{type(error).__name__} {error}"
    if not problem:
        return NAMED.sub(r'\1<mspace width="0.17em"/>', found)
    log.warning("formula cannot be read, %s: %s", problem, text, location=node)
    return f"<code>{html.escape(text)}</code>"


def visit_inline(self: Any, node: nodes.math) -> None:
    self.body.append(mathml(node.astext(), node, "inline"))
    raise nodes.SkipNode


def visit_block(self: Any, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(mathml(node.astext(), node, "block"))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
