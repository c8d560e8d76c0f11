"""Sheets for print: title, legend, scale bar, sources and marking about a map or chart.

Matplotlib comes with the extra ``report`` and is imported when a figure is drawn, so everything
else works without it. Figures have no timestamp and no random ids: the same frames give the same
bytes.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import geopandas as gpd
import numpy as np
import shapely

from coverage_model.base.errors import SharedviewError
from maps.shell import palettes, wording
from maps.shell.legends import LegendItem
from maps.shell.page import ATTRIBUTION, LICENCE, LegendBlock, PageContext

Kind = Literal["png", "svg", "pdf"]
WIDTH_IN, HEIGHT_IN = 7.2, 5.0
PRINT_DPI = 300
# A detail of this share of a map is about a dot of a print.
PRINTED_DETAIL = 2_000
SOFT = "#44556a"
LINE = "#cfd6de"
WATER = "#b9d3e6"
WARN, WARN_GROUND = "#7a3b00", "#fff3dc"
STYLE = {
    "font.family": ["DejaVu Sans"],
    "font.size": 7.5,
    "text.color": palettes.INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": palettes.INK,
    "axes.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "hatch.linewidth": 0.7,
    "svg.hashsalt": "sharedview",
    "pdf.fonttype": 42,
}
# Dates and versions would make two runs differ.
METADATA: Mapping[str, Mapping[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
}


class MissingExtraError(SharedviewError, ImportError):
    """A library of the extra ``report`` is not installed."""


def needs_extra(error: ImportError) -> MissingExtraError:
    """Say which extra brings the missing library."""
    return MissingExtraError(
        f"Reports and printed figures need {error.name or 'a library'}, which the extra 'report' "
        "brings. Install it with: pip install 'sharedview[report]'"
    )


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished figure.

    Parameters
    ----------
    name
        Name of its files, without the ending.
    title
        What it shows, as a caption.
    alt
        The same for those who cannot see it: what is where, with the figures that matter.
    figure
        Matplotlib's figure.
    """

    name: str
    title: str
    alt: str
    figure: Any
    _made: dict[tuple[str, int], bytes] = field(default_factory=dict, repr=False, compare=False)

    def data(self, kind: Kind, *, dpi: int = PRINT_DPI) -> bytes:
        """Return the file's content, the same each time.

        Parameters
        ----------
        kind
            ``png``, ``svg`` or ``pdf``.
        dpi
            Dots an inch of a PNG.
        """
        import matplotlib as mpl  # noqa: PLC0415 - an extra

        if (kind, dpi) not in self._made:
            stream = io.BytesIO()
            # Packed less hard: a tenth larger, in half the time.
            packing = {"pil_kwargs": {"compress_level": 3}} if kind == "png" else {}
            with mpl.rc_context(STYLE):
                self.figure.savefig(
                    stream, format=kind, dpi=dpi, metadata=METADATA[kind], **packing
                )
            self._made[kind, dpi] = stream.getvalue()
        return self._made[kind, dpi]

    def save(self, folder: Path | str, kinds: Sequence[Kind] = ("png", "svg")) -> tuple[Path, ...]:
        """Write the figure in each of the formats and return the paths."""
        paths = []
        for kind in kinds:
            path = Path(folder) / f"{self.name}.{kind}"
            path.write_bytes(self.data(kind))
            paths.append(path)
        return tuple(paths)


