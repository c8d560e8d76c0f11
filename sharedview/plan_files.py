"""Plans named on the command line: known ones by id, anybody's own as a table of assignments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from coverage_model.base.errors import Faults
from coverage_model.reading.archives import DATA_ENDINGS
from coverage_model.reading.area_names import AreaNames
from coverage_model.reading.plain_table import read_table
from coverage_model.reading.source import name_some, without_options
from optimisation import consolidation
from optimisation.results import Plan
from sharedview.runs import ConsolidationRun

COLUMNS = {
    "borough_code": (
        "borough", "borough_name", "area_code", "gss_code", "lad_code", "area", "area_name",
        "local_authority", "authority", "council", "lad24cd", "lad24nm", "lad23cd", "lad23nm",
    ),
    "room_code": (
        "room", "room_borough", "host", "control_room", "room_name", "host_borough", "host_code",
        "hub", "shared_room", "joins", "centre", "control_centre",
    ),
    "plan_id": ("plan",),
}  # fmt: skip
"""Columns of a plan file, and the names that they may have in it."""


def pick(names: Sequence[str], run: ConsolidationRun) -> tuple[Plan, ...]:
    """Return the plans of those names, costed under the run's scenario.

    Parameters
    ----------
    names
        Ids of the run's plans, or tables of assignments (``file.csv`` or ``file.csv:plan_id``),
        with boroughs by name or code.
    run
        The solved scenario.

    Raises
    ------
    InputError
        Listing every name that is unknown or given twice.
    """
    known = {plan.plan_id: plan for plan in run.plans}
    faults = Faults("plans")
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add(f"'{name}' is named twice", "Name different plans")
    for name in names:
        if name not in known and not _is_table(_file_parts(name)[0]):
            remedy = f"Choose one of {', '.join(known)}, or a file of assignments such as plan.csv"
            faults.add(f"'{name}' is no plan", remedy)
    faults.raise_if_any()
    return tuple(known[name] if name in known else _from_file(name, run) for name in names)


def _file_parts(name: str) -> tuple[str, str | None]:
    """Split ``file.csv:plan`` into its parts, minding a drive letter's colon."""
    head, colon, tail = name.rpartition(":")
    return (head, tail) if colon and _is_table(head) else (name, None)


def _is_table(name: str) -> bool:
    return Path(name).suffix.lower() in DATA_ENDINGS


def _from_file(name: str, run: ConsolidationRun) -> Plan:
    """Read one plan of a table of assignments and cost it."""
    file, wanted = _file_parts(name)
    path = Path(file)
    with without_options():
        read = read_table(path, columns=COLUMNS, needed=("borough_code", "room_code"))
    table, labels = read.rows, pd.Series(read.labels, dtype=object)
    faults = Faults(name)
    if "plan_id" in table:
        ids = list(dict.fromkeys(table["plan_id"]))
        wanted = wanted or ids[0]
        if wanted not in ids:
            faults.add(f"holds no plan '{wanted}'", f"Choose one of {name_some(ids)}")
            faults.raise_if_any()
        labels = labels[(table["plan_id"] == wanted).to_numpy()]
        table = table[table["plan_id"] == wanted]
    names = AreaNames(run.boroughs["borough"])
    table = table[["borough_code", "room_code"]].copy()
    for column, what in (("borough_code", "borough"), ("room_code", "room")):
        written = table[column].tolist()
        codes = [names.code(each) for each in written]
        unknown = [each is None for each in codes]
        if any(unknown):
            lost = [each for each, odd in zip(written, unknown, strict=True) if odd]
            faults.add(
                f"the {what} is empty or no borough in play",
                names.remedy(each for each in lost if each),
                rows=[
                    f"{label}: {each or 'empty'}"
                    for label, each, odd in zip(labels, written, unknown, strict=True)
                    if odd
                ],
            )
        table[column] = pd.Series(codes, index=table.index, dtype=object)
    faults.raise_if_any()
    table = table.drop_duplicates()  # a borough said twice with the same room is said once
    twice = table.loc[table["borough_code"].duplicated(), "borough_code"]
    if len(twice):
        faults.add("boroughs assigned twice", "Give each borough one room", rows=twice)
    absent = sorted(set(run.boroughs.index) - set(table["borough_code"]))
    if absent:
        faults.add("boroughs without a room", "Assign every borough", rows=absent)
    faults.raise_if_any()
    # The room_code names a group; the cost table chooses the cheapest host within it unless the
    # code is a member of the group itself.
    groups = {
        str(room): tuple(sorted(members["borough_code"]))
        for room, members in table.groupby("room_code")
    }
    strangers = [room for room, members in groups.items() if room not in members]
    if strangers:
        faults.add("rooms outside their own group", "Host each room in a member", rows=strangers)
        faults.raise_if_any()
    label = wanted or path.stem
    return consolidation.cost_plan(
        run.boroughs, run.scenario, groups, plan_id=label, label=f"{label} ({path.name})"
    )
