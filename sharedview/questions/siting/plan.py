"""Which private cameras to integrate, and where new ones would see most, for a budget.

The choice is a maximal covering location problem with a budget, written out and solved in
:mod:`sharedview.questions.siting.max_coverage`; demand and candidates are those of
:mod:`sharedview.questions.siting.candidates`. What counts is live sight at one image-quality level.

Money is one-off and in two steps for a private camera, which are never mixed:

.. code-block:: text

    registering   register_gbp_per_camera                      place and contact; nothing is seen
    integrating   integrate_gbp_per_camera                     live feed, once registered
                  + integrate_gbp_per_operator                 once an operator and area
    a new camera  camera_new_gbp

An operator is linked to the room of the area that its cameras stand in; one with an integrated
camera there is linked already. Private cameras of unnamed operators are taken as one operator in
each square of a borough. Cameras of unknown ownership are neither held nor candidates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse

from coverage_model.base import datasets
from coverage_model.base.errors import Fault, InfeasibleError, InputError
from coverage_model.base.notes import Note
from coverage_model.optics.pixel_density import Level
from coverage_model.sight.visibility import target_of
from optimisation.costs import coefficients
from sharedview.questions.siting.candidates import (
    Candidates,
    Demand,
    demand_points,
    new_candidates,
    private_candidates,
    private_operators,
)
from sharedview.questions.siting.fairness import Evenness, most_even
from sharedview.questions.siting.greedy import Greedy, greedy
from sharedview.questions.siting.max_coverage import MaxCoverage, maximise_coverage
from sharedview.questions.siting.options import SitingOptions
from sharedview.questions.siting.problem import CoverProblem, cover_problem
from sharedview.questions.siting.reduction import reduce_problem

Floats = NDArray[np.float64]

PRICES = (
    "register_gbp_per_camera",
    "integrate_gbp_per_camera",
    "integrate_gbp_per_operator",
    "camera_new_gbp",
)
RULES = ("private_operator_square_m", "siting_stand_off_m", "siting_street_step_m")
# A view reaches no further than this beyond its place, so places with nothing near are left out.
NEAR_M = 150.0
TIME_LIMIT_S = 60.0
# A point of the curve may stay unproved; its bound stands beside it.
CURVE_LIMIT_S = 5.0
# Whether a least share can be paid is asked up to ten times.
EVEN_LIMIT_S = 2.0
CURVE_STEPS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """Everything that a choice is made from.

    Parameters
    ----------
    areas
        ``schemas.Areas``.
    demand, candidates
        Points and cameras.
    prices
        The coefficients of :data:`PRICES`.
    operators
        Every private camera with its bundle (``private_operators``); linked bundles cost nothing.
    per_place
        Most new cameras at a place.
    notes
        What was left out or assumed, with counts.
    """

    areas: gpd.GeoDataFrame
    demand: Demand
    candidates: Candidates
    prices: Mapping[str, float]
    operators: gpd.GeoDataFrame
    per_place: int = 1
    notes: tuple[Note, ...] = ()

    @property
    def totals(self) -> Floats:
        """Weight of all demand of each area."""
        return self._by_area(np.ones(len(self.demand.points), dtype=bool))

    @property
    def held(self) -> Floats:
        """Weight that is seen today in each area."""
        return self._by_area(self.demand.points["held"].to_numpy())

    @property
    def linked(self) -> frozenset[str]:
        """Bundles whose operator is linked already."""
        return frozenset(self.operators.loc[self.operators["linked"], "bundle"])

    def _by_area(self, rows: NDArray[np.bool_]) -> Floats:
        points = self.demand.points[rows]
        weight = points["weight"].to_numpy(float)
        sums = np.bincount(points["area_row"], weight, minlength=len(self.areas))
        return np.asarray(sums, dtype=np.float64)

    def after(self, problem: CoverProblem, chosen: tuple[int, ...]) -> Floats:
        """Return the weight seen in each area with some candidates."""
        seen = problem.covered(chosen)
        return self.held + np.bincount(
            problem.area[seen], problem.weights[seen], minlength=len(self.areas)
        )

    def problem(self, *, prices: Mapping[str, float] | None = None) -> CoverProblem:
        """Return the covering problem over the demand that is not seen today."""
        money = prices or self.prices
        frame = self.candidates.frame
        private = frame["kind"].eq("integrate").to_numpy()
        first = np.where(frame["integration"].eq("none"), money["register_gbp_per_camera"], 0.0)
        costs = np.where(
            private, first + money["integrate_gbp_per_camera"], money["camera_new_gbp"]
        )
        code, names = pd.factorize(frame["bundle"].where(frame["bundle"].ne("")))
        fixed = np.where(
            pd.Index(names).isin(self.linked), 0.0, money["integrate_gbp_per_operator"]
        )
        points = self.demand.points
        free = np.flatnonzero(~points["held"].to_numpy())
        return cover_problem(
            self.candidates.sees[:, free],
            points["weight"].to_numpy(float)[free],
            costs=costs,
            bundle=code,
            bundle_costs=fixed,
            place=frame["place"].to_numpy(),
            per_place=self.per_place,
            area=points["area_row"].to_numpy()[free],
            needs=np.zeros(len(self.areas)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Siting:
    """What to integrate and where new cameras would go, with its proof.

    Parameters
    ----------
    setting
        What it was chosen from.
    budget_gbp
        Most one-off money.
    problem
        The covering problem of the candidates that were allowed.
    plan
        The choice, with its proof; positions are rows of ``setting.candidates``.
    order
        Its candidates by value for money.
    even, even_plan
        The greatest least share of an area, and the best choice with it as a floor.
    curve
        Budgets with the weight seen (:class:`sharedview.questions.siting.schemas.SitingCurve`).
    ends
        Weight seen with all prices at the dear and at the cheap end of their ranges.
    """

    setting: Setting
    budget_gbp: float
    problem: CoverProblem
    plan: MaxCoverage
    order: Greedy
    even: Evenness
    even_plan: MaxCoverage
    curve: pd.DataFrame
    ends: tuple[float, float] = field(default=(float("nan"), float("nan")))


def siting_setting(
    visible: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    cameras: gpd.GeoDataFrame,
    level: Level,
    demand: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    junctions: gpd.GeoDataFrame | None = None,
    obstacles: gpd.GeoDataFrame | None = None,
    per_place: int = 1,
    overrides: Mapping[str, float] | None = None,
) -> Setting:
    """Gather the demand and the candidates.

    Parameters
    ----------
    visible
        ``schemas.VisibleAreas`` at the level, cut by the obstacles where there are any.
    areas
        ``schemas.Areas`` in the same CRS.
    cameras
        ``schemas.Cameras``: those that the views come from.
    level
        Image-quality level at which a point counts as seen.
    demand, streets
        As in :func:`sharedview.questions.siting.candidates.demand_points`.
    junctions
        ``schemas.Junctions``: where new cameras may go; by default at demand that is not seen, the
        heaviest first and areas with the least share seen in turn.
    obstacles
        Buildings.
    per_place
        Most new cameras at a place.
    overrides
        ``Scenario.coefficients``.

    Returns
    -------
    Setting
    """
    rules = coefficients.values(RULES, overrides)
    wanted = demand_points(
        areas,
        visible=visible,
        demand=demand,
        streets=streets,
        step_m=rules["siting_street_step_m"],
    )
    private = private_candidates(
        visible,
        areas,
        wanted.points,
        cameras=cameras,
        square_m=rules["private_operator_square_m"],
    )
    unseen = wanted.points[~wanted.points["held"]]
    places = _in_turn(wanted.points)
    if junctions is not None:
        tree = shapely.STRtree(np.asarray(unseen.geometry.to_numpy()))
        spots = np.asarray(junctions.geometry.to_numpy())
        near = tree.query(spots, predicate="dwithin", distance=NEAR_M)[0]
        places = junctions.iloc[np.unique(near)]
    fresh = new_candidates(
        places,
        areas,
        wanted.points,
        level=level,
        stand_off_m=rules["siting_stand_off_m"],
        target_height_m=target_of(visible),
        obstacles=obstacles,
    )
    return Setting(
        areas=areas,
        demand=wanted,
        candidates=_join(private, fresh),
        prices=MappingProxyType(coefficients.values(PRICES, overrides)),
        operators=private_operators(
            visible, areas, cameras=cameras, square_m=rules["private_operator_square_m"]
        ),
        per_place=per_place,
        notes=_notes(wanted, private, fresh, cameras),
    )


def _in_turn(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return what is not seen, the heaviest first and areas with the least share seen in turn.

    Of candidates that are equally good the first is taken, so money is not heaped on one area only
    because it comes first.
    """
    area = points["area_row"]
    unseen = points[~points["held"]]
    seen = points["held"].groupby(area).sum()
    nth = unseen.groupby("area_row").cumcount() + 1
    turn = (unseen["area_row"].map(seen) + nth) / unseen["area_row"].map(area.value_counts())
    order = pd.DataFrame({"weight": -unseen["weight"], "turn": turn})
    return unseen.loc[order.sort_values(["weight", "turn"], kind="stable").index]


