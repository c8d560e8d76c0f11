"""The shell that every page shares, and the page itself: one text, saved in one piece."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from coverage_model.base.errors import SharedviewError
from maps.shell import nouns, wording
from maps.shell.layers import Pane, PreparedAreas, Start
from maps.shell.legends import LegendItem
from maps.shell.nouns import LONDON_NOUN
from maps.shell.offline import OfflineFigure, asset_text, data_block, json_text
from maps.shell.tables import AreaText, Download, PageLink, Section
from maps.shell.wording import Sentence

MAX_BYTES = 25_000_000
DOWNLOADS_SHOWN = 1  # as buttons at the head of the page; the others fold away beside them
ATTRIBUTION = "Contains OS data © Crown copyright and database right"
LICENCE = "used under the Open Government Licence v3.0"


class PageSizeError(SharedviewError, ValueError):
    """A page too large for the laptops it is meant for."""


@dataclass(frozen=True, slots=True)
class SourceNote:
    """Where data on a page comes from.

    Parameters
    ----------
    name, licence, detail
        What it is, under which licence, and date, file or checksum.
    """

    name: str
    licence: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AssumptionNote:
    """A coefficient or rule behind the figures of a page.

    Parameters
    ----------
    name, value, unit
        What it is, and how much, as text.
    source
        Where it was read; empty for an assumption of ours.
    mark
        ``R`` read in the source, ``D`` derived, else "assumption".
    meaning
        What it means, where its name does not say it.
    """

    name: str
    value: str
    unit: str = ""
    source: str = ""
    mark: str = "assumption"
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class PageContext:
    """What a page says about itself.

    Parameters
    ----------
    title
        Heading and title of the page.
    dated
        Date of the figures.
    marking
        Protective marking, at the head and foot of the page.
    illustrative
        Whether cameras were generated; the page then says so wherever it matters.
    sources
        The data.
    scenario
        Name and hash of the scenario, where there is one.
    assumptions
        Coefficients and rules that the figures rest on.
    notices
        What was dropped, repaired or assumed, with counts, as sentences.
    links
        The other pages of the run, the page of pages first; the place and the area that are looked
        at go with them.
    noun
        What an area is called: any but "borough" changes that word in all of the page.
    attribution
        Whose map data the boundaries are; empty where none of the embedded ones is drawn.
    """

    title: str
    dated: date
    marking: str = "OFFICIAL"
    illustrative: bool = False
    sources: tuple[SourceNote, ...] = ()
    scenario: str | None = None
    assumptions: tuple[AssumptionNote, ...] = ()
    notices: tuple[str, ...] = ()
    links: tuple[PageLink, ...] = ()
    noun: str = LONDON_NOUN
    attribution: str = ATTRIBUTION


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page.

    Parameters
    ----------
    html
        The whole file.
    """

    html: str

    def save(self, path: Path | str) -> None:
        """Write the page under a temporary name, then rename it into place.

        Parameters
        ----------
        path
            Where to; an older page of that name is replaced only when the new one is complete.

        Raises
        ------
        PageSizeError
            If the page is over 25 MB; nothing is written.
        """
        data = self.html.encode()
        target = Path(path)
        if len(data) > MAX_BYTES:
            raise PageSizeError(
                f"{target.name} would be {len(data) / 1e6:.0f} MB; pages stop at "
                f"{MAX_BYTES / 1e6:.0f} MB. Show fewer cameras (one borough, or public cameras "
                "only), or give larger areas and leave the cameras to the GeoPackage."
            )
        handle, scratch = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(scratch).chmod(0o644)
            Path(scratch).replace(target)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise


