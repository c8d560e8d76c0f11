"""Layer styles for QGIS: the colours and classes of the pages, as its QML.

Every text from the input is put in as an attribute of an XML tree, so that it cannot be anything
else. Written for QGIS 3.22 and read by later versions: symbol layers are given as ``prop``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

import pandas as pd

from maps.shell import palettes, wording
from maps.shell.legends import rounded_limits

Properties = Mapping[str, str]
GAP = "#b3005e"
VERSION = "3.22.0"
SHAPE_OF_OWNER = {"public": "circle", "private": "square", "unknown": "diamond"}
OWNERS = {"public": "public", "private": "private", "unknown": "owner not known"}
REACH = "reach only, not coverage"
# In front of the mark, on the side that the camera looks to; none where that is not known.
AHEAD = """"azimuth_deg" IS NOT NULL AND "view_basis" <> 'reach'"""


def cameras() -> str:
    """Return the style of cameras: shape and colour by owner, and the way each looks."""
    symbols = []
    for owner, shape in SHAPE_OF_OWNER.items():
        colour = palettes.OUTLINE[owner]
        ahead = _marker("triangle", colour, size=2.8, offset_mm=-2.7)
        _data_defined(ahead, angle='"azimuth_deg"', enabled=AHEAD)
        symbols.append([ahead, _marker(shape, colour, size=3.0)])
    return _categorised("ownership", list(OWNERS.items()), "marker", symbols, label="camera_id")


def views() -> str:
    """Return the style of visible areas: colour by owner, reach as a dashed line."""
    expression = """if("view_basis" = 'reach', 'reach', "ownership")"""
    values = [("reach", REACH), *OWNERS.items()]
    symbols = [[_fill("", palettes.OUTLINE["unknown"], dashed=True)]]
    symbols += [
        [_fill(palettes.OWNERSHIP[owner], palettes.OUTLINE[owner], 0.45)] for owner in OWNERS
    ]
    return _categorised(expression, values, "fill", symbols)


def coverage(shares: pd.Series) -> str:
    """Return the style of areas by covered share, in classes with rounded limits.

    Parameters
    ----------
    shares
        The covered shares.
    """
    known = shares.dropna().to_numpy(dtype=float)
    limits = rounded_limits(known)
    edges = [0.0, *limits, max(1.0, float(known.max(initial=0.0)))]
    colours = palettes.amounts(len(edges) - 1)
    root = _root()
    renderer = ET.SubElement(
        root, "renderer-v2", type="graduatedSymbol", attr="covered_share", enableorderby="0",
        forceraster="0", symbollevels="0", graduatedMethod="GraduatedColor",
    )  # fmt: skip
    ranges = ET.SubElement(renderer, "ranges")
    for place, (low, high) in enumerate(pairwise(edges)):
        label = f"{wording.share(low)} to {wording.share(high)}"
        ET.SubElement(
            ranges, "range", lower=f"{low:.15f}", upper=f"{high:.15f}", label=label,
            symbol=str(place), render="true",
        )  # fmt: skip
    _symbols(renderer, "fill", [[_fill(colour, "#ffffff", 0.6)] for colour in colours])
    _labels(root, "area_name")
    return _text(root)


def gaps() -> str:
    """Return the style of gaps: hatched."""
    return _single("fill", [_fill(GAP, GAP, 0.6, style="b_diagonal")])


def street_gaps() -> str:
    """Return the style of unseen runs of street."""
    line = _layer("SimpleLine", line_color=_rgba(GAP), line_width="0.45", line_width_unit="MM")
    return _single("line", [line])


def rooms(colours: Mapping[str, tuple[str, str]], *, points: bool) -> str:
    """Return the style of control rooms, or of the boroughs that each serves.

    Parameters
    ----------
    colours
        Letter and colour of each room, by ``room_code``.
    points
        Whether the layer holds the rooms themselves.
    """
    values = [(code, f"Room {letter}") for code, (letter, _) in colours.items()]
    chosen = [colour for _, colour in colours.values()]
    if points:
        symbols = [[_marker("circle", colour, size=4.0, outline=palettes.INK)] for colour in chosen]
        return _categorised("room_code", values, "marker", symbols, label="room_borough")
    symbols = [[_fill(colour, "#ffffff")] for colour in chosen]
    return _categorised("room_code", values, "fill", symbols, label="borough")


def with_aliases(style: str, aliases: Mapping[str, str]) -> str:
    """Return a style that shows columns under names to be read."""
    root = ET.fromstring(style)  # noqa: S314 - made above
    found = ET.SubElement(root, "aliases")
    for place, (column, name) in enumerate(aliases.items()):
        ET.SubElement(found, "alias", field=column, index=str(place), name=name)
    return _text(root)


def plain(kind: str, colour: str = "#8b8f96") -> str:
    """Return a style of one quiet symbol: ``fill``, ``line`` or ``marker``."""
    layers = {
        "fill": _fill(colour, "#ffffff"),
        "line": _layer("SimpleLine", line_color=_rgba(colour), line_width="0.4"),
        "marker": _marker("circle", colour, size=2.0),
    }
    return _single(kind, [layers[kind]])


def _root() -> ET.Element:
    return ET.Element("qgis", version=VERSION, styleCategories="Symbology|Labeling|Fields")


def _text(root: ET.Element) -> str:
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(
        root, encoding="unicode"
    )


def _rgba(colour: str, share: float = 1.0) -> str:
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return ",".join(str(each) for each in (*channels, round(255 * share)))


def _layer(kind: str, **properties: str) -> ET.Element:
    element = ET.Element("layer", attrib={"class": kind}, enabled="1", locked="0")
    element.set("pass", "0")
    for key, value in properties.items():
        ET.SubElement(element, "prop", k=key, v=value)
    return element


def _fill(
    colour: str, outline: str, share: float = 1.0, *, style: str = "solid", dashed: bool = False
) -> ET.Element:
    return _layer(
        "SimpleFill",
        color=_rgba(colour or "#ffffff", share),
        style=style if colour else "no",
        outline_color=_rgba(outline),
        outline_style="dash" if dashed else "solid",
        outline_width="0.26",
        outline_width_unit="MM",
    )


def _marker(
    name: str, colour: str, *, size: float, offset_mm: float = 0.0, outline: str = "#ffffff"
) -> ET.Element:
    return _layer(
        "SimpleMarker",
        name=name,
        color=_rgba(colour),
        outline_color=_rgba(outline),
        outline_width="0.2",
        size=f"{size:g}",
        size_unit="MM",
        offset=f"0,{offset_mm:g}",
        offset_unit="MM",
    )


def _data_defined(layer: ET.Element, **expressions: str) -> None:
    holder = ET.SubElement(ET.SubElement(layer, "data_defined_properties"), "Option", type="Map")
    ET.SubElement(holder, "Option", name="name", value="", type="QString")
    listed = ET.SubElement(holder, "Option", name="properties", type="Map")
    for name, expression in expressions.items():
        entry = ET.SubElement(listed, "Option", name=name, type="Map")
        ET.SubElement(entry, "Option", name="active", value="true", type="bool")
        ET.SubElement(entry, "Option", name="expression", value=expression, type="QString")
        ET.SubElement(entry, "Option", name="type", value="3", type="int")
    ET.SubElement(holder, "Option", name="type", value="collection", type="QString")


def _symbols(renderer: ET.Element, kind: str, symbols: Sequence[Sequence[ET.Element]]) -> None:
    holder = ET.SubElement(renderer, "symbols")
    for place, layers in enumerate(symbols):
        symbol = ET.SubElement(
            holder, "symbol", type=kind, name=str(place), alpha="1", clip_to_extent="1",
            force_rhr="0",
        )  # fmt: skip
        symbol.extend(layers)


def _single(kind: str, layers: Sequence[ET.Element]) -> str:
    root = _root()
    renderer = ET.SubElement(
        root, "renderer-v2", type="singleSymbol", enableorderby="0", forceraster="0",
        symbollevels="0",
    )  # fmt: skip
    _symbols(renderer, kind, [layers])
    return _text(root)


def _categorised(
    attribute: str,
    values: Sequence[tuple[str, str]],
    kind: str,
    symbols: Sequence[Sequence[ET.Element]],
    *,
    label: str = "",
) -> str:
    root = _root()
    renderer = ET.SubElement(
        root, "renderer-v2", type="categorizedSymbol", attr=attribute, enableorderby="0",
        forceraster="0", symbollevels="0",
    )  # fmt: skip
    listed = ET.SubElement(renderer, "categories")
    for place, (value, shown) in enumerate(values):
        ET.SubElement(
            listed, "category", value=value, label=shown, symbol=str(place), render="true",
            type="string",
        )  # fmt: skip
    _symbols(renderer, kind, symbols)
    if label:
        _labels(root, label, nearer_than=5_000 if kind == "marker" and label == "camera_id" else 0)
    return _text(root)


def _labels(root: ET.Element, column: str, *, nearer_than: int = 0) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings")
    style = ET.SubElement(
        settings, "text-style", fieldName=column, isExpression="0", fontSize="8",
        textColor=_rgba(palettes.INK),
    )  # fmt: skip
    ET.SubElement(
        style, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferColor="255,255,255,255"
    )
    scale = "1" if nearer_than else "0"
    ET.SubElement(
        settings, "rendering", scaleVisibility=scale, scaleMin=str(nearer_than), scaleMax="0"
    )
