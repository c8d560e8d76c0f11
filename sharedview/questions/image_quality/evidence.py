"""What is seen well enough for evidence: coverage at recognise and identify beside plain coverage.

EN 62676-4 asks for 125 pixels a metre to recognise a known person and 250 to identify a stranger.
Tables of levels name these differently, so the coarsest level with at least that density is taken.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coverage_model.base import schemas, schemas_beside

EVIDENCE_PX_PER_M = {"recognise": 125.0, "identify": 250.0}
ALL = ("all", "All areas")


def evidence_coverage(
    by_level: pd.DataFrame,
    *,
    plain: str,
    streets: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Put evidence-grade coverage beside plain coverage.

    Parameters
    ----------
    by_level
        :class:`coverage_model.base.schemas_beside.CoverageByLevel`.
    plain
        Level of the plain coverage.
    streets
        :class:`coverage_model.base.schemas.StreetCoverage` by level, where streets are given.

    Returns
    -------
    DataFrame
        :class:`coverage_model.base.schemas_beside.EvidenceCoverage`: areas in their order, then all
        together. Where the plain level is finer than an evidence level, "of which" does not hold
        and that share is empty.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "area_code": "E1", "area_name": "A", "level": ["detect", "recognise", "identify"],
    ...     "px_per_m": [25.0, 125.0, 250.0], "area_m2": 100.0, "covered_m2": [50.0, 5.0, 1.0]})
    >>> evidence_coverage(table, plain="detect")["identify_share"].tolist()
    [0.01, 0.01]
    """
    density = by_level.drop_duplicates("level").set_index("level")["px_per_m"]
    chosen = {"plain": plain} | {
        name: _coarsest(density, least) for name, least in EVIDENCE_PX_PER_M.items()
    }
    place = by_level.drop_duplicates("area_code")
    frame = place[["area_code", "area_name", "area_m2"]].reset_index(drop=True)
    # pivot, not pivot_table: a repeated pair must be an error
    ground = by_level.pivot(index="area_code", columns="level", values="covered_m2")  # noqa: PD010
    ground = ground.loc[frame["area_code"]]
    for name, level in chosen.items():
        frame[f"{name}_m2"] = np.nan if level is None else ground[level].to_numpy(dtype=float)
    known = streets or {}
    for name, level in chosen.items():
        table = known.get(level) if level is not None else None
        frame[f"street_{name}_m"] = _street(table, frame["area_code"], "street_seen_m")
    frame["street_length_m"] = _street(known.get(plain), frame["area_code"], "street_length_m")
    total = frame.drop(columns=["area_code", "area_name"]).sum(min_count=len(frame))
    whole = pd.DataFrame([{"area_code": ALL[0], "area_name": ALL[1], **total.to_dict()}])
    frame = pd.concat([frame, whole], ignore_index=True)
    for name, level in chosen.items():
        frame[f"{name}_level"] = level
        frame[f"{name}_share"] = _ratio(frame[f"{name}_m2"], frame["area_m2"])
        if name != "plain":
            finer = level is not None and density[level] >= density[plain]
            part = _ratio(frame[f"{name}_m2"], frame["plain_m2"])
            frame[f"{name}_share_of_plain"] = part if finer else np.nan
    columns = list(schemas_beside.EvidenceCoverage.to_schema().columns)
    return schemas.check(frame[columns], schemas_beside.EvidenceCoverage, "evidence coverage")


def evidence_levels(by_level: pd.DataFrame) -> tuple[str, ...]:
    """Return the names of the levels that evidence needs, of those in a coverage table."""
    density = by_level.drop_duplicates("level").set_index("level")["px_per_m"]
    found = (_coarsest(density, least) for least in EVIDENCE_PX_PER_M.values())
    return tuple(name for name in found if name is not None)


def _coarsest(density: pd.Series, least: float) -> str | None:
    enough = density[density >= least]
    return None if enough.empty else str(enough.idxmin())


def _street(table: pd.DataFrame | None, codes: pd.Series, column: str) -> pd.Series:
    if table is None:
        return pd.Series(np.nan, index=codes.index)
    return codes.map(table.set_index("area_code")[column]).astype(float)


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)
