"""How wide texts are, so that the tables of reports break no word."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from maps.report.sheets import needs_extra

# A letter that the typeface lacks is taken to be as wide as its widest common ones.
WIDE_EM = 1.1


@cache
def _advances() -> dict[str, float]:
    """Return the width of each character of DejaVu Sans Bold, in parts of the size."""
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra
        from matplotlib.ft2font import FT2Font  # noqa: PLC0415
    except ImportError as error:
        raise needs_extra(error) from error
    font = FT2Font(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"))
    font.set_size(100, 72)
    return {chr(code): font.load_char(code).linearHoriAdvance / 6_553_600
            for code in font.get_charmap() if code < 0x2500}  # fmt: skip


def width_pt(text: str, *, size_pt: float) -> float:
    """Return the width of a line of text in points.

    It is that of DejaVu Sans Bold, the typeface of the PDF; Arial, that of the Word document, is
    narrower, so what fits by this measure fits in both.

    Parameters
    ----------
    text
        One line.
    size_pt
        Size of the letters.

    Examples
    --------
    >>> width_pt("Cameras", size_pt=10) > width_pt("Camera", size_pt=10) > 30
    True
    """
    known = _advances()
    return size_pt * sum(known.get(letter, WIDE_EM) for letter in text)
