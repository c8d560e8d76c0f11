"""The questions of PCD 167, a folder each, named in :data:`QUESTIONS`.

A folder holds all that belongs to its question: choices, model, schemas, chapter, and the ask that
puts them together (:mod:`sharedview.questions.ask`). Questions do not import each other. To add
one, write the folder and its line here; :mod:`sharedview.questions.registry` does the rest.
"""

from __future__ import annotations

QUESTIONS = (
    "rooms",
    "choices",
    "procurement",
    "image_quality",
    "coverage",
    "benchmark",
    "footage_access",
    "value",
    "ownership",
    "siting",
    "technology",
    "since",
)
