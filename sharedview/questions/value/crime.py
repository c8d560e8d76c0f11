"""Recorded crime by borough, its mix by type, what a crime costs society, and when it happens.

How many crimes a borough has comes from one file and year (Metropolitan Police, twelve months to
July 2023), how they are mixed by type from another (2012/13): of the latter only the mix is used.
Each type is split into parts by the police's own monthly figures, and each part is mapped to a unit
cost or, openly, to none (``data/facts/crime_types.csv``). Unit costs stay in prices of their own
years: no index of prices was at hand. The City of London has its own police and no row in either
file, so what happens there is unknown, not zero.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base import datasets
from coverage_model.base.errors import Faults
from coverage_model.base.schemas import check
from coverage_model.reading.areas import area_of_points
from coverage_model.reading.demand import demand_depth
from coverage_model.reading.plain_table import read_table
from coverage_model.reading.source import without_options
from optimisation.territory import CRIMES
from sharedview.questions.value.schemas import CrimeParts, TimeOfDay

UnitCosts = Literal["or_30_05", "rr99"]
Counted = Literal["property", "all"]
Floats = NDArray[np.float64]

UNIT_COST_SETS: tuple[UnitCosts, ...] = ("or_30_05", "rr99")
CRIMES_YEAR = 2023
HOURS_OF_A_DAY = 24.0
_ROUNDING = 0.005


def recorded_crimes() -> pd.Series:
    """Return the crimes recorded in each borough in the twelve months to July 2023.

    Returns
    -------
    Series
        Index ``borough_code``; not a number for the City of London.

    Examples
    --------
    >>> int(recorded_crimes().isna().sum())
    1
    """
    return datasets.borough_facts()[CRIMES].rename("crimes_per_year").astype(float)


def crime_parts(
    *, unit_costs: UnitCosts = "or_30_05", counted: Counted = "property"
) -> pd.DataFrame:
    """Return the parts that recorded crime is split into, with what a crime of each costs.

    Parameters
    ----------
    unit_costs
        ``or_30_05`` (Home Office OR 30/05, prices of 2003, read) or ``rr99`` (Home Office Research
        Report 99, prices of 2015/16, an assumption).
    counted
        Whether to price ``property`` crime alone, at which reviewers say cameras should aim, or
        ``all`` crime.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.value.schemas.CrimeParts`, index ``part``. The range of a unit
        cost spans both sets. ``counted`` parts have a unit cost and are of the kind asked for.

    Examples
    --------
    >>> parts = crime_parts()
    >>> float(parts.loc["theft_other", "unit_cost_gbp"]), bool(parts.loc["robbery", "counted"])
    (844.0, False)
    """
    return _crime_parts(unit_costs, counted).copy()


@lru_cache(maxsize=4)
def _crime_parts(unit_costs: UnitCosts, counted: Counted) -> pd.DataFrame:
    table = _facts("crime_types").set_index("part")
    prices = _facts("crime_unit_costs")
    prices["unit_cost_gbp"] = pd.to_numeric(prices["unit_cost_gbp"])
    by_set = pd.DataFrame(index=table.index)
    for name in UNIT_COST_SETS:
        rows = prices[prices["unit_cost_set"] == name].set_index("cost_type")
        by_set[name] = table[name].map(rows["unit_cost_gbp"])
    chosen = prices[prices["unit_cost_set"] == unit_costs]
    is_property = table["property"] == "yes"
    wanted = is_property if counted == "property" else pd.Series(True, index=table.index)
    value = by_set[unit_costs]
    totals = crimes_by_type().sum()
    frame = pd.DataFrame(
        {
            "crime_type": table["crime_type"],
            "label": table["label"],
            "part_share": pd.to_numeric(table["part_share"]),
            "property_crime": is_property,
            "unit_cost_gbp": value,
            "unit_cost_low_gbp": by_set.min(axis=1).where(value.notna()),
            "unit_cost_high_gbp": by_set.max(axis=1).where(value.notna()),
            "price_year": chosen["price_year"].astype(int).iloc[0],
            "counted": wanted & value.notna(),
            "note": table["note"].fillna(""),
        },
        index=table.index,
    )
    share = frame["crime_type"].map(totals / totals.sum()) * frame["part_share"]
    frame.insert(3, "share_of_crime", share)
    return check(frame.reset_index(), CrimeParts, "crime types").set_index("part")


def crimes_by_type() -> pd.DataFrame:
    """Return recorded crime of 2012/13 by borough and type, for its mix alone.

    Returns
    -------
    DataFrame
        Index ``borough_code`` (32, without the City of London), one column a type.

    Examples
    --------
    >>> crimes_by_type().shape
    (32, 9)
    """
    frame = _facts("crime_by_type_2012_13").set_index("borough_code")
    types = list(dict.fromkeys(_facts("crime_types")["crime_type"]))
    return frame[types].apply(pd.to_numeric)


def borough_mix(parts: pd.DataFrame) -> pd.DataFrame:
    """Return which share of a borough's crime each part makes up.

    Parameters
    ----------
    parts
        From :func:`crime_parts`.

    Returns
    -------
    DataFrame
        Index ``borough_code`` (all boroughs of the facts), columns the parts; each known row sums
        to 1, the City of London's is unknown.

    Examples
    --------
    >>> mix = borough_mix(crime_parts())
    >>> round(float(mix.loc["E09000007"].sum()), 6)
    1.0
    """
    types = crimes_by_type()
    shares = types.div(types.sum(axis=1), axis=0)
    columns = {
        part: shares[str(row["crime_type"])] * float(row["part_share"])
        for part, row in parts.iterrows()
    }
    return pd.DataFrame(columns).reindex(datasets.borough_facts().index)


def harm_per_crime(mix: pd.DataFrame, parts: pd.DataFrame) -> pd.Series:
    """Return what the average recorded crime of a borough costs society, counted parts alone.

    Parameters
    ----------
    mix, parts
        From :func:`borough_mix` and :func:`crime_parts`.

    Returns
    -------
    Series
        Pounds a crime, in prices of the unit costs; parts that are not counted add nothing.
    """
    price = parts["unit_cost_gbp"].where(parts["counted"], 0.0)
    return (mix[parts.index] * price).sum(axis=1, skipna=False).rename("harm_gbp_per_crime")


def share_in_view(
    visible: gpd.GeoDataFrame, points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> pd.Series:
    """Measure which share of crime points public cameras see, by borough.

    Parameters
    ----------
    visible
        :class:`coverage_model.base.schemas.VisibleAreas`; views of private cameras are left out,
        since no control room watches them, and reach is no view.
    points
        :class:`coverage_model.base.schemas.DemandPoints` of crimes, points or polygons.
    areas
        :class:`coverage_model.base.schemas.Areas`: the boroughs.

    Returns
    -------
    Series
        Index ``area_code``; not a number where there is no point. Points are anchors that many
        crimes share, so this is a density and not the place of an incident.
    """
    public = visible[visible["ownership"] == "public"]
    spots = points.set_geometry(points.representative_point())
    weight = spots["weight"].astype(float)
    seen = weight.where(demand_depth(public, spots).gt(0), 0.0)
    codes = pd.Series(area_of_points(spots.geometry, areas), index=spots.index)
    sums = pd.DataFrame({"weight": weight, "seen": seen}).groupby(codes).sum()
    share = sums["seen"] / sums["weight"].where(sums["weight"] > 0)
    return share.reindex(areas["area_code"]).rename("in_view_share")


def effects() -> pd.DataFrame:
    """Return how much crime reviews found cameras to prevent, by setting, with their sources.

    Examples
    --------
    >>> float(effects().loc["piza_all", "effect_share"])
    0.13
    """
    frame = _facts("cctv_effects")
    frame["effect_share"] = pd.to_numeric(frame["effect_share"])
    frame["year"] = pd.to_numeric(frame["year"]).astype("Int64")
    frame["note"] = frame["note"].fillna("")
    return frame.set_index("effect")


_TIME_NEEDED = ("block", "hours_per_day", "crime_share", "peak")
_TIME_COLUMNS: dict[str, tuple[str, ...]] = dict.fromkeys(
    (*_TIME_NEEDED, "label", "low", "high"), ()
)


def time_of_day(path: Path | None = None) -> pd.DataFrame:
    """Return the blocks of the day with the share of crime in each.

    Parameters
    ----------
    path
        A CSV file of your own with ``block, hours_per_day, crime_share, peak`` (yes or no), and
        if known ``label, low, high``; None for the embedded blocks, whose shares are assumptions.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.value.schemas.TimeOfDay`, in the order of the file.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        With every fault: columns that are missing, blocks named twice, values out of range, hours
        that do not make a day, shares that do not make the whole.

    Examples
    --------
    >>> time_of_day()["hours_per_day"].sum()
    np.float64(24.0)
    """
    source = "time of day" if path is None else path
    faults = Faults(source)
    if path is None:
        frame = _facts("crime_by_time_of_day")
    else:
        with without_options():
            table = read_table(path, columns=_TIME_COLUMNS, needed=_TIME_NEEDED)
        frame = table.rows.replace("", None)
    frame = frame.assign(label=frame.get("label", frame["block"]))
    for name in ("low", "high"):
        frame[name] = frame[name] if name in frame else frame["crime_share"]
    _check_blocks(frame, faults)
    faults.raise_if_any()
    numbers = ["hours_per_day", "crime_share", "low", "high"]
    frame[numbers] = frame[numbers].apply(pd.to_numeric)
    frame["peak"] = frame["peak"].str.strip().str.casefold() == "yes"
    columns = ["block", "label", *numbers, "peak"]
    return check(frame[columns], TimeOfDay, source)


def _check_blocks(frame: pd.DataFrame, faults: Faults) -> None:
    """Note every block that cannot be meant."""
    rows = frame["block"].fillna("blank")
    if twice := sorted(rows[rows.duplicated()]):
        faults.add("blocks are named twice", "Give each a name of its own", rows=twice)
    said = frame["peak"].fillna("").str.strip().str.casefold()
    if (wrong := ~said.isin(["yes", "no"])).any():
        faults.add("peak is neither yes nor no", "Say yes or no", rows=rows[wrong])
    limits = {"hours_per_day": HOURS_OF_A_DAY, "crime_share": 1.0, "low": 1.0, "high": 1.0}
    sums = {"hours_per_day": HOURS_OF_A_DAY, "crime_share": 1.0}
    values = {name: pd.to_numeric(frame[name], errors="coerce") for name in limits}
    for name, most in limits.items():
        wrong = ~values[name].between(0.0, most)
        if wrong.any():
            faults.add(f"{name} is not a number from 0 to {most:g}", "Correct it", rows=rows[wrong])
        elif name in sums and abs(values[name].sum() - sums[name]) > _ROUNDING:
            faults.add(f"{name} adds up to {values[name].sum():g}", f"It must make {sums[name]:g}")
    outside = (values["low"] > values["crime_share"]) | (values["high"] < values["crime_share"])
    if outside.any():
        faults.add("crime_share lies outside low to high", "Correct the range", rows=rows[outside])


@lru_cache(maxsize=8)
def _read(name: str) -> pd.DataFrame:
    path = datasets.data_dir() / "facts" / f"{name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def _facts(name: str) -> pd.DataFrame:
    return _read(name).copy()
