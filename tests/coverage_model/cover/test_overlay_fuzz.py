"""Dense footprints and views, moved against themselves by hairs: every sum against the oracle.

Cases are fixed by their numbers. The oracle (:mod:`tests.oracles.slabs`) shares nothing with the
overlay; what may differ is what the grid of the overlay moves: no edge by more than a step.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import affinity

from coverage_model.cover.mosaic import mosaic
from coverage_model.sight.visibility import visible_areas
from tests.oracles.slabs import ground_by_state
from tests.oracles.views import footprints, sectors_frame

CRS = "EPSG:27700"
STEP_M = 2.0**-27
"""Step of the overlay's grid."""

PARTS = 4  # so that the workers share them
OWNERS = ("public", "private", "unknown")
PUBLIC, PRIVATE, UNKNOWN, BUILT, AREA = range(5)


def terraces(rng: np.random.Generator) -> list[Any]:
    """Rows of houses, each worked out on its own, so that party walls differ by rounding."""
    shapes = []
    east, north, turn = (
        rng.uniform(529_000, 531_000),
        rng.uniform(180_000, 183_000),
        rng.uniform(0, 90),
    )
    for row in range(rng.integers(1, 4)):
        front = 0.0
        for _ in range(rng.integers(2, 7)):
            width, depth = rng.uniform(4, 9), rng.choice([9.0, 9.0, 12.5])
            house = shapely.box(front, 20.0 * row, front + width, 20.0 * row + depth)
            if rng.random() < 0.2:
                house = house.difference(house.buffer(-2, join_style="mitre"))
            house = affinity.rotate(house, turn, origin=(0, 0))
            shapes.append(affinity.translate(house, east, north))
            front += width
    return shapes


@lru_cache
def fitzrovia(path: Path) -> Any:
    """Real footprints on the national grid."""
    real = gpd.read_file(path).to_crs(CRS).geometry
    return real[real.geom_type.isin(["Polygon", "MultiPolygon"])].make_valid().to_numpy()


def block(rng: np.random.Generator, real: Any) -> list[Any]:
    """Some 12 real footprints next to each other."""
    middle = shapely.centroid(real[rng.integers(len(real))])
    near = np.argsort(shapely.distance(real, middle), kind="stable")[: rng.integers(4, 13)]
    return list(real[near])


def beside_itself(rng: np.random.Generator, shape: Any) -> Any:
    """The same footprint once more, moved, turned, sheared or grown by a hair, or just as it is."""
    hair = 10.0 ** rng.uniform(-11, -2)
    how = rng.integers(5)
    if how == 0:
        return affinity.translate(shape, *rng.uniform(-hair, hair, 2))
    if how == 1:
        return affinity.rotate(shape, hair, origin="centroid")
    if how == 2:
        return affinity.skew(shape, hair, hair / 2, origin="centroid")
    if how == 3:
        return affinity.scale(shape, 1 + hair, 1 + hair, origin="centroid")
    return shape


def polygonal(shapes: list[Any]) -> list[Any]:
    """Make valid what moving by hairs made invalid, for both sides alike."""
    made = [shape if shape.is_valid else shapely.make_valid(shape) for shape in shapes]
    return [shape for shape in made if shape.geom_type in {"Polygon", "MultiPolygon"}]


def scene(case: int, real: Any = None) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, Any, float]:
    """Views, buildings, an area and the side of the tiles of one case."""
    rng = np.random.default_rng([case, real is not None])
    given = terraces(rng) if real is None else block(rng, real)
    again = [
        beside_itself(rng, given[k]) for k in rng.integers(len(given), size=rng.integers(0, 9))
    ]
    shapes = polygonal(given + again)
    buildings = footprints(shapes, origin=(0.0, 0.0))
    corners = shapely.get_coordinates(given)
    count = int(rng.integers(2, 9))
    # Cameras on walls and corners, where views share edges with footprints.
    at = corners[rng.integers(len(corners), size=count)] + rng.normal(
        0, rng.choice([1e-9, 1]), (count, 2)
    )
    at[1::3] = at[0]
    sectors = sectors_frame(
        *at.T,
        azimuth=rng.choice([0.0, 90.0, rng.uniform(0, 360)], count),
        hfov=rng.choice([40.0, 90.0, 360.0], count),
        far=rng.uniform(5, 45, count),
    )
    sectors["ownership"] = rng.choice(OWNERS, count)
    visible = visible_areas(sectors, buildings) if rng.random() < 0.8 else sectors
    size_m = float(rng.choice([50, 100, 500]))
    middle = np.floor(corners.mean(axis=0) / 50) * 50
    area = shapely.box(*(middle - 50), *(middle + rng.choice([50, 37.123456789])))
    if rng.random() < 0.5:
        area = affinity.rotate(area, rng.uniform(0, 90))
    return visible, buildings, area, size_m


