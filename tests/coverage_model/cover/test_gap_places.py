from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from coverage_model.base.schemas import NamedGaps, check
from coverage_model.cover.coverage import coverage_by_area
from coverage_model.cover.demand_areas import polygon_demand_covered
from coverage_model.cover.gap_places import STREET_WITHIN_M, grid_reference, innermost, named_gaps
from coverage_model.cover.gaps import coverage_gaps
from coverage_model.reading.streets import streets_from_lines

CRS = "EPSG:27700"
X0, Y0 = 530_000.0, 181_000.0


def square(west: float, south: float, east: float, north: float) -> Any:
    return box(X0 + west, Y0 + south, X0 + east, Y0 + north)


def views(*shapes: Any) -> gpd.GeoDataFrame:
    names = [f"c{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        {
            "camera_id": names,
            "ownership": "public",
            "integration": "integrated",
            "view_basis": "given",
            "level": "detect",
        },
        geometry=list(shapes),
        crs=CRS,
        index=names,
    )


def demand(weights: list[float], *shapes: Any) -> gpd.GeoDataFrame:
    names = [f"d{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"demand_id": names, "weight": weights}, geometry=list(shapes), crs=CRS)


AREAS = gpd.GeoDataFrame(
    {"area_code": ["W", "E"], "area_name": ["West", "East"]},
    geometry=[square(0, 0, 500, 500), square(500, 0, 1000, 500)],
    crs=CRS,
)


@pytest.mark.parametrize(
    ("x", "y", "name"),
    [
        (529_912, 181_345, "TQ 2981"),
        (530_000, 180_999, "TQ 3080"),
        (0, 0, "SV 0000"),
        (216_600, 771_200, "NN 1671"),  # Ben Nevis
        (651_409, 313_177, "TG 5113"),  # Caister water tower, OS's worked example
        (463_500, 1_213_500, "HP 6313"),
        (-1, 0, "0 0"),  # outside: coordinates
    ],
)
def test_grid_references(x: float, y: float, name: str) -> None:
    assert grid_reference([Point(x, y)], CRS).tolist() == [name]


def test_elsewhere_a_square_has_no_letters() -> None:
    assert grid_reference([Point(691_608, 5_334_760)], "EPSG:32632").tolist() == ["691600 5334800"]


def test_gaps_without_more_are_named_by_square_and_ranked_by_size() -> None:
    gaps = coverage_gaps(views(square(0, 0, 100, 500)), AREAS)
    named = named_gaps(gaps, AREAS)
    check(named, NamedGaps, "gaps")
    assert named["place"].tolist() == ["East, TQ 3081", "West, TQ 3081"]
    assert named["gap_m2"].tolist() == [250_000, 200_000]
    assert named["rank"].tolist() == [1, 2]
    assert named["gap_id"].tolist() == ["E-0001", "W-0001"]
    columns = ["street_name", "street_distance_m", "nearest_camera_m", "demand_uncovered_weight"]
    assert named[columns].isna().all(axis=None)


def test_demand_goes_before_size_and_streets_give_names() -> None:
    seen = views(square(0, 0, 100, 500))
    gaps = coverage_gaps(seen, AREAS)
    streets = streets_from_lines(
        gpd.GeoDataFrame(
            {"name": ["Mill Lane", None]},
            geometry=[
                LineString([(X0 + 300, Y0), (X0 + 300, Y0 + 500)]),
                LineString([(X0 + 760, Y0), (X0 + 760, Y0 + 500)]),
            ],
            crs=CRS,
        )
    )
    camera = gpd.GeoDataFrame(geometry=[Point(X0 + 50, Y0 + 250)], crs=CRS)
    points = demand(
        [7, 100, 3, 9], *(Point(X0 + x, Y0 + 10) for x in (200, 50, 900, 2000))
    )  # unseen in the west, seen, unseen in the east, outside
    named = named_gaps(gaps, AREAS, visible=seen, cameras=camera, streets=streets, demand=points)
    check(named, NamedGaps, "gaps")
    assert named["area_code"].tolist() == ["W", "E"]
    assert named["demand_uncovered_weight"].tolist() == [7, 3]
    # The western gap is 400 m wide: its innermost point lies on x = 300, on Mill Lane itself and
    # 250 m from the camera; the eastern one is over 400 m from the lane, the only named street.
    assert named["place"].tolist() == ["Mill Lane, West", "East, TQ 3081"]
    assert named["street_distance_m"].iloc[0] == pytest.approx(0, abs=10)
    assert named["nearest_camera_m"].iloc[0] == pytest.approx(250, abs=60)
    assert named["nearest_camera_m"].iloc[1] == pytest.approx(700, abs=10)
    assert STREET_WITHIN_M < 400


def test_a_point_in_a_building_counts_in_the_nearest_gap_of_its_area() -> None:
    seen = views(square(0, 0, 400, 500), square(600, 0, 1000, 500))
    house = gpd.GeoDataFrame(geometry=[square(450, 0, 520, 500)], crs=CRS)
    gaps = coverage_gaps(seen, AREAS, obstacles=house)
    # In the house and in the east, 5 m from the border: the gap of the west is no nearer.
    points = demand([4], Point(X0 + 505, Y0 + 250))
    named = named_gaps(gaps, AREAS, visible=seen, demand=points)
    found = named.set_index("area_code")["demand_uncovered_weight"]
    assert found.to_dict() == {"E": 4, "W": 0}


def test_demand_polygons_count_by_their_ground_in_the_gap() -> None:
    seen = views(square(0, 0, 100, 500))
    house = gpd.GeoDataFrame(geometry=[square(400, 0, 500, 500)], crs=CRS)
    lots = demand([800], square(0, 0, 1000, 500))
    for obstacles, expected in ((None, [400, 320]), (house, [800 * 5 / 9, 800 * 3 / 9])):
        gaps = coverage_gaps(seen, AREAS, obstacles=obstacles)
        named = named_gaps(gaps, AREAS, visible=seen, demand=lots, obstacles=obstacles)
        assert named["demand_uncovered_weight"].tolist() == pytest.approx(expected)
    share = polygon_demand_covered(seen, lots, obstacles=house)
    assert share.tolist() == pytest.approx([1 / 9])


def test_a_polygon_all_under_a_roof_is_unseen_demand() -> None:
    house = gpd.GeoDataFrame(geometry=[square(0, 0, 50, 50)], crs=CRS)
    seen, lots = views(square(0, 0, 500, 500)), demand([5], square(10, 10, 40, 40))
    assert polygon_demand_covered(seen, lots, obstacles=house).tolist() == [0]
    row = coverage_by_area(
        seen,
        AREAS,
        level="detect",
        cameras=seen.set_geometry(seen.geometry.centroid),
        obstacles=house,
        demand=lots,
    ).iloc[0]
    assert (row["demand_weight"], row["demand_covered_weight"]) == (pytest.approx(5), 0)


def test_the_innermost_point_lies_in_the_largest_part() -> None:
    found = innermost(np.array([square(0, 0, 10, 10) | square(100, 0, 300, 200)], dtype=object))
    assert found[0].distance(Point(X0 + 200, Y0 + 100)) < 8


def test_demand_needs_the_views() -> None:
    gaps = coverage_gaps(views(square(0, 0, 100, 500)), AREAS)
    with pytest.raises(ValueError, match="visible"):
        named_gaps(gaps, AREAS, demand=demand([1], Point(X0, Y0)))


def test_no_gap_at_all() -> None:
    seen = views(square(-10, -10, 1010, 510))
    named = named_gaps(coverage_gaps(seen, AREAS), AREAS, visible=seen, cameras=seen)
    check(named, NamedGaps, "gaps")
    assert len(named) == 0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31))
