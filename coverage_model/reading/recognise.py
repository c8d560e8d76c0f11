"""What a file is, by its first bytes: formats told apart, and what to say of the unknown."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coverage_model.base.errors import Fault
from coverage_model.base.shown_text import shown

# One byte in ten of binary data is a control character; a text table with a damaged cell holds few.
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f]")
_CONTROLS_SHARE = 0.05
_NULS_SHARE = 0.1
_BARE_GEOMETRY = re.compile(r'[\ufeff\s]*\{\s*"(type|coordinates|geometries|bbox|crs)"')
_PACKED = (b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"Rar!", b"\x28\xb5\x2f\xfd")
_SERVER_SAID = re.compile(r"<(?:\w+:)?(?:ExceptionText|ServiceException)[^>]*>([^<]+)<")


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, to recognise it by.

    Parameters
    ----------
    path
        The file.
    data
        Its first bytes.
    text
        The same as text.
    members
        Names within it, where it is a zip archive.
    """

    path: Path
    data: bytes
    text: str
    members: tuple[str, ...] = ()

    @property
    def json(self) -> bool:
        """Whether it starts as JSON does."""
        return self.text.lstrip("\ufeff\x1e \t\r\n")[:1] in {"{", "["}

    @property
    def xml(self) -> bool:
        """Whether it starts as XML does."""
        return self.text.lstrip("\ufeff \t\r\n")[:1] == "<"

    def holds(self, pattern: str) -> bool:
        """Whether the text matches somewhere."""
        return re.search(pattern, self.text) is not None


def is_jamcam(head: Head) -> bool:
    """Whether it is a list of TfL's JamCams."""
    places = head.holds('"additionalProperties"') and head.holds("JamCam")
    return head.json and (places or head.holds(r"jamcams\.tfl\.gov\.uk"))


def is_feature(head: Head) -> bool:
    """Whether it is GeoJSON: features, or a geometry alone, not one in a record's cell."""
    if not head.json:
        return False
    kinds = "Point|LineString|Polygon|MultiPoint|MultiLineString|MultiPolygon|Geometry"
    return head.holds(r'"type"\s*:\s*"Feature') or (
        _BARE_GEOMETRY.match(head.text) is not None and head.holds(rf'"type"\s*:\s*"({kinds})')
    )


def is_loose(head: Head) -> bool:
    """Whether features stand in a list, or one behind the other but not one a line."""
    if not head.holds(r'"type"\s*:\s*"Feature"') or head.holds(r'"type"\s*:\s*"FeatureColl'):
        return False
    text = head.text.lstrip("\ufeff \t\r\n")
    if text[:1] == "[":
        return True
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return text[end:].lstrip()[:1] == "{"


def is_feature_sequence(head: Head) -> bool:
    """Whether it holds a feature a line, or features behind a record separator."""
    if not is_feature(head) or head.holds(r'"type"\s*:\s*"FeatureCollection"'):
        return False
    lines = [line for line in head.text.splitlines() if line.strip("\x1e \t")]
    whole = [line.strip("\x1e \t\ufeff") for line in lines[:2]]
    return head.text.lstrip("\ufeff")[:1] == "\x1e" or (
        len(whole) == 2 and all(line.startswith("{") and line.endswith("}") for line in whole)
    )


def is_overpass(head: Head) -> bool:
    """Whether it is an answer of the Overpass API, or like one."""
    if not head.json or is_feature(head):
        return False
    placed = head.holds(r'"lat"\s*:') and head.holds(r'"lon"\s*:')
    return head.holds(r'"elements"\s*:') or (placed and head.holds(r'"tags"\s*:\s*\{'))


def is_text_table(head: Head) -> bool:
    """Whether it is text that is neither XML nor JSON; a NUL here and there is taken out later."""
    if head.xml or head.json or not head.text:
        return False
    size = len(head.text)
    few = len(_CONTROLS.findall(head.text)) <= size * _CONTROLS_SHARE
    return few and head.text.count("\x00") <= size * _NULS_SHARE


def is_excel(head: Head) -> bool:
    """Whether it is an Excel workbook."""
    return any(name.lower() == "xl/workbook.xml" for name in head.members)


def is_ods(head: Head) -> bool:
    """Whether it is an OpenDocument spreadsheet."""
    return "content.xml" in head.members and "mimetype" in head.members


def loose_features(text: str) -> list[Any]:
    """Features of a text that holds them in a list or one behind the other."""
    decoder = json.JSONDecoder()
    found: list[Any] = []
    rest = text.lstrip("\ufeff \t\r\n")
    at = 0
    while at < len(rest):
        content, at = decoder.raw_decode(rest, at)
        found += content if isinstance(content, list) else [content]
        while at < len(rest) and rest[at] in " \t\r\n,\x1e":
            at += 1
    return found


def fault_of_unknown(head: Head, endings: str) -> Fault:
    """Build the fault for a file that nobody reads: what it is after all, and what to do.

    Parameters
    ----------
    head
        Its beginning.
    endings
        Endings of the formats that are known, for where nothing better can be said.
    """
    problem, suffix = "it is of no format known here", head.path.suffix.lower()
    remedy = f"Give one of: {endings}"
    if head.data.startswith(b"\xd0\xcf\x11\xe0"):
        remedy = "This is an old Excel workbook (.xls): save it as .xlsx or CSV"
    elif suffix in {".shx", ".prj", ".cpg", ".dbf"}:
        remedy = "Name the .shp file of the Shapefile"
    elif head.data.startswith(_PACKED) or suffix in {".tar", ".tgz"}:
        remedy = "It is packed: unpack it, or pack it as zip or gzip"
    elif is_web_page(head):
        problem = "it is a web page, not a file of data"
        remedy = (
            "If it was downloaded, the address wanted a login or has moved; if a spreadsheet opens "
            "it as a table, save it from there as .xlsx or CSV"
        )
    elif head.xml and (said := _SERVER_SAID.search(head.text)):
        problem = f"it is the error message of a server: {shown(said[1].strip(), longest=200)}"
        remedy = "Ask the server again for the layer"
    return Fault(problem, remedy)


def is_web_page(head: Head) -> bool:
    """Whether it is HTML, which GDAL would take for a layer of some kind."""
    return head.xml and head.holds(r"(?i)<html[\s>]|<!doctype html")


def is_lone_table(path: Path) -> bool:
    """Whether it is a dBASE table that belongs to no Shapefile."""
    beside = (path.with_suffix(".shp"), path.with_suffix(".SHP"))
    return path.suffix.lower() == ".dbf" and not any(each.exists() for each in beside)
