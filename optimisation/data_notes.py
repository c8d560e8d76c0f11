"""What a reader of a plan must know of its data, as sentences."""

from __future__ import annotations

from optimisation.group_table import Setting
from optimisation.territory import recorded_crimes


def data_notes(setting: Setting) -> tuple[str, ...]:
    """Say what the camera counts and distances rest on, and whose cameras nobody watches today."""
    return (*_data_notes(setting), *unwatched_notes(setting), *_police_notes(setting))


def _data_notes(setting: Setting) -> tuple[str, ...]:
    """Say which camera counts are assumed, and that distances are by road where they are."""
    by_road = ("Distances are by road, not straight lines.",) if setting.by_road else ()
    if "cameras_basis" not in setting.boroughs:
        return by_road
    assumed = setting.boroughs[setting.boroughs["cameras_basis"] == "assumed"]
    if assumed.empty:
        return by_road
    names = " and ".join(assumed["borough"])
    counts = f"No camera count is published for {names}; theirs are assumed by a stated rule."
    return (counts, *by_road)


def _police_notes(setting: Setting) -> tuple[str, ...]:
    """Say where officers' time is counted, and whose is not known."""
    if not setting.scenario.count_police_time:
        return ()
    unknown = setting.boroughs.loc[recorded_crimes(setting.boroughs).isna(), "borough"]
    note = "Officers' ways to the rooms for footage are counted: the police's money, not councils'."
    if unknown.empty:
        return (note,)
    return (f"{note} No recorded crimes are published for {' and '.join(unknown)}: none there.",)


def unwatched_notes(setting: Setting) -> tuple[str, ...]:
    """Say whose cameras nobody watches today."""
    unwatched = setting.boroughs.loc[~setting.places.monitored, "borough"]
    if unwatched.empty:
        return ()
    names = " and ".join(unwatched)
    note = (
        f"Nobody watches the cameras of {names} today: they only record, with no room and no "
        "staff, and stay so unless they share a room."
    )
    return (note,)
