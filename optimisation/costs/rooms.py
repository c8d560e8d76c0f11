"""Cost of groups of boroughs in one room, from the cost terms: the only place where money is added.

Each term of :data:`optimisation.costs.terms.TERMS` is an amount at each site; yearly terms count
for as many years as the annuity says, terms with an allowance for optimism are raised by it, and
each group gets the site of least net present cost among its members' sites:

.. code-block:: text

    c(S, j) = annuity · Σ yearly terms + Σ one-off terms · (1 + bias)
    c(S)    = min over the allowed sites j in S of c(S, j)
    K(S)    = max(min_posts, ⌈C / cameras_per_operator⌉);  0 for an area alone that nobody watches

One-off costs fall at once and are not discounted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from optimisation.costs.detection import detection_at, monitors_per_operator
from optimisation.costs.places import Flags, Floats, Ints, Places, posts_needed
from optimisation.costs.rates import Rates
from optimisation.costs.terms import (
    ONE_OFF_LINES,
    TERMS,
    YEARLY_LINES,
    Amount,
    Form,
    Largest,
    OfRoom,
)
from optimisation.search.groups import Groups

BLOCK_ROWS = 1 << 16  # groups whose sums by site are held at once: some 20 MB for London
PAIRS_HELD = 3e7  # costs of pairs in draws that are held at once: 240 MB
PENNY_SHARE = 1e-6  # amounts of a Largest below a millionth of a pound are rounding


@dataclass(frozen=True, eq=False)
class Pricing:
    """What groups are costed with.

    Parameters
    ----------
    places
        Cameras, distances, present rooms.
    rate
        The coefficients.
    annuity_factor
        From :func:`optimisation.costs.rates.annuity`.
    may_host
        Whether each area may host a room; all if None. Shape ``(areas,)``.
    max_link_km
        Longest link from a member to its room.
    pinned
        Areas that must host the room of their group.
    """

    places: Places
    rate: Rates
    annuity_factor: float
    may_host: Flags | None = None
    max_link_km: float = float("inf")
    pinned: frozenset[int] = frozenset()

    def amounts(self) -> list[Amount]:
        """Return each term's amount, in the order of :data:`~optimisation.costs.terms.TERMS`."""
        return [term.amount(self.rate, self.places) for term in TERMS]

    def weights(self) -> list[float]:
        """Return what a pound of each term adds to the net present cost, allowances included."""
        return [
            (self.annuity_factor if term.when == "per_year" else 1.0) * (1.0 + bias)
            for term, bias in zip(TERMS, self.biases(), strict=True)
        ]

    def biases(self) -> list[float]:
        """Return the allowance for optimism on each term, as a share."""
        return [getattr(self.rate, term.bias) if term.bias else 0.0 for term in TERMS]

    @cached_property
    def weighted(self) -> tuple[Form, list[Largest | OfRoom]]:
        """The net present cost as one sum of all forms, and the amounts that are not one."""
        n = len(self.places.cameras)
        total = [np.zeros(n), np.zeros(n), np.zeros(n), np.zeros((n, n))]
        others: list[Largest | OfRoom] = []
        for amount, weight in zip(self.amounts(), self.weights(), strict=True):
            scaled = amount.scaled(weight)
            if isinstance(scaled, Form):
                total = [part + more for part, more in zip(total, scaled.parts(n), strict=True)]
            else:
                others.append(scaled)
        return Form(*total), others


