"""Ways to damage a file. A case is its number: the same number makes the same file."""

from __future__ import annotations

import copy
import csv
import io
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

WORDS = (
    "", " ", "nan", "inf", "-inf", "1e400", "1e308", "-1", "0", "1e-320", "9" * 30, "1_000",
    "0x10", "١٢٣", "１２", "½", "1,5", "1.234,5", "12 m", "6'", "5'10\"", "6 parsec", "N",
    "NNW;90;400", "0-360", "350-10", "90;" * 400, "45180225", "=HYPERLINK(\"http://x\")",
    "@SUM(A1)", "+1", "<script>", "'; DROP TABLE x;--", "\"", "'", "\\", "\x00", "a\x00b",
    "\u202eabc", "\u200b", "\ufeff", "😀", "e\u0301", "ﬁ", "\ud800", "\x1b[31mred", "[bold]x",
    "{x}", "%s%n", "../../x", "a" * 90_000, "\r\n", "\t", ",", ";", "C01", "c01", " C01 ",
    "C01\u200b", "true", "none", "null", "N/A", "-", "?", "2024-02-30", "0001-01-01",
    "31/13/2024", "E09000007", "Camden", "fixed", "ptz", "public", "POINT (1 2)", "TQ 30 80",
    "51°30'N", "WC2N 5DU", "EPSG:4326", "EPSG:99", "sep=,",
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (
    0, -1, 1, 1e308, -1e308, 1e-320, 2**31, 2**63, 2**64, 10**30, 10**5000, float("nan"),
    float("inf"), -float("inf"), 90, 180, 360, 361, 0.1, True, False, None,
)  # fmt: skip


def _nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


SHAPES: tuple[Any, ...] = (
    [], {}, [[]], {"a": {}}, [1, 2, 3, 4], _nested(60), ["x"] * 9, {"type": "Point"}, {"": None},
    [[[[1, 2]]]], {"coordinates": [1e400, "x"]}, {"type": "Polygon", "coordinates": [[[0, 0]]]},
)  # fmt: skip
TINY = (
    b"", b"\x00", b"\n", b"{}", b"[]", b"<osm/>", b"PK\x03\x04", b"PK\x05\x06" + b"\x00" * 18,
    b"SQLite format 3\x00", b"PAR1", b"fgb\x03fgb\x00", b"ARROW1\x00\x00", b"\x1f\x8b", b"null",
    b"\xff\xfe", b'{"type":"FeatureCollection","features":[]}', b'{"elements":[]}', b"a", b"a,b\n",
    b"[1,2,3]", b"[null]", b'"x"', b'{"type":"Feature"}', b"<kml/>", b"<gpx></gpx>", b"!table\n",
    b'[{"lat":1,"lon":2,"id":1}]', b"[" * 100_000 + b"]" * 100_000, b"<graphml/>", b"{" * 5000,
    b'<!DOCTYPE x [<!ENTITY a "b">]><osm>&a;</osm>', b"<OGRVRTDataSource/>",
    b"sep=;\n", b"Version 300\n",
)  # fmt: skip
BLOCKS = (
    b"\x00" * 10, b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe2\x80\xae", b'"', b"'", b"<",
    b"]]>", b"\n\n", b"\r", b"{" * 100, b"[" * 3000, b"9" * 400, b"NaN", b"1e999", b"-", b"\xe9",
)  # fmt: skip
LENGTHS = (
    b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x00" * 4, b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80",
    b"\x00" * 8, b"\xff" * 8,
)  # fmt: skip
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
MAPINFO = (".tab", ".dat", ".map", ".id")


def damage(rng: Random, seed: Path, target: Path, others: list[Path]) -> str:
    """Write a damaged copy of a seed; returns in which way it is damaged."""
    ending = seed.suffix
    for family in (SHAPEFILE, MAPINFO):
        if ending == family[0]:
            return _of_several(rng, seed, target, family)
    data = seed.read_bytes()
    chance = rng.random()
    if chance < 0.04:
        target.write_bytes(rng.choice(TINY))
        return "tiny"
    if chance < 0.09:
        target.write_bytes(
            rng.choice([each for each in others if each.suffix != ending]).read_bytes()
        )
        return "another format"
    if ending in _BY_FORMAT and chance < 0.75:
        how, damaged = _BY_FORMAT[ending](rng, data, target)
        if damaged is not None:
            target.write_bytes(damaged)
        return how
    if ending in _TEXTS and chance < 0.87:
        target.write_bytes(_encoded(rng, _tokens(rng, data.decode("utf-8", "replace"))))
        return "tokens"
    target.write_bytes(_bytes(rng, data))
    return "bytes"


def _of_several(rng: Random, seed: Path, target: Path, family: tuple[str, ...]) -> str:
    for ending in family:
        if seed.with_suffix(ending).is_file():
            shutil.copyfile(seed.with_suffix(ending), target.with_suffix(ending))
    there = [ending for ending in family if target.with_suffix(ending).is_file()]
    victim = target.with_suffix(rng.choice([*there, there[min(2, len(there) - 1)]]))
    if rng.random() < 0.12:
        victim.unlink()
        return f"without {victim.suffix}"
    victim.write_bytes(_bytes(rng, victim.read_bytes()))
    return f"bytes of {victim.suffix}"


def _value(rng: Random) -> Any:
    chance = rng.random()
    if chance < 0.5:
        return rng.choice(WORDS)
    return rng.choice(NUMBERS) if chance < 0.85 else copy.deepcopy(rng.choice(SHAPES))


def _text(value: Any) -> str:
    try:
        return value if isinstance(value, str) else json.dumps(value)
    except ValueError:  # a whole number with more digits than Python writes out
        return "9" * 5000


def _encoded(rng: Random, text: str) -> bytes:
    encoding = rng.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"])
    wide = encoding.startswith("utf")
    return text.encode(encoding, "surrogatepass" if wide else "replace")


def _bytes(rng: Random, data: bytes) -> bytes:
    if not data:
        return b"\xff"
    found, size, chance = bytearray(data), len(data), rng.random()
    if chance < 0.35:
        for _ in range(rng.choice([1, 1, 2, 5, 20, 100])):
            found[rng.randrange(size)] = rng.randrange(256)
    elif chance < 0.5:
        del found[rng.randrange(size) :]
    elif chance < 0.6:
        start = rng.randrange(size)
        del found[start : start + rng.randrange(1, 200)]
    elif chance < 0.7:
        start = rng.randrange(size)
        found[start:start] = found[start : start + rng.randrange(1, 400)] * rng.choice([1, 2, 40])
    elif chance < 0.82:
        start = rng.randrange(size)
        found[start:start] = rng.choice(BLOCKS)
    elif chance < 0.9:
        start, length = rng.randrange(size), rng.choice(LENGTHS)
        found[start : start + len(length)] = length
    elif chance < 0.95:
        first, second = sorted(rng.randrange(size) for _ in range(2))
        found = found[:first] + found[second:] + found[first:second]
    else:
        found = found + found
    return bytes(found)


def _tokens(rng: Random, text: str) -> str:
    """Replace some numbers and words."""
    tokens = list(re.finditer(r"-?\d+(?:\.\d+)?|\b[A-Za-z_]{3,}\b", text))
    chosen = rng.sample(tokens, min(len(tokens), rng.choice([1, 1, 2, 3, 8])))
    for token in sorted(chosen, key=lambda each: -each.start()):
        text = text[: token.start()] + _text(_value(rng)) + text[token.end() :]
    return text


def _tree(rng: Random, data: bytes, _: Path) -> tuple[str, bytes]:
    """Change, drop, repeat or rename nodes of a JSON document."""
    text = data.decode("utf-8")
    lines = text.startswith('{"') and "\n{" in text
    tree = [json.loads(each) for each in text.splitlines()] if lines else json.loads(text)
    for _ in range(rng.choice([1, 1, 2, 4])):
        paths = [each for each in _paths(tree) if each]
        if not paths:
            break
        path = rng.choice(paths)
        node = tree
        for key in path[:-1]:
            node = node[key]
        chance = rng.random()
        if chance < 0.65:
            node[path[-1]] = _value(rng)
        elif chance < 0.85:
            del node[path[-1]]
        elif isinstance(node, list):
            node.insert(path[-1], copy.deepcopy(node[path[-1]]))
        else:
            node[str(rng.choice(WORDS))] = node.pop(path[-1])
    try:
        plain = rng.random() < 0.5
        dumped = (
            "\n".join(json.dumps(each, ensure_ascii=plain) for each in tree)
            if lines
            else json.dumps(tree, ensure_ascii=plain)
        )
    except ValueError:
        dumped = re.sub(r"\d+", "9" * 5000, text, count=1)
    return "tree", dumped.encode("utf-8", "surrogatepass")


def _paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(node, dict):
        for key in node:
            yield from _paths(node[key], (*path, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _paths(value, (*path, place))


def _cells(rng: Random, data: bytes, _: Path) -> tuple[str, bytes]:
    """Change cells, rows and columns of a CSV, and its dialect."""
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if utf16 else "utf-8-sig", "replace")
    delimiter = max(",;", key=text.count)
    rows = [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    for _ in range(rng.choice([1, 1, 2, 3, 10])):
        chance, place = rng.random(), rng.randrange(len(rows))
        row = rows[place]
        if chance < 0.7 and row:
            row[rng.randrange(len(row))] = _text(_value(rng))
        elif chance < 0.75:
            rows.insert(place, list(row))
        elif chance < 0.8:
            del rows[place]
            rows = rows or [[""]]
        elif chance < 0.85:
            row.append(_text(_value(rng)))
        elif chance < 0.9:
            del row[-1:]
        elif chance < 0.95:
            column = rng.randrange(max(1, len(rows[0])))
            rows = [each[:column] + each[column + 1 :] for each in rows]
        elif len(rows) > 2:
            rows[0], rows[1] = rows[1], rows[0]
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=rng.choice([delimiter, delimiter, ",", ";", "\t"]),
        quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    )
    writer.writerows(rows)
    return "cells", _encoded(rng, out.getvalue())


def _archive(rng: Random, data: bytes, _: Path) -> tuple[str, bytes]:
    """Damage one member of a zip: a workbook's sheet, a packed table."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w") as made:
        victim = rng.choice(given.namelist())
        for name in given.namelist():
            content = given.read(name)
            if name == victim:
                chance = rng.random()
                if chance < 0.15:
                    continue
                if chance < 0.55:
                    content = _bytes(rng, content)
                else:
                    text = _tokens(rng, content.decode("utf-8", "ignore"))
                    content = text.encode("utf-8", "surrogatepass")
            made.writestr(name, content, zipfile.ZIP_DEFLATED)
    return "member", out.getvalue()


def _workbook(rng: Random, data: bytes, target: Path) -> tuple[str, bytes]:
    if rng.random() < 0.5:
        return _archive(rng, data, target)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.active
    for _ in range(rng.choice([1, 2, 5])):
        value = _value(rng)
        value = str(value)[:30_000] if isinstance(value, list | dict | str) else value
        if isinstance(value, str):
            value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "", value)
        if isinstance(value, int) and abs(value) > 10**300:
            value = 1e300
        if isinstance(value, float) and value - value != 0:
            value = "#N/A"
        sheet.cell(rng.randint(1, sheet.max_row), rng.randint(1, sheet.max_column)).value = value
    if rng.random() < 0.2:
        sheet.merge_cells("A1:C3")
    if rng.random() < 0.2:
        book.create_sheet("x\u202e", 0)
    if rng.random() < 0.05:
        sheet.cell(rng.choice([1, 9000, 1_048_576]), rng.choice([1, 16_384])).value = 1
    out = io.BytesIO()
    book.save(out)
    return "workbook", out.getvalue()


def _sqlite(rng: Random, data: bytes, target: Path) -> tuple[str, None]:
    """Change values in the tables of a GeoPackage, its own catalogue among them."""
    target.write_bytes(data)
    base = sqlite3.connect(target)
    try:
        tables = [
            row[0] for row in base.execute("select name from sqlite_master where type='table'")
        ]
        for _ in range(rng.choice([1, 2, 4])):
            table = rng.choice(tables)
            columns = [row[1] for row in base.execute(f'pragma table_info("{table}")')]
            value = _value(rng)
            if isinstance(value, list | dict):
                value = str(value).encode()
            elif isinstance(value, int) and abs(value) > 2**62:
                value = 1e300
            elif isinstance(value, str):
                value = value.encode("utf-8", "surrogatepass")
                value = value if rng.random() < 0.3 else value.decode("utf-8", "replace")
            statement = (
                f'update "{table}" set "{rng.choice(columns)}"=? where rowid in '  # noqa: S608
                f'(select rowid from "{table}" order by rowid limit 1 offset ?)'
            )
            try:
                base.execute(statement, (value, rng.randrange(5)))
            except sqlite3.Error:
                continue
        if rng.random() < 0.1:
            base.execute(f'drop table "{rng.choice(tables)}"')
        base.commit()
    except sqlite3.Error:
        pass
    finally:
        base.close()
    return "sql", None


def _columns(rng: Random, data: bytes, _: Path) -> tuple[str, bytes]:
    """Change the metadata of a Parquet file, or put a column of another kind in."""
    table = pq.read_table(io.BytesIO(data))
    metadata = dict(table.schema.metadata or {})
    rows = table.num_rows
    if rng.random() < 0.5 and b"geo" in metadata:
        geo = metadata[b"geo"]
        changed = _tree(rng, geo, Path())[1] if rng.random() < 0.8 else _bytes(rng, geo)
        metadata[b"geo"] = changed
        table = table.replace_schema_metadata(metadata)
    else:
        columns = (
            lambda: pa.array([[1, 2]] * rows),
            lambda: pa.array([{"a": 1}] * rows),
            lambda: pa.array([b"\xff\x00"] * rows),
            lambda: pa.nulls(rows),
            lambda: pa.array([float("nan")] * rows),
            lambda: pa.array([float("inf")] * rows),
            lambda: pa.array([2**63 - 1] * rows),
            lambda: pa.array(["x"] * rows).dictionary_encode(),
            lambda: pa.array([True] * rows),
            lambda: pa.array([18_000] * rows, pa.date32()),
            lambda: pa.array([1] * rows, pa.decimal128(9, 2)),
            lambda: pa.array([1] * rows, pa.duration("s")),
        )
        place = rng.randrange(table.num_columns)
        name = rng.choice([table.column_names[place]] * 2 + ["geometry", "", "camera_id"])
        table = table.set_column(place, name, rng.choice(columns)())
    out = io.BytesIO()
    pq.write_table(table, out)
    return "column", out.getvalue()


_TEXTS = frozenset(
    {
        ".csv",
        ".osm",
        ".graphml",
        ".toml",
        ".geojson",
        ".geojsons",
        ".json",
        ".jsonl",
        ".kml",
        ".gml",
    }
)
_BY_FORMAT = {
    ".csv": _cells,
    ".xlsx": _workbook,
    ".ods": _archive,
    ".zip": _archive,
    ".json": _tree,
    ".jsonl": _tree,
    ".geojson": _tree,
    ".gpkg": _sqlite,
    ".parquet": _columns,
}
