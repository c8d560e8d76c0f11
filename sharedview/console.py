"""What the user sees while waiting: progress on stderr, results on stdout."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

T = TypeVar("T")


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
        with self._err.status(f"{escape(what)} …"):
            yield
        seconds = time.perf_counter() - started
        self._err.print(f"[green]✓[/] {escape(what)} [dim]{seconds:.1f} s[/]")

    def track(self, parts: Sequence[T], what: str) -> Iterator[T]:
        """Go through ``parts`` with a bar that says how long it will take."""
        yield from track(parts, description=what, console=self._err, transient=True)

    def note(self, text: str, *, always: bool = False) -> None:
        """Show a note: always, or only when the user asked for more with ``-v``."""
        if always or self.verbose:
            self._err.print(f"  [yellow]•[/] {escape(text)}")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a short result table on stdout; the first column is text, the others right-aligned."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(escape(column), justify="left" if number == 0 else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    # A pipe has no width of its own: leave room for the longest line.
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=200)
    console.print(table)


def print_line(text: str) -> None:
    """Print one line of result on stdout, never wrapped, so that it can be piped."""
    Console(highlight=False, soft_wrap=True).print(escape(text))