def faults(case: int, real: Any = None) -> tuple[list[str], int]:
    """What is wrong in a case, and how many tiles it had."""
    visible, buildings, area, size_m = scene(case, real)
    within = gpd.GeoDataFrame({"area_code": ["A"], "area_name": ["A"]}, geometry=[area], crs=CRS)
    found = mosaic(visible, within, obstacles=buildings, size_m=size_m)
    shapes = [*visible.geometry, *buildings.geometry, area]
    weight = np.zeros((len(shapes), 5), dtype=np.int64)
    owner = visible["ownership"].map(OWNERS.index).to_numpy()
    weight[np.arange(len(visible)), owner] = 1
    weight[len(visible) : -1, BUILT] = 1
    weight[-1, AREA] = 1
    depth, ground = ground_by_state(shapes, weight, tuple(np.floor(area.bounds[:2])))
    seen = depth[:, :BUILT].sum(axis=1)
    public, private = depth[:, PUBLIC] > 0, depth[:, PRIVATE] > 0
    states = {
        "covered_m2": seen > 0,
        "depth_1_m2": seen == 1,
        "depth_2_m2": seen == 2,
        "depth_3plus_m2": seen > 2,
        "public_only_m2": public & ~private,
        "private_only_m2": private & ~public,
        "both_m2": public & private,
        "unknown_owner_only_m2": (seen > 0) & ~public & ~private,
        "building_m2": depth[:, BUILT] > 0,
        "gap_m2": (seen == 0) & (depth[:, BUILT] == 0),
    }
    inside = depth[:, AREA] > 0
    allowed = STEP_M * shapely.length(shapes).sum() + 1e-9
    wrong = []

    def compare(what: str, got: float, expected: float) -> None:
        if not abs(got - expected) <= allowed:
            wrong.append(f"case {case}: {what} {got!r}, not {expected!r}; may differ {allowed:.2g}")

    for name, state in states.items():
        compare(name, found.by_area.loc[0, name], ground[state & inside].sum())
        if name not in {"building_m2", "gap_m2"}:
            compare(f"whole {name}", found.by_area.loc["whole", name], ground[state].sum())
    compare(
        "gaps", shapely.area(found.gaps.geometry).sum(), ground[states["gap_m2"] & inside].sum()
    )
    compare("tiers", found.tiers["area_m2"].sum(), ground[seen > 0].sum())
    for what, outlines in (("gaps", found.gaps.geometry), ("tiers", found.tiers.geometry)):
        if not shapely.is_valid(np.asarray(outlines)).all():
            wrong.append(f"case {case}: {what} are not valid")
    wrong += [f"case {case}: {repair}" for repair in found.repairs]
    return wrong, found.made


def all_faults(cases: range, real: Any = None) -> list[str]:
    return [fault for case in cases for fault in faults(case, real)[0]]


def test_the_oracle_on_squares_known_by_heart() -> None:
    shapes = [shapely.box(0, 0, 4, 4), shapely.box(2, 2, 6, 6), shapely.box(2, 2, 6, 6)]
    holed = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
    depth, ground = ground_by_state(
        [*shapes, holed], np.eye(2, dtype=int)[[0, 0, 0, 1]], (1.0, 1.0)
    )
    found = {tuple(d): g for d, g in zip(depth.tolist(), ground, strict=True) if g > 0}
    assert found == pytest.approx({(1, 1): 11, (1, 0): 1, (2, 0): 12, (3, 1): 4})


@pytest.mark.parametrize("part", range(PARTS))
def test_two_hundred_scenes_of_terraces(part: int) -> None:
    assert all_faults(range(part, 200, PARTS)) == []


@pytest.mark.shared
@pytest.mark.parametrize("part", range(PARTS))
def test_two_hundred_scenes_of_real_footprints(part: int, shared_data: Path) -> None:
    real = fitzrovia(shared_data / "london" / "fitzrovia_buildings.geojson")
    assert all_faults(range(part, 200, PARTS), real) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_scenes_of_terraces(part: int) -> None:
    assert all_faults(range(200 + part, 10_200, PARTS)) == []


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_scenes_of_real_footprints(part: int, shared_data: Path) -> None:
    real = fitzrovia(shared_data / "london" / "fitzrovia_buildings.geojson")
    assert all_faults(range(200 + part, 10_200, PARTS), real) == []
