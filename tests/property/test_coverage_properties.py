"""What must hold for any cameras and any buildings."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from shapely import Point, box

from coverage_model.cover.coverage import coverage_by_area, coverage_faces, coverage_total
from coverage_model.cover.gaps import coverage_gaps
from coverage_model.optics.pixel_density import Level
from coverage_model.optics.sectors import ViewAssumptions, view_sectors
from coverage_model.sight.visibility import visible_areas

X, Y = 530_000.0, 180_000.0
CRS = "EPSG:27700"
KINDS = ("fixed", "dome", "ptz", "anpr", "unknown")
TAKEN = ViewAssumptions(
    hfov_deg=dict.fromkeys(KINDS, 60.0),
    horizontal_px=dict.fromkeys(KINDS, 1920.0),
    mount_height_m=dict.fromkeys(KINDS, 4.0),
)
AREAS = gpd.GeoDataFrame(
    {"area_code": ["a", "b", "c"], "area_name": ["A", "B", "C"]},
    geometry=[
        box(X - 60, Y - 60, X + 3, Y + 60),
        box(X + 3, Y - 60, X + 60, Y),
        box(X + 3, Y, X + 60, Y + 60),
    ],
    crs=CRS,
)

offset = st.integers(-60, 60)  # whole metres, so that edges often coincide
camera = st.fixed_dictionaries(
    {
        "at": st.tuples(offset, offset),
        "azimuth_deg": st.integers(0, 23).map(lambda step: 15.0 * step),
        "hfov_deg": st.sampled_from([20.0, 60.0, 90.0, 360.0, None]),
        "range_m": st.sampled_from([10.0, 25.0, 50.0]),
        "ownership": st.sampled_from(["public", "private", "unknown"]),
        "view_basis": st.sampled_from(["given", "given", "given", "reach"]),
    }
)
building = st.builds(
    lambda x, y, w, h: box(X + x, Y + y, X + x + w, Y + y + h),
    offset,
    offset,
    st.integers(1, 30),
    st.integers(1, 30),
)
# Shrinking an example of this kind takes minutes and says little more than the example itself.
few = settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))


def read(drawn: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    names = [f"c{i}" for i in range(len(drawn))]
    frame = pd.DataFrame(drawn, index=pd.Index(names, name="view_id"))
    points = [Point(X + x, Y + y) for x, y in frame.pop("at")]
    frame["hfov_deg"] = frame["hfov_deg"].astype(float)
    whole = frame.assign(
        camera_id=names,
        integration="none",
        operator=None,
        borough_code=None,
        camera_type="fixed",
        vfov_deg=np.nan,
        horizontal_px=1920.0,
        mount_height_m=4.0,
        tilt_deg=np.nan,
    )
    return gpd.GeoDataFrame(whole, geometry=points, crs=CRS)


def see(cameras: gpd.GeoDataFrame, blocks: list[Any]) -> gpd.GeoDataFrame:
    cones = view_sectors(cameras, level=Level("monitor", 12.5), assumptions=TAKEN)
    names = [f"b{i}" for i in range(len(blocks))]
    obstacles = gpd.GeoDataFrame(
        {"obstacle_id": names, "height_m": np.nan, "height_basis": "unknown"},
        geometry=blocks,
        crs=CRS,
    )
    return visible_areas(cones, obstacles)


def measure(cameras: gpd.GeoDataFrame, visible: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return coverage_by_area(visible, AREAS, level="monitor", cameras=cameras)


@few
@given(st.lists(camera, min_size=1, max_size=12), st.lists(building, max_size=3))
def test_everything_adds_up(drawn: list[dict[str, Any]], blocks: list[Any]) -> None:
    cameras = read(drawn)
    visible = see(cameras, blocks)
    faces = coverage_faces(visible)
    found = coverage_by_area(visible, AREAS, level="monitor", cameras=cameras)
    total = coverage_total(visible, found, cameras=cameras)
    pd.testing.assert_series_equal(
        total.loc["areas"] + total.loc["outside"],
        total.loc["whole"],
        check_names=False,
        rtol=1e-9,
        atol=1e-6,
    )
    whole = total.loc["whole"]
    covered = pytest.approx(whole["covered_m2"], rel=1e-12, abs=1e-9)
    assert whole[["depth_1_m2", "depth_2_m2", "depth_3plus_m2"]].sum() == covered
    tiers = ["public_only_m2", "private_only_m2", "both_m2", "unknown_owner_only_m2"]
    assert whole[tiers].sum() == covered
    views = visible[visible["view_basis"] != "reach"].geometry.to_numpy()
    assert whole["covered_m2"] == pytest.approx(shapely.union_all(views).area, rel=1e-8, abs=1e-5)
    deep = (faces["area_m2"] * faces["depth"]).sum()
    assert deep == pytest.approx(shapely.area(views).sum(), rel=1e-8, abs=1e-5)
    gaps = coverage_gaps(visible, AREAS, cell_m=25).groupby("area_code")["gap_m2"].sum()
    for code, gap in zip(found["area_code"], found["gap_m2"], strict=True):
        assert gaps.get(code, 0.0) == pytest.approx(gap, rel=1e-8, abs=1e-5)


@few
@given(st.lists(camera, min_size=2, max_size=10), st.lists(building, max_size=3))
def test_a_further_camera_never_takes_coverage_away(
    drawn: list[dict[str, Any]], blocks: list[Any]
) -> None:
    more = read(drawn)
    fewer = more.iloc[:-1]
    before, after = measure(fewer, see(fewer, blocks)), measure(more, see(more, blocks))
    assert (after["covered_m2"] >= before["covered_m2"] - 1e-5).all()
    assert (after["reach_m2"] >= before["reach_m2"] - 1e-5).all()
    assert (after["gap_m2"] <= before["gap_m2"] + 1e-5).all()


@few
@given(st.lists(camera, min_size=1, max_size=8), st.lists(building, min_size=1, max_size=4))
def test_a_further_building_never_adds_coverage(
    drawn: list[dict[str, Any]], blocks: list[Any]
) -> None:
    cameras = read(drawn)
    # A camera in a building may be moved to its wall, and see other ground from there: compare
    # what cameras see that stand free of the further building.
    free = cameras[~cameras.dwithin(blocks[-1], 3.0).to_numpy()]
    before, after = (measure(free, see(free, some)) for some in (blocks[:-1], blocks))
    # A building parts the chords that stand for an arc elsewhere, so that the border of an area may
    # cut the same view a trifle differently: at most a chord's bulge, 0.05 m² here.
    trifle = 0.05 * len(free)
    assert (after["covered_m2"] <= before["covered_m2"] + trifle).all()
    assert (after["reach_m2"] <= before["reach_m2"] + trifle).all()
