"""Values as people write them: lengths with units, directions, resolutions, words for kinds.

Pure functions on one value each. What cannot be read with certainty is never guessed: it comes
back as undecodable, and the callers count it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, TypeVar

METRES_PER_UNIT = {
    "m": 1.0,
    "mtr": 1.0,
    "mtrs": 1.0,
    "mt": 1.0,
    "mts": 1.0,
    "metre": 1.0,
    "metres": 1.0,
    "meter": 1.0,
    "meters": 1.0,
    "km": 1000.0,
    "kilometre": 1000.0,
    "kilometres": 1000.0,
    "mile": 1609.344,
    "miles": 1609.344,
    "cm": 0.01,
    "mm": 0.001,
    "ft": 0.3048,
    "foot": 0.3048,
    "feet": 0.3048,
    "'": 0.3048,
    "’": 0.3048,
    "in": 0.0254,
    "inch": 0.0254,
    "inches": 0.0254,
    '"': 0.0254,
    "yd": 0.9144,
    "yds": 0.9144,
    "yard": 0.9144,
    "yards": 0.9144,
}

_FLAG_WORDS = {
    **dict.fromkeys(("true", "yes", "y", "1", "1.0", "t"), True),
    **dict.fromkeys(("false", "no", "n", "0", "0.0", "f"), False),
}
_Parser = TypeVar("_Parser", bound=Callable[..., Any])
_PLAIN: set[Any] = set()
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
"""Numbers that need no reading."""

_BLANKS = frozenset(
    {"", "nan", "na", "n/a", "none", "null", "<na>", "nat", "-", "–", "—", "?", "tbc", "tba", "n/k",
     "nk", "unknown", "not known", "not recorded", "not available", "#n/a", "#value!", "#ref!"}
)  # fmt: skip
is_blank_word = _BLANKS.__contains__
"""Whether a word in small letters, without space around it, means "not given"."""

NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
"""A decimal number, as a part of patterns."""
# Said beside a value that is meant all the same: "approx 100m", "100 m max.", "(estimated)".
_ABOUT = re.compile(
    r"\b(?:approx(?:imately)?|about|around|circa|ca|c|est(?:imated)?|nominal|nom|typically|typ|"
    r"up to|max(?:imum)?)\b\.?|~|≈|±(?=\s*\d+$)",
    re.IGNORECASE,
)
_MINUS_SIGNS = str.maketrans({"−": "-", "‒": "-", "﹣": "-", "－": "-"})
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f\u200b]+")
# Word processors turn a typed minus into a dash.
_LEADING_DASH = re.compile(r"^([+-]) (?=\d)|^[–—] ?(?=\d)")
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d{1,2}|\d{4,})(?!\d)")
_AROUND_METRES = re.compile(
    r"(?<=\d)[ '’](?=\d{3}\b)|\s*m(?:etres)?$|^[EN]\s*[:=]?\s*(?=\d{5})|(?<=\d{5})\s*m?[EN]$",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LENGTH = re.compile(rf"({NUMBER})\s*([a-z'’\"]*\.?)", re.IGNORECASE)
_FEET_INCHES = re.compile(r"(\d+)\s*(?:'|’|ft)\s*(\d+(?:\.\d+)?)\s*(?:\"|”|in)", re.IGNORECASE)
ANGLE = re.compile(rf"({NUMBER})\s*(?:°|º|˚|deg\.?|degs|degrees?)?", re.IGNORECASE)
"""An angle as written: a number, and what says that it is degrees."""
_RESOLUTION = re.compile(r"(\d{2,6})\s*[x×*]\s*(\d{2,6})", re.IGNORECASE)
# Control characters, and the marks that reorder text on screen so that it reads as another one.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def is_blank(value: Any) -> bool:
    """Whether a value means "not given".

    Examples
    --------
    >>> is_blank(" n/a "), is_blank(float("nan")), is_blank(0)
    (True, True, False)
    """
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return str(value).strip().lower() in _BLANKS


def reads_plainly(parser: Any) -> bool:
    """Whether a parser reads a plain number such as ``-12.5`` as just that number."""
    return getattr(parser, "func", parser) in _PLAIN


def plainly(parser: _Parser) -> _Parser:
    """Register a parser that reads a plain number as just that number, whatever its options."""
    _PLAIN.add(parser)
    return parser


def clean_text(value: str) -> str:
    r"""Strip control characters and outer spaces; line breaks and tabs become spaces.

    Examples
    --------
    >>> clean_text(" High\tStreet\x00 ")
    'High Street'
    """
    if value.isprintable():  # nearly all text; nothing to take out
        return value.strip()
    spaced = re.sub(r"[\t\r\n]+", " ", value)
    return _CONTROLS.sub("", spaced).strip()


def has_controls(value: str) -> bool:
    """Whether text holds characters that :func:`clean_text` takes out or replaces."""
    return not value.isprintable() and _CONTROLS.search(value) is not None


def plain_number_text(value: Any) -> str:
    """Text of a number as programs write it: no space around it, a hyphen for minus, a point.

    A comma is the decimal mark unless exactly three digits follow it; several groups of three are
    thousands; one group of three could be either and stays as it is.

    Examples
    --------
    >>> [plain_number_text(text) for text in ("\u2212 0,1276", "\u20130.1", "1,204,500", "6,500")]
    ['-0.1276', '-0.1', '1204500', '6,500']
    """
    text = _SPACES.sub(" ", str(value).translate(_MINUS_SIGNS)).strip()
    text = _LEADING_DASH.sub(lambda found: found[1] or "-", text)
    if "," not in text:
        return text
    if text.count(",") > 1 and _THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    return _DECIMAL_COMMA.sub(r"\1.\2", text) if text.count(",") == 1 else text


@plainly
def parse_number(value: Any) -> float | None:
    """Read a plain number: NaN where not given, None where it is no number.

    Examples
    --------
    >>> parse_number("12.5"), parse_number("12,5"), parse_number("twelve"), parse_number("52_9")
    (12.5, 12.5, None, None)
    """
    if isinstance(value, str) and PLAIN_NUMBER.fullmatch(value):
        return float(value)  # nearly all cells, and a tenth of the work
    if is_blank(value):
        return math.nan
    try:
        return plain_float(plain_number_text(value))
    except ValueError:
        return None


def plain_float(text: str) -> float:
    """Read a number as people write one: not in Python's own notation, nor in other scripts.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> plain_float("-0.5")
    -0.5
    """
    if "_" in text or not text.isascii():
        raise ValueError(f"{text!r} is no number")
    return float(text)


@plainly
def parse_metres_number(value: Any) -> float | None:
    """Read a grid coordinate or a count, where a comma before three digits parts thousands.

    Examples
    --------
    >>> parse_metres_number("530,034"), parse_metres_number("530034,5"), parse_metres_number("x")
    (530034.0, 530034.5, None)
    >>> parse_metres_number("530'034"), parse_metres_number("E 530034")
    (530034.0, 530034.0)
    """
    if isinstance(value, str) and PLAIN_NUMBER.fullmatch(value):
        return float(value)
    if isinstance(value, str) and _THOUSANDS.fullmatch(plain_number_text(value)):
        return float(plain_number_text(value).replace(",", ""))
    number = parse_number(value)
    if number is None and isinstance(value, str):  # "530 034", "530'034", "E530034", "530034 m"
        return parse_number(_AROUND_METRES.sub("", plain_number_text(value)))
    return number


def without_about(text: str) -> str:
    """Take out what says that a value is approximate or an upper limit, and what is left of it.

    Examples
    --------
    >>> without_about("approx. 100m"), without_about("75 deg (est.)")
    ('100m', '75 deg')
    """
    rest = _ABOUT.sub(" ", text)
    return " ".join(re.sub(r"\(\s*\)", " ", rest).split())


def parse_flag(value: Any) -> bool | None:
    """Read yes or no: None where it is neither, or not given.

    Examples
    --------
    >>> parse_flag("Yes"), parse_flag(0), parse_flag("perhaps") is None
    (True, False, True)
    """
    return _FLAG_WORDS.get(str(value).strip().lower())


def parse_length_m(value: Any, *, unit: str = "m") -> float | None:
    """Read a length in metres: NaN where not given, None where it cannot be read.

    Parameters
    ----------
    value
        A number in ``unit``, or text with its own unit: ``6 m``, ``20'``, ``20 ft``, ``5'10"``.
    unit
        Unit of a bare number.

    Examples
    --------
    >>> parse_length_m("6 m"), parse_length_m("20'"), parse_length_m(20, unit="ft")
    (6.0, 6.096, 6.096)
    >>> parse_length_m("tall") is None
    True
    """
    if is_blank(value):
        return math.nan
    text = without_about(plain_number_text(value))
    feet_inches = _FEET_INCHES.fullmatch(text)
    if feet_inches:
        return float(feet_inches[1]) * 0.3048 + float(feet_inches[2]) * 0.0254
    match = _LENGTH.fullmatch(text)
    if match is None:
        return None if parse_number(text) is None else parse_number(text)
    factor = METRES_PER_UNIT.get((match[2] or unit).lower().rstrip("."))
    return None if factor is None else round(float(match[1]) * factor, 9)


@plainly
def parse_angle_deg(value: Any) -> float | None:
    """Read an angle in degrees: NaN where not given, None where it cannot be read.

    Examples
    --------
    >>> parse_angle_deg("90°"), parse_angle_deg("about 90 deg"), parse_angle_deg("wide")
    (90.0, 90.0, None)
    """
    if is_blank(value):
        return math.nan
    match = ANGLE.fullmatch(without_about(plain_number_text(value)))
    return parse_number(value) if match is None else float(match[1])


def parse_horizontal_px(value: Any) -> float | None:
    """Horizontal resolution in pixels: ``1920``, or the first number of ``1920x1080``.

    Words such as ``1080p`` are not read here: they stand in the dictionary of cell words.

    Examples
    --------
    >>> parse_horizontal_px("1920 x 1080"), parse_horizontal_px("1920px"), parse_horizontal_px("HD")
    (1920.0, 1920.0, None)
    """
    if is_blank(value):
        return math.nan
    text = re.sub(r"\s*(?:px|pixels?)$", "", plain_number_text(value), flags=re.IGNORECASE)
    match = _RESOLUTION.search(text)
    return parse_metres_number(text) if match is None else float(match[1])


def parse_focal_mm(value: Any) -> float | None:
    """Focal length in mm: ``4``, ``4mm``, ``f=4 mm``; None for a zoom lens such as ``2.8-12mm``.

    A varifocal lens stands at a length that its description does not tell.

    Examples
    --------
    >>> parse_focal_mm("3.6 mm"), parse_focal_mm("2.8-12mm")
    (3.6, None)
    """
    if is_blank(value):
        return math.nan
    text = re.sub(r"^f\s*=?\s*|\s*mm$", "", plain_number_text(value), flags=re.IGNORECASE)
    return parse_number(text)
