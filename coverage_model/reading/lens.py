"""The angle of a lens that a source gives as a focal length: a reader's conversion of units."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def hfov_from_lens_deg(*, focal_mm: ArrayLike, sensor_width_mm: ArrayLike) -> Any:
    """Horizontal field of view of a rectilinear lens: ``2·atan(w / 2f)``.

    Parameters
    ----------
    focal_mm
        Focal length, in mm.
    sensor_width_mm
        Width of the sensor's active area, in mm.

    Returns
    -------
    float or ndarray
        Degrees.

    Examples
    --------
    >>> round(float(hfov_from_lens_deg(focal_mm=2.4, sensor_width_mm=4.8)), 6)
    90.0
    """
    focal = np.asarray(focal_mm, dtype=float)
    return np.degrees(2 * np.arctan(np.asarray(sensor_width_mm, dtype=float) / (2 * focal)))


def is_lens_table(text: str) -> bool:
    """Whether a text is a distortion table: ``angle:radius`` pairs that both rise from 0.

    Examples
    --------
    >>> is_lens_table("0:0 30:0.5 60:0.9"), is_lens_table("0:0 60:0.9 30:0.5")
    (True, False)
    """
    pair = r"\d+(?:\.\d+)?:\d+(?:\.\d+)?"
    if re.fullmatch(rf"{pair}(?:[;\s]+{pair})+", text.strip()) is None:
        return False
    values = np.array([p.split(":") for p in re.findall(pair, text)], dtype=float)
    rises = bool((np.diff(values, axis=0) > 0).all())
    return rises and not values[0].any() and bool(values[-1, 0] <= 180)
