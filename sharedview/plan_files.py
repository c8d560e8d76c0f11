"""Plans named on the command line: known ones by id, anybody's own as an assignments CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from coverage_model.base.errors import Fault, Faults, MissingFileError
from optimisation import consolidation
from optimisation.results import Plan
from sharedview.pipeline import ConsolidationRun

COLUMNS = ("borough_code", "room_code")


def pick(names: Sequence[str], run: ConsolidationRun) -> tuple[Plan, ...]:
    """Return the plans of those names, costed under the run's scenario.

    Parameters
    ----------
    names
        Ids of the run's plans, or CSV files (``file.csv`` or ``file.csv:plan_id``).
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
        if name not in known and not _csv_parts(name)[0].endswith(".csv"):
            remedy = f"Choose one of {', '.join(known)}, or a CSV file of assignments"
            faults.add(f"'{name}' is no plan", remedy)
    faults.raise_if_any()
    return tuple(known[name] if name in known else _from_csv(name, run) for name in names)


def _csv_parts(name: str) -> tuple[str, str | None]:
    """Split ``file.csv:plan`` into its parts, minding a drive letter's colon."""
    head, colon, tail = name.rpartition(":")
    return (head, tail) if colon and head.endswith(".csv") else (name, None)


def _from_csv(name: str, run: ConsolidationRun) -> Plan:
    """Read one plan of an assignments CSV and cost it."""
    file, wanted = _csv_parts(name)
    path = Path(file)
    if not path.is_file():
        raise MissingFileError(path, [Fault("no such file", "Check the path")])
    table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    faults = Faults(name)
    for column in COLUMNS:
        if column not in table:
            faults.add(f"column {column} is missing", f"Columns needed: {', '.join(COLUMNS)}")
    faults.raise_if_any()
    if "plan_id" in table:
        ids = list(dict.fromkeys(table["plan_id"]))
        wanted = wanted or ids[0]
        if wanted not in ids:
            faults.add(f"holds no plan '{wanted}'", f"Choose one of {', '.join(map(str, ids))}")
            faults.raise_if_any()
        table = table[table["plan_id"] == wanted]
    codes = set(run.boroughs.index)
    for column in COLUMNS:
        unknown = sorted(set(table[column].dropna()) - codes)
        if unknown or table[column].isna().any():
            faults.add(f"{column} is empty or no borough", "Use GSS codes", rows=unknown)
    twice = table.loc[table["borough_code"].duplicated(), "borough_code"]
    if len(twice):
        faults.add("boroughs assigned twice", "Give each borough one room", rows=twice)
    absent = sorted(codes - set(table["borough_code"]))
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
