"""What a scenario may choose for officers' time: its table ``[footage_access]``."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from coverage_model.base.errors import Faults
from optimisation.options import Asked, Options


class FootageOptions(Options):
    """Choices for officers' time (:mod:`sharedview.questions.footage_access.plans`).

    Parameters
    ----------
    bases
        Table of police bases (:func:`sharedview.questions.footage_access.bases.read_bases`);
        without it officers of a borough are taken to start from the borough's own site.
    police_embedded
        Whether police are posted in every room, today's included.
    embedded_paid_by
        Who pays for these posts: the ``police``, or the ``rooms``, where the scenario charges them
        to the rooms' own cost.
    desks
        ``to_target``: hours are counted with desks added wherever the mean wait would pass its
        target; ``by_coefficient``: only where a room could not cope at all.
    """

    key: ClassVar[str] = "footage_access"
    bases: Path | None = None
    police_embedded: bool = False
    embedded_paid_by: Literal["police", "rooms"] = "police"
    desks: Literal["to_target", "by_coefficient"] = "to_target"

    def check_with(self, scenario: Asked, faults: Faults) -> None:
        """Note that ways to a room are counted where police sit in it."""
        if scenario.count_police_time and self.police_embedded:
            faults.add(
                "count_police_time counts officers' ways to the rooms, and "
                "footage_access.police_embedded posts officers in every room",
                "Take one of the two out",
            )
