"""Letters and colours of groups of areas, kept the same from plan to plan.

A group keeps its identity where most of it stays: groups of two plans are matched by how many
areas they share (an assignment problem, Hungarian method), and what matches has the same letter and
colour. Colours are then given so that no two neighbours in any of the plans share one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from maps.shell import palettes
from maps.shell.layers import PreparedAreas
from optimisation.results import Plan, Room

# Across the tidal Thames two boroughs count as neighbours; it is up to 800 m wide at Bexley.
NEIGHBOURS_WITHIN_M = 450.0
# Weight of one colour twice in a plan beside that of one colour on both sides of a border.
SAME_PLAN = 0.02


@dataclass(frozen=True, slots=True)
class Grouping:
    """How one plan's groups are drawn.

    Parameters
    ----------
    rooms
        The rooms, in the order of their letters.
    identities
        Number of each room's group, the same number for matched groups of other plans.
    by_area
        Identity of the group of each area, in the page's order; -1 where the plan has none.
    """

    rooms: tuple[Room, ...]
    identities: tuple[int, ...]
    by_area: tuple[int, ...]

    def letter(self, room: Room) -> str:
        """Return the letter of a room's group."""
        return palettes.group_letter(self.identities[self.rooms.index(room)])


Group = tuple[str, Sequence[str]]


def match(reference: Sequence[Group], others: Sequence[Group]) -> list[int | None]:
    """Match groups by the number of areas they share; a room in the same place decides a tie.

    Parameters
    ----------
    reference, others
        Two groupings: the site and the members of each group.

    Returns
    -------
    list
        For each group of ``others`` the position of its match in ``reference``, or None.

    Examples
    --------
    >>> match([("a", "ab"), ("c", "c")], [("d", "cd"), ("e", "e"), ("a", "ab")])
    [1, None, 0]
    """
    # Twice the shared areas, so that one for the site never outweighs an area.
    shared = np.array(
        [
            [2 * len(set(one) & set(two)) + (here == there) for there, two in reference]
            for here, one in others
        ]
    )
    rows, columns = linear_sum_assignment(shared, maximize=True)
    matched: list[int | None] = [None] * len(others)
    for row, column in zip(rows, columns, strict=True):
        if shared[row, column]:
            matched[row] = int(column)
    return matched


def identify(plans: Sequence[Plan], prepared: PreparedAreas) -> list[Grouping]:
    """Give the groups of each plan their identities; the first plan's come first.

    Parameters
    ----------
    plans
        The plans.
    prepared
        The areas, which also fix the order of :attr:`Grouping.by_area`.
    """
    known: list[Group] = []
    groupings = []
    for plan in plans:
        ordered = sorted(plan.rooms, key=lambda room: (-len(room.members), room.site_code))
        matched = (
            match(known, [(room.site_code, room.members) for room in ordered])
            if known
            else [None] * len(ordered)
        )
        identities = []
        for room, found in zip(ordered, matched, strict=True):
            if found is None:
                known.append((room.site_code, room.members))
            identities.append(len(known) - 1 if found is None else found)
        number = {
            member: identity
            for room, identity in zip(ordered, identities, strict=True)
            for member in room.members
        }
        by_area = tuple(number.get(code, -1) for code in prepared.codes)
        order = np.argsort(identities)
        groupings.append(
            Grouping(
                tuple(ordered[place] for place in order),
                tuple(identities[place] for place in order),
                by_area,
            )
        )
    return groupings


def marked(
    plans: Sequence[Plan], prepared: PreparedAreas, *, first: Plan | None = None
) -> tuple[list[Grouping], dict[int, str]]:
    """Give plans the letters and colours that every page of a run shows.

    Parameters
    ----------
    plans
        The plans that are drawn.
    prepared
        The areas on the page.
    first
        The plan whose rooms choose letters and colours first, drawn or not: on all pages of a run
        the same one. The first of ``plans`` by default.

    Returns
    -------
    tuple
        A grouping for each plan, and the colour of each identity.
    """
    ordered = [*([] if first is None else [first]), *plans]
    groupings = identify(ordered, prepared)
    given = {} if first is None else colour_numbers(groupings[:1], prepared)
    return groupings[len(ordered) - len(plans) :], colours(groupings, prepared, given=given)


def colours(
    groupings: Sequence[Grouping],
    prepared: PreparedAreas,
    *,
    given: Mapping[int, int] | None = None,
) -> dict[int, str]:
    """Give each identity a colour that no neighbouring one has in any of the plans.

    Where more colours are needed than there are, a colour comes round again, as far away as the
    colouring allows; letters and borders still tell such groups apart.
    """
    numbers = colour_numbers(groupings, prepared, given=given or {})
    chosen = {identity: palettes.group_colour(number) for identity, number in numbers.items()}
    chosen[-1] = palettes.NO_DATA
    return chosen


