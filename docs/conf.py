"""How `make docs` builds the site: the Markdown of the repository as it is, and the reference from docstrings.

The source directory is the root of the repository, so that a link to README.md, GUIDE.md or an example means the same
on a forge, in an editor and in the site. Nothing is fetched, neither while building nor while reading.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_extensions"))

import symwick  # noqa: E402  (found once the paths are set)

project = "symwick"
author = "symwick developers"
copyright = author
version = release = symwick.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "docstrings", "front_page", "mathml"]
root_doc = "docs/index"
include_patterns = ["docs/**.md", "README.md", "examples/README.md", "GUIDE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
exclude_patterns = ["build", "dist", ".venv", ".git", "symwick", "tests", "benchmarks", "**/.*"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4  # a link to page.md#a-heading works here as it does on a forge
html_math_renderer = "mathml"

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_inherit_docstrings = False  # a method that only does what its base class says is not listed twice
autodoc_typehints = "none"  # extension docstrings writes the signatures
python_maximum_signature_line_length = 100
toc_object_entries_show_parents = "hide"

nitpicky = True
nitpick_ignore_regex = [
    ("py:class", r"\w+"),  # names in signatures: types of Python and of the package that are not documented
    ("py:class", r"(hypothesis|np|npt|nx|os|pd|st|sympy)\..*"),
]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["symwick.css"]
html_title = f"symwick {version}"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
pygments_style = "friendly"
pygments_dark_style = "monokai"
