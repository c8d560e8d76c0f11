"""Asking public services: a server on this machine speaks their protocols, and fails in their ways.

Its answers have the recorded shapes of Overpass, Nominatim, TfL, police.uk and the ONS.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlparse
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
from geopandas.testing import assert_geodataframe_equal

from sharedview.study import load_study
from tests.sharedview.fetch.town import BOX, run, usual

WEST, SOUTH, EAST, NORTH = (float(each) for each in BOX.split(","))
SQUARE = [[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH], [WEST, SOUTH]]


def as_overpass(xml: Path) -> dict[str, Any]:
    """Return the elements of an OSM XML file in Overpass's JSON."""
    elements: list[dict[str, Any]] = []
    for thing in ET.parse(xml).getroot():  # noqa: S314 (our own file)
        if thing.tag not in {"node", "way", "relation"}:
            continue
        made: dict[str, Any] = {"type": thing.tag, "id": int(thing.attrib["id"])}
        if thing.tag == "node":
            made |= {"lat": float(thing.attrib["lat"]), "lon": float(thing.attrib["lon"])}
        if thing.tag == "way":
            made["nodes"] = [int(each.attrib["ref"]) for each in thing.iter("nd")]
        if thing.tag == "relation":
            made["members"] = [
                {**each.attrib, "ref": int(each.attrib["ref"])} for each in thing.iter("member")
            ]
        tags = {each.attrib["k"]: each.attrib["v"] for each in thing.iter("tag")}
        elements.append(made | ({"tags": tags} if tags else {}))
    return {"version": 0.6, "generator": "Overpass API", "elements": elements}


class Services(ThreadingHTTPServer):
    """The services, what they were asked, and what they are to do wrong."""

    daemon_threads = True

    def __init__(self, overpass: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.overpass = json.dumps(overpass).encode()
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0
        self.faults: dict[int, str] = {}  # by the number of the request, from 0
        self.always = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, path: str) -> bytes:
        asked = parse_qs(urlparse(path).query)
        if path.startswith("/search"):
            shape = {"type": "Polygon", "coordinates": [SQUARE]}
            found = {
                "place_id": 1, "osm_type": "relation", "osm_id": 51800, "lat": "51.52",
                "lon": "-0.14", "class": "boundary", "type": "administrative", "importance": 0.5,
                "name": "Parish 0", "display_name": "Parish 0, London", "place_rank": 12,
                "addresstype": "suburb", "geojson": shape,
                "boundingbox": [str(SOUTH), str(NORTH), str(WEST), str(EAST)],
            }  # fmt: skip
            return json.dumps([] if "Nowhere" in path else [found]).encode()
        if path.startswith("/Place/Type/JamCam"):
            cams = [
                {
                    "$type": "Tfl.Api.Presentation.Entities.Place", "id": f"JamCams_{number}",
                    "commonName": "A Street", "placeType": "JamCam", "lat": SOUTH + 0.0005,
                    "lon": lon,
                    "additionalProperties": [{"key": "available", "value": "true"}],
                }
                for number, lon in ((1, WEST + 0.0005), (2, 0.1))
            ]  # fmt: skip
            return json.dumps(cams).encode()
        if path.startswith("/crimes-street"):
            assert asked["poly"][0].count(":") >= 3
            spot = {"latitude": f"{SOUTH + 0.0005}", "longitude": f"{WEST + 0.0005}",
                    "street": {"id": 1, "name": "On or near Goodge Place"}}  # fmt: skip
            rows = [{"id": n, "category": "burglary", "month": asked["date"][0], "location": spot}
                    for n in range(3)]  # fmt: skip
            return json.dumps(rows).encode()
        if "/FeatureServer/0/query" in path:
            start = int(asked["resultOffset"][0])
            shape = {"type": "Polygon", "coordinates": [SQUARE]}
            ward = {"WD24CD": f"E0500000{start}", "WD24NM": f"Ward {start}"}
            feature = {"type": "Feature", "properties": ward, "geometry": shape}
            page = {"type": "FeatureCollection", "features": [feature]}
            more = {"properties": {"exceededTransferLimit": True}} if start == 0 else {}
            return json.dumps(page | more).encode()
        return self.overpass


