"""Hooks of the documentation site: notebooks are executed and stand in it as pages.

`SHAREDVIEW_DOCS_NOTEBOOKS=stored` shows them without running them, for quick looks at the text.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.structure.files import File, Files
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def on_files(files: Files, *, config: Any) -> Files:
    """Add a page for each notebook."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if os.environ.get("SHAREDVIEW_DOCS_NOTEBOOKS") != "stored":
            with tempfile.TemporaryDirectory() as folder:
                resources = {"metadata": {"path": folder}}
                NotebookClient(notebook, timeout=None, resources=resources).execute()
        text = "\n\n".join(block for cell in notebook.cells for block in _cell(cell))
        page = File.generated(config, f"notebooks/{path.stem}.md", content=text + "\n")
        files.append(page)
    return files


def _cell(cell: Any) -> list[str]:
    """Return a cell as blocks of Markdown: its text, or its code and what it printed."""
    if cell.cell_type == "markdown":
        return [cell.source]
    blocks = [f"```python\n{cell.source}\n```"]
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if "image/png" in data:
            blocks.append(
                f"![Picture of the cell above](data:image/png;base64,{data['image/png'].strip()})"
            )
        elif "text/html" in data and "<table" in data["text/html"]:
            blocks.append(data["text/html"])
        else:
            printed = COLOURS.sub("", output.get("text") or data.get("text/plain", ""))
            if printed.strip():
                blocks.append(f"```text\n{printed.rstrip()}\n```")
    return blocks
