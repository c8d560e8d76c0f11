"""The illustrative inventory: by its rule, inside its boroughs, the same every time."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.base import datasets, observations, schemas
from coverage_model.base.errors import InputError
from coverage_model.reading.illustrative import illustrative_frame


@pytest.fixture(scope="module")
def cameras() -> gpd.GeoDataFrame:
    return illustrative_frame()


def test_frame_passes_the_schema(cameras: gpd.GeoDataFrame) -> None:
    checked = schemas.check(cameras, schemas.Cameras, "illustrative")
    assert cameras.crs.to_epsg() == 27700
    assert cameras.index.name == "view_id"
    assert cameras.index.is_unique
    assert (cameras.index == cameras["camera_id"]).all()
    assert checked["illustrative"].all()
    assert cameras["camera_id"].str.fullmatch(r"ILL-E090000\d\d-\d{4,}").all()
    assert cameras["operator"].str.contains("illustrative").all()


def test_counts_are_the_published_ones(cameras: gpd.GeoDataFrame) -> None:
    counts = observations.cctv_counts(assume_missing=True).set_index("borough_code")["cameras"]
    public = cameras[cameras["ownership"] == "public"].groupby("borough_code").size()
    assert public.to_dict() == counts.to_dict()
    private = cameras[cameras["ownership"] == "private"].groupby("borough_code").size()
    assert private.to_dict() == {code: round(0.5 * n) for code, n in counts.items()}


def test_default_ratio_is_the_coefficient(cameras: gpd.GeoDataFrame) -> None:
    ratio = (cameras["ownership"] == "private").sum() / (cameras["ownership"] == "public").sum()
    stated = datasets.coefficient("private_per_public_demo").value
    assert ratio == pytest.approx(stated, abs=0.002)


def test_every_camera_stands_in_its_borough(cameras: gpd.GeoDataFrame) -> None:
    shapes = datasets.boroughs("full").set_index("borough_code").geometry
    for code, group in cameras.groupby("borough_code"):
        xy = group.get_coordinates().to_numpy()
        assert shapely.contains_xy(shapes[code], xy).all(), code


def test_shares_follow_the_coefficients(cameras: gpd.GeoDataFrame) -> None:
    value = datasets.coefficients()["value"]
    for who in ("public", "private"):
        mine = cameras[cameras["ownership"] == who]
        for kind in ("fixed", "dome", "ptz", "anpr"):
            share = (mine["camera_type"] == kind).mean()
            assert share == pytest.approx(value[f"illustrative_{who}_{kind}_share"], abs=0.02)
    private = cameras[cameras["ownership"] == "private"]["integration"]
    assert (private == "registered").mean() == pytest.approx(
        value["private_registered_share"], abs=0.02
    )
    assert (private == "integrated").mean() == pytest.approx(
        value["private_integrated_share"], abs=0.01
    )
    assert (cameras.loc[cameras["ownership"] == "public", "integration"] == "integrated").all()


def test_reach_is_kept_apart_from_view(cameras: gpd.GeoDataFrame) -> None:
    reach = cameras["view_basis"] == "reach"
    assert reach.equals(cameras["azimuth_deg"].isna())
    assert reach[cameras["camera_type"] == "ptz"].all()
    assert not reach[cameras["camera_type"] == "anpr"].any()
    domes = reach[cameras["camera_type"] == "dome"]
    assert 0.4 < domes.mean() < 0.6
    for who in ("public", "private"):
        assert (~reach[cameras["ownership"] == who]).mean() > 0.5


def test_values_stay_in_the_ranges_of_the_coefficients(cameras: gpd.GeoDataFrame) -> None:
    table = datasets.coefficients()
    columns = {
        "hfov_deg": "view_hfov_{}_deg",
        "mount_height_m": "view_height_{}_m",
        "tilt_deg": "view_tilt_{}_deg",
        "range_m": "view_range_{}_m",
        "horizontal_px": "view_px_{}",
    }
    for kind, group in cameras.groupby("camera_type"):
        for column, name in columns.items():
            row = table.loc[name.format(kind)]
            assert group[column].between(row["low"], row["high"]).all(), (kind, column)


def test_cameras_gather_around_real_points(cameras: gpd.GeoDataFrame) -> None:
    anchors = shapely.STRtree(datasets.anchors().geometry.to_numpy())
    public = cameras[
        (cameras["ownership"] == "public") & (cameras["borough_code"] == "E09000033")
    ].geometry.to_numpy()
    (_, near), distance = anchors.query_nearest(public, return_distance=True, all_matches=False)
    assert len(near) == len(public)
    assert np.median(distance) < datasets.coefficient("illustrative_scatter_m").value


def test_same_seed_same_cameras_and_another_seed_others(cameras: gpd.GeoDataFrame) -> None:
    codes = ["E09000001", "E09000021"]
    part = cameras[cameras["borough_code"].isin(codes)]
    pd.testing.assert_frame_equal(
        pd.DataFrame(illustrative_frame(boroughs=codes)), pd.DataFrame(part)
    )
    other = illustrative_frame(boroughs=codes, seed=1)
    assert not other.geometry.to_numpy()[0].equals(part.geometry.to_numpy()[0])


def test_public_cameras_do_not_depend_on_the_private_ones() -> None:
    few = illustrative_frame(boroughs=["E09000007"], private_per_public=0)
    many = illustrative_frame(boroughs=["E09000007"], private_per_public=6.9)
    assert (few["ownership"] == "public").all()
    pd.testing.assert_frame_equal(pd.DataFrame(many.iloc[: len(few)]), pd.DataFrame(few))


def test_no_borough_is_an_empty_frame_and_wrong_arguments_are_all_named() -> None:
    assert len(illustrative_frame(boroughs=[])) == 0
    with pytest.raises(InputError) as caught:
        illustrative_frame(boroughs=["E09000099"], seed=-1, private_per_public=float("nan"))
    assert len(caught.value.faults) == 3
