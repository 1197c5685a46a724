"""An index.html at the root of the site that leads to the front page, which is docs/index.md."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx


def write(app: Sphinx, failure: Exception | None) -> None:
    if failure is None and app.builder.name == "html":
        target = app.builder.get_target_uri(app.config.root_doc)
        page = f'<!DOCTYPE html><meta charset="utf-8"><title>{app.config.project}</title>'
        page += f'<meta http-equiv="refresh" content="0; url={target}"><a href="{target}">{target}</a>\n'
        (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
