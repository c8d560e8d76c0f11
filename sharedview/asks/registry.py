"""The asks in the order of PCD 167, section 1.5."""

from __future__ import annotations

from sharedview.asks import Ask, siting

ASKS: tuple[Ask, ...] = (siting.ASK,)
