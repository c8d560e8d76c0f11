"""The costs of groups and plans in every draw of what is not known.

A draw holds one value of each uncertain coefficient, one count of each borough's cameras, and one
local level of pay, rent and circuits in each borough (:mod:`optimisation.costs.draws`,
:mod:`optimisation.costs.local_draws`). All groups and plans meet the same draws. A room stands at
one site in all of them, and changes are spread evenly over the years of building, so a group's cost
is that of today's rooms until then and of the new room from then on. The scenario's
limits are checked at the values as stated, so which groups are allowed does not change with the
draw; where drawn cameras exceed a room's capacity, the excess is priced
(:mod:`optimisation.costs.overflow`) and its share of draws is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimisation.costs.coefficients import values
from optimisation.costs.draws import Distribution, draw_coefficients, uncertain_coefficients
from optimisation.costs.local_draws import draw_counts, draw_local_levels
from optimisation.costs.overflow import overflow_cost
from optimisation.costs.rooms import Pricing, cost_matrix, sited_matrix
from optimisation.group_table import Setting
from optimisation.search.groups import Groups

Floats = NDArray[np.float64]
Sited = Mapping[str, tuple[str, ...]]
"""A plan: the codes that each room serves, sorted, by the code of the borough it stands in."""

UNSEEN = 104_729
"""Added to the seed for draws that chose no plan; a prime, so streams of near seeds do not meet."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Draws of everything that is uncertain.

    Parameters
    ----------
    coefficients
        One row a draw, one column a coefficient.
    counts
        One row a draw, one column a borough in play, in the setting's order.
    factors
        Local levels by the name of the places' factor, shape ``(draws, boroughs)``.
    seed
        Start of the random numbers.
    """

    coefficients: pd.DataFrame
    counts: pd.DataFrame
    factors: dict[str, Floats]
    seed: int

    def __len__(self) -> int:
        return len(self.coefficients)

    @property
    def drawn_counts(self) -> pd.DataFrame:
        """The counts that are not the same in every draw."""
        return self.counts.loc[:, self.counts.max() > self.counts.min()]


def draw_all(
    setting: Setting,
    *,
    draws: int,
    seed: int,
    counts: bool = True,
    local: bool = True,
    distribution: Distribution = "pert",
    names: Sequence[str] | None = None,
) -> Draws:
    """Draw coefficients, counts and local levels.

    Parameters
    ----------
    setting
        The scenario on its territory.
    draws, seed, distribution, names
        As in :mod:`optimisation.costs.draws`.
    counts, local
        Whether camera counts, and local levels, are drawn.
    """
    scenario = setting.scenario
    uncertain = uncertain_coefficients(scenario, names=names)
    if setting.by_road:
        uncertain = tuple(item for item in uncertain if item.name != "detour_factor")
    frame = draw_coefficients(uncertain, draws=draws, seed=seed, distribution=distribution)
    factors: dict[str, Floats] = {}
    if local:
        share = values(["local_level_share"], scenario.coefficients)["local_level_share"]
        frame, factors = draw_local_levels(
            setting.codes, uncertain, frame, seed=seed, share=share, distribution=distribution
        )
    if counts:
        drawn = draw_counts(
            setting.boroughs, draws=draws, seed=seed, coefficients=scenario.coefficients
        )
    else:
        drawn = pd.DataFrame(
            np.tile(setting.places.cameras, (draws, 1)), frame.index, list(setting.codes)
        )
    return Draws(frame, drawn, factors, seed)


class DrawnCosts:
    """A setting in every draw: what groups and plans cost there.

    Parameters
    ----------
    setting
        The scenario on its territory.
    draws
        From :func:`draw_all`.
    """

    def __init__(self, setting: Setting, draws: Draws) -> None:
        self.setting, self.draws = setting, draws

    def __len__(self) -> int:
        return len(self.draws)

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """The setting of each draw."""
        rows = self.draws.coefficients.to_dict("records")
        counts = self.draws.counts.to_numpy()
        found = []
        for k, row in enumerate(rows):
            own = {str(name): float(v) for name, v in row.items() if name != "detour_factor"}
            places = replace(
                self.setting.places,
                cameras=counts[k],
                **{name: factor[k] for name, factor in self.draws.factors.items()},
            )
            factor = float(row.get("detour_factor", self.setting.detour_factor))
            if factor != self.setting.detour_factor:
                places = replace(places, km=places.km * (factor / self.setting.detour_factor))
            found.append(
                replace(
                    self.setting,
                    rate=self.setting.rate.changed(**own),
                    places=places,
                    detour_factor=factor,
                )
            )
        return tuple(found)

    def pricings(self, *, allowed: bool = True) -> list[Pricing]:
        """Return what groups are costed with in each draw, at allowed sites or at any."""
        if not allowed:
            return [setting.pricing for setting in self.settings]
        stated = self.setting.detour_factor
        return [
            # A site is near enough by the distances as stated, whatever the draw makes of them.
            replace(
                setting.allowed_pricing,
                max_link_km=setting.max_link_km * (setting.detour_factor / stated),
            )
            for setting in self.settings
        ]

    @cached_property
    def running_today(self) -> Floats:
        """Yearly cost of each borough's part of its room of today, ``(draws, boroughs)``."""
        setting, today = self.setting, self.setting.today
        groups = Groups.from_members(setting.codes, list(today.values()))
        sites = np.asarray(setting.positions(today), dtype=np.int64)
        yearly = [replace(pricing, annuity_factor=1.0) for pricing in self.pricings(allowed=False)]
        # A room that is kept has no one-off cost.
        rooms = cost_matrix(groups, yearly, fixed_sites=sites)
        inside = groups.matrix().astype(np.float64)
        weight = inside * setting.places.cameras
        weight = np.where(weight.sum(axis=1, keepdims=True) > 0, weight, inside)
        found: Floats = rooms @ (weight / weight.sum(axis=1, keepdims=True))
        return found

    def sited(self, groups: Groups) -> tuple[Floats, NDArray[np.int64]]:
        """Cost each group at the allowed site of least mean cost over the draws.

        Returns
        -------
        tuple of ndarray
            As :meth:`matrix`, and the position of each group's site; -1 and an infinite cost
            where the scenario allows none.
        """
        costs, sites = sited_matrix(groups, self._paced(self.pricings()))
        return self._as_built(groups, sites, costs), sites

    def matrix(self, groups: Groups, sites: NDArray[np.int64]) -> Floats:
        """Net present cost of each group in each draw as it would be built.

        Parameters
        ----------
        groups
            The groups.
        sites
            Position of the site of each, allowed or not.

        Returns
        -------
        ndarray
            Shape ``(draws, groups)``: today's rooms run on until the group changes, which is spread
            evenly over the scenario's years of building (:class:`optimisation.costs.rates.Pace`).
        """
        costs = cost_matrix(groups, self._free, fixed_sites=sites)
        return self._as_built(groups, sites, costs)

    @cached_property
    def _free(self) -> list[Pricing]:
        return self._paced(self.pricings(allowed=False))

    def _paced(self, pricings: Sequence[Pricing]) -> list[Pricing]:
        """Weigh a year's cost against a one-off one as the years of building do."""
        pace = self.setting.scenario.pace
        return [replace(each, annuity_factor=pace.after / pace.once) for each in pricings]

    def _as_built(self, groups: Groups, sites: NDArray[np.int64], costs: Floats) -> Floats:
        """Add what does not fit in a new room, and today's rooms until the change."""
        capacity, pace = self.setting.capacity, self.setting.scenario.pace
        new = ~self._kept(groups, sites)
        for k, setting in enumerate(self.settings if np.isfinite(capacity) else ()):
            cameras = groups.sums(setting.places.cameras)
            extra = overflow_cost(cameras, capacity, setting.rate, pace.after / pace.once)
            costs[k] += np.where(new, extra, 0.0)
        costs *= pace.once
        if pace.before:
            for k, own in enumerate(self.running_today):
                costs[k] += pace.before * groups.sums(own)
        return costs

    def _kept(self, groups: Groups, sites: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each group is a room of today where it is: that one holds what it holds."""
        today = self.setting.today
        rooms = Groups.from_members(self.setting.codes, list(today.values())).packed
        known = {
            (row.tobytes(), host)
            for row, host in zip(rooms, self.setting.positions(today), strict=True)
        }
        pairs = zip(groups.packed, sites.tolist(), strict=True)
        return np.array([(row.tobytes(), site) in known for row, site in pairs], dtype=bool)

    def overflow_share(self, groups: Groups) -> Floats:
        """Share of the draws in which each group has more cameras than a room holds."""
        capacity = self.setting.capacity
        total = np.zeros(len(groups))
        for row in self.draws.counts.to_numpy():
            total += groups.sums(row) > capacity * (1 + 1e-9)
        return total / len(self.draws)

    def plans(self, plans: Iterable[Sited]) -> Floats:
        """Net present cost of plans in each draw as they would be built, ``(draws, plans)``."""
        given = [tuple(plan.items()) for plan in plans]
        unique = sorted({room for plan in given for room in plan})
        groups = Groups.from_members(self.setting.codes, [members for _, members in unique])
        sites = np.asarray(self.setting.positions(site for site, _ in unique), dtype=np.int64)
        costs = self.matrix(groups, sites)
        place = {room: k for k, room in enumerate(unique)}
        # Summed plan by plan: a plan's cost must not depend on which others are costed with it.
        return np.stack(
            [costs[:, sorted(place[room] for room in plan)].sum(axis=1) for plan in given], axis=1
        )
