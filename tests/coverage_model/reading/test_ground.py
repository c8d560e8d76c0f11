"""Ground from an OpenStreetMap extract: what is drawn, what is left out, and that it comes back."""

from __future__ import annotations

import pytest

from coverage_model.base.errors import InputError, MissingFileError
from coverage_model.reading.ground import read_ground, read_osm_ground, write_ground

NODES = "".join(
    f'<node id="{number}" lat="{51.52 + dy:.6f}" lon="{-0.136 + dx:.6f}" version="1"/>'
    for number, (dx, dy) in enumerate(
        [(0, 0), (0.004, 0.001), (0.001, 0.002), (0.002, 0.002), (0.002, 0.003), (0.001, 0.003)], 1
    )
)


def way(number, refs, **tags):
    body = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    body += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    return f'<way id="{number}" version="1">{body}</way>'


@pytest.fixture
def extract(tmp_path):
    ring = [3, 4, 5, 6, 3]
    path = tmp_path / "town.osm"
    path.write_text(
        f"<osm version='0.6'>{NODES}"
        '<node id="9" lat="51.5205" lon="-0.135" version="1">'
        '<tag k="railway" v="station"/><tag k="name" v="Goodge Street"/></node>'
        + way(11, [1, 2], highway="primary", name="Goodge Street")
        + way(12, [1, 3], highway="footway")
        + way(13, [1, 3], highway="footway", name="Crown Passage")
        + way(14, ring, leisure="park", name="Crabtree Fields")
        + way(15, [2, 3], highway="proposed", name="Never Built Road")
        + way(16, [2, 3], railway="subway", tunnel="yes")
        + way(17, [2, 3, 99], highway="residential", name="Cut Street")
        + "</osm>",
        encoding="utf-8",
    )
    return path


def test_what_tells_where_one_is_is_kept_and_the_rest_counted(extract):
    found = read_osm_ground(extract)
    assert found.counts() == {"main": 1, "path": 1, "park": 1, "rail_station": 1}
    assert found.left_out["paths without a name"] == 1
    assert found.left_out["shapes that cannot be assembled"] == 1
    assert found.lines.crs == "EPSG:27700"
    assert found.areas["name"].tolist() == ["Crabtree Fields"]


def test_a_ground_file_comes_back_as_it_was(extract, tmp_path):
    found = read_osm_ground(extract)
    write_ground(found, tmp_path / "ground.gpkg")
    again = read_ground(tmp_path / "ground.gpkg")
    assert again.counts() == found.counts()
    for layer in ("areas", "lines", "points"):
        one, two = getattr(found, layer), getattr(again, layer)
        assert one["name"].tolist() == two["name"].tolist()
        assert one.union_all().symmetric_difference(two.union_all()).is_empty


def test_a_file_without_ground_says_what_to_give(tmp_path):
    path = tmp_path / "sea.osm"
    path.write_text("<osm version='0.6'><node id='1' lat='51' lon='0' version='1'/></osm>")
    with pytest.raises(InputError, match="nothing in it is ground"):
        read_osm_ground(path)
    with pytest.raises(MissingFileError):
        read_ground(tmp_path / "none.gpkg")


@pytest.mark.parametrize("text", ["<osm", "", "PK\x03\x04 not a zip", "{}"])
def test_a_broken_file_is_one_clear_error(tmp_path, text):
    for name in ("ground.gpkg", "ground.osm"):
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(InputError):
            read_ground(path)


@pytest.mark.shared
def test_fitzrovia_has_its_streets(shared_data):
    found = read_osm_ground(shared_data / "london" / "fitzrovia.osm")
    names = set(found.lines["name"])
    assert {"Goodge Street", "Mortimer Street", "Great Titchfield Street"} <= names
    assert found.counts()["building"] > 1_100
