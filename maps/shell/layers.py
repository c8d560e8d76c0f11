"""Folium layers of the pages: the areas, group borders, rooms and links, and what starts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import shapely
from branca.element import MacroElement
from folium.template import Template

from coverage_model.base.crs import to_crs
from coverage_model.cover.surroundings import SMALL_SHARE
from maps.shell import palettes
from maps.shell.legends import Measure
from maps.shell.packed import PackedLayer
from maps.shell.tile_service import TileService

DECIMALS = 5  # about a metre


@dataclass(frozen=True, slots=True)
class PreparedAreas:
    """The areas of a page, in degrees and ready to draw.

    Parameters
    ----------
    codes, names
        Identifier and name of each area, in the page's order.
    geographic
        Their polygons in longitude and latitude.
    projected
        The same in the frame's own CRS in metres.
    bounds
        South-west and north-east corner of the whole, as latitude and longitude.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    geographic: gpd.GeoSeries
    projected: gpd.GeoSeries
    bounds: tuple[tuple[float, float], tuple[float, float]]

    def records(self) -> list[dict[str, Any]]:
        """Return what the script needs of each area: name, box, place and rank of its label."""
        boxes = self.geographic.bounds.to_numpy().round(DECIMALS)
        # The middle of the largest circle inside: a label there is as free as can be.
        circles = self.projected.maximum_inscribed_circle(tolerance=50)
        places = points_to_latlon(shapely.get_point(circles.geometry.to_numpy(), 0), self.projected)
        order = np.argsort(-self.projected.area.to_numpy(), kind="stable")
        ranks = np.empty(len(order), dtype=int)
        ranks[order] = np.arange(len(order))
        return [
            {
                "code": code,
                "name": name,
                "bounds": [[box[1], box[0]], [box[3], box[2]]],
                "at": list(place),
                "rank": int(rank),
            }
            for code, name, box, place, rank in zip(
                self.codes, self.names, boxes.tolist(), places, ranks, strict=True
            )
        ]

    def neighbours(self, *, within_m: float) -> list[tuple[int, int]]:
        """Return the pairs of areas, by position, at most this far apart."""
        shapes = self.projected.to_numpy()
        tree = shapely.STRtree(shapes)
        first, second = tree.query(shapes, predicate="dwithin", distance=within_m)
        return [(int(a), int(b)) for a, b in zip(first, second, strict=True) if a < b]


@dataclass(frozen=True, slots=True)
class Pane:
    """One map of a page.

    Parameters
    ----------
    name
        Name of the pane, unique in a page.
    label
        What the map shows, for screen readers.
    map
        The folium map.
    areas
        The layer of the areas.
    measures
        Ways to colour the areas; the first one shows.
    briefs
        A line about each area, for the hint at the pointer.
    groups
        Layers with a switch in the legend, by its name.
    above
        Layers that stay on top of the areas, lowest first.
    packs
        Packed polygons.
    ground
        Packed ground under everything, with its names (:func:`maps.shell.ground.ground_packs`).
    credits
        Whose data the ground is.
    tiles
        A tile service under everything, which the page then asks.
    labels
        Whether the areas carry their names.
    title, subtitle
        Caption over the map.
    """

    name: str
    label: str
    map: folium.Map
    areas: folium.GeoJson
    measures: tuple[Measure, ...]
    briefs: tuple[str, ...]
    groups: Mapping[str, folium.FeatureGroup | folium.GeoJson] = field(default_factory=dict)
    above: tuple[folium.FeatureGroup | folium.GeoJson, ...] = ()
    packs: tuple[PackedLayer, ...] = ()
    ground: tuple[PackedLayer, ...] = ()
    credits: tuple[str, ...] = ()
    tiles: TileService | None = None
    labels: bool = True
    title: str = ""
    subtitle: str = ""


