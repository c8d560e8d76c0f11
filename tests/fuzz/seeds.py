"""Small valid files of every container, made here, for the fuzzer to damage."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

from coverage_model.base.datasets import boroughs, data_dir
from optimisation.scenario_layers import embedded_scenarios

COUNT = 24


def cameras() -> pd.DataFrame:
    """Cameras in a row along a street in Camden."""
    number = np.arange(COUNT)
    return pd.DataFrame(
        {
            "camera_id": [f"C{n:02d}" for n in number],
            "easting": 529_000.0 + 25 * number,
            "northing": 182_000.0 + 7 * number,
            "azimuth_deg": (15 * number) % 360,
            "hfov_deg": 60,
            "range_m": 40 + number,
            "mount_height_m": 4.5,
            "tilt_deg": 10,
            "vfov_deg": 40,
            "horizontal_px": 1920,
            "camera_type": ["fixed", "dome", "ptz", "anpr"] * 6,
            "ownership": ["public", "private", "public", "unknown"] * 6,
            "operator": ["Camden", "Café Müller", "Zoë & Co", "TfL"] * 6,
        }
    )


def make_seeds(folder: Path) -> None:
    """Write all seeds."""
    folder.mkdir(parents=True, exist_ok=True)
    _camera_files(folder)
    _osm(folder)
    _tfl(folder)
    _layers(folder)
    _roads(folder)
    _tables(folder)
    _toml(folder)


def _camera_files(folder: Path) -> None:
    table = cameras()
    table.to_csv(folder / "cam.csv", index=False)
    renamed = table.rename(columns={"azimuth_deg": "bearing", "range_m": "Range (ft)"})
    renamed.to_csv(folder / "cam_semicolon.csv", index=False, sep=";", encoding="cp1252")
    titled = "Cameras of Anytown,,,\nCorrect in April,,,\n\n" + table.to_csv(index=False)
    (folder / "cam_titled.csv").write_text(titled + "\nTotal,24,,\n", encoding="utf-16")
    table.to_excel(folder / "cam.xlsx", index=False)
    with zipfile.ZipFile(folder / "cam.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "cam.csv", "register/cam.csv")
    (folder / "cam.jsonl").write_text(table.to_json(orient="records", lines=True))
    (folder / "cam.json").write_text(json.dumps({"cameras": table.to_dict("records")}))
    _ods(folder / "cam.ods", table)
    points = gpd.GeoDataFrame(
        table.drop(columns=["easting", "northing"]),
        geometry=gpd.points_from_xy(table.easting, table.northing),
        crs=27700,
    )
    degrees = points.to_crs(4326)
    points.to_file(folder / "cam.gpkg", layer="cameras", driver="GPKG")
    points.to_file(folder / "cam.fgb", driver="FlatGeobuf")
    points.to_file(folder / "cam.tab", driver="MapInfo File")
    points.to_file(folder / "cam.gml", driver="GML")
    for extra in folder.glob("cam.xsd"):
        extra.unlink()
    points.to_parquet(folder / "cam.parquet")
    table.to_parquet(folder / "plain.parquet")
    degrees.to_file(folder / "cam.geojson", driver="GeoJSON")
    degrees.to_file(folder / "cam.geojsons", driver="GeoJSONSeq")
    degrees[["camera_id", "operator", "geometry"]].to_file(folder / "cam.kml", driver="KML")
    short = {"mount_height_m": "height", "horizontal_px": "horizontal", "azimuth_deg": "azimuth"}
    short["camera_type"] = "camera_typ"
    points.rename(columns=short).to_file(folder / "cam.shp")


def _ods(path: Path, table: pd.DataFrame) -> None:
    rows = [list(table.columns), *table.astype(str).to_numpy().tolist()]
    cells = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in row)
        + "</table:table-row>"
        for row in [[str(c).replace("&", "&amp;") for c in row] for row in rows]
    )
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Cameras">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)


def _places() -> list[tuple[float, float]]:
    return [(-0.141 + 0.001 * n, 51.52 + 0.0003 * n) for n in range(COUNT)]


def _osm(folder: Path) -> None:
    elements = [
        {
            "type": "node",
            "id": 1000 + n,
            "lat": lat,
            "lon": lon,
            "tags": {
                "man_made": "surveillance",
                "surveillance": "public",
                "surveillance:type": "camera",
                "camera:type": "fixed",
                "camera:direction": str(15 * n),
                "camera:height": "5 m",
                "operator": "Café",
            },
        }
        for n, (lon, lat) in enumerate(_places())
    ]
    overpass = json.dumps({"version": 0.6, "elements": elements})
    (folder / "overpass.json").write_text(overpass, encoding="utf-8")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for each in elements:
        tags = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in each["tags"].items())
        place = f'id="{each["id"]}" lat="{each["lat"]}" lon="{each["lon"]}" version="1"'
        lines.append(f"<node {place}>{tags}</node>")
    node, way = 5000, 9000
    ways = []
    for n in range(6):
        corners = []
        for dx, dy in ((0, 0), (4e-4, 0), (4e-4, 3e-4), (0, 3e-4)):
            lines.append(f'<node id="{node}" lat="{51.521 + dy}" lon="{-0.14 + n / 1000 + dx}"/>')
            corners.append(node)
            node += 1
        ways.append(([*corners, corners[0]], {"building": "yes", "building:levels": str(n + 1)}))
    chains: list[list[int]] = [[], []]
    for n in range(8):
        for side, lat in ((0, 51.5195), (1, 51.5205)):
            lines.append(f'<node id="{node}" lat="{lat}" lon="{-0.141 + n / 1000}"/>')
            chains[side].append(node)
            node += 1
    rungs = [list(pair) for pair in zip(*chains, strict=True)]
    ways += [(chain, {"highway": "residential", "name": "Rue"}) for chain in [*chains, *rungs]]
    for refs, tags in ways:
        inside = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        inside += "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        lines.append(f'<way id="{way}" version="1">{inside}</way>')
        way += 1
    lines.append(
        '<relation id="77" version="1"><member type="way" ref="9000" role="outer"/>'
        '<member type="way" ref="9001" role="inner"/><tag k="type" v="multipolygon"/>'
        '<tag k="building" v="yes"/></relation></osm>'
    )
    (folder / "all.osm").write_text("\n".join(lines), encoding="utf-8")
    import osmium  # noqa: PLC0415 - an extra

    with osmium.SimpleWriter(str(folder / "all.osm.pbf"), overwrite=True) as writer:
        for each in osmium.FileProcessor(str(folder / "all.osm")):
            writer.add(each)


def _tfl(folder: Path) -> None:
    image = "https://s3-eu-west-1.amazonaws.com/jamcams.tfl.gov.uk/00001.{}.jpg"
    places = [
        {
            "$type": "Tfl.Api.Presentation.Entities.Place",
            "id": f"JamCams_00001.{n:05d}",
            "placeType": "JamCam",
            "lat": lat,
            "lon": lon,
            "additionalProperties": [
                {"category": "payload", "key": "available", "value": "true"},
                {"category": "payload", "key": "imageUrl", "value": image.format(n)},
            ],
        }
        for n, (lon, lat) in enumerate(_places())
    ]
    (folder / "tfl.json").write_text(json.dumps(places))
    features = [
        {
            "type": "Feature",
            "properties": {"available": "true", "imageUrl": image.format(n), "view": "A1 north"},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for n, (lon, lat) in enumerate(_places())
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "tfl.geojson").write_text(json.dumps(collection))


def _layers(folder: Path) -> None:
    areas = boroughs("overview").head(8).reset_index()
    areas = areas[["area_code", "area_name", "geometry"]]
    areas.geometry = areas.geometry.simplify(400)
    blocks = gpd.GeoDataFrame(
        {
            "id": [f"B{n}" for n in range(COUNT)],
            "height": [str(3 + n) for n in range(COUNT)],
            "building:levels": ["2"] * COUNT,
        },
        geometry=[
            shapely.box(529_000 + 30 * n, 182_000, 529_020 + 30 * n, 182_015) for n in range(COUNT)
        ],
        crs=27700,
    )
    demand = gpd.GeoDataFrame(
        {"weight": range(1, COUNT + 1)},
        geometry=gpd.points_from_xy(*np.array(_places()).T),
        crs=4326,
    )
    for name, layer in (("areas", areas), ("bld", blocks), ("demand", demand)):
        layer.to_file(folder / f"{name}.gpkg", driver="GPKG")
        layer.to_crs(4326).to_file(folder / f"{name}.geojson", driver="GeoJSON")
        layer.to_parquet(folder / f"{name}.parquet")
    table = pd.DataFrame(_places(), columns=["lon", "lat"]).assign(weight=range(COUNT))
    table.to_csv(folder / "demand.csv", index=False)


def _roads(folder: Path) -> None:
    lines = gpd.GeoDataFrame(
        {"name": ["a", "b", "c"], "highway": ["residential"] * 3},
        geometry=gpd.GeoSeries.from_wkt(
            [
                "LINESTRING(530000 180000,530200 180000)",
                "LINESTRING(530100 179900,530100 180100)",
                "LINESTRING(530100 180000,530300 180100)",
            ]
        ),
        crs=27700,
    )
    lines.to_file(folder / "streets.gpkg", driver="GPKG", layer="edges")
    lines.to_crs(4326).to_file(folder / "streets.geojson", driver="GeoJSON")
    graph = nx.MultiDiGraph(
        crs="EPSG:27700", created_date="2024-01-01 00:00:00", created_with="OSMnx 2.0.0"
    )
    for i in range(5):
        for j in range(5):
            graph.add_node(i * 5 + j, x=525_000.0 + 2000 * i, y=175_000.0 + 2000 * j)
    for i in range(5):
        for j in range(5):
            for di, dj in ((1, 0), (0, 1)):
                if i + di < 5 and j + dj < 5:
                    ends = i * 5 + j, (i + di) * 5 + j + dj
                    tags = {"osmid": "5", "highway": "residential", "length": "2000.0", "name": "R"}
                    graph.add_edge(*ends, oneway="False", reversed="False", **tags)
                    graph.add_edge(*ends[::-1], oneway="False", reversed="True", **tags)
    nx.write_graphml(graph, folder / "roads.graphml")


def _tables(folder: Path) -> None:
    def write(name: str, table: dict[str, object], *, workbook: bool = False) -> None:
        frame = pd.DataFrame(table)
        frame.to_csv(folder / f"{name}.csv", index=False)
        if workbook:
            frame.to_excel(folder / f"{name}.xlsx", index=False)

    three = {"borough": ["Camden", "Islington", "Hackney"]}
    place = {"easting": [529_000, 531_500, 534_800], "northing": [184_000, 185_000, 185_500]}
    write("sites", {**three, **place, "kind": "town hall", "has_room": ["yes", "no", "yes"]})
    write("bases", {**three, **place, "name": ["A", "B", "C"], "share": ["1", "1", ""]})
    write(
        "contracts",
        {
            "contract_id": ["K1", "K2", "K3"],
            "category": ["maintenance", "cameras", "transmission"],
            **three,
            "value_gbp_per_year": ["50000", "£60,000", ""],
            "start": ["2024-04-01", "01/04/2023", "2025-04-01"],
            "end": ["2028-03-31", "31/03/2029", "2027-03-31"],
            "extension_months": ["12", "", ""],
        },
        workbook=True,
    )
    ids = list(cameras().camera_id)
    write(
        "audit",
        {
            "camera_id": ids,
            "retention_days": "31",
            "frame_rate_fps": "25",
            "codec": "H.264",
            "encryption": "none",
            "installed_year": "2015",
            "horizontal_px": "1920",
        },
    )
    write("targets", {"camera_id": ids, **cameras()[["easting", "northing"]].to_dict("list")})
    write("levels", {"level": ["detect", "identify"], "px_per_m": ["25", "250"]}, workbook=True)
    facts, standards = data_dir() / "facts", data_dir() / "standards"
    for name, source in (
        ("hours.csv", facts / "crime_by_time_of_day.csv"),
        ("measures.csv", standards / "measures.csv"),
        ("standard.toml", standards / "evidence.toml"),
    ):
        (folder / name).write_bytes(source.read_bytes())


def _toml(folder: Path) -> None:
    optimum = embedded_scenarios()["optimum"].read_text(encoding="utf-8")
    (folder / "scenario.toml").write_text(
        optimum + '\n[value]\nplan = "bcu"\ndraws = 10\n[contract_exit_gbp]\nCamden = 1000\n',
        encoding="utf-8",
    )
    (folder / "child.toml").write_text(
        'extends = "optimum"\nname = "child"\nrooms = 3\nmust_share = [["Sutton", "Croydon"]]\n'
        'fixed_rooms = ["Wandsworth"]\nboroughs = ["Sutton", "Croydon", "Wandsworth", "Merton"]\n',
        encoding="utf-8",
    )
    (folder / "profile.toml").write_text(
        'crs = "EPSG:27700"\nazimuth = "true"\n[columns]\ncamera_id = "camera_id"\n'
        'azimuth = "azimuth_deg"\nrange = "range_m"\n[units]\nrange = "ft"\n[defaults]\n'
        'ownership = "public"\n[values.camera_type]\n"Bullet" = "fixed"\n',
        encoding="utf-8",
    )
