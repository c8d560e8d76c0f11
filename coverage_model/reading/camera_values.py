"""The attributes of cameras: from a source's own words and units to typed, checked columns.

Words that are not understood are left out and counted by word, so that one strange cell does not
stop a register of hundreds; numbers that cannot be right (a range of -5 m) are faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.errors import Faults
from coverage_model.base.notes import Notes
from coverage_model.reading.camera_directions import read_directions
from coverage_model.reading.cells import Cells, listed, plain_texts, to_numbers
from coverage_model.reading.columns import Matching
from coverage_model.reading.dictionary import words
from coverage_model.reading.directions import Directions
from coverage_model.reading.lens import hfov_from_lens_deg, is_lens_table
from coverage_model.reading.look_alikes import look_alike_fault
from coverage_model.reading.parse import (
    clean_text,
    has_controls,
    is_blank,
    parse_angle_deg,
    parse_flag,
    parse_focal_mm,
    parse_horizontal_px,
    parse_length_m,
    parse_metres_number,
    parse_number,
)
from coverage_model.reading.profile import Profile
from coverage_model.reading.source import Source


@dataclass(frozen=True, slots=True)
class Limits:
    """What a number may be; ``low`` itself is allowed only where ``closed``."""

    column: str
    low: float
    high: float
    unit: str
    closed: bool = False


# Beyond these a value is a slip of unit or column, not a camera in a street.
LIMITS = {
    "hfov": Limits("hfov_deg", 0, 360, "degrees"),
    "vfov": Limits("vfov_deg", 0, 180, "degrees"),
    "tilt": Limits("tilt_deg", -90, 90, "degrees", closed=True),
    "roll": Limits("roll_deg", -180, 180, "degrees", closed=True),
    "range": Limits("range_m", 0, 5000, "m"),
    "mount_height": Limits("mount_height_m", 0, 150, "m"),
    "horizontal_px": Limits("horizontal_px", 0, 100_000, "pixels"),
    "vertical_px": Limits("vertical_px", 0, 100_000, "pixels"),
    "focal": Limits("focal_mm", 0, 5000, "mm"),
    "sensor_width": Limits("sensor_width_mm", 0, 100, "mm"),
}
MOST_A_SITE = 500
_FOCAL = re.compile(r"\s*\d+(?:[.,]\d+)?\s*mm\s*", re.IGNORECASE)
CONTROLS_TAKEN_OUT = "Control characters were taken out of text"


def read_values(
    source: Source,
    *,
    matching: Matching,
    profile: Profile,
    faults: Faults,
    notes: Notes,
) -> tuple[pd.DataFrame, list[Directions]]:
    """Type and check the attributes of each row; faults and notes are collected.

    Returns
    -------
    tuple
        A frame with the columns of :class:`coverage_model.base.schemas.Cameras` as far as they are
        known before headings and places are, plus ``fixed_position``, ``kind_unread`` (its kind is
        given, but not understood) and ``count`` (cameras at the row's site); and the directions of
        each row.
    """
    cells = Cells(source, matching, profile, faults, notes, list(source.labels))
    frame = pd.DataFrame(index=range(len(source.rows)))
    frame["camera_id"] = _ids(cells)
    cells.labels = [
        camera_id or label
        for camera_id, label in zip(listed(frame["camera_id"]), source.labels, strict=True)
    ]
    _check_unique(cells, frame)
    for name in ("operator", "borough_code", "target_level"):
        frame[name] = _texts(cells, name)
    frame["ownership"] = _ownership(cells, frame["operator"])
    given, _ = _words(cells, "integration", so="taken as not given")
    assumed = np.where(frame["ownership"] == "public", "integrated", "none")
    frame["integration"] = np.where(given == "", assumed, given)
    kinds, frame["kind_unread"] = _words(
        cells, "camera_type", so="those cameras count as reach, not as coverage"
    )
    frame["camera_type"] = np.where(kinds == "", "unknown", kinds)
    for name, limits in LIMITS.items():
        frame[limits.column] = _numbers(cells, name, limits)
    _vertical_px(cells, frame)
    frame["lens_projection"] = _projections(cells)
    _sector_heights(cells, frame)
    _lenses(cells, frame)
    for name in ("fixed_position", "illustrative"):
        frame[name] = _flags(cells, name)
    frame["count"] = _counts(cells)
    if "camera_angle_raw" in source.rows and source.rows["camera_angle_raw"].notna().any():
        frame["camera_angle_raw"] = source.rows["camera_angle_raw"]
    return frame, read_directions(cells)


def _ids(cells: Cells) -> list[str]:
    if not cells.has("camera_id"):
        made = [label.replace(" ", "-") for label in cells.labels]
        cells.notes.add(
            "ids_made",
            "The source has no column of ids; they were made from the row numbers",
            count=len(made),
        )
        return made
    raw = cells.raw("camera_id")
    if pd.api.types.is_float_dtype(raw) and (raw.dropna() % 1 == 0).all():
        raw = raw.astype("Int64")  # a whole column of ids with a gap in it is read as decimals
    plain = plain_texts(raw.tolist())
    if plain is not None:
        return plain
    given = ["" if is_blank(value) else str(value) for value in raw]
    ids = [clean_text(value) for value in given]
    _note_controls(cells, given)
    blank = np.array([not camera_id for camera_id in ids])
    if blank.any():
        cells.faults.add(
            "the camera's id is blank", "Give each camera an id", rows=cells.pick(blank)
        )
    return ids


def _check_unique(cells: Cells, frame: pd.DataFrame) -> None:
    """Every camera once; a source that lists views or lenses may repeat its cameras, not those."""
    key, what = "camera_id", "camera"
    if cells.has("view_id"):
        frame["view_id"] = _texts(cells, "view_id")
        key, what = "view_id", "view"
    elif cells.has("lens"):
        lenses = pd.Series(_texts(cells, "lens"), dtype=object).fillna("")
        several = frame["camera_id"].duplicated(keep=False)
        joined = frame["camera_id"] + "/" + lenses
        frame["view_id"] = frame["camera_id"].where(~several | lenses.eq(""), joined)
        key, what = "view_id", "camera and lens"
        cells.notes.add(
            "lenses", "Rows that are lenses of one camera are its views", rows=cells.pick(several)
        )
    alike = look_alike_fault(listed(frame[key].fillna("")), what=what)
    if alike is not None:
        cells.faults.found.append(alike)
    twice = frame[key].duplicated(keep=False) & frame[key].fillna("").ne("")
    if twice.any():
        remedy = f"Give each {what} an id of its own"
        if what == "camera":
            remedy += "; where the rows are lenses of one camera, number them in a column `lens`"
        cells.faults.add(
            f"the same {what} id on several rows",
            remedy,
            rows=list(dict.fromkeys(frame.loc[twice, key])),
        )


def _texts(cells: Cells, name: str) -> list[str | None]:
    if not cells.has(name):
        return [None] * len(cells.labels)
    codes, unique = pd.factorize(cells.raw(name).astype(object), use_na_sentinel=True)
    given = [None if is_blank(value) else str(value) for value in unique]
    odd = np.array([*(v is not None and has_controls(v) for v in given), False], dtype=bool)
    cells.notes.add("control_characters", CONTROLS_TAKEN_OUT, rows=cells.pick(odd[codes]))
    clean = [None if value is None else clean_text(value) or None for value in given]
    return [*np.array([*clean, None], dtype=object)[codes]]


def _note_controls(cells: Cells, given: list[Any]) -> None:
    found = np.array([value is not None and has_controls(value) for value in given], dtype=bool)
    cells.notes.add("control_characters", CONTROLS_TAKEN_OUT, rows=cells.pick(found))


def _words(cells: Cells, name: str, *, so: str) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Translate a column of words: blank where not given or not understood, and which are that."""
    if not cells.has(name):
        empty = np.full(len(cells.labels), "", dtype=object)
        return empty, np.zeros(len(empty), dtype=bool)
    known = words(name)
    raw = cells.raw(name)
    codes, unique = pd.factorize(raw.astype(object), use_na_sentinel=True)
    # "none" is an answer to some questions, so what is known goes before what is blank.
    read = [known.read(value) for value in unique]
    strange = np.array(
        [*(r is None and not is_blank(v) for r, v in zip(read, unique, strict=True)), False],
        dtype=bool,
    )[codes]
    meanings = np.array([*("" if each is None else each for each in read), ""], dtype=object)
    cells.unread(name, strange, raw, so=so)
    return meanings[codes], strange


def _ownership(cells: Cells, operators: pd.Series) -> NDArray[Any]:
    """Who owns each camera: as its column says, else as the name of its owner or operator does."""
    owners, _ = _words(cells, "ownership", so="their owner is unknown")
    silent = owners == ""
    if not cells.source.crowd_sourced and cells.has("operator") and silent.any():
        known = words("ownership")
        meant = {name: known.read(name) for name in operators.dropna().unique()}
        named = operators.map(meant.get)
        filled = silent & named.notna().to_numpy()
        owners = np.where(filled, named, owners)
        cells.notes.add(
            "ownership_from_operator",
            f"Public or private follows from the names in {cells.column('operator')}",
            rows=cells.pick(filled),
        )
        other = silent & ~filled & operators.notna().to_numpy()
        if other.any():
            cells.unread("operator", other, operators, so="whether they are public is unknown")
    return np.where(owners == "", "unknown", owners)


def _numbers(cells: Cells, name: str, limits: Limits) -> NDArray[np.float64]:
    if not cells.has(name):
        return np.full(len(cells.labels), np.nan)
    raw = cells.raw(name)
    values, unread = to_numbers(raw, _parser(cells, name))
    if name == "tilt":
        values = _tilt(cells, values)
    if name == "hfov":
        unread &= ~_is_focal(raw)
    cells.unread(name, unread, raw, so="those values are unknown")
    with np.errstate(invalid="ignore"):
        low = values < limits.low if limits.closed else values <= limits.low
        wrong = ~np.isnan(values) & (low | (values > limits.high))
    above = "from" if limits.closed else "above"
    cells.reject(
        f"{name}_out_of_bounds",
        f"{cells.column(name)} is not {above} {limits.low:g} to {limits.high:g} {limits.unit}",
        "Correct it (and its unit), or leave it empty where it is not known",
        wrong,
        lenient=cells.source.crowd_sourced,
    )
    return np.where(wrong, np.nan, values)


def _parser(cells: Cells, name: str) -> Callable[[Any], float | None]:
    if name in {"range", "mount_height"}:
        return partial(parse_length_m, unit=cells.matching.units.get(name, "m").lower())
    if name == "horizontal_px":
        return _megapixels_px if cells.matching.units.get(name) == "mp" else _resolution_px
    if name == "focal":
        return parse_focal_mm
    return parse_number if name in {"sensor_width", "vertical_px"} else parse_angle_deg


def _resolution_px(value: Any) -> float | None:
    """Horizontal pixels of a resolution in figures or in a word of the trade (1080p, 2MP, 4K)."""
    pixels = parse_horizontal_px(value)
    if pixels is not None:
        return pixels
    text = re.sub(r"(?<=\d)(?:\.0+)?\s*(mpx?|mega\s?pixels?)\b", "mp", str(value).casefold())
    known = words("horizontal_px").read(text)
    return None if known is None else float(known)


def _megapixels_px(value: Any) -> float | None:
    """Horizontal pixels of a column whose bare numbers are megapixels."""
    number = parse_number(value)
    bare = number is not None and 0 < number < 100  # NaN is neither
    return _resolution_px(f"{number:g}mp" if bare else value)


def _tilt(cells: Cells, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tilts below the horizon as positive; a column that is negative throughout is asked about."""
    if cells.matching.tilt_up:
        return -values
    with np.errstate(invalid="ignore"):
        above = values < 0
    if not above.any() or cells.profile.tilt is not None or cells.source.named:
        return values
    column = cells.column("tilt")
    if above[~np.isnan(values)].all():
        cells.faults.add(
            f"every {column} is negative, which here looks above the horizon",
            'Say which way a positive tilt looks, in a profile: tilt = "up" if negative looks '
            'down, tilt = "down" if these cameras do look up',
            rows=cells.pick(above),
        )
    else:
        cells.notes.add(
            "tilt_above",
            f"{column} is negative: the camera looks above the horizon. If negative looks down in "
            'this column, say tilt = "up" in a profile',
            rows=cells.pick(above),
        )
    return values


def _vertical_px(cells: Cells, frame: pd.DataFrame) -> None:
    """Vertical resolution from a cell that gives both, such as 1920x1080."""
    if not cells.has("horizontal_px"):
        return
    both = (
        cells.raw("horizontal_px")
        .astype(str)
        .str.extract(r"\d\s*[x×*]\s*(\d{3,5})", flags=re.IGNORECASE)
    )
    given = frame["vertical_px"]
    frame["vertical_px"] = given.where(given.notna(), both[0].astype(float).to_numpy())


def _projections(cells: Cells) -> NDArray[Any]:
    """How each lens maps angles: a word, or a table of angle:radius pairs; None where not given."""
    out = np.full(len(cells.labels), None, dtype=object)
    if not cells.has("lens_projection"):
        return out
    raw = cells.raw("lens_projection")
    wrong = np.zeros(len(out), dtype=bool)
    for row, value in enumerate(raw):
        if is_blank(value):
            continue
        text = clean_text(str(value)).casefold()
        word = re.sub(r"[\s_-]", "", text)
        if word in {"rectilinear", "normal", "pinhole", "perspective"}:
            out[row] = "rectilinear"
        elif word in {"fisheye", "equidistant", "fisheyeequidistant"}:
            out[row] = "fisheye"
        elif ":" in text:
            out[row] = text
            wrong[row] = not is_lens_table(text)
        else:
            wrong[row] = True
    cells.reject(
        "lens_projection_unread",
        f"{cells.column('lens_projection')} is neither rectilinear nor fisheye nor a table",
        "Give one of the words, or angle:radius pairs that both rise from 0, such as "
        "0:0 30:0.5 60:0.9",
        wrong,
        lenient=cells.source.crowd_sourced,
    )
    out[wrong] = None
    return out


def _sector_heights(cells: Cells, frame: pd.DataFrame) -> None:
    """Upper and lower edge of a view, as terrain tools give them, as its height and tilt."""
    if not (cells.has("view_top") and cells.has("view_bottom")):
        return
    top, _ = to_numbers(cells.raw("view_top"), parse_angle_deg)
    bottom, _ = to_numbers(cells.raw("view_bottom"), parse_angle_deg)
    # From straight up to straight down is those tools' way to say that there is no limit.
    given = (top > bottom) & ~((top == 90) & (bottom == -90))
    empty = frame["vfov_deg"].isna().to_numpy() & frame["tilt_deg"].isna().to_numpy()
    frame["vfov_deg"] = np.where(given & empty, top - bottom, frame["vfov_deg"])
    frame["tilt_deg"] = np.where(given & empty, -(top + bottom) / 2, frame["tilt_deg"])


def _lenses(cells: Cells, frame: pd.DataFrame) -> None:
    """Field of view from focal length and sensor width, wherever the focal length stands."""
    if cells.has("hfov"):
        raw = cells.raw("hfov")
        lens = _is_focal(raw) & frame["focal_mm"].isna()
        focal, _ = to_numbers(raw.where(lens, None), parse_focal_mm)
        cells.notes.add(
            "focal_in_hfov",
            f"{cells.column('hfov')} holds a focal length in mm, read as that",
            rows=cells.pick(np.isfinite(focal)),
        )
        frame["focal_mm"] = np.where(np.isfinite(focal), focal, frame["focal_mm"])
    focal_mm = frame.pop("focal_mm").to_numpy()
    sensor_mm = frame.pop("sensor_width_mm").to_numpy()
    from_lens = hfov_from_lens_deg(focal_mm=focal_mm, sensor_width_mm=sensor_mm)
    missing = frame["hfov_deg"].isna().to_numpy()
    filled = missing & np.isfinite(from_lens)
    frame["hfov_deg"] = np.where(filled, from_lens, frame["hfov_deg"])
    cells.notes.add(
        "hfov_from_lens",
        "The field of view follows from focal length and sensor width",
        rows=cells.pick(filled),
    )
    cells.notes.add(
        "focal_without_sensor",
        "A focal length gives no field of view without the sensor's width: give a column "
        "sensor_width_mm, or [defaults] sensor_width = … in a profile",
        rows=cells.pick(missing & np.isfinite(focal_mm) & np.isnan(sensor_mm)),
    )


def _is_focal(raw: pd.Series) -> NDArray[np.bool_]:
    """Which cells are one focal length in mm, in a column of angles."""
    if pd.api.types.is_numeric_dtype(raw):
        return np.zeros(len(raw), dtype=bool)
    codes, unique = pd.factorize(raw.astype(object), use_na_sentinel=True)
    found = [_FOCAL.fullmatch(str(value)) is not None for value in unique]
    return np.array([*found, False], dtype=bool)[codes]


def _counts(cells: Cells) -> NDArray[np.int64]:
    """How many cameras a row stands for."""
    if not cells.has("count"):
        return np.ones(len(cells.labels), dtype=np.int64)
    raw = cells.raw("count")
    values, unread = to_numbers(raw, parse_metres_number)
    cells.unread("count", unread, raw, so="each counts as one camera")
    with np.errstate(invalid="ignore"):
        wrong = (values < 1) | (values > MOST_A_SITE) | (values % 1 != 0)
    wrong &= ~np.isnan(values)
    cells.reject(
        "count_out_of_bounds",
        f"{cells.column('count')} is no whole number from 1 to {MOST_A_SITE}",
        'Correct it, take the row out, or leave the column out in a profile: count = ""',
        wrong,
        lenient=cells.source.crowd_sourced,
    )
    return np.where(np.isnan(values) | wrong, 1, values).astype(np.int64)


def _flags(cells: Cells, name: str) -> NDArray[np.bool_]:
    if not cells.has(name):
        return np.zeros(len(cells.labels), dtype=bool)
    raw = cells.raw(name)
    read = [False if is_blank(v) else parse_flag(v) for v in raw]
    wrong = np.array([each is None for each in read], dtype=bool)
    cells.reject(
        f"{name}_undecodable",
        f"{name} is neither yes nor no",
        "Say yes or no",
        wrong,
        lenient=False,
    )
    return np.array([bool(each) for each in read], dtype=bool)
