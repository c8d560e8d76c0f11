from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from shapely import box

from coverage_model.base import schemas, schemas_beside
from coverage_model.cover.coverage import coverage_faces
from coverage_model.cover.ownership import integration_gain, ownership_areas, redundant_views

CRS = "EPSG:27700"


def faces() -> gpd.GeoDataFrame:
    # Three views in a row, each overlapping the next by 1 m, and one of unknown ownership far off.
    visible = gpd.GeoDataFrame(
        {
            "camera_id": list("abcd"),
            "ownership": ["public", "private", "public", "unknown"],
            "integration": "none",
            "view_basis": "given",
            "level": "detect",
        },
        geometry=[box(0, 0, 4, 1), box(3, 0, 6, 1), box(5, 0, 9, 1), box(20, 0, 22, 1)],
        crs=CRS,
    )
    return coverage_faces(visible)


def test_tiers_are_merged() -> None:
    found = ownership_areas(faces())
    assert found["tier"].tolist() == ["public_only", "private_only", "both", "unknown_only"]
    assert found["area_m2"].tolist() == pytest.approx([6, 1, 2, 2])
    assert found.crs == CRS
    assert (
        found.geometry[0].normalize()
        == shapely.MultiPolygon([box(0, 0, 3, 1), box(6, 0, 9, 1)]).normalize()
    )


def test_tiers_are_cut_along_borders() -> None:
    areas = gpd.GeoDataFrame(
        {"area_code": ["E", "W"], "area_name": ["East", "West"]},
        geometry=[box(3.5, 0, 10, 1), box(0, 0, 3.5, 1)],
        crs=CRS,
    )
    found = ownership_areas(faces(), areas)
    rows = list(zip(found["area_code"], found["tier"], found["area_m2"], strict=True))
    expected = [
        ("E", "public_only", 3),
        ("E", "private_only", 1),
        ("E", "both", 1.5),
        ("W", "public_only", 3),
        ("W", "both", 0.5),
    ]
    assert [row[:2] for row in rows] == [row[:2] for row in expected]
    assert [row[2] for row in rows] == pytest.approx([row[2] for row in expected])


def test_the_union_of_the_tiers_is_the_covered_ground() -> None:
    covered = faces()
    before = covered.copy(deep=True)
    assert ownership_areas(covered)["area_m2"].sum() == pytest.approx(covered["area_m2"].sum())
    assert_geodataframe_equal(covered, before)


def test_nothing_covered() -> None:
    found = ownership_areas(faces().iloc[:0])
    assert list(found.columns) == ["tier", "area_m2", "geometry"]
    assert len(found) == 0


def control_room():
    """Six views on a line of unit height: who sees what can be read off the numbers.

    Public A 0..4 and B 1..3 (inside A), integrated private C 6..8; registered shops D 3..7 (adds
    4..6), E 5..9 (adds 5..6 and 8..9), and F, of E's owner, 8..9 again. G turns: reach only.
    """
    spans = {
        "A": (0, 4, "public", "integrated", "Camden"),
        "B": (1, 3, "public", "integrated", "Camden"),
        "C": (6, 8, "private", "integrated", "A bank"),
        "D": (3, 7, "private", "registered", "A shop"),
        "E": (5, 9, "private", "registered", "An inn"),
        "F": (8, 9, "private", "registered", "An inn"),
        "G": (0, 99, "private", "registered", None),
        "H": (20, 30, "private", "none", "A home"),
    }
    shared = {
        "camera_id": list(spans),
        "ownership": [each[2] for each in spans.values()],
        "integration": [each[3] for each in spans.values()],
        "view_basis": ["reach" if name == "G" else "given" for name in spans],
        "level": "observe",
        "borough_code": "E1",
    }
    index = pd.Index(list(spans), name="view_id")
    visible = gpd.GeoDataFrame(
        shared,
        index=index,
        geometry=[shapely.box(each[0], 0, each[1], 1) for each in spans.values()],
        crs="EPSG:27700",
    )
    cameras = gpd.GeoDataFrame(
        {**shared, "operator": [each[4] for each in spans.values()]},
        index=index,
        geometry=[shapely.Point(each[0] + 0.5, 0.5) for each in spans.values()],
        crs="EPSG:27700",
    )
    areas = gpd.GeoDataFrame(
        {"area_code": ["E1", "E2"], "area_name": ["West", "East"]},
        geometry=[shapely.box(0, 0, 5.5, 1), shapely.box(5.5, 0, 100, 1)],
        crs="EPSG:27700",
    )
    return visible, areas, cameras


