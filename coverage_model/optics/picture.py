"""The picture's footprint: the ground of the target plane that a picture holds, sharp enough.

A picture is not a sector. Its edges are planes (or, behind a fisheye, cones) through the lens, and
they meet the target plane in a trapezoid (or a curve). How sharp it is there depends on the slant
distance from the lens to the target, not on the distance along the ground.

**Density.** On a target that faces the lens at slant distance ``d``, a lens puts ``g / d`` pixels
on a metre, ``g`` being its pixels for a radian. ``g`` is taken at the middle of the picture and for
the weaker of its two directions: ``px / (2 tan(HFOV/2))`` for a rectilinear lens (pinhole model;
Hartley and Zisserman, *Multiple View Geometry*, 2nd edition, 6.1) and ``px / HFOV`` for an
equidistant fisheye (``r = f θ``; Kannala and Brandt 2006, *A generic camera model*, eq. 3). Towards
the edge a rectilinear lens stretches what it shows by ``1 / cos θ`` and more; those pixels are not
counted as sharpness. So a level's ground is the part of the footprint within the slant distance
``g / ppm`` of the lens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator
from shapely.geometry.polygon import orient

from coverage_model.base.ragged import Ragged
from coverage_model.optics.pixel_density import DistanceForm, dori_distance_m

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

RECTILINEAR, FISHEYE = "rectilinear", "fisheye"

ASPECT = 9 / 16
"""Height of a picture over its width where neither its vertical field of view nor its vertical
pixels are given: an assumption, the shape of nearly all network cameras (1080p, 4K)."""

SIDES = 240
"""Directions along the outline of a lens that bends straight lines."""

PLANE_M = 1e-6
"""A target plane this close to the lens is seen edge-on."""

MAX_STEP_DEG = 5.0
"""Widest arc that one chord replaces."""


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """How a lens maps the angle from its axis to the distance from the picture's middle.

    Parameters
    ----------
    angle_deg
        Angles from the axis, rising from 0.
    radius
        Distance from the picture's middle at each, in any one unit; rising from 0.

    Examples
    --------
    >>> lens = Lens.from_text("0:0 30:0.5 60:0.9")
    >>> float(lens.radius_at(30.0))
    0.5
    """

    angle_deg: Floats
    radius: Floats

    def __post_init__(self) -> None:
        angle, radius = self.angle_deg, self.radius
        if not (
            len(angle) == len(radius) >= 2
            and angle[0] == radius[0] == 0
            and (np.diff(angle) > 0).all()
            and (np.diff(radius) > 0).all()
            and angle[-1] <= 180
        ):
            raise ValueError(
                "angles and radii must both rise from 0, angles to at most 180 degrees"
            )

    @classmethod
    def from_text(cls, text: str) -> Lens:
        """Read a table as written in a cell: ``angle:radius`` pairs, separated by spaces."""
        pairs = [pair.split(":") for pair in text.replace(";", " ").split()]
        if not all(len(pair) == 2 for pair in pairs):
            raise ValueError(f"{text!r} is no list of angle:radius pairs")
        angle, radius = np.array(pairs, dtype=float).T if pairs else np.empty((2, 0))
        return cls(angle, radius)

    def radius_at(self, angle_deg: ArrayLike) -> Floats:
        """Distance from the picture's middle at angles; not beyond the table (NaN)."""
        curve = PchipInterpolator(self.angle_deg, self.radius, extrapolate=False)
        return np.asarray(curve(angle_deg), dtype=float)

    def angle_at(self, radius: ArrayLike) -> Floats:
        """Angle from the axis at distances from the picture's middle, in degrees."""
        curve = PchipInterpolator(self.angle_deg, self.radius)
        # The inverse of that very curve, by halving.
        wanted = np.asarray(radius, dtype=float)
        low, high = np.zeros(wanted.shape), np.full(wanted.shape, self.angle_deg[-1])
        for _ in range(60):
            middle = (low + high) / 2
            short = curve(middle) < wanted
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return np.asarray((low + high) / 2)

    def weakest_per_radian(self, half_deg: float) -> float:
        """Least radius for a radian, along or across, from the axis to an angle.

        The smaller singular value of the lens's Jacobian: ``r'(θ)`` along, ``r / sin θ`` across.
        """
        angle = np.linspace(1e-6, min(half_deg, float(self.angle_deg[-1])), 721)
        curve = PchipInterpolator(self.angle_deg, self.radius)
        along = np.degrees(curve.derivative()(angle))
        across = curve(angle) / np.sin(np.radians(angle))
        return float(min(along.min(), np.abs(across).min()))


