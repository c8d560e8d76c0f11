r"""What a shared control room costs: the only place where money is computed.

For a group of boroughs S watched from a site j, with cameras C = Σ n_i and K posts on duty,

.. code-block:: text

    K(S)         = max(min_posts, ⌈C / cameras_per_operator⌉)
    per year     = room + K·F·w + C·(rented_share·circuit + systems)
                   + (1 + standby_share) Σ_{i in S, i ≠ j} L_i·(link + km_ij·link_km)
    L_i          = ⌈n_i / cameras_per_link⌉
    F            = shift_factor · hours_monitored / 8766
    fit_out(S,j) = max(refit, refit_per_post·K) + (new room if j has none),    0 for a single room
    once         = Σ_{i in S, i ≠ j} [integration + licence·n_i + closure] + fit_out(S,j)
                   + redundancy·F·[Σ_{i in S} K({i}) − K(S)]⁺
                   + b_e·(integration + licences) + b_b·fit_out
    net present  = once + (per year)·annuity

w is the cost of an operator with on-costs and b the optimism bias on equipment and on buildings.
A room that serves only its own borough changes nothing and so has no one-off cost: today's plan
costs exactly the sum of the single rooms. One-off costs fall at once and are not discounted. Each
group gets the site of least net present cost among its members' sites. Supervision is part of the
room's fixed cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model import datasets
from coverage_model.errors import Faults
from optimisation.groups import Groups

HOURS_PER_YEAR = 8766.0

YEARLY_LINES = (
    "room_running",
    "operators",
    "camera_circuits",
    "camera_systems",
    "room_links",
    "standby_links",
)
ONE_OFF_LINES = (
    "integration",
    "channel_licences",
    "room_closure",
    "fit_out",
    "staff_redundancy",
    "optimism_bias",
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rates:
    """The coefficients of the cost model, named as in ``data/facts/coefficients.csv``.

    Parameters
    ----------
    room_fixed_gbp_per_year
        Premises, energy, support and supervision of one room.
    cameras_per_operator
        Cameras that one operator on duty looks after.
    min_posts_per_room
        Fewest operators on duty in any room.
    shift_factor_fte_per_post
        Full-time staff that keep one post filled round the clock.
    hours_monitored_per_year
        Hours a year that posts are filled; 8,766 is round the clock.
    operator_cost_gbp_per_fte_year
        Pay and on-costs of one full-time operator.
    transmission_gbp_per_camera_year
        Rent of a camera's circuit to its own borough's hub.
    rented_circuit_share
        Share of cameras on rented circuits; others use fibre or radio that the borough owns.
    camera_systems_gbp_per_year
        Recording, software and repair for one camera.
    cameras_per_link
        Cameras that one inter-room link carries.
    link_gbp_per_year
        Rent of one inter-room link.
    link_gbp_per_km_year
        Rent for each kilometre of it.
    standby_link_share
        Cost of a standby on another path, as a share of the link's.
    integration_gbp_per_borough
        Joining one borough's network to another borough's room.
    licence_gbp_per_channel
        Software licence for each camera that moves.
    room_closure_gbp_per_room
        Clearing a room that closes and ending its contracts.
    room_fitout_gbp
        Refitting an existing room as it takes in others, at least.
    room_fitout_gbp_per_post
        Refitting it for each post on duty.
    room_new_gbp
        Building a room where the host has none.
    redundancy_gbp_per_fte
        Payment for each full-time job that goes.
    optimism_bias_share
        Allowance on fit-out for estimates that prove too low.
    optimism_bias_equipment_share
        The same for integration and licences.
    """

    room_fixed_gbp_per_year: float
    cameras_per_operator: float
    min_posts_per_room: float
    shift_factor_fte_per_post: float
    hours_monitored_per_year: float
    operator_cost_gbp_per_fte_year: float
    transmission_gbp_per_camera_year: float
    rented_circuit_share: float
    camera_systems_gbp_per_year: float
    cameras_per_link: float
    link_gbp_per_year: float
    link_gbp_per_km_year: float
    standby_link_share: float
    integration_gbp_per_borough: float
    licence_gbp_per_channel: float
    room_closure_gbp_per_room: float
    room_fitout_gbp: float
    room_fitout_gbp_per_post: float
    room_new_gbp: float
    redundancy_gbp_per_fte: float
    optimism_bias_share: float
    optimism_bias_equipment_share: float

    @property
    def fte_per_post(self) -> float:
        """Full-time staff behind one post at the hours monitored."""
        return self.shift_factor_fte_per_post * self.hours_monitored_per_year / HOURS_PER_YEAR

    @property
    def post_gbp_per_year(self) -> float:
        """Yearly cost of one post on duty."""
        return self.fte_per_post * self.operator_cost_gbp_per_fte_year


RATE_NAMES = tuple(field.name for field in fields(Rates))
OTHER_NAMES = ("detour_factor",)
MUST_BE_POSITIVE = ("cameras_per_operator", "cameras_per_link", "detour_factor")


def rates(overrides: Mapping[str, float] | None = None) -> Rates:
    """Read the embedded coefficients, with a scenario's own values in their place.

    Parameters
    ----------
    overrides
        Values by coefficient name.

    Returns
    -------
    Rates

    Raises
    ------
    InputError
        For an unknown name, or a value that is negative or not a number.

    Examples
    --------
    >>> rates({"min_posts_per_room": 2}).min_posts_per_room
    2.0
    """
    chosen = dict(overrides or {})
    check_rates(chosen, faults := Faults("coefficients"))
    faults.raise_if_any()
    embedded = datasets.coefficients()["value"]
    return Rates(
        **{name: float(chosen[name] if name in chosen else embedded[name]) for name in RATE_NAMES}
    )


def check_rates(values: Mapping[str, float], faults: Faults) -> None:
    """Note every unknown name and every value out of its domain."""
    unknown = sorted(set(values) - set(RATE_NAMES) - set(OTHER_NAMES))
    if unknown:
        faults.add(
            "unknown cost coefficients",
            f"Use names of data/facts/coefficients.csv: {', '.join((*RATE_NAMES, *OTHER_NAMES))}",
            rows=unknown,
        )
    for name, value in values.items():
        low = 1e-9 if name in MUST_BE_POSITIVE else 0.0
        if not np.isfinite(value) or value < low:
            faults.add(
                f"coefficient {name} is {value}",
                "Give a number above 0" if low else "Give a number of at least 0",
            )


def annuity(years: int, rate: float, *, timing: str = "end") -> float:
    """Net present value of £1 a year.

    Parameters
    ----------
    years
        Number of payments.
    rate
        Discount rate a year.
    timing
        ``end``: paid at the end of each year; ``start``: at its start.

    Returns
    -------
    float
        Σ (1 + rate)^-t over t = 1..years (``end``) or 0..years-1 (``start``).

    Examples
    --------
    >>> round(annuity(10, 0.035), 4), round(annuity(10, 0.035, timing="start"), 4)
    (8.3166, 8.6077)
    """
    first = 0 if timing == "start" else 1
    return float(sum((1 + rate) ** -t for t in range(first, first + years)))


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """What the cost model knows of the areas, as arrays in the same order.

    Parameters
    ----------
    cameras
        Public-space cameras, shape ``(areas,)``.
    km
        Distance from each area's site (rows) to each site (columns), shape ``(areas, areas)``.
    has_room
        Whether the area's site has a room that can be enlarged, shape ``(areas,)``.
    """

    cameras: Floats
    km: Floats
    has_room: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class GroupCosts:
    """The cost of each group at its site; every array has shape ``(groups,)``.

    Parameters
    ----------
    site
        Position of the area whose site the room stands on; -1 where no site is allowed.
    cameras, posts, link_km
        Quantities behind the money.
    yearly
        Yearly cost by line, in the order of ``YEARLY_LINES``; shape ``(lines, groups)``.
    one_off
        One-off cost by line, in the order of ``ONE_OFF_LINES``; shape ``(lines, groups)``.
    npv
        Net present cost; infinite where no site is allowed.
    """

    site: Ints
    cameras: Floats
    posts: Ints
    link_km: Floats
    yearly: Floats
    one_off: Floats
    npv: Floats

    def frame(self, groups: Groups) -> pd.DataFrame:
        """Show the table with members, site, quantities and every cost line, one row a group."""
        codes = np.asarray([*groups.codes, ""], dtype=object)
        columns: dict[str, object] = {
            "members": [" ".join(groups.members(row)) for row in range(len(groups))],
            "site_code": codes[self.site],
            "cameras": self.cameras,
            "posts": self.posts,
            "link_km": self.link_km,
        }
        columns |= {f"{name}_gbp_per_year": self.yearly[i] for i, name in enumerate(YEARLY_LINES)}
        columns |= {f"{name}_gbp_once": self.one_off[i] for i, name in enumerate(ONE_OFF_LINES)}
        columns["npv_gbp"] = self.npv
        return pd.DataFrame(columns)


def posts_needed(cameras: Floats, rate: Rates) -> Ints:
    """Operators on duty for a number of cameras, a whole number."""
    # A load that is a whole multiple must not gain a post through rounding in the last digit.
    needed = np.ceil(cameras / rate.cameras_per_operator - 1e-9)
    return np.maximum(np.ceil(rate.min_posts_per_room), needed).astype(np.int64)


def cost_groups(
    groups: Groups,
    places: Places,
    rate: Rates,
    *,
    annuity_factor: float,
    site_allowed: NDArray[np.bool_] | None = None,
    max_link_km: float = float("inf"),
    pinned: frozenset[int] = frozenset(),
    fixed_sites: Ints | None = None,
) -> GroupCosts:
    """Cost every group at its best allowed site.

    Parameters
    ----------
    groups
        The groups.
    places
        Cameras, distances and present rooms of the areas.
    rate
        The coefficients.
    annuity_factor
        From :func:`annuity`.
    site_allowed
        Whether each area may host a room; all by default. Shape ``(areas,)``.
    max_link_km
        Longest link from a member to its room.
    pinned
        Areas that must host the room of their group.
    fixed_sites
        Site of each group, instead of the cheapest. Shape ``(groups,)``.

    Returns
    -------
    GroupCosts

    Examples
    --------
    See ``docs/consolidation.md`` for a room worked out by hand.
    """
    n = len(groups.codes)
    sizes = groups.sizes()
    cameras = groups.sums(places.cameras)
    posts = posts_needed(cameras, rate)
    shared = sizes > 1

    own_posts = posts_needed(places.cameras, rate)
    links_of = np.ceil(places.cameras / rate.cameras_per_link - 1e-9)
    link = links_of[:, None] * (rate.link_gbp_per_year + rate.link_gbp_per_km_year * places.km)
    np.fill_diagonal(link, 0.0)
    too_far = np.where(places.km <= max_link_km + 1e-9, 0.0, np.inf)
    np.fill_diagonal(too_far, 0.0)
    refit = np.where(
        shared, np.maximum(rate.room_fitout_gbp, rate.room_fitout_gbp_per_post * posts), 0.0
    )

    best = np.full(len(groups), np.inf)
    site = np.full(len(groups), -1, dtype=np.int64)
    links = np.zeros(len(groups))
    new_room = np.zeros(len(groups))
    link_weight = (1 + rate.standby_link_share) * annuity_factor
    building_weight = 1 + rate.optimism_bias_share
    licence = rate.licence_gbp_per_channel * (1 + rate.optimism_bias_equipment_share)
    pins = groups.sums([1.0 if i in pinned else 0.0 for i in range(n)])
    # One pass a site over all groups: as many passes as areas, each vectorised over the groups.
    for j in range(n):
        here = groups.contains(j)
        if fixed_sites is not None:
            here &= fixed_sites == j
        elif site_allowed is None or site_allowed[j]:
            here &= pins == float(j in pinned)
        else:
            continue
        rows = np.flatnonzero(here)
        if not len(rows):
            continue
        links_here = groups.take(rows).sums(link[:, j] + too_far[:, j])
        build_here = np.where(shared[rows] & ~places.has_room[j], rate.room_new_gbp, 0.0)
        # Only what depends on the site: the host's own cameras need no new licences.
        total = link_weight * links_here + building_weight * build_here
        total -= licence * places.cameras[j]
        better = total < best[rows]
        chosen = rows[better]
        best[chosen], site[chosen] = total[better], j
        links[chosen], new_room[chosen] = links_here[better], build_here[better]

    moved = (sizes - 1).astype(np.float64)
    integration = moved * rate.integration_gbp_per_borough
    licences = rate.licence_gbp_per_channel * (cameras - places.cameras[site])
    fit_out = refit + new_room
    posts_before = groups.sums(own_posts)
    yearly = np.stack(
        [
            np.full(len(groups), rate.room_fixed_gbp_per_year),
            posts * rate.post_gbp_per_year,
            cameras * (rate.rented_circuit_share * rate.transmission_gbp_per_camera_year),
            cameras * rate.camera_systems_gbp_per_year,
            links,
            links * rate.standby_link_share,
        ]
    )
    one_off = np.stack(
        [
            integration,
            licences,
            moved * rate.room_closure_gbp_per_room,
            fit_out,
            np.maximum(0.0, posts_before - posts)
            * (rate.fte_per_post * rate.redundancy_gbp_per_fte),
            (integration + licences) * rate.optimism_bias_equipment_share
            + fit_out * rate.optimism_bias_share,
        ]
    )
    npv = yearly.sum(axis=0) * annuity_factor + one_off.sum(axis=0)
    return GroupCosts(
        site=site,
        cameras=cameras,
        posts=posts,
        link_km=_link_km(groups, places.km, site),
        yearly=yearly,
        one_off=one_off,
        npv=np.where(site >= 0, npv, np.inf),
    )


def _link_km(groups: Groups, km: Floats, site: Ints) -> Floats:
    """Sum the distances from the members to the chosen site of each group."""
    total = np.zeros(len(groups))
    for j in range(len(groups.codes)):
        rows = np.flatnonzero(site == j)
        if len(rows):
            total[rows] = groups.take(rows).sums(km[:, j])
    return total
