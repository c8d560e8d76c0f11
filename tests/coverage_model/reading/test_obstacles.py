from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from coverage_model.base.datasets import coefficient
from coverage_model.reading import gis
from coverage_model.reading.obstacles import read_obstacles


def squares(count, **columns):
    return gpd.GeoDataFrame(
        columns,
        geometry=[
            shapely.box(530_000 + 20 * i, 180_000, 530_010 + 20 * i, 180_010) for i in range(count)
        ],
        crs=27700,
    )


def notes_of(obstacles):
    return {note.code: note.count for note in obstacles.log.notes}


def test_heights_and_their_basis(tmp_path):
    frame = squares(
        7,
        **{
            "osm_id": list("abcdefg"),
            "height": ["18m", "40 ft", "-28", "high", None, None, "5"],
            "building:levels": ["4", None, "4", "4.5", "2;3", None, "0"],
        },
    )
    frame.to_file(tmp_path / "b.gpkg")
    found = read_obstacles(tmp_path / "b.gpkg", storey_height_m=3.0)
    assert found.frame["height_m"].fillna(-1).tolist() == pytest.approx(
        [18, 12.192, 12, 13.5, -1, -1, 5]
    )
    assert found.frame["height_basis"].tolist() == [
        "measured", "measured", "levels", "levels", "unknown", "unknown", "measured",
    ]  # fmt: skip
    notes = notes_of(found)
    assert notes["height_undecodable"] == 2
    assert notes["building_levels_undecodable"] == 2
    assert (notes["height_measured"], notes["height_levels"], notes["height_unknown"]) == (3, 2, 2)
    assert found.frame["obstacle_id"].tolist() == list("abcdefg")


def test_the_storey_height_is_the_embedded_coefficient(tmp_path):
    squares(1, levels=[2]).to_parquet(tmp_path / "b.parquet")
    found = read_obstacles(tmp_path / "b.parquet")
    assert found.frame["height_m"].tolist() == [2 * coefficient("storey_height_m").value]


def test_ids_that_do_not_identify_are_replaced(tmp_path):
    squares(2, osm_id=["1", "1"]).to_file(tmp_path / "b.gpkg")
    found = read_obstacles(tmp_path / "b.gpkg")
    assert found.frame["obstacle_id"].tolist() == ["row-1", "row-2"]
    assert notes_of(found)["ids_made"] == 2
    squares(2, osm_id=["1", None], osm_way_id=[None, "2"]).to_file(tmp_path / "c.gpkg")
    assert read_obstacles(tmp_path / "c.gpkg").frame["obstacle_id"].tolist() == ["1", "2"]


def test_broken_footprints_are_repaired_and_counted(tmp_path):
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    frame = squares(2)
    frame.loc[1, "geometry"] = shapely.affinity.translate(bow_tie, 530_000, 180_000)
    frame.to_parquet(tmp_path / "b.parquet")
    found = read_obstacles(tmp_path / "b.parquet")
    assert found.frame.is_valid.all()
    assert found.frame.area.iloc[1] == pytest.approx(50)
    assert notes_of(found)["geometry_repaired"] == 1


@pytest.mark.parametrize("name", ["b.gpkg", "b.parquet"])
def test_batches_give_the_same_as_one_piece(tmp_path, monkeypatch, name):
    frame = squares(50, id=range(50), levels=["2", "x"] * 25)
    if name == "b.gpkg":
        frame.to_file(tmp_path / name)
    else:
        frame.to_parquet(tmp_path / name)
    whole = read_obstacles(tmp_path / name)
    monkeypatch.setattr(gis, "BATCH_ROWS", 8)
    pieces = read_obstacles(tmp_path / name)
    assert whole.frame.equals(pieces.frame)
    assert whole.log == pieces.log
    assert notes_of(pieces)["levels_undecodable"] == 25
    assert (pieces.log.rows_read, pieces.log.items_read) == (50, 50)


def osm_building(path, *elements):
    nodes = [(0, 0), (4, 0), (4, 4), (0, 4), (1, 1), (2, 1), (2, 2), (1, 2)]
    body = "".join(
        f'<node id="{i}" lat="{51.51 + y * 1e-4}" lon="{-0.13 + x * 1e-4}"/>'
        for i, (x, y) in enumerate(nodes, start=1)
    )
    path.write_text(f'<osm version="0.6">{body}{"".join(elements)}</osm>', encoding="utf-8")
    return path


def way(number, refs, **tags):
    inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    inner += "".join(f'<tag k="{key.replace("__", ":")}" v="{v}"/>' for key, v in tags.items())
    return f'<way id="{number}">{inner}</way>'


OUTER, INNER = (1, 2, 3, 4, 1), (5, 6, 7, 8, 5)


def test_osm_buildings(tmp_path):
    relation = (
        '<relation id="1"><member type="way" ref="20" role="outer"/>'
        '<member type="way" ref="21" role="inner"/>'
        '<tag k="type" v="multipolygon"/><tag k="building" v="yes"/>'
        '<tag k="height" v="9"/></relation>'
    )
    path = osm_building(
        tmp_path / "b.osm",
        way(10, OUTER, building="yes", building__levels=3),
        way(11, OUTER, building="no"),
        way(12, OUTER, building="roof"),
        way(13, OUTER, building="yes", location="underground"),
        way(14, OUTER, highway="footway"),
        way(15, OUTER, building__part="yes"),
        way(20, OUTER, building="yes"),
        way(21, INNER),
        relation,
    )
    found = read_obstacles(path, storey_height_m=3)
    frame = found.frame.set_index("obstacle_id").sort_index()
    assert list(frame.index) == ["relation/1", "way/10"]
    assert frame["height_m"].tolist() == [9, 9]
    assert frame["height_basis"].tolist() == ["measured", "levels"]
    # The courtyard of 1 by 1 in 4 by 4 is open.
    assert frame.area["relation/1"] / frame.area["way/10"] == pytest.approx(15 / 16, abs=1e-3)
    notes = notes_of(found)
    assert [notes[code] for code in ("not_a_building", "open_sided", "underground")] == [1, 1, 1]
    assert notes["outline_of_relation"] == 1
    assert found.log.rows_read == 6
    assert found.log.rows_read == found.log.items_read + 4


@pytest.mark.shared
def test_fitzrovia_buildings(shared_data):
    found = read_obstacles(shared_data / "london" / "fitzrovia.osm")
    assert len(found.frame) == found.log.items_read == 1130
    notes = notes_of(found)
    assert notes["height_measured"] + notes["height_levels"] == 731
    dropped = ("not_closed", "no_outline", "outline_of_relation")
    assert found.log.rows_read == 1130 + sum(notes[code] for code in dropped)
    same = read_obstacles(shared_data / "london" / "fitzrovia_buildings.geojson")
    assert len(same.frame) == 1130
    ids = found.frame["obstacle_id"].str.split("/").str[1]
    mine = found.frame.set_index(ids).area.sort_index()
    theirs = same.frame.set_index("obstacle_id").area.sort_index()
    assert np.allclose(mine, theirs, atol=1e-6)
    assert found.frame.is_valid.all()


@pytest.mark.shared
def test_measured_heights(shared_data):
    blocks = read_obstacles(shared_data / "london" / "barbican_buildings_height.geojson").frame
    assert len(blocks) == 76
    assert (blocks["height_m"].min(), blocks["height_m"].max()) == (2.8, 115.6)
    assert set(blocks["height_basis"]) == {"measured"}
