"""Tables about officers' time, room by room, borough by borough and coefficient by coefficient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from coverage_model.base.schemas import check
from optimisation.costs.draws import uncertain_coefficients
from optimisation.results import Plan
from sharedview.questions.footage_access import schemas
from sharedview.questions.footage_access.hours import RATE_NAMES, footage_rates, known_sum
from sharedview.questions.footage_access.model import OfficerModel
from sharedview.questions.footage_access.queueing import erlang_b, erlang_c, servers_to_cope

CURVE_STEPS = 21
LABELS = {
    "footage_request_share": "Crimes for which footage is asked for",
    "footage_crimes_per_visit": "Crimes whose footage a visit collects",
    "footage_remote_share": "Requests met from afar",
    "footage_viewing_h_per_crime": "Viewing and export at the room",
    "footage_remote_h_per_crime": "Officer's time for a request from afar",
    "footage_remote_desk_h_per_crime": "Desk's time for a request from afar",
    "footage_travel_km_per_h": "Speed from door to door",
    "footage_officer_gbp_per_h": "Cost of an officer's hour",
    "footage_open_h_per_year": "Hours in which rooms serve officers",
    "footage_peak_factor": "Arrivals in busy hours",
    "footage_desks_per_room": "Fewest desks in a room",
    "footage_cameras_per_desk": "Cameras for which a room has a desk",
    "footage_wait_target_h": "Target for the mean wait",
    "footage_embedded_share": "Visits that police in the room make needless",
    "footage_embedded_posts_per_room": "Police posts in a room",
    "detour_factor": "Way by road for each straight-line km",
}


def ratio(part: float, whole: float) -> float:
    """Divide; by nothing it is not a number."""
    return float(part / whole) if whole else float("nan")


def remote_curve(model: OfficerModel, plans: Sequence[Plan]) -> pd.DataFrame:
    """Return officer hours of plans over the share of requests met from afar."""
    steps = np.round(np.linspace(0.0, 1.0, CURVE_STEPS), 6)
    rates = model.rates.with_remote_share(steps)
    columns = {f"{p.plan_id}_h_per_year": model.hours(p, rates=rates).total_h for p in plans}
    frame = pd.DataFrame({"remote_share": steps, **columns})
    return check(frame, schemas.FootageRemote, "footage remote")


def room_table(model: OfficerModel, plans: Sequence[Plan]) -> pd.DataFrame:
    """Return one row a plan and room: desks and the wait for them in busy hours."""
    names = model.setting.boroughs["borough"]
    tables = []
    for plan in plans:
        queues, layout = model.hours(plan).queues, model.layout(plan)
        load, desks = queues.load_erlang[0], queues.desks[0]
        cope = servers_to_cope(load)
        short, unknown = queues.short[0], np.isnan(load)
        status = np.where(unknown, "load not known", np.where(short, "cannot cope", "copes"))
        missing = layout.by_room((~model.known).astype(float)[None, :])[0]
        note = [
            f"cannot cope: needs at least {need:.0f} desks"
            if bad
            else "crimes of some boroughs not known: load too low"
            if lost and not blank
            else ""
            for bad, need, lost, blank in zip(short, cope, missing, unknown, strict=True)
        ]
        tables.append(
            pd.DataFrame(
                {
                    "plan_id": plan.plan_id,
                    "room_code": [room.site_code for room in plan.rooms],
                    "room_borough": [names[room.site_code] for room in plan.rooms],
                    "boroughs": [len(room.members) for room in plan.rooms],
                    "boroughs_unknown": missing.astype(int),
                    "arrivals_per_year": queues.arrivals[0],
                    "load_erlang": load,
                    "desks": desks,
                    "used_share": load / desks,
                    "waiting_probability": erlang_c(load, desks),
                    "mean_wait_h": queues.wait_h[0],
                    "blocking_probability": erlang_b(load, desks),
                    "desks_to_cope": cope,
                    "desks_for_target": queues.desks_for_target[0],
                    "desks_counted": queues.counted_desks[0],
                    "counted_wait_h": queues.counted_wait_h[0],
                    "status": status,
                    "note": note,
                }
            )
        )
    return check(pd.concat(tables, ignore_index=True), schemas.FootageRooms, "footage rooms")


def desk_table(
    model: OfficerModel, plans: Sequence[Plan], baseline: Plan, *, short_share: Mapping[str, float]
) -> pd.DataFrame:
    """Return one row a plan: what pooling does to desks and waits, and to travel.

    Parameters
    ----------
    model, plans, baseline
        The model, the plans and today's.
    short_share
        Share of draws in which some room cannot cope, by plan.
    """
    today = model.hours(baseline)
    rows = []
    for plan in plans:
        year = model.hours(plan)
        same = model.hours(plan, desks=model.separate_desks(plan))
        visits = float(np.nansum(year.visits))
        waits = year.queues.counted_wait_h[0]
        known = waits[~np.isnan(waits)]
        rows.append(
            {
                "plan_id": plan.plan_id,
                "label": plan.label,
                "rooms": plan.room_count,
                "desks": year.queues.desks.sum(),
                "rooms_short": int(year.queues.short.sum()),
                "desks_added": (year.queues.counted_desks - year.queues.desks).sum(),
                "desks_counted": year.queues.counted_desks.sum(),
                "desks_for_target": np.nansum(year.queues.desks_for_target),
                "mean_wait_min": 60 * ratio(float(np.nansum(year.waiting_h)), visits),
                "same_desks_wait_min": 60 * ratio(float(np.nansum(same.waiting_h)), visits),
                "longest_wait_min": 60 * known.max() if known.size else np.nan,
                "waiting_change_h_per_year": known_sum(
                    year.waiting_h[0] - today.waiting_h[0]
                ).item(),
                "travel_change_h_per_year": known_sum(year.travel_h[0] - today.travel_h[0]).item(),
                "short_share": short_share[plan.plan_id],
            }
        )
    return check(pd.DataFrame(rows), schemas.FootageDesks, "footage desks")


def borough_table(
    model: OfficerModel, plans: Sequence[Plan], baseline: Plan, *, bases: pd.DataFrame
) -> pd.DataFrame:
    """Return one row a plan and borough, against today."""
    names, codes = model.setting.boroughs["borough"], list(model.setting.codes)
    basis = bases.groupby("borough_code")["basis"].first().reindex(codes).to_numpy()
    today = model.hours(baseline).officer_h[0]
    tables = []
    for plan in plans:
        year, layout = model.hours(plan), model.layout(plan)
        change = year.officer_h[0] - today
        hosts = [names[plan.rooms[number].site_code] for number in layout.room]
        tables.append(
            pd.DataFrame(
                {
                    "plan_id": plan.plan_id,
                    "borough_code": codes,
                    "borough": names.to_numpy(),
                    "room_borough": hosts,
                    "base_basis": basis,
                    "crimes_per_year": model.crimes,
                    "visits_per_year": year.visits[0],
                    "km": layout.km,
                    "travel_h_per_year": year.travel_h[0],
                    "waiting_h_per_year": year.waiting_h[0],
                    "viewing_h_per_year": year.viewing_h[0],
                    "remote_h_per_year": year.remote_h[0],
                    "officer_h_per_year": year.officer_h[0],
                    "today_h_per_year": today,
                    "change_h_per_year": change,
                    "officer_gbp_per_year": year.officer_h[0] * model.hour_gbp,
                    "change_gbp_per_year": change * model.hour_gbp,
                }
            )
        )
    found = pd.concat(tables, ignore_index=True)
    return check(found, schemas.FootageBoroughs, "footage by borough")


def embedded_table(model: OfficerModel, plans: Sequence[Plan]) -> pd.DataFrame:
    """Return one row a plan: what police posted in every room save, and what they cost."""
    hour, post = model.hour_gbp, model.post_gbp_per_year
    posts_each = float(model.rates.embedded_posts_per_room[0, 0])
    rows = []
    for plan in plans:
        without, within = (
            float(model.hours(plan, embedded=flag).total_h[0]) for flag in (False, True)
        )
        saved, posts = without - within, plan.room_count * post
        rows.append(
            {
                "plan_id": plan.plan_id,
                "label": plan.label,
                "rooms": plan.room_count,
                "without_h_per_year": without,
                "with_h_per_year": within,
                "saved_h_per_year": saved,
                "saved_gbp_per_year": saved * hour,
                "posts": posts_each * plan.room_count,
                "posts_gbp_per_year": posts,
                "net_gbp_per_year": saved * hour - posts,
            }
        )
    return check(pd.DataFrame(rows), schemas.FootageEmbedded, "footage embedded")


def sensitivity_table(model: OfficerModel, plan: Plan, baseline: Plan) -> pd.DataFrame:
    """Return one row a coefficient: a plan's change against today with it alone moved."""
    names = [*RATE_NAMES, *([] if model.by_road else ["detour_factor"])]
    rows = []
    for item in uncertain_coefficients(model.setting.scenario, names=names):
        ends = [_change_at(model, plan, baseline, name=item.name, value=v)
                for v in (item.low, item.high)]  # fmt: skip
        rows.append(
            {
                "coefficient": item.name,
                "label": LABELS[item.name],
                "unit": item.unit,
                "low": item.low,
                "value": item.value,
                "high": item.high,
                "mark": item.mark,
                "change_at_low_h_per_year": ends[0],
                "change_at_high_h_per_year": ends[1],
                "swing_h_per_year": abs(ends[1] - ends[0]),
            }
        )
    frame = pd.DataFrame(rows).sort_values(
        ["swing_h_per_year", "coefficient"], ascending=[False, True], ignore_index=True
    )
    return check(frame, schemas.FootageSensitivity, "footage sensitivity")


def _change_at(
    model: OfficerModel, plan: Plan, baseline: Plan, *, name: str, value: float
) -> float:
    """Return the plan's hours less today's with one coefficient changed."""
    if name == "detour_factor":
        rates, detour = model.rates, np.array([[value / model.setting.detour_factor]])
    else:
        rates, detour = footage_rates({**model.values, name: value}), np.ones((1, 1))
    totals = [model.hours(each, rates=rates, detour=detour).total_h[0] for each in (plan, baseline)]
    return float(totals[0] - totals[1])
