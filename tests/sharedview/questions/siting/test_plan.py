"""Siting by hand on two squares, its tables, what it must not tell, and a real part of London."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.base import datasets
from coverage_model.base.errors import InfeasibleError, InputError
from coverage_model.base.key_figures import KeyFigures
from coverage_model.base.schemas import check
from coverage_model.optics.pixel_density import find_level
from coverage_model.optics.sectors import view_sectors
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.demand import demand_depth
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.streets import read_streets
from coverage_model.sight.visibility import visible_areas
from sharedview.questions.registry import load_scenario
from sharedview.questions.siting import tables as siting_tables
from sharedview.questions.siting.candidates import demand_points, private_operators
from sharedview.questions.siting.max_coverage import maximise_coverage
from sharedview.questions.siting.options import SitingOptions
from sharedview.questions.siting.plan import Setting, Siting, site_cameras, siting_setting

CRS = 27700
PRICES = {
    "register_gbp_per_camera": 50.0,
    "integrate_gbp_per_camera": 1000.0,
    "integrate_gbp_per_operator": 5000.0,
    "camera_new_gbp": 17_000.0,
}
AREAS = gpd.GeoDataFrame(
    {"area_code": ["W", "E"], "area_name": ["West", "East"]},
    geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)],
    crs=CRS,
)
# Far apart, so that no new camera sees two of them.
POINTS = [(100, 100), (300, 100), (500, 100), (700, 100), (1300, 100), (1500, 100)]


def demand(weights: Sequence[float] = (1, 2, 3, 1, 2, 1)) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"demand_id": [f"D{n}" for n in range(6)], "weight": np.asarray(weights, dtype=float)},
        geometry=[shapely.Point(xy) for xy in POINTS],
        crs=CRS,
    )


def views(rows: Sequence[tuple[Any, ...]]) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Cameras that see the 20 m around a point: id, ownership, integration, operator, point."""
    names = ("camera_id", "ownership", "integration", "operator", "at")
    frame = pd.DataFrame(rows, columns=list(names))
    frame["view_basis"] = "given"
    frame["illustrative"] = False
    frame["azimuth_deg"] = 0.0
    at = [shapely.Point(POINTS[n]) for n in frame.pop("at")]
    frame.index = pd.Index([f"v{n}" for n in range(len(frame))], name="view_id")
    cameras = gpd.GeoDataFrame(frame, geometry=at, crs=CRS)
    return cameras.set_geometry(cameras.buffer(20)), cameras


HAND = [
    ("pub", "public", "integrated", "West", 0),
    ("x1", "private", "registered", "Shop X", 1),
    ("x2", "private", "none", "Shop X", 2),
    ("y1", "private", "none", "Bank Y", 4),
    ("y2", "private", "integrated", "Bank Y", 0),
]


def hand(rows: Sequence[tuple[Any, ...]] = HAND, **more: Any) -> Setting:
    visible, cameras = views(rows)
    return siting_setting(
        visible, AREAS, cameras=cameras, level=find_level("detect"),
        overrides=PRICES, **{"demand": demand(), **more},
    )  # fmt: skip


def solved(budget: float, setting: Setting | None = None, **options: Any) -> Siting:
    return site_cameras(setting or hand(), SitingOptions(budget_gbp=budget, **options))


def ids(found: Siting) -> list[str]:
    frame = found.setting.candidates.frame
    return sorted(frame["candidate_id"].iloc[list(found.plan.chosen)])


def test_what_is_held_today_costs_nothing_and_counts() -> None:
    setting = hand()
    assert setting.demand.points["held"].tolist() == [True, False, False, False, False, False]
    assert setting.held.tolist() == [1.0, 0.0]
    assert setting.totals.tolist() == [7.0, 3.0]
    assert solved(0).plan.objective == 0


