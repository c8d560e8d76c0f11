"""Scenario files: what they may say, and one error that lists everything they may not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from coverage_model.base.errors import InfeasibleError, InputError, MissingFileError
from optimisation.consolidation import consolidate
from optimisation.scenario import Scenario
from optimisation.scenario_layers import embedded_scenarios
from optimisation.territory import borough_inputs
from sharedview.questions.registry import ASKS, load_scenario

CAMDEN, ISLINGTON, HACKNEY = "E09000007", "E09000019", "E09000012"


def write(folder: Path, text: str, *, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path | None = None, **overrides: object) -> str:
    with pytest.raises(InputError) as error:
        load_scenario(path, overrides=overrides)
    assert error.value.exit_code == 2
    return str(error.value)


def test_every_fault_is_listed_in_one_error(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        capacty = 5
        rooms = "eight"
        capacity_cameras = 1000
        must_share = [["camden", "Islington"], ["Islington", "E09000012"]]
        must_not_share = [["Hackney", "Camden"], ["Barnet", "Barnet"]]
        fixed_rooms = ["Camden", "Nowhere"]
        forbidden_rooms = ["CAMDEN"]
        [coefficients]
        wages = 3
        link_gbp_per_year = -1
        """,
    )
    message = faults(path)
    for part in (
        "mine.toml: 9 faults",
        "unknown key capacty. Did you mean capacity_",
        "rooms = 'eight'",
        "Camden and Hackney must not share a room, yet must_share joins Camden - Islington -",
        "pairs Barnet with itself",
        "unknown boroughs [1 row: Nowhere]",
        "Camden is both a fixed and a forbidden room",
        "Hillingdon 1,170",
        "unknown coefficients [1 row: wages]",
        "link_gbp_per_year is -1",
    ):
        assert part in message, part


@pytest.mark.parametrize(
    ("overrides", "part"),
    [
        ({"rooms_min": 9, "rooms_max": 8}, "rooms_min 9 is more than rooms_max 8"),
        ({"rooms": 34}, "34 rooms are asked for and 33 boroughs are in play"),
        ({"horizon_years": 0}, "horizon_years = 0"),
        ({"discount_rate": float("nan")}, "discount_rate"),
        ({"contiguity": "water"}, "contiguity = 'water'"),
        ({"boroughs": ["Camden"], "fixed_rooms": ["Brent"]}, "not in play"),
        (
            {"fixed_rooms": ["Camden", "Brent"], "must_share": [["Brent", "Camden"]]},
            "yet each is a fixed room",
        ),
    ],
)
def test_numbers_and_locks_that_cannot_be_meant(overrides: dict[str, object], part: str) -> None:
    assert part in faults(**overrides)


def test_toml_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    assert "is not valid TOML" in faults(write(tmp_path, "rooms = = 3"))


def test_a_missing_file_names_the_embedded_ones() -> None:
    with pytest.raises(MissingFileError, match="optimum"):
        load_scenario("nowhere.toml")


def test_names_codes_and_order_mean_the_same() -> None:
    one = load_scenario(overrides={"must_share": [["Islington", "camden"]]})
    two = load_scenario(overrides={"must_share": [[CAMDEN, ISLINGTON], ["CAMDEN", ISLINGTON]]})
    assert one.must_share == ((CAMDEN, ISLINGTON),)
    assert one.sha256 == two.sha256
    assert one.sha256 != load_scenario().sha256
    assert load_scenario(overrides={"fixed_rooms": ["Hammersmith & Fulham"]}).fixed_rooms


