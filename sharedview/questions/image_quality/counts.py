"""Counts of passes, failures and unknowns: by criterion, by any group, and by set of faults."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base import schemas, schemas_beside
from coverage_model.base.schemas_beside import WHOLE_STANDARD
from sharedview.questions.image_quality.density import FAIL, PASS, UNKNOWN, Statuses
from sharedview.questions.image_quality.standard import Standard


def listed(flags: NDArray[np.bool_], names: Sequence[str]) -> NDArray[np.object_]:
    """Join the names of each row's flags; equal rows are joined once."""
    if not len(flags):
        return np.empty(0, dtype=object)
    kinds, of = np.unique(flags, axis=0, return_inverse=True)
    texts = [" ".join(n for n, flag in zip(names, row, strict=True) if flag) for row in kinds]
    return np.array(texts, dtype=object)[of.ravel()]


def _counts(status: Statuses) -> dict[str, NDArray[np.int64]]:
    return {
        "cameras": np.full(status.shape[1], len(status)),
        **{
            name: (status == value).sum(axis=0)
            for name, value in (("passed", PASS), ("failed", FAIL), ("unknown", UNKNOWN))
        },
    }


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)


def by_criterion(everything: Statuses, standard: Standard) -> pd.DataFrame:
    """Count the cameras that pass, fail or are unknown on each criterion, and on the whole.

    Parameters
    ----------
    everything
        Shape ``(cameras, criteria + 1)``: the statuses, the verdict last.
    standard
        Its criteria name the columns.

    Returns
    -------
    DataFrame
        :class:`coverage_model.base.schemas_beside.QualityByCriterion`.
    """
    told = [
        {
            "criterion": each.criterion,
            "title": each.title,
            "asks": each.asks,
            "required": each.required,
            "source": each.source,
            "mark": each.mark,
            "note": each.note,
        }
        for each in standard.criteria
    ]
    told.append(
        {
            "criterion": WHOLE_STANDARD,
            "title": "All that is required",
            "asks": "every required criterion",
            "required": True,
            "source": "follows from the criteria",
            "mark": "derived",
            "note": "",
        }
    )
    frame = pd.DataFrame(told).assign(**_counts(everything))
    known = frame["passed"] + frame["failed"]
    frame["known_share"] = _share(known, frame["cameras"])
    frame["passed_share_of_known"] = _share(frame["passed"], known)
    columns = list(schemas_beside.QualityByCriterion.to_schema().columns)
    return schemas.check(frame[columns], schemas_beside.QualityByCriterion, "quality by criterion")


def grouped(
    everything: Statuses,
    key: NDArray[np.object_],
    order: Sequence[str],
    standard: Standard,
    name: str,
) -> pd.DataFrame:
    """Count statuses by group, criterion by criterion; groups without a camera count none."""
    position = {each: n for n, each in enumerate(order)}
    of = np.fromiter((position[each] for each in key), dtype=np.intp, count=len(key))
    criteria = (*standard.names, WHOLE_STANDARD)
    columns = {"cameras": np.repeat(np.bincount(of, minlength=len(order)), len(criteria))}
    for column, value in (("passed", PASS), ("failed", FAIL), ("unknown", UNKNOWN)):
        counts = [
            np.bincount(of, weights=everything[:, k] == value, minlength=len(order))
            for k in range(len(criteria))
        ]
        columns[column] = np.column_stack(counts).astype(int).ravel()
    frame = pd.DataFrame(columns)
    frame["passed_share_of_known"] = _share(frame["passed"], frame["passed"] + frame["failed"])
    frame.insert(0, name, np.repeat(np.array(order, dtype=object), len(criteria)))
    frame.insert(1, "criterion", np.tile(criteria, len(order)))
    return frame


def fault_profiles(code: NDArray[np.object_], status: Statuses, standard: Standard) -> pd.DataFrame:
    """Count the cameras of an area that have the same required criteria failed and unknown.

    Parameters
    ----------
    code
        Area of each camera.
    status
        Shape ``(cameras, criteria)``.
    standard
        Its criteria name the columns.

    Returns
    -------
    DataFrame
        ``area_code, failed, unknown`` (names separated by spaces), ``cameras``.
    """
    required = [each.required for each in standard.criteria]
    frame = pd.DataFrame(
        {
            "area_code": code,
            "failed": listed(status[:, required] == FAIL, standard.required),
            "unknown": listed(status[:, required] == UNKNOWN, standard.required),
        }
    )
    counted = frame.groupby(["area_code", "failed", "unknown"], sort=True).size()
    return counted.rename("cameras").reset_index()
