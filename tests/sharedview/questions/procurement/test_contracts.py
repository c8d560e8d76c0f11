"""Reading a register: every fault at once, nothing guessed, hostile text harmless."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coverage_model.base.csv_safety import csv_safe
from coverage_model.base.errors import InputError, MissingFileError
from optimisation.consolidation import reference_plans
from optimisation.scenario import Scenario
from optimisation.territory import borough_inputs
from sharedview.questions.procurement.contracts import (
    illustrative_contracts,
    read_contracts,
    yearly_lines,
)
from sharedview.questions.procurement.options import ProcurementOptions
from sharedview.questions.registry import load_scenario

HEADER = (
    "contract_id,category,supplier,borough,value_gbp_per_year,start,end,extension_months,"
    "notice_months,exit_cost_gbp\n"
)
BOROUGHS = borough_inputs()
START = date(2027, 4, 1)


def write(folder: Path, text: str) -> Path:
    path = folder / "contracts.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    return path


def test_a_register_is_read_as_people_write_it(tmp_path: Path) -> None:
    text = (
        'C1,Maintenance,Supplier A,Camden,"£12,500",2024-04-01,31/03/2028,12,3,\n'
        "C2,recorders/VMS,,E09000012,900.5,01/04/2024,2029-03-31 00:00:00,,,4000\n"
        "C3,Monitoring staff,B,kensington & chelsea,,1.4.2024,31.3.2028,,,\n"
    )
    found = read_contracts(write(tmp_path, text), BOROUGHS)
    frame = found.frame
    assert not found.illustrative
    assert frame["contract_id"].tolist() == ["C1", "C2", "C3"]
    assert frame["category"].tolist() == ["maintenance", "recorders_vms", "monitoring_staff"]
    assert frame["borough_code"].tolist() == ["E09000007", "E09000012", "E09000020"]
    assert frame["value_gbp_per_year"].tolist()[:2] == [12_500.0, 900.5]
    # Unknown stays unknown; no extension is none.
    assert np.isnan(frame.loc[2, "value_gbp_per_year"])
    assert frame["supplier"].isna().tolist() == [False, True, False]
    assert frame["extension_months"].tolist() == [12.0, 0.0, 0.0]
    assert np.isnan(frame.loc[1, "notice_months"])
    assert frame["exit_cost_gbp"].tolist()[1] == 4000.0
    assert frame["end"].tolist()[:2] == [pd.Timestamp(2028, 3, 31), pd.Timestamp(2029, 3, 31)]
    assert set(frame["basis"]) == {"given"}


def test_an_excel_register_says_the_same(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "Contract ID": [7, 8],
            "Category": ["cameras", "transmission"],
            "Borough": ["Camden", "Hackney"],
            "Value GBP per year": [1000, 2000.5],
            "Start": [pd.Timestamp(2024, 4, 1)] * 2,
            "End": [pd.Timestamp(2028, 3, 31)] * 2,
            "Owner": ["x", "y"],
        }
    )
    path = tmp_path / "contracts.xlsx"
    table.to_excel(path, index=False)
    found = read_contracts(path, BOROUGHS)
    assert found.frame["contract_id"].tolist() == ["7", "8"]
    assert found.frame["end"].tolist() == [pd.Timestamp(2028, 3, 31)] * 2
    assert found.notes == ("Columns without a meaning here: Owner.",)


def test_one_error_lists_every_fault(tmp_path: Path) -> None:
    text = (
        "C1,maintenance,A,Camden,100,2024-04-01,2028-03-31,0,3,\n"
        "C1,maintenance,A,Camden,100,2024-04-01,2028-03-31,0,3,\n"
        ",maintenance,A,Camden,100,2024-04-01,2028-03-31,0,3,\n"
        "C4,kitchens,A,Camden,100,2024-04-01,2028-03-31,0,3,\n"
        "C5,cameras,A,Croydonia,100,2024-04-01,2028-03-31,0,3,\n"
        "C6,cameras,A,Camden,-5,2024-04-01,2028-03-31,0,3,\n"
        "C7,cameras,A,Camden,nil,2024-04-01,2028-03-31,-1,3,-2\n"
        "C8,cameras,A,Camden,0,2024-04-01,2028-03-31,0,3,\n"
        "C9,cameras,A,Camden,100,2028-04-01,2028-03-31,0,3,\n"
        "C10,cameras,A,Camden,100,04/31/2024,,0,3,\n"
        f"C11,cameras,{'A' * 300},Camden,100,31/04/2024,2028-03-31,0,inf,\n"
    )
    with pytest.raises(InputError) as error:
        read_contracts(write(tmp_path, text), BOROUGHS)
    said = str(error.value)
    for part in (
        "contract_id more than once [2 rows: row 2 (C1), row 3 (C1)]",
        "no contract_id [1 row: row 4]",
        "unknown category [1 row: row 5 (C4): 'kitchens']",
        "unknown borough [1 row: row 6 (C5): 'Croydonia']",
        "value_gbp_per_year is too small [2 rows: row 7 (C6), row 9 (C8)]",
        "value_gbp_per_year is no number [1 row: row 8 (C7)]",
        "extension_months is too small [1 row: row 8 (C7)]",
        "exit_cost_gbp is too small [1 row: row 8 (C7)]",
        "the contract ends before it starts [1 row: row 10 (C9)]",
        "start is missing or no date [2 rows: row 11 (C10), row 12 (C11)]",
        "end is missing or no date [1 row: row 11 (C10)]",
        "notice_months is no number [1 row: row 12 (C11)]",
        "text of more than 200 letters [1 row: row 12 (C11)]",
    ):
        assert part in said
    assert len(error.value.faults) == 13


def test_missing_columns_and_files_and_formats(tmp_path: Path) -> None:
    path = tmp_path / "contracts.csv"
    path.write_text("contract_id,category,value_gbp_per_yr,start\nC1,cameras,5,2024-04-01\n")
    with pytest.raises(InputError) as error:
        read_contracts(path, BOROUGHS)
    said = str(error.value)
    assert "there is no column borough" in said
    assert "Is it 'value_gbp_per_yr'?" in said
    assert "there is no column end" in said
    with pytest.raises(MissingFileError):
        read_contracts(tmp_path / "none.csv", BOROUGHS)
    other = tmp_path / "contracts.geojson"
    other.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(InputError):
        read_contracts(other, BOROUGHS)


def test_hostile_text_is_kept_as_text_and_written_harmless(tmp_path: Path) -> None:
    text = (
        '=cmd|calc,cameras,"<script>alert(1)</script>",Camden,100,2024-04-01,2028-03-31,0,3,\n'
        'C2,cameras,"@SUM(1)\u202eA",Camden,100,2024-04-01,2028-03-31,0,3,\n'
    )
    frame = read_contracts(write(tmp_path, text), BOROUGHS).frame
    assert frame["supplier"].tolist() == ["<script>alert(1)</script>", "@SUM(1)A"]
    written = csv_safe(frame)
    assert written.loc[0, "contract_id"] == "'=cmd|calc"
    assert written.loc[1, "supplier"] == "'@SUM(1)A"


def lines() -> pd.DataFrame:
    scenario = load_scenario()
    return yearly_lines(reference_plans(BOROUGHS, scenario)[0], BOROUGHS)


def test_illustrative_contracts_are_in_the_scale_of_the_cost_lines() -> None:
    amounts = lines()
    total = amounts.groupby("cost_line")["gbp_per_year"].sum()
    made = illustrative_contracts(amounts, start=START)
    assert made.illustrative
    assert set(made.frame["basis"]) == {"illustrative"}
    spend = made.frame.groupby("category")["value_gbp_per_year"].sum()
    # Shares of 0.6, 0.4, 1 and 0.5 of the lines, each contract rounded to £100.
    for category, expected in (
        ("maintenance", 0.6 * total["camera_systems"]),
        ("recorders_vms", 0.4 * total["camera_systems"]),
        ("transmission", total["camera_circuits"]),
        ("cameras", 0.5 * total["camera_replacement"]),
    ):
        assert spend[category] == pytest.approx(expected, abs=50 * 33)
    # 5,128 / 7 a camera and year.
    assert total["camera_replacement"] == pytest.approx(BOROUGHS["cameras"].sum() * 5128 / 7)
    # A monitoring contract is a borough's whole line.
    operators = amounts[amounts["cost_line"] == "operators"].set_index("borough_code")
    staff = made.frame[made.frame["category"] == "monitoring_staff"].set_index("borough_code")
    whole = operators["gbp_per_year"].loc[staff.index]
    assert staff["value_gbp_per_year"].to_numpy() == pytest.approx(whole.to_numpy(), abs=50)
    assert 5 < len(staff) < 28
    assert made.frame["supplier"].str.fullmatch("Supplier [A-H]").all()


def test_illustrative_contracts_are_in_force_and_do_not_depend_on_one_another() -> None:
    amounts = lines()
    frame = illustrative_contracts(amounts, start=START).frame
    assert (frame["start"] <= pd.Timestamp(START)).all()
    assert (frame["end"] >= pd.Timestamp(START)).all()
    again = illustrative_contracts(amounts, start=START).frame
    pd.testing.assert_frame_equal(frame, again)
    some = amounts[amounts["borough_code"].isin(["E09000007", "E09000012"])]
    alone = illustrative_contracts(some, start=START).frame.set_index("contract_id")
    pd.testing.assert_frame_equal(alone, frame.set_index("contract_id").loc[alone.index])
    other = illustrative_contracts(amounts, start=START, seed=1).frame
    assert not other["end"].equals(frame["end"])
    none = illustrative_contracts(
        amounts, start=START, overrides={"contract_share_monitoring_staff": 0.0}
    ).frame
    assert "monitoring_staff" not in set(none["category"])


def test_a_scenario_names_the_register_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "C1,maintenance,A,Camden,100,2024-04-01,2028-03-31,0,3,\n")
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(
        '[procurement]\ncontracts = "contracts.csv"\nstart = 2028-04-01\nterm_years = 4\n'
    )
    found = load_scenario(scenario)
    assert found.options(ProcurementOptions).contracts == tmp_path / "contracts.csv"
    assert found.options(ProcurementOptions).start == date(2028, 4, 1)
    assert found.sha256 != Scenario().sha256
    scenario.write_text('[procurement]\nterm_years = 9\ncall_off_months = 5\nstart = "soon"\n')
    with pytest.raises(InputError) as error:
        load_scenario(scenario)
    for key in ("term_years", "call_off_months", "start"):
        assert f"procurement.{key}" in str(error.value)
