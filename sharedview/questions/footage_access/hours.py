r"""Officer hours to obtain footage under one layout of rooms: the arithmetic, on arrays.

For borough i with n_i recorded crimes a year, served by room r at a mean distance of km_i from its
police bases, a year takes

.. code-block:: text

    requests_i = n_i · request_share
    remote_i   = requests_i · remote_share
    at_room_i  = requests_i − remote_i
    visits_i   = at_room_i · (1 − embedded_share) / crimes_per_visit
    hours_i    = visits_i · 2·km_i / km_per_h            travel, there and back
               + visits_i · W_r                          waiting for a desk
               + at_room_i · viewing_h                   finding and exporting at the room
               + remote_i · remote_h                     handling from afar

embedded_share is 0 unless police are posted in the rooms; those officers view footage without a way
to go, and wait for a desk at other work. A room's desks are taken by people and by requests from
afar alike, so in its busy hours

.. code-block:: text

    arrivals_r = Σ_i (at_room_i / crimes_per_visit + remote_i)
    desk_h_r   = Σ_i (at_room_i · viewing_h + remote_i · remote_desk_h)
    S_r        = desk_h_r / arrivals_r
    a_r        = peak_factor · desk_h_r / open_h          load in Erlang
    s_r        = max(desks_per_room, ⌈cameras_r / cameras_per_desk⌉)
    W_r        = C(s_r, a_r) · S_r / (s_r − a_r)          (Erlang C of ``queueing``)

Where a_r >= s_r the room cannot cope, and a little below that waits are so long that nobody would
stand them. How many desks rooms have is not known, so hours are counted with as many as it takes:
s_r, or more where the mean wait would pass the target. The desks added are counted and reported.
With ``to_target=False`` desks are added only to rooms that cannot cope, up to the target.

A borough without a known number of crimes has no hours and adds nothing to its room's load, so that
this room's load is too low; it is counted as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sharedview.questions.footage_access.queueing import mean_wait, servers_for_wait

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PREFIX = "footage_"


@dataclass(frozen=True, slots=True, eq=False)
class FootageRates:
    """The coefficients, named as in ``data/facts/coefficients.csv`` after ``footage_``.

    Each is an array of shape ``(draws, 1)``.

    Parameters
    ----------
    request_share
        Share of recorded crimes for which footage is asked for.
    crimes_per_visit
        Crimes whose footage one visit collects.
    remote_share
        Share of requests met without a visit.
    viewing_h_per_crime
        Officer and desk hours to find and export footage at the room.
    remote_h_per_crime
        Officer hours for a request from afar.
    remote_desk_h_per_crime
        Desk hours for it.
    travel_km_per_h
        Speed from door to door.
    officer_gbp_per_h
        Cost of an officer's hour.
    open_h_per_year
        Hours a year in which rooms serve officers.
    peak_factor
        Arrivals in busy hours by mean arrivals.
    desks_per_room
        Fewest desks in a room; rounded.
    cameras_per_desk
        Cameras for which a room has one desk.
    wait_target_h
        Longest mean wait that desks are planned for.
    embedded_share
        Share of visits that police in the room make needless.
    embedded_posts_per_room
        Police posts in each room.
    """

    request_share: Floats
    crimes_per_visit: Floats
    remote_share: Floats
    viewing_h_per_crime: Floats
    remote_h_per_crime: Floats
    remote_desk_h_per_crime: Floats
    travel_km_per_h: Floats
    officer_gbp_per_h: Floats
    open_h_per_year: Floats
    peak_factor: Floats
    desks_per_room: Floats
    cameras_per_desk: Floats
    wait_target_h: Floats
    embedded_share: Floats
    embedded_posts_per_room: Floats

    def with_remote_share(self, share: ArrayLike) -> FootageRates:
        """Return the same with other shares met from afar, each a row."""
        rows = np.asarray(share, dtype=np.float64).reshape(-1, 1)
        return replace(self, remote_share=rows)


RATE_NAMES = tuple(PREFIX + field.name for field in fields(FootageRates))


def footage_rates(values: Mapping[str, ArrayLike]) -> FootageRates:
    """Put coefficients by name into arrays of one column.

    Parameters
    ----------
    values
        For each of ``RATE_NAMES`` a number, or one number a draw.

    Returns
    -------
    FootageRates
        Shares of draws are held at 1 at most and desks at 1 at least.

    Examples
    --------
    >>> from optimisation.costs.coefficients import values
    >>> footage_rates(values(RATE_NAMES)).peak_factor.tolist()
    [[1.5]]
    """
    columns = {}
    for field in fields(FootageRates):
        column = np.atleast_1d(np.asarray(values[PREFIX + field.name], dtype=np.float64))
        if field.name.endswith("_share"):
            column = np.minimum(column, 1.0)
        if field.name == "desks_per_room":
            column = np.maximum(np.rint(column), 1.0)
        columns[field.name] = column[:, None]
    return FootageRates(**columns)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Which room serves each borough, and how far it is.

    Parameters
    ----------
    room
        Position of each borough's room among the rooms, shape ``(boroughs,)``.
    km
        Mean distance from each borough's police bases to its room, shape ``(boroughs,)`` or
        ``(draws, boroughs)``.
    rooms
        Number of rooms.
    """

    room: Ints
    km: Floats
    rooms: int

    def by_room(self, values: Floats) -> Floats:
        """Add up what is known of boroughs (last axis) by room."""
        belongs = (self.room[:, None] == np.arange(self.rooms)).astype(np.float64)
        return np.asarray(np.nan_to_num(values) @ belongs)


