"""Classes with rounded limits, and the legends that explain them with counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from maps.shell import palettes, wording

Swatch = Literal["fill", "line", "dashed", "hatch", "dot", "ring"]


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One line of a legend.

    Parameters
    ----------
    label
        What the swatch stands for.
    colour
        Its colour.
    count
        How many there are, as text; empty to show none.
    swatch
        How it is drawn.
    switch
        Name of the layer or category that a checkbox shows and hides; empty for no checkbox.
    on
        Whether the checkbox is ticked at first.
    """

    label: str
    colour: str
    count: str = ""
    swatch: Swatch = "fill"
    switch: str = ""
    on: bool = True


@dataclass(frozen=True, slots=True)
class Measure:
    """A way to colour the areas of a map.

    Parameters
    ----------
    key
        Short name, for the address of a view.
    label
        What is shown, with its unit.
    fills
        Colour of each area, in the order of the areas.
    items
        The legend.
    note
        A sentence under the legend.
    variant_of
        Key of the measure that this is a variant of, chosen by a control of its own; empty for a
        measure in its own right.
    """

    key: str
    label: str
    fills: tuple[str, ...]
    items: tuple[LegendItem, ...]
    note: str = ""
    variant_of: str = ""


def rounded_limits(values: NDArray[np.float64], *, classes: int = 5) -> list[float]:
    """Return limits between classes of about equal size, rounded to two figures.

    Parameters
    ----------
    values
        Finite values.
    classes
        Greatest number of classes.

    Returns
    -------
    list of float
        Rising limits inside the range of the values; fewer than ``classes - 1`` where they repeat.

    Examples
    --------
    >>> rounded_limits(np.array([0.011, 0.019, 0.034, 0.08, 0.21]), classes=3)
    [0.024, 0.065]
    >>> rounded_limits(np.array([0, 0, 0, 0, 0, 0, 0.06, 0.3]), classes=2)
    [0.06]
    """
    if values.size == 0:
        return []
    # Where most values are the same (nothing seen, as a rule), all quantiles fall on that one; then
    # classes are of distinct values.
    for chosen in (values, np.unique(values)):
        wanted = np.quantile(chosen, np.linspace(0, 1, classes + 1)[1:-1])
        rounded = {float(f"{limit:.2g}") for limit in wanted}
        limits = sorted(limit for limit in rounded if values.min() < limit <= values.max())
        if limits:
            return limits
    return []


def classed(
    key: str,
    label: str,
    values: Sequence[float],
    *,
    say: Callable[[float], str] = wording.share,
    noun: str = "borough",
    classes: int = 5,
    note: str = "",
    missing: str = "no data",
    variant_of: str = "",
    limits: Sequence[float] | None = None,
) -> Measure:
    """Colour areas by an amount in classes with rounded limits.

    Parameters
    ----------
    key, label, note, variant_of
        As in :class:`Measure`.
    values
        One for each area; missing ones are drawn as "no data".
    say
        How to write a limit.
    noun
        What an area is called, for the counts.
    classes
        Greatest number of classes.
    missing
        What the legend says of areas without a value.
    limits
        Rising limits between the classes, for measures to be compared; from the values by default.

    Returns
    -------
    Measure
        With a legend line for each class, and one for missing values where needed.
    """
    amounts = np.asarray(values, dtype=np.float64)
    known = np.isfinite(amounts)
    if limits is None:
        limits = class_limits(amounts[known], say=say, classes=classes)
    colours = palettes.amounts(len(limits) + 1)
    position = np.searchsorted(limits, amounts, side="right")
    items = []
    for number, colour in enumerate(colours):
        inside = amounts[known & (position == number)]
        if len(amounts) == 1 and not inside.size:
            continue  # one area has one class: a ladder of empty ones tells nothing
        text = _range_text(limits, number, inside, say=say)
        items.append(LegendItem(text, colour, wording.count(len(inside), noun)))
    if not known.all():
        unknown = wording.count(int((~known).sum()), noun)
        items.append(LegendItem(missing, palettes.NO_DATA, unknown, "hatch"))
    fills = tuple(
        colours[place] if there else palettes.NO_DATA
        for place, there in zip(position, known, strict=True)
    )
    return Measure(key, label, fills, tuple(items), note, variant_of)


ABOVE_NONE = float(np.nextafter(0.0, 1.0))
"""The limit below which nothing but zero lies: zeros are a class of their own."""


def class_limits(
    values: NDArray[np.float64],
    *,
    say: Callable[[float], str] = wording.share,
    classes: int = 5,
) -> list[float]:
    """Return rounded limits between classes that a legend can tell apart.

    Parameters
    ----------
    values
        Finite values, for one or for several measures that share a scale.
    say
        How a limit is written: limits that read alike are one.
    classes
        Greatest number of classes; zeros, where there are some, are a class of their own.

    Returns
    -------
    list of float
        Rising limits. The first is :data:`ABOVE_NONE` where there are zeros beside other values.

    Examples
    --------
    >>> class_limits(np.array([0.0, 0.0, 0.011, 0.019, 0.034]), classes=3)
    [5e-324, 0.019]
    """
    positive = values[values > 0]
    if positive.size in {0, values.size}:
        first, limits = [], rounded_limits(values, classes=classes)
    else:
        first, limits = [ABOVE_NONE], rounded_limits(positive, classes=classes - 1)
    kept = list(first)
    for limit in limits:
        if not say(limit).startswith("under ") and say(limit) not in map(say, kept):
            kept.append(limit)
    # A class that nothing is in only makes the legend longer.
    ends = [*kept[1:], np.inf][: len(kept)]
    return [
        low
        for low, high in zip(kept, ends, strict=True)
        if ((values >= low) & (values < high)).any()
    ]


def _range_text(
    limits: Sequence[float],
    number: int,
    inside: NDArray[np.float64],
    *,
    say: Callable[[float], str],
) -> str:
    """Write a class as a person would: none, under 0.5%, 0.5% to 0.8%, 0.8% or more."""
    if not limits:
        return say(float(inside[0])) if inside.size and inside[0] else "none"
    none_first = limits[0] == ABOVE_NONE
    if number == 0:
        return "none" if none_first else f"under {say(limits[0])}"
    if number == len(limits):
        return "some" if limits[-1] == ABOVE_NONE else f"{say(limits[-1])} or more"
    high = say(limits[number])
    if number == 1 and none_first:
        return f"under {high}"
    return f"{say(limits[number - 1])} to {high}"
