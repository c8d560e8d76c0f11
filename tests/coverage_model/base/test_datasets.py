"""The embedded data: complete, sourced, unchanged, and equal to the official boundaries."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.base import datasets, observations, schemas
from coverage_model.base.errors import InputError

ROOT = Path(__file__).resolve().parents[3]
FACTS = sorted((ROOT / "data" / "facts").glob("*.csv"))
FACT_TABLES = [path for path in FACTS if path.name != "SOURCES.csv"]

# The official file itself is this much smaller than the published area less tidal water there,
# although the published figures fit the other 31 boroughs to 0.01 ha.
SMALLER_HA = {"E09000018": 5.163, "E09000027": 5.340}


@pytest.mark.parametrize("detail", datasets.DETAILS)
def test_boroughs_are_33_valid_and_a_polygon_coverage(detail: str) -> None:
    frame = datasets.boroughs(detail)
    assert frame["borough_code"].tolist() == [f"E0900{number:04d}" for number in range(1, 34)]
    assert frame.crs.to_epsg() == 27700
    shapes = frame.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert set(frame.geom_type) <= {"Polygon", "MultiPolygon"}
    assert shapely.coverage_is_valid(shapes)
    checked = schemas.check(frame, schemas.Areas, "boroughs")
    assert checked["area_code"].equals(checked["borough_code"])


def test_areas_are_as_published_less_tidal_water() -> None:
    frame = datasets.boroughs("full").set_index("borough_code")
    published = frame["hectares"] - frame["tidal_water_ha"]
    smaller = pd.Series(SMALLER_HA).reindex(frame.index).fillna(0)
    difference = (published - frame.area / 1e4 - smaller).abs()
    assert difference.max() < 0.01
    facts = datasets.borough_facts()["area_ha_excl_tidal"]
    assert np.allclose(facts, published, atol=1e-6)


@pytest.mark.parametrize(("detail", "least_iou"), [("page", 0.998), ("overview", 0.98)])
def test_simplified_boundaries_stay_close(detail: str, least_iou: float) -> None:
    full = datasets.boroughs("full").geometry.to_numpy()
    simple = datasets.boroughs(detail).geometry.to_numpy()
    common = shapely.area(shapely.intersection(full, simple))
    iou = common / (shapely.area(full) + shapely.area(simple) - common)
    assert iou.min() > least_iou


@pytest.mark.shared
def test_boundaries_equal_the_official_file_from_another_source(shared_data: Path) -> None:
    official = gpd.read_file(shared_data / "london" / "boroughs_official_bng.gpkg")
    official = official.set_index("GSS_CODE").sort_index()
    ours = datasets.boroughs("full").set_index("borough_code")
    assert official.index.tolist() == ours.index.tolist()
    same = shapely.equals_exact(
        shapely.normalize(official.geometry.to_numpy()),
        shapely.normalize(ours.geometry.to_numpy()),
        1e-6,
    )
    assert same.all()


@pytest.mark.parametrize("detail", datasets.DETAILS)
def test_thames_lies_between_the_boroughs(detail: str) -> None:
    river = datasets.thames(detail)
    assert len(river) == 1
    shape = river.geometry.iloc[0]
    assert shape.is_valid
    boroughs = datasets.boroughs(detail)
    assert shapely.area(shapely.intersection(boroughs.geometry.to_numpy(), shape)).max() < 200
    # Published tidal water of all boroughs, less the creeks that the closing cannot reach.
    assert shape.area / 1e4 == pytest.approx(boroughs["tidal_water_ha"].sum(), rel=0.03)


def test_land_adjacency_follows_from_the_boundaries() -> None:
    frame = datasets.boroughs("full").set_index("borough_code").geometry
    stated = datasets.adjacency("land").set_index(["borough_code_a", "borough_code_b"])
    tree = shapely.STRtree(frame.to_numpy())
    left, right = tree.query(frame.to_numpy(), predicate="intersects")
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a < b]
    first, second = (frame.to_numpy()[list(side)] for side in zip(*pairs, strict=True))
    lengths = shapely.length(shapely.intersection(first, second))
    codes = [(frame.index[a], frame.index[b]) for a, b in pairs]
    measured = pd.Series(lengths, index=pd.MultiIndex.from_tuples(codes))
    assert set(measured[measured > 60].index) == set(stated.index)
    aligned = measured[stated.index].to_numpy()
    assert np.allclose(aligned, stated["shared_boundary_m"], rtol=0.05, atol=100)


def test_crossings_hold_london_together() -> None:
    codes = datasets.boroughs("overview")["borough_code"]

    def graph(kind: str) -> nx.Graph:
        made = nx.Graph()
        made.add_nodes_from(codes)
        table = datasets.adjacency(kind)
        made.add_edges_from(zip(table["borough_code_a"], table["borough_code_b"], strict=True))
        return made

    only_land_link = ("E09000018", "E09000027")  # Hounslow and Richmond
    land = graph("land")
    assert nx.is_connected(land)
    land.remove_edge(*only_land_link)
    assert not nx.is_connected(land)
    both = graph("land_and_crossings")
    assert both.number_of_edges() == 77
    both.remove_edge(*only_land_link)
    assert nx.is_connected(both)
    table = datasets.adjacency()
    assert (table["borough_code_a"] < table["borough_code_b"]).all()


@pytest.mark.parametrize("path", FACT_TABLES, ids=lambda path: path.name)
def test_every_fact_has_a_source_and_a_year_or_a_reason(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert rows
    for row in rows:
        # An observation names the page it was read on; every other fact its source.
        assert row.get("source", row.get("page_title", "")).strip(), row
        assert row["year"].strip() or row["note"].strip(), row


def test_totals_match_the_official_ones() -> None:
    facts = datasets.borough_facts()
    assert len(facts) == 33
    assert facts["population_2011"].sum() == 8_173_941
    assert facts["population_2020"].sum() == 9_002_488
    assert facts["tfl_jamcams_2024"].sum() == 900
    assert facts["met_bcu_2019"].nunique() == 12
    assert facts["met_bcu_2019"].isna().tolist() == [True] + [False] * 32
    sizes = facts["london_plan_subregion"].value_counts().to_dict()
    assert sizes == {"East": 10, "Central": 7, "West": 7, "South": 6, "North": 3}
    assert len(datasets.borough_fact_sources()) == 33 * 11


def test_control_rooms_name_known_boroughs_and_lie_in_or_near_them() -> None:
    rooms = datasets.control_rooms()
    boroughs = datasets.boroughs("page").set_index("borough_code").geometry
    assert len(rooms) == 28
    for room in rooms.itertuples():
        assert set(room.borough_codes) <= set(boroughs.index)
        if room.geometry is not None:
            assert "approximate" in room.coord_basis
            served = boroughs[list(room.borough_codes)]
            assert served.distance(room.geometry).min() < 500, room.area


def test_coefficients_have_a_range_a_source_and_a_mark() -> None:
    table = datasets.coefficients()
    assert table.index.is_unique
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    assert set(table["mark"]) == set(datasets.MARKS)
    assumed = table["mark"] == "assumption"
    assert (table.loc[assumed, "source"] == "assumption").all()
    assert (table.loc[assumed, "note"].str.len() > 20).all()
    assert (table.loc[~assumed, "source"] != "assumption").all()
    assert table[["unit", "group", "source"]].notna().all().all()


def test_derived_coefficients_follow_from_the_figures_read() -> None:
    value = datasets.coefficients()["value"]
    assert value["cameras_per_operator"] == pytest.approx(798 / 5, abs=0.5)
    assert value["shift_factor_fte_per_post"] == 10 / 2
    assert value["transmission_gbp_per_camera_year"] == 116_000 / 200
    assert value["transmission_gbp_per_circuit_year"] == pytest.approx(12_526 / 13, abs=0.5)
    assert value["camera_replacement_gbp"] == pytest.approx(1_600_000 / 312, abs=0.5)
    assert value["camera_decommission_gbp"] == pytest.approx(57_000 / 43, abs=0.5)
    assert value["private_per_public_measured"] == pytest.approx(450 / 65, abs=0.05)
    assert value["camera_running_gbp_per_year"] == 1027 + 731 + 281
    assert value["hours_monitored_per_year"] == 24 * 365.25
    assert value["operator_cost_gbp_per_fte_year"] == pytest.approx(33_000 * 1.3)


@pytest.mark.parametrize("kind", schemas.CAMERA_TYPES)
def test_every_camera_type_has_its_view_coefficients(kind: str) -> None:
    value = datasets.coefficients()["value"]
    hfov = np.radians(value[f"view_hfov_{kind}_deg"])
    vfov = np.degrees(2 * np.arctan(9 / 16 * np.tan(hfov / 2)))
    assert value[f"view_vfov_{kind}_deg"] == pytest.approx(vfov, abs=0.06)
    for name in ("view_px_{}", "view_height_{}_m", "view_range_{}_m", "view_tilt_{}_deg"):
        assert value[name.format(kind)] > 0


@pytest.mark.parametrize("who", ["public", "private"])
def test_shares_of_the_illustrative_mix_add_up(who: str) -> None:
    value = datasets.coefficients()["value"]
    names = value.index.str.fullmatch(f"illustrative_{who}_(fixed|dome|ptz|anpr)_share")
    assert value[names].sum() == pytest.approx(1)


def test_one_coefficient_and_the_remedy_for_a_wrong_name() -> None:
    rate = datasets.coefficient("discount_rate")
    assert (rate.value, rate.year, rate.mark) == (0.035, 2003, "read")
    assert datasets.coefficient("horizon_years").year is None
    with pytest.raises(InputError, match="Did you mean discount_rate"):
        datasets.coefficient("discount_rat")


def test_quality_levels_of_both_editions() -> None:
    old = datasets.quality_levels()
    assert dict(zip(old["level"], old["px_per_m"], strict=True)) == {
        "monitor": 12.5,
        "detect": 25,
        "observe": 62.5,
        "recognise": 125,
        "identify": 250,
        "inspect": 1000,
    }
    new = datasets.quality_levels("EN 62676-4 OODPCVS")
    assert "".join(level[0] for level in new["level"]).upper() == "OODPCVS"
    assert new["px_per_m"].is_monotonic_increasing
    detection = datasets.detection_by_monitors()
    assert detection["monitors_per_operator"].tolist() == [1, 4, 6, 9]


def test_anchors_lie_in_the_borough_they_name() -> None:
    points = datasets.anchors()
    assert points["kind"].value_counts().to_dict() == {"docking_station": 740, "rail_station": 325}
    shapes = datasets.boroughs("full").set_index("borough_code").geometry
    for code, group in points.groupby("borough_code"):
        assert group.within(shapes[code]).all(), code


def test_unknown_arguments_say_what_is_known() -> None:
    for call in (
        lambda: datasets.boroughs("fine"),
        lambda: datasets.thames("fine"),
        lambda: datasets.adjacency("river"),
        lambda: datasets.quality_levels("EN 0"),
    ):
        with pytest.raises(InputError, match="Use one of"):
            call()


@pytest.mark.parametrize(
    "read",
    [
        datasets.boroughs,
        datasets.thames,
        datasets.anchors,
        datasets.borough_facts,
        datasets.borough_fact_sources,
        observations.cctv_counts,
        observations.observations,
        datasets.control_rooms,
        datasets.adjacency,
        datasets.coefficients,
        datasets.quality_levels,
        datasets.detection_by_monitors,
    ],
    ids=lambda function: function.__name__,
)
def test_callers_cannot_change_what_others_read(read) -> None:
    first = read()
    kept = first.copy()
    first.iloc[:, 0] = first.iloc[0, 0]
    first["mine"] = 1
    pd.testing.assert_frame_equal(pd.DataFrame(read()), pd.DataFrame(kept))


def test_embedded_files_are_all_listed_and_unchanged() -> None:
    table = datasets.embedded()
    assert table[["what", "source", "licence", "date"]].notna().all().all()
    for row in table.itertuples():
        data = (datasets.data_dir() / row.file).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row.sha256, row.file
    listed = set(table["file"])
    for folder in ("boundaries", "facts", "places", "quarter", "standards"):
        for path in (datasets.data_dir() / folder).iterdir():
            if path.name not in {"SOURCES.csv", "README.md"}:
                assert f"{folder}/{path.name}" in listed
    assert sum((datasets.data_dir() / file).stat().st_size for file in listed) < 2.5e6


@pytest.mark.parametrize(
    "script", ["make_boundaries", "make_places", "make_quarter", "record_facts"]
)
def test_scripts_confirm_the_checksums(script: str) -> None:
    path = ROOT / "scripts" / f"{script}.py"
    done = subprocess.run(
        [sys.executable, str(path), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_conversion_restores_the_official_coordinates(monkeypatch: pytest.MonkeyPatch) -> None:
    """The script's own pure functions, from degrees back to the embedded bytes."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import make_boundaries  # noqa: PLC0415
    from pyproj import Transformer  # noqa: PLC0415

    helmert = Transformer.from_pipeline(make_boundaries.INVERSE_HELMERT)
    ours = datasets.boroughs("full")

    def degrees(xy: np.ndarray) -> np.ndarray:
        back = helmert.transform(xy[:, 0], xy[:, 1], direction="INVERSE")
        return np.column_stack(back)

    packaged = ours.set_geometry(
        gpd.GeoSeries(shapely.transform(ours.geometry.to_numpy(), degrees), crs=4326)
    )
    columns = ["borough_code", "borough", "hectares", "tidal_water_ha", "geometry"]
    full = make_boundaries.to_national_grid(packaged[columns])
    text = make_boundaries.geojson(full, name="boroughs_full", epsg=27700, decimals=1)
    assert text == (datasets.data_dir() / "boundaries" / "boroughs_full.geojson").read_bytes()
    # GEOS releases may differ in which vertices they drop, so no bytes are compared here.
    page = make_boundaries.checked(make_boundaries.simplified(full, 10.0), "page")
    vertices = [
        int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum())
        for frame in (page, datasets.boroughs("page"))
    ]
    assert vertices[0] == pytest.approx(vertices[1], rel=0.02)


def test_conversion_refuses_another_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import make_boundaries  # noqa: PLC0415

    square = gpd.GeoDataFrame(geometry=[shapely.box(-0.12345, 51.5, -0.1, 51.51)], crs=4326)
    with pytest.raises(SystemExit, match="not the expected source"):
        make_boundaries.to_national_grid(square)
