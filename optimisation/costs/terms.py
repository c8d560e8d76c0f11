"""Every term of the cost of a control room, once: what it is for, its formula, its coefficients.

For a group of boroughs S watched from a site j, with cameras C = Σ n_i and K posts on duty, each
term is an amount of money of one of three kinds:

- :class:`Form`, a sum of parts that follow from the room being there, from its taking in somebody
  new, from its posts and from each borough served;
- :class:`Largest`, the largest of such forms, or nothing where none is above 0;
- :class:`OfRoom`, any function of cameras and posts that is never negative.

From this list come the table of groups (:mod:`optimisation.costs.rooms`), the assignment model
(:mod:`optimisation.assignment`), the names of the cost lines, the coefficients a scenario may
change, the draws, and the table of formulas in the codebook. A new cost item is a new entry here, a
row in ``data/facts/coefficients.csv`` and a room worked out by hand in the tests.

**Today.** A change is charged only where there is one. An area that stays in the room that serves
it today is kept for nothing. One that moves pays for integration and licences and the exit from
its contracts; its room, if it has one, closes; the room that takes in somebody new is refitted, or
built where there is none. An area that nobody watches today has no room and no posts while it
stays alone, and is watched once it shares a room. What was spent before today is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimisation.costs.detection import detection_at, monitors_per_operator
from optimisation.costs.places import Places
from optimisation.costs.rates import Rates

Floats = NDArray[np.float64]
When = Literal["per_year", "one_off"]
Budget = Literal["councils", "police"]

BIAS_LINE = "optimism_bias"
OFFICER_LINE = "officer_ways"
MUST_BE_POSITIVE = (
    "cameras_per_operator",
    "cameras_per_link",
    "detour_factor",
    "pictures_per_monitor",
    "footage_crimes_per_visit",
    "footage_travel_km_per_h",
)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """An amount in pounds that is a sum of parts.

    Parameters
    ----------
    room
        For a staffed room at each site; a number or shape ``(sites,)``.
    change
        For a room that takes in an area it does not serve today.
    post
        For each post on duty.
    member
        For each area served from each site; a number or shape ``(areas, 1)`` or
        ``(areas, sites)``.
    """

    room: ArrayLike = 0.0
    change: ArrayLike = 0.0
    post: ArrayLike = 0.0
    member: ArrayLike = 0.0

    def scaled(self, factor: float) -> Form:
        """Return the form times a number."""
        parts = (self.room, self.change, self.post, self.member)
        return Form(*(np.multiply(part, factor) for part in parts))

    def parts(self, n: int) -> tuple[Floats, Floats, Floats, Floats]:
        """Return room, change and post, shape ``(n,)``, and member, shape ``(n, n)``."""
        room, change, post, member = (
            np.asarray(part, dtype=np.float64)
            for part in (self.room, self.change, self.post, self.member)
        )
        return (
            np.broadcast_to(room, n),
            np.broadcast_to(change, n),
            np.broadcast_to(post, n),
            np.broadcast_to(member, (n, n)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Largest:
    """The largest of some forms, never below 0."""

    forms: tuple[Form, ...]

    def scaled(self, factor: float) -> Largest:
        """Return the amount times a number that is not negative."""
        return Largest(tuple(form.scaled(factor) for form in self.forms))


@dataclass(frozen=True, slots=True, eq=False)
class OfRoom:
    """A function of the cameras and posts of rooms, never below 0."""

    amount: Callable[[Floats, Floats], Floats]

    def scaled(self, factor: float) -> OfRoom:
        """Return the amount times a number that is not negative."""
        return OfRoom(lambda cameras, posts: factor * self.amount(cameras, posts))


Amount = Form | Largest | OfRoom


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One term of the cost of a room.

    Parameters
    ----------
    line
        Name of the cost line in every table.
    when
        ``per_year``, or ``one_off`` at the start.
    meaning
        What the money is for, in plain words.
    formula
        As in the codebook: S the boroughs, j the site, n cameras, C all of them, K posts on duty.
    uses
        The coefficients that it reads, with their meaning.
    amount
        The amount from coefficients and places.
    bias
        The coefficient of its allowance for optimism, where it has one.
    budget
        Whose money it is.
    """

    line: str
    when: When
    meaning: str
    formula: str
    uses: Mapping[str, str]
    amount: Callable[[Rates, Places], Amount]
    bias: str | None = None
    budget: Budget = "councils"


