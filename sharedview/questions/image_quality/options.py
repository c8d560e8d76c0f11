"""What a scenario may choose for the audit of image quality: its table ``[image_quality]``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from optimisation.options import Options


class ImageQualityOptions(Options):
    """Choices for the audit of image quality (:mod:`sharedview.questions.image_quality.audit`).

    Parameters
    ----------
    inventory
        What an audit wrote down of each camera (:mod:`sharedview.questions.image_quality.records`).
    standard
        A standard of one's own as a TOML file, or the name of an embedded one.
    targets
        Points that matter to cameras: ``camera_id, easting, northing``.
    measures
        Measures of one's own (:mod:`sharedview.questions.image_quality.upgrades`).
    ownership
        Owners whose cameras are audited.
    audit_year
        Year of the audit; that of the report by default.
    """

    key: ClassVar[str] = "image_quality"
    embedded: ClassVar[Mapping[str, str]] = {"standard": "standards"}
    inventory: Path | None = None
    standard: Path | None = None
    targets: Path | None = None
    measures: Path | None = None
    ownership: tuple[Literal["public", "private", "unknown"], ...] = ("public", "unknown")
    audit_year: int | None = Field(default=None, ge=1960, le=2100)
