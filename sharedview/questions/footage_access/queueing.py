r"""How long people wait at a room with a few desks: Erlang's formulas, on arrays.

People arrive at random (Poisson) λ an hour and take a desk for S hours on average (exponential), so
that they offer a load of a = λS Erlang to s desks. First come, first served:

.. code-block:: text

    B(0, a) = 1,   B(s, a) = a·B(s−1, a) / (s + a·B(s−1, a))     all desks busy, nobody waits
    C(s, a) = s·B / (s − a·(1 − B)),                  a < s      an arrival has to wait
    W(s, a) = C·S / (s − a)                                      mean wait of all arrivals
    P(wait > t) = C·exp(−(s − a)·t / S)

B is Erlang's loss formula and C his delay formula (A. K. Erlang 1917). The recursion adds positive
numbers only, so it is stable for any load, where factorials overflow. With a >= s the queue grows
without end: no wait is returned then but not a number, and :func:`servers_to_cope` says how many
desks the load needs at least. A load that is not known gives results that are not known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MOST_SERVERS = 100_000


def erlang_b(load_erlang: ArrayLike, servers: ArrayLike) -> Floats:
    """Return the probability that all servers are busy where nobody waits (M/M/s/s).

    Parameters
    ----------
    load_erlang
        Offered load λS, at least 0; not a number where unknown.
    servers
        Number of servers, whole numbers of at least 0; shapes are broadcast.

    Returns
    -------
    ndarray
        From 0 to 1.

    Raises
    ------
    ValueError
        For a negative load, or servers that are no whole numbers from 0 to 100,000.

    Examples
    --------
    >>> erlang_b([10.0, 5.0], [15, 10]).round(4).tolist()
    [0.0365, 0.0184]
    """
    load, count = _checked(load_erlang, servers)
    # Kept flat, so that each round works on those with servers left only.
    flat, wanted = load.ravel(), count.ravel()
    blocking = np.where(np.isnan(flat), np.nan, 1.0)
    left = np.flatnonzero((wanted > 0) & ~np.isnan(flat))
    number = 0
    while left.size:
        number += 1
        offered = flat[left] * blocking[left]
        blocking[left] = offered / (number + offered)
        left = left[wanted[left] > number]
    return blocking.reshape(load.shape)


def erlang_c(load_erlang: ArrayLike, servers: ArrayLike) -> Floats:
    """Return the probability that an arrival has to wait (M/M/s).

    Parameters
    ----------
    load_erlang, servers
        As in :func:`erlang_b`.

    Returns
    -------
    ndarray
        From 0 to 1; not a number where the load is the servers' number or more.

    Raises
    ------
    ValueError
        As in :func:`erlang_b`.

    Examples
    --------
    >>> erlang_c(2.0, 3).round(4).item(), erlang_c(3.0, 3).item()
    (0.4444, nan)
    """
    load, count = _checked(load_erlang, servers)
    blocking = erlang_b(load, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        waiting = count * blocking / (count - load * (1 - blocking))
    return np.where(load < count, waiting, np.nan)


def mean_wait(load_erlang: ArrayLike, servers: ArrayLike, *, service_h: ArrayLike) -> Floats:
    """Return the mean wait of all arrivals, those who do not wait included.

    Parameters
    ----------
    load_erlang, servers
        As in :func:`erlang_b`.
    service_h
        Mean time at a server, in any unit of time; the wait has the same.

    Returns
    -------
    ndarray
        Not a number where the load is the servers' number or more.

    Raises
    ------
    ValueError
        As in :func:`erlang_b`.

    Examples
    --------
    >>> mean_wait(0.5, 1, service_h=1.0).item()  # M/M/1: a / (1 - a) of a service
    1.0
    """
    load, count = _checked(load_erlang, servers)
    service = np.asarray(service_h, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        wait = erlang_c(load, count) * service / (count - load)
    return np.where(load < count, wait, np.nan)


def wait_exceeds(
    load_erlang: ArrayLike, servers: ArrayLike, *, service_h: ArrayLike, limit_h: ArrayLike
) -> Floats:
    """Return the share of arrivals who wait longer than a limit.

    Parameters
    ----------
    load_erlang, servers, service_h
        As in :func:`mean_wait`.
    limit_h
        The limit, in the unit of ``service_h``.

    Returns
    -------
    ndarray
        Not a number where the load is the servers' number or more.

    Raises
    ------
    ValueError
        As in :func:`erlang_b`.

    Examples
    --------
    >>> wait_exceeds(2.0, 3, service_h=1.0, limit_h=0.0).round(4).item()
    0.4444
    """
    load, count = _checked(load_erlang, servers)
    service, limit = (np.asarray(each, dtype=np.float64) for each in (service_h, limit_h))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        share = erlang_c(load, count) * np.exp(-(count - load) * limit / service)
    return np.where(load < count, share, np.nan)


def servers_to_cope(load_erlang: ArrayLike) -> Floats:
    """Return the fewest servers at which a queue does not grow without end.

    Parameters
    ----------
    load_erlang
        Offered load, at least 0; not a number where unknown.

    Returns
    -------
    ndarray
        Whole numbers of at least 1, the smallest above the load.

    Raises
    ------
    ValueError
        For a negative load.

    Examples
    --------
    >>> servers_to_cope([0.0, 0.9, 3.0]).tolist()
    [1.0, 1.0, 4.0]
    """
    load, _ = _checked(load_erlang, 0)
    return np.asarray(np.floor(load) + 1.0)


def servers_for_wait(
    load_erlang: ArrayLike, *, service_h: ArrayLike, target_h: ArrayLike
) -> Floats:
    """Return the fewest servers with which the mean wait meets a target.

    Parameters
    ----------
    load_erlang, service_h
        As in :func:`mean_wait`.
    target_h
        Longest mean wait, above 0, in the unit of ``service_h``.

    Returns
    -------
    ndarray
        Whole numbers of at least 1; not a number where the load is unknown.

    Raises
    ------
    ValueError
        For a negative load, a target that is not above 0, or a load beyond 100,000 servers.

    Examples
    --------
    >>> servers_for_wait([0.5, 5.0], service_h=1.0, target_h=0.25).tolist()
    [2.0, 7.0]
    """
    load, _ = _checked(load_erlang, 0)
    arrays = np.broadcast_arrays(load, np.asarray(service_h, float), np.asarray(target_h, float))
    flat, service, target = (np.ravel(each) for each in arrays)
    if (target[~np.isnan(target)] <= 0).any():
        raise ValueError("a target for the mean wait must be above 0")
    enough = np.full(flat.shape, np.nan)
    blocking = np.ones(flat.shape)
    left = np.flatnonzero(np.isfinite(flat) & ~np.isnan(service) & ~np.isnan(target))
    number = 0
    while left.size:
        number += 1
        if number > MOST_SERVERS:
            raise ValueError(f"the load needs more than {MOST_SERVERS:,} servers")
        offered = flat[left] * blocking[left]
        blocking[left] = offered / (number + offered)
        # C·S / (s − a) with C from B, written without a division that could be by nothing.
        spare = number - flat[left]
        queueing = number * blocking[left] * service[left]
        free = spare * (number - flat[left] * (1 - blocking[left]))
        met = (spare > 0) & (queueing <= target[left] * free)
        enough[left[met]] = number
        left = left[~met]
    return enough.reshape(arrays[0].shape)


def _checked(load_erlang: ArrayLike, servers: ArrayLike) -> tuple[Floats, Floats]:
    """Return loads and servers in one shape."""
    load = np.asarray(load_erlang, dtype=np.float64)
    count = np.asarray(servers, dtype=np.float64)
    if (load[~np.isnan(load)] < 0).any() or np.isinf(load).any():
        raise ValueError("a load must be a finite number of at least 0")
    if not ((count >= 0) & (count == np.floor(count)) & (count <= MOST_SERVERS)).all():
        raise ValueError(f"servers must be whole numbers from 0 to {MOST_SERVERS:,}")
    load, count = np.broadcast_arrays(load, count)
    return load, count
