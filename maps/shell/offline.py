"""A branca figure that renders to one file without any outside request.

Folium queues links to style sheets and scripts on content networks. :class:`OfflineFigure` replaces
each by the vendored text at render time, drops those that no page of ours uses, and refuses one it
does not know, so a newer folium that adds an asset fails in the tests and not at a user's desk.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from branca.element import CssLink, Element, Figure, JavascriptLink

from coverage_model.base.errors import SharedviewError

LEAFLET = "leaflet"
# Queued by folium for awesome markers, popups in frames and Bootstrap styling, none of which is
# used here; Leaflet alone draws our pages.
UNUSED = frozenset(
    {
        "jquery",
        "bootstrap",
        "awesome_markers",
        "bootstrap_css",
        "glyphicons_css",
        "awesome_markers_font_css",
        "awesome_markers_css",
        "awesome_rotate_css",
    }
)
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
VIEWPORT = re.compile(r'<meta\s+name="viewport"[^>]*>', re.DOTALL)
CSS_URL = re.compile(r"url\((?P<path>[^)]*)\)")
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
ICONS = {
    "iconUrl": "images/marker-icon.png",
    "iconRetinaUrl": "images/marker-icon-2x.png",
    "shadowUrl": "images/marker-shadow.png",
}


class OfflineAssetError(SharedviewError, RuntimeError):
    """A page wants a script or style sheet that is not vendored."""


def asset_text(path: str) -> str:
    """Return a text file of ``maps/assets`` with LF line ends (hashes depend on them)."""
    text = files("maps").joinpath("assets", path).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def _data_uri(path: str) -> str:
    data = files("maps").joinpath("assets", LEAFLET, path).read_bytes()
    return "data:image/png;base64," + base64.b64encode(data).decode("ascii")


@cache
def leaflet_css() -> str:
    """Return Leaflet's style sheet with its pictures inside."""

    def inline(match: re.Match[str]) -> str:
        path = match["path"].strip("'\"")
        if path.startswith("#"):  # a behaviour of Internet Explorer 8
            return "none"
        return f"url({_data_uri(path)})"

    bare = CSS_COMMENT.sub("", asset_text(f"{LEAFLET}/leaflet.css"))
    return CSS_URL.sub(inline, bare)


@cache
def leaflet_js() -> str:
    """Return Leaflet's script with its licence and its default marker pictures inside."""
    licence = asset_text(f"{LEAFLET}/LICENSE").strip()
    script = re.sub(r"//# sourceMappingURL=\S*", "", asset_text(f"{LEAFLET}/leaflet.js"))
    icons = json.dumps({name: _data_uri(path) for name, path in ICONS.items()})
    return (
        f"/*\n{licence}\n*/\n{script}\n"
        f'L.Icon.Default.imagePath="";L.Icon.Default.mergeOptions({icons});\n'
    )


def script_safe(text: str) -> str:
    """Return JavaScript that cannot end its own script element."""
    return re.sub(r"</(script)", r"<\\/\1", text, flags=re.IGNORECASE).replace("<!--", r"<\!--")