def colour_numbers(
    groupings: Sequence[Grouping],
    prepared: PreparedAreas,
    *,
    given: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """Return the number of each identity's colour, for :func:`maps.shell.palettes.group_colour`.

    Those ``given`` are kept.
    """
    graph = nx.Graph()
    pairs = prepared.neighbours(within_m=NEIGHBOURS_WITHIN_M)
    for grouping in groupings:
        graph.add_nodes_from(identity for identity in grouping.identities)
        for one, two in pairs:
            ends = grouping.by_area[one], grouping.by_area[two]
            if ends[0] != ends[1] and min(ends) >= 0:
                graph.add_edge(*ends)
    return _spread(graph, given or {}, together=[set(each.identities) for each in groupings])


def _spread(
    graph: nx.Graph, given: Mapping[int, int], *, together: Sequence[set[int]]
) -> dict[int, int]:
    """Give nodes numbers so that neighbours differ, and those of one small plan too if they can.

    As many nodes as there are colours all get their own. After that the most constrained node goes
    first (as in Brélaz's DSATUR) and takes the number, free of neighbours, that is least used in
    its own plans, where a clash among few groups weighs more than one among many.
    """
    count = len(palettes.GROUPS)
    if graph.number_of_nodes() <= count:
        return {node: place for place, node in enumerate(sorted(graph))}
    numbers = dict(given)
    used = np.bincount(list(numbers.values()), minlength=count).tolist()
    while len(numbers) < graph.number_of_nodes():
        taken = {
            node: {numbers[other] for other in graph[node] if other in numbers}
            for node in graph
            if node not in numbers
        }
        node = min(taken, key=lambda each: (-len(taken[each]), -graph.degree(each), each))
        free = [number for number in range(count) if number not in taken[node]]
        clashes = [0.0] * count
        for plan in together:
            for other in plan & numbers.keys() if node in plan else ():
                clashes[numbers[other]] += 1 / len(plan)
        number = min(free or range(count), key=lambda each: (clashes[each], used[each], each))
        numbers[node] = number
        used[number] += 1
    return numbers


def site_colours(
    serving: NDArray[np.int64],
    neighbours: Sequence[tuple[int, int]],
    *,
    given: Mapping[int, int],
) -> tuple[int, ...]:
    """Give each room's site one colour for all of many plans, so that neighbours rarely share one.

    Groups are known by the borough that hosts their room. Two sites weigh as much as the number of
    times their groups lie side by side in a plan; the heaviest site chooses first, and then sites
    change colour as long as that takes weight away.

    Parameters
    ----------
    serving
        Position of the site that serves each area in each plan, shape ``(plans, areas)``.
    neighbours
        Pairs of areas that lie side by side.
    given
        Colours that some sites have already, and keep.

    Returns
    -------
    tuple of int
        Number of each area's colour, for :func:`maps.shell.palettes.group_colour`.
    """
    areas = serving.shape[1]
    # The first plan is the one that most readers look at.
    say = np.ones(len(serving))
    say[0] = max(1.0, len(serving) / 4)
    weight = np.zeros((areas, areas))
    for first, second in neighbours:
        one, two = serving[:, first], serving[:, second]
        apart = (one != two) & (one >= 0) & (two >= 0)
        np.add.at(weight, (one[apart], two[apart]), say[apart])
    present = np.zeros((len(serving), areas))
    rows, columns = np.nonzero(serving >= 0)
    present[rows, serving[rows, columns]] = 1.0
    # Sites of one plan should differ too where they can, which matters far less than a border.
    weight += weight.T + SAME_PLAN * (present.T * say) @ present
    used = np.bincount(serving[serving >= 0], minlength=areas)
    np.fill_diagonal(weight, 0.0)
    count = len(palettes.GROUPS)
    chosen = np.full(areas, -1)
    chosen[list(given)] = list(given.values())
    order = np.lexsort((np.arange(areas), -used, -weight.sum(axis=1)))
    order = order[~np.isin(order, list(given))]

    def cheapest(site: int) -> int:
        costs = [weight[site, chosen == number].sum() for number in range(count)]
        return int(np.argmin(costs))

    for site in order:
        chosen[site] = cheapest(int(site))
    for _ in range(areas):
        before = chosen.copy()
        for site in order:
            old = int(chosen[site])
            new = cheapest(int(site))
            if weight[site, chosen == new].sum() < weight[site, chosen == old].sum() - 1e-12:
                chosen[site] = new
        if (before == chosen).all():
            break
    return tuple(int(number) for number in chosen)
