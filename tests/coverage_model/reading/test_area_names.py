"""Names as people write them."""

from __future__ import annotations

import pytest

from coverage_model.base import datasets
from coverage_model.reading.area_names import AreaNames

NAMES = datasets.borough_facts()["borough"].to_dict()


@pytest.mark.parametrize(
    "written",
    [
        "Barking and Dagenham",
        "barking & dagenham",
        " BARKING  AND DAGENHAM",
        "E09000002",
        "e09000002",
    ],
)
def test_one_borough_however_it_is_written(written: str) -> None:
    assert AreaNames(NAMES).code(written) == "E09000002"


def test_every_borough_is_found_by_name_and_by_code() -> None:
    names = AreaNames(NAMES)
    for code, name in NAMES.items():
        assert names.code(name) == names.code(code) == code


def test_what_is_not_known_is_none_with_a_hint_where_one_is_near() -> None:
    names = AreaNames(NAMES)
    assert names.code("Croyden") is None
    assert names.remedy(["Croyden", "Atlantis", "Croyden"]) == (
        "Use borough names or GSS codes; did you mean Croydon?"
    )
    assert names.remedy(["Atlantis"]) == "Use borough names or GSS codes"


@pytest.mark.parametrize(
    ("written", "borough"),
    [
        ("London Borough of Hackney", "Hackney"),
        ("LB Hackney", "Hackney"),
        ("LBC Camden", "Camden"),
        ("Hackney Council", "Hackney"),
        ("Camden London Borough Council", "Camden"),
        ("RBKC", "Kensington and Chelsea"),
        ("Kensington & Chelsea", "Kensington and Chelsea"),
        ("Royal Borough of Kensington and Chelsea", "Kensington and Chelsea"),
        ("H&F", "Hammersmith and Fulham"),
        ("LBHF", "Hammersmith and Fulham"),
        ("City of Westminster", "Westminster"),
        ("Westminster City Council", "Westminster"),
        ("Richmond", "Richmond upon Thames"),
        ("Kingston-upon-Thames", "Kingston upon Thames"),
        ("RB Greenwich", "Greenwich"),
        ("City of London Corporation", "City of London"),
        ("City of London", "City of London"),
        ("The Royal Borough of Greenwich", "Greenwich"),
    ],
)
def test_a_council_is_its_borough(written: str, borough: str) -> None:
    assert NAMES[AreaNames(NAMES).code(written)] == borough


def test_short_forms_reach_only_areas_in_play() -> None:
    names = AreaNames({"E09000007": "Camden"})
    assert names.code("RBKC") is None
    assert names.code("LB Camden") == "E09000007"