def test_the_two_steps_and_the_link_by_hand() -> None:
    # Shop X: 5,000 to link. x1 is registered: 1,000 more, sees 2. x2 is not: 1,050 more, sees 3.
    # Bank Y has an integrated camera in West, y1 stands in East: 5,000 again, 1,050, sees 2.
    # For 6,050 x2 alone is best; for 7,050 both of X: 5,000 + 1,000 + 1,050.
    assert ids(solved(6_049)) == ["x1"]
    assert ids(solved(6_050)) == ["x2"]
    found = solved(7_050)
    assert ids(found) == ["x1", "x2"]
    assert (found.plan.objective, found.plan.cost) == (5.0, 7_050.0)
    found = solved(13_100)
    assert ids(found) == ["x1", "x2", "y1"]
    assert found.plan.cost == 7_050 + 6_050
    # 17,000 more buys one camera at one of the two points of weight 1 that are left.
    found = solved(30_100)
    assert found.plan.objective == 8.0
    assert found.setting.candidates.frame["kind"].iloc[list(found.plan.chosen)].tolist().count(
        "new") == 1  # fmt: skip


def test_an_operator_that_is_linked_in_the_area_pays_no_link() -> None:
    rows = [*HAND[:4], ("y2", "private", "integrated", "Bank Y", 5)]
    assert ids(solved(1_050, hand(rows))) == ["y1"]


def test_cameras_of_one_square_are_one_operator_where_no_name_is_known() -> None:
    rows = [("a", "private", "none", None, 1), ("b", "private", "none", "", 1),
            ("c", "private", "none", None, 3), ("d", "private", "none", "Shop", 1)]  # fmt: skip
    visible, cameras = views(rows)
    known = private_operators(visible, AREAS, cameras=cameras, square_m=500.0)
    assert known.loc["a", "bundle"] == known.loc["b", "bundle"]
    assert known["bundle"].nunique() == 3  # c stands in the next square
    generated = cameras.assign(illustrative=True)
    known = private_operators(visible, AREAS, cameras=generated, square_m=500.0)
    assert known["bundle"].nunique() == 2
    assert set(known["operator"]) == {"not stated"}


def test_a_turning_camera_sees_nothing_for_certain_and_is_counted() -> None:
    visible, cameras = views(HAND)
    turning = visible["camera_id"].isin(["pub", "y2", "x2"])
    visible["view_basis"] = visible["view_basis"].mask(turning, "reach")
    setting = siting_setting(visible, AREAS, cameras=cameras, level=find_level("detect"),
                             demand=demand(), overrides=PRICES)  # fmt: skip
    assert not setting.demand.points["held"].any()
    assert "x2" not in set(setting.candidates.frame["candidate_id"])
    assert {note.code: note.count for note in setting.notes} == {"private_turning": 1}


def test_cameras_of_unknown_owner_are_left_out_and_counted() -> None:
    rows = [*HAND, ("u", "unknown", "none", None, 3)]
    setting = hand(rows)
    assert not setting.demand.points["held"].iloc[3]
    assert "u" not in set(setting.candidates.frame["candidate_id"])
    assert {note.code: note.count for note in setting.notes} == {"owner_unknown": 1}


def test_new_cameras_stand_back_and_look_across_their_place() -> None:
    frame = hand().candidates.frame
    new = frame[frame["kind"].eq("new")]
    assert new.groupby("place").size().eq(6).all()  # 360 / 60 degrees
    assert new["place"].nunique() == 5  # places not seen today
    north = new[new["azimuth_deg"].eq(0.0)].geometry
    assert sorted(north.x) == pytest.approx([300, 500, 700, 1300, 1500])
    assert north.y.tolist() == pytest.approx([90] * 5)  # 10 m back
    # Each sees its own place whatever the heading: 10 m is beyond the blind zone of 4.5 m.
    seen = hand().candidates.sees[frame.index[frame["kind"].eq("new")]]
    assert np.diff(seen.indptr).tolist() == [1] * 30


def test_a_wall_hides_what_is_behind_it() -> None:
    wall = gpd.GeoDataFrame(
        {"obstacle_id": ["w"], "height_m": [np.nan]},
        geometry=[shapely.box(480, 95, 520, 97)], crs=CRS,
    )  # fmt: skip
    setting = hand(obstacles=wall)
    frame = setting.candidates.frame
    at = frame.index[frame["kind"].eq("new") & frame.geometry.x.between(480, 520)]
    sees = dict(zip(frame.loc[at, "azimuth_deg"], np.diff(setting.candidates.sees[at].indptr),
                    strict=True))  # fmt: skip
    assert sees == {0: 0, 60: 0, 120: 1, 180: 1, 240: 1, 300: 0}


