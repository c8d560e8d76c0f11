"""One inventory, one layer of areas, one of buildings, each written in many containers."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import shapely

from coverage_model.base.crs import to_crs

COUNT = 60


def inventory() -> pd.DataFrame:
    """Sixty cameras as a council lists them, all as text; some retired, some without a heading."""
    number = np.arange(COUNT)
    return pd.DataFrame(
        {
            "camera_id": [f"CAM{n:03d}" for n in number],
            "easting": [f"{529_000.25 + 31.5 * n:.2f}" for n in number],
            "northing": [f"{182_000.75 + 17.25 * n:.2f}" for n in number],
            "azimuth": ["" if n % 7 == 3 else f"{(n * 22.5) % 360:g}" for n in number],
            "hfov": [f"{40 + n % 50}" for n in number],
            "range_m": [f"{30 + n}" for n in number],
            "height": [f"{4 + (n % 8) / 2:g}" for n in number],
            "type": [("fixed", "dome", "ptz", "bullet")[n % 4] for n in number],
            "ownership": [("council", "private", "public")[n % 3] for n in number],
            "operator": [("Café Müller", "Zoë & Co", "Camden")[n % 3] for n in number],
            "status": ["Decommissioned" if n % 10 == 9 else "Live" for n in number],
        }
    )


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """The same with numbers as numbers."""
    frame = table.copy()
    for name in ("easting", "northing", "azimuth", "hfov", "range_m", "height"):
        frame[name] = pd.to_numeric(frame[name].replace("", None))
    return frame


def _points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    frame = _typed(table)
    places = gpd.points_from_xy(frame.easting, frame.northing)
    return gpd.GeoDataFrame(frame.drop(columns=["easting", "northing"]), geometry=places, crs=27700)


def write_cameras(folder: Path) -> dict[str, Path]:
    """Write the inventory in every container and dialect; the files by what they are."""
    folder.mkdir()
    table, points = inventory(), _points(inventory())
    plain = table.to_csv(index=False)
    files: dict[str, Path] = {}

    def put(name: str, file: str, content: bytes | str) -> Path:
        files[name] = folder / file
        data = content.encode() if isinstance(content, str) else content
        files[name].write_bytes(data)
        return files[name]

    put("CSV", "a.csv", plain)
    comma = table.copy()
    for column in ("easting", "northing", "azimuth", "height"):
        comma[column] = comma[column].str.replace(".", ",")
    text = comma.to_csv(index=False, sep=";", lineterminator="\r\n")
    put("semicolons, decimal commas, Windows-1252", "b.csv", text.encode("cp1252"))
    put("tabs, UTF-16", "c.txt", table.to_csv(index=False, sep="\t").encode("utf-16"))
    put("UTF-16 without a mark", "d.csv", plain.encode("utf-16-le"))
    put("bars, UTF-8 with a mark", "e.csv", table.to_csv(index=False, sep="|").encode("utf-8-sig"))
    titles = "Anytown CCTV register,,,,\nCorrect at,1 April 2024,,,\n,,,,\n"
    put("titles above, a total below", "f.csv", f"{titles}{plain}\nTotal,{COUNT},,,,,,,,,\n")
    put("the delimiter stated", "g.csv", "sep=;\n" + table.to_csv(index=False, sep=";"))
    put("a comment above", "h.csv", f"# exported by hand\n{plain}")
    put("everything quoted", "i.csv", table.to_csv(index=False, quoting=1, lineterminator="\r\n"))
    put("CSV in gzip", "j.csv.gz", gzip.compress(plain.encode(), mtime=0))
    _workbooks(folder, table, files)
    records = table.to_dict("records")
    put("JSON records", "k.json", json.dumps(records))
    put("JSON records under a name", "l.json", json.dumps({"count": COUNT, "cameras": records}))
    put("a JSON record a line", "m.jsonl", "\n".join(map(json.dumps, records)))
    put("JSON in UTF-16", "n.json", json.dumps(records, ensure_ascii=False).encode("utf-16"))
    files["Parquet"] = folder / "o.parquet"
    _typed(table).to_parquet(files["Parquet"])
    files["Arrow"] = folder / "p.feather"
    _typed(table).to_feather(files["Arrow"], compression="uncompressed")
    _gis(folder, points, files)
    shown, _ = to_crs(points, "EPSG:4326")
    features = [_feature(row) for row in shown.to_dict("records")]
    collection = {"type": "FeatureCollection", "features": features}
    put("GeoJSON", "q.geojson", json.dumps(collection))
    cp1252 = json.dumps(collection, ensure_ascii=False).encode("cp1252")
    put("GeoJSON in Windows-1252", "r.geojson", cp1252)
    utf16 = json.dumps(collection, ensure_ascii=False).encode("utf-16")
    put("GeoJSON in UTF-16", "s.geojson", utf16)
    put("a feature a line", "t.geojsonl", "\n".join(map(json.dumps, features)))
    put("GeoJSON text sequence", "u.geojsons", "".join(f"\x1e{json.dumps(f)}\n" for f in features))
    topology = {
        "type": "Topology",
        "objects": {
            "cameras": {
                "type": "GeometryCollection",
                "geometries": [
                    {**feature["geometry"], "properties": feature["properties"]}
                    for feature in features
                ],
            }
        },
        "arcs": [],
    }
    put("TopoJSON", "v.topojson", json.dumps(topology))
    esri = {
        "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 27700},
        "fields": [
            {"name": name, "type": "esriFieldTypeString", "length": 80}
            for name in table.columns
            if name not in {"easting", "northing"}
        ],
        "features": [
            {
                "attributes": {k: v for k, v in row.items() if k not in {"easting", "northing"}},
                "geometry": {"x": float(row["easting"]), "y": float(row["northing"])},
            }
            for row in records
        ],
    }
    put("Esri JSON", "w.json", json.dumps(esri))
    for name, parts in (("CSV", ["a.csv"]), ("Shapefile", [f"points.{e}" for e in _SHP])):
        packed = folder / f"{name}.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", "What this is.")
            for part in parts:
                archive.write(folder / part, f"register/{part}")
        files[f"{name} in a zip archive"] = packed
    return files


_SHP = ("shp", "shx", "dbf", "prj", "cpg")


def _feature(row: dict[str, object]) -> dict[str, object]:
    point = row["geometry"]
    properties = {
        name: None if value is None or value != value else value  # noqa: PLR0124 - NaN
        for name, value in row.items()
        if name != "geometry"
    }
    coordinates = [point.x, point.y]  # type: ignore[attr-defined]
    geometry = {"type": "Point", "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _workbooks(folder: Path, table: pd.DataFrame, files: dict[str, Path]) -> None:
    files["Excel"] = folder / "book.xlsx"
    _typed(table).to_excel(files["Excel"], index=False, sheet_name="Cameras")
    files["Excel, a page of words first, titles above"] = folder / "titled.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "About"
    book.active["A1"] = "This register is kept by hand."
    sheet = book.create_sheet("Public space")
    sheet["A1"] = "Anytown CCTV register"
    for row in [list(table.columns), *table.to_numpy().tolist()]:
        sheet.append(row)
    sheet.insert_rows(2)
    sheet["XFD70000"] = "x"  # a stray cell, as a slip of the mouse leaves it
    book.save(files["Excel, a page of words first, titles above"])
    files["OpenDocument"] = folder / "book.ods"
    rows = [list(table.columns), *table.to_numpy().tolist()]
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f"<table:table-cell><text:p>{cell.replace('&', '&amp;')}</text:p></table:table-cell>"
            for cell in row
        )
        + '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        for row in rows
    )
    spaces = "urn:oasis:names:tc:opendocument:xmlns"
    with zipfile.ZipFile(files["OpenDocument"], "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{spaces}:office:1.0" '
            f'xmlns:table="{spaces}:table:1.0" xmlns:text="{spaces}:text:1.0"><office:body>'
            f'<office:spreadsheet><table:table table:name="Register">{cells}'
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
            "</table:table-row></table:table></office:spreadsheet></office:body>"
            "</office:document-content>",
        )


def _gis(folder: Path, layer: gpd.GeoDataFrame, files: dict[str, Path]) -> None:
    """Write a layer through GDAL's drivers and GeoParquet."""
    for name, file, driver in (
        ("GeoPackage", "points.gpkg", "GPKG"),
        ("FlatGeobuf", "points.fgb", "FlatGeobuf"),
        ("Shapefile", "points.shp", "ESRI Shapefile"),
        ("MapInfo TAB", "points.tab", "MapInfo File"),
        ("MapInfo MIF", "points.mif", "MapInfo File"),
        ("GML", "points.gml", "GML"),
        ("SQLite", "points.sqlite", "SQLite"),
    ):
        files[name] = folder / file
        given = layer
        if driver == "MapInfo File" and "azimuth" in layer:  # it has no missing numbers
            blank = layer["azimuth"].isna()
            given = layer.assign(azimuth=layer["azimuth"].astype(str).where(~blank, ""))
        given.to_file(files[name], driver=driver)
    files["Shapefile in Windows-1252, not said"] = folder / "ansi.shp"
    layer.to_file(folder / "ansi.shp", encoding="cp1252")
    (folder / "ansi.cpg").unlink()
    files["GeoParquet"] = folder / "points.parquet"
    layer.to_parquet(files["GeoParquet"])
    degrees, _ = to_crs(layer, "EPSG:4326")
    for name, file in (("KML", "points.kml"), ("KMZ", "points.kmz")):
        files[name] = folder / file
        degrees.to_file(files[name], driver="LIBKML")
    geodatabase = folder / "points.gdb"
    several = bool((layer.geom_type == "MultiPolygon").any())
    whole = layer.select_dtypes("integer").columns  # which its older versions lack
    as_float = layer.astype(dict.fromkeys(whole, float))
    as_float.to_file(geodatabase, driver="OpenFileGDB", promote_to_multi=several)
    files["Esri geodatabase in a zip archive"] = folder / "gdb.zip"
    with zipfile.ZipFile(files["Esri geodatabase in a zip archive"], "w") as archive:
        for part in sorted(geodatabase.iterdir()):
            archive.write(part, f"points.gdb/{part.name}")