class Sheet:
    """A page-wide figure with the house's frame; use it as a context while drawing.

    Parameters
    ----------
    title, subtitle
        Over the figure.
    context
        Marking, date, sources, and whether cameras are illustrative.
    framed
        Whether title, sources and marking are part of the picture; a report sets them itself.
    height_in
        Height of the drawing without the frame, in inches.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """

    TOP_IN, FOOT_IN = 0.72, 0.52

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        *,
        context: PageContext,
        framed: bool = True,
        height_in: float = HEIGHT_IN,
    ) -> None:
        try:
            import matplotlib as mpl  # noqa: PLC0415 - an extra
            from matplotlib.figure import Figure  # noqa: PLC0415
        except ImportError as error:
            raise needs_extra(error) from error
        self.title = title
        self._style = mpl.rc_context(STYLE)
        self._style.__enter__()
        top, foot = (self.TOP_IN, self.FOOT_IN) if framed else (0.0, 0.0)
        self.height_in = height_in + top + foot
        self.figure = Figure(figsize=(WIDTH_IN, self.height_in), facecolor="white")
        self._foot, self._body = foot, height_in
        if framed:
            self._frame(title, subtitle, context)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self._style.__exit__(None, None, None)

    def _frame(self, title: str, subtitle: str, context: PageContext) -> None:
        text = self.figure.text
        high = self.height_in
        text(0.5, 1 - 0.10 / high, context.marking.upper(), ha="center", va="center", size=5.8,
             color=SOFT, weight="bold")  # fmt: skip
        text(0.02, 1 - 0.22 / high, title, va="top", size=11.5, weight="bold")
        text(0.02, 1 - 0.45 / high, subtitle, va="top", size=8, color=SOFT)
        if context.illustrative:
            badge = {"boxstyle": "round,pad=0.35", "fc": WARN_GROUND, "ec": "#d99a3c", "lw": 0.7}
            text(0.98, 1 - 0.30 / high, "Illustrative cameras", ha="right", va="center", size=7,
                 weight="bold", color=WARN, bbox=badge)  # fmt: skip
        note = f"{wording.day(context.dated)}. {source_line(context)}"
        lines = textwrap.wrap(note, 150)[:3]
        text(0.02, 0.40 / high, "\n".join(lines), va="top", size=5.6, color=SOFT, linespacing=1.25)
        text(0.5, 0.055 / high, context.marking.upper(), ha="center", va="center", size=5.8,
             color=SOFT, weight="bold")  # fmt: skip

    def axes(self, left: float, right: float, *, low: float = 0.0, high: float = 1.0) -> Any:
        """Return axes in a part of the body, in shares of its width and height."""
        bottom = (self._foot + low * self._body) / self.height_in
        height = (high - low) * self._body / self.height_in
        return self.figure.add_axes((left, bottom, right - left, height))

    def done(self, name: str, alt: str) -> Drawing:
        """Return the finished figure."""
        return Drawing(name, self.title, alt, self.figure)


def source_line(context: PageContext) -> str:
    """Return the sources in one line."""
    names = [source.name for source in context.sources]
    said = f"Sources: {'; '.join(names)}. " if names else ""
    scenario = f"Scenario: {context.scenario}. " if context.scenario else ""
    return f"{said}{scenario}{ATTRIBUTION}, {LICENCE}."