@dataclass(frozen=True, slots=True, eq=False)
class Queues:
    """Desks of each room and the wait for them; arrays of shape ``(draws, rooms)``.

    Parameters
    ----------
    arrivals
        People and requests a year.
    load_erlang
        Load in busy hours; not a number where no borough's crimes are known.
    service_h
        Mean time at a desk.
    desks
        Desks that the room has.
    desks_for_target
        Fewest desks that meet the target for the mean wait.
    wait_h
        Mean wait in busy hours with the desks it has; not a number where it cannot cope.
    counted_desks, counted_wait_h
        Desks with those added, and the mean wait with them: what hours are counted with.
    """

    arrivals: Floats
    load_erlang: Floats
    service_h: Floats
    desks: Floats
    desks_for_target: Floats
    wait_h: Floats
    counted_desks: Floats
    counted_wait_h: Floats

    @property
    def short(self) -> NDArray[np.bool_]:
        """Rooms that cannot cope with the desks they have."""
        return np.asarray(self.load_erlang >= self.desks)


@dataclass(frozen=True, slots=True, eq=False)
class OfficerHours:
    """A year of requests and the hours they take; arrays of shape ``(draws, boroughs)``.

    Parameters
    ----------
    requests, visits
        Numbers a year.
    travel_h, waiting_h, viewing_h, remote_h
        Officer hours a year.
    queues
        The rooms.
    """

    requests: Floats
    visits: Floats
    travel_h: Floats
    waiting_h: Floats
    viewing_h: Floats
    remote_h: Floats
    queues: Queues

    @property
    def officer_h(self) -> Floats:
        """All officer hours of each borough."""
        return self.travel_h + self.waiting_h + self.viewing_h + self.remote_h

    @property
    def total_h(self) -> Floats:
        """Officer hours of all boroughs whose crimes are known, shape ``(draws,)``."""
        return known_sum(self.officer_h)


def known_sum(values: Floats) -> Floats:
    """Add up what is known along the last axis; not a number where nothing is.

    Examples
    --------
    >>> known_sum(np.array([[1.0, np.nan], [np.nan, np.nan]])).tolist()
    [1.0, nan]
    """
    nothing = np.isnan(values).all(axis=-1)
    return np.where(nothing, np.nan, np.nansum(values, axis=-1))