def test_what_registered_cameras_would_add_by_hand():
    visible, areas, cameras = control_room()
    found = integration_gain(visible, areas, cameras=cameras)
    schemas.check(found.by_area, schemas_beside.IntegrationGainByArea, "gain")
    schemas.check(found.by_operator, schemas_beside.IntegrationGainByOperator, "gain")
    assert found.held_m2 == pytest.approx(6)  # 0..4 and 6..8
    assert found.gain_m2 == pytest.approx(3)  # 4..6 and 8..9
    by_area = found.by_area.set_index("area_name")
    assert by_area["gain_m2"].to_dict() == pytest.approx({"West": 1.5, "East": 1.5})
    assert by_area["held_m2"].to_dict() == pytest.approx({"West": 4, "East": 2})
    assert by_area["gain_share_of_held"].to_dict() == pytest.approx({"West": 0.375, "East": 0.75})
    # E stands at 5.5, on the border, and counts in the first area.
    assert by_area["cameras_registered"].to_dict() == {"West": 3, "East": 1}
    assert by_area["cameras_reach_only"].to_dict() == {"West": 1, "East": 0}
    shops = found.by_operator.set_index("operator")
    assert shops["gain_m2"].to_dict() == pytest.approx({"A shop": 2, "An inn": 2, "not stated": 0})
    # 5..6 is seen by both: each would add it, neither alone.
    assert shops["gain_alone_m2"].to_dict() == pytest.approx(
        {"A shop": 1, "An inn": 1, "not stated": 0}
    )
    assert shops["cameras_registered"].to_dict() == {"A shop": 1, "An inn": 2, "not stated": 1}
    assert shops.loc["not stated", "cameras_reach_only"] == 1


def test_gain_without_any_registered_camera_is_nothing():
    visible, areas, cameras = control_room()
    none = visible["integration"].ne("registered")
    found = integration_gain(visible[none], areas, cameras=cameras[none])
    assert found.gain_m2 == 0
    assert found.by_operator.empty
    assert (found.by_area["gain_m2"] == 0).all()


def test_a_view_that_others_hold_whole_by_hand():
    visible, _, cameras = control_room()
    found = schemas.check(
        redundant_views(visible, cameras=cameras), schemas_beside.RedundantViews, "redundant"
    ).set_index("camera_id")
    # Registered D overlaps A, but no control room has its picture.
    assert found["own_m2"].to_dict() == pytest.approx({"B": 0, "A": 2})
    assert found["redundant"].to_dict() == {"B": True, "A": False}
    assert found.loc["A", "held_share"] == pytest.approx(0.5)


def test_two_equal_views_are_both_found_and_several_views_are_one_camera():
    visible, _, cameras = control_room()
    twins = visible.loc[["A", "A", "B"]].set_axis(["A", "T", "B"]).assign(camera_id=["A", "T", "B"])
    found = redundant_views(twins, cameras=cameras).set_index("camera_id")
    assert found["redundant"].all()
    # The same two views as one camera: it holds them alone.
    one = twins.loc[["A", "T"]].assign(camera_id="A").set_axis(["A", "A/2"])
    alone = redundant_views(one, cameras=cameras).set_index("camera_id")
    assert alone.loc["A", ["view_m2", "own_m2"]].tolist() == pytest.approx([4, 4])
    assert not alone.loc["A", "redundant"]