@dataclass(frozen=True, slots=True)
class LegendBlock:
    """A titled part of the legend, beyond the colours of the areas.

    Parameters
    ----------
    title, items, note
        Heading, lines, and a sentence under them.
    """

    title: str
    items: tuple[LegendItem, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A shape in a list that the map can go to.

    Parameters
    ----------
    label, detail
        What is listed.
    bounds
        South-west and north-east corner.
    rings
        Its outline as Leaflet takes it: rings (or lines) of latitude and longitude.
    line
        Whether it is a line and not a shape.
    """

    label: str
    detail: str
    bounds: Sequence[Sequence[float]]
    rings: Sequence[Any]
    line: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """A titled list of places.

    Parameters
    ----------
    title, items, note
        Heading, places, and a sentence under the heading.
    """

    title: str
    items: tuple[Place, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Workbench:
    """What a page with its own controls adds to the shell.

    Parameters
    ----------
    key
        Name of its class in the style sheet, and of its part of the page's data.
    above, beside, below
        HTML before the maps, first in the column beside them, and after them.
    data
        What its scripts read.
    blocks
        Packed data blocks as HTML.
    styles, scripts
        Assets that it needs beyond the shell's; scripts run after the shell's own.
    engine
        Script that runs before those, and that a worker of the page runs as well.
    """

    key: str
    above: Markup
    beside: Markup
    data: Mapping[str, Any]
    blocks: Sequence[str]
    styles: Sequence[str] = ()
    scripts: Sequence[str] = ()
    below: Markup | str = ""
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything on a page but what it says about itself.

    Parameters
    ----------
    lead
        Sentences under the title.
    areas
        The areas of the maps; None for a page of text.
    area_texts
        What is said of each area, in their order.
    panes
        The maps.
    legends
        Parts of the legend beyond the areas' colours.
    places
        Lists that zoom.
    sections
        What follows the maps.
    downloads
        CSV files.
    noun
        What an area is called.
    zoom_note
        Shown while the packed polygons are not.
    home
        Address of the page of pages; empty for no link.
    focus
        Where the maps open: south-west and north-east corner; None for all areas.
    packed
        What the packed blocks hold, for readers whose browser cannot unpack them.
    quiet
        Codes of areas with nothing to tell: their rows fold away.
    workbench
        Controls of the page's own; None for none.
    contents
        Links to the sections, for a long page of text.
    """

    lead: Sequence[Sentence | str] = ()
    areas: PreparedAreas | None = None
    area_texts: Sequence[AreaText] = ()
    panes: Sequence[Pane] = ()
    legends: Sequence[LegendBlock] = ()
    places: Sequence[Places] = ()
    sections: Sequence[Section] = ()
    downloads: Sequence[Download] = field(default=())
    noun: str = "borough"
    zoom_note: str = ""
    home: str = ""
    focus: tuple[tuple[float, float], tuple[float, float]] | None = None
    packed: str = "camera views"
    quiet: frozenset[str] = frozenset()
    workbench: Workbench | None = None
    contents: Sequence[PageLink] = ()


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=False
    )
    return environment.from_string(asset_text("page.html"))


