"""A generated camera inventory for demonstrations: plausible, seeded, and not one camera real.

No borough publishes where its cameras stand, so the demonstration makes them up by this rule:

1. Each borough gets its published number of council cameras; the two that published none get the
   number of :func:`coverage_model.base.observations.cctv_counts` with ``assume_missing=True``.
2. A quarter of them stand anywhere in the borough. The others gather around real public points
   (docking stations, Underground and DLR stations), at a distance with a Rayleigh distribution.
   Boroughs with fewer than a dozen such points get random ones inside them up to a dozen.
3. Kinds are drawn by stated shares. Field of view, height, tilt and range are drawn between the low
   and high values of the ``view_*`` coefficients, most often near the working value. Headings are
   uniform. PTZ cameras, a share of the domes and a few others have no heading: reach, not view.
4. Private cameras stand near a random public camera of the same borough; given shares of them are
   registered and integrated.

All shares and distances are in the coefficients, group ``illustrative`` and ``private``, each
marked as an assumption. A position outside its borough is drawn again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base import datasets, observations, schemas
from coverage_model.base.crs import NO_SHIFT, WORKING_CRS
from coverage_model.base.errors import Faults
from coverage_model.base.notes import Note, ReadLog
from coverage_model.reading.cameras import Cameras

Floats = NDArray[np.float64]

# Draws of a gathered position before it is placed anywhere in the borough instead.
MAX_ROUNDS = 50
KINDS = ("fixed", "dome", "ptz", "anpr")
ASPECT = 9 / 16


def illustrative_frame(
    *,
    seed: int = 2017,
    private_per_public: float = 0.5,
    boroughs: Iterable[str] | None = None,
) -> gpd.GeoDataFrame:
    """Generate the illustrative inventory; the rule stands at the top of this module.

    Parameters
    ----------
    seed
        Start of the random numbers. A borough's cameras depend on the seed and the borough alone,
        so a part of London is the same part of the whole, and its public cameras stay the same
        whatever ``private_per_public`` is.
    private_per_public
        Private cameras with a view of public space for each council camera. The one measured
        figure is 6.9 (Reigate town centre); the default is less, to stay fast.
    boroughs
        GSS codes to generate for; all 33 if not given.

    Returns
    -------
    GeoDataFrame
        A ``schemas.Cameras`` frame in EPSG:27700, index ``view_id``, one view a camera,
        ``illustrative`` true throughout; ids like ``ILL-E09000033-0001``, public ones first.

    Raises
    ------
    InputError
        If a code is unknown, the seed negative, or the ratio not between 0 and 100.

    Examples
    --------
    >>> cameras = illustrative_frame(boroughs=["E09000001"])
    >>> int((cameras["ownership"] == "public").sum())
    100
    """
    areas = datasets.boroughs("full").set_index("borough_code")
    codes = sorted(areas.index) if boroughs is None else sorted(set(boroughs))
    faults = Faults("illustrative cameras")
    unknown = [code for code in codes if code not in areas.index]
    if unknown:
        faults.add(f"unknown borough codes {', '.join(unknown)}", "Use GSS codes like E09000033")
    if seed < 0:
        faults.add(f"seed {seed} is negative", "Give 0 or a positive whole number")
    if not 0 <= private_per_public <= 100:
        faults.add(f"private_per_public is {private_per_public}", "Give a number from 0 to 100")
    faults.raise_if_any()

    rule = _Rule(datasets.coefficients())
    counts = observations.cctv_counts(assume_missing=True).set_index("borough_code")["cameras"]
    points = datasets.anchors()
    frames = []
    for code in codes:  # a few dozen boroughs; everything inside is vectorised
        borough = _Borough(
            code=code,
            name=str(areas.loc[code, "borough"]),
            shape=areas.loc[code, "geometry"],
            anchors=points[points["borough_code"] == code].get_coordinates().to_numpy(),
        )
        public, private = (
            np.random.default_rng([seed, int(code[1:]), stream]) for stream in (0, 1)
        )
        count = int(counts[code])
        council = _public(borough, count, rule, public)
        others = _private(borough, round(private_per_public * count), council, rule, private)
        both = pd.concat([council, others], ignore_index=True)
        both["camera_id"] = [f"ILL-{code}-{number:04d}" for number in range(1, len(both) + 1)]
        frames.append(both)
    table = pd.concat(frames, ignore_index=True) if frames else _empty()
    return _as_cameras(table)


@dataclass(frozen=True, slots=True)
class _Borough:
    code: str
    name: str
    shape: shapely.Geometry
    anchors: Floats


class _Rule:
    """The coefficients as plain numbers."""

    def __init__(self, table: pd.DataFrame) -> None:
        ranges = table[["low", "value", "high"]].astype(float).to_numpy().tolist()
        self._ranges = dict(zip(table.index, map(tuple, ranges), strict=True))

    def low_value_high(self, name: str) -> tuple[float, float, float]:
        low, value, high = self._ranges[name]
        return low, value, high

    def value(self, name: str) -> float:
        return self._ranges[name][1]

    def shares(self, who: str) -> Floats:
        shares = np.array([self.value(f"illustrative_{who}_{kind}_share") for kind in KINDS])
        return shares / shares.sum()


def _public(borough: _Borough, count: int, rule: _Rule, rng: np.random.Generator) -> pd.DataFrame:
    centres = borough.anchors
    short = int(rule.value("illustrative_centres_per_borough")) - len(centres)
    if short > 0:
        centres = np.vstack([centres, _anywhere(borough.shape, short, rng)])
    gathered = rng.random(count) >= rule.value("illustrative_background_share")
    xy = _anywhere(borough.shape, count, rng)
    scatter = rule.value("illustrative_scatter_m")
    xy[gathered] = _near(borough.shape, centres, int(gathered.sum()), scatter, rng)
    frame = _views(xy, "public", rule, rng)
    frame["ownership"] = "public"
    frame["integration"] = "integrated"
    frame["operator"] = f"{borough.name} (illustrative)"
    frame["borough_code"] = borough.code
    return frame


def _private(
    borough: _Borough,
    count: int,
    public: pd.DataFrame,
    rule: _Rule,
    rng: np.random.Generator,
) -> pd.DataFrame:
    scatter = rule.value("illustrative_private_scatter_m")
    hosts = public[["x", "y"]].to_numpy()
    xy = _near(borough.shape, hosts, count, scatter, rng)
    frame = _views(xy, "private", rule, rng)
    frame["ownership"] = "private"
    integrated = rule.value("private_integrated_share")
    registered = rule.value("private_registered_share")
    frame["integration"] = rng.choice(
        ["integrated", "registered", "none"],
        size=count,
        p=[integrated, registered, 1 - integrated - registered],
    )
    frame["operator"] = "Private owner (illustrative)"
    frame["borough_code"] = borough.code
    return frame


def _views(xy: Floats, who: str, rule: _Rule, rng: np.random.Generator) -> pd.DataFrame:
    """Draw kind, optics, mounting and heading for cameras at given places."""
    count = len(xy)
    kind = rng.choice(np.array(KINDS), size=count, p=rule.shares(who))
    columns = {
        "hfov_deg": ("view_hfov_{}_deg", 0),
        "mount_height_m": ("view_height_{}_m", 1),
        "tilt_deg": ("view_tilt_{}_deg", 0),
        "range_m": ("view_range_{}_m", 0),
    }
    frame = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "camera_type": kind})
    for column, (pattern, decimals) in columns.items():
        drawn = np.empty(count)
        for each in KINDS:
            chosen = kind == each
            low, value, high = rule.low_value_high(pattern.format(each))
            drawn[chosen] = rng.triangular(low, value, high, size=int(chosen.sum()))
        frame[column] = drawn.round(decimals)
    sharp = rng.random(count) < rule.value("illustrative_high_resolution_share")
    usual = {each: rule.low_value_high(f"view_px_{each}") for each in KINDS}
    frame["horizontal_px"] = np.where(
        sharp, [usual[each][2] for each in kind], [usual[each][1] for each in kind]
    )
    half = np.tan(np.radians(frame["hfov_deg"]) / 2)
    frame["vfov_deg"] = np.degrees(2 * np.arctan(ASPECT * half)).round(1)
    luck = rng.random(count)
    turning = (kind == "ptz") | (
        (kind == "dome") & (luck < rule.value("illustrative_dome_reach_share"))
    )
    lost = (kind == "fixed") & (luck < rule.value("illustrative_heading_missing_share"))
    heading = rng.integers(0, 360, size=count).astype(float)
    frame["azimuth_deg"] = np.where(turning | lost, np.nan, heading)
    frame["view_basis"] = np.where(turning | lost, "reach", "given")
    return frame


def _near(
    shape: shapely.Geometry,
    centres: Floats,
    count: int,
    scatter_m: float,
    rng: np.random.Generator,
) -> Floats:
    """Draw places around random centres, inside the shape, Rayleigh in their distance."""

    def draw(size: int) -> Floats:
        middle = centres[rng.integers(0, len(centres), size=size)]
        distance = rng.rayleigh(scatter_m, size=size)
        bearing = rng.random(size) * math.tau
        return middle + np.column_stack([np.sin(bearing), np.cos(bearing)]) * distance[:, None]

    return _inside(shape, count, draw, rng)


def _anywhere(shape: shapely.Geometry, count: int, rng: np.random.Generator) -> Floats:
    """Draw places uniformly inside the shape."""
    low_x, low_y, high_x, high_y = shape.bounds

    def draw(size: int) -> Floats:
        return rng.uniform([low_x, low_y], [high_x, high_y], size=(size, 2))

    return _inside(shape, count, draw, rng)


def _inside(
    shape: shapely.Geometry,
    count: int,
    draw: Callable[[int], Floats],
    rng: np.random.Generator,
) -> Floats:
    """Draw again what fell outside the shape; places are whole decimetres."""
    shapely.prepare(shape)
    xy = np.empty((count, 2))
    open_rows = np.arange(count)
    for _ in range(MAX_ROUNDS):
        if not len(open_rows):
            return xy
        xy[open_rows] = draw(len(open_rows)).round(1)
        outside = ~shapely.contains_xy(shape, xy[open_rows])
        open_rows = open_rows[outside]
    if len(open_rows):
        xy[open_rows] = _anywhere(shape, len(open_rows), rng)
    return xy


def _as_cameras(table: pd.DataFrame) -> gpd.GeoDataFrame:
    table["illustrative"] = True
    table["target_level"] = None
    columns = [name for name in schemas.Cameras.to_schema().columns if name in table]
    frame = gpd.GeoDataFrame(
        table[columns],
        geometry=gpd.points_from_xy(table["x"], table["y"]),
        crs="EPSG:27700",
    )
    frame.index = pd.Index(frame["camera_id"], name="view_id")
    return schemas.check(frame, schemas.Cameras, "illustrative cameras")


def _empty() -> pd.DataFrame:
    return pd.DataFrame(columns=["x", "y", *schemas.Cameras.to_schema().columns])


def illustrative_cameras(
    *,
    seed: int = 2017,
    private_per_public: float | None = None,
    boroughs: Iterable[str] | None = None,
) -> Cameras:
    """Return the illustrative cameras as if they had been read, with a log that says what they are.

    Parameters
    ----------
    seed
        Start of the random numbers.
    private_per_public
        Private cameras for each public one; None for the demonstration's own ratio.
    boroughs
        GSS codes to generate for; all 33 if not given.

    Returns
    -------
    Cameras
        Every one marked ``illustrative``.

    Raises
    ------
    InputError
        As for :func:`illustrative_frame`.

    Examples
    --------
    >>> found = illustrative_cameras(boroughs=["E09000001"], private_per_public=1.0)
    >>> len(found.frame), found.log.format
    (200, 'generated')
    """
    ratio = private_per_public
    if ratio is None:
        ratio = datasets.coefficient("private_per_public_demo").value
    measured = datasets.coefficient("private_per_public_measured").value
    frame = illustrative_frame(seed=seed, private_per_public=ratio, boroughs=boroughs)
    private = frame.index[frame["ownership"] == "private"]
    notes = (
        Note(
            "illustrative",
            "Cameras are illustrative: generated at the published borough numbers",
            len(frame),
        ),
        Note(
            "private_ratio",
            f"Private cameras at {ratio:g} for each public one, to stay fast; the one measured "
            f"figure is {measured:g} (Reigate town centre)",
            len(private),
        ),
    )
    digest = hashlib.sha256(frame.to_wkb().to_csv().encode()).hexdigest()
    log = ReadLog(
        path="illustrative inventory",
        format="generated",
        sha256=digest,
        rows_read=len(frame),
        items_read=frame["camera_id"].nunique(),
        crs_in=WORKING_CRS,
        datum_shift=NO_SHIFT,
        notes=notes,
    )
    return Cameras(frame, log)
