"""Mathematics as MathML, made while the site is built: browsers draw it without scripts, fonts or a network."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)


def mathml(text: str, node: nodes.Node, display: str) -> str:
    """One formula; what cannot be read is a warning at its place, and stays as it was written."""
    try:
        return convert(text, display=display)
    except Exception as error:  # the converter has no common base class for what it cannot read
        log.warning("formula cannot be read (%s: %s): %s", type(error).__name__, error, text, location=node)
        return f"<code>{nodes.unescape(text)}</code>"


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