def test_a_file_extends_another(tmp_path: Path) -> None:
    write(
        tmp_path,
        'extends = "optimum"\nname = "base"\nrooms_max = 9\n'
        "[coefficients]\nlink_gbp_per_year = 5\nmin_posts_per_room = 2\n",
        name="base.toml",
    )
    child = write(
        tmp_path,
        'extends = "base.toml"\nname = "child"\ncapacity_share = 0.2\nrooms = 8\n'
        "[coefficients]\nlink_gbp_per_year = 7\n",
    )
    scenario = load_scenario(child)
    assert scenario.name == "child"
    assert (scenario.capacity_cameras, scenario.capacity_share) == (None, 0.2)
    assert (scenario.rooms, scenario.rooms_max) == (8, None)
    assert scenario.coefficients == {"link_gbp_per_year": 7, "min_posts_per_room": 2}
    assert scenario.max_group_size == load_scenario().max_group_size


def test_files_that_extend_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path, 'extends = "b.toml"', name="a.toml")
    write(tmp_path, 'extends = "a.toml"', name="b.toml")
    assert "in a circle" in faults(tmp_path / "a.toml")


def test_every_embedded_scenario_loads() -> None:
    names = embedded_scenarios()
    assert "optimum" in names
    for name in names:
        assert load_scenario(name).name == name


def test_a_scenario_is_frozen_and_closed() -> None:
    with pytest.raises(ValidationError):
        Scenario(name="x").name = "y"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Scenario(unknown=1)  # type: ignore[call-arg]


def test_boroughs_not_in_play_stay_out_of_every_sum() -> None:
    boroughs = borough_inputs()
    codes = [CAMDEN, ISLINGTON, HACKNEY]
    plan = consolidate(boroughs, load_scenario(overrides={"boroughs": codes}))
    assert sorted(c for room in plan.rooms for c in room.members) == sorted(codes)
    assert sum(room.cameras for room in plan.rooms) == boroughs.loc[codes, "cameras"].sum()


def test_locks_are_obeyed() -> None:
    wishes = {
        "must_share": [["Camden", "Islington"]],
        "must_not_share": [["Barnet", "Enfield"]],
        "fixed_rooms": ["Southwark"],
        "forbidden_rooms": ["Lambeth"],
        "max_group_size": 4,
    }
    plan = consolidate(borough_inputs(), load_scenario(overrides=wishes))
    room = {code: r.site_code for r in plan.rooms for code in r.members}
    assert room[CAMDEN] == room[ISLINGTON]
    assert room["E09000003"] != room["E09000010"]
    assert room["E09000028"] == "E09000028"
    assert "E09000022" not in room.values()
    assert max(len(r.members) for r in plan.rooms) <= 4


@pytest.mark.parametrize(
    ("overrides", "parts"),
    [
        ({"rooms": 2}, ["2,000 cameras", "at most 2 rooms"]),
        (
            {"forbidden_rooms": ["Bexley"], "max_group_size": 1},
            ["no room may stand in Bexley", "at most 1 borough"],
        ),
        (
            {"must_share": [["Camden", "Brent"]], "max_link_km": 1},
            ["Brent and Camden must share a room", "more than 1 km"],
        ),
    ],
)
def test_an_infeasible_scenario_names_its_conflict(
    overrides: dict[str, object], parts: list[str]
) -> None:
    with pytest.raises(InfeasibleError) as error:
        consolidate(borough_inputs(), load_scenario(overrides=overrides))
    assert error.value.exit_code == 3
    sentences = "\n".join(error.value.conflicting)
    for part in parts:
        assert part in sentences


def test_the_commented_tables_of_the_starter_are_valid_choices() -> None:
    text = embedded_scenarios()["optimum"].read_text(encoding="utf-8")
    shown = text[text.index("# Choices for the other questions") :]
    lines = [line[2:] for line in shown.splitlines() if re.match(r"# (\[|\w+ = )", line)]
    tables = tomllib.loads("\n".join(lines))
    assert set(tables) >= {"procurement", "image_quality", "value", "siting", "technology"}
    kinds = {ask.key: ask.options for ask in ASKS if ask.options is not None}
    for key, table in tables.items():
        kinds[key].model_validate(table)