def test_only_the_kind_asked_for_is_chosen() -> None:
    found = solved(40_000, candidates="integrate")
    kinds = found.setting.candidates.frame["kind"].iloc[list(found.plan.chosen)]
    assert set(kinds) == {"integrate"}
    found = solved(40_000, candidates="new")
    assert found.plan.objective == 3 + 2  # two cameras at the heaviest points not seen
    # The curve shows all three whatever is asked for, up to twice the budget.
    row = found.curve.iloc[-1]
    assert row["budget_gbp"] == 80_000
    assert row["integrate_weight"] == 1 + 7
    assert row["new_weight"] == 1 + 3 + 2 + 2 + 1
    assert row["both_weight"] == 10


def test_the_curve_rises_and_its_proof_stands_above_it() -> None:
    curve = siting_tables.curve_table(solved(30_000))
    for column in ("integrate_weight", "new_weight", "both_weight", "greedy_weight"):
        assert curve[column].is_monotonic_increasing
    assert (curve["both_weight"] >= curve[["integrate_weight", "new_weight"]].max(axis=1)).all()
    assert (curve["bound_weight"] >= curve["both_weight"]).all()
    assert (curve["greedy_weight"] <= curve["both_weight"]).all()
    step = curve["both_weight"].diff() / 7_500 * 100_000
    assert curve["more_per_100k_gbp"][1:].tolist() == pytest.approx(step[1:].tolist())


def test_a_floor_is_kept_and_one_out_of_reach_names_the_area() -> None:
    # 7,050 buys X and leaves East at 0 of 3. With a floor of half, East needs 2: bank y1, 6,050.
    found = solved(13_100, floor_share=0.5)
    after = siting_tables.areas_table(found).set_index("area_code")["covered_share"]
    assert (after >= 0.5).all()
    with pytest.raises(InfeasibleError, match=r"budget_gbp = 7,050"):
        solved(7_050, floor_share=0.5)
    with pytest.raises(InfeasibleError, match="at most 67% of the demand in East"):
        solved(99_000, floor_share=0.9, candidates="integrate")


def test_a_floor_that_takes_too_long_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(problem: Any, **more: Any) -> Any:
        if problem.needs.any():
            raise TimeoutError
        return maximise_coverage(problem, **more)

    monkeypatch.setattr("sharedview.questions.siting.plan.maximise_coverage", slow)
    with pytest.raises(InputError, match=r"Lower siting\.floor_share"):
        solved(13_100, floor_share=0.5)
    # Without a floor the most even choice is only not found: the plan stands in, and says so.
    found = solved(7_050)
    assert found.even_plan is found.plan
    assert "not ruled out" in figures_of(found).set_index("figure").loc["even_least_share", "scope"]


def test_areas_and_the_price_of_evenness_by_hand() -> None:
    found = solved(7_050)
    table = siting_tables.areas_table(found).set_index("area_code")
    assert table.loc["W", ["points", "weight", "held_weight", "covered_weight"]].tolist() == [
        4, 7, 1, 6,
    ]  # fmt: skip
    assert table["cost_gbp"].tolist() == [7_050, 0]
    assert table["cameras_integrated"].tolist() == [2, 0]
    # Most even for 7,050: West holds 1 of 7, East can have 2 of 3 for 6,050; the least is 1/7.
    assert found.even.share == pytest.approx(1 / 7)
    assert table["even_share"].tolist() == pytest.approx([1 / 7, 2 / 3])
    figures = figure_values(found)
    assert figures["least_share"] == 0
    assert figures["even_least_share"] == pytest.approx(1 / 7)
    assert figures["even_price"] == 5 - 2


def figures_of(found: Siting) -> pd.DataFrame:
    visible, _ = views(HAND)
    return siting_tables.figures_table(
        found,
        steps=siting_tables.steps_table(found.setting, visible=visible),
        areas=siting_tables.areas_table(found),
        illustrative=False,
    )


def figure_values(found: Siting) -> pd.Series:
    return figures_of(found).set_index("figure")["value"]


