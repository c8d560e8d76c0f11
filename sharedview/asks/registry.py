"""The asks in the order of PCD 167, section 1.5."""

from __future__ import annotations

from sharedview.asks import Ask
from sharedview.asks.benchmark import ASK as BENCHMARK

ASKS: tuple[Ask, ...] = (BENCHMARK,)
