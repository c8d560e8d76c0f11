"""Boroughs and other areas as people write them: by name, code or short form, in any case.

"London Borough of Hackney", "LB Hackney" and "Hackney Council" are Hackney; short forms that no
rule gives ("RBKC", "H&F", "Richmond") are data in ``data/dictionary/area_aliases.csv``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from coverage_model.reading.dictionary import area_aliases

REMEDY = "Use borough names or GSS codes"
# What councils put around the name of their area.
_BEFORE = re.compile(
    r"^(?:the )?(?:london borough(?: council)?(?: of)?|royal borough(?: of)?|"
    r"metropolitan borough of|borough of|city and county of|city of|lb of|lbo|lbc|lb|rb of|rb|"
    r"council of)[ :.-]+"
)
_AFTER = re.compile(
    r"[ ,-]+(?:london borough(?: council)?|royal borough(?: council)?|borough council|city council|"
    r"district council|council|borough|lb|london|la)$"
)


def spelling(name: object) -> str:
    """Spell a name in one way: case, spaces, hyphens and the ampersand do not matter.

    Examples
    --------
    >>> spelling("Barking  & Dagenham "), spelling("Kingston-upon-Thames")
    ('barking and dagenham', 'kingston upon thames')
    """
    text = str(name).casefold().replace("&", " and ").replace("-", " ").replace("\u2019", "'")
    return " ".join(text.split())


class AreaNames:
    """Finds the code of an area from its name or code.

    Parameters
    ----------
    names
        Name of each area, by code; a column of a frame indexed by code will do.

    Examples
    --------
    >>> found = AreaNames({"E09000007": "Camden"})
    >>> found.code("CAMDEN"), found.code("London Borough of Camden"), found.code("Kamden")
    ('E09000007', 'E09000007', None)
    >>> found.remedy(["Kamden"])
    'Use borough names or GSS codes; did you mean Camden?'
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {str(code): str(name) for code, name in names.items()}
        self._codes = {spelling(name): code for code, name in self._names.items()}
        self._codes |= {spelling(code): code for code in self._names}
        for alias, code in area_aliases().items():
            if code in self._names:
                self._codes.setdefault(spelling(alias), code)

    def code(self, written: object) -> str | None:
        """Return the code of an area; None if there is none of that name."""
        text = spelling(written)
        bare = _AFTER.sub("", text)
        for name in (text, bare, _BEFORE.sub("", text), _BEFORE.sub("", bare)):
            if name in self._codes:
                return self._codes[name]
        return None

    def remedy(self, unknown: Iterable[object]) -> str:
        """Say what to do about names that are not known, and which were perhaps meant."""
        near = [
            difflib.get_close_matches(spelling(name), list(self._codes), n=1) for name in unknown
        ]
        hints = dict.fromkeys(self._names[self._codes[found[0]]] for found in near if found)
        return REMEDY + (f"; did you mean {', '.join(hints)}?" if hints else "")
