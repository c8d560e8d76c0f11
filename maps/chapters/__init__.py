"""Chapters of a report, each from frames: one module a question.

A chapter function takes tables as they are written to CSV and returns a
:class:`maps.report.Chapter`; the numbers in its sentences are cells of those tables
(:mod:`maps.cite`). It computes nothing.
"""

from maps.chapters.benchmark import benchmark_chapter
from maps.chapters.coverage import coverage_chapter, ownership_chapter
from maps.chapters.method import METHOD
from maps.chapters.plans import choices_chapter, rooms_chapter

__all__ = [
    "METHOD",
    "benchmark_chapter",
    "choices_chapter",
    "coverage_chapter",
    "ownership_chapter",
    "rooms_chapter",
]
