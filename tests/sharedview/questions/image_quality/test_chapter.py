"""The chapter about image quality: sentences that are right for odd numbers, each with its cell."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from maps.report.content import Chapter
from maps.shell import wording
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext
from maps.shell.wording import Bold, Quoted
from sharedview.questions.image_quality.audit import audit
from sharedview.questions.image_quality.chapter import (
    QualityTables,
    image_quality_chapter,
    upgrading,
    verdict,
)
from sharedview.questions.image_quality.evidence import evidence_coverage
from sharedview.questions.image_quality.figures import quality_figures
from sharedview.questions.image_quality.records import Records, no_records
from sharedview.questions.image_quality.upgrades import plan_upgrades
from tests.sharedview.questions.image_quality.test_audit import AREAS, cameras

CONTEXT = PageContext(title="Test", dated=date(2026, 3, 9))
GOOD = {
    "horizontal_px": 1920.0, "frame_rate_fps": 25.0, "retention_days": 30.0, "codec": "H.264",
    "onvif_profile": "S", "export_format": "MP4", "time_sync": "NTP", "encryption": "TLS",
    "installed_year": 2024.0, "target_distance_m": 5.0,
}  # fmt: skip


def made(
    frame: Any,
    values: list[dict[str, Any]],
    *,
    covered: tuple[float, float, float] = (400.0, 40.0, 8.0),
    overrides: dict[str, float] | None = None,
) -> tuple[QualityTables, Chapter]:
    table = no_records(frame).frame
    for row, given in enumerate(values):
        for name, value in given.items():
            table.loc[row, name] = value
    found = audit(frame, areas=AREAS, year=2026, records=Records(table))
    plan = plan_upgrades(found.profiles, overrides=overrides)
    ground = pd.DataFrame(
        {
            "area_code": "E1", "area_name": "One", "level": ["detect", "recognise", "identify"],
            "px_per_m": [25.0, 125.0, 250.0], "area_m2": 1000.0, "covered_m2": covered,
        }
    )  # fmt: skip
    evidence = evidence_coverage(ground, plain="detect")
    tables = QualityTables(
        figures=quality_figures(found, plan, evidence=evidence, year=2026),
        by_criterion=found.by_criterion,
        by_area=found.by_area,
        levels=found.levels,
        evidence=evidence,
        upgrades=plan.by_area,
        measures=plan.measures,
        prices=plan.prices,
        budget=plan.budget,
    )
    return tables, image_quality_chapter(tables, context=CONTEXT)


def said(chapter: Chapter) -> str:
    return " ".join(map(wording.plain, (*chapter.sentences, *chapter.limits)))


def check_cells(sentences: Iterable[Any], frames: dict[str, pd.DataFrame]) -> int:
    """Find every quoted number in its table, and no digit outside one but in names."""
    count = 0
    for sentence in sentences:
        for part in (sentence,) if isinstance(sentence, str) else sentence:
            if isinstance(part, str):
                assert not re.search(r"\d", re.sub(r"EN 62676-4|PCD 167", "", part)), part
                continue
            assert isinstance(part, Bold | Quoted)
            assert part.cell is not None, part
            frame = frames[part.cell.table]
            rows = frame
            for name, value in part.cell.row:
                rows = rows[rows[name].astype(str) == value]
            value = rows[part.cell.column].iloc[0]
            if isinstance(part.cell.value, str):
                assert part.text == part.cell.value == value
            else:
                assert part.cell.value == value or math.isnan(value)
                digits = re.sub(r"[^\d]", "", part.text).strip("0")
                assert f"{value:.9f}".replace(".", "").lstrip("0")[:1] == digits[:1] or (
                    value == 0 or value >= 0.95 * 10 ** math.floor(math.log10(value) + 1)
                ), (part.text, value)
            count += 1
    return count


def frames_of(tables: QualityTables) -> dict[str, pd.DataFrame]:
    return {
        "image_quality_figures": tables.figures,
        "image_quality_by_criterion": tables.by_criterion,
        "image_quality_by_area": tables.by_area,
        "image_quality_levels": tables.levels,
        "evidence_coverage": tables.evidence,
        "upgrades_by_area": tables.upgrades,
        "upgrade_measures": tables.measures,
    }


def test_a_mixed_inventory() -> None:
    frame = cameras({}, {}, {}, {"borough_code": "E2"}, {"ownership": "private"})
    values = [GOOD, GOOD | {"codec": "MJPEG"}, GOOD | {"time_sync": "manual"}]
    values += [{"codec": "H.264", "target_distance_m": 5.0}]
    tables, chapter = made(frame, values)
    text = said(chapter)
    assert "Of 4 cameras, 1 meets every criterion that the standard requires, 2 fail" in text
    assert "and of 1 too little is known to say" in text
    # One encoder at 400 and one clock at 3000.
    assert "costs £3,400 (£1,200 to £6,800 over the range of prices)" in text
    assert "for 2 cameras, £1,700 a camera" in text
    assert "“Clock from a time server”: £3,000 for 1 borough." in text
    assert "A budget of £1 million would pay for all of it." in text
    assert "Finding out what is not known of 1 camera would cost £75" in text
    assert "1 camera of owners that the Code does not bind is left out." in text
    assert "10% is seen well enough to recognise" in text
    assert "2.0% (8 m²) to identify" in text
    frames = frames_of(tables)
    assert check_cells((*chapter.sentences, *chapter.limits), frames) > 20
    for table in chapter.tables:
        assert table.key in frames
        # What is shown is a view of what is written; empty years are shown as a dash.
        same = [name for name in frames[table.key].columns if name != "years"]
        written = frames[table.key].loc[table.frame.index, same]
        pd.testing.assert_frame_equal(table.frame[same], written)
        assert len(table.columns) <= 8
        assert table.view({})["rows"]
    assert [figure.name for figure in chapter.figures] == [
        "image_quality_criteria", "image_quality_budget",
    ]  # fmt: skip


def test_nothing_known() -> None:
    frame = cameras({"horizontal_px": None}, {"hfov_deg": None, "horizontal_px": None})
    tables, chapter = made(frame, [])
    text = said(chapter)
    assert "Of 2 cameras, 0 meet every criterion" in text
    assert "No camera is known to fail a required criterion." in text
    assert "Resolution and field of view are both known of no camera" in text
    assert "No upgrade is called for" in text
    assert "If all that is not known were to fail as well, it would cost £" in text
    assert "budget" not in text
    assert "nan" not in text
    assert len(chapter.figures) == 1
    check_cells((*chapter.sentences, *chapter.limits), frames_of(tables))


def test_all_is_well() -> None:
    tables, chapter = made(cameras({}), [GOOD], covered=(0.0, 0.0, 0.0))
    text = said(chapter)
    assert "Of 1 camera, 1 meets every criterion" in text
    for absent in ("The one least known", "If all that is not known", "Finding out",
                   "Of the ground", "nan", "not known of"):  # fmt: skip
        assert absent not in text, absent
    check_cells((*chapter.sentences, *chapter.limits), frames_of(tables))


def test_no_cameras_at_all() -> None:
    tables, chapter = made(cameras({"ownership": "private"}), [])
    text = said(chapter)
    assert "No camera of the owners that the standard binds is in the inventory." in text
    assert "1 camera of owners" in text
    assert "nan" not in text
    check_cells((*chapter.sentences, *chapter.limits), frames_of(tables))


def test_a_small_budget_and_a_target() -> None:
    frame = cameras(*[{}] * 10)
    values = [GOOD | {"codec": "MJPEG"}] * 10
    own = {"quality_budget_gbp": 1300.0, "quality_target_share": 0.8}
    tables, chapter = made(frame, values, overrides=own)
    text = said(chapter)
    assert "Bringing 80% of each area's cameras to the standard" in text
    assert "costs £3,200 (£1,600 to £6,400" in text
    assert "A budget of £1,300, well spent, brings 3 cameras to the standard, so that 30%" in text
    check_cells((*chapter.sentences, *chapter.limits), frames_of(tables))


def test_findings_are_sentences_of_the_chapter() -> None:
    tables, chapter = made(cameras({}), [GOOD | {"codec": "MJPEG"}])
    figures = Figures("image_quality_figures", tables.figures)
    assert chapter.sentences[0] == verdict(figures, illustrative=False)
    assert upgrading(figures)[0] in chapter.sentences
    told = wording.plain(verdict(figures, illustrative=True))
    assert told.startswith("Of 1 illustrative camera, ")
    with pytest.raises(KeyError):
        figures.value("price_of_gold")