STAFF = {
    "shift_factor_fte_per_post": "Full-time staff that keep one post filled round the clock.",
    "hours_monitored_per_year": "Hours a year that posts are filled; 8,766 is round the clock.",
}
POSTS = {
    "cameras_per_operator": "Cameras that one operator on duty looks after.",
    "min_posts_per_room": "Fewest operators on duty in any room.",
}
LINKS = {
    "cameras_per_link": "Cameras that one inter-room link carries.",
    "link_gbp_per_year": "Rent of one inter-room link.",
    "link_gbp_per_km_year": "Rent for each kilometre of it.",
}
EQUIPMENT_BIAS, BUILDING_BIAS = "optimism_bias_equipment_share", "optimism_bias_share"
BIAS = {
    BUILDING_BIAS: "Allowance on fit-out for estimates that prove too low.",
    EQUIPMENT_BIAS: "The same for integration and licences.",
}


def _links(rate: Rates, places: Places) -> Floats:
    """Rent of the links from each area (rows) to each site (columns)."""
    links = np.ceil(places.cameras / rate.cameras_per_link - 1e-9)
    rent = links[:, None] * (rate.link_gbp_per_year + rate.link_gbp_per_km_year * places.km)
    np.fill_diagonal(rent, 0.0)
    return rent


def _missed(rate: Rates) -> OfRoom:
    def amount(cameras: Floats, posts: Floats) -> Floats:
        monitors = monitors_per_operator(
            cameras,
            posts,
            shown_share=rate.shown_at_once_share,
            pictures_per_monitor=rate.pictures_per_monitor,
        )
        noticed = np.where(posts > 0, detection_at(monitors), 0.0)
        missed = detection_at(1.0) - noticed
        return cameras * missed * rate.missed_detection_gbp_per_camera_year

    return OfRoom(amount)


def _officer_ways(rate: Rates, places: Places) -> Floats:
    """Yearly cost of the ways that officers of each area (rows) make to each site (columns)."""
    at_room = rate.footage_request_share * np.maximum(0.0, 1.0 - rate.footage_remote_share)
    each = at_room / rate.footage_crimes_per_visit
    each = each * (2.0 * rate.footage_officer_gbp_per_h / rate.footage_travel_km_per_h)
    ways: Floats = places.crimes_per_year[:, None] * places.km * each
    return ways


def _closes(places: Places) -> Floats:
    """Whether serving an area (rows) from a site (columns) closes a room that it has today."""
    return (places.moves & places.own_room[:, None]).astype(np.float64)


def _fit_out(rate: Rates, places: Places) -> Largest:
    new = np.where(places.has_room, 0.0, rate.room_new_gbp)
    each = rate.room_fitout_gbp_per_post
    # A room that takes in nobody new has at most its posts of today: the second form is then not
    # above 0, as it must be for a form that holds whether or not the room changes.
    today = each * places.posts_today(rate)
    return Largest(
        (
            Form(change=rate.room_fitout_gbp + new),
            Form(room=-today, change=today + new, post=each),
        )
    )


def _jobs_that_move(rate: Rates, places: Places) -> Floats:
    """Full-time jobs behind each area's share of today's posts, where it moves."""
    jobs: Floats = places.posts_before(rate)[:, None] * places.moves * rate.fte_per_post
    return jobs


def _dual_running(rate: Rates, places: Places) -> Floats:
    """Cost of running each area's room of today on for some months, where it closes."""
    yearly = rate.room_fixed_gbp_per_year * places.rent_factor
    yearly = yearly + places.posts_today(rate) * rate.post_gbp_per_year * places.pay_factor
    months: Floats = yearly[:, None] * _closes(places) * (rate.dual_running_months / 12)
    return months