@dataclass(frozen=True, slots=True, eq=False)
class GroupCosts:
    """The cost of each group at its site; every array has shape ``(groups,)``.

    Parameters
    ----------
    site
        Position of the area whose site the room stands on; -1 where no site is allowed.
    cameras, posts, link_km
        Quantities behind the money.
    moved
        Areas that leave the room that serves them today.
    watched
        Whether anybody watches: not an area alone that nobody watches today.
    detection
        Share of events noticed while the room is watched, from its monitors per operator; 0 where
        nobody watches.
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
    moved: Ints
    watched: Flags
    detection: Floats
    yearly: Floats
    one_off: Floats
    npv: Floats

    def take(self, rows: Flags) -> GroupCosts:
        """Return the costs of some groups, by a mask."""
        return GroupCosts(
            site=self.site[rows],
            cameras=self.cameras[rows],
            posts=self.posts[rows],
            link_km=self.link_km[rows],
            moved=self.moved[rows],
            watched=self.watched[rows],
            detection=self.detection[rows],
            yearly=self.yearly[:, rows],
            one_off=self.one_off[:, rows],
            npv=self.npv[rows],
        )

    def frame(self, groups: Groups) -> pd.DataFrame:
        """Show the table with members, site, quantities and every cost line, one row a group."""
        codes = np.asarray([*groups.codes, ""], dtype=object)
        columns: dict[str, object] = {
            "members": [" ".join(groups.members(row)) for row in range(len(groups))],
            "site_code": codes[self.site],
            "cameras": self.cameras,
            "posts": self.posts,
            "link_km": self.link_km,
            "boroughs_moved": self.moved,
            "detection_share": self.detection,
        }
        columns |= {f"{name}_gbp_per_year": self.yearly[i] for i, name in enumerate(YEARLY_LINES)}
        columns |= {f"{name}_gbp_once": self.one_off[i] for i, name in enumerate(ONE_OFF_LINES)}
        columns["npv_gbp"] = self.npv
        return pd.DataFrame(columns)


def cost_groups(groups: Groups, pricing: Pricing, *, fixed_sites: Ints | None = None) -> GroupCosts:
    """Cost every group at its best allowed site, line by line.

    Parameters
    ----------
    groups
        The groups.
    pricing
        What they are costed with.
    fixed_sites
        Site of each group, instead of the cheapest. Shape ``(groups,)``.

    Returns
    -------
    GroupCosts
    """
    found = [_costs(block, pricing) for block in _blocks(groups, pricing.places, fixed_sites)]
    return GroupCosts(
        site=np.concatenate([block.site for block in found]),
        cameras=np.concatenate([block.cameras for block in found]),
        posts=np.concatenate([block.posts for block in found]),
        link_km=np.concatenate([block.link_km for block in found]),
        moved=np.concatenate([block.moved for block in found]),
        watched=np.concatenate([block.watched for block in found]),
        detection=np.concatenate([block.detection for block in found]),
        yearly=np.concatenate([block.yearly for block in found], axis=1),
        one_off=np.concatenate([block.one_off for block in found], axis=1),
        npv=np.concatenate([block.npv for block in found]),
    )


def cost_matrix(
    groups: Groups, pricings: Sequence[Pricing], *, fixed_sites: Ints | None = None
) -> Floats:
    """Cost every group under many pricings: draws of coefficients, cameras and local levels.

    Parameters
    ----------
    groups
        The groups.
    pricings
        One a draw; their places must agree on ``room_today`` and ``monitored``.
    fixed_sites
        Site of each group, instead of the cheapest. Shape ``(groups,)``.

    Returns
    -------
    ndarray
        Net present cost of each group at its best allowed site, infinite where there is none; shape
        ``(draws, groups)``. A row equals ``cost_groups(groups, pricing).npv``.

    Raises
    ------
    ValueError
        If the pricings do not agree on today.
    """
    out = np.empty((len(pricings), len(groups)))
    if not pricings:
        return out
    first = pricings[0].places
    for pricing in pricings:
        same = np.array_equal(pricing.places.room_today, first.room_today)
        if not same or not np.array_equal(pricing.places.monitored, first.monitored):
            raise ValueError("the draws must agree on the rooms of today")
    start = 0
    for block in _blocks(groups, first, fixed_sites):
        rows = slice(start, start + len(block.groups))
        # One draw at a time: a draw is a few products over all groups, and all draws at once would
        # hold draws x groups x sites numbers.
        for draw, pricing in enumerate(pricings):
            out[draw, rows] = _choose_site(block, pricing)[1]
        start += len(block.groups)
    return out


def sited_matrix(groups: Groups, pricings: Sequence[Pricing]) -> tuple[Floats, Ints]:
    """Cost every group under many pricings at one site: that of least mean cost over them.

    A room has to be built before anybody knows which draw comes true, so it stands at the same
    site in all of them.

    Parameters
    ----------
    groups, pricings
        As in :func:`cost_matrix`; at least one pricing.

    Returns
    -------
    tuple of ndarray
        Net present cost, shape ``(draws, groups)``, infinite where no site is allowed; and the
        position of each group's site, -1 where none is.
    """
    costs, sites = np.empty((len(pricings), len(groups))), np.empty(len(groups), dtype=np.int64)
    pairs = max(1.0, float(groups.sizes().mean())) if len(groups) else 1.0
    size = max(1, int(PAIRS_HELD / (pairs * len(pricings))))
    start = 0
    for block in _blocks(groups, pricings[0].places, None, size=size):
        rows = slice(start, start + len(block.groups))
        start = rows.stop
        if not len(block.groups):
            continue
        totals = np.stack([_pair_costs(block, pricing) for pricing in pricings])
        chosen, _ = _cheapest(block, totals.mean(axis=0))
        costs[:, rows] = totals[:, chosen]
        sites[rows] = np.where(np.isfinite(costs[0, rows]), block.site[chosen], -1)
    return costs, sites


class _Block:
    """Some groups and the sites in question for each, with what does not depend on money.

    A pair is a group and a site: each group with each of its members' sites, or with its given one.
    """

    def __init__(self, groups: Groups, places: Places, fixed_sites: Ints | None) -> None:
        self.groups = groups
        inside = groups.matrix() == 1
        if fixed_sites is None:
            self.row, self.site = np.nonzero(inside)
        else:
            self.row, self.site = np.arange(len(groups)), fixed_sites
        self.inside = inside[self.row, self.site]
        self.starts = np.searchsorted(self.row, np.arange(len(groups)))
        self.packed = groups.packed[self.row]
        self.watched = (groups.sums(places.monitored.astype(np.float64)) > 0) | (groups.sizes() > 1)
        self.staffed = self.watched[self.row]
        self.places = places
        self.moved = self.sums(places.moves.astype(np.float64))
        self.changes = self.moved > 0

    @cached_property
    def km(self) -> Floats:
        """Length of each pair's links."""
        return self.sums(self.places.km)

    def sums(self, weights: Floats) -> Floats:
        """Sum over each pair's members the weights towards its site; ``(areas, sites)`` weights.

        By tables of 256 entries a byte, as :meth:`Groups.sums`: a group's sum does not depend on
        which other groups are summed with it, as it may in a matrix product.
        """
        total = np.zeros(len(self.row))
        for byte, first in enumerate(range(0, len(weights), 8)):
            table = np.zeros((1, weights.shape[1]))
            for row in weights[first : first + 8]:
                table = np.concatenate([table, table + row])
            total += table[self.packed[:, byte], self.site]
        return total

    def posts(self, pricing: Pricing) -> Ints:
        """Return the posts of each group."""
        needed = posts_needed(self.groups.sums(pricing.places.cameras), pricing.rate)
        return np.where(self.watched, needed, 0)

    def value(self, amount: Amount, posts: Ints, cameras: Floats) -> Floats:
        """Return an amount for each pair, from the posts and cameras of each group."""
        if isinstance(amount, OfRoom):
            return amount.amount(cameras, posts.astype(np.float64))[self.row]
        if isinstance(amount, Largest):
            most = np.maximum.reduce([self.value(form, posts, cameras) for form in amount.forms])
            return np.where(most > PENNY_SHARE, most, 0.0)
        room, change, post, member = amount.parts(len(self.groups.codes))
        if (member == member[:, :1]).all():
            total = self.groups.sums(member[:, 0])[self.row] if member.any() else 0.0
        else:
            total = self.sums(member)
        total = total + np.where(self.staffed, room[self.site], 0.0)
        total += np.where(self.changes, change[self.site], 0.0)
        return total + posts[self.row] * post[self.site]


