"""How efficient modelled rooms are beside each other, and what that means.

Units are the rooms of a plan under one cost model (:mod:`sharedview.questions.benchmark.dea`):
inputs are the yearly cost and the operators on duty, outputs the cameras watched, the residents
served and, where the cameras are real, the ground they cover. Since one model costs every room
alike, an inefficient room is not badly run: it is small, so that whole posts and the fixed cost of
a room fall on few cameras, or it lies just above a step at which another post is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.schemas import check
from optimisation.results import Plan
from optimisation.scenario import Scenario
from sharedview.questions.benchmark import bootstrap as dea_bootstrap
from sharedview.questions.benchmark import dea, ranking
from sharedview.questions.benchmark.comparators import Measured
from sharedview.questions.benchmark.options import BenchmarkOptions
from sharedview.questions.benchmark.ranking import Verdict, least_units
from sharedview.questions.benchmark.schemas import RoomEfficiency, RoomPeers

INPUTS = ("cost_gbp_per_year", "posts")
OUTPUTS = ("cameras", "residents")
COVERED = "covered_m2"
OUTPUT_NAMES = {"cameras": "cameras", "residents": "residents", COVERED: "ground covered"}
DEA_ROOMS = "dea_rooms"
# A smaller weight would be listed as 0.00.
LEAST_WEIGHT = 0.005


def rooms_verdict(units: pd.DataFrame, outputs: Sequence[str], *, boroughs: int) -> Verdict:
    """Decide whether there are enough modelled rooms for efficiency scores.

    Parameters
    ----------
    units
        From :func:`room_units`.
    outputs
        From :func:`room_outputs`.
    boroughs
        Boroughs asked about.
    """
    enough = len(units) >= least_units(inputs=len(INPUTS), outputs=len(outputs))
    return Verdict(
        measure=DEA_ROOMS,
        reasons=() if enough else ("few_units",),
        boroughs=boroughs,
        known=len(units),
        scopes=("model",),
        years="",
        low_confidence=0,
        caution=ranking.MODEL_CAUTION if enough else "",
    )


def room_units(plan: Plan, boroughs: pd.DataFrame, *, measured: Measured) -> pd.DataFrame:
    """Return the rooms of a plan with what they use and what they do.

    Rooms that watch no camera, and boroughs whose cameras only record, are left out.

    Parameters
    ----------
    plan
        Rooms costed under one scenario.
    boroughs
        :class:`optimisation.schemas.BoroughInputs`.
    measured
        Coverage by borough, for the ground covered.

    Returns
    -------
    DataFrame
        Index ``room_code``: ``borough, cameras_basis`` and the inputs and outputs.
    """
    residents = datasets.borough_facts()["population_2020"].astype(float)
    covered = pd.Series(dtype=float)
    if measured.coverage is not None:
        covered = measured.coverage.set_index("area_code")["covered_m2"].astype(float)
    made = []
    for room in plan.rooms:
        if not room.watched:
            continue
        members = list(room.members)
        bases = boroughs.loc[members, "cameras_basis"].unique()
        made.append(
            {
                "room_code": room.site_code,
                "borough": boroughs.loc[room.site_code, "borough"],
                "cameras_basis": str(bases[0]) if len(bases) == 1 else "mixed",
                "cost_gbp_per_year": room.cost_gbp_per_year,
                "posts": room.posts,
                "cameras": float(room.cameras),
                "residents": float(residents.reindex(members).sum(skipna=False)),
                "covered_m2": float(covered.reindex(members).sum(skipna=False)),
            }
        )
    frame = pd.DataFrame(made).set_index("room_code").sort_values("borough")
    return frame[frame["cameras"] > 0]


def room_outputs(units: pd.DataFrame, scenario: Scenario, *, measured: Measured) -> tuple[str, ...]:
    """Return the outputs that rooms are judged by.

    Parameters
    ----------
    units
        From :func:`room_units`.
    scenario
        ``benchmark.covered_area`` decides on the ground covered; left open, it counts only where
        the cameras are real.
    measured
        Whether they are.
    """
    wanted = scenario.options(BenchmarkOptions).covered_area
    if wanted is None:
        wanted = not measured.illustrative
    known = bool(units[COVERED].notna().all() and (units[COVERED] > 0).any())
    return (*OUTPUTS, COVERED) if wanted and known else OUTPUTS


def room_efficiency(
    units: pd.DataFrame, outputs: Sequence[str], scenario: Scenario, *, measured: Measured
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge rooms by each other.

    Parameters
    ----------
    units
        From :func:`room_units`.
    outputs
        From :func:`room_outputs`.
    scenario
        For the number of bootstrap draws and their seed.
    measured
        Whether cameras are illustrative.

    Returns
    -------
    tuple of DataFrame
        :class:`sharedview.questions.benchmark.schemas.RoomEfficiency` and ``RoomPeers``.
    """
    found = dea.assess(units, inputs=INPUTS, outputs=outputs)
    options = scenario.options(BenchmarkOptions)
    sure = dea_bootstrap.bootstrap(
        units[list(INPUTS)], units[list(outputs)], draws=options.draws, seed=options.seed
    )
    names = units["borough"]
    peers = found.peers.rename(columns={"unit": "room_code", "peer": "peer_code"})
    peers = peers.assign(borough=peers["room_code"].map(names), peer=peers["peer_code"].map(names))[
        ["room_code", "borough", "peer_code", "peer", "weight"]
    ]
    others = peers[(peers["room_code"] != peers["peer_code"]) & (peers["weight"] >= LEAST_WEIGHT)]
    others = others.sort_values("weight", ascending=False, kind="stable")
    texts = others["peer"] + " " + others["weight"].map("{:.2f}".format)
    listed = texts.groupby(others["room_code"]).agg("; ".join).reindex(units.index).fillna("")
    scores = found.scores[
        ["efficiency_constant", "efficiency_variable", "scale_efficiency", "returns_to_scale",
         "efficient"]
    ]  # fmt: skip
    generated = measured.illustrative and COVERED in outputs
    rooms = units.join(scores).assign(
        corrected=sure.corrected,
        low=sure.low,
        high=sure.high,
        peers=listed,
        outputs=", ".join(OUTPUT_NAMES[name] for name in outputs),
        basis="illustrative" if generated else "model",
    )
    return (
        check(rooms.reset_index(), RoomEfficiency, "room efficiency"),
        check(peers.reset_index(drop=True), RoomPeers, "room peers"),
    )
