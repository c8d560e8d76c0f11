from __future__ import annotations

import json

import pytest

from coverage_model.base.errors import InputError
from coverage_model.reading.cameras import read_cameras

URL = "https://s3-eu-west-1.amazonaws.com/jamcams.tfl.gov.uk/{}.jpg"


def feature(number, coordinates, available="true"):
    return {
        "type": "Feature",
        "properties": {
            "available": available,
            "imageUrl": URL.format(number),
            "view": "North Greenwich Station",
        },
        "geometry": {"type": "Point", "coordinates": coordinates},
    }


def save(path, content):
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_geojson(tmp_path):
    content = {
        "type": "FeatureCollection",
        "features": [
            feature("00001.00001", [-0.0159, 51.6]),
            feature("00001.00002", [0.005, 51.54], "false"),
        ],
    }
    cameras = read_cameras(save(tmp_path / "j.geojson", content))
    frame = cameras.frame
    assert cameras.log.format == "jamcam"
    assert list(frame.index) == ["00001.00001", "00001.00002"]
    assert frame["azimuth_deg"].isna().all()  # "North Greenwich" is no heading
    assert set(frame["view_basis"]) == {"reach"}
    assert set(frame["operator"]) == {"Transport for London"}
    assert cameras.log.count("not_available") == 1


def test_the_api(tmp_path):
    place = {
        "$type": "Tfl.Api.Presentation.Entities.Place",
        "id": "JamCams_00001.07450",
        "commonName": "Piccadilly Circus",
        "placeType": "JamCam",
        "additionalProperties": [
            {"category": "payload", "key": "available", "value": "true"},
            {"category": "cameraView", "key": "view", "value": "West"},
        ],
        "lat": 51.51,
        "lon": -0.134,
    }
    cameras = read_cameras(save(tmp_path / "j.json", [place]))
    assert cameras.log.format == "jamcam"
    assert list(cameras.frame.index) == ["00001.07450"]
    assert cameras.frame["borough_code"].tolist() == ["E09000033"]


def test_text_coordinates_are_a_fault(tmp_path):
    content = {
        "type": "FeatureCollection",
        "features": [feature("1", [-0.01, 51.6]), feature("2", ["-0.01", "51.6"])],
    }
    with pytest.raises(InputError, match=r"text instead of numbers.*feature 2"):
        read_cameras(save(tmp_path / "j.geojson", content))