def areas() -> gpd.GeoDataFrame:
    """Six wards, one of two parts."""
    shapes = [shapely.box(529_000 + 700 * n, 182_000, 529_700 + 700 * n, 182_900) for n in range(5)]
    shapes.append(
        shapely.MultiPolygon(
            [
                shapely.box(529_000, 184_000, 529_300, 184_200),
                shapely.box(530_000, 184_000, 530_100, 184_300),
            ]
        )
    )
    return gpd.GeoDataFrame(
        {
            "WD24CD": [f"E0500{n:04d}" for n in range(6)],
            "WD24NM": ["Évry", "Bloomsbury", "St Pancras", "Holborn", "King's Cross", "Regent's"],
        },
        geometry=shapes,
        crs=27700,
    )


def buildings() -> gpd.GeoDataFrame:
    """Forty blocks, some of known height and some of known storeys."""
    number = np.arange(40)
    return gpd.GeoDataFrame(
        {
            "osm_id": [f"way/{n}" for n in number],
            "height": ["" if n % 3 else f"{6 + n % 9} m" for n in number],
            "levels": ["" if n % 3 == 0 else f"{2 + n % 5}" for n in number],
            "name": ["Café Noir"] * 40,
        },
        geometry=[
            shapely.box(529_000 + 40 * n, 182_000, 529_025 + 40 * n, 182_030 + n) for n in number
        ],
        crs=27700,
    )


def write_polygons(folder: Path, layer: gpd.GeoDataFrame) -> dict[str, Path]:
    """Write a layer of polygons in every container."""
    folder.mkdir()
    files: dict[str, Path] = {}
    _gis(folder, layer, files)
    degrees, _ = to_crs(layer, "EPSG:4326")
    features = json.loads(degrees.to_json(drop_id=True))["features"]
    collection = json.dumps({"type": "FeatureCollection", "features": features})
    for name, file, data in (
        ("GeoJSON", "a.geojson", collection.encode()),
        ("GeoJSON in UTF-16", "b.geojson", collection.encode("utf-16")),
        ("GeoJSON in gzip", "c.geojson.gz", gzip.compress(collection.encode(), mtime=0)),
        ("a feature a line", "d.geojsonl", "\n".join(map(json.dumps, features)).encode()),
    ):
        files[name] = folder / file
        files[name].write_bytes(data)
    return files
