"""The cheapest upgrades that bring each borough to a standard, from an audit and measures.

The model is in :mod:`sharedview.questions.image_quality.upgrade_model`. Two cases bound what is not
known: all of it passes, so only known faults are mended; or all of it fails. Finding out has a
price of its own, a survey of each camera with a required criterion unknown, which is never added to
the upgrades.

Measures are data: a CSV with ``measure, title, scope`` (``camera`` or ``borough``), ``fixes``
(criteria, separated by spaces), ``each_coefficient`` and ``once_coefficient`` (names of the
coefficients that price it, empty for none) and ``note``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coverage_model.base import datasets, schemas
from coverage_model.base.errors import Faults, InputError
from coverage_model.base.schemas import Table
from coverage_model.reading.plain_table import read_table
from coverage_model.reading.source import without_options
from optimisation.costs import coefficients
from optimisation.search.solvers import SolverName
from sharedview.questions.image_quality import schemas as tables
from sharedview.questions.image_quality.standard import CRITERIA
from sharedview.questions.image_quality.upgrade_model import (
    Group,
    Measure,
    Upgrades,
    best_upgrades,
    borough_groups,
    cheapest_upgrades,
    measure_price,
    mendable,
    price_of,
)

COLUMNS = ("measure", "title", "scope", "fixes", "each_coefficient", "once_coefficient", "note")
STEPS = (0.1, 0.25, 0.5)
"""Shares of the price of all upgrades that are tried as budgets."""
ALL = ("all", "All areas")
ENDS = ("value", "low", "high")


@dataclass(frozen=True)
class UpgradePlan:
    """What it takes to meet the standard.

    Parameters
    ----------
    by_area
        :class:`sharedview.questions.image_quality.schemas.UpgradesByArea`.
    measures
        :class:`sharedview.questions.image_quality.schemas.UpgradeMeasures`.
    budget
        :class:`sharedview.questions.image_quality.schemas.UpgradeBudget`: the stated budget first.
    prices
        :class:`sharedview.questions.image_quality.schemas.MeasurePrices`.
    target_share
        Share of each area's cameras that is to meet the standard.
    """

    by_area: pd.DataFrame
    measures: pd.DataFrame
    budget: pd.DataFrame
    prices: pd.DataFrame
    target_share: float


def read_measures(
    path: str | Path | None = None, *, overrides: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Read the measures and look their prices up.

    Parameters
    ----------
    path
        CSV file; the embedded measures if None.
    overrides
        Coefficients of a scenario; a value of its own moves the range in proportion.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.image_quality.schemas.MeasurePrices`.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        Listing every fault: columns missing, measures twice, unknown criteria, scopes and
        coefficients, a measure that mends nothing.

    Examples
    --------
    >>> read_measures()["measure"].tolist()[:2]
    ['replace', 'lens']
    """
    file = datasets.data_dir() / "standards" / "measures.csv" if path is None else Path(path)
    faults = Faults(file.name if path is None else file)
    with without_options():
        rows = read_table(file, columns=dict.fromkeys(COLUMNS, ("",)), needed=COLUMNS).rows
    _check_measures(rows, faults)
    faults.raise_if_any()
    priced = rows[["measure", "title", "scope", "fixes", "note"]].copy()
    for kind in ("each", "once"):
        ranges = [_range(name, overrides or {}) for name in rows[f"{kind}_coefficient"]]
        for end, place in zip(("", "_low", "_high"), range(3), strict=True):
            priced[f"{kind}{end}_gbp"] = [each[place] for each in ranges]
    priced["sources"] = [
        "; ".join(_source(name) for name in names if name)
        for names in zip(rows["each_coefficient"], rows["once_coefficient"], strict=True)
    ]
    columns = list(tables.MeasurePrices.to_schema().columns)
    return schemas.check(priced[columns], tables.MeasurePrices, "measures")


