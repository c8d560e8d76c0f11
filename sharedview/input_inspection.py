"""What a file of areas, buildings, streets, demand or sites was taken to mean.

Cameras have :mod:`coverage_model.reading.inspection`; here is the same for the inputs with few
columns, of which each reader says itself which it takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage_model.base import datasets
from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Note, ReadLog
from coverage_model.reading.areas import area_columns, read_areas
from coverage_model.reading.columns import COORDINATES, PLACES, match_columns
from coverage_model.reading.demand import read_demand, weight_name
from coverage_model.reading.formats import opened
from coverage_model.reading.inspection import ColumnRead, column_read, toml_value
from coverage_model.reading.obstacles import footprint_columns, read_obstacles
from coverage_model.reading.profile import FIELDS_OF, Profile, load_profile
from coverage_model.reading.source import Layout, Source
from coverage_model.reading.streets import read_streets, street_columns
from optimisation.sites import read_sites, site_columns

SAMPLE_ROWS = 3
# Files of these are networks or elements, whose tags the readers know; they have no columns.
_KINDS = {"areas": "Polygon", "buildings": "Polygon", "streets": "Line", "sites": "Point"}
_ELEMENTS = frozenset({"osm_xml", "osm_pbf", "graphml", "overpass", "jamcam"})


@dataclass(frozen=True, slots=True)
class InputInspection:
    """What reading a file as one of the inputs found.

    Parameters
    ----------
    path, of
        The file, and the input that it was read as.
    title, layout, rows
        What it is, how its rows were found, and how many there are.
    columns
        Its columns, in order; none of OpenStreetMap's elements.
    taken
        Column of each field, as the file names it.
    profile
        The profile that it was read with.
    frame, log
        What was read, and how; None where faults stopped it.
    faults
        What stopped it.
    labels
        The file's own rows (``row 5``) of the first rows of ``frame``, by its index.
    """

    path: Path
    of: str
    title: str
    layout: Layout
    rows: int
    columns: tuple[ColumnRead, ...]
    taken: dict[str, str]
    profile: Profile
    frame: gpd.GeoDataFrame | None
    log: ReadLog | None
    faults: tuple[Fault, ...]
    labels: dict[object, str] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was repaired, left out or not understood."""
        return () if self.log is None else self.log.notes

    @property
    def sample(self) -> pd.DataFrame:
        """The first rows as read; empty where faults stopped it."""
        if self.frame is None:
            return pd.DataFrame()
        frame = self.frame.head(SAMPLE_ROWS)
        shown = pd.DataFrame(frame.drop(columns="geometry")).dropna(axis=1, how="all")
        shown["geometry"] = [_shape(each) for each in frame.geometry]
        return shown

    @property
    def places(self) -> gpd.GeoSeries | None:
        """A point within each shape that was read."""
        if self.frame is None:
            return None
        return self.frame.geometry.representative_point()


def inspect_input(
    path: str | Path,
    *,
    of: str,
    crs: Any,
    layer: str | None = None,
    crs_in: Any = None,
    profile: str | Path | None = None,
) -> InputInspection:
    """Read a file as one of the inputs and say what each of its columns was taken to mean.

    Parameters
    ----------
    path
        The file.
    of
        ``areas``, ``buildings``, ``streets``, ``demand`` or ``sites``.
    crs
        Working CRS.
    layer, crs_in, profile
        As for the reader of that input.

    Raises
    ------
    InputError
        If the file cannot be opened at all, or the profile is at fault.
    """
    file = Path(path)
    rules = load_profile(profile, of=of)
    said = {"layer": layer, "crs_in": crs_in, "profile": profile}
    source: Source | None = None
    with opened(file, layer) as found:
        title = found.title
        if found.adapter.name not in _ELEMENTS:
            source = found.read(kind=_KINDS.get(of, ""))
    taken: dict[str, str] = {}
    columns: tuple[ColumnRead, ...] = ()
    if source is not None:
        names = [str(name) for name in source.rows]
        told = {field: column for field, column in rules.columns.items() if column in names}
        usual = _COLUMNS[of]([name for name in names if name not in told.values()], file)
        taken = {**{f: name for f, name in usual.items() if f not in rules.columns}, **told}
        fields = {column: field for field, column in taken.items()}
        columns = tuple(
            column_read(
                source.rows[name],
                fields.get(name),
                _why(fields.get(name), by_profile=name in told.values()),
            )
            for name in names
        )
    frame: gpd.GeoDataFrame | None = None
    log: ReadLog | None = None
    faults: tuple[Fault, ...] = ()
    try:
        read = _READERS[of](file, crs, said)
        frame, log = read.frame, read.log
        if of == "sites":
            frame = _placed(frame, crs)
    except InputError as error:
        faults = error.faults
    return InputInspection(
        path=file,
        of=of,
        title=title,
        layout=Layout() if source is None else source.layout,
        rows=(0 if log is None else log.rows_read) if source is None else len(source.rows),
        columns=columns,
        taken=taken,
        profile=rules,
        frame=frame,
        log=log,
        faults=faults,
        labels=_labels(source, frame),
    )


