"""A tile service as the ground of a map: off by default, one host, its credit shown.

A page asks nobody for anything unless a run names a service; it then says whom it asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from coverage_model.base.errors import Faults

PLACES = ("{z}", "{x}", "{y}")
# A host and port as a content security policy takes them: no wildcard, no second source.
HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")
PATH = re.compile(r"[\w./~%?=&+:@,-]*")
OPENSTREETMAP = "openstreetmap.org"


@dataclass(frozen=True, slots=True)
class TileService:
    """Raster tiles that a page may ask for.

    Parameters
    ----------
    url
        Address of a tile, with ``{z}``, ``{x}`` and ``{y}``.
    credit
        Whose map it is.
    """

    url: str
    credit: str

    @property
    def host(self) -> str:
        """The one host that the page asks."""
        return urlsplit(self.url).netloc

    @property
    def origin(self) -> str:
        """What the page's policy allows: scheme and host."""
        return f"{urlsplit(self.url).scheme}://{self.host}"

    @property
    def notice(self) -> str:
        """What the page says of it."""
        return (
            f"This page asks {self.host} for map tiles while it is open: that host learns which "
            "places are looked at. Without a network the map has no tiles; its figures do not "
            "change."
        )


def tile_service(url: str, *, credit: str | None = None) -> TileService:
    """Return the tile service of an address, or say all that is wrong with it.

    Parameters
    ----------
    url
        Address of a tile, with ``{z}``, ``{x}`` and ``{y}``: ``https``, or a server of one's own on
        this machine.
    credit
        Whose map it is, as its terms ask; the host's name by default.

    Raises
    ------
    InputError
        If a page could not use the address.

    Examples
    --------
    >>> tile_service("https://tiles.example.org/{z}/{x}/{y}.png").host
    'tiles.example.org'
    """
    faults = Faults("--tiles")
    address = url.strip()
    tile = address
    for place in PLACES:
        tile = tile.replace(place, "0")
    parts = urlsplit(tile)
    local = (parts.hostname or "") in {"localhost", "127.0.0.1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        faults.add(
            f"{url!r} is no https address",
            "Give one like https://tiles.example.org/{z}/{x}/{y}.png",
        )
    elif not HOST.fullmatch(parts.netloc):
        faults.add(
            f"{parts.netloc!r} is not one host",
            "Name one host, without {s}, a user name or a wildcard",
        )
    elif not PATH.fullmatch(tile.split("//", 1)[1]):
        faults.add(f"{url!r} has characters that no address has", "Write them as %XX")
    elif f".{parts.netloc}".endswith(f".{OPENSTREETMAP}"):
        faults.add(
            f"{parts.netloc} serves no page that is opened from a file",
            "Use a tile service of your own or of a provider, or --ground with a file made by "
            "`sharedview ground`",
        )
    missing = [place for place in PLACES if place not in address]
    if missing:
        faults.add(
            f"{url!r} lacks {', '.join(missing)}", "Write {z}, {x} and {y} where they belong"
        )
    faults.raise_if_any()
    return TileService(address, (credit or "").strip() or f"Map tiles: {parts.netloc}")