def slant_reach_m(
    horizontal_px: ArrayLike,
    hfov_deg: ArrayLike,
    px_per_m: ArrayLike,
    *,
    vertical_px: ArrayLike = np.nan,
    vfov_deg: ArrayLike = np.nan,
    lens: ArrayLike = RECTILINEAR,
    form: DistanceForm = "planar",
) -> Any:
    """Greatest slant distance at which a picture puts ``px_per_m`` pixels on a metre.

    Parameters
    ----------
    horizontal_px, hfov_deg
        Pixels across the picture, and its horizontal field of view.
    px_per_m
        Pixels per metre asked for on a target that faces the lens.
    vertical_px, vfov_deg
        Pixels down the picture and its vertical field of view. Where both are given, the weaker
        direction counts (pixels that are not square); else pixels are taken as square.
    lens
        ``rectilinear``, ``fisheye`` or a distortion table as text (:meth:`Lens.from_text`), which
        counts at its weakest place within the picture.
    form
        ``planar`` or ``arc``, for rectilinear lenses, as in
        :func:`~coverage_model.optics.pixel_density.dori_distance_m`.

    Examples
    --------
    >>> round(float(slant_reach_m(1920, 60, 250)), 3)
    6.651
    """
    kinds = np.asarray(lens, dtype=object)
    across, width, down, height, ppm, kinds = np.broadcast_arrays(
        *(
            np.asarray(each, dtype=float)
            for each in (horizontal_px, hfov_deg, vertical_px, vfov_deg, px_per_m)
        ),
        kinds,
    )
    bent = kinds == FISHEYE

    def reach(px: Floats, angle: Floats) -> Floats:
        flat = np.asarray(dori_distance_m(px, angle, ppm, form=form), dtype=float)
        arc = np.asarray(dori_distance_m(px, angle, ppm, form="arc"), dtype=float)
        return np.where(bent, arc, flat)

    found = np.asarray(np.fmin(reach(across, width), reach(down, height)))
    for text in {kind for kind in kinds.ravel() if kind not in (RECTILINEAR, FISHEYE)}:
        table = Lens.from_text(text)
        own = kinds == text
        for angle in np.unique(width[own]):
            same = own & (width == angle)
            per_pixel = table.weakest_per_radian(angle / 2) / table.radius_at(angle / 2)
            found = np.where(same, across / 2 * per_pixel / ppm, found)
    return found[()]


def picture_height_deg(
    vfov_deg: ArrayLike, *, hfov_deg: ArrayLike, horizontal_px: ArrayLike, vertical_px: ArrayLike
) -> tuple[Floats, Bools]:
    """Vertical fields of view, and which had to be assumed from the usual shape of a picture.

    Where it is not given it follows from the pixels, which are then taken as square, and else from
    :data:`ASPECT`: ``2 atan(aspect · tan(HFOV/2))``.
    """
    given, width, across, down = np.broadcast_arrays(
        *(np.asarray(v, dtype=float) for v in (vfov_deg, hfov_deg, horizontal_px, vertical_px))
    )
    shape = np.where(np.isnan(down / across), ASPECT, down / across)
    half = np.radians(np.minimum(width, 179.0)) / 2
    derived = np.degrees(2 * np.arctan(shape * np.tan(half)))
    return np.where(np.isnan(given), derived, given), np.isnan(given) & np.isnan(down / across)


