"""What the models answer: frozen records that carry their proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

Status = Literal["optimal", "feasible", "reference"]


@dataclass(frozen=True, slots=True)
class SolveReport:
    """How an answer was reached and what proves it.

    Parameters
    ----------
    status
        ``optimal`` (proved), ``feasible`` (a time or gap limit stopped the proof) or ``reference``
        (a plan that was given, not chosen).
    objective_gbp
        What the plan reaches of its objective, recomputed from the cost table: the net present cost
        over the horizon where nothing else is said.
    bound_gbp
        Proved lower bound of what any plan reaches; for a reference plan its own cost.
    solver, solver_version
        What solved it.
    runtime_s
        Wall time of the whole solve.
    groups_considered
        Number of feasible groups of boroughs in the cost table.
    columns_in_model
        Groups left in the final model after reduced-cost fixing.
    objective
        What is least, for people.
    """

    status: Status
    objective_gbp: float
    bound_gbp: float
    solver: str
    solver_version: str
    runtime_s: float
    groups_considered: int
    columns_in_model: int
    objective: str = "cost at the values as stated"

    @property
    def gap_share(self) -> float:
        """Relative gap between objective and bound, 0 for a proved plan."""
        if self.objective_gbp == 0:
            return 0.0
        return max(0.0, (self.objective_gbp - self.bound_gbp) / abs(self.objective_gbp))


@dataclass(frozen=True, slots=True)
class Room:
    """One control room and the boroughs it serves.

    Parameters
    ----------
    site_code
        GSS code of the borough that hosts the room.
    members
        GSS codes of the boroughs served, the host included, sorted.
    cameras
        Public-space cameras the room watches.
    posts
        Operators on duty at once, a whole number.
    cost_lines_gbp_per_year
        Yearly cost by cost line.
    one_off_lines_gbp
        One-off cost by cost line.
    npv_gbp
        Net present cost over the horizon.
    link_km
        Sum of the distances from the member boroughs to the room.
    detection_share
        Share of events noticed while the room is watched, by its monitors per operator; nan where
        it was not computed. A measure of quality: no money depends on it unless a scenario says so.
    moved
        Boroughs that leave the room that serves them today to be served here.
    watched
        False for a borough alone whose cameras only record, as today: it has no room and no staff,
        and does not count as a control room.
    member_cameras
        Cameras of each of ``members``; empty where they are not known.
    """

    site_code: str
    members: tuple[str, ...]
    cameras: float
    posts: int
    cost_lines_gbp_per_year: Mapping[str, float]
    one_off_lines_gbp: Mapping[str, float]
    npv_gbp: float
    link_km: float
    detection_share: float = float("nan")
    moved: int = 0
    watched: bool = True
    member_cameras: tuple[float, ...] = ()

    @property
    def shares(self) -> dict[str, float]:
        """Share of each borough in the room: by cameras, equal where they are not known."""
        total = sum(self.member_cameras)
        if not total:
            return dict.fromkeys(self.members, 1 / len(self.members))
        return {
            code: cameras / total
            for code, cameras in zip(self.members, self.member_cameras, strict=True)
        }

    @property
    def cost_gbp_per_year(self) -> float:
        """Yearly running cost."""
        return float(sum(self.cost_lines_gbp_per_year.values()))

    @property
    def one_off_gbp(self) -> float:
        """One-off cost of setting the room up."""
        return float(sum(self.one_off_lines_gbp.values()))


@dataclass(frozen=True, slots=True)
class Plan:
    """A complete assignment of boroughs to rooms, with its proof.

    Parameters
    ----------
    plan_id
        Short identifier, safe in file names: ``optimum``, ``today``, ``bcu``.
    label
        What a reader sees.
    rooms
        The rooms, largest first.
    report
        How the plan was reached.
    scenario_name, scenario_sha256
        What it was solved or costed under.
    notes
        What a reader must know, as sentences.
    broken
        The constraints of the scenario that a given plan breaks, as sentences; they are in
        ``notes`` too.
    """

    plan_id: str
    label: str
    rooms: tuple[Room, ...]
    report: SolveReport
    scenario_name: str
    scenario_sha256: str
    notes: tuple[str, ...] = field(default=())
    broken: tuple[str, ...] = field(default=())

    @property
    def sited(self) -> dict[str, tuple[str, ...]]:
        """The codes that each room serves, by the code of the borough it stands in."""
        return {room.site_code: tuple(sorted(room.members)) for room in self.rooms}

    @property
    def room_count(self) -> int:
        """Number of control rooms: those that somebody watches in."""
        return sum(room.watched for room in self.rooms)

    @property
    def boroughs_moved(self) -> int:
        """Boroughs that leave the room that serves them today."""
        return sum(room.moved for room in self.rooms)

    @property
    def cost_gbp_per_year(self) -> float:
        """Yearly running cost of all rooms."""
        return float(sum(room.cost_gbp_per_year for room in self.rooms))

    @property
    def one_off_gbp(self) -> float:
        """One-off cost of all rooms."""
        return float(sum(room.one_off_gbp for room in self.rooms))

    @property
    def npv_gbp(self) -> float:
        """Net present cost over the horizon."""
        return float(sum(room.npv_gbp for room in self.rooms))

    @property
    def detection_share(self) -> float:
        """Share of events noticed while rooms are watched, the mean over cameras."""
        cameras = sum(room.cameras for room in self.rooms)
        seen = sum(room.cameras * room.detection_share for room in self.rooms)
        return seen / cameras if cameras else float("nan")

    @property
    def posts(self) -> int:
        """Operators on duty at once in all rooms."""
        return sum(room.posts for room in self.rooms)

    def assignments(self) -> pd.DataFrame:
        """One row a borough: ``plan_id, borough_code, room_code``, sorted by borough."""
        rows = [
            {"plan_id": self.plan_id, "borough_code": member, "room_code": room.site_code}
            for room in self.rooms
            for member in room.members
        ]
        frame = pd.DataFrame(rows, columns=["plan_id", "borough_code", "room_code"])
        return frame.sort_values("borough_code", ignore_index=True)

    def cost_lines(self) -> pd.DataFrame:
        """One row a room and cost line: ``plan_id, room_code, cost_line, kind, gbp``."""
        rows = [
            {
                "plan_id": self.plan_id,
                "room_code": room.site_code,
                "cost_line": line,
                "kind": kind,
                "gbp": gbp,
            }
            for room in self.rooms
            for kind, lines in (
                ("per_year", room.cost_lines_gbp_per_year),
                ("one_off", room.one_off_lines_gbp),
            )
            for line, gbp in lines.items()
        ]
        return pd.DataFrame(rows, columns=["plan_id", "room_code", "cost_line", "kind", "gbp"])
