"""Names that differ only by what nobody sees: invisible characters, spaces, ways to write é."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from coverage_model.base.errors import Fault


def seen_form(text: str) -> str:
    r"""Text as it looks: without invisible characters, with single spaces, accents composed.

    Examples
    --------
    >>> seen_form("C1\u200b") == seen_form("C1\xa0") == "C1"
    True
    """
    plain = "".join(
        " " if unicodedata.category(each).startswith("Z") else each
        for each in unicodedata.normalize("NFC", text)
        if not unicodedata.category(each).startswith("C")
    )
    return " ".join(plain.split())


def look_alike_fault(ids: Iterable[str], *, what: str) -> Fault | None:
    r"""Build the fault for ids that look the same and are not; None where there are none.

    Parameters
    ----------
    ids
        Ids as read; those that are equal are no look-alikes.
    what
        What they identify.

    Examples
    --------
    >>> fault = look_alike_fault(["C1", "C1\u200b", "C2"], what="camera")
    >>> print(fault)  # doctest: +NORMALIZE_WHITESPACE
    ids that look the same and differ by invisible characters [2 rows: C1, C1\u200b]. Write each
    camera's id anew, without spaces or signs copied from elsewhere
    """
    different = list(dict.fromkeys(ids))
    together = "\n".join(different)
    if together.isascii() and "  " not in together:
        return None
    forms: dict[str, list[str]] = {}
    for each in different:
        # Nearly all ids are plain: only the others can look like one of them.
        form = each if each.isascii() and "  " not in each else seen_form(each)
        forms.setdefault(form, []).append(each)
    rows = [each for same in forms.values() if len(same) > 1 for each in same]
    if not rows:
        return None
    return Fault(
        "ids that look the same and differ by invisible characters",
        f"Write each {what}'s id anew, without spaces or signs copied from elsewhere",
        tuple(rows),
    )
