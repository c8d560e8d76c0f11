"""Colours: cividis for amounts, Okabe-Ito for groups, PuOr for differences, hatch for change.

All three are readable with the common kinds of colour blindness and in grey. Sources: cividis from
Nuñez, Anderton and Renslow (2018), PLoS ONE 13(7); Okabe and Ito (2008), "Color Universal Design";
PuOr from Brewer's ColorBrewer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Seventeen evenly spaced colours of each map; what lies between is interpolated.
CIVIDIS = (
    "#00224e", "#002e6a", "#1a386f", "#32436d", "#434e6c", "#535a6d", "#61656f", "#6f7073",
    "#7d7c78", "#8c8878", "#9b9476", "#aba072", "#bcae6c", "#cdbb63", "#dec958", "#f0d846",
    "#fee838",
)  # fmt: skip
PUOR = (
    "#7f3b08", "#a04d07", "#be630a", "#db7d12", "#ef9e3c", "#fdbd6e", "#fed7a2", "#fbe9cf",
    "#f6f6f7", "#e3e4ef", "#cecde4", "#b6b0d4", "#988dbe", "#7967a6", "#5d3790", "#44176f",
    "#2d004b",
)  # fmt: skip
OKABE_ITO = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")
# Past seven groups: lighter and greyer relatives, still apart from their neighbours.
GROUPS = (*OKABE_ITO, "#bdbdbd", "#f7d694", "#b5dcf4", "#8fd6bd", "#e8bcd3")

# Full strength drowns names and borders on a map.
GROUP_TINT = 0.25

NO_DATA = "#e3e6ea"
INK = "#0b1f33"
OWNERSHIP = {"public": "#0072b2", "private": "#e69f00", "both": "#009e73", "unknown": "#7a7f87"}
OUTLINE = {"public": "#00507d", "private": "#9a6a00", "both": "#006b4e", "unknown": "#53575d"}


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _between(anchors: Sequence[str], places: Sequence[float]) -> tuple[str, ...]:
    known = np.linspace(0.0, 1.0, len(anchors))
    table = np.array([_channels(anchor) for anchor in anchors])
    mixed = np.column_stack([np.interp(places, known, table[:, channel]) for channel in range(3)])
    return tuple("#" + "".join(f"{round(value):02x}" for value in row) for row in mixed)


def lighter(colour: str, share: float) -> str:
    """Return a colour mixed with white.

    Examples
    --------
    >>> lighter("#000000", 0.2)
    '#333333'
    """
    return _between((colour, "#ffffff"), [share])[0]


def amounts(count: int) -> tuple[str, ...]:
    """Return colours for ordered classes of an amount, light for little and dark for much.

    Parameters
    ----------
    count
        Number of classes, at least 1.

    Examples
    --------
    >>> amounts(2)
    ('#f9e665', '#405d8a')
    """
    # Without the ends and lightened: the brightest yellow glares, the darkest blue hides labels.
    chosen = _between(CIVIDIS, np.linspace(0.97, 0.1, max(count, 2)).tolist())[:count]
    return tuple(lighter(colour, 0.2) for colour in chosen)


def differences(count: int) -> tuple[str, ...]:
    """Return colours for classes of a difference, with a neutral middle.

    Parameters
    ----------
    count
        Number of classes, odd so that the middle one is zero.

    Raises
    ------
    ValueError
        If ``count`` is even: zero would then have a colour of its own sign.

    Examples
    --------
    >>> differences(3)[1]
    '#f6f6f7'
    """
    if count % 2 == 0:
        raise ValueError(f"a difference needs an odd number of classes, not {count}")
    return _between(PUOR, np.linspace(0.05, 0.95, count).tolist())


def group_colour(number: int) -> str:
    """Return the colour of a group by its number; they come round again after twelve."""
    colour = GROUPS[number % len(GROUPS)]
    return lighter(colour, GROUP_TINT) if colour in OKABE_ITO else colour


def group_letter(number: int) -> str:
    """Return A to Z, then AA, AB and so on.

    Examples
    --------
    >>> group_letter(0), group_letter(25), group_letter(26), group_letter(32)
    ('A', 'Z', 'AA', 'AG')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def text_on(colour: str) -> str:
    """Return black or white, whichever reads better on a colour.

    The better of the two always has a contrast of at least 4.5, by the relative luminance of the
    Web Content Accessibility Guidelines 2.2.

    Examples
    --------
    >>> text_on("#f9e665"), text_on("#405d8a")
    ('#000000', '#ffffff')
    """
    shares = np.array(_channels(colour)) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ np.array([0.2126, 0.7152, 0.0722]))
    return "#ffffff" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "#000000"
