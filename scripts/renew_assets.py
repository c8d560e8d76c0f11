"""Fetch the vendored Leaflet again and check it against the recorded checksums.

Run by a maintainer, with a network: ``python scripts/renew_assets.py``. It asks npm for the package
(``npm pack leaflet@<version>``), verifies the tarball, copies the files that pages embed into
``maps/assets/leaflet`` and rewrites ``manifest.json``. To move to another version, change VERSION
and TARBALL_SHA256 here; the tests then say which pages and hashes changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "1.9.4"
TARBALL_SHA256 = "84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77"
ASSETS = Path(__file__).resolve().parents[1] / "maps" / "assets" / "leaflet"
WANTED = {
    "package/dist/leaflet.js": "leaflet.js",
    "package/dist/leaflet.css": "leaflet.css",
    "package/dist/images/layers.png": "images/layers.png",
    "package/dist/images/layers-2x.png": "images/layers-2x.png",
    "package/dist/images/marker-icon.png": "images/marker-icon.png",
    "package/dist/images/marker-icon-2x.png": "images/marker-icon-2x.png",
    "package/dist/images/marker-shadow.png": "images/marker-shadow.png",
    "package/LICENSE": "LICENSE",
}


def sha256(data: bytes) -> str:
    """Return the checksum as hexadecimal text."""
    return hashlib.sha256(data).hexdigest()


def unpack(tarball: Path) -> dict[str, bytes]:
    """Return the wanted files of a verified tarball, text with LF line ends."""
    digest = sha256(tarball.read_bytes())
    if digest != TARBALL_SHA256:
        sys.exit(
            f"{tarball.name}: SHA-256 is {digest}, expected {TARBALL_SHA256}. Nothing changed."
        )
    files = {}
    with tarfile.open(tarball) as archive:
        for member, name in WANTED.items():
            stored = archive.extractfile(member)
            if stored is None:
                sys.exit(f"{tarball.name} holds no {member}. Nothing changed.")
            data = stored.read()
            files[name] = data if name.endswith(".png") else data.replace(b"\r\n", b"\n")
    return files


def main() -> None:
    """Renew the files, or stop before any is touched."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tarball", type=Path, help="a package already fetched, instead of npm")
    given = parser.parse_args().tarball
    with tempfile.TemporaryDirectory() as folder:
        tarball = given
        if tarball is None:
            packed = subprocess.run(
                ["npm", "pack", f"leaflet@{VERSION}", "--silent"],
                cwd=folder,
                check=True,
                capture_output=True,
                text=True,
            )
            tarball = Path(folder) / packed.stdout.split()[-1]
        files = unpack(tarball)
    for name, data in files.items():
        target = ASSETS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    manifest = {
        "package": f"leaflet@{VERSION}",
        "licence": "BSD-2-Clause",
        "tarball_sha256": TARBALL_SHA256,
        "files": {name: sha256(data) for name, data in sorted(files.items())},
    }
    (ASSETS / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    print(f"leaflet {VERSION}: {len(files)} files written to maps/assets/leaflet")


if __name__ == "__main__":
    main()
