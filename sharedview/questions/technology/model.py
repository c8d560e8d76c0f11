r"""What a technology does to rooms and their cost: each lever is data, applied to the coefficients.

A lever of ``data/facts/technology_levers.csv`` sets, multiplies or adds to coefficients of the cost
table (:mod:`optimisation.costs.rooms`), which alone computes money, so plans with a lever are
solved and proved as any other. Five quantities are not coefficients and become such:

.. code-block:: text

    purchase   camera_systems += [once + rented_share · once_rented] / annuity
    alarms     1 / cameras_per_operator' = 1 / cameras_per_operator + a·t / 1440
    feeds      cameras_per_operator' = cameras_per_operator / (1 + e);  cameras_per_link the same;
               shown_at_once_share' = shown_at_once_share · (1 + e)

``once`` is bought for every camera and ``once_rented`` for those on rented circuits; divided by the
annuity factor of the scenario it is the yearly amount of the same net present cost. a false alarms
a camera and day take an operator t minutes each, out of the 1,440 of a day on duty. e further feeds
a camera load operators, monitors and links as cameras do. First comes what sets, then what
multiplies, then what adds, then alarms and feeds. ``horizontal_px`` and ``sensors`` change views,
not money: :mod:`sharedview.questions.technology.view_changes`.

A lever is judged by the best plan with it against the best plan without it. Facial recognition is
not a lever: see :data:`OUTSIDE`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.errors import Faults, InfeasibleError, InputError
from coverage_model.base.schemas import check
from optimisation.consolidation import consolidate, cost_plan
from optimisation.costs.coefficients import rates
from optimisation.costs.draws import Uncertain
from optimisation.costs.rates import annuity
from optimisation.costs.terms import RATE_NAMES
from optimisation.explain import conflicting_constraints
from optimisation.group_table import Setting, make_setting
from optimisation.results import Plan, Room
from optimisation.robustness import Recosting
from optimisation.scenario import Scenario
from optimisation.search.groups import TooManyGroupsError
from optimisation.search.optimum import OutOfTimeError
from sharedview.questions.technology.schemas import TechnologyCosts, TechnologyLevers

LABELS = {
    "analytics": "Video analytics",
    "resolution_4k": "4K cameras",
    "multisensor": "Cameras with four sensors",
    "wireless": "Radio in place of rented circuits",
    "own_fibre": "Own fibre in place of rented circuits",
    "cloud_recording": "Recording in the cloud",
    "body_worn_and_drones": "Pictures from body-worn cameras and drones",
}
OUTSIDE = {
    "facial_recognition": (
        "Facial recognition stays outside the model. Whether to use it is a question of law and "
        "policy, not of coverage or of rooms: it moves no view, and no figure on its cost, "
        "accuracy or effect in public space was read that could be compared with the others."
    )
}
ALL = "all"
EXCLUSIVE = ("wireless", "own_fibre")
"""Two ways to replace the same circuits: together, the one that costs less stands for both."""
MINUTES_PER_DAY = 1440.0
QUICK_NODES = 2_000
"""Nodes for the proof of a lever's plan: where it takes more, the best found is shown."""
PROVED, STOPPED = "optimal", "feasible"
VIEW_QUANTITIES = ("horizontal_px", "sensors")
OTHER_QUANTITIES = (
    "once_gbp_per_camera",
    "once_gbp_per_rented_camera",
    "false_alarms_per_camera_day",
    "minutes_per_false_alarm",
    "extra_feeds_share",
)
ORDER = ("set", "multiply", "add")


@dataclass(frozen=True, slots=True)
class Technology:
    """What the levers do.

    Parameters
    ----------
    costs
        :class:`sharedview.questions.technology.schemas.TechnologyCosts`.
    levers
        :class:`sharedview.questions.technology.schemas.TechnologyLevers`: what each was taken to
        change.
    """

    costs: pd.DataFrame
    levers: pd.DataFrame


def levers(names: Sequence[str] = ()) -> pd.DataFrame:
    """Return the levers, all or some.

    Parameters
    ----------
    names
        Identifiers; all by default.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.technology.schemas.TechnologyLevers`.

    Raises
    ------
    InputError
        Listing every name that is no lever.

    Examples
    --------
    >>> levers(["wireless"])["quantity"].tolist()
    ['transmission_gbp_per_camera_year', 'once_gbp_per_rented_camera']
    """
    faults = Faults("technology levers")
    if outside := [name for name in names if name in OUTSIDE]:
        faults.add("outside the model", OUTSIDE[outside[0]], rows=outside)
    if unknown := [name for name in names if name not in LABELS and name not in OUTSIDE]:
        faults.add("unknown levers", f"Use: {', '.join(LABELS)}", rows=unknown)
    faults.raise_if_any()
    table = _levers()
    return table[table["lever"].isin(list(names) or list(LABELS))].reset_index(drop=True)


