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

    Returns
    -------
    Measure
        With a legend line for each class, and one for missing values where needed.
    """
    amounts = np.asarray(values, dtype=np.float64)
    known = np.isfinite(amounts)
    limits = rounded_limits(amounts[known], classes=classes)
    colours = palettes.amounts(len(limits) + 1)
    position = np.searchsorted(limits, amounts, side="right")
    items = []
    for number, colour in enumerate(colours):
        if not limits:
            text = say(float(amounts[known][0])) if known.any() else "none"
        elif number == 0:
            text = f"under {say(limits[0])}"
        elif number == len(limits):
            text = f"{say(limits[-1])} and more"
        else:
            text = f"{say(limits[number - 1])} to under {say(limits[number])}"
        size = int((position[known] == number).sum())
        items.append(LegendItem(text, colour, wording.count(size, noun)))
    if not known.all():
        unknown = wording.count(int((~known).sum()), noun)
        items.append(LegendItem(missing, palettes.NO_DATA, unknown, "hatch"))
    fills = tuple(
        colours[place] if there else palettes.NO_DATA
        for place, there in zip(position, known, strict=True)
    )
    return Measure(key, label, fills, tuple(items), note, variant_of)
