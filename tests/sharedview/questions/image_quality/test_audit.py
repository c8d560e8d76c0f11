"""The audit: what passes, fails and is not known, kept apart."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage_model.base import datasets, schemas
from coverage_model.base.errors import InputError, MissingFileError
from coverage_model.base.schemas_beside import WHOLE_STANDARD
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.illustrative import illustrative_frame
from sharedview.questions.image_quality.audit import audit, judge_words
from sharedview.questions.image_quality.density import (
    FAIL,
    PASS,
    UNKNOWN,
    all_of,
    judge_density,
    judge_targets,
    view_ends_m,
    view_share,
)
from sharedview.questions.image_quality.evidence import evidence_coverage
from sharedview.questions.image_quality.illustrative import illustrative_audit
from sharedview.questions.image_quality.records import no_records, read_records, read_targets
from sharedview.questions.image_quality.standard import read_standard, word

AREAS = pd.DataFrame({"area_code": ["E1", "E2"], "area_name": ["One", "Two"]})
VALUES: dict[str, Any] = {
    "ownership": "public", "integration": "integrated", "operator": "Council",
    "borough_code": "E1", "camera_type": "fixed", "azimuth_deg": 0.0, "hfov_deg": 90.0,
    "vfov_deg": np.nan, "range_m": np.nan, "horizontal_px": 1920.0, "mount_height_m": np.nan,
    "tilt_deg": np.nan, "target_level": None, "view_basis": "given", "illustrative": False,
}  # fmt: skip
STANDARD = """
name = "small"
[[criteria]]
criterion = "retention_days"
title = "Retention"
min = 28
max = 31
source = "assumption"
mark = "assumption"
[[criteria]]
criterion = "codec"
title = "Codec"
accepted = ["H.264"]
source = "assumption"
mark = "assumption"
[[criteria]]
criterion = "age_years"
title = "Age"
max = 7
required = false
source = "assumption"
mark = "assumption"
"""


def cameras(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    table = pd.DataFrame([VALUES | {"camera_id": f"C{n}"} | row for n, row in enumerate(rows, 1)])
    count = table.groupby("camera_id").cumcount().add(1)
    table.index = pd.Index(
        table["camera_id"] + count.map(lambda n: "" if n == 1 else f"/{n}"), name="view_id"
    )
    points = gpd.points_from_xy(
        table.get("x", pd.Series(0.0, table.index)), table.get("y", pd.Series(0.0, table.index))
    )
    frame = gpd.GeoDataFrame(table, geometry=points, crs="EPSG:27700")
    return schemas.check(frame, schemas.Cameras, "test cameras")


def written(tmp_path: Path, text: str, name: str = "audit.csv") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def statuses(found: Any, criterion: str) -> list[int]:
    return found.status[:, found.standard.names.index(criterion)].tolist()


def test_a_camera_fails_for_one_fault_and_passes_only_if_all_is_known(tmp_path: Path) -> None:
    standard = read_standard(written(tmp_path, STANDARD, "small.toml"))
    frame = cameras({}, {}, {}, {}, {"borough_code": "E2", "operator": None})
    path = written(
        tmp_path,
        "camera_id,retention_days,codec,installed_year\n"
        "C1,30,h264,2010\n"  # passes: age is wished, not required
        "C2,14,,2020\n"  # fails on retention, whatever the codec
        "C3,31,,2020\n"  # nothing fails, codec not known
        "C4,60,MJPEG,\n",  # kept too long, and the codec
    )
    found = audit(
        frame, areas=AREAS, year=2026, standard=standard, records=read_records(path, frame)
    )
    assert found.by_camera["verdict"].tolist() == ["pass", "fail", "unknown", "fail", "unknown"]
    assert found.by_camera["failed"].tolist() == [
        "age_years", "retention_days", "", "retention_days codec", "",
    ]  # fmt: skip
    assert found.by_camera["unknown"].tolist() == [
        "", "codec", "codec", "age_years", "retention_days codec age_years",
    ]  # fmt: skip
    table = found.by_criterion.set_index("criterion")
    columns = ["passed", "failed", "unknown"]
    assert table.loc["retention_days", columns].tolist() == [2, 2, 1]
    assert table.loc["codec", columns].tolist() == [1, 1, 3]
    assert table.loc["age_years", columns].tolist() == [2, 1, 2]
    assert table.loc[WHOLE_STANDARD, columns].tolist() == [1, 2, 2]
    assert table.loc["codec", "known_share"] == 2 / 5
    assert table.loc["codec", "passed_share_of_known"] == 1 / 2
    two = found.by_area.set_index(["area_code", "criterion"]).loc[("E2", WHOLE_STANDARD)]
    assert two[["cameras", *columns]].tolist() == [1, 0, 0, 1]
    assert math.isnan(two["passed_share_of_known"])
    assert found.by_operator["operator"].unique().tolist() == ["Council", "not stated"]
    assert found.profiles.to_dict("records")[0] == {
        "area_code": "E1", "area_name": "One", "failed": "", "unknown": "", "cameras": 1,
    }  # fmt: skip


def test_pixels_at_the_target_by_hand() -> None:
    # 1920 px over 90°: 1920 / (2 · d · tan 45°) = 960 / d; 125 px/m end at 960 / 125 = 7.68 m.
    made = judge_density(1920, 90, distance_m=[7.68, 7.7, 7.0], px_per_m=125)
    assert made.tolist() == [PASS, FAIL, PASS]
    assert judge_density([None, 1920], [90, None], distance_m=5, px_per_m=125).tolist() == [
        UNKNOWN, UNKNOWN,
    ]  # fmt: skip
    # A zoom lens may do better than its widest view, never worse.
    zoomed = judge_density(1920, 90, distance_m=[7.0, 10.0], px_per_m=125, zooms=True)
    assert zoomed.tolist() == [PASS, UNKNOWN]
    # A target beyond the useful range is not seen, whether or not the pixels are known.
    far = judge_density([1920, np.nan], 90, distance_m=7.0, px_per_m=125, range_m=6.0)
    assert far.tolist() == [FAIL, FAIL]


def test_the_share_of_a_view_by_hand() -> None:
    # 1000 px over 90°: 500 / p metres; detect 20 m, observe 8 m. (8² - 2²) / (20² - 2²) = 60 / 396.
    ends = [view_ends_m(1000, 90, p, near_m=2.0, range_m=np.nan) for p in (25.0, 62.5)]
    assert [float(each) for each in ends] == pytest.approx([20.0, 8.0])
    assert float(view_share(ends[1], near_m=2.0, far_m=ends[0])) == pytest.approx(60 / 396)
    # A range of 5 m ends both: all of the view that is left shows detail.
    short = [view_ends_m(1000, 90, p, near_m=2.0, range_m=5.0) for p in (25.0, 62.5)]
    assert float(view_share(short[1], near_m=2.0, far_m=short[0])) == 1.0
    assert math.isnan(view_share(np.nan, near_m=0.0, far_m=10.0))


def test_levels_and_targets_of_cameras_of_their_own(tmp_path: Path) -> None:
    frame = cameras(
        {},  # 96 px/m at the standard's 10 m: fails
        {"target_level": "observe"},  # held to 62.5 px/m: passes
        {"target_level": "as the street needs"},  # no level: the standard's
        {},  # its own distance of 5 m: 192 px/m
        {"camera_type": "ptz", "view_basis": "reach", "azimuth_deg": np.nan},  # may zoom
        {"horizontal_px": np.nan},
        {"horizontal_px": 960.0},  # the audit says 2688
    )
    path = written(tmp_path, "camera_id,target_distance_m,resolution_px\nC4,5,\nC7,,2688x1520\n")
    records = read_records(path, frame)
    found = audit(frame, areas=AREAS, year=2026, records=records)
    assert statuses(found, "target_density") == [
        FAIL, PASS, FAIL, PASS, UNKNOWN, UNKNOWN, PASS,
    ]  # fmt: skip
    assert statuses(found, "resolution") == [PASS, PASS, PASS, PASS, PASS, UNKNOWN, PASS]
    assert found.resolution_differs == 1
    levels = found.levels.set_index("level")
    assert levels.loc["detect", ["cameras_known", "cameras_unknown"]].tolist() == [6, 1]
    # Recognise at the target: the one at 5 m (192) and the one of 2688 px (134.4).
    assert levels.loc["recognise", "reach_target"] == 2
    assert levels["reach_target"].is_monotonic_decreasing


def test_all_views_of_a_camera_must_pass() -> None:
    frame = cameras(
        {"camera_id": "A", "hfov_deg": 30.0},
        {"camera_id": "A", "hfov_deg": 120.0},
        {"camera_id": "B", "hfov_deg": 30.0},
        {"camera_id": "B", "hfov_deg": np.nan},
    )
    found = audit(frame, areas=AREAS, year=2026)
    assert statuses(found, "target_density") == [FAIL, UNKNOWN]
    assert len(found.by_camera) == 2


def test_target_points_are_seen_by_the_view_that_looks_there(tmp_path: Path) -> None:
    frame = cameras(
        {"camera_id": "N"},  # looks north, 90° wide
        {"camera_id": "B", "azimuth_deg": 0.0},
        {"camera_id": "B", "azimuth_deg": 180.0},
        {"camera_id": "L", "azimuth_deg": np.nan, "view_basis": "reach"},  # heading lost
        {"camera_id": "T", "azimuth_deg": np.nan, "view_basis": "reach", "camera_type": "ptz"},
    )
    path = written(
        tmp_path,
        "camera_id,easting,northing\n"
        "N,0,5\nN,0,-5\n"  # one ahead, one behind: not all seen
        "B,0,5\nB,0,-5\n"  # both seen, each by a view
        "L,0,5\n"  # close enough, but does it look there?
        "T,3,4\n",  # turns to it: 960 / 5 = 192 px/m
        "targets.csv",
    )
    targets = read_targets(path, frame)
    found = audit(frame, areas=AREAS, year=2026, targets=targets)
    assert found.by_camera["camera_id"].tolist() == ["N", "B", "L", "T"]
    assert statuses(found, "target_density") == [FAIL, PASS, UNKNOWN, PASS]
    views = pd.DataFrame(
        {"camera_id": ["E"], "x_m": 0.0, "y_m": 0.0, "azimuth_deg": 10.0, "hfov_deg": 20.0,
         "horizontal_px": 1920.0, "range_m": np.nan, "drop_m": 0.0, "zooms": False,
         "turns": False}
    )  # fmt: skip
    # Bearing of (0, 10) is 0°, 10° off a centre line at 10°: the edge of the view belongs to it.
    edge = pd.DataFrame({"camera_id": ["E"], "x_m": [0.0], "y_m": [10.0]})
    assert judge_targets(views, edge, px_per_m=125)["E"] == PASS


def test_owners_that_the_standard_does_not_bind_are_counted_and_left_out() -> None:
    frame = cameras({}, {"ownership": "private"}, {"ownership": "unknown"}, {"borough_code": None})
    found = audit(frame, areas=AREAS, year=2026)
    assert found.by_camera["camera_id"].tolist() == ["C1", "C3", "C4"]
    assert found.left_out == 1
    outside = found.by_area.query("area_code == 'outside' and criterion == 'all_required'")
    assert outside["cameras"].tolist() == [1]
    everyone = audit(frame, areas=AREAS, year=2026, ownership=("public", "private", "unknown"))
    assert len(everyone.by_camera) == 4
    none = audit(frame, areas=AREAS, year=2026, ownership=())
    assert none.by_camera.empty
    assert none.by_criterion["cameras"].tolist() == [0] * 12
    assert none.profiles.empty


STATUS = st.sampled_from([PASS, FAIL, UNKNOWN])


@settings(max_examples=60, deadline=None)
@given(st.lists(STATUS, min_size=1, max_size=6), st.data())
def test_finding_out_moves_only_what_was_not_known(row: list[int], data: st.DataObject) -> None:
    verdict = int(all_of(row))
    wanted = FAIL if FAIL in row else UNKNOWN if UNKNOWN in row else PASS
    assert verdict == wanted
    learnt = [data.draw(st.sampled_from([PASS, FAIL])) if each == UNKNOWN else each for each in row]
    after = int(all_of(learnt))
    assert after != UNKNOWN
    assert verdict in (UNKNOWN, after)


def test_random_inventories_equal_a_camera_by_camera_audit() -> None:
    rng = np.random.default_rng(7)
    frame = illustrative_frame(boroughs=["E09000001", "E09000030"], private_per_public=0.2)
    records = illustrative_audit(frame, year=2026)
    areas = datasets.boroughs("overview")
    found = audit(frame, areas=areas, year=2026, records=records)
    standard = {each.criterion: each for each in found.standard.criteria}
    facts = records.frame.set_index("camera_id")
    chosen = rng.choice(len(found.by_camera), 60, replace=False)
    for place in chosen:
        row = found.by_camera.iloc[place]
        fact, camera = facts.loc[row["camera_id"]], frame.loc[row["camera_id"]]
        failed, unknown = [], []
        for name, rule in standard.items():
            if name in ("frame_rate_fps", "retention_days", "age_years", "resolution"):
                value = {
                    "age_years": 2026 - fact["installed_year"],
                    "resolution": camera["horizontal_px"],
                }.get(name, fact.get(name))
                good = (rule.min or 0) <= value <= (rule.max or math.inf)
                known = not math.isnan(value)
            elif name == "target_density":
                density = camera["horizontal_px"] / (
                    20 * math.tan(math.radians(camera["hfov_deg"] / 2))
                )
                good, known = density >= 125, True
                turns = camera["camera_type"] == "ptz" or (
                    camera["camera_type"] == "dome" and camera["view_basis"] == "reach"
                )
                known = good or not turns or camera["range_m"] < 10
                good = good and camera["range_m"] >= 10
            elif name == "view_density":
                continue
            else:
                known = fact[name] is not None
                words = [] if not known else [word(part) for part in fact[name].split(";")]
                good = bool(set(words) & set(map(word, rule.accepted)))
            if not known:
                unknown.append(name)
            elif not good:
                failed.append(name)
        told = [set(row[name].split()) - {"view_density"} for name in ("failed", "unknown")]
        assert told == [set(failed), set(unknown)], row["camera_id"]
    # Every camera is in exactly one count, by criterion, by area and by operator.
    for table in (found.by_criterion, found.by_area, found.by_operator):
        assert (table[["passed", "failed", "unknown"]].sum(axis=1) == table["cameras"]).all()
    whole = found.by_criterion.set_index("criterion")["failed"]
    for table in (found.by_area, found.by_operator):
        assert table.groupby("criterion")["failed"].sum().reindex(whole.index).equals(whole)
    assert found.profiles["cameras"].sum() == len(found.by_camera)


def test_words_are_compared_without_signs() -> None:
    assert word("H.265") == word("h 265") == "h265"
    assert word("Profile S") == word("ONVIF S") == "s"
    assert judge_words(["AVC|MJPEG", "none", None], ["avc"]).tolist() == [PASS, FAIL, UNKNOWN]


def test_an_audit_is_read_in_the_words_of_auditors(tmp_path: Path) -> None:
    frame = cameras({}, {}, {}, {})
    path = written(
        tmp_path,
        "Camera ID;Resolution (px);Megapixels;Retention days;Encryption;Remarks\n"
        "C1;1920x1080;;31;none;new\n"
        "C2;;2;?;TLS;\n"
        "C3;2688;;n/k;;\n",
    )
    records = read_records(path, frame)
    table = records.frame.set_index("camera_id")
    assert table.index.tolist() == ["C1", "C2", "C3", "C4"]
    assert table.loc["C1", "megapixels"] == pytest.approx(1920 * 1080 / 1e6)
    assert table["horizontal_px"].tolist()[:1] == [1920.0]
    assert table["horizontal_px"].isna().tolist() == [False, True, False, True]
    assert table["encryption"].tolist() == ["none", "TLS", None, None]
    assert [note.code for note in records.notes] == [
        "audit_columns_unused", "audit_cameras_missing",
    ]  # fmt: skip
    assert records.notes[0].rows == ("Remarks",)
    assert records.notes[1].rows == ("C4",)
    bare = cameras({"horizontal_px": np.nan}, {"horizontal_px": np.nan})
    sized = audit(bare, areas=AREAS, year=2026, records=read_records(
        written(tmp_path, "camera_id,megapixels\nC1,2\nC2,0.4\n"), bare))  # fmt: skip
    assert statuses(sized, "resolution") == [PASS, FAIL]
    assert statuses(sized, "target_density") == [UNKNOWN, UNKNOWN]


def test_all_faults_of_an_audit_come_in_one_error(tmp_path: Path) -> None:
    frame = cameras({}, {})
    path = written(
        tmp_path,
        "camera_id,retention_days,frame_rate,resolution_px,horizontal_px,installed_year\n"
        "C1,many,25,wide,,2020\n"
        "C1,30,25,1920,1280,2020\n"
        "C9,99999,25,,,2020\n"
        ",30,25,,,2031\n",
    )
    with pytest.raises(InputError) as caught:
        read_records(path, frame, year=2026)
    text = str(caught.value)
    for part in (
        "Did you mean frame_rate_fps", "camera_id is empty", "a camera is there twice",
        "not in the inventory [1 row: row 4 (C9)]", "retention_days is no number [1 row: row 2",
        "retention_days is not between 0 and 3660", "resolution_px: horizontal_px is no number",
        "resolution_px and horizontal_px differ", "installed_year lies after",
    ):  # fmt: skip
        assert part in text, text
    assert "9 faults" in text
    with pytest.raises(InputError, match="no column camera_id"):
        read_records(written(tmp_path, "name,codec\nC1,H.264\n"), frame)
    with pytest.raises(MissingFileError):
        read_records(tmp_path / "none.csv", frame)
    bad = written(tmp_path, "camera_id,easting,northing\nC9,1,2\nC1,east,2\n", "targets.csv")
    with pytest.raises(InputError) as caught:
        read_targets(bad, frame)
    assert "not in the inventory [1 row: row 2]" in str(caught.value)
    assert "x is no number [1 row: row 3]" in str(caught.value)
    with pytest.raises(InputError, match="no column northing"):
        read_targets(written(tmp_path, "camera_id,easting\nC1,1\n", "t.csv"), frame)


def test_all_faults_of_a_standard_come_in_one_error(tmp_path: Path) -> None:
    shell = '[[criteria]]\ntitle = "T"\nsource = "assumption"\nmark = "assumption"\n'
    broken = (
        'name = "x"\ncolour = "red"\n'
        + shell + 'criterion = "retention_days"\nmin = 31\nmax = 28\n'
        + shell + 'criterion = "codec"\nacepted = ["H.264"]\n'
        + shell + 'criterion = "smell"\n'
        + shell + 'criterion = "target_density"\nlevel = "recognise"\n'
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_standard(written(tmp_path, broken, "broken.toml"))
    text = str(caught.value)
    for part in (
        "unknown key colour", "min above its max", "Did you mean accepted", "criteria.3.criterion",
        "needs distance_m",
    ):  # fmt: skip
        assert part in text, text
    wishes = (
        'name = "x"\n'
        + (
            shell
            + 'criterion = "target_density"\nlevel = "guess"\ndistance_m = 5\nrequired = false\n'
        )
        * 2
    )
    with pytest.raises(InputError) as caught:
        read_standard(written(tmp_path, wishes, "wishes.toml"))
    text = str(caught.value)
    for part in ("criteria are there twice", "no criterion is required", "no level 'guess'"):
        assert part in text, text
    with pytest.raises(InputError, match="mark must be assumption"):
        read_standard(written(tmp_path, STANDARD.replace('mark = "assumption"', 'mark = "read"')))
    with pytest.raises(InputError, match="not valid TOML"):
        read_standard(written(tmp_path, "name = ", "cut.toml"))
    with pytest.raises(MissingFileError, match="evidence"):
        read_standard("of_my_own")


def test_the_embedded_standard_says_who_asks_for_each_criterion() -> None:
    standard = read_standard()
    assert standard.px_per_m(standard.criteria[0]) == 125.0
    for each in standard.criteria:
        assert each.source
        if each.mark == "assumption":
            assert "assumption" in each.source
            assert each.note
    retention = next(each for each in standard.criteria if each.criterion == "retention_days")
    assert (retention.min, retention.max, retention.mark) == (28, 31, "read")


def test_only_generated_cameras_get_a_generated_audit() -> None:
    frame = illustrative_frame(boroughs=["E09000001"])
    first, again = (illustrative_audit(frame, year=2026).frame for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert first["illustrative"].all()
    values = first.drop(columns=["camera_id", "illustrative"])
    known = values[["frame_rate_fps", "codec", "onvif_profile", "encryption"]].notna().mean()
    assert ((known > 0.6) & (known < 0.95)).all()
    # A borough's records are the same in a larger inventory.
    more = illustrative_frame(boroughs=["E09000001", "E09000002"])
    both = illustrative_audit(more, year=2026).frame
    same = both[both["camera_id"].isin(first["camera_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, first)
    real = illustrative_audit(cameras({}, {}), year=2026)
    assert not real.illustrative
    assert real.frame.drop(columns=["camera_id", "illustrative"]).isna().all().all()
    pd.testing.assert_frame_equal(real.frame, no_records(cameras({}, {})).frame)


def test_evidence_beside_plain_coverage_by_hand() -> None:
    rows = [
        (code, level, px, 1000.0, covered)
        for code, grounds in (("E1", (400.0, 40.0, 8.0)), ("E2", (100.0, 10.0, 2.0)))
        for level, px, covered in zip(
            ("detect", "recognise", "identify"), (25.0, 125.0, 250.0), grounds, strict=True
        )
    ]
    table = pd.DataFrame(rows, columns=["area_code", "level", "px_per_m", "area_m2", "covered_m2"])
    table.insert(1, "area_name", table["area_code"])
    streets = {
        level: pd.DataFrame(
            {"area_code": ["E1", "E2"], "street_length_m": 100.0, "street_seen_m": seen}
        )
        for level, seen in (("detect", [50.0, 20.0]), ("recognise", [5.0, 2.0]))
    }
    found = evidence_coverage(table, plain="detect", streets=streets).set_index("area_code")
    assert found.index.tolist() == ["E1", "E2", "all"]
    assert found.loc["all", "identify_m2"] == 10.0
    assert found.loc["all", "identify_share_of_plain"] == 10 / 500
    assert found.loc["E1", "recognise_share"] == 40 / 1000
    assert found.loc["all", ["street_length_m", "street_plain_m"]].tolist() == [200.0, 70.0]
    assert found.loc["all", "street_recognise_m"] == 7.0
    assert math.isnan(found.loc["all", "street_identify_m"])
    fine = evidence_coverage(table, plain="identify").set_index("area_code").loc["all"]
    assert math.isnan(fine["recognise_share_of_plain"])
    coarse = evidence_coverage(table[table["level"] == "detect"], plain="detect").iloc[-1]
    assert pd.isna(coarse["identify_level"])
    assert math.isnan(coarse["identify_m2"])


@pytest.mark.shared
def test_nothing_is_known_of_londons_open_data_but_everything_is_counted(shared_data: Path) -> None:
    areas = datasets.boroughs("overview")
    for path, count in (
        ("cameras/tfl_jamcams_2024-04.geojson", 900),
        ("london/fitzrovia.osm", 4),
    ):
        frame = read_cameras(shared_data / path).frame
        found = audit(frame, areas=areas, year=2026)
        assert found.left_out == 0
        table = found.by_criterion
        assert (table["cameras"] == count).all()
        assert (table["unknown"] == count).all()
        assert table[["passed", "failed"]].sum().sum() == 0
        assert found.by_camera["verdict"].eq("unknown").all()
        assert (found.levels["cameras_unknown"] == count).all()
        assert found.levels["view_share"].isna().all()
        assert not found.illustrative
        verdicts = found.by_area[found.by_area["criterion"].eq(WHOLE_STANDARD)]
        assert verdicts["cameras"].sum() == count
