"""What pages say about plans: figures side by side, the proof, rooms and cost lines."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from maps.shell import wording
from maps.shell.cite import Cite
from maps.shell.groups import Grouping
from maps.shell.tables import Column, Stat, Table
from maps.shell.wording import Bold, Sentence
from optimisation.comparison import plan_table
from optimisation.results import Plan, Room

KINDS = {"per_year": "a year", "one_off": "once"}


def short(plan: Plan) -> str:
    """Return a plan's label up to its colon, for use in a sentence."""
    return plan.label.split(":")[0].strip()


def proof(plan: Plan) -> Sentence:
    """Say how good a plan is known to be."""
    cite = Cite("plans", plan_table((plan,), baseline=plan), key="plan_id")
    groups = cite.quoted(plan.plan_id, "groups_considered", wording.number)
    by = cite.quoted(plan.plan_id, "solver")
    if plan.report.status == "optimal":
        return (
            f"{short(plan)}: ",
            Bold("proved best"),
            " of all plans that the scenario allows, at what it was chosen for (",
            *(groups, " groups of boroughs considered, ", by, ")."),
        )
    if plan.report.status == "feasible":
        gap = cite.quoted(plan.plan_id, "gap_share", wording.share)
        return (
            f"{short(plan)}: ",
            Bold("not proved best"),
            "; the best plan could cost up to ",
            *(gap, " less (", by, ")."),
        )
    return (f"{short(plan)}: a given plan, costed under the same rules, not chosen by the model.",)


def against(table: pd.DataFrame, plan: Plan, base: Plan) -> Sentence:
    """Compare a plan with another in one sentence.

    Parameters
    ----------
    table
        :class:`optimisation.schemas.Plans`, savings measured from ``base``.
    plan, base
        The plan, and what it is compared with.
    """
    cite = Cite("plans", table, key="plan_id")

    def yearly(value: float) -> str:
        return f"{wording.gbp(abs(value))} a year {'less' if value >= 0 else 'more'}"

    return (
        f"Compared with “{short(base)}”, “{short(plan)}” has ",
        cite.bold(plan.plan_id, "rooms", lambda value: wording.count(value, "room")),
        " instead of ",
        cite.quoted(base.plan_id, "rooms", wording.number),
        "; at the costs as given it takes ",
        cite.bold(plan.plan_id, "one_off_gbp", wording.gbp),
        " to set up and then costs ",
        cite.bold(plan.plan_id, "saving_gbp_per_year", yearly),
        " to run.",
    )


def savings_table(savings: pd.DataFrame) -> Table:
    """Return what plans save against today as the headline says it, and by budget.

    Parameters
    ----------
    savings
        :class:`optimisation.schemas.PlanSavings`.
    """
    others = savings[savings["plan_id"] != "today"]
    whose = {"councils": "the councils’ money"}.get(
        str(savings["counts"].iloc[0]), "the councils’ and the police’s money together"
    )
    return Table(
        "plan_savings",
        f"Savings against today, as built: {whose}",
        others.assign(plan=others["label"].str.split(":").str[0]),
        (
            Column("plan", "Plan", numeric=False),
            Column("rooms", "Rooms", wording.number),
            Column("saving_p50_gbp", "Middle of the draws", wording.gbp),
            Column("saving_p10_gbp", "Nine in ten exceed", wording.gbp),
            Column("saving_p90_gbp", "One in ten exceeds", wording.gbp),
            Column("saves_share", "Saves in", wording.share),
            Column("councils_mean_gbp", "Mean: councils", wording.gbp),
            Column("police_mean_gbp", "Mean: police", wording.gbp),
            Column("both_mean_gbp", "Mean: both", wording.gbp),
        ),
        note=(
            "The police’s money is officers’ time on the way to the rooms for footage. It is "
            "another budget: it is in the first columns only where the scenario counts it."
        ),
        sortable=False,
    )


