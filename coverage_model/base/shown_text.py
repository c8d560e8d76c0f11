"""Text from outside made fit to show: nothing in it can steer a terminal or fill a screen."""

from __future__ import annotations

import unicodedata

LONGEST = 1_200
"""Characters of one sentence of an error or note; more are cut, with a mark."""

LONGEST_ROW = 80
"""Characters of the name of one row."""


def shown(text: object, *, longest: int = LONGEST) -> str:
    r"""Return text with each character that cannot be seen written out, and not too long.

    Parameters
    ----------
    text
        Anything; its text is taken.
    longest
        Characters to show; what is cut off is marked with its length.

    Returns
    -------
    str
        Line breaks, tabs and odd spaces are spaces; control characters, marks that reorder text and
        lone halves of surrogate pairs are written as ``\x1b``, ``\u202e``.

    Examples
    --------
    >>> shown("\x1b[31mred"), shown("a\tb"), shown("x" * 30, longest=10)
    ('\\x1b[31mred', 'a b', 'xxxxxxxxxx… (20 more characters)')
    """
    plain = str(text)
    over = len(plain) - longest
    plain = plain[:longest]
    if not plain.isprintable():
        plain = "".join(map(_visible, plain))
    return f"{plain}… ({over:,} more characters)" if over > 0 else plain


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if character in "\t\n\r" or unicodedata.category(character).startswith("Z"):
        return " "
    return character.encode("unicode_escape").decode("ascii")
