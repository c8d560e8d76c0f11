"""XML in one pass through expat: nothing is expanded, nothing fetched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

from coverage_model.reading.source import boundary


class EntityError(ValueError):
    """A document type that declares entities: a way to blow a file up, or to read another."""


def parse_stream(
    stream: BinaryIO | Any,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Run expat over a stream; names come without their prefix.

    Parameters
    ----------
    stream
        Bytes of the document.
    start, end
        Called with the name of each element (and its attributes, by their names as written).
    text
        Called with each piece of text.

    Raises
    ------
    expat.ExpatError
        If it is no XML.
    EntityError
        If it declares entities.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def started(name: str, attributes: dict[str, str]) -> None:
        start(name.rpartition(":")[2], attributes)

    parser.StartElementHandler = started
    if end is not None:
        ended = end  # a name of its own, which cannot become None
        parser.EndElementHandler = lambda name: ended(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refuse_entities
    parser.ParseFile(stream)


def parse_xml(path: Path, *, start: Any, end: Any = None, title: str = "OSM XML") -> None:
    """Run expat over a file; what is wrong with it is the input error.

    Raises
    ------
    InputError
        If it is no XML, or declares entities.
    """
    with boundary(path, title=title), path.open("rb") as stream:
        parse_stream(stream, start=start, end=end)


def _refuse_entities(*_: Any) -> None:
    message = "it declares entities, which such files never do"
    raise EntityError(message)
