"""Small files of kinds that users reported, beside the shared data: each read or refused rightly.

Written by hand from what each file holds: how many views and headings come of it, what the notes
must say, or which sentence refuses it.
"""

from __future__ import annotations

import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal

from coverage_model.base.errors import InputError
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.demand import read_demand
from coverage_model.reading.obstacles import read_obstacles

pytestmark = pytest.mark.shared

# File: views, those with a heading, notes that must be there with their counts.
CAMERAS = {
    "files/c.fgb": (2, 2, {}),
    "files/c.gml": (1, 0, {}),
    "files/c.gpx": (1, 0, {}),
    "files/c.kmz": (2, 1, {"folders_joined": 2}),
    "files/c.tab": (2, 2, {}),
    "files/cams_csv.zip": (1, 0, {}),
    "files/cams_shp.zip": (2, 2, {}),
    "files/comma_thousands.csv": (2, 2, {}),
    "files/comment.csv": (1, 0, {"header_row": 1}),
    "files/dates_formulas.xlsx": (2, 1, {"formula_unsolved": 1}),
    "files/decimal_comma.csv": (2, 2, {"decimal_comma": 2}),
    "files/dms.csv": (2, 0, {}),
    "files/esri.json": (1, 0, {}),
    "files/folders.kml": (2, 1, {"folders_joined": 2}),
    "files/footer.csv": (2, 0, {"footer": 1}),
    "files/fov_words.csv": (3, 3, {"hfov_unread": 2, "focal_in_hfov": 1}),
    "files/geo_point.csv": (2, 0, {}),
    "files/geojson_guntur_like.geojson": (2, 2, {}),
    "files/geojson_seq_rs.geojsons": (3, 0, {}),
    "files/gridref.csv": (2, 0, {"grid_squares": 2}),
    "files/hemisphere_letters.csv": (2, 0, {}),
    "files/kind_a.csv": (1, 1, {}),
    "files/kind_b.csv": (1, 1, {}),
    "files/lens.csv": (4, 4, {"focal_unread": 1}),
    "files/lenses.csv": (3, 3, {"lenses": 3}),
    "files/location_pair.csv": (2, 0, {}),
    "files/messy_register_with_title_rows.csv": (30, 24, {"header_row": 2, "encoding": 1}),
    "files/nbsp.csv": (2, 2, {}),
    "files/null_island.csv": (2, 2, {"no_position": 1}),
    "files/osm_directions.json": (42, 25, {"direction_undecodable": 16}),
    "files/osm_heights.json": (15, 15, {"mount_height_unread": 3}),
    "files/osm_lifecycle.json": (9, 6, {"retired": 7, "not_a_camera": 2}),
    "files/overpass_turbo.geojson": (2, 2, {"not_a_camera": 1}),
    "files/overpass_twin.json": (2, 2, {"not_a_camera": 1}),
    "files/owners.csv": (16, 0, {}),
    "files/range_words.csv": (4, 4, {"range_unread": 2}),
    "files/sep_line.csv": (1, 1, {}),
    "files/tilt_sign.csv": (2, 2, {"tilt_above": 1}),
    "files/title_row.xlsx": (1, 1, {"header_row": 1}),
    "files/title_rows.csv": (2, 0, {"header_row": 2, "footer": 1}),
    "files/topo.json": (1, 0, {"crs_assumed": 1}),
    "files/utf16.csv": (1, 0, {}),
    "files/utf16_tab.txt": (1, 0, {}),
    "files/wide_fov.csv": (4, 4, {}),
    "files/wkt.csv": (2, 0, {}),
    "files/zero_grid.csv": (1, 1, {"no_position": 3}),
    "shp/arcgis_observer.shp": (1, 1, {}),
    "shp/latin_nocpg.shp": (1, 1, {"encoding": 1}),
    "shp/noshx.shp": (1, 1, {"index_made": 1}),
}
LAYERS = {
    "files/areas_curve.gpkg": (read_areas, 2, {"curves": 1}),
    "files/areas_overlap.gpkg": (read_areas, 2, {}),
    "files/b_curve.gpkg": (read_obstacles, 2, {"curves": 1}),
    "files/b_heights.geojson": (read_obstacles, 18, {"height_measured": 12}),
    "files/b_levels.gpkg": (read_obstacles, 9, {"height_levels": 3}),
    "files/b_touching.gpkg": (read_obstacles, 3, {}),
    "files/demand_comma.csv": (read_demand, 1, {}),
    "shp/areas_latin.shp": (read_areas, 1, {"encoding": 1}),
    "shp/b_latin.shp": (read_obstacles, 1, {"encoding": 1}),
}
REFUSED = {
    "files/areas_multipart_rows.gpkg": (read_areas, "same area code on several rows"),
    "files/latlon_transposed.csv": (read_cameras, "look swapped.*Exchange the two"),
    "files/postcode.csv": (read_cameras, "postcode is no position.*--postcodes FILE"),
    "files/w3w.csv": (read_cameras, "cannot be turned into positions offline"),
    "shp/noprj.shp": (read_cameras, "does not state its CRS.*--crs-in EPSG:27700"),
}


