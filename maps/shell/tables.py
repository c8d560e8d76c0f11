"""Tables of pages, their CSV twins, and the other blocks of text that stand beside maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import pandas as pd
from markupsafe import Markup

from coverage_model.base.csv_safety import csv_safe
from maps.shell import wording
from maps.shell.wording import Bold, Quoted, Sentence


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    key
        Column of the frame.
    label
        Heading, with the unit where the cells do not say it.
    say
        How to write a value.
    numeric
        Whether it is set flush right and sorted by size.
    """

    key: str
    label: str
    say: Callable[[Any], str] = str
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table: which frame, which columns, and the area that each row leads to.

    Parameters
    ----------
    key
        Short name, unique in a page.
    caption
        What the table holds.
    frame
        The figures.
    columns
        What is shown; the first column names the row.
    area_column
        Column with the code of the area that a row selects on the map; empty for none.
    total
        Texts of a last row of totals, one a column; empty for none.
    note
        A sentence under the table.
    sortable
        Whether a click on a heading sorts.
    plan_column
        Column with the id of the plan that a row shows on the map; empty for none.
    """

    key: str
    caption: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    area_column: str = ""
    total: tuple[str, ...] = ()
    note: str = ""
    sortable: bool = True
    plan_column: str = ""

    def view(self, areas: Mapping[str, int]) -> dict[str, Any]:
        """Return what the template prints; ``areas`` maps an area's code to its position."""
        none = [None] * len(self.frame)
        codes = self.frame[self.area_column] if self.area_column else none
        plans = self.frame[self.plan_column] if self.plan_column else none
        columns = [self.frame[column.key].tolist() for column in self.columns]
        rows = []
        for code, plan, *values in zip(codes, plans, *columns, strict=True):
            cells = [
                _cell(column, value) for column, value in zip(self.columns, values, strict=True)
            ]
            area = areas.get(code) if code is not None else None
            linked = plan if isinstance(plan, str) else None
            rows.append({"area": area, "plan": linked, "cells": cells})
        total = [
            {"text": text, "numeric": column.numeric}
            for column, text in zip(self.columns, self.total, strict=False)
        ]
        return {
            "key": self.key,
            "caption": self.caption,
            "heads": self.columns,
            "rows": rows,
            "total": total,
            "note": self.note,
            "sortable": self.sortable,
        }


def _cell(column: Column, value: Any) -> dict[str, Any]:
    missing = value is None or (not isinstance(value, str) and pd.isna(value))
    text = "" if missing else column.say(value)
    if column.numeric and not isinstance(value, str):
        sort = "" if missing else repr(float(value))
    else:
        sort = text
    return {"text": text or "–", "sort": sort, "numeric": column.numeric}


@dataclass(frozen=True, slots=True)
class Download:
    """A CSV file that the reader can save from the page.

    Parameters
    ----------
    label
        Text of the button.
    filename
        Name offered for the file.
    frame
        Its content; geometry is left out and text is made safe for spreadsheets.
    """

    label: str
    filename: str
    frame: pd.DataFrame

    def text(self) -> str:
        """Return the file's content (the script puts a byte-order mark before it for Excel)."""
        bare = pd.DataFrame(self.frame.drop(columns="geometry", errors="ignore"))
        return str(csv_safe(bare).to_csv(index=False, lineterminator="\n"))


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure with its label, and a remark.

    Parameters
    ----------
    label, value, note
        What it is, how much, and what to compare it with.
    quotes
        The parts of value and note that were read from cells.
    """

    label: str
    value: str
    note: str = ""
    quotes: Sentence = ()

    @classmethod
    def of(cls, label: str, value: Bold | Quoted, note: Sentence | str = "") -> Self:
        """Make a figure of parts that know their cells."""
        parts = () if isinstance(note, str) else tuple(p for p in note if not isinstance(p, str))
        return cls(label, value.text, wording.plain(note), (value, *parts))


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to a page or file in the same folder.

    Parameters
    ----------
    href
        Relative address.
    title, text
        What it is, and what it answers.
    """

    href: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under its own heading.

    Parameters
    ----------
    title
        The heading.
    stats, sentences, links, figures, tables
        What it holds, in this order; figures are pictures as HTML, made from escaped text.
    """

    title: str
    stats: tuple[Stat, ...] = ()
    sentences: tuple[Sentence | str, ...] = ()
    links: tuple[PageLink, ...] = ()
    figures: tuple[Markup, ...] = ()
    tables: tuple[Table, ...] = ()

    def view(self, areas: Mapping[str, int]) -> dict[str, Any]:
        """Return what the template prints."""
        return {
            "title": self.title,
            "stats": self.stats,
            "sentences": [wording.parts(sentence) for sentence in self.sentences],
            "links": self.links,
            "figures": self.figures,
            "tables": [table.view(areas) for table in self.tables],
        }


@dataclass(frozen=True, slots=True)
class AreaText:
    """What a page says about one area.

    Parameters
    ----------
    sentences
        Sentences that can go into a report as they stand.
    facts
        Label and value pairs.
    """

    sentences: Sequence[Sentence | str] = ()
    facts: Sequence[tuple[str, str]] = field(default=())

    def view(self) -> dict[str, Any]:
        """Return what the script reads."""
        return {
            "sentences": [wording.parts(sentence) for sentence in self.sentences],
            "facts": [list(fact) for fact in self.facts],
        }
