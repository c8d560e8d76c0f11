"""A remedy that an error names has been tried: the input reads once it is followed."""

from __future__ import annotations

import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from coverage_model.base.errors import InputError
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.postcodes import read_postcodes
from optimisation.territory import borough_inputs
from sharedview.questions.footage_access.bases import read_bases
from sharedview.questions.procurement.contracts import read_contracts

POINTS = gpd.GeoDataFrame(
    {"camera_id": ["A", "B"], "borough": ["Camden", "Camden"], "postcode": ["NW1 1AA", "NW1 1AB"],
     "easting": [529000, 529100], "northing": [184000, 184000]},
    geometry=gpd.points_from_xy([529000, 529100], [184000, 184000]), crs=27700,
)  # fmt: skip


@pytest.fixture
def two_layers(tmp_path):
    path = tmp_path / "two.gpkg"
    POINTS.to_file(path, layer="live")
    POINTS.to_file(path, layer="old")
    return path


def refused(read, *args, **said):
    with pytest.raises(InputError) as caught:
        read(*args, **said)
    return str(caught.value)


def test_cameras_of_two_layers(two_layers):
    said = refused(read_cameras, two_layers)
    assert "Choose one with --layer NAME" in said
    layer = said.rpartition(": ")[2].split(", ")[0]
    assert len(read_cameras(two_layers, layer=layer).frame) == 2


def test_cameras_whose_metres_are_not_said(tmp_path):
    path = tmp_path / "c.geojson"
    path.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": "A"},'
        ' "geometry": {"type": "Point", "coordinates": [529000, 184000]}}]}'
    )
    said = refused(read_cameras, path)
    crs = re.search(r"--crs-in (EPSG:\d+)", said)[1]
    assert read_cameras(path, crs_in=crs).frame["borough_code"].tolist() == ["E09000007"]


def test_points_beside_areas_are_no_choice(tmp_path):
    path = tmp_path / "town.gpkg"
    POINTS.to_file(path, layer="cctv")
    wards = gpd.GeoDataFrame(
        {"code": ["W"]}, geometry=[shapely.box(528000, 183000, 530000, 185000)], crs=27700
    )
    wards.to_file(path, layer="wards")
    assert read_cameras(path).log.count("layers_unused") == 1
    assert read_areas(path).frame["area_code"].tolist() == ["W"]


@pytest.mark.parametrize("read", [read_bases, read_contracts, read_postcodes])
def test_an_input_without_options_names_none(two_layers, tmp_path, read):
    more = () if read is read_postcodes else (borough_inputs(),)
    said = refused(read, two_layers, *more)
    assert "--" not in said
    if read is read_contracts:
        return
    assert "Save the one that is meant as a file of its own" in said
    alone = tmp_path / "alone.gpkg"
    gpd.read_file(two_layers, layer="live").to_file(alone)
    assert len(read(alone, *more))


def test_a_table_that_names_no_place_and_its_profile(tmp_path):
    path, profile = tmp_path / "c.csv", tmp_path / "p.toml"
    table = pd.DataFrame({"id": ["A"], "across": [529000], "up": [184000]})
    table.to_csv(path, index=False)
    assert "say which they are in a profile" in refused(read_cameras, path)
    profile.write_text('[columns]\neasting = "across"\nnorthing = "up"\n')
    assert len(read_cameras(path, profile=profile).frame) == 1