def printable(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas with no more detail than a print shows; neighbours stay joined."""
    west, south, east, north = areas.total_bounds
    tolerance = max(east - west, north - south) / PRINTED_DETAIL
    shapes = areas.geometry.array
    if shapely.coverage_is_valid(shapes):
        return areas.set_geometry(shapely.coverage_simplify(shapes, tolerance), crs=areas.crs)
    return areas.set_geometry(areas.geometry.simplify(tolerance))


def patch(shape: shapely.Geometry, **style: Any) -> Any:
    """Return a polygon, with its holes, as one patch."""
    from matplotlib.patches import PathPatch  # noqa: PLC0415 - an extra
    from matplotlib.path import Path as Outline  # noqa: PLC0415

    # A hole stays open only if it runs the other way round than its shell.
    rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(shape)))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(points), Outline.LINETO, dtype=np.uint8)
    codes[np.flatnonzero(np.diff(ring, prepend=-1))] = Outline.MOVETO
    codes[np.flatnonzero(np.diff(ring, append=-1))] = Outline.CLOSEPOLY
    return PathPatch(Outline(points, codes), **style)


def draw_map(
    axes: Any,
    areas: gpd.GeoDataFrame,
    fills: Sequence[str],
    *,
    hatched: Sequence[bool] | None = None,
    water: gpd.GeoDataFrame | None = None,
    scale: bool = True,
) -> None:
    """Draw areas with their colours, hatching and water, and a scale bar.

    Parameters
    ----------
    axes
        Where to.
    areas
        In a projected CRS in metres.
    fills
        Colour of each.
    hatched
        Which of them are hatched: moved, or without data.
    water
        For orientation.
    scale
        Whether to draw the scale bar.
    """
    marks = [False] * len(areas) if hatched is None else hatched
    # As artists: patches would each be measured for limits that are set below anyway.
    for shape, fill in zip(areas.geometry, fills, strict=True):
        axes.add_artist(patch(shape, facecolor=fill, edgecolor="white", linewidth=0.6))
    if water is not None:
        for shape in water.geometry:
            axes.add_artist(patch(shape, facecolor=WATER, edgecolor="none", alpha=0.9))
    for shape, mark in zip(areas.geometry, marks, strict=True):
        if mark:
            axes.add_artist(
                patch(shape, facecolor="none", edgecolor=palettes.INK, linewidth=0, hatch="////",
                      alpha=0.55)
            )  # fmt: skip
    west, south, east, north = areas.total_bounds
    margin = 0.012 * (east - west)
    axes.set_xlim(west - margin, east + margin)
    axes.set_ylim(south - margin, north + margin)
    axes.set_aspect("equal", anchor="W")
    axes.set_axis_off()
    if scale:
        _scale_bar(axes, west, south, east - west)


def _scale_bar(axes: Any, west: float, south: float, width: float) -> None:
    """Draw a bar of about a sixth of the map, and which way north is."""
    wanted = width / 6
    power = 10.0 ** np.floor(np.log10(wanted))
    length = power * max(step for step in (1, 2, 5) if step * power <= wanted)
    label = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    y = south + 0.012 * width
    axes.plot([west, west + length], [y, y], color=palettes.INK, linewidth=2, solid_capstyle="butt")
    axes.text(west + length / 2, y + 0.008 * width, label, ha="center", va="bottom", size=6.5)
    x = west + length + 0.03 * width
    arrow = {"arrowstyle": "-|>", "color": palettes.INK, "linewidth": 0.8}
    axes.annotate("", (x, y + 0.045 * width), (x, y - 0.008 * width), arrowprops=arrow)
    axes.text(x, y + 0.047 * width, "N", ha="center", va="bottom", size=6.5)


def label_areas(sheet: Sheet, axes: Any, areas: gpd.GeoDataFrame, *, size: float = 5.6) -> None:
    """Write the areas' names, the largest first, where they do not run into each other."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - an extra

    circles = areas.geometry.maximum_inscribed_circle(tolerance=50)
    places = shapely.get_coordinates(shapely.get_point(circles.geometry.to_numpy(), 0))
    sheet.figure.draw_without_rendering()
    taken: list[Any] = []
    for row in np.argsort(-areas.geometry.area.to_numpy(), kind="stable"):
        name = textwrap.fill(str(areas["area_name"].iloc[row]), 12, break_long_words=False)
        halo = [withStroke(linewidth=1.6, foreground="white")]
        text = axes.text(*places[row], name, ha="center", va="center", size=size, weight="bold",
                         linespacing=1.0, path_effects=halo)  # fmt: skip
        box = text.get_window_extent().expanded(1.02, 1.05)
        if any(box.overlaps(other) for other in taken):
            text.remove()
        else:
            taken.append(box)


def draw_legend(axes: Any, blocks: Sequence[LegendBlock]) -> None:
    """Draw legends as the pages do: a heading, lines with swatch, label and count, a note.

    Parameters
    ----------
    axes
        Where to; one unit of their height is an inch from the top.
    blocks
        What to explain.
    """
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - an extra

    figure = axes.get_figure()
    box = axes.get_position()
    width = box.width * figure.get_figwidth()
    axes.set_xlim(0, width)
    axes.set_ylim(-box.height * figure.get_figheight(), 0)
    axes.set_axis_off()
    y = -0.06
    # About this many letters of the size below fit into an inch.
    letters = 17.5
    for block in blocks:
        heading = textwrap.wrap(block.title, int(width * 15))
        axes.text(0, y, "\n".join(heading), va="top", size=7.5, weight="bold")
        y -= 0.13 * len(heading) + 0.06
        for item in block.items:
            room = width - 0.26 - len(item.count) / letters
            lines = textwrap.wrap(item.label, max(8, int(room * letters)))
            _swatch(axes, item, y, Rectangle)
            axes.text(0.27, y, "\n".join(lines), va="top", size=6.8, linespacing=1.15)
            axes.text(width, y, item.count, va="top", ha="right", size=6.8, color=SOFT)
            y -= 0.115 * len(lines) + 0.045
        if block.note:
            lines = textwrap.wrap(block.note, int(width * 18.5))
            axes.text(
                0, y - 0.02, "\n".join(lines), va="top", size=6.2, color=SOFT, linespacing=1.2
            )
            y -= 0.105 * len(lines) + 0.03
        y -= 0.12


def _swatch(axes: Any, item: LegendItem, y: float, rectangle: Any) -> None:
    middle = y - 0.05
    if item.swatch in ("line", "dashed"):
        style = "--" if item.swatch == "dashed" else "-"
        axes.plot([0, 0.2], [middle, middle], color=item.colour, linewidth=1.8, linestyle=style)
    elif item.swatch in ("dot", "ring"):
        axes.plot([0.1], [middle], marker="o", markersize=5.5, markerfacecolor="white",
                  markeredgecolor=palettes.INK, markeredgewidth=1.1)  # fmt: skip
    else:
        box = {"xy": (0, y - 0.105), "width": 0.2, "height": 0.11}
        axes.add_patch(
            rectangle(**box, facecolor=item.colour, edgecolor=palettes.INK, linewidth=0.35)
        )
        if item.swatch == "hatch":
            axes.add_patch(rectangle(**box, facecolor="none", edgecolor=palettes.INK, linewidth=0,
                                     hatch="//////", alpha=0.6))  # fmt: skip


def plain_axes(axes: Any, *, grid: Literal["x", "y", "both"] = "x") -> None:
    """Take away what a chart does not need, and draw a faint grid."""
    across = {"x": ("left",), "y": ("bottom",), "both": ()}[grid]
    for side in ("top", "right", *across):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    axes.grid(axis=grid, color="#e3e8ee", linewidth=0.6)
    axes.set_axisbelow(True)
