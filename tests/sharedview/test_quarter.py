"""The demo's page at street level: real buildings cut the views, and what is assumed is said."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from coverage_model.optics.sectors import view_sectors
from coverage_model.sight.grid import index_obstacles
from coverage_model.sight.visibility import visible_areas
from maps.shell.wording import plain
from sharedview import pages, quarter
from sharedview.runs import CoverageRun


@pytest.fixture(scope="module")
def seen() -> CoverageRun:
    return quarter.seen()


def test_buildings_cut_the_views(seen: CoverageRun) -> None:
    assert seen.obstacles is not None
    views = seen.visible[seen.visible["view_basis"] != "reach"]
    assert len(views) == 71
    houses = shapely.union_all(seen.obstacles.frame.geometry.to_numpy())
    inside = shapely.area(shapely.intersection(views.geometry.to_numpy(), houses))
    assert inside.sum() < 1e-3 * views.area.sum()
    share = views.area.sum() / seen.cones.loc[views.index].area.sum()
    assert share == pytest.approx(0.759, abs=0.002)  # a quarter is lost, from the best headings


def test_each_assumed_heading_sees_the_most(seen: CoverageRun) -> None:
    assert seen.obstacles is not None
    frame = seen.cameras.frame[seen.cameras.frame["azimuth_deg"].notna()]
    index = index_obstacles(seen.obstacles.frame)

    def area(turned: float) -> np.ndarray:
        heading = (frame["azimuth_deg"] + turned) % 360
        return visible_areas(view_sectors(frame.assign(azimuth_deg=heading)), index)["area_m2"]

    held = area(0.0)
    for turned in (-90.0, -10.0, 10.0, 90.0, 180.0):
        assert (held >= area(turned) - 1.0).all()


def test_the_page_says_what_is_real_and_what_is_assumed(seen: CoverageRun) -> None:
    said = plain(quarter.opening(seen))
    assert said.startswith("77 real cameras between 83 real buildings")
    assert "not recorded" in said
    page = quarter.page(seen, links=(pages.HOME,)).html
    assert "OpenStreetMap" in page
    assert "Headings are not recorded and were assumed" in page
    assert "Crown copyright" not in page.split("<script", 1)[0] + page.rsplit("</script>", 1)[1]