@pytest.fixture(scope="module")
def cases(shared_data):
    return shared_data.parent / "cases"


def holds(log, notes):
    return {code: log.count(code) for code in notes} == notes


@pytest.mark.parametrize("name", CAMERAS)
def test_cameras_of_reported_kinds_are_read(name, cases):
    views, headings, notes = CAMERAS[name]
    read = read_cameras(cases / name)
    assert len(read.frame) == views
    assert read.frame["azimuth_deg"].notna().sum() == headings
    assert holds(read.log, notes)


@pytest.mark.parametrize("name", LAYERS)
def test_other_inputs_of_reported_kinds_are_read(name, cases):
    read, rows, notes = LAYERS[name]
    found = read(cases / name)
    assert len(found.frame) == rows
    assert holds(found.log, notes)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_what_would_help(name, cases):
    read, said = REFUSED[name]
    with pytest.raises(InputError, match=said):
        read(cases / name)


def test_the_remedy_for_a_shapefile_without_crs(cases):
    assert len(read_cameras(cases / "shp" / "noprj.shp", crs_in="EPSG:27700").frame) == 1


def test_one_meaning_of_tags_in_two_containers(cases):
    one, two = (
        read_cameras(cases / "files" / name).frame
        for name in ("overpass_turbo.geojson", "overpass_twin.json")
    )
    assert_geodataframe_equal(one, two)


def test_a_kind_in_words_is_reach_as_the_kind_itself(cases):
    bases = [read_cameras(cases / "files" / f"kind_{each}.csv").frame["view_basis"].tolist()
             for each in "ab"]  # fmt: skip
    assert bases == [["reach"], ["reach"]]


def test_every_word_for_an_owner_is_understood(cases):
    owners = read_cameras(cases / "files" / "owners.csv").frame["ownership"]
    assert owners.value_counts().to_dict() == {"public": 10, "private": 6}


def test_a_weight_with_a_comma_for_thousands(cases):
    assert read_demand(cases / "files" / "demand_comma.csv").frame["weight"].max() == 1204


def test_terrain_tools_columns_make_a_whole_view(cases):
    view = read_cameras(cases / "shp" / "arcgis_observer.shp").frame.iloc[0]
    assert view["view_basis"] == "given"
    assert view[["hfov_deg", "range_m", "mount_height_m"]].notna().all()


def test_the_messy_register_needs_one_run(cases):
    messy, tidy = (
        read_cameras(cases / "files" / f"{name}.csv").frame
        for name in ("messy_register_with_title_rows", "fitzrovia_30_on_streets")
    )
    # The same cameras, set back from the street in one of the two.
    same = ["camera_id", "camera_type", "ownership", "operator", "view_basis", "range_m"]
    assert_frame_equal(pd.DataFrame(messy[same]), pd.DataFrame(tidy[same]))