def can_be_drawn(hfov_deg: ArrayLike, vfov_deg: ArrayLike, lens: ArrayLike = RECTILINEAR) -> Bools:
    """Whether a picture has a footprint: no rectilinear lens holds 180 degrees or more."""
    width, height = (np.asarray(each, dtype=float) for each in (hfov_deg, vfov_deg))
    kinds = np.asarray(lens, dtype=object)
    flat = kinds == RECTILINEAR
    fits = np.ones(np.broadcast_shapes(width.shape, kinds.shape), dtype=bool)
    for text in {kind for kind in kinds.ravel() if kind not in (RECTILINEAR, FISHEYE)}:
        most = 2 * Lens.from_text(text).angle_deg[-1]
        fits &= (kinds != text) | ((width <= most) & (height <= most))
    return np.asarray(fits & np.where(flat, (width < 180) & (height < 180), width <= 360))


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Footprints of many pictures.

    Parameters
    ----------
    rings
        One polygon a picture, relative to the foot of its camera (east, north), in m; empty where
        the picture holds nothing of the plane sharp enough.
    near_m, far_m
        Least and greatest distance of each footprint from the foot, along the plane.
    """

    rings: Ragged
    near_m: Floats
    far_m: Floats

    def polygons(self, x_m: ArrayLike = 0.0, y_m: ArrayLike = 0.0) -> npt.NDArray[np.object_]:
        """Build the footprints at the places of their cameras."""
        count = len(self.near_m)
        out = np.full(count, shapely.Polygon(), dtype=object)
        owner = np.repeat(np.arange(count), np.diff(self.rings.polygon_start))
        length = np.diff(self.rings.ring_start)
        whose = np.repeat(owner, length)
        east, north = (np.broadcast_to(np.asarray(v, dtype=float), count) for v in (x_m, y_m))
        moved = self.rings.xy + np.column_stack([east[whose], north[whose]])
        rings = np.arange(len(owner) + 1)
        out[owner] = shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, moved, (self.rings.ring_start, rings)
        )
        # A picture in several parts comes with lines between them.
        for row in owner[~shapely.is_valid(out[owner])]:
            whole = shapely.get_parts(shapely.get_parts(shapely.make_valid(out[row])))
            out[row] = shapely.MultiPolygon([orient(p) for p in whole if p.area > 0])
        return out


def footprints(
    *,
    azimuth_deg: ArrayLike,
    tilt_deg: ArrayLike,
    hfov_deg: ArrayLike,
    vfov_deg: ArrayLike,
    drop_m: ArrayLike,
    roll_deg: ArrayLike = 0.0,
    slant_m: ArrayLike = np.inf,
    range_m: ArrayLike = np.inf,
    lens: ArrayLike = RECTILINEAR,
    max_chord_deg: float = MAX_STEP_DEG,
) -> Pictures:
    """Cut pictures with the target plane: exactly what each holds of it, within its reach.

    Parameters
    ----------
    azimuth_deg
        Heading of the centre line, clockwise from grid north.
    tilt_deg
        Angle of the centre line below the horizon; 90 looks straight down.
    hfov_deg, vfov_deg
        Full angles across the middle of the picture and down it.
    drop_m
        Height of the lens above the target plane; negative where the plane lies above the lens.
    roll_deg
        Turn of the camera about its centre line, clockwise as it looks.
    slant_m
        Greatest distance from the lens, as from :func:`slant_reach_m`.
    range_m
        Greatest distance along the plane.
    lens
        ``rectilinear``, ``fisheye`` (equidistant) or a distortion table as text. The picture of the
        latter two is cut to the circle that its wider angle spans, so that equal angles give a
        round picture.
    max_chord_deg
        Widest arc that one chord replaces.

    Returns
    -------
    Pictures

    Raises
    ------
    ValueError
        If both reaches are infinite and the picture runs to the horizon, or a lens cannot hold its
        angles.

    Notes
    -----
    With the axis ``a``, right ``r'`` and up ``u'`` after the roll, the corners of a rectilinear
    picture are ``a ± tan(HFOV/2) r' ± tan(VFOV/2) u'``; a ray ``v`` meets the plane at
    ``drop · v_across / v_down``. Areas are exact, arcs being chords of the same area.

    Examples
    --------
    >>> down = footprints(azimuth_deg=0, tilt_deg=90, hfov_deg=90, vfov_deg=60, drop_m=5,
    ...                   slant_m=50)
    >>> round(float(down.polygons()[0].area), 6)  # 10 m by 10 / sqrt(3) m
    57.735027
    """
    from coverage_model.optics._outline import outline_rings  # noqa: PLC0415 - compiled when used

    kinds = np.atleast_1d(np.asarray(lens, dtype=object))
    given = (azimuth_deg, tilt_deg, roll_deg, hfov_deg, vfov_deg, drop_m, slant_m, range_m)
    values = [np.atleast_1d(np.asarray(each, dtype=float)) for each in given]
    *values, kinds = np.broadcast_arrays(*values, kinds)
    azimuth, tilt, roll, width, height, drop, slant, limit = values
    if not can_be_drawn(width, height, kinds).all():
        raise ValueError("a lens cannot hold its field of view")
    deep = np.abs(drop)
    # Along the plane, a slant distance is the other side of a right-angled triangle.
    reach = np.sqrt(np.maximum(np.minimum(slant, 1e9) ** 2 - deep**2, 0.0))
    reach = np.minimum(reach, limit)
    reach = np.where((deep < PLANE_M) | np.isnan(reach), 0.0, reach)
    axes = _axes(np.radians(azimuth), np.radians(tilt), np.radians(roll))
    outlines, bent, nadir = _outlines(kinds, width, height, axes, below=drop >= 0)
    if np.isinf(limit).any() and np.isinf(slant[np.isinf(limit)]).any():
        endless = np.isinf(limit) & np.isinf(slant)
        down = (
            np.einsum("nkc,nc->nk", outlines, axes[:, :, 2]) * np.where(drop >= 0, -1, 1)[:, None]
        )
        if (down[endless] <= 0).any():
            raise ValueError("a picture that runs to the horizon needs a slant_m or a range_m")
    coords, ends, near, far = outline_rings(
        outlines, bent, axes, deep, reach, nadir, drop < 0, float(np.radians(max_chord_deg))
    )
    filled = np.diff(ends, prepend=0) > 0
    polygon_start = np.concatenate([[0], np.cumsum(filled)]).astype(np.int64)
    ring_start = np.concatenate([[0], ends[filled]]).astype(np.int64)
    rings = Ragged(coords, ring_start, polygon_start, np.zeros(filled.sum(), dtype=bool))
    return Pictures(rings, near, far)


def _axes(azimuth: Floats, tilt: Floats, roll: Floats) -> Floats:
    """Right, up and ahead of cameras as vectors (east, north, up), shape (n, 3, 3)."""
    zero = np.zeros_like(azimuth)
    east, north = np.sin(azimuth), np.cos(azimuth)
    right = np.stack([north, -east, zero], axis=-1)
    up = np.stack([np.sin(tilt) * east, np.sin(tilt) * north, np.cos(tilt)], axis=-1)
    ahead = np.stack([np.cos(tilt) * east, np.cos(tilt) * north, -np.sin(tilt)], axis=-1)
    c, s = np.cos(roll)[:, None], np.sin(roll)[:, None]
    return np.ascontiguousarray(np.stack([c * right - s * up, s * right + c * up, ahead], axis=1))


def _outlines(
    kinds: Any, width: Floats, height: Floats, axes: Floats, *, below: Bools
) -> tuple[Floats, Bools, Bools]:
    """Directions along each picture's edge, where it bends, and which hold the foot."""
    # Straight to the plane, in each camera's own frame.
    foot = axes[:, :, 2] * np.where(below, -1.0, 1.0)[:, None]
    flat = kinds == RECTILINEAR
    sides = 4 if flat.all() else SIDES
    out = np.zeros((len(kinds), sides, 3))
    bent = np.zeros((len(kinds), sides), dtype=bool)
    nadir = np.zeros(len(kinds), dtype=bool)
    tx, ty = (np.tan(np.radians(np.where(flat, v, 90.0)) / 2) for v in (width, height))
    # Four corners, each repeated where other pictures of the batch need more directions.
    corner = np.arange(sides) * 4 // sides
    out[:, :, 0] = tx[:, None] * np.array([-1.0, 1.0, 1.0, -1.0])[corner]
    out[:, :, 1] = ty[:, None] * np.array([-1.0, -1.0, 1.0, 1.0])[corner]
    out[:, :, 2] = 1.0
    ahead = foot[:, 2] > 0
    nadir[flat] = (
        ahead & (np.abs(foot[:, 0]) <= tx * foot[:, 2]) & (np.abs(foot[:, 1]) <= ty * foot[:, 2])
    )[flat]
    for kind in {each for each in kinds if each != RECTILINEAR}:
        rows = np.flatnonzero(kinds == kind)
        lens = None if kind == FISHEYE else Lens.from_text(kind)
        half_w, half_h = (
            np.radians(v[rows]) / 2 if lens is None else lens.radius_at(v[rows] / 2)
            for v in (width, height)
        )
        turn, bent[rows] = _edge_angles(half_w, half_h)
        c, s = np.abs(np.cos(turn)), np.abs(np.sin(turn))
        wide = np.maximum(half_w, half_h)[:, None]
        with np.errstate(divide="ignore"):
            radius = np.minimum(np.minimum(half_w[:, None] / c, half_h[:, None] / s), wide)
        off = radius if lens is None else np.radians(lens.angle_at(radius))
        out[rows, :, 0] = np.sin(off) * np.cos(turn)
        out[rows, :, 1] = np.sin(off) * np.sin(turn)
        out[rows, :, 2] = np.cos(off)
        tilt = np.arccos(np.clip(foot[rows, 2], -1.0, 1.0))
        if lens is None:
            r = tilt
        else:
            r = lens.radius_at(np.degrees(tilt))
            r = np.where(np.isnan(r), np.inf, r)
        across = np.hypot(foot[rows, 0], foot[rows, 1])
        share = np.divide(r, across, out=np.zeros(len(rows)), where=across > 0)
        nadir[rows] = (
            (r <= wide[:, 0])
            & (np.abs(foot[rows, 0]) * share <= half_w)
            & (np.abs(foot[rows, 1]) * share <= half_h)
        )
    return out, bent, nadir


def _edge_angles(half_w: Floats, half_h: Floats) -> tuple[Floats, Bools]:
    """Angles about the picture's middle at which its edge is taken, and where that is smooth.

    The edge is a rectangle cut to a circle: two arcs and two straight sides, which meet at the
    angles at which the circle passes the sides; a picture as high as wide is all circle.
    """
    quarter = SIDES // 4
    part = np.arange(quarter) / quarter
    narrow = np.minimum(half_w, half_h) / np.maximum(half_w, half_h)
    meets = np.arcsin(np.clip(narrow, 0.0, 1.0))  # from the longer axis
    meets = np.where(half_w >= half_h, meets, np.pi / 2 - meets)[:, None]
    legs = (
        (-meets, 2 * meets),
        (meets, np.pi - 2 * meets),
        (np.pi - meets, 2 * meets),
        (np.pi + meets, np.pi - 2 * meets),
    )
    turn = np.concatenate([first + size * part for first, size in legs], axis=1)
    bent = np.ones(turn.shape, dtype=bool)
    bent[:, ::quarter] = False
    round_ = narrow > 1 - 1e-12
    turn[round_] = 2 * np.pi * np.arange(SIDES) / SIDES
    bent[round_] = True
    return turn, bent
