"""What can be set beside each other for boroughs: one long table, each figure with its origin.

.. code-block:: text

    cameras_per_1000_residents   = 1000 · cameras / residents
    cameras_per_street_km        = cameras / (street length / 1000)
    opex_gbp_per_camera          = published yearly cost / the cameras it pays for
    operators_per_100_cameras    = 100 · operators on duty / the cameras they watch
    staff_per_100_cameras        = 100 · staff of all shifts / the cameras they watch
    crimes_per_camera            = recorded crimes of a year / cameras
    modelled_cost_gbp_per_camera = yearly cost of a room of its own under the cost model / cameras
    modelled_cameras_per_post    = cameras / operators on duty under the cost model

and shares as they were measured: ground, streets and demand in view, and cameras that reach the
standard. A figure that is not known has a row without a value. The year of a row is that of its
cameras or cost; where a second figure is of another year, that stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_model.base import datasets, observations
from coverage_model.base.errors import Faults
from coverage_model.base.schemas import check
from optimisation.results import Plan
from sharedview.questions.benchmark.schemas import Comparators

UNITS = {
    "cameras_per_1000_residents": "cameras per 1,000 residents",
    "cameras_per_street_km": "cameras per km of street",
    "opex_gbp_per_camera": "GBP per camera and year",
    "operators_per_100_cameras": "operators on duty per 100 cameras",
    "staff_per_100_cameras": "staff per 100 cameras",
    "crimes_per_camera": "crimes a year per camera",
    "covered_share": "share of the area",
    "streets_seen_share": "share of street length",
    "demand_in_view_share": "share of demand",
    "standard_reached_share": "share of cameras",
    "system_age_years": "years",
    "modelled_cost_gbp_per_camera": "GBP per camera and year",
    "modelled_cameras_per_post": "cameras per operator on duty",
}
LABELS = {
    "cameras_per_1000_residents": "Cameras per 1,000 residents",
    "cameras_per_street_km": "Cameras per km of street",
    "opex_gbp_per_camera": "Yearly cost per camera, published",
    "operators_per_100_cameras": "Operators on duty per 100 cameras, published",
    "staff_per_100_cameras": "Staff per 100 cameras, published",
    "crimes_per_camera": "Crimes a year per camera",
    "covered_share": "Ground in view",
    "streets_seen_share": "Streets in view",
    "demand_in_view_share": "Demand in view",
    "standard_reached_share": "Cameras that reach the standard",
    "system_age_years": "Age of the system before its renewal",
    "modelled_cost_gbp_per_camera": "Yearly cost per camera, modelled",
    "modelled_cameras_per_post": "Cameras per operator, modelled",
}
COLUMNS = (
    "year", "second_year", "scope_class", "scope", "confidence", "basis", "source",
)  # fmt: skip
RESIDENTS_YEAR, CRIMES_YEAR = 2020, 2023
RESIDENTS = "residents: ONS mid-2020"
CRIMES = "crimes: MPS, twelve months to July 2023"
# Known by one run of one program: comparable whatever the year.
COMPUTED = ("model", "inventory", "illustrative")


@dataclass(frozen=True)
class Measured:
    """What a run measured of the boroughs.

    Parameters
    ----------
    coverage
        :class:`coverage_model.base.schemas.CoverageByArea`, by borough; None for none.
    streets
        :class:`coverage_model.base.schemas.StreetCoverage`; None without a street network.
    quality
        An audit of image quality: ``area_code``, ``reached_share`` and, if known, ``scope``.
    illustrative
        Whether the cameras were generated.
    """

    coverage: pd.DataFrame | None = None
    streets: pd.DataFrame | None = None
    quality: pd.DataFrame | None = None
    illustrative: bool = False


def camera_counts(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of cameras to compare by, each with its origin.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`. Where its numbers were counted from an
        inventory, those are taken, and a borough without any camera in it is not known; otherwise
        the published ones, and a number that was filled in by a rule is not known.

    Returns
    -------
    DataFrame
        Index as given: ``borough, cameras`` and the columns of origin.

    Examples
    --------
    >>> from optimisation.territory import borough_inputs
    >>> int(camera_counts(borough_inputs())["cameras"].isna().sum())
    2
    """
    frame = boroughs[["borough"]].copy()
    counted = boroughs["cameras_basis"] == "inventory"
    published = observations.cctv_counts().set_index("borough_code").reindex(frame.index)
    # An inventory need not cover every borough: none there is not known to be none.
    found = boroughs["cameras"].where(boroughs["cameras"] > 0)
    frame["cameras"] = published["cameras"].astype(float).where(~counted, found)
    frame["year"] = published["year"].where(~counted)
    frame["second_year"] = pd.array([pd.NA] * len(frame), dtype="Int64")
    known = frame["cameras"].notna()
    origin = {
        "scope_class": "inventory",
        "scope": "public cameras of the inventory given",
        "confidence": "as the inventory",
        "source": "inventory given",
    }
    for column, text in origin.items():
        frame[column] = published[column].where(~counted, text).where(known, "").fillna("")
    frame["basis"] = np.select([~known, counted], ["unknown", "inventory"], "published")
    return frame


