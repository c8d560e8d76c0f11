"""Text files in whatever encoding they come, and the two notations read from them whole.

The encoding is read from the byte-order mark, else from the bytes: what is valid UTF-8 is UTF-8,
what has a zero in every other byte is UTF-16, and any other byte stands for what Windows-1252 makes
of it. So a file that mixes UTF-8 and Windows-1252, as registers put together from several do, keeps
both.
"""

from __future__ import annotations

import codecs
import json
import tomllib
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.source import boundary, check_file

_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp1252": "Windows-1252"}
_SAMPLE = 4096
_MOSTLY = 0.7


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are not UTF-8 as Windows-1252, the rest of the file as it is."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return windows_text(error.object[error.start : error.end]), error.end


codecs.register_error("sharedview-windows-1252", _as_windows)


def windows_text(data: bytes) -> str:
    """Decode Windows-1252; the five bytes it leaves open are control characters, as on the web."""
    return "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in data)


def mixed_text(data: bytes) -> str:
    r"""Decode UTF-8 where it is, Windows-1252 where it is not.

    Examples
    --------
    >>> mixed_text(b"Caf\xc3\xa9, Caf\xe9")
    'Café, Café'
    """
    return data.decode("utf-8", errors="sharedview-windows-1252")


def encoding_of(path: Path) -> str:
    """Name of the encoding of a text file, as Python knows it: ``utf-8``, ``utf-16``, ``cp1252``.

    ``cp1252`` stands for "not all of it is UTF-8": :func:`open_text` then reads the rest as such.
    """
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        unmarked = _without_mark(head)
        if unmarked is not None:
            return unmarked
        stream.seek(0)
        return "utf-8" if is_utf8(stream) else "cp1252"


def is_utf8(stream: BinaryIO) -> bool:
    """Whether the rest of a file is valid UTF-8, looked through in blocks."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def head_text(head: bytes) -> str:
    """Read the first bytes of a file as text, as far as one can tell from them alone.

    Examples
    --------
    >>> head_text("id,x".encode("utf-16"))
    'id,x'
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return head.decode(name, errors="ignore")  # the end may be half a character
    encoding = _without_mark(head)
    return mixed_text(head) if encoding is None else head.decode(encoding, errors="ignore")


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without a byte-order mark, by the zeros in every other byte."""
    if b"\x00" not in head:
        return None
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = head[first::2]
        others = head[1 - first :: 2]
        if zeros.count(0) > _MOSTLY * len(zeros) and others.count(0) < len(others) / 10:
            return name
    return None


def note_encoding(encoding: str, notes: Notes) -> str:
    """Note an encoding that had to be found out; return its name in plain words."""
    if encoding == "cp1252":
        notes.add(
            "encoding",
            "The file is not UTF-8 throughout; the rest of it was read as Windows-1252",
            count=1,
        )
    elif encoding in {"utf-16-le", "utf-16-be"}:
        notes.add("encoding", "The file was read as UTF-16, though it has no mark", count=1)
    return _NAMES.get(encoding, encoding.upper())


def open_text(path: Path, encoding: str) -> TextIO:
    """Open a text file in an encoding from :func:`encoding_of`; no byte of it stops the reading."""
    if encoding == "cp1252":
        return path.open(encoding="utf-8", errors="sharedview-windows-1252", newline="")
    return path.open(encoding=encoding, errors="replace", newline="")


def read_text(path: Path, notes: Notes | None = None) -> str:
    """Read a whole text file."""
    encoding = encoding_of(path)
    if notes is not None:
        note_encoding(encoding, notes)
    with open_text(path, encoding) as stream:
        return stream.read()


def read_json(path: Path, notes: Notes) -> Any:
    """Read a JSON file whole.

    Raises
    ------
    InputError
        If it is no JSON, with the line and column.
    """
    with boundary(path, title="JSON"):
        return json.loads(read_text(path, notes))


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file, in any encoding.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        If it is no TOML, with the line and column.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "one.toml"
    ...     _ = file.write_text('name = "Café"', encoding="utf-16")
    ...     read_toml(file)
    {'name': 'Café'}
    """
    check_file(path)
    with boundary(path, title="TOML", remedy="Correct that line"):
        try:
            # A line break of any system is one in TOML; universal newlines would hide a lone \r.
            return tomllib.loads(read_text(path).replace("\r\n", "\n"))
        except tomllib.TOMLDecodeError as error:
            fault = Fault(f"it is not valid TOML: {error}", "Correct that line")
            raise InputError(path, [fault]) from error