def _join(private: Candidates, fresh: Candidates) -> Candidates:
    frame = pd.concat([private.frame, fresh.frame], ignore_index=True)
    sees = sparse.vstack([private.sees, fresh.sees], format="csr")
    return Candidates(frame, sees, {**private.blind, **fresh.blind})


def _notes(
    wanted: Demand, private: Candidates, fresh: Candidates, cameras: gpd.GeoDataFrame
) -> tuple[Note, ...]:
    owners = cameras.drop_duplicates("camera_id")["ownership"]
    found = {
        "demand_outside": ("Demand outside all areas was left out", wanted.outside),
        "owner_unknown": (
            "Cameras of unknown ownership are neither held nor candidates",
            int(owners.eq("unknown").sum()),
        ),
    }
    for who, blind in (("private", private.blind), ("new", fresh.blind)):
        for reason, count in blind.items():
            code = f"{who}_{reason.split(' ')[0]}"
            found[code] = (f"Candidates left out: {who} cameras {reason}", count)
    return tuple(Note(code, message, count) for code, (message, count) in found.items() if count)


def site_cameras(setting: Setting, options: SitingOptions) -> Siting:
    """Choose what to integrate and where new cameras go.

    Parameters
    ----------
    setting
        From :func:`siting_setting`.
    options
        Budget, what the money may go into, and the floor for each area.

    Returns
    -------
    Siting

    Raises
    ------
    InfeasibleError
        If the floor cannot be met: it names the areas that no choice of candidates brings up to
        it, or else the budget.
    InputError
        If no choice with the floor was found in time.
    """
    everything = setting.problem()
    allowed = _allowed(setting, everything, options.candidates)
    budget = float(options.budget_gbp)
    floor = _floors(setting, allowed, options.floor_share)
    asked = f"siting.floor_share = {options.floor_share:g} of each area's demand seen"
    try:
        plan = _best(allowed, floor, budget)
    except InfeasibleError as error:
        raise InfeasibleError([asked, f"siting.budget_gbp = {budget:,.0f}"]) from error
    except TimeoutError as error:
        fault = Fault(
            f"no choice with {asked} was found in {TIME_LIMIT_S:.0f} s",
            "Lower siting.floor_share or raise siting.budget_gbp",
        )
        raise InputError("siting", [fault]) from error
    even, even_plan = _most_even(setting, allowed, plan, budget)
    rows = np.asarray(plan.chosen, dtype=np.intp)
    order = greedy(allowed.take(rows), budget=plan.cost)
    order = replace(order, chosen=tuple(rows[list(order.chosen)].tolist()))
    return Siting(
        setting=setting,
        budget_gbp=budget,
        problem=allowed,
        plan=plan,
        order=order,
        even=even,
        even_plan=even_plan,
        curve=_curve(setting, everything, budget),
        ends=_ends(setting, floor, options),
    )