def _blocks(
    groups: Groups, places: Places, fixed_sites: Ints | None, *, size: int = BLOCK_ROWS
) -> Iterator[_Block]:
    for start in range(0, max(len(groups), 1), size):
        rows = np.arange(start, min(start + size, len(groups)))
        yield _Block(groups.take(rows), places, None if fixed_sites is None else fixed_sites[rows])


def _choose_site(block: _Block, pricing: Pricing) -> tuple[Ints, Floats]:
    """Return each group's cheapest allowed pair, and its cost: infinite where none is allowed."""
    if not len(block.groups):
        return np.empty(0, dtype=np.int64), np.empty(0)
    return _cheapest(block, _pair_costs(block, pricing))


def _pair_costs(block: _Block, pricing: Pricing) -> Floats:
    """Return the cost of each pair, infinite where it is not allowed."""
    posts, cameras = block.posts(pricing), block.groups.sums(pricing.places.cameras)
    form, others = pricing.weighted
    total = block.value(form, posts, cameras)
    for other in others:
        total += block.value(other, posts, cameras)
    total[~(block.inside & _allowed(block, pricing))] = np.inf
    return total


def _cheapest(block: _Block, total: Floats) -> tuple[Ints, Floats]:
    """Return each group's cheapest pair and its cost.

    Of several, the one that moves fewest areas, then the one with the shortest links, then the
    first.
    """
    npv = np.minimum.reduceat(total, block.starts)
    first = np.flatnonzero(total == npv[block.row])
    if len(first) > len(block.groups):
        further = (block.km[first], block.moved[first], block.row[first])
        first = first[np.lexsort(further)]
    chosen = first[np.searchsorted(block.row[first], np.arange(len(block.groups)))]
    return chosen, npv


