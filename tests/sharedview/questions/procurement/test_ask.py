"""The ask: a scenario's own register is used, illustrative contracts otherwise."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from coverage_model.base.errors import InputError
from coverage_model.base.schemas import check
from maps.shell import wording
from maps.shell.page import PageContext
from sharedview.pipeline import run_consolidation
from sharedview.questions.ask import Material
from sharedview.questions.procurement import ask as procurement
from sharedview.questions.registry import load_scenario

CONTRACTS = (
    "contract_id,category,supplier,borough,value_gbp_per_year,start,end,notice_months\n"
    "C1,maintenance,A,Camden,150000,2024-04-01,2028-03-31,3\n"
    "C2,maintenance,B,Hackney,150000,2024-04-01,2029-03-31,3\n"
    "C3,maintenance,,Islington,150000,2025-04-01,2028-03-31,\n"
)


def material(folder: Path, contracts: str | None) -> Material:
    """A scenario of small groups; the ask looks at no coverage."""
    scenario = folder / "scenario.toml"
    text = 'name = "small"\nmax_group_size = 1\n'
    if contracts is not None:
        (folder / "contracts.csv").write_text(contracts)
        text += '[procurement]\ncontracts = "contracts.csv"\n'
    scenario.write_text(text)
    planned = run_consolidation(load_scenario(scenario))
    return Material(cast("Any", None), planned, PageContext("Test", date(2026, 3, 9)))


def test_a_given_register_is_answered_from(tmp_path: Path) -> None:
    answer = procurement.ASK.answer(material(tmp_path, CONTRACTS))
    assert set(answer.tables) == set(procurement.ASK.tables)
    for name, table in answer.tables.items():
        check(table, procurement.ASK.tables[name], name)
    assert answer.tables["procurement_contracts"]["contract_id"].tolist() == ["C1", "C2", "C3"]
    assert answer.chapter.title == "A framework agreement"
    assert "llustrative" not in wording.plain(answer.findings[0])


def test_without_one_the_answer_says_that_it_is_illustrative(tmp_path: Path) -> None:
    answer = procurement.ASK.answer(material(tmp_path, None))
    assert set(answer.tables["procurement_contracts"]["basis"]) == {"illustrative"}
    assert wording.plain(answer.findings[0]).startswith(
        "On illustrative contracts, a framework agreement would save £"
    )
    assert answer.chapter.title.endswith("(illustrative contracts)")


def test_a_register_with_faults_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown borough"):
        procurement.ASK.answer(material(tmp_path, CONTRACTS.replace("Camden", "Atlantis")))
