"""The attributes of cameras: from a source's own words and units to typed, checked columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.errors import Faults
from coverage_model.base.notes import Notes
from coverage_model.optics.pixel_density import hfov_from_lens_deg
from coverage_model.reading.columns import Matching, Profile, normalise
from coverage_model.reading.coordinates import to_numbers
from coverage_model.reading.osm import PRIVATE_OPERATORS, PUBLIC_OPERATORS
from coverage_model.reading.parse import (
    Directions,
    clean_text,
    has_controls,
    is_blank,
    parse_angle_deg,
    parse_directions,
    parse_flag,
    parse_horizontal_px,
    parse_length_m,
    parse_number,
)
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
    "range": Limits("range_m", 0, 5000, "m"),
    "mount_height": Limits("mount_height_m", 0, 150, "m"),
    "horizontal_px": Limits("horizontal_px", 0, 100_000, "pixels"),
    "focal": Limits("focal_mm", 0, 5000, "mm"),
    "sensor_width": Limits("sensor_width_mm", 0, 100, "mm"),
}

_PUBLIC_WORDS = PUBLIC_OPERATORS | {
    "local_authority", "borough", "tfl", "transport_for_london", "public_sector", "authority",
    "public_space",
}  # fmt: skip
_PRIVATE_WORDS = PRIVATE_OPERATORS | {
    "residential", "retail", "third_party", "private_sector", "domestic"
}  # fmt: skip
OWNERSHIP_WORDS = {
    **dict.fromkeys(_PUBLIC_WORDS, "public"),
    **dict.fromkeys(_PRIVATE_WORDS, "private"),
    "unknown": "unknown",
}
INTEGRATION_WORDS = {
    **dict.fromkeys(("none", "no", "false", "0", "not_integrated"), "none"),
    **dict.fromkeys(("registered", "register"), "registered"),
    **dict.fromkeys(("integrated", "yes", "true", "1", "live"), "integrated"),
}
TYPE_WORDS = {
    **dict.fromkeys(("fixed", "static", "bullet", "box"), "fixed"),
    **dict.fromkeys(("dome", "wall_dome", "fixed_dome", "fisheye", "360"), "dome"),
    **dict.fromkeys(
        ("ptz", "panning", "pan_tilt_zoom", "speed_dome", "rotating", "dome_ptz", "ptz_dome"), "ptz"
    ),
    **dict.fromkeys(("anpr", "alpr", "lpr"), "anpr"),
    **dict.fromkeys(("unknown", "other"), "unknown"),
}


@dataclass(slots=True)
class _Reader:
    """What every column's reading needs."""

    source: Source
    matching: Matching
    profile: Profile
    faults: Faults
    notes: Notes
    labels: list[str]

    def has(self, name: str) -> bool:
        return name in self.matching.columns or name in self.profile.defaults

    def raw(self, name: str) -> pd.Series:
        """Read a column as the source has it, with the profile's words and defaults applied."""
        rows = self.source.rows
        if name in self.matching.columns:
            values = rows[self.matching.columns[name]]
        else:
            values = pd.Series([None] * len(rows), dtype=object)
        words = self.profile.values.get(name)
        if words:
            values = values.map(lambda value: words.get(str(value).strip(), value))
        default = self.profile.defaults.get(name)
        if default is None:
            return values
        blank = blank_mask(values)
        self.notes.add(
            "default_applied",
            f"{name} was not given and is {default!r} by the profile",
            rows=self.pick(blank),
        )
        return values.astype(object).where(~blank, default)

    def pick(self, wanted: NDArray[np.bool_]) -> list[str]:
        return [self.labels[row] for row in np.flatnonzero(wanted)]

    def reject(
        self, code: str, problem: str, remedy: str, wanted: NDArray[np.bool_], *, lenient: bool
    ) -> None:
        """Make it a fault, or in a crowd-sourced source a note: the value is then missing."""
        if not wanted.any():
            return
        if lenient:
            self.notes.add(code, f"{problem}; the value was left out", rows=self.pick(wanted))
        else:
            self.faults.add(problem, remedy, rows=self.pick(wanted))


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
        known before headings and places are (plus ``fixed_position``), and the directions of each
        row.
    """
    reader = _Reader(source, matching, profile, faults, notes, list(source.labels))
    frame = pd.DataFrame(index=range(len(source.rows)))
    frame["camera_id"] = _ids(reader)
    reader.labels = [
        camera_id or label
        for camera_id, label in zip(frame["camera_id"], source.labels, strict=True)
    ]
    _check_unique(reader, frame)
    for name in ("operator", "borough_code", "target_level"):
        frame[name] = _texts(reader, name)
    frame["ownership"] = _words(reader, "ownership", OWNERSHIP_WORDS, otherwise="unknown")
    given = _words(reader, "integration", INTEGRATION_WORDS, otherwise="")
    assumed = np.where(frame["ownership"] == "public", "integrated", "none")
    frame["integration"] = np.where(given == "", assumed, given)
    frame["camera_type"] = _words(reader, "camera_type", TYPE_WORDS, otherwise="unknown")
    for name, limits in LIMITS.items():
        frame[limits.column] = _numbers(reader, name, limits)
    from_lens = hfov_from_lens_deg(
        focal_mm=frame.pop("focal_mm").to_numpy(),
        sensor_width_mm=frame.pop("sensor_width_mm").to_numpy(),
    )
    filled = frame["hfov_deg"].isna().to_numpy() & np.isfinite(from_lens)
    frame["hfov_deg"] = np.where(filled, from_lens, frame["hfov_deg"])
    notes.add(
        "hfov_from_lens",
        "The field of view follows from focal length and sensor width",
        rows=reader.pick(filled),
    )
    for name in ("fixed_position", "illustrative"):
        frame[name] = _flags(reader, name)
    if "camera_angle_raw" in source.rows and source.rows["camera_angle_raw"].notna().any():
        frame["camera_angle_raw"] = source.rows["camera_angle_raw"]
    return frame, _directions(reader)


def blank_mask(values: pd.Series) -> NDArray[np.bool_]:
    """Which values mean "not given"."""
    return np.array([is_blank(value) for value in values], dtype=bool)


def _ids(reader: _Reader) -> list[str]:
    if not reader.has("camera_id"):
        made = [label.replace(" ", "-") for label in reader.labels]
        reader.notes.add(
            "ids_made",
            "The source has no column of ids; they were made from the row numbers",
            count=len(made),
        )
        return made
    raw = reader.raw("camera_id")
    if pd.api.types.is_float_dtype(raw) and (raw.dropna() % 1 == 0).all():
        raw = raw.astype("Int64")  # a whole column of ids with a gap in it is read as decimals
    given = ["" if is_blank(value) else str(value) for value in raw]
    ids = [clean_text(value) for value in given]
    _note_controls(reader, given)
    blank = np.array([not camera_id for camera_id in ids])
    if blank.any():
        reader.faults.add(
            "the camera's id is blank", "Give each camera an id", rows=reader.pick(blank)
        )
    return ids


def _check_unique(reader: _Reader, frame: pd.DataFrame) -> None:
    """Every camera once; a source that lists views may repeat its cameras, not its views."""
    if reader.has("view_id"):
        frame["view_id"] = _texts(reader, "view_id")
        key, what = "view_id", "view"
    else:
        key, what = "camera_id", "camera"
    twice = frame[key].duplicated(keep=False) & frame[key].fillna("").ne("")
    if twice.any():
        reader.faults.add(
            f"the same {what} id on several rows",
            f"Give each {what} an id of its own",
            rows=list(dict.fromkeys(frame.loc[twice, key])),
        )


def _texts(reader: _Reader, name: str) -> list[str | None]:
    if not reader.has(name):
        return [None] * len(reader.labels)
    given = [None if is_blank(value) else str(value) for value in reader.raw(name)]
    _note_controls(reader, given)
    return [None if value is None else clean_text(value) or None for value in given]


def _note_controls(reader: _Reader, given: list[Any]) -> None:
    found = np.array([value is not None and has_controls(value) for value in given], dtype=bool)
    reader.notes.add(
        "control_characters", "Control characters were taken out of text", rows=reader.pick(found)
    )


def _words(reader: _Reader, name: str, words: Mapping[str, str], *, otherwise: str) -> NDArray[Any]:
    """Translate a column of words; one that is not known reads as ``otherwise``, and is noted."""
    if not reader.has(name):
        return np.full(len(reader.labels), otherwise, dtype=object)
    raw = reader.raw(name)
    blank = blank_mask(raw)
    if name == "integration":  # "none" is an answer here, not a blank
        blank &= np.array([normalise(str(value)) not in words for value in raw], dtype=bool)
    read = [None if empty else words.get(normalise(str(value)))
            for value, empty in zip(raw, blank, strict=True)]  # fmt: skip
    strange = np.array([each is None for each in read], dtype=bool) & ~blank
    examples = ", ".join(sorted({repr(clean_text(str(v))) for v in raw[strange]})[:5])
    reader.notes.add(
        f"{name}_unrecognised",
        f"{name} says {examples}, which reads as {otherwise or 'not given'}",
        rows=reader.pick(strange),
    )
    return np.array([otherwise if each is None else each for each in read], dtype=object)


def _numbers(reader: _Reader, name: str, limits: Limits) -> NDArray[np.float64]:
    if not reader.has(name):
        return np.full(len(reader.labels), np.nan)
    values, unread = to_numbers(reader.raw(name), _parser(reader, name))
    column = reader.matching.columns.get(name, name)
    lenient = reader.source.crowd_sourced
    reader.reject(
        f"{name}_undecodable",
        f"{column} is not a number",
        f"Give a number of {limits.unit}, or leave it empty where it is not known",
        unread,
        lenient=lenient,
    )
    with np.errstate(invalid="ignore"):
        low = values < limits.low if limits.closed else values <= limits.low
        wrong = ~np.isnan(values) & (low | (values > limits.high))
    above = "from" if limits.closed else "above"
    reader.reject(
        f"{name}_out_of_bounds",
        f"{column} is not {above} {limits.low:g} to {limits.high:g} {limits.unit}",
        "Correct it (and its unit), or leave it empty where it is not known",
        wrong,
        lenient=lenient,
    )
    return np.where(wrong, np.nan, values)


def _parser(reader: _Reader, name: str) -> Callable[[Any], float | None]:
    if name in {"range", "mount_height"}:
        return partial(parse_length_m, unit=reader.matching.units.get(name, "m").lower())
    if name == "horizontal_px":
        return parse_horizontal_px
    return parse_number if name in {"focal", "sensor_width"} else parse_angle_deg


def _flags(reader: _Reader, name: str) -> NDArray[np.bool_]:
    if not reader.has(name):
        return np.zeros(len(reader.labels), dtype=bool)
    raw = reader.raw(name)
    read = [False if is_blank(v) else parse_flag(v) for v in raw]
    wrong = np.array([each is None for each in read], dtype=bool)
    reader.reject(
        f"{name}_undecodable",
        f"{name} is neither yes nor no",
        "Say yes or no",
        wrong,
        lenient=False,
    )
    return np.array([bool(each) for each in read], dtype=bool)


def _directions(reader: _Reader) -> list[Directions]:
    """Read the direction of each row, and note or reject what cannot be read."""
    if not reader.has("azimuth"):
        return [Directions()] * len(reader.labels)
    raw = reader.raw("azimuth")
    lenient = reader.source.crowd_sourced or reader.matching.free_text_azimuth
    codes, unique = pd.factorize(raw.astype(object), use_na_sentinel=True)
    read = [
        Directions() if not lenient and is_blank(value) else parse_directions(value)
        for value in unique
    ]
    read.append(Directions())  # what a missing value (code -1) points to
    found = [read[code] for code in codes]
    bad = np.array([bool(each.undecodable) for each in found], dtype=bool)
    column = reader.matching.columns.get("azimuth", "azimuth")
    if lenient:
        parts = sum(len(each.undecodable) for each in found)
        reader.notes.add(
            "direction_undecodable",
            "Directions that cannot be read with certainty were left out, none guessed",
            rows=reader.pick(bad),
            count=parts,
        )
    else:
        reader.reject(
            "direction_undecodable",
            f"{column} is no direction from 0 to below 360 degrees",
            "Give degrees, a compass point or a clockwise range such as 90-180",
            bad,
            lenient=False,
        )
    turned = np.array([str(value).strip() in {"360", "360.0"} for value in raw], dtype=bool)
    reader.notes.add("azimuth_360", f"{column} of 360 was read as 0", rows=reader.pick(turned))
    reader.notes.add(
        "direction_all_round",
        "A direction of the whole circle names no heading: reach, not view",
        rows=reader.pick(np.array([each.all_round for each in found], dtype=bool)),
    )
    reader.notes.add(
        "direction_repeated",
        "A direction given twice for one camera counts once",
        rows=reader.pick(np.array([each.repeated > 0 for each in found], dtype=bool)),
    )
    return found
