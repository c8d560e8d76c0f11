"""Runs the workshop page's own script in node: Playwright's where none is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import playwright

from maps.workshop import engine

READ = 'const ASKED = JSON.parse(require("fs").readFileSync(0, "utf8"));\n'
WRITE = """
Promise.resolve(ANSWERS).then((found) => process.stdout.write(JSON.stringify(found)));
"""


def node() -> str:
    """Return the program that runs JavaScript."""
    return shutil.which("node") or str(Path(playwright.__file__).parent / "driver" / "node")


def answers(script: str, asked: Any, tmp: Path) -> Any:
    """Run a script after the page's engine; it reads ``ASKED`` and fills ``ANSWERS``."""
    file = tmp / "asked.js"
    file.write_text(engine() + READ + script + WRITE, encoding="utf-8")
    done = subprocess.run(
        [node(), str(file)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
