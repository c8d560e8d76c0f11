"""The data dictionary: names of columns and words in cells that public lists of cameras use.

Both are tables in ``data/dictionary``, each row with the source where it was seen, so that a name
or a word is added without touching code:

* ``camera_columns.csv``: a column's name, Sharedview's field, its unit where the name implies one
  that is not Sharedview's, and the convention of its angles (``true``, ``grid``, ``mathematical``,
  ``signed``, ``up``) or of its pairs (``longitude first``).
* ``camera_words.csv``: a cell's word, the field it stands in, what it means there, and whether it
  must be the whole cell (``whole``) or may stand among other words (``within``).
* ``area_aliases.csv``: short forms of boroughs' names.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from coverage_model.base.datasets import data_dir

# What turns or looks all round goes before what does not: "PTZ dome", "dome camera".
_FIRST = {"camera_type": ("ptz", "dome", "anpr", "fixed", "unknown")}


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column's name as public lists write it.

    Parameters
    ----------
    name
        As it was seen.
    field
        Sharedview's field.
    unit
        Unit of bare numbers, where the name implies one.
    convention
        How its angles count: ``true`` or ``grid`` north, ``mathematical`` (from east, against the
        clock), ``signed`` (true north, -180 to 180), ``up`` (a tilt that is positive upwards),
        ``longitude first`` (pairs in one column), ``weak`` (an id that may be a name).
    source
        Key of the source in ``data/dictionary/sources.csv``.
    """

    name: str
    field: str
    unit: str
    convention: str
    source: str


@dataclass(slots=True)
class Words:
    """The words known of one field.

    Parameters
    ----------
    whole
        Words that are the whole cell, in :func:`plain_words` form, and what they mean.
    within
        Words (or phrases) that decide wherever they stand in a cell.
    first
        Where words of several meanings stand in a cell, the first of these wins; without one, the
        cell is not understood.

    Examples
    --------
    >>> words("camera_type").read("PTZ Camera"), words("camera_type").read("Spinny thing")
    ('ptz', None)
    """

    whole: dict[str, str] = field(default_factory=dict)
    within: dict[str, str] = field(default_factory=dict)
    first: tuple[str, ...] = ()

    def read(self, cell: Any) -> str | None:
        """Return what a cell means; None where it is not known, or where its words disagree."""
        text = plain_words(cell)
        if text in self.whole:
            return self.whole[text]
        padded = f" {text} "
        taken: dict[str, str] = {}
        for word in sorted(self.within, key=len, reverse=True):
            if f" {word} " in padded:
                taken[word] = self.within[word]
                padded = padded.replace(f" {word} ", "  ")  # a longer phrase holds its words
        meanings = set(taken.values())
        if len(meanings) > 1:
            meanings = set([each for each in self.first if each in meanings][:1])
        return meanings.pop() if meanings else None


def plain_words(cell: Any) -> str:
    """Bring a cell's text into its comparable form: lower case, no accents, single spaces.

    Examples
    --------
    >>> plain_words(" Pan/Tilt/Zoom (PTZ) "), plain_words("local_authority")
    ('pan tilt zoom ptz', 'local authority')
    """
    text = unicodedata.normalize("NFKD", str(cell)).casefold()
    return " ".join(
        re.findall(r"[^\W_]+", "".join(c for c in text if not unicodedata.combining(c)))
    )


@lru_cache(maxsize=1)
def column_names() -> tuple[ColumnName, ...]:
    """Every known column name, in the order of preference of its field."""
    return tuple(
        ColumnName(row["name"], row["field"], row["unit"], row["convention"], row["source"])
        for row in _rows("camera_columns")
    )


@lru_cache(maxsize=1)
def _all_words() -> dict[str, Words]:
    found: dict[str, Words] = {}
    for row in _rows("camera_words"):
        known = found.setdefault(row["field"], Words(first=_FIRST.get(row["field"], ())))
        table = known.within if row["match"] == "within" else known.whole
        table[plain_words(row["word"])] = row["meaning"]
        if row["match"] == "within":
            known.whole.setdefault(plain_words(row["word"]), row["meaning"])
    return found


def words(name: str) -> Words:
    """Return the words known of a field."""
    return _all_words().get(name, Words())


@lru_cache(maxsize=1)
def area_aliases() -> Mapping[str, str]:
    """Short forms of boroughs' names that no rule gives, each with its GSS code."""
    return {row["alias"]: row["area_code"] for row in _rows("area_aliases")}


@lru_cache(maxsize=1)
def sources() -> Mapping[str, str]:
    """Where names and words were seen: title and address, by key."""
    return {row["key"]: f"{row['title']}, {row['address']}" for row in _rows("sources")}


def _rows(name: str) -> list[dict[str, str]]:
    path = data_dir() / "dictionary" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
