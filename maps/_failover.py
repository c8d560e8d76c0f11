"""Which room takes over if one fails, and what it costs to be ready for it."""

from __future__ import annotations

from collections.abc import Callable

from maps.shell import wording
from maps.shell.tables import Column, Section, Stat, Table
from maps.shell.wording import Bold, Sentence
from optimisation.resilience import Resilience

TITLE = "If a room fails"


def failover_section(
    failover: Resilience, *, letter: Callable[[str], str], by_road: bool = False
) -> Section:
    """Return the section on failover rooms.

    Parameters
    ----------
    failover
        From :func:`optimisation.resilience.failover_rooms`.
    letter
        Letter of the group of a room, given the code of its site.
    by_road
        Whether distances are by road.
    """
    frame = failover.failover.assign(
        letter=[letter(code) for code in failover.failover["room_code"]]
    )
    hosts = frame[frame["spare_posts"] > 0]
    ready = [
        f"{row['room_borough']} ({wording.count(row['spare_posts'], 'post')})"
        for row in hosts.sort_values("spare_posts", ascending=False).to_dict("records")
    ]
    farthest = frame.loc[frame["longest_km"].idxmax()]
    sentences: tuple[Sentence, ...] = (
        (
            "If any one room fails, another seats its operators. That takes spare posts in ",
            Bold(wording.listing(ready)),
            ": ",
            Bold(wording.gbp(failover.one_off_gbp)),
            " once and ",
            Bold(wording.gbp(failover.cost_gbp_per_year, per_year=True)),
            f" for standby links, {wording.gbp(failover.npv_gbp)} in net present cost on top of ",
            "the plan. This is the cheapest way, proved.",
        ),
        (
            f"The farthest would be a borough of the room in {farthest['room_borough']}, ",
            (
                f"{wording.kilometres(farthest['longest_km'])}{' by road' if by_road else ''} from "
                f"{farthest['failover_borough']}."
            ),
        ),
    )
    return Section(
        TITLE,
        stats=(
            Stat(
                "Spare posts",
                wording.number(failover.spare_posts),
                f"in {wording.count(len(hosts), 'room')}",
            ),
            Stat("Once, to fit them out", wording.gbp(failover.one_off_gbp)),
            Stat("A year, for standby links", wording.gbp(failover.cost_gbp_per_year)),
            Stat("Plan with failover", wording.gbp(failover.total_npv_gbp), "net present cost"),
        ),
        sentences=sentences,
        tables=(
            Table(
                "failover",
                "The failover room of each room: one failure at a time",
                frame,
                (
                    Column("room_borough", "Room in", numeric=False),
                    Column("letter", "Group", numeric=False),
                    Column("posts", "Operators on duty", wording.number),
                    Column("failover_borough", "Taken over by", numeric=False),
                    Column("longest_km", "Farthest borough", wording.kilometres),
                    Column("spare_posts", "Spare posts kept here", wording.number),
                    Column("links_gbp_per_year", "Standby links a year", wording.gbp),
                ),
                area_column="room_code",
            ),
        ),
    )
