"""The errors users meet: each lists every fault at once and says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from coverage_model.base.shown_text import LONGEST_ROW, shown

ROWS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input; what it quotes from the input is made fit to show.

    Parameters
    ----------
    problem
        What is wrong, in plain words, with the offending value where that helps.
    remedy
        What the user should do about it.
    rows
        Ids (or row numbers, as ``row 7``) of the rows at fault; empty for the input as a whole.
    """

    problem: str
    remedy: str
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "problem", shown(self.problem))
        object.__setattr__(self, "remedy", shown(self.remedy))
        object.__setattr__(
            self, "rows", tuple(shown(row, longest=LONGEST_ROW) for row in self.rows)
        )

    def __str__(self) -> str:
        text = self.problem
        if self.rows:
            shown = ", ".join(self.rows[:ROWS_SHOWN])
            more = len(self.rows) - ROWS_SHOWN
            text += f" [{len(self.rows)} row{'s' if len(self.rows) > 1 else ''}: {shown}"
            text += f" and {more} more]" if more > 0 else "]"
        return f"{text}. {self.remedy}"


class SharedviewError(Exception):
    """Base of every error that Sharedview raises on purpose."""

    exit_code = 2


class InputError(SharedviewError, ValueError):
    """An input with one or more faults.

    Parameters
    ----------
    source
        The file or argument at fault, as the user named it.
    faults
        All the faults found.
    """

    def __init__(self, source: object, faults: Sequence[Fault]) -> None:
        self.source = shown(source)
        self.faults = tuple(faults)
        lines = [f"{self.source}: {len(self.faults)} fault{'s' if len(self.faults) != 1 else ''}"]
        lines += [f"  - {fault}" for fault in self.faults]
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[object, ...]:
        """Say how it is made again, so that it crosses from one process to another whole."""
        return type(self), (self.source, self.faults)


class NothingThereError(InputError):
    """A file that is sound and holds none of what was asked for."""


class CRSError(InputError):
    """A coordinate reference system that is missing, unknown or of no use here."""


class MissingFileError(InputError, FileNotFoundError):
    """A file that is not there or cannot be opened."""

    def __str__(self) -> str:  # FileNotFoundError would print its errno form
        return str(self.args[0])


class InfeasibleError(SharedviewError, RuntimeError):
    """A scenario without any plan that satisfies all of its constraints.

    Parameters
    ----------
    conflicting
        The named constraints that cannot all hold, each as a sentence.
    """

    exit_code = 3

    def __init__(self, conflicting: Sequence[str]) -> None:
        self.conflicting = tuple(conflicting)
        lines = ["No plan satisfies all constraints of the scenario. These cannot all hold:"]
        lines += [f"  - {shown(name)}" for name in self.conflicting]
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[object, ...]:
        """Say how it is made again, so that it crosses from one process to another whole."""
        return type(self), (self.conflicting,)


@dataclass(slots=True)
class Faults:
    """Collects faults so that a user sees all of them at once.

    Examples
    --------
    >>> faults = Faults("cameras.csv")
    >>> faults.add("range_m is negative", "Give a distance in metres above 0", rows=["C7"])
    >>> faults.raise_if_any()
    Traceback (most recent call last):
    coverage_model.base.errors.InputError: cameras.csv: 1 fault
      - range_m is negative [1 row: C7]. Give a distance in metres above 0
    """

    source: object
    found: list[Fault] = field(default_factory=list)

    def add(self, problem: str, remedy: str, *, rows: Iterable[object] = ()) -> None:
        """Note a fault; nothing is raised yet."""
        self.found.append(Fault(problem, remedy, tuple(str(row) for row in rows)))

    def raise_if_any(self, kind: type[InputError] = InputError) -> None:
        """Raise ``kind`` with every fault noted so far, if there is one."""
        if self.found:
            raise kind(self.source, self.found)