def test_gaps_hold_all_uncovered_demand_of_their_area(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, [900, 400], (12, 2))
    seen = views(*(square(x, y, x + 90, y + 90) for x, y in corner[:6]))
    house = gpd.GeoDataFrame(
        geometry=[square(x, y, x + 60, y + 60) for x, y in corner[6:]], crs=CRS
    )
    spots = [Point(X0 + x, Y0 + y) for x, y in rng.uniform(0, [1000, 500], (40, 2))]
    lots = [square(x, 0, x + 200, 500) for x in range(0, 1000, 200)]
    load = demand(list(rng.uniform(0, 9, 45)), *spots, *lots)
    gaps = coverage_gaps(seen, AREAS, obstacles=house)
    named = named_gaps(gaps, AREAS, visible=seen, demand=load, obstacles=house)
    table = coverage_by_area(
        seen,
        AREAS,
        level="detect",
        cameras=seen.set_geometry(seen.geometry.centroid),
        obstacles=house,
        demand=load,
    ).set_index("area_code")
    missing = table["demand_weight"] - table["demand_covered_weight"]
    found = named.groupby("area_code")["demand_uncovered_weight"].sum()
    assert found.to_dict() == pytest.approx(missing.to_dict())
    assert named["demand_uncovered_weight"].is_monotonic_decreasing


def test_streets_then_junctions_then_places_rank_gaps_of_any_size() -> None:
    seen = views(square(0, 0, 100, 500))
    gaps = coverage_gaps(seen, AREAS)  # the larger one lies east
    west = [
        LineString([(X0 + 200, Y0 + 100), (X0 + 300, Y0 + 100)]),
        LineString([(X0 + 300, Y0 + 100), (X0 + 400, Y0 + 100)]),
        LineString([(X0 + 300, Y0 + 100), (X0 + 300, Y0 + 200)]),
    ]
    streets = streets_from_lines(
        gpd.GeoDataFrame({"name": ["A", "B", "C"]}, geometry=west, crs=CRS)
    )
    named = named_gaps(gaps, AREAS, streets=streets)
    check(named, NamedGaps, "gaps")
    assert named["area_name"].tolist() == ["West", "East"]
    assert named["street_m"].tolist() == [300, 0]
    assert named["junctions"].tolist() == [1, 0]
    stations = gpd.GeoDataFrame(
        {"name": ["Old Street", "Far Street"]},
        geometry=[Point(X0 + 320, Y0 + 250), Point(X0 + 9_000, Y0)],
        crs=CRS,
    )
    named = named_gaps(gaps, AREAS, places=stations)
    assert named["area_name"].tolist() == ["West", "East"]
    assert named["places_near"].tolist() == [1, 0]
    assert named["place"].tolist() == ["near Old Street, West", "East, TQ 3081"]


def test_gaps_by_the_cameras_come_first_where_not_all_areas_were_studied() -> None:
    far = gpd.GeoDataFrame(
        {"area_code": ["N", "F"], "area_name": ["Near", "Far"]},
        geometry=[square(0, 0, 100, 100), square(5_000, 0, 5_400, 400)],
        crs=CRS,
    )
    seen = views(square(0, 0, 10, 10))
    gaps = coverage_gaps(seen, far)
    assert named_gaps(gaps, far, cameras=seen)["area_name"].iloc[0] == "Far"
    named = named_gaps(gaps, far, cameras=seen, whole=False)
    assert named["area_name"].tolist() == ["Near", "Far"]
    assert named["in_study_area"].tolist() == [True, False]
