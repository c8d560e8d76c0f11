"""What happened while a source was read: nothing is repaired, dropped or assumed uncounted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from coverage_model.base.crs import DatumShift
from coverage_model.base.shown_text import LONGEST_ROW, shown

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Note:
    """One kind of thing that was repaired, dropped, assumed or left undecoded.

    Parameters
    ----------
    code
        Short stable name, for example ``direction_undecodable``.
    message
        A sentence for the user.
    count
        How many rows (or values) it happened to.
    rows
        Their ids.
    """

    code: str
    message: str
    count: int
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadLog:
    """Where a frame came from and what was done to it on the way in.

    Parameters
    ----------
    path
        The file as the user named it.
    format
        Name of the adapter that read it.
    sha256
        Checksum of the file.
    rows_read
        Rows (features, elements) of the source that claim to be what was asked for.
    items_read
        How many different ones came in: cameras, footprints, areas or points, as the reader's
        frame holds. Together with the notes it accounts for ``rows_read``.
    crs_in
        CRS of the source.
    datum_shift
        How its coordinates came into the working CRS.
    notes
        Everything that was repaired, dropped, assumed or undecodable.
    rows_kept
        Rows that cameras were made of, where cameras were read: with those that the notes say were
        left out they make ``rows_read``.
    """

    path: str
    format: str
    sha256: str
    rows_read: int
    items_read: int
    crs_in: str
    datum_shift: DatumShift
    notes: tuple[Note, ...] = ()
    rows_kept: int | None = None

    def count(self, code: str) -> int:
        """How many rows the notes with this code speak of."""
        return sum(note.count for note in self.notes if note.code == code)


@dataclass(slots=True)
class Notes:
    """Collects notes during a read.

    Examples
    --------
    >>> notes = Notes()
    >>> notes.add("indoor", "Indoor cameras are left out", rows=["C1", "C2"])
    >>> notes.found[0].count
    2
    """

    found: list[Note] = field(default_factory=list)

    def add(
        self, code: str, message: str, *, rows: Iterable[object] = (), count: int | None = None
    ) -> None:
        """Add a note, made fit to show; one that concerns no row at all is not kept."""
        ids = _fit_to_show(list(rows))
        number = len(ids) if count is None else count
        if number:
            self.found.append(Note(code, shown(message), number, ids))


def _fit_to_show(rows: list[object]) -> tuple[str, ...]:
    """Names of rows made fit to show; a hundred thousand plain ones are looked at together."""
    texts = [str(row) for row in rows]
    if "".join(texts).isprintable() and max(map(len, texts), default=0) <= LONGEST_ROW:
        return tuple(texts)
    return tuple(shown(text, longest=LONGEST_ROW) for text in texts)


def sha256_of(path: Path) -> str:
    """Checksum of a file, read in blocks.

    Examples
    --------
    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile() as empty:
    ...     sha256_of(Path(empty.name))[:12]
    'e3b0c44298fc'
    """
    digest = hashlib.sha256()
    if path.is_dir():  # a folder that is one data set, such as an Esri geodatabase
        for each in sorted(each for each in path.rglob("*") if each.is_file()):
            digest.update(f"{each.relative_to(path).as_posix()} {sha256_of(each)}\n".encode())
        return digest.hexdigest()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
