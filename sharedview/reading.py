"""How each input is read: its layer, its CRS, its profile; said alike everywhere.

On the command line ``--layer wards`` speaks of the cameras and ``--layer areas=wards`` of the
areas, each as often as there are inputs; a study file says ``layer = "wards"``, or a table::

    [coverage.layer]
    cameras = "Live"
    areas = "wards"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from optimisation.options import Options

CAMERAS = "cameras"
INPUTS = (CAMERAS, "before", "areas", "counts", "buildings", "streets", "demand", "sites")
"""Inputs of which a layer, a CRS or a profile may be said."""

KEYS = ("layer", "crs_in", "profile")


def by_input(value: object) -> object:
    """Bring what was said into a table by input: a bare value is of the cameras.

    Examples
    --------
    >>> by_input(["Live", "areas=wards"])
    {'cameras': 'Live', 'areas': 'wards'}
    """
    if isinstance(value, str | Path):
        return by_input([value])
    if not isinstance(value, Sequence):
        return value
    found: dict[str, Any] = {}
    for each in value:
        name, equals, rest = str(each).partition("=")
        if not equals or name.strip() not in INPUTS:
            name, rest = CAMERAS, str(each)
        if name.strip() in found:
            raise PydanticCustomError("twice", f"said twice of {name.strip()}")
        found[name.strip()] = rest.strip() if equals else rest
    return found


ByInput = BeforeValidator(by_input)


class Reading(Options):
    """How the inputs of a run are read, where their files do not say or say it wrongly.

    Parameters
    ----------
    layer
        Layer, sheet or member of an archive to read, by input.
    crs_in
        CRS of the file's coordinates, by input.
    profile
        TOML file that says which columns mean what, by input.

    Examples
    --------
    >>> Reading(layer=["areas=wards"], crs_in="EPSG:4326").of("areas")
    {'layer': 'wards', 'crs_in': None, 'profile': None}
    """

    layer: Annotated[dict[str, str], ByInput] = Field(default={})
    crs_in: Annotated[dict[str, str], ByInput] = Field(default={})
    profile: Annotated[dict[str, Path], ByInput] = Field(default={})

    def of(self, name: str) -> dict[str, Any]:
        """Arguments for the reader of an input; the cameras before a change are read as those now.

        What is said of ``before`` itself goes first.
        """
        names = (name, CAMERAS) if name == "before" else (name,)
        said: Mapping[str, Mapping[str, Any]] = {key: getattr(self, key) for key in KEYS}
        return {
            key: next((table[each] for each in names if each in table), None)
            for key, table in said.items()
        }

    @model_validator(mode="after")
    def _of_what_is_named(self) -> Reading:
        """Refuse what is said of an input that is unknown or not given."""
        known = [name for name in INPUTS if name in type(self).model_fields]
        for key in KEYS:
            for name in getattr(self, key):
                if name not in INPUTS:
                    message = f"{key} of {name}, which is no input: use one of {', '.join(known)}"
                elif known and getattr(self, name, None) is None:
                    message = f"{key} is said of {name}, and no {name} are given"
                else:
                    continue
                raise PydanticCustomError("input", "{message}", {"message": message})
        return self
