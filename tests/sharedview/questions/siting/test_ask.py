"""The ask from files to tables: options reach the model, tables fit their schemas, names stay."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from coverage_model.base import datasets
from coverage_model.base.errors import InputError
from coverage_model.base.schemas import check
from coverage_model.optics.pixel_density import find_level
from coverage_model.reading.cameras import read_cameras
from maps.shell import wording
from maps.shell.wording import Bold, Quoted
from sharedview.jobs.report import report_context
from sharedview.outputs import write_csv
from sharedview.pipeline import run_consolidation, run_coverage
from sharedview.questions.ask import Answer, Material
from sharedview.questions.registry import load_scenario
from sharedview.questions.siting.ask import ASK

HEADER = "camera_id,easting,northing,ownership,operator,camera_type,azimuth_deg,hfov_deg,range_m\n"
CAMERAS = HEADER + "".join(
    f"SECRET{n},{529000 + 90 * n},{181000 + 40 * n},{'private' if n % 3 else 'public'},"
    f"Operator Hush,fixed,{n * 20},60,40\n"
    for n in range(12)
)


def answered(folder: Path, options: str) -> Answer:
    (folder / "cameras.csv").write_text(CAMERAS)
    # Some of the points lie a few metres in front of a camera.
    rows = [
        f"{529000 + 90 * n + 3 * (n % 2)},{181000 + 40 * n + 12},{1 + n % 4}" for n in range(12)
    ]
    (folder / "demand.csv").write_text("easting,northing,weight\n" + "\n".join(rows) + "\n")
    scenario = folder / "scenario.toml"
    scenario.write_text(f'name = "small"\nmax_group_size = 1\n[siting]\n{options}')
    areas = datasets.boroughs("full")
    cameras = read_cameras(folder / "cameras.csv", areas=areas)
    seen = run_coverage(cameras, areas=areas, level=find_level("detect"), draws=0)
    plans = run_consolidation(load_scenario(scenario))
    return ASK.answer(Material(seen, plans, report_context(seen, plans)))


def test_an_answer_from_files(tmp_path: Path) -> None:
    found = answered(tmp_path, 'demand = "demand.csv"\nbudget_gbp = 60_000\n')
    assert set(found.tables) == set(ASK.tables)
    for name, table in found.tables.items():
        check(table, ASK.tables[name], name)
        write_csv(table, tmp_path / f"{name}.csv")
    figures = found.tables["siting_figures"].set_index("figure")
    assert figures.loc["demand", "value"] == 30
    assert figures.loc["gain", "value"] > 0
    assert figures.loc["cost", "value"] <= 60_000
    # Every number in a sentence is a cell of a CSV file.
    told = 0
    for sentence in (*found.findings, *found.chapter.sentences, *found.chapter.limits):
        for part in (sentence,) if isinstance(sentence, str) else sentence:
            if isinstance(part, (Bold, Quoted)) and part.cell:
                written = pd.read_csv(tmp_path / f"{part.cell.table}.csv", encoding="utf-8-sig")
                ((key, row),) = part.cell.row
                value = written.loc[written[key].eq(row), part.cell.column].iloc[0]
                assert value == pytest.approx(part.cell.value)
                told += 1
    assert told > 10
    for name, table in found.tables.items():
        named = "Hush" in table.to_csv() or "SECRET" in table.to_csv()
        assert named == (name == "siting_positions_restricted"), name
    assert "Hush" not in "".join(map(wording.plain, found.chapter.sentences))


def test_a_sharper_level_sees_less(tmp_path: Path) -> None:
    values = []
    for level in ("detect", "identify"):
        folder = tmp_path / level
        folder.mkdir()
        options = f'demand = "demand.csv"\nlevel = "{level}"\ncandidates = "integrate"\n'
        tables = answered(folder, options).tables
        values.append(tables["siting_figures"].set_index("figure")["value"])
    assert values[1]["covered"] < values[0]["covered"]
    assert values[1]["new"] == 0


def test_a_level_that_no_table_has_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="level"):
        answered(tmp_path, 'level = "perfect"\n')
