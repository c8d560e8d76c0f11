"""Cameras against a standard: what passes, what fails and what nobody knows, camera by camera.

Each criterion of a :class:`~sharedview.questions.image_quality.standard.Standard` is judged for
each camera from what the inventory and an audit say, and from nothing else: no value is filled in
here. The three statuses are kept apart. A camera fails the standard if a required criterion fails;
else it is unknown if one is unknown; it passes only if all pass.

Where the audit and the inventory both give the pixels across, the audit counts. A camera with
several views passes a pixel density if all of them do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from coverage_model.base import schemas, schemas_beside
from coverage_model.base.errors import InputError
from coverage_model.cover.ownership import NO_OPERATOR
from coverage_model.optics.pixel_density import DistanceForm, blind_zone_m, find_level, levels
from coverage_model.optics.target import target_plane
from sharedview.questions.image_quality.counts import by_criterion, fault_profiles, grouped, listed
from sharedview.questions.image_quality.density import (
    FAIL,
    PASS,
    UNKNOWN,
    Statuses,
    all_by,
    all_of,
    judge,
    judge_density,
    judge_targets,
    view_ends_m,
    view_share,
)
from sharedview.questions.image_quality.records import Records, no_records
from sharedview.questions.image_quality.slant import LEVEL, SlantLoss, slant_loss
from sharedview.questions.image_quality.standard import (
    WORDS,
    Criterion,
    Standard,
    read_standard,
    word,
)

AUDITED = ("public", "unknown")
"""Owners whose cameras are audited unless told otherwise: the standard binds no private owner."""
OUTSIDE = ("outside", "Outside all areas")
_VERDICTS = {PASS: "pass", FAIL: "fail", UNKNOWN: "unknown"}


@dataclass(frozen=True)
class Audit:
    """Cameras judged against a standard.

    Parameters
    ----------
    standard
        What they were judged against.
    status
        Shape ``(cameras, criteria)``: :data:`PASS`, :data:`FAIL` or :data:`UNKNOWN`, in the order
        of ``by_camera`` and of the standard's criteria.
    by_camera
        :class:`coverage_model.base.schemas_beside.QualityByCamera`.
    by_criterion
        :class:`coverage_model.base.schemas_beside.QualityByCriterion`; the verdict is its last row.
    by_area
        :class:`coverage_model.base.schemas_beside.QualityByArea`: areas in their order, each with
        all criteria and the verdict.
    by_operator
        :class:`coverage_model.base.schemas_beside.QualityByOperator`, by name.
    levels
        :class:`coverage_model.base.schemas_beside.QualityLevels`.
    profiles
        One row for all cameras of an area with the same faults: ``area_code, area_name, failed,
        unknown`` (required criteria, separated by spaces), ``cameras``. What upgrades work from.
    left_out
        Cameras of owners that were not audited.
    resolution_differs
        Cameras whose pixels across differ between audit and inventory.
    slant
        Cameras that lose identification to the height of their lens; none at all where no level has
        that name.
    illustrative
        Whether cameras or records are generated.
    """

    standard: Standard
    status: Statuses
    by_camera: pd.DataFrame
    by_criterion: pd.DataFrame
    by_area: pd.DataFrame
    by_operator: pd.DataFrame
    levels: pd.DataFrame
    profiles: pd.DataFrame
    left_out: int
    resolution_differs: int
    slant: SlantLoss
    illustrative: bool


def audit(
    cameras: gpd.GeoDataFrame,
    *,
    areas: pd.DataFrame,
    year: int,
    standard: Standard | None = None,
    records: Records | None = None,
    targets: pd.DataFrame | None = None,
    ownership: Sequence[str] = AUDITED,
    form: DistanceForm = "planar",
    target_height_m: float | None = None,
) -> Audit:
    """Judge every camera of an inventory against a standard.

    Parameters
    ----------
    cameras
        :class:`coverage_model.base.schemas.Cameras`.
    areas
        ``area_code, area_name`` of the areas to count by; a camera's area is its ``borough_code``.
    year
        Year of the audit, for the age of cameras.
    standard
        The embedded default if None.
    records
        What an audit wrote down; nothing if None.
    targets
        Points that matter, ``camera_id, x_m, y_m``; they go before a camera's own target distance,
        which goes before the standard's.
    ownership
        Owners whose cameras are audited; the others are counted.
    form
        Distance for a pixel density: ``planar`` or ``arc``.
    target_height_m
        Height of the target plane; that of a face where not given. Distances are slant where the
        height of the lens is given, else along the ground.

    Returns
    -------
    Audit

    Examples
    --------
    >>> from coverage_model.base import datasets
    >>> from coverage_model.reading.illustrative import illustrative_frame
    >>> cameras = illustrative_frame(boroughs=["E09000001"])
    >>> found = audit(cameras, areas=datasets.boroughs("overview"), year=2026)
    >>> found.by_criterion.set_index("criterion").loc["codec", "unknown"]
    np.int64(100)
    """
    chosen = read_standard() if standard is None else standard
    kept = cameras[cameras["ownership"].isin(list(ownership)).to_numpy()]
    written = (no_records(cameras) if records is None else records).frame.set_index("camera_id")
    place = kept.drop_duplicates("camera_id")
    ids = pd.Index(place["camera_id"])
    facts = written.reindex(ids)
    plane = target_plane().height_m if target_height_m is None else target_height_m
    views = _views(kept, facts, chosen, target_height_m=plane)
    status = np.column_stack(
        [
            _judge(each, chosen, views, facts, year=year, targets=targets, form=form)
            for each in chosen.criteria
        ]
    ).astype(np.int8)
    required = [each.required for each in chosen.criteria]
    verdict = all_of(status[:, required])
    by_camera = _by_camera(place, facts, status, verdict, chosen)
    everything = np.column_stack([status, verdict])
    here = place["borough_code"].where(place["borough_code"].isin(areas["area_code"]))
    code = here.fillna(OUTSIDE[0]).to_numpy(dtype=object)
    names = dict(zip(areas["area_code"], areas["area_name"], strict=True)) | dict([OUTSIDE])
    order = [each for each in names if each != OUTSIDE[0] or (code == each).any()]
    by_area = grouped(everything, code, order, chosen, "area_code")
    by_area.insert(1, "area_name", by_area["area_code"].map(names))
    operator = place["operator"].fillna(NO_OPERATOR).replace("", NO_OPERATOR).to_numpy(dtype=object)
    operators = sorted(set(operator))
    profiles = fault_profiles(code, status, chosen)
    profiles.insert(1, "area_name", profiles["area_code"].map(names))
    differs = facts["horizontal_px"].ne(place["horizontal_px"].to_numpy()) & (
        facts["horizontal_px"].notna() & place["horizontal_px"].notna().to_numpy()
    )
    return Audit(
        standard=chosen,
        status=status,
        by_camera=by_camera,
        by_criterion=by_criterion(everything, chosen),
        by_area=schemas.check(by_area, schemas_beside.QualityByArea, "quality by area"),
        by_operator=schemas.check(
            grouped(everything, operator, operators, chosen, "operator"),
            schemas_beside.QualityByOperator,
            "quality by operator",
        ),
        levels=_levels(views, chosen, len(ids), form=form),
        profiles=profiles,
        slant=_slant(kept, views, chosen, form=form, target_height_m=plane),
        left_out=int(cameras["camera_id"].nunique() - len(ids)),
        resolution_differs=int(differs.sum()),
        illustrative=bool(by_camera["illustrative"].any()),
    )


def judge_numbers(values: ArrayLike, *, low: float | None, high: float | None) -> Statuses:
    """Judge numbers between a least and a greatest value, both allowed.

    Examples
    --------
    >>> judge_numbers([28, 14, np.nan], low=28, high=31).tolist()
    [1, 0, -1]
    """
    each = np.asarray(values, dtype=float)
    good = (each >= (-np.inf if low is None else low)) & (
        each <= (np.inf if high is None else high)
    )
    return judge(good, ~np.isnan(each))


def judge_words(texts: Sequence[object] | pd.Series, accepted: Sequence[str]) -> Statuses:
    """Judge words of which one must be accepted; several in a text are split at ``;`` or ``|``.

    Examples
    --------
    >>> judge_words(["h264; MJPEG", "MJPEG", None], ["H.264"]).tolist()
    [1, 0, -1]
    """
    wanted = {word(each) for each in accepted}
    cells = pd.Series(list(texts), dtype=object)
    answers = {
        text: any(word(part) in wanted for part in str(text).replace("|", ";").split(";"))
        for text in cells.dropna().unique()
    }
    known = cells.notna().to_numpy()
    return judge(cells.map(lambda text: answers.get(text, False)).to_numpy(dtype=bool), known)


def _views(
    cameras: gpd.GeoDataFrame, facts: pd.DataFrame, standard: Standard, *, target_height_m: float
) -> pd.DataFrame:
    """Gather what is known of each view, with the position of its camera among those audited."""
    of = facts.index.get_indexer(cameras["camera_id"])
    audited = facts["horizontal_px"].to_numpy(dtype=float)[of]
    given = cameras["horizontal_px"].to_numpy(dtype=float)
    kind = cameras["camera_type"]
    turns = cameras["view_basis"].eq("reach") & kind.isin(["ptz", "dome"])
    near, far = blind_zone_m(
        *(
            cameras[name].to_numpy(dtype=float)
            for name in ("mount_height_m", "tilt_deg", "vfov_deg")
        ),
        target_height_m=target_height_m,
    )
    drop = cameras["mount_height_m"].to_numpy(dtype=float) - target_height_m
    limit = cameras["range_m"].to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "camera_id": cameras["camera_id"].to_numpy(),
            "of": of,
            "x_m": cameras.geometry.x.to_numpy(),
            "y_m": cameras.geometry.y.to_numpy(),
            "azimuth_deg": cameras["azimuth_deg"].to_numpy(dtype=float),
            "hfov_deg": cameras["hfov_deg"].to_numpy(dtype=float),
            "horizontal_px": np.where(np.isnan(audited), given, audited),
            "range_m": limit,
            "near_m": np.where(np.isfinite(near), near, 0.0),
            "far_limit_m": np.fmin(limit, far),
            # What is not known of a height is left out: the distance is then along the ground.
            "drop_m": np.where(np.isnan(drop), 0.0, drop),
            # A dome that turns may zoom too; the inventory does not say.
            "zooms": (kind.eq("ptz") | turns).to_numpy(),
            "turns": turns.to_numpy() | kind.eq("ptz").to_numpy(),
            "own_px_per_m": _own_density(cameras["target_level"], standard),
            "own_distance_m": facts["target_distance_m"].to_numpy(dtype=float)[of],
        }
    )


def _slant(
    cameras: gpd.GeoDataFrame,
    views: pd.DataFrame,
    standard: Standard,
    *,
    form: DistanceForm,
    target_height_m: float,
) -> SlantLoss:
    density = {each.name: each.px_per_m for each in levels(standard.levels)}
    if LEVEL not in density:
        return SlantLoss(0, 0, 0)
    return slant_loss(
        cameras, horizontal_px=views["horizontal_px"].to_numpy(dtype=float),
        px_per_m=density[LEVEL], target_height_m=target_height_m, form=form,
    )  # fmt: skip


def _own_density(names: pd.Series, standard: Standard) -> NDArray[np.float64]:
    """Pixels per metre of the level that a camera is meant to reach, where it is a known one."""
    found: dict[str, float] = {}
    for name in names.dropna().unique():
        try:
            found[name] = find_level(str(name), standard.levels).px_per_m
        except InputError:  # free text, not a level: the standard's own holds
            continue
    return names.map(found).to_numpy(dtype=float)


def _judge(
    criterion: Criterion,
    standard: Standard,
    views: pd.DataFrame,
    facts: pd.DataFrame,
    *,
    year: int,
    targets: pd.DataFrame | None,
    form: DistanceForm,
) -> Statuses:
    """Judge one criterion for each camera."""
    name = criterion.criterion
    if name in WORDS:
        return judge_words(facts[name], criterion.accepted)
    of, count = views["of"].to_numpy(dtype=np.intp), len(facts)
    if name == "resolution":
        across = judge_numbers(views["horizontal_px"], low=criterion.min, high=criterion.max)
        status = all_by(across, of, count)
        if criterion.min_megapixels is None:
            return status
        size = judge_numbers(facts["megapixels"], low=criterion.min_megapixels, high=None)
        return np.where(status == UNKNOWN, size, status).astype(np.int8)
    if name == "target_density":
        return _at_targets(criterion, standard, views, facts.index, targets=targets, form=form)
    if name == "view_density":
        shares = _view_shares(criterion, standard, views, form=form)
        status = judge_numbers(shares, low=criterion.min, high=None)
        return all_by(status, of, count)
    values = year - facts["installed_year"] if name == "age_years" else facts[name]
    return judge_numbers(values, low=criterion.min, high=criterion.max)


def _at_targets(
    criterion: Criterion,
    standard: Standard,
    views: pd.DataFrame,
    ids: pd.Index,
    *,
    targets: pd.DataFrame | None,
    form: DistanceForm,
) -> Statuses:
    needed = views["own_px_per_m"].fillna(standard.px_per_m(criterion)).to_numpy()
    at_distance = judge_density(
        views["horizontal_px"], views["hfov_deg"],
        distance_m=views["own_distance_m"].fillna(criterion.distance_m).to_numpy(),
        px_per_m=needed, zooms=views["zooms"], range_m=views["range_m"],
        drop_m=views["drop_m"], form=form,
    )  # fmt: skip
    status = all_by(at_distance, views["of"].to_numpy(dtype=np.intp), len(ids))
    if targets is None or targets.empty:
        return status
    at_points = judge_targets(views, targets, px_per_m=needed, form=form).reindex(ids)
    return np.where(at_points.notna(), at_points.fillna(UNKNOWN), status).astype(np.int8)


def _view_shares(
    criterion: Criterion, standard: Standard, views: pd.DataFrame, *, form: DistanceForm
) -> NDArray[np.float64]:
    """Share of each view at the level or above, of its ground at the level that bounds it."""
    part, far = (
        _ends(views, standard.px_per_m(criterion, of_level=bounding), form=form)
        for bounding in (False, True)
    )
    return np.asarray(view_share(part, near_m=views["near_m"], far_m=far))


def _ends(views: pd.DataFrame, px_per_m: float, *, form: DistanceForm) -> NDArray[np.float64]:
    return np.asarray(
        view_ends_m(
            views["horizontal_px"], views["hfov_deg"], px_per_m,
            near_m=views["near_m"], range_m=views["far_limit_m"], drop_m=views["drop_m"],
            form=form,
        )
    )  # fmt: skip


def _levels(
    views: pd.DataFrame, standard: Standard, count: int, *, form: DistanceForm
) -> pd.DataFrame:
    """Count the cameras that reach each level at their target, and measure their views."""
    by_name = {each.criterion: each for each in standard.criteria}
    target, view = by_name.get("target_density"), by_name.get("view_density")
    table = levels(standard.levels)
    fallback = np.nan if target is None or target.distance_m is None else target.distance_m
    distance = views["own_distance_m"].fillna(fallback).to_numpy()
    bound = min(each.px_per_m for each in table)
    if view is not None:
        bound = standard.px_per_m(view, of_level=True)
    far, near = _ends(views, bound, form=form), views["near_m"].to_numpy()
    angle = np.radians(views["hfov_deg"].to_numpy())
    whole = np.nansum(angle * (far**2 - near**2))
    of = views["of"].to_numpy(dtype=np.intp)
    sized = views["horizontal_px"].notna() & views["hfov_deg"].notna()
    known = all_by(judge(sized, np.ones(len(views), bool)), of, count) == PASS
    rows = []
    for level in table:
        at_target = judge_density(
            views["horizontal_px"], views["hfov_deg"], distance_m=distance,
            px_per_m=level.px_per_m, range_m=views["range_m"], drop_m=views["drop_m"], form=form,
        )  # fmt: skip
        reach = (all_by(at_target, of, count) == PASS) & known
        part = np.minimum(_ends(views, level.px_per_m, form=form), far)
        seen = np.nansum(angle * np.maximum(part**2 - near**2, 0.0))
        rows.append(
            {
                "level": level.name,
                "px_per_m": level.px_per_m,
                "cameras_known": int(known.sum()),
                "cameras_unknown": int(count - known.sum()),
                "reach_target": int(reach.sum()),
                "reach_target_share": reach.sum() / known.sum() if known.any() else np.nan,
                "view_share": seen / whole if whole > 0 else np.nan,
            }
        )
    return schemas.check(pd.DataFrame(rows), schemas_beside.QualityLevels, "quality levels")


def _by_camera(
    place: gpd.GeoDataFrame,
    facts: pd.DataFrame,
    status: Statuses,
    verdict: Statuses,
    standard: Standard,
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            **{
                name: place[name].to_numpy()
                for name in ("camera_id", "borough_code", "operator", "ownership")
            },
            "verdict": pd.Series(verdict).map(_VERDICTS).to_numpy(),
            "failed": listed(status == FAIL, standard.names),
            "unknown": listed(status == UNKNOWN, standard.names),
            "illustrative": place["illustrative"].to_numpy(dtype=bool)
            | facts["illustrative"].fillna(value=False).to_numpy(dtype=bool),
        }
    )
    return schemas.check(frame, schemas_beside.QualityByCamera, "quality by camera")