def test_the_key_figures_agree_with_the_tables() -> None:
    found = solved(30_100)
    table, value = figures_of(found), figure_values(found)
    check(table, KeyFigures, "figures")
    assert value["demand"] == 10
    assert value["held_share"] == 0.1
    assert value["covered"] == 1 + 8
    assert value["gain"] == 8
    assert (value["integrated"], value["operators"], value["new"]) == (3, 2, 1)
    assert value["cost"] == 30_100
    assert value["gap"] == 0
    assert value["integrate_gain"] == 7
    assert value["new_gain"] == 3  # one camera at the heaviest point
    ends = table.set_index("figure").loc["covered", ["low", "high"]].astype(float)
    assert ends["low"] <= value["covered"] <= ends["high"]
    assert set(table["basis"]) == {"model", "assumption"}


def test_registering_and_integrating_are_apart_in_the_steps() -> None:
    visible, _ = views(HAND)
    steps = siting_tables.steps_table(hand(), visible=visible).set_index("step")
    # x2 and y1 are not registered; x1 is. Links: X in West for the registered, and Y in East.
    assert steps["cameras"].tolist() == [0, 2, 1, 3]
    assert steps["cost_gbp"].tolist() == [0, 100, 6_000, 100 + 3_000 + 10_000]
    assert steps["live_weight"].tolist() == [1, 1, 3, 8]
    assert steps["known_weight"].tolist() == [3, 8, 3, 8]
    assert steps.loc["integrate_all", "live_share"] == 0.8


def test_picks_number_operators_and_only_the_restricted_table_has_names_and_places() -> None:
    found = solved(30_100)
    picks = siting_tables.picks_table(found)
    assert picks["what"].tolist()[:2] == ["Private operator 1, West", "Private operator 1, East"]
    assert picks["gain_weight"].tolist()[:2] == [5, 2]
    assert picks["cost_gbp"].tolist()[:2] == [7_050, 6_050]
    assert picks["gain_per_100k_gbp"].iloc[0] == pytest.approx(5 / 7_050 * 100_000)
    assert picks["cost_so_far_gbp"].iloc[-1] == found.plan.cost
    assert picks["weight_so_far"].iloc[-1] == 1 + found.plan.objective
    open_tables = (picks, siting_tables.areas_table(found), figures_of(found), found.curve)
    for table in open_tables:
        text = table.to_csv()
        assert "Shop X" not in text
        assert "x1" not in text
        assert not {"easting_m", "northing_m", "geometry"} & set(table.columns)
    positions = siting_tables.positions_table(found).set_index("candidate_id")
    assert positions["marking"].str.contains("SENSITIVE").all()
    assert positions.loc["x1", "operator"] == "Shop X"
    assert positions.loc["x1", ["easting_m", "northing_m"]].tolist() == [300, 100]


def test_among_equals_areas_take_turns() -> None:
    equal = demand([1] * 6)
    setting = hand(HAND[:1], demand=equal)
    found = solved(2 * 17_000, setting)
    # West has 1 of 4 seen and East 0 of 2: East first, then West, where a second would be 2 of 2.
    table = siting_tables.areas_table(found)
    assert table["cameras_new"].tolist() == [1, 1]


def test_polygons_and_streets_become_points_that_keep_their_weight() -> None:
    visible, _ = views(HAND)
    lots = gpd.GeoDataFrame(
        {"demand_id": ["big", "small", "point"], "weight": [8.0, 2.0, 1.0]},
        geometry=[shapely.box(0, 0, 100, 100), shapely.box(500, 500, 501, 501),
                  shapely.Point(700, 700)], crs=CRS,
    )  # fmt: skip
    found = demand_points(AREAS, visible=visible, demand=lots, step_m=50.0).points
    assert found["demand_id"].str.split("/").str[0].value_counts().to_dict() == {
        "big": 4, "small": 1, "point": 1,
    }  # fmt: skip
    assert found["weight"].tolist() == [2, 2, 2, 2, 2, 1]
    lines = gpd.GeoDataFrame(
        {"street_id": ["s"]}, geometry=[shapely.LineString([(0, 0), (100, 0)])], crs=CRS
    )
    along = demand_points(AREAS, visible=visible, streets=lines, step_m=25.0)
    assert along.points.geometry.x.tolist() == [12.5, 37.5, 62.5, 87.5]
    assert along.points["weight"].tolist() == [25.0] * 4
    assert along.unit == "m of street"


