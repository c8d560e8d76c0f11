"""Numbers as one would say them, and sentences with the numbers in bold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

NOT_KNOWN = "not known"
NEVER_SUMMED = (
    "Shared rooms, a framework contract and new technology would save some of the same pounds: do "
    "not add up the savings of these three chapters."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell of a table that a number in a sentence was read from.

    Parameters
    ----------
    table
        Name of the table, which is that of its CSV file without the ending.
    row
        Column and value that pick the row, for each column of the key.
    column
        Column of the cell.
    value
        What stands there.
    """

    table: str
    row: tuple[tuple[str, str], ...]
    column: str
    value: float | str


@dataclass(frozen=True, slots=True)
class Bold:
    """A part of a sentence to set in bold.

    Parameters
    ----------
    text
        What it says.
    cell
        Where a number was read; see :class:`maps.shell.cite.Cite`.
    """

    text: str
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A number in running text, with the cell that it was read from.

    Parameters
    ----------
    text, cell
        As in :class:`Bold`.
    """

    text: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Compared:
    """A word that says which way two numbers differ; see :func:`maps.shell.cite.compare`.

    Parameters
    ----------
    text
        The word, such as "more than".
    way
        1 where the first number is greater, -1 where it is less, 0 where they are equal.
    first, second
        Where the numbers were read; the second may be a fixed number, such as 0 for a change.
    """

    text: str
    way: int
    first: Cell
    second: Cell | float
    cell: None = None


Part = str | Bold | Quoted | Compared
Sentence = tuple[Part, ...]


def plain(sentence: Sentence | str) -> str:
    """Return a sentence as bare text.

    Examples
    --------
    >>> plain(("Camden sees ", Bold("4%"), "."))
    'Camden sees 4%.'
    """
    if isinstance(sentence, str):
        return sentence
    return "".join(part if isinstance(part, str) else part.text for part in sentence)


def parts(sentence: Sentence | str) -> list[list[str | bool]]:
    """Return a sentence as pairs of text and "is bold", which templates and scripts read."""
    if isinstance(sentence, str):
        return [[sentence, False]]
    return [
        [part, False] if isinstance(part, str) else [part.text, isinstance(part, Bold)]
        for part in sentence
        if part
    ]


def _significant(value: float, digits: int) -> float:
    if value == 0:
        return 0.0
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def number(value: float | None, *, decimals: int = 0) -> str:
    """Return a number with thousands separated.

    Examples
    --------
    >>> number(12345.6), number(0.25, decimals=1), number(None)
    ('12,346', '0.2', 'not known')
    """
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def share(value: float | None) -> str:
    """Return a share from 0 to 1 as a percentage with two or three figures.

    Examples
    --------
    >>> share(0.1234), share(0.0314), share(0.00042), share(0.0), share(1.0)
    ('12%', '3.1%', '0.04%', '0%', '100%')
    >>> share(0.999), share(0.00001)
    ('99.9%', 'under 0.01%')
    """
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    percent = value * 100
    size = abs(percent)
    if size == 0:
        return "0%"
    if size < 0.01:
        return "under 0.01%"
    decimals = 2 if size < 0.1 else 1 if size < 10 or 99 < size < 100 else 0
    text = f"{percent:.{decimals}f}".replace("-", "−")
    return f"{text}%"


class Ranged(float):
    """A share that knows the range it may lie in; it sorts and rounds as the share.

    Parameters
    ----------
    value, low, high
        From 0 to 1; without a range, low and high are not numbers.
    """

    __slots__ = ("high", "low")
    low: float
    high: float

    def __new__(cls, value: float, low: float, high: float) -> Self:
        """Make a float that carries two more."""
        made = super().__new__(cls, value)
        made.low, made.high = float(low), float(high)
        return made


def share_range(value: Ranged) -> str:
    """Return a share with its range, to a decimal more where the range would not show otherwise.

    Examples
    --------
    >>> share_range(Ranged(0.041, 0.032, 0.05)), share_range(Ranged(0.0029, 0.0027, 0.0031))
    ('4.1% (3.2 to 5.0%)', '0.29% (0.27 to 0.31%)')
    >>> share_range(Ranged(0.041, 0.041, 0.041)), share_range(Ranged(0.2, math.nan, math.nan))
    ('4.1%', '20%')
    """
    shown = share(value)
    low, high = share(value.low), share(value.high)
    if NOT_KNOWN in {low, high}:
        return shown
    if low == high == shown:
        decimals = len(shown.partition(".")[2].rstrip("%")) + 1
        low, shown, high = (f"{each:.{decimals}%}" for each in (value.low, value, value.high))
        if low == high:
            return share(value)
    return f"{shown} ({span(low, high)})"


def metres(value: float | None) -> str:
    """Return a distance in metres, or in kilometres from 10 km.

    Examples
    --------
    >>> metres(84.6), metres(1234.0), metres(12_340.0)
    ('85 m', '1,234 m', '12.3 km')
    """
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    return f"{value:,.0f} m" if value < 10_000 else kilometres(value / 1000)


def gbp(value: float | None, *, per_year: bool = False) -> str:
    """Return pounds as one would say them: three figures, thousands or millions.

    Examples
    --------
    >>> gbp(12_345_678), gbp(480_400), gbp(999.6), gbp(-2_500_000), gbp(0)
    ('£12.3 million', '£480,000', '£1,000', '−£2.5 million', '£0')
    """
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    sign = "−" if value < 0 else ""
    size = _significant(abs(value), 3)
    if size >= 1_000_000:
        millions = size / 1_000_000
        decimals = 0 if millions >= 100 else 1 if millions >= 10 or millions % 0.1 < 1e-9 else 2
        text = f"{sign}£{millions:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        text += " million"
    else:
        text = f"{sign}£{size:,.0f}"
    return f"{text} a year" if per_year else text


def area(square_metres: float | None) -> str:
    """Return an area in the unit one would use: square metres, hectares or square kilometres.

    Examples
    --------
    >>> area(843.2), area(48_320), area(12_345_678), area(1_572_000_000)
    ('843 m²', '4.8 ha', '12.3 km²', '1,572 km²')
    """
    if square_metres is None or not math.isfinite(square_metres):
        return NOT_KNOWN
    if square_metres < 10_000:
        return f"{square_metres:,.0f} m²"
    if square_metres < 1_000_000:
        hectares = square_metres / 10_000
        return f"{hectares:,.{0 if hectares >= 20 else 1}f} ha"
    square_km = square_metres / 1_000_000
    return f"{square_km:,.{0 if square_km >= 100 else 1}f} km²"


def hectares(square_metres: float | None) -> str:
    """Return an area as a bare number of hectares, for columns of a table.

    Examples
    --------
    >>> hectares(48_320), hectares(12_345_678)
    ('4.8', '1,235')
    """
    if square_metres is None or not math.isfinite(square_metres):
        return NOT_KNOWN
    size = square_metres / 10_000
    return f"{size:,.{1 if size < 100 else 0}f}"


def kilometres(value: float | None) -> str:
    """Return a distance in kilometres.

    Examples
    --------
    >>> kilometres(3.14159), kilometres(120.4)
    ('3.1 km', '120 km')
    """
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    return f"{value:,.{0 if value >= 20 else 1}f} km"


def plural(noun: str) -> str:
    """Return the plural of a noun, or of the last word of several.

    Examples
    --------
    >>> plural("borough"), plural("inventory"), plural("day"), plural("branch"), plural("bus")
    ('boroughs', 'inventories', 'days', 'branches', 'buses')
    """
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def count(value: float, one: str, many: str | None = None) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> count(1, "room"), count(9, "room"), count(2, "borough moved", "boroughs moved")
    ('1 room', '9 rooms', '2 boroughs moved')
    """
    shown = number(value)
    return f"{shown} {one if shown == '1' else many or plural(one)}"


