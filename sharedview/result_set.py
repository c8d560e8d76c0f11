"""A result as one set of files: its manifest, and the proof that the files belong together.

``manifest.json`` names each file of a result with its size and SHA-256. The name of the set is the
SHA-256 of those lines: two folders with the same name hold the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sharedview import __version__

MANIFEST = "manifest.json"
PRODUCT = "Sharedview"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """The files of a result.

    Parameters
    ----------
    command
        The verb that made it.
    files
        SHA-256 (hexadecimal) by path below the folder, with forward slashes.
    sizes
        Bytes by path.
    version
        Version of Sharedview that made it.
    """

    command: str
    files: dict[str, str]
    sizes: dict[str, int] = field(default_factory=dict)
    version: str = __version__

    @property
    def name(self) -> str:
        """SHA-256 of the list of files: the name of the set."""
        lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    def write(self, folder: Path) -> None:
        """Write ``manifest.json`` into a folder."""
        content = {
            "product": PRODUCT,
            "version": self.version,
            "command": self.command,
            "set": self.name,
            "files": [
                {"path": path, "bytes": self.sizes[path], "sha256": digest}
                for path, digest in sorted(self.files.items())
            ],
        }
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Check:
    """What a folder holds, held against its manifest.

    Parameters
    ----------
    manifest
        As read; None where there is none that can be read.
    changed, missing
        Files of the set that have other bytes, or are not there.
    others
        Files in the folder that are no part of the set.
    """

    manifest: Manifest | None
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every file of the set is there with the bytes that were written."""
        return self.manifest is not None and not self.changed and not self.missing


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def files_below(folder: Path) -> tuple[str, ...]:
    """Return the paths of all files below a folder but the manifest and our own scratch."""
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if not path.is_dir())
    return tuple(
        path.as_posix()
        for path in found
        if path.as_posix() != MANIFEST and not path.parts[0].startswith(".sharedview-")
    )


def make(folder: Path, *, command: str) -> Manifest:
    """Return the manifest of the files below a folder."""
    paths = files_below(folder)
    return Manifest(
        command=command,
        files={path: sha256(folder / path) for path in paths},
        sizes={path: (folder / path).stat().st_size for path in paths},
    )


def read(folder: Path) -> Manifest | None:
    """Return the manifest of a folder; None where there is none, or none of ours."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        rows = content["files"]
        found = Manifest(
            command=str(content["command"]),
            files={str(row["path"]): str(row["sha256"]) for row in rows},
            sizes={str(row["path"]): int(row["bytes"]) for row in rows},
            version=str(content["version"]),
        )
        ours = content["product"] == PRODUCT and content["set"] == found.name
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # A path that leads out of the folder was not written by us.
    safe = all(
        not PurePosixPath(path).is_absolute()
        and ".." not in PurePosixPath(path).parts
        and "\\" not in path
        for path in found.files
    )
    return found if ours and safe else None


def check(folder: Path) -> Check:
    """Hold a folder against its manifest."""
    manifest = read(folder)
    there = files_below(folder)
    if manifest is None:
        return Check(None, others=there)
    missing = tuple(path for path in manifest.files if not (folder / path).is_file())
    changed = tuple(
        path
        for path, digest in manifest.files.items()
        if path not in missing and sha256(folder / path) != digest
    )
    others = tuple(path for path in there if path not in manifest.files)
    return Check(manifest, changed, missing, others)
