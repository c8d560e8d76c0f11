"""The same content in any container and dialect reads to the same frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.obstacles import read_obstacles
from tests.coverage_model.reading import twins

# Files in degrees come back through the OSTN15 shift, which rounds to millimetres; MapInfo keeps
# coordinates on a grid of its own.
NEAR_M = 0.02


@pytest.fixture(scope="module")
def cameras(tmp_path_factory):
    return twins.write_cameras(tmp_path_factory.mktemp("twins") / "cameras")


def same_frame(got, wanted, key):
    """Equal but for the order of rows, which FlatGeobuf chooses for itself."""
    got, wanted = (each.sort_values(key, kind="stable") for each in (got, wanted))
    if key != "camera_id":
        got, wanted = (each.reset_index(drop=True) for each in (got, wanted))
    assert_frame_equal(
        pd.DataFrame(got.drop(columns="geometry")), pd.DataFrame(wanted.drop(columns="geometry"))
    )
    away = shapely.hausdorff_distance(got.geometry.to_numpy(), wanted.geometry.to_numpy())
    assert np.nanmax(away) < NEAR_M


def test_one_inventory_in_every_container(cameras):
    assert len(cameras) >= 25
    wanted = read_cameras(cameras["CSV"]).frame
    assert len(wanted) == 54
    assert wanted["azimuth_deg"].isna().sum() == 8
    assert set(wanted["operator"]) == {"Café Müller", "Zoë & Co", "Camden"}
    differ = {}
    for name, path in cameras.items():
        try:
            read = read_cameras(path)
            same_frame(read.frame, wanted, "camera_id")
            assert read.log.rows_read - len(read.frame) == sum(
                note.count for note in read.log.notes if note.code in {"retired", "blank_rows"}
            )
        except Exception as error:  # noqa: BLE001 - all containers are told at once
            differ[name] = f"{type(error).__name__}: {error}"
    assert differ == {}


@pytest.mark.parametrize(
    ("layer", "read", "key"),
    [
        (twins.areas, read_areas, "area_code"),
        (twins.buildings, read_obstacles, "obstacle_id"),
    ],
)
def test_one_layer_of_polygons_in_every_container(tmp_path, layer, read, key):
    files = twins.write_polygons(tmp_path / "layer", layer())
    assert len(files) >= 12
    wanted = read(files["GeoPackage"]).frame
    assert len(wanted) == len(layer())
    differ = {}
    for name, path in files.items():
        try:
            same_frame(read(path).frame, wanted, key)
        except Exception as error:  # noqa: BLE001 - as above
            differ[name] = f"{type(error).__name__}: {error}"
    assert differ == {}
