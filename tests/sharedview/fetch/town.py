"""A small town as an OpenStreetMap extract, and how a test runs a verb on it."""

from __future__ import annotations

from pathlib import Path

import osmium
from click.testing import CliRunner

from sharedview.cli import main

EAST, NORTH = 0.0001442, 0.0000899  # degrees in ten metres, at Fitzrovia


class Town:
    """A small extract, put together square by square."""

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.things: list[str] = []
        self.relations: list[str] = []

    def node(self, x: float, y: float, **tags: str) -> int:
        """Put a node so many tens of metres east and north of the corner."""
        number = len(self.nodes) + 1
        place = (
            f'id="{number}" version="1" lon="{-0.14 + x * EAST:.7f}" lat="{51.52 + y * NORTH:.7f}"'
        )
        self.nodes.append(f"<node {place}>{_tags(tags)}</node>")
        return number

    def way(self, nodes: list[int], **tags: str) -> int:
        number = len(self.things) + 1
        refs = "".join(f'<nd ref="{each}"/>' for each in nodes)
        self.things.append(f'<way id="{number}" version="1">{refs}{_tags(tags)}</way>')
        return number

    def square(self, x: float, y: float, size: float = 1.0, **tags: str) -> int:
        corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
        ring = [self.node(*corner) for corner in corners]
        return self.way([*ring, ring[0]], **tags)

    def relation(self, members: list[tuple[int, str]], **tags: str) -> None:
        number = len(self.relations) + 1
        said = "".join(f'<member type="way" ref="{ref}" role="{role}"/>' for ref, role in members)
        tags = {"type": "multipolygon", **tags}
        self.relations.append(f'<relation id="{number}" version="1">{said}{_tags(tags)}</relation>')

    def write(self, path: Path) -> Path:
        body = "\n".join([*self.nodes, *self.things, *self.relations])
        xml = path.with_suffix(".osm")
        xml.write_text(f'<?xml version="1.0"?>\n<osm version="0.6">{body}</osm>', encoding="utf-8")
        return as_pbf(xml, path)


def _tags(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{key.replace("__", ":")}" v="{v}"/>' for key, v in tags.items())


def as_pbf(xml: Path, path: Path) -> Path:
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(xml)):
            writer.add(thing)
    return path


def usual() -> Town:
    """A street, a courtyard, a low house, a house on the border, a canopy; the same far away."""
    made = Town()
    for far in (0.0, 200.0):
        made.node(
            far + 1, 5, man_made="surveillance", camera__direction="90", surveillance="public"
        )
        made.node(far + 2, 5, man_made="surveillance", surveillance="indoor")
        made.square(far + 3, 3, building="yes", building__levels="4")
        made.square(far + 6, 3, building="yes", height="6 m")
        made.square(far + 9, 3, building="roof")
        made.square(far + 19.5, 3, building="yes")  # across the border of the box below
        outer = made.square(far + 12, 8, 3.0, building="yes")  # the same building, twice
        inner = made.square(far + 13, 9)
        made.relation([(outer, "outer"), (inner, "inner")], building="yes", name="Court")
        ends = [made.node(far + x, 6) for x in (0, 10, 30)]
        made.way(ends, highway="residential", name="Goodge Place")
        made.way([ends[1], made.node(far + 10, 0)], highway="footway", name="Yard")
        made.square(far, 0, 20.0, boundary="administrative", name=f"Parish {int(far)}")
        made.node(far + 5, 5, place="suburb", name="Fitzrovia")
    made.square(300, 0, boundary="administrative", name="Twin")
    made.square(302, 0, boundary="administrative", name="twin")
    return made


BOX = f"-0.1400001,51.5199999,{-0.14 + 20 * EAST:.7f},{51.52 + 20 * NORTH:.7f}"


def run(*args: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(each) for each in args])
    return done.exit_code, done.output + (done.stderr if done.stderr_bytes else "")