@lru_cache(maxsize=1)
def _levers() -> pd.DataFrame:
    path = datasets.data_dir() / "facts" / "technology_levers.csv"
    table = pd.read_csv(path).assign(label=lambda frame: frame["lever"].map(LABELS))
    known = {*RATE_NAMES, *VIEW_QUANTITIES, *OTHER_QUANTITIES}
    strangers = sorted(set(table["quantity"]) - known)
    if strangers or set(table["lever"]) != set(LABELS):
        raise ValueError(f"technology_levers.csv holds what the model does not know: {strangers}")
    return check(table, TechnologyLevers, "technology levers")


def coefficients_with(
    changes: pd.DataFrame, scenario: Scenario, *, column: str = "value"
) -> dict[str, float]:
    """Return the scenario's cost coefficients with levers applied.

    Parameters
    ----------
    changes
        Rows of :func:`levers`.
    scenario
        For its own coefficients, horizon and discount rate.
    column
        ``value``, or ``low`` or ``high``, or any column of amounts.

    Returns
    -------
    dict
        All coefficients that differ from the embedded ones: a scenario's ``coefficients``.

    Examples
    --------
    >>> found = coefficients_with(levers(["cloud_recording"]), Scenario())
    >>> round(found["camera_systems_gbp_per_year"])
    340
    """
    before = rates(scenario.coefficients)
    new = {name: float(getattr(before, name)) for name in RATE_NAMES}
    other = dict.fromkeys(OTHER_QUANTITIES, 0.0)
    columns = (changes[name].tolist() for name in ("quantity", "operation", column))
    rows = [row for row in zip(*columns, strict=True) if row[0] not in VIEW_QUANTITIES]
    for wanted in ORDER:
        for name, operation, amount in rows:
            held = other if name in other else new
            if operation != wanted:
                continue
            if operation == "multiply":
                held[name] *= amount
            elif operation == "add":
                held[name] += amount
            else:
                held[name] = amount
    factor = annuity(scenario.horizon_years, scenario.discount_rate, timing=scenario.flow_timing)
    rented = other["once_gbp_per_rented_camera"] * new["rented_circuit_share"]
    new["camera_systems_gbp_per_year"] += (other["once_gbp_per_camera"] + rented) / factor
    busy = other["false_alarms_per_camera_day"] * other["minutes_per_false_alarm"] / MINUTES_PER_DAY
    new["cameras_per_operator"] = 1 / (1 / new["cameras_per_operator"] + busy)
    for name in ("cameras_per_operator", "cameras_per_link"):
        new[name] /= 1 + other["extra_feeds_share"]
    new["shown_at_once_share"] *= 1 + other["extra_feeds_share"]
    changed = {name: value for name, value in new.items() if value != getattr(before, name)}
    return {**scenario.coefficients, **changed}


def technology(
    boroughs: pd.DataFrame, scenario: Scenario, *, names: Sequence[str] = (), without: Plan
) -> Technology:
    """Solve the scenario with each lever, and with all of them.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`.
    scenario
        The scenario without levers.
    names
        Levers; all by default.
    without
        Its best plan (:func:`optimisation.consolidation.consolidate`).

    Returns
    -------
    Technology

    Raises
    ------
    InputError
        For a name that is no lever.
    """
    table = levers(names)
    model = _Recosted(boroughs, scenario, without, table=table)
    rows: list[dict[str, object]] = []
    wanted = list(dict.fromkeys(table["lever"]))
    for lever in [*wanted, *([ALL] if len(wanted) > 1 else [])]:
        changes = _together(table, rows) if lever == ALL else table[table["lever"] == lever]
        amounts = coefficients_with(changes, scenario)
        rooms, status = model.best(amounts)
        npv = sum(room.npv_gbp for room in rooms)
        cameras = sum(room.cameras for room in rooms)
        detection = sum(room.cameras * room.detection_share for room in rooms) / cameras
        ends = model.ends(changes)
        kept = None if status == PROVED and model.model else rooms
        least, most = (
            model.end_gbp(coefficients_with(ends, scenario, column=end), kept)
            for end in ("least", "most")
        )
        rows.append(
            {
                "lever": lever,
                "label": "All of these together" if lever == ALL else LABELS[lever],
                "rooms": len(rooms),
                "posts": sum(room.posts for room in rooms),
                "cost_gbp_per_year": sum(room.cost_gbp_per_year for room in rooms),
                "npv_gbp": npv,
                "npv_change_gbp": npv - without.npv_gbp,
                "npv_change_low_gbp": least - without.npv_gbp,
                "npv_change_high_gbp": most - without.npv_gbp,
                "today_change_gbp": model.today_gbp(amounts)
                - model.today_gbp(scenario.coefficients),
                "detection_share": detection,
                "detection_change": detection - without.detection_share,
                "status": status,
            }
        )
    return Technology(check(pd.DataFrame(rows), TechnologyCosts, "technology"), table)


