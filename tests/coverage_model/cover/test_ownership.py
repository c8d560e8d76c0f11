from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from shapely import box

from coverage_model.base import schemas, schemas_beside
from coverage_model.cover.coverage import coverage_faces
from coverage_model.cover.mosaic import mosaic
from coverage_model.cover.ownership import integration_gain, redundant_views

CRS = "EPSG:27700"


def row() -> gpd.GeoDataFrame:
    """Three views in a row, each overlapping the next by 1 m; one of an unknown owner far off."""
    return gpd.GeoDataFrame(
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


def tiers(visible: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return mosaic(visible, visible.iloc[:0]).tiers


def test_tiers_are_merged() -> None:
    found = tiers(row())
    assert found["tier"].tolist() == ["public_only", "private_only", "both", "unknown_only"]
    assert found["area_m2"].tolist() == pytest.approx([6, 1, 2, 2])
    assert found.crs == CRS
    assert (
        found.geometry[0].normalize()
        == shapely.MultiPolygon([box(0, 0, 3, 1), box(6, 0, 9, 1)]).normalize()
    )


def test_tiers_are_connected_across_tiles() -> None:
    # A view over the corner of four tiles, and another that shares its western half.
    visible = row().iloc[:2].set_geometry([box(400, 400, 600, 600), box(400, 400, 500, 600)])
    visible = visible.set_crs(CRS)
    found = tiers(visible).set_index("tier")
    assert found["area_m2"].to_dict() == {"public_only": 20_000, "both": 20_000}
    assert found.geometry["public_only"].equals(shapely.MultiPolygon([box(500, 400, 600, 600)]))
    assert found.is_valid.all()
    assert shapely.get_num_geometries(found.geometry.to_numpy()).tolist() == [1, 1]


def test_the_union_of_the_tiers_is_the_covered_ground() -> None:
    visible = row()
    before = visible.copy(deep=True)
    covered = coverage_faces(visible)["area_m2"].sum()
    assert tiers(visible)["area_m2"].sum() == pytest.approx(covered)
    assert_geodataframe_equal(visible, before)


def test_nothing_covered() -> None:
    found = tiers(row().iloc[:0])
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