def saving_stat(savings: pd.DataFrame, plan: Plan) -> Stat:
    """Return the saving of a plan as the headline says it, with its range."""
    cite = Cite("plan_savings", savings, key="plan_id")
    low = cite.quoted(plan.plan_id, "saving_p10_gbp", wording.gbp)
    high = cite.quoted(plan.plan_id, "saving_p90_gbp", wording.gbp)
    middle = cite.bold(plan.plan_id, "saving_p50_gbp", wording.gbp)
    return Stat.of("Net present saving as built, middle", middle, (low, " to ", high))


def room_of(plan: Plan) -> dict[str, Room]:
    """Return the room that serves each borough."""
    return {member: room for room in plan.rooms for member in room.members}


def rooms_table(grouping: Grouping, names: pd.Series, *, basis: pd.Series | None = None) -> Table:
    """Return the rooms of a plan, with their letters, and what each site is where that is known."""
    frame = pd.DataFrame(
        {
            "letter": [grouping.letter(room) for room in grouping.rooms],
            "room": [names.get(room.site_code, room.site_code) for room in grouping.rooms],
            "site_code": [room.site_code for room in grouping.rooms],
            "members": [
                wording.listing([str(names.get(code, code)) for code in room.members])
                for room in grouping.rooms
            ],
            "cameras": [room.cameras for room in grouping.rooms],
            "posts": [room.posts for room in grouping.rooms],
            "per_year": [room.cost_gbp_per_year for room in grouping.rooms],
            "once": [room.one_off_gbp for room in grouping.rooms],
            "npv": [room.npv_gbp for room in grouping.rooms],
            "link_km": [room.link_km for room in grouping.rooms],
        }
    )
    site: tuple[Column, ...] = ()
    if basis is not None:
        frame["basis"] = frame["site_code"].map(basis)
        site = (Column("basis", "Site", numeric=False),)
    return Table(
        "rooms",
        "Control rooms and the boroughs they serve",
        frame,
        (
            Column("room", "Room in", numeric=False),
            Column("letter", "Group", numeric=False),
            Column("members", "Boroughs served", numeric=False),
            *site,
            Column("cameras", "Cameras", wording.number),
            Column("posts", "Operators on duty", wording.number),
            Column("per_year", "Cost a year", wording.gbp),
            Column("once", "One-off cost", wording.gbp),
            Column("npv", "Net present cost", wording.gbp),
            Column("link_km", "Links", wording.kilometres),
        ),
        area_column="site_code",
    )


def cost_lines(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return the cost lines of plans side by side.

    Returns
    -------
    DataFrame
        ``cost_line, kind`` and a column for each ``plan_id``, in the order of the lines.
    """
    lines = pd.concat([plan.cost_lines() for plan in plans], ignore_index=True)
    sums = lines.pivot_table(
        index=["kind", "cost_line"], columns="plan_id", values="gbp", aggfunc="sum", fill_value=0.0
    )
    order = lines[["kind", "cost_line"]].drop_duplicates().sort_values("kind", ascending=False)
    sums = sums.loc[list(order.itertuples(index=False, name=None))]
    return sums[[plan.plan_id for plan in plans]].reset_index()


def cost_table(plan: Plan, base: Plan) -> Table:
    """Return the cost lines of a plan beside those of another, with the difference."""
    frame = cost_lines((base, plan))
    frame = frame.assign(
        line=frame["cost_line"].str.replace("_", " ").str.capitalize(),
        when=frame["kind"].map(KINDS),
        base=frame[base.plan_id],
        plan=frame[plan.plan_id],
        change=frame[plan.plan_id] - frame[base.plan_id],
    )
    return Table(
        "costs",
        f"Cost lines: {short(plan)} beside {short(base)}",
        frame,
        (
            Column("line", "Cost line", numeric=False),
            Column("when", "Paid", numeric=False),
            Column("base", base.label, wording.gbp),
            Column("plan", plan.label, wording.gbp),
            Column("change", "Change", wording.gbp),
        ),
        sortable=False,
    )
