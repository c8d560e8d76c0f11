"""What every file of settings is checked by: unknown keys are faults, and yes is not one."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError


class CheckedModel(BaseModel):
    """A table of a TOML file.

    ``rooms = true`` is a slip, not one room: a flag is refused wherever a field does not ask for
    one, also within lists and tables.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _flags_only_where_asked(cls, value: Any, info: ValidationInfo) -> Any:
        field = cls.model_fields[str(info.field_name)]
        if _holds_flag(value) and not _asks_for_flag(field.annotation):
            raise PydanticCustomError("flag", "true and false are no numbers and no text")
        return value


def _holds_flag(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_flag, value.values()))
    if isinstance(value, list):
        return any(map(_holds_flag, value))
    return isinstance(value, bool)


def _asks_for_flag(annotation: Any) -> bool:
    """Whether a type lets flags in somewhere; tables check their own fields themselves."""
    if isinstance(annotation, type) and issubclass(annotation, bool | BaseModel):
        return True
    return any(map(_asks_for_flag, get_args(annotation)))