def comparators(
    boroughs: pd.DataFrame, *, today: Plan, measured: Measured | None = None
) -> pd.DataFrame:
    """Put everything that is known of the boroughs into one long table.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`.
    today
        Every borough with its own room, costed under one scenario.
    measured
        What cameras see and what they are worth as evidence; nothing by default.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.benchmark.schemas.Comparators`, by measure and borough.

    Raises
    ------
    InputError
        If the audit of image quality lacks a column or has shares outside 0 to 1.
    """
    seen = measured or Measured()
    counts = camera_counts(boroughs)
    facts = datasets.borough_facts().reindex(counts.index)
    parts = [
        _residents(counts, facts),
        _streets(counts, seen.streets),
        *(_published(counts, name) for name in ("opex_gbp_per_camera", "operators_per_100_cameras",
                                                "staff_per_100_cameras")),
        _crimes(counts, facts),
        *_seen(counts, seen),
        _published(counts, "system_age_years"),
        *_modelled(counts, today),
    ]  # fmt: skip
    frame = pd.concat(parts, ignore_index=True)
    frame["year"] = frame["year"].astype("Int64")
    frame["second_year"] = frame["second_year"].astype("Int64")
    return check(frame, Comparators, "comparators")


def published_comparators() -> pd.DataFrame:
    """Return the embedded costs, operators and ages, each with the cameras it is about.

    Examples
    --------
    >>> published_comparators()["measure"].value_counts()["opex_gbp_per_camera"]
    np.int64(6)
    """
    path = datasets.data_dir() / "facts" / "borough_comparators.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    for column in ("amount", "cameras"):
        frame[column] = pd.to_numeric(frame[column])
    for column in ("year", "cameras_year"):
        frame[column] = pd.to_numeric(frame[column]).astype("Int64")
    return frame


def _rows(counts: pd.DataFrame, measure: str, values: pd.Series, **origin: object) -> pd.DataFrame:
    """Return the rows of a measure: the origin of the counts unless given; blank where unknown."""
    frame = counts[["borough", *COLUMNS]].assign(**origin)
    frame["value"] = values.astype(float).where(np.isfinite(values.astype(float)))
    unknown = frame["value"].isna()
    for column in ("scope_class", "scope", "confidence", "source"):
        frame[column] = frame[column].mask(unknown, "").fillna("")
    frame["basis"] = frame["basis"].mask(unknown, "unknown")
    for column in ("year", "second_year"):
        frame[column] = frame[column].mask(unknown)
    frame.insert(0, "borough_code", frame.index)
    frame.insert(2, "measure", measure)
    frame.insert(3, "label", LABELS[measure])
    frame.insert(4, "unit", UNITS[measure])
    return frame.reset_index(drop=True)


