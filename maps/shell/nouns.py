"""Words for a territory other than London: its areas are areas, not boroughs.

Sentences and scripts are written for London. On the pages of another territory the word is changed
where it stands by itself; names of areas, columns of tables and identifiers keep theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from maps.shell.wording import Sentence

LONDON_NOUN, OTHER_NOUN = "borough", "area"
_CHANGES = (
    (re.compile(r"\ba Thames crossing\b"), "a crossing that the counts name"),
    (re.compile(r"\bLondon borough(s?)\b"), r"area\1"),
    (re.compile(r"\ba borough\b"), "an area"),
    (re.compile(r"\bA borough\b"), "An area"),
    # Between commas it is the name of a column.
    (re.compile(r"\bborough(s?)\b(?!(?<=,borough),)"), r"area\1"),
    (re.compile(r"\bBorough(s?)\b"), r"Area\1"),
)


def worded(names: Iterable[str] = ()) -> Callable[[str], str]:
    """Return what changes the words of a text.

    Parameters
    ----------
    names
        Names of areas, which stay as they are.

    Examples
    --------
    >>> change = worded(["Borough Green"])
    >>> change("A borough beside Borough Green; two boroughs; borough_code; Peterborough")
    'An area beside Borough Green; two areas; borough_code; Peterborough'
    """
    kept = [re.escape(name) for name in names if re.search(r"\b[Bb]oroughs?\b", name)]
    around = re.compile(f"({'|'.join(sorted(kept, key=len, reverse=True))})") if kept else None

    def change(text: str) -> str:
        for pattern, other in _CHANGES:
            text = pattern.sub(other, text)
        return text

    def apart(text: str) -> str:
        if around is None:
            return change(text)
        # Every second part is a name.
        parts = around.split(text)
        return "".join(part if k % 2 else change(part) for k, part in enumerate(parts))

    return apart


def sentence(given: Sentence, change: Callable[[str], str]) -> Sentence:
    """Change the words of a sentence, part by part.

    Examples
    --------
    >>> from maps.shell.wording import Bold
    >>> sentence(("It moves ", Bold("two boroughs"), "."), worded())
    ('It moves ', Bold(text='two areas', cell=None), '.')
    """
    return tuple(
        change(part) if isinstance(part, str) else replace(part, text=change(part.text))
        for part in given
    )
