"""The asks in the order of PCD 167, section 1.5."""

from __future__ import annotations

from sharedview.asks import Ask, benchmark, footage_access, technology

ASKS: tuple[Ask, ...] = (benchmark.ASK, footage_access.ASK, technology.ASK)