TERMS: tuple[Term, ...] = (
    Term(
        "room_running",
        "per_year",
        "premises, energy, support and supervision of a staffed room",
        "room_fixed · rent_j",
        {"room_fixed_gbp_per_year": "Premises, energy, support and supervision of one room."},
        lambda rate, places: Form(room=rate.room_fixed_gbp_per_year * places.rent_factor),
    ),
    Term(
        "room_lease",
        "per_year",
        "rent of a room at that site, where the scenario gives one",
        "lease_j",
        {},
        lambda _, places: Form(room=places.lease_gbp_per_year),
    ),
    Term(
        "operators",
        "per_year",
        "operators on duty, with the staff behind each post and on-costs",
        "K · F · w · pay_j, with F = shift_factor · hours_monitored / 8,766",
        {
            **STAFF,
            "operator_cost_gbp_per_fte_year": "Pay and on-costs of one full-time operator.",
        },
        lambda rate, places: Form(post=rate.post_gbp_per_year * places.pay_factor),
    ),
    Term(
        "camera_circuits",
        "per_year",
        "circuits that carry pictures to the borough's own hub",
        "Σ n_i · rented_share · circuit · circuits_i",
        {
            "transmission_gbp_per_camera_year": "Rent of a camera's circuit to its borough's hub.",
            "rented_circuit_share": "Share of cameras on rented circuits; others use the "
            "borough's own fibre or radio.",
        },
        lambda rate, places: Form(
            member=(
                places.cameras
                * places.circuit_factor
                * (rate.rented_circuit_share * rate.transmission_gbp_per_camera_year)
            )[:, None]
        ),
    ),
    Term(
        "camera_systems",
        "per_year",
        "recording, software and repair of cameras",
        "C · systems",
        {"camera_systems_gbp_per_year": "Recording, software and repair for one camera."},
        lambda rate, places: Form(
            member=(places.cameras * rate.camera_systems_gbp_per_year)[:, None]
        ),
    ),
    Term(
        "room_links",
        "per_year",
        "links from the boroughs to a room elsewhere, by number and distance",
        "Σ_{i ≠ j} ⌈n_i / cameras_per_link⌉ · (link + km_ij · link_km)",
        LINKS,
        lambda rate, places: Form(member=_links(rate, places)),
    ),
    Term(
        "standby_links",
        "per_year",
        "a standby of those links on another path",
        "standby_share · room_links",
        {
            **LINKS,
            "standby_link_share": "Cost of a standby on another path, as a share of the link's.",
        },
        lambda rate, places: Form(member=_links(rate, places) * rate.standby_link_share),
    ),
    Term(
        "missed_detection",
        "per_year",
        "events that operators with more monitors miss; 0 unless the scenario prices it",
        "price · C · [d(1) − d(m)], with m = max(1, shown_share · C / (pictures · K)) monitors an "
        "operator and d the share noticed in data/facts/detection_by_monitors.csv",
        {
            "shown_at_once_share": "Share of a room's cameras that are on view at one moment.",
            "pictures_per_monitor": "Pictures shown on one monitor.",
            "missed_detection_gbp_per_camera_year": "What it would cost to notice nothing, a year "
            "for each camera; 0 leaves detection unpriced.",
        },
        lambda rate, _: _missed(rate),
    ),
    Term(
        OFFICER_LINE,
        "per_year",
        "officers' time on the way to the room for footage and back; 0 unless the scenario counts "
        "police time",
        "Σ crimes_i · request · (1 − remote) / crimes_a_visit · 2 · km_ij / speed · hour",
        {
            "footage_request_share": "Share of recorded crimes for which footage is asked for.",
            "footage_remote_share": "Share of requests met without a visit.",
            "footage_crimes_per_visit": "Crimes whose footage one visit collects.",
            "footage_travel_km_per_h": "Speed of officers from door to door.",
            "footage_officer_gbp_per_h": "Cost of an officer's hour.",
        },
        lambda rate, places: Form(member=_officer_ways(rate, places)),
        budget="police",
    ),
    Term(
        "integration",
        "one_off",
        "joining a borough's network to a room that does not serve it today",
        "Σ_{i moves} integration",
        {"integration_gbp_per_borough": "Joining one borough's network to another room."},
        lambda rate, places: Form(member=rate.integration_gbp_per_borough * places.moves),
        bias=EQUIPMENT_BIAS,
    ),
    Term(
        "channel_licences",
        "one_off",
        "software licences for cameras that move",
        "Σ_{i moves} licence · n_i",
        {"licence_gbp_per_channel": "Software licence for each camera that moves."},
        lambda rate, places: Form(
            member=rate.licence_gbp_per_channel * places.cameras[:, None] * places.moves
        ),
        bias=EQUIPMENT_BIAS,
    ),
    Term(
        "room_closure",
        "one_off",
        "clearing a room that closes and ending its contracts",
        "Σ_{i moves and has a room today} closure",
        {"room_closure_gbp_per_room": "Clearing a room that closes and ending its contracts."},
        lambda rate, places: Form(member=rate.room_closure_gbp_per_room * _closes(places)),
    ),
    Term(
        "contract_exit",
        "one_off",
        "ending a borough's contracts, lease or agreement early, where the scenario gives it",
        "Σ_{i moves} exit_i",
        {},
        lambda _, places: Form(member=places.exit_gbp[:, None] * places.moves),
    ),
    Term(
        "fit_out",
        "one_off",
        "refitting a room that takes in another borough; building one where there is none",
        "max(refit, refit_per_post · K) + (new room if j has none), if any borough moves in",
        {
            "room_fitout_gbp": "Refitting an existing room as it takes in others, at least.",
            "room_fitout_gbp_per_post": "Refitting it for each post on duty.",
            "room_new_gbp": "Building a room where the host has none.",
            **POSTS,
        },
        _fit_out,
        bias=BUILDING_BIAS,
    ),
    Term(
        "staff_redundancy",
        "one_off",
        "payments for jobs that go",
        "redundancy · F · [Σ posts_i − K]⁺, posts_i the borough's share of today's posts",
        {
            "redundancy_gbp_per_fte": "Payment for each full-time job that goes.",
            **STAFF,
            **POSTS,
        },
        lambda rate, places: Largest(
            (
                Form(post=-1.0, member=places.posts_before(rate)[:, None]).scaled(
                    rate.fte_per_post * rate.redundancy_gbp_per_fte
                ),
            )
        ),
    ),
    Term(
        "staff_transfer",
        "one_off",
        "moving staff to another room and employer: consultation, training, travel",
        "transfer · F · Σ_{i moves} posts_i",
        {
            "staff_transfer_gbp_per_fte": "Moving one full-time job to another room.",
            **STAFF,
            **POSTS,
        },
        lambda rate, places: Form(
            member=_jobs_that_move(rate, places) * rate.staff_transfer_gbp_per_fte
        ),
    ),
    Term(
        "pension_rights",
        "one_off",
        "pension rights of staff who change employer",
        "pension · F · Σ_{i moves} posts_i",
        {
            "pension_gbp_per_fte": "Pension rights of one full-time job that moves.",
            **STAFF,
            **POSTS,
        },
        lambda rate, places: Form(member=_jobs_that_move(rate, places) * rate.pension_gbp_per_fte),
    ),
    Term(
        "recruitment",
        "one_off",
        "finding, vetting and training staff for jobs that are new",
        "recruitment · F · [K − Σ posts_i]⁺",
        {"recruitment_gbp_per_fte": "Finding one full-time operator more.", **STAFF, **POSTS},
        lambda rate, places: Largest(
            (
                Form(post=1.0, member=-places.posts_before(rate)[:, None]).scaled(
                    rate.fte_per_post * rate.recruitment_gbp_per_fte
                ),
            )
        ),
    ),
    Term(
        "dual_running",
        "one_off",
        "months in which a room that closes runs on beside the one that takes over",
        "months / 12 · Σ_{i moves and has a room today} (room_fixed · rent_i + K_i·F·w · pay_i)",
        {
            "dual_running_months": "Months in which old and new room run side by side.",
            "room_fixed_gbp_per_year": "Premises, energy, support and supervision of one room.",
            "operator_cost_gbp_per_fte_year": "Pay and on-costs of one full-time operator.",
            **STAFF,
            **POSTS,
        },
        lambda rate, places: Form(member=_dual_running(rate, places)),
    ),
)
"""All terms, in the order of every table."""


def _lines(when: When) -> tuple[str, ...]:
    return tuple(term.line for term in TERMS if term.when == when)


YEARLY_LINES = _lines("per_year")
ONE_OFF_LINES = (*_lines("one_off"), BIAS_LINE)
MEANINGS: dict[str, str] = {
    name: meaning
    for uses in (*(t.uses for t in TERMS), POSTS, BIAS)
    for name, meaning in uses.items()
}
"""Meaning of each coefficient."""
POLICE_LINES = tuple(term.line for term in TERMS if term.budget == "police")
POLICE_RATES = tuple(name for term in TERMS if term.budget == "police" for name in term.uses)
RATE_NAMES = tuple(MEANINGS)
OTHER_NAMES = ("detour_factor",)
