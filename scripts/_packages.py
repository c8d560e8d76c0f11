"""What the data scripts share: archives from registries, checksums, GeoJSON, SOURCES.csv."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import lzma
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
SOURCES_COLUMNS = ("file", "what", "rows", "source", "licence", "date", "sha256")

# The bytes the embedded data were made from; another release is refused, not trusted.
SPDATA_DEB = "r-cran-spdata"
SPDATA_SHA256 = "cec45c198df2ad7dbbea61311067b09b1ffac79c062ffaa2f823b286811feaaf"
VEGA_NPM = "vega-datasets@2.11.0"
VEGA_SHA256 = "d888f3d9f0a9799a2f6066e5dbe5ed40eb86f75b4568b493d9bdd55e9652050a"


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def fetch(command: Sequence[str], pattern: str) -> bytes:
    """Run a registry's client in an empty folder and return the one file it leaves there."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(list(command), cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (found,) = Path(folder).glob(pattern)
        return found.read_bytes()


def verified(data: bytes, expected: str, name: str) -> bytes:
    """Return the bytes if they are the expected ones, else stop."""
    if sha256(data) != expected:
        msg = f"{name}: SHA-256 {sha256(data)} is not the recorded {expected}"
        raise SystemExit(msg)
    return data


def spdata_deb(path: Path | None) -> bytes:
    """Return the Debian package of spData, from a file or through apt-get."""
    data = path.read_bytes() if path else fetch(["apt-get", "download", SPDATA_DEB], "*.deb")
    return verified(data, SPDATA_SHA256, SPDATA_DEB)


def vega_tgz(path: Path | None) -> bytes:
    """Return the npm package of vega-datasets, from a file or through npm."""
    data = path.read_bytes() if path else fetch(["npm", "pack", VEGA_NPM], "*.tgz")
    return verified(data, VEGA_SHA256, VEGA_NPM)


def deb_members(deb: bytes, names: Iterable[str]) -> dict[str, bytes]:
    """Read files out of a Debian package by the end of their path.

    A .deb is a Unix ar archive: an 8-byte magic, then members each with a 60-byte header whose
    bytes 48 to 58 hold the size, padded to even length.
    """
    offset = 8
    while offset < len(deb):
        header = deb[offset : offset + 60]
        size = int(header[48:58])
        if header[:16].startswith(b"data.tar.xz"):
            tar = lzma.decompress(deb[offset + 60 : offset + 60 + size])
            return tar_members(tar, names)
        offset += 60 + size + size % 2
    msg = "no data.tar.xz in the Debian package"
    raise SystemExit(msg)


def tar_members(tar: bytes, names: Iterable[str]) -> dict[str, bytes]:
    """Read files out of a tar archive (compressed or not) by the end of their path."""
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        members = {member.name: member for member in archive if member.isfile()}
        for name in names:
            (full,) = (path for path in members if path.endswith(name))
            found[name] = archive.extractfile(members[full]).read()  # type: ignore[union-attr]
    return found


def geojson(frame: gpd.GeoDataFrame, *, name: str, epsg: int, decimals: int) -> bytes:
    """Write a frame as GeoJSON text whose bytes depend on the data alone.

    GeoPackage stamps the time and GeoParquet the versions of the libraries, so neither can be
    compared byte by byte between machines. One feature a line keeps differences readable.
    """
    head = {
        "type": "FeatureCollection",
        "name": name,
        "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}},
    }
    columns = [column for column in frame.columns if column != frame.geometry.name]
    lines = []
    for geometry, values in zip(
        frame.geometry, frame[columns].to_dict("records"), strict=True
    ):  # text is written a feature at a time
        shape = _rounded(shapely.geometry.mapping(geometry), decimals)
        feature = {"type": "Feature", "properties": values, "geometry": shape}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    text = json.dumps(head, separators=(",", ":"))[:-1] + ',"features":[\n'
    return (text + ",\n".join(lines) + "\n]}\n").encode()


def _rounded(value: Any, decimals: int) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(item, decimals) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item, decimals) for item in value]
    return round(value, decimals) if isinstance(value, float) else value


def write_folder(
    folder: Path, files: Mapping[str, bytes], sources: Sequence[Mapping[str, object]]
) -> None:
    """Write files and the SOURCES.csv that records them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes, SHA-256 {sha256(data)}")
    write_sources(folder, sources)


def write_sources(folder: Path, sources: Sequence[Mapping[str, object]]) -> None:
    """Write SOURCES.csv with the SHA-256 of each file as it now is."""
    with (folder / "SOURCES.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, SOURCES_COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in sources:
            digest = sha256((folder / str(row["file"])).read_bytes())
            writer.writerow({**row, "sha256": digest})


def check_folder(folder: Path) -> list[str]:
    """Return a sentence for each file whose bytes differ from SOURCES.csv, or is missing there."""
    with (folder / "SOURCES.csv").open(encoding="utf-8") as handle:
        recorded = {row["file"]: row["sha256"] for row in csv.DictReader(handle)}
    present = {
        path.name: sha256(path.read_bytes())
        for path in folder.iterdir()
        if path.suffix in {".csv", ".geojson", ".toml"} and path.name != "SOURCES.csv"
    }
    faults = [f"{name} is not in SOURCES.csv" for name in sorted(present.keys() - recorded.keys())]
    faults += [f"{name} is missing" for name in sorted(recorded.keys() - present.keys())]
    faults += [
        f"{name} differs from its recorded SHA-256"
        for name in sorted(present.keys() & recorded.keys())
        if present[name] != recorded[name]
    ]
    return faults
