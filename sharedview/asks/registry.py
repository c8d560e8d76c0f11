"""The asks in the order of PCD 167, section 1.5."""

from __future__ import annotations

from sharedview.asks import Ask
from sharedview.asks.footage_access import ASK as FOOTAGE_ACCESS

ASKS: tuple[Ask, ...] = (FOOTAGE_ACCESS,)
