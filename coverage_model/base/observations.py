"""What has been published of the boroughs' cameras and money: one dated table, and its use.

Each row of ``data/facts/observations.csv`` is one figure that somebody published, with its year,
its scope, where it was read and how far it can be trusted (``mark``): ``read``, ``weak`` (a blog, a
party's page, a petition: kept, and used for nothing) or ``wrong`` (corrected since by the council).
A borough's number of cameras is chosen from it by a stated scope and, where asked, a year.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.errors import Faults

Scope = Literal["public_space", "all_council"]

SCOPES: dict[Scope, tuple[str, ...]] = {
    "public_space": ("street", "public_space_foi"),
    "all_council": ("whole_system",),
}
"""Classes of scope in the table that each scope takes."""
SCOPE_WORDS: dict[Scope, str] = {
    "public_space": "cameras of streets and other public spaces",
    "all_council": "all cameras of the council, estates included",
}
USED = ("read", "derived")
QUANTITIES_WANTED = (
    ("cameras in streets and other public spaces", "cameras"),
    ("all cameras of the council, estates included", "cameras"),
    ("cameras that work today", "cameras"),
    ("views (lenses or images) of those cameras", "views"),
    ("hours a year in which somebody watches", "hours a year"),
    ("operators on duty at once, at the busiest and the quietest", "operators"),
    ("full-time staff of the control room", "FTE"),
    ("running cost of the control room a year", "GBP a year"),
    ("maintenance cost of cameras a year", "GBP a year"),
    ("rented circuits, and their rent a year", "GBP a year"),
    ("end date of the contracts for operators and for maintenance", "date"),
    ("councils or agencies that the room also serves", "names"),
)
"""What a borough would have to tell for the model to rest on its own figures."""


@lru_cache(maxsize=1)
def _table() -> pd.DataFrame:
    frame = pd.read_csv(
        datasets.data_dir() / "facts" / "observations.csv", dtype=str, keep_default_na=False
    )
    frame["value"] = pd.to_numeric(frame["value"], errors="coerce")
    frame["year"] = pd.to_numeric(frame["year"], errors="coerce").astype("Int64")
    return frame


def observations() -> pd.DataFrame:
    """Return every published observation, one a row.

    Returns
    -------
    DataFrame
        ``borough_code`` (empty for several boroughs or none), ``subject, quantity, value, unit,
        year, scope, scope_class, page_title, address, kind, mark, confidence, note``.

    Examples
    --------
    >>> len(observations())
    145
    """
    return _table().copy()


def cctv_counts(
    *, scope: Scope = "public_space", year: int | None = None, assume_missing: bool = False
) -> pd.DataFrame:
    """Return the number of council cameras of each borough, by scope and year.

    The newest observation of the scope counts; where a borough published none of that scope, the
    newest of the other one stands in, and ``scope_class`` says so. A count of all council cameras
    that is older and smaller than the newest count of public space gives way to that one. Figures
    mix years (2007 to 2024) all the same: never rank boroughs by them. Two boroughs published none.

    Parameters
    ----------
    scope
        ``public_space`` (streets and other public places) or ``all_council`` (estates included).
    year
        Leave out what was published for later years; None takes the newest.
    assume_missing
        Fill in those without any: the residents of 2020 times the median of street cameras per
        resident over the boroughs whose ``scope_class`` is ``street``, to the nearest whole camera.
        Their ``cameras_basis`` is then ``assumed`` and ``cameras_rule`` says how.

    Returns
    -------
    DataFrame
        33 rows, sorted by code: ``borough_code, borough, cameras, year`` (whole numbers, missing
        where unknown), ``scope, scope_class`` (``street``, ``public_space_foi``,
        ``whole_system``), ``confidence, source, note, cameras_basis`` (``published``, ``assumed``
        or ``unknown``), ``cameras_rule``, and what the other scope says: ``other_cameras,
        other_year``.

    Raises
    ------
    InputError
        For an unknown scope.

    Examples
    --------
    >>> int(cctv_counts()["cameras"].isna().sum())
    2
    """
    if scope not in SCOPES:
        faults = Faults("evidence")
        faults.add(f"there is no scope {scope!r}", f"Use one of: {', '.join(SCOPES)}")
        faults.raise_if_any()
    facts = datasets.borough_facts()
    known = _table()
    known = known[
        (known["quantity"] == "cameras") & known["mark"].isin(USED) & known["value"].notna()
    ]
    if year is not None:
        known = known[known["year"] <= year]
    newest = {
        name: _newest(known[known["scope_class"].isin(classes)]) for name, classes in SCOPES.items()
    }
    (beside,) = (name for name in SCOPES if name != scope)
    first, second = newest[scope], newest[beside]
    rows = []
    for code, borough in facts["borough"].items():
        own = first.loc[code] if code in first.index else None
        other = second.loc[code] if code in second.index else None
        chosen = other if own is None else own
        if own is not None and other is not None and scope == "all_council":
            outdated = own["year"] <= other["year"] and own["value"] < other["value"]
            chosen = other if outdated else own
        rows.append(_row(str(code), str(borough), chosen, None if chosen is other else other))
    frame = pd.DataFrame(rows).sort_values("borough_code", ignore_index=True)
    for column in ("cameras", "year", "other_cameras", "other_year"):
        frame[column] = pd.to_numeric(frame[column]).round().astype("Int64")
    missing = frame["cameras"].isna()
    frame["cameras_basis"] = missing.map({True: "unknown", False: "published"})
    frame["cameras_rule"] = ""
    if assume_missing and missing.any():
        residents = frame["borough_code"].map(facts["population_2020"])
        street = frame["scope_class"] == "street"
        per_resident = float((frame["cameras"] / residents)[street].astype(float).median())
        filled = (residents * per_resident).round().astype("Int64")
        frame["cameras"] = frame["cameras"].where(~missing, filled)
        frame.loc[missing, "cameras_basis"] = "assumed"
        frame.loc[missing, "cameras_rule"] = (
            f"median of the {int(street.sum())} published street counts, "
            f"{1000 * per_resident:.3f} per 1,000 residents of 2020"
        )
    return frame


def _newest(known: pd.DataFrame) -> pd.DataFrame:
    """Return the newest observation of each borough, the first in the table among equals."""
    ordered = known.sort_values("year", ascending=False, kind="stable")
    return ordered.drop_duplicates("borough_code").set_index("borough_code")


def _row(
    code: str, borough: str, chosen: pd.Series | None, other: pd.Series | None
) -> dict[str, object]:
    found: dict[str, object] = {"borough_code": code, "borough": borough}
    names = ("cameras", "year", "scope", "scope_class", "confidence", "source", "note")
    columns = ("value", "year", "scope", "scope_class", "confidence", "page_title", "note")
    for name, column in zip(names, columns, strict=True):
        found[name] = pd.NA if chosen is None else chosen[column]
    if chosen is not None and not chosen["confidence"]:
        found["confidence"] = "not stated"
    found["other_cameras"] = pd.NA if other is None else other["value"]
    found["other_year"] = pd.NA if other is None else other["year"]
    return found


def letter(borough: str) -> str:
    """Return a request under the Freedom of Information Act for the figures that are missing.

    Parameters
    ----------
    borough
        Name of the council's borough.

    Examples
    --------
    >>> "London Borough of Camden" in letter("Camden")
    True
    """
    rows = "\n".join(f"| {what} | | {unit} | |" for what, unit in QUANTITIES_WANTED)
    return f"""Freedom of Information request: public-space CCTV in the London Borough of {borough}

Dear Information Officer,

Under the Freedom of Information Act 2000, please give the following figures for the council's
public-space CCTV. Totals are enough: no camera's place or heading is asked for. Please give the
date that each figure is for, say what it includes, and say "not held" rather than leave a line out.

| figure | value | unit | date |
|---|---|---|---|
{rows}

Please answer in a table with these columns, in CSV or a spreadsheet if you can.

Yours faithfully,
"""