def _labels(source: Source | None, frame: gpd.GeoDataFrame | None) -> dict[object, str]:
    """Say which rows of the file the first rows of a frame are, where none was left out."""
    if source is None or frame is None or len(frame) != len(source.labels):
        return {}
    return dict(zip(frame.index[:SAMPLE_ROWS], source.labels, strict=False))


def input_profile_text(found: InputInspection) -> str:
    """Write a profile to edit; reading with it gives what reading without it gave, until then."""
    lines = [
        f"# How Sharedview reads {found.path.name} as {found.of}.",
        "# Lines that begin with # are not in force.",
        "# What each key means: docs/bring_your_own_file.md of Sharedview",
        "",
        '# crs = "EPSG:27700"   # of the coordinates, where the file does not say'
        if found.profile.crs is None
        else f"crs = {toml_value(found.profile.crs)}",
        "",
        "[columns]   # Sharedview's name = the name in the file",
        *(f"{field} = {toml_value(column)}" for field, column in found.taken.items()),
    ]
    spare = [column.name for column in found.columns if column.field is None]
    if spare:
        lines.append("# Columns that were not read; move one behind the name of what it holds:")
        lines += [f"# … = {toml_value(name)}" for name in spare]
    free = [field for field in FIELDS_OF[found.of] if field not in found.taken]
    lines.append(f"# Names without a column: {', '.join(free)}")
    # A unit in the name of a column is lost when the profile gives it another name.
    units = {"height": "ft"} if found.taken.get("height", "").lower().endswith("ft") else {}
    for section, unsaid in (("units", units), ("defaults", {})):
        said = {**unsaid, **getattr(found.profile, section)}
        if said:
            lines += ["", f"[{section}]"]
            lines += [f"{name} = {toml_value(value)}" for name, value in said.items()]
    for name, words in found.profile.values.items():
        lines += ["", f"[values.{name}]"]
        lines += [f"{toml_value(word)} = {toml_value(meant)}" for word, meant in words.items()]
    return "\n".join(lines) + "\n"


def _of_places(names: list[str], path: Path) -> dict[str, str]:
    found = match_columns(names, Profile(), source=path).columns
    return {field: column for field, column in found.items() if field in {*COORDINATES, *PLACES}}


def _of_demand(names: list[str], path: Path) -> dict[str, str]:
    weight = weight_name(names)
    return {**_of_places(names, path), **({} if weight is None else {"weight": weight})}


_COLUMNS: dict[str, Callable[[list[str], Path], dict[str, str]]] = {
    "areas": lambda names, _: area_columns(names),
    "buildings": lambda names, _: footprint_columns(names),
    "streets": lambda names, _: street_columns(names),
    "demand": _of_demand,
    "sites": lambda names, path: {**_of_places(names, path), **site_columns(names, path)},
}
_READERS: dict[str, Callable[[Path, Any, dict[str, Any]], Any]] = {
    "areas": lambda path, crs, said: read_areas(path, crs=crs, **said),
    "buildings": lambda path, crs, said: read_obstacles(path, crs=crs, **said),
    "streets": lambda path, crs, said: read_streets(path, crs=crs, **said),
    "demand": lambda path, crs, said: read_demand(path, crs=crs, **said),
    "sites": lambda path, _, said: read_sites(path, areas=datasets.boroughs("full"), **said),
}


def _placed(sites: pd.DataFrame, crs: Any) -> gpd.GeoDataFrame:
    frame = sites.reset_index()
    points = gpd.GeoSeries.from_xy(frame["site_x_m"], frame["site_y_m"], crs=crs)
    return gpd.GeoDataFrame(frame, geometry=points)


def _why(field: str | None, *, by_profile: bool) -> str:
    if field is None:
        return "not read"
    return "by the profile" if by_profile else "its name"


def _shape(shape: Any) -> str:
    """Say a shape in words: its kind, and how large it is."""
    kind = shape.geom_type
    if shapely.get_dimensions(shape) == 2:
        return f"{kind} of {shape.area:,.0f} m²"
    if shapely.get_dimensions(shape) == 1:
        return f"{kind} of {shape.length:,.0f} m"
    return f"{kind} at {shape.x:,.1f}, {shape.y:,.1f}"
