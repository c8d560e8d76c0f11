"""Where officers start from: police bases that a file names, else each borough's own site.

No coordinates of police stations are embedded, and none are made up. Without a file officers are
taken to start from the borough's own candidate site (its present control room where that is
published, else a point inside it), so that the way to a room of one's own counts as nothing and
only the way beyond it counts. A file replaces that, borough by borough.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.crs import WORKING_CRS, parse_crs
from coverage_model.base.errors import Faults
from coverage_model.base.schemas import check
from coverage_model.reading.area_names import AreaNames
from coverage_model.reading.cells import to_numbers
from coverage_model.reading.columns import match_columns
from coverage_model.reading.coordinates import read_positions
from coverage_model.reading.formats import Source, read_source
from coverage_model.reading.parse import clean_text, is_blank, parse_number
from coverage_model.reading.profile import Profile, normalise
from coverage_model.reading.source import without_options
from sharedview.questions.footage_access.schemas import Bases

Floats = NDArray[np.float64]

OWN_SITE = "assumption: officers start from the borough's own site"
GIVEN = "given"
FARTHEST_BASE_KM = 30.0
NAME_COLUMNS = ("name", "base", "base_name", "station", "police_station")
SHARE_COLUMNS = ("share", "share_of_visits", "share_of_officers", "weight")
SUM_TOLERANCE = 0.005  # shares given with two decimals: three thirds make 0.99


def own_sites(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Take each borough's own site as the base of its officers.

    Parameters
    ----------
    boroughs
        Indexed by ``borough_code``, with ``borough``, ``site_x_m`` and ``site_y_m``.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.footage_access.schemas.Bases`, one row a borough.

    Examples
    --------
    >>> from optimisation.territory import borough_inputs
    >>> len(own_sites(borough_inputs()))
    33
    """
    frame = pd.DataFrame(
        {
            "borough_code": boroughs.index.astype(str),
            "borough": boroughs["borough"].to_numpy(),
            "base": "own site of the borough",
            "x_m": boroughs["site_x_m"].to_numpy(float),
            "y_m": boroughs["site_y_m"].to_numpy(float),
            "share": 1.0,
            "basis": OWN_SITE,
        }
    )
    return check(frame, Bases, "police bases")


@without_options()
def read_bases(path: str | Path, boroughs: pd.DataFrame) -> pd.DataFrame:
    r"""Read police bases.

    Parameters
    ----------
    path
        Any table or point layer that :func:`coverage_model.reading.cameras.read_cameras` takes.
        Columns: ``borough`` (name or code), easting and northing or longitude and latitude where
        there is no geometry, perhaps ``name`` and ``share`` (of the borough's visits that start
        there; equal shares where none is given for a borough). A borough may have several bases.
    boroughs
        Indexed by ``borough_code``, with ``borough``, ``site_x_m`` and ``site_y_m`` in EPSG:27700.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.footage_access.schemas.Bases`; boroughs that the file leaves
        out keep their own site, and say so in ``basis``.

    Raises
    ------
    MissingFileError
        If there is no such file.
    CRSError
        If the file does not say its CRS.
    InputError
        Listing every row with an unknown borough, without coordinates, farther than 30 km from the
        borough's site, or with a share that is no number from 0 to 1, and every borough whose
        shares are given in part or do not add up to 1.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from optimisation.territory import borough_inputs
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "bases.csv"
    ...     _ = path.write_text("borough,easting,northing,name\nCamden,529000,184000,A\n")
    ...     bases = read_bases(path, borough_inputs())
    >>> len(bases), int((bases["basis"] == "given").sum())
    (33, 1)
    """
    file = Path(path)
    source, _ = read_source(file, layer=None)
    faults = Faults(file)
    names = [str(name) for name in source.rows]
    matching = match_columns(names, Profile(), source=file)
    codes = _codes(source, matching.columns.get("borough_code"), boroughs, faults)
    shares = _shares(source, codes, faults)
    positions = read_positions(
        source,
        path=file,
        matching=matching,
        stated_crs=None,
        working=parse_crs(WORKING_CRS),
        faults=faults,
        notes=source.notes,
    )
    if positions is not None:
        at = np.column_stack([positions.geometry.x, positions.geometry.y])
        _check_near(at, codes, boroughs, labels=source.labels, faults=faults)
    faults.raise_if_any()
    given = pd.DataFrame(
        {
            "borough_code": codes,
            "borough": [boroughs["borough"][code] for code in codes],
            "base": _names(source),
            "x_m": at[:, 0],
            "y_m": at[:, 1],
            "share": shares,
            "basis": GIVEN,
        }
    )
    own = own_sites(boroughs)
    frame = pd.concat([given, own[~own["borough_code"].isin(given["borough_code"])]])
    frame = frame.sort_values("borough_code", kind="stable", ignore_index=True)
    return check(frame, Bases, "police bases")