def assemble(content: Content, *, context: PageContext) -> Page:
    """Put a page together.

    Parameters
    ----------
    content
        What is on it.
    context
        What it says about itself.

    Returns
    -------
    Page
        Complete and self-contained.
    """
    change = _words(content, context)
    if context.noun != LONDON_NOUN:
        content = replace(content, noun=context.noun)
    positions = {}
    if content.areas is not None:
        positions = {code: number for number, code in enumerate(content.areas.codes)}
    packs = [pack for pane in content.panes for pack in (*pane.packs, *pane.ground)]
    services = [pane.tiles for pane in content.panes if pane.tiles is not None]
    body = _template().render(
        context=context,
        dated=wording.day(context.dated),
        attribution=f"{context.attribution}, {LICENCE}." if context.attribution else "",
        lead=[wording.parts(sentence) for sentence in content.lead],
        panes=content.panes,
        measures=content.panes[0].measures if content.panes else (),
        areas=[{"name": name} for name in (content.areas.names if content.areas else ())],
        legends=content.legends,
        places=content.places,
        sections=[section.view(positions) for section in content.sections],
        downloads=content.downloads,
        shown_downloads=DOWNLOADS_SHOWN,
        noun=content.noun,
        nouns=wording.plural(content.noun),
        panel_hint=_panel_hint(content.noun),
        search_label=_search_label(content),
        zoom_note=content.zoom_note,
        home=content.home,
        packed=content.packed,
        asks=tuple(dict.fromkeys(each.notice for each in services)),
        workbench=content.workbench,
        contents=content.contents,
    )
    blocks = [data_block("page-data", json_text(_data(content, context.attribution)))]
    blocks += [pack.html() for pack in packs]
    scripts: tuple[str, ...] = ("packed.js", "ground.js", "gridref.js", "page.js")
    if not content.panes:
        scripts = ("page.js",)
    styles: tuple[str, ...] = ("page.css", "charts.css")
    engine = "" if content.workbench is None else content.workbench.engine
    texts = [asset_text(name) for name in scripts]
    if content.workbench is not None:
        blocks += content.workbench.blocks
        styles += tuple(content.workbench.styles)
        texts += [engine] if engine else []
        texts += [asset_text(name) for name in content.workbench.scripts]
    figure = OfflineFigure(
        title=change(context.title),
        body=change(body + "\n" + "\n".join(blocks)),
        css="\n".join(asset_text(name) for name in styles),
        scripts=tuple(change(text) for text in texts),
        works=bool(engine),
        pictures=tuple(dict.fromkeys(each.origin for each in services)),
    )
    for pane in content.panes:
        figure.add_child(pane.map, name=pane.name)
    figure.add_child(Start(content.panes), name="start")
    return Page(figure.render())


def _words(content: Content, context: PageContext) -> Callable[[str], str]:
    """Return what changes the words of the page for a territory other than London."""
    if context.noun == LONDON_NOUN:
        return str
    names = () if content.areas is None else content.areas.names
    return nouns.worded(names)


def _search_label(content: Content) -> str:
    """Say what the search finds on this page."""
    kinds = [content.noun]
    if any(pane.ground for pane in content.panes):
        kinds += ["street", "station", "place"]
    if any("mark_x" in pack.meta["layout"] for pane in content.panes for pack in pane.packs):
        kinds.append("camera")
    return f"Find {wording.article(', '.join(kinds))} or grid reference"


def _panel_hint(noun: str) -> str:
    return f"Choose {wording.article(noun)} on the map, in the table or by name."


def _data(content: Content, attribution: str) -> Mapping[str, Any]:
    areas = content.areas.records() if content.areas is not None else []
    for record, text in zip(areas, content.area_texts, strict=True):
        record.update(text.view())
        record["quiet"] = record["code"] in content.quiet
    workbench = content.workbench
    return {
        **({} if workbench is None else {workbench.key: workbench.data}),
        "areas": areas,
        "bounds": content.areas.bounds if content.areas is not None else None,
        "focus": content.focus,
        "noun": content.noun,
        "pad": 12,
        "fill_opacity": 1,
        "panel_hint": _panel_hint(content.noun),
        "panes": {pane.name: _pane_data(pane, attribution) for pane in content.panes},
        "places": [
            {"bounds": place.bounds, "rings": place.rings, "line": place.line}
            for listed in content.places
            for place in listed.items
        ],
        "csv": [{"name": each.filename, "text": each.text()} for each in content.downloads],
    }


def _pane_data(pane: Pane, attribution: str) -> Mapping[str, Any]:
    return {
        "label": pane.label,
        "tiles": None if pane.tiles is None else pane.tiles.url,
        "credits": (*filter(None, (attribution,)), *pane.credits),
        "labels": pane.labels,
        "briefs": pane.briefs,
        "measures": [{"key": each.key, "fills": each.fills} for each in pane.measures],
        "packs": [{"name": pack.name, **pack.meta} for pack in pane.packs],
        "ground": [{"name": pack.name, **pack.meta} for pack in pane.ground],
    }