def _residents(counts: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    values = 1000 * counts["cameras"] / facts["population_2020"]
    source = counts["source"] + "; " + RESIDENTS
    return _rows(
        counts, "cameras_per_1000_residents", values, source=source, second_year=RESIDENTS_YEAR
    )


def _crimes(counts: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    values = facts["mps_crimes_12m_to_2023_07"] / counts["cameras"].where(counts["cameras"] > 0)
    source = counts["source"] + "; " + CRIMES
    return _rows(counts, "crimes_per_camera", values, source=source, second_year=CRIMES_YEAR)


def _streets(counts: pd.DataFrame, streets: pd.DataFrame | None) -> pd.DataFrame:
    length = _by_area(streets, "street_length_m", counts.index) / 1000
    source = counts["source"] + "; streets: network given"
    values = counts["cameras"] / length.where(length > 0)
    return _rows(counts, "cameras_per_street_km", values, source=source)


def _published(counts: pd.DataFrame, measure: str) -> pd.DataFrame:
    facts = published_comparators()
    found = facts[facts["measure"] == measure].set_index("borough_code").reindex(counts.index)
    per = found["cameras"]
    factor = 100 if measure.endswith("per_100_cameras") else 1
    values = found["amount"] if measure == "system_age_years" else factor * found["amount"] / per
    return _rows(
        counts,
        measure,
        values,
        basis="published",
        year=found["year"],
        second_year=found["cameras_year"].where(found["cameras_year"] != found["year"]),
        **{name: found[name] for name in ("scope_class", "scope", "confidence", "source")},
    )


def _seen(counts: pd.DataFrame, seen: Measured) -> list[pd.DataFrame]:
    """Return the shares in view and the share of cameras that reach the standard."""
    origin = {
        "basis": "illustrative" if seen.illustrative else "model",
        "scope_class": "model",
        "scope": "what views of the inventory see",
        "confidence": "generated cameras" if seen.illustrative else "as the inventory",
        "source": "coverage of this run",
        "year": pd.NA,
    }
    # Nor is ground known to be unseen where the inventory has no camera.
    some = _by_area(seen.coverage, "cameras", counts.index) > 0
    covered = _by_area(seen.coverage, "covered_share", counts.index).where(some)
    demand = _by_area(seen.coverage, "demand_covered_share", counts.index).where(some)
    streets = _by_area(seen.streets, "street_seen_share", counts.index).where(some)
    audit = seen.quality
    if audit is not None:
        _check_audit(audit)
    reached = _by_area(audit, "reached_share", counts.index)
    standard = dict(origin, scope="cameras that reach the standard of the audit")
    if audit is not None and "scope" in audit:
        standard["scope"] = audit.set_index("area_code")["scope"].reindex(counts.index)
    return [
        _rows(counts, "covered_share", covered, **origin),
        _rows(counts, "streets_seen_share", streets, **origin),
        _rows(counts, "demand_in_view_share", demand, **origin),
        _rows(counts, "standard_reached_share", reached, **standard),
    ]


def _modelled(counts: pd.DataFrame, today: Plan) -> list[pd.DataFrame]:
    """Return what the cost model says of boroughs with a room of their own."""
    own = [room for room in today.rooms if len(room.members) == 1 and room.watched]
    codes = [room.site_code for room in own]
    cameras = pd.Series([room.cameras for room in own], index=codes, dtype=float)
    cost = pd.Series([room.cost_gbp_per_year for room in own], index=codes, dtype=float)
    posts = pd.Series([room.posts for room in own], index=codes, dtype=float)
    origin = {
        "basis": "model",
        "scope_class": "model",
        "scope": "a room of its own under one cost model, for the number of cameras planned with",
        "confidence": "as the coefficients",
        "source": f"scenario {today.scenario_name}",
        "year": pd.NA,
    }
    per_camera = (cost / cameras.where(cameras > 0)).reindex(counts.index)
    per_post = (cameras / posts.where(posts > 0)).reindex(counts.index)
    return [
        _rows(counts, "modelled_cost_gbp_per_camera", per_camera, **origin),
        _rows(counts, "modelled_cameras_per_post", per_post, **origin),
    ]


def _by_area(frame: pd.DataFrame | None, column: str, codes: pd.Index) -> pd.Series:
    """Return a column by area code, not a number where there is none."""
    if frame is None or column not in frame:
        return pd.Series(np.nan, index=codes)
    return pd.to_numeric(frame.set_index("area_code")[column]).reindex(codes).astype(float)


def _check_audit(audit: pd.DataFrame) -> None:
    faults = Faults("audit of image quality")
    missing = [name for name in ("area_code", "reached_share") if name not in audit]
    if missing:
        faults.add("columns are missing", "Give area_code and reached_share", rows=missing)
        faults.raise_if_any()
    share = pd.to_numeric(audit["reached_share"], errors="coerce")
    wrong = audit["area_code"][~share.between(0, 1) & audit["reached_share"].notna()]
    if len(wrong):
        faults.add("reached_share lies outside 0 to 1", "Give shares, not percent", rows=wrong)
    twice = audit["area_code"][audit["area_code"].duplicated()]
    if len(twice):
        faults.add("an area has two rows", "Give one row an area", rows=twice)
    faults.raise_if_any()
