r"""What monitoring is worth: crime that watching may prevent, against what watching costs.

For a way of monitoring o, a plan's rooms r and the boroughs i that each serves,

.. code-block:: text

    harm_r        = Σ_i N_i · v_i · Σ_p s_ip · u_p
    benefit_ro    = e · w_o · q_ro · harm_r
    q_ro          = noticed(m_ro) / noticed(1)
    monitoring_ro = cost_ro - cost_r,passive
    break_even_o  = Σ_r monitoring_ro / (w_o · Σ_r q_ro · harm_r)

N is recorded crime, v the share of it in view of public cameras, s its mix by part and u the unit
cost of a part, w the share of crime that happens while rooms are watched, m the monitors an
operator watches, and e the share of crime in view that watching prevents. The effect of reviews is
taken to be that of the best detection measured, one monitor an operator, so that thinner watching
is worth less. Costs come from the cost table alone (:mod:`sharedview.questions.value.monitoring`).

**If.** A plan is credited with ``crime_reduction_credited_share``, which is 0. The benefit is what
watching would be worth *if* e were ``value_effect_active_share`` (0.07 between 0 and 0.13), and the
break-even is the e that would pay for the watching. Recording alone is given no such effect. Who
hosts a room appears nowhere in the benefit: two plans with the same hours and the same monitors an
operator are worth the same.

**Kept apart.** Investigations helped are crimes in view times the share whose images are useful
(Ashby 2017). They need recorded images, not operators, so every way of monitoring earns them; they
have no price and are never added to money.

**Uncertainty.** Every cost coefficient with a range, the effect, the share in view, the unit costs
(between the two sets) and the times of day are drawn from PERT distributions, independently
(:mod:`optimisation.costs.draws`); each draw costs the rooms anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.schemas import check
from optimisation.results import Plan
from optimisation.scenario import Scenario
from sharedview.questions.value.basis import (
    CREDITED,
    EFFECT,
    USEFUL,
    Basis,
    benefit_gbp,
    break_even_effect,
    crime_in_view,
    known_sum,
    value_basis,
)
from sharedview.questions.value.draws import Drawn, cost_options, draw_values
from sharedview.questions.value.figures import value_figures
from sharedview.questions.value.monitoring import (
    LABELS,
    Monitored,
    RoomCosting,
    watched_crime_share,
)
from sharedview.questions.value.options import ValueOptions
from sharedview.questions.value.results import MonitoringValue
from sharedview.questions.value.schemas import ValueOptionsTable, ValueRooms
from sharedview.questions.value.uses import break_even_table, effects_table, operator_hours

Floats = NDArray[np.float64]


def value_tables(basis: Basis) -> tuple[pd.DataFrame, pd.DataFrame, Drawn]:
    """Work out what each way of monitoring is worth, for whole plans and for their rooms.

    Parameters
    ----------
    basis
        From :func:`sharedview.questions.value.basis.value_basis`.

    Returns
    -------
    tuple
        :class:`sharedview.questions.value.schemas.ValueOptionsTable`, ``ValueRooms`` and the draws.
    """
    costing = RoomCosting(basis.setting, basis.rooms)
    costed = cost_options(basis, costing, {})
    drawn = draw_values(basis, costing)
    names = basis.setting.boroughs["borough"]
    unknown = int(np.isnan(basis.crimes).sum())
    plans, rooms = [], []
    for plan in basis.plans:
        at = basis.of_plan(plan)
        for place, option in enumerate(basis.options):
            for row in range(at.start, at.stop):
                room, one = basis.rooms[row], slice(row, row + 1)
                rooms.append(
                    {
                        "plan_id": plan.plan_id,
                        "room_code": room.site_code,
                        "room_borough": names[room.site_code],
                        "boroughs": len(room.members),
                        **_row(basis, option, costed=costed, at=one),
                        **_spread(drawn, place, one),
                    }
                )
            plans.append(
                {
                    "plan_id": plan.plan_id,
                    "plan": plan.label.split(":")[0],
                    "rooms": plan.room_count,
                    "boroughs_without_crime": unknown,
                    **_row(basis, option, costed=costed, at=at),
                    **_spread(drawn, place, at),
                    "credited_gbp_per_year": _credited(basis, option, costed=costed, at=at),
                }
            )
    return (
        check(pd.DataFrame(plans), ValueOptionsTable, "value of monitoring"),
        check(pd.DataFrame(rooms), ValueRooms, "value by room"),
        drawn,
    )


def _credited(basis: Basis, option: str, *, costed: Mapping[str, Monitored], at: slice) -> float:
    """Benefit that a plan is credited with."""
    watched = watched_crime_share(option, basis.blocks)
    noticed, harm = costed[option].noticed[at], basis.by_room(basis.harm())[at]
    share = basis.values[CREDITED]
    return float(benefit_gbp(share, watched, noticed=noticed, harm=np.nan_to_num(harm)).sum())


def _row(
    basis: Basis, option: str, *, costed: Mapping[str, Monitored], at: slice
) -> dict[str, object]:
    """Work a way of monitoring out for some rooms together, at the working values."""
    made, recording = costed[option], costed["passive"]
    seen, harm = basis.by_room(basis.seen())[at], basis.by_room(basis.harm())[at]
    cameras, posts, noticed = made.cameras[at], made.posts[at], made.noticed[at]
    watched, idle = watched_crime_share(option, basis.blocks), made.hours_per_year == 0
    whole = known_sum(benefit_gbp(1.0, watched, noticed=noticed, harm=harm))
    benefit = basis.values[EFFECT] * whole
    monitoring = float((made.cost[at] - recording.cost[at]).sum())
    in_view, spotted = known_sum(seen), known_sum(seen * watched * noticed)
    paid = monitoring if monitoring > 0 else np.nan
    return {
        "option": option,
        "option_label": LABELS[option],
        "cameras": float(cameras.sum()),
        "posts": 0 if idle else int(posts.sum()),
        "hours_watched_per_year": made.hours_per_year,
        "operator_hours_per_year": float(posts.sum()) * made.hours_per_year,
        "monitors_per_operator": np.nan if idle else _mean(made.monitors[at], cameras),
        "noticed_share": np.nan if idle else _mean(noticed, cameras),
        "watched_crime_share": watched,
        "cost_gbp_per_year": float(made.cost[at].sum()),
        "monitoring_gbp_per_year": monitoring,
        "crimes_in_view_per_year": in_view,
        "watched_crimes_per_year": in_view * watched,
        "noticed_crimes_per_year": spotted,
        "investigations_helped_per_year": in_view * basis.values[USEFUL],
        "benefit_gbp_per_year": benefit,
        "net_gbp_per_year": benefit - monitoring,
        "benefit_cost_ratio": benefit / paid,
        "break_even_effect_share": float(break_even_effect(monitoring, whole)),
        "gbp_per_watched_crime": _over(paid, in_view * watched),
        "gbp_per_noticed_crime": _over(paid, spotted),
    }


def _spread(drawn: Drawn, option: int, at: slice) -> dict[str, float]:
    """How net benefit and ratio spread over the draws."""
    benefit, cost = drawn.benefit[:, option, at], drawn.monitoring[:, option, at].sum(axis=1)
    total = np.nansum(benefit, axis=1)
    total[np.isnan(benefit).all(axis=1)] = np.nan
    net = np.percentile(total - cost, [10, 50, 90])
    row = dict(zip(("net_p10", "net_p50", "net_p90"), net.tolist(), strict=True))
    found = {f"{name}_gbp_per_year": value for name, value in row.items()}
    names = ("ratio_p10", "ratio_p50", "ratio_p90")
    if not (cost > 0).all() or np.isnan(total).any():
        return {**found, **dict.fromkeys(names, np.nan), "exceeds_share": np.nan}
    ratio = np.percentile(total / cost, [10, 50, 90])
    return {
        **found,
        **dict(zip(names, ratio.tolist(), strict=True)),
        "exceeds_share": float((total > cost).mean()),
    }


def _mean(values: Floats, weights: Floats) -> float:
    return float(np.average(values, weights=weights)) if weights.sum() > 0 else float("nan")


def _over(amount: float, by: float) -> float:
    return amount / by if by > 0 else float("nan")


def monitoring_value(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    plans: Sequence[Plan],
    *,
    in_view: pd.Series | None = None,
    illustrative: bool = False,
) -> MonitoringValue:
    """Work out what monitoring is worth in the rooms of plans.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`.
    scenario
        Its ``[value]`` table chooses (:class:`sharedview.questions.value.options.ValueOptions`).
    plans
        The plan asked about first, today's last.
    in_view
        Measured share of crime in view, by ``borough_code``; None for the assumed share.
    illustrative
        Whether it was measured with cameras that do not exist.

    Returns
    -------
    MonitoringValue

    Raises
    ------
    InputError
        If shares are out of range or the times of day cannot be meant.

    Examples
    --------
    >>> from optimisation.consolidation import reference_plans
    >>> from optimisation.scenario import load_scenario
    >>> from sharedview.questions.value.options import ValueOptions
    >>> from optimisation.territory import borough_inputs
    >>> scenario = load_scenario().with_options(ValueOptions(draws=5))
    >>> today = reference_plans(borough_inputs(), scenario)[0]
    >>> found = monitoring_value(borough_inputs(), scenario, [today])
    >>> found.options["credited_gbp_per_year"].sum()
    np.float64(0.0)
    """
    basis = value_basis(boroughs, scenario, plans, in_view=in_view, illustrative=illustrative)
    options, rooms, drawn = value_tables(basis)
    crimes, uses = crime_in_view(basis), operator_hours(basis)
    return MonitoringValue(
        lead=basis.lead,
        plan_ids=tuple(plan.plan_id for plan in basis.plans),
        choices=scenario.options(ValueOptions),
        measured=basis.in_view is not None,
        illustrative=basis.illustrative,
        crime_types=basis.parts.reset_index(),
        time_of_day=basis.blocks,
        crimes=crimes,
        options=options,
        rooms=rooms,
        break_even=break_even_table(basis),
        effects=effects_table(basis, options),
        uses=uses,
        figures=value_figures(basis, options, crimes, drawn, uses),
    )
