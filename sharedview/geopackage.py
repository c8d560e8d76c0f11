"""What a GeoPackage holds beside its layers: titles, names of columns, styles, a view for a choice.

Desktops of councils have QGIS 3.22 and GDAL 3.4, so files are GeoPackage 1.2. Titles are in
``gpkg_contents``, names and meanings of columns in the schema extension, styles in QGIS's own table
``layer_styles`` (<https://docs.qgis.org/3.22/en/docs/user_manual/working_with_vector/
vector_properties.html>), from which a layer opens in the colours of the pages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maps import qgis_styles
from sharedview import provenance

UNIT_ENDINGS = {
    "_gbp_per_year": "£ a year",
    "_px_per_m": "pixels a metre",
    "_gbp": "£",
    "_deg": "degrees",
    "_m2": "m²",
    "_km": "km",
    "_px": "pixels",
    "_m": "m",
}
SCHEMA = "http://www.geopackage.org/spec121/#extension_schema"
TABLES = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT,
  extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (constraint_name TEXT NOT NULL,
  constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC,
  max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
"""


@dataclass(frozen=True, slots=True)
class Dress:
    """How one layer is shown.

    Parameters
    ----------
    title
        What a map's list of layers calls it.
    style
        From :mod:`maps.qgis_styles`.
    model
        The schema that says what its columns mean; None for none.
    further
        Meanings of columns that the schema does not name.
    """

    title: str
    style: str
    model: type[Any] | None = None
    further: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """The rows of a layer in which a column has one value, as a layer of their own.

    Parameters
    ----------
    name
        Of the view: letters, digits and underscores.
    layer, column, value
        Which rows.
    dress
        How it is shown.
    """

    name: str
    layer: str
    column: str
    value: str
    dress: Dress


def dress(path: Path, layers: Mapping[str, Dress], *, views: Sequence[View] = ()) -> None:
    """Put titles, meanings, styles and views into a GeoPackage.

    Parameters
    ----------
    path
        The file, with its layers.
    layers
        How each is shown, by name.
    views
        Further layers, each a choice of another's rows.

    Notes
    -----
    With ``SOURCE_DATE_EPOCH`` set, the same input gives the same bytes.
    """
    moment = provenance.stated_time() or datetime.now(UTC)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%S.000Z}"
    with closing(sqlite3.connect(path)) as file, file:
        file.executescript(TABLES)
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
            file.execute(
                "INSERT OR IGNORE INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, ?)",
                (table, SCHEMA, "read-write"),
            )
        # QGIS does the same: without it, desktops list the table under a name of its own.
        file.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, "
            "last_change) VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
            (stamp,),
        )
        for view in views:
            _make_view(file, view, stamp)
        every = dict(layers) | {view.name: view.dress for view in views}
        for name, shown in every.items():
            _dress_one(file, name, shown, stamp)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns(file: sqlite3.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in file.execute(f"PRAGMA table_info({_quoted(table)})")]


def _make_view(file: sqlite3.Connection, view: View, stamp: str) -> None:
    """Make a view with an identifier that GDAL takes for one, and enter it as a layer."""
    key, *others = _columns(file, view.layer)
    listed = ", ".join(_quoted(column) for column in others)
    value = "'" + view.value.replace("'", "''") + "'"
    file.execute(
        f"CREATE VIEW {_quoted(view.name)} AS SELECT {_quoted(key)} AS OGC_FID, {listed} "  # noqa: S608
        f"FROM {_quoted(view.layer)} WHERE {_quoted(view.column)} = {value}"
    )
    file.execute(
        "INSERT INTO gpkg_contents SELECT ?, data_type, ?, '', ?, min_x, min_y, max_x, max_y, "
        "srs_id FROM gpkg_contents WHERE table_name = ?",
        (view.name, view.name, stamp, view.layer),
    )
    file.execute(
        "INSERT INTO gpkg_geometry_columns SELECT ?, column_name, geometry_type_name, srs_id, z, m "
        "FROM gpkg_geometry_columns WHERE table_name = ?",
        (view.name, view.layer),
    )


def _dress_one(file: sqlite3.Connection, name: str, shown: Dress, stamp: str) -> None:
    columns = _columns(file, name)
    meanings = dict(shown.further)
    units = {}
    if shown.model is not None:
        for column, described in shown.model.to_schema().columns.items():
            meanings[column] = str(described.description or "")
            units[column] = str((described.metadata or {}).get("unit", ""))
    aliases = {
        column: alias(column, unit=units.get(column, ""))
        for column in columns
        if column in meanings
    }
    file.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) "
        "VALUES (?, ?, ?, ?, ?)",
        [(name, column, text, text, meanings[column]) for column, text in aliases.items()],
    )
    about = " ".join((shown.model.__doc__ or "").split()) if shown.model is not None else ""
    file.execute(
        "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
        (shown.title, about, name),
    )
    (geometry,) = file.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
    ).fetchone()
    file.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
        "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, "
        "update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, '', '', '', ?)",
        (name, geometry, name[:30], qgis_styles.with_aliases(shown.style, aliases), stamp),
    )


def alias(column: str, *, unit: str = "") -> str:
    """Return the name of a column as a person would read it, with its unit.

    Examples
    --------
    >>> alias("cost_gbp_per_year"), alias("covered_share"), alias("gap_m2")
    ('Cost (£ a year)', 'Covered share', 'Gap (m²)')
    """
    for ending, meant in UNIT_ENDINGS.items():
        if column.endswith(ending):
            column, unit = column.removesuffix(ending), meant
            break
    words = column.replace("_", " ").strip()
    text = words[:1].upper() + words[1:]
    return f"{text} ({unit})" if unit else text
