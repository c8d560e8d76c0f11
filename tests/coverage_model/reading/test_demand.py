from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.reading import demand as demand_module
from coverage_model.reading.demand import demand_depth, read_demand


def visible(*rows):
    return gpd.GeoDataFrame(
        {
            "camera_id": [camera for camera, _, _ in rows],
            "view_basis": [basis for _, basis, _ in rows],
        },
        geometry=[geometry for _, _, geometry in rows],
        crs=27700,
    )


def spots(*places):
    return gpd.GeoDataFrame(
        {"weight": 1.0},
        geometry=gpd.points_from_xy(*zip(*places, strict=True)),
        crs=27700,
        index=[f"p{i}" for i in range(len(places))],
    )


def test_police_files(tmp_path):
    path = tmp_path / "street.csv"
    path.write_text(
        "Crime ID,Month,Longitude,Latitude,Location\n"
        "a,2024-01,-0.106220,51.518275,On or near B500\n"
        "a,2024-01,-0.106220,51.518275,On or near B500\n"
        ",2024-01,,,No Location\n",
        encoding="utf-8",
    )
    found = read_demand(path)
    assert found.frame["weight"].tolist() == [1, 1]
    assert found.frame["demand_id"].tolist() == ["row-2", "row-3"]
    assert (found.log.rows_read, found.log.items_read) == (3, 2)
    assert [n.rows for n in found.log.notes if n.code == "no_place"] == [("row 4",)]
    assert found.log.count("weight_one") == 3


def test_weights_and_points_elsewhere(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("lon,lat,crimes,people\n-0.12,51.51,3,10\n-5.06,50.26,2,20\n", encoding="utf-8")
    found = read_demand(path)
    assert found.frame["weight"].tolist() == [3, 2]
    assert found.log.count("outside_london") == 1
    assert read_demand(path, weight_column="people").frame["weight"].sum() == 30
    assert read_demand(path, crs="EPSG:3035").frame.crs.to_epsg() == 3035


def test_depth_counts_cameras_not_views_and_no_reach():
    views = visible(
        ("A", "given", shapely.box(0, 0, 10, 10)),
        ("A", "assumed", shapely.box(5, 0, 15, 10)),
        ("B", "given", shapely.box(8, 0, 20, 10)),
        ("C", "reach", shapely.box(0, 0, 100, 100)),
        ("D", "given", shapely.Polygon()),
    )
    points = spots((1, 5), (6, 5), (9, 5), (12, 5), (18, 5), (50, 50), (0, 0))
    depth = demand_depth(views, points)
    assert depth.tolist() == [1, 1, 2, 2, 1, 0, 1]
    assert list(depth.index) == list(points.index)
    assert demand_depth(views.iloc[:0], points).tolist() == [0] * 7
    assert demand_depth(views, points.iloc[:0]).empty


def test_chunks_change_nothing(monkeypatch):
    rng = np.random.default_rng(3)
    cameras = rng.integers(0, 40, 200)
    discs = shapely.buffer(shapely.points(rng.uniform(0, 100, (200, 2))), rng.uniform(1, 20, 200))
    views = visible(*((f"C{c}", "given", disc) for c, disc in zip(cameras, discs, strict=True)))
    points = spots(*rng.uniform(0, 100, (300, 2)))
    whole = demand_depth(views, points)
    monkeypatch.setattr(demand_module, "_PAIRS_AT_ONCE", 7)
    pd.testing.assert_series_equal(demand_depth(views, points), whole)
    merged = views.dissolve("camera_id").geometry
    truth = [int(merged.intersects(point).sum()) for point in points.geometry]
    assert whole.tolist() == truth


@pytest.mark.shared
def test_real_points(shared_data):
    folder = shared_data / "london"
    crime = read_demand(folder / "crime_points_2018-04_met.geojson")
    assert len(crime.frame) == 31_477
    assert 80 <= crime.log.count("outside_london") <= 95
    city = read_demand(folder / "2024-01-city-of-london-street.csv")
    raw = pd.read_csv(folder / "2024-01-city-of-london-street.csv")
    assert len(city.frame) == raw["Longitude"].notna().sum()
    assert city.log.count("no_place") == raw["Longitude"].isna().sum() > 0
    people = read_demand(folder / "london_lsoa2011_points_population.csv", weight_column="pop_2011")
    assert people.frame["weight"].sum() == 8_173_941
