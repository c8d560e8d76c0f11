"""What the cost of rooms knows of the areas: cameras, sites, distances, and the rooms of today."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimisation.costs.rates import Rates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The areas as arrays in one order.

    Parameters
    ----------
    cameras
        Public-space cameras, shape ``(areas,)``.
    km
        Distance from each area's site (rows) to each site (columns), shape ``(areas, areas)``.
    has_room
        Whether the area's site has a room that can be enlarged, shape ``(areas,)``.
    room_today
        Position of the area whose room serves it today, its own where it has one. Shape
        ``(areas,)``.
    monitored
        Whether anyone watches the area's cameras today; an area that nobody watches has no posts
        and its own position in ``room_today``. Shape ``(areas,)``.
    exit_gbp
        Cost of ending the area's contracts and lease when it leaves its present arrangement.
    lease_gbp_per_year
        Rent of a room on the area's site.
    crimes_per_year
        Recorded crimes whose officers' ways are counted; all 0 unless the scenario counts police
        time. Shape ``(areas,)``.
    pay_factor, rent_factor, circuit_factor
        Local level of pay and of rent (by the site of the room) and of circuits (by the area of the
        camera), 1 for the coefficient as it is. Shape ``(areas,)``.
    """

    cameras: Floats
    km: Floats
    has_room: Flags
    room_today: Ints
    monitored: Flags
    exit_gbp: Floats
    lease_gbp_per_year: Floats
    crimes_per_year: Floats
    pay_factor: Floats
    rent_factor: Floats
    circuit_factor: Floats

    @property
    def moves(self) -> Flags:
        """Whether serving an area (rows) from a site (columns) is a change from today."""
        return self.room_today[:, None] != np.arange(len(self.cameras))[None, :]

    @property
    def own_room(self) -> Flags:
        """Whether an area has a room of its own today."""
        return self.monitored & (self.room_today == np.arange(len(self.cameras)))

    @property
    def watched_cameras(self) -> Floats:
        """Cameras that somebody watches today: no plan watches fewer."""
        return np.where(self.monitored, self.cameras, 0.0)

    def least_posts(self, rate: Rates) -> int:
        """Return the posts that no plan can do without: one room for all that is watched today."""
        if not self.monitored.any():
            return 0
        return int(posts_needed(np.array([self.watched_cameras.sum()]), rate)[0])

    def load_today(self) -> Floats:
        """Count the cameras watched in each area's own room today."""
        load: Floats = np.bincount(  # type: ignore[assignment]
            self.room_today, weights=self.watched_cameras, minlength=len(self.cameras)
        )
        return load

    def posts_today(self, rate: Rates) -> Ints:
        """Operators on duty in each area's own room today, 0 where there is none."""
        return np.where(self.own_room, posts_needed(self.load_today(), rate), 0)

    def posts_before(self, rate: Rates) -> Floats:
        """Return each area's share of the posts of the room that serves it today, by cameras.

        Where a room of today watches no camera at all, its host has all of its posts.
        """
        watched = self.watched_cameras
        load = self.load_today()[self.room_today]
        share = np.divide(watched, load, out=self.own_room.astype(np.float64), where=load > 0)
        return self.posts_today(rate)[self.room_today].astype(np.float64) * share


def posts_needed(cameras: Floats, rate: Rates) -> Ints:
    """Operators on duty for a number of cameras in one room, a whole number."""
    # A load that is a whole multiple must not gain a post through rounding in the last digit.
    needed = np.ceil(cameras / rate.cameras_per_operator - 1e-9)
    return np.maximum(np.ceil(rate.min_posts_per_room), needed).astype(np.int64)
