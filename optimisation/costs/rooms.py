r"""What a shared control room costs: the only place where money is computed.

For a group of boroughs S watched from a site j, with cameras C = Σ n_i and K posts on duty,

.. code-block:: text

    K(S)         = max(min_posts, ⌈C / cameras_per_operator⌉)
    per year     = room + lease_j + K·F·w + C·(rented_share·circuit + systems)
                   + (1 + standby_share) Σ_{i in S, i ≠ j} L_i·(link + km_ij·link_km)
                   + price·C·[d(1) − d(m)]
    L_i          = ⌈n_i / cameras_per_link⌉
    F            = shift_factor · hours_monitored / 8766
    fit_out(S,j) = max(refit, refit_per_post·K) + (new room if j has none),    0 for a single room
    m            = max(1, shown_share·C / (pictures_per_monitor·K))
    once         = Σ_{i in S, i ≠ j} [integration + licence·n_i + closure + exit_i] + fit_out(S,j)
                   + redundancy·F·[Σ_{i in S} K({i}) − K(S)]⁺
                   + b_e·(integration + licences) + b_b·fit_out
    net present  = once + (per year)·annuity

w is the cost of an operator with on-costs and b the optimism bias on equipment and on buildings.
m is the number of monitors an operator watches and d(m) the share of events noticed, between the
measured points of ``data/facts/detection_by_monitors.csv``; the price of events missed is 0 unless
a scenario sets one, so d is shown beside the money, not mixed into it. Leases and the cost of
ending contracts early are the scenario's, borough by borough.
A room that serves only its own borough changes nothing and so has no one-off cost: today's plan
costs exactly the sum of the single rooms. One-off costs fall at once and are not discounted. Each
group gets the site of least net present cost among its members' sites. Supervision is part of the
room's fixed cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base import datasets
from coverage_model.base.errors import Faults
from optimisation.costs import coefficients
from optimisation.costs.detection import detection_at, monitors_per_operator
from optimisation.search.groups import Groups

HOURS_PER_YEAR = 8766.0

YEARLY_LINES = (
    "room_running",
    "room_lease",
    "operators",
    "camera_circuits",
    "camera_systems",
    "room_links",
    "standby_links",
    "missed_detection",
)
ONE_OFF_LINES = (
    "integration",
    "channel_licences",
    "room_closure",
    "contract_exit",
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
    shown_at_once_share
        Share of a room's cameras that are on view at one moment.
    pictures_per_monitor
        Pictures shown on one monitor.
    missed_detection_gbp_per_camera_year
        What it would cost to notice nothing, a camera and year; 0 leaves detection unpriced.
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
    shown_at_once_share: float
    pictures_per_monitor: float
    missed_detection_gbp_per_camera_year: float

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
# The scenario has keys of its own for these two.
KEYS_NOT_COEFFICIENTS = ("discount_rate", "horizon_years")
MUST_BE_POSITIVE = (
    "cameras_per_operator",
    "cameras_per_link",
    "detour_factor",
    "pictures_per_monitor",
)
BLOCK_ROWS = 1 << 16  # groups whose sums by site are held at once: some 20 MB for London


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
    known = {*RATE_NAMES, *OTHER_NAMES, *coefficients.names()} - set(KEYS_NOT_COEFFICIENTS)
    unknown = sorted(set(values) - known)
    if unknown:
        faults.add(
            "unknown coefficients",
            f"Use names of data/facts/coefficients.csv: {', '.join((*RATE_NAMES, *OTHER_NAMES))} "
            "for rooms; `sharedview data --coefficients` lists the others",
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
    exit_gbp
        Cost of ending the area's contracts and lease when its room closes; none if left out.
    lease_gbp_per_year
        Rent of a room on the area's site; none if left out.
    """

    cameras: Floats
    km: Floats
    has_room: NDArray[np.bool_]
    exit_gbp: Floats | None = None
    lease_gbp_per_year: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GroupCosts:
    """The cost of each group at its site; every array has shape ``(groups,)``.

    Parameters
    ----------
    site
        Position of the area whose site the room stands on; -1 where no site is allowed.
    cameras, posts, link_km
        Quantities behind the money.
    detection
        Share of events noticed while the room is watched, from its monitors per operator.
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
    detection: Floats
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
            "detection_share": self.detection,
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

    """
    n = len(groups.codes)
    sizes = groups.sizes()
    shared = sizes > 1
    cameras = groups.sums(places.cameras)
    posts = posts_needed(cameras, rate)
    exits = np.zeros(n) if places.exit_gbp is None else places.exit_gbp
    leases = np.zeros(n) if places.lease_gbp_per_year is None else places.lease_gbp_per_year
    links_of = np.ceil(places.cameras / rate.cameras_per_link - 1e-9)
    link = links_of[:, None] * (rate.link_gbp_per_year + rate.link_gbp_per_km_year * places.km)
    np.fill_diagonal(link, 0.0)
    licence = rate.licence_gbp_per_channel * (1 + rate.optimism_bias_equipment_share)
    new_rooms = np.where(places.has_room, 0.0, rate.room_new_gbp)

    # What depends on the site and not on the members: only a host keeps its licences and contract.
    by_site = annuity_factor * leases - licence * places.cameras - exits
    building = (1 + rate.optimism_bias_share) * new_rooms
    link_weight = (1 + rate.standby_link_share) * annuity_factor
    may_host = np.ones(n, dtype=bool) if site_allowed is None else site_allowed
    pins = groups.sums([1.0 if i in pinned else 0.0 for i in range(n)])
    is_pin = np.array([float(i in pinned) for i in range(n)])
    too_far = (places.km > max_link_km + 1e-9) & ~np.eye(n, dtype=bool)

    site = np.full(len(groups), -1, dtype=np.int64)
    links, link_km = np.zeros(len(groups)), np.zeros(len(groups))
    for start in range(0, len(groups), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        some = groups.take(np.arange(start, min(start + BLOCK_ROWS, len(groups))))
        here = some.matrix() == 1
        if fixed_sites is not None:
            here &= fixed_sites[rows, None] == np.arange(n)
        else:
            here &= may_host & (pins[rows, None] == is_pin)
        if too_far.any():
            here &= _sums_by_site(some, too_far.astype(np.float64)) == 0
        links_to = _sums_by_site(some, link)
        total = link_weight * links_to + by_site + np.where(shared[rows, None], building, 0.0)
        total[~here] = np.inf
        at = np.arange(len(some)), total.argmin(axis=1)
        site[rows] = np.where(np.isfinite(total[at]), at[1], -1)
        links[rows] = np.where(site[rows] >= 0, links_to[at], 0.0)
        link_km[rows] = np.where(site[rows] >= 0, _sums_to(some, places.km, at[1]), 0.0)

    moved = (sizes - 1).astype(np.float64)
    integration = moved * rate.integration_gbp_per_borough
    licences = rate.licence_gbp_per_channel * (cameras - places.cameras[site])
    refit = np.maximum(rate.room_fitout_gbp, rate.room_fitout_gbp_per_post * posts)
    fit_out = np.where(shared, refit + new_rooms[site], 0.0)
    posts_before = groups.sums(posts_needed(places.cameras, rate))
    detection = detection_at(
        monitors_per_operator(
            cameras,
            posts,
            shown_share=rate.shown_at_once_share,
            pictures_per_monitor=rate.pictures_per_monitor,
        )
    )
    missed = detection_at(1.0) - detection
    yearly = np.stack(
        [
            np.full(len(groups), rate.room_fixed_gbp_per_year),
            leases[site],
            posts * rate.post_gbp_per_year,
            cameras * (rate.rented_circuit_share * rate.transmission_gbp_per_camera_year),
            cameras * rate.camera_systems_gbp_per_year,
            links,
            links * rate.standby_link_share,
            cameras * missed * rate.missed_detection_gbp_per_camera_year,
        ]
    )
    one_off = np.stack(
        [
            integration,
            licences,
            moved * rate.room_closure_gbp_per_room,
            groups.sums(exits) - exits[site],
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
        link_km=link_km,
        detection=detection,
        yearly=yearly,
        one_off=one_off,
        npv=np.where(site >= 0, npv, np.inf),
    )


def _sums_by_site(groups: Groups, weights: Floats) -> Floats:
    """Sum over each group's members the weights towards each site, shape ``(groups, sites)``.

    By tables of 256 entries a byte, as :meth:`Groups.sums`: a group's sum does not depend on which
    other groups are summed with it, as it may in a matrix product.
    """
    total = np.zeros((len(groups), weights.shape[1]))
    for byte, table in enumerate(_byte_tables(weights)):
        total += table[groups.packed[:, byte]]
    return total


def _sums_to(groups: Groups, weights: Floats, site: Ints) -> Floats:
    """Sum over each group's members the weights towards one site of each group."""
    total = np.zeros(len(groups))
    for byte, table in enumerate(_byte_tables(weights)):
        total += table[groups.packed[:, byte], site]
    return total


def _byte_tables(weights: Floats) -> Iterator[Floats]:
    """For every eight areas the sums of their weights over all 256 sets of them."""
    for first in range(0, len(weights), 8):
        table = np.zeros((1, weights.shape[1]))
        for row in weights[first : first + 8]:
            table = np.concatenate([table, table + row])
        yield table
