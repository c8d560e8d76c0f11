from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.base import datasets
from coverage_model.reading.areas import area_of_points, read_areas

GRID = gpd.GeoDataFrame(
    {"WD23CD": ["W2", "W1"], "WD23NM": ["Two\x07", "One"], "note": ["", ""]},
    geometry=[
        shapely.box(530_100, 180_000, 530_200, 180_100),
        shapely.box(530_000, 180_000, 530_100, 180_100),
    ],
    crs=27700,
)


def test_names_by_convention_and_by_argument(tmp_path):
    GRID.to_file(tmp_path / "w.gpkg")
    areas = read_areas(tmp_path / "w.gpkg").frame
    assert areas["area_code"].tolist() == ["W2", "W1"]
    assert areas["area_name"].tolist() == ["Two", "One"]
    swapped = read_areas(tmp_path / "w.gpkg", code_column="WD23NM", name_column="WD23CD").frame
    assert swapped["area_name"].tolist() == ["W2", "W1"]
    assert areas.crs.to_epsg() == 27700
    assert read_areas(tmp_path / "w.gpkg", crs="EPSG:32630").frame.crs.to_epsg() == 32630


@pytest.mark.parametrize(
    "columns",
    [("area_code", "area_name"), ("GSS_CODE", "NAME"), ("LAD24CD", "LAD24NM"),
     ("ltla24_code", "ltla24_name"), ("id", "label")],
)  # fmt: skip
def test_usual_names(tmp_path, columns):
    frame = GRID.rename(columns=dict(zip(("WD23CD", "WD23NM"), columns, strict=True)))
    frame.to_file(tmp_path / "w.geojson")
    assert read_areas(tmp_path / "w.geojson").frame["area_code"].tolist() == ["W2", "W1"]


def test_a_name_serves_as_code(tmp_path):
    GRID[["WD23NM", "geometry"]].to_file(tmp_path / "w.gpkg")
    layer = read_areas(tmp_path / "w.gpkg")
    assert layer.frame["area_code"].tolist() == ["Two", "One"]
    assert layer.log.count("code_from_name") == 2


def test_broken_areas_are_repaired_and_counted(tmp_path):
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    frame = GRID.copy()
    frame.loc[0, "geometry"] = shapely.affinity.translate(bow_tie, 530_000, 180_000)
    frame.to_parquet(tmp_path / "w.parquet")
    layer = read_areas(tmp_path / "w.parquet")
    assert layer.frame.is_valid.all()
    assert layer.frame.area.iloc[0] == pytest.approx(50)
    assert [(n.count, n.rows) for n in layer.log.notes if n.code == "geometry_repaired"] == [
        (1, ("W2",))
    ]


def test_points_on_a_line_go_to_the_first_code_in_any_order():
    areas = GRID.rename(columns={"WD23CD": "area_code"})
    points = gpd.GeoSeries.from_xy([530_050, 530_100, 530_150, 530_500], [180_050] * 4, crs=27700)
    points.loc[4] = None
    expected = ["W1", "W1", "W2", None, None]
    assert area_of_points(points, areas).tolist() == expected
    assert area_of_points(points, areas.iloc[::-1]).tolist() == expected
    assert area_of_points(points.iloc[::-1], areas).tolist() == expected[::-1]


def test_boroughs_with_a_wrong_datum_are_noted(tmp_path):
    frame = datasets.boroughs("overview")[["borough_code", "borough", "geometry"]]
    frame.to_file(tmp_path / "right.gpkg")
    assert read_areas(tmp_path / "right.gpkg").log.count("areas_shifted") == 0
    moved = frame.set_geometry(frame.translate(110, 75))
    moved.to_file(tmp_path / "wrong.gpkg")
    layer = read_areas(tmp_path / "wrong.gpkg")
    assert layer.log.count("areas_shifted") == 33
    assert any("lie 133 m" in note.message for note in layer.log.notes)


@pytest.mark.shared
def test_real_layers(shared_data):
    areas = read_areas(shared_data / "london" / "boroughs_official_bng.gpkg").frame
    assert len(areas) == 33
    official = datasets.boroughs().set_index("borough_code")
    mine = areas.set_index("area_code").area
    assert np.allclose(mine, official.area.loc[mine.index], rtol=1e-6)
    uk = read_areas(shared_data / "uk" / "uk_ltla24_361.geojson")
    assert len(uk.frame) == 361
    assert uk.log.count("areas_shifted") == 0  # its outlines are simplified, its datum is right
    assert isinstance(uk.frame, gpd.GeoDataFrame)
    assert not pd.isna(uk.frame["area_name"]).any()
