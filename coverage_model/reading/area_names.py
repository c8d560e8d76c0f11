"""Boroughs and other areas as people write them: by name or code, in any case, with & or and."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

REMEDY = "Use borough names or GSS codes"


def spelling(name: object) -> str:
    """Spell a name in one way: case, spaces and the ampersand do not matter.

    Examples
    --------
    >>> spelling("Barking  & Dagenham ")
    'barking and dagenham'
    """
    return " ".join(str(name).casefold().replace("&", " and ").split())


class AreaNames:
    """Finds the code of an area from its name or code.

    Parameters
    ----------
    names
        Name of each area, by code; a column of a frame indexed by code will do.

    Examples
    --------
    >>> found = AreaNames({"E09000007": "Camden"})
    >>> found.code("CAMDEN"), found.code("e09000007"), found.code("Kamden")
    ('E09000007', 'E09000007', None)
    >>> found.remedy(["Kamden"])
    'Use borough names or GSS codes; did you mean Camden?'
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {str(code): str(name) for code, name in names.items()}
        self._codes = {spelling(name): code for code, name in self._names.items()}
        self._codes |= {spelling(code): code for code in self._names}

    def code(self, written: object) -> str | None:
        """Return the code of an area; None if there is none of that name."""
        return self._codes.get(spelling(written))

    def remedy(self, unknown: Iterable[object]) -> str:
        """Say what to do about names that are not known, and which were perhaps meant."""
        near = [
            difflib.get_close_matches(spelling(name), list(self._codes), n=1) for name in unknown
        ]
        hints = dict.fromkeys(self._names[self._codes[found[0]]] for found in near if found)
        return REMEDY + (f"; did you mean {', '.join(hints)}?" if hints else "")
