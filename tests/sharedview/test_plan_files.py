"""Plans of one's own: boroughs by name, short form or code, rows that repeat, and what is wrong."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from coverage_model.base.errors import InputError
from optimisation import territory
from sharedview import plan_files
from sharedview.questions.registry import load_scenario

SHORT = {
    "Kensington and Chelsea": "RBKC",
    "Hammersmith and Fulham": "H&F",
    "Hackney": "London Borough of Hackney",
    "Westminster": "City of Westminster",
    "Tower Hamlets": "LB Tower Hamlets",
    "Richmond upon Thames": "Richmond",
    "Barking and Dagenham": "barking & dagenham",
}


@pytest.fixture(scope="module")
def run():
    return SimpleNamespace(boroughs=territory.borough_inputs(), scenario=load_scenario(), plans=())


def rows_of(run, write):
    """One row a borough: inner London with Camden, all others with Croydon."""
    names = run.boroughs["borough"]
    inner = {"Camden", "Islington", "Hackney", "Westminster", "Kensington and Chelsea"}
    room = {name: "Camden" if name in inner else "Croydon" for name in names}
    return [(write(name), write(room[name])) for name in names]


def plan_of(run, path, rows, *, header="borough,room"):
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", "utf-8")
    return plan_files.pick([str(path)], run)[0]


def rooms(plan):
    return sorted((sorted(room.members), room.site_code, room.npv_gbp) for room in plan.rooms)


def test_names_short_forms_and_codes_make_one_plan(run, tmp_path):
    code = {name: code for code, name in run.boroughs["borough"].items()}
    by_name = plan_of(run, tmp_path / "names.csv", rows_of(run, str))
    by_code = plan_of(
        run, tmp_path / "codes.csv", rows_of(run, code.get), header="borough_code,room_code"
    )
    by_short = plan_of(
        run, tmp_path / "short.csv", rows_of(run, lambda name: SHORT.get(name, name))
    )
    assert len(by_name.rooms) == 2
    assert rooms(by_name) == rooms(by_code) == rooms(by_short)


def test_a_plan_kept_as_a_council_keeps_a_table(run, tmp_path):
    tidy = plan_of(run, tmp_path / "tidy.csv", rows_of(run, str))
    lines = [f"{name};{room};\u00a31m" for name, room in rows_of(run, str)]
    head = ["Option B;;", "", "Local authority;Control room;Remark"]
    path = tmp_path / "kept.csv"
    path.write_text("\r\n".join([*head, *lines, "Total;33;"]), encoding="cp1252", newline="")
    assert rooms(plan_files.pick([str(path)], run)[0]) == rooms(tidy)


def test_rows_that_say_the_same_again_are_one(run, tmp_path):
    rows = rows_of(run, str)
    again = [("RBKC", "LB Camden"), ("Hackney Council", "Camden")]
    assert rooms(plan_of(run, tmp_path / "twice.csv", [*rows, *again])) == rooms(
        plan_of(run, tmp_path / "once.csv", rows)
    )


def test_every_fault_of_a_plan_is_named(run, tmp_path):
    rows = rows_of(run, str)
    with pytest.raises(InputError, match="boroughs assigned twice"):
        plan_of(run, tmp_path / "two.csv", [*rows, ("RBKC", "Croydon")])
    with pytest.raises(InputError, match=r"row 2: Kamden.*did you mean Camden\?"):
        plan_of(run, tmp_path / "odd.csv", [("Kamden", "Croydon"), *rows])
    with pytest.raises(InputError, match="boroughs without a room"):
        plan_of(run, tmp_path / "few.csv", rows[1:])
    with pytest.raises(InputError, match=r"no column room_code.*columns: borough, home"):
        plan_of(run, tmp_path / "home.csv", rows, header="borough,home")