def _allowed(block: _Block, pricing: Pricing) -> Flags:
    """Whether the scenario lets each pair's room stand at its site."""
    n, km = len(block.groups.codes), pricing.places.km
    allowed = np.ones(len(block.row), dtype=bool)
    if pricing.may_host is not None:
        allowed &= pricing.may_host[block.site]
    if pricing.pinned:
        is_pin = np.isin(np.arange(n), sorted(pricing.pinned)).astype(np.float64)
        allowed &= block.groups.sums(is_pin)[block.row] == is_pin[block.site]
    too_far = (km > pricing.max_link_km + 1e-9) & ~np.eye(n, dtype=bool)
    if too_far.any():
        allowed &= block.sums(too_far.astype(np.float64)) == 0
    return allowed


def _costs(block: _Block, pricing: Pricing) -> GroupCosts:
    groups, places = block.groups, pricing.places
    pair, npv = _choose_site(block, pricing)
    posts, cameras = block.posts(pricing), groups.sums(places.cameras)
    here = _Block(groups, places, block.site[pair])
    yearly: list[Floats] = []
    one_off: list[Floats] = []
    bias_line = np.zeros(len(groups))
    for term, amount, bias in zip(TERMS, pricing.amounts(), pricing.biases(), strict=True):
        line = here.value(amount, posts, cameras)
        (yearly if term.when == "per_year" else one_off).append(line)
        bias_line = bias_line + bias * line
    monitors = monitors_per_operator(
        cameras,
        posts,
        shown_share=pricing.rate.shown_at_once_share,
        pictures_per_monitor=pricing.rate.pictures_per_monitor,
    )
    return GroupCosts(
        site=np.where(np.isfinite(npv), here.site, -1),
        cameras=cameras,
        posts=posts,
        link_km=np.where(np.isfinite(npv), here.sums(places.km), 0.0),
        moved=here.moved.astype(np.int64),
        watched=here.watched,
        detection=np.where(posts > 0, detection_at(monitors), 0.0),
        yearly=np.stack(yearly),
        one_off=np.stack([*one_off, bias_line]),
        npv=npv,
    )