class Handler(BaseHTTPRequestHandler):
    server: Services

    def do_GET(self) -> None:
        self._answer(self.path)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(f"{self.path} {unquote_plus(body.decode())}")

    def _answer(self, asked: str) -> None:
        served = self.server
        served.at_once += 1
        served.most_at_once = max(served.most_at_once, served.at_once)
        try:
            fault = served.faults.get(len(served.asked), served.always)
            served.asked.append(asked)
            self._send(fault, served.answer(asked))
        finally:
            served.at_once -= 1

    def _send(self, fault: str, body: bytes) -> None:
        if fault.isdigit():
            self.send_response(int(fault))
            if fault == "429":
                self.send_header("Retry-After", "0")
            self.end_headers()
            return
        if fault == "slow":
            time.sleep(3.0)
        bodies = {
            "html": b"<html>please wait</html>",
            "remark": b'{"elements": [], "remark": "runtime error: Query timed out"}',
            "error": b'{"error": {"code": 400, "message": "Invalid query"}}',
        }
        body = bodies.get(fault, body)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return usual().write(tmp_path_factory.mktemp("town") / "town.osm.pbf")


@pytest.fixture
def services(town: Path) -> Iterator[Services]:
    server = Services(as_overpass(town.with_suffix(".osm")))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Asker:
    """Runs ``fetch`` against the services."""

    def __init__(self, services: Services, folder: Path) -> None:
        self.folder = folder
        self.settings = folder / "settings.toml"
        self.configure(services.url)

    def configure(self, url: str, **more: object) -> None:
        table = {"tries": 3, "wait_s": 0, "timeout_s": 20.0, **more}
        lines = [f"{key} = {value}" for key, value in table.items()]
        for name in ("overpass", "nominatim", "tfl", "police", "ons"):
            path = {"overpass": "/api"}.get(name, "")
            lines.append(f'{name}_url = "{url}{path}"')
        self.settings.write_text("[fetch]\n" + "\n".join(lines), encoding="utf-8")

    def __call__(self, *options: str, out: str = "study") -> tuple[int, str]:
        where = () if "--place" in options else ("--bbox", BOX)
        code, said = run(
            "fetch", *where, *options, "--margin-m", "0", "--settings", self.settings,
            "--cache", self.folder / "cache", "--out", self.folder / out,
        )  # fmt: skip
        return code, " ".join(said.split())


@pytest.fixture
def ask(services: Services, tmp_path: Path) -> Asker:
    return Asker(services, tmp_path)


def test_what_is_fetched_is_what_an_extract_gives(
    ask: Asker, services: Services, town: Path, tmp_path: Path
) -> None:
    code, said = ask()
    assert code == 0, said
    assert run("extract", town, "--bbox", BOX, "--margin-m", 0, "--out", tmp_path / "cut")[0] == 0
    keys = {"cameras": "@id", "buildings": "obstacle_id", "streets": "osmid"}
    for name, key in keys.items():
        fetched, cut = (
            gpd.read_file(folder / f"{name}.gpkg").to_crs(27700)
            for folder in (tmp_path / "study", tmp_path / "cut")
        )
        for each in (fetched, cut):
            each["size"] = (each.length + each.area).round(2)
            each["geometry"] = each.geometry.centroid
        fetched, cut = (
            each.sort_values([key, "size"], ignore_index=True) for each in (fetched, cut)
        )
        fetched["geometry"], cut["geometry"] = (
            each.geometry.set_precision(0.01) for each in (fetched, cut)
        )
        assert_geodataframe_equal(fetched, cut, check_like=True)
    assert services.most_at_once == 1
    study = load_study(tmp_path / "study" / "study.toml")
    assert study.coverage is not None
    assert study.coverage.buildings is not None


def test_the_record_names_every_question_and_a_rerun_asks_nothing(
    ask: Asker, services: Services, tmp_path: Path
) -> None:
    options = ("--tfl", "--wards", "--month", "2024-01", "--month", "2024-02")
    code, said = ask("--place", "Parish 0", *options)
    assert code == 0, said
    first = len(services.asked)
    assert first == 1 + 4 + 1 + 2 + 2  # a place, four layers, TfL, two months, two pages of wards
    code, again = ask("--place", "Parish 0", *options, out="again")
    assert code == 0, again
    assert len(services.asked) == first
    one, two = (
        json.loads((tmp_path / name / "provenance.json").read_text(encoding="utf-8"))
        for name in ("study", "again")
    )
    assert one["inputs"] == two["inputs"]
    assert len(one["inputs"]) == first
    for record in one["inputs"]:
        assert record["endpoint"].startswith(services.url)
        assert len(record["sha256"]) == 64
        assert record["query"]
    assert "OpenStreetMap" in one["settings"]["licences"]
    assert gpd.read_file(tmp_path / "study" / "areas.gpkg")["WD24NM"].tolist() == [
        "Ward 0",
        "Ward 1",
    ]
    assert len(gpd.read_file(tmp_path / "study" / "demand.gpkg")) == 6
    assert len(gpd.read_file(tmp_path / "study" / "tfl_cameras.gpkg")) == 1
    study = load_study(tmp_path / "study" / "study.toml")
    assert study.coverage is not None
    assert study.coverage.demand is not None


