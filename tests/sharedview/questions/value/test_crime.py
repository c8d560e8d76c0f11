"""Crime by borough and type: nothing lost on the way to unit costs, and unknown stays unknown."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.base import datasets
from coverage_model.base.errors import InputError, MissingFileError
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, find_level
from coverage_model.optics.sectors import view_sectors
from coverage_model.reading.demand import read_demand
from coverage_model.reading.illustrative import illustrative_frame
from coverage_model.sight.visibility import visible_areas
from sharedview.questions.value import crime

CITY, CAMDEN = "E09000001", "E09000007"


def test_every_crime_has_one_part_and_a_price_or_openly_none() -> None:
    parts = crime.crime_parts()
    assert parts.groupby("crime_type")["part_share"].sum().to_numpy() == pytest.approx(1)
    assert parts["share_of_crime"].sum() == pytest.approx(1)
    assert not parts.loc[parts["unit_cost_gbp"].isna(), "counted"].any()
    assert not parts.loc["robbery", "counted"]
    every = crime.crime_parts(counted="all")
    assert (every["counted"] == every["unit_cost_gbp"].notna()).all()
    mix = crime.borough_mix(parts)
    assert mix.index[mix.isna().any(axis=1)].tolist() == [CITY]
    assert mix.drop(CITY).sum(axis=1).to_numpy() == pytest.approx(1)


def test_unit_costs_are_those_read_and_their_range_spans_both_sets() -> None:
    read = crime.crime_parts(counted="all")
    price = read["unit_cost_gbp"]
    assert price["violence_with_injury"] == 10_407
    assert price["violence_without_injury"] == 1_440
    assert price["sexual_other"] == price["rape"] == 31_438
    assert price["robbery"] == 7_282
    assert price["burglary_dwelling"] == 3_268
    assert price["theft_of_vehicle"] == price["theft_other"] == 844
    assert price["arson"] == price["criminal_damage"] == 866
    unpriced = {"burglary_other", "drugs", "fraud_forgery", "other_notifiable", "violence_other"}
    assert set(price.index[price.isna()]) == unpriced
    assert (read["price_year"] == 2003).all()
    assert read.loc["robbery", ["unit_cost_low_gbp", "unit_cost_high_gbp"]].tolist() == [
        7_282, 11_320,
    ]  # fmt: skip
    newer = crime.crime_parts(unit_costs="rr99", counted="all")
    assert newer.loc["robbery", "unit_cost_gbp"] == 11_320
    assert newer.loc["robbery", "unit_cost_low_gbp"] == 7_282
    assert np.isnan(newer.loc["theft_other", "unit_cost_gbp"])


def test_harm_of_a_crime_in_camden_by_hand() -> None:
    parts = crime.crime_parts()
    harm = crime.harm_per_crime(crime.borough_mix(parts), parts)
    # Of 32,777: burglary 2,922 of which 65.48 % at home, damage 1,781, theft 17,627.
    by_hand = (2_922 * 0.6548 * 3_268 + 1_781 * 866 + 17_627 * 844) / 32_777
    assert harm[CAMDEN] == pytest.approx(by_hand)
    assert np.isnan(harm[CITY])


def test_the_city_has_no_crime_figure() -> None:
    crimes = crime.recorded_crimes()
    assert crimes.index[crimes.isna()].tolist() == [CITY]
    assert crimes[CAMDEN] == 38_455


def test_effects_keep_their_marks() -> None:
    found = crime.effects()
    assert found.loc["wf_other", "effect_share"] == 0.07
    assert found.loc["piza_active", "mark"] == "assumption"
    assert found.loc["piza_all", "mark"] == "read"


def test_share_in_view_counts_public_views_alone() -> None:
    box = shapely.box
    visible = gpd.GeoDataFrame(
        {
            "camera_id": ["P", "Q", "R"],
            "ownership": ["public", "private", "public"],
            "view_basis": ["given", "given", "reach"],
        },
        geometry=[box(0, 0, 5, 10), box(0, 0, 10, 10), box(0, 0, 20, 10)],
        crs=27700,
    )
    points = gpd.GeoDataFrame(
        {"weight": [3.0, 1.0, 5.0, 7.0]},
        geometry=gpd.points_from_xy([1, 7, 15, 99], [5, 5, 5, 99]),
        crs=27700,
    )
    areas = gpd.GeoDataFrame(
        {"area_code": ["A", "B", "C"]},
        geometry=[box(0, 0, 10, 10), box(10, 0, 20, 10), box(20, 0, 30, 10)],
        crs=27700,
    )
    found = crime.share_in_view(visible, points, areas)
    assert found["A"] == pytest.approx(3 / 4)
    assert found["B"] == 0
    assert np.isnan(found["C"])


def test_times_of_day_make_a_day() -> None:
    blocks = crime.time_of_day()
    assert blocks["hours_per_day"].sum() == 24
    assert blocks["crime_share"].sum() == pytest.approx(1)
    assert blocks.loc[blocks["peak"], "hours_per_day"].sum() == 10


def test_own_times_of_day(tmp_path: Path) -> None:
    file = tmp_path / "hours.csv"
    file.write_text("block,hours_per_day,crime_share,peak\nday,16,0.5,no\nnight,8,0.5,Yes\n")
    blocks = crime.time_of_day(file)
    assert blocks["label"].tolist() == ["day", "night"]
    assert blocks["low"].tolist() == blocks["high"].tolist() == [0.5, 0.5]
    assert blocks["peak"].tolist() == [False, True]


def test_every_fault_of_the_times_of_day_at_once(tmp_path: Path) -> None:
    file = tmp_path / "hours.csv"
    file.write_text(
        "block,hours_per_day,crime_share,peak,low,high\n"
        "day,16,0.5,perhaps,0.4,0.6\nday,9,0.5,no,0.6,0.7\nnight,x,0.3,yes,0.1,0.4\n"
    )
    with pytest.raises(InputError) as error:
        crime.time_of_day(file)
    said = str(error.value)
    for part in ("named twice", "neither yes nor no", "hours_per_day is not", "adds up to 1.3",
                 "outside low to high"):  # fmt: skip
        assert part in said
    file.write_text("block,hours_per_day\nday,24\n")
    with pytest.raises(InputError, match="crime_share, peak"):
        crime.time_of_day(file)
    with pytest.raises(MissingFileError):
        crime.time_of_day(tmp_path / "none.csv")


@pytest.mark.shared
def test_mix_and_splits_are_those_of_the_police_files(shared_data: Path) -> None:
    source = pd.read_csv(shared_data.parent / "facts" / "borough_crime_mps_2012_13.csv")
    source = source.set_index("ons_code").sort_index()
    ours = crime.crimes_by_type()
    assert ours.index.tolist() == source.index.tolist()
    assert (ours == source[ours.columns]).all(axis=None)
    monthly = pd.read_csv(shared_data / "london" / "mps_crime_borough_with_codes.csv")
    monthly = monthly[monthly["Code"].notna()]
    months = [name for name in monthly if name.isdigit() and "201204" <= name <= "201303"]
    assert len(months) == 12
    minor = monthly.groupby("MinorText")[months].sum().sum(axis=1)
    share = crime.crime_parts()["part_share"]
    burglary = minor["Domestic Burglary"] + minor["Burglary Business and Community"]
    theft, violence = ours["theft_handling"].sum(), ours["violence_against_the_person"].sum()
    sexual = minor["Rape"] + minor["Other Sexual Offences"]
    vehicle = minor["Theft or Taking of a Motor Vehicle"] + minor["Aggravated Vehicle Taking"]
    for part, expected in {
        "burglary_dwelling": minor["Domestic Burglary"] / burglary,
        "arson": minor["Arson"] / (minor["Arson"] + minor["Criminal Damage"]),
        "rape": minor["Rape"] / sexual,
        "theft_of_vehicle": vehicle / theft,
        "theft_from_vehicle": minor["Theft from a Motor Vehicle"] / theft,
        "theft_from_person": minor["Theft from Person"] / theft,
        "violence_with_injury": (minor["Violence with Injury"] + minor["Homicide"]) / violence,
        "violence_without_injury": minor["Violence without Injury"] / violence,
    }.items():
        assert share[part] == pytest.approx(expected, abs=6e-5), part


@pytest.mark.shared
def test_illustrative_cameras_of_islington_see_these_crimes(shared_data: Path) -> None:
    cameras = illustrative_frame(private_per_public=0.0)
    cameras = cameras[cameras["borough_code"] == "E09000019"]
    visible = visible_areas(view_sectors(cameras, level=find_level(DEFAULT_LEVEL)), None)
    points = read_demand(shared_data / "london" / "crime_points_2018-04_met.geojson").frame
    areas = datasets.boroughs("full")
    share = crime.share_in_view(visible, points, areas)
    # A saved case: illustrative cameras, fixed views as plain cones, turning ones left out.
    assert share["E09000019"] == pytest.approx(0.0689, abs=5e-4)
    assert share["E09000033"] == 0
    # The same from one polygon of all views.
    shape = areas.set_index("area_code").geometry["E09000019"]
    inside = points[points.intersects(shape)]
    union = shapely.union_all(visible.loc[visible["view_basis"] != "reach"].geometry.array)
    shapely.prepare(union)
    seen = inside["weight"][shapely.intersects(union, inside.geometry.to_numpy())].sum()
    assert share["E09000019"] == pytest.approx(seen / inside["weight"].sum(), abs=1e-9)
