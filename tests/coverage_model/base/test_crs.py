from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from coverage_model.base import crs as crs_module
from coverage_model.base.crs import (
    WORKING_CRS,
    grid_convergence_deg,
    is_national_grid,
    parse_crs,
    source_crs,
    to_crs,
)
from coverage_model.base.errors import CRSError

# Ordnance Survey's OSTN15 test data (ETRS89 longitude and latitude, National Grid), and the worked
# example of its guide, the Caister water tower.
OS_POINTS = {
    "TP05": (-1.45051433700, 50.93127937910, 438710.920, 114792.250),
    "TP07": (1.44454730409, 51.37447025550, 639821.835, 169565.858),
    "TP09 London": (-0.11992557180, 51.48936564950, 530624.974, 178388.464),
    "TP12": (-2.15458614387, 52.25529381630, 389544.190, 261912.153),
    "Caister": (1.716073973, 52.658007833, 651409.804, 313177.450),
}


def points(x, y, crs):
    return gpd.GeoSeries.from_xy(x, y, crs=crs)


@pytest.mark.parametrize("name", OS_POINTS)
def test_os_control_points_both_ways(name):
    lon, lat, east, north = OS_POINTS[name]
    grid, shift = to_crs(points([lon], [lat], "EPSG:4326"), WORKING_CRS)
    assert shift.method.startswith("OSTN15")
    assert abs(grid.x[0] - east) <= 0.001
    assert abs(grid.y[0] - north) <= 0.001
    back, _ = to_crs(points([east], [north], WORKING_CRS), "EPSG:4326")
    assert abs(back.x[0] - lon) < 2e-8
    assert abs(back.y[0] - lat) < 1e-8


def test_round_trip_within_a_millimetre_and_near_helmert_over_london():
    rng = np.random.default_rng(1)
    east, north = rng.uniform(503_000, 562_000, 2000), rng.uniform(155_000, 201_000, 2000)
    start = points(east, north, WORKING_CRS)
    degrees, _ = to_crs(start, "EPSG:4326")
    again, _ = to_crs(degrees, WORKING_CRS)
    assert start.distance(again).max() < 0.001
    helmert = pyproj.Transformer.from_pipeline("EPSG:1314")  # OSGB36 to WGS 84 (6)
    osgb = pyproj.Transformer.from_crs(27700, 4277, always_xy=True).transform(east, north)
    lat, lon = helmert.transform(osgb[1], osgb[0])
    metres = np.hypot((lon - degrees.x) * 111_320 * 0.622, (lat - degrees.y) * 111_200)
    assert metres.min() > 1.2
    assert metres.max() < 2.2


def test_other_datums_meet_the_grid_through_ostn15():
    lon, lat, east, north = OS_POINTS["TP09 London"]
    mercator, same = to_crs(points([lon], [lat], "EPSG:4326"), "EPSG:3857")
    assert same.method == "none"
    for crs, geometry in {"EPSG:3857": mercator, "EPSG:4258": points([lon], [lat], 4258)}.items():
        grid, shift = to_crs(geometry, WORKING_CRS)
        assert shift.method.startswith("OSTN15"), crs
        assert np.hypot(grid.x[0] - east, grid.y[0] - north) < 0.0015
    utm, shift = to_crs(points([east], [north], WORKING_CRS), "EPSG:32630")
    assert shift.method.startswith("OSTN15")
    direct, _ = to_crs(points([lon], [lat], "EPSG:4326"), "EPSG:32630")
    assert utm.distance(direct).max() < 0.001


def test_within_one_datum_nothing_is_shifted():
    geographic, shift = to_crs(points([530000.25], [180000.75], WORKING_CRS), "EPSG:4277")
    assert shift.method == "none"
    back, _ = to_crs(geographic, WORKING_CRS)
    assert np.hypot(back.x[0] - 530000.25, back.y[0] - 180000.75) < 1e-6