def json_text(value: Any) -> str:
    """Return JSON that is inert inside a script element: no ``<``, ``>`` or ``&``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def data_block(identifier: str, text: str, *, media_type: str = "application/json") -> str:
    """Return a script element that the browser stores and never runs.

    Parameters
    ----------
    identifier
        Its id.
    text
        Already inert text: :func:`json_text` or base64.
    media_type
        Anything that is not a JavaScript type.
    """
    return f'<script type="{media_type}" id="{escape(identifier)}">{text}</script>'


def content_security_policy(html: str, *, works: bool = False, pictures: Sequence[str] = ()) -> str:
    """Return the policy of a page: nothing from outside, only the scripts that are in it now.

    Parameters
    ----------
    html
        The complete page, without the policy.
    works
        Whether the page may start workers, from its own text alone.
    pictures
        Origins that the page may ask for pictures; none but where a run names a tile service.

    Returns
    -------
    str
        The content of the ``Content-Security-Policy`` meta element.
    """
    hashes = []
    for match in SCRIPT.finditer(html):
        if "type=" in match["attributes"]:  # data, which no browser runs
            continue
        digest = hashlib.sha256(match["text"].encode()).digest()
        hashes.append(f"'sha256-{base64.b64encode(digest).decode('ascii')}'")
    allowed = " ".join(dict.fromkeys(hashes)) or "'none'"
    from_where = " ".join(("data:", "blob:", *pictures))
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        f"img-src {from_where}; {'worker-src blob:; ' if works else ''}"
        "base-uri 'none'; form-action 'none'"
    )


class OfflineFigure(Figure):
    """A figure whose page holds everything it needs.

    Parameters
    ----------
    title
        Title of the page.
    body
        HTML of the body, already escaped, with ``<!--slot NAME-->`` where the map that was added
        as child ``NAME`` belongs.
    css
        Our style sheet; it comes after Leaflet's and folium's.
    scripts
        Our scripts; they run when the body is there and before folium makes the maps.
    works
        Whether the page may start workers from its own text.
    pictures
        Origins that the page may ask for pictures.
    """

    def __init__(
        self,
        *,
        title: str,
        body: str,
        css: str,
        scripts: tuple[str, ...] = (),
        works: bool = False,
        pictures: Sequence[str] = (),
    ) -> None:
        super().__init__(title=title)
        self.body = body
        self.css = css
        self.scripts = scripts
        self.works = works
        self.pictures = pictures

    def render(self, **kwargs: Any) -> str:
        """Return the page as one HTML text."""
        number_elements(self)
        slots = {name: child.get_name() for name, child in _children(self).items()}
        for child in _children(self).values():
            child.render(**kwargs)
        head = [_head_part(name, part) for name, part in _children(self.header).items()]
        head.append(f"<style>\n{self.css}\n</style>")
        body = self.body
        for slot, name in slots.items():
            if name in _children(self.html):
                body = body.replace(f"<!--slot {slot}-->", _children(self.html)[name].render())
        start = "".join(child.render() for child in _children(self.script).values())
        # Folium's own scripts hold no user's text: names travel in data blocks only.
        page = "\n".join(
            [
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                '<meta name="referrer" content="no-referrer">',
                f"<title>{escape(self.title)}</title>",
                '<link rel="icon" href="data:,">',
                *head,
                "</head>",
                "<body>",
                body,
                *(f"<script>{script_safe(text)}</script>" for text in (*self.scripts, start)),
                "</body>",
                "</html>",
                "",
            ]
        ).replace("\r\n", "\n")
        policy = escape(content_security_policy(page, works=self.works, pictures=self.pictures))
        return (
            '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n{page}'
        )


def _children(element: Element) -> dict[str, Element]:
    """Return the children of an element; branca has no public way to list them."""
    return element._children  # noqa: SLF001


def _head_part(name: str, part: Element) -> str:
    if isinstance(part, JavascriptLink | CssLink):
        if name in UNUSED:
            return ""
        if name == "leaflet":
            return f"<script>{script_safe(leaflet_js())}</script>"
        if name == "leaflet_css":
            return f"<style>{leaflet_css()}</style>"
        raise OfflineAssetError(
            f"The page asks for {name} ({part.url}), which is not in maps/assets. Vendor it with "
            "scripts/renew_assets.py or list it as unused in maps/shell/offline.py."
        )
    if name == "meta_http":
        return ""
    # Folium forbids zooming by pinch; readers need it.
    return VIEWPORT.sub("", str(part.render()))


def number_elements(root: Element) -> None:
    """Give every element below a figure a number for its id, so that equal pages are equal bytes.

    Parameters
    ----------
    root
        The figure; children that were queued with their parent's name must be added afterwards.
    """
    waiting = [root]
    count = 0
    while waiting:
        element = waiting.pop()
        element._id = str(count)  # noqa: SLF001 (random in branca, with no way to set it)
        count += 1
        waiting.extend(reversed(_children(element).values()))