def prepare_areas(areas: gpd.GeoDataFrame) -> PreparedAreas:
    """Turn an areas frame (``area_code, area_name, geometry``) into what pages draw.

    Parameters
    ----------
    areas
        In a projected CRS in metres; simplified as a polygon coverage if it is to stay small.
    """
    geographic, _ = to_crs(areas[["area_code", "geometry"]], "EPSG:4326")
    west, south, east, north = geographic.total_bounds.round(DECIMALS).tolist()
    return PreparedAreas(
        codes=tuple(areas["area_code"].astype(str)),
        names=tuple(areas["area_name"].astype(str)),
        geographic=geographic.geometry.reset_index(drop=True),
        projected=areas.geometry.reset_index(drop=True),
        bounds=((south, west), (north, east)),
    )


FOCUS_MARGIN_M = 150.0


def focus(
    studied: gpd.GeoDataFrame, prepared: PreparedAreas
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return the box that a page opens at where what was studied is a small part of the areas.

    Parameters
    ----------
    studied
        Cameras, views or ground seen, in the CRS of the areas.
    prepared
        The areas.

    Returns
    -------
    tuple or None
        South-west and north-east corner, as latitude and longitude; None to show all areas.
    """
    if studied.geometry.is_empty.all():
        return None
    west, south, east, north = studied.total_bounds
    whole = prepared.projected.total_bounds
    if max((east - west) / (whole[2] - whole[0]), (north - south) / (whole[3] - whole[1])) > (
        SMALL_SHARE
    ):
        return None
    corners = shapely.points(
        [
            (west - FOCUS_MARGIN_M, south - FOCUS_MARGIN_M),
            (east + FOCUS_MARGIN_M, north + FOCUS_MARGIN_M),
        ]
    )
    first, second = points_to_latlon(corners, prepared.projected)
    return first, second


def points_to_latlon(points: Any, like: gpd.GeoSeries) -> list[tuple[float, float]]:
    """Return points of the CRS of ``like`` as latitude and longitude."""
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(points, crs=like.crs))
    geographic, _ = to_crs(frame, "EPSG:4326")
    x, y = geographic.geometry.x.round(DECIMALS), geographic.geometry.y.round(DECIMALS)
    return list(zip(y.tolist(), x.tolist(), strict=True))


def _features(shapes: gpd.GeoSeries, styles: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rounded = shapely.set_precision(shapes.to_numpy(), 10.0**-DECIMALS, mode="pointwise")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": number,
                "properties": {"i": number, "style": dict(style)},
                "geometry": _rounded(shapely.geometry.mapping(shape)),
            }
            for number, (shape, style) in enumerate(zip(rounded, styles, strict=True))
        ],
    }


def _rounded(value: Any) -> Any:
    """Return coordinates with few decimals: a grid leaves 51.50000000001 behind."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value


def area_map(
    prepared: PreparedAreas, fills: Sequence[str], *, linked: bool = False
) -> tuple[folium.Map, folium.GeoJson]:
    """Return a folium map with its areas; the script fits it to its pane.

    Parameters
    ----------
    prepared
        The areas.
    fills
        Colour of each.
    linked
        Whether other maps of the page follow this one; it then moves without animation.
    """
    (south, west), (north, east) = prepared.bounds
    drawn = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_start=10,
        min_zoom=8,
        max_zoom=19,
        zoom_snap=0.25,
        zoom_animation=not linked,
        fade_animation=not linked,
    )
    styles = [
        {"fillColor": fill, "color": "#ffffff", "weight": 1, "fillOpacity": 1} for fill in fills
    ]
    layer = folium.GeoJson(_features(prepared.geographic, styles), smooth_factor=0.5)
    layer.add_to(drawn)
    return drawn, layer


def overlay(
    drawn: folium.Map, shapes: gpd.GeoSeries, *, style: Mapping[str, Any]
) -> folium.GeoJson:
    """Add shapes that nothing happens to on a click: borders of groups, hatching."""
    styles = [dict(style)] * len(shapes)
    layer = folium.GeoJson(_features(shapes, styles), smooth_factor=0.5, interactive=False)
    layer.add_to(drawn)
    return layer


