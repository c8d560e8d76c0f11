"""What the height of the lens costs: who could identify a face if distance lay along the ground."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from coverage_model.optics.pixel_density import DistanceForm, blind_zone_m, dori_distance_m
from coverage_model.optics.shots import Shots, optional

LEVEL = "identify"


@dataclass(frozen=True, slots=True)
class SlantLoss:
    """Cameras that identify, with distance along the ground and with the slant distance.

    Parameters
    ----------
    known
        Cameras of which height, tilt, field of view and resolution are given.
    flat
        Of those, cameras that identify somewhere if distance is taken along the ground.
    lost
        Of those in turn, cameras that identify nowhere by the slant distance.
    """

    known: int
    flat: int
    lost: int

    @property
    def lost_share(self) -> float:
        """Share of the cameras that lose the level; unknown where none had it."""
        return self.lost / self.flat if self.flat else float("nan")


def slant_loss(
    cameras: gpd.GeoDataFrame,
    *,
    horizontal_px: NDArray[np.float64],
    px_per_m: float,
    target_height_m: float,
    form: DistanceForm = "planar",
) -> SlantLoss:
    """Count the cameras that lose a level to the height of their lens.

    Parameters
    ----------
    cameras
        ``schemas.Cameras``; values that are not given are not filled in.
    horizontal_px
        Pixels across, as far as they are known, one a row.
    px_per_m
        Pixels per metre that the level asks for.
    target_height_m
        Height of the target plane above ground.
    form
        As for :func:`coverage_model.optics.pixel_density.dori_distance_m`.

    Notes
    -----
    By the flat rule a camera reaches a level where ``px / (2 ppm tan(HFOV/2))`` lies beyond its
    blind zone. By the slant distance it does where its picture holds any of the target plane within
    that distance of the lens (:mod:`coverage_model.optics.picture`).
    """
    hfov = optional(cameras, "hfov_deg")
    shots = Shots.of(
        cameras, hfov_deg=hfov, horizontal_px=horizontal_px, target_height_m=target_height_m
    )
    known = shots.drawn & ~np.isnan(horizontal_px)
    reach = np.asarray(dori_distance_m(horizontal_px, hfov, px_per_m, form=form), dtype=float)
    limit = optional(cameras, "range_m", np.inf)
    near, far = blind_zone_m(
        optional(cameras, "mount_height_m"), shots.tilt_deg, shots.vfov_deg,
        target_height_m=target_height_m,
    )  # fmt: skip
    flat = known & (np.fmin(np.fmin(reach, limit), far) > near)
    held = np.zeros(len(cameras), dtype=bool)
    if shots.drawn.any():
        heading = np.zeros(len(cameras))
        pictures = shots.footprints(heading, horizontal_px, limit, px_per_m=px_per_m, form=form)
        held[shots.drawn] = pictures.far_m > 0
    ids = cameras["camera_id"]

    def count(flags: NDArray[np.bool_]) -> int:
        return int(ids[flags].nunique())

    blind = flat & ~ids.isin(ids[held & known]).to_numpy()
    return SlantLoss(count(known), count(flat), count(blind))
