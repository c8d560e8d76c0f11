"""The asks in the order of PCD 167, section 1.5."""

from __future__ import annotations

from sharedview.asks import (
    Ask,
    benchmark,
    footage_access,
    image_quality,
    procurement,
    siting,
    technology,
    value,
)

ASKS: tuple[Ask, ...] = (
    procurement.ASK,
    image_quality.ASK,
    benchmark.ASK,
    footage_access.ASK,
    value.ASK,
    siting.ASK,
    technology.ASK,
)