def painted_areas(
    drawn: folium.Map, prepared: PreparedAreas, fills: Sequence[str], *, pane: str
) -> folium.GeoJson:
    """Add the areas once more in a pane of their own, for what is seen beside the page's own.

    Parameters
    ----------
    drawn
        The map.
    prepared
        The areas.
    fills
        Colour of each.
    pane
        Name of the pane, which must be there.
    """
    styles = [{"fillColor": fill, "color": "#ffffff", "weight": 1} for fill in fills]
    layer = folium.GeoJson(
        _features(prepared.geographic, styles), smooth_factor=0.5, interactive=False, pane=pane
    )
    layer.add_to(drawn)
    return layer


def group_borders(
    drawn: folium.Map, prepared: PreparedAreas, groups: Sequence[int]
) -> folium.GeoJson:
    """Add the outer border of each group of areas.

    Parameters
    ----------
    drawn
        The map.
    prepared
        The areas.
    groups
        Number of the group of each area.
    """
    frame = gpd.GeoDataFrame({"group": list(groups)}, geometry=prepared.geographic)
    outer = frame.dissolve("group").geometry
    style = {"color": palettes.INK, "weight": 2.5, "fill": False, "opacity": 0.9}
    return overlay(drawn, outer, style=style)


def hatched(
    drawn: folium.Map, prepared: PreparedAreas, marked: Sequence[bool]
) -> folium.GeoJson | None:
    """Add hatching over the marked areas; None where there are none."""
    chosen = prepared.geographic[np.asarray(marked, dtype=bool)]
    if chosen.empty:
        return None
    style = {"stroke": False, "fill": True, "fillColor": "url(#hatch)", "fillOpacity": 1}
    return overlay(drawn, chosen, style=style)


def rooms(
    drawn: folium.Map, places: Sequence[tuple[float, float]], letters: Sequence[str]
) -> folium.FeatureGroup:
    """Add a lettered mark for each control room.

    Parameters
    ----------
    drawn
        The map.
    places
        Latitude and longitude of each room.
    letters
        What stands in the mark: letters only, as icons are HTML.

    Raises
    ------
    ValueError
        If a letter is not one of the alphabet.
    """
    group = folium.FeatureGroup(name="rooms")
    for place, letter in zip(places, letters, strict=True):
        if letter and not (letter.isascii() and letter.isalpha()):
            raise ValueError(f"a room is marked with letters, not {letter!r}")
        size = 22 if letter else 10
        icon = folium.DivIcon(
            html=letter,
            icon_size=(size, size),
            icon_anchor=(size // 2, size // 2),
            class_name="room-letter" if letter else "old-room",
        )
        marker = folium.Marker(place, icon=icon, interactive=False, keyboard=False)
        marker.add_to(group)
    group.add_to(drawn)
    return group


def links(
    drawn: folium.Map, lines: Sequence[tuple[tuple[float, float], tuple[float, float]]]
) -> folium.FeatureGroup:
    """Add straight links from boroughs to their room."""
    group = folium.FeatureGroup(name="links")
    for line in lines:
        folium.PolyLine(
            line, color=palettes.INK, weight=1.6, opacity=0.75, interactive=False
        ).add_to(group)
    group.add_to(drawn)
    return group


class Start(MacroElement):
    """Hands the maps of a page to its script.

    Parameters
    ----------
    panes
        The maps; none for a page of text.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            Sharedview.start({
            {%- for pane in this.panes %}
                {{ pane.name|tojson }}: {
                    map: {{ pane.map.get_name() }},
                    areas: {{ pane.areas.get_name() }},
                    above: [{% for layer in pane.above %}{{ layer.get_name() }},{% endfor %}],
                    groups: { {% for key, layer in pane.groups.items() -%}
                        {{ key|tojson }}: {{ layer.get_name() }},
                    {%- endfor %} },
                },
            {%- endfor %}
            });
        {% endmacro %}
        """
    )

    def __init__(self, panes: Sequence[Pane]) -> None:
        super().__init__()
        self._name = "Start"
        self.panes = tuple(panes)


def water_layer(drawn: folium.Map, water: gpd.GeoDataFrame) -> folium.GeoJson:
    """Add water for orientation."""
    geographic, _ = to_crs(water[["geometry"]], "EPSG:4326")
    style = {"stroke": False, "fill": True, "fillColor": "#b9d3e6", "fillOpacity": 0.9}
    return overlay(drawn, geographic.geometry.reset_index(drop=True), style=style)
