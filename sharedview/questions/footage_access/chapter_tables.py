"""Pictures and tables of the chapter about officers' time."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from maps.report import plots
from maps.report.sheets import Drawing
from maps.shell import wording
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext
from maps.shell.tables import Column, Table

PARTS = {
    "travel_h_per_year": "Way to the room and back",
    "waiting_h_per_year": "Waiting for a desk",
    "viewing_h_per_year": "Viewing and export",
    "remote_h_per_year": "Requests from afar",
}


def drawings(
    tables: Mapping[str, pd.DataFrame], figures: Figures, context: PageContext
) -> tuple[Drawing, ...]:
    """Return the parts of officers' time by plan, and the time over the share met from afar."""
    plans = tables["footage_access"]
    marked = {figures.value("remote_share"): "assumed"}
    return (
        plots.stacked_figure(
            plans.assign(label=plans["label"].str.split(":").str[0]),
            about=plots.About("footage_hours", "Officer hours a year to obtain footage", context),
            label="label",
            parts=PARTS,
            say=wording.number,
            axis="Officer hours a year",
        ),
        plots.curve_figure(
            tables["footage_remote"],
            about=plots.About(
                "footage_remote", "Officer hours a year by the share met from afar", context
            ),
            x="remote_share",
            lines={
                f"{plan_id}_h_per_year": label.split(":")[0]
                for plan_id, label in zip(plans["plan_id"], plans["label"], strict=True)
            },
            axes_labels=("Requests met from afar", "Officer hours a year"),
            say=(wording.share, wording.number),
            marked=marked,
        ),
    )


def shown(tables: Mapping[str, pd.DataFrame], figures: Figures) -> tuple[Table, ...]:
    """Return the tables that stand in a report, the one of what figures rest on last."""
    plan = tables["footage_access"].iloc[0]
    hours, name = tables["footage_access"], Column("label", "Plan", numeric=False)
    spans = [
        f"{wording.number(low)} to {wording.number(high)}"
        for low, high in zip(
            hours["change_low_h_per_year"], hours["change_high_h_per_year"], strict=True
        )
    ]
    boroughs = tables["footage_boroughs"]
    n, gbp = wording.number, wording.gbp
    paid = bool((tables["footage_budgets"]["posts_change_gbp_per_year"] != 0).any())
    posts = (Column("posts_change_gbp_per_year", "Police posts cost", gbp),) if paid else ()
    return (
        Table(
            "footage_access",
            "Officer hours a year by plan; viewing and requests from afar are the same in all",
            hours.assign(change_range=spans),
            (
                name,
                Column("rooms", "Rooms", n),
                Column("travel_h_per_year", "Way, h", n),
                Column("waiting_h_per_year", "Waiting, h", n),
                Column("officer_h_per_year", "All, h", n),
                Column("change_h_per_year", "Against today, h", n),
                Column("change_range", "Eight draws in ten", numeric=False),
                Column("break_even_remote_share", "Share from afar to break even", wording.share),
            ),
            sortable=False,
        ),
        Table(
            "footage_budgets",
            "Two budgets a year, against today",
            tables["footage_budgets"],
            (
                name,
                Column("officer_change_gbp_per_year", "Officer time costs", gbp),
                Column("officer_change_low_gbp_per_year", "Low", gbp),
                Column("officer_change_high_gbp_per_year", "High", gbp),
                *posts,
                Column("council_saving_gbp_per_year", "Councils save", gbp),
                Column("two_budgets_gbp_per_year", "Two budgets added up", gbp),
                Column("council_one_off_gbp", "Councils pay once", gbp),
            ),
            note="Low and high: eight draws in ten. Amounts below nothing go the other way.",
            sortable=False,
        ),
        Table(
            "footage_desks",
            "Desks for review and the wait for them in busy hours",
            tables["footage_desks"],
            (
                name,
                Column("rooms", "Rooms", n),
                Column("desks", "Desks assumed", n),
                Column("desks_added", "Added", n),
                Column("desks_counted", "Counted", n),
                Column("mean_wait_min", "Mean wait, min", _minutes),
                Column("same_desks_wait_min", "With today’s desks, min", _minutes),
                Column("longest_wait_min", "Longest, min", _minutes),
            ),
            note="With today’s desks: each room keeps the desks counted for its boroughs today, so "
            "that only pooling shows.",
            sortable=False,
        ),
        Table(
            "footage_boroughs",
            f"Officer hours by borough: “{str(plan['label']).split(':')[0]}” against today",
            boroughs[boroughs["plan_id"] == plan["plan_id"]],
            (
                Column("borough", "Borough", numeric=False),
                Column("room_borough", "Room in", numeric=False),
                Column("visits_per_year", "Visits a year", n),
                Column("km", "Way", wording.kilometres),
                Column("today_h_per_year", "Today, h", n),
                Column("officer_h_per_year", "Plan, h", n),
                Column("change_h_per_year", "Change, h", n),
                Column("change_gbp_per_year", "Change", gbp),
            ),
            area_column="borough_code",
        ),
        Table(
            "footage_embedded",
            "Police posted in every room: what they save, and what their posts cost a year",
            tables["footage_embedded"],
            (
                name,
                Column("rooms", "Rooms", n),
                Column("saved_h_per_year", "Hours saved", n),
                Column("saved_gbp_per_year", "Worth", gbp),
                Column("posts_gbp_per_year", "Posts cost", gbp),
                Column("net_gbp_per_year", "Worth less cost", gbp),
            ),
            sortable=False,
        ),
        Table(
            "footage_sensitivity",
            "What is assumed, and the plan’s hours against today at both ends of each range",
            tables["footage_sensitivity"],
            (
                Column("label", "Assumption", numeric=False),
                Column("unit", "Unit", numeric=False),
                Column("low", "Low", _plain),
                Column("value", "Used", _plain),
                Column("high", "High", _plain),
                Column("change_at_low_h_per_year", "Hours at low", n),
                Column("change_at_high_h_per_year", "Hours at high", n),
            ),
            sortable=False,
        ),
        figures.rests_on(),
    )


def _minutes(value: float) -> str:
    return wording.number(value, decimals=1)


def _plain(value: float) -> str:
    return f"{value:,g}"