def plan_upgrades(
    profiles: pd.DataFrame,
    *,
    measures: pd.DataFrame | None = None,
    overrides: Mapping[str, float] | None = None,
    solver: SolverName = "highs",
) -> UpgradePlan:
    """Find the cheapest upgrades of every area, and what a budget buys.

    Parameters
    ----------
    profiles
        ``area_code, area_name, failed, unknown, cameras`` as in
        :class:`sharedview.questions.image_quality.audit.Audit`.
    measures
        From :func:`read_measures`; the embedded ones if None.
    overrides
        Coefficients of a scenario: ``quality_target_share``, ``quality_budget_gbp``,
        ``quality_survey_gbp_per_camera`` and the prices.
    solver
        ``highs`` or ``cbc``.

    Returns
    -------
    UpgradePlan

    Raises
    ------
    InputError
        If the target share is not between 0 and 1 or an amount is negative.

    Examples
    --------
    >>> profiles = pd.DataFrame({
    ...     "area_code": ["E1"], "area_name": ["A"], "failed": ["codec"], "unknown": [""],
    ...     "cameras": [10]})
    >>> plan_upgrades(profiles).by_area.loc[0, "cost_gbp"]
    np.float64(4000.0)
    """
    prices = read_measures(overrides=overrides) if measures is None else measures
    target, budget, survey = settings(overrides)
    by_end = {end: _priced(prices, end) for end in ENDS}
    rows, counted = [], []
    names = profiles.drop_duplicates("area_code").set_index("area_code")["area_name"]
    unknown = profiles[profiles["unknown"].ne("")].groupby("area_code")["cameras"].sum()
    known_groups, known_done = _groups(profiles, worst=False), []
    for case in tables.CASES:
        groups = known_groups if case == tables.CASES[0] else _groups(profiles, worst=True)
        for code, part in borough_groups(groups):
            row, done = _area(part, by_end, target=target, solver=solver)
            if groups is known_groups:
                known_done.append(done)
            seen = int(unknown.get(code, 0))
            told = {"case": case, "area_code": code, "area_name": names[code]}
            rows.append(told | row | {"survey_cameras": seen, "survey_gbp": seen * survey})
            counted += [told | each for each in _measure_rows(done, part, prices)]
    return UpgradePlan(
        _with_totals(pd.DataFrame(rows, columns=_columns(tables.UpgradesByArea))),
        _measure_table(counted, prices),
        _budgets(
            known_groups,
            by_end["value"],
            budget=budget,
            whole=known_done if target == 1 else None,
            solver=solver,
        ),
        prices,
        target,
    )


def settings(overrides: Mapping[str, float] | None = None) -> tuple[float, float, float]:
    """Return the target share, the budget and the price of a survey of one camera.

    Raises
    ------
    InputError
        If one cannot be meant.

    Examples
    --------
    >>> settings({"quality_target_share": 0.9})[0]
    0.9
    """
    wanted = ("quality_target_share", "quality_budget_gbp", "quality_survey_gbp_per_camera")
    target, budget, survey = coefficients.values(wanted, overrides).values()
    faults = Faults("scenario")
    if not 0 <= target <= 1:
        faults.add(f"quality_target_share is {target:g}", "Give a share from 0 to 1")
    for name, value in zip(wanted[1:], (budget, survey), strict=True):
        if not value >= 0:
            faults.add(f"{name} is {value:g}", "Give 0 or a positive amount")
    faults.raise_if_any()
    return target, budget, survey


