"""The asks in the order of PCD 167, section 1.5."""

from __future__ import annotations

from sharedview.asks import Ask
from sharedview.asks.image_quality import ASK as IMAGE_QUALITY

ASKS: tuple[Ask, ...] = (IMAGE_QUALITY,)
