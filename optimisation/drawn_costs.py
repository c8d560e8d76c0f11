"""The costs of groups and plans in every draw of what is not known.

A draw holds one value of each uncertain coefficient, one count of each borough's cameras, and one
local level of pay, rent and circuits in each borough (:mod:`optimisation.costs.draws`,
:mod:`optimisation.costs.local_draws`). All groups and plans meet the same draws. The scenario's
limits are checked at the values as stated, so which groups are allowed does not change with the
draw; where drawn cameras exceed a room's capacity, the excess is priced
(:mod:`optimisation.costs.overflow`) and its share of draws is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimisation.costs.coefficients import values
from optimisation.costs.draws import Distribution, draw_coefficients, uncertain_coefficients
from optimisation.costs.local_draws import draw_counts, draw_local_levels
from optimisation.costs.overflow import overflow_cost
from optimisation.costs.rooms import Pricing, cost_matrix
from optimisation.group_table import Setting
from optimisation.search.groups import Groups

Floats = NDArray[np.float64]
Partition = tuple[tuple[str, ...], ...]

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

    def matrix(self, groups: Groups, *, allowed: bool = True) -> Floats:
        """Net present cost of each group in each draw, shape ``(draws, groups)``.

        Parameters
        ----------
        groups
            The groups.
        allowed
            Whether only the scenario's sites count; a group without one costs infinity.
        """
        found = cost_matrix(groups, self.pricings(allowed=allowed))
        capacity = self.setting.capacity
        if np.isfinite(capacity):
            for k, setting in enumerate(self.settings):
                cameras = groups.sums(setting.places.cameras)
                found[k] += overflow_cost(cameras, capacity, setting.rate, setting.annuity_factor)
        return found

    def overflow_share(self, groups: Groups) -> Floats:
        """Share of the draws in which each group has more cameras than a room holds."""
        capacity = self.setting.capacity
        total = np.zeros(len(groups))
        for row in self.draws.counts.to_numpy():
            total += groups.sums(row) > capacity * (1 + 1e-9)
        return total / len(self.draws)

    def plans(self, plans: Iterable[Partition]) -> Floats:
        """Net present cost of plans in each draw, shape ``(draws, plans)``.

        Each room stands at the cheapest of its allowed sites in each draw, or at the cheapest of
        all where none is allowed (in a reference plan that breaks the scenario's limits).
        """
        given = [tuple(plan) for plan in plans]
        unique = sorted({group for plan in given for group in plan})
        groups = Groups.from_members(self.setting.codes, unique)
        costs = self.matrix(groups)
        if not np.isfinite(costs).all():
            free = self.matrix(groups, allowed=False)
            costs = np.where(np.isfinite(costs), costs, free)
        place = {group: k for k, group in enumerate(unique)}
        uses = np.zeros((len(unique), len(given)))
        for k, plan in enumerate(given):
            uses[[place[group] for group in plan], k] = 1.0
        # Summed plan by plan: a plan's cost must not depend on which others are costed with it.
        return np.stack([costs[:, uses[:, k] > 0].sum(axis=1) for k in range(len(given))], axis=1)
