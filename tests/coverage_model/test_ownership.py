from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from shapely import box

from coverage_model.coverage import coverage_faces
from coverage_model.ownership import ownership_areas

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
