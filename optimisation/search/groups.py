"""The groups of boroughs that could share a control room, each exactly once.

A group is a set of areas, held as one row of packed bits, so a table of a million groups takes a
few megabytes and any additive quantity (cameras, dual prices, distances to a site) is summed for
all groups at once by looking up 256-entry tables, one for each byte of the row. Nothing limits the
number of areas to the width of a machine word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coverage_model.base.errors import Fault, InputError

MAX_GROUPS = 3_000_000
"""Groups the table may hold; beyond this its memory and time are out of proportion."""

VISITS_A_GROUP = 5
"""Groups that may be met, kept or not, for each that may be kept."""


class TooManyGroupsError(InputError):
    """The filters leave more groups than the table may hold."""

    def __init__(self, limit: int) -> None:
        fault = Fault(
            f"the scenario allows more than {limit:,} groups of boroughs",
            "Give a smaller room capacity, group size or link distance, or ask for contiguity",
        )
        super().__init__("scenario", [fault])
        self.limit = limit

    def __reduce__(self) -> tuple[object, ...]:
        """Say how it is made again, so that it crosses from one process to another whole."""
        return type(self), (self.limit,)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Sets of areas as rows of packed bits.

    Parameters
    ----------
    codes
        The areas' codes; bit ``i`` stands for ``codes[i]``.
    packed
        Shape ``(groups, ceil(areas / 8))``, dtype uint8, least significant bit first.

    Examples
    --------
    >>> groups = Groups.from_members(("a", "b", "c"), [["a"], ["c", "a"]])
    >>> groups.members(1), groups.sums([1.0, 10.0, 100.0]).tolist()
    (('a', 'c'), [1.0, 101.0])
    """

    codes: tuple[str, ...]
    packed: NDArray[np.uint8]

    @classmethod
    def from_masks(cls, codes: Sequence[str], masks: Sequence[int]) -> Groups:
        """Make groups from integers whose bit ``i`` says whether ``codes[i]`` belongs."""
        width = (len(codes) + 7) // 8
        raw = b"".join(mask.to_bytes(width, "little") for mask in masks)
        return cls(tuple(codes), np.frombuffer(raw, dtype=np.uint8).reshape(len(masks), width))

    @classmethod
    def from_members(cls, codes: Sequence[str], groups: Iterable[Iterable[str]]) -> Groups:
        """Make groups from lists of codes; an unknown code is a KeyError."""
        bit = {code: 1 << i for i, code in enumerate(codes)}
        return cls.from_masks(codes, [sum({bit[code] for code in group}) for group in groups])

    def __len__(self) -> int:
        return int(self.packed.shape[0])

    def sums(self, weights: ArrayLike) -> NDArray[np.float64]:
        """Sum a weight of the areas over each group; infinite weights are allowed.

        Parameters
        ----------
        weights
            Shape ``(areas,)``.

        Returns
        -------
        ndarray
            Shape ``(groups,)``.
        """
        values = np.asarray(weights, dtype=np.float64)
        total = np.zeros(len(self))
        for byte in range(self.packed.shape[1]):
            table = np.zeros(1)
            for weight in values[8 * byte : 8 * byte + 8]:
                table = np.concatenate([table, table + weight])
            total += table[self.packed[:, byte]]
        return total

    def sizes(self) -> NDArray[np.int64]:
        """Count the areas in each group."""
        return np.bitwise_count(self.packed).sum(axis=1, dtype=np.int64)

    def contains(self, position: int) -> NDArray[np.bool_]:
        """Whether each group has the area at ``position``."""
        return (self.packed[:, position // 8] >> (position % 8)) & 1 == 1

    def matrix(self) -> NDArray[np.uint8]:
        """Membership as zeros and ones, shape ``(groups, areas)``."""
        return np.unpackbits(self.packed, axis=1, count=len(self.codes), bitorder="little")

    def positions(self, row: int) -> tuple[int, ...]:
        """Positions of the areas of one group, ascending."""
        bits = np.unpackbits(self.packed[row], count=len(self.codes), bitorder="little")
        return tuple(int(i) for i in np.flatnonzero(bits))

    def members(self, row: int) -> tuple[str, ...]:
        """Codes of the areas of one group, in the order of ``codes``."""
        return tuple(self.codes[i] for i in self.positions(row))

    def take(self, rows: ArrayLike) -> Groups:
        """Return the groups at ``rows`` (positions or a boolean mask)."""
        return Groups(self.codes, self.packed[np.asarray(rows)])


def enumerate_groups(
    codes: Sequence[str],
    neighbours: Sequence[int],
    *,
    cameras: Sequence[float],
    capacity: float = float("inf"),
    max_size: int | None = None,
    apart: Sequence[int] | None = None,
    within_reach: Sequence[int] | None = None,
    keep: Callable[[int], bool] | None = None,
    limit: int = MAX_GROUPS,
) -> Groups:
    """List every connected group of areas that passes the filters, each once.

    A group is grown from its first area by one neighbour at a time; a neighbour that was tried and
    set aside stays excluded below that point, so no group is met twice. Each filter that can only
    get worse as a group grows cuts the search; ``keep`` is asked last.

    Parameters
    ----------
    codes
        Codes of the areas.
    neighbours
        For each area, its neighbours as a bit mask. All others set: no contiguity asked.
    cameras
        Cameras of each area, not negative.
    capacity
        Most cameras in a group.
    max_size
        Most areas in a group.
    apart
        For each area, the areas that may not be in its group, as a bit mask.
    within_reach
        For each area, the sites it can be linked to, as a bit mask (itself included).
    keep
        Further test of a finished group's bit mask.
    limit
        Number of groups at which to give up.

    Returns
    -------
    Groups

    Raises
    ------
    TooManyGroupsError
        When ``limit`` is passed, or four times as many groups were met that ``keep`` refused.

    Examples
    --------
    A path a - b - c has six connected groups:

    >>> len(enumerate_groups("abc", [0b010, 0b101, 0b010], cameras=[1, 1, 1]))
    6
    """
    n = len(codes)
    everything = (1 << n) - 1
    size_limit = n if max_size is None else max_size
    conflicts = [0] * n if apart is None else list(apart)
    reach = [everything] * n if within_reach is None else list(within_reach)
    room = capacity + 1e-9 * max(1.0, abs(capacity)) if capacity != float("inf") else capacity
    masks: list[int] = []
    visits = VISITS_A_GROUP * limit
    for first in range(n):
        if cameras[first] > room:
            continue
        start = 1 << first
        older = (start << 1) - 1
        stack = [
            (
                start,
                neighbours[first] & ~older & ~conflicts[first],
                older | conflicts[first],
                float(cameras[first]),
                1,
                reach[first],
            )
        ]
        while stack:
            group, candidates, excluded, load, size, sites = stack.pop()
            visits -= 1
            if visits < 0:
                raise TooManyGroupsError(limit)
            if keep is None or keep(group):
                masks.append(group)
                if len(masks) > limit:
                    raise TooManyGroupsError(limit)
            if size == size_limit:
                continue
            while candidates:
                bit = candidates & -candidates
                area = bit.bit_length() - 1
                candidates ^= bit
                excluded |= bit
                new_load = load + cameras[area]
                new_sites = sites & reach[area]
                if new_load > room or not new_sites:
                    continue
                new_excluded = excluded | conflicts[area]
                stack.append(
                    (
                        group | bit,
                        (candidates | neighbours[area]) & ~new_excluded & ~group,
                        new_excluded,
                        new_load,
                        size + 1,
                        new_sites,
                    )
                )
    return Groups.from_masks(codes, masks)