def test_outside_the_grid_falls_back_and_says_so():
    frame = gpd.GeoDataFrame(
        {"name": ["London", "Paris", "nowhere", "none"]},
        geometry=[shapely.Point(-0.12, 51.5), shapely.Point(2.35, 48.86), shapely.Point(), None],
        crs="EPSG:4326",
        index=["a", "b", "c", "d"],
    )
    converted, shift = to_crs(frame, WORKING_CRS)
    assert list(converted.index) == ["a", "b", "c", "d"]
    assert "1 geometries outside" in shift.method
    assert "Helmert" in shift.method
    assert np.isfinite(converted.geometry["b"].x)
    assert converted.geometry["c"].is_empty
    assert converted.geometry["d"] is None
    assert frame.crs.to_epsg() == 4326
    _, shift = to_crs(frame.iloc[[1]], WORKING_CRS)
    assert shift.method == "Helmert (PROJ, about 2 m off in London)"
    assert shift.accuracy_m == 2.0


def test_a_polygon_across_the_edge_of_the_grid_stays_whole():
    polygon = shapely.box(1.0, 50.0, 3.5, 52.0)
    converted, shift = to_crs(gpd.GeoSeries([polygon], crs="EPSG:4326"), WORKING_CRS)
    assert "Helmert" in shift.method
    assert converted.is_valid.all()
    assert np.isfinite(converted.total_bounds).all()


def test_proj_grid_is_used_where_installed(monkeypatch):
    monkeypatch.setattr(crs_module, "_proj_has_ostn15", lambda: True)
    _, shift = to_crs(points([-0.12], [51.5], "EPSG:4326"), WORKING_CRS)
    assert shift.method == "OSTN15 (PROJ grid)"


def test_national_grid_is_recognised_without_a_code():
    esri = pyproj.CRS(27700).to_wkt("WKT1_ESRI")
    assert is_national_grid(pyproj.CRS(esri))
    bound = "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +datum=OSGB36"
    assert is_national_grid(pyproj.CRS(bound))
    assert not is_national_grid(pyproj.CRS(32630))
    assert not is_national_grid(pyproj.CRS(4277))
    same, shift = to_crs(points([530000.5], [180000.5], esri), WORKING_CRS)
    assert shift.method == "none"
    assert same.x[0] == 530000.5


@pytest.mark.parametrize(("crs", "metre"), [("EPSG:27700", 1.0), ("EPSG:5070", 1.0)])
def test_grid_convergence_against_a_step_to_true_north(crs, metre):
    lonlat = {"EPSG:27700": [(-0.1, 51.5), (-4.0, 55.0)], "EPSG:5070": [(-90, 35), (-100, 35)]}[crs]
    lon, lat = np.array(lonlat).T
    transformer = pyproj.Transformer.from_crs(pyproj.CRS(crs).geodetic_crs, crs, always_xy=True)
    x0, y0 = transformer.transform(lon, lat)
    x1, y1 = transformer.transform(lon, lat + 1e-4)
    # true azimuth 0 has grid azimuth -convergence
    stepped = -np.degrees(np.arctan2(x1 - x0, y1 - y0))
    found = grid_convergence_deg(points(x0, y0, crs))
    assert np.allclose(found, stepped, atol=1e-3)
    assert found[0] > 0 > found[1]


def test_convergence_of_missing_points_is_missing():
    series = gpd.GeoSeries([None, shapely.Point(), shapely.Point(530000, 180000)], crs=27700)
    assert np.isnan(grid_convergence_deg(series)).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("crs", "words"),
    [
        ("EPSG:999999", "unknown CRS"),
        ("London", "unknown CRS"),
        ("EPSG:4326", "not a projected CRS"),
        ("EPSG:2263", "US survey foot"),
    ],
)
def test_unfit_working_crs(crs, words):
    with pytest.raises(CRSError, match=words):
        parse_crs(crs)


def test_frames_without_crs_and_unknown_codes():
    with pytest.raises(CRSError, match="has no CRS"):
        to_crs(gpd.GeoSeries.from_xy([0], [0]), WORKING_CRS)
    with pytest.raises(CRSError, match="unknown CRS 'EPSG:1'"):
        source_crs("EPSG:1")
    assert parse_crs(27700) == pyproj.CRS(27700)
