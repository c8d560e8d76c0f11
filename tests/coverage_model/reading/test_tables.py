from __future__ import annotations

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from coverage_model.base.errors import InputError
from coverage_model.reading import plain_csv
from coverage_model.reading.columns import coordinate_fields, match_columns, squash
from coverage_model.reading.dictionary import column_names, sources
from coverage_model.reading.formats import read_source
from coverage_model.reading.profile import FIELDS, Profile, load_profile, normalise


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_dialects(tmp_path, delimiter, encoding):
    text = delimiter.join(["id", "name"]) + "\r\n" + delimiter.join(["007", "Café"]) + "\r\n"
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    source, adapter = read_source(path)
    assert adapter.name == "csv"
    assert source.rows.to_dict("list") == {"id": ["007"], "name": ["Café"]}
    assert any(note.code == "encoding" for note in source.notes.found) == (encoding == "cp1252")


def test_csv_with_quotes_blank_rows_and_nameless_columns(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('\nid,,place\n1,x,"High St, W1"\n,,\n2,y,"two\nlines"\n3\n', encoding="utf-8")
    source, _ = read_source(path)
    assert list(source.rows) == ["id", "column 2", "place"]
    assert source.rows["place"].tolist() == ["High St, W1", "two\nlines", ""]
    assert source.labels == ["row 3", "row 5", "row 6"]
    assert source.rows_read == 4
    assert [(note.code, note.rows) for note in source.notes.found] == [("blank_rows", ("row 4",))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,lat\n", "no rows"),
        ("\n\n  \n", "no header"),
        ("id,lat,lat\n1,2,3\n", "columns twice in the header: lat"),
        ("id,lat\n1,2,3\n", "more cells than the header"),
        ('id,lat\n"1,2\n', "cannot be read as CSV"),
    ],
)
def test_csv_that_cannot_be_right(tmp_path, text, words):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_source(path)


