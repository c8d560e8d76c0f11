"""What the user sees while waiting: progress on stderr, results on stdout.

Names and values come from strangers' files. Nothing of them reaches the terminal as a control
character, and no character that the terminal's encoding lacks ends a run.
"""

from __future__ import annotations

import codecs
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from coverage_model.base.shown_text import shown

T = TypeVar("T")

# What to write where the terminal lacks the character; any other becomes its code.
_PLAIN = {
    "£": "GBP ",
    "€": "EUR ",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "✓": "ok",
    "•": "*",
    "²": "2",
    "×": "x",
    "±": "+/-",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "\u00a0": " ",
    "\u202f": " ",
}
PLAIN_ERRORS = "sharedview-plain"


def printable(text: object) -> str:
    r"""Return the text with each control character as its code; its lines stay lines.

    Examples
    --------
    >>> printable("cam\x1b[2Jera\nnext")
    'cam\\x1b[2Jera\nnext'
    """
    return "\n".join(shown(line, longest=sys.maxsize) for line in str(text).split("\n"))


def _in_plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    plain = (
        _PLAIN.get(each) or each.encode("ascii", "backslashreplace").decode("ascii")
        for each in lost
    )
    return "".join(plain), error.end


def plain_streams() -> None:
    """Let stdout and stderr write a stand-in for each character that their encoding lacks."""
    codecs.register_error(PLAIN_ERRORS, _in_plain)
    for stream in (sys.stdout, sys.stderr):
        # A notebook's streams hold text, not bytes, and lack no character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=PLAIN_ERRORS)


class Reporter:
    """Says what is being done, how long it took, and what was assumed.

    Parameters
    ----------
    quiet
        Say nothing (for ``--json`` and notebooks).
    verbose
        Also show every note of what was repaired, dropped or assumed.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self.verbose = verbose
        self._err = Console(stderr=True, quiet=quiet, highlight=False)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Show ``what`` with a spinner while it runs, then the time it took."""
        started = time.perf_counter()
        said = printable(what)
        with self._err.status(Text(f"{said} …")):
            yield
        seconds = time.perf_counter() - started
        self._err.print(Text.assemble(("✓", "green"), f" {said} ", (f"{seconds:.1f} s", "dim")))

    def track(self, parts: Sequence[T], what: str) -> Iterator[T]:
        """Go through ``parts`` with a bar that says how long it will take."""
        described = Text(printable(what)).markup
        yield from track(parts, description=described, console=self._err, transient=True)

    def note(self, text: str, *, always: bool = False) -> None:
        """Show a note: always, or only when the user asked for more with ``-v``."""
        if always or self.verbose:
            self._err.print(Text.assemble("  ", ("•", "yellow"), f" {printable(text)}"))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a short result table on stdout; the first column is text, the others right-aligned."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        justify: Any = "left" if number == 0 else "right"
        table.add_column(Text(printable(column)), justify=justify, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    # A pipe has no width of its own: leave room for the longest line.
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=200)
    console.print(table)


def print_line(text: str) -> None:
    """Print one line of result on stdout, never wrapped, so that it can be piped."""
    Console(highlight=False, soft_wrap=True).print(Text(printable(text)))


def print_json(content: Any, *, indent: int | None = None) -> None:
    """Print JSON on stdout: ASCII alone where stdout is not UTF-8."""
    wide = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(content, ensure_ascii=not wide, indent=indent)
    # Inside a string of JSON a code stands for its character.
    text = "".join(
        each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text
    )
    sys.stdout.write(f"{text}\n")


def print_error(text: str, *, label: str = "Error") -> None:
    """Print an error on stderr, never wrapped."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text.assemble((label, "bold red"), f" {printable(text)}"))


def print_note(text: str) -> None:
    """Print a note on stderr that no option silences: the user would wait without knowing why."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text.assemble("  ", ("•", "yellow"), f" {printable(text)}"))