@pytest.mark.parametrize("fault", ["429", "504", "cut", "html", "remark"])
def test_a_passing_fault_is_outlasted_and_nothing_is_asked_twice(
    ask: Asker, services: Services, fault: str
) -> None:
    services.faults = {1: fault}
    code, said = ask()
    assert code == 0, said
    assert len(services.asked) == 5
    assert services.asked[1] == services.asked[2]
    assert len(set(services.asked)) == 4


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("429", ("busy (429", "asked 3 times", "what was answered is kept")),
        ("504", ("busy (504",)),
        ("cut", ("cut off",)),
        ("html", ("no JSON", "please wait")),
        ("remark", ("half an answer", "Query timed out")),
        ("error", ("an error instead of an answer", "Invalid query")),
        ("400", ("refuses: 400",)),
        ("slow", ("no answer within 0.5 s", "fetch.timeout_s")),
    ],
)
def test_a_lasting_fault_is_one_clear_error_and_leaves_no_half_file(
    ask: Asker, services: Services, tmp_path: Path, fault: str, words: tuple[str, ...]
) -> None:
    if fault == "slow":
        ask.configure(services.url, timeout_s=0.5, tries=1)
    services.faults = dict.fromkeys(range(2, 9), fault)
    code, said = ask()
    assert code == 2, said
    for word in words:
        assert word in said
    assert not (tmp_path / "study").exists()
    asked = len(services.asked)
    services.faults = {}
    ask.configure(services.url)
    assert ask()[0] == 0  # goes on where it stopped
    assert len(services.asked) - asked == 2


def test_a_half_written_answer_is_asked_again(
    ask: Asker, services: Services, tmp_path: Path
) -> None:
    assert ask()[0] == 0
    kept = min((tmp_path / "cache" / "osm").glob("*.json"))
    kept.write_text(kept.read_text(encoding="utf-8")[:100], encoding="utf-8")
    code, said = ask()
    assert code == 0, said
    assert len(services.asked) == 5


def test_too_large_an_answer_is_refused(ask: Asker, services: Services, tmp_path: Path) -> None:
    ask.configure(services.url, most_megabytes=0.001)
    code, said = ask()
    assert code == 2
    assert "more than 0.001 MB" in said
    assert not (tmp_path / "study").exists()


def test_without_a_network_the_error_says_how_to_go_on(
    ask: Asker, services: Services, tmp_path: Path
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        ask.configure(f"http://127.0.0.1:{unused.getsockname()[1]}")
        code, said = ask()
    assert code == 2
    for word in ("no connection to 127.0.0.1", "on a machine with a network", "--out folder"):
        assert word in said
    assert "sharedview extract" in said
    assert not (tmp_path / "study").exists()


def test_osmnx_and_the_system_are_left_as_they_were(ask: Asker, services: Services) -> None:
    import osmnx  # noqa: PLC0415

    def state() -> dict[str, object]:
        found = vars(osmnx.settings).items()
        return {key: value for key, value in found if not key.startswith("_")}

    before, resolve = state(), socket.getaddrinfo
    assert ask()[0] == 0
    assert state() == before
    services.always = "400"
    assert ask("--place", "Parish 9")[0] == 2
    assert state() == before
    assert socket.getaddrinfo is resolve


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--place", "Nowhere"), "no place with an outline is called 'Nowhere'"),
        (("--month", "January"), "'January' is no month"),
        (("--borough", "Camden"), "not said which place"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    ask: Asker, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    code, said = ask(*options)
    assert code == 2
    assert words in said
    assert not (tmp_path / "study").exists()


def test_unknown_keys_of_the_table_are_named(ask: Asker) -> None:
    ask.settings.write_text('[fetch]\noverpas_url = "http://x"\ntries = 0\n', encoding="utf-8")
    code, said = ask()
    assert code == 2
    assert "fetch.overpas_url" in said
    assert "fetch.tries" in said