def test_demand_outside_all_areas_is_counted() -> None:
    far = demand().set_geometry(demand().translate(-600))
    setting = hand(demand=far)
    assert setting.demand.outside == 3
    assert {note.code: note.count for note in setting.notes}["demand_outside"] == 3


def test_no_demand_in_any_area_is_an_answer_too() -> None:
    away = demand().set_geometry(demand().translate(90_000))
    found = solved(17_000, hand(demand=away))
    assert found.setting.demand.outside == 6
    assert found.plan.chosen == ()
    assert len(siting_tables.picks_table(found)) == 0
    assert len(siting_tables.positions_table(found)) == 0
    assert siting_tables.areas_table(found)["covered_share"].isna().all()
    assert figure_values(found)["demand"] == 0
    nobody = hand([("pub", "public", "integrated", "West", 0)], demand=away)
    assert solved(17_000, nobody).plan.objective == 0


def test_no_private_camera_and_no_demand() -> None:
    alone = solved(17_000, hand(HAND[:1]))
    assert alone.plan.objective == 3
    assert alone.curve["integrate_weight"].eq(1).all()
    nothing = solved(17_000, hand(demand=demand([0] * 6)))
    assert nothing.plan.objective == 0
    assert np.isnan(figure_values(nothing)["held_share"])


def test_options_are_checked(tmp_path: Any) -> None:
    file = tmp_path / "s.toml"
    file.write_text('[siting]\nbudget_gbp = -1\nfloor_share = 2\ncandidates = "old"\n')
    with pytest.raises(InputError) as error:
        load_scenario(file)
    assert len(error.value.faults) == 3
    file.write_text('[siting]\nbudget_gbp = 5000\ndemand = "crime.csv"\n')
    (tmp_path / "crime.csv").write_text("here\n")
    assert load_scenario(file).options(SitingOptions).demand == tmp_path / "crime.csv"


@pytest.mark.shared
def test_fitzrovia_with_its_streets_and_buildings(shared_data: Any) -> None:
    """Saved case: junctions as demand and places, TfL's cameras today, buildings in the way."""
    london = shared_data / "london"
    areas = datasets.boroughs("full")
    streets = read_streets(london / "fitzrovia.osm")
    buildings = read_obstacles(london / "fitzrovia_buildings.geojson")
    jamcams = read_cameras(shared_data / "cameras" / "tfl_jamcams_2024-04.geojson", areas=areas)
    level = find_level("detect")
    visible = visible_areas(view_sectors(jamcams.frame, level=level), buildings.frame)
    junctions = gpd.GeoDataFrame(
        {"demand_id": streets.junctions["junction_id"], "weight": 1.0},
        geometry=streets.junctions.geometry, crs=CRS,
    )  # fmt: skip
    setting = siting_setting(
        visible, areas, cameras=jamcams.frame, level=level, demand=junctions,
        junctions=streets.junctions, obstacles=buildings.frame,
    )  # fmt: skip
    # TfL publishes no headings: its cameras could reach junctions and see none for certain.
    assert setting.held.sum() == 0
    found = site_cameras(setting, SitingOptions(budget_gbp=10 * 17_000))
    assert found.plan.status == "optimal"
    assert len(found.plan.chosen) == 10
    assert found.plan.objective == 42
    # Measured apart from the model: what the chosen views see of the junctions.
    rows = setting.candidates.frame.iloc[list(found.plan.chosen)]
    assert rows["place"].is_unique
    chosen = jamcams.frame.iloc[[0] * 10].assign(
        camera_id=rows["candidate_id"].to_numpy(), camera_type="fixed", view_basis="assumed",
        azimuth_deg=rows["azimuth_deg"].to_numpy(), vfov_deg=36.0, tilt_deg=10.0,
        mount_height_m=4.0,
    ).set_geometry(rows.geometry.to_numpy(), crs=CRS)  # fmt: skip
    seen = visible_areas(view_sectors(chosen, level=level), buildings.frame)
    assert (demand_depth(seen, junctions) > 0).sum() == 42
    curve = found.curve.set_index("budget_gbp")["new_weight"]
    assert curve[170_000.0] == 42
    assert curve[340_000.0] == 72
