"""The asks in the order of PCD 167, section 1.5."""

from __future__ import annotations

from sharedview.questions.ask import Ask
from sharedview.questions.benchmark.ask import ASK as BENCHMARK
from sharedview.questions.footage_access.ask import ASK as FOOTAGE_ACCESS
from sharedview.questions.image_quality.ask import ASK as IMAGE_QUALITY
from sharedview.questions.procurement.ask import ASK as PROCUREMENT
from sharedview.questions.siting.ask import ASK as SITING
from sharedview.questions.technology.ask import ASK as TECHNOLOGY
from sharedview.questions.value.ask import ASK as VALUE

ASKS: tuple[Ask, ...] = (
    PROCUREMENT,
    IMAGE_QUALITY,
    BENCHMARK,
    FOOTAGE_ACCESS,
    VALUE,
    SITING,
    TECHNOLOGY,
)
