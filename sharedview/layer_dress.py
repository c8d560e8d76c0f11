"""How the layers of each verb are shown in QGIS, and the plans as layers of their own."""

from __future__ import annotations

import re

from coverage_model.base import schemas
from maps import qgis_styles
from maps.shell.groups import marked
from maps.shell.layers import prepare_areas
from optimisation import schemas as plan_schemas
from optimisation.results import Plan
from sharedview.geopackage import Dress, View
from sharedview.runs import ConsolidationRun, CoverageRun

VIEW_ID = {"view_id": "Identifier of the view"}


def coverage_layers(run: CoverageRun) -> dict[str, Dress]:
    """Return how the layers of a coverage run are shown, by name."""
    found = {
        "cameras": Dress("Cameras", qgis_styles.cameras(), schemas.Cameras, VIEW_ID),
        "visible_areas": Dress(
            f"What the cameras see, at the level {run.level.name}",
            qgis_styles.views(),
            schemas.VisibleAreas,
            VIEW_ID,
        ),
        "coverage_by_area": Dress(
            "Covered share by area",
            qgis_styles.coverage(run.coverage["covered_share"]),
            schemas.CoverageByArea,
        ),
        "gaps": Dress("Ground that no view sees", qgis_styles.gaps(), schemas.NamedGaps),
    }
    if run.streets is not None:
        found["street_gaps"] = Dress(
            "Streets that no view sees", qgis_styles.street_gaps(), schemas.StreetGaps
        )
    return found


def plan_layers(run: ConsolidationRun) -> tuple[dict[str, Dress], tuple[View, ...]]:
    """Return how the layers of plans are shown, and each plan as layers of its own.

    All plans lie over each other in one layer, which is for tables and joins; a map shows one.
    """
    plans = run.plans
    prepared = prepare_areas(run.shapes("page"))
    groupings, chosen = marked(plans, prepared, first=run.plan)
    layers = {
        "assignments": Dress(
            "Room of each borough, all plans over each other",
            qgis_styles.plain("fill", "#d5dbe2"),
            plan_schemas.Assignments,
        ),
        "rooms": Dress(
            "Control rooms, all plans over each other",
            qgis_styles.plain("marker"),
            plan_schemas.Rooms,
        ),
    }
    views = []
    for place, (plan, grouping) in enumerate(zip(plans, groupings, strict=True), 1):
        shown = {
            room.site_code: (grouping.letter(room), chosen[identity])
            for room, identity in zip(grouping.rooms, grouping.identities, strict=True)
        }
        for layer, what, model in (
            ("assignments", "room of each borough", plan_schemas.Assignments),
            ("rooms", "control rooms", plan_schemas.Rooms),
        ):
            style = qgis_styles.rooms(shown, points=layer == "rooms")
            dress = Dress(f"{plan.label}: {what}", style, model)
            views.append(View(_name(place, plan, layer), layer, "plan_id", plan.plan_id, dress))
    return layers, tuple(views)


def _name(place: int, plan: Plan, layer: str) -> str:
    """Name a plan's view by its place and its id, in letters that every desktop takes."""
    plain = re.sub(r"[^a-z0-9]+", "_", plan.plan_id.lower()).strip("_")[:30]
    return f"plan_{place}_{plain}_{layer}"
