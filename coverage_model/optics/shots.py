"""Which views of an inventory have a picture on the target plane, and what it takes to draw it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from coverage_model.optics.picture import (
    PLANE_M,
    RECTILINEAR,
    Bools,
    Floats,
    Pictures,
    can_be_drawn,
    footprints,
    picture_height_deg,
    slant_reach_m,
)
from coverage_model.optics.pixel_density import DistanceForm, blind_zone_m


@dataclass(frozen=True, slots=True, eq=False)
class Shots:
    """Pictures of views, as far as mounting height and tilt are given; arrays of a row a view.

    Parameters
    ----------
    drawn
        Views with a footprint of their own.
    vfov_assumed
        Of those, the ones whose vertical field of view follows from the usual shape of a picture.
    near_m, far_m
        Near and far edge where the view stays a sector: from tilt and height where no flat picture
        can be drawn (180 degrees and more, or a target plane at the height of the lens), else 0
        and infinite.
    """

    drawn: Bools
    vfov_assumed: Bools
    near_m: Floats
    far_m: Floats
    tilt_deg: Floats
    roll_deg: Floats
    hfov_deg: Floats
    vfov_deg: Floats
    vfov_given_deg: Floats
    vertical_px: Floats
    drop_m: Floats
    lens: npt.NDArray[np.object_]

    @classmethod
    def of(
        cls,
        cameras: gpd.GeoDataFrame,
        *,
        hfov_deg: Floats,
        horizontal_px: Floats,
        target_height_m: float,
    ) -> Shots:
        """Take what a ``schemas.Cameras`` frame says of its pictures.

        Parameters
        ----------
        cameras
            Views; those of basis ``reach`` have no picture.
        hfov_deg, horizontal_px
            Values of the views, with assumptions filled in.
        target_height_m
            Height of the target plane above ground.
        """
        height, tilt, vfov = (
            optional(cameras, name) for name in ("mount_height_m", "tilt_deg", "vfov_deg")
        )
        roll, down = optional(cameras, "roll_deg", 0.0), optional(cameras, "vertical_px")
        lens = lenses(cameras)
        tall, assumed = picture_height_deg(
            vfov, hfov_deg=hfov_deg, horizontal_px=horizontal_px, vertical_px=down
        )
        views = cameras["view_basis"].ne("reach").to_numpy() & ~np.isnan(tilt + height)
        drop = height - target_height_m
        fits = can_be_drawn(hfov_deg, tall, lens)
        drawn = views & fits & ~np.isnan(hfov_deg) & (np.abs(drop) > PLANE_M)
        near, far = blind_zone_m(height, tilt, vfov, target_height_m=target_height_m)
        edged = views & ~drawn & ~np.isnan(near)
        return cls(
            drawn=drawn,
            vfov_assumed=drawn & assumed,
            near_m=np.where(edged, near, 0.0),
            far_m=np.where(edged, far, np.inf),
            tilt_deg=tilt,
            roll_deg=roll,
            hfov_deg=np.asarray(hfov_deg, dtype=float),
            vfov_deg=tall,
            vfov_given_deg=vfov,
            vertical_px=down,
            drop_m=drop,
            lens=lens,
        )

    def footprints(
        self,
        azimuth_deg: Floats,
        horizontal_px: Floats,
        range_m: Floats,
        *,
        px_per_m: float,
        form: DistanceForm = "planar",
        max_chord_deg: float = 5.0,
    ) -> Pictures:
        """Draw the footprints of the ``drawn`` views at a pixel density; arguments as all views."""
        own = self.drawn
        reach = slant_reach_m(
            horizontal_px[own], self.hfov_deg[own], px_per_m,
            vertical_px=self.vertical_px[own], vfov_deg=self.vfov_deg[own],
            lens=self.lens[own], form=form,
        )  # fmt: skip
        limit = np.where(np.isnan(range_m[own]), np.inf, range_m[own])
        return footprints(
            azimuth_deg=azimuth_deg[own],
            tilt_deg=self.tilt_deg[own],
            roll_deg=self.roll_deg[own],
            hfov_deg=self.hfov_deg[own],
            vfov_deg=self.vfov_deg[own],
            drop_m=self.drop_m[own],
            slant_m=np.atleast_1d(reach),
            range_m=limit,
            lens=self.lens[own],
            max_chord_deg=max_chord_deg,
        )

    def valued(self, hfov_deg: Floats, horizontal_px: Floats) -> Shots:
        """Return the same pictures at other values of what is drawn for want of knowledge."""
        tall, _ = picture_height_deg(
            self.vfov_given_deg,
            hfov_deg=hfov_deg,
            horizontal_px=horizontal_px,
            vertical_px=self.vertical_px,
        )
        fits = can_be_drawn(hfov_deg, tall, self.lens)
        return replace(self, drawn=self.drawn & fits, hfov_deg=hfov_deg, vfov_deg=tall)

    def take(self, rows: npt.NDArray[np.intp]) -> Shots:
        """Keep some rows."""
        names = self.__dataclass_fields__
        kept: dict[str, Any] = {name: getattr(self, name)[rows] for name in names}
        return replace(self, **kept)


def optional(cameras: pd.DataFrame, name: str, default: float = np.nan) -> Floats:
    """Take a column of numbers that a source need not have."""
    if name not in cameras.columns:
        return np.full(len(cameras), default)
    values = np.asarray(cameras[name].to_numpy(dtype=float, na_value=np.nan))
    return np.where(np.isnan(values), default, values)


def lenses(cameras: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Kind of each view's lens; rectilinear where the source does not say."""
    if "lens_projection" not in cameras.columns:
        return np.full(len(cameras), RECTILINEAR, dtype=object)
    given = cameras["lens_projection"].astype(object)
    return np.asarray(given.where(given.notna(), RECTILINEAR).to_numpy(dtype=object))