class _Recosted:
    """The scenario's groups, costed again and again with other coefficients."""

    def __init__(
        self, boroughs: pd.DataFrame, scenario: Scenario, plan: Plan, *, table: pd.DataFrame
    ) -> None:
        self.scenario, self.boroughs, self.plan = scenario, boroughs, plan
        # Under a limit of posts, more cameras an operator allow larger groups: list them all.
        held = rates(scenario.coefficients).cameras_per_operator
        factors = table.loc[table["quantity"] == "cameras_per_operator", "high"]
        most = held * float(factors.clip(lower=1.0).prod())
        loosest = Uncertain("cameras_per_operator", held, held, most)
        self.chosen = tuple(sorted(room.members for room in plan.rooms))
        self.today = tuple(make_setting(boroughs, scenario).today.values())
        # A plan that is given is not chosen anew, nor one among more groups than can be listed.
        self.model: Recosting | None = None
        if scenario.given_plan is None:
            with suppress(TooManyGroupsError):
                self.model = Recosting(boroughs, scenario, uncertain=[loosest])
                self.model.remember([self.chosen])

    def today_gbp(self, coefficients: Mapping[str, float]) -> float:
        """Net present cost of the rooms of today."""
        return self.gbp(self.today, coefficients)

    def gbp(self, groups: Sequence[tuple[str, ...]], coefficients: Mapping[str, float]) -> float:
        """Net present cost of given groups of boroughs."""
        if self.model is not None:
            return float(self.model.pricer([tuple(groups)])(self._setting(coefficients))[0][0])
        asked = self.scenario.model_copy(update={"coefficients": dict(coefficients)})
        return cost_plan(self.boroughs, asked, groups, plan_id="p", label="p").npv_gbp

    def best(self, coefficients: Mapping[str, float]) -> tuple[tuple[Room, ...], str]:
        """Return the rooms of the best plan, and whether it was proved within the nodes allowed."""
        asked = self.scenario.model_copy(update={"coefficients": dict(coefficients)})
        try:
            plan = consolidate(self.boroughs, asked, max_nodes=QUICK_NODES)
        except (InputError, OutOfTimeError):
            rooms = {room.site_code: room.members for room in self.plan.rooms}
            kept = cost_plan(self.boroughs, asked, rooms, plan_id="kept", label="kept")
            return kept.rooms, STOPPED
        return plan.rooms, plan.report.status

    def end_gbp(self, coefficients: Mapping[str, float], kept: tuple[Room, ...] | None) -> float:
        """Net present cost of the best plan, found anew by search, or of rooms that are kept."""
        if kept is not None:
            return self.gbp([room.members for room in kept], coefficients)
        assert self.model is not None  # noqa: S101 (else rooms are kept)
        setting = self._setting(coefficients)
        found = self.model.best(setting)
        if found is None:
            raise InfeasibleError(conflicting_constraints(setting))
        return found[0]

    def ends(self, changes: pd.DataFrame) -> pd.DataFrame:
        """Find the end of each range at which the plan costs least, and most."""
        least, most = changes["value"].copy(), changes["value"].copy()
        for row in changes.index:
            tried = {}
            for end in ("low", "high"):
                trial = changes["value"].copy()
                trial[row] = changes.loc[row, end]
                amounts = coefficients_with(
                    changes.assign(trial=trial), self.scenario, column="trial"
                )
                tried[end] = self.gbp(self.chosen, amounts)
            cheap, dear = sorted(tried, key=lambda end: tried[end])
            least[row], most[row] = changes.loc[row, cheap], changes.loc[row, dear]
        return changes.assign(least=least, most=most)

    def _setting(self, coefficients: Mapping[str, float]) -> Setting:
        assert self.model is not None  # noqa: S101 (only called with one)
        return self.model.at({k: v for k, v in coefficients.items() if k in RATE_NAMES})


def _together(table: pd.DataFrame, alone: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Return all changes: of two that exclude each other the one that costs less.

    A camera that is replaced is bought once, whatever for: the dearest purchase stands for all.
    """
    cost = {str(row["lever"]): float(str(row["npv_change_gbp"])) for row in alone}
    rivals = sorted((name for name in EXCLUSIVE if name in cost), key=lambda name: cost[name])
    kept = table[~table["lever"].isin(rivals[1:])]
    bought = kept[kept["quantity"] == "once_gbp_per_camera"].sort_values("value")
    return kept.drop(index=bought.index[:-1])