PLAIN = "id,street,range\nC1,High St,20\nC2, Low St ,\nC3,High St,30\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", ";").replace("20", "20,5"),
        PLAIN.removesuffix("\n"),
        PLAIN.replace("Low St", '"Low, St"'),
        PLAIN.replace("C3", "\n\nC3"),
        PLAIN.replace("C2, Low St ,", "C2"),
        PLAIN.replace("C1,", " ,"),
        PLAIN.replace("id,street", "id,"),
        PLAIN.replace("C2", "id,street,range\nC2"),
        PLAIN.replace("20\n", "20\rC4,x,1\n"),
        PLAIN + "Total,3,\n",
        "Register\n\n" + PLAIN,
        PLAIN.replace("C1", ",(m),m\nC1"),
        PLAIN.replace("High", "H\u00f6he"),
    ],
)
def test_the_quick_way_reads_as_the_careful_way(tmp_path, monkeypatch, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8", newline="")
    careful, _ = read_source(path)
    monkeypatch.setattr(plain_csv, "SMALLEST_BYTES", 0)
    quick, _ = read_source(path)
    assert_frame_equal(quick.rows, careful.rows)
    assert (quick.labels, quick.layout, quick.rows_read) == (
        careful.labels, careful.layout, careful.rows_read)  # fmt: skip
    assert quick.notes.found == careful.notes.found


def test_the_quick_way_is_taken(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_text(PLAIN, encoding="utf-8")
    assert plain_csv.plain_rows(path, delimiter=",", header=["id", "street", "range"]) is None
    monkeypatch.setattr(plain_csv, "SMALLEST_BYTES", 0)
    rows = plain_csv.plain_rows(path, delimiter=",", header=["id", "street", "range"])
    assert rows["street"].tolist() == ["High St", " Low St ", "High St"]


def test_excel(tmp_path):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame().to_excel(book, sheet_name="empty", index=False)
        pd.DataFrame({"id": [7, 8], "lat": [51.5, None], "day": ["x", "y"]}).to_excel(
            book, sheet_name="cams", index=False
        )
        pd.DataFrame({"id": ["z"]}).to_excel(book, sheet_name="other", index=False)
    source, adapter = read_source(path)
    assert adapter.name == "excel"
    assert source.rows.to_dict("list") == {
        "id": ["7", "8"],
        "lat": ["51.5", ""],
        "day": ["x", "y"],
    }
    assert source.labels == ["row 2", "row 3"]
    assert [note.rows for note in source.notes.found] == [("other",)]
    source, _ = read_source(path, layer="other")
    assert source.rows["id"].tolist() == ["z"]
    with pytest.raises(InputError, match=r"no sheet 'nine'.*Sheets: empty, cams, other"):
        read_source(path, layer="nine")


def test_a_format_without_layers_refuses_one(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="no layers"):
        read_source(path, layer="x")


def test_content_decides_and_a_wrong_suffix_is_noted(tmp_path):
    path = tmp_path / "table.geojson"
    path.write_text("id,lat,lon\n1,51,0\n", encoding="utf-8")
    source, adapter = read_source(path)
    assert adapter.name == "csv"
    assert [note.code for note in source.notes.found] == ["suffix"]


def test_conventions():
    names = [
        "Camera ID",
        "LAT",
        "Lng",
        "Mounting Height (ft)",
        "FoV (deg)",
        "Camera angle",
        "Notes",
    ]
    matching = match_columns(names, Profile(), source="x")
    assert matching.columns == {
        "camera_id": "Camera ID",
        "latitude": "LAT",
        "longitude": "Lng",
        "mount_height": "Mounting Height (ft)",
        "hfov": "FoV (deg)",
    }
    assert matching.units == {"mount_height": "ft"}
    assert coordinate_fields(matching) == ("longitude", "latitude")
    assert set(matching.unused) == {"Camera angle", "Notes"}
    assert normalise(" X-Coord. (m)") == "x_coord_m"


def test_the_first_alias_wins_and_grid_coordinates_before_degrees():
    names = ["id", "camera_id", "lat", "lon", "Easting", "Northing", "bearing", "azimuth_deg"]
    matching = match_columns(names, Profile(), source="x")
    assert matching.columns["camera_id"] == "camera_id"
    assert matching.columns["azimuth"] == "azimuth_deg"
    assert not matching.true_north
    assert coordinate_fields(matching) == ("easting", "northing")


def test_names_cut_by_a_shapefile():
    names = ["camera_id", "mount_heig", "camera_typ", "azimuth_de", "horizontal"]
    matching = match_columns(names, Profile(), source="x")
    # "horizontal" could be the resolution or the field of view: it means nothing.
    assert set(matching.columns) == {"camera_id", "mount_height", "camera_type"} | {
        name for name in ("azimuth",) if name in matching.columns
    }


def test_every_name_means_one_field_and_has_a_source():
    seen: dict[str, str] = {}
    for each in column_names():
        assert seen.setdefault(squash(each.name), each.field) == each.field, each
        assert each.field == "?" or each.field in FIELDS, each
        assert each.source in sources(), each


def test_profile_faults_come_together(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text(
        '[columns]\ncamera_idd = "A"\n[units]\nrange = "furlong"\nhfov = "m"\n[values.colour]\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        load_profile(path)
    text = str(caught.value)
    assert "Did you mean camera_id?" in text
    assert "furlong" in text
    assert "hfov is not a length" in text
    assert "'colour'" in text
    path.write_text('north = "true"\nazimuth = "magnetic"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"(?s)north.*Known keys: crs, azimuth.*") as caught:
        load_profile(path)
    assert len(caught.value.faults) == 2
    path.write_text("= 1", encoding="utf-8")
    with pytest.raises(InputError, match="not valid TOML"):
        load_profile(path)
    profile = Profile(columns={"camera_id": "Asset"})
    with pytest.raises(InputError, match=r"'Asset' for camera_id is not there.*'Assets'"):
        match_columns(["Assets", "x"], profile, source="x")