def _check_measures(rows: pd.DataFrame, faults: Faults) -> None:
    """Note everything in a list of measures that cannot be meant."""
    known = set(datasets.coefficients().index)
    if rows.empty:
        faults.add("it has no measures", "Give at least one")
    for wrong, problem, remedy in (
        (rows["measure"].str.strip().eq(""), "measure is empty", "Name each measure"),
        (rows["measure"].duplicated(), "a measure is there twice", "Name each measure once"),
        (~rows["scope"].isin(["camera", "borough"]), "scope is unknown", "Use camera or borough"),
        (rows["fixes"].str.strip().eq(""), "it mends nothing", "Name criteria in fixes"),
        (
            rows["scope"].eq("camera") & rows["once_coefficient"].ne(""),
            "a camera measure has a price once",
            "Give such a price to borough measures only",
        ),
    ):
        if wrong.any():
            faults.add(problem, remedy, rows=[f"row {i + 2}" for i in np.flatnonzero(wrong)])
    for place, row in enumerate(rows.to_dict("records")):
        strange = sorted(set(row["fixes"].split()) - set(CRITERIA))
        if strange:
            what = f"unknown criteria {', '.join(strange)}"
            faults.add(what, f"Use: {', '.join(CRITERIA)}", rows=[f"row {place + 2}"])
        for column in ("each_coefficient", "once_coefficient"):
            if row[column] and row[column] not in known:
                remedy = "Use a name of the coefficients, see `sharedview data`"
                faults.add(f"unknown coefficient {row[column]}", remedy, rows=[f"row {place + 2}"])


def _range(name: str, overrides: Mapping[str, float]) -> tuple[float, float, float]:
    """Value, low and high of a price; a scenario's own value moves the range in proportion."""
    if not name:
        return 0.0, 0.0, 0.0
    found = datasets.coefficient(name)
    own = float(overrides.get(name, found.value))
    if own < 0:
        fault = Faults("scenario")
        fault.add(f"{name} is {own:g}", "Give 0 or a positive amount")
        raise InputError("scenario", fault.found)
    scale = own / found.value if found.value else 1.0
    return own, min(found.low * scale, own), max(found.high * scale, own)


def _source(name: str) -> str:
    found = datasets.coefficient(name)
    return f"{name}: {found.source}"


def _priced(prices: pd.DataFrame, end: str) -> tuple[Measure, ...]:
    """Measures at their value, or at one end of their prices."""
    tail = "" if end == "value" else f"_{end}"
    return tuple(
        Measure(
            row["measure"],
            frozenset(row["fixes"].split()),
            float(row[f"each{tail}_gbp"]),
            float(row[f"once{tail}_gbp"]),
            borough=row["scope"] == "borough",
        )
        for row in prices.to_dict("records")
    )


def _groups(profiles: pd.DataFrame, *, worst: bool) -> list[Group]:
    """Count cameras by area and faults; in the worst case what is unknown is a fault too."""
    counts: Counter[tuple[str, frozenset[str]]] = Counter()
    columns = [profiles[name] for name in ("area_code", "failed", "unknown", "cameras")]
    for code, failed, unknown, cameras in zip(*columns, strict=True):
        faults = frozenset(failed.split()) | frozenset(unknown.split() if worst else ())
        counts[code, faults] += int(cameras)
    return [Group(code, faults, count) for (code, faults), count in counts.items()]


def _area(
    groups: Sequence[Group],
    by_end: Mapping[str, Sequence[Measure]],
    *,
    target: float,
    solver: SolverName,
) -> tuple[dict[str, float], Upgrades]:
    """Upgrade one area, as far as the measures go."""
    measures = by_end["value"]
    cameras = sum(group.cameras for group in groups)
    good = sum(group.cameras for group in groups if not group.faults)
    can = mendable(groups, measures)
    wanted = max(math.ceil(target * cameras - 1e-9) - good, 0)
    done = cheapest_upgrades(groups, measures, cameras=min(wanted, can), solver=solver)
    low, high = (
        price_of(done.given, done.taken, groups=groups, measures=by_end[end])
        for end in ("low", "high")
    )
    row = {
        "cameras": cameras,
        "at_standard": good,
        "no_measure": cameras - good - can,
        "upgraded": done.upgraded,
        "short": wanted - min(wanted, can),
        "cost_gbp": done.cost_gbp,
        "bound_gbp": done.bound_gbp,
        "cost_low_gbp": low,
        "cost_high_gbp": high,
        "cost_per_camera_gbp": done.cost_gbp / done.upgraded if done.upgraded else np.nan,
    }
    return row, done


