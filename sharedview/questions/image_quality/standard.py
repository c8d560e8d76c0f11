"""A standard of image quality and interoperability, as data: what a camera must do, and who says.

A standard is a TOML file with one ``[[criteria]]`` entry a criterion::

    name = "evidence"
    levels = "EN 62676-4:2015"      # table of the image-quality levels named below

    [[criteria]]
    criterion = "retention_days"    # one of CRITERIA
    title = "Retention"
    min = 28                        # at least, at most, or both
    max = 31
    required = true                 # false: counted, but no camera fails for it
    source = "…"                    # or "assumption", with the reason in the note
    mark = "read"
    note = "…"

Criteria of words have ``accepted`` in the place of ``min`` and ``max``. ``target_density`` has a
``level`` (or ``px_per_m``) and a ``distance_m``; ``view_density`` has a ``level``, the level
``of_level`` that bounds the view, and the least share ``min``.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, FiniteFloat, ValidationError, model_validator

from coverage_model.base.checked_model import CheckedModel
from coverage_model.base.datasets import data_dir
from coverage_model.base.errors import Fault, Faults, InputError, MissingFileError
from coverage_model.optics.pixel_density import DEFAULT_LEVEL_TABLE, find_level
from coverage_model.reading.text import read_toml

DEFAULT_STANDARD = "evidence"
NUMBERS = {
    "resolution": "pixels across",
    "frame_rate_fps": "pictures a second",
    "retention_days": "days",
    "age_years": "years",
}
"""Criteria of numbers, with their units."""
WORDS = ("codec", "onvif_profile", "export_format", "time_sync", "encryption")
"""Criteria of words."""
DENSITIES = ("target_density", "view_density")
"""Criteria of pixel density."""
CRITERIA = (*DENSITIES, *NUMBERS, *WORDS)
_FILLERS = re.compile(r"\b(onvif|profiles?|with)\b")


class Criterion(CheckedModel):
    """One thing that a standard asks of a camera.

    Parameters
    ----------
    criterion
        One of :data:`CRITERIA`.
    title
        What a reader calls it.
    required
        Whether a camera that fails it fails the standard.
    source, mark, note
        Who says so: a source and ``read`` or ``derived``, or ``assumption`` with its reason.
    min, max
        Least and greatest value; for ``view_density`` the least share of the view.
    min_megapixels
        For ``resolution``, used where only megapixels are known.
    accepted
        Words of which one is enough.
    level, px_per_m
        Image-quality level by name, or pixels per metre outright.
    of_level
        Level whose reach bounds the view of which a share is taken.
    distance_m
        Distance of the target where a camera has none of its own.
    """

    criterion: Literal[
        "target_density", "view_density", "resolution", "frame_rate_fps", "retention_days",
        "age_years", "codec", "onvif_profile", "export_format", "time_sync", "encryption",
    ]  # fmt: skip
    title: str = Field(min_length=1)
    required: bool = True
    source: str = Field(min_length=1)
    mark: Literal["read", "derived", "assumption"]
    note: str = ""
    min: FiniteFloat | None = Field(default=None, ge=0)
    max: FiniteFloat | None = Field(default=None, ge=0)
    min_megapixels: FiniteFloat | None = Field(default=None, gt=0)
    accepted: tuple[str, ...] = ()
    level: str = ""
    px_per_m: FiniteFloat | None = Field(default=None, gt=0)
    of_level: str = ""
    distance_m: FiniteFloat | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        """Check that the test of the criterion is there."""
        problem = ""
        if self.criterion in NUMBERS:
            if self.min is None and self.max is None:
                problem = "needs min, max or both"
            elif self.min is not None and self.max is not None and self.min > self.max:
                problem = "has a min above its max"
        elif self.criterion in WORDS and not any(map(word, self.accepted)):
            problem = "needs accepted, a list of words"
        elif self.criterion in DENSITIES and not self.level and self.px_per_m is None:
            problem = "needs a level or px_per_m"
        elif self.criterion == "target_density" and self.distance_m is None:
            problem = "needs distance_m"
        elif self.criterion == "view_density" and (self.min is None or not self.of_level):
            problem = "needs min, a share, and of_level"
        if self.source.casefold() == "assumption" and self.mark != "assumption":
            problem = "has no source, so its mark must be assumption"
        if problem:
            raise ValueError(f"{self.criterion} {problem}")
        return self

    @property
    def asks(self) -> str:
        """What is asked, in words."""
        if self.criterion in WORDS:
            return " or ".join(self.accepted)
        if self.criterion in DENSITIES:
            named = self.level or f"{self.px_per_m:g} pixels a metre"
            if self.criterion == "target_density":
                return f"{named} at {self.distance_m:g} m"
            return f"{named} in {self.min:.0%} of the view at {self.of_level}"
        unit = NUMBERS[self.criterion]
        if self.min is not None and self.max is not None:
            return f"{self.min:g} to {self.max:g} {unit}"
        return (
            f"at least {self.min:g} {unit}" if self.max is None else f"at most {self.max:g} {unit}"
        )


class Standard(CheckedModel):
    """A standard.

    Parameters
    ----------
    name, description
        What a reader sees.
    levels
        Table of image-quality levels that the criteria name.
    criteria
        In the order in which a reader meets them; at least one is required.

    Examples
    --------
    >>> read_standard().name
    'evidence'
    """

    name: str = Field(min_length=1)
    description: str = ""
    levels: str = DEFAULT_LEVEL_TABLE
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the criteria."""
        return tuple(each.criterion for each in self.criteria)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the criteria that a camera must not fail."""
        return tuple(each.criterion for each in self.criteria if each.required)

    def px_per_m(self, criterion: Criterion, *, of_level: bool = False) -> float:
        """Return the pixel density that a criterion asks for, or that bounds its view."""
        if of_level:
            return find_level(criterion.of_level, self.levels).px_per_m
        if criterion.px_per_m is not None:
            return criterion.px_per_m
        return find_level(criterion.level, self.levels).px_per_m


def embedded_standards() -> dict[str, Path]:
    """Return the embedded standards by name."""
    return {path.stem: path for path in sorted((data_dir() / "standards").glob("*.toml"))}


def read_standard(standard: str | Path | None = None) -> Standard:
    """Read a standard.

    Parameters
    ----------
    standard
        Path of a TOML file, or the name of an embedded standard (also at the end of a path, as a
        scenario file writes it); the default one if None.

    Returns
    -------
    Standard

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        Listing every fault: TOML that cannot be read, unknown keys and levels, criteria twice or
        without what their test needs.

    Examples
    --------
    >>> read_standard("evidence").required[:2]
    ('target_density', 'resolution')
    """
    wanted = Path(DEFAULT_STANDARD if standard is None else standard)
    known = embedded_standards()
    path = wanted if wanted.is_file() else known.get(wanted.name)
    if path is None:
        remedy = f"Give the path of a TOML file or one of: {', '.join(known)}"
        raise MissingFileError(wanted, [Fault("there is no such standard", remedy)])
    faults = Faults(path.name if path in known.values() else path)
    content = read_toml(path)
    try:
        found = Standard.model_validate(content)
    except ValidationError as error:
        _add_faults(error, faults)
        faults.raise_if_any()
        raise
    _check_whole(found, faults)
    faults.raise_if_any()
    return found


def word(text: str) -> str:
    """Bring a word into its comparable form: ``H.264``, ``h264`` and ``H 264`` are one.

    Examples
    --------
    >>> word("H.264"), word("ONVIF Profile S"), word("native, with player")
    ('h264', 's', 'nativeplayer')
    """
    plain = re.sub(r"[^0-9a-z]+", " ", text.casefold())
    bare = _FILLERS.sub(" ", plain)
    return re.sub(r"\s+", "", bare if bare.strip() else plain)


def _add_faults(error: ValidationError, faults: Faults) -> None:
    known = [*Standard.model_fields, *Criterion.model_fields]
    for problem in error.errors(include_url=False, include_context=False):
        place = ".".join(
            str(part + 1) if isinstance(part, int) else str(part) for part in problem["loc"]
        )
        name = str(problem["loc"][-1]) if problem["loc"] else ""
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(known)}"
            faults.add(f"unknown key {place}", hint)
        else:
            faults.add(f"{place}: {problem['msg']}", "Correct the entry")


def _check_whole(standard: Standard, faults: Faults) -> None:
    """Note criteria that are there twice, levels that do not exist, and a standard of wishes."""
    twice = sorted({name for name in standard.names if standard.names.count(name) > 1})
    if twice:
        faults.add("criteria are there twice", "Keep one entry of each", rows=twice)
    if not standard.required:
        faults.add("no criterion is required", "Set required = true for at least one")
    for each in standard.criteria:
        for name in filter(None, (each.level, each.of_level)):
            try:
                find_level(name, standard.levels)
            except InputError as error:
                faults.found.extend(error.faults)
