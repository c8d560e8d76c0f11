"""The verb ``verify``: it proves that the files of a result belong together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from coverage_model.base.errors import Fault, Faults, MissingFileError
from sharedview import result_set
from sharedview.console import print_note
from sharedview.result_set import Manifest
from sharedview.summary import Summary
from sharedview.workplace import complete


def verify(folder: Path) -> Summary:
    """Hold every file of a result against its manifest, after completing an interrupted switch.

    Raises
    ------
    InputError
        Naming each file that was changed or is missing.
    """
    if not folder.is_dir():
        fault = Fault("there is no such folder", "Name the folder that --out named")
        raise MissingFileError(folder, [fault])
    completed = complete(folder.resolve(), say=print_note)
    found = result_set.check(folder)
    faults = Faults(folder)
    if found.manifest is None:
        what = (
            "holds no result" if not found.others else "holds files but no manifest of Sharedview"
        )
        faults.add(what, "Name the folder that --out named, or run the verb again")
    again = "Run the verb again to write a whole result"
    for what, paths in (("not as written", found.changed), ("missing", found.missing)):
        if paths:
            faults.add(f"{what}: {', '.join(paths)}", again)
    faults.raise_if_any()
    manifest = found.manifest or Manifest("", {})
    made = _made(folder)
    written = f" on {made['written_utc']}" if "written_utc" in made else ""
    what = f"{len(manifest.files)} files of `sharedview {manifest.command}`"
    lines = [
        f"{what} are whole and belong together.",
        f"Set {manifest.name}, written by version {manifest.version}{written}.",
    ]
    if completed:
        lines.append("An interrupted run had finished them: they have been put into place.")
    if found.others:
        lines.append(f"No part of it: {', '.join(found.others)}.")
    return Summary(
        sentences=tuple((line,) for line in lines),
        closing="Verified",
        figures={
            "whole": True,
            "set": manifest.name,
            "command": manifest.command,
            "files": manifest.files,
            "others": list(found.others),
        },
    )


def _made(folder: Path) -> dict[str, Any]:
    """Return the provenance record, which the manifest has vouched for; empty without one."""
    path = folder / "provenance.json"
    if not path.is_file():
        return {}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
