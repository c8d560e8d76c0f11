"""The headings of cameras: one column of directions, or two with the ends of a sector."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from coverage_model.reading.cells import Cells, counted
from coverage_model.reading.directions import Directions, Heading, parse_directions, parse_facing
from coverage_model.reading.parse import is_blank, parse_number


def read_directions(cells: Cells) -> list[Directions]:
    """Read the direction of each row, and note or reject what cannot be read."""
    if cells.has("azimuth"):
        name, raw = "azimuth", cells.raw("azimuth")
    elif cells.has("azimuth_start") and cells.has("azimuth_end"):
        name, raw = "azimuth_start", _sectors(cells)
    else:
        return [Directions()] * len(cells.labels)
    crowd = cells.source.crowd_sourced
    parse = parse_directions if crowd else _parser(cells)
    codes, unique = pd.factorize(raw.astype(object), use_na_sentinel=True)
    read = [Directions() if not crowd and is_blank(value) else parse(value) for value in unique]
    read.append(Directions())  # what a missing value (code -1) points to
    if cells.matching.angles == "mathematical":
        read = [_to_compass(each) for each in read]
    found = [read[code] for code in codes.tolist()]
    _report_unread(cells, name, raw, found)
    turned = [*(str(value).strip() in {"360", "360.0"} for value in unique), False]
    cells.notes.add(
        "azimuth_360",
        f"{cells.column(name)} of 360 was read as 0",
        rows=cells.pick(np.array(turned, dtype=bool)[codes]),
    )
    cells.notes.add(
        "direction_all_round",
        "A direction of the whole circle names no heading: reach, not view",
        rows=cells.pick(np.array([each.all_round for each in read], dtype=bool)[codes]),
    )
    cells.notes.add(
        "direction_repeated",
        "A direction given twice for one camera counts once",
        rows=cells.pick(np.array([each.repeated > 0 for each in read], dtype=bool)[codes]),
    )
    return found


def _report_unread(cells: Cells, name: str, raw: pd.Series, found: list[Directions]) -> None:
    """Words that name no direction are counted; numbers beyond the circle are faults."""
    bad = np.array([bool(each.undecodable) for each in found], dtype=bool)
    if not bad.any():
        return
    lenient = cells.source.crowd_sourced or cells.matching.free_text_azimuth
    beyond = np.array([not lenient and _is_number(value) for value in raw], dtype=bool) & bad
    words = [part for each, told in zip(found, bad & ~beyond, strict=True) if told
             for part in each.undecodable]  # fmt: skip
    cells.notes.add(
        "direction_undecodable",
        f"{cells.column(name)}: directions that cannot be read with certainty were left out, none "
        f"guessed: {counted(words)}",
        rows=cells.pick(bad & ~beyond),
        count=len(words),
    )
    cells.reject(
        "direction_out_of_bounds",
        f"{cells.column(name)} is no direction from 0 to below 360 degrees",
        "Give degrees, a compass point or a clockwise range such as 90-180",
        beyond,
        lenient=False,
    )


def _is_number(value: Any) -> bool:
    number = parse_number(value)
    return number is not None and not math.isnan(number)


def _parser(cells: Cells) -> Callable[[Any], Directions]:
    if not cells.matching.signed:
        return parse_facing
    return lambda value: parse_facing(_unsigned(value))


def _unsigned(value: Any) -> Any:
    """Headings that run from -180 to 180 as they run from 0 to 360."""
    number = parse_number(value)
    return number + 360 if number is not None and -180 <= number < 0 else value


def _sectors(cells: Cells) -> pd.Series:
    """Two columns with the ends of a sector as one of clockwise ranges."""
    ends = [cells.raw(name) for name in ("azimuth_start", "azimuth_end")]
    return pd.Series(
        [
            None if is_blank(start) or is_blank(end) else f"{_bare(start)}-{_bare(end)}"
            for start, end in zip(*ends, strict=True)
        ],
        dtype=object,
    )


def _bare(value: Any) -> str:
    number = parse_number(value)
    return str(value).strip() if number is None else f"{number:g}"


def _to_compass(found: Directions) -> Directions:
    """Turn angles from east, against the clock, into compass ones; points keep their meaning."""
    turned = tuple(Heading((90 - each.azimuth_deg) % 360, each.hfov_deg) for each in found.headings)
    return replace(found, headings=turned)