def _measure_rows(
    done: Upgrades, groups: Sequence[Group], prices: pd.DataFrame
) -> list[dict[str, object]]:
    """Count the measures of one area."""
    cameras = sum(group.cameras for group in groups)
    units: Counter[str] = Counter()
    for (_, names), count in done.given.items():
        units.update(dict.fromkeys(names, count))
    units.update(name for _, name in done.taken)
    return [
        {
            "measure": each.measure,
            "units": units[each.measure],
            "cost_gbp": units[each.measure]
            * (measure_price(each, cameras) if each.borough else each.each_gbp),
        }
        for each in _priced(prices, "value")
    ]


def _measure_table(counted: Sequence[Mapping[str, object]], prices: pd.DataFrame) -> pd.DataFrame:
    columns = _columns(tables.UpgradeMeasures)
    bare = [name for name in columns if name not in ("title", "scope")]
    frame = pd.DataFrame(list(counted), columns=bare)
    keys = ["case", "measure"]
    total = frame.groupby(keys, sort=False)[["units", "cost_gbp"]].sum().reset_index()
    total = total.assign(area_code=ALL[0], area_name=ALL[1])
    whole = pd.concat([frame, total], ignore_index=True)
    told = prices[["measure", "title", "scope"]]
    whole = whole.merge(told, on="measure", how="left", validate="many_to_one")
    return schemas.check(whole[columns], tables.UpgradeMeasures, "upgrade measures")


def _with_totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Add a row of sums to each case."""
    sums = frame.drop(columns=["area_code", "area_name", "cost_per_camera_gbp"])
    total = sums.groupby("case", sort=False).sum().reindex(list(tables.CASES), fill_value=0)
    total = total.reset_index().assign(area_code=ALL[0], area_name=ALL[1])
    done = total["upgraded"].astype(float)
    total["cost_per_camera_gbp"] = total["cost_gbp"].astype(float) / done.where(done > 0)
    whole = pd.concat([part for part in (frame, total) if len(part)], ignore_index=True)
    return schemas.check(whole[list(frame.columns)], tables.UpgradesByArea, "upgrades by area")


def _budgets(
    groups: Sequence[Group],
    measures: Sequence[Measure],
    *,
    budget: float,
    whole: Sequence[Upgrades] | None,
    solver: SolverName,
) -> pd.DataFrame:
    """Try the stated budget and shares of what all upgrades cost, where that is not at hand."""
    if whole is None:
        whole = [
            cheapest_upgrades(part, measures, cameras=mendable(part, measures), solver=solver)
            for _, part in borough_groups(groups)
        ]
    everything = sum(done.cost_gbp for done in whole)
    cameras = sum(group.cameras for group in groups)
    good = sum(group.cameras for group in groups if not group.faults)
    tried = {"stated": budget} | {f"{share:g}": share * everything for share in STEPS}
    found = {
        name: best_upgrades(groups, measures, budget_gbp=amount, solver=solver)
        for name, amount in tried.items()
    }
    bought = {"none": (0.0, 0.0, 0)}
    bought |= {name: (tried[name], done.cost_gbp, done.upgraded) for name, done in found.items()}
    bought["all"] = (everything, everything, sum(done.upgraded for done in whole))
    rows = [
        {
            "budget": name,
            "budget_gbp": amount,
            "cost_gbp": cost,
            "upgraded": upgraded,
            "at_standard": good + upgraded,
            "at_standard_share": (good + upgraded) / cameras if cameras else np.nan,
        }
        for name, (amount, cost, upgraded) in bought.items()
    ]
    return schemas.check(pd.DataFrame(rows), tables.UpgradeBudget, "upgrade budget")


def _columns(model: type[Table]) -> list[str]:
    return list(model.to_schema().columns)