SPOKEN_AS_AN = ("hour", "honest", "heir", "MP", "HGV", "NHS", "LED", "SSD", "RTSP", "8", "11", "18")
SPOKEN_AS_A = ("one", "once", "use", "unit", "uni", "euro", "European")


def article(words: str) -> str:
    """Return words with the article that they are spoken with.

    Examples
    --------
    >>> article("area"), article("borough"), article("hour"), article("unit"), article("8-hour day")
    ('an area', 'a borough', 'an hour', 'a unit', 'an 8-hour day')
    """
    if words.startswith(SPOKEN_AS_AN):
        return f"an {words}"
    vowel = words[:1].lower() in set("aeiou") and not words.startswith(SPOKEN_AS_A)
    return f"{'an' if vowel else 'a'} {words}"


def span(low: str, high: str) -> str:
    """Return a range of two written numbers; the unit that both end in is said once.

    Examples
    --------
    >>> span("3.2%", "5%"), span("£1 million", "£3 million"), span("4 km", "4 km")
    ('3.2 to 5%', '£1 million to £3 million', '4 km')
    """
    if low == high:
        return low
    return f"{low.removesuffix('%') if high.endswith('%') else low} to {high}"


def listing(names: Sequence[str]) -> str:
    """Return names as a list in a sentence.

    Examples
    --------
    >>> listing(["Bexley"]), listing(["Brent", "Harrow"]), listing(["A", "B", "C"])
    ('Bexley', 'Brent and Harrow', 'A, B and C')
    """
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def day(value: date) -> str:
    """Return a date as it is written in British papers.

    Examples
    --------
    >>> day(date(2026, 3, 9))
    '9 March 2026'
    """
    return f"{value.day} {value:%B %Y}"


def ratio(value: float | None) -> str:
    """Return a ratio, such as benefits for each pound of cost.

    Examples
    --------
    >>> ratio(1.347), ratio(0.042), ratio(None)
    ('1.35', '0.042', 'not known')
    """
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    decimals = 2 if abs(value) >= 0.1 or value == 0 else 1 - math.floor(math.log10(abs(value)))
    return f"{value:,.{decimals}f}".replace("-", "−")


def say(value: float | None, unit: str) -> str:  # noqa: PLR0911 - a unit, a return
    """Write a value by its unit, as the coefficients name units.

    Examples
    --------
    >>> say(480_400, "GBP per year"), say(0.13, "share"), say(1234.4, "hours per year")
    ('£480,000 a year', '13%', '1,234 hours a year')
    >>> say(0.42, "cameras per 1,000 residents"), say(580, "GBP per camera and year")
    ('0.42 cameras per 1,000 residents', '£580 a year for each camera')
    """
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    amount, per, period = unit.partition(" per ")
    if amount == "GBP":
        said = gbp(value) if abs(value) >= 100 or value == 0 else f"£{value:,.2f}"
        thing, each, _ = period.partition(" and year")
        if each:
            return f"{said} a year for each {thing}"
        return f"{said} {article(period)}" if per else said
    if amount.startswith("share"):
        return share(value) + (f" per {period}" if per else "")
    if unit == "ratio":
        return ratio(value)
    if unit == "m²":
        return area(value)
    shown = number(value) if abs(value) >= 100 or float(value).is_integer() else ratio(value)
    return f"{shown} {amount} a year" if period == "year" else f"{shown} {unit}".strip()