def _best(problem: CoverProblem, needs: Floats, budget: float) -> MaxCoverage:
    return maximise_coverage(
        replace(problem, needs=needs), budget=budget, time_limit_s=TIME_LIMIT_S
    )


def _most_even(
    setting: Setting, problem: CoverProblem, plan: MaxCoverage, budget: float
) -> tuple[Evenness, MaxCoverage]:
    """Return the greatest least share with the best choice that has it; the plan's if time ends."""
    even = most_even(
        problem,
        held=setting.held,
        totals=setting.totals,
        budget=budget,
        time_limit_s=EVEN_LIMIT_S,
    )
    try:
        return even, _best(problem, even.needs, budget)
    except TimeoutError:
        return replace(even, proved=False), plan


def _allowed(setting: Setting, problem: CoverProblem, kinds: str) -> CoverProblem:
    """Return the problem in which only the kinds asked for see anything."""
    if kinds == "both":
        return problem
    keep = setting.candidates.frame["kind"].eq(kinds).to_numpy().astype(np.int32)
    sees = problem.sees.copy()
    sees.data = sees.data * np.repeat(keep, np.diff(sees.indptr))
    sees.eliminate_zeros()
    return replace(problem, sees=sees)


def _floors(setting: Setting, problem: CoverProblem, share: float) -> Floats:
    """Return the weight that each area needs; raise if no choice of candidates has it."""
    needs = np.maximum(share * setting.totals - setting.held, 0.0) * (1 - 1e-9)
    if problem.whole:
        needs = np.ceil(needs - 1e-6)
    seen = problem.sees.sum(axis=0) > 0
    reach = np.bincount(problem.area[seen], problem.weights[seen], minlength=len(needs))
    short = np.flatnonzero(reach < needs - 1e-6)
    if len(short):
        names = setting.areas["area_name"].to_numpy()
        most = (setting.held + reach)[short] / setting.totals[short]
        raise InfeasibleError(
            [f"siting.floor_share = {share:g} of each area's demand seen"]
            + [
                f"all candidates together see at most {each:.0%} of the demand in {name}"
                for name, each in zip(names[short], most, strict=True)
            ]
        )
    return needs


