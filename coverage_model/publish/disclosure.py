"""What may be published about coverage: areas with enough cameras, small counts hidden, rounded.

Camera places are refused under freedom of information for good reasons. The published frame is made
so that nobody can work back from it, nor from it together with totals known elsewhere and earlier
releases, to where a camera stands:

1. Places count, not cameras: ten cameras on one pole are one place. An area with fewer places than
   the least number is hidden, whether it has some or none.
2. Small areas are hidden: an area is itself a position. So are areas smaller than the step of 4.
3. Where hidden areas could be worked out as the difference between a known total and what is shown,
   more areas are hidden, fewest places first, until what is hidden in each group of areas is at
   least two areas and the least number of places. The split by owner is hidden by the same rule.
4. Counts are rounded, and covered ground to a step no smaller than the largest view, so that one
   camera more or less moves no figure by more than one step.
5. Where fewer cameras came or went in a group than the least number since an earlier release by the
   same areas, that release's figures are shown again: one camera more shows nowhere.
6. The result is proved (:mod:`.proof`): for each figure, the tightest range that a reader can
   derive from what is shown, from totals and from earlier releases. Where it is narrower than the
   rule asks, the earlier figures are shown again, or more is hidden, until it is not.

Everything else (positions, views, gaps, tiers of ownership, depth, operators) stays out.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.base import schemas
from coverage_model.base.errors import Faults
from coverage_model.publish.proof import derivable_ranges
from coverage_model.publish.releases import areas_met, same_layer
from coverage_model.publish.rule import (
    DisclosureRule,
    Flags,
    Numbers,
    count_by_area,
    ground_step,
    hide_more,
    rounded,
)

OVERLAP_SHARE = 0.01
"""Areas that overlap by more of the smaller one could be set against each other."""

FIGURES = ("shown", "cameras", "cameras_public", "cameras_other", "covered_m2", "covered_share")
NEVER = "1970-01-01"
"""Day of a release that is proved but not kept in a ledger."""


@dataclass(frozen=True, slots=True)
class PublishedCoverage:
    """Coverage fit to publish.

    Parameters
    ----------
    frame
        :class:`coverage_model.base.schemas.PublicCoverage` with the areas' geometry.
    rule
        The rule it was made by.
    ground_step_m2
        The step that covered ground was rounded to.
    release
        :class:`coverage_model.base.schemas.Releases`: the same with what the proof takes as known,
        for the ledger. Not for publication.
    ranges
        :class:`coverage_model.base.schemas.DerivableRanges`: the proof. Not for publication.
    earlier
        Number of earlier releases that it was proved against.
    """

    frame: gpd.GeoDataFrame
    rule: DisclosureRule
    ground_step_m2: float
    release: gpd.GeoDataFrame
    ranges: pd.DataFrame
    earlier: int


def public_coverage(
    coverage: gpd.GeoDataFrame,
    cameras: gpd.GeoDataFrame,
    *,
    visible: gpd.GeoDataFrame,
    groups: pd.Series | None = None,
    known: pd.DataFrame | None = None,
    ledger: gpd.GeoDataFrame | None = None,
    released_on: str = NEVER,
    rule: DisclosureRule | None = None,
) -> PublishedCoverage:
    """Make the frame that may be published, with its proof.

    Parameters
    ----------
    coverage
        A ``schemas.CoverageByArea`` frame with the areas as its geometry.
    cameras
        The ``schemas.Cameras`` frame behind it, in the same CRS.
    visible
        The ``schemas.VisibleAreas`` frame behind it: its largest view sets the rounding of ground.
    groups
        Name of the larger area that each area lies in, by the index of ``coverage``, where counts
        of the larger areas are known elsewhere (wards in boroughs, whose counts are public); by
        default all areas are one group.
    known
        Counts that anyone can look up: ``area_code``, ``cameras_low`` and ``cameras_high``.
    ledger
        A ``schemas.Releases`` frame of the earlier releases.
    released_on
        Day of the release, as YYYY-MM-DD.
    rule
        When to hide and how to round.

    Returns
    -------
    PublishedCoverage

    Raises
    ------
    InputError
        If areas overlap (the difference between two such areas could single a camera out), or if a
        reader could work a figure out too closely whatever is hidden.

    Examples
    --------
    >>> from shapely import Point, box
    >>> area = box(0, 0, 1000, 1000)
    >>> coverage = gpd.GeoDataFrame(
    ...     {"area_code": ["a"], "area_name": ["A"], "level": ["detect"], "area_m2": [1e6],
    ...      "covered_m2": [18_000.0], "cameras": [6]}, geometry=[area], crs="EPSG:27700")
    >>> cameras = gpd.GeoDataFrame(
    ...     {"camera_id": list("abcdef"), "ownership": "public"},
    ...     geometry=[Point(100 * x, 500) for x in range(1, 7)], crs="EPSG:27700")
    >>> visible = gpd.GeoDataFrame(
    ...     {"view_basis": ["given"], "area_m2": [3_000.0]}, geometry=[area], crs="EPSG:27700")
    >>> shown = public_coverage(coverage, cameras, visible=visible).frame
    >>> shown[["cameras", "covered_m2"]].values.tolist()
    [[5.0, 20000.0]]
    """
    rule = rule or DisclosureRule()
    _refuse_overlap(coverage)
    earlier = [] if ledger is None else [part for _, part in ledger.groupby("release", sort=True)]
    draft = _Draft(
        coverage,
        cameras,
        visible=visible,
        groups=groups,
        known=known,
        earlier=earlier,
        released_on=released_on,
        rule=rule,
    )
    while True:
        release = draft.release()
        found = derivable_ranges(
            [*earlier, release], hidden_range=rule.hidden_range, shown_range=rule.shown_range
        )
        told = found[found["told"]]
        if told.empty:
            break
        if not draft.retreat(told):
            _refuse(told, len(earlier))
    if earlier and draft.could_show and not release["shown"].any():
        _refuse_empty(len(earlier))
    release = schemas.check(release, schemas.Releases, "release")
    columns = [*schemas.PublicCoverage.to_schema().columns, "geometry"]
    ranges = schemas.check(found, schemas.DerivableRanges, "ranges that a reader can derive")
    return PublishedCoverage(release[columns], rule, draft.step, release, ranges, len(earlier))


class _Draft:
    """A release in the making: which figures are shown, shown as before, or hidden."""

    def __init__(
        self,
        coverage: gpd.GeoDataFrame,
        cameras: gpd.GeoDataFrame,
        *,
        visible: gpd.GeoDataFrame,
        groups: pd.Series | None,
        known: pd.DataFrame | None,
        earlier: list[gpd.GeoDataFrame],
        released_on: str,
        rule: DisclosureRule,
    ) -> None:
        self.rule, self.coverage, self.earlier = rule, coverage, earlier
        self.released_on = released_on
        self.known = _known_by_area(coverage, known)
        self.shapes = np.asarray(coverage.geometry.to_numpy())
        self.places, self.count = count_by_area(cameras, self.shapes, place_m=rule.place_m)
        self.group = np.zeros(len(coverage), dtype=np.intp)
        self.group_name = np.full(len(coverage), "all", dtype=object)
        if groups is not None:
            self.group, names = pd.factorize(
                groups.reindex(coverage.index).fillna("elsewhere"), sort=True
            )
            self.group_name = np.asarray(names)[self.group]
        views = visible.loc[visible["view_basis"] != "reach", "area_m2"]
        self.step = ground_step(
            float(views.max()) if len(views) else 0.0, least=rule.ground_step_m2
        )
        whole = coverage["area_m2"].to_numpy(float)
        self.small: Flags = (self.places[:, 0] < rule.min_places) | (
            whole < max(rule.min_area_m2, self.step)
        )
        self.unsplit: Flags = np.zeros(len(coverage), dtype=bool)
        by_owner = pd.DataFrame(self.count[:, 1:]).groupby(self.group).transform("sum")
        self.totals = by_owner.to_numpy()
        alike = [past for past in earlier if self._is_alike(past)]
        self.before = self._in_order(alike[-1])[list(FIGURES)] if alike else None
        self.held = self._hardly_changed(alike)
        self.could_show = not self._flags()[0].all()

    def _is_alike(self, past: gpd.GeoDataFrame) -> bool:
        level = self.coverage["level"].iloc[0]
        return same_layer(past, self.coverage) and past["level"].iloc[0] == level

    def _in_order(self, past: gpd.GeoDataFrame) -> pd.DataFrame:
        return past.set_index("area_code").loc[self.coverage["area_code"]]

    def _hardly_changed(self, alike: list[gpd.GeoDataFrame]) -> Flags:
        """Which areas lie in a group where too few cameras changed since its figures were new."""
        changed = np.full(len(self.coverage), np.inf)
        for past in map(self._in_order, alike):
            then = past[["group_public", "group_other"]].to_numpy(float)
            fresh = ~past["held"].to_numpy(bool)
            changed[fresh] = np.abs(self.totals - then).sum(axis=1)[fresh]
        least = pd.Series(changed).groupby(self.group).transform("min").to_numpy()
        return np.asarray(least < self.rule.min_places)

    def _flags(self) -> tuple[Flags, Flags]:
        """Which areas are hidden, and which have no split by owner."""
        least = self.rule.min_places
        hidden = hide_more(self.small, self.places[:, 0], self.group, at_least=least)
        # An owner that the whole inventory lacks tells nothing; otherwise both must be many.
        owners = [column for column in (1, 2) if self.places[:, column].sum() > 0]
        split = hidden | self.unsplit
        for column in owners:
            split |= self.places[:, column] < least
        for column in owners:
            split = hide_more(split, self.places[:, column], self.group, at_least=least)
        return hidden, split

    def release(self) -> gpd.GeoDataFrame:
        """Return the release as it stands, in the form of the ledger."""
        hidden, split = self._flags()
        whole = self.coverage["area_m2"].to_numpy(float)
        most = np.floor(whole / self.step) * self.step
        covered = np.minimum(rounded(self.coverage["covered_m2"].to_numpy(float), self.step), most)
        counts = rounded(self.count, self.rule.count_step)
        frame = pd.DataFrame(
            {
                "area_code": self.coverage["area_code"].to_numpy(),
                "area_name": self.coverage["area_name"].to_numpy(),
                "level": self.coverage["level"].to_numpy(),
                "area_m2": whole,
                "shown": ~hidden,
                "cameras": _unless(hidden, counts[:, 0]),
                "cameras_public": _unless(split, counts[:, 1]),
                "cameras_other": _unless(split, counts[:, 2]),
                "covered_m2": _unless(hidden, covered),
                "covered_share": _unless(hidden, covered / np.where(whole > 0, whole, 1.0)),
                "release": len(self.earlier) + 1,
                "released_on": self.released_on,
                "held": self.held,
                "min_places": self.rule.min_places,
                "count_step": self.rule.count_step,
                "ground_step_m2": self.step,
                "group": self.group_name,
                "group_public": self.totals[:, 0],
                "group_other": self.totals[:, 1],
                "known_low": self.known["cameras_low"].to_numpy(),
                "known_high": self.known["cameras_high"].to_numpy(),
            }
        )
        if self.before is not None:
            for name in FIGURES:
                frame[name] = np.where(self.held, self.before[name].to_numpy(), frame[name])
        return gpd.GeoDataFrame(frame, geometry=self.shapes, crs=self.coverage.crs)

    def retreat(self, told: pd.DataFrame) -> bool:
        """Show again as before, or hide, a little more where a figure is told.

        Returns
        -------
        bool
            False if nothing more can be done.
        """
        met = areas_met(told, [*self.earlier, self.coverage])
        moved = False
        done: set[int] = set()
        for quantity, rows in zip(told["quantity"], met, strict=True):
            split_only = quantity in {"cameras_public", "cameras_other"}
            groups = set(self.group[rows].tolist())
            if groups <= done:
                continue
            done |= groups
            moved |= self._hold(rows) or self._hide(rows, groups, split_only=split_only)
        return moved

    def _hold(self, rows: Flags) -> bool:
        fresh = rows & ~self.held
        if self.before is None or not fresh.any():
            return False
        self.held |= fresh
        return True

    def _hide(self, rows: Flags, groups: set[int], *, split_only: bool) -> bool:
        hidden, split = self._flags()
        near = [rows & ~self.held, np.isin(self.group, list(groups)) & ~self.held]
        for state, mark in ((split, self.unsplit), (hidden, self.small)):
            if state is split and not split_only:
                continue
            for area in near:
                left = np.flatnonzero(area & ~state)
                if len(left):
                    mark[left[np.argmin(self.places[left, 0])]] = True
                    return True
        return False


def _known_by_area(coverage: gpd.GeoDataFrame, known: pd.DataFrame | None) -> pd.DataFrame:
    """Line up counts that anyone can look up with the areas."""
    if known is None:
        known = pd.DataFrame({"area_code": [], "cameras_low": [], "cameras_high": []}, dtype=float)
    by_code = known.assign(area_code=known["area_code"].astype(str)).set_index("area_code")
    return by_code.reindex(coverage["area_code"].astype(str))


def _refuse(told: pd.DataFrame, earlier: int) -> None:
    """Raise: figures that are told whatever is hidden."""
    faults = Faults("--audience public")
    for row in told.to_dict("records"):
        faults.add(
            f"the figure {row['quantity']} of release {row['release'] + 1} could be worked out to "
            f"between {row['low']:g} and {row['high']:g}",
            "Publish larger areas" if not earlier else "Publish by the areas of that release",
            rows=[row["area_code"]],
        )
    faults.raise_if_any()


def _refuse_empty(earlier: int) -> None:
    """Raise: nothing can be shown after what was published before."""
    faults = Faults("--audience public")
    faults.add(
        f"set against {earlier} earlier release{'s' if earlier > 1 else ''} of the ledger, any "
        "figure of these areas would tell too much",
        "Publish by the areas of an earlier release, or larger ones, or when more has changed",
    )
    faults.raise_if_any()


def _refuse_overlap(areas: gpd.GeoDataFrame) -> None:
    """Raise if areas overlap by more than a sliver."""
    shapes = np.asarray(areas.geometry.to_numpy())
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    least = np.minimum(shapely.area(shapes)[first], shapely.area(shapes)[second])
    bad = common > OVERLAP_SHARE * least
    faults = Faults("--areas")
    if bad.any():
        codes = areas["area_code"].to_numpy()
        rows = sorted({str(codes[row]) for row in (*first[bad], *second[bad])})
        faults.add(
            "areas overlap, so what is published of one could single out a camera of another",
            "Give areas that do not overlap",
            rows=rows,
        )
    faults.raise_if_any()


def _unless(hidden: Flags, values: Numbers) -> Numbers:
    return np.where(hidden, np.nan, values)