def base_distances_km(
    bases: pd.DataFrame, boroughs: pd.DataFrame, *, site_km: Floats, detour_factor: float
) -> Floats:
    """Mean distance from each borough's bases to every site.

    Parameters
    ----------
    bases
        :class:`sharedview.questions.footage_access.schemas.Bases`.
    boroughs
        Indexed by ``borough_code``, with ``site_x_m`` and ``site_y_m``.
    site_km
        Distance between every two sites, for officers who start from their own site.
        Shape ``(boroughs, boroughs)``.
    detour_factor
        What the straight line from a given base is multiplied by.

    Returns
    -------
    ndarray
        Kilometres from the borough (rows) to the site (columns), weighted by the bases' shares,
        shape ``(boroughs, boroughs)``.
    """
    km = np.array(site_km, dtype=np.float64)
    given = bases[bases["basis"] == GIVEN]
    if given.empty:
        return km
    sites = boroughs["site_x_m"].to_numpy(float) + 1j * boroughs["site_y_m"].to_numpy(float)
    at = given["x_m"].to_numpy(float) + 1j * given["y_m"].to_numpy(float)
    ways = np.abs(at[:, None] - sites[None, :]) * (detour_factor / 1000)
    rows = boroughs.index.get_indexer(given["borough_code"])
    km[np.unique(rows)] = 0.0
    np.add.at(km, rows, ways * given["share"].to_numpy(float)[:, None])
    return km


def _codes(
    source: Source, column: str | None, boroughs: pd.DataFrame, faults: Faults
) -> NDArray[np.object_]:
    """Return the code of the borough of each row; None where it is not known."""
    codes = np.full(len(source.rows), None, dtype=object)
    if column is None:
        listed = ", ".join(map(str, source.rows.columns))
        faults.add("no column for the borough", f"Name it borough; columns: {listed}")
        return codes
    names = AreaNames(boroughs["borough"].to_dict())
    texts = ["" if is_blank(value) else str(value) for value in source.rows[column]]
    codes[:] = [names.code(text) for text in texts]
    lost = [row for row, code in enumerate(codes) if code is None]
    if lost:
        faults.add(
            "no borough in play has this name or code",
            names.remedy(texts[row] for row in lost),
            rows=[f"{source.labels[row]}: {texts[row] or 'blank'}" for row in lost],
        )
    return codes


def _shares(source: Source, codes: NDArray[np.object_], faults: Faults) -> Floats:
    """Return the share of each base among those of its borough."""
    values, unread = np.full(len(codes), np.nan), np.zeros(len(codes), dtype=bool)
    column = _column(source, SHARE_COLUMNS)
    if column is not None:
        values, unread = to_numbers(source.rows[column], parse_number)
    with np.errstate(invalid="ignore"):
        wrong = unread | (values < 0) | (values > 1)
    if wrong.any():
        rows = [source.labels[row] for row in np.flatnonzero(wrong)]
        faults.add("share is not a number from 0 to 1", "Give 0.25 for a quarter", rows=rows)
        values = np.where(wrong, np.nan, values)
    by_borough = pd.Series(values).groupby(pd.Series(codes), dropna=True)
    count, given = by_borough.transform("size"), by_borough.transform("count")
    total = by_borough.transform("sum")
    right = ~pd.Series(wrong).groupby(pd.Series(codes)).transform("any").astype(bool)
    partly = right & (given > 0) & (given < count)
    odd = right & (given == count) & ((total - 1).abs() > SUM_TOLERANCE)
    for flag, problem in (
        (partly, "some bases of a borough have a share and others have none"),
        (odd, "the shares of a borough's bases do not add up to 1"),
    ):
        if flag.any():
            boroughs = dict.fromkeys(str(code) for code in codes[flag.to_numpy()])
            faults.add(problem, "Give each base its share, or none at all", rows=boroughs)
    equal = (1 / count).to_numpy(float)
    return np.where(np.isnan(values), equal, values / total.where(total > 0, 1.0).to_numpy(float))


def _check_near(
    at: Floats,
    codes: NDArray[np.object_],
    boroughs: pd.DataFrame,
    *,
    labels: Sequence[str],
    faults: Faults,
) -> None:
    """Note bases that lie so far from their borough's site that the place must be wrong."""
    known = np.array([code is not None for code in codes], dtype=bool)
    sites = boroughs[["site_x_m", "site_y_m"]].loc[list(codes[known])].to_numpy(float)
    away = np.linalg.norm(at[known] - sites, axis=1) / 1000
    far = np.flatnonzero(away > FARTHEST_BASE_KM)
    if len(far):
        rows = np.flatnonzero(known)[far]
        faults.add(
            f"bases more than {FARTHEST_BASE_KM:g} km from the site of their borough",
            "Correct the place or the borough; are the two coordinates exchanged?",
            rows=[
                f"{labels[row]}, {metres:,.0f} km away"
                for row, metres in zip(rows, away[far], strict=True)
            ],
        )


def _names(source: Source) -> list[str]:
    """Return the name of each base, its row where it has none."""
    column = _column(source, NAME_COLUMNS)
    values = [None] * len(source.rows) if column is None else source.rows[column].tolist()
    texts = ["" if is_blank(value) else clean_text(str(value)) for value in values]
    return [text or label for text, label in zip(texts, source.labels, strict=True)]


def _column(source: Source, names: Sequence[str]) -> str | None:
    """Return the first column of one of these names."""
    found = {normalise(str(column)): str(column) for column in reversed(source.rows.columns)}
    return next((found[name] for name in names if name in found), None)