def _curve(setting: Setting, problem: CoverProblem, budget: float) -> pd.DataFrame:
    """Return the best weight at budgets up to twice the one asked for."""
    top = 2 * budget
    money = np.linspace(0, top, CURVE_STEPS + 1) if budget else np.zeros(1)
    today = float(setting.held.sum())
    columns: dict[str, Floats] = {"budget_gbp": money}
    proved = np.ones(len(money), dtype=bool)
    for kind in ("integrate", "new", "both"):
        # What cannot matter at the greatest budget cannot matter at a smaller one.
        small = reduce_problem(_allowed(setting, problem, kind), budget=top).problem
        found = [maximise_coverage(small, budget=b, time_limit_s=CURVE_LIMIT_S) for b in money]
        columns[f"{kind}_weight"] = today + np.array([each.objective for each in found])
        proved &= [each.status == "optimal" for each in found]
    steps = greedy(small, budget=top)
    spent, gained = np.cumsum(steps.paid), np.cumsum(steps.gains)
    taken = np.searchsorted(spent, money * (1 + 1e-9), side="right")
    columns["greedy_weight"] = today + np.append(0.0, gained)[taken]
    columns["bound_weight"] = today + np.array([each.bound for each in found])
    frame = pd.DataFrame(columns)
    frame["status"] = np.where(proved, "optimal", "feasible")
    more = frame["both_weight"].diff() / frame["budget_gbp"].diff()
    return frame.assign(more_per_100k_gbp=more * 100_000)


def _ends(setting: Setting, needs: Floats, options: SitingOptions) -> tuple[float, float]:
    """Return the weight seen with dear and with cheap prices; unknown where floors fail."""
    table = datasets.coefficients()
    today = float(setting.held.sum())
    found = []
    for end in ("high", "low"):
        # A scenario's own price moves its range in proportion.
        prices = {
            name: float(table.loc[name, end]) * value / float(table.loc[name, "value"])
            for name, value in setting.prices.items()
        }
        problem = _allowed(setting, setting.problem(prices=prices), options.candidates)
        try:
            best = _best(problem, needs, float(options.budget_gbp))
        except (InfeasibleError, TimeoutError):
            found.append(float("nan"))
        else:
            found.append(today + best.objective)
    return found[0], found[1]