def desks_of(cameras: Floats, rates: FootageRates) -> Floats:
    """Return the desks of rooms by their cameras, shape ``(draws, rooms)``."""
    # A whole multiple must not gain a desk through rounding in the last digit.
    by_cameras = np.ceil(cameras / rates.cameras_per_desk - 1e-9)
    return np.asarray(np.maximum(rates.desks_per_room, by_cameras))


def officer_hours(
    crimes: Floats,
    cameras: Floats,
    *,
    layout: Layout,
    rates: FootageRates,
    embedded: bool = False,
    desks: Floats | None = None,
    to_target: bool = True,
) -> OfficerHours:
    """Return the hours of a year under a layout of rooms.

    Parameters
    ----------
    crimes
        Recorded crimes a year of each borough; not a number where unknown. Shape ``(boroughs,)``.
    cameras
        Public-space cameras of each borough, which set the desks. Shape ``(boroughs,)``.
    layout
        Rooms and distances.
    rates
        The coefficients.
    embedded
        Whether police are posted in the rooms.
    desks
        Desks of each room, shape ``(rooms,)`` or ``(draws, rooms)``; by cameras if None.
    to_target
        Whether desks are added wherever the mean wait would pass the target, not only to rooms
        that cannot cope.

    Returns
    -------
    OfficerHours

    Examples
    --------
    >>> from optimisation.costs.coefficients import values
    >>> layout = Layout(np.array([0, 0]), np.array([0.0, 10.0]), 1)
    >>> year = officer_hours(
    ...     np.array([24_000.0, 24_000.0]),
    ...     np.array([300.0, 200.0]),
    ...     layout=layout,
    ...     rates=footage_rates(values(RATE_NAMES)),
    ... )
    >>> year.visits.tolist(), year.travel_h.tolist()  # 1,200 requests · 0.7 / 1.2; 20 km at 20
    ([[700.0, 700.0]], [[0.0, 700.0]])
    """
    requests = crimes[None, :] * rates.request_share
    remote = requests * rates.remote_share
    at_room = requests - remote
    stays = 1.0 - rates.embedded_share if embedded else np.ones_like(rates.embedded_share)
    visits = at_room * stays / rates.crimes_per_visit
    queues = _queues(
        layout,
        rates,
        arrivals=at_room / rates.crimes_per_visit + remote,
        desk_h=at_room * rates.viewing_h_per_crime + remote * rates.remote_desk_h_per_crime,
        desks=desks_of(layout.by_room(cameras[None, :]), rates) if desks is None else desks,
        to_target=to_target,
    )
    return OfficerHours(
        requests=requests,
        visits=visits,
        travel_h=visits * 2.0 * layout.km / rates.travel_km_per_h,
        waiting_h=visits * queues.counted_wait_h[:, layout.room],
        viewing_h=at_room * rates.viewing_h_per_crime,
        remote_h=remote * rates.remote_h_per_crime,
        queues=queues,
    )


def _queues(
    layout: Layout,
    rates: FootageRates,
    *,
    arrivals: Floats,
    desk_h: Floats,
    desks: Floats,
    to_target: bool,
) -> Queues:
    """Work out the wait at each room."""
    known = layout.by_room((~np.isnan(arrivals)).astype(np.float64)) > 0
    people = np.where(known, layout.by_room(arrivals), np.nan)
    hours = np.where(known, layout.by_room(desk_h), np.nan)
    load = hours * rates.peak_factor / rates.open_h_per_year
    # Without arrivals nobody waits: any time at a desk will do.
    service = np.divide(hours, people, out=np.zeros_like(hours), where=people > 0)
    service = np.where(known, service, np.nan)
    held = np.array(np.broadcast_to(desks, load.shape), dtype=np.float64)
    enough = servers_for_wait(load, service_h=service, target_h=rates.wait_target_h)
    adds = (enough > held) if to_target else (load >= held)
    counted = np.where(adds, enough, held)
    return Queues(
        arrivals=people,
        load_erlang=load,
        service_h=service,
        desks=held,
        desks_for_target=enough,
        wait_h=mean_wait(load, held, service_h=service),
        counted_desks=counted,
        counted_wait_h=mean_wait(load, counted, service_h=service),
    )
