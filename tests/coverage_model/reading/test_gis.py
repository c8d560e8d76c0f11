from __future__ import annotations

import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.base.errors import CRSError, InputError
from coverage_model.reading import geoparquet, gis
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.formats import opened, read_source

POINTS = gpd.GeoDataFrame(
    {
        "camera_id": ["A", "B"],
        "mount_height_m": [4.0, 5.5],
        "camera_type": ["fixed", "dome"],
        "ownership": ["public", "private"],
    },
    geometry=gpd.points_from_xy([530_000.25, 530_100.5], [180_000.125, 180_100.5]),
    crs=27700,
)


def save(frame, path, **options):
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".shp":
        # The format cuts names after ten characters.
        frame.rename(columns=lambda name: name[:10]).to_file(path, **options)
    else:
        frame.to_file(path, **options)
    return path


@pytest.mark.parametrize("name", ["c.gpkg", "c.parquet", "c.shp", "c.geojson"])
def test_every_gis_format_gives_the_same_cameras(tmp_path, name):
    frame = POINTS if name != "c.geojson" else POINTS.to_crs(4326)
    cameras = read_cameras(save(frame, tmp_path / name))
    assert cameras.frame["camera_id"].tolist() == ["A", "B"]
    assert cameras.frame["mount_height_m"].tolist() == [4.0, 5.5]
    assert cameras.frame["camera_type"].tolist() == ["fixed", "dome"]
    apart = cameras.frame.geometry.reset_index(drop=True).distance(POINTS.geometry)
    assert apart.max() < (3 if name == "c.geojson" else 1e-9)
    assert (cameras.log.crs_in == "EPSG:4326") == (name == "c.geojson")


def test_layers_are_chosen_or_asked_for(tmp_path):
    path = tmp_path / "two.gpkg"
    POINTS.to_file(path, layer="one")
    POINTS.iloc[:1].to_file(path, layer="two")
    with pytest.raises(InputError, match=r"2 layers.*one, two"):
        read_cameras(path)
    assert len(read_cameras(path, layer="two").frame) == 1
    with pytest.raises(InputError, match="no layer 'three'"):
        read_cameras(path, layer="three")
    POINTS.to_file(path, layer="cameras")
    assert len(read_cameras(path).frame) == 2


def test_files_without_crs(tmp_path):
    shapefile = save(POINTS, tmp_path / "c.shp")
    (tmp_path / "c.prj").unlink()
    with pytest.raises(CRSError, match=r"lacks c\.prj"):
        read_cameras(shapefile)
    bare = gpd.GeoDataFrame(POINTS.drop(columns="geometry"), geometry=POINTS.geometry.to_numpy())
    with pytest.warns(UserWarning, match="crs"):
        bare.to_file(tmp_path / "c.gpkg")
    bare.to_parquet(tmp_path / "c.parquet")
    for name in ("c.gpkg", "c.parquet"):
        with pytest.raises(CRSError, match="does not state its CRS"):
            read_cameras(tmp_path / name)
    profile = tmp_path / "p.toml"
    profile.write_text('crs = "EPSG:27700"\n', encoding="utf-8")
    assert len(read_cameras(tmp_path / "c.gpkg", profile=profile).frame) == 2


@pytest.mark.parametrize("number", [0, -1])
def test_a_geopackage_that_says_undefined_states_no_crs(tmp_path, number):
    # Older GDAL writes 0 where there is no CRS; every GDAL reads 0 as degrees on no known datum.
    path = save(POINTS, tmp_path / "c.gpkg")
    with sqlite3.connect(path) as file:
        file.execute("UPDATE gpkg_contents SET srs_id = ?", (number,))
        file.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", (number,))
    file.close()
    with pytest.raises(CRSError, match="does not state its CRS"):
        read_cameras(path)


def test_an_esri_prj_without_a_code_is_the_national_grid(tmp_path):
    path = save(POINTS, tmp_path / "c.shp")
    text = (tmp_path / "c.prj").read_text(encoding="utf-8")
    assert "EPSG" not in text
    cameras = read_cameras(path)
    assert cameras.log.datum_shift.method == "none"
    assert cameras.frame.geometry.iloc[0].x == 530_000.25


def test_heights_of_points_and_single_multipoints(tmp_path):
    frame = POINTS.set_geometry(
        [shapely.MultiPoint([(530_000, 180_000)]), shapely.Point(530_100, 180_100, 7)], crs=27700
    )
    frame.to_file(tmp_path / "c.gpkg")
    cameras = read_cameras(tmp_path / "c.gpkg")
    assert set(cameras.frame.geom_type) == {"Point"}
    assert not cameras.frame.has_z.any()


def test_plain_parquet_is_a_table(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"id": [1, 2], "lon": [-0.12, -0.11], "lat": [51.5, 51.5]}).to_parquet(path)
    cameras = read_cameras(path)
    assert list(cameras.frame.index) == ["1", "2"]


def test_batches_cover_the_layer_once(tmp_path, monkeypatch):
    for module in (gis, geoparquet):
        monkeypatch.setattr(module, "BATCH_ROWS", 7)
    many = gpd.GeoDataFrame(
        {"id": range(100), "junk": "x"},
        geometry=gpd.points_from_xy(np.arange(100.0), np.arange(100.0)),
        crs=27700,
    )
    for name in ("m.gpkg", "m.parquet"):
        path = save(many, tmp_path / name)
        with opened(path) as file:
            parts = list(file.batches(columns=["id"]))
        assert len(parts) == 15
        assert [value for part in parts for value in part.rows["id"]] == list(range(100))
        assert [label for part in parts for label in part.labels][-1] == "row 100"
        assert "junk" not in parts[0].rows
        source, _ = read_source(path)
        assert len(source.rows) == len(source.geometry) == 100
