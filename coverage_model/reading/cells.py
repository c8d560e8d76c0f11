"""Reading the cells of one column: with a profile's words and defaults, faults and counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.errors import Faults
from coverage_model.base.notes import Notes
from coverage_model.reading.columns import Matching
from coverage_model.reading.parse import (
    PLAIN_NUMBER,
    clean_text,
    is_blank,
    is_blank_word,
    reads_plainly,
)
from coverage_model.reading.profile import Profile
from coverage_model.reading.source import Source

WORDS_SHOWN = 5
_WORD_LENGTH = 40
_PLAIN_NUMBERS = re.compile(rf"(?:{PLAIN_NUMBER.pattern}\n)*+{PLAIN_NUMBER.pattern}", re.ASCII)


@dataclass(slots=True)
class Cells:
    """What every column's reading needs.

    Parameters
    ----------
    source, matching, profile
        The rows, which column holds what, and what the user said of them.
    faults, notes
        Where faults and notes go.
    labels
        How to name each row to the user.
    """

    source: Source
    matching: Matching
    profile: Profile
    faults: Faults
    notes: Notes
    labels: list[str]

    def has(self, name: str) -> bool:
        """Whether a field has a column or a default."""
        return name in self.matching.columns or name in self.profile.defaults

    def column(self, name: str) -> str:
        """Name of a field's column, or the field's own where only a default gives it."""
        return self.matching.columns.get(name, name)

    def raw(self, name: str) -> pd.Series:
        """Read a column as the source has it, with the profile's words and defaults applied."""
        rows = self.source.rows
        if name in self.matching.columns:
            values = rows[self.matching.columns[name]]
        else:
            values = pd.Series([None] * len(rows), dtype=object)
        words = self.profile.values.get(name)
        if words:
            values = values.map(lambda value: words.get(str(value).strip(), value))
        default = self.profile.defaults.get(name)
        if default is None:
            return values
        blank = blank_mask(values)
        self.notes.add(
            "default_applied",
            f"{name} was not given and is {default!r} by the profile",
            rows=self.pick(blank),
        )
        return values.astype(object).where(~blank, default)

    def pick(self, wanted: NDArray[np.bool_]) -> list[str]:
        """Labels of the rows where ``wanted`` is true."""
        return [self.labels[row] for row in np.flatnonzero(wanted)]

    def reject(
        self, code: str, problem: str, remedy: str, wanted: NDArray[np.bool_], *, lenient: bool
    ) -> None:
        """Make it a fault, or in a crowd-sourced source a note: the value is then missing."""
        if not wanted.any():
            return
        if lenient:
            self.notes.add(code, f"{problem}; the value was left out", rows=self.pick(wanted))
        else:
            self.faults.add(problem, remedy, rows=self.pick(wanted))

    def unread(self, name: str, wanted: NDArray[np.bool_], raw: pd.Series, *, so: str) -> None:
        """Note cells whose words are not understood, by word and count.

        Parameters
        ----------
        name
            The field.
        wanted
            Which rows.
        raw
            The column's cells.
        so
            What follows for those rows, to end the sentence.
        """
        if wanted.any():
            self.notes.add(
                f"{name}_unread",
                f"{self.column(name)}: not understood as {name} are {counted(raw[wanted])}; {so}",
                rows=self.pick(wanted),
            )


def blank_mask(values: pd.Series) -> NDArray[np.bool_]:
    """Which values mean "not given", each different value looked at once."""
    codes, unique = pd.factorize(values.astype(object), use_na_sentinel=True)
    blank = np.array([*(is_blank(value) for value in unique), True], dtype=bool)
    return blank[codes]


def listed(values: pd.Series) -> list[Any]:
    """Values as a list: a column of text is slow to go through one by one."""
    found: list[Any] = values.to_numpy(dtype=object).tolist()
    return found


def plain_texts(values: list[Any]) -> list[str] | None:
    """Texts without the space around them, where each is plain text that says something; else None.

    A million ids are looked at by the interpreter's own loops, none by a step of ours.

    Examples
    --------
    >>> plain_texts([" C1", "C2"]), plain_texts(["C1", "n/a"]), plain_texts(["C1", None])
    (['C1', 'C2'], None, None)
    """
    try:
        together = "".join(values)
    except TypeError:
        return None
    texts = list(map(str.strip, values))
    blank = any(map(is_blank_word, map(str.lower, texts)))
    return None if blank or not together.isprintable() else texts


def counted(values: Iterable[Any]) -> str:
    """Words with how often each stands, the most frequent first.

    Examples
    --------
    >>> counted(["wide", "wide", "n. a."])
    "'wide' (2), 'n. a.' (1)"
    """
    found = Counter(clean_text(str(value))[:_WORD_LENGTH] for value in values)
    shown = [f"{word!r} ({count:,})" for word, count in found.most_common(WORDS_SHOWN)]
    more = len(found) - WORDS_SHOWN
    return ", ".join(shown) + (f" and {more:,} more words" if more > 0 else "")


def to_numbers(raw: pd.Series, parser: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Parse a column, each different value once.

    Returns
    -------
    tuple
        Values (NaN where blank or unreadable) and a mask of the unreadable.
    """
    plain = reads_plainly(parser)
    if pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw):
        values = pd.to_numeric(raw).to_numpy(dtype=float, na_value=np.nan)
        if plain:
            return values, np.zeros(len(raw), dtype=bool)
        codes, different = pd.factorize(values)
        parsed = np.array([*map(parser, different), np.nan], dtype=float)  # None becomes NaN
        return parsed[codes], np.zeros(len(raw), dtype=bool)
    codes, unique = pd.factorize(raw.astype(object), use_na_sentinel=True)
    if plain and (numbers := _all_plain(unique)) is not None:
        return np.append(numbers, np.nan)[codes], np.zeros(len(raw), dtype=bool)
    read = [
        float(value)
        if plain and isinstance(value, str) and PLAIN_NUMBER.fullmatch(value)
        else np.nan
        if is_blank(value)
        else parser(value)
        for value in unique
    ]
    lookup = np.array([np.nan if each is None else each for each in read] + [np.nan])
    unread = np.array([each is None for each in read] + [False])
    return lookup[codes].astype(float), unread[codes]


def _all_plain(unique: NDArray[Any]) -> NDArray[np.float64] | None:
    """Read texts that are all plain numbers, in one go; None where one is not."""
    try:
        together = "\n".join(unique)
    except TypeError:
        return None
    if together.count("\n") != len(unique) - 1 or _PLAIN_NUMBERS.fullmatch(together) is None:
        return None
    return unique.astype(float)
